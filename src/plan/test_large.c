/* Plans of many checks: what they share, and what each of them costs. */
#include "harness.h"

#include "plan/commitment.h"
#include "plan/share.h"
#include "plan/testing.h"

#include "core/buf.h"

static const char head[] = SITE "checks:\n";

TEST(equal_settings_of_a_plan_are_one_object)
{
	AUTO(Buf) text = { 0 };
	AUTO(Loaded) l = { 0 };

	buf_text(&text, head);
	buf_text(&text, "  a: {type: http, target: http://127.0.0.1/, every: 1m, slow: 2s, expect: "
	                "[200, 301], headers: {X: y}}\n"
	                "  b: {type: http, target: http://127.0.0.2/, every: 60s, slow: 2s,\n"
	                "      expect: [200, 301], headers: {X: y}}\n"
	                "  c: {type: http, target: http://127.0.0.3/, every: 1m, slow: 2s, expect: "
	                "[200, 302], headers: {X: y}}\n");
	l = load_text(buf_str(&text));
	ASSERT(l.plan);
	EXPECT(plan_check(l.plan, "a")->how == plan_check(l.plan, "b")->how);
	EXPECT(plan_check(l.plan, "a")->how != plan_check(l.plan, "c")->how);
	EXPECT_TEXT(plan_check(l.plan, "b")->target, "http://127.0.0.2/");
	EXPECT_TEXT(plan_check(l.plan, "c")->how->expect.at[1], "302");
}

TEST(a_check_is_small)
{
	size_t size = sizeof(Check);

	EXPECT(size <= 136);
}

/* A share lives as long as somebody holds it, and tells texts from bytes. */
TEST(a_share_keeps_equal_bytes_once)
{
	Share *s = share_new();
	char one[] = "sixty seconds", two[] = "sixty seconds";
	const char *kept = share_text(s, one);
	Texts list = { (const char *const[]){ "a", "b", NULL }, 2 };
	Texts other = { (const char *const[]){ "a", "b", NULL }, 2 };
	size_t used;

	EXPECT(kept != one);
	EXPECT(share_text(s, two) == kept);
	EXPECT(share_own(s, two) != kept);
	EXPECT(share_texts(s, list).at == share_texts(s, other).at);
	EXPECT(!share_text(s, NULL));
	EXPECT(!share_own(s, NULL));
	EXPECT(!share_texts(s, (Texts){ 0 }).at);
	used = share_used(s);
	for (int i = 0; i < 1000; i++)
		(void)share_texts(s, list);
	EXPECT_INT(share_used(s), used);
	for (int i = 0; i < 1000; i++)
		EXPECT_INT(*(const int *)share_bytes(s, &i, sizeof i), i);
	share_drop(share_hold(s));
	EXPECT_TEXT(kept, "sixty seconds");
	share_drop(s);
}

/* Beyond a thousand checks: a line for what a service measures at one rhythm. */
TEST(many_checks_are_promised_together_and_few_apart)
{
	static const struct {
		unsigned checks;
		size_t lines;
		bool together;
	} rows[] = { { 1000, 1000, false }, { 1003, 4, true } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Buf) text = { 0 };
		AUTO(Loaded) l = { 0 };
		size_t covered = 0, lines = 0;

		buf_text(&text, head);
		for (unsigned k = 0; k < rows[i].checks; k++)
			buf_printf(&text,
			           "  c%u: {type: http, service: site, target: \"http://h/%u\", "
			           "every: %s%s}\n",
			           k, k, k % 2 ? "1m" : "5m",
			           k == 7   ? ", src: \"C:3\""
			           : k == 9 ? ", env: staging"
			                    : "");
		l = load_text(buf_str(&text));
		ASSERT(l.plan);
		for (size_t c = 0; c < l.plan->commitments_n; c++) {
			const Commitment *line = &l.plan->commitments[c];

			if (line->by != BY_PROBES)
				continue;
			lines++;
			covered += line->check ? 1 : line->checks_n;
			for (size_t k = 0; k < line->checks_n; k++)
				EXPECT_TEXT(line->checks[k]->env, line->env);
		}
		EXPECT_INT(lines, rows[i].lines);
		EXPECT_INT(covered, rows[i].checks);
		if (rows[i].together) {
			const Commitment *five =
			        plan_commitment(l.plan, "cadence:checks:site:-:5m");

			ASSERT(five);
			EXPECT_INT(five->checks_n, 502);
			EXPECT_TEXT(five->figure, "every 5m");
			ASSERT(plan_commitment(l.plan, "cadence:check:c7"));
			ASSERT(plan_commitment(l.plan, "cadence:checks:site:staging:1m"));
		}
	}
}
