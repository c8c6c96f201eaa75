/* What is promised about the running service: objectives, tiers, clocks of classes,
 * acknowledgements, phases, ladders, alarms and probes. */
#include "plan/commitment_private.h"

#include "plan/builtin_metrics.h"

#include "core/text.h"

/* ---- objectives and tiers ---- */

static const char *period_word(Derive *d, const Period *p)
{
	char text[SPAN_TEXT];

	switch (p->kind) {
	case PERIOD_SPAN: return derive_text(d, "%s", period_print(p, text));
	case PERIOD_INCIDENT: return "incident";
	case PERIOD_DEPLOY: return "deploy";
	case PERIOD_BUILD: return "build";
	case PERIOD_UNSET: break;
	}
	return "";
}

static const char *comparison(Derive *d, Op op, const Quantity *q)
{
	char text[48];

	return derive_text(d, "%s %s", op_print(op), quantity_print(q, text));
}

/* No loss at all is no figure to measure but something to be able to; ratios are of
 * counts, not of time. */
static CommitmentKind kind_of(const Derive *d, const Objective *o)
{
	static const char *const counted[] = { "deploy_success", "test_coverage" };

	if (text_eq(o->metric, "data_loss_window") && o->target.set && !o->target.unset &&
	    o->target.value <= 0)
		return COMMITMENT_CAPABILITY;
	for (size_t i = 0; i < COUNT_OF(counted); i++) {
		if (text_eq(o->metric, counted[i]))
			return COMMITMENT_RATIO;
	}
	for (size_t i = 0; i < d->p->support.quality.n; i++) {
		if (text_eq(o->metric, d->p->support.quality.at[i].key))
			return COMMITMENT_RATIO;
	}
	return COMMITMENT_LEVEL;
}

static void objective(Derive *d, const Objective *o)
{
	Commitment *c;
	const char *period = period_word(d, &o->period);

	if (!o->target.set || o->target.unset)
		return; /* silence: lint says so */
	c = derive_add(d, kind_of(d, o), BY_OBJECTIVE, "objectives", &o->item, "objective:%s",
	               o->item.id);
	c->objective = o;
	c->env = o->env;
	c->op = o->op;
	c->target = o->target;
	c->period = period;
	c->figure = derive_text(d, "%s%s%s %s%s%s", o->metric ? o->metric : "?",
	                        o->stat == STAT_UNSPECIFIED ? "" : " ",
	                        o->stat == STAT_UNSPECIFIED ? "" : stat_print(o->stat),
	                        comparison(d, o->op, &o->target), *period ? " per " : "", period);
}

/* The objective that measures the same thing says over which period and how it is
 * counted; without one the period is open. */
static const Objective *model_of(const Derive *d, const char *metric)
{
	for (size_t i = 0; i < d->p->objectives_n; i++) {
		if (text_eq(d->p->objectives[i].metric, metric) && !d->p->objectives[i].tier)
			return &d->p->objectives[i];
	}
	return NULL;
}

static void tier_figure(Derive *d, const Tier *t, const char *metric, Op op, const Quantity *q)
{
	const Objective *model = model_of(d, metric);
	Objective *o;
	Commitment *c;

	if (!q->set || q->unset)
		return;
	o = ARENA_NEW(d->p->arena, Objective);
	if (model)
		*o = *model;
	o->item = t->item;
	o->metric = metric;
	o->op = op;
	o->target = *q;
	o->stated_allowance = (Span){ 0 };
	c = derive_add(d, COMMITMENT_LEVEL, BY_TIER, "tiers", &t->item, "tier:%s:%s", t->item.id,
	               metric);
	c->tier = t;
	c->objective = o;
	c->op = op;
	c->target = *q;
	c->period = period_word(d, &o->period);
	c->figure = derive_text(d, "%s %s%s%s", metric, comparison(d, op, q),
	                        *c->period ? " per " : "", c->period);
}

static void tiers(Derive *d)
{
	for (size_t i = 0; i < d->p->tiers_n; i++) {
		const Tier *t = &d->p->tiers[i];

		tier_figure(d, t, "availability", OP_GE, &t->availability);
		tier_figure(d, t, "latency", OP_LE, &t->latency);
	}
}

/* ---- classes ---- */

static const char *const clock_names[CLOCK_KINDS] = {
	[CLOCK_RESPOND] = "respond",         [CLOCK_INFORM] = "inform",
	[CLOCK_MITIGATE] = "mitigate",       [CLOCK_RESOLVE] = "resolve",
	[CLOCK_NEXT_UPDATE] = "next_update", [CLOCK_POSTMORTEM] = "postmortem"
};

static void clock_figure(Derive *d, const Class *class_, ClockKind kind, const char *env,
                         const Deadline *limit)
{
	const char *figure;
	Commitment *c;

	if (!derive_limit(d, limit, &figure))
		return;
	c = derive_add(d, COMMITMENT_DEADLINE, BY_CLOCK, "classes", &class_->item,
	               "clock:%s:%s%s%s", class_->item.id, clock_names[kind], env ? ":" : "",
	               env ? env : "");
	c->class_ = class_;
	c->clock = kind;
	c->env = env;
	c->limit = *limit;
	c->figure = figure;
	c->period = "incident";
}

static void clocks(Derive *d, const Class *class_)
{
	for (int k = 0; k < CLOCK_KINDS; k++) {
		const PerEnvDeadline *limits = &class_->clocks[k];

		clock_figure(d, class_, (ClockKind)k, NULL, &limits->all);
		for (size_t i = 0; i < limits->n; i++)
			clock_figure(d, class_, (ClockKind)k, limits->by_env[i].key,
			             &limits->env[i]);
	}
}

static void phases(Derive *d, const Class *class_)
{
	for (size_t i = 0; i < class_->phases_n; i++) {
		const Phase *phase = &class_->phases[i];
		Commitment *c;

		if (span_is_zero(phase->to))
			continue;
		c = derive_add(d, COMMITMENT_DEADLINE, BY_PHASE, "classes", &class_->item,
		               "phase:%s:%s", class_->item.id, phase->item.id);
		derive_part(c, &phase->item);
		c->class_ = class_;
		c->part = phase->item.id;
		c->limit = (Deadline){ DEADLINE_SPAN, phase->to, true };
		c->figure = derive_span(d, "<= ", phase->to);
		c->period = "incident";
	}
}

static void closing(Derive *d, const Class *class_)
{
	Commitment *c;

	if (!span_is_zero(class_->watch)) {
		c = derive_add(d, COMMITMENT_SEQUENCE, BY_WATCH, "classes", &class_->item,
		               "watch:%s", class_->item.id);
		c->class_ = class_;
		c->limit = (Deadline){ DEADLINE_SPAN, class_->watch, true };
		c->figure = derive_span(d, ">= ", class_->watch);
		c->period = "incident";
	}
	if (class_->closing_n) {
		c = derive_add(d, COMMITMENT_SEQUENCE, BY_CLOSING, "classes", &class_->item,
		               "closing:%s", class_->item.id);
		c->class_ = class_;
		c->figure = derive_text(d, "%zu items before closing", class_->closing_n);
		c->period = "incident";
	}
}

/* ---- alarms ---- */

static void level(Derive *d, const Level *l)
{
	const char *figure;
	Commitment *c;

	if (!derive_limit(d, &l->ack, &figure))
		return;
	c = derive_add(d, COMMITMENT_DEADLINE, BY_ACK, "levels", &l->item, "ack:%s", l->item.id);
	c->level = l;
	c->limit = l->ack;
	c->figure = figure;
	c->period = "alert";
}

static void ladder(Derive *d, const Escalation *e)
{
	static const char *const when[] = { [STEP_UNACKNOWLEDGED] = " unacknowledged",
		                            [STEP_UNRESOLVED] = " unresolved",
		                            [STEP_ALWAYS] = "" };

	for (size_t i = 0; i < e->steps_n; i++) {
		const EscalationStep *s = &e->steps[i];
		Commitment *c = derive_add(d, COMMITMENT_CAPABILITY, BY_LADDER, "escalations",
		                           &e->item, "escalation:%s:%zu", e->item.id, i + 1);

		c->escalation = e;
		c->step = i;
		c->limit = (Deadline){ DEADLINE_SPAN, s->after, true };
		c->figure = span_is_zero(s->after)
		                    ? derive_text(d, "at once%s%s%s", when[s->when],
		                                  s->to.n ? ": " : "", s->to.n ? s->to.at[0] : "")
		                    : derive_text(d, "%s%s%s%s", derive_span(d, "after ", s->after),
		                                  when[s->when], s->to.n ? ": " : "",
		                                  s->to.n ? s->to.at[0] : "");
		c->period = "incident";
	}
}

static CommitmentLack lack_of(const Condition *when)
{
	return text_eq(when->subject, "backup") ? LACK_BACKUPS
	       : text_eq(when->subject, "log")  ? LACK_LOGS
	                                        : LACK_MEASURE;
}

/* Alarms with a figure: `check{x} == fail` and words of a person have none. Those on what this
 * version does not watch are in the book all the same: nobody may take them for watched. */
static void rule(Derive *d, const Rule *r)
{
	bool watched = r->when.kind == CONDITION_METRIC || r->of.n;
	char text[256];
	Commitment *c;

	if (r->when.kind != CONDITION_METRIC && (r->when.kind != CONDITION_STATE || r->of.n))
		return;
	c = derive_add(d, COMMITMENT_CAPABILITY, watched ? BY_RULE : BY_NOTHING, "rules", &r->item,
	               "alarm:%s", r->item.id);
	if (!watched)
		(void)derive_lack(c, lack_of(&r->when));
	c->rule = r;
	c->figure = derive_text(d, "%s", condition_print(&r->when, text));
	c->period = "alert";
}

void derive_check_alarms(Derive *d, const Check *k)
{
	char text[48];
	Commitment *c;

	for (size_t i = 0; i < k->how->min_left.n; i++) {
		c = derive_lacking(d, COMMITMENT_CAPABILITY, LACK_NOTHING, "checks", &k->item,
		                   "alarm:check:%s:%s", k->item.id, k->how->min_left.at[i]);
		c->by = BY_RULE;
		c->check = k;
		c->figure = derive_text(d, "time left < %s", k->how->min_left.at[i]);
	}
	if (k->how->slow.set && !k->how->slow.unset) {
		c = derive_add(d, COMMITMENT_CAPABILITY, BY_RULE, "checks", &k->item,
		               "alarm:check:%s:slow", k->item.id);
		c->check = k;
		c->figure = derive_text(d, "slow > %s", quantity_print(&k->how->slow, text));
	}
}

void derive_promises(Derive *d)
{
	const Plan *p = d->p;

	for (size_t i = 0; i < p->objectives_n; i++)
		objective(d, &p->objectives[i]);
	tiers(d);
	for (size_t i = 0; i < p->classes_n; i++) {
		clocks(d, &p->classes[i]);
		phases(d, &p->classes[i]);
		closing(d, &p->classes[i]);
	}
	for (size_t i = 0; i < p->levels_n; i++)
		level(d, &p->levels[i]);
	for (size_t i = 0; i < p->escalations_n; i++)
		ladder(d, &p->escalations[i]);
	for (size_t i = 0; i < p->rules_n; i++)
		rule(d, &p->rules[i]);
	derive_checks(d);
}
