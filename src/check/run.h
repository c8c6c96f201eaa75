/* One probe of one check: the conversation with the world, from the first
 * question to the verdict. Kinds differ in what they ask and how they judge (one
 * file each); judging is pure and apart.
 *
 *   check_run_start ──ask──▶ world ──answer──▶ judge ──[next hop, step]──▶ …
 *                                                └─▶ finished(run, result), once
 *
 * A run does not retry: a lone failing probe is a result like any other, and the
 * policy that confirms it is check/status.h. It follows redirects itself, hop by
 * hop, each with a fresh look-up and connection. When a probe fails to reach its
 * target (dns, connect) the guard is asked whether Carène itself is cut off; then
 * the result is CHECK_UNKNOWN, class FAIL_SELF. */
#pragma once
#include "check/guard.h"
#include "check/result.h"
#include "plan/plan.h"

typedef struct CheckRun CheckRun;

typedef struct CheckContext {
	Guard *guard; /* NULL: failures are believed at once */
} CheckContext;

/* False for CHECK_PUSH and CHECK_IMPORT, which nothing is asked for: a push check
 * is decided by push_judge(), an import check by whatever imports. */
bool check_is_probed(const Check *c);

/* Starts a probe. `finished` is called once, from the loop and never inside this
 * call; the result is valid during it, and the run is freed after it returns. The
 * plan must stay until then (or cancel the run before freeing the plan). */
CheckRun *check_run_start(World *w, const Plan *plan, const Check *check, const CheckContext *ctx,
                          void (*finished)(CheckRun *run, const CheckResult *result, void *owner),
                          void *owner);
/* Ends a run without result, and frees it. Not from inside its `finished`. */
void check_run_cancel(CheckRun *run);
const Check *check_run_check(const CheckRun *run);

/* Host or URL the check looks at: its target, else its environment's; NULL: none. */
const char *check_target(const Check *c);
/* The host its first question goes to, roughly ("h" of "https://u@h:8443/x", a socket's path),
 * without any look-up: which checks share a bound. "" when there is none. */
const char *check_host(const Check *c, char out[128]);
Duration check_timeout(const Check *c); /* of a whole probe; 10 s where the plan is silent */
