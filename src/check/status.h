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

enum { CHECK_PUSH_NOTE = 160 };

/* What only some checks have: words of a result that was not good, a certificate, a
 * job's signals. There while one of them is. */
typedef struct CheckMore {
	char *reason, *reason_fr; /* of the last result; NULL: it went well */
	Instant cert_not_after, chain_not_after;
	Instant told_not_after; /* the end that was told about: a renewed certificate starts afresh */
	Duration told_left;     /* smallest threshold told for it; 0: none */
	/* push signals (check/push.h) */
	Instant push_since; /* when signals began to be expected; LONG_AGO: none are */
	Instant push_start, push_success, push_fail;
	Duration push_took; /* last start → success or fail; 0 unknown */
	char *push_note;    /* NULL: none */
} CheckMore;

/* A check's status as memory keeps it: a million of them are up and have nothing to say.
 * Rows of results are two, and each goes one way or the other: up or not, down or not.
 * Owns what it points to: check_status_done(). */
typedef struct CheckStatus {
	Instant since;       /* of `state` */
	Instant known_since; /* of `known`; an outage's beginning is its first failed probe */
	Instant row_from, pulse_from; /* first probe of the present row; LONG_AGO: none */
	uint32_t row_n, pulse_n;
	unsigned state : 2;   /* CheckState, confirmed; CHECK_UNKNOWN while results are unknown */
	unsigned known : 2;   /* confirmed state apart from gaps: what UNKNOWN falls back to */
	unsigned row_bad : 1; /* the row is of results that are not up; else of those that are */
	unsigned pulse_down : 1; /* the other row is of those that are down; else not */
	/* the last result */
	unsigned last_state : 2; /* CheckState */
	unsigned last_fail : 7;  /* FailClass */
	unsigned last_timed_out : 1;
	unsigned last_http : 16;
	Instant last_at;       /* LONG_AGO: never probed */
	Instant last_known_at; /* last result that was not unknown */
	Duration last_latency; /* 0: none */
	char *last_address;    /* NULL: not known */
	CheckMore *more;       /* NULL: nothing; read it with check_more() */
	Instant next_due;      /* of the next probe (push: of the next judgement) */
} CheckStatus;

/* Never NULL. */
const CheckMore *check_more(const CheckStatus *st);
const char *check_last_reason(const CheckStatus *st, bool french); /* "": it went well */
static inline unsigned check_good_in_a_row(const CheckStatus *st)
{
	return st->row_bad ? 0 : st->row_n;
}
static inline unsigned check_bad_in_a_row(const CheckStatus *st)
{
	return st->row_bad ? st->row_n : 0;
}
static inline unsigned check_alive_in_a_row(const CheckStatus *st)
{
	return st->pulse_down ? 0 : st->pulse_n;
}
static inline unsigned check_down_in_a_row(const CheckStatus *st)
{
	return st->pulse_down ? st->pulse_n : 0;
}
void check_status_done(CheckStatus *st);

/* One row of table `check_status`; survives restarts and reloads. */
typedef struct CheckStatusRow {
	char id[64]; /* the check's */
	unsigned state, known;
	Instant since, known_since;
	Instant first_bad;   /* first not-up probe of the present row; LONG_AGO: none */
	Instant first_down;  /* likewise, of those that are down … */
	Instant first_good;  /* … up … */
	Instant first_alive; /* … not down */
	unsigned bad_in_a_row, down_in_a_row, alive_in_a_row, good_in_a_row;
	unsigned last_state, last_fail;
	bool last_timed_out;
	Instant last_at, last_known_at;
	Duration last_latency;
	int last_http;
	char last_reason[CHECK_REASON], last_reason_fr[CHECK_REASON];
	char last_address[CHECK_ADDRESS];
	Instant next_due;
	Instant cert_not_after, chain_not_after, told_not_after;
	Duration told_left;
	Instant push_since, push_start, push_success, push_fail;
	Duration push_took;
	char push_note[CHECK_PUSH_NOTE];
} CheckStatusRow;

extern const RecordType check_status_record;
void check_status_row(const CheckStatus *st, const char *id, CheckStatusRow *ret);
/* From a row: `st` is overwritten. `push`: the check is one of signals; of another, when they
 * began to be expected says nothing. */
void check_status_load(CheckStatus *st, const CheckStatusRow *row, bool push);
/* The check is one of signals, from now on if it was not before. */
void check_status_expect_push(CheckStatus *st, Instant now);

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
/* The same for the check at `place` (from 0) of `of`, in their order: over at most a minute or
 * 100 µs for each, whichever is longer. */
Instant check_first_due_in_order(const Check *c, size_t place, size_t of, Instant now);
