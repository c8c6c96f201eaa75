/* What deciders answer with: evidence to record and people to tell. A decider
 * appends; the engine commits all of it with the new state in one transaction,
 * and only then lets the world act on it. */
#pragma once
#include "core/list.h"
#include "journal/entry.h"

typedef enum TellKind {
	TELL_ALERT, /* an alert without incident fires */
	TELL_ALERT_RESOLVED,
	TELL_INCIDENT_OPENED,
	TELL_INCIDENT_ESCALATED, /* the next step of the ladder */
	TELL_INCIDENT_UPDATE,
	TELL_INCIDENT_RESOLVED,
	TELL_INCIDENT_REOPENED,
	TELL_CLOCK_WARNING, /* 50 % or 80 % of a clock, or its breach */
	TELL_WINDOW_NOTICE,
	TELL_WINDOW_CANCELLED,
	TELL_WINDOW_DONE,
	TELL_POSTMORTEM,
	TELL_SELF,     /* Carène's own trouble */
	TELL_TASK_DUE, /* all that awaits one person */
	TELL_TASK_MISSED,
	TELL_TASK_FAILED,
	TELL_TASK_NOTICE, /* an item of a task that says something to somebody */
	TELL_FOLLOW_UP,   /* an action or a vulnerability is overdue */
	TELL_KINDS
} TellKind;

enum { TELL_NAMES = 8 };

/* One thing to tell a set of people through a set of channels. notify/ turns it
 * into messages, one per channel and recipient, when the engine commits. */
typedef struct Tell {
	TellKind kind;
	char key[96];     /* idempotency key, unique for ever: "inc:2026-0012:step:2" */
	char subject[96]; /* as in the journal: "incident:2026-0012" */
	char rule[64];    /* for grouping storms; "" none */
	char to[TELL_NAMES]
	       [64]; /* role, team, contact, audience ids; none: the channels' own recipients */
	size_t to_n;
	char via[TELL_NAMES][64]; /* channel ids; none: the engine's default route */
	size_t via_n;
	char template_id[64]; /* "" : the built-in of the kind */
	int rank;             /* urgency: rank of the class or level, 1 worst; 0: not ranked */
	bool recovery;        /* never suppressed, never throttled away */
	char text[512];       /* kind-specific sentence, e.g. an update's words; "" none */
} Tell;

typedef struct Effects {
	LIST(Entry) entries;
	LIST(Tell) tells;
} Effects;

void effects_done(Effects *fx);
/* A new entry to fill in further; `input` (JSON) is taken over, may be NULL.
 * The pointer is valid until the next call. */
Entry *effects_entry(Effects *fx, Instant at, const char *kind, const char *subject,
                     const char *actor, char *input);
Tell *effects_tell(Effects *fx, TellKind kind, const char *subject, const char *key);
void tell_to(Tell *t, const char *name); /* ignored past TELL_NAMES; duplicates once */
void tell_via(Tell *t, const char *name);
