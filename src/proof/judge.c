/* From facts to one of seven verdicts. The rules stand in proof.h; the order of what
 * decides is the order of the functions here. */
#include "proof/proof.h"

#include "core/text.h"

static void decide(ProofOutcome *j, Verdict v, ProofReason reason)
{
	j->verdict = j->measured = v;
	j->reason = j->measured_reason = reason;
}

/* ---- events ---- */

static bool worse_than(const ProofFact *a, const ProofFact *b)
{
	bool bad_a = a->state == FACT_BAD, bad_b = b->state == FACT_BAD;

	if (bad_a != bad_b)
		return bad_a;
	if (a->has_took != b->has_took)
		return a->has_took;
	return a->took.us > b->took.us;
}

static void keep_subject(ProofOutcome *j, const char *subject)
{
	for (size_t i = 0; i < j->subjects_n; i++) {
		if (text_eq(j->subjects[i], subject))
			return;
	}
	if (subject[0] && j->subjects_n < PROOF_SUBJECTS)
		text_copy(j->subjects[j->subjects_n++], PROOF_SUBJECT, subject);
}

static void count(const ProofFacts *f, ProofOutcome *j)
{
	for (size_t i = 0; i < f->events.n; i++) {
		const ProofFact *e = &f->events.at[i];

		j->good += e->state == FACT_GOOD || e->state == FACT_SEEN;
		j->bad += e->state == FACT_BAD;
		j->open += e->state == FACT_OPEN || e->state == FACT_NEAR;
		j->excused += e->state == FACT_EXCUSED;
		if (e->state == FACT_BAD && (!is_set(j->broken_at) || earlier(e->at, j->broken_at)))
			j->broken_at = e->at;
		if (e->state != FACT_OPEN && e->state != FACT_NEAR && e->state != FACT_EXCUSED &&
		    (!j->has_worst || worse_than(e, &j->worst))) {
			j->worst = *e;
			j->has_worst = true;
		}
	}
}

/* The bad ones decide; where there are none, the newest of the others. */
static void deciding(const ProofFacts *f, ProofOutcome *j)
{
	for (size_t i = f->events.n; i-- > 0;) {
		if (f->events.at[i].state == FACT_BAD)
			keep_subject(j, f->events.at[i].subject);
	}
	for (size_t i = f->events.n; j->bad == 0 && i-- > 0;)
		keep_subject(j, f->events.at[i].subject);
}

static bool any(const ProofFacts *f, FactState state)
{
	for (size_t i = 0; i < f->events.n; i++) {
		if (f->events.at[i].state == state)
			return true;
	}
	return false;
}

/* Nothing to judge yet: what that means depends on the kind. */
static void nothing(const Commitment *c, const ProofFacts *f, ProofOutcome *j)
{
	switch (c->kind) {
	case COMMITMENT_CADENCE:
		if (j->open || j->excused)
			decide(j, VERDICT_NOT_DUE, REASON_EVENTS);
		else if (f->on_request)
			decide(j,
			       c->duty && c->duty->stated.kind == SCHEDULE_AGREED ? VERDICT_UNPROVEN
			                                                          : VERDICT_NOT_DUE,
			       REASON_ON_REQUEST);
		else
			decide(j, VERDICT_NOT_DUE, REASON_FIRST_DUE);
		return;
	case COMMITMENT_SEQUENCE: decide(j, VERDICT_UNPROVEN, REASON_NEVER_DONE); return;
	case COMMITMENT_CAPABILITY:
	case COMMITMENT_EXISTENCE:
	case COMMITMENT_RETENTION: decide(j, VERDICT_UNPROVEN, REASON_NEVER_USED); return;
	case COMMITMENT_LEVEL:
	case COMMITMENT_DEADLINE:
	case COMMITMENT_RATIO:
	case COMMITMENT_KINDS: decide(j, VERDICT_NOT_DUE, REASON_NOTHING_YET); return;
	}
}

static void judge_events(const Commitment *c, const ProofFacts *f, ProofOutcome *j)
{
	count(f, j);
	deciding(f, j);
	if (j->bad)
		decide(j, VERDICT_BROKEN, REASON_EVENTS);
	else if (any(f, FACT_NEAR))
		decide(j, VERDICT_AT_RISK, REASON_EVENTS);
	else if (any(f, FACT_GOOD))
		decide(j, VERDICT_KEPT, REASON_EVENTS);
	else if (any(f, FACT_SEEN))
		decide(j, VERDICT_UNPROVEN, REASON_NO_LIMIT);
	else if (c->lack != LACK_NOTHING)
		decide(j, VERDICT_UNPROVEN, REASON_LACK);
	else
		nothing(c, f, j);
}

/* ---- figures ---- */

static void judge_level(const ProofFacts *f, ProofOutcome *j)
{
	if (!f->has_level) {
		decide(j, VERDICT_UNPROVEN, REASON_NEVER_USED);
		return;
	}
	decide(j, f->level.verdict, REASON_LEVEL);
	j->from = f->level.from;
	j->to = f->level.to;
	j->has_coverage = f->level.is_availability || f->level.has_value;
	j->coverage = f->level.coverage;
}

/* While its period runs a ratio may still recover: at risk, not broken. */
static void judge_ratio(const Commitment *c, const ProofFacts *f, Instant now, ProofOutcome *j)
{
	bool over = is_due(f->to, now);

	j->good = (unsigned)f->good;
	j->bad = (unsigned)(f->total - f->good);
	if (!f->has_ratio)
		decide(j, VERDICT_UNPROVEN, REASON_NEVER_USED);
	else if (f->total < c->minimum)
		decide(j, VERDICT_UNPROVEN, REASON_FEW);
	else if (!f->has_value)
		decide(j, VERDICT_UNPROVEN, REASON_NEVER_USED);
	else
		decide(j,
		       op_holds(f->value, c->op, c->target.value) ? VERDICT_KEPT
		       : over                                     ? VERDICT_BROKEN
		                                                  : VERDICT_AT_RISK,
		       REASON_RATIO);
}

/* Measured as often as said. What Carène itself did not measure, because it was stopped
 * or cut off, is time in which the promise to watch was not kept. */
static void judge_probes(const ProofFacts *f, ProofOutcome *j)
{
	double minimum = f->min_coverage > 0 ? f->min_coverage : 95;

	j->has_coverage = f->has_coverage;
	j->coverage = f->coverage;
	if (!f->has_coverage)
		decide(j, VERDICT_NOT_DUE, REASON_NOTHING_YET);
	else
		decide(j, f->coverage >= minimum ? VERDICT_KEPT : VERDICT_BROKEN, REASON_PROBES);
}

/* ---- all ---- */

static void judge_by(const Commitment *c, const ProofFacts *f, Instant now, ProofOutcome *j)
{
	switch (c->by) {
	case BY_NOTHING: decide(j, VERDICT_UNPROVEN, REASON_LACK); return;
	case BY_OBJECTIVE:
	case BY_TIER: judge_level(f, j); return;
	case BY_TICKETS: judge_ratio(c, f, now, j); return;
	case BY_PROBES: judge_probes(f, j); return;
	case BY_PLAN:
		decide(j, c->there ? VERDICT_KEPT : VERDICT_BROKEN,
		       c->there ? REASON_THERE : REASON_ABSENT);
		keep_subject(j, "plan");
		return;
	case BY_PAGE:
	case BY_CLOCK:
	case BY_ACK:
	case BY_PHASE:
	case BY_WATCH:
	case BY_CLOSING:
	case BY_LADDER:
	case BY_RULE:
	case BY_NOTICE:
	case BY_OVERRUN:
	case BY_DUTY:
	case BY_FLAW:
	case BY_RUN: judge_events(c, f, j); return;
	}
}

/* Two lines that disagree: broken stays broken where it is so by both readings, or by
 * the only one that can be measured; else a person must first choose. */
static void dispute(const Commitment *c, const ProofFacts *f, ProofOutcome *j)
{
	bool stated = f->has_level && f->level.stated_differs;

	if (!c->against && !c->against_text && !stated)
		return;
	if (j->measured == VERDICT_BROKEN && (!f->has_other || f->other == VERDICT_BROKEN))
		return;
	if (j->measured == VERDICT_UNPROVEN && c->by == BY_NOTHING)
		return;
	j->verdict = VERDICT_DISPUTED;
	j->reason = REASON_DISPUTED;
}

void proof_judge(const Commitment *c, const ProofFacts *f, Instant now, ProofOutcome *ret)
{
	*ret = (ProofOutcome){ .from = f->from, .to = f->to, .broken_at = LONG_AGO };
	judge_by(c, f, now, ret);
	dispute(c, f, ret);
	if (f->waived && (!is_set(f->waived_until) || earlier(now, f->waived_until))) {
		ret->verdict = VERDICT_WAIVED;
		ret->reason = REASON_WAIVED;
	}
}
