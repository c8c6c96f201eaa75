/* Whether all samples can still be read: every chunk, bucket and log entry is checked. What
 * does not hold is counted and the first of it named; nothing is repaired or removed. */
#include "store/samples_private.h"

#include "core/alloc.h"
#include "store/store_private.h"

#include <stdio.h>

typedef struct Look {
	Store *s;
	SampleHealth *h;
} Look;

static void bad(Look *l, const char *what, uint32_t series, Instant at)
{
	char when[INSTANT_TEXT];
	sqlite3_stmt *st;

	if (l->h->bad++)
		return;
	st = sample_sql(l->s, SQL_NAME, NULL);
	if (st)
		sqlite3_bind_int64(st, 1, series);
	(void)snprintf(l->h->first_bad, sizeof l->h->first_bad, "%s of %.64s, %s", what,
	               st && sample_row(l->s, st, "series", NULL) == 1
	                       ? (const char *)sqlite3_column_text(st, 0)
	                       : "an unknown series",
	               instant_print(at, when));
	sqlite3_reset(st);
}

static void look_chunk(Look *l, uint32_t series, Instant about, const void *p, size_t n)
{
	Sample samples[CHUNK_MAX];
	size_t got;

	if (!chunk_read(p, n, samples, &got, NULL)) {
		bad(l, "chunk", series, about);
		return;
	}
	l->h->chunks++;
	l->h->samples += got;
	l->h->bytes += n;
}

static void look_piece(Look *l, RowId id, const unsigned char *p, size_t n)
{
	look_chunk(l, piece_series(id), (Instant){ piece_hour(id) * 3600 * 1000000 }, p, n);
}

static void look_row(Look *l, RowId id, const unsigned char *p, size_t n)
{
	Instant about = { ((id & INT32_MAX) + 1577836800) * 1000000 };
	const unsigned char *part;
	size_t part_n;

	while (chunk_row_next(&p, &n, &part, &part_n))
		look_chunk(l, chunk_series(id), about, part, part_n);
	if (n)
		bad(l, "end of a row of chunks", chunk_series(id), about);
}

static void look_buckets(Look *l, uint32_t series, Instant about, const unsigned char *p, size_t n)
{
	BucketPart part;

	while (bucket_row_next(&p, &n, &part)) {
		l->h->buckets++;
		l->h->bytes += part.n;
	}
	if (n)
		bad(l, "roll-up", series, about);
}

static void look_open(Look *l, RowId id, const unsigned char *p, size_t n)
{
	look_buckets(l, open_series(id), open_start(open_period(id)), p, n);
}

static void look_settled(Look *l, RowId id, const unsigned char *p, size_t n)
{
	RowId period = id & ((1 << 28) - 1);

	look_buckets(l, (uint32_t)(id >> 28), open_start(period), p, n);
}

static bool each_row(Look *l, const char *sql,
                     void (*look)(Look *l, RowId id, const unsigned char *p, size_t n), Err *err)
{
	sqlite3_stmt *st = store_prepare(l->s, sql, err);
	int rc;

	if (!st)
		return false;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		look(l, sqlite3_column_int64(st, 0), sqlite3_column_blob(st, 1),
		     (size_t)sqlite3_column_bytes(st, 1));
	sqlite3_finalize(st);
	return rc == SQLITE_DONE || store_fail(l->s, err, sql);
}

static bool look_entry(void *ctx, uint64_t seq, const void *p, size_t n)
{
	Look *l = ctx;

	(void)seq;
	(void)p;
	(void)n;
	l->h->log_entries++;
	return true;
}

bool store_check_samples(Store *s, SampleHealth *ret, Err *err)
{
	Look l = { s, ret };
	size_t entries = 0;

	bool own, ok;

	*ret = (SampleHealth){ 0 };
	if (!snapshot(s, &own, err))
		return false;
	ok = each_row(&l, "SELECT id, data FROM chunk", look_row, err) &&
	     each_row(&l, "SELECT id, data FROM piece", look_piece, err) &&
	     each_row(&l, "SELECT id, data FROM bucket_open", look_open, err) &&
	     each_row(&l, "SELECT id, data FROM bucket", look_settled, err) &&
	     log_look(s, look_entry, &l, &entries, err);
	snapshot_end(s, own);
	if (entries && ret->bad == 0)
		(void)snprintf(ret->first_bad, sizeof ret->first_bad, "an entry of the log");
	ret->bad += entries;
	return ok;
}
