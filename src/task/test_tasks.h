/* A plan, its occurrences and a small driver for the tests of this folder: what the
 * engine does, without an engine. Measurements answer from a table. */
#pragma once
#include "harness.h"

#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"
#include "plan/load.h"
#include "task/task.h"

#include <stdlib.h>
#include <string.h>

#define PLAN_HEAD                                                                               \
	"plan: {id: t, title: T, timezone: Europe/Paris, language: en, owner: ops}\n"           \
	"services:\n"                                                                           \
	"  site: {environments: {production: {url: \"https://a.example\"}}}\n"                  \
	"roles:\n"                                                                              \
	"  ops: {kind: human}\n"                                                                \
	"  dev: {kind: human}\n"                                                                \
	"contacts:\n"                                                                           \
	"  ana: {role: ops, name: Ana, email: ana@a.example, hours: mon-fri 08:30-18:00}\n"     \
	"  karim: {role: dev, name: Karim, email: karim@a.example}\n"                           \
	"channels:\n"                                                                           \
	"  mail: {type: email, url: \"smtp://127.0.0.1:25\", from: a@a.example}\n"              \
	"checks:\n"                                                                             \
	"  up: {type: http, service: site, env: production, target: \"https://a.example/\", "   \
	"every: 1m}\n"                                                                          \
	"  bad: {type: http, service: site, env: production, target: \"https://a.example/\", "  \
	"every: 1m}\n"                                                                          \
	"  slow: {type: http, service: site, env: production, target: \"https://a.example/\", " \
	"every: 1m}\n"

typedef struct Scene {
	Plan *plan;
	Tasks all;
	Effects fx; /* of everything since forget() */
	Instant now;
	Err err;
} Scene;

static inline Plan *plan_of(const char *sections)
{
	static const PlanSource source = { 0 };
	AUTO_FREE char *text = mem_printf("%s%s", PLAN_HEAD, sections);
	Findings findings = { .arena = arena_new("findings", 1 << 22) };
	Plan *plan = plan_load("t.yaml", text, strlen(text), &source, &findings);

	for (size_t i = 0; !plan && i < findings.n; i++)
		test_fail(__FILE__, __LINE__, "%u: %s", findings.at[i].at.line,
		          findings.at[i].message);
	arena_free(findings.arena);
	return plan;
}

static inline void forget_effects(Scene *s)
{
	effects_done(&s->fx);
	s->fx = (Effects){ 0 };
}

static inline void Scene_done(Scene *s)
{
	forget_effects(s);
	Tasks_done(&s->all);
	plan_free(s->plan);
}

/* What the table of this test world says of a reference; false: no answer comes. */
static inline bool measured(const char *todo, TaskEvent *ev)
{
	ev->kind = TASK_MEASURED;
	ev->ok = strstr(todo, "up") != NULL;
	ev->text = ev->ok ? "up, 12 ms" : "down: refused";
	return !strstr(todo, "slow");
}

static inline void measure_all(Scene *s, TaskWork *w)
{
	const TaskItem *i;

	while ((i = task_wanted(w))) {
		char name[TASK_ITEM_NAME];
		TaskEvent ev = { .item = name };

		text_copy(name, sizeof name, i->name);
		if (*i->only_if) {
			ev.kind = TASK_JUDGED;
			ev.ok = strstr(i->only_if, "yes") || strstr(i->only_if, "declared: on");
			ev.unknown = strstr(i->only_if, "latency") != NULL;
			ev.text = "1";
		} else if (!measured(i->todo, &ev)) {
			return;
		}
		EXPECT(task_step(w, s->plan, &ev, s->now, &s->fx, &s->err));
	}
}

static inline int sooner(const void *a, const void *b)
{
	const TaskWork *x = *(TaskWork *const *)a, *y = *(TaskWork *const *)b;

	return x->o.due.us != y->o.due.us
	               ? (x->o.due.us > y->o.due.us) - (x->o.due.us < y->o.due.us)
	               : strcmp(x->o.id, y->o.id);
}

/* One turn: ticks until nothing moves any more. */
static inline void turn(Scene *s)
{
	bool moved = true;

	tasks_catch_up(&s->all, s->plan, s->now, &s->fx);
	for (int round = 0; moved && EXPECT(round < 100); round++) {
		size_t n = s->all.n;

		moved = false;
		qsort(s->all.at, n, sizeof *s->all.at, sooner);
		for (size_t i = 0; i < n; i++) {
			TaskWork *w = s->all.at[i];
			TaskState was = w->o.state;
			TaskEvent tick = { .kind = TASK_TICK };

			tick.guard = tasks_guard(&s->all, s->plan, w);
			EXPECT(task_step(w, s->plan, &tick, s->now, &s->fx, &s->err));
			measure_all(s, w);
			if (was == TASK_SCHEDULED && w->o.state != was)
				tasks_next(&s->all, s->plan, w->o.duty, s->now, &s->fx);
			moved = moved || w->o.state != was;
		}
	}
}

/* Every due time until then, one after another, as a running Carène would see them. */
static inline void pass_until(Scene *s, const char *text)
{
	Instant end = at(text);

	for (;;) {
		Instant due = NEVER;

		for (size_t i = 0; i < s->all.n; i++)
			due = earliest(due, task_due(s->all.at[i]));
		if (earlier(end, due))
			break;
		s->now = latest(due, after(s->now, duration_us(1)));
		turn(s);
	}
	s->now = end;
	turn(s);
}

static inline void begin_scene(Scene *s, const char *sections, const char *now)
{
	*s = (Scene){ .plan = plan_of(sections), .now = at(now) };
	if (s->plan)
		tasks_plan(&s->all, s->plan, s->now, NULL, &s->fx);
}

static inline TaskWork *work_of(Scene *s, const char *id)
{
	TaskWork *w = tasks_find(&s->all, id);

	if (!w)
		test_fail(__FILE__, __LINE__, "no occurrence '%s'", id);
	return w;
}

static inline const char *state_of(Scene *s, const char *id)
{
	TaskWork *w = work_of(s, id);

	return w ? task_state_name(w->o.state) : "absent";
}

static inline const char *item_state(Scene *s, const char *id, size_t n)
{
	TaskWork *w = work_of(s, id);

	return w && n < w->items.n ? task_item_state_name(w->items.at[n].state) : "absent";
}

/* A person speaks: bits of the owners he stands for. */
static inline bool says(Scene *s, const char *id, TaskEventKind kind, const char *who,
                        uint32_t stands_for, const char *item, const char *text)
{
	TaskWork *w = work_of(s, id);
	TaskEvent ev = { .kind = kind,
		         .who = who,
		         .stands_for = stands_for,
		         .item = item,
		         .text = text,
		         .is_operator = text_starts(who, "cli:") };
	bool ok;

	if (!w)
		return false;
	s->err = (Err){ 0 };
	ev.guard = tasks_guard(&s->all, s->plan, w);
	ok = task_step(w, s->plan, &ev, s->now, &s->fx, &s->err);
	measure_all(s, w);
	return ok;
}

static inline size_t noted(const Scene *s, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->fx.entries.n; i++)
		n += text_eq(s->fx.entries.at[i].kind, kind);
	return n;
}
