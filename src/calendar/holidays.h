/* Holidays: civil days on which hours that say `except holidays` are closed.
 *
 *   2027-05-17 · 2027-12-20..2028-01-03 · 12-25 (every year) · 12-24..01-02 (every
 *   year, over the year's end) · easter · easter+1 · easter-2 · easter+39 (Ascension)
 *
 * Easter is the Gregorian one, computed: J. Meeus, "Astronomical Algorithms", 2nd ed.,
 * chapter 8 (the anonymous rule of Nature, 20 April 1876). Which days a country keeps
 * is the plan's to say: none is built in. */
#pragma once
#include "core/err.h"

#include <stddef.h>
#include <stdint.h>

typedef enum HolidayKind { HOLIDAY_DATES, HOLIDAY_YEARLY, HOLIDAY_EASTER } HolidayKind;

typedef struct Holiday {
	HolidayKind kind;
	/* dates: days since 1970; yearly: month * 100 + day, `to` before `from` goes over the
	 * year's end. Both included. Easter: days after it, the same in both. */
	int64_t from, to;
} Holiday;

typedef struct Holidays {
	const Holiday *at;
	size_t n;
} Holidays;

/* 29 February counts in years that have it. ERR_BAD_INPUT for a day that no year has, a
 * range of dates that ends before it begins, or more than 250 days from Easter. */
bool holiday_parse(const char *s, Holiday *ret, Err *err) MUST_CHECK;
enum { HOLIDAY_TEXT = 128 };
const char *holiday_print(const Holiday *h, char out[HOLIDAY_TEXT]);

/* Easter Sunday of a year of the Gregorian calendar, in days since 1970. */
int64_t easter_day(int32_t year);
bool holiday_is_on(const Holiday *h, int64_t day);
bool holidays_on(const Holidays *list, int64_t day); /* NULL: none */
