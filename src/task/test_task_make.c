/* Occurrences and the plan: how far ahead, what a reload does, what an absence does. */
#include "test_tasks.h"

static const char duties[] =
        "tasks:\n"
        "  daily: {at: daily 09:00, owner: ops, items: [{ask: Look}]}\n"
        "  often: {at: every 1h, items: [{do: \"check:up\"}]}\n"
        "  yearly: {at: yearly 03-15 10:00, owner: ops, items: [{ask: Renew}]}\n"
        "  skips: {at: every 6h, catch_up: skip, items: [{do: \"check:up\"}]}\n"
        "  all: {at: every 6h, catch_up: \"all:2\", items: [{do: \"check:up\"}]}\n"
        "  every: {at: every 6h, catch_up: all, owner: ops, items: [{ask: Still there?}]}\n"
        "  fresh: {at: every 6h, max_late: 1h, items: [{do: \"check:up\"}]}\n"
        "  asked: {at: as_needed, owner: ops, items: [{ask: Done?}]}\n";

static Scene s;

static size_t count(const char *duty, TaskState state)
{
	size_t n = 0;

	for (size_t i = 0; i < s.all.n; i++)
		n += text_eq(s.all.at[i]->o.duty, duty) && s.all.at[i]->o.state == state;
	return n;
}

TEST(the_next_one_is_always_known_and_a_day_of_them_at_most_eight)
{
	begin_scene(&s, duties, "2026-11-23T06:00:00Z");
	EXPECT_INT(count("task:daily", TASK_SCHEDULED), 1);
	EXPECT_INT(count("task:often", TASK_SCHEDULED), TASK_AHEAD);
	EXPECT_INT(count("task:yearly", TASK_SCHEDULED), 1);
	EXPECT_TEXT(state_of(&s, "task:yearly@2027-03-15T09:00:00Z"), "scheduled");
	EXPECT_INT(count("task:asked", TASK_SCHEDULED), 0);
	pass_until(&s, "2026-11-24T06:00:00Z");
	EXPECT_INT(count("task:often", TASK_DONE), 24);
	EXPECT_INT(count("task:often", TASK_SCHEDULED), TASK_AHEAD);
	EXPECT_INT(count("task:daily", TASK_SCHEDULED), 1);
	Scene_done(&s);
}

TEST(planning_twice_changes_nothing)
{
	size_t n;

	begin_scene(&s, duties, "2026-11-23T06:00:00Z");
	n = s.all.n;
	tasks_plan(&s.all, s.plan, s.now, NULL, &s.fx);
	EXPECT_INT(s.all.n, n);
	EXPECT_INT(s.fx.entries.n, 0);
	Scene_done(&s);
}

static size_t dropped;

static void drop(void *ctx, const TaskWork *w)
{
	(void)ctx;
	EXPECT_INT(w->o.state, TASK_SCHEDULED);
	dropped++;
}

TEST(a_reload_moves_what_is_to_come_and_withdraws_what_is_gone)
{
	Plan *old;
	TaskSink sink = { drop, NULL };

	begin_scene(&s,
	            "tasks:\n"
	            "  daily: {at: daily 09:00, owner: ops, items: [{ask: Look}]}\n"
	            "  gone: {at: daily 09:00, owner: ops, items: [{ask: Look}]}\n",
	            "2026-11-23T06:00:00Z");
	pass_until(&s, "2026-11-23T08:00:00Z");
	old = s.plan;
	s.plan = plan_of(
	        "tasks:\n"
	        "  daily: {at: daily 10:00, for: 1h, owner: dev, items: [{ask: Look well}]}\n");
	dropped = 0;
	tasks_plan(&s.all, s.plan, s.now, &sink, &s.fx);
	plan_free(old);
	EXPECT_INT(dropped, 2); /* of tomorrow, 09:00 */
	EXPECT_TEXT(state_of(&s, "task:gone@2026-11-23T08:00:00Z"), "withdrawn");
	EXPECT_INT(noted(&s, "task.withdrawn"), 1);
	/* What is open keeps its own copy; what is to come follows. */
	EXPECT_TEXT(work_of(&s, "task:daily@2026-11-23T08:00:00Z")->o.owners, "ops");
	EXPECT_TEXT(work_of(&s, "task:daily@2026-11-23T09:00:00Z")->o.owners, "dev");
	EXPECT_TEXT(work_of(&s, "task:daily@2026-11-23T09:00:00Z")->items.at[0].text, "Look well");
	Scene_done(&s);
}

/* Carène was not there from 06:00 on the 23rd until then. */
static void absent_until(const char *text)
{
	begin_scene(&s, duties, "2026-11-23T06:00:00Z");
	s.now = at(text);
	tasks_plan(&s.all, s.plan, s.now, NULL, &s.fx);
	turn(&s);
}

TEST(after_an_absence_the_policy_says_what_still_runs)
{
	absent_until("2026-11-24T18:30:00Z"); /* six slots of six hours: 12:00 … 18:00 next day */
	EXPECT_INT(count("task:skips", TASK_MISSED), 6);
	EXPECT_INT(count("task:skips", TASK_DONE), 0);
	EXPECT_INT(count("task:all", TASK_MISSED), 4);
	EXPECT_INT(count("task:all", TASK_DONE), 1);
	EXPECT_INT(count("task:all", TASK_DONE_LATE), 1); /* past its own six hours */
	EXPECT_INT(count("task:often", TASK_DONE), 1);    /* once is the default */
	EXPECT_INT(count("task:often", TASK_MISSED), 35);
	EXPECT_INT(count("task:fresh", TASK_DONE), 1); /* half an hour late is in time */
	EXPECT_INT(count("task:daily", TASK_AWAITING_HUMAN), 1);
	EXPECT(work_of(&s, "task:daily@2026-11-24T08:00:00Z")->o.caught_up);
	EXPECT_TEXT(work_of(&s, "task:skips@2026-11-24T18:00:00Z")->o.reason,
	            "Carène was not there");
	Scene_done(&s);
}

TEST(too_late_is_not_caught_up)
{
	absent_until("2026-11-24T17:30:00Z"); /* the last of six hours was at 12:00 */
	EXPECT_INT(count("task:fresh", TASK_DONE), 0);
	EXPECT_INT(count("task:fresh", TASK_MISSED), 5);
	Scene_done(&s);
}

TEST(all_of_them_are_caught_up_one_after_another)
{
	absent_until("2026-11-23T18:30:00Z"); /* 12:00 and 18:00 */
	EXPECT_TEXT(state_of(&s, "task:every@2026-11-23T12:00:00Z"), "awaiting_human");
	EXPECT_TEXT(state_of(&s, "task:every@2026-11-23T18:00:00Z"), "waiting");
	EXPECT(says(&s, "task:every@2026-11-23T12:00:00Z", TASK_CONFIRM, "contact:ana", 1, NULL,
	            NULL));
	turn(&s);
	EXPECT_TEXT(state_of(&s, "task:every@2026-11-23T18:00:00Z"), "awaiting_human");
	Scene_done(&s);
}

TEST(a_long_absence_is_told_in_one_record_for_what_is_old)
{
	absent_until("2026-12-23T06:30:00Z"); /* 720 hours */
	/* Eight were known before, a hundred are listed, the rest is one record: 720. */
	EXPECT_INT(count("task:often", TASK_MISSED), 107);
	EXPECT_INT(count("task:often", TASK_DONE), 1);
	for (size_t i = 0; i < s.fx.entries.n; i++) {
		const Entry *e = &s.fx.entries.at[i];

		if (text_eq(e->subject, "task:often")) {
			EXPECT_TEXT(e->kind, "task.missed");
			EXPECT_HAS(e->input, "\"count\":612");
		}
	}
	Scene_done(&s);
}

TEST(what_no_schedule_asks_for_is_made_when_a_person_wants_it)
{
	TaskWork *w;

	begin_scene(&s, duties, "2026-11-23T06:00:00Z");
	w = tasks_extra(&s.all, s.plan, "task:asked", "contact:ana", s.now, &s.fx, &s.err);
	ASSERT(w != NULL);
	turn(&s);
	EXPECT_TEXT(state_of(&s, "task:asked@2026-11-23T06:00:00Z"), "awaiting_human");
	EXPECT(!tasks_extra(&s.all, s.plan, "task:asked", "contact:ana", s.now, &s.fx, &s.err));
	EXPECT_INT(s.err.code, ERR_CONFLICT);
	EXPECT(!tasks_extra(&s.all, s.plan, "task:none", "contact:ana", s.now, &s.fx, &s.err));
	EXPECT_INT(s.err.code, ERR_NOT_FOUND);
	tasks_plan(&s.all, s.plan, s.now, NULL, &s.fx); /* a reload leaves it alone */
	EXPECT_TEXT(state_of(&s, "task:asked@2026-11-23T06:00:00Z"), "awaiting_human");
	Scene_done(&s);
}

TEST(what_an_item_sets_off_is_part_of_it)
{
	begin_scene(&s,
	            "backups:\n"
	            "  nightly: {at: daily, of: files, keep: 7d}\n"
	            "tasks:\n"
	            "  night: {at: daily 02:00, items: [{do: \"backup:nightly\"}, {do: "
	            "\"task:check\"}]}\n"
	            "  check: {at: daily, items: [{do: \"check:up\"}, {ask: Look}]}\n",
	            "2026-11-23T06:00:00Z");
	EXPECT_INT(s.all.n, 1);
	pass_until(&s, "2026-11-24T01:00:00Z");
	{
		const TaskWork *w = work_of(&s, "task:night@2026-11-24T01:00:00Z");

		ASSERT(w && w->items.n == 3);
		EXPECT_TEXT(w->items.at[0].duty, "backup:nightly");
		EXPECT_TEXT(w->items.at[0].found, "not available in this version");
		EXPECT_TEXT(w->items.at[1].name, "2.1");
		EXPECT_TEXT(w->items.at[1].duty, "task:check");
		EXPECT_INT(w->items.at[1].state, TASK_ITEM_PASS);
		EXPECT_INT(w->items.at[2].state, TASK_ITEM_ASKED);
	}
	Scene_done(&s);
}

TEST(a_person_s_work_without_a_time_of_its_own_is_asked_where_it_is_named)
{
	begin_scene(&s,
	            "tasks:\n"
	            "  polish: {at: unset, owner: ops, label: Polish the pages}\n"
	            "  month: {at: monthly 1 09:00, owner: ops, items: [{do: \"task:polish\"}]}\n"
	            "calendar:\n"
	            "  dec: [\"task:polish\"]\n",
	            "2026-11-23T06:00:00Z");
	{
		const TaskWork *month = work_of(&s, "task:month@2026-12-01T08:00:00Z");
		const TaskWork *year = NULL;

		for (size_t i = 0; i < s.all.n; i++)
			year = text_starts(s.all.at[i]->o.id, "calendar:12:1@") ? s.all.at[i]
			                                                        : year;
		ASSERT(month && year && month->items.n == 1 && year->items.n == 1);
		EXPECT_INT(month->items.at[0].kind, TASK_ITEM_ASK);
		EXPECT_TEXT(month->items.at[0].duty, "task:polish");
		EXPECT_TEXT(month->items.at[0].text, "Polish the pages");
		EXPECT_INT(year->items.at[0].kind, TASK_ITEM_ASK);
		EXPECT(!year->o.unavailable && year->o.human);
	}
	Scene_done(&s);
}

TEST(a_person_s_work_that_a_task_sets_off_is_asked_in_the_words_of_the_item)
{
	begin_scene(&s,
	            "documents:\n"
	            "  manual: {review: quarterly, label: The manual}\n"
	            "tasks:\n"
	            "  quarter: {at: quarterly 1 09:00, owner: ops,\n"
	            "    items: [{do: \"document:manual:review\", ask: Is the manual right?}]}\n"
	            "  look: {at: yearly 12-01 09:00, owner: ops,\n"
	            "    items: [{do: \"document:manual:review\", ask: Was it read?}]}\n",
	            "2026-11-30T06:00:00Z");
	{
		const TaskWork *quarter = work_of(&s, "task:quarter@2027-01-01T08:00:00Z");
		const TaskWork *look = work_of(&s, "task:look@2026-12-01T08:00:00Z");

		ASSERT(quarter && look && quarter->items.n == 1 && look->items.n == 1);
		EXPECT_INT(quarter->items.at[0].kind, TASK_ITEM_ASK);
		EXPECT_TEXT(quarter->items.at[0].text, "Is the manual right?");
		EXPECT_TEXT(quarter->items.at[0].duty, "document:manual:review");
		EXPECT(!quarter->o.unavailable && quarter->o.human);
		EXPECT_INT(look->items.at[0].kind, TASK_ITEM_ASK);
		EXPECT_TEXT(look->items.at[0].text, "Was it read?");
		EXPECT_TEXT(look->items.at[0].duty, ""); /* it is not done by looking */
		EXPECT(!look->o.unavailable);
	}
	Scene_done(&s);
}

TEST(lateness_is_the_plan_s_duration_or_its_period_never_a_slot_of_ours)
{
	begin_scene(&s,
	            "tasks:\n"
	            "  hour: {at: daily 09:00, for: 1h, owner: ops, items: [{ask: Look}]}\n"
	            "  open: {at: daily 09:00, owner: ops, items: [{ask: Look}]}\n"
	            "  ours: {at: daily, for: 1h, owner: ops, items: [{ask: Look}]}\n"
	            "calendar:\n"
	            "  dec: [Year's end]\n",
	            "2026-11-23T04:00:00Z");
	for (size_t i = 0; i < s.all.n; i++) {
		const TaskOccurrence *o = &s.all.at[i]->o;
		bool hour = text_eq(o->duty, "task:hour");
		char end[INSTANT_TEXT];

		(void)instant_print(o->expected_end, end);
		if (text_starts(o->duty, "calendar:"))
			EXPECT_TEXT(end, "2026-12-31T23:00:00Z");
		else if (earlier(o->due, at("2026-11-23T22:00:00Z")))
			EXPECT_TEXT(end, hour ? "2026-11-23T09:00:00Z" : "2026-11-23T23:00:00Z");
	}
	Scene_done(&s);
}

TEST(what_a_supplier_does_is_seen_by_a_person)
{
	begin_scene(&s,
	            "backups:\n"
	            "  hosted: {at: daily 03:00, of: files, keep: 7d, by: supplier, owner: ops}\n",
	            "2026-11-23T04:00:00Z");
	pass_until(&s, "2026-11-24T02:00:00Z");
	{
		const TaskWork *w = work_of(&s, "backup:hosted@2026-11-24T02:00:00Z");

		ASSERT(w && w->items.n == 1);
		EXPECT(w->o.supplier && !w->o.unavailable);
		EXPECT_INT(w->items.at[0].kind, TASK_ITEM_ASK);
		EXPECT_TEXT(w->items.at[0].text, "hosted: see that the supplier did it");
		EXPECT_TEXT(task_state_name(w->o.state), "awaiting_human");
	}
	Scene_done(&s);
}
