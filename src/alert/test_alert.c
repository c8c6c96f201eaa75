#include "alert/alert.h"

#include "core/text.h"
#include "harness.h"
#include "plan/testing_plan.h"

/* ---- a plan, and an alert that lives in it ---- */

static const char plan_text[] =
        "plan: {title: Test, timezone: Europe/Paris, language: en}\n"
        "services:\n"
        "  shop: {environments: {production: {url: \"https://shop.example\"}}}\n"
        "  blog: {environments: {production: {url: \"https://blog.example\"}, staging: {}}}\n"
        "contacts:\n"
        "  ana: {email: ana@example.org}\n"
        "  bob: {email: bob@example.org}\n"
        "channels:\n"
        "  mail: {type: email, url: \"smtp://127.0.0.1:25\", from: a@example.org, "
        "to: [team@example.org]}\n"
        "  sms: {type: command, run: [send-sms]}\n"
        "classes:\n"
        "  P1: {rank: 1, respond: 15m, route: [mail]}\n"
        "levels:\n"
        "  critical: {rank: 1, class: P1, ack: 15m, route: [mail]}\n"
        "  warning: {rank: 2, ack: 30m, route: [mail], escalation: slow}\n"
        "  info: {rank: 3, ack: 0s, route: [mail]}\n"
        "  lone: {rank: 4, ack: 10m, route: [mail]}\n"
        "escalations:\n"
        "  slow:\n"
        "    steps:\n"
        "      - {after: 1h, to: [ana], via: [sms]}\n"
        "      - {after: 4h, when: unresolved, to: [bob]}\n"
        "metrics: {queue: {unit: count, source: push, every: 5m}}\n"
        "checks:\n"
        "  site: {type: http, service: shop, env: production, every: 1m}\n"
        "  a: {type: http, service: shop, env: production, every: 1m}\n"
        "  b: {type: http, service: shop, env: production, every: 1m}\n"
        "  c: {type: http, service: shop, env: production, every: 1m}\n"
        "  router: {type: icmp, service: shop, env: production, target: 192.0.2.1, every: 30s}\n"
        "rules:\n"
        "  down: {when: \"check{site} == fail\", level: critical, clear: 2m}\n"
        "  cpu: {when: \"cpu_used > 70% for 1h\", level: warning, clear: 2m}\n"
        "  disk: {when: \"disk_used{/} > 90%\", level: warning, clear: 2m}\n"
        "  loud: {when: \"check{site} == fail\", level: warning, quiet_in_window: no}\n"
        "  calm: {when: \"disk_used{/} > 90%\", level: info}\n"
        "  lax: {when: \"disk_used{/} > 90%\", level: info, no_data: ok}\n"
        "  stubborn: {when: \"disk_used{/} > 90%\", level: info, no_data: keep}\n"
        "  alone: {when: \"queue{jobs} > 100\", level: lone, service: shop}\n"
        "  some: {when: \"check{a} == fail\", at_least: 2, of: [a, b, c], level: critical}\n";

static Plan *load(void) { return good_plan(plan_text); }

/* One alert, told facts at times counted from a summer noon. */
typedef struct Story {
	Plan *plan;
	const Rule *rule;
	Alert a;
	AlertInput in;
	AlertChange out;
	Effects fx;
	Instant start, now;
} Story;

static void Story_done(Story *s)
{
	effects_done(&s->fx);
	plan_free(s->plan);
}

static Story begin(const char *rule)
{
	Story s = { .plan = load() };

	if (!s.plan || !instant_parse("2026-07-01T10:00:00Z", &s.start))
		return s;
	s.rule = plan_rule(s.plan, rule);
	s.in = (AlertInput){ .plan = s.plan };
	s.now = s.start;
	alert_begin(&s.a, rule);
	return s;
}

static void step(Story *s, Duration since_start, Judgement j)
{
	s->now = after(s->start, since_start);
	s->in.judged = j;
	s->in.value = j == JUDGED_TRUE ? 95.0 : 10.0;
	alert_step(&s->a, s->rule, &s->in, s->now, &s->fx, &s->out);
}

static size_t told(const Story *s, TellKind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->fx.tells.n; i++)
		n += s->fx.tells.at[i].kind == kind;
	return n;
}

static size_t recorded(const Story *s, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->fx.entries.n; i++)
		n += text_eq(s->fx.entries.at[i].kind, kind);
	return n;
}

static const Tell *last_tell(const Story *s)
{
	static const Tell none = { 0 };

	return s->fx.tells.n ? &s->fx.tells.at[s->fx.tells.n - 1] : &none;
}

#define STORY(of)                  \
	AUTO(Story) s = begin(of); \
	ASSERT(s.plan != NULL && s.rule != NULL)

/* ---- sustain, clear, flap ---- */

TEST(a_condition_without_sustain_fires_at_once_and_offers_its_incident)
{
	STORY("down");
	step(&s, seconds(0), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_FIRING);
	EXPECT_INT(s.out.kind, ALERT_WENT_FIRING);
	EXPECT(s.out.saved);
	EXPECT_TEXT(s.a.id, "down-000001");
	EXPECT_TEXT(s.out.class_ ? s.out.class_->item.id : "", "P1");
	EXPECT_TEXT(s.out.key, "P1/production/shop");
	EXPECT_INT(s.a.rank, 1);
	EXPECT_INT(s.fx.tells.n, 0); /* the incident tells */
	EXPECT_INT(recorded(&s, "alert.fired"), 1);
}

TEST(a_sustained_condition_fires_at_the_end_of_its_time_and_not_before)
{
	STORY("cpu");
	step(&s, seconds(0), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_PENDING);
	EXPECT_INT(alert_due(&s.a).us, after(s.start, hours(1)).us);
	step(&s, duration_us(hours(1).us - 1), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_PENDING);
	EXPECT(!s.out.saved);
	step(&s, hours(1), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_FIRING);
	EXPECT_INT(told(&s, TELL_ALERT), 1);
	EXPECT_TEXT(s.fx.tells.at[0].via[0], "mail");
	EXPECT_HAS(s.fx.tells.at[0].text, "95%");
	EXPECT_INT(s.a.opened.us, s.start.us);
	EXPECT_INT(s.a.fired_at.us, after(s.start, hours(1)).us);
}

TEST(a_pending_that_does_not_last_is_dropped_counted_and_lends_its_number)
{
	STORY("cpu");
	step(&s, seconds(0), JUDGED_TRUE);
	step(&s, minutes(59), JUDGED_FALSE);
	EXPECT_INT(s.a.state, ALERT_NONE);
	EXPECT_INT(s.out.kind, ALERT_WENT_DROPPED);
	EXPECT_INT(s.a.dropped, 1);
	EXPECT_INT(s.fx.tells.n, 0);
	step(&s, hours(2), JUDGED_TRUE);
	EXPECT_TEXT(s.a.id, "cpu-000001");
	EXPECT_INT(s.a.dropped, 1);
	EXPECT_INT(alert_due(&s.a).us, after(s.start, hours(3)).us);
}

TEST(an_hour_of_sustain_is_an_hour_on_the_night_the_clocks_change)
{
	STORY("cpu");
	ASSERT(instant_parse("2026-03-29T00:30:00Z", &s.start)); /* 01:30, 30 min before the gap */
	step(&s, seconds(0), JUDGED_TRUE);
	step(&s, minutes(59), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_PENDING);
	step(&s, minutes(60), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_FIRING);
}

TEST(it_is_over_after_the_clear_time_and_any_true_in_between_starts_it_anew)
{
	STORY("disk");
	step(&s, minutes(0), JUDGED_TRUE);
	step(&s, minutes(10), JUDGED_FALSE);
	EXPECT_INT(s.a.state, ALERT_FIRING);
	EXPECT_INT(alert_due(&s.a).us, after(s.start, minutes(12)).us);
	step(&s, minutes(11), JUDGED_TRUE);
	step(&s, minutes(12), JUDGED_FALSE);
	step(&s, duration_us(minutes(14).us - 1), JUDGED_FALSE);
	EXPECT_INT(s.a.state, ALERT_FIRING);
	step(&s, minutes(14), JUDGED_FALSE);
	EXPECT_INT(s.a.state, ALERT_RESOLVED);
	EXPECT_INT(s.out.kind, ALERT_WENT_RESOLVED);
	EXPECT_INT(told(&s, TELL_ALERT_RESOLVED), 1);
	EXPECT(last_tell(&s)->recovery);
	EXPECT_TEXT(last_tell(&s)->via[0], "mail");
	EXPECT_HAS(last_tell(&s)->text, "over after 14 min");
	EXPECT(!alert_is_active(&s.a));
}

TEST(without_a_clear_time_one_check_interval_clears)
{
	STORY("loud");
	step(&s, minutes(0), JUDGED_TRUE);
	step(&s, minutes(1), JUDGED_FALSE);
	EXPECT_INT(alert_due(&s.a).us, after(s.start, minutes(2)).us);
}

TEST(true_again_within_the_flap_time_is_the_same_alert_and_later_another_one)
{
	STORY("disk");
	step(&s, minutes(0), JUDGED_TRUE);
	step(&s, minutes(1), JUDGED_FALSE);
	step(&s, minutes(3), JUDGED_FALSE);
	EXPECT_INT(s.a.state, ALERT_RESOLVED);
	step(&s, duration_us(minutes(13).us - 1), JUDGED_TRUE);
	EXPECT_INT(s.out.kind, ALERT_WENT_REFIRED);
	EXPECT_TEXT(s.a.id, "disk-000001");
	EXPECT_INT(s.a.flaps, 1);
	EXPECT_INT(recorded(&s, "alert.refired"), 1);
	EXPECT_INT(told(&s, TELL_ALERT), 2);
	EXPECT_HAS(last_tell(&s)->text, "again");
	step(&s, minutes(20), JUDGED_FALSE);
	step(&s, minutes(22), JUDGED_FALSE);
	step(&s, minutes(32), JUDGED_TRUE);
	EXPECT_INT(s.out.kind, ALERT_WENT_FIRING);
	EXPECT_TEXT(s.a.id, "disk-000002");
	EXPECT_INT(s.a.flaps, 0);
	EXPECT_INT(told(&s, TELL_ALERT), 3);
}

TEST(no_two_messages_ever_share_a_key)
{
	STORY("disk");
	for (int i = 0; i < 40; i++) {
		step(&s, minutes(i * 7), JUDGED_TRUE);
		step(&s, minutes(i * 7 + 1), JUDGED_FALSE);
		step(&s, minutes(i * 7 + 4), i % 5 ? JUDGED_FALSE : JUDGED_NO_DATA);
	}
	EXPECT(s.fx.tells.n > 20);
	for (size_t i = 0; i < s.fx.tells.n; i++) {
		for (size_t k = 0; k < i; k++)
			EXPECT(!text_eq(s.fx.tells.at[i].key, s.fx.tells.at[k].key));
	}
}

/* ---- held back ---- */

typedef enum Hold { BY_WINDOW, BY_SILENCE, BY_DEPENDENCY } Hold;

static void set_hold(Story *s, Hold how, bool on)
{
	const char *by = on ? "holder" : "";

	s->in.quiet_by = how == BY_WINDOW ? by : "";
	s->in.silenced_by = how == BY_SILENCE ? by : "";
	s->in.held_by = how == BY_DEPENDENCY ? by : NULL;
}

/* The eight cases: the failure begins before or during the hold × ends during, after,
 * or is over before × one hold, two that overlap, one cut short, one that overruns. */
TEST(what_fails_around_a_window_is_told_when_it_must_be_and_only_then)
{
	static const struct {
		const char *story;
		int fail_from, fail_to;   /* minutes; the condition is true in [from, to) */
		int hold_from, hold_to;   /* the first holder */
		int again_from, again_to; /* the second one, 0-0: none */
		unsigned fired, resolved; /* messages */
		bool suppressed;
		int first_told; /* minute of the first message; -1 none */
	} rows[] = {
		{ "begins before, ends during", 5, 30, 10, 60, 0, 0, 1, 1, true, 5 },
		{ "begins before, ends after: announced again", 5, 90, 10, 60, 0, 0, 2, 1, true,
		  5 },
		{ "begins during, ends during: nobody hears", 20, 40, 10, 60, 0, 0, 0, 0, true,
		  -1 },
		{ "begins during, ends after: told at the end", 20, 90, 10, 60, 0, 0, 1, 1, true,
		  60 },
		{ "two overlap: told after the later end", 20, 120, 10, 60, 50, 100, 1, 1, true,
		  100 },
		{ "two overlap, over in the second", 20, 80, 10, 60, 50, 100, 0, 0, true, -1 },
		{ "cancelled early: told at the cancellation", 20, 90, 10, 30, 0, 0, 1, 1, true,
		  30 },
		{ "overruns: told when it really ends", 20, 120, 10, 110, 0, 0, 1, 1, true, 110 },
		{ "over before it begins", 2, 6, 10, 60, 0, 0, 1, 1, false, 2 },
		{ "begins at its very end", 60, 70, 10, 60, 0, 0, 1, 1, false, 60 },
		{ "ends at its very beginning", 5, 10, 10, 60, 0, 0, 1, 1, true, 5 },
	};

	for (size_t i = 0; i < COUNT_OF(rows) * 3; i++) {
		size_t r = i / 3;
		Hold how = (Hold)(i % 3);
		STORY("disk");
		bool suppressed = false;
		int first = -1;

		for (int m = 0; m < 140; m++) {
			set_hold(&s, how,
			         (m >= rows[r].hold_from && m < rows[r].hold_to) ||
			                 (m >= rows[r].again_from && m < rows[r].again_to));
			step(&s, minutes(m),
			     m >= rows[r].fail_from && m < rows[r].fail_to ? JUDGED_TRUE
			                                                   : JUDGED_FALSE);
			suppressed |= s.a.state == ALERT_SUPPRESSED;
			if (first < 0 && s.fx.tells.n)
				first = m;
		}
		if (told(&s, TELL_ALERT) - recorded(&s, "alert.escalated") != rows[r].fired ||
		    told(&s, TELL_ALERT_RESOLVED) != rows[r].resolved ||
		    suppressed != rows[r].suppressed || first != rows[r].first_told)
			test_fail(__FILE__, __LINE__, "%s (%d): told %zu, over %zu, first at %d",
			          rows[r].story, how, told(&s, TELL_ALERT),
			          told(&s, TELL_ALERT_RESOLVED), first);
		EXPECT_INT(s.a.state, ALERT_RESOLVED);
	}
}

TEST(a_rule_may_refuse_to_be_quiet_in_windows_but_not_under_a_silence)
{
	STORY("loud");
	s.in.quiet_by = "window:weekly";
	step(&s, minutes(0), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_FIRING);
	s.in.silenced_by = "silence:sil-1";
	step(&s, minutes(1), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_SUPPRESSED);
	EXPECT_TEXT(s.a.suppressed_by, "silence:sil-1");
}

TEST(an_alert_held_back_opens_its_incident_when_it_is_released)
{
	STORY("down");
	s.in.held_by = "check:router";
	step(&s, minutes(0), JUDGED_TRUE);
	EXPECT_INT(s.out.kind, ALERT_WENT_SUPPRESSED);
	EXPECT(s.out.class_ == NULL);
	s.in.held_by = "";
	step(&s, minutes(5), JUDGED_TRUE);
	EXPECT_INT(s.out.kind, ALERT_WENT_FIRING);
	EXPECT(s.out.class_ != NULL);
	EXPECT_INT(s.a.opened.us, s.start.us);
	EXPECT_INT(s.a.fired_at.us, after(s.start, minutes(5)).us);
	/* and with its incident there, a second time is a release, not another incident */
	text_copy(s.a.incident, sizeof s.a.incident, "2026-0001");
	s.in.quiet_by = "window:weekly";
	step(&s, minutes(6), JUDGED_TRUE);
	EXPECT_INT(s.out.kind, ALERT_WENT_SUPPRESSED);
	s.in.quiet_by = "";
	step(&s, minutes(7), JUDGED_TRUE);
	EXPECT_INT(s.out.kind, ALERT_WENT_RELEASED);
	EXPECT_TEXT(s.out.key, "P1/production/shop");
	EXPECT_INT(recorded(&s, "alert.released"), 1);
}

TEST(while_held_nothing_climbs_and_the_holder_is_kept_up_to_date)
{
	STORY("disk");
	s.in.quiet_by = "window:weekly";
	step(&s, minutes(0), JUDGED_TRUE);
	EXPECT_INT(alert_due(&s.a).us, NEVER.us);
	step(&s, hours(9), JUDGED_TRUE);
	EXPECT_INT(s.fx.tells.n, 0);
	s.in.held_by = "check:router";
	step(&s, hours(10), JUDGED_TRUE);
	EXPECT_TEXT(s.a.suppressed_by, "check:router");
	EXPECT_INT(recorded(&s, "alert.suppressed"), 2);
}

/* ---- people and ladders ---- */

TEST(an_acknowledged_alert_stops_its_clock_and_the_steps_that_wait_for_it)
{
	STORY("disk");
	step(&s, minutes(0), JUDGED_TRUE);
	EXPECT_INT(s.a.ack_due.us, after(s.start, minutes(30)).us);
	EXPECT(alert_ack(&s.a, "contact:ana", "link", after(s.start, minutes(20)), &s.fx));
	EXPECT_INT(s.a.state, ALERT_ACKED);
	EXPECT_TEXT(s.fx.entries.at[s.fx.entries.n - 1].verdict, "met");
	EXPECT(!alert_ack(&s.a, "contact:bob", "link", after(s.start, minutes(21)), &s.fx));
	step(&s, hours(2), JUDGED_TRUE);
	EXPECT_INT(told(&s, TELL_ALERT), 1);
	step(&s, hours(4), JUDGED_TRUE); /* `unresolved` does not care */
	EXPECT_INT(told(&s, TELL_ALERT), 2);
	EXPECT_TEXT(last_tell(&s)->to[0], "bob");
	step(&s, hours(5), JUDGED_FALSE);
	step(&s, hours(6), JUDGED_FALSE);
	EXPECT_INT(s.a.state, ALERT_RESOLVED);
}

TEST(an_ack_deadline_passed_takes_the_next_step_a_microsecond_later)
{
	STORY("disk");
	step(&s, minutes(0), JUDGED_TRUE);
	step(&s, minutes(30), JUDGED_TRUE);
	EXPECT(!s.out.ack_passed);
	EXPECT_INT(alert_due(&s.a).us, after(s.start, minutes(30)).us + 1);
	step(&s, duration_us(minutes(30).us + 1), JUDGED_TRUE);
	EXPECT(s.out.ack_passed);
	EXPECT_INT(recorded(&s, "alert.ack_late"), 1);
	EXPECT_INT(told(&s, TELL_ALERT), 2);
	EXPECT_TEXT(last_tell(&s)->to[0], "ana");
	EXPECT_TEXT(last_tell(&s)->via[0], "sms");
	EXPECT_INT(last_tell(&s)->via_n, 1);
	EXPECT_HAS(last_tell(&s)->text, "nobody acknowledged within 30 min");
	step(&s, minutes(31), JUDGED_TRUE);
	EXPECT(!s.out.ack_passed);
	EXPECT_INT(told(&s, TELL_ALERT), 2);
}

TEST(a_late_acknowledgement_says_so)
{
	STORY("disk");
	step(&s, minutes(0), JUDGED_TRUE);
	EXPECT(alert_ack(&s.a, "contact:ana", "link", after(s.start, minutes(31)), &s.fx));
	EXPECT_TEXT(s.fx.entries.at[s.fx.entries.n - 1].verdict, "breached");
}

TEST(an_ack_deadline_of_zero_is_about_telling_not_answering)
{
	STORY("calm");
	step(&s, minutes(0), JUDGED_TRUE);
	EXPECT(!is_set(s.a.ack_due));
	EXPECT_INT(alert_due(&s.a).us, NEVER.us);
	step(&s, hours(1), JUDGED_TRUE);
	EXPECT_INT(told(&s, TELL_ALERT), 1);
}

TEST(an_alert_with_a_class_leaves_the_calling_to_its_incident)
{
	STORY("down");
	step(&s, minutes(0), JUDGED_TRUE);
	text_copy(s.a.incident, sizeof s.a.incident, "2026-0001");
	step(&s, minutes(16), JUDGED_TRUE);
	EXPECT(s.out.ack_passed);
	step(&s, hours(20), JUDGED_TRUE);
	step(&s, hours(21), JUDGED_FALSE);
	step(&s, hours(22), JUDGED_FALSE);
	EXPECT_INT(s.out.kind, ALERT_WENT_RESOLVED);
	EXPECT_INT(s.fx.tells.n, 0);
}

static bool ana_is_there;
static size_t reach_some(const void *ctx, const char *const *names, size_t n, Instant now,
                         char out[TELL_NAMES][64], bool *ret_unstaffed)
{
	(void)ctx, (void)n, (void)now;
	*ret_unstaffed = false;
	if (text_eq(names[0], "ana") && !ana_is_there)
		return 0;
	text_copy(out[0], 64, names[0]);
	return 1;
}

TEST(nobody_on_a_step_means_the_next_one_at_once_and_it_is_said)
{
	STORY("disk");
	s.in.reach = reach_some;
	ana_is_there = false;
	step(&s, minutes(0), JUDGED_TRUE);
	EXPECT(alert_due(&s.a).us == after(s.start, minutes(30)).us + 1);
	s.a.ack_due = LONG_AGO;
	step(&s, hours(1), JUDGED_TRUE);
	EXPECT_INT(recorded(&s, "alert.step_unreachable"), 1);
	EXPECT_INT(recorded(&s, "alert.escalated"), 1);
	EXPECT_TEXT(last_tell(&s)->to[0], "bob");
	EXPECT_HAS(last_tell(&s)->text, "nobody could be reached in step 1");
	step(&s, hours(4), JUDGED_TRUE);
	EXPECT_INT(told(&s, TELL_ALERT), 2);
	ana_is_there = true;
	step(&s, hours(5), JUDGED_FALSE);
	step(&s, hours(6), JUDGED_FALSE);
	EXPECT_INT(last_tell(&s)->to_n, 2); /* whoever may have been told hears that it is over */
}

TEST(when_no_step_is_left_the_route_is_reminded)
{
	STORY("alone");
	step(&s, minutes(0), JUDGED_TRUE);
	step(&s, minutes(11), JUDGED_TRUE);
	EXPECT_INT(told(&s, TELL_ALERT), 2);
	EXPECT_TEXT(last_tell(&s)->via[0], "mail");
	EXPECT_HAS(last_tell(&s)->text, "alone: nobody acknowledged within 10 min");
	step(&s, minutes(60), JUDGED_TRUE);
	EXPECT_INT(told(&s, TELL_ALERT), 2);
}

/* ---- no data ---- */

TEST(three_intervals_without_data_are_an_alert_of_their_own)
{
	STORY("calm");
	step(&s, minutes(0), JUDGED_FALSE);
	step(&s, minutes(1), JUDGED_NO_DATA);
	EXPECT_INT(s.a.state, ALERT_NONE);
	EXPECT_INT(alert_due(&s.a).us, after(s.start, minutes(4)).us);
	step(&s, duration_us(minutes(4).us - 1), JUDGED_NO_DATA);
	EXPECT_INT(s.a.state, ALERT_NONE);
	step(&s, minutes(4), JUDGED_NO_DATA);
	EXPECT_INT(s.a.state, ALERT_NO_DATA);
	EXPECT_INT(s.out.kind, ALERT_WENT_NO_DATA);
	EXPECT_INT(told(&s, TELL_ALERT), 1);
	EXPECT_HAS(last_tell(&s)->text, "no data for 3 min");
	EXPECT(!alert_is_active(&s.a));
	step(&s, minutes(10), JUDGED_FALSE);
	EXPECT_INT(s.out.kind, ALERT_WENT_DATA_BACK);
	EXPECT_INT(s.a.state, ALERT_CLOSED);
	EXPECT(last_tell(&s)->recovery);
	step(&s, minutes(11), JUDGED_TRUE);
	EXPECT_TEXT(s.a.id, "calm-000002");
}

TEST(what_lacks_data_after_a_restart_lacks_them_since_then_and_not_for_ever)
{
	STORY("calm");
	step(&s, minutes(0), JUDGED_TRUE);
	step(&s, minutes(1), JUDGED_FALSE);
	step(&s, minutes(3), JUDGED_FALSE);
	EXPECT_INT(s.a.state, ALERT_RESOLVED);
	/* As the row is read: what no column holds is zero, which is a day in 1970. */
	s.a.lost_at = (Instant){ 0 };
	alert_restored(&s.a);
	step(&s, hours(4), JUDGED_NO_DATA);
	EXPECT_INT(s.a.state, ALERT_RESOLVED);
	EXPECT_INT(told(&s, TELL_ALERT), 1);
	step(&s, minutes(4 * 60 + 3), JUDGED_NO_DATA);
	EXPECT_INT(s.a.state, ALERT_NO_DATA);
	EXPECT_INT(s.a.opened.us, after(s.start, hours(4)).us);
	EXPECT_HAS(last_tell(&s)->text, "no data for 3 min");
}

TEST(a_gap_shorter_than_that_changes_nothing)
{
	STORY("cpu");
	step(&s, minutes(0), JUDGED_TRUE);
	step(&s, minutes(30), JUDGED_NO_DATA);
	step(&s, minutes(32), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_PENDING);
	EXPECT_INT(alert_due(&s.a).us, after(s.start, hours(1)).us);
	EXPECT_INT(s.fx.tells.n, 0);
}

TEST(not_knowing_neither_fires_nor_resolves)
{
	STORY("disk");
	step(&s, minutes(0), JUDGED_TRUE);
	step(&s, minutes(5), JUDGED_FALSE);
	step(&s, minutes(6), JUDGED_NO_DATA);
	step(&s, minutes(8), JUDGED_NO_DATA);
	EXPECT_INT(s.a.state, ALERT_FIRING);
	step(&s, minutes(9), JUDGED_NO_DATA);
	EXPECT_INT(s.a.state, ALERT_NO_DATA);
	EXPECT(alert_is_active(&s.a));
	EXPECT_INT(told(&s, TELL_ALERT_RESOLVED), 0);
	step(&s, minutes(20), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_FIRING);
	EXPECT_TEXT(s.a.id, "disk-000001");
}

TEST(an_alert_that_lost_its_data_is_still_called_for_and_can_be_taken)
{
	STORY("disk");
	step(&s, minutes(0), JUDGED_TRUE);
	step(&s, minutes(1), JUDGED_NO_DATA);
	step(&s, minutes(4), JUDGED_NO_DATA);
	step(&s, minutes(31), JUDGED_NO_DATA);
	EXPECT(s.out.ack_passed);
	EXPECT_TEXT(last_tell(&s)->to[0], "ana");
	EXPECT(alert_ack(&s.a, "contact:ana", "link", s.now, &s.fx));
	EXPECT_INT(s.a.state, ALERT_NO_DATA);
	step(&s, minutes(40), JUDGED_TRUE);
	EXPECT_INT(s.a.state, ALERT_ACKED);
}

TEST(what_missing_data_mean_is_the_rules_word)
{
	static const struct {
		const char *rule;
		AlertState state;
	} rows[] = { { "calm", ALERT_NO_DATA },
		     { "lax", ALERT_RESOLVED },
		     { "stubborn", ALERT_FIRING } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		STORY(rows[i].rule);
		step(&s, minutes(0), JUDGED_TRUE);
		for (int m = 1; m < 10; m++)
			step(&s, minutes(m), JUDGED_NO_DATA);
		EXPECT_INT(s.a.state, rows[i].state);
	}
}

TEST(missing_data_that_are_explained_are_no_news)
{
	static const struct {
		const char *rule;
		AlertState state;
	} rows[] = { { "calm", ALERT_FIRING },
		     { "lax", ALERT_RESOLVED }, /* the plan's word: missing is well */
		     { "stubborn", ALERT_FIRING } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		STORY(rows[i].rule);
		step(&s, minutes(0), JUDGED_TRUE);
		s.in.explained = true;
		for (int m = 1; m < 60; m++)
			step(&s, minutes(m), JUDGED_NO_DATA);
		EXPECT_INT(s.a.state, rows[i].state);
		if (s.a.state != ALERT_FIRING)
			continue;
		/* The check answers again, without the figure: from now on it is missing. */
		s.in.explained = false;
		step(&s, minutes(60), JUDGED_NO_DATA);
		step(&s, minutes(62), JUDGED_NO_DATA);
		EXPECT_INT(s.a.state, ALERT_FIRING);
		step(&s, minutes(63), JUDGED_NO_DATA);
		EXPECT_INT(s.a.state, i == 0 ? ALERT_NO_DATA : ALERT_FIRING);
	}
}

TEST(missing_data_inside_a_window_are_told_after_it)
{
	STORY("calm");
	s.in.quiet_by = "window:weekly";
	step(&s, minutes(0), JUDGED_NO_DATA);
	step(&s, minutes(5), JUDGED_NO_DATA);
	EXPECT_INT(s.a.state, ALERT_NO_DATA);
	EXPECT_INT(s.fx.tells.n, 0);
	s.in.quiet_by = "";
	step(&s, minutes(6), JUDGED_NO_DATA);
	EXPECT_INT(told(&s, TELL_ALERT), 1);
	step(&s, minutes(7), JUDGED_NO_DATA);
	EXPECT_INT(told(&s, TELL_ALERT), 1);
}

/* ---- ends ---- */

TEST(a_resolved_alert_is_closed_by_its_review_and_nothing_else_is)
{
	STORY("disk");
	EXPECT(!alert_close(&s.a, "contact:ana", s.now, &s.fx));
	step(&s, minutes(0), JUDGED_TRUE);
	EXPECT(!alert_close(&s.a, "contact:ana", s.now, &s.fx));
	step(&s, minutes(1), JUDGED_FALSE);
	step(&s, minutes(5), JUDGED_FALSE);
	EXPECT(alert_close(&s.a, "contact:ana", s.now, &s.fx));
	EXPECT_INT(s.a.state, ALERT_CLOSED);
	step(&s, minutes(6), JUDGED_TRUE); /* within the flap time, but it was looked at */
	EXPECT_TEXT(s.a.id, "disk-000002");
}

TEST(a_rule_that_leaves_the_plan_takes_its_alert_along_and_says_so)
{
	STORY("disk");
	EXPECT(!alert_retire(&s.a, s.now, &s.fx));
	step(&s, minutes(0), JUDGED_TRUE);
	EXPECT(alert_retire(&s.a, s.now, &s.fx));
	EXPECT_INT(s.a.state, ALERT_CLOSED);
	EXPECT(last_tell(&s)->recovery);
	EXPECT(!alert_retire(&s.a, s.now, &s.fx));
}

TEST(an_alert_says_whose_it_is)
{
	char service[64], env[32], check[64];
	STORY("cpu");
	alert_owner(s.plan, plan_rule(s.plan, "down"), service, env, check);
	EXPECT_TEXT(service, "shop");
	EXPECT_TEXT(env, "production");
	EXPECT_TEXT(check, "site");
	alert_owner(s.plan, plan_rule(s.plan, "some"), service, env, check);
	EXPECT_TEXT(check, "a");
	alert_owner(s.plan, s.rule, service, env, check);
	EXPECT_TEXT(check, "");
	EXPECT_INT(alert_interval(s.plan, plan_rule(s.plan, "down")).us, minutes(1).us);
	EXPECT_INT(alert_interval(s.plan, s.rule).us, minutes(1).us);
	EXPECT_INT(alert_interval(s.plan, plan_rule(s.plan, "alone")).us, minutes(5).us);
	alert_owner(s.plan, plan_rule(s.plan, "alone"), service, env, check);
	EXPECT_TEXT(env, "production"); /* the shop has no other */
	EXPECT(alert_class(s.rule) == NULL);
}

TEST(alerts_of_one_service_class_and_environment_share_a_key)
{
	char a[ALERT_KEY], b[ALERT_KEY];

	EXPECT_TEXT(incident_key("P1", "shop", "production", NULL, a),
	            incident_key("P1", "shop", "production", "", b));
	EXPECT(!text_eq(incident_key("P1", "shop", "staging", NULL, a), b));
	EXPECT(!text_eq(incident_key("P2", "shop", "production", NULL, a), b));
	EXPECT_TEXT(incident_key("P1", "shop", "production", "check:router", a),
	            incident_key("P1", "blog", "production", "check:router", b));
	EXPECT_TEXT(incident_key(NULL, NULL, NULL, NULL, a), "//");
}

TEST(an_alert_survives_its_record)
{
	STORY("disk");
	Alert copy;
	Buf json = { 0 };
	Emit e = emit_to(&json);

	step(&s, minutes(0), JUDGED_TRUE);
	record_copy(&alert_record, &copy, &s.a);
	EXPECT_TEXT(record_id(&copy), "disk-000001");
	EXPECT_INT(copy.state, ALERT_FIRING);
	alert_emit(&e, &copy, after(s.now, minutes(3)));
	EXPECT_HAS(buf_str(&json), "\"state\":\"firing\"");
	EXPECT_HAS(buf_str(&json), "\"age_s\":180");
	EXPECT_HAS(buf_str(&json), "\"acknowledged_by\":null");
	Buf_done(&json);
	record_done(&alert_record, &copy);
}
