/* A plan with support, for the tests of ticket/. */
#pragma once
#include "ticket/ticket.h"

#include "core/testing.h"
#include "core/text.h"
#include "harness.h"
#include "plan/testing_plan.h"

static const char plan_text[] =
        "plan: {title: Test, timezone: Europe/Paris, language: en, owner: lead}\n"
        "services: {shop: {environments: {production: {}}}}\n"
        "roles: {lead: {}, desk: {}}\n"
        "contacts:\n"
        "  ana: {role: lead, email: ana@example.org}\n"
        "  bob: {role: desk, email: bob@example.org}\n"
        "channels:\n"
        "  mail: {type: email, url: \"smtp://127.0.0.1:25\", from: a@example.org}\n"
        "classes:\n"
        "  P0: {rank: 1, respond: 5m, resolve: 1h, route: [mail], clock_mode: service_hours}\n"
        "  P1: {rank: 2, respond: 1h, resolve: 8h, route: [mail], clock_mode: service_hours}\n"
        "  P2: {rank: 3, respond: 4h, resolve: 24h, route: [mail]}\n"
        "  P3: {rank: 4, respond: asap}\n"
        "levels: {critical: {rank: 1, class: P0, route: [mail]}}\n"
        "checks: {site: {type: http, service: shop, env: production, target: "
        "\"http://x.example\"}}\n"
        "rules: {down: {when: \"check{site} == fail\", level: critical}}\n"
        "support:\n"
        "  hours: \"mon-fri 09:00-18:00\"\n"
        "  always_for: [P0]\n"
        "  priorities: {urgent: P0, high: P1, normal: P2, low: P3}\n"
        "  levels:\n"
        "    1: {title: First, owner: desk}\n"
        "    2: {title: Second, owner: lead}\n"
        "    3: {title: Third}\n"
        "  quality: {resolution_rate: \"> 80%\", satisfaction: \"> 4.5\", resolution_mean: \"< "
        "4h\", escalation: \"< 10%\", reopened: \"< 5%\"}\n";

static inline Plan *load(void)
{
	Loaded l = load_bytes("test.yaml", plan_text, sizeof plan_text - 1);

	if (!l.plan)
		test_fail(__FILE__, __LINE__, "%s", buf_str(&l.text));
	arena_free(l.findings.arena);
	Buf_done(&l.text);
	return l.plan;
}

#define PLAN                                                     \
	__attribute__((cleanup(Plan_done))) Plan *plan = load(); \
	ASSERT(plan != NULL)
