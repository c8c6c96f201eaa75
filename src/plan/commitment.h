/* A commitment: one line of the plan with a figure, as a predicate on the evidence
 * (plan-model §5). Enumerated when the plan is loaded, in the order of the language;
 * judged in proof/. Ids are stable over plans: they are what verdicts of two epochs
 * are compared by. */
#pragma once
#include "plan/duty.h"

enum { COMMITMENT_ID = 160 };

typedef enum CommitmentKind {
	COMMITMENT_LEVEL,      /* stat(metric, period) op target */
	COMMITMENT_DEADLINE,   /* t(B) − t(A) ≤ limit */
	COMMITMENT_CADENCE,    /* in every period an occurrence done */
	COMMITMENT_RETENTION,  /* kept so long, and no longer */
	COMMITMENT_EXISTENCE,  /* it is there */
	COMMITMENT_SEQUENCE,   /* gate before stage, each time */
	COMMITMENT_RATIO,      /* good / total op target */
	COMMITMENT_CAPABILITY, /* a mechanism is declared and was exercised */
	COMMITMENT_KINDS
} CommitmentKind;

struct Commitment {
	char id[COMMITMENT_ID]; /* "objective:uptime", "clock:P1:respond", "cadence:backup:daily",
	                           "retention:backup:daily", "notice:weekly", … */
	CommitmentKind kind;
	const char *section; /* "objectives" */
	const Item *item;    /* label, src, ours, owner */
	const char *src;     /* the item's, or that of a part of it; NULL */
	const char *figure;  /* "≥ 99.9 % per 1mo", "≤ 15m", "daily 02:00", … canonical */
	Texts owner;
	/* What judging needs; which are set depends on the kind. */
	const Objective *objective;
	const Class *class_;
	ClockKind clock;
	const char *env;
	const Duty *duty;
	const Window *window;
	Deadline limit;
	Keep keep;
	Op op;
	Quantity target;
	bool without_mechanism; /* nothing in this version can prove it: unproven by construction */
	const char *why;        /* then: in words */
};

void plan_commitments_derive(Plan *p); /* after plan_duties_derive() */
const Commitment *plan_commitment(const Plan *p, const char *id);
const char *commitment_kind_name(CommitmentKind k); /* "level", … */
