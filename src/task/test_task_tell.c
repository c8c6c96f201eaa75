/* Who is told what, when: once, at a sensible hour, and all of a day together. */
#include "test_tasks.h"

static const char routine[] =
        "tasks:\n"
        "  one: {at: daily 09:00, owner: ops, items: [{ask: One}]}\n"
        "  two: {at: daily 09:00, owner: ops, items: [{ask: Two}]}\n"
        "  four: {at: daily 16:00, owner: ops, items: [{ask: Four}]}\n"
        "  night: {at: daily 03:00, owner: [ops, dev], items: [{ask: Night}]}\n"
        "  machine: {at: daily 09:00, owner: ops, items: [{do: \"check:up\"}]}\n"
        "  breaks: {at: daily 09:00, owner: dev, items: [{do: \"check:bad\"}]}\n"
        "  orphan: {at: daily 12:00, items: [{ask: Whose?}]}\n"
        "backups:\n"
        "  nightly: {at: daily 03:00, of: files, keep: 7d}\n";

static Scene s;

/* What incident/roster.h answers in the engine: here a role's contacts, or a contact. */
static size_t people(const Plan *p, const char *name, const Contact **ret, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < p->contacts_n; i++) {
		const Contact *c = &p->contacts[i];

		if (n < cap &&
		    (text_eq(c->item.id, name) || (c->role && text_eq(c->role->item.id, name))))
			ret[n++] = c;
	}
	return n;
}

typedef struct Told {
	size_t messages, lines; /* of one kind to one person */
	char first[TASK_ID];
} Told;

static Told told_of(TaskDigests *d, const char *who, TellKind kind)
{
	Told t = { 0 };

	for (size_t i = 0; i < d->n; i++) {
		if (!text_eq(d->at[i].who->item.id, who) || d->at[i].kind != kind)
			continue;
		t.messages++;
		t.lines += d->at[i].n;
		text_copy(t.first, sizeof t.first, d->at[i].at[0]->o.duty);
	}
	return t;
}

/* As the engine does: at each due time of a step or of a message. */
static void live_until(const char *text, TaskDigests *all)
{
	Instant end = at(text);

	for (int n = 0; n < 10000; n++) {
		Instant due = NEVER;

		tasks_digest_plan(&s.all, s.plan, people, s.now);
		due = tasks_digest_due(&s.all);
		for (size_t i = 0; i < s.all.n; i++)
			due = earliest(due, task_due(s.all.at[i]));
		if (earlier(end, due))
			break;
		s.now = latest(due, after(s.now, duration_us(1)));
		turn(&s);
		{
			TaskDigests now = { 0 };

			tasks_digest(&s.all, s.plan, people, s.now, &now, &s.fx);
			for (size_t i = 0; i < now.n; i++)
				list_add(all, now.at[i]); /* its list goes along */
			list_free(&now);
		}
	}
	s.now = end;
}

TEST(a_day_s_tasks_are_one_message_when_the_person_s_day_begins)
{
	TaskDigests d = { 0 };
	Told t;

	begin_scene(&s, routine, "2026-11-23T05:00:00Z"); /* Monday 06:00 */
	live_until("2026-11-23T07:29:59Z", &d);
	EXPECT_INT(told_of(&d, "ana", TELL_TASK_DUE).messages, 0);
	live_until("2026-11-23T07:30:00Z", &d); /* 08:30, Ana's hours */
	t = told_of(&d, "ana", TELL_TASK_DUE);
	EXPECT_INT(t.messages, 1);
	EXPECT_INT(t.lines,
	           5); /* 9:00 twice, noon as the plan's owner, 16:00, 3:00 of the night to come */
	EXPECT_TEXT(t.first, "task:one");
	live_until("2026-11-24T07:29:00Z", &d);
	EXPECT_INT(told_of(&d, "ana", TELL_TASK_DUE).messages, 1);
	TaskDigests_done(&d);
	Scene_done(&s);
}

TEST(without_hours_a_person_is_told_by_day)
{
	TaskDigests d = { 0 };

	begin_scene(&s, routine, "2026-11-23T05:00:00Z");
	live_until("2026-11-23T06:59:00Z", &d);
	EXPECT_INT(told_of(&d, "karim", TELL_TASK_DUE).messages, 0);
	live_until("2026-11-23T07:00:00Z", &d); /* 08:00: the night's task is his too */
	EXPECT_INT(told_of(&d, "karim", TELL_TASK_DUE).messages, 1);
	EXPECT_INT(told_of(&d, "karim", TELL_TASK_DUE).lines, 1);
	TaskDigests_done(&d);
	Scene_done(&s);
}

TEST(nobody_is_told_in_the_night_nor_on_a_day_off)
{
	TaskDigests d = { 0 };

	begin_scene(&s, routine, "2026-11-27T18:00:00Z"); /* Friday evening, after Ana's hours */
	live_until("2026-11-30T07:29:00Z", &d);
	EXPECT_INT(told_of(&d, "ana", TELL_TASK_DUE).messages, 0);
	EXPECT_INT(told_of(&d, "ana", TELL_TASK_MISSED).messages, 0);
	live_until("2026-11-30T07:40:00Z", &d); /* Monday: what is due, and what was missed */
	EXPECT_INT(told_of(&d, "ana", TELL_TASK_DUE).messages, 1);
	EXPECT_INT(told_of(&d, "ana", TELL_TASK_MISSED).messages, 1);
	EXPECT(told_of(&d, "ana", TELL_TASK_MISSED).lines >= 4);
	TaskDigests_done(&d);
	Scene_done(&s);
}

TEST(what_comes_up_by_day_waits_a_little_and_comes_together)
{
	TaskDigests d = { 0 };
	TaskWork *extra;

	begin_scene(&s, routine, "2026-11-23T05:00:00Z");
	live_until("2026-11-23T10:00:00Z", &d);
	EXPECT_INT(told_of(&d, "ana", TELL_TASK_DUE).messages, 1);
	extra = tasks_extra(&s.all, s.plan, "task:one", "cli:root", s.now, &s.fx, &s.err);
	ASSERT(extra != NULL);
	extra = tasks_extra(&s.all, s.plan, "task:two", "cli:root", s.now, &s.fx, &s.err);
	ASSERT(extra != NULL);
	turn(&s);
	live_until("2026-11-23T10:02:59Z", &d);
	EXPECT_INT(told_of(&d, "ana", TELL_TASK_DUE).messages, 1);
	live_until("2026-11-23T10:03:01Z", &d);
	EXPECT_INT(told_of(&d, "ana", TELL_TASK_DUE).messages, 2);
	EXPECT_INT(told_of(&d, "ana", TELL_TASK_DUE).lines, 7);
	TaskDigests_done(&d);
	Scene_done(&s);
}

TEST(success_by_itself_is_quiet_and_a_failure_is_told)
{
	TaskDigests d = { 0 };

	begin_scene(&s, routine, "2026-11-23T07:45:00Z");
	live_until("2026-11-23T08:10:00Z", &d);
	EXPECT_INT(told_of(&d, "karim", TELL_TASK_FAILED).messages, 1);
	EXPECT_TEXT(told_of(&d, "karim", TELL_TASK_FAILED).first, "task:breaks");
	for (size_t i = 0; i < d.n; i++) {
		for (size_t k = 0; k < d.at[i].n; k++)
			EXPECT(!text_eq(d.at[i].at[k]->o.duty, "task:machine"));
	}
	TaskDigests_done(&d);
	Scene_done(&s);
}

TEST(what_this_version_cannot_do_is_told_once_not_every_night)
{
	TaskDigests d = { 0 };
	size_t lines = 0;

	begin_scene(&s, routine, "2026-11-23T05:00:00Z");
	live_until("2026-11-27T12:00:00Z", &d); /* four nights */
	for (size_t i = 0; i < d.n; i++) {
		for (size_t k = 0; k < d.at[i].n; k++)
			lines += text_eq(d.at[i].at[k]->o.duty, "backup:nightly");
	}
	EXPECT_INT(lines, 1);
	TaskDigests_done(&d);
	Scene_done(&s);
}

TEST(a_task_goes_by_mail_not_where_alarms_go)
{
	TaskDigests d = { 0 };
	size_t n = 0;

	begin_scene(&s, routine, "2026-11-23T05:00:00Z");
	live_until("2026-11-23T07:30:00Z", &d);
	for (size_t i = 0; i < s.fx.tells.n; i++) {
		const Tell *t = &s.fx.tells.at[i];

		n++;
		EXPECT_INT(t->via_n, 1);
		EXPECT_TEXT(t->via[0], "mail");
		EXPECT_INT(t->to_n, 1);
		EXPECT_HAS(t->subject, "tasks:");
		EXPECT(t->rank == 0);
	}
	EXPECT(n >= 2);
	TaskDigests_done(&d);
	Scene_done(&s);
}
