/* Scenarios: a story told to the engine in the simulated world, line by line, with
 * what must be true along the way. A test bed and a product feature: the same file
 * shows a team what its plan would do that night.
 *
 *   plan    shop.yaml                      relative to the scenario's folder
 *   env     SMTP_URL smtp://mail.test:25   what ${env:…} of the plan reads
 *   clock   2026-03-29 01:40 Europe/Paris  where the story begins
 *   seed    7
 *   start                                  (said by the first `pass` otherwise)
 *   answer  https://shop.test/…* 503       status, or: ok dns connect tls http self
 *                                          timeout; then: latency 3s, body "…", code 451,
 *                                          cert 6d, disk 95, cpu 90, mem 90, location URL
 *   pass    10m                            time goes by
 *   jump    1h                             the wall clock is set
 *   do      incident.ack id=1 as=contact:ana     a command; key=value, "quoted values"
 *   confirm morning@11-23 by ana [item 2] [note "…"]
 *   push    backup success                 a heartbeat
 *   metric  conversion 12.5                a pushed value
 *   ack     ana@shop.test                  follows the link of the last mail to that address
 *   reload  other.yaml
 *   crash                                  killed and started again at once
 *   stop 2h                                stopped, time goes by, started again
 *   full | unfull                          the store refuses writes, accepts them again
 *   expect  incident.list incidents[0].state = acknowledged
 *           a command and its args, then a path into its JSON, then = != < > has, a value;
 *           `count` of a list: incidents.count = 2
 *   expect  mails 3 to=ana@shop.test subject~"Site down"   since the last `forget`
 *   expect  calls run*banner* 1
 *   expect  page index.html ~ "Interruption"
 *   forget                                 counts of mails and calls start anew
 *
 *   at 2027-03-28 02:30 answer check:site 500 for 40m
 *           a statement for later, in the clock's zone, else the plan's; carried out
 *           while time passes. `for` takes an answer back; check:ID is that check's
 *           target
 *   people absent ana 2027-08-01..2027-08-21    dates included; `all`: everybody
 *   people never answer [ana]   nor confirm     pages are not answered, tasks not confirmed
 *   people answer after 20m                     or confirm: how long it takes them
 *           who is there to answer and confirm where people are stood in for
 *           (ScenarioOptions.people; sim/people.h)
 *
 * `#` begins a comment. A line that is not understood, or an expectation that does
 * not hold, ends the scenario with "file:line: …". */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "engine/engine.h"

#include <stdint.h>

typedef struct ScenarioOptions {
	uint64_t
	        crash_at; /* kill the engine right after this commit, and start it again; 0: never */
	bool rehearsal;   /* see EngineOptions: the same evidence, a hundred times faster */
	bool gathers;     /* results of one instant share a turn: see EngineOptions */
	bool only_invariants; /* with crash_at: `expect` lines are not judged */
	Buf *log;             /* what happened, for people; NULL: nobody reads */

	/* For a story whose plan, time and people are said outside (`carene simulate`). */
	Plan *(*plan)(void *ctx, Err *err); /* loads it when no `plan` line does; NULL */
	Instant start;                      /* instead of the `clock` line's, when not 0 */
	Instant until; /* time goes on until then after the last line, when not 0 */
	uint64_t seed; /* when not 0 */
	bool people;   /* people are stood in for: sim/people.h */
	void (*saved)(void *ctx, const RecordType *type, const void *record);
	bool (*end)(void *ctx, Engine *e, Err *err); /* before the engine goes */
	void *ctx;
} ScenarioOptions;

typedef struct ScenarioResult {
	unsigned expectations;
	uint64_t commits, events, probes, skipped; /* skipped: see engine_skipped() */
	char head[65];     /* hash of the journal's last record: equal in equal runs */
	unsigned repeated; /* messages that reached a person twice */
	unsigned distinct; /* messages that were handed over at least once */
	bool no_rehearsal; /* it crashes, or breaks what a rehearsal does not write to */
	unsigned unsent;   /* messages neither over nor waiting for a retry at the end */
} ScenarioResult;

/* `path` NULL: nothing is told, time just passes. */
bool scenario_run(const char *path, const ScenarioOptions *o, ScenarioResult *ret,
                  Err *err) MUST_CHECK;
