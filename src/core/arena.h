/* An arena: memory of one unit of work (a plan, a request, a turn), freed as a
 * whole. It has a name and a limit; going over the limit is a programming error
 * (whoever reads from outside bounds its input first) and stops the program. */
#pragma once
#include <stddef.h>

typedef struct Arena Arena;

Arena *arena_new(const char *name, size_t limit); /* name must outlive it */
void arena_free(Arena *a);                        /* NULL is fine */
void arena_clear(Arena *a); /* takes back all that was handed out, for the next unit of work */
void *arena_alloc(Arena *a, size_t n);     /* zeroed, aligned for any type */
char *arena_text(Arena *a, const char *s); /* copy; NULL stays NULL */
char *arena_text_n(Arena *a, const char *s, size_t n);
char *arena_printf(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t arena_used(const Arena *a); /* bytes handed out so far */

#define ARENA_NEW(a, T)      ((T *)arena_alloc((a), sizeof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (n)))
