/* The life of one occurrence. See task.h for the diagram. */
#include "task/task.h"

#include <stdio.h>

#include "task/task_private.h"

/* ---- words ---- */

const char *task_state_name(TaskState s)
{
	static const char *const names[TASK_STATES] = {
		[TASK_SCHEDULED] = "scheduled",
		[TASK_DUE] = "due",
		[TASK_WAITING] = "waiting",
		[TASK_RUNNING] = "running",
		[TASK_DONE] = "done",
		[TASK_DONE_LATE] = "done_late",
		[TASK_FAILED] = "failed",
		[TASK_MISSED] = "missed",
		[TASK_WAIVED] = "waived",
		[TASK_WITHDRAWN] = "withdrawn",
		[TASK_AWAITING_HUMAN] = "awaiting_human",
	};

	return s < TASK_STATES ? names[s] : "unknown";
}

bool task_is_over(const TaskOccurrence *o) { return o->state >= TASK_DONE; }
bool task_is_open(const TaskOccurrence *o) { return o->state > TASK_SCHEDULED && !task_is_over(o); }

bool task_is_late(const TaskOccurrence *o, Instant now)
{
	return task_is_open(o) && is_set(o->expected_end) && earlier(o->expected_end, now);
}

bool lines_have(const char *lines, const char *name)
{
	char one[TASK_ID];

	while (text_part(&lines, "\n", one, sizeof one)) {
		if (text_eq(one, name))
			return true;
	}
	return false;
}

bool lines_add(char *lines, size_t cap, const char *name)
{
	size_t n = strlen(lines), more = strlen(name);

	if (!more || lines_have(lines, name) || n + more + 2 > cap)
		return false;
	(void)snprintf(lines + n, cap - n, "%s%s", n ? "\n" : "", name);
	return true;
}

const char *lines_join(const char *lines, const char *separator, char *out, size_t cap)
{
	AUTO(Buf) b = { .max = cap - 1 };
	char one[TASK_ID];

	while (text_part(&lines, "\n", one, sizeof one))
		buf_printf(&b, "%s%s", b.n ? separator : "", one);
	text_copy(out, cap, buf_str(&b));
	return out;
}

size_t task_owners_n(const TaskOccurrence *o)
{
	char name[64];
	size_t n = 0;

	while (task_owner(o, n, name))
		n++;
	return n;
}

bool task_owner(const TaskOccurrence *o, size_t i, char ret[64])
{
	const char *rest = o->owners;

	while (text_part(&rest, "\n", ret, 64)) {
		if (i-- == 0)
			return true;
	}
	return false;
}

Lang task_lang(const Plan *plan) { return lang_parse(plan->head.language); }

const char *task_subject(const TaskOccurrence *o, char out[96])
{
	char digest[DIGEST_TEXT];

	if (strlen(o->id) < 96)
		text_copy(out, 96, o->id);
	else
		(void)snprintf(out, 96, "%.60s~%.16s", o->id,
		               digest_sha256(o->id, strlen(o->id), digest));
	return out;
}

/* ---- evidence ---- */

static void emit_items(Emit *j, const TaskWork *w)
{
	emit_array(j, "items");
	for (size_t k = 0; k < w->items.n; k++) {
		const TaskItem *i = &w->items.at[k];

		emit_object(j, NULL);
		emit_text(j, "item", i->name);
		if (*i->todo)
			emit_text(j, "do", i->todo);
		emit_text(j, "result", task_item_state_name(i->state));
		if (*i->found)
			emit_text(j, "found", i->found);
		emit_object_end(j);
	}
	emit_array_end(j);
}

static char *facts(const TaskWork *w, bool items)
{
	const TaskOccurrence *o = &w->o;
	AUTO(Buf) b = { 0 };
	Emit j = emit_to(&b);

	emit_object(&j, NULL);
	emit_text(&j, "duty", o->duty);
	emit_instant(&j, "due", o->due);
	if (is_set(o->expected_end))
		emit_instant(&j, "expected_end", o->expected_end);
	if (is_set(o->started))
		emit_instant(&j, "started", o->started);
	if (is_set(o->ended))
		emit_instant(&j, "ended", o->ended);
	if (*o->waits_for)
		emit_text(&j, "waits_for", o->waits_for);
	if (o->caught_up)
		emit_bool(&j, "caught_up", true);
	if (o->asked_for)
		emit_bool(&j, "asked_for", true);
	if (o->unavailable)
		emit_bool(&j, "unavailable", true);
	if (items)
		emit_items(&j, w);
	emit_object_end(&j);
	return buf_take(&b);
}

Entry *task_entry(Effects *fx, const TaskWork *w, Instant at, const char *kind, const char *actor,
                  bool items)
{
	char subject[96];

	return effects_entry(fx, at, kind, task_subject(&w->o, subject), actor ? actor : "carene",
	                     facts(w, items));
}

Entry *task_item_entry(Effects *fx, const TaskWork *w, const TaskItem *i, Instant at,
                       const char *kind, const char *actor)
{
	AUTO(Buf) b = { 0 };
	Emit j = emit_to(&b);
	char subject[96];
	Entry *e;

	emit_object(&j, NULL);
	emit_text(&j, "item", i->name);
	if (*i->todo)
		emit_text(&j, "do", i->todo);
	if (*i->duty)
		emit_text(&j, "duty", i->duty);
	if (*i->text)
		emit_text(&j, "text", i->text);
	emit_text(&j, "result", task_item_state_name(i->state));
	if (i->measured != TASK_ITEM_TODO)
		emit_text(&j, "measured", task_item_state_name(i->measured));
	if (*i->found)
		emit_text(&j, "found", i->found);
	if (i->unavailable)
		emit_bool(&j, "unavailable", true);
	emit_object_end(&j);
	e = effects_entry(fx, at, kind, task_subject(&w->o, subject), actor ? actor : "carene",
	                  buf_take(&b));
	text_copy(e->verdict, sizeof e->verdict, task_item_state_name(i->state));
	return e;
}

/* ---- ends ---- */

static void end(TaskWork *w, TaskState state, Instant at)
{
	w->o.state = state;
	w->o.ended = at;
	w->o.waits_for[0] = '\0';
	w->changed = true;
}

void task_miss(TaskWork *w, const char *reason, Instant at, Instant now, Effects *fx)
{
	Entry *e;

	text_copy(w->o.reason, sizeof w->o.reason, reason);
	end(w, TASK_MISSED, at);
	e = task_entry(fx, w, now, "task.missed", NULL, true);
	text_copy(e->verdict, sizeof e->verdict, "missed");
	text_copy(e->note, sizeof e->note, reason);
}

void task_withdraw(TaskWork *w, const Plan *plan, Instant now, Effects *fx)
{
	Entry *e;

	text_copy(w->o.reason, sizeof w->o.reason,
	          tr(task_lang(plan), "the plan no longer has it"));
	end(w, TASK_WITHDRAWN, now);
	e = task_entry(fx, w, now, "task.withdrawn", NULL, true);
	text_copy(e->note, sizeof e->note, "the plan no longer has it");
}

static bool any_item(const TaskWork *w, TaskItemState state)
{
	for (size_t k = 0; k < w->items.n; k++) {
		if (w->items.at[k].state == state)
			return true;
	}
	return false;
}

/* The first result that makes it a failure, for one line of explanation. */
static const TaskItem *culprit(const TaskWork *w)
{
	for (size_t k = 0; k < w->items.n; k++) {
		const TaskItem *i = &w->items.at[k];

		if (i->state == TASK_ITEM_FAIL || i->state == TASK_ITEM_REFUSED)
			return i;
	}
	return NULL;
}

/* A number alone tells nobody which item it was. */
static void tell_why(TaskWork *w, const TaskItem *bad)
{
	AUTO_FREE char *why = NULL;
	char text[80];

	text_copy(text, sizeof text, bad->text);
	if (*bad->todo || !*text)
		why = mem_printf("%s: %s", *bad->todo ? bad->todo : bad->name, bad->found);
	else
		why = mem_printf("%s (%s): %s", bad->name, text, bad->found);
	text_copy(w->o.reason, sizeof w->o.reason, why);
}

static void finish(TaskWork *w, const char *who, Instant now, Effects *fx)
{
	const TaskItem *bad = culprit(w);
	bool late = is_set(w->o.expected_end) && earlier(w->o.expected_end, now);
	Entry *e;

	end(w, bad ? TASK_FAILED : late ? TASK_DONE_LATE : TASK_DONE, now);
	if (who)
		text_copy(w->o.by, sizeof w->o.by, who);
	if (bad)
		tell_why(w, bad);
	e = task_entry(fx, w, now, bad ? "task.failed" : "task.done", who, true);
	text_copy(e->verdict, sizeof e->verdict, bad ? "failed" : late ? "late" : "done");
	if (bad)
		text_copy(e->note, sizeof e->note,
		          bad->unavailable ? "not available in this version" : w->o.reason);
}

/* What the items' states make of the whole. */
static void settle(TaskWork *w, const Plan *plan, const char *who, Instant now, Effects *fx)
{
	TaskState was = w->o.state;

	if (items_advance(w, plan, now, fx)) {
		finish(w, who, now, fx);
		return;
	}
	w->o.state = any_item(w, TASK_ITEM_RUNNING) || any_item(w, TASK_ITEM_TODO)
	                     ? TASK_RUNNING
	                     : TASK_AWAITING_HUMAN;
	w->changed = w->changed || w->o.state != was;
}

/* ---- time ---- */

/* Said only where somebody or something is waited for: a probe that passes at once
 * is told by the single entry of its end. */
static void note_due(TaskWork *w, Instant now, Effects *fx)
{
	(void)task_entry(fx, w, now, "task.due", NULL, false);
}

static void begin(TaskWork *w, const Plan *plan, const char *who, Instant now, Effects *fx)
{
	if (w->o.human && w->o.state == TASK_SCHEDULED)
		note_due(w, now, fx);
	w->o.started = now;
	w->o.waits_for[0] = '\0';
	w->o.state = TASK_RUNNING;
	w->changed = true;
	for (size_t k = 0; k < w->items.n; k++) {
		TaskItem *i = &w->items.at[k];

		if (i->kind == TASK_ITEM_ASK || i->needed) {
			i->state = *i->only_if ? TASK_ITEM_TODO : TASK_ITEM_ASKED;
			i->asked_at = now;
			i->changed = true;
		}
	}
	settle(w, plan, who, now, fx);
}

static void wait_for(TaskWork *w, TaskState state, const TaskWork *what, Instant now, Effects *fx)
{
	bool first = w->o.state == TASK_SCHEDULED;

	if (w->o.state == state && text_eq(w->o.waits_for, what->o.id))
		return;
	w->o.state = state;
	text_copy(w->o.waits_for, sizeof w->o.waits_for, what->o.id);
	w->changed = true;
	if (first)
		note_due(w, now, fx);
}

/* Its time has come: begins, or says what it waits for. */
static void try_to_begin(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now,
                         Effects *fx)
{
	if (ev->guard.before)
		wait_for(w, TASK_DUE, ev->guard.before, now, fx);
	else if (ev->guard.older)
		wait_for(w, TASK_WAITING, ev->guard.older, now, fx);
	else if (ev->guard.holder)
		wait_for(w, TASK_WAITING, ev->guard.holder, now, fx);
	else
		begin(w, plan, ev->who, now, fx);
}

static void tick(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now, Effects *fx)
{
	if (task_is_over(&w->o) || !is_due(w->o.due, now))
		return;
	if (is_due(w->o.until, now)) {
		task_miss(w, tr(task_lang(plan), "the next one began before it was done"),
		          w->o.until, now, fx);
		return;
	}
	if (w->o.state <= TASK_WAITING)
		try_to_begin(w, plan, ev, now, fx);
	else
		settle(w, plan, NULL, now, fx); /* a measurement may have taken too long */
}

Instant task_due(const TaskWork *w)
{
	Instant due = w->o.until;

	if (task_is_over(&w->o))
		return NEVER;
	if (w->o.state == TASK_SCHEDULED)
		return w->o.due;
	for (size_t k = 0; k < w->items.n; k++) {
		const TaskItem *i = &w->items.at[k];

		if (i->state == TASK_ITEM_RUNNING)
			due = earliest(due, after(i->asked_at, i->timeout));
	}
	return due;
}

const TaskItem *task_wanted(const TaskWork *w)
{
	for (size_t k = 0; task_is_open(&w->o) && k < w->items.n; k++) {
		if (w->items.at[k].state == TASK_ITEM_RUNNING)
			return &w->items.at[k];
	}
	return NULL;
}

/* ---- people ---- */

static bool waive(TaskWork *w, const TaskEvent *ev, Instant now, Effects *fx, Err *err)
{
	Entry *e;

	if (task_is_over(&w->o))
		return err_set(err, ERR_CONFLICT, "'%s' is over: %s", w->o.id,
		               task_state_name(w->o.state));
	if (text_is_empty(ev->text))
		return err_set(err, ERR_BAD_INPUT, "waiving '%s' needs a reason", w->o.id);
	(void)people_word(w, ev, TASK_WORD_WAIVED, "", now);
	text_copy(w->o.reason, sizeof w->o.reason, ev->text);
	text_copy(w->o.by, sizeof w->o.by, ev->who);
	end(w, TASK_WAIVED, now);
	e = task_entry(fx, w, now, "task.waived", ev->who, true);
	text_copy(e->verdict, sizeof e->verdict, "waived");
	text_copy(e->note, sizeof e->note, ev->text);
	return true;
}

static bool start(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now, Effects *fx,
                  Err *err)
{
	const TaskWork *wall = ev->guard.before  ? ev->guard.before
	                       : ev->guard.older ? ev->guard.older
	                                         : ev->guard.holder;

	if (w->o.state > TASK_WAITING)
		return err_set(err, ERR_CONFLICT, "'%s' cannot be started: it is %s", w->o.id,
		               task_state_name(w->o.state));
	if (wall)
		return err_set(err, ERR_CONFLICT, "'%s' cannot be started: '%s' comes first",
		               w->o.id, wall->o.id);
	if (!people_may(w, ev, err))
		return false;
	(void)people_word(w, ev, TASK_WORD_STARTED, "", now);
	begin(w, plan, ev->who, now, fx);
	return true;
}

static bool note(TaskWork *w, const TaskEvent *ev, Instant now, Effects *fx, Err *err)
{
	Entry *e;

	if (text_is_empty(ev->text))
		return err_set(err, ERR_BAD_INPUT, "a note needs words");
	(void)people_word(w, ev, TASK_WORD_NOTE, ev->item ? ev->item : "", now);
	e = task_entry(fx, w, now, "task.note", ev->who, false);
	text_copy(e->note, sizeof e->note, ev->text);
	return true;
}

static bool attach(TaskWork *w, const TaskEvent *ev, Instant now, Effects *fx, Err *err)
{
	AUTO(Buf) b = { 0 };
	Emit j = emit_to(&b);
	char subject[96];
	TaskWord *word;
	Entry *e;

	if (text_is_empty(ev->file) || text_is_empty(ev->digest))
		return err_set(err, ERR_BAD_INPUT, "an attachment needs a name and a digest");
	if (ev->item && !item_named(w, ev->item))
		return err_set(err, ERR_NOT_FOUND, "'%s' has no item '%s'", w->o.id, ev->item);
	word = people_word(w, ev, TASK_WORD_FILE, ev->item ? ev->item : "", now);
	text_copy(word->file, sizeof word->file, ev->file);
	text_copy(word->digest, sizeof word->digest, ev->digest);
	word->size = ev->size;
	emit_object(&j, NULL);
	if (ev->item)
		emit_text(&j, "item", ev->item);
	emit_text(&j, "file", word->file);
	emit_text(&j, "sha256", word->digest);
	emit_int(&j, "size", word->size);
	emit_object_end(&j);
	e = effects_entry(fx, now, "task.file", task_subject(&w->o, subject), ev->who,
	                  buf_take(&b));
	text_copy(e->note, sizeof e->note, ev->text ? ev->text : "");
	return true;
}

static bool answer(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now, Effects *fx,
                   Err *err)
{
	if (!people_answer(w, plan, ev, now, fx, err))
		return false;
	settle(w, plan, ev->who, now, fx);
	return true;
}

bool task_step(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now, Effects *fx,
               Err *err)
{
	TaskEvent e = *ev;

	e.who = ev->who ? ev->who : "carene";
	switch (ev->kind) {
	case TASK_TICK:
		e.who = NULL;
		tick(w, plan, &e, now, fx);
		return true;
	case TASK_MEASURED:
		if (item_measured(w, plan, &e, now, fx))
			settle(w, plan, NULL, now, fx);
		return true;
	case TASK_JUDGED:
		if (item_judged(w, plan, &e, now, fx))
			settle(w, plan, NULL, now, fx);
		return true;
	case TASK_CONFIRM:
	case TASK_REFUSE:
	case TASK_NOT_APPLICABLE: return answer(w, plan, &e, now, fx, err);
	case TASK_WAIVE: return waive(w, &e, now, fx, err);
	case TASK_NOTE: return note(w, &e, now, fx, err);
	case TASK_ATTACH: return attach(w, &e, now, fx, err);
	case TASK_START: return start(w, plan, &e, now, fx, err);
	case TASK_EVENTS: break;
	}
	return true;
}
