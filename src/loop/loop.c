/* The loop itself: turns, clocks, timers, descriptor watches, signals, posts.
 * It knows nothing of what is asked (ask.c) nor of the product.
 *
 * libuv rounds timers to milliseconds and gives equal ones no order worth
 * testing, so timers are a heap of our own behind one uv_timer_t. */
#include "loop/loop_private.h"

#include <errno.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <unistd.h>

typedef struct Post {
	struct Post *next;
	void (*fn)(void *context);
	void *context;
} Post;

typedef struct Signal {
	struct Signal *next;
	uv_signal_t uv;
	void (*cb)(void *context, int signo);
	void *context;
} Signal;

typedef struct Timer {
	Tick tick;
	Link link;
	Loop *loop;
	TimerOp *op;
} Timer;

/* The wall clock is reported as set when it moved by more than this against elapsed time
 * between two turns: slewing (500 ppm at most, adjtimex(2)) stays far below. */
enum { JUMP_US = 1000000 };

/* ---- lists ---- */

void link_init(Link *head) { head->prev = head->next = head; }

void link_append(Link *head, Link *l)
{
	l->prev = head->prev;
	l->next = head;
	head->prev->next = l;
	head->prev = l;
}

void link_remove(Link *l)
{
	if (!l->next)
		return;
	l->prev->next = l->next;
	l->next->prev = l->prev;
	l->prev = l->next = NULL;
}

/* ---- clocks ---- */

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}

int64_t loop_mono_us(void) { return clock_us(CLOCK_MONOTONIC); }

static Instant read_wall(void) { return (Instant){ clock_us(CLOCK_REALTIME) }; }

static void clock_read(Loop *loop)
{
	int64_t offset;

	loop->mono_us = loop_mono_us();
	loop->wall = loop->read_wall();
	offset = loop->wall.us - loop->mono_us;
	if (loop->clock_known &&
	    (offset - loop->offset_us > JUMP_US || loop->offset_us - offset > JUMP_US)) {
		loop->jumped_us += offset - loop->offset_us;
		loop_wake(loop);
	}
	loop->offset_us = offset;
	loop->clock_known = true;
	loop->clock_stale = false;
}

/* Outside of a turn nothing marks the clocks stale, so they are read each time. */
static void clock_fresh(Loop *loop)
{
	if (loop->clock_stale || !loop->in_turn)
		clock_read(loop);
}

static Instant world_wall(World *w)
{
	Loop *loop = CONTAINER_OF(w, Loop, world);

	clock_fresh(loop);
	return loop->wall;
}

static Duration world_mono(World *w)
{
	(void)w;
	return (Duration){ loop_mono_us() };
}

static void tell_jump(Loop *loop)
{
	Duration delta = { loop->jumped_us };

	if (!delta.us)
		return;
	loop->jumped_us = 0;
	if (loop->on_clock_jump)
		loop->on_clock_jump(loop->context, delta);
}

static void watch_clock(Loop *loop)
{
	struct itimerspec never = { .it_value = { .tv_sec = INT32_MAX } };

	(void)timerfd_settime(loop->clock_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never,
	                      NULL);
}

/* Only wakes the loop: reading the clocks finds out by how much. */
static void clock_was_set(void *context, int events)
{
	Loop *loop = context;
	uint64_t n;

	(void)events;
	(void)!read(loop->clock_fd, &n, sizeof n);
	watch_clock(loop);
	loop->clock_stale = true;
	clock_fresh(loop);
}

/* ---- the heap of ticks ---- */

static bool sooner(const Tick *a, const Tick *b)
{
	return a->due_us != b->due_us ? a->due_us < b->due_us : a->seq < b->seq;
}

static void heap_place(Loop *loop, size_t place, Tick *t)
{
	loop->heap.at[place - 1] = t;
	t->place = place;
}

static void heap_sift(Loop *loop, Tick *t)
{
	size_t at = t->place, child;

	for (; at > 1 && sooner(t, loop->heap.at[at / 2 - 1]); at /= 2)
		heap_place(loop, at, loop->heap.at[at / 2 - 1]);
	while ((child = at * 2) <= loop->heap.n) {
		if (child < loop->heap.n && sooner(loop->heap.at[child], loop->heap.at[child - 1]))
			child++;
		if (!sooner(loop->heap.at[child - 1], t))
			break;
		heap_place(loop, at, loop->heap.at[child - 1]);
		at = child;
	}
	heap_place(loop, at, t);
}

static void timer_ready(uv_timer_t *timer);

/* A uv_timer_t of 0 ms would run again in the same turn, and starve all else: what is due
 * already is left to turn_idle(), once per turn. */
static void arm(Loop *loop)
{
	int64_t wait_us;

	(void)uv_timer_stop(&loop->timer);
	loop->ticks_due = false;
	if (loop->heap.n == 0)
		return;
	wait_us = loop->heap.at[0]->due_us - loop_mono_us();
	if (wait_us > 0) {
		(void)uv_timer_start(&loop->timer, timer_ready, (uint64_t)(wait_us + 999) / 1000,
		                     0);
		return;
	}
	loop->ticks_due = true;
	loop_wake(loop);
}

void tick_stop(Loop *loop, Tick *tick)
{
	Tick *moved;
	size_t place = tick->place;

	if (!place)
		return;
	tick->place = 0;
	moved = loop->heap.at[--loop->heap.n];
	if (moved != tick) {
		heap_place(loop, place, moved);
		heap_sift(loop, moved);
	}
}

void tick_set(Loop *loop, Tick *tick, Duration delay, void (*fire)(Tick *tick))
{
	clock_fresh(loop);
	tick_stop(loop, tick);
	tick->fire = fire;
	/* At least one microsecond, so that what is set while ticks fire waits for the next
	 * turn, however the clock stands. */
	if (__builtin_add_overflow(loop->mono_us, delay.us > 0 ? delay.us : 1, &tick->due_us))
		tick->due_us = INT64_MAX;
	tick->seq = loop->seq++;
	list_add(&loop->heap, tick);
	tick->place = loop->heap.n;
	heap_sift(loop, tick);
	if (loop->heap.at[0] == tick)
		arm(loop);
}

static void ticks_run(Loop *loop)
{
	int64_t now;

	clock_read(loop);
	now = loop->mono_us;
	while (loop->heap.n > 0 && loop->heap.at[0]->due_us <= now) {
		Tick *t = loop->heap.at[0];

		tick_stop(loop, t);
		t->fire(t);
	}
	arm(loop);
}

static void timer_ready(uv_timer_t *timer) { ticks_run(timer->data); }

/* ---- the world's timers ---- */

static void timer_free(Timer *t)
{
	t->op->state = NULL;
	tick_stop(t->loop, &t->tick);
	link_remove(&t->link);
	mem_free(t);
}

static void timer_fire(Tick *tick)
{
	Timer *t = CONTAINER_OF(tick, Timer, tick);
	TimerOp *op = t->op;

	timer_free(t);
	op->done(op);
}

static void world_timer(World *w, TimerOp *op, Duration delay)
{
	Loop *loop = CONTAINER_OF(w, Loop, world);
	Timer *t = op->state;

	if (!t) {
		t = NEW(Timer);
		*t = (Timer){ .loop = loop, .op = op };
		link_append(&loop->timers, &t->link);
		op->state = t;
	}
	tick_set(loop, &t->tick, delay, timer_fire);
}

static void world_timer_cancel(World *w, TimerOp *op)
{
	(void)w;
	if (op->state)
		timer_free(op->state);
}

static uint64_t world_random(World *w)
{
	uint64_t n = 0;

	(void)w;
	while (getrandom(&n, sizeof n, 0) != sizeof n)
		;
	return n;
}

/* ---- descriptors ---- */

static void poll_ready(void *context, int events)
{
	LoopFd *watch = context;

	watch->ready(watch, events & (LOOP_READ | LOOP_WRITE));
}

bool loop_poll_fd(Loop *loop, LoopFd *watch, int fd, int events, Err *err)
{
	_Static_assert((int)LOOP_READ == (int)UV_READABLE && (int)LOOP_WRITE == (int)UV_WRITABLE,
	               "passed through");
	if (watch->state) {
		watch_set(watch->state, events);
		return true;
	}
	watch->state = watch_new(loop, fd, events, poll_ready, watch);
	if (!watch->state)
		return err_set(err, ERR_IO, "watch descriptor %d: %s", fd, errno_text(errno));
	return true;
}

void loop_poll_stop(LoopFd *watch)
{
	watch_free(watch->state);
	watch->state = NULL;
}

/* ---- signals and posts ---- */

static void signal_ready(uv_signal_t *uv, int signo)
{
	Signal *s = uv->data;

	s->cb(s->context, signo);
}

static void signal_closed(uv_handle_t *handle) { mem_free(handle->data); }

bool loop_signal(Loop *loop, int signo, void (*cb)(void *context, int signo), void *context,
                 Err *err)
{
	Signal *s = NEW(Signal);
	int bad;

	*s = (Signal){ .next = loop->signals, .cb = cb, .context = context };
	(void)uv_signal_init(&loop->uv, &s->uv);
	s->uv.data = s;
	bad = uv_signal_start(&s->uv, signal_ready, signo);
	if (bad) {
		uv_close((uv_handle_t *)&s->uv, signal_closed);
		return err_set(err, ERR_IO, "watch signal %d: %s", signo, errno_text(-bad));
	}
	loop->signals = s;
	return true;
}

void loop_post(Loop *loop, void (*fn)(void *context), void *context)
{
	Post *p = NEW(Post);

	*p = (Post){ .fn = fn, .context = context };
	uv_mutex_lock(&loop->posts_lock);
	*loop->posts_end = p;
	loop->posts_end = &p->next;
	uv_mutex_unlock(&loop->posts_lock);
	(void)uv_async_send(&loop->async);
}

static Post *posts_take(Loop *loop)
{
	Post *first;

	uv_mutex_lock(&loop->posts_lock);
	first = loop->posts;
	loop->posts = NULL;
	loop->posts_end = &loop->posts;
	uv_mutex_unlock(&loop->posts_lock);
	return first;
}

static void posts_ready(uv_async_t *async)
{
	Post *p = posts_take(async->data), *next;

	for (; p; p = next) {
		next = p->next;
		p->fn(p->context);
		mem_free(p);
	}
}

void loop_hook(Loop *loop, LoopHook *hook)
{
	hook->next = loop->hooks;
	loop->hooks = hook;
}

void loop_unhook(Loop *loop, LoopHook *hook)
{
	for (LoopHook **at = &loop->hooks; *at; at = &(*at)->next) {
		if (*at == hook) {
			*at = hook->next;
			break;
		}
	}
}

/* ---- the turn ---- */

static void turn_measure(Loop *loop)
{
	uint64_t idle_ns = uv_metrics_idle_time(&loop->uv);
	int64_t now_ns = (int64_t)uv_hrtime();
	Duration took = { (now_ns - loop->turn_from_ns - (int64_t)(idle_ns - loop->turn_idle_ns)) /
		          1000 };

	loop->turn_from_ns = now_ns;
	loop->turn_idle_ns = idle_ns;
	loop->stats.turns++;
	if (took.us > loop->stats.slowest_turn.us)
		loop->stats.slowest_turn = took;
	if (took.us > loop->slow_turn.us && loop->on_slow_turn)
		loop->on_slow_turn(loop->context, took);
}

/* Just before the loop waits: the turn is over. */
static void turn_ends(uv_prepare_t *prepare)
{
	Loop *loop = prepare->data;

	for (LoopHook *h = loop->hooks, *next; h; h = next) {
		next = h->next;
		h->run(h);
	}
	loop_watches_flush(loop);

	turn_measure(loop);
	loop->clock_stale = true;
}

static void turn_deliver(Loop *loop)
{
	tell_jump(loop);
	ask_deliver(loop);
	if (loop->pump_due)
		ask_pump(loop);
	if (link_is_empty(&loop->finished) && !loop->jumped_us && !loop->ticks_due &&
	    !loop->watches.seen.n && !loop->pump_due)
		(void)uv_idle_stop(&loop->idle);
}

static void turn_check(uv_check_t *check) { turn_deliver(check->data); }

static void turn_idle(uv_idle_t *idle)
{
	Loop *loop = idle->data;

	if (loop->ticks_due)
		ticks_run(loop);
	(void)loop_watches_serve(loop);
	turn_deliver(loop);
}

/* The idle handle runs only while something is due already, and keeps the loop from sleeping. */
void loop_wake(Loop *loop) { (void)uv_idle_start(&loop->idle, turn_idle); }

static void run(Loop *loop, uv_run_mode mode)
{
	/* What happened between two runs is not a turn of ours. */
	loop->turn_from_ns = (int64_t)uv_hrtime();
	loop->turn_idle_ns = uv_metrics_idle_time(&loop->uv);
	loop->clock_stale = true;
	loop->in_turn = true;
	(void)uv_run(&loop->uv, mode);
	turn_measure(loop);
	loop->in_turn = false;
}

void loop_run(Loop *loop)
{
	while (!loop->stopping)
		run(loop, UV_RUN_DEFAULT);
	loop->stopping = false;
}

void loop_stop(Loop *loop)
{
	loop->stopping = true;
	uv_stop(&loop->uv);
	(void)uv_async_send(&loop->async);
}

static void nothing(Tick *tick) { (void)tick; }

void loop_turn(Loop *loop, Duration wait)
{
	Tick bound = { 0 };

	tick_set(loop, &bound, wait, nothing);
	run(loop, wait.us > 0 ? UV_RUN_ONCE : UV_RUN_NOWAIT);
	tick_stop(loop, &bound);
}

/* ---- making and freeing ---- */

static bool start_handles(Loop *loop, Err *err)
{
	int bad = uv_loop_init(&loop->uv);

	if (bad)
		return err_set(err, ERR_IO, "start the event loop: %s", errno_text(-bad));
	if (!loop_watches_start(loop)) {
		(void)uv_loop_close(&loop->uv);
		return err_set(err, ERR_IO, "start the event loop: %s", errno_text(errno));
	}
	(void)uv_loop_configure(&loop->uv, UV_METRICS_IDLE_TIME);
	(void)uv_timer_init(&loop->uv, &loop->timer);
	(void)uv_prepare_init(&loop->uv, &loop->prepare);
	(void)uv_check_init(&loop->uv, &loop->check);
	(void)uv_idle_init(&loop->uv, &loop->idle);
	(void)uv_async_init(&loop->uv, &loop->async, posts_ready);
	loop->timer.data = loop->prepare.data = loop->check.data = loop;
	loop->idle.data = loop->async.data = loop;
	(void)uv_mutex_init(&loop->posts_lock);
	loop->posts_end = &loop->posts;
	(void)uv_prepare_start(&loop->prepare, turn_ends);
	(void)uv_check_start(&loop->check, turn_check);
	return true;
}

/* Without it a set clock is noticed at the next turn instead of at once. */
static void start_clock(Loop *loop)
{
	loop->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (loop->clock_fd < 0)
		return;
	watch_clock(loop);
	loop->clock_watch = watch_new(loop, loop->clock_fd, UV_READABLE, clock_was_set, loop);
}

static void take_options(Loop *loop, const LoopOptions *o)
{
	loop->max_asks = o->max_asks ? o->max_asks : 512;
	loop->max_per_host = o->max_per_host ? o->max_per_host : 8;
	loop->slow_turn = o->slow_turn.us > 0 ? o->slow_turn : milliseconds(50);
	loop->on_clock_jump = o->on_clock_jump;
	loop->on_slow_turn = o->on_slow_turn;
	loop->context = o->context;
	loop->dns_servers = mem_text(o->dns_servers);
	loop->ca_file = mem_text(o->ca_file ? o->ca_file : "/etc/ssl/certs/ca-certificates.crt");
	loop->resolv_conf = "/etc/resolv.conf";
	loop->read_wall = read_wall;
}

Loop *loop_new(const LoopOptions *options, Err *err)
{
	static const LoopOptions defaults;
	Loop *loop = NEW(Loop);

	loop->world = (World){ .now = world_wall,
		               .mono = world_mono,
		               .timer = world_timer,
		               .timer_cancel = world_timer_cancel,
		               .ask = ask_world_start,
		               .ask_cancel = ask_world_cancel,
		               .put_file = file_put,
		               .random = world_random };
	if (!start_handles(loop, err)) {
		mem_free(loop);
		return NULL;
	}
	take_options(loop, options ? options : &defaults);
	/* A peer that closes must cost an error, not the program. */
	(void)signal(SIGPIPE, SIG_IGN);
	link_init(&loop->timers);
	link_init(&loop->runs);
	link_init(&loop->retired);
	ask_loop_init(loop);
	start_clock(loop);
	clock_read(loop);
	return loop;
}

World *loop_world(Loop *loop) { return &loop->world; }
uv_loop_t *loop_uv(Loop *loop) { return &loop->uv; }

LoopStats loop_stats(const Loop *loop)
{
	LoopStats s = loop->stats;

	s.in_flight = loop->running_n;
	s.queued = loop->queued_n;
	return s;
}

static void drop_signals(Loop *loop)
{
	for (Signal *s = loop->signals, *next; s; s = next) {
		next = s->next;
		uv_close((uv_handle_t *)&s->uv, signal_closed);
	}
}

static void drop_posts(Loop *loop)
{
	for (Post *p = posts_take(loop), *next; p; p = next) {
		next = p->next;
		mem_free(p);
	}
}

/* A thread of the pool may hang for ever in a file system (ask_host.c). False: it does, and
 * what it may still touch must stay. */
static bool close_handles(Loop *loop)
{
	watch_free(loop->clock_watch);
	if (loop->clock_fd >= 0)
		(void)close(loop->clock_fd);
	drop_signals(loop);
	loop_watches_stop(loop);
	uv_close((uv_handle_t *)&loop->timer, NULL);
	uv_close((uv_handle_t *)&loop->prepare, NULL);
	uv_close((uv_handle_t *)&loop->check, NULL);
	uv_close((uv_handle_t *)&loop->idle, NULL);
	uv_close((uv_handle_t *)&loop->async, NULL);
	for (int i = 0; i < 3000; i++) {
		(void)uv_run(&loop->uv, UV_RUN_NOWAIT);
		if (uv_loop_close(&loop->uv) == 0)
			return true;
		(void)usleep(1000);
	}
	return false;
}

static void drop_trust(Loop *loop)
{
	tls_loop_done(loop);
	mem_free(loop->dns_servers);
	mem_free(loop->ca_file);
}

void loop_free(Loop *loop)
{
	bool closed;

	if (!loop)
		return;
	loop->freeing = true;
	ask_loop_done(loop);
	run_loop_done(loop);
	http_loop_done(loop);
	resolve_loop_done(loop);
	host_loop_done(loop);
	while (!link_is_empty(&loop->timers))
		timer_free(CONTAINER_OF(loop->timers.next, Timer, link));
	closed = close_handles(loop);
	drop_posts(loop);
	drop_trust(loop);
	list_free(&loop->heap);
	if (!closed)
		return;
	loop_watches_free(loop);
	uv_mutex_destroy(&loop->posts_lock);
	mem_free(loop);
}
