/* What the kinds of check share: the run, its question, and how a result is
 * filled. Only for this folder. */
#pragma once
#include "check/result.h"
#include "check/run.h"
#include "core/alloc.h"
#include "core/arena.h"

/* ---- what only some checks have ---- */

struct CheckStatus;
struct CheckMore *more_made(struct CheckStatus *st);
void keep_note(struct CheckStatus *st, const char *note); /* of a job; NULL or "": none */

/* ---- reasons ---- */

typedef enum Reason {
#define REASON(code, en, fr) REASON_##code,
#include "check/reasons.def"
#undef REASON
} Reason;

/* Arguments {1}–{4} of a sentence. */
#define ARGS(...)         ((const char *const[5]){ "", __VA_ARGS__ })
#define SAY(r, code, ...) reason_say((r), (code), ARGS(__VA_ARGS__))

void reason_say(CheckResult *r, Reason code, const char *const *args);
/* Where an argument is itself in words: one list for each language. */
void reason_say_both(CheckResult *r, Reason code, const char *const *en, const char *const *fr);
/* The world's error fragments in French; what is not known stays as it is. May use `out`. */
const char *fragment_fr(const char *en, char out[CHECK_REASON]);
/* An answer without answer: class, state and reason. `who` was asked, for at most `limit`. */
void result_world_failure(CheckResult *r, const Answer *a, const char *who, Duration limit);

/* ---- filling a result ---- */

void result_up(CheckResult *r);
/* The verdict of an answer that came and is not the expected one; then SAY why. */
void result_not(CheckResult *r, CheckState state);
/* Not up because of the plan or of ourselves: unknown, FAIL_SELF. */
void result_self(CheckResult *r);
/* The same, with what kept us from looking: a fragment, put into French where it is known. */
void result_trouble(CheckResult *r, const char *why);
/* Timings, address and certificate of one answer, added to what is there. */
void result_took(CheckResult *r, const Answer *a);
void timings_add(Timings *sum, const Timings *t);
CheckPart *result_part(CheckResult *r, const char *name); /* NULL when full */
/* Slower than the plan's `slow`: up becomes degraded. */
void result_slow(CheckResult *r, const Quantity *slow);
/* Certificate facts into measures and thresholds; an up result may become degraded. */
void result_cert(CheckResult *r, const Texts *min_left, Instant now);
void cert_facts(CertFacts *to, const CertInfo *from);

/* ---- the run ---- */

struct CheckRun {
	World *world;
	const Plan *plan;
	const Check *check;
	Guard *guard;
	void (*finished)(CheckRun *run, const CheckResult *result, void *owner);
	void *owner;
	Arena *arena; /* texts the spec points to; freed with the run */
	Ask ask;      /* the one question under way */
	AskSpec spec;
	TimerOp later; /* a verdict reached without asking is still given from the loop */
	GuardOp guard_op;
	Duration began;    /* monotonic */
	Duration limit;    /* of the whole run */
	char host[128];    /* who is asked, for the guard and reasons */
	struct Talk *talk; /* the page under way, of kinds that ask for pages */
	CheckResult res;   /* last: its end is not zeroed */
};

/* A kind's own state embeds CheckRun as its member `run`, first. */
typedef struct CheckKind {
	size_t size;
	void (*begin)(CheckRun *run);
} CheckKind;
extern const CheckKind http_kind, tcp_kind, tls_kind, dns_kind, icmp_kind, db_kind, unit_kind,
        command_kind, journey_kind;

/* Puts run->spec to the world with what is left of the run's time. */
void run_ask(CheckRun *run, void (*done)(Ask *ask, const Answer *answer));
Duration run_left(const CheckRun *run);
/* The verdict is in run->res: to the guard if need be, then to the owner. May free the run:
 * nothing follows it. */
void run_finish(CheckRun *run);
/* The same from inside begin(), where nothing was asked. */
void run_finish_later(CheckRun *run);
/* No target, or one that cannot be asked: unknown, said so, from the next turn. */
void run_bad_target(CheckRun *run, const char *target);

/* ---- addresses ---- */

/* "https://h:8443/x", "h:25", "[::1]:25", "h": host (without brackets) and port, the
 * scheme's own where it has one, else `port`. False: not an address. */
bool address_split(const char *target, uint16_t port, char host[128], uint16_t *ret_port);
/* The check's URL: its target (whole, or a path on its environment's url). NULL: none. */
const char *check_url(Arena *a, const Check *c);
/* What `ref` means on the page `base` (RFC 3986 §5); NULL: not an http(s) URL. */
/* False when the library that reads addresses is missing: what it would have read is neither
 * right nor wrong. err says which. */
MUST_CHECK bool url_reader(Err *err);
const char *url_resolve(Arena *a, const char *base, const char *ref);
bool url_same_origin(const char *a, const char *b);
/* Without user, password, query and fragment: what may be shown. */
void url_show(const char *url, char *out, size_t cap);
bool url_host(const char *url, char host[128]);
bool address_is_local(const char *address);   /* loopback */
bool address_is_private(const char *address); /* not reachable from the public Internet */

/* ---- shared with collect.c ---- */

void db_spec(const Database *db, const char *sql, AskSpec *spec);
/* The first number in a text ("42", "load: -0.5", "1.5e3 ms"); false: none. */
bool first_number(const char *s, double *ret);

/* ---- pure judges, for tests and fuzzing ---- */

void command_judge(const Check *c, const RunAnswer *a, Duration limit, CheckResult *r);
void command_perf(const char *out, CheckResult *r);
