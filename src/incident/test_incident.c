#include "incident/test_story.h"

/* ---- the matrix: what each event does in each state ---- */

/* Brings a fresh incident into a state by the shortest way. */
static Story story_in(IncidentState state)
{
	Story s = begin("p0");

	switch (s.plan ? state : INCIDENT_STATES) {
	case INCIDENT_OPEN: break;
	case INCIDENT_QUALIFIED: HAPPENS(1, QUALIFY); break;
	case INCIDENT_ACKNOWLEDGED: HAPPENS(1, ACK, .how = "link"); break;
	case INCIDENT_INVESTIGATING: HAPPENS(1, INVESTIGATE); break;
	case INCIDENT_MITIGATED: HAPPENS(1, MITIGATE); break;
	case INCIDENT_RESOLVED:
	case INCIDENT_WATCHING:
		HAPPENS(1, RECOVER);
		if (state == INCIDENT_RESOLVED) { /* of a class without watch */
			Story_done(&s);
			s = begin("p1");
			HAPPENS(1, RECOVER);
		}
		break;
	case INCIDENT_POSTMORTEM:
		HAPPENS(1, RECOVER);
		HAPPENS(2, CLOSE);
		break;
	case INCIDENT_CLOSED:
		Story_done(&s);
		s = begin("p1");
		HAPPENS(1, RECOVER);
		HAPPENS(2, CLOSE);
		break;
	case INCIDENT_CANCELLED: HAPPENS(1, FALSE_ALARM, .text = "a drill"); break;
	case INCIDENT_STATES: break;
	}
	return s;
}

static IncidentEvent event_of(IncidentEventKind kind)
{
	static const Action a = { .id = "2026-0012/f01", .what = "words" };

	return (IncidentEvent){ .kind = kind,
		                .by = "contact:bob",
		                .how = "command",
		                .text = "words",
		                .class_ = kind == INCIDENT_EV_QUALIFY ? NULL : "p2",
		                .assignee = "bob",
		                .item = kind == INCIDENT_EV_ITEM ? "p01" : NULL,
		                .item_state = ITEM_WAIVED,
		                .follow_up = &a,
		                .follow_event = -1 };
}

static void write_effects(const Story *s, size_t entries, size_t tells, Buf *out)
{
	for (size_t i = entries; i < s->fx.entries.n; i++)
		buf_printf(out, " %s", s->fx.entries.at[i].kind);
	for (size_t i = tells; i < s->fx.tells.n; i++)
		buf_printf(out, " !%s", tell_kind_name(s->fx.tells.at[i].kind));
}

TEST(each_event_in_each_state_does_what_the_matrix_says)
{
	AUTO(Buf) out = { 0 };

	for (int state = 0; state < INCIDENT_STATES; state++) {
		for (int kind = 0; kind < INCIDENT_EVENTS; kind++) {
			AUTO(Story) s = story_in((IncidentState)state);
			IncidentEvent ev = event_of((IncidentEventKind)kind);
			size_t entries = s.fx.entries.n, tells = s.fx.tells.n;
			bool meant;

			ASSERT(s.plan != NULL);
			if (!EXPECT_INT(s.inc.state, state))
				return;
			meant = happens(&s, 20, ev);
			EXPECT(meant || (s.fx.entries.n == entries && s.fx.tells.n == tells));
			buf_printf(&out, "%-13s %-12s ", incident_state_name((IncidentState)state),
			           incident_event_name((IncidentEventKind)kind));
			if (!meant)
				buf_text(&out, "ignored");
			else if ((int)s.inc.state == state)
				buf_text(&out, "stays");
			else
				buf_printf(&out, "→ %s", incident_state_name(s.inc.state));
			if (meant)
				buf_char(&out, ':');
			write_effects(&s, entries, tells, &out);
			buf_char(&out, '\n');
		}
		buf_char(&out, '\n');
	}
	EXPECT_SNAPSHOT(buf_str(&out), "test/golden/incident_matrix.txt");
}

/* ---- opening ---- */

TEST(an_incident_opens_with_its_clocks_lists_and_first_call)
{
	STORY("p0");
	EXPECT_INT(s.inc.state, INCIDENT_OPEN);
	EXPECT_TEXT(s.inc.title, "Site down – Shop (production)");
	EXPECT_INT(s.inc.rank, 1);
	EXPECT_INT(s.inc.detected_at.us, s.start.us);
	EXPECT_INT(s.inc.started_at.us, after(s.start, minutes(-2)).us);
	EXPECT_INT(s.parts.clocks.n, 4);
	EXPECT_INT(clock_state(&s, CLOCK_RESPOND), CLOCK_RUNNING);
	EXPECT_INT(clock_state(&s, CLOCK_MITIGATE), CLOCK_RUNNING);
	EXPECT_INT(clock_state(&s, CLOCK_NEXT_UPDATE), CLOCK_STATES);
	EXPECT_INT(s.parts.items.n, 12);
	EXPECT_INT(told(&s, TELL_INCIDENT_OPENED), 1);
	EXPECT_TEXT(s.fx.tells.at[0].key, "inc:2026-0012:step:0");
	EXPECT_TEXT(s.fx.tells.at[0].via[0], "mail");
	EXPECT_INT(recorded(&s, "clock.started"), 4);
	EXPECT_TEXT(s.fx.entries.at[0].kind, "incident.opened");
	EXPECT_HAS(s.fx.entries.at[0].input, "\"class\":\"p0\"");
	/* the phase of five minutes is the first thing to look at */
	EXPECT_INT(incident_due(&s.inc).us, after(s.start, minutes(5)).us + 1);
}

TEST(an_incident_without_class_has_clocks_that_measure_and_no_call)
{
	STORY(NULL);
	EXPECT_INT(clock_state(&s, CLOCK_RESPOND), CLOCK_NOT_SET);
	EXPECT_INT(s.inc.rank, 0);
	EXPECT_INT(s.fx.tells.n, 0);
	EXPECT(HAPPENS(7, ACK));
	EXPECT_INT(incident_clock(&s.parts, CLOCK_RESPOND)->elapsed.us, minutes(7).us);
	EXPECT(HAPPENS(8, RECOVER));
	pass_until(&s, 60);
	EXPECT_INT(s.inc.state, INCIDENT_CLOSED);
}

TEST(limits_are_those_of_the_environment)
{
	STORY("p1");
	Incident staging = { 0 };
	IncidentParts parts = { 0 };
	IncidentOpening o = {
		.id = "2026-0013", .class_ = "p1", .service = "shop", .env = "staging"
	};

	incident_open(&staging, &parts, s.plan, &o, s.now, &s.fx);
	EXPECT_TEXT(incident_clock(&s.parts, CLOCK_RESPOND)->limit, "1h");
	EXPECT_TEXT(incident_clock(&parts, CLOCK_RESPOND)->limit, "8h");
	EXPECT_INT(staging.started_at.us, staging.detected_at.us);
	Incident_done(&staging);
	IncidentParts_done(&parts);
}

TEST(a_person_opens_one_too_and_a_drill_says_that_it_is_one)
{
	STORY("p1");
	Incident inc = { 0 };
	IncidentParts parts = { 0 };
	IncidentOpening o = { .id = "2026-0014",
		              .class_ = "p1",
		              .title = "Exercise",
		              .source = INCIDENT_BY_PERSON,
		              .by = "contact:ana",
		              .has_impact = true,
		              .impact = 40,
		              .drill = true };
	size_t from = s.fx.entries.n;
	IncidentEvent ev = { .kind = INCIDENT_EV_RESOLVE, .by = "contact:ana" };

	incident_open(&inc, &parts, s.plan, &o, s.now, &s.fx);
	EXPECT_TEXT(inc.title, "Exercise");
	EXPECT_INT(inc.impact, 40);
	EXPECT(!inc.failing);
	EXPECT_TEXT(s.fx.entries.at[from].actor, "contact:ana");
	EXPECT_HAS(s.fx.entries.at[from].input, "\"drill\":true");
	EXPECT(incident_step(&inc, &parts, s.plan, &ev, s.now, &s.fx));
	EXPECT_INT(inc.state, INCIDENT_RESOLVED); /* no check has a say */
	Incident_done(&inc);
	IncidentParts_done(&parts);
}

/* ---- a whole life ---- */

TEST(from_the_first_call_to_the_last_line_of_the_closing_list)
{
	STORY("p0");
	EXPECT(HAPPENS(4, ACK, .how = "link"));
	EXPECT_INT(s.inc.state, INCIDENT_ACKNOWLEDGED);
	EXPECT_INT(clock_state(&s, CLOCK_RESPOND), CLOCK_MET);
	EXPECT_TEXT(s.inc.acknowledged_by, "contact:ana");
	EXPECT_INT(item(&s, "Acknowledge")->state, ITEM_DONE);
	EXPECT_TEXT(item(&s, "Acknowledge")->by, "contact:ana");

	EXPECT(HAPPENS(10, UPDATE, .text = "We are on it."));
	EXPECT_INT(clock_state(&s, CLOCK_INFORM), CLOCK_MET);
	EXPECT_INT(clock_state(&s, CLOCK_NEXT_UPDATE), CLOCK_RUNNING);
	EXPECT_INT(s.inc.next_update_at.us, after(s.start, minutes(40)).us);
	EXPECT_INT(s.inc.first_message_at.us, s.now.us);
	EXPECT_INT(told(&s, TELL_INCIDENT_UPDATE), 1);
	EXPECT_INT(item(&s, "First status message")->state, ITEM_DONE);

	EXPECT(HAPPENS(12, INVESTIGATE));
	EXPECT(HAPPENS(20, MITIGATE, .text = "switched to the spare"));
	EXPECT_INT(s.inc.state, INCIDENT_MITIGATED);
	EXPECT_INT(clock_state(&s, CLOCK_MITIGATE), CLOCK_MET);
	EXPECT(!is_set(s.inc.restored_at)); /* checks still fail */
	EXPECT(HAPPENS(21, RECOVER, .by = "carene"));
	EXPECT_INT(s.inc.state, INCIDENT_MITIGATED); /* the cause is still there */
	EXPECT_INT(s.inc.restored_at.us, s.now.us);
	EXPECT_INT(clock_state(&s, CLOCK_RESOLVE), CLOCK_RUNNING);

	EXPECT(HAPPENS(50, RESOLVE, .text = "new disk"));
	EXPECT_INT(s.inc.state, INCIDENT_WATCHING);
	EXPECT_INT(clock_state(&s, CLOCK_RESOLVE), CLOCK_MET);
	EXPECT_INT(clock_state(&s, CLOCK_NEXT_UPDATE), CLOCK_STOPPED_LATE); /* due at 40 */
	EXPECT_INT(told(&s, TELL_INCIDENT_RESOLVED), 0);
	pass_until(&s, 79);
	EXPECT_INT(s.inc.state, INCIDENT_WATCHING);
	pass_until(&s, 80);
	EXPECT_INT(s.inc.state, INCIDENT_POSTMORTEM);
	EXPECT_INT(told(&s, TELL_INCIDENT_RESOLVED), 1);
	EXPECT_TEXT(nth(&s, TELL_INCIDENT_RESOLVED, 0)->text, "resolved after 23 min");

	EXPECT(!HAPPENS(90, CLOSE));
	EXPECT(HAPPENS(91, ITEM, .item = item(&s, "Resolution confirmed")->id,
	               .item_state = ITEM_DONE));
	EXPECT(!HAPPENS(92, ITEM, .item = item(&s, "Users told")->id,
	                .item_state = ITEM_WAIVED)); /* without reason */
	EXPECT(HAPPENS(92, ITEM, .item = "p11", .item_state = ITEM_WAIVED, .text = "internal"));
	EXPECT_INT(s.inc.state, INCIDENT_POSTMORTEM); /* the post-mortem is missing */
	follow_up(&s, 100, "Replace the other disk", after(s.start, days(7)));
	EXPECT(HAPPENS(120, POSTMORTEM, .text = "wiki/42"));
	EXPECT_INT(clock_state(&s, CLOCK_POSTMORTEM), CLOCK_MET);
	EXPECT_INT(s.inc.state, INCIDENT_CLOSED);
	EXPECT_INT(s.inc.closed_at.us, s.now.us);
	EXPECT_INT(incident_due(&s.inc).us, NEVER.us);
	EXPECT_INT(told(&s, TELL_POSTMORTEM), 1);
	EXPECT_HAS(s.parts.timeline.at[s.parts.timeline.n - 1].text, "1 follow-up stays open");
}

TEST(no_two_messages_and_no_two_lines_share_an_id)
{
	STORY("p0");
	pass_until(&s, 70);
	for (int i = 0; i < 4; i++) {
		HAPPENS(70 + 60 * i, RECOVER);
		HAPPENS(75 + 60 * i, RELAPSE);
		HAPPENS(76 + 60 * i, UPDATE, .text = "again");
		HAPPENS(77 + 60 * i, UPDATE, .text = "and again");
		pass_until(&s, 125 + 60 * i);
	}
	HAPPENS(400, RECLASSIFY, .class_ = "p1", .text = "milder");
	HAPPENS(410, RECLASSIFY, .class_ = "p0", .text = "not milder");
	pass_until(&s, 500);
	EXPECT(s.fx.tells.n > 30);
	for (size_t i = 0; i < s.fx.tells.n; i++) {
		EXPECT(strlen(s.fx.tells.at[i].key) < sizeof s.fx.tells.at[i].key - 1);
		for (size_t k = 0; k < i; k++) {
			if (text_eq(s.fx.tells.at[i].key, s.fx.tells.at[k].key))
				test_fail(__FILE__, __LINE__, "%s", s.fx.tells.at[i].key);
		}
	}
	for (size_t i = 0; i < s.parts.timeline.n; i++) {
		for (size_t k = 0; k < i; k++)
			EXPECT(!text_eq(s.parts.timeline.at[i].id, s.parts.timeline.at[k].id));
	}
}

/* ---- nobody answers ---- */

TEST(while_nobody_answers_clocks_warn_and_the_ladder_climbs)
{
	STORY("p0");
	pass_until(&s, 14);
	EXPECT_INT(told(&s, TELL_CLOCK_WARNING), 2); /* half and four fifths, to those told */
	EXPECT_HAS(nth(&s, TELL_CLOCK_WARNING, 0)->text, "time to respond: 50% of 15 min used");
	EXPECT_TEXT(nth(&s, TELL_CLOCK_WARNING, 0)->via[0], "mail");
	pass_until(&s, 15);
	EXPECT_INT(clock_state(&s, CLOCK_RESPOND), CLOCK_RUNNING);
	pass_until(&s, 16);
	EXPECT_INT(clock_state(&s, CLOCK_RESPOND), CLOCK_BREACHED);
	EXPECT_INT(recorded(&s, "clock.breached"), 1);
	/* the breach also goes to who stands next, whose own step keeps its hour */
	EXPECT_TEXT(s.fx.tells.at[s.fx.tells.n - 1].to[0], "ana");
	EXPECT_HAS(s.fx.tells.at[s.fx.tells.n - 1].text, "the limit of 15 min is over");
	EXPECT_INT(told(&s, TELL_INCIDENT_ESCALATED), 0);
	pass_until(&s, 20);
	EXPECT_INT(told(&s, TELL_INCIDENT_ESCALATED), 1);
	EXPECT_TEXT(nth(&s, TELL_INCIDENT_ESCALATED, 0)->to[0], "ana");
	pass_until(&s, 21);
	EXPECT(HAPPENS(21, ACK));
	EXPECT_INT(clock_state(&s, CLOCK_RESPOND), CLOCK_STOPPED_LATE);
	pass_until(&s, 44);
	EXPECT_INT(told(&s, TELL_INCIDENT_ESCALATED), 1); /* bob sleeps on */
	EXPECT_INT(recorded(&s, "clock.breached"), 2);    /* nor was anybody informed */
}

TEST(an_ack_at_the_limit_is_in_time_and_a_microsecond_later_is_not)
{
	for (int late = 0; late < 2; late++) {
		STORY("p0");
		IncidentEvent ev = { .kind = INCIDENT_EV_ACK, .by = "contact:ana" };

		EXPECT(incident_step(&s.inc, &s.parts, s.plan, &ev,
		                     after(s.start, duration_us(minutes(15).us + late)), &s.fx));
		EXPECT_INT(clock_state(&s, CLOCK_RESPOND), late ? CLOCK_STOPPED_LATE : CLOCK_MET);
		EXPECT_INT(recorded(&s, "clock.breached"), (size_t)late);
	}
}

TEST(the_levels_ladder_is_the_one_that_is_frozen)
{
	Plan *plan = load();
	Incident inc = { 0 };
	IncidentParts parts = { 0 };
	Effects fx = { 0 };
	IncidentOpening o = { .id = "2026-0001", .class_ = "p0", .level = "critical" };
	IncidentEvent tick = { .kind = INCIDENT_EV_TICK };

	ASSERT(plan != NULL);
	incident_open(&inc, &parts, plan, &o, (Instant){ 0 }, &fx);
	EXPECT_TEXT(fx.tells.at[0].via[0], "sms");
	EXPECT(incident_step(&inc, &parts, plan, &tick, (Instant){ minutes(5).us }, &fx));
	EXPECT_TEXT(fx.tells.at[fx.tells.n - 1].to[0], "bob");
	effects_done(&fx);
	Incident_done(&inc);
	IncidentParts_done(&parts);
	plan_free(plan);
}

TEST(a_plan_reloaded_without_the_class_changes_nobodys_turn)
{
	static const char bare[] = "plan: {title: Test, timezone: Europe/Paris}\n"
	                           "contacts: {ana: {email: ana@example.org}}\n"
	                           "channels: {sms: {type: command, run: [send-sms]}}\n";
	STORY("p0");
	Arena *arena = arena_new("findings", 1 << 20);
	Findings found = { .arena = arena };
	PlanSource source = { .no_secrets = true };
	Plan *old = s.plan;

	s.plan = plan_load("bare.yaml", bare, sizeof bare - 1, &source, &found);
	arena_free(arena);
	plan_free(old);
	ASSERT(s.plan != NULL);
	pass_until(&s, 20);
	EXPECT_TEXT(nth(&s, TELL_INCIDENT_ESCALATED, 0)->to[0], "ana");
	EXPECT_INT(clock_state(&s, CLOCK_RESPOND), CLOCK_BREACHED);
	pass_until(&s, 45); /* bob is gone from the plan: nobody, and it is said */
	EXPECT(recorded(&s, "incident.step") >= 2);
	EXPECT(HAPPENS(50, ACK));
	EXPECT(HAPPENS(51, RECOVER));
	EXPECT(HAPPENS(52, CLOSE));
	EXPECT_INT(s.inc.state, INCIDENT_POSTMORTEM); /* the list was copied when it opened */
}

TEST(a_ladder_spoilt_in_the_store_is_frozen_anew_rather_than_calling_nobody)
{
	STORY("p0");
	mem_free(s.inc.ladder);
	s.inc.ladder = mem_text("{\"v\":1");
	EXPECT(HAPPENS(1, NOTE, .text = "hello"));
	pass_until(&s, 20);
	EXPECT(told(&s, TELL_INCIDENT_ESCALATED) > 0);
}

TEST(an_alert_or_a_person_may_ask_for_the_next_step)
{
	STORY("p0");
	EXPECT(HAPPENS(3, ESCALATE, .text = "nobody acknowledged the alert"));
	EXPECT_TEXT(nth(&s, TELL_INCIDENT_ESCALATED, 0)->to[0], "ana");
	EXPECT_TEXT(nth(&s, TELL_INCIDENT_ESCALATED, 0)->text, "nobody acknowledged the alert");
	pass_until(&s, 20);
	EXPECT_INT(told(&s, TELL_INCIDENT_ESCALATED), 1);
	EXPECT(HAPPENS(21, ESCALATE));
	EXPECT(!HAPPENS(22, ESCALATE)); /* no further step */
}

/* ---- coming back, and not ---- */

TEST(a_recovery_before_anybody_answered_ends_the_calling)
{
	STORY("p1");
	EXPECT(HAPPENS(3, RECOVER, .by = "carene"));
	EXPECT_INT(s.inc.state, INCIDENT_RESOLVED);
	EXPECT_INT(clock_state(&s, CLOCK_RESPOND), CLOCK_MET);
	EXPECT_TEXT(incident_clock(&s.parts, CLOCK_RESPOND)->stopped_by, "recovery");
	EXPECT(!is_set(s.inc.acknowledged_at));
	EXPECT_INT(told(&s, TELL_INCIDENT_RESOLVED), 1);
	EXPECT(nth(&s, TELL_INCIDENT_RESOLVED, 0)->recovery);
	/* the answer that crossed it on the way is kept, and is no error */
	EXPECT(HAPPENS(4, ACK));
	EXPECT_INT(s.inc.state, INCIDENT_RESOLVED);
	EXPECT_INT(s.inc.acknowledged_at.us, s.now.us);
	EXPECT(!HAPPENS(5, ACK));
	pass_until(&s, 12);
	EXPECT_INT(s.inc.state, INCIDENT_RESOLVED);
	pass_until(&s, 13);
	EXPECT_INT(s.inc.state, INCIDENT_CLOSED);
	EXPECT_INT(told(&s, TELL_INCIDENT_ESCALATED), 0);
}

TEST(a_relapse_pages_the_tier_that_knows_the_story)
{
	STORY("p0");
	pass_until(&s, 20);
	EXPECT(HAPPENS(25, RECOVER));
	EXPECT_INT(s.inc.state, INCIDENT_WATCHING);
	EXPECT(incident_takes_alerts(&s.inc));
	EXPECT(HAPPENS(30, RELAPSE));
	EXPECT_INT(s.inc.state, INCIDENT_INVESTIGATING);
	EXPECT_INT(s.inc.relapses, 1);
	EXPECT_INT(told(&s, TELL_INCIDENT_REOPENED), 1);
	EXPECT_TEXT(nth(&s, TELL_INCIDENT_REOPENED, 0)->to[0], "ana");
	EXPECT_INT(clock_state(&s, CLOCK_RESOLVE), CLOCK_RUNNING);
	EXPECT_INT(incident_clock(&s.parts, CLOCK_RESOLVE)->due.us, after(s.start, hours(1)).us);
	EXPECT(!is_set(s.inc.restored_at) && !is_set(s.inc.resolved_at));
	pass_until(&s, 50); /* 20 min later, bob's turn */
	EXPECT_TEXT(nth(&s, TELL_INCIDENT_ESCALATED, 1)->to[0], "bob");
}

TEST(a_relapse_after_the_watch_belongs_to_another_incident)
{
	STORY("p0");
	EXPECT(HAPPENS(25, RECOVER));
	pass_until(&s, 60);
	EXPECT_INT(s.inc.state, INCIDENT_POSTMORTEM);
	EXPECT(!incident_takes_alerts(&s.inc));
	EXPECT(!HAPPENS(61, RELAPSE));
}

TEST(the_post_mortem_clock_starts_anew_with_the_last_resolution)
{
	STORY("p0");
	HAPPENS(10, RECOVER);
	HAPPENS(20, RELAPSE);
	EXPECT(!clock_is_running(incident_clock(&s.parts, CLOCK_POSTMORTEM)));
	pass_until(&s, 2000);
	HAPPENS(2000, RECOVER);
	EXPECT_INT(clock_state(&s, CLOCK_POSTMORTEM), CLOCK_RUNNING);
	EXPECT_INT(incident_clock(&s.parts, CLOCK_POSTMORTEM)->started.us, s.now.us);
}

TEST(a_workaround_that_breaks_is_a_relapse)
{
	STORY("p0");
	EXPECT(HAPPENS(5, MITIGATE));
	EXPECT(HAPPENS(6, RECOVER));
	EXPECT(HAPPENS(9, RELAPSE));
	EXPECT_INT(s.inc.state, INCIDENT_INVESTIGATING);
	EXPECT_INT(clock_state(&s, CLOCK_MITIGATE), CLOCK_RUNNING);
	EXPECT_INT(s.inc.relapses, 1);
}

TEST(a_fix_takes_effect_when_the_checks_agree)
{
	STORY("p1");
	EXPECT(HAPPENS(5, RESOLVE, .text = "restarted"));
	EXPECT_INT(s.inc.state, INCIDENT_ACKNOWLEDGED); /* whoever acts has taken it */
	EXPECT_INT(s.inc.fix_at.us, s.now.us);
	EXPECT_INT(recorded(&s, "incident.fix_applied"), 1);
	EXPECT(HAPPENS(7, RECOVER));
	EXPECT_INT(s.inc.state, INCIDENT_RESOLVED);
	EXPECT_TEXT(incident_clock(&s.parts, CLOCK_RESOLVE)->stopped_by, "contact:ana");
}

TEST(other_alerts_join_and_a_join_after_recovery_is_a_relapse)
{
	STORY("p0");
	EXPECT(HAPPENS(1, JOIN, .text = "db"));
	EXPECT(HAPPENS(1, JOIN, .text = "api"));
	EXPECT_INT(s.inc.alerts, 3);
	EXPECT_INT(told(&s, TELL_INCIDENT_OPENED), 1);
	EXPECT_INT(told(&s, TELL_INCIDENT_REOPENED), 0);
	EXPECT(HAPPENS(3, RECOVER));
	EXPECT(HAPPENS(4, JOIN, .text = "db"));
	EXPECT_INT(s.inc.state, INCIDENT_INVESTIGATING);
	EXPECT_INT(told(&s, TELL_INCIDENT_REOPENED), 1);
}

TEST(a_closed_incident_can_be_reopened_by_a_person_who_thereby_takes_it)
{
	STORY("p1");
	HAPPENS(1, RECOVER);
	HAPPENS(2, CLOSE);
	EXPECT_INT(s.inc.state, INCIDENT_CLOSED);
	EXPECT(HAPPENS(60, REOPEN, .text = "it was not that"));
	EXPECT_INT(s.inc.state, INCIDENT_INVESTIGATING);
	EXPECT(s.inc.acked && is_set(s.inc.acknowledged_at));
	EXPECT_INT(clock_state(&s, CLOCK_RESOLVE), CLOCK_RUNNING);
	pass_until(&s, 240);
	EXPECT_INT(clock_state(&s, CLOCK_RESOLVE), CLOCK_RUNNING);
	pass_until(&s, 241);
	EXPECT_INT(clock_state(&s, CLOCK_RESOLVE), CLOCK_BREACHED);
}

TEST(a_false_alarm_needs_a_reason_and_is_told_to_whoever_was_called)
{
	STORY("p0");
	EXPECT(!HAPPENS(1, FALSE_ALARM));
	pass_until(&s, 20);
	EXPECT(HAPPENS(21, FALSE_ALARM, .text = "somebody pulled the probe's cable"));
	EXPECT_INT(s.inc.state, INCIDENT_CANCELLED);
	EXPECT_INT(told(&s, TELL_INCIDENT_RESOLVED), 2); /* the route and ana */
	EXPECT(nth(&s, TELL_INCIDENT_RESOLVED, 1)->recovery);
	EXPECT_HAS(nth(&s, TELL_INCIDENT_RESOLVED, 0)->text, "false alarm: somebody");
	EXPECT_INT(recorded(&s, "clock.cancelled"), 4);
	EXPECT_INT(incident_due(&s.inc).us, NEVER.us);
	EXPECT(!incident_is_open(&s.inc));
}

/* ---- held back ---- */

TEST(while_held_clocks_run_nobody_is_called_and_the_release_says_what_still_fails)
{
	STORY("p0");
	EXPECT(HAPPENS(10, HOLD, .text = "window:weekly@2026-06-01"));
	EXPECT(!HAPPENS(10, HOLD, .text = "window:weekly@2026-06-01"));
	size_t before = s.fx.tells.n;
	pass_until(&s, 90);
	EXPECT_INT(s.fx.tells.n, before);
	EXPECT_INT(clock_state(&s, CLOCK_RESPOND), CLOCK_BREACHED);
	EXPECT_INT(recorded(&s, "clock.breached"), 4);
	EXPECT(HAPPENS(90, RELAPSE, .text = "down"));
	EXPECT_INT(s.inc.state, INCIDENT_OPEN);
	EXPECT_TEXT(s.inc.held_by, "");
	EXPECT_INT(told(&s, TELL_INCIDENT_REOPENED), 1);
	pass_until(&s, 110);
	EXPECT_INT(told(&s, TELL_INCIDENT_ESCALATED), 1);
}

TEST(a_recovery_is_told_even_while_held)
{
	STORY("p1");
	EXPECT(HAPPENS(2, HOLD, .text = "silence:sil-1"));
	EXPECT(HAPPENS(3, RECOVER));
	EXPECT_INT(told(&s, TELL_INCIDENT_RESOLVED), 1);
	EXPECT_TEXT(s.inc.held_by, "");
}

TEST(what_somebody_took_before_the_window_is_not_called_again_after_it)
{
	STORY("p0");
	EXPECT(HAPPENS(5, ACK));
	EXPECT(HAPPENS(10, HOLD, .text = "window:weekly"));
	EXPECT(HAPPENS(60, RELAPSE));
	EXPECT_INT(told(&s, TELL_INCIDENT_REOPENED), 0);
}
