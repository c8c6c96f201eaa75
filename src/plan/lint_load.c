/* L31: the work the plan asks of each person, month by month, against the hours the
 * plan gives them; and against the effort written under costs. A duty counts with its
 * planned duration; what has none is not counted, so the truth is never less. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <string.h>

enum { OCCURRENCES = 400, PEOPLE_PLAYED = 200, DUTIES_PLAYED = 2000 };

typedef struct Load {
	double asked[12], has[12]; /* minutes by month */
	double heaviest;           /* minutes a year of … */
	const Duty *duty;
} Load;

/* People behind names, each name looked up once. */
typedef struct Behind {
	const char *name;
	Crowd crowd;
} Behind;

typedef struct Owners {
	LIST(Behind) all;
	Map by_name; /* index + 1 */
} Owners;

static const Crowd *behind(const Plan *p, Owners *o, const char *name)
{
	size_t known = (size_t)(uintptr_t)map_get(&o->by_name, name);
	Behind one = { name, { .plan = p } };

	if (!known) {
		lint_crowd_add(&one.crowd, name);
		list_add(&o->all, one);
		known = o->all.n;
		(void)map_put(&o->by_name, name, (void *)(uintptr_t)known);
	}
	return &o->all.at[known - 1].crowd;
}

static void Owners_done(Owners *o)
{
	for (size_t i = 0; i < o->all.n; i++)
		list_free(&o->all.at[i].crowd.people);
	list_free(&o->all);
	Map_done(&o->by_name);
}

/* Who does it: joint owners each in full, people of one role or team between them. */
static double share_of(const Plan *p, Owners *o, const Duty *d, const Contact *who)
{
	double share = 0;

	for (size_t i = 0; i < d->owner.n; i++) {
		const Crowd *c = behind(p, o, d->owner.at[i]);

		for (size_t j = 0; j < c->people.n; j++) {
			if (c->people.at[j] == who && share < 1.0 / (double)c->people.n)
				share = 1.0 / (double)c->people.n;
		}
	}
	return share;
}

static bool is_work(const Duty *d)
{
	bool asks = d->human;

	for (size_t i = 0; i < d->items_n; i++)
		asks = asks || d->items[i].ask;
	return asks && !d->by && !d->supplier && !span_is_zero(d->length) &&
	       schedule_recurs(&d->at);
}

static double minutes_of(Span s) { return (double)span_estimate(s).us / 60e6; }

/* The minutes of a duty in each month of the year. */
static void months_of(Loader *l, const Duty *d, double ret[12])
{
	const Zone *z = lint_zone(l, &d->at);
	Instant end = lint_end(l), t = schedule_next(&d->at, z, lint_start(l));

	memset(ret, 0, 12 * sizeof *ret);
	for (size_t n = 0; n < OCCURRENCES && is_set(t) && earlier(t, end); n++) {
		if (!d->days.set || hours_open(&d->days, z, t))
			ret[zone_civil(z, t).month - 1] += minutes_of(d->length);
		t = schedule_next(&d->at, z, t);
	}
}

static void add_duty(Load *to, const Duty *d, const double months[12], double share)
{
	double year = 0;

	for (size_t m = 0; m < 12; m++) {
		to->asked[m] += months[m] * share;
		year += months[m] * share;
	}
	if (year > to->heaviest) {
		to->heaviest = year;
		to->duty = d;
	}
}

static void hours_had(Loader *l, const Contact *c, double ret[12])
{
	const Zone *z = l->plan->head.timezone;
	Instant from = lint_start(l);

	for (int m = 0; m < 12; m++) {
		Instant to = zone_add(z, from, (Span){ .months = 1 });

		ret[m] = (double)hours_within(&c->hours, z, from, to).us / 60e6;
		from = to;
	}
}

static void tell(Loader *l, const Contact *c, const Load *load)
{
	static const char *const names[] = { "January",   "February", "March",    "April",
		                             "May",       "June",     "July",     "August",
		                             "September", "October",  "November", "December" };
	size_t worst = 0, over = 0;
	LintSpot spot = { .section = SECTION_CONTACTS, .item = &c->item, .key = "hours" }, duty;

	for (size_t m = 0; m < 12; m++) {
		over += load->asked[m] > load->has[m];
		if (load->asked[m] - load->has[m] > load->asked[worst] - load->has[worst])
			worst = m;
	}
	if (!over)
		return;
	duty = lint_duty_spot(l, load->duty);
	spot.related = lint_see(l, duty.section, duty.item, duty.key);
	lint_say(l, &spot, F_L31,
	         "the plan asks %.4g h of '%s' in %s %d, who has %.4g h (%zu month%s of the year "
	         "%s too full); most goes to '%s', %.4g h a year",
	         load->asked[worst] / 60, c->item.id, names[worst], lint_year(l),
	         load->has[worst] / 60, over, over == 1 ? "" : "s", over == 1 ? "is" : "are",
	         load->duty->id, load->heaviest / 60);
}

/* Hours a month that the lines under costs.effort foresee; 0: none by the calendar. */
static double foreseen(const Costs *c)
{
	double hours = 0;

	for (size_t i = 0; i < c->effort_n; i++) {
		const EffortLine *e = &c->effort[i];
		double most = e->hours_max > e->hours ? e->hours_max : e->hours;

		hours += most * (lint_says(e->per, "3mo|quarter")    ? 1.0 / 3
		                 : lint_says(e->per, "1y|12mo|year") ? 1.0 / 12
		                 : lint_says(e->per, "1w|week")      ? 52.0 / 12
		                 : lint_says(e->per, "1mo|month")    ? 1
		                                                     : 0);
	}
	return hours;
}

static void against_effort(Loader *l, double year_minutes)
{
	const Costs *c = &l->plan->costs;
	double month = year_minutes / 12 / 60, has = foreseen(c);

	if (c->set && has > 0 && month > has)
		lint_add(l, SECTION_COSTS, &c->item, "effort", F_L31,
		         "what the plan asks of people takes %.4g h a month by its own durations, "
		         "and the effort foreseen is %.4g h",
		         month, has);
}

typedef struct Year {
	double months[12];
} Year;

static void one_person(Loader *l, Owners *o, const Contact *c, const Year *years)
{
	Load load = { 0 };

	if (!c->hours.set || c->hours.always)
		return;
	for (size_t i = 0; i < l->plan->duties_n && i < DUTIES_PLAYED; i++) {
		const Duty *d = &l->plan->duties[i];
		double share = is_work(d) ? share_of(l->plan, o, d, c) : 0;

		if (share > 0)
			add_duty(&load, d, years[i].months, share);
	}
	if (!load.duty)
		return;
	hours_had(l, c, load.has);
	tell(l, c, &load);
}

void lint_load(Loader *l)
{
	const Plan *p = l->plan;
	size_t n = p->duties_n < DUTIES_PLAYED ? p->duties_n : DUTIES_PLAYED;
	Year *years = ARENA_ARRAY(l->scratch, Year, n + 1);
	double all = 0;
	Owners o = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (!is_work(&p->duties[i]))
			continue;
		months_of(l, &p->duties[i], years[i].months);
		for (size_t m = 0; m < 12; m++)
			all += years[i].months[m] *
			       (p->duties[i].owner.n ? (double)p->duties[i].owner.n : 1);
	}
	for (size_t i = 0; i < p->contacts_n && i < PEOPLE_PLAYED; i++)
		one_person(l, &o, &p->contacts[i], years);
	Owners_done(&o);
	against_effort(l, all);
}
