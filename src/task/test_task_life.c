/* Every row of the table of states, told as events. */
#include "test_tasks.h"

static const char routine[] =
        "tasks:\n"
        "  auto: {at: daily 09:00, items: [{do: \"check:up\"}, {do: \"check:up\"}]}\n"
        "  broken: {at: daily 09:00, items: [{do: \"check:bad\"}, {do: \"check:up\"}]}\n"
        "  strict: {at: daily 09:00, items: [{do: \"check:bad\", on_fail: stop}, {do: "
        "\"check:up\"}]}\n"
        "  hangs: {at: daily 09:00, items: [{do: \"check:slow\", timeout: 2m}]}\n"
        "  person: {at: daily 09:00, for: 1h, owner: ops, items: [{ask: Read the journal}]}\n"
        "  both: {at: daily 09:00, for: 1h, owner: ops,\n"
        "         items: [{do: \"check:up\", ask: Is it well?}, {do: \"check:up\"}]}\n"
        "  later: {at: daily 09:10, after: [person], owner: ops, items: [{ask: Send it}]}\n"
        "  first: {at: daily 11:00, for: 30m, locks: [db], owner: ops, items: [{ask: One}]}\n"
        "  second: {at: daily 11:05, for: 20m, locks: [db, cpu], owner: ops, items: [{ask: Two}]}\n"
        "  program: {at: daily 12:00, items: [{run: [/bin/true]}]}\n"
        "  tells: {at: daily 13:00, items: [{notify: ops, label: It is one o'clock}]}\n"
        "  maybe: {at: daily 14:00, owner: ops, items:\n"
        "           [{ask: Restart, if: needed}, {do: \"check:up\", if: needed}]}\n"
        "  iffy: {at: daily 15:00, items: [{do: \"check:up\", if: \"declared: on\"},\n"
        "           {do: \"check:up\", if: \"declared: off\"}]}\n"
        "  blind: {at: daily 15:00, items: [{do: \"check:up\", if: \"latency{up} > 1s\"}]}\n"
        "  queued: {at: every 1h, overlap: queue, owner: ops, items: [{ask: Still there?}]}\n"
        "  twice: {at: every 1h, overlap: both, owner: ops, items: [{ask: Still there?}]}\n"
        "backups:\n"
        "  nightly: {at: daily 03:00, of: files, keep: 7d}\n";

#define DAY "2026-11-23"

static Scene s;

static void morning(const char *until)
{
	begin_scene(&s, routine, DAY "T06:00:00Z");
	pass_until(&s, until);
}

TEST(an_occurrence_is_scheduled_ahead_of_its_time)
{
	morning(DAY "T07:59:59Z");
	EXPECT_TEXT(state_of(&s, "task:auto@" DAY "T08:00:00Z"), "scheduled");
	EXPECT_TEXT(state_of(&s, "backup:nightly@2026-11-24T02:00:00Z"), "scheduled");
	EXPECT_INT(noted(&s, "task.due"), 2); /* the hourly ones of 07:00 */
	Scene_done(&s);
}

TEST(what_passes_by_itself_is_done_with_one_record)
{
	char key[96];

	morning(DAY "T08:00:00Z");
	EXPECT_TEXT(state_of(&s, "task:auto@" DAY "T08:00:00Z"), "done");
	for (size_t i = 0, n = 0; i < s.fx.entries.n; i++) {
		const Entry *e = &s.fx.entries.at[i];

		text_copy(key, sizeof key, e->subject);
		if (!text_starts(key, "task:auto@"))
			continue;
		EXPECT_INT(n++, 0);
		EXPECT_TEXT(e->kind, "task.done");
		EXPECT_TEXT(e->verdict, "done");
		EXPECT_HAS(e->input, "\"found\":\"up, 12 ms\"");
	}
	Scene_done(&s);
}

TEST(a_failed_item_fails_the_whole_and_the_others_are_still_measured)
{
	morning(DAY "T08:00:00Z");
	EXPECT_TEXT(state_of(&s, "task:broken@" DAY "T08:00:00Z"), "failed");
	EXPECT_TEXT(item_state(&s, "task:broken@" DAY "T08:00:00Z", 1), "pass");
	EXPECT_TEXT(work_of(&s, "task:broken@" DAY "T08:00:00Z")->o.reason,
	            "check:bad: down: refused");
	EXPECT_TEXT(state_of(&s, "task:strict@" DAY "T08:00:00Z"), "failed");
	EXPECT_TEXT(item_state(&s, "task:strict@" DAY "T08:00:00Z", 1), "not_applicable");
	Scene_done(&s);
}

TEST(a_measurement_that_never_answers_fails_after_its_time)
{
	morning(DAY "T08:01:59Z");
	EXPECT_TEXT(state_of(&s, "task:hangs@" DAY "T08:00:00Z"), "running");
	pass_until(&s, DAY "T08:02:00Z");
	EXPECT_TEXT(state_of(&s, "task:hangs@" DAY "T08:00:00Z"), "failed");
	EXPECT_TEXT(work_of(&s, "task:hangs@" DAY "T08:00:00Z")->items.at[0].found,
	            "no answer within 2 min");
	Scene_done(&s);
}

TEST(a_person_is_awaited_and_confirms)
{
	const char *id = "task:person@" DAY "T08:00:00Z";

	morning(DAY "T08:00:00Z");
	EXPECT_TEXT(state_of(&s, id), "awaiting_human");
	EXPECT_TEXT(state_of(&s, "task:both@" DAY "T08:00:00Z"), "awaiting_human");
	pass_until(&s, DAY "T08:59:00Z");
	EXPECT(!task_is_late(&work_of(&s, id)->o, s.now));
	EXPECT(says(&s, id, TASK_CONFIRM, "contact:ana", 1, NULL, "all quiet"));
	EXPECT_TEXT(state_of(&s, id), "done");
	EXPECT_TEXT(work_of(&s, id)->items.at[0].by, "contact:ana");
	EXPECT_TEXT(work_of(&s, id)->words.at[0].note, "all quiet");
	EXPECT_INT(noted(&s, "task.confirmed"), 1);
	Scene_done(&s);
}

TEST(after_the_planned_time_it_is_done_late)
{
	const char *id = "task:person@" DAY "T08:00:00Z";

	morning(DAY "T09:00:01Z");
	EXPECT(task_is_late(&work_of(&s, id)->o, s.now));
	EXPECT(says(&s, id, TASK_CONFIRM, "contact:ana", 1, NULL, NULL));
	EXPECT_TEXT(state_of(&s, id), "done_late");
	EXPECT_TEXT(s.fx.entries.at[s.fx.entries.n - 1].verdict, "late");
	Scene_done(&s);
}

TEST(what_is_not_done_when_the_next_begins_is_missed)
{
	const char *id = "task:person@" DAY "T08:00:00Z";

	morning("2026-11-24T07:59:59Z");
	EXPECT_TEXT(state_of(&s, id), "awaiting_human");
	pass_until(&s, "2026-11-24T08:00:00Z");
	EXPECT_TEXT(state_of(&s, id), "missed");
	EXPECT_INT(work_of(&s, id)->o.ended.us, at("2026-11-24T08:00:00Z").us);
	EXPECT_TEXT(state_of(&s, "task:person@2026-11-24T08:00:00Z"), "awaiting_human");
	EXPECT(!says(&s, id, TASK_CONFIRM, "contact:ana", 1, NULL, NULL));
	EXPECT_INT(s.err.code, ERR_CONFLICT);
	Scene_done(&s);
}

TEST(a_dependency_is_waited_for_and_then_the_work_begins)
{
	const char *id = "task:later@" DAY "T08:10:00Z";

	morning(DAY "T08:30:00Z");
	EXPECT_TEXT(state_of(&s, id), "due");
	EXPECT_TEXT(work_of(&s, id)->o.waits_for, "task:person@" DAY "T08:00:00Z");
	EXPECT(!says(&s, id, TASK_CONFIRM, "contact:ana", 1, NULL, NULL));
	EXPECT(says(&s, "task:person@" DAY "T08:00:00Z", TASK_CONFIRM, "contact:ana", 1, NULL,
	            NULL));
	turn(&s);
	EXPECT_TEXT(state_of(&s, id), "awaiting_human");
	EXPECT_TEXT(work_of(&s, id)->o.waits_for, "");
	Scene_done(&s);
}

TEST(a_dependency_that_is_never_done_ends_with_its_own_miss)
{
	morning("2026-11-24T08:05:00Z");
	/* The person's of the 23rd was missed at 08:00; what came after it may then begin. */
	EXPECT_TEXT(state_of(&s, "task:person@" DAY "T08:00:00Z"), "missed");
	EXPECT_TEXT(state_of(&s, "task:later@" DAY "T08:10:00Z"), "awaiting_human");
	pass_until(&s, "2026-11-24T08:10:00Z");
	EXPECT_TEXT(state_of(&s, "task:later@" DAY "T08:10:00Z"), "missed");
	Scene_done(&s);
}

TEST(a_lock_has_one_holder_and_the_other_becomes_late)
{
	const char *id = "task:second@" DAY "T10:05:00Z";

	morning(DAY "T10:06:00Z");
	EXPECT_TEXT(state_of(&s, "task:first@" DAY "T10:00:00Z"), "awaiting_human");
	EXPECT_TEXT(state_of(&s, id), "waiting");
	EXPECT_TEXT(work_of(&s, id)->o.waits_for, "task:first@" DAY "T10:00:00Z");
	pass_until(&s, DAY "T10:25:01Z");
	EXPECT(task_is_late(&work_of(&s, id)->o, s.now));
	EXPECT(says(&s, "task:first@" DAY "T10:00:00Z", TASK_CONFIRM, "contact:ana", 1, NULL,
	            NULL));
	turn(&s);
	EXPECT_TEXT(state_of(&s, id), "awaiting_human");
	EXPECT(says(&s, id, TASK_CONFIRM, "contact:ana", 1, NULL, NULL));
	EXPECT_TEXT(state_of(&s, id), "done_late");
	Scene_done(&s);
}

TEST(what_this_version_cannot_do_fails_and_says_so)
{
	static const char *const ids[] = { "backup:nightly@2026-11-24T02:00:00Z",
		                           "task:program@" DAY "T11:00:00Z" };

	morning("2026-11-24T02:00:00Z");
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		EXPECT_TEXT(state_of(&s, ids[i]), "failed");
		EXPECT(work_of(&s, ids[i])->o.unavailable);
		EXPECT_TEXT(work_of(&s, ids[i])->items.at[0].found,
		            "not available in this version");
	}
	for (size_t i = 0; i < s.fx.entries.n; i++) {
		const Entry *e = &s.fx.entries.at[i];

		if (text_starts(e->subject, "backup:") && text_eq(e->kind, "task.failed"))
			EXPECT_TEXT(e->note, "not available in this version");
	}
	Scene_done(&s);
}

TEST(an_item_that_notifies_tells_once)
{
	morning(DAY "T12:00:00Z");
	EXPECT_TEXT(state_of(&s, "task:tells@" DAY "T12:00:00Z"), "done");
	EXPECT_INT(s.fx.tells.n, 1);
	EXPECT_INT(s.fx.tells.at[0].kind, TELL_TASK_NOTICE);
	EXPECT_TEXT(s.fx.tells.at[0].to[0], "ops");
	EXPECT_TEXT(s.fx.tells.at[0].text, "It is one o'clock");
	Scene_done(&s);
}

TEST(a_person_says_whether_it_is_needed)
{
	const char *id = "task:maybe@" DAY "T13:00:00Z";

	morning(DAY "T13:00:00Z");
	EXPECT_TEXT(state_of(&s, id), "awaiting_human");
	EXPECT_TEXT(item_state(&s, id, 1), "asked");
	EXPECT(says(&s, id, TASK_NOT_APPLICABLE, "contact:ana", 1, "1", NULL));
	EXPECT_TEXT(work_of(&s, id)->items.at[0].found, "not needed");
	EXPECT(says(&s, id, TASK_CONFIRM, "contact:ana", 1, "2", NULL)); /* yes: then measured */
	EXPECT_TEXT(item_state(&s, id, 1), "pass");
	EXPECT_TEXT(state_of(&s, id), "done");
	EXPECT_INT(noted(&s, "task.needed"), 1);
	Scene_done(&s);
}

TEST(a_condition_is_evaluated_and_what_is_not_known_is_no_pass)
{
	const char *id = "task:iffy@" DAY "T14:00:00Z", *blind = "task:blind@" DAY "T14:00:00Z";

	morning(DAY "T14:00:00Z");
	EXPECT_TEXT(item_state(&s, id, 0), "pass");
	EXPECT_TEXT(item_state(&s, id, 1), "not_applicable");
	EXPECT_TEXT(state_of(&s, id), "done");
	EXPECT_TEXT(state_of(&s, blind), "failed");
	EXPECT_HAS(work_of(&s, blind)->items.at[0].found, "latency{up} > 1s");
	Scene_done(&s);
}

TEST(a_queue_waits_for_the_one_before_and_both_overlap_it)
{
	morning(DAY "T08:30:00Z"); /* hourly ones of 07:00 and 08:00 */
	EXPECT_TEXT(state_of(&s, "task:queued@" DAY "T07:00:00Z"), "awaiting_human");
	EXPECT_TEXT(state_of(&s, "task:queued@" DAY "T08:00:00Z"), "waiting");
	EXPECT_TEXT(state_of(&s, "task:twice@" DAY "T07:00:00Z"), "awaiting_human");
	EXPECT_TEXT(state_of(&s, "task:twice@" DAY "T08:00:00Z"), "awaiting_human");
	EXPECT(says(&s, "task:queued@" DAY "T07:00:00Z", TASK_CONFIRM, "contact:ana", 1, NULL,
	            NULL));
	turn(&s);
	EXPECT_TEXT(state_of(&s, "task:queued@" DAY "T08:00:00Z"), "awaiting_human");
	pass_until(&s, DAY "T09:00:00Z"); /* the one after the next: missed after all */
	EXPECT_TEXT(state_of(&s, "task:twice@" DAY "T07:00:00Z"), "missed");
	EXPECT_TEXT(state_of(&s, "task:twice@" DAY "T08:00:00Z"), "awaiting_human");
	Scene_done(&s);
}

TEST(any_open_one_may_be_waived_with_a_reason)
{
	static const char *const ids[] = {
		"task:auto@2026-11-24T08:00:00Z", /* scheduled */
		"task:later@" DAY "T08:10:00Z",   /* due */
		"task:second@" DAY "T10:05:00Z",  /* waiting */
		"task:person@" DAY "T08:00:00Z",  /* awaiting a person */
	};

	morning(DAY "T10:06:00Z");
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		EXPECT(!says(&s, ids[i], TASK_WAIVE, "cli:root", 0, NULL, NULL));
		EXPECT_INT(s.err.code, ERR_BAD_INPUT);
		EXPECT(says(&s, ids[i], TASK_WAIVE, "cli:root", 0, NULL, "moved to the office"));
		EXPECT_TEXT(state_of(&s, ids[i]), "waived");
		EXPECT(!says(&s, ids[i], TASK_WAIVE, "cli:root", 0, NULL, "again"));
		EXPECT_INT(s.err.code, ERR_CONFLICT);
	}
	EXPECT_INT(noted(&s, "task.waived"), COUNT_OF(ids));
	Scene_done(&s);
}
