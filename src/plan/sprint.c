/* Sprints by civil arithmetic: the nth begins n lengths after the first, so that a
 * length in months keeps its day. */
#include "plan/sprint.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum { SPRINTS_MAX = 100000 };

static bool first_day(const Plan *p, Civil *ret)
{
	Civil c = { 0 };

	if (!p->head.sprint_start ||
	    sscanf(p->head.sprint_start, "%4d-%2d-%2d", &c.year, &c.month, &c.day) != 3)
		return false;
	*ret = c;
	return c.year >= 1970 && c.month >= 1 && c.month <= 12 && c.day >= 1 &&
	       c.day <= civil_month_days(c.year, c.month);
}

bool plan_has_sprints(const Plan *p)
{
	Civil c;

	return first_day(p, &c) && span_estimate(p->head.sprint).us >= days(1).us;
}

/* Where sprint number n begins; 0 is the first. */
static Instant start_of(const Plan *p, int64_t n)
{
	const Zone *z = p->head.timezone ? p->head.timezone : zone_utc();
	const Span *s = &p->head.sprint;
	Civil c;

	(void)first_day(p, &c);
	return zone_add(z, zone_instant(z, c, PICK_FIRST, NULL),
	                (Span){ (int32_t)(s->months * n), (int32_t)(s->days * n), s->us * n });
}

/* -1: before the first. */
static int64_t number_at(const Plan *p, Instant t)
{
	int64_t length = span_estimate(p->head.sprint).us;
	int64_t n = between(start_of(p, 0), t).us / length;

	if (earlier(t, start_of(p, 0)))
		return -1;
	if (n > SPRINTS_MAX)
		n = SPRINTS_MAX;
	while (n > 0 && earlier(t, start_of(p, n)))
		n--;
	while (n < SPRINTS_MAX && !earlier(t, start_of(p, n + 1)))
		n++;
	return n;
}

bool sprint_of(const Plan *p, Instant t, Instant *ret_from, Instant *ret_to)
{
	int64_t n;

	if (!is_set(t) || !plan_has_sprints(p) || (n = number_at(p, t)) < 0 || n >= SPRINTS_MAX)
		return false;
	*ret_from = start_of(p, n);
	*ret_to = start_of(p, n + 1);
	return true;
}

Instant sprint_end_after(const Plan *p, Instant t)
{
	int64_t n;

	if (!is_set(t) || !plan_has_sprints(p) || (n = number_at(p, t)) >= SPRINTS_MAX)
		return NEVER;
	return start_of(p, n + 2);
}
