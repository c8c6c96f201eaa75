/* An alert: a rule's condition became true, and somebody may have to know.
 *
 *            true, sustain          sustain over                ack
 *   NONE ───────────────▶ PENDING ───────────────▶ FIRING ───────────▶ ACKED
 *    ▲ ▲                   │  │                     │  ▲                 │
 *    │ └──false: dropped───┘  │ held                │  │true within flap │
 *    │                        ▼     held ▶          │  │                 │
 *    │                   SUPPRESSED ◀───────────────┤  │                 │
 *    │                        │ ───released, true──▶│  │                 │
 *    │                        │ false for `clear`   ▼  │                 │
 *    │                        └────────────────▶ RESOLVED ◀──────────────┘
 *    └── next episode: true after flap ──── CLOSED ◀──┘ review, or with its incident
 *   any ──no data for 3 intervals──▶ NO_DATA ──data──▶ where it was
 *         (not while the check itself is down: there is no figure to be had)
 *
 * NONE        nothing; `dropped` counts pendings that did not last
 * PENDING     true, not yet for the rule's sustain time
 * FIRING      true and routed; the level's ack clock and ladder run
 * SUPPRESSED  true and recorded, but held back: by a quiet window, a silence or
 *             a failing dependency. Measured all the same. When the last holder
 *             goes and it is still true, it is routed then.
 * ACKED       a person took it: no more escalation
 * RESOLVED    false for the clear time; true again within the flap time is the
 *             same alert, not another one
 * NO_DATA     nothing known for three intervals: an alert of its own. It is not
 *             a resolution: what fired before still stands
 * CLOSED      looked at, over
 *
 * A resolution is never held back: whoever was told that it fires is told that
 * it is over. Events that mean nothing in the current state change nothing.
 *
 * This module decides and never acts: alert_step() takes facts and time from its
 * caller, changes the record and answers with effects. It sends nothing for an
 * alert that belongs to an incident: the incident tells. It keeps no pointer
 * into the plan, which may be another one at the next call. */
#pragma once
#include "core/emit.h"
#include "core/record.h"
#include "notify/effects.h"
#include "plan/plan.h"

typedef enum AlertState {
	ALERT_NONE,
	ALERT_PENDING,
	ALERT_FIRING,
	ALERT_SUPPRESSED,
	ALERT_ACKED,
	ALERT_RESOLVED,
	ALERT_CLOSED,
	ALERT_NO_DATA,
	ALERT_STATES
} AlertState;

/* One episode of one rule. The engine keeps the latest episode of each rule in
 * memory and saves it under its id after each step that says `saved`; when a new
 * episode begins the id changes, so the former row stays as it was. */
typedef struct Alert {
	char id[80]; /* "down-000012": rule and episode; "" before the first one */
	char rule[64];
	int episode;
	AlertState state, before; /* before: where NO_DATA came from */
	char level[64], class_[64], service[64], env[32], check[64];
	int rank;           /* of the class, else of the level; 0: not ranked */
	Instant opened;     /* the condition was first seen true in this episode */
	Instant fired_at;   /* last time it entered FIRING (routed, or incident opened) */
	Instant clear_from; /* false since, while not yet resolved */
	Instant resolved_at, closed_at;
	Instant ack_due; /* the level's ack deadline, or not set */
	Instant acked_at;
	char acked_by[64];
	Instant lost_at; /* no data since; not kept: Carène's own stop is not missing data */
	double value;    /* of the condition's left side; see value_text */
	char value_text[64];
	char incident[32];      /* id, set by the engine when it opens or joins one */
	char suppressed_by[96]; /* "window:weekly@2026-11-22", "silence:…", "check:router" */
	int flaps, dropped;     /* times refired; pendings that did not last */
	int step;               /* steps of the level's ladder told, without an incident */
	int tells;              /* messages so far: makes their keys unique */
	bool announced;         /* somebody was told that it fires, and not yet that it is over */
	bool no_data_announced; /* the same for missing data */
	bool ack_passed;        /* the ack deadline passed and was said */
	Instant due;            /* next instant at which alert_step() must run; see alert_due() */
} Alert;

extern const RecordType alert_record;

/* ---- judging ---- */

typedef enum Judgement { JUDGED_NO_DATA, JUDGED_FALSE, JUDGED_TRUE } Judgement;
typedef enum AlertCheckState {
	ALERT_CHECK_UNKNOWN,
	ALERT_CHECK_UP,
	ALERT_CHECK_DEGRADED,
	ALERT_CHECK_DOWN, /* confirmed by the check's own retries */
} AlertCheckState;

/* What judging may ask. Each callback may be NULL: then nothing is known. */
typedef struct AlertFacts {
	void *ctx;
	/* The condition's statistic, in the base unit of its quantity; false: no data. */
	bool (*metric)(void *ctx, const Condition *c, Instant now, double *ret_value);
	AlertCheckState (*check_state)(void *ctx, const char *check_id);
	/* `backup{daily}`, `log{app}`, …: the subject's state as a word; false: no data. */
	bool (*state)(void *ctx, const char *subject, const char *scope, char word[32]);
	/* Has a person declared it, and not taken it back? */
	bool (*declared)(void *ctx, const char *text);
} AlertFacts;

/* Is the condition true? *ret_value (may be NULL) is the metric, the number of
 * failing checks for n-of-m, else 1 or 0. A condition whose value is `unset`
 * is FALSE for ever (lint names it). For n-of-m unknown checks count neither way:
 * NO_DATA when they could tip the balance. */
Judgement alert_judge(const Rule *rule, const AlertFacts *facts, Instant now, double *ret_value);
Judgement alert_judge_condition(const Condition *c, const AlertFacts *facts, Instant now,
                                double *ret_value);

/* ---- stepping ---- */

/* Who among `names` (role, team, contact, audience ids) can be reached now:
 * writes at most TELL_NAMES ids and returns how many; *ret_unstaffed: nobody is merely
 * away, so the channels' own recipients stand in. roster_names() of incident/ is one. */
typedef size_t AlertReach(const void *ctx, const char *const *names, size_t n, Instant now,
                          char out[TELL_NAMES][64], bool *ret_unstaffed);

typedef struct AlertInput {
	const Plan *plan;
	Judgement judged;
	double value;
	const char *quiet_by; /* subject of an open quiet window of its service; NULL or "": none.
	                          * Ignored when the rule says quiet_in_window: no */
	const char *silenced_by; /* subject of a silence that matches it */
	const char *held_by;     /* subject of a failing dependency ("check:router") */
	bool explained; /* no data because its check is down: that is known, and its alarm speaks */
	Duration interval; /* between two facts; 0: alert_interval() */
	Instant heard_at;  /* the newest fact, when there is none now; not set or 0: not known */
	AlertReach *reach; /* NULL: names go into the tell as they are */
	const void *reach_ctx;
} AlertInput;

typedef enum AlertChangeKind {
	ALERT_NOTHING,
	ALERT_WENT_PENDING,
	ALERT_WENT_DROPPED,
	ALERT_WENT_FIRING,     /* with a class: open the incident of `key`, or join it */
	ALERT_WENT_SUPPRESSED, /* held back: no incident, or HOLD of it when none of its alerts fires */
	ALERT_WENT_RELEASED, /* held back no more, still true, and told before: RELAPSE */
	ALERT_WENT_RESOLVED, /* when it was the last of its incident: RECOVER */
	ALERT_WENT_REFIRED,  /* true again within the flap time: RELAPSE of its incident */
	ALERT_WENT_NO_DATA,
	ALERT_WENT_DATA_BACK,
	ALERT_WENT_CLOSED,
} AlertChangeKind;

enum { ALERT_KEY = 200 };

typedef struct AlertChange {
	AlertChangeKind kind;
	bool saved;          /* the record changed: write the row */
	bool ack_passed;     /* the level's ack deadline passed just now: escalate its incident */
	const Class *class_; /* of the rule, else of its level; NULL: no incident. Valid while the
	                      * plan is; for FIRING and REFIRED */
	char key[ALERT_KEY]; /* see incident_key() */
} AlertChange;

/* An alert that has never been: for a rule without a row in the store. */
void alert_begin(Alert *a, const char *rule_id);
/* Runs one step: after each new result or sample of the rule's subject, when
 * alert_due() comes, and when a window, silence or dependency of it begins or ends.
 * Only the latest state is judged, so calling it too often is harmless. */
void alert_step(Alert *a, const Rule *rule, const AlertInput *in, Instant now, Effects *fx,
                AlertChange *out);
/* When alert_step() must run next without a new fact, or NEVER. */
Instant alert_due(const Alert *a);
/* A person takes it. False, and nothing happens, unless it is firing. */
bool alert_ack(Alert *a, const char *by, const char *how, Instant now, Effects *fx);
/* Review, or its incident closed. False unless resolved. */
bool alert_close(Alert *a, const char *by, Instant now, Effects *fx);
/* After the row was read: what the row leaves out. Without it a gap would seem to be as old as the
 * epoch, and be told at once. */
void alert_restored(Alert *a);
/* Its rule left the plan: over at once, said to whoever was told. False when nothing was open. */
bool alert_retire(Alert *a, Instant now, Effects *fx);
bool alert_is_active(const Alert *a); /* firing, acked, suppressed, or no data while one of them */

const char *alert_state_name(AlertState s); /* "firing" */
/* Whose it is: the rule's service and environment, else its check's, else the only one
 * there is; "" when none. */
void alert_owner(const Plan *p, const Rule *rule, char service[64], char env[32], char check[64]);
const Class *alert_class(const Rule *rule); /* the rule's, else its level's; NULL */
/* How often its facts arrive: the check's or metric's `every`; 1 min when unknown. */
Duration alert_interval(const Plan *p, const Rule *rule);
/* What the incident of an alert is found by: alerts of one class, environment and
 * service (or failing dependency, when `root` is not empty) share one incident. */
const char *incident_key(const char *class_id, const char *service, const char *env,
                         const char *root, char out[ALERT_KEY]);
void alert_emit(Emit *e, const Alert *a, Instant now); /* one JSON object, without key */
