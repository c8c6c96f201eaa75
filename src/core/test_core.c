#include "harness.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/digest.h"
#include "core/emit.h"
#include "core/err.h"
#include "core/instant.h"
#include "core/list.h"
#include "core/map.h"
#include "core/record.h"
#include "core/secret.h"
#include "core/text.h"

#include <math.h>

TEST(an_error_reads_from_the_outside_in)
{
	Err err = { 0 };

	err_set(&err, ERR_NOT_FOUND, "no such file");
	err_wrap(&err, "open plan '%s'", "a.yaml");
	EXPECT_TEXT(err.message, "open plan 'a.yaml': no such file");
	EXPECT_INT(err_exit(err.code), 66);
	EXPECT_TEXT(err_name(err.code), "NOT_FOUND");
	EXPECT(!err_set(NULL, ERR_IO, "nobody listens"));
}

TEST(an_error_longer_than_its_place_is_cut_and_not_overrun)
{
	Err err = { 0 };

	for (int i = 0; i < 50; i++)
		err_wrap(&err, "a level of context that repeats itself");
	EXPECT_INT(strlen(err.message), sizeof err.message - 1);
}

TEST(an_instant_prints_and_reads_back)
{
	static const char *const texts[] = { "2026-11-20T16:00:00Z", "1970-01-01T00:00:00Z",
		                             "1969-12-31T23:59:59.500000Z",
		                             "2400-02-29T12:34:56.000001Z" };
	char out[INSTANT_TEXT];
	Instant t;

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		ASSERT(instant_parse(texts[i], &t));
		EXPECT_TEXT(instant_print(t, out), texts[i]);
	}
	ASSERT(instant_parse("2026-11-20T17:00:00+01:00", &t));
	EXPECT_TEXT(instant_print(t, out), "2026-11-20T16:00:00Z");
	EXPECT_TEXT(instant_print_at(t, 3600, out), "2026-11-20T17:00:00+01:00");
	EXPECT_TEXT(instant_print(NEVER, out), "");
}

TEST(an_instant_that_is_not_one_is_refused)
{
	static const char *const bad[] = { "",
		                           "2026-11-20",
		                           "2026-02-29T00:00:00Z",
		                           "2026-13-01T00:00:00Z",
		                           "2026-01-01T24:00:00Z",
		                           "2026-01-01T00:00:00",
		                           "2026-01-01T00:00:00Zx",
		                           "2026-1-1T00:00:00Z" };
	Instant t;

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		EXPECT(!instant_parse(bad[i], &t) ||
		       test_fail(__FILE__, __LINE__, "accepted %s", bad[i]));
}

TEST(never_absorbs_every_duration)
{
	EXPECT(after(NEVER, days(-1)).us == NEVER.us);
	EXPECT(after((Instant){ INT64_MAX - 5 }, seconds(1)).us == NEVER.us);
	EXPECT(between(LONG_AGO, NEVER).us == INT64_MAX);
}

TEST(every_day_of_four_centuries_round_trips)
{
	int32_t y, m, d;

	for (int64_t day = days_from_civil(1800, 1, 1); day < days_from_civil(2200, 1, 1); day++) {
		civil_from_days(day, &y, &m, &d);
		if (!EXPECT(days_from_civil(y, m, d) == day))
			return;
	}
}

TEST(durations_read_as_people_say_them)
{
	char out[DURATION_TEXT];

	EXPECT_TEXT(duration_print(milliseconds(450), out), "450 ms");
	EXPECT_TEXT(duration_print(seconds(245), out), "4 min 05 s");
	EXPECT_TEXT(duration_print(minutes(125), out), "2 h 05");
	EXPECT_TEXT(duration_print(hours(76), out), "3 d 4 h");
	EXPECT_TEXT(duration_print(seconds(-60), out), "-1 min");
}

TEST(numbers_are_read_whole_or_not_at_all)
{
	int64_t n = 7;
	double x = 7;

	EXPECT(text_int("-42", &n) && n == -42);
	EXPECT(!text_int("12x", &n) && !text_int("", &n) && !text_int("-", &n));
	EXPECT(!text_int("99999999999999999999", &n));
	EXPECT(text_real("99.9", &x) && x == 99.9);
	EXPECT(text_real("0.1", &x) && x == 0.1);
	EXPECT(!text_real("1e3", &x) && !text_real(".", &x) && !text_real("nan", &x) &&
	       !text_real("1,5", &x));
}

TEST(a_copy_never_cuts_a_character)
{
	char out[4];

	text_copy(out, sizeof out, "aéé");
	EXPECT_TEXT(out, "aé");
	text_copy(out, sizeof out, "ééé");
	EXPECT_TEXT(out, "é");
}

TEST(utf8_is_checked_as_the_rfc_says)
{
	EXPECT(utf8_ok("é€😀", strlen("é€😀")));
	EXPECT(!utf8_ok("\xC0\xAF", 2));         /* overlong */
	EXPECT(!utf8_ok("\xED\xA0\x80", 3));     /* surrogate */
	EXPECT(!utf8_ok("\xF5\x80\x80\x80", 4)); /* past U+10FFFF */
	EXPECT(!utf8_ok("\xE2\x82", 2));         /* cut */
	EXPECT_INT(utf8_count("clé", 4), 3);
}

TEST(text_enters_another_language_escaped)
{
	AUTO(Buf) b = { 0 };

	buf_html(&b, "<a href='x'>&\"");
	EXPECT_TEXT(buf_str(&b), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
	buf_clear(&b);
	buf_json(&b, "é\"\\\n\x01\xff");
	EXPECT_TEXT(buf_str(&b), "\"é\\\"\\\\\\n\\u0001\xEF\xBF\xBD\"");
	buf_clear(&b);
	buf_url(&b, "a b/é");
	EXPECT_TEXT(buf_str(&b), "a%20b%2F%C3%A9");
}

TEST(a_full_buffer_stops_and_says_so)
{
	AUTO(Buf) b = { .max = 5 };

	buf_text(&b, "123");
	buf_text(&b, "456");
	EXPECT(b.over);
	EXPECT_TEXT(buf_str(&b), "123");
}

TEST(json_keeps_its_own_commas)
{
	AUTO(Buf) b = { 0 };
	Emit j = emit_to(&b);

	emit_object(&j, NULL);
	emit_int(&j, "n", 9007199254740993);
	emit_array(&j, "list");
	emit_real(&j, NULL, 0.1);
	emit_real(&j, NULL, 180);
	emit_real(&j, NULL, NAN);
	emit_text(&j, NULL, NULL);
	emit_array_end(&j);
	emit_instant(&j, "at", (Instant){ 0 });
	emit_object_end(&j);
	EXPECT_TEXT(buf_str(&b),
	            "{\"n\":9007199254740993,\"list\":[0.1,180,null,null],\"at\":\"1970-"
	            "01-01T00:00:00Z\"}");
}

TEST(a_map_keeps_the_order_and_forgets_what_was_removed)
{
	AUTO(Map) m = { 0 };
	char key[16];
	int values[500];
	MapEntry *e;
	size_t n = 0;

	for (int i = 0; i < 500; i++) {
		(void)snprintf(key, sizeof key, "k%d", i);
		EXPECT(map_put(&m, key, &values[i]) == NULL);
	}
	for (int i = 0; i < 500; i += 2) {
		(void)snprintf(key, sizeof key, "k%d", i);
		EXPECT(map_remove(&m, key) == &values[i]);
	}
	EXPECT(map_put(&m, "k1", &values[0]) == &values[1]);
	EXPECT(map_put(&m, "k0", &values[0]) == NULL);
	EXPECT(map_get(&m, "k2") == NULL);
	for (size_t i = 0; map_next(&m, &i, &e); n++) {
		if (n == 1)
			EXPECT_TEXT(e->key, "k3");
	}
	EXPECT_INT(n, 251);
	EXPECT_INT(m.live, 251);
}

TEST(digests_match_the_published_vectors)
{
	char out[DIGEST_TEXT];

	/* FIPS 180-2 appendix B.1; RFC 4231 test case 2. */
	EXPECT_TEXT(digest_sha256("abc", 3, out),
	            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	EXPECT_TEXT(digest_hmac("Jefe", 4, "what do ya want for nothing?", 28, out),
	            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	EXPECT(digest_equal("ab", "ab") && !digest_equal("ab", "ac") && !digest_equal("ab", "abc"));
}

TEST(a_secret_is_taken_out_of_what_others_print)
{
	Secret *s = secret_new("hunter22");
	char text[] = "login hunter22 failed: hunter22";

	secret_redact(s, text);
	EXPECT_TEXT(text, "login *** failed: ***");
	secret_free(s);
}

TEST(an_arena_hands_out_zeroed_aligned_memory)
{
	Arena *a = arena_new("test", 1 << 20);

	for (size_t n = 1; n < 500; n += 7) {
		char *p = arena_alloc(a, n);

		EXPECT_INT((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			EXPECT(p[i] == 0);
		memset(p, 0xff, n);
	}
	EXPECT_TEXT(arena_printf(a, "%d-%s", 12, "x"), "12-x");
	arena_free(a);
}

typedef struct Pet {
	char id[16];
	char *story;
	Instant born;
} Pet;
static const Column pet_columns[] = { COLUMN(Pet, id), COLUMN(Pet, story), COLUMN(Pet, born) };
static const RecordType pet_record = { "pet", sizeof(Pet), COUNT_OF(pet_columns), pet_columns };

TEST(a_copied_record_owns_its_own_strings)
{
	Pet a = { .id = "rex", .story = mem_text("long"), .born = { 5 } }, b;

	EXPECT_INT(pet_columns[0].kind, COL_TEXT);
	EXPECT_INT(pet_columns[1].kind, COL_STRING);
	EXPECT_INT(pet_columns[2].kind, COL_INSTANT);
	record_copy(&pet_record, &b, &a);
	record_done(&pet_record, &a);
	EXPECT_TEXT(b.story, "long");
	record_done(&pet_record, &b);
}

TEST(distance_finds_the_key_that_was_meant)
{
	EXPECT_INT(text_distance("intervall", "interval"), 1);
	EXPECT_INT(text_distance("", "abc"), 3);
	EXPECT_INT(text_distance("retries", "retry"), 3);
}
