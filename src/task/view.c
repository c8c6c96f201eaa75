/* Occurrences as people name and see them. */
#include <stdio.h>

#include "task/task_private.h"

/* ---- names ---- */

static const char *duty_short(const char *duty)
{
	return text_starts(duty, "task:") ? duty + strlen("task:") : duty;
}

/* More than one a day: then its day does not name it. */
static bool is_frequent(const TaskOccurrence *o)
{
	int64_t periods = o->overlap == OVERLAP_SKIP ? 1 : 2; /* until it is missed */

	return is_set(o->until) && between(o->due, o->until).us < hours(23 * periods).us;
}

const char *task_short(const TaskOccurrence *o, const Zone *zone, Instant now, char out[TASK_ID])
{
	Civil c = zone_civil(zone, o->due);
	char year[8] = "", hour[8] = "";

	if (zone_civil(zone, now).year != c.year)
		(void)snprintf(year, sizeof year, "%04d-", (int)c.year);
	if (is_frequent(o))
		(void)snprintf(hour, sizeof hour, "T%02d:%02d", (int)c.hour, (int)c.minute);
	(void)snprintf(out, TASK_ID, "%s@%s%02d-%02d%s", duty_short(o->duty), year, (int)c.month,
	               (int)c.day, hour);
	return out;
}

/* Whether `day` is the beginning of the civil date of `due`, with or without its year. */
static bool date_begins(const Zone *zone, Instant due, const char *day)
{
	Civil c = zone_civil(zone, due);
	char text[32];

	if (!*day)
		return false;
	(void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d", (int)c.year, (int)c.month,
	               (int)c.day, (int)c.hour, (int)c.minute);
	return text_starts(text, day) || text_starts(text + 5, day);
}

typedef struct Wanted {
	const char *text, *day; /* day: after the @; NULL */
	char duty[DUTY_ID];
	int64_t number; /* -1: none */
} Wanted;

static Wanted read_name(const char *text)
{
	Wanted want = { .text = text, .number = -1 };
	const char *at = strchr(text, '@');

	if (!text_int(text[0] == '#' ? text + 1 : text, &want.number) || want.number <= 0)
		want.number = -1;
	want.day = at ? at + 1 : NULL;
	if (!at || (size_t)(at - text) < sizeof want.duty)
		(void)snprintf(want.duty, sizeof want.duty, "%.*s",
		               (int)(at ? (size_t)(at - text) : strlen(text)), text);
	return want;
}

/* 3 its number or id, 2 duty and day, 1 the beginning of its id, 0 no. */
static int fits(const TaskOccurrence *o, const Wanted *want, const Zone *zone)
{
	bool duty = text_eq(o->duty, want->duty) || text_eq(duty_short(o->duty), want->duty);

	if (o->number == want->number || text_eq(o->id, want->text))
		return 3;
	if (want->number > 0)
		return 0;
	if (duty && (!want->day || date_begins(zone, o->due, want->day)))
		return 2;
	return text_starts(o->id, want->text) || text_starts(duty_short(o->id), want->text);
}

/* What is open comes first, then what is next, then what was last. */
static int distance(const TaskOccurrence *o)
{
	return task_is_open(o) ? 0 : o->state == TASK_SCHEDULED ? 1 : 2;
}

static bool is_better(const TaskOccurrence *a, const TaskOccurrence *b)
{
	int x = distance(a), y = distance(b);

	if (x != y)
		return x < y;
	return x == 1 ? earlier(a->due, b->due) : earlier(b->due, a->due);
}

static bool ambiguous(const char *text, const TaskOccurrence *a, const TaskOccurrence *b, Err *err)
{
	err_set(err, ERR_CONFLICT, "'%s' could be %lld (%s) or %lld (%s)", text,
	        (long long)a->number, a->id, (long long)b->number, b->id);
	return err_hint(err, "name it by its number, or with its day: DUTY@MM-DD");
}

TaskWork *tasks_named(const Tasks *all, const Plan *plan, const char *text, Err *err)
{
	Wanted want = read_name(text);
	TaskWork *best = NULL;
	int rank = 0;

	for (size_t i = 0; i < all->n; i++) {
		TaskWork *w = all->at[i];
		int fit = fits(&w->o, &want, plan->head.timezone);

		if (fit > rank || (fit && fit == rank && is_better(&w->o, &best->o))) {
			best = w;
			rank = fit;
		}
	}
	/* Two that are equally near are asked about: of a duty on a day, or of two duties. */
	for (size_t i = 0; best && rank < 3 && i < all->n; i++) {
		const TaskWork *w = all->at[i];
		bool same = text_eq(w->o.duty, best->o.duty);

		if (w != best && fits(&w->o, &want, plan->head.timezone) == rank &&
		    distance(&w->o) == distance(&best->o) &&
		    (!same || want.day || distance(&w->o) == 0)) {
			(void)ambiguous(text, &best->o, &w->o, err);
			return NULL;
		}
	}
	if (!best) {
		err_set(err, ERR_NOT_FOUND, "no task '%s'", text);
		(void)err_hint(err, "carene task list --all shows them");
	}
	return best;
}

/* ---- JSON ---- */

static void emit_lines(Emit *e, const char *key, const char *lines)
{
	char one[TASK_ID];

	emit_array(e, key);
	while (text_part(&lines, "\n", one, sizeof one))
		emit_text(e, NULL, one);
	emit_array_end(e);
}

static const char *or_null(const char *s) { return *s ? s : NULL; }

static void emit_item(Emit *e, const TaskItem *i)
{
	emit_object(e, NULL);
	emit_text(e, "item", i->name);
	emit_text(e, "kind", task_item_kind_name(i->kind));
	emit_text(e, "do", or_null(i->todo));
	emit_text(e, "duty", or_null(i->duty));
	emit_text(e, "text", or_null(i->text));
	emit_text(e, "to", or_null(i->to));
	emit_text(e, "if", i->needed ? "needed" : or_null(i->only_if));
	emit_text(e, "state", task_item_state_name(i->state));
	emit_text(e, "measured",
	          i->measured == TASK_ITEM_TODO ? NULL : task_item_state_name(i->measured));
	emit_text(e, "found", or_null(i->found));
	emit_bool(e, "unavailable", i->unavailable);
	emit_text(e, "by", or_null(i->by));
	emit_instant(e, "asked_at", i->asked_at);
	emit_instant(e, "ended", i->ended);
	emit_object_end(e);
}

static void emit_word(Emit *e, const TaskWord *w)
{
	emit_object(e, NULL);
	emit_text(e, "said", task_word_kind_name(w->kind));
	emit_text(e, "item", or_null(w->item));
	emit_text(e, "who", w->who);
	emit_text(e, "for", or_null(w->owner));
	emit_instant(e, "at", w->at);
	emit_text(e, "note", or_null(w->note));
	if (*w->file) {
		emit_text(e, "file", w->file);
		emit_text(e, "sha256", w->digest);
		emit_int(e, "size", w->size);
	}
	emit_object_end(e);
}

static void emit_parts(Emit *e, const TaskWork *w)
{
	emit_array(e, "items");
	for (size_t k = 0; k < w->items.n; k++)
		emit_item(e, &w->items.at[k]);
	emit_array_end(e);
	emit_array(e, "words");
	for (size_t k = 0; k < w->words.n; k++)
		emit_word(e, &w->words.at[k]);
	emit_array_end(e);
	emit_lines(e, "after", w->o.after);
	emit_lines(e, "locks", w->o.locks);
	emit_lines(e, "told_due", w->o.told_due);
	emit_lines(e, "told_end", w->o.told_end);
}

void task_emit(Emit *e, const char *key, const TaskWork *w, const Plan *plan, TaskView view,
               Instant now)
{
	const TaskOccurrence *o = &w->o;
	char brief[TASK_ID];
	int64_t settled = 0;

	for (size_t k = 0; k < w->items.n; k++)
		settled += item_is_settled(&w->items.at[k]);
	emit_object(e, key);
	emit_text(e, "id", o->id);
	emit_text(e, "short", task_short(o, plan->head.timezone, now, brief));
	emit_int(e, "number", o->number);
	emit_text(e, "duty", o->duty);
	emit_text(e, "title", o->title);
	emit_text(e, "state", task_state_name(o->state));
	emit_bool(e, "late", task_is_late(o, now));
	emit_bool(e, "human", o->human);
	emit_instant(e, "due", o->due);
	emit_instant(e, "expected_end", o->expected_end);
	emit_instant(e, "until", is_set(o->until) ? o->until : LONG_AGO);
	emit_instant(e, "started", o->started);
	emit_instant(e, "ended", o->ended);
	emit_lines(e, "owners", o->owners);
	emit_int(e, "items_n", (int64_t)w->items.n);
	emit_int(e, "settled_n", settled);
	emit_text(e, "waits_for", or_null(o->waits_for));
	emit_bool(e, "caught_up", o->caught_up);
	emit_bool(e, "asked_for", o->asked_for);
	emit_bool(e, "unavailable", o->unavailable);
	emit_text(e, "reason", or_null(o->reason));
	emit_text(e, "by", or_null(o->by));
	if (view == TASK_FULL)
		emit_parts(e, w);
	emit_object_end(e);
}
