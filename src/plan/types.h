/* Value types of the plan that are more than a calendar type: quantities,
 * conditions, deadlines, ranges, money. Each has one parser and one printer that
 * read each other back, and is fuzzed. Types of time are in calendar/. */
#pragma once
#include "calendar/hours.h"
#include "calendar/schedule.h"
#include "calendar/span.h"
#include "core/err.h"

typedef enum Unit {
	UNIT_NONE,    /* a bare number, a count */
	UNIT_PERCENT, /* 0-100 */
	UNIT_SECONDS, /* times, latencies: value in seconds */
	UNIT_BYTES,   /* K M G T are powers of 1024 */
	UNIT_PER_MIN, /* req/min, /min */
	UNIT_SCORE,   /* "4.5/5": value on `scale` */
} Unit;

/* A number in its base unit. `unset` is a value: a person must choose. */
typedef struct Quantity {
	double value;
	Unit unit;
	double scale; /* UNIT_SCORE: 5 for "/5" */
	bool set;     /* the plan has the key */
	bool unset;   /* and it says `unset` */
	char text[32];
} Quantity;

typedef enum Op { OP_NONE, OP_LT, OP_LE, OP_GT, OP_GE, OP_EQ, OP_NE } Op;
typedef enum Stat {
	STAT_UNSPECIFIED,
	STAT_MEAN,
	STAT_P95,
	STAT_P50,
	STAT_P99,
	STAT_MAX,
	STAT_MIN,
	STAT_LAST,
	STAT_SUM,
	STAT_RATE,
	STAT_COUNT
} Stat;

typedef enum DeadlineKind {
	DEADLINE_UNSET, /* absent or `unset`: no clock, and lint says so */
	DEADLINE_SPAN,
	DEADLINE_ASAP, /* elapsed time recorded, no verdict */
	DEADLINE_NEXT_SPRINT,
	DEADLINE_PLANNED,
	DEADLINE_NONE, /* the plan says: no deadline */
} DeadlineKind;

typedef struct Deadline {
	DeadlineKind kind;
	Span span;
	bool set; /* the key is present */
} Deadline;

/* `metric{scope} stat op quantity over 5m for 15m`, `check{site} == fail`,
 * `backup{daily} == failed`, `log{app} level == CRITICAL`, `declared: text`. */
typedef enum ConditionKind {
	CONDITION_NONE,
	CONDITION_METRIC,
	CONDITION_CHECK,
	CONDITION_STATE,
	CONDITION_DECLARED
} ConditionKind;

typedef struct Condition {
	ConditionKind kind;
	char subject[48]; /* metric name, or "check", "backup", "log", … */
	char scope[64];   /* text between the braces; "" none */
	Stat stat;
	Op op;
	Quantity value;
	char word[32];  /* right side when it is a word: "fail", "failed", "CRITICAL" */
	Span over;      /* window of the statistic; zero: not given */
	Span sustain;   /* `for`; zero: at once */
	char text[160]; /* as written */
} Condition;

typedef enum PeriodKind {
	PERIOD_UNSET,
	PERIOD_SPAN,
	PERIOD_INCIDENT,
	PERIOD_DEPLOY,
	PERIOD_BUILD
} PeriodKind;
typedef struct Period {
	PeriodKind kind;
	Span span; /* 1d, 1mo, 1y: calendar periods of the plan's zone; others: rolling */
} Period;

typedef struct Range { /* half-open; `10000-` has no end */
	double from, to;
	bool has_to;
} Range;

typedef struct Money {
	double from, to; /* equal when it is one amount */
	char currency[4];
	Span per; /* zero: once */
	bool set;
} Money;

/* How long something is kept: `30d`, `14` (the last fourteen), `forever`, `unset`. */
typedef enum KeepKind { KEEP_UNSET, KEEP_SPAN, KEEP_COUNT, KEEP_FOREVER } KeepKind;
typedef struct Keep {
	KeepKind kind;
	Span span;
	int count;
	bool set; /* the key is present */
} Keep;

/* A figure that must last before it counts: `85% for 15m`. */
typedef struct Threshold {
	Quantity value;
	Span sustain; /* zero: at once */
} Threshold;

bool quantity_parse(const char *s, Quantity *ret, Err *err) MUST_CHECK;
const char *quantity_print(const Quantity *q, char out[48]);
bool op_parse(const char *s, Op *ret);
const char *op_print(Op op);
bool op_holds(double left, Op op, double right);
/* "> 80%", ">=4.5/5", "< 4h": a comparison and its figure, blanks between as one likes. */
bool comparison_parse(const char *s, Op *ret_op, Quantity *ret, Err *err) MUST_CHECK;
bool stat_parse(const char *s, Stat *ret);
const char *stat_print(Stat stat);
bool deadline_parse(const char *s, Deadline *ret, Err *err) MUST_CHECK;
const char *deadline_print(const Deadline *d, char out[SPAN_TEXT]);
bool condition_parse(const char *s, Condition *ret, Err *err) MUST_CHECK;
const char *condition_print(const Condition *c, char out[256]);
bool period_parse(const char *s, Period *ret, Err *err) MUST_CHECK;
const char *period_print(const Period *p, char out[SPAN_TEXT]);
bool range_parse(const char *s, Range *ret, Err *err) MUST_CHECK;
enum { RANGE_TEXT = 100, MONEY_TEXT = 180 };
const char *range_print(const Range *r, char out[RANGE_TEXT]);
/* "2h" or "2h-4h"; one length gives both. Empty ranges and backward ones are refused. */
bool span_range_parse(const char *s, Span *from, Span *to, Err *err) MUST_CHECK;
enum { SPAN_RANGE_TEXT = 2 * SPAN_TEXT };
const char *span_range_print(Span from, Span to, char out[SPAN_RANGE_TEXT]);
/* "20" or "15-20", not negative; one number gives both. */
bool real_range_parse(const char *s, double *from, double *to, Err *err) MUST_CHECK;
const char *real_range_print(double from, double to, char out[RANGE_TEXT]);
bool money_parse(const char *s, Money *ret, Err *err) MUST_CHECK;
const char *money_print(const Money *m, char out[MONEY_TEXT]);
bool keep_parse(const char *s, Keep *ret, Err *err) MUST_CHECK;
const char *keep_print(const Keep *k, char out[SPAN_TEXT]);
bool threshold_parse(const char *s, Threshold *ret, Err *err) MUST_CHECK;
enum { THRESHOLD_TEXT = 128 };
const char *threshold_print(const Threshold *t, char out[THRESHOLD_TEXT]);
