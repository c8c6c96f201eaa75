/* The run itself: starting, asking, finishing, cancelling. What is asked and how it
 * is judged is each kind's. */
#include "check/check_private.h"
#include "core/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A run's texts: URLs of at most a few redirects, captured values (bounded), a filled body. */
enum { RUN_ARENA = 64 << 20 };

static const CheckKind *kind_of(CheckType type)
{
	switch (type) {
	case CHECK_HTTP:
	case CHECK_HTTP_HEAD: return &http_kind;
	case CHECK_TCP: return &tcp_kind;
	case CHECK_TLS: return &tls_kind;
	case CHECK_DNS: return &dns_kind;
	case CHECK_ICMP: return &icmp_kind;
	case CHECK_DB_PING: return &db_kind;
	case CHECK_UNIT: return &unit_kind;
	case CHECK_COMMAND: return &command_kind;
	case CHECK_JOURNEY: return &journey_kind;
	case CHECK_PUSH:
	case CHECK_IMPORT: break;
	}
	return NULL;
}

bool check_is_probed(const Check *c) { return kind_of(c->type) != NULL; }

Duration check_timeout(const Check *c)
{
	Duration d = span_estimate(c->how->timeout);

	if (d.us > 0)
		return d;
	return c->type == CHECK_COMMAND ? seconds(30) : seconds(10);
}

const Check *check_run_check(const CheckRun *run) { return run->check; }

/* Zero, but for the large arrays at the end of its result. */
static CheckRun *run_new(const CheckKind *kind)
{
	CheckRun *run = mem_raw(kind->size);

	memset(run, 0, offsetof(CheckRun, res) + offsetof(CheckResult, measures));
	memset((char *)run + sizeof *run, 0, kind->size - sizeof *run);
	return run;
}

CheckRun *check_run_start(World *w, const Plan *plan, const Check *check, const CheckContext *ctx,
                          void (*finished)(CheckRun *run, const CheckResult *result, void *owner),
                          void *owner)
{
	const CheckKind *kind = kind_of(check->type);
	CheckRun *run;

	assert(kind);
	run = run_new(kind);
	run->world = w;
	run->plan = plan;
	run->check = check;
	run->guard = ctx ? ctx->guard : NULL;
	run->finished = finished;
	run->owner = owner;
	run->arena = arena_new("check run", RUN_ARENA);
	run->began = w->mono(w);
	run->limit = check_timeout(check);
	run->res.at = world_now(w);
	run->res.cert.leaf_not_after = run->res.cert.chain_not_after = LONG_AGO;
	kind->begin(run);
	return run;
}

static void run_free(CheckRun *run)
{
	arena_free(run->arena);
	mem_free(run);
}

void check_run_cancel(CheckRun *run)
{
	run->world->ask_cancel(run->world, &run->ask);
	run->world->timer_cancel(run->world, &run->later);
	if (run->guard)
		guard_cancel(run->guard, &run->guard_op);
	run_free(run);
}

Duration run_left(const CheckRun *run)
{
	Duration used = duration_us(run->world->mono(run->world).us - run->began.us);

	return duration_us(run->limit.us - used.us);
}

void run_ask(CheckRun *run, void (*done)(Ask *ask, const Answer *answer))
{
	Duration left = run_left(run);

	/* A question needs a deadline above zero; one that has used up its time is answered
	 * "timed out" by the world, in the words of the step it was about to take. */
	run->spec.timeout = left.us > 1000 ? left : milliseconds(1);
	run->ask.done = done;
	run->world->ask(run->world, &run->ask, &run->spec);
}

/* The plan's secrets never leave through a reason, whoever echoed them. */
static void redact(const Plan *plan, CheckResult *r)
{
	if (!r->reason[0] && !r->parts_n)
		return;
	for (size_t i = 0; plan && i < plan->secrets_n; i++) {
		secret_redact(plan->secrets[i], r->reason);
		secret_redact(plan->secrets[i], r->reason_fr);
		for (size_t p = 0; p < r->parts_n; p++)
			secret_redact(plan->secrets[i], r->parts[p].reason);
	}
}

static void deliver(CheckRun *run)
{
	redact(run->plan, &run->res);
	run->finished(run, &run->res, run->owner);
	run_free(run);
}

static void on_guard(GuardOp *op, const GuardAnswer *answer)
{
	CheckRun *run = CONTAINER_OF(op, CheckRun, guard_op);
	char n[16], was[CHECK_REASON], was_fr[CHECK_REASON];

	if (answer->cut_off) {
		(void)snprintf(n, sizeof n, "%u", answer->asked);
		text_copy(was, sizeof was, run->res.reason);
		text_copy(was_fr, sizeof was_fr, run->res.reason_fr);
		result_self(&run->res);
		reason_say_both(&run->res, REASON_CUT_OFF, ARGS(n, was), ARGS(n, was_fr));
	}
	deliver(run);
}

void run_finish(CheckRun *run)
{
	if (run->guard && guard_applies(run->res.fail, run->res.address, run->host)) {
		run->guard_op.done = on_guard;
		guard_ask(run->guard, &run->guard_op);
		return;
	}
	deliver(run);
}

static void on_later(TimerOp *op) { run_finish(CONTAINER_OF(op, CheckRun, later)); }

void run_finish_later(CheckRun *run)
{
	run->later.done = on_later;
	run->world->timer(run->world, &run->later, duration_us(0));
}

void run_bad_target(CheckRun *run, const char *target)
{
	Err err = { 0 };

	result_self(&run->res);
	if (target && !url_reader(&err))
		result_trouble(&run->res, err.message);
	else if (target)
		SAY(&run->res, REASON_BAD_TARGET, target);
	else
		SAY(&run->res, REASON_NO_TARGET);
	run_finish_later(run);
}
