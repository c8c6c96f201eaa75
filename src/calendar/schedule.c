/* Occurrences of a schedule, by civil arithmetic: first the day, then the hour
 * on that day, then the instant the zone gives it. Every search is bounded by
 * what the grammar allows (29 February comes back within eight years), so a
 * question about any year costs the same. Keeps no state and knows no clock. */
#include "calendar/schedule.h"

#include "calendar/calendar_private.h"

enum { US = 1000000, DAY = 86400, PERIODS_MAX = 16, DAYS_MAX = 8 };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }
static int weekday_of(int64_t day) { return (int)(((day + 3) % 7 + 7) % 7); }

int schedule_months(const Schedule *s)
{
	switch (s->kind) {
	case SCHEDULE_MONTHLY: return 1;
	case SCHEDULE_QUARTERLY: return 3;
	case SCHEDULE_HALFYEARLY: return 6;
	case SCHEDULE_YEARLY: return 12;
	case SCHEDULE_UNSET:
	case SCHEDULE_DAILY:
	case SCHEDULE_WEEKLY:
	case SCHEDULE_EVERY:
	case SCHEDULE_ONCE:
	case SCHEDULE_ON:
	case SCHEDULE_ALWAYS:
	case SCHEDULE_AS_NEEDED:
	case SCHEDULE_AGREED: return 0;
	}
	return 0;
}

bool schedule_recurs(const Schedule *s)
{
	return schedule_months(s) || s->kind == SCHEDULE_DAILY || s->kind == SCHEDULE_WEEKLY ||
	       s->kind == SCHEDULE_EVERY || s->kind == SCHEDULE_ONCE;
}

/* First day of the month that is `month` months after January of year 0. */
static int64_t month_day(int64_t month)
{
	int64_t year = floor_div(month, 12);

	return days_from_civil((int32_t)year, (int32_t)(month - year * 12) + 1, 1);
}

/* The nth weekday of [first, end), counted from its start or, for -1, its end. */
static bool nth_weekday(const Schedule *s, int64_t first, int64_t end, int64_t *ret)
{
	int weekday = __builtin_ctz(s->weekdays);
	int64_t day;

	if (s->nth < 0)
		day = end - 1 - (weekday_of(end - 1) - weekday + 7) % 7;
	else
		day = first + (weekday - weekday_of(first) + 7) % 7 + (s->nth - 1) * 7;
	*ret = day;
	return day < end;
}

/* The schedule's day in the period that starts with `month`; false: it has none. */
static bool day_in_period(const Schedule *s, int64_t month, int64_t *ret)
{
	int64_t first = month_day(month), end = month_day(month + schedule_months(s)), from;

	if (s->nth && s->month)
		return nth_weekday(s, month_day(month + s->month - 1), month_day(month + s->month),
		                   ret);
	if (s->nth)
		return nth_weekday(s, first, end, ret);
	if (s->day < 0) {
		*ret = end + s->day;
		return *ret >= month_day(month + schedule_months(s) - 1);
	}
	from = month_day(month + (s->month ? s->month - 1 : 0));
	*ret = from + (s->day ? s->day - 1 : 0);
	return *ret < month_day(month + (s->month ? s->month - 1 : 0) + 1);
}

static int64_t day_by_months(const Schedule *s, int64_t day, int step)
{
	int64_t length = schedule_months(s), month, found;
	int32_t y, m, d;

	civil_from_days(day, &y, &m, &d);
	month = floor_div((int64_t)y * 12 + m - 1, length) * length;
	for (int i = 0; i < PERIODS_MAX; i++, month += step * length) {
		if (day_in_period(s, month, &found) && (step > 0 ? found >= day : found <= day))
			return found;
	}
	return INT64_MAX;
}

int64_t schedule_day(const Schedule *s, int64_t day, int step)
{
	unsigned weekdays = s->weekdays ? s->weekdays : 1;

	if (schedule_months(s))
		return day_by_months(s, day, step);
	if (s->kind == SCHEDULE_WEEKLY) {
		while (!(weekdays & 1U << weekday_of(day)))
			day += step;
	}
	return day;
}

static Instant instant_on(const Schedule *s, const Zone *z, int64_t day)
{
	Civil c = { .hour = s->hour, .minute = s->minute };

	civil_from_days(day, &c.year, &c.month, &c.day);
	return zone_instant(z, c, PICK_FIRST, NULL);
}

/* Real time: multiples of the interval since 1970. */
static Instant every(const Schedule *s, Instant t, bool later)
{
	int64_t n = floor_div(t.us, s->interval.us);
	Instant at;

	if (later)
		n++;
	if (__builtin_mul_overflow(n, s->interval.us, &at.us))
		return later ? NEVER : LONG_AGO;
	return at;
}

static Instant once(const Schedule *s, const Zone *z)
{
	return zone_instant(z, s->once, PICK_FIRST, NULL);
}

/* Days that may hold the answer start one before t's own: a slot in a gap of a
 * whole day (Apia, 30 December 2011) runs on the next. */
Instant schedule_next(const Schedule *s, const Zone *zone, Instant t)
{
	const Zone *z = s->zone ? s->zone : zone;
	Instant at;
	int64_t day;

	if (t.us < 0 && !is_set(t))
		t = (Instant){ 0 };
	if (!is_set(t) || !schedule_recurs(s))
		return NEVER;
	if (s->kind == SCHEDULE_EVERY)
		return every(s, t, true);
	if (s->kind == SCHEDULE_ONCE) {
		at = once(s, z);
		return earlier(t, at) ? at : NEVER;
	}
	day = floor_div(floor_div(t.us, US) + zone_offset(z, t), DAY) - 1;
	for (int i = 0; i < DAYS_MAX; i++, day++) {
		day = schedule_day(s, day, 1);
		if (day == INT64_MAX)
			break;
		at = instant_on(s, z, day);
		if (earlier(t, at))
			return at;
	}
	return NEVER;
}

Instant schedule_last(const Schedule *s, const Zone *zone, Instant t)
{
	const Zone *z = s->zone ? s->zone : zone;
	Instant at;
	int64_t day;

	if (!is_set(t) || !schedule_recurs(s))
		return LONG_AGO;
	if (s->kind == SCHEDULE_EVERY)
		return every(s, t, false);
	if (s->kind == SCHEDULE_ONCE) {
		at = once(s, z);
		return earlier(t, at) ? LONG_AGO : at;
	}
	day = floor_div(floor_div(t.us, US) + zone_offset(z, t), DAY) + 1;
	for (int i = 0; i < DAYS_MAX; i++, day--) {
		day = schedule_day(s, day, -1);
		if (day == INT64_MAX)
			break;
		at = instant_on(s, z, day);
		if (!earlier(t, at))
			return at;
	}
	return LONG_AGO;
}
