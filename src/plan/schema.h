/* The language of the plan as tables: one row per key with its type, its place in
 * the struct (type-checked by the compiler), its limits and one line of help in
 * English and French. The loader, the JSON Schema, `carene explain` and the
 * reference all read these rows and nothing else. Private to plan/. */
#pragma once
#include "core/map.h"
#include "plan/node.h"
#include "plan/plan.h"
#include "plan/share.h"

typedef enum SectionId {
	SECTION_PLAN,
	SECTION_SERVICES,
	SECTION_ROLES,
	SECTION_TEAMS,
	SECTION_AUDIENCES,
	SECTION_CONTACTS,
	SECTION_CHANNELS,
	SECTION_STATUS_PAGE,
	SECTION_CLASSES,
	SECTION_LEVELS,
	SECTION_ESCALATIONS,
	SECTION_METRICS,
	SECTION_OBJECTIVES,
	SECTION_TIERS,
	SECTION_DATABASES,
	SECTION_CHECKS,
	SECTION_RULES,
	SECTION_WINDOWS,
	SECTION_NOTICES,
	SECTION_TEMPLATES,
	SECTION_TASKS,
	SECTION_PROCEDURES,
	SECTION_STORAGE,
	SECTION_BACKUPS,
	SECTION_RESTORE_TESTS,
	SECTION_EXERCISES,
	SECTION_LOGS,
	SECTION_DB_ACTIONS,
	SECTION_CLEANUP,
	SECTION_CAPACITY,
	SECTION_UPDATES,
	SECTION_VULNERABILITIES,
	SECTION_AUDITS,
	SECTION_DEPLOYMENTS,
	SECTION_SUITES,
	SECTION_LOAD_TESTS,
	SECTION_REPORTS,
	SECTION_SUPPORT,
	SECTION_DOCUMENTS,
	SECTION_TRAINING,
	SECTION_COSTS,
	SECTION_VERSIONING,
	SECTION_ROADMAP,
	SECTION_CALENDAR,
	SECTIONS
} SectionId;
#define IN(section) (UINT64_C(1) << SECTION_##section)

typedef enum RowKind {
	ROW_TEXT,       /* const char * */
	ROW_TEXTS,      /* Texts: a list, or one text */
	ROW_PAIRS,      /* Pairs */
	ROW_ARGV,       /* Texts: a program and its arguments */
	ROW_SECRET,     /* const Secret * */
	ROW_BOOL,       /* bool; with choices: their value */
	ROW_YES,        /* int: 1 yes, 0 no; what absence means is set by the table's init */
	ROW_INT,        /* int; with choices: a word may stand for one */
	ROW_ENUM,       /* an enum, by choices */
	ROW_SPAN,       /* Span */
	ROW_QUANTITY,   /* Quantity */
	ROW_DEADLINE,   /* Deadline */
	ROW_PER_ENV,    /* PerEnvDeadline */
	ROW_SCHEDULE,   /* Schedule */
	ROW_HOURS,      /* Hours */
	ROW_PERIOD,     /* Period */
	ROW_RANGE,      /* Range */
	ROW_MONEY,      /* Money */
	ROW_CONDITION,  /* Condition */
	ROW_KEEP,       /* Keep */
	ROW_THRESHOLD,  /* Threshold */
	ROW_REAL,       /* double: a bare number */
	ROW_SPAN_RANGE, /* two Spans: "2h" or "2h-4h"; the second in count_at */
	ROW_REAL_RANGE, /* two doubles: "20" or "15-20"; the second in count_at */
	ROW_ZONE,       /* const Zone * */
	ROW_REF,        /* pointer to an entry of the one section in refs */
	ROW_NAMES,      /* Texts: ids of entries of any section in refs */
	ROW_ACCEPT,     /* Pairs: finding codes and reasons */
	ROW_ENTRIES,    /* a map of structs, each with an Item */
	ROW_LIST,       /* a list of structs */
	ROW_GROUP,      /* keys one level down, same struct */
	ROW_KINDS
} RowKind;

/* What a text has to look like beyond being text. */
typedef enum TextForm {
	FORM_ANY,
	FORM_URL,         /* http:// or https:// */
	FORM_EMAIL,       /* plain address, or "Name <address>" */
	FORM_PHONE,       /* +33 1 23 45 67 89 */
	FORM_STATUS,      /* 200, 2xx, 200-299 */
	FORM_HOSTPORT,    /* host:port */
	FORM_SPAN,        /* a duration kept as text */
	FORM_LANGUAGE,    /* fr, en, pt-BR */
	FORM_DATE,        /* 2025, 2025-01, 2025-01-31 */
	FORM_REGEX,       /* PCRE2 */
	FORM_ENV,         /* name of an environment of the entry's service */
	FORM_METHOD,      /* HTTP method */
	FORM_PREFIXED,    /* "service:manga", "check:site", "db:main": a kind and an id */
	FORM_SENDER,      /* a name or an address messages come from */
	FORM_REF,         /* "check:site", "log:app:rotate": found by plan_ref() */
	FORM_REF_OR_TEXT, /* the same where it has a colon after a kind, else words */
	FORM_CATCH_UP,    /* skip, once, all, all:5 */
	FORM_HOLIDAY,     /* 2027-05-01, 2027-12-20..2028-01-03, 12-25 */
	FORM_NAME,        /* what an entry may be called */
	FORM_ON_FAIL,     /* stop, continue, rollback, call:PROCEDURE */
	FORM_REQUEST,     /* "GET https://…", an address or a path */
	FORM_UNIT_VERB,   /* "restart nginx" */
	FORM_PER,         /* a duration, or incident, release, … */
	FORM_CADENCE,     /* quarterly, 6mo: how often the plan is revised */
} TextForm;

typedef struct Choice {
	const char *name;
	int value;
	const char *text; /* ROW_TEXT: what is stored; NULL: the name */
} Choice;

typedef struct Table Table;

enum { REQUIRED = 1, UNSET = 2, INVERTED = 4, BARE = 8, OWN = 16 };

typedef struct Row {
	const char *key;
	RowKind kind;
	size_t at, count_at;   /* offsets; count_at for ENTRIES and LIST */
	const Table *table;    /* ENTRIES, LIST, GROUP */
	const Choice *choices; /* ends with a NULL name */
	uint64_t refs;         /* REF, NAMES: IN(…); TEXT: the name of such an entry */
	unsigned units;        /* QUANTITY: bits 1 << Unit that are accepted; 0: any */
	TextForm form;
	double min, max;     /* INT, QUANTITY; equal: no limits */
	unsigned flags;      /* REQUIRED; UNSET: accepts `unset`; INVERTED: the bool is the
	                        opposite of the key; BARE: NAMES that may be free text; OWN: a
	                        text that differs from entry to entry, not worth sharing */
	unsigned only;       /* types (bits of the table's `type`) it belongs to; 0: all */
	const char *absent;  /* what absence means; NULL: nothing. Shown by plan_absent() */
	const char *example; /* NULL: the kind's */
	const char *en, *fr;
} Row;

struct Table {
	const char *name; /* "check": "a check needs…" */
	const Row *rows;
	size_t rows_n, size;
	bool has_item;         /* begins with an Item: label, src, ours, note, accept too */
	const char *shorthand; /* key meant by a bare scalar in a list or map; NULL: none */
	const Choice *types;   /* what `only` counts; NULL */
	size_t type_at;
	void (*init)(void *entry);
};

/* Entries that come by the thousand are read into a draft of `size` bytes, its values are
 * shared, and what is left of it is packed into the entry. */
typedef struct Draft {
	size_t size;
	void (*pack)(Share *share, void *draft, void *entry);
} Draft;
extern const Draft schema_check_draft;

typedef struct Loader Loader;
typedef struct Verify { /* one entry, after all references are resolved */
	Loader *l;
	void *entry;
	Node *node;       /* NULL: not kept, plan_entry_pair() reads it again */
	const char *path; /* "checks.site" */
	SectionId section;
	size_t nth; /* its number in the section */
} Verify;

typedef struct Section {
	const char *name;
	const Table *table;
	bool single;         /* keys of the section itself, not a map of entries */
	size_t at, count_at; /* in Plan */
	void (*verify)(const Verify *v);
	const char *en, *fr;
} Section;

extern const Section plan_sections[SECTIONS];
extern const Table schema_item;
/* Sections whose actions this version schedules and proves but does not carry out. */
extern const char *const plan_later_sections[];
bool plan_section_is_later(const char *name);

/* Row by key, the item's rows included; NULL. */
const Row *plan_table_row(const Table *t, const char *key);
const Choice *plan_choice_by_name(const Choice *choices, const char *name);

typedef struct KindInfo {
	const char *en, *fr; /* "a duration" */
	const char *pattern; /* JSON Schema; NULL: any text */
	const char *example; /* "30s, 5m, 2h" */
	const char *long_en, *long_fr;
} KindInfo;
extern const KindInfo plan_kind_infos[ROW_KINDS];
/* What to write there, for people: the row's own example, its form's or its kind's. */
const char *plan_row_example(const Row *row);
/* What is written there, in words: "a duration", "a reference, kind:name …". */
const char *plan_row_type(const Row *row, bool french);
const char *plan_absent(const Row *row, bool french);

/* ---- rows, as the section files write them ---- */

/* The offset of a member, if it has this type; else a compile error. */
#define AT(T, m, Type)      (offsetof(T, m) + 0 * sizeof(_Generic(&((T *)0)->m, Type * : 1)))
#define AT_ENUM(T, m)       (offsetof(T, m) + 0 * sizeof(char[sizeof(((T *)0)->m) == 4 ? 1 : -1]))
#define T_TEXT(T, m)        .kind = ROW_TEXT, .at = AT(T, m, const char *)
#define T_TEXTS(T, m)       .kind = ROW_TEXTS, .at = AT(T, m, Texts)
#define T_PAIRS(T, m)       .kind = ROW_PAIRS, .at = AT(T, m, Pairs)
#define T_ARGV(T, m)        .kind = ROW_ARGV, .at = AT(T, m, Texts)
#define T_SECRET(T, m)      .kind = ROW_SECRET, .at = AT(T, m, const Secret *)
#define T_BOOL(T, m)        .kind = ROW_BOOL, .at = AT(T, m, bool)
#define T_YES(T, m)         .kind = ROW_YES, .at = AT(T, m, int)
#define T_INT(T, m, lo, hi) .kind = ROW_INT, .at = AT(T, m, int), .min = (lo), .max = (hi)
#define T_ENUM(T, m, list)  .kind = ROW_ENUM, .at = AT_ENUM(T, m), .choices = (list)
#define T_SPAN(T, m)        .kind = ROW_SPAN, .at = AT(T, m, Span)
#define T_QUANTITY(T, m)    .kind = ROW_QUANTITY, .at = AT(T, m, Quantity)
#define T_DEADLINE(T, m)    .kind = ROW_DEADLINE, .at = AT(T, m, Deadline)
#define T_PER_ENV(T, m)     .kind = ROW_PER_ENV, .at = AT(T, m, PerEnvDeadline)
#define T_SCHEDULE(T, m)    .kind = ROW_SCHEDULE, .at = AT(T, m, Schedule)
#define T_HOURS(T, m)       .kind = ROW_HOURS, .at = AT(T, m, Hours)
#define T_PERIOD(T, m)      .kind = ROW_PERIOD, .at = AT(T, m, Period)
#define T_RANGE(T, m)       .kind = ROW_RANGE, .at = AT(T, m, Range)
#define T_MONEY(T, m)       .kind = ROW_MONEY, .at = AT(T, m, Money)
#define T_CONDITION(T, m)   .kind = ROW_CONDITION, .at = AT(T, m, Condition)
#define T_KEEP(T, m)        .kind = ROW_KEEP, .at = AT(T, m, Keep)
#define T_THRESHOLD(T, m)   .kind = ROW_THRESHOLD, .at = AT(T, m, Threshold)
#define T_REAL(T, m)        .kind = ROW_REAL, .at = AT(T, m, double)
#define T_SPAN_RANGE(T, m, to) \
	.kind = ROW_SPAN_RANGE, .at = AT(T, m, Span), .count_at = AT(T, to, Span)
#define T_REAL_RANGE(T, m, to) \
	.kind = ROW_REAL_RANGE, .at = AT(T, m, double), .count_at = AT(T, to, double)
#define T_ZONE(T, m) .kind = ROW_ZONE, .at = AT(T, m, const Zone *)
#define T_REF(T, m, Type, section) \
	.kind = ROW_REF, .at = AT(T, m, const Type *), .refs = IN(section)
#define T_NAMES(T, m, sections) .kind = ROW_NAMES, .at = AT(T, m, Texts), .refs = (sections)
#define T_ENTRIES(T, m, Type, t)                                                             \
	.kind = ROW_ENTRIES, .at = AT(T, m, const Type *), .count_at = AT(T, m##_n, size_t), \
	.table = (t)
#define T_LIST(T, m, Type, t)                                                             \
	.kind = ROW_LIST, .at = AT(T, m, const Type *), .count_at = AT(T, m##_n, size_t), \
	.table = (t)
#define T_GROUP(t) .kind = ROW_GROUP, .table = (t)

#define UNITS(...)            .units = UNITS_OF(__VA_ARGS__, UNIT_NONE, UNIT_NONE)
#define UNITS_OF(a, b, ...)   (1u << (a) | 1u << (b))
#define HELP(english, french) .en = (english), .fr = (french)
