/* A bounded text under construction. Always NUL-terminated; over its limit it
 * stops growing and remembers it (`over`), so that the caller checks once, at
 * the end. Raw text enters another language only through its escaping call. */
#pragma once
#include "core/alloc.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct Buf {
	char *p; /* NULL until the first byte; use buf_str() */
	size_t n, cap;
	size_t max; /* 0: 16 MiB */
	bool over;  /* something did not fit and was left out */
} Buf;

void Buf_done(Buf *b); /* frees; the Buf may be used again */
void buf_clear(Buf *b);
const char *buf_str(const Buf *b); /* never NULL; valid until the next change */
char *buf_take(Buf *b);            /* the text, now the caller's (mem_free); b is empty */

void buf_add(Buf *b, const void *p, size_t n);
void buf_text(Buf *b, const char *s); /* NULL adds nothing */
void buf_char(Buf *b, char c);
void buf_printf(Buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void buf_html(Buf *b, const char *s); /* escaped for HTML text and quoted attributes */
void buf_json(Buf *b, const char *s); /* a JSON string with its quotes; bad UTF-8 → U+FFFD */
void buf_url(Buf *b, const char *s);  /* percent-encoded for a path segment or query value */
