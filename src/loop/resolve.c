/* Names to addresses, by c-ares on the loop: never getaddrinfo, which blocks.
 *
 * There is no cache: a probe that remembers an address keeps a site "up" after it
 * moved. What our own name servers cannot be asked is our trouble (FAIL_SELF);
 * what they answer, or their silence, is FAIL_DNS. */
#include "loop/loop_private.h"

#include "core/text.h"

#include <ares.h>
#include <errno.h>
#include <netdb.h>
#include <sys/stat.h>

/* One attempt, doubled by c-ares at each round over all servers: the second server is asked
 * after a second of silence from the first, well before a probe's own time is over. */
enum { ATTEMPT_MS = 1000, ROUNDS = 2 };

typedef struct ChannelFd {
	struct ChannelFd *next;
	int fd;
	Watch *watch;
	Channel *channel;
} ChannelFd;

struct Channel {
	Loop *loop;
	ares_channel ares;
	ChannelFd *fds;
	Tick tick;
	Link retired;
};

/* ---- a channel on the loop ---- */

static void fd_ready(void *context, int events)
{
	ChannelFd *f = context;
	Channel *c = f->channel;
	int fd = f->fd;

	/* f may be gone after this: c-ares closes sockets inside. */
	ares_process_fd(c->ares, events & UV_READABLE ? fd : ARES_SOCKET_BAD,
	                events & UV_WRITABLE ? fd : ARES_SOCKET_BAD);
	channel_kick(c);
}

static void fd_drop(Channel *c, ChannelFd **at)
{
	ChannelFd *f = *at;

	(void)c;
	*at = f->next;
	watch_free(f->watch);
	mem_free(f);
}

static void fd_state(void *data, ares_socket_t fd, int readable, int writable)
{
	Channel *c = data;
	ChannelFd **at = &c->fds;
	int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);

	while (*at && (*at)->fd != fd)
		at = &(*at)->next;
	if (*at && !events) {
		fd_drop(c, at);
	} else if (*at) {
		watch_set((*at)->watch, events);
	} else if (events) {
		ChannelFd *f = NEW(ChannelFd);

		*f = (ChannelFd){ .fd = fd, .channel = c };
		f->watch = watch_new(c->loop, fd, events, fd_ready, f);
		*at = f;
	}
}

static void channel_tick(Tick *tick)
{
	Channel *c = CONTAINER_OF(tick, Channel, tick);

	ares_process_fd(c->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	channel_kick(c);
}

void channel_kick(Channel *c)
{
	struct timeval room, *tv;

	if (c->retired.next)
		return;
	tv = ares_timeout(c->ares, NULL, &room);
	if (tv)
		tick_set(c->loop, &c->tick, (Duration){ tv->tv_sec * 1000000 + tv->tv_usec },
		         channel_tick);
	else
		tick_stop(c->loop, &c->tick);
}

struct ares_channeldata *channel_ares(Channel *c) { return c->ares; }

Channel *channel_new(Loop *loop, const char *servers, bool blunt, const char **ret_error)
{
	char lookups[] = "fb"; /* /etc/hosts, then DNS; nsswitch.conf has no say */
	AUTO_FREE char *path = mem_text(loop->resolv_conf);
	Channel *c = NEW(Channel);
	struct ares_options o = { .timeout = ATTEMPT_MS,
		                  .tries = ROUNDS,
		                  .flags = blunt ? ARES_FLAG_NOCHECKRESP : 0,
		                  .udp_port = loop->dns_port,
		                  .lookups = lookups,
		                  .sock_state_cb = fd_state,
		                  .sock_state_cb_data = c,
		                  .resolvconf_path = path };
	int bad;

	c->loop = loop;
	bad = ares_init_options(&c->ares, &o,
	                        ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
	                                ARES_OPT_SOCK_STATE_CB | ARES_OPT_RESOLVCONF |
	                                (blunt ? ARES_OPT_FLAGS : 0) |
	                                (loop->dns_port ? ARES_OPT_UDP_PORT : 0));
	if (!bad && servers)
		bad = ares_set_servers_ports_csv(c->ares, servers);
	if (!bad)
		return c;
	*ret_error = ares_strerror(bad);
	channel_free(c);
	return NULL;
}

static void channel_retired(Tick *tick) { channel_free(CONTAINER_OF(tick, Channel, tick)); }

void channel_retire(Channel *c)
{
	if (!c)
		return;
	link_append(&c->loop->retired, &c->retired);
	tick_set(c->loop, &c->tick, milliseconds(0), channel_retired);
}

void channel_free(Channel *c)
{
	if (!c)
		return;
	link_remove(&c->retired);
	tick_stop(c->loop, &c->tick);
	if (c->ares)
		ares_destroy(c->ares);
	while (c->fds)
		fd_drop(c, &c->fds);
	mem_free(c);
}

/* ---- the loop's own channel, made again when resolv.conf changes ---- */

typedef struct Generation {
	struct Generation *next;
	Channel *channel, *blunt; /* blunt: NULL until it is needed */
	unsigned pending;
	struct stat from; /* resolv.conf as it was */
} Generation;

struct Resolver {
	Generation *newest; /* older ones follow until their last query ends */
	Tick sweep;
};

struct Resolve {
	Loop *loop;
	Generation *generation;
	Resolve **slot; /* NULL: cancelled */
	void (*done)(void *context, const Resolved *result);
	void *context;
	char *host;
	int family;
	bool again; /* asked a second time, bluntly */
};

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void generation_free(Generation *g)
{
	channel_free(g->channel);
	channel_free(g->blunt);
	mem_free(g);
}

static void sweep(Tick *tick)
{
	Resolver *r = CONTAINER_OF(tick, Resolver, sweep);

	for (Generation **at = &r->newest->next; *at;) {
		Generation *g = *at;

		if (g->pending) {
			at = &g->next;
			continue;
		}
		*at = g->next;
		generation_free(g);
	}
}

static Generation *generation(Loop *loop, const char **ret_error)
{
	struct stat now = { 0 };
	Resolver *r = loop->resolver;
	Generation *g;
	Channel *c;

	(void)stat(loop->resolv_conf, &now);
	if (r && (loop->dns_servers || same_file(&r->newest->from, &now)))
		return r->newest;
	c = channel_new(loop, loop->dns_servers, false, ret_error);
	if (!c)
		return NULL;
	if (!r)
		r = loop->resolver = NEW(Resolver);
	g = NEW(Generation);
	*g = (Generation){ .next = r->newest, .channel = c, .from = now };
	r->newest = g;
	if (g->next)
		tick_set(loop, &r->sweep, milliseconds(0), sweep);
	return g;
}

void resolve_loop_done(Loop *loop)
{
	Resolver *r = loop->resolver;

	while (!link_is_empty(&loop->retired))
		channel_free(CONTAINER_OF(loop->retired.next, Channel, retired));
	if (!r)
		return;
	tick_stop(loop, &r->sweep);
	while (r->newest) {
		Generation *g = r->newest;

		r->newest = g->next;
		generation_free(g);
	}
	mem_free(r);
	loop->resolver = NULL;
}

/* ---- one look-up ---- */

static void classify(int status, Resolved *r)
{
	static const struct {
		int status;
		FailClass fail;
		const char *error;
	} known[] = {
		{ ARES_ENOTFOUND, FAIL_DNS, "no such host" },
		{ ARES_ENODATA, FAIL_DNS, "the name has no address" },
		{ ARES_ESERVFAIL, FAIL_DNS, "the name servers failed (SERVFAIL)" },
		{ ARES_EREFUSED, FAIL_DNS, "the name servers refused" },
		{ ARES_ENOTIMP, FAIL_DNS, "the name servers do not implement the question" },
		{ ARES_EFORMERR, FAIL_DNS, "the name servers call the question malformed" },
		{ ARES_EBADRESP, FAIL_DNS, "malformed reply from the name servers" },
		{ ARES_EBADNAME, FAIL_DNS, "not a host name" },
		{ ARES_ETIMEOUT, FAIL_DNS, "no answer from the name servers" },
		{ ARES_ECONNREFUSED, FAIL_SELF, "our name servers cannot be reached" },
		{ ARES_ENOMEM, FAIL_SELF, "out of memory" },
	};
	r->fail = FAIL_SELF;
	r->error = ares_strerror(status);
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (known[i].status == status) {
			r->fail = known[i].fail;
			r->error = known[i].error;
		}
	}
	r->timed_out = status == ARES_ETIMEOUT;
}

static void finish(Resolve *r, const Resolved *result)
{
	Resolve **slot = r->slot;

	if (slot) {
		*slot = NULL;
		r->done(r->context, result);
	}
	mem_free(r->host);
	mem_free(r);
}

static int family_of(int family) { return family == 4 ? AF_INET : family == 6 ? AF_INET6 : 0; }

static void answered(void *arg, int status, int timeouts, struct ares_addrinfo *info);

/* r may be gone when this returns. */
static void look_up(Resolve *r, Channel *c)
{
	/* Two questions on one socket take each other's "connection refused" from it, and c-ares
	 * then sees silence: the second time there is only one. */
	int family = r->again && !r->family ? 4 : r->family;
	struct ares_addrinfo_hints hints = { .ai_family = family_of(family),
		                             .ai_socktype = SOCK_STREAM };

	ares_getaddrinfo(c->ares, r->host, NULL, &hints, answered, r);
	channel_kick(c);
}

static bool ask_bluntly(Resolve *r)
{
	Generation *g = r->generation;
	const char *error;

	if (r->again || r->loop->freeing || !r->slot)
		return false;
	if (!g->blunt)
		g->blunt = channel_new(r->loop, r->loop->dns_servers, true, &error);
	if (!g->blunt)
		return false;
	r->again = true;
	look_up(r, g->blunt);
	return true;
}

static void take_addresses(const struct ares_addrinfo *info, Address *found, Resolved *result)
{
	for (const struct ares_addrinfo_node *n = info->nodes; n && result->n < ADDRESSES_MAX;
	     n = n->ai_next) {
		Address *a = &found[result->n++];

		memcpy(&a->room, n->ai_addr, (size_t)n->ai_addrlen);
		a->len = (socklen_t)n->ai_addrlen;
	}
	result->addresses = found;
	if (result->n == 0)
		classify(ARES_ENODATA, result);
}

static void answered(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
	Resolve *r = arg;
	Resolved result = { 0 };
	Address found[ADDRESSES_MAX];

	(void)timeouts;
	if ((status == ARES_ECONNREFUSED || status == ARES_ETIMEOUT) && ask_bluntly(r))
		return;
	r->generation->pending--;
	if (r->generation != r->loop->resolver->newest && !r->loop->freeing)
		tick_set(r->loop, &r->loop->resolver->sweep, milliseconds(0), sweep);
	if (status == ARES_SUCCESS)
		take_addresses(info, found, &result);
	else
		classify(status, &result);
	if (info)
		ares_freeaddrinfo(info);
	finish(r, &result);
}

static void take_literal(const Address *a, int family, Resolved *ret)
{
	*ret = (Resolved){ .addresses = a, .n = 1 };
	if (family && a->sa.sa_family != family_of(family))
		*ret = (Resolved){ .fail = FAIL_SELF,
			           .error = "the address is not of the family asked for" };
}

static bool is_literal(Resolve *r, const char *host, int family)
{
	Address a;
	Resolved result;

	if (!address_parse(host, &a))
		return false;
	take_literal(&a, family, &result);
	finish(r, &result);
	return true;
}

void resolve_start(Loop *loop, Resolve **slot, const char *host, int family,
                   void (*done)(void *context, const Resolved *result), void *context)
{
	Resolved failed = { .fail = FAIL_SELF };
	Resolve *r = NEW(Resolve);

	*r = (Resolve){ .loop = loop, .slot = slot, .done = done, .context = context };
	*slot = r;
	if (is_literal(r, host, family))
		return;
	r->host = mem_text(host);
	r->family = family;
	r->generation = generation(loop, &failed.error);
	if (!r->generation) {
		finish(r, &failed);
		return;
	}
	r->generation->pending++;
	look_up(r, r->generation->channel);
}

/* c-ares cannot drop one query of a channel: it ends by itself and tells nobody. */
void resolve_cancel(Resolve **slot)
{
	if (*slot) {
		(*slot)->slot = NULL;
		*slot = NULL;
	}
}

/* ---- for a job ---- */

static bool keep_allowed(Job *job, const Resolved *r)
{
	job->addresses = ARENA_ARRAY(job->arena, Address, r->n);
	for (size_t i = 0; i < r->n; i++) {
		if (!job->public_only || address_is_public(&r->addresses[i]))
			job->addresses[job->addresses_n++] = r->addresses[i];
	}
	if (job->addresses_n)
		return true;
	job_fail(job, FAIL_SELF, "the address is private, and only public ones are allowed");
	return false;
}

static void job_resolved(void *context, const Resolved *r)
{
	Job *job = context;
	char text[ADDRESS_TEXT];

	job->answer.took.dns = job->looked_up ? job_lap(job) : (Duration){ 0 };
	if (r->fail) {
		job->answer.timed_out = r->timed_out;
		job_fail(job, r->fail, "%s", r->error);
		return;
	}
	if (!keep_allowed(job, r))
		return;
	job->answer.address = arena_text(job->arena, address_print(&job->addresses[0], text));
	job->step = FAIL_CONNECT;
	job->resolved(job);
}

void job_resolve(Job *job, const char *host, const char *resolve_to, int family, bool public_only,
                 void (*next)(Job *job))
{
	Address literal;

	if (text_is_empty(host) && !resolve_to) {
		job_fail(job, FAIL_SELF, "no host to ask");
		return;
	}
	job->resolved = next;
	job->looked_up = !address_parse(resolve_to ? resolve_to : host, &literal);
	job->public_only = public_only;
	job->step = FAIL_DNS;
	if (!job->looked_up) {
		Resolved itself = { 0 };

		take_literal(&literal, family, &itself);
		job_resolved(job, &itself);
		return;
	}
	resolve_start(job->loop, &job->resolve, resolve_to ? resolve_to : host, family,
	              job_resolved, job);
}

void job_resolve_stop(Job *job) { resolve_cancel(&job->resolve); }
