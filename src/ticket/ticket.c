/* The machine of tickets. */
#include "ticket/ticket_private.h"

#include "core/text.h"

#include <stdio.h>

enum { HISTORY_MAX = 64 << 10 };

/* ---- evidence, history, telling ---- */

void ticket_remember(Ticket *t, const char *what, const char *by, const char *text, Instant at)
{
	AUTO(Buf) all = { .max = HISTORY_MAX + 4096 };
	Emit e = emit_to(&all);
	size_t n = t->history ? strlen(t->history) : 0;

	t->changed = true;
	if (n > HISTORY_MAX) /* a ticket that talks for ever keeps its beginning */
		return;
	if (n > 2)
		buf_add(&all, t->history, n - 1);
	buf_char(&all, n > 2 ? ',' : '[');
	emit_object(&e, NULL);
	emit_instant(&e, "at", at);
	emit_text(&e, "what", what);
	emit_text(&e, "by", by);
	if (!text_is_empty(text))
		emit_text(&e, "text", text);
	emit_object_end(&e);
	buf_char(&all, ']');
	mem_free(t->history);
	t->history = buf_take(&all);
}

Entry *ticket_note(const Ticket *t, const Plan *plan, const char *what, const char *by,
                   const char *text, Instant at, Effects *fx)
{
	AUTO(Buf) input = { 0 };
	Emit e = emit_to(&input);
	char kind[40], subject[96];
	Entry *entry;

	ticket_emit(&e, NULL, t, plan, TICKET_BRIEF, at);
	(void)snprintf(kind, sizeof kind, "ticket.%s", what);
	(void)snprintf(subject, sizeof subject, "ticket:%s", t->id);
	entry = effects_entry(fx, at, kind, subject, by, buf_take(&input));
	text_copy(entry->note, sizeof entry->note, text);
	return entry;
}

static Entry *happened(TicketTurn *u, const char *what, const char *text)
{
	ticket_remember(u->t, what, u->by, text, u->at);
	if (u->ev && u->ev->quiet)
		return NULL;
	return ticket_note(u->t, u->plan, what, u->by, text, u->at, u->fx);
}

static void verdict(Entry *entry, const Clock *c)
{
	if (entry && (c->state == CLOCK_MET || c->state == CLOCK_STOPPED_LATE))
		text_copy(entry->verdict, sizeof entry->verdict,
		          c->state == CLOCK_MET ? "met" : "late");
}

static void tell_names(const Plan *p, Tell *tell, const Ticket *t)
{
	const Support *s = &p->support;
	const Texts *owner = &s->item.owner;

	if (*t->agent && (plan_contact(p, t->agent) || plan_role(p, t->agent))) {
		tell_to(tell, t->agent);
		return;
	}
	if (t->level >= 1 && (size_t)t->level <= s->levels_n &&
	    s->levels[t->level - 1].item.owner.n)
		owner = &s->levels[t->level - 1].item.owner;
	for (size_t i = 0; i < owner->n; i++)
		tell_to(tell, owner->at[i]);
}

static void tell_clock(TicketTurn *u, const Clock *c)
{
	char key[96], subject[96];
	Tell *tell;

	(void)snprintf(key, sizeof key, "tick:%s:%s:r%d:%d", u->t->id,
	               clock_kind_name((ClockKind)c->kind), u->t->round, c->warned);
	(void)snprintf(subject, sizeof subject, "ticket:%s", u->t->id);
	tell = effects_tell(u->fx, TELL_CLOCK_WARNING, subject, key);
	tell->rank = u->class_ ? u->class_->rank : 0;
	tell_names(u->plan, tell, u->t);
	for (size_t i = 0; u->class_ && i < u->class_->route.n; i++)
		tell_via(tell, u->class_->route.at[i]);
}

/* ---- clocks ---- */

const Class *ticket_class(const Plan *plan, const char *priority)
{
	const Pairs *map = &plan->support.priorities;

	for (size_t i = 0; i < map->n; i++) {
		if (priority && strcasecmp(map->at[i].key, priority) == 0)
			return plan_class(plan, map->at[i].value);
	}
	return text_is_empty(priority) ? NULL : plan_class(plan, priority);
}

static const Hours *hours_of(const Plan *p, const Class *class_)
{
	for (size_t i = 0; class_ && i < p->support.always_for.n; i++) {
		if (text_eq(p->support.always_for.at[i], class_->item.id))
			return NULL;
	}
	return p->support.hours.set ? &p->support.hours : NULL;
}

ClockRule ticket_rule(const Plan *p, const Class *class_, ClockKind kind)
{
	return (ClockRule){ .limit = clock_limit(class_, kind, NULL),
		            .class_ = class_,
		            .hours = hours_of(p, class_),
		            .zone = p->head.timezone };
}

static void stop(TicketTurn *u, Clock *c)
{
	ClockRule rule = ticket_rule(u->plan, u->class_, (ClockKind)c->kind);

	(void)clock_stop(c, &rule, u->by, u->at);
}

/* 50 % is nobody's news; 80 % and the limit are. */
static void tick_clock(TicketTurn *u, Clock *c)
{
	ClockRule rule = ticket_rule(u->plan, u->class_, (ClockKind)c->kind);
	ClockChange change = clock_tick(c, &rule, u->at);
	char what[40];
	Entry *entry;

	u->t->changed |= c->changed;
	if (change != CLOCK_WARN_MOST && change != CLOCK_WENT_OVER)
		return;
	if (change == CLOCK_WENT_OVER) {
		(void)snprintf(what, sizeof what, "%s_breached",
		               clock_kind_name((ClockKind)c->kind));
		ticket_remember(u->t, what, "carene", c->limit, c->due);
	}
	if (u->ev->quiet)
		return;
	entry = ticket_note(u->t, u->plan, change == CLOCK_WENT_OVER ? "limit_over" : "limit_near",
	                    "carene", clock_kind_name((ClockKind)c->kind), u->at, u->fx);
	if (change == CLOCK_WENT_OVER)
		text_copy(entry->verdict, sizeof entry->verdict, "breached");
	tell_clock(u, c);
}

static void relimit(TicketTurn *u, Clock *c, bool restart)
{
	ClockRule rule = ticket_rule(u->plan, u->class_, (ClockKind)c->kind);

	clock_relimit(c, &rule, restart, u->at);
}

static void reschedule(Ticket *t)
{
	t->due = earliest(clock_due(&t->respond), clock_due(&t->resolve));
	t->changed = true;
}

/* ---- events ---- */

static bool refuse(TicketTurn *u)
{
	return err_set(u->err, ERR_CONFLICT, "%s is %s: '%s' means nothing now", u->t->id,
	               ticket_state_name(u->t->state), ticket_event_name(u->ev->event));
}

static bool reclass(TicketTurn *u)
{
	const Class *was = u->class_;

	text_copy(u->t->priority, sizeof u->t->priority, u->ev->priority);
	u->class_ = ticket_class(u->plan, u->t->priority);
	if (u->class_ == was)
		return true;
	u->t->round++;
	relimit(u, &u->t->respond, u->class_ && u->class_->restart_on_reclass);
	relimit(u, &u->t->resolve, u->class_ && u->class_->restart_on_reclass);
	happened(u, "priority", u->t->priority);
	return true;
}

static bool level_known(TicketTurn *u, int level)
{
	if (level >= 1 &&
	    (!u->plan->support.levels_n || (size_t)level <= u->plan->support.levels_n) &&
	    level <= 99)
		return true;
	return err_set(u->err, ERR_CONFLICT, "the plan has no level %d of support", level);
}

static bool assign(TicketTurn *u)
{
	Ticket *t = u->t;

	if (!ticket_is_open(t))
		return refuse(u);
	if (u->ev->level && !level_known(u, u->ev->level))
		return false;
	if (!u->ev->agent && !u->ev->priority && !u->ev->level)
		return err_set(u->err, ERR_BAD_INPUT, "to whom, or with which priority or level?");
	if (u->ev->priority && !reclass(u))
		return false;
	if (u->ev->level)
		t->level = u->ev->level;
	if (u->ev->agent) {
		text_copy(t->agent, sizeof t->agent, u->ev->agent);
		if (t->state == TICKET_NEW)
			t->state = TICKET_ASSIGNED;
		happened(u, "assign", t->agent);
	} else if (u->ev->level) {
		happened(u, "level", u->ev->text);
	}
	return true;
}

static bool answer(TicketTurn *u)
{
	Ticket *t = u->t;
	bool first = clock_is_running(&t->respond);
	Entry *entry;

	if (!ticket_is_open(t))
		return refuse(u);
	t->replies++;
	stop(u, &t->respond);
	if (t->state == TICKET_NEW || t->state == TICKET_ASSIGNED)
		t->state = TICKET_ANSWERED;
	entry = happened(u, "answer", u->ev->text);
	if (first)
		verdict(entry, &t->respond);
	return true;
}

static bool wait(TicketTurn *u)
{
	Ticket *t = u->t;

	if (t->state != TICKET_ANSWERED && t->state != TICKET_WORKING)
		return refuse(u);
	t->state = TICKET_WAITING;
	(void)clock_hold(&t->resolve, u->at);
	happened(u, "wait", u->ev->text);
	return true;
}

static void release(TicketTurn *u)
{
	ClockRule rule = ticket_rule(u->plan, u->class_, CLOCK_RESOLVE);

	(void)clock_release(&u->t->resolve, &rule, u->at);
}

static bool resume(TicketTurn *u)
{
	Ticket *t = u->t;

	if (t->state != TICKET_ANSWERED && t->state != TICKET_WAITING)
		return refuse(u);
	t->state = TICKET_WORKING;
	release(u);
	happened(u, "resume", u->ev->text);
	return true;
}

static bool escalate(TicketTurn *u)
{
	Ticket *t = u->t;

	if (!ticket_is_open(t))
		return refuse(u);
	if (!level_known(u, t->level + 1))
		return false;
	t->level++;
	t->escalations++;
	text_copy(t->agent, sizeof t->agent, u->ev->agent);
	if (t->state == TICKET_ANSWERED || t->state == TICKET_WAITING)
		t->state = TICKET_WORKING;
	release(u);
	happened(u, "escalate", u->ev->text);
	return true;
}

static bool resolve(TicketTurn *u)
{
	Ticket *t = u->t;

	if (!ticket_is_open(t))
		return refuse(u);
	if (clock_is_running(&t->respond)) {
		t->replies++;
		stop(u, &t->respond);
	}
	stop(u, &t->resolve);
	t->state = TICKET_RESOLVED;
	t->resolved_at = u->at;
	if (!is_set(t->first_resolved_at))
		t->first_resolved_at = u->at;
	verdict(happened(u, "resolve", u->ev->text), &t->resolve);
	return true;
}

static bool close_it(TicketTurn *u)
{
	if (u->t->state != TICKET_RESOLVED)
		return refuse(u);
	u->t->state = TICKET_CLOSED;
	u->t->closed_at = u->at;
	happened(u, "close", u->ev->text);
	return true;
}

static bool reopen(TicketTurn *u)
{
	Ticket *t = u->t;
	ClockRule rule = ticket_rule(u->plan, u->class_, CLOCK_RESOLVE);

	if (ticket_is_open(t))
		return refuse(u);
	t->state = TICKET_WORKING;
	t->resolved_at = t->closed_at = LONG_AGO;
	t->reopens++;
	t->round++;
	clock_resume(&t->resolve, &rule, u->at);
	happened(u, "reopen", u->ev->text);
	return true;
}

static bool score(TicketTurn *u)
{
	Ticket *t = u->t;
	char text[48];

	if (!(u->ev->scale > 0) || u->ev->score < 0 || u->ev->score > u->ev->scale)
		return err_set(u->err, ERR_BAD_INPUT, "a score is a figure of its scale, like 4/5");
	t->scored = true;
	t->score = u->ev->score;
	t->scale = u->ev->scale;
	t->scored_at = u->at;
	(void)snprintf(text, sizeof text, "%g/%g", t->score, t->scale);
	happened(u, "score", text);
	return true;
}

static bool link_it(TicketTurn *u)
{
	if (text_is_empty(u->ev->incident))
		return err_set(u->err, ERR_BAD_INPUT, "to which incident?");
	text_copy(u->t->incident, sizeof u->t->incident, u->ev->incident);
	happened(u, "link", u->t->incident);
	return true;
}

static bool tick(TicketTurn *u)
{
	tick_clock(u, &u->t->respond);
	tick_clock(u, &u->t->resolve);
	return true;
}

bool ticket_step(Ticket *t, const Plan *plan, const TicketEvent *ev, Instant at, Effects *fx,
                 Err *err)
{
	static bool (*const events[TICKET_EVENTS])(TicketTurn *) = {
		[TICKET_EV_ASSIGN] = assign,     [TICKET_EV_ANSWER] = answer,
		[TICKET_EV_WAIT] = wait,         [TICKET_EV_RESUME] = resume,
		[TICKET_EV_ESCALATE] = escalate, [TICKET_EV_RESOLVE] = resolve,
		[TICKET_EV_CLOSE] = close_it,    [TICKET_EV_REOPEN] = reopen,
		[TICKET_EV_SCORE] = score,       [TICKET_EV_LINK] = link_it,
		[TICKET_EV_TICK] = tick,
	};
	TicketTurn u = { .t = t,
		         .plan = plan,
		         .ev = ev,
		         .at = latest(at, t->opened),
		         .fx = fx,
		         .err = err,
		         .by = ev->by ? ev->by : "carene",
		         .class_ = ticket_class(plan, t->priority) };

	if (!events[ev->event](&u))
		return false;
	reschedule(t);
	return true;
}

/* ---- opening ---- */

bool ticket_open(Ticket *t, const Plan *plan, const TicketOpening *o, Instant at, Effects *fx,
                 Err *err)
{
	const char *by = o->by ? o->by : "carene";
	const Class *class_ = ticket_class(plan, o->priority);
	ClockRule respond = ticket_rule(plan, class_, CLOCK_RESPOND);
	ClockRule resolve_in = ticket_rule(plan, class_, CLOCK_RESOLVE);

	if (text_is_empty(o->title))
		return err_set(err, ERR_BAD_INPUT, "a ticket needs words: what is asked");
	*t = (Ticket){ .opened = at, .level = o->level > 0 ? o->level : 1 };
	t->first_resolved_at = t->resolved_at = t->closed_at = t->updated = t->scored_at = LONG_AGO;
	text_copy(t->id, sizeof t->id, o->id);
	text_copy(t->title, sizeof t->title, o->title);
	text_copy(t->priority, sizeof t->priority, o->priority);
	text_copy(t->external, sizeof t->external, o->external);
	text_copy(t->source, sizeof t->source, o->source ? o->source : "person");
	text_copy(t->agent, sizeof t->agent, o->agent);
	text_copy(t->incident, sizeof t->incident, o->incident);
	if (*t->agent)
		t->state = TICKET_ASSIGNED;
	clock_start(&t->respond, t->id, CLOCK_RESPOND, &respond, at);
	clock_start(&t->resolve, t->id, CLOCK_RESOLVE, &resolve_in, at);
	ticket_remember(t, "open", by, t->agent, at);
	if (!o->quiet)
		ticket_note(t, plan, "opened", by, t->title, at, fx);
	reschedule(t);
	return true;
}
