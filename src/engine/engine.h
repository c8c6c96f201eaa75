/* The engine: event → decide → commit → perform.
 *
 * Every event (a probe's result, a due time, a person's command, a provider's
 * answer) is one turn: the deciders are asked, what they changed is committed in
 * one transaction together with evidence and outgoing messages, and only then does
 * the world act on it. So a crash at any line loses nothing that was acknowledged
 * and repeats no page.
 *
 * The engine knows the world only through world/world.h: the same engine runs the
 * daemon and the simulator. It belongs to one thread. */
#pragma once
#include "check/prober.h"
#include "core/buf.h"
#include "core/emit.h"
#include "plan/plan.h"
#include "report/facts.h"
#include "store/store.h"
#include "world/world.h"

typedef struct Engine Engine;

typedef struct EngineOptions {
	World *world;
	Prober *prober;   /* who runs probes; stays the caller's, and outlives the engine; NULL: the
	                         world itself */
	Store *store;     /* stays the caller's */
	Plan *plan;       /* taken over: freed by the engine, also on failure */
	const char *data; /* data folder, for the published page; copied */
	const char *base_url; /* where this listener is reached, when the plan does not say; NULL */
	/* A simulation that nobody looks at while it goes on: no page is written, raw samples
	 * stay in memory, beats are far apart, and probes whose answers cannot differ from the
	 * last one are counted instead of played (World.same_for). Evidence and verdicts are
	 * the same as without. */
	bool rehearsal;
	/* Results that come within one turn of the loop are decided together and share a commit
	 * (turn.c). A simulation decides each on its own unless this is asked for. */
	bool gathers;
	/* Only questions, on a store that somebody else may be writing: nothing is stepped,
	 * committed or performed, and engine_start() must not be called. */
	bool read_only;
	/* Tests: called after each successful commit, before anything is performed; false
	 * stops the engine dead there, as a crash would. */
	bool (*committed)(void *ctx);
	/* A simulation's: sees each record right before it is put into the batch. It must not
	 * call the engine. NULL: nobody looks. */
	void (*saved)(void *ctx, const RecordType *type, const void *record);
	void *ctx;
} EngineOptions;

/* Loads the state of the store. ERR_STORE when it cannot be read. */
Engine *engine_new(const EngineOptions *o, Err *err) MUST_CHECK;
/* Begins to watch. Call once, from the loop's thread. */
void engine_start(Engine *e);
/* Writes down what waits for a beat, as the daemon does every few seconds: before a
 * rehearsed crash, which would otherwise lose more than a real one. */
void engine_beat(Engine *e);
/* Records the stop and commits; nothing is performed afterwards. */
void engine_stop(Engine *e);
void engine_free(Engine *e); /* NULL is fine; cancels what waits */

/* Takes over a new plan (freed by the engine). Counters, clocks, incidents and
 * schedules survive; what left the plan is closed and said. */
void engine_reload(Engine *e, Plan *plan, const char *actor);
/* A new plan could not be loaded: the old one stays, and its people are told. */
void engine_reload_failed(Engine *e, const char *why, const char *actor);
void engine_clock_jumped(Engine *e, Duration by);
/* The loop's own word: a turn of it took longer than it should. */
void engine_slow_turn(Engine *e, Duration took);

const Plan *engine_plan(const Engine *e);
uint64_t engine_probes(Engine *e); /* since its start, those not played included */
Instant engine_now(const Engine *e);
/* Of a rehearsal: probes and readings counted and not played. */
uint64_t engine_skipped(const Engine *e);

/* Who asks, for commands. Each contains the ones before it. */
typedef enum EngineRole {
	ROLE_NOBODY,
	ROLE_VIEWER,
	ROLE_RESPONDER,
	ROLE_OPERATOR,
	ROLE_ADMIN
} EngineRole;

typedef struct EngineCaller {
	const char *actor; /* for the evidence: "cli:root@host", "contact:ana" */
	EngineRole role;
} EngineCaller;

/* One row of the command table. `help` is the arguments in words. */
typedef struct EngineCommand {
	const char *name;
	EngineRole role;
	const char *help;
} EngineCommand;
/* The table, row by row; NULL past the end. */
const EngineCommand *engine_command_at(size_t i);

/* Carries out a command by name ("incident.ack") with a JSON object of arguments
 * ("" or NULL: none). The JSON answer is appended to out. True means: committed.
 * ERR_STORE: it is done in memory and waits to be recorded; a crash before that loses it. */
bool engine_command(Engine *e, const char *name, const char *args, const EngineCaller *caller,
                    Buf *out, Err *err) MUST_CHECK;

/* A question about the past (query/query.h) with its JSON arguments, filled with copies of
 * what memory knows; the caller runs it, on any thread, and frees it. NULL with *err set. */
struct Query *engine_query(Engine *e, const char *args, Err *err) MUST_CHECK;

/* The public view, valid until the engine's next turn. */
const StatusFacts *engine_status(Engine *e);

typedef enum AckLook { ACK_UNKNOWN, ACK_OPEN, ACK_DONE, ACK_ALREADY, ACK_OVER } AckLook;
typedef struct AckAnswer {
	AckLook look;
	char incident[32], title[256], who[128], by[128];
	Instant at, opened;
	const char *language;
} AckAnswer;
/* What a signed link stands for; with `act`, takes the incident in its contact's name. */
void engine_ack_link(Engine *e, const char *token, bool act, AckAnswer *ret);

/* A heartbeat: signal "success", "start" or "fail". ERR_NOT_FOUND, ERR_FORBIDDEN. */
bool engine_push(Engine *e, const char *check, const char *signal, const char *token,
                 const char *note, Err *err) MUST_CHECK;
/* A pushed value of a plan metric. */
bool engine_metric(Engine *e, const char *name, double value, const char *token,
                   Err *err) MUST_CHECK;
/* Without "# EOF"; with `checks`, three lines for each check. */
void engine_openmetrics(Engine *e, bool checks, Buf *out);
bool engine_health(Engine *e, Emit *out); /* fields of an open object; false: unhealthy */
