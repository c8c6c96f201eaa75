/* Probes on threads of their own. A lane is a thread with its own loop (epoll, name
 * look-up, curl, TLS contexts and trust store) and its own guard; it carries whole
 * probes out, from the first question to the verdict, and gives results back in
 * batches. It is a Prober (check/prober.h): the engine does not know that it exists.
 *
 *   engine's thread                         lane
 *   start … start ──one post per turn──▶ queue by due time ──▶ runs ──▶ judge
 *   batch(…results…) ◀──one eventfd──────────── packed results ◀────────┘
 *
 * All probes of one host go to one lane, so that bounds per host and the cache of names
 * stay whole. In a lane, what was due first starts first; what finds no place (in the
 * lane, at its host) waits *before* it begins, which makes it late and changes no figure
 * of the target.
 *
 * Nothing is shared but the plan, which nobody writes while a lane may read it, and the
 * two hand-over places, each under its lane's lock. What lanes refuse: programs (a child
 * dies with the thread that started it), units of this machine (D-Bus belongs to one
 * thread) and databases (their client libraries keep state for the whole process). Those
 * few run on the engine's own loop, through the same interface. */
#pragma once
#include "check/prober.h"
#include "core/err.h"
#include "loop/loop.h"

typedef struct Lanes Lanes;

enum { LANES_MAX = 16, LANES_DEFAULT_MAX = 4 };

typedef struct LanesOptions {
	Loop *loop;        /* the engine's: where results are given */
	unsigned lanes;    /* threads, 1 … LANES_MAX */
	unsigned max_runs; /* probes in flight in each; 0: what open files allow, at most 4096 */
	unsigned max_per_host;   /* to one host; 0: 64 */
	unsigned max_stalled;    /* to one host whose last probe ran out of time; 0: 8 */
	const char *dns_servers; /* as LoopOptions's */
	const char *ca_file;
} LanesOptions;

/* Starts the threads. NULL with *err set. From the loop's thread, like all else here. */
Lanes *lanes_new(const LanesOptions *o, const Plan *plan, Err *err) MUST_CHECK;
/* Stops them (see Prober.stop) and joins: within a second, whatever is in flight. NULL is
 * fine. Not from inside a callback of the prober. */
void lanes_free(Lanes *l);
Prober *lanes_prober(Lanes *l);

/* As many as CPUs that this process may use, less one for the engine; from 1 to
 * LANES_DEFAULT_MAX. */
unsigned lanes_default(void);
/* Whether a lane carries out checks of this type. */
bool lanes_carry(CheckType type);
/* Raises the soft limit of open files to the hard one; returns what it is now. Programs that
 * Carène starts get the customary 1024 back (loop/spawn.c). */
unsigned lanes_raise_limit(void);
/* Probes in flight that so many open files allow in each of `lanes`. */
unsigned lanes_room(unsigned files, unsigned lanes);
