/* The ledger: for each entity, a chain of half-open intervals of one state, from
 * its first measurement to now. Availability, status page, reports and verdicts
 * are questions to it; nothing else counts downtime.
 *
 *   id          entity                     state     from      to      cause
 *   check:site@2026-11-20T16:00:00Z  …     down      16:00:00  16:04:30  "HTTP 503"
 *
 * Entities: "check:site", "service:manga/production", "component:…", "carene".
 * Intervals of one entity touch and never overlap; neighbours differ. Time before
 * the first interval was not measured. The ledger judges nothing and knows no
 * windows: it holds what was true. */
#pragma once
#include "calendar/hours.h"
#include "core/record.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum LedgerState {
	LEDGER_UNKNOWN, /* not measured: Carène stopped, cut off, or the check could not judge */
	LEDGER_UP,
	LEDGER_DEGRADED,
	LEDGER_MAINTENANCE, /* under an open window; `impact` still says what users lacked */
	LEDGER_DOWN,
} LedgerState;

enum { LEDGER_ENTITY = 136, LEDGER_CAUSE = 160 };

/* One stretch of a chain, as memory keeps it: a million chains of one stretch are the
 * usual case, so what the chain knows (entity, id) is not written into each, and a cause
 * that many have in common is one text. */
typedef struct Interval {
	Instant from, to;  /* to: LONG_AGO while it lasts */
	double impact;     /* share of users who could not use it, 0-1: weighs downtime */
	const char *cause; /* the ledger's; NULL: none; see interval_cause() */
	LedgerState state;
} Interval;
static inline const char *interval_cause(const Interval *i) { return i->cause ? i->cause : ""; }

/* One row of table `interval`: a stretch with all that is needed to know it again. */
typedef struct IntervalRow {
	char id[LEDGER_ENTITY + 40]; /* "check:site@2026-11-20T16:00:00Z": entity and from */
	char entity[LEDGER_ENTITY];
	LedgerState state;
	double impact;
	Instant from, to;
	char cause[LEDGER_CAUSE];
} IntervalRow;

extern const RecordType interval_record;
void interval_row(const char *entity, const Interval *i, IntervalRow *ret);

typedef struct Ledger Ledger;

/* What changed, to be stored in the same transaction. Either may be NULL. */
typedef struct LedgerSink {
	void (*save)(void *ctx, const IntervalRow *row); /* new or changed */
	void (*drop)(void *ctx, const char *id);
	void *ctx;
} LedgerSink;

Ledger *ledger_new(void);
void ledger_free(Ledger *l); /* NULL is fine */
/* Back from the store, in any order. What overlaps is cut at the later start, so
 * that a damaged row does no harm; returns how many rows had to be cut or left
 * out. */
size_t ledger_load(Ledger *l, const IntervalRow *rows, size_t n);
void ledger_reserve(Ledger *l, size_t n); /* room for n entities, before they come one by one */

/* From `from` on the entity is `state`. `from` may lie in the past (first failed
 * probe): what was written after it is replaced. `impact` matters for DOWN,
 * DEGRADED and MAINTENANCE; negative: 1 for DOWN, else 0. Same state and impact as
 * before changes nothing (the first cause stays). Returns whether anything
 * changed. `from` must be set. */
bool ledger_set(Ledger *l, const char *entity, LedgerState state, double impact, Instant from,
                const char *cause, const LedgerSink *sink);
/* Rewrites [from, to) only, e.g. the time Carène was stopped; what was true before
 * `from` goes on after `to`. An entity that was never measured stays so. */
bool ledger_fill(Ledger *l, const char *entity, LedgerState state, double impact, Instant from,
                 Instant to, const char *cause, const LedgerSink *sink);
/* Ends measuring at t (the check left the plan): the open interval is closed. */
bool ledger_close(Ledger *l, const char *entity, Instant t, const LedgerSink *sink);
/* Drops intervals that ended before t. */
void ledger_forget(Ledger *l, Instant t, const LedgerSink *sink);

/* Sorted, the last one may be open; valid until the next change. NULL, 0: never measured. */
const Interval *ledger_intervals(const Ledger *l, const char *entity, size_t *ret_n);
const Interval *ledger_at(const Ledger *l, const char *entity, Instant t); /* NULL: not measured */
const Interval *ledger_now(const Ledger *l, const char *entity);           /* the open one */
Instant ledger_since(const Ledger *l, const char *entity); /* first measured; NEVER: not yet */
Instant ledger_beginning(Ledger *l); /* the earliest of all ledger_since(); NEVER: none */
/* Entities in the order of their first interval: for (size_t i = 0;
 * (entity = ledger_next(l, &i));) … NULL past the end. */
const char *ledger_next(const Ledger *l, size_t *at);

const char *ledger_state_name(LedgerState s); /* "up" … */

/* ---- a service's state from its checks ---- */

typedef struct CheckFact {
	LedgerState state;
	double impact;     /* share of users hit when it fails, 0-1 (the plan's; 1 when absent) */
	bool measured;     /* false: no result yet; left out */
	const char *cause; /* of its state; may be NULL */
} CheckFact;
/* The worst, weighed by impact: DOWN when a failing check hits everybody, else
 * DEGRADED with that share as impact (the largest, not the sum: the same users may
 * be hit twice). No failure but an unknown: UNKNOWN. Nothing measured: UNKNOWN.
 * Inside an open window (`in_window`) DOWN and DEGRADED read MAINTENANCE and keep
 * their impact. *ret_cause is one of the facts' or NULL. */
LedgerState service_state(const CheckFact *checks, size_t n, bool in_window, double *ret_impact,
                          const char **ret_cause);

/* Rewrites a service's chain from `from` to `now` out of its checks' chains, with
 * service_state() at each of their changes, so that two checks whose outages
 * overlap never erase each other's. `open`: stretches of windows that are or were
 * open, read as MAINTENANCE. Parts never measured are left out; when none was, the
 * service stays as it is. */
typedef struct ServicePart {
	const char *entity; /* "check:site" */
	double impact;      /* as in CheckFact */
} ServicePart;
struct Excluded;
bool ledger_compose(Ledger *l, const char *entity, const ServicePart *parts, size_t n,
                    const struct Excluded *open, size_t open_n, Instant from, Instant now,
                    const LedgerSink *sink);

/* ---- availability ---- */

/* A stretch left out of net availability (window_excluded()); may overlap others. */
typedef struct Excluded {
	Instant from, to;
} Excluded;

typedef enum UnknownCounts { UNKNOWN_EXCLUDED, UNKNOWN_DOWN, UNKNOWN_UP } UnknownCounts;

typedef struct AvailabilityAsk {
	Instant from, to, now;     /* period, half-open; clipped to [first measured, now] */
	const Interval *intervals; /* of one entity, sorted */
	size_t intervals_n;
	const Excluded *excluded;
	size_t excluded_n;
	UnknownCounts unknown;
	const Hours *hours; /* service hours; NULL or not set: always */
	const Zone *zone;   /* of the hours */
} AvailabilityAsk;

/* All times inside the service hours. `down` weighs by impact, rounded up to a µs. */
typedef struct Availability {
	Instant from, to;          /* after clipping; from = to: nothing measured */
	Duration period;           /* the whole period asked for, to its end */
	Duration counted;          /* of [from, to) */
	Duration unknown;          /* of that */
	Duration excluded;         /* inside excluded stretches */
	Duration unknown_excluded; /* unknown inside excluded stretches */
	Duration down, degraded;   /* gross; degraded is time, not weighed */
	Duration down_excluded;    /* weighed downtime inside excluded stretches */
	unsigned outages;          /* stretches with down > 0 that touch [from, to) */
	Duration longest;          /* the longest of them, not weighed */
	/* What is divided: lost/base is gross, lost_net/base_net net; unknown time is in
	 * them as the ask's `unknown` says. */
	Duration lost, base, lost_net, base_net;
	bool has_gross, has_net;       /* false: nothing known to divide by */
	double gross, net;             /* percent, 0-100, floored to a hundred-thousandth */
	double coverage, coverage_net; /* known share of the counted time, percent, floored */
} Availability;
/* gross = 1 − down/T, net = 1 − (down − down in excluded)/(T − excluded), T = the
 * known time (with UNKNOWN_DOWN and UNKNOWN_UP: all of it). */
void availability(const AvailabilityAsk *ask, Availability *ret);

/* Downtime that a target in percent allows over `length` of service time, floored
 * to a µs: 99.9 % of 365 d is 8 h 45 min 36 s. */
Duration downtime_allowed(double target_percent, Duration length);
/* "99.98 %" with at most `decimals` decimals, floored: 99.999 % never reads 100. */
enum { PERCENT_TEXT = 24 };
const char *percent_print(double percent, unsigned decimals, char out[PERCENT_TEXT]);

/* ---- days ---- */

/* One civil day: parts of [from, to) not in any are up. Downtime inside excluded
 * stretches is in `maintenance`, not in `down` nor `degraded`. */
typedef struct LedgerDay {
	Instant from, to;                              /* of the day; of today until now */
	int64_t date;                                  /* civil date as days since 1970-01-01 */
	Duration down, degraded, maintenance, unknown; /* elapsed, not weighed */
	Duration unmeasured; /* before the first measurement, or after the last; part of unknown */
} LedgerDay;
/* The `n` days up to and including now's, oldest first. */
void ledger_days(const Interval *intervals, size_t intervals_n, const Excluded *excluded,
                 size_t excluded_n, const Zone *zone, Instant now, LedgerDay *out, size_t n);
/* The last outage (down outside excluded stretches) that began before now; false: none. */
bool ledger_last_outage(const Interval *intervals, size_t n, const Excluded *excluded,
                        size_t excluded_n, Instant now, Instant *ret_from, Duration *ret_length);
