/* What a Zone is made of: a table of segments, each one offset for a stretch of
 * time. The rule of the file's footer is unrolled into the same table for one
 * whole Gregorian cycle (400 years, which is a whole number of weeks), so every
 * question is one binary search; later instants are folded back into it. */
#pragma once
#include "calendar/zone.h"

#include <stddef.h>

enum { ZONE_NAME = 64, ZONE_ABBREVIATION = 12, ZONE_TYPES = 256, ZONE_SEGMENTS = 12000 };

typedef struct ZoneType {
	int32_t offset; /* seconds east of UTC */
	char abbreviation[ZONE_ABBREVIATION];
} ZoneType;

typedef struct ZoneSegment {
	int64_t from; /* seconds since 1970Z; the first one is INT64_MIN */
	uint16_t type;
} ZoneSegment;

struct Zone {
	char name[ZONE_NAME];
	ZoneType *types;
	ZoneSegment *segments;
	size_t types_n, segments_n;
	bool folds;         /* a rule repeats for ever: later times fold back */
	int64_t fold_after; /* first second that is folded */
	struct Zone *next;  /* in the cache */
};

/* Reads TZif version 2 or later (RFC 8536). A new zone, owned by the caller. */
Zone *zone_read(const char *name, const uint8_t *p, size_t n, Err *err);
void zone_free(Zone *z); /* NULL is fine */
