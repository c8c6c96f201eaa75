/* When duties come: occurrences that their days allow, the ends of the periods they
 * are promised in. Pure civil arithmetic; every search is bounded. */
#include "plan/duty_private.h"

enum { SETS_OFF_MAX = 8, STEPS_MAX = 20000, US_PER_S = 1000000 };

static const Zone *zone_of(const Plan *p, const Schedule *s)
{
	if (s->zone)
		return s->zone;
	return p->head.timezone ? p->head.timezone : zone_utc();
}

/* The duty whose schedule counts: the one at the start of the chain of `by`. */
static const Duty *trigger(const Duty *d)
{
	for (int i = 0; d->by && i < SETS_OFF_MAX; i++)
		d = d->by;
	return d;
}

static bool allowed(const Plan *p, const Duty *d, Instant at)
{
	return !d->days.set || hours_open(&d->days, zone_of(p, &d->at), at);
}

Instant duty_next(const Plan *p, const Duty *d, Instant t)
{
	const Zone *z;

	d = trigger(d);
	z = zone_of(p, &d->at);
	if (is_set(d->from) && earlier(t, d->from))
		t = after(d->from, duration_us(-1));
	for (int i = 0; i < STEPS_MAX; i++) {
		Instant at = schedule_next(&d->at, z, t), edge;

		if (!is_set(at) || allowed(p, d, at))
			return at;
		/* closed now: nothing is allowed before the next edge */
		edge = hours_next_edge(&d->days, z, at);
		if (!is_set(edge))
			return NEVER;
		t = latest(at, after(edge, duration_us(-1)));
	}
	return NEVER;
}

Instant duty_last(const Plan *p, const Duty *d, Instant t)
{
	d = trigger(d);
	for (int i = 0; i < STEPS_MAX; i++) {
		Instant at = schedule_last(&d->at, zone_of(p, &d->at), t);

		if (!is_set(at) || (is_set(d->from) && earlier(at, d->from)))
			return LONG_AGO;
		if (allowed(p, d, at))
			return at;
		t = after(at, duration_us(-1));
	}
	return LONG_AGO;
}

/* The schedule that is the promise: the duty's own words, or those of what sets it off. */
static const Schedule *promise(const Duty *d)
{
	const Duty *t = trigger(d);

	if (d->stated.kind == SCHEDULE_UNSET || !schedule_recurs(&d->stated))
		return t->stated.kind == SCHEDULE_UNSET ? &t->at : &t->stated;
	return &d->stated;
}

/* First instant of the civil day that is `days` after the one t lies in. */
static Instant day_after(const Zone *z, Instant t, int days)
{
	Civil c = zone_civil(z, t);

	civil_from_days(days_from_civil(c.year, c.month, c.day) + days, &c.year, &c.month, &c.day);
	return zone_instant(z, (Civil){ .year = c.year, .month = c.month, .day = c.day },
	                    PICK_FIRST, NULL);
}

static Instant months_end(const Zone *z, Instant t, int months)
{
	Civil c = zone_civil(z, t);
	int first = (c.month - 1) / months * months + months; /* months after January */

	return zone_instant(
	        z, (Civil){ .year = c.year + first / 12, .month = first % 12 + 1, .day = 1 },
	        PICK_FIRST, NULL);
}

Instant duty_period_end(const Plan *p, const Duty *d, Instant t)
{
	const Schedule *s = promise(d);
	const Zone *z = zone_of(p, s);

	if (!is_set(t))
		return NEVER;
	if (s->month && !s->day && !s->nth) /* "in March" */
		return months_end(z, t, 1);
	if (schedule_months(s))
		return months_end(z, t, schedule_months(s));
	if (s->kind == SCHEDULE_DAILY || s->kind == SCHEDULE_ONCE)
		return day_after(z, t, 1);
	if (s->kind == SCHEDULE_WEEKLY && !(s->weekdays & (s->weekdays - 1)))
		return day_after(z, t, 7 - civil_weekday(zone_civil(z, t)));
	return duty_next(p, d, t);
}

Instant duty_late_after(const Plan *p, const Duty *d, Instant t)
{
	const Duty *by = trigger(d);
	Instant end = duty_period_end(p, d, t);

	if (d->by_period_end || by->slot_ours || !by->at.has_hour || span_is_zero(by->length))
		return end;
	return zone_add(zone_of(p, &by->at), t, by->length);
}

Duration duty_cadence(const Schedule *s)
{
	int64_t day = days(1).us;

	if (schedule_months(s))
		return duration_us(day * 146097 / 4800 * schedule_months(s));
	if (s->kind == SCHEDULE_DAILY)
		return days(1);
	if (s->kind == SCHEDULE_WEEKLY)
		return duration_us(day * 7 / (s->weekdays ? __builtin_popcount(s->weekdays) : 1));
	return s->kind == SCHEDULE_EVERY ? s->interval : duration_us(0);
}
