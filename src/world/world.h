/* Everything outside the program, as one interface with two implementations:
 * loop/ (the real machine) and sim/ (a heap of due times and scripted answers).
 *
 * Two kinds of operation wait: a timer, and a question (`Ask`) put to some
 * system: a web server, a database, a program, a mail server, this host. The
 * caller embeds the operation in its own struct and gets it back by CONTAINER_OF.
 *
 * Contract, the same for both worlds and tested on both:
 *   - `done` is called once, from the loop, never inside the call that started it;
 *   - after cancel it is never called; cancelling an idle operation is harmless;
 *   - the operation and all its spec points to stay put until done or cancel;
 *   - the answer and all it points to live only during `done`;
 *   - `done` may start the same operation again or free it: nothing follows it;
 *   - every question has a deadline (`timeout`), after which it is answered.
 *
 * A world reports facts and classifies failures. It judges nothing. */
#pragma once
#include "core/err.h"
#include "core/instant.h"
#include "core/secret.h"

#include <stddef.h>
#include <stdint.h>

typedef struct World World;

/* ---- timers ---- */

typedef struct TimerOp {
	void (*done)(struct TimerOp *op);
	void *state; /* the world's; NULL when idle */
} TimerOp;

/* ---- questions ---- */

typedef enum AskKind {
	ASK_HTTP, /* one request, one hop: redirects are the caller's business */
	ASK_TCP,  /* connect, optionally send and read, optionally with TLS */
	ASK_DNS,
	ASK_ICMP, /* echo request */
	ASK_DB,   /* connect and run one query */
	ASK_UNIT, /* state of a systemd unit, a process, a container */
	ASK_RUN,  /* run a program: argv, never a shell */
	ASK_MAIL, /* hand one message to an SMTP server */
	ASK_HOST, /* this machine's counters */
} AskKind;

/* Where a question failed. Facts only: a 500 is an answer, not a failure.
 * FAIL_SELF: our own trouble (no descriptor, no memory, no permission, bad
 * spec, no network at all): never evidence against the target. */
typedef enum FailClass {
	FAIL_NONE,
	FAIL_DNS,
	FAIL_CONNECT,
	FAIL_TLS,
	FAIL_HTTP,   /* not HTTP, over a limit, cut off, or too slow after connecting */
	FAIL_ASSERT, /* the answer came and is not what the plan expects (set by check/) */
	FAIL_SELF,
} FailClass;

typedef struct HeaderField {
	const char *name, *value;
} HeaderField;

typedef struct HttpAsk {
	const char *method; /* NULL: GET */
	const char *url;    /* http:// or https:// */
	const HeaderField *headers;
	size_t headers_n;
	const char *body; /* NULL: none */
	size_t body_n;
	const char *user; /* basic authentication, with `password` */
	const Secret *password;
	const Secret *secret_url; /* instead of url, for webhooks whose address is the secret */
	const Secret *bearer;     /* Authorization: Bearer … */
	const char *unix_socket;  /* path; NULL: the network */
	const char *resolve_to;   /* IP address to use instead of looking the host up */
	const char *ca_file;      /* NULL: the system's trust store */
	int family;               /* 0 any, 4, 6 */
	bool no_verify;           /* do not verify the certificate (still reported) */
	bool resume;      /* may resume a TLS session of the last hour, where the world can */
	bool public_only; /* refuse private and loopback addresses: FAIL_SELF */
	size_t max_body;  /* 0: 1 MiB; more is FAIL_HTTP "body over N bytes" unless keep_first */
	bool keep_first;  /* stop reading at max_body instead of failing */
} HttpAsk;

typedef struct TcpAsk {
	const char *host;
	uint16_t port;
	const char *send;   /* after connecting; NULL: nothing */
	const char *expect; /* read until this text appears; NULL: do not read */
	bool tls;           /* TLS handshake after connecting */
	const char *
	        starttls; /* "smtp", "imap", "postgres", "mysql": plain dialogue before TLS; NULL: none */
	const char *sni; /* NULL: host */
	const char *ca_file;
	const char *resolve_to;
	int family;
	bool no_verify;
	bool public_only;
} TcpAsk;

typedef struct DnsAsk {
	const char *name;
	const char *type;   /* A AAAA CNAME MX NS TXT SOA CAA SRV PTR; NULL: A */
	const char *server; /* "ip" or "ip:port"; NULL: the system's */
} DnsAsk;

typedef struct IcmpAsk {
	const char *host;
	int family;
	unsigned count; /* 0: 1; sent 200 ms apart */
} IcmpAsk;

typedef struct DbAsk {
	const char *engine; /* "postgresql" or "mysql" (MariaDB too) */
	const char *host;   /* NULL: local socket */
	uint16_t port;      /* 0: the engine's default */
	const char *socket; /* PostgreSQL: folder; MariaDB: path */
	const char *user, *database;
	const Secret *password;
	const Secret *conninfo; /* PostgreSQL URI instead of the fields above */
	const char *
	        sql; /* one statement; NULL: connect only. Read-only transaction where the engine has one */
	unsigned max_rows; /* 0: 1 */
} DbAsk;

typedef enum UnitKind { UNIT_SYSTEMD, UNIT_PROCESS, UNIT_DOCKER } UnitKind;

typedef struct UnitAsk {
	UnitKind kind;
	const char *name;   /* "nginx.service"; a process name; a container name */
	const char *socket; /* Docker's socket; NULL: /var/run/docker.sock */
} UnitAsk;

typedef struct RunAsk {
	const char *const *argv; /* NULL-terminated; argv[0] looked up in PATH */
	const char *const *
	        env; /* "NAME=value", NULL-terminated, added to a minimal environment; NULL: none */
	const char *secret_env; /* NAME of a variable holding `secret`; NULL: none */
	const Secret *secret;
	const char *cwd;   /* NULL: / */
	const char *input; /* written to standard input, then closed; NULL: empty */
	size_t input_n;
	size_t max_output;   /* 0: 64 KiB of each stream kept; the rest is read and counted */
	Duration term_grace; /* TERM → this long → KILL of the whole tree; 0: 5 s */
} RunAsk;

typedef struct MailAsk {
	const char *host;
	uint16_t port;
	const char *user; /* NULL: no AUTH */
	const Secret *password;
	bool tls;      /* TLS from the first byte (port 465) */
	bool starttls; /* require STARTTLS */
	bool no_verify;
	const char *ca_file;
	const char *from;      /* envelope, plain address */
	const char *const *to; /* envelope, NULL-terminated plain addresses */
	const char *message;   /* RFC 5322 text with CRLF */
	size_t message_n;
} MailAsk;

typedef struct AskSpec {
	AskKind kind;
	Duration timeout; /* of the whole question; must be > 0 */
	union {
		HttpAsk http;
		TcpAsk tcp;
		DnsAsk dns;
		IcmpAsk icmp;
		DbAsk db;
		UnitAsk unit;
		RunAsk run;
		MailAsk mail;
	};
} AskSpec;

/* ---- answers ---- */

/* Elapsed parts, each 0 when the step did not happen. Time spent waiting in our
 * own queue is `queued` and in no other member. */
typedef struct Timings {
	Duration queued, dns, connect, tls, first_byte, total;
} Timings;

typedef struct CertInfo {
	bool present, verified;
	bool resumed; /* not shown: what it was when the session was made */
	Instant leaf_not_before, leaf_not_after;
	Instant chain_not_after; /* earliest end on the validated chain; leaf's when not verified */
	const char *subject, *issuer, *names; /* names: DNS SANs joined by ", " */
	const char *error;                    /* why it was not verified; NULL */
} CertInfo;

typedef struct HttpAnswer {
	int status;          /* 0: none */
	const char *version; /* "1.1", "2" */
	const HeaderField *headers;
	size_t headers_n;
	const char *body; /* not NUL-terminated for certain: use body_n */
	size_t body_n;
	bool cut; /* body stopped at max_body (keep_first) */
} HttpAnswer;

typedef struct TcpAnswer {
	const char *received; /* what was read, bounded to 4 KiB */
	size_t received_n;
	bool matched; /* `expect` appeared */
} TcpAnswer;

typedef struct DnsAnswer {
	const char *const *records; /* presentation form, sorted */
	size_t records_n;
	const char *rcode; /* "NOERROR", "NXDOMAIN", … */
} DnsAnswer;

typedef struct IcmpAnswer {
	unsigned sent, received;
	Duration rtt_min, rtt_mean, rtt_max;
} IcmpAnswer;

typedef struct DbAnswer {
	const char *const *cells; /* row by row; NULL for SQL NULL */
	size_t rows_n, columns_n;
	const char *server_version;
} DbAnswer;

typedef struct UnitAnswer {
	const char *
	        state; /* systemd ActiveState; "running"/"absent" for a process; Docker State.Status */
	const char *detail; /* SubState, health status or NULL */
	unsigned count;     /* processes found */
	bool running;       /* the kind's own idea of "it runs" */
} UnitAnswer;

typedef struct RunAnswer {
	int exit_code; /* -1 when ended by a signal */
	int signal;    /* 0: none */
	bool timed_out;
	const char *out, *err; /* NUL-terminated, bounded, secret redacted */
	size_t out_n, err_n;   /* kept bytes */
	uint64_t out_total, err_total;
	Duration cpu; /* user and system, of the program and what it waited for */
	uint64_t max_rss_bytes;
} RunAnswer;

typedef struct MailAnswer {
	int code;         /* last SMTP reply code; 0: none came */
	const char *text; /* its text */
} MailAnswer;

typedef struct MountUse {
	const char *path;
	double used_percent, inodes_percent; /* 0-100 as df counts; inodes -1: no such limit */
	uint64_t free_bytes, total_bytes;    /* free: for ordinary users */
} MountUse;

typedef struct HostAnswer {
	double cpu_percent; /* busy share since the last ASK_HOST of this world; -1 the first time */
	double mem_percent; /* 100 × (1 − MemAvailable/MemTotal) */
	double swap_percent;
	double load1, load5, load15;
	uint64_t net_rx_bytes, net_tx_bytes; /* all interfaces but lo, since boot */
	double net_bytes_per_s; /* rx + tx since the last ASK_HOST; -1 the first time */
	const MountUse *mounts;
	size_t mounts_n;
} HostAnswer;

typedef struct Answer {
	FailClass fail;      /* FAIL_NONE: the kind's answer below is filled */
	bool timed_out;      /* with fail set to the step that took too long */
	const char *error;   /* one English fragment: "connection refused"; NULL with FAIL_NONE */
	const char *address; /* peer's IP address, or NULL */
	Timings took;
	CertInfo cert; /* ASK_HTTP with https, ASK_TCP with tls */
	union {
		HttpAnswer http;
		TcpAnswer tcp;
		DnsAnswer dns;
		IcmpAnswer icmp;
		DbAnswer db;
		UnitAnswer unit;
		RunAnswer run;
		MailAnswer mail;
		HostAnswer host;
	};
} Answer;

/* `irrevocable` (may be NULL) is called once, from the loop, right before the bytes
 * that cannot be taken back are handed to the system: a mail's final dot, an HTTP
 * request on its established connection, a program's start. Who sends pages notes
 * there that the page may have gone, so that a crash repeats none. */
typedef struct Ask {
	void (*done)(struct Ask *ask, const Answer *answer);
	void (*irrevocable)(struct Ask *ask);
	void *state; /* the world's; NULL when idle */
} Ask;

/* ---- the interface ---- */

struct World {
	Instant (*now)(World *w);   /* wall clock, read once per turn of the loop */
	Duration (*mono)(World *w); /* monotonic clock since some origin; for elapsed times */
	void (*timer)(World *w, TimerOp *op,
	              Duration delay); /* monotonic; re-arms if armed; ≤ 0: next turn */
	void (*timer_cancel)(World *w, TimerOp *op);
	void (*ask)(World *w, Ask *ask, const AskSpec *spec);
	void (*ask_cancel)(World *w, Ask *ask);
	/* Replaces a file atomically (temporary name, fsync, rename); makes missing folders. */
	bool (*put_file)(World *w, const char *path, const void *p, size_t n, Err *err);
	/* For how long every question will get the answer it got last, and no time of its own
	 * passes for what is outside; NULL: never known. A simulated world may know. */
	Duration (*same_for)(World *w);
	uint64_t (*random)(World *w); /* seeded in sim/: two runs are identical */
};

static inline Instant world_now(World *w) { return w->now(w); }
