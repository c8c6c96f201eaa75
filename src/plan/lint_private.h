/* What the lint files share. A finding is attached to a key of an entry, and is not
 * raised when the entry (or the part of it that deserves it) accepts its code with a
 * reason. Lint reads no clock: what it plays, it plays over lint_year(). */
#pragma once
#include "plan/duty.h"
#include "plan/load_private.h"

/* `item` belongs to an entry of the section; `key` NULL: the entry itself. */
void lint_add(Loader *l, SectionId section, const Item *item, const char *key, FindingCode code,
              const char *fmt, ...) PRINTF(6, 7);

/* The same with more to say about the place. */
typedef struct LintSpot {
	SectionId section;
	const Item *item;    /* the entry */
	const char *key;     /* one of its keys; NULL or absent: the entry itself */
	const Item *part;    /* something inside, whose `accept` counts as well; NULL */
	const Node *node;    /* the place, where a key does not say it; NULL */
	const char *related; /* lint_see(): the other place; NULL */
} LintSpot;
void lint_say(Loader *l, const LintSpot *at, FindingCode code, const char *fmt, ...) PRINTF(4, 5);
/* "tasks.weekly.at, line 42". */
const char *lint_see(Loader *l, SectionId section, const Item *item, const char *key);
/* The node of an entry, for finding parts of it. */
Node *lint_node(const Loader *l, SectionId section, const Item *item);
/* The section an entry named by a reference stands in; SECTIONS: none. */
SectionId lint_section(RefKind kind);
/* Where a duty is written: its entry, and the key that says when. */
LintSpot lint_duty_spot(const Loader *l, const Duty *d);

/* ---- lists of work items, wherever they stand ---- */

typedef struct WorkList {
	SectionId section;
	const Item *item; /* the entry */
	const WorkItem *at;
	size_t n;
	const Node *list;  /* n nodes; NULL: not written as a list */
	const char *env;   /* what the entry says; NULL: nothing */
	const char *stage; /* "deploy", "rollback"; NULL */
} WorkList;
typedef void WorkVisit(Loader *l, const WorkList *w, void *ctx);
void lint_work_lists(Loader *l, WorkVisit *visit, void *ctx);
LintSpot lint_work_spot(const WorkList *w, size_t i);
/* "docker compose logs -f", or the SQL: what the item would carry out; "" nothing. */
const char *lint_command(Loader *l, const WorkItem *w);

/* ---- shared judgements ---- */

/* The limit of a clock: the shortest of its environments; false: no figure. */
bool lint_limit(const PerEnvDeadline *d, Duration *ret);
/* "7 h 12": a stretch as people say it. */
const char *lint_words(Loader *l, Duration d);
/* "Mon 4 Jan 2027 18:00", in the plan's zone; lint_day() without the year, lint_date()
 * without the hour either. */
const char *lint_when(Loader *l, Instant t);
const char *lint_day(Loader *l, Instant t);
const char *lint_date(Loader *l, Instant t);
bool lint_has(Texts texts, const char *s);
bool lint_share(Texts a, Texts b); /* some text stands in both */
bool lint_has_target(const Objective *o);
/* Mean days between occurrences; 0: no cadence that can be computed. */
double lint_every(const Schedule *s);
/* Whole days that may pass between two occurrences; 0 as above. */
double lint_longest(const Schedule *s);
/* "weekly", "every 6h": a cadence without its hour. */
const char *lint_cadence(Loader *l, const Schedule *s);
const Zone *lint_zone(const Loader *l, const Schedule *s);
/* The environment that is what users see; nothing said counts as it. */
bool lint_is_production(const char *env);
bool lint_has_address(const Contact *c);
/* The words of the roadmap's item that will one day make the copies; NULL: none. */
const char *lint_copies_to_come(const Plan *p, const RoadmapItem **ret);
/* Case-blind: does `text` hold one of the words (cut at `|`)? */
bool lint_says(const char *text, const char *words);

/* ---- the year that is played ---- */

/* The calendar year after the plan's date, else 2027. */
int lint_year(const Loader *l);
Instant lint_start(const Loader *l);
Instant lint_end(const Loader *l);

/* One mark per minute of the year. */
typedef struct YearMap {
	Instant from;
	size_t n;
	unsigned char *at;
} YearMap;
YearMap lint_map(Loader *l);
void lint_map_fill(YearMap *m, Instant from, Instant to);
void lint_map_hours(const Loader *l, YearMap *m, const Hours *h); /* adds their open time */
void lint_map_add(YearMap *m, const YearMap *other);
size_t lint_map_count(const YearMap *m);
Instant lint_map_instant(const YearMap *m, size_t minute);
/* A run of marked minutes that begins at or after *at; false: none is left. */
bool lint_map_run(const YearMap *m, size_t *at, size_t *ret_from, size_t *ret_to);
/* "6 188 h", "45 min" of marked minutes. */
const char *lint_map_words(Loader *l, size_t minutes);

/* ---- people behind names ---- */

typedef struct Crowd {
	const Plan *plan;
	LIST(const Contact *) people; /* each once; with an address or without */
	unsigned depth;
	bool others; /* plain addresses, a source: people the plan does not name */
} Crowd;
void lint_crowd_add(Crowd *c, const char *name);
void lint_crowd_names(Crowd *c, Texts names);
/* When somebody of the contact's kind is there: hours or on call, as the roster has it. */
void lint_map_contact(Loader *l, YearMap *m, const Contact *c);

void lint_people(Loader *l);
void lint_oncall(Loader *l);
void lint_reach(Loader *l);
void lint_order(Loader *l);
void lint_promises(Loader *l);
void lint_budget(Loader *l);
void lint_words_missing(Loader *l);
void lint_time(Loader *l);
void lint_cadences(Loader *l);
void lint_duties(Loader *l);
void lint_load(Loader *l);
void lint_data(Loader *l);
void lint_steps(Loader *l);
void lint_change(Loader *l);
