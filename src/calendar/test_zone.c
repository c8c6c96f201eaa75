#include "core/testing.h"
#include "harness.h"

#include "calendar/zone.h"
#include "calendar/zone_private.h"
#include "core/alloc.h"
#include "core/buf.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const Zone *zone(const char *name)
{
	const Zone *z = zone_utc();
	Err err = { 0 };

	if (!zone_load(name, &z, &err))
		test_fail(__FILE__, __LINE__, "%s: %s", name, err.message);
	return z;
}

static const char *utc(Instant t)
{
	static char out[4][INSTANT_TEXT];
	static unsigned next;

	return instant_print(t, out[next++ % 4]);
}

static Span span(const char *text)
{
	Span s = { 0, 0, 0 };

	if (!span_parse(text, &s))
		test_fail(__FILE__, __LINE__, "no span '%s'", text);
	return s;
}

TEST(a_civil_time_in_a_gap_is_the_change_and_a_repeated_one_has_two_passes)
{
	static const struct {
		const char *zone;
		Civil civil;
		CivilKind kind;
		const char *first, *last;
	} rows[] = {
		{ "Europe/Paris",
		  { 2026, 3, 29, 2, 30, 0, 0 },
		  CIVIL_GAP,
		  "2026-03-29T01:00:00Z",
		  "2026-03-29T01:00:00Z" },
		{ "Europe/Paris",
		  { 2026, 3, 29, 2, 0, 0, 0 },
		  CIVIL_GAP,
		  "2026-03-29T01:00:00Z",
		  "2026-03-29T01:00:00Z" },
		{ "Europe/Paris",
		  { 2026, 3, 29, 3, 0, 0, 0 },
		  CIVIL_ONCE,
		  "2026-03-29T01:00:00Z",
		  "2026-03-29T01:00:00Z" },
		{ "Europe/Paris",
		  { 2026, 3, 29, 1, 59, 59, 999999 },
		  CIVIL_ONCE,
		  "2026-03-29T00:59:59.999999Z",
		  "2026-03-29T00:59:59.999999Z" },
		{ "Europe/Paris",
		  { 2026, 10, 25, 2, 0, 0, 0 },
		  CIVIL_TWICE,
		  "2026-10-25T00:00:00Z",
		  "2026-10-25T01:00:00Z" },
		{ "Europe/Paris",
		  { 2026, 10, 25, 2, 59, 59, 999999 },
		  CIVIL_TWICE,
		  "2026-10-25T00:59:59.999999Z",
		  "2026-10-25T01:59:59.999999Z" },
		{ "Europe/Paris",
		  { 2026, 10, 25, 3, 0, 0, 0 },
		  CIVIL_ONCE,
		  "2026-10-25T02:00:00Z",
		  "2026-10-25T02:00:00Z" },
		/* half an hour */
		{ "Australia/Lord_Howe",
		  { 2026, 10, 4, 2, 15, 0, 0 },
		  CIVIL_GAP,
		  "2026-10-03T15:30:00Z",
		  "2026-10-03T15:30:00Z" },
		{ "Australia/Lord_Howe",
		  { 2026, 4, 5, 1, 45, 0, 0 },
		  CIVIL_TWICE,
		  "2026-04-04T14:45:00Z",
		  "2026-04-04T15:15:00Z" },
		/* winter is the exception: negative saving */
		{ "Europe/Dublin",
		  { 2026, 3, 29, 1, 30, 0, 0 },
		  CIVIL_GAP,
		  "2026-03-29T01:00:00Z",
		  "2026-03-29T01:00:00Z" },
		/* Ramadan: the clock goes back for a month */
		{ "Africa/Casablanca",
		  { 2025, 2, 23, 2, 30, 0, 0 },
		  CIVIL_TWICE,
		  "2025-02-23T01:30:00Z",
		  "2025-02-23T02:30:00Z" },
		{ "Africa/Casablanca",
		  { 2025, 4, 6, 2, 30, 0, 0 },
		  CIVIL_GAP,
		  "2025-04-06T02:00:00Z",
		  "2025-04-06T02:00:00Z" },
		/* at midnight: the day has no 00:00 */
		{ "America/Santiago",
		  { 2026, 9, 6, 0, 0, 0, 0 },
		  CIVIL_GAP,
		  "2026-09-06T04:00:00Z",
		  "2026-09-06T04:00:00Z" },
		{ "America/Santiago",
		  { 2026, 4, 4, 23, 30, 0, 0 },
		  CIVIL_TWICE,
		  "2026-04-05T02:30:00Z",
		  "2026-04-05T03:30:00Z" },
		/* a day that never was */
		{ "Pacific/Apia",
		  { 2011, 12, 30, 12, 0, 0, 0 },
		  CIVIL_GAP,
		  "2011-12-30T10:00:00Z",
		  "2011-12-30T10:00:00Z" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CivilKind kind;
		const Zone *z = zone(rows[i].zone);

		EXPECT_TEXT(utc(zone_instant(z, rows[i].civil, PICK_FIRST, &kind)), rows[i].first);
		EXPECT_TEXT(utc(zone_instant(z, rows[i].civil, PICK_LAST, NULL)), rows[i].last);
		EXPECT_INT(kind, rows[i].kind);
	}
}

TEST(civil_parts_past_their_range_count_on)
{
	const Zone *z = zone_utc();

	EXPECT_TEXT(utc(zone_instant(z, (Civil){ 2026, 13, 1, 0, 0, 0, 0 }, PICK_FIRST, NULL)),
	            "2027-01-01T00:00:00Z");
	EXPECT_TEXT(utc(zone_instant(z, (Civil){ 2026, 3, 0, 24, 0, 0, 0 }, PICK_FIRST, NULL)),
	            "2026-03-01T00:00:00Z");
	EXPECT_TEXT(utc(zone_instant(z, (Civil){ 2026, 1, 1, 0, -1, 0, 0 }, PICK_FIRST, NULL)),
	            "2025-12-31T23:59:00Z");
}

TEST(civil_time_and_instant_turn_into_each_other_each_minute_of_both_nights)
{
	static const char *const nights[][2] = {
		{ "Europe/Paris", "2026-03-28T12:00:00Z" },
		{ "Europe/Paris", "2026-10-24T12:00:00Z" },
		{ "America/New_York", "2026-03-07T17:00:00Z" },
		{ "America/New_York", "2026-10-31T16:00:00Z" },
		{ "Australia/Lord_Howe", "2026-10-03T01:30:00Z" },
		{ "Australia/Lord_Howe", "2026-04-04T01:00:00Z" },
		{ "America/Santiago", "2026-09-05T16:00:00Z" },
		{ "America/Santiago", "2026-04-04T15:00:00Z" },
		{ "Africa/Casablanca", "2025-02-22T11:00:00Z" },
		{ "Africa/Casablanca", "2025-04-05T12:00:00Z" },
	};

	for (size_t i = 0; i < COUNT_OF(nights); i++) {
		const Zone *z = zone(nights[i][0]);
		Instant t = at(nights[i][1]);
		int twice = 0, changes = 0;

		for (int minute = 0; minute < 24 * 60; minute++, t = after(t, minutes(1))) {
			CivilKind kind;
			Civil c = zone_civil(z, t);
			Instant first = zone_instant(z, c, PICK_FIRST, &kind);
			Instant last = zone_instant(z, c, PICK_LAST, NULL);

			twice += kind == CIVIL_TWICE;
			changes += zone_offset(z, t) != zone_offset(z, after(t, minutes(1)));
			if (kind == CIVIL_GAP || (first.us != t.us && last.us != t.us))
				test_fail(__FILE__, __LINE__, "%s %s", nights[i][0], utc(t));
		}
		EXPECT_INT(changes, 1);
		EXPECT(twice == 0 || twice == 60 || twice == 120);
	}
}

TEST(adding_days_keeps_the_hour_and_adding_hours_keeps_the_length)
{
	static const struct {
		const char *zone, *from, *span, *to;
	} rows[] = {
		{ "Europe/Paris", "2026-03-28T08:00:00Z", "1d", "2026-03-29T07:00:00Z" },
		{ "Europe/Paris", "2026-03-28T08:00:00Z", "24h", "2026-03-29T08:00:00Z" },
		{ "Europe/Paris", "2026-10-24T08:00:00Z", "1d", "2026-10-25T09:00:00Z" },
		{ "Europe/Paris", "2026-03-28T01:30:00Z", "1d", "2026-03-29T01:00:00Z" },
		{ "Europe/Paris", "2026-01-31T11:00:00Z", "1mo", "2026-02-28T11:00:00Z" },
		{ "Europe/Paris", "2028-01-31T11:00:00Z", "1mo", "2028-02-29T11:00:00Z" },
		{ "Europe/Paris", "2028-02-29T11:00:00Z", "1y", "2029-02-28T11:00:00Z" },
		{ "Europe/Paris", "2026-01-15T11:00:00Z", "6mo", "2026-07-15T10:00:00Z" },
		{ "Europe/Paris", "2026-12-31T11:00:00Z", "2mo1d", "2027-03-01T11:00:00Z" },
		{ "UTC", "2026-11-22T03:00:00.5Z", "1w", "2026-11-29T03:00:00.500000Z" },
		{ "Pacific/Apia", "2011-12-29T22:00:00Z", "1d", "2011-12-30T10:00:00Z" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_TEXT(utc(zone_add(zone(rows[i].zone), at(rows[i].from), span(rows[i].span))),
		            rows[i].to);
	/* backwards, as a notice is counted */
	EXPECT_TEXT(
	        utc(zone_add(zone("Europe/Paris"), at("2026-03-29T20:00:00Z"), (Span){ 0, -1, 0 })),
	        "2026-03-28T21:00:00Z");
	EXPECT_TEXT(
	        utc(zone_add(zone("Europe/Paris"), at("2026-03-31T10:00:00Z"), (Span){ -1, 0, 0 })),
	        "2026-02-28T11:00:00Z");
	EXPECT_INT(zone_add(zone_utc(), NEVER, span("1d")).us, NEVER.us);
	EXPECT_INT(zone_add(zone_utc(), LONG_AGO, span("1d")).us, LONG_AGO.us);
}

TEST(a_day_starts_at_its_first_instant_even_when_midnight_does_not_exist)
{
	const Zone *z = zone("America/Santiago");

	EXPECT_TEXT(utc(zone_day_start(z, at("2026-09-06T12:00:00Z"))), "2026-09-06T04:00:00Z");
	EXPECT_TEXT(utc(zone_day_start(z, at("2026-04-05T12:00:00Z"))), "2026-04-05T04:00:00Z");
	EXPECT_TEXT(utc(zone_day_start(zone("America/Havana"), at("2026-11-01T12:00:00Z"))),
	            "2026-11-01T04:00:00Z");
	EXPECT_TEXT(utc(zone_month_start(zone("Europe/Paris"), at("2026-10-31T23:30:00Z"))),
	            "2026-10-31T23:00:00Z");
	EXPECT_INT(zone_day_start(z, NEVER).us, NEVER.us);
	EXPECT_INT(zone_month_start(z, LONG_AGO).us, LONG_AGO.us);
}

TEST(the_next_change_is_found_and_utc_has_none)
{
	const Zone *paris = zone("Europe/Paris");

	EXPECT_TEXT(utc(zone_next_change(paris, at("2026-01-01T00:00:00Z"))),
	            "2026-03-29T01:00:00Z");
	EXPECT_TEXT(utc(zone_next_change(paris, at("2026-03-29T01:00:00Z"))),
	            "2026-10-25T01:00:00Z");
	EXPECT_TEXT(utc(zone_next_change(paris, at("2526-01-01T00:00:00Z"))),
	            "2526-03-31T01:00:00Z");
	EXPECT_INT(zone_next_change(zone_utc(), at("2026-01-01T00:00:00Z")).us, NEVER.us);
	EXPECT_INT(zone_next_change(zone("Asia/Kolkata"), at("2026-01-01T00:00:00Z")).us, NEVER.us);
	EXPECT_INT(zone_next_change(paris, NEVER).us, NEVER.us);
	EXPECT_TEXT(zone_abbreviation(paris, at("2026-07-01T00:00:00Z")), "CEST");
	EXPECT_TEXT(zone_abbreviation(zone_utc(), NEVER), "UTC");
}

TEST(the_footer_rule_holds_for_ever_and_repeats_each_four_hundred_years)
{
	const Zone *z = zone("Europe/Paris");

	for (int32_t year = 2030; year < 2430; year += 7) {
		Instant then =
		        zone_instant(z, (Civil){ year, 7, 14, 12, 0, 0, 0 }, PICK_FIRST, NULL);
		Instant later = zone_instant(z, (Civil){ year + 4000, 7, 14, 12, 0, 0, 0 },
		                             PICK_FIRST, NULL);

		EXPECT_INT(later.us - then.us, 10 * 146097LL * 86400 * 1000000);
		EXPECT_INT(zone_offset(z, later), 7200);
	}
}

TEST(a_zone_is_loaded_once_and_an_unknown_one_suggests_its_neighbour)
{
	static const char *const bad[] = {
		"",
		"Europe/Pariss",
		"/etc/passwd",
		"../zoneinfo/UTC",
		"Europe/",
		"Europe",
		"right/UTC/..",
		"a//b",
		"Zulu\n",
		"Neverland/Nowhere",
		"zone.tab",
		"Averyveryveryveryveryveryveryveryveryveryverylongname/Of"
	};
	const Zone *a = NULL, *b = NULL;
	Err err = { 0 };

	ASSERT(zone_load("Europe/Paris", &a, &err) && zone_load("Europe/Paris", &b, &err));
	EXPECT(a == b);
	EXPECT_TEXT(zone_name(a), "Europe/Paris");
	ASSERT(zone_load("UTC", &b, &err));
	EXPECT(b == zone_utc());
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		b = NULL;
		EXPECT(!zone_load(bad[i], &b, &err));
		EXPECT(b == NULL && err.code == ERR_NOT_FOUND);
	}
	EXPECT(!zone_load("Europe/Pariss", &b, &err));
	EXPECT_TEXT(err.hint, "did you mean Europe/Paris?");
	EXPECT(!zone_load("europe/paris", &b, &err));
	EXPECT_HAS(err.hint, "Europe/Paris");
	EXPECT(!zone_load(NULL, &b, &err));
	EXPECT_HAS(err.hint, "tzdata");
}

TEST(a_leap_second_zone_and_a_file_that_is_no_zone_are_refused)
{
	static const uint8_t junk[] =
	        "TZif2 and then nothing that makes sense of the counts after it";
	Err err = { 0 };
	const Zone *z;

	EXPECT(zone_read("junk", junk, sizeof junk, &err) == NULL);
	EXPECT_INT(err.code, ERR_BAD_INPUT);
	EXPECT(zone_read("short", junk, 5, &err) == NULL);
	EXPECT(!zone_load("right/Europe/Paris", &z, &err));
}

TEST(a_zone_file_cut_anywhere_is_refused)
{
	FILE *f = fopen("/usr/share/zoneinfo/Europe/Paris", "re");
	AUTO_FREE uint8_t *bytes = mem_new(1 << 16);
	size_t n;

	ASSERT(f != NULL);
	n = fread(bytes, 1, 1 << 16, f);
	(void)fclose(f);
	ASSERT(n > 1000);
	for (size_t cut = 0; cut < n; cut++) {
		AUTO_FREE uint8_t *part = mem_new(cut);
		Zone *z;

		if (cut)
			memcpy(part, bytes, cut);
		z = zone_read("cut", part, cut, NULL);
		if (z)
			test_fail(__FILE__, __LINE__, "read after a cut at %zu", cut);
		zone_free(z);
	}
}

/* The smallest file: no transition, one type, and a footer. */
static Zone *with_footer(const char *footer)
{
	uint8_t head[44] = "TZif2", type[6 + 4] = { 0, 0, 0, 0, 0, 0, 'L', 'M', 'T', 0 };
	AUTO(Buf) b = { 0 };

	head[39] = 1;
	head[43] = 4;
	for (int i = 0; i < 2; i++) {
		buf_add(&b, head, sizeof head);
		buf_add(&b, type, sizeof type);
	}
	buf_printf(&b, "\n%s\n", footer);
	return zone_read("made", (const uint8_t *)b.p, b.n, NULL);
}

TEST(a_footer_is_read_in_all_the_forms_posix_gives_it)
{
	static const struct {
		const char *footer, *at;
		int32_t offset;
	} rows[] = {
		{ "UTC0", "2026-07-01T00:00:00Z", 0 },
		{ "", "2026-07-01T00:00:00Z", 0 },
		{ "<+0545>-5:45", "2026-07-01T00:00:00Z", 20700 },
		{ "XST3:30:15", "2026-07-01T00:00:00Z", -12615 },
		{ "EST5EDT,M3.2.0,M11.1.0", "2026-07-01T00:00:00Z", -14400 },
		{ "EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00Z", -18000 },
		{ "EST5EDT4,M3.2.0/2,M11.1.0/2", "2026-11-01T05:59:59Z", -14400 },
		/* days of the year, with and without 29 February */
		{ "AAA0BBB,J60,J300", "2028-03-01T02:00:00Z", 3600 },
		{ "AAA0BBB,J60,J300", "2028-03-01T01:59:59Z", 0 },
		{ "AAA0BBB,59,300", "2028-02-29T02:00:00Z", 3600 },
		{ "AAA0BBB,59,300", "2027-03-01T02:00:00Z", 3600 },
		/* times before midnight and after the day */
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200 },
		{ "<-04>4<-03>,M9.1.6/24,M4.1.6/24", "2026-09-06T04:00:00Z", -10800 },
		/* summer all year */
		{ "XXX3EDT4,0/0,J365/23", "2026-01-01T03:00:00Z", -14400 },
		{ "XXX3EDT4,0/0,J365/23", "2026-07-01T00:00:00Z", -14400 },
	};
	static const char *const bad[] = { "A0",
		                           "AAA1:",
		                           "AAA1:2:",
		                           "ABCDEFGHIJKLMNOP0",
		                           "AAA0BBBB:",
		                           "AB0",
		                           "AAA",
		                           "AAA25",
		                           "AAA0BBB",
		                           "AAA0BBB,M13.1.0,M1.1.0",
		                           "AAA0BBB,M3.6.0,M1.1.0",
		                           "AAA0BBB,M3.1.7,M1.1.0",
		                           "AAA0BBB,J0,J1",
		                           "AAA0BBB,366,1",
		                           "AAA0BBB,J60",
		                           "AAA0 ",
		                           "AAA0BBB,J60/168,J61",
		                           "<AAA0",
		                           "AAA0BBB,M3.2.0,M11.1.0x" };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Zone *z = with_footer(rows[i].footer);

		if (!z || zone_offset(z, at(rows[i].at)) != rows[i].offset)
			test_fail(__FILE__, __LINE__, "%s at %s", rows[i].footer, rows[i].at);
		zone_free(z);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		Zone *z = with_footer(bad[i]);

		if (z)
			test_fail(__FILE__, __LINE__, "'%s' was read", bad[i]);
		zone_free(z);
	}
}

static void *load_many(void *arg)
{
	static const char *const names[] = { "Europe/Paris", "Asia/Tokyo", "America/Lima", "UTC" };
	size_t *good = arg;

	for (size_t i = 0; i < 400; i++) {
		const Zone *z = NULL;

		*good += zone_load(names[i % 4], &z, NULL) && !strcmp(zone_name(z), names[i % 4]);
	}
	return NULL;
}

TEST(zones_may_be_loaded_from_several_threads)
{
	pthread_t thread[4];
	size_t good[4] = { 0 };

	for (size_t i = 0; i < 4; i++)
		ASSERT(pthread_create(&thread[i], NULL, load_many, &good[i]) == 0);
	for (size_t i = 0; i < 4; i++) {
		(void)pthread_join(thread[i], NULL);
		EXPECT_INT(good[i], 400);
	}
}

TEST(the_process_time_zone_changes_nothing)
{
	const Zone *z = zone("Asia/Tokyo");
	Instant t = at("2026-11-20T16:00:00Z");

	(void)setenv("TZ", "America/St_Johns", 1);
	EXPECT_INT(zone_offset(z, t), 9 * 3600);
	EXPECT_INT(zone_civil(z, t).hour, 1);
	(void)unsetenv("TZ");
}

TEST(weekdays_and_month_lengths_are_the_calendars)
{
	EXPECT_INT(civil_weekday((Civil){ 2026, 11, 20, 0, 0, 0, 0 }), 4);
	EXPECT_INT(civil_weekday((Civil){ 1969, 12, 31, 23, 59, 59, 0 }), 2);
	EXPECT_INT(civil_weekday((Civil){ 2000, 2, 29, 0, 0, 0, 0 }), 1);
	EXPECT_INT(civil_month_days(2100, 2), 28);
	EXPECT_INT(civil_month_days(2000, 2), 29);
	EXPECT_INT(civil_month_days(2026, 12), 31);
}
