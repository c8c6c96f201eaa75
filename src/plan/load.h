/* Loading a plan: YAML text → nodes with places → table-driven sections →
 * references → lint. All findings are reported at once; a plan with an error is
 * not returned. Reads only what its `PlanSource` gives it, so that it is pure. */
#pragma once
#include "core/buf.h"
#include "core/emit.h"
#include "plan/plan.h"

typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE } Severity;

typedef struct Finding {
	const char *code; /* "P001" (parse), "S…" (schema), "R…" (reference), "L01"… (lint) */
	Severity severity;
	Place at;
	unsigned end_column;
	const char *path;    /* "checks.site.every" */
	const char *message; /* what and why */
	const char *hint;    /* what to do; NULL */
	const char *excerpt; /* the source line, secrets masked; NULL */
	const char *related; /* "first at line 3"; NULL */
} Finding;

typedef struct Findings {
	Arena *arena; /* owned by the caller, outlives the findings */
	const Finding *at;
	size_t n;
	size_t errors;
} Findings;

/* What a plan may hold at most, so that a wrong file does not eat the machine; 0: the
 * number below. Values count what is not one of many simple entries (plan/cut.h). */
enum { PLAN_BYTES = 1 << 29, PLAN_VALUES = 16000000, PLAN_ENTRIES = 4000000 };
typedef struct PlanLimits {
	size_t bytes, values, entries;
} PlanLimits;

/* What loading may ask from outside. Each returns memory of the arena or NULL. */
typedef struct PlanSource {
	const char *(*env)(void *ctx, Arena *a, const char *name);
	const char *(*file)(void *ctx, Arena *a, const char *path, Err *err);
	void *ctx;
	PlanLimits limits;
	bool whole; /* libyaml reads every line: for comparing with (plan/cut.h) */
	bool no_secrets; /* validate without the secrets' values: a missing one is a note, not an error */
} PlanSource;

/* The plan, or NULL with at least one error among the findings. `text` of n bytes
 * is the file at `path` (for messages). The plan owns its arena: plan_free(). */
Plan *plan_load(const char *path, const char *text, size_t n, const PlanSource *src, Findings *out);

/* The same when `before` runs: what is written as it was is taken over and not read again.
 * The result and the findings are those of plan_load(). `before` stays as it is and may be
 * freed before or after. NULL: plan_load(). */
Plan *plan_load_after(const Plan *before, const char *path, const char *text, size_t n,
                      const PlanSource *src, Findings *out);

/* How many promises with a figure the plan makes (plan/commitment.h has the list). */
size_t plan_commitments(const Plan *p);

/* People's form with excerpt and caret, or the JSON of `carene validate --json`. */
void findings_print(const Findings *f, bool colour, Buf *out);
void findings_json(const Findings *f, Emit *out);

/* The JSON Schema of the plan language (draft-07), for editors. */
void plan_schema(Buf *out);
/* Explains a key ("checks.every"), a section, a type or a finding code; false: nothing known. */
bool plan_explain(const char *what, const char *language, Buf *out);
