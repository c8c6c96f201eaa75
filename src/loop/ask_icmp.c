/* Echo requests ("ping"). The kernel gives an unprivileged socket for it when
 * net.ipv4.ping_group_range allows; else a raw one, which needs CAP_NET_RAW and shows
 * everybody's replies: ours are told apart by identifier and a random token. */
#include "loop/loop_private.h"

#include "core/text.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <unistd.h>

enum { COUNT_MAX = 100, GAP_MS = 200 };

typedef struct Echo {
	uint8_t type, code;
	uint16_t checksum, id, seq;
	uint64_t token; /* of this question */
	int64_t sent_us;
	uint8_t filler[32];
} Echo;

typedef struct IcmpJob {
	Job job;
	int fd;
	bool raw, open;
	Watch *watch;
	Tick next;
	uint16_t id;
	uint64_t token;
	unsigned count;
	bool seen[COUNT_MAX];
	int64_t rtt_sum_us;
} IcmpJob;

static IcmpJob *icmp_of(Job *job) { return CONTAINER_OF(job, IcmpJob, job); }
static bool is_v6(const IcmpJob *i) { return i->job.addresses[0].sa.sa_family == AF_INET6; }

/* ---- the answer ---- */

static void finish(IcmpJob *i)
{
	IcmpAnswer *a = &i->job.answer.icmp;

	if (a->received)
		a->rtt_mean = (Duration){ i->rtt_sum_us / (int64_t)a->received };
	if (a->received)
		job_done(&i->job);
	else
		job_fail_late(&i->job);
}

static void note_reply(IcmpJob *i, const Echo *e)
{
	IcmpAnswer *a = &i->job.answer.icmp;
	unsigned seq = ntohs(e->seq);
	Duration rtt = { loop_mono_us() - e->sent_us };

	if (seq >= i->count || i->seen[seq])
		return;
	i->seen[seq] = true;
	i->rtt_sum_us += rtt.us;
	if (!a->received || rtt.us < a->rtt_min.us)
		a->rtt_min = rtt;
	if (rtt.us > a->rtt_max.us)
		a->rtt_max = rtt;
	if (!a->received)
		i->job.answer.took.first_byte = rtt;
	if (++a->received == i->count)
		finish(i);
}

/* A raw v4 socket shows the IP header before the message, a datagram one does not. */
static const Echo *echo_in(const IcmpJob *i, const uint8_t *p, size_t n, Echo *room)
{
	uint8_t want = is_v6(i) ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
	size_t skip = !is_v6(i) && n >= 20 && (p[0] >> 4) == 4 ? (size_t)(p[0] & 15) * 4 : 0;

	if (n < skip + sizeof *room)
		return NULL;
	memcpy(room, p + skip, sizeof *room);
	if (room->type != want || room->token != i->token || (i->raw && room->id != i->id))
		return NULL;
	return room;
}

static void ready(void *context, int events)
{
	IcmpJob *i = context;
	uint8_t packet[2048];
	Echo room;

	(void)events;
	while (i->job.state == JOB_RUNNING) {
		ssize_t n = recv(i->fd, packet, sizeof packet, 0);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			job_fail_errno(&i->job, FAIL_CONNECT, NULL, errno);
		if (n < 0)
			return;
		if (echo_in(i, packet, (size_t)n, &room))
			note_reply(i, &room);
	}
}

/* ---- sending ---- */

/* RFC 1071. IPv6's is computed by the kernel, for it covers the addresses. */
static uint16_t checksum(const void *p, size_t n)
{
	const uint16_t *at = p;
	uint32_t sum = 0;

	for (; n > 1; n -= 2)
		sum += *at++;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void send_next(Tick *tick)
{
	IcmpJob *i = CONTAINER_OF(tick, IcmpJob, next);
	Job *job = &i->job;
	IcmpAnswer *a = &job->answer.icmp;
	Echo e = { .type = is_v6(i) ? ICMP6_ECHO_REQUEST : ICMP_ECHO, .id = i->id };
	ssize_t n;

	e.seq = htons((uint16_t)a->sent);
	e.token = i->token;
	e.sent_us = loop_mono_us();
	if (!is_v6(i))
		e.checksum = checksum(&e, sizeof e);
	n = send(i->fd, &e, sizeof e, 0);
	if (n < 0 && errno != EAGAIN) {
		job_fail_errno(job, errno == ENETUNREACH ? FAIL_SELF : FAIL_CONNECT, NULL, errno);
		return;
	}
	if (++a->sent < i->count)
		tick_set(job->loop, &i->next, milliseconds(GAP_MS), send_next);
}

/* ---- the question ---- */

static int open_socket(IcmpJob *i, int family, int protocol)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

	if (fd >= 0)
		return fd;
	i->raw = true;
	return socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

static void on_resolved(Job *job)
{
	IcmpJob *i = icmp_of(job);
	const Address *to = &job->addresses[0];
	int protocol = to->sa.sa_family == AF_INET6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP;

	i->fd = open_socket(i, to->sa.sa_family, protocol);
	if (i->fd < 0) {
		job_fail_errno(job, FAIL_SELF, "open an ICMP socket", errno);
		return;
	}
	i->open = true;
	if (connect(i->fd, &to->sa, to->len) != 0) {
		job_fail_errno(job, errno == ENETUNREACH ? FAIL_SELF : FAIL_CONNECT, NULL, errno);
		return;
	}
	i->token = job->loop->world.random(&job->loop->world);
	i->id = (uint16_t)i->token;
	i->watch = watch_new(job->loop, i->fd, UV_READABLE, ready, i);
	if (i->watch)
		send_next(&i->next);
	else
		job_fail_errno(job, FAIL_SELF, NULL, errno);
}

static void icmp_start(Job *job)
{
	const IcmpAsk *ask = &job->spec->icmp;

	icmp_of(job)->count = ask->count == 0 ? 1 : ask->count > COUNT_MAX ? COUNT_MAX : ask->count;
	job_resolve(job, ask->host, NULL, ask->family, false, on_resolved);
}

static void icmp_late(Job *job)
{
	if (job->step == FAIL_CONNECT)
		finish(icmp_of(job));
	else
		job_fail_late(job);
}

static void icmp_stop(Job *job)
{
	IcmpJob *i = icmp_of(job);

	tick_stop(job->loop, &i->next);
	watch_free(i->watch);
	i->watch = NULL;
	if (i->open)
		(void)close(i->fd);
	i->open = false;
}

const JobKind ask_icmp_kind = {
	.size = sizeof(IcmpJob), .start = icmp_start, .late = icmp_late, .stop = icmp_stop
};
