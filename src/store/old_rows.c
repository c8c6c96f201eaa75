/* Samples as rows, one each: the format before 7, until the engine has left it. */
#include "store/samples_private.h"

#include "core/alloc.h"
#include "store/store_private.h"

bool old_sample(Store *s, const char *name, Instant at, double value, Err *err)
{
	uint32_t number = store_number(s, name);
	sqlite3_stmt *st = sample_sql(s, SQL_OLD_SAMPLE, err);

	if (!st)
		return false;
	if (number == 0) {
		number = s->samples->series_n + 1;
		if (!sample_name(s, number, name, err))
			return false;
	}
	sqlite3_bind_int64(st, 1, number);
	sqlite3_bind_int64(st, 2, at.us);
	sqlite3_bind_double(st, 3, value);
	return sample_do(s, st, "sample", err);
}

bool store_samples(Store *s, const char *series, Instant from, Instant to,
                   bool (*each)(void *ctx, Instant at, double value), void *ctx, Err *err)
{
	static const char sql[] =
	        "SELECT t, value FROM sample WHERE series = "
	        "(SELECT number FROM series WHERE name = ?) AND t >= ? AND t < ? ORDER BY t";
	sqlite3_stmt *st = store_prepare(s, sql, err);
	bool go = true;
	int rc = SQLITE_DONE;

	if (!st)
		return false;
	sqlite3_bind_text(st, 1, series, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, from.us);
	sqlite3_bind_int64(st, 3, to.us);
	while (go && (rc = sqlite3_step(st)) == SQLITE_ROW)
		go = each(ctx, (Instant){ sqlite3_column_int64(st, 0) },
		          sqlite3_column_double(st, 1));
	sqlite3_finalize(st);
	return !go || rc == SQLITE_DONE || store_fail(s, err, "sample");
}

bool store_series(Store *s, char ***ret_names, size_t *ret_n, Err *err)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT name FROM series ORDER BY number", err);
	char **names;
	size_t n = 0;

	if (!st)
		return false;
	names = mem_new(sizeof(char *) * ((size_t)s->samples->series_n + 1));
	while (n < s->samples->series_n && sqlite3_step(st) == SQLITE_ROW)
		names[n++] = mem_text((const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	*ret_names = names;
	*ret_n = n;
	return true;
}

bool store_drop_samples(Store *s, Instant before, Err *err)
{
	sqlite3_stmt *st = store_prepare(s, "DELETE FROM sample WHERE series = ? AND t < ?", err);
	int rc = SQLITE_DONE;

	for (sqlite3_int64 number = 1; st && number <= s->samples->series_n && rc == SQLITE_DONE;
	     number++) {
		sqlite3_bind_int64(st, 1, number);
		sqlite3_bind_int64(st, 2, before.us);
		rc = sqlite3_step(st);
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	return st && (rc == SQLITE_DONE || store_fail(s, err, "drop samples"));
}
