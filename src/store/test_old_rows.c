/* A store of format 8, made by its statements: a row for each sample, a row with a sketch in
 * base64 for each bucket. Opened, it must answer the same from chunks and buckets. */
#include "harness.h"

#include "core/alloc.h"
#include "core/text.h"
#include "store/samples_private.h"
#include "store/store_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { T0 = 1795190400, DAYS = 40, RAW_DAYS = 2 }; /* 2026-11-20T16:00:00Z, in seconds */

static const char *const names[] = { "latency{site}", "up{site}" };

static uint64_t dice;

static uint64_t roll(uint64_t below)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice % below;
}

static Instant at_s(int64_t s) { return (Instant){ (T0 + s) * 1000000 }; }

static char path[512];
static Samples kept[COUNT_OF(names)];

static void old_run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		test_fail(__FILE__, __LINE__, "%s: %s", sql, sqlite3_errmsg(db));
}

static void old_sample(sqlite3 *db, size_t number, const Sample *x)
{
	sqlite3_stmt *st;

	(void)sqlite3_prepare_v2(
	        db, "INSERT OR REPLACE INTO sample (series, t, value) VALUES (?, ?, ?)", -1, &st,
	        NULL);
	sqlite3_bind_int64(st, 1, (int64_t)number);
	sqlite3_bind_int64(st, 2, x->at.us);
	sqlite3_bind_double(st, 3, x->value);
	EXPECT_INT(sqlite3_step(st), SQLITE_DONE);
	sqlite3_finalize(st);
}

/* ---- the sketch of the first stores, written here a second time ---- */

static unsigned char *leb128(unsigned char *p, uint64_t x)
{
	for (; x >= 128; x >>= 7)
		*p++ = (unsigned char)(128 | (x & 127));
	*p++ = (unsigned char)x;
	return p;
}

static char *base64(const unsigned char *p, size_t n)
{
	static const char digits[] =
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = mem_new(n * 4 / 3 + 4), *to = text;
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < n; i++) {
		held = held << 8 | p[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*to++ = digits[held >> (bits - 6) & 63];
	}
	if (bits)
		*to++ = digits[held << (6 - bits) & 63];
	*to = '\0';
	return text;
}

/* Bins (γ^(i-1), γ^i] with γ = 1.01/0.99, keys from 4096 on, 0 for zero. */
static char *old_sketch(const Sample *at, size_t n)
{
	enum { KEYS = 8192 };
	AUTO_FREE unsigned *bins = mem_new(KEYS * sizeof *bins);
	AUTO_FREE unsigned char *bytes = mem_new(KEYS * 8);
	unsigned char *p = bytes;
	int64_t before = -8192;
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		double v = at[i].value;
		unsigned *bin = &bins[v > 0 ? (size_t)(4096 + ceil(log(v) / log(1.01 / 0.99))) : 0];

		used += *bin == 0;
		++*bin;
	}
	*p++ = 1;
	p = leb128(p, used);
	for (int64_t key = 0; key < KEYS; key++) {
		if (bins[key] == 0)
			continue;
		p = leb128(p, (uint64_t)(key - before));
		p = leb128(p, bins[key]);
		before = key;
	}
	return base64(bytes, (size_t)(p - bytes));
}

static void old_bucket(sqlite3 *db, size_t series, Res r, const Sample *at, size_t n)
{
	Instant start = res_start(r, at[0].at);
	double sum = 0, min = INFINITY, max = -INFINITY, increase = 0;
	char id[200], text[INSTANT_TEXT];
	AUTO_FREE char *sketch = NULL;
	sqlite3_stmt *st;

	for (size_t i = 0; i < n; i++) {
		sum += at[i].value;
		min = fmin(min, at[i].value);
		max = fmax(max, at[i].value);
		if (i)
			increase += at[i].value >= at[i - 1].value ? at[i].value - at[i - 1].value
			                                           : at[i].value;
	}
	sketch = min < max ? old_sketch(at, n) : NULL;
	(void)snprintf(id, sizeof id, "%s|%s|%s", names[series], res_name(r),
	               instant_print(start, text));
	(void)sqlite3_prepare_v2(db,
	                         "INSERT INTO rollup VALUES"
	                         " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                         -1, &st, NULL);
	sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, names[series], -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 3, res_name(r), -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 4, start.us);
	sqlite3_bind_int64(st, 5, (int64_t)n);
	sqlite3_bind_double(st, 6, sum);
	sqlite3_bind_double(st, 7, min);
	sqlite3_bind_double(st, 8, max);
	sqlite3_bind_double(st, 9, at[0].value);
	sqlite3_bind_double(st, 10, at[n - 1].value);
	sqlite3_bind_double(st, 11, increase);
	sqlite3_bind_int64(st, 12, at[n - 1].at.us);
	sqlite3_bind_int64(st, 13, (int64_t)n * 300000000);
	sqlite3_bind_text(st, 14, sketch, -1, SQLITE_STATIC);
	EXPECT_INT(sqlite3_step(st), SQLITE_DONE);
	sqlite3_finalize(st);
}

/* Hours of the last nine whole days, days of all, as the first stores had them. */
static void old_buckets(sqlite3 *db, size_t series)
{
	const Samples *all = &kept[series];
	Instant hours_from = res_start(RES_DAY, after(all->at[all->n - 1].at, days(-9)));

	for (Res r = RES_HOUR; r <= RES_DAY; r++) {
		for (size_t i = 0, n; i < all->n; i += n) {
			Instant end = res_end(r, all->at[i].at);

			for (n = 1; i + n < all->n && earlier(all->at[i + n].at, end);)
				n++;
			if (r == RES_DAY || !earlier(all->at[i].at, hours_from))
				old_bucket(db, series, r, all->at + i, n);
		}
	}
}

static void old_store(void)
{
	sqlite3 *db;

	(void)snprintf(path, sizeof path, "%s/t.db", test_dir());
	EXPECT_INT(sqlite3_open(path, &db), SQLITE_OK);
	for (const Migration *m = store_migrations; m->number && m->number < 9; m++)
		old_run(db, m->sql);
	old_run(db, "PRAGMA user_version = 8; PRAGMA journal_mode = WAL; BEGIN");
	old_run(db,
	        "INSERT INTO series (number, name) VALUES (1, 'latency{site}'), (2, 'up{site}')");
	dice = 29;
	for (int k = 0; k < DAYS * 288; k++) {
		Instant at = at_s((int64_t)k * 300 + (int64_t)roll(5));

		list_add(&kept[0], ((Sample){ at, (double)(500 + roll(1500)) / 1000 }));
		list_add(&kept[1], ((Sample){ at, roll(40) != 0 }));
		for (size_t i = 0; i < 2 && k >= (DAYS - RAW_DAYS) * 288; i++)
			old_sample(db, i + 1, &kept[i].at[k]);
	}
	for (size_t i = 0; i < 2; i++)
		old_buckets(db, i);
	old_run(db, "COMMIT");
	sqlite3_close(db);
}

static Store *open_now(void)
{
	Store *s = NULL;
	Err err = { 0 };

	if (!store_open(&(StoreOptions){ .path = path, .busy_ms = 50 }, &s, &err))
		test_fail(__FILE__, __LINE__, "%s", err.message);
	return s;
}

static int64_t number(Store *s, const char *sql)
{
	sqlite3_stmt *st = store_prepare(s, sql, NULL);
	int64_t n = -1;

	if (st && sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static bool load_name(void *ctx, uint32_t n, const char *name)
{
	return series_load_name(ctx, n, name);
}

static int by_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The same from the plain list. */
static double figure_of(const Samples *all, SeriesStat stat, Instant from, Instant to,
                        size_t *ret_n)
{
	AUTO_FREE double *v = mem_new((all->n + 1) * sizeof *v);
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (!earlier(all->at[i].at, from) && earlier(all->at[i].at, to))
			sum += v[n++] = all->at[i].value;
	}
	*ret_n = n;
	if (n == 0)
		return 0;
	qsort(v, n, sizeof *v, by_double);
	switch ((int)stat) {
	case SERIES_MEAN: return sum / (double)n;
	case SERIES_MIN: return v[0];
	case SERIES_MAX: return v[n - 1];
	case SERIES_SUM: return sum;
	case SERIES_P95: return v[(size_t)ceil(0.95 * (double)n) - 1];
	}
	return (double)n;
}

static void compare(const SeriesSet *set, size_t series, Instant from, Instant to)
{
	static const SeriesStat stats[] = { SERIES_MEAN, SERIES_MIN,   SERIES_MAX,
		                            SERIES_SUM,  SERIES_COUNT, SERIES_P95 };

	for (size_t k = 0; k < COUNT_OF(stats); k++) {
		size_t n;
		double want = figure_of(&kept[series], stats[k], from, to, &n);
		SeriesFigure f;

		EXPECT(n > 0 && series_stat(set, names[series], stats[k], from, to, &f));
		EXPECT_INT(f.count, n);
		EXPECT_REAL(f.value, want,
		            stats[k] == SERIES_P95 ? want * 0.0101 : 1e-9 * (double)n);
	}
}

TEST(a_store_of_rows_answers_the_same_when_it_is_chunks)
{
	SeriesSet *set = series_new();
	Instant end = at_s((int64_t)DAYS * 86400);
	SampleSource source;
	Store *s;

	old_store();
	s = open_now();
	source = store_source(s);
	series_source(set, &source);
	EXPECT(store_names(s, load_name, set, NULL));
	EXPECT_INT(series_count(set), 2);
	EXPECT_INT(number(s, "SELECT count(*) FROM sqlite_master"
	                     " WHERE name IN ('sample', 'rollup')"),
	           0);
	EXPECT(number(s, "SELECT count(*) FROM chunk") >= 2 &&
	       number(s, "SELECT count(*) FROM bucket") >= 4);
	for (size_t i = 0; i < 2; i++) {
		/* Raw samples of a day; then what only roll-ups remember; then both. */
		for (int back = 1; back <= 33; back += 4) {
			Instant from = res_start(RES_DAY, after(end, days(-back)));

			compare(set, i, from, res_start(RES_DAY, after(from, days(1))));
			compare(set, i, from, res_start(RES_DAY, end));
		}
		list_free(&kept[i]);
	}
	series_free(set);
	store_close(s);
}
