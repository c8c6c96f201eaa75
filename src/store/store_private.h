/* What the store's files share. */
#pragma once
#include "core/map.h"
#include "store/store.h"

#include <sqlite3.h>

struct Store {
	sqlite3 *db;
	char *path;
	bool read_only;
	ChainLink head; /* last committed */
	struct StoreSamples *samples;
	bool full;                  /* store_limit() */
	bool sync_known, sync_full; /* PRAGMA synchronous, as it was set last */
	/* Statements of commits, prepared when first needed and kept. */
	sqlite3_stmt *journal, *meta;
	Map puts, deletes; /* table → sqlite3_stmt */
};

#define LOG_OVER_KEY "sample_log_over"

typedef enum OpKind {
	OP_PUT,
	OP_DELETE,
	OP_ENTRY,
	OP_META,
	OP_NAME,
	OP_LOG,
	OP_LOG_UNTIL,
	OP_CHUNK,
	OP_BUCKET
} OpKind;

typedef struct Op {
	OpKind kind;
	const RecordType *type;
	void *record; /* PUT: a copy, owned */
	char *key;    /* DELETE: id; META and NAME: name; ENTRY: plan digest; owned */
	char *value;  /* META */
	Entry *entry; /* ENTRY; owned. Few are, and it is large */
	int32_t offset_s;
	uint32_t series;
	Res res;
	Instant at; /* BUCKET: start */
	uint64_t seq;
	void *blob; /* LOG, CHUNK, BUCKET; owned */
	size_t blob_n;
} Op;

struct Batch {
	Op *at;
	size_t n, cap, bytes;
	Map puts; /* "table id" → (void *)(index + 1) */
	void (*watch)(void *ctx, const RecordType *type, const void *record);
	void *watch_ctx;
	bool durable; /* must survive a power cut once committed */
	uint64_t needed,
	        held; /* of the log: from here on by series/, by somebody else; 0: not said */
};

bool store_fail(Store *s, Err *err, const char *what);
/* A prepared statement, or NULL with the error set. The caller finalizes it. */
sqlite3_stmt *store_prepare(Store *s, const char *sql, Err *err);
bool store_run(Store *s, const char *sql, Err *err);
void batch_clear(Batch *b);
void commit_statements_done(Store *s);
/* One line of the notebook, inside a transaction. */
bool store_put_meta(Store *s, const char *key, const char *value, Err *err);

typedef struct Migration {
	int number;
	const char *name, *sql;
} Migration;
extern const Migration
        store_migrations[]; /* generated from migrations/NNN_name.sql; number 0 ends */
