/* One transaction for one batch: records, evidence, samples, notebook. */
#include "store/samples_private.h"
#include "store/store_private.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

/* One transaction under way. */
typedef struct Commit {
	Store *s;
	Err *err;
	ChainLink link;
} Commit;

static sqlite3_stmt *ready(Commit *c, sqlite3_stmt **st, const char *sql)
{
	if (!*st)
		*st = store_prepare(c->s, sql, c->err);
	return *st;
}

static bool step(Commit *c, sqlite3_stmt *st, const char *what)
{
	int rc = sqlite3_step(st);

	sqlite3_reset(st);
	return rc == SQLITE_DONE || store_fail(c->s, c->err, what);
}

static void put_sql(const RecordType *type, Buf *sql)
{
	buf_printf(sql, "INSERT OR REPLACE INTO \"%s\" (", type->table);
	for (size_t i = 0; i < type->columns_n; i++)
		buf_printf(sql, "%s\"%s\"", i ? ", " : "", type->columns[i].name);
	buf_text(sql, ") VALUES (");
	for (size_t i = 0; i < type->columns_n; i++)
		buf_text(sql, i ? ", ?" : "?");
	buf_char(sql, ')');
}

static sqlite3_stmt *table_statement(Commit *c, Map *made, const RecordType *type, bool put)
{
	sqlite3_stmt *st = map_get(made, type->table);
	AUTO(Buf) sql = { 0 };

	if (st)
		return st;
	if (put)
		put_sql(type, &sql);
	else
		buf_printf(&sql, "DELETE FROM \"%s\" WHERE \"%s\" = ?", type->table,
		           type->columns[0].name);
	st = store_prepare(c->s, buf_str(&sql), c->err);
	if (st)
		map_put(made, type->table, st);
	return st;
}

static void bind_column(sqlite3_stmt *st, int at, const Column *col, const void *record)
{
	const char *p = (const char *)record + col->offset;
	Instant t;
	const char *text;
	int64_t wide;
	int narrow;
	double real;

	switch (col->kind) {
	case COL_TEXT: sqlite3_bind_text(st, at, p, -1, SQLITE_STATIC); return;
	case COL_STRING:
		memcpy(&text, p, sizeof text);
		sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
		return;
	case COL_I64:
	case COL_DURATION:
		memcpy(&wide, p, sizeof wide);
		sqlite3_bind_int64(st, at, wide);
		return;
	case COL_INT:
		memcpy(&narrow, p, sizeof narrow);
		sqlite3_bind_int(st, at, narrow);
		return;
	case COL_BOOL: sqlite3_bind_int(st, at, *(const bool *)p); return;
	case COL_REAL:
		memcpy(&real, p, sizeof real);
		sqlite3_bind_double(st, at, real);
		return;
	case COL_INSTANT:
		memcpy(&t, p, sizeof t);
		if (t.us == LONG_AGO.us)
			sqlite3_bind_null(st, at);
		else
			sqlite3_bind_int64(st, at, t.us);
		return;
	}
}

static bool put(Commit *c, const Op *op)
{
	sqlite3_stmt *st = table_statement(c, &c->s->puts, op->type, true);

	if (!st)
		return false;
	for (size_t i = 0; i < op->type->columns_n; i++)
		bind_column(st, (int)i + 1, &op->type->columns[i], op->record);
	return step(c, st, op->type->table);
}

static bool remove_row(Commit *c, const Op *op)
{
	sqlite3_stmt *st = table_statement(c, &c->s->deletes, op->type, false);

	if (!st)
		return false;
	sqlite3_bind_text(st, 1, op->key, -1, SQLITE_STATIC);
	return step(c, st, op->type->table);
}

static bool entry(Commit *c, const Op *op)
{
	static const char sql[] =
	        "INSERT INTO journal (seq, t, kind, subject, line, hash) VALUES (?, ?, ?, ?, ?, ?)";
	sqlite3_stmt *st = ready(c, &c->s->journal, sql);
	AUTO(Buf) line = { 0 };

	if (!st)
		return false;
	chain_line(op->entry, op->key, op->offset_s, &c->link, &line);
	sqlite3_bind_int64(st, 1, c->link.seq);
	sqlite3_bind_int64(st, 2, op->entry->at.us);
	sqlite3_bind_text(st, 3, op->entry->kind, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 4, op->entry->subject, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 5, line.p, (int)line.n, SQLITE_TRANSIENT);
	sqlite3_bind_text(st, 6, c->link.hash, -1, SQLITE_STATIC);
	return step(c, st, "journal");
}

bool store_put_meta(Store *s, const char *key, const char *value, Err *err)
{
	Commit c = { .s = s, .err = err };

	if (!ready(&c, &s->meta, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"))
		return false;
	sqlite3_bind_text(s->meta, 1, key, -1, SQLITE_STATIC);
	sqlite3_bind_text(s->meta, 2, value, -1, SQLITE_STATIC);
	return step(&c, s->meta, "meta");
}

static bool write_op(Commit *c, const Op *op)
{
	switch (op->kind) {
	case OP_PUT: return put(c, op);
	case OP_DELETE: return remove_row(c, op);
	case OP_ENTRY: return entry(c, op);
	case OP_META: return store_put_meta(c->s, op->key, op->value, c->err);
	case OP_NAME: return sample_name(c->s, op->series, op->key, c->err);
	case OP_LOG: return log_add(c->s, op->seq, op->blob, op->blob_n, c->err);
	case OP_LOG_UNTIL: return log_drop(c->s, op->seq, c->err);
	case OP_CHUNK: return piece_put(c->s, op->series, LONG_AGO, op->blob, op->blob_n, c->err);
	case OP_BUCKET:
		return open_put(c->s, op->series, op->res, op->at, op->blob, op->blob_n, c->err);
	}
	return false;
}

/* The head is also kept apart, so that cutting records off the end is found. */
static bool write_head(Commit *c)
{
	AUTO_FREE char *head = mem_printf("%lld %s", (long long)c->link.seq, c->link.hash);

	return c->link.seq == c->s->head.seq || store_put_meta(c->s, "journal_head", head, c->err);
}

void commit_statements_done(Store *s)
{
	MapEntry *e;

	sqlite3_finalize(s->journal);
	sqlite3_finalize(s->meta);
	for (size_t i = 0; map_next(&s->puts, &i, &e);)
		sqlite3_finalize(e->value);
	for (size_t i = 0; map_next(&s->deletes, &i, &e);)
		sqlite3_finalize(e->value);
	Map_done(&s->puts);
	Map_done(&s->deletes);
}

static bool write_all(Commit *c, const Batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (!write_op(c, &b->at[i]))
			return false;
	}
	return log_write(c->s, c->err) && write_head(c);
}

/* Samples and statuses may lose the last second to a power cut; what is acted on may not. */
static bool sync_as(Store *s, bool durable, Err *err)
{
	if (s->sync_known && s->sync_full == durable)
		return true;
	s->sync_known = store_run(
	        s, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
	s->sync_full = durable;
	return s->sync_known;
}

bool begin_writing(Store *s, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_BEGIN_WRITE, err);

	return st && sample_do(s, st, "begin", err);
}

bool end_writing(Store *s, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_END, err);

	return st && sample_do(s, st, "commit", err);
}

bool store_commit(Store *s, Batch *b, Err *err)
{
	Commit c = { .s = s, .err = err, .link = s->head };
	bool ok;

	if (b->n == 0)
		return true;
	if (s->full) {
		err_set(err, ERR_STORE, "commit: database or disk is full");
		return err_hint(err, "free space on the disk that holds %s", s->path);
	}
	if (!sync_as(s, b->durable, err) || !begin_writing(s, err))
		return false;
	ok = write_all(&c, b) && end_writing(s, err);
	if (ok) {
		s->head = c.link;
	} else {
		log_forget(s);
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
		return err_wrap(err, "commit");
	}
	batch_clear(b);
	return true;
}
