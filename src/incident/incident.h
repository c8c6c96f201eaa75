/* An incident: something is broken, someone must know, until it is over and learnt from.
 *
 *   OPEN ──qualify──▶ QUALIFIED                                  (false alarm)
 *    │ └─────ack──────┐  │ack            OPEN … INVESTIGATING ──────────────▶ CANCELLED
 *    │                ▼  ▼
 *    │             ACKNOWLEDGED ──investigate──▶ INVESTIGATING ──mitigate──▶ MITIGATED
 *    │recover, resolve   │recover, resolve          │ ▲   │recover,            │resolve
 *    └────────┬──────────┘                          │ │   │resolve             │
 *             ▼                                     │ │   ▼                    │
 *          RESOLVED ◀───────────────────────────────┘ └─relapse, reopen── ◀────┘
 *             │  the class has a watch: WATCHING ──relapse, reopen──▶ INVESTIGATING
 *             │                            │ watch over
 *             ▼ settled                    ▼
 *         POSTMORTEM ──closing list done──▶ CLOSED ──reopen──▶ INVESTIGATING
 *
 * OPEN           known to Carène: clocks run from detected_at, the ladder calls
 * QUALIFIED      a person judged class and impact; the class fixes the limits
 * ACKNOWLEDGED   a person took it: the response clock and unacknowledged steps stop
 * INVESTIGATING  work is going on
 * MITIGATED      a workaround holds: users are served, the cause is still there
 * RESOLVED       fixed and checks pass; rests INCIDENT_SETTLE, so that a relapse
 *                at once is the same incident, then goes on by itself
 * WATCHING       the class's stability watch; the resolution is announced at its end
 * POSTMORTEM     the class's closing list, and its post-mortem, are being done
 * CLOSED         over. Classes without closing list or post-mortem come here by
 *                themselves
 * CANCELLED      it was a false alarm; counted apart
 *
 * Beyond the table of states: a person who mitigates or investigates has thereby
 * acknowledged; a recovery (every alert behind it resolved) resolves in any active
 * state but MITIGATED, where it only restores service, since the cause remains; a
 * person's RESOLVE while checks still fail is recorded (fix_at) and takes effect
 * when they pass. A false alarm may still be found by whoever acknowledged.
 * Events that mean nothing in the current state are ignored, not errors: an
 * acknowledgement may race with a recovery, and both are right. Which event does
 * what where: test/golden/incident_matrix.txt.
 *
 * This module decides and never acts: incident_step() takes the time from its
 * caller and answers with effects; it keeps no pointer into the plan. */
#pragma once
#include "action/action.h"
#include "clock/clock.h"
#include "core/emit.h"
#include "core/list.h"
#include "core/record.h"
#include "incident/ladder.h"
#include "notify/effects.h"
#include "plan/plan.h"

typedef enum IncidentState {
	INCIDENT_OPEN,
	INCIDENT_QUALIFIED,
	INCIDENT_ACKNOWLEDGED,
	INCIDENT_INVESTIGATING,
	INCIDENT_MITIGATED,
	INCIDENT_RESOLVED,
	INCIDENT_WATCHING,
	INCIDENT_POSTMORTEM,
	INCIDENT_CLOSED,
	INCIDENT_CANCELLED,
	INCIDENT_STATES
} IncidentState;

typedef enum IncidentSource {
	INCIDENT_BY_ALERT,
	INCIDENT_BY_TICKET,
	INCIDENT_BY_PERSON
} IncidentSource;

#define INCIDENT_SETTLE minutes(10) /* ours: the default flap time of an alert */

typedef struct Incident {
	char id[32]; /* "2026-0012", given by the engine */
	IncidentState state;
	char key[200];   /* incident_key() of its alerts; "" for a person's */
	char class_[64]; /* "" : the plan has none (all clocks undefined) */
	char level[64];  /* of the alert that opened it; "" none */
	int rank;        /* of the class; 0: not ranked */
	char title[160], service[64], env[32];
	char rule[64]; /* that opened it; "" */
	IncidentSource source;
	char source_ref[96]; /* "alert:down-000012", "ticket:…", the person */
	char assignee[64];
	int impact;       /* percent of users; -1: not said */
	bool drill;       /* an exercise: told and timed, counted apart */
	bool failing;     /* some alert behind it is still firing */
	char held_by[96]; /* while not "": nobody is called; clocks run and recoveries are told */
	int alerts;       /* how many joined, the first included */
	int relapses;
	Instant started_at;  /* first failed probe; = detected_at when not known */
	Instant detected_at; /* clocks start here */
	Instant acknowledged_at, first_message_at, mitigated_at, restored_at, resolved_at,
	        closed_at, next_update_at;
	Instant fix_at;     /* a person said it is fixed, and checks still failed */
	Instant settled_at; /* RESOLVED and WATCHING: when they go on by themselves */
	char acknowledged_by[64];
	bool acked; /* since it opened or last relapsed: stops the ladder */
	bool postmortem_done;
	bool resolution_told;
	char reason[256]; /* of a false alarm, or of the last reclassification */
	char *ladder;     /* frozen, see ladder.h */
	char *history;    /* class history: JSON list of {at, from, to, by, reason} */
	int sequence;     /* numbers timeline, items and messages */
	Instant due;      /* next TICK, or NEVER */
} Incident;

/* One line of the story. */
typedef struct TimelineEntry {
	char id[64]; /* "2026-0012/t0007" */
	char incident[32];
	Instant at;
	char author[64]; /* "carene", "contact:ana" */
	char kind[32];   /* "opened", "note", "update", "step", "clock" … */
	char text[512];
	bool is_public; /* told to users: shown on the status page */
	char state[24]; /* the incident's state after it */
	bool changed;   /* not kept: to be saved */
} TimelineEntry;

typedef enum ItemState { ITEM_OPEN, ITEM_DONE, ITEM_WAIVED } ItemState;

/* A line of a phase's checklist or of the closing list, copied from the class when
 * the incident opens. */
typedef struct ChecklistItem {
	char id[96]; /* "2026-0012/p03" */
	char incident[32];
	char class_[64], phase[64]; /* phase: its id, or "closing" */
	char text[256];
	int stops; /* ClockKind that doing it stops; -1 none */
	bool optional;
	bool closing; /* blocks closure unless done or waived */
	ItemState state;
	Instant opens, due; /* phase's from and to, from detection; due not set: no limit */
	Instant at;         /* done or waived */
	char by[64], reason[256];
	bool late_said; /* its limit passed and was recorded */
	bool changed;   /* not kept */
} ChecklistItem;

extern const RecordType incident_record, timeline_record, phase_item_record;

/* What belongs to one incident; lists kept by the engine beside it. After a step the
 * engine saves the elements marked `changed` and clears the mark. */
typedef struct IncidentParts {
	LIST(Clock) clocks;
	LIST(TimelineEntry) timeline;
	LIST(ChecklistItem) items;
	LIST(const Action *) follow_ups; /* borrowed: kept and stepped beside incidents */
} IncidentParts;
void IncidentParts_done(IncidentParts *parts);
void Incident_done(Incident *inc);

typedef enum IncidentEventKind {
	INCIDENT_EV_JOIN,        /* another alert of its key fired */
	INCIDENT_EV_ACK,         /* by, how */
	INCIDENT_EV_QUALIFY,     /* by, class_ (NULL: as it is), impact, assignee */
	INCIDENT_EV_RECLASSIFY,  /* by, class_, text: the reason, required */
	INCIDENT_EV_NOTE,        /* by, text */
	INCIDENT_EV_UPDATE,      /* by, text: to users; next: when the next one is promised */
	INCIDENT_EV_INVESTIGATE, /* by */
	INCIDENT_EV_MITIGATE,    /* by, text */
	INCIDENT_EV_RECOVER,     /* every alert behind it is resolved */
	INCIDENT_EV_RELAPSE,     /* one of them fires again, or is held back no more */
	INCIDENT_EV_HOLD,        /* all that still fail are held back; text: by what */
	INCIDENT_EV_RESOLVE,     /* by, text: a person says it is fixed */
	INCIDENT_EV_ITEM,        /* by, item, item_state, text: reason of a waiver, required */
	INCIDENT_EV_FALSE_ALARM, /* by, text: the reason, required */
	INCIDENT_EV_POSTMORTEM,  /* by, text: it is written, or where */
	INCIDENT_EV_CLOSE,       /* by */
	INCIDENT_EV_REOPEN,      /* by, text: the reason */
	INCIDENT_EV_FOLLOW_UP,   /* by, follow_up, follow_event: told in the story */
	INCIDENT_EV_ASSIGN,      /* by, assignee */
	INCIDENT_EV_ESCALATE, /* by, text: the next step now (an alert's ack deadline, a person) */
	INCIDENT_EV_TICK,     /* `due` has come */
	INCIDENT_EVENTS
} IncidentEventKind;

/* Texts are read during the call only; NULL counts as "". */
typedef struct IncidentEvent {
	IncidentEventKind kind;
	const char *by;  /* actor: "contact:ana", "cli:root@host"; NULL: "carene" */
	const char *how; /* "link", "command", "http" */
	const char *text, *class_, *assignee;
	bool has_impact;
	int impact;
	Span next; /* UPDATE: promised; zero: the class's next_update limit */
	const char *item;
	ItemState item_state;
	const Action *follow_up;
	int follow_event; /* ActionEventKind that changed it; -1: it is new */
} IncidentEvent;

/* What opens one. */
typedef struct IncidentOpening {
	const char *id, *key;
	const char *class_, *level; /* ids; NULL: none */
	const char *title;          /* NULL: made from rule, service and environment */
	const char *service, *env, *rule;
	IncidentSource source;
	const char *source_ref, *by;
	Instant started_at; /* first failed probe; 0 or LONG_AGO: not known */
	bool has_impact;
	int impact;
	bool drill;
} IncidentOpening;

/* `inc` and `parts` must be zeroed. Clocks respond, inform, mitigate and resolve
 * start at now; the ladder is frozen and its first steps are told. */
void incident_open(Incident *inc, IncidentParts *parts, const Plan *plan, const IncidentOpening *o,
                   Instant now, Effects *fx);
/* False: the event means nothing here, or lacks what it needs; nothing changed. */
bool incident_step(Incident *inc, IncidentParts *parts, const Plan *plan, const IncidentEvent *ev,
                   Instant now, Effects *fx);

Instant incident_due(const Incident *inc);    /* next TICK, or NEVER */
bool incident_is_open(const Incident *inc);   /* not closed, not cancelled */
bool incident_is_active(const Incident *inc); /* not yet resolved */
bool incident_takes_alerts(
        const Incident *inc); /* alerts of its key join it, refires are relapses */
/* What still blocks closure, one item a line; true when nothing does. */
bool incident_can_close(const Incident *inc, const IncidentParts *parts, const Plan *plan,
                        Buf *out_why);
const Clock *incident_clock(const IncidentParts *parts, ClockKind kind); /* NULL: none */

const char *incident_state_name(IncidentState s); /* "open" */
const char *incident_event_name(IncidentEventKind e);
const char *incident_source_name(IncidentSource s);
const char *item_state_name(ItemState s);
bool item_state_parse(const char *s, ItemState *ret);

/* ---- views ---- */

typedef enum IncidentView { INCIDENT_BRIEF, INCIDENT_FULL } IncidentView;
/* One JSON object: id, class, state, title, opened, clocks[] …; FULL adds the
 * timeline, phases with items, ladder, follow-ups and what blocks closure. `plan`
 * may be NULL (labels are then ids). */
void incident_emit(Emit *e, const char *key, const Incident *inc, const IncidentParts *parts,
                   const Plan *plan, IncidentView view, Instant now);
