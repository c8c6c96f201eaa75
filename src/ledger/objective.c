/* Verdicts on the plan's figures. A verdict never says more than the evidence:
 * what is not measured enough is unproven, what the plan leaves open is disputed. */
#include "ledger/objective.h"

#include "core/text.h"
#include "ledger/ledger_private.h"
#include "ledger/objective_private.h"

#include <stdio.h>

/* ---- periods and entities ---- */

static bool span_is(Span s, int32_t months, int32_t days)
{
	return s.months == months && s.days == days && s.us == 0;
}

bool objective_period(const Period *p, const Zone *zone, Instant now, Instant *ret_from,
                      Instant *ret_to)
{
	Span back = { -p->span.months, -p->span.days, -p->span.us };
	Instant start;

	if (p->kind != PERIOD_SPAN || span_is_zero(p->span) || !is_set(now))
		return false;
	if (span_is(p->span, 0, 1)) {
		start = zone_day_start(zone, now);
	} else if (span_is(p->span, 1, 0)) {
		start = zone_month_start(zone, now);
	} else if (span_is(p->span, 12, 0)) {
		Civil c = zone_civil(zone, now);

		start = zone_instant(zone, (Civil){ c.year, 1, 1, 0, 0, 0, 0 }, PICK_FIRST, NULL);
	} else {
		*ret_from = zone_add(zone, now, back);
		*ret_to = now;
		return true;
	}
	*ret_from = start;
	*ret_to = zone_add(zone, start, p->span);
	return true;
}

/* The environment that is meant when none is said: production, else the only or
 * last one (they are written in the order in which a change travels). */
static const char *env_of(const Service *s, const char *env)
{
	if (!text_is_empty(env))
		return env;
	if (service_environment(s, "production") || !s->environments_n)
		return "production";
	return s->environments[s->environments_n - 1].item.id;
}

bool objective_entity(const Plan *plan, const Objective *o, char out[LEDGER_ENTITY])
{
	const Service *s = o->service ? o->service : plan->services_n ? &plan->services[0] : NULL;

	if (o->check)
		(void)snprintf(out, LEDGER_ENTITY, "check:%s", o->check->item.id);
	else if (s)
		(void)snprintf(out, LEDGER_ENTITY, "service:%s/%s", s->item.id, env_of(s, o->env));
	return o->check || s;
}

const Tier *tier_of(const Plan *plan, double users)
{
	for (size_t i = 0; i < plan->tiers_n; i++) {
		const Range *r = &plan->tiers[i].users;

		if (users >= r->from && (!r->has_to || users < r->to))
			return &plan->tiers[i];
	}
	return NULL;
}

/* ---- incidents ---- */

static Duration repair_of(const IncidentFact *i, Instant now)
{
	return between(is_set(i->failed) ? i->failed : i->opened,
	               is_set(i->resolved) ? i->resolved : now);
}

static Duration mean(int64_t sum, unsigned n) { return duration_us(n ? sum / n : 0); }

void incident_means(const IncidentFact *at, size_t n, Instant since, Instant from, Instant to,
                    Instant now, IncidentMeans *ret)
{
	IncidentMeans m = { 0 };
	int64_t ack = 0, repair = 0, broken = 0;
	Instant begin = latest(since, from), end = earliest(to, now);

	for (size_t i = 0; i < n; i++) {
		const IncidentFact *f = &at[i];
		Instant start = is_set(f->failed) ? f->failed : f->opened;

		if (f->false_alarm || !is_set(f->opened) || earlier(f->opened, from) ||
		    !earlier(f->opened, to))
			continue;
		m.incidents++;
		if (is_set(f->acknowledged)) {
			m.acknowledged++;
			ack += between(f->opened, f->acknowledged).us;
		}
		if (is_set(f->resolved)) {
			m.resolved++;
			repair += repair_of(f, now).us;
		}
		if (repair_of(f, now).us > m.worst_repair.us)
			m.worst_repair = repair_of(f, now);
		start = latest(start, begin);
		if (earlier(start, earliest(end, is_set(f->resolved) ? f->resolved : end)))
			broken += between(start,
			                  earliest(end, is_set(f->resolved) ? f->resolved : end))
			                  .us;
	}
	m.observed = earlier(begin, end) && is_set(begin) ? between(begin, end) : duration_us(0);
	m.has_mtta = m.acknowledged;
	m.has_mttr = m.resolved;
	m.has_mtbf = m.incidents && m.observed.us > 0;
	m.mtta = mean(ack, m.acknowledged);
	m.mttr = mean(repair, m.resolved);
	m.mtbf = mean(m.observed.us > broken ? m.observed.us - broken : 0, m.incidents);
	*ret = m;
}

/* ---- verdicts ---- */

bool objective_uses_net(const Objective *o) { return o->windows != WINDOWS_INCLUDED; }

double objective_min_coverage(const Plan *plan, const ObjectiveFacts *f)
{
	const Quantity *q = &plan->head.min_coverage;

	if (f->min_coverage > 0)
		return f->min_coverage;
	return q->set && !q->unset ? q->value : 95;
}

UnknownCounts objective_unknown(const Objective *o)
{
	if (text_eq(o->unknown_counts, "down"))
		return UNKNOWN_DOWN;
	return text_eq(o->unknown_counts, "up") ? UNKNOWN_UP : UNKNOWN_EXCLUDED;
}

bool objective_is_incident(const char *metric)
{
	return text_starts(metric, "incident_") || text_eq(metric, "recovery_time");
}

bool objective_takes_worst(const Objective *o)
{
	return o->period.kind == PERIOD_INCIDENT || text_eq(o->metric, "recovery_time");
}

static void decide(ObjectiveResult *r, Verdict v, VerdictWhy why)
{
	r->verdict = v;
	r->why = why;
}

/* ---- availability ---- */

/* Whether that much lost of that much keeps the target. In whole µs, so that
 * exactly the allowance is within ">=" and not within ">". */
static bool within(const Objective *o, Duration lost, Duration base)
{
	Duration allowed = downtime_allowed(o->target.value, base);

	if (o->op != OP_GT)
		return lost.us <= allowed.us;
	return lost.us < allowed.us || (!lost.us && o->target.value < 100);
}

/* Downtime that a period's name allows, with months of 30 and years of 365 days as
 * plans reckon (SVC-06), against what the plan says beside the target. */
static void compare_stated(const Objective *o, ObjectiveResult *r)
{
	Span p = o->period.span;
	int64_t day = days(p.months / 12 * 365 + p.months % 12 * 30 + p.days).us;
	Duration exact = downtime_allowed(o->target.value, duration_us(day + p.us));
	int64_t off;

	if (span_is_zero(o->stated_allowance) || o->period.kind != PERIOD_SPAN)
		return;
	off = span_estimate(o->stated_allowance).us - exact.us;
	r->stated_off = duration_us(off);
	r->stated_differs = (off < 0 ? -off : off) > exact.us / 100;
}

/* Service time of the whole period, less what is left out. */
static Duration countable(const Plan *plan, const Objective *o, const ObjectiveFacts *f,
                          const ObjectiveResult *r, bool net)
{
	ServiceHours h = service_hours(&o->hours, plan->head.timezone);
	AUTO(Stretches) left_out = stretches_of(f->excluded, f->excluded_n);
	Duration length = open_time(&h, r->from, r->to);

	if (net)
		length.us -= open_time_in(&h, &left_out, r->from, r->to).us;
	return length;
}

/* While the period runs only a used-up budget is final; once it is over, what was
 * measured of it decides. */
static bool keeps(const Plan *plan, const Objective *o, const ObjectiveFacts *f, Instant now,
                  const ObjectiveResult *r, bool net)
{
	const Availability *a = &r->availability;
	Duration lost = net ? a->lost_net : a->lost;

	if (earlier(now, r->to))
		return within(o, lost, countable(plan, o, f, r, net));
	return within(o, lost, net ? a->base_net : a->base);
}

static void decide_availability(const Plan *plan, const Objective *o, const ObjectiveFacts *f,
                                Instant now, ObjectiveResult *r)
{
	bool net = objective_uses_net(o);

	if (!r->has_value)
		decide(r, VERDICT_UNPROVEN, WHY_NO_DATA);
	else if (o->op != OP_GE && o->op != OP_GT) /* an odd plan; taken at its word */
		decide(r,
		       op_holds(r->value, o->op, o->target.value) ? VERDICT_KEPT : VERDICT_BROKEN,
		       WHY_NONE);
	else if (!keeps(plan, o, f, now, r, net))
		decide(r, VERDICT_BROKEN, WHY_NONE);
	else if (o->windows == WINDOWS_BOTH && !keeps(plan, o, f, now, r, false))
		decide(r, VERDICT_BROKEN, WHY_WINDOWS);
	else if (r->coverage < objective_min_coverage(plan, f))
		decide(r, VERDICT_UNPROVEN, WHY_COVERAGE);
	else if (f->probe.us > r->allowed.us && o->target.value < 100)
		decide(r, VERDICT_UNPROVEN, WHY_COARSE_PROBE);
	else if (!earlier(r->to, now) && r->used.us > r->allowed.us / 5 * 4 && r->used.us > 0)
		decide(r, VERDICT_AT_RISK, WHY_NONE);
	else
		decide(r, VERDICT_KEPT, WHY_NONE);
}

static void judge_availability(const Plan *plan, const Objective *o, const ObjectiveFacts *f,
                               Instant now, ObjectiveResult *r)
{
	AvailabilityAsk ask = { .from = r->from,
		                .to = r->to,
		                .now = now,
		                .intervals = f->intervals,
		                .intervals_n = f->intervals_n,
		                .excluded = f->excluded,
		                .excluded_n = f->excluded_n,
		                .unknown = objective_unknown(o),
		                .hours = &o->hours,
		                .zone = plan->head.timezone };
	Availability *a = &r->availability;
	bool net = objective_uses_net(o);

	availability(&ask, a);
	r->has_value = net ? a->has_net : a->has_gross;
	r->value = net ? a->net : a->gross;
	r->coverage = net ? a->coverage_net : a->coverage;
	r->allowed = downtime_allowed(o->target.value, countable(plan, o, f, r, net));
	r->used = net ? a->lost_net : a->lost;
	r->left = duration_us(r->allowed.us - r->used.us);
	compare_stated(o, r);
	decide_availability(plan, o, f, now, r);
}

/* ---- incidents and other figures ---- */

static double in_seconds(Duration d) { return (double)d.us / 1e6; }

static Duration incident_value(const Objective *o, const IncidentMeans *m, bool *ret_has)
{
	if (text_eq(o->metric, "incident_mtbf")) {
		*ret_has = m->observed.us > 0;
		return m->incidents ? m->mtbf : m->observed;
	}
	if (text_eq(o->metric, "incident_mtta")) {
		*ret_has = m->has_mtta;
		return m->mtta;
	}
	if (objective_takes_worst(o)) {
		*ret_has = m->incidents;
		return m->worst_repair;
	}
	*ret_has = m->has_mttr;
	return m->mttr;
}

/* Over 80 % of a time limit used. */
static bool nearly(const Objective *o, double value)
{
	return (o->op == OP_LT || o->op == OP_LE) && o->target.value > 0 &&
	       value > o->target.value * 0.8;
}

static void judge_incidents(const Objective *o, const ObjectiveFacts *f, Instant now,
                            ObjectiveResult *r)
{
	IncidentMeans m;
	bool between_incidents = text_eq(o->metric, "incident_mtbf"), good;

	r->coverage = 100;
	if (!is_set(f->since)) {
		r->coverage = 0;
		decide(r, VERDICT_UNPROVEN, WHY_NO_DATA);
		return;
	}
	incident_means(f->incidents, f->incidents_n, f->since, r->from, r->to, now, &m);
	r->value = in_seconds(incident_value(o, &m, &r->has_value));
	good = r->has_value && op_holds(r->value, o->op, o->target.value);
	if (!m.incidents && between_incidents)
		decide(r, good ? VERDICT_KEPT : VERDICT_NOT_DUE,
		       good ? WHY_NO_INCIDENT : WHY_TOO_SHORT);
	else if (!r->has_value)
		decide(r, VERDICT_NOT_DUE, WHY_NO_INCIDENT);
	else if (!good && between_incidents && in_seconds(m.observed) < o->target.value)
		decide(r, VERDICT_AT_RISK, WHY_TOO_SHORT);
	else if (!good)
		decide(r, VERDICT_BROKEN, WHY_NONE);
	else
		decide(r, nearly(o, r->value) ? VERDICT_AT_RISK : VERDICT_KEPT, WHY_NONE);
}

static void judge_figure(const Plan *plan, const Objective *o, const ObjectiveFacts *f,
                         ObjectiveResult *r)
{
	bool per_event = o->period.kind == PERIOD_DEPLOY || o->period.kind == PERIOD_BUILD ||
	                 o->period.kind == PERIOD_INCIDENT;

	r->has_value = f->has_value;
	r->value = f->value;
	r->coverage = f->has_value ? f->coverage : 0;
	if (text_eq(o->metric, "data_loss_window") && !f->has_value)
		decide(r, VERDICT_UNPROVEN, WHY_NO_MECHANISM);
	else if (!f->has_value)
		decide(r, per_event ? VERDICT_NOT_DUE : VERDICT_UNPROVEN, WHY_NO_DATA);
	else if (!per_event && r->coverage < objective_min_coverage(plan, f))
		decide(r, VERDICT_UNPROVEN, WHY_COVERAGE);
	else if (!op_holds(f->value, o->op, o->target.value))
		decide(r, VERDICT_BROKEN, o->stat == STAT_UNSPECIFIED ? WHY_STATISTIC : WHY_NONE);
	else
		decide(r, VERDICT_KEPT, o->stat == STAT_UNSPECIFIED ? WHY_STATISTIC : WHY_NONE);
}

/* ---- the whole ---- */

static void judge(const Plan *plan, const Objective *o, const ObjectiveFacts *f, bool has_period,
                  Instant now, ObjectiveResult *r)
{
	r->target = o->target.value;
	r->is_availability = text_eq(o->metric, "availability");
	if (o->target.unset || !o->target.set || o->op == OP_NONE)
		decide(r, VERDICT_DISPUTED, WHY_NO_TARGET);
	else if (!has_period && o->period.kind == PERIOD_UNSET)
		decide(r, VERDICT_DISPUTED, WHY_NO_PERIOD);
	else if (r->is_availability && !has_period) /* availability per incident is nothing */
		decide(r, VERDICT_DISPUTED, WHY_NO_PERIOD);
	else if (r->is_availability)
		judge_availability(plan, o, f, now, r);
	else if (objective_is_incident(o->metric))
		judge_incidents(o, f, now, r);
	else
		judge_figure(plan, o, f, r);
	objective_account(plan, o, f, now, r);
}

void objective_judge_in(const Plan *plan, const Objective *o, const ObjectiveFacts *facts,
                        Instant from, Instant to, Instant now, ObjectiveResult *ret)
{
	*ret = (ObjectiveResult){ .from = from, .to = to };
	judge(plan, o, facts, true, now, ret);
}

void objective_judge(const Plan *plan, const Objective *o, const ObjectiveFacts *facts, Instant now,
                     ObjectiveResult *ret)
{
	Instant from = facts->since, to = now;
	bool has = objective_period(&o->period, plan->head.timezone, now, &from, &to);

	*ret = (ObjectiveResult){ .from = from, .to = to };
	judge(plan, o, facts, has, now, ret);
}
