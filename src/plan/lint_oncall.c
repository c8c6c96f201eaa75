/* L06: a proof over a year. For each clock of a class: the minutes at which an
 * incident may begin such that nobody on its ladder is there before the clock has
 * run out. The ladder is taken as incident/ladder.h plays it: when nobody is there
 * the next step is taken at once, and who comes later is told then; so all names of
 * all steps count from the first minute on. Channels' own recipients are not people
 * the plan knows the hours of, and count only where no name is given at all. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <string.h>

/* As many people and as deep as incident/roster.c goes. */
enum { CLASSES_PLAYED = 64, DIFFERENT_HOURS = 64, TEAMS_DEEP = 6, CROWD = 64 };

/* ---- people ---- */

static void add_person(Crowd *c, const Contact *person)
{
	for (size_t i = 0; i < c->people.n; i++) {
		if (c->people.at[i] == person)
			return;
	}
	if (c->people.n < CROWD)
		list_add(&c->people, person);
}

void lint_crowd_names(Crowd *c, Texts names)
{
	if (c->depth >= TEAMS_DEEP)
		return;
	c->depth++;
	for (size_t i = 0; i < names.n; i++)
		lint_crowd_add(c, names.at[i]);
	c->depth--;
}

static void add_role(Crowd *c, const Role *role)
{
	for (size_t i = 0; i < c->plan->contacts_n && c->people.n < CROWD; i++) {
		if (c->plan->contacts[i].role == role)
			add_person(c, &c->plan->contacts[i]);
	}
}

static void add_team(Crowd *c, const Team *team)
{
	lint_crowd_names(c, team->members);
	for (size_t i = 0; i < c->plan->contacts_n; i++) {
		const Role *role = c->plan->contacts[i].role;

		if (role && text_eq(role->team, team->item.id))
			add_person(c, &c->plan->contacts[i]);
	}
}

/* The order of names is incident/roster.c's: contact, role, team, audience. */
void lint_crowd_add(Crowd *c, const char *name)
{
	const char *colon = strchr(name, ':');
	const char *id = colon ? colon + 1 : name;
	const Contact *person = plan_contact(c->plan, id);
	const Role *role = plan_role(c->plan, id);
	const Team *team = plan_team(c->plan, id);
	const Audience *audience = plan_audience(c->plan, id);

	if (person)
		add_person(c, person);
	else if (role)
		add_role(c, role);
	else if (team)
		add_team(c, team);
	else if (audience) {
		c->others = c->others || audience->to.n || audience->source;
		lint_crowd_names(c, audience->members);
	}
}

/* ---- the year of a contact, each pattern of hours played once ---- */

typedef struct Played {
	const Contact *contact; /* the first with these hours */
	YearMap map;
} Played;

typedef struct Proof {
	Loader *l;
	const Class *class_;
	YearMap there, mailed, runs, late;
	Played played[DIFFERENT_HOURS];
	size_t played_n;
	bool mail_matters;
} Proof;

static bool same_hours(const Hours *a, const Hours *b)
{
	char x[HOURS_TEXT], y[HOURS_TEXT];

	if (a->set != b->set)
		return false;
	return !a->set || text_eq(hours_print(a, x), hours_print(b, y));
}

void lint_map_contact(Loader *l, YearMap *m, const Contact *c)
{
	if (!c->hours.set)
		memset(m->at, 1, m->n);
	else
		lint_map_hours(l, m, &c->hours);
	if (c->oncall.set)
		lint_map_hours(l, m, &c->oncall);
}

static void add_to(Proof *p, YearMap *m, const Contact *c)
{
	Played *one;

	for (size_t i = 0; i < p->played_n; i++) {
		one = &p->played[i];
		if (same_hours(&one->contact->hours, &c->hours) &&
		    same_hours(&one->contact->oncall, &c->oncall)) {
			lint_map_add(m, &one->map);
			return;
		}
	}
	if (p->played_n == DIFFERENT_HOURS) {
		lint_map_contact(p->l, m, c);
		return;
	}
	one = &p->played[p->played_n++];
	one->contact = c;
	one->map = lint_map(p->l);
	lint_map_contact(p->l, &one->map, c);
	lint_map_add(m, &one->map);
}

/* ---- whose clock it is ---- */

static size_t add_ladder(Crowd *crowd, const Escalation *e)
{
	size_t names = 0;

	for (size_t i = 0; e && i < e->steps_n; i++) {
		names += e->steps[i].to.n;
		lint_crowd_names(crowd, e->steps[i].to);
	}
	return names;
}

/* People whose address a channel of the route writes to. */
static void add_recipients(Crowd *crowd, Texts route)
{
	for (size_t i = 0; i < route.n; i++) {
		const Channel *ch = plan_channel(crowd->plan, route.at[i]);

		crowd->others = crowd->others || (ch && ch->to.n);
		for (size_t j = 0; ch && j < crowd->plan->contacts_n; j++) {
			const Contact *c = &crowd->plan->contacts[j];

			if ((c->email && lint_has(ch->to, c->email)) ||
			    (c->phone && lint_has(ch->to, c->phone)))
				add_person(crowd, c);
		}
	}
}

/* No name anywhere: everybody the plan gives hours to. */
static void add_everybody(Crowd *crowd)
{
	for (size_t i = 0; i < crowd->plan->contacts_n; i++) {
		const Contact *c = &crowd->plan->contacts[i];

		if (c->hours.set || c->oncall.set)
			add_person(crowd, c);
	}
}

static void add_class(Crowd *crowd, const Class *c)
{
	const Plan *p = crowd->plan;
	size_t names = add_ladder(crowd, c->escalation);

	for (size_t i = 0; i < p->levels_n; i++) {
		if (p->levels[i].class_ == c)
			names += add_ladder(crowd, p->levels[i].escalation);
	}
	if (names)
		return;
	add_recipients(crowd, c->route);
	for (size_t i = 0; i < p->levels_n; i++) {
		if (p->levels[i].class_ == c)
			add_recipients(crowd, p->levels[i].route);
	}
	if (crowd->people.n == 0 && !crowd->others)
		add_everybody(crowd);
	else
		crowd->others = true;
}

/* ---- when it runs ---- */

static bool serves(const Service *s, const char *env)
{
	return !env || !s->environments_n || service_environment(s, env);
}

static void clock_runs(Proof *p, const char *env)
{
	const Plan *plan = p->l->plan;
	bool any = false;

	memset(p->runs.at, 0, p->runs.n);
	for (size_t i = 0; p->class_->service_hours && i < plan->services_n; i++) {
		const Service *s = &plan->services[i];

		if (!serves(s, env) || !s->hours.set)
			continue;
		any = true;
		lint_map_hours(p->l, &p->runs, &s->hours);
	}
	if (!any)
		memset(p->runs.at, 1, p->runs.n);
}

/* A gap shorter than a quarter of an hour is not worth waking anybody for. */
static void drop_short_gaps(YearMap *m)
{
	size_t at = 0, from, to;

	while (lint_map_run(m, &at, &from, &to)) {
		if (to - from < 15)
			memset(m->at + from, 0, to - from);
	}
}

/* Marks in `late` the minutes at which an incident may begin (the clock runs) and more
 * than `limit` minutes of running clock pass before somebody is there. What begins in
 * the last hours of the year is taken to be answered as the next one begins. */
static void mark_late(Proof *p, const YearMap *there, Duration limit)
{
	size_t n = p->runs.n, wait = 0, most = (size_t)(limit.us / 60000000);
	bool nobody = !memchr(there->at, 1, n);

	for (size_t t = n; t-- > 0;) {
		wait = there->at[t] ? 0 : wait + p->runs.at[t];
		p->late.at[t] = p->runs.at[t] && (nobody || wait > most);
	}
	drop_short_gaps(&p->late);
}

/* ---- saying it ---- */

static const char *run_words(Loader *l, const YearMap *m, size_t from, size_t to)
{
	return arena_printf(l->scratch, "%s to %s", lint_day(l, lint_map_instant(m, from)),
	                    lint_day(l, lint_map_instant(m, to)));
}

/* "6 188 h of 2027, first … (…), longest …": total, first and longest gap. */
static const char *gaps(Loader *l, const YearMap *m)
{
	size_t at = 0, from, to, first_from = 0, first_to = 0, long_from = 0, long_to = 0;

	while (lint_map_run(m, &at, &from, &to)) {
		if (!first_to) {
			first_from = from;
			first_to = to;
		}
		if (to - from > long_to - long_from) {
			long_from = from;
			long_to = to;
		}
	}
	if (long_to - long_from == m->n)
		return arena_printf(l->scratch, "all of %d", lint_year(l));
	if (long_from == first_from)
		return arena_printf(l->scratch, "%s of %d, first and longest %s",
		                    lint_map_words(l, lint_map_count(m)), lint_year(l),
		                    run_words(l, m, first_from, first_to));
	return arena_printf(l->scratch, "%s of %d, first %s, longest %s",
	                    lint_map_words(l, lint_map_count(m)), lint_year(l),
	                    run_words(l, m, first_from, first_to),
	                    run_words(l, m, long_from, long_to));
}

typedef struct ClockName {
	ClockKind kind;
	const char *key;
} ClockName;

/* An update and a post-mortem are not raced for at night. */
static const ClockName clock_names[] = {
	{ CLOCK_RESPOND, "respond" },
	{ CLOCK_INFORM, "inform" },
	{ CLOCK_MITIGATE, "mitigate" },
	{ CLOCK_RESOLVE, "resolve" },
};

typedef struct Said {
	const char *key, *words; /* what is said of the first clock that cannot be kept */
	size_t minutes;          /* of the last one said */
} Said;

static void play(Proof *p, const ClockName *clock, const char *env, Duration limit, Said *said)
{
	Loader *l = p->l;
	size_t n;
	const char *name = env ? arena_printf(l->scratch, "%s (%s)", clock->key, env) : clock->key;

	clock_runs(p, env);
	mark_late(p, &p->there, limit);
	n = lint_map_count(&p->late);
	if (!n || n == said->minutes)
		return;
	said->minutes = n;
	if (!said->words) {
		said->key = clock->key;
		said->words = arena_printf(l->scratch,
		                           "'%s' %s: nobody is there in time for what "
		                           "begins in %s",
		                           name, lint_words(l, limit), gaps(l, &p->late));
	} else {
		said->words = arena_printf(l->scratch, "%s; '%s' %s: %s", said->words, name,
		                           lint_words(l, limit), lint_map_words(l, n));
	}
}

static void play_clock(Proof *p, const ClockName *clock, Said *said)
{
	const PerEnvDeadline *d = &p->class_->clocks[clock->kind];

	if (d->all.kind == DEADLINE_SPAN)
		play(p, clock, NULL, span_estimate(d->all.span), said);
	for (size_t i = 0; i < d->n; i++) {
		if (d->env[i].kind == DEADLINE_SPAN)
			play(p, clock, d->by_env[i].key, span_estimate(d->env[i].span), said);
	}
}

/* ---- e-mail alone ---- */

/* An e-mail is seen by somebody at a desk, in hours that are not all of them. */
static bool at_desk(const Contact *c) { return c->hours.set && !c->hours.always; }

/* Somebody who is away from the desk does not see an e-mail within the hour. */
static void by_mail_alone(Proof *p, const Crowd *crowd)
{
	Loader *l = p->l;
	AUTO(Buf) who = { 0 };
	LintSpot spot = { .section = SECTION_CLASSES, .item = &p->class_->item, .key = "respond" };
	Duration limit;

	if (!lint_limit(&p->class_->clocks[CLOCK_RESPOND], &limit) || limit.us > hours(1).us ||
	    !p->mail_matters)
		return;
	clock_runs(p, NULL);
	mark_late(p, &p->mailed, limit);
	if (!lint_map_count(&p->late))
		return;
	for (size_t i = 0; i < crowd->people.n; i++) {
		const Contact *c = crowd->people.at[i];

		if (!c->email || c->phone || c->via.n || (at_desk(c) && !c->oncall.set))
			continue;
		buf_printf(&who, who.n ? ", '%s'" : "'%s'", c->item.id);
		if (!spot.related)
			spot.related = lint_see(l, SECTION_CONTACTS, &c->item, NULL);
	}
	lint_say(l, &spot, F_L06,
	         "'respond' %s rests on e-mail alone (%s), which nobody sees away from a desk, "
	         "for what begins in %s",
	         lint_words(l, limit), buf_str(&who), gaps(l, &p->late));
}

/* ---- one class ---- */

static void gather(Proof *p, const Crowd *crowd)
{
	memset(p->there.at, 0, p->there.n);
	memset(p->mailed.at, 0, p->mailed.n);
	p->mail_matters = false;
	for (size_t i = 0; i < crowd->people.n; i++) {
		const Contact *c = crowd->people.at[i];
		bool has_more = c->phone || c->via.n;

		if (!lint_has_address(c))
			continue;
		add_to(p, &p->there, c);
		if (has_more)
			add_to(p, &p->mailed, c);
		else if (at_desk(c))
			lint_map_hours(p->l, &p->mailed, &c->hours);
		p->mail_matters = p->mail_matters || (!has_more && !at_desk(c) && c->hours.set) ||
		                  (!has_more && c->oncall.set);
	}
}

static void prove(Proof *p, const Class *c)
{
	Crowd crowd = { .plan = p->l->plan };
	Said said = { 0 };

	p->class_ = c;
	add_class(&crowd, c);
	gather(p, &crowd);
	/* Nobody named, or recipients the plan says nothing of: nothing is known. */
	for (size_t i = 0; crowd.people.n && !crowd.others && i < COUNT_OF(clock_names); i++)
		play_clock(p, &clock_names[i], &said);
	if (said.words)
		lint_add(p->l, SECTION_CLASSES, &c->item, said.key, F_L06, "%s", said.words);
	else if (crowd.people.n && !crowd.others)
		by_mail_alone(p, &crowd);
	list_free(&crowd.people);
}

void lint_oncall(Loader *l)
{
	size_t n = l->plan->classes_n < CLASSES_PLAYED ? l->plan->classes_n : CLASSES_PLAYED;
	Proof *p;

	if (n == 0 || l->plan->contacts_n == 0)
		return;
	p = ARENA_NEW(l->scratch, Proof);
	p->l = l;
	p->there = lint_map(l);
	p->mailed = lint_map(l);
	p->runs = lint_map(l);
	p->late = lint_map(l);
	for (size_t i = 0; i < n; i++)
		prove(p, &l->plan->classes[i]);
}
