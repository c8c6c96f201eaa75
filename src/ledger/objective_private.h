/* The words of a verdict, apart from the judging. */
#pragma once
#include "ledger/objective.h"

/* Writes r->account. */
void objective_account(const Plan *plan, const Objective *o, const ObjectiveFacts *f, Instant now,
                       ObjectiveResult *r);
bool objective_is_incident(const char *metric); /* judged from incidents' times */
bool objective_uses_net(const Objective *o);
UnknownCounts objective_unknown(const Objective *o);
double objective_min_coverage(const Plan *plan, const ObjectiveFacts *f);
/* Per incident: `period: incident`, and recovery_time, which is never a mean. */
bool objective_takes_worst(const Objective *o);
