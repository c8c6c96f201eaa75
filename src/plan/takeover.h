/* Taking checks over from the plan that runs: one whose text is the same, byte for byte,
 * and which stands for itself. Private to plan/. */
#pragma once
#include "plan/load_private.h"

/* Where `e` comes from, for the next plan; all zero when nothing can be taken over. */
Origin origin_of(const Loader *l, const LineEntry *e, const Check *c, size_t findings);
/* Fills *ret with the check of the plan before that was read from the same text, its
 * references turned to this plan; false: it must be read. */
bool takeover(Loader *l, const LineEntry *e, Check *ret, Origin *ret_origin);
