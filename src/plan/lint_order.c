/* L42: figures that contradict each other by their order. A worse class that may be
 * slower than a milder one, a step allowed longer than the whole, a target that points
 * the wrong way, a probe that may last longer than the time between two. */
#include "plan/builtin_metrics.h"
#include "plan/lint_private.h"

#include "core/text.h"

enum { CLASSES_COMPARED = 64 };

typedef struct ClockName {
	ClockKind kind;
	const char *key;
} ClockName;

static const ClockName raced[] = {
	{ CLOCK_RESPOND, "respond" },
	{ CLOCK_INFORM, "inform" },
	{ CLOCK_MITIGATE, "mitigate" },
	{ CLOCK_RESOLVE, "resolve" },
};

/* ---- between classes ---- */

/* The limit for `env`, or for all where it says nothing of it. */
static bool limit_in(const PerEnvDeadline *d, const char *env, Duration *ret)
{
	for (size_t i = 0; i < d->n; i++) {
		if (text_eq(d->by_env[i].key, env)) {
			*ret = span_estimate(d->env[i].span);
			return d->env[i].kind == DEADLINE_SPAN;
		}
	}
	*ret = span_estimate(d->all.span);
	return d->all.kind == DEADLINE_SPAN;
}

static bool slower(const Class *worse, const Class *milder, ClockKind k, const char *env,
                   Duration *ret_worse, Duration *ret_milder)
{
	return limit_in(&worse->clocks[k], env, ret_worse) &&
	       limit_in(&milder->clocks[k], env, ret_milder) && ret_worse->us > ret_milder->us;
}

static void compare_clock(Loader *l, const Class *worse, const Class *milder, const ClockName *c)
{
	const PerEnvDeadline *d = &worse->clocks[c->kind];
	const char *env = NULL;
	Duration a, b;
	bool found = slower(worse, milder, c->kind, NULL, &a, &b);

	for (size_t i = 0; i < d->n && !found; i++) {
		env = d->by_env[i].key;
		found = slower(worse, milder, c->kind, env, &a, &b);
	}
	if (found)
		lint_say(l,
		         &(LintSpot){ .section = SECTION_CLASSES,
		                      .item = &worse->item,
		                      .key = c->key,
		                      .related =
		                              lint_see(l, SECTION_CLASSES, &milder->item, c->key) },
		         F_L42,
		         "'%s' is worse than '%s' and may take longer: '%s' %s, against %s%s%s",
		         worse->item.id, milder->item.id, c->key, lint_words(l, a),
		         lint_words(l, b), env ? " in " : "", env ? env : "");
}

/* Clocks that run in other hours cannot be compared by their length. */
static void compare_classes(Loader *l, const Class *a, const Class *b)
{
	const Class *worse = a->rank < b->rank ? a : b, *milder = worse == a ? b : a;

	if (a->rank == b->rank || a->service_hours != b->service_hours)
		return;
	for (size_t i = 0; i < COUNT_OF(raced); i++)
		compare_clock(l, worse, milder, &raced[i]);
}

/* ---- inside one ---- */

static void parts_of_class(Loader *l, const Class *c)
{
	Duration whole, part;

	if (!lint_limit(&c->clocks[CLOCK_RESOLVE], &whole))
		return;
	for (size_t i = 0; i + 1 < COUNT_OF(raced); i++) {
		if (limit_in(&c->clocks[raced[i].kind], NULL, &part) && part.us > whole.us)
			lint_add(l, SECTION_CLASSES, &c->item, raced[i].key, F_L42,
			         "'%s' of '%s' may take %s, longer than 'resolve', %s, of which it "
			         "is a part",
			         raced[i].key, c->item.id, lint_words(l, part),
			         lint_words(l, whole));
	}
}

static void compare_vulnerabilities(Loader *l, const Vulnerability *a, const Vulnerability *b)
{
	const Vulnerability *worse = a->rank < b->rank ? a : b, *milder = worse == a ? b : a;

	if (!a->rank || !b->rank || a->rank == b->rank || worse->deadline.kind != DEADLINE_SPAN ||
	    milder->deadline.kind != DEADLINE_SPAN ||
	    span_estimate(worse->deadline.span).us <= span_estimate(milder->deadline.span).us)
		return;
	lint_say(l,
	         &(LintSpot){ .section = SECTION_VULNERABILITIES,
	                      .item = &worse->item,
	                      .key = "deadline",
	                      .related = lint_see(l, SECTION_VULNERABILITIES, &milder->item,
	                                          "deadline") },
	         F_L42, "'%s' is worse than '%s' and may take longer: %s, against %s",
	         worse->item.id, milder->item.id,
	         lint_words(l, span_estimate(worse->deadline.span)),
	         lint_words(l, span_estimate(milder->deadline.span)));
}

/* "24/7 for critical incidents", with a clock that stops at night. */
static void always_served(Loader *l, const Class *c)
{
	const Support *s = &l->plan->support;

	if (s->set && c->service_hours && lint_has(s->always_for, c->item.id))
		lint_say(l,
		         &(LintSpot){
		                 .section = SECTION_CLASSES,
		                 .item = &c->item,
		                 .key = "clock_mode",
		                 .related = lint_see(l, SECTION_SUPPORT, &s->item, "always_for") },
		         F_L42,
		         "'%s' is served around the clock, and its clocks stop outside service "
		         "hours",
		         c->item.id);
}

/* ---- targets and probes ---- */

static void direction(Loader *l, const Objective *o)
{
	const Metric *m = plan_metric(l->plan, o->metric);
	const BuiltinMetric *b = m ? NULL : builtin_metric(o->metric);
	bool less = o->op == OP_LT || o->op == OP_LE, more = o->op == OP_GT || o->op == OP_GE;

	if (!lint_has_target(o) || !b || !(b->lower_is_better ? more : less))
		return;
	lint_add(l, SECTION_OBJECTIVES, &o->item, "op", F_L42,
	         "'%s %s %s' is kept by doing badly: of '%s', %s is better", o->metric,
	         op_print(o->op), o->target.text, o->metric, b->lower_is_better ? "less" : "more");
}

static void slow_probe(Loader *l, const Check *c)
{
	Duration every = span_estimate(c->how->every), timeout = span_estimate(c->how->timeout);

	if (every.us > 0 && timeout.us >= every.us)
		lint_add(l, SECTION_CHECKS, &c->item, "timeout", F_L42,
		         "one probe of '%s' may last %s, and the next is due after %s", c->item.id,
		         lint_words(l, timeout), lint_words(l, every));
}

void lint_order(Loader *l)
{
	const Plan *p = l->plan;

	for (size_t i = 0; i < p->classes_n && i < CLASSES_COMPARED; i++) {
		parts_of_class(l, &p->classes[i]);
		always_served(l, &p->classes[i]);
		for (size_t j = 0; j < i; j++)
			compare_classes(l, &p->classes[j], &p->classes[i]);
	}
	for (size_t i = 0; i < p->vulnerabilities_n && i < CLASSES_COMPARED; i++) {
		for (size_t j = 0; j < i; j++)
			compare_vulnerabilities(l, &p->vulnerabilities[j], &p->vulnerabilities[i]);
	}
	for (size_t i = 0; i < p->objectives_n; i++)
		direction(l, &p->objectives[i]);
	for (size_t i = 0; i < p->checks_n; i++)
		slow_probe(l, &p->checks[i]);
}
