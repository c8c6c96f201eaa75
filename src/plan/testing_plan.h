/* A plan that a test takes for granted: text to Plan, or the test fails. Tests about
 * loading itself use testing.h. */
#pragma once
#include "plan/testing.h"

#include "harness.h"

/* The plan of this text, the caller's; each error in it fails the running test. */
static inline Plan *good_plan(const char *text)
{
	PlanSource source = { .no_secrets = true };
	Findings found = { .arena = arena_new("test findings", 1 << 20) };
	Plan *p = plan_load("test.yaml", text, strlen(text), &source, &found);

	for (size_t i = 0; !p && i < found.n; i++) {
		if (found.at[i].severity == SEVERITY_ERROR)
			test_fail(__FILE__, __LINE__, "plan line %u: %s", found.at[i].at.line,
			          found.at[i].message);
	}
	arena_free(found.arena);
	return p;
}

static inline void Plan_done(Plan **p) { plan_free(*p); }
