/* Any text as a value: unfolded and unescaped it is the text again, but for control
 * characters and broken UTF-8, and no line is longer than 75 octets. */
#include "agenda/ical.h"
#include "core/alloc.h"
#include "core/text.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a reader does (RFC 5545, 3.1 and 3.3.11). */
static void read_back(const char *p, Buf *out)
{
	for (; *p && strcmp(p, "\r\n"); p++) {
		if (!strncmp(p, "\r\n ", 3)) {
			p += 2;
		} else if (*p == '\\') {
			p++;
			assert(*p == 'n' || *p == '\\' || *p == ';' || *p == ',');
			buf_char(out, *p == 'n' ? '\n' : *p);
		} else {
			assert((unsigned char)*p >= 0x20);
			buf_char(out, *p);
		}
	}
}

static void check_lines(const Buf *b)
{
	const char *p = buf_str(b), *end;

	assert(text_ends(p, "\r\n") && utf8_ok(p, b->n));
	for (; (end = strstr(p, "\r\n")); p = end + 2) {
		assert(end - p <= 75);
		assert(utf8_ok(p, (size_t)(end - p))); /* no character is cut */
	}
	assert(!*p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_text_n((const char *)data, size);
	AUTO(Buf) line = { 0 };
	AUTO(Buf) back = { 0 };
	bool plain = utf8_ok(text, strlen(text));

	for (const char *p = text; *p; p++)
		plain = plain && ((unsigned char)*p >= 0x20 || *p == '\n') && *p != 0x7f;
	ical_line("SUMMARY", text, &line);
	check_lines(&line);
	read_back(buf_str(&line) + strlen("SUMMARY:"), &back);
	if (plain)
		assert(!strcmp(buf_str(&back), text));
	return 0;
}
