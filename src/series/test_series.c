#include "harness.h"
#include "series/series_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static Instant t0(void)
{
	Instant t;

	(void)instant_parse("2026-03-02T00:00:00Z", &t);
	return t;
}

static Instant at(int64_t s) { return after(t0(), seconds(s)); }

/* A small generator of our own: the same numbers on every machine. */
static uint64_t seed = 1;
static uint64_t next_u64(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}
static double uniform(void) { return (double)(next_u64() >> 11) / 9007199254740992.0; }
/* Latencies as they are: most near 80 ms, a long tail. */
static double latency(void) { return 0.08 * exp(2 * uniform() * uniform() * 2 - 0.5); }

/* ---- brute force, to compare with ---- */

typedef struct Brute {
	LIST(Sample) all;
} Brute;

static void both(SeriesSet *set, Brute *b, Instant t, double v)
{
	EXPECT(series_add(set, "x", t, v));
	list_add(&b->all, ((Sample){ t, v }));
}

static int by_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Values of the window, sorted; the caller frees them. */
static double *window(const Brute *b, Instant from, Instant to, size_t *n)
{
	double *v = mem_new((b->all.n + 1) * sizeof *v);

	*n = 0;
	for (size_t i = 0; i < b->all.n; i++) {
		if (!earlier(b->all.at[i].at, from) && earlier(b->all.at[i].at, to))
			v[(*n)++] = b->all.at[i].value;
	}
	qsort(v, *n, sizeof *v, by_double);
	return v;
}

static double rank(const double *v, size_t n, double q)
{
	size_t k = (size_t)ceil(q * (double)n - 1e-9);

	return v[k < 1 ? 0 : k - 1];
}

static double fig(SeriesSet *set, SeriesStat stat, Instant from, Instant to)
{
	SeriesFigure f;

	return series_stat(set, "x", stat, from, to, &f) ? f.value : NAN;
}

static void compare(SeriesSet *set, const Brute *b, Instant from, Instant to, double tolerance)
{
	static const struct {
		SeriesStat stat;
		double q;
	} ranks[] = { { SERIES_P50, .5 }, { SERIES_P95, .95 }, { SERIES_P99, .99 } };
	size_t n;
	double *v = window(b, from, to, &n), sum = 0;
	SeriesFigure f;

	EXPECT(series_stat(set, "x", SERIES_COUNT, from, to, &f) == (n > 0));
	EXPECT_INT(f.count, n);
	for (size_t i = 0; i < n; i++)
		sum += v[i];
	if (n) {
		EXPECT_REAL(fig(set, SERIES_SUM, from, to), sum, fabs(sum) * 1e-9 + 1e-9);
		EXPECT_REAL(fig(set, SERIES_MEAN, from, to), sum / (double)n,
		            fabs(sum) * 1e-9 + 1e-9);
		EXPECT_REAL(fig(set, SERIES_MIN, from, to), v[0], 0);
		EXPECT_REAL(fig(set, SERIES_MAX, from, to), v[n - 1], 0);
		for (size_t i = 0; i < COUNT_OF(ranks); i++) {
			double want = rank(v, n, ranks[i].q);

			EXPECT_REAL(fig(set, ranks[i].stat, from, to), want,
			            fabs(want) * tolerance + 1e-12);
		}
	}
	mem_free(v);
}

/* ---- recent windows ---- */

TEST(recent_figures_are_exact_over_any_window)
{
	SeriesSet *set = series_new();
	Brute b = { 0 };
	SeriesFigure f;

	for (int i = 0; i < 1400; i++)
		both(set, &b, at(i * 60 + (int64_t)(next_u64() % 40)), latency());
	for (int i = 0; i < 200; i++) {
		int64_t from = (int64_t)(next_u64() % 84000),
		        len = (int64_t)(next_u64() % 20000) + 1;

		compare(set, &b, at(from), at(from + len), 0);
	}
	EXPECT(series_stat(set, "x", SERIES_P95, at(0), at(84000), &f) && f.exact);
	series_free(set);
	list_free(&b.all);
}

/* 0.05 is no binary number: a sum of thousands of them is off in its last bits. */
TEST(the_mean_of_equal_samples_is_that_value_however_they_were_added)
{
	SeriesSet *set = series_new();
	SeriesFigure f;

	for (int i = 0; i < 5000; i++)
		EXPECT(series_add(set, "one{by}", at(i * 60), 0.05));
	EXPECT(series_add_run(set, "in{a_run}", at(0), minutes(1), 5000, 0.05));
	ASSERT(series_stat(set, "one{by}", SERIES_MEAN, at(0), at(300000), &f));
	EXPECT_REAL(f.value, 0.05, 0);
	ASSERT(series_stat(set, "in{a_run}", SERIES_MEAN, at(0), at(300000), &f));
	EXPECT_REAL(f.value, 0.05, 0);
	series_free(set);
}

TEST(late_samples_take_their_place)
{
	SeriesSet *set = series_new();
	Brute b = { 0 };

	for (int i = 0; i < 300; i++) {
		int64_t s = (int64_t)(next_u64() % 7200);

		both(set, &b, at(s), uniform() * 10);
	}
	for (int i = 0; i < 50; i++)
		compare(set, &b, at((int64_t)(next_u64() % 3000)),
		        at(3000 + (int64_t)(next_u64() % 4000)), 0);
	series_free(set);
	list_free(&b.all);
}

TEST(no_data_is_not_zero)
{
	SeriesSet *set = series_new();
	SeriesFigure f;

	EXPECT(!series_stat(set, "x", SERIES_MEAN, at(0), at(60), &f));
	EXPECT(f.count == 0 && f.coverage == 0);
	series_add(set, "x", at(100), 5);
	EXPECT(!series_stat(set, "x", SERIES_SUM, at(0), at(100), &f)); /* half-open */
	EXPECT(series_stat(set, "x", SERIES_SUM, at(100), at(101), &f));
	EXPECT(!series_stat(set, "x", SERIES_SUM, at(101), at(200), &f));
	EXPECT(!series_stat(set, "x", SERIES_SUM, at(200), at(100), &f));
	EXPECT(!series_stat(set, "y", SERIES_SUM, at(0), at(200), &f));
	EXPECT(!series_stat(set, "x", SERIES_RATE, at(0), at(200),
	                    &f)); /* one sample has no rate */
	series_free(set);
}

TEST(what_is_no_number_is_not_taken)
{
	SeriesSet *set = series_new();
	char name[SERIES_NAME + 1];

	memset(name, 'n', SERIES_NAME);
	name[SERIES_NAME] = '\0';
	EXPECT(!series_add(set, "x", at(0), NAN));
	EXPECT(!series_add(set, "x", at(0), INFINITY));
	EXPECT(!series_add(set, "x", LONG_AGO, 1));
	EXPECT(!series_add(set, "x", NEVER, 1));
	EXPECT(!series_add(set, name, at(0), 1));
	EXPECT(!series_add(set, "", at(0), 1));
	name[SERIES_NAME - 1] = '\0';
	EXPECT(series_add(set, name, at(0), 1));
	EXPECT_INT(series_count(set), 1);
	EXPECT_TEXT(series_at(set, 0), name);
	EXPECT(series_at(set, 1) == NULL);
	series_free(set);
}

TEST(coverage_knows_gaps)
{
	static const struct {
		const char *what;
		int from, to; /* window, seconds */
		double want;
	} rows[] = {
		{ "all of a measured hour", 0, 3600, 1 },
		{ "the silent hour", 3700, 7200, 0 },
		{ "half of it measured", 0, 7200, 0.5083 },
		{ "a window that ends now", 7140, 7290, 1 },
		{ "before anything", -3600, 0, 0 },
	};
	SeriesSet *set = series_new();
	SeriesFigure f;

	series_expect(set, "x", seconds(60));
	for (int i = 0; i <= 60; i++)
		series_add(set, "x", at(i * 60), 1);
	for (int i = 0; i < 3; i++)
		series_add(set, "x", at(7200 + i * 60), 1);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)series_stat(set, "x", SERIES_COUNT, at(rows[i].from), at(rows[i].to), &f);
		if (!EXPECT_REAL(f.coverage, rows[i].want, 0.01))
			test_fail(__FILE__, __LINE__, "%s", rows[i].what);
	}
	series_free(set);
}

TEST(an_interval_that_nobody_told_is_learnt)
{
	SeriesSet *set = series_new();
	SeriesFigure f;

	for (int i = 0; i < 100; i++)
		series_add(set, "x", at(i * 30), 1);
	series_add(set, "x", at(100 * 30 + 3600), 1);
	EXPECT(series_stat(set, "x", SERIES_COUNT, at(0), at(3000), &f));
	EXPECT_REAL(f.coverage, 1, 0.02);
	EXPECT(!series_stat(set, "x", SERIES_COUNT, at(3000), at(6000), &f));
	EXPECT(series_stat(set, "x", SERIES_COUNT, at(3000), at(6601), &f));
	EXPECT_REAL(f.coverage, 0.0083, 0.01);
	series_free(set);
}

TEST(the_rate_of_a_counter_survives_its_restart)
{
	static const double values[] = { 100, 160, 220, 10, 70, 130 };
	SeriesSet *set = series_new();

	for (size_t i = 0; i < COUNT_OF(values); i++)
		series_add(set, "x", at((int64_t)i * 60), values[i]);
	/* 60 + 60 + 10 + 60 + 60 in 300 s */
	EXPECT_REAL(fig(set, SERIES_RATE, at(0), at(301)), 250.0 / 300, 1e-9);
	EXPECT_REAL(fig(set, SERIES_LAST, at(0), at(301)), 130, 0);
	series_free(set);
}

TEST(the_newest_sample_is_at_hand)
{
	SeriesSet *set = series_new();
	Instant t;
	double v;

	EXPECT(!series_last(set, "x", &t, &v));
	series_add(set, "x", at(10), 1);
	series_add(set, "x", at(30), 3);
	series_add(set, "x", at(20), 2);
	EXPECT(series_last(set, "x", &t, &v) && v == 3 && t.us == at(30).us);
	series_free(set);
}

TEST(points_of_a_chart_leave_holes_open)
{
	SeriesSet *set = series_new();
	SeriesFigure p[8];

	for (int i = 0; i < 10; i++)
		series_add(set, "x", at(i * 60 + (i >= 5 ? 600 : 0)), i);
	EXPECT_INT(series_points(set, "x", SERIES_MEAN, at(0), at(1500), minutes(5), p, 8), 5);
	EXPECT_REAL(p[0].value, 2, 0);
	EXPECT_INT(p[1].count, 0);
	EXPECT_INT(p[2].count, 0);
	EXPECT_REAL(p[3].value, 7, 0);
	EXPECT_INT(series_points(set, "x", SERIES_MEAN, at(0), at(1500), minutes(5), p, 3), 3);
	EXPECT_INT(series_points(set, "x", SERIES_MEAN, at(0), at(1500), seconds(0), p, 8), 0);
	series_free(set);
}

/* ---- older windows ---- */

/* A sample every five minutes for `n` days, with a silent night now and then. */
static void fill_days(SeriesSet *set, Brute *b, int n)
{
	for (int64_t s = 0; s < n * 86400L; s += 300) {
		if (s / 86400 % 7 == 3 && s % 86400 < 14400)
			continue;
		both(set, b, at(s), latency());
	}
}

TEST(old_figures_stay_within_one_percent)
{
	SeriesSet *set = series_new();
	Brute b = { 0 };
	SeriesFigure f;

	fill_days(set, &b, 60);
	for (int i = 0; i < 60; i++) { /* the last nine days by the hour */
		int64_t from = (51 * 24 + (int64_t)(next_u64() % (8 * 24))) * 3600;
		int64_t to = from + (1 + (int64_t)(next_u64() % 200)) * 3600;

		compare(set, &b, at(from), at(to), 0.0101);
	}
	for (int i = 0; i < 60; i++) { /* before that by the day */
		int64_t from = (int64_t)(next_u64() % 59) * 86400;
		int64_t to = from + (1 + (int64_t)(next_u64() % 60)) * 86400;

		compare(set, &b, at(from), at(to), 0.0101);
	}
	EXPECT(series_stat(set, "x", SERIES_P95, at(0), at(30 * 86400), &f));
	EXPECT(!f.exact);
	EXPECT_REAL(f.coverage, 1 - 4.0 / (24 * 7), 0.02);
	series_free(set);
	list_free(&b.all);
}

TEST(neighbouring_windows_share_out_every_bucket)
{
	SeriesSet *set = series_new();
	Brute b = { 0 };
	SeriesFigure f, g, whole;

	fill_days(set, &b, 40);
	for (int i = 0; i < 200; i++) {
		Instant from = at((int64_t)(next_u64() % (12 * 86400)));
		Instant mid = after(from, seconds((int64_t)(next_u64() % (10 * 86400))));
		Instant to = after(mid, seconds((int64_t)(next_u64() % (8 * 86400))));

		(void)series_stat(set, "x", SERIES_COUNT, from, mid, &f);
		(void)series_stat(set, "x", SERIES_COUNT, mid, to, &g);
		(void)series_stat(set, "x", SERIES_COUNT, from, to, &whole);
		if (!EXPECT_INT(f.count + g.count, whole.count))
			break;
	}
	series_free(set);
	list_free(&b.all);
}

TEST(years_are_kept_as_months)
{
	SeriesSet *set = series_new();
	SeriesFigure f;
	uint64_t all = 0;

	/* Eight years of hourly samples: value = number of the year. */
	for (int64_t h = 0; h < 8 * 8766; h++) {
		series_add(set, "x", at(h * 3600), (double)(h / 8766));
		all++;
	}
	EXPECT(series_stat(set, "x", SERIES_COUNT, at(0), at(8L * 8766 * 3600), &f));
	EXPECT_INT(f.count, all);
	EXPECT_REAL(f.coverage, 1, 0.001);
	EXPECT(series_stat(set, "x", SERIES_MAX, at(0), at(400L * 86400), &f));
	EXPECT_REAL(f.value, 1, 0);
	/* A year, six years ago: whole months. */
	EXPECT(series_stat(set, "x", SERIES_COUNT, at(2L * 8766 * 3600), at(3L * 8766 * 3600), &f));
	EXPECT_INT(f.count, 365 * 24);
	series_free(set);
}

TEST(a_late_sample_reaches_a_bucket_that_was_packed)
{
	SeriesSet *set = series_new();
	Brute b = { 0 };

	fill_days(set, &b, 5);
	for (int i = 0; i < 50; i++)
		both(set, &b, at((int64_t)(next_u64() % (3 * 86400))), latency());
	compare(set, &b, at(0), at(5 * 86400), 0.0101);
	compare(set, &b, at(86400), at(2 * 86400), 0.0101);
	series_free(set);
	list_free(&b.all);
}

TEST(a_dense_series_leaves_raw_by_the_minute)
{
	SeriesSet *set = series_new();
	Brute b = { 0 };
	SeriesFigure f;

	for (int i = 0; i < SERIES_RAW_MAX + 12000; i++) /* one per second: 8 h 53 */
		both(set, &b, at(i), latency());
	compare(set, &b, at(0), at(SERIES_RAW_MAX + 12000), 0.0101);
	compare(set, &b, at(6000), at(31000), 0.0101);
	compare(set, &b, at(20000), at(31000), 0);
	EXPECT(series_stat(set, "x", SERIES_P99, at(0), at(32000), &f) && !f.exact);
	EXPECT_REAL(f.coverage, 1, 0.01);
	series_free(set);
	list_free(&b.all);
}

/* ---- the sketch ---- */

TEST(a_sketch_is_right_to_one_percent_whatever_the_shape)
{
	static const double qs[] = { 0, .01, .1, .25, .5, .75, .9, .95, .99, .999, 1 };
	double v[4000];

	for (int shape = 0; shape < 5; shape++) {
		Sketch s = { 0 };

		for (size_t i = 0; i < COUNT_OF(v); i++) {
			double u = uniform();

			v[i] = shape == 0   ? u
			       : shape == 1 ? exp(20 * u - 10)
			       : shape == 2 ? -1000 * u
			       : shape == 3 ? (u - 0.5) * 1e6
			                    : floor(u * 5);
			sketch_add(&s, v[i], 1);
		}
		qsort(v, COUNT_OF(v), sizeof *v, by_double);
		for (size_t i = 0; i < COUNT_OF(qs); i++) {
			double want = rank(v, COUNT_OF(v), qs[i]);
			uint64_t k = (uint64_t)ceil(qs[i] * COUNT_OF(v));

			EXPECT_REAL(sketch_at(&s, k ? k : 1), want, fabs(want) * 0.01001);
		}
		sketch_free(&s);
	}
}

TEST(merged_sketches_equal_one_of_everything)
{
	Sketch all = { 0 }, parts[7] = { 0 }, merged = { 0 };

	for (int i = 0; i < 7000; i++) {
		double v = latency();

		sketch_add(&all, v, 1);
		sketch_add(&parts[i % 7], v, 1);
	}
	for (int i = 0; i < 7; i++)
		sketch_merge(&merged, &parts[i]);
	ASSERT(merged.n == all.n);
	for (size_t i = 0; i < all.n; i++)
		EXPECT(merged.at[i].key == all.at[i].key && merged.at[i].n == all.at[i].n);
	EXPECT_INT(sketch_count(&merged), 7000);
	for (int i = 0; i < 7; i++)
		sketch_free(&parts[i]);
	sketch_free(&all);
	sketch_free(&merged);
}

TEST(a_sketch_of_everything_stays_small_and_keeps_the_high_ranks)
{
	Sketch s = { 0 };

	for (int i = -3000; i <= 3000; i++)
		sketch_add(&s, exp(i * 0.02), 1);
	EXPECT(s.n <= SKETCH_BINS);
	EXPECT_INT(sketch_count(&s), 6001);
	EXPECT_REAL(sketch_at(&s, 5941), exp(2940 * 0.02), exp(2940 * 0.02) * 0.0101);
	sketch_free(&s);
}

TEST(a_sketch_written_reads_back)
{
	Sketch s = { 0 }, back = { 0 };
	AUTO(Buf) out = { 0 };
	Bytes in;

	for (int i = 0; i < 500; i++)
		sketch_add(&s, (uniform() - 0.3) * 1000, 1 + (uint32_t)(next_u64() % 5));
	sketch_add(&s, 0, 9);
	sketch_put(&s, &out);
	in = (Bytes){ (unsigned char *)out.p, (unsigned char *)out.p + out.n, false };
	ASSERT(sketch_get(&in, &back) && in.p == in.end);
	ASSERT(back.n == s.n);
	for (size_t i = 0; i < s.n; i++)
		EXPECT(back.at[i].key == s.at[i].key && back.at[i].n == s.at[i].n);
	sketch_free(&s);
	sketch_free(&back);
}

TEST(a_sketch_of_the_first_stores_is_read)
{
	Sketch s;

	ASSERT(sketch_read("AQKAQAOAIAI", &s)); /* three times 0, twice 1 */
	EXPECT_INT(sketch_count(&s), 5);
	EXPECT_REAL(sketch_at(&s, 3), 0, 0);
	EXPECT_REAL(sketch_at(&s, 4), 1, 0.01);
	sketch_free(&s);
}

TEST(a_damaged_sketch_is_refused)
{
	static const char *const bad[] = { "",    "!!",      "AQ",     "AgEB",
		                           "AQA", "AQGAQAA", "AQEAAQ", "AQGAQAEA" };
	Sketch s;

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		EXPECT(!sketch_read(bad[i], &s) ||
		       test_fail(__FILE__, __LINE__, "took '%s'", bad[i]));
}

static void same_figures(const SeriesSet *a, const SeriesSet *b, Instant from, Instant to)
{
	static const SeriesStat stats[] = { SERIES_MEAN, SERIES_P50,  SERIES_P95,  SERIES_P99,
		                            SERIES_MAX,  SERIES_MIN,  SERIES_LAST, SERIES_SUM,
		                            SERIES_RATE, SERIES_COUNT };

	for (size_t i = 0; i < COUNT_OF(stats); i++) {
		SeriesFigure x, y;
		bool has = series_stat(a, "x", stats[i], from, to, &x);

		ASSERT(series_stat(b, "x", stats[i], from, to, &y) == has);
		EXPECT_REAL(x.value, y.value, 1e-9 * (1 + fabs(x.value)));
		EXPECT_REAL(x.coverage, y.coverage, 1e-12);
		EXPECT_INT(x.count, y.count);
		EXPECT_INT(x.exact, y.exact);
		EXPECT_INT(x.first.us, y.first.us);
		EXPECT_INT(x.last.us, y.last.us);
	}
}

TEST(a_row_of_the_first_stores_that_is_damaged_is_no_bucket)
{
	Rollup good = { .series = "x",
		        .res = "1h",
		        .count = 1,
		        .sum = 2,
		        .min = 2,
		        .max = 2,
		        .first = 2,
		        .last = 2 };
	static char sketch[] = "AQE";
	AUTO(Buf) out = { 0 };
	Bucket b;
	Rollup r;
	Res res;

	good.start = good.last_at = at(0);
	r = good, r.count = 0;
	EXPECT(!rollup_bucket(&r, &res, &out));
	r = good, r.start = at(1);
	EXPECT(!rollup_bucket(&r, &res, &out));
	r = good, r.last_at = at(3600);
	EXPECT(!rollup_bucket(&r, &res, &out));
	r = good, r.sum = NAN;
	EXPECT(!rollup_bucket(&r, &res, &out));
	r = good, r.max = 3; /* two values and no sketch */
	EXPECT(!rollup_bucket(&r, &res, &out));
	r = good, (void)snprintf(r.res, sizeof r.res, "2h");
	EXPECT(!rollup_bucket(&r, &res, &out));
	r = good, r.sketch = sketch;
	EXPECT(!rollup_bucket(&r, &res, &out));
	EXPECT_INT(out.n, 0);
	EXPECT(rollup_bucket(&good, &res, &out));
	EXPECT_INT(res, RES_HOUR);
	EXPECT(bucket_read(good.start, out.p, out.n, &b));
	EXPECT_INT(b.count, 1);
	EXPECT_REAL(b.sum.hi, 2, 0);
	bucket_free(&b);
}

/* ---- stopped and started ---- */

/* The set again, from its blob. */
static SeriesSet *reborn(const SeriesSet *set)
{
	AUTO(Buf) blob = { .max = SIZE_MAX / 2 };
	SeriesSet *back;

	series_write(set, &blob);
	back = series_read(blob.p, blob.n);
	EXPECT(back != NULL);
	return back ? back : series_new();
}

TEST(a_set_that_is_written_reads_back_as_it_was)
{
	SeriesSet *set = series_new(), *back;
	Brute b = { 0 };

	series_memory_only(set);
	for (int day = 0; day < 4; day++) {
		/* Some days of everything that memory can hold; each restart in another hour. */
		for (int i = 0; i < 1100; i++)
			both(set, &b, at(day * 86400 + i * 60), latency());
		for (int i = 0; i < 500; i++)
			list_add(&b.all, ((Sample){ at(day * 86400 + 66000 + i * 60), 0.25 }));
		EXPECT(series_add_run(set, "x", at(day * 86400 + 66000), seconds(60), 500, 0.25));
		back = reborn(set);
		series_free(set);
		set = back;
		series_memory_only(set);
		compare(set, &b, at(0), at(4 * 86400), 0.0101);
		compare(set, &b, at(day * 86400 + 3600), at(4 * 86400), 0);
	}
	series_free(set);
	list_free(&b.all);
}

static void fill_alike(SeriesSet *set, Instant from, uint64_t first_seed)
{
	seed = first_seed;
	for (int i = 0; i < 20000; i++) {
		Instant t = after(from, seconds(i * 300 + (int64_t)(next_u64() % 200)));

		series_add(set, "x", t, latency());
		if (i % 7 == 0) /* a late one */
			series_add(set, "x", after(t, hours(-2)), latency());
	}
}

TEST(who_goes_on_after_a_restart_cannot_be_told_from_who_never_stopped)
{
	SeriesSet *set = series_new(), *stopped = series_new(), *back;
	Instant later = at(20000L * 300 + 7 * 3600), end = after(later, days(80));
	Instant t1, t2;
	double v1, v2;

	fill_alike(set, t0(), 3);
	fill_alike(stopped, t0(), 3);
	back = reborn(stopped);
	series_free(stopped);
	EXPECT(series_last(set, "x", &t1, &v1) && series_last(back, "x", &t2, &v2));
	EXPECT_INT(t1.us, t2.us);
	EXPECT_REAL(v1, v2, 0);
	fill_alike(set, later, 4);
	fill_alike(back, later, 4);
	for (int64_t back_h = 1; back_h < 24 * 160; back_h = back_h * 3 / 2 + 1)
		same_figures(set, back, after(end, hours(-back_h)), end);
	same_figures(set, back, after(end, days(-150)), after(end, days(-20)));
	series_free(set);
	series_free(back);
}

TEST(names_and_rhythms_outlive_a_restart)
{
	SeriesSet *set = series_new(), *back;
	SeriesFigure f;

	series_expect(set, "told", seconds(60));
	series_add(set, "once", at(0), 3);
	series_expect(set, "once", seconds(60));
	back = reborn(set);
	EXPECT_INT(series_count(back), 2);
	EXPECT_TEXT(series_at(back, 0), "told");
	EXPECT_TEXT(series_at(back, 1), "once");
	EXPECT(!series_stat(back, "told", SERIES_COUNT, at(0), at(60), &f));
	EXPECT(series_stat(back, "once", SERIES_LAST, at(0), at(60), &f));
	EXPECT_REAL(f.coverage, 1, 0); /* one sample stands for its minute */
	series_free(back);
	series_free(set);
}

TEST(a_set_that_is_damaged_is_not_read)
{
	SeriesSet *set = series_new(), *back;
	AUTO(Buf) blob = { 0 };

	for (int i = 0; i < 700; i++)
		series_add(set, "x", at(i * 600), latency());
	series_write(set, &blob);
	for (size_t i = 0; i < blob.n; i += 7) {
		blob.p[i] = (char)(blob.p[i] ^ 0x20);
		EXPECT(!series_read(blob.p, blob.n));
		blob.p[i] = (char)(blob.p[i] ^ 0x20);
		EXPECT(!series_read(blob.p, i));
	}
	back = series_read(blob.p, blob.n);
	EXPECT(back != NULL);
	series_free(back);
	series_free(set);
}

TEST(trimming_forgets_what_is_past_its_time)
{
	SeriesSet *set = series_new();
	SeriesFigure f;
	Brute b = { 0 };

	fill_days(set, &b, 2);
	series_trim(set, at(200L * 86400));
	EXPECT(series_stat(set, "x", SERIES_COUNT, at(-86400), at(30 * 86400), &f));
	EXPECT(!f.exact);
	EXPECT_INT(f.count, b.all.n); /* as a month */
	series_trim(set, at(30L * 366 * 86400));
	EXPECT(!series_stat(set, "x", SERIES_COUNT, at(0), at(2 * 86400), &f));
	/* and it starts anew */
	EXPECT(series_add(set, "x", at(30L * 366 * 86400), 4));
	EXPECT_REAL(fig(set, SERIES_SUM, at(0), at(31L * 366 * 86400)), 4, 0);
	series_free(set);
	list_free(&b.all);
}

TEST(a_store_that_takes_nothing_costs_bounded_memory)
{
	SeriesSet *set = series_new();

	for (int i = 0; i < 200100; i++)
		series_add(set, "x", at(i), 1);
	EXPECT_INT(series_lost(set), 100);
	series_free(set);
}

/* ---- runs of equal samples ---- */

TEST(a_run_of_equal_samples_is_the_same_as_each_of_them)
{
	static const struct {
		int64_t every_s, told_s;
		uint64_t n;
	} rows[] = { { 1, 1, 90000 },  { 30, 30, 9000 }, { 30, 0, 9000 },   { 60, 60, 100000 },
		     { 60, 10, 4000 }, { 600, 0, 5000 }, { 7200, 0, 900 },  { 86400, 86400, 300 },
		     { 45, 0, 1 },     { 45, 45, 2 },    { 17, 300, 77777 } };

	for (size_t r = 0; r < COUNT_OF(rows); r++) {
		SeriesSet *one = series_new(), *run = series_new();
		Duration every = seconds(rows[r].every_s);
		Instant t = at(5), end;

		series_memory_only(run);
		series_expect(one, "x", seconds(rows[r].told_s));
		series_expect(run, "x", seconds(rows[r].told_s));
		for (int round = 0; round < 3; round++) {
			for (int i = 0; i < 40; i++) { /* something that changes, then a row */
				double v = latency();

				EXPECT(series_add(one, "x", t, v));
				EXPECT(series_add(run, "x", t, v));
				t = after(t, every);
			}
			EXPECT(series_add_run(run, "x", t, every, rows[r].n, 0.05 * round));
			for (uint64_t i = 0; i < rows[r].n; i++, t = after(t, every))
				EXPECT(series_add(one, "x", t, 0.05 * round));
			series_trim(one, t);
			series_trim(run, t);
		}
		end = t;
		for (int64_t back_h = 1; back_h < 24 * 365; back_h = back_h * 3 / 2 + 1)
			same_figures(one, run, after(end, hours(-back_h)), end);
		same_figures(one, run, t0(), end);
		same_figures(one, run, after(end, hours(-30)), after(end, hours(-3)));
		series_free(one);
		series_free(run);
	}
}

TEST(a_run_is_refused_like_its_samples)
{
	SeriesSet *set = series_new();

	EXPECT(!series_add_run(set, "x", at(0), seconds(1), 5, NAN));
	EXPECT(!series_add_run(set, "x", at(0), seconds(0), 5, 1));
	EXPECT(!series_add_run(set, "", at(0), seconds(1), 5, 1));
	EXPECT(series_add_run(set, "x", at(0), seconds(1), 0, 1));
	EXPECT_INT(series_count(set), 1);
	series_free(set);
}

TEST(a_run_waits_for_the_keeper_sample_by_sample_unless_memory_is_all)
{
	for (int memory_only = 0; memory_only < 2; memory_only++) {
		SeriesSet *set = series_new();

		if (memory_only)
			series_memory_only(set);
		EXPECT(series_add_run(set, "x", at(0), seconds(1), 200100, 1));
		EXPECT_INT(series_lost(set), memory_only ? 0 : 100);
		series_free(set);
	}
}
