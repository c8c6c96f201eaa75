/* Journeys: what one page gives, the next one takes. */
#include "check/jar.h"
#include "check/test_world.h"

/* The steps live as long as the test's block. */
#define STEPS(p, ...)                                 \
	const JourneyStep steps_[] = { __VA_ARGS__ }; \
	(p)->how.steps = steps_;                      \
	(p)->how.steps_n = COUNT_OF(steps_)
#define NAMED(k, v)                           \
	{                                     \
		(const Pair[]){ { k, v } }, 1 \
	}

static Probe *journey(void) { return probe_new(CHECK_JOURNEY, "https://shop.example"); }

TEST(a_journey_carries_values_and_cookies_from_page_to_page)
{
	Probe *p = journey();
	FakeAnswer *a;

	STEPS(p,
	      { .name = "form",
	        .url = "/login",
	        .capture = NAMED("csrf", "regex:name=t value=(\\w+)") },
	      { .name = "log in",
	        .method = "POST",
	        .url = "/login",
	        .body = "user=bob&t={{csrf}}",
	        .expect = { (const char *const[]){ "302", NULL }, 1 },
	        .capture = NAMED("next", "header:Location") },
	      { .name = "order",
	        .method = "POST",
	        .url = "/api/orders",
	        .body = "{\"ref\":\"{{unique}}\"}",
	        .json = NAMED("$.state", "new"),
	        .capture = NAMED("id", "json:$.id") },
	      { .name = "remove",
	        .method = "DELETE",
	        .url = "/api/orders/{{id}}",
	        .always = true });
	a = fake_page(p->fake, "GET https://shop.example/login", 200,
	              "<input name=t value=abc123>");
	fake_header(a, "Set-Cookie", "sid=s1; Path=/; Secure; HttpOnly");
	a = fake_page(p->fake, "POST https://shop.example/login", 302, "");
	fake_header(a, "Location", "/home");
	fake_header(a, "Set-Cookie", "sid=s2; Path=/");
	fake_header(a, "Set-Cookie", "admin=1; Path=/admin");
	(void)fake_page(p->fake, "POST https://shop.example/api/orders", 201,
	                "{\"id\":77,\"state\":\"new\"}");
	(void)fake_page(p->fake, "DELETE https://shop.example/api/orders/77", 204, "");
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	EXPECT_TEXT(
	        buf_str(&p->fake->log),
	        "GET https://shop.example/login\n"
	        "POST https://shop.example/login Content-Type=application/x-www-form-urlencoded"
	        " Cookie=sid=s1 body=user=bob&t=abc123\n"
	        "POST https://shop.example/api/orders Content-Type=application/json Cookie=sid=s2"
	        " body={\"ref\":\"0123456789abcdef\"}\n"
	        "DELETE https://shop.example/api/orders/77 Cookie=sid=s2\n");
	ASSERT(p->result.parts_n == 4);
	EXPECT_TEXT(p->result.parts[1].name, "log in");
	EXPECT_INT(p->result.parts[1].status, 302);
	/* Cleaning up is not what a user waits for. */
	EXPECT_INT(p->result.latency.us, 150000);
	probe_free(p);
}

TEST(the_first_failure_ends_the_walk_and_clean_up_still_runs)
{
	Probe *p = journey();

	STEPS(p, { .name = "make", .url = "/make", .capture = NAMED("id", "json:$.id") },
	      { .name = "use", .url = "/use/{{id}}", .contains = "ready" },
	      { .name = "never", .url = "/never" },
	      { .name = "drop", .method = "DELETE", .url = "/drop/{{id}}", .always = true });
	(void)fake_page(p->fake, "GET https://shop.example/make", 200, "{\"id\":\"a b\"}");
	(void)fake_page(p->fake, "GET https://shop.example/use/a%20b", 200, "broken");
	(void)fake_page(p->fake, "DELETE https://shop.example/drop/a%20b", 204, "");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT,
	              "step 'use': the page does not contain 'ready'");
	EXPECT_HAS(p->result.reason_fr, "étape « use » : la page ne contient pas");
	EXPECT_INT(p->result.parts_n, 3);
	probe_free(p);
}

TEST(a_clean_up_that_fails_leaves_something_behind)
{
	Probe *p = journey();

	STEPS(p, { .name = "make", .url = "/make" },
	      { .name = "drop", .url = "/drop", .always = true });
	(void)fake_page(p->fake, NULL, 200, "");
	(void)fake_page(p->fake, NULL, 500, "");
	EXPECT_RESULT(probe(p), CHECK_DEGRADED, FAIL_ASSERT, "clean-up step 'drop': status 500");
	EXPECT_HAS(p->result.reason_fr, "nettoyage");
	probe_free(p);
}

TEST(a_clean_up_without_its_value_is_told_after_the_cause)
{
	Probe *p = journey();

	STEPS(p, { .url = "/make", .capture = NAMED("id", "json:$.id") },
	      { .name = "drop", .url = "/drop/{{id}}", .always = true });
	(void)fake_page(p->fake, NULL, 503, "");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT, "step '1': status 503");
	ASSERT(p->result.parts_n == 2);
	EXPECT_HAS(p->result.parts[1].reason, "{{id}} was not captured");
	probe_free(p);
}

TEST(what_is_not_there_cannot_be_captured)
{
	static const char *const sources[] = { "json:$.id",       "header:X-Id", "cookie:sid",
		                               "regex:id=(\\d+)", "regex:(",     "nonsense" };

	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		Probe *p = journey();
		Pair pair = { "id", sources[i] };
		JourneyStep step = { .name = "get", .url = "/x", .capture = { &pair, 1 } };

		p->how.steps = &step;
		p->how.steps_n = 1;
		(void)fake_page(p->fake, NULL, 200, "{}");
		EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT, "nothing to capture as id");
		probe_free(p);
	}
}

TEST(a_captured_token_is_not_shown_in_a_reason)
{
	Probe *p = journey();

	STEPS(p, { .url = "/t", .capture = NAMED("token", "cookie:tok") },
	      { .name = "use", .url = "/use", .json = NAMED("$.you", "x") });
	fake_header(fake_page(p->fake, NULL, 200, ""), "Set-Cookie", "tok=s3cr3tvalue; HttpOnly");
	(void)fake_page(p->fake, NULL, 200, "{\"you\":\"s3cr3tvalue and s3cr3tvalue\"}");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT, "$.you is *** and ***, expected x");
	EXPECT(!strstr(p->result.reason_fr, "s3cr3t") &&
	       !strstr(p->result.parts[1].reason, "s3cr3t"));
	probe_free(p);
}

TEST(a_journey_that_used_up_its_time_still_cleans_up)
{
	Probe *p = journey();
	FakeAnswer *a;

	STEPS(p, { .name = "slow", .url = "/slow" },
	      { .name = "drop", .url = "/drop", .always = true });
	p->how.timeout = span_of(seconds(5));
	a = fake_failure(p->fake, NULL, FAIL_HTTP, "timed out");
	a->answer.timed_out = true;
	a->takes = seconds(60);
	(void)fake_page(p->fake, "GET https://shop.example/drop", 200, "");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_HTTP, "step 'slow': no complete answer");
	EXPECT(p->result.timed_out);
	EXPECT_INT(p->result.parts_n, 2);
	probe_free(p);
}

TEST(redirects_inside_a_step_are_followed_with_its_cookies)
{
	Probe *p = journey();
	FakeAnswer *a;

	STEPS(p, { .url = "/login", .method = "POST", .body = "a=b", .contains = "hello" });
	a = fake_page(p->fake, "POST", 302, "");
	fake_header(a, "Location", "/login"); /* back to the same page, now known */
	fake_header(a, "Set-Cookie", "sid=1");
	(void)fake_page(p->fake, "GET https://shop.example/login", 200, "hello");
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	EXPECT_HAS(buf_str(&p->fake->log), "Cookie=sid=1");
	EXPECT_INT(p->result.parts_n, 1); /* the step, not its hops */
	probe_free(p);
}

TEST(the_checks_credentials_are_for_its_own_site)
{
	Probe *p = journey();

	STEPS(p, { .url = "/a" }, { .url = "https://pay.example/b" }, { .url = "/c" });
	p->how.user = "bob";
	for (int i = 0; i < 3; i++)
		(void)fake_page(p->fake, NULL, 200, "");
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	EXPECT_TEXT(buf_str(&p->fake->log), "GET https://shop.example/a user=bob\n"
	                                    "GET https://pay.example/b\n"
	                                    "GET https://shop.example/c user=bob\n");
	probe_free(p);
}

TEST(a_captured_value_cannot_change_where_a_step_goes)
{
	Probe *p = journey();

	STEPS(p, { .url = "/t", .capture = NAMED("id", "json:$.id") },
	      { .url = "/x/{{id}}", .headers = NAMED("X-Id", "{{id}}") });
	(void)fake_page(p->fake, NULL, 200, "{\"id\":\"../../admin?x=1\\r\\nHost: evil\"}");
	(void)fake_page(p->fake, NULL, 200, "");
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	EXPECT_HAS(buf_str(&p->fake->log),
	           "GET https://shop.example/x/..%2F..%2Fadmin%3Fx%3D1%0D%0AHost%3A%20evil "
	           "X-Id=../../admin?x=1Host: evil\n");
	probe_free(p);
}

/* ---- the jar ---- */

TEST(a_cookie_goes_back_where_it_belongs)
{
	static const struct {
		const char *what, *set_on, *cookie, *sent_to, *want; /* NULL: not sent */
	} rows[] = {
		{ "same host", "https://h.example/", "a=1", "https://h.example/x", "a=1" },
		{ "another host", "https://h.example/", "a=1", "https://other.example/", NULL },
		{ "no widening by itself", "https://h.example/", "a=1", "https://sub.h.example/",
		  NULL },
		{ "domain", "https://h.example/", "a=1; Domain=h.example", "https://sub.h.example/",
		  "a=1" },
		{ "dotted domain", "https://w.h.example/", "a=1; domain=.h.example",
		  "https://h.example/", "a=1" },
		{ "foreign domain is ignored", "https://h.example/", "a=1; Domain=evil.example",
		  "https://evil.example/", NULL },
		{ "top domain is ignored", "https://h.example/", "a=1; Domain=example",
		  "https://x.example/", NULL },
		{ "secure on plain", "https://h.example/", "a=1; Secure", "http://h.example/",
		  NULL },
		{ "secure on tls", "https://h.example/", "a=1; Secure", "https://h.example/",
		  "a=1" },
		{ "path", "https://h.example/", "a=1; Path=/admin", "https://h.example/admin/x",
		  "a=1" },
		{ "exact path", "https://h.example/", "a=1; Path=/admin",
		  "https://h.example/admin?q", "a=1" },
		{ "other path", "https://h.example/", "a=1; Path=/admin",
		  "https://h.example/adminer", NULL },
		{ "deleted", "https://h.example/", "a=1; Max-Age=0", "https://h.example/", NULL },
		{ "deleted long ago", "https://h.example/", "a=1; Max-Age=-1", "https://h.example/",
		  NULL },
		{ "kept", "https://h.example/", "a=1; Max-Age=60", "https://h.example/", "a=1" },
		{ "blanks", "https://h.example/", "  a = 1 2 ;x", "https://h.example/", "a=1 2" },
		{ "no name", "https://h.example/", "=1", "https://h.example/", NULL },
		{ "empty", "https://h.example/", "", "https://h.example/", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Arena *a = arena_new("test", 1 << 22);
		Jar *jar = jar_new(a);
		HeaderField field = { "set-cookie", rows[i].cookie };
		HttpAnswer answer = { .headers = &field, .headers_n = 1 };
		const HeaderField *headers = NULL;
		size_t n = 0;

		jar_take(jar, rows[i].set_on, &answer);
		jar_send(jar, a, rows[i].sent_to, &headers, &n);
		if (n != (rows[i].want != NULL) ||
		    (n && strcmp(headers[0].value, rows[i].want) != 0))
			test_fail(__FILE__, __LINE__, "%s: %s", rows[i].what,
			          n ? headers[0].value : "none");
		arena_free(a);
	}
}

TEST(a_jar_has_a_bottom)
{
	Arena *a = arena_new("test", 8 << 20);
	Jar *jar = jar_new(a);
	char line[5000];
	HeaderField field = { "Set-Cookie", line };
	HttpAnswer answer = { .headers = &field, .headers_n = 1 };
	const HeaderField *headers = NULL;
	size_t n = 0;

	for (int i = 0; i < 5000; i++) {
		(void)snprintf(line, sizeof line, "c%d=%0*d", i, 900, i);
		jar_take(jar, "https://h/", &answer);
	}
	EXPECT(arena_used(a) < 3 << 20);
	jar_send(jar, a, "https://h/", &headers, &n);
	EXPECT(n == 1 && strlen(headers[0].value) <= 16384);
	arena_free(a);
}
