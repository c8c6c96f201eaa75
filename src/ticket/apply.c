/* Facts of an export made into a ticket: its events played through the machine, in the
 * order of time, with what was noted here in between. */
#include "core/text.h"
#include "ticket/import_private.h"
#include "ticket/ticket_private.h"

#include <jansson.h>
#include <stdio.h>

typedef struct Play {
	Ticket *t;
	const Plan *plan;
	const char *by;
	Effects *fx;
	bool moved;
} Play;

static bool step(Play *p, TicketEventKind kind, const char *text, Instant at)
{
	TicketEvent ev = { .event = kind, .by = p->by, .text = text, .quiet = true };
	bool ok;

	if (kind == TICKET_EV_ASSIGN || kind == TICKET_EV_ESCALATE)
		ev.agent = text;
	if (kind == TICKET_EV_LINK)
		ev.incident = text;
	if (kind == TICKET_EV_SCORE && !import_score(text ? text : "", &ev.score, &ev.scale))
		return false;
	ok = ticket_step(p->t, p->plan, &ev, at, p->fx, NULL);
	p->moved |= ok;
	return ok;
}

/* An export may leave steps out: what comes later implies them, at the same instant. */
static void play(Play *p, TicketEventKind kind, const char *text, Instant at)
{
	if (kind == TICKET_EV_CLOSE && ticket_is_open(p->t))
		(void)step(p, TICKET_EV_RESOLVE, NULL, at);
	if (kind == TICKET_EV_WAIT && (p->t->state == TICKET_NEW || p->t->state == TICKET_ASSIGNED))
		(void)step(p, TICKET_EV_ANSWER, NULL, at);
	if (kind == TICKET_EV_ASSIGN && text_eq(p->t->agent, text) && p->t->state != TICKET_NEW)
		return;
	(void)step(p, kind, text, at);
}

/* Where the export says it stands, when its events do not lead there. */
static void reconcile(Play *p, TicketStatus status, const char *agent, Instant at)
{
	const Ticket *t = p->t;

	if (*agent && ticket_is_open(t) && !text_eq(agent, t->agent))
		play(p, TICKET_EV_ASSIGN, agent, at);
	switch (status) {
	case STATUS_WAITING:
		if (!ticket_is_open(t))
			play(p, TICKET_EV_REOPEN, NULL, at);
		if (t->state != TICKET_WAITING)
			play(p, TICKET_EV_WAIT, NULL, at);
		break;
	case STATUS_NEW:
	case STATUS_OPEN:
		if (!ticket_is_open(t))
			play(p, TICKET_EV_REOPEN, NULL, at);
		else if (t->state == TICKET_WAITING)
			play(p, TICKET_EV_RESUME, NULL, at);
		break;
	case STATUS_RESOLVED:
		if (ticket_is_open(t))
			play(p, TICKET_EV_RESOLVE, NULL, at);
		break;
	case STATUS_CLOSED:
		if (t->state != TICKET_CLOSED)
			play(p, TICKET_EV_CLOSE, NULL, at);
		break;
	case STATUS_UNSAID: break;
	}
}

/* ---- what is known already ---- */

static bool seen(const Ticket *t, const TicketMoment *m)
{
	char key[96], at[INSTANT_TEXT];

	(void)snprintf(key, sizeof key, "{\"at\":\"%s\",\"what\":\"%s\"", instant_print(m->at, at),
	               ticket_event_name(m->event));
	return t->history && strstr(t->history, key) != NULL;
}

static Instant last_known(const Ticket *t)
{
	const char *p = t->history, *found = NULL;
	char text[INSTANT_TEXT];
	Instant at;

	while (p && (p = strstr(p, "{\"at\":\"")))
		found = p += 7;
	if (!found)
		return t->opened;
	(void)snprintf(text, sizeof text, "%.*s", (int)strcspn(found, "\""), found);
	return instant_parse(text, &at) ? at : t->opened;
}

/* The events of the history, as moments beside those of the export. */
static void remember(TicketFacts *all, const char *history)
{
	json_t *list = json_loads(history ? history : "[]", 0, NULL), *h;
	size_t i;

	json_array_foreach(list, i, h)
	{
		const char *at = json_string_value(json_object_get(h, "at"));
		const char *what = json_string_value(json_object_get(h, "what"));
		TicketEventKind kind;
		Instant t;

		if (at && what && instant_parse(at, &t) && ticket_event_parse(what, &kind))
			facts_moment(all, t, kind, json_string_value(json_object_get(h, "text")));
	}
	json_decref(list);
}

/* ---- making and mending ---- */

static void open_from(Play *p, const char *id, const TicketFacts *f)
{
	TicketOpening o = { .id = id,
		            .title = f->title,
		            .priority = f->priority,
		            .external = f->external,
		            .source = f->source,
		            .level = f->level,
		            .by = p->by,
		            .quiet = true };

	/* The title is never empty: the id stands for it. */
	if (!ticket_open(p->t, p->plan, &o, f->opened, p->fx, NULL))
		p->t->opened = f->opened;
	p->moved = true;
}

/* Something earlier than the last that is known: all is played again from the start. */
static void play_again(Play *p, const TicketFacts *f)
{
	TicketFacts all = { 0 };
	Ticket old = *p->t;

	remember(&all, old.history);
	for (size_t i = 0; i < f->moments.n; i++) {
		if (!seen(&old, &f->moments.at[i]))
			facts_moment(&all, f->moments.at[i].at, f->moments.at[i].event,
			             f->moments.at[i].text);
	}
	open_from(p, old.id, f);
	for (size_t i = 0; i < all.moments.n; i++)
		play(p, all.moments.at[i].event, all.moments.at[i].text, all.moments.at[i].at);
	text_copy(p->t->incident, sizeof p->t->incident, old.incident);
	p->t->round = old.round + 1;
	list_free(&all.moments);
	Ticket_done(&old);
}

static void play_new(Play *p, const TicketFacts *f)
{
	Instant known = last_known(p->t);
	bool again = false;

	for (size_t i = 0; i < f->moments.n; i++)
		again |= !seen(p->t, &f->moments.at[i]) && earlier(f->moments.at[i].at, known);
	if (again && *p->t->external) {
		play_again(p, f);
		return;
	}
	for (size_t i = 0; i < f->moments.n; i++) {
		if (!seen(p->t, &f->moments.at[i]))
			play(p, f->moments.at[i].event, f->moments.at[i].text, f->moments.at[i].at);
	}
}

static void take_figures(Play *p, const TicketFacts *f)
{
	Ticket *t = p->t;

	if (!text_eq(t->title, f->title)) {
		text_copy(t->title, sizeof t->title, f->title);
		p->moved = true;
	}
	if (f->level > t->level) {
		t->level = f->level;
		p->moved = true;
	}
	p->moved |= f->replies > t->replies || f->reopens > t->reopens ||
	            f->escalations > t->escalations;
	t->replies = f->replies > t->replies ? f->replies : t->replies;
	t->reopens = f->reopens > t->reopens ? f->reopens : t->reopens;
	t->escalations = f->escalations > t->escalations ? f->escalations : t->escalations;
	if (f->scored && (!t->scored || t->score < f->score || t->score > f->score ||
	                  t->scale < f->scale || t->scale > f->scale)) {
		TicketEvent ev = { .event = TICKET_EV_SCORE,
			           .by = p->by,
			           .score = f->score,
			           .scale = f->scale,
			           .quiet = true };

		p->moved |= ticket_step(t, p->plan, &ev, f->scored_at, p->fx, NULL);
	}
	if (*f->priority && !text_eq(t->priority, f->priority)) {
		TicketEvent ev = { .event = TICKET_EV_ASSIGN,
			           .by = p->by,
			           .priority = f->priority,
			           .quiet = true };

		if (!ticket_step(t, p->plan, &ev, is_set(f->updated) ? f->updated : f->opened,
		                 p->fx, NULL))
			text_copy(t->priority, sizeof t->priority, f->priority);
		p->moved = true;
	}
}

ImportResult import_apply(Ticket *t, const char *id, const Plan *plan, const TicketFacts *f,
                          const char *by, Instant now, Effects *fx)
{
	Play p = { t, plan, by, fx, false };
	bool fresh = !*t->id;

	if (!fresh && is_set(t->updated) && is_set(f->updated) && earlier(f->updated, t->updated))
		return IMPORT_SAME;
	if (fresh)
		open_from(&p, id, f);
	play_new(&p, f);
	reconcile(&p, f->status, f->agent,
	          is_set(f->updated) ? latest(f->updated, last_known(t)) : last_known(t));
	take_figures(&p, f);
	p.moved |= t->updated.us != f->updated.us && is_set(f->updated);
	if (is_set(f->updated))
		t->updated = f->updated;
	if (!p.moved)
		return IMPORT_SAME;
	/* Each change a clock makes is one look; none of them is told. */
	for (int i = 0; i < 8 && is_due(t->due, now); i++)
		(void)ticket_step(t, plan, &(TicketEvent){ .event = TICKET_EV_TICK, .quiet = true },
		                  now, fx, NULL);
	ticket_note(t, plan, fresh ? "imported" : "updated", by, f->external, now, fx);
	t->changed = true;
	return fresh ? IMPORT_NEW : IMPORT_CHANGED;
}
