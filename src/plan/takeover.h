/* Taking checks over from the plan that runs: one whose text is the same, byte for byte,
 * and which stands for itself. Private to plan/. */
#pragma once
#include "plan/load_private.h"

/* What to remember of a check that was read from there; all zero when it cannot be taken
 * over: it points elsewhere, or something was found in it since there were `findings`. */
Origin origin_kept(const Loader *l, const Origin *o, const Check *c, size_t findings);
/* What the plan before has of an entry. */
typedef struct Before {
	bool known;    /* a check of this name: */
	size_t number; /* its number there */
	bool same;     /* it was read from the same text, and from nothing else */
	Origin origin; /* of the entry; all zero when it is not settled */
} Before;

/* `e` NULL: an entry that libyaml read. */
Before takeover_look(Loader *l, const LineEntry *e, const char *name);
/* Fills *ret with the check of the plan before that was read from the same text, its
 * references turned to this plan; false: it must be read. */
bool takeover(Loader *l, const LineEntry *e, const Before *b, Check *ret);
