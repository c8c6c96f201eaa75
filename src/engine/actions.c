/* Follow-ups and vulnerabilities: kept, stepped when they are due, and told in the
 * story of the incident they come from. The machine itself is action/action.h. */
#include "engine/engine_private.h"

Action *action_find(const Engine *e, const char *id)
{
	for (size_t i = 0; i < e->actions.n; i++) {
		if (text_eq(e->actions.at[i]->id, id))
			return e->actions.at[i];
	}
	return NULL;
}

static Case *case_of(const Engine *e, const Action *a)
{
	const char *id = a->origin == ACTION_OF_INCIDENT ? strchr(a->origin_ref, ':') : NULL;

	return id ? case_find(e, id + 1) : NULL;
}

void action_save(Engine *e, Action *a)
{
	a->changed = false;
	batch_put(e->batch, &action_record, a);
	turn_urgent(e);
	e->actions_at = earliest(e->actions_at, a->next);
}

/* From the store, or new: an incident shows its own. */
void action_keep(Engine *e, Action *a)
{
	Case *c = case_of(e, a);

	list_add(&e->actions, a);
	e->actions_at = earliest(e->actions_at, a->next);
	if (c)
		list_add(&c->parts.follow_ups, a);
}

static void tell_case(Engine *e, const Action *a, int event, const char *by)
{
	Case *c = case_of(e, a);

	if (c)
		case_event(e, c,
		           &(IncidentEvent){ .kind = INCIDENT_EV_FOLLOW_UP,
		                             .by = by,
		                             .how = "command",
		                             .follow_up = a,
		                             .follow_event = event });
}

/* "A-0012", "V-0012"; an incident counts its own, "2026-0012/f01". */
static void next_id(Engine *e, const ActionOpening *o, char *out, size_t cap)
{
	const char *colon = o->origin_ref ? strchr(o->origin_ref, ':') : NULL;
	const Case *c = o->origin == ACTION_OF_INCIDENT && colon ? case_find(e, colon + 1) : NULL;

	if (c) {
		(void)snprintf(out, cap, "%s/f%02zu", c->incident.id, c->parts.follow_ups.n + 1);
		return;
	}
	e->action_n++;
	(void)snprintf(out, cap, "%c-%04lld", o->vulnerability ? 'V' : 'A', (long long)e->action_n);
}

Action *action_make(Engine *e, const ActionOpening *asked, Err *err)
{
	Action *a = NEW(Action);
	ActionOpening o = *asked;
	Effects fx = { 0 };
	char id[sizeof a->id];
	int64_t n = e->action_n;
	char number[24];

	next_id(e, &o, id, sizeof id);
	o.id = id;
	if (!action_open(a, &o, e->now, &fx, err)) {
		e->action_n = n; /* the number is used up only when the action is made */
		effects_done(&fx);
		mem_free(a);
		return NULL;
	}
	action_keep(e, a);
	action_save(e, a);
	(void)snprintf(number, sizeof number, "%lld", (long long)e->action_n);
	batch_meta(e->batch, "action_n", number);
	engine_apply(e, &fx);
	tell_case(e, a, -1, o.by);
	return a;
}

bool action_event(Engine *e, Action *a, const ActionEvent *ev, Err *err)
{
	Effects fx = { 0 };
	bool ok = action_step(a, e->plan, ev, e->now, &fx, err);

	if (a->changed)
		action_save(e, a);
	engine_apply(e, &fx);
	if (ok && ev->event != ACTION_EV_TICK)
		tell_case(e, a, (int)ev->event, ev->by);
	return ok;
}

/* When its owner can be told. Whom nobody stands behind is told at once: the outbox
 * finds somebody. */
static Instant owner_from(const Engine *e, const Action *a)
{
	const char *owner = *a->owner ? a->owner : e->plan->head.owner;
	Instant from = owner ? roster_next_reachable(e->plan, owner, e->now) : e->now;

	return is_set(from) ? from : e->now;
}

void actions_step(Engine *e)
{
	Instant next = NEVER;

	if (!is_due(e->actions_at, e->now))
		return;
	for (size_t i = 0; i < e->actions.n; i++) {
		Action *a = e->actions.at[i];

		if (is_due(a->next, e->now))
			(void)action_event(e, a,
			                   &(ActionEvent){ .event = ACTION_EV_TICK,
			                                   .owner_from = owner_from(e, a) },
			                   NULL);
		/* One that stays due is looked at a second later, not at once. */
		next = earliest(next,
		                is_due(a->next, e->now) ? after(e->now, seconds(1)) : a->next);
	}
	e->actions_at = next;
}

Instant actions_next(const Engine *e) { return e->actions_at; }

void actions_free(Engine *e)
{
	for (size_t i = 0; i < e->actions.n; i++)
		mem_free(e->actions.at[i]);
	list_free(&e->actions);
}
