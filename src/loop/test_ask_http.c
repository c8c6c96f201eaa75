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
