/* Proof: objectives with their account, commitments with their evidence, the
 * journal. Collects facts; judging is ledger/objective.h and report/prove.h. */
#include "engine/command_private.h"

#include "report/prove.h"

enum { EXCLUDED_MAX = 512, EVIDENCE_MAX = 50 };

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
static void series_facts(const Engine *e, const Objective *o, ObjectiveFacts *f)
{
	Instant from, to;

	if (!objective_period(&o->period, e->plan->head.timezone, e->now, &from, &to))
		return;
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

static void judge(Engine *e, const Objective *o, ObjectiveResult *r)
{
	char entity[LEDGER_ENTITY];
	Excluded *excluded = ARENA_ARRAY(e->turn, Excluded, EXCLUDED_MAX);
	IncidentFacts incidents = incident_facts(e, o);
	const Quantity *minimum = &e->plan->head.min_coverage;
	ObjectiveFacts f = { .excluded = excluded,
		             .probe = probe_of(e, o),
		             .incidents = incidents.at,
		             .incidents_n = incidents.n,
		             .since = LONG_AGO,
		             .min_coverage = minimum->set ? minimum->value : 0 };

	if (objective_entity(e->plan, o, entity)) {
		f.intervals = ledger_intervals(e->ledger, entity, &f.intervals_n);
		f.since = ledger_since(e->ledger, entity);
		f.since = f.since.us == NEVER.us ? LONG_AGO : f.since;
	}
	f.excluded_n = view_excluded(e, service_of(e, o), o->env, excluded, EXCLUDED_MAX);
	series_facts(e, o, &f);
	objective_judge(e->plan, o, &f, e->now, r);
	list_free(&incidents);
}

Verdict proof_verdict(Engine *e, const Objective *o)
{
	ObjectiveResult r;

	judge(e, o, &r);
	return r.verdict;
}

/* What the evidence says of a template's claim ("objective:rpo"). */
ClaimVerdict proof_claim(void *engine, const char *claim)
{
	Engine *e = engine;
	const char *id = strchr(claim, ':');
	const Objective *o =
	        id && text_starts(claim, "objective:") ? plan_objective(e->plan, id + 1) : NULL;
	ObjectiveResult r;

	if (!o)
		return CLAIM_UNKNOWN;
	judge(e, o, &r);
	switch (r.verdict) {
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

static bool objectives(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *only = arg_text(args, "id");

	(void)who;
	(void)err;
	emit_array(out, "objectives");
	for (size_t i = 0; i < e->plan->objectives_n; i++) {
		const Objective *o = &e->plan->objectives[i];
		ObjectiveResult r;

		if (only && !text_eq(only, o->item.id))
			continue;
		judge(e, o, &r);
		objective_json(o, &r, out);
	}
	emit_array_end(out);
	return true;
}

/* ---- commitments ---- */

typedef struct Proof {
	Engine *e;
	Emit *out;
	unsigned totals[VERDICT_DISPUTED + 1];
} Proof;

typedef struct EvidenceList {
	int64_t at[EVIDENCE_MAX];
	size_t n;
} EvidenceList;

static bool add_evidence(void *ctx, const EvidenceRow *row)
{
	EvidenceList *l = ctx;

	if (l->n == EVIDENCE_MAX) { /* the newest decide */
		memmove(l->at, l->at + 1, sizeof l->at - sizeof l->at[0]);
		l->n--;
	}
	l->at[l->n++] = row->seq;
	return true;
}

static void emit_evidence(Proof *p, const char *subject, const char *kind)
{
	EvidenceList list = { 0 };

	emit_array(p->out, "evidence");
	if (subject && store_evidence(p->e->store, 0, subject, kind, add_evidence, &list, NULL)) {
		for (size_t i = 0; i < list.n; i++)
			emit_int(p->out, NULL, list.at[i]);
	}
	emit_array_end(p->out);
}

static void head(Proof *p, const char *id, const Item *item, const char *kind, const char *figure,
                 const char *value, Verdict v)
{
	p->totals[v]++;
	emit_object(p->out, NULL);
	emit_text(p->out, "id", id);
	emit_text(p->out, "label", item_label(item));
	emit_text(p->out, "src", item->src);
	emit_text(p->out, "ours", item->ours);
	emit_text(p->out, "kind", kind);
	emit_text(p->out, "figure", figure);
	emit_text(p->out, "value", value);
	emit_text(p->out, "verdict", verdict_name(v));
}

static void value_text(const Objective *o, const ObjectiveResult *r, Buf *out)
{
	char text[DURATION_TEXT], percent[PERCENT_TEXT];

	if (!r->has_value)
		return;
	if (r->is_availability) {
		/* The figure so far, and what decides while the period runs: the downtime it allows. */
		buf_printf(out, "%s, %s used", percent_print(r->value, 4, percent),
		           duration_print(r->used, text));
		buf_printf(out, " of %s", duration_print(r->allowed, text));
	} else if (o->target.unit == UNIT_PERCENT)
		buf_text(out, percent_print(r->value, 4, percent));
	else if (o->target.unit == UNIT_SECONDS)
		buf_text(out, duration_print((Duration){ (int64_t)(r->value * 1e6) }, text));
	else
		buf_printf(out, "%g", r->value);
}

static void prove_objective(Proof *p, const Objective *o)
{
	AUTO_FREE char *id = mem_printf("objective:%s", o->item.id);
	AUTO(Buf) figure = { 0 }, value = { 0 };
	char entity[LEDGER_ENTITY], target[48];
	ObjectiveResult r;
	bool has_entity = objective_entity(p->e->plan, o, entity);

	judge(p->e, o, &r);
	buf_printf(&figure, "%s %s%s%s %s", o->metric,
	           o->stat == STAT_UNSPECIFIED ? "" : stat_print(o->stat),
	           o->stat == STAT_UNSPECIFIED ? "" : " ", op_print(o->op),
	           o->target.text[0] ? o->target.text : quantity_print(&o->target, target));
	value_text(o, &r, &value);
	head(p, id, &o->item, "level", buf_str(&figure), r.has_value ? buf_str(&value) : NULL,
	     r.verdict);
	emit_instant(p->out, "from", r.from);
	emit_instant(p->out, "to", r.to);
	emit_real(p->out, "coverage", r.coverage);
	emit_text(p->out, "why", r.why ? verdict_why_name(r.why) : NULL);
	emit_text(p->out, "account", r.account);
	emit_evidence(p, has_entity && text_starts(entity, "check:") ? entity : "check:",
	              "check.changed");
	emit_object_end(p->out);
}

static void prove_clock(Proof *p, const Class *class_, ClockKind kind, const char *env,
                        const Deadline *limit)
{
	AUTO_FREE char *id = mem_printf("class:%s/%s%s%s", class_->item.id, clock_kind_name(kind),
	                                env ? "/" : "", env ? env : "");
	char figure[SPAN_TEXT], value[DURATION_TEXT];
	AUTO_FREE char *subject = NULL;
	DeadlineProof proof = { 0 };

	for (size_t i = 0; i < p->e->cases.n; i++) {
		const Case *c = p->e->cases.at[i];
		const Clock *clock = incident_clock(&c->parts, kind);

		if (clock && text_eq(clock->class_, class_->item.id) &&
		    c->incident.state != INCIDENT_CANCELLED &&
		    (!env || text_eq(env, c->incident.env)))
			deadline_add(&proof, clock, p->e->now);
	}
	head(p, id, &class_->item, "deadline", deadline_print(limit, figure),
	     proof.has_worst ? duration_print(proof.worst, value) : NULL, proof.verdict);
	emit_int(p->out, "started", proof.started);
	emit_int(p->out, "met", proof.met);
	emit_int(p->out, "late", proof.late);
	emit_int(p->out, "running", proof.running);
	if (proof.worst_id[0]) {
		char *slash;

		subject = mem_printf("incident:%s", proof.worst_id);
		slash = strchr(subject, '/');
		if (slash)
			*slash = '\0';
	}
	emit_evidence(p, subject, NULL);
	emit_object_end(p->out);
}

static void prove_class(Proof *p, const Class *class_)
{
	for (int kind = 0; kind < CLOCK_KINDS; kind++) {
		const PerEnvDeadline *d = &class_->clocks[kind];

		for (size_t i = 0; i < d->n; i++) {
			if (d->env[i].kind == DEADLINE_SPAN)
				prove_clock(p, class_, (ClockKind)kind, d->by_env[i].key,
				            &d->env[i]);
		}
		if (d->all.kind == DEADLINE_SPAN)
			prove_clock(p, class_, (ClockKind)kind, NULL, &d->all);
	}
}

static void prove_notice(Proof *p, const Window *w)
{
	AUTO_FREE char *id = mem_printf("window:%s/notice", w->item.id);
	AUTO_FREE char *subject = mem_printf("window:%s@", w->item.id);
	char figure[SPAN_TEXT];
	DeadlineProof proof = { 0 };

	if (span_is_zero(w->notice))
		return;
	for (size_t i = 0; i < p->e->windows.n; i++) {
		if (text_eq(p->e->windows.at[i].window, w->item.id))
			notice_add(&proof, &p->e->windows.at[i], p->e->now);
	}
	head(p, id, &w->item, "deadline", span_print(w->notice, figure), NULL, proof.verdict);
	emit_int(p->out, "met", proof.met);
	emit_int(p->out, "late", proof.late);
	emit_evidence(p, subject, "window.announced");
	emit_object_end(p->out);
}

static bool prove(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	Proof p = { .e = e, .out = out };
	ChainLink head_link = store_head(e->store);

	(void)args;
	(void)who;
	(void)err;
	emit_text(out, "plan", e->plan->head.item.id);
	emit_text(out, "digest", e->plan->digest);
	emit_instant(out, "at", e->now);
	emit_array(out, "commitments");
	for (size_t i = 0; i < e->plan->objectives_n; i++)
		prove_objective(&p, &e->plan->objectives[i]);
	for (size_t i = 0; i < e->plan->classes_n; i++)
		prove_class(&p, &e->plan->classes[i]);
	for (size_t i = 0; i < e->plan->windows_n; i++)
		prove_notice(&p, &e->plan->windows[i]);
	emit_array_end(out);
	emit_object(out, "totals");
	for (int v = 0; v <= VERDICT_DISPUTED; v++)
		emit_int(out, verdict_name((Verdict)v), p.totals[v]);
	emit_object_end(out);
	emit_object(out, "chain");
	emit_int(out, "records", head_link.seq);
	emit_text(out, "head", head_link.hash);
	emit_object_end(out);
	return true;
}

/* ---- the journal ---- */

typedef struct JournalOut {
	Emit *out;
	int64_t left;
} JournalOut;

static bool emit_row(void *ctx, const EvidenceRow *row)
{
	JournalOut *o = ctx;

	emit_raw(o->out, NULL, row->line);
	return --o->left > 0;
}

static bool journal(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const json_t *from = json_object_get(args, "from"), *limit = json_object_get(args, "limit");
	JournalOut o = { out, json_is_integer(limit) ? json_integer_value(limit) : 1000 };
	bool ok;

	(void)who;
	emit_array(out, "records");
	ok = store_evidence(e->store, json_integer_value(from), arg_text(args, "subject"),
	                    arg_text(args, "kind"), emit_row, &o, err);
	emit_array_end(out);
	return ok;
}

static bool verify(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	ChainLink last = { 0 };
	Err why = { 0 };
	bool ok = store_verify(e->store, &last, &why);

	(void)args;
	(void)who;
	if (!ok && why.code != ERR_BAD_INPUT) {
		*err = why;
		return false;
	}
	emit_bool(out, "holds", ok);
	emit_int(out, "records", last.seq);
	emit_text(out, "head", last.hash);
	emit_text(out, "problem", ok ? NULL : why.message);
	return true;
}

const CommandRow commands_proof[] = {
	{ { "objectives", ROLE_VIEWER, "id?" }, objectives },
	{ { "prove", ROLE_VIEWER, "" }, prove },
	{ { "journal", ROLE_VIEWER, "from? subject? kind? limit?" }, journal },
	{ { "verify", ROLE_VIEWER, "" }, verify },
	{ { NULL, ROLE_ADMIN, NULL }, NULL },
};
