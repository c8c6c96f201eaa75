/* A support ticket: somebody asks, somebody answers, until it is resolved.
 *
 *   NEW ──assign──▶ ASSIGNED ──answer──▶ ANSWERED ──resume──▶ WORKING ◀──resume── WAITING
 *                                            │                 │  ▲ └────wait───────▲
 *                                            └──────wait───────│──│─────────────────┘
 *   whatever is open ──resolve──▶ RESOLVED ──close──▶ CLOSED   │  │
 *                                    └──────reopen────┴────────│──┘
 *   escalate: the next level of support has it ◀───────────────┘
 *
 * The plan's `support.priorities` give a ticket the class whose clocks it has: the
 * response clock runs from its opening to the first answer, the resolution clock to its
 * resolution. A reopened one was not resolved: its clock runs on from its opening. Where
 * the class counts service hours, they are those of support (`support.hours`), except
 * for the classes it serves around the clock (`always_for`); then, and only then,
 * waiting for the user holds the resolution clock.
 *
 * Beyond the table of states: who resolves has thereby answered; an escalation before
 * the first answer changes who owes it, and stops nothing.
 *
 * This decider reads no clock and sends nothing: it answers with Effects. Events may lie
 * in the past (an import): a limit that was missed before somebody brought the ticket
 * here is recorded, and told to nobody. */
#pragma once
#include "clock/clock.h"
#include "core/emit.h"
#include "core/record.h"
#include "notify/effects.h"
#include "plan/plan.h"

typedef enum TicketState {
	TICKET_NEW,
	TICKET_ASSIGNED,
	TICKET_ANSWERED,
	TICKET_WORKING,
	TICKET_WAITING, /* for the user */
	TICKET_RESOLVED,
	TICKET_CLOSED,
	TICKET_STATES
} TicketState;

/* One row of table `ticket`. */
typedef struct Ticket {
	char id[32];       /* "T-0012" */
	char external[96]; /* "zendesk:35436": its name where it comes from; "" made here */
	char source[24];   /* "person", "zendesk", "intercom", "csv", "json" */
	TicketState state;
	char title[160];
	char priority[32]; /* as the plan or the tool names it; "" none */
	int level;         /* of support, from 1 */
	char agent[64];
	Instant opened;
	Instant first_resolved_at, resolved_at; /* the last time; not set: not yet, or reopened */
	Instant closed_at;
	Instant updated; /* as the tool it comes from says; not set: made here */
	Clock respond, resolve;
	int replies, reopens, escalations;
	bool scored;
	double score, scale; /* 4 of 5 */
	Instant scored_at;
	char incident[32]; /* it is about; "" none */
	char *history;     /* JSON list of {at, what, by, text}, oldest first */
	int round;         /* of its clocks: another class or a reopening; part of the keys */
	Instant due;       /* next TICK, or NEVER */
	bool changed;      /* not kept: to be saved */
} Ticket;

extern const RecordType ticket_record;
void Ticket_done(Ticket *t);
/* After the row was read: what the row leaves out. */
void ticket_restored(Ticket *t);

typedef enum TicketEventKind {
	TICKET_EV_ASSIGN,   /* agent, priority, level; those given */
	TICKET_EV_ANSWER,   /* by, text */
	TICKET_EV_WAIT,     /* the user must answer */
	TICKET_EV_RESUME,   /* work goes on */
	TICKET_EV_ESCALATE, /* to the next level; agent, text */
	TICKET_EV_RESOLVE,  /* by, text */
	TICKET_EV_CLOSE,    /* by */
	TICKET_EV_REOPEN,   /* by, text: why */
	TICKET_EV_SCORE,    /* score, scale; text */
	TICKET_EV_LINK,     /* incident */
	TICKET_EV_TICK,
	TICKET_EVENTS
} TicketEventKind;

/* Texts are read during the call only; NULL: not given. */
typedef struct TicketEvent {
	TicketEventKind event;
	const char *by; /* actor; NULL: "carene" */
	const char *text, *agent, *priority, *incident;
	int level; /* 0: not given */
	double score, scale;
	bool quiet; /* an import: no entry for each event, and nothing is told */
} TicketEvent;

typedef struct TicketOpening {
	const char *id, *title; /* title required */
	const char *priority, *external, *source, *by, *agent, *incident;
	int level; /* 0: the first */
	bool quiet;
} TicketOpening;

/* `t` is overwritten. ERR_BAD_INPUT without a title. */
bool ticket_open(Ticket *t, const Plan *plan, const TicketOpening *o, Instant at, Effects *fx,
                 Err *err) MUST_CHECK;
/* Steps one. TICK never fails; what a person asks is refused with ERR_CONFLICT when the
 * state does not allow it, ERR_BAD_INPUT when it lacks what it needs. What is refused
 * changes nothing. */
bool ticket_step(Ticket *t, const Plan *plan, const TicketEvent *ev, Instant at, Effects *fx,
                 Err *err);

bool ticket_is_open(const Ticket *t); /* neither resolved nor closed */
/* The class whose clocks that priority has; NULL: none. A class's own id will do too. */
const Class *ticket_class(const Plan *plan, const char *priority);
const char *ticket_state_name(TicketState s);
const char *ticket_event_name(TicketEventKind e);
bool ticket_event_parse(const char *s, TicketEventKind *ret); /* not "tick" */

typedef enum TicketView { TICKET_BRIEF, TICKET_FULL } TicketView;
/* {id, title, state, priority, level, agent, clocks[] …}; FULL adds the history. */
void ticket_emit(Emit *e, const char *key, const Ticket *t, const Plan *plan, TicketView view,
                 Instant now);
