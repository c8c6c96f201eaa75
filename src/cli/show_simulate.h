/* What came of a simulated plan, for people and for scripts. The sentence first; every
 * assumption that is ours is said. */
#pragma once
#include "notify/lang.h"
#include "sim/simulate.h"

void simulate_show(const SimSummary *s, const Plan *plan, const SimulateAsk *ask, Lang lang,
                   bool colour, Buf *out);
void simulate_json(const SimSummary *s, const Plan *plan, const SimulateAsk *ask, Buf *out);
