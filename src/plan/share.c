/* Interning for plans: a table of what was kept, by the bytes themselves. What it hands
 * out never moves. */
#include "plan/share.h"

#include "core/alloc.h"

#include <stdint.h>
#include <string.h>

typedef struct Slot {
	uint64_t hash;
	const void *at; /* NULL: free */
	size_t n;
} Slot;

struct Share {
	unsigned holds;
	Arena *arena;
	Slot *slots; /* open addressing, a power of two, at most half full */
	size_t slots_n, used;
	size_t settled; /* bytes held when the first plan was there */
};

/* Less is not worth a full load. */
enum { WEAR_FLOOR = 1 << 20 };

/* Above what the largest plan allowed can hold: reaching it would be a mistake. */
static const size_t share_limit = (size_t)16 << 30;

Share *share_new(void)
{
	Share *s = NEW(Share);

	s->holds = 1;
	s->arena = arena_new("plan's texts", share_limit);
	return s;
}

Share *share_hold(Share *s)
{
	s->holds++;
	return s;
}

void share_drop(Share *s)
{
	if (!s || --s->holds)
		return;
	arena_free(s->arena);
	mem_free(s->slots);
	mem_free(s);
}

size_t share_used(const Share *s) { return arena_used(s->arena) + s->slots_n * sizeof(Slot); }

void share_settle(Share *s) { s->settled = share_used(s); }

bool share_is_worn(const Share *s) { return share_used(s) > 2 * s->settled + WEAR_FLOOR; }

/* FNV-1a over words, finished as in MurmurHash3: it only has to spread. */
static uint64_t hash_of(const unsigned char *p, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ n, word;

	for (; n >= sizeof word; p += sizeof word, n -= sizeof word) {
		memcpy(&word, p, sizeof word);
		h = (h ^ word) * UINT64_C(1099511628211);
		h ^= h >> 32;
	}
	for (; n; p++, n--)
		h = (h ^ *p) * UINT64_C(1099511628211);
	h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 33;
}

static Slot *slot_of(Slot *slots, size_t slots_n, uint64_t hash, const void *p, size_t n)
{
	size_t at = (size_t)hash & (slots_n - 1);

	while (slots[at].at &&
	       (slots[at].hash != hash || slots[at].n != n || memcmp(slots[at].at, p, n) != 0))
		at = (at + 1) & (slots_n - 1);
	return &slots[at];
}

static void grow(Share *s)
{
	size_t slots_n = s->slots_n ? s->slots_n * 2 : 64;
	Slot *slots = mem_new(slots_n * sizeof *slots);

	for (size_t i = 0; i < s->slots_n; i++) {
		const Slot *from = &s->slots[i];

		if (from->at)
			*slot_of(slots, slots_n, from->hash, from->at, from->n) = *from;
	}
	mem_free(s->slots);
	s->slots = slots;
	s->slots_n = slots_n;
}

static const void *kept(Share *s, const void *p, size_t n, bool text)
{
	uint64_t hash = hash_of(p, n);
	Slot *slot;
	void *copy;

	if ((s->used + 1) * 2 > s->slots_n)
		grow(s);
	slot = slot_of(s->slots, s->slots_n, hash, p, n);
	if (slot->at)
		return slot->at;
	copy = text ? arena_text_n(s->arena, p, n) : arena_alloc(s->arena, n);
	memcpy(copy, p, n);
	*slot = (Slot){ hash, copy, n };
	s->used++;
	return copy;
}

const void *share_bytes(Share *s, const void *p, size_t n) { return kept(s, p, n, false); }

/* With its end, so that no bytes of another kind are taken for a text. */
const char *share_text(Share *s, const char *text)
{
	return text ? kept(s, text, strlen(text) + 1, true) : NULL;
}

const char *share_own(Share *s, const char *text) { return arena_text(s->arena, text); }

/* Arrays are compared by their texts' addresses, the texts being shared already. */
Texts share_texts(Share *s, Texts t)
{
	const char **at;

	if (!t.at)
		return t;
	at = mem_new((t.n + 1) * sizeof *at);
	for (size_t i = 0; i < t.n; i++)
		at[i] = share_text(s, t.at[i]);
	t.at = share_bytes(s, at, (t.n + 1) * sizeof *at);
	mem_free(at);
	return t;
}

Pairs share_pairs(Share *s, Pairs p)
{
	Pair *at;

	if (!p.at)
		return p;
	at = mem_new((p.n + 1) * sizeof *at);
	for (size_t i = 0; i < p.n; i++)
		at[i] = (Pair){ share_text(s, p.at[i].key), share_text(s, p.at[i].value) };
	p.at = share_bytes(s, at, (p.n + 1) * sizeof *at);
	mem_free(at);
	return p;
}
