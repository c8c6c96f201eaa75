/* Tasks: keeping their occurrences, letting time and people step them, and measuring
 * what is automated: the state of a check, the newest figure of a metric, the verdict
 * of an objective, the state of a rule, what became of another task. What runs
 * programs belongs to later versions. */
#include "engine/engine_private.h"

#include "core/digest.h"

#include <stdlib.h>

/* ---- keeping ---- */

/* A work's number is given when it is first kept, so that numbers have no order but age. */
static void save(Engine *e, TaskWork *w)
{
	if (w->changed) {
		if (!w->o.number) {
			char n[24];

			w->o.number = ++e->task_n;
			(void)snprintf(n, sizeof n, "%lld", (long long)e->task_n);
			batch_meta(e->batch, "task_n", n);
		}
		batch_put(e->batch, &task_occurrence_record, &w->o);
		proofs_note_task(e, &w->o);
		turn_urgent(e);
	}
	for (size_t i = 0; i < w->items.n; i++) {
		if (w->items.at[i].changed) {
			batch_put(e->batch, &task_item_record, &w->items.at[i]);
			proofs_note_item(e, &w->items.at[i]);
		}
		w->items.at[i].changed = false;
	}
	for (size_t i = 0; i < w->words.n; i++) {
		if (w->words.at[i].changed)
			batch_put(e->batch, &task_word_record, &w->words.at[i]);
		w->words.at[i].changed = false;
	}
	w->changed = false;
}

static void save_all(Engine *e)
{
	for (size_t i = 0; i < e->tasks.n; i++)
		save(e, e->tasks.at[i]);
}

static void drop(void *ctx, const TaskWork *w)
{
	Engine *e = ctx;

	batch_delete(e->batch, &task_occurrence_record, w->o.id);
	for (size_t i = 0; i < w->items.n; i++)
		batch_delete(e->batch, &task_item_record, w->items.at[i].id);
	for (size_t i = 0; i < w->words.n; i++)
		batch_delete(e->batch, &task_word_record, w->words.at[i].id);
	turn_urgent(e);
}

static bool is_old(const TaskOccurrence *o, Instant now)
{
	return task_is_over(o) && is_due(after(o->ended, TASK_KEEP), now);
}

bool task_keep(Engine *e, const TaskOccurrence *o)
{
	TaskWork *w;

	e->task_n = o->number > e->task_n ? o->number : e->task_n;
	if (is_old(o, e->now))
		return true;
	w = NEW(TaskWork);
	record_copy(&task_occurrence_record, &w->o, o);
	w->tell_at = NEVER;
	list_add(&e->tasks, w);
	return true;
}

static int by_place(const void *a, const void *b)
{
	return ((const TaskItem *)a)->place - ((const TaskItem *)b)->place;
}

bool task_keep_item(Engine *e, const TaskItem *i)
{
	TaskWork *w = tasks_find(&e->tasks, i->occurrence);

	if (w) /* rows come by id: "/10" before "/2" */
		record_copy(&task_item_record, list_push(&w->items), i);
	if (w)
		list_sort(&w->items, by_place);
	return true;
}

static int by_number(const void *a, const void *b)
{
	const TaskWord *x = a, *y = b;
	size_t n = strlen(x->id), m = strlen(y->id);

	return n != m ? (n > m) - (n < m) : strcmp(x->id, y->id);
}

bool task_keep_word(Engine *e, const TaskWord *word)
{
	TaskWork *w = tasks_find(&e->tasks, word->occurrence);

	if (w)
		record_copy(&task_word_record, list_push(&w->words), word);
	if (w && w->words.n > 1)
		qsort(w->words.at, w->words.n, sizeof *w->words.at, by_number);
	return true;
}

void tasks_free(Engine *e) { Tasks_done(&e->tasks); }

/* ---- measuring ---- */

typedef struct Found {
	bool ok;
	char text[256];
} Found;

static const char *word(const Engine *e, const char *msgid)
{
	return tr(lang_parse(e->plan->head.language), msgid);
}

static bool found(Found *f, bool ok, const char *text)
{
	f->ok = ok;
	text_copy(f->text, sizeof f->text, text);
	return true;
}

/* Confirmed, and of its last interval; a heartbeat is judged all the time. */
static bool is_current(const Engine *e, const Watch *w)
{
	const CheckStatus *st = &w->status;
	bool fresh = w->check->type == CHECK_PUSH || (w->steady && w->steady->asleep) ||
	             (is_set(st->last_at) &&
	              between(st->last_at, e->now).us <= check_every(w->check).us);

	return fresh && st->state != CHECK_UNKNOWN &&
	       !(st->state == CHECK_UP && check_bad_in_a_row(st) > 0);
}

/* False: a probe was asked for, or one that is going on decides. */
static bool measure_check(Engine *e, const TaskItem *i, const char *id, Found *f)
{
	Watch *w = watch_of(e, id);
	AUTO(Buf) text = { .max = sizeof f->text - 1 };
	const char *reason;

	if (!w || !w->check)
		return found(f, false, word(e, TR_NOOP("the plan has no such check")));
	if (!is_current(e, w)) {
		bool asked = is_set(w->status.last_at) && !earlier(w->status.last_at, i->asked_at);

		if (!check_is_probed(w->check) || (asked && w->status.state == CHECK_UNKNOWN))
			return found(f, false, word(e, TR_NOOP("its state is not known")));
		if (!asked && !probe_is_running(&w->probe)) {
			w->status.next_due = e->now;
			watch_schedule(w);
		}
		return false;
	}
	reason = check_last_reason(&w->status, lang_parse(e->plan->head.language) == LANG_FR);
	buf_text(&text, word(e, check_state_name((CheckState)w->status.state)));
	if (*reason)
		buf_printf(&text, ": %s", reason);
	else if (w->status.last_latency.us)
		buf_printf(&text, ", %lld ms", (long long)(w->status.last_latency.us / 1000));
	return found(f, w->status.state == CHECK_UP, buf_str(&text));
}

static bool measure_metric(Engine *e, const TaskItem *i, const char *name, Found *f)
{
	const char *scope = strchr(name, ':');
	AUTO_FREE char *subject = scope ? mem_text_n(name, (size_t)(scope - name)) : mem_text(name);
	AUTO_FREE char *text =
	        scope ? mem_printf("%s{%s} %s", subject, scope + 1, *i->expect ? i->expect : ">= 0")
	              : mem_printf("%s %s", subject, *i->expect ? i->expect : ">= 0");
	const Metric *m = plan_metric(e->plan, subject);
	Quantity q = { .unit = m ? m->unit : UNIT_NONE, .set = true };
	Condition c;
	Judgement j;
	char value[48];

	if (!condition_parse(text, &c, NULL))
		return found(f, false, word(e, TR_NOOP("what is expected of it cannot be read")));
	j = rules_judge(e, &c, &q.value);
	if (j == JUDGED_NO_DATA)
		return found(f, false, word(e, TR_NOOP("no recent figure")));
	if (q.unit == UNIT_NONE)
		q.unit = c.value.unit;
	quantity_print(&q, value);
	/* Without an expectation it is enough that the figure is there and recent. */
	return found(f, !*i->expect || j == JUDGED_TRUE, value);
}

static bool measure_objective(Engine *e, const char *id, Found *f)
{
	const Objective *o = plan_objective(e->plan, id);
	Verdict v = o ? proof_verdict(e, o) : VERDICT_UNPROVEN;

	return found(f, v == VERDICT_KEPT || v == VERDICT_AT_RISK || v == VERDICT_WAIVED,
	             word(e, verdict_name(v)));
}

static bool measure_rule(Engine *e, const char *id, Found *f)
{
	const AlertBox *box = rules_box(e, id);
	bool watched = box && box->rule && rules_watched(e, box->rule);
	AlertState s = watched ? box->alert.state : ALERT_NO_DATA;
	bool quiet =
	        box && !alert_is_active(&box->alert) && s != ALERT_NO_DATA && s != ALERT_SUPPRESSED;

	return found(f, quiet, word(e, alert_state_name(s)));
}

typedef struct Latest {
	const char *duty;
	TaskOccurrence o;
	bool any;
} Latest;

static bool latest_of(void *ctx, void *record)
{
	Latest *l = ctx;
	const TaskOccurrence *o = record;

	if (o->state != TASK_SCHEDULED && text_eq(o->duty, l->duty) &&
	    (!l->any || earlier(l->o.due, o->due))) {
		l->o = *o;
		l->any = true;
	}
	return true;
}

/* What became of the newest occurrence of another duty. */
static bool measure_duty(Engine *e, const char *todo, Found *f)
{
	const Duty *duty = plan_duty_of(e->plan, todo);
	Latest l = { .duty = duty ? duty->id : todo };

	for (size_t i = 0; i < e->tasks.n; i++)
		(void)latest_of(&l, &e->tasks.at[i]->o);
	if (!l.any && !store_each(e->store, &task_occurrence_record, latest_of, &l, NULL))
		return found(f, false, word(e, TR_NOOP("its state is not known")));
	if (!l.any)
		return found(f, false, word(e, TR_NOOP("never done")));
	return found(f,
	             l.o.state == TASK_DONE || l.o.state == TASK_DONE_LATE ||
	                     l.o.state == TASK_WAIVED,
	             word(e, task_state_name(l.o.state)));
}

/* False: it must be waited for. */
static bool measure(Engine *e, const TaskItem *i, Found *f)
{
	const char *colon = strchr(i->todo, ':');
	const char *rest = colon ? colon + 1 : "";
	Ref ref;

	if (!plan_ref(e->plan, i->todo, &ref))
		return found(f, false, word(e, TR_NOOP("the plan no longer has it")));
	if (ref.kind == REF_CHECK)
		return measure_check(e, i, rest, f);
	if (ref.kind == REF_METRIC)
		return measure_metric(e, i, rest, f);
	if (ref.kind == REF_OBJECTIVE)
		return measure_objective(e, rest, f);
	if (ref.kind == REF_RULE)
		return measure_rule(e, rest, f);
	return measure_duty(e, i->todo, f);
}

static bool judge(Engine *e, const TaskItem *i, TaskEvent *ev, char text[64])
{
	Condition c;
	double value = 0;
	Judgement j =
	        condition_parse(i->only_if, &c, NULL) ? rules_judge(e, &c, &value) : JUDGED_NO_DATA;

	if (j == JUDGED_NO_DATA)
		text_copy(text, 64, word(e, TR_NOOP("not known")));
	else
		(void)snprintf(text, 64, "%.6g", value);
	*ev = (TaskEvent){ .kind = TASK_JUDGED,
		           .ok = j == JUDGED_TRUE,
		           .unknown = j == JUDGED_NO_DATA,
		           .text = text };
	return true;
}

/* Measures all that can be measured at once; what must be waited for stays. */
static void work(Engine *e, TaskWork *w)
{
	const TaskItem *i;

	while ((i = task_wanted(w))) {
		char name[TASK_ITEM_NAME], text[64];
		Effects fx = { 0 };
		TaskEvent ev;
		Found f;

		text_copy(name, sizeof name, i->name);
		if (*i->only_if) {
			(void)judge(e, i, &ev, text);
		} else if (measure(e, i, &f)) {
			ev = (TaskEvent){ .kind = TASK_MEASURED, .ok = f.ok, .text = f.text };
		} else {
			e->tasks_measuring = true;
			return;
		}
		ev.item = name;
		(void)task_step(w, e->plan, &ev, e->now, &fx, NULL);
		engine_apply(e, &fx);
	}
}

/* ---- stepping ---- */

/* What follows once an occurrence has moved: its next one, what waited for its end. */
static void follow(Engine *e, TaskWork *w, TaskState was)
{
	Effects fx = { 0 };

	if (was == TASK_SCHEDULED && w->o.state != TASK_SCHEDULED) {
		tasks_next(&e->tasks, e->plan, w->o.duty, e->now, &fx);
		engine_apply(e, &fx);
	}
	e->tasks_freed = e->tasks_freed || (task_is_over(&w->o) && was != w->o.state);
	e->tasks_at = LONG_AGO; /* looked at again at the end of the turn */
	save(e, w);
}

bool task_event(Engine *e, TaskWork *w, TaskEvent *ev, Err *err)
{
	Effects fx = { 0 };
	TaskState was = w->o.state;
	bool ok;

	ev->guard = tasks_guard(&e->tasks, e->plan, w);
	ok = task_step(w, e->plan, ev, e->now, &fx, err);
	engine_apply(e, &fx);
	if (!w->changed && w->o.state == was && ok && ev->kind == TASK_TICK)
		return true;
	work(e, w);
	follow(e, w, was);
	return ok;
}

static int sooner(const void *a, const void *b)
{
	const TaskWork *x = *(TaskWork *const *)a, *y = *(TaskWork *const *)b;

	return x->o.due.us != y->o.due.us
	               ? (x->o.due.us > y->o.due.us) - (x->o.due.us < y->o.due.us)
	               : strcmp(x->o.id, y->o.id);
}

static bool needs_tick(const Engine *e, const TaskWork *w)
{
	return w->o.state == TASK_DUE || w->o.state == TASK_WAITING || is_due(task_due(w), e->now);
}

/* Soonest first: who came before has the lock, and ends before the next begins. */
static void tick_all(Engine *e)
{
	LIST(TaskWork *) due = { 0 };

	for (size_t i = 0; i < e->tasks.n; i++) {
		if (!task_is_over(&e->tasks.at[i]->o) && needs_tick(e, e->tasks.at[i]))
			list_add(&due, e->tasks.at[i]);
	}
	if (due.n)
		qsort(due.at, due.n, sizeof *due.at, sooner);
	for (size_t i = 0; i < due.n; i++)
		(void)task_event(e, due.at[i], &(TaskEvent){ .kind = TASK_TICK }, NULL);
	list_free(&due);
}

static void tell(Engine *e)
{
	TaskDigests told = { 0 };
	Effects fx = { 0 };

	tasks_digest(&e->tasks, e->plan, roster_people, e->now, &told, &fx);
	e->telling = &told; /* fields_fill() reads what a message is about */
	engine_apply(e, &fx);
	e->telling = NULL;
	TaskDigests_done(&told);
}

static void trim(Engine *e)
{
	for (size_t i = 0; i < e->tasks.n;) {
		TaskWork *w = e->tasks.at[i];

		if (!is_old(&w->o, e->now)) {
			i++;
			continue;
		}
		list_remove(&e->tasks, i);
		TaskWork_done(w);
		mem_free(w);
	}
}

static Instant find_next(const Engine *e)
{
	Instant due = tasks_digest_due(&e->tasks);

	for (size_t i = 0; i < e->tasks.n; i++)
		due = earliest(due, task_due(e->tasks.at[i]));
	/* Its due time cannot be served twice in one instant. */
	return is_due(due, e->now) ? after(e->now, seconds(1)) : due;
}

void tasks_step(Engine *e)
{
	Effects fx = { 0 };
	size_t rounds = 0;

	if (!e->started || !is_due(e->tasks_at, e->now))
		return;
	tasks_catch_up(&e->tasks, e->plan, e->now, &fx);
	engine_apply(e, &fx);
	do {
		e->tasks_freed = false;
		tick_all(e);
	} while (e->tasks_freed && ++rounds < 1000);
	tell(e);
	save_all(e);
	trim(e);
	e->tasks_at = find_next(e);
}

Instant tasks_next_due(const Engine *e) { return e->started ? e->tasks_at : NEVER; }

/* A result came: somebody may have waited for it. Costs nothing where nobody does. */
void tasks_touch_check(Engine *e, const char *check)
{
	AUTO_FREE char *todo = NULL;

	if (!e->tasks_measuring)
		return;
	e->tasks_measuring = false;
	services_compose(e); /* a verdict may be asked for */
	todo = mem_printf("check:%s", check);
	for (size_t i = 0; i < e->tasks.n; i++) {
		TaskWork *w = e->tasks.at[i];
		const TaskItem *wanted = task_wanted(w);
		TaskState was = w->o.state;

		if (wanted && text_eq(wanted->todo, todo)) {
			work(e, w);
			if (task_wanted(w) != wanted || w->o.state != was)
				follow(e, w, was);
		}
		e->tasks_measuring = e->tasks_measuring || task_wanted(w);
	}
}

void tasks_sync(Engine *e, bool started)
{
	TaskSink sink = { drop, e };
	Effects fx = { 0 };

	tasks_plan(&e->tasks, e->plan, e->now, &sink, &fx);
	engine_apply(e, &fx);
	for (size_t i = 0; i < e->tasks.n; i++) {
		TaskWork *w = e->tasks.at[i];
		TaskItem *wanted = (TaskItem *)task_wanted(w);

		w->tell_known = 0;
		/* What was being measured when Carène stopped is measured anew. */
		if (wanted && started) {
			wanted->asked_at = e->now;
			wanted->changed = true;
		}
		if (wanted)
			work(e, w);
	}
	save_all(e);
	e->tasks_at = LONG_AGO;
}

/* ---- one by its name ---- */

static bool add_item(void *ctx, void *record)
{
	TaskWork *w = ctx;

	if (text_eq(((const TaskItem *)record)->occurrence, w->o.id))
		list_add(&w->items, *(const TaskItem *)record);
	return true;
}

static bool add_word(void *ctx, void *record)
{
	TaskWork *w = ctx;

	if (text_eq(((const TaskWord *)record)->occurrence, w->o.id))
		list_add(&w->words, *(const TaskWord *)record);
	return true;
}

typedef struct Sought {
	Engine *e;
	Tasks old;
} Sought;

static bool add_old(void *ctx, void *record)
{
	Sought *s = ctx;
	const TaskOccurrence *o = record;
	TaskWork *w;

	if (!task_is_over(o) || tasks_find(&s->e->tasks, o->id))
		return true;
	w = NEW(TaskWork);
	w->o = *o;
	w->tell_at = NEVER;
	w->tell_known = (int)o->state + 1;
	list_add(&s->old, w);
	return true;
}

/* Brings one that is long over back into memory, until it is trimmed again. */
static TaskWork *find_old(Engine *e, const char *name, Err *err)
{
	Sought s = { .e = e };
	TaskWork *w = NULL;

	if (!store_each(e->store, &task_occurrence_record, add_old, &s, err))
		return NULL;
	w = tasks_named(&s.old, e->plan, name, err);
	for (size_t i = 0; w && i < s.old.n; i++) {
		if (s.old.at[i] == w) {
			list_remove(&s.old, i);
			break;
		}
	}
	Tasks_done(&s.old);
	if (!w)
		return NULL;
	list_add(&e->tasks, w);
	if (!store_each(e->store, &task_item_record, add_item, w, err) ||
	    !store_each(e->store, &task_word_record, add_word, w, err))
		return NULL;
	list_sort(&w->items, by_place);
	list_sort(&w->words, by_number);
	e->tasks_at = LONG_AGO;
	return w;
}

TaskWork *task_named(Engine *e, const char *name, Err *err)
{
	Err first = { 0 };
	TaskWork *w = tasks_named(&e->tasks, e->plan, name, &first);

	if (w)
		return w;
	if (first.code == ERR_NOT_FOUND)
		w = find_old(e, name, err);
	else if (err)
		*err = first;
	return w;
}

/* Every owner that the person stands for, as bits of the occurrence's lines. */
uint32_t task_stands_for(const Engine *e, const TaskWork *w, const char *contact)
{
	uint32_t bits = 0;
	char owner[64];

	for (size_t i = 0; i < 32 && task_owner(&w->o, i, owner); i++) {
		const Contact *who[64];
		size_t n = roster_people(e->plan, owner, who, COUNT_OF(who));

		for (size_t k = 0; k < n && k < COUNT_OF(who); k++)
			bits |= text_eq(who[k]->item.id, contact) ? 1u << i : 0;
	}
	return bits;
}

/* What is open and what is late of it, for the overview. */
void tasks_count(const Engine *e, size_t *ret_open, size_t *ret_late, size_t *ret_awaiting)
{
	*ret_open = *ret_late = *ret_awaiting = 0;
	for (size_t i = 0; i < e->tasks.n; i++) {
		const TaskOccurrence *o = &e->tasks.at[i]->o;

		*ret_open += task_is_open(o);
		*ret_late += task_is_late(o, e->now);
		*ret_awaiting += o->state == TASK_AWAITING_HUMAN;
	}
}
