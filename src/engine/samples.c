/* Samples between memory (series/) and the store: what a commit takes along, how they come
 * back, and the store's upkeep a few series at a time. It judges no sample.
 *
 * A rehearsal keeps its samples in memory; when it stops, all of that is one entry of the log. */
#include "engine/engine_private.h"

#include <math.h>

/* A slice of upkeep is a transaction of some ten milliseconds; each series is due once a day. */
enum { SLICE = 64, SLICE_MOST = 128 };

static void samples_of_memory(Engine *e)
{
	series_memory_only(e->series);
	series_before_read(e->series, steady_before_read, e);
}

void samples_begin(Engine *e)
{
	e->series = series_new();
	e->tended_at = LONG_AGO;
	if (e->rehearsal) {
		samples_of_memory(e);
		return;
	}
	e->source = store_source(e->store);
	series_source(e->series, &e->source);
}

/* When a rehearsal stops, the next start goes on with what it remembers. */
static void save_rehearsed(Engine *e)
{
	AUTO(Buf) all = { .max = SIZE_MAX / 2 };
	uint64_t seq = store_log_last(e->store) + 1;

	if (!e->slow)
		return;
	e->slow = false;
	series_write(e->series, &all);
	batch_log(e->batch, seq, all.p, all.n);
	batch_log_until(e->batch, seq);
}

/* While the store fails, the batch holds one save already and the rest waits in memory, the
 * oldest not for ever: a save reads back what those before it handed out. */
void samples_save(Engine *e)
{
	SampleSink sink = batch_sink(e->batch);

	if (e->rehearsal)
		save_rehearsed(e);
	else if (is_set(e->storage_bad_since))
		series_wait(e->series, e->storage_bad_since, e->now);
	else if (!e->read_only)
		series_save(e->series, &sink, e->now);
}

/* The store works again: evidence of what could not wait for it. */
void samples_say_lost(Engine *e)
{
	uint64_t n = series_lost(e->series);
	AUTO(Buf) input = { 0 };
	Emit j = emit_to(&input);

	if (n <= e->lost_said)
		return;
	emit_object(&j, NULL);
	emit_int(&j, "samples", (int64_t)(n - e->lost_said));
	emit_instant(&j, "since", e->storage_bad_since);
	emit_object_end(&j);
	e->lost_said = n;
	engine_note(e, "carene.samples_lost", "carene:samples", "carene", buf_take(&input));
}

/* Slices follow each other so that all series have their turn within a day; the first comes
 * at once, or a daemon that is restarted each day would never do any. */
void samples_tend(Engine *e)
{
	double n = (double)series_count(e->series);
	double slice = n < SLICE ? n : SLICE;

	if (e->rehearsal || n == 0 || is_set(e->storage_bad_since))
		return;
	e->tend_owed += is_set(e->tended_at)
	                        ? n * (double)between(e->tended_at, e->now).us / (double)days(1).us
	                        : slice;
	e->tended_at = e->now;
	if (e->tend_owed < slice)
		return;
	e->tend_owed = e->tend_owed > 2 * n ? 2 * n : e->tend_owed;
	slice = e->tend_owed < SLICE_MOST ? floor(e->tend_owed) : SLICE_MOST;
	e->tend_owed -= slice;
	/* One that fails is tried again: nothing depends on it. */
	if (!store_tend(e->store, e->now, &store_keep_ours, (uint32_t)slice, NULL))
		e->tend_owed += slice;
}

/* ---- back ---- */

/* A check's series is as dense as the check is asked: told before the samples come, or the
 * distance of a retry would be taken for it. */
static void expect_like_its_check(Engine *e, const char *series)
{
	char name[48], scope[64];
	const Check *c = series_name_split(series, name, scope) ? plan_check(e->plan, scope) : NULL;

	if (c && !plan_metric(e->plan, name))
		series_expect(e->series, series, check_every(c));
}

static bool load_name(void *ctx, uint32_t number, const char *name)
{
	Engine *e = ctx;

	if (!series_load_name(e->series, number, name))
		return false;
	expect_like_its_check(e, name);
	e->series_loaded = number;
	return true;
}

static bool load_entry(void *ctx, uint64_t seq, const void *p, size_t n)
{
	Engine *e = ctx;

	if (seq < e->log_over)
		series_load_over(e->series, seq);
	else
		e->samples_damaged += !series_load_log(e->series, seq, p, n);
	return true;
}

/* Each entry of a rehearsal is all there was: the last one counts. */
static bool load_rehearsed(void *ctx, uint64_t seq, const void *p, size_t n)
{
	Engine *e = ctx;
	SeriesSet *set = series_read(p, n);

	(void)seq;
	if (!set) {
		e->samples_damaged++;
		return true;
	}
	series_free(e->series);
	e->series = set;
	samples_of_memory(e);
	return true;
}

/* Names, and what is in no chunk yet. The rest is read when somebody asks. */
bool samples_load(Engine *e, Err *err)
{
	size_t bad = 0;

	if (e->rehearsal)
		return store_log(e->store, load_rehearsed, e, &bad, err) || err_wrap(err, "load");
	if (!store_names(e->store, load_name, e, err))
		return err_wrap(err, "load");
	if (e->series_loaded != store_series_count(e->store))
		return err_set(err, ERR_BAD_INPUT, "series %u has no name, or another's",
		               e->series_loaded + 1);
	e->log_over = store_log_over(e->store);
	if (!store_log(e->store, load_entry, e, &bad, err))
		return err_wrap(err, "load");
	return true;
}

/* Damaged parts are left out of every figure; that there are some is said once for each time
 * that more are found. */
void samples_say_damage(Engine *e)
{
	uint64_t n = e->samples_damaged + store_damaged(e->store);
	AUTO(Buf) input = { 0 };
	Emit j = emit_to(&input);

	if (n <= e->damage_said)
		return;
	e->damage_said = n;
	emit_object(&j, NULL);
	emit_int(&j, "parts", (int64_t)n);
	emit_object_end(&j);
	engine_note(e, "carene.samples_damaged", "carene:samples", "carene", buf_take(&input));
}
