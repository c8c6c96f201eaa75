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
	double *values; /* raw ones, when wanted */
	size_t n, cap;
	Sketch sketch; /* of the buckets, when wanted */
	bool wants_quantile;
} Sum;

static void sum_free(Sum *m)
{
	mem_free(m->values);
	sketch_free(&m->sketch);
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
	if (m->wants_quantile)
		bucket_sketch(b, &m->sketch);
}

static bool take_blob(void *arg, Instant start, const void *p, size_t n)
{
	Sum *m = arg;
	Bucket b;

	if (!bucket_read(start, p, n, &b)) {
		m->failed = true;
		return false;
	}
	take_bucket(m, &b);
	bucket_free(&b);
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
	}
}

/* Values of samples, in the same memory: the first ones are moved to its beginning. */
static void want_values(Sum *m, Samples *from, size_t begin, size_t n)
{
	char *values = (char *)from->at;
	const char *sample = (const char *)(from->at + begin) + offsetof(Sample, value);

	for (size_t i = 0; i < n; i++) {
		uint64_t bits;

		memcpy(&bits, sample + i * sizeof(Sample), sizeof bits);
		memcpy(values + i * sizeof bits, &bits, sizeof bits);
	}
	if (m->n == 0) {
		mem_free(m->values);
		m->values = (double *)(void *)values;
		m->cap = from->cap * 2;
		*from = (Samples){ 0 };
	} else {
		if (m->n + n > m->cap) {
			m->cap = m->n + n;
			m->values = mem_grow(m->values, m->cap * sizeof *m->values);
		}
		memcpy(m->values + m->n, values, n * sizeof(double));
	}
	m->n += n;
}

/* n samples, one after the other; `before`: the one before the first of them. */
static void take_samples(Sum *m, const Sample *at, size_t n, const Sample *before, Instant from)
{
	double sum = 0, min = at[0].value, max = min, increase = 0, last = m->last;
	int64_t covered = 0, down = 0, every = m->s->every.us;
	int64_t most = every ? COVER_GAPS * every : INT64_MAX;
	Instant last_at = before ? before->at : LONG_AGO;

	if (m->count == 0) {
		m->first_at = at[0].at;
		last = at[0].value;
		m->min = m->max = at[0].value;
	}
	/* Two loops without a branch that noise could take either way. */
	for (size_t i = 0; i < n; i++) {
		bool has = i || before;
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
static void take_tail(Sum *m, const Sample *next, Instant to)
{
	int64_t tail = between(m->last_at, to).us, covers = m->s->every.us;

	if (m->count == 0 || !m->last_raw)
		return;
	if (next)
		covers = series_covers(m->s, between(m->last_at, next->at)).us;
	covers = covers < tail ? covers : tail;
	m->covered_us += covers;
	m->down_us += m->last == 0 ? covers : 0;
}

/* Samples of [from, to), and those just before and after it, for what they cover. */
static void take_raw(Sum *m, Instant from, Instant to, bool is_end)
{
	Duration around = m->s->every.us ? duration_us(COVER_GAPS * m->s->every.us) : days(1);
	Samples all = { 0 };
	size_t i = 0, j;

	/* As many as there should be, so that long rows need not grow. */
	if (m->source && m->s->every.us && earlier(from, m->s->here_from)) {
		int64_t n = between(from, to).us / m->s->every.us;

		all.cap = 2 * CHUNK_MAX + (size_t)(n > 1 << 20 ? 1 << 20 : n);
		all.at = mem_grow(NULL, all.cap * sizeof *all.at);
	}
	if (!gather(m->s, m->source, after(from, duration_us(-around.us)), after(to, around), &all))
		m->failed = true;
	while (i < all.n && earlier(all.at[i].at, from))
		i++;
	for (j = all.n; j > i && !earlier(all.at[j - 1].at, to);)
		j--;
	if (j > i)
		take_samples(m, all.at + i, j - i, i ? &all.at[i - 1] : NULL, from);
	if (is_end)
		take_tail(m, j < all.n ? &all.at[j] : NULL, to);
	if (j > i && m->wants_quantile)
		want_values(m, &all, i, j - i);
	list_free(&all);
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
		want_values(m, &late, 0, late.n);
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
	if (!exact && between(from, to).us > hours(RAW_HOURS).us)
		m->raw_from = latest(kept, m->until[RES_HOUR]);
	else
		m->until[RES_HOUR] = earliest(m->until[RES_HOUR], kept);
	m->until[RES_DAY] = earliest(m->until[RES_DAY], m->until[RES_HOUR]);
	m->until[RES_MONTH] = earliest(m->until[RES_MONTH], m->until[RES_HOUR]);
	m->from[RES_MINUTE] = m->raw_from;
	m->until[RES_MINUTE] = LONG_AGO;
}

/* ---- what it comes to ---- */

static double clamp(double x, double min, double max) { return x < min ? min : x > max ? max : x; }

static void swap(double *v, int64_t i, int64_t j)
{
	double x = v[i];

	v[i] = v[j];
	v[j] = x;
}

/* Puts the value of rank k (from 0) at v[k]; Floyd and Rivest, "Algorithm 489: SELECT", CACM
 * 18 (3), 1975: about n + min(k, n-k) comparisons, against the sort's n log n. */
static void select_rank(double *v, int64_t left, int64_t right, int64_t k)
{
	while (right > left) {
		int64_t i = left, j = right;
		double t;

		if (right - left > 600) {
			double n = (double)(right - left + 1), at = (double)(k - left + 1);
			double z = log(n), s = 0.5 * exp(2 * z / 3);
			double sd = 0.5 * sqrt(z * s * (n - s) / n) * (at < n / 2 ? -1 : 1);
			int64_t lo = k - (int64_t)(at * s / n - sd),
			        hi = k + (int64_t)((n - at) * s / n + sd);

			select_rank(v, lo > left ? lo : left, hi < right ? hi : right, k);
		}
		t = v[k];
		swap(v, left, k);
		if (v[right] > t)
			swap(v, right, left);
		while (i < j) {
			swap(v, i++, j--);
			while (v[i] < t)
				i++;
			while (v[j] > t)
				j--;
		}
		if (v[left] == t)
			swap(v, left, j);
		else
			swap(v, ++j, right);
		left = j <= k ? j + 1 : left;
		right = k <= j ? j - 1 : right;
	}
}

/* Nearest rank: the smallest value with at least q·n values not above it. */
static double quantile(Sum *m, double q)
{
	uint64_t k = (uint64_t)ceil(q * (double)m->count - 1e-9);

	k = k < 1 ? 1 : k > m->count ? m->count : k;
	if (!m->rolled) {
		select_rank(m->values, 0, (int64_t)m->n - 1, (int64_t)k - 1);
		return m->values[k - 1];
	}
	for (size_t i = 0; i < m->n; i++)
		sketch_add(&m->sketch, m->values[i], 1);
	m->n = 0; /* they are in the sketch now, for the next quantile too */
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
	if (!m->s || !earlier(from, to))
		return true;
	if (m->source)
		reach_of_source(m, from, to, exact);
	else
		reach_of_memory(m);
	take(m, RES_MONTH, from, to, true);
	if (m->source)
		take_late(m, from, to);
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
