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
