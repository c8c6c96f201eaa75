/* Incidents: what an alert opens, joins or brings back, and every event that a
 * person or the clock sends to one. The machine itself is incident/incident.h. */
#include "engine/engine_private.h"

Case *case_find(const Engine *e, const char *id)
{
	for (size_t i = 0; i < e->cases.n; i++) {
		if (text_eq(e->cases.at[i]->incident.id, id))
			return e->cases.at[i];
	}
	return NULL;
}

Case *case_of_key(const Engine *e, const char *key)
{
	for (size_t i = e->cases.n; i-- > 0;) {
		if (text_eq(e->cases.at[i]->incident.key, key) &&
		    incident_takes_alerts(&e->cases.at[i]->incident))
			return e->cases.at[i];
	}
	return NULL;
}

void case_free(Case *c)
{
	IncidentParts_done(&c->parts);
	Incident_done(&c->incident);
	mem_free(c);
}

#define SAVE_CHANGED(list, type)                                      \
	for (size_t i_ = 0; i_ < (list).n; i_++) {                    \
		if ((list).at[i_].changed) {                          \
			(list).at[i_].changed = false;                \
			batch_put(e->batch, &(type), &(list).at[i_]); \
		}                                                     \
	}

void case_save(Engine *e, Case *c)
{
	batch_put(e->batch, &incident_record, &c->incident);
	SAVE_CHANGED(c->parts.clocks, clock_record)
	SAVE_CHANGED(c->parts.timeline, timeline_record)
	SAVE_CHANGED(c->parts.items, phase_item_record)
	turn_urgent(e);
	view_touch(e);
}

/* "2026-0012": the year of the plan's zone and a number that is never used again. */
static void next_id(Engine *e, char out[32])
{
	char number[24];

	e->incident_n++;
	(void)snprintf(out, 32, "%04d-%04lld", zone_civil(e->plan->head.timezone, e->now).year,
	               (long long)e->incident_n);
	(void)snprintf(number, sizeof number, "%lld", (long long)e->incident_n);
	batch_meta(e->batch, "incident_n", number);
}

Case *case_open(Engine *e, const IncidentOpening *opening)
{
	Case *c = NEW(Case);
	IncidentOpening o = *opening;
	Effects fx = { 0 };
	char id[32];

	next_id(e, id);
	o.id = id;
	list_add(&e->cases, c);
	incident_open(&c->incident, &c->parts, e->plan, &o, e->now, &fx);
	case_save(e, c);
	engine_apply(e, &fx);
	return c;
}

/* Every alert behind a closed incident is looked at, and over. */
static void close_alerts(Engine *e, const Incident *inc)
{
	MapEntry *entry;

	for (size_t i = 0; map_next(&e->alerts, &i, &entry);) {
		AlertBox *box = entry->value;
		Effects fx = { 0 };

		if (text_eq(box->alert.incident, inc->id) &&
		    alert_close(&box->alert, "carene", e->now, &fx))
			batch_put(e->batch, &alert_record, &box->alert);
		rules_schedule(e, box);
		engine_apply(e, &fx);
	}
}

void case_event(Engine *e, Case *c, const IncidentEvent *ev)
{
	Effects fx = { 0 };
	bool was_open = incident_is_open(&c->incident);

	if (incident_step(&c->incident, &c->parts, e->plan, ev, e->now, &fx))
		case_save(e, c);
	engine_apply(e, &fx);
	if (was_open && !incident_is_open(&c->incident))
		close_alerts(e, &c->incident);
}

/* When the trouble began: the check's first failed probe, else when the condition
 * was first seen. */
static Instant began(const Engine *e, const Alert *a)
{
	const Watch *w = a->check[0] ? watch_of(e, a->check) : NULL;

	if (w && w->status.state == CHECK_DOWN && is_set(w->status.since))
		return w->status.since;
	return a->opened;
}

static Case *open_for(Engine *e, AlertBox *box, const AlertChange *change)
{
	const Alert *a = &box->alert;
	const Check *check = a->check[0] ? plan_check(e->plan, a->check) : NULL;
	char ref[100];
	IncidentOpening o = { .key = change->key,
		              .class_ = change->class_->item.id,
		              .level = a->level[0] ? a->level : NULL,
		              .service = a->service,
		              .env = a->env,
		              .rule = a->rule,
		              .source = INCIDENT_BY_ALERT,
		              .source_ref = ref,
		              .by = "carene",
		              .started_at = began(e, a) };

	(void)snprintf(ref, sizeof ref, "alert:%s", a->id);
	if (check && check->how->impact.set && !check->how->impact.unset) {
		o.has_impact = true;
		o.impact = (int)check->how->impact.value;
	}
	return case_open(e, &o);
}

static bool others_fire(const Engine *e, const AlertBox *box)
{
	MapEntry *entry;

	for (size_t i = 0; map_next(&e->alerts, &i, &entry);) {
		const AlertBox *other = entry->value;

		if (other != box && text_eq(other->alert.incident, box->alert.incident) &&
		    alert_is_active(&other->alert))
			return true;
	}
	return false;
}

static void fired(Engine *e, AlertBox *box, const AlertChange *change)
{
	Case *c;

	if (!change->class_)
		return;
	c = case_of_key(e, change->key);
	if (!c) {
		c = open_for(e, box, change);
	} else {
		IncidentEventKind kind =
		        incident_is_active(&c->incident) ? INCIDENT_EV_JOIN : INCIDENT_EV_RELAPSE;

		case_event(e, c, &(IncidentEvent){ .kind = kind, .text = box->rule->item.id });
	}
	text_copy(box->alert.incident, sizeof box->alert.incident, c->incident.id);
}

static void refired(Engine *e, AlertBox *box, const AlertChange *change)
{
	Case *c = case_find(e, box->alert.incident);

	if (c && incident_takes_alerts(&c->incident))
		case_event(
		        e, c,
		        &(IncidentEvent){ .kind = INCIDENT_EV_RELAPSE, .text = box->alert.rule });
	else
		fired(e, box, change);
}

/* Held back again: when all that still fails is held, the incident's ladder rests. */
static void held(Engine *e, const AlertBox *box)
{
	Case *c = box->alert.incident[0] ? case_find(e, box->alert.incident) : NULL;
	MapEntry *entry;

	for (size_t i = 0; c && map_next(&e->alerts, &i, &entry);) {
		const Alert *a = &((AlertBox *)entry->value)->alert;

		if (text_eq(a->incident, box->alert.incident) &&
		    (a->state == ALERT_FIRING || a->state == ALERT_ACKED))
			return;
	}
	if (c)
		case_event(e, c,
		           &(IncidentEvent){ .kind = INCIDENT_EV_HOLD,
		                             .text = box->alert.suppressed_by });
}

static void resolved(Engine *e, const AlertBox *box)
{
	Case *c = case_find(e, box->alert.incident);

	if (c && !others_fire(e, box))
		case_event(e, c, &(IncidentEvent){ .kind = INCIDENT_EV_RECOVER });
}

void case_alert(Engine *e, AlertBox *box, const AlertChange *change)
{
	Case *c;

	switch (change->kind) {
	case ALERT_WENT_FIRING: fired(e, box, change); break;
	case ALERT_WENT_RELEASED:
	case ALERT_WENT_REFIRED: refired(e, box, change); break;
	case ALERT_WENT_RESOLVED: resolved(e, box); break;
	case ALERT_WENT_SUPPRESSED: held(e, box); break;
	case ALERT_NOTHING:
	case ALERT_WENT_PENDING:
	case ALERT_WENT_DROPPED:
	case ALERT_WENT_NO_DATA:
	case ALERT_WENT_DATA_BACK:
	case ALERT_WENT_CLOSED: break;
	}
	if (change->ack_passed && (c = case_find(e, box->alert.incident)))
		case_event(e, c, &(IncidentEvent){ .kind = INCIDENT_EV_ESCALATE });
}

void cases_step(Engine *e)
{
	for (size_t i = 0; i < e->cases.n; i++) {
		Case *c = e->cases.at[i];

		for (int turns = 0; turns < 64 && is_due(incident_due(&c->incident), e->now);
		     turns++)
			case_event(e, c, &(IncidentEvent){ .kind = INCIDENT_EV_TICK });
	}
}

Instant cases_next(const Engine *e)
{
	Instant due = NEVER;

	for (size_t i = 0; i < e->cases.n; i++) {
		Instant d = incident_due(&e->cases.at[i]->incident);

		/* One that stays due after 64 steps is looked at a second later, not at once. */
		due = earliest(due, is_due(d, e->now) ? after(e->now, seconds(1)) : d);
	}
	return due;
}
