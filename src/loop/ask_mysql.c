/* MariaDB and MySQL, by libmariadb's non-blocking calls: connect, then one statement
 * in a session that may only read.
 *
 * A call that must wait is suspended on a stack of its own inside the library. It is
 * never just thrown away (that leaks what it holds): abandon() tells it that its time is
 * over, and it unwinds. */
#include "loop/lib_mysql.h"
/* Its header brings a list of its own, with our names. */
#undef list_push

#include "core/text.h"
#include "loop/db.h"

#include <errmsg.h>
#include <sys/socket.h>

typedef enum MyStep { MY_IDLE, MY_CONNECT, MY_BEGIN, MY_QUERY, MY_FETCH } MyStep;

typedef struct MyJob {
	Job job;
	MYSQL *my;
	Watch *watch;
	MyStep step;
	int waits; /* MYSQL_WAIT_… bits of the suspended call; 0: none */
	MYSQL *connected;
	int failed;
	MYSQL_ROW row;
	MYSQL_RES *result;
	DbCells cells;
	bool at_end;
	char ip[ADDRESS_TEXT]; /* the library reads it after libmysql.real_connect_start() returned */
} MyJob;

static MyJob *my_of(Job *job) { return CONTAINER_OF(job, MyJob, job); }

/* ---- failing ---- */

/* "Can't connect to server on '127.0.0.1' (111)": the number is errno. */
static int errno_in(const char *text)
{
	const char *at = strrchr(text, '(');
	int e = 0;

	return at && sscanf(at, "(%d)", &e) == 1 ? e : 0;
}

static void fail(MyJob *m)
{
	unsigned code = libmysql.error_number(m->my);
	const char *text = libmysql.error(m->my);
	Job *job = &m->job;
	int e = errno_in(text);

	switch (code) {
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case CR_IPSOCK_ERROR:
	case CR_SOCKET_CREATE_ERROR:
		if (job->addresses_n && !address_has_route(&job->addresses[0]))
			job_fail(job, FAIL_SELF, "no route from this machine");
		else if (e)
			job_fail_errno(job, FAIL_CONNECT, NULL, e);
		else
			db_fail(job, FAIL_CONNECT, text);
		break;
	case CR_SSL_CONNECTION_ERROR: db_fail(job, FAIL_TLS, text); break;
	case CR_OUT_OF_MEMORY: job_fail(job, FAIL_SELF, "out of memory"); break;
	default: db_fail(job, FAIL_HTTP, text); break;
	}
}

/* ---- one step after the other; each returns the bits it waits for ---- */

static int start_connect(MyJob *m)
{
	const DbAsk *ask = &m->job.spec->db;
	const char *host = ask->host ? address_print(&m->job.addresses[0], m->ip) : NULL;
	const char *socket = ask->host     ? NULL
	                     : ask->socket ? ask->socket
	                                   : "/run/mysqld/mysqld.sock";

	m->step = MY_CONNECT;
	return libmysql.real_connect_start(&m->connected, m->my, host, ask->user,
	                                   secret_reveal(ask->password), ask->database,
	                                   ask->port ? ask->port : 3306, socket, 0);
}

static int start_sql(MyJob *m, MyStep step, const char *sql)
{
	m->step = step;
	return libmysql.real_query_start(&m->failed, m->my, sql, strlen(sql));
}

static int start_fetch(MyJob *m)
{
	m->step = MY_FETCH;
	return libmysql.fetch_row_start(&m->row, m->result);
}

static int resume(MyJob *m, int happened)
{
	switch (m->step) {
	case MY_CONNECT: return libmysql.real_connect_cont(&m->connected, m->my, happened);
	case MY_BEGIN:
	case MY_QUERY: return libmysql.real_query_cont(&m->failed, m->my, happened);
	case MY_FETCH: return libmysql.fetch_row_cont(&m->row, m->result, happened);
	case MY_IDLE: return 0;
	}
	return 0;
}

static void answer(MyJob *m)
{
	size_t columns = m->result ? libmysql.num_fields(m->result) : 0;

	db_answer(&m->job, &m->cells, columns, libmysql.get_server_info(m->my));
}

static int after_connect(MyJob *m)
{
	if (!m->connected) {
		fail(m);
		return 0;
	}
	m->job.answer.took.connect = job_lap(&m->job);
	m->job.step = FAIL_HTTP;
	if (!text_is_empty(m->job.spec->db.sql))
		/* Of the session, not of a transaction: CREATE would commit that and go on. */
		return start_sql(m, MY_BEGIN, "SET SESSION TRANSACTION READ ONLY");
	answer(m);
	return 0;
}

static int after_query(MyJob *m)
{
	m->result = libmysql.use_result(m->my);
	if (m->result)
		return start_fetch(m);
	if (libmysql.error_number(m->my))
		fail(m);
	else
		answer(m); /* a statement without rows */
	return 0;
}

static int after_fetch(MyJob *m)
{
	unsigned long *lengths = m->row ? libmysql.fetch_lengths(m->result) : NULL;
	unsigned columns = libmysql.num_fields(m->result);

	if (!m->row) {
		m->at_end = true;
		if (libmysql.error_number(m->my))
			fail(m);
		else
			answer(m);
		return 0;
	}
	for (unsigned c = 0; c < columns; c++) {
		if (!db_cell(&m->job, &m->cells, m->row[c], lengths[c]))
			return 0;
	}
	if (++m->cells.rows < db_max_rows(&m->job.spec->db))
		return start_fetch(m);
	answer(m);
	return 0;
}

static int after_step(MyJob *m)
{
	switch (m->step) {
	case MY_CONNECT: return after_connect(m);
	case MY_BEGIN:
	case MY_QUERY:
		if (m->failed) {
			fail(m);
			return 0;
		}
		return m->step == MY_BEGIN ? start_sql(m, MY_QUERY, m->job.spec->db.sql)
		                           : after_query(m);
	case MY_FETCH: return after_fetch(m);
	case MY_IDLE: return 0;
	}
	return 0;
}

/* ---- waiting ---- */

static void ready(void *context, int events);

static void proceed(MyJob *m, int waits)
{
	int events;

	while (!waits && m->job.state == JOB_RUNNING)
		waits = after_step(m);
	m->waits = waits;
	if (m->job.state != JOB_RUNNING)
		return;
	if (waits & MYSQL_WAIT_READ)
		m->job.step = FAIL_HTTP; /* connected: it is the server's turn to speak */
	events = (waits & (MYSQL_WAIT_READ | MYSQL_WAIT_EXCEPT) ? UV_READABLE : 0) |
	         (waits & MYSQL_WAIT_WRITE ? UV_WRITABLE : 0);
	m->watch = watch_new(m->job.loop, libmysql.get_socket(m->my), events, ready, m);
	if (!m->watch)
		job_fail(&m->job, FAIL_SELF, "the connection cannot be watched");
}

static void ready(void *context, int events)
{
	MyJob *m = context;
	int happened = (events & UV_READABLE ? m->waits & MYSQL_WAIT_READ : 0) |
	               (events & UV_WRITABLE ? m->waits & MYSQL_WAIT_WRITE : 0);

	watch_free(m->watch);
	m->watch = NULL;
	m->waits = 0;
	proceed(m, resume(m, happened));
}

/* The connection is broken first, so that nothing on the way out can wait for the peer. */
static void abandon(MyJob *m)
{
	int fd = (int)libmysql.get_socket(m->my);

	if (fd >= 0)
		(void)shutdown(fd, SHUT_RDWR);
	for (int i = 0; i < 10 && m->waits; i++)
		m->waits = resume(m, m->waits | MYSQL_WAIT_TIMEOUT);
}

/* ---- the question ---- */

static void set_options(MyJob *m)
{
	/* The library's own limits only back ours up, and let abandon() say "timeout". */
	unsigned limit_s = (unsigned)(m->job.spec->timeout.us / 1000000 + 5);
	my_bool no = 0;
	unsigned tcp = MYSQL_PROTOCOL_TCP, local = 0;

	(void)libmysql.options(m->my, MYSQL_OPT_NONBLOCK, NULL);
	(void)libmysql.options(m->my, MYSQL_OPT_CONNECT_TIMEOUT, &limit_s);
	(void)libmysql.options(m->my, MYSQL_OPT_READ_TIMEOUT, &limit_s);
	(void)libmysql.options(m->my, MYSQL_OPT_WRITE_TIMEOUT, &limit_s);
	(void)libmysql.options(m->my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	(void)libmysql.options(m->my, MYSQL_OPT_LOCAL_INFILE, &local);
	(void)libmysql.options(m->my, MYSQL_OPT_RECONNECT, &no);
	if (m->job.spec->db.host)
		(void)libmysql.options(m->my, MYSQL_OPT_PROTOCOL, &tcp);
}

static void begin(Job *job)
{
	MyJob *m = my_of(job);
	Err err = { 0 };

	if (!libmysql_open(&err)) {
		job_fail(job, FAIL_SELF, "%s", err.message);
		return;
	}
	job->step = FAIL_CONNECT;
	m->my = libmysql.init(NULL);
	if (!m->my) {
		job_fail(job, FAIL_SELF, "out of memory");
		return;
	}
	set_options(m);
	proceed(m, start_connect(m));
}

static void my_start(Job *job)
{
	const DbAsk *ask = &job->spec->db;

	if (ask->host)
		job_resolve(job, ask->host, NULL, 0, false, begin);
	else
		begin(job);
}

static void my_stop(Job *job)
{
	MyJob *m = my_of(job);

	watch_free(m->watch);
	m->watch = NULL;
	if (!m->my)
		return;
	if (m->waits || (m->result && !m->at_end))
		abandon(m);
	if (m->result)
		libmysql.free_result(m->result);
	libmysql.close(m->my);
	m->my = NULL;
	m->result = NULL;
}

static void my_free(Job *job) { list_free(&my_of(job)->cells.cells); }

const JobKind ask_mysql_kind = {
	.size = sizeof(MyJob), .start = my_start, .stop = my_stop, .free = my_free
};
