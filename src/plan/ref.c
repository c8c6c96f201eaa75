/* Finding what `kind:id` or `kind:id:part` means. One table says which word stands
 * for which section, which parts its entries have, and what this version carries
 * out; nothing here decides when. */
#include "plan/ref_private.h"

#include "core/alloc.h"
#include "core/text.h"
#include "plan/builtin_metrics.h"

#include <string.h>

/* SECTIONS: no section. `parts` ends with NULL; `any`: any words, such as a metric's
 * scope. */
typedef struct KindOfRef {
	const char *name, *other; /* as written; another spelling or NULL */
	SectionId section;
	const char *parts[6];
	bool any, runs;
} KindOfRef;

static const KindOfRef kinds[REF_KINDS] = {
	[REF_NONE] = { "", NULL, SECTIONS, { 0 }, false, false },
	[REF_CHECK] = { "check", NULL, SECTION_CHECKS, { 0 }, false, true },
	[REF_METRIC] = { "metric", NULL, SECTION_METRICS, { 0 }, true, true },
	[REF_OBJECTIVE] = { "objective", NULL, SECTION_OBJECTIVES, { 0 }, false, true },
	[REF_RULE] = { "rule", NULL, SECTION_RULES, { 0 }, false, true },
	[REF_SERVICE] = { "service", NULL, SECTION_SERVICES, { 0 }, false, false },
	[REF_WINDOW] = { "window", NULL, SECTION_WINDOWS, { 0 }, false, false },
	[REF_TASK] = { "task", NULL, SECTION_TASKS, { 0 }, false, false },
	[REF_PROCEDURE] = { "procedure", NULL, SECTION_PROCEDURES, { 0 }, false, false },
	[REF_EXERCISE] = { "exercise", NULL, SECTION_EXERCISES, { 0 }, false, false },
	[REF_AUDIT] = { "audit", NULL, SECTION_AUDITS, { 0 }, false, false },
	[REF_REPORT] = { "report", NULL, SECTION_REPORTS, { 0 }, false, false },
	[REF_DOCUMENT] = { "document",
	                   NULL,
	                   SECTION_DOCUMENTS,
	                   { "update", "review" },
	                   false,
	                   false },
	[REF_TRAINING] = { "training", NULL, SECTION_TRAINING, { "follow_up" }, false, false },
	[REF_ROADMAP] = { "roadmap", NULL, SECTION_ROADMAP, { "review" }, false, false },
	[REF_STORAGE] = { "storage", NULL, SECTION_STORAGE, { 0 }, false, false },
	[REF_BACKUP] = { "backup", NULL, SECTION_BACKUPS, { "verify", "also" }, false, false },
	[REF_RESTORE_TEST] = { "restore_test", NULL, SECTION_RESTORE_TESTS, { 0 }, false, false },
	[REF_LOG] = { "log",
	              NULL,
	              SECTION_LOGS,
	              { "review", "rotate", "clean", "archive", "ship" },
	              false,
	              false },
	[REF_DB_ACTION] = { "db_action", NULL, SECTION_DB_ACTIONS, { 0 }, false, false },
	[REF_DATABASE] = { "database", NULL, SECTION_DATABASES, { 0 }, false, false },
	[REF_CLEANUP] = { "cleanup", NULL, SECTION_CLEANUP, { 0 }, false, false },
	[REF_CAPACITY] = { "capacity", NULL, SECTION_CAPACITY, { 0 }, false, false },
	[REF_UPDATE] = { "update", NULL, SECTION_UPDATES, { "audit" }, false, false },
	[REF_VULNERABILITY] = { "vulnerability",
	                        NULL,
	                        SECTION_VULNERABILITIES,
	                        { 0 },
	                        false,
	                        false },
	[REF_DEPLOYMENT] = { "deployment",
	                     "deploy",
	                     SECTION_DEPLOYMENTS,
	                     { "rollback" },
	                     false,
	                     false },
	[REF_SUITE] = { "suite", NULL, SECTION_SUITES, { 0 }, false, false },
	[REF_LOAD_TEST] = { "load_test", "load", SECTION_LOAD_TESTS, { 0 }, false, false },
};

const char *ref_kind_name(RefKind k) { return kinds[k].name; }

bool ref_kind_runs(RefKind k) { return kinds[k].runs; }

SectionId ref_kind_section(RefKind k) { return kinds[k].section; }

const char *ref_kind_word(size_t i)
{
	if (i + 1 < REF_KINDS)
		return kinds[i + 1].name;
	return i + 1 == REF_KINDS ? "db" : NULL;
}

RefKind ref_kind_named(const char *s, size_t n)
{
	for (size_t k = REF_NONE + 1; k < REF_KINDS; k++) {
		const char *names[] = { kinds[k].name, kinds[k].other };

		for (size_t i = 0; i < COUNT_OF(names); i++) {
			if (names[i] && strlen(names[i]) == n && memcmp(names[i], s, n) == 0)
				return (RefKind)k;
		}
	}
	return REF_NONE;
}

bool ref_part_known(RefKind k, const char *part)
{
	if (kinds[k].any || !part)
		return true;
	for (size_t i = 0; i < COUNT_OF(kinds[k].parts) && kinds[k].parts[i]; i++) {
		if (text_eq(kinds[k].parts[i], part))
			return true;
	}
	return false;
}

const char *ref_kind_part(RefKind k, size_t i)
{
	return i < COUNT_OF(kinds[k].parts) ? kinds[k].parts[i] : NULL;
}

bool ref_cut(const char *text, RefText *ret)
{
	size_t n = strcspn(text, ":"), id;
	const char *rest = text + n;

	*ret = (RefText){ .word_n = n };
	if (n == 0 || *rest++ != ':')
		return false;
	id = strcspn(rest, ":");
	if (id == 0 || id >= sizeof ret->id)
		return false;
	memcpy(ret->id, rest, id);
	if (rest[id])
		ret->part = rest + id + 1;
	ret->kind = ref_kind_named(text, n);
	ret->db = n == 2 && memcmp(text, "db", 2) == 0;
	return !ret->part || *ret->part;
}

static bool find(const Plan *p, RefKind kind, const RefText *t, Ref *ret)
{
	const Item *item = kinds[kind].section == SECTIONS
	                           ? NULL
	                           : entry_index_find(&p->index->ids[kinds[kind].section], t->id);
	const BuiltinMetric *b = kind == REF_METRIC && !item ? builtin_metric(t->id) : NULL;

	if ((!item && !b) || !ref_part_known(kind, t->part))
		return false;
	*ret = (Ref){ kind, item ? item->id : b->name, item, t->part };
	return true;
}

bool plan_ref(const Plan *p, const char *text, Ref *ret)
{
	RefText t;

	*ret = (Ref){ 0 };
	if (!text || !ref_cut(text, &t))
		return false;
	if (t.db)
		return find(p, REF_DATABASE, &t, ret) || find(p, REF_DB_ACTION, &t, ret);
	return t.kind != REF_NONE && find(p, t.kind, &t, ret);
}
