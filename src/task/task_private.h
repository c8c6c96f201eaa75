/* What this folder's files share. */
#pragma once
#include "core/alloc.h"
#include "core/text.h"
#include "task/task.h"

/* How late a start may be before it counts as slept through; how long what becomes known
 * waits so that one message can tell it all; how long a measurement may take when the
 * plan does not say. All ours. */
#define TASK_SLEPT        seconds(90)
#define TASK_TELL_PAUSE   minutes(3)
#define TASK_TELL_REACH   minutes(10)
#define TASK_ITEM_TIMEOUT minutes(10)

/* Lists of names kept as lines of one text. Adding what is there, or what no longer
 * fits, changes nothing (false). */
bool lines_have(const char *lines, const char *name);
bool lines_add(char *lines, size_t cap, const char *name);
/* "ana, karim" */
const char *lines_join(const char *lines, const char *between, char *out, size_t cap);

Lang task_lang(const Plan *plan);
/* Journal subjects are shorter than ids: cut, with a digest that keeps it unique. */
const char *task_subject(const TaskOccurrence *o, char out[96]);

/* ---- items.c ---- */

/* Copies what is to be done from the duty. */
void items_make(TaskWork *w, const Plan *plan, const Duty *d);
TaskItem *item_named(const TaskWork *w, const char *name);
bool item_is_settled(const TaskItem *i);
/* Begins what can begin now; true when nothing is left to be done. */
bool items_advance(TaskWork *w, const Plan *plan, Instant now, Effects *fx);
bool item_measured(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now, Effects *fx);
bool item_judged(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now, Effects *fx);

/* ---- people.c ---- */

/* CONFIRM, REFUSE, NOT_APPLICABLE, on one item or all that await a person. */
bool people_answer(TaskWork *w, const Plan *plan, const TaskEvent *ev, Instant now, Effects *fx,
                   Err *err);
bool people_may(const TaskWork *w, const TaskEvent *ev, Err *err);
TaskWord *people_word(TaskWork *w, const TaskEvent *ev, TaskWordKind kind, const char *item,
                      Instant now);

/* ---- task.c ---- */

/* Evidence about the whole: its times, and with `items` what became of each. */
Entry *task_entry(Effects *fx, const TaskWork *w, Instant at, const char *kind, const char *actor,
                  bool items);
/* Evidence about one item. */
Entry *task_item_entry(Effects *fx, const TaskWork *w, const TaskItem *i, Instant at,
                       const char *kind, const char *actor);
void task_miss(TaskWork *w, const char *reason, Instant at, Instant now, Effects *fx);
void task_withdraw(TaskWork *w, const Plan *plan, Instant now, Effects *fx);
