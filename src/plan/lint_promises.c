/* L01 promise without mechanism · L02 objective without alarm · L05 recovery before
 * response · L09 stated allowance · L10 target finer than its measure · L24 tiers. */
#include "plan/builtin_metrics.h"
#include "plan/lint_private.h"

#include "core/text.h"

#include <stdlib.h>

static bool has_target(const Objective *o)
{
	return o->target.set && !o->target.unset && o->op != OP_NONE;
}

static bool wants_less(Op op) { return op == OP_LT || op == OP_LE; }

static bool metric_has_source(const Plan *p, const char *name)
{
	const Metric *m = plan_metric(p, name);

	return m ? m->source != NULL : builtin_metric(name) != NULL;
}

/* ---- L01 ---- */

static void mechanism(Loader *l, const Objective *o)
{
	const BuiltinMetric *b = plan_metric(l->plan, o->metric) ? NULL : builtin_metric(o->metric);

	if (b && (text_eq(b->source, "backups") || text_eq(b->source, "deployments") ||
	          text_eq(b->source, "suites")))
		lint_add(l, SECTION_OBJECTIVES, &o->item, "metric", F_L01,
		         "'%s' is promised, but it comes from '%s', which %s", o->metric, b->source,
		         node_get(l->root, b->source) ? "this version does not carry out yet"
		                                      : "the plan does not have");
}

/* ---- L02 ---- */

typedef struct Alarms {
	bool any, strict;
	const Rule *laxest; /* one that is not strict */
} Alarms;

/* A rule on the metric fires no later than the promise breaks. */
static bool fires_in_time(const Condition *c, const Objective *o)
{
	double at = c->value.value, target = o->target.value;

	if (c->value.unset)
		return true; /* L19 asks for the figure */
	return wants_less(o->op) ? at <= target : at >= target;
}

static void weigh(const Rule *r, const Objective *o, Alarms *a)
{
	const Condition *c = &r->when;
	bool of_check = c->kind == CONDITION_CHECK || r->of.n;

	if (of_check && text_eq(o->metric, "availability")) {
		a->any = a->strict = true;
		return;
	}
	if (c->kind != CONDITION_METRIC || !text_eq(c->subject, o->metric) ||
	    wants_less(c->op) == wants_less(o->op))
		return;
	a->any = true;
	if (fires_in_time(c, o))
		a->strict = true;
	else
		a->laxest = r;
}

static void alarm_for(Loader *l, const Objective *o)
{
	const BuiltinMetric *b = builtin_metric(o->metric);
	Alarms a = { 0 };

	/* Times of incidents are watched by the clocks of classes. */
	if (!has_target(o) || (b && b->scope == SCOPE_SERVICE) ||
	    !metric_has_source(l->plan, o->metric))
		return;
	for (size_t i = 0; i < l->plan->rules_n; i++)
		weigh(&l->plan->rules[i], o, &a);
	if (!a.any)
		lint_add(l, SECTION_OBJECTIVES, &o->item, "metric", F_L02,
		         "no rule watches '%s', so nothing warns before '%s %s' is missed",
		         o->metric, op_print(o->op), o->target.text);
	else if (!a.strict)
		lint_add(l, SECTION_OBJECTIVES, &o->item, "target", F_L02,
		         "the alarm '%s' (%s) comes later than the promise '%s %s' is broken",
		         a.laxest->item.id, a.laxest->when.text, op_print(o->op), o->target.text);
}

/* ---- L05 ---- */

static const Class *worst_class(const Plan *p)
{
	const Class *worst = NULL;

	for (size_t i = 0; i < p->classes_n; i++) {
		if (!worst || p->classes[i].rank < worst->rank)
			worst = &p->classes[i];
	}
	return worst;
}

static void recovery(Loader *l, const Objective *o)
{
	const Class *worst = worst_class(l->plan);
	Duration limit;

	if (!worst || !has_target(o) || !wants_less(o->op) ||
	    !text_eq(o->metric, "recovery_time") ||
	    !lint_limit(&worst->clocks[CLOCK_RESPOND], &limit))
		return;
	if (o->target.value <= (double)limit.us / 1e6)
		lint_add(l, SECTION_OBJECTIVES, &o->item, "target", F_L05,
		         "service is promised back within %s, but '%s' leaves %s before anybody "
		         "must "
		         "have answered",
		         o->target.text, worst->item.id, lint_words(l, limit));
}

/* ---- L09, L10: downtime a target allows ---- */

/* A month is taken as `month` days. */
static Duration period_length(const Period *p, int month)
{
	Span s = p->span;
	int64_t days_in = s.months >= 12 && s.months % 12 == 0 ? s.months / 12 * 365
	                                                       : (int64_t)s.months * month;

	return (Duration){ (days_in + s.days) * 86400 * 1000000 + s.us };
}

static Duration allowed(const Quantity *target, Duration period)
{
	/* Of the figure as written: 99.9 is not exactly 99.9 in binary. */
	double lost = round((100 - target->value) * 1e9) / 1e11;

	return (Duration){ llround(lost * (double)period.us) };
}

static bool is_availability(const Objective *o)
{
	return has_target(o) && text_eq(o->metric, "availability") &&
	       o->target.unit == UNIT_PERCENT && o->period.kind == PERIOD_SPAN &&
	       (o->op == OP_GE || o->op == OP_GT);
}

static void stated_allowance(Loader *l, const Objective *o)
{
	Duration real, stated = span_estimate(o->stated_allowance), longest;

	if (span_is_zero(o->stated_allowance) || !is_availability(o))
		return;
	real = allowed(&o->target, period_length(&o->period, 30));
	longest = allowed(&o->target, period_length(&o->period, 31));
	/* One part in a hundred is rounding; more is another promise. */
	if (llabs(stated.us - real.us) * 100 <= real.us)
		return;
	lint_add(l, SECTION_OBJECTIVES, &o->item, "stated_allowance", F_L09,
	         longest.us == real.us ? "%s allows %s, not the %s written beside it%s%s"
	                               : "%s allows %s over 30 days, not the %s written beside it "
	                                 "(%s over 31%s",
	         o->target.text, lint_words(l, real), lint_words(l, stated),
	         longest.us == real.us ? "" : lint_words(l, longest),
	         longest.us == real.us ? "" : ")");
}

/* Mean time a year's occurrences of a window take, per `period`. */
static double window_share(const Window *w)
{
	double year = 365.0 * 86400e6, length = (double)span_estimate(w->length).us;
	unsigned days_a_week = (unsigned)__builtin_popcount(w->at.weekdays);

	switch (w->at.kind) {
	case SCHEDULE_DAILY: return length / 86400e6;
	case SCHEDULE_WEEKLY: return length * (days_a_week ? days_a_week : 1) / (7 * 86400e6);
	case SCHEDULE_MONTHLY: return length * 12 / year;
	case SCHEDULE_QUARTERLY: return length * 4 / year;
	case SCHEDULE_HALFYEARLY: return length * 2 / year;
	case SCHEDULE_YEARLY: return length / year;
	case SCHEDULE_EVERY: return w->at.interval.us ? length / (double)w->at.interval.us : 0;
	case SCHEDULE_UNSET:
	case SCHEDULE_ONCE:
	case SCHEDULE_ON:
	case SCHEDULE_ALWAYS:
	case SCHEDULE_AS_NEEDED:
	case SCHEDULE_AGREED: return 0;
	}
	return 0;
}

/* Planned downtime per period; `counted_only`: of windows that may count. */
static Duration planned_down(const Plan *p, Duration period, bool counted_only)
{
	double us = 0;

	for (size_t i = 0; i < p->windows_n; i++) {
		const Window *w = &p->windows[i];

		if (w->impact == IMPACT_DOWN && !(counted_only && w->counts == 0))
			us += window_share(w) * (double)period.us;
	}
	return (Duration){ (int64_t)us };
}

/* Does this check say up or down of what the objective promises? */
static bool measures(const Check *c, const Objective *o)
{
	if (o->check)
		return c == o->check;
	if (c->type == CHECK_TLS || c->type == CHECK_DNS || c->type == CHECK_IMPORT ||
	    (c->impact.set && c->impact.value <= 0))
		return false;
	return !o->service || c->service == o->service;
}

/* The most frequent of the checks that measure an objective; NULL: none. */
static const Check *finest(const Plan *p, const Objective *o)
{
	const Check *best = NULL;

	for (size_t i = 0; i < p->checks_n; i++) {
		const Check *c = &p->checks[i];

		if (measures(c, o) && !span_is_zero(c->every) &&
		    (!best || span_estimate(c->every).us < span_estimate(best->every).us))
			best = c;
	}
	return best;
}

static void resolution(Loader *l, const Objective *o)
{
	Duration period, room, down;
	const Check *c = finest(l->plan, o);

	if (!is_availability(o))
		return;
	period = period_length(&o->period, 30);
	room = allowed(&o->target, period);
	if (c && span_estimate(c->every).us > room.us)
		lint_add(l, SECTION_OBJECTIVES, &o->item, "target", F_L10,
		         "%s allows %s of downtime, and one interval of the check '%s' is %s",
		         o->target.text, lint_words(l, room), c->item.id,
		         lint_words(l, span_estimate(c->every)));
	down = planned_down(l->plan, period, true);
	if (o->windows != WINDOWS_EXCLUDED && down.us > room.us)
		lint_add(l, SECTION_OBJECTIVES, &o->item, "target", F_L10,
		         "%s allows %s of downtime, and the planned windows alone take %s",
		         o->target.text, lint_words(l, room), lint_words(l, down));
}

static void tier_resolution(Loader *l, const Tier *t)
{
	Duration month = days(30), room, down = planned_down(l->plan, month, false);

	if (!t->availability.set || t->availability.unset)
		return;
	room = allowed(&t->availability, month);
	if (down.us > room.us)
		lint_add(l, SECTION_TIERS, &t->item, "availability", F_L10,
		         "%s allows %s a month, and planned windows take %s: it can only be kept "
		         "net of "
		         "them, which the tier must say",
		         t->availability.text, lint_words(l, room), lint_words(l, down));
}

/* ---- L24 ---- */

static int by_from(const void *a, const void *b)
{
	const Tier *x = *(const Tier *const *)a, *y = *(const Tier *const *)b;

	return x->users.from < y->users.from ? -1 : x->users.from > y->users.from;
}

static void tiers_meet(Loader *l)
{
	size_t n = l->plan->tiers_n;
	const Tier **sorted = ARENA_ARRAY(l->scratch, const Tier *, n + 1);

	for (size_t i = 0; i < n; i++)
		sorted[i] = &l->plan->tiers[i];
	if (n)
		qsort(sorted, n, sizeof *sorted, by_from);
	for (size_t i = 1; i < n; i++) {
		const Tier *a = sorted[i - 1], *b = sorted[i];

		if (!a->users.has_to || a->users.to > b->users.from)
			lint_add(l, SECTION_TIERS, &b->item, "users", F_L24,
			         "'%s' and '%s' both claim %g users", a->item.id, b->item.id,
			         b->users.from);
		else if (a->users.to < b->users.from)
			lint_add(l, SECTION_TIERS, &b->item, "users", F_L24,
			         "between '%s' and '%s', %g to %g users belong to no tier",
			         a->item.id, b->item.id, a->users.to, b->users.from);
	}
}

void lint_promises(Loader *l)
{
	for (size_t i = 0; i < l->plan->objectives_n; i++) {
		const Objective *o = &l->plan->objectives[i];

		mechanism(l, o);
		alarm_for(l, o);
		recovery(l, o);
		stated_allowance(l, o);
		resolution(l, o);
	}
	for (size_t i = 0; i < l->plan->tiers_n; i++)
		tier_resolution(l, &l->plan->tiers[i]);
	tiers_meet(l);
}
