#include "alert/silence.h"

#include "core/text.h"
#include "harness.h"

static const SilenceTarget shop = { "disk-full", "shop", "warning", "disk", "production", "P2" };

TEST(a_matcher_holds_against_what_it_names)
{
	static const struct {
		const char *matchers;
		bool holds;
	} rows[] = {
		{ "service=shop", true },
		{ "service=blog", false },
		{ "service!=blog", true },
		{ "service!=shop", false },
		{ "rule=disk-*", true },
		{ "rule=*-full", true },
		{ "rule=*sk-f*", true },
		{ "rule=disk-ful?", true },
		{ "rule=disk-full?", false },
		{ "rule=*", true },
		{ "rule=**", true },
		{ "rule=?*", true },
		{ "rule=disk", false },
		{ "rule=Disk-full", false },
		{ "service=shop, level=warning", true },
		{ "service=shop level=critical", false },
		{ "env=production check=disk class=P2 rule=*", true },
		{ "class!=*", false },
		{ "rule=*a*b*c*d*", false },
		{ "rule=d*i*s*k*f*u*l*l", true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SilenceMatch m;
		Err err = { 0 };

		if (!silence_match_parse(rows[i].matchers, &m, &err))
			test_fail(__FILE__, __LINE__, "%s: %s", rows[i].matchers, err.message);
		else if (silence_match_holds(&m, &shop) != rows[i].holds)
			test_fail(__FILE__, __LINE__, "%s", rows[i].matchers);
	}
}

TEST(what_is_not_there_matches_only_a_star)
{
	SilenceTarget nothing = { 0 };
	SilenceMatch m;

	ASSERT(silence_match_parse("service=*", &m, NULL));
	EXPECT(silence_match_holds(&m, &nothing));
	ASSERT(silence_match_parse("service=shop", &m, NULL));
	EXPECT(!silence_match_holds(&m, &nothing));
	m.n = 0; /* nothing said is nothing silenced */
	EXPECT(!silence_match_holds(&m, &shop));
}

TEST(a_matcher_that_is_not_one_is_refused_and_named)
{
	static const struct {
		const char *matchers, *says;
	} rows[] = {
		{ "", "says what it silences" },
		{ " , ,", "says what it silences" },
		{ "shop", "not key=value" },
		{ "=shop", "not something to silence by" },
		{ "!=shop", "not something to silence by" },
		{ "host=web1", "not something to silence by" },
		{ "service=", "needs a name" },
		{ "service!=", "needs a name" },
		{ "service=a=b", "needs a name" },
		{ "service=a\"b", "needs a name" },
		{ "service=\xff", "needs a name" },
		{ "rule=a rule=b rule=c rule=d rule=e rule=f rule=g rule=h rule=i", "at most 8" },
		{ "rule="
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "too long" },
		{ "rule=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
		  "rule=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "
		  "rule=ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc "
		  "rule=ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
		  "too long together" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SilenceMatch m;
		Err err = { 0 };

		EXPECT(!silence_match_parse(rows[i].matchers, &m, &err));
		EXPECT_HAS(err.message, rows[i].says);
		EXPECT_INT(m.n, 0);
	}
}

TEST(matchers_print_as_they_read)
{
	char out[256];
	SilenceMatch m;

	ASSERT(silence_match_parse("  service=shop,,rule!=disk-*\tlevel=w?rning ", &m, NULL));
	EXPECT_TEXT(silence_match_print(&m, out), "service=shop, rule!=disk-*, level=w?rning");
}

/* ---- from, to, and whoever ends it ---- */

static Instant at(int minute) { return (Instant){ minute * 60000000LL }; }

static bool make(Silence *s, Effects *fx, const char *matchers, const char *reason, int from,
                 int to, Err *err)
{
	return silence_make(s, "sil-0001", "cli:ana", matchers, reason, at(from), at(to), at(0), fx,
	                    err);
}

TEST(a_silence_holds_from_its_beginning_to_its_end_and_not_at_its_end)
{
	Effects fx = { 0 };
	Silence s;

	ASSERT(make(&s, &fx, "service=shop", "moving house", 10, 20, NULL));
	EXPECT_INT(silence_due(&s, at(0)).us, at(10).us);
	EXPECT(!silence_holds(&s, &shop, at(9)));
	EXPECT(silence_holds(&s, &shop, at(10)));
	EXPECT_INT(silence_due(&s, at(10)).us, at(20).us);
	EXPECT(silence_holds(&s, &shop, at(19)));
	EXPECT(!silence_holds(&s, &shop, at(20)));
	EXPECT_INT(fx.entries.n, 1);
	EXPECT_TEXT(fx.entries.at[0].kind, "silence.made");
	EXPECT_TEXT(fx.entries.at[0].subject, "silence:sil-0001");
	EXPECT_TEXT(fx.entries.at[0].note, "moving house");
	effects_done(&fx);
}

TEST(a_silence_needs_a_reason_an_author_and_an_end)
{
	Effects fx = { 0 };
	Err err = { 0 };
	Silence s;

	EXPECT(!make(&s, &fx, "service=shop", "", 10, 20, &err));
	EXPECT_HAS(err.message, "reason");
	EXPECT(!make(&s, &fx, "service=shop", " \n", 10, 20, &err));
	EXPECT(!make(&s, &fx, "service=shop", "why", 20, 20, &err));
	EXPECT_HAS(err.message, "ends after it begins");
	EXPECT(!make(&s, &fx, "service=shop", "why", -20, 0, &err));
	EXPECT_HAS(err.message, "over already");
	EXPECT(!make(&s, &fx, "nonsense", "why", 10, 20, &err));
	EXPECT(!silence_make(&s, "x", "", "rule=*", "why", at(1), at(2), at(0), &fx, &err));
	EXPECT_HAS(err.message, "author");
	EXPECT(!silence_make(&s, "x", "ana", "rule=*", "why", at(1), NEVER, at(0), &fx, &err));
	EXPECT(!silence_make(&s, "x", "ana", NULL, "why", at(1), at(2), at(0), &fx, &err));
	EXPECT_INT(fx.entries.n, 0);
	effects_done(&fx);
}

TEST(a_person_may_end_it_early_once)
{
	Effects fx = { 0 };
	Silence s;

	ASSERT(make(&s, &fx, "service=shop", "why", 10, 20, NULL));
	EXPECT(silence_end(&s, "cli:bob", at(15), &fx));
	EXPECT(!silence_holds(&s, &shop, at(16)));
	EXPECT(!silence_end(&s, "cli:bob", at(17), &fx));
	EXPECT(!silence_tick(&s, at(30), &fx));
	EXPECT_INT(silence_due(&s, at(16)).us, NEVER.us);
	EXPECT_TEXT(s.ended_by, "cli:bob");
	EXPECT_INT(fx.entries.n, 2);
	effects_done(&fx);
}

TEST(its_end_is_recorded_once_and_at_its_own_hour)
{
	Effects fx = { 0 };
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	Silence s;

	ASSERT(make(&s, &fx, "service=shop", "why", 10, 20, NULL));
	EXPECT(!silence_tick(&s, at(19), &fx));
	EXPECT(silence_tick(&s, at(500), &fx)); /* Carène was stopped meanwhile */
	EXPECT_INT(s.ended.us, at(20).us);
	EXPECT_TEXT(fx.entries.at[1].kind, "silence.expired");
	EXPECT(!silence_end(&s, "cli:bob", at(501), &fx));
	silence_emit(&e, &s, at(501));
	EXPECT_HAS(buf_str(&json), "\"open\":false");
	EXPECT_HAS(buf_str(&json), "\"ended_by\":\"carene\"");
	effects_done(&fx);
}
