#include "harness.h"

#include "plan/testing.h"
#include "plan/types.h"

#include <math.h>

typedef struct Figure {
	const char *text;
	double value;
	Unit unit;
	const char *printed;
} Figure;

static const Figure figures[] = {
	{ "99.9%", 99.9, UNIT_PERCENT, "99.9%" },
	{ "99.9 %", 99.9, UNIT_PERCENT, "99.9%" },
	{ "0%", 0, UNIT_PERCENT, "0%" },
	{ "-5%", -5, UNIT_PERCENT, "-5%" },
	{ "200ms", 0.2, UNIT_SECONDS, "200ms" },
	{ "200 ms", 0.2, UNIT_SECONDS, "200ms" },
	{ "2s", 2, UNIT_SECONDS, "2s" },
	{ "1.5s", 1.5, UNIT_SECONDS, "1.5s" },
	{ "4h", 14400, UNIT_SECONDS, "4h" },
	{ "8h45m", 31500, UNIT_SECONDS, "8h45m" },
	{ "30d", 2592000, UNIT_SECONDS, "720h" },
	{ "0s", 0, UNIT_SECONDS, "0s" },
	{ "10G", 10737418240.0, UNIT_BYTES, "10G" },
	{ "10 GiB", 10737418240.0, UNIT_BYTES, "10G" },
	{ "1.3K", 1331, UNIT_BYTES, "1331B" },
	{ "512 bytes", 512, UNIT_BYTES, "512B" },
	{ "4.5/5", 4.5, UNIT_SCORE, "4.5/5" },
	{ "1000 req/min", 1000, UNIT_PER_MIN, "1000 req/min" },
	{ "1000/min", 1000, UNIT_PER_MIN, "1000 req/min" },
	{ "10000000", 1e7, UNIT_NONE, "10000000" },
	{ "10000000 rows", 1e7, UNIT_NONE, "10000000" },
	{ "0.1", 0.1, UNIT_NONE, "0.1" },
};

TEST(figures_are_brought_to_their_base_unit_and_read_back)
{
	for (size_t i = 0; i < COUNT_OF(figures); i++) {
		const Figure *f = &figures[i];
		Quantity q, again;
		char out[48];

		if (!EXPECT(quantity_parse(f->text, &q, NULL)))
			continue;
		EXPECT_REAL(q.value, f->value, 0);
		EXPECT_INT(q.unit, f->unit);
		EXPECT(q.set && !q.unset);
		EXPECT_TEXT(quantity_print(&q, out), f->printed);
		EXPECT_TEXT(q.text, f->text);
		ASSERT(quantity_parse(out, &again, NULL));
		EXPECT_REAL(again.value, q.value, 0);
		EXPECT_INT(again.unit, q.unit);
	}
}

TEST(a_figure_still_to_be_chosen_is_a_value)
{
	Quantity q;
	char out[48];

	ASSERT(quantity_parse("unset", &q, NULL));
	EXPECT(q.set && q.unset);
	EXPECT_TEXT(quantity_print(&q, out), "unset");
}

TEST(what_is_no_figure_is_refused)
{
	static const char *const bad[] = { "",     "fast",  "5 parsecs", "1e3",   "--1",
		                           "5/0",  "6/5",   "5/",        "%",     "5  %",
		                           "5 ",   "1.2.3", "5mo",       "1y",    "5 m s",
		                           "0x10", "1,5",   "+5",        "99.9%%" };

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		Quantity q;
		Err err = { 0 };

		if (quantity_parse(bad[i], &q, &err))
			(void)test_fail(__FILE__, __LINE__, "accepted '%s'", bad[i]);
		EXPECT_INT(err.code, ERR_BAD_INPUT);
		EXPECT(!q.set);
	}
}

TEST(comparators_are_strict_or_loose)
{
	static const char *const names[] = { "<", "<=", ">", ">=", "==", "!=" };
	static const bool want[][3] = { /* 1, 2, 3 against 2 */
		                        { true, false, false }, { true, true, false },
		                        { false, false, true }, { false, true, true },
		                        { false, true, false }, { true, false, true }
	};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		Op op;

		ASSERT(op_parse(names[i], &op));
		EXPECT_TEXT(op_print(op), names[i]);
		for (int x = 0; x < 3; x++)
			EXPECT_INT(op_holds(x + 1, op, 2), want[i][x]);
		EXPECT(!op_holds(NAN, op, 2) || op == OP_EQ);
	}
	Op op;
	EXPECT(!op_parse("", &op) && !op_parse("=", &op) && !op_parse("=<", &op));
	EXPECT(!op_holds(1, OP_NONE, 1));
}

TEST(statistics_have_names)
{
	Stat stat;

	for (int i = STAT_UNSPECIFIED; i <= STAT_COUNT; i++) {
		ASSERT(stat_parse(stat_print((Stat)i), &stat));
		EXPECT_INT(stat, i);
	}
	EXPECT(!stat_parse("p96", &stat) && !stat_parse("", &stat) && !stat_parse(NULL, &stat));
}

TEST(a_deadline_is_a_duration_or_a_word)
{
	static const struct {
		const char *text;
		DeadlineKind kind;
	} rows[] = { { "15m", DEADLINE_SPAN },        { "0m", DEADLINE_SPAN },
		     { "asap", DEADLINE_ASAP },       { "next_sprint", DEADLINE_NEXT_SPRINT },
		     { "planned", DEADLINE_PLANNED }, { "none", DEADLINE_NONE },
		     { "unset", DEADLINE_UNSET } };
	char out[SPAN_TEXT];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Deadline d, again;

		ASSERT(deadline_parse(rows[i].text, &d, NULL));
		EXPECT_INT(d.kind, rows[i].kind);
		EXPECT(d.set);
		ASSERT(deadline_parse(deadline_print(&d, out), &again, NULL));
		EXPECT_INT(again.kind, d.kind);
	}
	Deadline d;
	Err err = { 0 };
	EXPECT(!deadline_parse("soon", &d, &err));
	EXPECT_TEXT(err.message, "'soon' is not a deadline");
	EXPECT(!d.set);
}

TEST(a_period_is_a_duration_or_an_event)
{
	static const char *const texts[] = { "1d",       "1mo",    "1y",    "5m",
		                             "incident", "deploy", "build", "unset" };
	char out[SPAN_TEXT];
	Period p;

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		ASSERT(period_parse(texts[i], &p, NULL));
		EXPECT_TEXT(period_print(&p, out), texts[i]);
	}
	EXPECT(!period_parse("0d", &p, NULL) && !period_parse("month", &p, NULL));
	EXPECT_INT(p.kind, PERIOD_UNSET);
}

TEST(ranges_are_half_open)
{
	char out[RANGE_TEXT];
	Range r;

	ASSERT(range_parse("0-1000", &r, NULL));
	EXPECT(r.from <= 0 && r.to >= 1000 && r.has_to);
	EXPECT_TEXT(range_print(&r, out), "0-1000");
	ASSERT(range_parse("10000-", &r, NULL));
	EXPECT(!r.has_to);
	EXPECT_TEXT(range_print(&r, out), "10000-");
	ASSERT(range_parse("1.5-2.5", &r, NULL));
	EXPECT_TEXT(range_print(&r, out), "1.5-2.5");
	EXPECT(!range_parse("5", &r, NULL) && !range_parse("5-5", &r, NULL) &&
	       !range_parse("5-4", &r, NULL) && !range_parse("-5-4", &r, NULL) &&
	       !range_parse("0-1K", &r, NULL) && !range_parse("-", &r, NULL) &&
	       !range_parse("1--2", &r, NULL) && !range_parse("", &r, NULL));
}

TEST(money_keeps_its_currency_and_what_it_buys)
{
	static const char *const texts[] = { "29 USD per 1mo", "0-25 EUR", "0 USD", "9.99 CHF",
		                             "1-2 EUR per 1d" };
	static const char *const bad[] = {
		"29",       "$29",           "29 usd",           "29 USD/mo",
		"10-5 EUR", "29 USD per",    "29 USD per month", "29 USD a 1d",
		"-5 EUR",   "29 USD per 0d", "29 DOLLARS",       "29 USD per 1d x",
		""
	};
	char out[MONEY_TEXT];
	Money m;

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		ASSERT(money_parse(texts[i], &m, NULL));
		EXPECT(m.set);
		EXPECT_TEXT(money_print(&m, out), texts[i]);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (money_parse(bad[i], &m, NULL))
			(void)test_fail(__FILE__, __LINE__, "accepted '%s'", bad[i]);
		EXPECT(!m.set);
	}
}

typedef struct Line {
	const char *text, *printed;
	ConditionKind kind;
} Line;

static const Line lines[] = {
	{ "latency{site} p95 > 2s over 5m for 15m", NULL, CONDITION_METRIC },
	{ "latency{site}  p95  >  2s  for 15m  over 5m", "latency{site} p95 > 2s over 5m for 15m",
	  CONDITION_METRIC },
	{ "cpu_used > 80%", NULL, CONDITION_METRIC },
	{ "disk_free{/var} < 10%", NULL, CONDITION_METRIC },
	{ "requests > 1000 req/min over 1h", NULL, CONDITION_METRIC },
	{ "http_5xx > unset", NULL, CONDITION_METRIC },
	{ "error_rate mean >= 5 % for 90s", "error_rate mean >= 5% for 1m30s", CONDITION_METRIC },
	{ "check{site} == fail", NULL, CONDITION_CHECK },
	{ "check{site} != ok for 3m", NULL, CONDITION_CHECK },
	{ "backup{daily} == failed", NULL, CONDITION_STATE },
	{ "log{app} level == CRITICAL", NULL, CONDITION_STATE },
	{ "declared: a flaw is public", NULL, CONDITION_DECLARED },
};

TEST(conditions_read_as_written_and_print_in_one_form)
{
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		Condition c, again;
		Err err = { 0 };
		char out[256], twice[256];

		if (!condition_parse(lines[i].text, &c, &err)) {
			(void)test_fail(__FILE__, __LINE__, "%s: %s", lines[i].text, err.message);
			continue;
		}
		EXPECT_INT(c.kind, lines[i].kind);
		EXPECT_TEXT(condition_print(&c, out),
		            lines[i].printed ? lines[i].printed : lines[i].text);
		ASSERT(condition_parse(out, &again, NULL));
		EXPECT_TEXT(condition_print(&again, twice), out);
	}
}

TEST(a_condition_gives_up_its_parts)
{
	Condition c;

	ASSERT(condition_parse("latency{site} p95 > 2s over 5m for 15m", &c, NULL));
	EXPECT_TEXT(c.subject, "latency");
	EXPECT_TEXT(c.scope, "site");
	EXPECT_INT(c.stat, STAT_P95);
	EXPECT_INT(c.op, OP_GT);
	EXPECT_REAL(c.value.value, 2, 0);
	EXPECT_INT(span_estimate(c.over).us, minutes(5).us);
	EXPECT_INT(span_estimate(c.sustain).us, minutes(15).us);
	ASSERT(condition_parse("check{site} == fail", &c, NULL));
	EXPECT_TEXT(c.subject, "check");
	EXPECT_TEXT(c.word, "fail");
	EXPECT(span_is_zero(c.sustain));
}

TEST(a_condition_that_is_none_says_what_is_missing)
{
	static const char *const rows[][2] = {
		{ "", "begins with the name" },
		{ "> 5", "begins with the name" },
		{ "latency", "a comparison" },
		{ "latency p95", "a comparison" },
		{ "latency p97 > 2s", "'p97' is not a comparison" },
		{ "latency >", "a figure is missing" },
		{ "latency > over 5m", "a figure is missing" },
		{ "latency{home > 2s", "not closed" },
		{ "latency{} > 2s", "hold nothing" },
		{ "latency > 2s for", "a duration is missing after 'for'" },
		{ "latency > 2s over 0s", "a duration is missing after 'over'" },
		{ "latency > 2s during 5m", "unit that is not known" },
		{ "latency > 2s over 5m over 6m", "'over' is there twice" },
		{ "latency > 2s over 5m x", "'x' stands where" },
		{ "check == fail", "needs a name in braces" },
		{ "check{home} > fail", "compared with == or !=" },
		{ "check{home} ==", "a state is missing" },
		{ "declared:  ", "needs the words" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Condition c;
		Err err = { 0 };

		if (condition_parse(rows[i][0], &c, &err))
			(void)test_fail(__FILE__, __LINE__, "accepted '%s'", rows[i][0]);
		EXPECT_HAS(err.message, rows[i][1]);
		EXPECT_INT(c.kind, CONDITION_NONE);
	}
}

TEST(a_condition_longer_than_its_place_is_refused)
{
	char text[400];
	Condition c;
	Err err = { 0 };

	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	EXPECT(!condition_parse(text, &c, &err));
	EXPECT_INT(err.code, ERR_LIMIT);
}

TEST(a_comparison_is_a_sign_and_a_figure)
{
	static const struct {
		const char *text;
		Op op;
		double value;
		Unit unit;
	} good[] = {
		{ "> 80%", OP_GT, 80, UNIT_PERCENT },   { ">80%", OP_GT, 80, UNIT_PERCENT },
		{ ">= 4.5/5", OP_GE, 4.5, UNIT_SCORE }, { "> 4.5", OP_GT, 4.5, UNIT_NONE },
		{ "< 4h", OP_LT, 14400, UNIT_SECONDS }, { "<=  10 %", OP_LE, 10, UNIT_PERCENT },
		{ "== 3", OP_EQ, 3, UNIT_NONE },
	};
	static const char *const bad[] = { "",      "80%",    ">",       "> ", "=> 80%",
		                           ">>> 1", "> lots", "> unset", "= 5" };
	Quantity q;
	Err err;
	Op op;

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		ASSERT(comparison_parse(good[i].text, &op, &q, &err));
		EXPECT_INT(op, good[i].op);
		EXPECT_INT(q.unit, good[i].unit);
		EXPECT_REAL(q.value, good[i].value, 0);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		EXPECT(!comparison_parse(bad[i], &op, &q, &err));
}

TEST(a_keeping_time_is_a_duration_a_number_or_a_word)
{
	static const struct {
		const char *text;
		KeepKind kind;
		const char *printed;
	} good[] = {
		{ "30d", KEEP_SPAN, "30d" },       { "3mo", KEEP_SPAN, "3mo" },
		{ "14", KEEP_COUNT, "14" },        { "007", KEEP_COUNT, "7" },
		{ "forever", KEEP_FOREVER, NULL }, { "unset", KEEP_UNSET, NULL },
		{ "24h", KEEP_SPAN, "24h" },
	};
	static const char *const bad[] = { "", "0", "-3", "0d", "1234567", "ever", "3 d", "3x" };
	char out[SPAN_TEXT];
	Keep k, again;

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		ASSERT(keep_parse(good[i].text, &k, NULL));
		EXPECT_INT(k.kind, good[i].kind);
		EXPECT(k.set);
		EXPECT_TEXT(keep_print(&k, out), good[i].printed ? good[i].printed : good[i].text);
		EXPECT(keep_parse(out, &again, NULL) && again.kind == k.kind);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (keep_parse(bad[i], &k, NULL))
			(void)test_fail(__FILE__, __LINE__, "accepted '%s'", bad[i]);
		EXPECT(!k.set);
	}
}

TEST(a_threshold_is_a_figure_that_lasts)
{
	static const char *const good[] = { "85%",   "85% for 15m",         "2s for 1h",
		                            "unset", "1000 req/min for 5m", "10000000" };
	static const char *const bad[] = {
		"",     "for 5m",       "85% for",           "85% for 0m", "85% over 5m",
		"much", "85% for ever", "85 % for 5m for 6m"
	};
	char out[THRESHOLD_TEXT];
	Threshold t;

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		ASSERT(threshold_parse(good[i], &t, NULL));
		EXPECT_TEXT(threshold_print(&t, out), good[i]);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (threshold_parse(bad[i], &t, NULL))
			(void)test_fail(__FILE__, __LINE__, "accepted '%s'", bad[i]);
	}
}

TEST(durations_and_numbers_may_be_ranges)
{
	static const char *const spans[] = { "2h", "2h-4h", "2w", "1d-1mo", "30m-1h30m" };
	static const char *const reals[] = { "20", "15-20", "0", "2.5-3" };
	static const char *const bad[] = { "",      "-",        "4h-2h", "2h-", "-2h",
		                           "2h-2h", "2h-4h-6h", "20-15", "-5",  "5-",
		                           "5-5",   "1e3",      "5-x" };
	char out[SPAN_RANGE_TEXT];
	double a, b;
	Span x, y;

	for (size_t i = 0; i < COUNT_OF(spans); i++) {
		ASSERT(span_range_parse(spans[i], &x, &y, NULL));
		EXPECT_TEXT(span_range_print(x, y, out), spans[i]);
	}
	for (size_t i = 0; i < COUNT_OF(reals); i++) {
		ASSERT(real_range_parse(reals[i], &a, &b, NULL));
		EXPECT_TEXT(real_range_print(a, b, out), reals[i]);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		Err err = { 0 };

		EXPECT(!span_range_parse(bad[i], &x, &y, &err) && span_is_zero(x));
		EXPECT(!real_range_parse(bad[i], &a, &b, &err));
		EXPECT_INT(err.code, ERR_BAD_INPUT);
	}
}
