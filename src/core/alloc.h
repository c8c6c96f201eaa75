/* Heap memory. Never returns NULL: the truth is in the store, so a daemon that
 * runs out of memory says so and stops, and is started again. What comes from
 * outside is bounded before it is allocated. */
#pragma once
#include <stddef.h>

void *mem_new(size_t n); /* zeroed; the caller frees it with mem_free */
void *mem_raw(size_t n); /* the same, not zeroed: for large things whose end is seldom used */
void *mem_grow(void *p, size_t n);
void mem_free(void *p); /* NULL is fine */
/* Free memory goes back to the system: after a start or a reload, whose reading took far more
 * than what it leaves. Takes some milliseconds for each hundred megabytes. */
void mem_give_back(void);
char *mem_text(const char *s); /* copy; NULL stays NULL */
char *mem_text_n(const char *s, size_t n);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define NEW(T) ((T *)mem_new(sizeof(T)))

/* Scope-bound ownership: AUTO(Buf) b = {0}; runs Buf_done(&b) on every exit. */
#define AUTO(T) __attribute__((cleanup(T##_done))) T
static inline void mem_free_at(void *pp) { mem_free(*(void **)pp); }
#define AUTO_FREE __attribute__((cleanup(mem_free_at)))

/* The struct that embeds `member`; refuses a pointer of the wrong type. */
#define CONTAINER_OF(ptr, T, member) \
	((T *)(void *)((char *)(1 ? (ptr) : &((T *)0)->member) - offsetof(T, member)))

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
