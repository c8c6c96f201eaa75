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
/* The same two figures have another home in MySQL than in MariaDB. Both are readable by any
 * user; the second is asked when the server does not know the first. */
static const char mariadb_sql[] = "SELECT VARIABLE_VALUE, @@max_connections"
                                  " FROM information_schema.GLOBAL_STATUS"
                                  " WHERE VARIABLE_NAME = 'THREADS_CONNECTED'";
static const char mysql_sql[] = "SELECT VARIABLE_VALUE, @@max_connections"
                                " FROM performance_schema.global_status"
                                " WHERE VARIABLE_NAME = 'Threads_connected'";

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
	share = 100.0 * (double)d->used / (double)places;
	check_measure(r, "db_connections", c->how->db->item.id, share, UNIT_PERCENT);
	check_measure(r, "db_connections_count", c->how->db->item.id, (double)d->used, UNIT_NONE);
	result_slow(r, &c->how->slow);
	if (r->state != CHECK_UP || !c->how->max_connections_used.set ||
	    c->how->max_connections_used.unset || share <= c->how->max_connections_used.value)
		return;
	(void)snprintf(used, sizeof used, "%lld", (long long)d->used);
	(void)snprintf(max, sizeof max, "%lld", (long long)places);
	(void)snprintf(share_text, sizeof share_text, "%.3g %%", share);
	(void)snprintf(limit, sizeof limit, "%g %%", c->how->max_connections_used.value);
	result_not(r, CHECK_DEGRADED);
	SAY(r, REASON_DB_CONNECTIONS, used, max, share_text, limit);
}

static bool cell(const DbAnswer *a, size_t column, int64_t *ret)
{
	return a->rows_n > 0 && column < a->columns_n && a->cells[column] &&
	       text_int(a->cells[column], ret);
}

/* It answered: it is up. What it answered does not say how full it is, which only matters
 * where the plan sets a limit. */
static void odd_rows(DbRun *d)
{
	result_up(&d->run.res);
	result_slow(&d->run.res, &d->run.check->how->slow);
	if (d->run.res.state == CHECK_UP && d->run.check->how->max_connections_used.set) {
		result_not(&d->run.res, CHECK_DEGRADED);
		SAY(&d->run.res, REASON_DB_ROWS);
	}
	run_finish(&d->run);
}

static void on_counts(Ask *ask, const Answer *a)
{
	DbRun *d = CONTAINER_OF(ask, DbRun, run.ask);
	CheckResult *r = &d->run.res;

	if (a->fail == FAIL_HTTP && !a->timed_out && d->run.spec.db.sql == mariadb_sql) {
		d->run.spec.db.sql = mysql_sql;
		run_ask(&d->run, on_counts);
		return;
	}
	result_took(r, a);
	if (a->fail != FAIL_NONE) {
		result_world_failure(r, a, d->run.check->how->db->item.id, d->run.limit);
		run_finish(&d->run);
		return;
	}
	/* The third column is PostgreSQL's alone. */
	if (!cell(&a->db, 0, &d->used) || !cell(&a->db, 1, &d->max) ||
	    (a->db.columns_n > 2 && !cell(&a->db, 2, &d->reserved)) || d->max <= d->reserved) {
		odd_rows(d);
		return;
	}
	judge_connections(d);
	run_finish(&d->run);
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
	const Database *db = run->check->how->db;

	if (!db) {
		run_bad_target(run, NULL);
		return;
	}
	/* A socket is this machine: the guard has no say in it. */
	text_copy(run->host, sizeof run->host, db->host ? db->host : "localhost");
	db_spec(db, is_postgres(db) ? postgres_sql : mariadb_sql, &run->spec);
	run_ask(run, on_counts);
}

const CheckKind db_kind = { sizeof(DbRun), begin };
