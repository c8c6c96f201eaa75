/* Requests that could be read in two ways, that are too long, and clients that come
 * to hold a connection and give nothing. */
#include "web/test_lab.h"

/* ---- hostile requests ---- */

TEST(a_request_that_could_be_two_is_answered_once_and_cut)
{
	static const char *const requests[] = {
		"POST /metrics/push HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: "
		"5\r\n\r\n"
		"queueGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST /metrics/push HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: "
		"chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST /metrics/push HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
		"Transfer-Encoding: identity\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: "
		"a\r\n\r\n",
		"GET /healthz HTTP/1.1\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\nGET /healthz HTTP/1.1\r\nHost: "
		"a\r\n\r\n",
		"GET /healthz HTTP/1.1\r\nHost : a\r\nHost: a\r\n\r\nGET /healthz "
		"HTTP/1.1\r\nHost: "
		"a\r\n\r\n",
		"POST /metrics/push HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nqueueGET "
		"/healthz "
		"HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /healthz HTTP/9.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nGET /healthz "
		"HTTP/1.1\r\nHost: a\r\n\r\n",
	};

	open_lab(NULL);
	for (size_t i = 0; i < COUNT_OF(requests); i++) {
		int status = ask(requests[i]);

		/* The library refuses a few by itself and then repeats its own header: never
		 * does the second request get an answer, which is what matters. */
		if (!EXPECT(status >= 400 && status < 600) || !EXPECT(closed) ||
		    !EXPECT(!strstr(buf_str(&heard), "HTTP/1.1 200")) ||
		    !EXPECT(!strstr(buf_str(&heard), "\"ok\"")))
			(void)printf("# request %zu: %s\n", i, buf_str(&heard));
	}
	close_lab();
}

TEST(a_good_connection_is_kept_and_answers_in_order)
{
	open_lab(NULL);
	EXPECT_INT(
	        ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
	            "POST /metrics/push HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer good-token\r\n"
	            "Transfer-Encoding: chunked\r\n\r\n7\r\nqueue 9\r\n0\r\n\r\n"
	            "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"),
	        200);
	EXPECT_INT(answers(), 3);
	EXPECT(!closed);
	EXPECT_TEXT(lab.last, "queue 9");
	close_lab();
}

TEST(headers_and_bodies_have_limits)
{
	AUTO(Buf) big = { 0 };

	open_lab(NULL);
	buf_text(&big, "GET /healthz HTTP/1.1\r\nHost: a\r\nX: ");
	for (int i = 0; i < 40000; i++)
		buf_char(&big, 'x');
	buf_text(&big, "\r\n\r\n");
	EXPECT_INT(ask(buf_str(&big)), 431);
	EXPECT(closed);
	EXPECT_INT(ask("POST /metrics/push HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\n\r\n"),
	           413);
	EXPECT(closed);
	EXPECT_INT(ask("POST /metrics/push HTTP/1.1\r\nHost: a\r\nContent-Length: "
	               "99999999999999999999\r\n\r\n"),
	           413);
	buf_clear(&big);
	buf_text(&big, "GET /");
	for (int i = 0; i < 3000; i++)
		buf_char(&big, 'x');
	buf_text(&big, " HTTP/1.1\r\nHost: a\r\n\r\n");
	EXPECT_INT(ask(buf_str(&big)), 414);
	close_lab();
}

TEST(a_chunked_body_without_end_stops_at_its_limit)
{
	AUTO(Buf) big = { 0 };

	open_lab(&(WebOptions){ .max_body = 4096 });
	buf_text(&big,
	         "POST /metrics/push HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 16; i++) {
		buf_text(&big, "400\r\n");
		for (int k = 0; k < 0x400; k++)
			buf_char(&big, '#');
		buf_text(&big, "\r\n");
	}
	buf_text(&big, "0\r\n\r\n");
	EXPECT_INT(ask(buf_str(&big)), 413);
	EXPECT(closed);
	close_lab();
}

TEST(bytes_that_are_no_request_close_the_connection)
{
	static const struct {
		const char *p;
		size_t n;
	} rows[] = { { "\0\0\0\0\r\n\r\n", 8 },
		     { "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15 },
		     { "GET\r\n\r\n", 7 },
		     { "GET /healthz\r\n\r\n", 16 },
		     { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24 },
		     { "\xff\xff\xff\xff HTTP/1.1\r\nHost: a\r\n\r\n", 26 } };

	open_lab(NULL);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int status = ask_n(rows[i].p, rows[i].n);

		EXPECT(status == 0 || status >= 400);
		EXPECT(answers() <= 1);
	}
	EXPECT_INT(get("/healthz"), 200);
	EXPECT_INT(settle_to(0), 0);
	close_lab();
}

/* ---- slow clients ---- */

static bool is_open(int fd)
{
	AUTO(Buf) b = { 0 };
	bool end;

	hear(fd, &b, &end);
	return !end;
}

static bool was_cut(int fd)
{
	for (int tries = 0; tries < 200; tries++) {
		if (!is_open(fd))
			return true;
	}
	return false;
}

TEST(headers_that_drip_are_cut_at_their_deadline)
{
	int fd;

	open_lab(NULL);
	fd = dial();
	say(fd, "GET /healthz HTTP/1.1\r\nX: ", 26);
	for (int i = 0; i < 10; i++) {
		lab.mono = seconds(1000 + i);
		say(fd, "x", 1);
		EXPECT(is_open(fd));
	}
	lab.mono = seconds(1011);
	EXPECT(was_cut(fd));
	EXPECT_INT(settle_to(0), 0);
	(void)close(fd);
	close_lab();
}

TEST(a_body_slower_than_its_rate_is_cut)
{
	int fd;

	open_lab(NULL);
	fd = dial();
	say(fd, "POST /metrics/push HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", 64);
	settle();
	for (int i = 0; i < 5; i++) {
		lab.mono = seconds(1000 + i);
		say(fd, "#", 1);
		EXPECT(is_open(fd));
	}
	lab.mono = seconds(1007);
	EXPECT(was_cut(fd));
	(void)close(fd);
	close_lab();
}

TEST(a_body_at_a_good_rate_still_has_an_end)
{
	AUTO(Buf) much = { 0 };
	int fd;

	open_lab(NULL);
	fd = dial();
	for (int i = 0; i < 6000; i++)
		buf_char(&much, '#');
	say(fd, "POST /metrics/push HTTP/1.1\r\nHost: a\r\nContent-Length: 250000\r\n\r\n", 64);
	for (int i = 0; i < 30; i++) {
		lab.mono = seconds(1000 + i);
		say(fd, buf_str(&much), much.n);
		EXPECT(is_open(fd));
	}
	lab.mono = seconds(1031);
	EXPECT(was_cut(fd));
	(void)close(fd);
	close_lab();
}

TEST(an_idle_connection_and_a_reader_that_does_not_read_are_cut)
{
	int idle, first;

	open_lab(NULL);
	idle = dial();
	say(idle, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 34);
	EXPECT(is_open(idle));
	lab.mono = seconds(1030);
	EXPECT(is_open(idle));
	first = dial(); /* says nothing at all */
	settle();
	lab.mono = seconds(1031);
	EXPECT(was_cut(idle));
	EXPECT(is_open(first));
	lab.mono = seconds(1042);
	EXPECT(was_cut(first));
	(void)close(idle);
	(void)close(first);
	close_lab();
}

TEST(a_crowd_of_slow_clients_leaves_room_for_others_once_cut)
{
	int fds[60];

	open_lab(&(WebOptions){ .connections = 40, .per_ip = 40 });
	for (size_t i = 0; i < COUNT_OF(fds); i++) {
		fds[i] = dial();
		if (fds[i] >= 0)
			say(fds[i], "GET /", 5);
		settle();
		EXPECT(lab.web->conns_n <= 40);
	}
	/* Those that waited in the queue have their turn, and their end, too. */
	for (int i = 1; i <= 4; i++) {
		lab.mono = seconds(1000 + 11 * i);
		settle();
	}
	EXPECT_INT(settle_to(0), 0);
	EXPECT_INT(get("/healthz"), 200);
	for (size_t i = 0; i < COUNT_OF(fds); i++) {
		if (fds[i] >= 0)
			(void)close(fds[i]);
	}
	close_lab();
}

TEST(one_address_cannot_take_all_connections)
{
	int fds[12];
	size_t open = 0;

	open_lab(&(WebOptions){ .connections = 40, .per_ip = 4 });
	for (size_t i = 0; i < COUNT_OF(fds); i++) {
		fds[i] = dial();
		settle();
	}
	EXPECT(lab.web->conns_n <= 4);
	for (size_t i = 0; i < COUNT_OF(fds); i++) {
		open += is_open(fds[i]);
		(void)close(fds[i]);
	}
	EXPECT_INT(open, 4);
	close_lab();
}

/* ---- opening ---- */

TEST(a_port_in_use_and_a_bad_address_say_what_to_do)
{
	WebApi api = { .now = api_now };
	Err err = { 0 };

	open_lab(NULL);
	EXPECT(!web_new(&(WebOptions){ .port = web_port(lab.web) }, &api, &err));
	EXPECT_HAS(err.message, "listen on 127.0.0.1 port");
	EXPECT_HAS(err.hint, "--listen");
	EXPECT(!web_new(&(WebOptions){ .address = "example.org" }, &api, &err));
	EXPECT_INT(err.code, ERR_USAGE);
	close_lab();
}

TEST(a_name_that_is_not_ours_is_refused_when_one_is_set)
{
	open_lab(&(WebOptions){ .server_name = "status.example" });
	EXPECT_INT(ask("GET /healthz HTTP/1.1\r\nHost: status.example\r\n\r\n"), 200);
	EXPECT_INT(get("/healthz"), 200);
	EXPECT_INT(ask("GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 421);
	EXPECT(closed);
	Buf_done(&heard);
	close_lab();
}

TEST(it_listens_on_ipv6_too)
{
	WebApi api = { .now = api_now };
	Err err = { 0 };
	Web *web = web_new(&(WebOptions){ .address = "::1" }, &api, &err);

	if (!web) {
		test_skip("this machine has no IPv6 loopback");
		return;
	}
	EXPECT(web_port(web) > 0);
	EXPECT(web_fd(web) >= 0);
	EXPECT_INT(web_timeout_ms(web), -1);
	web_free(web);
}
