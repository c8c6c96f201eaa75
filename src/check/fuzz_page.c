/* A hostile answer: status and headers as lines, an empty line, then the body; judged
 * with every kind of expectation, its redirect resolved, its cookies kept. */
#include "check/http.h"
#include "check/jar.h"
#include "check/talk.h"
#include "core/text.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADERS = 32 };

/* "name: value" lines cut in place; the body starts after the empty one. */
static char *read_head(char *s, HttpAnswer *a, HeaderField *fields)
{
	while (*s) {
		char *eol = strchr(s, '\n'), *colon;

		if (eol)
			*eol = '\0';
		if (*s == '\0')
			return eol ? eol + 1 : s;
		colon = strchr(s, ':');
		if (colon && a->headers_n < HEADERS) {
			*colon = '\0';
			fields[a->headers_n++] = (HeaderField){ s, colon + 1 };
		}
		if (!eol)
			return s + strlen(s);
		s = eol + 1;
	}
	return s;
}

static void judge(const HttpAnswer *a)
{
	static const Pair json[] = { { "$.status", "ok" }, { "$.list[-1].x", "> 3" } };
	static const Pair headers[] = { { "content-type", "text/html" } };
	static const Pairs json_pairs = { json, 2 }, header_pairs = { headers, 1 };
	const HttpExpect all[] = { { .contains = "welcome", .absent = "error" },
		                   { .matches = "^v\\d+(\\.\\d+)*$" },
		                   { .json = &json_pairs },
		                   { .headers = &header_pairs } };

	for (size_t i = 0; i < COUNT_OF(all); i++) {
		CheckResult r = { 0 };
		bool up = http_judge(&all[i], a, &r);

		assert(up == (r.state == CHECK_UP) && up == (r.reason[0] == '\0'));
		assert(strlen(r.reason) < sizeof r.reason &&
		       strlen(r.reason_fr) < sizeof r.reason_fr);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_text_n((const char *)data + (size ? 1 : 0), size ? size - 1 : 0), *body;
	HeaderField fields[HEADERS];
	HttpAnswer a = { .status = size ? 100 + data[0] * 2 : 0, .headers = fields };
	Arena *arena = arena_new("fuzz", 64 << 20);
	Jar *jar = jar_new(arena);
	const HeaderField *out = NULL;
	size_t n = 0;

	body = read_head(text, &a, fields);
	a.body = body;
	a.body_n = strlen(body);
	judge(&a);
	jar_take(jar, "https://h.example/a", &a);
	jar_send(jar, arena, "https://h.example/a/b", &out, &n);
	if (redirect_to(&a))
		(void)url_resolve(arena, "https://h.example/a", redirect_to(&a));
	arena_free(arena);
	mem_free(text);
	return 0;
}
