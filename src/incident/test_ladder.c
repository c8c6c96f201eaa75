#include "incident/ladder.h"

#include "core/text.h"
#include "harness.h"
#include "plan/testing_plan.h"

static const char plan_text[] =
        "plan: {title: Test, timezone: Europe/Paris, language: en}\n"
        "roles:\n"
        "  lead: {}\n"
        "  dba: {}\n"
        "  empty: {}\n"
        "contacts:\n"
        "  ana: {role: lead, email: ana@example.org, hours: \"mon-fri 09:00-18:00\"}\n"
        "  dan: {role: dba, email: dan@example.org, hours: \"mon-fri 08:00-12:00\"}\n"
        "  boss: {email: boss@example.org}\n"
        "  c1: {email: c1@example.org}\n"
        "  c2: {email: c2@example.org}\n"
        "  c3: {email: c3@example.org}\n"
        "  c4: {email: c4@example.org}\n"
        "  c5: {email: c5@example.org}\n"
        "  c6: {email: c6@example.org}\n"
        "  c7: {email: c7@example.org}\n"
        "  c8: {email: c8@example.org}\n"
        "  c9: {email: c9@example.org}\n"
        "audiences:\n"
        "  crowd: {members: [c1, c2, c3, c4, c5, c6, c7, c8, c9]}\n"
        "channels:\n"
        "  mail: {type: email, url: \"smtp://127.0.0.1:25\", from: a@example.org, "
        "to: [team@example.org]}\n"
        "  bare: {type: email, url: \"smtp://127.0.0.1:25\", from: a@example.org}\n"
        "  sms: {type: command, run: [send-sms]}\n"
        "  chat: {type: command, run: [send-chat]}\n"
        "escalations:\n"
        "  three:\n"
        "    steps:\n"
        "      - {after: 15m, to: [lead], via: [sms]}\n"
        "      - {after: 30m, to: [dba]}\n"
        "      - {after: 1h, when: unresolved, to: [boss], via: [sms, chat]}\n"
        "  early: {steps: [{after: 5m, to: [boss]}]}\n"
        "  roles: {steps: [{after: 5m, to: [empty], via: [chat]}, {after: 1h, to: [boss]}]}\n"
        "  crowd: {steps: [{after: 0m, to: [crowd]}, {after: 2h, when: always, to: [boss]}]}\n"
        "  at_once:\n"
        "    steps:\n"
        "      - {after: 0m, to: [boss], via: [sms, mail]}\n"
        "      - {after: 0m, to: [c1, boss]}\n"
        "      - {after: 10m, to: [c2]}\n"
        "  asleep: {steps: [{after: 0m, to: [lead]}, {after: 1h, to: [boss]}]}\n"
        "classes:\n"
        "  p1: {rank: 1, route: [mail, chat], escalation: three}\n"
        "  p2: {rank: 2, route: [mail], escalation: early}\n"
        "  p3: {rank: 3, escalation: roles}\n"
        "  p4: {rank: 4, route: [bare], escalation: crowd}\n"
        "  p5: {rank: 5}\n"
        "  p6: {rank: 6, route: [bare, chat], escalation: at_once}\n"
        "  p7: {rank: 7, route: [bare], escalation: asleep}\n"
        "  p8: {rank: 8, route: [mail], escalation: asleep}\n"
        "levels:\n"
        "  critical: {rank: 1, class: p1, route: [sms], escalation: early}\n"
        "  plain: {rank: 2, class: p1}\n";

static Plan *load(void) { return good_plan(plan_text); }

typedef struct Story {
	Plan *plan;
	Ladder l;
	LadderCase c;
	Effects fx;
	Instant start;
	unsigned count; /* told by the last step */
} Story;

static void Story_done(Story *s)
{
	effects_done(&s->fx);
	plan_free(s->plan);
}

#define MONDAY_TEN "2026-06-01T10:00:00+02:00"
#define NIGHT      "2026-06-02T03:10:00+02:00"

static Story begin(const char *level, const char *class_, const char *when)
{
	Story s = { .plan = load() };

	if (!s.plan || !instant_parse(when, &s.start))
		return s;
	s.c = (LadderCase){ .plan = s.plan,
		            .subject = "incident:2026-0012",
		            .prefix = "inc:2026-0012",
		            .rule = "down",
		            .rank = 1,
		            .first = TELL_INCIDENT_OPENED };
	ladder_freeze(&s.l, s.plan, level ? plan_level(s.plan, level) : NULL,
	              class_ ? plan_class(s.plan, class_) : NULL, s.start);
	return s;
}

static void pass(Story *s, Duration since_start)
{
	s->count = ladder_step(&s->l, &s->c, after(s->start, since_start), &s->fx);
}

/* "0 15 30 60": minutes of the steps' hours. */
static const char *hours_of(const Story *s, char out[128])
{
	size_t n = 0;

	for (size_t i = 0; i < s->l.n; i++)
		n += (size_t)snprintf(
		        out + n, 128 - n, "%s%d", i ? " " : "",
		        (int)(between(s->start, s->l.steps[i].due).us / minutes(1).us));
	return out;
}

static const Tell *tell_at(const Story *s, size_t i)
{
	static const Tell none = { 0 };

	return i < s->fx.tells.n ? &s->fx.tells.at[i] : &none;
}

/* "ana,boss via sms,mail" */
static const char *address(const Tell *t, char out[512])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < t->to_n; i++)
		n += (size_t)snprintf(out + n, 512 - n, "%s%s", i ? "," : "", t->to[i]);
	for (size_t i = 0; i < t->via_n; i++)
		n += (size_t)snprintf(out + n, 512 - n, "%s%s", i ? "," : " via ", t->via[i]);
	return out;
}

static size_t recorded(const Story *s, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->fx.entries.n; i++)
		n += text_eq(s->fx.entries.at[i].kind, kind);
	return n;
}

#define STORY(level, class_, when)                  \
	char out[512];                              \
	AUTO(Story) s = begin(level, class_, when); \
	ASSERT(s.plan != NULL)

TEST(a_levels_ladder_and_route_beat_the_classes)
{
	static const struct {
		const char *level, *class_, *from, *hours, *route;
	} rows[] = {
		{ NULL, "p1", "class:p1", "0 15 30 60", " via mail,chat" },
		{ "plain", "p1", "class:p1", "0 15 30 60", " via mail,chat" },
		{ "critical", "p1", "level:critical", "0 5", " via sms" },
		{ NULL, "p2", "class:p2", "0 5", " via mail" },
		{ NULL, "p5", "class:p5", "0", "" },
		{ NULL, NULL, "", "0", "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		STORY(rows[i].level, rows[i].class_, MONDAY_TEN);
		EXPECT_TEXT(s.l.from, rows[i].from);
		EXPECT_TEXT(hours_of(&s, out), rows[i].hours);
		pass(&s, minutes(0));
		EXPECT_TEXT(address(tell_at(&s, 0), out), rows[i].route);
		EXPECT_INT(s.count, *rows[i].route != '\0');
	}
}

TEST(each_step_is_told_once_at_its_hour_in_office_hours)
{
	STORY(NULL, "p1", MONDAY_TEN);
	pass(&s, minutes(0));
	EXPECT_INT(s.count, 1);
	EXPECT_TEXT(tell_at(&s, 0)->key, "inc:2026-0012:step:0");
	EXPECT_INT(tell_at(&s, 0)->kind, TELL_INCIDENT_OPENED);
	EXPECT_TEXT(tell_at(&s, 0)->rule, "down");
	EXPECT_INT(tell_at(&s, 0)->rank, 1);
	pass(&s, minutes(0));
	EXPECT_INT(s.count, 0);
	EXPECT_INT(ladder_due(&s.l, &s.c, s.start).us, after(s.start, minutes(15)).us);
	pass(&s, duration_us(minutes(15).us - 1));
	EXPECT_INT(s.count, 0);
	pass(&s, minutes(15));
	EXPECT_TEXT(address(tell_at(&s, 1), out), "ana via sms");
	EXPECT_INT(tell_at(&s, 1)->kind, TELL_INCIDENT_ESCALATED);
	EXPECT_TEXT(tell_at(&s, 1)->text, "not acknowledged after 15 min");
	pass(&s, minutes(30));
	EXPECT_TEXT(address(tell_at(&s, 2), out), "dan via mail,chat");
	pass(&s, minutes(60));
	EXPECT_TEXT(address(tell_at(&s, 3), out), "boss via sms,chat");
	EXPECT_TEXT(tell_at(&s, 3)->text, "not resolved after 1 h");
	EXPECT_INT(ladder_due(&s.l, &s.c, s.start).us, NEVER.us);
	EXPECT_INT(ladder_last_told(&s.l), 3);
	EXPECT_INT(ladder_next_step(&s.l), -1);
	EXPECT_INT(recorded(&s, "incident.step"), 4);
}

TEST(what_a_step_waits_for_decides_whether_it_is_taken)
{
	static const struct {
		bool acknowledged, resolved, held, over;
		unsigned told; /* of steps 1 and 2 (unacknowledged) and 3 (unresolved) */
	} rows[] = {
		{ false, false, false, false, 3 }, { true, false, false, false, 1 },
		{ true, true, false, false, 0 },   { false, true, false, false, 0 },
		{ false, false, true, false, 0 },  { false, false, false, true, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		STORY(NULL, "p1", MONDAY_TEN);
		(void)out;
		pass(&s, minutes(0));
		s.c.acknowledged = rows[i].acknowledged;
		s.c.resolved = rows[i].resolved;
		s.c.held = rows[i].held;
		s.c.over = rows[i].over;
		pass(&s, minutes(90));
		EXPECT_INT(s.count, rows[i].told);
	}
}

TEST(a_dropped_step_does_not_hurry_the_next_one)
{
	STORY(NULL, "p1", MONDAY_TEN);
	(void)out;
	pass(&s, minutes(0));
	s.c.acknowledged = true;
	pass(&s, minutes(15));
	EXPECT_INT(s.count, 0);
	EXPECT_INT(s.l.steps[1].state, LADDER_DROPPED);
	EXPECT_INT(s.l.steps[3].state, LADDER_WAITING);
	EXPECT_INT(ladder_due(&s.l, &s.c, s.start).us, after(s.start, minutes(30)).us);
}

TEST(at_night_each_step_with_nobody_hands_on_at_once_and_says_so)
{
	STORY(NULL, "p1", NIGHT);
	pass(&s, minutes(0));
	pass(&s, minutes(15));
	EXPECT_INT(s.count, 1);
	EXPECT_TEXT(address(tell_at(&s, 1), out), "boss via sms,chat");
	EXPECT_TEXT(tell_at(&s, 1)->key, "inc:2026-0012:step:3");
	EXPECT_TEXT(tell_at(&s, 1)->text, "not acknowledged after 15 min; nobody could be reached "
	                                  "in step 1; nobody could be reached in step 2");
	EXPECT_INT(recorded(&s, "incident.step_unreachable"), 2);
	EXPECT_INT(s.l.steps[1].state, LADDER_OWED);
	/* nothing more until dan comes at eight; it is not asked every minute */
	EXPECT_INT(ladder_due(&s.l, &s.c, after(s.start, minutes(15))).us,
	           after(s.start, minutes(290)).us);
	pass(&s, minutes(289));
	EXPECT_INT(s.count, 0);
	pass(&s, minutes(290));
	EXPECT_INT(s.count, 1);
	EXPECT_TEXT(address(tell_at(&s, 2), out), "dan via mail,chat");
	EXPECT_TEXT(tell_at(&s, 2)->text, "nobody could be reached earlier");
	pass(&s, minutes(350)); /* 09:00 */
	EXPECT_TEXT(address(tell_at(&s, 3), out), "ana via sms");
	EXPECT_INT(ladder_due(&s.l, &s.c, after(s.start, minutes(350))).us, NEVER.us);
}

TEST(what_is_owed_is_forgotten_when_somebody_took_it)
{
	STORY(NULL, "p1", NIGHT);
	(void)out;
	pass(&s, minutes(0));
	pass(&s, minutes(15));
	s.c.acknowledged = true;
	pass(&s, minutes(350));
	EXPECT_INT(s.count, 0);
	EXPECT_INT(s.l.steps[1].state, LADDER_DROPPED);
}

TEST(a_role_that_nobody_holds_goes_to_the_channels_own_recipients)
{
	STORY(NULL, "p3", NIGHT);
	pass(&s, minutes(0));
	EXPECT_INT(s.count, 0); /* the plan gives no route */
	EXPECT_INT(recorded(&s, "incident.step_unreachable"), 1);
	EXPECT_INT(s.l.steps[0].state, LADDER_DROPPED);
	EXPECT_INT(s.l.steps[1].state, LADDER_WAITING); /* which hurries nobody */
	pass(&s, minutes(5));
	EXPECT_TEXT(address(tell_at(&s, 0), out), " via chat");
	EXPECT_INT(s.l.steps[1].state, LADDER_TOLD);
}

TEST(more_than_eight_people_are_told_in_several_messages)
{
	STORY(NULL, "p4", NIGHT);
	pass(&s, minutes(0));
	ASSERT(s.fx.tells.n == 2); /* the crowd's step is due at once, hence the first call */
	EXPECT_TEXT(address(tell_at(&s, 0), out), "c1,c2,c3,c4,c5,c6,c7,c8 via bare");
	EXPECT_TEXT(tell_at(&s, 0)->key, "inc:2026-0012:step:0");
	EXPECT_TEXT(address(tell_at(&s, 1), out), "c9 via bare");
	EXPECT_TEXT(tell_at(&s, 1)->key, "inc:2026-0012:step:0:+8");
	EXPECT_INT(s.l.steps[0].told_to_n, 9);
}

TEST(steps_due_at_once_are_one_call_with_the_route)
{
	STORY(NULL, "p6", MONDAY_TEN);
	EXPECT_TEXT(hours_of(&s, out), "0 10");
	pass(&s, minutes(0));
	ASSERT(s.fx.tells.n == 1);
	EXPECT_TEXT(address(tell_at(&s, 0), out), "boss,c1 via bare,chat,sms,mail");
	EXPECT_INT(tell_at(&s, 0)->kind, TELL_INCIDENT_OPENED);
	EXPECT_TEXT(tell_at(&s, 0)->text, "");
	pass(&s, minutes(10));
	EXPECT_TEXT(address(tell_at(&s, 1), out), "c2 via bare,chat");
	EXPECT_TEXT(tell_at(&s, 1)->key, "inc:2026-0012:step:1");
	EXPECT_INT(tell_at(&s, 1)->kind, TELL_INCIDENT_ESCALATED);
}

TEST(a_first_call_whose_people_are_away_hands_on_at_once)
{
	STORY(NULL, "p7", NIGHT);
	pass(&s, minutes(0));
	ASSERT(s.fx.tells.n == 1);
	EXPECT_TEXT(address(tell_at(&s, 0), out), "boss via bare");
	EXPECT_TEXT(tell_at(&s, 0)->text, "nobody could be reached in step 0");
	EXPECT_INT(s.l.steps[0].state, LADDER_OWED);
}

TEST(a_route_with_recipients_of_its_own_is_called_beside_the_people)
{
	STORY(NULL, "p8", NIGHT);
	pass(&s, minutes(0));
	ASSERT(s.fx.tells.n == 2);
	EXPECT_TEXT(address(tell_at(&s, 0), out), " via mail");
	EXPECT_TEXT(address(tell_at(&s, 1), out),
	            "boss via mail"); /* lead sleeps: the next one, at once */
}

TEST(always_means_even_when_resolved_but_not_when_closed)
{
	STORY(NULL, "p4", NIGHT);
	(void)out;
	pass(&s, minutes(0));
	s.c.acknowledged = s.c.resolved = true;
	pass(&s, minutes(120));
	EXPECT_INT(s.count, 1);
}

TEST(a_person_may_ask_for_the_next_step_before_its_hour)
{
	STORY(NULL, "p1", MONDAY_TEN);
	pass(&s, minutes(0));
	EXPECT(ladder_advance(&s.l, &s.c, "asked for", after(s.start, minutes(2)), &s.fx));
	EXPECT_TEXT(address(tell_at(&s, 1), out), "ana via sms");
	EXPECT_TEXT(tell_at(&s, 1)->text, "asked for");
	pass(&s, minutes(15));
	EXPECT_INT(s.count, 0);  /* told already */
	s.c.acknowledged = true; /* the next wanted one is the third */
	EXPECT(ladder_advance(&s.l, &s.c, "", after(s.start, minutes(20)), &s.fx));
	EXPECT_TEXT(address(tell_at(&s, 2), out), "boss via sms,chat");
	EXPECT(!ladder_advance(&s.l, &s.c, "", after(s.start, minutes(21)), &s.fx));
	s.c.held = true;
	EXPECT(!ladder_advance(&s.l, &s.c, "", after(s.start, minutes(22)), &s.fx));
}

TEST(a_relapse_pages_the_tier_that_knows_the_story)
{
	STORY(NULL, "p1", MONDAY_TEN);
	pass(&s, minutes(0));
	pass(&s, minutes(15));
	ladder_rearm(&s.l, after(s.start, hours(1)));
	s.c.first = TELL_INCIDENT_REOPENED;
	pass(&s, hours(1));
	EXPECT_INT(s.count, 1);
	EXPECT_INT(tell_at(&s, 2)->kind, TELL_INCIDENT_REOPENED);
	EXPECT_TEXT(tell_at(&s, 2)->key, "inc:2026-0012:step:1:r1");
	EXPECT_TEXT(address(tell_at(&s, 2), out), "ana via sms");
	/* dan's turn was 15 min after ana's, and is again */
	EXPECT_INT(ladder_due(&s.l, &s.c, after(s.start, hours(1))).us,
	           after(s.start, minutes(75)).us);
	pass(&s, minutes(75));
	EXPECT_TEXT(address(tell_at(&s, 3), out), "dan via mail,chat");
	EXPECT_TEXT(tell_at(&s, 3)->text, "not acknowledged after 15 min");
}

TEST(a_relapse_before_anybody_was_told_changes_nothing_but_the_round)
{
	STORY(NULL, "p1", MONDAY_TEN);
	ladder_rearm(&s.l, after(s.start, minutes(5)));
	EXPECT_INT(s.l.round, 1);
	EXPECT_TEXT(hours_of(&s, out), "0 15 30 60");
}

TEST(a_new_class_keeps_who_was_told_and_calls_its_own_people)
{
	static const struct {
		const char *story, *from, *to;
		int at_min;
		bool worse;
		const char *told; /* hours of the steps after it */
		unsigned called;
	} rows[] = {
		{ "worse: its route and late steps at once", "p2", "p1", 20, true, "0 5 0 15 30 60",
		  2 },
		{ "milder: only what is still to come", "p1", "p4", 20, false, "0 15 120", 0 },
		{ "milder, nothing to come", "p1", "p2", 20, false, "0 15", 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		STORY(NULL, rows[i].from, MONDAY_TEN);
		Instant now = after(s.start, minutes(rows[i].at_min));

		pass(&s, minutes(0));
		pass(&s, minutes(rows[i].at_min));
		ladder_replace(&s.l, s.plan, NULL, plan_class(s.plan, rows[i].to), s.start,
		               rows[i].worse, now);
		if (!EXPECT_TEXT(hours_of(&s, out), rows[i].told))
			test_fail(__FILE__, __LINE__, "%s", rows[i].story);
		s.count = ladder_step(&s.l, &s.c, now, &s.fx);
		EXPECT_INT(s.count, rows[i].called);
		for (size_t k = 0; k < s.fx.tells.n; k++) {
			for (size_t j = 0; j < k; j++)
				EXPECT(!text_eq(s.fx.tells.at[k].key, s.fx.tells.at[j].key));
		}
	}
}

TEST(the_end_is_told_to_everybody_told_once_through_their_channels)
{
	STORY(NULL, "p1", MONDAY_TEN);
	Instant night;
	size_t from;

	pass(&s, minutes(0));
	pass(&s, minutes(60));
	ASSERT(instant_parse(NIGHT, &night));
	from = s.fx.tells.n;
	ladder_tell_told(&s.l, &s.c, TELL_INCIDENT_RESOLVED, "inc:2026-0012:resolved:9", true,
	                 "over", night, &s.fx);
	EXPECT_INT(s.fx.tells.n - from, 4);
	EXPECT_TEXT(address(tell_at(&s, from), out), " via mail,chat");
	EXPECT_TEXT(address(tell_at(&s, from + 1), out), "ana via sms"); /* at home by now */
	EXPECT_TEXT(tell_at(&s, from + 1)->key, "inc:2026-0012:resolved:9:s1");
	EXPECT(tell_at(&s, from + 1)->recovery);
	EXPECT_TEXT(address(tell_at(&s, from + 3), out), "boss via sms,chat");
	/* a warning reaches only those who are there */
	from = s.fx.tells.n;
	ladder_tell_told(&s.l, &s.c, TELL_CLOCK_WARNING, "inc:2026-0012:respond:80", false, "late",
	                 night, &s.fx);
	EXPECT_INT(s.fx.tells.n - from, 2);
	EXPECT_TEXT(address(tell_at(&s, from + 1), out), "boss via sms,chat");
	EXPECT(!tell_at(&s, from + 1)->recovery);
}

TEST(who_stands_on_the_next_step_may_hear_of_it_without_its_being_taken)
{
	STORY(NULL, "p1", MONDAY_TEN);
	pass(&s, minutes(0));
	ladder_tell_next(&s.l, &s.c, TELL_CLOCK_WARNING, "k", "late", s.start, &s.fx);
	EXPECT_TEXT(address(tell_at(&s, 1), out), "ana via sms");
	EXPECT_INT(s.l.steps[1].state, LADDER_WAITING);
	pass(&s, minutes(15));
	EXPECT_INT(s.count, 1);
}

TEST(a_ladder_over_the_night_of_the_clock_change_keeps_real_time)
{
	STORY(NULL, "p1", "2026-03-29T01:50:00+01:00");
	EXPECT_TEXT(hours_of(&s, out), "0 15 30 60");
	EXPECT(instant_parse("2026-03-29T03:05:00+02:00", &s.start));
	EXPECT_INT(s.l.steps[1].due.us, s.start.us);
}

/* ---- frozen ---- */

TEST(a_frozen_ladder_reads_back_as_it_was)
{
	STORY(NULL, "p1", NIGHT);
	AUTO_FREE char *json = NULL, *again = NULL;
	Ladder back;

	(void)out;
	pass(&s, minutes(20));
	ladder_rearm(&s.l, after(s.start, hours(1)));
	json = ladder_write(&s.l);
	ASSERT(ladder_read(json, &back));
	again = ladder_write(&back);
	EXPECT_TEXT(again, json);
	EXPECT_INT(back.round, 1);
	EXPECT_INT(back.steps[1].state, s.l.steps[1].state);
	EXPECT_INT(back.steps[3].told_to_n, 1);
}

TEST(a_ladder_that_we_did_not_write_is_refused)
{
#define STEP(state, due, told, to)                                                    \
	"{\"state\":\"" state "\",\"when\":\"always\",\"due\":" due ",\"told\":" told \
	",\"to\":" to ",\"via\":[],\"told_to\":[]}"
#define LADDER(v, base, steps) \
	"{\"v\":" v ",\"from\":\"\",\"base\":" base ",\"round\":0,\"steps\":[" steps "]}"
#define GOOD STEP("waiting", "\"2026-06-01T08:00:00Z\"", "null", "[]")
	static const struct {
		const char *json;
		bool good;
	} rows[] = {
		{ LADDER("1", "0", GOOD), true },
		{ LADDER("1", "0",
		         STEP("told", "\"2026-06-01T08:00:00Z\"", "\"2026-06-01T08:00:00Z\"",
		              "[\"ana\"]")),
		  true },
		{ LADDER("2", "0", GOOD), false },
		{ LADDER("1", "1", GOOD), false },
		{ LADDER("1", "-1", GOOD), false },
		{ LADDER("1", "0", ""), false },
		{ LADDER("1", "0", STEP("eaten", "\"2026-06-01T08:00:00Z\"", "null", "[]")),
		  false },
		{ LADDER("1", "0", STEP("waiting", "null", "null", "[]")), false },
		{ LADDER("1", "0", STEP("waiting", "\"soon\"", "null", "[]")), false },
		{ LADDER("1", "0", STEP("waiting", "\"2026-06-01T08:00:00Z\"", "null", "[7]")),
		  false },
		{ LADDER("1", "0", STEP("waiting", "\"2026-06-01T08:00:00Z\"", "null", "[\"\"]")),
		  false },
		{ LADDER("1", "0",
		         STEP("waiting", "\"2026-06-01T08:00:00Z\"", "null",
		              "[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]")),
		  false },
		{ LADDER("1", "0", STEP("told", "\"2026-06-01T08:00:00Z\"", "null", "[]")), false },
		{ "[]", false },
		{ "", false },
		{ "{", false },
		{ NULL, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Ladder l;

		if (ladder_read(rows[i].json, &l) != rows[i].good)
			test_fail(__FILE__, __LINE__, "row %zu: %s", i, rows[i].json);
		EXPECT(rows[i].good || l.n == 0);
	}
}
