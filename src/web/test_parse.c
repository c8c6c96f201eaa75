#include "harness.h"

#include "core/text.h"
#include "web/web_private.h"

static Target target;

static int parse(const char *raw) { return target_parse(raw, strlen(raw), &target); }

TEST(a_target_is_split_and_decoded)
{
	ASSERT(parse("/push/nightly%20dump/to-ken/fail?a=1+2&b&c=%C3%A9") == 0);
	EXPECT_INT(target.parts_n, 4);
	EXPECT_TEXT(target.parts[1], "nightly dump");
	EXPECT_TEXT(target.parts[3], "fail");
	EXPECT(!target.slash);
	EXPECT_TEXT(target_query(&target, "a"), "1 2");
	EXPECT_TEXT(target_query(&target, "b"), "");
	EXPECT_TEXT(target_query(&target, "c"), "é");
	EXPECT_TEXT(target_query(&target, "d"), NULL);
	ASSERT(parse("/") == 0);
	EXPECT_INT(target.parts_n, 0);
	ASSERT(parse("/status/?&&") == 0);
	EXPECT(target.slash);
	EXPECT_INT(target.pairs_n, 0);
}

TEST(a_plus_is_a_space_in_a_query_only)
{
	ASSERT(parse("/a+b?c+d=e+f") == 0);
	EXPECT_TEXT(target.parts[0], "a+b");
	EXPECT_TEXT(target_query(&target, "c d"), "e f");
}

TEST(a_target_that_could_mean_two_things_is_refused)
{
	static const struct {
		const char *raw;
		int status;
	} rows[] = {
		{ "", 400 },
		{ "status", 400 },
		{ "http://a/", 400 },
		{ "*", 400 },
		{ "//", 400 },
		{ "/a//b", 400 },
		{ "/.", 400 },
		{ "/a/../b", 400 },
		{ "/%2e%2e/b", 400 },
		{ "/a%2fb", 400 },
		{ "/a%5cb", 400 },
		{ "/a\\b", 400 },
		{ "/%00", 400 },
		{ "/%0d%0aX", 400 },
		{ "/%7f", 400 },
		{ "/%", 400 },
		{ "/%4", 400 },
		{ "/%zz", 400 },
		{ "/%ff", 400 },
		{ "/%c0%af", 400 },
		{ "/%ed%a0%80", 400 },
		{ "/a#b", 400 },
		{ "/?=x", 400 },
		{ "/?a=%00", 400 },
		{ "/?a=%zz", 400 },
		{ "/1/2/3/4/5/6/7/8/9", 414 },
		{ "/?1&2&3&4&5&6&7&8&9&a&b&c&d&e&f&g&h", 414 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (!EXPECT_INT(parse(rows[i].raw), rows[i].status))
			(void)printf("# %s\n", rows[i].raw);
	}
}

TEST(a_target_fills_its_room_and_not_one_byte_more)
{
	char raw[TARGET_MAX + 8];

	memset(raw, 'a', sizeof raw);
	raw[0] = '/';
	EXPECT_INT(target_parse(raw, TARGET_MAX - TARGET_PAIRS - 2, &target), 0);
	EXPECT_INT(target_parse(raw, TARGET_MAX - TARGET_PAIRS - 1, &target), 414);
	EXPECT_INT(target_parse(raw, sizeof raw, &target), 414);
	EXPECT_INT(target_parse("/a\0b", 4, &target), 400);
}

/* ---- strictness ---- */

typedef struct Field {
	const char *name, *value;
} Field;

TEST(a_request_that_could_be_read_in_two_ways_is_refused)
{
	static const struct {
		Field fields[3];
		int status;
		const char *why;
	} rows[] = {
		{ { { "Host", "a" } }, 0, "" },
		{ { { "Host", "a" }, { "Content-Length", "0" } }, 0, "" },
		{ { { "Host", "a" }, { "Transfer-Encoding", "Chunked" } }, 0, "" },
		{ { { "Content-Length", "1" } }, 400, "one Host" },
		{ { { "Host", "a" }, { "hOST", "b" } }, 400, "one Host" },
		{ { { "Host", "a" }, { "Content-Length", "1" }, { "content-length", "1" } },
		  400,
		  "more than one Content-Length" },
		{ { { "Host", "a" },
		    { "Content-Length", "1" },
		    { "Transfer-Encoding", "chunked" } },
		  400,
		  "both" },
		{ { { "Host", "a" },
		    { "Transfer-Encoding", "chunked" },
		    { "Transfer-Encoding", "chunked" } },
		  400,
		  "other than chunked" },
		{ { { "Host", "a" }, { "Transfer-Encoding", "gzip, chunked" } }, 400, "chunked" },
		{ { { "Host", "a" }, { "Content-Length", "+1" } }, 400, "not a number" },
		{ { { "Host", "a" }, { "Content-Length", "1, 1" } }, 400, "not a number" },
		{ { { "Host", "a" }, { "Content-Length", "99999999999999999999" } },
		  400,
		  "not a number" },
		{ { { "Host", "a b" } }, 400, "not a host" },
		{ { { "Host", "a" }, { "Content-Length ", "1" } }, 400, "token" },
		{ { { "Host", "a" }, { "", "1" } }, 400, "token" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		HeaderTally tally = { 0 };
		const char *why;

		for (size_t k = 0; k < 3 && rows[i].fields[k].name; k++)
			tally_header(&tally, rows[i].fields[k].name, rows[i].fields[k].value);
		EXPECT_INT(tally_judge(&tally, NULL, &why), rows[i].status);
		EXPECT_HAS(why, rows[i].why);
	}
}

TEST(an_old_client_may_leave_its_host_out)
{
	HeaderTally tally = { .http_1_0 = true };
	const char *why;

	EXPECT_INT(tally_judge(&tally, "status.example", &why), 0);
}

TEST(a_name_that_is_not_ours_is_not_answered_for)
{
	static const struct {
		const char *host;
		int status;
	} rows[] = { { "status.example", 0 },
		     { "STATUS.example:8080", 0 },
		     { "127.0.0.1:1", 0 },
		     { "[::1]:80", 0 },
		     { "localhost", 0 },
		     { "evil.example", 421 },
		     { "status.example.evil", 421 },
		     { "", 421 } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		HeaderTally tally = { 0 };
		const char *why;

		tally_header(&tally, "Host", rows[i].host);
		if (!EXPECT_INT(tally_judge(&tally, "status.example", &why), rows[i].status))
			(void)printf("# %s\n", rows[i].host);
	}
}

/* ---- pushed lines ---- */

TEST(a_pushed_line_is_read_or_refused_with_a_reason)
{
	static const struct {
		const char *line;
		SampleLine kind;
		const char *name;
		double value;
	} rows[] = {
		{ "", SAMPLE_NONE, NULL, 0 },
		{ "  \t", SAMPLE_NONE, NULL, 0 },
		{ "# TYPE x gauge", SAMPLE_NONE, NULL, 0 },
		{ "queue_depth 12", SAMPLE_READ, "queue_depth", 12 },
		{ "queue.depth-now 1.5e3\r", SAMPLE_READ, "queue.depth-now", 1500 },
		{ "cpu{host=\"a}\\\"b\"} -0.25 1700000000000", SAMPLE_READ, "cpu{host=\"a}\\\"b\"}",
		  -0.25 },
		{ "x NaN", SAMPLE_BAD, NULL, 0 },
		{ "x +Inf", SAMPLE_BAD, NULL, 0 },
		{ "x 0x1p3", SAMPLE_BAD, NULL, 0 },
		{ "x 1e999", SAMPLE_BAD, NULL, 0 },
		{ "x", SAMPLE_BAD, NULL, 0 },
		{ "x1.5.2 3 4 5", SAMPLE_BAD, NULL, 0 },
		{ "x 1 soon", SAMPLE_BAD, NULL, 0 },
		{ "x{a=\"b 1", SAMPLE_BAD, NULL, 0 },
		{ "1x 1", SAMPLE_BAD, NULL, 0 },
		{ "x{a=\"\xff\"} 1", SAMPLE_BAD, NULL, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		MetricSample sample = { 0 };
		const char *why = NULL;

		if (!EXPECT_INT(sample_line(rows[i].line, strlen(rows[i].line), &sample, &why),
		                rows[i].kind))
			(void)printf("# %s\n", rows[i].line);
		if (rows[i].kind == SAMPLE_READ) {
			EXPECT_TEXT(sample.name, rows[i].name);
			EXPECT_REAL(sample.value, rows[i].value, 0);
		}
		EXPECT((rows[i].kind == SAMPLE_BAD) == (why != NULL));
	}
}

TEST(a_label_with_a_control_character_is_refused)
{
	static const char line[] = "cpu{h\0}1", tab[] = "cpu{h=\"a\tb\"} 1";
	MetricSample sample;
	const char *why = NULL;

	EXPECT_INT(sample_line(line, sizeof line - 1, &sample, &why), SAMPLE_BAD);
	EXPECT_HAS(why, "plain text");
	EXPECT_INT(sample_line(tab, sizeof tab - 1, &sample, &why), SAMPLE_BAD);
}

/* ---- routes ---- */

static const Route *find(const char *method, const char *raw)
{
	const char *allow = NULL;

	return parse(raw) == 0 ? route_find(method, &target, &allow) : NULL;
}

TEST(a_path_finds_its_route)
{
	EXPECT_TEXT(find("GET", "/")->pattern, "/");
	EXPECT_TEXT(find("GET", "/status")->pattern, "/status");
	EXPECT_TEXT(find("HEAD", "/status/")->pattern, "/status/");
	EXPECT_TEXT(find("GET", "/status/feed.xml")->pattern, "/status/{file}");
	EXPECT_TEXT(find("GET", "/push/a/b/start")->pattern, "/push/{check}/{token}/{signal}");
	EXPECT_TEXT(find("POST", "/api/incidents/2026-0012/false-alarm")->command,
	            "incident.false_alarm");
	EXPECT(!find("GET", "/status/a/b"));
	EXPECT(!find("GET", "/Status/"));
	EXPECT(!find("GET", "/push/"));
	EXPECT(!find("GET", "/api/incidents/"));
	EXPECT(!find("DELETE", "/status/"));
}

TEST(a_path_with_another_method_says_which_it_takes)
{
	const char *allow = NULL;

	ASSERT(parse("/ack/x") == 0);
	EXPECT(!route_find("PUT", &target, &allow));
	EXPECT_TEXT(allow, "GET, HEAD, POST");
	ASSERT(parse("/metrics/push") == 0);
	EXPECT(!route_find("GET", &target, &allow));
	EXPECT_TEXT(allow, "POST");
	ASSERT(parse("/nowhere") == 0);
	allow = "unset";
	EXPECT(!route_find("GET", &target, &allow));
	EXPECT_TEXT(allow, NULL);
}

TEST(a_route_that_changes_something_asks_for_more_than_a_viewer)
{
	for (size_t i = 0; i < web_routes_n; i++) {
		const Route *r = &web_routes[i];

		EXPECT(r->handler && r->pattern[0] == '/');
		EXPECT((r->handler == api_command) == (r->command != NULL));
		if (text_eq(r->method, "POST"))
			EXPECT(r->role == WEB_TOKEN || r->role >= WEB_RESPONDER);
		if (r->command)
			EXPECT(r->role >= WEB_VIEWER);
	}
}

/* ---- lateness ---- */

TEST(each_phase_of_a_connection_has_its_end)
{
	static const WebOptions o = { .header_time = { 10000000 },
		                      .body_time = { 30000000 },
		                      .idle_time = { 20000000 },
		                      .body_rate = 100 };
	static const struct {
		ConnPhase phase;
		uint64_t body;
		int64_t after_s;
		bool late;
	} rows[] = {
		{ CONN_FIRST, 0, 10, false },      { CONN_FIRST, 0, 11, true },
		{ CONN_BODY, 0, 5, false },        { CONN_BODY, 0, 6, true },
		{ CONN_BODY, 1000, 14, false },    { CONN_BODY, 1000, 16, true },
		{ CONN_BODY, 1 << 20, 30, false }, { CONN_BODY, 1 << 20, 31, true },
		{ CONN_IDLE, 0, 20, false },       { CONN_IDLE, 0, 21, true },
		{ CONN_ANSWER, 0, 21, true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Conn c = { .phase = rows[i].phase, .since = seconds(100), .body_n = rows[i].body };

		EXPECT(conn_is_late(&c, &o, seconds(100 + rows[i].after_s)) == rows[i].late);
	}
}
