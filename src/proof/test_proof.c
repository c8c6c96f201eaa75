/* What the facts say of a commitment: tables of inputs and verdicts, kind by kind. */
#include "harness.h"

#include "core/text.h"
#include "plan/testing.h"
#include "proof/proof.h"

static const Instant t0 = { 1798761600000000 }; /* 2027-01-01T00:00:00Z */

static Instant at(int64_t min) { return after(t0, minutes(min)); }

static ProofFacts facts(void)
{
	return (ProofFacts){ .from = LONG_AGO, .to = NEVER, .first_due = NEVER };
}

static Clock clock_of(ClockState state, int64_t started, int64_t limit, int64_t stopped)
{
	Clock c = { .state = state, .deadline = DEADLINE_SPAN, .started = at(started) };

	text_copy(c.of, sizeof c.of, "2027-0001");
	c.due = at(started + limit);
	c.most_at = at(started + limit * 8 / 10);
	c.stopped = stopped < 0 ? LONG_AGO : at(stopped);
	c.elapsed = minutes(stopped - started);
	return c;
}

TEST(a_deadline_is_judged_by_the_clocks_that_ran)
{
	static const struct {
		const char *what;
		ClockState state;
		int64_t started, limit, stopped, now;
		Verdict want;
	} rows[] = {
		{ "in time", CLOCK_MET, 0, 15, 10, 60, VERDICT_KEPT },
		{ "at the very limit", CLOCK_MET, 0, 15, 15, 60, VERDICT_KEPT },
		{ "late", CLOCK_STOPPED_LATE, 0, 15, 20, 60, VERDICT_BROKEN },
		{ "over and not stopped", CLOCK_BREACHED, 0, 15, -1, 60, VERDICT_BROKEN },
		{ "over, and nobody has looked yet", CLOCK_RUNNING, 0, 15, -1, 60, VERDICT_BROKEN },
		{ "under way", CLOCK_RUNNING, 0, 15, -1, 5, VERDICT_NOT_DUE },
		{ "nearly over", CLOCK_RUNNING, 0, 15, -1, 13, VERDICT_AT_RISK },
		{ "held, whatever its limit was", CLOCK_PAUSED, 0, 15, -1, 60, VERDICT_AT_RISK },
		{ "not begun", CLOCK_RUNNING, 90, 15, -1, 60, VERDICT_NOT_DUE },
	};
	Commitment c = { .kind = COMMITMENT_DEADLINE, .by = BY_CLOCK };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(ProofFacts) f = facts();
		Clock k = clock_of(rows[i].state, rows[i].started, rows[i].limit, rows[i].stopped);
		ProofOutcome j;

		proof_clock(&f, &k, "incident", at(rows[i].now));
		proof_judge(&c, &f, at(rows[i].now), &j);
		if (j.verdict != rows[i].want)
			test_fail(__FILE__, __LINE__, "%s: %s", rows[i].what,
			          verdict_name(j.verdict));
	}
}

TEST(a_clock_counts_in_the_stretch_in_which_it_was_decided)
{
	Commitment c = { .kind = COMMITMENT_DEADLINE, .by = BY_CLOCK };
	/* begun at 90, its limit passed at 110, stopped at 200 */
	Clock k = clock_of(CLOCK_STOPPED_LATE, 90, 20, 200);
	static const struct {
		int64_t from, to;
		Verdict want;
	} rows[] = {
		{ 0, 100, VERDICT_NOT_DUE }, /* still under way at the end */
		{ 0, 107, VERDICT_AT_RISK },
		{ 100, 190, VERDICT_BROKEN },
		{ 190, 300, VERDICT_NOT_DUE }, /* it broke before */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(ProofFacts) f = { .from = at(rows[i].from), .to = at(rows[i].to) };
		ProofOutcome j;

		proof_clock(&f, &k, "incident", at(500));
		proof_judge(&c, &f, at(500), &j);
		EXPECT_INT(j.verdict, rows[i].want);
		if (rows[i].want == VERDICT_BROKEN)
			EXPECT(j.broken_at.us == at(110).us);
	}
}

TEST(a_symbol_gives_elapsed_time_and_no_verdict)
{
	Commitment c = { .kind = COMMITMENT_DEADLINE, .by = BY_CLOCK };
	AUTO(ProofFacts) f = facts();
	Clock k = clock_of(CLOCK_NOT_SET, 0, 0, 12);
	ProofOutcome j;
	AUTO(Buf) text = { 0 };

	k.deadline = DEADLINE_ASAP;
	proof_clock(&f, &k, "incident", at(20));
	proof_judge(&c, &f, at(20), &j);
	EXPECT_INT(j.verdict, VERDICT_UNPROVEN);
	EXPECT_INT(j.reason, REASON_NO_LIMIT);
	proof_sentence(LANG_EN, zone_utc(), &c, &f, &j, &text);
	EXPECT_TEXT(buf_str(&text),
	            "It took 12 min; the plan gives no figure to hold that against.");
}

TEST(a_notice_is_a_deadline_reversed)
{
	static const struct {
		const char *what;
		WindowState state;
		int64_t announce_by, announced; /* announced -1: not */
		int64_t now;
		Verdict want;
	} rows[] = {
		{ "told ahead", WINDOW_ANNOUNCED, 100, 50, 60, VERDICT_KEPT },
		{ "told at the last instant", WINDOW_ANNOUNCED, 100, 100, 120, VERDICT_KEPT },
		{ "told too late", WINDOW_ANNOUNCED, 100, 101, 120, VERDICT_BROKEN },
		{ "never told", WINDOW_OPENED_UNANNOUNCED, 100, -1, 300, VERDICT_BROKEN },
		{ "not yet told, and there is time", WINDOW_PLANNED, 100, -1, 60, VERDICT_NOT_DUE },
		{ "cancelled", WINDOW_CANCELLED, 100, -1, 300, VERDICT_NOT_DUE },
	};
	Commitment c = { .kind = COMMITMENT_DEADLINE, .by = BY_NOTICE };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(ProofFacts) f = facts();
		WindowOccurrence w = { .state = rows[i].state,
			               .announce_by = at(rows[i].announce_by),
			               .starts = at(200),
			               .announced_at = rows[i].announced < 0
			                                       ? LONG_AGO
			                                       : at(rows[i].announced) };
		ProofOutcome j;

		proof_notice(&f, &w, at(rows[i].now));
		proof_judge(&c, &f, at(rows[i].now), &j);
		if (j.verdict != rows[i].want)
			test_fail(__FILE__, __LINE__, "%s: %s", rows[i].what,
			          verdict_name(j.verdict));
	}
}

TEST(a_window_is_over_when_it_was_said_to_be)
{
	static const struct {
		const char *what;
		WindowState state;
		int64_t real_end, now;
		unsigned extensions;
		Verdict want;
	} rows[] = {
		{ "ended early", WINDOW_CLOSED, 80, 200, 0, VERDICT_KEPT },
		{ "ended by itself", WINDOW_REPORTED, -1, 200, 0, VERDICT_KEPT },
		{ "ended late", WINDOW_CLOSED, 130, 200, 1, VERDICT_BROKEN },
		{ "goes on", WINDOW_OVERRUN, -1, 110, 0, VERDICT_BROKEN },
		{ "open", WINDOW_OPEN, -1, 50, 0, VERDICT_NOT_DUE },
		{ "to come", WINDOW_PLANNED, -1, -10, 0, VERDICT_NOT_DUE },
		{ "cancelled", WINDOW_CANCELLED, -1, 200, 0, VERDICT_NOT_DUE },
	};
	Commitment c = { .kind = COMMITMENT_DEADLINE, .by = BY_OVERRUN };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(ProofFacts) f = facts();
		WindowOccurrence w = { .state = rows[i].state,
			               .starts = at(0),
			               .ends = at(100),
			               .real_start = LONG_AGO,
			               .extensions = rows[i].extensions,
			               .real_end = rows[i].real_end < 0 ? LONG_AGO
			                                                : at(rows[i].real_end) };
		ProofOutcome j;

		proof_overrun(&f, &w, at(rows[i].now));
		proof_judge(&c, &f, at(rows[i].now), &j);
		if (j.verdict != rows[i].want)
			test_fail(__FILE__, __LINE__, "%s: %s", rows[i].what,
			          verdict_name(j.verdict));
	}
}

TEST(an_alert_is_taken_in_time_or_over_by_itself)
{
	static const struct {
		const char *what;
		int64_t acked, resolved, now; /* fired 0, due 5 */
		Verdict want;
	} rows[] = {
		{ "taken", 4, -1, 60, VERDICT_KEPT },
		{ "taken late", 6, -1, 60, VERDICT_BROKEN },
		{ "nobody", -1, -1, 60, VERDICT_BROKEN },
		{ "over before anybody had to", -1, 3, 60, VERDICT_NOT_DUE },
		{ "over, but later than its limit", -1, 9, 60, VERDICT_BROKEN },
		{ "still time", -1, -1, 4, VERDICT_NOT_DUE },
	};
	Commitment c = { .kind = COMMITMENT_DEADLINE, .by = BY_ACK };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(ProofFacts) f = facts();
		AckFact a = { "alert:x", at(0), at(5),
			      rows[i].acked < 0 ? LONG_AGO : at(rows[i].acked),
			      rows[i].resolved < 0 ? LONG_AGO : at(rows[i].resolved) };
		ProofOutcome j;

		proof_ack(&f, &a, at(rows[i].now));
		proof_judge(&c, &f, at(rows[i].now), &j);
		if (j.verdict != rows[i].want)
			test_fail(__FILE__, __LINE__, "%s: %s", rows[i].what,
			          verdict_name(j.verdict));
	}
}

TEST(what_was_found_must_be_done_by_its_day)
{
	static const struct {
		const char *what;
		int64_t due, done, excused, now; /* found at 0 */
		Verdict want;
	} rows[] = {
		{ "fixed in time", 100, 60, -1, 200, VERDICT_KEPT },
		{ "fixed late", 100, 101, -1, 200, VERDICT_BROKEN },
		{ "not fixed", 100, -1, -1, 200, VERDICT_BROKEN },
		{ "time left", 100, -1, -1, 50, VERDICT_NOT_DUE },
		{ "hardly any left", 100, -1, -1, 90, VERDICT_AT_RISK },
		{ "the risk was accepted", 100, -1, 50, 200, VERDICT_NOT_DUE },
		{ "accepted when it was late", 100, -1, 150, 200, VERDICT_BROKEN },
		{ "without a limit", -1, 60, -1, 200, VERDICT_UNPROVEN },
	};
	Commitment c = { .kind = COMMITMENT_DEADLINE, .by = BY_FLAW };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(ProofFacts) f = facts();
		DueFact d = { "action:V-0001",    at(0), LONG_AGO, LONG_AGO, rows[i].excused >= 0,
			      at(rows[i].excused) };
		ProofOutcome j;

		if (rows[i].due >= 0)
			d.due = at(rows[i].due);
		if (rows[i].done >= 0)
			d.done = at(rows[i].done);
		proof_due(&f, &d, at(rows[i].now));
		proof_judge(&c, &f, at(rows[i].now), &j);
		if (j.verdict != rows[i].want)
			test_fail(__FILE__, __LINE__, "%s: %s", rows[i].what,
			          verdict_name(j.verdict));
	}
}

TEST(lists_of_phases_and_of_closing)
{
	Commitment phase = { .kind = COMMITMENT_DEADLINE, .by = BY_PHASE },
	           closing = { .kind = COMMITMENT_SEQUENCE, .by = BY_CLOSING };
	ChecklistItem late = { .state = ITEM_DONE, .due = at(10), .at = at(12), .opens = at(0) },
	              good = { .state = ITEM_DONE, .due = at(10), .at = at(9), .opens = at(0) },
	              waived = { .state = ITEM_WAIVED, .due = at(10), .at = at(12) },
	              block = { .state = ITEM_OPEN, .closing = true, .at = LONG_AGO };
	Incident inc = { .resolved_at = at(20), .closed_at = at(40) };
	AUTO(ProofFacts) one = facts();
	AUTO(ProofFacts) two = facts();
	AUTO(ProofFacts) three = facts();
	ProofOutcome j;

	proof_phase_item(&one, &good, "2027-0001", at(60));
	proof_phase_item(&one, &waived, "2027-0001", at(60));
	proof_judge(&phase, &one, at(60), &j);
	EXPECT_INT(j.verdict, VERDICT_KEPT);
	EXPECT_INT(j.excused, 1);
	proof_phase_item(&one, &late, "2027-0001", at(60));
	proof_judge(&phase, &one, at(60), &j);
	EXPECT_INT(j.verdict, VERDICT_BROKEN);
	EXPECT_TEXT(j.subjects[0], "incident:2027-0001");
	proof_judge(&closing, &two, at(60), &j);
	EXPECT_INT(j.verdict, VERDICT_UNPROVEN); /* no incident was closed yet */
	proof_closing(&two, &inc, &good, 1);
	proof_judge(&closing, &two, at(60), &j);
	EXPECT_INT(j.verdict, VERDICT_KEPT);
	proof_closing(&two, &inc, &block, 1);
	proof_judge(&closing, &two, at(60), &j);
	EXPECT_INT(j.verdict, VERDICT_BROKEN);
	proof_watch(&three, &inc, (Span){ 0, 0, minutes(20).us }, zone_utc());
	proof_judge(&closing, &three, at(60), &j);
	EXPECT_INT(j.verdict, VERDICT_KEPT);
	proof_watch(&three, &inc, (Span){ 0, 0, minutes(21).us }, zone_utc());
	proof_judge(&closing, &three, at(60), &j);
	EXPECT_INT(j.verdict, VERDICT_BROKEN);
}

/* ---- cadence ---- */

static const char daily[] = HEAD "tasks:\n  day: {at: daily 09:00, items: [{ask: Look}]}\n";

static ProofRun run(int64_t due, int64_t over, RunState state)
{
	ProofRun r = { .due = at(due),
		       .over = over < 0 ? LONG_AGO : at(over),
		       .state = state,
		       .late_after = NEVER };

	(void)snprintf(r.subject, sizeof r.subject, "task:day@%lld", (long long)due);
	return r;
}

enum { HOUR = 60, DAY = 1440, NINE = 8 * HOUR }; /* 09:00 in Paris in winter, in minutes of UTC */

TEST(each_day_promised_has_its_run)
{
	static const struct {
		const char *what;
		int64_t from, now;
		Verdict want;
		unsigned good, bad;
		struct {
			int64_t due, over;
			RunState state;
		} runs[3];
		size_t n;
	} rows[] = {
		{ "before the first one is due",
		  0,
		  NINE - 10,
		  VERDICT_NOT_DUE,
		  0,
		  0,
		  { { 0 } },
		  0 },
		{ "done", 0, NINE + 60, VERDICT_KEPT, 1, 0, { { NINE, NINE + 20, RUN_DONE } }, 1 },
		{ "done late the same day",
		  0,
		  NINE + 900,
		  VERDICT_KEPT,
		  1,
		  0,
		  { { NINE, NINE + 800, RUN_LATE } },
		  1 },
		{ "under way", 0, NINE + 10, VERDICT_NOT_DUE, 0, 0, { { NINE, -1, RUN_OPEN } }, 1 },
		{ "failed, then done",
		  0,
		  DAY + NINE + 60,
		  VERDICT_BROKEN,
		  1,
		  1,
		  { { NINE, NINE + 20, RUN_FAILED }, { NINE + DAY, NINE + DAY + 5, RUN_DONE } },
		  2 },
		{ "missed",
		  0,
		  DAY + NINE + 60,
		  VERDICT_BROKEN,
		  1,
		  1,
		  { { NINE, NINE + DAY, RUN_MISSED }, { NINE + DAY, NINE + DAY + 5, RUN_DONE } },
		  2 },
		{ "a day without any record",
		  0,
		  2 * DAY,
		  VERDICT_BROKEN,
		  1,
		  1,
		  { { NINE, NINE + 20, RUN_DONE } },
		  1 },
		{ "waived by a person",
		  0,
		  NINE + 60,
		  VERDICT_NOT_DUE,
		  0,
		  0,
		  { { NINE, NINE + 20, RUN_WAIVED } },
		  1 },
		{ "promised since the second day only",
		  DAY,
		  DAY + NINE + 60,
		  VERDICT_KEPT,
		  1,
		  0,
		  { { NINE + DAY, NINE + DAY + 5, RUN_DONE } },
		  1 },
	};
	AUTO(Loaded) l = load_text(daily);
	const Duty *d = l.plan ? plan_duty(l.plan, "task:day") : NULL;
	const Commitment *c = l.plan ? plan_commitment(l.plan, "cadence:task:day") : NULL;

	ASSERT(d && c);
	EXPECT_TEXT(c->figure, "daily 09:00");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(ProofFacts) f = facts();
		ProofRun runs[3];
		ProofOutcome j;

		f.from = at(rows[i].from);
		for (size_t k = 0; k < rows[i].n; k++)
			runs[k] = run(rows[i].runs[k].due, rows[i].runs[k].over,
			              rows[i].runs[k].state);
		proof_runs(&f, l.plan, d, runs, rows[i].n, at(rows[i].now));
		proof_judge(c, &f, at(rows[i].now), &j);
		if (j.verdict != rows[i].want || j.good != rows[i].good || j.bad != rows[i].bad)
			test_fail(__FILE__, __LINE__, "%s: %s, %u good, %u bad", rows[i].what,
			          verdict_name(j.verdict), j.good, j.bad);
	}
}

TEST(what_this_version_does_not_carry_out_breaks_a_rhythm_and_proves_no_ability)
{
	AUTO(Loaded) l = load_text(daily);
	const Duty *d = l.plan ? plan_duty(l.plan, "task:day") : NULL;
	const Commitment *c = l.plan ? plan_commitment(l.plan, "cadence:task:day") : NULL;
	Commitment rto = { .kind = COMMITMENT_DEADLINE, .by = BY_RUN, .lack = LACK_BACKUPS };
	Deadline limit = { DEADLINE_SPAN, { 0, 0, minutes(30).us }, true };
	ProofRun r = run(NINE, NINE + 1, RUN_FAILED);
	AUTO(ProofFacts) f = facts();
	AUTO(ProofFacts) g = facts();
	AUTO(Buf) text = { 0 };
	ProofOutcome j;

	ASSERT(d && c);
	r.unavailable = true;
	f.from = at(0);
	proof_runs(&f, l.plan, d, &r, 1, at(NINE + 60));
	proof_judge(c, &f, at(NINE + 60), &j);
	EXPECT_INT(j.verdict, VERDICT_BROKEN);
	proof_sentence(LANG_EN, zone_utc(), c, &f, &j, &text);
	EXPECT_TEXT(buf_str(&text), "1 of 1 failed: not available in this version.");
	proof_run_events(&g, &r, 1, &limit, at(NINE + 60));
	proof_judge(&rto, &g, at(NINE + 60), &j);
	EXPECT_INT(j.verdict, VERDICT_UNPROVEN);
	EXPECT_INT(j.reason, REASON_LACK);
	/* … and one that was, in time or not */
	r = run(NINE, NINE + 20, RUN_DONE);
	r.took = minutes(20);
	proof_run_events(&g, &r, 1, &limit, at(NINE + 60));
	proof_judge(&rto, &g, at(NINE + 60), &j);
	EXPECT_INT(j.verdict, VERDICT_KEPT);
	r.took = minutes(31);
	proof_run_events(&g, &r, 1, &limit, at(NINE + 60));
	proof_judge(&rto, &g, at(NINE + 60), &j);
	EXPECT_INT(j.verdict, VERDICT_BROKEN);
}

/* ---- ratio, capability, existence, level ---- */

TEST(a_ratio_needs_enough_and_breaks_only_at_the_end_of_its_period)
{
	static const struct {
		uint64_t total;
		double value;
		int64_t now; /* the period ends at 100 */
		Verdict want;
	} rows[] = {
		{ 0, 0, 50, VERDICT_UNPROVEN },  { 19, 100, 50, VERDICT_UNPROVEN },
		{ 20, 80.5, 50, VERDICT_KEPT },  { 20, 80, 50, VERDICT_AT_RISK },
		{ 20, 80, 100, VERDICT_BROKEN }, { 200, 99, 200, VERDICT_KEPT },
	};
	Commitment c = { .kind = COMMITMENT_RATIO,
		         .by = BY_TICKETS,
		         .minimum = 20,
		         .op = OP_GT,
		         .target = { .value = 80, .unit = UNIT_PERCENT, .set = true } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ProofFacts f = { .from = at(0),
			         .to = at(100),
			         .has_ratio = true,
			         .has_value = true,
			         .total = rows[i].total,
			         .value = rows[i].value };
		ProofOutcome j;

		proof_judge(&c, &f, at(rows[i].now), &j);
		EXPECT_INT(j.verdict, rows[i].want);
	}
}

TEST(a_capability_is_paper_until_it_was_used)
{
	Commitment c = { .kind = COMMITMENT_CAPABILITY, .by = BY_RULE };
	AUTO(ProofFacts) f = facts();
	ProofOutcome j;

	proof_judge(&c, &f, at(60), &j);
	EXPECT_INT(j.verdict, VERDICT_UNPROVEN);
	EXPECT_INT(j.reason, REASON_NEVER_USED);
	proof_used(&f, "alert:disk-1", at(70), at(60)); /* not yet */
	proof_judge(&c, &f, at(60), &j);
	EXPECT_INT(j.verdict, VERDICT_UNPROVEN);
	proof_used(&f, "alert:disk-1", at(50), at(60));
	proof_judge(&c, &f, at(60), &j);
	EXPECT_INT(j.verdict, VERDICT_KEPT);
	EXPECT_TEXT(j.subjects[0], "alert:disk-1");
}

TEST(what_the_plan_or_the_page_shows_is_there_or_not)
{
	Commitment filled = { .kind = COMMITMENT_EXISTENCE, .by = BY_PLAN, .there = true },
	           open = { .kind = COMMITMENT_EXISTENCE, .by = BY_PLAN },
	           page = { .kind = COMMITMENT_EXISTENCE, .by = BY_PAGE },
	           probes = { .kind = COMMITMENT_CADENCE, .by = BY_PROBES };
	AUTO(ProofFacts) f = facts();
	ProofFacts g = { .from = at(0), .to = NEVER };
	ProofOutcome j;

	proof_judge(&filled, &f, at(1), &j);
	EXPECT_INT(j.verdict, VERDICT_KEPT);
	proof_judge(&open, &f, at(1), &j);
	EXPECT_INT(j.verdict, VERDICT_BROKEN);
	proof_judge(&page, &f, at(1), &j);
	EXPECT_INT(j.verdict, VERDICT_UNPROVEN);
	proof_absent(&f, "status_page", at(1));
	proof_judge(&page, &f, at(1), &j);
	EXPECT_INT(j.verdict, VERDICT_BROKEN);
	proof_judge(&probes, &g, at(1), &j);
	EXPECT_INT(j.verdict, VERDICT_NOT_DUE);
	g.has_coverage = true;
	g.coverage = 94.9;
	proof_judge(&probes, &g, at(1), &j);
	EXPECT_INT(j.verdict, VERDICT_BROKEN);
	g.min_coverage = 90;
	proof_judge(&probes, &g, at(1), &j);
	EXPECT_INT(j.verdict, VERDICT_KEPT);
}

TEST(what_nothing_decides_is_unproven_and_says_what_lacks)
{
	for (int lack = LACK_MEASURE; lack < LACKS; lack++) {
		Commitment c = { .kind = COMMITMENT_RETENTION,
			         .by = BY_NOTHING,
			         .lack = (CommitmentLack)lack };
		ProofFacts f = facts();
		AUTO(Buf) en = { 0 }, fr = { 0 };
		ProofOutcome j;

		proof_judge(&c, &f, at(0), &j);
		EXPECT_INT(j.verdict, VERDICT_UNPROVEN);
		proof_sentence(LANG_EN, zone_utc(), &c, &f, &j, &en);
		proof_sentence(LANG_FR, zone_utc(), &c, &f, &j, &fr);
		EXPECT(en.n > 10 && fr.n > 10 && !text_eq(buf_str(&en), buf_str(&fr)));
	}
}

static Verdict level_of(Commitment *c, Verdict mine, bool has_other, Verdict other, bool stated)
{
	ProofFacts f = facts();
	ProofOutcome j;

	f.has_level = true;
	f.level.verdict = mine;
	f.level.stated_differs = stated;
	f.has_other = has_other;
	f.other = other;
	proof_judge(c, &f, at(0), &j);
	return j.verdict;
}

TEST(two_lines_that_disagree_are_disputed_unless_both_are_broken)
{
	Commitment other = { .id = "objective:b" };
	Commitment alone = { .kind = COMMITMENT_LEVEL, .by = BY_OBJECTIVE }, two = alone;

	two.against = &other;
	EXPECT_INT(level_of(&alone, VERDICT_KEPT, false, 0, false), VERDICT_KEPT);
	EXPECT_INT(level_of(&alone, VERDICT_KEPT, false, 0, true), VERDICT_DISPUTED);
	EXPECT_INT(level_of(&two, VERDICT_KEPT, true, VERDICT_KEPT, false), VERDICT_DISPUTED);
	EXPECT_INT(level_of(&two, VERDICT_BROKEN, true, VERDICT_KEPT, false), VERDICT_DISPUTED);
	EXPECT_INT(level_of(&two, VERDICT_BROKEN, true, VERDICT_BROKEN, false), VERDICT_BROKEN);
}

TEST(a_waiver_shows_what_it_covers_and_ends)
{
	Commitment c = { .kind = COMMITMENT_EXISTENCE, .by = BY_PLAN };
	ProofFacts f = facts();
	AUTO(Buf) text = { 0 };
	ProofOutcome j;

	f.waived = true;
	f.waived_until = at(100);
	f.waived_by = "cli:ana";
	f.waived_reason = "new phone on Monday";
	proof_judge(&c, &f, at(99), &j);
	EXPECT_INT(j.verdict, VERDICT_WAIVED);
	EXPECT_INT(j.measured, VERDICT_BROKEN);
	proof_sentence(LANG_EN, zone_utc(), &c, &f, &j, &text);
	EXPECT_HAS(buf_str(&text), "new phone on Monday");
	EXPECT_HAS(buf_str(&text), "The plan names no address.");
	proof_judge(&c, &f, at(100), &j);
	EXPECT_INT(j.verdict, VERDICT_BROKEN);
	f.waived_until = NEVER;
	proof_judge(&c, &f, at(100000), &j);
	EXPECT_INT(j.verdict, VERDICT_WAIVED);
}

/* ---- the property ---- */

static uint32_t dice(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

TEST(more_evidence_never_mends_what_is_broken_in_the_same_stretch)
{
	static const CommitmentKind kinds[] = { COMMITMENT_DEADLINE, COMMITMENT_CADENCE,
		                                COMMITMENT_SEQUENCE, COMMITMENT_CAPABILITY,
		                                COMMITMENT_EXISTENCE };
	uint32_t seed = 7;

	for (int round = 0; round < 2000; round++) {
		Commitment c = { .kind = kinds[dice(&seed) % COUNT_OF(kinds)], .by = BY_DUTY };
		AUTO(ProofFacts) f = { .from = at(0), .to = at(1000), .first_due = NEVER };
		bool broken = false;

		for (int step = 0; step < 8; step++) {
			int64_t when = dice(&seed) % 1100, end = when + dice(&seed) % 60;
			ProofRun r = run(when, end, (RunState)(dice(&seed) % (RUN_WAIVED + 1)));
			Clock k = clock_of((ClockState)(dice(&seed) % CLOCK_STATES), when, 15,
			                   dice(&seed) % 2 ? end : -1);
			ProofOutcome j;

			if (dice(&seed) % 2)
				proof_run_events(&f, &r, 1, NULL, at(1000));
			else
				proof_clock(&f, &k, "incident", at(1000));
			proof_judge(&c, &f, at(1000), &j);
			EXPECT(!broken || j.verdict == VERDICT_BROKEN);
			broken = broken || j.verdict == VERDICT_BROKEN;
			EXPECT(j.subjects_n <= PROOF_SUBJECTS);
			EXPECT((j.verdict == VERDICT_BROKEN) == is_set(j.broken_at));
		}
	}
}
