/* Figures over a window: exact from raw samples where these reach, from buckets before. */
#include "series/series_private.h"

#include <math.h>
#include <stdlib.h>

/* What a window adds up to. */
typedef struct Sum {
	uint64_t count;
	double sum, min, max, increase, last;
	Instant first_at, last_at;
	int64_t covered_us;
	bool rolled;         /* some of it came from buckets */
	LIST(double) values; /* raw ones, when wanted */
	Sketch sketch;       /* of the buckets, when wanted */
	bool wants_quantile;
} Sum;

static void sum_free(Sum *m)
{
	list_free(&m->values);
	sketch_free(&m->sketch);
}

static void extend(Sum *m, double min, double max, Instant at, Instant last_at)
{
	m->min = m->count == 0 || min < m->min ? min : m->min;
	m->max = m->count == 0 || max > m->max ? max : m->max;
	if (m->count == 0)
		m->first_at = at;
	m->last_at = last_at;
}

/* A counter's step; a fall is a restart from zero. */
static double step(double before, double now) { return now >= before ? now - before : now; }

static void take_bucket(Sum *m, const Bucket *b)
{
	if (b->count == 0)
		return;
	if (m->count)
		m->increase += step(m->last, b->first);
	extend(m, b->min, b->max, b->start, b->last_at);
	m->increase += b->increase;
	m->count += b->count;
	m->sum += b->sum;
	m->last = b->last;
	m->covered_us += b->covered.us;
	m->rolled = true;
	if (m->wants_quantile)
		bucket_sketch(b, &m->sketch);
}

static Duration half_of(Res r)
{
	static const int minutes_[RES_KINDS] = { 0, 30, 12 * 60, 15 * 24 * 60 };

	return r == RES_MINUTE ? seconds(30) : minutes(minutes_[r]);
}

/* A bucket on the edge of a window belongs to the side that has its middle, so that
 * neighbouring windows share out all of them. */
static void take_level(Sum *m, const Series *s, Res r, Instant from, Instant to)
{
	const Level *l = &s->levels[r];
	Duration half = duration_us(-half_of(r).us);
	Instant last = after(to, half);

	for (size_t i = level_find(l, after(from, half)); i < l->buckets.n; i++) {
		if (!earlier(l->buckets.at[i].start, last))
			break;
		take_bucket(m, &l->buckets.at[i]);
	}
}

static void take_raw(Sum *m, const Series *s, Instant from, Instant to)
{
	size_t i = raw_find(s, from), n = raw_n(s);

	for (; i < n && earlier(raw_at(s, i)->at, to); i++) {
		const Raw *r = raw_at(s, i);
		Duration gap = i ? between(raw_at(s, i - 1)->at, r->at) : duration_us(-1);
		int64_t covers = series_covers(s, gap).us, room = between(from, r->at).us;

		if (m->count)
			m->increase += step(m->last, r->value);
		extend(m, r->value, r->value, r->at, r->at);
		m->count++;
		m->sum += r->value;
		m->last = r->value;
		m->covered_us += covers < room ? covers : room;
		if (m->wants_quantile)
			list_add(&m->values, r->value);
	}
}

/* The time between the window's last sample and its end: measured when the next sample came in
 * time, or as long as it is not late yet. */
static void take_tail(Sum *m, const Series *s, Instant to)
{
	size_t i = raw_find(s, to);
	int64_t tail = between(m->last_at, to).us, covers = s->every.us;

	if (m->count == 0 || raw_n(s) == 0 || earlier(m->last_at, raw_at(s, 0)->at))
		return;
	if (i < raw_n(s))
		covers = series_covers(s, between(m->last_at, raw_at(s, i)->at)).us;
	m->covered_us += covers < tail ? covers : tail;
}

/* Up to where hours are needed: fine data may begin in the middle of one. */
static Instant fine_edge(const Series *s)
{
	Instant start;

	if (!is_set(s->fine_from))
		return s->fine_from;
	start = res_start(RES_HOUR, s->fine_from);
	return start.us == s->fine_from.us ? start : after(start, hours(1));
}

/* From where on a level has all there was: what it dropped, or what was dropped before a
 * restart, is in the coarser one, which then begins earlier. Aligned to the coarser. */
static Instant whole_from(const Series *s, Res r, Res coarser)
{
	const Level *l = &s->levels[r], *c = &s->levels[coarser];
	Instant first, start;

	/* Nothing left: whatever there was is in the coarser ones. */
	if (l->buckets.n == 0)
		return NEVER;
	first = l->buckets.at[0].start;
	start = res_start(coarser, first);
	if (c->buckets.n == 0 || !earlier(c->buckets.at[0].start, start))
		return l->kept_from;
	if (start.us < first.us)
		start = res_start(coarser, after(start, days(coarser == RES_MONTH ? 31 : 1)));
	return latest(l->kept_from, start);
}

static void take_coarse(Sum *m, const Series *s, Instant from, Instant to)
{
	Instant hours_from = whole_from(s, RES_HOUR, RES_DAY);
	Instant days_from = earliest(whole_from(s, RES_DAY, RES_MONTH), hours_from);

	take_level(m, s, RES_MONTH, from, earliest(to, days_from));
	take_level(m, s, RES_DAY, latest(from, days_from), earliest(to, hours_from));
	take_level(m, s, RES_HOUR, latest(from, hours_from), to);
}

static void sum_up(const Series *s, Instant from, Instant to, Sum *m)
{
	Instant edge = fine_edge(s), fine;

	/* Wholly inside what is fine, hours are not needed even when it begins in one. Where
	 * nothing fine is left, the last samples are in buckets only. */
	if (raw_n(s) == 0 && s->levels[RES_MINUTE].buckets.n == 0)
		edge = NEVER;
	else if (!earlier(from, s->fine_from))
		edge = from;
	if (earlier(from, edge))
		take_coarse(m, s, from, earliest(to, edge));
	fine = latest(from, edge);
	if (earlier(fine, to)) {
		take_level(m, s, RES_MINUTE, fine, to);
		take_raw(m, s, fine, to);
		take_tail(m, s, to);
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double clamp(double x, double min, double max) { return x < min ? min : x > max ? max : x; }

/* Nearest rank: the smallest value with at least q·n values not above it. */
static double quantile(Sum *m, double q)
{
	uint64_t k = (uint64_t)ceil(q * (double)m->count - 1e-9);

	k = k < 1 ? 1 : k > m->count ? m->count : k;
	if (!m->rolled) {
		qsort(m->values.at, m->values.n, sizeof *m->values.at, by_value);
		return m->values.at[k - 1];
	}
	for (size_t i = 0; i < m->values.n; i++)
		sketch_add(&m->sketch, m->values.at[i], 1);
	return clamp(sketch_at(&m->sketch, k), m->min, m->max);
}

static double rate(const Sum *m)
{
	int64_t us = between(m->first_at, m->last_at).us;

	return us > 0 ? m->increase / ((double)us / 1e6) : 0;
}

static double rank_of(SeriesStat stat)
{
	return stat == SERIES_P50   ? 0.5
	       : stat == SERIES_P95 ? 0.95
	       : stat == SERIES_P99 ? 0.99
	                            : -1;
}

static double value_of(const Sum *m, SeriesStat stat)
{
	switch (stat) {
	case SERIES_MEAN: return m->sum / (double)m->count;
	case SERIES_MAX: return m->max;
	case SERIES_MIN: return m->min;
	case SERIES_LAST: return m->last;
	case SERIES_SUM: return m->sum;
	case SERIES_RATE: return rate(m);
	case SERIES_P50:
	case SERIES_P95:
	case SERIES_P99:
	case SERIES_COUNT: break;
	}
	return (double)m->count;
}

/* `q` below 0: no quantile. */
static bool figure(const SeriesSet *set, const char *name, SeriesStat stat, double q, Instant from,
                   Instant to, SeriesFigure *out)
{
	const Series *s = series_find(set, name);
	Sum m = { .wants_quantile = q >= 0 };
	double window = (double)between(from, to).us;
	bool enough;

	*out = (SeriesFigure){ .first = LONG_AGO, .last = LONG_AGO };
	if (!s || !earlier(from, to))
		return false;
	sum_up(s, from, to, &m);
	enough = m.count > (stat == SERIES_RATE ? 1 : 0);
	if (m.count) {
		out->value = !enough ? 0 : q >= 0 ? quantile(&m, q) : value_of(&m, stat);
		out->count = m.count;
		out->coverage = clamp((double)m.covered_us / window, 0, 1);
		out->exact = !m.rolled;
		out->first = m.first_at;
		out->last = m.last_at;
	}
	sum_free(&m);
	return enough;
}

bool series_stat(const SeriesSet *set, const char *name, SeriesStat stat, Instant from, Instant to,
                 SeriesFigure *out)
{
	return figure(set, name, stat, rank_of(stat), from, to, out);
}

bool series_quantile(const SeriesSet *set, const char *name, double q, Instant from, Instant to,
                     SeriesFigure *out)
{
	return figure(set, name, SERIES_P50, clamp(q, 0, 1), from, to, out);
}

size_t series_points(const SeriesSet *set, const char *name, SeriesStat stat, Instant from,
                     Instant to, Duration step_, SeriesFigure *out, size_t cap)
{
	size_t n = 0;

	if (step_.us <= 0)
		return 0;
	for (Instant t = from; earlier(t, to) && n < cap; t = after(t, step_))
		(void)series_stat(set, name, stat, t, earliest(after(t, step_), to), &out[n++]);
	return n;
}
