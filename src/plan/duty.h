/* A duty: whatever recurs and must be done by somebody or something, derived from
 * the plan's sections when it is loaded (plan_duties_derive(), called by
 * plan_load()). Tasks, backups, restore tests, exercises, log reviews and
 * rotations, database actions, cleanups, updates, audits, suites, load tests,
 * reports, documents, trainings, roadmap reviews, calendar entries, revisions of
 * the plan: one list, one machine (task/), one agenda, one kind of commitment.
 *
 * A schedule without an hour gets a slot here, inside its window where it has one,
 * else inside `plan.slots`, else 02:00-05:00 for machines and 09:00-17:00 on
 * working days for people and for reports, which people read; the slot is marked ours and spread so that duties do not
 * collide. The plan's own figure stays what is promised. */
#pragma once
#include "plan/ref.h"

enum { DUTY_ID = 128 };

typedef enum DutyCatchUp { DUTY_SKIP, DUTY_ONCE, DUTY_ALL } DutyCatchUp;
typedef enum DutyOverlap { OVERLAP_SKIP, OVERLAP_QUEUE, OVERLAP_BOTH } DutyOverlap;

struct Duty {
	char id[DUTY_ID]; /* "task:daily", "backup:daily", "document:technical:review",
	                     "calendar:03:2", "plan:review", "log:app:rotate" */
	RefKind kind;     /* REF_NONE for plan:… and calendar:… */
	const Item *item; /* the entry; src, ours, owner, label are read there */
	const char *title;
	Schedule at;             /* what runs: with the hour of the slot when it is ours */
	Schedule stated;         /* as the plan says it; SCHEDULE_UNSET where it says nothing */
	bool slot_ours;          /* the hour (or weekday, or day) was proposed by us */
	const char *slot_reason; /* in words of the plan's language, for `next` and the
	                            evidence; NULL */
	Instant from;            /* no occurrence before it (review.next); LONG_AGO: none */
	bool by_period_end;      /* the plan names a month or a date, not a day to begin:
	                            it is in time until duty_period_end() */
	Hours days;
	Span length;           /* planned duration; zero: not said. For slots 1 h is then assumed
	                          of people, 15 min of machines */
	Texts owner;           /* several: each must confirm (joint ownership) */
	const WorkItem *items; /* what is to be done; empty: one item, see `human` */
	size_t items_n;
	bool human;    /* without items: a person is asked; else a machine does it */
	bool supplier; /* done by somebody outside: can only be verified */
	DutyCatchUp catch_up;
	unsigned catch_up_n; /* DUTY_ALL: at most this many; 0: no limit */
	Span max_late;       /* zero: until the next occurrence */
	DutyOverlap overlap;
	Texts after, locks; /* duty ids; names */
	const struct Window *window;
	/* The duty whose `do:` item sets this one off: then that one's schedule is the
	 * trigger and this one's `stated` the promise (plan-model §10.4). NULL: it has
	 * its own occurrences. */
	const Duty *by;
};

/* Derives the list into the plan's arena. Order: the plan's own revision, then sections
 * as in the file format, entries as in the file. Which entries become a duty:
 *
 *   - every schedule that is not `unset`, also those without computable occurrences
 *     (`on deploy`, as_needed, agreed, continuous: duty_next() is NEVER);
 *   - an `unset` one only when a task sets it off.
 *
 * Ids: "task:ID", "backup:ID" and "backup:ID:also", "log:ID:review|rotate|clean|archive",
 * "document:ID:update|review", "training:ID" and "training:ID:follow_up", "roadmap:ID"
 * (once, on its due date) and "roadmap:ID:review", "calendar:MM:N", "plan:review" and
 * "plan:review:CADENCE", else "KIND:ID" with the kind's name in ref.h.
 *
 * `by`: an item `do:` without `if` of a task sets the duty off when the task comes at
 * least as often as the duty promises and names no other hour or day than the duty
 * states. A task that comes less often, or at another hour (`do: backup:nightly` in a
 * morning's round), only looks: the duty keeps its own occurrences, and lint compares
 * the cadences. A task that is `same_as` another is set off by it. Without a part,
 * `do: log:app` is its review, `do: document:x` its update. */
void plan_duties_derive(Plan *p);
const Duty *plan_duty(const Plan *p, const char *id); /* NULL */
/* The first occurrence strictly after t that `days` allows, or NEVER; a duty set off
 * by another has that one's. */
Instant duty_next(const Plan *p, const Duty *d, Instant t);
/* The last one at or before t, or LONG_AGO. */
Instant duty_last(const Plan *p, const Duty *d, Instant t);
/* When the promised cadence asks for the occurrence that follows the one at `t`: end
 * of the civil period for daily … yearly, else the next occurrence. For verdicts. */
Instant duty_period_end(const Plan *p, const Duty *d, Instant t);
/* When the occurrence due at t, if not done yet, is late: after the planned duration
 * where the plan names the hour, else at the end of the promised period – being later
 * than a slot of ours breaks nothing. NEVER: no limit is known. */
Instant duty_late_after(const Plan *p, const Duty *d, Instant t);
/* How often it comes, for comparing and ordering: 1 d for daily, 7 d for weekly (3.5 for
 * two weekdays), 30.4 d for monthly …; 0: not known (events, as_needed, once). */
Duration duty_cadence(const Schedule *s);
/* `do:` texts → duty: the one plan_ref() names, its part considered; NULL when it is no
 * duty (a check, a metric). */
const Duty *plan_duty_of(const Plan *p, const char *todo);
