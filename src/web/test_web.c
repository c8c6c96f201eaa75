/* Each route of the listener, through a socket. */
#include "web/test_lab.h"

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
	EXPECT_TEXT(body(), "# TYPE carene_check_up gauge\ncarene_check_up{check=\"site\"} 1\n"
	                    "# TYPE carene_up gauge\ncarene_up 1\n# EOF\n");
	EXPECT_INT(get("/metrics?checks=no"), 200);
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

TEST(a_page_of_the_listener_speaks_the_language_of_its_reader)
{
	static const struct {
		const char *accept, *text;
	} rows[] = { { "fr-FR,fr;q=0.9,en;q=0.5", "<html lang=\"fr\">" },
		     { "en-GB,en;q=0.9,fr;q=0.2", "<html lang=\"en\">" },
		     { "en", "<html lang=\"en\">" },
		     { "de-DE", "<html lang=\"fr\">" } /* the plan's */ };

	open_lab(NULL);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *request = mem_printf("GET /status/nowhere HTTP/1.1\r\nHost: a\r\n"
		                                     "Accept-Language: %s\r\n\r\n",
		                                     rows[i].accept);

		EXPECT_INT(ask(request), 404);
		EXPECT_HAS(body(), rows[i].text);
	}
	close_lab();
}

TEST(a_refusal_has_the_form_of_what_was_asked)
{
	open_lab(NULL);
	EXPECT_INT(call("POST", "/status/index.html", NULL, ""), 405);
	EXPECT_HAS(buf_str(&heard), "Content-Type: text/html");
	EXPECT_INT(call("POST", "/healthz", NULL, ""), 405);
	EXPECT_HAS(buf_str(&heard), "Content-Type: application/json");
	EXPECT_HAS(body(), "\"code\":\"USAGE\"");
	close_lab();
}

TEST(what_a_job_says_is_passed_on_up_to_its_limit)
{
	AUTO(Buf) much = { 0 };

	open_lab(NULL);
	for (int i = 0; i < 20000; i++)
		buf_char(&much, 'y');
	EXPECT_INT(call("POST", "/push/nightly/good-token", NULL, buf_str(&much)), 200);
	EXPECT_HAS(lab.last, "yyyy");
	close_lab();
}

TEST(a_token_of_another_shape_is_no_token)
{
	AUTO(Buf) request = { 0 };

	open_lab(NULL);
	EXPECT_INT(ask("GET /api/incidents HTTP/1.1\r\nHost: a\r\nAuthorization: Basic "
	               "dmlld2Vy\r\n\r\n"),
	           401);
	EXPECT_INT(ask("GET /api/incidents HTTP/1.1\r\nHost: a\r\nAuthorization: bearer   "
	               "viewer\r\n\r\n"),
	           200);
	EXPECT_INT(ask("GET /api/incidents HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\r\n\r\n"),
	           401);
	buf_text(&request, "GET /api/incidents HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ");
	for (int i = 0; i < 300; i++)
		buf_char(&request, 'v');
	buf_text(&request, "\r\n\r\n");
	EXPECT_INT(ask(buf_str(&request)), 401);
	close_lab();
}
