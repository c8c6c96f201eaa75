#include "core/map.h"

#include "core/alloc.h"

#include <string.h>

enum { FREE = 0 }; /* slots hold entry index + 1 */

static uint32_t hash_of(const char *key)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * 16777619u;
	return h;
}

void Map_done(Map *m)
{
	for (size_t i = 0; i < m->n; i++)
		mem_free(m->entries[i].key);
	mem_free(m->entries);
	mem_free(m->slots);
	*m = (Map){ 0 };
}

static void place(Map *m, uint32_t hash, size_t index)
{
	size_t at = hash & (m->slots_n - 1);

	while (m->slots[at] != FREE)
		at = (at + 1) & (m->slots_n - 1);
	m->slots[at] = (uint32_t)index + 1;
}

/* Drops removed entries and makes the slot table at least twice the live count. */
static void rebuild(Map *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->entries[i].key)
			m->entries[kept++] = m->entries[i];
	}
	m->n = kept;
	mem_free(m->slots);
	m->slots_n = 16;
	while (m->slots_n < (kept + 1) * 3)
		m->slots_n *= 2;
	m->slots = mem_new(m->slots_n * sizeof *m->slots);
	for (size_t i = 0; i < m->n; i++)
		place(m, m->entries[i].hash, i);
}

static MapEntry *find(const Map *m, const char *key, uint32_t hash)
{
	if (!m->slots_n)
		return NULL;
	for (size_t at = hash & (m->slots_n - 1); m->slots[at] != FREE;
	     at = (at + 1) & (m->slots_n - 1)) {
		MapEntry *e = &m->entries[m->slots[at] - 1];

		if (e->key && e->hash == hash && strcmp(e->key, key) == 0)
			return e;
	}
	return NULL;
}

void *map_get(const Map *m, const char *key)
{
	MapEntry *e = find(m, key, hash_of(key));

	return e ? e->value : NULL;
}

void *map_put(Map *m, const char *key, void *value)
{
	uint32_t hash = hash_of(key);
	MapEntry *e = find(m, key, hash);
	void *was;

	if (e) {
		was = e->value;
		e->value = value;
		return was;
	}
	if ((m->n + 1) * 2 > m->slots_n)
		rebuild(m);
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 8;
		m->entries = mem_grow(m->entries, m->cap * sizeof *m->entries);
	}
	m->entries[m->n] = (MapEntry){ mem_text(key), value, hash };
	place(m, hash, m->n++);
	m->live++;
	return NULL;
}

void *map_remove(Map *m, const char *key)
{
	MapEntry *e = find(m, key, hash_of(key));
	void *was;

	if (!e)
		return NULL;
	was = e->value;
	mem_free(e->key);
	e->key = NULL;
	m->live--;
	return was;
}

bool map_next(const Map *m, size_t *at, MapEntry **ret_entry)
{
	while (*at < m->n) {
		MapEntry *e = &m->entries[(*at)++];

		if (e->key) {
			*ret_entry = e;
			return true;
		}
	}
	return false;
}
