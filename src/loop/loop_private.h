/* What the files of loop/ share: the timer heap, descriptor watches, and the
 * life of one question (`Job`). Nothing outside this folder sees it.
 *
 *   ask() ──▶ QUEUED ──slot free──▶ RUNNING ──job_done/job_fail──▶ FINISHED ──▶ done()
 *                │                     │                               │
 *                └───────cancel────────┴────────── freed ◀─────────────┘
 *
 * A kind (ask_http.c …) extends Job, starts its work in `start`, and calls
 * job_done() or one of the job_fail…() from anywhere; `done` is called later, from
 * the loop, so a kind never has to think of being freed under its own feet. */
#pragma once
#include "core/arena.h"
#include "core/buf.h"
#include "core/list.h"
#include "core/map.h"
#include "loop/loop.h"

#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <uv.h>

/* ---- intrusive lists ---- */

typedef struct Link {
	struct Link *prev, *next; /* both NULL: in no list */
} Link;

void link_init(Link *head);
void link_append(Link *head, Link *l);
void link_remove(Link *l); /* harmless when in no list */
static inline bool link_is_empty(const Link *head) { return head->next == head; }

/* ---- timers: a heap of due times, exact to the microsecond and stable ---- */

typedef struct Tick {
	int64_t due_us;
	uint64_t seq; /* equal due times fire in the order they were set */
	size_t place; /* in the heap, from 1; 0: idle */
	void (*fire)(struct Tick *tick);
} Tick;

/* Due `delay` after the start of this turn, and never in this turn. Re-arms. */
void tick_set(Loop *loop, Tick *tick, Duration delay, void (*fire)(Tick *tick));
void tick_stop(Loop *loop, Tick *tick); /* harmless when idle */

/* ---- descriptor watches ---- */

typedef struct Watch Watch;

/* With the events of a watch: the descriptor reports an error or a hang-up; of an edge watch
 * also that the peer says no more. */
enum { WATCH_BROKEN = 1 << 8, WATCH_ENDED = 1 << 9 };

typedef struct WatchSlot {
	Watch *watch; /* NULL: spare */
	uint32_t generation;
	uint32_t seen; /* its place in WatchSet.seen, from 1; 0: none */
} WatchSlot;

/* What a look found and nobody was told yet. */
typedef struct Seen {
	uint64_t ticket;
	int64_t at_us;   /* monotonic; when it was found */
	uint32_t events; /* epoll's */
} Seen;

typedef struct WatchSet {
	int fd; /* epoll's */
	uv_poll_t poll;
	Link dirty;
	LIST(WatchSlot) slots;
	LIST(uint32_t) spare;
	LIST(Watch *) unused;
	LIST(Seen) seen;
	int64_t looked_us, looked_busy_us; /* the last look; the second clock stands in sleep */
	bool looked_once;
} WatchSet;

bool loop_watches_start(Loop *loop); /* false with errno */
void loop_watches_flush(Loop *loop); /* before the loop sleeps */
/* Tells who waits what was seen, a bounded part of it; true: there is more. */
bool loop_watches_serve(Loop *loop);
void loop_watches_stop(Loop *loop); /* its libuv handle; then, once libuv is closed: */
void loop_watches_free(Loop *loop);

/* NULL with errno set when the descriptor cannot be watched. */
Watch *watch_new(Loop *loop, int fd, int events, void (*ready)(void *context, int events),
                 void *context);
/* For a socket that only its owner uses, who reads until there is no more: told to the kernel
 * once, reported at each change, whatever it is. */
Watch *watch_new_edge(Loop *loop, int fd, void (*ready)(void *context, int events), void *context);
void watch_again(Watch *w);           /* an edge watch left something: to be reported next turn */
void watch_set(Watch *w, int events); /* 0: keeps it, waits for nothing */
void watch_free(Watch *w);            /* NULL is fine; fd may be closed right after */
void watch_forget(Watch *w); /* the same when it is closed right after, and is ours alone */

/* ---- the trust store ---- */

enum { TLS_DIGEST = 32 };

/* A chain that was verified, for one name. */
typedef struct TlsFacts {
	unsigned char digest[TLS_DIGEST]; /* of the certificates sent */
	Instant from, until;              /* when every certificate of the validated chain holds */
	Instant seen;                     /* when the server last showed it */
	SSL_SESSION *session;             /* to resume; NULL: none */
	Instant leaf_not_before, leaf_not_after;
	char *subject, *issuer, *names;
} TlsFacts;

typedef struct TrustStore {
	X509_STORE *store;
	SSL_CTX *client;               /* for streams; NULL until one asks */
	SSL_CTX *resuming;             /* the same, of those that may resume */
	Map facts;                     /* name → TlsFacts */
	unsigned refs;                 /* the loop's, and each context's made with it */
	int64_t mtime_ns, size, inode; /* of the file it was read from */
} TrustStore;

typedef struct Multi Multi;       /* curl, ask_http.c */
typedef struct Resolver Resolver; /* c-ares, resolve.c */
typedef struct HostWork HostWork; /* ask_host.c */

typedef struct Job Job;

struct Loop {
	World world; /* first: World * is Loop * */
	uv_loop_t uv;
	bool in_turn, stopping, freeing;

	/* The clocks of this turn. */
	bool clock_stale;
	Instant wall;
	int64_t mono_us, offset_us; /* offset: wall - monotonic, to notice that it was set */
	int64_t jumped_us;
	bool clock_known;
	Instant (*read_wall)(void); /* replaced by tests */
	int clock_fd;               /* timerfd cancelled when the wall clock is set */
	Watch *clock_watch;
	WatchSet watches;
	int64_t seen_us; /* inside of a watch's callback: when what it is told was seen; else 0 */

	LIST(Tick *) heap;
	uint64_t seq;
	bool ticks_due;
	uv_timer_t timer;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_idle_t idle;

	uv_async_t async;
	uv_mutex_t posts_lock;
	struct Post *posts, **posts_end;
	struct Signal *signals;
	LoopHook *hooks;

	int64_t turn_from_ns;
	uint64_t turn_idle_ns;

	/* Questions. */
	unsigned max_asks, max_per_host, running_n, queued_n;
	Map hosts;                /* name → HostSlot */
	Link ready;               /* HostSlots that may start one */
	Link jobs;                /* running, and those of no host that wait */
	Link finished;            /* answered, `done` not yet called */
	struct HostSlot *anyhost; /* of questions to no host */
	bool pump_due;            /* one of them ended: at the end of the turn, ask_pump() */
	size_t hosts_kept;        /* slots of idle hosts are swept when there are more in all */
	LIST(Job *) spare_jobs;   /* of the plain HTTP path */

	Link timers; /* armed TimerOps */

	Multi *multi;
	Resolver *resolver;
	char *dns_servers, *ca_file;
	const char *resolv_conf; /* replaced by tests, and so is the port: */
	uint16_t dns_port;       /* of the servers in it; 0: 53 */
	Map trust;               /* file → TrustStore */
	OSSL_LIB_CTX *tls_lib;   /* NULL: OpenSSL's own */
	OSSL_PROVIDER *tls_provider;
	EVP_MD *tls_md; /* NULL: nothing of TLS was made yet */
	HostWork *host;
	Link retired; /* channels */
	Link runs;    /* programs not yet gone, ask_run.c */

	Duration slow_turn;
	void (*on_clock_jump)(void *context, Duration delta);
	void (*on_slow_turn)(void *context, Duration took);
	void *context;
	LoopStats stats;
};

uv_loop_t *loop_uv(Loop *loop);
void loop_wake(Loop *loop); /* something is due: the next turn must not wait */
int64_t loop_mono_us(void); /* read now */
/* Between two pieces of work while questions run: notes what is ready and when, if the last
 * look is half a millisecond old. Calls nobody. */
void loop_look(Loop *loop);

/* ---- addresses ---- */

enum { ADDRESSES_MAX = 16, ADDRESS_TEXT = 46 };

typedef struct Address {
	union {
		struct sockaddr sa;
		struct sockaddr_storage room;
	};
	socklen_t len;
} Address;

const char *address_print(const Address *a, char out[ADDRESS_TEXT]);
bool address_parse(const char *text, Address *ret); /* literal v4 or v6, brackets allowed */
void address_set_port(Address *a, uint16_t port);
/* Loopback, private, link-local, shared, multicast, documentation … (IANA special-purpose
 * registries, RFC 6890) are not public. */
bool address_is_public(const Address *a);
/* Whether this machine has a route at all: without one, not reaching the target says nothing
 * about it. */
bool address_has_route(const Address *a);

/* ---- questions ---- */

typedef struct JobKind {
	size_t size; /* of the struct that begins with a Job */
	void (*start)(Job *job);
	void (*late)(Job *job); /* past the deadline; NULL: job_fail_late() */
	/* Lets go of all that could still call back. Once, when finished or cancelled. */
	void (*stop)(Job *job);
	void (*free)(Job *job); /* of what the answer pointed to; may be NULL */
} JobKind;

typedef enum JobState { JOB_QUEUED, JOB_RUNNING, JOB_FINISHED } JobState;

struct Job {
	Link link;
	Loop *loop;
	Ask *ask;
	const AskSpec *spec;
	const JobKind *kind;
	JobState state;
	bool inner;       /* asked by another question: not counted, not queued */
	bool past_recall; /* job_irrevocable() was said */
	struct HostSlot *slot;
	Tick deadline;
	int64_t asked_us, started_us, mark_us;
	int64_t ours_us; /* of the time since the start: what we let it wait */
	FailClass step;  /* blamed when the deadline passes now */
	Arena *arena;
	Answer answer;

	/* job_resolve()'s */
	struct Resolve *resolve;
	void (*resolved)(Job *job);
	bool public_only, looked_up;
	Address *addresses; /* the arena's */
	size_t addresses_n;
};

extern const JobKind ask_http_kind, ask_curl_kind, ask_tcp_kind, ask_dns_kind, ask_icmp_kind,
        ask_pg_kind, ask_mysql_kind, ask_systemd_kind, ask_process_kind, ask_docker_kind,
        ask_run_kind, ask_mail_kind, ask_host_kind;

/* Whether the plain path takes it (ask_http.c), with its address taken apart; else libcurl does
 * (ask_curl.c). */
struct PlainUrl;
bool http_is_plain(const HttpAsk *ask, struct PlainUrl *ret_url);
void ask_http_url(Job *job, const struct PlainUrl *url); /* of a new job of that kind */
/* Makes a finished one as good as new: zero, but for its empty buffers. */
void ask_http_recycle(Job *job);
void ask_world_start(World *w, Ask *ask, const AskSpec *spec);
void ask_world_cancel(World *w, Ask *ask);
/* A question that is part of another one: starts at once, whatever is in flight. */
void ask_inner(Loop *loop, Ask *ask, const AskSpec *spec);
void ask_deliver(Loop *loop);
void ask_pump(Loop *loop); /* starts what may */
void ask_loop_init(Loop *loop);
void ask_loop_done(Loop *loop);

/* Each of these ends the question; only the first one counts. */
void job_done(Job *job);
/* The next bytes cannot be taken back: tells who asked, once (Ask.irrevocable). */
void job_irrevocable(Job *job);
void job_fail(Job *job, FailClass fail, const char *fmt, ...) PRINTF(3, 4);
void job_fail_late(Job *job);
/* errno → class: what is our own trouble is FAIL_SELF, the rest `fail`. The text
 * is "WHAT: connection refused", without "WHAT: " when NULL. */
void job_fail_errno(Job *job, FailClass fail, const char *what, int errnum);
bool errno_is_ours(int errnum);
const char *errno_text(int errnum); /* lower-case fragment; never the locale's */

Duration job_elapsed(const Job *job); /* since it left the queue */
/* Time since the last mark (or the start); sets the mark. Inside of a descriptor's callback it
 * ends when the descriptor was seen ready, not when we came to it. */
Duration job_lap(Job *job);
/* Now, we do something the other side could not wait for: sets the mark, and the time since the
 * last one was our delay and no part of the answer's (Timings.queued has it). */
void job_acts(Job *job);

/* Looks the host up (or takes resolve_to), keeps the addresses that are allowed, then calls
 * `next`, maybe at once. Fails the job when there are none. */
void job_resolve(Job *job, const char *host, const char *resolve_to, int family, bool public_only,
                 void (*next)(Job *job));
void job_resolve_stop(Job *job);

/* ---- name look-up ---- */

typedef struct Resolve Resolve;

typedef struct Resolved {
	FailClass fail; /* FAIL_NONE, FAIL_DNS or FAIL_SELF */
	bool timed_out;
	const char *error;
	const Address *addresses;
	size_t n;
} Resolved;

/* *slot holds the look-up until `done` or resolve_cancel(); it is NULL inside `done`, which may
 * be called before this returns. */
void resolve_start(Loop *loop, Resolve **slot, const char *host, int family,
                   void (*done)(void *context, const Resolved *result), void *context);
void resolve_cancel(Resolve **slot);
void resolve_loop_done(Loop *loop);

/* One c-ares channel on the loop. */
typedef struct Channel Channel;
struct ares_channeldata;
/* servers: "ip:port,…" or NULL: resolv.conf. NULL with *ret_error set.
 *
 * A channel goes on to the next server when one fails or refuses, and when all did, c-ares
 * only says that nobody could be reached. A `blunt` one takes the first reply as it is: asked
 * second, it tells which of the two it was. */
Channel *channel_new(Loop *loop, const char *servers, bool blunt, const char **ret_error);
struct ares_channeldata *channel_ares(Channel *c);
void channel_kick(Channel *c);   /* after each new query */
void channel_free(Channel *c);   /* not from inside a query's callback */
void channel_retire(Channel *c); /* frees it next turn; until then its queries may still end */

/* ---- TLS ---- */

typedef struct TlsPeer {
	Loop *loop;     /* whose clock and memory; set by tls_client() and tls_prepare() */
	CertInfo *cert; /* filled during the handshake */
	Arena *arena;
	const char *host; /* the name the certificate must carry: host or address */
	bool no_verify, seen;
	bool resume;    /* may resume what was left of an earlier connection */
	CertInfo known; /* what the session that is offered was made with */
} TlsPeer;

/* The store read from ca_file (NULL: the loop's), read again when the file changes. Borrowed.
 * NULL with a fragment in err. */
X509_STORE *tls_store(Loop *loop, const char *ca_file, Err *err);
/* Makes ctx verify against ca_file and note what it saw in peer, which outlives ctx. */
bool tls_prepare(Loop *loop, SSL_CTX *ctx, const char *ca_file, TlsPeer *peer, Err *err);
/* A client connection with SNI and verification set up; NULL with err. */
SSL *tls_client(Loop *loop, const char *ca_file, const char *sni, TlsPeer *peer, Err *err);
/* Fragment for the last TLS failure of this thread; `peer` knows better when it has an error. */
const char *tls_error(const TlsPeer *peer, Arena *arena);

/* The handshake is done: says of a resumed one what its certificate was. */
void tls_done(SSL *ssl, TlsPeer *peer);
/* Before SSL_free(), of a connection whose session may be resumed: else OpenSSL takes a
 * connection cut short for an attack on it. */
void tls_leave(SSL *ssl, const TlsPeer *peer);

/* Between tls.c and tls_trust.c: OpenSSL's verification callback (`arg`: a TlsPeer, or NULL for
 * the connection's own); what a connection belongs to; the last verified chain of a name. */
int tls_verify(X509_STORE_CTX *ctx, void *arg);
TlsPeer *tls_peer_of(const SSL *ssl);
TrustStore *tls_trust_of(const SSL *ssl);
/* What is remembered, if it still holds now; false: nothing does. */
bool tls_recall(TlsPeer *peer, const TlsFacts *f, Instant now, CertInfo *ret);
TlsFacts *tls_facts_of(TrustStore *t, const char *host);               /* NULL: none */
void tls_facts_keep(TrustStore *t, const char *host, TlsFacts *facts); /* takes it */
void tls_facts_free(TlsFacts *f);
void tls_loop_done(Loop *loop);

/* ---- the rest ---- */

bool file_put(World *w, const char *path, const void *p, size_t n, Err *err);
void http_loop_done(Loop *loop);
void host_loop_done(Loop *loop);
void run_loop_done(Loop *loop);
