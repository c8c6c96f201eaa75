/* The listener against raw sockets: each route, each refusal, and the clients that
 * come to hold a connection and give nothing. Time is the test's: nobody waits. */
#include "harness.h"

#include "core/alloc.h"
#include "core/text.h"
#include "web/web_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* 2026-11-20T13:17:20Z */
#define NOW_US 1795180640000000LL

typedef struct Lab {
	Web *web;
	Duration mono;
	bool not_ready, unhealthy;
	WebAckState ack;
	int looks, acks, commands, values;
	char last[512]; /* what the api was asked last */
	StatusFacts facts;
} Lab;

static Lab lab;

static Instant api_now(void *ctx)
{
	(void)ctx;
	return (Instant){ NOW_US };
}
static Duration api_mono(void *ctx) { return ((Lab *)ctx)->mono; }
static const StatusFacts *api_status(void *ctx)
{
	return ((Lab *)ctx)->not_ready ? NULL : &((Lab *)ctx)->facts;
}

static void fill_ack(Lab *l, const char *token, WebAck *ret)
{
	*ret = (WebAck){ .state = text_eq(token, "good-token") ? l->ack : WEB_ACK_UNKNOWN,
		         .incident = "2026-0012",
		         .title = "Paiements <en panne>",
		         .who = "Ana",
		         .by = "Karim",
		         .at = { NOW_US - 60000000 },
		         .opened = { NOW_US - 720000000 },
		         .language = "fr" };
}
static void api_ack_look(void *ctx, const char *token, WebAck *ret)
{
	((Lab *)ctx)->looks++;
	fill_ack(ctx, token, ret);
}
static void api_ack(void *ctx, const char *token, WebAck *ret)
{
	Lab *l = ctx;

	l->acks++;
	if (l->ack == WEB_ACK_OPEN)
		l->ack = WEB_ACK_DONE;
	fill_ack(ctx, token, ret);
}

static bool api_push(void *ctx, const char *check, WebSignal signal, const char *token,
                     const char *body, size_t body_n, Err *err)
{
	Lab *l = ctx;

	(void)snprintf(l->last, sizeof l->last, "%s %d %s %.*s", check, (int)signal,
	               token ? token : "-", (int)(body_n < 100 ? body_n : 100), body);
	if (text_eq(check, "absent"))
		return err_set(err, ERR_NOT_FOUND, "no check 'absent'");
	if (!text_eq(token, "good-token"))
		return err_set(err, ERR_FORBIDDEN, "the token is wrong");
	return true;
}

static bool api_metric(void *ctx, const char *name, double value, const char *token, Err *err)
{
	Lab *l = ctx;

	if (!text_eq(token, "good-token"))
		return err_set(err, ERR_FORBIDDEN, "the token is wrong");
	if (!text_starts(name, "queue"))
		return err_set(err, ERR_NOT_FOUND, "no metric '%s'", name);
	l->values++;
	(void)snprintf(l->last, sizeof l->last, "%s %g", name, value);
	return true;
}

static void api_metrics(void *ctx, Buf *out)
{
	(void)ctx;
	buf_text(out, "# TYPE carene_up gauge\ncarene_up 1");
}
static bool api_health(void *ctx, Emit *out)
{
	emit_text(out, "plan", "abc");
	return !((Lab *)ctx)->unhealthy;
}
static WebRole api_role(void *ctx, const char *token)
{
	(void)ctx;
	return text_eq(token, "viewer")      ? WEB_VIEWER
	       : text_eq(token, "responder") ? WEB_RESPONDER
	       : text_eq(token, "operator")  ? WEB_OPERATOR
	                                     : WEB_PUBLIC;
}
static bool api_command_(void *ctx, const char *name, const char *args, WebRole role, Buf *out,
                         Err *err)
{
	Lab *l = ctx;

	l->commands++;
	(void)snprintf(l->last, sizeof l->last, "%s %s %d", name, args, (int)role);
	if (strstr(args, "2099"))
		return err_set(err, ERR_NOT_FOUND, "no incident '2099'") ||
		       err_hint(err, "carene incident list");
	buf_printf(out, "{\"did\":\"%s\"}", name);
	return true;
}

static void open_lab(const WebOptions *extra)
{
	static const WebApi api = { .ctx = &lab,
		                    .now = api_now,
		                    .mono = api_mono,
		                    .status = api_status,
		                    .ack_look = api_ack_look,
		                    .ack = api_ack,
		                    .push = api_push,
		                    .metric = api_metric,
		                    .metrics = api_metrics,
		                    .health = api_health,
		                    .role = api_role,
		                    .command = api_command_ };
	static StatusPart part = {
		.id = "site", .label = "Site", .state = STATUS_UP, .since = { NOW_US - 60000000 }
	};
	WebOptions o = extra ? *extra : (WebOptions){ 0 };
	Err err = { 0 };

	lab = (Lab){ .mono = seconds(1000), .ack = WEB_ACK_OPEN };
	part.availability = -1;
	lab.facts = (StatusFacts){ .product = "Essai",
		                   .languages = { "fr", "en" },
		                   .languages_n = 2,
		                   .now = { NOW_US },
		                   .measured_at = { NOW_US },
		                   .measured_from = LONG_AGO,
		                   .last_outage = LONG_AGO,
		                   .parts = &part,
		                   .parts_n = 1 };
	lab.web = web_new(&o, &api, &err);
	if (!EXPECT(lab.web))
		(void)printf("# %s\n", err.message);
}

static void close_lab(void)
{
	web_free(lab.web);
	lab.web = NULL;
}

/* ---- a raw client in the same thread ---- */

static int dial(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(web_port(lab.web)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0) {
		(void)fcntl(fd, F_SETFL, O_NONBLOCK);
		return fd;
	}
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* Lets the listener work until nothing is left to do on either side. */
static void settle(void)
{
	for (int quiet = 0; quiet < 3;) {
		struct pollfd p = { .fd = web_fd(lab.web), .events = POLLIN };

		quiet = web_timeout_ms(lab.web) == 0 || poll(&p, 1, 2) > 0 ? 0 : quiet + 1;
		web_run(lab.web);
	}
}

static void say(int fd, const char *p, size_t n)
{
	size_t at = 0;

	for (int tries = 0; at < n && tries < 1000; tries++) {
		ssize_t sent = send(fd, p + at, n - at, MSG_NOSIGNAL);

		if (sent > 0)
			at += (size_t)sent;
		else
			settle();
	}
}

/* What came so far; *ret_closed when the other side has ended. */
static void hear(int fd, Buf *out, bool *ret_closed)
{
	char chunk[16384];

	*ret_closed = false;
	settle();
	for (;;) {
		ssize_t n = recv(fd, chunk, sizeof chunk, 0);

		if (n > 0) {
			buf_add(out, chunk, (size_t)n);
			settle();
			continue;
		}
		*ret_closed = n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
		return;
	}
}

static Buf heard;
static bool closed;

/* One connection, one exchange; the answer is in `heard` until the next. */
static int ask_n(const char *request, size_t n)
{
	int fd = dial();

	Buf_done(&heard);
	if (!EXPECT(fd >= 0))
		return 0;
	settle();
	say(fd, request, n);
	hear(fd, &heard, &closed);
	(void)close(fd);
	settle();
	return strncmp(buf_str(&heard), "HTTP/1.1 ", 9) == 0
	               ? (int)strtol(buf_str(&heard) + 9, NULL, 10)
	               : 0;
}

static int ask(const char *request) { return ask_n(request, strlen(request)); }

static int get(const char *path)
{
	AUTO(Buf) b = { 0 };

	buf_printf(&b, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
	return ask(buf_str(&b));
}

static int call(const char *method, const char *path, const char *token, const char *body)
{
	AUTO(Buf) b = { 0 };

	buf_printf(&b, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", method, path);
	if (token)
		buf_printf(&b, "Authorization: Bearer %s\r\n", token);
	if (text_eq(method, "POST"))
		buf_printf(&b, "Content-Length: %zu\r\n", strlen(body ? body : ""));
	buf_printf(&b, "\r\n%s", body ? body : "");
	return ask(buf_str(&b));
}

static size_t answers(void)
{
	size_t n = 0;

	for (const char *p = buf_str(&heard); (p = strstr(p, "HTTP/1.1 ")); p++)
		n++;
	return n;
}

static const char *body(void)
{
	const char *p = strstr(buf_str(&heard), "\r\n\r\n");

	return p ? p + 4 : "";
}

/* ---- pages ---- */

TEST(the_status_page_is_served_with_its_siblings)
{
	static const char *const names[] = { "",         "index.html",  "en.html",  "history.html",
		                             "feed.xml", "status.json", "badge.svg" };

	open_lab(NULL);
	EXPECT_INT(get("/"), 308);
	EXPECT_HAS(buf_str(&heard), "\r\nLocation: /status/\r\n");
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		AUTO_FREE char *path = mem_printf("/status/%s", names[i]);

		EXPECT_INT(get(path), 200);
		EXPECT_HAS(buf_str(&heard), "\r\nETag: \"");
		EXPECT_HAS(buf_str(&heard), "X-Content-Type-Options: nosniff");
		EXPECT_HAS(buf_str(&heard), "frame-ancestors 'none'");
	}
	EXPECT_INT(get("/status/"), 200);
	EXPECT_HAS(body(), "Tout fonctionne.");
	EXPECT_INT(get("/status/nothing.html"), 404);
	EXPECT_HAS(buf_str(&heard), "text/html");
	EXPECT_INT(get("/status/..%2f..%2fetc%2fpasswd"), 400);
	close_lab();
}

TEST(a_page_the_reader_has_is_not_sent_again)
{
	char request[512], etag[64];
	const char *at;

	open_lab(NULL);
	ASSERT(get("/status/") == 200);
	at = strstr(buf_str(&heard), "\r\nETag: ");
	ASSERT(at);
	text_copy(etag, strcspn(at + 8, "\r") + 1, at + 8);
	(void)snprintf(request, sizeof request,
	               "GET /status/ HTTP/1.1\r\nHost: a\r\nIf-None-Match: W/\"x\", %s\r\n\r\n",
	               etag);
	EXPECT_INT(ask(request), 304);
	EXPECT_TEXT(body(), "");
	close_lab();
}

TEST(pages_follow_the_facts_within_a_second)
{
	open_lab(NULL);
	ASSERT(get("/status/") == 200);
	((StatusPart *)(uintptr_t)lab.facts.parts)->state = STATUS_DOWN;
	lab.facts.now.us += 1;
	EXPECT_INT(get("/status/"), 200);
	EXPECT_HAS(body(), "Tout fonctionne.");
	lab.mono = seconds(1001);
	EXPECT_INT(get("/status/"), 200);
	EXPECT_HAS(body(), "Site en panne depuis 1 min.");
	((StatusPart *)(uintptr_t)lab.facts.parts)->state = STATUS_UP;
	close_lab();
}

TEST(without_facts_the_page_says_so_and_when_to_come_back)
{
	open_lab(NULL);
	lab.not_ready = true;
	EXPECT_INT(get("/status/"), 503);
	EXPECT_HAS(buf_str(&heard), "\r\nRetry-After: 5\r\n");
	EXPECT_INT(get("/ack/good-token"), 200);
	close_lab();
}

TEST(a_head_request_has_no_body)
{
	open_lab(NULL);
	EXPECT_INT(ask("HEAD /status/ HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
	EXPECT_TEXT(body(), "");
	close_lab();
}

/* ---- acknowledgement ---- */

TEST(looking_at_a_link_takes_nothing_and_pressing_its_button_does)
{
	open_lab(NULL);
	EXPECT_INT(get("/ack/good-token"), 200);
	EXPECT_HAS(body(), "<form method=\"post\">");
	EXPECT_HAS(body(), "Paiements &lt;en panne&gt;");
	EXPECT_HAS(buf_str(&heard), "Cache-Control: no-store");
	EXPECT_HAS(buf_str(&heard), "form-action 'self'");
	EXPECT_INT(ask("HEAD /ack/good-token HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
	EXPECT_INT(lab.acks, 0);
	EXPECT_INT(lab.looks, 2);
	EXPECT_INT(call("POST", "/ack/good-token", NULL, ""), 200);
	EXPECT_INT(lab.acks, 1);
	EXPECT(!strstr(body(), "<form"));
	EXPECT_HAS(body(), "est à vous");
	close_lab();
}

TEST(a_link_says_who_was_faster_what_is_over_and_what_it_does_not_know)
{
	open_lab(NULL);
	lab.ack = WEB_ACK_ALREADY;
	EXPECT_INT(get("/ack/good-token"), 200);
	EXPECT_HAS(body(), "Karim");
	lab.ack = WEB_ACK_OVER;
	EXPECT_INT(get("/ack/good-token"), 200);
	EXPECT(!strstr(body(), "<form"));
	EXPECT_INT(get("/ack/forged"), 404);
	EXPECT(!strstr(body(), "2026-0012"));
	EXPECT_INT(call("POST", "/ack/forged", NULL, ""), 404);
	close_lab();
}

/* ---- machines ---- */

TEST(a_heartbeat_is_understood_in_all_its_forms)
{
	static const struct {
		const char *path, *token;
		int status;
		const char *asked;
	} rows[] = {
		{ "/push/nightly/good-token", NULL, 200, "nightly 0 good-token" },
		{ "/push/nightly/good-token/start", NULL, 200, "nightly 1 good-token" },
		{ "/push/nightly/good-token/success", NULL, 200, "nightly 0 good-token" },
		{ "/push/nightly/good-token/fail", NULL, 200, "nightly 2 good-token" },
		{ "/push/nightly/good-token/0", NULL, 200, "nightly 0 good-token" },
		{ "/push/nightly/good-token/3", NULL, 200, "nightly 2 good-token" },
		{ "/push/nightly/start", "good-token", 200, "nightly 1 good-token" },
		{ "/push/nightly", "good-token", 200, "nightly 0 good-token" },
		{ "/push/nightly", NULL, 403, "nightly 0 -" },
		{ "/push/nightly/fail", NULL, 403, "nightly 2 -" },
		{ "/push/nightly/wrong", NULL, 403, "nightly 0 wrong" },
		{ "/push/absent/good-token", NULL, 404, "absent 0 good-token" },
	};

	open_lab(NULL);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		EXPECT_INT(call("GET", rows[i].path, rows[i].token, NULL), rows[i].status);
		EXPECT_HAS(lab.last, rows[i].asked);
		EXPECT_INT(call("POST", rows[i].path, rows[i].token, "42 rows"), rows[i].status);
		EXPECT_HAS(lab.last, rows[i].asked);
		EXPECT_HAS(lab.last, "42 rows");
	}
	lab.last[0] = '\0';
	EXPECT_INT(get("/push/nightly/good-token/restart"), 404);
	EXPECT_INT(get("/push/nightly/good-token/256"), 404);
	EXPECT_TEXT(lab.last, "");
	close_lab();
}

TEST(pushed_values_are_taken_as_json_and_as_lines)
{
	open_lab(NULL);
	EXPECT_INT(call("POST", "/metrics/push", "good-token", "{\"queue\": 3.5, \"queue2\": 1}"),
	           200);
	EXPECT_INT(lab.values, 2);
	EXPECT_HAS(body(), "\"accepted\":2");
	EXPECT_INT(call("POST", "/metrics/push", "good-token",
	                "# TYPE queue gauge\nqueue{a=\"b\"} 7\n\nqueue 8 1700000000000\n"),
	           200);
	EXPECT_INT(lab.values, 4);
	EXPECT_TEXT(lab.last, "queue 8");
	close_lab();
}

TEST(a_value_that_is_refused_is_named_and_the_others_are_kept)
{
	open_lab(NULL);
	EXPECT_INT(call("POST", "/metrics/push", "good-token",
	                "{\"queue\": 1, \"other\": 2, \"queue3\": \"x\"}"),
	           404);
	EXPECT_INT(lab.values, 1);
	EXPECT_HAS(body(), "\"name\":\"other\"");
	EXPECT_HAS(body(), "not a number");
	EXPECT_INT(call("POST", "/metrics/push", "good-token", "queue nan\nqueue 1\n"), 422);
	EXPECT_HAS(body(), "line 1: ");
	EXPECT_INT(call("POST", "/metrics/push", "good-token", "{\"queue\": 1"), 422);
	EXPECT_INT(call("POST", "/metrics/push", "good-token", "{\"queue\": 1, \"queue\": 2}"),
	           422);
	EXPECT_INT(call("POST", "/metrics/push", NULL, "queue 1"), 403);
	EXPECT_INT(lab.values, 2);
	close_lab();
}

TEST(more_lines_than_are_read_is_said)
{
	AUTO(Buf) lines = { 0 };

	open_lab(NULL);
	for (int i = 0; i < SAMPLE_LINES + 1; i++)
		buf_text(&lines, "queue 1\n");
	EXPECT_INT(call("POST", "/metrics/push", "good-token", buf_str(&lines)), 413);
	EXPECT_INT(lab.values, SAMPLE_LINES);
	close_lab();
}

TEST(metrics_end_as_openmetrics_asks)
{
	open_lab(NULL);
	EXPECT_INT(get("/metrics"), 200);
	EXPECT_HAS(buf_str(&heard), "application/openmetrics-text; version=1.0.0; charset=utf-8");
	EXPECT_TEXT(body(), "# TYPE carene_up gauge\ncarene_up 1\n# EOF\n");
	close_lab();
	open_lab(&(WebOptions){ .metrics_need_token = true });
	EXPECT_INT(get("/metrics"), 401);
	EXPECT_INT(call("GET", "/metrics", "wrong", NULL), 403);
	EXPECT_INT(call("GET", "/metrics", "viewer", NULL), 200);
	close_lab();
}

TEST(health_is_a_status_and_a_reason)
{
	open_lab(NULL);
	EXPECT_INT(get("/healthz"), 200);
	EXPECT_TEXT(body(), "{\"plan\":\"abc\",\"ok\":true}\n");
	lab.unhealthy = true;
	EXPECT_INT(get("/healthz"), 503);
	EXPECT_HAS(body(), "\"ok\":false");
	close_lab();
}

/* ---- commands ---- */

TEST(a_command_gets_its_body_its_path_and_its_query)
{
	open_lab(NULL);
	EXPECT_INT(call("POST", "/api/incidents/2026-0012/note?all=true", "responder",
	                "{\"text\": \"vu\", \"id\": \"another\"}"),
	           200);
	EXPECT_TEXT(body(), "{\"did\":\"incident.note\"}\n");
	EXPECT_HAS(lab.last, "incident.note {");
	EXPECT_HAS(lab.last, "\"id\":\"2026-0012\"");
	EXPECT_HAS(lab.last, "\"text\":\"vu\"");
	EXPECT_HAS(lab.last, "\"all\":true");
	EXPECT_INT(call("GET", "/api/incidents/2099", "viewer", NULL), 404);
	EXPECT_HAS(body(), "\"code\":\"NOT_FOUND\"");
	EXPECT_HAS(body(), "\"hint\":\"carene incident list\"");
	EXPECT_INT(call("POST", "/api/incidents", "responder", "[1]"), 422);
	EXPECT_INT(call("POST", "/api/incidents", "responder", "{\"a\":1,\"a\":2}"), 422);
	close_lab();
}

/* A path that fits the pattern. */
static void example(const char *pattern, char *out, size_t cap)
{
	AUTO(Buf) b = { 0 };

	for (const char *p = pattern; *p; p++) {
		if (*p != '{') {
			buf_char(&b, *p);
			continue;
		}
		buf_text(&b, "x");
		p += strcspn(p, "}");
	}
	text_copy(out, cap, buf_str(&b));
}

TEST(each_route_refuses_the_anonymous_unless_it_is_public)
{
	open_lab(NULL);
	for (size_t i = 0; i < web_routes_n; i++) {
		const Route *r = &web_routes[i];
		char path[128];
		int status, before = lab.commands;

		example(r->pattern, path, sizeof path);
		status = call(r->method, path, NULL, "queue 1");
		if (r->role == WEB_PUBLIC)
			EXPECT(status == 200 || status == 308 || status == 404);
		else if (r->role == WEB_TOKEN)
			EXPECT(status == 403 || status == 404);
		else
			EXPECT_INT(status, 401);
		if (r->role > WEB_TOKEN) {
			EXPECT_HAS(buf_str(&heard), "WWW-Authenticate: Bearer");
			EXPECT_INT(call(r->method, path, "wrong", ""), 403);
		}
		EXPECT_INT(lab.commands, before);
		EXPECT_INT(lab.acks, r->handler == page_ack ? 1 : 0);
		lab.acks = 0;
	}
	close_lab();
}

TEST(a_role_may_do_what_it_contains_and_no_more)
{
	static const char *const tokens[] = { "viewer", "responder", "operator" };

	open_lab(NULL);
	for (size_t i = 0; i < web_routes_n; i++) {
		const Route *r = &web_routes[i];
		char path[128];

		if (r->role < WEB_VIEWER)
			continue;
		example(r->pattern, path, sizeof path);
		for (size_t k = 0; k < COUNT_OF(tokens); k++)
			EXPECT_INT(call(r->method, path, tokens[k], "{}"),
			           WEB_VIEWER + k >= r->role ? 200 : 403);
	}
	close_lab();
}

TEST(an_unknown_address_is_404_and_another_method_405)
{
	open_lab(NULL);
	EXPECT_INT(get("/nowhere"), 404);
	EXPECT_HAS(buf_str(&heard), "application/json");
	EXPECT_INT(call("POST", "/status/", NULL, ""), 405);
	EXPECT_HAS(buf_str(&heard), "\r\nAllow: GET, HEAD\r\n");
	EXPECT_INT(call("DELETE", "/healthz", NULL, NULL), 405);
	EXPECT_INT(call("GET", "/metrics/push", NULL, NULL), 405);
	close_lab();
}

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
	EXPECT_INT(lab.web->conns_n, 0);
	close_lab();
}

/* ---- slow clients ---- */

static bool was_cut(int fd)
{
	AUTO(Buf) b = { 0 };
	bool end;

	hear(fd, &b, &end);
	return end;
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
		EXPECT(!was_cut(fd));
	}
	lab.mono = seconds(1011);
	EXPECT(was_cut(fd));
	EXPECT_INT(lab.web->conns_n, 0);
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
		EXPECT(!was_cut(fd));
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
		EXPECT(!was_cut(fd));
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
	EXPECT(!was_cut(idle));
	lab.mono = seconds(1030);
	EXPECT(!was_cut(idle));
	first = dial(); /* says nothing at all */
	settle();
	lab.mono = seconds(1031);
	EXPECT(was_cut(idle));
	EXPECT(!was_cut(first));
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
	lab.mono = seconds(1011);
	settle();
	lab.mono = seconds(1022); /* those that waited in the queue had their turn too */
	settle();
	EXPECT_INT(lab.web->conns_n, 0);
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
		open += !was_cut(fds[i]);
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
