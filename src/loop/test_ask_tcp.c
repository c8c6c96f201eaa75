#include "hostile/asking.h"
#include "hostile/certs.h"
#include "hostile/server.h"

static AskSpec tcp_spec(uint16_t port)
{
	return (AskSpec){ .kind = ASK_TCP,
		          .timeout = seconds(20),
		          .tcp = { .host = "127.0.0.1", .port = port } };
}

static Got *ask_server(void (*talk)(int fd, Server *s), void *data, AskSpec spec)
{
	Loop *loop = test_loop();
	Server *s = server_start(talk, data);
	Got *g;

	spec.tcp.port = s->port;
	g = ask_wait(loop, &spec);
	loop_free(loop);
	server_stop(s);
	return g;
}

static void greet(int fd, Server *s) { (void)say_text(fd, s->data); }

static void greet_and_hold(int fd, Server *s)
{
	(void)say_text(fd, s->data);
	hold(fd);
}

static void echo_line(int fd, Server *s)
{
	char line[256];

	(void)s;
	hear_line(fd, line, sizeof line);
	(void)say_text(fd, "you said ");
	(void)say_text(fd, line);
	hold(fd);
}

static void *text(const char *s) { return (void *)(uintptr_t)s; }

TEST(a_port_that_accepts_is_enough)
{
	Got *g = ask_server(greet_and_hold, text(""), tcp_spec(0));

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_TEXT(g->address, "127.0.0.1");
	EXPECT(g->a.took.connect.us > 0);
	EXPECT_INT(g->a.took.tls.us, 0);
	EXPECT(!g->a.cert.present);
}

TEST(a_closed_port_is_a_refused_connection)
{
	Loop *loop = test_loop();
	AskSpec spec = tcp_spec(free_port());
	Got *g = ask_wait(loop, &spec);

	EXPECT_INT(g->a.fail, FAIL_CONNECT);
	EXPECT_TEXT(g->error, "connection refused");
	loop_free(loop);
}

TEST(what_is_expected_ends_the_reading)
{
	AskSpec spec = tcp_spec(0);
	Got *g;

	spec.tcp.expect = "220 ";
	g = ask_server(greet_and_hold, text("220 ready\r\n"), spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(g->a.tcp.matched);
	EXPECT_TEXT(g->text, "220 ready\r\n");
	EXPECT(g->a.took.first_byte.us > 0);
}

TEST(what_is_said_arrives)
{
	AskSpec spec = tcp_spec(0);
	Got *g;

	spec.tcp.send = "PING 42\n";
	spec.tcp.expect = "said PING 42";
	g = ask_server(echo_line, NULL, spec);
	EXPECT(g->a.tcp.matched);
}

TEST(another_answer_than_expected_is_an_answer_unmatched)
{
	AskSpec spec = tcp_spec(0);
	Got *g;

	spec.tcp.expect = "220";
	g = ask_server(greet, text("554 go away\r\n"), spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(!g->a.tcp.matched);
	EXPECT_TEXT(g->text, "554 go away\r\n");
}

TEST(an_expected_answer_that_does_not_come_is_too_slow)
{
	AskSpec spec = tcp_spec(0);
	Got *g;

	spec.tcp.expect = "220";
	spec.timeout = milliseconds(150);
	g = ask_server(greet_and_hold, text("22"), spec);
	EXPECT_INT(g->a.fail, FAIL_HTTP);
	EXPECT(g->a.timed_out);
	EXPECT_TEXT(g->text, "22");
}

static void flood(int fd, Server *s)
{
	(void)s;
	while (say_text(fd, "0123456789abcdef"))
		;
}

TEST(a_flood_is_read_up_to_four_kilobytes)
{
	AskSpec spec = tcp_spec(0);
	Got *g;

	spec.tcp.expect = "never";
	g = ask_server(flood, NULL, spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(!g->a.tcp.matched);
	EXPECT_INT(g->a.tcp.received_n, 4096);
}

static void reset_now(int fd, Server *s)
{
	(void)s;
	reset_connection(fd);
}

TEST(a_connection_reset_while_waiting_is_an_unmatched_answer)
{
	AskSpec spec = tcp_spec(0);
	Got *g;

	spec.tcp.expect = "220";
	g = ask_server(reset_now, NULL, spec);
	EXPECT(!g->a.tcp.matched);
	EXPECT_INT(g->a.tcp.received_n, 0);
}

TEST(loopback_is_refused_where_only_public_addresses_may_be)
{
	Loop *loop = test_loop();
	AskSpec spec = tcp_spec(80);
	Got *g;

	spec.tcp.public_only = true;
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_SELF);
	spec.tcp.host = NULL;
	EXPECT_TEXT(ask_wait(loop, &spec)->error, "no host to ask");
	spec.tcp.host = "127.0.0.1";
	spec.tcp.family = 6;
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_SELF);
	loop_free(loop);
}

/* ---- STARTTLS ---- */

typedef struct Script {
	/* Said, then heard, in turn; ends with NULL. A step "TLS" makes the handshake. */
	const char *steps[12];
	SSL_CTX *ctx;
	bool heard_all;
} Script;

static void follow_script(int fd, Server *server)
{
	Script *s = server->data;
	char line[512];
	SSL *ssl = NULL;

	for (int i = 0; s->steps[i]; i++) {
		if (text_eq(s->steps[i], "TLS")) {
			ssl = tls_accept(s->ctx, fd);
			break;
		}
		if (i % 2 == 0)
			(void)say_text(fd, s->steps[i]);
		else if (!strstr(hear_until(fd, s->steps[i], line, sizeof line), s->steps[i]))
			return;
	}
	s->heard_all = ssl != NULL;
	hold(fd);
	SSL_free(ssl);
}

static Cert own;
static SSL_CTX *own_server(void)
{
	own = cert_make(&(CertWish){ .name = "x", .names = "IP:127.0.0.1", .until_s = 3600 });
	return tls_server(&own, NULL, 0);
}

static Got *ask_starttls(const char *protocol, Script *s)
{
	AskSpec spec = tcp_spec(0);
	Got *g;

	s->ctx = own_server();
	spec.tcp.starttls = protocol;
	spec.tcp.no_verify = true;
	g = ask_server(follow_script, s, spec);
	SSL_CTX_free(s->ctx);
	cert_free(&own);
	return g;
}

TEST(smtp_and_imap_are_spoken_up_to_the_handshake)
{
	Script smtp = { .steps = { "220-two\r\n220 lines\r\n", "EHLO ",
		                   "250-x\r\n250-STARTTLS\r\n250 SIZE\r\n", "STARTTLS\r\n",
		                   "220 go\r\n", "TLS" } };
	Script imap = { .steps = { "* OK ready\r\n", "a1 STARTTLS\r\n",
		                   "* CAPABILITY x\r\na1 OK go\r\n", "TLS" } };
	Got *g = ask_starttls("smtp", &smtp);

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(g->a.cert.present && g->a.took.tls.us > 0 && smtp.heard_all);
	g = ask_starttls("imap", &imap);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(g->a.cert.present && imap.heard_all);
}

static void speak_postgres(int fd, Server *server)
{
	static const char want[8] = { 0, 0, 0, 8, 4, (char)210, 22, 47 };
	char got[8] = { 0 };
	SSL *ssl;

	if (recv(fd, got, 8, MSG_WAITALL) != 8 || memcmp(got, want, 8) != 0)
		return;
	(void)say_text(fd, "S");
	ssl = tls_accept(server->data, fd);
	hold(fd);
	SSL_free(ssl);
}

static void refuse_postgres(int fd, Server *server)
{
	char got[8];

	(void)server;
	(void)!recv(fd, got, 8, MSG_WAITALL);
	(void)say_text(fd, "N");
	hold(fd);
}

TEST(postgres_is_asked_for_tls_in_its_own_way)
{
	SSL_CTX *ctx = own_server();
	AskSpec spec = tcp_spec(0);
	Got *g;

	spec.tcp.starttls = "postgres";
	spec.tcp.no_verify = true;
	g = ask_server(speak_postgres, ctx, spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(g->a.cert.present);
	g = ask_server(refuse_postgres, NULL, spec);
	EXPECT_INT(g->a.fail, FAIL_TLS);
	EXPECT_TEXT(g->error, "the server does not offer STARTTLS");
	SSL_CTX_free(ctx);
	cert_free(&own);
}

/* The first packet of a MySQL server, with and without the TLS capability. */
static size_t mysql_greeting(unsigned char *p, bool tls)
{
	static const char version[] = "8.0.36";
	size_t n = 4;

	memset(p, 0, 128);
	p[n++] = 10;
	memcpy(p + n, version, sizeof version);
	n += sizeof version + 4 + 8 + 1; /* thread id, salt, filler */
	p[n++] = 0xff;
	p[n++] = tls ? 0xff : 0xf7;
	n += 40;
	p[0] = (unsigned char)(n - 4);
	return n;
}

static void speak_mysql(int fd, Server *server)
{
	unsigned char p[128];
	char got[36];
	SSL *ssl;

	(void)say_n(fd, p, mysql_greeting(p, true));
	if (recv(fd, got, 36, MSG_WAITALL) != 36 || got[0] != 32 || got[3] != 1)
		return;
	ssl = tls_accept(server->data, fd);
	hold(fd);
	SSL_free(ssl);
}

static void refuse_mysql(int fd, Server *server)
{
	unsigned char p[128];

	(void)server;
	(void)say_n(fd, p, mysql_greeting(p, false));
	hold(fd);
}

TEST(mysql_is_asked_for_tls_in_its_own_way)
{
	SSL_CTX *ctx = own_server();
	AskSpec spec = tcp_spec(0);
	Got *g;

	spec.tcp.starttls = "mysql";
	spec.tcp.no_verify = true;
	g = ask_server(speak_mysql, ctx, spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(g->a.cert.present);
	g = ask_server(refuse_mysql, NULL, spec);
	EXPECT_INT(g->a.fail, FAIL_TLS);
	SSL_CTX_free(ctx);
	cert_free(&own);
}

TEST(dialogues_that_go_wrong_end_by_themselves)
{
	static const struct {
		const char *protocol, *said;
		FailClass fail;
		const char *error;
	} rows[] = {
		{ "smtp", "554 no\r\n", FAIL_TLS, "the server does not offer STARTTLS" },
		{ "imap", "* BYE\r\n", FAIL_TLS, "the server does not offer STARTTLS" },
		{ "smtp", "220", FAIL_HTTP, "connection closed before STARTTLS" },
		{ "mysql", "\x05\x01", FAIL_HTTP, "connection closed before STARTTLS" },
		{ "mysql", "\xff\xff\xff\x01 and so on", FAIL_TLS,
		  "the server does not offer STARTTLS" },
		{ "gopher", "", FAIL_SELF, "STARTTLS for 'gopher' is not known" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AskSpec spec = tcp_spec(0);
		Got *g;

		spec.tcp.starttls = rows[i].protocol;
		g = ask_server(greet, text(rows[i].said), spec);
		EXPECT_INT(g->a.fail, rows[i].fail);
		EXPECT_TEXT(g->error, rows[i].error);
	}
}

TEST(words_slipped_in_before_the_handshake_are_refused)
{
	Script imap = { .steps = { "* OK ready\r\n", "a1 STARTTLS\r\n",
		                   "a1 OK go\r\n* OK injected\r\n", "TLS" } };
	Got *g = ask_starttls("imap", &imap);

	EXPECT_INT(g->a.fail, FAIL_TLS);
	EXPECT_TEXT(g->error, "data in the clear after STARTTLS");
}

static void serve_tls_banner(int fd, Server *server)
{
	SSL *ssl = tls_accept(server->data, fd);
	char line[256];

	if (!ssl)
		return;
	tls_say(ssl, "* OK ready\r\n");
	(void)tls_hear_until(ssl, "\n", line, sizeof line);
	tls_say(ssl, "bye ");
	tls_say(ssl, line);
	hold(fd);
	SSL_free(ssl);
}

TEST(inside_tls_it_speaks_and_listens_as_outside)
{
	SSL_CTX *ctx = own_server();
	AskSpec spec = tcp_spec(0);
	Got *g;

	spec.tcp.tls = spec.tcp.no_verify = true;
	spec.tcp.send = "LOGOUT\n";
	spec.tcp.expect = "bye LOGOUT";
	g = ask_server(serve_tls_banner, ctx, spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(g->a.tcp.matched);
	EXPECT_TEXT(g->text, "* OK ready\r\nbye LOGOUT\n");
	SSL_CTX_free(ctx);
	cert_free(&own);
}

TEST(cancelling_at_every_point_of_a_handshake_is_silent)
{
	SSL_CTX *ctx = own_server();
	Loop *loop = test_loop();
	Server *s = server_start(serve_tls_banner, ctx);
	AskSpec spec = tcp_spec(s->port);
	static Got g;

	spec.tcp.tls = spec.tcp.no_verify = true;
	spec.tcp.expect = "* OK";
	for (int turns = 0; turns < 12; turns++) {
		start_asking(loop, &g, &spec);
		for (int i = 0; i < turns && !g.times; i++)
			loop_turn(loop, milliseconds(0));
		if (!g.times)
			loop_world(loop)->ask_cancel(loop_world(loop), &g.ask);
		loop_turn(loop, milliseconds(1));
		EXPECT(g.times <= 1);
	}
	EXPECT_INT(loop_stats(loop).in_flight, 0);
	loop_free(loop);
	server_stop(s);
	SSL_CTX_free(ctx);
	cert_free(&own);
}
