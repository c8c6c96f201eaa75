/* L19 a choice is missing · L20 no hour, or no figure · L22 cannot be measured. */
#include "plan/builtin_metrics.h"
#include "plan/lint_private.h"

#include "core/text.h"

/* ---- L19 ---- */

/* Rates and shares say nothing without the time they are taken over. */
static bool needs_window(const char *metric)
{
	return text_eq(metric, "availability") || text_eq(metric, "error_rate");
}

/* One slow answer in a thousand, or all of them? */
static bool needs_stat(const char *metric)
{
	return text_eq(metric, "latency") || text_eq(metric, "first_byte");
}

static void rule_words(Loader *l, const Rule *r)
{
	const Condition *c = &r->when;

	if (node_get(l->nodes[SECTION_RULES][r - l->plan->rules].node, "level") && !r->level &&
	    !r->class_)
		lint_add(l, SECTION_RULES, &r->item, "level", F_L19,
		         "'%s' has no level: nobody is told when it fires", r->item.id);
	if (c->kind != CONDITION_METRIC)
		return;
	if (c->value.unset)
		lint_add(l, SECTION_RULES, &r->item, "when", F_L19,
		         "'%s' has no figure: it never fires until one is chosen", c->text);
	else if (needs_window(c->subject) && span_is_zero(c->over))
		lint_add(l, SECTION_RULES, &r->item, "when", F_L19,
		         "over what time is '%s' taken? (… over 5m)", c->subject);
	else if (needs_stat(c->subject) && c->stat == STAT_UNSPECIFIED)
		lint_add(l, SECTION_RULES, &r->item, "when", F_L19,
		         "which '%s' is meant: each answer's, the mean, p95? (%s p95 … over 5m)",
		         c->subject, c->subject);
}

static void objective_words(Loader *l, const Objective *o)
{
	bool has_period = o->period.kind != PERIOD_UNSET;

	if (o->target.unset)
		lint_add(l, SECTION_OBJECTIVES, &o->item, "target", F_L19, "'%s' has no figure",
		         o->item.id);
	else if (needs_stat(o->metric) && o->stat == STAT_UNSPECIFIED)
		lint_add(
		        l, SECTION_OBJECTIVES, &o->item,
		        node_get(l->nodes[SECTION_OBJECTIVES][o - l->plan->objectives].node, "stat")
		                ? "stat"
		                : "metric",
		        F_L19, "which '%s' is promised: the mean, p95, the slowest?", o->metric);
	if (!has_period)
		lint_add(l, SECTION_OBJECTIVES, &o->item,
		         node_get(l->nodes[SECTION_OBJECTIVES][o - l->plan->objectives].node,
		                  "period")
		                 ? "period"
		                 : "metric",
		         F_L19, "over which period is '%s' judged?", o->item.id);
}

static bool contains(Texts texts, const char *s)
{
	for (size_t i = 0; i < texts.n; i++) {
		if (text_eq(texts.at[i], s))
			return true;
	}
	return false;
}

/* A notice with a hole is refused when its time comes; say it now. */
static void notice_words(Loader *l, const Notice *n)
{
	for (size_t i = 0; i < l->plan->windows_n; i++) {
		const Window *w = &l->plan->windows[i];
		const char *missing =
		        contains(n->content, "reason") && !w->reason               ? "reason"
		        : contains(n->content, "alternatives") && !w->alternatives ? "alternatives"
		        : contains(n->content, "impact") && w->impact == IMPACT_UNSTATED ? "impact"
		                                                                         : NULL;

		if (missing && !span_is_zero(w->notice) &&
		    (n->windows.n == 0 || contains(n->windows, w->item.id)))
			lint_add(l, SECTION_WINDOWS, &w->item, NULL, F_L19,
			         "the notice '%s' must say '%s', and '%s' does not", n->item.id,
			         missing, w->item.id);
	}
}

/* ---- L20 ---- */

static bool is_symbolic(const Deadline *d)
{
	return d->kind == DEADLINE_ASAP || d->kind == DEADLINE_NEXT_SPRINT ||
	       d->kind == DEADLINE_PLANNED;
}

static void class_words(Loader *l, const Class *c)
{
	static const char *const keys[CLOCK_KINDS] = {
		[CLOCK_RESPOND] = "respond",          [CLOCK_INFORM] = "inform",
		[CLOCK_MITIGATE] = "mitigate",        [CLOCK_RESOLVE] = "resolve",
		[CLOCK_NEXT_UPDATE] = "update_every", [CLOCK_POSTMORTEM] = "postmortem",
	};

	for (size_t k = 0; k < CLOCK_KINDS; k++) {
		bool symbolic = is_symbolic(&c->clocks[k].all);

		for (size_t i = 0; i < c->clocks[k].n; i++)
			symbolic = symbolic || is_symbolic(&c->clocks[k].env[i]);
		if (symbolic)
			lint_add(l, SECTION_CLASSES, &c->item, keys[k], F_L20,
			         "'%s' of '%s' is a word: the time will be recorded, and no "
			         "verdict given",
			         keys[k], c->item.id);
	}
}

static void window_words(Loader *l, const Window *w)
{
	if (w->at.kind == SCHEDULE_AGREED || w->at.kind == SCHEDULE_AS_NEEDED)
		lint_add(l, SECTION_WINDOWS, &w->item, "at", F_L20,
		         "'%s' opens when people agree: each occurrence must be given a date "
		         "before it "
		         "can be announced",
		         w->item.id);
	else if (schedule_recurs(&w->at) && !w->at.has_hour && w->at.kind != SCHEDULE_EVERY)
		lint_add(l, SECTION_WINDOWS, &w->item, "at", F_L20,
		         "'%s' has no hour: it is taken to open at 00:00", w->item.id);
}

/* ---- L22 ---- */

static bool is_used(const Plan *p, const char *metric)
{
	for (size_t i = 0; i < p->rules_n; i++) {
		if (p->rules[i].when.kind == CONDITION_METRIC &&
		    text_eq(p->rules[i].when.subject, metric))
			return true;
	}
	for (size_t i = 0; i < p->objectives_n; i++) {
		if (text_eq(p->objectives[i].metric, metric))
			return true;
	}
	return false;
}

bool metric_source_is_later(const Metric *m)
{
	const char *s = m->source;

	return s &&
	       (text_starts(s, "log") || text_starts(s, "derived") || text_starts(s, "ticket"));
}

static void metric_words(Loader *l, const Metric *m)
{
	if (!is_used(l->plan, m->item.id))
		return;
	if (!m->source)
		lint_add(l, SECTION_METRICS, &m->item, "source", F_L22,
		         "nothing measures '%s', on which a rule or an objective rests",
		         m->item.id);
	else if (metric_source_is_later(m))
		lint_add(l, SECTION_METRICS, &m->item, "source", F_L22,
		         "this version does not read '%s', where '%s' would come from", m->source,
		         m->item.id);
}

/* Most stretches of `over` hold no answer of the check at all. */
static void window_too_short(Loader *l, const Rule *r)
{
	const Check *c = *r->when.scope ? plan_check(l->plan, r->when.scope) : NULL;
	Duration over = span_estimate(r->when.over);

	if (r->when.kind == CONDITION_METRIC && c && over.us > 0 &&
	    over.us < span_estimate(c->how->every).us)
		lint_say(l,
		         &(LintSpot){ .section = SECTION_RULES,
		                      .item = &r->item,
		                      .key = "when",
		                      .related = lint_see(l, SECTION_CHECKS, &c->item, "every") },
		         F_L22,
		         "'%s' looks at %s at a time, and '%s' is probed every %s: mostly there is "
		         "nothing to look at",
		         r->when.text, lint_words(l, over), c->item.id,
		         lint_words(l, span_estimate(c->how->every)));
}

static void rule_measured(Loader *l, const Rule *r)
{
	window_too_short(l, r);
	if (r->when.kind == CONDITION_DECLARED)
		lint_add(l, SECTION_RULES, &r->item, "when", F_L22,
		         "only a person can declare '%s'; nothing measures it", r->item.id);
	else if (r->when.kind == CONDITION_STATE)
		lint_add(l, SECTION_RULES, &r->item, "when", F_L22,
		         "this version does not watch '%s', so '%s' cannot fire", r->when.text,
		         r->item.id);
}

static void head_words(Loader *l)
{
	if (!l->plan->head.version)
		lint_add(l, SECTION_PLAN, &l->plan->head.item, "version", F_L19,
		         "the plan has no version: one cannot say which of two is newer");
}

void lint_words_missing(Loader *l)
{
	head_words(l);
	for (size_t i = 0; i < l->plan->rules_n; i++) {
		rule_words(l, &l->plan->rules[i]);
		rule_measured(l, &l->plan->rules[i]);
	}
	for (size_t i = 0; i < l->plan->objectives_n; i++)
		objective_words(l, &l->plan->objectives[i]);
	for (size_t i = 0; i < l->plan->classes_n; i++)
		class_words(l, &l->plan->classes[i]);
	for (size_t i = 0; i < l->plan->windows_n; i++)
		window_words(l, &l->plan->windows[i]);
	for (size_t i = 0; i < l->plan->notices_n; i++)
		notice_words(l, &l->plan->notices[i]);
	for (size_t i = 0; i < l->plan->metrics_n; i++)
		metric_words(l, &l->plan->metrics[i]);
}
