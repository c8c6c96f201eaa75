/* A plan with severities, sprints and people, for the tests of action/. */
#pragma once
#include "action/action.h"

#include "core/testing.h"
#include "core/text.h"
#include "harness.h"
#include "plan/testing_plan.h"

static const char plan_text[] =
        "plan: {title: Test, timezone: Europe/Paris, language: en, owner: lead}\n"
        "services: {shop: {environments: {production: {}}}}\n"
        "roles: {lead: {}}\n"
        "contacts:\n"
        "  ana: {role: lead, email: ana@example.org}\n"
        "  bob: {email: bob@example.org, via: [sms]}\n"
        "channels:\n"
        "  mail: {type: email, url: \"smtp://127.0.0.1:25\", from: a@example.org}\n"
        "  sms: {type: command, run: [send-sms]}\n"
        "classes: {p1: {rank: 1, route: [sms]}}\n"
        "levels: {critical: {rank: 1, class: p1, route: [sms]}, low: {rank: 3, route: [mail]}}\n"
        "checks: {site: {type: http, service: shop, env: production, target: "
        "\"http://x.example\"}}\n"
        "rules: {down: {when: \"check{site} == fail\", level: critical}}\n";

/* B's table: 24 h, a week, the next sprint, planned; and what gives no verdict. */
static const Vulnerability severities[] = {
	{ .item = { .id = "critical" },
	  .rank = 1,
	  .deadline = { .kind = DEADLINE_SPAN, .span = { .us = 86400000000 }, .set = true },
	  .mitigate = { .kind = DEADLINE_SPAN, .span = { .us = 14400000000 }, .set = true } },
	{ .item = { .id = "high" },
	  .rank = 2,
	  .deadline = { .kind = DEADLINE_SPAN, .span = { .days = 7 }, .set = true } },
	{ .item = { .id = "medium" },
	  .rank = 3,
	  .deadline = { .kind = DEADLINE_NEXT_SPRINT, .set = true } },
	{ .item = { .id = "low" },
	  .rank = 4,
	  .deadline = { .kind = DEADLINE_PLANNED, .set = true } },
	{ .item = { .id = "asap" }, .deadline = { .kind = DEADLINE_ASAP, .set = true } },
	{ .item = { .id = "silent" } },
};

static inline Plan *load(void)
{
	Loaded l = load_bytes("test.yaml", plan_text, sizeof plan_text - 1);

	if (!l.plan) {
		test_fail(__FILE__, __LINE__, "%s", buf_str(&l.text));
	} else {
		l.plan->vulnerabilities = severities;
		l.plan->vulnerabilities_n = COUNT_OF(severities);
		l.plan->head.sprint_start = "2026-01-05";
		l.plan->head.sprint = (Span){ .days = 14 };
	}
	arena_free(l.findings.arena);
	Buf_done(&l.text);
	return l.plan;
}

#define PLAN                                                     \
	__attribute__((cleanup(Plan_done))) Plan *plan = load(); \
	ASSERT(plan != NULL)
