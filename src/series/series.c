/* Adding and keeping. Figures are in figure.c, rows in rollup.c. */
#include "series/series_private.h"

#include <math.h>

enum { RAW_HOURS = 26, FRESH_MAX = 200000, COVER_GAPS = 3 };

/* How long the buckets of each resolution are kept here; months for good (20 years). The
 * store keeps them longer. */
static Duration keep_of(Res r)
{
	static const int keep_days[RES_KINDS] = { 0, 9, 100, 20 * 366 };

	return r == RES_MINUTE ? hours(RAW_HOURS) : days(keep_days[r]);
}

SeriesSet *series_new(void) { return NEW(SeriesSet); }

static void free_one(Series *s)
{
	for (size_t r = 0; r < RES_KINDS; r++)
		level_free(&s->levels[r]);
	list_free(&s->raw);
	mem_free(s);
}

void series_free(SeriesSet *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->all.n; i++)
		free_one(set->all.at[i]);
	list_free(&set->all);
	list_free(&set->fresh);
	Map_done(&set->by_name);
	mem_free(set);
}

const Series *series_find(const SeriesSet *set, const char *name)
{
	if (set->before_read)
		set->before_read(set->read_ctx);
	return map_get(&set->by_name, name);
}

Series *series_get(SeriesSet *set, const char *name)
{
	Series *s = map_get(&set->by_name, name);
	size_t n = strlen(name);

	if (s || n == 0 || n >= SERIES_NAME)
		return s;
	s = NEW(Series);
	memcpy(s->name, name, n + 1);
	s->fine_from = LONG_AGO;
	for (size_t r = 0; r < RES_KINDS; r++)
		s->levels[r].kept_from = LONG_AGO;
	(void)map_put(&set->by_name, name, s);
	list_add(&set->all, s);
	return s;
}

const char *series_at(const SeriesSet *set, size_t i)
{
	return i < set->all.n ? set->all.at[i]->name : NULL;
}

size_t series_count(const SeriesSet *set) { return set->all.n; }

Series *series_named(SeriesSet *set, const char *name) { return series_get(set, name); }
const char *series_called(const Series *series) { return series->name; }

void series_put_every(Series *s, Duration every)
{
	if (every.us <= 0)
		return;
	s->every = every;
	s->every_set = true;
}

void series_expect(SeriesSet *set, const char *name, Duration every)
{
	Series *s = series_get(set, name);

	if (s)
		series_put_every(s, every);
}

void series_before_read(SeriesSet *set, void (*read)(void *ctx), void *ctx)
{
	set->before_read = read;
	set->read_ctx = ctx;
}

void series_memory_only(SeriesSet *set) { set->memory_only = true; }

uint64_t series_lost(const SeriesSet *set) { return set->lost; }

/* ---- raw ---- */

size_t raw_find(const Series *s, Instant t)
{
	size_t from = s->raw_from, to = s->raw.n;

	while (from < to) {
		size_t mid = (from + to) / 2;

		if (earlier(s->raw.at[mid].at, t))
			from = mid + 1;
		else
			to = mid;
	}
	return from - s->raw_from;
}

/* Grows by an eighth and not by doubling: there are thousands of series, and each is full
 * for most of its life. */
static void raw_room(Series *s)
{
	if (s->raw.n < s->raw.cap)
		return;
	s->raw.cap += s->raw.cap / 8 + 16;
	s->raw.at = mem_grow(s->raw.at, s->raw.cap * sizeof *s->raw.at);
}

/* Puts the sample behind all that are not later. */
static void raw_put(Series *s, Instant at, double value)
{
	bool newest = raw_n(s) && s->raw.at[s->raw.n - 1].at.us <= at.us;
	size_t i = newest ? s->raw.n : s->raw_from + raw_find(s, after(at, duration_us(1)));

	raw_room(s);
	memmove(&s->raw.at[i + 1], &s->raw.at[i], (s->raw.n - i) * sizeof *s->raw.at);
	s->raw.at[i] = (Raw){ at, value };
	s->raw.n++;
}

Duration series_covers(const Series *s, Duration gap)
{
	if (gap.us >= 0 && (s->every.us == 0 || gap.us <= COVER_GAPS * s->every.us))
		return gap;
	return s->every;
}

/* A series that is not told its interval learns it: an average of the gaps that are no
 * outage, so that a gap that is one stands out. */
static void learn_every(Series *s, Duration gap)
{
	if (s->every_set || gap.us <= 0)
		return;
	if (s->every.us == 0)
		s->every = gap;
	else if (gap.us <= COVER_GAPS * s->every.us)
		s->every = duration_us((s->every.us * 7 + gap.us) / 8);
}

static void raw_compact(Series *s)
{
	if (s->raw_from < 64 || s->raw_from * 8 < s->raw.n)
		return;
	memmove(s->raw.at, s->raw.at + s->raw_from, raw_n(s) * sizeof *s->raw.at);
	s->raw.n -= s->raw_from;
	s->raw_from = 0;
}

/* Out by count: the minute keeps it. Out by age: hours have it already. */
static void raw_limit(Series *s, Instant newest)
{
	Instant oldest = after(newest, hours(-RAW_HOURS));

	while (raw_n(s) && earlier(raw_at(s, 0)->at, oldest)) {
		s->fine_from = latest(s->fine_from, after(raw_at(s, 0)->at, duration_us(1)));
		s->raw_from++;
	}
	while (raw_n(s) > SERIES_RAW_MAX) {
		const Raw *r = raw_at(s, 0);
		Duration gap = between(r->at, raw_at(s, 1)->at);
		Bucket *b = level_bucket(&s->levels[RES_MINUTE], RES_MINUTE, r->at);

		if (b)
			bucket_add(b, r->at, r->value, 1, series_covers(s, gap));
		s->raw_from++;
	}
	raw_compact(s);
}

/* Whole days of hours and whole months of days go, so that a window can change from one
 * resolution to the next without counting anything twice. */
static const Res kept_whole[RES_KINDS] = { RES_MINUTE, RES_DAY, RES_MONTH, RES_MONTH };

static void trim(Series *s, Instant newest)
{
	if (!is_set(newest))
		return;
	raw_limit(s, newest);
	for (int r = 0; r < RES_KINDS; r++) {
		Instant from =
		        res_start(kept_whole[r], after(newest, duration_us(-keep_of((Res)r).us)));
		Level *l = &s->levels[r];

		if (l->buckets.n && earlier(l->buckets.at[0].start, from)) {
			level_drop_before(l, from);
			if (r == RES_MINUTE)
				s->fine_from = latest(s->fine_from, from);
		}
	}
}

void series_trim(SeriesSet *set, Instant now)
{
	for (size_t i = 0; i < set->all.n; i++)
		trim(set->all.at[i], now);
}

static Instant newest_of(const Series *s)
{
	return raw_n(s) ? raw_at(s, raw_n(s) - 1)->at : LONG_AGO;
}

static void rolled_add(Series *s, Res r, Instant at, double value, uint64_t n, Duration covered)
{
	Bucket *b = level_bucket(&s->levels[r], r, at);

	if (b)
		bucket_add(b, at, value, n, covered);
}

/* Rolled up before, and nothing fine yet: what is fine begins here. */
static void begin_fine(Series *s, Instant at)
{
	if (raw_n(s) == 0 && s->levels[RES_MINUTE].buckets.n == 0 && s->levels[RES_HOUR].buckets.n)
		s->fine_from = at;
}

bool series_add(SeriesSet *set, const char *name, Instant at, double value)
{
	Series *s = isfinite(value) && is_set(at) ? series_get(set, name) : NULL;

	return s && series_put(set, s, at, value);
}

bool series_put(SeriesSet *set, Series *s, Instant at, double value)
{
	Instant newest, before;
	Duration gap, covered = { 0 };

	if (!isfinite(value) || !is_set(at))
		return false;
	begin_fine(s, at);
	newest = newest_of(s);
	before = is_set(newest) && newest.us <= at.us ? newest : LONG_AGO;
	gap = is_set(before) ? between(before, at) : duration_us(-1);
	/* A late sample fills a hole that its successor may have covered already. */
	if (is_set(before) || !is_set(newest)) {
		covered = series_covers(s, gap);
		learn_every(s, gap);
	}
	if (!earlier(at, s->fine_from))
		raw_put(s, at, value);
	for (Res r = RES_HOUR; r < RES_KINDS; r++)
		rolled_add(s, r, at, value, 1, covered);
	if (set->memory_only)
		;
	else if (set->fresh.n < FRESH_MAX)
		list_add(&set->fresh, ((Fresh){ s, at, value }));
	else
		set->lost++;
	trim(s, latest(newest, at));
	return true;
}

/* Adds `n` equal samples to the buckets of one resolution that are kept at `last`. */
static void roll_run(Series *s, Res r, Instant first, Duration every, uint64_t n, double value,
                     Duration covers, Instant kept)
{
	while (n) {
		Instant end = res_end(r, first), last;
		uint64_t fit = (uint64_t)((between(first, end).us + every.us - 1) / every.us);

		fit = fit < n ? fit : n;
		last = after(first, duration_us(every.us * (int64_t)(fit - 1)));
		if (earlier(kept, end))
			rolled_add(s, r, last, value, fit, duration_us(covers.us * (int64_t)fit));
		first = after(last, every);
		n -= fit;
	}
}

/* Those of a run that are still raw at its end. */
static void raw_run(Series *s, Instant first, Duration every, uint64_t n, double value)
{
	Instant last = after(first, duration_us(every.us * (int64_t)(n - 1)));
	Instant oldest = after(last, hours(-RAW_HOURS));
	uint64_t skip = 0;

	if (earlier(first, oldest)) {
		skip = (uint64_t)((between(first, oldest).us + every.us - 1) / every.us);
		raw_limit(s, last); /* all before the skipped ones are older still */
		s->fine_from =
		        latest(s->fine_from,
		               after(first, duration_us(every.us * (int64_t)(skip - 1) + 1)));
	}
	for (uint64_t i = skip; i < n; i++)
		raw_put(s, after(first, duration_us(every.us * (int64_t)i)), value);
}

static void add_run(Series *s, Instant first, Duration every, uint64_t n, double value)
{
	Instant last = after(first, duration_us(every.us * (int64_t)(n - 1)));
	Duration covers = series_covers(s, every);

	for (Res r = RES_HOUR; r < RES_KINDS; r++)
		roll_run(s, r, first, every, n, value, covers,
		         res_start(kept_whole[r], after(last, duration_us(-keep_of(r).us))));
	raw_run(s, first, every, n, value);
	trim(s, last);
}

/* Whether the next sample at that distance is like those before: nothing is learnt from it,
 * and none leaves raw by count. */
static bool goes_on(const Series *s, Instant next, Duration every)
{
	Instant newest = newest_of(s);

	return every.us * SERIES_RAW_MAX > hours(RAW_HOURS).us && is_set(newest) &&
	       between(newest, next).us == every.us &&
	       (s->every_set || s->every.us == every.us || every.us > COVER_GAPS * s->every.us);
}

bool series_add_run(SeriesSet *set, const char *name, Instant first, Duration every, uint64_t n,
                    double value)
{
	Series *s = series_get(set, name);
	bool ok = true;

	if (!s || !isfinite(value) || every.us <= 0)
		return false;
	while (ok && n && (!set->memory_only || !goes_on(s, first, every))) {
		ok = series_add(set, name, first, value);
		first = after(first, every);
		n--;
	}
	if (ok && n)
		add_run(s, first, every, n, value);
	return ok;
}

bool series_load(SeriesSet *set, const char *name, Instant at, double value)
{
	Series *s = isfinite(value) && is_set(at) ? series_get(set, name) : NULL;
	const Level *minute;
	Duration gap;

	if (!s)
		return false;
	begin_fine(s, at);
	if (raw_n(s) == 0 && !is_set(s->fine_from))
		s->fine_from = at;
	gap = raw_n(s) ? between(newest_of(s), at) : duration_us(-1);
	learn_every(s, gap);
	minute = &s->levels[RES_MINUTE];
	for (Res r = RES_HOUR; r < RES_KINDS; r++) {
		const Level *l = &s->levels[r];

		if (l->buckets.n == 0 || earlier(l->buckets.at[l->buckets.n - 1].last_at, at))
			rolled_add(s, r, at, value, 1, series_covers(s, gap));
	}
	/* Those that had left raw by count are in their minute already. */
	if (minute->buckets.n == 0 || raw_n(s) ||
	    earlier(minute->buckets.at[minute->buckets.n - 1].last_at, at))
		raw_put(s, at, value);
	trim(s, newest_of(s));
	return true;
}

bool series_last(const SeriesSet *set, const char *name, Instant *ret_at, double *ret_value)
{
	const Series *s = series_find(set, name);

	if (!s || raw_n(s) == 0)
		return false;
	*ret_at = raw_at(s, raw_n(s) - 1)->at;
	*ret_value = raw_at(s, raw_n(s) - 1)->value;
	return true;
}
