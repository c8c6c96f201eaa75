#include "incident/ack_token.h"

#include "core/text.h"
#include "harness.h"

static const char key[] = "thirty-two bytes of a secret key";

static Instant at(int64_t s) { return (Instant){ s * 1000000 }; }

static AckToken token_of(const char *incident, const char *contact, int64_t expires)
{
	AckToken t = { .expires = at(expires) };

	text_copy(t.incident, sizeof t.incident, incident);
	text_copy(t.contact, sizeof t.contact, contact);
	return t;
}

static bool read_at(const char *text, int64_t now, AckToken *ret, Err *err)
{
	return ack_token_read(key, sizeof key - 1, text, at(now), ret, err);
}

TEST(a_link_says_what_was_signed)
{
	static const struct {
		const char *incident, *contact;
		int64_t expires;
	} rows[] = {
		{ "2026-0012", "ana", 1800000000 }, { "alert:down-000012", "ana.b", 1 },
		{ "2026-0012", "", 1800000000 },    { "é", "a~b.c/d?e=f", 99999999999 },
		{ "x", "contact with blanks", 36 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AckToken t = token_of(rows[i].incident, rows[i].contact, rows[i].expires), back;
		AUTO(Buf) text = { 0 };
		Err err = { 0 };

		ack_token_make(key, sizeof key - 1, &t, &text);
		if (!read_at(buf_str(&text), 0, &back, &err)) {
			test_fail(__FILE__, __LINE__, "%s: %s", buf_str(&text), err.message);
			continue;
		}
		EXPECT_TEXT(back.incident, rows[i].incident);
		EXPECT_TEXT(back.contact, rows[i].contact);
		EXPECT_INT(back.expires.us, t.expires.us);
		EXPECT_INT(strspn(buf_str(&text),
		                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		                  "0123456789-_.~"),
		           text.n);
	}
}

TEST(a_link_is_good_until_the_second_it_expires)
{
	AckToken t = token_of("2026-0012", "ana", 1000), back;
	AUTO(Buf) text = { 0 };
	Err err = { 0 };

	ack_token_make(key, sizeof key - 1, &t, &text);
	EXPECT(read_at(buf_str(&text), 999, &back, &err));
	EXPECT(!read_at(buf_str(&text), 1000, &back, &err));
	EXPECT_INT(err.code, ERR_FORBIDDEN);
	EXPECT_HAS(err.message, "expired");
}

TEST(no_character_of_a_link_can_be_changed)
{
	AckToken t = token_of("2026-0012", "ana", 1800000000), back;
	AUTO(Buf) text = { 0 };
	size_t refused = 0;

	ack_token_make(key, sizeof key - 1, &t, &text);
	for (size_t i = 0; i < text.n; i++) {
		for (const char *c = "0aZ-.~"; *c; c++) {
			char was = text.p[i];

			if (was == *c)
				continue;
			text.p[i] = *c;
			if (!read_at(buf_str(&text), 0, &back, NULL))
				refused++;
			else
				test_fail(__FILE__, __LINE__, "%s", buf_str(&text));
			text.p[i] = was;
		}
	}
	EXPECT(refused > 5 * text.n - 20);
	EXPECT(read_at(buf_str(&text), 0, &back, NULL));
}

TEST(another_key_signs_another_link)
{
	AckToken t = token_of("2026-0012", "ana", 1800000000), back;
	AUTO(Buf) text = { 0 };
	Err err = { 0 };

	ack_token_make("another key", 11, &t, &text);
	EXPECT(!read_at(buf_str(&text), 0, &back, &err));
	EXPECT_HAS(err.message, "signature");
}

TEST(what_is_not_a_link_is_refused_as_such)
{
	static const char mac[] = "0123456789abcdef0123456789abcdef";
	static const char *const fronts[] = {
		"",
		".ana.1",
		"a.b",
		"a..",
		"a.b.",
		"a.b.01",
		"a.b.0123456789abcd",
		"a.b.Z",
		"a.b.zzzzzzzzzzzz",
		"a b.c.1",
		"a%20b.c.1",
		"a~2.c.1",
		"a~2g.c.1",
		"a~00.c.1",
		"a~41.c.1", /* an A has one spelling */
		"a~2e.c.1",
		"a.b.1.1",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaa"
		"aaaaaaaaaaaa.b.1",
	};
	AckToken back;

	for (size_t i = 0; i < COUNT_OF(fronts); i++) {
		AUTO_FREE char *text = mem_printf("%s.%s", fronts[i], mac);
		Err err = { 0 };

		EXPECT(!read_at(text, 0, &back, &err));
		if (!EXPECT_INT(err.code, ERR_BAD_INPUT))
			test_fail(__FILE__, __LINE__, "%s", text);
	}
	EXPECT(!read_at(NULL, 0, &back, NULL));
	EXPECT(!read_at("a.b.1.0123456789abcdef", 0, &back, NULL));
}

TEST(a_link_far_too_long_is_not_read)
{
	AUTO(Buf) text = { 0 };
	AckToken back;

	for (int i = 0; i < 100000; i++)
		buf_char(&text, '.');
	EXPECT(!read_at(buf_str(&text), 0, &back, NULL));
}
