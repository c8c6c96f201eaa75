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
size_t batch_size(const Batch *b); /* writes waiting, for bounding */
/* Inserts or replaces the row of this id; the record is copied. A later put of
 * the same id replaces the earlier one. */
void batch_put(Batch *b, const RecordType *type, const void *record);
void batch_delete(Batch *b, const RecordType *type, const char *id);
/* Evidence, in this order. The entry is copied. */
void batch_entry(Batch *b, const Entry *e, const char *plan_digest, int32_t offset_s);
void batch_sample(Batch *b, const char *series, Instant at, double value);
void batch_meta(Batch *b, const char *key, const char *value);

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

bool store_samples(Store *s, const char *series, Instant from, Instant to,
                   bool (*each)(void *ctx, Instant at, double value), void *ctx,
                   Err *err) MUST_CHECK;
/* Names of all series, in a list and texts that are the caller's (mem_free each). */
bool store_series(Store *s, char ***ret_names, size_t *ret_n, Err *err) MUST_CHECK;
/* Removes raw samples older than `before`. */
bool store_drop_samples(Store *s, Instant before, Err *err) MUST_CHECK;

/* A value of the store's own notebook, copied (mem_free); NULL when absent. */
char *store_meta(Store *s, const char *key);

/* While `full`, the file may not grow: every commit that needs room fails as on a full
 * disk. For drills and tests. */
bool store_limit(Store *s, bool full, Err *err) MUST_CHECK;

/* The statement that makes this record's table, for migrations and their test. */
void store_ddl(const RecordType *type, Buf *out);
/* Refuses (ERR_CONFLICT) when a table lacks a column of the record. */
bool store_check(Store *s, const RecordType *type, Err *err) MUST_CHECK;
