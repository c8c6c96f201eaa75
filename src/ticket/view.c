/* Record, names and JSON of tickets. */
#include "ticket/ticket_private.h"

#include "core/text.h"

#include <stdio.h>

/* A clock inside the ticket's own row: without its id and kind, which follow from it. */
#define CLOCK_PART(c, m, kind, name)                                          \
	{                                                                     \
		name, kind, offsetof(Ticket, c.m), sizeof(((Ticket *)0)->c.m) \
	}
#define CLOCK_COLUMNS(c)                                                     \
	CLOCK_PART(c, state, COL_INT, #c "_state"),                          \
	        CLOCK_PART(c, deadline, COL_INT, #c "_deadline"),            \
	        CLOCK_PART(c, limit, COL_TEXT, #c "_max"),                   \
	        CLOCK_PART(c, class_, COL_TEXT, #c "_class"),                \
	        CLOCK_PART(c, service_hours, COL_BOOL, #c "_service_hours"), \
	        CLOCK_PART(c, started, COL_INSTANT, #c "_started"),          \
	        CLOCK_PART(c, stopped, COL_INSTANT, #c "_stopped"),          \
	        CLOCK_PART(c, due, COL_INSTANT, #c "_due"),                  \
	        CLOCK_PART(c, half_at, COL_INSTANT, #c "_half_at"),          \
	        CLOCK_PART(c, most_at, COL_INSTANT, #c "_most_at"),          \
	        CLOCK_PART(c, breached_at, COL_INSTANT, #c "_breached_at"),  \
	        CLOCK_PART(c, warned, COL_INT, #c "_warned"),                \
	        CLOCK_PART(c, elapsed, COL_DURATION, #c "_elapsed"),         \
	        CLOCK_PART(c, stopped_by, COL_TEXT, #c "_stopped_by"),       \
	        CLOCK_PART(c, edge, COL_INSTANT, #c "_edge"),                \
	        CLOCK_PART(c, held, COL_BOOL, #c "_held"),                   \
	        CLOCK_PART(c, held_at, COL_INSTANT, #c "_held_at"),          \
	        CLOCK_PART(c, away, COL_DURATION, #c "_away")

static const Column columns[] = {
	COLUMN(Ticket, id),          COLUMN(Ticket, external),
	COLUMN(Ticket, source),      COLUMN(Ticket, state),
	COLUMN(Ticket, title),       COLUMN(Ticket, priority),
	COLUMN(Ticket, level),       COLUMN(Ticket, agent),
	COLUMN(Ticket, opened),      COLUMN(Ticket, first_resolved_at),
	COLUMN(Ticket, resolved_at), COLUMN(Ticket, closed_at),
	COLUMN(Ticket, updated),     CLOCK_COLUMNS(respond),
	CLOCK_COLUMNS(resolve),      COLUMN(Ticket, replies),
	COLUMN(Ticket, reopens),     COLUMN(Ticket, escalations),
	COLUMN(Ticket, scored),      COLUMN(Ticket, score),
	COLUMN(Ticket, scale),       COLUMN(Ticket, scored_at),
	COLUMN(Ticket, incident),    COLUMN(Ticket, history),
	COLUMN(Ticket, round),       COLUMN(Ticket, due),
};
const RecordType ticket_record = { "ticket", sizeof(Ticket), COUNT_OF(columns), columns };

void Ticket_done(Ticket *t) { record_done(&ticket_record, t); }

static void clock_restored(Clock *c, const char *id, ClockKind kind)
{
	c->kind = (int)kind;
	text_copy(c->of, sizeof c->of, id);
	(void)snprintf(c->id, sizeof c->id, "%s/%s", c->of, clock_kind_name(kind));
}

void ticket_restored(Ticket *t)
{
	clock_restored(&t->respond, t->id, CLOCK_RESPOND);
	clock_restored(&t->resolve, t->id, CLOCK_RESOLVE);
}

/* ---- names ---- */

static const char *const state_names[TICKET_STATES] = {
	"new", "assigned", "answered", "working", "waiting_user", "resolved", "closed",
};
static const char *const event_names[TICKET_EVENTS] = {
	"assign", "answer", "wait",  "resume", "escalate", "resolve",
	"close",  "reopen", "score", "link",   "tick",
};

const char *ticket_state_name(TicketState s) { return state_names[s]; }
const char *ticket_event_name(TicketEventKind e) { return event_names[e]; }

bool ticket_event_parse(const char *s, TicketEventKind *ret)
{
	for (int i = 0; i < TICKET_EV_TICK; i++) {
		if (text_eq(s, event_names[i])) {
			*ret = (TicketEventKind)i;
			return true;
		}
	}
	return false;
}

bool ticket_is_open(const Ticket *t)
{
	return t->state != TICKET_RESOLVED && t->state != TICKET_CLOSED;
}

/* ---- JSON ---- */

static const char *or_null(const char *s) { return *s ? s : NULL; }

void ticket_emit(Emit *e, const char *key, const Ticket *t, const Plan *plan, TicketView view,
                 Instant now)
{
	const Class *class_ = ticket_class(plan, t->priority);
	ClockRule respond = ticket_rule(plan, class_, CLOCK_RESPOND);
	ClockRule resolve = ticket_rule(plan, class_, CLOCK_RESOLVE);

	emit_object(e, key);
	emit_text(e, "id", t->id);
	emit_text(e, "external", or_null(t->external));
	emit_text(e, "source", t->source);
	emit_text(e, "title", t->title);
	emit_text(e, "state", state_names[t->state]);
	emit_text(e, "priority", or_null(t->priority));
	emit_text(e, "class", class_ ? class_->item.id : NULL);
	emit_int(e, "level", t->level);
	emit_text(e, "agent", or_null(t->agent));
	emit_instant(e, "opened", t->opened);
	emit_instant(e, "resolved", t->resolved_at);
	emit_instant(e, "closed", t->closed_at);
	emit_int(e, "replies", t->replies);
	emit_int(e, "reopens", t->reopens);
	emit_int(e, "escalations", t->escalations);
	if (t->scored) {
		emit_real(e, "score", t->score);
		emit_real(e, "scale", t->scale);
	}
	emit_text(e, "incident", or_null(t->incident));
	emit_array(e, "clocks");
	clock_emit(e, &t->respond, &respond, now);
	clock_emit(e, &t->resolve, &resolve, now);
	emit_array_end(e);
	if (view == TICKET_FULL)
		emit_raw(e, "history", t->history ? t->history : "[]");
	emit_object_end(e);
}
