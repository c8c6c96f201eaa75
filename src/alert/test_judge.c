#include "alert/alert.h"

#include "core/text.h"
#include "harness.h"

#include <math.h>

typedef struct World {
	bool has;
	double value;
	AlertCheckState states[4]; /* site, a, b, c */
	const char *word;
	bool declared;
} World;

static bool ask_metric(void *ctx, const Condition *c, Instant now, double *ret)
{
	const World *w = ctx;

	(void)c, (void)now;
	*ret = w->value;
	return w->has;
}

static AlertCheckState ask_check(void *ctx, const char *id)
{
	const World *w = ctx;

	return w->states[text_eq(id, "a") ? 1 : text_eq(id, "b") ? 2 : text_eq(id, "c") ? 3 : 0];
}

static bool ask_state(void *ctx, const char *subject, const char *scope, char word[32])
{
	const World *w = ctx;

	(void)subject, (void)scope;
	text_copy(word, 32, w->word);
	return w->word != NULL;
}

static bool ask_declared(void *ctx, const char *text)
{
	return text_eq(text, "payments are wrong") && ((const World *)ctx)->declared;
}

static AlertFacts facts_of(World *w)
{
	return (AlertFacts){ w, ask_metric, ask_check, ask_state, ask_declared };
}

TEST(a_condition_is_true_false_or_not_known)
{
	static const struct {
		const char *condition;
		World world;
		Judgement want;
	} rows[] = {
		{ "cpu_used > 70%", { .has = true, .value = 70 }, JUDGED_FALSE },
		{ "cpu_used > 70%", { .has = true, .value = 70.0001 }, JUDGED_TRUE },
		{ "cpu_used >= 70%", { .has = true, .value = 70 }, JUDGED_TRUE },
		{ "cpu_used > 70%", { .has = false, .value = 99 }, JUDGED_NO_DATA },
		{ "cpu_used > 70%", { .has = true, .value = NAN }, JUDGED_NO_DATA },
		{ "cpu_used > unset", { .has = true, .value = 100 }, JUDGED_FALSE },
		{ "latency{site} p95 > 2s over 5m", { .has = true, .value = 2.5 }, JUDGED_TRUE },
		{ "latency{site} p95 > 200ms over 5m",
		  { .has = true, .value = 0.15 },
		  JUDGED_FALSE },
		{ "disk_free{/} < 10G", { .has = true, .value = 9.0 * (1 << 30) }, JUDGED_TRUE },
		{ "disk_free{/} <= 10G", { .has = true, .value = 10.0 * (1 << 30) }, JUDGED_TRUE },
		{ "score != 4.5/5", { .has = true, .value = 4.5 }, JUDGED_FALSE },
		{ "score == 4.5/5", { .has = true, .value = 4.5 }, JUDGED_TRUE },
		{ "check{site} == fail", { .states = { ALERT_CHECK_DOWN } }, JUDGED_TRUE },
		{ "check{site} == fail", { .states = { ALERT_CHECK_DEGRADED } }, JUDGED_FALSE },
		{ "check{site} == fail", { .states = { ALERT_CHECK_UP } }, JUDGED_FALSE },
		{ "check{site} == fail", { .states = { ALERT_CHECK_UNKNOWN } }, JUDGED_NO_DATA },
		{ "check{site} != ok", { .states = { ALERT_CHECK_DEGRADED } }, JUDGED_TRUE },
		{ "check{site} != ok", { .states = { ALERT_CHECK_UNKNOWN } }, JUDGED_NO_DATA },
		{ "check{site} == degraded", { .states = { ALERT_CHECK_DOWN } }, JUDGED_FALSE },
		{ "check{site} == unknown", { .states = { ALERT_CHECK_UNKNOWN } }, JUDGED_TRUE },
		{ "check{site} == purple", { .states = { ALERT_CHECK_DOWN } }, JUDGED_FALSE },
		{ "backup{daily} == failed", { .word = "failed" }, JUDGED_TRUE },
		{ "backup{daily} == failed", { .word = "verified" }, JUDGED_FALSE },
		{ "backup{daily} != verified", { .word = "failed" }, JUDGED_TRUE },
		{ "backup{daily} == failed", { .word = NULL }, JUDGED_NO_DATA },
		{ "log{app} level == CRITICAL", { .word = "CRITICAL" }, JUDGED_TRUE },
		{ "declared: payments are wrong", { .declared = true }, JUDGED_TRUE },
		{ "declared: payments are wrong", { .declared = false }, JUDGED_FALSE },
		{ "declared: something else", { .declared = true }, JUDGED_FALSE },
	};
	Instant now = { 0 };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		World w = rows[i].world;
		AlertFacts facts = facts_of(&w);
		Condition c;
		Err err = { 0 };

		if (!condition_parse(rows[i].condition, &c, &err)) {
			test_fail(__FILE__, __LINE__, "%s: %s", rows[i].condition, err.message);
			continue;
		}
		if (alert_judge_condition(&c, &facts, now, NULL) != rows[i].want)
			test_fail(__FILE__, __LINE__, "row %zu: %s", i, rows[i].condition);
	}
}

TEST(a_judge_that_may_ask_nothing_knows_nothing)
{
	AlertFacts nobody = { 0 };
	Condition c;
	double value = 5;

	ASSERT(condition_parse("cpu_used > 70%", &c, NULL));
	EXPECT_INT(alert_judge_condition(&c, &nobody, LONG_AGO, &value), JUDGED_NO_DATA);
	EXPECT_REAL(value, 0, 0);
	ASSERT(condition_parse("check{site} == fail", &c, NULL));
	EXPECT_INT(alert_judge_condition(&c, &nobody, LONG_AGO, NULL), JUDGED_NO_DATA);
	ASSERT(condition_parse("backup{x} == failed", &c, NULL));
	EXPECT_INT(alert_judge_condition(&c, &nobody, LONG_AGO, NULL), JUDGED_NO_DATA);
	ASSERT(condition_parse("declared: x", &c, NULL));
	EXPECT_INT(alert_judge_condition(&c, &nobody, LONG_AGO, NULL), JUDGED_FALSE);
	c.kind = CONDITION_NONE;
	EXPECT_INT(alert_judge_condition(&c, &nobody, LONG_AGO, NULL), JUDGED_FALSE);
}

#define U ALERT_CHECK_UNKNOWN
#define G ALERT_CHECK_UP
#define D ALERT_CHECK_DOWN

TEST(two_of_three_checks_must_fail_and_unknown_ones_may_tip_the_balance)
{
	static const struct {
		AlertCheckState a, b, c;
		Judgement want;
		int failing;
	} rows[] = {
		{ G, G, G, JUDGED_FALSE, 0 },   { D, G, G, JUDGED_FALSE, 1 },
		{ D, D, G, JUDGED_TRUE, 2 },    { D, D, D, JUDGED_TRUE, 3 },
		{ D, U, G, JUDGED_NO_DATA, 1 }, { U, U, G, JUDGED_NO_DATA, 0 },
		{ U, G, G, JUDGED_FALSE, 0 },   { D, D, U, JUDGED_TRUE, 2 },
	};
	static const char *const of[] = { "a", "b", "c", NULL };
	Rule rule = { .at_least = 2, .of = { of, 3 } };

	ASSERT(condition_parse("check{a} == fail", &rule.when, NULL));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		World w = { .states = { G, rows[i].a, rows[i].b, rows[i].c } };
		AlertFacts facts = facts_of(&w);
		double value = -1;

		EXPECT_INT(alert_judge(&rule, &facts, LONG_AGO, &value), rows[i].want);
		EXPECT_REAL(value, rows[i].failing, 0);
	}
}

TEST(a_rule_without_a_list_of_checks_is_its_condition_and_one_without_a_word_means_failing)
{
	static const char *const of[] = { "a", "b", NULL };
	World w = { .states = { D, D, D, G } };
	AlertFacts facts = facts_of(&w);
	Rule plain = { 0 }, listed = { .at_least = 0, .of = { of, 2 } };
	double value = -1;

	ASSERT(condition_parse("check{site} == fail", &plain.when, NULL));
	EXPECT_INT(alert_judge(&plain, &facts, LONG_AGO, &value), JUDGED_TRUE);
	EXPECT_REAL(value, 1, 0);
	EXPECT_INT(alert_judge(&listed, &facts, LONG_AGO, &value), JUDGED_TRUE);
	EXPECT_REAL(value, 2, 0);
}
