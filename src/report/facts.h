/* What a status page says, as plain facts: the engine fills this view from the
 * ledger and the journal, and everything in report/status.h renders it without
 * asking anything else. So the page, its JSON, its feed, its badge and the
 * terminal cannot disagree.
 *
 * Nothing is owned here: texts and lists belong to whoever filled the view and
 * stay put while it is rendered. Texts are raw (never escaped), in the plan's
 * language; NULL where there is nothing to say. An Instant that is not known is
 * LONG_AGO. A zeroed view claims nothing: its states are "unknown". */
#pragma once
#include "calendar/zone.h"
#include "core/instant.h"

#include <stddef.h>

/* Unknown comes first, so that what nobody filled is never "up". */
typedef enum StatusState {
	STATUS_UNKNOWN, /* not measured: no data, or Carène stopped or cut off */
	STATUS_UP,
	STATUS_DEGRADED,
	STATUS_DOWN,
	STATUS_MAINTENANCE, /* inside an announced window */
	STATUS_STATES
} StatusState;

/* One civil day of one component, in seconds. The rest of `length` was up. */
typedef struct StatusDay {
	int64_t date;   /* civil date of the page's zone, days since 1970-01-01 (days_from_civil) */
	int32_t length; /* 86400; 82800 or 90000 on clock changes; today: until `now` */
	int32_t down, degraded, maintenance;
	int32_t unknown; /* all of `length` on days before the component was watched */
} StatusDay;

enum { STATUS_DAYS = 90 };

typedef struct StatusPart { /* a component of the page */
	const char *id;
	const char *label; /* NULL: id */
	const char *group; /* NULL: none; parts of one group need not be neighbours */
	StatusState state;
	Instant since;         /* when the state began */
	const char *cause;     /* for the public: "le paiement par carte ne répond pas"; NULL */
	const StatusDay *days; /* oldest first, the last is today; usually STATUS_DAYS of them */
	size_t days_n;
	/* Share of the measured time of `days` that was up or degraded, 0-1, maintenance
	 * counted as the plan says; negative: nothing was measured. Printed floored. */
	double availability;
	int64_t measured_s; /* seconds of `days` that were measured */
} StatusPart;

typedef struct StatusUpdate { /* a message told to the public about an incident */
	Instant at;
	const char *text;
	const char *state; /* the phase it announces: see StatusIncident.state; NULL: none */
} StatusUpdate;

typedef struct StatusIncident {
	const char *id; /* "2026-0012" */
	const char *title;
	const char *class_label; /* "critique"; NULL: not shown */
	/* Incident machine's state by name: "open" "qualified" "acknowledged" "investigating"
	 * "mitigated" "resolved" "watching" "postmortem" "closed" "cancelled". */
	const char *state;
	StatusState impact;       /* worst state it put a component in */
	Instant opened;           /* when the trouble began */
	Instant ended;            /* when the service was back; LONG_AGO: still open */
	Instant expected_end;     /* estimated recovery told by people; LONG_AGO: none */
	Instant next_update_at;   /* next news promised; LONG_AGO: none */
	const char *const *parts; /* ids of the components hit */
	size_t parts_n;
	const StatusUpdate *updates; /* newest first */
	size_t updates_n;
} StatusIncident;

typedef struct StatusWindow { /* planned maintenance */
	const char *id;       /* unique: "weekly@2026-11-22" */
	const char *title;    /* NULL: "Maintenance" */
	Instant starts, ends;
	StatusState impact; /* what users will meet: DOWN, DEGRADED, UP (none); UNKNOWN: unstated */
	const char *reason, *alternatives;
	/* Window machine's state: "planned" "announced" "open" "overrun" "closed" "cancelled". */
	const char *state;
	const char *const *parts; /* empty: everything */
	size_t parts_n;
} StatusWindow;

typedef struct StatusFacts {
	const char *product;      /* "MangaThèque" */
	const char *title;        /* of the page; NULL: product */
	const char *intro;        /* one paragraph; NULL */
	const char *contact;      /* mail address, web address or text; NULL */
	const char *url;          /* where the page is published, for feed ids; NULL */
	const char *languages[4]; /* "fr", "en": the first is index.html; none: "en" */
	size_t languages_n;
	/* The language of the plan's own texts, so that a screen reader speaks them right
	 * on a page in another one; NULL: not said. */
	const char *text_language;
	const Zone *zone;      /* the plan's; NULL: UTC */
	Instant now;           /* when these facts were taken */
	Instant measured_at;   /* the newest result behind them; LONG_AGO: none ever */
	Instant measured_from; /* first measure kept; LONG_AGO: none */
	Duration every;        /* longest interval between two probes; 0: not said */
	Duration rewritten;    /* the page is written anew at least this often; 0: not said */
	/* How availability is counted, one sentence per language of `languages`, as the
	 * plan declares it; NULL: the built-in sentence (days of 24 h, unknown left out). */
	const char *counted[4];

	const StatusPart *parts;
	size_t parts_n;
	const StatusIncident *incidents; /* open ones, worst first */
	size_t incidents_n;
	const StatusWindow *windows; /* open, or starting within the horizon; soonest first */
	size_t windows_n;
	const StatusIncident *history; /* over, within 90 days, newest first */
	size_t history_n;
	/* The last interruption (down, not maintenance) of any component, if one is known. */
	Instant last_outage;
	Duration last_outage_length;
	const char *last_outage_part; /* label; NULL: not said */
} StatusFacts;

/* The worst state of the components: down, degraded, unknown, maintenance, up.
 * Without any component it is unknown. */
StatusState status_overall(const StatusFacts *f);
const char *status_state_name(StatusState s); /* "up" …: JSON, CSS classes */
const StatusPart *status_part(const StatusFacts *f, const char *id); /* NULL: absent */
