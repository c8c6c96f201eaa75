/* A month as people look at it: whole weeks, Monday first, with the days of the
 * neighbouring months that fill them. */
#pragma once
#include "agenda/agenda.h"

enum { MONTH_DAYS = 42 };

typedef struct MonthDay {
	Civil date;
	Instant from, to; /* half-open; 23 to 25 hours, or none where a zone skipped a day */
	bool inside;      /* of the month itself */
} MonthDay;

typedef struct Month {
	int32_t year, month;
	Instant from, to; /* of all days shown */
	size_t weeks;     /* 4 to 6 */
	MonthDay days[MONTH_DAYS];
} Month;

/* `month` may lie outside 1-12: 0 is December of the year before. */
Month month_of(const Zone *z, int32_t year, int32_t month);
/* "2027-01"; false for anything else, or a year outside 1970-9999. */
bool month_parse(const char *s, int32_t *ret_year, int32_t *ret_month);
/* The i-th entry, from *at on, that touches the day; *at is moved past it. NULL: none. */
const AgendaEntry *month_next(const Agenda *a, const MonthDay *day, size_t *at);
/* What comes every day, or more often: shown once, not in every day. */
bool agenda_is_daily(const AgendaEntry *e);
