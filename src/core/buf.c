#include "core/buf.h"

#include "core/alloc.h"
#include "core/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_MAX = 16 << 20 };

void Buf_done(Buf *b)
{
	mem_free(b->p);
	*b = (Buf){ .max = b->max };
}

void buf_clear(Buf *b)
{
	b->n = 0;
	b->over = false;
	if (b->p)
		b->p[0] = '\0';
}

const char *buf_str(const Buf *b) { return b->p ? b->p : ""; }

char *buf_take(Buf *b)
{
	char *p = b->p ? b->p : mem_text("");

	*b = (Buf){ .max = b->max };
	return p;
}

/* Room for n more bytes and the NUL; false (and `over`) past the limit. */
static bool reserve(Buf *b, size_t n)
{
	size_t max = b->max ? b->max : DEFAULT_MAX;
	size_t cap = b->cap ? b->cap : 256;

	if (n > max - b->n) {
		b->over = true;
		return false;
	}
	if (b->cap >= b->n + n + 1)
		return true;
	while (cap < b->n + n + 1)
		cap *= 2;
	b->p = mem_grow(b->p, cap);
	b->cap = cap;
	return true;
}

void buf_add(Buf *b, const void *p, size_t n)
{
	if (!n || !reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_text(Buf *b, const char *s)
{
	if (s)
		buf_add(b, s, strlen(s));
}

void buf_char(Buf *b, char c) { buf_add(b, &c, 1); }

void buf_printf(Buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0 && reserve(b, (size_t)n)) {
		(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_html(Buf *b, const char *s)
{
	for (; s && *s; s++) {
		switch (*s) {
		case '&': buf_text(b, "&amp;"); break;
		case '<': buf_text(b, "&lt;"); break;
		case '>': buf_text(b, "&gt;"); break;
		case '"': buf_text(b, "&quot;"); break;
		case '\'': buf_text(b, "&#39;"); break;
		default: buf_char(b, *s);
		}
	}
}

void buf_json(Buf *b, const char *s)
{
	buf_char(b, '"');
	while (s && *s) {
		size_t n = utf8_step(s, strnlen(s, 4));
		unsigned char c = (unsigned char)*s;

		if (n == 0) {
			buf_text(b, "\xEF\xBF\xBD");
			n = 1;
		} else if (c == '"' || c == '\\') {
			buf_printf(b, "\\%c", c);
		} else if (c == '\n') {
			buf_text(b, "\\n");
		} else if (c == '\t') {
			buf_text(b, "\\t");
		} else if (c < 0x20 || c == 0x7f) {
			buf_printf(b, "\\u%04x", c);
		} else {
			buf_add(b, s, n);
		}
		s += n;
	}
	buf_char(b, '"');
}

void buf_url(Buf *b, const char *s)
{
	for (; s && *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~", c))
			buf_char(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}
