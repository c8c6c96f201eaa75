/* A map from text to pointer that keeps insertion order, so that walking it is
 * the same in every run. It copies keys and does not own values. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct MapEntry {
	char *key; /* NULL: removed */
	void *value;
	uint32_t hash;
} MapEntry;

typedef struct Map {
	MapEntry *entries; /* walk 0 … n-1, skip those without key */
	size_t n, cap, live;
	uint32_t *slots;
	size_t slots_n;
} Map;

void Map_done(Map *m);
void *map_get(const Map *m, const char *key);        /* NULL: absent */
void *map_put(Map *m, const char *key, void *value); /* the value that was there, or NULL */
void *map_remove(Map *m, const char *key);           /* the value that was there, or NULL */

/* for (size_t i = 0; map_next(m, &i, &entry);) … */
bool map_next(const Map *m, size_t *at, MapEntry **ret_entry);
