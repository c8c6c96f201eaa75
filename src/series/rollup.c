/* Buckets as rows, samples for the store, and both back. */
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

	*row = (Rollup){ .start = b->start,
		         .count = (int64_t)b->count,
		         .sum = b->sum,
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
	row->sketch = b->packed     ? mem_text(b->packed)
	              : b->sketch.n ? sketch_write(&b->sketch)
	                            : NULL;
}

/* Changed buckets are nearly always the newest, so the walk ends early. */
static void flush_level(const Series *s, Res r, Level *l, const SeriesSink *sink)
{
	Rollup row;

	for (size_t i = l->buckets.n; i > 0 && l->dirty_n; i--) {
		Bucket *b = &l->buckets.at[i - 1];

		if (!b->dirty)
			continue;
		fill_row(s, r, b, &row);
		sink->rollup(sink->ctx, &row);
		record_done(&rollup_record, &row);
		b->dirty = false;
		l->dirty_n--;
	}
}

void series_flush(SeriesSet *set, const SeriesSink *sink)
{
	if (sink->sample) {
		for (size_t i = 0; i < set->fresh.n; i++)
			sink->sample(sink->ctx, set->fresh.at[i].series->name, set->fresh.at[i].at,
			             set->fresh.at[i].value);
		list_free(&set->fresh);
	}
	for (size_t i = 0; sink->rollup && i < set->all.n; i++) {
		for (Res r = RES_MINUTE; r < RES_KINDS; r++)
			flush_level(set->all.at[i], r, &set->all.at[i]->levels[r], sink);
	}
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

bool series_load_rollup(SeriesSet *set, const Rollup *row)
{
	Series *s;
	Sketch sketch;
	Bucket *b;
	Level *l;
	Res r;

	if (!res_parse(row->res, &r) || !is_sound(row, r) || !sketch_fits(row, &sketch))
		return false;
	s = series_get(set, row->series);
	/* Minutes hold what left raw; once raw is there, they have been made already. */
	if (!s || (r == RES_MINUTE && raw_n(s))) {
		sketch_free(&sketch);
		return false;
	}
	l = &s->levels[r];
	b = level_bucket(l, r, row->start);
	if (!b) {
		sketch_free(&sketch);
		return false;
	}
	bucket_free(b);
	*b = (Bucket){ .start = row->start,
		       .last_at = row->last_at,
		       .count = (uint64_t)row->count,
		       .sum = row->sum,
		       .min = row->min,
		       .max = row->max,
		       .first = row->first,
		       .last = row->last,
		       .increase = row->increase,
		       .covered = row->covered,
		       .sketch = sketch };
	l->dirty_n--;
	/* Minutes are fine data; with hours only, there is none yet. */
	if (r == RES_MINUTE)
		s->fine_from =
		        is_set(s->fine_from) ? earliest(s->fine_from, row->start) : row->start;
	else if (raw_n(s) == 0 && s->levels[RES_MINUTE].buckets.n == 0)
		s->fine_from = NEVER;
	return true;
}
