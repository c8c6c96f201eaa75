/* Reading back: records and evidence; and the tables' definitions. */
#include "store/store_private.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

/* Asks for one conversion only: SQLite makes a text of every number it is asked to. */
static void read_column(sqlite3_stmt *st, int at, const Column *col, void *record)
{
	char *p = (char *)record + col->offset;
	const char *text;
	char *copy;
	double real;
	int64_t wide;
	int narrow;

	switch (col->kind) {
	case COL_TEXT:
		text = (const char *)sqlite3_column_text(st, at);
		text_copy(p, col->size, text ? text : "");
		return;
	case COL_STRING:
		copy = mem_text((const char *)sqlite3_column_text(st, at));
		memcpy(p, &copy, sizeof copy);
		return;
	case COL_I64:
	case COL_DURATION:
		wide = sqlite3_column_int64(st, at);
		memcpy(p, &wide, sizeof wide);
		return;
	case COL_INT:
		narrow = sqlite3_column_int(st, at);
		memcpy(p, &narrow, sizeof narrow);
		return;
	case COL_BOOL: *(bool *)p = sqlite3_column_int(st, at) != 0; return;
	case COL_REAL:
		real = sqlite3_column_double(st, at);
		memcpy(p, &real, sizeof real);
		return;
	case COL_INSTANT:
		wide = sqlite3_column_type(st, at) == SQLITE_NULL ? LONG_AGO.us
		                                                  : sqlite3_column_int64(st, at);
		memcpy(p, &wide, sizeof wide);
		return;
	}
}

static void select_sql(const RecordType *type, Buf *sql)
{
	buf_text(sql, "SELECT ");
	for (size_t i = 0; i < type->columns_n; i++)
		buf_printf(sql, "%s\"%s\"", i ? ", " : "", type->columns[i].name);
	buf_printf(sql, " FROM \"%s\" ORDER BY \"%s\"", type->table, type->columns[0].name);
}

bool store_each(Store *s, const RecordType *type, bool (*each)(void *ctx, void *record), void *ctx,
                Err *err)
{
	AUTO(Buf) sql = { 0 };
	AUTO_FREE void *record = mem_new(type->size);
	sqlite3_stmt *st;
	bool go = true;
	int rc = SQLITE_DONE;

	select_sql(type, &sql);
	st = store_prepare(s, buf_str(&sql), err);
	if (!st)
		return false;
	while (go && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		for (size_t i = 0; i < type->columns_n; i++)
			read_column(st, (int)i, &type->columns[i], record);
		go = each(ctx, record);
		record_done(type, record);
	}
	sqlite3_finalize(st);
	return !go || rc == SQLITE_DONE || store_fail(s, err, type->table);
}

bool store_evidence(Store *s, int64_t from, const char *subject, const char *kind,
                    bool (*each)(void *ctx, const EvidenceRow *row), void *ctx, Err *err)
{
	static const char sql[] =
	        "SELECT seq, line, hash FROM journal WHERE seq >= ?1"
	        " AND (?2 IS NULL OR substr(subject, 1, length(?2)) = ?2)"
	        " AND (?3 IS NULL OR substr(kind, 1, length(?3)) = ?3) ORDER BY seq";
	sqlite3_stmt *st = store_prepare(s, sql, err);
	bool go = true;
	int rc = SQLITE_DONE;

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, from);
	sqlite3_bind_text(st, 2, subject, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 3, kind, -1, SQLITE_STATIC);
	while (go && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		EvidenceRow row = { sqlite3_column_int64(st, 0),
			            (const char *)sqlite3_column_text(st, 1),
			            (const char *)sqlite3_column_text(st, 2) };

		go = each(ctx, &row);
	}
	sqlite3_finalize(st);
	return !go || rc == SQLITE_DONE || store_fail(s, err, "journal");
}

bool store_evidence_of(Store *s, const char *subject, const char *kind, int64_t *out, size_t cap,
                       size_t *ret_n, Err *err)
{
	static const char sql[] =
	        "SELECT seq FROM journal WHERE subject = ?1"
	        " AND (?2 IS NULL OR substr(kind, 1, length(?2)) = ?2) ORDER BY seq DESC LIMIT ?3";
	sqlite3_stmt *st = store_prepare(s, sql, err);
	int rc = SQLITE_DONE;

	*ret_n = 0;
	if (!st)
		return false;
	sqlite3_bind_text(st, 1, subject, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, kind, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, (int64_t)cap);
	while (*ret_n < cap && (rc = sqlite3_step(st)) == SQLITE_ROW)
		out[(*ret_n)++] = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	for (size_t i = 0; i < *ret_n / 2; i++) {
		int64_t last = out[*ret_n - 1 - i];

		out[*ret_n - 1 - i] = out[i];
		out[i] = last;
	}
	return rc == SQLITE_DONE || rc == SQLITE_ROW || store_fail(s, err, "journal");
}

typedef struct Walk {
	ChainLink link;
	bool good;
	Err *err;
} Walk;

static bool walk(void *ctx, const EvidenceRow *row)
{
	Walk *w = ctx;

	w->good = chain_check(&w->link, row->seq, row->line ? row->line : "",
	                      row->hash ? row->hash : "", w->err);
	return w->good;
}

bool store_verify(Store *s, ChainLink *ret_last, Err *err)
{
	Walk w = { .good = true, .err = err };
	AUTO_FREE char *head = NULL, *want = NULL;

	if (!store_evidence(s, 0, NULL, NULL, walk, &w, err))
		return false;
	*ret_last = w.link;
	if (!w.good)
		return false;
	head = store_meta(s, "journal_head");
	want = mem_printf("%lld %s", (long long)w.link.seq, w.link.hash);
	if (w.link.seq == 0 ? head != NULL : !text_eq(head, want))
		return err_set(err, ERR_BAD_INPUT,
		               "records are missing at the end: the chain stops at %lld, its head "
		               "was %.20s",
		               (long long)w.link.seq, head ? head : "never written");
	return true;
}

void store_ddl(const RecordType *type, Buf *out)
{
	static const char *const sql_types[] = {
		[COL_TEXT] = "TEXT NOT NULL",     [COL_STRING] = "TEXT",
		[COL_I64] = "BIGINT NOT NULL",    [COL_INT] = "INTEGER NOT NULL",
		[COL_BOOL] = "SMALLINT NOT NULL", [COL_REAL] = "DOUBLE PRECISION",
		[COL_INSTANT] = "BIGINT",         [COL_DURATION] = "BIGINT NOT NULL"
	};

	buf_printf(out, "CREATE TABLE \"%s\" (\n", type->table);
	for (size_t i = 0; i < type->columns_n; i++)
		buf_printf(out, "  \"%s\" %s%s%s\n", type->columns[i].name,
		           sql_types[type->columns[i].kind], i ? "" : " PRIMARY KEY",
		           i + 1 < type->columns_n ? "," : "");
	buf_text(out, ");\n");
}

bool store_check(Store *s, const RecordType *type, Err *err)
{
	AUTO(Buf) sql = { 0 };
	sqlite3_stmt *st;

	select_sql(type, &sql);
	st = store_prepare(s, buf_str(&sql), err);
	if (!st)
		return err_wrap(err, "table '%s' does not fit its record", type->table);
	sqlite3_finalize(st);
	return true;
}
