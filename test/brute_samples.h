/* The store's figures against a list and a sort: random samples of many series, some of them
 * late and some twice, through heads, log, chunks, roll-ups and upkeep, with the store closed
 * and opened between. Run with a million by the tests of store/ and with ten by the bench. */
#pragma once
#include "core/alloc.h"
#include "core/list.h"
#include "series/keep.h"
#include "store/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BRUTE_T0 = 1790035200, BRUTE_DAY = 86400, BRUTE_REOPENS = 5 }; /* a midnight */

typedef struct BruteLate {
	Sample sample;
	uint32_t series;
	uint64_t due; /* minute in which it comes */
} BruteLate;

typedef LIST(Sample) BruteSamples;

typedef struct Brute {
	const char *path;
	uint64_t dice, series_n, minutes;
	Store *store;
	Batch *batch;
	SampleSink sink;
	SampleSource source;
	SeriesSet *set;
	Series **series;
	BruteSamples *all; /* by series */
	LIST(BruteLate) late;
	double owed;
	uint64_t put, lates, twice, figures, rolled;
	double worst; /* relative error of a rank from roll-ups */
	Err err;
	char why[640]; /* empty: all is the same so far */
} Brute;

static uint64_t brute_roll(Brute *b, uint64_t below)
{
	b->dice ^= b->dice << 13;
	b->dice ^= b->dice >> 7;
	b->dice ^= b->dice << 17;
	return b->dice % below;
}

static bool brute_name(void *ctx, uint32_t number, const char *name)
{
	return series_load_name(ctx, number, name);
}

static bool brute_log(void *ctx, uint64_t seq, const void *p, size_t n)
{
	return series_load_log(ctx, seq, p, n);
}

static bool brute_open(Brute *b)
{
	size_t bad = 0;

	b->set = series_new();
	b->batch = batch_new();
	if (!store_open(&(StoreOptions){ .path = b->path }, &b->store, &b->err))
		return false;
	b->sink = batch_sink(b->batch);
	b->source = store_source(b->store);
	series_source(b->set, &b->source);
	if (!store_names(b->store, brute_name, b->set, &b->err) ||
	    !store_log(b->store, brute_log, b->set, &bad, &b->err) || bad)
		return false;
	for (uint64_t i = 0; i < b->series_n; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "kind%d{c%d}", (int)(i % 4), (int)i);
		b->series[i] = series_named(b->set, name);
	}
	return true;
}

/* As a kill leaves it: what was not committed is gone, and nothing is closed before. */
static void brute_close(Brute *b)
{
	series_free(b->set);
	batch_free(b->batch);
	store_close(b->store);
}

static bool brute_commit(Brute *b, uint64_t minute)
{
	Instant now = { (BRUTE_T0 + (int64_t)(minute + 1) * 60) * 1000000 };

	series_save(b->set, &b->sink, now);
	if (!store_commit(b->store, b->batch, &b->err))
		return false;
	b->owed += (double)b->series_n / 288;
	if (b->owed < 8)
		return true;
	if (!store_tend(b->store, now, &store_keep_ours, (uint32_t)b->owed, &b->err))
		return false;
	b->owed -= floor(b->owed);
	return true;
}

/* A latency in whole µs, a counter that falls back now and then, any double, and an up. */
static double brute_value(Brute *b, uint64_t series, uint64_t minute)
{
	double u = (double)(brute_roll(b, 1 << 30) + 1) / (1 << 30);

	switch (series % 4) {
	case 0: return rint(20000 * exp(-log(u))) / 1e6;
	case 1: return (double)(minute % 3000) * 17 + (double)brute_roll(b, 17);
	case 2: return exp(6 * u - 3) * (1 + u / 3);
	default: return brute_roll(b, 50) != 0;
	}
}

static void brute_put(Brute *b, uint64_t i, Sample s)
{
	if (!series_put(b->set, b->series[i], s.at, s.value))
		(void)snprintf(b->why, sizeof b->why, "a sample of series %d is not taken", (int)i);
	list_add(&b->all[i], s);
	b->put++;
}

static void brute_late(Brute *b, uint64_t minute)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->late.n; i++) {
		BruteLate l = b->late.at[i];

		if (l.due <= minute)
			brute_put(b, l.series, l.sample);
		else
			b->late.at[kept++] = l;
	}
	b->late.n = kept;
}

static void brute_minute(Brute *b, uint64_t minute)
{
	for (uint64_t i = 0; i < b->series_n; i++) {
		int64_t us = (BRUTE_T0 + (int64_t)minute * 60) * 1000000 +
		             (int64_t)brute_roll(b, i % 3 ? 30000 : 30) * 1000 +
		             (i % 5 ? 0 : (int64_t)brute_roll(b, 1000));
		Sample s = { { us }, brute_value(b, i, minute) };

		if (brute_roll(b, 50) == 0) {
			BruteLate l = { s, (uint32_t)i, minute + 1 + brute_roll(b, 1500) };

			list_add(&b->late, l);
			b->lates++;
			continue;
		}
		brute_put(b, i, s);
		if (brute_roll(b, 100) == 0) {
			brute_put(b, i, s);
			b->twice++;
		}
	}
	brute_late(b, minute);
}

/* ---- figures ---- */

static int brute_by_time(const void *x, const void *y)
{
	const Sample *a = x, *b = y;

	return (a->at.us > b->at.us) - (a->at.us < b->at.us);
}

static int brute_by_value(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

typedef struct BruteWant {
	uint64_t n;
	double sum, min, max, rate, p50, p95, p99;
} BruteWant;

static double brute_rank(const double *v, size_t n, uint64_t percent)
{
	return v[(n * percent + 99) / 100 - 1];
}

static BruteWant brute_want(const BruteSamples *all, Instant from, Instant to)
{
	double *v = mem_new((all->n + 1) * sizeof *v);
	BruteWant w = { 0 };
	long double sum = 0, up = 0;
	size_t i = 0, first;

	while (i < all->n && all->at[i].at.us < from.us)
		i++;
	for (first = i; i < all->n && all->at[i].at.us < to.us; i++) {
		double x = all->at[i].value, before = i > first ? all->at[i - 1].value : x;

		v[w.n++] = x;
		sum += x;
		up += x >= before ? x - before : x;
	}
	if (w.n) {
		double s = (double)(all->at[i - 1].at.us - all->at[first].at.us) / 1e6;

		qsort(v, w.n, sizeof *v, brute_by_value);
		w.sum = (double)sum;
		w.min = v[0];
		w.max = v[w.n - 1];
		w.rate = s > 0 ? (double)up / s : 0;
		w.p50 = brute_rank(v, w.n, 50);
		w.p95 = brute_rank(v, w.n, 95);
		w.p99 = brute_rank(v, w.n, 99);
	}
	mem_free(v);
	return w;
}

static void brute_expect(Brute *b, const char *what, uint64_t series, double got, double want,
                         double within, Instant from, Instant to)
{
	double off = fabs(got - want);

	b->figures++;
	if (off > within * fabs(want) && !b->why[0])
		(void)snprintf(b->why, sizeof b->why,
		               "%s of series %d, %lld … %lld: %.17g, not %.17g", what, (int)series,
		               (long long)(from.us / 1000000 - BRUTE_T0),
		               (long long)(to.us / 1000000 - BRUTE_T0), got, want);
}

/* A count, an extreme and a rank of samples are the same to the last bit; a sum, a mean and a
 * rate to the rounding of their additions. */
static void brute_window(Brute *b, uint64_t i, Instant from, Instant to, bool exact)
{
	static const SeriesStat stats[] = { SERIES_COUNT, SERIES_SUM,  SERIES_MIN,
		                            SERIES_MAX,   SERIES_MEAN, SERIES_P50,
		                            SERIES_P95,   SERIES_P99,  SERIES_RATE };
	BruteWant w = brute_want(&b->all[i], from, to);
	double wants[] = { (double)w.n, w.sum, w.min, w.max, w.n ? w.sum / (double)w.n : 0,
		           w.p50,       w.p95, w.p99, w.rate };
	static const char *const names[] = { "count", "sum", "min", "max", "mean",
		                             "p50",   "p95", "p99", "rate" };
	SeriesFigure got[9];
	bool enough[9];
	char name[32];
	SeriesView *v;

	(void)snprintf(name, sizeof name, "kind%d{c%d}", (int)(i % 4), (int)i);
	v = series_view(b->set, name);
	if (!v || !series_view_stats(v, &b->source, stats, 9, from, to, exact, got, enough)) {
		(void)snprintf(b->why, sizeof b->why, "series %d cannot be asked", (int)i);
	} else if (w.n > 1) {
		if (exact && !got[0].exact)
			(void)snprintf(b->why, sizeof b->why,
			               "series %d, %lld … %lld is not exact: %d of %d", (int)i,
			               (long long)(from.us / 1000000 - BRUTE_T0),
			               (long long)(to.us / 1000000 - BRUTE_T0), (int)got[0].count,
			               (int)w.n);
		b->rolled += !got[0].exact;
		for (size_t k = 0; k < 9; k++) {
			bool is_rank = k >= 5 && k <= 7, rough = !got[k].exact && is_rank;

			if (rough && wants[k] > 0)
				b->worst = fmax(b->worst, fabs(got[k].value / wants[k] - 1));
			/* Of buckets a late sample's place in the order is not known. */
			if (k == 8 && !got[k].exact)
				continue;
			brute_expect(b, names[k], i, enough[k] ? got[k].value : NAN, wants[k],
			             rough                        ? 0.01 * (1 + 1e-9)
			             : k == 1 || k == 4 || k == 8 ? 1e-12
			                                          : 0,
			             from, to);
			if (!enough[k] && !b->why[0])
				(void)snprintf(b->why, sizeof b->why, "no %s of series %d",
				               names[k], (int)i);
		}
	}
	series_view_free(v);
}

static void brute_ask(Brute *b, uint64_t minute)
{
	int64_t end = BRUTE_T0 + (int64_t)(minute + 1) * 60;
	int64_t days_n = (end - BRUTE_T0) / BRUTE_DAY;

	for (uint64_t i = 0; i < b->series_n && !b->why[0]; i++) {
		int64_t a = (int64_t)brute_roll(b, (uint64_t)(end - BRUTE_T0));
		int64_t n = (int64_t)brute_roll(b, (uint64_t)(end - BRUTE_T0 - a)) + 1;
		int64_t day = days_n ? (int64_t)brute_roll(b, (uint64_t)days_n) : 0;
		Instant whole = { (int64_t)BRUTE_T0 * 1000000 }, to = { end * 1000000 },
		        from = { (BRUTE_T0 + a) * 1000000 },
		        midnight = { (BRUTE_T0 + day * BRUTE_DAY) * 1000000 };

		qsort(b->all[i].at, b->all[i].n, sizeof *b->all[i].at, brute_by_time);
		brute_window(b, i, whole, to, true);
		brute_window(b, i, from, after(from, seconds(n)), true);
		brute_window(b, i, after(to, minutes(-5)), to, false);
		brute_window(b, i, midnight, to, false);
	}
}

/* `n` samples of as many series in the store at `path`, which must not be there yet. */
static bool brute_run(Brute *b, const char *path, uint64_t n, uint64_t series_n)
{
	bool ok;

	*b = (Brute){ .path = path,
		      .dice = 88172645463325252u,
		      .series_n = series_n,
		      .minutes = n / series_n };
	b->series = mem_new(series_n * sizeof *b->series);
	b->all = mem_new(series_n * sizeof *b->all);
	memset(b->all, 0, series_n * sizeof *b->all);
	ok = brute_open(b);
	for (uint64_t minute = 0; ok && minute < b->minutes && !b->why[0]; minute++) {
		brute_minute(b, minute);
		if (minute % 5 == 4 || minute + 1 == b->minutes)
			ok = brute_commit(b, minute);
		if ((minute + 1) % (b->minutes / BRUTE_REOPENS) != 0)
			continue;
		ok = ok && brute_commit(b, minute);
		brute_ask(b, minute);
		brute_close(b);
		ok = brute_open(b) && ok;
		if (ok)
			brute_ask(b, minute);
	}
	brute_close(b);
	if (!ok && !b->why[0])
		(void)snprintf(b->why, sizeof b->why, "%s", b->err.message);
	for (uint64_t i = 0; i < series_n; i++)
		list_free(&b->all[i]);
	list_free(&b->late);
	mem_free(b->series);
	mem_free(b->all);
	return b->why[0] == '\0';
}
