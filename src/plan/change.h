/* How the maintained thing changes: updates, vulnerabilities, deployments, suites,
 * load tests. Part of plan.h; read-only after plan_load(). */
#pragma once
#include "plan/item.h"
#include "plan/types.h"
#include "plan/work.h"

struct Service;
struct Tier;

typedef struct Update {
	Item item;
	const char
	        *kind; /* security minor major dependencies config api framework infrastructure */
	Schedule at;
	Deadline deadline; /* from the day it is known */
	const struct Window *window;
	Deadline notice; /* before it takes place */
	Texts via, audience;
	Texts components; /* "Next.js", "PostgreSQL" */
	Texts audit;      /* argv that finds what is out of date */
	Texts run;        /* argv that updates */
	const Procedure *procedure;
	const WorkItem *steps;
	size_t steps_n;
	Span length;
} Update;

typedef struct Vulnerability {
	Item item; /* id: the severity */
	int rank;  /* 1 is worst; 0: the file's order */
	Deadline deadline;
	Deadline mitigate;
	const Procedure *procedure;
} Vulnerability;

typedef struct Stage {
	Item item; /* id: its name */
	Span length;
	const WorkItem *gates;
	size_t gates_n;
} Stage;

typedef struct RollbackTrigger {
	Item item;
	Condition when;       /* kind NONE: declared by a person */
	const char *declared; /* its words */
} RollbackTrigger;

typedef struct Deployment {
	Item item;
	const char *strategy; /* in_place, blue_green, rolling, canary */
	Texts shares;         /* "10%", "50%", "100%" */
	const struct Service *service;
	const char *env, *branch;
	const struct Window *slot;
	Span sprint, candidate, watch; /* cycle */
	Schedule at;                   /* releases planned by the calendar */
	const Stage *stages;
	size_t stages_n;
	Span rollback_limit;           /* zero: not said */
	const char *rollback_approval; /* human, auto, auto_if_measured */
	const RollbackTrigger *triggers;
	size_t triggers_n;
	const WorkItem *rollback_steps, *rollback_data;
	size_t rollback_steps_n, rollback_data_n;
} Deployment;

typedef struct Suite {
	Item item;
	const char *kind; /* unit integration e2e performance smoke regression static manual
	                     accessibility automated */
	Texts run;
	Schedule at;
	const char *gate;     /* all_pass, coverage */
	Quantity coverage;    /* at least, percent */
	const char *standard; /* "WCAG 2.1 AA" */
	Texts scope;          /* what it goes through */
	const WorkItem *items;
	size_t items_n;
	Span length;
	const struct Service *service;
	const char *env;
} Suite;

typedef struct LoadTest {
	Item item;
	const char *tool; /* ab, wrk, k6, jmeter, locust */
	int requests, concurrency;
	Span length;
	const char *target, *env;
	const struct Service *service;
	Schedule at;
	Quantity p95, rpm, errors, availability; /* expect */
	Quantity warn, crit, fail;               /* degradation against the baseline */
	Texts scenarios;
} LoadTest;
