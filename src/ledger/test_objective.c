/* Verdicts on the plans' own figures. */
#include "harness.h"

#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"
#include "ledger/objective.h"

#include <stdio.h>
#include <string.h>

static const Environment envs[] = { { .item = { .id = "staging" } },
	                            { .item = { .id = "production" } } };
static const Environment test_env[] = { { .item = { .id = "local" } },
	                                { .item = { .id = "test" } } };
static const Service services[] = {
	{ .item = { .id = "site" }, .environments = envs, .environments_n = 2 },
	{ .item = { .id = "lab" }, .environments = test_env, .environments_n = 2 },
	{ .item = { .id = "bare" } }
};
static const Tier tiers[] = { { .item = { .id = "standard" }, .users = { 0, 1000, true } },
	                      { .item = { .id = "professional" }, .users = { 1000, 10000, true } },
	                      { .item = { .id = "enterprise" }, .users = { 10000, 0, false } } };

static Plan plan_in(const char *zone)
{
	Plan p = { .services = services, .services_n = 3, .tiers = tiers, .tiers_n = 3 };

	EXPECT(zone_load(zone, &p.head.timezone, NULL));
	return p;
}

static Span span(const char *text)
{
	Span s = { 0, 0, 0 };

	EXPECT(*text == '\0' || span_parse(text, &s));
	return s;
}

static Objective objective(const char *metric, Op op, double target, const char *period)
{
	return (Objective){ .item = { .id = "o" },
		            .metric = metric,
		            .op = op,
		            .target = { .value = target, .set = true },
		            .period = { *period ? PERIOD_SPAN : PERIOD_UNSET, span(period) } };
}

/* November 2026, up but for one outage of `down` seconds from the 10th. */
static Interval rows[3];
static ObjectiveFacts november(int64_t down)
{
	Instant d = at("2026-11-10T00:00:00Z"), e = after(d, seconds(down));

	rows[0] = (Interval){ .state = LEDGER_UP, .from = at("2026-10-01T00:00:00Z"), .to = d };
	rows[1] = (Interval){ .state = LEDGER_DOWN, .impact = 1, .from = d, .to = e };
	rows[2] = (Interval){ .state = LEDGER_UP, .from = e, .to = LONG_AGO };
	return (ObjectiveFacts){ .intervals = rows,
		                 .intervals_n = 3,
		                 .probe = minutes(1),
		                 .since = at("2026-10-01T00:00:00Z") };
}

TEST(a_day_a_month_and_a_year_are_the_calendars_and_other_periods_roll)
{
	static const struct {
		const char *period, *from, *to;
	} table[] = {
		{ "1d", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z" }, /* 25 h */
		{ "1mo", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z" },
		{ "1y", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z" },
		{ "12mo", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z" },
		{ "7d", "2026-10-18T11:00:00Z", "2026-10-25T12:00:00Z" },
		{ "30d", "2026-09-25T11:00:00Z", "2026-10-25T12:00:00Z" },
		{ "3mo", "2026-07-25T11:00:00Z", "2026-10-25T12:00:00Z" },
		{ "24h", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z" },
	};
	Plan p = plan_in("Europe/Paris");
	Instant from, to, now = at("2026-10-25T12:00:00Z");
	Period none = { .kind = PERIOD_UNSET }, incident = { .kind = PERIOD_INCIDENT };

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		Period period = { PERIOD_SPAN, span(table[i].period) };
		char a[INSTANT_TEXT], b[INSTANT_TEXT];

		ASSERT(objective_period(&period, p.head.timezone, now, &from, &to));
		EXPECT_TEXT(instant_print(from, a), table[i].from);
		EXPECT_TEXT(instant_print(to, b), table[i].to);
	}
	EXPECT(!objective_period(&none, p.head.timezone, now, &from, &to));
	EXPECT(!objective_period(&incident, p.head.timezone, now, &from, &to));
}

TEST(an_objective_is_about_its_check_its_service_or_the_first_one)
{
	static const Check check = { .item = { .id = "pay" } };
	Plan p = plan_in("UTC"), empty = { 0 };
	Objective o = objective("availability", OP_GE, 99, "1mo");
	char out[LEDGER_ENTITY];

	EXPECT(objective_entity(&p, &o, out));
	EXPECT_TEXT(out, "service:site/production");
	o.env = "staging";
	EXPECT(objective_entity(&p, &o, out));
	EXPECT_TEXT(out, "service:site/staging");
	o.service = &services[1];
	o.env = NULL;
	EXPECT(objective_entity(&p, &o, out));
	EXPECT_TEXT(out, "service:lab/test");
	o.service = &services[2];
	EXPECT(objective_entity(&p, &o, out));
	EXPECT_TEXT(out, "service:bare/production");
	o.check = &check;
	EXPECT(objective_entity(&p, &o, out));
	EXPECT_TEXT(out, "check:pay");
	o.check = NULL;
	o.service = NULL;
	EXPECT(!objective_entity(&empty, &o, out));
}

TEST(availability_is_kept_at_risk_or_broken_by_its_budget_while_the_month_runs)
{
	/* 99.9 % of November: 43 min 12 s */
	static const struct {
		int64_t down_s;
		Op op;
		Verdict verdict;
	} table[] = {
		{ 0, OP_GE, VERDICT_KEPT },       { 600, OP_GE, VERDICT_KEPT },
		{ 2073, OP_GE, VERDICT_KEPT },    { 2074, OP_GE, VERDICT_AT_RISK }, /* 80 % */
		{ 2592, OP_GE, VERDICT_AT_RISK }, { 2593, OP_GE, VERDICT_BROKEN },
		{ 2592, OP_GT, VERDICT_BROKEN },  { 2591, OP_GT, VERDICT_AT_RISK },
		{ 0, OP_GT, VERDICT_KEPT },
	};
	Plan p = plan_in("UTC");

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		ObjectiveFacts f = november(table[i].down_s);
		Objective o = objective("availability", table[i].op, 99.9, "1mo");
		ObjectiveResult r;

		objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
		if (r.verdict != table[i].verdict)
			test_fail(__FILE__, __LINE__, "row %zu: %s (%s)", i,
			          verdict_name(r.verdict), r.account);
		EXPECT_INT(r.allowed.us, seconds(2592).us);
		EXPECT_INT(r.left.us, seconds(2592 - table[i].down_s).us);
		EXPECT_INT(r.why, WHY_NONE);
		EXPECT(r.has_value && r.is_availability);
	}
}

TEST(a_month_that_is_over_is_judged_by_its_value_and_is_never_at_risk)
{
	static const struct {
		int64_t down_s;
		Verdict verdict;
	} table[] = { { 2592, VERDICT_KEPT }, { 2593, VERDICT_BROKEN }, { 0, VERDICT_KEPT } };
	Plan p = plan_in("UTC");

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		ObjectiveFacts f = november(table[i].down_s);
		Objective o = objective("availability", OP_GE, 99.9, "1mo");
		ObjectiveResult r;

		objective_judge_in(&p, &o, &f, at("2026-11-01T00:00:00Z"),
		                   at("2026-12-01T00:00:00Z"), at("2026-12-02T00:00:00Z"), &r);
		EXPECT_INT(r.verdict, table[i].verdict);
	}
}

TEST(a_rolling_period_that_used_most_of_its_budget_is_at_risk)
{
	Plan p = plan_in("UTC");
	ObjectiveFacts f = november(2400);
	Objective o = objective("availability", OP_GE, 99.9, "30d");
	ObjectiveResult r;

	objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_AT_RISK);
	EXPECT_INT(r.allowed.us, seconds(2592).us);
}

TEST(windows_are_left_out_counted_or_both_as_the_objective_says)
{
	static const struct {
		WindowsCount windows;
		Verdict verdict;
		VerdictWhy why;
	} table[] = {
		{ WINDOWS_UNSTATED, VERDICT_KEPT, WHY_NONE },
		{ WINDOWS_EXCLUDED, VERDICT_KEPT, WHY_NONE },
		{ WINDOWS_INCLUDED, VERDICT_BROKEN, WHY_NONE },
		{ WINDOWS_BOTH, VERDICT_BROKEN, WHY_WINDOWS },
	};
	/* the whole hour of downtime lies in an announced window of four */
	Excluded window = { at("2026-11-09T23:00:00Z"), at("2026-11-10T03:00:00Z") };
	Plan p = plan_in("UTC");

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		ObjectiveFacts f = november(3600);
		Objective o = objective("availability", OP_GE, 99.9, "1mo");
		ObjectiveResult r;

		f.excluded = &window;
		f.excluded_n = 1;
		o.windows = table[i].windows;
		objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
		EXPECT_INT(r.verdict, table[i].verdict);
		EXPECT_INT(r.why, table[i].why);
		EXPECT_REAL(r.availability.net, 100, 0);
		EXPECT(r.availability.gross < 99.9);
		EXPECT_HAS(r.account, "gross 99.7");
		EXPECT_HAS(r.account, "net 100.0");
		if (table[i].windows != WINDOWS_INCLUDED) {
			EXPECT_HAS(r.account, "4 h in announced windows left out");
			EXPECT_INT(r.allowed.us, seconds(2592).us - minutes(240).us / 1000);
		}
	}
}

TEST(what_is_not_measured_enough_is_unproven_and_what_is_broken_stays_broken)
{
	Plan p = plan_in("UTC");
	ObjectiveFacts f = november(0);
	Objective o = objective("availability", OP_GE, 99.9, "1mo");
	ObjectiveResult r;

	rows[0].from = at("2026-11-01T00:00:00Z");
	rows[1] = (Interval){ .state = LEDGER_UNKNOWN,
		              .from = rows[0].to,
		              .to = at("2026-11-12T00:00:00Z") };
	rows[2].from = rows[1].to;
	objective_judge(&p, &o, &f, at("2026-11-21T00:00:00Z"), &r); /* 2 days of 20 */
	EXPECT_INT(r.verdict, VERDICT_UNPROVEN);
	EXPECT_INT(r.why, WHY_COVERAGE);
	EXPECT_REAL(r.coverage, 90, 0);
	EXPECT_HAS(r.account, "measured 90.0 %");
	f.min_coverage = 90;
	objective_judge(&p, &o, &f, at("2026-11-21T00:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_KEPT);
	f.min_coverage = 0;
	p.head.min_coverage = (Quantity){ .value = 80, .unit = UNIT_PERCENT, .set = true };
	objective_judge(&p, &o, &f, at("2026-11-21T00:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_KEPT);
	o.unknown_counts = "down";
	objective_judge(&p, &o, &f, at("2026-11-21T00:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_BROKEN);
	EXPECT_HAS(r.account, "counted as down");
	o.unknown_counts = "up";
	objective_judge(&p, &o, &f, at("2026-11-21T00:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_KEPT);
	f.intervals_n = 0;
	objective_judge(&p, &o, &f, at("2026-11-21T00:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_UNPROVEN);
	EXPECT_INT(r.why, WHY_NO_DATA);
	EXPECT(!r.has_value);
	EXPECT_HAS(r.account, "nothing was measured");
}

TEST(a_probe_too_slow_for_its_target_proves_nothing)
{
	/* D: 99.99 % of 30 days is 4 min 19 s, less than one probe of 5 min */
	Plan p = plan_in("UTC");
	ObjectiveFacts f = november(0);
	Objective o = objective("availability", OP_GE, 99.99, "1mo");
	ObjectiveResult r;

	f.probe = minutes(5);
	objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_UNPROVEN);
	EXPECT_INT(r.why, WHY_COARSE_PROBE);
	f.probe = minutes(1);
	objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_KEPT);
}

TEST(what_the_plan_leaves_open_is_disputed)
{
	Plan p = plan_in("UTC");
	ObjectiveFacts f = november(0);
	Objective o = objective("availability", OP_GE, 99.9, ""); /* A: no period */
	ObjectiveResult r;

	objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_DISPUTED);
	EXPECT_INT(r.why, WHY_NO_PERIOD);
	EXPECT_HAS(r.account, "one must be chosen");
	o.period.kind = PERIOD_INCIDENT;
	objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
	EXPECT_INT(r.why, WHY_NO_PERIOD);
	o = objective("latency", OP_LT, 0, "1d");
	o.target.unset = true;
	objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_DISPUTED);
	EXPECT_INT(r.why, WHY_NO_TARGET);
	o = objective("latency", OP_NONE, 3, "1d");
	objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
	EXPECT_INT(r.why, WHY_NO_TARGET);
}

TEST(a_stated_allowance_is_compared_with_the_exact_one)
{
	static const struct {
		double target;
		const char *period, *stated;
		int64_t off_s;
		bool differs;
	} table[] = {
		{ 99.9, "1y", "8h45m", -36, false }, /* B:13 */
		{ 99, "1y", "87h36m", 0, false },    /* B:14 */
		{ 99, "1mo", "7h", -720, true },     /* C:26 */
		{ 99.9, "1mo", "43m", -12, false },  /* D:130 */
		{ 99.9, "1mo", "", 0, false },       { 99.9, "", "43m", 0, false },
	};
	Plan p = plan_in("UTC");

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		ObjectiveFacts f = november(0);
		Objective o = objective("availability", OP_GE, table[i].target, table[i].period);
		ObjectiveResult r;

		o.stated_allowance = span(table[i].stated);
		objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
		EXPECT_INT(r.stated_off.us, seconds(table[i].off_s).us);
		EXPECT_INT(r.stated_differs, table[i].differs);
	}
}

TEST(service_hours_shrink_the_period_and_its_budget)
{
	Plan p = plan_in("Europe/Paris");
	ObjectiveFacts f = november(36000); /* 10 November 01:00 to 11:00 in Paris */
	Objective o = objective("availability", OP_GE, 99, "1mo");
	ObjectiveResult r;

	ASSERT(hours_parse("mon-fri 09:00-18:00", &o.hours, NULL));
	objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
	EXPECT_INT(r.used.us, hours(2).us);
	EXPECT_INT(r.allowed.us, hours(21 * 9).us / 100); /* 21 working days */
	EXPECT_INT(r.verdict, VERDICT_BROKEN);
	EXPECT_HAS(r.account, "in service hours mon-fri 09:00-18:00");
}

static IncidentFact incident(const char *opened, int64_t ack_min, int64_t fix_min)
{
	Instant t = at(opened);

	return (IncidentFact){ .opened = t,
		               .failed = after(t, minutes(-1)),
		               .acknowledged = ack_min < 0 ? LONG_AGO : after(t, minutes(ack_min)),
		               .resolved = fix_min < 0 ? LONG_AGO : after(t, minutes(fix_min)) };
}

TEST(means_count_the_incidents_opened_in_the_period)
{
	IncidentFact all[] = {
		incident("2026-10-31T23:00:00Z", 1, 100), /* before */
		incident("2026-11-02T10:00:00Z", 4, 59),
		incident("2026-11-05T10:00:00Z", 8, 119),
		incident("2026-11-19T11:00:00Z", -1, -1), /* still open */
		incident("2026-11-06T10:00:00Z", 1, 999),
		incident("2026-12-01T00:00:00Z", 1, 2), /* after */
	};
	IncidentMeans m;

	all[4].false_alarm = true;
	incident_means(all, COUNT_OF(all), at("2026-10-01T00:00:00Z"), at("2026-11-01T00:00:00Z"),
	               at("2026-12-01T00:00:00Z"), at("2026-11-19T12:00:00Z"), &m);
	EXPECT_INT(m.incidents, 3);
	EXPECT_INT(m.acknowledged, 2);
	EXPECT_INT(m.resolved, 2);
	EXPECT_INT(m.mtta.us, minutes(6).us);
	EXPECT_INT(m.mttr.us, minutes(90).us); /* from the first failed probe */
	EXPECT_INT(m.worst_repair.us, minutes(120).us);
	EXPECT_INT(m.observed.us, hours(18 * 24 + 12).us);
	EXPECT_INT(m.mtbf.us, (hours(18 * 24 + 12).us - minutes(60 + 120 + 61).us) / 3);
	incident_means(NULL, 0, at("2026-10-01T00:00:00Z"), at("2026-11-01T00:00:00Z"),
	               at("2026-12-01T00:00:00Z"), at("2026-11-19T12:00:00Z"), &m);
	EXPECT(!m.has_mtta && !m.has_mttr && !m.has_mtbf);
	/* an incident over before we began to watch takes nothing from observed time */
	all[1].failed = at("2026-11-02T09:59:00Z");
	incident_means(&all[1], 1, at("2026-11-10T00:00:00Z"), at("2026-11-01T00:00:00Z"),
	               at("2026-12-01T00:00:00Z"), at("2026-11-11T00:00:00Z"), &m);
	EXPECT_INT(m.mtbf.us, days(1).us);
}

TEST(times_of_incidents_are_judged)
{
	static const struct {
		const char *metric, *period;
		PeriodKind kind;
		Op op;
		double target_s;
		int n; /* of the incidents below, in order */
		Verdict verdict;
		VerdictWhy why;
		double value;
	} table[] = {
		/* mean repair of 60 and 120 min; worst 120 */
		{ "incident_mttr", "1mo", PERIOD_SPAN, OP_LT, 4 * 3600, 2, VERDICT_KEPT, WHY_NONE,
		  5400 },
		{ "incident_mttr", "1mo", PERIOD_SPAN, OP_LT, 3600, 2, VERDICT_BROKEN, WHY_NONE,
		  5400 },
		{ "incident_mttr", "1mo", PERIOD_SPAN, OP_LT, 6000, 2, VERDICT_AT_RISK, WHY_NONE,
		  5400 },
		{ "incident_mttr", "1mo", PERIOD_SPAN, OP_LT, 6000, 0, VERDICT_NOT_DUE,
		  WHY_NO_INCIDENT, 0 },
		{ "incident_mttr", "", PERIOD_INCIDENT, OP_LT, 7000, 2, VERDICT_BROKEN, WHY_NONE,
		  7200 },
		{ "recovery_time", "", PERIOD_INCIDENT, OP_LE, 4 * 3600, 2, VERDICT_KEPT, WHY_NONE,
		  7200 },
		{ "recovery_time", "", PERIOD_INCIDENT, OP_LT, 900, 2, VERDICT_BROKEN, WHY_NONE,
		  7200 },
		{ "recovery_time", "", PERIOD_INCIDENT, OP_LT, 900, 0, VERDICT_NOT_DUE,
		  WHY_NO_INCIDENT, 0 },
		{ "incident_mtta", "1mo", PERIOD_SPAN, OP_LE, 600, 2, VERDICT_KEPT, WHY_NONE, 360 },
		/* time between incidents: 19.5 days observed since 1 November */
		{ "incident_mtbf", "1mo", PERIOD_SPAN, OP_GT, 30 * 86400, 0, VERDICT_NOT_DUE,
		  WHY_TOO_SHORT, 19.5 * 86400 },
		{ "incident_mtbf", "1mo", PERIOD_SPAN, OP_GT, 15 * 86400, 0, VERDICT_KEPT,
		  WHY_NO_INCIDENT, 19.5 * 86400 },
		{ "incident_mtbf", "1mo", PERIOD_SPAN, OP_GT, 15 * 86400, 2, VERDICT_BROKEN,
		  WHY_NONE, (19.5 * 86400 - 10800) / 2 },
		{ "incident_mtbf", "1mo", PERIOD_SPAN, OP_GT, 30 * 86400, 1, VERDICT_AT_RISK,
		  WHY_TOO_SHORT, 19.5 * 86400 - 3600 },
	};
	IncidentFact all[] = { incident("2026-11-02T10:00:00Z", 4, 59),
		               incident("2026-11-05T10:00:00Z", 8, 119) };
	Plan p = plan_in("UTC");

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		ObjectiveFacts f = { .incidents = all,
			             .incidents_n = (size_t)table[i].n,
			             .since = at("2026-10-01T00:00:00Z") };
		Objective o =
		        objective(table[i].metric, table[i].op, table[i].target_s, table[i].period);
		ObjectiveResult r;

		o.period.kind = table[i].kind;
		objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
		if (r.verdict != table[i].verdict || r.why != table[i].why)
			test_fail(__FILE__, __LINE__, "row %zu: %s %s", i, verdict_name(r.verdict),
			          verdict_why_name(r.why));
		EXPECT_REAL(r.value, table[i].value, 1e-3);
		f.since = LONG_AGO;
		objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
		EXPECT_INT(r.verdict, VERDICT_UNPROVEN);
	}
}

TEST(other_figures_are_compared_as_the_plan_says)
{
	static const struct {
		const char *metric, *period;
		PeriodKind kind;
		Stat stat;
		Op op;
		double target, value, coverage;
		bool has;
		Verdict verdict;
		VerdictWhy why;
	} table[] = {
		{ "latency", "1d", PERIOD_SPAN, STAT_P95, OP_LT, 2, 1.9, 100, true, VERDICT_KEPT,
		  WHY_NONE },
		{ "latency", "1d", PERIOD_SPAN, STAT_P95, OP_LT, 2, 2.8, 100, true, VERDICT_BROKEN,
		  WHY_NONE },
		{ "latency", "1d", PERIOD_SPAN, STAT_P95, OP_LT, 2, 2, 100, true, VERDICT_BROKEN,
		  WHY_NONE },
		{ "latency", "1d", PERIOD_SPAN, STAT_P95, OP_LE, 2, 2, 100, true, VERDICT_KEPT,
		  WHY_NONE },
		{ "latency", "1d", PERIOD_SPAN, STAT_UNSPECIFIED, OP_LT, 2, 1, 100, true,
		  VERDICT_KEPT, WHY_STATISTIC },
		{ "latency", "1d", PERIOD_SPAN, STAT_MEAN, OP_LT, 2, 1, 50, true, VERDICT_UNPROVEN,
		  WHY_COVERAGE },
		{ "latency", "1d", PERIOD_SPAN, STAT_MEAN, OP_LT, 2, 0, 0, false, VERDICT_UNPROVEN,
		  WHY_NO_DATA },
		{ "latency", "", PERIOD_UNSET, STAT_MEAN, OP_LT, 2, 1, 100, true, VERDICT_DISPUTED,
		  WHY_NO_PERIOD },
		{ "throughput", "1d", PERIOD_SPAN, STAT_MEAN, OP_GT, 1000, 999, 100, true,
		  VERDICT_BROKEN, WHY_NONE },
		{ "satisfaction", "1mo", PERIOD_SPAN, STAT_MEAN, OP_GE, 4.5, 4.5, 100, true,
		  VERDICT_KEPT, WHY_NONE },
		/* D: zero loss and nothing that could ensure it */
		{ "data_loss_window", "", PERIOD_INCIDENT, STAT_MAX, OP_EQ, 0, 0, 0, false,
		  VERDICT_UNPROVEN, WHY_NO_MECHANISM },
		{ "data_loss_window", "", PERIOD_INCIDENT, STAT_MAX, OP_LE, 86400, 3600, 0, true,
		  VERDICT_KEPT, WHY_NONE },
		{ "test_coverage", "", PERIOD_BUILD, STAT_LAST, OP_GT, 80, 0, 0, false,
		  VERDICT_NOT_DUE, WHY_NO_DATA },
		{ "test_coverage", "", PERIOD_BUILD, STAT_LAST, OP_GT, 80, 79, 0, true,
		  VERDICT_BROKEN, WHY_NONE },
	};
	Plan p = plan_in("UTC");

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		ObjectiveFacts f = { .has_value = table[i].has,
			             .value = table[i].value,
			             .coverage = table[i].coverage,
			             .samples = 7,
			             .since = at("2026-10-01T00:00:00Z") };
		Objective o =
		        objective(table[i].metric, table[i].op, table[i].target, table[i].period);
		ObjectiveResult r;

		o.period.kind = table[i].kind;
		o.stat = table[i].stat;
		objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
		if (r.verdict != table[i].verdict || r.why != table[i].why)
			test_fail(__FILE__, __LINE__, "row %zu: %s %s", i, verdict_name(r.verdict),
			          verdict_why_name(r.why));
	}
}

TEST(an_availability_below_a_ceiling_is_taken_at_its_word)
{
	Plan p = plan_in("UTC");
	ObjectiveFacts f = november(86400 * 10);
	Objective o = objective("availability", OP_LT, 99, "1mo");
	ObjectiveResult r;

	objective_judge(&p, &o, &f, at("2026-11-25T12:00:00Z"), &r);
	EXPECT_INT(r.verdict, VERDICT_KEPT);
}

TEST(the_account_says_how_and_the_json_says_all)
{
	Plan p = plan_in("Europe/Paris");
	ObjectiveFacts f = november(270);
	Objective o = objective("availability", OP_GE, 99.9, "1mo");
	ObjectiveResult r;
	AUTO(Buf) b = { 0 };
	Emit e = emit_to(&b);

	o.item.src = "D:9";
	objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
	EXPECT_TEXT(r.account, "gross 99.98400 %, net 99.98400 %, net counts; down 4 min 30 s of "
	                       "43 min 12 s allowed; "
	                       "measured 100.0 % every 1 min, from the first failed probe; "
	                       "2026-11-01 00:00 to "
	                       "2026-12-01 00:00 Europe/Paris");
	objective_json(&o, &r, &e);
	EXPECT_HAS(buf_str(&b), "\"verdict\":\"kept\"");
	EXPECT_HAS(buf_str(&b), "\"net\":99.984");
	EXPECT_HAS(buf_str(&b), "\"allowed\":2592");
	EXPECT_HAS(buf_str(&b), "\"left\":2322");
	EXPECT_HAS(buf_str(&b), "\"src\":\"D:9\"");
	EXPECT_HAS(buf_str(&b), "\"from\":\"2026-10-31T23:00:00Z\"");
	o.period.kind = PERIOD_UNSET;
	objective_judge(&p, &o, &f, at("2026-11-20T12:00:00Z"), &r);
	buf_clear(&b);
	e = emit_to(&b);
	objective_json(&o, &r, &e);
	EXPECT_HAS(buf_str(&b), "\"why\":\"no_period\"");
	EXPECT_HAS(buf_str(&b), "\"value\":null");
}

TEST(every_verdict_and_reason_has_a_name)
{
	static const char *const verdicts[] = { "not_due",  "kept",   "at_risk", "broken",
		                                "unproven", "waived", "disputed" };

	for (size_t i = 0; i < COUNT_OF(verdicts); i++)
		EXPECT_TEXT(verdict_name((Verdict)i), verdicts[i]);
	EXPECT_TEXT(verdict_name((Verdict)50), "unproven");
	EXPECT_TEXT(verdict_why_name(WHY_NONE), "none");
	EXPECT_TEXT(verdict_why_name(WHY_WINDOWS), "windows");
	EXPECT_TEXT(verdict_why_name((VerdictWhy)50), "none");
}

TEST(a_number_of_users_implies_its_tier)
{
	Plan p = plan_in("UTC"), none = { 0 };

	EXPECT_TEXT(tier_of(&p, 0)->item.id, "standard");
	EXPECT_TEXT(tier_of(&p, 999)->item.id, "standard");
	EXPECT_TEXT(tier_of(&p, 1000)->item.id, "professional"); /* half-open */
	EXPECT_TEXT(tier_of(&p, 5e6)->item.id, "enterprise");
	EXPECT(tier_of(&p, -1) == NULL && tier_of(&none, 5) == NULL);
}
