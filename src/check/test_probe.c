/* Pages: the judge and the conversation; runs and the guard. */
#include "check/http.h"
#include "check/test_world.h"
#include "core/text.h"

/* ---- http: the judge, as a table ---- */

typedef struct PageRow {
	const char *what;
	int status;
	const char *body, *header_name, *header_value;
	const char *expect, *contains, *absent, *matches;
	const char *json_path, *json_value, *want_header, *want_value;
	const char *reason; /* "": up */
} PageRow;

static const PageRow pages[] = {
	{ .what = "a page", .status = 200, .body = "hello", .reason = "" },
	{ .what = "no content", .status = 204, .reason = "" },
	{ .what = "not found", .status = 404, .reason = "status 404, expected 2xx" },
	{ .what = "server error", .status = 500, .reason = "status 500, expected 2xx" },
	{ .what = "no status", .status = 0, .reason = "status 0" },
	{ .what = "a 401 that is wanted", .status = 401, .expect = "401", .reason = "" },
	{ .what = "a 200 that is not", .status = 200, .expect = "401", .reason = "expected 401" },
	{ .what = "text there",
	  .status = 200,
	  .body = "welcome back",
	  .contains = "come",
	  .reason = "" },
	{ .what = "text missing",
	  .status = 200,
	  .body = "maintenance",
	  .contains = "welcome",
	  .reason = "does not contain 'welcome'" },
	{ .what = "no body at all", .status = 200, .contains = "x", .reason = "does not contain" },
	{ .what = "text is bytes", .status = 200, .body = "Zoé", .contains = "é", .reason = "" },
	{ .what = "error text absent",
	  .status = 200,
	  .body = "fine",
	  .absent = "Fatal",
	  .reason = "" },
	{ .what = "error text there",
	  .status = 200,
	  .body = "Fatal error",
	  .absent = "Fatal",
	  .reason = "contains 'Fatal', which must not" },
	{ .what = "pattern",
	  .status = 200,
	  .body = "v1.22",
	  .matches = "v\\d+\\.\\d+",
	  .reason = "" },
	{ .what = "no match",
	  .status = 200,
	  .body = "vX",
	  .matches = "v\\d",
	  .reason = "match /v\\d/" },
	{ .what = "not a pattern",
	  .status = 200,
	  .body = "x",
	  .matches = "(",
	  .reason = "cannot be used" },
	{ .what = "json",
	  .status = 200,
	  .body = "{\"s\":\"ok\"}",
	  .json_path = "$.s",
	  .json_value = "ok",
	  .reason = "" },
	{ .what = "json differs",
	  .status = 200,
	  .body = "{\"s\":\"bad\"}",
	  .json_path = "$.s",
	  .json_value = "ok",
	  .reason = "$.s is bad, expected ok" },
	{ .what = "json missing",
	  .status = 200,
	  .body = "{}",
	  .json_path = "$.s",
	  .json_value = "ok",
	  .reason = "$.s is not in the answer" },
	{ .what = "html for json",
	  .status = 200,
	  .body = "<html>",
	  .json_path = "$.s",
	  .json_value = "ok",
	  .reason = "not JSON" },
	{ .what = "json over a limit",
	  .status = 200,
	  .body = "{\"q\":91}",
	  .json_path = "$.q",
	  .json_value = "< 90",
	  .reason = "$.q is 91, expected < 90" },
	{ .what = "not a path",
	  .status = 200,
	  .body = "{}",
	  .json_path = "s",
	  .json_value = "ok",
	  .reason = "cannot be used" },
	{ .what = "header",
	  .status = 200,
	  .header_name = "Content-Type",
	  .header_value = "text/html; charset=utf-8",
	  .want_header = "content-type",
	  .want_value = "text/HTML",
	  .reason = "" },
	{ .what = "header differs",
	  .status = 200,
	  .header_name = "Server",
	  .header_value = "apache",
	  .want_header = "Server",
	  .want_value = "nginx",
	  .reason = "header Server is 'apache'" },
	{ .what = "header missing",
	  .status = 200,
	  .want_header = "X-A",
	  .want_value = "1",
	  .reason = "no header X-A" },
	{ .what = "header of any value",
	  .status = 200,
	  .header_name = "Strict-Transport-Security",
	  .header_value = "max-age=1",
	  .want_header = "strict-transport-security",
	  .want_value = "*",
	  .reason = "" },
	{ .what = "the first reason wins",
	  .status = 500,
	  .body = "x",
	  .contains = "y",
	  .reason = "status 500" },
};

TEST(a_page_is_judged_by_what_the_plan_expects)
{
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		const PageRow *p = &pages[i];
		const char *const one[] = { p->expect, NULL };
		Texts status = { one, p->expect ? 1 : 0 };
		Pair json_pair = { p->json_path, p->json_value };
		Pair header_pair = { p->want_header, p->want_value };
		Pairs json = { &json_pair, p->json_path ? 1 : 0 };
		Pairs headers = { &header_pair, p->want_header ? 1 : 0 };
		HttpExpect e = { &status, &headers, &json, p->contains, p->absent, p->matches };
		HeaderField field = { p->header_name, p->header_value };
		HttpAnswer a = { .status = p->status,
			         .body = p->body,
			         .headers = &field,
			         .body_n = p->body ? strlen(p->body) : 0,
			         .headers_n = p->header_name ? 1 : 0 };
		CheckResult r = { 0 };
		bool up = p->reason[0] == '\0';

		if (http_judge(&e, &a, &r) != up || !strstr(r.reason, p->reason) ||
		    r.state != (up ? CHECK_UP : CHECK_DOWN) ||
		    r.fail != (up ? FAIL_NONE : FAIL_ASSERT) || (r.reason_fr[0] == '\0') != up)
			test_fail(__FILE__, __LINE__, "%s: '%s'", p->what, r.reason);
	}
}

/* ---- http: the conversation ---- */

TEST(a_page_is_fetched_judged_and_timed)
{
	Probe *p = probe_new(CHECK_HTTP, "https://example.com/health");
	FakeAnswer *a = fake_page(p->fake, "GET https://example.com/health", 200, "hello");
	const CheckResult *r;

	a->answer.took = (Timings){ .queued = seconds(3),
		                    .dns = milliseconds(5),
		                    .connect = milliseconds(10),
		                    .tls = milliseconds(15),
		                    .first_byte = milliseconds(40),
		                    .total = milliseconds(50) };
	r = probe(p);
	EXPECT_RESULT(r, CHECK_UP, FAIL_NONE, "");
	EXPECT_INT(r->latency.us, 50000); /* our own queueing is nobody's latency */
	EXPECT_INT(r->took.queued.us, 3000000);
	EXPECT_INT(r->status, 200);
	EXPECT_TEXT(r->address, "192.0.2.10");
	EXPECT_INT(r->parts_n, 0);
	EXPECT_INT(r->measures_n, 1);
	probe_free(p);
}

TEST(what_the_plan_says_of_the_request_is_asked)
{
	Probe *p = probe_new(CHECK_HTTP, "/login");

	p->env = (Environment){ .item.id = "production", .url = "https://example.com" };
	p->service = (Service){ .environments = &p->env, .environments_n = 1 };
	p->check.service = &p->service;
	p->check.env = "production";
	p->how.port = 8443;
	p->how.method = "POST";
	p->how.body = "a=1";
	p->how.user = "bob";
	p->how.headers = PAIRS({ "X-A", "1" }, { "X-B", "2" });
	(void)fake_page(p->fake, NULL, 200, "");
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	EXPECT_TEXT(buf_str(&p->fake->log),
	            "POST https://example.com:8443/login X-A=1 X-B=2 body=a=1 user=bob\n");
	probe_free(p);
}

TEST(a_head_probe_asks_for_no_page)
{
	Probe *p = probe_new(CHECK_HTTP_HEAD, "mangatheque.example");

	p->how.contains = "ignored";
	(void)fake_page(p->fake, NULL, 200, NULL);
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	EXPECT_TEXT(buf_str(&p->fake->log), "HEAD https://mangatheque.example/\n");
	probe_free(p);
}

/* Failures of the world, class by class. */
TEST(a_failure_keeps_its_class)
{
	static const struct {
		FailClass fail;
		bool timed_out;
		const char *error;
		CheckState state;
		const char *reason, *reason_fr;
	} rows[] = {
		{ FAIL_DNS, false, "host not found", CHECK_DOWN,
		  "name look-up of http://h/x failed: host not found", "hôte inconnu" },
		{ FAIL_CONNECT, false, "connection refused", CHECK_DOWN,
		  "cannot connect to http://h/x: connection refused", "connexion refusée" },
		{ FAIL_TLS, false, "certificate: certificate has expired", CHECK_DOWN,
		  "TLS with http://h/x failed",
		  "échec de TLS avec http://h/x : certificat : certificat expiré" },
		{ FAIL_HTTP, false, "not HTTP at all", CHECK_DOWN, "went wrong: not HTTP at all",
		  "not HTTP at all" },
		{ FAIL_DNS, true, "timed out", CHECK_DOWN,
		  "no name look-up of http://h/x within 10 s", "en 10 s" },
		{ FAIL_CONNECT, true, "timed out", CHECK_DOWN,
		  "no connection to http://h/x within 10 s", "en 10 s" },
		{ FAIL_TLS, true, "timed out", CHECK_DOWN, "no TLS handshake", "négociation" },
		{ FAIL_HTTP, true, "timed out", CHECK_DOWN, "no complete answer",
		  "réponse complète" },
		{ FAIL_SELF, false, "too many open files", CHECK_UNKNOWN,
		  "Carène could not look: too many", "pas pu vérifier" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_HTTP, "http://h/x?secret=1");
		FakeAnswer *a = fake_failure(p->fake, NULL, rows[i].fail, rows[i].error);

		a->answer.timed_out = rows[i].timed_out;
		EXPECT_RESULT(probe(p), rows[i].state, rows[i].fail, rows[i].reason);
		EXPECT_HAS(p->result.reason_fr, rows[i].reason_fr);
		EXPECT(p->result.timed_out == rows[i].timed_out && !p->result.has_latency);
		EXPECT(!strstr(p->result.reason, "secret"));
		probe_free(p);
	}
}

static FakeAnswer *redirect(Probe *p, const char *target, int status, const char *to)
{
	FakeAnswer *a = fake_page(p->fake, target, status, "");

	fake_header(a, "Location", to);
	return a;
}

TEST(redirects_are_followed_hop_by_hop_and_listed)
{
	Probe *p = probe_new(CHECK_HTTP, "http://example.com");
	const CheckResult *r;

	(void)redirect(p, "GET http://example.com/", 301, "https://example.com/");
	(void)redirect(p, "GET https://example.com/", 302, "/fr/?x=1");
	(void)fake_page(p->fake, "GET https://example.com/fr/?x=1", 200, "ok");
	r = probe(p);
	EXPECT_RESULT(r, CHECK_UP, FAIL_NONE, "");
	EXPECT_INT(r->latency.us, 150000);
	ASSERT(r->parts_n == 3);
	EXPECT_TEXT(r->parts[0].name, "http://example.com/");
	EXPECT_INT(r->parts[0].status, 301);
	EXPECT_TEXT(r->parts[2].name, "https://example.com/fr/");
	EXPECT_INT(r->parts[2].status, 200);
	EXPECT_INT(r->parts[1].took.total.us, 50000);
	probe_free(p);
}

TEST(an_expected_redirect_is_the_answer)
{
	static const struct {
		const char *expect;
		int limit;
	} rows[] = { { "301", -1 }, { "3xx", -1 }, { "301", 0 } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_HTTP, "http://example.com");

		p->how.expect = TEXTS(rows[i].expect);
		p->how.redirects = rows[i].limit;
		(void)redirect(p, NULL, 301, "https://example.com/");
		EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
		probe_free(p);
	}
}

TEST(redirects_that_lead_nowhere_are_down_and_say_so)
{
	static const struct {
		const char *what;
		int limit;
		const char *hops[8]; /* Location of each */
		const char *reason;
	} rows[] = {
		{ "no redirect allowed", 0, { "/a" }, "status 302, expected 2xx" },
		{ "to itself", -1, { "/" }, "redirect loop at http://h/" },
		{ "in a circle", -1, { "/a", "/b", "/" }, "redirect loop at http://h/" },
		{ "one too many", 1, { "/a", "/b" }, "more than 1 redirects, last to http://h/b" },
		{ "five are ours",
		  -1,
		  { "/1", "/2", "/3", "/4", "/5", "/6" },
		  "more than 5 redirects" },
		{ "to a file", -1, { "file:///etc/passwd" }, "not a web address" },
		{ "to nothing", -1, { "http://" }, "not a web address" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_HTTP, "http://h/");

		p->how.redirects = rows[i].limit;
		for (size_t k = 0; rows[i].hops[k]; k++)
			(void)redirect(p, NULL, 302, rows[i].hops[k]);
		if (!EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT, rows[i].reason))
			test_fail(__FILE__, __LINE__, "%s", rows[i].what);
		probe_free(p);
	}
}

TEST(a_location_of_a_megabyte_is_refused)
{
	Probe *p = probe_new(CHECK_HTTP, "http://h/");
	char *huge = mem_new(1 << 20);

	memset(huge, 'a', (1 << 20) - 1);
	memcpy(huge, "http://h/", 9);
	(void)redirect(p, NULL, 302, huge);
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT, "not a web address");
	probe_free(p);
	mem_free(huge);
}

TEST(a_redirected_post_becomes_a_get_unless_told_to_repeat)
{
	static const struct {
		int status;
		const char *second;
	} rows[] = { { 301, "GET http://h/next X-A=1 public-only\n" },
		     { 302, "GET http://h/next X-A=1 public-only\n" },
		     { 303, "GET http://h/next X-A=1 public-only\n" },
		     { 307, "POST http://h/next X-A=1 body=b public-only\n" },
		     { 308, "POST http://h/next X-A=1 body=b public-only\n" } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_HTTP, "http://h/");

		p->how.method = "POST";
		p->how.body = "b";
		p->how.headers = PAIRS({ "X-A", "1" });
		(void)redirect(p, NULL, rows[i].status, "/next");
		(void)fake_page(p->fake, NULL, 200, "");
		(void)probe(p);
		EXPECT_TEXT(strchr(buf_str(&p->fake->log), '\n') + 1, rows[i].second);
		probe_free(p);
	}
}

TEST(credentials_stay_with_their_origin)
{
	Probe *p = probe_new(CHECK_HTTP, "https://h/");

	p->how.user = "bob";
	p->how.headers =
	        PAIRS({ "Authorization", "Bearer x" }, { "X-A", "1" }, { "Cookie", "s=1" });
	(void)redirect(p, NULL, 302, "/same");
	(void)redirect(p, NULL, 302, "https://other/");
	(void)fake_page(p->fake, NULL, 200, "");
	(void)probe(p);
	EXPECT_TEXT(
	        buf_str(&p->fake->log),
	        "GET https://h/ Authorization=Bearer x X-A=1 Cookie=s=1 user=bob\n"
	        "GET https://h/same Authorization=Bearer x X-A=1 Cookie=s=1 user=bob public-only\n"
	        "GET https://other/ X-A=1 public-only\n");
	probe_free(p);
}

TEST(a_public_page_may_not_send_us_into_a_private_network)
{
	Probe *p = probe_new(CHECK_HTTP, "https://h/");
	FakeAnswer *a = redirect(p, NULL, 302, "http://169.254.169.254/latest/meta-data/");

	a->answer.address = "93.184.216.34";
	(void)fake_failure(p->fake, NULL, FAIL_SELF,
	                   "the address is private, and only public ones are allowed");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT, "private address refused");
	EXPECT_HAS(buf_str(&p->fake->log), "public-only");
	probe_free(p);
}

TEST(a_private_page_may_send_us_to_another)
{
	Probe *p = probe_new(CHECK_HTTP, "http://10.0.0.1/");
	FakeAnswer *a = redirect(p, NULL, 302, "http://10.0.0.2/");

	a->answer.address = "10.0.0.1";
	(void)fake_page(p->fake, "GET http://10.0.0.2/", 200, "");
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	EXPECT(!strstr(buf_str(&p->fake->log), "public-only"));
	probe_free(p);
}

TEST(all_hops_share_one_timeout)
{
	Probe *p = probe_new(CHECK_HTTP, "http://h/");
	FakeAnswer *a = redirect(p, NULL, 302, "/slow");
	FakeAnswer *b;

	p->how.timeout = span_of(seconds(5));
	a->takes = seconds(4);
	b = fake_failure(p->fake, NULL, FAIL_HTTP, "timed out");
	b->answer.timed_out = true;
	b->takes = seconds(60); /* the world stops it at what is left */
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_HTTP, "within 5 s");
	EXPECT_INT(p->fake->mono.us, seconds(1005).us);
	probe_free(p);
}

TEST(a_server_on_a_unix_socket_is_asked_there)
{
	Probe *p = probe_new(CHECK_HTTP, "http://app/health");

	p->how.socket = "/run/app.sock";
	(void)redirect(p, NULL, 302, "/ready");
	(void)redirect(p, NULL, 302, "http://elsewhere/");
	(void)fake_failure(p->fake, NULL, FAIL_CONNECT, "connection refused");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_CONNECT, "http://elsewhere/");
	EXPECT_TEXT(buf_str(&p->fake->log), "GET http://app/health socket=/run/app.sock\n"
	                                    "GET http://app/ready socket=/run/app.sock\n"
	                                    "GET http://elsewhere/\n");
	probe_free(p);
}

TEST(a_slow_answer_is_degraded)
{
	static const struct {
		int64_t ms;
		CheckState want;
	} rows[] = { { 1999, CHECK_UP }, { 2000, CHECK_UP }, { 2001, CHECK_DEGRADED } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_HTTP, "http://h/");
		FakeAnswer *a = fake_page(p->fake, NULL, 200, "");

		p->how.slow = (Quantity){ .value = 2, .unit = UNIT_SECONDS, .set = true };
		a->answer.took.total = milliseconds(rows[i].ms);
		EXPECT_INT(probe(p)->state, rows[i].want);
		if (rows[i].want == CHECK_DEGRADED)
			EXPECT_HAS(p->result.reason, "slower than 2 s");
		probe_free(p);
	}
}

TEST(a_check_without_target_is_our_own_trouble)
{
	static const struct {
		CheckType type;
		const char *target, *reason;
	} rows[] = {
		{ CHECK_HTTP, NULL, "no target" },
		{ CHECK_HTTP, "https://", "not an address" },
		{ CHECK_TCP, NULL, "no target" },
		{ CHECK_TCP, "h", "not an address" },
		{ CHECK_TLS, "h:0", "not an address" },
		{ CHECK_DNS, "", "not an address" },
		{ CHECK_ICMP, NULL, "no target" },
		{ CHECK_DB_PING, NULL, "no target" },
		{ CHECK_UNIT, NULL, "no unit" },
		{ CHECK_COMMAND, NULL, "no target" },
		{ CHECK_JOURNEY, "http://h", "no target" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(rows[i].type, rows[i].target);

		EXPECT_RESULT(probe(p), CHECK_UNKNOWN, FAIL_SELF, rows[i].reason);
		EXPECT_TEXT(buf_str(&p->fake->log), "");
		probe_free(p);
	}
}

TEST(a_secret_of_the_plan_never_leaves_in_a_reason)
{
	Secret *s = secret_new("hunter2222");
	const Secret *list[] = { s };
	Probe *p = probe_new(CHECK_HTTP, "http://h/");

	p->plan.secrets = list;
	p->plan.secrets_n = 1;
	p->how.json = PAIRS({ "$.echo", "x" });
	(void)fake_page(p->fake, NULL, 200, "{\"echo\":\"you sent hunter2222\"}");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT, "you sent ***");
	EXPECT(!strstr(p->result.reason_fr, "hunter"));
	probe_free(p);
	secret_free(s);
}

TEST(a_cancelled_run_is_never_heard_of_again)
{
	static const CheckType types[] = { CHECK_HTTP, CHECK_TCP, CHECK_DNS, CHECK_UNIT };

	for (size_t i = 0; i < COUNT_OF(types); i++) {
		Probe *p = probe_new(types[i], "h:1");
		CheckContext ctx = { 0 };
		CheckRun *run;

		(void)fake_page(p->fake, NULL, 200, "");
		run = check_run_start(&p->fake->world, &p->plan, &p->check, &ctx, probe_finished,
		                      p);
		check_run_cancel(run);
		EXPECT_INT(p->fake->cancelled, 1);
		fake_run(p->fake);
		EXPECT_INT(p->finished, 0);
		probe_free(p);
	}
}

/* ---- the guard ---- */

TEST(a_cut_of_our_own_is_not_the_targets)
{
	static const struct {
		const char *what;
		FailClass fail;
		const char *target;
		int places; /* connectivity addresses in the plan */
		bool reached;
		CheckState want;
		FailClass class_;
	} rows[] = {
		{ "no place answers", FAIL_CONNECT, "http://h/", 2, false, CHECK_UNKNOWN,
		  FAIL_SELF },
		{ "one answers", FAIL_CONNECT, "http://h/", 2, true, CHECK_DOWN, FAIL_CONNECT },
		{ "names do not resolve", FAIL_DNS, "http://h/", 2, false, CHECK_UNKNOWN,
		  FAIL_SELF },
		{ "no place in the plan", FAIL_CONNECT, "http://h/", 0, false, CHECK_DOWN,
		  FAIL_CONNECT },
		{ "it answered: no question of the network", FAIL_HTTP, "http://h/", 2, false,
		  CHECK_DOWN, FAIL_HTTP },
		{ "loopback is never cut off", FAIL_CONNECT, "http://127.0.0.1/", 2, false,
		  CHECK_DOWN, FAIL_CONNECT },
		{ "nor is localhost", FAIL_CONNECT, "http://localhost/", 2, false, CHECK_DOWN,
		  FAIL_CONNECT },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_HTTP, rows[i].target);
		static const char *const places[] = { "192.0.2.53:53", "198.51.100.1", NULL };
		FakeAnswer *a;

		p->plan.head.connectivity = (Texts){ places, (size_t)rows[i].places };
		p->guard = guard_new(&p->fake->world, &p->plan);
		(void)fake_failure(p->fake, "GET", rows[i].fail, "no route to host");
		a = fake_failure(p->fake, "tcp 192.0.2.53:53", FAIL_CONNECT, "no route to host");
		a = fake_answer(p->fake, "tcp 198.51.100.1:443");
		a->answer.fail = rows[i].reached ? FAIL_NONE : FAIL_CONNECT;
		if (!EXPECT_INT(probe(p)->state, rows[i].want) ||
		    !EXPECT_INT(p->result.fail, rows[i].class_))
			test_fail(__FILE__, __LINE__, "%s", rows[i].what);
		if (rows[i].want == CHECK_UNKNOWN) {
			EXPECT_HAS(p->result.reason, "Carène itself is cut off: none of 2");
			EXPECT_HAS(p->result.reason_fr, "coupée du réseau");
		}
		probe_free(p);
	}
}

typedef struct Asker {
	GuardOp op;
	int told;
	bool cut_off;
} Asker;

static void asker_told(GuardOp *op, const GuardAnswer *a)
{
	Asker *k = CONTAINER_OF(op, Asker, op);

	k->told++;
	k->cut_off = a->cut_off;
}

TEST(five_hundred_failures_ask_once)
{
	Fake *f = fake_new();
	Plan plan = { .head.connectivity = TEXTS("192.0.2.53:53") };
	Guard *g = guard_new(&f->world, &plan);
	Asker *askers = mem_new(500 * sizeof *askers);
	int told = 0;

	(void)fake_failure(f, "tcp", FAIL_CONNECT, "no route to host");
	for (int i = 0; i < 500; i++) {
		askers[i].op.done = asker_told;
		guard_ask(g, &askers[i].op);
	}
	guard_cancel(g, &askers[7].op);
	guard_cancel(g, &askers[7].op);
	fake_run(f);
	for (int i = 0; i < 500; i++)
		told += askers[i].told == (i != 7) && (i == 7 || askers[i].cut_off);
	EXPECT_INT(told, 500);
	/* and the answer serves for a moment longer, from the loop as ever */
	guard_ask(g, &askers[0].op);
	EXPECT_INT(askers[0].told, 1);
	fake_run(f);
	EXPECT_INT(askers[0].told, 2);
	EXPECT_TEXT(buf_str(&f->log), "tcp 192.0.2.53:53\n");
	f->mono = duration_us(f->mono.us + seconds(6).us);
	(void)fake_answer(f, "tcp");
	guard_ask(g, &askers[0].op);
	fake_run(f);
	EXPECT(askers[0].told == 3 && !askers[0].cut_off);
	guard_free(g);
	mem_free(askers);
	fake_free(f);
}

TEST(a_new_plan_changes_the_places_after_the_question_under_way)
{
	Fake *f = fake_new();
	Plan old = { .head.connectivity = TEXTS("192.0.2.1:1") };
	Plan fresh = { .head.connectivity = TEXTS("192.0.2.2:2") };
	Guard *g = guard_new(&f->world, &old);
	Asker k = { .op.done = asker_told };

	fake_failure(f, NULL, FAIL_CONNECT, "no route to host")->again = true;
	guard_ask(g, &k.op);
	guard_plan(g, &fresh);
	fake_run(f);
	guard_ask(g, &k.op);
	fake_run(f);
	EXPECT_TEXT(buf_str(&f->log), "tcp 192.0.2.1:1\ntcp 192.0.2.2:2\n");
	EXPECT_INT(k.told, 2);
	guard_ask(g, &k.op);
	guard_plan(g, &old);
	guard_free(g); /* and nobody is called */
	EXPECT_INT(k.told, 2);
	EXPECT(guard_judge(3, 0) && !guard_judge(3, 1) && !guard_judge(0, 0));
	fake_free(f);
}
