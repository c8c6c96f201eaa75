#include "harness.h"

#include "calendar/holidays.h"
#include "calendar/hours.h"
#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"

static Holiday parsed(const char *text)
{
	Holiday h = { 0 };
	Err err = { 0 };

	if (!holiday_parse(text, &h, &err))
		test_fail(__FILE__, __LINE__, "%s: %s", text, err.message);
	return h;
}

static int64_t day(int32_t y, int32_t m, int32_t d) { return days_from_civil(y, m, d); }

/* Dates of Easter Sunday as published (Astronomical Almanac; the edges 22 March 1818
 * and 25 April 1943 and 2038 are the earliest and latest there can be). */
TEST(easter_is_where_the_almanac_has_it)
{
	static const int32_t dates[][3] = {
		{ 1818, 3, 22 }, { 1943, 4, 25 }, { 1961, 4, 2 },  { 2000, 4, 23 }, { 2008, 3, 23 },
		{ 2016, 3, 27 }, { 2019, 4, 21 }, { 2024, 3, 31 }, { 2025, 4, 20 }, { 2026, 4, 5 },
		{ 2027, 3, 28 }, { 2028, 4, 16 }, { 2038, 4, 25 }, { 2049, 4, 18 }, { 2076, 4, 19 },
	};

	for (size_t i = 0; i < COUNT_OF(dates); i++)
		EXPECT_INT(easter_day(dates[i][0]), day(dates[i][0], dates[i][1], dates[i][2]));
}

TEST(easter_is_always_a_sunday_between_22_march_and_25_april)
{
	for (int32_t y = 1583; y < 5000; y++) {
		int64_t at = easter_day(y);

		EXPECT_INT(((at + 3) % 7 + 7) % 7, 6);
		if (at < day(y, 3, 22) || at > day(y, 4, 25))
			test_fail(__FILE__, __LINE__, "Easter of %d", y);
	}
}

TEST(days_are_on_when_the_text_says)
{
	static const struct {
		const char *text;
		int32_t y, m, d;
		bool on;
	} table[] = {
		{ "2027-05-17", 2027, 5, 17, true },
		{ "2027-05-17", 2028, 5, 17, false },
		{ "2027-12-20..2028-01-03", 2027, 12, 19, false },
		{ "2027-12-20..2028-01-03", 2027, 12, 20, true },
		{ "2027-12-20..2028-01-03", 2028, 1, 3, true },
		{ "2027-12-20..2028-01-03", 2028, 1, 4, false },
		{ "12-25", 1999, 12, 25, true },
		{ "12-25", 2030, 12, 24, false },
		{ "02-29", 2028, 2, 29, true },
		{ "02-29", 2027, 2, 28, false },
		{ "02-29", 2027, 3, 1, false },
		{ "12-24..01-02", 2026, 12, 24, true },
		{ "12-24..01-02", 2027, 1, 2, true },
		{ "12-24..01-02", 2027, 1, 3, false },
		{ "12-24..01-02", 2027, 7, 1, false },
		{ "07-01..08-31", 2027, 7, 1, true },
		{ "07-01..08-31", 2027, 9, 1, false },
		{ "easter", 2027, 3, 28, true },
		{ "easter+1", 2027, 3, 29, true },
		{ "easter-2", 2027, 3, 26, true },
		{ "easter+39", 2027, 5, 6, true },
		{ "easter+50", 2027, 5, 17, true },
		{ "easter+50", 2027, 5, 18, false },
		{ "easter+250", 2027, 12, 3, true }, /* and never the wrong year's */
		{ "easter-100", 2027, 12, 18, false },
		{ "easter-100", 2026, 12, 18, true },
	};

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		Holiday h = parsed(table[i].text);
		bool on = holiday_is_on(&h, day(table[i].y, table[i].m, table[i].d));

		if (on != table[i].on)
			test_fail(__FILE__, __LINE__, "%s on %d-%d-%d: %d", table[i].text,
			          table[i].y, table[i].m, table[i].d, on);
	}
}

TEST(what_is_no_day_is_refused)
{
	static const char *const bad[] = { "",
		                           "christmas",
		                           "2027-02-29",
		                           "2027-13-01",
		                           "2027-1-1",
		                           "13-01",
		                           "00-10",
		                           "02-30",
		                           "12-25..2027-01-01",
		                           "easter+",
		                           "easter 1",
		                           "easter+251",
		                           "easter++1",
		                           "2027-05-17..",
		                           "..2027-05-17",
		                           "easter1",
		                           "2027-06-01..2027-05-01",
		                           "2027-05-17 ",
		                           "1969-01-01" };
	Holiday h;

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (holiday_parse(bad[i], &h, NULL))
			test_fail(__FILE__, __LINE__, "'%s' was read", bad[i]);
	}
	EXPECT(!holiday_parse(NULL, &h, NULL));
}

TEST(holidays_print_as_they_are_written)
{
	static const char *const texts[] = { "2027-05-17", "2027-12-20..2028-01-03",
		                             "12-25",      "12-24..01-02",
		                             "easter",     "easter+1",
		                             "easter-2" };
	char out[HOLIDAY_TEXT];

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		Holiday h = parsed(texts[i]);

		EXPECT_TEXT(holiday_print(&h, out), texts[i]);
	}
}

/* ---- hours that say `except holidays` ---- */

static const Zone *paris(void)
{
	const Zone *z = zone_utc();

	EXPECT(zone_load("Europe/Paris", &z, NULL));
	return z;
}

static Hours hours_of(const char *text, const Holidays *closed)
{
	Hours h = { 0 };

	EXPECT(hours_parse(text, &h, NULL));
	EXPECT(h.except_holidays);
	h.closed = closed;
	return h;
}

TEST(a_school_is_closed_in_its_holidays)
{
	Holiday days[] = { parsed("2027-12-18..2028-01-02"), parsed("05-01") };
	Holidays closed = { days, 2 };
	Hours h = hours_of("mon-fri 08:00-18:00 except holidays", &closed);
	const Zone *z = paris();

	EXPECT(hours_open(&h, z, at("2027-12-17T16:59:59Z")));
	EXPECT(!hours_open(&h, z, at("2027-12-20T09:00:00Z")));
	EXPECT_AT(hours_next_edge(&h, z, at("2027-12-17T17:00:00Z")), "2028-01-03T07:00:00Z");
	EXPECT_AT(hours_after(&h, z, at("2027-12-17T16:00:00Z"), hours(2)), "2028-01-03T08:00:00Z");
	/* from Friday 16:00 UTC to Monday 09:00 UTC: one hour and two */
	EXPECT_INT(hours_within(&h, z, at("2027-12-17T16:00:00Z"), at("2028-01-03T09:00:00Z")).us,
	           hours(3).us);
	h.closed = NULL; /* nobody said which: none */
	EXPECT(hours_open(&h, z, at("2027-12-20T09:00:00Z")));
}

TEST(a_night_ends_where_a_holiday_begins_and_goes_on_after_it)
{
	Holiday days[] = { parsed("2027-05-01") };
	Holidays closed = { days, 1 };
	Hours h = hours_of("22:00-06:00 except holidays", &closed);
	const Zone *z = zone_utc();

	EXPECT_AT(hours_next_edge(&h, z, at("2027-04-30T23:00:00Z")), "2027-05-01T00:00:00Z");
	EXPECT_AT(hours_next_edge(&h, z, at("2027-05-01T00:00:00Z")), "2027-05-02T00:00:00Z");
	EXPECT(!hours_open(&h, z, at("2027-05-01T23:30:00Z")));
	EXPECT(hours_open(&h, z, at("2027-05-02T00:00:00Z")));
	EXPECT_AT(hours_next_edge(&h, z, at("2027-05-02T00:00:00Z")), "2027-05-02T06:00:00Z");
}

TEST(always_except_holidays_is_closed_for_whole_days_of_the_zone)
{
	Holiday days[] = { parsed("easter") };
	Holidays closed = { days, 1 };
	Hours h = hours_of("24/7 except holidays", &closed);
	const Zone *z = paris();

	EXPECT(!h.always);
	/* Easter 2027 is the day on which Paris changes its clocks: 23 hours */
	EXPECT_AT(hours_next_edge(&h, z, at("2027-03-01T00:00:00Z")), "2027-03-27T23:00:00Z");
	EXPECT_AT(hours_next_edge(&h, z, at("2027-03-28T00:00:00Z")), "2027-03-28T22:00:00Z");
	EXPECT_INT(hours_within(&h, z, at("2027-03-27T00:00:00Z"), at("2027-03-29T00:00:00Z")).us,
	           hours(48 - 23).us);
}

TEST(a_closure_without_end_never_opens)
{
	Holiday days[] = { parsed("2020-01-01..2100-01-01") };
	Holidays closed = { days, 1 };
	Hours h = hours_of("always except holidays", &closed);

	EXPECT(!is_set(hours_next_edge(&h, zone_utc(), at("2027-03-01T00:00:00Z"))));
	EXPECT(!hours_open(&h, zone_utc(), at("2027-03-01T00:00:00Z")));
	EXPECT(!is_set(hours_after(&h, zone_utc(), at("2027-03-01T00:00:00Z"), hours(1))));
}

TEST(the_exception_is_the_last_word_and_prints)
{
	static const char *const rows[][2] = {
		{ "mon-fri 08:00-18:00 except holidays", "mon-fri 08:00-18:00 except holidays" },
		{ "always except holidays", "always except holidays" },
		{ "mon-sun except holidays", "always except holidays" },
		{ "00:00-24:00  except holidays", "always except holidays" },
		{ "mon-fri 09:00-12:00 14:00-18:00; sat 10:00-12:00 except holidays",
		  "mon-fri 09:00-12:00 14:00-18:00; sat 10:00-12:00 except holidays" },
	};
	static const char *const bad[] = {
		"except holidays",         "mon-fri except",
		"never except holidays",   "except holidays mon-fri",
		"monexcept holidays",      "always except holidays except holidays",
		"mon except holidays; tue"
	};
	char out[HOURS_TEXT];
	Hours h;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		EXPECT(hours_parse(rows[i][0], &h, NULL));
		EXPECT_TEXT(hours_print(&h, out), rows[i][1]);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (hours_parse(bad[i], &h, NULL))
			test_fail(__FILE__, __LINE__, "'%s' was read", bad[i]);
	}
}

/* Minute by minute: open is what the ranges say on days that are no holidays. */
TEST(hours_with_holidays_are_those_without_on_other_days)
{
	static const char *const texts[] = { "mon-fri 08:00-12:00 13:30-18:00", "22:00-06:00",
		                             "fri-sun 20:00-20:00", "sat", "tue 23:00-01:00" };
	Holiday days[] = { parsed("2027-03-26..2027-03-29"), parsed("easter+2"), parsed("04-02") };
	Holidays closed = { days, 3 };
	const Zone *z = paris();

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		Hours plain, cut;
		AUTO_FREE char *with = mem_printf("%s except holidays", texts[i]);
		Instant t = at("2027-03-24T00:00:00Z"), end = at("2027-04-04T00:00:00Z");

		if (!hours_parse(texts[i], &plain, NULL))
			continue; /* 20:00-20:00 is refused */
		cut = hours_of(with, &closed);
		for (; earlier(t, end); t = after(t, minutes(7))) {
			Civil c = zone_civil(z, t);
			bool off = holidays_on(&closed, day(c.year, c.month, c.day));

			if (hours_open(&cut, z, t) != (hours_open(&plain, z, t) && !off)) {
				test_fail(__FILE__, __LINE__, "%s at %lld", texts[i],
				          (long long)t.us);
				return;
			}
		}
	}
}
