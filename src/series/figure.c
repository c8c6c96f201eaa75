/* Figures over a window: exact from samples where these reach, from buckets before.
 *
 * A window is cut at whole months, days and hours: the coarsest buckets that lie wholly in it
 * count, the finer ones make up its edges. Where the finer ones are no longer kept, a bucket
 * on the edge belongs to the side that has its middle, so that neighbouring windows share out
 * all of them. */
#include "series/series_private.h"

#include <math.h>

/* What a window adds up to. */
typedef struct Sum {
	const Series *s;
	const SampleSource *source;
	Instant from[RES_KINDS], until[RES_KINDS]; /* buckets are complete from … until */
	Instant raw_from;                          /* samples are used from here on */
	uint64_t count;
	double sum, min, max, increase, last;
	Instant first_at, last_at;
	int64_t covered_us, down_us;
	bool rolled;   /* some of it came from buckets */
	bool last_raw; /* its last sample did not */
	bool failed;
	Picks raw;     /* values of samples, when wanted */
	Sketch sketch; /* of the buckets, when wanted */
	Sketch bins;   /* of the one that is being read */
	bool wants_quantile;
} Sum;

static void sum_free(Sum *m)
{
	picks_free(&m->raw);
	sketch_free(&m->sketch);
	sketch_free(&m->bins);
}

static void take_bucket(Sum *m, const Bucket *b)
{
	if (b->count == 0)
		return;
	if (m->count)
		m->increase += counter_step(m->last, b->first);
	m->min = m->count == 0 || b->min < m->min ? b->min : m->min;
	m->max = m->count == 0 || b->max > m->max ? b->max : m->max;
	if (m->count == 0)
		m->first_at = b->start;
	m->last_at = b->last_at;
	m->increase += b->increase;
	m->count += b->count;
	m->sum += b->sum.hi;
	m->last = b->last;
	m->covered_us += b->covered.us;
	m->down_us += b->down.us;
	m->rolled = true;
	m->last_raw = false;
}

static bool take_blob(void *arg, Instant start, const void *p, size_t n)
{
	Sum *m = arg;
	Bucket b;

	if (!bucket_facts(start, p, n, &b, m->wants_quantile ? &m->bins : NULL)) {
		m->failed = true;
		return false;
	}
	take_bucket(m, &b);
	if (m->wants_quantile && m->bins.n)
		sketch_merge(&m->sketch, &m->bins);
	else if (m->wants_quantile)
		sketch_add(&m->sketch, b.min, (uint32_t)b.count);
	return true;
}

static Duration half_of(Res r)
{
	static const int minutes_[RES_KINDS] = { 0, 30, 12 * 60, 15 * 24 * 60 };

	return r == RES_MINUTE ? seconds(30) : minutes(minutes_[r]);
}

/* Buckets whose middle is in [from, to). */
static void take_level(Sum *m, Res r, Instant from, Instant to)
{
	Duration half = duration_us(-half_of(r).us);
	Instant first = after(from, half), end = after(to, half);
	const Level *l;

	if (m->source) {
		if (!m->source->rollups(m->source->ctx, m->s->number, r, first, end, take_blob, m))
			m->failed = true;
		return;
	}
	l = &m->s->levels->at[r];
	for (size_t i = level_find(l, first); i < l->buckets.n; i++) {
		if (!earlier(l->buckets.at[i].start, end))
			break;
		take_bucket(m, &l->buckets.at[i]);
		if (m->wants_quantile && l->buckets.at[i].count)
			bucket_sketch(&l->buckets.at[i], &m->sketch);
	}
}

static void want_values(Sum *m, const Sample *at, size_t n)
{
	double *values = picks_room(&m->raw, n);

	for (size_t i = 0; i < n; i++)
		values[i] = at[i].value;
	m->raw.values.n += n;
}

/* n samples, one after the other; `before`: the time of the one before the first of them,
 * LONG_AGO: there is none. */
static void take_samples(Sum *m, const Sample *at, size_t n, Instant before, Instant from)
{
	double sum = 0, min = at[0].value, max = min, increase = 0, last = m->last;
	int64_t covered = 0, down = 0, every = m->s->every.us;
	int64_t most = every ? COVER_GAPS * every : INT64_MAX;
	Instant last_at = before;

	if (m->count == 0) {
		m->first_at = at[0].at;
		last = at[0].value;
		m->min = m->max = at[0].value;
	}
	/* Two loops without a branch that noise could take either way. */
	for (size_t i = 0; i < n; i++) {
		bool has = i || is_set(before);
		int64_t gap = has ? (int64_t)((uint64_t)at[i].at.us - (uint64_t)last_at.us) : -1;
		int64_t covers = gap >= 0 && gap <= most ? gap : every;

		if (i == 0)
			covers = covers < between(from, at[0].at).us ? covers
			                                             : between(from, at[0].at).us;
		covered += covers;
		down += at[i].value == 0 ? covers : 0;
		last_at = at[i].at;
	}
	for (size_t i = 0; i < n; i++) {
		double v = at[i].value;

		increase += v - (v >= last ? last : 0);
		sum += v;
		min = v < min ? v : min;
		max = v > max ? v : max;
		last = v;
	}
	m->min = min < m->min ? min : m->min;
	m->max = max > m->max ? max : m->max;
	m->sum += sum;
	m->increase += increase;
	m->covered_us += covered;
	m->down_us += down;
	m->count += n;
	m->last = last;
	m->last_at = last_at;
	m->last_raw = true;
}

/* The time between the window's last sample and its end: measured when the next sample came in
 * time, or as long as it is not late yet. */
static void take_tail(Sum *m, Instant next, Instant to)
{
	int64_t tail = between(m->last_at, to).us, covers = m->s->every.us;

	if (m->count == 0 || !m->last_raw)
		return;
	if (is_set(next))
		covers = series_covers(m->s, between(m->last_at, next)).us;
	covers = covers < tail ? covers : tail;
	m->covered_us += covers;
	m->down_us += m->last == 0 ? covers : 0;
}

/* What a chunk's samples cover, of which the first begins `first` after the window or after
 * the one before. False: that needs one by one. */
static bool cover_columns(Sum *m, const ChunkColumns *c, int64_t first, bool zeros)
{
	int64_t every = m->s->every.us, most = every ? COVER_GAPS * every : INT64_MAX;
	int64_t covered = first, down = c->m[0] == 0 ? first : 0;
	size_t n = c->facts.n;

	if (c->longest.us <= most && (c->even || !zeros)) {
		covered += between(c->first, c->last).us;
		down = zeros ? covered : 0;
	} else if (c->has_times) {
		for (size_t i = 1; i < n; i++) {
			int64_t gap = (int64_t)(c->at[i] - c->at[i - 1]);
			int64_t covers = gap <= most ? gap : every;

			covered += covers;
			down += c->m[c->even ? 0 : i] == 0 ? covers : 0;
		}
	} else {
		return false;
	}
	m->covered_us += covered;
	m->down_us += down;
	return true;
}

static void increase_columns(Sum *m, const ChunkColumns *c)
{
	uint64_t increase = 0;

	for (size_t i = 1; i < c->facts.n && !c->even; i++)
		increase += (uint64_t)(c->m[i] - (c->m[i] >= c->m[i - 1] ? c->m[i - 1] : 0));
	if (m->count)
		m->increase += counter_step(m->last, decimal_value(c->m[0], c->power));
	m->increase += (double)(int64_t)increase / decimal_power[c->power];
}

/* A chunk that stands alone, as the integers it has. False: it was not taken. */
static bool take_columns(Sum *m, const ChunkColumns *c, Instant before, Instant from)
{
	size_t n = c->facts.n;
	int64_t gap = is_set(before) ? between(before, c->first).us : -1, first;
	int64_t min = c->m[0], max = min, every = m->s->every.us;
	uint64_t sum = 0;
	bool zeros = min == 0;

	if (!c->ordered || c->is_bits)
		return false;
	for (size_t i = 0; i < n && !c->even; i++) {
		int64_t v = c->m[i];

		sum += (uint64_t)v;
		zeros |= v == 0;
		min = v < min ? v : min;
		max = v > max ? v : max;
	}
	/* 512 integers of 51 bits: no sum of them leaves 60. */
	if (min < -(INT64_C(1) << 52) || max > INT64_C(1) << 52)
		return false;
	first = gap >= 0 && (every == 0 || gap <= COVER_GAPS * every) ? gap : every;
	if (first > between(from, c->first).us)
		first = between(from, c->first).us;
	if (!cover_columns(m, c, first, zeros))
		return false;
	increase_columns(m, c);
	sum = c->even ? n * (uint64_t)c->m[0] : sum;
	m->min = m->count ? fmin(m->min, decimal_value(min, c->power))
	                  : decimal_value(min, c->power);
	m->max = m->count ? fmax(m->max, decimal_value(max, c->power))
	                  : decimal_value(max, c->power);
	m->sum += (double)(int64_t)sum / decimal_power[c->power];
	m->first_at = m->count ? m->first_at : c->first;
	m->count += n;
	m->last = decimal_value(c->m[c->even ? 0 : n - 1], c->power);
	m->last_at = c->last;
	m->last_raw = true;
	if (m->wants_quantile)
		picks_whole(&m->raw, c->m, n, c->even, c->power);
	return true;
}

/* What is in [from, to) of samples in order; *before and *next: those around it. */
static void take_group(Sum *m, const Samples *all, Instant from, Instant to, Instant *before,
                       Instant *next)
{
	size_t i = 0, j;

	for (; i < all->n && earlier(all->at[i].at, from); i++)
		*before = all->at[i].at;
	for (j = all->n; j > i && !earlier(all->at[j - 1].at, to);)
		j--;
	if (j < all->n && !is_set(*next))
		*next = all->at[j].at;
	if (j == i)
		return;
	take_samples(m, all->at + i, j - i, *before, from);
	*before = all->at[j - 1].at;
	if (m->wants_quantile)
		want_values(m, all->at + i, j - i);
}

/* Samples of [from, to), and those just before and after it, for what they cover. */
static void take_raw(Sum *m, Instant from, Instant to, bool is_end)
{
	Duration around = m->s->every.us ? duration_us(COVER_GAPS * m->s->every.us) : days(1);
	Instant before = LONG_AGO, next = LONG_AGO;
	Samples all = { 0 };
	ChunkColumns c;
	Parts parts;

	if (!parts_of(m->s, m->source, after(from, duration_us(-around.us)), after(to, around),
	              &parts))
		m->failed = true;
	for (size_t i = 0, n, size; i < parts.list.n; i += n) {
		const void *p = NULL;

		n = parts_group(&parts, i);
		if (n == 1)
			p = part_chunk(&parts, i, from, to, &size);
		if (p && chunk_columns(p, size, &c, NULL) && take_columns(m, &c, before, from)) {
			before = c.last;
			continue;
		}
		all.n = 0;
		if (!parts_samples(&parts, i, n, &all))
			m->failed = true;
		take_group(m, &all, from, to, &before, &next);
	}
	if (is_end)
		take_tail(m, next, to);
	list_free(&all);
	parts_free(&parts);
}

/* Samples that came after their hour was rolled up, and wait for it to be made anew. */
static void take_late(Sum *m, Instant from, Instant to)
{
	Samples late = { 0 };

	gather_unrolled(m->s, from, earliest(to, m->raw_from), &late);
	for (size_t i = 0; i < late.n; i++) {
		double v = late.at[i].value;

		m->min = m->count == 0 || v < m->min ? v : m->min;
		m->max = m->count == 0 || v > m->max ? v : m->max;
		if (m->count++ == 0) {
			m->first_at = m->last_at = late.at[i].at;
			m->last = v;
		}
		m->sum += v;
	}
	m->rolled = m->rolled || late.n;
	if (m->wants_quantile && late.n)
		want_values(m, late.at, late.n);
	list_free(&late);
}

static Instant up_to_whole(Res r, Instant t)
{
	return !is_set(t) || res_start(r, t).us == t.us ? t : res_end(r, t);
}

/* [from, to) in buckets of r and finer; `is_end`: the window ends at `to`. */
static void take(Sum *m, int r, Instant from, Instant to, bool is_end)
{
	Instant finer, a, b;

	if (!earlier(from, to))
		return;
	if (r < 0) {
		take_raw(m, from, to, is_end);
		return;
	}
	finer = r > RES_MINUTE ? m->from[r - 1] : m->raw_from;
	a = earlier(from, finer) ? from : up_to_whole((Res)r, from);
	b = !earlier(finer, to) ? to : earliest(res_start((Res)r, to), m->until[r]);
	b = latest(b, earliest(earliest(finer, m->until[r]), to));
	if (!earlier(a, b)) {
		take(m, r - 1, from, to, is_end);
		return;
	}
	take(m, r - 1, from, a, false);
	take_level(m, (Res)r, a, b);
	take(m, r - 1, b, to, is_end);
}

/* ---- where which level reaches ---- */

/* Each level has what the finer ones do not: it ends where they begin. */
static void reach_of_memory(Sum *m)
{
	const Levels *l = m->s->levels;

	m->raw_from = series_raw_from(m->s);
	for (Res r = RES_MINUTE; r < RES_KINDS; r++) {
		m->from[r] = l && r < RES_MONTH ? l->at[r].from : LONG_AGO;
		m->until[r] = !l ? LONG_AGO : r == RES_MINUTE ? m->raw_from : l->at[r - 1].from;
	}
}

static Instant end_of_newest(const Sum *m, Res r)
{
	Instant start = m->source->newest(m->source->ctx, m->s->number, r);

	return is_set(start) ? res_end(r, start) : LONG_AGO;
}

/* Hours begin where the days' edge is whole, and so on. There are no minutes. Samples are
 * taken for windows of a day, however old, and in an exact one as far as there are any. */
static void reach_of_source(Sum *m, Instant from, Instant to, bool exact)
{
	const SampleSource *src = m->source;
	Instant kept = src->kept_from(src->ctx, RES_KINDS);

	kept = up_to_whole(RES_HOUR, kept);
	for (Res r = RES_HOUR; r < RES_KINDS; r++) {
		m->from[r] = r < RES_MONTH ? up_to_whole((Res)(r + 1), src->kept_from(src->ctx, r))
		                           : LONG_AGO;
		m->until[r] = end_of_newest(m, r);
	}
	if (m->s->hour_until)
		m->until[RES_HOUR] = (Instant){ (int64_t)m->s->hour_until * hours(1).us };
	m->raw_from = kept;
	if (!exact && between(from, to).us > hours(RAW_HOURS).us) {
		m->raw_from = latest(kept, m->until[RES_HOUR]);
	} else {
		/* Also where hours are no longer kept, days do not stand in for samples. */
		m->until[RES_HOUR] = earliest(m->until[RES_HOUR], kept);
		for (Res r = RES_HOUR; r < RES_MONTH; r++)
			m->from[r] = earliest(m->from[r], kept);
	}
	m->until[RES_DAY] = earliest(m->until[RES_DAY], m->until[RES_HOUR]);
	m->until[RES_MONTH] = earliest(m->until[RES_MONTH], m->until[RES_HOUR]);
	m->from[RES_MINUTE] = m->raw_from;
	m->until[RES_MINUTE] = LONG_AGO;
}

/* ---- what it comes to ---- */

static double clamp(double x, double min, double max) { return x < min ? min : x > max ? max : x; }

/* Nearest rank: the smallest value with at least q·n values not above it. */
static double quantile(Sum *m, double q)
{
	uint64_t k = (uint64_t)ceil(q * (double)m->count - 1e-9);

	k = k < 1 ? 1 : k > m->count ? m->count : k;
	if (!m->rolled)
		return picks_rank(&m->raw, k - 1);
	picks_sketch(&m->raw, &m->sketch); /* for the next quantile, too */
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
	/* Rounding in the sum must not carry a mean out of what was measured: of equal samples
	 * it is that very value, however they were added up. */
	case SERIES_MEAN: return fmin(fmax(m->sum / (double)m->count, m->min), m->max);
	case SERIES_MAX: return m->max;
	case SERIES_MIN: return m->min;
	case SERIES_LAST: return m->last;
	case SERIES_SUM: return m->sum;
	case SERIES_RATE: return rate(m);
	case SERIES_DOWN: return (double)m->down_us / 1e6;
	case SERIES_P50:
	case SERIES_P95:
	case SERIES_P99:
	case SERIES_COUNT: break;
	}
	return (double)m->count;
}

/* Everything of [from, to) into the sum; false: it could not be read. */
static bool gather_all(Sum *m, Instant from, Instant to, bool exact)
{
	bool held;

	if (!m->s || !earlier(from, to))
		return true;
	held = source_hold(m->source);
	if (m->source)
		reach_of_source(m, from, to, exact);
	else
		reach_of_memory(m);
	take(m, RES_MONTH, from, to, true);
	if (m->source)
		take_late(m, from, to);
	source_release(m->source, held);
	return !m->failed;
}

/* One statistic of what was gathered; `q` below 0: no quantile. */
static bool figure_of(Sum *m, SeriesStat stat, double q, Duration window, SeriesFigure *out)
{
	bool enough = m->count > (stat == SERIES_RATE ? 1 : 0);

	*out = (SeriesFigure){ .first = LONG_AGO, .last = LONG_AGO };
	if (!m->count)
		return false;
	out->value = !enough ? 0 : q >= 0 ? quantile(m, q) : value_of(m, stat);
	out->count = m->count;
	out->coverage = clamp((double)m->covered_us / (double)window.us, 0, 1);
	out->exact = !m->rolled;
	out->first = m->first_at;
	out->last = m->last_at;
	return enough;
}

static bool figure(const Series *s, const SampleSource *source, SeriesStat stat, double q,
                   Instant from, Instant to, bool exact, SeriesFigure *out, bool *failed)
{
	Sum m = { .s = s, .source = source, .wants_quantile = q >= 0 };
	bool enough;

	*out = (SeriesFigure){ .first = LONG_AGO, .last = LONG_AGO };
	*failed = !gather_all(&m, from, to, exact);
	enough = !*failed && figure_of(&m, stat, q, between(from, to), out);
	sum_free(&m);
	return enough;
}

bool series_stat(const SeriesSet *set, const char *name, SeriesStat stat, Instant from, Instant to,
                 SeriesFigure *out)
{
	bool failed;

	return figure(series_find(set, name), set->source, stat, rank_of(stat), from, to, false,
	              out, &failed);
}

bool series_quantile(const SeriesSet *set, const char *name, double q, Instant from, Instant to,
                     SeriesFigure *out)
{
	bool failed;

	return figure(series_find(set, name), set->source, SERIES_P50, clamp(q, 0, 1), from, to,
	              false, out, &failed);
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

/* ---- away from the set ---- */

struct SeriesView {
	Series *s;
};

static Levels *copy_levels(const Levels *from)
{
	Levels *to = NEW(Levels);

	to->raw_from = from->raw_from;
	for (size_t r = 0; r < RES_KINDS; r++) {
		to->at[r].from = from->at[r].from;
		for (size_t i = 0; i < from->at[r].buckets.n; i++)
			bucket_copy(list_push(&to->at[r].buckets), &from->at[r].buckets.at[i]);
	}
	return to;
}

static Held *copy_held(const Held *h)
{
	Held *first = NULL, **end = &first;

	for (; h; h = h->next) {
		*end = mem_new(sizeof *h + h->size);
		memcpy(*end, h, sizeof *h + h->size);
		(*end)->next = NULL;
		end = &(*end)->next;
	}
	return first;
}

SeriesView *series_view(const SeriesSet *set, const char *name)
{
	const Series *s = series_find(set, name);
	SeriesView *view;

	if (!s)
		return NULL;
	view = NEW(SeriesView);
	view->s = mem_new(sizeof *s + 1);
	*view->s = *s;
	view->s->held = copy_held(s->held);
	view->s->levels = s->levels ? copy_levels(s->levels) : NULL;
	if (s->head.bytes) {
		view->s->head.bytes = mem_grow(NULL, s->head.cap);
		memcpy(view->s->head.bytes, s->head.bytes, s->head.len);
	}
	return view;
}

void series_view_bare(SeriesView *view)
{
	Series *s = view->s, *bare = mem_new(sizeof *s + 1);

	bare->every = s->every;
	bare->every_set = s->every_set;
	bare->number = s->number;
	bare->rolled_last = LONG_AGO;
	bare->here_from = NEVER;
	series_free_one(s);
	view->s = bare;
}

void series_view_free(SeriesView *view)
{
	if (view)
		series_free_one(view->s);
	mem_free(view);
}

bool series_view_stats(const SeriesView *view, const SampleSource *source, const SeriesStat *stats,
                       size_t n, Instant from, Instant to, bool exact, SeriesFigure *out,
                       bool *ret_enough)
{
	Sum m = { .s = view->s, .source = source };
	bool ok;

	for (size_t i = 0; i < n; i++)
		m.wants_quantile |= rank_of(stats[i]) >= 0;
	ok = gather_all(&m, from, to, exact);
	for (size_t i = 0; ok && i < n; i++)
		ret_enough[i] =
		        figure_of(&m, stats[i], rank_of(stats[i]), between(from, to), &out[i]);
	sum_free(&m);
	return ok;
}

bool series_view_stat(const SeriesView *view, const SampleSource *source, SeriesStat stat, double q,
                      Instant from, Instant to, bool exact, SeriesFigure *out, bool *ret_failed)
{
	bool failed;
	bool ok = figure(view->s, source, stat, q >= 0 ? clamp(q, 0, 1) : rank_of(stat), from, to,
	                 exact, out, &failed);

	if (ret_failed)
		*ret_failed = failed;
	return ok;
}
