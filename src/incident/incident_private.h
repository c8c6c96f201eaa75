/* Shared by the files of incident/: one step's context, and who does what in it. */
#pragma once
#include "incident/incident.h"
#include "notify/lang.h"

#include <stdio.h>

/* Who stops a clock when nobody had to act any more. */
#define RECOVERY "recovery"

typedef struct Turn {
	Incident *inc;
	IncidentParts *parts;
	const Plan *plan;
	const IncidentEvent *ev;
	Instant now;
	Effects *fx;
	const Class *class_;    /* NULL: none, or gone from the plan */
	const Service *service; /* NULL: none, or gone */
	const Zone *zone;
	Lang lang;
	const char *by;
	char subject[48], prefix[48]; /* "incident:ID", "inc:ID" */
	Ladder ladder;
} Turn;

/* ---- story.c: timeline, evidence, messages ---- */

/* Adds a line to the timeline and a record "incident.KIND" to the evidence. */
void story(Turn *t, const char *kind, const char *text);
void story_public(Turn *t, const char *kind, const char *text);
/* The line alone, where the evidence is written by somebody else. */
void story_line(Turn *t, const char *kind, const char *text, bool is_public);
LadderCase story_case(const Turn *t, TellKind first);
/* To everybody told so far; what makes the key unique is added. */
void story_tell_told(Turn *t, TellKind kind, const char *what, bool recovery, const char *text);
/* To the route of the incident: the channels of the ladder's first step. */
void story_tell_route(Turn *t, TellKind kind, const char *what, const char *text);

/* ---- hands.c: clocks and ladder ---- */

Clock *hands_clock(Turn *t, ClockKind kind); /* NULL: never started */
ClockRule hands_rule(const Turn *t, ClockKind kind);
void hands_start(Turn *t, ClockKind kind, const Deadline *limit, Instant from);
void hands_stop(Turn *t, ClockKind kind, const char *by);
void hands_cancel(Turn *t, ClockKind kind, const char *why); /* stops it without verdict */
void hands_resume(Turn *t, ClockKind kind);
void hands_relimit(Turn *t);
void hands_tick(Turn *t);
void hands_climb(Turn *t, TellKind first); /* tells the ladder's due steps */
bool hands_advance(Turn *t, const char *why);
Instant hands_due(const Turn *t);

/* ---- reclass.c: false when the event lacks what it needs ---- */

bool class_qualify(Turn *t);
bool class_reclassify(Turn *t);

/* ---- checklist.c ---- */

void checklist_open(Turn *t); /* copies the class's phases and closing list */
void checklist_reclass(Turn *t);
/* The items that stop this clock are done by the act that stopped it. */
void checklist_done_by_act(Turn *t, ClockKind stopped);
bool checklist_item(Turn *t, ChecklistItem **ret); /* ITEM: false when it means nothing */
void checklist_tick(Turn *t);
Instant checklist_due(const Turn *t);
bool checklist_is_closed(const IncidentParts *parts); /* nothing of the closing list is open */
bool follow_up_event(Turn *t);
