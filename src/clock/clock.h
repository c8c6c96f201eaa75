/* One clock of an incident or a ticket: a limit the plan promised, and whether it was kept.
 *
 *   NOT_SET ··························· no figure: only measures elapsed time
 *   RUNNING ──stop──▶ MET
 *      │ ▲  ──limit over──▶ BREACHED ──stop──▶ STOPPED_LATE
 *   closed│open, held│released   (service-hours mode only)
 *      ▼ │
 *   PAUSED
 *
 * Limits are "at most": stopping at the very microsecond of the limit is MET, one
 * microsecond later is late. (A plan may write "< 30 min"; the difference is one
 * microsecond, and goes to the people who kept their word.) A breach happened at
 * the limit, however late it is noticed.
 *
 * Limits of months and days are civil (same wall-clock time, across a change of
 * clocks); hours and below are elapsed time. In service-hours mode the whole limit
 * is open time, a day counting 24 h of it. The limit and its instants are fixed
 * when the clock starts or is reclassified: a reload of the plan changes no clock
 * that runs. Only what the class lets pause can be held while somebody else is
 * waited for. Pure values; knows no incident and tells nobody. */
#pragma once
#include "core/emit.h"
#include "core/record.h"
#include "plan/plan.h"

typedef enum ClockState {
	CLOCK_NOT_SET,
	CLOCK_RUNNING,
	CLOCK_PAUSED, /* running, and the hours are closed, or it is held */
	CLOCK_MET,
	CLOCK_BREACHED, /* over, and still not stopped */
	CLOCK_STOPPED_LATE,
	CLOCK_STATES
} ClockState;

typedef struct Clock {
	char id[64]; /* "2026-0012/respond" */
	char of[32]; /* id of its incident or ticket */
	int kind;    /* ClockKind */
	ClockState state;
	int deadline;    /* DeadlineKind as written: SPAN gives a limit, the others none */
	char limit[64];  /* as written: "15m", "asap"; "" absent */
	char class_[64]; /* whose limit it is */
	bool service_hours;
	Instant started, stopped;
	Instant due;              /* last instant at which stopping is MET; NEVER: no limit */
	Instant half_at, most_at; /* 50 % and 80 % of the limit used (ours) */
	Instant breached_at;      /* = due when it passed; else not set */
	int warned;               /* 0, 50, 80 or 100: said so far */
	Duration elapsed;         /* open time used when it stopped */
	char stopped_by[64];      /* actor, or "recovery" when nobody had to act any more */
	Instant edge;             /* service-hours mode: next opening or closing, or NEVER */
	bool held;                /* somebody else is waited for, since held_at */
	Instant held_at;
	Duration away; /* open time held so far, that of `held_at` not included */
	bool changed;  /* not kept: set by each change, cleared by whoever saves */
} Clock;

extern const RecordType clock_record;

/* What a clock runs by. */
typedef struct ClockRule {
	const Deadline *limit; /* NULL: absent */
	const Class *class_;   /* for its id and mode; NULL: calendar mode */
	const Hours *hours;    /* the service's; NULL or not set: always open */
	const Zone *zone;      /* the plan's; NULL: UTC */
} ClockRule;

typedef enum ClockChange {
	CLOCK_UNCHANGED,
	CLOCK_WARN_HALF,
	CLOCK_WARN_MOST,
	CLOCK_WENT_OVER,
} ClockChange;

/* The class's limit of that kind in that environment; NULL when it has none. */
const Deadline *clock_limit(const Class *class_, ClockKind kind, const char *env);

void clock_start(Clock *c, const char *of, ClockKind kind, const ClockRule *rule, Instant from);
/* New limit for a clock that runs (reclassified): from its original start, or from
 * now when `restart`. One that was stopped keeps its verdict: what was answered in
 * time under the class of that moment stays so, and what was late too. A breached
 * one runs again when the new limit is not over yet. */
void clock_relimit(Clock *c, const ClockRule *rule, bool restart, Instant now);
/* Looks at the time: at most one change a call, the worst that is due, so that a
 * stop of Carène itself does not end in three warnings at once. */
ClockChange clock_tick(Clock *c, const ClockRule *rule, Instant now);
/* Stops it; false when it was not running. `at` may lie in the past. */
bool clock_stop(Clock *c, const ClockRule *rule, const char *by, Instant at);
/* Runs on from its original start, as if it had not been stopped (a relapse). */
void clock_resume(Clock *c, const ClockRule *rule, Instant now);

/* Holds it while somebody else must act (a user's answer is waited for), and runs it
 * on. False, and nothing changes: it does not run, its limit has passed unnoticed, or
 * the class counts calendar time, which stops for nobody. `at` may lie in the past. */
bool clock_hold(Clock *c, Instant at);
bool clock_release(Clock *c, const ClockRule *rule, Instant at);

bool clock_is_running(const Clock *c); /* RUNNING, PAUSED, BREACHED, or NOT_SET and not stopped */
Instant clock_due(const Clock *c);     /* next instant at which clock_tick() has work, or NEVER */
Duration clock_elapsed(const Clock *c, const ClockRule *rule, Instant now);
const char *clock_kind_name(ClockKind k);   /* "respond" … "next_update", "postmortem" */
const char *clock_state_name(ClockState s); /* "not_set" … */
bool clock_kind_parse(const char *s, ClockKind *ret);
/* One JSON object: kind, state, limit, started, due, stopped, elapsed_s, left_s.
 * Without a rule (NULL) the elapsed time of a running clock is calendar time. */
void clock_emit(Emit *e, const Clock *c, const ClockRule *rule, Instant now);
