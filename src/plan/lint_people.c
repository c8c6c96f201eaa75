/* L03 classes and severities with gaps · L04 steps after the clock they protect · L07
 * placeholder contacts · L01 ladders that lead nowhere. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum { LEVELS_LOOKED_AT = 64 };

static void placeholders(Loader *l)
{
	for (size_t i = 0; i < l->plan->contacts_n; i++) {
		const Contact *c = &l->plan->contacts[i];

		if (!lint_has_address(c))
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

/* An item of a list that stops a clock, and comes only when that clock has run out. */
static void late_phase(Loader *l, const Class *c, const Phase *phase, const PhaseItem *item)
{
	Duration limit, from = span_estimate(phase->from);

	if (item->stops < 0 || !lint_limit(&c->clocks[item->stops], &limit) || from.us < limit.us ||
	    from.us == 0)
		return;
	lint_add(l, SECTION_CLASSES, &c->item, "phases", F_L04,
	         "'%s' stops a clock of '%s' that runs out after %s, and belongs to the phase "
	         "'%s', which begins after %s",
	         item->text, c->item.id, lint_words(l, limit), phase->item.id, lint_words(l, from));
}

static void late_phases(Loader *l, const Class *c)
{
	for (size_t i = 0; i < c->phases_n; i++) {
		for (size_t j = 0; j < c->phases[i].items_n; j++)
			late_phase(l, c, &c->phases[i], &c->phases[i].items[j]);
	}
}

/* An alert that may wait longer than the incident it opens. */
static void late_ack(Loader *l, const Level *v)
{
	Duration limit, ack = span_estimate(v->ack.span);

	if (v->class_ && v->ack.kind == DEADLINE_SPAN &&
	    lint_limit(&v->class_->clocks[CLOCK_RESPOND], &limit) && ack.us > limit.us)
		lint_say(
		        l,
		        &(LintSpot){ .section = SECTION_LEVELS,
		                     .item = &v->item,
		                     .key = "ack",
		                     .related = lint_see(l, SECTION_CLASSES, &v->class_->item,
		                                         "respond") },
		        F_L04,
		        "an alert of level '%s' may stay unacknowledged for %s, while its incident "
		        "of class '%s' must be answered within %s",
		        v->item.id, lint_words(l, ack), v->class_->item.id, lint_words(l, limit));
}

/* A rule fires, and nobody is told. */
static void silent_level(Loader *l, const Level *v)
{
	bool used = false;

	for (size_t i = 0; i < l->plan->rules_n && !used; i++)
		used = l->plan->rules[i].level == v && !l->plan->rules[i].class_;
	if (used && !v->route.n && !v->escalation && !v->class_)
		lint_add(l, SECTION_LEVELS, &v->item, NULL, F_L03,
		         "rules fire with the level '%s', which has neither a route nor a class: "
		         "nobody is told",
		         v->item.id);
}

/* ---- the same gaps where faults are found otherwise ---- */

static bool no_deadline(const Deadline *d) { return d->kind == DEADLINE_UNSET; }

static void open_vulnerability(Loader *l, const Vulnerability *v)
{
	if (no_deadline(&v->deadline))
		lint_add(l, SECTION_VULNERABILITIES, &v->item, NULL, F_L03,
		         "vulnerabilities of severity '%s' have no time to be fixed in",
		         v->item.id);
}

static void open_security_update(Loader *l, const Update *u)
{
	if (text_eq(u->kind, "security") && no_deadline(&u->deadline) && !schedule_recurs(&u->at))
		lint_add(l, SECTION_UPDATES, &u->item, NULL, F_L03,
		         "the security updates of '%s' have neither a time to be made in nor a "
		         "cadence",
		         u->item.id);
}

/* ---- ladders that lead nowhere ---- */

static bool is_climbed(const Plan *p, const Escalation *e)
{
	for (size_t i = 0; i < p->classes_n; i++) {
		if (p->classes[i].escalation == e)
			return true;
	}
	for (size_t i = 0; i < p->levels_n; i++) {
		if (p->levels[i].escalation == e)
			return true;
	}
	return false;
}

static void unused_ladder(Loader *l, const Escalation *e)
{
	if (!is_climbed(l->plan, e))
		lint_add(l, SECTION_ESCALATIONS, &e->item, NULL, F_L01,
		         "no class and no level uses '%s', so it never escalates anything",
		         e->item.id);
}

void lint_people(Loader *l)
{
	const Plan *p = l->plan;

	if (p->classes_n == 0 && p->rules_n)
		lint_add(l, SECTION_PLAN, &p->head.item, NULL, F_L03,
		         "the plan has rules and no class of incident: nothing says how fast "
		         "anybody must answer");
	placeholders(l);
	for (size_t i = 0; i < p->classes_n; i++) {
		gaps(l, &p->classes[i]);
		late_escalation(l, &p->classes[i]);
		late_phases(l, &p->classes[i]);
	}
	for (size_t i = 0; i < p->levels_n; i++)
		late_ack(l, &p->levels[i]);
	for (size_t i = 0; i < p->levels_n && i < LEVELS_LOOKED_AT; i++)
		silent_level(l, &p->levels[i]);
	for (size_t i = 0; i < p->escalations_n; i++)
		unused_ladder(l, &p->escalations[i]);
	for (size_t i = 0; i < p->vulnerabilities_n; i++)
		open_vulnerability(l, &p->vulnerabilities[i]);
	for (size_t i = 0; i < p->updates_n; i++)
		open_security_update(l, &p->updates[i]);
}
