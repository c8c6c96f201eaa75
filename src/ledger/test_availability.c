/* The arithmetic, against figures worked out by hand and against counting. */
#include "harness.h"

#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"
#include "ledger/ledger.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static Interval interval(LedgerState state, double impact, Instant from, Instant to)
{
	return (Interval){ .state = state, .impact = impact, .from = from, .to = to };
}

static Availability ask(const AvailabilityAsk *a)
{
	Availability r;

	availability(a, &r);
	return r;
}

TEST(a_month_with_one_outage_is_worth_what_the_hand_says)
{
	/* November 2026, 30 days; down 43 min 12 s on the 10th: exactly 99.9 % */
	Instant from = at("2026-11-01T00:00:00Z"), to = at("2026-12-01T00:00:00Z");
	Instant d = at("2026-11-10T00:00:00Z");
	Interval rows[] = { interval(LEDGER_UP, 0, from, d),
		            interval(LEDGER_DOWN, 1, d, after(d, seconds(2592))),
		            interval(LEDGER_UP, 0, after(d, seconds(2592)), LONG_AGO) };
	Availability a = ask(&(AvailabilityAsk){
	        .from = from, .to = to, .now = to, .intervals = rows, .intervals_n = 3 });

	EXPECT_REAL(a.gross, 99.9, 0);
	EXPECT_REAL(a.net, 99.9, 0);
	EXPECT_REAL(a.coverage, 100, 0);
	EXPECT_INT(a.down.us, seconds(2592).us);
	EXPECT_INT(a.outages, 1);
	EXPECT_INT(a.longest.us, seconds(2592).us);
	/* one µs more and it is not 99.9 any longer: floored */
	rows[1].to = rows[2].from = after(d, duration_us(2592000001));
	a = ask(&(AvailabilityAsk){
	        .from = from, .to = to, .now = to, .intervals = rows, .intervals_n = 3 });
	EXPECT_REAL(a.gross, 99.89999, 1e-9);
}

TEST(announced_windows_that_do_not_count_leave_both_sides_of_the_fraction)
{
	/* 10 h: a window of 2 h with 1 h of downtime in it, and 30 min of it outside */
	Instant z = at("2026-11-01T00:00:00Z");
	Interval rows[] = { interval(LEDGER_UP, 0, z, after(z, hours(3))),
		            interval(LEDGER_DOWN, 1, after(z, hours(3)), after(z, minutes(270))),
		            interval(LEDGER_UP, 0, after(z, minutes(270)), after(z, hours(10))) };
	Excluded windows[] = { { after(z, minutes(210)),
		                 after(z, minutes(300)) }, /* overlap: 2 h in all */
		               { after(z, minutes(240)), after(z, minutes(330)) },
		               { after(z, minutes(330)), after(z, minutes(330)) } };
	Availability a = ask(&(AvailabilityAsk){ .from = z,
	                                         .to = after(z, hours(10)),
	                                         .now = after(z, hours(10)),
	                                         .intervals = rows,
	                                         .intervals_n = 3,
	                                         .excluded = windows,
	                                         .excluded_n = 3 });

	EXPECT_INT(a.excluded.us, hours(2).us);
	EXPECT_INT(a.down.us, minutes(90).us);
	EXPECT_INT(a.down_excluded.us, hours(1).us);
	EXPECT_REAL(a.gross, 85, 0);                           /* 1 − 1.5/10 */
	EXPECT_REAL(a.net, floor(93.75 * 100000) / 100000, 0); /* 1 − 0.5/8 */
	EXPECT_INT(a.lost_net.us, minutes(30).us);
	EXPECT_INT(a.base_net.us, hours(8).us);
}

TEST(a_partial_outage_weighs_by_its_share)
{
	Instant z = at("2026-11-01T00:00:00Z");
	Interval rows[] = { interval(LEDGER_DEGRADED, 0.25, z, after(z, hours(4))),
		            interval(LEDGER_DEGRADED, 0, after(z, hours(4)), after(z, hours(6))),
		            interval(LEDGER_UP, 0, after(z, hours(6)), LONG_AGO) };
	Availability a = ask(&(AvailabilityAsk){ .from = z,
	                                         .to = after(z, hours(10)),
	                                         .now = after(z, hours(10)),
	                                         .intervals = rows,
	                                         .intervals_n = 3 });

	EXPECT_REAL(a.gross, 90, 0); /* an hour's worth of ten */
	EXPECT_INT(a.degraded.us, hours(6).us);
	EXPECT_INT(a.outages, 1);
}

TEST(unknown_time_is_left_out_or_counted_as_the_plan_says)
{
	Instant z = at("2026-11-01T00:00:00Z");
	Interval rows[] = { interval(LEDGER_UP, 0, z, after(z, hours(7))),
		            interval(LEDGER_UNKNOWN, 0, after(z, hours(7)), after(z, hours(9))),
		            interval(LEDGER_DOWN, 1, after(z, hours(9)), LONG_AGO) };
	AvailabilityAsk q = { .from = z,
		              .to = after(z, hours(10)),
		              .now = after(z, hours(10)),
		              .intervals = rows,
		              .intervals_n = 3 };
	Availability a = ask(&q);

	EXPECT_INT(a.unknown.us, hours(2).us);
	EXPECT_REAL(a.coverage, 80, 0);
	EXPECT_REAL(a.gross, 87.5, 0); /* 1 of 8 known hours */
	q.unknown = UNKNOWN_DOWN;
	EXPECT_REAL(ask(&q).gross, 70, 0);
	q.unknown = UNKNOWN_UP;
	EXPECT_REAL(ask(&q).gross, 90, 0);
}

TEST(time_before_the_first_measurement_and_after_now_does_not_exist)
{
	Instant from = at("2026-11-01T00:00:00Z"), first = at("2026-11-11T00:00:00Z");
	Interval rows[] = { interval(LEDGER_UP, 0, first, after(first, hours(9))),
		            interval(LEDGER_DOWN, 1, after(first, hours(9)), LONG_AGO) };
	AvailabilityAsk q = { .from = from,
		              .to = at("2026-12-01T00:00:00Z"),
		              .now = after(first, hours(10)),
		              .intervals = rows,
		              .intervals_n = 2 };
	Availability a = ask(&q);

	EXPECT_INT(a.from.us, first.us);
	EXPECT_INT(a.to.us, after(first, hours(10)).us);
	EXPECT_REAL(a.gross, 90, 0);
	EXPECT_INT(a.period.us, days(30).us);
	EXPECT_REAL(a.coverage, 100, 0);
	/* nothing measured: no figure, never 100 % */
	q.now = from;
	a = ask(&q);
	EXPECT(!a.has_gross && !a.has_net);
	EXPECT_INT(a.counted.us, 0);
	q.intervals_n = 0;
	EXPECT(!ask(&q).has_gross);
	/* all of it unknown: neither */
	rows[0].state = LEDGER_UNKNOWN;
	q = (AvailabilityAsk){ .from = first,
		               .to = after(first, hours(9)),
		               .now = after(first, hours(9)),
		               .intervals = rows,
		               .intervals_n = 1,
		               .unknown = UNKNOWN_UP };
	a = ask(&q);
	EXPECT(!a.has_gross);
	EXPECT_REAL(a.coverage, 0, 0);
}

TEST(a_gap_in_measuring_is_unknown)
{
	Instant z = at("2026-11-01T00:00:00Z");
	Interval rows[] = { interval(LEDGER_UP, 0, z, after(z, hours(2))),
		            interval(LEDGER_UP, 0, after(z, hours(6)), after(z, hours(8))) };
	Availability a = ask(&(AvailabilityAsk){ .from = z,
	                                         .to = after(z, hours(10)),
	                                         .now = after(z, hours(10)),
	                                         .intervals = rows,
	                                         .intervals_n = 2 });

	EXPECT_INT(a.unknown.us, hours(6).us);
	EXPECT_REAL(a.coverage, 40, 0);
	EXPECT_REAL(a.gross, 100, 0);
}

TEST(only_service_hours_count)
{
	const Zone *paris;
	Instant friday = at("2026-11-20T00:00:00Z");
	/* down from Friday 16:00 to Monday 09:30 local: 2 h + 30 min of service time */
	Interval rows[] = {
		interval(LEDGER_UP, 0, at("2026-11-16T00:00:00Z"), after(friday, hours(15))),
		interval(LEDGER_DOWN, 1, after(friday, hours(15)), at("2026-11-23T08:30:00Z")),
		interval(LEDGER_UP, 0, at("2026-11-23T08:30:00Z"), LONG_AGO)
	};
	Excluded window = { after(friday, hours(15)), after(friday, hours(16)) };
	Hours h;
	Availability a;
	AvailabilityAsk q = { .from = at("2026-11-16T00:00:00Z"),
		              .to = at("2026-11-24T00:00:00Z"),
		              .now = at("2026-11-24T00:00:00Z"),
		              .intervals = rows,
		              .intervals_n = 3,
		              .excluded = &window,
		              .excluded_n = 1,
		              .hours = &h };

	ASSERT(zone_load("Europe/Paris", &paris, NULL) &&
	       hours_parse("mon-fri 09:00-18:00", &h, NULL));
	q.zone = paris;
	a = ask(&q);
	EXPECT_INT(a.counted.us, hours(6 * 9).us);
	EXPECT_INT(a.down.us, minutes(150).us);
	EXPECT_INT(a.down_excluded.us, hours(1).us);
	EXPECT_INT(a.excluded.us, hours(1).us);
	EXPECT_REAL(a.gross, floor((1 - 150.0 / (54 * 60)) * 1e7) / 1e5, 1e-9);
	EXPECT_REAL(a.net, floor((1 - 90.0 / (53 * 60)) * 1e7) / 1e5, 1e-9);
}

TEST(allowed_downtime_is_exact_for_the_real_length)
{
	static const struct {
		double target;
		int64_t length_s, allowed_us;
	} rows[] = {
		{ 99.9, 365 * 86400LL, 31536000000 }, /* 8 h 45 min 36 s */
		{ 99.9, 30 * 86400LL, 2592000000 },   /* 43 min 12 s */
		{ 99.9, 31 * 86400LL, 2678400000 },
		{ 99, 365 * 86400LL, 315360000000 }, /* 87 h 36 */
		{ 99, 30 * 86400LL, 25920000000 },   /* 7 h 12 */
		{ 99.95, 30 * 86400LL, 1296000000 },
		{ 99.99, 30 * 86400LL, 259200000 }, /* 4 min 19.2 s */
		{ 99.999, 86400, 864000 },
		{ 100, 86400, 0 },
		{ 0, 86400, 86400000000 },
		{ 99.9, 0, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_INT(downtime_allowed(rows[i].target, seconds(rows[i].length_s)).us,
		           rows[i].allowed_us);
}

TEST(a_percentage_is_cut_never_rounded_up)
{
	static const struct {
		double percent;
		unsigned decimals;
		const char *text;
	} rows[] = {
		{ 100, 2, "100.00 %" },
		{ 99.99999, 2, "99.99 %" },
		{ 99.99999, 5, "99.99999 %" },
		{ 99.999999, 9, "99.99999 %" },
		{ 99.9, 3, "99.900 %" },
		{ 99.98, 2, "99.98 %" },
		{ 0.07, 2, "0.07 %" },
		{ 99.9, 0, "99 %" },
		{ 0, 1, "0.0 %" },
		{ -3, 1, "0.0 %" },
		{ 250, 1, "100.0 %" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char out[PERCENT_TEXT];

		EXPECT_TEXT(percent_print(rows[i].percent, rows[i].decimals, out), rows[i].text);
	}
}

TEST(outages_are_runs_that_touch_and_the_longest_is_told)
{
	Instant z = at("2026-11-01T00:00:00Z");
	Interval rows[] = { interval(LEDGER_DOWN, 1, z, after(z, minutes(5))),
		            interval(LEDGER_DEGRADED, 0.5, after(z, minutes(5)),
		                     after(z, minutes(20))),
		            interval(LEDGER_UP, 0, after(z, minutes(20)), after(z, minutes(30))),
		            interval(LEDGER_DOWN, 1, after(z, minutes(30)), after(z, minutes(40))),
		            interval(LEDGER_DOWN, 1, after(z, minutes(50)), LONG_AGO) };
	Availability a = ask(&(AvailabilityAsk){ .from = z,
	                                         .to = after(z, hours(1)),
	                                         .now = after(z, hours(1)),
	                                         .intervals = rows,
	                                         .intervals_n = 5 });

	EXPECT_INT(a.outages, 3);
	EXPECT_INT(a.longest.us, minutes(20).us);
}

/* ---- against counting ---- */

static uint64_t seed = 20261120;

static int64_t any(int64_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)(seed >> 33) % n;
}

/* All edges fall on whole ticks, so that counting ticks is exact. */
enum { TICK = 10, SPAN = 4 * 8640, ROWS = 30 };

static Duration ticks(int64_t n) { return seconds(n * TICK); }

typedef struct Count {
	int64_t counted, known, excluded, known_excluded, degraded;
	double down, down_excluded;
} Count;

static Count count_ticks(const AvailabilityAsk *q)
{
	Count c = { 0 };

	for (int64_t t = q->from.us; t < q->to.us && t < q->now.us; t += ticks(1).us) {
		Instant now = { t };
		const Interval *row = NULL;
		bool out = false;

		if (earlier(now, q->intervals[0].from) ||
		    (q->hours && !hours_open(q->hours, q->zone, now)))
			continue;
		for (size_t i = 0; i < q->intervals_n; i++) {
			if (!earlier(now, q->intervals[i].from) &&
			    (!is_set(q->intervals[i].to) || earlier(now, q->intervals[i].to)))
				row = &q->intervals[i];
		}
		for (size_t i = 0; i < q->excluded_n; i++)
			out |= !earlier(now, q->excluded[i].from) &&
			       earlier(now, q->excluded[i].to);
		c.counted++;
		c.excluded += out;
		if (!row || row->state == LEDGER_UNKNOWN)
			continue;
		c.known++;
		c.known_excluded += out;
		c.degraded += row->state == LEDGER_DEGRADED;
		c.down += row->impact;
		c.down_excluded += out ? row->impact : 0;
	}
	return c;
}

static size_t random_rows(Interval *rows, Instant start)
{
	static const double shares[] = { 0.25, 0.5, 1 };
	Instant t = after(start, ticks(any(2000)));
	size_t n = 0;

	while (n < ROWS) {
		LedgerState state = (LedgerState)any(5);
		double impact = 0;
		Instant to = after(t, ticks(1 + any(2500)));

		if (state == LEDGER_DOWN || state == LEDGER_MAINTENANCE)
			impact = shares[any(3)];
		else if (state == LEDGER_DEGRADED)
			impact = any(2) ? 0.5 : 0;
		rows[n++] = interval(state, impact, t, to);
		t = any(10) ? to : after(to, ticks(any(400))); /* sometimes unmeasured */
	}
	if (any(2))
		rows[n - 1].to = LONG_AGO;
	return n;
}

TEST(availability_equals_counting_tick_by_tick)
{
	static const char *const zones[] = { "Europe/Paris", "Australia/Lord_Howe",
		                             "America/Santiago" };
	static const char *const starts[] = { "2026-03-27T00:00:00Z", "2026-10-23T00:00:00Z",
		                              "2026-04-03T00:00:00Z", "2026-09-04T00:00:00Z" };
	static const char *const texts[] = { "mon-fri 09:00-18:00", "22:00-05:00",
		                             "sat,sun; wed 01:30-02:30" };

	for (int round = 0; round < 40; round++) {
		Interval rows[ROWS];
		Excluded windows[6];
		Hours h;
		Instant start = at(starts[round % 4]);
		AvailabilityAsk q = { .from = start,
			              .to = after(start, ticks(SPAN)),
			              .intervals = rows,
			              .excluded = windows,
			              .excluded_n = (size_t)any(7) };
		Availability a;
		Count c;

		q.intervals_n = random_rows(rows, start);
		q.now = after(start, ticks(SPAN / 2 + any(SPAN)));
		q.unknown = (UnknownCounts)any(3);
		for (size_t i = 0; i < q.excluded_n; i++) {
			windows[i].from = after(start, ticks(any(SPAN)));
			windows[i].to = after(windows[i].from, ticks(any(3000)));
		}
		ASSERT(zone_load(zones[any(3)], &q.zone, NULL) &&
		       hours_parse(texts[any(3)], &h, NULL));
		q.hours = any(3) ? &h : NULL;
		availability(&q, &a);
		c = count_ticks(&q);
		EXPECT_INT(a.counted.us, ticks(c.counted).us);
		EXPECT_INT(a.unknown.us, ticks(c.counted - c.known).us);
		EXPECT_INT(a.excluded.us, ticks(c.excluded).us);
		EXPECT_INT(a.degraded.us, ticks(c.degraded).us);
		EXPECT_REAL((double)a.down.us / 1e7, c.down, 1e-3);
		EXPECT_REAL((double)a.down_excluded.us / 1e7, c.down_excluded, 1e-3);
		if (q.unknown == UNKNOWN_EXCLUDED && c.known > c.known_excluded) {
			double net = 1 - (c.down - c.down_excluded) /
			                         (double)(c.known - c.known_excluded);

			EXPECT_REAL(a.net, net * 100, 2e-5);
			EXPECT(a.net <= net * 100 + 1e-9);
		}
		if (q.unknown == UNKNOWN_DOWN && a.has_gross)
			EXPECT_REAL(a.gross,
			            100 - (c.down + (double)(c.counted - c.known)) /
			                            (double)c.counted * 100,
			            2e-5);
	}
}
