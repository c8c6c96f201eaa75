/* "Is it me?" Before a target that cannot be reached is called down, ask places
 * that have nothing to do with it (`plan.connectivity`). When none of them
 * answers, Carène is the one that is cut off and knows nothing about the target.
 *
 * Without such places the guard never says "cut off": a false "unknown" hides an
 * outage, a false "down" only wakes someone. Loopback targets are never excused.
 * One answer serves every probe that fails in the same few seconds, so that a
 * storm of five hundred failures asks once. */
#pragma once
#include "plan/plan.h"
#include "world/world.h"

typedef struct Guard Guard;

typedef struct GuardAnswer {
	unsigned asked, reached;
	bool cut_off;
	Instant at; /* when the answer was formed */
} GuardAnswer;

/* A pending question, embedded by who asks. */
typedef struct GuardOp {
	void (*done)(struct GuardOp *op, const GuardAnswer *answer);
	struct GuardOp *next; /* the guard's */
	bool waiting;         /* the guard's */
} GuardOp;

Guard *guard_new(World *w, const Plan *plan);
/* After a reload: the new plan's places. Questions under way go on with the old ones. */
void guard_plan(Guard *g, const Plan *plan);
void guard_free(Guard *g); /* cancels; pending operations are never called */

/* `done` is called once, from the loop, never inside this call. */
void guard_ask(Guard *g, GuardOp *op);
void guard_cancel(Guard *g, GuardOp *op);

/* Pure: what so many answers mean. */
bool guard_judge(unsigned asked, unsigned reached);
/* True when a failure of this class at this address may be our own cut. */
bool guard_applies(FailClass fail, const char *address, const char *host);
