#include "clock/clock.h"

#include "core/testing.h"
#include "core/text.h"
#include "harness.h"
#include "plan/testing_plan.h"

/* The limits of the four plans that have any, class by class; in one plan here, so each class
 * has a rank of its own. */
static const char plan_text[] =
        "plan: {title: Test, timezone: Europe/Paris}\n"
        "services:\n"
        "  site: {environments: {production: {}, staging: {}}, hours: \"mon-fri 09:00-18:00\"}\n"
        "classes:\n"
        "  a0: {rank: 1, respond: 5m, resolve: 60m, postmortem: 24h}\n"
        "  a1: {rank: 2, respond: 15m, resolve: 4h}\n"
        "  a2: {rank: 3, respond: 1h}\n"
        "  a3: {rank: 4, respond: 4h}\n"
        "  a4: {rank: 5, respond: 24h}\n"
        "  b0: {rank: 6, respond: {production: 15m, staging: 4h}}\n"
        "  b1: {rank: 7, respond: {production: 1h, staging: 8h}}\n"
        "  b2: {rank: 8, respond: {production: 4h, staging: 24h}}\n"
        "  b3: {rank: 9}\n"
        "  c1: {rank: 10, respond: 30m, resolve: 2h}\n"
        "  c2: {rank: 11, respond: 2h, resolve: 24h}\n"
        "  c3: {rank: 12, respond: 24h, resolve: 72h}\n"
        "  d1: {rank: 13, respond: 15m, resolve: 1h}\n"
        "  d2: {rank: 14, respond: 1h, resolve: 4h}\n"
        "  d3: {rank: 15, respond: 4h, resolve: 24h}\n"
        "  d4: {rank: 16, respond: 24h, resolve: 1w}\n"
        "  office: {rank: 17, respond: 4h, clock_mode: service_hours}\n"
        "  later: {rank: 18, respond: asap, resolve: next_sprint, mitigate: none, inform: unset}\n"
        "  months: {rank: 19, resolve: 3mo}\n";

static Plan *load(void) { return good_plan(plan_text); }

#define PLAN                                                     \
	__attribute__((cleanup(Plan_done))) Plan *plan = load(); \
	ASSERT(plan != NULL)

static ClockRule rule_of(const Plan *p, const char *class_id, ClockKind kind, const char *env)
{
	const Class *class_ = plan_class(p, class_id);

	return (ClockRule){ .limit = clock_limit(class_, kind, env),
		            .class_ = class_,
		            .hours = &plan_service(p, "site")->hours,
		            .zone = p->head.timezone };
}

static Clock started(const ClockRule *rule, ClockKind kind, Instant from)
{
	Clock c;

	clock_start(&c, "2026-0001", kind, rule, from);
	return c;
}

/* The state a clock ends in when it is stopped then. */
static ClockState stopped_at(const ClockRule *rule, Instant from, Instant t)
{
	Clock c = started(rule, CLOCK_RESPOND, from);

	(void)clock_stop(&c, rule, "ana", t);
	return c.state;
}

TEST(each_promised_limit_is_kept_to_the_microsecond_and_broken_one_later)
{
	static const struct {
		const char *row, *class_, *env;
		ClockKind kind;
		int64_t limit_s;
	} rows[] = {
		{ "INC-02", "a0", "production", CLOCK_RESPOND, 300 },
		{ "INC-03", "a1", "production", CLOCK_RESPOND, 900 },
		{ "INC-04", "a2", "production", CLOCK_RESPOND, 3600 },
		{ "INC-05", "a3", "production", CLOCK_RESPOND, 14400 },
		{ "INC-06", "a4", "production", CLOCK_RESPOND, 86400 },
		{ "INC-07", "a0", "production", CLOCK_RESOLVE, 3600 },
		{ "INC-08", "a1", "production", CLOCK_RESOLVE, 14400 },
		{ "INC-10", "a0", "production", CLOCK_POSTMORTEM, 86400 },
		{ "INC-18", "b0", "production", CLOCK_RESPOND, 900 },
		{ "INC-19", "b1", "production", CLOCK_RESPOND, 3600 },
		{ "INC-20", "b2", "production", CLOCK_RESPOND, 14400 },
		{ "INC-21", "b0", "staging", CLOCK_RESPOND, 14400 },
		{ "INC-22", "b1", "staging", CLOCK_RESPOND, 28800 },
		{ "INC-23", "b2", "staging", CLOCK_RESPOND, 86400 },
		{ "INC-32", "c1", "production", CLOCK_RESPOND, 1800 },
		{ "INC-33", "c1", "production", CLOCK_RESOLVE, 7200 },
		{ "INC-34", "c2", "production", CLOCK_RESPOND, 7200 },
		{ "INC-35", "c2", "production", CLOCK_RESOLVE, 86400 },
		{ "INC-36", "c3", "production", CLOCK_RESPOND, 86400 },
		{ "INC-37", "c3", "production", CLOCK_RESOLVE, 259200 },
		{ "INC-42", "d1", "production", CLOCK_RESPOND, 900 },
		{ "INC-43", "d1", "production", CLOCK_RESOLVE, 3600 },
		{ "INC-44", "d2", "production", CLOCK_RESPOND, 3600 },
		{ "INC-45", "d2", "production", CLOCK_RESOLVE, 14400 },
		{ "INC-46", "d3", "production", CLOCK_RESPOND, 14400 },
		{ "INC-47", "d3", "production", CLOCK_RESOLVE, 86400 },
		{ "INC-48", "d4", "production", CLOCK_RESPOND, 86400 },
		{ "INC-49", "d4", "production", CLOCK_RESOLVE, 604800 },
	};
	Instant from = at("2026-06-01T03:10:00Z");
	PLAN;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ClockRule rule = rule_of(plan, rows[i].class_, rows[i].kind, rows[i].env);
		Instant limit = after(from, seconds(rows[i].limit_s));
		Clock c = started(&rule, rows[i].kind, from);
		bool good = c.state == CLOCK_RUNNING && c.due.us == limit.us;

		good &= stopped_at(&rule, from, after(limit, seconds(-1))) == CLOCK_MET;
		good &= stopped_at(&rule, from, limit) == CLOCK_MET;
		good &= stopped_at(&rule, from, after(limit, duration_us(1))) == CLOCK_STOPPED_LATE;
		good &= stopped_at(&rule, from, after(limit, seconds(1))) == CLOCK_STOPPED_LATE;
		(void)clock_tick(&c, &rule, limit);
		good &= c.state == CLOCK_RUNNING && c.warned == 80;
		good &= clock_due(&c).us == limit.us + 1;
		good &= clock_tick(&c, &rule, after(limit, duration_us(1))) == CLOCK_WENT_OVER;
		good &= c.state == CLOCK_BREACHED && c.breached_at.us == limit.us;
		if (!good)
			test_fail(__FILE__, __LINE__, "%s", rows[i].row);
	}
}

TEST(what_has_no_figure_is_not_set_but_measured)
{
	static const struct {
		const char *row, *class_, *env;
		ClockKind kind;
		const char *limit;
	} rows[] = {
		{ "INC-09 A P2", "a2", "production", CLOCK_RESOLVE, "" },
		{ "INC-09 A P3", "a3", "production", CLOCK_RESOLVE, "" },
		{ "INC-09 A P4", "a4", "production", CLOCK_RESOLVE, "" },
		{ "INC-09 B P0", "b0", "production", CLOCK_RESOLVE, "" },
		{ "INC-24 production", "b3", "production", CLOCK_RESPOND, "" },
		{ "INC-24 staging", "b3", "staging", CLOCK_RESPOND, "" },
		{ "another environment", "b0", "preview", CLOCK_RESPOND, "" },
		{ "no environment", "b0", "", CLOCK_RESPOND, "" },
		{ "as soon as possible", "later", "production", CLOCK_RESPOND, "asap" },
		{ "next sprint", "later", "production", CLOCK_RESOLVE, "next_sprint" },
		{ "none", "later", "production", CLOCK_MITIGATE, "none" },
		{ "unset", "later", "production", CLOCK_INFORM, "unset" },
	};
	Instant from = at("2026-06-01T03:10:00Z");
	PLAN;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ClockRule rule = rule_of(plan, rows[i].class_, rows[i].kind, rows[i].env);
		Clock c = started(&rule, rows[i].kind, from);

		if (c.state != CLOCK_NOT_SET || !text_eq(c.limit, rows[i].limit) ||
		    clock_due(&c).us != NEVER.us || !clock_is_running(&c) ||
		    clock_tick(&c, &rule, after(from, days(300))) != CLOCK_UNCHANGED ||
		    !clock_stop(&c, &rule, "ana", after(from, minutes(7))) ||
		    c.state != CLOCK_NOT_SET || c.elapsed.us != minutes(7).us ||
		    clock_is_running(&c))
			test_fail(__FILE__, __LINE__, "%s (limit '%s')", rows[i].row, c.limit);
	}
}

TEST(a_plan_without_classes_still_measures)
{
	ClockRule none = { 0 };
	Clock c = started(&none, CLOCK_RESPOND, (Instant){ 0 });

	EXPECT(clock_limit(NULL, CLOCK_RESPOND, "production") == NULL);
	EXPECT_INT(c.state, CLOCK_NOT_SET);
	EXPECT_INT(clock_elapsed(&c, &none, (Instant){ 5000000 }).us, 5000000);
}

TEST(half_and_four_fifths_of_a_limit_are_said_once_each)
{
	Instant from = at("2026-06-01T03:10:00Z");
	PLAN;
	ClockRule rule = rule_of(plan, "a1", CLOCK_RESPOND, "production");
	Clock c = started(&rule, CLOCK_RESPOND, from);

	EXPECT_INT(clock_due(&c).us, after(from, seconds(450)).us);
	EXPECT_INT(clock_tick(&c, &rule, after(from, seconds(449))), CLOCK_UNCHANGED);
	EXPECT_INT(clock_tick(&c, &rule, after(from, seconds(450))), CLOCK_WARN_HALF);
	EXPECT_INT(clock_tick(&c, &rule, after(from, seconds(451))), CLOCK_UNCHANGED);
	EXPECT_INT(clock_due(&c).us, after(from, seconds(720)).us);
	EXPECT_INT(clock_tick(&c, &rule, after(from, seconds(720))), CLOCK_WARN_MOST);
	EXPECT_INT(clock_tick(&c, &rule, after(from, seconds(721))), CLOCK_UNCHANGED);
	EXPECT_INT(clock_tick(&c, &rule, after(from, seconds(901))), CLOCK_WENT_OVER);
	EXPECT_INT(clock_tick(&c, &rule, after(from, seconds(902))), CLOCK_UNCHANGED);
	EXPECT_INT(clock_due(&c).us, NEVER.us);
}

TEST(a_stop_of_carene_itself_ends_in_one_warning_not_three)
{
	Instant from = at("2026-06-01T03:10:00Z");
	PLAN;
	ClockRule rule = rule_of(plan, "a1", CLOCK_RESPOND, "production");
	Clock c = started(&rule, CLOCK_RESPOND, from), d = c;

	EXPECT_INT(clock_tick(&c, &rule, after(from, hours(3))), CLOCK_WENT_OVER);
	EXPECT_INT(c.breached_at.us, after(from, minutes(15)).us); /* when it happened */
	EXPECT_INT(clock_tick(&c, &rule, after(from, hours(3))), CLOCK_UNCHANGED);
	EXPECT_INT(clock_tick(&d, &rule, after(from, minutes(14))), CLOCK_WARN_MOST);
	EXPECT_INT(clock_tick(&d, &rule, after(from, minutes(14))), CLOCK_UNCHANGED);
}

TEST(a_clock_stops_once)
{
	Instant from = at("2026-06-01T03:10:00Z");
	PLAN;
	ClockRule rule = rule_of(plan, "a1", CLOCK_RESPOND, "production");
	Clock c = started(&rule, CLOCK_RESPOND, from);

	EXPECT(clock_stop(&c, &rule, "contact:ana", after(from, minutes(4))));
	EXPECT(!clock_stop(&c, &rule, "contact:bob", after(from, minutes(40))));
	EXPECT_TEXT(c.stopped_by, "contact:ana");
	EXPECT_INT(c.elapsed.us, minutes(4).us);
	EXPECT_INT(clock_elapsed(&c, &rule, after(from, days(9))).us, minutes(4).us);
	EXPECT_TEXT(c.id, "2026-0001/respond");
	/* a wall clock that jumped back does not give negative times */
	c = started(&rule, CLOCK_RESPOND, from);
	EXPECT(clock_stop(&c, &rule, "ana", after(from, minutes(-5))));
	EXPECT_INT(c.elapsed.us, 0);
	EXPECT_INT(c.state, CLOCK_MET);
}

TEST(a_relapse_lets_the_clock_run_on_from_its_first_start)
{
	Instant from = at("2026-06-01T03:10:00Z");
	PLAN;
	ClockRule rule = rule_of(plan, "d2", CLOCK_RESOLVE, "production"); /* 4 h */
	Clock c = started(&rule, CLOCK_RESOLVE, from);

	clock_resume(&c, &rule, from); /* runs: nothing to resume */
	EXPECT(clock_stop(&c, &rule, "ana", after(from, hours(1))));
	clock_resume(&c, &rule, after(from, hours(2)));
	EXPECT_INT(c.state, CLOCK_RUNNING);
	EXPECT_INT(c.due.us, after(from, hours(4)).us);
	EXPECT(!is_set(c.stopped));
	EXPECT_INT(clock_tick(&c, &rule, after(from, hours(5))), CLOCK_WENT_OVER);
	EXPECT(clock_stop(&c, &rule, "ana", after(from, hours(6))));
	EXPECT_INT(c.state, CLOCK_STOPPED_LATE);
	EXPECT_INT(c.elapsed.us, hours(6).us);
	clock_resume(&c, &rule, after(from, hours(7)));
	EXPECT_INT(c.state, CLOCK_BREACHED);
}

TEST(a_new_class_counts_from_the_original_start_unless_the_plan_restarts_it)
{
	static const struct {
		const char *story, *to;
		bool restart;
		int now_min; /* when it is reclassified, under 1 h */
		int64_t due_min;
		ClockState then; /* after a look at the time */
	} rows[] = {
		{ "worse, in time", "a1", false, 10, 15, CLOCK_RUNNING },
		{ "worse, too late already", "a1", false, 20, 15, CLOCK_BREACHED },
		{ "worse, restarted", "a1", true, 20, 35, CLOCK_RUNNING },
		{ "milder", "a3", false, 20, 240, CLOCK_RUNNING },
		{ "milder, after a breach", "a3", false, 90, 240, CLOCK_RUNNING },
		{ "to no limit at all", "b3", false, 20, -1, CLOCK_NOT_SET },
	};
	Instant from = at("2026-06-01T03:10:00Z");
	PLAN;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ClockRule rule = rule_of(plan, "a2", CLOCK_RESPOND, "production");
		ClockRule to = rule_of(plan, rows[i].to, CLOCK_RESPOND, "production");
		Clock c = started(&rule, CLOCK_RESPOND, from);
		Instant now = after(from, minutes(rows[i].now_min));

		(void)clock_tick(&c, &rule, now);
		clock_relimit(&c, &to, rows[i].restart, now);
		EXPECT_TEXT(c.class_, rows[i].to);
		EXPECT_INT(c.due.us, rows[i].due_min < 0
		                             ? NEVER.us
		                             : after(from, minutes(rows[i].due_min)).us);
		(void)clock_tick(&c, &to, now);
		if (!EXPECT_INT(c.state, rows[i].then))
			test_fail(__FILE__, __LINE__, "%s", rows[i].story);
	}
}

TEST(what_was_answered_keeps_its_verdict_whatever_it_is_called_later)
{
	Instant from = at("2026-06-01T03:10:00Z");
	PLAN;
	ClockRule rule = rule_of(plan, "a2", CLOCK_RESPOND, "production");
	ClockRule worse = rule_of(plan, "a1", CLOCK_RESPOND, "production");
	Clock c = started(&rule, CLOCK_RESPOND, from);

	EXPECT(clock_stop(&c, &rule, "ana", after(from, minutes(40))));
	clock_relimit(&c, &worse, false, after(from, minutes(50)));
	EXPECT_INT(c.state, CLOCK_MET);
	EXPECT_TEXT(c.class_, "a2");
}

/* ---- civil time ---- */

TEST(hours_are_elapsed_time_and_days_are_civil_when_the_clocks_change)
{
	static const struct {
		const char *class_, *from, *due;
		ClockKind kind;
	} rows[] = {
		/* spring: 02:00 → 03:00 on 29 March 2026; a day of 23 h */
		{ "a4", "2026-03-28T12:00:00+01:00", "2026-03-29T13:00:00+02:00", CLOCK_RESPOND },
		{ "d4", "2026-03-28T12:00:00+01:00", "2026-04-04T12:00:00+02:00", CLOCK_RESOLVE },
		{ "a0", "2026-03-29T01:58:00+01:00", "2026-03-29T03:03:00+02:00", CLOCK_RESPOND },
		{ "a0", "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00", CLOCK_RESOLVE },
		/* autumn: 03:00 → 02:00 on 25 October 2026; a day of 25 h */
		{ "a4", "2026-10-24T12:00:00+02:00", "2026-10-25T11:00:00+01:00", CLOCK_RESPOND },
		{ "d4", "2026-10-24T12:00:00+02:00", "2026-10-31T12:00:00+01:00", CLOCK_RESOLVE },
		{ "a1", "2026-10-25T02:50:00+02:00", "2026-10-25T02:05:00+01:00", CLOCK_RESPOND },
		{ "a2", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", CLOCK_RESPOND },
		/* months are calendar months, clamped */
		{ "months", "2026-11-30T12:00:00+01:00", "2027-02-28T12:00:00+01:00",
		  CLOCK_RESOLVE },
	};
	PLAN;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ClockRule rule = rule_of(plan, rows[i].class_, rows[i].kind, "production");
		Clock c = started(&rule, rows[i].kind, at(rows[i].from));
		char got[INSTANT_TEXT];

		if (c.due.us != at(rows[i].due).us)
			test_fail(__FILE__, __LINE__, "%s from %s is due %s, not %s",
			          rows[i].class_, rows[i].from, instant_print(c.due, got),
			          rows[i].due);
		EXPECT(earlier(c.half_at, c.most_at) && earlier(c.most_at, c.due));
	}
}

TEST(in_service_hours_only_open_time_counts)
{
	static const struct {
		const char *from, *due, *stop;
		ClockState end;
		int used_min;
	} rows[] = {
		/* open mon-fri 09:00-18:00, 4 h to answer; 1 June 2026 is a Monday */
		{ "2026-06-01T10:00:00+02:00", "2026-06-01T14:00:00+02:00",
		  "2026-06-01T13:59:59+02:00", CLOCK_MET, 239 },
		{ "2026-06-01T16:00:00+02:00", "2026-06-02T11:00:00+02:00",
		  "2026-06-02T10:00:00+02:00", CLOCK_MET, 180 },
		{ "2026-06-05T17:00:00+02:00", "2026-06-08T12:00:00+02:00",
		  "2026-06-06T12:00:00+02:00", CLOCK_MET, 60 },
		{ "2026-06-05T17:00:00+02:00", "2026-06-08T12:00:00+02:00",
		  "2026-06-08T12:00:01+02:00", CLOCK_STOPPED_LATE, 240 },
		{ "2026-06-06T03:00:00+02:00", "2026-06-08T13:00:00+02:00",
		  "2026-06-07T23:00:00+02:00", CLOCK_MET, 0 },
		/* the weekend in which the clocks change is closed anyway */
		{ "2026-03-27T16:00:00+01:00", "2026-03-30T11:00:00+02:00",
		  "2026-03-30T11:00:00+02:00", CLOCK_MET, 240 },
	};
	PLAN;
	ClockRule rule = rule_of(plan, "office", CLOCK_RESPOND, "production");

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Clock c = started(&rule, CLOCK_RESPOND, at(rows[i].from));

		EXPECT_INT(c.due.us, at(rows[i].due).us);
		EXPECT(clock_stop(&c, &rule, "ana", at(rows[i].stop)));
		if (!EXPECT_INT(c.state, rows[i].end))
			test_fail(__FILE__, __LINE__, "row %zu", i);
		EXPECT_INT(c.elapsed.us / minutes(1).us, rows[i].used_min);
	}
}

TEST(a_clock_in_service_hours_pauses_at_night)
{
	PLAN;
	ClockRule rule = rule_of(plan, "office", CLOCK_RESPOND, "production");
	Clock c = started(&rule, CLOCK_RESPOND, at("2026-06-01T17:00:00+02:00"));

	EXPECT_INT(c.state, CLOCK_RUNNING);
	EXPECT_INT(clock_due(&c).us, at("2026-06-01T18:00:00+02:00").us);
	EXPECT_INT(clock_tick(&c, &rule, at("2026-06-01T18:00:00+02:00")), CLOCK_UNCHANGED);
	EXPECT_INT(c.state, CLOCK_PAUSED);
	EXPECT_INT(clock_elapsed(&c, &rule, at("2026-06-02T03:00:00+02:00")).us, hours(1).us);
	EXPECT_INT(clock_due(&c).us, at("2026-06-02T09:00:00+02:00").us);
	EXPECT_INT(clock_tick(&c, &rule, at("2026-06-02T09:00:00+02:00")), CLOCK_UNCHANGED);
	EXPECT_INT(c.state, CLOCK_RUNNING);
	EXPECT_INT(clock_tick(&c, &rule, at("2026-06-02T10:00:00+02:00")), CLOCK_WARN_HALF);
	/* opened outside the hours: paused from the start */
	c = started(&rule, CLOCK_RESPOND, at("2026-06-06T03:00:00+02:00"));
	EXPECT_INT(c.state, CLOCK_PAUSED);
	EXPECT(clock_is_running(&c));
}

TEST(a_service_without_hours_is_always_open)
{
	PLAN;
	ClockRule rule = rule_of(plan, "office", CLOCK_RESPOND, "production");
	Hours none = { 0 }, always = { .set = true, .always = true };
	Instant from = at("2026-06-06T03:00:00+02:00");

	rule.hours = &none;
	EXPECT_INT(started(&rule, CLOCK_RESPOND, from).due.us, after(from, hours(4)).us);
	rule.hours = &always;
	EXPECT_INT(started(&rule, CLOCK_RESPOND, from).due.us, after(from, hours(4)).us);
	rule.hours = NULL;
	EXPECT_INT(started(&rule, CLOCK_RESPOND, from).state, CLOCK_RUNNING);
}

TEST(a_clock_reads_as_json_and_back_from_its_names)
{
	Instant from = at("2026-06-01T03:10:00Z");
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	ClockKind kind;
	PLAN;
	ClockRule rule = rule_of(plan, "a1", CLOCK_RESPOND, "production");
	Clock c = started(&rule, CLOCK_RESPOND, from), copy;

	record_copy(&clock_record, &copy, &c);
	clock_emit(&e, &copy, NULL, after(from, minutes(5)));
	EXPECT_TEXT(buf_str(&json),
	            "{\"kind\":\"respond\",\"state\":\"running\",\"limit\":\"15m\",\"mode\":"
	            "\"calendar\",\"started\":\"2026-06-01T03:10:00Z\",\"due\":\"2026-06-01T03:25:"
	            "00Z\",\"stopped\":null,\"breached\":null,\"elapsed_s\":300,\"left_s\":600,"
	            "\"stopped_by\":null}");
	for (int k = 0; k < CLOCK_KINDS; k++) {
		ASSERT(clock_kind_parse(clock_kind_name((ClockKind)k), &kind));
		EXPECT_INT(kind, k);
	}
	EXPECT(!clock_kind_parse("lunch", &kind));
	EXPECT_TEXT(clock_state_name(CLOCK_STOPPED_LATE), "stopped_late");
}

/* ---- held ---- */

TEST(a_clock_that_is_held_counts_nothing_and_runs_on_later)
{
	PLAN;
	ClockRule rule = rule_of(plan, "office", CLOCK_RESPOND, "production");
	/* Monday 10:00, four hours: due at 14:00 */
	Clock c = started(&rule, CLOCK_RESPOND, at("2026-06-01T10:00:00+02:00"));

	EXPECT(!clock_release(&c, &rule, at("2026-06-01T10:30:00+02:00")));
	EXPECT(clock_hold(&c, at("2026-06-01T11:00:00+02:00")));
	EXPECT(!clock_hold(&c, at("2026-06-01T11:30:00+02:00")));
	EXPECT_INT(c.state, CLOCK_PAUSED);
	EXPECT_INT(clock_due(&c).us, NEVER.us);
	EXPECT_INT(clock_tick(&c, &rule, at("2026-06-01T16:00:00+02:00")), CLOCK_UNCHANGED);
	EXPECT_INT(clock_elapsed(&c, &rule, at("2026-06-01T16:00:00+02:00")).us, hours(1).us);
	/* until Tuesday 09:30: 7 h of Monday and 30 min were held, 3 h are left */
	EXPECT(clock_release(&c, &rule, at("2026-06-02T09:30:00+02:00")));
	EXPECT_INT(c.state, CLOCK_RUNNING);
	EXPECT_INT(c.due.us, at("2026-06-02T12:30:00+02:00").us);
	EXPECT(clock_stop(&c, &rule, "ana", at("2026-06-02T12:30:00+02:00")));
	EXPECT_INT(c.state, CLOCK_MET);
	EXPECT_INT(c.elapsed.us, hours(4).us);
}

TEST(a_held_clock_that_is_stopped_was_held_until_then)
{
	PLAN;
	ClockRule rule = rule_of(plan, "office", CLOCK_RESPOND, "production");
	Clock c = started(&rule, CLOCK_RESPOND, at("2026-06-01T10:00:00+02:00"));

	EXPECT(clock_hold(&c, at("2026-06-01T11:00:00+02:00")));
	EXPECT(clock_stop(&c, &rule, "ana", at("2026-06-05T11:00:00+02:00")));
	EXPECT_INT(c.state, CLOCK_MET);
	EXPECT_INT(c.elapsed.us, hours(1).us);
	EXPECT(!c.held);
}

TEST(what_was_held_stays_so_when_the_class_changes)
{
	PLAN;
	ClockRule office = rule_of(plan, "office", CLOCK_RESPOND, "production");
	Clock c = started(&office, CLOCK_RESPOND, at("2026-06-01T10:00:00+02:00"));

	EXPECT(clock_hold(&c, at("2026-06-01T10:30:00+02:00")));
	EXPECT(clock_release(&c, &office, at("2026-06-01T11:30:00+02:00")));
	clock_relimit(&c, &office, false, at("2026-06-01T12:00:00+02:00"));
	EXPECT_INT(c.due.us, at("2026-06-01T15:00:00+02:00").us);
	clock_relimit(&c, &office, true, at("2026-06-01T12:00:00+02:00"));
	EXPECT_INT(c.due.us, at("2026-06-01T16:00:00+02:00").us);
}

TEST(calendar_time_stops_for_nobody_and_a_missed_limit_is_not_forgiven)
{
	PLAN;
	ClockRule calendar = rule_of(plan, "a1", CLOCK_RESPOND, "production");
	ClockRule office = rule_of(plan, "office", CLOCK_RESPOND, "production");
	Clock c = started(&calendar, CLOCK_RESPOND, at("2026-06-01T10:00:00+02:00"));

	EXPECT(!clock_hold(&c, at("2026-06-01T10:05:00+02:00")));
	EXPECT_INT(c.state, CLOCK_RUNNING);
	c = started(&office, CLOCK_RESPOND, at("2026-06-01T10:00:00+02:00"));
	EXPECT(!clock_hold(&c, at("2026-06-01T15:00:00+02:00"))); /* over, and not yet noticed */
	EXPECT_INT(clock_tick(&c, &office, at("2026-06-01T15:00:00+02:00")), CLOCK_WENT_OVER);
	EXPECT(clock_hold(&c, at("2026-06-01T15:00:00+02:00")));
	EXPECT_INT(c.state, CLOCK_BREACHED);
	EXPECT(clock_release(&c, &office, at("2026-06-01T17:00:00+02:00")));
	EXPECT_INT(c.state, CLOCK_BREACHED);
	EXPECT_INT(c.due.us, at("2026-06-01T14:00:00+02:00").us);
	EXPECT_INT(clock_elapsed(&c, &office, at("2026-06-01T18:00:00+02:00")).us, hours(6).us);
}

TEST(a_hold_over_the_night_the_clocks_change_counts_real_open_time)
{
	static const struct {
		const char *from, *hold, *release, *due;
	} rows[] = {
		/* 29 March: 02:00-03:00 is missing, so 00:00-06:00 is five hours */
		{ "2026-03-29T00:00:00+01:00", "2026-03-29T01:00:00+01:00",
		  "2026-03-29T04:00:00+02:00", "2026-04-05T01:00:00+02:00" },
		/* 25 October: 02:00-03:00 comes twice, so it is seven */
		{ "2026-10-25T00:00:00+02:00", "2026-10-25T01:00:00+02:00",
		  "2026-10-25T02:30:00+01:00", "2026-10-25T05:30:00+01:00" },
	};
	Hours sunday;
	PLAN;
	ClockRule rule = rule_of(plan, "office", CLOCK_RESPOND, "production");

	ASSERT(hours_parse("sun 00:00-06:00", &sunday, NULL));
	rule.hours = &sunday;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Clock c = started(&rule, CLOCK_RESPOND, at(rows[i].from));

		EXPECT(clock_hold(&c, at(rows[i].hold)));
		EXPECT(clock_release(&c, &rule, at(rows[i].release)));
		if (!EXPECT_INT(c.due.us, at(rows[i].due).us))
			test_fail(__FILE__, __LINE__, "row %zu", i);
	}
}
