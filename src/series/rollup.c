/* The buckets of the first stores, a row of text and numbers each, as the blobs they are now.
 * It writes no such row. */
#include "series/series_private.h"

#include <math.h>

static const Column columns[] = {
	COLUMN(Rollup, id),      COLUMN(Rollup, series),   COLUMN(Rollup, res),
	COLUMN(Rollup, start),   COLUMN(Rollup, count),    COLUMN(Rollup, sum),
	COLUMN(Rollup, min),     COLUMN(Rollup, max),      COLUMN(Rollup, first),
	COLUMN(Rollup, last),    COLUMN(Rollup, increase), COLUMN(Rollup, last_at),
	COLUMN(Rollup, covered), COLUMN(Rollup, sketch),
};
const RecordType rollup_record = { "rollup", sizeof(Rollup), COUNT_OF(columns), columns };

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
