/* Descriptor watches: one epoll set of our own, itself one descriptor of libuv's loop.
 *
 * libuv's own watches cost nine system calls for one short connection; these cost two.
 * A change of what a watch waits for is only noted, and told to the kernel once, right
 * before the loop sleeps: a connection that goes from writing over nothing to reading
 * within a turn is one change. What the kernel still reports of a watch that is gone
 * (a child between fork and exec holds a copy of every descriptor) is recognised by
 * its number and passed over. */
#include "loop/loop_private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

struct Watch {
	Link dirty; /* in loop->dirty_watches: `events` differ from `armed` */
	Loop *loop;
	int fd, events, armed; /* UV_READABLE | UV_WRITABLE; armed -1: not in the set */
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

static bool tell_kernel(Watch *w)
{
	WatchSet *set = &w->loop->watches;
	struct epoll_event e = { .events = (w->events & UV_READABLE ? EPOLLIN : 0u) |
		                           (w->events & UV_WRITABLE ? EPOLLOUT : 0u),
		                 .data.u64 = ticket(set, w->slot) };
	int what = w->armed < 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

	/* Errors and hang-ups are reported whatever is asked: who waits for nothing leaves. */
	if (w->events == 0)
		what = EPOLL_CTL_DEL;
	if (epoll_ctl(set->fd, what, w->fd, &e) != 0)
		return false;
	w->armed = w->events ? w->events : -1;
	return true;
}

static bool is_stale(const Watch *w) { return w->events ? w->events != w->armed : w->armed >= 0; }

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

	if (events & (EPOLLERR | EPOLLHUP))
		ready = w->events | WATCH_BROKEN;
	return ready & (w->events | WATCH_BROKEN);
}

static void set_ready(uv_poll_t *poll, int status, int unused)
{
	Loop *loop = poll->data;
	struct epoll_event batch[256];
	int n = epoll_wait(loop->watches.fd, batch, COUNT_OF(batch), 0);

	(void)status;
	(void)unused;
	for (int i = 0; i < n; i++) {
		Watch *w = holder(&loop->watches, batch[i].data.u64);
		int events = w ? events_of(w, batch[i].events) : 0;

		if (events)
			w->ready(w->context, events);
	}
}

/* ---- watches ---- */

Watch *watch_new(Loop *loop, int fd, int events, void (*ready)(void *context, int events),
                 void *context)
{
	Watch *w = NEW(Watch);

	*w = (Watch){ .loop = loop,
		      .fd = fd,
		      .events = events,
		      .armed = -1,
		      .slot = slot_take(&loop->watches, w),
		      .ready = ready,
		      .context = context };
	/* At once: whether it can be watched is the caller's to know. */
	if (!events || tell_kernel(w))
		return w;
	slot_give(&loop->watches, w->slot);
	mem_free(w);
	return NULL;
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
	mem_free(w);
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
	list_free(&loop->watches.slots);
	list_free(&loop->watches.spare);
}
