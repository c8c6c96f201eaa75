/* The turn: what came in is taken, what follows is decided once, committed once, and only
 * then performed. Results that come within the same turn of the loop share all of that.
 *
 *   turn_begin() … turn_end()    one event on its own: a command, a heartbeat, a batch
 *   turn_join() … turn_leave()   a result: decided together with those around it
 *
 * It bounds a turn (TURN_RESULTS results, TURN_MS of taking, STEP_MS of stepping), comes
 * back for the rest, so that listener and control socket are served in between, and
 * measures each. It knows nothing of what is decided, and decides nothing itself. */
#include "engine/engine_private.h"

/* How long samples may wait for a commit of their own. */
enum { FLUSH_MS = 1000 };
/* Ours: a listener that waits longer than SLOW_MS is felt; a commit of what TURN_MS of results
 * and STEP_MS of steps leave behind takes about as long again. */
enum { TURN_MS = 5, STEP_MS = 15, SLOW_MS = 50, NOTE_EVERY_S = 600 };

static int64_t mono_us(const Engine *e) { return e->world->mono(e->world).us; }

/* ---- how long turns take ---- */

/* Upper bounds of the histogram's buckets, in µs; what is above the last is in +Inf only. */
static const int64_t bounds[TURN_BUCKETS] = { 100,   250,   500,   1000,   2500,   5000,
	                                      10000, 25000, 50000, 100000, 250000, 1000000 };

void turn_measured(TurnTimes *t, Duration took)
{
	t->n++;
	t->sum.us += took.us;
	if (took.us > t->worst.us)
		t->worst = took;
	for (size_t i = 0; i < TURN_BUCKETS; i++) {
		if (took.us <= bounds[i]) {
			t->within[i]++;
			return;
		}
	}
}

void turn_histogram(const TurnTimes *t, const char *name, Buf *out)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < TURN_BUCKETS; i++) {
		sum += t->within[i];
		buf_printf(out, "%s_bucket{le=\"%g\"} %llu\n", name, (double)bounds[i] / 1e6,
		           (unsigned long long)sum);
	}
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n", name, (unsigned long long)t->n);
	buf_printf(out, "%s_sum %g\n%s_count %llu\n", name, (double)t->sum.us / 1e6, name,
	           (unsigned long long)t->n);
}

/* A turn of the loop that kept everybody waiting, ours and the questions' share together. */
void engine_slow_turn(Engine *e, Duration took)
{
	e->slow_turns++;
	e->slow_untold++;
	if (took.us > e->slow_worst.us)
		e->slow_worst = took;
	if (took.us > e->loop_worst.us)
		e->loop_worst = took;
}

/* At most one record in ten minutes, with how many there were and the worst. */
static void note_slow(Engine *e)
{
	AUTO(Buf) input = { 0 };
	Emit j = emit_to(&input);

	if (!e->slow_untold || !e->started ||
	    (is_set(e->slow_told_at) &&
	     between(e->slow_told_at, e->now).us < NOTE_EVERY_S * 1000000LL))
		return;
	emit_object(&j, NULL);
	emit_int(&j, "turns", (int64_t)e->slow_untold);
	emit_seconds(&j, "worst_s", e->slow_worst);
	emit_seconds(&j, "worst_own_s", e->turn_times.worst);
	emit_object_end(&j);
	e->slow_told_at = e->now;
	e->slow_untold = 0;
	e->slow_worst = duration_us(0);
	engine_note(e, "carene.slow", "carene", "carene", buf_take(&input));
}

bool turn_is_long(const Engine *e) { return mono_us(e) - e->turn_from_us > STEP_MS * 1000; }

/* ---- in and out ---- */

static void enter(Engine *e)
{
	if (e->inside++ > 0)
		return;
	e->now = world_now(e->world);
	e->turn_from_us = mono_us(e);
	if (e->gathered)
		return;
	e->turns++;
	e->gather_from_us = e->turn_from_us;
	if (arena_used(e->turn)) {
		arena_free(e->turn);
		e->turn = arena_new("turn", TURN_ARENA);
	}
}

static void step_all(Engine *e)
{
	services_compose(e);
	windows_step(e);
	rules_step(e);
	cases_step(e);
	tasks_step(e);
	actions_step(e);
	tickets_step(e);
	proofs_step(e);
	outbox_flush_held(e);
	view_step(e);
	services_compose(e);
	note_slow(e);
}

static bool finish(Engine *e)
{
	bool durable = true;

	e->gathered = 0;
	step_all(e);
	if (e->urgent || is_due(e->flush_at, e->now))
		durable = engine_commit(e);
	else if (!is_set(e->flush_at))
		e->flush_at = after(e->now, milliseconds(FLUSH_MS));
	if (!e->dead)
		outbox_perform(e);
	if (!e->dead)
		home_perform(e);
	e->inside--;
	e->taken.us += mono_us(e) - e->turn_from_us;
	turn_measured(&e->turn_times, e->taken);
	e->taken = duration_us(0);
	if (!e->dead)
		engine_arm(e);
	return durable;
}

/* Decides and commits what was gathered. */
static void settle(Engine *e)
{
	enter(e);
	(void)finish(e);
}

void turn_begin(Engine *e)
{
	/* Who asks on his own meets a state in which everything is decided. */
	if (!e->inside && e->gathered && !e->dead)
		settle(e);
	enter(e);
}

bool turn_end(Engine *e)
{
	if (e->inside > 1 || e->read_only) {
		e->inside--;
		return true;
	}
	return finish(e);
}

void turn_join(Engine *e) { enter(e); }

bool turn_is_full(const Engine *e)
{
	return e->gathered + e->results >= TURN_RESULTS ||
	       mono_us(e) - e->gather_from_us >= TURN_MS * 1000;
}

/* Nothing that came has to be decided now: samples and calm results wait for their flush. */
static bool is_calm(const Engine *e)
{
	return !e->urgent && !e->dirty_rules.n && !e->services.dirty.n;
}

void turn_leave(Engine *e)
{
	if (e->inside > 1 || !e->gathers || e->read_only) {
		(void)turn_end(e);
		return;
	}
	e->gathered += e->results ? e->results : 1;
	e->results = 0;
	if (turn_is_full(e)) {
		(void)finish(e);
		return;
	}
	e->inside--;
	e->taken.us += mono_us(e) - e->turn_from_us;
	if (is_calm(e)) {
		e->gathered = 0;
		turn_measured(&e->turn_times, e->taken);
		e->taken = duration_us(0);
		if (!is_set(e->flush_at))
			e->flush_at = after(e->now, milliseconds(FLUSH_MS));
	}
	if (!e->dead)
		engine_arm(e);
}

/* What was gathered is decided with what is due; also when nothing else is. */
void turn_tick(Engine *e)
{
	enter(e);
	self_beat(e);
	watch_due(e);
	(void)finish(e);
}
