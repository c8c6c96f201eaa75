/* What the engine knows, as facts about one commitment. Collects and never judges: that
 * is ledger/objective.h and proof/proof.h. One Gather serves all commitments of a book, so
 * that rows long over are read from the store once. */
#include "engine/proofs.h"

#include "incident/ladder.h"
#include "ticket/quality.h"

enum { EXCLUDED_MAX = 512 };

/* ---- facts of objectives ---- */

typedef LIST(IncidentFact) IncidentFacts;

static bool belongs(const Objective *o, const Incident *inc)
{
	return (!o->service || text_eq(o->service->item.id, inc->service)) &&
	       (!o->env || text_eq(o->env, inc->env));
}

static IncidentFacts incident_facts(const Engine *e, const Objective *o)
{
	IncidentFacts list = { 0 };

	for (size_t i = 0; i < e->cases.n; i++) {
		const Incident *inc = &e->cases.at[i]->incident;

		if (!inc->drill && belongs(o, inc))
			list_add(&list,
			         ((IncidentFact){ inc->id, inc->detected_at, inc->acknowledged_at,
			                          inc->resolved_at, inc->started_at, inc->rank,
			                          inc->state == INCIDENT_CANCELLED }));
	}
	return list;
}

/* Longest interval of the checks behind the objective: its resolution. */
static Duration probe_of(const Engine *e, const Objective *o)
{
	Duration every = { 0 };

	for (size_t i = 0; i < e->plan->checks_n; i++) {
		const Check *c = &e->plan->checks[i];

		if (o->check ? c == o->check
		             : (!o->service || c->service == o->service) && check_is_probed(c))
			every.us = check_every(c).us > every.us ? check_every(c).us : every.us;
	}
	return every;
}

/* The statistic over the objective's period, from the series that the metric names. */
static void series_facts(const Engine *e, const Objective *o, Instant from, Instant to,
                         ObjectiveFacts *f)
{

	for (size_t i = 0; i < series_count(e->series); i++) {
		const char *name = series_at(e->series, i);
		SeriesFigure figure;
		bool worse;

		if (!series_name_matches(name, o->metric, o->check ? o->check->item.id : "") ||
		    !series_stat(e->series, name, rules_stat(o->stat, SERIES_MEAN), from,
		                 earliest(to, e->now), &figure))
			continue;
		worse = o->op == OP_GT || o->op == OP_GE ? figure.value < f->value
		                                         : figure.value > f->value;
		if (!f->has_value || worse) {
			f->value = figure.value;
			f->coverage = figure.coverage * 100;
			f->samples = figure.count;
		}
		f->has_value = true;
	}
}

/* The service an objective is about, as objective_entity() finds it. */
static const char *service_of(const Engine *e, const Objective *o)
{
	const Service *s = o->check ? o->check->service : o->service;

	if (!s && !o->check && e->plan->services_n)
		s = &e->plan->services[0];
	return s ? s->item.id : NULL;
}

/* Collects what the objective needs for [from, to); the lists are the arena's. */
static ObjectiveFacts objective_facts(Engine *e, const Objective *o, Instant from, Instant to)
{
	char entity[LEDGER_ENTITY];
	Excluded *excluded = ARENA_ARRAY(e->turn, Excluded, EXCLUDED_MAX);
	IncidentFacts incidents = incident_facts(e, o);
	IncidentFact *kept = ARENA_ARRAY(e->turn, IncidentFact, incidents.n + 1);
	const Quantity *minimum = &e->plan->head.min_coverage;
	ObjectiveFacts f = { .excluded = excluded,
		             .probe = probe_of(e, o),
		             .incidents = kept,
		             .incidents_n = incidents.n,
		             .since = LONG_AGO,
		             .min_coverage = minimum->set ? minimum->value : 0 };

	if (incidents.n)
		memcpy(kept, incidents.at, incidents.n * sizeof *kept);
	list_free(&incidents);
	if (objective_entity(e->plan, o, entity)) {
		f.intervals = ledger_intervals(e->ledger, entity, &f.intervals_n);
		f.since = ledger_since(e->ledger, entity);
		f.since = f.since.us == NEVER.us ? LONG_AGO : f.since;
	}
	f.excluded_n = view_excluded(e, service_of(e, o), o->env, excluded, EXCLUDED_MAX);
	if (is_set(from))
		series_facts(e, o, from, to, &f);
	return f;
}

void proofs_objective(Engine *e, const Objective *o, Instant now, ObjectiveResult *r)
{
	Instant from = LONG_AGO, to = LONG_AGO;
	ObjectiveFacts f;

	if (!objective_period(&o->period, e->plan->head.timezone, now, &from, &to))
		from = to = LONG_AGO;
	f = objective_facts(e, o, from, to);
	objective_judge(e->plan, o, &f, now, r);
}

/* ---- levels ---- */

/* How much a sub-period says of the whole: what broke, then what nobody knows. */
static int weight(Verdict v)
{
	static const int order[] = {
		[VERDICT_NOT_DUE] = 0, [VERDICT_KEPT] = 1,     [VERDICT_AT_RISK] = 2,
		[VERDICT_WAIVED] = 2,  [VERDICT_UNPROVEN] = 3, [VERDICT_DISPUTED] = 4,
		[VERDICT_BROKEN] = 5
	};

	return order[v];
}

/* A month that is over holds several periods (days), one, or part of one (a year): the
 * worst of those that ended in it, or the running one as it stood at its end. */
static void month_level(Engine *e, const Objective *o, Instant from, Instant to,
                        ObjectiveResult *ret)
{
	const Zone *zone = e->plan->head.timezone;
	Instant last = after(to, duration_us(-1)), p_from, p_to;
	bool any = false;

	for (Instant t = from; earlier(t, to);) {
		ObjectiveResult r;
		ObjectiveFacts f;
		Instant now;

		if (!objective_period(&o->period, zone, t, &p_from, &p_to) || !earlier(t, p_to) ||
		    earlier(to, p_to)) {
			/* none, a rolling one, or one that goes on: as it stood at the end */
			proofs_objective(e, o, last, &r);
			p_to = to;
		} else {
			now = earliest(p_to, to);
			f = objective_facts(e, o, latest(p_from, LONG_AGO), p_to);
			objective_judge_in(e->plan, o, &f, p_from, p_to, now, &r);
		}
		if (!any || weight(r.verdict) > weight(ret->verdict))
			*ret = r;
		any = true;
		t = p_to;
	}
}

static void level_facts(Gather *g, const Commitment *c, ProofFacts *f)
{
	Engine *e = g->e;
	ObjectiveResult other;

	f->has_level = true;
	if (g->to.us == NEVER.us)
		proofs_objective(e, c->objective, g->now, &f->level);
	else
		month_level(e, c->objective, f->from, g->to, &f->level);
	if (!c->against || !c->against->objective)
		return;
	if (g->to.us == NEVER.us)
		proofs_objective(e, c->against->objective, g->now, &other);
	else
		month_level(e, c->against->objective, f->from, g->to, &other);
	f->has_other = true;
	f->other = other.verdict;
}

/* ---- incidents ---- */

static bool limit_is(const Commitment *c, const Incident *inc)
{
	const Deadline *d;

	if (!c->class_) /* a template's news: those of every class */
		return true;
	d = clock_limit(c->class_, c->clock, inc->env);
	return c->env ? text_eq(c->env, inc->env) : d == &c->class_->clocks[c->clock].all;
}

static void case_clock(const Gather *g, const Commitment *c, const Case *at, ProofFacts *f)
{
	const Clock *clock = incident_clock(&at->parts, c->clock);

	if (clock && (!c->class_ || text_eq(clock->class_, c->class_->item.id)) &&
	    limit_is(c, &at->incident))
		proof_clock(f, clock, "incident", g->now);
}

static void case_phase(const Gather *g, const Commitment *c, const Case *at, ProofFacts *f)
{
	for (size_t i = 0; i < at->parts.items.n; i++) {
		const ChecklistItem *item = &at->parts.items.at[i];

		if (text_eq(item->class_, c->class_->item.id) && text_eq(item->phase, c->part))
			proof_phase_item(f, item, at->incident.id, g->now);
	}
}

static const Escalation *ladder_of(const Plan *p, const Incident *inc)
{
	const Level *level = plan_level(p, inc->level);
	const Class *class_ = plan_class(p, inc->class_);

	return level && level->escalation ? level->escalation : class_ ? class_->escalation : NULL;
}

/* Step 0 of a ladder is the route; the plan's steps follow. */
static void case_ladder(const Gather *g, const Commitment *c, const Case *at, ProofFacts *f)
{
	Ladder *l = ARENA_NEW(g->e->turn, Ladder);
	char subject[PROOF_SUBJECT];

	if (ladder_of(g->e->plan, &at->incident) != c->escalation || !at->incident.ladder ||
	    !ladder_read(at->incident.ladder, l) || c->step + 1 >= l->n ||
	    l->steps[c->step + 1].state != LADDER_TOLD)
		return;
	(void)snprintf(subject, sizeof subject, "incident:%s", at->incident.id);
	proof_used(f, subject, l->steps[c->step + 1].told_at, g->now);
}

static void case_facts(const Gather *g, const Commitment *c, ProofFacts *f)
{
	for (size_t i = 0; i < g->e->cases.n; i++) {
		const Case *at = g->e->cases.at[i];

		if (at->incident.state == INCIDENT_CANCELLED)
			continue;
		if (c->by == BY_CLOCK)
			case_clock(g, c, at, f);
		else if (c->by == BY_LADDER)
			case_ladder(g, c, at, f);
		else if (!text_eq(at->incident.class_, c->class_->item.id))
			continue;
		else if (c->by == BY_PHASE)
			case_phase(g, c, at, f);
		else if (c->by == BY_WATCH)
			proof_watch(f, &at->incident, c->class_->watch, g->e->plan->head.timezone);
		else
			proof_closing(f, &at->incident, at->parts.items.at, at->parts.items.n);
	}
}

/* ---- alerts ---- */

static bool keep_row(void *ctx, void *record)
{
	Alerts *all = ctx;

	list_add(all, *(const Alert *)record);
	return true;
}

/* Episodes long over are only in the store; the present ones are newer in memory. */
static const Alerts *alerts_of(Gather *g)
{
	MapEntry *box;
	Err err = { 0 };

	if (g->has_alerts)
		return &g->alerts;
	g->has_alerts = true;
	if (!store_each(g->e->store, &alert_record, keep_row, &g->alerts, &err))
		return &g->alerts;
	for (size_t i = 0; map_next(&g->e->alerts, &i, &box);) {
		const Alert *a = &((const AlertBox *)box->value)->alert;
		size_t k = 0;

		while (k < g->alerts.n && !text_eq(g->alerts.at[k].id, a->id))
			k++;
		if (k == g->alerts.n)
			list_add(&g->alerts, *a);
		else
			g->alerts.at[k] = *a;
	}
	return &g->alerts;
}

static void alert_facts(Gather *g, const Commitment *c, ProofFacts *f)
{
	const Alerts *all = alerts_of(g);

	for (size_t i = 0; i < all->n; i++) {
		const Alert *a = &all->at[i];
		char subject[PROOF_SUBJECT];

		(void)snprintf(subject, sizeof subject, "alert:%s", a->id);
		if (c->by == BY_ACK && text_eq(a->level, c->level->item.id))
			proof_ack(f,
			          &(AckFact){ subject, a->fired_at, a->ack_due, a->acked_at,
			                      a->resolved_at },
			          g->now);
		else if (c->by == BY_RULE && is_set(a->fired_at) &&
		         (c->rule ? text_eq(a->rule, c->rule->item.id)
		                  : c->check && text_eq(a->check, c->check->item.id)))
			proof_used(f, subject, a->fired_at, g->now);
	}
}

/* ---- windows, page, probes ---- */

static void window_facts(const Gather *g, const Commitment *c, ProofFacts *f)
{
	for (size_t i = 0; i < g->e->windows.n; i++) {
		const WindowOccurrence *w = &g->e->windows.at[i];

		if (!text_eq(w->window, c->window->item.id))
			continue;
		if (c->by == BY_NOTICE)
			proof_notice(f, w, g->now);
		else
			proof_overrun(f, w, g->now);
	}
}

/* The page as it is now: written and published, or not. Offline nobody writes it. */
static void page_facts(const Gather *g, ProofFacts *f)
{
	const Engine *e = g->e;

	if (!e->started)
		return;
	if (e->page_failing || e->publish_failing)
		proof_absent(f, "status_page", g->now);
	else
		proof_used(f, "status_page", after(g->now, duration_us(-1)), g->now);
}

/* Percent of the stretch that the check measured; false: it has not begun. */
static bool probe_coverage(const Gather *g, const Check *c, Instant since, double *ret)
{
	char entity[LEDGER_ENTITY];
	Instant to = earliest(g->to, g->now), from;
	size_t n;
	const Interval *at;
	int64_t known = 0;

	(void)snprintf(entity, sizeof entity, "check:%s", c->item.id);
	at = ledger_intervals(g->e->ledger, entity, &n);
	if (!n)
		return false;
	from = latest(since, at[0].from);
	if (!earlier(from, to))
		return false;
	for (size_t i = 0; i < n; i++) {
		Instant a = latest(at[i].from, from),
		        b = earliest(is_set(at[i].to) ? at[i].to : to, to);

		if (at[i].state != LEDGER_UNKNOWN && earlier(a, b))
			known += between(a, b).us;
	}
	*ret = 100.0 * (double)known / (double)between(from, to).us;
	return true;
}

/* Many are as good as the least measured of them. */
static void probe_facts(const Gather *g, const Commitment *c, ProofFacts *f)
{
	const Check *const *all = c->check ? &c->check : c->checks;
	size_t n = c->check ? 1 : c->checks_n;
	double one;

	for (size_t i = 0; i < n; i++) {
		if (!probe_coverage(g, all[i], f->from, &one))
			continue;
		f->coverage = f->has_coverage && f->coverage < one ? f->coverage : one;
		f->has_coverage = true;
	}
}

/* ---- runs of duties ---- */

static RunState run_state(TaskState s)
{
	switch (s) {
	case TASK_DONE: return RUN_DONE;
	case TASK_DONE_LATE: return RUN_LATE;
	case TASK_FAILED: return RUN_FAILED;
	case TASK_MISSED: return RUN_MISSED;
	case TASK_WAIVED: return RUN_WAIVED;
	case TASK_SCHEDULED:
	case TASK_DUE:
	case TASK_WAITING:
	case TASK_RUNNING:
	case TASK_AWAITING_HUMAN:
	case TASK_WITHDRAWN:
	case TASK_STATES: break;
	}
	return RUN_OPEN;
}

static void run_of(const Gather *g, const Duty *d, const RunRow *o, ProofRun *r)
{
	*r = (ProofRun){ .due = o->due,
		         .over = o->ended,
		         .state = run_state(o->state),
		         .unavailable = o->unavailable };
	text_copy(r->subject, sizeof r->subject, o->subject);
	r->late_after = duty_late_after(g->e->plan, d, o->due);
	if (is_set(o->started) && is_set(o->ended))
		r->took = between(o->started, o->ended);
	/* One that was missed is so from the end of its time on, whenever that was noticed. */
	if (o->state == TASK_MISSED && !is_set(r->over))
		r->over = o->until;
}

/* A duty that another sets off is an item there: its result is that item's. */
static void item_run(const Gather *g, const Duty *d, const RunItem *item, ProofRun *r)
{
	run_of(g, d, item->of, r);
	switch (item->state) {
	case TASK_ITEM_PASS:
	case TASK_ITEM_CONFIRMED:
		r->state = RUN_DONE;
		r->over = item->ended;
		break;
	case TASK_ITEM_FAIL:
	case TASK_ITEM_REFUSED:
		r->state = RUN_FAILED;
		r->unavailable = item->unavailable;
		r->over = item->ended;
		break;
	case TASK_ITEM_NOT_APPLICABLE:
		r->state = RUN_WAIVED;
		r->over = item->ended;
		break;
	case TASK_ITEM_TODO:
	case TASK_ITEM_ASKED:
	case TASK_ITEM_RUNNING:
	case TASK_ITEM_STATES: break; /* as its occurrence ended */
	}
}

static void run_facts(const Gather *g, const Commitment *c, ProofFacts *f)
{
	const DutyRuns *all = proofs_runs_of(g->e, c->duty->id);
	LIST(ProofRun) runs = { 0 };

	for (size_t i = 0; all && i < all->rows.n; i++) {
		const RunRow *o = all->rows.at[i];

		if (o->state != TASK_SCHEDULED && o->state != TASK_WITHDRAWN)
			run_of(g, c->duty, o, list_push(&runs));
	}
	for (size_t i = 0; all && i < all->items.n; i++) {
		const RunItem *item = all->items.at[i];

		if (item->of->state != TASK_WITHDRAWN)
			item_run(g, c->duty, item, list_push(&runs));
	}
	if (c->by == BY_DUTY)
		proof_runs(f, g->e->plan, c->duty, runs.at, runs.n, g->now);
	else
		proof_run_events(f, runs.at, runs.n, &c->limit, g->now);
	list_free(&runs);
}

/* ---- tickets, vulnerabilities ---- */

/* Over the month that is frozen, or the present one so far. */
static void ticket_facts(const Gather *g, const Commitment *c, ProofFacts *f)
{
	const Zone *zone = g->e->plan->head.timezone;
	QualityKind kind;
	Quality q;

	if (g->to.us == NEVER.us) {
		f->from = zone_month_start(zone, g->now);
		f->to = proof_month_after(zone, g->now);
	}
	if (c->op == OP_NONE || !quality_kind_parse(c->part, &kind))
		return;
	quality_of(g->e->plan, kind, (const Ticket *const *)g->e->tickets.at, g->e->tickets.n, NULL,
	           f->from, f->to, &q);
	f->has_ratio = true;
	f->total = q.total;
	f->good = q.good > 0 ? (uint64_t)q.good : 0;
	f->good = f->good > f->total ? f->total : f->good;
	f->has_value = q.total > 0;
	f->value = q.value;
}

/* Tickets answer to the clocks of the class that their priority names. */
static void ticket_clocks(const Gather *g, const Commitment *c, ProofFacts *f)
{
	if (c->env || !c->class_ || (c->clock != CLOCK_RESPOND && c->clock != CLOCK_RESOLVE))
		return;
	for (size_t i = 0; i < g->e->tickets.n; i++) {
		const Ticket *t = g->e->tickets.at[i];
		const Clock *k = c->clock == CLOCK_RESPOND ? &t->respond : &t->resolve;

		if (text_eq(k->class_, c->class_->item.id))
			proof_clock(f, k, "ticket", g->now);
	}
}

static void flaw_facts(const Gather *g, const Commitment *c, ProofFacts *f)
{
	for (size_t i = 0; i < g->e->actions.n; i++) {
		const Action *a = g->e->actions.at[i];
		char subject[PROOF_SUBJECT];
		bool over = a->state == ACTION_ACCEPTED || a->state == ACTION_DROPPED;

		if (!a->vulnerability || !text_eq(a->severity, c->part))
			continue;
		(void)snprintf(subject, sizeof subject, "action:%s", a->id);
		proof_due(f,
		          &(DueFact){ .subject = subject,
		                      .began = a->made_at,
		                      .due = c->mitigate ? a->mitigate_due : a->due,
		                      .done = c->mitigate && is_set(a->mitigated_at)
		                                      ? a->mitigated_at
		                                      : a->done_at,
		                      .excused = over,
		                      /* accepted after its deadline is late all the same */
		                      .excused_at = is_set(a->late_at) ? a->late_at : a->made_at },
		          g->now);
	}
}

/* ---- all ---- */

static void waiver_facts(const Gather *g, const Commitment *c, ProofFacts *f)
{
	const Waiver *w = proofs_waiver(g->e, c->id);
	Instant last = earliest(after(g->to, duration_us(-1)), g->now);

	if (!w || earlier(last, w->at) || (is_set(w->until) && !earlier(last, w->until)))
		return;
	f->waived = true;
	f->waived_until = w->until;
	f->waived_by = w->by;
	f->waived_reason = w->reason;
}

void gather_facts(Gather *g, const Commitment *c, ProofFacts *f)
{
	const Quantity *minimum = &g->e->plan->head.min_coverage;

	*f = (ProofFacts){ .from = latest(g->from, proofs_since(g->e, c->id)),
		           .to = g->to,
		           .first_due = NEVER,
		           .min_coverage = minimum->set ? minimum->value : 0 };
	waiver_facts(g, c, f);
	switch (c->by) {
	case BY_NOTHING:
	case BY_PLAN: return;
	case BY_OBJECTIVE:
	case BY_TIER: level_facts(g, c, f); return;
	case BY_CLOCK:
		ticket_clocks(g, c, f);
		case_facts(g, c, f);
		return;
	case BY_PHASE:
	case BY_WATCH:
	case BY_CLOSING:
	case BY_LADDER: case_facts(g, c, f); return;
	case BY_ACK:
	case BY_RULE: alert_facts(g, c, f); return;
	case BY_NOTICE:
	case BY_OVERRUN: window_facts(g, c, f); return;
	case BY_PROBES: probe_facts(g, c, f); return;
	case BY_DUTY:
	case BY_RUN: run_facts(g, c, f); return;
	case BY_PAGE: page_facts(g, f); return;
	case BY_TICKETS: ticket_facts(g, c, f); return;
	case BY_FLAW: flaw_facts(g, c, f); return;
	}
}

void Gather_done(Gather *g) { list_free(&g->alerts); }

Verdict proofs_verdict(Engine *e, const Commitment *c)
{
	AUTO(Gather) g = { .e = e, .from = LONG_AGO, .to = NEVER, .now = e->now };
	AUTO(ProofFacts) f = { 0 };
	ProofOutcome j;

	gather_facts(&g, c, &f);
	proof_judge(c, &f, e->now, &j);
	return j.verdict;
}

Verdict proof_verdict(Engine *e, const Objective *o)
{
	ObjectiveResult r;

	proofs_objective(e, o, e->now, &r);
	return r.verdict;
}

/* What the evidence says of a template's claim ("objective:rpo", "commitment:notice:weekly"). */
ClaimVerdict proof_claim(void *engine, const char *claim)
{
	Engine *e = engine;
	const char *id = strchr(claim, ':');
	const Objective *o =
	        id && text_starts(claim, "objective:") ? plan_objective(e->plan, id + 1) : NULL;
	ObjectiveResult r;

	const Commitment *c =
	        id && text_starts(claim, "commitment:") ? plan_commitment(e->plan, id + 1) : NULL;
	Verdict v = VERDICT_UNPROVEN;

	if (o) {
		proofs_objective(e, o, e->now, &r);
		v = r.verdict;
	} else if (c) {
		v = proofs_verdict(e, c);
	}
	switch (v) {
	case VERDICT_KEPT:
	case VERDICT_AT_RISK: return CLAIM_HOLDS;
	case VERDICT_BROKEN: return CLAIM_CONTRADICTED;
	case VERDICT_NOT_DUE:
	case VERDICT_UNPROVEN:
	case VERDICT_WAIVED:
	case VERDICT_DISPUTED: break;
	}
	return CLAIM_UNKNOWN;
}
