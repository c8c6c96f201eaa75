/* L01 promise without mechanism · L02 objective without alarm · L24 tiers that overlap. */
#include "plan/builtin_metrics.h"
#include "plan/lint_private.h"

#include "core/text.h"

#include <stdlib.h>

static bool wants_less(Op op) { return op == OP_LT || op == OP_LE; }

enum { WINDOWS_LOOKED_AT = 1000 };

/* ---- L01 ---- */

/* The copy of a database (NULL: of anything) that is made most often, and every how
 * many days; a continuous one: 0. NULL: none whose cadence is known. */
static const Backup *most_often(const Plan *p, const Database *db, double *ret_every)
{
	const Backup *best = NULL;

	for (size_t i = 0; i < p->backups_n; i++) {
		const Backup *b = &p->backups[i];
		double every = lint_every(&b->at);

		if ((db && b->db != db) ||
		    (!db && (text_eq(b->of, "config") || text_eq(b->of, "code"))))
			continue;
		if (every <= 0 && b->at.kind != SCHEDULE_ALWAYS)
			continue;
		if (!best || every < *ret_every) {
			best = b;
			*ret_every = every;
		}
	}
	return best;
}

/* What is lost between two copies of `db` against what may be lost. */
static void loss_of(Loader *l, const Objective *o, const Database *db)
{
	double every = 0;
	const Backup *b = most_often(l->plan, db, &every);
	const char *of = db ? arena_printf(l->scratch, " of '%s'", db->item.id) : "";

	if (!b)
		lint_add(l, SECTION_OBJECTIVES, &o->item, "metric", F_L01,
		         "'%s %s' of data loss is promised, and no copy%s is made at known times",
		         op_print(o->op), o->target.text, of);
	else if (every * 86400 > o->target.value)
		lint_say(l,
		         &(LintSpot){ .section = SECTION_OBJECTIVES,
		                      .item = &o->item,
		                      .key = "target",
		                      .related = lint_see(l, SECTION_BACKUPS, &b->item, "at") },
		         F_L01,
		         "'%s %s' of data loss is promised, and the most frequent copy%s, '%s', is "
		         "made %s: all that came since is lost with the machine%s",
		         op_print(o->op), o->target.text, of, b->item.id, lint_cadence(l, &b->at),
		         o->target.value <= 0 ? "; no loss at all needs a continuous copy" : "");
}

static bool is_managed_elsewhere(const Database *db)
{
	return db->env && !lint_is_production(db->env);
}

static void data_loss(Loader *l, const Objective *o)
{
	bool any = false;

	if (!lint_has_target(o))
		return;
	for (size_t i = 0; i < l->plan->databases_n; i++) {
		const Database *db = &l->plan->databases[i];

		if (is_managed_elsewhere(db) ||
		    (o->service && db->service && db->service != o->service))
			continue;
		any = true;
		loss_of(l, o, db);
	}
	if (!any)
		loss_of(l, o, NULL);
}

static void mechanism(Loader *l, const Objective *o)
{
	const BuiltinMetric *b = plan_metric(l->plan, o->metric) ? NULL : builtin_metric(o->metric);

	if (!b || !(text_eq(b->source, "backups") || text_eq(b->source, "deployments") ||
	            text_eq(b->source, "suites")))
		return;
	if (!node_get(l->root, b->source))
		lint_add(l, SECTION_OBJECTIVES, &o->item, "metric", F_L01,
		         "'%s' is promised, but it comes from '%s', which the plan does not have",
		         o->metric, b->source);
	else if (text_eq(o->metric, "data_loss_window"))
		data_loss(l, o);
}

/* The roadmap's line that will one day make the copies; NULL: none. */
const char *lint_copies_to_come(const Plan *p, const RoadmapItem **ret)
{
	for (size_t i = 0; i < p->roadmap_n; i++) {
		const RoadmapItem *r = &p->roadmap[i];

		for (size_t j = 0; j < r->items.n; j++) {
			if (lint_says(r->items.at[j], "backup|sauvegarde")) {
				*ret = r;
				return r->items.at[j];
			}
		}
	}
	return NULL;
}

/* ---- L01: who is told of a window ---- */

static bool is_announced(const Plan *p, const Window *w)
{
	for (size_t i = 0; i < p->notices_n; i++) {
		const Notice *n = &p->notices[i];

		if (n->windows.n == 0 || lint_has(n->windows, w->item.id))
			return true;
	}
	return w->via.n > 0;
}

static void announced(Loader *l, const Window *w)
{
	if (!span_is_zero(w->notice) && !is_announced(l->plan, w))
		lint_add(l, SECTION_WINDOWS, &w->item, "notice", F_L01,
		         "'%s' is to be announced %s ahead, and no entry of 'notices' says to whom "
		         "and by what",
		         w->item.id, lint_words(l, span_estimate(w->notice)));
}

static bool by_machine(const Backup *b) { return !b->by || text_eq(b->by, "system"); }

/* A machine's backup whose means is still to be written. */
static void backup_means(Loader *l, const Backup *b, const RoadmapItem *r, const char *words)
{
	if (by_machine(b) && !text_eq(b->kind, "git"))
		lint_say(l,
		         &(LintSpot){ .section = SECTION_BACKUPS,
		                      .item = &b->item,
		                      .related = lint_see(l, SECTION_ROADMAP, &r->item, "items") },
		         F_L01,
		         "'%s' is promised now, and what would make it is on the roadmap: '%s'",
		         b->item.id, words);
}

/* ---- L02 ---- */

typedef struct Alarms {
	bool any, strict;
	const char *laxest, *when; /* one that is not strict: its id and condition */
} Alarms;

/* A rule on the metric fires no later than the promise breaks. */
static bool fires_in_time(const Condition *c, const Objective *o)
{
	double at = c->value.value, target = o->target.value;

	if (c->value.unset)
		return true; /* L19 asks for the figure */
	return wants_less(o->op) ? at <= target : at >= target;
}

static void lax(Alarms *a, const char *id, const char *when)
{
	a->laxest = id;
	a->when = when;
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
		lax(a, r->item.id, c->text);
}

/* A capacity threshold warns like a rule does. */
static void weigh_capacity(const Capacity *c, const Objective *o, Alarms *a)
{
	const Quantity *first =
	        c->warn.value.set && !c->warn.value.unset ? &c->warn.value : &c->crit.value;
	bool below = c->op == OP_LT || c->op == OP_LE;

	if (!text_eq(c->metric, o->metric) || !first->set || first->unset ||
	    below == wants_less(o->op))
		return;
	a->any = true;
	if (wants_less(o->op) ? first->value <= o->target.value : first->value >= o->target.value)
		a->strict = true;
	else
		lax(a, c->item.id, first->text);
}

static void alarm_for(Loader *l, const Objective *o)
{
	const BuiltinMetric *b = builtin_metric(o->metric);
	Alarms a = { 0 };

	/* Times of incidents are watched by the clocks of classes. */
	if (!lint_has_target(o) || (b && b->scope == SCOPE_SERVICE))
		return;
	for (size_t i = 0; i < l->plan->rules_n; i++)
		weigh(&l->plan->rules[i], o, &a);
	for (size_t i = 0; i < l->plan->capacity_n; i++)
		weigh_capacity(&l->plan->capacity[i], o, &a);
	if (!a.any)
		lint_add(l, SECTION_OBJECTIVES, &o->item, "metric", F_L02,
		         "no rule watches '%s', so nothing warns before '%s %s' is missed",
		         o->metric, op_print(o->op), o->target.text);
	else if (!a.strict)
		lint_add(l, SECTION_OBJECTIVES, &o->item, "target", F_L02,
		         "the alarm '%s' (%s) comes later than the promise '%s %s' is broken",
		         a.laxest, a.when, op_print(o->op), o->target.text);
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
	const RoadmapItem *to_come = NULL;
	const char *words;

	for (size_t i = 0; i < l->plan->objectives_n; i++) {
		mechanism(l, &l->plan->objectives[i]);
		alarm_for(l, &l->plan->objectives[i]);
	}
	for (size_t i = 0; i < l->plan->windows_n && i < WINDOWS_LOOKED_AT; i++)
		announced(l, &l->plan->windows[i]);
	words = lint_copies_to_come(l->plan, &to_come);
	for (size_t i = 0; words && i < l->plan->backups_n; i++)
		backup_means(l, &l->plan->backups[i], to_come, words);
	tiers_meet(l);
}
