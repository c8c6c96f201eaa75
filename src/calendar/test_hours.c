#include "harness.h"

#include "calendar/hours.h"
#include "core/alloc.h"
#include "core/buf.h"
#include "core/testing.h"
#include "core/text.h"

#include <stdlib.h>

static const Zone *zone(const char *name)
{
	const Zone *z = zone_utc();

	EXPECT(zone_load(name, &z, NULL));
	return z;
}

static Hours parsed(const char *text)
{
	Hours h = { 0 };
	Err err = { 0 };

	if (!hours_parse(text, &h, &err))
		test_fail(__FILE__, __LINE__, "%s: %s", text, err.message);
	return h;
}

TEST(hours_print_in_one_canonical_form)
{
	static const char *const rows[][2] = {
		{ "mon-fri 09:00-18:00", "mon-fri 09:00-18:00" },
		{ "mon,tue,wed,thu,fri 9:00-18:00", "mon-fri 09:00-18:00" },
		{ "sat,sun", "sat,sun" },
		{ "sat-sun", "sat,sun" },
		{ "sat,sun 00:00-24:00", "sat,sun" },
		{ "mon-fri 09:00-12:00 14:00-18:00; sat 10:00-12:00",
		  "mon-fri 09:00-12:00 14:00-18:00; sat 10:00-12:00" },
		{ "sat 10:00-12:00; mon-fri 14:00-18:00,09:00-12:00",
		  "mon-fri 09:00-12:00 14:00-18:00; sat 10:00-12:00" },
		{ "always", "always" },
		{ "24/7", "always" },
		{ "mon-sun", "always" },
		{ "00:00-24:00", "always" },
		{ "mon-fri; sat-sun", "always" },
		{ "08:00-20:00; 20:00-08:00", "always" },
		{ "never", "never" },
		{ "22:00-06:00", "22:00-06:00" },
		{ "fri-mon 22:00-06:00", "mon,fri-sun 22:00-06:00" },
		{ "mon 09:00-10:00; mon 09:00-10:00", "mon 09:00-10:00" },
		{ "mon 00:00-24:00 08:00-09:00", "mon 00:00-24:00 08:00-09:00" },
		{ "mon;", "mon" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Hours h = parsed(rows[i][0]);
		char out[HOURS_TEXT];

		EXPECT(h.set);
		EXPECT_TEXT(hours_print(&h, out), rows[i][1]);
		EXPECT_TEXT(h.text, rows[i][0]);
	}
}

TEST(a_text_that_is_not_hours_is_refused)
{
	static const char *const bad[] = {
		"",
		" ",
		";",
		"monday",
		"mon-",
		"mon 9-18",
		"mon 09:00",
		"09:00-",
		"09:00-25:00",
		"24:00-02:00",
		"09:00-09:00",
		"mon 09:00-18:00 tue",
		"24/7 mon",
		"always; mon",
		"mon 09:60-10:00",
		"mon,,tue",
		"mon 09:00-12:00-14:00",
		"-09:00",
	};
	AUTO(Buf) many = { 0 };
	Hours h = { .ranges_n = 7 };
	Err err;

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (hours_parse(bad[i], &h, &err))
			test_fail(__FILE__, __LINE__, "'%s' was read", bad[i]);
		EXPECT_HAS(err.hint, "mon-fri 09:00-18:00");
		EXPECT_INT(h.ranges_n, 7);
	}
	EXPECT(!hours_parse(NULL, &h, &err));
	for (int i = 0; i < HOURS_RANGES + 1; i++)
		buf_printf(&many, "%02d:%02d-23:59 ", i / 4, i % 4 * 10 + 1);
	EXPECT(!hours_parse(buf_str(&many), &h, &err));
}

TEST(the_longest_hours_print_whole)
{
	static const char *const days[] = { "mon,tue,thu,fri,sun", "mon,wed,thu,sat,sun" };
	AUTO(Buf) text = { 0 };
	char out[HOURS_TEXT], again[HOURS_TEXT];
	Hours h;

	for (int i = 0; i < HOURS_RANGES; i++)
		buf_printf(&text, "%s%s 00:%02d-23:00", i ? "; " : "", days[i % 2], i);
	h = parsed(buf_str(&text));
	EXPECT_INT(h.ranges_n, HOURS_RANGES);
	(void)hours_print(&h, out);
	h = parsed(out);
	EXPECT_INT(h.ranges_n, HOURS_RANGES);
	EXPECT_TEXT(hours_print(&h, again), out);
}

TEST(edges_fall_where_the_zone_puts_them)
{
	static const struct {
		const char *hours, *zone, *now;
		bool open;
		const char *edge;
	} rows[] = {
		{ "mon-fri 09:00-18:00", "Europe/Paris", "2026-11-20T07:59:59Z", false,
		  "2026-11-20T08:00:00Z" },
		{ "mon-fri 09:00-18:00", "Europe/Paris", "2026-11-20T08:00:00Z", true,
		  "2026-11-20T17:00:00Z" },
		{ "mon-fri 09:00-18:00", "Europe/Paris", "2026-11-20T17:00:00Z", false,
		  "2026-11-23T08:00:00Z" },
		{ "sat,sun", "Europe/Paris", "2026-11-21T12:00:00Z", true, "2026-11-22T23:00:00Z" },
		{ "22:00-06:00", "Europe/Paris", "2026-11-20T23:30:00Z", true,
		  "2026-11-21T05:00:00Z" },
		{ "fri 22:00-06:00", "Europe/Paris", "2026-11-21T04:59:00Z", true,
		  "2026-11-21T05:00:00Z" },
		{ "fri 22:00-06:00", "Europe/Paris", "2026-11-21T05:00:00Z", false,
		  "2026-11-27T21:00:00Z" },
		/* touching ranges are one stretch */
		{ "mon 09:00-12:00 12:00-18:00", "UTC", "2026-11-23T10:00:00Z", true,
		  "2026-11-23T18:00:00Z" },
		{ "mon 09:00-13:00 10:00-11:00", "UTC", "2026-11-23T10:00:00Z", true,
		  "2026-11-23T13:00:00Z" },
		/* an end that comes twice is its last pass; a start its first */
		{ "sun 01:00-02:30", "Europe/Paris", "2026-10-25T00:40:00Z", true,
		  "2026-10-25T01:30:00Z" },
		{ "sun 02:30-04:00", "Europe/Paris", "2026-10-25T00:00:00Z", false,
		  "2026-10-25T00:30:00Z" },
		/* edges in the gap are the change itself */
		{ "sun 02:30-04:00", "Europe/Paris", "2026-03-29T00:59:59Z", false,
		  "2026-03-29T01:00:00Z" },
		{ "sun 01:00-02:30", "Europe/Paris", "2026-03-29T00:30:00Z", true,
		  "2026-03-29T01:00:00Z" },
		/* hours that lie wholly in the gap do not happen that night */
		{ "sun 02:10-02:50", "Europe/Paris", "2026-03-29T00:00:00Z", false,
		  "2026-04-05T00:10:00Z" },
		{ "always", "UTC", "2026-11-23T10:00:00Z", true, "" },
		{ "never", "UTC", "2026-11-23T10:00:00Z", false, "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Hours h = parsed(rows[i].hours);
		const Zone *z = zone(rows[i].zone);
		char out[INSTANT_TEXT];

		if (hours_open(&h, z, at(rows[i].now)) != rows[i].open ||
		    !text_eq(instant_print(hours_next_edge(&h, z, at(rows[i].now)), out),
		             rows[i].edge))
			test_fail(__FILE__, __LINE__, "%s %s at %s: edge %s", rows[i].hours,
			          rows[i].zone, rows[i].now, out);
	}
}

TEST(open_time_inside_a_stretch_is_counted_once)
{
	static const struct {
		const char *hours, *zone, *from, *to;
		int64_t minutes;
	} rows[] = {
		{ "mon-fri 09:00-18:00", "Europe/Paris", "2026-11-16T00:00:00Z",
		  "2026-11-23T00:00:00Z", 5 * 540 },
		{ "mon-fri 09:00-18:00", "Europe/Paris", "2026-11-20T10:00:00Z",
		  "2026-11-20T11:00:00Z", 60 },
		{ "mon-fri 09:00-18:00", "Europe/Paris", "2026-11-20T20:00:00Z",
		  "2026-11-22T11:00:00Z", 0 },
		{ "mon-fri 09:00-18:00; mon-fri 10:00-12:00", "UTC", "2026-11-20T00:00:00Z",
		  "2026-11-21T00:00:00Z", 540 },
		{ "22:00-05:00", "Europe/Paris", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z",
		  360 },
		{ "22:00-05:00", "Europe/Paris", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z",
		  480 },
		{ "sun", "Europe/Paris", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", 23 * 60 },
		{ "sun", "Europe/Paris", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z", 25 * 60 },
		{ "sun", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-06T00:00:00Z",
		  1470 },
		/* neighbours that overlap only in the repeated hour */
		{ "sun 01:00-02:15 02:45-04:00", "Europe/Paris", "2026-10-24T12:00:00Z",
		  "2026-10-25T12:00:00Z", 240 },
		{ "always", "UTC", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 1440 },
		{ "never", "UTC", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 0 },
		{ "mon", "UTC", "2026-11-21T00:00:00Z", "2026-11-20T00:00:00Z", 0 },
		{ "mon-fri 09:00-18:00", "Europe/Paris", "2026-01-01T00:00:00Z",
		  "2027-01-01T00:00:00Z", 261 * 540 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Hours h = parsed(rows[i].hours);
		int64_t got =
		        hours_within(&h, zone(rows[i].zone), at(rows[i].from), at(rows[i].to)).us;

		if (got != minutes(rows[i].minutes).us)
			test_fail(__FILE__, __LINE__, "row %zu: %lld min", i,
			          (long long)(got / 60000000));
	}
}

TEST(a_clock_in_service_hours_ends_when_enough_of_them_have_passed)
{
	static const struct {
		const char *from;
		int64_t open_minutes;
		const char *end;
	} rows[] = {
		{ "2026-11-20T16:00:00Z", 30, "2026-11-20T16:30:00Z" },
		{ "2026-11-20T16:00:00Z", 60,
		  "2026-11-20T17:00:00Z" }, /* the very end of the day */
		{ "2026-11-20T16:00:00Z", 61, "2026-11-23T08:01:00Z" },
		{ "2026-11-21T12:00:00Z", 30, "2026-11-23T08:30:00Z" },
		{ "2026-11-20T16:00:00Z", 60 + 45 * 60, "2026-11-27T17:00:00Z" },
		{ "2026-11-20T16:00:00Z", 0, "2026-11-20T16:00:00Z" },
	};
	Hours h = parsed("mon-fri 09:00-18:00"), always = parsed("always"), never = parsed("never");
	const Zone *z = zone("Europe/Paris");
	char out[INSTANT_TEXT];

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_TEXT(instant_print(hours_after(&h, z, at(rows[i].from),
		                                      minutes(rows[i].open_minutes)),
		                          out),
		            rows[i].end);
	EXPECT_TEXT(
	        instant_print(hours_after(&always, z, at("2026-11-20T16:00:00Z"), hours(4)), out),
	        "2026-11-20T20:00:00Z");
	EXPECT_INT(hours_after(&never, z, at("2026-11-20T16:00:00Z"), hours(4)).us, NEVER.us);
	EXPECT_INT(hours_after(&h, z, NEVER, hours(4)).us, NEVER.us);
}

TEST(time_past_the_end_of_all_calendars_is_closed_and_no_question_hangs)
{
	Hours h = parsed("mon 09:00-18:00");
	Instant late = { INT64_MAX - 5 }, early = { INT64_MIN + 5 };

	EXPECT(!hours_open(&h, zone_utc(), late));
	EXPECT_INT(hours_next_edge(&h, zone_utc(), late).us, NEVER.us);
	EXPECT_INT(hours_after(&h, zone_utc(), late, hours(1)).us, NEVER.us);
	EXPECT_INT(hours_next_edge(&h, zone_utc(), NEVER).us, NEVER.us);
	EXPECT_INT(hours_next_edge(&h, zone_utc(), LONG_AGO).us, NEVER.us);
	EXPECT(!hours_open(&h, zone_utc(), NEVER));
	EXPECT(is_set(hours_next_edge(&h, zone_utc(), early)));
	EXPECT_INT(hours_within(&h, zone_utc(), (Instant){ INT64_MAX - 9 }, late).us, 0);
}

/* The rule said naively, minute by minute: within some range's start and end. */
TEST(open_time_equals_the_count_of_open_minutes_on_clock_change_weeks)
{
	static const char *const texts[] = { "mon-fri 09:00-18:00", "sun 01:30-02:30",
		                             "22:00-05:00", "sat,sun; wed 02:15-02:45",
		                             "sun 00:00-01:00 23:00-24:00" };
	static const char *const zones[] = { "Europe/Paris", "Australia/Lord_Howe",
		                             "America/Santiago", "America/New_York",
		                             "Africa/Casablanca" };
	static const char *const weeks[] = { "2026-03-26T00:00:00Z", "2026-10-22T00:00:00Z",
		                             "2026-04-02T00:00:00Z", "2026-10-01T00:00:00Z",
		                             "2026-09-03T00:00:00Z", "2025-02-20T00:00:00Z",
		                             "2026-03-05T00:00:00Z", "2026-10-29T00:00:00Z" };

	for (size_t i = 0; i < COUNT_OF(texts) * COUNT_OF(zones) * COUNT_OF(weeks); i++) {
		Hours h = parsed(texts[i % COUNT_OF(texts)]);
		const Zone *z = zone(zones[i / COUNT_OF(texts) % COUNT_OF(zones)]);
		Instant from = at(weeks[i / COUNT_OF(texts) / COUNT_OF(zones)]), t = from, edge;
		int64_t open = 0, edges = 0;

		edge = hours_next_edge(&h, z, after(t, duration_us(-1)));
		for (int m = 0; m < 5 * 1440; m++, t = after(t, minutes(1))) {
			bool is_open = hours_open(&h, z, t);

			open += is_open;
			if (edge.us == t.us) { /* each edge is a change, and there are no others */
				EXPECT(is_open != hours_open(&h, z, after(t, duration_us(-1))));
				edge = hours_next_edge(&h, z, t);
				edges++;
			} else {
				EXPECT(is_open == hours_open(&h, z, after(t, duration_us(-1))));
			}
		}
		EXPECT_INT(hours_within(&h, z, from, t).us, minutes(open).us);
		EXPECT(edges > 0);
		/* and the clock of that much open time ends at its end */
		if (open)
			EXPECT_INT(
			        hours_within(&h, z, from, hours_after(&h, z, from, minutes(open)))
			                .us,
			        minutes(open).us);
	}
}
