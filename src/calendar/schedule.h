/* A schedule: when something recurs, as the plan writes it.
 *
 *   daily 09:00 · weekly sun 03:00 · weekly mon,thu 08:30 · monthly 15 14:00
 *   monthly first sun 04:00 · monthly last fri · quarterly first sun 02:00
 *   quarterly · halfyearly · yearly · yearly 03-15 10:00 · every 6h
 *   yearly 03 (in March) · yearly 03 first mon · quarterly 02-15 (15th of each
 *   quarter's second month) · halfyearly 5 last fri (of its fifth month)
 *   on EVENT · always · continuous · as_needed · agreed · agreed weekend · unset
 *   2026-12-24 22:00 (once)
 *   … each may end with a zone name: "daily 02:00 UTC".
 *   A month that lacks the day is passed over (monthly 31, yearly 02-29); monthly
 *   -1 or monthly last is its last day. nth counts in the period: the first Sunday
 *   of the quarter. What can never come is refused.
 *
 * A schedule is a local rule plus a zone; occurrences are found by civil
 * arithmetic. A slot inside a spring gap runs at the first valid instant after
 * it; a repeated hour runs at its first pass; `every` follows real time. */
#pragma once
#include "calendar/zone.h"

typedef enum ScheduleKind {
	SCHEDULE_UNSET,
	SCHEDULE_DAILY,
	SCHEDULE_WEEKLY,
	SCHEDULE_MONTHLY,
	SCHEDULE_QUARTERLY,
	SCHEDULE_HALFYEARLY,
	SCHEDULE_YEARLY,
	SCHEDULE_EVERY, /* `interval`, anchored at the epoch */
	SCHEDULE_ONCE,
	SCHEDULE_ON,     /* an event, named in `event` */
	SCHEDULE_ALWAYS, /* also "continuous" */
	SCHEDULE_AS_NEEDED,
	SCHEDULE_AGREED, /* must be made concrete by a person before use */
} ScheduleKind;

typedef struct Schedule {
	ScheduleKind kind;
	bool has_hour;
	int hour, minute;
	unsigned weekdays; /* bit 0 Monday … bit 6 Sunday; 0: not given */
	int month;         /* in the period, 1-12; 0: not given, the first */
	int day;           /* of the month; negative counts from the period's end (-1: last);
	                      0: not given */
	int nth;           /* nth weekday of the period 1-5, -1 last; 0: not given */
	Duration interval; /* SCHEDULE_EVERY */
	Civil once;
	char event[32];
	const Zone *zone; /* NULL: the plan's */
	char text[64];    /* as written */
} Schedule;

bool schedule_parse(const char *s, Schedule *ret, Err *err) MUST_CHECK;
enum { SCHEDULE_TEXT = 96 };
const char *schedule_print(const Schedule *s, char out[SCHEDULE_TEXT]); /* canonical, reads back */

/* Months of the schedule's period (1, 3, 6, 12), 0 when it is not counted in months. */
int schedule_months(const Schedule *s);
bool schedule_recurs(const Schedule *s); /* has occurrences the calendar can compute */
/* The first occurrence strictly after t, or NEVER; LONG_AGO asks from 1970 on. `zone` is used where the
 * schedule has none of its own. A schedule without an hour falls at 00:00, one
 * without a day on the period's first day. */
Instant schedule_next(const Schedule *s, const Zone *zone, Instant t);
/* The last occurrence at or before t, or LONG_AGO. */
Instant schedule_last(const Schedule *s, const Zone *zone, Instant t);
