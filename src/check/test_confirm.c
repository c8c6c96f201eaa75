/* Rows of results, confirmed states; signals; slots. Pure, as tables of stories. */
#include "check/push.h"
#include "check/status.h"
#include "core/list.h"
#include "core/testing.h"
#include "core/text.h"
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef CheckStatus Status;
static void Status_done(Status *st) { check_status_done(st); }

static Instant noon(void) { return at("2026-03-02T12:00:00Z"); }

static CheckResult result(CheckState s, Instant t)
{
	CheckResult r = { .state = s, .at = t, .fail = s == CHECK_UP ? FAIL_NONE : FAIL_CONNECT };

	r.cert.leaf_not_after = r.cert.chain_not_after = LONG_AGO;
	if (s == CHECK_UNKNOWN)
		r.fail = FAIL_SELF;
	if (s != CHECK_UP)
		text_copy(r.reason, sizeof r.reason, "because");
	return r;
}

/* ---- rows ---- */

/* One result per letter, a minute apart: u up, g degraded, d down, ? unknown. After each, the
 * confirmed state in the same letters. */
static const struct {
	const char *what;
	int retries, successes;
	const char *results, *states;
	int from; /* minute in which the last state began */
} rows[] = {
	{ "a first good probe is enough", -1, 0, "u", "u", 0 },
	{ "a lone failure is not an outage", -1, 0, "uduu", "uuuu", 0 },
	{ "two in a row are, from the first", -1, 0, "uudd", "uuud", 2 },
	{ "no retries: down at once", 0, 0, "ud", "ud", 1 },
	{ "three retries: the fourth", 3, 0, "udddd", "uuuud", 1 },
	{ "a good one breaks the row", 2, 0, "uddudduddd", "uuuuuuuuud", 7 },
	{ "one success brings it back", -1, 0, "uddu", "uudu", 3 },
	{ "two successes are asked for", -1, 2, "uddudu", "uudddd", 1 },
	{ "two in a row, up from the first", -1, 2, "udduuu", "uudduu", 3 },
	{ "unknown at once, back at once", -1, 0, "u?u", "u?u", 2 },
	{ "unknown does not break a row", -1, 0, "ud?d", "uu?d", 3 },
	{ "unknown does not add to a row", -1, 0, "ud??u", "uu??u", 4 },
	{ "down before the gap, down after", -1, 0, "udd?d", "uud?d", 4 },
	{ "down before the gap, up after", -1, 0, "udd?u", "uud?u", 4 },
	{ "slow twice is degraded", -1, 0, "ugg", "uug", 1 },
	{ "slow once is nothing", -1, 0, "ugu", "uuu", 0 },
	{ "slow then dead: degraded first", -1, 0, "ugd", "uug", 1 },
	{ "and down from its first dead one", -1, 0, "ugdd", "uugd", 2 },
	{ "dead then slow", -1, 0, "udg", "uug", 1 },
	{ "down to degraded", -1, 0, "uddg", "uudg", 3 },
	{ "down to degraded, two asked for", -1, 2, "uddggg", "uuddgg", 3 },
	{ "degraded to up", -1, 0, "uggu", "uugu", 3 },
	{ "down, slow, up", -1, 0, "uddgu", "uudgu", 4 },
	{ "never seen up: unknown until sure", -1, 0, "dd", "?d", 0 },
	{ "never seen, slow", -1, 0, "gg", "?g", 0 },
	{ "never seen, then one of each", -1, 0, "du", "?u", 1 },
	{ "cut off from the start", -1, 0, "???u", "???u", 3 },
	{ "flapping never confirms", -1, 0, "udududud", "uuuuuuuu", 0 },
	{ "flapping under two successes stays down", -1, 2, "uddudud", "uuddddd", 1 },
	{ "a long outage is one outage", -1, 0, "udddddddddd", "uuddddddddd", 1 },
};

static char letter(CheckState s) { return "?ugd"[s]; }
static CheckState state_of(char c)
{
	return c == 'u'   ? CHECK_UP
	       : c == 'g' ? CHECK_DEGRADED
	       : c == 'd' ? CHECK_DOWN
	                  : CHECK_UNKNOWN;
}

TEST(rows_of_results_confirm_states)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Check c = { .item.id = "site",
			    .type = CHECK_HTTP,
			    .how = &(CheckHow){ .retries = rows[i].retries,
			                        .successes = rows[i].successes } };
		AUTO(Status) st = { 0 };
		CheckState before = CHECK_UNKNOWN;

		check_status_begin(&st, &c, zone_utc(), noon());
		for (int m = 0; rows[i].results[m]; m++) {
			Effects fx = { 0 };
			CheckChange ch;
			CheckResult r =
			        result(state_of(rows[i].results[m]), after(noon(), minutes(m)));

			check_status_step(&st, &c, zone_utc(), &r, after(r.at, seconds(1)), &fx,
			                  &ch);
			if (letter(ch.state) != rows[i].states[m])
				test_fail(__FILE__, __LINE__, "%s: after %d, %c and not %c",
				          rows[i].what, m, letter(ch.state), rows[i].states[m]);
			EXPECT(ch.changed == (ch.state != before) && ch.was == before);
			EXPECT_INT(fx.entries.n, ch.changed);
			EXPECT_INT(fx.tells.n, 0);
			EXPECT(ch.next_due.us > r.at.us);
			before = ch.state;
			effects_done(&fx);
		}
		if (between(noon(), st.since).us != minutes(rows[i].from).us)
			test_fail(__FILE__, __LINE__, "%s: since minute %lld", rows[i].what,
			          (long long)(between(noon(), st.since).us / 60000000));
	}
}

TEST(an_outage_across_a_gap_keeps_its_beginning)
{
	Check c = { .item.id = "site", .type = CHECK_HTTP, .how = &(CheckHow){ .retries = -1 } };
	const char *story = "ud?d";
	AUTO(Status) st = { 0 };
	CheckChange ch;

	check_status_begin(&st, &c, zone_utc(), noon());
	for (int m = 0; story[m]; m++) {
		Effects fx = { 0 };
		CheckResult r = result(state_of(story[m]), after(noon(), minutes(m)));

		check_status_step(&st, &c, zone_utc(), &r, r.at, &fx, &ch);
		effects_done(&fx);
	}
	/* The ledger says down from where it is known to be; the incident, from its start. */
	EXPECT_INT(ch.from.us, after(noon(), minutes(3)).us);
	EXPECT_INT(ch.began.us, after(noon(), minutes(1)).us);
}

TEST(no_sequence_of_results_breaks_the_invariants)
{
	uint64_t x = 88172645463325252u;

	for (int run = 0; run < 300; run++) {
		Check c = { .item.id = "site",
			    .type = CHECK_HTTP,
			    .how = &(CheckHow){ .retries = run % 4 - 1, .successes = run % 3 } };
		AUTO(Status) st = { 0 };
		Instant last_from = LONG_AGO;

		check_status_begin(&st, &c, zone_utc(), noon());
		for (int m = 0; m < 200; m++) {
			Effects fx = { 0 };
			CheckChange ch;
			CheckResult r;

			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			r = result((CheckState)(x >> 60 & 3), after(noon(), minutes(m)));
			check_status_step(&st, &c, zone_utc(), &r, r.at, &fx, &ch);
			/* A state never begins before the one it follows, nor in the future. */
			if (ch.changed) {
				EXPECT(!earlier(ch.from, last_from) && !earlier(r.at, ch.from));
				last_from = ch.from;
			}
			effects_done(&fx);
		}
	}
}

TEST(a_change_leaves_evidence_with_its_reason)
{
	Check c = { .item.id = "site", .type = CHECK_HTTP, .how = &(CheckHow){ .retries = 0 } };
	CheckResult r = result(CHECK_DOWN, noon());
	Effects fx = { 0 };
	AUTO(Status) st = { 0 };
	CheckChange ch;

	text_copy(r.reason, sizeof r.reason, "status 500, expected 2xx");
	text_copy(r.reason_fr, sizeof r.reason_fr, "code 500 reçu, 2xx attendu");
	r.status = 500;
	r.has_latency = true;
	r.latency = milliseconds(120);
	check_status_begin(&st, &c, zone_utc(), noon());
	check_status_step(&st, &c, zone_utc(), &r, noon(), &fx, &ch);
	ASSERT(fx.entries.n == 1);
	EXPECT_TEXT(fx.entries.at[0].kind, "check.changed");
	EXPECT_TEXT(fx.entries.at[0].subject, "check:site");
	EXPECT_TEXT(fx.entries.at[0].verdict, "fail");
	EXPECT_TEXT(fx.entries.at[0].input,
	            "{\"was\":\"unknown\",\"state\":\"down\",\"from\":\"2026-03-02T12:00:00Z\","
	            "\"probe\":\"2026-03-02T12:00:00Z\",\"class\":\"connect\","
	            "\"reason\":\"status 500, expected 2xx\",\"status\":500,\"latency\":0.12,"
	            "\"in_a_row\":1}");
	EXPECT_TEXT(ch.cause, "status 500, expected 2xx");
	EXPECT_TEXT(ch.cause_fr, "code 500 reçu, 2xx attendu");
	EXPECT_TEXT(check_last_reason(&st, false), ch.cause);
	EXPECT_INT(st.last_http, 500);
	effects_done(&fx);
}

/* ---- certificate thresholds ---- */

static CheckResult cert_result(int days_left, int threshold_days, Instant t, Instant end)
{
	CheckResult r = result(threshold_days ? CHECK_DEGRADED : CHECK_UP, t);

	(void)days_left;
	r.cert.present = r.cert.verified = true;
	r.cert.leaf_not_after = r.cert.chain_not_after = end;
	r.cert.threshold = days(threshold_days);
	return r;
}

TEST(each_threshold_of_a_certificate_is_told_once)
{
	static const struct {
		int day, threshold, end_day, told; /* days; told: threshold announced, 0 none */
	} story[] = {
		{ 0, 0, 90, 0 },      { 59, 0, 90, 0 },    { 61, 30, 90, 30 }, { 62, 30, 90, 0 },
		{ 75, 30, 90, 0 },    { 84, 7, 90, 7 },    { 85, 7, 90, 0 },   { 86, 0, 176, 0 },
		{ 147, 30, 176, 30 }, { 148, 30, 176, 0 }, { 170, 7, 176, 7 }, { 171, 30, 176, 0 },
	};
	Check c = { .item.id = "tls", .type = CHECK_TLS, .how = &(CheckHow){ .retries = 0 } };
	AUTO(Status) st = { 0 };

	check_status_begin(&st, &c, zone_utc(), noon());
	for (size_t i = 0; i < COUNT_OF(story); i++) {
		Instant t = after(noon(), days(story[i].day));
		CheckResult r = cert_result(0, story[i].threshold, t,
		                            after(noon(), days(story[i].end_day)));
		Effects fx = { 0 };
		CheckChange ch;
		size_t certs = 0;

		check_status_step(&st, &c, zone_utc(), &r, t, &fx, &ch);
		for (size_t e = 0; e < fx.entries.n; e++)
			certs += strcmp(fx.entries.at[e].kind, "check.certificate") == 0;
		EXPECT_INT(ch.threshold.us, days(story[i].told).us);
		EXPECT_INT(certs, story[i].told != 0);
		effects_done(&fx);
	}
}

/* ---- slots ---- */

TEST(slots_are_spread_and_keep_their_rhythm)
{
	unsigned counts[60] = { 0 };
	char id[16];

	for (int i = 0; i < 1000; i++) {
		(void)snprintf(id, sizeof id, "check-%d", i);
		counts[check_phase(id, minutes(1)).us / 1000000]++;
	}
	for (int s = 0; s < 60; s++)
		EXPECT(counts[s] > 3 && counts[s] < 40); /* 17 on average */
	EXPECT_INT(check_phase("x", duration_us(0)).us, 0);
}

TEST(the_next_slot_is_strictly_later_and_at_most_one_interval_away)
{
	static const int64_t instants[] = { 0,           1,        -1,
		                            59999999,    60000000, 1700000000123456,
		                            -86400000000 };
	Check c = { .item.id = "site",
		    .type = CHECK_HTTP,
		    .how = &(CheckHow){ .every = { .us = 60000000 } } };

	for (size_t i = 0; i < COUNT_OF(instants); i++) {
		Instant t = { instants[i] }, due = check_due_after(&c, t);

		EXPECT(due.us > t.us && due.us - t.us <= 60000000);
		EXPECT_INT(check_due_after(&c, due).us - due.us, 60000000);
		EXPECT_INT((due.us - check_phase("site", minutes(1)).us) % 60000000, 0);
	}
}

TEST(what_the_plan_leaves_out_is_filled_in)
{
	static const struct {
		CheckType type;
		const char *every, *retry;
		int retries, successes;
		int64_t want_every, want_retry; /* seconds */
		int want_retries, want_successes;
	} table[] = {
		{ CHECK_HTTP, NULL, NULL, -1, 0, 60, 12, 1, 1 },
		{ CHECK_HTTP, "5m", NULL, 2, 3, 300, 30, 2, 3 },
		{ CHECK_HTTP, "30s", "10s", 0, 1, 30, 10, 0, 1 },
		{ CHECK_HTTP, "2s", NULL, -1, 0, 2, 1, 1, 1 },
		{ CHECK_TLS, NULL, NULL, -1, 0, 21600, 30, 1, 1 },
		{ CHECK_TLS, "1d", NULL, -1, 0, 86400, 30, 1, 1 },
		{ CHECK_COMMAND, NULL, NULL, -1, 0, 300, 30, 1, 1 },
		{ CHECK_JOURNEY, NULL, NULL, -1, 0, 300, 30, 1, 1 },
		{ CHECK_PUSH, "1h", NULL, 3, 5, 3600, 30, 0, 1 },
	};

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		CheckHow how = { .retries = table[i].retries, .successes = table[i].successes };
		Check c = { .item.id = "x", .type = table[i].type, .how = &how };

		if (table[i].every)
			ASSERT(span_parse(table[i].every, &how.every));
		if (table[i].retry)
			ASSERT(span_parse(table[i].retry, &how.retry_every));
		EXPECT_INT(check_every(&c).us / 1000000, table[i].want_every);
		EXPECT_INT(check_retry_every(&c).us / 1000000, table[i].want_retry);
		EXPECT_INT(check_retries(&c), table[i].want_retries);
		EXPECT_INT(check_successes(&c), table[i].want_successes);
	}
}

/* When to look again, in seconds from the probe. */
TEST(an_unconfirmed_result_is_looked_at_again_soon)
{
	static const struct {
		const char *what, *every, *results;
		int64_t at_most, at_least;
	} table[] = {
		{ "up: the next slot", "5m", "u", 300, 1 },
		{ "first failure: the retry", "5m", "ud", 30, 1 },
		{ "confirmed down: the slot again", "5m", "udd", 300, 1 },
		{ "down with a daily slot: five minutes", "1d", "udd", 300, 1 },
		{ "degraded with a daily slot: daily", "1d", "ugg", 86400, 301 },
		{ "unknown with a daily slot: five minutes", "1d", "u?", 300, 1 },
		{ "coming back: soon", "1d", "uddu", 86400, 1 },
	};

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		CheckHow how = { .retries = -1 };
		Check c = { .item.id = "far", .type = CHECK_HTTP, .how = &how };
		AUTO(Status) st = { 0 };
		CheckChange ch = { 0 };
		Instant t = noon();
		int64_t wait;

		ASSERT(span_parse(table[i].every, &how.every));
		check_status_begin(&st, &c, zone_utc(), noon());
		for (const char *p = table[i].results; *p; p++) {
			Effects fx = { 0 };
			CheckResult r = result(state_of(*p), t);

			check_status_step(&st, &c, zone_utc(), &r, t, &fx, &ch);
			effects_done(&fx);
			t = after(t, seconds(1));
		}
		wait = (ch.next_due.us - after(t, seconds(-1)).us) / 1000000;
		if (wait > table[i].at_most || wait < table[i].at_least)
			test_fail(__FILE__, __LINE__, "%s: %lld s", table[i].what, (long long)wait);
	}
}

TEST(the_first_probe_comes_within_a_minute)
{
	char id[16];

	for (int i = 0; i < 200; i++) {
		Check c = { .item.id = id,
			    .type = CHECK_HTTP,
			    .how = &(CheckHow){ .every = { .days = 1 } } };
		AUTO(Status) st = { 0 };

		(void)snprintf(id, sizeof id, "c%d", i);
		check_status_begin(&st, &c, zone_utc(), noon());
		EXPECT(st.next_due.us >= noon().us &&
		       st.next_due.us < after(noon(), minutes(1)).us);
		EXPECT(st.state == CHECK_UNKNOWN && !check_bad_in_a_row(&st));
	}
}

/* ---- push ---- */

TEST(signals_have_four_spellings)
{
	PushSignal s;

	EXPECT(push_signal_parse("", &s) && s == PUSH_SUCCESS);
	EXPECT(push_signal_parse("success", &s) && s == PUSH_SUCCESS);
	EXPECT(push_signal_parse("start", &s) && s == PUSH_START);
	EXPECT(push_signal_parse("fail", &s) && s == PUSH_FAIL);
	EXPECT(!push_signal_parse("Fail", &s) && !push_signal_parse("0", &s));
}

/* Signals at minutes since noon ("s10 k12": start at 10, success at 12; f fail), judged at a
 * minute. */
static const struct {
	const char *what, *every, *schedule, *grace, *signals;
	int now;
	char want;
	const char *reason;
	int next; /* minute of the next judgement; -1: never */
} pushes[] = {
	{ "nothing due yet", "1h", NULL, "5m", "", 30, '?', "", 65 },
	{ "never came", "1h", NULL, "5m", "", 65, 'd', "no signal yet", -1 },
	{ "came", "1h", NULL, "5m", "k10", 30, 'u', "", 75 },
	{ "came, and in its grace", "1h", NULL, "5m", "k10", 74, 'u', "", 75 },
	{ "late", "1h", NULL, "5m", "k10", 75, 'd', "no signal since", -1 },
	{ "came back", "1h", NULL, "5m", "k10 k80", 81, 'u', "", 145 },
	{ "failed", "1h", NULL, "5m", "k10 f20", 21, 'd', "reported a failure", 75 },
	{ "failed first", "1h", NULL, "5m", "f20", 21, 'd', "reported a failure", 65 },
	{ "failed, then fine", "1h", NULL, "5m", "f20 k30", 31, 'u', "", 95 },
	{ "running", "1h", NULL, "5m", "k10 s40", 42, 'u', "", 45 },
	{ "hangs", "1h", NULL, "5m", "k10 s40", 45, 'd', "not ended", 75 },
	{ "ended", "1h", NULL, "5m", "k10 s40 k44", 50, 'u', "", 109 },
	{ "ended badly", "1h", NULL, "5m", "k10 s40 f44", 50, 'd', "reported a failure", 75 },
	{ "restarted after a failure", "1h", NULL, "5m", "f20 s30", 31, 'd', "reported", 35 },
	{ "grace of ours is a minute", "1h", NULL, NULL, "k10", 70, 'u', "", 71 },
	{ "daily at 13:00, before", NULL, "daily 13:00", "30m", "", 59, '?', "", 90 },
	{ "daily at 13:00, in its grace", NULL, "daily 13:00", "30m", "", 89, '?', "", 90 },
	{ "daily at 13:00, missed", NULL, "daily 13:00", "30m", "", 90, 'd', "no signal yet", -1 },
	{ "daily at 13:00, done", NULL, "daily 13:00", "30m", "k65", 90, 'u', "", 90 + 24 * 60 },
	{ "done late: up again", NULL, "daily 13:00", "30m", "k120", 121, 'u', "", 90 + 24 * 60 },
	{ "yesterday's does not serve today", NULL, "daily 13:00", "30m", "k10", 90, 'd', "since",
	  -1 },
};

TEST(silence_is_the_alarm)
{
	for (size_t i = 0; i < COUNT_OF(pushes); i++) {
		CheckHow how = { 0 };
		Check c = { .item.id = "job", .type = CHECK_PUSH, .how = &how };
		const char *rest = pushes[i].signals;
		char word[16];
		AUTO(Status) st = { 0 };
		CheckResult r;
		Instant due;

		if (pushes[i].every)
			ASSERT(span_parse(pushes[i].every, &how.every));
		if (pushes[i].schedule)
			ASSERT(schedule_parse(pushes[i].schedule, &how.schedule, NULL));
		if (pushes[i].grace)
			ASSERT(span_parse(pushes[i].grace, &how.grace));
		check_status_begin(&st, &c, zone_utc(), noon());
		while (text_part(&rest, " ", word, sizeof word))
			push_signal(&st,
			            word[0] == 's'   ? PUSH_START
			            : word[0] == 'f' ? PUSH_FAIL
			                             : PUSH_SUCCESS,
			            NULL, after(noon(), minutes(strtol(word + 1, NULL, 10))));
		push_judge(&c, zone_utc(), &st, after(noon(), minutes(pushes[i].now)), &r);
		if (letter(r.state) != pushes[i].want || !strstr(r.reason, pushes[i].reason))
			test_fail(__FILE__, __LINE__, "%s: %c '%s'", pushes[i].what,
			          letter(r.state), r.reason);
		due = push_due(&c, zone_utc(), &st, after(noon(), minutes(pushes[i].now)));
		if (due.us !=
		    (pushes[i].next < 0 ? NEVER : after(noon(), minutes(pushes[i].next))).us)
			test_fail(__FILE__, __LINE__, "%s: next at minute %lld", pushes[i].what,
			          (long long)(between(noon(), due).us / 60000000));
	}
}

TEST(how_long_a_job_took_is_measured)
{
	Check c = { .item.id = "job",
		    .type = CHECK_PUSH,
		    .how = &(CheckHow){ .every = { .days = 1 } } };
	AUTO(Status) st = { 0 };
	CheckResult r;

	check_status_begin(&st, &c, zone_utc(), noon());
	push_signal(&st, PUSH_START, NULL, noon());
	push_signal(&st, PUSH_SUCCESS, "42 files", after(noon(), seconds(30)));
	push_judge(&c, zone_utc(), &st, after(noon(), seconds(31)), &r);
	ASSERT(r.measures_n == 1);
	EXPECT_TEXT(r.measures[0].name, "duration");
	EXPECT_REAL(r.measures[0].value, 30, 0);
	EXPECT_TEXT(check_more(&st)->push_note, "42 files");
	push_signal(&st, PUSH_SUCCESS, NULL, after(noon(), seconds(90)));
	push_judge(&c, zone_utc(), &st, after(noon(), seconds(91)), &r);
	EXPECT_INT(r.measures_n, 0); /* no start, no length */
}

TEST(a_missed_signal_is_down_at_once_and_from_its_deadline)
{
	Check c = { .item.id = "job",
		    .type = CHECK_PUSH,
		    .how = &(CheckHow){ .every = { .us = 3600000000 }, .retries = -1 } };
	AUTO(Status) st = { 0 };
	CheckResult r;
	CheckChange ch;
	Effects fx = { 0 };

	check_status_begin(&st, &c, zone_utc(), noon());
	EXPECT_INT(st.next_due.us, after(noon(), minutes(61)).us);
	push_judge(&c, zone_utc(), &st, st.next_due, &r);
	check_status_step(&st, &c, zone_utc(), &r, st.next_due, &fx, &ch);
	EXPECT_INT(ch.state, CHECK_DOWN);
	EXPECT_INT(ch.from.us, after(noon(), minutes(61)).us);
	EXPECT(ch.next_due.us == NEVER.us);
	push_signal(&st, PUSH_SUCCESS, NULL, after(noon(), minutes(100)));
	push_judge(&c, zone_utc(), &st, after(noon(), minutes(100)), &r);
	check_status_step(&st, &c, zone_utc(), &r, after(noon(), minutes(100)), &fx, &ch);
	EXPECT_INT(ch.state, CHECK_UP);
	EXPECT_INT(ch.next_due.us, after(noon(), minutes(161)).us);
	effects_done(&fx);
}

static uint64_t drawn(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* A random life: results of all kinds, words, certificates, signals. */
static void live(CheckStatus *st, const Check *c, uint64_t *seed)
{
	Instant t = noon();

	check_status_begin(st, c, zone_utc(), t);
	for (uint64_t n = drawn(seed) % 9; n; n--) {
		CheckResult r = result((CheckState)(drawn(seed) % 4), t);
		Effects fx = { 0 };
		CheckChange ch;

		r.status = (int)(drawn(seed) % 600);
		r.timed_out = drawn(seed) & 1;
		r.has_latency = drawn(seed) & 1;
		r.latency = milliseconds((int64_t)(drawn(seed) % 100000));
		(void)snprintf(r.address, sizeof r.address, "%s", drawn(seed) & 1 ? "::1" : "");
		if (r.state != CHECK_UP)
			(void)snprintf(r.reason, sizeof r.reason, "why %u", (unsigned)drawn(seed));
		r.cert.present = drawn(seed) % 4 == 0;
		r.cert.leaf_not_after = r.cert.chain_not_after = after(t, days(20));
		r.cert.threshold = drawn(seed) & 1 ? days(30) : days(0);
		if (drawn(seed) % 3 == 0)
			push_signal(st, (PushSignal)(drawn(seed) % 3), drawn(seed) & 1 ? "n" : NULL,
			            t);
		check_status_step(st, c, zone_utc(), &r, t, &fx, &ch);
		effects_done(&fx);
		t = after(t, seconds(60));
	}
}

TEST(a_status_survives_as_a_record)
{
	uint64_t seed = 5;

	for (int round = 0; round < 500; round++) {
		Check c = { .item.id = "site",
			    .type = round & 1 ? CHECK_PUSH : CHECK_HTTP,
			    .how = &(CheckHow){ 0 } };
		CheckStatus st, back;
		CheckStatusRow row, again;

		live(&st, &c, &seed);
		memset(&row, 0, sizeof row);
		memset(&again, 0, sizeof again);
		check_status_row(&st, "site", &row);
		check_status_load(&back, &row, c.type == CHECK_PUSH);
		check_status_row(&back, "site", &again);
		EXPECT_TEXT(record_id(&row), "site");
		for (size_t i = 0; i < check_status_record.columns_n; i++) {
			const Column *column = &check_status_record.columns[i];
			const char *a = (const char *)&row + column->offset;
			const char *b = (const char *)&again + column->offset;
			bool same = column->kind == COL_TEXT ? strcmp(a, b) == 0
			                                     : !memcmp(a, b, column->size);

			if (!same)
				test_fail(__FILE__, __LINE__, "round %d: %s", round, column->name);
		}
		EXPECT(!back.more == !st.more); /* nothing is kept that says nothing */
		check_status_done(&st);
		check_status_done(&back);
	}
}

TEST(every_member_of_a_row_is_a_column)
{
	size_t sum = 0;

	for (size_t i = 0; i < check_status_record.columns_n; i++)
		sum += check_status_record.columns[i].size;
	EXPECT(sizeof(CheckStatusRow) - sum < 64); /* padding only */
}

TEST(a_check_that_is_up_keeps_no_words)
{
	Check c = { .item.id = "site", .type = CHECK_HTTP, .how = &(CheckHow){ .retries = -1 } };
	AUTO(Status) st = { 0 };
	CheckChange ch;
	Effects fx = { 0 };
	CheckResult bad = result(CHECK_DOWN, noon());
	CheckResult good = result(CHECK_UP, after(noon(), seconds(60)));

	check_status_begin(&st, &c, zone_utc(), noon());
	text_copy(bad.reason, sizeof bad.reason, "HTTP 503");
	check_status_step(&st, &c, zone_utc(), &bad, noon(), &fx, &ch);
	EXPECT_TEXT(check_last_reason(&st, false), "HTTP 503");
	EXPECT_TEXT(check_last_reason(&st, true), check_more(&st)->reason_fr ? bad.reason_fr : "");
	good.reason[0] = good.reason_fr[0] = '\0';
	check_status_step(&st, &c, zone_utc(), &good, good.at, &fx, &ch);
	EXPECT(st.more == NULL);
	EXPECT_TEXT(check_last_reason(&st, false), "");
	EXPECT_INT(sizeof st, 96);
	effects_done(&fx);
}

/* ---- the first round ---- */

TEST(a_first_round_in_order_is_even_and_takes_as_long_as_there_are_checks)
{
	static const struct {
		Duration every;
		size_t of;
		int64_t round_ms;
	} cases[] = {
		{ { 60000000 }, 1000, 60000 },     { { 3600000000 }, 1000, 60000 },
		{ { 1000000 }, 5000, 1000 },       { { 1000000 }, 100000, 10000 },
		{ { 60000000 }, 1000000, 100000 },
	};
	Instant now = at("2026-11-20T10:00:00Z");

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		CheckHow how = check_how_plain;
		Check c = { .item.id = "c", .type = CHECK_HTTP, .how = &how };
		int64_t round = cases[i].round_ms * 1000, last = 0;

		how.every = span_of(cases[i].every);
		for (size_t k = 0; k < cases[i].of; k += cases[i].of / 100) {
			Instant due = check_first_due_in_order(&c, k, cases[i].of, now);
			int64_t offset = between(now, due).us;
			int64_t even = (int64_t)((double)round / (double)cases[i].of * (double)k);

			EXPECT(offset >= last && offset <= even + 1 && even - offset < 250000 + 1);
			last = offset;
		}
		EXPECT(last < round);
	}
}
