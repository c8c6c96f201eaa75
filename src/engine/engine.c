/* The engine's life, and what a turn (turn.c) is made of: effects, commit, the next due
 * time. Nothing here knows what an alert or a mail is:
 * it lets the concern's file work and commits. */
#include "engine/engine_private.h"

enum { STOP_SLICES = 100 }; /* commits at a stop, at most */

void engine_note(Engine *e, const char *kind, const char *subject, const char *actor, char *input)
{
	Effects fx = { 0 };

	effects_entry(&fx, e->now, kind, subject, actor, input);
	engine_apply(e, &fx);
}

void engine_apply(Engine *e, Effects *fx)
{
	const Zone *zone = e->plan->head.timezone;

	/* Telling writes evidence of its own: both lists may grow while they are walked. */
	for (size_t t = 0; t < fx->tells.n; t++) {
		Tell tell = fx->tells.at[t];

		outbox_tell(e, &tell, fx);
	}
	for (size_t i = 0; i < fx->entries.n; i++) {
		const Entry *entry = &fx->entries.at[i];

		batch_entry(e->batch, entry, e->plan->digest, zone_offset(zone, entry->at));
		turn_urgent(e);
	}
	effects_done(fx);
	*fx = (Effects){ 0 };
}

/* One transaction; then the world may act. False: it waits for the next try. */
bool engine_commit(Engine *e)
{
	Err err = { 0 };

	if (e->dead)
		return false;
	services_compose(e);
	self_slow_beat(e);
	samples_save(e);
	e->flush_at = NEVER;
	e->urgent = false;
	if (batch_is_empty(e->batch))
		return true;
	if (!store_commit(e->store, e->batch, &err)) {
		self_storage_failed(e, &err);
		e->flush_at = after(e->now, seconds(5));
		return false;
	}
	e->commits++;
	if (is_set(e->storage_bad_since))
		self_storage_works(e);
	samples_tend(e);
	if (e->committed && !e->committed(e->ctx))
		e->dead = true;
	return true;
}

static Instant next_due(Engine *e)
{
	Instant due = e->flush_at;

	if (e->gathered) /* what came in is decided in the next turn of the loop */
		return e->now;
	due = earliest(due, watch_next(e));
	due = earliest(due, rules_next(e));
	due = earliest(due, cases_next(e));
	due = earliest(due, actions_next(e));
	due = earliest(due, tickets_next(e));
	due = earliest(due, windows_next(e));
	due = earliest(due, tasks_next_due(e));
	due = earliest(due, proofs_next(e));
	due = earliest(due, outbox_next(e));
	due = earliest(due, home_next(e));
	due = earliest(due, view_next(e));
	return earliest(due, self_next(e));
}

/* Arms the one timer for the earliest due time (wall clock): a jump of the clock
 * re-arms it, see engine_clock_jumped(). */
void engine_arm(Engine *e)
{
	Instant due = next_due(e);

	if (!e->started || due.us == e->tick_at.us ||
	    (e->gathers && is_set(e->tick_at) && is_due(e->tick_at, e->now) && is_due(due, e->now)))
		return;
	e->tick_at = due;
	if (due.us == NEVER.us)
		e->world->timer_cancel(e->world, &e->tick);
	else
		e->world->timer(e->world, &e->tick, between(world_now(e->world), due));
}

static void on_tick(TimerOp *op)
{
	Engine *e = CONTAINER_OF(op, Engine, tick);

	e->tick_at = LONG_AGO;
	if (e->dead)
		return;
	turn_tick(e);
}

/* The clock went back: what was set by a later one would wait until it is there again, beats
 * among them, by which a restart measures our absence. */
static void forget_later_times(Engine *e)
{
	e->alive_at = e->slow_told_at = LONG_AGO;
	if (!e->rehearsal)
		e->slow_at = LONG_AGO;
	e->tended_at = e->now;
	if (is_set(e->storage_bad_since))
		e->storage_bad_since = earliest(e->storage_bad_since, e->now);
	home_clock_back(e);
	watch_replan(e);
}

void engine_clock_jumped(Engine *e, Duration by)
{
	AUTO(Buf) input = { 0 };
	Emit j = emit_to(&input);

	turn_begin(e);
	emit_object(&j, NULL);
	emit_seconds(&j, "by_s", by);
	emit_object_end(&j);
	engine_note(e, "carene.clock_jumped", "carene", "carene", buf_take(&input));
	e->listens_from = e->now;
	if (by.us > 0) /* what was not seen is not known */
		watch_mark_unknown(e, after(e->now, (Duration){ -by.us }), by, "clock jumped");
	else
		forget_later_times(e);
	rules_touch_all(e);
	e->tasks_at = LONG_AGO;
	steady_wake(e);
	e->tick_at = LONG_AGO;
	(void)turn_end(e);
}

/* ---- life ---- */

Engine *engine_new(const EngineOptions *o, Err *err)
{
	Engine *e = NEW(Engine);

	e->world = o->world;
	e->store = o->store;
	e->plan = o->plan;
	e->data = mem_text(o->data);
	e->base_url = mem_text(o->base_url);
	e->rehearsal = o->rehearsal;
	e->read_only = o->read_only;
	e->committed = o->committed;
	e->ctx = o->ctx;
	e->batch = batch_new();
	batch_watch(e->batch, o->saved, o->ctx);
	e->turn = arena_new("turn", TURN_ARENA);
	e->gathers = o->gathers;
	e->ledger = ledger_new();
	watches_begin(e);
	e->series_names = NEW(SeriesNames);
	samples_begin(e);
	if (!o->prober)
		e->own_prober = prober_direct(e->world, e->plan);
	e->prober = o->prober ? o->prober : e->own_prober;
	watch_use_prober(e);
	e->tick.done = on_tick;
	e->flush_at = e->publish_at = e->windows_plan_at = e->actions_at = e->tickets_at =
	        e->held_until = NEVER;
	e->storage_bad_since = e->slow_at = e->guard_cut_since = e->stuck_since = e->tick_at =
	        e->alive_at = e->silences_at = e->slow_told_at = e->windows_at = LONG_AGO;
	e->now = e->started_at = e->listens_from = world_now(e->world);
	if (!restore_all(e, err)) {
		engine_free(e);
		return NULL;
	}
	return e;
}

void engine_start(Engine *e)
{
	char *input =
	        mem_printf("{\"plan\":\"%s\",\"checks\":%zu}", e->plan->digest, e->plan->checks_n);

	e->started = true;
	turn_begin(e);
	e->started_at = e->listens_from = e->now;
	engine_note(e, "carene.started", "carene", "carene", input);
	restore_gap(e);
	watch_sync(e, NULL);
	rules_sync(e);
	cases_sync(e);
	windows_sync(e);
	tasks_sync(e, true);
	proofs_sync(e, NULL);
	outbox_lost(e);
	home_sync(e);
	view_touch(e);
	self_beat(e);
	(void)turn_end(e);
}

/* With the watches' last results: all of them, or in a very large plan the first. What is
 * not written is when a check that was up was seen last: its state was, when it changed. */
static void commit_all(Engine *e)
{
	e->saving = 0;
	for (int i = 0; i < STOP_SLICES && engine_commit(e) && e->saving != SIZE_MAX; i++)
		;
}

void engine_stop(Engine *e)
{
	if (e->dead || !e->started)
		return;
	turn_begin(e);
	steady_catch_up(e);
	engine_note(e, "carene.stopped", "carene", "carene", NULL);
	e->alive_at = e->slow_at = LONG_AGO;
	self_beat(e);
	commit_all(e);
	e->inside--;
	e->dead = true;
}

void engine_beat(Engine *e)
{
	turn_begin(e);
	steady_catch_up(e);
	e->alive_at = e->slow_at = LONG_AGO;
	self_beat(e);
	commit_all(e);
	(void)turn_end(e);
}

void engine_free(Engine *e)
{
	if (!e)
		return;
	e->dead = true;
	e->world->timer_cancel(e->world, &e->tick);
	outbox_free(e);
	home_free(e);
	view_free(e);
	watches_free(e);
	rules_free(e);
	services_free(e);
	e->prober->stop(e->prober); /* nothing points into a plan any more */
	prober_direct_free(e->own_prober);
	cases_free(e);
	actions_free(e);
	tickets_free(e);
	for (size_t i = 0; i < e->windows.n; i++)
		record_done(&window_occurrence_record, &e->windows.at[i]);
	list_free(&e->windows);
	list_free(&e->silences);
	tasks_free(e);
	proofs_free(e);
	Map_done(&e->declared);
	ledger_free(e->ledger);
	series_free(e->series);
	batch_free(e->batch);
	arena_free(e->turn);
	for (size_t i = 0; i < e->retired.n; i++)
		plan_free(e->retired.at[i]);
	list_free(&e->retired);
	plan_free(e->plan);
	mem_free(e->data);
	mem_free(e->base_url);
	mem_free(e);
}

const Plan *engine_plan(const Engine *e) { return e->plan; }
