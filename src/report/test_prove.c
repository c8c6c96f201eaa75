#include "harness.h"

#include "core/text.h"
#include "report/prove.h"

static const Instant now = { 1795190400000000 };

static Clock clock_in(ClockState state, int64_t elapsed_min)
{
	Clock c = { .state = state,
		    .started = after(now, minutes(-elapsed_min)),
		    .elapsed = minutes(elapsed_min),
		    .most_at = after(now, minutes(5)),
		    .due = after(now, minutes(10)) };

	(void)snprintf(c.id, sizeof c.id, "2026-%04d/respond", (int)elapsed_min);
	return c;
}

TEST(a_promise_nobody_could_break_yet_is_not_due)
{
	DeadlineProof p = { 0 };

	EXPECT_INT(p.verdict, VERDICT_NOT_DUE);
}

TEST(one_late_clock_breaks_what_many_kept)
{
	DeadlineProof p = { 0 };
	Clock met = clock_in(CLOCK_MET, 3), late = clock_in(CLOCK_STOPPED_LATE, 31);

	deadline_add(&p, &met, now);
	EXPECT_INT(p.verdict, VERDICT_KEPT);
	deadline_add(&p, &late, now);
	deadline_add(&p, &met, now);
	EXPECT_INT(p.verdict, VERDICT_BROKEN);
	EXPECT_INT(p.met, 2);
	EXPECT_INT(p.late, 1);
	EXPECT_TEXT(p.worst_id, "2026-0031/respond");
	EXPECT(p.worst.us == minutes(31).us);
}

TEST(a_clock_that_passed_its_limit_is_broken_before_anybody_stops_it)
{
	DeadlineProof p = { 0 };
	Clock c = clock_in(CLOCK_BREACHED, 45);

	deadline_add(&p, &c, now);
	EXPECT_INT(p.verdict, VERDICT_BROKEN);
	EXPECT(p.worst.us == minutes(45).us);
	EXPECT_INT(p.running, 1);
}

TEST(a_running_clock_is_at_risk_from_four_fifths_on)
{
	DeadlineProof early = { 0 }, close = { 0 };
	Clock c = clock_in(CLOCK_RUNNING, 1);

	deadline_add(&early, &c, now);
	EXPECT_INT(early.verdict, VERDICT_NOT_DUE);
	c.most_at = now;
	deadline_add(&close, &c, now);
	EXPECT_INT(close.verdict, VERDICT_AT_RISK);
}

static WindowOccurrence window_with(int64_t deadline_min, int64_t announced_min, bool late)
{
	return (WindowOccurrence){ .state = WINDOW_PLANNED,
		                   .announce_by = after(now, minutes(deadline_min)),
		                   .announced_at = announced_min
		                                           ? after(now, minutes(announced_min))
		                                           : LONG_AGO,
		                   .notice_late = late };
}

TEST(a_notice_is_judged_by_when_it_was_really_sent)
{
	static const struct {
		int64_t deadline, announced;
		bool late;
		Verdict verdict;
	} rows[] = {
		{ 60, 0, false, VERDICT_NOT_DUE }, /* still time */
		{ 60, -10, false, VERDICT_KEPT },  /* sent, and early */
		{ -60, -90, false, VERDICT_KEPT },
		{ -60, 0, false, VERDICT_BROKEN },  /* never sent */
		{ -60, -30, true, VERDICT_BROKEN }, /* sent too late */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		WindowOccurrence w = window_with(rows[i].deadline, rows[i].announced, rows[i].late);
		DeadlineProof p = { 0 };

		notice_add(&p, &w, now);
		EXPECT_INT(p.verdict, rows[i].verdict);
	}
}

TEST(a_cancelled_window_owes_no_notice)
{
	WindowOccurrence w = window_with(-60, 0, false);
	DeadlineProof p = { 0 };

	w.state = WINDOW_CANCELLED;
	notice_add(&p, &w, now);
	EXPECT_INT(p.verdict, VERDICT_NOT_DUE);
}
