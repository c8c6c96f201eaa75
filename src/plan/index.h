/* Entries of a section by id: an open table of numbers into the section's array, so that
 * an entry costs eight to sixteen bytes and no copy of its name. Private to plan/. */
#pragma once
#include "plan/item.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Index {
	const char *base; /* the array; each entry begins with an Item */
	size_t size;      /* of an entry */
	size_t n;         /* the first n entries are known */
	uint32_t *slots;  /* number + 1; 0: free. A power of two, at most half full */
	size_t slots_n;
	bool as_before; /* the slots are those of another index: entry i has the id it had there */
} Index;

void index_open(Index *x, const void *base, size_t size);
/* The same for an array whose entries are likely to have the ids they have in `before`. */
void index_open_as(Index *x, const void *base, size_t size, const Index *before);
/* The next entry of the array, which has its id by now and no earlier one has it. */
void index_add(Index *x);
/* The same, and its id is that of the same number in the index it was opened as. */
void index_add_as_before(Index *x);
const void *index_find(const Index *x, const char *id); /* NULL: there is none */
const char *index_id(const Index *x, size_t i);         /* of entry i < n */
void index_done(Index *x);
