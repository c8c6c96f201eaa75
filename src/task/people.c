/* What people say of an occurrence: who may, for whom it counts, and what it settles. */
#include <stdio.h>

#include "task/task_private.h"

const char *task_word_kind_name(TaskWordKind k)
{
	static const char *const names[TASK_WORDS] = {
		[TASK_WORD_CONFIRMED] = "confirmed",
		[TASK_WORD_REFUSED] = "refused",
		[TASK_WORD_NOT_APPLICABLE] = "not_applicable",
		[TASK_WORD_NEEDED] = "needed",
		[TASK_WORD_WAIVED] = "waived",
		[TASK_WORD_NOTE] = "note",
		[TASK_WORD_FILE] = "file",
		[TASK_WORD_STARTED] = "started",
	};

	return k < TASK_WORDS ? names[k] : "unknown";
}

TaskWord *people_word(TaskWork *w, const TaskEvent *ev, TaskWordKind kind, const char *item,
                      Instant now)
{
	TaskWord *word = list_push(&w->words);

	(void)snprintf(word->id, sizeof word->id, "%s/w%d", w->o.id, ++w->o.words_n);
	text_copy(word->occurrence, sizeof word->occurrence, w->o.id);
	text_copy(word->item, sizeof word->item, item);
	word->kind = kind;
	text_copy(word->who, sizeof word->who, ev->who);
	text_copy(word->note, sizeof word->note, ev->text ? ev->text : "");
	word->at = now;
	word->changed = w->changed = true;
	return word;
}

/* ---- who may ---- */

bool people_may(const TaskWork *w, const TaskEvent *ev, Err *err)
{
	size_t n = task_owners_n(&w->o);
	char owners[TASK_NAMES];

	if (n == 0 || ev->stands_for)
		return true;
	lines_join(w->o.owners, ", ", owners, sizeof owners);
	if (!ev->is_operator) {
		err_set(err, ERR_FORBIDDEN, "%s is neither an owner of '%s' (%s) nor an operator",
		        ev->who, w->o.id, owners);
		return err_hint(err, "its owners answer for it, or an operator in their stead");
	}
	return true;
}

/* Jointly owned: nobody, not even an operator, answers for all at once. */
static bool may_answer(const TaskWork *w, const TaskEvent *ev, Err *err)
{
	char owners[TASK_NAMES];

	if (!people_may(w, ev, err))
		return false;
	if (task_owners_n(&w->o) < 2 || ev->stands_for)
		return true;
	err_set(err, ERR_FORBIDDEN, "'%s' is answered for jointly by %s: each of them says so",
	        w->o.id, lines_join(w->o.owners, ", ", owners, sizeof owners));
	return err_hint(err, "say in whose name: --as CONTACT");
}

static bool counts(const TaskWord *word, const TaskItem *i)
{
	return text_eq(word->item, i->name) &&
	       (word->kind == TASK_WORD_CONFIRMED || word->kind == TASK_WORD_NOT_APPLICABLE);
}

static bool has_answered(const TaskWork *w, const TaskItem *i, const char *owner)
{
	for (size_t k = 0; k < w->words.n; k++) {
		if (counts(&w->words.at[k], i) && text_eq(w->words.at[k].owner, owner))
			return true;
	}
	return false;
}

/* Whether that person's word is still wanted on the item. */
static bool is_wanted_of(const TaskWork *w, const TaskItem *i, const TaskEvent *ev)
{
	char owner[64];

	if (task_owners_n(&w->o) < 2)
		return true;
	for (size_t k = 0; task_owner(&w->o, k, owner); k++) {
		if (k < 32 && (ev->stands_for & (1u << k)) && !has_answered(w, i, owner))
			return true;
	}
	return false;
}

static bool all_answered(const TaskWork *w, const TaskItem *i)
{
	char owner[64];

	for (size_t k = 0; task_owner(&w->o, k, owner); k++) {
		if (!has_answered(w, i, owner))
			return false;
	}
	return true;
}

/* ---- what may be said ---- */

static bool may_settle(const TaskWork *w, const TaskItem *i, const TaskEvent *ev, Err *err)
{
	if (item_is_settled(i))
		return err_set(err, ERR_CONFLICT, "item %s of '%s' is settled: %s%s%s", i->name,
		               w->o.id, task_item_state_name(i->state), *i->by ? ", by " : "",
		               i->by);
	if (i->state != TASK_ITEM_ASKED)
		return err_set(err, ERR_CONFLICT, "item %s of '%s' awaits nobody: it is %s",
		               i->name, w->o.id,
		               i->state == TASK_ITEM_RUNNING ? "being measured" : "not begun");
	if (!is_wanted_of(w, i, ev))
		return err_set(err, ERR_CONFLICT, "%s has already answered item %s of '%s'",
		               ev->who, i->name, w->o.id);
	if (ev->kind == TASK_REFUSE && text_is_empty(ev->text))
		return err_set(err, ERR_BAD_INPUT, "refusing item %s needs a reason", i->name);
	if (ev->kind == TASK_NOT_APPLICABLE && !i->needed && text_is_empty(ev->text))
		return err_set(err, ERR_BAD_INPUT, "why does item %s not apply?", i->name);
	if (ev->kind == TASK_CONFIRM && i->measured == TASK_ITEM_FAIL && text_is_empty(ev->text)) {
		err_set(err, ERR_BAD_INPUT, "item %s was measured and failed: %s", i->name,
		        i->found);
		return err_hint(err, "say in a note why it is good all the same, or refuse it");
	}
	return true;
}

/* ---- what it settles ---- */

static const char *entry_kind(TaskWordKind k)
{
	return k == TASK_WORD_CONFIRMED ? "task.confirmed"
	       : k == TASK_WORD_REFUSED ? "task.refused"
	       : k == TASK_WORD_NEEDED  ? "task.needed"
	                                : "task.not_applicable";
}

/* One record per owner it counts for; one without owner where any one will do. */
static void record(TaskWork *w, TaskItem *i, const TaskEvent *ev, TaskWordKind kind, Instant now,
                   Effects *fx)
{
	bool joint = task_owners_n(&w->o) > 1;
	char owner[64];
	Entry *e;

	for (size_t k = 0; task_owner(&w->o, k, owner); k++) {
		TaskWord *word;

		if (k >= 32 || !(ev->stands_for & (1u << k)) || has_answered(w, i, owner))
			continue;
		word = people_word(w, ev, kind, i->name, now);
		text_copy(word->owner, sizeof word->owner, owner);
		e = task_item_entry(fx, w, i, now, entry_kind(kind), ev->who);
		text_copy(e->verdict, sizeof e->verdict, task_word_kind_name(kind));
		(void)snprintf(e->note, sizeof e->note, "%s%s%s", joint ? owner : "",
		               joint && ev->text ? ": " : "", ev->text ? ev->text : "");
		if (!joint)
			return;
	}
	if (joint || ev->stands_for)
		return;
	(void)people_word(w, ev, kind, i->name, now);
	e = task_item_entry(fx, w, i, now, entry_kind(kind), ev->who);
	text_copy(e->verdict, sizeof e->verdict, task_word_kind_name(kind));
	text_copy(e->note, sizeof e->note, ev->text ? ev->text : "");
}

static void settle_by(TaskWork *w, TaskItem *i, TaskItemState state, const Plan *plan,
                      const TaskEvent *ev, Instant now)
{
	const char *why = ev->text;

	if (!why && state == TASK_ITEM_NOT_APPLICABLE)
		why = tr(task_lang(plan), "not needed");
	i->state = state;
	i->ended = now;
	i->changed = w->changed = true;
	text_copy(i->by, sizeof i->by, ev->who);
	if (why)
		text_copy(i->found, sizeof i->found, why);
}

static void confirm(TaskWork *w, TaskItem *i, const Plan *plan, const TaskEvent *ev, Instant now,
                    Effects *fx)
{
	bool yes_only = i->needed && i->kind != TASK_ITEM_ASK; /* then it is done, not confirmed */
	bool joint = task_owners_n(&w->o) > 1;

	if (yes_only) {
		i->needed = false;
		i->state = TASK_ITEM_TODO;
		i->changed = w->changed = true;
		record(w, i, ev, TASK_WORD_NEEDED, now, fx);
		return;
	}
	record(w, i, ev, TASK_WORD_CONFIRMED, now, fx);
	if (!joint || all_answered(w, i))
		settle_by(w, i, TASK_ITEM_CONFIRMED, plan, ev, now);
}

static void apply(TaskWork *w, TaskItem *i, const Plan *plan, const TaskEvent *ev, Instant now,
                  Effects *fx)
{
	bool joint = task_owners_n(&w->o) > 1;

	if (ev->kind == TASK_CONFIRM) {
		confirm(w, i, plan, ev, now, fx);
	} else if (ev->kind == TASK_REFUSE) { /* one owner's no is a no */
		record(w, i, ev, TASK_WORD_REFUSED, now, fx);
		settle_by(w, i, TASK_ITEM_REFUSED, plan, ev, now);
	} else {
		record(w, i, ev, TASK_WORD_NOT_APPLICABLE, now, fx);
		if (!joint || all_answered(w, i))
			settle_by(w, i, TASK_ITEM_NOT_APPLICABLE, plan, ev, now);
	}
}

bool people_answer(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now, Effects *fx,
                   Err *err)
{
	TaskItem *only = ev->item ? item_named(w, ev->item) : NULL;
	size_t n = 0;

	if (!task_is_open(&w->o) || w->o.state < TASK_RUNNING) {
		err_set(err, ERR_CONFLICT, "'%s' awaits nobody: it is %s", w->o.id,
		        task_state_name(w->o.state));
		return w->o.state == TASK_SCHEDULED
		               ? err_hint(err, "carene task do %s begins it now", w->o.id)
		               : false;
	}
	if (!may_answer(w, ev, err))
		return false;
	if (ev->item && !only)
		return err_set(err, ERR_NOT_FOUND, "'%s' has no item '%s'", w->o.id, ev->item);
	for (size_t k = 0; k < w->items.n; k++) { /* first whether all may be, then all */
		TaskItem *i = &w->items.at[k];

		if (only ? i != only : i->state != TASK_ITEM_ASKED || !is_wanted_of(w, i, ev))
			continue;
		if (!may_settle(w, i, ev, err))
			return false;
		n++;
	}
	if (!n) {
		err_set(err, ERR_CONFLICT, "no item of '%s' awaits %s", w->o.id, ev->who);
		return err_hint(err, "carene task show %s says what each waits for", w->o.id);
	}
	for (size_t k = 0; k < w->items.n; k++) {
		TaskItem *i = &w->items.at[k];

		if (only ? i == only : i->state == TASK_ITEM_ASKED && is_wanted_of(w, i, ev))
			apply(w, i, plan, ev, now, fx);
	}
	return true;
}
