/* The items of an occurrence: copied from the duty, begun in order, measured. Says
 * what is to be measured; the engine measures. */
#include <stdio.h>

#include "task/task_private.h"

const char *task_item_state_name(TaskItemState s)
{
	static const char *const names[TASK_ITEM_STATES] = {
		[TASK_ITEM_TODO] = "todo",       [TASK_ITEM_ASKED] = "asked",
		[TASK_ITEM_RUNNING] = "running", [TASK_ITEM_PASS] = "pass",
		[TASK_ITEM_FAIL] = "fail",       [TASK_ITEM_CONFIRMED] = "confirmed",
		[TASK_ITEM_REFUSED] = "refused", [TASK_ITEM_NOT_APPLICABLE] = "not_applicable",
	};

	return s < TASK_ITEM_STATES ? names[s] : "unknown";
}

const char *task_item_kind_name(TaskItemKind k)
{
	static const char *const names[] = { "do", "ask", "do_ask", "notify", "other" };

	return (size_t)k < COUNT_OF(names) ? names[k] : "unknown";
}

bool item_is_settled(const TaskItem *i) { return i->state >= TASK_ITEM_PASS; }

TaskItem *item_named(const TaskWork *w, const char *name)
{
	for (size_t k = 0; k < w->items.n; k++) {
		if (text_eq(w->items.at[k].name, name))
			return &w->items.at[k];
	}
	return NULL;
}

/* ---- from the duty ---- */

enum { DEPTH_MAX = 4 };

/* "3.1": item 1 of what item 3 sets off. */
static void full_name(const char *prefix, const char *name, char out[TASK_ITEM_NAME])
{
	AUTO(Buf) b = { .max = TASK_ITEM_NAME - 1 };

	buf_printf(&b, "%s%s%s", prefix, *prefix ? "." : "", name);
	text_copy(out, TASK_ITEM_NAME, buf_str(&b));
}

static TaskItem *add_item(TaskWork *w, const char *prefix, const char *name)
{
	TaskItem *i = list_push(&w->items);

	text_copy(i->occurrence, sizeof i->occurrence, w->o.id);
	full_name(prefix, name, i->name);
	(void)snprintf(i->id, sizeof i->id, "%s/%s", w->o.id, i->name);
	i->place = (int)w->items.n - 1;
	i->asked_at = i->ended = LONG_AGO;
	i->timeout = TASK_ITEM_TIMEOUT;
	i->changed = true;
	return i;
}

/* Whether this version can find out what the reference says: it measures it, or people
 * answer for it in occurrences of its own. */
static bool can_run(const Plan *plan, const char *todo)
{
	const Duty *other = plan_duty_of(plan, todo);
	Ref ref;

	return plan_ref(plan, todo, &ref) &&
	       (ref_kind_runs(ref.kind) ||
	        (other && !other->by && (other->human || other->supplier || other->items_n)));
}

/* The duty that `todo` of d sets off, or NULL. */
static const Duty *set_off(const Plan *plan, const Duty *d, const char *todo)
{
	const Duty *other = plan_duty_of(plan, todo);

	return other && other->by == d ? other : NULL;
}

static void whole_duty(TaskWork *w, const Plan *plan, const Duty *d, const char *prefix,
                       const char *name)
{
	TaskItem *i = add_item(w, prefix, name);
	const char *title = d->title ? d->title : d->id;

	if (d->supplier || d->human) {
		i->kind = TASK_ITEM_ASK;
		(void)snprintf(i->text, sizeof i->text,
		               d->supplier ? tr(task_lang(plan), "%s: see that the supplier did it")
		                           : "%s",
		               title);
	} else {
		i->kind = TASK_ITEM_DO;
		text_copy(i->todo, sizeof i->todo, d->id);
		text_copy(i->text, sizeof i->text, title);
		i->unavailable = !can_run(plan, d->id);
	}
}

static void copy_items(TaskWork *w, const Plan *plan, const Duty *d, const char *prefix,
                       unsigned depth);

/* True: what the item sets off has items of its own, and they were taken in its place. */
static bool take_in(TaskWork *w, const Plan *plan, const Duty *other, const char *prefix,
                    const char *name, unsigned depth)
{
	char inner[TASK_ITEM_NAME];
	size_t from = w->items.n;

	if (depth >= DEPTH_MAX || (!other->items_n && !other->human && !other->supplier))
		return false;
	full_name(prefix, name, inner);
	if (other->items_n)
		copy_items(w, plan, other, inner, depth + 1);
	else
		whole_duty(w, plan, other, prefix, name);
	for (size_t k = from; k < w->items.n; k++) {
		if (!*w->items.at[k].duty)
			text_copy(w->items.at[k].duty, sizeof w->items.at[k].duty, other->id);
	}
	return true;
}

static void describe(TaskItem *i, const WorkItem *from)
{
	i->kind = from->todo && from->ask ? TASK_ITEM_DO_ASK
	          : from->todo            ? TASK_ITEM_DO
	          : from->ask             ? TASK_ITEM_ASK
	          : from->notify          ? TASK_ITEM_NOTIFY
	                                  : TASK_ITEM_OTHER;
	text_copy(i->todo, sizeof i->todo, from->todo ? from->todo : "");
	text_copy(i->to, sizeof i->to, from->notify ? from->notify : "");
	text_copy(i->text, sizeof i->text,
	          from->ask          ? from->ask
	          : from->item.label ? from->item.label
	          : from->item.note  ? from->item.note
	          : from->run.n      ? from->run.at[0] /* the program: arguments may be long */
	          : from->unit       ? from->unit
	                             : "");
	text_copy(i->expect, sizeof i->expect, from->expect ? from->expect : "");
	i->needed = text_eq(from->only_if, "needed");
	if (from->only_if && !i->needed)
		text_copy(i->only_if, sizeof i->only_if, from->only_if);
	i->stops = from->on_fail && !text_eq(from->on_fail, "continue");
	if (!span_is_zero(from->timeout))
		i->timeout = span_estimate(from->timeout);
}

/* What it refers to is a person's work that has no time of its own, or that d itself sets
 * off: then the item is that work, and there is nothing to measure. Of work that another
 * task sets off it only asks, in its own words. */
static void as_person_s(TaskItem *i, const Plan *plan, const Duty *d)
{
	const Duty *target = *i->todo ? plan_duty_of(plan, i->todo) : NULL;
	bool recurs = target && schedule_recurs(&target->at);

	if (!target || target->items_n || !(target->human || target->supplier) ||
	    (recurs && !target->by) || (recurs && target->by != d && i->kind != TASK_ITEM_DO_ASK))
		return;
	i->kind = TASK_ITEM_ASK;
	i->todo[0] = '\0';
	if (!recurs || target->by == d)
		text_copy(i->duty, sizeof i->duty, target->id);
	if (!*i->text)
		text_copy(i->text, sizeof i->text, target->title ? target->title : target->id);
}

static void copy_items(TaskWork *w, const Plan *plan, const Duty *d, const char *prefix,
                       unsigned depth)
{
	for (size_t k = 0; k < d->items_n; k++) {
		const WorkItem *from = &d->items[k];
		const Duty *other = from->todo ? set_off(plan, d, from->todo) : NULL;
		char name[TASK_ITEM_NAME];
		TaskItem *i;

		(void)snprintf(name, sizeof name, "%zu", k + 1);
		if (from->item.id && strlen(from->item.id) < 16)
			text_copy(name, sizeof name, from->item.id);
		if (other && !from->ask && !from->only_if &&
		    take_in(w, plan, other, prefix, name, depth))
			continue;
		i = add_item(w, prefix, name);
		describe(i, from);
		if (other)
			text_copy(i->duty, sizeof i->duty, other->id);
		as_person_s(i, plan, d);
		i->unavailable =
		        i->kind == TASK_ITEM_OTHER || (*i->todo && !can_run(plan, i->todo));
	}
}

void items_make(TaskWork *w, const Plan *plan, const Duty *d)
{
	list_free(&w->items);
	if (d->items_n)
		copy_items(w, plan, d, "", 0);
	else
		whole_duty(w, plan, d, "", "1");
	w->o.human = w->o.unavailable = false;
	for (size_t k = 0; k < w->items.n; k++) {
		const TaskItem *i = &w->items.at[k];

		w->o.human = w->o.human || i->kind == TASK_ITEM_ASK ||
		             i->kind == TASK_ITEM_DO_ASK || i->needed;
		w->o.unavailable = w->o.unavailable || i->unavailable;
	}
}

/* ---- going on ---- */

static void settle_item(TaskItem *i, TaskItemState state, const char *found, Instant now)
{
	i->state = state;
	i->ended = now;
	if (found)
		text_copy(i->found, sizeof i->found, found);
	i->changed = true;
}

/* Where people answer too, each measurement is a record of its own; where all is
 * automated the final one holds them, and only trouble is said at once. */
static void say_item(TaskWork *w, const TaskItem *i, Instant now, Effects *fx)
{
	if (w->o.human || i->state == TASK_ITEM_FAIL)
		(void)task_item_entry(fx, w, i, now, "task.item", NULL);
}

static void fail_item(TaskWork *w, TaskItem *i, const char *found, Instant now, Effects *fx)
{
	i->measured = TASK_ITEM_FAIL;
	settle_item(i, TASK_ITEM_FAIL, found, now);
	say_item(w, i, now, fx);
}

static void tell_item(TaskWork *w, const Plan *plan, TaskItem *i, Instant now, Effects *fx)
{
	char subject[96], key[96], digest[DIGEST_TEXT];
	Tell *t;

	(void)snprintf(key, sizeof key, "task:say:%.40s",
	               digest_sha256(i->id, strlen(i->id), digest));
	t = effects_tell(fx, TELL_TASK_NOTICE, task_subject(&w->o, subject), key);
	if (plan_channel(plan, i->to))
		tell_via(t, i->to);
	else
		tell_to(t, i->to);
	text_copy(t->text, sizeof t->text, *i->text ? i->text : w->o.title);
	settle_item(i, TASK_ITEM_PASS, NULL, now);
	say_item(w, i, now, fx);
}

static void ask_engine(TaskItem *i, Instant now)
{
	i->state = TASK_ITEM_RUNNING;
	i->asked_at = now;
	i->changed = true;
}

static void begin_item(TaskWork *w, const Plan *plan, TaskItem *i, Instant now, Effects *fx)
{
	if (*i->only_if ||
	    ((i->kind == TASK_ITEM_DO || i->kind == TASK_ITEM_DO_ASK) && !i->unavailable)) {
		ask_engine(i, now);
	} else if (i->unavailable) {
		fail_item(w, i, tr(task_lang(plan), "not available in this version"), now, fx);
	} else if (i->kind == TASK_ITEM_NOTIFY) {
		tell_item(w, plan, i, now, fx);
	} else {
		i->state = TASK_ITEM_ASKED;
		i->asked_at = now;
		i->changed = true;
	}
}

static void give_up(TaskWork *w, const Plan *plan, TaskItem *i, Instant now, Effects *fx)
{
	char took[LANG_TEXT];
	AUTO_FREE char *why = mem_printf(tr(task_lang(plan), "no answer within %s"),
	                                 lang_duration(task_lang(plan), i->timeout, took));

	i->only_if[0] = '\0';
	fail_item(w, i, why, now, fx);
}

/* What came before decides: an item that must stop the rest has failed. */
static const TaskItem *stopped_by(const TaskWork *w, size_t k)
{
	for (size_t b = 0; b < k; b++) {
		if (w->items.at[b].stops && w->items.at[b].state == TASK_ITEM_FAIL)
			return &w->items.at[b];
	}
	return NULL;
}

bool items_advance(TaskWork *w, const Plan *plan, Instant now, Effects *fx)
{
	bool all = true;

	for (size_t k = 0; k < w->items.n; k++) {
		TaskItem *i = &w->items.at[k];
		const TaskItem *stop = stopped_by(w, k);

		if (i->state == TASK_ITEM_RUNNING && is_due(after(i->asked_at, i->timeout), now))
			give_up(w, plan, i, now, fx);
		if (i->state == TASK_ITEM_TODO && stop) {
			AUTO_FREE char *why =
			        mem_printf(tr(task_lang(plan), "item %s failed"), stop->name);

			settle_item(i, TASK_ITEM_NOT_APPLICABLE, why, now);
			say_item(w, i, now, fx);
		}
		if (i->state == TASK_ITEM_TODO)
			begin_item(w, plan, i, now, fx);
		if (i->state == TASK_ITEM_RUNNING)
			return false; /* one after another */
		all = all && item_is_settled(i);
	}
	return all;
}

bool item_measured(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now, Effects *fx)
{
	TaskItem *i = ev->item ? item_named(w, ev->item) : NULL;

	(void)plan;
	if (!i || i->state != TASK_ITEM_RUNNING || *i->only_if || task_is_over(&w->o))
		return false;
	i->measured = ev->ok ? TASK_ITEM_PASS : TASK_ITEM_FAIL;
	text_copy(i->found, sizeof i->found, ev->text ? ev->text : "");
	if (i->kind == TASK_ITEM_DO_ASK) {
		i->state = TASK_ITEM_ASKED;
		i->asked_at = now;
		i->changed = true;
	} else {
		settle_item(i, i->measured, NULL, now);
	}
	say_item(w, i, now, fx);
	return true;
}

bool item_judged(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now, Effects *fx)
{
	TaskItem *i = ev->item ? item_named(w, ev->item) : NULL;
	AUTO_FREE char *why = NULL;

	if (!i || i->state != TASK_ITEM_RUNNING || !*i->only_if || task_is_over(&w->o))
		return false;
	why = mem_printf("%s (%s)", i->only_if, ev->text ? ev->text : "–");
	i->only_if[0] = '\0';
	if (ev->unknown) {
		fail_item(w, i, why, now, fx);
	} else if (!ev->ok) {
		settle_item(i, TASK_ITEM_NOT_APPLICABLE, why, now);
		say_item(w, i, now, fx);
	} else {
		i->state = TASK_ITEM_TODO;
		begin_item(w, plan, i, now, fx);
	}
	return true;
}
