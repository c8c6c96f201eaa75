/* Reading samples back: the chunks and buckets of one series, from settled rows and from
 * those that are still among the young ones. A damaged part is left out and counted. */
#include "store/samples_private.h"

#include "core/alloc.h"
#include "core/text.h"
#include "store/store_private.h"

#include <string.h>

bool snapshot(Store *s, bool *ret_own, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_BEGIN, err);

	*ret_own = sqlite3_get_autocommit(s->db) != 0;
	return st && (!*ret_own || sample_do(s, st, "begin", err));
}

void snapshot_end(Store *s, bool own)
{
	sqlite3_stmt *st = own ? sample_sql(s, SQL_END, NULL) : NULL;

	if (st)
		(void)sample_do(s, st, "end", NULL);
}

/* Chunks of one series for whoever asked, as far as they touch [from, to). */
typedef struct Wanted {
	Store *s;
	Instant from, to;
	bool (*each)(void *ctx, const void *p, size_t n);
	void *ctx;
	bool go;
} Wanted;

static void give(Wanted *w, const void *p, size_t n)
{
	ChunkFacts facts;

	if (!chunk_facts(p, n, &facts))
		w->s->samples->damaged++;
	else if (!earlier(facts.latest, w->from) && earlier(facts.earliest, w->to))
		w->go = w->each(w->ctx, p, n);
}

static void give_row(Wanted *w, const unsigned char *p, size_t n)
{
	const unsigned char *part;
	size_t part_n;

	while (w->go && chunk_row_next(&p, &n, &part, &part_n))
		give(w, part, part_n);
	if (w->go && n)
		w->s->samples->damaged++;
}

/* How far rows of this series reach, and how far they were put from where they belong. */
static bool reach(Store *s, uint32_t series, int64_t *ret_span, int64_t *ret_bump, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_SPAN, err);
	int got;

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, series);
	got = sample_row(s, st, "series", err);
	*ret_span = *ret_bump = 0;
	if (got == 1) {
		*ret_span = sqlite3_column_int64(st, 0);
		*ret_bump = sqlite3_column_int64(st, 1);
		sqlite3_reset(st);
	}
	return got >= 0;
}

static bool settled(Wanted *w, uint32_t series, Err *err)
{
	sqlite3_stmt *st = sample_sql(w->s, SQL_CHUNKS, err);
	int64_t span, bump;
	RowId last = chunk_id(series + 1, LONG_AGO) - 1, to;
	int got = 0;

	if (!st || !reach(w->s, series, &span, &bump, err))
		return false;
	to = chunk_id(series, w->to) + bump;
	sqlite3_bind_int64(st, 1, chunk_id(series, after(w->from, duration_us(-span))));
	sqlite3_bind_int64(st, 2, to < last ? to : last);
	while (w->go && (got = sample_row(w->s, st, "chunk", err)) == 1)
		give_row(w, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	sqlite3_reset(st);
	return got >= 0;
}

/* The first piece at or after `from`; *ret 0: there is none. */
static bool first_piece(Store *s, RowId from, RowId *ret, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_PIECE_NEXT, err);
	int got;

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, from);
	got = sample_row(s, st, "piece", err);
	*ret = got == 1 ? sqlite3_column_int64(st, 0) : -1;
	sqlite3_reset(st);
	return got >= 0;
}

bool pieces_of(Store *s, RowId hour, uint32_t series,
               bool (*each)(void *ctx, RowId id, const void *p, size_t n), void *ctx, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_PIECES, err);
	RowId first = hour << 40 | (RowId)series << 8;
	bool go = true;
	int got = 0;

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, first);
	sqlite3_bind_int64(st, 2, first + PIECES - 1);
	while (go && (got = sample_row(s, st, "piece", err)) == 1)
		go = each(ctx, sqlite3_column_int64(st, 0), sqlite3_column_blob(st, 1),
		          (size_t)sqlite3_column_bytes(st, 1));
	sqlite3_reset(st);
	return got >= 0;
}

bool piece_hours(Store *s, RowId from, RowIds *ret, Err *err)
{
	RowId id;

	ret->n = 0;
	while (first_piece(s, from, &id, err)) {
		if (id < 0)
			return true;
		list_add(ret, piece_hour(id));
		from = (piece_hour(id) + 1) << 40;
	}
	return false;
}

static bool give_piece(void *ctx, RowId id, const void *p, size_t n)
{
	Wanted *w = ctx;

	(void)id;
	give(w, p, n);
	return w->go;
}

static bool young(Wanted *w, uint32_t series, Err *err)
{
	RowIds hours = { 0 };
	bool ok = piece_hours(w->s, piece_id(w->from, 0), &hours, err);

	for (size_t i = 0; ok && w->go && i < hours.n; i++)
		ok = pieces_of(w->s, hours.at[i], series, give_piece, w, err);
	list_free(&hours);
	return ok;
}

bool store_chunks(Store *s, uint32_t series, Instant from, Instant to,
                  bool (*each)(void *ctx, const void *p, size_t n), void *ctx, Err *err)
{
	Wanted w = { s, from, to, each, ctx, true };
	bool own, ok;

	if (!snapshot(s, &own, err))
		return false;
	ok = settled(&w, series, err) && (!w.go || young(&w, series, err));
	snapshot_end(s, own);
	return ok;
}

/* ---- buckets ---- */

static bool first_open(Store *s, RowId from, RowId *ret, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_OPEN_NEXT, err);
	int got;

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, from);
	got = sample_row(s, st, "bucket_open", err);
	*ret = got == 1 ? sqlite3_column_int64(st, 0) : -1;
	sqlite3_reset(st);
	return got >= 0;
}

bool open_periods(Store *s, RowId from, RowId to, RowIds *ret, Err *err)
{
	RowId id;

	ret->n = 0;
	while (first_open(s, from, &id, err)) {
		if (id < 0 || id > to)
			return true;
		list_add(ret, open_period(id));
		from = (open_period(id) + 1) << SERIES_BITS;
	}
	return false;
}

bool open_one(Store *s, RowId period, uint32_t series, Buf *ret, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_OPEN_ONE, err);
	int got;

	buf_clear(ret);
	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, period << SERIES_BITS | series);
	got = sample_row(s, st, "bucket_open", err);
	if (got == 1) {
		buf_add(ret, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
		sqlite3_reset(st);
	}
	return got >= 0;
}

/* All parts of one series in [from, to): settled rows first, then open ones, which replace
 * those of the same start. */
typedef struct Found {
	Instant start;
	size_t at, n; /* in the text */
	size_t order;
} Found;

typedef struct Parts {
	LIST(Found) found;
	Buf text;
	Instant from, to;
} Parts;

static void part_add(Parts *ps, const BucketPart *part)
{
	Found f = { part->start, ps->text.n, part->n, ps->found.n };

	if (earlier(part->start, ps->from) || !earlier(part->start, ps->to))
		return;
	buf_add(&ps->text, part->p, part->n);
	list_add(&ps->found, f);
}

static void row_parts(Store *s, Parts *ps, const unsigned char *p, size_t n)
{
	BucketPart part;

	while (bucket_row_next(&p, &n, &part))
		part_add(ps, &part);
	s->samples->damaged += n != 0;
}

RowId bucket_row_before(Store *s, uint32_t series, Res res, Instant at, Buf *ret_row, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_BUCKET_AT, err);
	RowId id = -1;
	int got;

	if (ret_row)
		buf_clear(ret_row);
	if (!st)
		return -2;
	sqlite3_bind_int64(st, 1, bucket_id(series, res, LONG_AGO));
	sqlite3_bind_int64(st, 2, bucket_id(series, res, at));
	got = sample_row(s, st, "bucket", err);
	if (got == 1) {
		id = sqlite3_column_int64(st, 0);
		if (ret_row)
			buf_add(ret_row, sqlite3_column_blob(st, 1),
			        (size_t)sqlite3_column_bytes(st, 1));
		sqlite3_reset(st);
	}
	return got < 0 ? -2 : id;
}

static bool settled_parts(Store *s, uint32_t series, Res res, Parts *ps, Err *err)
{
	RowId first = bucket_row_before(s, series, res, ps->from, NULL, err);
	sqlite3_stmt *st = sample_sql(s, SQL_BUCKETS, err);
	int got;

	if (!st || first == -2)
		return false;
	sqlite3_bind_int64(st, 1, first >= 0 ? first : bucket_id(series, res, ps->from));
	sqlite3_bind_int64(st, 2, bucket_id(series, res, ps->to));
	while ((got = sample_row(s, st, "bucket", err)) == 1)
		row_parts(s, ps, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1));
	return got >= 0;
}

static bool open_parts(Store *s, uint32_t series, Res res, Parts *ps, Err *err)
{
	RowIds periods = { 0 };
	AUTO(Buf) row = { 0 };
	bool ok = open_periods(s, open_id(res, ps->from, 0), open_id(res, ps->to, UINT32_MAX),
	                       &periods, err);

	for (size_t i = 0; ok && i < periods.n; i++) {
		ok = open_one(s, periods.at[i], series, &row, err);
		row_parts(s, ps, (unsigned char *)row.p, row.n);
	}
	list_free(&periods);
	return ok;
}

static int by_start(const void *a, const void *b)
{
	const Found *x = a, *y = b;

	if (x->start.us != y->start.us)
		return x->start.us < y->start.us ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

bool store_buckets(Store *s, uint32_t series, Res res, Instant from, Instant to,
                   bool (*each)(void *ctx, Instant start, const void *p, size_t n), void *ctx,
                   Err *err)
{
	Parts ps = { .text.max = SIZE_MAX / 2, .from = from, .to = to };
	bool own, ok, go;

	if (!snapshot(s, &own, err))
		return false;
	go = ok = settled_parts(s, series, res, &ps, err) && open_parts(s, series, res, &ps, err);
	snapshot_end(s, own);

	list_sort(&ps.found, by_start);
	for (size_t i = 0; go && i < ps.found.n; i++) {
		const Found *f = &ps.found.at[i];

		if (i + 1 == ps.found.n || f[1].start.us != f->start.us)
			go = each(ctx, f->start, ps.text.p + f->at, f->n);
	}
	list_free(&ps.found);
	Buf_done(&ps.text);
	return ok;
}

static Instant last_part(Store *s, const Buf *row, Instant so_far)
{
	const unsigned char *p = (unsigned char *)row->p;
	size_t n = row->n;
	BucketPart part;

	while (bucket_row_next(&p, &n, &part))
		so_far = latest(so_far, part.start);
	s->samples->damaged += n != 0;
	return so_far;
}

Instant store_newest(Store *s, uint32_t series, Res res)
{
	AUTO(Buf) row = { 0 };
	RowIds periods = { 0 };
	Instant newest = LONG_AGO;

	if (bucket_row_before(s, series, res, NEVER, &row, NULL) >= 0)
		newest = last_part(s, &row, newest);
	if (open_periods(s, open_id(res, LONG_AGO, 0), open_id(res, NEVER, UINT32_MAX), &periods,
	                 NULL)) {
		for (size_t i = 0; i < periods.n; i++) {
			if (open_one(s, periods.at[i], series, &row, NULL))
				newest = last_part(s, &row, newest);
		}
	}
	list_free(&periods);
	return newest;
}

bool store_open_buckets(Store *s, Res res, Instant from,
                        bool (*each)(void *ctx, uint32_t series, Instant start, const void *p,
                                     size_t n),
                        void *ctx, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_OPEN_RANGE, err);
	bool go = true;
	int got = 0;

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, open_id(res, from, 0));
	sqlite3_bind_int64(st, 2, open_id(res, NEVER, UINT32_MAX));
	while (go && (got = sample_row(s, st, "bucket_open", err)) == 1) {
		const unsigned char *p = sqlite3_column_blob(st, 1);
		size_t n = (size_t)sqlite3_column_bytes(st, 1);
		BucketPart part;

		if (bucket_row_next(&p, &n, &part))
			go = each(ctx, open_series(sqlite3_column_int64(st, 0)), part.start, part.p,
			          part.n);
		else
			s->samples->damaged++;
	}
	sqlite3_reset(st);
	return got >= 0;
}

/* ---- as series/ asks ---- */

static bool source_chunks(void *ctx, uint32_t number, Instant from, Instant to, ChunkEach *each,
                          void *arg)
{
	return store_chunks(ctx, number, from, to, each, arg, NULL);
}

static bool source_rollups(void *ctx, uint32_t number, Res res, Instant from, Instant to,
                           BucketEach *each, void *arg)
{
	return store_buckets(ctx, number, res, from, to, each, arg, NULL);
}

static Instant source_kept_from(void *ctx, Res res) { return store_kept_from(ctx, res); }

static Instant source_newest(void *ctx, uint32_t number, Res res)
{
	return store_newest(ctx, number, res);
}

static bool source_hold(void *ctx)
{
	bool own;

	return snapshot(ctx, &own, NULL) && own;
}

static void source_release(void *ctx) { snapshot_end(ctx, true); }

SampleSource store_source(Store *s)
{
	return (SampleSource){ source_chunks,
		               source_rollups,
		               source_kept_from,
		               source_newest,
		               source_hold,
		               source_release,
		               s };
}
