/* See index.h: open addressing with linear probing. A slot holds all of the hash that its
 * own position does not say, so that a wrong thing is looked at once in many thousands. */
#include "core/index.h"

#include "core/alloc.h"

#include <string.h>

enum { SLOTS_MIN = 16 };

static uint32_t hash_of(const char *key)
{
	uint32_t h = 2166136261u; /* FNV-1a, and a last mix: its low bits alone are weak */

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * 16777619u;
	h ^= h >> 15;
	h *= 0x85ebca6bu;
	return h ^ h >> 13;
}

static uint32_t mask_of(const Index *x) { return (uint32_t)x->slots_n - 1; }

void Index_done(Index *x)
{
	mem_free(x->at);
	mem_free(x->slots);
	*x = (Index){ .key = x->key };
}

static void place(Index *x, uint32_t hash, size_t at)
{
	uint32_t mask = mask_of(x), slot = hash & mask;

	while (x->slots[slot])
		slot = (slot + 1) & mask;
	x->slots[slot] = (hash & ~mask) | (uint32_t)(at + 1);
}

/* Drops removed things; the slots are at most three quarters full with `n`. */
static void rebuild(Index *x, size_t n)
{
	size_t kept = 0, slots = SLOTS_MIN;

	for (size_t i = 0; i < x->n; i++) {
		if (x->at[i])
			x->at[kept++] = x->at[i];
	}
	x->n = kept;
	while (slots * 3 < (n > kept ? n : kept) * 4 + 4)
		slots *= 2;
	mem_free(x->slots);
	x->slots = mem_new(slots * sizeof *x->slots);
	x->slots_n = slots;
	for (size_t i = 0; i < x->n; i++)
		place(x, hash_of(x->key(x->at[i])), i);
}

/* The place of the thing called so; n: none. */
static size_t find(const Index *x, const char *key, uint32_t hash)
{
	uint32_t mask = mask_of(x);

	if (!x->slots_n)
		return x->n;
	for (uint32_t slot = hash & mask; x->slots[slot]; slot = (slot + 1) & mask) {
		size_t i = (x->slots[slot] & mask) - 1;

		if ((x->slots[slot] & ~mask) == (hash & ~mask) && x->at[i] &&
		    strcmp(x->key(x->at[i]), key) == 0)
			return i;
	}
	return x->n;
}

void *index_get(const Index *x, const char *key)
{
	size_t i = find(x, key, hash_of(key));

	return i < x->n ? x->at[i] : NULL;
}

static void grow_to(Index *x, size_t cap)
{
	if (cap <= x->cap)
		return;
	x->at = mem_grow(x->at, cap * sizeof *x->at);
	x->cap = cap;
}

void *index_put(Index *x, void *thing)
{
	const char *key = x->key(thing);
	uint32_t hash = hash_of(key);
	size_t i = find(x, key, hash);
	void *was;

	if (i < x->n) {
		was = x->at[i];
		x->at[i] = thing;
		return was;
	}
	if ((x->n + 1) * 4 > x->slots_n * 3)
		rebuild(x, x->live + x->live / 8 + 1); /* not again with the next one */
	if (x->n == x->cap)
		grow_to(x, x->cap + x->cap / 2 + 8);
	x->at[x->n] = thing;
	place(x, hash, x->n++);
	x->live++;
	return NULL;
}

void *index_remove(Index *x, const char *key)
{
	size_t i = find(x, key, hash_of(key));
	void *was;

	if (i == x->n)
		return NULL;
	was = x->at[i];
	x->at[i] = NULL;
	x->live--;
	return was;
}

void index_reserve(Index *x, size_t n)
{
	grow_to(x, n);
	if (n * 4 > x->slots_n * 3)
		rebuild(x, n);
}

void *index_next(const Index *x, size_t *at)
{
	while (*at < x->n) {
		void *thing = x->at[(*at)++];

		if (thing)
			return thing;
	}
	return NULL;
}
