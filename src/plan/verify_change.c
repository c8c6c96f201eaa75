/* What the keys of updates, vulnerabilities, deployments, suites and load tests mean
 * together. Only what cannot be meant at all is refused here. */
#include "plan/sections_private.h"
#include "plan/verify_private.h"

#include "core/alloc.h"
#include "core/text.h"

#include <fnmatch.h>

static bool has(const Verify *v, const char *key) { return node_pair(v->node, key) != NULL; }

static bool figure_set(const Quantity *q) { return q->set && !q->unset; }

/* ---- updates and vulnerabilities ---- */

static bool later(const Deadline *a, const Deadline *b)
{
	return a->kind == DEADLINE_SPAN && b->kind == DEADLINE_SPAN &&
	       span_estimate(a->span).us > span_estimate(b->span).us;
}

static void need_deadline(const Verify *v, const char *key, const Deadline *d)
{
	if (d->kind == DEADLINE_SPAN && span_is_zero(d->span))
		plan_wrong(v, key, F_S06, "Write a duration, or asap.",
		           "'%s' of no length cannot be kept", key);
}

void plan_verify_update(const Verify *v)
{
	const Update *u = v->entry;

	plan_need_lengths(v, &schema_update);
	need_deadline(v, "deadline", &u->deadline);
	if (u->notice.kind == DEADLINE_NEXT_SPRINT || u->notice.kind == DEADLINE_PLANNED)
		plan_wrong(v, "notice", F_S12, NULL,
		           "a notice is a duration before the update, asap or none");
	if (later(&u->notice, &u->deadline))
		plan_wrong(v, "notice", F_S12, NULL,
		           "people cannot be told longer before than the deadline leaves");
	if (u->procedure && u->steps_n)
		plan_wrong(v, "steps", F_S12, NULL, "'procedure' and 'steps' exclude each other");
	if ((u->procedure || u->steps_n) && u->run.n)
		plan_wrong(v, "run", F_S12, "Make it one of the steps.",
		           "'run' and '%s' exclude each other",
		           u->procedure ? "procedure" : "steps");
	plan_need_names_apart(v, "steps", u->steps, u->steps_n);
	plan_need_room(v, "for", u->length, &u->at);
	plan_need_in_window(v, "at", &u->at, u->window);
}

void plan_verify_vulnerability(const Verify *v)
{
	const Vulnerability *vulnerability = v->entry;
	const Vulnerability *other = v->l->plan->vulnerabilities;

	need_deadline(v, "deadline", &vulnerability->deadline);
	need_deadline(v, "mitigate", &vulnerability->mitigate);
	if (later(&vulnerability->mitigate, &vulnerability->deadline))
		plan_wrong(v, "mitigate", F_S12, NULL,
		           "what is fixed by its 'deadline' is not mitigated after it");
	for (; other < vulnerability; other++) {
		if (!other->rank != !vulnerability->rank)
			plan_wrong(v, "rank", F_S12, "Give all of them one, or none.",
			           "'%s' has a rank and '%s' has none",
			           other->rank ? other->item.id : vulnerability->item.id,
			           other->rank ? vulnerability->item.id : other->item.id);
		else if (other->rank && other->rank == vulnerability->rank)
			plan_wrong(v, "rank", F_S12, NULL, "rank %d is taken by '%s' already",
			           other->rank, other->item.id);
		else
			continue;
		return;
	}
}

/* ---- deployments ---- */

static void need_shares(const Verify *v, const Deployment *d)
{
	double last = 0;

	if (d->shares.n && text_eq(d->strategy, "in_place"))
		plan_wrong(v, "shares", F_S12, NULL,
		           "a deployment in place moves everybody at once: it has no shares");
	for (size_t i = 0; i < d->shares.n; i++) {
		Quantity q;

		if (!quantity_parse(d->shares.at[i], &q, NULL) || q.unit != UNIT_PERCENT ||
		    q.unset) {
			plan_wrong(v, "shares", F_S05, "Write for example: [10%, 50%, 100%]",
			           "'%.60s' is not a share in percent", d->shares.at[i]);
			return;
		}
		if (q.value <= last || q.value > 100) {
			plan_wrong(v, "shares", F_S12, NULL,
			           "shares grow up to 100%%, and '%s' does not", q.text);
			return;
		}
		last = q.value;
	}
	if (d->shares.n && last < 100)
		plan_wrong(v, "shares", F_S12, NULL,
		           "the last share is 100%%: else the deployment never ends");
}

/* One item of a list of the entry, for findings at it. */
static Verify inside(const Verify *v, const char *group, const char *key, size_t i)
{
	const Node *map = group ? node_get(v->node, group) : v->node;
	Node *list = node_get(map, key);
	bool there = list && list->kind == NODE_LIST && i < list->n;

	return (Verify){ v->l,
		         v->entry,
		         there ? list->items[i] : v->node,
		         arena_printf(v->l->scratch, "%s.%s%s%s[%zu]", v->path, group ? group : "",
		                      group ? "." : "", key, i),
		         v->section,
		         v->nth };
}

static void need_stages(const Verify *v, const Deployment *d)
{
	if (has(v, "stages") && d->stages_n == 0)
		plan_wrong(v, "stages", F_S12, NULL, "a deployment without stages deploys nothing");
	for (size_t i = 0; i < d->stages_n; i++) {
		Verify stage = inside(v, NULL, "stages", i);

		plan_need_lengths(&stage, plan_table_row(&schema_deployment, "stages")->table);
		plan_need_names_apart(&stage, "gates", d->stages[i].gates, d->stages[i].gates_n);
		for (size_t j = 0; j < i; j++) {
			if (!text_eq(d->stages[j].item.id, d->stages[i].item.id))
				continue;
			plan_wrong(&stage, "name", F_S12, NULL, "there is a stage '%s' already",
			           d->stages[i].item.id);
			break;
		}
	}
}

static void need_trigger(const Verify *v, const RollbackTrigger *t)
{
	if ((t->when.kind != CONDITION_NONE) == (t->declared != NULL))
		plan_wrong(v, t->declared ? "declared" : NULL, F_S12, NULL,
		           "a trigger is either measured ('when') or said by a person "
		           "('declared')%s",
		           t->declared ? "" : ", and this one is neither");
	else
		plan_need_condition(v, "when", &t->when);
}

/* The plan's own list of branches, where it has one. */
static void need_branch(const Verify *v, const char *branch)
{
	const Texts *known = &v->l->plan->versioning.branches;
	Nearest near = { .word = branch ? branch : "" };

	for (size_t i = 0; branch && i < known->n; i++) {
		if (fnmatch(known->at[i], branch, 0) == 0)
			return;
		plan_nearest_try(&near, known->at[i]);
	}
	if (branch && known->n)
		plan_wrong(v, "branch", F_R01, NULL, "'%.60s' is none of versioning.branches%s",
		           branch, plan_nearest_text(v->l, &near));
}

static bool triggers_measured(const Deployment *d)
{
	for (size_t i = 0; i < d->triggers_n; i++) {
		if (d->triggers[i].when.kind != CONDITION_NONE &&
		    d->triggers[i].when.kind != CONDITION_DECLARED)
			return true;
	}
	return false;
}

void plan_verify_deployment(const Verify *v)
{
	const Deployment *d = v->entry;

	plan_need_lengths(v, &schema_deployment);
	plan_need_environment(v, plan_service_or_only(v, d->service), d->env, "env");
	need_branch(v, d->branch);
	need_shares(v, d);
	need_stages(v, d);
	plan_need_names_apart(v, "rollback", d->rollback_steps, d->rollback_steps_n);
	plan_need_names_apart(v, "rollback", d->rollback_data, d->rollback_data_n);
	for (size_t i = 0; i < d->triggers_n; i++) {
		Verify trigger = inside(v, "rollback", "triggers", i);

		need_trigger(&trigger, &d->triggers[i]);
	}
	if (text_eq(d->rollback_approval, "auto") && d->triggers_n && !triggers_measured(d))
		plan_wrong(v, "rollback", F_S12, "Write: approval: human",
		           "no trigger is measured, so no machine can decide the rollback");
	if (!span_is_zero(d->candidate) && !span_is_zero(d->sprint) &&
	    span_estimate(d->candidate).us > span_estimate(d->sprint).us)
		plan_wrong(v, "cycle", F_S12, NULL,
		           "a candidate tried longer than a sprint is overtaken by the next one");
	plan_need_in_window(v, "at", &d->at, d->slot);
}

/* ---- suites ---- */

/* A bare number where only one unit can be meant. */
static void take_unit(Quantity *q, Unit unit)
{
	if (figure_set(q) && q->unit == UNIT_NONE)
		q->unit = unit;
}

void plan_verify_suite(const Verify *v)
{
	Suite *s = v->entry;

	plan_need_lengths(v, &schema_suite);
	plan_need_environment(v, plan_service_or_only(v, s->service), s->env, "env");
	take_unit(&s->coverage, UNIT_PERCENT);
	if (text_eq(s->kind, "manual") && s->run.n)
		plan_wrong(v, "run", F_S12, NULL, "what is manual is not run by a program");
	if (text_eq(s->gate, "coverage") && !s->coverage.set)
		plan_wrong(v, "gate", F_S12, NULL, "a gate of coverage needs the key 'coverage'");
	if (text_eq(s->kind, "manual") && s->coverage.set)
		plan_wrong(v, "coverage", F_S12, NULL,
		           "what people try has no share of the code covered");
	plan_need_names_apart(v, "items", s->items, s->items_n);
	plan_need_room(v, "for", s->length, &s->at);
}

/* ---- load tests ---- */

static void need_growing(const Verify *v, const LoadTest *t)
{
	const Quantity *steps[] = { &t->warn, &t->crit, &t->fail };
	const Quantity *last = NULL;

	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		if (!figure_set(steps[i]))
			continue;
		if (last && steps[i]->value <= last->value)
			plan_wrong(v, "degradation", F_S12, NULL,
			           "warn, crit and fail grow, and '%s' comes after '%s'",
			           steps[i]->text, last->text);
		last = steps[i];
	}
}

/* 2 may be seconds or milliseconds, 0.1 a share or percent: nobody guesses. */
static void need_a_unit(const Verify *v, const char *key, const Quantity *q, const char *example)
{
	Verify expect = { v->l,
		          v->entry,
		          node_get(v->node, "expect"),
		          arena_printf(v->l->scratch, "%s.expect", v->path),
		          v->section,
		          v->nth };

	if (figure_set(q) && q->unit == UNIT_NONE)
		plan_wrong(&expect, key, F_S05,
		           arena_printf(v->l->scratch, "Write for example: %s", example),
		           "'%s' needs a unit", q->text);
}

void plan_verify_load_test(const Verify *v)
{
	LoadTest *t = v->entry;

	plan_need_lengths(v, &schema_load_test);
	plan_need_environment(v, plan_service_or_only(v, t->service), t->env, "env");
	if (t->requests && t->concurrency > t->requests)
		plan_wrong(v, "concurrency", F_S12, NULL, "%d requests cannot be %d at a time",
		           t->requests, t->concurrency);
	if (t->target && !text_starts(t->target, "/") && !text_starts(t->target, "${") &&
	    plan_form_problem(FORM_URL, t->target))
		plan_wrong(v, "target", F_S05, "Write for example: /, https://example.org/",
		           "'%.60s' is neither a page nor an http:// or https:// address",
		           t->target);
	need_a_unit(v, "p95", &t->p95, "2s");
	need_a_unit(v, "errors", &t->errors, "0.1%");
	need_a_unit(v, "availability", &t->availability, "99.9%");
	take_unit(&t->rpm, UNIT_PER_MIN);
	take_unit(&t->warn, UNIT_PERCENT);
	take_unit(&t->crit, UNIT_PERCENT);
	take_unit(&t->fail, UNIT_PERCENT);
	need_growing(v, t);
	plan_need_room(v, "for", t->length, &t->at);
}
