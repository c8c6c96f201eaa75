/* Who may say what: owners, operators, joint ownership, refusals, notes and files. */
#include "test_tasks.h"

static const char shared[] =
        "tasks:\n"
        "  mine: {at: daily 09:00, owner: ops, items: [{ask: One}, {ask: Two}]}\n"
        "  ours: {at: daily 09:00, owner: [ops, dev], items: [{ask: The keys}]}\n"
        "  nobodys: {at: daily 09:00, items: [{ask: Anyone}]}\n"
        "  seen: {at: daily 09:00, owner: ops, items: [{do: \"check:bad\", ask: Is it well?}]}\n"
        "  slow: {at: daily 09:00, owner: ops, items: [{do: \"check:slow\", ask: Is it well?}]}\n";

#define MINE "task:mine@2026-11-23T08:00:00Z"
#define OURS "task:ours@2026-11-23T08:00:00Z"
#define SEEN "task:seen@2026-11-23T08:00:00Z"

enum { OPS = 1, DEV = 2 };

static Scene s;

static void nine_o_clock(void)
{
	begin_scene(&s, shared, "2026-11-23T06:00:00Z");
	pass_until(&s, "2026-11-23T08:00:00Z");
}

TEST(neither_owner_nor_operator_is_refused_with_the_reason)
{
	nine_o_clock();
	EXPECT(!says(&s, MINE, TASK_CONFIRM, "contact:karim", 0, NULL, NULL));
	EXPECT_INT(s.err.code, ERR_FORBIDDEN);
	EXPECT_HAS(s.err.message, "contact:karim is neither an owner of");
	EXPECT_HAS(s.err.message, "(ops) nor an operator");
	EXPECT_INT(work_of(&s, MINE)->words.n, 0);
	EXPECT(says(&s, MINE, TASK_CONFIRM, "cli:root", 0, NULL, NULL));
	EXPECT_TEXT(state_of(&s, MINE), "done");
	EXPECT(says(&s, "task:nobodys@2026-11-23T08:00:00Z", TASK_CONFIRM, "contact:karim", 0, NULL,
	            NULL));
	Scene_done(&s);
}

TEST(joint_ownership_needs_the_word_of_each)
{
	nine_o_clock();
	EXPECT(!says(&s, OURS, TASK_CONFIRM, "cli:root", 0, NULL, NULL));
	EXPECT_INT(s.err.code, ERR_FORBIDDEN);
	EXPECT_HAS(s.err.message, "jointly by ops, dev");
	EXPECT(says(&s, OURS, TASK_CONFIRM, "contact:ana", OPS, NULL, NULL));
	EXPECT_TEXT(state_of(&s, OURS), "awaiting_human");
	EXPECT(!says(&s, OURS, TASK_CONFIRM, "contact:ana", OPS, NULL, NULL));
	EXPECT_INT(s.err.code, ERR_CONFLICT);
	EXPECT(says(&s, OURS, TASK_CONFIRM, "contact:karim", DEV, NULL, "both tried"));
	EXPECT_TEXT(state_of(&s, OURS), "done");
	EXPECT_INT(work_of(&s, OURS)->words.n, 2);
	EXPECT_TEXT(work_of(&s, OURS)->words.at[0].owner, "ops");
	EXPECT_TEXT(work_of(&s, OURS)->words.at[1].owner, "dev");
	EXPECT_INT(noted(&s, "task.confirmed"), 2);
	Scene_done(&s);
}

TEST(who_is_both_leaves_two_records)
{
	nine_o_clock();
	EXPECT(says(&s, OURS, TASK_CONFIRM, "contact:ana", OPS | DEV, NULL, NULL));
	EXPECT_TEXT(state_of(&s, OURS), "done");
	EXPECT_INT(work_of(&s, OURS)->words.n, 2);
	Scene_done(&s);
}

TEST(one_owner_s_no_is_a_no)
{
	nine_o_clock();
	EXPECT(says(&s, OURS, TASK_CONFIRM, "contact:ana", OPS, NULL, NULL));
	EXPECT(!says(&s, OURS, TASK_REFUSE, "contact:karim", DEV, NULL, NULL));
	EXPECT_INT(s.err.code, ERR_BAD_INPUT);
	EXPECT(says(&s, OURS, TASK_REFUSE, "contact:karim", DEV, NULL, "the old key still opens"));
	EXPECT_TEXT(state_of(&s, OURS), "failed");
	EXPECT_TEXT(work_of(&s, OURS)->o.reason, "1 (The keys): the old key still opens");
	Scene_done(&s);
}

TEST(not_applicable_needs_a_reason_and_then_counts_as_settled)
{
	nine_o_clock();
	EXPECT(!says(&s, MINE, TASK_NOT_APPLICABLE, "contact:ana", OPS, "1", NULL));
	EXPECT_INT(s.err.code, ERR_BAD_INPUT);
	EXPECT(says(&s, MINE, TASK_NOT_APPLICABLE, "contact:ana", OPS, "1", "closed today"));
	EXPECT_TEXT(item_state(&s, MINE, 0), "not_applicable");
	EXPECT(says(&s, MINE, TASK_CONFIRM, "contact:ana", OPS, "2", NULL));
	EXPECT_TEXT(state_of(&s, MINE), "done");
	Scene_done(&s);
}

TEST(a_failed_measurement_is_confirmed_only_with_a_note)
{
	nine_o_clock();
	EXPECT_TEXT(task_item_state_name(work_of(&s, SEEN)->items.at[0].measured), "fail");
	EXPECT(!says(&s, SEEN, TASK_CONFIRM, "contact:ana", OPS, NULL, NULL));
	EXPECT_INT(s.err.code, ERR_BAD_INPUT);
	EXPECT_HAS(s.err.message, "down: refused");
	EXPECT(says(&s, SEEN, TASK_CONFIRM, "contact:ana", OPS, NULL, "planned work"));
	EXPECT_TEXT(state_of(&s, SEEN), "done");
	EXPECT_TEXT(task_item_state_name(work_of(&s, SEEN)->items.at[0].measured), "fail");
	Scene_done(&s);
}

TEST(what_is_being_measured_awaits_nobody_yet)
{
	nine_o_clock();
	EXPECT(!says(&s, "task:slow@2026-11-23T08:00:00Z", TASK_CONFIRM, "contact:ana", OPS, "1",
	             NULL));
	EXPECT_INT(s.err.code, ERR_CONFLICT);
	EXPECT_HAS(s.err.message, "being measured");
	EXPECT(!says(&s, MINE, TASK_CONFIRM, "contact:ana", OPS, "7", NULL));
	EXPECT_INT(s.err.code, ERR_NOT_FOUND);
	Scene_done(&s);
}

TEST(what_is_refused_changes_nothing)
{
	size_t entries;

	nine_o_clock();
	entries = s.fx.entries.n;
	EXPECT(!says(&s, MINE, TASK_CONFIRM, "contact:karim", 0, NULL, NULL));
	EXPECT(!says(&s, MINE, TASK_REFUSE, "contact:ana", OPS, NULL, NULL));
	EXPECT(!says(&s, MINE, TASK_NOTE, "contact:ana", OPS, NULL, NULL));
	EXPECT(!says(&s, MINE, TASK_START, "contact:ana", OPS, NULL, NULL));
	EXPECT_INT(s.fx.entries.n, entries);
	EXPECT_INT(work_of(&s, MINE)->words.n, 0);
	EXPECT_TEXT(state_of(&s, MINE), "awaiting_human");
	Scene_done(&s);
}

TEST(one_to_come_is_begun_by_hand)
{
	const char *tomorrow = "task:mine@2026-11-24T08:00:00Z";

	nine_o_clock();
	EXPECT(!says(&s, tomorrow, TASK_START, "contact:karim", 0, NULL, NULL));
	EXPECT(says(&s, tomorrow, TASK_START, "contact:ana", OPS, NULL, NULL));
	EXPECT_TEXT(state_of(&s, tomorrow), "awaiting_human");
	tasks_next(&s.all, s.plan, "task:mine", s.now, &s.fx);
	tasks_plan(&s.all, s.plan, s.now, NULL, &s.fx);
	for (size_t i = 0, n = 0; i < s.all.n; i++) /* and is not made a second time */
		EXPECT(!text_eq(s.all.at[i]->o.id, tomorrow) || ++n == 1);
	EXPECT_TEXT(state_of(&s, "task:mine@2026-11-25T08:00:00Z"), "scheduled");
	Scene_done(&s);
}

TEST(notes_and_files_are_kept_also_when_it_is_over)
{
	TaskWork *w;
	TaskEvent file = { .kind = TASK_ATTACH,
		           .who = "contact:ana",
		           .file = "report.pdf",
		           .digest = "ab12",
		           .size = 17 };

	nine_o_clock();
	w = work_of(&s, MINE);
	EXPECT(says(&s, MINE, TASK_CONFIRM, "contact:ana", OPS, NULL, NULL));
	EXPECT(says(&s, MINE, TASK_NOTE, "contact:ana", OPS, NULL, "seen with Karim"));
	EXPECT(task_step(w, s.plan, &file, s.now, &s.fx, &s.err));
	file.item = "9";
	EXPECT(!task_step(w, s.plan, &file, s.now, &s.fx, &s.err));
	EXPECT_INT(w->words.n, 4);
	EXPECT_TEXT(w->words.at[3].file, "report.pdf");
	EXPECT_TEXT(w->words.at[3].id, MINE "/w4");
	EXPECT_HAS(s.fx.entries.at[s.fx.entries.n - 1].input, "\"sha256\":\"ab12\"");
	EXPECT_TEXT(state_of(&s, MINE), "done");
	Scene_done(&s);
}
