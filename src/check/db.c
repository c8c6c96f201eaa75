/* Kind db_ping: the database lets us in, answers, and has connections left. */
#include "check/check_private.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* Connections of every database of the server, as pg_stat_database counts them: that view is
 * readable by any role, pg_stat_activity hides other users' rows. The share leaves out what
 * is kept for superusers, as an application can never use it. */
static const char postgres_sql[] =
        "SELECT coalesce(sum(numbackends), 0)::bigint,"
        " current_setting('max_connections')::bigint,"
        " current_setting('superuser_reserved_connections')::bigint"
        " + coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::bigint"
        " FROM pg_stat_database";
/* One statement for MariaDB and MySQL alike; the maximum is asked for next. */
static const char mysql_used_sql[] = "SHOW GLOBAL STATUS LIKE 'Threads_connected'";
static const char mysql_max_sql[] = "SELECT @@max_connections";

typedef struct DbRun {
	CheckRun run;
	int64_t used, max, reserved;
} DbRun;

static bool is_postgres(const Database *db)
{
	return !db->engine || text_starts(db->engine, "postgres");
}

static void judge_connections(DbRun *d)
{
	const Check *c = d->run.check;
	CheckResult *r = &d->run.res;
	int64_t places = d->max - d->reserved;
	char used[32], max[32], share_text[32], limit[32];
	double share;

	result_up(r);
	if (places <= 0) {
		result_not(r, CHECK_DEGRADED);
		SAY(r, REASON_DB_ROWS);
		return;
	}
	share = 100.0 * (double)d->used / (double)places;
	check_measure(r, "db_connections", c->db->item.id, share, UNIT_PERCENT);
	check_measure(r, "db_connections_count", c->db->item.id, (double)d->used, UNIT_NONE);
	result_slow(r, &c->slow);
	if (r->state != CHECK_UP || !c->max_connections_used.set || c->max_connections_used.unset ||
	    share <= c->max_connections_used.value)
		return;
	(void)snprintf(used, sizeof used, "%lld", (long long)d->used);
	(void)snprintf(max, sizeof max, "%lld", (long long)places);
	(void)snprintf(share_text, sizeof share_text, "%.0f %%", share);
	(void)snprintf(limit, sizeof limit, "%g %%", c->max_connections_used.value);
	result_not(r, CHECK_DEGRADED);
	SAY(r, REASON_DB_CONNECTIONS, used, max, share_text, limit);
}

static bool cell(const DbAnswer *a, size_t column, int64_t *ret)
{
	return a->rows_n > 0 && column < a->columns_n && a->cells[column] &&
	       text_int(a->cells[column], ret);
}

/* True: the answer is usable; else the result says why not. */
static bool answered(DbRun *d, const Answer *a)
{
	CheckResult *r = &d->run.res;

	result_took(r, a);
	if (a->fail == FAIL_NONE)
		return true;
	result_world_failure(r, a, d->run.check->db->item.id, d->run.limit);
	run_finish(&d->run);
	return false;
}

static void odd_rows(DbRun *d)
{
	/* It answered: it is up. What it answered does not say how full it is. */
	result_not(&d->run.res, CHECK_DEGRADED);
	SAY(&d->run.res, REASON_DB_ROWS);
	run_finish(&d->run);
}

static void on_postgres(Ask *ask, const Answer *a)
{
	DbRun *d = CONTAINER_OF(ask, DbRun, run.ask);

	if (!answered(d, a))
		return;
	if (!cell(&a->db, 0, &d->used) || !cell(&a->db, 1, &d->max) ||
	    !cell(&a->db, 2, &d->reserved)) {
		odd_rows(d);
		return;
	}
	judge_connections(d);
	run_finish(&d->run);
}

static void on_mysql_max(Ask *ask, const Answer *a)
{
	DbRun *d = CONTAINER_OF(ask, DbRun, run.ask);
	Timings first = d->run.res.took;

	if (!answered(d, a))
		return;
	/* The second question is our own book-keeping, not how long a user waits. */
	d->run.res.took = first;
	d->run.res.latency = first.total;
	if (!cell(&a->db, 0, &d->max)) {
		odd_rows(d);
		return;
	}
	judge_connections(d);
	run_finish(&d->run);
}

static void on_mysql_used(Ask *ask, const Answer *a)
{
	DbRun *d = CONTAINER_OF(ask, DbRun, run.ask);

	if (!answered(d, a))
		return;
	if (!cell(&a->db, 1, &d->used)) {
		odd_rows(d);
		return;
	}
	d->run.spec.db.sql = mysql_max_sql;
	run_ask(&d->run, on_mysql_max);
}

void db_spec(const Database *db, const char *sql, AskSpec *spec)
{
	const char *secret = secret_reveal(db->secret);
	DbAsk *q = &spec->db;

	*spec = (AskSpec){ .kind = ASK_DB };
	q->engine = is_postgres(db) ? "postgresql" : "mysql";
	q->host = db->host;
	q->port = db->port > 0 && db->port <= 65535 ? (uint16_t)db->port : 0;
	q->socket = db->socket;
	q->user = db->user;
	q->database = db->name;
	if (secret && (text_starts(secret, "postgresql://") || text_starts(secret, "postgres://")))
		q->conninfo = db->secret;
	else
		q->password = db->secret;
	q->sql = sql;
	q->max_rows = 1;
}

static void begin(CheckRun *run)
{
	const Database *db = run->check->db;

	if (!db) {
		run_bad_target(run, NULL);
		return;
	}
	/* A socket is this machine: the guard has no say in it. */
	text_copy(run->host, sizeof run->host, db->host ? db->host : "localhost");
	db_spec(db, is_postgres(db) ? postgres_sql : mysql_used_sql, &run->spec);
	run_ask(run, is_postgres(db) ? on_postgres : on_mysql_used);
}

const CheckKind db_kind = { sizeof(DbRun), begin };
