/* Figures on their way into series: each to its own, whatever came before it. */
#include "engine/engine_private.h"
#include "harness.h"
#include "notify/test_plan.h"

#include <math.h>

/* An engine that has only what figures need. */
typedef struct Bench {
	Engine e;
	Plan *plan;
	Watch w;
	Instant now;
} Bench;

static void Bench_done(Bench *b)
{
	feed_done(&b->w);
	series_free(b->e.series);
	rules_free(&b->e);
	plan_free(b->plan);
}

static void begin(Bench *b, const char *sections)
{
	AUTO_FREE char *text = mem_printf("checks:\n  site: {type: http, target: "
	                                  "\"http://127.0.0.1/\", every: 60s}\n"
	                                  "  shop: {type: http, target: \"http://127.0.0.2/\", "
	                                  "every: 60s}\n%s",
	                                  sections);

	memset(b, 0, sizeof *b);
	b->now = (Instant){ 1700000000000000 };
	b->plan = test_plan(text);
	b->e.plan = b->plan;
	b->e.series = series_new();
	b->e.rules_made = 1;
	b->w = (Watch){ .e = &b->e, .check = plan_check(b->plan, "site"), .id = "site" };
	feed_sync(&b->e);
}

static size_t feed(Bench *b, CheckResult *r)
{
	Taken taken[CHECK_FIGURES];

	b->now = after(b->now, seconds(60));
	r->at = b->now;
	return feed_result(&b->w, r, taken);
}

static double newest(const Bench *b, const char *series)
{
	Instant at;
	double value;

	return series_last(b->e.series, series, &at, &value) && at.us == b->now.us ? value : NAN;
}

static CheckResult up(int64_t ms)
{
	return (CheckResult){ .state = CHECK_UP, .has_latency = true, .latency = milliseconds(ms) };
}

TEST(each_figure_goes_to_its_own_series_in_whatever_order_they_begin)
{
	AUTO(Bench) b;
	CheckResult down = { .state = CHECK_DOWN }, r;

	begin(&b, "");
	EXPECT_INT(feed(&b, &down), 2);
	EXPECT_REAL(newest(&b, "up{site}"), 0, 0);
	EXPECT_REAL(newest(&b, "error_rate{site}"), 100, 0);
	r = up(20);
	r.took.first_byte = milliseconds(7);
	EXPECT_INT(feed(&b, &r), 4);
	r.took.dns = milliseconds(3); /* its place lies between others' */
	check_measure(&r, "body_size", "", 111, UNIT_BYTES);
	EXPECT_INT(feed(&b, &r), 6);
	EXPECT_REAL(newest(&b, "up{site}"), 1, 0);
	EXPECT_REAL(newest(&b, "error_rate{site}"), 0, 0);
	EXPECT_REAL(newest(&b, "latency{site}"), 0.02, 0);
	EXPECT_REAL(newest(&b, "dns_time{site}"), 0.003, 0);
	EXPECT_REAL(newest(&b, "first_byte{site}"), 0.007, 0);
	EXPECT_REAL(newest(&b, "body_size{site}"), 111, 0);
	r.state = CHECK_UNKNOWN;
	EXPECT_INT(feed(&b, &r), 0);
	EXPECT_INT(series_count(b.e.series), 6);
}

TEST(measures_are_known_by_name_when_they_come_otherwise)
{
	AUTO(Bench) b;

	begin(&b, "");
	for (int round = 0; round < 6; round++) {
		CheckResult r = up(1);

		for (int i = 0; i < 5; i++) {
			char name[8];
			int which = (i * 3 + round) % 5;

			(void)snprintf(name, sizeof name, "m%d", which);
			if (which != round) /* one is missing each time */
				check_measure(&r, name, which == 4 ? "main" : "",
				              which * 100 + round, UNIT_NONE);
		}
		(void)feed(&b, &r);
		for (int which = 0; which < 5; which++) {
			AUTO_FREE char *name =
			        mem_printf("m%d{%s}", which, which == 4 ? "main" : "site");

			if (which != round)
				EXPECT_REAL(newest(&b, name), which * 100 + round, 0);
			else
				EXPECT(isnan(newest(&b, name)));
		}
	}
	EXPECT_INT(series_count(b.e.series), 3 + 5);
}

static bool is_dirty(const Bench *b, const char *rule) { return rules_box(&b->e, rule)->dirty; }

static void clean(Bench *b)
{
	for (size_t i = 0; i < b->e.dirty_rules.n; i++)
		b->e.dirty_rules.at[i]->dirty = false;
	b->e.dirty_rules.n = 0;
}

TEST(a_figure_wakes_the_rules_that_look_at_it_and_no_others)
{
	AUTO(Bench) b;
	CheckResult r = up(5);

	begin(&b, "levels:\n  high: {rank: 1, label: High}\nrules:\n"
	          "  slow: {when: \"latency{site} > 2s for 5m\", level: high}\n"
	          "  other: {when: \"latency{shop} > 2s for 5m\", level: high}\n"
	          "  first: {when: \"first_byte > 2s for 5m\", level: high}\n");
	(void)feed(&b, &r); /* before there were rules */
	rules_sync(&b.e);
	clean(&b);
	EXPECT_INT(feed(&b, &r), 3);
	EXPECT(is_dirty(&b, "slow") && !is_dirty(&b, "other") && !is_dirty(&b, "first"));
	EXPECT(b.w.heard);
	clean(&b);
	r.took.first_byte = milliseconds(2); /* a series that begins under the rules */
	(void)feed(&b, &r);
	EXPECT(is_dirty(&b, "first") && is_dirty(&b, "slow"));
}

TEST(a_large_plan_keeps_what_it_names)
{
	AUTO(Bench) b;
	CheckResult r = up(5);
	size_t n;

	begin(&b, "objectives:\n  fast: {metric: first_byte, op: \"<=\", target: 1s, "
	          "period: 1mo, stat: p95}\n");
	n = b.plan->checks_n;
	r.took = (Timings){ .connect = milliseconds(1), .first_byte = milliseconds(2) };
	check_measure(&r, "body_size", "", 3, UNIT_BYTES);
	check_measure(&r, "units_running", "", 4, UNIT_NONE);
	b.plan->checks_n = 100000;
	feed_sync(&b.e);
	EXPECT_INT(feed(&b, &r), 4);
	EXPECT_REAL(newest(&b, "latency{site}"), 0.005, 0);
	EXPECT_REAL(newest(&b, "up{site}"), 1, 0);
	EXPECT_REAL(newest(&b, "first_byte{site}"), 0.002, 0);
	EXPECT_REAL(newest(&b, "units_running{site}"), 4, 0);
	b.plan->checks_n = n; /* a reload: all of them from now on */
	feed_sync(&b.e);
	EXPECT_INT(feed(&b, &r), 7);
	EXPECT_REAL(newest(&b, "body_size{site}"), 3, 0);
}
