/* A web server for crowds: one thread, any number of connections, each answered with the
 * same text, or held for as long as the test wants. On every address of this machine's
 * loopback, so that a test has as many hosts as it likes. Header only. */
#pragma once
#include "core/list.h"
#include "hostile/server.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

typedef struct Crowd {
	int fd, epoll, wake;
	uint16_t port;
	_Atomic(const char *) answer;
	pthread_t thread;
	atomic_bool stop, hold; /* hold: connections are taken and nothing is said */
	atomic_int asked;       /* requests heard */
	LIST(int) held;         /* the thread's */
} Crowd;

KIT void crowd_answer(Crowd *c, int fd)
{
	(void)say_text(fd, c->answer);
	(void)shutdown(fd, SHUT_WR);
	(void)close(fd);
}

KIT void crowd_hear(Crowd *c, int fd)
{
	char room[2048];

	if (recv(fd, room, sizeof room, 0) <= 0) {
		(void)close(fd);
		return;
	}
	c->asked++;
	if (!c->hold) {
		crowd_answer(c, fd);
		return;
	}
	(void)epoll_ctl(c->epoll, EPOLL_CTL_DEL, fd, NULL);
	list_add(&c->held, fd);
}

KIT void crowd_take(Crowd *c)
{
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		(void)epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd,
		                &(struct epoll_event){ EPOLLIN, { .fd = fd } });
}

KIT void *crowd_run(void *arg)
{
	Crowd *c = arg;
	struct epoll_event ev[64];

	while (!c->stop) {
		int n = epoll_wait(c->epoll, ev, 64, -1);

		for (int i = 0; i < n; i++) {
			if (ev[i].data.fd == c->fd)
				crowd_take(c);
			else if (ev[i].data.fd != c->wake)
				crowd_hear(c, ev[i].data.fd);
		}
		if (!c->hold) {
			for (size_t i = 0; i < c->held.n; i++)
				crowd_answer(c, c->held.at[i]);
			c->held.n = 0;
		}
	}
	return NULL;
}

KIT void crowd_wake(Crowd *c)
{
	uint64_t one = 1;

	(void)!write(c->wake, &one, sizeof one);
}

KIT Crowd *crowd_start(const char *answer)
{
	Crowd *c = NEW(Crowd);

	(void)signal(SIGPIPE, SIG_IGN);
	c->answer = answer;
	c->fd = server_socket_at(SOCK_STREAM | SOCK_NONBLOCK, "0.0.0.0", 0, &c->port);
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	c->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	(void)listen(c->fd, 4096);
	(void)epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->fd,
	                &(struct epoll_event){ EPOLLIN, { .fd = c->fd } });
	(void)epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->wake,
	                &(struct epoll_event){ EPOLLIN | EPOLLET, { .fd = c->wake } });
	(void)pthread_create(&c->thread, NULL, crowd_run, c);
	return c;
}

/* Answers what is held, and from now on at once. */
KIT void crowd_release(Crowd *c)
{
	c->hold = false;
	crowd_wake(c);
}

KIT void crowd_stop(Crowd *c)
{
	c->stop = true;
	crowd_wake(c);
	(void)pthread_join(c->thread, NULL);
	for (size_t i = 0; i < c->held.n; i++)
		(void)close(c->held.at[i]);
	list_free(&c->held);
	(void)close(c->fd);
	(void)close(c->epoll);
	(void)close(c->wake);
	mem_free(c);
}
