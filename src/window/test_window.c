/* The life of an occurrence, told as events; and the eight cases of a failure
 * around a window. */
#include "harness.h"

#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"
#include "plan/load.h"
#include "window/window.h"

#include <string.h>

static const char plan_text[] =
        "plan: {id: t, title: T, timezone: UTC, language: en}\n"
        "services:\n"
        "  site: {environments: {production: {url: \"https://a.example\"}}}\n"
        "channels:\n"
        "  mail: {type: email, url: \"smtp://127.0.0.1:25\", from: a@a.example}\n"
        "  chat: {type: command, run: [cat]}\n"
        "audiences:\n"
        "  users: {to: [u@a.example]}\n"
        "windows:\n"
        "  weekly: {at: weekly sun 03:00, for: 1h, impact: degraded, counts: no, notice: 24h,\n"
        "           reason: updates, alternatives: read only}\n"
        "  bare: {at: weekly sat 03:00, for: 1h, counts: no}\n"
        "  mute: {at: weekly fri 03:00, for: 1h, notice: 24h, counts: no}\n"
        "  loud: {at: weekly thu 03:00, for: 1h, quiet: no}\n"
        "  night: {at: weekly mon 22:00, for: 7h, env: production, services: [site], via: [chat]}\n"
        "  named: {at: weekly wed 03:00, for: 1h, notice: 24h}\n"
        "templates:\n"
        "  short: {kind: maintenance, subject: \"{{title}}\", text: \"{{reason}}\"}\n"
        "notices:\n"
        "  maintenance: {via: [mail], audience: [users],\n"
        "                content: [reason, duration, impact, alternatives]}\n"
        "  for_named: {via: [mail], audience: [users], windows: [named, night], template: short}\n";

static Plan *plan;
static WindowOccurrence occ;
static Effects fx;
static Err err;

static void forget_effects(void)
{
	effects_done(&fx);
	fx = (Effects){ 0 };
}

/* An occurrence of that plan window that starts on the given day of November 2026. */
static void given(const char *window, const char *starts)
{
	static const PlanSource source = { 0 };
	Findings findings = { 0 };
	Windows all = { 0 };

	if (!plan) {
		findings.arena = arena_new("findings", 1 << 22);
		plan = plan_load("t.yaml", plan_text, sizeof plan_text - 1, &source, &findings);
		for (size_t i = 0; !plan && i < findings.n; i++)
			test_fail(__FILE__, __LINE__, "%s", findings.at[i].message);
		arena_free(findings.arena);
	}
	forget_effects();
	record_done(&window_occurrence_record, &occ);
	windows_plan(&all, plan, at("2026-11-20T12:00:00Z"), NULL, &fx);
	for (size_t i = 0; i < all.n; i++) {
		if (text_eq(all.at[i].window, window) && all.at[i].starts.us == at(starts).us)
			record_copy(&window_occurrence_record, &occ, &all.at[i]);
		record_done(&window_occurrence_record, &all.at[i]);
	}
	list_free(&all);
	EXPECT(*occ.id);
	forget_effects();
}

static bool event(const char *now, WindowEvent e)
{
	memset(&err, 0, sizeof err);
	return window_step(&occ, plan, &e, at(now), &fx, &err);
}

static void tick(const char *now) { EXPECT(event(now, (WindowEvent){ .kind = WINDOW_TICK })); }

static void sent(const char *now)
{
	EXPECT(event(now, (WindowEvent){ .kind = WINDOW_NOTICE_SENT, .at = at(now) }));
}

static const char *due(void)
{
	static char out[INSTANT_TEXT];

	return instant_print(window_due(&occ), out);
}

static const Tell *told(const char *key_end)
{
	for (size_t i = 0; i < fx.tells.n; i++) {
		if (text_ends(fx.tells.at[i].key, key_end))
			return &fx.tells.at[i];
	}
	return NULL;
}

static const Entry *noted(const char *kind)
{
	for (size_t i = 0; i < fx.entries.n; i++) {
		if (text_eq(fx.entries.at[i].kind, kind))
			return &fx.entries.at[i];
	}
	return NULL;
}

static bool quiet(const char *now)
{
	return windows_quiet(&occ, 1, "site", "production", at(now)) != NULL;
}

static bool excluded(void)
{
	Instant from, to;

	return window_excluded(&occ, &from, &to);
}

TEST(a_window_announced_in_time_opens_is_quiet_closes_and_is_reported)
{
	Instant from, to;

	given("weekly", "2026-11-22T03:00:00Z");
	EXPECT_TEXT(occ.id, "weekly@2026-11-22T03:00:00Z");
	EXPECT_TEXT(due(), "2026-11-21T02:00:00Z"); /* 24 h and an hour of ours */
	tick("2026-11-21T01:59:59Z");
	EXPECT_INT(fx.tells.n, 0);
	tick("2026-11-21T02:00:00Z");
	ASSERT(told(":notice") != NULL);
	EXPECT_INT(told(":notice")->kind, TELL_WINDOW_NOTICE);
	EXPECT_TEXT(told(":notice")->key, "win:weekly@2026-11-22T03:00:00Z:notice");
	EXPECT_TEXT(told(":notice")->subject, "window:weekly@2026-11-22T03:00:00Z");
	EXPECT_TEXT(told(":notice")->via[0], "mail");
	EXPECT_TEXT(told(":notice")->to[0], "users");
	EXPECT(window_is_notice(&occ, told(":notice")->key) &&
	       !window_is_notice(&occ, "win:x:notice"));
	EXPECT_INT(occ.state, WINDOW_PLANNED); /* handed over is not sent */
	EXPECT(!excluded());
	sent("2026-11-21T02:00:04Z");
	EXPECT_INT(occ.state, WINDOW_ANNOUNCED);
	EXPECT_TEXT(noted("window.announced")->verdict, "kept");
	EXPECT(window_is_announced(&occ) && !occ.notice_late && excluded());
	EXPECT(!quiet("2026-11-22T02:59:59Z"));
	EXPECT(quiet("2026-11-22T03:00:00Z")); /* even before the TICK */
	forget_effects();
	tick("2026-11-22T03:00:00Z");
	EXPECT_INT(occ.state, WINDOW_OPEN);
	EXPECT_TEXT(noted("window.opened")->verdict, "kept");
	EXPECT_INT(fx.tells.n, 0);
	EXPECT_TEXT(due(), "2026-11-22T04:00:00Z");
	tick("2026-11-22T04:00:00Z");
	EXPECT_INT(occ.state, WINDOW_CLOSED);
	EXPECT(told(":done") && told(":done")->kind == TELL_WINDOW_DONE);
	EXPECT(!quiet("2026-11-22T04:00:00Z"));
	EXPECT_INT(window_due(&occ).us, NEVER.us);
	EXPECT(event("2026-11-22T04:00:01Z",
	             (WindowEvent){ .kind = WINDOW_REPORT, .downtime = minutes(4) }));
	EXPECT_INT(occ.state, WINDOW_REPORTED);
	EXPECT_HAS(noted("window.reported")->input, "\"downtime\":240");
	ASSERT(window_excluded(&occ, &from, &to));
	EXPECT_INT(from.us, at("2026-11-22T03:00:00Z").us);
	EXPECT_INT(to.us, at("2026-11-22T04:00:00Z").us);
}

TEST(a_notice_is_told_exactly_once_however_often_time_passes)
{
	given("weekly", "2026-11-22T03:00:00Z");
	for (int i = 0; i < 5; i++)
		tick("2026-11-21T02:00:00Z");
	EXPECT_INT(fx.tells.n, 1);
	sent("2026-11-21T02:00:04Z");
	sent("2026-11-21T09:00:00Z"); /* a second channel: the first acceptance counts */
	EXPECT_INT(occ.announced_at.us, at("2026-11-21T02:00:04Z").us);
	tick("2026-11-21T12:00:00Z");
	EXPECT_INT(fx.tells.n, 1);
}

TEST(a_notice_sent_late_is_recorded_late_and_its_downtime_counts)
{
	given("weekly", "2026-11-22T03:00:00Z");
	tick("2026-11-21T20:00:00Z"); /* the daemon was down when it was due */
	EXPECT(told(":notice") != NULL);
	sent("2026-11-21T20:00:02Z");
	EXPECT(occ.notice_late && !window_is_announced(&occ) && !excluded());
	EXPECT_TEXT(noted("window.announced")->verdict, "broken");
	EXPECT(quiet("2026-11-22T03:30:00Z")); /* people know: still held back */
	tick("2026-11-22T03:00:00Z");
	EXPECT_INT(occ.state, WINDOW_OPEN);
	EXPECT_TEXT(noted("window.opened")->verdict, "broken");
}

TEST(exactly_at_the_promised_instant_is_in_time)
{
	given("weekly", "2026-11-22T03:00:00Z");
	tick("2026-11-21T02:30:00Z");
	sent("2026-11-21T03:00:00Z");
	EXPECT(window_is_announced(&occ) && !occ.notice_late);
	given("weekly", "2026-11-22T03:00:00Z");
	tick("2026-11-21T02:30:00Z");
	sent("2026-11-21T03:00:00.000001Z");
	EXPECT(!window_is_announced(&occ) && occ.notice_late);
}

TEST(a_window_whose_notice_never_left_opens_unannounced_and_holds_nothing_back)
{
	given("weekly", "2026-11-22T03:00:00Z");
	tick("2026-11-21T02:00:00Z"); /* told, and no channel ever accepted it */
	EXPECT(!quiet("2026-11-22T03:30:00Z"));
	tick("2026-11-22T03:00:00Z");
	EXPECT_INT(occ.state, WINDOW_OPENED_UNANNOUNCED);
	EXPECT_TEXT(noted("window.opened")->verdict, "broken");
	ASSERT(told(":unannounced") != NULL);
	EXPECT_INT(told(":unannounced")->kind, TELL_SELF);
	EXPECT(!excluded());
	sent("2026-11-22T03:10:00Z"); /* then at least from here */
	EXPECT_INT(occ.state, WINDOW_OPENED_UNANNOUNCED);
	EXPECT(quiet("2026-11-22T03:30:00Z") && !excluded());
	tick("2026-11-22T04:00:00Z");
	EXPECT_INT(occ.state, WINDOW_CLOSED);
}

TEST(a_window_without_promised_notice_needs_none)
{
	given("bare", "2026-11-21T03:00:00Z");
	EXPECT_TEXT(due(), "2026-11-21T03:00:00Z");
	EXPECT(window_is_announced(&occ) && excluded());
	tick("2026-11-21T03:00:00Z");
	EXPECT_INT(occ.state, WINDOW_OPEN);
	EXPECT(quiet("2026-11-21T03:30:00Z"));
	tick("2026-11-21T04:00:00Z");
	EXPECT_INT(occ.state, WINDOW_CLOSED);
	EXPECT_INT(fx.tells.n, 0); /* who was not told needs not hear that it is over */
}

TEST(a_window_that_is_not_quiet_holds_nothing_back)
{
	given("loud", "2026-11-26T03:00:00Z");
	EXPECT(!quiet("2026-11-26T03:30:00Z"));
	EXPECT(window_is_open(&occ, at("2026-11-26T03:30:00Z")));
	EXPECT(!excluded()); /* whether it counts is not said: it counts */
}

TEST(the_notice_that_names_a_window_wins_over_the_one_for_all)
{
	given("named", "2026-11-25T03:00:00Z");
	tick("2026-11-24T02:00:00Z");
	ASSERT(told(":notice") != NULL); /* that notice asks for no content */
	EXPECT_TEXT(told(":notice")->template_id, "short");
	EXPECT_TEXT(window_notice(plan, "weekly")->item.id, "maintenance");
	EXPECT_TEXT(window_notice(plan, "night")->item.id, "for_named");
	EXPECT_TEXT(window_notice(plan, "")->item.id, "maintenance");
	/* the window's own channels win over its notice's */
	given("night", "2026-11-23T22:00:00Z");
	EXPECT(event("2026-11-23T22:10:00Z", (WindowEvent){ .kind = WINDOW_START }));
	occ.told_at = occ.starts;
	EXPECT(event("2026-11-24T04:00:00Z", (WindowEvent){ .kind = WINDOW_END }));
	ASSERT(told(":done") != NULL);
	EXPECT_TEXT(told(":done")->via[0], "chat");
	EXPECT_INT(told(":done")->via_n, 1);
	EXPECT_TEXT(told(":done")->template_id, ""); /* the template is the notice's alone */
}

TEST(events_out_of_place_do_nothing)
{
	given("weekly", "2026-11-22T03:00:00Z");
	sent("2026-11-21T02:00:00Z"); /* nothing was told yet */
	EXPECT_INT(occ.state, WINDOW_PLANNED);
	EXPECT(event("2026-11-21T02:00:00Z", (WindowEvent){ .kind = WINDOW_REPORT }));
	EXPECT_INT(occ.state, WINDOW_PLANNED);
	EXPECT_INT(fx.entries.n, 0);
}

TEST(a_notice_that_lacks_its_content_is_refused_until_it_is_filled)
{
	given("mute", "2026-11-27T03:00:00Z");
	tick("2026-11-26T02:00:00Z");
	EXPECT(occ.notice_refused && !is_set(occ.told_at));
	EXPECT_TEXT(noted("window.notice_refused")->verdict, "refused");
	EXPECT_HAS(noted("window.notice_refused")->note, "reason, impact, alternatives");
	ASSERT(told(":refused") != NULL);
	EXPECT_HAS(told(":refused")->text, "reason, impact, alternatives");
	EXPECT(told(":notice") == NULL);
	tick("2026-11-26T02:30:00Z");
	EXPECT_INT(fx.tells.n, 1); /* said once */
	EXPECT_TEXT(due(), "2026-11-27T03:00:00Z");
	EXPECT(event("2026-11-26T02:40:00Z", (WindowEvent){ .kind = WINDOW_DESCRIBE,
	                                                    .who = "contact:ana",
	                                                    .text = "disks",
	                                                    .alternatives = "the mirror",
	                                                    .impact = IMPACT_DOWN }));
	EXPECT_TEXT(noted("window.described")->actor, "contact:ana");
	EXPECT_TEXT(due(), "2026-11-26T02:00:00Z");
	tick("2026-11-26T02:40:00Z");
	EXPECT(told(":notice") != NULL);
	EXPECT(!event("2026-11-26T02:50:00Z",
	              (WindowEvent){ .kind = WINDOW_DESCRIBE, .text = "x" }));
	EXPECT_INT(err.code, ERR_CONFLICT);
	EXPECT_TEXT(occ.reason, "disks");
}

TEST(work_that_goes_on_past_the_end_is_an_overrun_and_no_longer_quiet)
{
	Instant from, to;

	given("weekly", "2026-11-22T03:00:00Z");
	tick("2026-11-21T02:00:00Z");
	sent("2026-11-21T02:00:04Z");
	tick("2026-11-22T03:00:00Z");
	EXPECT(event("2026-11-22T03:05:00Z",
	             (WindowEvent){ .kind = WINDOW_START, .who = "contact:ana" }));
	EXPECT_INT(occ.real_start.us, at("2026-11-22T03:05:00Z").us);
	forget_effects();
	tick("2026-11-22T04:00:00Z");
	EXPECT_INT(occ.state, WINDOW_OVERRUN);
	EXPECT(told(":overrun:0") && told(":overrun:0")->kind == TELL_SELF);
	EXPECT(!quiet("2026-11-22T04:00:00Z"));
	EXPECT(window_is_open(&occ, at("2026-11-22T05:00:00Z")));
	EXPECT(event("2026-11-22T04:10:00Z", (WindowEvent){ .kind = WINDOW_EXTEND,
	                                                    .text = "one more disk",
	                                                    .at = at("2026-11-22T05:00:00Z") }));
	EXPECT_INT(occ.state, WINDOW_OPEN);
	EXPECT_TEXT(told(":extended:1")->text, "one more disk");
	EXPECT(quiet("2026-11-22T04:30:00Z"));
	tick("2026-11-22T05:00:00Z");
	EXPECT_INT(occ.state, WINDOW_OVERRUN);
	EXPECT(told(":overrun:1") != NULL);
	EXPECT(event(
	        "2026-11-22T05:20:00Z",
	        (WindowEvent){ .kind = WINDOW_END, .who = "contact:ana", .text = "done at last" }));
	EXPECT_INT(occ.state, WINDOW_CLOSED);
	EXPECT_TEXT(noted("window.closed")->verdict, "overrun");
	EXPECT_TEXT(told(":done")->text, "done at last");
	EXPECT_TEXT(occ.outcome, "done at last");
	/* only what was announced is left out of availability */
	ASSERT(window_excluded(&occ, &from, &to));
	EXPECT_INT(to.us, at("2026-11-22T04:00:00Z").us);
}

TEST(an_overrun_that_nobody_ends_closes_after_a_day)
{
	given("bare", "2026-11-21T03:00:00Z");
	tick("2026-11-21T03:00:00Z");
	EXPECT(event("2026-11-21T03:05:00Z", (WindowEvent){ .kind = WINDOW_START }));
	tick("2026-11-21T04:00:00Z");
	EXPECT_TEXT(due(), "2026-11-22T04:00:00Z");
	tick("2026-11-22T04:00:00Z");
	EXPECT_INT(occ.state, WINDOW_CLOSED);
	EXPECT_HAS(noted("window.closed")->note, "nobody said");
}

TEST(work_that_ends_early_ends_the_window)
{
	Instant from, to;

	given("bare", "2026-11-21T03:00:00Z");
	EXPECT(event("2026-11-21T03:10:00Z",
	             (WindowEvent){ .kind = WINDOW_END, .who = "contact:ana" }));
	EXPECT_INT(occ.state, WINDOW_CLOSED);
	EXPECT(!quiet("2026-11-21T03:10:00Z"));
	ASSERT(window_excluded(&occ, &from, &to));
	EXPECT_INT(to.us, at("2026-11-21T03:10:00Z").us);
	EXPECT(noted("window.opened") && noted("window.closed"));
}

TEST(a_cancelled_window_tells_those_who_were_told_and_holds_nothing_back)
{
	given("weekly", "2026-11-22T03:00:00Z");
	tick("2026-11-21T02:00:00Z");
	sent("2026-11-21T02:00:04Z");
	EXPECT(event(
	        "2026-11-21T12:00:00Z",
	        (WindowEvent){ .kind = WINDOW_CANCEL, .who = "contact:ana", .text = "not ready" }));
	EXPECT_INT(occ.state, WINDOW_CANCELLED);
	EXPECT_INT(told(":cancelled")->kind, TELL_WINDOW_CANCELLED);
	EXPECT_TEXT(told(":cancelled")->text, "not ready");
	EXPECT(!quiet("2026-11-22T03:30:00Z") && !excluded());
	EXPECT(!window_is_open(&occ, at("2026-11-22T03:30:00Z")));
	EXPECT_INT(window_due(&occ).us, NEVER.us);
	forget_effects();
	tick("2026-11-22T03:30:00Z");
	EXPECT_INT(fx.entries.n, 0);

	given("bare", "2026-11-21T03:00:00Z");
	EXPECT(event("2026-11-20T12:00:00Z", (WindowEvent){ .kind = WINDOW_CANCEL }));
	EXPECT_INT(fx.tells.n, 0);
}

TEST(what_the_state_does_not_allow_is_refused_and_changes_nothing)
{
	static const struct {
		const char *upto; /* state reached: "" planned, o open, c closed, x cancelled */
		WindowEventKind kind;
		const char *now, *at;
		ErrCode code;
	} rows[] = {
		{ "", WINDOW_START, "2026-11-21T02:59:59Z", "", ERR_CONFLICT },
		{ "", WINDOW_END, "2026-11-21T02:59:59Z", "", ERR_CONFLICT },
		{ "", WINDOW_EXTEND, "2026-11-21T02:59:59Z", "2026-11-21T05:00:00Z", ERR_CONFLICT },
		{ "", WINDOW_CANCEL, "2026-11-21T03:00:00Z", "", ERR_CONFLICT },
		{ "", WINDOW_START, "2026-11-21T04:00:00Z", "", ERR_CONFLICT },
		{ "o", WINDOW_CANCEL, "2026-11-21T03:30:00Z", "", ERR_CONFLICT },
		{ "o", WINDOW_EXTEND, "2026-11-21T03:30:00Z", "2026-11-21T04:00:00Z",
		  ERR_BAD_INPUT },
		{ "o", WINDOW_EXTEND, "2026-11-21T03:30:00Z", "2026-12-22T04:00:00Z",
		  ERR_BAD_INPUT },
		{ "o", WINDOW_DESCRIBE, "2026-11-21T03:30:00Z", "", ERR_CONFLICT },
		{ "c", WINDOW_END, "2026-11-21T04:30:00Z", "", ERR_CONFLICT },
		{ "c", WINDOW_START, "2026-11-21T04:30:00Z", "", ERR_CONFLICT },
		{ "c", WINDOW_CANCEL, "2026-11-21T04:30:00Z", "", ERR_CONFLICT },
		{ "c", WINDOW_EXTEND, "2026-11-21T04:30:00Z", "2026-11-21T05:00:00Z",
		  ERR_CONFLICT },
		{ "x", WINDOW_START, "2026-11-21T03:30:00Z", "", ERR_CONFLICT },
		{ "x", WINDOW_CANCEL, "2026-11-20T13:00:00Z", "", ERR_CONFLICT },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		WindowOccurrence before;
		WindowEvent e = { .kind = rows[i].kind, .text = "words" };

		given("bare", "2026-11-21T03:00:00Z");
		if (*rows[i].upto == 'x')
			EXPECT(event("2026-11-20T12:00:00Z",
			             (WindowEvent){ .kind = WINDOW_CANCEL }));
		if (*rows[i].upto == 'o' || *rows[i].upto == 'c')
			tick("2026-11-21T03:00:00Z");
		if (*rows[i].upto == 'c')
			tick("2026-11-21T04:00:00Z");
		if (*rows[i].at)
			e.at = at(rows[i].at);
		forget_effects();
		before = occ;
		if (event(rows[i].now, e))
			test_fail(__FILE__, __LINE__, "row %zu was allowed", i);
		EXPECT_INT(err.code, rows[i].code);
		EXPECT(*err.message && fx.entries.n == 0 && fx.tells.n == 0);
		EXPECT(memcmp(&before, &occ, sizeof occ) == 0);
	}
}

TEST(one_tick_makes_up_for_all_the_time_since_the_last)
{
	given("weekly", "2026-11-22T03:00:00Z");
	tick("2026-12-01T00:00:00Z"); /* the daemon slept through it all */
	EXPECT_INT(occ.state, WINDOW_CLOSED);
	EXPECT(told(":notice") == NULL); /* nobody is told of a window that is over */
	EXPECT(told(":done") == NULL);
	EXPECT_TEXT(noted("window.opened")->verdict, "broken");
	EXPECT_INT(occ.real_end.us, at("2026-11-22T04:00:00Z").us);
}

TEST(time_always_moves_on_past_what_was_due)
{
	static const char *const windows[] = { "weekly", "bare", "mute" };
	static const char *const starts[] = { "2026-11-22T03:00:00Z", "2026-11-21T03:00:00Z",
		                              "2026-11-27T03:00:00Z" };

	for (size_t i = 0; i < COUNT_OF(windows); i++) {
		int steps = 0;

		given(windows[i], starts[i]);
		while (is_set(window_due(&occ)) && steps++ < 10) {
			Instant now = window_due(&occ);
			WindowEvent e = { .kind = WINDOW_TICK };

			EXPECT(window_step(&occ, plan, &e, now, &fx, NULL));
			EXPECT(earlier(now, window_due(&occ)));
		}
		EXPECT_INT(occ.state, WINDOW_CLOSED);
		EXPECT(steps >= 2 && steps <= 4);
	}
}

/* {the failure begins before, during} × {ends during, after} × {the window overlaps
 * another, is cancelled, runs over}: what is held back at each instant follows from
 * the windows alone, so the matrix is about which instants are quiet. */
TEST(the_eight_case_matrix_is_quiet_only_inside_open_announced_windows)
{
	enum { OVERLAP, CANCELLED };
	static const struct {
		int with;
		const char *begins, *ends; /* of the failure */
		bool quiet_at_begin, quiet_at_end, quiet_after;
	} rows[] = {
		/* window 03:00–04:00, and 03:30–05:00 overlapping it */
		{ OVERLAP, "2026-11-22T02:30:00Z", "2026-11-22T03:15:00Z", false, true, false },
		{ OVERLAP, "2026-11-22T02:30:00Z", "2026-11-22T05:30:00Z", false, false, false },
		{ OVERLAP, "2026-11-22T03:45:00Z", "2026-11-22T04:30:00Z", true, true, false },
		{ OVERLAP, "2026-11-22T04:15:00Z", "2026-11-22T05:30:00Z", true, false, false },
		/* the first one cancelled: only 03:30–05:00 is left */
		{ CANCELLED, "2026-11-22T02:30:00Z", "2026-11-22T03:15:00Z", false, false, false },
		{ CANCELLED, "2026-11-22T02:30:00Z", "2026-11-22T03:45:00Z", false, true, false },
		{ CANCELLED, "2026-11-22T03:15:00Z", "2026-11-22T05:30:00Z", false, false, false },
		{ CANCELLED, "2026-11-22T03:40:00Z", "2026-11-22T04:50:00Z", true, true, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		WindowOccurrence all[2];
		Instant from = at(rows[i].begins), to = at(rows[i].ends);

		given("weekly", "2026-11-22T03:00:00Z");
		tick("2026-11-21T02:00:00Z");
		sent("2026-11-21T02:00:04Z");
		all[0] = all[1] = occ;
		all[1].starts = at("2026-11-22T03:30:00Z");
		all[1].ends = all[1].until = at("2026-11-22T05:00:00Z");
		if (rows[i].with == CANCELLED)
			all[0].state = WINDOW_CANCELLED;
		EXPECT_INT(windows_quiet(all, 2, "site", "production", from) != NULL,
		           rows[i].quiet_at_begin);
		EXPECT_INT(windows_quiet(all, 2, "site", "production", to) != NULL,
		           rows[i].quiet_at_end);
		/* what still fails at the end is announced then */
		EXPECT_INT(windows_quiet(all, 2, "site", "production",
		                         at("2026-11-22T05:00:00Z")) != NULL,
		           rows[i].quiet_after);
	}
}

TEST(names_are_those_of_the_model)
{
	EXPECT_TEXT(window_state_name(WINDOW_PLANNED), "planned");
	EXPECT_TEXT(window_state_name(WINDOW_OPENED_UNANNOUNCED), "opened_unannounced");
	EXPECT_TEXT(window_state_name(WINDOW_CANCELLED), "cancelled");
	EXPECT_TEXT(window_state_name((WindowState)99), "unknown");
	EXPECT_TEXT(window_origin_name(WINDOW_EMERGENCY), "emergency");
}
