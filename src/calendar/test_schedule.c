#include "harness.h"

#include "calendar/schedule.h"
#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"

static const Zone *paris(void)
{
	const Zone *z = zone_utc();

	EXPECT(zone_load("Europe/Paris", &z, NULL));
	return z;
}

static Schedule schedule(const char *text)
{
	Schedule s = { 0 };
	Err err = { 0 };

	if (!schedule_parse(text, &s, &err))
		test_fail(__FILE__, __LINE__, "%s: %s", text, err.message);
	return s;
}

TEST(a_schedule_prints_in_one_canonical_form)
{
	static const char *const rows[][2] = {
		{ "daily 09:00", "daily 09:00" },
		{ "daily 9:00", "daily 09:00" },
		{ "daily", "daily" },
		{ "  daily   09:00 ", "daily 09:00" },
		{ "weekly sun 03:00", "weekly sun 03:00" },
		{ "weekly 03:00 sun", "weekly sun 03:00" },
		{ "weekly mon,thu 08:30", "weekly mon,thu 08:30" },
		{ "weekly mon,tue,wed", "weekly mon-wed" },
		{ "weekly fri-mon", "weekly mon,fri-sun" },
		{ "weekly", "weekly" },
		{ "monthly 15 14:00", "monthly 15 14:00" },
		{ "monthly -1", "monthly -1" },
		{ "monthly last", "monthly -1" },
		{ "monthly last 23:00", "monthly -1 23:00" },
		{ "monthly first sun 04:00", "monthly first sun 04:00" },
		{ "monthly fifth tue", "monthly fifth tue" },
		{ "monthly last fri", "monthly last fri" },
		{ "quarterly first sun 02:00", "quarterly first sun 02:00" },
		{ "quarterly", "quarterly" },
		{ "halfyearly", "halfyearly" },
		{ "yearly", "yearly" },
		{ "yearly 03-15 10:00", "yearly 03-15 10:00" },
		{ "yearly 02-29", "yearly 02-29" },
		{ "yearly -1", "yearly -1" },
		{ "yearly 03", "yearly 03" },
		{ "yearly 03 10:00", "yearly 03 10:00" },
		{ "yearly 03 first mon", "yearly 03 first mon" },
		{ "yearly 11 last fri 16:30", "yearly 11 last fri 16:30" },
		{ "quarterly 02-15", "quarterly 02-15" },
		{ "quarterly 2 first mon", "quarterly 2 first mon" },
		{ "quarterly 02 first mon", "quarterly 2 first mon" },
		{ "halfyearly 05-31 09:00", "halfyearly 05-31 09:00" },
		{ "halfyearly 5 last fri", "halfyearly 5 last fri" },
		{ "every 6h", "every 6h" },
		{ "every 90s", "every 1m30s" },
		{ "every 1w", "every 168h" },
		{ "on deploy", "on deploy" },
		{ "always", "always" },
		{ "continuous", "always" },
		{ "as_needed", "as_needed" },
		{ "agreed", "agreed" },
		{ "agreed weekend", "agreed weekend" },
		{ "unset", "unset" },
		{ "2026-12-24 22:00", "2026-12-24 22:00" },
		{ "2026-12-24", "2026-12-24" },
		{ "daily 02:00 UTC", "daily 02:00 UTC" },
		{ "weekly sun 03:00 America/New_York", "weekly sun 03:00 America/New_York" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Schedule s = schedule(rows[i][0]);
		char out[SCHEDULE_TEXT];

		EXPECT_TEXT(schedule_print(&s, out), rows[i][1]);
		EXPECT_TEXT(s.text, rows[i][0]);
	}
}

TEST(what_is_no_schedule_or_can_never_come_is_refused_with_a_hint)
{
	static const char *const rows[][2] = {
		{ "", "1 to 63 characters" },
		{ "   ", "1 to 63 characters" },
		{ "dayly 09:00", "not a schedule" },
		{ "daily 25:00", "'25:00' has no place" },
		{ "daily 24:00", "'24:00' has no place" },
		{ "daily 9", "has no place" },
		{ "daily 09:00 10:00", "'10:00' has no place" },
		{ "daily sun", "has no place" },
		{ "weekly sunday", "has no place" },
		{ "weekly sun mon", "has no place" },
		{ "weekly sun,", "has no place" },
		{ "monthly 32", "has no place" },
		{ "monthly 0", "has no place" },
		{ "monthly -32", "has no place" },
		{ "monthly sixth sun", "has no place" },
		{ "monthly first sun,mon", "has no place" },
		{ "monthly first", "too early" },
		{ "monthly 1 15", "has no place" },
		{ "monthly sun", "has no place" },
		{ "yearly 02-30", "has no place" },
		{ "yearly 13", "has no place" },
		{ "yearly 00", "has no place" },
		{ "yearly 3", "has no place" },
		{ "yearly 03 15", "has no place" },
		{ "yearly 03-15 first mon", "has no place" },
		{ "yearly 03 first", "too early" },
		{ "yearly 03 last", "too early" },
		{ "quarterly 04-01", "has no place" },
		{ "quarterly 4 first mon", "has no place" },
		{ "quarterly first mon 2", "has no place" },
		{ "halfyearly 07-01", "has no place" },
		{ "monthly 01-15", "has no place" },
		{ "monthly 1 first mon", "has no place" },
		{ "yearly 02-31", "has no place" },
		{ "yearly 13-01", "has no place" },
		{ "yearly 15", "has no place" },
		{ "every", "too early" },
		{ "every 0s", "has no place" },
		{ "every 500ms", "has no place" },
		{ "every 1mo", "has no place" },
		{ "every 6h 7h", "has no place" },
		{ "on", "too early" },
		{ "on fire", "has no place" },
		{ "always 09:00", "has no place" },
		{ "agreed monday", "has no place" },
		{ "2026-02-29", "not a schedule" },
		{ "2026-12-24 24:00", "has no place" },
		{ "daily 02:00 Europe/Pariss", "no time zone" },
		{ "daily 02:00 UTC UTC", "has no place" },
		{ "daily UTC 02:00", "has no place" },
		{ "daily 02:00 0123456789012345678901234567890123456789012345678901234567",
		  "characters" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Schedule s = { .day = 77 };
		Err err = { 0 };

		if (schedule_parse(rows[i][0], &s, &err))
			test_fail(__FILE__, __LINE__, "'%s' was read", rows[i][0]);
		EXPECT_INT(err.code == ERR_BAD_INPUT || err.code == ERR_NOT_FOUND, true);
		EXPECT_HAS(err.message, rows[i][1]);
		EXPECT_INT(s.day, 77);
	}
}

TEST(a_near_miss_names_what_was_meant)
{
	Schedule s;
	Err err = { 0 };

	EXPECT(!schedule_parse("weekley sun", &s, &err));
	EXPECT_TEXT(err.hint, "did you mean 'weekly'?");
	EXPECT(!schedule_parse("monthly 31 25:00", &s, &err));
	EXPECT_HAS(err.hint, "monthly 15 14:00");
	EXPECT(!schedule_parse("cron * * *", &s, &err));
	EXPECT_HAS(err.hint, "every 6h");
}

TEST(the_next_occurrence_follows_the_rule_and_the_clock)
{
	static const struct {
		const char *rule, *now, *next;
	} rows[] = {
		/* the plans' own, in UTC and in Paris */
		{ "weekly sun 03:00 UTC", "2026-11-20T16:00:00Z", "2026-11-22T03:00:00Z" },
		{ "weekly sun 03:00 UTC", "2026-11-22T03:00:00Z", "2026-11-29T03:00:00Z" },
		{ "weekly sun 23:00", "2026-11-20T16:00:00Z", "2026-11-22T22:00:00Z" },
		{ "monthly first sun 04:00 UTC", "2026-11-20T16:00:00Z", "2026-12-06T04:00:00Z" },
		{ "quarterly first sun 02:00 UTC", "2026-11-20T16:00:00Z", "2027-01-03T02:00:00Z" },
		{ "daily 22:00", "2026-11-20T16:00:00Z", "2026-11-20T21:00:00Z" },
		{ "monthly 15 14:00", "2026-11-20T16:00:00Z", "2026-12-15T13:00:00Z" },
		{ "halfyearly", "2026-11-20T16:00:00Z", "2026-12-31T23:00:00Z" },
		{ "yearly 03-15 10:00", "2026-11-20T16:00:00Z", "2027-03-15T09:00:00Z" },
		{ "every 6h", "2026-11-20T16:00:00Z", "2026-11-20T18:00:00Z" },
		{ "every 6h", "2026-11-20T18:00:00Z", "2026-11-21T00:00:00Z" },
		{ "2026-12-24 22:00", "2026-11-20T16:00:00Z", "2026-12-24T21:00:00Z" },
		{ "2026-12-24 22:00", "2026-12-24T21:00:00Z", "" },
		/* a slot in the gap runs at the change; a repeated one at its first pass */
		{ "weekly sun 02:00", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z" },
		{ "daily 02:30", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z" },
		{ "daily 02:30", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z" },
		{ "daily 02:30", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z" },
		{ "daily 02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z" },
		/* `every` follows real time through both nights */
		{ "every 1h", "2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z" },
		{ "every 1h", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z" },
		/* days that not every month has */
		{ "monthly 31", "2026-11-01T00:00:00Z", "2026-12-30T23:00:00Z" },
		{ "monthly -1", "2028-02-10T00:00:00Z", "2028-02-28T23:00:00Z" },
		{ "yearly 02-29 UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z" },
		{ "monthly fifth sun UTC", "2026-11-20T00:00:00Z", "2026-11-29T00:00:00Z" },
		{ "monthly fifth sun UTC", "2026-11-29T00:00:00Z", "2027-01-31T00:00:00Z" },
		{ "quarterly last fri UTC", "2026-11-20T00:00:00Z", "2026-12-25T00:00:00Z" },
		/* no occurrences the calendar knows */
		{ "always", "2026-11-20T00:00:00Z", "" },
		{ "on deploy", "2026-11-20T00:00:00Z", "" },
		{ "unset", "2026-11-20T00:00:00Z", "" },
		{ "agreed weekend", "2026-11-20T00:00:00Z", "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Schedule s = schedule(rows[i].rule);
		char out[INSTANT_TEXT];

		if (!text_eq(instant_print(schedule_next(&s, paris(), at(rows[i].now)), out),
		             rows[i].next))
			test_fail(__FILE__, __LINE__, "%s after %s: %s, not %s", rows[i].rule,
			          rows[i].now, out, rows[i].next);
	}
}

TEST(the_last_occurrence_is_at_or_before_the_instant)
{
	Schedule s = schedule("weekly sun 03:00 UTC"), once = schedule("2026-12-24 22:00");
	char out[INSTANT_TEXT];

	EXPECT_TEXT(instant_print(schedule_last(&s, paris(), at("2026-11-22T03:00:00Z")), out),
	            "2026-11-22T03:00:00Z");
	EXPECT_TEXT(instant_print(schedule_last(&s, paris(), at("2026-11-22T02:59:59Z")), out),
	            "2026-11-15T03:00:00Z");
	EXPECT_INT(schedule_last(&once, paris(), at("2026-12-24T20:59:59Z")).us, LONG_AGO.us);
	EXPECT_TEXT(instant_print(schedule_last(&once, paris(), at("2027-01-01T00:00:00Z")), out),
	            "2026-12-24T21:00:00Z");
	s = schedule("every 6h");
	EXPECT_TEXT(instant_print(schedule_last(&s, paris(), at("2026-11-20T17:59:59Z")), out),
	            "2026-11-20T12:00:00Z");
	s = schedule("always");
	EXPECT_INT(schedule_last(&s, paris(), at("2027-01-01T00:00:00Z")).us, LONG_AGO.us);
}

TEST(unset_instants_have_no_surprise)
{
	Schedule s = schedule("daily 09:00");

	EXPECT_INT(schedule_next(&s, zone_utc(), NEVER).us, NEVER.us);
	EXPECT_INT(schedule_next(&s, zone_utc(), LONG_AGO).us, hours(9).us);
	EXPECT_INT(schedule_last(&s, zone_utc(), LONG_AGO).us, LONG_AGO.us);
	EXPECT_INT(schedule_next(&s, zone_utc(), (Instant){ INT64_MAX - 1 }).us, NEVER.us);
	EXPECT(schedule_recurs(&s));
	s = schedule("as_needed");
	EXPECT(!schedule_recurs(&s));
}

TEST(every_day_of_twenty_years_has_exactly_one_daily_slot)
{
	static const char *const zones[] = { "Europe/Paris", "Australia/Lord_Howe",
		                             "America/Santiago", "Africa/Casablanca",
		                             "America/New_York" };
	Schedule s = schedule("daily 02:30");

	for (size_t i = 0; i < COUNT_OF(zones); i++) {
		const Zone *z = zone_utc();
		Instant t;
		int64_t day = days_from_civil(2020, 1, 1);
		int32_t y, m, d;

		ASSERT(zone_load(zones[i], &z, NULL));
		t = zone_instant(z, (Civil){ 2020, 1, 1, 0, 0, 0, 0 }, PICK_FIRST, NULL);
		for (int n = 0; n < 7305; n++, day++) {
			Civil c;

			t = schedule_next(&s, z, t);
			c = zone_civil(z, t);
			civil_from_days(day, &y, &m, &d);
			if (c.year != y || c.month != m || c.day != d)
				test_fail(__FILE__, __LINE__, "%s: %d-%d-%d", zones[i], y, m, d);
		}
	}
}

TEST(a_month_of_the_period_may_be_named)
{
	static const struct {
		const char *schedule, *after, *next;
	} table[] = {
		{ "yearly 03 09:00", "2026-11-20T00:00:00Z", "2027-03-01T08:00:00Z" },
		{ "yearly 03 first mon 09:00", "2026-11-20T00:00:00Z", "2027-03-01T08:00:00Z" },
		{ "yearly 11 last fri 09:00", "2026-11-20T12:00:00Z", "2026-11-27T08:00:00Z" },
		{ "quarterly 02-15 09:00", "2026-11-20T00:00:00Z", "2027-02-15T08:00:00Z" },
		{ "quarterly 2 first mon 09:00", "2026-11-20T00:00:00Z", "2027-02-01T08:00:00Z" },
		/* a quarter whose second month lacks the day is passed over */
		{ "quarterly 02-31 09:00", "2026-11-20T00:00:00Z", "2027-05-31T07:00:00Z" },
		{ "halfyearly 6 fifth wed 09:00", "2026-11-20T00:00:00Z", "2026-12-30T08:00:00Z" },
	};
	char out[INSTANT_TEXT];

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		Schedule s = schedule(table[i].schedule);
		Instant next = schedule_next(&s, paris(), at(table[i].after));

		EXPECT_TEXT(instant_print(next, out), table[i].next);
		EXPECT_INT(schedule_last(&s, paris(), next).us, next.us);
	}
}
