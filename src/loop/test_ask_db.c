/* Databases: real ones where they are installed, and servers that only pretend. */
#include "hostile/asking.h"
#include "hostile/server.h"

#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- pretended ones ---- */

static AskSpec db_spec(const char *engine, uint16_t port, const char *sql)
{
	return (AskSpec){ .kind = ASK_DB,
		          .timeout = seconds(20),
		          .db = { .engine = engine,
		                  .host = "127.0.0.1",
		                  .port = port,
		                  .user = "app",
		                  .database = "postgres",
		                  .sql = sql } };
}

static const char *const engines[] = { "postgresql", "mysql" };

TEST(a_closed_port_is_a_refused_connection_for_both_engines)
{
	Loop *loop = test_loop();

	for (size_t i = 0; i < COUNT_OF(engines); i++) {
		AskSpec spec = db_spec(engines[i], free_port(), "SELECT 1");
		Got *g = ask_wait(loop, &spec);

		EXPECT_INT(g->a.fail, FAIL_CONNECT);
		EXPECT_TEXT(g->error, "connection refused");
	}
	loop_free(loop);
}

static void say_nothing(int fd, Server *s)
{
	(void)s;
	hold(fd);
}

static void say_garbage(int fd, Server *s)
{
	(void)s;
	(void)say_text(fd, "SSH-2.0-OpenSSH_9.2\r\nand more of it, and more of it\r\n");
	hold(fd);
}

static void leave(int fd, Server *s)
{
	char room[64];

	(void)s;
	(void)!recv(fd, room, sizeof room, MSG_DONTWAIT);
}

TEST(servers_that_are_no_databases_are_found_out_or_given_up)
{
	static const struct {
		void (*talk)(int fd, Server *s);
		bool may_be_late;
	} rows[] = { { say_nothing, true }, { say_garbage, true }, { leave, false } };

	for (size_t i = 0; i < COUNT_OF(rows) * 2; i++) {
		Loop *loop = test_loop();
		Server *s = server_start(rows[i / 2].talk, NULL);
		AskSpec spec = db_spec(engines[i % 2], s->port, "SELECT 1");
		Got *g;

		spec.timeout = milliseconds(300);
		g = ask_wait(loop, &spec);
		EXPECT(g->a.fail == FAIL_HTTP || g->a.fail == FAIL_TLS);
		EXPECT(!g->a.timed_out || rows[i / 2].may_be_late);
		EXPECT(g->error[0]);
		loop_free(loop);
		server_stop(s);
	}
}

TEST(a_database_question_cancelled_or_freed_half_way_is_silent)
{
	for (size_t i = 0; i < COUNT_OF(engines); i++) {
		Loop *loop = test_loop();
		Server *s = server_start(say_nothing, NULL);
		AskSpec spec = db_spec(engines[i], s->port, "SELECT 1");
		static Got a, b;

		start_asking(loop, &a, &spec);
		start_asking(loop, &b, &spec);
		loop_turn(loop, milliseconds(1));
		loop_world(loop)->ask_cancel(loop_world(loop), &a.ask);
		loop_turn(loop, milliseconds(1));
		loop_free(loop);
		EXPECT_INT(a.times + b.times, 0);
		server_stop(s);
	}
}

TEST(a_uri_that_is_none_is_our_own_trouble_and_not_repeated)
{
	Loop *loop = test_loop();
	Secret *uri = secret_new("postgresql://user:s3cret-pass@host:notaport?x");
	AskSpec spec = { .kind = ASK_DB,
		         .timeout = seconds(20),
		         .db = { .engine = "postgresql", .conninfo = uri } };
	Got *g = ask_wait(loop, &spec);

	EXPECT_INT(g->a.fail, FAIL_SELF);
	EXPECT(!strstr(g->error, "s3cret"));
	loop_free(loop);
	secret_free(uri);
}

TEST(a_missing_local_socket_is_no_connection)
{
	Loop *loop = test_loop();
	AskSpec spec = db_spec("postgresql", 0, "SELECT 1");

	spec.db.host = NULL;
	spec.db.socket = "/no/such/folder";
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_CONNECT);
	spec.db.engine = "mysql";
	spec.db.socket = "/no/such/socket";
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_CONNECT);
	loop_free(loop);
}

/* ---- real ones: started as an ordinary user, for neither runs as root ---- */

typedef struct Real {
	Loop *loop;
	Got daemon;
	char *folder;
	uint16_t port;
	Secret *password;
} Real;

enum { WORDS = 24 };

/* "setpriv … program arguments", when we are root. */
static size_t as_somebody(const char **argv)
{
	static const char *const words[] = { "setpriv", "--reuid=nobody", "--regid=nogroup",
		                             "--clear-groups" };

	if (getuid() != 0)
		return 0;
	memcpy(argv, words, sizeof words);
	return COUNT_OF(words);
}

static void own_folder(const Real *r)
{
	const struct passwd *nobody = getpwnam("nobody");

	(void)chmod(r->folder, 0755);
	if (getuid() == 0 && nobody)
		(void)!chown(r->folder, nobody->pw_uid, nobody->pw_gid);
}

static AskSpec run_words(const char **argv, const char *const *words)
{
	static const char *const env[] = { "HOME=/tmp", NULL };
	size_t n = as_somebody(argv);

	for (size_t i = 0; words[i]; i++)
		argv[n++] = words[i];
	argv[n] = NULL;
	return (AskSpec){ .kind = ASK_RUN,
		          .timeout = seconds(120),
		          .run = { .argv = argv, .env = env } };
}

static bool run_and_wait(Real *r, const char *const *words)
{
	const char *argv[WORDS];
	AskSpec spec = run_words(argv, words);
	Got *g = ask_wait(r->loop, &spec);

	return (g->a.fail == FAIL_NONE && g->a.run.exit_code == 0) ||
	       test_fail(__FILE__, __LINE__, "%s: %s %s %s", words[0], g->error, g->text,
	                 g->detail);
}

static bool wait_for_it(Real *r, const AskSpec *spec)
{
	for (int i = 0; i < 3000 && !r->daemon.times; i++) {
		if (ask_wait(r->loop, spec)->a.fail == FAIL_NONE)
			return true;
		loop_turn(r->loop, milliseconds(10));
	}
	return test_fail(__FILE__, __LINE__, "the server did not start: %s", r->daemon.detail);
}

static void real_begin(Real *r)
{
	*r = (Real){ .loop = test_loop(), .port = free_port() };
	r->folder = mem_text(test_dir());
	r->password = secret_new("right-password");
	own_folder(r);
}

static void real_end(Real *r)
{
	loop_free(r->loop);
	(void)test_dir(); /* empties it */
	mem_free(r->folder);
	secret_free(r->password);
}

#define PG_BIN "/usr/lib/postgresql/15/bin/"

static AskSpec pg_spec(const Real *r, const char *sql)
{
	AskSpec spec = db_spec("postgresql", r->port, sql);

	spec.db.password = r->password;
	return spec;
}

static bool pg_start(Real *r)
{
	static AskSpec daemon;
	static const char *argv[WORDS];
	AUTO_FREE char *data = mem_printf("%s/pg", r->folder);
	AUTO_FREE char *pwfile = mem_printf("%s/pw", r->folder);
	AUTO_FREE char *pwoption = mem_printf("--pwfile=%s", pwfile);
	static char port[8], folder[300], data_kept[300];
	const char *const init[] = { PG_BIN "initdb",
		                     "-D",
		                     data,
		                     "-U",
		                     "app",
		                     "-A",
		                     "scram-sha-256",
		                     pwoption,
		                     "-N",
		                     "-E",
		                     "UTF8",
		                     "--locale=C.UTF-8",
		                     NULL };
	const char *const run[] = { PG_BIN "postgres",
		                    "-D",
		                    data_kept,
		                    "-p",
		                    port,
		                    "-k",
		                    folder,
		                    "-clisten_addresses=127.0.0.1",
		                    "-cfsync=off",
		                    "-cshared_buffers=16MB",
		                    NULL };
	AskSpec ping = pg_spec(r, NULL);
	FILE *f = fopen(pwfile, "we");

	(void)fputs("right-password\n", f);
	(void)fclose(f);
	(void)chmod(pwfile, 0644);
	(void)snprintf(port, sizeof port, "%u", r->port);
	(void)snprintf(folder, sizeof folder, "%s", r->folder);
	(void)snprintf(data_kept, sizeof data_kept, "%s", data);
	if (!run_and_wait(r, init))
		return false;
	daemon = run_words(argv, run);
	start_asking(r->loop, &r->daemon, &daemon);
	return wait_for_it(r, &ping);
}

static void expect_rows(Real *r, AskSpec spec, const char *rows)
{
	Got *g = ask_wait(r->loop, &spec);

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_TEXT(g->error, "");
	EXPECT_TEXT(g->fields, rows);
}

static void expect_failure(Real *r, AskSpec spec, FailClass fail, const char *part)
{
	Got *g = ask_wait(r->loop, &spec);

	EXPECT_INT(g->a.fail, fail);
	EXPECT_HAS(g->error, part);
	EXPECT(!strstr(g->error, "-password"));
}

static void pg_answers(Real *r)
{
	AskSpec three = pg_spec(r, "SELECT n, n * n FROM generate_series(1, 3) n"), none;
	Got *g;

	expect_rows(r, pg_spec(r, "SELECT 6 * 7, NULL, 'é'"), "42\nNULL\né\n");
	expect_rows(r, three, "1\n1\n");
	three.db.max_rows = 2;
	expect_rows(r, three, "1\n1\n2\n4\n");
	three.db.max_rows = 10;
	g = ask_wait(r->loop, &three);
	EXPECT_INT(g->a.db.rows_n, 3);
	EXPECT_INT(g->a.db.columns_n, 2);
	EXPECT_HAS(g->text, "15.");
	EXPECT_TEXT(g->address, "127.0.0.1");
	EXPECT(g->a.took.connect.us > 0);
	none = pg_spec(r, "SELECT 1 WHERE false");
	g = ask_wait(r->loop, &none);
	EXPECT_INT(g->a.db.rows_n, 0);
	EXPECT_INT(g->a.db.columns_n, 1);
	expect_rows(r, pg_spec(r, "SHOW transaction_read_only"), "on\n");
}

static void pg_fails(Real *r)
{
	AskSpec other = pg_spec(r, "SELECT 1"), slow = pg_spec(r, "SELECT pg_sleep(1000)");
	AskSpec wide = pg_spec(r, "SELECT repeat('x', 300000)");
	Secret *wrong = secret_new("wrong-password");

	expect_failure(r, pg_spec(r, "SELECT nothing"), FAIL_HTTP,
	               "column \"nothing\" does not exist");
	expect_failure(r, pg_spec(r, "CREATE TABLE x (a int)"), FAIL_HTTP, "read-only transaction");
	expect_failure(r, pg_spec(r, "SELECT 1; SELECT 2"), FAIL_HTTP, "multiple commands");
	expect_failure(r, pg_spec(r, "COPY (SELECT 1) TO STDOUT"), FAIL_SELF, "COPY");
	expect_failure(r, wide, FAIL_HTTP, "rows over 262144 bytes");
	other.db.database = "absent";
	expect_failure(r, other, FAIL_HTTP, "database \"absent\" does not exist");
	other.db.password = wrong;
	expect_failure(r, other, FAIL_HTTP, "password authentication failed");
	slow.timeout = milliseconds(300);
	expect_failure(r, slow, FAIL_HTTP, "no complete answer within 300 ms");
	secret_free(wrong);
}

static void pg_other_ways(Real *r)
{
	AUTO_FREE char *text =
	        mem_printf("postgresql://app:right-password@localhost:%u/postgres", r->port);
	AUTO_FREE char *two = mem_printf("postgresql://app:right-password@127.0.0.1:%u,127.0.0.1:"
	                                 "%u/postgres?connect_timeout=3",
	                                 free_port(), r->port);
	Secret *uri = secret_new(text), *second = secret_new(two);
	AskSpec by_uri = { .kind = ASK_DB,
		           .timeout = seconds(20),
		           .db = { .engine = "postgresql", .conninfo = uri, .sql = "SELECT 1" } };
	AskSpec local = pg_spec(r, "SELECT 1");

	expect_rows(r, by_uri, "1\n");
	by_uri.db.conninfo = second; /* the first of the two is closed */
	expect_rows(r, by_uri, "1\n");
	local.db.host = NULL;
	local.db.socket = r->folder;
	expect_rows(r, local, "1\n");
	secret_free(uri);
	secret_free(second);
}

TEST(a_real_postgresql_is_asked_read_only_and_within_bounds)
{
	Real r;

	if (access(PG_BIN "postgres", X_OK) != 0) {
		test_skip("PostgreSQL 15 is not installed");
		return;
	}
	real_begin(&r);
	if (pg_start(&r)) {
		pg_answers(&r);
		pg_fails(&r);
		pg_other_ways(&r);
	}
	real_end(&r);
}

/* ---- MariaDB ---- */

static AskSpec my_spec(const Real *r, const char *sql)
{
	AskSpec spec = db_spec("mysql", r->port, sql);

	spec.db.database = "mysql";
	spec.db.password = r->password;
	return spec;
}

static bool my_start(Real *r)
{
	static AskSpec daemon;
	static const char *argv[WORDS];
	static char data[300], port[32], socket[300], init_file[300], tmp[300];
	const char *const install[] = { "mariadb-install-db",
		                        "--no-defaults",
		                        data,
		                        "--auth-root-authentication-method=normal",
		                        "--skip-test-db",
		                        NULL };
	const char *const run[] = { "/usr/sbin/mariadbd",
		                    "--no-defaults",
		                    data,
		                    socket,
		                    port,
		                    "--bind-address=127.0.0.1",
		                    init_file,
		                    tmp,
		                    "--innodb-buffer-pool-size=16M",
		                    "--innodb-flush-log-at-trx-commit=0",
		                    NULL };
	AUTO_FREE char *sql = mem_printf("%s/init.sql", r->folder);
	AskSpec ping = my_spec(r, NULL);
	FILE *f = fopen(sql, "we");

	(void)fputs("CREATE USER app@'%' IDENTIFIED BY 'right-password';\n"
	            "GRANT ALL ON *.* TO app@'%';\n"
	            /* else the installed anonymous user is more specific */
	            "CREATE USER app@localhost IDENTIFIED BY 'right-password';\n"
	            "GRANT ALL ON *.* TO app@localhost;\n",
	            f);
	(void)fclose(f);
	(void)snprintf(data, sizeof data, "--datadir=%s/my", r->folder);
	(void)snprintf(port, sizeof port, "--port=%u", r->port);
	(void)snprintf(socket, sizeof socket, "--socket=%s/my.sock", r->folder);
	(void)snprintf(init_file, sizeof init_file, "--init-file=%s", sql);
	(void)snprintf(tmp, sizeof tmp, "--tmpdir=%s", r->folder);
	if (!run_and_wait(r, install))
		return false;
	daemon = run_words(argv, run);
	start_asking(r->loop, &r->daemon, &daemon);
	return wait_for_it(r, &ping);
}

static void my_answers(Real *r)
{
	AskSpec three = my_spec(r, "SELECT seq, seq * seq FROM (SELECT 1 seq UNION SELECT 2 UNION "
	                           "SELECT 3) s ORDER BY seq");
	AskSpec local = my_spec(r, "SELECT 1"), none;
	AUTO_FREE char *socket = mem_printf("%s/my.sock", r->folder);
	Got *g;

	expect_rows(r, my_spec(r, "SELECT 6 * 7, NULL, 'é'"), "42\nNULL\né\n");
	expect_rows(r, three, "1\n1\n");
	three.db.max_rows = 10;
	g = ask_wait(r->loop, &three);
	EXPECT_INT(g->a.db.rows_n, 3);
	EXPECT_INT(g->a.db.columns_n, 2);
	EXPECT_HAS(g->text, "MariaDB");
	EXPECT_TEXT(g->address, "127.0.0.1");
	none = my_spec(r, "SELECT 1 FROM user WHERE 0");
	g = ask_wait(r->loop, &none);
	EXPECT_INT(g->a.db.rows_n, 0);
	local.db.host = NULL;
	local.db.socket = socket;
	expect_rows(r, local, "1\n");
}

static void my_fails(Real *r)
{
	AskSpec other = my_spec(r, "SELECT 1"), slow = my_spec(r, "SELECT SLEEP(1000)");
	Secret *wrong = secret_new("wrong-password");

	expect_failure(r, my_spec(r, "SELECT nothing"), FAIL_HTTP, "Unknown column");
	expect_failure(r, my_spec(r, "CREATE TABLE x (a int)"), FAIL_HTTP, "READ ONLY");
	expect_failure(r, my_spec(r, "SELECT 1; SELECT 2"), FAIL_HTTP, "SQL syntax");
	expect_failure(r, my_spec(r, "SELECT REPEAT('x', 300000)"), FAIL_HTTP,
	               "rows over 262144 bytes");
	other.db.database = "absent";
	expect_failure(r, other, FAIL_HTTP, "Unknown database 'absent'");
	other.db.password = wrong;
	expect_failure(r, other, FAIL_HTTP, "Access denied for user 'app'");
	slow.timeout = milliseconds(300);
	expect_failure(r, slow, FAIL_HTTP, "no complete answer within 300 ms");
	secret_free(wrong);
}

TEST(a_real_mariadb_is_asked_read_only_and_within_bounds)
{
	Real r;

	if (access("/usr/sbin/mariadbd", X_OK) != 0) {
		test_skip("MariaDB is not installed");
		return;
	}
	real_begin(&r);
	if (my_start(&r)) {
		my_answers(&r);
		my_fails(&r);
	}
	real_end(&r);
}
