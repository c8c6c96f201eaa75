/* The prober without threads: each probe is a run on the world of who asks. What it
 * starts it can also end at once, so it never holds an old plan. */
#include "check/prober.h"

#include "check/guard.h"
#include "check/run.h"
#include "core/alloc.h"

typedef struct Direct {
	Prober prober; /* first */
	World *world;
	Guard *guard;
	struct DirectRun *runs; /* in flight */
	ProberStats stats;
} Direct;

typedef struct DirectRun {
	struct DirectRun *next, **link;
	Direct *direct;
	ProbeOp *op;
	CheckRun *run;
} DirectRun;

static void take_off(DirectRun *r)
{
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	r->op->state = NULL;
	r->direct->stats.in_flight--;
	mem_free(r);
}

static void on_finished(CheckRun *run, const CheckResult *result, void *owner)
{
	DirectRun *r = owner;
	Direct *d = r->direct;
	ProbeOp *op = r->op;

	(void)run;
	take_off(r);
	d->stats.finished++;
	d->prober.batch(d->prober.user, true);
	d->prober.done(d->prober.user, op, result);
	d->prober.batch(d->prober.user, false);
}

static void direct_start(Prober *p, ProbeOp *op, const Plan *plan, const Check *check, Instant due)
{
	Direct *d = CONTAINER_OF(p, Direct, prober);
	CheckContext ctx = { d->guard };
	DirectRun *r = NEW(DirectRun);

	(void)due; /* it is started right now */
	*r = (DirectRun){ .next = d->runs, .link = &d->runs, .direct = d, .op = op };
	if (r->next)
		r->next->link = &r->next;
	d->runs = r;
	op->state = r;
	d->stats.started++;
	d->stats.in_flight++;
	r->run = check_run_start(d->world, plan, check, &ctx, on_finished, r);
}

static void direct_cancel(Prober *p, ProbeOp *op)
{
	DirectRun *r = op->state;

	(void)p;
	if (!r)
		return;
	check_run_cancel(r->run);
	take_off(r);
}

static void direct_plan(Prober *p, const Plan *plan)
{
	guard_plan(CONTAINER_OF(p, Direct, prober)->guard, plan);
}

static bool direct_holds(Prober *p)
{
	(void)p;
	return false;
}

static void direct_stop(Prober *p)
{
	Direct *d = CONTAINER_OF(p, Direct, prober);

	while (d->runs)
		direct_cancel(p, d->runs->op);
	guard_free(d->guard);
	d->guard = NULL;
}

/* Whoever asks runs it. */
static bool direct_alive(Prober *p)
{
	(void)p;
	return true;
}

static ProberStats direct_stats(Prober *p) { return CONTAINER_OF(p, Direct, prober)->stats; }

Prober *prober_direct(World *w, const Plan *plan)
{
	Direct *d = NEW(Direct);

	d->prober = (Prober){ .start = direct_start,
		              .cancel = direct_cancel,
		              .plan = direct_plan,
		              .holds = direct_holds,
		              .stop = direct_stop,
		              .stats = direct_stats,
		              .alive = direct_alive };
	d->world = w;
	d->guard = guard_new(w, plan);
	return &d->prober;
}

void prober_direct_free(Prober *p)
{
	if (!p)
		return;
	p->stop(p);
	mem_free(CONTAINER_OF(p, Direct, prober));
}
