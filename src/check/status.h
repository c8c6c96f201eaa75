/* What a check's results add up to: its confirmed state.
 *
 *   UNKNOWN ──up──▶ UP ──retries+1 bad in a row──▶ DEGRADED / DOWN
 *                    ▲────────successes in a row────────┘
 *
 * A lone failing probe is not an outage: `retries` + 1 of them in a row are, and
 * the outage then began at the *first* of them. An unknown result neither adds to
 * a row nor breaks it; while results are unknown the state is unknown, and what
 * was known before comes back with the next known result.
 *
 * This decider acts on nothing: check_status_step() takes the result and the time
 * and answers with the new status, journal entries and when to look next. */
#pragma once
#include "check/result.h"
#include "core/record.h"
#include "notify/effects.h"
#include "plan/plan.h"

/* One row of table `check_status`; survives restarts and reloads. */
typedef struct CheckStatus {
	char id[64];         /* the check's */
	unsigned state;      /* CheckState, confirmed; CHECK_UNKNOWN while results are unknown */
	unsigned known;      /* confirmed state apart from gaps: what UNKNOWN falls back to */
	Instant since;       /* of `state` */
	Instant known_since; /* of `known`; an outage's beginning is its first failed probe */
	Instant first_bad;   /* first not-up probe of the present row; LONG_AGO: none */
	Instant first_down;
	Instant first_good; /* first probe of the present row of good ones */
	unsigned bad_in_a_row, down_in_a_row, alive_in_a_row, good_in_a_row;
	Instant first_alive; /* first not-down probe of the present row */
	/* the last result */
	unsigned last_state; /* CheckState */
	unsigned last_fail;  /* FailClass */
	bool last_timed_out;
	Instant last_at;       /* LONG_AGO: never probed */
	Instant last_known_at; /* last result that was not unknown */
	Duration last_latency; /* 0: none */
	int last_http;
	char last_reason[CHECK_REASON], last_reason_fr[CHECK_REASON];
	char last_address[CHECK_ADDRESS];
	Instant next_due; /* of the next probe (push: of the next judgement) */
	/* certificate */
	Instant cert_not_after, chain_not_after;
	Instant told_not_after; /* the end that was told about: a renewed certificate starts afresh */
	Duration told_left;     /* smallest threshold told for it; 0: none */
	/* push signals (check/push.h) */
	Instant push_since; /* when signals began to be expected */
	Instant push_start, push_success, push_fail;
	Duration push_took; /* last start → success or fail; 0 unknown */
	char push_note[160];
} CheckStatus;

extern const RecordType check_status_record;

/* What a step changed. */
typedef struct CheckChange {
	bool changed; /* `state` differs from before */
	CheckState was, state;
	Instant from;   /* when `state` began: may lie in the past (first failed probe) */
	Instant began;  /* of the known state, gaps bridged: an outage's first failed probe */
	bool confirmed; /* the known state changed too (not a mere gap opening or closing) */
	FailClass fail;
	char cause[CHECK_REASON], cause_fr[CHECK_REASON];
	Instant next_due;
	Duration threshold; /* a `min_left` crossed with this result and not told before; 0: none */
} CheckChange;

/* A status for a check never seen before; first probe within a minute of `now`. */
void check_status_begin(CheckStatus *st, const Check *c, const Zone *zone, Instant now);
/* Journal kinds written: "check.changed", "check.certificate". `now` is when the
 * result is judged; the probe's own time is result->at. */
void check_status_step(CheckStatus *st, const Check *c, const Zone *zone, const CheckResult *result,
                       Instant now, Effects *fx, CheckChange *out);

/* ---- when to look ---- */

Duration check_every(const Check *c);       /* ours where the plan is silent: see status.c */
Duration check_retry_every(const Check *c); /* while a row is not confirmed */
int check_retries(const Check *c);
int check_successes(const Check *c);
/* Offset of a check's slots inside its interval, spread by a hash of the id so that
 * a thousand checks do not fire together. */
Duration check_phase(const char *id, Duration every);
/* First slot strictly after t: slots are phase + k × every since 1970. */
Instant check_due_after(const Check *c, Instant t);
/* First probe after a start: spread over at most a minute. */
Instant check_first_due(const Check *c, Instant now);
