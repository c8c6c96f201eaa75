/* A commitment: one line of the plan with a figure, as a predicate on the evidence
 * (plan-model §5). Enumerated when the plan is loaded, in the order of the language;
 * judged in proof/. Ids are stable over plans: they are what verdicts of two epochs
 * are compared by. Pure: reads the plan, knows no evidence, invents no promise. */
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

/* What can decide it: where whoever gathers the facts has to look. */
typedef enum CommitmentBy {
	BY_NOTHING,   /* nothing in this version: see `lack` */
	BY_OBJECTIVE, /* objective: the ledger, the series, the incidents */
	BY_TIER,      /* tier, objective: the same for one figure of a tier */
	BY_CLOCK,     /* class_, clock, env: clocks of incidents */
	BY_ACK,       /* level: alerts and when somebody took them */
	BY_PHASE,     /* class_, part: the list of a phase, from detection */
	BY_WATCH,     /* class_: closed only after that long without relapse */
	BY_CLOSING,   /* class_: closed only with the list done */
	BY_LADDER,    /* escalation, step: the step was called by an incident */
	BY_RULE,      /* rule: an alert of it fired */
	BY_NOTICE,    /* window: told early enough */
	BY_OVERRUN,   /* window: over when it was said to be */
	BY_PROBES,    /* check, or each of checks: measured as often as said */
	BY_DUTY,      /* duty: its occurrences */
	BY_RUN,       /* duty: how its occurrences went (capability, existence, level) */
	BY_PLAN,      /* the plan itself says it or leaves it open: `there` */
	BY_PAGE,      /* the status page was published */
	BY_TICKETS,   /* part: name of the ratio */
	BY_FLAW,      /* part: severity; vulnerabilities found, fixed or (mitigate) contained */
} CommitmentBy;

/* Why nothing in this version can decide it, where that is so; words are proof/'s. */
typedef enum CommitmentLack {
	LACK_NOTHING,
	LACK_MEASURE,     /* nothing declared measures it */
	LACK_BACKUPS,     /* backups are not made by this version */
	LACK_LOGS,        /* nor logs kept */
	LACK_CLEANUPS,    /* nor rows and files deleted */
	LACK_UPDATES,     /* nor updates found and applied */
	LACK_DEPLOYMENTS, /* nor deployments made */
	LACK_SUITES,      /* nor tests run */
	LACK_MONEY,       /* what was spent is not recorded */
	LACK_FILES,       /* files of a repository are not looked at */
	LACKS
} CommitmentLack;

struct Commitment {
	char id[COMMITMENT_ID]; /* "objective:uptime", "clock:P1:respond", "cadence:backup:daily",
	                           "retention:backup:daily", "notice:weekly", … */
	CommitmentKind kind;
	CommitmentBy by;
	const char *section; /* "objectives" */
	const Item *item;    /* label, src, ours, owner */
	const char *src;     /* the item's, or that of a part of it; NULL */
	const char *ours;    /* the same for the reason of what is not the plan's author's; NULL */
	const char *figure;  /* ">= 99.9% per 1mo", "<= 15m", "daily 02:00", … canonical */
	const char *period;  /* "1mo", "daily", "per incident"; "" when it has none */
	Texts owner;
	/* What judging needs; which are set depends on `by`. */
	const Objective *objective;
	const Tier *tier;
	const Class *class_;
	const Level *level;
	const Escalation *escalation;
	size_t step; /* BY_LADDER: from 0 */
	const Rule *rule;
	const Check *check;
	const Check *const *checks; /* BY_PROBES without `check`: kept by the least measured */
	size_t checks_n;
	ClockKind clock;
	const char *env;
	const Duty *duty;
	const Window *window;
	const char *part; /* BY_PHASE: its id; BY_TICKETS: the ratio; BY_FLAW: the severity */
	bool mitigate;    /* BY_FLAW: the deadline for containing it */
	Deadline limit;
	Keep keep;
	Op op;
	Quantity target;
	unsigned minimum;          /* BY_TICKETS: counts under which a ratio proves nothing */
	bool there;                /* BY_PLAN */
	CommitmentLack lack;       /* BY_NOTHING: why it is unproven; BY_RUN: until a run says */
	const Commitment *against; /* another line of the plan says otherwise; NULL */
	const char *against_text;  /* … or the same line says two things; NULL */
};

void plan_commitments_derive(Plan *p); /* after plan_duties_derive() */
const Commitment *plan_commitment(const Plan *p, const char *id);
const char *commitment_kind_name(CommitmentKind k); /* "level", … */
bool commitment_kind_parse(const char *s, CommitmentKind *ret);
