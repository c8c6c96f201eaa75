#include "core/alloc.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_stop(void *p, size_t n)
{
	if (!p) {
		(void)fprintf(stderr, "carene: out of memory (%zu bytes wanted)\n", n);
		abort();
	}
	return p;
}

/* Small ones by malloc(): glibc's calloc() passes by the thread's cache of freed blocks. */
enum { SMALL = 1024 };

void *mem_new(size_t n)
{
	void *p;

	if (n > SMALL)
		return or_stop(calloc(1, n), n);
	p = mem_raw(n);
	return memset(p, 0, n ? n : 1);
}

void *mem_raw(size_t n) { return or_stop(malloc(n ? n : 1), n); }
void *mem_grow(void *p, size_t n) { return or_stop(realloc(p, n ? n : 1), n); }
void mem_free(void *p) { free(p); }

char *mem_text_n(const char *s, size_t n)
{
	char *copy = mem_new(n + 1);

	memcpy(copy, s, n);
	return copy;
}

char *mem_text(const char *s) { return s ? mem_text_n(s, strlen(s)) : NULL; }

char *mem_printf(const char *fmt, ...)
{
	va_list ap, again;
	char *text;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text = mem_new((size_t)n + 1);
	(void)vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	return text;
}

void mem_give_back(void) { (void)malloc_trim(0); }
