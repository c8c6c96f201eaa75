#include "harness.h"

#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"
#include "notify/lang.h"
#include "notify/notify_private.h"

#include <math.h>
#include <string.h>

static const Zone *paris(void)
{
	const Zone *z = zone_utc();

	(void)EXPECT(zone_load("Europe/Paris", &z, NULL));
	return z;
}

TEST(a_language_tag_is_read_as_browsers_and_plans_write_it)
{
	EXPECT_INT(lang_parse("fr"), LANG_FR);
	EXPECT_INT(lang_parse("fr-CA"), LANG_FR);
	EXPECT_INT(lang_parse("FR_fr"), LANG_FR);
	EXPECT_INT(lang_parse("fro"), LANG_EN);
	EXPECT_INT(lang_parse("en"), LANG_EN);
	EXPECT_INT(lang_parse("de"), LANG_EN);
	EXPECT_INT(lang_parse("f"), LANG_EN);
	EXPECT_INT(lang_parse(""), LANG_EN);
	EXPECT_INT(lang_parse(NULL), LANG_EN);
	EXPECT_TEXT(lang_code(LANG_FR), "fr");
	EXPECT(lang_known("fr") && lang_known("en"));
	EXPECT(!lang_known("fr-FR") && !lang_known("") && !lang_known(NULL));
}

TEST(a_sentence_without_french_stays_english)
{
	EXPECT_TEXT(tr(LANG_FR, "a sentence nobody translated"), "a sentence nobody translated");
	EXPECT_TEXT(tr(LANG_EN, "acknowledged"), "acknowledged");
	EXPECT_TEXT(tr(LANG_FR, "acknowledged"), "pris en charge");
	EXPECT_TEXT(tr(LANG_FR, ""), "");
}

TEST(nothing_is_one_in_french_and_many_in_english)
{
	static const struct {
		Lang lang;
		uint64_t n;
		const char *want;
	} rows[] = {
		{ LANG_EN, 0, "and %zu others" }, { LANG_EN, 1, "and %zu other" },
		{ LANG_EN, 2, "and %zu others" }, { LANG_FR, 0, "et %zu autre" },
		{ LANG_FR, 1, "et %zu autre" },   { LANG_FR, 2, "et %zu autres" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_TEXT(tr_n(rows[i].lang, "and %zu other", "and %zu others", rows[i].n),
		            rows[i].want);
	EXPECT_TEXT(tr_n(LANG_FR, "%d thing", "%d things", 2), "%d things");
}

/* msgfmt sorts the originals; the look-up must agree with that order on every one. */
TEST(every_sentence_of_the_catalogue_is_found)
{
	size_t n = (size_t)lang_fr_mo[8] | (size_t)lang_fr_mo[9] << 8;
	size_t table = (size_t)lang_fr_mo[12] | (size_t)lang_fr_mo[13] << 8;

	EXPECT(n > 10);
	for (size_t i = 0; i < n; i++) {
		const unsigned char *row = lang_fr_mo + table + 8 * i + 4;
		size_t where = (size_t)row[0] | (size_t)row[1] << 8 | (size_t)row[2] << 16;
		size_t length;

		EXPECT(mo_find((const char *)lang_fr_mo + where, &length));
	}
	EXPECT(!mo_find("\377", &(size_t){ 0 }));
	EXPECT(!mo_find("\001", &(size_t){ 0 }));
}

TEST(a_duration_is_written_in_units_of_people)
{
	static const struct {
		int64_t us;
		const char *en, *fr;
	} rows[] = {
		{ 0, "0 s", "0 s" },
		{ 999, "0 ms", "0 ms" },
		{ 450000, "450 ms", "450 ms" },
		{ 999999, "999 ms", "999 ms" },
		{ 1000000, "1 s", "1 s" },
		{ 1250000, "1.2 s", "1,2 s" },
		{ 9999999, "9.9 s", "9,9 s" },
		{ 12900000, "12 s", "12 s" },
		{ 59999999, "59 s", "59 s" },
		{ 60000000, "1 min", "1 min" },
		{ 245000000, "4 min 05 s", "4 min 05 s" },
		{ 599000000, "9 min 59 s", "9 min 59 s" },
		{ 600000000, "10 min", "10 min" },
		{ 759000000, "12 min", "12 min" },
		{ 3599000000, "59 min", "59 min" },
		{ 3600000000, "1 h", "1 h" },
		{ 7500000000, "2 h 05", "2 h 05" },
		{ 86399000000, "23 h 59", "23 h 59" },
		{ 86400000000, "1 day", "1 jour" },
		{ 100800000000, "1 day 4 h", "1 jour 4 h" },
		{ 259200000000, "3 days", "3 jours" },
		{ 266400000000, "3 days 2 h", "3 jours 2 h" },
		{ 604800000000 + 7200000000, "7 days", "7 jours" },
		{ -245000000, "−4 min 05 s", "−4 min 05 s" },
		{ INT64_MAX, "106751991 days", "106751991 jours" },
		{ INT64_MIN, "−106751991 days", "−106751991 jours" },
	};
	char out[LANG_TEXT];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		EXPECT_TEXT(lang_duration(LANG_EN, duration_us(rows[i].us), out), rows[i].en);
		EXPECT_TEXT(lang_duration(LANG_FR, duration_us(rows[i].us), out), rows[i].fr);
	}
}

TEST(a_span_is_written_as_it_was_promised)
{
	static const struct {
		const char *span, *en, *fr;
	} rows[] = {
		{ "15m", "15 min", "15 min" },
		{ "8h45m", "8 h 45", "8 h 45" },
		{ "1d", "1 day", "1 jour" },
		{ "30d", "30 days", "30 jours" },
		{ "2w", "2 weeks", "2 semaines" },
		{ "1w", "1 week", "1 semaine" },
		{ "9w", "63 days", "63 jours" },
		{ "3mo", "3 months", "3 mois" },
		{ "1mo", "1 month", "1 mois" },
		{ "1y", "1 year", "1 an" },
		{ "2y", "2 years", "2 ans" },
		{ "1y6mo", "1 year 6 months", "1 an 6 mois" },
		{ "36h", "1 day 12 h", "1 jour 12 h" },
	};
	char out[LANG_TEXT];
	Span s;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ASSERT(span_parse(rows[i].span, &s));
		EXPECT_TEXT(lang_span(LANG_EN, s, out), rows[i].en);
		EXPECT_TEXT(lang_span(LANG_FR, s, out), rows[i].fr);
	}
	EXPECT_TEXT(lang_span(LANG_FR, (Span){ 0 }, out), "0 s");
}

TEST(a_date_is_written_in_the_zone_and_names_it)
{
	Instant t = at("2026-11-20T16:04:00Z");
	char out[LANG_TEXT];

	EXPECT_TEXT(lang_instant(LANG_FR, paris(), t, out),
	            "vendredi 20 novembre 2026 à 17 h 04 (CET)");
	EXPECT_TEXT(lang_instant(LANG_EN, paris(), t, out),
	            "Friday 20 November 2026 at 17:04 (CET)");
	EXPECT_TEXT(lang_instant_short(LANG_FR, paris(), t, out), "20 nov. 2026 à 17:04 CET");
	EXPECT_TEXT(lang_instant_short(LANG_EN, paris(), t, out), "20 Nov 2026, 17:04 CET");
	EXPECT_TEXT(lang_time(LANG_FR, paris(), t, out), "17 h 04");
	EXPECT_TEXT(lang_time(LANG_EN, paris(), t, out), "17:04");
	EXPECT_TEXT(lang_month(LANG_FR, paris(), t, out), "novembre 2026");
	EXPECT_TEXT(lang_month(LANG_EN, paris(), t, out), "November 2026");
	EXPECT_TEXT(lang_instant(LANG_EN, zone_utc(), t, out),
	            "Friday 20 November 2026 at 16:04 (UTC)");
}

TEST(the_first_of_a_month_is_an_ordinal_in_french)
{
	Instant t = at("2026-08-01T00:30:00+02:00");
	char out[LANG_TEXT];

	EXPECT_TEXT(lang_date(LANG_FR, paris(), t, out), "samedi 1er août 2026");
	EXPECT_TEXT(lang_date(LANG_EN, paris(), t, out), "Saturday 1 August 2026");
	EXPECT_TEXT(lang_instant_short(LANG_FR, paris(), t, out), "1er août 2026 à 00:30 CEST");
}

TEST(both_passes_of_the_repeated_hour_say_which_they_are)
{
	char out[LANG_TEXT];

	EXPECT_HAS(lang_instant(LANG_FR, paris(), at("2026-10-25T00:30:00Z"), out),
	           "02 h 30 (CEST)");
	EXPECT_HAS(lang_instant(LANG_FR, paris(), at("2026-10-25T01:30:00Z"), out),
	           "02 h 30 (CET)");
}

TEST(a_time_that_is_not_set_is_written_as_nothing)
{
	char out[LANG_TEXT];

	EXPECT_TEXT(lang_instant(LANG_FR, paris(), LONG_AGO, out), "");
	EXPECT_TEXT(lang_instant_short(LANG_EN, paris(), NEVER, out), "");
	EXPECT_TEXT(lang_date(LANG_EN, paris(), NEVER, out), "");
	EXPECT_TEXT(lang_time(LANG_EN, paris(), LONG_AGO, out), "");
	EXPECT_TEXT(lang_month(LANG_EN, paris(), LONG_AGO, out), "");
}

TEST(a_number_has_the_marks_of_its_language)
{
	static const struct {
		double v;
		int decimals;
		const char *en, *fr;
	} rows[] = {
		{ 0, 0, "0", "0" },
		{ 999, 0, "999", "999" },
		{ 1234.56, 2, "1,234.56", "1\u202F234,56" },
		{ 1234567, 0, "1,234,567", "1\u202F234\u202F567" },
		{ -1234.5, 1, "−1,234.5", "−1\u202F234,5" },
		{ -0.001, 2, "0.00", "0,00" },
		{ 0.5, -3, "0", "0" },
		{ 1, 99, "1.000000", "1,000000" },
		{ INFINITY, 0, "–", "–" },
		{ NAN, 0, "–", "–" },
		{ 1e300, 0, "–", "–" },
	};
	char out[LANG_TEXT];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		EXPECT_TEXT(lang_number(LANG_EN, rows[i].v, rows[i].decimals, out), rows[i].en);
		EXPECT_TEXT(lang_number(LANG_FR, rows[i].v, rows[i].decimals, out), rows[i].fr);
	}
}

TEST(a_percentage_is_never_rounded_up)
{
	static const struct {
		double v;
		int decimals;
		const char *en;
	} rows[] = {
		{ 100, 2, "100.00%" },
		{ 99.9999, 2, "99.99%" },
		{ 99.999, 3, "99.999%" },
		{ 99.95, 2, "99.95%" },
		{ 99.9, 1, "99.9%" },
		{ 99.9, 3, "99.900%" },
		{ 0.1 + 0.2, 1, "0.3%" },
		{ 99.99999999999, 1, "99.9%" },
		{ 99.999999999999986, 0, "99%" },
		{ 33.3333, 2, "33.33%" },
		{ 0, 0, "0%" },
		{ 1e-9, 2, "0.00%" },
		{ 120, 0, "120%" },
		{ -1, 2, "–" },
		{ NAN, 2, "–" },
	};
	char out[LANG_TEXT];

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_TEXT(lang_percent(LANG_EN, rows[i].v, rows[i].decimals, out), rows[i].en);
	EXPECT_TEXT(lang_percent(LANG_FR, 99.95, 2, out), "99,95\u202F%");
}

/* Every share of a month in milliseconds that is short of it stays short of 100. */
TEST(only_the_whole_is_hundred_percent)
{
	double month = 30 * 86400e3;

	for (double lost = 1; lost < month; lost *= 1.7) {
		for (int d = 0; d <= 6; d++)
			EXPECT(percent_floor(100 * (month - lost) / month, d) < 100);
	}
	EXPECT_REAL(percent_floor(100, 3), 100, 0);
}

TEST(bytes_are_powers_of_1024_and_say_so)
{
	char out[LANG_TEXT];

	EXPECT_TEXT(lang_bytes(LANG_EN, 512, out), "512 B");
	EXPECT_TEXT(lang_bytes(LANG_FR, 512, out), "512 o");
	EXPECT_TEXT(lang_bytes(LANG_EN, 1536, out), "1.5 KiB");
	EXPECT_TEXT(lang_bytes(LANG_FR, 1572864, out), "1,5 Mio");
	EXPECT_TEXT(lang_bytes(LANG_FR, 20.0 * 1024 * 1024 * 1024, out), "20 Gio");
	EXPECT_TEXT(lang_bytes(LANG_EN, 1e19, out), "8,882 PiB");
}
