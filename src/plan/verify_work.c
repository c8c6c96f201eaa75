/* What the keys of planned work mean together: steps, tasks, procedures, exercises,
 * audits, reports, documents, trainings, support, costs, versions, the roadmap, the
 * head of the plan. Errors only, as in verify.c. */
#include "plan/ref_private.h"
#include "plan/sections_private.h"
#include "plan/verify_private.h"

#include "core/text.h"

#include <string.h>

/* Somewhere in the middle of nothing: judging a rule must not depend on today. */
static const Civil new_year = { 2027, 1, 1, 0, 0, 0, 0 };

static const Zone *zone_of(const Verify *v)
{
	const Zone *z = v->l->plan->head.timezone;

	return z ? z : zone_utc();
}

/* ---- time ---- */

/* Without an hour of its own the slot is still to be placed: the day decides. */
static bool day_allows(const Hours *days, const Zone *zone, const Schedule *at, Instant t)
{
	unsigned weekday = 1u << civil_weekday(zone_civil(zone, t));

	if (at->has_hour || at->kind == SCHEDULE_EVERY || days->always)
		return hours_open(days, zone, t);
	for (size_t i = 0; i < days->ranges_n; i++) {
		if (days->ranges[i].weekdays & weekday)
			return true;
	}
	return false;
}

static bool leaves_day_open(const Schedule *s)
{
	return s->kind != SCHEDULE_DAILY && s->kind != SCHEDULE_EVERY && s->kind != SCHEDULE_ONCE &&
	       !s->weekdays && !s->day && !s->nth;
}

void plan_need_days(const Verify *v, const char *key, const Schedule *at, const Hours *days)
{
	enum { LOOKED_AT = 3000 };
	const Zone *zone = at->zone ? at->zone : zone_of(v);
	Instant t = LONG_AGO;

	if (!days->set || !schedule_recurs(at))
		return;
	if (leaves_day_open(at) && (days->always || days->ranges_n)) /* placed on such a day */
		return;
	if (at->kind != SCHEDULE_ONCE)
		t = zone_instant(zone, new_year, PICK_FIRST, NULL);
	for (int i = 0; i < LOOKED_AT; i++) {
		t = schedule_next(at, zone, t);
		if (t.us == NEVER.us)
			break;
		if (day_allows(days, zone, at, t))
			return;
	}
	plan_wrong(v, key, F_S12, NULL, "it never comes: '%s' does not fall on '%s'", at->text,
	           days->text);
}

/* ---- steps ---- */

enum { ACTIONS = 8 };

/* The actions a step names, in the order of the table; `ask` beside `do` is its
 * confirmation and `wait` beside another action its condition, so they count alone. */
static size_t actions_of(const WorkItem *s, const char *names[ACTIONS])
{
	const struct {
		const char *name;
		bool there;
	} all[] = { { "do", s->todo },       { "ask", s->ask && !s->todo },
		    { "notify", s->notify }, { "run", s->run.n },
		    { "sql", s->sql },       { "http", s->http },
		    { "unit", s->unit },     { "call", s->call } };
	size_t n = 0;

	for (size_t i = 0; i < ACTIONS; i++) {
		if (all[i].there)
			names[n++] = all[i].name;
	}
	if (n == 0 && s->wait)
		names[n++] = "wait";
	return n;
}

static void need_one_action(const Verify *v, const WorkItem *s)
{
	const char *names[ACTIONS];
	size_t n = actions_of(s, names);
	Span span;

	if (n == 0)
		plan_wrong(v, NULL, F_S12,
		           "Write one of: do, ask, notify, run, sql, http, unit, wait, call",
		           "this step does nothing");
	else if (n > 1)
		plan_wrong(v, names[1], F_S12,
		           "Make two steps of it; only `do` and `ask` go together.",
		           "a step does one thing, and this one says '%s' and '%s'", names[0],
		           names[1]);
	else if (text_eq(names[0], "wait") && !span_parse(s->wait, &span))
		plan_wrong(v, "wait", F_S05, "Write for example: wait: 5m",
		           "'%.60s' is not a duration; a state is waited for beside an action",
		           s->wait);
}

static void need_if(const Verify *v, const WorkItem *s)
{
	Condition c;
	Err err = { 0 };

	if (!s->only_if || text_eq(s->only_if, "needed"))
		return;
	if (!condition_parse(s->only_if, &c, &err))
		plan_wrong(v, "if", F_S05, "Write `needed` or a condition: check{site} == fail",
		           "'%.60s' is not a condition: %s", s->only_if, err.message);
	else
		plan_need_condition(v, "if", &c);
}

static void verify_step(const Verify *v)
{
	const WorkItem *s = v->entry;
	const Node *node = v->node;

	if (node->kind == NODE_MAP) {
		need_one_action(v, s);
		need_if(v, s);
		plan_need_env_somewhere(v, s->env, "env");
	}
	if (s->stops && (s->todo || s->ask) == 0 && !s->notify)
		plan_wrong(v, "stops", F_S12, NULL,
		           "only a step that is asked, done or told can stop a clock");
}

void plan_verify_steps(Loader *l)
{
	for (size_t i = 0; i < l->steps.n; i++) {
		StepNode *s = &l->steps.at[i];

		verify_step(
		        &(Verify){ .l = l, .entry = s->step, .node = s->node, .path = s->path });
	}
}

void plan_need_names_apart(const Verify *v, const char *key, const WorkItem *items, size_t n)
{
	AUTO(Map) seen = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (map_get(&seen, items[i].item.id))
			plan_wrong(v, key, F_S12, NULL, "two of its steps are called '%s'",
			           items[i].item.id);
		else
			(void)map_put(&seen, items[i].item.id, (void *)(uintptr_t)&items[i]);
	}
}

/* ---- planned work ---- */

/* The first task along `same_as` that has items of its own. Circles were reported
 * already; here they only must not go on for ever. */
static const Task *origin_of(const Verify *v, const Task *t)
{
	for (size_t i = 0; i < v->l->plan->tasks_n && t->same_as; i++) {
		t = t->same_as;
		if (t->items_n)
			return t;
	}
	return t;
}

static void take_over(const Verify *v, Task *t)
{
	const Task *from = origin_of(v, t);

	if (from == t)
		return;
	if (t->items_n == 0) {
		t->items = from->items;
		t->items_n = from->items_n;
	}
	if (span_is_zero(t->length))
		t->length = from->length;
	if (!t->type)
		t->type = from->type;
	if (t->item.owner.n == 0)
		t->item.owner = from->item.owner;
}

void plan_verify_task(const Verify *v)
{
	Task *t = v->entry;

	take_over(v, t);
	plan_need_room(v, "for", t->length, &t->at);
	plan_need_days(v, "days", &t->at, &t->days);
	plan_need_env_somewhere(v, t->env, "env");
	plan_need_names_apart(v, "items", t->items, t->items_n);
	if (t->max_late.us && t->catch_up && text_eq(t->catch_up, "skip"))
		plan_wrong(v, "max_late", F_S12, NULL,
		           "'max_late' means nothing where 'catch_up' is skip");
	if (t->window && t->window->env && t->env && !text_eq(t->window->env, t->env))
		plan_wrong(v, "window", F_S12, NULL,
		           "the window '%s' is one of environment '%s', the task of '%s'",
		           t->window->item.id, t->window->env, t->env);
}

void plan_verify_procedure(const Verify *v)
{
	const Procedure *p = v->entry;

	if (p->steps_n == 0)
		plan_wrong(v, "steps", F_S12, NULL, "a procedure without steps does nothing");
	plan_need_names_apart(v, "steps", p->steps, p->steps_n);
	for (size_t i = 0; i < p->envs.n; i++)
		plan_need_env_somewhere(v, p->envs.at[i], "envs");
}

void plan_verify_exercise(const Verify *v)
{
	const Exercise *e = v->entry;

	plan_need_room(v, "for", e->length, &e->at);
	plan_need_names_apart(v, "items", e->items, e->items_n);
	if (e->target && !text_eq(e->target, "scratch"))
		plan_need_env_somewhere(v, e->target, "target");
}

void plan_verify_audit(const Verify *v)
{
	const Audit *a = v->entry;

	plan_need_room(v, "for", a->length, &a->at);
	plan_need_names_apart(v, "items", a->items, a->items_n);
}

void plan_verify_report(const Verify *v)
{
	const ReportPlan *r = v->entry;

	plan_need_names_apart(v, "items", r->items, r->items_n);
}

/* ---- knowledge ---- */

void plan_verify_document(const Verify *v)
{
	const Document *d = v->entry;

	if (d->count && d->paths.n && (size_t)d->count != d->paths.n)
		plan_wrong(v, "count", F_S12, NULL, "'count' says %d and 'paths' names %zu",
		           d->count, d->paths.n);
}

void plan_verify_training(const Verify *v)
{
	const Training *t = v->entry;

	plan_need_room(v, "for", t->length_max, &t->at);
}

/* A ratio of support.quality and the unit it is in. */
typedef struct QualityRatio {
	const char *name;
	Unit unit;
} QualityRatio;

static const QualityRatio ratios[] = {
	{ "resolution_rate", UNIT_PERCENT }, { "satisfaction", UNIT_SCORE },
	{ "resolution_mean", UNIT_SECONDS }, { "response_mean", UNIT_SECONDS },
	{ "first_contact", UNIT_PERCENT },   { "escalation", UNIT_PERCENT },
	{ "reopened", UNIT_PERCENT },
};

static const QualityRatio *ratio_named(const char *name, Nearest *near)
{
	*near = (Nearest){ .word = name };
	for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++) {
		if (text_eq(ratios[i].name, name))
			return &ratios[i];
		plan_nearest_try(near, ratios[i].name);
	}
	return NULL;
}

/* The same entry seen from inside one of its maps, so that messages point at a pair. */
static Verify inside(const Verify *v, const char *key)
{
	Node *node = node_get(v->node, key);

	return (Verify){ v->l,
		         v->entry,
		         node ? node : v->node,
		         node ? arena_printf(v->l->scratch, "%s.%s", v->path, key) : v->path,
		         v->section,
		         v->nth };
}

/* "> 80%": a comparison, then a figure of the ratio's unit. */
static void need_ratio(const Verify *v, const Pair *p)
{
	static const char *const units[] = {
		[UNIT_PERCENT] = "> 80%", [UNIT_SECONDS] = "< 4h", [UNIT_SCORE] = "> 4.5/5"
	};
	Nearest near;
	const QualityRatio *r = ratio_named(p->key, &near);
	Quantity q = { 0 };
	Op op;

	if (!r) {
		plan_wrong(v, p->key, F_S07,
		           "One of: resolution_rate, satisfaction, resolution_mean, response_mean, "
		           "first_contact, escalation, reopened",
		           "'%.40s' is no ratio of tickets%s", p->key,
		           plan_nearest_text(v->l, &near));
		return;
	}
	if (!comparison_parse(p->value, &op, &q, NULL))
		plan_wrong(v, p->key, F_S05,
		           arena_printf(v->l->scratch, "Write for example: \"%s\"", units[r->unit]),
		           "'%.40s' is not a comparison with a figure", p->value);
	else if (q.unit != r->unit && !(r->unit == UNIT_SCORE && q.unit == UNIT_NONE))
		plan_wrong(v, p->key, F_S05,
		           arena_printf(v->l->scratch, "Write for example: \"%s\"", units[r->unit]),
		           "'%s' is not measured in what '%.40s' says", r->name, p->value);
}

void plan_verify_support(const Verify *v)
{
	const Support *s = v->entry;
	Verify quality = inside(v, "quality"), priorities = inside(v, "priorities");

	for (size_t i = 0; i < s->quality.n; i++)
		need_ratio(&quality, &s->quality.at[i]);
	for (size_t i = 0; i < s->priorities.n; i++) {
		Nearest near = { .word = s->priorities.at[i].value };

		if (plan_class(v->l->plan, near.word))
			continue;
		for (size_t c = 0; c < v->l->plan->classes_n; c++)
			plan_nearest_try(&near, v->l->plan->classes[c].item.id);
		plan_wrong(&priorities, s->priorities.at[i].key, F_R01, NULL,
		           "there is no class '%.40s'%s", near.word,
		           plan_nearest_text(v->l, &near));
	}
}

/* A star at the end stands for any name. */
static bool branch_fits(const char *pattern, const char *branch)
{
	size_t n = strlen(pattern);

	if (n && pattern[n - 1] == '*')
		return strncmp(pattern, branch, n - 1) == 0;
	return text_eq(pattern, branch);
}

void plan_verify_versioning(const Verify *v)
{
	const Versioning *s = v->entry;
	bool known = !s->production_branch || s->branches.n == 0;

	for (size_t i = 0; i < s->branches.n && !known; i++)
		known = branch_fits(s->branches.at[i], s->production_branch);
	if (!known)
		plan_wrong(v, "production_branch", F_S12, NULL, "'%.60s' is not among 'branches'",
		           s->production_branch);
}

void plan_verify_roadmap(const Verify *v)
{
	const RoadmapItem *r = v->entry;
	bool within = node_get(v->node, "within"), due = node_get(v->node, "due");

	if (within && due)
		plan_wrong(v, "due", F_S12, NULL, "'within' and 'due' exclude each other");
	else if (!within && !due)
		plan_wrong(v, NULL, F_S12, "Write within: 6mo, due: 2027-06, or due: unset",
		           "a roadmap item says by when");
	else if (within && span_is_zero(r->within))
		plan_wrong(v, "within", F_S06, NULL, "it would be due at once");
	else if (within && !v->l->plan->head.date)
		plan_wrong(v, "within", F_S12, NULL,
		           "'within' counts from the plan's 'date', which the plan does not give");
}

/* ---- the head ---- */

void plan_verify_plan(const Verify *v)
{
	const PlanHead *h = v->entry;

	if (h->sprint_start && strlen(h->sprint_start) != 10)
		plan_wrong(v, "sprint_start", F_S05, "Write for example: 2027-01-04",
		           "a sprint begins on a day: '%s' is not one", h->sprint_start);
	if (!h->sprint_start != span_is_zero(h->sprint))
		plan_wrong(v, h->sprint_start ? "sprint_start" : "sprint", F_S12, NULL,
		           "'sprint' and 'sprint_start' come together");
	else if (!span_is_zero(h->sprint) && span_estimate(h->sprint).us < hours(24).us)
		plan_wrong(v, "sprint", F_S06, NULL, "a sprint lasts at least a day");
	for (size_t i = 0; i < h->review_also.n; i++) {
		if (plan_form_problem(FORM_CADENCE, h->review_also.at[i].key))
			plan_wrong(v, "review", F_S05, "Write for example: {yearly: rework}",
			           "'%.40s' is not a cadence", h->review_also.at[i].key);
	}
}
