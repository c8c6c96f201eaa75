#include "ticket/csv.h"

#include "core/buf.h"
#include "core/text.h"
#include "harness.h"

/* All rows as "a|b|c/…", errors as "!message@line:column". */
static char *read_text(const char *text, size_t n)
{
	AUTO(Buf) out = { 0 };
	AUTO(Csv) c = { 0 };
	unsigned line = 0, column = 0;
	Err err;

	csv_begin(&c, text, n);
	for (int i = 0; i < 1000; i++) {
		if (csv_row(&c, &line, &column, &err)) {
			for (size_t k = 0; k < c.row.n; k++)
				buf_printf(&out, "%s%s", k ? "|" : "", c.row.at[k].text);
			buf_char(&out, '/');
		} else if (err.code == ERR_NONE) {
			break;
		} else {
			buf_printf(&out, "!%s@%u:%u/", err.message, line, column);
		}
	}
	return buf_take(&out);
}

TEST(rows_are_read_as_the_rfc_writes_them)
{
	static const char *const rows[][2] = {
		{ "a,b\n1,2\n", "a|b/1|2/" },
		{ "a,b\r\n1,2\r\n", "a|b/1|2/" },
		{ "a,b\r1,2", "a|b/1|2/" },
		{ "a;b\n1,5;2\n", "a|b/1,5|2/" },
		{ "\xEF\xBB\xBF"
		  "a,b\n",
		  "a|b/" },
		{ "a,\"b,c\"\n", "a|b,c/" },
		{ "\"a\"\"b\",c\n", "a\"b|c/" },
		{ "\"line\nbreak\",c\nd,e", "line\nbreak|c/d|e/" },
		{ "a,,\n", "a||/" },
		{ "\n\na\n\n", "a/" },
		{ "", NULL },
		{ "\"\",\"\"\n", "|/" },
		{ "a b\"c,d", "a b\"c|d/" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *got = read_text(rows[i][0], strlen(rows[i][0]));

		if (!EXPECT_TEXT(got ? got : "", rows[i][1] ? rows[i][1] : ""))
			test_fail(__FILE__, __LINE__, "row %zu", i);
	}
}

TEST(what_is_not_well_formed_is_said_at_its_place_and_the_next_row_is_read)
{
	static const char *const rows[][2] = {
		{ "a,b\n1,\"x\"y,3\n4,5\n",
		  "a|b/!a character follows the quote that ends a field@2:3/4|5/" },
		{ "a,b\n1,\"x\n", "a|b/!a quote is opened and never closed@2:3/" },
		{ "a\n\xff\xfe\nb\n", "a/!a field is not text in UTF-8@2:1/b/" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *got = read_text(rows[i][0], strlen(rows[i][0]));

		EXPECT_TEXT(got, rows[i][1]);
	}
}

TEST(a_zero_byte_is_no_text)
{
	static const char text[] = "a,b\n1\0"
	                           "2,3\n4,5\n";
	AUTO_FREE char *got = read_text(text, sizeof text - 1);

	EXPECT_TEXT(got, "a|b/!a field is not text in UTF-8@2:1/4|5/");
}

TEST(fields_and_rows_have_limits)
{
	AUTO(Buf) wide = { 0 };
	AUTO(Buf) many = { 0 };
	AUTO_FREE char *got = NULL, *other = NULL;

	buf_text(&wide, "a\n");
	for (int i = 0; i < CSV_FIELD + 10; i++)
		buf_char(&wide, 'x');
	buf_text(&wide, "\nb\n");
	got = read_text(buf_str(&wide), wide.n);
	EXPECT_HAS(got, "!a field is longer than 65536 bytes@2:1/b/");
	for (int i = 0; i < CSV_FIELDS + 1; i++)
		buf_text(&many, "x,");
	buf_text(&many, "\nb\n");
	other = read_text(buf_str(&many), many.n);
	EXPECT_HAS(other, "!a row has more than 128 fields@1:257/b/");
}
