/* The engine's side of the lanes: hands probes over, takes results in, and knows which
 * plans are still pointed into. */
#include "lane/lane_private.h"

#include "check/packed.h"
#include "core/alloc.h"
#include "core/text.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	/* Results given in one turn at the most: the rest waits for the next, so that the
	 * loop's other work is never kept long. */
	RESULTS_A_TURN = 256,
	RESULTS_MS = 10,
	BUF_KEPT = 1 << 20, /* a storm's buffer is given back, an ordinary one kept */
};

static Lanes *lanes_of(Prober *p) { return CONTAINER_OF(p, Lanes, prober); }

/* ---- lists ---- */

static void flights_init(FlightList *l)
{
	l->first = NULL;
	l->end = &l->first;
}

void orders_init(Orders *o)
{
	*o = (Orders){ 0 };
	flights_init(&o->starts);
	flights_init(&o->cancels);
}

static void append(FlightList *to, const FlightList *from)
{
	if (!from->first)
		return;
	*to->end = from->first;
	to->end = from->end;
}

void orders_append(Orders *to, Orders *from)
{
	append(&to->starts, &from->starts);
	append(&to->cancels, &from->cancels);
	if (from->plan) {
		to->plan = from->plan;
		to->plan_n = from->plan_n;
	}
	to->pings = from->pings ? from->pings : to->pings;
	to->stop = to->stop || from->stop;
	orders_init(from);
}

/* ---- flights ---- */

static Flight *flight_new(Lanes *l, ProbeOp *op, const Plan *plan, const Check *check, Instant due)
{
	Flight *f = NEW(Flight);

	f->op = op;
	f->plan = plan;
	f->check = check;
	f->item.due = due;
	f->plan_n = l->plan_n;
	f->all_next = l->all;
	f->all_link = &l->all;
	if (l->all)
		l->all->all_link = &f->all_next;
	l->all = f;
	op->state = f;
	return f;
}

static void flight_free(Lanes *l, Flight *f)
{
	if (f->op)
		f->op->state = NULL;
	if (f->plan_n != l->plan_n)
		l->old_n--;
	*f->all_link = f->all_next;
	if (f->all_next)
		f->all_next->all_link = f->all_link;
	mem_free(f);
}

/* ---- handing over ---- */

bool lanes_carry(CheckType type)
{
	switch (type) {
	case CHECK_HTTP:
	case CHECK_HTTP_HEAD:
	case CHECK_JOURNEY:
	case CHECK_TCP:
	case CHECK_TLS:
	case CHECK_DNS:
	case CHECK_ICMP: return true;
	case CHECK_DB_PING:
	case CHECK_UNIT:
	case CHECK_COMMAND:
	case CHECK_PUSH:
	case CHECK_IMPORT: break;
	}
	return false;
}

/* FNV-1a, and its high half: neighbouring names must not all fall into one lane. */
static Lane *lane_of(Lanes *l, const Check *c)
{
	uint64_t h = 14695981039346656037u;
	char host[128];

	for (const char *s = check_host(c, host); *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdu;
	return &l->lanes[(h >> 33) % l->lanes_n];
}

static void lanes_start(Prober *p, ProbeOp *op, const Plan *plan, const Check *check, Instant due)
{
	Lanes *l = lanes_of(p);
	Flight *f;

	assert(!l->stopped && !op->state);
	f = flight_new(l, op, plan, check, due);
	l->stats.started++;
	if (!lanes_carry(check->type)) {
		l->direct->start(l->direct, &f->direct, plan, check, due);
		return;
	}
	f->lane = lane_of(l, check);
	*f->lane->next.starts.end = f;
	f->lane->next.starts.end = &f->next_start;
	f->lane->has_orders = true;
}

static void lanes_cancel(Prober *p, ProbeOp *op)
{
	Lanes *l = lanes_of(p);
	Flight *f = op->state;

	if (!f)
		return;
	op->state = NULL;
	f->op = NULL;
	if (!f->lane) {
		l->direct->cancel(l->direct, &f->direct);
		flight_free(l, f);
		return;
	}
	f->cancelled = true;
	*f->lane->next.cancels.end = f;
	f->lane->next.cancels.end = &f->next_cancel;
	f->lane->has_orders = true;
}

static void lanes_plan(Prober *p, const Plan *plan)
{
	Lanes *l = lanes_of(p);

	l->plan_n++;
	l->old_n = 0;
	for (const Flight *f = l->all; f; f = f->all_next)
		l->old_n++;
	for (unsigned i = 0; i < l->lanes_n; i++) {
		l->lanes[i].next.plan = plan;
		l->lanes[i].next.plan_n = l->plan_n;
		l->lanes[i].has_orders = true;
	}
	l->direct->plan(l->direct, plan);
}

static bool lanes_hold(Prober *p)
{
	Lanes *l = lanes_of(p);

	if (l->stopped)
		return false;
	for (unsigned i = 0; i < l->lanes_n; i++) {
		if (l->lanes[i].plan_n != l->plan_n)
			return true;
	}
	return l->old_n > 0;
}

static void hand_over(Lane *lane)
{
	bool post;

	pthread_mutex_lock(&lane->lock);
	orders_append(&lane->orders, &lane->next);
	post = !lane->posted;
	lane->posted = true;
	pthread_mutex_unlock(&lane->lock);
	lane->has_orders = false;
	if (post)
		loop_post(lane->loop, lane_look, lane);
}

/* One wake-up of each lane for all that a turn has for it. */
static void turn_ends(LoopHook *hook)
{
	Lanes *l = CONTAINER_OF(hook, Lanes, hook);

	for (unsigned i = 0; i < l->lanes_n; i++) {
		if (l->lanes[i].has_orders)
			hand_over(&l->lanes[i]);
	}
}

/* ---- taking in ---- */

static void batch_begin(Lanes *l)
{
	if (!l->in_batch)
		l->prober.batch(l->prober.user, true);
	l->in_batch = true;
}

static void batch_end(Lanes *l)
{
	if (l->in_batch)
		l->prober.batch(l->prober.user, false);
	l->in_batch = false;
}

static void give(Lanes *l, Flight *f)
{
	ProbeOp *op = f->op;

	/* One that was cancelled stays until its lane has answered that, too. */
	if (!f->cancelled)
		flight_free(l, f);
	l->stats.finished++;
	if (op)
		l->prober.done(l->prober.user, op, &l->result);
}

static void take_one(Lanes *l, Lane *lane)
{
	const Buf *b = &lane->taking;
	Return r;
	size_t n;

	memcpy(&r, b->p + lane->taking_at, sizeof r);
	lane->taking_at += sizeof r;
	switch (r.kind) {
	case RETURN_RESULT:
		n = result_unpack(b->p + lane->taking_at, b->n - lane->taking_at, &l->result);
		assert(n && "what a lane packed is whole");
		lane->taking_at += n;
		give(l, r.flight);
		break;
	case RETURN_CANCELLED:
	case RETURN_TOO_LATE: flight_free(l, r.flight); break;
	case RETURN_PLAN: lane->plan_n = r.n; break;
	}
}

/* Whether there is something to take from it. */
static bool look(Lane *lane)
{
	Buf taken = lane->taking;

	if (lane->taking_at < taken.n)
		return true;
	lane->taking_at = 0;
	if (taken.cap > BUF_KEPT)
		Buf_done(&taken);
	buf_clear(&taken);
	pthread_mutex_lock(&lane->lock);
	lane->taking = lane->results;
	lane->results = taken;
	pthread_mutex_unlock(&lane->lock);
	return lane->taking.n > 0;
}

/* False: there may be more. */
static bool take_all(Lanes *l)
{
	World *w = loop_world(l->loop);
	int64_t until_us = w->mono(w).us + RESULTS_MS * 1000;
	unsigned taken = 0, idle = 0;

	while (idle < l->lanes_n) {
		Lane *lane = &l->lanes[l->next_lane];

		idle = look(lane) ? 0 : idle + 1;
		while (lane->taking_at < lane->taking.n) {
			batch_begin(l);
			take_one(l, lane);
			if (++taken >= RESULTS_A_TURN ||
			    (taken % 16 == 0 && w->mono(w).us > until_us))
				return false;
		}
		l->next_lane = (l->next_lane + 1) % l->lanes_n;
	}
	return true;
}

static void on_told(LoopFd *watch, int events)
{
	Lanes *l = CONTAINER_OF(watch, Lanes, watch);
	uint64_t n = 1;

	(void)events;
	(void)!read(l->fd, &n, sizeof n);
	n = 1;
	if (!take_all(l))
		(void)!write(l->fd, &n, sizeof n);
	batch_end(l);
}

/* ---- what lanes refuse ---- */

static void on_direct_batch(void *user, bool begins)
{
	Lanes *l = user;

	l->prober.batch(l->prober.user, begins);
}

static void on_direct_done(void *user, ProbeOp *op, const CheckResult *result)
{
	Lanes *l = user;
	Flight *f = CONTAINER_OF(op, Flight, direct);
	ProbeOp *theirs = f->op;

	flight_free(l, f);
	l->stats.finished++;
	l->prober.done(l->prober.user, theirs, result);
}

/* ---- life ---- */

static bool start_threads(Lanes *l, Err *err)
{
	sigset_t all, before;
	int bad = 0;

	/* Signals are the engine's thread's. */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned i = 0; i < l->lanes_n && !bad; i++) {
		char name[24]; /* the system keeps 15 */

		bad = pthread_create(&l->lanes[i].thread, NULL, lane_thread, &l->lanes[i]);
		if (bad)
			break;
		l->threads_n++;
		(void)snprintf(name, sizeof name, "carene-lane-%u", i);
		(void)pthread_setname_np(l->lanes[i].thread, name);
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return !bad || err_set(err, ERR_IO, "start a probe lane: %s", strerrordesc_np(bad));
}

static void lanes_stop(Prober *p)
{
	Lanes *l = lanes_of(p);

	if (l->stopped)
		return;
	l->stopped = true;
	loop_unhook(l->loop, &l->hook);
	loop_poll_stop(&l->watch);
	for (unsigned i = 0; i < l->threads_n; i++) {
		l->lanes[i].next.stop = true;
		hand_over(&l->lanes[i]);
	}
	for (unsigned i = 0; i < l->threads_n; i++)
		(void)pthread_join(l->lanes[i].thread, NULL);
	l->direct->stop(l->direct);
	while (l->all) {
		if (l->all->lane)
			lane_drop(l->all->lane, l->all);
		flight_free(l, l->all);
	}
}

static ProberStats lanes_stats(Prober *p)
{
	Lanes *l = lanes_of(p);
	ProberStats s = l->stats, direct = l->direct->stats(l->direct);

	s.lanes = l->lanes_n;
	s.in_flight = direct.in_flight;
	for (unsigned i = 0; i < l->lanes_n; i++) {
		s.in_flight += atomic_load_explicit(&l->lanes[i].in_flight, memory_order_relaxed);
		s.waiting += atomic_load_explicit(&l->lanes[i].waiting, memory_order_relaxed);
	}
	return s;
}

/* One ping at a time: a lane that answers late has answered. */
static bool is_alive(Lane *lane, int64_t now_us)
{
	if (atomic_load_explicit(&lane->pongs, memory_order_relaxed) != lane->pings)
		return now_us - lane->pinged_us < PROBER_SILENT_S * INT64_C(1000000);
	lane->pinged_us = now_us;
	lane->next.pings = ++lane->pings;
	lane->has_orders = true;
	return true;
}

static bool lanes_alive(Prober *p)
{
	Lanes *l = lanes_of(p);
	World *w = loop_world(l->loop);
	bool all = true;

	for (unsigned i = 0; i < l->lanes_n && !l->stopped; i++)
		all = is_alive(&l->lanes[i], w->mono(w).us) && all;
	return all;
}

static bool begin(Lanes *l, const LanesOptions *o, const Plan *plan, Err *err)
{
	unsigned room = lanes_room(lanes_files(), o->lanes);
	unsigned max_runs = o->max_runs ? o->max_runs : room;

	for (unsigned i = 0; i < o->lanes; i++) {
		l->lanes[i].told_fd = l->fd;
		if (!lane_begin(&l->lanes[i], o, max_runs, plan, err))
			return false;
		l->lanes_n++;
	}
	return loop_poll_fd(l->loop, &l->watch, l->fd, LOOP_READ, err) && start_threads(l, err);
}

Lanes *lanes_new(const LanesOptions *o, const Plan *plan, Err *err)
{
	Lanes *l = NEW(Lanes);

	assert(o->lanes >= 1 && o->lanes <= LANES_MAX);
	l->prober = (Prober){ .start = lanes_start,
		              .cancel = lanes_cancel,
		              .plan = lanes_plan,
		              .holds = lanes_hold,
		              .stop = lanes_stop,
		              .stats = lanes_stats,
		              .alive = lanes_alive };
	l->loop = o->loop;
	l->direct = prober_direct(loop_world(o->loop), plan);
	l->direct->batch = on_direct_batch;
	l->direct->done = on_direct_done;
	l->direct->user = l;
	l->watch.ready = on_told;
	l->hook.run = turn_ends;
	loop_hook(l->loop, &l->hook);
	l->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (l->fd < 0)
		(void)err_set(err, ERR_IO, "start probe lanes: %s", strerrordesc_np(errno));
	else if (begin(l, o, plan, err))
		return l;
	lanes_free(l);
	return NULL;
}

void lanes_free(Lanes *l)
{
	if (!l)
		return;
	lanes_stop(&l->prober);
	for (unsigned i = 0; i < l->lanes_n; i++)
		lane_end(&l->lanes[i]);
	prober_direct_free(l->direct);
	if (l->fd >= 0)
		(void)close(l->fd);
	mem_free(l);
}

Prober *lanes_prober(Lanes *l) { return &l->prober; }
