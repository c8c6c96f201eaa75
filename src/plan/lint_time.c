/* L17 hours that may not exist · L18 windows that meet. Played over fixed years, so
 * that the same plan always has the same findings. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <stdio.h>

enum { OCCURRENCES = 800, WINDOWS_COMPARED = 64, DUTIES_PLAYED = 2000 };

/* ---- L17 ---- */

/* Does an occurrence begin at an instant whose local time was skipped or comes
 * twice? Within three years: every pattern of clock changes shows
 * up in a few. */
static bool meets_change(const Loader *l, const Schedule *s, const Zone *z, Civil *ret,
                         CivilKind *ret_kind)
{
	Instant from = lint_start(l), end = after(from, days(3 * 365));

	for (Instant t = from, next; earlier(t, end); t = next) {
		next = zone_next_change(z, t);
		if (!is_set(next) || !earlier(next, end))
			return false;
		for (Instant at = after(next, hours(-26)); earlier(at, after(next, hours(26)));) {
			Civil local;

			at = schedule_next(s, z, at);
			if (!is_set(at))
				return false;
			local = zone_civil(z, at);
			*ret = local;
			ret->hour = s->hour;
			ret->minute = s->minute;
			(void)zone_instant(z, *ret, PICK_FIRST, ret_kind);
			if (*ret_kind != CIVIL_ONCE)
				return true;
		}
	}
	return false;
}

static void may_not_exist(Loader *l, const Window *w)
{
	Civil c;
	CivilKind kind;

	if (!schedule_recurs(&w->at) || !w->at.has_hour ||
	    !meets_change(l, &w->at, lint_zone(l, &w->at), &c, &kind))
		return;
	lint_add(l, SECTION_WINDOWS, &w->item, "at", F_L17, "%02d:%02d %s on %04d-%02d-%02d in %s",
	         c.hour, c.minute, kind == CIVIL_GAP ? "does not exist" : "comes twice", c.year,
	         c.month, c.day, zone_name(lint_zone(l, &w->at)));
}

static void duty_may_not_exist(Loader *l, const Duty *d)
{
	LintSpot spot = lint_duty_spot(l, d);
	Civil c;
	CivilKind kind;

	if (d->by || !schedule_recurs(&d->stated) || !d->stated.has_hour ||
	    !meets_change(l, &d->stated, lint_zone(l, &d->stated), &c, &kind))
		return;
	lint_say(l, &spot, F_L17, "%02d:%02d %s on %04d-%02d-%02d in %s", c.hour, c.minute,
	         kind == CIVIL_GAP ? "does not exist" : "comes twice", c.year, c.month, c.day,
	         zone_name(lint_zone(l, &d->stated)));
}

/* ---- L18 ---- */

static bool share_place(const Window *a, const Window *b)
{
	if (a->env && b->env && !text_eq(a->env, b->env))
		return false;
	if (a->services.n == 0 || b->services.n == 0)
		return true;
	for (size_t i = 0; i < a->services.n; i++) {
		for (size_t j = 0; j < b->services.n; j++) {
			if (text_eq(a->services.at[i], b->services.at[j]))
				return true;
		}
	}
	return false;
}

/* The first time within a year at which an occurrence of one touches one of the
 * other, or NEVER. */
static Instant first_meeting(Loader *l, const Window *a, const Window *b)
{
	const Zone *za = lint_zone(l, &a->at), *zb = lint_zone(l, &b->at);
	Instant start = lint_start(l), end = lint_end(l);
	Instant ta = schedule_next(&a->at, za, start), tb = schedule_next(&b->at, zb, start);

	for (size_t n = 0; n < OCCURRENCES && earlier(ta, end) && earlier(tb, end); n++) {
		Instant ea = zone_add(za, ta, a->length), eb = zone_add(zb, tb, b->length);

		if (!earlier(eb, ta) && !earlier(ea, tb))
			return latest(ta, tb);
		if (earlier(ea, tb))
			ta = schedule_next(&a->at, za, ta);
		else
			tb = schedule_next(&b->at, zb, tb);
	}
	return NEVER;
}

static void meet(Loader *l, const Window *a, const Window *b)
{
	Instant t;
	Civil c;

	if (!schedule_recurs(&a->at) || !schedule_recurs(&b->at) || !share_place(a, b))
		return;
	t = first_meeting(l, a, b);
	if (!is_set(t))
		return;
	c = zone_civil(l->plan->head.timezone, t);
	lint_say(l,
	         &(LintSpot){ .section = SECTION_WINDOWS,
	                      .item = &b->item,
	                      .key = "at",
	                      .related = lint_see(l, SECTION_WINDOWS, &a->item, "at") },
	         F_L18, "'%s' meets '%s', for instance on %04d-%02d-%02d at %02d:%02d", b->item.id,
	         a->item.id, c.year, c.month, c.day, c.hour, c.minute);
}

void lint_time(Loader *l)
{
	size_t n = l->plan->windows_n < WINDOWS_COMPARED ? l->plan->windows_n : WINDOWS_COMPARED;

	for (size_t i = 0; i < l->plan->windows_n; i++)
		may_not_exist(l, &l->plan->windows[i]);
	for (size_t i = 0; i < l->plan->duties_n && i < DUTIES_PLAYED; i++)
		duty_may_not_exist(l, &l->plan->duties[i]);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++)
			meet(l, &l->plan->windows[j], &l->plan->windows[i]);
	}
}
