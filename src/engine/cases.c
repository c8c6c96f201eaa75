/* Incidents: what an alert opens, joins or brings back, and every event that a
 * person or the clock sends to one. The machine itself is incident/incident.h. */
#include "engine/engine_private.h"

Case *case_find(const Engine *e, const char *id) { return map_get(&e->cases_by_id, id); }

Case *case_of_key(const Engine *e, const char *key)
{
	Case *newest = map_get(&e->cases_by_key, key);

	if (!newest || incident_takes_alerts(&newest->incident))
		return newest;
	for (size_t i = e->cases.n; i-- > 0;) { /* an older one may have been opened again */
		if (text_eq(e->cases.at[i]->incident.key, key) &&
		    incident_takes_alerts(&e->cases.at[i]->incident))
			return e->cases.at[i];
	}
	return NULL;
}

static void schedule(Engine *e, Case *c)
{
	due_set(&e->case_heap, &c->node, incident_due(&c->incident));
}

void case_keep(Engine *e, Case *c)
{
	list_add(&e->cases, c);
	map_put(&e->cases_by_id, c->incident.id, c);
	if (c->incident.key[0])
		map_put(&e->cases_by_key, c->incident.key, c);
	schedule(e, c);
}

static void case_free(Case *c)
{
	IncidentParts_done(&c->parts);
	Incident_done(&c->incident);
	list_free(&c->boxes);
	mem_free(c);
}

void cases_free(Engine *e)
{
	for (size_t i = 0; i < e->cases.n; i++)
		case_free(e->cases.at[i]);
	list_free(&e->cases);
	list_free(&e->closing);
	Map_done(&e->cases_by_id);
	Map_done(&e->cases_by_key);
	due_free(&e->case_heap);
}

/* ---- the alerts behind each ---- */

static void leave(AlertBox *box)
{
	Case *c = box->of;

	c->active -= box->active;
	c->loud -= box->loud;
	c->boxes.n--;
	c->boxes.at[box->place] = c->boxes.at[c->boxes.n];
	c->boxes.at[box->place]->place = box->place;
	box->of = NULL;
	box->active = box->loud = false;
}

static void enter(Case *c, AlertBox *box)
{
	box->of = c;
	box->place = c->boxes.n;
	list_add(&c->boxes, box);
}

void case_count(Engine *e, AlertBox *box)
{
	const Alert *a = &box->alert;
	Case *c = box->of;

	if (c && !text_eq(c->incident.id, a->incident)) {
		leave(box);
		c = NULL;
	}
	if (!c && a->incident[0] && (c = case_find(e, a->incident)))
		enter(c, box);
	if (!c)
		return;
	c->active -= box->active;
	c->loud -= box->loud;
	box->active = alert_is_active(a);
	box->loud = a->state == ALERT_FIRING || a->state == ALERT_ACKED;
	c->active += box->active;
	c->loud += box->loud;
}

/* ---- keeping ---- */

#define SAVE_CHANGED(list, type, first)                               \
	for (size_t i_ = (first); i_ < (list).n; i_++) {              \
		if ((list).at[i_].changed) {                          \
			(list).at[i_].changed = false;                \
			batch_put(e->batch, &(type), &(list).at[i_]); \
		}                                                     \
	}

void case_save(Engine *e, Case *c)
{
	batch_put(e->batch, &incident_record, &c->incident);
	SAVE_CHANGED(c->parts.clocks, clock_record, 0)
	/* A line of the story is never changed: a storm's ten thousand are looked at once. */
	SAVE_CHANGED(c->parts.timeline, timeline_record, c->kept_lines)
	SAVE_CHANGED(c->parts.items, phase_item_record, 0)
	c->kept_lines = c->parts.timeline.n;
	schedule(e, c);
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
	incident_open(&c->incident, &c->parts, e->plan, &o, e->now, &fx);
	case_keep(e, c);
	case_save(e, c);
	engine_apply(e, &fx);
	return c;
}

static int by_order(const void *a, const void *b)
{
	size_t x = (*(AlertBox *const *)a)->order, y = (*(AlertBox *const *)b)->order;

	return (x > y) - (x < y);
}

/* Every alert behind a closed incident is looked at, and over. After a storm there are so
 * many that the rest is left to the turns that follow. */
static void close_alerts(Engine *e, Case *c)
{
	LIST(AlertBox *) all = { 0 };
	size_t closed = 0;

	for (size_t i = 0; i < c->boxes.n; i++)
		list_add(&all, c->boxes.at[i]);
	list_sort(&all, by_order);
	for (size_t i = 0; i < all.n; i++) {
		AlertBox *box = all.at[i];
		Effects fx = { 0 };

		if (box->alert.state != ALERT_RESOLVED)
			continue;
		if (closed % 16 == 15 && turn_is_long(e)) {
			list_add(&e->closing, c);
			break;
		}
		if (alert_close(&box->alert, "carene", e->now, &fx))
			batch_put(e->batch, &alert_record, &box->alert);
		rules_schedule(e, box);
		engine_apply(e, &fx);
		closed++;
	}
	list_free(&all);
}

/* Those whose closing goes on; after a start also those that a crash interrupted. */
static void close_on(Engine *e)
{
	LIST(Case *) now = { 0 };

	now.at = e->closing.at;
	now.n = e->closing.n;
	memset(&e->closing, 0, sizeof e->closing);
	for (size_t i = 0; i < now.n; i++) {
		if (!incident_is_open(&now.at[i]->incident)) /* it may have been opened again */
			close_alerts(e, now.at[i]);
	}
	list_free(&now);
}

void cases_sync(Engine *e)
{
	for (size_t i = 0; i < e->cases.n; i++) {
		if (e->cases.at[i]->boxes.n && !incident_is_open(&e->cases.at[i]->incident))
			list_add(&e->closing, e->cases.at[i]);
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
		close_alerts(e, c);
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

static bool others_fire(const AlertBox *box) { return box->of && box->of->active > box->active; }

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
	case_count(e, box);
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
	Case *c = box->of;

	if (c && !c->loud)
		case_event(e, c,
		           &(IncidentEvent){ .kind = INCIDENT_EV_HOLD,
		                             .text = box->alert.suppressed_by });
}

static void resolved(Engine *e, const AlertBox *box)
{
	Case *c = case_find(e, box->alert.incident);

	if (c && !others_fire(box))
		case_event(e, c, &(IncidentEvent){ .kind = INCIDENT_EV_RECOVER });
}

void case_alert(Engine *e, AlertBox *box, const AlertChange *change)
{
	Case *c;

	case_count(e, box);
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

static void tick(Engine *e, Case *c)
{
	for (int turns = 0; turns < 64 && is_due(incident_due(&c->incident), e->now); turns++)
		case_event(e, c, &(IncidentEvent){ .kind = INCIDENT_EV_TICK });
	schedule(e, c);
	if (is_due(incident_due(&c->incident), e->now)) /* not at once for ever */
		due_set(&e->case_heap, &c->node, after(e->now, seconds(1)));
}

static int by_age(const void *a, const void *b)
{
	uint32_t x = due_rank(&(*(Case *const *)a)->node), y = due_rank(&(*(Case *const *)b)->node);

	return (x > y) - (x < y);
}

void cases_step(Engine *e)
{
	LIST(Case *) due = { 0 };
	DueNode *node;

	if (e->closing.n)
		close_on(e);
	while ((node = due_take(&e->case_heap, e->now)))
		list_add(&due, CONTAINER_OF(node, Case, node));
	list_sort(&due, by_age);
	for (size_t i = 0; i < due.n; i++) {
		if (i % 16 == 15 && turn_is_long(e)) /* those left come with the next turn */
			due_set(&e->case_heap, &due.at[i]->node, e->now);
		else
			tick(e, due.at[i]);
	}
	list_free(&due);
}

Instant cases_next(const Engine *e) { return e->closing.n ? e->now : due_next(&e->case_heap); }
