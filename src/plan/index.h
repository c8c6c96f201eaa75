/* Entries of a section by id: an open table of numbers into the section's array, so that
 * an entry costs eight to sixteen bytes and no copy of its name. Private to plan/. */
#pragma once
#include "plan/item.h"

#include <stdint.h>

typedef struct Index {
	const char *base; /* the array; each entry begins with an Item */
	size_t size;      /* of an entry */
	size_t n;         /* the first n entries are known */
	uint32_t *slots;  /* number + 1; 0: free. A power of two, at most half full */
	size_t slots_n;
} Index;

void index_open(Index *x, const void *base, size_t size);
/* The next entry of the array, which has its id by now and no earlier one has it. */
void index_add(Index *x);
const void *index_find(const Index *x, const char *id); /* NULL: there is none */
const char *index_id(const Index *x, size_t i);         /* of entry i < n */
void index_done(Index *x);
