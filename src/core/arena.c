#include "core/arena.h"

#include "core/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks grow: most arenas hold a few texts, some a whole plan. */
enum { BLOCK_FIRST = 960, BLOCK = 64 * 1024, ALIGN = 16 };

typedef struct Block {
	struct Block *next;
	/* Handed out from both ends: texts, which need no alignment, from the back. */
	size_t used, size, whole;
	_Alignas(ALIGN) char bytes[];
} Block;

struct Arena {
	const char *name;
	size_t limit, used;
	Block *blocks;
};

Arena *arena_new(const char *name, size_t limit)
{
	Arena *a = NEW(Arena);

	a->name = name;
	a->limit = limit;
	return a;
}

void arena_free(Arena *a)
{
	Block *next;

	if (!a)
		return;
	for (Block *b = a->blocks; b; b = next) {
		next = b->next;
		mem_free(b);
	}
	mem_free(a);
}

/* Keeps the newest block, which is the largest but for single huge things. */
void arena_clear(Arena *a)
{
	Block *kept = a->blocks, *next;

	if (!kept)
		return;
	for (Block *b = kept->next; b; b = next) {
		next = b->next;
		mem_free(b);
	}
	memset(kept->bytes, 0, kept->used);
	memset(kept->bytes + kept->size, 0, kept->whole - kept->size);
	kept->next = NULL;
	kept->used = 0;
	kept->size = kept->whole;
	a->used = 0;
}

/* The block that has room for n bytes more. */
static Block *block_for(Arena *a, size_t n)
{
	Block *b = a->blocks;

	if (n > a->limit - a->used) {
		(void)fprintf(stderr, "carene: arena '%s' is over its limit of %zu bytes\n",
		              a->name, a->limit);
		abort();
	}
	if (!b || b->size - b->used < n) {
		size_t next = !b ? BLOCK_FIRST : b->whole * 4 < BLOCK ? b->whole * 4 : BLOCK;
		size_t size = n > next ? n : next;

		b = mem_new(sizeof(Block) + size);
		b->size = b->whole = size;
		b->next = a->blocks;
		a->blocks = b;
	}
	a->used += n;
	return b;
}

void *arena_alloc(Arena *a, size_t n)
{
	Block *b;
	void *p;

	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	b = block_for(a, n);
	p = b->bytes + b->used;
	b->used += n;
	return p;
}

char *arena_text_n(Arena *a, const char *s, size_t n)
{
	Block *b = block_for(a, n + 1);
	char *copy = b->bytes + (b->size -= n + 1);

	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *arena_text(Arena *a, const char *s) { return s ? arena_text_n(a, s, strlen(s)) : NULL; }

char *arena_printf(Arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *text;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text = arena_alloc(a, (size_t)n + 1);
	(void)vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	return text;
}

size_t arena_used(const Arena *a) { return a->used; }
