/* Request targets and header tallies from anywhere: no overrun, and what is
 * accepted holds its promises. */
#include "core/text.h"
#include "web/web_private.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_target(const char *raw, size_t n)
{
	static Target t;
	const char *allow = NULL;

	if (target_parse(raw, n, &t) != 0)
		return;
	for (size_t i = 0; i < t.parts_n; i++) {
		assert(t.parts[i][0] && !text_eq(t.parts[i], "..") && !strchr(t.parts[i], '/'));
		assert(utf8_ok(t.parts[i], strlen(t.parts[i])));
		assert(t.parts[i] >= t.text && t.parts[i] < t.text + TARGET_MAX);
	}
	for (size_t i = 0; i < t.pairs_n; i++)
		assert(t.pairs[i].value + strlen(t.pairs[i].value) < t.text + TARGET_MAX);
	(void)target_query(&t, "id");
	(void)route_find("GET", &t, &allow);
	(void)route_find("POST", &t, &allow);
}

/* The same bytes as header lines: "Name: value". */
static void check_headers(const char *text)
{
	HeaderTally tally = { 0 };
	const char *why;
	char line[512];

	while (text_part(&text, "\n", line, sizeof line)) {
		char *colon = strchr(line, ':');

		if (colon)
			*colon = '\0';
		tally_header(&tally, line, colon ? colon + 1 + strspn(colon + 1, " ") : NULL);
		if (tally.host && colon)
			tally.host = NULL; /* `line` goes */
	}
	(void)tally_judge(&tally, "status.example", &why);
	assert(why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_text_n((const char *)data, size);

	check_target((const char *)data, size);
	check_headers(text);
	mem_free(text);
	return 0;
}
