/* Deriving the list of duties: one function per section says what of an entry
 * recurs, who does it and with what; then the tasks' `do:` items are matched to what
 * they set off. Invents no cadence: what the plan leaves `unset` stays out. */
#include "plan/duty_private.h"

#include "core/list.h"
#include "core/text.h"
#include "plan/load_private.h"

#include <stdio.h>
#include <string.h>

typedef LIST(Duty) Duties;

typedef struct Derive {
	Plan *plan;
	Duties list;
	Map ids; /* → place in the list + 1, as a pointer */
} Derive;

/* A new duty "KIND:ID[:PART]" of the entry, its title the entry's. */
static Duty *add(Derive *d, RefKind kind, const Item *item, const char *part, const Schedule *at)
{
	Duty *new = list_push(&d->list);

	(void)snprintf(new->id, sizeof new->id, "%s:%s%s%s", ref_kind_name(kind),
	               item->id ? item->id : "", part ? ":" : "", part ? part : "");
	if (kind != REF_NONE)
		map_put(&d->ids, new->id, (void *)(uintptr_t)d->list.n);
	new->kind = kind;
	new->item = item;
	new->title = item_label(item);
	new->at = new->stated = *at;
	new->owner = item->owner;
	new->catch_up = DUTY_ONCE;
	new->from = LONG_AGO;
	return new;
}

/* The same for one part of an entry: "Rotation: application log". */
static Duty *add_part(Derive *d, RefKind kind, const Item *item, const char *part,
                      const Schedule *at, const char *en, const char *fr)
{
	Duty *new = add(d, kind, item, part, at);

	new->title = arena_printf(d->plan->arena, "%s%s%s", duty_word(d->plan, en, fr),
	                          duty_word(d->plan, ": ", " : "), item_label(item));
	return new;
}

static void set_items(Duty *d, const WorkItem *items, size_t n)
{
	d->items = items;
	d->items_n = n;
	if (n)
		d->human = false;
}

/* ---- tasks ---- */

/* "skip", "once", "all", "all:5"; the loader has checked it. */
static void set_catch_up(Duty *d, const char *text)
{
	int64_t n;

	if (text_eq(text, "skip"))
		d->catch_up = DUTY_SKIP;
	if (!text_starts(text ? text : "", "all"))
		return;
	d->catch_up = DUTY_ALL;
	if (text_starts(text, "all:") && text_int(text + 4, &n) && n > 0)
		d->catch_up_n = (unsigned)n;
}

static DutyOverlap overlap_named(const char *text)
{
	if (text_eq(text, "queue"))
		return OVERLAP_QUEUE;
	return text_eq(text, "both") ? OVERLAP_BOTH : OVERLAP_SKIP;
}

/* Task ids as duty ids. */
static Texts task_duties(const Plan *p, Texts ids)
{
	const char **at = ARENA_ARRAY(p->arena, const char *, ids.n + 1);

	for (size_t i = 0; i < ids.n; i++)
		at[i] = arena_printf(p->arena, "task:%s", ids.at[i]);
	return (Texts){ at, ids.n };
}

static void derive_tasks(Derive *d)
{
	for (size_t i = 0; i < d->plan->tasks_n; i++) {
		const Task *t = &d->plan->tasks[i];
		Duty *new = add(d, REF_TASK, &t->item, NULL, &t->at);
		const Task *work = t->items_n || !t->same_as ? t : t->same_as;

		new->human = true;
		set_items(new, work->items, work->items_n);
		new->length = t->length;
		new->days = t->days;
		new->after = task_duties(d->plan, t->after);
		new->locks = t->locks;
		new->window = t->window;
		new->max_late = t->max_late;
		set_catch_up(new, t->catch_up);
		new->overlap = overlap_named(t->overlap);
	}
}

/* ---- safekeeping ---- */

static void set_by(Duty *d, const char *by)
{
	d->human = text_eq(by, "human");
	d->supplier = text_eq(by, "supplier");
}

static void derive_storage(Derive *d)
{
	for (size_t i = 0; i < d->plan->storage_n; i++) {
		const Storage *s = &d->plan->storage[i];

		set_by(add(d, REF_STORAGE, &s->item, NULL, &s->at), s->by ? s->by : "human");
	}
}

static void derive_backups(Derive *d)
{
	for (size_t i = 0; i < d->plan->backups_n; i++) {
		const Backup *b = &d->plan->backups[i];

		set_by(add(d, REF_BACKUP, &b->item, NULL, &b->at), b->by);
		set_by(add(d, REF_BACKUP, &b->item, "also", &b->also), b->by);
	}
}

static void derive_restore_tests(Derive *d)
{
	for (size_t i = 0; i < d->plan->restore_tests_n; i++) {
		const RestoreTest *r = &d->plan->restore_tests[i];
		Duty *new = add(d, REF_RESTORE_TEST, &r->item, NULL, &r->at);

		set_items(new, r->items, r->items_n);
		new->length = r->length;
	}
}

static void derive_exercises(Derive *d)
{
	for (size_t i = 0; i < d->plan->exercises_n; i++) {
		const Exercise *e = &d->plan->exercises[i];
		Duty *new = add(d, REF_EXERCISE, &e->item, NULL, &e->at);

		new->human = true;
		set_items(new, e->items, e->items_n);
		new->length = e->length;
	}
}

static void derive_logs(Derive *d)
{
	for (size_t i = 0; i < d->plan->logs_n; i++) {
		const Log *l = &d->plan->logs[i];
		const Item *item = &l->item;

		add_part(d, REF_LOG, item, "review", &l->review, "Review", "Revue")->human = true;
		add_part(d, REF_LOG, item, "rotate", &l->rotate, "Rotation", "Rotation");
		add_part(d, REF_LOG, item, "clean", &l->clean_at, "Cleaning", "Nettoyage");
		add_part(d, REF_LOG, item, "archive", &l->archive_at, "Archiving", "Archivage");
	}
}

/* What only a person can do to a database: judge. */
static bool is_judgement(const char *action)
{
	static const char *const actions[] = { "index_review", "tuning", "partition" };

	for (size_t i = 0; i < COUNT_OF(actions); i++) {
		if (text_eq(action, actions[i]))
			return true;
	}
	return false;
}

static void derive_db_actions(Derive *d)
{
	for (size_t i = 0; i < d->plan->db_actions_n; i++) {
		const DbAction *a = &d->plan->db_actions[i];
		Duty *new = add(d, REF_DB_ACTION, &a->item, NULL, &a->at);

		new->human = is_judgement(a->action);
		set_items(new, a->items, a->items_n);
		new->length = a->length;
		new->window = a->window;
	}
}

static void derive_cleanup(Derive *d)
{
	for (size_t i = 0; i < d->plan->cleanup_n; i++)
		add(d, REF_CLEANUP, &d->plan->cleanup[i].item, NULL, &d->plan->cleanup[i].at);
}

/* ---- change ---- */

static void derive_updates(Derive *d)
{
	for (size_t i = 0; i < d->plan->updates_n; i++) {
		const Update *u = &d->plan->updates[i];
		Duty *new = add(d, REF_UPDATE, &u->item, NULL, &u->at);

		new->human = !u->run.n && !u->procedure && !u->audit.n;
		set_items(new, u->steps, u->steps_n);
		new->length = u->length;
		new->window = u->window;
	}
}

static void derive_audits(Derive *d)
{
	for (size_t i = 0; i < d->plan->audits_n; i++) {
		const Audit *a = &d->plan->audits[i];
		Duty *new = add(d, REF_AUDIT, &a->item, NULL, &a->at);

		new->human = !a->run.n;
		new->supplier = a->external;
		set_items(new, a->items, a->items_n);
		new->length = a->length;
	}
}

static void derive_deployments(Derive *d)
{
	for (size_t i = 0; i < d->plan->deployments_n; i++) {
		const Deployment *e = &d->plan->deployments[i];

		add(d, REF_DEPLOYMENT, &e->item, NULL, &e->at)->window = e->slot;
	}
}

static void derive_suites(Derive *d)
{
	for (size_t i = 0; i < d->plan->suites_n; i++) {
		const Suite *s = &d->plan->suites[i];
		Duty *new = add(d, REF_SUITE, &s->item, NULL, &s->at);

		new->human = !s->run.n;
		set_items(new, s->items, s->items_n);
		new->length = s->length;
	}
}

static void derive_load_tests(Derive *d)
{
	for (size_t i = 0; i < d->plan->load_tests_n; i++) {
		const LoadTest *l = &d->plan->load_tests[i];

		add(d, REF_LOAD_TEST, &l->item, NULL, &l->at)->length = l->length;
	}
}

/* ---- reports and knowledge ---- */

static void derive_reports(Derive *d)
{
	for (size_t i = 0; i < d->plan->reports_n; i++) {
		const ReportPlan *r = &d->plan->reports[i];
		Duty *new = add(d, REF_REPORT, &r->item, NULL, &r->at);

		set_items(new, r->items, r->items_n);
		new->after = task_duties(d->plan, r->after);
	}
}

static void derive_documents(Derive *d)
{
	for (size_t i = 0; i < d->plan->documents_n; i++) {
		const Document *doc = &d->plan->documents[i];

		add_part(d, REF_DOCUMENT, &doc->item, "update", &doc->update, "Update",
		         "Mise à jour")
		        ->human = true;
		add_part(d, REF_DOCUMENT, &doc->item, "review", &doc->review, "Review", "Relecture")
		        ->human = true;
	}
}

static void derive_training(Derive *d)
{
	for (size_t i = 0; i < d->plan->training_n; i++) {
		const Training *t = &d->plan->training[i];
		Duty *new = add(d, REF_TRAINING, &t->item, NULL, &t->at);

		new->human = true;
		new->length = t->length;
		add_part(d, REF_TRAINING, &t->item, "follow_up", &t->follow_up, "Follow-up",
		         "Suivi")
		        ->human = true;
	}
}

/* ---- dates of the plan ---- */

/* "2025", "2025-01", "2025-01-31": its last day when `end`, else its first. */
static bool date_of(const char *text, bool end, Civil *ret)
{
	Civil c = { .month = end ? 12 : 1, .day = 1 };
	int got = text ? sscanf(text, "%4d-%2d-%2d", &c.year, &c.month, &c.day) : 0;

	if (got < 1 || c.year < 1970 || c.month < 1 || c.month > 12)
		return false;
	if (got < 3 && end)
		c.day = civil_month_days(c.year, c.month);
	*ret = c;
	return c.day >= 1 && c.day <= civil_month_days(c.year, c.month);
}

static Instant day_start(const Plan *p, Civil c)
{
	return zone_instant(p->head.timezone ? p->head.timezone : zone_utc(), c, PICK_FIRST, NULL);
}

static Schedule once_on(Civil day)
{
	Schedule s = { .kind = SCHEDULE_ONCE, .once = day };

	(void)snprintf(s.text, sizeof s.text, "%04d-%02d-%02d", day.year, day.month, day.day);
	return s;
}

/* When a step of the roadmap is due: its date, or so long after the plan's. */
static Schedule roadmap_due(const Plan *p, const RoadmapItem *r)
{
	const Zone *z = p->head.timezone ? p->head.timezone : zone_utc();
	Civil c;

	if (date_of(r->due, true, &c))
		return once_on(c);
	if (span_is_zero(r->within) || !date_of(p->head.date, false, &c))
		return (Schedule){ 0 };
	c = zone_civil(z, zone_add(z, day_start(p, c), r->within));
	return once_on((Civil){ .year = c.year, .month = c.month, .day = c.day });
}

static void derive_roadmap(Derive *d)
{
	for (size_t i = 0; i < d->plan->roadmap_n; i++) {
		const RoadmapItem *r = &d->plan->roadmap[i];
		WorkItem *items = ARENA_ARRAY(d->plan->arena, WorkItem, r->items.n + 1);
		Schedule due = roadmap_due(d->plan, r);
		Duty *new = add(d, REF_ROADMAP, &r->item, NULL, &due);

		for (size_t k = 0; k < r->items.n; k++) {
			items[k].item.id = arena_printf(d->plan->arena, "%zu", k + 1);
			items[k].item.at = r->item.at;
			items[k].ask = r->items.at[k];
		}
		set_items(new, items, r->items.n);
		new->human = !r->items.n;
		new->by_period_end = true;
		add_part(d, REF_ROADMAP, &r->item, "review", &r->review, "State validated",
		         "État validé")
		        ->human = true;
	}
}

/* "quarterly", "daily 09:00", or a span: "6mo". */
static bool cadence_read(const char *text, Schedule *ret)
{
	static const char *const by_months[] = {
		[1] = "monthly", [3] = "quarterly", [6] = "halfyearly", [12] = "yearly"
	};
	Span span;
	char every[SPAN_TEXT + 8], out[SPAN_TEXT];

	if (!text)
		return false;
	if (schedule_parse(text, ret, NULL))
		return true;
	if (!span_parse(text, &span))
		return false;
	if (span.months > 0 && span.months <= 12 && by_months[span.months])
		return schedule_parse(by_months[span.months], ret, NULL);
	(void)snprintf(every, sizeof every, "every %s", span_print(span, out));
	return schedule_parse(every, ret, NULL);
}

static Duty *add_review(Derive *d, const Schedule *at, const char *cadence)
{
	const Plan *p = d->plan;
	Duty *new = add(d, REF_NONE, &p->head.item, NULL, at);
	const char *title = duty_word(p, "Revision of the plan", "Révision du plan");

	(void)snprintf(new->id, sizeof new->id, "plan:review%s%s", *cadence ? ":" : "", cadence);
	new->title = title;
	new->owner = p->head.review_by.n ? p->head.review_by : p->head.item.owner;
	new->human = true;
	return new;
}

/* `next` fixes the month a longer cadence falls in, and what comes before it is not due. */
static void start_on(const Plan *p, Duty *d, Civil next)
{
	static const int lengths[] = {
		[SCHEDULE_QUARTERLY] = 3, [SCHEDULE_HALFYEARLY] = 6, [SCHEDULE_YEARLY] = 12
	};
	ScheduleKind kind = d->at.kind;

	d->from = day_start(p, next);
	if (kind < SCHEDULE_QUARTERLY || kind > SCHEDULE_YEARLY || d->at.day || d->at.nth)
		return;
	d->at.month = (next.month - 1) % lengths[kind] + 1;
	d->at.day = next.day;
}

static void derive_plan_review(Derive *d)
{
	const PlanHead *h = &d->plan->head;
	Schedule at;
	Civil next;
	bool has_next = date_of(h->review_next, false, &next);

	if (cadence_read(h->review_every, &at)) {
		Duty *new = add_review(d, &at, "");

		if (has_next)
			start_on(d->plan, new, next);
	} else if (has_next) {
		at = once_on(next);
		add_review(d, &at, "");
	}
	for (size_t i = 0; i < h->review_also.n; i++) {
		const Pair *also = &h->review_also.at[i];
		Duty *new;

		if (!cadence_read(also->key, &at))
			continue;
		new = add_review(d, &at, also->key);
		new->title = arena_printf(d->plan->arena, "%s%s%s", new->title,
		                          duty_word(d->plan, ": ", " : "), also->value);
	}
}

/* ---- the year's calendar ---- */

static Duty *find(const Derive *d, const char *id)
{
	uintptr_t place = (uintptr_t)map_get(&d->ids, id);

	return place ? &d->list.at[place - 1] : NULL;
}

/* The duty's id for a reference; "" when it names none. */
static void ref_duty_id(const Ref *r, char out[DUTY_ID])
{
	const char *part = r->part;

	if (r->kind == REF_LOG && !part)
		part = "review";
	if (r->kind == REF_DOCUMENT && !part)
		part = "update";
	(void)snprintf(out, DUTY_ID, "%s:%s%s%s", ref_kind_name(r->kind), r->id ? r->id : "",
	               part ? ":" : "", part ? part : "");
}

/* A `kind:id` whose duty comes by itself is that duty's own occurrence. */
static bool comes_by_itself(const Derive *d, const Ref *r)
{
	char id[DUTY_ID];
	const Duty *own;

	ref_duty_id(r, id);
	own = find(d, id);
	return own && schedule_recurs(&own->stated);
}

static void calendar_items(Derive *d, Duty *new, const Ref *r, const char *text)
{
	WorkItem *item = ARENA_NEW(d->plan->arena, WorkItem);
	char id[DUTY_ID];
	const Duty *target;

	ref_duty_id(r, id);
	target = find(d, id);
	item->item.id = "1";
	item->item.at = d->plan->calendar.item.at;
	item->todo = text;
	if (r->item) {
		new->title = item_label(r->item);
		new->owner = r->item->owner.n ? r->item->owner : new->owner;
	}
	if (target && target->human)
		item->ask = new->title;
	set_items(new, item, 1);
}

static void derive_month(Derive *d, int month)
{
	const YearCalendar *c = &d->plan->calendar;

	for (size_t i = 0; i < c->months[month].n; i++) {
		const char *text = c->months[month].at[i];
		Schedule at = { .kind = SCHEDULE_YEARLY, .month = month + 1 };
		char printed[SCHEDULE_TEXT];
		Ref ref;
		bool is_ref = plan_ref(d->plan, text, &ref);
		Duty *new;

		if (is_ref && comes_by_itself(d, &ref))
			continue;
		text_copy(at.text, sizeof at.text, schedule_print(&at, printed));
		new = add(d, REF_NONE, &c->item, NULL, &at);
		(void)snprintf(new->id, sizeof new->id, "calendar:%02d:%zu", month + 1, i + 1);
		new->title = text;
		new->human = true;
		new->by_period_end = true;
		if (is_ref)
			calendar_items(d, new, &ref, text);
	}
}

/* ---- what sets off what ---- */

static bool same_time(const Schedule *stated, const Schedule *task)
{
	if (stated->has_hour &&
	    (!task->has_hour || task->hour != stated->hour || task->minute != stated->minute))
		return false;
	if (stated->kind != task->kind)
		return !stated->weekdays && !stated->day && !stated->nth;
	return (!stated->weekdays || stated->weekdays == task->weekdays) &&
	       (!stated->day || (stated->day == task->day && stated->month == task->month)) &&
	       (!stated->nth || stated->nth == task->nth);
}

/* Whether a task that comes like this keeps what the duty promises. */
static bool matches(const Duty *task, const Duty *d)
{
	Duration promised = duty_cadence(&d->stated), comes = duty_cadence(&task->stated);

	if (!schedule_recurs(&task->stated) || d->stated.kind == SCHEDULE_ON)
		return false;
	if (!schedule_recurs(&d->stated))
		return true;
	if (task->days.set && !d->days.set && promised.us < days(7).us)
		return false;
	return d->stated.kind != SCHEDULE_ONCE && comes.us > 0 && comes.us <= promised.us &&
	       same_time(&d->stated, &task->stated);
}

static bool leads_to(const Duty *from, const Duty *to)
{
	for (; from; from = from->by) {
		if (from == to)
			return true;
	}
	return false;
}

static void set_off(Derive *d, Duty *task, const WorkItem *item)
{
	char id[DUTY_ID];
	Duty *target;
	Ref ref;

	if (!item->todo || item->only_if || !plan_ref(d->plan, item->todo, &ref))
		return;
	ref_duty_id(&ref, id);
	target = find(d, id);
	if (!target || !matches(task, target) || leads_to(task, target))
		return;
	/* the first that comes just as often; else the first of all */
	if (!target->by || (target->by->stated.kind != target->stated.kind &&
	                    task->stated.kind == target->stated.kind))
		target->by = task;
}

static void match_tasks(Derive *d)
{
	for (size_t i = 0; i < d->plan->tasks_n; i++) {
		const Task *t = &d->plan->tasks[i];
		char id[DUTY_ID];
		Duty *task, *same = NULL;

		(void)snprintf(id, sizeof id, "task:%s", t->item.id);
		task = find(d, id);
		for (size_t k = 0; k < t->items_n; k++)
			set_off(d, task, &t->items[k]);
		if (t->same_as) {
			(void)snprintf(id, sizeof id, "task:%s", t->same_as->item.id);
			same = find(d, id);
		}
		if (same && schedule_recurs(&same->stated) && !leads_to(same, task))
			task->by = same;
	}
}

/* ---- the whole ---- */

static void keep(Derive *d)
{
	Plan *p = d->plan;
	Duty *all = ARENA_ARRAY(p->arena, Duty, d->list.n + 1);
	size_t *place = ARENA_ARRAY(p->arena, size_t, d->list.n + 1), n = 0;

	for (size_t i = 0; i < d->list.n; i++) {
		place[i] = n;
		if (d->list.at[i].stated.kind != SCHEDULE_UNSET || d->list.at[i].by)
			all[n++] = d->list.at[i];
	}
	for (size_t i = 0; i < n; i++) {
		if (all[i].by)
			all[i].by = &all[place[all[i].by - d->list.at]];
		if (p->index)
			map_put(&p->index->duties, all[i].id, &all[i]);
	}
	p->duties = all;
	p->duties_n = n;
	duty_slots_propose(p, all, n);
}

void plan_duties_derive(Plan *p)
{
	Derive d = { .plan = p };

	derive_plan_review(&d);
	derive_tasks(&d);
	derive_storage(&d);
	derive_backups(&d);
	derive_restore_tests(&d);
	derive_exercises(&d);
	derive_logs(&d);
	derive_db_actions(&d);
	derive_cleanup(&d);
	derive_updates(&d);
	derive_audits(&d);
	derive_deployments(&d);
	derive_suites(&d);
	derive_load_tests(&d);
	derive_reports(&d);
	derive_documents(&d);
	derive_training(&d);
	derive_roadmap(&d);
	for (int m = 0; m < 12; m++)
		derive_month(&d, m);
	match_tasks(&d);
	keep(&d);
	list_free(&d.list);
	Map_done(&d.ids);
}

const Duty *plan_duty(const Plan *p, const char *id)
{
	return id && p->index ? map_get(&p->index->duties, id) : NULL;
}

const Duty *plan_duty_of(const Plan *p, const char *todo)
{
	char id[DUTY_ID];
	Ref ref;

	if (!todo || !plan_ref(p, todo, &ref))
		return NULL;
	ref_duty_id(&ref, id);
	return plan_duty(p, id);
}
