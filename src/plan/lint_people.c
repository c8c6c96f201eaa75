/* L03 classes with gaps · L04 escalation after the clock · L06 hours without anyone ·
 * L07 placeholder contacts. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

static bool has_address(const Contact *c) { return c->email || c->phone; }

static void placeholders(Loader *l)
{
	for (size_t i = 0; i < l->plan->contacts_n; i++) {
		const Contact *c = &l->plan->contacts[i];

		if (!has_address(c))
			lint_add(l, SECTION_CONTACTS, &c->item, NULL, F_L07,
			         "'%s' has neither e-mail address nor telephone number: nobody can "
			         "be "
			         "told through it",
			         c->item.id);
		else if (c->unfilled)
			lint_add(l, SECTION_CONTACTS, &c->item, c->email ? "phone" : "email", F_L07,
			         "the %s of '%s' is still to be filled in",
			         c->email ? "telephone number" : "e-mail address", c->item.id);
	}
}

/* ---- classes ---- */

static bool is_open(const PerEnvDeadline *d)
{
	bool any = d->all.set && d->all.kind != DEADLINE_UNSET;

	for (size_t i = 0; i < d->n; i++)
		any = any || (d->env[i].set && d->env[i].kind != DEADLINE_UNSET);
	return !any;
}

/* What the levels that open incidents of this class give it. */
static void levels_of(const Plan *p, const Class *c, bool *ret_route, bool *ret_escalation)
{
	for (size_t i = 0; i < p->levels_n; i++) {
		if (p->levels[i].class_ != c)
			continue;
		*ret_route = *ret_route || p->levels[i].route.n;
		*ret_escalation = *ret_escalation || p->levels[i].escalation;
	}
}

static void gaps(Loader *l, const Class *c)
{
	bool route = c->route.n, escalation = c->escalation;
	char missing[160] = "";
	const struct {
		bool open;
		const char *what;
	} parts[] = {
		{ is_open(&c->clocks[CLOCK_RESPOND]), "response time" },
		{ is_open(&c->clocks[CLOCK_RESOLVE]), "resolution time" },
		{ false, "route" },
		{ false, "escalation" },
	};
	size_t n = 0;

	levels_of(l->plan, c, &route, &escalation);
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		bool open = i == 2 ? !route : i == 3 ? !escalation : parts[i].open;

		if (open)
			n += (size_t)snprintf(missing + n, sizeof missing - n, "%sno %s",
			                      n ? ", " : "", parts[i].what);
	}
	if (n)
		lint_add(l, SECTION_CLASSES, &c->item, NULL, F_L03, "the class '%s' has %s",
		         c->item.id, missing);
}

static bool first_step(const Escalation *e, Duration *ret)
{
	if (!e || e->steps_n == 0)
		return false;
	*ret = span_estimate(e->steps[0].after); /* steps are in order of time */
	return true;
}

static void late_escalation(Loader *l, const Class *c)
{
	Duration limit, step;

	if (!lint_limit(&c->clocks[CLOCK_RESPOND], &limit))
		return;
	if (first_step(c->escalation, &step) && step.us > limit.us)
		lint_add(l, SECTION_CLASSES, &c->item, "escalation", F_L04,
		         "'%s' must be answered within %s, but its first escalation step comes "
		         "after %s",
		         c->item.id, lint_words(l, limit), lint_words(l, step));
	for (size_t i = 0; i < l->plan->levels_n; i++) {
		const Level *level = &l->plan->levels[i];

		if (level->class_ == c && first_step(level->escalation, &step) &&
		    step.us > limit.us)
			lint_add(
			        l, SECTION_LEVELS, &level->item, "escalation", F_L04,
			        "incidents of level '%s' must be answered within %s, but its first "
			        "escalation step comes after %s",
			        level->item.id, lint_words(l, limit), lint_words(l, step));
	}
}

/* ---- hours ---- */

typedef struct Crowd {
	const Plan *plan;
	LIST(const Contact *) people;
	unsigned depth;
} Crowd;

static void add_name(Crowd *c, const char *name);

static void add_names(Crowd *c, Texts names)
{
	if (c->depth >= 4)
		return; /* teams of teams: deep enough for any roster */
	c->depth++;
	for (size_t i = 0; i < names.n; i++)
		add_name(c, names.at[i]);
	c->depth--;
}

static void add_person(Crowd *c, const Contact *person)
{
	if (has_address(person))
		list_add(&c->people, person);
}

static void add_name(Crowd *c, const char *name)
{
	const Contact *person = plan_contact(c->plan, name);
	const Role *role = plan_role(c->plan, name);
	const Team *team = plan_team(c->plan, name);
	const Audience *audience = plan_audience(c->plan, name);

	if (person)
		add_person(c, person);
	for (size_t i = 0; role && i < c->plan->contacts_n; i++) {
		if (c->plan->contacts[i].role == role)
			add_person(c, &c->plan->contacts[i]);
	}
	if (team)
		add_names(c, team->members);
	if (audience)
		add_names(c, audience->members);
}

static bool is_reachable(const Contact *c, const Zone *z, Instant t)
{
	if (!c->hours.set && !c->oncall.set)
		return true;
	return (c->hours.set && hours_open(&c->hours, z, t)) ||
	       (c->oncall.set && hours_open(&c->oncall, z, t));
}

static bool somebody_there(const Crowd *c, const Zone *z, Instant t)
{
	for (size_t i = 0; i < c->people.n; i++) {
		if (is_reachable(c->people.at[i], z, t))
			return true;
	}
	return false;
}

static bool clock_runs(const Plan *p, const Class *c, Instant t)
{
	if (!c->service_hours)
		return true;
	for (size_t i = 0; i < p->services_n; i++) {
		if (!p->services[i].hours.set ||
		    hours_open(&p->services[i].hours, p->head.timezone, t))
			return true;
	}
	return p->services_n == 0;
}

enum { QUARTERS = 7 * 24 * 4 };

/* A week in quarters of an hour: edges of hours are written on minutes, but a gap
 * shorter than a quarter is not worth a warning. */
static void scan_week(Loader *l, const Class *c, const Crowd *crowd)
{
	static const char *const days[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
		                            "Friday", "Saturday", "Sunday" };
	const Zone *z = l->plan->head.timezone;
	Instant monday = lint_monday(z);
	int empty = 0, first = -1;

	for (int q = 0; q < QUARTERS; q++) {
		Instant t = after(monday, minutes(15 * q));

		if (!clock_runs(l->plan, c, t) || somebody_there(crowd, z, t))
			continue;
		empty++;
		if (first < 0)
			first = q;
	}
	if (empty)
		lint_add(l, SECTION_CLASSES, &c->item, "respond", F_L06,
		         "the clock of '%s' runs %g hours a week when nobody on its ladder is "
		         "reachable, beginning with %s at %02d:%02d",
		         c->item.id, empty / 4.0, days[first / 96], first % 96 / 4, first % 4 * 15);
}

static size_t add_ladder(Crowd *crowd, const Escalation *e)
{
	size_t names = 0;

	for (size_t i = 0; e && i < e->steps_n; i++) {
		names += e->steps[i].to.n;
		add_names(crowd, e->steps[i].to);
	}
	return names;
}

static void hours_covered(Loader *l, const Class *c)
{
	Crowd crowd = { .plan = l->plan };
	size_t names = add_ladder(&crowd, c->escalation);
	Duration limit;

	for (size_t i = 0; i < l->plan->levels_n; i++) {
		if (l->plan->levels[i].class_ == c)
			names += add_ladder(&crowd, l->plan->levels[i].escalation);
	}
	/* Without names, the channels' own recipients are told: nothing is known of them. */
	if (names && lint_limit(&c->clocks[CLOCK_RESPOND], &limit))
		scan_week(l, c, &crowd);
	list_free(&crowd.people);
}

void lint_people(Loader *l)
{
	placeholders(l);
	for (size_t i = 0; i < l->plan->classes_n; i++) {
		gaps(l, &l->plan->classes[i]);
		late_escalation(l, &l->plan->classes[i]);
		hours_covered(l, &l->plan->classes[i]);
	}
}
