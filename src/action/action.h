/* Follow-ups: something that must be done because of what was learnt, with an owner, a
 * date and an end. Actions of the improvement register and vulnerabilities are the
 * same record and the same machine; only vulnerabilities are judged for severity.
 *
 *   action          PROPOSED ──approve──────────▶ APPROVED ──done──▶ DONE ──verify──▶ VERIFIED
 *                                                    ▲                │                │
 *   vulnerability   FOUND ──triage──▶ TRIAGED ──plan──▶ PLANNED ──fix──▶ FIXED ──verify─▶ VERIFIED
 *                                      │  ▲ └────────fix──────────────▲ │              │
 *                                accept│  │until has passed             │◀───reopen────┘
 *                                      ▼  │                             (to TRIAGED)
 *                                     ACCEPTED(risk, by, until)
 *
 *   whatever is not over ──drop, with the reason──▶ DROPPED ──reopen──▶ PROPOSED, FOUND
 *
 * Beyond the table of states: a vulnerability may be fixed without having been
 * planned (a fix within the hour needs no plan), and MITIGATE notes that it can no
 * longer be used while its cause is still there. Overdue is no state: it follows
 * from the deadline and the time. One that is overdue is told to its owner once, in
 * the owner's hours, and again every week until it is over.
 *
 * This decider reads no clock and sends nothing: it answers with Effects. */
#pragma once
#include "core/emit.h"
#include "core/record.h"
#include "notify/effects.h"
#include "plan/plan.h"

typedef enum ActionState {
	ACTION_OPEN,    /* proposed; a vulnerability: found */
	ACTION_TRIAGED, /* vulnerabilities only */
	ACTION_PLANNED, /* approved; planned */
	ACTION_DONE,    /* done; fixed */
	ACTION_VERIFIED,
	ACTION_ACCEPTED, /* vulnerabilities only: left as it is, until a date */
	ACTION_DROPPED,  /* will not be done, was none */
	ACTION_STATES
} ActionState;

typedef enum ActionOrigin {
	ACTION_OF_PERSON, /* nothing but somebody's idea, or a metric seen by somebody */
	ACTION_OF_INCIDENT,
	ACTION_OF_AUDIT,
	ACTION_OF_VULNERABILITY,
	ACTION_OF_REPORT,
	ACTION_OF_RESTORE_TEST,
	ACTION_OF_CAPACITY,
	ACTION_ORIGINS
} ActionOrigin;

#define ACTION_REMIND_DAYS 7 /* ours: how often an overdue one is told again */

/* One row of table `action`. */
typedef struct Action {
	char id[64]; /* "A-0004", "V-0012", "2026-0012/f01" */
	bool vulnerability;
	ActionOrigin origin;
	char origin_ref[96]; /* "incident:2026-0012", "audit:yearly", "CVE-2026-1234"; "" none */
	char what[256];
	char kind[24];      /* action_kind_known(); "" for a vulnerability */
	char severity[64];  /* vulnerability: id in the plan's `vulnerabilities`; "" not triaged */
	char component[96]; /* vulnerability: what has it; "" not said */
	char owner[64];     /* role, team or contact; "" nobody yet */
	ActionState state;
	char limit[32]; /* deadline as the plan writes it, "24h", "next_sprint"; "" none */
	Instant due;    /* not set: no verdict */
	Instant mitigate_due, mitigated_at;
	Instant made_at; /* found or proposed */
	char made_by[64];
	Instant triaged_at;
	Instant planned_at;  /* approved */
	Instant planned_for; /* the date somebody planned; not set: none */
	char planned_by[64];
	Instant done_at, verified_at;
	char done_by[64], verified_by[64];
	char accepted_by[64];
	Instant accepted_until;
	char reason[256]; /* the risk accepted, why it was dropped, reopened */
	int reopens;
	Instant late_at; /* when it was noted that the deadline had passed; not set: it is not */
	int reminders;   /* told so far, over all deadlines: part of the keys */
	Instant next;    /* next TICK, or NEVER */
	bool changed;    /* not kept: to be saved */
} Action;

extern const RecordType action_record;

typedef enum ActionEventKind {
	ACTION_EV_TRIAGE,   /* severity (of the plan); `owner` may be given */
	ACTION_EV_PLAN,     /* approve, plan; at: for when, not set: no date; `owner` */
	ACTION_EV_MITIGATE, /* vulnerability: can no longer be used; text */
	ACTION_EV_DONE,     /* done, fixed; text */
	ACTION_EV_VERIFY,   /* somebody saw that it holds; text */
	ACTION_EV_ACCEPT,   /* vulnerability; text: the risk, required; at: until, required */
	ACTION_EV_DROP,     /* text: why, required */
	ACTION_EV_REOPEN,   /* text: why, required */
	ACTION_EV_CHANGE,   /* owner, at: the due date, kind, text: what; those given */
	ACTION_EV_TICK,     /* `next` has come; owner_from */
	ACTION_EVENTS
} ActionEventKind;

/* Texts are read during the call only; NULL: not given. */
typedef struct ActionEvent {
	ActionEventKind event;
	const char *by; /* actor; NULL: "carene" */
	const char *text, *severity, *owner, *kind;
	Instant at;
	bool has_at;
	Instant owner_from; /* TICK: when its owner can be told: now or later; NEVER: not known */
} ActionEvent;

/* What makes one. Texts may be NULL. */
typedef struct ActionOpening {
	const char *id;
	bool vulnerability;
	ActionOrigin origin;
	const char *origin_ref, *what, *kind, *component, *owner, *by;
	Instant due; /* not set or 0: none */
} ActionOpening;

/* `a` is overwritten. ERR_BAD_INPUT: no words, or a kind that is none. */
bool action_open(Action *a, const ActionOpening *o, Instant now, Effects *fx, Err *err) MUST_CHECK;
/* Steps one. TICK never fails; what a person asks is refused with ERR_CONFLICT when the
 * state does not allow it, ERR_BAD_INPUT when it lacks what it needs. What is refused
 * changes nothing. */
bool action_step(Action *a, const Plan *plan, const ActionEvent *ev, Instant now, Effects *fx,
                 Err *err);

bool action_is_open(const Action *a); /* something is still to be done */
/* The deadline (or that of mitigation) has passed and it is not done. */
bool action_is_overdue(const Action *a, Instant now);
/* Done in time: 1, late or overdue: 0, neither yet: -1. No deadline: -1. */
int action_kept(const Action *a, Instant now);
const char *action_state_name(const Action *a); /* "proposed" …, "found" … */
const char *action_event_name(ActionEventKind e);
const char *action_origin_name(ActionOrigin o); /* "incident", "restore_test" … */
bool action_origin_parse(const char *s, ActionOrigin *ret);
bool action_kind_known(
        const char *s); /* preventive, corrective, procedure, training, improvement */
/* {id, what, kind, owner, state, due, overdue, origin, …}; `now` decides what is overdue. */
void action_emit(Emit *e, const char *key, const Action *a, Instant now);

/* ---- deadline.c ---- */

/* The plan's entry for that severity; NULL. */
const Vulnerability *action_severity(const Plan *plan, const char *id);
/* The last instant at which it is in time; false: the plan gives none (`asap`, `planned`,
 * `none`, unset, or `next_sprint` without `plan.sprint`). Spans are civil time in the
 * plan's zone. `next_sprint` is the end of the sprint after the one that `from` is in:
 * what is found in this sprint is fixed within the next. */
bool action_deadline(const Plan *plan, const Deadline *d, Instant from, Instant *ret);
