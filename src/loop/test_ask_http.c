#include "hostile/asking.h"
#include "hostile/server.h"

static AskSpec http_spec(const char *url)
{
	return (AskSpec){ .kind = ASK_HTTP, .timeout = seconds(20), .http.url = url };
}

static char *url_of(const Server *s, const char *path)
{
	static char url[256];

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u%s", s->port, path);
	return url;
}

/* Hears a request, says s->data, closes. */
static void say_data(int fd, Server *s)
{
	hear_request(fd);
	(void)say_text(fd, s->data);
}

static void hear_and_hold(int fd, Server *s)
{
	hear_request(fd);
	(void)say_text(fd, s->data);
	hold(fd);
}

static Got *get_saying(const char *answer)
{
	Loop *loop = test_loop();
	Server *s = server_start(say_data, (void *)(uintptr_t)answer);
	AskSpec spec = http_spec(url_of(s, "/"));
	Got *g = ask_wait(loop, &spec);

	loop_free(loop);
	server_stop(s);
	return g;
}

TEST(a_good_answer_comes_with_its_headers_body_and_times)
{
	Got *g = get_saying("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Empty:\r\n"
	                    "Content-Length: 5\r\n\r\nhello");

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.http.status, 200);
	EXPECT_TEXT(g->text, "hello");
	EXPECT_TEXT(g->fields, "Content-Type=text/plain\nX-Empty=\nContent-Length=5\n");
	EXPECT_TEXT(g->detail, "1.1");
	EXPECT_TEXT(g->address, "127.0.0.1");
	EXPECT(g->a.took.connect.us > 0 && g->a.took.first_byte.us > 0);
	EXPECT(g->a.took.total.us >= g->a.took.connect.us + g->a.took.first_byte.us);
	EXPECT_INT(g->a.took.dns.us, 0);
	EXPECT_INT(g->a.took.tls.us, 0);
}

TEST(a_500_is_an_answer_and_not_a_failure)
{
	Got *g = get_saying("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.http.status, 500);
}

TEST(a_redirect_is_not_followed)
{
	Got *g = get_saying("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
	                    "Content-Length: 0\r\n\r\n");

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.http.status, 302);
	EXPECT_HAS(g->fields, "Location=http://127.0.0.1:1/\n");
}

TEST(a_closed_port_is_a_refused_connection)
{
	Loop *loop = test_loop();
	char url[64];
	AskSpec spec = http_spec(url);
	Got *g;

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", free_port());
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_CONNECT);
	EXPECT_TEXT(g->error, "connection refused");
	EXPECT_TEXT(g->address, "127.0.0.1");
	loop_free(loop);
}

TEST(a_server_that_accepts_and_never_answers_is_too_slow)
{
	Loop *loop = test_loop();
	Server *s = server_start(hear_and_hold, (void *)(uintptr_t) "");
	AskSpec spec = http_spec(url_of(s, "/"));
	Got *g;

	spec.timeout = milliseconds(200);
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_HTTP);
	EXPECT(g->a.timed_out);
	EXPECT_TEXT(g->error, "no complete answer within 200 ms");
	loop_free(loop);
	server_stop(s);
}

TEST(a_body_cut_by_the_limit_fails_or_is_kept_as_asked)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
	Loop *loop = test_loop();
	Server *s = server_start(say_data, (void *)(uintptr_t)answer);
	AskSpec spec = http_spec(url_of(s, "/"));
	Got *g;

	spec.http.max_body = 10;
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(!g->a.http.cut);
	spec.http.max_body = 9;
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_HTTP);
	EXPECT_TEXT(g->error, "body over 9 bytes");
	spec.http.keep_first = true;
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(g->a.http.cut);
	EXPECT_TEXT(g->text, "012345678");
	loop_free(loop);
	server_stop(s);
}

/* ---- what is sent ---- */

typedef struct Heard {
	char text[16384];
	size_t body_n; /* expected after the headers */
} Heard;

static void note_request(int fd, Server *s)
{
	Heard *h = s->data;
	size_t n;

	(void)hear_until(fd, "\r\n\r\n", h->text, sizeof h->text);
	n = strlen(h->text);
	while (n < (size_t)(strstr(h->text, "\r\n\r\n") + 4 - h->text) + h->body_n) {
		ssize_t k = recv(fd, h->text + n, sizeof h->text - n - 1, 0);

		if (k <= 0)
			break;
		n += (size_t)k;
		h->text[n] = '\0';
	}
	(void)say_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static Heard *send_spec(AskSpec *spec)
{
	static Heard h;
	Loop *loop = test_loop();
	Server *s = server_start(note_request, &h);
	AUTO_FREE char *url = mem_text(url_of(s, "/path?q=1"));

	h = (Heard){ .body_n = spec->http.body_n };
	if (!spec->http.secret_url)
		spec->http.url = url;
	EXPECT_INT(ask_wait(loop, spec)->a.fail, FAIL_NONE);
	loop_free(loop);
	server_stop(s);
	return &h;
}

TEST(a_plain_request_says_no_more_than_needed)
{
	AskSpec spec = http_spec(NULL);
	Heard *h = send_spec(&spec);

	EXPECT_HAS(h->text, "GET /path?q=1 HTTP/1.1\r\n");
	EXPECT_HAS(h->text, "User-Agent: carene\r\n");
	EXPECT(!strstr(h->text, "Expect:") && !strstr(h->text, "Content-Type") &&
	       !strstr(h->text, "Cookie"));
}

TEST(methods_bodies_and_fields_go_out_as_given)
{
	static const HeaderField fields[] = { { "Content-Type", "application/json" },
		                              { "X-Empty", "" },
		                              { "User-Agent", "mine" } };
	AskSpec spec = http_spec(NULL);
	Heard *h;

	spec.http.method = "PUT";
	spec.http.headers = fields;
	spec.http.headers_n = 3;
	spec.http.body = "{\"a\": 1} and more";
	spec.http.body_n = 8;
	h = send_spec(&spec);
	EXPECT_HAS(h->text, "PUT /path?q=1 HTTP/1.1\r\n");
	EXPECT_HAS(h->text, "Content-Type: application/json\r\n");
	EXPECT_HAS(h->text, "X-Empty:\r\n");
	EXPECT_HAS(h->text, "User-Agent: mine\r\n");
	EXPECT_HAS(h->text, "Content-Length: 8\r\n");
	EXPECT_TEXT(strstr(h->text, "\r\n\r\n") + 4, "{\"a\": 1}");
}

TEST(head_asks_for_no_body_and_waits_for_none)
{
	Loop *loop = test_loop();
	Server *s = server_start(
	        say_data, (void *)(uintptr_t) "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n");
	AskSpec spec = http_spec(url_of(s, "/"));
	Got *g;

	spec.http.method = "HEAD";
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.http.status, 200);
	EXPECT_INT(g->text_n, 0);
	loop_free(loop);
	server_stop(s);
}

TEST(credentials_are_sent_to_the_server_only)
{
	Secret *secret = secret_new("opensesame");
	AskSpec basic = http_spec(NULL), bearer = http_spec(NULL);

	basic.http.user = "bob";
	basic.http.password = secret;
	EXPECT_HAS(send_spec(&basic)->text, "Authorization: Basic Ym9iOm9wZW5zZXNhbWU=\r\n");
	bearer.http.bearer = secret;
	EXPECT_HAS(send_spec(&bearer)->text, "Authorization: Bearer opensesame\r\n");
	secret_free(secret);
}

TEST(a_secret_address_is_used_and_in_no_error)
{
	static Heard h;
	Loop *loop = test_loop();
	Server *s = server_start(note_request, &h);
	Secret *good = secret_new(url_of(s, "/hook/T0KEN"));
	Secret *bad = secret_new("ftp://127.0.0.1/T0KEN"), *closed;
	AskSpec spec = { .kind = ASK_HTTP, .timeout = seconds(20), .http.secret_url = good };
	char url[64];

	(void)snprintf(url, sizeof url, "https://127.0.0.1:%u/T0KEN", free_port());
	closed = secret_new(url);
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_NONE);
	EXPECT_HAS(h.text, "GET /hook/T0KEN HTTP/1.1");
	spec.http.secret_url = bad;
	EXPECT_TEXT(ask_wait(loop, &spec)->error, "not an http or https address");
	spec.http.secret_url = closed;
	EXPECT_TEXT(ask_wait(loop, &spec)->error, "connection refused");
	loop_free(loop);
	server_stop(s);
	secret_free(good);
	secret_free(bad);
	secret_free(closed);
}

TEST(a_field_with_a_line_break_is_never_sent)
{
	static const HeaderField evil = { "X-A", "b\r\nX-Injected: yes" };
	Loop *loop = test_loop();
	AskSpec spec = http_spec("http://127.0.0.1:9/");
	Got *g;

	spec.http.headers = &evil;
	spec.http.headers_n = 1;
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_SELF);
	EXPECT_TEXT(g->error, "a line break in a header field");
	loop_free(loop);
}

TEST(an_address_that_is_not_http_is_our_own_trouble)
{
	static const char *const urls[] = {
		"ftp://example.org/", "file:///etc/passwd", "", "http://", "://x", "gopher://x/"
	};
	Loop *loop = test_loop();

	for (size_t i = 0; i < COUNT_OF(urls); i++) {
		AskSpec spec = http_spec(urls[i]);
		Got *g = ask_wait(loop, &spec);

		EXPECT_INT(g->a.fail, FAIL_SELF);
		EXPECT_HAS(g->error, "not an http or https address");
	}
	loop_free(loop);
}

/* ---- where to ---- */

TEST(a_unix_socket_takes_the_place_of_the_network)
{
	Loop *loop = test_loop();
	AUTO_FREE char *path = mem_printf("%s/s", test_dir());
	static Heard h;
	Server *s = server_start_unix(path, note_request, &h);
	AskSpec spec = http_spec("http://whatever/version");

	spec.http.unix_socket = path;
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_NONE);
	EXPECT_HAS(h.text, "GET /version HTTP/1.1\r\nHost: whatever\r\n");
	server_stop(s);
	(void)unlink(path);
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_CONNECT);
	loop_free(loop);
}

TEST(a_given_address_takes_the_place_of_the_look_up)
{
	static Heard h;
	Loop *loop = test_loop();
	Server *s = server_start(note_request, &h);
	char url[64];
	AskSpec spec = http_spec(url);
	Got *g;

	(void)snprintf(url, sizeof url, "http://site.invalid:%u/", s->port);
	spec.http.resolve_to = "127.0.0.1";
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_TEXT(g->address, "127.0.0.1");
	EXPECT_HAS(h.text, "Host: site.invalid:");
	EXPECT_INT(g->a.took.dns.us, 0);
	loop_free(loop);
	server_stop(s);
}

TEST(two_questions_at_once_may_give_one_name_two_addresses)
{
	static Heard h;
	static Got a, b;
	Loop *loop = test_loop();
	Server *s = server_start(note_request, &h);
	char url[64];
	AskSpec there = http_spec(url), nowhere = http_spec(url);

	(void)snprintf(url, sizeof url, "http://site.invalid:%u/", s->port);
	there.http.resolve_to = "127.0.0.1";
	nowhere.http.resolve_to = "127.0.0.77";
	start_asking(loop, &a, &there);
	start_asking(loop, &b, &nowhere);
	(void)turn_until(loop, &a.times, 1);
	(void)turn_until(loop, &b.times, 1);
	EXPECT_INT(a.a.fail, FAIL_NONE);
	EXPECT_TEXT(a.address, "127.0.0.1");
	EXPECT_INT(b.a.fail, FAIL_CONNECT);
	EXPECT_TEXT(b.address, "127.0.0.77");
	loop_free(loop);
	server_stop(s);
}

TEST(private_addresses_are_refused_where_only_public_ones_may_be)
{
	static const char *const urls[] = { "http://127.0.0.1:9/", "http://[::1]:9/",
		                            "http://10.0.0.1/", "http://localhost:9/",
		                            "http://169.254.169.254/latest/" };
	Loop *loop = test_loop();

	for (size_t i = 0; i < COUNT_OF(urls); i++) {
		AskSpec spec = http_spec(urls[i]);
		Got *g;

		spec.http.public_only = true;
		g = ask_wait(loop, &spec);
		EXPECT_INT(g->a.fail, FAIL_SELF);
		EXPECT_HAS(g->error, "only public ones are allowed");
	}
	loop_free(loop);
}

TEST(the_environments_proxy_is_not_used)
{
	static Heard h;
	AskSpec spec = http_spec(NULL);

	(void)setenv("http_proxy", "http://127.0.0.1:1/", 1);
	(void)setenv("ALL_PROXY", "http://127.0.0.1:1/", 1);
	h = *send_spec(&spec);
	(void)unsetenv("http_proxy");
	(void)unsetenv("ALL_PROXY");
	EXPECT_HAS(h.text, "GET /path?q=1 HTTP/1.1\r\n");
}

/* ---- hostile servers ---- */

TEST(answers_that_are_not_http_are_told_apart)
{
	static const struct {
		const char *answer, *error;
	} rows[] = {
		{ "", "connection closed without an answer" },
		{ "SSH-2.0-OpenSSH_9.2\r\n", "not HTTP (or HTTP/0.9)" },
		{ "<html>old</html>", "not HTTP (or HTTP/0.9)" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
		  "connection closed before the end of the body" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
		  "bad chunk or compression" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx",
		  NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
		  "bad chunk or compression" },
		{ "HTTP/9.9 200 OK\r\n\r\n", "not HTTP (or HTTP/0.9)" },
		{ "HTTP/1.1 20", NULL },
		{ "HTTP/1.1 200 OK\r\nX: y", "connection closed before the end of the headers" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Got *g = get_saying(rows[i].answer);

		if (g->a.fail != FAIL_HTTP)
			(void)test_fail(__FILE__, __LINE__, "row %zu: class %d, %s", i, g->a.fail,
			                g->error);
		EXPECT(g->error[0]);
		if (rows[i].error)
			EXPECT_TEXT(g->error, rows[i].error);
	}
}

TEST(odd_but_valid_answers_are_answers)
{
	static const struct {
		const char *answer;
		int status;
		const char *body;
	} rows[] = {
		{ "HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, "until the end" },
		{ "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, "ok" },
		{ "HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\nHTTP/1.1 204 No\r\n\r\n", 204, "" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", 200, "ok" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: "
		  "v\r\n\r\n",
		  200, "ok" },
		/* a length that no number holds is no length */
		{ "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nx", 200, "x" },
		{ "HTTP/1.1 304 Not Modified\r\n\r\n", 304, "" },
		{ "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Got *g = get_saying(rows[i].answer);

		EXPECT_INT(g->a.fail, FAIL_NONE);
		EXPECT_INT(g->a.http.status, rows[i].status);
		EXPECT_TEXT(g->text, rows[i].body);
	}
}

/* ---- one verdict, whichever path ---- */

/* The same answer by the plain path and by libcurl, which a field of the request
 * that only it can handle brings into play. */
static void expect_one_verdict(const char *answer)
{
	static const HeaderField te = { "TE", "trailers" };
	static Got plain;
	Loop *loop = test_loop();
	Server *s = server_start(say_data, (void *)(uintptr_t)answer);
	AUTO_FREE char *url = mem_text(url_of(s, "/"));
	AskSpec spec = http_spec(url);
	Got *g;

	plain = *ask_wait(loop, &spec);
	spec.http.headers = &te;
	spec.http.headers_n = 1;
	g = ask_wait(loop, &spec);
	if (plain.a.fail != g->a.fail)
		(void)test_fail(__FILE__, __LINE__, "'%.60s': %d (%s) and by libcurl %d (%s)",
		                answer, plain.a.fail, plain.error, g->a.fail, g->error);
	if (g->a.fail == FAIL_NONE) {
		EXPECT_INT(plain.a.http.status, g->a.http.status);
		EXPECT_TEXT(plain.text, g->text);
		EXPECT_TEXT(plain.fields, g->fields);
		EXPECT_TEXT(plain.detail, g->detail);
	}
	loop_free(loop);
	server_stop(s);
}

TEST(the_plain_path_and_libcurl_give_one_verdict_on_the_same_server)
{
	static const char *const answers[] = {
		"",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more",
		"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
		"2\r\nab\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\nuntil the end",
		"HTTP/1.0 200 OK\r\n\r\nold",
		"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
		"HTTP/1.1 204 No\r\n\r\n",
		"HTTP/1.1 304 Not\r\nContent-Length: 7\r\n\r\n",
		"HTTP/1.1 404 Not here\r\nContent-Length: 0\r\nX-A:  b \r\nX-A: c\r\n\r\n",
		"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\no",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nX: y",
		"HTTP/1.1 20",
		"HTTP/9.9 200 OK\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n",
		"<html>",
		"\r\n\r\n",
	};
	for (size_t i = 0; i < COUNT_OF(answers); i++)
		expect_one_verdict(answers[i]);
}

TEST(fields_of_an_interim_answer_are_not_the_answers)
{
	Got *g = get_saying("HTTP/1.1 103 Early\r\nX-Interim: 1\r\n\r\n"
	                    "HTTP/1.1 200 OK\r\nX-Final: 2\r\nContent-Length: 0\r\n\r\n");

	EXPECT_TEXT(g->fields, "X-Final=2\nContent-Length=0\n");
}

/* Says the same thing again and again until the client goes away. */
static void endlessly(int fd, Server *s)
{
	hear_request(fd);
	(void)say_text(fd, "HTTP/1.1 200 OK\r\n");
	while (say_text(fd, s->data))
		;
}

static void endless_interims(int fd, Server *s)
{
	hear_request(fd);
	while (say_text(fd, s->data))
		;
}

static void say_endless_body(int fd, Server *s)
{
	hear_request(fd);
	(void)say_text(fd, s->data);
	for (char room[65536] = { 'x' }; say_n(fd, room, sizeof room);)
		;
}

static void expect_limit(void (*talk)(int fd, Server *s), const char *what, const char *error)
{
	Loop *loop = test_loop();
	Server *s = server_start(talk, (void *)(uintptr_t)what);
	AskSpec spec = http_spec(url_of(s, "/"));
	Got *g = ask_wait(loop, &spec);

	EXPECT_INT(g->a.fail, FAIL_HTTP);
	EXPECT_TEXT(g->error, error);
	EXPECT(!g->a.timed_out);
	loop_free(loop);
	server_stop(s);
}

TEST(what_never_ends_is_ended_by_a_limit_and_not_by_the_clock)
{
	expect_limit(endlessly, "X-Endless: header\r\n", "headers over 65536 bytes");
	expect_limit(endless_interims, "HTTP/1.1 100 Continue\r\n\r\n", "headers over 65536 bytes");
	expect_limit(say_endless_body, "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n",
	             "body over 1048576 bytes");
	expect_limit(say_endless_body, "HTTP/1.1 200 OK\r\n\r\n", "body over 1048576 bytes");
}

/* 10 MB of zeros in 10 kB: what counts is what comes out. */
static void say_bomb(int fd, Server *s)
{
	Buf *b = s->data;

	hear_request(fd);
	(void)say_n(fd, b->p, b->n);
}

TEST(a_compression_bomb_is_measured_unpacked)
{
	AUTO(Buf) answer = { 0 };
	Loop *loop = test_loop();
	FILE *gzip;
	char chunk[4096];
	size_t n;
	Server *s;
	AskSpec spec;
	Got *g;
	AUTO_FREE char *path = mem_printf("%s/bomb", test_dir());
	AUTO_FREE char *script = mem_printf("head -c 10000000 /dev/zero | gzip -9 > %s", path);
	static const char *argv[4] = { "sh", "-c", NULL, NULL };
	AskSpec make = { .kind = ASK_RUN, .timeout = seconds(20), .run.argv = argv };

	argv[2] = script;
	EXPECT_INT(ask_wait(loop, &make)->a.run.exit_code, 0);
	buf_text(&answer, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
	gzip = fopen(path, "re");
	while ((n = fread(chunk, 1, sizeof chunk, gzip)) > 0)
		buf_add(&answer, chunk, n);
	(void)fclose(gzip);
	s = server_start(say_bomb, &answer);
	spec = http_spec(url_of(s, "/"));
	EXPECT_TEXT(ask_wait(loop, &spec)->error, "body over 1048576 bytes");
	spec.http.max_body = 10000000;
	spec.http.keep_first = true;
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.http.body_n, 10000000);
	loop_free(loop);
	server_stop(s);
}

static void dribble(int fd, Server *s)
{
	hear_request(fd);
	(void)say_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
	for (int i = 0; !s->stop && say_text(fd, "x"); i++) {
		struct pollfd gone = { fd, POLLIN, 0 };

		(void)poll(&gone, 1, 5);
	}
}

TEST(a_dribbling_server_gets_the_time_it_has_and_no_more)
{
	Loop *loop = test_loop();
	Server *s = server_start(dribble, NULL);
	AskSpec spec = http_spec(url_of(s, "/"));
	Got *g;

	spec.timeout = milliseconds(250);
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_HTTP);
	EXPECT(g->a.timed_out);
	EXPECT_INT(g->a.http.status, 200);
	loop_free(loop);
	server_stop(s);
}

static void reset_after_half(int fd, Server *s)
{
	hear_request(fd);
	(void)say_text(fd, s->data);
	reset_connection(fd);
}

TEST(a_reset_connection_is_a_lost_one)
{
	Loop *loop = test_loop();
	Server *s =
	        server_start(reset_after_half,
	                     (void *)(uintptr_t) "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal");
	AskSpec spec = http_spec(url_of(s, "/"));
	Got *g = ask_wait(loop, &spec);

	EXPECT_INT(g->a.fail, FAIL_HTTP);
	EXPECT_HAS(g->error, "connection ");
	loop_free(loop);
	server_stop(s);
}

/* A listening queue that is full drops the handshake: nobody answers at all. */
TEST(a_host_that_does_not_answer_is_no_connection)
{
	uint16_t port;
	int fd = server_socket(SOCK_STREAM, &port), fill[8];
	struct sockaddr_in a = { .sin_family = AF_INET,
		                 .sin_port = htons(port),
		                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	Loop *loop = test_loop();
	char url[64];
	AskSpec spec = http_spec(url);
	Got *g;

	(void)listen(fd, 0);
	for (size_t i = 0; i < COUNT_OF(fill); i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(fill[i], (struct sockaddr *)(void *)&a, sizeof a);
	}
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", port);
	spec.timeout = milliseconds(200);
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_CONNECT);
	EXPECT(g->a.timed_out);
	EXPECT_TEXT(g->error, "no connection within 200 ms");
	for (size_t i = 0; i < COUNT_OF(fill); i++)
		(void)close(fill[i]);
	(void)close(fd);
	loop_free(loop);
}

TEST(cancelling_at_every_point_of_an_exchange_is_silent)
{
	Loop *loop = test_loop();
	Server *s = server_start(
	        say_data, (void *)(uintptr_t) "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
	AskSpec spec = http_spec(url_of(s, "/"));
	static Got g;

	for (int turns = 0; turns < 12; turns++) {
		start_asking(loop, &g, &spec);
		for (int i = 0; i < turns && !g.times; i++)
			loop_turn(loop, milliseconds(0));
		if (!g.times)
			loop_world(loop)->ask_cancel(loop_world(loop), &g.ask);
		EXPECT(g.ask.state == NULL);
		loop_turn(loop, milliseconds(1));
		EXPECT(g.times <= 1);
	}
	EXPECT_INT(loop_stats(loop).in_flight, 0);
	loop_free(loop);
	server_stop(s);
}
