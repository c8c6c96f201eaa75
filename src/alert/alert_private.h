/* Shared by the files of alert/: what one step carries along. */
#pragma once
#include "alert/alert.h"
#include "core/buf.h"
#include "notify/lang.h"

#include <stdio.h>

typedef struct Step {
	Alert *a;
	const Rule *rule;
	const AlertInput *in;
	Instant now;
	Effects *fx;
	AlertChange *out;
	const Zone *zone;
	Lang lang;
} Step;

/* ---- tell.c: words and evidence ---- */

Entry *alert_entry(const Alert *a, Instant now, const char *kind, const char *actor, Effects *fx);
void alert_tell_fired(Step *s, bool again);
void alert_tell_reminder(Step *s, const char *why); /* to the level's route */
void alert_tell_resolved(Step *s);
void alert_tell_no_data(Step *s);
void alert_tell_data_back(Step *s);
/* Step n (from 1) of the level's ladder; false when nobody in it can be reached now. */
bool alert_tell_step(Step *s, size_t n, const char *why);

/* ---- judge.c ---- */

void alert_value_text(const Rule *rule, double value, char out[64]);
