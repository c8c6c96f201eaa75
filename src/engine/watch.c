/* Watching: probes, metrics and heartbeats become samples and confirmed states.
 * Decides nothing about alerts; says what changed to rules.c and the ledger. */
#include "engine/engine_private.h"

enum { HOST_EVERY_S = 30 };
/* How many rows a commit takes along that could wait, and how many watches it looks at. */
enum { SAVE_ROWS = 250, SAVE_LOOKS = 20000 };
enum { BULK_WRITES = 20000 };

Watch *watch_of(const Engine *e, const char *check) { return index_get(&e->watches, check); }

Watch *watch_next_of(const Engine *e, size_t *at) { return index_next(&e->watches, at); }

static void save_status(Engine *e, Watch *w)
{
	CheckStatusRow row;

	check_status_row(&w->status, w->id, &row);
	batch_put(e->batch, &check_status_record, &row);
	w->unsaved = false;
}

/* One more result like those before it waits for the slow beat: a crash before that costs
 * "last seen", which the beat itself knows better. */
static bool is_calm(const Watch *w, const CheckChange *change)
{
	return !change->changed && change->threshold.us == 0 && w->status.state == CHECK_UP &&
	       w->status.last_state == CHECK_UP && check_is_probed(w->check);
}

/* A round is begun by the slow beat (`saving` 0) and goes on with the commits after it. */
void watch_save_slice(Engine *e)
{
	size_t saved = 0, seen = 0;
	Watch *w;

	while (e->saving != SIZE_MAX && saved < SAVE_ROWS && seen++ < SAVE_LOOKS) {
		w = watch_next_of(e, &e->saving);
		if (!w) {
			e->saving = SIZE_MAX;
		} else if (w->unsaved) {
			save_status(e, w);
			saved++;
		}
	}
}

void watch_schedule(Watch *w)
{
	bool waits = w->check && !probe_is_running(&w->probe);

	due_set(&w->e->watch_heap, &w->node, waits ? w->status.next_due : NEVER);
}

void gauge_schedule(Gauge *g, Instant due)
{
	g->due = due;
	due_set(&g->e->gauge_heap, &g->node, due);
}

/* The rule about this check, whose level says how its certificate is told. */
static const Rule *rule_about(const Plan *p, const char *check)
{
	for (size_t i = 0; i < p->rules_n; i++) {
		if (p->rules[i].when.kind == CONDITION_CHECK &&
		    text_eq(p->rules[i].when.scope, check))
			return &p->rules[i];
	}
	return NULL;
}

/* A `min_left` was crossed: told once for each threshold of each certificate. */
static void tell_certificate(const Watch *w, const CheckChange *change, Effects *fx)
{
	const Rule *rule = rule_about(w->e->plan, w->check->item.id);
	const Level *level = rule ? rule->level : NULL;
	AUTO_FREE char *subject = mem_printf("check:%s", w->check->item.id);
	AUTO_FREE char *key =
	        mem_printf("cert:%.40s:%lld:%lld", w->check->item.id,
	                   (long long)(check_more(&w->status)->told_not_after.us / 1000000),
	                   (long long)(change->threshold.us / 1000000));
	Tell *t = effects_tell(fx, TELL_ALERT, subject, key);

	t->rank = level ? level->rank : 0;
	for (size_t i = 0; level && i < level->route.n; i++)
		tell_via(t, level->route.at[i]);
}

/* What a result changes, for probed and pushed checks alike. */
static void take_result(Watch *w, const CheckResult *r)
{
	Engine *e = w->e;
	Taken values[CHECK_FIGURES];
	size_t n;
	CheckChange change = { 0 };
	Effects fx = { 0 };
	bool calm;

	check_status_step(&w->status, w->check, e->plan->head.timezone, r, e->now, &fx, &change);
	e->measured_at = latest(e->measured_at, w->status.last_known_at);
	n = feed_result(w, r, values);
	calm = is_calm(w, &change);
	w->status.next_due = steady_saw(e, w->steady, values, n, r->at, calm, w->status.next_due,
	                                check_every(w->check));
	if (calm)
		w->unsaved = true;
	else
		save_status(e, w);
	if (change.changed)
		view_ledger(e, w->check->item.id, (int)change.state, change.from, change.cause);
	if (change.threshold.us > 0)
		tell_certificate(w, &change, &fx);
	engine_apply(e, &fx);
	if (w->heard)
		rules_touch_check(e, w->check->item.id);
	tasks_touch_check(e, w->check->item.id);
}

/* The results of one batch are one turn. */
static void on_batch(void *user, bool begins)
{
	Engine *e = user;

	if (e->dead)
		return;
	if (begins) {
		turn_join(e);
		steady_catch_up(e);
	} else {
		plans_release(e);
		turn_leave(e);
	}
}

static void on_finished(void *user, ProbeOp *op, const CheckResult *result)
{
	Engine *e = user;
	Watch *w = CONTAINER_OF(op, Watch, probe);

	if (e->dead)
		return;
	w->late = earlier(w->due, result->at) ? between(w->due, result->at) : duration_us(0);
	late_note(e, w->late);
	e->results++;
	take_result(w, result);
	watch_schedule(w);
}

void watch_use_prober(Engine *e)
{
	e->prober->batch = on_batch;
	e->prober->done = on_finished;
	e->prober->user = e;
}

void watch_judge_push(Watch *w)
{
	CheckResult r = { 0 };

	push_judge(w->check, w->e->plan->head.timezone, &w->status, w->e->now, &r);
	take_result(w, &r);
	watch_schedule(w);
}

static void probe(Watch *w)
{
	Engine *e = w->e;

	if (w->check->type == CHECK_PUSH) {
		watch_judge_push(w);
		return;
	}
	if (!check_is_probed(w->check)) {
		w->status.next_due = NEVER;
		return;
	}
	w->due = w->status.next_due;
	/* The next slot, should this run end without a result (a crash, a reload). */
	w->status.next_due = check_due_after(w->check, e->now);
	e->probes++;
	e->prober->start(e->prober, &w->probe, e->plan, w->check, w->due);
}

/* ---- metrics ---- */

/* All host metrics share one reading: as often as the most demanding of them asks. */
Duration gauge_every(const Gauge *g)
{
	const Plan *p = g->e->plan;
	Duration every = seconds(HOST_EVERY_S);

	if (g->metric)
		return metric_every(g->metric);
	for (size_t i = 0; i < p->metrics_n; i++) {
		if (metric_is_host(&p->metrics[i]) && metric_every(&p->metrics[i]).us < every.us)
			every = metric_every(&p->metrics[i]);
	}
	return every;
}

static void say_gauge(Gauge *g, const CollectResult *r)
{
	AUTO(Buf) input = { 0 };
	Emit j = emit_to(&input);
	char subject[96];

	if (g->failing == (r->fail != FAIL_NONE))
		return;
	g->failing = r->fail != FAIL_NONE;
	emit_object(&j, NULL);
	emit_text(&j, "reason", r->reason);
	emit_object_end(&j);
	(void)snprintf(subject, sizeof subject, "metric:%.80s",
	               g->metric ? g->metric->item.id : "host");
	engine_note(g->e, g->failing ? "metric.failed" : "metric.works", subject, "carene",
	            buf_take(&input));
}

static void on_collected(CollectRun *run, const CollectResult *r, void *owner)
{
	Gauge *g = owner;
	Engine *e = g->e;
	AUTO_FREE Taken *values = NULL;
	size_t n = 0;

	(void)run;
	g->run = NULL;
	if (e->dead)
		return;
	turn_join(e);
	steady_catch_up(e);
	say_gauge(g, r);
	g->last_at = r->at;
	values = mem_new((r->n + 1) * sizeof *values);
	for (size_t i = 0; r->fail == FAIL_NONE && i < r->n; i++) {
		if (feed_named(e, r->values[i].series, r->values[i].value, r->at, duration_us(0),
		               &values[n]))
			n++;
	}
	gauge_schedule(g, steady_saw(e, &g->steady, values, n, r->at, r->fail == FAIL_NONE, g->due,
	                             gauge_every(g)));
	turn_leave(e);
}

static void collect(Gauge *g)
{
	Engine *e = g->e;

	gauge_schedule(g, after(e->now, gauge_every(g)));
	if (g->run)
		return; /* the one before still waits: its lateness is its own */
	g->run = g->metric ? collect_start(e->world, e->plan, g->metric, on_collected, g)
	                   : collect_host_start(e->world, e->plan, on_collected, g);
}

/* ---- due ---- */

void watch_due(Engine *e)
{
	LIST(Watch *) late = { 0 }; /* one that is due again at once waits for the next turn */
	DueNode *node;

	/* Those left over are late by a turn of the loop, in which others are served. */
	while (late.n < TURN_STARTS && (node = due_take(&e->watch_heap, e->now)))
		list_add(&late, CONTAINER_OF(node, Watch, node));
	for (size_t i = 0; i < late.n; i++) {
		probe(late.at[i]);
		watch_schedule(late.at[i]);
	}
	list_free(&late);
	while ((node = due_take(&e->gauge_heap, e->now)))
		collect(CONTAINER_OF(node, Gauge, node));
}

Instant watch_next(Engine *e)
{
	return earliest(due_next(&e->watch_heap), due_next(&e->gauge_heap));
}

/* ---- the plan's checks ---- */

static const char *watch_key(const void *watch) { return ((const Watch *)watch)->id; }

static void drop_own_id(Watch *w)
{
	if (w->own_id)
		mem_free((void *)(uintptr_t)w->id);
	w->own_id = false;
}

/* The plan's check, or NULL; its id is the text of whoever outlives the other. */
static void watch_bind(Watch *w, const Check *c)
{
	w->check = c;
	if (c) {
		drop_own_id(w);
		w->id = c->item.id;
	} else if (!w->own_id) {
		w->id = mem_text(w->id);
		w->own_id = true;
	}
}

static void watch_done(Watch *w)
{
	w->e->prober->cancel(w->e->prober, &w->probe);
	due_remove(&w->e->watch_heap, &w->node);
	if (w->steady)
		steady_done(w->e, w->steady);
	mem_free(w->steady);
	feed_done(w);
	check_status_done(&w->status);
	drop_own_id(w);
	mem_free(w);
}

Watch *watch_made(Engine *e, const char *id)
{
	Watch *w = NEW(Watch);

	w->e = e;
	w->id = id;
	watch_bind(w, plan_check(e->plan, id));
	if (e->rehearsal) {
		w->steady = NEW(Steady);
		steady_done(e, w->steady);
	}
	index_put(&e->watches, w);
	return w;
}

static void retire(Engine *e, Watch *w)
{
	const char *id = w->id;
	char subject[96];

	index_remove(&e->watches, id);
	(void)snprintf(subject, sizeof subject, "check:%.80s", id);
	engine_note(e, "check.retired", subject, "carene", NULL);
	view_ledger(e, id, CHECK_UNKNOWN, e->now, "no longer in the plan");
	batch_delete(e->batch, &check_status_record, id);
	watch_done(w);
}

/* Asked and judged as it was: plans that follow each other share equal settings, so one
 * look at the addresses is enough. What differs without need is only scheduled again. */
static bool is_as_before(const Check *was, const Check *now)
{
	return was && was != now && was->how == now->how && was->type == now->type &&
	       text_eq(was->target, now->target) && text_eq(was->env, now->env);
}

/* From this many checks on, the first round goes in the plan's order: what a first result
 * writes lies beside what its neighbours write, and not on a page of its own. */
enum { ORDERLY = 1000 };

static Instant first_due(const Engine *e, const Check *c)
{
	const Plan *p = e->plan;

	return p->checks_n < ORDERLY
	               ? check_first_due(c, e->now)
	               : check_first_due_in_order(c, (size_t)(c - p->checks), p->checks_n, e->now);
}

/* One more of the plan, or the same with other settings; `same` when the plan before says
 * of time zones what this one says. */
static void sync_check(Engine *e, const Check *c, bool same)
{
	const Zone *zone = e->plan->head.timezone;
	Watch *w = watch_of(e, c->item.id);

	if (check_is_probed(c) && check_every(c).us > e->slowest.us)
		e->slowest = check_every(c);
	if (w && same && is_as_before(w->check, c)) {
		watch_bind(w, c);
		return;
	}
	if (w)
		watch_bind(w, c);
	if (!w) {
		w = watch_made(e, c->item.id);
		check_status_begin(&w->status, c, zone, e->now);
		w->status.next_due = first_due(e, c);
	}
	/* After a stop, or with a shorter interval, nobody waits for an old slot. */
	w->status.next_due = earliest(w->status.next_due, first_due(e, c));
	if (c->type == CHECK_PUSH) {
		check_status_expect_push(&w->status, e->now);
		w->status.next_due = push_due(c, zone, &w->status, e->now);
	}
	feed_every(w);
	watch_schedule(w);
}

/* Each check is looked up once; a watch that still has one of another plan afterwards has
 * none in this. */
static void sync_checks(Engine *e, const Plan *before)
{
	const Plan *p = e->plan;
	bool same = before && before->head.timezone == p->head.timezone;
	Watch *w;

	e->slowest = duration_us(0);
	for (size_t i = 0; i < p->checks_n; i++)
		sync_check(e, &p->checks[i], same);
	for (size_t i = 0; (w = watch_next_of(e, &i));) {
		if (w->check >= p->checks && w->check < p->checks + p->checks_n)
			continue;
		watch_bind(w, NULL);
		retire(e, w);
	}
}

static bool needs_host(const Plan *p)
{
	(void)p;
	return true; /* capacity is asked for sooner or later, and it costs a few reads */
}

static void add_gauge(Engine *e, const Metric *m, Duration first)
{
	Gauge *g = NEW(Gauge);

	g->e = e;
	g->metric = m;
	steady_done(e, &g->steady);
	list_add(&e->gauges, g);
	gauge_schedule(g, after(e->now, first));
}

static void free_gauges(Engine *e)
{
	for (size_t i = 0; i < e->gauges.n; i++) {
		if (e->gauges.at[i]->run)
			collect_cancel(e->gauges.at[i]->run);
		due_remove(&e->gauge_heap, &e->gauges.at[i]->node);
		steady_done(e, &e->gauges.at[i]->steady);
		mem_free(e->gauges.at[i]);
	}
	list_free(&e->gauges);
}

static void sync_gauges(Engine *e)
{
	free_gauges(e);
	if (needs_host(e->plan))
		add_gauge(e, NULL, seconds(1));
	for (size_t i = 0; i < e->plan->metrics_n; i++) {
		const Metric *m = &e->plan->metrics[i];

		if (metric_is_collected(m) && !metric_is_host(m))
			add_gauge(e, m, check_phase(m->item.id, seconds(15)));
		series_expect(e->series, m->item.id, metric_every(m));
	}
}

void watch_sync(Engine *e, const Plan *before)
{
	store_scale(e->store, e->plan->checks_n);
	feed_sync(e);
	sync_checks(e, before);
	sync_gauges(e);
}

/* The wall clock went back: slots are found anew from the time it shows now. */
void watch_replan(Engine *e)
{
	Watch *w;

	for (size_t i = 0; (w = watch_next_of(e, &i));) {
		if (w->check && check_is_probed(w->check))
			w->status.next_due =
			        earliest(w->status.next_due, check_first_due(w->check, e->now));
		watch_schedule(w);
	}
	for (size_t i = 0; i < e->gauges.n; i++) {
		Gauge *g = e->gauges.at[i];

		gauge_schedule(g, earliest(g->due, after(e->now, gauge_every(g))));
	}
}

void watch_cancel_runs(Engine *e)
{
	Watch *w;

	for (size_t i = 0; (w = watch_next_of(e, &i));) {
		if (probe_is_running(&w->probe)) {
			e->prober->cancel(e->prober, &w->probe);
			w->status.next_due = e->now; /* asked again with the new plan */
			watch_schedule(w);
		}
	}
	free_gauges(e);
}

void watches_begin(Engine *e)
{
	e->watches.key = watch_key;
	e->saving = SIZE_MAX;
	e->rules_made = 1; /* a watch that never asked has 0 */
	e->measured_at = LONG_AGO;
}

void watches_free(Engine *e)
{
	Watch *w;

	for (size_t i = 0; (w = watch_next_of(e, &i));)
		watch_done(w);
	Index_done(&e->watches);
	free_gauges(e);
	due_free(&e->watch_heap);
	due_free(&e->gauge_heap);
}

/* Nobody looked for `gap` from `from` on: what should have been probed in it is unknown. With
 * very many checks it is committed in parts, or all their rows would be in memory at once;
 * killed in between, the next start marks the rest: what is unknown already stays so. */
void watch_mark_unknown(Engine *e, Instant from, Duration gap, const char *cause)
{
	Watch *w;

	for (size_t i = 0; (w = watch_next_of(e, &i));) {
		/* A result that was kept is later news of us than the last beat; what it says
		 * holds up to it, and the gap begins right after. */
		Instant since = latest(from, after(w->status.last_at, duration_us(1)));
		CheckResult r = { .state = CHECK_UNKNOWN, .fail = FAIL_SELF, .at = since };
		CheckChange change = { 0 };
		Effects fx = { 0 };

		if (!w->check || !check_is_probed(w->check) || gap.us <= check_every(w->check).us)
			continue; /* no probe was missed */
		text_copy(r.reason, sizeof r.reason, cause);
		text_copy(r.reason_fr, sizeof r.reason_fr, cause);
		check_status_step(&w->status, w->check, e->plan->head.timezone, &r, since, &fx,
		                  &change);
		w->status.next_due = first_due(e, w->check);
		watch_schedule(w);
		if (change.changed)
			view_ledger(e, w->check->item.id, CHECK_UNKNOWN, since, cause);
		save_status(e, w);
		engine_apply(e, &fx);
		if (batch_size(e->batch) > BULK_WRITES && !is_set(e->storage_bad_since))
			(void)engine_commit(e);
	}
}
