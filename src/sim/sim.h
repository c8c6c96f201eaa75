/* The simulated world: a clock that jumps from one due time to the next, and
 * answers that a script decides. A year passes in seconds; two runs with the
 * same seed and script are identical to the byte.
 *
 * It stands in for everything outside the program and keeps the contract of
 * world/world.h (test/contract/ runs the same cases on both worlds). It knows
 * nothing of plans or incidents. */
#pragma once
#include "core/buf.h"
#include "world/world.h"

typedef struct Sim Sim;

/* What a target answers. Zeroed with `latency`: a healthy answer. */
typedef struct SimAnswer {
	FailClass fail;   /* not NONE: the question fails there */
	bool timed_out;   /* with fail: after the question's whole timeout */
	Duration latency; /* 0: 50 ms */
	int status;       /* http status; 0: 200. mail: SMTP code; 0: 250. run: exit code */
	char body[512];   /* http body, tcp received, first db cell, program's output, unit state */
	char location[256];    /* http: Location header */
	char retry_after[32];  /* http: Retry-After header */
	Duration cert_left;    /* http(s), tcp+tls: time to the certificate's end; 0: 90 d */
	double cpu, mem, disk; /* host: percent; 0: 10, 30, 40 */
} SimAnswer;

/* What was asked and has taken effect, for those who watch (mails arrived, commands
 * run): told right before the answer. Valid during the call only. */
typedef struct SimCall {
	Instant at;
	const char *target;
	const AskSpec *spec;
	const SimAnswer *answer;
} SimCall;

Sim *sim_new(Instant start, uint64_t seed);
void sim_free(Sim *s);
World *sim_world(Sim *s);

/* Sets what targets that match the pattern ("*" matches any text) answer from now
 * on; the newest matching rule wins. Targets: the URL for http; "tcp host:port",
 * "dns name", "icmp host", "db host:port/database", "unit name", "run argv…",
 * "mail host:port", "host". */
void sim_answer(Sim *s, const char *pattern, const SimAnswer *answer);
void sim_watch(Sim *s, void (*call)(void *ctx, const SimCall *call), void *ctx);
/* Only questions of these kinds (1u << ASK_MAIL | …): naming a target costs more than answering. */
void sim_watch_only(Sim *s, unsigned kinds);

/* Runs everything due until `d` has passed (events at the end included). */
void sim_pass(Sim *s, Duration d);
/* Nobody will change an answer for `d` (World.same_for); sim_pass() promises it itself. A
 * new answer breaks the promise for those who have not yet relied on it. */
void sim_promise(Sim *s, Duration d);
/* Runs the next event when it is due within `d`; false when there is none. */
bool sim_step(Sim *s, Duration d);
/* The wall clock jumps; the monotonic one does not notice. */
void sim_jump(Sim *s, Duration d);
/* A file published through the world, or NULL. */
const char *sim_file(const Sim *s, const char *path, size_t *ret_n);
/* While set, put_file fails with this message (a full disk); NULL: it works. */
void sim_break_files(Sim *s, const char *why);
/* Forgets every waiting operation without calling it, as a crash does. */
void sim_crash(Sim *s);
uint64_t sim_events(const Sim *s); /* operations completed so far */
