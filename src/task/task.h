/* A task occurrence: one time that a duty of the plan (plan/duty.h) falls due, what
 * is to be done then, and what became of it.
 *
 *                    time comes              dependency over, lock free
 *   SCHEDULED ───────────────────▶ DUE ────────────────────────────────▶ RUNNING
 *     │    │                        │ ▲  lock or predecessor in the way     │   │
 *     │    │ Carène was not there   ▼ │  ◀───────────────▶ WAITING ─free──▶ │   │
 *     │    └─ and no catch-up ─▶ MISSED ◀── the next occurrence starts ─────┤   │
 *     │                             ▲                                       │   │
 *     │                             └───────── AWAITING_HUMAN ◀─ measured, ─┘   │
 *     │                                           │    │         a person is    │
 *     ▼ WAIVE, from any open state                ▼    ▼         awaited        ▼
 *   WAIVED                             DONE or DONE_LATE    FAILED ◀── all items settled
 *
 * Items: `do` is measured, `ask` is confirmed by a person, `do` with `ask` is measured
 * and then confirmed, `notify` tells people, `if: needed` waits for a person's yes or
 * no, `if: CONDITION` is evaluated first. What is automated goes in the plan's order,
 * one after another; people answer in any order. A result is never taken back.
 *
 * What this version cannot carry out (`ref_kind_runs()` false, and steps that run
 * programs) ends failed and says so: nothing passes in silence. Several owners each
 * answer for themselves. A duty that another one sets off has no occurrence of its
 * own: its items are items of that one.
 *
 * An occurrence keeps its own copy of what it needs; while SCHEDULED it follows the
 * plan. The rules in words, and what of them is ours: docs/internals/tasks.md.
 *
 * This decider reads no clock, probes nothing and sends nothing. */
#pragma once
#include "core/digest.h"
#include "core/emit.h"
#include "core/list.h"
#include "core/record.h"
#include "notify/effects.h"
#include "notify/lang.h"
#include "plan/duty.h"

enum { TASK_ID = 160, TASK_ITEM_NAME = 32, TASK_NAMES = 512 };

typedef enum TaskState {
	TASK_SCHEDULED,
	TASK_DUE,     /* its time has come; what it comes after is not over yet */
	TASK_WAITING, /* for a lock, or for the occurrence before it (overlap: queue) */
	TASK_RUNNING, /* something is being measured */
	TASK_AWAITING_HUMAN,
	TASK_DONE,
	TASK_DONE_LATE, /* after its expected end */
	TASK_FAILED,    /* an item failed or was refused */
	TASK_MISSED,    /* the next one began, or Carène was not there and did not catch up */
	TASK_WAIVED,    /* a person said why it need not be done */
	TASK_WITHDRAWN, /* the plan no longer has it */
	TASK_STATES
} TaskState;

/* One row of table `task_occurrence`. Lists of names are lines of text. */
typedef struct TaskOccurrence {
	char id[TASK_ID]; /* "task:daily@2027-01-04T02:00:00Z" */
	char duty[DUTY_ID];
	int64_t number; /* short name for people; 0 until the engine gives it */
	char title[160];
	TaskState state;
	Instant due;             /* planned start */
	Instant expected_end;    /* late from then on: duty_late_after(); LONG_AGO: never */
	Instant until;           /* missed from then on; NEVER: no next occurrence */
	Instant started;         /* LONG_AGO: not begun */
	Instant ended;           /* LONG_AGO: not over */
	char owners[TASK_NAMES]; /* role, team or contact ids; several: each must answer */
	char after[TASK_NAMES];  /* duty ids */
	char locks[256];
	DutyOverlap overlap;
	bool human;                /* some item is for a person */
	bool supplier;             /* done by somebody outside: a person says that it was seen */
	bool caught_up;            /* run late because Carène was not there at its time */
	bool asked_for;            /* an extra one, made because a person asked for it */
	bool unavailable;          /* some item is of a kind this version does not carry out */
	char waits_for[TASK_ID];   /* DUE, WAITING: the occurrence in the way; "" none */
	char told_due[TASK_NAMES]; /* contacts told that it awaits them */
	char told_end[TASK_NAMES]; /* contacts told that it was missed or failed */
	bool quiet_end;            /* nobody is to be told of its end */
	char reason[256];          /* of a waiver, of a miss */
	char by[64];               /* who waived it or ended it; "" Carène */
	int words_n;               /* numbers what people said */
} TaskOccurrence;

typedef enum TaskItemKind {
	TASK_ITEM_DO,
	TASK_ITEM_ASK,
	TASK_ITEM_DO_ASK,
	TASK_ITEM_NOTIFY,
	TASK_ITEM_OTHER, /* run, sql, http, unit, wait, call: not in this version */
} TaskItemKind;

typedef enum TaskItemState {
	TASK_ITEM_TODO,
	TASK_ITEM_ASKED,   /* a person is awaited: the thing itself, or whether it is needed */
	TASK_ITEM_RUNNING, /* the engine measures (or evaluates its condition) */
	TASK_ITEM_PASS,
	TASK_ITEM_FAIL,
	TASK_ITEM_CONFIRMED,
	TASK_ITEM_REFUSED,
	TASK_ITEM_NOT_APPLICABLE, /* with a reason */
	TASK_ITEM_STATES
} TaskItemState;

/* One row of table `task_item`. */
typedef struct TaskItem {
	char id[TASK_ID + TASK_ITEM_NAME]; /* occurrence + "/" + name */
	char occurrence[TASK_ID];
	char name[TASK_ITEM_NAME]; /* "2", the plan's own id, "3.1" inside what item 3 sets off */
	int place;                 /* 0, 1, … in order */
	TaskItemKind kind;
	char todo[128]; /* DO, DO_ASK: "check:site" */
	char duty[DUTY_ID];
	/* the duty that this item sets off ("backup:daily"); "" none */
	char text[512];    /* what a person is asked, or what is said in a notification */
	char to[64];       /* NOTIFY */
	char only_if[160]; /* condition still to be evaluated; "" none */
	bool needed;       /* a person says first whether it is needed */
	char expect[64];
	bool stops; /* when it fails, the automated items after it are not begun */
	Duration timeout;
	TaskItemState state;
	TaskItemState measured; /* DO, DO_ASK: PASS or FAIL once measured, else TODO */
	bool unavailable;
	char found[256]; /* what was measured, or why the result is what it is */
	char by[64];     /* who settled it; "" Carène */
	Instant asked_at, ended;
	bool changed; /* not kept */
} TaskItem;

typedef enum TaskWordKind {
	TASK_WORD_CONFIRMED,
	TASK_WORD_REFUSED,
	TASK_WORD_NOT_APPLICABLE,
	TASK_WORD_NEEDED,
	TASK_WORD_WAIVED,
	TASK_WORD_NOTE,
	TASK_WORD_FILE,
	TASK_WORD_STARTED,
	TASK_WORDS
} TaskWordKind;

/* What one person said, once; never changed. One row of table `task_word`. */
typedef struct TaskWord {
	char id[TASK_ID + TASK_ITEM_NAME]; /* occurrence + "/w" + number */
	char occurrence[TASK_ID];
	char item[TASK_ITEM_NAME]; /* "" the whole */
	TaskWordKind kind;
	char who[64];   /* actor as in the journal */
	char owner[64]; /* the owner it counts for; "" when any one will do */
	Instant at;
	char note[512];
	char file[128];           /* FILE: its name where it came from, for people only */
	char digest[DIGEST_TEXT]; /* SHA-256 of its bytes, and its name in the data folder */
	int64_t size;
	bool changed; /* not kept */
} TaskWord;

extern const RecordType task_occurrence_record, task_item_record, task_word_record;

/* An occurrence with all that belongs to it. The engine keeps the open ones and those
 * over for less than TASK_KEEP, saves what is marked `changed` after a step and clears
 * the marks. */
typedef struct TaskWork {
	TaskOccurrence o;
	LIST(TaskItem) items;
	LIST(TaskWord) words;
	bool changed;
	/* not kept: when somebody is to be told of it, and in which state that was found */
	Instant tell_at;
	int tell_known; /* state + 1; 0: not known */
} TaskWork;
#define TASK_KEEP days(8)

/* Every one known, in any order; pointers stay put. */
typedef struct Tasks {
	TaskWork **at;
	size_t n, cap;
} Tasks;

void TaskWork_done(TaskWork *w); /* not w itself */
void Tasks_done(Tasks *all);
TaskWork *tasks_find(const Tasks *all, const char *id); /* by its full id; NULL */

/* ---- making occurrences ---- */

/* Keeps the occurrences in step with the plan. For each duty that has its own: makes
 * those that fell due since the newest one known (a duty never seen before begins
 * now), and those to come within a day, at most TASK_AHEAD, at least the next. SCHEDULED
 * ones that the plan no longer has are marked in `drop`; open ones are WITHDRAWN.
 * Call at start and after a reload; tasks_next() alone is enough after one has left
 * SCHEDULED. New ones are `changed` and appended. `dropped` is called before one goes. */
enum { TASK_AHEAD = 8 };
typedef struct TaskSink {
	void (*dropped)(void *ctx, const TaskWork *w); /* may be NULL */
	void *ctx;
} TaskSink;
void tasks_plan(Tasks *all, const Plan *plan, Instant now, const TaskSink *sink, Effects *fx);
/* The same for one duty whose occurrence has just left SCHEDULED. */
void tasks_next(Tasks *all, const Plan *plan, const char *duty, Instant now, Effects *fx);
/* One that no schedule asks for (`on EVENT`, as_needed, agreed), or an extra one: due
 * now, started by the next TICK. ERR_NOT_FOUND, ERR_CONFLICT when one of that instant
 * exists or the duty belongs to another. */
TaskWork *tasks_extra(Tasks *all, const Plan *plan, const char *duty, const char *who, Instant now,
                      Effects *fx, Err *err) MUST_CHECK;
/* Those that fell due more than a minute and a half ago and were never begun: Carène
 * was not there. The duty's catch-up policy lets the newest (`once`) or the newest N
 * (`all`) of them run now, each no later than its `max_late`; the others are MISSED.
 * Call before TICK, at start and whenever the clock has gone forward. */
void tasks_catch_up(Tasks *all, const Plan *plan, Instant now, Effects *fx);

/* ---- living ---- */

typedef enum TaskEventKind {
	TASK_TICK,     /* time passed, or something it waited for is over */
	TASK_MEASURED, /* `item` was measured: `ok`, `text` what was found */
	TASK_JUDGED,   /* the condition of `item`: `ok` holds; `unknown`; `text` its value */
	TASK_CONFIRM,
	TASK_REFUSE,         /* `text`: why, required */
	TASK_NOT_APPLICABLE, /* `text`: why, required but for "not needed" */
	TASK_WAIVE,          /* the whole occurrence; `text`: why, required */
	TASK_NOTE,           /* `text` */
	TASK_ATTACH,         /* `file`, `digest`, `size`; `text`: a note */
	TASK_START,          /* by hand, before its time */
	TASK_EVENTS
} TaskEventKind;

/* What stands in its way, from tasks_guard(). */
typedef struct TaskGuard {
	const TaskWork *before; /* what it comes after is not over; NULL */
	const TaskWork *holder; /* of a lock it needs; NULL */
	const TaskWork *older;  /* its own predecessor, still open (overlap: queue); NULL */
} TaskGuard;
TaskGuard tasks_guard(const Tasks *all, const Plan *plan, const TaskWork *w);

typedef struct TaskEvent {
	TaskEventKind kind;
	const char *item; /* name; NULL: every item that awaits a person */
	bool ok, unknown;
	const char *text;
	const char *who; /* actor as in the journal; NULL: "carene" */
	/* Which of the occurrence's owners that person stands for: bit i is the i-th line
	 * of `owners`. The engine finds out; this room knows no rota. */
	uint32_t stands_for;
	bool is_operator;
	const char *file, *digest;
	int64_t size;
	TaskGuard guard; /* TICK, START */
} TaskEvent;

/* Steps one occurrence. TICK, MEASURED and JUDGED never fail (out of place, they do
 * nothing). What a person asks is refused with ERR_CONFLICT when it is out of place,
 * ERR_FORBIDDEN when he is neither owner nor operator, ERR_BAD_INPUT when a reason is
 * missing, ERR_NOT_FOUND for an unknown item; what is refused changes nothing.
 * Journal kinds: task.due task.item task.confirmed task.refused task.not_applicable
 * task.needed task.note task.file task.done task.failed task.missed task.waived
 * task.withdrawn. An occurrence with nothing for people writes a single task.done when
 * all passes. */
bool task_step(TaskWork *w, const Plan *plan, const TaskEvent *event, Instant now, Effects *fx,
               Err *err);
/* Next instant at which TICK matters, or NEVER. Anything else that may free it (its
 * dependency, its lock) is an event of another occurrence: TICK then, too. */
Instant task_due(const TaskWork *w);
/* The item the engine is to measure now (RUNNING), or NULL; with `only_if` not empty,
 * that condition comes first. */
const TaskItem *task_wanted(const TaskWork *w);

/* ---- telling ---- */

/* The people a name of the plan stands for (incident/roster.h: roster_people). */
typedef size_t TaskPeople(const Plan *p, const char *name, const Contact **ret, size_t cap);

/* One message for one person: all that awaits him, or all that was missed or failed. */
typedef struct TaskDigest {
	TellKind kind;
	const Contact *who;
	const TaskWork **at; /* soonest first; the caller's: mem_free */
	size_t n;
} TaskDigest;
typedef LIST(TaskDigest) TaskDigests;
/* What is to be told now, marked as told. A task for people is announced to each of
 * its owners once, when the hours begin (the contact's, else 08:00-20:00, ours) in or
 * before which it falls due; what becomes known later waits for a few minutes so that
 * things come together, and for those hours. Misses and failures likewise. Kinds that
 * this version does not carry out are told once per duty, as long as that is
 * remembered (TASK_KEEP). A tell per digest is appended to fx, in the same order. */
void tasks_digest(Tasks *all, const Plan *plan, TaskPeople *people, Instant now, TaskDigests *ret,
                  Effects *fx);
/* Finds out when each is to be told, where that is not known or its state has changed;
 * after a reload forget it first (tell_known = 0). */
void tasks_digest_plan(Tasks *all, const Plan *plan, TaskPeople *people, Instant now);
Instant tasks_digest_due(const Tasks *all); /* as planned; NEVER: nothing to tell */
void TaskDigests_done(TaskDigests *d);

/* ---- questions ---- */

const char *task_state_name(TaskState s);          /* "awaiting_human" */
const char *task_item_state_name(TaskItemState s); /* "not_applicable" */
const char *task_item_kind_name(TaskItemKind k);   /* "do", "do_ask" */
const char *task_word_kind_name(TaskWordKind k);   /* "confirmed" */
bool task_is_over(const TaskOccurrence *o);
bool task_is_open(const TaskOccurrence *o);              /* its time has come and it is not over */
bool task_is_late(const TaskOccurrence *o, Instant now); /* open past its planned end */
/* Its i-th owner, and how many there are. */
bool task_owner(const TaskOccurrence *o, size_t i, char ret[64]);
size_t task_owners_n(const TaskOccurrence *o);

/* "daily@01-04", "hourly@01-04T07:00": what a person types. Tasks go without "task:"; the
 * day is civil, in `zone`; the year is shown when it is not now's, the hour when there is
 * more than one a day. */
const char *task_short(const TaskOccurrence *o, const Zone *zone, Instant now, char out[TASK_ID]);
/* The one that `text` means: its number, its id, the beginning of its id, a duty (its
 * open one, else the next), or duty@date with the beginning of a civil date ("01-04",
 * "2027-01-04T02"). Open ones win over those to come, those over what is over.
 * ERR_NOT_FOUND; ERR_CONFLICT names those it could be. */
TaskWork *tasks_named(const Tasks *all, const Plan *plan, const char *text, Err *err) MUST_CHECK;
typedef enum TaskView { TASK_BRIEF, TASK_FULL } TaskView;
/* One JSON object: id short number duty title state due expected_end started ended
 * owners late items_n settled_n …; FULL adds items[], words[] and what it waits for. */
void task_emit(Emit *e, const char *key, const TaskWork *w, const Plan *plan, TaskView view,
               Instant now);
/* What its evidence is about: its id, or one that fits a record's subject. */
const char *task_subject(const TaskOccurrence *o, char out[96]);
