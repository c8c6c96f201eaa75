/* A web server that misbehaves in a known pattern: what a prober says of it can be held,
 * result by result, against what it did.
 *
 *     bench_pattern_server PORT HOSTS CHECKS BAD LOG
 *
 * listens on 127.0.0.1 … 127.0.0.HOSTS and answers `GET /I` (0 ≤ I < CHECKS) by a rule of I
 * and of how often I was asked before: one stretch of three answers in BAD is bad in one
 * way, the rest is good. When it is ended (TERM) it writes to LOG one line for each I that
 * was asked: `I` and a letter for each answer, in order (the letters are `kinds` below).
 *
 * One thread, an epoll set, no timer but the one that dribbles. It judges nothing. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEARD = 1024, EVENTS = 512, PIECES = 3, PIECE_MS = 20, FDS = 1 << 16 };

typedef enum Kind { GOOD, DRIBBLE, FAIL, STALL, RESET, EARLY, LIE, SHORT, GARBAGE, KINDS } Kind;

static const struct {
	char letter;
	const char *answer; /* NULL: none */
} kinds[KINDS] = {
	[GOOD] = { 'g', "HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\nall is "
	                "healthy\n" },
	[DRIBBLE] = { 'd', "HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\nall "
	                   "is healthy\n" },
	[FAIL] = { 'f',
	           "HTTP/1.1 500 Oh\r\nContent-Length: 8\r\nConnection: close\r\n\r\nhealthy\n" },
	[STALL] = { 's', NULL },
	[RESET] = { 'r', NULL },
	[EARLY] = { 'e', "HTTP/1.1 200 OK\r\nContent-Len" },
	[LIE] = { 'l',
	          "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nsickly!\n" },
	[SHORT] = { 'c', "HTTP/1.1 200 OK\r\nContent-Length: 150\r\nConnection: close\r\n\r\nall "
	                 "is healthy\n" },
	[GARBAGE] = { 'x', "\x01\x02 nothing of the kind, healthy\r\n\r\n" },
};

typedef struct Talk {
	bool open;
	uint8_t pieces; /* of a dribble that were sent */
	uint16_t heard;
	char text[HEARD];
} Talk;

typedef struct Drip {
	int fd;
	int64_t at_ms;
} Drip;

static struct {
	int epoll, listeners[256], listeners_n;
	Talk *talks; /* by descriptor */
	Drip *drips; /* a ring, by time: all wait equally long */
	unsigned drip_from, drip_n;
	uint32_t checks, bad;
	uint16_t *asked;
} server;

static volatile sig_atomic_t ended;
static void on_term(int sig)
{
	(void)sig;
	ended = 1;
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* SplitMix64's finalizer (Steele, Lea, Flood: "Fast splittable pseudorandom number
 * generators", 2014). */
static uint64_t mixed(uint64_t x)
{
	x += 0x9e3779b97f4a7c15U;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
	return x ^ (x >> 31);
}

/* What the nth answer (from 0) to check i is. */
static Kind kind_of(uint32_t i, uint32_t n)
{
	uint64_t stretch = mixed(((uint64_t)i << 32) | (n / 3));

	if (stretch % server.bad == 0)
		return (Kind)(FAIL + (stretch >> 32) % (KINDS - FAIL));
	return (stretch >> 40) % 64 == 0 ? DRIBBLE : GOOD;
}

static void hang_up(int fd)
{
	server.talks[fd].open = false;
	(void)close(fd);
}

static void reset(int fd)
{
	struct linger at_once = { 1, 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	hang_up(fd);
}

static void drip(int fd)
{
	Talk *t = &server.talks[fd];
	const char *answer = kinds[DRIBBLE].answer;
	size_t n = strlen(answer), from = n * t->pieces / PIECES,
	       to = n * (t->pieces + 1U) / PIECES;
	Drip *next = &server.drips[(server.drip_from + server.drip_n) % FDS];

	if (send(fd, answer + from, to - from, MSG_NOSIGNAL) < 0 || ++t->pieces == PIECES) {
		hang_up(fd);
		return;
	}
	*next = (Drip){ fd, now_ms() + PIECE_MS };
	server.drip_n++;
}

static void answer(int fd, Kind kind)
{
	const char *text = kinds[kind].answer;

	if (kind == STALL) /* until the other side has enough */
		return;
	if (kind == RESET) {
		reset(fd);
		return;
	}
	if (kind == DRIBBLE) {
		drip(fd);
		return;
	}
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL);
	hang_up(fd);
}

/* The whole request is there. */
static void take(int fd, const char *text)
{
	char *end;
	unsigned long i = strncmp(text, "GET /", 5) == 0 ? strtoul(text + 5, &end, 10) : ULONG_MAX;

	if (i >= server.checks) {
		answer(fd, FAIL);
		return;
	}
	answer(fd, kind_of((uint32_t)i, server.asked[i]++));
}

static void hear(int fd)
{
	Talk *t = &server.talks[fd];
	ssize_t n = recv(fd, t->text + t->heard, sizeof t->text - 1 - t->heard, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || t->heard + (size_t)n >= sizeof t->text - 1) {
		hang_up(fd);
		return;
	}
	if (t->pieces) /* it was asked already */
		return;
	t->heard = (uint16_t)(t->heard + n);
	t->text[t->heard] = 0;
	if (strstr(t->text, "\r\n\r\n"))
		take(fd, t->text);
}

static void welcome(int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

		if (fd >= FDS) {
			(void)close(fd);
			continue;
		}
		server.talks[fd] = (Talk){ .open = true };
		if (epoll_ctl(server.epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
			hang_up(fd);
		else
			hear(fd);
	}
}

/* A descriptor that was closed and given to another meanwhile drips no more: that one has
 * sent no piece yet. */
static void drip_due(void)
{
	int64_t now = now_ms();

	while (server.drip_n && server.drips[server.drip_from].at_ms <= now) {
		int fd = server.drips[server.drip_from].fd;

		server.drip_from = (server.drip_from + 1) % FDS;
		server.drip_n--;
		if (server.talks[fd].open && server.talks[fd].pieces)
			drip(fd);
	}
}

static bool is_listener(int fd)
{
	return fd >= server.listeners[0] && fd <= server.listeners[server.listeners_n - 1];
}

static void serve(void)
{
	struct epoll_event ev[EVENTS];

	while (!ended) {
		int wait = server.drip_n ? 5 : 200, n = epoll_wait(server.epoll, ev, EVENTS, wait);

		for (int i = 0; i < n; i++) {
			int fd = ev[i].data.fd;

			if (is_listener(fd))
				welcome(fd);
			else if (server.talks[fd].open)
				hear(fd);
		}
		drip_due();
	}
}

static bool listen_on(uint16_t port, unsigned host)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct epoll_event ev = { .events = EPOLLIN };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	ev.data.fd = fd;
	server.listeners[server.listeners_n++] = fd;
	return fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
	       listen(fd, 16384) == 0 && epoll_ctl(server.epoll, EPOLL_CTL_ADD, fd, &ev) == 0;
}

static bool write_log(const char *path)
{
	FILE *out = fopen(path, "w");

	if (!out)
		return false;
	for (uint32_t i = 0; i < server.checks; i++) {
		if (!server.asked[i])
			continue;
		(void)fprintf(out, "%u ", i);
		for (uint32_t n = 0; n < server.asked[i]; n++)
			(void)fputc(kinds[kind_of(i, n)].letter, out);
		(void)fputc('\n', out);
	}
	return fclose(out) == 0;
}

int main(int argc, char **argv)
{
	struct rlimit files;
	unsigned hosts;

	if (argc != 6) {
		(void)fprintf(stderr, "usage: bench_pattern_server PORT HOSTS CHECKS BAD LOG\n");
		return 2;
	}
	hosts = (unsigned)strtoul(argv[2], NULL, 10);
	server.checks = (uint32_t)strtoul(argv[3], NULL, 10);
	server.bad = (uint32_t)strtoul(argv[4], NULL, 10);
	if (hosts < 1 || hosts > 250 || server.checks < 1 || server.bad < 1)
		return 2;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	(void)signal(SIGTERM, on_term);
	(void)signal(SIGINT, on_term);
	server.epoll = epoll_create1(EPOLL_CLOEXEC);
	server.talks = calloc(FDS, sizeof *server.talks);
	server.drips = calloc(FDS, sizeof *server.drips);
	server.asked = calloc(server.checks, sizeof *server.asked);
	if (server.epoll < 0 || !server.talks || !server.drips || !server.asked)
		return 1;
	for (unsigned i = 0; i < hosts; i++) {
		if (!listen_on((uint16_t)strtoul(argv[1], NULL, 10), i)) {
			perror("bench_pattern_server: listen");
			return 1;
		}
	}
	serve();
	if (!write_log(argv[5])) {
		perror(argv[5]);
		return 1;
	}
	return 0;
}
