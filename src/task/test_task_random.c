/* Random events never leave an impossible state, and the same events give the same. */
#include "test_tasks.h"

static const char wild[] =
        "tasks:\n"
        "  a: {at: every 2h, for: 30m, owner: [ops, dev], locks: [x], items:\n"
        "       [{do: \"check:up\"}, {ask: A}, {do: \"check:bad\", ask: B}]}\n"
        "  b: {at: every 2h, for: 1h, after: [a], locks: [x, y], overlap: queue, owner: ops, "
        "items:\n"
        "       [{ask: C, if: needed}, {do: \"check:slow\", timeout: 3m}]}\n"
        "  c: {at: every 1h, overlap: both, catch_up: \"all:3\", owner: dev, items:\n"
        "       [{do: \"check:up\", if: \"declared: on\"}, {ask: D}]}\n"
        "  d: {at: every 3h, catch_up: skip, locks: [y], items:\n"
        "       [{do: \"check:bad\", on_fail: stop}, {do: \"check:up\"}, {notify: ops}]}\n"
        "backups:\n"
        "  e: {at: daily 03:00, of: files, keep: 7d}\n";

static uint64_t seed;

static uint32_t dice(uint32_t n) /* splitmix64, as the simulation's */
{
	uint64_t z = seed += 0x9E3779B97F4A7C15ull;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
	return (uint32_t)((z ^ (z >> 31)) % n);
}

/* What must hold of one occurrence at any time. */
static void check_one(const Scene *s, const TaskWork *w)
{
	const TaskOccurrence *o = &w->o;
	bool unsettled = false, bad = false, running = false, asked = false;

	for (size_t k = 0; k < w->items.n; k++) {
		TaskItemState st = w->items.at[k].state;

		unsettled = unsettled || st < TASK_ITEM_PASS;
		running = running || st == TASK_ITEM_RUNNING || st == TASK_ITEM_TODO;
		asked = asked || st == TASK_ITEM_ASKED;
		bad = bad || st == TASK_ITEM_FAIL || st == TASK_ITEM_REFUSED;
		EXPECT(is_set(w->items.at[k].ended) == (st >= TASK_ITEM_PASS));
	}
	EXPECT(task_is_over(o) == is_set(o->ended));
	if (o->state == TASK_DONE || o->state == TASK_DONE_LATE)
		EXPECT(!unsettled && !bad);
	if (o->state == TASK_FAILED)
		EXPECT(!unsettled && bad);
	if (o->state == TASK_DONE_LATE)
		EXPECT(earlier(o->expected_end, o->ended));
	if (o->state == TASK_AWAITING_HUMAN)
		EXPECT(asked && !running);
	if (o->state == TASK_RUNNING)
		EXPECT(running);
	if (o->state == TASK_RUNNING || o->state == TASK_AWAITING_HUMAN)
		EXPECT(is_set(o->started) && earlier(s->now, o->until));
	if (o->state < TASK_RUNNING)
		EXPECT(!is_set(o->started));
	EXPECT((*o->waits_for != 0) == (o->state == TASK_DUE || o->state == TASK_WAITING));
	EXPECT(task_is_over(o) == (task_due(w).us == NEVER.us));
}

static bool works(const TaskWork *w)
{
	return w->o.state == TASK_RUNNING || w->o.state == TASK_AWAITING_HUMAN;
}

/* A lock has one holder. Occurrences begun by hand are held to it as well. */
static void check_locks(const Scene *s, const char *lock)
{
	size_t holders = 0;

	for (size_t i = 0; i < s->all.n; i++)
		holders += works(s->all.at[i]) && strstr(s->all.at[i]->o.locks, lock);
	EXPECT(holders <= 1);
}

static void random_event(Scene *s)
{
	static const char *const who[] = { "contact:ana", "contact:karim", "cli:root" };
	static const char *const items[] = { NULL, "1", "2", "3" };
	TaskWork *w = s->all.at[dice((uint32_t)s->all.n)];
	uint32_t person = dice(3);
	AUTO_FREE char *id = mem_text(w->o.id);

	(void)says(s, id, (TaskEventKind)(TASK_CONFIRM + dice(TASK_EVENTS - TASK_CONFIRM)),
	           who[person],
	           person == 2       ? 0
	           : person + 1 == 1 ? 1
	                             : 2,
	           items[dice(4)], dice(2) ? "because" : NULL);
	if (w->o.state != TASK_SCHEDULED)
		tasks_next(&s->all, s->plan, w->o.duty, s->now, &s->fx);
}

static void play(uint64_t with, Buf *out)
{
	Scene s;

	seed = with;
	begin_scene(&s, wild, "2026-10-24T12:00:00Z"); /* clocks go back that night */
	for (int step = 0; step < 120; step++) {
		uint32_t what = dice(10);

		if (what == 0) { /* a stop of Carène, or a jump of the clock */
			s.now = after(s.now, minutes(dice(600)));
			tasks_plan(&s.all, s.plan, s.now, NULL, &s.fx);
			turn(&s);
		} else if (what < 5) {
			char until[INSTANT_TEXT];

			pass_until(&s, instant_print(after(s.now, minutes(1 + dice(90))), until));
		} else {
			random_event(&s);
			turn(&s);
		}
		for (size_t i = 0; i < s.all.n; i++)
			check_one(&s, s.all.at[i]);
		check_locks(&s, "x");
		check_locks(&s, "y");
	}
	for (size_t i = 0; i < s.fx.entries.n; i++)
		buf_printf(out, "%s %s %s %s\n", s.fx.entries.at[i].kind,
		           s.fx.entries.at[i].subject, s.fx.entries.at[i].actor,
		           s.fx.entries.at[i].input ? s.fx.entries.at[i].input : "");
	Scene_done(&s);
}

TEST(no_row_of_events_leaves_an_impossible_state)
{
	for (uint64_t with = 1; with <= 60; with++) {
		AUTO(Buf) out = { 0 };

		play(with, &out);
		EXPECT(out.n > 0);
	}
}

TEST(the_same_events_give_the_same_evidence)
{
	for (uint64_t with = 100; with < 110; with++) {
		AUTO(Buf) once = { 0 }, twice = { 0 };

		play(with, &once);
		play(with, &twice);
		EXPECT_TEXT(buf_str(&twice), buf_str(&once));
	}
}
