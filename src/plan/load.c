/* Loading from end to end, and the loaded plan's look-ups. */
#include "plan/commitment.h"
#include "plan/cut.h"
#include "plan/load_private.h"

#include "core/digest.h"
#include "core/text.h"

#include <string.h>

/* Far above what the limits of load.h allow: reaching it would be a mistake in them. */
static const size_t arena_limit = (size_t)64 << 30;

static Plan *plan_new(const Plan *before)
{
	Arena *arena = arena_new("plan", arena_limit);
	Plan *p = ARENA_NEW(arena, Plan);

	p->arena = arena;
	p->share = before ? share_hold(before->share) : share_new();
	p->index = ARENA_NEW(arena, struct PlanIndex);
	return p;
}

void plan_free(Plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->secrets_n; i++)
		secret_free((Secret *)(uintptr_t)p->secrets[i]);
	for (size_t i = 0; i < SECTIONS; i++)
		entry_index_done(&p->index->ids[i]);
	Map_done(&p->index->duties);
	share_drop(p->share);
	arena_free(p->arena);
}

static void keep_secrets(Loader *l)
{
	const Secret **all = ARENA_ARRAY(l->arena, const Secret *, l->secrets.n + 1);

	for (size_t i = 0; i < l->secrets.n; i++)
		all[i] = l->secrets.at[i];
	l->plan->secrets = all;
	l->plan->secrets_n = l->secrets.n;
	list_free(&l->secrets);
}

static void fill_head(Plan *p)
{
	if (!p->head.language)
		p->head.language = "en";
	if (!p->head.item.id)
		p->head.item.id = "plan";
	if (!p->head.timezone)
		p->head.timezone = zone_utc();
}

/* What `except holidays` means in every Hours of the plan. */
static void fill_holidays(Loader *l)
{
	Plan *p = l->plan;
	const Texts *texts = &p->head.holidays;
	Holiday *all = ARENA_ARRAY(p->arena, Holiday, texts->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < texts->n; i++)
		n += texts->at[i] && holiday_parse(texts->at[i], &all[n], NULL);
	p->holidays = (Holidays){ all, n };
	if (l->holiday_node && texts->n == 0)
		findings_add(&l->report, F_R01, l->holiday_node->where, l->holiday_path,
		             "List them: plan: {holidays: [12-25, easter+1, "
		             "2027-12-18..2028-01-02]}",
		             NULL,
		             "the plan lists no holidays that these hours could be closed on");
}

/* libyaml reads all of it, or what is left without the checks that are certain. A cut
 * that does not hold has read nothing: the whole is read, and says what is wrong. */
static void read_tree(Loader *l, const char *text, size_t n)
{
	const char *section = plan_sections[SECTION_CHECKS].name;

	if (!(l->source && l->source->whole) && cut_plan(&l->cut, text, n, section)) {
		l->root = node_read_rest(&l->report, l->scratch, &l->cut, l->limits.values);
		if (l->root && cut_holds(&l->cut, l->root, section))
			return;
		cut_done(&l->cut);
		findings_forget(&l->report);
	}
	l->root = node_read(&l->report, l->scratch, text, n, l->limits.values);
}

/* Entries of a plan that was cut too, if its share is not mostly what is gone. */
static void open_before(Loader *l, const Plan *before)
{
	if (!before)
		return;
	l->before = before;
	l->met = ARENA_ARRAY(l->scratch, unsigned char, before->checks_n + 1);
	l->services = ARENA_ARRAY(l->scratch, const Service *, before->services_n + 1);
}

static void load_tree(Loader *l, const char *text, size_t n)
{
	if (!plan_text_check(&l->report, &text, &n, l->limits.bytes))
		return;
	read_tree(l, text, n);
	if (!l->root)
		return;
	walk_plan(l);
	fill_holidays(l);
	plan_resolve(l);
	plan_find_circles(l);
	plan_verify(l);
	fill_head(l->plan);
	if (l->report.errors != 0)
		return;
	plan_duties_derive(l->plan);
	plan_commitments_derive(l->plan);
	plan_lint(l);
}

/* Excerpts and columns are counted without a byte order mark. */
static void skip_mark(const char **text, size_t *n)
{
	if (*n >= 3 && memcmp(*text, "\xEF\xBB\xBF", 3) == 0) {
		*text += 3;
		*n -= 3;
	}
}

/* What loads allow: the source's word, or load.h's. */
static PlanLimits limits_of(const PlanSource *src)
{
	PlanLimits said = src ? src->limits : (PlanLimits){ 0 };

	return (PlanLimits){ said.bytes ? said.bytes : PLAN_BYTES,
		             said.values ? said.values : PLAN_VALUES,
		             said.entries ? said.entries : PLAN_ENTRIES };
}

Plan *plan_load(const char *path, const char *text, size_t n, const PlanSource *src, Findings *out)
{
	return plan_load_after(NULL, path, text, n, src, out);
}

Plan *plan_load_after(const Plan *before, const char *path, const char *text, size_t n,
                      const PlanSource *src, Findings *out)
{
	const Plan *from =
	        before && before->index->checks && !share_is_worn(before->share) ? before : NULL;
	Loader l = { .plan = plan_new(from), .source = src, .limits = limits_of(src) };

	l.arena = l.plan->arena;
	l.scratch = arena_new("plan nodes", arena_limit);
	l.drafts = arena_new("one entry", arena_limit);
	l.plan->path = arena_text(l.arena, path);
	(void)digest_sha256(text, n, l.plan->digest);
	l.plan->text = arena_text_n(l.arena, text, n);
	skip_mark(&text, &n);
	findings_open(&l.report, out->arena, arena_text(out->arena, path), text, n);
	open_before(&l, from);
	l.filling = (Filling){ &l.report, l.scratch, src, 0 };
	load_tree(&l, text, n);
	keep_secrets(&l);
	findings_close(&l.report, out);
	list_free(&l.fixups);
	list_free(&l.steps);
	cut_done(&l.cut);
	if (!from)
		share_settle(l.plan->share);
	arena_free(l.scratch);
	arena_free(l.drafts);
	if (out->errors == 0)
		return l.plan;
	plan_free(l.plan);
	return NULL;
}

/* ---- look-ups ---- */

#define LOOK_UP(T, name, section)                                                           \
	const T *plan_##name(const Plan *p, const char *id)                                 \
	{                                                                                   \
		return id ? entry_index_find(&p->index->ids[SECTION_##section], id) : NULL; \
	}

LOOK_UP(Service, service, SERVICES)
LOOK_UP(Role, role, ROLES)
LOOK_UP(Team, team, TEAMS)
LOOK_UP(Audience, audience, AUDIENCES)
LOOK_UP(Contact, contact, CONTACTS)
LOOK_UP(Channel, channel, CHANNELS)
LOOK_UP(Class, class, CLASSES)
LOOK_UP(Level, level, LEVELS)
LOOK_UP(Escalation, escalation, ESCALATIONS)
LOOK_UP(Metric, metric, METRICS)
LOOK_UP(Objective, objective, OBJECTIVES)
LOOK_UP(Check, check, CHECKS)
LOOK_UP(Rule, rule, RULES)
LOOK_UP(Window, window, WINDOWS)
LOOK_UP(Template, template, TEMPLATES)
LOOK_UP(Database, database, DATABASES)
LOOK_UP(Task, task, TASKS)
LOOK_UP(Procedure, procedure, PROCEDURES)
LOOK_UP(Backup, backup, BACKUPS)

const Environment *service_environment(const Service *s, const char *id)
{
	for (size_t i = 0; s && i < s->environments_n; i++) {
		if (text_eq(s->environments[i].item.id, id))
			return &s->environments[i];
	}
	return NULL;
}

size_t plan_commitments(const Plan *p) { return p->commitments_n; }
