#include "hostile/asking.h"
#include "hostile/certs.h"
#include "hostile/server.h"

/* What the server says at each point of the dialogue; NULL: the customary reply. */
typedef struct Smtp {
	const char *greeting, *ehlo, *from, *rcpt, *data, *text, *auth, *starttls;
	const char *hold_at, *close_at; /* the command after which it says nothing, or leaves */
	SSL_CTX *tls;                   /* for STARTTLS, or from the first byte */
	bool tls_first;
	char heard[100000];
	size_t heard_n;
} Smtp;

typedef struct Wire {
	int fd;
	SSL *ssl;
} Wire;

static void wire_say(Wire *w, const char *text)
{
	if (w->ssl)
		tls_say(w->ssl, text);
	else
		(void)say_text(w->fd, text);
}

static bool wire_hear(Wire *w, Smtp *s, char *line, size_t cap)
{
	size_t n = 0;

	while (n + 1 < cap &&
	       (w->ssl ? SSL_read(w->ssl, line + n, 1) == 1 : recv(w->fd, line + n, 1, 0) == 1)) {
		if (line[n++] == '\n')
			break;
	}
	line[n] = '\0';
	if (s->heard_n + n < sizeof s->heard) {
		memcpy(s->heard + s->heard_n, line, n);
		s->heard_n += n;
	}
	return n > 0;
}

static const char *or_else(const char *wanted, const char *usual)
{
	return wanted ? wanted : usual;
}

static const char *reply_to(Smtp *s, const char *line)
{
	if (text_starts(line, "EHLO"))
		return or_else(s->ehlo, "250-test.invalid\r\n250-8BITMIME\r\n"
		                        "250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n");
	if (text_starts(line, "MAIL"))
		return or_else(s->from, "250 ok\r\n");
	if (text_starts(line, "RCPT"))
		return or_else(s->rcpt, "250 ok\r\n");
	if (text_starts(line, "DATA"))
		return or_else(s->data, "354 go\r\n");
	if (text_starts(line, "AUTH LOGIN"))
		return "334 VXNlcm5hbWU6\r\n";
	if (text_starts(line, "AUTH PLAIN"))
		return or_else(s->auth, "235 welcome\r\n");
	if (text_starts(line, "STARTTLS"))
		return or_else(s->starttls, "220 now\r\n");
	if (text_starts(line, "QUIT"))
		return "221 bye\r\n";
	if (text_eq(line, "Ym9i\r\n")) /* bob */
		return "334 UGFzc3dvcmQ6\r\n";
	if (text_eq(line, "c2VzYW1l\r\n")) /* sesame */
		return or_else(s->auth, "235 welcome\r\n");
	return "500 what?\r\n";
}

static bool hear_message(Wire *w, Smtp *s)
{
	char line[4096];

	do {
		if (!wire_hear(w, s, line, sizeof line))
			return false;
	} while (!text_eq(line, ".\r\n"));
	return true;
}

static void talk_smtp(Wire *w, Smtp *s)
{
	char line[4096];

	wire_say(w, or_else(s->greeting, "220 test.invalid ESMTP\r\n"));
	while (wire_hear(w, s, line, sizeof line)) {
		const char *reply = reply_to(s, line);

		if (s->hold_at && text_starts(line, s->hold_at)) {
			hold(w->fd);
			return;
		}
		if (s->close_at && text_starts(line, s->close_at))
			return;
		wire_say(w, reply);
		if (text_starts(reply, "354") && hear_message(w, s))
			wire_say(w, or_else(s->text, "250 queued as 42\r\n"));
		if (text_starts(line, "STARTTLS") && text_starts(reply, "220"))
			w->ssl = tls_accept(s->tls, w->fd);
		if (text_starts(line, "STARTTLS") && !w->ssl)
			return;
	}
}

static void serve_smtp(int fd, Server *server)
{
	Smtp *s = server->data;
	Wire w = { .fd = fd };

	if (s->tls_first)
		w.ssl = tls_accept(s->tls, fd);
	if (w.ssl || !s->tls_first)
		talk_smtp(&w, s);
	SSL_free(w.ssl);
}

static const char *const to_ops[] = { "ops@example.org", NULL };

static AskSpec mail_spec(void)
{
	static const char message[] = "Subject: down\r\n\r\nIt is down.\r\n";

	return (AskSpec){ .kind = ASK_MAIL,
		          .timeout = seconds(20),
		          .mail = { .host = "127.0.0.1",
		                    .from = "carene@example.org",
		                    .to = to_ops,
		                    .message = message,
		                    .message_n = sizeof message - 1 } };
}

static Got *send_mail(Smtp *s, AskSpec spec)
{
	Loop *loop = test_loop();
	Server *server = server_start(serve_smtp, s);
	Got *g;

	spec.mail.port = server->port;
	g = ask_wait(loop, &spec);
	loop_free(loop);
	server_stop(server);
	return g;
}

TEST(a_message_is_handed_over_and_the_last_reply_comes_back)
{
	static Smtp s;
	Got *g = send_mail(&s, mail_spec());

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.mail.code, 250);
	EXPECT_TEXT(g->text, "queued as 42");
	EXPECT_HAS(s.heard,
	           "MAIL FROM:<carene@example.org>\r\nRCPT TO:<ops@example.org>\r\nDATA\r\n"
	           "Subject: down\r\n\r\nIt is down.\r\n.\r\n");
	EXPECT(g->a.took.connect.us > 0 && g->a.took.first_byte.us > 0);
}

TEST(no_text_can_end_the_message_early)
{
	static Smtp s;
	static const char message[] = "Subject: x\r\n\r\n.\r\n..two\r\n.\nMAIL FROM:<evil@x>\n"
	                              "bare\rreturn\r\n\r\n.";
	AskSpec spec = mail_spec();
	Got *g;

	spec.mail.message = message;
	spec.mail.message_n = sizeof message - 1;
	g = send_mail(&s, spec);
	EXPECT_INT(g->a.mail.code, 250);
	EXPECT_HAS(s.heard, "DATA\r\nSubject: x\r\n\r\n..\r\n...two\r\n..\r\nMAIL FROM:<evil@x>\r\n"
	                    "bare\r\nreturn\r\n\r\n..\r\n.\r\n");
}

TEST(bytes_beyond_ascii_are_announced_where_the_server_takes_them)
{
	static Smtp with, without = { .ehlo = "250 plain.invalid\r\n" };
	AskSpec spec = mail_spec();

	spec.mail.message = "Subject: x\r\n\r\né\r\n";
	spec.mail.message_n = strlen(spec.mail.message);
	(void)send_mail(&with, spec);
	EXPECT_HAS(with.heard, "MAIL FROM:<carene@example.org> BODY=8BITMIME\r\n");
	(void)send_mail(&without, spec);
	EXPECT_HAS(without.heard, "MAIL FROM:<carene@example.org>\r\n");
}

TEST(every_refusal_is_an_answer_with_its_code_and_text)
{
	static const struct {
		Smtp smtp;
		int code;
		const char *text;
	} rows[] = {
		{ { .greeting = "554 not you\r\n" }, 554, "not you" },
		{ { .greeting = "421-busy\r\n421 try later\r\n" }, 421, "busy\ntry later" },
		{ { .ehlo = "502 old\r\n" }, 502, "old" },
		{ { .from = "451 greylisted\r\n" }, 451, "greylisted" },
		{ { .rcpt = "550 5.1.1 no such user\r\n" }, 550, "5.1.1 no such user" },
		{ { .data = "452 full\r\n" }, 452, "full" },
		{ { .text = "554 spam\r\n" }, 554, "spam" },
		{ { .text = "450\r\n" }, 450, "" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		static Smtp s;
		Got *g;

		s = rows[i].smtp;
		g = send_mail(&s, mail_spec());
		EXPECT_INT(g->a.fail, FAIL_NONE);
		EXPECT_INT(g->a.mail.code, rows[i].code);
		EXPECT_TEXT(g->text, rows[i].text);
	}
}

TEST(one_refused_recipient_stops_it_for_all)
{
	static const char *const two[] = { "first@example.org", "second@example.org", NULL };
	static Smtp s = { .rcpt = "550 no\r\n" };
	AskSpec spec = mail_spec();
	Got *g;

	spec.mail.to = two;
	g = send_mail(&s, spec);
	EXPECT_INT(g->a.mail.code, 550);
	EXPECT(!strstr(s.heard, "second@") && !strstr(s.heard, "DATA"));
}

TEST(a_forwarding_code_is_as_good_as_250)
{
	static Smtp s = { .rcpt = "251 will forward\r\n" };

	EXPECT_INT(send_mail(&s, mail_spec())->a.mail.code, 250);
}

TEST(what_is_not_smtp_is_a_failure_and_never_a_delivery)
{
	static const struct {
		Smtp smtp;
		const char *error;
	} rows[] = {
		{ { .greeting = "HTTP/1.1 400 Bad\r\n\r\n" }, "not SMTP" },
		{ { .greeting = "22\r\n" }, "not SMTP" },
		{ { .greeting = "220x\r\n" }, "not SMTP" },
		{ { .data = "250 what?\r\n" }, "unexpected SMTP reply 250" },
		{ { .from = "354 go\r\n" }, "unexpected SMTP reply 354" },
		{ { .close_at = "DATA" }, "connection closed by the server" },
		{ { .close_at = "EHLO" }, "connection closed by the server" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		static Smtp s;
		Got *g;

		s = rows[i].smtp;
		g = send_mail(&s, mail_spec());
		EXPECT_INT(g->a.fail, FAIL_HTTP);
		EXPECT_TEXT(g->error, rows[i].error);
	}
}

static void endless_greeting(int fd, Server *s)
{
	(void)s;
	while (say_text(fd, "220-and another line of welcome\r\n"))
		;
}

TEST(an_endless_greeting_is_cut_short)
{
	Loop *loop = test_loop();
	Server *server = server_start(endless_greeting, NULL);
	AskSpec spec = mail_spec();
	Got *g;

	spec.mail.port = server->port;
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_HTTP);
	EXPECT_TEXT(g->error, "an endless reply");
	loop_free(loop);
	server_stop(server);
}

TEST(a_silent_server_is_given_up_with_the_last_reply_it_gave)
{
	static Smtp s = { .hold_at = "RCPT" };
	AskSpec spec = mail_spec();
	Got *g;

	spec.timeout = milliseconds(300);
	g = send_mail(&s, spec);
	EXPECT_INT(g->a.fail, FAIL_HTTP);
	EXPECT(g->a.timed_out);
	EXPECT_INT(g->a.mail.code, 250);
}

TEST(a_server_silent_after_quit_costs_nothing)
{
	static Smtp s = { .hold_at = "QUIT" };
	AskSpec spec = mail_spec();
	Got *g;

	spec.timeout = seconds(50);
	g = send_mail(&s, spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.mail.code, 250);
	EXPECT(g->a.took.total.us < 40000000);
}

TEST(a_closed_port_is_a_refused_connection)
{
	Loop *loop = test_loop();
	AskSpec spec = mail_spec();
	Got *g;

	spec.mail.port = free_port();
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_CONNECT);
	EXPECT_TEXT(g->error, "connection refused");
	EXPECT_INT(g->a.mail.code, 0);
	loop_free(loop);
}

TEST(an_envelope_with_a_line_break_is_never_sent)
{
	static const char *const evil[] = { "a@b>\r\nRCPT TO:<c@d", NULL };
	static const char *const nobody[] = { NULL };
	const char *const *const bad[] = { evil, nobody, NULL };
	Loop *loop = test_loop();
	AskSpec spec = mail_spec();

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		Got *g;

		spec.mail.to = bad[i];
		g = ask_wait(loop, &spec);
		EXPECT_INT(g->a.fail, FAIL_SELF);
	}
	spec.mail.to = to_ops;
	spec.mail.from = "a b@c";
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_SELF);
	loop_free(loop);
}

/* ---- identity ---- */

static Got *send_as_bob(Smtp *s)
{
	Secret *secret = secret_new("sesame");
	AskSpec spec = mail_spec();
	Got *g;

	spec.mail.user = "bob";
	spec.mail.password = secret;
	g = send_mail(s, spec);
	secret_free(secret);
	return g;
}

TEST(plain_authentication_is_used_where_it_is_offered)
{
	static Smtp s;

	EXPECT_INT(send_as_bob(&s)->a.mail.code, 250);
	EXPECT_HAS(s.heard, "AUTH PLAIN AGJvYgBzZXNhbWU=\r\nMAIL FROM");
}

TEST(login_authentication_is_the_second_choice)
{
	static Smtp s = { .ehlo = "250-x\r\n250 AUTH LOGIN\r\n" };

	EXPECT_INT(send_as_bob(&s)->a.mail.code, 250);
	EXPECT_HAS(s.heard, "AUTH LOGIN\r\nYm9i\r\nc2VzYW1l\r\nMAIL FROM");
}

TEST(a_wrong_password_is_the_servers_answer)
{
	static Smtp s = { .auth = "535 5.7.8 bad credentials\r\n" };
	Got *g = send_as_bob(&s);

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.mail.code, 535);
	EXPECT(!strstr(s.heard, "MAIL FROM"));
}

TEST(a_server_without_authentication_is_not_told_the_password)
{
	static Smtp s = { .ehlo = "250 x\r\n" };
	Got *g = send_as_bob(&s);

	EXPECT_INT(g->a.fail, FAIL_HTTP);
	EXPECT_TEXT(g->error, "the server offers neither AUTH PLAIN nor AUTH LOGIN");
}

/* ---- TLS ---- */

typedef struct Tls {
	Cert ca, leaf;
	SSL_CTX *ctx;
	char *ca_file;
} Tls;

static Tls tls_make(const char *names)
{
	Tls t = { 0 };
	const Cert *ca = &t.ca;

	t.ca = cert_make(&(CertWish){ .name = "Test CA", .ca = true, .until_s = 86400 });
	t.leaf = cert_make(
	        &(CertWish){ .name = "mail", .names = names, .issuer = &t.ca, .until_s = 3600 });
	t.ctx = tls_server(&t.leaf, NULL, 0);
	t.ca_file = mem_printf("%s/ca.pem", test_dir());
	cert_save(t.ca_file, &ca, 1);
	return t;
}

static void tls_drop(Tls *t)
{
	cert_free(&t->ca);
	cert_free(&t->leaf);
	SSL_CTX_free(t->ctx);
	mem_free(t->ca_file);
}

TEST(starttls_protects_what_follows)
{
	Tls t = tls_make("IP:127.0.0.1");
	static Smtp s;
	AskSpec spec = mail_spec();
	Got *g;

	s.tls = t.ctx;
	spec.mail.starttls = true;
	spec.mail.ca_file = t.ca_file;
	g = send_mail(&s, spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.mail.code, 250);
	EXPECT(g->a.cert.verified && g->a.took.tls.us > 0);
	EXPECT_HAS(s.heard, "STARTTLS\r\nEHLO");
	tls_drop(&t);
}

TEST(tls_from_the_first_byte)
{
	Tls t = tls_make("IP:127.0.0.1");
	static Smtp s;
	AskSpec spec = mail_spec();

	s.tls = t.ctx;
	s.tls_first = true;
	spec.mail.tls = true;
	spec.mail.ca_file = t.ca_file;
	EXPECT_INT(send_mail(&s, spec)->a.mail.code, 250);
	tls_drop(&t);
}

TEST(a_required_starttls_that_is_not_offered_sends_nothing)
{
	static Smtp s = { .ehlo = "250 x\r\n" };
	AskSpec spec = mail_spec();
	Got *g;

	spec.mail.starttls = true;
	g = send_mail(&s, spec);
	EXPECT_INT(g->a.fail, FAIL_TLS);
	EXPECT_TEXT(g->error, "the server does not offer STARTTLS");
	EXPECT(!strstr(s.heard, "MAIL FROM"));
}

TEST(words_slipped_in_before_the_handshake_are_refused)
{
	Tls t = tls_make("IP:127.0.0.1");
	static Smtp s = { .starttls = "220 now\r\n250 injected\r\n" };
	AskSpec spec = mail_spec();
	Got *g;

	s.tls = t.ctx;
	spec.mail.starttls = true;
	spec.mail.ca_file = t.ca_file;
	g = send_mail(&s, spec);
	EXPECT_INT(g->a.fail, FAIL_TLS);
	EXPECT_TEXT(g->error, "data in the clear after STARTTLS");
	tls_drop(&t);
}

TEST(a_certificate_of_another_name_is_refused_unless_told_otherwise)
{
	Tls t = tls_make("DNS:other.example.org");
	static Smtp s;
	AskSpec spec = mail_spec();
	Got *g;

	s.tls = t.ctx;
	spec.mail.starttls = true;
	spec.mail.ca_file = t.ca_file;
	g = send_mail(&s, spec);
	EXPECT_INT(g->a.fail, FAIL_TLS);
	EXPECT_TEXT(g->error, "certificate: IP address mismatch");
	EXPECT(!strstr(s.heard, "MAIL FROM"));
	spec.mail.no_verify = true;
	g = send_mail(&s, spec);
	EXPECT_INT(g->a.mail.code, 250);
	EXPECT(!g->a.cert.verified);
	tls_drop(&t);
}

TEST(a_cancelled_delivery_is_not_told)
{
	Loop *loop = test_loop();
	static Smtp s = { .hold_at = "DATA" };
	Server *server = server_start(serve_smtp, &s);
	AskSpec spec = mail_spec();
	static Got g;

	spec.mail.port = server->port;
	start_asking(loop, &g, &spec);
	for (int i = 0; i < 20; i++)
		loop_turn(loop, milliseconds(1));
	loop_world(loop)->ask_cancel(loop_world(loop), &g.ask);
	for (int i = 0; i < 5; i++)
		loop_turn(loop, milliseconds(1));
	EXPECT_INT(g.times, 0);
	loop_free(loop);
	server_stop(server);
}

TEST(a_large_message_goes_out_as_fast_as_it_is_taken)
{
	enum { LINES = 60000 };
	Tls t = tls_make("IP:127.0.0.1");
	static Smtp s, plain;
	AskSpec spec = mail_spec();
	AUTO(Buf) big = { 0 };
	Got *g;

	for (int i = 0; i < LINES; i++)
		buf_text(&big, "A line of a long report, as long as lines are.\r\n");
	spec.mail.message = big.p;
	spec.mail.message_n = big.n;
	g = send_mail(&plain, spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.mail.code, 250);
	s.tls = t.ctx;
	spec.mail.starttls = true;
	spec.mail.ca_file = t.ca_file;
	g = send_mail(&s, spec);
	EXPECT_INT(g->a.mail.code, 250);
	tls_drop(&t);
}

/* Says no in the middle of the text and leaves: the reply is still heard. */
static void refuse_early(int fd, Server *server)
{
	char line[512];

	(void)server;
	(void)say_text(fd, "220 x\r\n");
	hear_line(fd, line, sizeof line);
	(void)say_text(fd, "250 x\r\n");
	for (int i = 0; i < 3; i++) {
		hear_line(fd, line, sizeof line);
		(void)say_text(fd, i == 2 ? "354 go\r\n" : "250 ok\r\n");
	}
	hear_line(fd, line, sizeof line);
	(void)say_text(fd, "552 too big\r\n");
	(void)shutdown(fd, SHUT_WR);
	hold(fd);
}

TEST(a_refusal_in_the_middle_of_the_text_is_heard)
{
	Loop *loop = test_loop();
	Server *server = server_start(refuse_early, NULL);
	AskSpec spec = mail_spec();
	AUTO(Buf) big = { 0 };
	Got *g;

	while (big.n < 8000000)
		buf_text(&big, "A line of a long report, as long as lines are.\r\n");
	spec.mail.message = big.p;
	spec.mail.message_n = big.n;
	spec.mail.port = server->port;
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.mail.code, 552);
	loop_free(loop);
	server_stop(server);
}
