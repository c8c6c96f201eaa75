/* Days that are holidays, and their text. Knows no zone: a holiday is a civil day. */
#include "calendar/holidays.h"

#include "calendar/zone.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum { EASTER_REACH = 250, PART = 16, DAY_TEXT = 40 };

/* ---- Easter ---- */

int64_t easter_day(int32_t year)
{
	int32_t a = year % 19, b = year / 100, c = year % 100;
	int32_t h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int32_t l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int32_t m = (a + 11 * h + 22 * l) / 451;
	int32_t n = h + l - 7 * m + 114;

	return days_from_civil(year, n / 31, n % 31 + 1);
}

/* ---- text ---- */

static bool digits(const char *s, size_t n) { return strspn(s, "0123456789") >= n; }

static int32_t two(const char *s) { return (s[0] - '0') * 10 + (s[1] - '0'); }

/* "12-25" → 1225, of a year that has 29 February. */
static bool read_month_day(const char *s, int64_t *ret)
{
	int32_t month, day;

	if (!digits(s, 2) || s[2] != '-' || !digits(s + 3, 2))
		return false;
	month = two(s);
	day = two(s + 3);
	*ret = month * 100 + day;
	return month >= 1 && month <= 12 && day >= 1 && day <= civil_month_days(2000, month);
}

/* "2027-05-17" → days since 1970. */
static bool read_date(const char *s, int64_t *ret)
{
	int32_t year;
	int64_t month_day;

	if (!digits(s, 4) || s[4] != '-' || !read_month_day(s + 5, &month_day))
		return false;
	year = two(s) * 100 + two(s + 2);
	if (year < 1970 || month_day % 100 > civil_month_days(year, (int32_t)(month_day / 100)))
		return false;
	*ret = days_from_civil(year, (int32_t)(month_day / 100), (int32_t)(month_day % 100));
	return true;
}

static bool read_day(const char *s, Holiday *h, int64_t *ret)
{
	size_t n = strlen(s);

	h->kind = n == 5 ? HOLIDAY_YEARLY : HOLIDAY_DATES;
	return n == 5 ? read_month_day(s, ret) : n == 10 && read_date(s, ret);
}

static bool read_easter(const char *s, Holiday *h)
{
	int64_t days = 0;

	h->kind = HOLIDAY_EASTER;
	if (*s && ((*s != '+' && *s != '-') || !digits(s + 1, 1) || !text_int(s + 1, &days)))
		return false;
	h->from = h->to = *s == '-' ? -days : days;
	return days <= EASTER_REACH;
}

static bool read_range(const char *s, Holiday *h)
{
	const char *dots = strstr(s, "..");
	char from[PART];
	size_t n = dots ? (size_t)(dots - s) : strlen(s);
	HolidayKind kind;

	if (n >= sizeof from)
		return false;
	memcpy(from, s, n);
	from[n] = '\0';
	if (!read_day(from, h, &h->from))
		return false;
	h->to = h->from;
	kind = h->kind;
	if (dots && (!read_day(dots + 2, h, &h->to) || h->kind != kind))
		return false;
	return kind == HOLIDAY_YEARLY || h->from <= h->to;
}

bool holiday_parse(const char *s, Holiday *ret, Err *err)
{
	Holiday h = { 0 };
	bool easter = s && text_starts(s, "easter");

	if (!s || !(easter ? read_easter(s + strlen("easter"), &h) : read_range(s, &h))) {
		err_set(err, ERR_BAD_INPUT, "'%.63s' is not a day nor a range of days", s ? s : "");
		return err_hint(err, "write 2027-05-17, 2027-12-20..2028-01-03, 12-25 (every "
		                     "year), easter or easter+1");
	}
	*ret = h;
	return true;
}

static void print_day(HolidayKind kind, int64_t day, char out[DAY_TEXT])
{
	int32_t y, m, d;

	if (kind == HOLIDAY_YEARLY) {
		(void)snprintf(out, DAY_TEXT, "%02d-%02d", (int)(day / 100), (int)(day % 100));
		return;
	}
	civil_from_days(day, &y, &m, &d);
	(void)snprintf(out, DAY_TEXT, "%04d-%02d-%02d", y, m, d);
}

const char *holiday_print(const Holiday *h, char out[HOLIDAY_TEXT])
{
	char from[DAY_TEXT], to[DAY_TEXT];

	if (h->kind == HOLIDAY_EASTER) {
		(void)snprintf(out, HOLIDAY_TEXT, h->from ? "easter%+lld" : "easter",
		               (long long)h->from);
		return out;
	}
	print_day(h->kind, h->from, from);
	print_day(h->kind, h->to, to);
	(void)snprintf(out, HOLIDAY_TEXT, "%s%s%s", from, h->from == h->to ? "" : "..",
	               h->from == h->to ? "" : to);
	return out;
}

/* ---- days ---- */

bool holiday_is_on(const Holiday *h, int64_t day)
{
	int32_t y, m, d;
	int64_t of_year;

	if (h->kind == HOLIDAY_DATES)
		return h->from <= day && day <= h->to;
	civil_from_days(day, &y, &m, &d);
	if (h->kind == HOLIDAY_EASTER) {
		/* far from Easter is another year's */
		for (int32_t year = y - 1; year <= y + 1; year++) {
			if (year > 0 && easter_day(year) + h->from == day)
				return true;
		}
		return false;
	}
	of_year = m * 100 + d;
	if (h->from <= h->to)
		return h->from <= of_year && of_year <= h->to;
	return of_year >= h->from || of_year <= h->to;
}

bool holidays_on(const Holidays *list, int64_t day)
{
	for (size_t i = 0; list && i < list->n; i++) {
		if (holiday_is_on(&list->at[i], day))
			return true;
	}
	return false;
}
