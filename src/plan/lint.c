/* What the plan promises and cannot keep: seen before anything runs. Nothing here
 * is an error; each finding says why it matters and can be accepted with a reason. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_accepted(const Item *item, const char *code)
{
	for (size_t i = 0; item && i < item->accept.n; i++) {
		if (text_eq(item->accept.at[i].key, code))
			return true;
	}
	return false;
}

/* The key node and value node of an entry in the file. */
static NodePair place_of(const Loader *l, SectionId section, const Item *item)
{
	const Section *s = &plan_sections[section];
	const char *base = (const char *)item;

	if (!s->single)
		memcpy(&base, (const char *)l->plan + s->at, sizeof base);
	/* Nodes that were not kept are made again: the loader is the same afterwards. */
	return plan_entry_pair((Loader *)(uintptr_t)l, section,
	                       (size_t)((const char *)item - base) / s->table->size);
}

Node *lint_node(const Loader *l, SectionId section, const Item *item)
{
	return place_of(l, section, item).value;
}

/* A key of the entry, "rollback.limit" going one level down; NULL: not written. */
static const Node *key_node(const Node *entry, const char *key)
{
	const char *dot = key ? strchr(key, '.') : NULL;
	char first[48];

	if (!key || !entry || entry->kind != NODE_MAP)
		return NULL;
	if (!dot)
		return node_get(entry, key);
	text_copy(first,
	          (size_t)(dot - key) + 1 < sizeof first ? (size_t)(dot - key) + 1 : sizeof first,
	          key);
	return key_node(node_get(entry, first), dot + 1);
}

static const char *path_of(Loader *l, SectionId section, const Item *item, const char *key)
{
	const Section *s = &plan_sections[section];
	const char *path =
	        s->single ? s->name : arena_printf(l->scratch, "%s.%s", s->name, item->id);

	return key ? arena_printf(l->scratch, "%s.%s", path, key) : path;
}

static void say(Loader *l, const LintSpot *spot, FindingCode code, const char *message)
{
	const FindingInfo *info = &plan_finding_infos[code];
	NodePair place;
	const Node *at;
	const char *path;

	place = place_of(l, spot->section, spot->item);
	at = key_node(place.value, spot->key);
	path = path_of(l, spot->section, spot->item, at ? spot->key : NULL);
	if (spot->node)
		at = spot->node;
	findings_add(&l->report, code, at ? at->where : place.key->where, path, info->what[0],
	             spot->related, "%s", message);
}

/* Past the last finding shown they are only counted: no words, and no place, which may
 * have to be read again. */
static bool is_past_showing(Loader *l, FindingCode code)
{
	if (l->report.found.n < FINDINGS_MAX)
		return false;
	findings_add(&l->report, code, (Extent){ 0 }, NULL, NULL, NULL, "%s", "");
	return true;
}

void lint_say(Loader *l, const LintSpot *at, FindingCode code, const char *fmt, ...)
{
	const char *name = plan_finding_infos[code].code;
	char message[FINDING_TEXT];
	va_list ap;

	if (is_accepted(at->item, name) || is_accepted(at->part, name) || is_past_showing(l, code))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	say(l, at, code, message);
}

void lint_add(Loader *l, SectionId section, const Item *item, const char *key, FindingCode code,
              const char *fmt, ...)
{
	char message[FINDING_TEXT];
	va_list ap;

	if (is_accepted(item, plan_finding_infos[code].code) || is_past_showing(l, code))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	say(l, &(LintSpot){ .section = section, .item = item, .key = key }, code, message);
}

const char *lint_see(Loader *l, SectionId section, const Item *item, const char *key)
{
	NodePair place = place_of(l, section, item);
	const Node *at = key_node(place.value, key);

	return arena_printf(l->scratch, "%s, line %u", path_of(l, section, item, at ? key : NULL),
	                    at ? at->where.at.line : place.key->where.at.line);
}

SectionId lint_section(RefKind kind)
{
	static const struct {
		RefKind kind;
		SectionId section;
	} known[] = {
		{ REF_CHECK, SECTION_CHECKS },
		{ REF_METRIC, SECTION_METRICS },
		{ REF_OBJECTIVE, SECTION_OBJECTIVES },
		{ REF_RULE, SECTION_RULES },
		{ REF_SERVICE, SECTION_SERVICES },
		{ REF_WINDOW, SECTION_WINDOWS },
		{ REF_TASK, SECTION_TASKS },
		{ REF_PROCEDURE, SECTION_PROCEDURES },
		{ REF_EXERCISE, SECTION_EXERCISES },
		{ REF_AUDIT, SECTION_AUDITS },
		{ REF_REPORT, SECTION_REPORTS },
		{ REF_DOCUMENT, SECTION_DOCUMENTS },
		{ REF_TRAINING, SECTION_TRAINING },
		{ REF_ROADMAP, SECTION_ROADMAP },
		{ REF_STORAGE, SECTION_STORAGE },
		{ REF_BACKUP, SECTION_BACKUPS },
		{ REF_RESTORE_TEST, SECTION_RESTORE_TESTS },
		{ REF_LOG, SECTION_LOGS },
		{ REF_DB_ACTION, SECTION_DB_ACTIONS },
		{ REF_DATABASE, SECTION_DATABASES },
		{ REF_CLEANUP, SECTION_CLEANUP },
		{ REF_CAPACITY, SECTION_CAPACITY },
		{ REF_UPDATE, SECTION_UPDATES },
		{ REF_VULNERABILITY, SECTION_VULNERABILITIES },
		{ REF_DEPLOYMENT, SECTION_DEPLOYMENTS },
		{ REF_SUITE, SECTION_SUITES },
		{ REF_LOAD_TEST, SECTION_LOAD_TESTS },
	};

	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (known[i].kind == kind)
			return known[i].section;
	}
	return SECTIONS;
}

/* "document:technical:review" → "review", if the entry has such a key. */
static const char *duty_key(const Node *entry, const char *id)
{
	const char *part = strrchr(id, ':');

	if (part && strchr(id, ':') != part && key_node(entry, part + 1))
		return part + 1;
	return key_node(entry, "at") ? "at" : NULL;
}

LintSpot lint_duty_spot(const Loader *l, const Duty *d)
{
	LintSpot s = { .section = lint_section(d->kind), .item = d->item };

	if (s.section == SECTIONS)
		s.section = text_starts(d->id, "calendar") ? SECTION_CALENDAR : SECTION_PLAN;
	s.key = duty_key(lint_node(l, s.section, s.item), d->id);
	return s;
}

/* ---- lists of work items ---- */

typedef struct Tour {
	Loader *l;
	WorkVisit *visit;
	void *ctx;
} Tour;

static void tour(const Tour *t, SectionId section, const Item *item, const WorkItem *at, size_t n,
                 const Node *list, const char *env, const char *stage)
{
	WorkList w = { section, item, at, n, NULL, env, stage };

	if (list && list->kind == NODE_LIST && list->n == n)
		w.list = list;
	if (n)
		t->visit(t->l, &w, t->ctx);
}

/* Entry i of a map of entries, or of a list of them. */
static const Node *nth(const Node *many, size_t i)
{
	if (!many || i >= many->n)
		return NULL;
	return many->kind == NODE_MAP ? many->pairs[i].value : many->items[i];
}

static void tour_deployment(const Tour *t, const Deployment *d)
{
	const Node *entry = lint_node(t->l, SECTION_DEPLOYMENTS, &d->item);
	const Node *stages = key_node(entry, "stages");

	for (size_t i = 0; i < d->stages_n; i++)
		tour(t, SECTION_DEPLOYMENTS, &d->item, d->stages[i].gates, d->stages[i].gates_n,
		     key_node(nth(stages, i), "gates"), d->env,
		     d->stages[i].item.id ? d->stages[i].item.id : "a stage");
	tour(t, SECTION_DEPLOYMENTS, &d->item, d->rollback_steps, d->rollback_steps_n,
	     key_node(entry, "rollback.steps"), d->env, "rollback");
	tour(t, SECTION_DEPLOYMENTS, &d->item, d->rollback_data, d->rollback_data_n,
	     key_node(entry, "rollback.data"), d->env, "rollback of the data");
}

#define TOUR(list, SECTION, items, key, env)                                     \
	for (size_t i = 0; i < l->plan->list##_n; i++) {                         \
		const __typeof__(*l->plan->list) *e = &l->plan->list[i];         \
                                                                                 \
		tour(&t, SECTION, &e->item, e->items, e->items##_n,              \
		     key_node(lint_node(l, SECTION, &e->item), key), env, NULL); \
	}

/* A procedure that names environments is as dangerous as the worst of them. */
static const char *worst_env(Texts envs)
{
	for (size_t i = 0; i < envs.n; i++) {
		if (lint_is_production(envs.at[i]))
			return envs.at[i];
	}
	return envs.n ? envs.at[0] : NULL;
}

void lint_work_lists(Loader *l, WorkVisit *visit, void *ctx)
{
	Tour t = { l, visit, ctx };

	TOUR(tasks, SECTION_TASKS, items, "items", e->env)
	TOUR(procedures, SECTION_PROCEDURES, steps, "steps", worst_env(e->envs))
	TOUR(exercises, SECTION_EXERCISES, items, "items", e->target)
	TOUR(audits, SECTION_AUDITS, items, "items", NULL)
	TOUR(reports, SECTION_REPORTS, items, "items", NULL)
	TOUR(restore_tests, SECTION_RESTORE_TESTS, items, "items", e->target)
	TOUR(db_actions, SECTION_DB_ACTIONS, items, "items", e->db ? e->db->env : NULL)
	TOUR(updates, SECTION_UPDATES, steps, "steps", NULL)
	TOUR(suites, SECTION_SUITES, items, "items", e->env)
	for (size_t i = 0; i < l->plan->deployments_n; i++)
		tour_deployment(&t, &l->plan->deployments[i]);
}

LintSpot lint_work_spot(const WorkList *w, size_t i)
{
	return (LintSpot){ .section = w->section,
		           .item = w->item,
		           .part = &w->at[i].item,
		           .node = w->list ? w->list->items[i] : NULL };
}

const char *lint_command(Loader *l, const WorkItem *w)
{
	AUTO(Buf) b = { .max = 4096 };

	for (size_t i = 0; i < w->run.n; i++)
		buf_printf(&b, i ? " %s" : "%s", w->run.at[i]);
	return w->run.n ? arena_text(l->scratch, buf_str(&b)) : w->sql ? w->sql : "";
}

/* ---- shared judgements ---- */

bool lint_limit(const PerEnvDeadline *d, Duration *ret)
{
	bool found = d->all.kind == DEADLINE_SPAN;

	if (found)
		*ret = span_estimate(d->all.span);
	for (size_t i = 0; i < d->n; i++) {
		Duration one = span_estimate(d->env[i].span);

		if (d->env[i].kind == DEADLINE_SPAN && (!found || one.us < ret->us)) {
			*ret = one;
			found = true;
		}
	}
	return found;
}

const char *lint_words(Loader *l, Duration d)
{
	char out[DURATION_TEXT];

	return arena_text(l->scratch, duration_print(d, out));
}

bool lint_has(Texts texts, const char *s)
{
	for (size_t i = 0; i < texts.n; i++) {
		if (text_eq(texts.at[i], s))
			return true;
	}
	return false;
}

bool lint_share(Texts a, Texts b)
{
	for (size_t i = 0; i < a.n; i++) {
		if (lint_has(b, a.at[i]))
			return true;
	}
	return false;
}

bool lint_has_target(const Objective *o)
{
	return o->target.set && !o->target.unset && o->op != OP_NONE;
}

double lint_every(const Schedule *s)
{
	int a_week = __builtin_popcount(s->weekdays);

	switch (s->kind) {
	case SCHEDULE_DAILY: return 1;
	case SCHEDULE_WEEKLY: return 7.0 / (a_week ? a_week : 1);
	case SCHEDULE_MONTHLY: return 365.25 / 12;
	case SCHEDULE_QUARTERLY: return 365.25 / 4;
	case SCHEDULE_HALFYEARLY: return 365.25 / 2;
	case SCHEDULE_YEARLY: return 365.25;
	case SCHEDULE_EVERY: return (double)s->interval.us / 86400e6;
	case SCHEDULE_UNSET:
	case SCHEDULE_ONCE:
	case SCHEDULE_ON:
	case SCHEDULE_ALWAYS:
	case SCHEDULE_AS_NEEDED:
	case SCHEDULE_AGREED: return 0;
	}
	return 0;
}

double lint_longest(const Schedule *s)
{
	switch ((int)s->kind) {
	case SCHEDULE_WEEKLY: return 7;
	case SCHEDULE_MONTHLY: return 31;
	case SCHEDULE_QUARTERLY: return 92;
	case SCHEDULE_HALFYEARLY: return 184;
	case SCHEDULE_YEARLY: return 366;
	default: return lint_every(s);
	}
}

const char *lint_cadence(Loader *l, const Schedule *s)
{
	Schedule bare = { .kind = s->kind, .interval = s->interval };
	char out[SCHEDULE_TEXT];

	if (s->kind == SCHEDULE_WEEKLY && __builtin_popcount(s->weekdays) > 1)
		bare.weekdays = s->weekdays;
	return arena_text(l->scratch, schedule_print(&bare, out));
}

const Zone *lint_zone(const Loader *l, const Schedule *s)
{
	return s->zone ? s->zone : l->plan->head.timezone;
}

bool lint_is_production(const char *env) { return !env || lint_says(env, "prod|live"); }

bool lint_has_address(const Contact *c)
{
	return !text_is_empty(c->email) || !text_is_empty(c->phone) || c->via.n > 0;
}

bool lint_says(const char *text, const char *words)
{
	char word[64];

	while (text && text_part(&words, "|", word, sizeof word)) {
		for (const char *s = text; *s; s++) {
			if (strncasecmp(s, word, strlen(word)) == 0)
				return true;
		}
	}
	return false;
}

void plan_lint(Loader *l)
{
	lint_people(l);
	lint_oncall(l);
	lint_reach(l);
	lint_order(l);
	lint_promises(l);
	lint_budget(l);
	lint_words_missing(l);
	lint_time(l);
	lint_cadences(l);
	lint_duties(l);
	lint_load(l);
	lint_data(l);
	lint_steps(l);
	lint_change(l);
}
