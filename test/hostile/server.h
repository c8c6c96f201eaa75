/* Servers for tests: a thread that listens on 127.0.0.1 and, for each connection,
 * a thread that runs one function on it. Header only: a test includes it.
 *
 * They say what the test tells them to, true or hostile, and nothing waits for a
 * clock: what is to be slow is held until the client goes away. */
#pragma once
#include "core/alloc.h"
#include "core/buf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define KIT __attribute__((unused)) static

enum { SERVER_PEERS = 512 };

typedef struct Server Server;

struct Server {
	int fd;
	uint16_t port;
	void (*talk)(int fd, Server *s);
	void *data; /* the test's */
	pthread_t thread, peers[SERVER_PEERS];
	int peer_fds[SERVER_PEERS];
	size_t peers_n;
	atomic_int accepted, open, most_open; /* connections: in all, now, at once */
	atomic_bool stop;
	struct sockaddr_un path;
};

typedef struct ServerPeer {
	Server *server;
	int fd;
} ServerPeer;

KIT void *server_peer(void *arg)
{
	ServerPeer p = *(ServerPeer *)arg;
	int now = atomic_fetch_add(&p.server->open, 1) + 1;

	mem_free(arg);
	for (int most = p.server->most_open;
	     now > most && !atomic_compare_exchange_weak(&p.server->most_open, &most, now);)
		;
	p.server->talk(p.fd, p.server);
	(void)shutdown(p.fd, SHUT_RDWR);
	atomic_fetch_sub(&p.server->open, 1);
	return NULL;
}

KIT void *server_run(void *arg)
{
	Server *s = arg;

	while (!s->stop && s->peers_n < SERVER_PEERS) {
		ServerPeer *p;
		int fd = accept(s->fd, NULL, NULL);

		if (fd < 0)
			break;
		p = NEW(ServerPeer);
		*p = (ServerPeer){ s, fd };
		s->accepted++;
		s->peer_fds[s->peers_n] = fd;
		(void)pthread_create(&s->peers[s->peers_n++], NULL, server_peer, p);
	}
	return NULL;
}

KIT Server *server_on(int fd, void (*talk)(int fd, Server *s), void *data)
{
	Server *s = NEW(Server);

	(void)signal(SIGPIPE, SIG_IGN);
	s->fd = fd;
	s->talk = talk;
	s->data = data;
	(void)listen(fd, 256);
	(void)pthread_create(&s->thread, NULL, server_run, s);
	return s;
}

/* port 0: any. */
KIT int server_socket_at(int type, const char *ip, uint16_t port, uint16_t *ret_port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	(void)inet_pton(AF_INET, ip, &a.sin_addr);
	if (bind(fd, (struct sockaddr *)(void *)&a, n) != 0 ||
	    getsockname(fd, (struct sockaddr *)(void *)&a, &n) != 0)
		perror("test server");
	*ret_port = ntohs(a.sin_port);
	return fd;
}

KIT int server_socket(int type, uint16_t *ret_port)
{
	return server_socket_at(type, "127.0.0.1", 0, ret_port);
}

KIT Server *server_start(void (*talk)(int fd, Server *s), void *data)
{
	uint16_t port;
	int fd = server_socket(SOCK_STREAM, &port);
	Server *s = server_on(fd, talk, data);

	s->port = port;
	return s;
}

KIT Server *server_start_unix(const char *path, void (*talk)(int fd, Server *s), void *data)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	if (bind(fd, (struct sockaddr *)(void *)&a, sizeof a) != 0)
		perror(path);
	return server_on(fd, talk, data);
}

KIT void server_stop(Server *s)
{
	s->stop = true;
	(void)shutdown(s->fd, SHUT_RDWR);
	(void)pthread_join(s->thread, NULL);
	(void)close(s->fd);
	for (size_t i = 0; i < s->peers_n; i++)
		(void)shutdown(s->peer_fds[i], SHUT_RDWR);
	for (size_t i = 0; i < s->peers_n; i++) {
		(void)pthread_join(s->peers[i], NULL);
		(void)close(s->peer_fds[i]);
	}
	mem_free(s);
}

/* A port of 127.0.0.1 that nobody listens on. */
KIT uint16_t free_port(void)
{
	uint16_t port;

	(void)close(server_socket(SOCK_STREAM, &port));
	return port;
}

/* ---- what a server says and hears ---- */

/* false: the client is gone. */
KIT bool say_n(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		ssize_t k = send(fd, at, n, MSG_NOSIGNAL);

		if (k <= 0)
			return false;
		at += k;
		n -= (size_t)k;
	}
	return true;
}

KIT bool say_text(int fd, const char *text) { return say_n(fd, text, strlen(text)); }

/* Reads until `end` was seen; "" when the client went away before. */
KIT const char *hear_until(int fd, const char *end, char *out, size_t cap)
{
	size_t n = 0;

	out[0] = '\0';
	while (n + 1 < cap && !strstr(out, end)) {
		ssize_t k = recv(fd, out + n, cap - n - 1, 0);

		if (k <= 0)
			return "";
		n += (size_t)k;
		out[n] = '\0';
	}
	return out;
}

KIT void hear_request(int fd)
{
	char text[16384];

	(void)hear_until(fd, "\r\n\r\n", text, sizeof text);
}

KIT void hear_line(int fd, char *out, size_t cap)
{
	size_t n = 0;

	while (n + 1 < cap && recv(fd, out + n, 1, 0) == 1 && out[n++] != '\n')
		;
	out[n] = '\0';
}

/* Says nothing and waits for the client to go. */
KIT void hold(int fd)
{
	char room[4096];

	while (recv(fd, room, sizeof room, 0) > 0)
		;
}

/* Ends the connection with RST instead of FIN. */
KIT void reset_connection(int fd)
{
	struct linger now = { 1, 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	(void)dup2(open("/dev/null", 0), fd);
}
