/* The incident's machine. See incident.h for the states. What one event does is one
 * function; which states know it is one function per state, at the end. */
#include "incident/incident_private.h"

#include "core/text.h"

#include <assert.h>

/* ---- setting ---- */

static Turn begin(Incident *inc, IncidentParts *parts, const Plan *plan, const IncidentEvent *ev,
                  Instant now, Effects *fx)
{
	Turn t = { .inc = inc, .parts = parts, .plan = plan, .ev = ev, .now = now, .fx = fx };

	t.class_ = *inc->class_ ? plan_class(plan, inc->class_) : NULL;
	t.service = *inc->service ? plan_service(plan, inc->service) : NULL;
	t.zone = plan->head.timezone ? plan->head.timezone : zone_utc();
	t.lang = lang_parse(plan->head.language);
	t.by = ev && !text_is_empty(ev->by) ? ev->by : "carene";
	(void)snprintf(t.subject, sizeof t.subject, "incident:%s", inc->id);
	(void)snprintf(t.prefix, sizeof t.prefix, "inc:%s", inc->id);
	return t;
}

static void end(Turn *t)
{
	Instant due = NEVER;

	if (incident_is_open(t->inc)) {
		due = earliest(hands_due(t), checklist_due(t));
		if (is_set(t->inc->settled_at))
			due = earliest(due, t->inc->settled_at);
	}
	t->inc->due = due;
	mem_free(t->inc->ladder);
	t->inc->ladder = ladder_write(&t->ladder);
}

static void check_invariants(const Incident *inc)
{
	assert((unsigned)inc->state < INCIDENT_STATES);
	assert(is_set(inc->detected_at));
	assert(inc->state != INCIDENT_WATCHING || is_set(inc->settled_at));
	assert(inc->state != INCIDENT_RESOLVED || is_set(inc->resolved_at));
	assert(inc->state != INCIDENT_CLOSED || is_set(inc->closed_at));
	assert(incident_is_open(inc) || inc->due.us == NEVER.us);
	assert(!is_set(inc->settled_at) || inc->state == INCIDENT_RESOLVED ||
	       inc->state == INCIDENT_WATCHING);
	(void)inc;
}

bool incident_is_open(const Incident *inc)
{
	return inc->state != INCIDENT_CLOSED && inc->state != INCIDENT_CANCELLED;
}

bool incident_is_active(const Incident *inc) { return inc->state < INCIDENT_RESOLVED; }

bool incident_takes_alerts(const Incident *inc) { return inc->state < INCIDENT_POSTMORTEM; }

Instant incident_due(const Incident *inc) { return is_set(inc->due) ? inc->due : NEVER; }

/* ---- ends ---- */

static bool needs_postmortem(const Incident *inc, const Class *class_)
{
	const Deadline *d = clock_limit(class_, CLOCK_POSTMORTEM, inc->env);

	return !inc->postmortem_done && d && d->kind != DEADLINE_NONE && d->kind != DEADLINE_UNSET;
}

static bool is_finished(const Turn *t)
{
	return checklist_is_closed(t->parts) && !needs_postmortem(t->inc, t->class_);
}

static void close_it(Turn *t)
{
	size_t open = 0;
	AUTO(Buf) text = { 0 };

	for (size_t i = 0; i < t->parts->follow_ups.n; i++)
		open += action_is_open(t->parts->follow_ups.at[i]);
	if (open)
		buf_printf(
		        &text,
		        tr_n(t->lang, "%zu follow-up stays open", "%zu follow-ups stay open", open),
		        open);
	t->inc->state = INCIDENT_CLOSED;
	t->inc->closed_at = t->now;
	t->inc->settled_at = LONG_AGO;
	hands_stop(t, CLOCK_POSTMORTEM, t->by);
	story(t, "closed", buf_str(&text));
}

static void announce_resolution(Turn *t)
{
	char took[LANG_TEXT];
	AUTO(Buf) text = { 0 };

	if (t->inc->resolution_told)
		return;
	t->inc->resolution_told = true;
	buf_printf(&text, tr(t->lang, "resolved after %s"),
	           lang_duration(t->lang, between(t->inc->started_at, t->inc->restored_at), took));
	story_tell_told(t, TELL_INCIDENT_RESOLVED, "resolved", true, buf_str(&text));
}

/* Nothing more will happen to the service: now what remains is paper. */
static void wind_up(Turn *t)
{
	announce_resolution(t);
	t->inc->settled_at = LONG_AGO;
	if (is_finished(t)) {
		close_it(t);
		return;
	}
	t->inc->state = INCIDENT_POSTMORTEM;
	story(t, "postmortem", "");
}

static void watch(Turn *t)
{
	char until[LANG_TEXT];
	AUTO(Buf) text = { 0 };

	t->inc->state = INCIDENT_WATCHING;
	t->inc->settled_at = zone_add(t->zone, t->now, t->class_->watch);
	buf_printf(&text, tr(t->lang, "service is back, watched until %s"),
	           lang_instant_short(t->lang, t->zone, t->inc->settled_at, until));
	story(t, "watching", buf_str(&text));
	story_tell_told(t, TELL_INCIDENT_UPDATE, "restored", true, buf_str(&text));
}

static void resolve(Turn *t, const char *by)
{
	Incident *inc = t->inc;

	inc->state = INCIDENT_RESOLVED;
	inc->resolved_at = t->now;
	if (!is_set(inc->restored_at))
		inc->restored_at = t->now;
	inc->fix_at = LONG_AGO;
	inc->next_update_at = LONG_AGO;
	inc->held_by[0] = '\0';
	inc->resolution_told = false;
	story(t, "resolved", t->ev ? t->ev->text : "");
	hands_stop(t, CLOCK_RESOLVE, by);
	/* What nobody had to do any more. */
	hands_stop(t, CLOCK_RESPOND, RECOVERY);
	hands_stop(t, CLOCK_INFORM, RECOVERY);
	hands_stop(t, CLOCK_MITIGATE, RECOVERY);
	hands_stop(t, CLOCK_NEXT_UPDATE, RECOVERY);
	if (needs_postmortem(inc, t->class_))
		hands_start(t, CLOCK_POSTMORTEM, NULL, t->now);
	if (t->class_ && !span_is_zero(t->class_->watch)) {
		watch(t);
	} else {
		inc->settled_at = after(t->now, INCIDENT_SETTLE);
		announce_resolution(t);
	}
}

/* ---- acts ---- */

static void acknowledge(Turn *t)
{
	Incident *inc = t->inc;

	inc->acked = true;
	if (!is_set(inc->acknowledged_at)) {
		inc->acknowledged_at = t->now;
		text_copy(inc->acknowledged_by, sizeof inc->acknowledged_by, t->by);
	}
	if (inc->state == INCIDENT_OPEN || inc->state == INCIDENT_QUALIFIED)
		inc->state = INCIDENT_ACKNOWLEDGED;
	story(t, "acknowledged", t->ev->how);
	hands_stop(t, CLOCK_RESPOND, t->by);
}

/* Whoever acts on it has taken it. */
static void take(Turn *t)
{
	if (!t->inc->acked)
		acknowledge(t);
}

static bool on_ack(Turn *t)
{
	/* A recovery may come between the message and the answer to it. */
	if (!incident_is_active(t->inc) ? is_set(t->inc->acknowledged_at) : t->inc->acked)
		return false;
	acknowledge(t);
	return true;
}

static void informed(Turn *t)
{
	if (!is_set(t->inc->first_message_at))
		t->inc->first_message_at = t->now;
	hands_stop(t, CLOCK_INFORM, t->by);
}

static void promise_next_update(Turn *t)
{
	Deadline own = { DEADLINE_SPAN, t->ev->next, true };
	bool promised = !span_is_zero(t->ev->next);
	Clock *c;

	hands_stop(t, CLOCK_NEXT_UPDATE, t->by);
	t->inc->next_update_at = LONG_AGO;
	if (!incident_is_active(t->inc) ||
	    (!promised && !clock_limit(t->class_, CLOCK_NEXT_UPDATE, t->inc->env)))
		return;
	hands_start(t, CLOCK_NEXT_UPDATE, promised ? &own : NULL, t->now);
	c = hands_clock(t, CLOCK_NEXT_UPDATE);
	if (is_set(c->due))
		t->inc->next_update_at = c->due;
}

static bool on_update(Turn *t)
{
	if (text_is_empty(t->ev->text))
		return false;
	story_public(t, "update", t->ev->text);
	informed(t);
	promise_next_update(t);
	story_tell_route(t, TELL_INCIDENT_UPDATE, "update", t->ev->text);
	return true;
}

static bool on_investigate(Turn *t)
{
	take(t);
	t->inc->state = INCIDENT_INVESTIGATING;
	story(t, "investigating", t->ev->text);
	return true;
}

static bool on_mitigate(Turn *t)
{
	take(t);
	t->inc->state = INCIDENT_MITIGATED;
	t->inc->mitigated_at = t->now;
	if (!t->inc->failing)
		t->inc->restored_at = t->now;
	story(t, "mitigated", t->ev->text);
	hands_stop(t, CLOCK_MITIGATE, t->by);
	return true;
}

static bool on_resolve(Turn *t)
{
	take(t);
	if (!t->inc->failing) {
		resolve(t, t->by);
		return true;
	}
	/* Checks have the last word; the person's is kept. */
	t->inc->fix_at = t->now;
	story(t, "fix_applied", t->ev->text);
	return true;
}

static bool on_recover(Turn *t)
{
	Incident *inc = t->inc;
	const char *back = tr(t->lang, "the workaround holds, service is back");

	inc->failing = false;
	inc->held_by[0] = '\0';
	inc->restored_at = t->now;
	if (inc->state != INCIDENT_MITIGATED || is_set(inc->fix_at)) {
		resolve(t, is_set(inc->fix_at) ? inc->acknowledged_by : RECOVERY);
		return true;
	}
	story(t, "restored", back);
	story_tell_told(t, TELL_INCIDENT_UPDATE, "restored", true, back);
	return true;
}

/* Reopened: clocks go on from their first start, and whoever knows the story is called. */
static void reopen(Turn *t, const char *kind, bool by_person)
{
	Incident *inc = t->inc;

	inc->state = INCIDENT_INVESTIGATING;
	inc->relapses++;
	inc->acked = by_person;
	inc->restored_at = inc->resolved_at = inc->closed_at = LONG_AGO;
	inc->mitigated_at = inc->settled_at = inc->fix_at = LONG_AGO;
	inc->resolution_told = false;
	story(t, kind, t->ev->text);
	hands_cancel(t, CLOCK_POSTMORTEM, kind); /* starts anew when it is resolved anew */
	hands_resume(t, CLOCK_MITIGATE);
	hands_resume(t, CLOCK_RESOLVE);
	if (!is_set(inc->acknowledged_at))
		hands_resume(t, CLOCK_RESPOND);
	if (!is_set(inc->first_message_at))
		hands_resume(t, CLOCK_INFORM);
	else if (clock_limit(t->class_, CLOCK_NEXT_UPDATE, inc->env))
		hands_start(t, CLOCK_NEXT_UPDATE, NULL, t->now);
	if (by_person && !is_set(inc->acknowledged_at))
		acknowledge(t);
	ladder_rearm(&t->ladder, t->now);
	hands_climb(t, TELL_INCIDENT_REOPENED);
}

static bool on_relapse(Turn *t)
{
	bool was_failing = t->inc->failing, was_held = t->inc->held_by[0] != '\0';

	t->inc->failing = true;
	t->inc->held_by[0] = '\0';
	if (t->ev->kind == INCIDENT_EV_JOIN)
		t->inc->alerts++;
	if (!incident_is_active(t->inc) || (t->inc->state == INCIDENT_MITIGATED && !was_failing)) {
		reopen(t, "relapsed", false);
		return true;
	}
	story(t, was_held ? "released" : "joined", t->ev->text);
	/* Still failing when what held it back is over: said then, unless somebody has it. */
	if (was_held && !t->inc->acked)
		ladder_rearm(&t->ladder, t->now);
	hands_climb(t, TELL_INCIDENT_REOPENED);
	return true;
}

static bool on_hold(Turn *t)
{
	if (text_is_empty(t->ev->text) || text_eq(t->ev->text, t->inc->held_by))
		return false;
	text_copy(t->inc->held_by, sizeof t->inc->held_by, t->ev->text);
	story(t, "held", t->ev->text);
	return true;
}

static bool on_reopen(Turn *t)
{
	reopen(t, "reopened", true);
	return true;
}

/* ---- words and lists ---- */

static bool on_note(Turn *t)
{
	if (text_is_empty(t->ev->text))
		return false;
	story(t, "note", t->ev->text);
	return true;
}

static bool on_assign(Turn *t)
{
	if (text_is_empty(t->ev->assignee) || text_eq(t->ev->assignee, t->inc->assignee))
		return false;
	text_copy(t->inc->assignee, sizeof t->inc->assignee, t->ev->assignee);
	story(t, "assigned", t->inc->assignee);
	return true;
}

static bool on_escalate(Turn *t)
{
	const char *why = text_is_empty(t->ev->text) ? tr(t->lang, "the next step was asked for")
	                                             : t->ev->text;

	return hands_advance(t, why);
}

static bool on_false_alarm(Turn *t)
{
	AUTO(Buf) text = { 0 };

	if (text_is_empty(t->ev->text))
		return false;
	buf_printf(&text, tr(t->lang, "false alarm: %s"), t->ev->text);
	t->inc->state = INCIDENT_CANCELLED;
	t->inc->closed_at = t->now;
	text_copy(t->inc->reason, sizeof t->inc->reason, t->ev->text);
	for (int kind = 0; kind < CLOCK_KINDS; kind++)
		hands_cancel(t, (ClockKind)kind, "false alarm");
	story(t, "cancelled", t->ev->text);
	story_tell_told(t, TELL_INCIDENT_RESOLVED, "cancelled", true, buf_str(&text));
	return true;
}

static bool on_postmortem(Turn *t)
{
	if (t->inc->postmortem_done)
		return false;
	t->inc->postmortem_done = true;
	story(t, "postmortem_done", t->ev->text);
	hands_stop(t, CLOCK_POSTMORTEM, t->by);
	story_tell_route(t, TELL_POSTMORTEM, "postmortem", t->ev->text);
	if (t->inc->state == INCIDENT_POSTMORTEM && is_finished(t))
		close_it(t);
	return true;
}

static bool on_close(Turn *t)
{
	if (t->inc->state != INCIDENT_POSTMORTEM) {
		wind_up(t);
		return true;
	}
	if (!is_finished(t))
		return false;
	close_it(t);
	return true;
}

/* Ticking a line is the act that it names. */
static void act_of_item(Turn *t, ClockKind stops)
{
	bool active = incident_is_active(t->inc);

	switch (stops) {
	case CLOCK_RESPOND:
		if (active)
			take(t);
		break;
	case CLOCK_INFORM: informed(t); break;
	case CLOCK_MITIGATE:
		if (active && t->inc->state != INCIDENT_MITIGATED)
			(void)on_mitigate(t);
		break;
	case CLOCK_RESOLVE:
		if (active)
			(void)on_resolve(t);
		break;
	case CLOCK_NEXT_UPDATE: promise_next_update(t); break;
	case CLOCK_POSTMORTEM:
		if (!active && !t->inc->postmortem_done) {
			t->inc->postmortem_done = true;
			hands_stop(t, CLOCK_POSTMORTEM, t->by);
		}
		break;
	case CLOCK_KINDS: break;
	}
}

static bool on_item(Turn *t)
{
	ChecklistItem *item;
	int stops;

	if (!checklist_item(t, &item))
		return false;
	stops = item->state == ITEM_DONE ? item->stops : -1;
	if (stops >= 0)
		act_of_item(t, (ClockKind)stops);
	if (t->inc->state == INCIDENT_POSTMORTEM && is_finished(t))
		close_it(t);
	return true;
}

static bool on_tick(Turn *t)
{
	hands_tick(t);
	checklist_tick(t);
	hands_climb(t, TELL_INCIDENT_OPENED);
	if (is_set(t->inc->settled_at) && is_due(t->inc->settled_at, t->now))
		wind_up(t);
	return true;
}

/* ---- which state knows which event ---- */

/* Those that every open state takes the same way. */
static bool step_open_anyhow(Turn *t)
{
	switch (t->ev->kind) {
	case INCIDENT_EV_NOTE: return on_note(t);
	case INCIDENT_EV_UPDATE: return on_update(t);
	case INCIDENT_EV_ITEM: return on_item(t);
	case INCIDENT_EV_FOLLOW_UP: return follow_up_event(t);
	case INCIDENT_EV_ASSIGN: return on_assign(t);
	case INCIDENT_EV_TICK: return on_tick(t);
	case INCIDENT_EV_JOIN:
	case INCIDENT_EV_ACK:
	case INCIDENT_EV_QUALIFY:
	case INCIDENT_EV_RECLASSIFY:
	case INCIDENT_EV_INVESTIGATE:
	case INCIDENT_EV_MITIGATE:
	case INCIDENT_EV_RECOVER:
	case INCIDENT_EV_RELAPSE:
	case INCIDENT_EV_HOLD:
	case INCIDENT_EV_RESOLVE:
	case INCIDENT_EV_FALSE_ALARM:
	case INCIDENT_EV_POSTMORTEM:
	case INCIDENT_EV_CLOSE:
	case INCIDENT_EV_REOPEN:
	case INCIDENT_EV_ESCALATE:
	case INCIDENT_EVENTS: break;
	}
	return false;
}

static bool is_one_of(const Turn *t, unsigned states) { return states >> t->inc->state & 1; }

#define STATE(s) (1u << INCIDENT_##s)

/* OPEN … MITIGATED. */
static bool step_active(Turn *t)
{
	switch (t->ev->kind) {
	case INCIDENT_EV_JOIN:
	case INCIDENT_EV_RELAPSE: return on_relapse(t);
	case INCIDENT_EV_ACK: return on_ack(t);
	case INCIDENT_EV_QUALIFY: return class_qualify(t);
	case INCIDENT_EV_RECLASSIFY: return class_reclassify(t);
	case INCIDENT_EV_INVESTIGATE:
		return is_one_of(t, STATE(OPEN) | STATE(QUALIFIED) | STATE(ACKNOWLEDGED)) &&
		       on_investigate(t);
	case INCIDENT_EV_MITIGATE: return !is_one_of(t, STATE(MITIGATED)) && on_mitigate(t);
	case INCIDENT_EV_RECOVER: return on_recover(t);
	case INCIDENT_EV_HOLD: return on_hold(t);
	case INCIDENT_EV_RESOLVE: return on_resolve(t);
	case INCIDENT_EV_FALSE_ALARM: return !is_one_of(t, STATE(MITIGATED)) && on_false_alarm(t);
	case INCIDENT_EV_ESCALATE: return on_escalate(t);
	case INCIDENT_EV_NOTE:
	case INCIDENT_EV_UPDATE:
	case INCIDENT_EV_ITEM:
	case INCIDENT_EV_FOLLOW_UP:
	case INCIDENT_EV_ASSIGN:
	case INCIDENT_EV_TICK: return step_open_anyhow(t);
	case INCIDENT_EV_POSTMORTEM:
	case INCIDENT_EV_CLOSE:
	case INCIDENT_EV_REOPEN:
	case INCIDENT_EVENTS: break;
	}
	return false;
}

/* RESOLVED and WATCHING: it may come back. */
static bool step_resolved(Turn *t)
{
	switch (t->ev->kind) {
	case INCIDENT_EV_JOIN:
	case INCIDENT_EV_RELAPSE: return on_relapse(t);
	case INCIDENT_EV_ACK: return on_ack(t);
	case INCIDENT_EV_RECLASSIFY: return class_reclassify(t);
	case INCIDENT_EV_POSTMORTEM: return on_postmortem(t);
	case INCIDENT_EV_CLOSE: return on_close(t);
	case INCIDENT_EV_REOPEN: return on_reopen(t);
	case INCIDENT_EV_NOTE:
	case INCIDENT_EV_UPDATE:
	case INCIDENT_EV_ITEM:
	case INCIDENT_EV_FOLLOW_UP:
	case INCIDENT_EV_ASSIGN:
	case INCIDENT_EV_TICK: return step_open_anyhow(t);
	case INCIDENT_EV_QUALIFY:
	case INCIDENT_EV_INVESTIGATE:
	case INCIDENT_EV_MITIGATE:
	case INCIDENT_EV_RECOVER:
	case INCIDENT_EV_HOLD:
	case INCIDENT_EV_RESOLVE:
	case INCIDENT_EV_FALSE_ALARM:
	case INCIDENT_EV_ESCALATE:
	case INCIDENT_EVENTS: break;
	}
	return false;
}

static bool step_postmortem(Turn *t)
{
	switch (t->ev->kind) {
	case INCIDENT_EV_RECLASSIFY: return class_reclassify(t);
	case INCIDENT_EV_POSTMORTEM: return on_postmortem(t);
	case INCIDENT_EV_CLOSE: return on_close(t);
	case INCIDENT_EV_REOPEN: return on_reopen(t);
	case INCIDENT_EV_NOTE:
	case INCIDENT_EV_UPDATE:
	case INCIDENT_EV_ITEM:
	case INCIDENT_EV_FOLLOW_UP:
	case INCIDENT_EV_ASSIGN:
	case INCIDENT_EV_TICK: return step_open_anyhow(t);
	case INCIDENT_EV_JOIN:
	case INCIDENT_EV_ACK:
	case INCIDENT_EV_QUALIFY:
	case INCIDENT_EV_INVESTIGATE:
	case INCIDENT_EV_MITIGATE:
	case INCIDENT_EV_RECOVER:
	case INCIDENT_EV_RELAPSE:
	case INCIDENT_EV_HOLD:
	case INCIDENT_EV_RESOLVE:
	case INCIDENT_EV_FALSE_ALARM:
	case INCIDENT_EV_ESCALATE:
	case INCIDENT_EVENTS: break;
	}
	return false;
}

/* CLOSED and CANCELLED: only words, follow-ups, and the way back. */
static bool step_over(Turn *t)
{
	switch (t->ev->kind) {
	case INCIDENT_EV_REOPEN: return on_reopen(t);
	case INCIDENT_EV_NOTE: return on_note(t);
	case INCIDENT_EV_FOLLOW_UP: return follow_up_event(t);
	case INCIDENT_EV_UPDATE:
	case INCIDENT_EV_ITEM:
	case INCIDENT_EV_ASSIGN:
	case INCIDENT_EV_TICK:
	case INCIDENT_EV_RECLASSIFY:
	case INCIDENT_EV_POSTMORTEM:
	case INCIDENT_EV_CLOSE:
	case INCIDENT_EV_JOIN:
	case INCIDENT_EV_ACK:
	case INCIDENT_EV_QUALIFY:
	case INCIDENT_EV_INVESTIGATE:
	case INCIDENT_EV_MITIGATE:
	case INCIDENT_EV_RECOVER:
	case INCIDENT_EV_RELAPSE:
	case INCIDENT_EV_HOLD:
	case INCIDENT_EV_RESOLVE:
	case INCIDENT_EV_FALSE_ALARM:
	case INCIDENT_EV_ESCALATE:
	case INCIDENT_EVENTS: break;
	}
	return false;
}

static bool step_state(Turn *t)
{
	switch (t->inc->state) {
	case INCIDENT_OPEN:
	case INCIDENT_QUALIFIED:
	case INCIDENT_ACKNOWLEDGED:
	case INCIDENT_INVESTIGATING:
	case INCIDENT_MITIGATED: return step_active(t);
	case INCIDENT_RESOLVED:
	case INCIDENT_WATCHING: return step_resolved(t);
	case INCIDENT_POSTMORTEM: return step_postmortem(t);
	case INCIDENT_CLOSED:
	case INCIDENT_CANCELLED: return step_over(t);
	case INCIDENT_STATES: break;
	}
	return false;
}

bool incident_step(Incident *inc, IncidentParts *parts, const Plan *plan, const IncidentEvent *ev,
                   Instant now, Effects *fx)
{
	Turn t = begin(inc, parts, plan, ev, now, fx);
	bool meant;

	check_invariants(inc);
	/* A ladder that cannot be read (it was tampered with) is frozen anew, so that
	 * somebody is called rather than nobody. */
	if (!ladder_read(inc->ladder, &t.ladder))
		ladder_freeze(&t.ladder, plan, plan_level(plan, inc->level), t.class_,
		              inc->detected_at);
	meant = step_state(&t);
	if (meant)
		end(&t);
	check_invariants(inc);
	return meant;
}

/* ---- opening ---- */

static void make_title(const Turn *t, const IncidentOpening *o, char *out, size_t cap)
{
	const Rule *rule = o->rule ? plan_rule(t->plan, o->rule) : NULL;
	const char *what = rule ? item_label(&rule->item) : o->rule ? o->rule : t->inc->id;
	AUTO(Buf) text = { 0 };

	if (!text_is_empty(o->title)) {
		text_copy(out, cap, o->title);
		return;
	}
	buf_text(&text, what);
	if (t->service)
		buf_printf(&text, " – %s", item_label(&t->service->item));
	if (*t->inc->env)
		buf_printf(&text, " (%s)", t->inc->env);
	text_copy(out, cap, buf_str(&text));
}

static void fill(Incident *inc, const IncidentOpening *o, const Plan *plan, Instant now)
{
	const Class *class_ = o->class_ ? plan_class(plan, o->class_) : NULL;

	text_copy(inc->id, sizeof inc->id, o->id);
	text_copy(inc->key, sizeof inc->key, o->key);
	text_copy(inc->class_, sizeof inc->class_, o->class_);
	text_copy(inc->level, sizeof inc->level, o->level);
	text_copy(inc->service, sizeof inc->service, o->service);
	text_copy(inc->env, sizeof inc->env, o->env);
	text_copy(inc->rule, sizeof inc->rule, o->rule);
	text_copy(inc->source_ref, sizeof inc->source_ref, o->source_ref);
	inc->source = o->source;
	inc->rank = class_ ? class_->rank : 0;
	inc->impact = o->has_impact ? o->impact : -1;
	inc->drill = o->drill;
	inc->failing = o->source == INCIDENT_BY_ALERT;
	inc->alerts = o->source == INCIDENT_BY_ALERT;
	inc->detected_at = now;
	inc->started_at = is_set(o->started_at) && o->started_at.us && earlier(o->started_at, now)
	                          ? o->started_at
	                          : now;
	inc->acknowledged_at = inc->first_message_at = inc->mitigated_at = inc->restored_at =
	        LONG_AGO;
	inc->resolved_at = inc->closed_at = inc->next_update_at = inc->fix_at = inc->settled_at =
	        LONG_AGO;
	inc->due = NEVER;
}

void incident_open(Incident *inc, IncidentParts *parts, const Plan *plan, const IncidentOpening *o,
                   Instant now, Effects *fx)
{
	IncidentEvent ev = { .by = o->by };
	Turn t;

	fill(inc, o, plan, now);
	t = begin(inc, parts, plan, &ev, now, fx);
	make_title(&t, o, inc->title, sizeof inc->title);
	story(&t, "opened", inc->title);
	hands_start(&t, CLOCK_RESPOND, NULL, now);
	hands_start(&t, CLOCK_INFORM, NULL, now);
	hands_start(&t, CLOCK_MITIGATE, NULL, now);
	hands_start(&t, CLOCK_RESOLVE, NULL, now);
	checklist_open(&t);
	ladder_freeze(&t.ladder, plan, o->level ? plan_level(plan, o->level) : NULL, t.class_, now);
	hands_climb(&t, TELL_INCIDENT_OPENED);
	end(&t);
	check_invariants(inc);
}

bool incident_can_close(const Incident *inc, const IncidentParts *parts, const Plan *plan,
                        Buf *out_why)
{
	const Class *class_ = *inc->class_ ? plan_class(plan, inc->class_) : NULL;
	bool unwritten = needs_postmortem(inc, class_);

	for (size_t i = 0; out_why && i < parts->items.n; i++) {
		const ChecklistItem *item = &parts->items.at[i];

		if (item->closing && !item->optional && item->state == ITEM_OPEN)
			buf_printf(out_why, "%s\n", item->text);
	}
	if (out_why && unwritten)
		buf_printf(out_why, "%s\n",
		           tr(lang_parse(plan->head.language), "the post-mortem is not written"));
	return checklist_is_closed(parts) && !unwritten;
}
