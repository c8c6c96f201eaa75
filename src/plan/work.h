/* Planned work: tasks and their items, procedures, exercises, audits, reports,
 * documents, trainings, the roadmap, the year's calendar, support and costs.
 * Part of plan.h; read-only after plan_load(). */
#pragma once
#include "plan/item.h"
#include "plan/types.h"

typedef struct Task Task;
typedef struct Procedure Procedure;
struct Window;

/* One thing to do: an item of a task, a step of a procedure, a gate of a stage. Says
 * exactly one of do, ask, notify, run, sql, http, unit, wait or call; or `do` and
 * `ask` together: measured, then confirmed by a person. */
typedef struct WorkItem {
	Item item;          /* id: its number in the list, "1", "2", … unless the plan names it */
	const char *todo;   /* `do`: "check:site", "backup:daily", "log:app:rotate" (ref.h) */
	const char *ask;    /* a person does it and says so */
	const char *notify; /* audience, role, team, contact or channel id */
	Texts run;          /* argv */
	const char *sql, *http, *unit, *wait, *call;
	const char *only_if; /* `if`: a condition, or `needed`: a person says yes or no */
	const char *expect;  /* what the answer must be */
	const char *needs;   /* what must be up for it to work: "mysql up" */
	const char *env;
	const char *on_fail; /* "stop" (default), "continue", "rollback", "call:…" */
	const char *stops;   /* clock that finishing it stops */
	Span timeout;
	bool destructive, always, timed;
} WorkItem;

/* A recurring duty of the plan's own wording. */
struct Task {
	Item item;
	Schedule at;
	Span length;      /* `for`: planned duration; zero: not said */
	const char *type; /* preventive, corrective, evolutive; NULL */
	const WorkItem *items;
	size_t items_n;
	Texts after; /* task ids whose occurrence of the same day must be over first */
	Hours days;  /* occurrences on other days fall away; not set: every day */
	const Task *same_as;
	const char *catch_up; /* "skip", "once" (default), "all", "all:5": after a stop */
	Span max_late; /* an occurrence later than this is not caught up; zero: until the next */
	const char *overlap;         /* "skip" (default: the old one is missed), "queue", "both" */
	Texts locks;                 /* names of which only one holder runs at a time */
	const struct Window *window; /* takes place inside this window */
	Texts depends;               /* services, databases it needs, free names */
	const char *env;
};

struct Procedure {
	Item item;
	const char *kind; /* restore, restart, scale, update, incident; NULL */
	Texts params;
	const WorkItem *steps;
	size_t steps_n;
	Span limit; /* zero: none */
	Texts envs;
	const char *on_fail; /* rollback, or a procedure's id */
};

typedef struct Exercise {
	Item item;
	const char *kind; /* recovery, incident, game_day */
	Schedule at;
	Span length;
	const char *scenario, *target;
	const WorkItem *items;
	size_t items_n;
} Exercise;

typedef struct Audit {
	Item item;
	const char *depth; /* scan, check, audit, pentest, access, review */
	Schedule at;
	Span length;
	bool external; /* by somebody outside the team */
	Texts scope;   /* what is looked at */
	Texts run;     /* argv of a scanner */
	const WorkItem *items;
	size_t items_n;
} Audit;

typedef struct ReportPlan {
	Item item;
	Schedule at;
	Texts after;    /* task ids */
	Texts sections; /* names of what it shows */
	Texts audience, via;
	const char *template_id;
	const WorkItem *items; /* a person's paragraphs */
	size_t items_n;
} ReportPlan;

typedef struct Document {
	Item item;
	const char *kind; /* technical, user, procedure, plan, changelog */
	Texts paths;      /* files or names */
	int count;        /* how many the written plan says; 0: not said */
	Schedule update, review;
	const char *url;
	bool versioned;
} Document;

typedef struct Training {
	Item item;
	Texts audience;
	Schedule at;
	Span length, length_max; /* `for: 2h` or `for: 2h-4h` */
	Texts modules;
	const char *evaluation, *certificate;
	Schedule follow_up;
} Training;

typedef struct RoadmapItem {
	Item item;
	Span within;     /* since the plan's date; zero: `due` says */
	const char *due; /* date or NULL */
	Texts items;
	Schedule review; /* how often its state is validated */
} RoadmapItem;

/* Free-text or `kind:id` entries by month; [0] is January. */
typedef struct YearCalendar {
	Item item;
	bool set;
	Texts months[12];
} YearCalendar;

typedef struct SupportLevel {
	Item item; /* id: "1", "2", … */
	const char *title;
	Texts duties, skills, tools, access;
} SupportLevel;

typedef struct Support {
	Item item;
	bool set;
	Hours hours;
	Texts always_for; /* class codes served around the clock */
	Pairs priorities; /* a ticket's priority → class code whose clocks it has */
	const SupportLevel *levels;
	size_t levels_n;
	Pairs quality;       /* ratio → comparison: "resolution_rate": "> 80%" (group SUP) */
	int quality_minimum; /* tickets under which a ratio proves nothing; 0: 20 */
	Texts channels;
	Pairs imports; /* tool → where its export is read: "zendesk": "/var/lib/…/tickets.json" */
} Support;

typedef struct CostLine {
	Item item;
	Money amount;
} CostLine;
typedef struct EffortLine {
	Item item;
	double hours, hours_max;
	const char *per; /* "1mo", "quarter", "incident" */
} EffortLine;
typedef struct Costs {
	Item item;
	bool set;
	const CostLine *recurring;
	size_t recurring_n;
	const EffortLine *effort;
	size_t effort_n;
	Money stated_total;
	double stated_hours; /* 0: not said */
} Costs;

typedef struct Versioning {
	Item item;
	bool set;
	const char *scheme; /* semver, calver, none */
	const char *production_branch;
	Texts branches, messages; /* messages: prefixes of commits: feat, fix, … */
	const char *changelog, *repository;
	const char *tag; /* form of a release's tag */
} Versioning;
