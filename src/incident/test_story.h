/* A plan and one incident in it, told as a story: for the tests of incident/. */
#pragma once
#include "incident/incident.h"

#include "core/text.h"
#include "harness.h"
#include "notify/template.h"
#include "plan/testing_plan.h"

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
        "          - {text: News, stops: next_update}\n"
        "          - {text: Checked, stops: resolve}\n"
        "          - {text: Coffee, optional: yes}\n"
        "      after:\n"
        "        from: 1h\n"
        "        to: 24h\n"
        "        items: [Lessons, {text: Report, stops: postmortem}]\n"
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

static inline Plan *load(void) { return good_plan(plan_text); }

/* ---- a story: one incident, events at minutes since it opened ---- */

enum { STORY_ACTIONS = 4 };

typedef struct Story {
	Plan *plan;
	Action actions[STORY_ACTIONS]; /* stand for the engine's */
	size_t actions_n;
	Incident inc;
	IncidentParts parts;
	Effects fx;
	Instant start, now;
} Story;

static inline void Story_done(Story *s)
{
	effects_done(&s->fx);
	Incident_done(&s->inc);
	IncidentParts_done(&s->parts);
	plan_free(s->plan);
}

/* 1 June 2026 is a Monday; 10:00 in Paris. */
static inline Story begin(const char *class_)
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

static inline bool happens(Story *s, int64_t minute, IncidentEvent ev)
{
	s->now = after(s->start, minutes(minute));
	if (!ev.by)
		ev.by = "contact:ana";
	return incident_step(&s->inc, &s->parts, s->plan, &ev, s->now, &s->fx);
}

#define HAPPENS_IN(s, minute, ev, ...) \
	happens(s, minute, (IncidentEvent){ .kind = INCIDENT_EV_##ev, __VA_ARGS__ })
#define HAPPENS(minute, ev, ...) HAPPENS_IN(&s, minute, ev, __VA_ARGS__)

/* A follow-up is made beside the incident, which borrows it; its index. */
static inline size_t follow_up(Story *s, int64_t minute, const char *what, Instant due)
{
	size_t n = s->actions_n++;
	Action *a = &s->actions[n];
	char id[64];

	(void)snprintf(id, sizeof id, "%s/f%02zu", s->inc.id, n + 1);
	(void)EXPECT(action_open(a,
	                         &(ActionOpening){ .id = id,
	                                           .origin = ACTION_OF_INCIDENT,
	                                           .origin_ref = "incident:2026-0012",
	                                           .what = what,
	                                           .due = due },
	                         after(s->start, minutes(minute)), &s->fx, NULL));
	list_add(&s->parts.follow_ups, a);
	(void)EXPECT(HAPPENS_IN(s, minute, FOLLOW_UP, .follow_up = a, .follow_event = -1));
	return n;
}

/* Lets time pass, ticking whenever the incident asks for it. */
static inline void pass_until(Story *s, int64_t minute)
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

static inline size_t told(const Story *s, TellKind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->fx.tells.n; i++)
		n += s->fx.tells.at[i].kind == kind;
	return n;
}

static inline const Tell *nth(const Story *s, TellKind kind, size_t n)
{
	static const Tell none = { 0 };

	for (size_t i = 0; i < s->fx.tells.n; i++) {
		if (s->fx.tells.at[i].kind == kind && n-- == 0)
			return &s->fx.tells.at[i];
	}
	return &none;
}

static inline size_t recorded(const Story *s, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->fx.entries.n; i++)
		n += text_eq(s->fx.entries.at[i].kind, kind);
	return n;
}

static inline ClockState clock_state(const Story *s, ClockKind kind)
{
	const Clock *c = incident_clock(&s->parts, kind);

	return c ? c->state : CLOCK_STATES;
}

static inline const ChecklistItem *item(const Story *s, const char *text)
{
	static const ChecklistItem none = { .state = (ItemState)99 };

	for (size_t i = 0; i < s->parts.items.n; i++) {
		if (text_eq(s->parts.items.at[i].text, text))
			return &s->parts.items.at[i];
	}
	return &none;
}
