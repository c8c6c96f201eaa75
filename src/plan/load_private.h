/* What the parts of the loader share: the walk over tables (walk.c), the readers
 * of values (readers.c, forms.c), references (resolve.c), the checks of whole
 * entries (verify.c) and lint (lint*.c). */
#pragma once
#include "plan/cut.h"
#include "plan/entry_index.h"
#include "plan/schema.h"

#include <math.h>

/* What an entry was read from, so that the next plan knows it again: SipHash of its text,
 * 128 bits. All zero: it must be read again whatever its text. */
typedef struct Origin {
	unsigned char hash[16];
} Origin;

struct PlanIndex {
	EntryIndex ids[SECTIONS];
	Origin *checks; /* NULL: the plan was not cut */
	Map duties;
};

/* Where the walk is, as a chain of keys on the stack. */
typedef struct Path {
	const struct Path *up;
	const char *key;
} Path;

typedef struct EntryNode {
	Node *key, *node;      /* NULL: see plan_entry_pair() */
	const LineEntry *line; /* where it is read from again; NULL: its nodes are there */
	bool bad;              /* an error was reported inside: what follows from it is not */
} EntryNode;

/* A name to be found once every section is read. */
typedef struct Fixup {
	const Row *row;
	const Node *node;
	void *at;         /* REF: where the pointer goes; NAMES: NULL */
	const char *path; /* scratch */
} Fixup;

/* A step of whatever list, judged once every section is read. */
typedef struct StepNode {
	WorkItem *step;
	Node *node;
	const char *path; /* scratch */
} StepNode;

struct Loader {
	Plan *plan;
	Arena *arena;    /* the plan's */
	Arena *scratch;  /* nodes and what only loading needs */
	Arena *drafts;   /* the values of one entry that is read into a draft */
	uint64_t walked; /* sections whose entries are known: bits 1 << SectionId */
	const PlanSource *source;
	PlanLimits limits;
	Report report;
	Filling filling;
	Node *root;
	Cut cut;                  /* of the checks; no entries: the whole is in the tree */
	const Plan *before;       /* what entries may be taken over from; NULL */
	size_t before_at;         /* where its next check is expected */
	unsigned char *met;       /* its checks whose names this plan has; scratch */
	const Service **services; /* by number in `before`: the plan's own; scratch */
	EntryNode *nodes[SECTIONS];
	size_t entries; /* of all tables, bounded */
	LIST(Fixup) fixups;
	LIST(StepNode) steps;
	LIST(const Secret *) secrets;
	const Node *holiday_node; /* the first hours that say `except holidays`; NULL: none */
	const char *holiday_path; /* scratch */
};

/* One key being read: the text of a scalar, or the node. */
typedef struct Field {
	Loader *l;
	const Row *row;
	Node *node;
	void *at; /* the member */
	const Path *path;
} Field;

/* ---- walk.c ---- */
void walk_plan(Loader *l);
const char *plan_article(const char *name);
const char *plan_path_text(Loader *l, const Path *path);
void plan_complain(const Field *f, FindingCode code, const char *hint, const char *fmt, ...)
        PRINTF(4, 5);
/* The same at another node of the field. */
void plan_complain_at(const Field *f, const Node *node, FindingCode code, const char *hint,
                      const char *fmt, ...) PRINTF(5, 6);
/* The text in the plan's arena; copied once however often it is aliased. */
const char *plan_keep(Loader *l, Node *scalar);
/* The nearest of some names to what was written, or NULL when none is near. */
typedef struct Nearest {
	const char *word, *best;
	unsigned distance;
} Nearest;
void plan_nearest_try(Nearest *n, const char *name);
/* " (did you mean 'x'?)", or "". */
const char *plan_nearest_text(Loader *l, const Nearest *n);

/* Key and value of an entry, read again if they are not kept. */
NodePair plan_entry_pair(Loader *l, SectionId section, size_t i);

/* ---- readers.c ---- */
/* Reads a value of any kind but ENTRIES, LIST and GROUP. */
void plan_read_value_of(const Field *f);
/* A scalar's text with ${env:} filled in; NULL after reporting, or when the value
 * is not known (no_secrets). */
const char *plan_scalar_text(const Field *f, Node *node);
/* Whether s looks like a credential rather than a name of one. */
bool plan_looks_secret(const char *key, const char *s);

/* ---- forms.c ---- */
/* NULL, or what is wrong with s, as "is not an e-mail address". */
const char *plan_form_problem(TextForm form, const char *s);
/* A regular expression that what the form accepts matches, for editors; NULL: none.
 * May be written into `out`. */
const char *plan_form_pattern(TextForm form, Buf *out);

/* ---- resolve.c ---- */
void plan_resolve(Loader *l);
/* Whether the name is known already: of an entry of the row's sections. */
bool plan_known_name(const Loader *l, const Row *row, const char *name);
const void *plan_loader_find(const Loader *l, SectionId section, const char *id);
/* Reports where `depends` and `fallback` go round in circles. */
void plan_find_circles(Loader *l);

/* ---- verify.c ---- */
void plan_verify(Loader *l);
/* For the verify functions of sections. A finding at the value of a key of the entry,
 * or at the entry when it has no such key (or key is NULL). */
void plan_wrong(const Verify *v, const char *key, FindingCode code, const char *hint,
                const char *fmt, ...) PRINTF(5, 6);
/* The only service of a plan is meant where none is named. */
const Service *plan_service_or_only(const Verify *v, const Service *s);
/* That the service has this environment; NULL needs nothing. */
void plan_need_environment(const Verify *v, const Service *s, const char *env, const char *key);
/* A metric of the plan or a built-in one, written in `key`. */
void plan_need_metric(const Verify *v, const char *key, const char *name);
/* A bare number is taken in the metric's unit; another unit is a mistake. */
void plan_need_unit(const Verify *v, const char *key, const char *metric, const Quantity *q);

/* ---- verify_condition.c ---- */
/* That what a condition speaks of is in the plan: metric and unit, scope, state. */
void plan_need_condition(const Verify *v, const char *key, const Condition *c);

/* ---- verify_time.c ---- */
/* That something this long, written in `key`, is over before it comes again. */
void plan_need_room(const Verify *v, const char *key, Span length, const Schedule *at);
/* That some occurrence of `at` lies inside the window. */
void plan_need_in_window(const Verify *v, const char *key, const Schedule *at, const Window *w);
/* That no duration of the entry is written as zero. */
void plan_need_lengths(const Verify *v, const Table *t);

/* ---- lint.c and its companions ---- */
void plan_lint(Loader *l);
