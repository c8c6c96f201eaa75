/* Samples while a real store refuses: bounded, counted, said once, and all that is left is
 * written when it works again. */
#include "core/text.h"
#include "engine/engine_private.h"
#include "harness.h"
#include "notify/test_plan.h"

#include <stdlib.h>

enum { SERIES = 40, EVERY_S = 10, FULL_FROM = 3600, WORKS = 30 * 3600, WAIT = 60000 };

static void add(Engine *e, int64_t s)
{
	char name[16];

	e->now = (Instant){ (1795190400 + s) * 1000000 };
	for (int i = 0; i < SERIES; i++) {
		(void)snprintf(name, sizeof name, "x%d", i);
		EXPECT(series_add(e->series, name, e->now, 1));
	}
}

/* As engine_commit(), without what has nothing to do with samples. */
static void save(Engine *e)
{
	Err err = { 0 };

	samples_save(e);
	if (batch_is_empty(e->batch))
		return;
	if (!store_commit(e->store, e->batch, &err)) {
		if (!is_set(e->storage_bad_since))
			e->storage_bad_since = e->now;
		return;
	}
	samples_say_lost(e);
	e->storage_bad_since = LONG_AGO;
}

typedef struct Said {
	size_t n;
	uint64_t samples;
} Said;

static bool hear(void *ctx, const EvidenceRow *row)
{
	Said *said = ctx;
	const char *at = strstr(row->line, "\"samples\":");

	said->n++;
	said->samples += at ? strtoull(at + strlen("\"samples\":"), NULL, 10) : 0;
	return true;
}

/* From the hour before it was full to two hours after it was not. */
static uint64_t play(Engine *e, size_t *most)
{
	uint64_t put = 0;

	*most = 0;
	for (int64_t s = 0; s < WORKS + 7200; s += EVERY_S) {
		if (s == FULL_FROM || s == WORKS)
			EXPECT(store_limit(e->store, s == FULL_FROM, NULL));
		if (s == WORKS)
			EXPECT(is_set(e->storage_bad_since) && series_lost(e->series) > 0);
		add(e, s);
		put += SERIES;
		save(e);
		*most = series_waiting(e->series) > *most ? series_waiting(e->series) : *most;
	}
	return put;
}

TEST(a_store_that_is_full_for_a_day_is_said_once_and_recovers)
{
	Plan *plan = test_plan("");
	Engine e = { .plan = plan, .storage_bad_since = LONG_AGO };
	AUTO_FREE char *file = mem_printf("%s/t.db", test_dir());
	SampleHealth health;
	Said said = { 0 };
	uint64_t put;
	size_t most;

	ASSERT(store_open(&(StoreOptions){ .path = file }, &e.store, NULL));
	e.batch = batch_new();
	samples_begin(&e);
	series_wait_max(e.series, WAIT);
	put = play(&e, &most);
	EXPECT(!is_set(e.storage_bad_since));
	EXPECT(most <= WAIT + 2 * 3600 / EVERY_S * SERIES);
	EXPECT(store_evidence(e.store, 1, NULL, "carene.samples_lost", hear, &said, NULL));
	EXPECT_INT(said.n, 1);
	EXPECT_INT(said.samples, series_lost(e.series));
	EXPECT(said.samples > put / 3);
	/* Every other one is in a chunk by now, or will be within the hour. */
	EXPECT(store_check_samples(e.store, &health, NULL));
	EXPECT_INT(health.bad, 0);
	EXPECT_INT(health.samples + series_waiting(e.series) + said.samples, put);
	series_free(e.series);
	batch_free(e.batch);
	store_close(e.store);
	plan_free(plan);
}
