/* The names people use, and what they are shown. */
#include "test_tasks.h"

#include <jansson.h>

static const char named[] =
        "tasks:\n"
        "  daily: {at: daily 09:00, owner: ops, items: [{ask: Look}]}\n"
        "  dailies: {at: daily 10:00, owner: ops, items: [{ask: Look}]}\n"
        "  often: {at: every 6h, overlap: both, owner: ops, items: [{ask: Look}]}\n"
        "documents:\n"
        "  manual: {kind: technical, review: yearly 03-15 10:00, owner: ops}\n";

static Scene s;

static void number_them(void)
{
	for (size_t i = 0; i < s.all.n; i++)
		s.all.at[i]->o.number = (int64_t)i + 41;
}

static const char *means(const char *text)
{
	const TaskWork *w;

	s.err = (Err){ 0 };
	w = tasks_named(&s.all, s.plan, text, &s.err);
	return w ? w->o.id : err_name(s.err.code);
}

TEST(a_task_is_named_by_number_by_id_or_by_duty_and_day)
{
	static const struct {
		const char *text, *id;
	} rows[] = {
		{ "task:daily@2026-11-23T08:00:00Z", "task:daily@2026-11-23T08:00:00Z" },
		{ "daily", "task:daily@2026-11-23T08:00:00Z" }, /* the open one */
		{ "task:daily", "task:daily@2026-11-23T08:00:00Z" },
		{ "daily@11-23", "task:daily@2026-11-23T08:00:00Z" },
		{ "daily@2026-11-23", "task:daily@2026-11-23T08:00:00Z" },
		{ "daily@11-24", "task:daily@2026-11-24T08:00:00Z" },
		{ "daily@11-24T09:00", "task:daily@2026-11-24T08:00:00Z" }, /* civil time */
		{ "dailie", "task:dailies@2026-11-23T09:00:00Z" },
		{ "document:manual:review", "document:manual:review@2027-03-15T09:00:00Z" },
		{ "document:manual", "document:manual:review@2027-03-15T09:00:00Z" },
		{ "dailie@11-23", "NOT_FOUND" },
		{ "weekly", "NOT_FOUND" },
		{ "4711", "NOT_FOUND" },
		{ "", "CONFLICT" },
		{ "often", "CONFLICT" }, /* two are open */
		{ "often@11-24", "CONFLICT" },
		{ "often@11-24T07", "task:often@2026-11-24T06:00:00Z" },
	};

	begin_scene(&s, named, "2026-11-23T04:00:00Z");
	pass_until(&s, "2026-11-23T12:30:00Z");
	number_them();
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_TEXT(means(rows[i].text), rows[i].id);
	EXPECT_TEXT(means("42"), s.all.at[1]->o.id);
	EXPECT_TEXT(means("#42"), s.all.at[1]->o.id);
	Scene_done(&s);
}

TEST(the_short_name_is_what_people_type)
{
	char out[TASK_ID];
	TaskWork *w;

	begin_scene(&s, named, "2026-11-23T22:30:00Z"); /* 23:30 in Paris */
	w = work_of(&s, "task:daily@2026-11-24T08:00:00Z");
	EXPECT_TEXT(task_short(&w->o, s.plan->head.timezone, s.now, out), "daily@11-24");
	w = work_of(&s, "document:manual:review@2027-03-15T09:00:00Z");
	EXPECT_TEXT(task_short(&w->o, s.plan->head.timezone, s.now, out),
	            "document:manual:review@2027-03-15");
	for (size_t i = 0; i < s.all.n; i++) { /* it reads back */
		const TaskOccurrence *o = &s.all.at[i]->o;

		(void)task_short(o, s.plan->head.timezone, s.now, out);
		EXPECT_TEXT(means(out), o->id);
	}
	Scene_done(&s);
}

TEST(the_full_view_has_items_words_and_what_it_waits_for)
{
	AUTO(Buf) out = { 0 };
	Emit e = emit_to(&out);
	json_t *all;

	begin_scene(&s, named, "2026-11-23T06:00:00Z");
	pass_until(&s, "2026-11-23T08:00:00Z");
	EXPECT(says(&s, "task:daily@2026-11-23T08:00:00Z", TASK_CONFIRM, "contact:ana", 1, NULL,
	            "fine \"really\""));
	emit_object(&e, NULL);
	task_emit(&e, "task", work_of(&s, "task:daily@2026-11-23T08:00:00Z"), s.plan, TASK_FULL,
	          s.now);
	task_emit(&e, "brief", work_of(&s, "task:dailies@2026-11-23T09:00:00Z"), s.plan, TASK_BRIEF,
	          s.now);
	emit_object_end(&e);
	all = json_loads(buf_str(&out), JSON_REJECT_DUPLICATES, NULL);
	ASSERT(all != NULL);
	{
		const json_t *t = json_object_get(all, "task"), *b = json_object_get(all, "brief");
		const json_t *word = json_array_get(json_object_get(t, "words"), 0);

		EXPECT_TEXT(json_string_value(json_object_get(t, "state")), "done");
		EXPECT_INT(json_integer_value(json_object_get(t, "settled_n")), 1);
		EXPECT_TEXT(json_string_value(json_object_get(word, "note")), "fine \"really\"");
		EXPECT_INT(json_array_size(json_object_get(t, "items")), 1);
		EXPECT(json_object_get(b, "items") == NULL);
		EXPECT_TEXT(json_string_value(json_object_get(b, "state")), "scheduled");
	}
	json_decref(all);
	Scene_done(&s);
}
