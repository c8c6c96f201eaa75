/* Making occurrences from the plan's duties, and catching up after a stop. */
#include <stdio.h>
#include <stdlib.h>

#include "task/task_private.h"

/* An absence may hide more than this of one duty: the older ones are then one record
 * with their count. A safety bound on the walk over a very long absence. */
enum { MISSED_ONE_BY_ONE = 100, WALK_MAX = 200000 };

void TaskWork_done(TaskWork *w)
{
	list_free(&w->items);
	list_free(&w->words);
	record_done(&task_occurrence_record, &w->o);
	w->changed = false;
}

void Tasks_done(Tasks *all)
{
	for (size_t i = 0; i < all->n; i++) {
		TaskWork_done(all->at[i]);
		mem_free(all->at[i]);
	}
	list_free(all);
}

TaskWork *tasks_find(const Tasks *all, const char *id)
{
	for (size_t i = 0; i < all->n; i++) {
		if (text_eq(all->at[i]->o.id, id))
			return all->at[i];
	}
	return NULL;
}

/* ---- one ---- */

/* When it is missed: the next one begins; with `queue` and `both` it may overlap the
 * next, not the one after. */
static Instant until_of(const Plan *plan, const Duty *d, Instant due)
{
	Instant next = duty_next(plan, d, due);

	if (d->overlap != OVERLAP_SKIP && is_set(next))
		next = duty_next(plan, d, next);
	return next;
}

static void describe(TaskWork *w, const Plan *plan, const Duty *d)
{
	TaskOccurrence *o = &w->o;
	const Texts *owner = d->owner.n || !d->item ? &d->owner : &d->item->owner;

	text_copy(o->title, sizeof o->title, d->title ? d->title : d->id);
	o->expected_end = duty_late_after(plan, d, o->due);
	if (!is_set(o->expected_end))
		o->expected_end = LONG_AGO;
	o->until = until_of(plan, d, o->due);
	o->overlap = d->overlap;
	o->supplier = d->supplier;
	o->owners[0] = o->after[0] = o->locks[0] = '\0';
	for (size_t i = 0; i < owner->n; i++)
		(void)lines_add(o->owners, sizeof o->owners, owner->at[i]);
	for (size_t i = 0; i < d->after.n; i++)
		(void)lines_add(o->after, sizeof o->after, d->after.at[i]);
	for (size_t i = 0; i < d->locks.n; i++)
		(void)lines_add(o->locks, sizeof o->locks, d->locks.at[i]);
	items_make(w, plan, d);
	w->changed = true;
}

static TaskWork *make(Tasks *all, const Plan *plan, const Duty *d, Instant due)
{
	TaskWork *w = NEW(TaskWork);
	char at[INSTANT_TEXT];

	(void)snprintf(w->o.id, sizeof w->o.id, "%s@%s", d->id, instant_print(due, at));
	text_copy(w->o.duty, sizeof w->o.duty, d->id);
	w->o.due = due;
	w->o.started = w->o.ended = LONG_AGO;
	w->tell_at = NEVER;
	describe(w, plan, d);
	list_add(all, w);
	return w;
}

/* ---- the plan ---- */

static bool has_own(const Duty *d) { return d && !d->by; }

/* One entry for what is too much to be listed one by one. */
static void miss_many(const Duty *d, uint64_t n, Instant from, Instant to, Instant now, Effects *fx)
{
	AUTO(Buf) b = { 0 };
	Emit j = emit_to(&b);
	Entry *e;

	emit_object(&j, NULL);
	emit_text(&j, "duty", d->id);
	emit_int(&j, "count", (int64_t)n);
	emit_instant(&j, "from", from);
	emit_instant(&j, "to", to);
	emit_object_end(&j);
	e = effects_entry(fx, now, "task.missed", d->id, "carene", buf_take(&b));
	text_copy(e->verdict, sizeof e->verdict, "missed");
	text_copy(e->note, sizeof e->note, "Carène was not there");
}

/* Those that fell due in (from, now]; the newest of them. */
static Instant make_past(Tasks *all, const Plan *plan, const Duty *d, Instant from, Instant now,
                         Effects *fx)
{
	uint64_t n = 0, left_out;
	Instant last = from, first = LONG_AGO;

	for (Instant t = duty_next(plan, d, from); is_due(t, now) && n < WALK_MAX;
	     t = duty_next(plan, d, t))
		n++;
	left_out = n > MISSED_ONE_BY_ONE ? n - MISSED_ONE_BY_ONE : 0;
	for (uint64_t i = 0; i < n; i++) {
		last = duty_next(plan, d, last);
		if (i == 0)
			first = last;
		if (i + 1 == left_out)
			miss_many(d, left_out, first, last, now, fx);
		if (i >= left_out)
			(void)make(all, plan, d, last);
	}
	return last;
}

static void make_coming(Tasks *all, const Plan *plan, const Duty *d, Instant last, size_t coming,
                        Instant now)
{
	Instant t = duty_next(plan, d, latest(last, now));

	while (is_set(t) && coming < TASK_AHEAD &&
	       (coming == 0 || is_due(t, after(now, days(1))))) {
		(void)make(all, plan, d, t);
		coming++;
		t = duty_next(plan, d, t);
	}
}

static void sync_duty(Tasks *all, const Plan *plan, const Duty *d, Instant now, Effects *fx)
{
	Instant newest = LONG_AGO;
	size_t coming = 0;

	for (size_t i = 0; i < all->n; i++) {
		const TaskOccurrence *o = &all->at[i]->o;

		if (!text_eq(o->duty, d->id) || o->asked_for)
			continue;
		newest = latest(newest, o->due);
		coming += o->state == TASK_SCHEDULED && earlier(now, o->due);
	}
	if (is_set(newest) && earlier(newest, now))
		newest = make_past(all, plan, d, newest, now, fx);
	make_coming(all, plan, d, newest, coming, now);
}

/* A scheduled one follows the plan; false: the plan has it no more, or at another time. */
static bool refresh(TaskWork *w, const Plan *plan, const Duty *d, Instant now)
{
	Instant before = after(w->o.due, duration_us(-1));

	if (!has_own(d))
		return false;
	if (earlier(now, w->o.due) && duty_next(plan, d, before).us != w->o.due.us)
		return false;
	describe(w, plan, d);
	return true;
}

static void forget(Tasks *all, size_t i, const TaskSink *sink)
{
	TaskWork *w = all->at[i];

	if (sink && sink->dropped)
		sink->dropped(sink->ctx, w);
	list_remove(all, i);
	TaskWork_done(w);
	mem_free(w);
}

void tasks_plan(Tasks *all, const Plan *plan, Instant now, const TaskSink *sink, Effects *fx)
{
	for (size_t i = 0; i < all->n;) {
		TaskWork *w = all->at[i];
		const Duty *d = plan_duty(plan, w->o.duty);

		if (w->o.state == TASK_SCHEDULED && !w->o.asked_for && !refresh(w, plan, d, now)) {
			forget(all, i, sink);
			continue;
		}
		if (task_is_open(&w->o) && !has_own(d))
			task_withdraw(w, plan, now, fx);
		i++;
	}
	for (size_t i = 0; i < plan->duties_n; i++) {
		if (has_own(&plan->duties[i]))
			sync_duty(all, plan, &plan->duties[i], now, fx);
	}
}

void tasks_next(Tasks *all, const Plan *plan, const char *duty, Instant now, Effects *fx)
{
	const Duty *d = plan_duty(plan, duty);

	if (has_own(d))
		sync_duty(all, plan, d, now, fx);
}

TaskWork *tasks_extra(Tasks *all, const Plan *plan, const char *duty, const char *who, Instant now,
                      Effects *fx, Err *err)
{
	const Duty *d = plan_duty(plan, duty);
	Instant due = { now.us - now.us % 1000000 };
	char id[TASK_ID], at[INSTANT_TEXT];
	TaskWork *w;

	(void)fx;
	if (!d) {
		err_set(err, ERR_NOT_FOUND, "the plan has no duty '%s'", duty);
		return NULL;
	}
	if (d->by) {
		err_set(err, ERR_CONFLICT, "'%s' is done as part of '%s'", duty, d->by->id);
		return NULL;
	}
	(void)snprintf(id, sizeof id, "%s@%s", d->id, instant_print(due, at));
	if (tasks_find(all, id)) {
		err_set(err, ERR_CONFLICT, "'%s' exists already", id);
		return NULL;
	}
	w = make(all, plan, d, due);
	w->o.asked_for = true;
	text_copy(w->o.by, sizeof w->o.by, who ? who : "");
	return w;
}

/* ---- what stands in the way ---- */

static bool same_day(const Plan *plan, Instant a, Instant b)
{
	return zone_day_start(plan->head.timezone, a).us ==
	       zone_day_start(plan->head.timezone, b).us;
}

static bool shares_lock(const TaskOccurrence *a, const TaskOccurrence *b)
{
	const char *rest = a->locks;
	char name[128];

	while (text_part(&rest, "\n", name, sizeof name)) {
		if (lines_have(b->locks, name))
			return true;
	}
	return false;
}

TaskGuard tasks_guard(const Tasks *all, const Plan *plan, const TaskWork *w)
{
	TaskGuard g = { 0 };
	bool in_a_row = w->o.overlap == OVERLAP_QUEUE || w->o.caught_up;

	for (size_t i = 0; i < all->n; i++) {
		const TaskWork *x = all->at[i];
		bool works = x->o.state == TASK_RUNNING || x->o.state == TASK_AWAITING_HUMAN;

		if (x == w || task_is_over(&x->o))
			continue;
		if (!g.before && *w->o.after && lines_have(w->o.after, x->o.duty) &&
		    same_day(plan, x->o.due, w->o.due))
			g.before = x;
		if (!g.holder && works && *w->o.locks && shares_lock(&w->o, &x->o))
			g.holder = x;
		if (!g.older && in_a_row && task_is_open(&x->o) && text_eq(x->o.duty, w->o.duty) &&
		    earlier(x->o.due, w->o.due))
			g.older = x;
	}
	return g;
}

/* ---- after an absence ---- */

static int by_due(const void *a, const void *b)
{
	const TaskWork *x = *(TaskWork *const *)a, *y = *(TaskWork *const *)b;
	int duty = strcmp(x->o.duty, y->o.duty);

	return duty ? duty : (x->o.due.us > y->o.due.us) - (x->o.due.us < y->o.due.us);
}

static bool was_slept_through(const TaskWork *w, Instant now)
{
	return w->o.state == TASK_SCHEDULED && !w->o.asked_for && !w->o.caught_up &&
	       is_due(after(w->o.due, TASK_SLEPT), now);
}

static bool in_time(const Plan *plan, const Duty *d, const TaskWork *w, Instant now)
{
	return span_is_zero(d->max_late) ||
	       is_due(now, zone_add(plan->head.timezone, w->o.due, d->max_late));
}

/* Those of one duty, soonest first. */
static void catch_up_duty(TaskWork **at, size_t n, const Plan *plan, Instant now, Effects *fx)
{
	const Duty *d = plan_duty(plan, at[0]->o.duty);
	size_t allowed = !d || d->catch_up == DUTY_SKIP ? 0
	                 : d->catch_up == DUTY_ONCE     ? 1
	                 : d->catch_up_n                ? d->catch_up_n
	                                                : n;
	const char *absent = tr(task_lang(plan), "Carène was not there");

	for (size_t i = 0; i < n; i++) {
		TaskWork *w = at[i];

		if (n - i > allowed || !in_time(plan, d, w, now)) {
			w->o.quiet_end = !d || d->catch_up == DUTY_SKIP || i + 1 < n;
			task_miss(w, absent, now, now, fx);
			continue;
		}
		w->o.caught_up = true;
		w->o.until = latest(w->o.until, until_of(plan, d, now));
		w->changed = true;
	}
}

void tasks_catch_up(Tasks *all, const Plan *plan, Instant now, Effects *fx)
{
	LIST(TaskWork *) slept = { 0 };

	for (size_t i = 0; i < all->n; i++) {
		if (was_slept_through(all->at[i], now))
			list_add(&slept, all->at[i]);
	}
	if (slept.n)
		qsort(slept.at, slept.n, sizeof *slept.at, by_due);
	for (size_t i = 0, end; i < slept.n; i = end) {
		for (end = i; end < slept.n && text_eq(slept.at[end]->o.duty, slept.at[i]->o.duty);
		     end++)
			;
		catch_up_duty(slept.at + i, end - i, plan, now, fx);
	}
	list_free(&slept);
}
