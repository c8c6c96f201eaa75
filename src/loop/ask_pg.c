/* PostgreSQL, by libpq's asynchronous calls: connect, then one statement inside a
 * read-only transaction that is never committed. libpq is given addresses, never a
 * name to look up, and none of its files (.pgpass, service) nor Kerberos. */
#include "loop/db.h"
#include "loop/lib_pq.h"

#include "core/text.h"

enum { HOSTS_MAX = 8, PARAMS_MAX = 64 };

typedef enum PgStep { PG_CONNECT, PG_BEGIN, PG_QUERY } PgStep;

typedef struct PgJob {
	Job job;
	PGconn *conn;
	Watch *watch;
	PgStep step;
	ConnStatusType reached;    /* the furthest it came while connecting */
	PQconninfoOption *options; /* of a URI */
	char *hosts[HOSTS_MAX], *ports[HOSTS_MAX];
	size_t hosts_n, next_host;
	Buf host, hostaddr, port; /* lists for libpq, one item per address */
	Resolve *resolve;
	Address first;
	Resolved last; /* failed look-up */
	DbCells cells;
	size_t columns;
} PgJob;

static PgJob *pg_of(Job *job) { return CONTAINER_OF(job, PgJob, job); }

/* ---- failing ---- */

/* libpq's texts look like "connection to server at "127.0.0.1", port 1 failed: Connection
 * refused\n\tIs the server …": what counts stands between. */
static const char *short_text(PgJob *p, const char *text)
{
	const char *at = strstr(text, " failed: ");
	char *copy;

	text = at ? at + strlen(" failed: ") : text;
	if (text_starts(text, "FATAL:  "))
		text += strlen("FATAL:  ");
	copy = arena_text(p->job.arena, text);
	if (text_starts(copy, "Connection refused"))
		copy[0] = 'c';
	return copy;
}

static void fail_connect(PgJob *p)
{
	const char *text = short_text(p, libpq.errorMessage(p->conn));
	FailClass fail = FAIL_HTTP;

	if (p->reached == CONNECTION_STARTED || p->reached == CONNECTION_NEEDED)
		fail = FAIL_CONNECT;
	else if (p->reached == CONNECTION_SSL_STARTUP)
		fail = FAIL_TLS;
	if (fail == FAIL_CONNECT && p->first.len && !address_has_route(&p->first))
		job_fail(&p->job, FAIL_SELF, "no route from this machine");
	else if (fail == FAIL_CONNECT && strstr(text, "Permission denied"))
		job_fail(&p->job, FAIL_SELF, "permission denied");
	else
		db_fail(&p->job, fail, text);
}

static void fail_result(PgJob *p, const PGresult *r)
{
	const char *text = libpq.resultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	db_fail(&p->job, FAIL_HTTP, text ? text : libpq.resultErrorMessage(r));
}

/* ---- the dialogue ---- */

static void ready(void *context, int events);

/* libpq may close its socket and open another: the watch is made anew each time. */
static void wait_for(PgJob *p, int events)
{
	p->watch = watch_new(p->job.loop, libpq.socket(p->conn), events, ready, p);
	if (!p->watch)
		job_fail(&p->job, FAIL_SELF, "the connection cannot be watched");
}

static void flush(PgJob *p)
{
	int left = libpq.flush(p->conn);

	if (left < 0)
		db_fail(&p->job, FAIL_HTTP, libpq.errorMessage(p->conn));
	else
		wait_for(p, UV_READABLE | (left ? UV_WRITABLE : 0));
}

static void send_begin(PgJob *p)
{
	char sql[96];

	p->step = PG_BEGIN;
	(void)snprintf(sql, sizeof sql,
	               "BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = %lld",
	               (long long)(p->job.spec->timeout.us / 1000 + 1));
	(void)libpq.sendQuery(p->conn, sql);
	flush(p);
}

/* The extended protocol takes one statement only. */
static void send_query(PgJob *p)
{
	p->step = PG_QUERY;
	(void)libpq.sendQueryParams(p->conn, p->job.spec->db.sql, 0, NULL, NULL, NULL, NULL, 0);
	(void)libpq.setSingleRowMode(p->conn);
	flush(p);
}

static void connected(PgJob *p)
{
	p->job.answer.took.connect = job_lap(&p->job);
	p->job.step = FAIL_HTTP;
	(void)libpq.setnonblocking(p->conn, 1);
	if (text_is_empty(p->job.spec->db.sql))
		db_answer(&p->job, &p->cells, 0, libpq.parameterStatus(p->conn, "server_version"));
	else
		send_begin(p);
}

static void connect_on(PgJob *p)
{
	PostgresPollingStatusType want = libpq.connectPoll(p->conn);

	if (want != PGRES_POLLING_FAILED)
		p->reached = libpq.status(p->conn);
	switch (want) {
	case PGRES_POLLING_OK: connected(p); break;
	case PGRES_POLLING_READING: wait_for(p, UV_READABLE); break;
	case PGRES_POLLING_WRITING: wait_for(p, UV_WRITABLE); break;
	case PGRES_POLLING_ACTIVE:
	case PGRES_POLLING_FAILED: fail_connect(p); break;
	}
	if (p->reached != CONNECTION_STARTED && p->reached != CONNECTION_NEEDED &&
	    p->job.step == FAIL_CONNECT)
		p->job.step = FAIL_HTTP; /* what takes too long now is the server's dialogue */
}

static bool keep_row(PgJob *p, const PGresult *r)
{
	p->columns = (size_t)libpq.nfields(r);
	for (int c = 0; c < libpq.nfields(r); c++) {
		const char *value = libpq.getisnull(r, 0, c) ? NULL : libpq.getvalue(r, 0, c);

		if (!db_cell(&p->job, &p->cells, value, (size_t)libpq.getlength(r, 0, c)))
			return false;
	}
	p->cells.rows++;
	return p->cells.rows < db_max_rows(&p->job.spec->db);
}

static void answer(PgJob *p)
{
	db_answer(&p->job, &p->cells, p->columns, libpq.parameterStatus(p->conn, "server_version"));
}

/* True: the step goes on. */
static bool take_result(PgJob *p, PGresult *r)
{
	switch (libpq.resultStatus(r)) {
	case PGRES_SINGLE_TUPLE:
		if (keep_row(p, r))
			return true;
		if (p->job.state == JOB_RUNNING)
			answer(p);
		return false;
	case PGRES_TUPLES_OK: p->columns = (size_t)libpq.nfields(r); return true;
	case PGRES_COMMAND_OK:
	case PGRES_EMPTY_QUERY: return true;
	case PGRES_COPY_OUT:
	case PGRES_COPY_IN:
	case PGRES_COPY_BOTH: db_fail(&p->job, FAIL_SELF, "COPY is not a question"); return false;
	case PGRES_BAD_RESPONSE:
	case PGRES_NONFATAL_ERROR:
	case PGRES_FATAL_ERROR:
	case PGRES_PIPELINE_SYNC:
	case PGRES_PIPELINE_ABORTED: fail_result(p, r); return false;
	}
	return false;
}

static void talk_on(PgJob *p)
{
	PGresult *r;
	bool goes_on = true;

	if (!libpq.consumeInput(p->conn)) {
		db_fail(&p->job, FAIL_HTTP, libpq.errorMessage(p->conn));
		return;
	}
	while (goes_on && !libpq.isBusy(p->conn)) {
		r = libpq.getResult(p->conn);
		if (!r)
			break;
		goes_on = take_result(p, r);
		libpq.clear(r);
	}
	if (!goes_on)
		return;
	if (libpq.isBusy(p->conn))
		flush(p);
	else if (p->step == PG_BEGIN)
		send_query(p);
	else
		answer(p);
}

static void ready(void *context, int events)
{
	PgJob *p = context;

	(void)events;
	watch_free(p->watch);
	p->watch = NULL;
	if (p->step == PG_CONNECT)
		connect_on(p);
	else
		talk_on(p);
}

/* ---- the parameters ---- */

typedef struct Params {
	const char *names[PARAMS_MAX + 1], *values[PARAMS_MAX + 1];
	size_t n;
} Params;

static void put(Params *ps, const char *name, const char *value)
{
	if (text_is_empty(value))
		return;
	for (size_t i = 0; i < ps->n; i++) {
		if (text_eq(ps->names[i], name)) {
			ps->values[i] = value;
			return;
		}
	}
	if (ps->n < PARAMS_MAX) {
		ps->names[ps->n] = name;
		ps->values[ps->n++] = value;
	}
}

static void put_options(PgJob *p, Params *ps)
{
	for (PQconninfoOption *o = p->options; o && o->keyword; o++)
		put(ps, o->keyword, o->val);
}

static void begin(PgJob *p)
{
	const DbAsk *ask = &p->job.spec->db;
	Params ps = { 0 };
	char port[8];

	(void)snprintf(port, sizeof port, "%u", ask->port ? ask->port : 5432u);
	put(&ps, "host", ask->socket ? ask->socket : "/var/run/postgresql");
	put(&ps, "port", port);
	put(&ps, "user", ask->user);
	put(&ps, "dbname", ask->database);
	put(&ps, "password", secret_reveal(ask->password));
	put_options(p, &ps);
	put(&ps, "host", buf_str(&p->host));
	put(&ps, "hostaddr", buf_str(&p->hostaddr));
	put(&ps, "port", buf_str(&p->port));
	put(&ps, "application_name", "carene");
	put(&ps, "client_encoding", "UTF8");
	put(&ps, "gssencmode", "disable");
	put(&ps, "passfile", "/dev/null/none"); /* no file, and no complaint */
	p->job.step = FAIL_CONNECT;
	(void)job_lap(&p->job);
	p->conn = libpq.connectStartParams(ps.names, ps.values, 0);
	p->reached = CONNECTION_STARTED;
	if (!p->conn)
		job_fail(&p->job, FAIL_SELF, "out of memory");
	else if (libpq.status(p->conn) == CONNECTION_BAD)
		fail_connect(p);
	else
		wait_for(p, UV_WRITABLE);
}

/* ---- the hosts of the list, looked up in turn ---- */

static void add_item(Buf *list, const char *item)
{
	if (list->n)
		buf_char(list, ',');
	buf_text(list, item);
}

static void next_host(PgJob *p);

static void host_resolved(void *context, const Resolved *r)
{
	PgJob *p = context;
	const char *host = p->hosts[p->next_host], *port = p->ports[p->next_host];
	char text[ADDRESS_TEXT];

	for (size_t i = 0; i < r->n; i++) {
		add_item(&p->host, host);
		add_item(&p->hostaddr, address_print(&r->addresses[i], text));
		add_item(&p->port, text_is_empty(port) ? "5432" : port);
		if (!p->first.len) {
			p->first = r->addresses[i];
			p->job.answer.address = arena_text(p->job.arena, text);
		}
	}
	if (r->fail)
		p->last = *r;
	p->next_host++;
	next_host(p);
}

static void next_host(PgJob *p)
{
	if (p->next_host < p->hosts_n) {
		p->job.step = FAIL_DNS;
		resolve_start(p->job.loop, &p->resolve, p->hosts[p->next_host], 0, host_resolved,
		              p);
		return;
	}
	p->job.answer.took.dns = job_lap(&p->job);
	p->job.answer.timed_out = !p->host.n && p->last.timed_out;
	if (!p->host.n)
		job_fail(&p->job, p->last.fail, "%s", p->last.error);
	else
		begin(p);
}

static void split(Arena *arena, const char *list, char **items, size_t *n)
{
	for (*n = 0; list && *n < HOSTS_MAX; (*n)++) {
		size_t len = strcspn(list, ",");

		items[*n] = arena_text_n(arena, list, len);
		list = list[len] ? list + len + 1 : NULL;
	}
}

static const char *option(const PgJob *p, const char *name)
{
	for (PQconninfoOption *o = p->options; o && o->keyword; o++) {
		if (text_eq(o->keyword, name))
			return o->val;
	}
	return NULL;
}

/* One port for all of them, or one each, as libpq has it. */
static void take_hosts(PgJob *p, const char *hosts, const char *ports)
{
	size_t ports_n;

	split(p->job.arena, hosts, p->hosts, &p->hosts_n);
	split(p->job.arena, ports, p->ports, &ports_n);
	for (size_t i = ports_n; ports_n == 1 && i < p->hosts_n; i++)
		p->ports[i] = p->ports[0];
}

static void pg_start(Job *job)
{
	const DbAsk *ask = &job->spec->db;
	PgJob *p = pg_of(job);
	const char *host = ask->host;
	char port[8];
	Err err = { 0 };

	if (!libpq_open(&err)) {
		job_fail(job, FAIL_SELF, "%s", err.message);
		return;
	}
	(void)snprintf(port, sizeof port, "%u", ask->port ? ask->port : 5432u);
	if (ask->conninfo) {
		p->options = libpq.conninfoParse(secret_reveal(ask->conninfo), NULL);
		if (!p->options) {
			job_fail(job, FAIL_SELF, "not a PostgreSQL connection URI");
			return;
		}
		host = option(p, "hostaddr") ? NULL : option(p, "host");
		take_hosts(p, host, option(p, "port"));
	} else {
		take_hosts(p, host, port);
	}
	if (text_is_empty(host) || host[0] == '/')
		begin(p);
	else
		next_host(p);
}

static void pg_stop(Job *job)
{
	PgJob *p = pg_of(job);

	resolve_cancel(&p->resolve);
	watch_free(p->watch);
	p->watch = NULL;
	if (p->conn)
		libpq.finish(p->conn);
	p->conn = NULL;
	if (p->options)
		libpq.conninfoFree(p->options);
	p->options = NULL;
}

static void pg_free(Job *job)
{
	PgJob *p = pg_of(job);

	list_free(&p->cells.cells);
	Buf_done(&p->host);
	Buf_done(&p->hostaddr);
	Buf_done(&p->port);
}

const JobKind ask_pg_kind = {
	.size = sizeof(PgJob), .start = pg_start, .stop = pg_stop, .free = pg_free
};
