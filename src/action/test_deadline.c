#include "action/test_plan.h"

static Deadline of(const char *text)
{
	Deadline d = { 0 };

	(void)EXPECT(deadline_parse(text, &d, NULL));
	d.set = true;
	return d;
}

/* Sprints of two weeks from Monday 5 January 2026: 5 Jan, 19 Jan, 2 Feb … 23 Mar, 6 Apr. */
TEST(each_deadline_falls_where_the_calendar_says)
{
	static const struct {
		const char *deadline, *from, *due; /* NULL: no verdict */
	} rows[] = {
		{ "24h", "2026-06-01T10:00:00+02:00", "2026-06-02T10:00:00+02:00" },
		/* hours are elapsed time, days keep the hour of the wall clock */
		{ "24h", "2026-03-28T10:00:00+01:00", "2026-03-29T11:00:00+02:00" },
		{ "1w", "2026-03-28T10:00:00+01:00", "2026-04-04T10:00:00+02:00" },
		{ "1mo", "2026-01-31T10:00:00+01:00", "2026-02-28T10:00:00+01:00" },
		/* found within a sprint: the end of the next one */
		{ "next_sprint", "2026-01-05T00:00:00+01:00", "2026-02-01T23:59:59.999999+01:00" },
		{ "next_sprint", "2026-01-07T12:00:00+01:00", "2026-02-01T23:59:59.999999+01:00" },
		{ "next_sprint", "2026-01-18T23:59:59+01:00", "2026-02-01T23:59:59.999999+01:00" },
		{ "next_sprint", "2026-01-19T00:00:00+01:00", "2026-02-15T23:59:59.999999+01:00" },
		/* a sprint over the change of clocks ends at midnight of the wall clock */
		{ "next_sprint", "2026-03-10T12:00:00+01:00", "2026-03-29T23:59:59.999999+02:00" },
		/* before the first sprint, that is the next */
		{ "next_sprint", "2025-12-30T12:00:00+01:00", "2026-01-18T23:59:59.999999+01:00" },
		{ "asap", "2026-06-01T10:00:00+02:00", NULL },
		{ "planned", "2026-06-01T10:00:00+02:00", NULL },
		{ "none", "2026-06-01T10:00:00+02:00", NULL },
		{ "unset", "2026-06-01T10:00:00+02:00", NULL },
	};
	PLAN;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Deadline d = of(rows[i].deadline);
		Instant due = LONG_AGO;
		bool ok = action_deadline(plan, &d, at(rows[i].from), &due);

		if (!EXPECT_INT(ok, rows[i].due != NULL) ||
		    (rows[i].due && !EXPECT_INT(due.us, at(rows[i].due).us)))
			test_fail(__FILE__, __LINE__, "row %zu: %s", i, rows[i].deadline);
	}
}

TEST(sprints_of_a_month_follow_the_calendar)
{
	Deadline d = of("next_sprint");
	Instant due;
	PLAN;

	plan->head.sprint_start = "2026-01-31";
	plan->head.sprint = (Span){ .months = 1 };
	ASSERT(action_deadline(plan, &d, at("2026-02-10T12:00:00+01:00"), &due));
	/* 31 Jan – 28 Feb is this one, 28 Feb – 31 Mar the next */
	EXPECT_INT(due.us, at("2026-03-30T23:59:59.999999+02:00").us);
}

TEST(next_sprint_without_sprints_gives_no_deadline)
{
	static const char *const starts[] = { NULL, "", "2026-13-01", "soon" };
	Deadline d = of("next_sprint");
	Instant due;
	PLAN;

	for (size_t i = 0; i < COUNT_OF(starts); i++) {
		plan->head.sprint_start = starts[i];
		EXPECT(!action_deadline(plan, &d, at("2026-02-10T12:00:00+01:00"), &due));
	}
	plan->head.sprint_start = "2026-01-05";
	plan->head.sprint = (Span){ 0 };
	EXPECT(!action_deadline(plan, &d, at("2026-02-10T12:00:00+01:00"), &due));
}

TEST(a_deadline_that_is_absent_is_none_whatever_it_holds)
{
	Deadline d = { .kind = DEADLINE_SPAN, .span = { .days = 1 }, .set = false };
	Instant due;
	PLAN;

	EXPECT(!action_deadline(plan, &d, at("2026-02-10T12:00:00+01:00"), &due));
}
