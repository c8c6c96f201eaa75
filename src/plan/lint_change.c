/* How the maintained thing changes. L12 no backup before it · L21 a branch that is
 * not production's · L22 triggers nothing can measure · L23 what texts claim · L38 no
 * way back. */
#include "plan/builtin_metrics.h"
#include "plan/commitment.h"
#include "plan/lint_private.h"

#include "core/text.h"

#include <string.h>

/* ---- L12, L21: what a deployment's stages do ---- */

typedef struct Stages {
	const Deployment *d;
	size_t at;             /* items seen so far */
	size_t backup, alters; /* numbers of the first of each; 0: none */
	LintSpot altering;
} Stages;

static bool saves(const Plan *p, const WorkItem *w)
{
	Ref ref;

	if (w->todo && plan_ref(p, w->todo, &ref))
		return ref.kind == REF_BACKUP;
	return w->ask && lint_says(w->ask, "backup|sauvegard");
}

static bool alters_data(Loader *l, const WorkItem *w)
{
	return lint_says(lint_command(l, w), "migrat|alter table|schema:update|db:seed") ||
	       w->destructive;
}

static const char *branch_of(Texts run)
{
	for (size_t i = 0; i + 1 < run.n; i++) {
		if ((text_eq(run.at[i], "checkout") || text_eq(run.at[i], "switch") ||
		     text_eq(run.at[i], "--branch") || text_eq(run.at[i], "-b")) &&
		    run.at[i + 1][0] != '-')
			return text_ends(run.at[0], "git") ? run.at[i + 1] : NULL;
	}
	return NULL;
}

/* A branch of the plan ("feature/x" of "feature/…*"), so not a tag or a commit. */
static bool is_branch(const Versioning *v, const char *name)
{
	for (size_t i = 0; i < v->branches.n; i++) {
		const char *b = v->branches.at[i], *star = strchr(b, '*');

		if (text_eq(b, name) || (star && strncmp(b, name, (size_t)(star - b)) == 0))
			return true;
	}
	return v->branches.n == 0;
}

static void checks_out(Loader *l, const WorkList *w, size_t i, const Deployment *d)
{
	const Versioning *v = &l->plan->versioning;
	const char *name = branch_of(w->at[i].run);
	LintSpot spot = lint_work_spot(w, i);

	if (!name || !v->production_branch || text_eq(name, v->production_branch) ||
	    !lint_is_production(d->env) || !is_branch(v, name))
		return;
	spot.related = lint_see(l, SECTION_VERSIONING, &v->item, "production_branch");
	lint_say(l, &spot, F_L21,
	         "what goes to production is taken from '%s', and production's branch is '%s'",
	         name, v->production_branch);
}

static void walk_stages(Loader *l, const WorkList *w, void *ctx)
{
	Stages *s = ctx;
	bool back = w->stage && text_starts(w->stage, "rollback");

	if (w->item != &s->d->item || back)
		return;
	for (size_t i = 0; i < w->n; i++) {
		s->at++;
		checks_out(l, w, i, s->d);
		if (!s->backup && saves(l->plan, &w->at[i]))
			s->backup = s->at;
		if (!s->alters && alters_data(l, &w->at[i])) {
			s->alters = s->at;
			s->altering = lint_work_spot(w, i);
		}
	}
}

static bool saved_by_policy(const Plan *p)
{
	for (size_t i = 0; i < p->backups_n; i++) {
		if (lint_says(p->backups[i].before, "deploy|release"))
			return true;
	}
	return false;
}

/* Data that a release of this service can spoil. */
static bool touches_data(const Plan *p, const Deployment *d)
{
	for (size_t i = 0; i < p->databases_n; i++) {
		const Database *db = &p->databases[i];

		if (!d->service || !db->service || db->service == d->service)
			return true;
	}
	return p->databases_n == 0 && p->backups_n > 0;
}

static void saved_before(Loader *l, const Stages *s)
{
	const Deployment *d = s->d;

	if (!lint_is_production(d->env) || saved_by_policy(l->plan) || !touches_data(l->plan, d))
		return;
	if (!s->backup)
		lint_add(l, SECTION_DEPLOYMENTS, &d->item, "stages", F_L12,
		         "no stage of '%s' takes a backup: what a release breaks in the data can "
		         "only be taken from the last scheduled copy",
		         d->item.id);
	else if (s->alters && s->alters < s->backup)
		lint_say(l, &s->altering, F_L12,
		         "'%s' changes the data in step %zu and takes its backup in step %zu",
		         d->item.id, s->alters, s->backup);
}

static void declared_branch(Loader *l, const Deployment *d)
{
	const Versioning *v = &l->plan->versioning;

	if (d->branch && v->production_branch && lint_is_production(d->env) &&
	    !text_eq(d->branch, v->production_branch))
		lint_say(l,
		         &(LintSpot){ .section = SECTION_DEPLOYMENTS,
		                      .item = &d->item,
		                      .key = "branch",
		                      .related = lint_see(l, SECTION_VERSIONING, &v->item,
		                                          "production_branch") },
		         F_L21,
		         "'%s' goes to production from the branch '%s', and production's branch is "
		         "'%s'",
		         d->item.id, d->branch, v->production_branch);
}

/* A procedure that updates production needs a copy as much. */
static void update_saved(Loader *l, const Procedure *pr)
{
	bool saved = saved_by_policy(l->plan);

	if (!text_eq(pr->kind, "update") || pr->steps_n == 0 || l->plan->databases_n == 0)
		return;
	for (size_t i = 0; i < pr->steps_n; i++)
		saved = saved || saves(l->plan, &pr->steps[i]);
	if (!saved)
		lint_add(l, SECTION_PROCEDURES, &pr->item, NULL, F_L12,
		         "'%s' updates and no step of it takes a backup", pr->item.id);
}

/* ---- L22, L38: the way back ---- */

static bool is_measured(const Plan *p, const char *metric)
{
	const Metric *m = plan_metric(p, metric);

	return m ? m->source != NULL : builtin_metric(metric) != NULL;
}

static Node *trigger_node(Loader *l, const Deployment *d, size_t i)
{
	Node *entry = lint_node(l, SECTION_DEPLOYMENTS, &d->item);
	Node *back = node_get(entry, "rollback"), *all = back ? node_get(back, "triggers") : NULL;

	if (!all || all->kind == NODE_SCALAR || i >= all->n)
		return NULL;
	return all->kind == NODE_LIST ? all->items[i] : all->pairs[i].value;
}

static void trigger(Loader *l, const Deployment *d, size_t i)
{
	const RollbackTrigger *t = &d->triggers[i];
	LintSpot spot = { .section = SECTION_DEPLOYMENTS,
		          .item = &d->item,
		          .part = &t->item,
		          .node = trigger_node(l, d, i) };
	Duration seen = { span_estimate(t->when.over).us + span_estimate(t->when.sustain).us };

	if (t->when.kind == CONDITION_NONE || t->when.kind == CONDITION_DECLARED)
		lint_say(l, &spot, F_L22,
		         "nothing measures '%s': only a person can say that it happened, so it "
		         "never "
		         "sets a rollback off by itself",
		         t->declared ? t->declared : t->when.text);
	else if (t->when.kind == CONDITION_METRIC && !is_measured(l->plan, t->when.subject))
		lint_say(l, &spot, F_L22, "nothing measures '%s', on which '%s' rests",
		         t->when.subject, t->when.text);
	else if (t->when.kind == CONDITION_METRIC &&
	         (text_eq(t->when.subject, "error_rate") ||
	          text_eq(t->when.subject, "availability")) &&
	         span_is_zero(t->when.over))
		lint_say(l, &spot, F_L19, "over what time is '%s' taken? (… over 5m)",
		         t->when.subject);
	else if (!span_is_zero(d->watch) && seen.us > span_estimate(d->watch).us)
		lint_say(l, &spot, F_L22,
		         "'%s' needs %s to be seen, and a release is watched for %s", t->when.text,
		         lint_words(l, seen), lint_words(l, span_estimate(d->watch)));
}

static void way_back(Loader *l, const Deployment *d)
{
	if (!lint_is_production(d->env))
		return;
	if (d->rollback_steps_n == 0)
		lint_add(l, SECTION_DEPLOYMENTS, &d->item, "rollback", F_L38,
		         "'%s' has no steps back: when a release fails at night, somebody has to "
		         "invent them",
		         d->item.id);
	else if (d->triggers_n == 0)
		lint_add(l, SECTION_DEPLOYMENTS, &d->item, "rollback", F_L22,
		         "'%s' can be rolled back, and nothing says when: no trigger is given",
		         d->item.id);
}

/* Only timed steps count; where none is, all do. */
static void limit_of_steps(Loader *l, const Deployment *d)
{
	int64_t all = 0, timed = 0;

	for (size_t i = 0; i < d->rollback_steps_n; i++) {
		int64_t us = span_estimate(d->rollback_steps[i].timeout).us;

		all += us;
		timed += d->rollback_steps[i].timed ? us : 0;
	}
	all = timed ? timed : all;
	if (!span_is_zero(d->rollback_limit) && all > span_estimate(d->rollback_limit).us)
		lint_add(l, SECTION_DEPLOYMENTS, &d->item, "rollback.limit", F_L38,
		         "the steps back may take %s by their own time-outs, and the rollback is "
		         "promised within %s",
		         lint_words(l, (Duration){ all }),
		         lint_words(l, span_estimate(d->rollback_limit)));
}

static void deployment(Loader *l, const Deployment *d)
{
	Stages s = { .d = d };

	lint_work_lists(l, walk_stages, &s);
	saved_before(l, &s);
	declared_branch(l, d);
	way_back(l, d);
	limit_of_steps(l, d);
	for (size_t i = 0; i < d->triggers_n; i++)
		trigger(l, d, i);
}

/* ---- L23 ---- */

static const char *const absolute_words =
        "all your data|all data is|no data was lost|no data has been lost|your data is safe|"
        "data is safe|guaranteed|100%|100 %|toutes vos données|vos données sont|"
        "aucune donnée n|aucune perte|garanti";

/* "Your data is saved", while what would save it is still to be written. */
static void claim_of_copies(Loader *l, const Template *t, const Commitment *c)
{
	const RoadmapItem *r = NULL;

	if (!c || !c->objective || !text_eq(c->objective->metric, "data_loss_window") ||
	    !lint_copies_to_come(l->plan, &r))
		return;
	lint_say(l,
	         &(LintSpot){ .section = SECTION_TEMPLATES,
	                      .item = &t->item,
	                      .key = "claims",
	                      .related = lint_see(l, SECTION_ROADMAP, &r->item, "items") },
	         F_L23, "the text rests on '%s', and what would make the copies is on the roadmap",
	         c->id);
}

static void claim(Loader *l, const Template *t, const char *id)
{
	const char *plain = text_starts(id, "commitment:") ? id + strlen("commitment:") : id;
	const Commitment *c = plan_commitment(l->plan, plain);

	if (l->plan->commitments_n == 0)
		return; /* none can be told from a wrong name */
	if (!c)
		lint_add(l, SECTION_TEMPLATES, &t->item, "claims", F_L23,
		         "the text rests on '%s', which is no commitment of the plan", plain);
	else if (c->by == BY_NOTHING || c->lack != LACK_NOTHING)
		lint_add(l, SECTION_TEMPLATES, &t->item, "claims", F_L23,
		         "the text rests on '%s', which nothing in the plan or in this version can "
		         "show",
		         plain);
	claim_of_copies(l, t, c);
}

static void texts_claim(Loader *l, const Template *t)
{
	const char *key = lint_says(t->text, absolute_words)      ? "text"
	                  : lint_says(t->html, absolute_words)    ? "html"
	                  : lint_says(t->subject, absolute_words) ? "subject"
	                                                          : NULL;

	for (size_t i = 0; i < t->claims.n; i++)
		claim(l, t, t->claims.at[i]);
	if (key && t->claims.n == 0)
		lint_add(l, SECTION_TEMPLATES, &t->item, key, F_L23,
		         "the text of '%s' asserts something that is sent whether it is true or "
		         "not; name under 'claims' the commitment that must not be broken",
		         t->item.id);
}

enum { DEPLOYMENTS_LOOKED_AT = 200 };

void lint_change(Loader *l)
{
	const Plan *p = l->plan;

	for (size_t i = 0; i < p->deployments_n && i < DEPLOYMENTS_LOOKED_AT; i++)
		deployment(l, &p->deployments[i]);
	for (size_t i = 0; i < p->procedures_n; i++)
		update_saved(l, &p->procedures[i]);
	for (size_t i = 0; i < p->templates_n; i++)
		texts_claim(l, &p->templates[i]);
}
