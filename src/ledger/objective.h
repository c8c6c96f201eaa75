/* Objectives: a figure of the plan against what was measured, with a verdict and
 * the account of how it was counted. Facts come in as plain values (the ledger's
 * intervals, a series' figure, incidents' times); nothing is fetched here, and no
 * promise is invented: an objective without period or figure says so. */
#pragma once
#include "core/emit.h"
#include "ledger/ledger.h"
#include "plan/plan.h"

typedef enum Verdict {
	VERDICT_NOT_DUE, /* nothing happened yet that could be judged */
	VERDICT_KEPT,
	VERDICT_AT_RISK, /* kept, and over 80 % of what is allowed is used */
	VERDICT_BROKEN,
	VERDICT_UNPROVEN, /* not enough was measured, or nothing can measure it */
	VERDICT_WAIVED,
	VERDICT_DISPUTED, /* the plan must first choose: no period, `unset` … */
} Verdict;
const char *verdict_name(Verdict v); /* "not_due" … */

/* Why, for the caller's words; NONE when the figures alone decide. */
typedef enum VerdictWhy {
	WHY_NONE,
	WHY_NO_PERIOD, /* SVC-01: the period must be chosen */
	WHY_NO_TARGET, /* unset, or no comparison */
	WHY_NO_DATA,
	WHY_COVERAGE,     /* measured for less than the plan's minimum */
	WHY_COARSE_PROBE, /* the probe interval is longer than the downtime allowed */
	WHY_NO_MECHANISM, /* SVC-16: nothing declared that could measure or ensure it */
	WHY_NO_INCIDENT,  /* nothing to divide by */
	WHY_TOO_SHORT,    /* observed for less than the target itself (time between incidents) */
	WHY_STATISTIC,    /* `stat: unspecified`: the mean was used (SVC-20, SVC-22) */
	WHY_WINDOWS,      /* `windows: both`: gross and net disagree */
} VerdictWhy;
const char *verdict_why_name(VerdictWhy w); /* "no_period" … */

/* One incident, as the incident machine knows it; LONG_AGO: not yet. */
typedef struct IncidentFact {
	const char *id;
	Instant opened, acknowledged, resolved;
	Instant failed;   /* first failed probe, when known: repair is counted from it */
	int rank;         /* of its class, 1 worst */
	bool false_alarm; /* left out */
} IncidentFact;

typedef struct IncidentMeans {
	unsigned incidents, acknowledged, resolved; /* opened in the period; of those … */
	bool has_mtta, has_mttr, has_mtbf;
	Duration mtta; /* mean of acknowledged − opened */
	Duration mttr; /* mean of resolved − failed (opened when not known) */
	Duration worst_repair;
	Duration mtbf; /* (observed time − repair time inside it) / incidents */
	Duration observed;
} IncidentMeans;
/* Over incidents opened in [from, to), observed since `since`; open ones count in
 * mtbf with their repair so far. */
void incident_means(const IncidentFact *at, size_t n, Instant since, Instant from, Instant to,
                    Instant now, IncidentMeans *ret);

typedef struct ObjectiveFacts {
	/* availability */
	const Interval *intervals;
	size_t intervals_n;
	const Excluded *excluded;
	size_t excluded_n;
	Duration probe; /* interval of the check behind it; 0: not known */
	/* incident_mtta, incident_mttr, incident_mtbf, recovery_time */
	const IncidentFact *incidents;
	size_t incidents_n;
	Instant since; /* incidents are known since; LONG_AGO: not watched */
	/* any other metric: the statistic over the objective's period */
	bool has_value;
	double value, coverage; /* in the metric's base unit; percent */
	uint64_t samples;
	double min_coverage; /* percent; 0: 95 (PlanHead.min_coverage) */
} ObjectiveFacts;

typedef struct ObjectiveResult {
	Verdict verdict;
	VerdictWhy why;
	Instant from, to; /* the period, to its end */
	bool has_value;
	double value,
	        target; /* percent for availability; seconds for times; else the metric's unit */
	bool is_availability;
	Availability availability; /* when it is */
	Duration allowed;          /* downtime for the whole real period, in its service hours */
	Duration used, left;       /* budget; left may be negative */
	Duration stated_off; /* stated allowance less the exact one (SVC-06); 0: none stated */
	bool stated_differs; /* by more than 1 % of it */
	double coverage;     /* percent, floored */
	char account[400];   /* one English line: how it was counted */
} ObjectiveResult;

/* The period that `now` falls in: 1d, 1mo and 1y are calendar periods of the zone,
 * others roll ([now − span, now)). False: no such period (unset, per incident …). */
bool objective_period(const Period *p, const Zone *zone, Instant now, Instant *ret_from,
                      Instant *ret_to);
/* Which entity of the ledger an availability objective is about: its check's,
 * else its service's ("service:manga/production"), else the plan's first service.
 * False: the plan names none. */
bool objective_entity(const Plan *plan, const Objective *o, char out[LEDGER_ENTITY]);
void objective_judge(const Plan *plan, const Objective *o, const ObjectiveFacts *facts, Instant now,
                     ObjectiveResult *ret);
/* Judges a period that is over, or any other stretch. */
void objective_judge_in(const Plan *plan, const Objective *o, const ObjectiveFacts *facts,
                        Instant from, Instant to, Instant now, ObjectiveResult *ret);
void objective_json(const Objective *o, const ObjectiveResult *r, Emit *out);

/* The tier whose user range holds `users` (SVC-11); NULL: none. */
const Tier *tier_of(const Plan *plan, double users);
