/* Proof inside the engine: facts for commitments, epochs of the plan, months closed. */
#pragma once
#include "engine/engine_private.h"
#include "proof/book.h"
#include "proof/keep.h"

typedef LIST(Alert) Alerts;

/* What a verdict needs of an occurrence, small enough to keep all there ever were. */
typedef struct RunRow {
	char subject[96];
	Instant due, started, ended, until;
	TaskState state;
	bool unavailable;
} RunRow;
/* An item that stands for a duty of its own. */
typedef struct RunItem {
	const RunRow *of;
	TaskItemState state;
	Instant ended;
	bool unavailable;
} RunItem;
typedef struct DutyRuns {
	LIST(RunRow *) rows;
	LIST(RunItem *) items;
} DutyRuns;
const DutyRuns *proofs_runs_of(const Engine *e, const char *duty); /* NULL: none */

/* What one book needs from the store, read once. */
typedef struct Gather {
	Engine *e;
	Instant from, to; /* a month's ends, or LONG_AGO and NEVER: as of now */
	Instant now;      /* the last instant that counts */
	bool has_alerts;
	Alerts alerts;
} Gather;
void Gather_done(Gather *g);

void gather_facts(Gather *g, const Commitment *c, ProofFacts *f);
/* As it stands at `now`, in the period that this instant is in. */
void proofs_objective(Engine *e, const Objective *o, Instant now, ObjectiveResult *ret);
Verdict proofs_verdict(Engine *e, const Commitment *c);

const Waiver *proofs_waiver(const Engine *e, const char *commitment); /* NULL */
/* When this commitment, with this figure, began to be promised. */
Instant proofs_since(const Engine *e, const char *commitment);

enum { EVIDENCE_MAX = 50 };
typedef struct Seqs {
	int64_t at[EVIDENCE_MAX];
	size_t n;
} Seqs;
void proofs_head(Engine *e, Lang lang, ProofBook *b); /* all but its lines */
/* The book as of now, in the turn's arena. */
void proofs_book(Engine *e, Lang lang, ProofBook *ret);
/* A month that is frozen; ERR_NOT_FOUND when it is not. */
bool proofs_month(Engine *e, const char *month, Lang lang, ProofBook *ret, Err *err) MUST_CHECK;
/* Epochs, what each changed, and the months frozen. */
bool proofs_history(Engine *e, Emit *out, Err *err) MUST_CHECK;
bool proofs_waive(Engine *e, const char *commitment, const char *reason, Instant until,
                  const char *by, Err *err) MUST_CHECK;
bool proofs_unwaive(Engine *e, const char *commitment, const char *by, Err *err) MUST_CHECK;
