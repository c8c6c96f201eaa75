/* What the plan's own figures leave possible. L10: the availability that planned
 * windows and the probe's interval leave, played over a year. L05: the recovery time
 * that detecting, answering and restoring leave. L09: sums written beside what they
 * are sums of. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So that a year is played in no time whatever the file says. */
enum { OBJECTIVES_PLAYED = 64, WINDOWS_PLAYED = 100, DUTIES_PLAYED = 300 };

static bool wants_less(Op op) { return op == OP_LT || op == OP_LE; }

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
	return lint_has_target(o) && text_eq(o->metric, "availability") &&
	       o->target.unit == UNIT_PERCENT && o->period.kind == PERIOD_SPAN &&
	       (o->op == OP_GE || o->op == OP_GT);
}

/* ---- L09 ---- */

/* "8h45m36s" */
static const char *exact(Loader *l, Duration d)
{
	char out[SPAN_TEXT];

	return arena_text(l->scratch, span_print(span_of(d), out));
}

static void rounded_allowance(Loader *l, const Objective *o, Duration real, Duration stated)
{
	size_t n = l->report.found.n;

	lint_add(l, SECTION_OBJECTIVES, &o->item, "stated_allowance", F_L09,
	         "%s allows %s%s; the %s beside it is that, rounded: verdicts follow the target",
	         o->target.text, exact(l, real), o->period.span.months % 12 ? " over 30 days" : "",
	         exact(l, stated));
	if (l->report.found.n > n)
		l->report.found.at[n].severity = SEVERITY_NOTE;
}

static void stated_allowance(Loader *l, const Objective *o)
{
	Duration real, stated = span_estimate(o->stated_allowance), longest;

	if (span_is_zero(o->stated_allowance) || !is_availability(o))
		return;
	real = allowed(&o->target, period_length(&o->period, 30));
	longest = allowed(&o->target, period_length(&o->period, 31));
	if (llabs(stated.us - real.us) < 1000000)
		return;
	/* One part in a hundred is rounding; more is another promise. */
	if (llabs(stated.us - real.us) * 100 <= real.us)
		rounded_allowance(l, o, real, stated);
	else
		lint_add(l, SECTION_OBJECTIVES, &o->item, "stated_allowance", F_L09,
		         longest.us == real.us
		                 ? "%s allows %s, not the %s written beside it%s%s"
		                 : "%s allows %s over 30 days, not the %s written beside it "
		                   "(%s over 31%s",
		         o->target.text, lint_words(l, real), lint_words(l, stated),
		         longest.us == real.us ? "" : lint_words(l, longest),
		         longest.us == real.us ? "" : ")");
}

/* Lines of one currency and one period can be added; others are left to people. */
static bool addable(const CostLine *c, const Money *total)
{
	return c->amount.set && text_eq(c->amount.currency, total->currency) &&
	       memcmp(&c->amount.per, &total->per, sizeof total->per) == 0;
}

static void stated_total(Loader *l, const Costs *c)
{
	double from = 0, to = 0;

	if (!c->stated_total.set || c->recurring_n == 0)
		return;
	for (size_t i = 0; i < c->recurring_n; i++) {
		if (!addable(&c->recurring[i], &c->stated_total))
			return;
		from += c->recurring[i].amount.from;
		to += c->recurring[i].amount.to;
	}
	if (fabs(from - c->stated_total.from) < 0.005 && fabs(to - c->stated_total.to) < 0.005)
		return;
	lint_add(l, SECTION_COSTS, &c->item, "stated_total", F_L09,
	         "the lines add up to %g-%g %s, not to %g-%g", from, to, c->stated_total.currency,
	         c->stated_total.from, c->stated_total.to);
}

/* Times a year an effort comes; 0: with events, which cannot be counted ahead. */
static double times_a_year(const char *per)
{
	static const struct {
		const char *words;
		double times;
	} known[] = {
		{ "1d|day|daily", 365 },      { "1w|week", 52 },
		{ "3mo|quarter", 4 },         { "6mo|half", 2 },
		{ "12mo|1y|year|annual", 1 }, { "1mo|month", 12 },
	};

	for (size_t i = 0; per && i < COUNT_OF(known); i++) {
		if (lint_says(per, known[i].words))
			return known[i].times;
	}
	return 0;
}

static void stated_hours(Loader *l, const Costs *c)
{
	double planned = 0, events = 0, all = 0;

	if (c->stated_hours <= 0 || c->effort_n == 0)
		return;
	for (size_t i = 0; i < c->effort_n; i++) {
		const EffortLine *e = &c->effort[i];
		double times = times_a_year(e->per);

		all += e->hours;
		planned += e->hours * times / 12;
		events += times > 0 ? 0 : e->hours;
	}
	if (fabs(planned - c->stated_hours) * 100 <= c->stated_hours && events <= 0)
		return;
	lint_add(l, SECTION_COSTS, &c->item, "stated_hours", F_L09,
	         "%g h are written; by their own basis the lines make %.4g h a month%s%s",
	         c->stated_hours, planned,
	         events > 0 ? arena_printf(l->scratch, ", and %g h each time it happens", events)
	                    : "",
	         fabs(all - c->stated_hours) < 0.01 ? ": they were added as if all were monthly"
	                                            : "");
}

/* ---- L10: what planned windows take ---- */

static bool concerns(const Window *w, const Objective *o)
{
	if (o && o->env && w->env && !text_eq(o->env, w->env))
		return false;
	return !o || !o->service || w->services.n == 0 ||
	       lint_has(w->services, o->service->item.id);
}

static void fill_window(Loader *l, YearMap *m, const Window *w)
{
	const Zone *z = lint_zone(l, &w->at);
	Instant end = lint_map_instant(m, m->n), t = schedule_last(&w->at, z, m->from);

	if (!schedule_recurs(&w->at) || span_is_zero(w->length))
		return;
	for (t = is_set(t) ? t : schedule_next(&w->at, z, m->from); is_set(t) && earlier(t, end);
	     t = schedule_next(&w->at, z, t))
		lint_map_fill(m, t, zone_add(z, t, w->length));
}

/* Work outside any window that stops a unit of production: no window says that its
 * time does not count. */
static bool stops_service(const Duty *d)
{
	for (size_t i = 0; i < d->items_n; i++) {
		if (d->items[i].unit && lint_says(d->items[i].unit, "stop ") &&
		    lint_is_production(d->items[i].env))
			return true;
	}
	return false;
}

static void fill_duties(Loader *l, YearMap *m)
{
	Instant end = lint_map_instant(m, m->n);

	for (size_t i = 0; i < l->plan->duties_n && i < DUTIES_PLAYED; i++) {
		const Duty *d = &l->plan->duties[i];
		const Zone *z = lint_zone(l, &d->at);

		if (d->window || d->by || span_is_zero(d->length) || !schedule_recurs(&d->at) ||
		    !stops_service(d))
			continue;
		for (Instant t = schedule_next(&d->at, z, m->from); is_set(t) && earlier(t, end);
		     t = schedule_next(&d->at, z, t)) {
			if (!d->days.set || hours_open(&d->days, z, t))
				lint_map_fill(m, t, zone_add(z, t, d->length));
		}
	}
}

typedef enum WhichWindows { ALL_WINDOWS, COUNTED_WINDOWS, WITHOUT_WINDOWS } WhichWindows;

/* Of the windows that take the service down, and of work that does. */
static void planned_down(Loader *l, YearMap *m, const Objective *o, WhichWindows which)
{
	memset(m->at, 0, m->n);
	for (size_t i = 0; i < l->plan->windows_n && i < WINDOWS_PLAYED; i++) {
		const Window *w = &l->plan->windows[i];

		if (which == WITHOUT_WINDOWS || (which == COUNTED_WINDOWS && w->counts == 0))
			continue;
		if (w->impact == IMPACT_DOWN && concerns(w, o))
			fill_window(l, m, w);
	}
	fill_duties(l, m);
}

typedef struct Stretch { /* of the year, with what is planned in it */
	Duration length, down;
	const char *words;
} Stretch;

static Duration down_within(const YearMap *m, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to && i < m->n; i++)
		n += m->at[i];
	return minutes((int64_t)n);
}

static Stretch whole_year(Loader *l, const YearMap *m)
{
	return (Stretch){ minutes((int64_t)m->n), down_within(m, 0, m->n),
		          arena_printf(l->scratch, "in %d", lint_year(l)) };
}

/* The month of the year in which most is planned. */
static Stretch worst_month(Loader *l, const YearMap *m)
{
	static const char *const names[] = { "January",   "February", "March",    "April",
		                             "May",       "June",     "July",     "August",
		                             "September", "October",  "November", "December" };
	const Zone *z = l->plan->head.timezone;
	Stretch worst = { .length = days(30), .words = "" };

	for (int i = 0; i < 12; i++) {
		Civil c = { .year = lint_year(l), .month = i + 1, .day = 1 };
		Instant from = zone_instant(z, c, PICK_FIRST, NULL);
		Instant to = zone_add(z, from, (Span){ .months = 1 });
		Duration down = down_within(m, (size_t)(between(m->from, from).us / 60000000),
		                            (size_t)(between(m->from, to).us / 60000000));

		if (down.us > worst.down.us)
			worst = (Stretch){ between(from, to), down,
				           arena_printf(l->scratch, "in %s %d", names[i],
				                        lint_year(l)) };
	}
	return worst;
}

/* Of a rolling or another period: its share of the year. */
static Stretch share_of(Loader *l, const YearMap *m, Duration period)
{
	Stretch year = whole_year(l, m);

	year.down.us = (int64_t)((double)year.down.us * (double)period.us / (double)year.length.us);
	year.length = period;
	year.words =
	        arena_printf(l->scratch, "of each %s of %d", lint_words(l, period), lint_year(l));
	return year;
}

static double possible(const Stretch *s)
{
	/* Floored: what is shown can be kept. */
	return floor((1 - (double)s->down.us / (double)s->length.us) * 1e5) / 1e3;
}

static Stretch planned_in(Loader *l, const Objective *o, const YearMap *m)
{
	if (o->period.span.months == 1 && !o->period.span.days && !o->period.span.us)
		return worst_month(l, m);
	if (o->period.span.months == 12 && !o->period.span.days && !o->period.span.us)
		return whole_year(l, m);
	return share_of(l, m, period_length(&o->period, 30));
}

static bool something_is_down(const Plan *p)
{
	for (size_t i = 0; i < p->duties_n && i < DUTIES_PLAYED; i++) {
		if (stops_service(&p->duties[i]))
			return true;
	}
	for (size_t i = 0; i < p->windows_n; i++) {
		if (p->windows[i].impact == IMPACT_DOWN)
			return true;
	}
	return false;
}

static void windows_against(Loader *l, const Objective *o, YearMap *m)
{
	Stretch s;
	Duration room;

	if (!is_availability(o))
		return;
	planned_down(l, m, o, o->windows == WINDOWS_EXCLUDED ? WITHOUT_WINDOWS : COUNTED_WINDOWS);
	s = planned_in(l, o, m);
	room = allowed(&o->target, s.length);
	if (s.down.us > room.us)
		lint_add(l, SECTION_OBJECTIVES, &o->item, "target", F_L10,
		         "%s allows %s of downtime, and what is planned alone takes %s %s: at most "
		         "%g%% can be kept",
		         o->target.text, lint_words(l, room), lint_words(l, s.down), s.words,
		         possible(&s));
}

static void tier_against(Loader *l, const Tier *t, const YearMap *down)
{
	Stretch s;
	Duration room;

	if (!t->availability.set || t->availability.unset)
		return;
	s = worst_month(l, down);
	room = allowed(&t->availability, s.length);
	if (s.down.us > room.us)
		lint_add(l, SECTION_TIERS, &t->item, "availability", F_L10,
		         "%s allows %s, and planned windows take %s %s (%g%% are left): it can "
		         "only be kept net of them, which the tier must say",
		         t->availability.text, lint_words(l, room), lint_words(l, s.down), s.words,
		         possible(&s));
}

/* All that plays windows over the year. */
static void windows_played(Loader *l)
{
	YearMap m;

	if (!something_is_down(l->plan))
		return;
	m = lint_map(l);
	for (size_t i = 0; i < l->plan->objectives_n && i < OBJECTIVES_PLAYED; i++)
		windows_against(l, &l->plan->objectives[i], &m);
	planned_down(l, &m, NULL, ALL_WINDOWS);
	for (size_t i = 0; i < l->plan->tiers_n; i++)
		tier_against(l, &l->plan->tiers[i], &m);
}

/* ---- L10: what the probe can tell ---- */

/* Does this check say up or down of what the objective promises? */
static bool measures(const Check *c, const Objective *o)
{
	if (o->check)
		return c == o->check;
	if (c->type == CHECK_TLS || c->type == CHECK_DNS || c->type == CHECK_IMPORT ||
	    (c->how->impact.set && c->how->impact.value <= 0))
		return false;
	if (o->env && c->env && !text_eq(o->env, c->env))
		return false;
	return !o->service || c->service == o->service;
}

/* The most frequent of the checks that measure an objective; NULL: none. */
static const Check *finest(const Plan *p, const Objective *o)
{
	const Check *best = NULL;

	for (size_t i = 0; i < p->checks_n; i++) {
		const Check *c = &p->checks[i];

		if (measures(c, o) && !span_is_zero(c->how->every) &&
		    (!best || span_estimate(c->how->every).us < span_estimate(best->how->every).us))
			best = c;
	}
	return best;
}

/* A promise about answers, of a service that no check asks. */
static void asked_at_all(Loader *l, const Objective *o)
{
	const char *whom = "any service", *where = "";

	if (!lint_has_target(o) || o->check || plan_metric(l->plan, o->metric) ||
	    !(text_eq(o->metric, "availability") || text_eq(o->metric, "latency") ||
	      text_eq(o->metric, "error_rate") || text_eq(o->metric, "first_byte")))
		return;
	for (size_t i = 0; i < l->plan->checks_n; i++) {
		if (measures(&l->plan->checks[i], o))
			return;
	}
	if (o->service)
		whom = arena_printf(l->scratch, "'%s'", o->service->item.id);
	if (o->env)
		where = arena_printf(l->scratch, " in %s", o->env);
	lint_add(l, SECTION_OBJECTIVES, &o->item, "metric", F_L22,
	         "no check asks %s%s, so nothing measures '%s'", whom, where, o->item.id);
}

static void probe_against(Loader *l, const Objective *o)
{
	const Check *c = is_availability(o) ? finest(l->plan, o) : NULL;
	Duration period, room, every;

	if (!c)
		return;
	period = period_length(&o->period, 30);
	room = allowed(&o->target, period);
	every = span_estimate(c->how->every);
	if (every.us > room.us)
		lint_say(l,
		         &(LintSpot){ .section = SECTION_OBJECTIVES,
		                      .item = &o->item,
		                      .key = "target",
		                      .related = lint_see(l, SECTION_CHECKS, &c->item, "every") },
		         F_L10,
		         "%s allows %s of downtime, and one interval of the check '%s' is %s, "
		         "%.2g%% of the period",
		         o->target.text, lint_words(l, room), c->item.id, lint_words(l, every),
		         100.0 * (double)every.us / (double)period.us);
}

/* ---- L05: the way back ---- */

static const Class *worst_class(const Plan *p)
{
	const Class *worst = NULL;

	for (size_t i = 0; i < p->classes_n; i++) {
		if (!worst || p->classes[i].rank < worst->rank)
			worst = &p->classes[i];
	}
	return worst;
}

/* From the fault to the alert: it comes right after a good answer, then every retry
 * fails slowly. The figures of an absent key are check/'s. */
static Duration until_seen(const Check *c, const Rule *r)
{
	Duration every = span_estimate(c->how->every), retry = span_estimate(c->how->retry_every);
	Duration timeout = span_estimate(c->how->timeout);
	int retries = c->how->retries < 0 ? 1 : c->how->retries;

	if (retry.us == 0)
		retry.us = every.us / 5 < 30000000 ? every.us / 5 : 30000000;
	if (timeout.us == 0)
		timeout = seconds(10);
	return (Duration){ every.us + retries * retry.us + timeout.us +
		           span_estimate(r->when.sustain).us };
}

/* The rule that calls somebody soonest when the service fails; false: none does. */
static bool detection(const Plan *p, const Objective *o, Duration *ret, const Check **ret_check)
{
	bool found = false;

	for (size_t i = 0; i < p->rules_n; i++) {
		const Rule *r = &p->rules[i];
		const Check *c = r->when.kind == CONDITION_CHECK ? plan_check(p, r->when.scope)
		                 : r->of.n                       ? plan_check(p, r->of.at[0])
		                                                 : NULL;
		Duration d;

		if (!c || !measures(c, o) || span_is_zero(c->how->every))
			continue;
		d = until_seen(c, r);
		if (!found || d.us < ret->us) {
			*ret = d;
			*ret_check = c;
		}
		found = true;
	}
	return found;
}

typedef struct Restore {
	Duration time;
	SectionId section;
	const Item *item;
	const char *key;
} Restore;

static void longer(Restore *r, Span s, SectionId section, const Item *item, const char *key)
{
	if (span_estimate(s).us > r->time.us)
		*r = (Restore){ span_estimate(s), section, item, key };
}

/* The longest time the plan itself gives a restore. */
static Restore restoring(const Plan *p)
{
	Restore r = { .section = SECTIONS };

	for (size_t i = 0; i < p->procedures_n; i++) {
		if (text_eq(p->procedures[i].kind, "restore"))
			longer(&r, p->procedures[i].limit, SECTION_PROCEDURES,
			       &p->procedures[i].item, "limit");
	}
	for (size_t i = 0; r.time.us == 0 && i < p->restore_tests_n; i++)
		longer(&r, p->restore_tests[i].rto, SECTION_RESTORE_TESTS,
		       &p->restore_tests[i].item, "rto");
	for (size_t i = 0; r.time.us == 0 && i < p->restore_tests_n; i++)
		longer(&r, p->restore_tests[i].length, SECTION_RESTORE_TESTS,
		       &p->restore_tests[i].item, "for");
	return r;
}

/* All parts in time, and the whole too late. */
static void parts_against(Loader *l, const Objective *o, const Class *worst, Duration answer)
{
	Duration seen = { 0 }, sum;
	const Check *c = NULL;
	Restore r = restoring(l->plan);
	const char *parts;

	(void)detection(l->plan, o, &seen, &c);
	sum.us = seen.us + answer.us + r.time.us;
	if (o->target.value >= (double)sum.us / 1e6 || (!c && r.section == SECTIONS))
		return;
	parts = arena_printf(l->scratch, "%s for '%s' to be answered", lint_words(l, answer),
	                     worst->item.id);
	if (c)
		parts = arena_printf(l->scratch, "%s until '%s' is seen to fail + %s",
		                     lint_words(l, seen), c->item.id, parts);
	if (r.section != SECTIONS)
		parts = arena_printf(l->scratch, "%s + %s for '%s' to restore", parts,
		                     lint_words(l, r.time), r.item->id);
	lint_say(l,
	         &(LintSpot){ .section = SECTION_OBJECTIVES,
	                      .item = &o->item,
	                      .key = "target",
	                      .related = r.section != SECTIONS
	                                         ? lint_see(l, r.section, r.item, r.key)
	                                         : lint_see(l, SECTION_CLASSES, &worst->item,
	                                                    "respond") },
	         F_L05, "service is promised back within %s; %s = %s, each part being in time",
	         o->target.text, parts, lint_words(l, sum));
}

static void recovery(Loader *l, const Objective *o)
{
	const Class *worst = worst_class(l->plan);
	Duration limit;

	if (!worst || !lint_has_target(o) || !wants_less(o->op) ||
	    !text_eq(o->metric, "recovery_time") ||
	    !lint_limit(&worst->clocks[CLOCK_RESPOND], &limit))
		return;
	if (o->target.value <= (double)limit.us / 1e6)
		lint_say(l,
		         &(LintSpot){
		                 .section = SECTION_OBJECTIVES,
		                 .item = &o->item,
		                 .key = "target",
		                 .related = lint_see(l, SECTION_CLASSES, &worst->item, "respond") },
		         F_L05,
		         "service is promised back within %s, but '%s' leaves %s before anybody "
		         "must have answered",
		         o->target.text, worst->item.id, lint_words(l, limit));
	else
		parts_against(l, o, worst, limit);
}

/* A restore that is allowed to take longer than the promise. */
static void restore_against(Loader *l, const RestoreTest *t)
{
	for (size_t i = 0; !span_is_zero(t->rto) && i < l->plan->objectives_n; i++) {
		const Objective *o = &l->plan->objectives[i];

		if (text_eq(o->metric, "recovery_time") && lint_has_target(o) &&
		    wants_less(o->op) && (double)span_estimate(t->rto).us / 1e6 > o->target.value)
			lint_say(l,
			         &(LintSpot){ .section = SECTION_RESTORE_TESTS,
			                      .item = &t->item,
			                      .key = "rto",
			                      .related = lint_see(l, SECTION_OBJECTIVES, &o->item,
			                                          "target") },
			         F_L05,
			         "the test passes with a restore of %s, and '%s' promises the "
			         "service back within %s",
			         lint_words(l, span_estimate(t->rto)), o->item.id, o->target.text);
	}
}

void lint_budget(Loader *l)
{
	for (size_t i = 0; i < l->plan->objectives_n; i++) {
		const Objective *o = &l->plan->objectives[i];

		stated_allowance(l, o);
		asked_at_all(l, o);
		probe_against(l, o);
		recovery(l, o);
	}
	windows_played(l);
	for (size_t i = 0; i < l->plan->restore_tests_n; i++)
		restore_against(l, &l->plan->restore_tests[i]);
	stated_total(l, &l->plan->costs);
	stated_hours(l, &l->plan->costs);
}
