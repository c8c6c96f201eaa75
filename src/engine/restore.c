/* State from the store, and from one plan to the next. */
#include "engine/engine_private.h"
#include "proof/keep.h"

#include <sodium.h>

typedef bool KeepRow(Engine *e, void *record);
typedef struct Load {
	Engine *e;
	KeepRow *keep;
} Load;

static bool each(void *ctx, void *record)
{
	Load *l = ctx;

	return l->keep(l->e, record);
}

static bool keep_status(Engine *e, void *record)
{
	const CheckStatusRow *row = record;
	Watch *w = watch_made(e, row->id);

	check_status_load(&w->status, row, w->check && w->check->type == CHECK_PUSH);
	e->measured_at = latest(e->measured_at, w->status.last_known_at);
	return true;
}

static bool keep_alert(Engine *e, void *record)
{
	const Alert *a = record;
	AlertBox *box = rules_box(e, a->rule);

	if (box && box->alert.episode > a->episode)
		return true;
	if (!box) {
		box = NEW(AlertBox);
		box->stale_at = NEVER;
		box->order = e->alerts.n;
		map_put(&e->alerts, a->rule, box);
	}
	record_copy(&alert_record, &box->alert, a);
	alert_restored(&box->alert);
	return true;
}

static bool keep_incident(Engine *e, void *record)
{
	Case *c = NEW(Case);

	record_copy(&incident_record, &c->incident, record);
	case_keep(e, c);
	return true;
}

static bool keep_clock(Engine *e, void *record)
{
	Case *c = case_find(e, ((const Clock *)record)->of);

	if (c)
		record_copy(&clock_record, list_push(&c->parts.clocks), record);
	return true;
}

static bool keep_timeline(Engine *e, void *record)
{
	Case *c = case_find(e, ((const TimelineEntry *)record)->incident);

	if (c)
		record_copy(&timeline_record, list_push(&c->parts.timeline), record);
	return true;
}

static bool keep_item(Engine *e, void *record)
{
	Case *c = case_find(e, ((const ChecklistItem *)record)->incident);

	if (c)
		record_copy(&phase_item_record, list_push(&c->parts.items), record);
	return true;
}

static bool keep_action(Engine *e, void *record)
{
	Action *a = NEW(Action);

	record_copy(&action_record, a, record);
	action_keep(e, a);
	return true;
}

static bool keep_ticket(Engine *e, void *record)
{
	Ticket *t = NEW(Ticket);

	record_copy(&ticket_record, t, record);
	ticket_restored(t);
	ticket_keep(e, t);
	return true;
}

static bool keep_window(Engine *e, void *record)
{
	record_copy(&window_occurrence_record, list_push(&e->windows), record);
	return true;
}

static bool keep_task(Engine *e, void *record)
{
	proofs_note_task(e, record);
	return task_keep(e, record);
}

static bool keep_task_item(Engine *e, void *record)
{
	proofs_note_item(e, record);
	return task_keep_item(e, record);
}

static bool keep_task_word(Engine *e, void *record) { return task_keep_word(e, record); }

static bool keep_silence(Engine *e, void *record)
{
	record_copy(&silence_record, list_push(&e->silences), record);
	return true;
}

static bool keep_message(Engine *e, void *record)
{
	outbox_keep(e, record);
	return true;
}

static bool keep_throttle(Engine *e, void *record)
{
	Throttle *t = NEW(Throttle);

	record_copy(&throttle_record, t, record);
	outbox_keep_throttle(e, t);
	return true;
}

static bool keep_interval(Engine *e, void *record)
{
	(void)ledger_load(e->ledger, record, 1);
	return true;
}

/* Parents before what belongs to them. */
static const struct {
	const RecordType *type;
	KeepRow *keep;
} kept[] = {
	{ &check_status_record, keep_status },
	{ &alert_record, keep_alert },
	{ &incident_record, keep_incident },
	{ &clock_record, keep_clock },
	{ &timeline_record, keep_timeline },
	{ &phase_item_record, keep_item },
	{ &action_record, keep_action },
	{ &ticket_record, keep_ticket },
	{ &window_occurrence_record, keep_window },
	{ &silence_record, keep_silence },
	{ &message_record, keep_message },
	{ &throttle_record, keep_throttle },
	{ &interval_record, keep_interval },
	{ &task_occurrence_record, keep_task },
	{ &task_item_record, keep_task_item },
	{ &task_word_record, keep_task_word },
	{ &epoch_record, proofs_keep_epoch },
	{ &epoch_line_record, proofs_keep_line },
	{ &waiver_record, proofs_keep_waiver },
	{ &month_verdict_record, NULL }, /* read when asked for */
	{ &plan_text_record, NULL },
};

const RecordType *engine_record(size_t i) { return i < COUNT_OF(kept) ? kept[i].type : NULL; }

static void load_number(Engine *e, const char *key, int64_t *ret)
{
	AUTO_FREE char *text = store_meta(e->store, key);

	if (text)
		(void)text_int(text, ret);
}

/* The key that signs acknowledgement links: made once, kept in the store. */
static void load_key(Engine *e)
{
	AUTO_FREE char *key = store_meta(e->store, "link_key");
	char seed[64];

	if (!key) {
		(void)snprintf(seed, sizeof seed, "%016llx%016llx",
		               (unsigned long long)e->world->random(e->world),
		               (unsigned long long)e->world->random(e->world));
		digest_sha256(seed, strlen(seed), e->secret_key);
		batch_meta(e->batch, "link_key", e->secret_key);
		return;
	}
	text_copy(e->secret_key, sizeof e->secret_key, key);
}

static void load_declared(Engine *e)
{
	AUTO_FREE char *text = store_meta(e->store, "declared");
	const char *rest = text ? text : "";
	char one[256];

	while (text_part(&rest, "\n", one, sizeof one))
		map_put(&e->declared, one, e);
}

bool restore_all(Engine *e, Err *err)
{
	index_reserve(&e->watches, e->plan->checks_n);
	ledger_reserve(e->ledger, e->plan->checks_n);
	for (size_t i = 0; i < COUNT_OF(kept); i++) {
		Load load = { e, kept[i].keep };

		if (kept[i].keep && !store_each(e->store, kept[i].type, each, &load, err))
			return err_wrap(err, "load");
	}
	load_number(e, "incident_n", &e->incident_n);
	load_number(e, "silence_n", &e->silence_n);
	load_number(e, "task_n", &e->task_n);
	load_number(e, "action_n", &e->action_n);
	load_number(e, "ticket_n", &e->ticket_n);
	proofs_restore(e);
	load_key(e);
	load_declared(e);
	return samples_load(e, err);
}

/* How long Carène was not there, and what it therefore does not know. */
void restore_gap(Engine *e)
{
	AUTO_FREE char *text = store_meta(e->store, "alive");
	AUTO(Buf) input = { 0 };
	Emit j = emit_to(&input);
	Instant alive;

	if (!text || !instant_parse(text, &alive) || !earlier(alive, e->now))
		return;
	emit_object(&j, NULL);
	emit_instant(&j, "from", alive);
	emit_seconds(&j, "absent_s", between(alive, e->now));
	emit_object_end(&j);
	engine_note(e, "carene.absent", "carene", "carene", buf_take(&input));
	watch_mark_unknown(e, alive, between(alive, e->now), "Carène was stopped");
}

void engine_reload(Engine *e, Plan *plan, const char *actor)
{
	Plan *old = e->plan;
	AUTO(Buf) input = { 0 };
	Emit j = emit_to(&input);

	turn_begin(e);
	steady_wake(e);
	watch_cancel_runs(e);
	e->plan = plan;
	services_free(e);
	e->prober->plan(e->prober, plan);
	emit_object(&j, NULL);
	emit_text(&j, "was", old->digest);
	emit_text(&j, "now", plan->digest);
	emit_object_end(&j);
	engine_note(e, "plan.loaded", "plan", actor, buf_take(&input));
	watch_sync(e, old);
	rules_sync(e);
	windows_sync(e);
	tasks_sync(e, false);
	proofs_sync(e, old);
	home_sync(e);
	view_touch(e);
	list_add(&e->retired, old);
	(void)turn_end(e);
	plans_release(e);
}

/* A message or a publishing under way is not taken back for a new plan: the old one
 * stays until the last answer, and until every lane gave back what it ran for it. */
void plans_release(Engine *e)
{
	if (e->retired.n == 0 || e->sending.n || e->publishing || e->prober->holds(e->prober))
		return;
	for (size_t i = 0; i < e->retired.n; i++)
		plan_free(e->retired.at[i]);
	list_free(&e->retired);
}

void engine_reload_failed(Engine *e, const char *why, const char *actor)
{
	turn_begin(e);
	(void)actor;
	self_alarm(e, "plan",
	           tr(lang_parse(e->plan->head.language),
	              "The new plan was refused, the old one stays"),
	           why, false);
	(void)turn_end(e);
}
