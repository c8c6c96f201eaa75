/* Maintenance windows as they really happen: one occurrence per opening, with
 * its notice, its real start and end, and what became of it.
 *
 *                 notice accepted by a channel          END, or the end comes
 *   PLANNED ──────────────▶ ANNOUNCED ──start comes──▶ OPEN ─────────────▶ CLOSED ──▶ REPORTED
 *      │ start comes             │                      │  ▲                 ▲  real downtime
 *      ├── no notice promised ───│──────────────────────┘  │ EXTEND          │  is known
 *      ├── notice not sent ──▶ OPENED_UNANNOUNCED ── work confirmed ──▶ OVERRUN ── END, or a day
 *      └── CANCEL ──▶ CANCELLED ◀┘                       and not ended
 *
 * Emergency windows are made open, with a reason. An occurrence copies what it
 * needs from the plan when it is made; until its notice has been told it follows
 * the plan when that changes.
 *
 * A window holds deliveries back (`quiet`), never checks, clocks or recoveries.
 * It takes downtime out of net availability only when its notice was really sent
 * early enough (or none was promised): see window_excluded().
 *
 * This decider reads no clock and sends nothing: it answers with Effects. */
#pragma once
#include "core/emit.h"
#include "core/record.h"
#include "notify/effects.h"
#include "plan/plan.h"

typedef enum WindowState {
	WINDOW_PLANNED,
	WINDOW_ANNOUNCED,
	WINDOW_OPEN,
	WINDOW_OPENED_UNANNOUNCED, /* open, and the promised notice had not been sent */
	WINDOW_OVERRUN,            /* work goes on past the end: deliveries are no longer held */
	WINDOW_CLOSED,
	WINDOW_REPORTED,
	WINDOW_CANCELLED,
} WindowState;

typedef enum WindowOrigin { WINDOW_OF_PLAN, WINDOW_ONE_OFF, WINDOW_EMERGENCY } WindowOrigin;

/* One row of table `window_occurrence`. */
typedef struct WindowOccurrence {
	char id[96];     /* "weekly@2026-11-22T03:00:00Z" */
	char window[64]; /* id of the plan's window; "" for a one-off that follows none */
	char label[96];
	WindowOrigin origin;
	WindowState state;
	Instant starts, ends; /* as announced; half-open */
	Instant until;        /* ends, or later by EXTEND: deliveries are held until then */
	Instant announce_by;  /* the promise: start less notice; LONG_AGO: none promised */
	Instant notice_due;   /* when we send it, an hour and more before that; LONG_AGO: never */
	Instant told_at;      /* when the notice was handed to the outbox; LONG_AGO: not yet */
	Instant announced_at; /* when a channel first accepted it; LONG_AGO: not yet */
	bool notice_late;     /* accepted after announce_by */
	bool notice_refused; /* a required content is missing; said once, tried again when filled */
	Instant real_start;  /* START, or the opening itself when nobody says */
	Instant real_end;
	bool confirmed;    /* a person said that work began */
	Duration downtime; /* real, inside it; meaningful when REPORTED */
	Duration notice;   /* promised, estimated; 0: none (for messages) */
	Impact impact;
	int counts; /* 1: its downtime counts, 0: not, -1: unstated, and then it counts */
	bool quiet;
	char env[32];     /* "": every environment */
	char *services;   /* JSON list of ids; NULL: all of the plan */
	char reason[256]; /* why there is a window */
	char alternatives[256];
	char overlap[128];   /* ids of the windows it joins with, ", " between; "" none (WIN-08) */
	char who[64];        /* who made, extended, ended or cancelled it last */
	char outcome[256];   /* words of that person */
	unsigned extensions; /* how often it was extended */
} WindowOccurrence;

extern const RecordType window_occurrence_record;

/* ---- making occurrences ---- */

/* Keeps the occurrences in step with the plan: makes those that start before
 * now + 35 d (or their notice, an hour and a day, if that is longer) or are open
 * now; brings those not told about yet up to date; takes away those that the plan no longer
 * has, by CANCEL when people had been told. Call at start, after a reload, and
 * when windows_plan_due() comes. `all` is any list of occurrences; each one added
 * or changed is passed to `save`, each one to forget to `drop` (before it is
 * removed from the list). Either may be NULL. */
typedef struct Windows {
	WindowOccurrence *at;
	size_t n, cap;
} Windows;
typedef struct WindowSink {
	void (*save)(void *ctx, const WindowOccurrence *o);
	void (*drop)(void *ctx, const WindowOccurrence *o);
	void *ctx;
} WindowSink;
void windows_plan(Windows *all, const Plan *plan, Instant now, const WindowSink *sink, Effects *fx);
Instant windows_plan_due(Instant now); /* an hour later */

/* What a person says about a window of their own. Texts may be NULL. */
typedef struct WindowOrder {
	const char
	        *window; /* plan's window it follows: notice, counts, impact, quiet; NULL: none */
	const char *const *services; /* NULL-terminated ids; NULL: the window's, else all */
	const char *env;
	Instant starts;
	Instant ends;  /* LONG_AGO or 0: after the window's length */
	Impact impact; /* IMPACT_UNSTATED: the window's */
	const char *reason, *alternatives, *who;
} WindowOrder;
/* A one-off window, to be announced. ERR_CONFLICT when it starts in the past or
 * one of that name and start exists, ERR_NOT_FOUND for unknown ids,
 * ERR_BAD_INPUT for an empty or endless (over 31 d) one. The new occurrence is
 * in `ret`, for the caller to keep; a notice that is due is told by the next TICK. */
bool window_one_off(const Plan *plan, const WindowOccurrence *all, size_t n,
                    const WindowOrder *order, Instant now, WindowOccurrence *ret, Effects *fx,
                    Err *err) MUST_CHECK;
/* An emergency window: open at once (starts is now), reason required, told at
 * once, never taken out of availability. */
bool window_emergency(const Plan *plan, const WindowOccurrence *all, size_t n,
                      const WindowOrder *order, Instant now, WindowOccurrence *ret, Effects *fx,
                      Err *err) MUST_CHECK;

/* ---- living ---- */

typedef enum WindowEventKind {
	WINDOW_TICK,        /* time passed: notice, opening, end, overrun */
	WINDOW_NOTICE_SENT, /* a channel accepted the notice (message delivered) at `at` */
	WINDOW_START,       /* a person says that work began */
	WINDOW_END,         /* … ended; `text`: how it went */
	WINDOW_EXTEND,      /* … goes on until `at`; `text`: why */
	WINDOW_CANCEL,      /* … will not take place; `text`: why */
	WINDOW_DESCRIBE,    /* fills reason (`text`), alternatives, impact before the notice */
	WINDOW_REPORT,      /* real downtime inside it is `downtime`; engine's, after CLOSED */
} WindowEventKind;

typedef struct WindowEvent {
	WindowEventKind kind;
	const char *who;  /* actor as in the journal; NULL: "carene" */
	const char *text; /* NULL: none */
	const char *alternatives;
	Impact impact;
	Instant at;
	Duration downtime;
} WindowEvent;

/* Steps one occurrence. TICK, NOTICE_SENT and REPORT never fail (out of place,
 * they do nothing); what a person asks is refused with ERR_CONFLICT when the state
 * does not allow it. One TICK makes up for all the time since the last. Notices,
 * cancellations and ends are told once each, keys "win:ID:notice", "…:cancelled",
 * "…:done", "…:extended:N", "…:overrun:N", "…:unannounced", "…:refused". What is refused changes
 * nothing. */
bool window_step(WindowOccurrence *o, const Plan *plan, const WindowEvent *event, Instant now,
                 Effects *fx, Err *err);
Instant window_due(const WindowOccurrence *o); /* next instant at which TICK matters, or NEVER */
/* Whether a Tell's key is this occurrence's notice (then send NOTICE_SENT once a
 * channel has accepted the message). */
bool window_is_notice(const WindowOccurrence *o, const char *key);

/* ---- questions ---- */

const char *window_state_name(WindowState s); /* "planned" … "opened_unannounced" */
const char *window_origin_name(WindowOrigin o);
bool window_is_over(const WindowOccurrence *o); /* closed, reported or cancelled */
bool window_is_open(const WindowOccurrence *o,
                    Instant now); /* from the rule, not from the last TICK */
/* Its notice was really sent early enough, or none was promised. */
bool window_is_announced(const WindowOccurrence *o);
/* Concerns this service and environment. NULL service: something that belongs to
 * no service (only windows over all services concern it); NULL env: any. */
bool window_concerns(const WindowOccurrence *o, const char *service, const char *env);
/* The occurrence that holds deliveries back for that service now, or NULL. One
 * whose promised notice was never sent holds nothing back, nor does an overrun. */
const WindowOccurrence *windows_quiet(const WindowOccurrence *at, size_t n, const char *service,
                                      const char *env, Instant now);
/* The stretch whose downtime does not count in net availability; false: none of
 * it (it counts, was not announced in time, was cancelled, is an emergency). It
 * ends early when the work did, and never later than announced. */
bool window_excluded(const WindowOccurrence *o, Instant *ret_from, Instant *ret_to);

/* Overlapping or touching windows joined (WIN-08), soonest first. */
enum { WINDOW_JOINED = 8 };
typedef struct WindowSpan {
	Instant from, to;
	Impact impact; /* the worst */
	const WindowOccurrence *of[WINDOW_JOINED];
	size_t of_n; /* further ones are counted in `more` */
	size_t more;
} WindowSpan;
/* Those concerning the service and env (NULL, NULL: all) that are not cancelled
 * and overlap [from, to). Returns how many of the at most `cap` were written. */
size_t windows_merge(const WindowOccurrence *at, size_t n, const char *service, const char *env,
                     Instant from, Instant to, WindowSpan *out, size_t cap);

/* The notice entry that rules this window, or NULL. The one naming it wins over
 * one for all windows. */
const Notice *window_notice(const Plan *plan, const char *window);
/* Facts for messages and `--json`: id window label state origin starts ends until
 * notice announced_at … reason duration impact alternatives services overlap. */
void window_json(const WindowOccurrence *o, Emit *out);
