/* Commitments of kind `deadline`: t(B) − t(A) ≤ limit, judged over the clocks that
 * really ran. (Kind `level` is ledger/objective.h.) Pure: clocks and windows come in
 * as they are kept, verdicts come out; nothing is fetched.
 *
 * Verdicts (plan-model §5): not_due while no event A ever happened; broken by one
 * clock that passed its limit, stopped or not; at_risk while one that runs has used
 * more than 80 % of it; else kept. */
#pragma once
#include "clock/clock.h"
#include "ledger/objective.h"
#include "window/window.h"

typedef struct DeadlineProof {
	Verdict verdict;
	unsigned started, met, late, running;
	bool has_worst;
	Duration worst;    /* longest elapsed among those that stopped or passed */
	char worst_id[64]; /* its clock's or window's id */
} DeadlineProof;

/* Takes one more clock into account; start with a zeroed proof. */
void deadline_add(DeadlineProof *p, const Clock *clock, Instant now);
/* A notice promised `before` its window: reversed, the margin must not be short. One
 * that was not announced by its deadline is broken, also when it came late. */
void notice_add(DeadlineProof *p, const WindowOccurrence *w, Instant now);
