/* Opening hours: when a service is promised, or a person reachable.
 *
 *   mon-fri 09:00-18:00 · sat,sun · mon-fri 09:00-12:00 14:00-18:00; sat 10:00-12:00
 *   always · 24/7 · never · 22:00-06:00 (every day, across midnight)
 *   mon-fri 08:00-18:00 except holidays · always except holidays
 *
 * Edges are civil times turned into instants by the zone's rules: a start inside
 * a gap is the first valid instant after it, a repeated start its first pass, a
 * repeated end its last (never cut short). Half-open: [start, end).
 *
 * `except holidays` closes the whole civil day of each holiday of the list that
 * `closed` points to: a range that begins on its eve ends at its midnight, and one
 * that lasts into the next day goes on after it. Whoever reads hours binds the list
 * (plan/ does: plan.holidays); without one, no day is a holiday. */
#pragma once
#include "calendar/holidays.h"
#include "calendar/zone.h"

#include <stddef.h>

enum { HOURS_RANGES = 32 };

typedef struct HoursRange {
	unsigned weekdays; /* of the start; bit 0 Monday */
	int from, to; /* minutes of the day; to ≤ from: ends the next day; to = 1440: midnight */
} HoursRange;

typedef struct Hours {
	bool set; /* false: the plan says nothing */
	bool always;
	HoursRange ranges[HOURS_RANGES];
	size_t ranges_n;        /* 0 and not always: never */
	bool except_holidays;   /* then never `always`: the range 00:00-24:00 says it */
	const Holidays *closed; /* NULL: none known */
	char text[96];          /* as written, cut to fit */
} Hours;

bool hours_parse(const char *s, Hours *ret, Err *err) MUST_CHECK;
enum { HOURS_TEXT = 1280 };
const char *hours_print(const Hours *h, char out[HOURS_TEXT]);

bool hours_open(const Hours *h, const Zone *z, Instant t);
Instant hours_next_edge(const Hours *h, const Zone *z, Instant t); /* strictly after t, or NEVER */
/* Open time inside [from, to). */
Duration hours_within(const Hours *h, const Zone *z, Instant from, Instant to);
/* The instant at which `open` of open time has passed since from, or NEVER. */
Instant hours_after(const Hours *h, const Zone *z, Instant from, Duration open);
