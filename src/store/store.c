/* Opening the file: pragmas, migrations, the head of the chain. */
#include "store/samples_private.h"
#include "store/store_private.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

bool store_fail(Store *s, Err *err, const char *what)
{
	int code = sqlite3_errcode(s->db);

	err_set(err, ERR_STORE, "%s: %s", what, sqlite3_errmsg(s->db));
	if (code == SQLITE_FULL)
		err_hint(err, "free space on the disk that holds %s", s->path);
	else if (code == SQLITE_BUSY)
		err_hint(err, "another program holds %s locked", s->path);
	return false;
}

sqlite3_stmt *store_prepare(Store *s, const char *sql, Err *err)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK) {
		store_fail(s, err, "prepare");
		return NULL;
	}
	return st;
}

bool store_run(Store *s, const char *sql, Err *err)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_fail(s, err, sql);
}

static bool version(Store *s, int *ret, Err *err)
{
	sqlite3_stmt *st = store_prepare(s, "PRAGMA user_version", err);

	if (!st)
		return false;
	*ret = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int(st, 0) : 0;
	sqlite3_finalize(st);
	return true;
}

/* One step up, its own transaction: an interrupted upgrade leaves the old file. */
static bool migrate_one(Store *s, const Migration *m, Err *err)
{
	AUTO_FREE char *mark = mem_printf("PRAGMA user_version = %d", m->number);

	/* What SQL cannot say. */
	bool (*const before)(Store * s, Err * err) = m->number == 9 ? carry_old_samples : NULL;

	if (store_run(s, "BEGIN IMMEDIATE", err) && (!before || before(s, err)) &&
	    store_run(s, m->sql, err) && store_run(s, mark, err) && store_run(s, "COMMIT", err))
		return true;
	(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return err_wrap(err, "migration %03d_%s", m->number, m->name);
}

static bool migrate(Store *s, Err *err)
{
	int have = 0, known = 0;

	if (!version(s, &have, err))
		return false;
	for (const Migration *m = store_migrations; m->number; m++)
		known = m->number;
	if (have > known) {
		err_set(err, ERR_CONFLICT, "its format %d is newer than this program's (%d)", have,
		        known);
		return err_hint(err, "start the newer carene that wrote it");
	}
	if (s->read_only)
		return have == known ||
		       err_set(err, ERR_CONFLICT,
		               "its format %d must first be upgraded by the daemon", have);
	for (const Migration *m = store_migrations; m->number; m++) {
		if (m->number > have && !migrate_one(s, m, err))
			return false;
	}
	return true;
}

static bool load_head(Store *s, Err *err)
{
	sqlite3_stmt *st =
	        store_prepare(s, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1", err);

	if (!st)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW) {
		s->head.seq = sqlite3_column_int64(st, 0);
		text_copy(s->head.hash, sizeof s->head.hash,
		          (const char *)sqlite3_column_text(st, 1));
	}
	sqlite3_finalize(st);
	return true;
}

static bool count_series(Store *s, Err *err)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT max(number) FROM series", err);

	if (!st)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW)
		s->samples->series_n = (uint32_t)sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return true;
}

static bool set_up(Store *s, const StoreOptions *o, Err *err)
{
	AUTO_FREE char *pages =
	        mem_printf("PRAGMA max_page_count = %lld", (long long)(o->max_bytes / 4096));

	sqlite3_busy_timeout(s->db, o->busy_ms ? o->busy_ms : 2000);
	sqlite3_extended_result_codes(s->db, 0);
	if (!o->read_only && !store_run(s, "PRAGMA journal_mode = WAL", err))
		return false;
	return store_run(s, "PRAGMA foreign_keys = ON", err) &&
	       store_run(s, "PRAGMA trusted_schema = OFF", err) && migrate(s, err) &&
	       (o->max_bytes == 0 || store_run(s, pages, err)) && load_head(s, err) &&
	       count_series(s, err);
}

bool store_open(const StoreOptions *o, Store **ret, Err *err)
{
	Store *s = NEW(Store);
	/* One thread at a time has a store: a lock for each column read would be a fifth of a
	 * start. */
	int flags =
	        SQLITE_OPEN_NOMUTEX |
	        (o->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

	s->samples = NEW(struct StoreSamples);
	s->path = mem_text(o->path);
	s->read_only = o->read_only;
	if (sqlite3_open_v2(o->path, &s->db, flags, NULL) != SQLITE_OK) {
		store_fail(s, err, "open");
	} else if (set_up(s, o, err)) {
		*ret = s;
		return true;
	}
	store_close(s);
	return err_wrap(err, "store '%s'", o->path);
}

void store_close(Store *s)
{
	if (!s)
		return;
	commit_statements_done(s);
	samples_done(s);
	sqlite3_close(s->db);
	mem_free(s->path);
	mem_free(s);
}

ChainLink store_head(const Store *s) { return s->head; }

char *store_meta(Store *s, const char *key)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT value FROM meta WHERE key = ?", NULL);
	char *value = NULL;

	if (!st)
		return NULL;
	sqlite3_bind_text(st, 1, key, -1, SQLITE_STATIC);
	if (sqlite3_step(st) == SQLITE_ROW)
		value = mem_text((const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return value;
}

/* A page of an index holds a hundred rows: with room for a few of each hundred, and as many
 * waiting in the log before they go to their places, most are in memory when they are
 * needed. 2 MB and 1000 pages are SQLite's own. */
void store_scale(Store *s, size_t checks)
{
	AUTO_FREE char *cache = mem_printf("PRAGMA cache_size = -%zu", 2048 + checks / 16);
	AUTO_FREE char *log = mem_printf("PRAGMA wal_autocheckpoint = %zu", 1000 + checks / 64);

	(void)store_run(s, cache, NULL); /* a refusal costs speed only */
	(void)store_run(s, log, NULL);
}

bool store_limit(Store *s, bool full, Err *err)
{
	/* Small commits find room in the pages there are, for hours: they must fail as well. */
	s->full = full;
	/* SQLite never sets the maximum below what is in use: 1 means "no page more". */
	return store_run(
	        s, full ? "PRAGMA max_page_count = 1" : "PRAGMA max_page_count = 1073741823", err);
}
