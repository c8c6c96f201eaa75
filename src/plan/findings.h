/* Collecting findings while a plan is loaded: each knows its place; excerpts are
 * cut at the end, when every literal secret on the page is known and can be
 * masked. Private to plan/. */
#pragma once
#include "core/err.h"
#include "core/list.h"
#include "core/map.h"
#include "plan/load.h"

enum { FINDINGS_MAX = 400, FINDING_TEXT = 600 };

typedef enum FindingCode {
#define FINDING(code, ...) F_##code,
#include "plan/findings.def"
#undef FINDING
	FINDING_CODES
} FindingCode;

typedef struct FindingInfo {
	const char *code;
	Severity severity;
	const char *name[2], *why[2], *what[2]; /* English, French */
} FindingInfo;
extern const FindingInfo plan_finding_infos[FINDING_CODES];

/* A stretch of the file: from `at` to end_line:end_column (exclusive, 1-based,
 * code points). */
typedef struct Extent {
	Place at;
	unsigned end_line, end_column;
} Extent;

typedef struct Mark { /* bytes of the file, hidden in excerpts */
	Extent where;
} Mark;

typedef struct Report {
	Arena *arena; /* the findings' */
	const char *path, *text;
	size_t n;
	LIST(size_t) lines; /* offset of each line */
	LIST(Finding) found;
	LIST(Mark) masks;
	Map hidden; /* values from the environment, each once */
	size_t errors, dropped;
} Report;

void findings_open(Report *r, Arena *arena, const char *path, const char *text, size_t n);
/* Sorts by place, cuts the excerpts, frees what the report holds. */
void findings_close(Report *r, Findings *out);

/* `path`, `hint`, `related` may be NULL; they are copied. */
void findings_add(Report *r, FindingCode code, Extent where, const char *path, const char *hint,
                  const char *related, const char *fmt, ...) PRINTF(7, 8);
/* As if nothing had been reported yet. */
void findings_forget(Report *r);
void findings_mask(Report *r, Extent where);
/* A value that came from the environment: starred out of what is said from here on,
 * whole or cut. Shorter than six characters it is no secret. */
void findings_hide(Report *r, const char *value);
/* Line and column (code points) of a byte of the file. */
Place findings_place(const Report *r, size_t offset);
