#include "harness.h"

#include "agenda/ical.h"
#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

static const char *line(const char *value, Buf *out)
{
	buf_clear(out);
	ical_line("SUMMARY", value, out);
	return buf_str(out);
}

TEST(text_is_escaped_as_the_standard_says)
{
	static const char *const rows[][2] = {
		{ "plain", "SUMMARY:plain\r\n" },
		{ "", "SUMMARY:\r\n" },
		{ "a;b,c\\d", "SUMMARY:a\\;b\\,c\\\\d\r\n" },
		{ "two\nlines", "SUMMARY:two\\nlines\r\n" },
		{ "two\r\nlines", "SUMMARY:two\\nlines\r\n" },
		{ "a\tb\x01"
		  "c\x7f",
		  "SUMMARY:a b c \r\n" },
		{ "caf\xC3\xA9", "SUMMARY:caf\xC3\xA9\r\n" },
		{ "bad\xFF", "SUMMARY:bad\xEF\xBF\xBD\r\n" },
		{ "a:b=\"c\"", "SUMMARY:a:b=\"c\"\r\n" },
		{ "BEGIN:VEVENT\nEND:VCALENDAR", "SUMMARY:BEGIN:VEVENT\\nEND:VCALENDAR\r\n" },
	};
	AUTO(Buf) out = { 0 };

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_TEXT(line(rows[i][0], &out), rows[i][1]);
}

TEST(no_line_is_longer_than_75_octets_nor_cuts_a_character)
{
	AUTO(Buf) out = { 0 };
	char text[400];

	/* é at every position around the fold */
	for (size_t shift = 0; shift < 80; shift++) {
		size_t n = 0;

		memset(text, 'x', shift);
		for (n = shift; n + 3 < sizeof text - 1; n += 2)
			memcpy(text + n, "\xC3\xA9", 2);
		text[n] = '\0';
		(void)line(text, &out);
		for (const char *p = buf_str(&out); *p;) {
			size_t length = strcspn(p, "\r");

			EXPECT(length <= 75 && utf8_ok(p, length));
			p += length + 2;
		}
	}
}

TEST(no_fold_comes_inside_an_escape)
{
	AUTO(Buf) out = { 0 };
	char text[160];

	for (size_t shift = 0; shift < 80; shift++) {
		memset(text, 'x', shift);
		memset(text + shift, ';', sizeof text - shift - 1);
		text[sizeof text - 1] = '\0';
		EXPECT(!strstr(line(text, &out), "\\\r\n"));
	}
}

TEST(a_line_of_exactly_75_octets_is_not_folded)
{
	AUTO(Buf) out = { 0 };
	char text[80];

	memset(text, 'x', sizeof text);
	text[75 - strlen("SUMMARY:")] = '\0';
	EXPECT_INT(strlen(line(text, &out)), 75 + 2);
	text[75 - strlen("SUMMARY:")] = 'x';
	text[76 - strlen("SUMMARY:")] = '\0';
	EXPECT_INT(strlen(line(text, &out)), 75 + 2 + 1 + 1 + 2);
}

TEST(a_calendar_is_what_was_given_and_nothing_else)
{
	Instant from, to, stamp;
	AUTO(Buf) out = { 0 };

	ASSERT(instant_parse("2027-01-04T01:00:00Z", &from) &&
	       instant_parse("2027-01-04T03:30:05.5Z", &to) &&
	       instant_parse("2026-11-20T19:35:45Z", &stamp));
	IcalEvent events[] = {
		{ .uid = "a@b", .from = from, .to = to, .summary = "Night", .busy = true },
		{ .uid = "c@d",
		  .from = to,
		  .to = to,
		  .summary = "x; y",
		  .description = "who",
		  .category = "task" }
	};
	ical_write(&(IcalCalendar){ .name = "P",
	                            .zone = "Europe/Paris",
	                            .stamp = stamp,
	                            .events = events,
	                            .n = 2 },
	           &out);
	EXPECT_TEXT(buf_str(&out),
	            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Carene//plan//EN\r\n"
	            "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nNAME:P\r\nX-WR-CALNAME:P\r\n"
	            "X-WR-TIMEZONE:Europe/Paris\r\n"
	            "BEGIN:VEVENT\r\nUID:a@b\r\nDTSTAMP:20261120T193545Z\r\n"
	            "DTSTART:20270104T010000Z\r\nDTEND:20270104T033005Z\r\nSUMMARY:Night\r\n"
	            "TRANSP:OPAQUE\r\nEND:VEVENT\r\n"
	            "BEGIN:VEVENT\r\nUID:c@d\r\nDTSTAMP:20261120T193545Z\r\n"
	            "DTSTART:20270104T033005Z\r\nSUMMARY:x\\; y\r\nDESCRIPTION:who\r\n"
	            "CATEGORIES:task\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n"
	            "END:VCALENDAR\r\n");
}

TEST(an_empty_calendar_is_still_one)
{
	AUTO(Buf) out = { 0 };

	ical_write(&(IcalCalendar){ 0 }, &out);
	EXPECT(text_starts(buf_str(&out), "BEGIN:VCALENDAR\r\n"));
	EXPECT(text_ends(buf_str(&out), "END:VCALENDAR\r\n"));
	EXPECT(!strstr(buf_str(&out), "VEVENT"));
}
