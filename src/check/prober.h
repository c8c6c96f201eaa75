/* Who runs probes, so that whoever decides needs not know where: on its own world,
 * one conversation beside the other (prober_direct(), here), or on threads of their
 * own (lane/). Either way a plan's check goes in and one result comes back.
 *
 * The contract, the same for all and tested on both:
 *   - `done` is called once, from the loop, never inside the call that started it,
 *     always between batch(true) and batch(false), with the operation idle again;
 *   - after cancel it is never called; cancelling an idle operation is harmless;
 *   - the operation stays put until done or cancel;
 *   - the result lives only during `done`, which may start the same operation again;
 *   - a plan stays as it is, after a cancel too, until holds() says that nothing points
 *     into it any more.
 *
 * A prober measures. It keeps no schedule, confirms nothing and retries nothing. When
 * it has more to do than it can, what was due first is started first, and `at` of the
 * result says when that was: lateness is ours and in no figure of the target. */
#pragma once
#include "check/result.h"
#include "plan/plan.h"

typedef struct Prober Prober;

enum { PROBER_SILENT_S = 10 };

typedef struct ProbeOp {
	void *state; /* the prober's; NULL when idle */
} ProbeOp;

typedef struct ProberStats {
	uint64_t started, finished;
	unsigned in_flight, waiting; /* now */
	unsigned lanes;              /* threads; 0: the engine's own */
} ProberStats;

struct Prober {
	/* Set by who uses it, before the first start. */
	void (*batch)(void *user, bool begins);
	void (*done)(void *user, ProbeOp *op, const CheckResult *result);
	void *user;

	/* Starts a probe that was due at `due` (see check_is_probed()). */
	void (*start)(Prober *p, ProbeOp *op, const Plan *plan, const Check *check, Instant due);
	void (*cancel)(Prober *p, ProbeOp *op);
	/* The plan from now on; the ones before are only held by what was started for them. */
	void (*plan)(Prober *p, const Plan *plan);
	/* Whether anything still points into a plan that is not the newest. */
	bool (*holds)(Prober *p);
	/* Ends everything at once; nothing points into any plan when it returns, and nothing
	 * may be started any more. */
	void (*stop)(Prober *p);
	ProberStats (*stats)(Prober *p);
	/* False: a part of it has not answered for PROBER_SILENT_S, and what was given to it may
	 * never come back. To be asked every few seconds; asking is what makes it answer. */
	bool (*alive)(Prober *p);
};

static inline bool probe_is_running(const ProbeOp *op) { return op->state != NULL; }

/* Probes on the caller's own world, with a guard of its own. */
Prober *prober_direct(World *w, const Plan *plan);
void prober_direct_free(Prober *p); /* stops; NULL is fine */
