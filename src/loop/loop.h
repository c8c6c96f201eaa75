/* The real World: timers, sockets, programs and files of this machine, on libuv,
 * curl, c-ares, OpenSSL, libpq, libmariadb and sd-bus, in one thread.
 *
 * It reports facts and classifies failures; it judges nothing, retries nothing,
 * follows no redirect and knows nothing of the plan. What world/world.h says of
 * operations holds here; what this implementation adds:
 *
 *   - a question waits in our own queue when too many are in flight (in all, or to
 *     one host). `timeout` starts when it leaves the queue; one that waits longer
 *     than its timeout is answered FAIL_SELF;
 *   - `Timings` never contain the wait in the queue;
 *   - FAIL_HTTP is "connected, and then the exchange went wrong" for every kind,
 *     SMTP, SQL and plain TCP included; FAIL_CONNECT is "did not connect";
 *   - ASK_DNS: every reply is an answer, `rcode` tells which; only silence or
 *     garbage is FAIL_DNS;
 *   - ASK_MAIL: a refusal by the server is an answer (FAIL_NONE) with its code; a
 *     message was accepted only if fail is FAIL_NONE and the code is 2xx;
 *   - ASK_RUN: past the timeout the whole tree is ended first (TERM, `term_grace`,
 *     KILL), then answered, FAIL_NONE with both `timed_out` set; a program that cannot be
 *     started is FAIL_SELF;
 *   - ASK_UNIT: a unit, process or container that does not exist is an answer. */
#pragma once
#include "world/world.h"

typedef struct Loop Loop;

typedef struct LoopOptions {
	const char
	        *dns_servers; /* "ip:port,ip…"; NULL: /etc/resolv.conf, followed when it changes */
	const char *ca_file;  /* trust store, PEM; NULL: /etc/ssl/certs/ca-certificates.crt */
	unsigned max_asks;    /* questions in flight; 0: 512 */
	unsigned max_per_host; /* of these to one host; 0: 8 */
	Duration slow_turn;    /* a turn longer than this is reported; 0: 50 ms */
	/* Called from the loop. The wall clock was set (or the machine slept): it moved by
	 * `delta` more than elapsed time did. NULL: nobody cares. */
	void (*on_clock_jump)(void *context, Duration delta);
	void (*on_slow_turn)(void *context, Duration took); /* a turn took `took` of our time */
	void *context;
} LoopOptions;

/* Copies what it needs of `options` (NULL: all defaults). NULL on failure, with *err set. One
 * loop per thread; SIGPIPE is ignored for the whole process from then on. */
Loop *loop_new(const LoopOptions *options, Err *err);
/* Cancels what still waits (no `done` is called), ends programs still running, frees. NULL is
 * fine. Not from inside a callback of the loop. */
void loop_free(Loop *loop);

World *loop_world(Loop *loop); /* lives as long as the loop */

void loop_run(Loop *loop); /* until loop_stop(), which may come before */
/* One turn: waits for at most `wait` (≤ 0: not at all). For tests. */
void loop_turn(Loop *loop, Duration wait);
void loop_stop(Loop *loop); /* from the loop's thread; the running turn is finished */

/* Runs fn(context) in the loop's thread, in a later turn, in the order posted. May be called
 * from any thread; what is still waiting when the loop is freed is dropped. */
void loop_post(Loop *loop, void (*fn)(void *context), void *context);

/* Embed it; `run` is called at the end of each turn, right before the loop waits: where what
 * came together during the turn is handed on at once. It may ask, set timers and post. */
typedef struct LoopHook {
	void (*run)(struct LoopHook *hook);
	struct LoopHook *next; /* the loop's */
} LoopHook;

void loop_hook(Loop *loop, LoopHook *hook);
void loop_unhook(Loop *loop, LoopHook *hook); /* harmless when it was not */

/* ---- descriptors and signals, for daemon/ and web/ ---- */

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

/* Embed it; `ready` is called in each turn in which fd is ready (level-triggered). The caller
 * keeps owning fd, and stops the watch before closing it. An error or hang-up of fd is
 * reported as ready for all it waits for. */
typedef struct LoopFd {
	void (*ready)(struct LoopFd *watch, int events);
	void *state; /* the loop's; NULL when idle */
} LoopFd;

/* Starts watching, or changes `events` of a running watch of the same fd. */
bool loop_poll_fd(Loop *loop, LoopFd *watch, int fd, int events, Err *err) MUST_CHECK;
void loop_poll_stop(LoopFd *watch); /* harmless when idle */

/* Calls cb from the loop for each arrival of `signo`, until the loop is freed. */
bool loop_signal(Loop *loop, int signo, void (*cb)(void *context, int signo), void *context,
                 Err *err) MUST_CHECK;

typedef struct LoopStats {
	unsigned in_flight, queued; /* questions now */
	uint64_t asked, answered;   /* since the loop was made */
	uint64_t turns;
	Duration slowest_turn;
	/* The longest time that we were busy, with questions running, without looking whether
	 * something came: no measured time includes more of ours than this. */
	Duration slowest_look;
	uint64_t looks;
} LoopStats;

LoopStats loop_stats(const Loop *loop);
