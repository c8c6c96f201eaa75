/* Who can be reached: names of the plan (roles, teams, audiences, contacts) turned
 * into people, at one instant, by their hours and on-call times in the plan's zone.
 * Also when that changes next, and when nobody is there. Sends nothing. */
#pragma once
#include "notify/effects.h"
#include "plan/plan.h"

enum { REACH_MAX = 64 };

/* Somebody who can be told now. */
typedef struct Reach {
	char id[64]; /* contact id; an audience's id when it has plain addresses */
	bool oncall; /* reachable because on call, not in ordinary hours */
	bool is_audience;
} Reach;

typedef struct ReachList {
	Reach at[REACH_MAX];
	size_t n;
	unsigned away;      /* people asked for whose hours are closed */
	unsigned unfilled;  /* people asked for without any address in the plan */
	unsigned unstaffed; /* names that no contact stands behind (machines included) */
	unsigned unknown;   /* names that are not in the plan (any more) */
	bool cut;           /* more than REACH_MAX */
} ReachList;

/* Names are contact, role, team or audience ids, in this order when an id is used
 * twice; "role:dba" says which. A role is the contacts that hold it; a team its
 * members and the contacts whose role is of that team; each person once. */
void roster_reach(const Plan *p, const char *const *names, size_t n, Instant now, ReachList *ret);
/* Hours not set: always. Without e-mail, phone or channel of their own: never. */
bool roster_contact_reachable(const Plan *p, const Contact *c, Instant now, bool *ret_oncall);
/* Everybody who could stand behind the name at some hour: contacts in the plan's
 * order, at most cap of them; how many there are. */
size_t roster_people(const Plan *p, const char *name, const Contact **ret, size_t cap);

/* The next instant strictly after now at which the answer for `name` may differ, or NEVER. */
Instant roster_next_change(const Plan *p, const char *name, Instant now);
/* The next instant at or after now when somebody can be reached, or NEVER. */
Instant roster_next_reachable(const Plan *p, const char *name, Instant now);
/* The first stretch in [from, until) with nobody reachable; false: none. */
bool roster_gap(const Plan *p, const char *name, Instant from, Instant until, Instant *ret_from,
                Instant *ret_to);

/* An AlertReach (alert/alert.h): ctx is the Plan. */
size_t roster_names(const void *plan, const char *const *names, size_t n, Instant now,
                    char out[TELL_NAMES][64], bool *ret_unstaffed);

/* For `carene oncall`: one role, team or audience now and at its next hand-over. */
typedef struct RosterView {
	ReachList now, next;
	Instant change;           /* hand-over: when the set of people differs next; NEVER */
	Instant gap_from, gap_to; /* first stretch with nobody within `horizon`; not set: none */
} RosterView;
void roster_view(const Plan *p, const char *name, Instant now, Duration horizon, RosterView *ret);
