/* Any text becomes a mail of ASCII lines below the limit of RFC 5322, whose header
 * section ends where it should and whose bodies decode to what went in. Text for
 * phones stays within its length. */
#include "core/alloc.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(const char *p)
{
	while (*p) {
		size_t n = strcspn(p, "\r\n");

		assert(n < 998 && p[n] == '\r' && p[n + 1] == '\n');
		for (size_t i = 0; i < n; i++)
			assert((unsigned char)p[i] < 0x7f &&
			       ((unsigned char)p[i] >= 0x20 || p[i] == '\t'));
		p += n + 2;
	}
}

static int hex(char c) { return c <= '9' ? c - '0' : c - 'A' + 10; }

static void check_body(const char *text)
{
	AUTO(Buf) encoded = { 0 };
	AUTO(Buf) decoded = { 0 };
	AUTO(Buf) want = { 0 };

	mail_quoted_printable(&encoded, text);
	for (const char *p = buf_str(&encoded); *p;) {
		if (text_starts(p, "=\r\n")) {
			p += 3;
		} else if (*p == '=') {
			buf_char(&decoded, (char)(hex(p[1]) * 16 + hex(p[2])));
			p += 3;
		} else if (text_starts(p, "\r\n")) {
			buf_char(&decoded, '\n');
			p += 2;
		} else {
			buf_char(&decoded, *p++);
		}
	}
	for (const char *p = text; *p; p++) {
		if (!text_starts(p, "\r\n"))
			buf_char(&want, *p);
	}
	if (want.n > 0 && want.p[want.n - 1] != '\n')
		buf_char(&want, '\n');
	assert(strcmp(buf_str(&decoded), buf_str(&want)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_text_n((const char *)data, size < 4000 ? size : 4000);
	static const char *const to[] = { "a@b", NULL };
	Mail m = { .from_name = text,
		   .from = "a@b",
		   .to = to,
		   .subject = text,
		   .text = text,
		   .html = text,
		   .id = "id",
		   .entity = "e",
		   .kind = "k",
		   .zone = zone_utc() };
	AUTO(Buf) mail = { 0 };
	AUTO(Buf) sms = { 0 };

	/* A plain word longer than a line is the one thing a header keeps whole. */
	if (strlen(text) > 900)
		m.subject = m.from_name = "x";
	mail_compose(&m, &mail);
	check_lines(buf_str(&mail));
	check_body(text);
	sms_text(&sms, text, 160);
	assert(utf8_ok(buf_str(&sms), sms.n) && utf8_count(buf_str(&sms), sms.n) <= 160);
	return 0;
}
