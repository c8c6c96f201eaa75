/* Texts from outside: JSON paths, exporters' pages, patterns, addresses, filling. */
#include "check/check_private.h"
#include "check/fill.h"
#include "check/http.h"
#include "check/json_path.h"
#include "check/pattern.h"
#include "check/prometheus.h"
#include "check/talk.h"
#include "core/text.h"
#include "harness.h"

#include <string.h>

/* ---- JSON paths ---- */

static const char doc[] =
        "{\"status\":\"ok\",\"n\":3,\"big\":9007199254740993,\"ratio\":0.25,\"up\":true,"
        "\"none\":null,\"a b\":{\"x.y\":1},\"list\":[{\"name\":\"first\"},{\"name\":\"last\"}],"
        "\"été\":\"chaud\",\"it's\":7,\"empty\":[],\"deep\":{\"er\":{\"still\":[[1,2],[3,4]]}}}";

TEST(a_json_path_names_one_value)
{
	static const struct {
		const char *path, *want; /* NULL: absent; "!": not a path */
	} rows[] = {
		{ "$.status", "ok" },
		{ "$['status']", "ok" },
		{ "$[\"status\"]", "ok" },
		{ "$.n", "3" },
		{ "$.big", "9007199254740993" },
		{ "$.ratio", "0.25" },
		{ "$.up", "true" },
		{ "$.none", "null" },
		{ "$['a b']['x.y']", "1" },
		{ "$.list[0].name", "first" },
		{ "$.list[-1].name", "last" },
		{ "$.list[1]", "{\"name\":\"last\"}" },
		{ "$.été", "chaud" },
		{ "$['it\\'s']", "7" },
		{ "$.deep.er.still[1][0]", "3" },
		{ "$.empty", "[]" },
		{ "$.list[2]", NULL },
		{ "$.list[-3]", NULL },
		{ "$.empty[0]", NULL },
		{ "$.status.x", NULL },
		{ "$.n[0]", NULL },
		{ "$.missing", NULL },
		{ "status", "!" },
		{ "$.", "!" },
		{ "$..n", "!" },
		{ "$.list[*]", "!" },
		{ "$.list[0", "!" },
		{ "$.list[]", "!" },
		{ "$.list[1:2]", "!" },
		{ "$['x", "!" },
		{ "$x", "!" },
		{ "$.list[99999999999999999999]", "!" },
		{ "", "!" },
	};
	json_t *root = json_read(doc, strlen(doc), NULL);
	char got[200];

	ASSERT(root);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Err err = { 0 };
		const json_t *v = json_path_get(root, rows[i].path, &err);
		bool bad = rows[i].want && strcmp(rows[i].want, "!") == 0;

		got[0] = '\0';
		if (v)
			json_show(v, got, sizeof got);
		if (!bad && rows[i].want)
			EXPECT_TEXT(got, rows[i].want);
		else if (v || err.code != (bad ? ERR_BAD_INPUT : ERR_NOT_FOUND))
			test_fail(__FILE__, __LINE__, "%s gave '%s' (%s)", rows[i].path, got,
			          err.message);
		EXPECT(json_path_ok(rows[i].path, NULL) == !bad);
	}
	json_decref(root);
}

TEST(a_value_is_compared_as_what_it_is)
{
	static const struct {
		const char *json, *expected;
		bool want;
	} rows[] = {
		{ "\"ok\"", "ok", true },     { "\"ok\"", "OK", false },
		{ "3", "3", true },           { "3", "3.0", true },
		{ "3", "4", false },          { "3", "three", false },
		{ "\"3\"", "3", true },       { "true", "true", true },
		{ "true", "false", false },   { "null", "null", true },
		{ "null", "*", true },        { "[]", "[]", true },
		{ "3", ">= 3", true },        { "3", "> 3", false },
		{ "3", "<4", true },          { "3", "<= 2.5", false },
		{ "\"3\"", "> 2", false },    { "\"bad\"", "!= ok", true },
		{ "\"ok\"", "!= ok", false }, { "\"ok\"", "== ok", true },
		{ "0.1", "0.1", true },       { "\"\"", "", true },
		{ "5", "> five", false },     { "-2", "< 0", true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		json_t *v = json_read(rows[i].json, strlen(rows[i].json), NULL);

		if (json_expected(v, rows[i].expected) != rows[i].want)
			test_fail(__FILE__, __LINE__, "%s against '%s'", rows[i].json,
			          rows[i].expected);
		json_decref(v);
	}
}

TEST(what_is_not_json_says_where)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "line 1" },
		{ "<html>", "line 1" },
		{ "{\"a\":1,\"a\":2}", "duplicate" },
		{ "{\"a\":\n'x'}", "line 2" },
		{ "{} trailing", "line 1" },
		{ "{\"a\":\"\xff\"}", "0xff" },
		{ "1e999", "real number overflow" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Err err = { 0 };

		EXPECT(json_read(rows[i].text, strlen(rows[i].text), &err) == NULL);
		EXPECT_HAS(err.message, rows[i].why);
	}
}

/* ---- an exporter's page ---- */

static const char exporter_page[] =
        "# HELP http_requests_total Requests.\n"
        "# TYPE http_requests_total counter\n"
        "http_requests_total{method=\"get\",code=\"200\"} 1027 1395066363000\n"
        "http_requests_total{method=\"get\",code=\"500\"} 3\n"
        "http_requests_total{method=\"post\",code=\"500\"} 4\n"
        "http_requests_total_created 9\n"
        "plain 42\n"
        "exponent 1.5e3\n"
        "negative -7.25\n"
        "not_a_number NaN\n"
        "endless +Inf\n"
        "escaped{path=\"C:\\\\DIR\\\\\",msg=\"say \\\"hi\\\"\\n\"} 5\n"
        "spaces {  a = \"b\" , c=\"d\" , }   6  \n"
        "broken{a=\"b\" 7\n"
        "broken 8 nine ten\n"
        "exemplar_bucket{le=\"1\"} 11 # {trace=\"x\"} 0.5\n"
        "namespace:rule:sum 12\n"
        "crlf 13\r\n"
        "last 14";

TEST(an_exporter_gives_the_sample_that_is_named)
{
	static const struct {
		const char *selector;
		double want;
		ErrCode code;
	} rows[] = {
		{ "plain", 42, ERR_NONE },
		{ "exponent", 1500, ERR_NONE },
		{ "negative", -7.25, ERR_NONE },
		{ "http_requests_total", 1034, ERR_NONE },
		{ "http_requests_total{code=\"500\"}", 7, ERR_NONE },
		{ "http_requests_total{code=\"500\",method=\"post\"}", 4, ERR_NONE },
		{ "http_requests_total{code!=\"500\"}", 1027, ERR_NONE },
		{ "http_requests_total{code=~\"5..\"}", 7, ERR_NONE },
		{ "http_requests_total{code=~\"5\"}", 0, ERR_NOT_FOUND },
		{ "http_requests_total{code!~\"5..\"}", 1027, ERR_NONE },
		{ "http_requests_total{zone=\"\"}", 1034, ERR_NONE },
		{ "http_requests_total{zone=\"eu\"}", 0, ERR_NOT_FOUND },
		{ "escaped{msg=\"say \\\"hi\\\"\\n\"}", 5, ERR_NONE },
		{ "escaped{path=\"C:\\\\DIR\\\\\"}", 5, ERR_NONE },
		{ "spaces{a=\"b\"}", 6, ERR_NONE },
		{ "exemplar_bucket{le=\"1\"}", 11, ERR_NONE },
		{ "namespace:rule:sum", 12, ERR_NONE },
		{ "crlf", 13, ERR_NONE },
		{ "last", 14, ERR_NONE },
		{ "broken", 8, ERR_NONE },
		{ "not_a_number", 0, ERR_NOT_FOUND },
		{ "endless", 0, ERR_NOT_FOUND },
		{ "http_requests", 0, ERR_NOT_FOUND },
		{ "9lives", 0, ERR_BAD_INPUT },
		{ "plain{", 0, ERR_BAD_INPUT },
		{ "plain{a}", 0, ERR_BAD_INPUT },
		{ "plain{a=b}", 0, ERR_BAD_INPUT },
		{ "plain extra", 0, ERR_BAD_INPUT },
		{ "", 0, ERR_BAD_INPUT },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Err err = { 0 };
		double x = -1;
		bool ok = prometheus_value(exporter_page, strlen(exporter_page), rows[i].selector,
		                           &x, &err);

		if (ok != (rows[i].code == ERR_NONE) || err.code != rows[i].code ||
		    (ok && x != rows[i].want))
			test_fail(__FILE__, __LINE__, "%s gave %g %s", rows[i].selector, x,
			          err.message);
	}
}

/* ---- patterns ---- */

TEST(a_pattern_finds_and_captures)
{
	const char *at = NULL;
	size_t n = 0;
	Err err = { 0 };

	EXPECT(pattern_find("id=(\\d+)", "x id=123 y", 10, &at, &n, &err) == PATTERN_YES);
	EXPECT(n == 3 && memcmp(at, "123", 3) == 0);
	EXPECT(pattern_find("i.", "x id=", 5, &at, &n, &err) == PATTERN_YES);
	EXPECT(n == 2 && memcmp(at, "id", 2) == 0);
	EXPECT(pattern_find("^b$", "a\nb\nc", 5, NULL, NULL, &err) == PATTERN_YES);
	EXPECT(pattern_find("z", "abc", 3, NULL, NULL, &err) == PATTERN_NO);
	EXPECT(pattern_find("é", "caf\xc3\xa9 \xff\xfe", 8, NULL, NULL, &err) == PATTERN_YES);
	EXPECT(pattern_find("^$", NULL, 0, NULL, NULL, &err) == PATTERN_YES);
	EXPECT(pattern_find("(x)?abc", "abc", 3, &at, &n, &err) == PATTERN_YES);
	EXPECT(n == 3);
}

TEST(a_pattern_that_is_none_or_explodes_is_an_error)
{
	char as[64];
	Err err = { 0 };

	EXPECT(pattern_find("(unclosed", "x", 1, NULL, NULL, &err) == PATTERN_BAD);
	EXPECT_HAS(err.message, "offset 9");
	memset(as, 'a', sizeof as - 1);
	as[sizeof as - 1] = '\0';
	EXPECT(pattern_find("^(a+)+b$", as, strlen(as), NULL, NULL, &err) != PATTERN_YES);
	as[sizeof as - 2] = '!';
	EXPECT(pattern_find("^(a+)+$", as, strlen(as), NULL, NULL, &err) == PATTERN_BAD);
	EXPECT_HAS(err.message, "match limit exceeded");
}

/* ---- addresses ---- */

TEST(a_target_is_split_into_host_and_port)
{
	static const struct {
		const char *target;
		uint16_t port;
		const char *host; /* NULL: refused */
		uint16_t want;
	} rows[] = {
		{ "example.com", 25, "example.com", 25 },
		{ "example.com:2525", 25, "example.com", 2525 },
		{ "https://example.com/x?y", 0, "example.com", 443 },
		{ "http://example.com:8080", 0, "example.com", 8080 },
		{ "http://user:pw@h/", 0, "h", 80 },
		{ "https://[2001:db8::1]:8443/", 0, "2001:db8::1", 8443 },
		{ "[::1]:25", 1, "::1", 25 },
		{ "[::1]", 7, "::1", 7 },
		{ "2001:db8::1", 9, "2001:db8::1", 9 },
		{ "192.0.2.1:80", 1, "192.0.2.1", 80 },
		{ "h:0", 1, NULL, 0 },
		{ "h:65536", 1, NULL, 0 },
		{ "h:x", 1, NULL, 0 },
		{ "", 1, NULL, 0 },
		{ ":80", 1, NULL, 0 },
		{ "a b", 1, NULL, 0 },
		{ "ftp://example.com", 1, NULL, 0 },
		{ "h/path", 1, NULL, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char host[128] = "";
		uint16_t port = 0;
		bool ok = address_split(rows[i].target, rows[i].port, host, &port);

		if (ok != (rows[i].host != NULL) ||
		    (ok && (strcmp(host, rows[i].host) != 0 || port != rows[i].want)))
			test_fail(__FILE__, __LINE__, "%s gave %s %u", rows[i].target, host, port);
	}
}

TEST(a_reference_is_resolved_on_its_page)
{
	static const struct {
		const char *base, *ref, *want; /* NULL: no web address */
	} rows[] = {
		{ "https://h/a/b?q", "c", "https://h/a/c" },
		{ "https://h/a/b", "/x", "https://h/x" },
		{ "https://h/a/b", "//other/y", "https://other/y" },
		{ "https://h/a/", "../z", "https://h/z" },
		{ "https://h/a", "?q=1", "https://h/a?q=1" },
		{ "https://h", "http://o:8080/", "http://o:8080/" },
		{ "https://h/a", "x y", "https://h/x%20y" },
		{ "https://h/a#f", "b#g", "https://h/b" },
		{ "https://h/a", "ftp://h/", NULL },
		{ "https://h/a", "javascript:alert(1)", NULL },
		{ "https://h/a", "file:///etc/passwd", NULL },
		{ "nonsense", "x", NULL },
	};
	Arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_TEXT(url_resolve(a, rows[i].base, rows[i].ref), rows[i].want);
	arena_free(a);
}

TEST(private_addresses_are_told_apart)
{
	static const struct {
		const char *address;
		bool private_, local;
	} rows[] = {
		{ "127.0.0.1", true, true },
		{ "127.255.0.9", true, true },
		{ "10.1.2.3", true, false },
		{ "172.16.0.1", true, false },
		{ "172.31.255.255", true, false },
		{ "172.32.0.1", false, false },
		{ "192.168.1.1", true, false },
		{ "192.169.0.1", false, false },
		{ "169.254.169.254", true, false },
		{ "100.64.0.1", true, false },
		{ "100.128.0.1", false, false },
		{ "0.0.0.0", true, false },
		{ "8.8.8.8", false, false },
		{ "::1", true, true },
		{ "::ffff:127.0.0.1", true, true },
		{ "::ffff:10.0.0.1", true, false },
		{ "::ffff:8.8.8.8", false, false },
		{ "fe80::1", true, false },
		{ "fd12::1", true, false },
		{ "2001:db8::1", false, false },
		{ "::", true, false },
		{ "example.com", false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (address_is_private(rows[i].address) != rows[i].private_ ||
		    address_is_local(rows[i].address) != rows[i].local)
			test_fail(__FILE__, __LINE__, "%s", rows[i].address);
	}
}

TEST(what_is_shown_of_an_address_holds_no_secret)
{
	char out[96];

	url_show("https://user:hunter2@h:8443/p/x?token=abc#f", out, sizeof out);
	EXPECT_TEXT(out, "https://h:8443/p/x");
	url_show("not a url", out, sizeof out);
	EXPECT_TEXT(out, "");
	EXPECT(url_same_origin("https://h/a", "https://H:443/b"));
	EXPECT(!url_same_origin("https://h/", "http://h/"));
	EXPECT(!url_same_origin("https://h/", "https://h:444/"));
	EXPECT(!url_same_origin("https://h/", "https://h.evil/"));
}

/* ---- captured values in later texts ---- */

TEST(a_captured_value_is_escaped_for_where_it_lands)
{
	static const FillValue values[] = { { "id", "1" },
		                            { "token", "a\"b\r\nX: y" },
		                            { "name", "Zoé & Co/é" },
		                            { "next", "https://h/n?x=1" },
		                            { "id", "42" } };
	static const struct {
		const char *text;
		FillPlace place;
		const char *want; /* NULL: a value is missing */
	} rows[] = {
		{ "/items/{{id}}", FILL_URL, "/items/42" },
		{ "/items/{{ id }}?q={{name}}", FILL_URL,
		  "/items/42?q=Zo%C3%A9%20%26%20Co%2F%C3%A9" },
		{ "{{next}}", FILL_URL, "https://h/n?x=1" },
		{ "/go?to={{next}}", FILL_URL, "/go?to=https%3A%2F%2Fh%2Fn%3Fx%3D1" },
		{ "Bearer {{token}}", FILL_HEADER, "Bearer a\"bX: y" },
		{ "{\"t\":\"{{token}}\"}", FILL_JSON, "{\"t\":\"a\\\"b\\u000d\\nX: y\"}" },
		{ "n={{name}}", FILL_FORM, "n=Zo%C3%A9%20%26%20Co%2F%C3%A9" },
		{ "<{{token}}>", FILL_RAW, "<a\"b\r\nX: y>" },
		{ "{{other}}", FILL_RAW, NULL },
		{ "no {braces} {{", FILL_RAW, "no {braces} {{" },
		{ "{{}}", FILL_RAW, "{{}}" },
		{ "{{a{b}}", FILL_RAW, "{{a{b}}" },
		{ "{\"a\":{\"b\":1}}", FILL_JSON, "{\"a\":{\"b\":1}}" },
		{ "", FILL_RAW, "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Buf) b = { 0 };
		char missing[48];
		bool ok = fill_text(rows[i].text, rows[i].place, values, COUNT_OF(values), &b,
		                    missing);

		if (rows[i].want)
			EXPECT_TEXT(ok ? buf_str(&b) : "missing", rows[i].want);
		else
			EXPECT(!ok && strcmp(missing, "other") == 0);
	}
}

TEST(a_filled_text_has_a_limit)
{
	static const FillValue values[] = { { "x", "0123456789" } };
	AUTO(Buf) b = { .max = 25 };
	char missing[48];

	EXPECT(!fill_text("{{x}}{{x}}{{x}}", FILL_RAW, values, 1, &b, missing));
	EXPECT_TEXT(missing, "");
}

TEST(a_body_is_filled_in_as_what_it_is)
{
	static const struct {
		const char *type, *body;
		FillPlace want;
	} rows[] = {
		{ "application/json", "x", FILL_JSON },
		{ "application/vnd.api+json; charset=utf-8", "x", FILL_JSON },
		{ "application/x-www-form-urlencoded", "{}", FILL_FORM },
		{ "text/plain", "{}", FILL_RAW },
		{ NULL, "  {\"a\":1}", FILL_JSON },
		{ NULL, "[1]", FILL_JSON },
		{ NULL, "a=1&b=2", FILL_FORM },
		{ NULL, "{{x}}=1", FILL_FORM },
		{ NULL, "hello", FILL_RAW },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_INT(fill_place_of_body(rows[i].type, rows[i].body), rows[i].want);
}

/* ---- small readers ---- */

TEST(the_first_number_of_a_text_is_found)
{
	static const struct {
		const char *text;
		bool ok;
		double want;
	} rows[] = {
		{ "42", true, 42 },        { "load: 0.75 ok", true, 0.75 },
		{ "-3.5 °C", true, -3.5 }, { "1.5e3 ms", true, 1500 },
		{ "a-7", true, -7 },       { "none", false, 0 },
		{ "", false, 0 },          { "1e999", false, 0 },
		{ "12,5", true, 12 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		double x = 0;

		if (first_number(rows[i].text, &x) != rows[i].ok || x != rows[i].want)
			test_fail(__FILE__, __LINE__, "'%s' gave %g", rows[i].text, x);
	}
}

TEST(an_expected_status_is_a_code_a_class_or_a_range)
{
	static const struct {
		const char *spec; /* NULL: the plan says nothing */
		int status;
		bool want;
	} rows[] = {
		{ NULL, 200, true },       { NULL, 204, true },      { NULL, 301, false },
		{ NULL, 500, false },      { "200", 200, true },     { "200", 201, false },
		{ "2xx", 299, true },      { "2XX", 250, true },     { "2xx", 300, false },
		{ "20x", 209, true },      { "20x", 210, false },    { "200-299", 204, true },
		{ "200-299", 300, false }, { "301-308", 302, true }, { "401", 401, true },
		{ "abc", 200, false },     { "2000", 200, false },   { "-", 200, false },
		{ "", 200, false },        { "200-", 200, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *const list[] = { rows[i].spec, NULL };
		Texts t = { list, rows[i].spec ? 1 : 0 };

		if (status_expected(&t, rows[i].status) != rows[i].want)
			test_fail(__FILE__, __LINE__, "%s with %d",
			          rows[i].spec ? rows[i].spec : "none", rows[i].status);
	}
}

/* A fragment sends an address through curl's parser, whatever else it is. */
TEST(an_address_read_at_a_glance_means_what_curl_reads_in_it)
{
	static const char *const rows[] = {
		"http://127.0.0.1:8080/c/1",
		"https://shop.test/",
		"https://shop.test/a/b?x=1&y=2",
		"https://shop.test/?q=a,b",
		"http://shop.test:80/",
		"https://shop.test:443/x",
		"http://127.1/",
		"http://0x7f.1/",
		"http://1.2.3/",
		"http://shop.7up/",
		"http://shop.test",
		"http://shop.test?x=1",
		"http://shop.test/a/../b",
		"http://shop.test/.well-known/x",
		"http://SHOP.test/",
		"HTTP://shop.test/",
		"http://shop.test:080/",
		"http://shop.test:0/",
		"http://shop.test:65536/",
		"http://shop.test:99999999999/",
		"http://shop.test:/",
		"http://shop..test/",
		"http://shop.test./",
		"http://-a.test/",
		"http://ana@shop.test/",
		"http://ana:pw@shop.test/",
		"http://[::1]:80/",
		"http://shop.test/a b",
		"http://shop.test/%2e%2e/x",
		"http://shop.test/?",
		"http://shop.test//x",
		"http://010.0.0.1/",
		"http://300.0.0.1/",
		"http://1.2.3.4.5/",
		"http://./",
		"http:///x",
		"http://4294967295/",
		"ftp://shop.test/",
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Arena *a = arena_new("test", 1 << 16);
		const char *slow = arena_printf(a, "%s#f", rows[i]);
		const Check check = { .target = rows[i], .how = &check_how_plain };
		char seen[256], want[256], host[128] = "", wanted[128] = "";

		url_show(rows[i], seen, sizeof seen);
		url_show(slow, want, sizeof want);
		EXPECT_TEXT(seen, want);
		EXPECT_INT(url_host(rows[i], host), url_host(slow, wanted));
		EXPECT_TEXT(host, wanted);
		if (strncasecmp(rows[i], "ftp", 3) != 0)
			EXPECT_TEXT(check_url(a, &check), url_resolve(a, slow, slow));
		arena_free(a);
	}
}

TEST(an_address_shown_fits_where_it_is_shown)
{
	char out[12];

	url_show("http://shop.test/abc?x=1", out, sizeof out);
	EXPECT_TEXT(out, "http://shop");
}
