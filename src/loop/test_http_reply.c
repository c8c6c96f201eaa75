#include "loop/http_reply.h"
#include "loop/http_url.h"

#include "harness.h"

#include "core/text.h"

#include <string.h>

typedef struct Case {
	const char *bytes;
	const char *error; /* NULL: an answer */
	int status;
	const char *body;
	bool head;
} Case;

static ReplyState feed(HttpReply *r, const char *p, size_t n, size_t piece)
{
	ReplyState state = REPLY_MORE;

	for (size_t at = 0; at < n && state == REPLY_MORE; at += piece)
		state = http_reply_feed(r, p + at, n - at < piece ? n - at : piece);
	return state == REPLY_MORE ? http_reply_end(r) : state;
}

/* Each in one piece, byte by byte, and in threes. */
static void expect_case(const Case *c)
{
	static const size_t pieces[] = { 100000, 1, 3 };

	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		Arena *arena = arena_new("test", 1 << 20);
		HttpReply r = { .arena = arena, .head = c->head, .max_body = 1000 };
		ReplyState state = feed(&r, c->bytes, strlen(c->bytes), pieces[i]);

		EXPECT_INT(state, c->error ? REPLY_BAD : REPLY_DONE);
		EXPECT_TEXT(r.error ? r.error : "", c->error ? c->error : "");
		if (!c->error) {
			EXPECT_INT(r.status, c->status);
			EXPECT_TEXT(buf_str(&r.body), c->body);
		}
		http_reply_free(&r);
		arena_free(arena);
	}
}

#define OK "HTTP/1.1 200 OK\r\n"

TEST(the_body_ends_where_its_framing_says)
{
	static const Case cases[] = {
		{ OK "Content-Length: 5\r\n\r\nhello", NULL, 200, "hello", false },
		{ OK "Content-Length: 5\r\n\r\nhello and more", NULL, 200, "hello", false },
		{ OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", NULL, 200, "hello",
		  false },
		{ OK "content-length:5\r\n\r\nhello", NULL, 200, "hello", false },
		{ OK "\r\nuntil the end", NULL, 200, "until the end", false },
		{ OK "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n", NULL,
		  200, "abc", false },
		{ OK "Transfer-Encoding: Chunked\r\n\r\n0A \r\n0123456789\r\n000\r\nT: v\r\n\r\n",
		  NULL, 200, "0123456789", false },
		/* chunks win over a length (RFC 9112 §6.3) */
		{ OK "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
		  NULL, 200, "a", false },
		{ OK "Content-Length: 9\r\n\r\n", NULL, 200, "", true },
		{ "HTTP/1.1 204 No\r\nContent-Length: 9\r\n\r\n", NULL, 204, "", false },
		{ "HTTP/1.1 304 Not\r\nTransfer-Encoding: chunked\r\n\r\n", NULL, 304, "", false },
		{ "HTTP/1.1 101 Switch\r\n\r\n\x01\x02", NULL, 101, "", false },
		{ "HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 103 Early\r\nContent-Length: 7\r\n\r\n" OK
		  "Content-Length: 1\r\n\r\nx",
		  NULL, 200, "x", false },
		{ "HTTP/1.0 404\nContent-Length: 2\n\nno", NULL, 404, "no", false },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		expect_case(&cases[i]);
}

TEST(what_is_no_answer_is_refused_with_a_reason)
{
	static const Case cases[] = {
		{ "", "connection closed without an answer", 0, "", false },
		{ "H", "connection closed before the end of the headers", 0, "", false },
		{ "SSH-2.0-OpenSSH\r\n", "not HTTP (or HTTP/0.9)", 0, "", false },
		{ "HTTP/2 200\r\n\r\n", "not HTTP (or HTTP/0.9)", 0, "", false },
		{ "HTTP/1.7 200 OK\r\n\r\n", "not HTTP (or HTTP/0.9)", 0, "", false },
		{ "HTTP/1.1 2x0 OK\r\n\r\n", "not a valid HTTP answer", 0, "", false },
		{ "HTTP/1.1 099 OK\r\n\r\n", "not a valid HTTP answer", 0, "", false },
		{ "HTTP/1.1 2000 OK\r\n\r\n", "not a valid HTTP answer", 0, "", false },
		{ "HTTP/1.1  200 OK\r\n\r\n", "not a valid HTTP answer", 0, "", false },
		{ OK "X: y\r\n", "connection closed before the end of the headers", 0, "", false },
		{ OK "Content-Length: 10\r\n\r\nhello",
		  "connection closed before the end of the body", 0, "", false },
		{ OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
		  "not a valid HTTP answer", 0, "", false },
		{ OK "Content-Length: -5\r\n\r\nhello", "not a valid HTTP answer", 0, "", false },
		{ OK "Content-Length: 5 5\r\n\r\nhello", "not a valid HTTP answer", 0, "", false },
		{ OK "Content-Length : 5\r\n\r\nhello", "not a valid HTTP answer", 0, "", false },
		{ OK "Transfer-Encoding: gzip, chunked\r\n\r\n", "not a valid HTTP answer", 0, "",
		  false },
		{ OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
		  "not a valid HTTP answer", 0, "", false },
		{ OK "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "bad chunk or compression", 0, "",
		  false },
		{ OK "Transfer-Encoding: chunked\r\n\r\n-1\r\n", "bad chunk or compression", 0, "",
		  false },
		{ OK "Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\n",
		  "bad chunk or compression", 0, "", false },
		{ OK "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", "bad chunk or compression",
		  0, "", false },
		{ OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
		  "connection closed before the end of the body", 0, "", false },
		{ OK "Transfer-Encoding: chunked\r\n\r\n0\r\nT: v\r\n",
		  "connection closed before the end of the body", 0, "", false },
		{ OK "Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
		  "encoded in a way nobody asked for", 0, "", false },
		{ OK "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
		  "bad chunk or compression", 0, "", false },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		expect_case(&cases[i]);
}

TEST(fields_are_kept_in_order_and_odd_ones_left_out)
{
	Arena *arena = arena_new("test", 1 << 20);
	HttpReply r = { .arena = arena, .max_body = 10 };
	static const char bytes[] =
	        OK "A:  b \t\r\n folded\r\nno colon\r\n: nameless\r\nX-Odd : c\r\n"
	           "A: twice\r\nContent-Length: 0\r\n\r\n";

	EXPECT_INT(http_reply_feed(&r, bytes, sizeof bytes - 1), REPLY_DONE);
	EXPECT_INT(r.headers.n, 4);
	EXPECT_TEXT(r.headers.at[0].value, "b");
	EXPECT_TEXT(r.headers.at[1].name, "X-Odd");
	EXPECT_TEXT(r.headers.at[2].value, "twice");
	http_reply_free(&r);
	arena_free(arena);
}

TEST(a_field_with_a_nul_is_no_answer)
{
	Arena *arena = arena_new("test", 1 << 20);
	HttpReply r = { .arena = arena, .max_body = 10 };
	static const char bytes[] = OK "X: a\0b\r\n\r\n";

	EXPECT_INT(http_reply_feed(&r, bytes, sizeof bytes - 1), REPLY_BAD);
	EXPECT_TEXT(r.error, "not a valid HTTP answer");
	http_reply_free(&r);
	arena_free(arena);
}

TEST(everything_is_bounded)
{
	Arena *arena = arena_new("test", 1 << 24);
	HttpReply lines = { .arena = arena, .max_body = 10 }, one = lines, body = lines,
	          kept = lines;
	ReplyState state;

	(void)http_reply_feed(&lines, OK, sizeof OK - 1);
	for (state = REPLY_MORE; state == REPLY_MORE;)
		state = http_reply_feed(&lines, "X: y\r\n", 6);
	EXPECT_TEXT(lines.error, "headers over 65536 bytes");
	(void)http_reply_feed(&one, OK, sizeof OK - 1);
	for (state = REPLY_MORE; state == REPLY_MORE;)
		state = http_reply_feed(&one, "xxxxxxxx", 8);
	EXPECT_TEXT(one.error, "headers over 65536 bytes");
	EXPECT(one.line.n <= REPLY_HEADER_MAX);
	EXPECT_INT(http_reply_feed(&body, OK "\r\n0123456789a", sizeof OK + 12), REPLY_BAD);
	EXPECT_TEXT(body.error, "body over 10 bytes");
	kept.keep_first = true;
	EXPECT_INT(http_reply_feed(&kept, OK "\r\n0123456789a", sizeof OK + 12), REPLY_DONE);
	EXPECT(kept.cut);
	EXPECT_TEXT(buf_str(&kept.body), "0123456789");
	http_reply_free(&lines);
	http_reply_free(&one);
	http_reply_free(&body);
	http_reply_free(&kept);
	arena_free(arena);
}

TEST(plain_addresses_are_taken_as_they_stand)
{
	static const struct {
		const char *url, *host, *path;
		bool https;
		unsigned port;
	} rows[] = {
		{ "http://example.org", "example.org", "", false, 80 },
		{ "https://example.org/", "example.org", "/", true, 443 },
		{ "HTTPS://Example.org:8443/a/b?c=d/../e#frag", "Example.org", "/a/b?c=d/../e",
		  true, 8443 },
		{ "http://127.0.0.1:9/x", "127.0.0.1", "/x", false, 9 },
		{ "http://[::1]:8080/", "::1", "/", false, 8080 },
		{ "http://a-b.c?q", "a-b.c", "?q", false, 80 },
		{ "http://1and1.example/", "1and1.example", "/", false, 80 },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *host = NULL, *path = NULL;
		PlainUrl u;

		EXPECT(http_url_plain(rows[i].url, &u));
		host = mem_printf("%.*s", (int)u.host_n, u.host);
		path = mem_printf("%.*s", (int)u.path_n, u.path);
		EXPECT_TEXT(host, rows[i].host);
		EXPECT_TEXT(path, rows[i].path);
		EXPECT_INT(u.https, rows[i].https);
		EXPECT_INT(u.port, rows[i].port);
	}
}

TEST(an_address_that_needs_interpreting_is_not_plain)
{
	static const char *const urls[] = {
		"",
		"ftp://a/",
		"http:/a/",
		"http://",
		"http:///x",
		"http://user@a/",
		"http://a b/",
		"http://a/x y",
		"http://a/\x7f",
		"http://a/../b",
		"http://a/%2e%2e/b",
		"http://a:0/",
		"http://a:99999/",
		"http://a:080/",
		"http://a:/",
		"http://a\\b/",
		"http://caf\xc3\xa9.example/",
		"http://127.1/",
		"http://0x7f.0.0.1/",
		"http://2130706433/",
		"http://1.2.3.4.5/",
		"http://a..b/",
		"http://.a/",
		"http://[::1/",
		"http://[fe80::1%25eth0]/",
	};
	PlainUrl u;

	for (size_t i = 0; i < COUNT_OF(urls); i++) {
		if (http_url_plain(urls[i], &u))
			test_fail(__FILE__, __LINE__, "'%s' is taken for plain", urls[i]);
	}
}
