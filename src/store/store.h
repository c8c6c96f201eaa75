/* The store: Carène's memory. One SQLite file, one writer, numbered migrations.
 *
 * A turn of the engine collects its writes in a Batch; store_commit() makes all
 * of them durable in one transaction, or none. Evidence is numbered and chained
 * at that moment, so that a failed commit leaves no hole. A batch that failed
 * keeps its writes and is tried again: nothing is acknowledged, sent or shown as
 * done before its commit.
 *
 * The store knows records (core/record.h), evidence and samples. It knows
 * nothing of what they mean, and it judges nothing. */
#pragma once
#include "core/record.h"
#include "journal/chain.h"
#include "series/keep.h"

typedef struct Store Store;
typedef struct Batch Batch;

typedef struct StoreOptions {
	const char *path;
	bool read_only;    /* refuses writes; works beside a running daemon */
	int busy_ms;       /* how long a lock is waited for; 0: 2000 */
	int64_t max_bytes; /* tests: the file may not grow past this; 0: no limit */
} StoreOptions;

/* Opens and migrates. A newer file than this program knows is refused
 * (ERR_CONFLICT), an older one is upgraded inside one transaction per step. */
bool store_open(const StoreOptions *o, Store **ret, Err *err) MUST_CHECK;
void store_close(Store *s); /* NULL is fine */

Batch *batch_new(void);
void batch_free(Batch *b);
bool batch_is_empty(const Batch *b);
size_t batch_size(const Batch *b);  /* writes waiting, for bounding */
size_t batch_bytes(const Batch *b); /* of samples in them (log, chunks, buckets) */
/* Inserts or replaces the row of this id; the record is copied. A later put of
 * the same id replaces the earlier one. */
void batch_put(Batch *b, const RecordType *type, const void *record);
void batch_delete(Batch *b, const RecordType *type, const char *id);
/* Evidence, in this order. The entry is copied. */
void batch_entry(Batch *b, const Entry *e, const char *plan_digest, int32_t offset_s);
void batch_meta(Batch *b, const char *key, const char *value);

/* Samples (docs/internals/samples.md). A series has a number from 1, given by series/; what
 * is stored of it is opaque here and copied. The log holds what is in no chunk yet: entries
 * numbered upwards by the caller, from 1, without return. */
void batch_name(Batch *b, uint32_t series, const char *name);
void batch_log(Batch *b, uint64_t seq, const void *p, size_t n);
void batch_log_until(Batch *b, uint64_t seq); /* entries before seq are no longer needed */
/* Somebody else still needs entries from `seq` on (0: nobody any more): they stay, whatever
 * batch_log_until() says, and what it said is noted for store_log_over(). */
void batch_hold_log(Batch *b, uint64_t seq);
void batch_chunk(Batch *b, uint32_t series, const void *p, size_t n); /* one of chunk_write() */
/* Replaces the bucket of the same start. */
void batch_bucket(Batch *b, uint32_t series, Res res, Instant start, const void *p, size_t n);
/* The same as what series_save() calls; it must not outlive the batch. */
SampleSink batch_sink(Batch *b);

/* Whoever wants to see each record as it is put (a simulation's tally); NULL: nobody. */
void batch_watch(Batch *b, void (*put)(void *ctx, const RecordType *type, const void *record),
                 void *ctx);

/* What is in the batch is acted on or acknowledged after its commit: it must survive a
 * power cut, not only the end of this process. Evidence always does. */
void batch_durable(Batch *b);

/* All or nothing; the batch is empty after success and untouched after failure.
 * ERR_STORE with the reason ("database is full", "database is locked"). */
bool store_commit(Store *s, Batch *b, Err *err) MUST_CHECK;

/* Reads every row in id order; the record belongs to `each` only during the call
 * (copy what is kept). `each` returns false to stop early (which is no error). */
bool store_each(Store *s, const RecordType *type, bool (*each)(void *ctx, void *record), void *ctx,
                Err *err) MUST_CHECK;

typedef struct EvidenceRow {
	int64_t seq;
	const char *line, *hash;
} EvidenceRow;
/* Evidence from seq `from` on, in order; `subject` and `kind` filter by prefix, NULL: all. */
bool store_evidence(Store *s, int64_t from, const char *subject, const char *kind,
                    bool (*each)(void *ctx, const EvidenceRow *row), void *ctx,
                    Err *err) MUST_CHECK;
/* Numbers of the newest evidence about exactly that subject, ascending; `kind` is a prefix,
 * NULL: any. Uses the index: it costs what it finds. */
bool store_evidence_of(Store *s, const char *subject, const char *kind, int64_t *out, size_t cap,
                       size_t *ret_n, Err *err) MUST_CHECK;
/* Walks the whole chain; *ret_last is the last good link. ERR_BAD_INPUT names the
 * first record that does not hold, also when records were cut off the end. */
bool store_verify(Store *s, ChainLink *ret_last, Err *err) MUST_CHECK;
ChainLink store_head(const Store *s); /* last committed link */

/* ---- samples: reading ---- What is given to `each` is valid during the call; false stops
 * the walk, which is no error. These work on a connection of their own (read_only) beside a
 * running daemon, one thread a connection. */

bool store_names(Store *s, bool (*each)(void *ctx, uint32_t series, const char *name), void *ctx,
                 Err *err) MUST_CHECK;
uint32_t store_series_count(const Store *s); /* numbers given */
/* 0: no series of that name. */
uint32_t store_number(Store *s, const char *name);
/* Entries of the log in order. One that is torn or damaged is left out and counted. */
bool store_log(Store *s, bool (*each)(void *ctx, uint64_t seq, const void *p, size_t n), void *ctx,
               size_t *ret_bad, Err *err) MUST_CHECK;
uint64_t store_log_last(const Store *s); /* number of the newest entry; 0: none yet */
/* Committed entries from `seq` on, in order, damaged ones left out; at least one, and more until
 * `each` says false. For the connection that writes. */
bool store_log_from(Store *s, uint64_t seq,
                    bool (*each)(void *ctx, uint64_t seq, const void *p, size_t n), void *ctx,
                    Err *err) MUST_CHECK;
/* Entries before this one are there for somebody else only (batch_hold_log()); 0: none is. */
uint64_t store_log_over(Store *s);
/* Chunks with a sample in [from, to); older ones first, as far as they do not overlap. */
bool store_chunks(Store *s, uint32_t series, Instant from, Instant to,
                  bool (*each)(void *ctx, const void *p, size_t n), void *ctx, Err *err) MUST_CHECK;
/* Buckets that start in [from, to), by start. */
bool store_buckets(Store *s, uint32_t series, Res res, Instant from, Instant to,
                   bool (*each)(void *ctx, Instant start, const void *p, size_t n), void *ctx,
                   Err *err) MUST_CHECK;
/* All buckets of one resolution that start at or after `from` and are not settled yet: those
 * of the last day and those still open; by start, then series. For a restart. */
bool store_open_buckets(Store *s, Res res, Instant from,
                        bool (*each)(void *ctx, uint32_t series, Instant start, const void *p,
                                     size_t n),
                        void *ctx, Err *err) MUST_CHECK;

/* Retention: buckets of `res` (RES_KINDS: chunks) are complete from here on; LONG_AGO: none
 * was dropped. */
Instant store_kept_from(Store *s, Res res);
/* Start of the newest bucket; LONG_AGO: there is none. */
Instant store_newest(Store *s, uint32_t series, Res res);
/* All of this for series/; it must not outlive the store. */
SampleSource store_source(Store *s);

/* ---- samples: upkeep ---- */

/* How long each class is kept: buckets by resolution, [RES_KINDS] chunks. 0: for good. */
typedef struct StoreKeep {
	Duration keep[RES_KINDS + 1];
} StoreKeep;
extern const StoreKeep store_keep_ours;

/* Upkeep of the next `n` series, in order of number and round again: small chunks become
 * full ones, closed buckets move beside those of their series, what is past its time goes.
 * One transaction of its own. */
bool store_tend(Store *s, Instant now, const StoreKeep *keep, uint32_t n, Err *err) MUST_CHECK;
/* What could not be read since this store was opened: chunks, buckets, log entries. */
uint64_t store_damaged(const Store *s);

typedef struct SampleHealth {
	uint64_t chunks, samples, buckets, log_entries; /* good ones */
	uint64_t bad;                                   /* damaged */
	uint64_t bytes;                                 /* of chunks and buckets */
	char first_bad[128]; /* which: "chunk of latency{site} from …" */
} SampleHealth;
/* Reads everything and checks it. Bad samples are counted, not an error. */
bool store_check_samples(Store *s, SampleHealth *ret, Err *err) MUST_CHECK;

/* A value of the store's own notebook, copied (mem_free); NULL when absent. */
char *store_meta(Store *s, const char *key);

/* Makes room for the writes of that many checks: what many of them have on the same page is
 * written once, and not with each commit. */
void store_scale(Store *s, size_t checks);

/* While `full`, the file may not grow: every commit that needs room fails as on a full
 * disk. For drills and tests. */
bool store_limit(Store *s, bool full, Err *err) MUST_CHECK;

/* The statement that makes this record's table, for migrations and their test. */
void store_ddl(const RecordType *type, Buf *out);
/* Refuses (ERR_CONFLICT) when a table lacks a column of the record. */
bool store_check(Store *s, const RecordType *type, Err *err) MUST_CHECK;
