/* Days of the status page, and the last outage. */
#include "harness.h"

#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"
#include "ledger/ledger.h"

static Interval interval(LedgerState state, double impact, const char *from, const char *to)
{
	return (Interval){
		.state = state, .impact = impact, .from = at(from), .to = *to ? at(to) : LONG_AGO
	};
}

static const Zone *paris(void)
{
	const Zone *z = zone_utc();

	EXPECT(zone_load("Europe/Paris", &z, NULL));
	return z;
}

TEST(each_civil_day_has_its_own_downtime)
{
	Interval rows[] = {
		interval(LEDGER_UP, 0, "2026-11-18T12:00:00Z", "2026-11-19T22:30:00Z"),
		interval(LEDGER_DOWN, 1, "2026-11-19T22:30:00Z",
		         "2026-11-19T23:45:00Z"), /* over midnight in Paris */
		interval(LEDGER_DEGRADED, 0.3, "2026-11-19T23:45:00Z", "2026-11-20T00:00:00Z"),
		interval(LEDGER_UNKNOWN, 0, "2026-11-20T00:00:00Z", "2026-11-20T00:10:00Z"),
		interval(LEDGER_UP, 0, "2026-11-20T00:10:00Z", ""),
	};
	LedgerDay days_[4];

	ledger_days(rows, COUNT_OF(rows), NULL, 0, paris(), at("2026-11-20T11:00:00Z"), days_, 4);
	/* the 17th was not measured at all, the 18th from 13:00 on */
	EXPECT_INT(days_[0].unknown.us, hours(24).us);
	EXPECT_INT(days_[0].unmeasured.us, hours(24).us);
	EXPECT_INT(days_[1].unknown.us, hours(13).us);
	EXPECT_INT(days_[2].down.us, minutes(30).us);
	EXPECT_INT(days_[2].unknown.us, 0);
	EXPECT_INT(days_[3].down.us, minutes(45).us);
	EXPECT_INT(days_[3].degraded.us, minutes(15).us);
	EXPECT_INT(days_[3].unknown.us, minutes(10).us);
	EXPECT_INT(days_[3].unmeasured.us, 0);
	EXPECT_INT(days_[3].date, days_from_civil(2026, 11, 20));
	EXPECT_INT(days_[3].to.us, at("2026-11-20T11:00:00Z").us);
	EXPECT_INT(days_[3].from.us, at("2026-11-19T23:00:00Z").us);
}

TEST(days_of_clock_changes_are_as_long_as_they_were)
{
	Interval spring = interval(LEDGER_DOWN, 1, "2026-03-01T00:00:00Z", "");
	LedgerDay day[3];

	ledger_days(&spring, 1, NULL, 0, paris(), at("2026-03-30T10:00:00Z"), day, 3);
	EXPECT_INT(day[0].down.us, hours(24).us);
	EXPECT_INT(day[1].down.us, hours(23).us);
	EXPECT_INT(day[2].down.us, hours(12).us);
	ledger_days(&spring, 1, NULL, 0, paris(), at("2026-10-25T23:00:00Z"), day, 2);
	EXPECT_INT(day[0].down.us, hours(25).us);
	EXPECT_INT(day[1].down.us, 0); /* midnight: the day has just begun */
}

TEST(downtime_inside_an_announced_window_is_maintenance)
{
	Excluded window = { at("2026-11-20T02:00:00Z"), at("2026-11-20T03:00:00Z") };
	Interval rows[] = {
		interval(LEDGER_UP, 0, "2026-11-19T12:00:00Z", "2026-11-20T01:50:00Z"),
		interval(LEDGER_DOWN, 1, "2026-11-20T01:50:00Z", "2026-11-20T02:00:00Z"),
		interval(LEDGER_MAINTENANCE, 1, "2026-11-20T02:00:00Z", "2026-11-20T03:20:00Z"),
		interval(LEDGER_MAINTENANCE, 0, "2026-11-20T03:20:00Z", "2026-11-20T03:25:00Z"),
		interval(LEDGER_UP, 0, "2026-11-20T03:25:00Z", ""),
	};
	LedgerDay day[1];

	ledger_days(rows, COUNT_OF(rows), &window, 1, zone_utc(), at("2026-11-20T12:00:00Z"), day,
	            1);
	EXPECT_INT(day[0].maintenance.us, hours(1).us);
	/* before it, and past its end, it is what it was for those who waited */
	EXPECT_INT(day[0].down.us, minutes(30).us);
	EXPECT_INT(day[0].degraded.us, minutes(5).us);
	EXPECT_INT(day[0].unknown.us, 0);
}

TEST(ninety_days_add_up_to_the_time_they_span)
{
	Interval rows[] = {
		interval(LEDGER_UP, 0, "2026-09-01T05:00:00Z", "2026-09-20T05:00:00Z"),
		interval(LEDGER_DOWN, 1, "2026-09-20T05:00:00Z", "2026-09-23T05:00:00Z"),
		interval(LEDGER_UNKNOWN, 0, "2026-09-23T05:00:00Z", "2026-09-24T05:00:00Z"),
		interval(LEDGER_UP, 0, "2026-09-24T05:00:00Z", ""),
	};
	LedgerDay day[90];
	Duration down = { 0 }, unknown = { 0 }, unmeasured = { 0 };
	Instant now = at("2026-11-20T15:00:00Z");

	ledger_days(rows, COUNT_OF(rows), NULL, 0, paris(), now, day, 90);
	for (size_t i = 0; i < 90; i++) {
		down.us += day[i].down.us;
		unknown.us += day[i].unknown.us;
		unmeasured.us += day[i].unmeasured.us;
		if (i)
			EXPECT_INT(day[i].from.us, day[i - 1].to.us);
	}
	EXPECT_INT(down.us, days(3).us);
	EXPECT_INT(unknown.us - unmeasured.us, days(1).us);
	EXPECT_INT(unmeasured.us, between(day[0].from, at("2026-09-01T05:00:00Z")).us);
	EXPECT_INT(day[89].to.us, now.us);
	ledger_days(NULL, 0, NULL, 0, paris(), now, day, 1);
	EXPECT_INT(day[0].unknown.us, hours(16).us);
}

TEST(the_last_outage_is_the_last_that_people_waited_through)
{
	Interval rows[] = {
		interval(LEDGER_DOWN, 1, "2026-11-18T01:00:00Z", "2026-11-18T01:05:00Z"),
		interval(LEDGER_UP, 0, "2026-11-18T01:05:00Z", "2026-11-20T01:50:00Z"),
		interval(LEDGER_DOWN, 1, "2026-11-20T01:50:00Z", "2026-11-20T02:00:00Z"),
		interval(LEDGER_MAINTENANCE, 1, "2026-11-20T02:00:00Z", "2026-11-20T03:20:00Z"),
		interval(LEDGER_DEGRADED, 0.5, "2026-11-20T03:20:00Z", ""),
	};
	Excluded window = { at("2026-11-20T01:40:00Z"), at("2026-11-20T03:00:00Z") };
	Excluded wide = { at("2026-11-20T01:00:00Z"), at("2026-11-20T05:00:00Z") };
	Instant from;
	Duration length;

	ASSERT(ledger_last_outage(rows, 5, NULL, 0, at("2026-11-20T12:00:00Z"), &from, &length));
	EXPECT_INT(from.us, at("2026-11-20T01:50:00Z").us);
	EXPECT_INT(length.us, minutes(90).us);
	ASSERT(ledger_last_outage(rows, 5, &window, 1, at("2026-11-20T12:00:00Z"), &from, &length));
	EXPECT_INT(from.us, at("2026-11-20T03:00:00Z").us);
	EXPECT_INT(length.us, minutes(20).us);
	ASSERT(ledger_last_outage(rows, 5, &wide, 1, at("2026-11-20T12:00:00Z"), &from, &length));
	EXPECT_INT(from.us, at("2026-11-18T01:00:00Z").us);
	EXPECT_INT(length.us, minutes(5).us);
	/* one that lasts is measured until now */
	ASSERT(ledger_last_outage(rows, 3, NULL, 0, at("2026-11-20T01:55:00Z"), &from, &length));
	EXPECT_INT(length.us, minutes(5).us);
	EXPECT(!ledger_last_outage(rows + 4, 1, NULL, 0, at("2026-11-20T12:00:00Z"), &from,
	                           &length));
	EXPECT(!ledger_last_outage(NULL, 0, NULL, 0, at("2026-11-20T12:00:00Z"), &from, &length));
}
