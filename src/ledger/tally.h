/* A service's chain kept up to date from what changed: ledger_compose() in steps that
 * depend on the change, not on how many checks the service has.
 *
 * A tree over the parts knows, at every node, the failing part that hits most, the first
 * unknown one and the first degraded one; so one part's change is a few steps, and the
 * service's state is read at the root. Changes that begin in the past (the first failed
 * probe of several) are played again from there, with all that came after.
 *
 * Holds no time of its own and judges nothing: what a state is, is service_state()'s. */
#pragma once
#include "ledger/ledger.h"

/* What the service is made of, in the plan's order; asked again and again, so all of it
 * must stay as it is until tally_free(). */
typedef struct TallyParts {
	void *ctx;
	size_t n;
	const char *(*entity)(void *ctx, size_t part, char out[LEDGER_ENTITY]); /* "check:site" */
	double (*impact)(void *ctx, size_t part); /* as in CheckFact */
} TallyParts;

typedef struct Tally Tally;

/* Reads nothing yet: the first tally_compose() reads the chains of all parts. */
Tally *tally_new(const TallyParts *parts);
void tally_free(Tally *t); /* NULL is fine */

/* The part's chain in the ledger is another one from `from` on. */
void tally_touch(Tally *t, size_t part, Instant from);
/* Something else that reads differently from `from` on: a window. */
void tally_touch_window(Tally *t, Instant from);
bool tally_is_touched(const Tally *t);

/* What ledger_compose() would do from the earliest touch on; false: nothing changed. */
bool tally_compose(Tally *t, Ledger *l, const char *entity, const Excluded *open, size_t open_n,
                   Instant now, const LedgerSink *sink);
