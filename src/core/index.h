/* An index of things that carry their own key: the table keeps one pointer and one
 * slot of four bytes each, copies no text, and walks in the order things came in. Nine to
 * nineteen bytes a thing, where a Map with a copied key takes seventy.
 *
 * It owns nothing. A thing's key must not change its text while it is in here; its bytes
 * may move (a reload of the plan), as they are asked for anew each time. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct Index {
	const char *(*key)(const void *thing); /* set before the first use */
	void **at;                             /* in order; NULL: removed */
	size_t n, cap, live;
	uint32_t *slots; /* place + 1 in the low bits, the rest of the hash above it */
	size_t slots_n;
} Index;

void Index_done(Index *x);                        /* the things are others' */
void *index_get(const Index *x, const char *key); /* NULL: absent */
void *index_put(Index *x, void *thing);           /* the one it takes the place of, or NULL */
void *index_remove(Index *x, const char *key);    /* the one that was there, or NULL */
void index_reserve(Index *x, size_t n);           /* room for n in all, without steps */
void *index_next(const Index *x, size_t *at);     /* for (size_t i = 0; (t = index_next(x, &i));) */
