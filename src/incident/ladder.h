/* An escalation ladder: who is told, step after step, until somebody takes it.
 *
 * It is frozen when the incident opens (steps, people's names, channels and due
 * instants, as JSON inside the incident): editing the plan during an incident
 * changes nobody's turn. The level's ladder beats the class's. Step 0 is the route
 * of the level, else of the class, at once, together with the policy's steps that are
 * due at once; then the policy's other steps.
 *
 *   WAITING ──due, wanted, somebody there──▶ TOLD
 *      │ ────due, wanted, nobody there─────▶ OWED ──somebody comes──▶ TOLD
 *      └─────due, no longer wanted─────────▶ DROPPED ◀──no longer wanted── OWED
 *
 * Nobody there: the next step is taken at once, and its message says why; the
 * skipped step stays owed, and is told when one of its people becomes reachable,
 * as long as its condition holds. Where nobody is merely away (no names, or names that
 * no contact with an address stands behind), the step goes to its channels, which have
 * recipients of their own.
 *
 * Who is there is asked of the roster at the moment of telling, with the plan of
 * that moment. Each step is told once; the keys of its messages are
 * PREFIX:step:N, with ":rK" after the K-th relapse or re-class and ":+8" for more
 * than eight people, so the outbox knows them again after a crash. */
#pragma once
#include "core/list.h"
#include "notify/effects.h"
#include "plan/plan.h"

typedef enum LadderStepState {
	LADDER_WAITING,
	LADDER_TOLD,
	LADDER_OWED,
	LADDER_DROPPED
} LadderStepState;

enum { LADDER_STEPS = 16, LADDER_NAMES = 8, LADDER_TOLD_MAX = 32 };

typedef struct LadderStep {
	LadderStepState state;
	StepWhen when;
	Instant due, told_at;
	char to[LADDER_NAMES][64];
	size_t to_n;
	char via[LADDER_NAMES][64];
	size_t via_n;
	char told_to[LADDER_TOLD_MAX][64]; /* people told, for who must know that it is over */
	size_t told_to_n;
} LadderStep;

typedef struct Ladder {
	char from[72];  /* "level:critical", "class:P1", "" */
	int base;       /* first step of the round: 0, or the one told again at a relapse */
	unsigned round; /* relapses and re-classes: part of the keys */
	size_t n;       /* steps, step 0 included */
	LadderStep steps[LADDER_STEPS];
} Ladder;

/* What the ladder must know of its case. */
typedef struct LadderCase {
	const Plan *plan;
	const char *subject; /* "incident:2026-0012" */
	const char *prefix;  /* of the keys: "inc:2026-0012" */
	const char *rule;
	int rank;
	bool acknowledged; /* since the round began */
	bool resolved;
	bool held;      /* by a window or silence: steps wait */
	bool over;      /* closed or cancelled: nothing is told any more */
	TellKind first; /* kind of step 0: OPENED or REOPENED; later steps are ESCALATED */
} LadderCase;

/* `level` and `class_` may be NULL. Step 0 is always there, even without channels. */
void ladder_freeze(Ladder *l, const Plan *p, const Level *level, const Class *class_,
                   Instant opened);
/* Tells what is due. Returns how many steps were told now. */
unsigned ladder_step(Ladder *l, const LadderCase *c, Instant now, Effects *fx);
/* The next step that waits, now, whatever its hour (an ack deadline passed, a
 * person asks). False when there is none. */
bool ladder_advance(Ladder *l, const LadderCase *c, const char *why, Instant now, Effects *fx);
/* A relapse: the last step told, the one that knows the story, is told again at
 * once and the later ones wait their distance from it anew. */
void ladder_rearm(Ladder *l, Instant now);
/* Next instant at which ladder_step() may have work, or NEVER. */
Instant ladder_due(const Ladder *l, const LadderCase *c, Instant now);
int ladder_last_told(const Ladder *l); /* number of the highest step told; -1 none */
int ladder_next_step(const Ladder *l); /* number of the next WAITING step; -1 none */
/* A re-class: what was told stays told (those people must hear the end), what waited
 * gives way to the steps of the new class, counted from `opened`. Unless the new
 * class is `worse`, its route and the steps already past are not called again. */
void ladder_replace(Ladder *l, const Plan *p, const Level *level, const Class *class_,
                    Instant opened, bool worse, Instant now);
/* Tells everybody told so far, each through the channels they were told by and once.
 * With `recovery` also those whose hours are over by now. Keys are KEY:sN. */
void ladder_tell_told(const Ladder *l, const LadderCase *c, TellKind kind, const char *key,
                      bool recovery, const char *text, Instant now, Effects *fx);
/* Tells who stands on the next step, without taking it. */
void ladder_tell_next(const Ladder *l, const LadderCase *c, TellKind kind, const char *key,
                      const char *text, Instant now, Effects *fx);

/* JSON, canonical; reading refuses what writing could not have made. */
char *ladder_write(const Ladder *l); /* the caller's (mem_free) */
bool ladder_read(const char *json, Ladder *ret);
