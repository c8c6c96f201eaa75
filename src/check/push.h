/* The dead man's switch: a job tells us that it ran, and silence is the alarm.
 * Pure: signals come in with the time they came, the verdict comes out.
 *
 * With `schedule` a success is due by each occurrence + grace; else with `every`
 * within every + grace of the last one. A start without its end within grace is
 * a job that hangs. A fail signal is down at once. */
#pragma once
#include "check/status.h"

typedef enum PushSignal { PUSH_SUCCESS, PUSH_START, PUSH_FAIL } PushSignal;

bool push_signal_parse(const char *s, PushSignal *ret); /* "", "success", "start", "fail" */
/* Records a signal; `note` (job's words, may be NULL) is cut to fit. */
void push_signal(CheckStatus *st, PushSignal signal, const char *note, Instant now);
/* The verdict at `now`; out->measures has "duration" when a run's length is known. */
void push_judge(const Check *c, const Zone *zone, const CheckStatus *st, Instant now,
                CheckResult *out);
/* The next instant at which the verdict can change by silence alone, or NEVER. */
Instant push_due(const Check *c, const Zone *zone, const CheckStatus *st, Instant now);
Duration push_grace(const Check *c); /* one minute where the plan is silent */
