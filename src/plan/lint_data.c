/* What keeps data safe. L11 retention unset or too short for a reader · L25 deletes
 * without bound · L26 retention against the chain · L27 restores never tried · L28 no
 * second place · L29 a database without copy. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <stdio.h>

enum { LOOKED_AT = 1000 };

/* Days; a count of copies lasts as long as its cadence makes it. 0: not known,
 * `forever` 1e9. */
static double kept_days(const Keep *k, double every)
{
	switch (k->kind) {
	case KEEP_SPAN: return (double)span_estimate(k->span).us / 86400e6;
	case KEEP_COUNT: return k->count * every;
	case KEEP_FOREVER: return 1e9;
	case KEEP_UNSET: return 0;
	}
	return 0;
}

static const char *days_words(Loader *l, double d)
{
	return lint_words(l, (Duration){ (int64_t)(d * 86400e6) });
}

static bool is_history(const Backup *b) { return text_eq(b->kind, "git"); }

/* ---- L11 ---- */

static void backup_retention(Loader *l, const Backup *b)
{
	if (b->keep.kind == KEEP_UNSET && !is_history(b))
		lint_add(
		        l, SECTION_BACKUPS, &b->item, "keep", F_L11,
		        "how long '%s' is kept is not said: nothing may ever be deleted of it, and "
		        "nothing is promised to be there",
		        b->item.id);
}

/* Somebody who looks back at a log, and how far. */
typedef struct Reader {
	double days;
	SectionId section;
	const Item *item;
	const char *key, *why;
} Reader;

static void further(Reader *r, double d, SectionId section, const Item *item, const char *key,
                    const char *why)
{
	if (d > r->days)
		*r = (Reader){ d, section, item, key, why };
}

/* `do: log:app` in a task reads what came since its last time. */
static void read_by_tasks(Loader *l, const Log *log, Reader *r)
{
	for (size_t i = 0; i < l->plan->tasks_n; i++) {
		const Task *t = &l->plan->tasks[i];

		for (size_t j = 0; j < t->items_n; j++) {
			Ref ref;

			if (t->items[j].todo && plan_ref(l->plan, t->items[j].todo, &ref) &&
			    ref.item == &log->item && (!ref.part || text_eq(ref.part, "review")))
				further(r, lint_longest(&t->at), SECTION_TASKS, &t->item, "at",
				        "is read through by the task");
		}
	}
}

static bool looks_back(const Audit *a)
{
	return text_eq(a->depth, "audit") || text_eq(a->depth, "check");
}

static Reader furthest_reader(Loader *l, const Log *log)
{
	const Plan *p = l->plan;
	Reader r = { 0 };

	further(&r, lint_longest(&log->review), SECTION_LOGS, &log->item, "review",
	        "is to be read by a person at the cadence of");
	read_by_tasks(l, log, &r);
	for (size_t i = 0; i < p->classes_n; i++) {
		Duration limit;

		if (lint_limit(&p->classes[i].clocks[CLOCK_RESOLVE], &limit))
			further(&r, (double)limit.us / 86400e6, SECTION_CLASSES,
			        &p->classes[i].item, "resolve",
			        "is needed as long as an incident may be open, of class");
		if (lint_limit(&p->classes[i].clocks[CLOCK_POSTMORTEM], &limit))
			further(&r, (double)limit.us / 86400e6, SECTION_CLASSES,
			        &p->classes[i].item, "postmortem",
			        "is what a post-mortem is written from, of class");
	}
	for (size_t i = 0; i < p->audits_n; i++) {
		/* An audit that comes less than monthly takes samples, not all of it. */
		if (looks_back(&p->audits[i]) && lint_every(&p->audits[i].at) < 32)
			further(&r, lint_longest(&p->audits[i].at), SECTION_AUDITS,
			        &p->audits[i].item, "at", "is looked through by the audit");
	}
	return r;
}

static double log_kept(const Log *log)
{
	double rotation = lint_every(&log->rotate);
	double by_age = (double)span_estimate(log->delete_after).us / 86400e6;
	double kept = kept_days(&log->keep, rotation > 0 ? rotation : 1);

	return by_age > 0 && (kept <= 0 || by_age < kept) ? by_age : kept;
}

static bool keeps_files(const Log *log) { return log->path && !log->of; }

static void log_retention(Loader *l, const Log *log)
{
	double kept = log_kept(log);
	Reader r;

	if (!keeps_files(log))
		return;
	if (kept <= 0) {
		lint_add(l, SECTION_LOGS, &log->item, NULL, F_L11,
		         "how long '%s' is kept is not said: nothing of it may be deleted, and "
		         "nothing is promised to be there when it is looked for",
		         log->item.id);
		return;
	}
	r = furthest_reader(l, log);
	if (r.item && r.days > kept * 1.05)
		lint_say(l,
		         &(LintSpot){ .section = SECTION_LOGS,
		                      .item = &log->item,
		                      .key = span_is_zero(log->delete_after) ? "keep"
		                                                             : "delete_after",
		                      .related = lint_see(l, r.section, r.item, r.key) },
		         F_L11, "'%s' is kept %s, and %s '%s', which looks back %s", log->item.id,
		         days_words(l, kept), r.why, r.item->id, days_words(l, r.days));
}

/* ---- L26 ---- */

/* Whether a restore from `b` reads every set since the last one of its base. */
static bool is_link(const Backup *b) { return text_eq(b->kind, "log") || text_eq(b->kind, "incr"); }

static void chain(Loader *l, const Backup *b)
{
	double every = lint_longest(&b->at);
	double base_every = b->base ? lint_longest(&b->base->at) : 0;
	double kept = kept_days(&b->keep, every), base_kept;
	LintSpot spot = { .section = SECTION_BACKUPS, .item = &b->item, .key = "keep" };

	if (!b->base || kept <= 0 || base_every <= 0)
		return;
	base_kept = kept_days(&b->base->keep, base_every);
	spot.related = lint_see(l, SECTION_BACKUPS, &b->base->item, "keep");
	if (is_link(b) && kept < base_every + every)
		lint_say(l, &spot, F_L26,
		         "'%s' is kept %s, and up to %s pass between two of its base '%s': right "
		         "before the next one (or as soon as one fails) the sets no longer reach "
		         "back to it, and nothing made since can be restored",
		         b->item.id, days_words(l, kept), days_words(l, base_every + every),
		         b->base->item.id);
	if (base_kept > 0 && base_kept < kept + base_every && kept < 1e8)
		lint_say(l, &spot, F_L26,
		         "'%s' is kept %s, its base '%s' %s: the oldest sets outlive what they are "
		         "relative to; the base needs %s",
		         b->item.id, days_words(l, kept), b->base->item.id,
		         days_words(l, base_kept), days_words(l, kept + base_every));
}

/* Gone before the next one is made. */
static void always_one(Loader *l, const Backup *b)
{
	double every = lint_longest(&b->at), kept = kept_days(&b->keep, every);

	if (b->keep.kind == KEEP_SPAN && every > 0 && kept > 0 && kept < every)
		lint_add(l, SECTION_BACKUPS, &b->item, "keep", F_L26,
		         "'%s' is kept %s and made %s: for the rest of the time there is none",
		         b->item.id, days_words(l, kept), lint_cadence(l, &b->at));
}

/* ---- L27 ---- */

/* A test of a chain's base shows that the base can be restored, and so does one of a
 * set that needs it. */
static bool tests(const RestoreTest *t, const Plan *p, const Backup *b)
{
	for (size_t i = 0; i < t->of.n; i++) {
		const Backup *of = plan_backup(p, t->of.at[i]);

		for (size_t deep = 0; of && deep < 16; of = of->base, deep++) {
			if (of == b)
				return true;
		}
		of = plan_backup(p, t->of.at[i]);
		if (of && (of == b->base || (of->db && of->db == b->db) ||
		           (!of->db && !b->db && text_eq(of->of, b->of))))
			return true;
	}
	return false;
}

typedef struct Tested {
	double every; /* 0: never */
	SectionId section;
	const Item *item;
	const Schedule *at;
} Tested;

static Tested tested(const Plan *p, const Backup *b)
{
	Tested best = { 0 };

	for (size_t i = 0; i < p->restore_tests_n; i++) {
		double every = lint_every(&p->restore_tests[i].at);

		if (tests(&p->restore_tests[i], p, b) && every > 0 &&
		    (best.every <= 0 || every < best.every))
			best = (Tested){ every, SECTION_RESTORE_TESTS, &p->restore_tests[i].item,
				         &p->restore_tests[i].at };
	}
	for (size_t i = 0; i < p->exercises_n; i++) {
		double every = lint_every(&p->exercises[i].at);

		if (text_eq(p->exercises[i].kind, "recovery") && every > 0 &&
		    (best.every <= 0 || every < best.every))
			best = (Tested){ every, SECTION_EXERCISES, &p->exercises[i].item,
				         &p->exercises[i].at };
	}
	return best;
}

/* An earlier policy about the same data has had the finding. */
static bool said_before(const Plan *p, const Backup *b)
{
	for (const Backup *e = p->backups; e < b; e++) {
		if (!is_history(e) && (b->db ? e->db == b->db : !e->db && text_eq(e->of, b->of)))
			return true;
	}
	return false;
}

/* Logs, figures and code are looked at, or taken from elsewhere; not restored. */
static bool is_wanted_back(const Backup *b)
{
	return b->db ||
	       !(text_eq(b->of, "logs") || text_eq(b->of, "metrics") || text_eq(b->of, "code"));
}

static void restore_tried(Loader *l, const Backup *b)
{
	Tested t = tested(l->plan, b);

	if (is_history(b) || !is_wanted_back(b) || said_before(l->plan, b))
		return;
	if (t.every <= 0)
		lint_add(l, SECTION_BACKUPS, &b->item, NULL, F_L27,
		         "no restore test tries the copies of '%s': whether they can be restored "
		         "is learnt on the worst day",
		         b->of ? b->of : b->item.id);
	else if (t.every > 93)
		lint_say(l,
		         &(LintSpot){ .section = SECTION_BACKUPS,
		                      .item = &b->item,
		                      .related = lint_see(l, t.section, t.item, "at") },
		         F_L27,
		         "the copies of '%s' are tried only %s, by '%s': less than once a quarter",
		         b->of ? b->of : b->item.id, lint_cadence(l, t.at), t.item->id);
}

/* ---- L28 ---- */

static const Storage *storage(const Plan *p, const char *id)
{
	for (size_t i = 0; i < p->storage_n; i++) {
		if (text_eq(p->storage[i].item.id, id))
			return &p->storage[i];
	}
	return NULL;
}

typedef enum Stands { STANDS_SAME, STANDS_UNKNOWN, STANDS_ELSEWHERE } Stands;

/* Object stores stand elsewhere unless the plan says otherwise; a provider's own
 * snapshots (rds) stand with the database. */
static Stands where(const Storage *s)
{
	if (s->place)
		return text_eq(s->place, "same") || lint_says(s->place, "same ") ? STANDS_SAME
		                                                                 : STANDS_ELSEWHERE;
	if (text_eq(s->type, "s3") || text_eq(s->by, "human"))
		return STANDS_ELSEWHERE;
	return text_eq(s->type, "rds") || text_eq(s->type, "local") ? STANDS_SAME : STANDS_UNKNOWN;
}

static void second_place(Loader *l, const Backup *b)
{
	const char *first = NULL;
	Stands best = STANDS_SAME;

	if (is_history(b))
		return;
	for (size_t i = 0; i < b->to.n; i++) {
		const Storage *s = storage(l->plan, b->to.at[i]);
		Stands at = s ? where(s) : STANDS_UNKNOWN;

		first = first ? first : b->to.at[i];
		best = at > best ? at : best;
	}
	if (best == STANDS_ELSEWHERE)
		return;
	if (!first)
		lint_add(l, SECTION_BACKUPS, &b->item, NULL, F_L28,
		         "where '%s' is kept is not said: as far as the plan knows, what takes the "
		         "data takes the copy",
		         b->item.id);
	else
		lint_add(l, SECTION_BACKUPS, &b->item, "to", F_L28,
		         best == STANDS_SAME
		                 ? "'%s' is kept in '%s' only, which stands with the data: what "
		                   "takes one takes both"
		                 : "'%s' is kept in '%s' only, and the plan does not say that it "
		                   "stands elsewhere (storage.%s.place)",
		         b->item.id, first, first);
}

/* ---- L29 ---- */

static void copied(Loader *l, const Database *db)
{
	if (!lint_is_production(db->env))
		return;
	for (size_t i = 0; i < l->plan->backups_n; i++) {
		const Backup *b = &l->plan->backups[i];

		if (b->db == db || text_eq(b->of, "volume") ||
		    (!b->db && (text_eq(b->of, "database") || text_eq(b->of, "databases"))))
			return;
	}
	lint_add(l, SECTION_DATABASES, &db->item, NULL, F_L29,
	         "no backup is taken of the database '%s'", db->item.id);
}

/* ---- L25 ---- */

static bool deletes(const Cleanup *c) { return !text_eq(c->action, "clear_cache"); }
static bool by_rows(const Cleanup *c)
{
	return text_eq(c->action, "delete_rows") || text_eq(c->action, "archive_rows");
}

static void bounded(Loader *l, const Cleanup *c)
{
	LintSpot spot = { .section = SECTION_CLEANUP, .item = &c->item };

	if (!deletes(c))
		return;
	if (text_eq(c->action, "empty_table")) {
		spot.key = "action";
		lint_say(l, &spot, F_L25,
		         "'%s' empties the whole of '%s', whatever is in it: rows still in use go "
		         "with the rest",
		         c->item.id, c->table ? c->table : "the table");
	} else if (span_is_zero(c->older_than)) {
		spot.key = "action";
		lint_say(l, &spot, F_L25,
		         "'%s' deletes without saying how old a thing must be (older_than)",
		         c->item.id);
	} else if (by_rows(c) && !c->column) {
		spot.key = "older_than";
		lint_say(l, &spot, F_L25,
		         "'%s' deletes by age without naming the column that tells it", c->item.id);
	} else if (by_rows(c) && !c->column_type) {
		spot.key = "column";
		lint_say(l, &spot, F_L25,
		         "'%s' compares '%s.%s' with a date, and the plan does not say whether it "
		         "holds dates or Unix seconds (column_type): of the wrong one, every row "
		         "is older",
		         c->item.id, c->table ? c->table : "?", c->column);
	}
}

void lint_data(Loader *l)
{
	const Plan *p = l->plan;

	for (size_t i = 0; i < p->backups_n; i++) {
		backup_retention(l, &p->backups[i]);
		chain(l, &p->backups[i]);
		always_one(l, &p->backups[i]);
		if (i < LOOKED_AT)
			restore_tried(l, &p->backups[i]);
		second_place(l, &p->backups[i]);
	}
	for (size_t i = 0; i < p->logs_n && i < LOOKED_AT; i++)
		log_retention(l, &p->logs[i]);
	for (size_t i = 0; i < p->databases_n; i++)
		copied(l, &p->databases[i]);
	for (size_t i = 0; i < p->cleanup_n; i++)
		bounded(l, &p->cleanup[i]);
}
