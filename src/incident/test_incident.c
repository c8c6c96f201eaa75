#include "incident/incident.h"

#include "core/text.h"
#include "harness.h"
#include "notify/template.h"
#include "plan/load.h"

static const char plan_text[] =
        "plan: {title: Test, timezone: Europe/Paris, language: en}\n"
        "services:\n"
        "  shop: {label: Shop, environments: {production: {}, staging: {}}, "
        "hours: \"mon-fri 09:00-18:00\"}\n"
        "roles: {lead: {}}\n"
        "contacts:\n"
        "  ana: {email: ana@example.org}\n"
        "  bob: {email: bob@example.org}\n"
        "  day: {role: lead, email: day@example.org, hours: \"mon-fri 09:00-18:00\"}\n"
        "channels:\n"
        "  mail: {type: email, url: \"smtp://127.0.0.1:25\", from: a@example.org, "
        "to: [team@example.org]}\n"
        "  sms: {type: command, run: [send-sms]}\n"
        "escalations:\n"
        "  two:\n"
        "    steps:\n"
        "      - {after: 20m, to: [ana], via: [sms]}\n"
        "      - {after: 40m, to: [bob], via: [sms]}\n"
        "  quick: {steps: [{after: 5m, to: [bob]}]}\n"
        "  office: {steps: [{after: 10m, to: [lead]}]}\n"
        "classes:\n"
        "  p0:\n"
        "    rank: 1\n"
        "    respond: 15m\n"
        "    inform: 30m\n"
        "    mitigate: 45m\n"
        "    resolve: 1h\n"
        "    update_every: 30m\n"
        "    postmortem: 24h\n"
        "    watch: 30m\n"
        "    route: [mail]\n"
        "    escalation: two\n"
        "    phases:\n"
        "      response:\n"
        "        to: 5m\n"
        "        items:\n"
        "          - {text: Acknowledge, stops: respond}\n"
        "          - Size up the impact\n"
        "          - {text: First status message, stops: inform}\n"
        "          - {text: Workaround, stops: mitigate}\n"
        "          - {text: Coffee, optional: yes}\n"
        "      after:\n"
        "        from: 1h\n"
        "        to: 24h\n"
        "        items: [Lessons]\n"
        "    closing:\n"
        "      - Resolution confirmed\n"
        "      - {text: Users told}\n"
        "      - {text: Cake, optional: yes}\n"
        "  p1: {rank: 2, respond: {production: 1h, staging: 8h}, resolve: 4h, route: [mail], "
        "escalation: quick}\n"
        "  p2: {rank: 3, respond: 4h, clock_mode: service_hours}\n"
        "  p3: {rank: 4, respond: 4h, restart_on_reclass: yes, route: [mail], "
        "escalation: office}\n"
        "levels:\n"
        "  critical: {rank: 1, class: p0, route: [sms], escalation: quick}\n"
        "checks: {site: {type: http, service: shop, env: production, target: "
        "\"http://x.example\"}}\n"
        "rules: {down: {label: Site down, when: \"check{site} == fail\", level: critical}}\n";

static Plan *load(void)
{
	Arena *arena = arena_new("findings", 1 << 20);
	Findings found = { .arena = arena };
	PlanSource source = { .no_secrets = true };
	Plan *p = plan_load("test.yaml", plan_text, sizeof plan_text - 1, &source, &found);

	for (size_t i = 0; !p && i < found.n; i++) {
		if (found.at[i].severity == SEVERITY_ERROR)
			test_fail(__FILE__, __LINE__, "plan line %u: %s", found.at[i].at.line,
			          found.at[i].message);
	}
	arena_free(arena);
	return p;
}

/* ---- a story: one incident, events at minutes since it opened ---- */

typedef struct Story {
	Plan *plan;
	Incident inc;
	IncidentParts parts;
	Effects fx;
	Instant start, now;
} Story;

static void Story_done(Story *s)
{
	effects_done(&s->fx);
	Incident_done(&s->inc);
	IncidentParts_done(&s->parts);
	plan_free(s->plan);
}

/* 1 June 2026 is a Monday; 10:00 in Paris. */
static Story begin(const char *class_)
{
	Story s = { .plan = load() };
	IncidentOpening o = { .id = "2026-0012",
		              .key = "p0/production/shop",
		              .class_ = class_,
		              .service = "shop",
		              .env = "production",
		              .rule = "down",
		              .source = INCIDENT_BY_ALERT,
		              .source_ref = "alert:down-000001" };

	if (!s.plan || !instant_parse("2026-06-01T08:00:00Z", &s.start))
		return s;
	s.now = s.start;
	o.started_at = after(s.start, minutes(-2));
	incident_open(&s.inc, &s.parts, s.plan, &o, s.now, &s.fx);
	return s;
}

#define STORY(class_)                  \
	AUTO(Story) s = begin(class_); \
	ASSERT(s.plan != NULL)

static bool happens(Story *s, int64_t minute, IncidentEvent ev)
{
	s->now = after(s->start, minutes(minute));
	if (!ev.by)
		ev.by = "contact:ana";
	return incident_step(&s->inc, &s->parts, s->plan, &ev, s->now, &s->fx);
}

#define HAPPENS(minute, ev, ...) \
	happens(&s, minute, (IncidentEvent){ .kind = INCIDENT_EV_##ev, __VA_ARGS__ })

/* Lets time pass, ticking whenever the incident asks for it. */
static void pass_until(Story *s, int64_t minute)
{
	Instant until = after(s->start, minutes(minute));
	IncidentEvent tick = { .kind = INCIDENT_EV_TICK };

	for (int i = 0; i < 1000 && is_due(incident_due(&s->inc), until); i++) {
		s->now = latest(s->now, incident_due(&s->inc));
		if (!incident_step(&s->inc, &s->parts, s->plan, &tick, s->now, &s->fx))
			break;
	}
	s->now = until;
}

static size_t told(const Story *s, TellKind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->fx.tells.n; i++)
		n += s->fx.tells.at[i].kind == kind;
	return n;
}

static const Tell *nth(const Story *s, TellKind kind, size_t n)
{
	static const Tell none = { 0 };

	for (size_t i = 0; i < s->fx.tells.n; i++) {
		if (s->fx.tells.at[i].kind == kind && n-- == 0)
			return &s->fx.tells.at[i];
	}
	return &none;
}

static size_t recorded(const Story *s, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->fx.entries.n; i++)
		n += text_eq(s->fx.entries.at[i].kind, kind);
	return n;
}

static ClockState clock_state(const Story *s, ClockKind kind)
{
	const Clock *c = incident_clock(&s->parts, kind);

	return c ? c->state : CLOCK_STATES;
}

static const ChecklistItem *item(const Story *s, const char *text)
{
	static const ChecklistItem none = { .state = (ItemState)99 };

	for (size_t i = 0; i < s->parts.items.n; i++) {
		if (text_eq(s->parts.items.at[i].text, text))
			return &s->parts.items.at[i];
	}
	return &none;
}

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
	return (IncidentEvent){ .kind = kind,
		                .by = "contact:bob",
		                .how = "command",
		                .text = "words",
		                .class_ = kind == INCIDENT_EV_QUALIFY ? NULL : "p2",
		                .assignee = "bob",
		                .item = kind == INCIDENT_EV_ITEM ? "p01" : NULL,
		                .item_state = ITEM_WAIVED };
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
	EXPECT_INT(s.parts.items.n, 9);
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
	EXPECT(HAPPENS(91, ITEM, .item = "p07", .item_state = ITEM_DONE));
	EXPECT(!HAPPENS(92, ITEM, .item = "p08", .item_state = ITEM_WAIVED)); /* without reason */
	EXPECT(HAPPENS(92, ITEM, .item = "2026-0012/p08", .item_state = ITEM_WAIVED,
	               .text = "internal"));
	EXPECT_INT(s.inc.state, INCIDENT_POSTMORTEM); /* the post-mortem is missing */
	EXPECT(HAPPENS(100, FOLLOW_UP, .text = "Replace the other disk", .owner = "bob",
	               .follow_kind = "preventive", .follow_due = after(s.start, days(7))));
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
	EXPECT_INT(s.parts.items.n, 9);
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
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		STORY("p0");
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
			            "phase response: its time is over, 3 items are open");
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

TEST(follow_ups_have_an_owner_a_due_date_and_an_end)
{
	STORY("p1");
	EXPECT(!HAPPENS(1, FOLLOW_UP));
	EXPECT(HAPPENS(1, FOLLOW_UP, .text = "Train the team", .follow_kind = "training",
	               .owner = "bob", .follow_due = after(s.start, days(1))));
	EXPECT(HAPPENS(1, FOLLOW_UP, .text = "No date"));
	EXPECT_INT(s.parts.follow_ups.n, 2);
	EXPECT(!follow_up_is_overdue(&s.parts.follow_ups.at[0], after(s.start, days(1))));
	EXPECT(follow_up_is_overdue(&s.parts.follow_ups.at[0], after(s.start, days(2))));
	EXPECT(!follow_up_is_overdue(&s.parts.follow_ups.at[1], after(s.start, days(999))));
	HAPPENS(2, RECOVER);
	HAPPENS(3, CLOSE);
	EXPECT_INT(s.inc.state, INCIDENT_CLOSED);
	EXPECT(HAPPENS(9, FOLLOW_UP, .item = "f01", .follow_state = FOLLOW_UP_DONE));
	EXPECT(!HAPPENS(9, FOLLOW_UP, .item = "f01", .follow_state = FOLLOW_UP_DONE));
	EXPECT(!HAPPENS(9, FOLLOW_UP, .item = "f07", .follow_state = FOLLOW_UP_DONE));
	EXPECT(!follow_up_is_overdue(&s.parts.follow_ups.at[0], after(s.start, days(2))));
	EXPECT_TEXT(s.parts.follow_ups.at[0].done_by, "contact:ana");
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
	EXPECT(s.parts.timeline.at[s.parts.timeline.n - 1].is_public);
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

TEST(states_of_lines_and_follow_ups_read_back_from_their_names)
{
	ItemState i;
	FollowUpState f;

	EXPECT(item_state_parse("waived", &i) && i == ITEM_WAIVED);
	EXPECT(!item_state_parse("eaten", &i));
	EXPECT(follow_up_state_parse("verified", &f) && f == FOLLOW_UP_VERIFIED);
	EXPECT(!follow_up_state_parse(NULL, &f));
	EXPECT_TEXT(incident_source_name(INCIDENT_BY_TICKET), "ticket");
}
