/* The engine's state and what its files share. One file per concern:
 *
 *   turn.c      the turn: what shares one, how long it may take, how long it took
 *   engine.c    life: new, start, stop; effects, the commit, the next due time
 *   services.c  which checks make up which service; its chain, from what changed
 *   watch.c     probes, metrics, heartbeats → samples and confirmed states
 *   late.c      how late probes begin
 *   feed.c      which series a check's figures go to
 *   steady.c    a rehearsal's probes whose answers cannot differ: counted, not played
 *   rules.c     alerts: facts, stepping, what they open
 *   cases.c     incidents: opening, joining, events, ladders, clocks
 *   actions.c   follow-ups and vulnerabilities, their deadlines and reminders
 *   plans.c     maintenance windows and silences
 *   proofs.c    verdicts: books, epochs, months; proof_facts.c gathers their facts,
 *               proof_history.c reads epochs and frozen months back
 *   tickets.c   support tickets
 *   tasks.c     occurrences of the plan's duties
 *   outbox.c    tells → messages → the world
 *   fields.c    what a message may say: facts of incidents, windows, alerts
 *   restore.c   state from the store; reload of the plan
 *   samples.c   samples to the store and back, and its upkeep
 *   home.c      samples to their second home
 *   self.c      Carène's own trouble, and the time it was not there
 *   view.c      the public page
 *   metrics.c   health and OpenMetrics of this process
 *   queries.c   questions about the past, copied out for another thread
 *   command*.c  what people ask for */
#pragma once
#include "action/action.h"
#include "alert/alert.h"
#include "alert/silence.h"
#include "check/collect.h"
#include "check/prober.h"
#include "check/push.h"
#include "check/run.h"
#include "check/status.h"
#include "core/due.h"
#include "core/index.h"
#include "core/list.h"
#include "core/map.h"
#include "core/text.h"
#include "engine/engine.h"
#include "incident/incident.h"
#include "incident/roster.h"
#include "ledger/ledger.h"
#include "ledger/objective.h"
#include "notify/message.h"
#include "notify/throttle.h"
#include "series/series.h"
#include "task/task.h"
#include "ticket/import.h"
#include "window/window.h"

/* One number for one series. */
typedef struct Taken {
	Series *series;
	double value;
} Taken;

/* The series that a watch feeds, found once (feed.c). */
typedef struct Feed Feed;

/* What a rehearsal knows of a probe that keeps giving the same result (steady.c). */
typedef struct Steady {
	Taken *values; /* of the last result */
	size_t n;
	Instant since;  /* the first result of the present row of equal ones; LONG_AGO: none */
	Duration takes; /* from a slot to its result */
	bool asleep;
	Instant next;  /* the first slot that was not counted yet */
	Instant until; /* slots from here on are played */
	Duration mono; /* when it fell asleep, and … */
	Instant wall;  /* … what the wall clock said then */
} Steady;

/* One check under watch. Never moves: the world calls back into it. There may be a
 * million: what few have is behind a pointer, and test_sizes.c holds its size. */
typedef struct Watch {
	Engine *e;
	const Check *check; /* of the current plan; NULL: not of it (yet) */
	const char *id;     /* the plan's text, or its own while it is not of the plan */
	CheckStatus status;
	ProbeOp probe;       /* in flight, or idle */
	Instant due;         /* of the probe in flight, for lateness */
	Duration late;       /* of the last one that gave a result */
	DueNode node;        /* in e->watch_heap while no probe is in flight */
	Steady *steady;      /* in rehearsals; else NULL */
	Feed *feed;          /* NULL: no figure yet */
	uint32_t rules_made; /* e->rules_made when `heard` and the feed's were found */
	bool heard : 1;      /* some rule looks at it */
	bool unsaved : 1;    /* news of no weight: written in some round to come */
	bool own_id : 1;
} Watch;

/* One metric collected on its own. */
typedef struct Gauge {
	Engine *e;
	const Metric *metric; /* NULL: this host's counters */
	CollectRun *run;
	Instant due;
	Instant last_at;
	bool failing; /* said once, until it works again */
	DueNode node; /* in e->gauge_heap */
	Steady steady;
} Gauge;

typedef struct AlertBox {
	Alert alert;
	const Rule *rule;  /* of the current plan; NULL: retired */
	bool dirty;        /* its facts changed since the last step: in e->dirty_rules */
	DueNode node;      /* in e->rule_heap */
	Instant stale_at;  /* its newest figure is too old to speak from then on; NEVER */
	size_t order;      /* its place in e->alerts */
	struct Case *of;   /* the incident it is counted in (cases.c), or NULL */
	size_t place;      /* there */
	bool active, loud; /* as it is counted */
} AlertBox;

/* An incident with what belongs to it, and the alerts behind it. */
typedef struct Case {
	Incident incident;
	IncidentParts parts;
	LIST(struct AlertBox *) boxes; /* in no order; see AlertBox.of */
	size_t active;                 /* of them: alert_is_active() */
	size_t loud;                   /* of them: firing or acked, held back by nothing */
	size_t kept_lines;             /* of the timeline: in the batch already, as many as first */
	DueNode node;                  /* in e->case_heap */
} Case;

/* Series by the name before their braces, so that a condition on all checks' latency looks at
 * those only. Made up as series come (rules.c); none ever goes. */
typedef struct SeriesNames {
	Map by_name; /* → list of numbers */
	size_t known;
} SeriesNames;

/* One message under way. */
typedef struct Sending {
	Ask ask;
	Posting posting;
	Engine *e;
	char id[sizeof(((Message *)0)->id)];
} Sending;

enum { TURN_ARENA = 256 << 20, TURN_RESULTS = 256, TURN_STARTS = 512, TURN_BUCKETS = 12 };

typedef struct TurnTimes {
	uint64_t n, within[TURN_BUCKETS]; /* by upper bounds, see turn.c; each turn in one */
	Duration sum, worst;
} TurnTimes;

enum { LATE_LIMITS = 12 };

/* Probes by how late they began (late.c); the last: later than every limit. */
typedef struct LateCounts {
	uint64_t counts[LATE_LIMITS + 1];
	Duration sum;
} LateCounts;

struct Engine {
	World *world;
	Store *store;
	Batch *batch;
	Plan *plan;
	LIST(Plan *) retired; /* left by reloads while questions still point into them */
	char *data, *base_url;
	bool (*committed)(void *ctx);
	void *ctx;
	bool rehearsal; /* see EngineOptions */
	bool read_only;
	bool started, dead; /* dead: stopped, or "crashed" by a test: nothing happens any more */

	Instant now; /* of this turn */
	TimerOp tick;
	Instant tick_at;
	bool urgent;      /* this turn must be durable before it ends */
	Instant flush_at; /* otherwise: when the batch is committed at the latest */
	unsigned inside;  /* turns nested (a command inside a callback): 0 outside */

	/* turn.c */
	bool gathers;           /* see EngineOptions */
	size_t gathered;        /* results taken and not yet decided on */
	size_t results;         /* of the batch that is being taken */
	int64_t turn_from_us;   /* monotonic: this stretch of the turn began */
	int64_t gather_from_us; /* … and its first result came */
	Duration taken;         /* by the stretches before */
	TurnTimes turn_times;   /* the engine's own part of each turn */
	uint64_t slow_untold;   /* slow turns of the loop not in the journal yet */
	Duration slow_worst;    /* of them */
	Duration loop_worst;    /* of all */
	Instant slow_told_at;

	Ledger *ledger;
	SeriesSet *series;

	/* samples.c */
	SampleSource source;      /* the store, for what is not in memory */
	Instant tended_at;        /* upkeep was counted until then; LONG_AGO: never yet */
	double tend_owed;         /* series whose upkeep is due */
	uint32_t series_loaded;   /* highest number of those from the store */
	uint64_t samples_damaged; /* log entries left out at the start */
	uint64_t lost_said;       /* how many dropped samples */
	uint64_t damage_said;     /* how many damaged parts the journal knows of */
	uint64_t log_over;        /* log entries before are in chunks, whoever still wants them */
	struct Home *home;        /* home.c: a second home of samples; NULL: the plan has none */

	Prober *prober, *own_prober; /* who runs probes; own: made by us */
	Index watches;               /* of Watch, by check id */
	size_t saving;               /* watches looked at in this round of saving; SIZE_MAX: over */
	uint32_t rules_made;         /* how often interests were made: from 1 */
	Instant measured_at;         /* the newest known result of any check; LONG_AGO: none */
	Duration slowest;            /* the longest interval of the plan's probes */
	unsigned
	        left_out; /* kinds of figures that are not kept, a bit each: FIGURE_MEASURE, sizes */
	LIST(Gauge *) gauges;
	DueHeap watch_heap, gauge_heap, rule_heap;
	LIST(AlertBox *) dirty_rules;
	struct {
		const Plan *plan;       /* of which they are */
		struct ServiceBox **of; /* of each service of the plan */
		size_t n;
		LIST(struct ServiceBox *) dirty;
	} services;
	Duration looks_back; /* the longest stretch of samples that a rule looks at */
	size_t asleep_n;     /* steady.c: how many are not played for now */
	uint64_t skipped;    /* probes and readings counted and not played */
	Map alerts;          /* rule id → AlertBox */
	Map rules_of;        /* check id or metric name → list of rules (Interest) */
	SeriesNames *series_names;
	LIST(Case *) cases; /* open ones and those kept for the page, oldest first */
	Map cases_by_id;    /* → Case */
	Map cases_by_key;   /* incident_key() → the newest Case of it */
	DueHeap case_heap;
	LIST(Case *) closing;   /* closed, with alerts that are not yet */
	LIST(Action *) actions; /* all there ever were, oldest first; incidents borrow theirs */
	Instant actions_at;     /* the first that is due, or NEVER */
	LIST(Ticket *) tickets; /* all there ever were, oldest first */
	Map tickets_by_name;    /* external name → Ticket */
	Instant tickets_at;     /* the first that is due, or NEVER */
	Windows windows;
	Instant windows_plan_at; /* when their occurrences are made anew */
	Instant silences_at;     /* silences were looked at until then */
	LIST(Silence) silences;
	Instant windows_at;    /* when windows and silences are looked at next; LONG_AGO: now */
	Tasks tasks;           /* open ones, those to come, those lately over */
	Instant tasks_at;      /* when they are looked at next; LONG_AGO: now */
	bool tasks_freed;      /* one ended: others may begin */
	bool tasks_measuring;  /* some item waits for a check */
	TaskDigests *telling;  /* what the tells being made now are about; NULL */
	struct Proofs *proofs; /* epochs, waivers, months (proofs.c) */
	Map declared;          /* text → declared by a person */
	Map outbox;            /* message id → Message, those not over */
	Map told;      /* message id → engine: ids ever made, so that none is made twice */
	Map throttles; /* throttle id → Throttle */
	DueHeap post;  /* messages that wait for their time (outbox.c) */
	LIST(struct Letter *) post_due; /* whose time came, and that wait for room */
	Instant held_until;             /* no storm ends before */
	LIST(Sending *) sending;

	int64_t incident_n, silence_n, task_n, action_n, ticket_n; /* last numbers given */
	char secret_key[DIGEST_TEXT]; /* signs acknowledgement links; made at the first start */

	/* self.c */
	Instant storage_bad_since; /* LONG_AGO: the store works */
	char storage_error[256];
	Instant alive_at;        /* last heartbeat written */
	bool slow;               /* a rehearsal stops: this commit keeps its samples */
	Instant slow_at;         /* next slow beat: what has no weight is written */
	Instant trim_at;         /* a rehearsal: when old samples leave memory next */
	Instant guard_cut_since; /* LONG_AGO: the network is there */
	Instant stuck_since;     /* LONG_AGO: whoever probes answers */
	Duration worst_late;     /* since start */
	LateCounts late;
	Instant started_at;
	Instant listens_from; /* without a break since: the start, or a jump of the clock */
	uint64_t turns, commits, slow_turns, probes;

	/* view.c */
	bool view_dirty;
	Instant publish_at; /* NEVER: nothing to publish */
	Arena *view_arena;
	StatusFacts view;
	bool page_failing, publish_failing; /* said once */
	struct Publishing *publishing;

	/* scratch of commands */
	Arena *turn;
};

/* ---- the turn (turn.c) ---- */

/* An event on its own, or a batch of results. What was gathered before is decided first, so
 * that it meets a settled state. They nest: what begins inside belongs to the outer one. */
void turn_begin(Engine *e);
/* Steps everything once, commits when something in it must be durable (or the batch has
 * waited long enough), performs, and arms the next tick. False: the commit failed; the
 * changes wait in the batch. */
bool turn_end(Engine *e);
/* One result, which shares its turn with those around it: nothing of it is decided, committed
 * or performed before turn_tick(), the next turn_begin(), or the last turn_leave() of a full
 * turn. Where the engine does not gather they are turn_begin() and turn_end(). */
void turn_join(Engine *e);
void turn_leave(Engine *e);
/* Enough came in: whoever delivers results in a batch leaves the rest for the next turn of
 * the loop. */
bool turn_is_full(const Engine *e);
bool turn_is_long(const Engine *e); /* enough was stepped: the rest comes next, at once */
void turn_tick(Engine *e);          /* the timer: what is due, and what was gathered */
void turn_measured(TurnTimes *t, Duration took);
/* Buckets, sum and count in OpenMetrics. */
void turn_histogram(const TurnTimes *t, const char *name, Buf *out);

/* ---- services.c ---- */
void services_touch(Engine *e, const Check *c, Instant from); /* its chain changed */
void services_touch_all(Engine *e);                           /* a window opened or closed */
/* The chains of the services touched; harmless when none was. Before anybody reads one. */
void services_compose(Engine *e);
const char *services_env(const Service *s); /* the one people use: the last */
void services_free(Engine *e);

/* ---- the commit (engine.c) ---- */

/* One transaction for what waits in the batch; false: it waits for the next try. */
bool engine_commit(Engine *e);
static inline void turn_urgent(Engine *e)
{
	e->urgent = true;
	batch_durable(e->batch);
}
/* Evidence to the batch, tells to the outbox; empties fx. */
void engine_apply(Engine *e, Effects *fx);
void engine_arm(Engine *e);
/* Journals one fact of the engine's own. `input` (JSON) is taken over. */
void engine_note(Engine *e, const char *kind, const char *subject, const char *actor, char *input);

/* ---- watch.c ---- */
/* Watches and gauges of the current plan. `before`: the plan until now; NULL: a start. */
void watch_sync(Engine *e, const Plan *before);
void watches_begin(Engine *e);
void watches_free(Engine *e);
void watch_use_prober(Engine *e); /* results come to this engine */
void watch_due(Engine *e);        /* starts what is due */
Instant watch_next(Engine *e);
void watch_replan(Engine *e);      /* the wall clock went back */
void watch_cancel_runs(Engine *e); /* before the plan they point into goes away */
Watch *watch_of(const Engine *e, const char *check);
void watch_schedule(Watch *w); /* after its next_due or its run changed */
void gauge_schedule(Gauge *g, Instant due);
Duration gauge_every(const Gauge *g);
Watch *watch_next_of(const Engine *e, size_t *at); /* NULL past the last */
Watch *watch_made(Engine *e, const char *id);      /* the caller fills its status */
void watch_save_slice(Engine *e); /* the next of those that wait to be saved, a bounded number */
void watch_judge_push(Watch *w);  /* a heartbeat came, or is due */
bool watch_signal(Watch *w, const char *signal, const char *note, Err *err);
void watch_mark_unknown(Engine *e, Instant from, Duration gap, const char *cause);

/* ---- late.c ---- */
void late_note(Engine *e, Duration late); /* a probe began so late */
void late_openmetrics(Engine *e, Buf *out);

/* ---- feed.c ---- */
/* Puts a result's figures into their series and says which in `out` (CHECK_FIGURES). */
size_t feed_result(Watch *w, const CheckResult *r, Taken *out);
/* One by name; `every` 0: its series knows. False: no series can be called so. */
bool feed_named(Engine *e, const char *name, double value, Instant at, Duration every, Taken *out);
void feed_done(Watch *w);
void feed_every(const Watch *w); /* its interval changed */
void feed_sync(Engine *e);       /* which kinds the plan's size lets it keep */

/* ---- steady.c ---- */
/* Takes note of a result at `at`; `calm`: it is one that changes nothing. `due` is the next
 * slot, `every` apart from the one after; returns when to play one again. */
Instant steady_saw(Engine *e, Steady *s, const Taken *values, size_t n, Instant at, bool calm,
                   Instant due, Duration every);
void steady_before_read(void *engine);  /* steady_catch_up(), for series_before_read() */
void steady_catch_up(Engine *e);        /* counts what would have been measured by now */
void steady_wake(Engine *e);            /* catches up, and plays every slot from here on */
void steady_done(Engine *e, Steady *s); /* also begins one anew */

/* ---- home.c ---- */
const Storage *home_storage(const Plan *p); /* NULL: the plan has none */
void home_sync(Engine *e);                  /* whether the plan has one; before the old plan goes */
void home_perform(Engine *e);               /* sends what was committed and is not there yet */
Instant home_next(const Engine *e);
void home_clock_back(Engine *e); /* the wall clock shows an earlier time */
void home_free(Engine *e);

/* ---- rules.c ---- */
void rules_sync(Engine *e); /* alert boxes and interests of the current plan */
void rules_free(Engine *e);
/* Can this version know anything about it? If not it is never stepped: no alarm is made of
 * what nobody looks at, and `alert.list` names it (lint: L22). */
bool rules_watched(const Engine *e, const Rule *r);
void rules_touch_check(Engine *e, const char *check);
void rules_touch_series(Engine *e, const char *series);
/* Whether touching it would concern any rule: true until rules_made says otherwise. */
bool rules_hear_check(const Engine *e, const char *check);
bool rules_hear_series(const Engine *e, const char *series);
void rules_touch_all(Engine *e); /* a window, silence or dependency changed */
void rules_step(Engine *e);      /* steps every dirty or due alert */
Instant rules_next(const Engine *e);
/* The series' word for a plan's statistic; `unspecified` where the plan names none. */
SeriesStat rules_stat(Stat stat, SeriesStat unspecified);
AlertBox *rules_box(const Engine *e, const char *rule);
/* A condition that is no rule's. */
Judgement rules_judge(Engine *e, const Condition *c, double *ret_value);
void rules_schedule(Engine *e, AlertBox *box); /* after a change of the alert outside rules.c */

/* ---- cases.c ---- */
Case *case_find(const Engine *e, const char *id);
Case *case_of_key(const Engine *e, const char *key); /* open one */
/* Sends an event to an incident, with all that follows from it. */
void case_event(Engine *e, Case *c, const IncidentEvent *ev);
void case_alert(Engine *e, AlertBox *box, const AlertChange *change);
Case *case_open(Engine *e, const IncidentOpening *opening);
void case_save(Engine *e, Case *c);
void cases_step(Engine *e);
Instant cases_next(const Engine *e);
void case_keep(Engine *e, Case *c); /* a new one, or one from the store; taken over */
/* After any change of the alert: which incident it belongs to, and whether it still fails. */
void case_count(Engine *e, AlertBox *box);
void cases_sync(Engine *e); /* at the start, once the alerts are counted */
void cases_free(Engine *e);

/* ---- actions.c ---- */
Action *action_find(const Engine *e, const char *id);
/* A new one with an id of its own, kept and told in its incident's story; NULL: refused. */
Action *action_make(Engine *e, const ActionOpening *o, Err *err);
bool action_event(Engine *e, Action *a, const ActionEvent *ev, Err *err);
void action_keep(Engine *e, Action *a); /* from the store; taken over */
void action_save(Engine *e, Action *a);
void actions_step(Engine *e);
Instant actions_next(const Engine *e);
void actions_free(Engine *e);

/* ---- tickets.c ---- */
Ticket *ticket_find(const Engine *e, const char *id);             /* also by its external name */
Ticket *ticket_make(Engine *e, const TicketOpening *o, Err *err); /* NULL: refused */
bool ticket_event(Engine *e, Ticket *t, const TicketEvent *ev, Err *err);
void ticket_keep(Engine *e, Ticket *t); /* from the store; taken over */
void ticket_save(Engine *e, Ticket *t);
void ticket_next_id(Engine *e, char out[32]);
/* Made or brought up to date by what an export says. */
ImportResult ticket_bring(Engine *e, const TicketFacts *f, const char *by);
void tickets_step(Engine *e);
Instant tickets_next(const Engine *e);
void tickets_free(Engine *e);

/* ---- plans.c ---- */
void windows_sync(Engine *e);
void windows_touch(Engine *e); /* one of them, or a silence, changed */
void windows_step(Engine *e);
Instant windows_next(const Engine *e);
const WindowOccurrence *windows_holding(const Engine *e, const char *service, const char *env);
bool window_event(Engine *e, WindowOccurrence *w, const WindowEvent *ev, Err *err);
WindowOccurrence *window_find(Engine *e, const char *id);
void windows_save(Engine *e, const WindowOccurrence *w);
const Silence *silence_holding(const Engine *e, const SilenceTarget *t);

/* ---- tasks.c ---- */
void tasks_sync(Engine *e, bool started); /* at the start, after a reload */
void tasks_step(Engine *e);
Instant tasks_next_due(const Engine *e);
void tasks_touch_check(Engine *e, const char *check);
void tasks_free(Engine *e);
bool task_keep(Engine *e, const TaskOccurrence *o); /* from the store */
bool task_keep_item(Engine *e, const TaskItem *i);
bool task_keep_word(Engine *e, const TaskWord *w);
/* By number, id, or what tasks_named() takes; one long over is fetched from the store. */
TaskWork *task_named(Engine *e, const char *name, Err *err);
bool task_event(Engine *e, TaskWork *w, TaskEvent *ev, Err *err);
uint32_t task_stands_for(const Engine *e, const TaskWork *w, const char *contact);
void tasks_count(const Engine *e, size_t *ret_open, size_t *ret_late, size_t *ret_awaiting);

/* ---- outbox.c ---- */
void outbox_tell(Engine *e, const Tell *tell, Effects *fx);
void outbox_flush_held(Engine *e);
void outbox_perform(Engine *e); /* after a commit: start what is due */
Instant outbox_next(const Engine *e);
void outbox_free(Engine *e);
void outbox_keep(Engine *e, const Message *m);     /* from the store */
void outbox_keep_throttle(Engine *e, Throttle *t); /* from the store; taken over */
void outbox_lost(Engine *e);                       /* after a start: what was under way */

/* ---- fields.c ---- */
void fields_fill(Engine *e, const Tell *tell, Fields *f);
const char *ack_link_for(void *engine, const Tell *tell, const char *contact, Arena *a);

/* ---- proofs.c, proof_facts.c ---- */
/* At the start, after a reload: epochs. `before`: the plan that ran until now; NULL: none. */
void proofs_sync(Engine *e, const Plan *before);
void proofs_step(Engine *e); /* freezes months that are over */
Instant proofs_next(const Engine *e);
void proofs_restore(Engine *e);
bool proofs_keep_epoch(Engine *e, void *record);
bool proofs_keep_line(Engine *e, void *record);
bool proofs_keep_waiver(Engine *e, void *record);
void proofs_free(Engine *e);
/* Each saved occurrence and item, and each that comes back from the store. */
void proofs_note_task(Engine *e, const TaskOccurrence *o);
void proofs_note_item(Engine *e, const TaskItem *i);

ClaimVerdict proof_claim(void *engine, const char *claim);
Verdict proof_verdict(Engine *e, const Objective *o); /* as it stands now */

/* ---- restore.c ---- */
void plans_release(Engine *e); /* frees retired plans nobody points into any more */
bool restore_all(Engine *e, Err *err);
void restore_gap(Engine *e);
const RecordType *engine_record(size_t i); /* tables the engine keeps; NULL past the end */

/* ---- samples.c ---- */
void samples_begin(Engine *e);
bool samples_load(Engine *e, Err *err);
void samples_save(Engine *e); /* into the batch, before a commit */
void samples_tend(Engine *e); /* after one */
void samples_say_damage(Engine *e);
void samples_say_lost(Engine *e);

/* ---- self.c ---- */
void self_storage_failed(Engine *e, const Err *err);
void self_storage_works(Engine *e);
void self_alarm(Engine *e, const char *what, const char *title, const char *text, bool over);
void self_beat(Engine *e);
void self_slow_beat(Engine *e); /* before a commit */
Instant self_next(const Engine *e);

/* ---- view.c ---- */
void view_touch(Engine *e);
LedgerSink view_sink(Engine *e); /* changes of the ledger into the batch */
void view_services(Engine *e);   /* a window opened or closed */
size_t view_excluded(const Engine *e, const char *service, const char *env, Excluded *out,
                     size_t cap);
void view_step(Engine *e);
Instant view_next(const Engine *e);
void view_free(Engine *e);
/* Share of measured time (percent) of the last `over` that a check, or all of the
 * plan ("" ), was not down; false: nothing was measured. */
bool view_availability(const Engine *e, const char *check, Span over, double *ret);
void view_ledger(Engine *e, const char *check, int state, Instant from, const char *cause);

/* ---- command table ---- */
typedef bool CommandRun(Engine *e, const void *args /* json_t */, const EngineCaller *who,
                        Emit *out, Err *err);
typedef struct CommandRow {
	EngineCommand pub;
	CommandRun *run;
} CommandRow;
