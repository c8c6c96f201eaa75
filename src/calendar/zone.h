/* Time zones as values. A Zone is read from the system's TZif data (RFC 8536)
 * once, is immutable afterwards and may be used from any thread. The process's
 * own TZ is never read or set. */
#pragma once
#include "calendar/span.h"
#include "core/err.h"
#include "core/instant.h"

typedef struct Zone Zone;

/* Civil (wall-clock) date and time, without a zone. */
typedef struct Civil {
	int32_t year, month, day;     /* 1-12, 1-31 */
	int32_t hour, minute, second; /* second 0-59 */
	int32_t us;
} Civil;

/* "Europe/Paris", "UTC". The zone is cached for the life of the process: do not
 * free it. ERR_NOT_FOUND for an unknown name, with the nearest as hint. */
bool zone_load(const char *name, const Zone **ret, Err *err) MUST_CHECK;
const char *zone_name(const Zone *z);
const Zone *zone_utc(void);

int32_t zone_offset(const Zone *z, Instant t);           /* seconds east of UTC */
const char *zone_abbreviation(const Zone *z, Instant t); /* "CEST" */
Civil zone_civil(const Zone *z, Instant t);

/* What a civil time means. A time inside a spring gap becomes the first valid
 * instant after the gap (the transition itself); a repeated time is the first
 * pass with PICK_FIRST, the second with PICK_LAST. */
typedef enum CivilPick { PICK_FIRST, PICK_LAST } CivilPick;
typedef enum CivilKind { CIVIL_ONCE, CIVIL_GAP, CIVIL_TWICE } CivilKind;
Instant zone_instant(const Zone *z, Civil c, CivilPick pick, CivilKind *ret_kind /* may be NULL */);

/* Civil arithmetic: months first (day clamped to the month's end), then days at
 * the same wall-clock time, then elapsed time. */
Instant zone_add(const Zone *z, Instant t, Span s);
Instant zone_day_start(const Zone *z, Instant t); /* first instant of its civil day */
Instant zone_month_start(const Zone *z, Instant t);
/* The next change of offset strictly after t, or NEVER. */
Instant zone_next_change(const Zone *z, Instant t);

int civil_weekday(Civil c); /* 0 Monday … 6 Sunday */
int civil_month_days(int32_t year, int32_t month);
