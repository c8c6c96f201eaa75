/* The lane's side: takes orders, starts what may start, gives results back. All of it
 * runs in the lane's thread, but for making and ending. */
#include "lane/lane_private.h"

#include "check/packed.h"
#include "core/alloc.h"

#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	/* Started in one turn: answers that come meanwhile are not kept waiting longer. */
	STARTS_A_TURN = 32,
	/* A wake-up of the engine costs more than a result: what comes close together goes
	 * together. Neither is felt by a person, nor by a check that is asked each second. */
	RETURN_AFTER_MS = 5,
	RETURN_AT_N = 256,
	PER_HOST = 64,
	STALLED = 8,
};

/* ---- giving back ---- */

static void give_back(Lane *lane, Flight *f, ReturnKind kind, uint32_t n)
{
	Return r = { .flight = f, .kind = kind, .n = n };

	buf_add(&lane->out, &r, sizeof r);
	lane->out_n++;
	if (kind != RETURN_RESULT)
		lane->out_now = true; /* an old plan may wait for it */
}

static void hand_over(Lane *lane)
{
	uint64_t one = 1;

	pthread_mutex_lock(&lane->lock);
	if (lane->results.n == 0) {
		Buf empty = lane->results;

		lane->results = lane->out;
		lane->out = empty;
	} else {
		buf_add(&lane->results, lane->out.p, lane->out.n);
	}
	pthread_mutex_unlock(&lane->lock);
	buf_clear(&lane->out);
	lane->out_n = 0;
	lane->out_now = false;
	lane->world->timer_cancel(lane->world, &lane->out_due);
	(void)!write(lane->told_fd, &one, sizeof one);
}

static void out_is_due(TimerOp *op) { CONTAINER_OF(op, Lane, out_due)->out_now = true; }

/* ---- running ---- */

static void on_finished(CheckRun *run, const CheckResult *result, void *owner)
{
	Flight *f = owner;
	Lane *lane = f->lane;

	(void)run;
	f->run = NULL;
	f->state = FLIGHT_RETURNED;
	queue_ran(&lane->queue, &f->item, result->timed_out ? QUEUE_STALLED : QUEUE_ANSWERED);
	give_back(lane, f, RETURN_RESULT, 0);
	result_pack(result, &lane->out);
}

static void nothing(TimerOp *op) { (void)op; }

static void start_some(Lane *lane)
{
	CheckContext ctx = { lane->guard };

	for (int i = 0; i < STARTS_A_TURN; i++) {
		QueueItem *item = queue_take(&lane->queue);
		Flight *f;

		if (!item)
			return;
		f = CONTAINER_OF(item, Flight, item);
		f->state = FLIGHT_RUNS;
		f->run = check_run_start(lane->world, f->plan, f->check, &ctx, on_finished, f);
	}
	if (queue_may_start(&lane->queue)) /* the next turn comes at once */
		lane->world->timer(lane->world, &lane->more, duration_us(0));
}

/* What came together in this turn is handed over together. */
static void turn_ends(LoopHook *hook)
{
	Lane *lane = CONTAINER_OF(hook, Lane, hook);

	start_some(lane);
	atomic_store_explicit(&lane->in_flight, lane->queue.running, memory_order_relaxed);
	atomic_store_explicit(&lane->waiting, lane->queue.waiting, memory_order_relaxed);
	if (!lane->out_n)
		return;
	if (lane->out_now || lane->out_n >= RETURN_AT_N || lane->queue.running == 0)
		hand_over(lane);
	else if (!lane->out_due.state)
		lane->world->timer(lane->world, &lane->out_due, milliseconds(RETURN_AFTER_MS));
}

/* ---- orders ---- */

static void cancel(Lane *lane, Flight *f)
{
	switch (f->state) {
	case FLIGHT_WAITS: queue_drop(&lane->queue, &f->item); break;
	case FLIGHT_RUNS:
		check_run_cancel(f->run);
		f->run = NULL;
		queue_ran(&lane->queue, &f->item, QUEUE_CANCELLED);
		break;
	case FLIGHT_RETURNED: give_back(lane, f, RETURN_TOO_LATE, 0); return;
	}
	f->state = FLIGHT_RETURNED;
	give_back(lane, f, RETURN_CANCELLED, 0);
}

static void obey(Lane *lane, const Orders *o)
{
	char host[128];

	/* Each is read before it is given back: from then on it may be gone. */
	for (Flight *f = o->starts.first, *next; f; f = next) {
		next = f->next_start;
		queue_put(&lane->queue, &f->item, check_host(f->check, host), f->item.due);
	}
	for (Flight *f = o->cancels.first, *next; f; f = next) {
		next = f->next_cancel;
		cancel(lane, f);
	}
	if (!o->plan)
		return;
	guard_plan(lane->guard, o->plan);
	give_back(lane, NULL, RETURN_PLAN, o->plan_n);
}

void lane_look(void *arg)
{
	Lane *lane = arg;
	Orders now;

	pthread_mutex_lock(&lane->lock);
	orders_init(&now);
	orders_append(&now, &lane->orders);
	lane->posted = false;
	pthread_mutex_unlock(&lane->lock);
	if (now.pings)
		atomic_store_explicit(&lane->pongs, now.pings, memory_order_relaxed);
	if (now.stop)
		loop_stop(lane->loop);
	else
		obey(lane, &now);
}

void *lane_thread(void *arg)
{
	Lane *lane = arg;

	loop_run(lane->loop);
	return NULL;
}

/* ---- making and ending ---- */

bool lane_begin(Lane *lane, const LanesOptions *o, unsigned max_runs, const Plan *plan, Err *err)
{
	unsigned per_host = o->max_per_host ? o->max_per_host : PER_HOST;
	/* The lane's bounds come first, so the loop's own queue stays empty but for what a probe
	 * asks beside its target: the hosts it is redirected to, the guard's places. */
	LoopOptions loop = { .dns_servers = o->dns_servers,
		             .ca_file = o->ca_file,
		             .max_asks = max_runs + 64,
		             .max_per_host = per_host * 4 };

	lane->loop = loop_new(&loop, err);
	if (!lane->loop)
		return false;
	lane->world = loop_world(lane->loop);
	lane->guard = guard_new(lane->world, plan);
	(void)pthread_mutex_init(&lane->lock, NULL);
	queue_init(&lane->queue, max_runs, per_host, o->max_stalled ? o->max_stalled : STALLED);
	orders_init(&lane->orders);
	orders_init(&lane->next);
	lane->out.max = lane->results.max = lane->taking.max = SIZE_MAX / 2;
	lane->out_due.done = out_is_due;
	lane->more.done = nothing;
	lane->hook.run = turn_ends;
	loop_hook(lane->loop, &lane->hook);
	return true;
}

void lane_drop(Lane *lane, Flight *f)
{
	if (f->state == FLIGHT_RUNS) {
		check_run_cancel(f->run);
		queue_ran(&lane->queue, &f->item, QUEUE_CANCELLED);
	} else if (f->state == FLIGHT_WAITS && f->item.host) {
		queue_drop(&lane->queue, &f->item); /* else it was not taken in yet */
	}
}

void lane_end(Lane *lane)
{
	if (!lane->loop)
		return;
	lane->world->timer_cancel(lane->world, &lane->out_due);
	lane->world->timer_cancel(lane->world, &lane->more);
	guard_free(lane->guard);
	queue_done(&lane->queue);
	loop_free(lane->loop);
	(void)pthread_mutex_destroy(&lane->lock);
	Buf_done(&lane->out);
	Buf_done(&lane->results);
	Buf_done(&lane->taking);
}
