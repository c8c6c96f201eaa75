/* The format of the first stores: a row for each sample and a row of text for each bucket.
 * Buckets as such rows, and both back. */
#include "series/crc.h"
#include "series/series_private.h"

#include <math.h>
#include <stdio.h>

static const Column columns[] = {
	COLUMN(Rollup, id),      COLUMN(Rollup, series),   COLUMN(Rollup, res),
	COLUMN(Rollup, start),   COLUMN(Rollup, count),    COLUMN(Rollup, sum),
	COLUMN(Rollup, min),     COLUMN(Rollup, max),      COLUMN(Rollup, first),
	COLUMN(Rollup, last),    COLUMN(Rollup, increase), COLUMN(Rollup, last_at),
	COLUMN(Rollup, covered), COLUMN(Rollup, sketch),
};
const RecordType rollup_record = { "rollup", sizeof(Rollup), COUNT_OF(columns), columns };

static void fill_row(const Series *s, Res r, const Bucket *b, Rollup *row)
{
	char start[INSTANT_TEXT];
	Sketch all = { 0 };

	*row = (Rollup){ .start = b->start,
		         .count = (int64_t)b->count,
		         .sum = b->sum.hi,
		         .min = b->min,
		         .max = b->max,
		         .first = b->first,
		         .last = b->last,
		         .increase = b->increase,
		         .last_at = b->last_at,
		         .covered = b->covered };
	(void)snprintf(row->id, sizeof row->id, "%s|%s|%s", s->name, res_name(r),
	               instant_print(b->start, start));
	(void)snprintf(row->series, sizeof row->series, "%s", s->name);
	(void)snprintf(row->res, sizeof row->res, "%s", res_name(r));
	if (b->packed || b->sketch.n) {
		bucket_sketch(b, &all);
		row->sketch = sketch_write(&all);
		sketch_free(&all);
	}
}

typedef struct Flushing {
	const SeriesSet *set;
	const SeriesSink *sink;
} Flushing;

static void flush_sample(void *arg, uint32_t number, bool close, Instant at, double value)
{
	Flushing *f = arg;

	if (!close)
		f->sink->sample(f->sink->ctx, f->set->all.at[number - 1]->name, at, value);
}

static void flush_samples(SeriesSet *set, const SeriesSink *sink)
{
	Flushing f = { set, sink };
	uint32_t crc;

	if (set->log.n == 0)
		return;
	crc = crc32c(set->log.p, set->log.n);
	buf_add(&set->log, &crc, 4);
	(void)log_walk(set->log.p, set->log.n, flush_sample, &f);
	buf_clear(&set->log);
	set->log_n = 0;
}

static void flush_bucket(void *arg, const Series *s, Res r, const Bucket *b)
{
	Flushing *f = arg;
	Rollup row;

	fill_row(s, r, b, &row);
	f->sink->rollup(f->sink->ctx, &row);
	record_done(&rollup_record, &row);
}

void series_flush(SeriesSet *set, const SeriesSink *sink)
{
	Flushing f = { set, sink };

	if (sink->sample)
		flush_samples(set, sink);
	if (sink->rollup)
		levels_changed(set, flush_bucket, &f);
}

static bool is_sound(const Rollup *row, Res r)
{
	return row->count > 0 && is_set(row->start) && is_set(row->last_at) &&
	       res_start(r, row->start).us == row->start.us &&
	       res_start(r, row->last_at).us == row->start.us && isfinite(row->sum) &&
	       isfinite(row->first) && isfinite(row->last) && isfinite(row->increase) &&
	       row->min <= row->max && isfinite(row->min) && isfinite(row->max) &&
	       row->covered.us >= 0;
}

/* Without a sketch all values must be equal; with one, it must hold as many. */
static bool sketch_fits(const Rollup *row, Sketch *ret)
{
	*ret = (Sketch){ 0 };
	if (!row->sketch || !*row->sketch)
		return row->min == row->max;
	if (!sketch_read(row->sketch, ret))
		return false;
	if (sketch_count(ret) == (uint64_t)row->count)
		return true;
	sketch_free(ret);
	return false;
}

static bool bucket_of(const Rollup *row, Res *ret_res, Bucket *ret)
{
	Sketch sketch;

	if (!res_parse(row->res, ret_res) || !is_sound(row, *ret_res) || !sketch_fits(row, &sketch))
		return false;
	*ret = (Bucket){ .start = row->start,
		         .last_at = row->last_at,
		         .count = (uint64_t)row->count,
		         .sum = { row->sum, 0 },
		         .min = row->min,
		         .max = row->max,
		         .first = row->first,
		         .last = row->last,
		         .increase = row->increase,
		         .covered = row->covered,
		         .sketch = sketch };
	bucket_pack(ret);
	return true;
}

bool rollup_bucket(const Rollup *row, Res *ret_res, Buf *out)
{
	Bucket b;

	if (!bucket_of(row, ret_res, &b))
		return false;
	bucket_write(&b, out);
	bucket_free(&b);
	return true;
}

static void load_bucket(Series *s, Res r, Bucket b)
{
	Level *l = &levels_of(s)->at[r];
	Bucket *place = level_bucket(l, r, b.start);

	bucket_free(place);
	*place = b;
	l->dirty_n--;
	s->settling = true;
}

bool series_load_bucket(SeriesSet *set, uint32_t number, Res res, Instant start, const void *p,
                        size_t n)
{
	Series *s = number - 1 < set->all.n ? set->all.at[number - 1] : NULL;
	Bucket b;

	if (!s || res < RES_HOUR || res >= RES_KINDS || res_start(res, start).us != start.us ||
	    !bucket_read(start, p, n, &b))
		return false;
	load_bucket(s, res, b);
	return true;
}

bool series_load_rollup(SeriesSet *set, const Rollup *row)
{
	Series *s;
	Bucket b;
	Res r;

	if (!bucket_of(row, &r, &b))
		return false;
	s = series_named(set, row->series);
	if (!s || r == RES_MINUTE) { /* the samples are there, too */
		bucket_free(&b);
		return s;
	}
	load_bucket(s, r, b);
	return true;
}

bool series_load(SeriesSet *set, const char *name, Instant at, double value)
{
	Series *s = isfinite(value) && is_set(at) ? series_named(set, name) : NULL;

	if (!s)
		return false;
	series_learn(s, at);
	if (s->head.used && hour_of(s->head.last_at).us != hour_of(at).us && !s->settling)
		levels_age(s, at);
	series_take(set, s, at, value);
	return true;
}
