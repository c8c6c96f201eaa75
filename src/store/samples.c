/* Samples: where each row lies, names, and what a commit writes of them. */
#include "store/samples_private.h"

#include "core/alloc.h"
#include "series/crc.h"
#include "store/store_private.h"

#include <string.h>

static const char *const sql_texts[SAMPLE_SQL_N] = {
	[SQL_BEGIN] = "BEGIN",
	[SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[SQL_END] = "COMMIT",
	[SQL_NAME_PUT] = "INSERT INTO series (number, name) VALUES (?1, ?2)"
	                 " ON CONFLICT (number) DO UPDATE SET name = excluded.name",
	[SQL_PIECE_PUT] = "INSERT INTO piece (id, data) VALUES (?1, ?2)",
	[SQL_CHUNK_PUT] = "INSERT INTO chunk (id, data) VALUES (?1, ?2)",
	[SQL_OPEN_PUT] = "INSERT INTO bucket_open (id, data) VALUES (?1, ?2)"
	                 " ON CONFLICT (id) DO UPDATE SET data = excluded.data",
	[SQL_BUCKET_PUT] = "INSERT INTO bucket (id, data) VALUES (?1, ?2)"
	                   " ON CONFLICT (id) DO UPDATE SET data = excluded.data",
	[SQL_LOG_NEW] = "INSERT INTO sample_log (slot, data) VALUES (?1, ?2)",
	[SQL_LOG_WRITE] = "UPDATE sample_log SET data = ?2 WHERE slot = ?1",
	[SQL_LOG_DROP] = "DELETE FROM sample_log WHERE slot = ?1",
	[SQL_LOG_HEADS] = "SELECT slot, substr(data, 1, 32), length(data) FROM sample_log",
	[SQL_LOG_READ] = "SELECT data FROM sample_log WHERE slot = ?1",
	[SQL_NUMBER] = "SELECT number FROM series WHERE name = ?1",
	[SQL_NAME] = "SELECT name FROM series WHERE number = ?1",
	[SQL_SPAN] = "SELECT span, bump FROM series WHERE number = ?1",
	[SQL_SPAN_PUT] = "UPDATE series SET span = max(span, ?2), bump = max(bump, ?3)"
	                 " WHERE number = ?1 AND (span < ?2 OR bump < ?3)",
	[SQL_CHUNKS] = "SELECT data FROM chunk WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
	[SQL_CHUNKS_DROP] = "DELETE FROM chunk WHERE id IN"
	                    " (SELECT id FROM chunk WHERE id >= ?1 AND id < ?2 LIMIT ?3)",
	[SQL_PIECE_NEXT] = "SELECT id FROM piece WHERE id >= ?1 ORDER BY id LIMIT 1",
	[SQL_PIECES] = "SELECT id, data FROM piece WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
	[SQL_PIECES_DROP] = "DELETE FROM piece WHERE id IN"
	                    " (SELECT id FROM piece WHERE id >= ?1 AND id < ?2 LIMIT ?3)",
	[SQL_PIECE_DROP] = "DELETE FROM piece WHERE id = ?1",
	[SQL_BUCKETS] = "SELECT id, data FROM bucket WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
	[SQL_BUCKET_AT] = "SELECT id, data FROM bucket WHERE id BETWEEN ?1 AND ?2"
	                  " ORDER BY id DESC LIMIT 1",
	[SQL_BUCKETS_DROP] = "DELETE FROM bucket WHERE id IN"
	                     " (SELECT id FROM bucket WHERE id >= ?1 AND id < ?2 LIMIT ?3)",
	[SQL_OPEN_NEXT] = "SELECT id FROM bucket_open WHERE id >= ?1 ORDER BY id LIMIT 1",
	[SQL_OPEN_ONE] = "SELECT data FROM bucket_open WHERE id = ?1",
	[SQL_OPEN_RANGE] =
	        "SELECT id, data FROM bucket_open WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
	[SQL_OPEN_DROP] = "DELETE FROM bucket_open WHERE id = ?1",
};

sqlite3_stmt *sample_sql(Store *s, SampleSql which, Err *err)
{
	sqlite3_stmt **st = &s->samples->sql[which];

	if (!*st && sqlite3_prepare_v3(s->db, sql_texts[which], -1, SQLITE_PREPARE_PERSISTENT, st,
	                               NULL) != SQLITE_OK) {
		store_fail(s, err, "prepare");
		*st = NULL;
	}
	return *st;
}

bool sample_do(Store *s, sqlite3_stmt *st, const char *what, Err *err)
{
	int rc = sqlite3_step(st);

	sqlite3_reset(st);
	return rc == SQLITE_DONE || store_fail(s, err, what);
}

int sample_row(Store *s, sqlite3_stmt *st, const char *what, Err *err)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return 1;
	sqlite3_reset(st);
	if (rc == SQLITE_DONE)
		return 0;
	store_fail(s, err, what);
	return -1;
}

void samples_done(Store *s)
{
	if (!s->samples)
		return;
	for (size_t i = 0; i < SAMPLE_SQL_N; i++)
		sqlite3_finalize(s->samples->sql[i]);
	list_free(&s->samples->log.live);
	list_free(&s->samples->log.idle);
	list_free(&s->samples->hours);
	list_free(&s->samples->periods);
	mem_free(s->samples);
	s->samples = NULL;
}

/* ---- ids ---- */

/* Whole units since `from`, kept inside what an id has room for: order stays, and whoever
 * looks for an instant outside finds its row at the edge. */
static RowId unit_of(Instant t, int64_t from_s, int64_t unit_s, unsigned bits)
{
	int64_t s = t.us / 1000000 - (t.us % 1000000 < 0) - from_s;
	int64_t n = s < 0 ? 0 : s / unit_s, most = (INT64_C(1) << bits) - 1;

	return n > most ? most : n;
}

RowId piece_id(Instant latest, uint32_t series)
{
	return unit_of(latest, 0, 3600, 23) << 40 | (RowId)series << 8;
}

/* 2020-01-01, and 68 years from there. */
RowId chunk_id(uint32_t series, Instant earliest)
{
	return (RowId)series << 31 | unit_of(earliest, 1577836800, 1, 31);
}

static const int64_t res_unit_s[RES_KINDS] = { 60, 3600, 86400, 86400 };

RowId open_id(Res res, Instant start, uint32_t series)
{
	return (RowId)res << 58 | unit_of(start, 0, res_unit_s[res], 26) << SERIES_BITS | series;
}

Instant open_start(RowId period)
{
	return (Instant){ (period & ((1 << 26) - 1)) * res_unit_s[open_res(period)] * 1000000 };
}

Res open_res(RowId period) { return (Res)(period >> 26); }

RowId bucket_id(uint32_t series, Res res, Instant start)
{
	return (RowId)series << 28 | (RowId)res << 26 | unit_of(start, 0, res_unit_s[res], 26);
}

uint32_t sample_check(const void *p, size_t n, uint64_t with)
{
	return crc32c(p, n) ^ (uint32_t)(with ^ with >> 32) * UINT32_C(2654435761);
}

/* ---- writing ---- */

bool sample_name(Store *s, uint32_t series, const char *name, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_NAME_PUT, err);

	if (!st)
		return false;
	if (series > s->samples->series_n)
		s->samples->series_n = series;
	sqlite3_bind_int64(st, 1, series);
	sqlite3_bind_text(st, 2, name, -1, SQLITE_STATIC);
	return sample_do(s, st, "series", err);
}

/* In the first free place of its hour; past 256 in one hour it takes the next hour's, where
 * whoever looks from its own hour on finds it as well. */
bool piece_put(Store *s, uint32_t series, Instant now, const void *p, size_t n, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_PIECE_PUT, err);
	ChunkFacts facts;
	int rc = SQLITE_CONSTRAINT;
	RowId id;

	if (!st)
		return false;
	if (!chunk_facts(p, n, &facts))
		return err_set(err, ERR_BAD_INPUT, "a chunk of series %u is none", series);
	id = piece_id(latest(facts.latest, now), series);
	sqlite3_bind_blob(st, 2, p, (int)n, SQLITE_STATIC);
	for (int k = 0; rc == SQLITE_CONSTRAINT; k++) {
		if (k == PIECES) {
			id += INT64_C(1) << 40;
			k = 0;
		}
		sqlite3_bind_int64(st, 1, id + k);
		rc = sqlite3_step(st);
		sqlite3_reset(st);
	}
	sqlite3_clear_bindings(st);
	return rc == SQLITE_DONE || store_fail(s, err, "piece");
}

/* As a settled row of one part, so that a damaged one is known by its checksum. */
bool open_put(Store *s, uint32_t series, Res res, Instant start, const void *p, size_t n, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_OPEN_PUT, err);
	AUTO(Buf) row = { 0 };
	bool ok;

	if (!st)
		return false;
	bucket_row_add(&row, start, p, n);
	sqlite3_bind_int64(st, 1, open_id(res, start, series));
	sqlite3_bind_blob(st, 2, row.p, (int)row.n, SQLITE_STATIC);
	ok = sample_do(s, st, "bucket", err);
	sqlite3_clear_bindings(st);
	return ok;
}

/* ---- rows made of parts ---- */

bool chunk_row_next(const unsigned char **p, size_t *n, const unsigned char **ret, size_t *ret_n)
{
	size_t length = *n >= 2 ? (size_t)(*p)[0] | (size_t)(*p)[1] << 8 : 0;

	if (length == 0 || length > *n - 2)
		return false;
	*ret = *p + 2;
	*ret_n = length;
	*p += 2 + length;
	*n -= 2 + length;
	return true;
}

void chunk_row_add(Buf *row, const void *p, size_t n)
{
	unsigned char length[2] = { (unsigned char)n, (unsigned char)(n >> 8) };

	buf_add(row, length, sizeof length);
	buf_add(row, p, n);
}

enum { PART_HEAD = 14 };

void bucket_row_add(Buf *row, Instant start, const void *p, size_t n)
{
	unsigned char head[PART_HEAD];
	uint64_t us = (uint64_t)start.us;
	uint32_t check = sample_check(p, n, us ^ n);

	for (unsigned i = 0; i < 8; i++)
		head[i] = (unsigned char)(us >> 8 * i);
	for (unsigned i = 0; i < 4; i++)
		head[8 + i] = (unsigned char)(check >> 8 * i);
	head[12] = (unsigned char)n;
	head[13] = (unsigned char)(n >> 8);
	buf_add(row, head, sizeof head);
	buf_add(row, p, n);
}

/* False: no part any more, or a damaged one (*n is not 0 then). */
bool bucket_row_next(const unsigned char **p, size_t *n, BucketPart *ret)
{
	uint64_t us = 0;
	uint32_t check = 0;
	size_t length;

	if (*n < PART_HEAD)
		return false;
	for (unsigned i = 0; i < 8; i++)
		us |= (uint64_t)(*p)[i] << 8 * i;
	for (unsigned i = 0; i < 4; i++)
		check |= (uint32_t)(*p)[8 + i] << 8 * i;
	length = (size_t)(*p)[12] | (size_t)(*p)[13] << 8;
	if (length > *n - PART_HEAD || check != sample_check(*p + PART_HEAD, length, us ^ length))
		return false;
	*ret = (BucketPart){ { (int64_t)us }, *p + PART_HEAD, length };
	*p += PART_HEAD + length;
	*n -= PART_HEAD + length;
	return true;
}

/* ---- names ---- */

bool store_names(Store *s, bool (*each)(void *ctx, uint32_t series, const char *name), void *ctx,
                 Err *err)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT number, name FROM series ORDER BY number", err);
	bool go = true;
	int rc = SQLITE_DONE;

	if (!st)
		return false;
	while (go && (rc = sqlite3_step(st)) == SQLITE_ROW)
		go = each(ctx, (uint32_t)sqlite3_column_int64(st, 0),
		          (const char *)sqlite3_column_text(st, 1));
	sqlite3_finalize(st);
	return !go || rc == SQLITE_DONE || store_fail(s, err, "series");
}

uint32_t store_series_count(const Store *s) { return s->samples->series_n; }

uint32_t store_number(Store *s, const char *name)
{
	sqlite3_stmt *st = sample_sql(s, SQL_NUMBER, NULL);
	uint32_t number = 0;

	if (!st)
		return 0;
	sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
	if (sample_row(s, st, "series", NULL) == 1) {
		number = (uint32_t)sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	sqlite3_clear_bindings(st);
	return number;
}

uint64_t store_damaged(const Store *s) { return s->samples->damaged; }
