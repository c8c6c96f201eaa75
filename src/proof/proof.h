/* Proof: what the evidence says of one commitment. Pure: facts in, verdict out, with
 * the reason in words. Whoever calls gathers the facts (engine/proofs.c); nothing here
 * fetches, reads a clock, or knows where a fact was kept.
 *
 * The eight kinds come down to three ways of judging (plan-model §5):
 *   figures   level and ratio: a value against a target (ledger/objective.h, counts)
 *   events    deadline, cadence, sequence, capability: each time it happened, was it good
 *   presence  existence, retention: is it there
 * One bad event breaks the commitment for the stretch that is judged, however many good
 * ones follow: adding evidence never turns broken into kept inside the same stretch.
 * What nothing can decide is unproven, never kept. */
#pragma once
#include "clock/clock.h"
#include "core/buf.h"
#include "incident/incident.h"
#include "ledger/objective.h"
#include "notify/lang.h"
#include "plan/commitment.h"
#include "window/window.h"

/* ---- facts ---- */

enum { PROOF_SUBJECT = 192 };

typedef enum FactState {
	FACT_GOOD,    /* done in time, there, as promised */
	FACT_BAD,     /* late, missed, failed, not there */
	FACT_OPEN,    /* under way, with time left */
	FACT_NEAR,    /* under way, over 80 % of its time used */
	FACT_SEEN,    /* happened, with nothing to judge it by (asap) */
	FACT_EXCUSED, /* waived by a person: neither good nor bad */
} FactState;

/* What was bad about it. */
typedef enum FactWhy {
	FACT_AS_IT_SHOULD,
	FACT_LATE,
	FACT_MISSED, /* nothing was done, or nothing is on record */
	FACT_FAILED,
	FACT_UNAVAILABLE, /* this version does not carry it out */
	FACT_UNTOLD,      /* no notice, or too late */
	FACT_ABSENT,
} FactWhy;

/* One thing that happened or should have. It is decided at one instant, and belongs to
 * the stretch of time which that instant is in. */
typedef struct ProofFact {
	FactState state;
	FactWhy why;
	Instant at; /* when it was decided; OPEN, NEAR: when it began */
	bool has_took;
	Duration took;               /* how long it took, or by how much it was late */
	char subject[PROOF_SUBJECT]; /* of its evidence: "incident:2026-0012" */
} ProofFact;

typedef struct ProofFacts {
	LIST(ProofFact) events;
	Instant from, to;      /* the stretch judged: [from, to); to NEVER: until now */
	Instant first_due;     /* when something falls due first (cadence); NEVER: never */
	bool on_request;       /* nothing falls due by itself: events, as needed, agreed */
	ObjectiveResult level; /* BY_OBJECTIVE, BY_TIER */
	bool has_level;
	bool has_other; /* the line that says otherwise, judged by its own figure */
	Verdict other;
	uint64_t good, total; /* BY_TICKETS */
	bool has_ratio, has_value;
	double value;    /* of the ratio, in its own unit (percent, score) */
	double coverage; /* BY_PROBES: percent of the stretch that was measured */
	bool has_coverage;
	double min_coverage;  /* percent; 0: 95 */
	bool waived;          /* by a person, until `waived_until` */
	Instant waived_until; /* NEVER: for good */
	const char *waived_by, *waived_reason;
} ProofFacts;
void ProofFacts_done(ProofFacts *f);

/* Each adds the fact that a record is, if it was decided inside [f->from, f->to) or is
 * still open; `now` is the last instant that counts. */
void proof_clock(ProofFacts *f, const Clock *c, const char *of,
                 Instant now); /* of: "incident", "ticket" */
void proof_notice(ProofFacts *f, const WindowOccurrence *w, Instant now);
void proof_overrun(ProofFacts *f, const WindowOccurrence *w, Instant now);
void proof_phase_item(ProofFacts *f, const ChecklistItem *item, const char *incident, Instant now);
/* Closed after the watch, or with the list done; not closed yet says nothing. */
void proof_watch(ProofFacts *f, const Incident *inc, Span watch, const Zone *zone);
void proof_closing(ProofFacts *f, const Incident *inc, const ChecklistItem *at, size_t n);

/* Something that was promised to be possible was really done, at that time. */
void proof_used(ProofFacts *f, const char *subject, Instant at, Instant now);
/* Looked for now, and not there. */
void proof_absent(ProofFacts *f, const char *subject, Instant now);

/* Something found or asked for that must be done by `due` (not set: no limit); `excused`:
 * a person accepted or dropped it. */
typedef struct DueFact {
	const char *subject;
	Instant began, due, done;
	bool excused;
	Instant excused_at;
} DueFact;
void proof_due(ProofFacts *f, const DueFact *d, Instant now);

typedef struct AckFact {     /* one alert of a level */
	const char *subject; /* "alert:down-000012" */
	Instant fired, due, acked, resolved;
} AckFact;
void proof_ack(ProofFacts *f, const AckFact *a, Instant now);

/* One run of a duty, or of the item that stands for it in another one's. */
typedef enum RunState { RUN_OPEN, RUN_DONE, RUN_LATE, RUN_FAILED, RUN_MISSED, RUN_WAIVED } RunState;
typedef struct ProofRun {
	char subject[PROOF_SUBJECT]; /* "task:daily@2027-01-04T02:00:00Z" */
	Instant due;                 /* planned */
	Instant over;                /* done, failed or missed; LONG_AGO: not over */
	Instant late_after;          /* NEVER: no limit */
	Duration took;
	RunState state;
	bool unavailable;
} ProofRun;
/* Cadence: each period promised since `f->from` has its run, done and passed. Runs in
 * any order. A period without any record is missed once it is over. */
void proof_runs(ProofFacts *f, const Plan *plan, const Duty *duty, const ProofRun *at, size_t n,
                Instant now);
/* The same runs as plain events, for what only asks that it went well. */
void proof_run_events(ProofFacts *f, const ProofRun *at, size_t n, const Deadline *limit,
                      Instant now);

/* ---- judging ---- */

typedef enum ProofReason {
	REASON_NONE,
	REASON_LACK,        /* nothing in this version decides it */
	REASON_NOTHING_YET, /* deadline: nothing happened that could be judged */
	REASON_FIRST_DUE,   /* cadence: first due later */
	REASON_ON_REQUEST,  /* nothing falls due by itself */
	REASON_NEVER_DONE,  /* sequence: it has not taken place */
	REASON_NEVER_USED,  /* capability: never exercised */
	REASON_NO_LIMIT,    /* asap, planned: elapsed time, and no figure to hold it against */
	REASON_EVENTS,      /* counted: good, bad, open */
	REASON_LEVEL,       /* value against target; `level.why` says more */
	REASON_FEW,         /* ratio: too few to prove anything */
	REASON_RATIO,
	REASON_PROBES, /* measured for so much of the time */
	REASON_THERE,  /* the plan, or the page, has it */
	REASON_ABSENT, /* … has it not */
	REASON_WAIVED,
	REASON_DISPUTED,
} ProofReason;

enum { PROOF_SUBJECTS = 8 };

typedef struct ProofOutcome {
	Verdict verdict;
	Verdict measured; /* before a waiver or a dispute */
	ProofReason reason, measured_reason;
	Instant from, to;  /* the stretch, or the objective's own period */
	Instant broken_at; /* first moment at which it broke; LONG_AGO: it did not, or unknown */
	unsigned good, bad, open, excused;
	ProofFact worst; /* of the bad ones the longest, else of the good ones */
	bool has_worst;
	bool has_coverage;
	double coverage; /* percent */
	/* whose evidence decides: the bad ones, else the newest good ones */
	char subjects[PROOF_SUBJECTS][PROOF_SUBJECT];
	size_t subjects_n;
} ProofOutcome;

void proof_judge(const Commitment *c, const ProofFacts *f, Instant now, ProofOutcome *ret);

/* ---- in words ---- */

/* "99.95 %, 12 min used of 43 min", "4 of 5 in time", …; adds nothing where nothing was
 * measured. */
void proof_value(Lang lang, const Commitment *c, const ProofFacts *f, const ProofOutcome *j,
                 Buf *out);
/* One sentence that says why the verdict is what it is. */
void proof_sentence(Lang lang, const Zone *zone, const Commitment *c, const ProofFacts *f,
                    const ProofOutcome *j, Buf *out);
