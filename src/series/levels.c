/* What memory keeps of old samples when it is all there is: 26 h of samples (a few hours more,
 * as they leave six hours at a time), 9 days of hours, 100 days of days, 20 years of months.
 * A series that is too dense leaves its samples by the minute before. Whole days of hours and
 * whole months of days go, so that a window can change from one level to the next without
 * counting anything twice. */
#include "series/series_private.h"

Levels *levels_of(Series *s)
{
	if (s->levels)
		return s->levels;
	s->levels = NEW(Levels);
	s->levels->raw_from = LONG_AGO;
	for (size_t r = 0; r < RES_KINDS; r++)
		s->levels->at[r].from = LONG_AGO;
	return s->levels;
}

Instant series_raw_from(const Series *s) { return s->levels ? s->levels->raw_from : LONG_AGO; }

/* Where each level begins at `newest`; of RES_MINUTE: where samples begin. */
static Instant edge_of(Res r, Instant newest)
{
	switch (r) {
	case RES_MINUTE: {
		Instant t = after(newest, hours(-RAW_HOURS));
		int64_t step = hours(RAW_STEP_HOURS).us, rest = t.us % step;

		return after(t, duration_us(rest < 0 ? -rest - step : -rest));
	}
	case RES_HOUR: return res_start(RES_DAY, after(newest, days(-9)));
	case RES_DAY: return res_start(RES_MONTH, after(newest, days(-100)));
	case RES_MONTH:
	case RES_KINDS: break;
	}
	return res_start(RES_MONTH, after(newest, days(-20 * 366)));
}

static Instant last_in(const Levels *l)
{
	Instant t = LONG_AGO;

	for (size_t r = 0; r < RES_KINDS; r++) {
		if (l->at[r].buckets.n)
			t = latest(t, l->at[r].buckets.at[l->at[r].buckets.n - 1].last_at);
	}
	return t;
}

/* Equal samples that follow each other go in one step. */
void level_add_samples(Level *l, Res r, const Series *s, const Sample *at, size_t count,
                       Instant before)
{
	Instant end = LONG_AGO;
	Bucket *b = NULL;

	for (size_t i = 0, n; i < count; i += n) {
		int64_t covered = 0;

		if (!earlier(at[i].at, end)) {
			b = level_bucket(l, r, at[i].at);
			end = res_end(r, b->start);
		}
		for (n = 0; i + n < count && earlier(at[i + n].at, end) &&
		            double_bits(at[i + n].value) == double_bits(at[i].value);
		     n++) {
			Duration gap =
			        is_set(before) ? between(before, at[i + n].at) : duration_us(-1);

			covered += series_covers(s, gap).us;
			before = at[i + n].at;
		}
		bucket_add(b, before, at[i].value, n, duration_us(covered));
	}
	if (b)
		bucket_pack(b);
}

/* Samples before `edge` into buckets of r. */
static void roll_samples(Series *s, Res r, Instant edge)
{
	Levels *l = levels_of(s);
	Samples all = { 0 };

	(void)gather(s, NULL, LONG_AGO, edge, &all);
	if (all.n)
		level_add_samples(&l->at[r], r, s, all.at, all.n, last_in(l));
	list_free(&all);
	l->raw_from = edge;
	held_drop(s, edge, false);
	if (s->head.n && earlier(s->head.last_at, edge))
		head_clear(&s->head);
}

/* Buckets of r before `edge` into those of the next coarser one. */
static void roll_level(Levels *l, Res r, Instant edge)
{
	Level *from = &l->at[r];
	size_t n = level_find(from, edge);

	for (size_t i = 0; i < n; i++) {
		Bucket *b = &from->buckets.at[i];

		bucket_merge(level_bucket(&l->at[r + 1], (Res)(r + 1), b->start), b);
	}
	level_drop_before(from, edge);
}

static bool has_older(const Series *s, Instant t)
{
	if (s->head.n && earlier(head_first(&s->head), t))
		return true;
	for (const Held *h = s->held; h; h = h->next) {
		if (earlier(h->earliest, t))
			return true;
	}
	return false;
}

static void roll_dense(Series *s)
{
	while (s->held_n > SERIES_RAW_MAX) {
		const Held *oldest = s->held;

		while (oldest->next)
			oldest = oldest->next;
		roll_samples(s, RES_MINUTE, res_end(RES_MINUTE, oldest->latest));
	}
}

void levels_age(Series *s, Instant newest)
{
	Instant edge = edge_of(RES_MINUTE, newest);

	if (!is_set(newest))
		return;
	roll_dense(s);
	if (!s->levels && !has_older(s, edge))
		return;
	if (earlier(series_raw_from(s), edge)) {
		roll_level(levels_of(s), RES_MINUTE, edge);
		roll_samples(s, RES_HOUR, edge);
	} else if (earlier(s->levels->at[RES_MINUTE].from, edge)) {
		roll_level(s->levels, RES_MINUTE, edge);
	}
	for (Res r = RES_HOUR; r < RES_MONTH; r++) {
		if (earlier(s->levels->at[r].from, edge_of(r, newest)))
			roll_level(s->levels, r, edge_of(r, newest));
	}
	level_drop_before(&s->levels->at[RES_MONTH], edge_of(RES_MONTH, newest));
}

void levels_late(Series *s, Instant at, double value)
{
	Levels *l = s->levels;

	for (Res r = RES_MINUTE; r < RES_KINDS; r++) {
		if (!earlier(at, l->at[r].from)) {
			Bucket *b = level_bucket(&l->at[r], r, at);
			bool goes_on = b->count && b->last_at.us <= at.us;

			/* One out of its turn fills a hole that its successor covered. */
			bucket_add(b, at, value, 1,
			           goes_on ? series_covers(s, between(b->last_at, at))
			                   : duration_us(0));
			return;
		}
	}
}

/* The part of a run that ends before `edge`, into buckets of r. */
static uint64_t roll_run(Series *s, Res r, Instant edge, Instant first, Duration every, uint64_t n,
                         double value)
{
	Level *l = &s->levels->at[r];
	int64_t covers = series_covers(s, every).us;
	uint64_t taken = 0;

	while (taken < n && earlier(first, edge)) {
		Instant end = earliest(res_end(r, first), edge), last;
		uint64_t fit = (uint64_t)((between(first, end).us + every.us - 1) / every.us);

		fit = fit < n - taken ? fit : n - taken;
		last = after(first, duration_us(every.us * (int64_t)(fit - 1)));
		bucket_add(level_bucket(l, r, first), last, value, fit,
		           duration_us(covers * (int64_t)fit));
		first = after(last, every);
		taken += fit;
	}
	return taken;
}

uint64_t levels_run(Series *s, Instant first, Duration every, uint64_t n, double value)
{
	Instant last = after(first, duration_us(every.us * (int64_t)(n - 1)));
	uint64_t taken = 0;

	levels_age(s, last);
	if (!earlier(first, edge_of(RES_MINUTE, last)))
		return 0;
	(void)levels_of(s);
	levels_age(s, last);
	for (Res r = RES_MONTH; r >= RES_HOUR; r--) {
		Instant begin = after(first, duration_us(every.us * (int64_t)taken));

		taken +=
		        roll_run(s, r, edge_of((Res)(r - 1), last), begin, every, n - taken, value);
	}
	level_drop_before(&s->levels->at[RES_MONTH], edge_of(RES_MONTH, last));
	return taken;
}
