#include "action/test_plan.h"

#include <stdlib.h>

/* ---- one action and what happens to it ---- */

typedef struct Story {
	Plan *plan;
	Action a;
	Effects fx;
	Instant now;
	Err err;
} Story;

static void Story_done(Story *s)
{
	effects_done(&s->fx);
	plan_free(s->plan);
}

/* Monday 1 June 2026, 10:00 in Paris. */
static Story begin(bool vulnerability, const char *due)
{
	Story s = { .plan = load(), .now = at("2026-06-01T10:00:00+02:00") };
	ActionOpening o = { .id = vulnerability ? "V-0001" : "A-0001",
		            .vulnerability = vulnerability,
		            .origin = vulnerability ? ACTION_OF_AUDIT : ACTION_OF_INCIDENT,
		            .origin_ref = vulnerability ? "audit:yearly" : "incident:2026-0012",
		            .what = "Change the lock",
		            .owner = "bob",
		            .by = "contact:ana" };

	o.due = due ? at(due) : LONG_AGO;
	if (s.plan)
		(void)EXPECT(action_open(&s.a, &o, s.now, &s.fx, NULL));
	return s;
}

#define STORY(vulnerability, due)                  \
	AUTO(Story) s = begin(vulnerability, due); \
	ASSERT(s.plan != NULL)

static bool happens(Story *s, ActionEvent ev)
{
	if (!ev.by)
		ev.by = "contact:ana";
	return action_step(&s->a, s->plan, &ev, s->now, &s->fx, &s->err);
}

#define HAPPENS(ev, ...) happens(&s, (ActionEvent){ .event = ACTION_EV_##ev, __VA_ARGS__ })

static void later(Story *s, Duration d) { s->now = after(s->now, d); }

/* Lets time pass, ticking whenever it asks for it. */
static void pass(Story *s, Duration d)
{
	Instant until = after(s->now, d);

	for (int i = 0; i < 500 && is_due(s->a.next, until); i++) {
		s->now = latest(s->now, s->a.next);
		(void)happens(s, (ActionEvent){ .event = ACTION_EV_TICK });
	}
	s->now = until;
}

static size_t recorded(const Story *s, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->fx.entries.n; i++)
		n += text_eq(s->fx.entries.at[i].kind, kind);
	return n;
}

/* ---- the matrix ---- */

static Story story_in(bool vulnerability, ActionState state)
{
	Story s = begin(vulnerability, NULL);

	if (!s.plan || state == ACTION_OPEN)
		return s;
	if (state == ACTION_DROPPED) {
		(void)HAPPENS(DROP, .text = "none");
		return s;
	}
	if (vulnerability)
		(void)HAPPENS(TRIAGE, .severity = "high");
	if (state == ACTION_ACCEPTED)
		(void)HAPPENS(ACCEPT, .text = "risk", .at = after(s.now, days(30)), .has_at = true);
	if (state == ACTION_TRIAGED || state == ACTION_ACCEPTED)
		return s;
	(void)HAPPENS(PLAN);
	if (state >= ACTION_DONE)
		(void)HAPPENS(DONE);
	if (state >= ACTION_VERIFIED)
		(void)HAPPENS(VERIFY);
	return s;
}

static ActionEvent event_of(ActionEventKind kind, Instant now)
{
	return (ActionEvent){ .event = kind,
		              .text = "words",
		              .severity = "medium",
		              .at = after(now, days(60)),
		              .has_at = kind == ACTION_EV_ACCEPT };
}

static void write_row(bool vulnerability, ActionState state, ActionEventKind kind, Buf *out)
{
	AUTO(Story) s = story_in(vulnerability, state);
	Action before;
	size_t entries;
	bool meant;

	ASSERT(s.plan != NULL);
	if (!EXPECT_INT(s.a.state, state))
		return;
	entries = s.fx.entries.n;
	before = s.a;
	meant = happens(&s, event_of(kind, s.now));
	buf_printf(out, "%-9s %-9s ", action_state_name(&before), action_event_name(kind));
	if (!meant) {
		buf_text(out, "refused\n");
		EXPECT_INT(s.fx.entries.n, entries);
		EXPECT(memcmp(&before, &s.a, sizeof before) == 0);
		EXPECT(s.err.message[0] != '\0');
		return;
	}
	if (s.a.state == before.state)
		buf_text(out, "stays");
	else
		buf_printf(out, "→ %s", action_state_name(&s.a));
	for (size_t i = entries; i < s.fx.entries.n; i++)
		buf_printf(out, "%s %s", i == entries ? ":" : "", s.fx.entries.at[i].kind);
	buf_char(out, '\n');
}

TEST(each_event_in_each_state_does_what_the_matrix_says)
{
	static const ActionState ordinary[] = { ACTION_OPEN, ACTION_PLANNED, ACTION_DONE,
		                                ACTION_VERIFIED, ACTION_DROPPED };
	AUTO(Buf) out = { 0 };

	for (size_t i = 0; i < COUNT_OF(ordinary); i++) {
		for (int kind = 0; kind < ACTION_EVENTS; kind++)
			write_row(false, ordinary[i], (ActionEventKind)kind, &out);
		buf_char(&out, '\n');
	}
	for (int state = 0; state < ACTION_STATES; state++) {
		for (int kind = 0; kind < ACTION_EVENTS; kind++)
			write_row(true, (ActionState)state, (ActionEventKind)kind, &out);
		buf_char(&out, '\n');
	}
	EXPECT_SNAPSHOT(buf_str(&out), "test/golden/action_matrix.txt");
}

/* ---- opening ---- */

TEST(an_action_needs_words_and_a_known_kind)
{
	Action a;
	Effects fx = { 0 };
	Err err;

	EXPECT(!action_open(&a, &(ActionOpening){ .id = "A-1", .what = "" }, LONG_AGO, &fx, &err));
	EXPECT(!action_open(&a, &(ActionOpening){ .id = "A-1", .what = "x", .kind = "cosmetic" },
	                    LONG_AGO, &fx, &err));
	EXPECT_HAS(err.hint, "preventive");
	EXPECT_INT(fx.entries.n, 0);
	effects_done(&fx);
}

TEST(an_action_is_proposed_approved_done_and_verified)
{
	STORY(false, "2026-06-08T10:00:00+02:00");
	EXPECT_TEXT(action_state_name(&s.a), "proposed");
	EXPECT_TEXT(s.a.kind, "corrective");
	EXPECT(!HAPPENS(DONE)); /* not approved */
	EXPECT_HAS(s.err.hint, "action approve A-0001");
	EXPECT(HAPPENS(PLAN, .owner = "ana"));
	EXPECT_TEXT(action_state_name(&s.a), "approved");
	EXPECT_TEXT(s.a.owner, "ana");
	later(&s, days(2));
	EXPECT(HAPPENS(DONE, .by = "contact:bob"));
	EXPECT_TEXT(s.a.done_by, "contact:bob");
	EXPECT_TEXT(s.fx.entries.at[s.fx.entries.n - 1].verdict, "met");
	EXPECT(HAPPENS(VERIFY));
	EXPECT_TEXT(action_state_name(&s.a), "verified");
	EXPECT_INT(s.a.next.us, NEVER.us);
	EXPECT_INT(action_kept(&s.a, s.now), 1);
}

/* ---- vulnerabilities ---- */

TEST(severity_decides_the_deadline_from_the_day_it_was_found)
{
	static const struct {
		const char *severity, *limit, *due, *mitigate;
	} rows[] = {
		{ "critical", "24h", "2026-06-02T10:00:00+02:00", "2026-06-01T14:00:00+02:00" },
		{ "high", "1w", "2026-06-08T10:00:00+02:00", NULL },
		{ "medium", "next_sprint", "2026-06-21T23:59:59.999999+02:00", NULL },
		{ "low", "planned", NULL, NULL },
		{ "asap", "asap", NULL, NULL },
		{ "silent", "", NULL, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		STORY(true, NULL);
		later(&s, minutes(30));
		EXPECT(HAPPENS(TRIAGE, .severity = rows[i].severity));
		EXPECT_TEXT(s.a.limit, rows[i].limit);
		EXPECT_INT(s.a.due.us, rows[i].due ? at(rows[i].due).us : LONG_AGO.us);
		EXPECT_INT(s.a.mitigate_due.us,
		           rows[i].mitigate ? at(rows[i].mitigate).us : LONG_AGO.us);
	}
}

TEST(an_unknown_severity_is_refused_and_changes_nothing)
{
	STORY(true, NULL);
	EXPECT(!HAPPENS(TRIAGE, .severity = "apocalyptic"));
	EXPECT(!HAPPENS(TRIAGE));
	EXPECT_INT(s.err.code, ERR_NOT_FOUND);
	EXPECT_TEXT(action_state_name(&s.a), "found");
}

TEST(at_the_deadline_it_is_in_time_and_a_microsecond_later_overdue)
{
	STORY(true, NULL);
	EXPECT(HAPPENS(TRIAGE, .severity = "high"));
	s.now = s.a.due;
	EXPECT(!action_is_overdue(&s.a, s.now));
	EXPECT_INT(action_kept(&s.a, s.now), -1);
	later(&s, duration_us(1));
	EXPECT(action_is_overdue(&s.a, s.now));
	EXPECT_INT(action_kept(&s.a, s.now), 0);
	EXPECT(HAPPENS(DONE));
	EXPECT_TEXT(s.fx.entries.at[s.fx.entries.n - 1].verdict, "late");
	EXPECT(!action_is_overdue(&s.a, s.now));
	EXPECT_INT(action_kept(&s.a, s.now), 0);
}

TEST(mitigation_has_a_deadline_of_its_own)
{
	STORY(true, NULL);
	EXPECT(HAPPENS(TRIAGE, .severity = "critical"));
	EXPECT_INT(s.a.next.us, after(s.a.mitigate_due, duration_us(1)).us);
	EXPECT(action_is_overdue(&s.a, after(s.a.mitigate_due, duration_us(1))));
	later(&s, hours(2));
	EXPECT(HAPPENS(MITIGATE));
	EXPECT(!action_is_overdue(&s.a, after(s.a.mitigate_due, duration_us(1))));
	EXPECT_INT(s.a.next.us, after(s.a.due, duration_us(1)).us);
	EXPECT(!HAPPENS(MITIGATE));
}

TEST(planning_gives_a_date_only_where_the_plan_gives_none)
{
	Instant july = at("2026-07-01T00:00:00+02:00"), august = at("2026-08-01T00:00:00+02:00");
	{
		STORY(true, NULL);
		EXPECT(HAPPENS(TRIAGE, .severity = "high"));
		EXPECT(HAPPENS(PLAN, .at = july, .has_at = true));
		EXPECT_INT(s.a.due.us, at("2026-06-08T10:00:00+02:00").us);
		EXPECT_INT(s.a.planned_for.us, july.us);
	}
	{
		STORY(true, NULL);
		EXPECT(HAPPENS(TRIAGE, .severity = "low"));
		EXPECT(HAPPENS(PLAN, .at = july, .has_at = true));
		EXPECT_INT(s.a.due.us, july.us);
		EXPECT(HAPPENS(PLAN, .at = august, .has_at = true)); /* put off */
		EXPECT_INT(s.a.due.us, august.us);
		/* what somebody planned is reminded of, and is no promise of the plan's */
		EXPECT(action_is_overdue(&s.a, after(august, days(1))));
		EXPECT_INT(action_kept(&s.a, after(august, days(1))), -1);
	}
}

TEST(a_risk_is_accepted_until_a_date_and_comes_back)
{
	STORY(true, NULL);
	EXPECT(HAPPENS(TRIAGE, .severity = "high"));
	EXPECT(!HAPPENS(ACCEPT, .at = after(s.now, days(30)), .has_at = true)); /* no words */
	EXPECT(!HAPPENS(ACCEPT, .text = "internal only"));                      /* no date */
	EXPECT(!HAPPENS(ACCEPT, .text = "internal only", .at = s.now, .has_at = true));
	EXPECT(HAPPENS(ACCEPT, .text = "internal only", .at = after(s.now, days(30)),
	               .has_at = true));
	EXPECT_TEXT(s.a.accepted_by, "contact:ana");
	EXPECT_INT(action_kept(&s.a, after(s.now, days(10))), -1);
	pass(&s, days(29));
	EXPECT_INT(s.fx.tells.n, 0);
	pass(&s, days(2));
	EXPECT_TEXT(action_state_name(&s.a), "triaged");
	EXPECT_INT(recorded(&s, "vulnerability.acceptance_over"), 1);
	EXPECT_INT(recorded(&s, "vulnerability.overdue"), 1);
	EXPECT_INT(s.fx.tells.n, 1);
}

/* ---- overdue ---- */

TEST(an_overdue_one_is_told_once_and_again_each_week)
{
	STORY(false, "2026-06-03T10:00:00+02:00");
	pass(&s, days(2));
	EXPECT_INT(s.fx.tells.n, 0);
	pass(&s, hours(1));
	EXPECT_INT(s.fx.tells.n, 1);
	EXPECT_TEXT(s.fx.tells.at[0].key, "act:A-0001:overdue:1");
	EXPECT_TEXT(s.fx.tells.at[0].subject, "action:A-0001");
	EXPECT_TEXT(s.fx.tells.at[0].to[0], "bob");
	EXPECT_TEXT(s.fx.tells.at[0].via[0], "sms"); /* bob's own channel */
	pass(&s, days(6));
	EXPECT_INT(s.fx.tells.n, 1);
	pass(&s, days(1));
	EXPECT_INT(s.fx.tells.n, 2);
	EXPECT_INT(recorded(&s, "action.overdue"), 1);
	EXPECT(HAPPENS(PLAN));
	EXPECT(HAPPENS(DONE));
	pass(&s, days(100));
	EXPECT_INT(s.fx.tells.n, 2);
}

TEST(a_reminder_goes_by_the_mildest_route_and_to_the_plans_owner_when_there_is_none)
{
	STORY(false, "2026-06-03T10:00:00+02:00");
	s.a.owner[0] = '\0';
	pass(&s, days(3));
	EXPECT_INT(s.fx.tells.n, 1);
	EXPECT_TEXT(s.fx.tells.at[0].to[0], "lead");
	EXPECT_INT(s.fx.tells.at[0].via_n, 1);
	EXPECT_TEXT(s.fx.tells.at[0].via[0], "mail");
}

TEST(it_waits_for_its_owners_hours)
{
	Instant monday = at("2026-06-08T09:00:00+02:00");
	STORY(false, "2026-06-06T10:00:00+02:00"); /* a Saturday */
	s.now = s.a.next;
	EXPECT(HAPPENS(TICK, .owner_from = monday));
	EXPECT_INT(s.fx.tells.n, 0);
	EXPECT_INT(recorded(&s, "action.overdue"), 1); /* known at once, told later */
	EXPECT_INT(s.a.late_at.us, at("2026-06-06T10:00:00+02:00").us);
	EXPECT_INT(s.a.next.us, monday.us);
	s.now = monday;
	EXPECT(HAPPENS(TICK, .owner_from = monday));
	EXPECT_INT(s.fx.tells.n, 1);
	EXPECT_INT(s.a.next.us, at("2026-06-15T09:00:00+02:00").us);
}

TEST(the_weekly_reminder_keeps_its_hour_when_the_clocks_change)
{
	STORY(false, "2026-10-20T10:00:00+02:00");
	s.now = at("2026-10-22T10:00:00+02:00");
	EXPECT(HAPPENS(TICK));
	EXPECT_INT(s.a.next.us, at("2026-10-29T10:00:00+01:00").us);
}

TEST(a_new_date_ends_its_being_late)
{
	STORY(false, "2026-06-03T10:00:00+02:00");
	pass(&s, days(3));
	EXPECT(is_set(s.a.late_at));
	EXPECT(HAPPENS(CHANGE, .at = after(s.now, days(10)), .has_at = true));
	EXPECT(!is_set(s.a.late_at));
	EXPECT(!action_is_overdue(&s.a, s.now));
	pass(&s, days(9));
	EXPECT_INT(s.fx.tells.n, 1);
	pass(&s, days(2));
	EXPECT_INT(s.fx.tells.n, 2);
	EXPECT_TEXT(s.fx.tells.at[1].key, "act:A-0001:overdue:2");
	EXPECT_INT(recorded(&s, "action.overdue"), 2);
}

TEST(an_early_tick_does_nothing)
{
	STORY(false, "2026-06-03T10:00:00+02:00");
	Action before = s.a;

	EXPECT(HAPPENS(TICK));
	EXPECT(memcmp(&before, &s.a, sizeof before) == 0);
	EXPECT_INT(s.fx.tells.n, 0);
}

/* ---- whatever happens ---- */

static void check_invariants(const Story *s)
{
	const Action *a = &s->a;

	EXPECT(a->state < ACTION_STATES);
	EXPECT(a->vulnerability || (a->state != ACTION_TRIAGED && a->state != ACTION_ACCEPTED));
	EXPECT_INT(is_set(a->done_at), a->state == ACTION_DONE || a->state == ACTION_VERIFIED);
	EXPECT_INT(is_set(a->verified_at), a->state == ACTION_VERIFIED);
	EXPECT_INT(is_set(a->accepted_until), a->state == ACTION_ACCEPTED);
	EXPECT(a->state != ACTION_TRIAGED || *a->severity);
	if (!action_is_open(a) && a->state != ACTION_ACCEPTED)
		EXPECT_INT(a->next.us, NEVER.us);
	if (action_is_open(a) && (is_set(a->due) || action_is_overdue(a, s->now)))
		EXPECT(is_set(a->next)); /* nothing with a date is forgotten */
	EXPECT(!is_set(a->verified_at) || !earlier(a->verified_at, a->done_at));
}

TEST(whatever_happens_it_stays_consistent_and_no_key_is_used_twice)
{
	static const char *const names[] = { "critical", "high", "medium", "low", "none", NULL };
	unsigned seed = 20261120;

	for (int run = 0; run < 60; run++) {
		STORY(run % 2 == 1, run % 3 ? "2026-06-05T10:00:00+02:00" : NULL);
		for (int i = 0; i < 80; i++) {
			ActionEvent ev = {
				.event = (ActionEventKind)(rand_r(&seed) % ACTION_EVENTS),
				.text = rand_r(&seed) % 4 ? "words" : NULL,
				.severity = names[(unsigned)rand_r(&seed) % COUNT_OF(names)],
				.has_at = rand_r(&seed) % 2,
				.at = after(s.now, hours(rand_r(&seed) % 600 - 100)),
				.owner_from = rand_r(&seed) % 3 ? s.now : after(s.now, hours(9)),
			};

			later(&s, minutes(rand_r(&seed) % 6000));
			(void)happens(&s, ev);
			check_invariants(&s);
		}
		pass(&s, days(40));
		for (size_t i = 0; i < s.fx.tells.n; i++) {
			for (size_t k = 0; k < i; k++)
				EXPECT(!text_eq(s.fx.tells.at[i].key, s.fx.tells.at[k].key));
		}
	}
}

/* ---- as JSON and as a row ---- */

TEST(a_row_comes_back_as_it_was)
{
	Action copy;
	STORY(true, NULL);
	EXPECT(HAPPENS(TRIAGE, .severity = "critical"));
	s.a.changed = false;
	record_copy(&action_record, &copy, &s.a);
	EXPECT(memcmp(&copy, &s.a, sizeof copy) == 0);
}

TEST(json_says_where_it_comes_from_and_where_it_stands)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	STORY(true, NULL);
	EXPECT(HAPPENS(TRIAGE, .severity = "critical"));
	action_emit(&e, NULL, &s.a, after(s.now, days(3)));
	EXPECT_HAS(buf_str(&json), "{\"id\":\"V-0001\",\"what\":\"Change the lock\",\"kind\":"
	                           "\"vulnerability\",\"owner\":\"bob\",\"state\":\"triaged\","
	                           "\"due\":\"2026-06-02T08:00:00Z\",\"overdue\":true,\"limit\":"
	                           "\"24h\",\"origin\":\"audit\",\"origin_ref\":\"audit:yearly\","
	                           "\"severity\":\"critical\"");
}

TEST(origins_read_back_from_their_names)
{
	ActionOrigin o;

	for (int i = 0; i < ACTION_ORIGINS; i++) {
		ASSERT(action_origin_parse(action_origin_name((ActionOrigin)i), &o));
		EXPECT_INT(o, i);
	}
	EXPECT(!action_origin_parse("heaven", &o));
}
