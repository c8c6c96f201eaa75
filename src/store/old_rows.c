/* Stores of the formats before 9: samples were rows, roll-ups were rows with a sketch in
 * base64. This makes chunks and buckets of them, once, inside the migration's transaction; a
 * row that is damaged is left out and counted. Nothing here runs after that. */
#include "store/samples_private.h"

#include "core/alloc.h"
#include "core/text.h"
#include "store/store_private.h"

#include <string.h>

typedef struct Carry {
	Store *s;
	Err *err;
	Instant newest;              /* of all samples: what was open then is made anew from them */
	Instant from[RES_KINDS + 1]; /* of each kind the earliest; NEVER: there is none */
	Instant rolled_until;
	char series[SERIES_NAME];
	uint32_t number;
	Res res;
	Buf row;
	bool ok;
} Carry;

/* ---- samples ---- */

static bool carry_series(Carry *c, uint32_t number)
{
	sqlite3_stmt *st = store_prepare(
	        c->s, "SELECT t, value FROM sample WHERE series = ? ORDER BY t", c->err);
	Samples samples = { 0 };
	int rc = SQLITE_DONE;
	bool ok;

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, number);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		Sample x = { { sqlite3_column_int64(st, 0) }, sqlite3_column_double(st, 1) };

		list_add(&samples, x);
		c->newest = latest(c->newest, x.at);
		c->from[RES_KINDS] = earliest(c->from[RES_KINDS], x.at);
	}
	sqlite3_finalize(st);
	ok = (rc == SQLITE_DONE || store_fail(c->s, c->err, "sample")) &&
	     settle_samples(c->s, number, &samples, c->err);
	list_free(&samples);
	return ok;
}

/* ---- roll-ups ---- */

static bool put_series(Carry *c)
{
	bool ok = c->row.n == 0 || settle_bucket_row(c->s, c->number, c->res, &c->row, c->err);

	buf_clear(&c->row);
	return ok;
}

static bool number_of(Carry *c, const char *name)
{
	c->number = store_number(c->s, name);
	text_copy(c->series, sizeof c->series, name);
	if (c->number)
		return true;
	c->number = c->s->samples->series_n + 1;
	return sample_name(c->s, c->number, name, c->err);
}

/* Rows come by id: series, resolution, start. */
static bool carry_rollup(void *ctx, void *record)
{
	Carry *c = ctx;
	const Rollup *r = record;
	AUTO(Buf) blob = { 0 };
	Res res;

	if (!rollup_bucket(r, &res, &blob)) {
		c->s->samples->damaged++;
		return true;
	}
	if (res == RES_MINUTE || earlier(c->newest, res_end(res, r->start)))
		return true;
	if (c->row.n && (res != c->res || !text_eq(c->series, r->series)))
		c->ok = put_series(c);
	if (c->ok && !text_eq(c->series, r->series))
		c->ok = number_of(c, r->series);
	c->res = res;
	c->from[res] = earliest(c->from[res], r->start);
	c->rolled_until = latest(c->rolled_until, res_end(res, r->start));
	bucket_row_add(&c->row, r->start, blob.p, blob.n);
	return c->ok;
}

/* Those stores had a day of samples and some days of hours: where a coarser kind reaches
 * further back, a figure must not look for the finer one. */
static bool carry_limits(Carry *c)
{
	Instant raw = c->from[RES_KINDS], rolled = NEVER;
	bool ok = true;

	for (Res r = RES_MONTH; ok && r >= RES_HOUR; r--) {
		Instant mine = c->from[r];

		if (r < RES_MONTH && mine.us != NEVER.us &&
		    earlier(rolled, res_start((Res)(r + 1), mine)))
			ok = settle_kept(c->s, r, mine, c->err);
		rolled = earliest(rolled, mine);
	}
	if (raw.us == NEVER.us)
		raw = c->rolled_until;
	if (ok && is_set(raw) && earlier(rolled, res_start(RES_HOUR, raw)))
		ok = settle_kept(c->s, RES_KINDS, raw, c->err);
	return ok;
}

bool carry_old_samples(Store *s, Err *err)
{
	Carry c = { .s = s, .err = err, .newest = LONG_AGO, .row.max = SIZE_MAX / 2, .ok = true };
	sqlite3_stmt *st = store_prepare(s, "SELECT max(number) FROM series", err);

	if (!st)
		return false;
	c.rolled_until = LONG_AGO;
	for (size_t r = 0; r <= RES_KINDS; r++)
		c.from[r] = NEVER;
	if (sqlite3_step(st) == SQLITE_ROW)
		s->samples->series_n = (uint32_t)sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	for (uint32_t number = 1; c.ok && number <= s->samples->series_n; number++)
		c.ok = carry_series(&c, number);
	c.ok = c.ok && store_each(s, &rollup_record, carry_rollup, &c, err) && c.ok &&
	       put_series(&c) && carry_limits(&c);
	Buf_done(&c.row);
	return c.ok;
}
