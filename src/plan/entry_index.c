/* Finding entries by their ids, without keeping those twice. */
#include "plan/entry_index.h"

#include "core/alloc.h"

#include <string.h>

void entry_index_open(EntryIndex *x, const void *base, size_t size)
{
	*x = (EntryIndex){ .base = base, .size = size };
}

const char *entry_index_id(const EntryIndex *x, size_t i)
{
	return ((const Item *)(const void *)(x->base + i * x->size))->id;
}

static uint32_t hash_of(const char *id)
{
	uint32_t h = 2166136261u; /* FNV-1a, finished so that ids that differ at the end spread */

	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * 16777619u;
	h = (h ^ h >> 15) * 0x85ebca6bu;
	return h ^ h >> 13;
}

static void place(EntryIndex *x, size_t i)
{
	size_t at = hash_of(entry_index_id(x, i)) & (x->slots_n - 1);

	while (x->slots[at])
		at = (at + 1) & (x->slots_n - 1);
	x->slots[at] = (uint32_t)i + 1;
}

static void grow(EntryIndex *x)
{
	mem_free(x->slots);
	x->as_before = false;
	x->slots_n = 16;
	while (x->slots_n < (x->n + 1) * 2)
		x->slots_n *= 2;
	x->slots = mem_new(x->slots_n * sizeof *x->slots);
	for (size_t i = 0; i < x->n; i++)
		place(x, i);
}

void entry_index_add(EntryIndex *x)
{
	if (x->as_before || (x->n + 1) * 2 > x->slots_n)
		grow(x);
	place(x, x->n++);
}

void entry_index_open_as(EntryIndex *x, const void *base, size_t size, const EntryIndex *before)
{
	entry_index_open(x, base, size);
	x->slots_n = before->slots_n;
	x->slots = mem_new(x->slots_n * sizeof *x->slots);
	memcpy(x->slots, before->slots, x->slots_n * sizeof *x->slots);
	x->as_before = true;
}

void entry_index_add_as_before(EntryIndex *x)
{
	if (x->as_before)
		x->n++;
	else
		entry_index_add(x);
}

const void *entry_index_find(const EntryIndex *x, const char *id)
{
	if (!x->slots_n)
		return NULL;
	for (size_t at = hash_of(id) & (x->slots_n - 1); x->slots[at];
	     at = (at + 1) & (x->slots_n - 1)) {
		size_t i = x->slots[at] - 1;

		/* Taken from another index, and not here yet. */
		if (i < x->n && strcmp(entry_index_id(x, i), id) == 0)
			return x->base + i * x->size;
	}
	return NULL;
}

void entry_index_done(EntryIndex *x)
{
	mem_free(x->slots);
	*x = (EntryIndex){ 0 };
}
