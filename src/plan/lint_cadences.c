/* L08 one thing, two cadences · L30 notices that cannot be given in time · L35 work
 * before what it needs · L37 found later than due. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <math.h>

enum { OCCURRENCES = 400, PAIRS_COMPARED = 200 };

/* Rarer by more than the months differ in length. */
static bool is_rarer(double a, double b) { return a > 0 && b > 0 && a > b * 1.25; }

/* ---- L08: a task and what it sets off ---- */

typedef struct SetOff { /* the task that sets an entry off most often */
	Ref ref;
	const Schedule *stated; /* the entry's own */
	const Task *by;
} SetOff;

typedef struct SetOffs {
	LIST(SetOff) all;
	Map by_text; /* "backup:daily" → index + 1 */
} SetOffs;

/* What the entry itself says about when; NULL: it has no cadence of its own. */
static const Schedule *own_schedule(const Ref *r)
{
	switch ((int)r->kind) {
	case REF_BACKUP:
		/* Its parts (verify) are looked at as often as people like. */
		return r->part ? NULL : &((const Backup *)(const void *)r->item)->at;
	case REF_RESTORE_TEST: return &((const RestoreTest *)(const void *)r->item)->at;
	case REF_EXERCISE: return &((const Exercise *)(const void *)r->item)->at;
	case REF_AUDIT: return &((const Audit *)(const void *)r->item)->at;
	case REF_REPORT: return &((const ReportPlan *)(const void *)r->item)->at;
	case REF_TRAINING: return &((const Training *)(const void *)r->item)->at;
	case REF_DB_ACTION: return &((const DbAction *)(const void *)r->item)->at;
	case REF_CLEANUP: return &((const Cleanup *)(const void *)r->item)->at;
	case REF_UPDATE: return &((const Update *)(const void *)r->item)->at;
	case REF_SUITE: return &((const Suite *)(const void *)r->item)->at;
	case REF_LOAD_TEST: return &((const LoadTest *)(const void *)r->item)->at;
	case REF_TASK: return &((const Task *)(const void *)r->item)->at;
	case REF_LOG: {
		const Log *log = (const Log *)(const void *)r->item;

		return text_eq(r->part, "rotate")    ? &log->rotate
		       : text_eq(r->part, "clean")   ? &log->clean_at
		       : text_eq(r->part, "archive") ? &log->archive_at
		       : text_eq(r->part, "review")  ? &log->review
		                                     : NULL;
	}
	case REF_DOCUMENT: {
		const Document *d = (const Document *)(const void *)r->item;

		return text_eq(r->part, "update")   ? &d->update
		       : text_eq(r->part, "review") ? &d->review
		                                    : NULL;
	}
	default: return NULL;
	}
}

static const char *part_key(const Ref *r)
{
	bool own = r->part && (r->kind == REF_LOG || r->kind == REF_DOCUMENT);

	return !own                          ? "at"
	       : text_eq(r->part, "clean")   ? "clean_at"
	       : text_eq(r->part, "archive") ? "archive_at"
	                                     : r->part;
}

static void remember(SetOffs *s, const Ref *ref, const char *text, const Task *by)
{
	const Schedule *stated = own_schedule(ref);
	size_t known = (size_t)(uintptr_t)map_get(&s->by_text, text);
	SetOff *one;

	if (!stated || !schedule_recurs(stated))
		return;
	if (known) {
		one = &s->all.at[known - 1];
		if (lint_every(&by->at) < lint_every(&one->by->at))
			one->by = by;
		return;
	}
	list_add(&s->all, ((SetOff){ *ref, stated, by }));
	(void)map_put(&s->by_text, text, (void *)(uintptr_t)s->all.n);
}

static void set_offs(Loader *l, SetOffs *s)
{
	for (size_t i = 0; i < l->plan->tasks_n; i++) {
		const Task *t = &l->plan->tasks[i];

		for (size_t j = 0; j < t->items_n && lint_every(&t->at) > 0; j++) {
			Ref ref;

			if (t->items[j].todo && plan_ref(l->plan, t->items[j].todo, &ref))
				remember(s, &ref, t->items[j].todo, t);
		}
	}
}

static void task_too_rare(Loader *l, const SetOff *s)
{
	LintSpot spot = { .section = lint_section(s->ref.kind), .item = s->ref.item };

	if (!is_rarer(lint_every(&s->by->at), lint_every(s->stated)))
		return;
	spot.key = part_key(&s->ref);
	spot.related = lint_see(l, SECTION_TASKS, &s->by->item, "at");
	lint_say(l, &spot, F_L08,
	         "'%s:%s%s%s' is promised %s, and what sets it off, the task '%s', comes %s",
	         ref_kind_name(s->ref.kind), s->ref.id, s->ref.part ? ":" : "",
	         s->ref.part ? s->ref.part : "", lint_cadence(l, s->stated), s->by->item.id,
	         lint_cadence(l, &s->by->at));
}

/* ---- L08: the year's calendar ---- */

static const char *const month_keys[12] = { "jan", "feb", "mar", "apr", "may", "jun",
	                                    "jul", "aug", "sep", "oct", "nov", "dec" };

typedef struct Listed { /* in how many months the calendar has an entry */
	Ref ref;
	const char *text;
	unsigned months; /* bits */
} Listed;

static void say_listed(Loader *l, const Listed *c, const Schedule *stated)
{
	AUTO(Buf) b = { 0 };
	LintSpot spot = { .section = lint_section(c->ref.kind), .item = c->ref.item };
	int first = __builtin_ctz(c->months);

	for (int m = 0; m < 12; m++) {
		if (c->months & 1u << m)
			buf_printf(&b, b.n ? ", %s" : "%s", month_keys[m]);
	}
	spot.key = part_key(&c->ref);
	spot.related = lint_see(l, SECTION_CALENDAR, &l->plan->calendar.item, month_keys[first]);
	lint_say(l, &spot, F_L08, "'%s' is promised %s, and the calendar has it in %s only",
	         c->text, lint_cadence(l, stated), buf_str(&b));
}

/* Months of a year in which something rarer than three weeks takes place. */
static void calendar_against(Loader *l, const Listed *c)
{
	const Schedule *stated = own_schedule(&c->ref);
	double every = stated ? lint_every(stated) : 0;
	long times;

	if (every < 21)
		return;
	times = lround(365.25 / every);
	if (__builtin_popcount(c->months) < times)
		say_listed(l, c, stated);
	else if (stated->kind == SCHEDULE_YEARLY && stated->month &&
	         !(c->months & 1u << (stated->month - 1)))
		say_listed(l, c, stated);
}

static void calendar(Loader *l)
{
	const YearCalendar *c = &l->plan->calendar;
	LIST(Listed) all = { 0 };

	for (unsigned m = 0; c->set && m < 12; m++) {
		for (size_t i = 0; i < c->months[m].n; i++) {
			Listed one = { .text = c->months[m].at[i], .months = 1u << m };
			size_t at = 0;

			if (!plan_ref(l->plan, one.text, &one.ref))
				continue;
			while (at < all.n && !text_eq(all.at[at].text, one.text))
				at++;
			if (at < all.n)
				all.at[at].months |= one.months;
			else
				list_add(&all, one);
		}
	}
	for (size_t i = 0; i < all.n; i++)
		calendar_against(l, &all.at[i]);
	list_free(&all);
}

/* ---- L08: two entries about the same thing ---- */

static bool disjoint(Texts a, Texts b) { return a.n && b.n && !lint_share(a, b); }

static void two_cadences(Loader *l, SectionId section, const Item *a, const Schedule *at_a,
                         const Item *b, const Schedule *at_b, const char *what)
{
	if (!is_rarer(lint_every(at_a), lint_every(at_b)) &&
	    !is_rarer(lint_every(at_b), lint_every(at_a)))
		return;
	lint_say(l,
	         &(LintSpot){ .section = section,
	                      .item = b,
	                      .key = "at",
	                      .related = lint_see(l, section, a, "at") },
	         F_L08, "%s: '%s' says %s, and '%s' %s: which of them is promised?", what, b->id,
	         lint_cadence(l, at_b), a->id, lint_cadence(l, at_a));
}

static void audit_pair(Loader *l, const Audit *a, const Audit *b)
{
	if (a->depth && text_eq(a->depth, b->depth) && !disjoint(a->scope, b->scope) &&
	    !disjoint(a->run, b->run) && a->external == b->external)
		two_cadences(l, SECTION_AUDITS, &a->item, &a->at, &b->item, &b->at,
		             arena_printf(l->scratch, "two audits of depth '%s'", a->depth));
}

static void update_pair(Loader *l, const Update *a, const Update *b)
{
	bool named = a->components.n || b->components.n;

	if (a->kind && text_eq(a->kind, b->kind) &&
	    (named ? lint_share(a->components, b->components) : true))
		two_cadences(l, SECTION_UPDATES, &a->item, &a->at, &b->item, &b->at,
		             arena_printf(l->scratch, "two kinds of '%s' updates", a->kind));
}

static void restore_pair(Loader *l, const RestoreTest *a, const RestoreTest *b)
{
	if (a->scope && text_eq(a->scope, b->scope) && lint_share(a->of, b->of))
		two_cadences(
		        l, SECTION_RESTORE_TESTS, &a->item, &a->at, &b->item, &b->at,
		        arena_printf(l->scratch, "two %s restore tests of one copy", a->scope));
}

static void action_pair(Loader *l, const DbAction *a, const DbAction *b)
{
	if (a->action && text_eq(a->action, b->action) && a->db == b->db &&
	    !disjoint(a->tables, b->tables))
		two_cadences(l, SECTION_DB_ACTIONS, &a->item, &a->at, &b->item, &b->at,
		             arena_printf(l->scratch, "'%s' twice on one database", a->action));
}

#define EACH_PAIR(list, compare)                                               \
	for (size_t i = 0; i < l->plan->list##_n && i < PAIRS_COMPARED; i++) { \
		for (size_t j = 0; j < i; j++)                                 \
			compare(l, &l->plan->list[j], &l->plan->list[i]);      \
	}

static void pairs(Loader *l)
{
	EACH_PAIR(audits, audit_pair)
	EACH_PAIR(updates, update_pair)
	EACH_PAIR(restore_tests, restore_pair)
	EACH_PAIR(db_actions, action_pair)
}

/* ---- L30 ---- */

static void window_notice(Loader *l, const Window *w)
{
	double notice = (double)span_estimate(w->notice).us / 86400e6, every = lint_every(&w->at);

	if (notice <= 0)
		return;
	if (text_eq(w->kind, "emergency"))
		lint_add(l, SECTION_WINDOWS, &w->item, "notice", F_L30,
		         "'%s' is for emergencies, which nobody knows %s ahead", w->item.id,
		         lint_words(l, span_estimate(w->notice)));
	else if (every > 0 && notice > every)
		lint_add(l, SECTION_WINDOWS, &w->item, "notice", F_L30,
		         "'%s' comes %s and is announced %s ahead: each notice goes out before the "
		         "window before it has opened, so that %d are announced at any time",
		         w->item.id, lint_cadence(l, &w->at),
		         lint_words(l, span_estimate(w->notice)), (int)ceil(notice / every));
}

static void update_notice(Loader *l, const Update *u)
{
	if (u->notice.kind == DEADLINE_SPAN && u->window && !span_is_zero(u->window->notice) &&
	    span_estimate(u->notice.span).us < span_estimate(u->window->notice).us)
		lint_say(l,
		         &(LintSpot){ .section = SECTION_UPDATES,
		                      .item = &u->item,
		                      .key = "notice",
		                      .related = lint_see(l, SECTION_WINDOWS, &u->window->item,
		                                          "notice") },
		         F_L30,
		         "'%s' is announced %s ahead, and its window '%s' %s: the longer holds",
		         u->item.id, lint_words(l, span_estimate(u->notice.span)),
		         u->window->item.id, lint_words(l, span_estimate(u->window->notice)));
}

static void release_notice(Loader *l, const Deployment *d)
{
	Duration known = span_estimate(d->candidate);

	if (d->slot && known.us > 0 && span_estimate(d->slot->notice).us > known.us)
		lint_say(l,
		         &(LintSpot){ .section = SECTION_DEPLOYMENTS,
		                      .item = &d->item,
		                      .key = "candidate",
		                      .related = lint_see(l, SECTION_WINDOWS, &d->slot->item,
		                                          "notice") },
		         F_L30,
		         "a release is known %s before it goes out, and its window '%s' is "
		         "announced %s ahead",
		         lint_words(l, known), d->slot->item.id,
		         lint_words(l, span_estimate(d->slot->notice)));
}

/* ---- L35 ---- */

/* An occurrence of `s` at t while what it needs, begun on the same day, is not over:
 * the first such t within a year, or NEVER. */
static Instant too_early(Loader *l, const Schedule *s, const Schedule *needs, Span length)
{
	const Zone *z = lint_zone(l, s), *zn = lint_zone(l, needs);
	Instant t = schedule_next(s, z, lint_start(l)), end = lint_end(l);

	for (size_t n = 0; n < OCCURRENCES && is_set(t) && earlier(t, end); n++) {
		Instant day = zone_day_start(z, t);
		Instant first = schedule_next(needs, zn, after(day, duration_us(-1)));

		if (is_set(first) && earlier(first, zone_add(z, day, (Span){ .days = 1 })) &&
		    earlier(t, zone_add(zn, first, length)))
			return t;
		t = schedule_next(s, z, t);
	}
	return NEVER;
}

static bool has_times(const Schedule *s) { return schedule_recurs(s) && s->has_hour; }

static void after_tasks(Loader *l, SectionId section, const Item *item, const Schedule *at,
                        Texts names)
{
	for (size_t i = 0; i < names.n; i++) {
		const Task *t = plan_task(l->plan, names.at[i]);
		Instant when;

		if (!t || !has_times(at) || !has_times(&t->at))
			continue;
		when = too_early(l, at, &t->at, t->length);
		if (is_set(when))
			lint_say(l,
			         &(LintSpot){ .section = section,
			                      .item = item,
			                      .key = "at",
			                      .related =
			                              lint_see(l, SECTION_TASKS, &t->item, "at") },
			         F_L35,
			         "'%s' begins before '%s', which it follows, is over: it is "
			         "due %s, for instance",
			         item->id, t->item.id, lint_when(l, when));
	}
}

/* A test that begins with the copy it is to restore. */
static void test_with_copy(Loader *l, const RestoreTest *t)
{
	for (size_t i = 0; i < t->of.n; i++) {
		const Backup *b = plan_backup(l->plan, t->of.at[i]);
		Instant when;

		if (!b || !has_times(&t->at) || !has_times(&b->at) ||
		    (t->pick && !text_eq(t->pick, "latest")))
			continue;
		when = schedule_next(&t->at, lint_zone(l, &t->at), lint_start(l));
		for (size_t n = 0; n < OCCURRENCES && is_set(when); n++) {
			Instant copy = schedule_last(&b->at, lint_zone(l, &b->at), when);

			if (copy.us == when.us) {
				lint_say(l,
				         &(LintSpot){ .section = SECTION_RESTORE_TESTS,
				                      .item = &t->item,
				                      .key = "at",
				                      .related = lint_see(l, SECTION_BACKUPS,
				                                          &b->item, "at") },
				         F_L35,
				         "'%s' begins in the minute in which '%s', which it "
				         "restores, begins to be written: %s, for instance",
				         t->item.id, b->item.id, lint_when(l, when));
				break;
			}
			when = schedule_next(&t->at, lint_zone(l, &t->at), when);
		}
	}
}

/* ---- L37 ---- */

typedef struct Lookout { /* what looks for vulnerabilities most often */
	double every;
	SectionId section;
	const Item *item;
	const Schedule *at;
} Lookout;

static void looks(Lookout *o, const Schedule *at, SectionId section, const Item *item)
{
	double every =
	        at->kind == SCHEDULE_ALWAYS || at->kind == SCHEDULE_ON ? 0.001 : lint_every(at);

	if (every > 0 && (!o->item || every < o->every))
		*o = (Lookout){ every, section, item, at };
}

static Lookout lookout(const Plan *p)
{
	Lookout o = { 0 };

	for (size_t i = 0; i < p->audits_n; i++)
		looks(&o, &p->audits[i].at, SECTION_AUDITS, &p->audits[i].item);
	for (size_t i = 0; i < p->updates_n; i++) {
		if (p->updates[i].audit.n || text_eq(p->updates[i].kind, "security"))
			looks(&o, &p->updates[i].at, SECTION_UPDATES, &p->updates[i].item);
	}
	return o;
}

static void found_late(Loader *l, const Vulnerability *v, const Lookout *o)
{
	double limit = (double)span_estimate(v->deadline.span).us / 86400e6;

	if (v->deadline.kind != DEADLINE_SPAN)
		return;
	if (!o->item)
		lint_add(l, SECTION_VULNERABILITIES, &v->item, "deadline", F_L37,
		         "'%s' must be fixed within %s of being found, and nothing in the plan "
		         "looks for it",
		         v->item.id, lint_words(l, span_estimate(v->deadline.span)));
	else if (o->every > limit)
		lint_say(l,
		         &(LintSpot){ .section = SECTION_VULNERABILITIES,
		                      .item = &v->item,
		                      .key = "deadline",
		                      .related = lint_see(l, o->section, o->item, "at") },
		         F_L37,
		         "'%s' must be fixed within %s of being found; '%s', which looks most "
		         "often, comes %s: it may be that old before the clock starts",
		         v->item.id, lint_words(l, span_estimate(v->deadline.span)), o->item->id,
		         lint_cadence(l, o->at));
}

static void vulnerabilities(Loader *l)
{
	Lookout o = lookout(l->plan);

	for (size_t i = 0; i < l->plan->vulnerabilities_n; i++)
		found_late(l, &l->plan->vulnerabilities[i], &o);
}

void lint_cadences(Loader *l)
{
	const Plan *p = l->plan;
	SetOffs s = { 0 };

	set_offs(l, &s);
	for (size_t i = 0; i < s.all.n; i++)
		task_too_rare(l, &s.all.at[i]);
	list_free(&s.all);
	Map_done(&s.by_text);
	calendar(l);
	pairs(l);
	for (size_t i = 0; i < p->windows_n; i++)
		window_notice(l, &p->windows[i]);
	for (size_t i = 0; i < p->updates_n; i++)
		update_notice(l, &p->updates[i]);
	for (size_t i = 0; i < p->deployments_n; i++)
		release_notice(l, &p->deployments[i]);
	for (size_t i = 0; i < p->tasks_n; i++)
		after_tasks(l, SECTION_TASKS, &p->tasks[i].item, &p->tasks[i].at,
		            p->tasks[i].after);
	for (size_t i = 0; i < p->reports_n; i++)
		after_tasks(l, SECTION_REPORTS, &p->reports[i].item, &p->reports[i].at,
		            p->reports[i].after);
	for (size_t i = 0; i < p->restore_tests_n; i++)
		test_with_copy(l, &p->restore_tests[i]);
	vulnerabilities(l);
}
