/* Where occurrences come from: the plans' own windows over months, clock-change
 * nights, plan changes, and windows that people make. */
#include "harness.h"

#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"
#include "plan/load.h"
#include "window/window.h"

#include <stdio.h>
#include <string.h>

static const char head[] = "plan: {id: t, title: T, timezone: Europe/Paris, language: fr}\n"
                           "services:\n"
                           "  site: {environments: {production: {url: \"https://a.example\"}, "
                           "staging: {url: \"https://b.example\"}}}\n"
                           "  shop: {environments: {production: {url: \"https://c.example\"}}}\n"
                           "windows:\n";

static Windows all;
static Effects fx;
static size_t saves, drops;

static Plan *load(const char *windows)
{
	static const PlanSource source = { 0 };
	Findings findings = { .arena = arena_new("findings", 1 << 22) };
	AUTO_FREE char *text = mem_printf("%s%s", head, windows);
	Plan *plan = plan_load("t.yaml", text, strlen(text), &source, &findings);

	for (size_t i = 0; !plan && i < findings.n; i++)
		test_fail(__FILE__, __LINE__, "%s", findings.at[i].message);
	arena_free(findings.arena);
	return plan;
}

static void on_save(void *ctx, const WindowOccurrence *o)
{
	(void)ctx;
	EXPECT(*o->id);
	saves++;
}

static void on_drop(void *ctx, const WindowOccurrence *o)
{
	(void)ctx;
	EXPECT(*o->id);
	drops++;
}

static void follow(const Plan *plan, const char *now)
{
	static const WindowSink sink = { on_save, on_drop, NULL };

	saves = drops = 0;
	windows_plan(&all, plan, at(now), &sink, &fx);
}

static void forget(void)
{
	for (size_t i = 0; i < all.n; i++)
		record_done(&window_occurrence_record, &all.at[i]);
	list_free(&all);
	effects_done(&fx);
	fx = (Effects){ 0 };
}

static WindowOccurrence *find(const char *id)
{
	for (size_t i = 0; i < all.n; i++) {
		if (text_eq(all.at[i].id, id))
			return &all.at[i];
	}
	return NULL;
}

static void expect_times(const char *id, const char *ends)
{
	const WindowOccurrence *o = find(id);
	char out[INSTANT_TEXT];

	if (!o)
		test_fail(__FILE__, __LINE__, "no occurrence %s", id);
	else if (!text_eq(instant_print(o->ends, out), ends))
		test_fail(__FILE__, __LINE__, "%s ends %s, not %s", id, out, ends);
}

TEST(the_clock_on_the_wall_gives_both_edges_on_the_nights_it_changes)
{
	static const struct {
		const char *windows, *now, *id, *ends;
	} rows[] = {
		/* B: Sunday 23:00–02:00, the Sunday on which the clock has changed at 3 is over */
		{ "  w: {at: weekly sat 23:00, for: 3h}\n", "2026-03-27T00:00:00Z",
		  "w@2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z" }, /* 02:00 is the change: 3 h */
		{ "  w: {at: weekly sat 23:00, for: 3h}\n", "2026-10-23T00:00:00Z",
		  "w@2026-10-24T21:00:00Z", "2026-10-25T01:00:00Z" }, /* last pass of 02:00: 4 h */
		{ "  w: {at: weekly sat 23:00, for: 3h30m}\n", "2026-03-27T00:00:00Z",
		  "w@2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z" },
		{ "  w: {at: weekly sat 23:00, for: 3h30m}\n", "2026-10-23T00:00:00Z",
		  "w@2026-10-24T21:00:00Z", "2026-10-25T01:30:00Z" },
		/* E: 22:00–05:00 is 6 or 8 hours long */
		{ "  w: {at: daily 22:00, for: 7h}\n", "2026-03-28T12:00:00Z",
		  "w@2026-03-28T21:00:00Z", "2026-03-29T03:00:00Z" },
		{ "  w: {at: daily 22:00, for: 7h}\n", "2026-10-24T12:00:00Z",
		  "w@2026-10-24T20:00:00Z", "2026-10-25T04:00:00Z" },
		/* a start in the gap is the change, and the length is kept */
		{ "  w: {at: weekly sun 02:30, for: 1h}\n", "2026-03-28T12:00:00Z",
		  "w@2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z" },
		/* fixed UTC beside local */
		{ "  w: {at: weekly sun 03:00 UTC, for: 1h}\n", "2026-03-28T12:00:00Z",
		  "w@2026-03-29T03:00:00Z", "2026-03-29T04:00:00Z" },
		/* half an hour, southern */
		{ "  w: {at: weekly sun 01:00 Australia/Lord_Howe, for: 45m}\n",
		  "2026-04-03T00:00:00Z", "w@2026-04-04T14:00:00Z", "2026-04-04T15:15:00Z" },
		{ "  w: {at: weekly sun 00:00 America/Santiago, for: 2h}\n", "2026-09-05T00:00:00Z",
		  "w@2026-09-06T04:00:00Z", "2026-09-06T06:00:00Z" },
		/* `every` follows real time, its length too */
		{ "  w: {at: every 24h, for: 3h}\n", "2026-10-24T12:00:00Z",
		  "w@2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z" },
		/* a civil day and a month's end */
		{ "  w: {at: monthly -1, for: 4w}\n", "2026-01-30T00:00:00Z",
		  "w@2026-01-30T23:00:00Z", "2026-02-27T23:00:00Z" },
		{ "  w: {at: 2026-12-24 22:00, for: 2d}\n", "2026-12-01T00:00:00Z",
		  "w@2026-12-24T21:00:00Z", "2026-12-26T21:00:00Z" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Plan *plan = load(rows[i].windows);

		ASSERT(plan != NULL);
		follow(plan, rows[i].now);
		expect_times(rows[i].id, rows[i].ends);
		forget();
		plan_free(plan);
	}
}

static const char three[] =
        "  weekly: {at: weekly sun 03:00 UTC, for: 1h, impact: degraded, counts: no, notice: 24h}\n"
        "  monthly: {at: monthly first sun 04:00 UTC, for: 4h, impact: down, counts: no, notice: "
        "1w}\n"
        "  quarterly: {at: quarterly first sun 02:00 UTC, for: 4h, impact: down, counts: no, "
        "notice: 2w}\n";

TEST(occurrences_are_made_as_far_ahead_as_the_longest_notice_asks)
{
	Plan *plan = load(three);

	ASSERT(plan != NULL);
	follow(plan, "2026-11-20T12:00:00Z");
	EXPECT_INT(all.n, 5 + 1);     /* five Sundays, 6 December; 3 January is past 35 days */
	EXPECT_INT(saves, all.n + 2); /* and the two that join are told so */
	EXPECT(find("weekly@2026-11-22T03:00:00Z") && find("monthly@2026-12-06T04:00:00Z"));
	EXPECT_INT(windows_plan_due(at("2026-11-20T12:00:00Z")).us, at("2026-11-20T13:00:00Z").us);
	follow(plan, "2026-11-20T13:00:00Z");
	EXPECT_INT(saves, 0); /* nothing new */
	forget();
	plan_free(plan);

	plan = load("  far: {at: yearly 06-01 04:00, for: 1h, notice: 3mo}\n");
	ASSERT(plan != NULL);
	follow(plan, "2027-02-28T12:00:00Z");
	EXPECT_INT(all.n, 0);
	follow(plan,
	       "2027-03-02T12:00:00Z"); /* three months of at most 92 days, a day and two hours */
	EXPECT_INT(all.n, 1);
	forget();
	plan_free(plan);
}

TEST(windows_that_join_are_announced_together_with_the_longest_notice)
{
	const WindowOccurrence *weekly, *monthly, *quarterly;
	Plan *plan = load(three);

	ASSERT(plan != NULL);
	follow(plan, "2026-12-10T12:00:00Z"); /* first Sunday of the quarter: 3 January 2027 */
	weekly = find("weekly@2027-01-03T03:00:00Z");
	monthly = find("monthly@2027-01-03T04:00:00Z");
	quarterly = find("quarterly@2027-01-03T02:00:00Z");
	ASSERT(weekly && monthly && quarterly);
	EXPECT_TEXT(weekly->overlap, "monthly, quarterly");
	EXPECT_TEXT(quarterly->overlap, "weekly, monthly");
	/* two weeks and an hour before 02:00, each */
	EXPECT_INT(weekly->notice_due.us, at("2026-12-20T01:00:00Z").us);
	EXPECT_INT(monthly->notice_due.us, at("2026-12-20T01:00:00Z").us);
	EXPECT_INT(quarterly->notice_due.us, at("2026-12-20T01:00:00Z").us);
	/* the promise stays each one's own */
	EXPECT_INT(weekly->announce_by.us, at("2027-01-02T03:00:00Z").us);
	EXPECT_INT(monthly->announce_by.us, at("2026-12-27T04:00:00Z").us);
	EXPECT_TEXT(find("weekly@2026-12-27T03:00:00Z")->overlap, "");
	EXPECT_INT(find("weekly@2026-12-27T03:00:00Z")->notice_due.us,
	           at("2026-12-26T02:00:00Z").us);
	forget();
	plan_free(plan);
}

TEST(windows_of_different_services_do_not_join)
{
	Plan *plan =
	        load("  a: {at: weekly sun 03:00, for: 1h, services: [site]}\n"
	             "  b: {at: weekly sun 03:30, for: 1h, services: [shop]}\n"
	             "  c: {at: weekly sun 03:30, for: 1h, services: [shop, site], env: staging}\n"
	             "  d: {at: weekly sun 03:30, for: 1h, env: production, services: [shop]}\n");

	ASSERT(plan != NULL);
	follow(plan, "2026-11-20T12:00:00Z");
	EXPECT_TEXT(find("a@2026-11-22T02:00:00Z")->overlap, "c");
	EXPECT_TEXT(find("b@2026-11-22T02:30:00Z")->overlap, "c, d");
	EXPECT_TEXT(find("d@2026-11-22T02:30:00Z")->overlap, "b");
	forget();
	plan_free(plan);
}

TEST(an_occurrence_under_way_at_the_first_start_is_known)
{
	Plan *plan = load("  night: {at: daily 22:00, for: 7h}\n");

	ASSERT(plan != NULL);
	follow(plan, "2026-11-21T01:00:00Z");
	EXPECT(find("night@2026-11-20T21:00:00Z") != NULL);
	EXPECT(windows_quiet(all.at, all.n, "site", NULL, at("2026-11-21T01:00:00Z")) != NULL);
	forget();
	follow(plan, "2026-11-21T04:00:00Z"); /* over: half-open */
	EXPECT(find("night@2026-11-20T21:00:00Z") == NULL);
	forget();
	plan_free(plan);
}

TEST(windows_without_times_of_their_own_make_no_occurrence)
{
	Plan *plan = load("  any: {at: always}\n"
	                  "  special: {at: agreed, notice: 1w, counts: no}\n"
	                  "  needed: {at: as_needed}\n");

	ASSERT(plan != NULL);
	follow(plan, "2026-11-20T12:00:00Z");
	EXPECT_INT(all.n, 0);
	forget();
	plan_free(plan);
}

TEST(a_changed_plan_changes_what_people_were_not_told_and_cancels_what_they_were)
{
	Plan *old = load("  a: {at: weekly sun 03:00 UTC, for: 1h, notice: 24h}\n"
	                 "  b: {at: weekly mon 03:00 UTC, for: 1h, notice: 24h}\n"
	                 "  c: {at: weekly tue 03:00 UTC, for: 1h}\n");
	Plan *new = load("  a: {at: weekly sun 03:00 UTC, for: 2h, notice: 48h, reason: disks}\n"
	                 "  c: {at: weekly wed 03:00 UTC, for: 1h}\n");
	WindowOccurrence *o;

	ASSERT(old && new);
	follow(old, "2026-11-20T12:00:00Z");
	o = find("b@2026-11-23T03:00:00Z");
	ASSERT(o != NULL);
	o->told_at = at("2026-11-20T12:00:00Z");
	o->state = WINDOW_ANNOUNCED;
	effects_done(&fx);
	fx = (Effects){ 0 };
	follow(new, "2026-11-20T12:30:00Z");
	expect_times("a@2026-11-22T03:00:00Z", "2026-11-22T05:00:00Z");
	EXPECT_TEXT(find("a@2026-11-22T03:00:00Z")->reason, "disks");
	EXPECT_INT(find("a@2026-11-22T03:00:00Z")->announce_by.us, at("2026-11-20T03:00:00Z").us);
	o = find("b@2026-11-23T03:00:00Z");
	ASSERT(o != NULL);
	EXPECT_INT(o->state, WINDOW_CANCELLED);
	ASSERT(fx.tells.n == 1);
	EXPECT_INT(fx.tells.at[0].kind, TELL_WINDOW_CANCELLED);
	EXPECT(find("b@2026-11-30T03:00:00Z") == NULL && find("c@2026-11-24T03:00:00Z") == NULL);
	EXPECT(find("c@2026-11-25T03:00:00Z") != NULL);
	EXPECT_INT(drops, 4 + 5);
	follow(new, "2026-11-20T12:40:00Z");
	EXPECT_INT(saves + drops, 0);
	forget();
	plan_free(old);
	plan_free(new);
}

TEST(what_a_person_has_described_is_not_written_over_by_the_plan)
{
	Plan *plan =
	        load("  a: {at: weekly sun 03:00 UTC, for: 1h, notice: 24h, reason: updates}\n");
	WindowEvent e = { .kind = WINDOW_DESCRIBE, .who = "contact:ana", .text = "new disks" };
	WindowOccurrence *o;

	ASSERT(plan != NULL);
	follow(plan, "2026-11-20T12:00:00Z");
	o = find("a@2026-11-22T03:00:00Z");
	ASSERT(o && window_step(o, plan, &e, at("2026-11-20T12:10:00Z"), &fx, NULL));
	follow(plan, "2026-11-20T13:00:00Z");
	EXPECT_INT(saves, 0);
	EXPECT_TEXT(find("a@2026-11-22T03:00:00Z")->reason, "new disks");
	forget();
	plan_free(plan);
}

static const char own[] = "  special: {at: agreed, for: 2h, notice: 1w, counts: no, env: "
                          "production, label: Travaux}\n";

TEST(a_one_off_window_follows_the_plans_window_it_names)
{
	Plan *plan = load(own);
	WindowOrder order = { .window = "special",
		              .starts = at("2026-12-04T21:00:00Z"),
		              .reason = "move to the new host",
		              .alternatives = "none",
		              .impact = IMPACT_DOWN,
		              .who = "contact:ana" };
	WindowOccurrence o;
	Err err = { 0 };

	ASSERT(plan != NULL);
	ASSERT(window_one_off(plan, NULL, 0, &order, at("2026-11-20T12:00:00Z"), &o, &fx, &err));
	EXPECT_TEXT(o.id, "special@2026-12-04T21:00:00Z");
	EXPECT_TEXT(o.label, "Travaux");
	EXPECT_TEXT(o.env, "production");
	EXPECT_INT(o.ends.us, at("2026-12-04T23:00:00Z").us);
	EXPECT_INT(o.announce_by.us, at("2026-11-27T21:00:00Z").us);
	EXPECT_INT(o.counts, 0);
	EXPECT_INT(o.state, WINDOW_PLANNED);
	EXPECT_INT(fx.entries.n, 1);
	EXPECT_TEXT(fx.entries.at[0].kind, "window.created");
	EXPECT_TEXT(fx.entries.at[0].actor, "contact:ana");
	EXPECT_TEXT(fx.entries.at[0].verdict, "");
	/* the plan's follower leaves it alone */
	*list_push(&all) = o;
	follow(plan, "2026-11-20T13:00:00Z");
	EXPECT_INT(saves + drops, 0);
	forget();
	plan_free(plan);
}

TEST(a_one_off_window_made_too_late_for_its_promise_says_so_and_tells_at_once)
{
	Plan *plan = load(own);
	WindowOrder order = { .window = "special",
		              .starts = at("2026-11-22T21:00:00Z"),
		              .ends = at("2026-11-22T22:00:00Z") };
	WindowEvent tick = { .kind = WINDOW_TICK };
	WindowOccurrence o;

	ASSERT(plan != NULL);
	ASSERT(window_one_off(plan, NULL, 0, &order, at("2026-11-20T12:00:00Z"), &o, &fx, NULL));
	EXPECT_TEXT(fx.entries.at[0].verdict, "late");
	EXPECT(is_due(window_due(&o), at("2026-11-20T12:00:00Z")));
	EXPECT(window_step(&o, plan, &tick, at("2026-11-20T12:00:00Z"), &fx, NULL));
	EXPECT_INT(fx.tells.n, 1);
	record_done(&window_occurrence_record, &o);
	forget();
	plan_free(plan);
}

TEST(a_one_off_window_that_makes_no_sense_is_refused)
{
	static const char *const site[] = { "site", NULL }, *const nowhere[] = { "nowhere", NULL };
	Plan *plan = load(own);
	Instant now = at("2026-11-20T12:00:00Z"), s = at("2026-11-21T12:00:00Z");
	const struct {
		WindowOrder order;
		ErrCode code;
	} rows[] = {
		{ { .window = "nothing", .starts = s, .ends = after(s, hours(1)) }, ERR_NOT_FOUND },
		{ { .services = nowhere, .starts = s, .ends = after(s, hours(1)) }, ERR_NOT_FOUND },
		{ { .env = "moon", .starts = s, .ends = after(s, hours(1)) }, ERR_NOT_FOUND },
		{ { .starts = s, .ends = s }, ERR_BAD_INPUT },
		{ { .starts = s, .ends = LONG_AGO }, ERR_BAD_INPUT },
		{ { .starts = LONG_AGO, .ends = s, .window = "special" }, ERR_BAD_INPUT },
		{ { .starts = s, .ends = after(s, days(32)) }, ERR_BAD_INPUT },
		{ { .starts = after(now, seconds(-1)), .ends = s }, ERR_CONFLICT },
		{ { .services = site, .env = "staging", .starts = s, .ends = after(s, hours(1)) },
		  ERR_CONFLICT }, /* the same one again, see below */
	};
	WindowOccurrence first = { 0 }, o = { 0 };
	Err err = { 0 };

	ASSERT(plan != NULL);
	ASSERT(window_one_off(plan, NULL, 0, &rows[COUNT_OF(rows) - 1].order, now, &first, &fx,
	                      &err));
	EXPECT_TEXT(first.id, "one-off@2026-11-21T12:00:00Z");
	EXPECT_TEXT(first.services, "[\"site\"]");
	EXPECT_INT(first.counts, -1);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (window_one_off(plan, &first, 1, &rows[i].order, now, &o, &fx, &err))
			test_fail(__FILE__, __LINE__, "row %zu was allowed", i);
		EXPECT_INT(err.code, rows[i].code);
	}
	EXPECT_INT(fx.entries.n, 1);
	record_done(&window_occurrence_record, &first);
	forget();
	plan_free(plan);
}

TEST(an_emergency_window_is_open_told_quiet_and_never_taken_out_of_availability)
{
	Plan *plan = load(own);
	Instant now = at("2026-11-20T12:00:00Z"), from, to;
	WindowOrder order = { .window = "special",
		              .ends = after(now, hours(1)),
		              .who = "contact:ana" };
	WindowEvent e = { .kind = WINDOW_NOTICE_SENT, .at = after(now, seconds(3)) };
	WindowOccurrence o;
	Err err = { 0 };

	ASSERT(plan != NULL);
	EXPECT(!window_emergency(plan, NULL, 0, &order, now, &o, &fx, &err));
	EXPECT_INT(err.code, ERR_BAD_INPUT);
	order.reason = "a hole to close";
	order.window = "nothing";
	EXPECT(!window_emergency(plan, NULL, 0, &order, now, &o, &fx, &err));
	EXPECT_INT(err.code, ERR_NOT_FOUND);
	order.window = "special";
	ASSERT(window_emergency(plan, NULL, 0, &order, now, &o, &fx, &err));
	EXPECT_INT(o.state, WINDOW_OPEN);
	EXPECT_INT(o.origin, WINDOW_EMERGENCY);
	EXPECT_INT(fx.tells.n, 1);
	EXPECT_INT(fx.tells.at[0].kind, TELL_WINDOW_NOTICE);
	EXPECT_TEXT(fx.tells.at[0].text, "a hole to close");
	EXPECT_TEXT(fx.entries.at[0].kind, "window.emergency");
	EXPECT(windows_quiet(&o, 1, "site", "production", now) == &o);
	EXPECT(window_step(&o, plan, &e, after(now, seconds(4)), &fx, &err));
	EXPECT(is_set(o.announced_at) && !window_is_announced(&o));
	EXPECT(!window_excluded(&o, &from, &to));
	e = (WindowEvent){ .kind = WINDOW_TICK };
	EXPECT(window_step(&o, plan, &e, after(now, hours(1)), &fx, &err));
	EXPECT_INT(o.state, WINDOW_OVERRUN); /* a person opened it: a person ends it */
	e = (WindowEvent){ .kind = WINDOW_END };
	EXPECT(window_step(&o, plan, &e, after(now, minutes(70)), &fx, &err));
	EXPECT_INT(o.state, WINDOW_CLOSED);
	record_done(&window_occurrence_record, &o);
	forget();
	plan_free(plan);
}

TEST(two_months_of_three_windows_come_and_go_without_a_gap_or_a_twin)
{
	Plan *plan = load(three);
	Instant now = at("2026-11-20T12:00:00Z");
	size_t closed = 0, notices = 0, kept = 0;

	ASSERT(plan != NULL);
	for (int hour = 0; hour < 62 * 24; hour++, now = after(now, hours(1))) {
		windows_plan(&all, plan, now, NULL, &fx);
		for (size_t i = 0; i < all.n; i++) {
			WindowOccurrence *o = &all.at[i];
			WindowEvent tick = { .kind = WINDOW_TICK };
			WindowEvent sent = { .kind = WINDOW_NOTICE_SENT, .at = now };

			if (is_due(window_due(o), now))
				EXPECT(window_step(o, plan, &tick, now, &fx, NULL));
			if (is_set(o->told_at) && !is_set(o->announced_at))
				EXPECT(window_step(o, plan, &sent, now, &fx, NULL));
		}
	}
	for (size_t i = 0; i < all.n; i++) {
		closed += all.at[i].state == WINDOW_CLOSED;
		kept += all.at[i].state == WINDOW_CLOSED && window_is_announced(&all.at[i]);
	}
	for (size_t i = 0; i < fx.tells.n; i++) {
		notices += fx.tells.at[i].kind == TELL_WINDOW_NOTICE;
		for (size_t k = 0; k < i; k++)
			EXPECT(!text_eq(fx.tells.at[i].key, fx.tells.at[k].key));
	}
	/* nine Sundays to 17 January, 6 December and 3 January, and 3 January again */
	EXPECT_INT(closed, 9 + 2 + 1);
	EXPECT_INT(kept, closed);
	EXPECT_INT(notices, closed); /* one each; the next ones are not due yet */
	forget();
	plan_free(plan);
}
