/* What people do inside an incident: judging it anew, lists, updates; nights; records. */
#include "incident/test_story.h"

/* ---- class ---- */

TEST(a_class_is_judged_anew_with_its_limits_from_the_original_start)
{
	STORY("p1");
	EXPECT(!HAPPENS(10, RECLASSIFY, .class_ = "p0"));              /* no reason */
	EXPECT(!HAPPENS(10, RECLASSIFY, .class_ = "p9", .text = "x")); /* no such class */
	EXPECT(!HAPPENS(10, RECLASSIFY, .class_ = "p1", .text = "x")); /* it is that */
	EXPECT(HAPPENS(10, RECLASSIFY, .class_ = "p0", .text = "payments fail"));
	EXPECT_INT(s.inc.rank, 1);
	EXPECT_TEXT(incident_clock(&s.parts, CLOCK_RESPOND)->limit, "15m");
	EXPECT_INT(incident_clock(&s.parts, CLOCK_RESPOND)->due.us, after(s.start, minutes(15)).us);
	EXPECT_INT(s.parts.items.n, 12);
	EXPECT_HAS(s.inc.history, "\"from\":\"p1\",\"to\":\"p0\"");
	EXPECT(HAPPENS(11, RECLASSIFY, .class_ = "p1", .text = "test payments only"));
	EXPECT_HAS(s.inc.history, "},{");
	EXPECT_INT(incident_clock(&s.parts, CLOCK_RESPOND)->due.us, after(s.start, hours(1)).us);
	EXPECT_INT(item(&s, "Users told")->state, ITEM_WAIVED); /* and blocks nothing */
	EXPECT(incident_can_close(&s.inc, &s.parts, s.plan, NULL));
}

TEST(a_class_may_restart_the_clocks)
{
	STORY("p1");
	EXPECT(HAPPENS(30, RECLASSIFY, .class_ = "p3", .text = "x"));
	EXPECT_INT(incident_clock(&s.parts, CLOCK_RESPOND)->due.us, after(s.now, hours(4)).us);
}

TEST(qualifying_fixes_class_impact_and_assignee)
{
	STORY("p1");
	EXPECT(!HAPPENS(1, QUALIFY, .class_ = "p9"));
	EXPECT(HAPPENS(2, QUALIFY, .class_ = "p0", .has_impact = true, .impact = 30,
	               .assignee = "bob"));
	EXPECT_INT(s.inc.state, INCIDENT_QUALIFIED);
	EXPECT_TEXT(s.inc.class_, "p0");
	EXPECT_INT(s.inc.impact, 30);
	EXPECT_TEXT(s.inc.assignee, "bob");
	/* assigned, and on no step yet: warned all the same */
	pass_until(&s, 8);
	EXPECT_TEXT(s.fx.tells.at[s.fx.tells.n - 1].to[0], "bob");
}

/* ---- lists ---- */

TEST(ticking_a_line_is_the_act_it_names)
{
	static const struct {
		const char *line;
		ClockKind stops;
		IncidentState state;
	} rows[] = {
		{ "Acknowledge", CLOCK_RESPOND, INCIDENT_ACKNOWLEDGED },
		{ "First status message", CLOCK_INFORM, INCIDENT_OPEN },
		{ "Workaround", CLOCK_MITIGATE, INCIDENT_MITIGATED },
		{ "Checked", CLOCK_RESOLVE, INCIDENT_WATCHING },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		STORY("p0");
		s.inc.failing = false; /* a person's incident: no check has a say */
		EXPECT(HAPPENS(3, ITEM, .item = item(&s, rows[i].line)->id,
		               .item_state = ITEM_DONE));
		EXPECT_INT(s.inc.state, rows[i].state);
		EXPECT_INT(clock_state(&s, rows[i].stops), CLOCK_MET);
		EXPECT_INT(item(&s, rows[i].line)->at.us, s.now.us);
		EXPECT(!HAPPENS(4, ITEM, .item = item(&s, rows[i].line)->id,
		                .item_state = ITEM_DONE));
	}
}

TEST(a_line_ticked_by_mistake_can_be_opened_again)
{
	STORY("p0");
	EXPECT(HAPPENS(3, ITEM, .item = "p02", .item_state = ITEM_DONE));
	EXPECT(HAPPENS(4, ITEM, .item = "p02", .item_state = ITEM_OPEN));
	EXPECT(!is_set(item(&s, "Size up the impact")->at));
	EXPECT_TEXT(item(&s, "Size up the impact")->by, "");
	EXPECT(!HAPPENS(5, ITEM, .item = "p99", .item_state = ITEM_DONE));
	EXPECT(!HAPPENS(5, ITEM, .item_state = ITEM_DONE));
}

TEST(a_phase_past_its_time_is_recorded_once)
{
	STORY("p0");
	HAPPENS(1, ITEM, .item = "p02", .item_state = ITEM_DONE);
	pass_until(&s, 5);
	EXPECT_INT(recorded(&s, "incident.phase_late"), 0);
	pass_until(&s, 6);
	EXPECT_INT(recorded(&s, "incident.phase_late"), 1);
	pass_until(&s, 60);
	EXPECT_INT(recorded(&s, "incident.phase_late"), 1);
	for (size_t i = 0; i < s.parts.timeline.n; i++) {
		if (text_eq(s.parts.timeline.at[i].kind, "phase_late"))
			EXPECT_TEXT(s.parts.timeline.at[i].text,
			            "phase response: its time is over, 5 items are open");
	}
}

TEST(a_recovery_ticks_nobodys_line)
{
	STORY("p0");
	EXPECT(HAPPENS(2, RECOVER));
	EXPECT_INT(item(&s, "Acknowledge")->state, ITEM_OPEN);
}

TEST(closing_says_what_is_missing)
{
	AUTO(Buf) why = { 0 };
	STORY("p0");
	EXPECT(!incident_can_close(&s.inc, &s.parts, s.plan, &why));
	EXPECT_TEXT(buf_str(&why),
	            "Resolution confirmed\nUsers told\nthe post-mortem is not written\n");
}

TEST(the_post_mortem_has_its_limit_from_resolution)
{
	STORY("p0");
	HAPPENS(10, RECOVER);
	EXPECT_INT(incident_clock(&s.parts, CLOCK_POSTMORTEM)->due.us,
	           after(s.start, minutes(10 + 1440)).us);
	pass_until(&s, 10 + 1441);
	EXPECT_INT(clock_state(&s, CLOCK_POSTMORTEM), CLOCK_BREACHED);
	EXPECT_HAS(s.fx.tells.at[s.fx.tells.n - 1].text, "time to the post-mortem");
}

TEST(what_becomes_of_a_follow_up_is_part_of_the_story)
{
	static const struct {
		int event;
		const char *words;
	} rows[] = {
		{ ACTION_EV_PLAN, "follow-up approved: Train the team" },
		{ ACTION_EV_DONE, "follow-up done: Train the team" },
		{ ACTION_EV_VERIFY, "follow-up verified: Train the team" },
		{ ACTION_EV_REOPEN, "follow-up open again: Train the team" },
		{ ACTION_EV_DROP, "follow-up dropped: Train the team" },
	};
	STORY("p1");
	EXPECT(!HAPPENS(1, FOLLOW_UP));
	follow_up(&s, 1, "Train the team", after(s.start, days(1)));
	EXPECT_INT(recorded(&s, "incident.follow_up"), 1);
	EXPECT_TEXT(s.parts.timeline.at[s.parts.timeline.n - 1].text, "Train the team");
	HAPPENS(2, RECOVER);
	HAPPENS(3, CLOSE);
	EXPECT_INT(s.inc.state, INCIDENT_CLOSED);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		EXPECT(HAPPENS(9, FOLLOW_UP, .follow_up = &s.actions[0],
		               .follow_event = rows[i].event));
		EXPECT_TEXT(s.parts.timeline.at[s.parts.timeline.n - 1].text, rows[i].words);
	}
	/* reminders and new dates are not the incident's story */
	EXPECT(!HAPPENS(9, FOLLOW_UP, .follow_up = &s.actions[0], .follow_event = ACTION_EV_TICK));
	EXPECT(!HAPPENS(9, FOLLOW_UP, .follow_up = &s.actions[0],
	                .follow_event = ACTION_EV_CHANGE));
}

TEST(a_milder_class_may_leave_nothing_to_do_before_closing)
{
	STORY("p0");
	HAPPENS(1, RECOVER);
	HAPPENS(2, CLOSE);
	EXPECT_INT(s.inc.state, INCIDENT_POSTMORTEM);
	EXPECT(HAPPENS(3, RECLASSIFY, .class_ = "p1", .text = "one user only"));
	EXPECT(HAPPENS(4, CLOSE));
	EXPECT_INT(s.inc.state, INCIDENT_CLOSED);
}

TEST(what_lacks_its_words_means_nothing)
{
	STORY("p0");
	EXPECT(!HAPPENS(1, NOTE));
	EXPECT(!HAPPENS(1, HOLD));
	EXPECT(!HAPPENS(1, ASSIGN));
	EXPECT(HAPPENS(1, ASSIGN, .assignee = "bob"));
	EXPECT(!HAPPENS(2, ASSIGN, .assignee = "bob"));
	HAPPENS(3, RECOVER);
	EXPECT(HAPPENS(4, POSTMORTEM));
	EXPECT(!HAPPENS(5, POSTMORTEM));
}

/* ---- updates ---- */

TEST(the_next_update_is_the_one_promised_else_the_classes)
{
	STORY("p0");
	EXPECT(!HAPPENS(1, UPDATE));
	EXPECT(HAPPENS(2, UPDATE, .text = "one", .next = { .us = minutes(10).us }));
	EXPECT_INT(s.inc.next_update_at.us, after(s.start, minutes(12)).us);
	pass_until(&s, 13);
	EXPECT_INT(clock_state(&s, CLOCK_NEXT_UPDATE), CLOCK_BREACHED);
	EXPECT(HAPPENS(14, UPDATE, .text = "two"));
	EXPECT_INT(clock_state(&s, CLOCK_NEXT_UPDATE), CLOCK_RUNNING);
	EXPECT_INT(s.inc.next_update_at.us, after(s.start, minutes(44)).us);
	EXPECT_INT(s.inc.first_message_at.us, after(s.start, minutes(2)).us);
	for (size_t i = 0; i < s.parts.timeline.n; i++)
		EXPECT_INT(s.parts.timeline.at[i].is_public,
		           text_eq(s.parts.timeline.at[i].kind, "update"));
}

TEST(a_class_that_promises_no_updates_has_no_clock_for_them)
{
	STORY("p1");
	EXPECT(HAPPENS(2, UPDATE, .text = "one"));
	EXPECT_INT(clock_state(&s, CLOCK_NEXT_UPDATE), CLOCK_STATES);
	EXPECT(!is_set(s.inc.next_update_at));
}

/* ---- nights ---- */

TEST(over_a_night_with_nobody_it_is_said_and_the_first_to_come_is_called)
{
	Plan *plan = load();
	Incident inc = { 0 };
	IncidentParts parts = { 0 };
	Effects fx = { 0 };
	IncidentOpening o = { .id = "2026-0002", .class_ = "p3", .source = INCIDENT_BY_ALERT };
	IncidentEvent tick = { .kind = INCIDENT_EV_TICK };
	Instant at, morning;

	ASSERT(plan && instant_parse("2026-03-29T01:55:00+01:00", &at)); /* and the clocks change */
	ASSERT(instant_parse("2026-03-30T09:00:00+02:00", &morning));    /* Monday */
	incident_open(&inc, &parts, plan, &o, at, &fx);
	for (int i = 0; i < 100 && is_set(incident_due(&inc)) && !inc.acked; i++) {
		at = incident_due(&inc);
		EXPECT(incident_step(&inc, &parts, plan, &tick, at, &fx));
		if (text_eq(fx.tells.at[fx.tells.n - 1].to[0], "day"))
			break;
	}
	EXPECT_INT(at.us, morning.us);
	EXPECT_INT(fx.tells.at[fx.tells.n - 1].kind, TELL_INCIDENT_ESCALATED);
	for (size_t i = 0, said = 0; i < parts.timeline.n; i++) {
		said += text_eq(parts.timeline.at[i].kind, "step_unreachable");
		if (i + 1 == parts.timeline.n)
			EXPECT_INT(said, 1);
	}
	effects_done(&fx);
	Incident_done(&inc);
	IncidentParts_done(&parts);
	plan_free(plan);
}

/* ---- records and views ---- */

TEST(an_incident_survives_its_record_and_goes_on)
{
	STORY("p0");
	Incident copy;

	pass_until(&s, 20);
	record_copy(&incident_record, &copy, &s.inc);
	Incident_done(&s.inc);
	s.inc = copy;
	EXPECT_TEXT(record_id(&s.inc), "2026-0012");
	pass_until(&s, 40);
	EXPECT_INT(told(&s, TELL_INCIDENT_ESCALATED), 2);
}

TEST(only_what_changed_is_marked_for_saving)
{
	STORY("p0");
	for (size_t i = 0; i < s.parts.clocks.n; i++)
		s.parts.clocks.at[i].changed = false;
	for (size_t i = 0; i < s.parts.items.n; i++)
		s.parts.items.at[i].changed = false;
	EXPECT(HAPPENS(2, ACK));
	EXPECT(incident_clock(&s.parts, CLOCK_RESPOND)->changed);
	EXPECT(!incident_clock(&s.parts, CLOCK_RESOLVE)->changed);
	EXPECT(item(&s, "Acknowledge")->changed && !item(&s, "Lessons")->changed);
}

TEST(an_incident_reads_as_json)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	STORY("p0");
	HAPPENS(4, ACK, .how = "link");
	HAPPENS(5, RECLASSIFY, .class_ = "p1", .text = "milder");
	incident_emit(&e, NULL, &s.inc, &s.parts, s.plan, INCIDENT_FULL, s.now);
	EXPECT_SNAPSHOT(buf_str(&json), "test/golden/incident_full.json");
	buf_clear(&json);
	e = emit_to(&json);
	incident_emit(&e, NULL, &s.inc, &s.parts, NULL, INCIDENT_BRIEF, s.now);
	EXPECT_HAS(buf_str(&json), "\"id\":\"2026-0012\",\"class\":\"p1\"");
	EXPECT_HAS(buf_str(&json), "\"clocks\":[{\"kind\":\"respond\",\"state\":\"met\"");
	EXPECT(!strstr(buf_str(&json), "timeline"));
}

TEST(a_full_view_lists_what_is_left_to_do)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	STORY("p0");
	HAPPENS(1, QUALIFY, .has_impact = true, .impact = 30);
	follow_up(&s, 2, "Train the team", after(s.start, days(1)));
	incident_emit(&e, NULL, &s.inc, &s.parts, s.plan, INCIDENT_FULL, after(s.start, days(2)));
	EXPECT_HAS(buf_str(&json), "\"impact\":30");
	EXPECT_HAS(buf_str(&json), "\"what\":\"Train the team\",\"kind\":\"corrective\",\"owner\":"
	                           "null,\"state\":\"proposed\"");
	EXPECT_HAS(buf_str(&json), "\"overdue\":true");
	EXPECT_HAS(buf_str(&json), "\"blocks_closure\":[\"Resolution confirmed\",\"Users told\","
	                           "\"the post-mortem is not written\"]");
}

TEST(states_of_lines_read_back_from_their_names)
{
	ItemState i;

	EXPECT(item_state_parse("waived", &i) && i == ITEM_WAIVED);
	EXPECT(!item_state_parse("eaten", &i));
	EXPECT_TEXT(incident_source_name(INCIDENT_BY_TICKET), "ticket");
}
