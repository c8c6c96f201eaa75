/* How well support works: the ratios of `support.quality`, over the tickets of a period.
 * Pure functions over tickets; they judge nothing that the plan does not compare. */
#pragma once
#include "plan/plan.h"
#include "ticket/ticket.h"

/* What each counts, for [from, to):
 *
 *   resolution_rate  of those opened in it, the share that was resolved by its end
 *   satisfaction     of those scored in it, the mean score, on the scale of the target
 *   resolution_mean  of those resolved in it (the last time), the mean time the resolution
 *                    clock counted: service hours where the class says so
 *   response_mean    of those first answered in it, the mean of the response clock
 *   escalation       of those opened in it, the share that went up a level or more
 *   reopened         of those first resolved in it, the share that was reopened
 *   first_contact    of those first resolved in it, the share with one answer at most,
 *                    never escalated nor reopened
 *   response_kept    of those whose response limit ended in it (answered, or over), the
 *                    share answered within it */
typedef enum QualityKind {
	QUALITY_RESOLUTION_RATE,
	QUALITY_SATISFACTION,
	QUALITY_RESOLUTION_MEAN,
	QUALITY_RESPONSE_MEAN,
	QUALITY_ESCALATION,
	QUALITY_REOPENED,
	QUALITY_FIRST_CONTACT,
	QUALITY_RESPONSE_KEPT,
	QUALITY_KINDS
} QualityKind;

typedef enum QualityVerdict {
	QUALITY_NO_TARGET, /* the plan compares it with nothing */
	QUALITY_UNPROVEN,  /* too few tickets, or a target that does not fit */
	QUALITY_KEPT,
	QUALITY_BROKEN,
} QualityVerdict;

typedef struct QualityTarget {
	Op op; /* OP_NONE: the plan has none */
	Quantity value;
	const char *text; /* as written */
} QualityTarget;

typedef struct Quality {
	QualityKind kind;
	double good;  /* tickets that count as good; of a mean: the sum */
	size_t total; /* tickets counted */
	double value; /* percent, seconds, or score on `scale`; meaningful with total > 0 */
	double scale; /* satisfaction: 5, or the target's */
	size_t minimum;
	QualityTarget target;
	QualityVerdict verdict;
} Quality;

/* Which tickets; NULL, 0: all. */
typedef struct QualityOf {
	const char *agent;
	int level;
} QualityOf;

enum { QUALITY_MINIMUM = 20 }; /* ours, where `support.quality_minimum` says nothing */

/* The kind that a key of `support.quality` names. */
bool quality_kind_parse(const char *s, QualityKind *ret);
const char *quality_kind_name(QualityKind k);
const char *quality_verdict_name(QualityVerdict v); /* "no_target", "unproven", "kept" … */
/* The plan's comparison for that kind; op OP_NONE when it has none. A text that is none
 * was refused when the plan was loaded. */
QualityTarget quality_target(const Plan *plan, QualityKind kind);

/* `at[i]` are pointers: the engine's list. */
void quality_of(const Plan *plan, QualityKind kind, const Ticket *const *at, size_t n,
                const QualityOf *of, Instant from, Instant to, Quality *ret);
/* {kind, value, unit, good, total, minimum, target, verdict} */
void quality_emit(Emit *e, const char *key, const Quality *q);
