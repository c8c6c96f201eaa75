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
	Map series;     /* name → (void *)(intptr_t) number, of committed series */
	sqlite3_int64 series_n;
	/* Statements of commits, prepared when first needed and kept. */
	sqlite3_stmt *journal, *sample, *meta, *new_series;
	Map puts, deletes; /* table → sqlite3_stmt */
};

typedef enum OpKind { OP_PUT, OP_DELETE, OP_ENTRY, OP_SAMPLE, OP_META } OpKind;

typedef struct Op {
	OpKind kind;
	const RecordType *type;
	void *record; /* PUT: a copy, owned */
	char *key;    /* DELETE: id; META and SAMPLE: name; ENTRY: plan digest; owned */
	char *value;  /* META */
	Entry entry;
	int32_t offset_s;
	Instant at;
	double number;
} Op;

struct Batch {
	Op *at;
	size_t n, cap;
	Map puts; /* "table id" → (void *)(index + 1) */
	void (*watch)(void *ctx, const RecordType *type, const void *record);
	void *watch_ctx;
	bool durable; /* must survive a power cut once committed */
};

bool store_fail(Store *s, Err *err, const char *what);
/* A prepared statement, or NULL with the error set. The caller finalizes it. */
sqlite3_stmt *store_prepare(Store *s, const char *sql, Err *err);
bool store_run(Store *s, const char *sql, Err *err);
void batch_clear(Batch *b);
void commit_statements_done(Store *s);

typedef struct Migration {
	int number;
	const char *name, *sql;
} Migration;
extern const Migration
        store_migrations[]; /* generated from migrations/NNN_name.sql; number 0 ends */
