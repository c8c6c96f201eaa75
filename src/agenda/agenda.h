/* The agenda: what the plan alone says is due between two instants – windows with
 * the notices they promise, occurrences of duties, ends of sprints –, which windows
 * run into each other, and what collides: two things asked of one person at once, a
 * name locked twice, machine work while somebody else's window takes things down.
 *
 * Pure and bounded: it reads the plan and nothing else. What really happened, one-off
 * windows and moved occurrences are the engine's to tell. */
#pragma once
#include "core/list.h"
#include "plan/duty.h"

typedef enum AgendaKind {
	AGENDA_NOTICE, /* the latest moment at which a notice must have been sent */
	AGENDA_WINDOW,
	AGENDA_DUTY,
	AGENDA_SPRINT, /* a sprint ends, the next begins */
	AGENDA_KINDS
} AgendaKind;

typedef struct AgendaEntry {
	AgendaKind kind;
	Instant from, to;     /* half-open; equal where no length is known */
	Instant late;         /* duty: done after this is late; notice: start of what it is about;
	                     NEVER */
	const Window *window; /* of a window and its notice */
	const Duty *duty;     /* of a duty and the notice of an update */
	const char *title;    /* in the plan's language; NULL for a sprint's end */
	Texts owner;
	bool ours;          /* its place in time was proposed by us */
	const char *reason; /* why there; NULL */
	unsigned times;     /* occurrences it stands for: more than 1 for what comes often,
	                       one entry a day from its first on */
	unsigned merge;     /* windows: number of its merge, from 1; 0: alone */
	bool collides;      /* named by a collision */
} AgendaEntry;

/* Overlapping or touching windows of common services, as one. */
typedef struct AgendaMerge {
	Instant from, to;
	Impact impact;  /* the worst */
	unsigned n;     /* how many windows */
	Instant notify; /* the earliest of their notices; NEVER: none promised */
} AgendaMerge;

typedef enum AgendaClash { CLASH_OWNER, CLASH_LOCK, CLASH_WINDOW } AgendaClash;
typedef struct AgendaCollision {
	size_t a, b; /* entries, a begins first */
	AgendaClash why;
	const char *what; /* the owner's id, the lock, the window's id */
} AgendaCollision;

typedef struct Agenda {
	Instant from, to;
	LIST(AgendaEntry) entries; /* by begin, then kind, then the plan's order */
	LIST(AgendaMerge) merges;
	LIST(AgendaCollision) collisions;
	bool cut;       /* more than AGENDA_ENTRIES: the rest is left out */
	size_t undated; /* duties that events or people set off, without a date */
} Agenda;

enum { AGENDA_ENTRIES = 20000, AGENDA_COLLISIONS = 2000 };

/* What is wanted; zeroed: everything. */
typedef struct AgendaWish {
	const char *kind;  /* "window", "notice", "sprint", "task", "backup" …: the id's first
	                      word; NULL: all */
	const char *owner; /* role, team or contact id that answers for it; NULL: all. Teams
	                      are not resolved into members. */
} AgendaWish;

/* What begins in [from, to), and windows that are still open at `from`. Collisions are
 * those of the whole plan; with a wish, those between entries that are wanted.
 * The agenda points into the plan. */
void agenda_read(const Plan *p, Instant from, Instant to, const AgendaWish *wish, Agenda *ret);
void Agenda_done(Agenda *a);
/* How often the things of the i-th collision collide, when it is the first of theirs; 0:
 * an earlier one has been told. */
unsigned agenda_collision_times(const Agenda *a, size_t i);
/* The same thing on another day. */
bool agenda_same_thing(const AgendaEntry *a, const AgendaEntry *b);
/* Whether no entry before the i-th is the same thing. */
bool agenda_is_first(const Agenda *a, size_t i);

/* Whether the word may stand in AgendaWish.kind. */
bool agenda_kind_known(const char *kind);
/* "task" of "task:health"; "window", "notice", "sprint". */
const char *agenda_kind_of(const AgendaEntry *e, char out[32]);
/* Stable name of an entry: "task:health", "window:night", "notice:night", "sprint". */
const char *agenda_id(const AgendaEntry *e, char out[DUTY_ID + 16]);
/* The plan as a calendar sees it: entries that touch the civil day beginning at `day`. */
bool agenda_touches(const AgendaEntry *e, Instant day, Instant next_day);
