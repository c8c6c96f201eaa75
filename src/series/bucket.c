/* Buckets of one resolution, in UTC. */
#include "series/series_private.h"

#include <assert.h>

static const char *const names[RES_KINDS] = { "1m", "1h", "1d", "1mo" };

const char *res_name(Res r) { return names[r]; }

bool res_parse(const char *s, Res *ret)
{
	for (size_t i = 0; i < RES_KINDS; i++) {
		if (strcmp(names[i], s) == 0) {
			*ret = (Res)i;
			return true;
		}
	}
	return false;
}

static Instant floor_to(Instant t, Duration d)
{
	int64_t rest = t.us % d.us;

	return (Instant){ t.us - (rest < 0 ? rest + d.us : rest) };
}

Instant res_start(Res r, Instant t)
{
	int32_t year, month, day;

	switch (r) {
	case RES_MINUTE: return floor_to(t, minutes(1));
	case RES_HOUR: return floor_to(t, hours(1));
	case RES_DAY: return floor_to(t, days(1));
	case RES_MONTH:
	case RES_KINDS: break;
	}
	civil_from_days(floor_to(t, days(1)).us / days(1).us, &year, &month, &day);
	return (Instant){ days_from_civil(year, month, 1) * days(1).us };
}

Instant res_end(Res r, Instant t)
{
	static const int width_min[RES_MONTH] = { 1, 60, 24 * 60 };
	Instant start = res_start(r, t);

	return r < RES_MONTH ? after(start, minutes(width_min[r]))
	                     : res_start(r, after(start, days(32)));
}

void bucket_free(Bucket *b)
{
	sketch_free(&b->sketch);
	mem_free(b->packed);
	b->packed = NULL;
}

void bucket_pack(Bucket *b)
{
	if (b->sketch.n == 0)
		return;
	b->packed = sketch_write(&b->sketch);
	sketch_free(&b->sketch);
}

static void unpack(Bucket *b)
{
	if (!b->packed)
		return;
	(void)sketch_read(b->packed, &b->sketch);
	mem_free(b->packed);
	b->packed = NULL;
}

void bucket_add(Bucket *b, Instant at, double value, uint64_t n, Duration covered)
{
	bool newest = b->count == 0 || b->last_at.us <= at.us;

	unpack(b);
	/* The sketch begins with the second distinct value; until then min says it all. */
	if (b->count && b->sketch.n == 0 && value != b->min)
		sketch_add(&b->sketch, b->min, (uint32_t)b->count);
	if (b->sketch.n)
		sketch_add(&b->sketch, value, (uint32_t)n);
	if (b->count == 0) {
		b->min = b->max = b->first = value;
	} else if (newest) {
		b->increase += value >= b->last ? value - b->last : value;
	}
	b->min = value < b->min ? value : b->min;
	b->max = value > b->max ? value : b->max;
	if (newest) {
		b->last = value;
		b->last_at = at;
	}
	b->count += n;
	b->sum += value * (double)n;
	b->covered = duration_us(b->covered.us + covered.us);
}

void bucket_sketch(const Bucket *b, Sketch *to)
{
	Sketch read = { 0 };

	if (b->packed && sketch_read(b->packed, &read))
		sketch_merge(to, &read);
	else if (b->sketch.n)
		sketch_merge(to, &b->sketch);
	else
		sketch_add(to, b->min, (uint32_t)b->count);
	sketch_free(&read);
}

size_t level_find(const Level *l, Instant t)
{
	size_t from = 0, to = l->buckets.n;

	while (from < to) {
		size_t mid = (from + to) / 2;

		if (earlier(l->buckets.at[mid].start, t))
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

Bucket *level_bucket(Level *l, Res r, Instant at)
{
	Instant start = res_start(r, at);
	size_t i;

	if (earlier(start, l->kept_from))
		return NULL;
	i = level_find(l, start);
	if (i == l->buckets.n || l->buckets.at[i].start.us != start.us) {
		(void)list_push(&l->buckets);
		memmove(&l->buckets.at[i + 1], &l->buckets.at[i],
		        (l->buckets.n - 1 - i) * sizeof *l->buckets.at);
		l->buckets.at[i] = (Bucket){ .start = start };
		if (i > 0)
			bucket_pack(&l->buckets.at[i - 1]);
	}
	if (!l->buckets.at[i].dirty) {
		l->buckets.at[i].dirty = true;
		l->dirty_n++;
	}
	return &l->buckets.at[i];
}

void level_drop_before(Level *l, Instant t)
{
	size_t n = level_find(l, t);

	l->kept_from = latest(l->kept_from, t);
	for (size_t i = 0; i < n; i++) {
		l->dirty_n -= l->buckets.at[i].dirty;
		bucket_free(&l->buckets.at[i]);
	}
	if (n == 0)
		return;
	l->buckets.n -= n;
	memmove(l->buckets.at, l->buckets.at + n, l->buckets.n * sizeof *l->buckets.at);
}

void level_free(Level *l)
{
	for (size_t i = 0; i < l->buckets.n; i++)
		bucket_free(&l->buckets.at[i]);
	list_free(&l->buckets);
}
