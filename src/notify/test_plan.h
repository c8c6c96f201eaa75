/* A plan for the tests of this folder, loaded as any other. */
#pragma once
#include "harness.h"

#include "core/alloc.h"
#include "core/text.h"
#include "notify/throttle.h"
#include "plan/load.h"

#include <string.h>

static inline const char *test_env(void *ctx, Arena *a, const char *name)
{
	(void)ctx;
	return arena_printf(a, "%s",
	                    strcmp(name, "SLACK") == 0    ? "https://hooks.example/T/B/s3cretpath"
	                    : strcmp(name, "TWILIO") == 0 ? "AC0123:t0kent0ken"
	                                                  : "smtp://u:s3cret@mail.example");
}

static inline const char *test_file(void *ctx, Arena *a, const char *path, Err *err)
{
	(void)ctx, (void)a;
	(void)err_set(err, ERR_NOT_FOUND, "no file '%s'", path);
	return NULL;
}

/* Fails the test and returns NULL when the text is no plan. */
static inline Plan *test_plan(const char *sections)
{
	AUTO_FREE char *text = mem_printf(
	        "plan: {id: t, title: Plan, product: MangaThèque, timezone: Europe/Paris, "
	        "language: fr}\n%s",
	        sections);
	PlanSource source = { .env = test_env, .file = test_file };
	Findings findings = { .arena = arena_new("findings", 8 << 20) };
	Plan *plan = plan_load("t.yaml", text, strlen(text), &source, &findings);

	for (size_t i = 0; !plan && i < findings.n; i++)
		(void)test_fail(__FILE__, __LINE__, "plan:%u: %s", findings.at[i].at.line,
		                findings.at[i].message);
	arena_free(findings.arena);
	return plan;
}
