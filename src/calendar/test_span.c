#include "harness.h"

#include "calendar/span.h"
#include "core/alloc.h"

#include <string.h>

static const int64_t HOUR = 3600LL * 1000000;

TEST(a_span_is_read_and_printed_in_its_canonical_form)
{
	static const struct {
		const char *text;
		int32_t months, days;
		int64_t us;
		const char *canonical;
	} rows[] = {
		{ "200ms", 0, 0, 200000, "200ms" },
		{ "0s", 0, 0, 0, "0s" },
		{ "0d", 0, 0, 0, "0s" },
		{ "90s", 0, 0, 90000000, "1m30s" },
		{ "15m", 0, 0, 900000000, "15m" },
		{ "4h", 0, 0, 14400000000, "4h" },
		{ "24h", 0, 0, 86400000000, "24h" },
		{ "8h45m", 0, 0, 31500000000, "8h45m" },
		{ "1.5h", 0, 0, 5400000000, "1h30m" },
		{ "0.001ms", 0, 0, 1, "0.001ms" },
		{ "0.25s", 0, 0, 250000, "250ms" },
		{ "1.001s", 0, 0, 1001000, "1s1ms" },
		{ "2.5ms", 0, 0, 2500, "2.5ms" },
		{ "2w", 0, 14, 0, "2w" },
		{ "14d", 0, 14, 0, "2w" },
		{ "1w1d", 0, 8, 0, "8d" },
		{ "30d", 0, 30, 0, "30d" },
		{ "3mo", 3, 0, 0, "3mo" },
		{ "12mo", 12, 0, 0, "1y" },
		{ "1y", 12, 0, 0, "1y" },
		{ "200y", 2400, 0, 0, "200y" },
		{ "1y2mo3w4d5h6m7s8ms", 14, 25, 18367008000, "1y2mo25d5h6m7s8ms" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char out[SPAN_TEXT];
		Span s = { -1, -1, -1 };

		ASSERT(EXPECT(span_parse(rows[i].text, &s)));
		EXPECT_INT(s.months, rows[i].months);
		EXPECT_INT(s.days, rows[i].days);
		EXPECT_INT(s.us, rows[i].us);
		EXPECT_TEXT(span_print(s, out), rows[i].canonical);
	}
}

TEST(a_text_that_is_not_a_span_is_refused)
{
	static const char *const bad[] = {
		"",        " ",     "5",    "h",      "-5m",     "5 m",        "5m ",
		" 5m",     "5M",    "1d1w", "1m1m",   "1s1h",    "1.5d",       "0.5mo",
		"1.2345s", "1.s",   ".5s",  "1e3s",   "1y1y",    "5min",       "5sec",
		"1day",    "1mo2",  "201y", "2401mo", "73201d",  "1757000h",   "9999999999999s",
		"1h-30m",  "unset", "5µs",  "1h 30m", "150y60y", "100y40000d",
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		Span s = { 7, 7, 7 };

		if (span_parse(bad[i], &s))
			test_fail(__FILE__, __LINE__, "'%s' was read", bad[i]);
		EXPECT_INT(s.months, 7); /* untouched */
	}
	EXPECT(!span_parse(NULL, &(Span){ 0 }));
}

TEST(a_span_estimate_counts_months_of_thirty_days)
{
	Span s;

	ASSERT(span_parse("1y", &s));
	EXPECT_INT(span_estimate(s).us, 360 * 24 * HOUR);
	EXPECT(!span_is_exact(s));
	ASSERT(span_parse("1w12h", &s));
	EXPECT_INT(span_estimate(s).us, (7 * 24 + 12) * HOUR);
	EXPECT(span_is_exact(s) && !span_is_zero(s));
	EXPECT(span_is_zero((Span){ 0, 0, 0 }));
	EXPECT_INT(span_of(hours(3)).us, 3 * HOUR);
}

TEST(a_negative_span_prints_for_messages_only)
{
	char out[SPAN_TEXT];
	Span back;

	EXPECT_TEXT(span_print(span_of(minutes(-90)), out), "-1h30m");
	EXPECT(!span_parse(out, &back));
	EXPECT(strlen(span_print((Span){ 0, 0, INT64_MIN }, out)) > 5);
}
