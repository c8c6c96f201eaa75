#include "harness.h"

#include "plan/duty.h"
#include "plan/sprint.h"

#include "core/testing.h"
#include "core/text.h"

static const Zone *paris(void)
{
	const Zone *z = NULL;

	if (!zone_load("Europe/Paris", &z, NULL))
		test_fail(__FILE__, __LINE__, "no Europe/Paris");
	return z;
}

static Plan plan_of(const Zone *z)
{
	Plan p = { 0 };

	p.head.timezone = z;
	p.head.language = "en";
	return p;
}

static Duty duty_at(const char *schedule)
{
	Duty d = { .from = LONG_AGO };

	if (!schedule_parse(schedule, &d.stated, NULL))
		test_fail(__FILE__, __LINE__, "schedule %s", schedule);
	d.at = d.stated;
	return d;
}

TEST(a_day_that_is_not_allowed_is_passed_over)
{
	Plan p = plan_of(paris());
	Duty d = duty_at("daily 09:00");

	EXPECT(hours_parse("mon-fri", &d.days, NULL));
	/* Friday 20 November 2026 at 10:00 in Paris */
	EXPECT_AT(duty_next(&p, &d, at("2026-11-20T09:00:00Z")), "2026-11-23T08:00:00Z");
	EXPECT_AT(duty_next(&p, &d, at("2026-11-20T07:59:59Z")), "2026-11-20T08:00:00Z");
	EXPECT_AT(duty_last(&p, &d, at("2026-11-22T12:00:00Z")), "2026-11-20T08:00:00Z");
	EXPECT_AT(duty_last(&p, &d, at("2026-11-23T08:00:00Z")), "2026-11-23T08:00:00Z");
}

TEST(days_that_never_open_leave_no_occurrence)
{
	Plan p = plan_of(paris());
	Duty d = duty_at("every 1m");

	EXPECT(hours_parse("never", &d.days, NULL));
	EXPECT(!is_set(duty_next(&p, &d, at("2026-11-20T09:00:00Z"))));
	EXPECT(!is_set(duty_last(&p, &d, at("2026-11-20T09:00:00Z"))));
}

TEST(a_short_interval_jumps_over_the_closed_hours)
{
	Plan p = plan_of(zone_utc());
	Duty d = duty_at("every 1m");

	EXPECT(hours_parse("sat 10:00-11:00", &d.days, NULL));
	EXPECT_AT(duty_next(&p, &d, at("2026-11-14T11:00:00Z")), "2026-11-21T10:00:00Z");
	EXPECT_AT(duty_last(&p, &d, at("2026-11-21T09:59:00Z")), "2026-11-14T10:59:00Z");
}

TEST(nothing_comes_before_the_first_date)
{
	Plan p = plan_of(zone_utc());
	Duty d = duty_at("quarterly 09:00");

	d.from = at("2027-04-01T00:00:00Z");
	EXPECT_AT(duty_next(&p, &d, at("2026-01-01T00:00:00Z")), "2027-04-01T09:00:00Z");
	EXPECT_AT(duty_next(&p, &d, at("2027-04-01T09:00:00Z")), "2027-07-01T09:00:00Z");
	EXPECT(!is_set(duty_last(&p, &d, at("2027-03-31T00:00:00Z"))));
	EXPECT_AT(duty_last(&p, &d, at("2027-05-31T00:00:00Z")), "2027-04-01T09:00:00Z");
}

TEST(what_a_task_sets_off_comes_when_the_task_comes)
{
	Plan p = plan_of(zone_utc());
	Duty task = duty_at("daily 03:00"), cleaning = duty_at("weekly");

	cleaning.by = &task;
	EXPECT_AT(duty_next(&p, &cleaning, at("2026-11-20T04:00:00Z")), "2026-11-21T03:00:00Z");
	/* and its own words stay the promise: once in the week that ends on Sunday */
	EXPECT_AT(duty_period_end(&p, &cleaning, at("2026-11-20T03:00:00Z")),
	          "2026-11-23T00:00:00Z");
}

TEST(a_duty_without_words_has_the_promise_of_its_task)
{
	Plan p = plan_of(zone_utc());
	Duty task = duty_at("weekly mon 02:00"), backup = duty_at("unset");

	backup.by = &task;
	EXPECT_AT(duty_period_end(&p, &backup, at("2026-11-16T02:00:00Z")), "2026-11-23T00:00:00Z");
}

TEST(periods_end_where_the_civil_one_does)
{
	static const struct {
		const char *schedule, *at, *end;
	} table[] = {
		{ "daily 09:00", "2026-11-20T08:00:00Z", "2026-11-20T23:00:00Z" },
		{ "daily", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z" },
		{ "weekly sun 03:00", "2026-11-22T02:00:00Z", "2026-11-22T23:00:00Z" },
		{ "weekly", "2026-11-16T01:00:00Z", "2026-11-22T23:00:00Z" },
		{ "weekly mon,thu 08:00", "2026-11-16T07:00:00Z", "2026-11-19T07:00:00Z" },
		{ "monthly 15 14:00", "2026-02-15T13:00:00Z", "2026-02-28T23:00:00Z" },
		{ "quarterly", "2026-10-01T01:00:00Z", "2026-12-31T23:00:00Z" },
		{ "halfyearly 15", "2026-01-15T01:00:00Z", "2026-06-30T22:00:00Z" },
		{ "yearly 03-15", "2026-03-15T01:00:00Z", "2026-12-31T23:00:00Z" },
		{ "yearly 03", "2026-03-01T08:00:00Z", "2026-03-31T22:00:00Z" },
		{ "every 6h", "2026-11-20T06:00:00Z", "2026-11-20T12:00:00Z" },
		{ "2026-12-24 22:00", "2026-12-24T21:00:00Z", "2026-12-24T23:00:00Z" },
		{ "on deploy", "2026-12-24T21:00:00Z", "" },
	};
	Plan p = plan_of(paris());

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		Duty d = duty_at(table[i].schedule);

		EXPECT_AT(duty_period_end(&p, &d, at(table[i].at)), table[i].end);
	}
}

TEST(late_after_the_planned_duration_only_where_the_hour_is_the_plans)
{
	Plan p = plan_of(zone_utc());
	Duty d = duty_at("daily 09:00");
	Instant t = at("2026-11-20T09:00:00Z");

	EXPECT_AT(duty_late_after(&p, &d, t), "2026-11-21T00:00:00Z");
	EXPECT(span_parse("15m", &d.length));
	EXPECT_AT(duty_late_after(&p, &d, t), "2026-11-20T09:15:00Z");
	d.slot_ours = true;
	EXPECT_AT(duty_late_after(&p, &d, t), "2026-11-21T00:00:00Z");
}

TEST(a_calendar_entry_is_in_time_until_its_month_ends)
{
	Plan p = plan_of(zone_utc());
	Duty d = duty_at("yearly 02");

	d.by_period_end = true;
	EXPECT(span_parse("1h", &d.length));
	EXPECT_AT(duty_late_after(&p, &d, at("2028-02-01T09:00:00Z")), "2028-03-01T00:00:00Z");
}

TEST(cadences_compare)
{
	static const struct {
		const char *schedule;
		double days;
	} table[] = { { "daily", 1 },          { "weekly", 7 },        { "weekly mon,thu", 3.5 },
		      { "monthly", 30.43 },    { "quarterly", 91.31 }, { "yearly", 365.24 },
		      { "halfyearly", 182.6 }, { "every 6h", 0.25 },   { "on deploy", 0 },
		      { "2027-01-01", 0 },     { "as_needed", 0 } };

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		Duty d = duty_at(table[i].schedule);

		EXPECT_REAL((double)duty_cadence(&d.at).us / 86400e6, table[i].days, 0.05);
	}
}

TEST(a_sprint_ends_where_the_next_begins)
{
	Plan p = plan_of(paris());
	Instant from, to;

	EXPECT(!plan_has_sprints(&p));
	EXPECT(!is_set(sprint_end_after(&p, at("2027-01-05T00:00:00Z"))));
	p.head.sprint_start = "2027-01-04";
	EXPECT(!plan_has_sprints(&p));
	EXPECT(span_parse("2w", &p.head.sprint));
	EXPECT(plan_has_sprints(&p));
	/* found on the last evening of the first sprint: until the end of the second */
	ASSERT(sprint_of(&p, at("2027-01-17T22:59:59Z"), &from, &to));
	EXPECT_AT(from, "2027-01-03T23:00:00Z");
	EXPECT_AT(to, "2027-01-17T23:00:00Z");
	EXPECT_AT(sprint_end_after(&p, at("2027-01-17T22:59:59Z")), "2027-01-31T23:00:00Z");
	EXPECT_AT(sprint_end_after(&p, at("2027-01-17T23:00:00Z")), "2027-02-14T23:00:00Z");
	/* over the change of clocks it is still midnight */
	EXPECT_AT(sprint_end_after(&p, at("2027-03-20T12:00:00Z")), "2027-04-11T22:00:00Z");
	/* before the first one, the first is the next */
	EXPECT(!sprint_of(&p, at("2026-12-31T00:00:00Z"), &from, &to));
	EXPECT_AT(sprint_end_after(&p, at("2026-12-31T00:00:00Z")), "2027-01-17T23:00:00Z");
}

TEST(sprints_of_a_month_keep_their_day)
{
	Plan p = plan_of(zone_utc());

	p.head.sprint_start = "2027-01-31";
	EXPECT(span_parse("1mo", &p.head.sprint));
	EXPECT_AT(sprint_end_after(&p, at("2027-01-31T00:00:00Z")), "2027-03-31T00:00:00Z");
	EXPECT_AT(sprint_end_after(&p, at("2027-02-28T00:00:00Z")), "2027-04-30T00:00:00Z");
}

TEST(a_sprint_too_short_or_a_date_that_is_none_is_no_sprint)
{
	Plan p = plan_of(zone_utc());

	p.head.sprint_start = "2027-02-30";
	EXPECT(span_parse("1w", &p.head.sprint));
	EXPECT(!plan_has_sprints(&p));
	p.head.sprint_start = "2027-02-03";
	EXPECT(span_parse("1h", &p.head.sprint));
	EXPECT(!plan_has_sprints(&p));
}
