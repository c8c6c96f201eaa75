/* How samples lie in the store: ids, statements kept, the log's pages. Only for this folder.
 *
 *   sample_log   what is in no chunk yet: a stream cut over rows of one page each, reused
 *   piece        chunks as they come: id = hour of their latest sample, series, k
 *   chunk        settled ones: id = series, second of their earliest sample; about a page each
 *   bucket_open  roll-ups as they come: id = resolution, start, series
 *   bucket       settled ones: id = series, resolution, start of the first; a page each
 *
 * Young rows are ordered by time, since all series write at the same time and rows that are
 * written together should share pages; settled rows by series, since a question is about one.
 * A day later each row moves once (settle.c). */
#pragma once
#include "core/list.h"
#include "store/store.h"

#include <sqlite3.h>

typedef sqlite3_int64 RowId;
typedef LIST(RowId) RowIds;
typedef LIST(Sample) Samples;

enum {
	ROW_FULL =
	        3900, /* bytes: with its header a row that fills its page and does not leave it */
	SERIES_BITS = 32, /* in an id */
	PIECES = 256,     /* chunks of one series in one hour */
};

/* Statements prepared when first needed and kept. */
typedef enum SampleSql {
	SQL_BEGIN,
	SQL_BEGIN_WRITE,
	SQL_END,
	SQL_NAME_PUT,
	SQL_PIECE_PUT,
	SQL_CHUNK_PUT,
	SQL_OPEN_PUT,
	SQL_BUCKET_PUT,
	SQL_LOG_NEW,
	SQL_LOG_WRITE,
	SQL_LOG_DROP,
	SQL_LOG_HEADS,
	SQL_LOG_READ,
	SQL_NUMBER,
	SQL_NAME,
	SQL_SPAN,
	SQL_SPAN_PUT,
	SQL_CHUNKS,
	SQL_CHUNKS_DROP,
	SQL_PIECE_NEXT,
	SQL_PIECES,
	SQL_PIECE_DROP,
	SQL_PIECES_DROP,
	SQL_BUCKETS,
	SQL_BUCKET_AT,
	SQL_BUCKETS_DROP,
	SQL_OPEN_NEXT,
	SQL_OPEN_ONE,
	SQL_OPEN_RANGE,
	SQL_OPEN_DROP,
	SAMPLE_SQL_N
} SampleSql;

/* A page of the log that is still needed. */
typedef struct LogPage {
	RowId slot;
	uint64_t number;   /* pages count upwards */
	uint64_t last_seq; /* newest entry that touches it */
} LogPage;

enum { LOG_PAGE = 4048, LOG_HEAD = 32, LOG_ENTRY_HEAD = 16 };

typedef struct Log {
	LIST(LogPage) live; /* oldest first; the last one is being filled */
	RowIds idle;        /* rows to be written over */
	unsigned char page[LOG_PAGE];
	size_t used; /* of the page, its head included */
	bool known;  /* the above is what the file says */
	bool dirty;  /* page is not written yet */
	RowId slots; /* highest row there is */
	uint64_t last_seq;
} Log;

struct StoreSamples {
	sqlite3_stmt *sql[SAMPLE_SQL_N];
	Log log;
	uint64_t damaged;
	uint32_t series_n;  /* highest number */
	uint32_t tend_next; /* settled next; 0: not read from the notebook yet */
	RowIds hours;       /* settle.c: of pieces, of this slice */
	RowIds periods;     /* of open buckets */
	Instant kept_from[RES_KINDS + 1];
	bool kept_known; /* the above was read from the notebook */
};

/* Reset, ready to be bound; NULL with the error set. */
sqlite3_stmt *sample_sql(Store *s, SampleSql which, Err *err);
/* Runs a statement that returns no row. */
bool sample_do(Store *s, sqlite3_stmt *st, const char *what, Err *err);
/* Its one row: 1, 0 none, -1 error. The caller resets it after reading. */
int sample_row(Store *s, sqlite3_stmt *st, const char *what, Err *err);
void samples_done(Store *s);

/* ---- ids ---- */

RowId piece_id(Instant latest, uint32_t series); /* the first of PIECES */
RowId chunk_id(uint32_t series, Instant earliest);
RowId open_id(Res res, Instant start, uint32_t series);
RowId bucket_id(uint32_t series, Res res, Instant start);
static inline RowId piece_hour(RowId id) { return id >> 40; }
static inline uint32_t piece_series(RowId id) { return (uint32_t)((uint64_t)id >> 8); }
static inline uint32_t open_series(RowId id) { return (uint32_t)(uint64_t)id; }
static inline RowId open_period(RowId id) { return id >> SERIES_BITS; } /* resolution and start */
Instant open_start(RowId period);
Res open_res(RowId period);
static inline uint32_t chunk_series(RowId id) { return (uint32_t)((uint64_t)id >> 31); }

bool begin_writing(Store *s, Err *err);
bool end_writing(Store *s, Err *err);

/* ---- writing, inside a transaction ---- */

bool sample_name(Store *s, uint32_t series, const char *name, Err *err);
/* `now`: it is put into that hour if its latest sample is older; LONG_AGO: where it belongs. */
bool piece_put(Store *s, uint32_t series, Instant now, const void *p, size_t n, Err *err);
bool open_put(Store *s, uint32_t series, Res res, Instant start, const void *p, size_t n, Err *err);
bool log_add(Store *s, uint64_t seq, const void *p, size_t n, Err *err);
bool log_drop(Store *s, uint64_t until, Err *err);
bool log_write(Store *s, Err *err); /* before the transaction ends */
void log_forget(Store *s);          /* it was rolled back */
/* store_log() without counting what is damaged. */
bool log_look(Store *s, bool (*each)(void *ctx, uint64_t seq, const void *p, size_t n), void *ctx,
              size_t *ret_bad, Err *err);

/* ---- reading ---- */

/* One view of all tables: upkeep may move rows between two statements. */
bool snapshot(Store *s, bool *ret_own, Err *err);
void snapshot_end(Store *s, bool own);

/* Hours that have pieces, from the one of that id on. */
bool piece_hours(Store *s, RowId from, RowIds *ret, Err *err);
bool pieces_of(Store *s, RowId hour, uint32_t series,
               bool (*each)(void *ctx, RowId id, const void *p, size_t n), void *ctx, Err *err);
/* Periods (resolution and start) that have open buckets, of ids in [from, to]. */
bool open_periods(Store *s, RowId from, RowId to, RowIds *ret, Err *err);
/* The row of that bucket; empty: there is none. */
bool open_one(Store *s, RowId period, uint32_t series, Buf *ret, Err *err);
/* The settled row that `at` falls into; -1: none, -2: error. ret_row may be NULL. */
RowId bucket_row_before(Store *s, uint32_t series, Res res, Instant at, Buf *ret_row, Err *err);

/* ---- rows made of parts ---- */

/* A settled row of chunks: each with its length before it. */
bool chunk_row_next(const unsigned char **p, size_t *n, const unsigned char **ret, size_t *ret_n);
void chunk_row_add(Buf *row, const void *p, size_t n);
/* A settled row of buckets: each with its start and length before it, a checksum after. */
typedef struct BucketPart {
	Instant start;
	const unsigned char *p;
	size_t n;
} BucketPart;
bool bucket_row_next(const unsigned char **p, size_t *n, BucketPart *ret);
void bucket_row_add(Buf *row, Instant start, const void *p, size_t n);

/* Settles one series: its pieces into full chunks, closed buckets beside each other. */
bool settle_chunks(Store *s, uint32_t series, Instant now, bool *ret_more, Err *err);
bool settle_buckets(Store *s, uint32_t series, Instant now, Err *err);

/* From when on all of `res` (RES_KINDS: chunks) is there, as store_kept_from() says it. */
bool settle_kept(Store *s, Res res, Instant from, Err *err);
/* Samples in order of time into settled rows, all of them. */
bool settle_samples(Store *s, uint32_t series, const Samples *samples, Err *err);
/* Buckets in order of start into settled rows; the row may be of any length. */
bool settle_bucket_row(Store *s, uint32_t series, Res res, const Buf *row, Err *err);

/* CRC-32C, and of what must belong to it. */
uint32_t sample_check(const void *p, size_t n, uint64_t with);

/* From rows of the format before 7. Inside the migration's transaction. */
bool carry_old_samples(Store *s, Err *err);
