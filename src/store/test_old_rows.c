/* A store of format 8, whose samples and roll-ups were rows: it is written as it was then,
 * opened, and must answer as memory does. */
#include "harness.h"

#include "store/store_private.h"

#include <stdio.h>

static uint64_t dice;

static uint64_t roll(uint64_t below)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice % below;
}

static char path[512];

static int64_t number(Store *s, const char *sql)
{
	sqlite3_stmt *st = store_prepare(s, sql, NULL);
	int64_t n = -1;

	if (st && sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* 2026-11-20T16:00:00Z */
static Instant at_s(int64_t s) { return (Instant){ (1795190400 + s) * 1000000 }; }

typedef struct Old {
	sqlite3 *db;
	SeriesSet *set;
} Old;

static void old_run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		test_fail(__FILE__, __LINE__, "%s: %s", sql, sqlite3_errmsg(db));
}

/* As store_commit() wrote them before format 9. */
static void old_sample(void *ctx, const char *series, Instant at, double value)
{
	Old *o = ctx;
	sqlite3_stmt *st;
	char name[160];

	(void)snprintf(name, sizeof name,
	               "INSERT OR IGNORE INTO series (number, name) VALUES ("
	               "(SELECT count(*) + 1 FROM series), '%.20s')",
	               series);
	old_run(o->db, name);
	(void)sqlite3_prepare_v2(o->db,
	                         "INSERT OR REPLACE INTO sample (series, t, value) VALUES ("
	                         "(SELECT number FROM series WHERE name = ?), ?, ?)",
	                         -1, &st, NULL);
	sqlite3_bind_text(st, 1, series, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, at.us);
	sqlite3_bind_double(st, 3, value);
	EXPECT_INT(sqlite3_step(st), SQLITE_DONE);
	sqlite3_finalize(st);
}

static void old_rollup(void *ctx, const Rollup *r)
{
	Old *o = ctx;
	sqlite3_stmt *st;

	(void)sqlite3_prepare_v2(o->db,
	                         "INSERT OR REPLACE INTO rollup VALUES"
	                         " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                         -1, &st, NULL);
	sqlite3_bind_text(st, 1, r->id, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, r->series, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 3, r->res, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 4, r->start.us);
	sqlite3_bind_int64(st, 5, r->count);
	sqlite3_bind_double(st, 6, r->sum);
	sqlite3_bind_double(st, 7, r->min);
	sqlite3_bind_double(st, 8, r->max);
	sqlite3_bind_double(st, 9, r->first);
	sqlite3_bind_double(st, 10, r->last);
	sqlite3_bind_double(st, 11, r->increase);
	sqlite3_bind_int64(st, 12, r->last_at.us);
	sqlite3_bind_int64(st, 13, r->covered.us);
	sqlite3_bind_text(st, 14, r->sketch, -1, SQLITE_STATIC);
	EXPECT_INT(sqlite3_step(st), SQLITE_DONE);
	sqlite3_finalize(st);
}

static SeriesSet *old_store(int days_n)
{
	Old o = { .set = series_new() };
	SeriesSink sink = { old_sample, old_rollup, &o };

	(void)snprintf(path, sizeof path, "%s/t.db", test_dir());
	EXPECT_INT(sqlite3_open(path, &o.db), SQLITE_OK);
	for (const Migration *m = store_migrations; m->number && m->number < 9; m++)
		old_run(o.db, m->sql);
	old_run(o.db, "PRAGMA user_version = 8; PRAGMA journal_mode = WAL; BEGIN");
	dice = 29;
	for (int k = 0; k < days_n * 288; k++) {
		Instant at = at_s((int64_t)k * 300 + (int64_t)roll(5));

		series_add(o.set, "latency{site}", at, (double)(500 + roll(1500)) / 1000);
		series_add(o.set, "up{site}", at, roll(40) != 0);
		if (k % 200 == 199)
			series_flush(o.set, &sink);
	}
	series_flush(o.set, &sink);
	old_run(o.db, "COMMIT");
	sqlite3_close(o.db);
	return o.set;
}

static bool load_name(void *ctx, uint32_t n, const char *name)
{
	return series_load_name(ctx, n, name);
}

TEST(a_store_of_rows_answers_the_same_when_it_is_chunks)
{
	enum { DAYS = 40 };
	SeriesSet *old = old_store(DAYS), *set = series_new();
	Store *s = NULL;
	SampleSource source;
	Instant end = at_s((int64_t)DAYS * 86400);
	static const SeriesStat stats[] = { SERIES_MEAN, SERIES_MIN,   SERIES_MAX,
		                            SERIES_SUM,  SERIES_COUNT, SERIES_P95 };
	static const char *const names[] = { "latency{site}", "up{site}" };

	EXPECT(store_open(&(StoreOptions){ .path = path, .busy_ms = 50 }, &s, NULL));
	source = store_source(s);
	series_source(set, &source);
	EXPECT(store_names(s, load_name, set, NULL));
	EXPECT_INT(series_count(set), 2);
	EXPECT_INT(number(s, "SELECT count(*) FROM sqlite_master WHERE name = 'sample'"), 0);
	EXPECT(number(s, "SELECT count(*) FROM chunk") > 4 &&
	       number(s, "SELECT count(*) FROM bucket") > 2);
	for (size_t n = 0; n < 2; n++) {
		for (size_t k = 0; k < COUNT_OF(stats); k++) {
			/* Raw samples of a day; then what only roll-ups remember. */
			for (int back = 1; back <= 33; back += 8) {
				Instant from = res_start(RES_DAY, after(end, days(-back)));
				Instant to = res_start(RES_DAY, after(from, days(1)));
				SeriesFigure a, b;

				EXPECT(series_stat(old, names[n], stats[k], from, to, &a));
				EXPECT(series_stat(set, names[n], stats[k], from, to, &b));
				EXPECT_INT(b.count, a.count);
				EXPECT_REAL(b.value, a.value,
				            stats[k] == SERIES_P95 ? a.value * 0.021
				                                   : 1e-6 * (double)a.count);
			}
		}
	}
	series_free(set);
	series_free(old);
	store_close(s);
}
