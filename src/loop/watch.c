/* Descriptor watches: one epoll set of our own, itself one descriptor of libuv's loop.
 *
 * libuv's own watches cost nine system calls for one short connection; these cost one or two.
 * A change of what a watch waits for is only noted, and told to the kernel once, right
 * before the loop sleeps: a connection that goes from writing over nothing to reading
 * within a turn is one change. What the kernel still reports of a watch that is gone
 * (a child between fork and exec holds a copy of every descriptor) is recognised by
 * its number and passed over.
 *
 * What is ready is looked at more often than it is dealt with: loop_look(), between any
 * two pieces of our own work, notes what came and when. So an answer that arrived while
 * the loop was busy with others bears the time of the next look and not that of its turn
 * to be read, and no target is charged for our queue (LoopStats.slowest_look bounds it). */
#include "loop/loop_private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

struct Watch {
	Link dirty; /* in loop->dirty_watches: `events` differ from `armed` */
	Loop *loop;
	int fd, events, armed; /* UV_READABLE | UV_WRITABLE; armed -1: not in the set */
	bool edge;             /* the kernel was told once for all; it reports each change */
	bool again; /* and is to be told once more, which makes it report what there is */
	uint32_t slot;
	void (*ready)(void *context, int events);
	void *context;
};

/* ---- slots: a number and a generation, for what the kernel hands back ---- */

static uint32_t slot_take(WatchSet *set, Watch *w)
{
	uint32_t slot;

	if (set->spare.n) {
		slot = set->spare.at[--set->spare.n];
	} else {
		slot = (uint32_t)set->slots.n;
		list_add(&set->slots, ((WatchSlot){ 0 }));
	}
	set->slots.at[slot].watch = w;
	return slot;
}

static void slot_give(WatchSet *set, uint32_t slot)
{
	set->slots.at[slot].watch = NULL;
	set->slots.at[slot].seen = 0;
	set->slots.at[slot].generation++;
	list_add(&set->spare, slot);
}

static uint64_t ticket(const WatchSet *set, uint32_t slot)
{
	return (uint64_t)set->slots.at[slot].generation << 32 | slot;
}

static Watch *holder(const WatchSet *set, uint64_t number)
{
	uint32_t slot = (uint32_t)number;

	if (slot >= set->slots.n || set->slots.at[slot].generation != (uint32_t)(number >> 32))
		return NULL;
	return set->slots.at[slot].watch;
}

/* ---- what the kernel knows ---- */

enum { EDGES = (int)(EPOLLIN | EPOLLOUT | EPOLLRDHUP) };

static bool tell_kernel(Watch *w)
{
	WatchSet *set = &w->loop->watches;
	struct epoll_event e = { .events = (w->events & UV_READABLE ? EPOLLIN : 0u) |
		                           (w->events & UV_WRITABLE ? EPOLLOUT : 0u),
		                 .data.u64 = ticket(set, w->slot) };
	int what = w->armed < 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

	if (w->edge)
		e.events = (uint32_t)EDGES | EPOLLET;
	/* Errors and hang-ups are reported whatever is asked: who waits for nothing leaves. */
	if (w->events == 0)
		what = EPOLL_CTL_DEL;
	if (epoll_ctl(set->fd, what, w->fd, &e) != 0)
		return false;
	w->armed = w->events ? w->events : -1;
	w->again = false;
	return true;
}

static bool is_stale(const Watch *w)
{
	if (w->edge)
		return w->again;
	return w->events ? w->events != w->armed : w->armed >= 0;
}

void loop_watches_flush(Loop *loop)
{
	WatchSet *set = &loop->watches;
	Link refused;

	link_init(&refused);
	while (!link_is_empty(&set->dirty)) {
		Watch *w = CONTAINER_OF(set->dirty.next, Watch, dirty);

		link_remove(&w->dirty);
		if (is_stale(w) && !tell_kernel(w))
			link_append(&refused, &w->dirty);
	}
	/* For want of memory, say: again before the next sleep, or a target would seem silent. */
	while (!link_is_empty(&refused)) {
		Link *l = refused.next;

		link_remove(l);
		link_append(&set->dirty, l);
	}
}

static int events_of(const Watch *w, uint32_t events)
{
	int ready = (events & EPOLLIN ? UV_READABLE : 0) | (events & EPOLLOUT ? UV_WRITABLE : 0);
	bool broken = events & (EPOLLERR | EPOLLHUP);

	if (w->edge)
		return ready | (broken ? WATCH_BROKEN : 0) |
		       (events & EPOLLRDHUP ? WATCH_ENDED : 0);
	if (broken)
		ready = w->events | WATCH_BROKEN;
	return ready & (w->events | WATCH_BROKEN);
}

/* ---- looking: what is ready, and since when ---- */

/* Of one look: what it cannot take is still ready for the next. Of one turn: so that what
 * comes without end leaves room for all else. */
enum { LOOK = 256, LOOK_US = 500, TURN = 1024 };

static void note(WatchSet *set, const struct epoll_event *e, int64_t at_us)
{
	uint64_t ticket = e->data.u64;
	WatchSlot *slot = &set->slots.at[(uint32_t)ticket];

	if (!holder(set, ticket))
		return;
	if (slot->seen) {
		set->seen.at[slot->seen - 1].events |= e->events;
		return;
	}
	list_add(&set->seen, ((Seen){ ticket, at_us, e->events }));
	slot->seen = (uint32_t)set->seen.n;
}

/* Time asleep is no delay: whatever comes wakes us. */
static int64_t busy_us(const Loop *loop, int64_t now_us)
{
	return now_us - (int64_t)(uv_metrics_idle_time((uv_loop_t *)(uintptr_t)&loop->uv) / 1000);
}

static void look(Loop *loop, int64_t now_us)
{
	WatchSet *set = &loop->watches;
	struct epoll_event batch[LOOK];
	int n = epoll_wait(set->fd, batch, LOOK, 0);
	int64_t busy = busy_us(loop, now_us), since = busy - set->looked_busy_us;

	set->looked_us = loop_mono_us();
	set->looked_busy_us = busy;
	if (loop->running_n > 0 && set->looked_once && since > loop->stats.slowest_look.us)
		loop->stats.slowest_look.us = since;
	set->looked_once = loop->running_n > 0;
	loop->stats.looks++;
	for (int i = 0; i < n; i++)
		note(set, &batch[i], set->looked_us);
	if (set->seen.n)
		loop_wake(loop);
}

void loop_look(Loop *loop)
{
	int64_t now_us = loop_mono_us();

	if (now_us - loop->watches.looked_us >= LOOK_US && loop->running_n > 0)
		look(loop, now_us);
}

/* Of a level watch what was seen before its owner was called is old: he may have dealt with
 * it, and the next look tells again what he left. */
static void call(Loop *loop, const Seen *seen)
{
	WatchSet *set = &loop->watches;
	Watch *w = holder(set, seen->ticket);
	int events = w ? events_of(w, seen->events) : 0;
	uint32_t again;

	if (!events)
		return;
	loop->seen_us = seen->at_us;
	w->ready(w->context, events);
	loop->seen_us = 0;
	w = holder(set, seen->ticket);
	again = w && !w->edge ? set->slots.at[w->slot].seen : 0;
	if (again) {
		set->seen.at[again - 1].events = 0;
		set->slots.at[w->slot].seen = 0;
	}
}

bool loop_watches_serve(Loop *loop)
{
	WatchSet *set = &loop->watches;
	size_t i = 0;

	for (; i < set->seen.n && i < TURN; i++) {
		Seen seen = set->seen.at[i];

		if (holder(set, seen.ticket))
			set->slots.at[(uint32_t)seen.ticket].seen = 0;
		call(loop, &seen);
		loop_look(loop);
	}
	if (i == 0)
		return false;
	set->seen.n -= i;
	memmove(set->seen.at, set->seen.at + i, set->seen.n * sizeof *set->seen.at);
	for (size_t k = 0; k < set->seen.n; k++) {
		if (holder(set, set->seen.at[k].ticket) && set->seen.at[k].events)
			set->slots.at[(uint32_t)set->seen.at[k].ticket].seen = (uint32_t)(k + 1);
	}
	return set->seen.n > 0;
}

static void set_ready(uv_poll_t *poll, int status, int unused)
{
	Loop *loop = poll->data;

	(void)status;
	(void)unused;
	look(loop, loop_mono_us());
	if (loop_watches_serve(loop))
		loop_wake(loop);
}

/* ---- watches ---- */

static Watch *watch_take(Loop *loop)
{
	WatchSet *set = &loop->watches;

	return set->unused.n ? set->unused.at[--set->unused.n] : NEW(Watch);
}

/* Kept for the next one: a short connection needs a watch as long as it lives. */
static void watch_give(Watch *w)
{
	WatchSet *set = &w->loop->watches;

	if (set->unused.n < LOOK)
		list_add(&set->unused, w);
	else
		mem_free(w);
}

static Watch *begin(Loop *loop, const Watch *as)
{
	Watch *w = watch_take(loop);

	*w = *as;
	w->loop = loop;
	w->armed = -1;
	w->slot = slot_take(&loop->watches, w);
	/* At once: whether it can be watched is the caller's to know. */
	if (!w->events || tell_kernel(w))
		return w;
	slot_give(&loop->watches, w->slot);
	watch_give(w);
	return NULL;
}

Watch *watch_new(Loop *loop, int fd, int events, void (*ready)(void *context, int events),
                 void *context)
{
	return begin(loop,
	             &(Watch){ .fd = fd, .events = events, .ready = ready, .context = context });
}

Watch *watch_new_edge(Loop *loop, int fd, void (*ready)(void *context, int events), void *context)
{
	return begin(loop, &(Watch){ .fd = fd,
	                             .events = UV_READABLE | UV_WRITABLE,
	                             .edge = true,
	                             .ready = ready,
	                             .context = context });
}

void watch_again(Watch *w)
{
	w->again = w->edge;
	if (w->again && !w->dirty.next)
		link_append(&w->loop->watches.dirty, &w->dirty);
}

void watch_set(Watch *w, int events)
{
	w->events = events;
	if (is_stale(w) && !w->dirty.next)
		link_append(&w->loop->watches.dirty, &w->dirty);
}

void watch_free(Watch *w)
{
	if (!w)
		return;
	if (w->armed >= 0)
		(void)epoll_ctl(w->loop->watches.fd, EPOLL_CTL_DEL, w->fd, NULL);
	watch_forget(w);
}

void watch_forget(Watch *w)
{
	if (!w)
		return;
	link_remove(&w->dirty);
	slot_give(&w->loop->watches, w->slot);
	watch_give(w);
}

bool loop_watches_start(Loop *loop)
{
	WatchSet *set = &loop->watches;

	link_init(&set->dirty);
	set->fd = epoll_create1(EPOLL_CLOEXEC);
	if (set->fd < 0)
		return false;
	if (uv_poll_init(&loop->uv, &set->poll, set->fd) != 0) {
		(void)close(set->fd);
		return false;
	}
	set->poll.data = loop;
	(void)uv_poll_start(&set->poll, UV_READABLE, set_ready);
	return true;
}

void loop_watches_stop(Loop *loop) { uv_close((uv_handle_t *)&loop->watches.poll, NULL); }

void loop_watches_free(Loop *loop)
{
	(void)close(loop->watches.fd);
	/* Those whose owner lives as long as the loop. */
	for (size_t i = 0; i < loop->watches.slots.n; i++)
		mem_free(loop->watches.slots.at[i].watch);
	for (size_t i = 0; i < loop->watches.unused.n; i++)
		mem_free(loop->watches.unused.at[i]);
	list_free(&loop->watches.unused);
	list_free(&loop->watches.seen);
	list_free(&loop->watches.slots);
	list_free(&loop->watches.spare);
}
