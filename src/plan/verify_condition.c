/* Whether what a condition speaks of is in the plan: its metric and unit, the entry
 * between its braces, the state it waits for. It does not judge whether anything
 * measures it: that is lint's (L22). */
#include "plan/builtin_metrics.h"
#include "plan/load_private.h"

#include "core/alloc.h"
#include "core/text.h"

/* States by subject, as plan-model §4 names them. A level of a log is one of its five
 * words; `any` between the braces means each entry of the section. */
typedef struct Subject {
	const char *name;
	SectionId section;
	const char *what;
	const char *states; /* separated by ", " */
} Subject;

#define OCCURRENCE "due, running, awaiting_human, done, done_late, failed, missed, waived, overdue"

static const Subject subjects[] = {
	{ "check", SECTION_CHECKS, "check", "fail, down, degraded, ok, up, unknown" },
	{ "backup", SECTION_BACKUPS, "backup",
	  "failed, missing, suspect, running, written, verified, copied, proven, expired" },
	{ "restore_test", SECTION_RESTORE_TESTS, "restore test",
	  "due, running, passed, failed, documented, missed, overdue" },
	{ "log", SECTION_LOGS, "log", "DEBUG, INFO, WARNING, ERROR, CRITICAL" },
	{ "task", SECTION_TASKS, "task", OCCURRENCE },
	{ "update", SECTION_UPDATES, "update", OCCURRENCE },
	{ "window", SECTION_WINDOWS, "window",
	  "planned, announced, opened_unannounced, open, overrun, closed, reported, cancelled" },
	{ "deploy", SECTION_DEPLOYMENTS, "deployment",
	  "draft, blocked, prepared, deploying, validating, stabilising, succeeded, "
	  "awaiting_decision, rolling_back, rolled_back, rollback_failed, failed, aborted" },
};

static const Subject *subject_of(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(subjects); i++) {
		if (text_eq(subjects[i].name, name))
			return &subjects[i];
	}
	return NULL;
}

/* Whether `word` is one of the words of a list "a, b, c". */
static bool among(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = list; at; at = strstr(at, ", ")) {
		at += *at == ',' ? 2 : 0;
		if (strncmp(at, word, n) == 0 && (!at[n] || at[n] == ','))
			return n > 0;
	}
	return false;
}

static void need_entry(const Verify *v, const char *key, const Subject *s, const char *id)
{
	Nearest near = { .word = id };
	const EntryIndex *all = &v->l->plan->index->ids[s->section];

	if (plan_loader_find(v->l, s->section, id))
		return;
	if (text_eq(id, "any") && s->section != SECTION_CHECKS && all->n)
		return;
	for (size_t i = 0; v->l->report.found.n < FINDINGS_MAX && i < all->n; i++)
		plan_nearest_try(&near, entry_index_id(all, i));
	plan_wrong(v, key, F_R01, NULL, "there is no %s '%s'%s", s->what, id,
	           plan_nearest_text(v->l, &near));
}

/* The levels a log says it has bound what can be waited for in it. */
static void need_level(const Verify *v, const char *key, const Condition *c)
{
	const Log *log = plan_loader_find(v->l, SECTION_LOGS, c->scope);

	for (size_t i = 0; log && i < log->levels.n; i++) {
		if (text_eq(log->levels.at[i], c->word))
			return;
	}
	if (log && log->levels.n)
		plan_wrong(v, key, F_S07, NULL, "the log '%s' has no level '%s'", c->scope,
		           c->word);
}

static void need_state(const Verify *v, const char *key, const Condition *c)
{
	const Subject *s = subject_of(c->subject);

	if (!s)
		return;
	need_entry(v, key, s, c->scope);
	if (!among(s->states, c->word))
		plan_wrong(v, key, F_S07, arena_printf(v->l->scratch, "One of: %s", s->states),
		           "'%s' is not a %s of %s %s", c->word,
		           s->section == SECTION_LOGS ? "level" : "state", plan_article(s->what),
		           s->what);
	else if (s->section == SECTION_LOGS)
		need_level(v, key, c);
}

static void need_scope(const Verify *v, const char *key, const Condition *c)
{
	const BuiltinMetric *b = builtin_metric(c->subject);
	const Plan *p = v->l->plan;

	if (!*c->scope || !b)
		return;
	if (b->scope == SCOPE_CHECK) {
		if (!plan_check(p, c->scope) && !plan_service(p, c->scope))
			plan_wrong(v, key, F_R01, NULL, "there is no check '%s'", c->scope);
	} else if (b->scope == SCOPE_DATABASE) {
		if (!plan_database(p, c->scope) && !plan_check(p, c->scope))
			plan_wrong(v, key, F_R01, NULL, "there is no database '%s'", c->scope);
	} else if (b->scope == SCOPE_SERVICE && !plan_service(p, c->scope)) {
		plan_wrong(v, key, F_R01, NULL, "there is no service '%s'", c->scope);
	}
}

void plan_need_condition(const Verify *v, const char *key, const Condition *c)
{
	switch (c->kind) {
	case CONDITION_METRIC:
		plan_need_metric(v, key, c->subject);
		plan_need_unit(v, key, c->subject, &c->value);
		need_scope(v, key, c);
		break;
	case CONDITION_CHECK:
	case CONDITION_STATE: need_state(v, key, c); break;
	case CONDITION_NONE:
	case CONDITION_DECLARED: break;
	}
}
