/* The HTTP listener: status page, acknowledgement links, heartbeats, pushed
 * metrics, /metrics, /healthz, and commands for those who hold a token. It is
 * driven by the caller's loop (no thread of its own) and decides nothing: what a
 * request means is WebApi's, supplied by the daemon.
 *
 * It refuses before it understands: a request that is ambiguous (two lengths, a
 * length and chunks, no Host), too long, or too slow is answered 4xx or cut off
 * within its deadline, whatever it asks for. */
#pragma once
#include "core/buf.h"
#include "core/emit.h"
#include "core/err.h"
#include "core/instant.h"
#include "plan/plan.h"
#include "report/facts.h"

typedef struct Web Web;

/* Who may use a route. Each contains the ones before it. WEB_TOKEN: whoever holds
 * the token of the very thing asked for (a link, a heartbeat, a metric). */
typedef enum WebRole {
	WEB_PUBLIC,
	WEB_TOKEN,
	WEB_VIEWER,
	WEB_RESPONDER,
	WEB_OPERATOR,
	WEB_ADMIN,
	WEB_ROLES
} WebRole;

typedef enum WebSignal { WEB_SUCCESS, WEB_START, WEB_FAIL } WebSignal;

/* What an acknowledgement link stands for, or what following it did. Texts are
 * the api's and live until its next call. */
typedef enum WebAckState {
	WEB_ACK_UNKNOWN, /* no such link: forged, cut, or too old */
	WEB_ACK_OPEN,    /* can be acknowledged */
	WEB_ACK_DONE,    /* acknowledged by this very request */
	WEB_ACK_ALREADY, /* somebody had: `by`, `at` */
	WEB_ACK_OVER,    /* the incident is resolved; nothing to take */
} WebAckState;

typedef struct WebAck {
	WebAckState state;
	const char *incident, *title; /* id and title; NULL when unknown */
	const char *who;              /* name of the person the link was sent to; NULL */
	const char *by;               /* ALREADY: who had acknowledged; NULL */
	Instant at;                   /* ALREADY, DONE: when; OVER: when resolved */
	Instant opened;
	const char *language; /* of the person or the plan; NULL: the browser's choice */
} WebAck;

/* What the daemon does for requests. All are called on the loop's thread, inside
 * web_run(), and must answer at once; whatever they change is committed by the
 * engine before they return. Functions that may fail set `err`; its code gives
 * the HTTP status (core/err.def). */
typedef struct WebApi {
	void *ctx;
	Instant (*now)(void *ctx);
	/* Elapsed time since some origin, for the time limits; NULL: `now` serves. */
	Duration (*mono)(void *ctx);
	/* Current facts, valid until the loop's next turn; NULL: not ready (503). */
	const StatusFacts *(*status)(void *ctx);
	/* The plan being carried out, valid until the loop's next turn; NULL: none yet. */
	const Plan *(*plan)(void *ctx);
	/* Looks at a link without acting: mail scanners follow links. */
	void (*ack_look)(void *ctx, const char *token, WebAck *ret);
	void (*ack)(void *ctx, const char *token, WebAck *ret);
	/* A heartbeat. `token` is NULL when the request has none; `body` (may be empty,
	 * not NUL-terminated for certain) is what the job said, at most 10 KiB of it. */
	bool (*push)(void *ctx, const char *check, WebSignal signal, const char *token,
	             const char *body, size_t body_n, Err *err);
	/* One pushed value. `token` is the request's bearer token, or NULL. */
	bool (*metric)(void *ctx, const char *name, double value, const char *token, Err *err);
	/* OpenMetrics text without its final "# EOF"; with `checks`, lines for each check. */
	void (*metrics)(void *ctx, bool checks, Buf *out);
	/* Adds fields to an open JSON object; false: unhealthy (503). */
	bool (*health)(void *ctx, Emit *out);
	/* The role a bearer token gives; WEB_PUBLIC for a wrong one. */
	WebRole (*role)(void *ctx, const char *token);
	/* A command by the name of web/routes.c ("incident.list", "incident.ack", …):
	 * `args` is a JSON object (the request's body, path parts and query added), the
	 * answer is JSON in `out`. `role` is the caller's; the route's was checked. */
	bool (*command)(void *ctx, const char *name, const char *args, WebRole role, Buf *out,
	                Err *err);
} WebApi;

/* 0 means the default in brackets. */
typedef struct WebOptions {
	const char *address;     /* numeric IPv4 or IPv6 [127.0.0.1] */
	uint16_t port;           /* 0: any free one, see web_port() */
	unsigned connections;    /* at once [256] */
	unsigned per_ip;         /* at once from one address [64]; loopback counts too */
	size_t max_body;         /* bytes [256 KiB] */
	Duration header_time;    /* from connecting (or the last answer) to all headers [10 s] */
	Duration body_time;      /* for the whole body [30 s] … */
	unsigned body_rate;      /* … and at least this many bytes per second [512] */
	Duration idle_time;      /* between two requests, and while reading the answer [30 s] */
	bool metrics_need_token; /* /metrics asks for a viewer's token */
	const char *server_name; /* Host to accept besides addresses; NULL: any */
} WebOptions;

/* Starts listening. `api` is copied; its ctx must outlive the Web. */
Web *web_new(const WebOptions *options, const WebApi *api, Err *err) MUST_CHECK;
void web_free(Web *web); /* NULL is fine; cuts open connections */
uint16_t web_port(const Web *web);

/* For the loop: readable fd → web_run(); also call it when web_timeout_ms() has
 * passed (-1: no need). web_run() handles what is ready and cuts what is late. */
int web_fd(const Web *web);
int web_timeout_ms(const Web *web);
void web_run(Web *web);
