/* Entries of a section by id: an open table of numbers into the section's array, so that
 * an entry costs eight to sixteen bytes and no copy of its name. Private to plan/. */
#pragma once
#include "plan/item.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct EntryIndex {
	const char *base; /* the array; each entry begins with an Item */
	size_t size;      /* of an entry */
	size_t n;         /* the first n entries are known */
	uint32_t *slots;  /* number + 1; 0: free. A power of two, at most half full */
	size_t slots_n;
	bool as_before; /* the slots are those of another index: entry i has the id it had there */
} EntryIndex;

void entry_index_open(EntryIndex *x, const void *base, size_t size);
/* The same for an array whose entries are likely to have the ids they have in `before`. */
void entry_index_open_as(EntryIndex *x, const void *base, size_t size, const EntryIndex *before);
/* The next entry of the array, which has its id by now and no earlier one has it. */
void entry_index_add(EntryIndex *x);
/* The same, and its id is that of the same number in the index it was opened as. */
void entry_index_add_as_before(EntryIndex *x);
const void *entry_index_find(const EntryIndex *x, const char *id); /* NULL: there is none */
const char *entry_index_id(const EntryIndex *x, size_t i);         /* of entry i < n */
void entry_index_done(EntryIndex *x);
