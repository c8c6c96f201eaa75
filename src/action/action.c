/* The machine of actions and vulnerabilities. */
#include "action/action.h"

#include "core/text.h"

#include <stdio.h>

/* One step's context. */
typedef struct Turn {
	Action *a;
	const Plan *plan;
	const ActionEvent *ev;
	Instant now;
	Effects *fx;
	Err *err;
	const char *by;
} Turn;

/* ---- evidence and telling ---- */

static Entry *note(const Action *a, const char *what, const char *by, const char *text, Instant now,
                   Effects *fx)
{
	AUTO(Buf) input = { 0 };
	Emit e = emit_to(&input);
	char kind[40], subject[96];
	Entry *entry;

	action_emit(&e, NULL, a, now);
	(void)snprintf(kind, sizeof kind, "%s.%s", a->vulnerability ? "vulnerability" : "action",
	               what);
	(void)snprintf(subject, sizeof subject, "action:%s", a->id);
	entry = effects_entry(fx, now, kind, subject, by, buf_take(&input));
	text_copy(entry->note, sizeof entry->note, text);
	return entry;
}

/* The mildest route of the plan: a reminder is nobody's alarm. NULL: the plan has none. */
static const Texts *quiet_route(const Plan *p)
{
	const Texts *found = NULL;
	int rank = 0;

	for (size_t i = 0; i < p->levels_n; i++) {
		if (p->levels[i].route.n && p->levels[i].rank >= rank) {
			rank = p->levels[i].rank;
			found = &p->levels[i].route;
		}
	}
	for (size_t i = 0; !found && i < p->classes_n; i++) {
		if (p->classes[i].route.n && p->classes[i].rank >= rank) {
			rank = p->classes[i].rank;
			found = &p->classes[i].route;
		}
	}
	return found;
}

static void tell_owner(Turn *t, const char *what)
{
	const char *owner = *t->a->owner ? t->a->owner : t->plan->head.owner;
	const Contact *c = owner ? plan_contact(t->plan, owner) : NULL;
	const Texts *via = c && c->via.n ? &c->via : quiet_route(t->plan);
	char key[96], subject[96];
	Tell *tell;

	(void)snprintf(key, sizeof key, "act:%s:%s:%d", t->a->id, what, ++t->a->reminders);
	(void)snprintf(subject, sizeof subject, "action:%s", t->a->id);
	tell = effects_tell(t->fx, TELL_FOLLOW_UP, subject, key);
	text_copy(tell->text, sizeof tell->text, t->a->reason);
	if (owner)
		tell_to(tell, owner);
	for (size_t i = 0; via && i < via->n; i++)
		tell_via(tell, via->at[i]);
}

/* ---- deadlines ---- */

static Instant first_deadline(const Action *a)
{
	Instant due = is_set(a->due) ? a->due : NEVER;

	if (is_set(a->mitigate_due) && !is_set(a->mitigated_at))
		due = earliest(due, a->mitigate_due);
	return due;
}

/* When it must be looked at next. A new deadline that has not passed ends its being late. */
static void reschedule(Action *a, Instant now)
{
	Instant due = first_deadline(a);

	a->changed = true;
	if (a->state == ACTION_ACCEPTED) {
		a->next = a->accepted_until;
	} else if (!action_is_open(a)) {
		a->next = NEVER;
	} else if (!action_is_overdue(a, now)) {
		a->late_at = LONG_AGO;
		a->next = is_set(due) ? after(due, duration_us(1)) : NEVER;
	} else if (!is_set(a->late_at) || !is_set(a->next)) {
		a->next = now;
	}
}

static void set_deadlines(Turn *t, const Vulnerability *v)
{
	char text[SPAN_TEXT];

	text_copy(t->a->limit, sizeof t->a->limit,
	          v->deadline.set ? deadline_print(&v->deadline, text) : "");
	if (!action_deadline(t->plan, &v->deadline, t->a->made_at, &t->a->due))
		t->a->due = LONG_AGO;
	if (!action_deadline(t->plan, &v->mitigate, t->a->made_at, &t->a->mitigate_due))
		t->a->mitigate_due = LONG_AGO;
	if (!is_set(t->a->due) && is_set(t->a->planned_for))
		t->a->due = t->a->planned_for;
}

/* ---- events ---- */

static bool refuse(Turn *t)
{
	return err_set(t->err, ERR_CONFLICT, "%s is %s: '%s' means nothing now", t->a->id,
	               action_state_name(t->a), action_event_name(t->ev->event));
}

static bool needs_words(Turn *t, const char *what)
{
	if (!text_is_empty(t->ev->text))
		return true;
	return err_set(t->err, ERR_BAD_INPUT, "'%s' needs %s", action_event_name(t->ev->event),
	               what);
}

static void take_owner(Turn *t)
{
	if (t->ev->owner)
		text_copy(t->a->owner, sizeof t->a->owner, t->ev->owner);
}

static bool triage(Turn *t)
{
	const Vulnerability *v = action_severity(t->plan, t->ev->severity);
	Action *a = t->a;

	if (!a->vulnerability || !action_is_open(a))
		return refuse(t);
	if (!v) {
		err_set(t->err, ERR_NOT_FOUND, "the plan has no severity '%s'",
		        t->ev->severity ? t->ev->severity : "");
		return err_hint(t->err, "those of its section `vulnerabilities`");
	}
	text_copy(a->severity, sizeof a->severity, v->item.id);
	take_owner(t);
	set_deadlines(t, v);
	if (a->state == ACTION_OPEN) {
		a->state = ACTION_TRIAGED;
		a->triaged_at = t->now;
	}
	note(a, "triaged", t->by, t->ev->text, t->now, t->fx);
	return true;
}

static bool plan_it(Turn *t)
{
	Action *a = t->a;
	bool again = a->state == ACTION_PLANNED && (t->ev->has_at || t->ev->owner);

	if (!again && a->state != (a->vulnerability ? ACTION_TRIAGED : ACTION_OPEN))
		return refuse(t);
	take_owner(t);
	if (t->ev->has_at) {
		/* No promise of the plan is moved by it, but what was planned is reminded of. */
		if (!is_set(a->due) || a->due.us == a->planned_for.us)
			a->due = t->ev->at;
		a->planned_for = t->ev->at;
	}
	if (!again) {
		a->state = ACTION_PLANNED;
		a->planned_at = t->now;
		text_copy(a->planned_by, sizeof a->planned_by, t->by);
	}
	note(a, a->vulnerability ? "planned" : "approved", t->by, t->ev->text, t->now, t->fx);
	return true;
}

static bool mitigate(Turn *t)
{
	Action *a = t->a;

	if (!a->vulnerability || !action_is_open(a) || is_set(a->mitigated_at))
		return refuse(t);
	a->mitigated_at = t->now;
	note(a, "mitigated", t->by, t->ev->text, t->now, t->fx);
	return true;
}

static bool done(Turn *t)
{
	Action *a = t->a;
	bool may = a->state == ACTION_PLANNED || (a->vulnerability && a->state == ACTION_TRIAGED);
	Entry *entry;

	if (!may && !a->vulnerability && a->state == ACTION_OPEN) {
		err_set(t->err, ERR_CONFLICT, "%s is proposed, not approved", a->id);
		return err_hint(t->err, "carene action approve %s", a->id);
	}
	if (!may)
		return refuse(t);
	a->state = ACTION_DONE;
	a->done_at = t->now;
	text_copy(a->done_by, sizeof a->done_by, t->by);
	entry = note(a, a->vulnerability ? "fixed" : "done", t->by, t->ev->text, t->now, t->fx);
	if (action_kept(a, t->now) >= 0)
		text_copy(entry->verdict, sizeof entry->verdict,
		          action_kept(a, t->now) ? "met" : "late");
	return true;
}

static bool verify(Turn *t)
{
	if (t->a->state != ACTION_DONE)
		return refuse(t);
	t->a->state = ACTION_VERIFIED;
	t->a->verified_at = t->now;
	text_copy(t->a->verified_by, sizeof t->a->verified_by, t->by);
	note(t->a, "verified", t->by, t->ev->text, t->now, t->fx);
	return true;
}

static bool accept(Turn *t)
{
	Action *a = t->a;

	if (!a->vulnerability || (a->state != ACTION_TRIAGED && a->state != ACTION_ACCEPTED))
		return refuse(t);
	if (!needs_words(t, "the risk that is taken"))
		return false;
	if (!t->ev->has_at || !earlier(t->now, t->ev->at))
		return err_set(t->err, ERR_BAD_INPUT,
		               "a risk is accepted until a date that is still to come");
	a->state = ACTION_ACCEPTED;
	a->accepted_until = t->ev->at;
	text_copy(a->accepted_by, sizeof a->accepted_by, t->by);
	text_copy(a->reason, sizeof a->reason, t->ev->text);
	note(a, "accepted", t->by, t->ev->text, t->now, t->fx);
	return true;
}

static bool drop(Turn *t)
{
	if (!action_is_open(t->a) && t->a->state != ACTION_ACCEPTED)
		return refuse(t);
	if (!needs_words(t, "a reason"))
		return false;
	t->a->state = ACTION_DROPPED;
	t->a->accepted_until = LONG_AGO;
	t->a->accepted_by[0] = '\0';
	text_copy(t->a->reason, sizeof t->a->reason, t->ev->text);
	note(t->a, "dropped", t->by, t->ev->text, t->now, t->fx);
	return true;
}

static bool reopen(Turn *t)
{
	Action *a = t->a;
	ActionState back = a->vulnerability ? ACTION_TRIAGED : ACTION_PLANNED;

	if (action_is_open(a))
		return refuse(t);
	if (!needs_words(t, "a reason"))
		return false;
	if (a->state == ACTION_DROPPED)
		back = *a->severity ? ACTION_TRIAGED : ACTION_OPEN;
	a->state = back;
	a->done_at = a->verified_at = a->accepted_until = LONG_AGO;
	a->done_by[0] = a->verified_by[0] = a->accepted_by[0] = '\0';
	a->reopens++;
	text_copy(a->reason, sizeof a->reason, t->ev->text);
	note(a, "reopened", t->by, t->ev->text, t->now, t->fx);
	return true;
}

static bool change(Turn *t)
{
	Action *a = t->a;

	if (!action_is_open(a))
		return refuse(t);
	if (t->ev->has_at && a->vulnerability)
		return err_set(t->err, ERR_CONFLICT,
		               "a vulnerability's deadline comes from its severity") ||
		       err_hint(t->err, "triage it anew, or plan it for a date");
	if (t->ev->kind && (a->vulnerability || !action_kind_known(t->ev->kind)))
		return err_set(t->err, ERR_BAD_INPUT, "'%s' is no kind of action", t->ev->kind);
	take_owner(t);
	if (t->ev->has_at)
		a->due = t->ev->at;
	if (t->ev->kind)
		text_copy(a->kind, sizeof a->kind, t->ev->kind);
	if (!text_is_empty(t->ev->text))
		text_copy(a->what, sizeof a->what, t->ev->text);
	note(a, "changed", t->by, t->ev->text, t->now, t->fx);
	return true;
}

static void acceptance_over(Turn *t)
{
	Action *a = t->a;

	a->state = ACTION_TRIAGED;
	a->accepted_until = LONG_AGO;
	a->accepted_by[0] = '\0';
	note(a, "acceptance_over", "carene", a->reason, t->now, t->fx);
	reschedule(a, t->now);
	/* It is told at once as what it is again: open, and mostly overdue. */
	a->next = t->now;
}

static void overdue(Turn *t)
{
	Action *a = t->a;
	Entry *entry;

	if (!is_set(a->late_at)) {
		a->late_at = first_deadline(a);
		entry = note(a, "overdue", "carene", NULL, t->now, t->fx);
		text_copy(entry->verdict, sizeof entry->verdict, "late");
	}
	a->changed = true;
	if (is_set(t->ev->owner_from) && earlier(t->now, t->ev->owner_from)) {
		a->next = t->ev->owner_from;
		return;
	}
	tell_owner(t, "overdue");
	a->next = zone_add(t->plan->head.timezone, t->now, (Span){ .days = ACTION_REMIND_DAYS });
}

static bool tick(Turn *t)
{
	Action *a = t->a;

	if (!is_due(a->next, t->now))
		return true;
	if (a->state == ACTION_ACCEPTED)
		acceptance_over(t);
	if (action_is_overdue(a, t->now))
		overdue(t);
	else
		reschedule(a, t->now);
	return true;
}

bool action_step(Action *a, const Plan *plan, const ActionEvent *ev, Instant now, Effects *fx,
                 Err *err)
{
	static bool (*const events[ACTION_EVENTS])(Turn *) = {
		[ACTION_EV_TRIAGE] = triage,     [ACTION_EV_PLAN] = plan_it,
		[ACTION_EV_MITIGATE] = mitigate, [ACTION_EV_DONE] = done,
		[ACTION_EV_VERIFY] = verify,     [ACTION_EV_ACCEPT] = accept,
		[ACTION_EV_DROP] = drop,         [ACTION_EV_REOPEN] = reopen,
		[ACTION_EV_CHANGE] = change,     [ACTION_EV_TICK] = tick,
	};
	Turn t = { a, plan, ev, now, fx, err, ev->by ? ev->by : "carene" };

	if (!events[ev->event](&t))
		return false;
	if (ev->event != ACTION_EV_TICK)
		reschedule(a, now);
	return true;
}

/* ---- opening ---- */

bool action_open(Action *a, const ActionOpening *o, Instant now, Effects *fx, Err *err)
{
	const char *by = o->by ? o->by : "carene";

	if (text_is_empty(o->what))
		return err_set(err, ERR_BAD_INPUT, "an action needs words: what is to be done");
	if (!o->vulnerability && o->kind && !action_kind_known(o->kind)) {
		err_set(err, ERR_BAD_INPUT, "'%s' is no kind of action", o->kind);
		return err_hint(err, "preventive, corrective, procedure, training, improvement");
	}
	*a = (Action){ .vulnerability = o->vulnerability, .origin = o->origin, .made_at = now };
	a->due = o->due.us == 0 ? LONG_AGO : o->due;
	a->mitigate_due = a->mitigated_at = a->triaged_at = a->planned_at = a->planned_for =
	        a->done_at = a->verified_at = a->accepted_until = a->late_at = LONG_AGO;
	text_copy(a->id, sizeof a->id, o->id);
	text_copy(a->origin_ref, sizeof a->origin_ref, o->origin_ref);
	text_copy(a->what, sizeof a->what, o->what);
	if (!o->vulnerability)
		text_copy(a->kind, sizeof a->kind, o->kind ? o->kind : "corrective");
	text_copy(a->component, sizeof a->component, o->component);
	text_copy(a->owner, sizeof a->owner, o->owner);
	text_copy(a->made_by, sizeof a->made_by, by);
	note(a, o->vulnerability ? "found" : "proposed", by, NULL, now, fx);
	a->next = NEVER;
	reschedule(a, now);
	return true;
}
