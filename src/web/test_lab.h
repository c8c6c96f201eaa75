/* A listener over an invented api, and a raw client in the same thread. Time is
 * the test's: nobody waits. */
#pragma once
#include "harness.h"

#include "core/alloc.h"
#include "core/text.h"
#include "web/web_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* 2026-11-20T13:17:20Z */
#define NOW_US 1795180640000000LL

typedef struct Lab {
	Web *web;
	Duration mono;
	bool not_ready, unhealthy;
	WebAckState ack;
	int looks, acks, commands, values;
	char last[512]; /* what the api was asked last */
	StatusFacts facts;
	const Plan *plan; /* NULL: none yet */
} Lab;

static Lab lab;

static Instant api_now(void *ctx)
{
	(void)ctx;
	return (Instant){ NOW_US };
}
static Duration api_mono(void *ctx) { return ((Lab *)ctx)->mono; }
static const StatusFacts *api_status(void *ctx)
{
	return ((Lab *)ctx)->not_ready ? NULL : &((Lab *)ctx)->facts;
}

static const Plan *api_plan(void *ctx) { return ((Lab *)ctx)->plan; }

static inline void fill_ack(Lab *l, const char *token, WebAck *ret)
{
	*ret = (WebAck){ .state = text_eq(token, "good-token") ? l->ack : WEB_ACK_UNKNOWN,
		         .incident = "2026-0012",
		         .title = "Paiements <en panne>",
		         .who = "Ana",
		         .by = "Karim",
		         .at = { NOW_US - 60000000 },
		         .opened = { NOW_US - 720000000 },
		         .language = "fr" };
}
static inline void api_ack_look(void *ctx, const char *token, WebAck *ret)
{
	((Lab *)ctx)->looks++;
	fill_ack(ctx, token, ret);
}
static inline void api_ack(void *ctx, const char *token, WebAck *ret)
{
	Lab *l = ctx;

	l->acks++;
	if (l->ack == WEB_ACK_OPEN)
		l->ack = WEB_ACK_DONE;
	fill_ack(ctx, token, ret);
}

static inline bool api_push(void *ctx, const char *check, WebSignal signal, const char *token,
                            const char *body, size_t body_n, Err *err)
{
	Lab *l = ctx;

	(void)snprintf(l->last, sizeof l->last, "%s %d %s %.*s", check, (int)signal,
	               token ? token : "-", (int)(body_n < 100 ? body_n : 100), body);
	if (text_eq(check, "absent"))
		return err_set(err, ERR_NOT_FOUND, "no check 'absent'");
	if (!text_eq(token, "good-token"))
		return err_set(err, ERR_FORBIDDEN, "the token is wrong");
	return true;
}

static inline bool api_metric(void *ctx, const char *name, double value, const char *token,
                              Err *err)
{
	Lab *l = ctx;

	if (!text_eq(token, "good-token"))
		return err_set(err, ERR_FORBIDDEN, "the token is wrong");
	if (!text_starts(name, "queue"))
		return err_set(err, ERR_NOT_FOUND, "no metric '%s'", name);
	l->values++;
	(void)snprintf(l->last, sizeof l->last, "%s %g", name, value);
	return true;
}

static inline void api_metrics(void *ctx, bool checks, Buf *out)
{
	(void)ctx;
	if (checks)
		buf_text(out, "# TYPE carene_check_up gauge\ncarene_check_up{check=\"site\"} 1\n");
	buf_text(out, "# TYPE carene_up gauge\ncarene_up 1");
}
static inline bool api_health(void *ctx, Emit *out)
{
	emit_text(out, "plan", "abc");
	return !((Lab *)ctx)->unhealthy;
}
static WebRole api_role(void *ctx, const char *token)
{
	(void)ctx;
	return text_eq(token, "viewer")      ? WEB_VIEWER
	       : text_eq(token, "responder") ? WEB_RESPONDER
	       : text_eq(token, "operator")  ? WEB_OPERATOR
	                                     : WEB_PUBLIC;
}
static inline bool api_command_(void *ctx, const char *name, const char *args, WebRole role,
                                Buf *out, Err *err)
{
	Lab *l = ctx;

	l->commands++;
	(void)snprintf(l->last, sizeof l->last, "%s %s %d", name, args, (int)role);
	if (strstr(args, "2099"))
		return err_set(err, ERR_NOT_FOUND, "no incident '2099'") ||
		       err_hint(err, "carene incident list");
	buf_printf(out, "{\"did\":\"%s\"}", name);
	return true;
}

static inline void open_lab(const WebOptions *extra)
{
	static const WebApi api = { .ctx = &lab,
		                    .plan = api_plan,
		                    .now = api_now,
		                    .mono = api_mono,
		                    .status = api_status,
		                    .ack_look = api_ack_look,
		                    .ack = api_ack,
		                    .push = api_push,
		                    .metric = api_metric,
		                    .metrics = api_metrics,
		                    .health = api_health,
		                    .role = api_role,
		                    .command = api_command_ };
	static StatusPart part = {
		.id = "site", .label = "Site", .state = STATUS_UP, .since = { NOW_US - 60000000 }
	};
	static const Plan empty = { .head.item.id = "p" };
	WebOptions o = extra ? *extra : (WebOptions){ 0 };
	Err err = { 0 };

	lab = (Lab){ .mono = seconds(1000), .ack = WEB_ACK_OPEN, .plan = &empty };
	part.availability = -1;
	lab.facts = (StatusFacts){ .product = "Essai",
		                   .languages = { "fr", "en" },
		                   .languages_n = 2,
		                   .now = { NOW_US },
		                   .measured_at = { NOW_US },
		                   .measured_from = LONG_AGO,
		                   .last_outage = LONG_AGO,
		                   .parts = &part,
		                   .parts_n = 1 };
	lab.web = web_new(&o, &api, &err);
	if (!EXPECT(lab.web))
		(void)printf("# %s\n", err.message);
}

static inline void close_lab(void)
{
	web_free(lab.web);
	lab.web = NULL;
}

/* ---- a raw client in the same thread ---- */

static inline int dial(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(web_port(lab.web)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0) {
		(void)fcntl(fd, F_SETFL, O_NONBLOCK);
		return fd;
	}
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* Lets the listener work until nothing is left to do on either side. */
static inline void settle(void)
{
	for (int quiet = 0; quiet < 2;) {
		struct pollfd p = { .fd = web_fd(lab.web), .events = POLLIN };

		quiet = web_timeout_ms(lab.web) == 0 || poll(&p, 1, 1) > 0 ? 0 : quiet + 1;
		web_run(lab.web);
	}
}

/* Settles until at most n connections are left, or it is clear that more will be. */
static inline size_t settle_to(size_t n)
{
	for (int tries = 0; tries < 200 && lab.web->conns_n > n; tries++)
		settle();
	return lab.web->conns_n;
}

static inline void say(int fd, const char *p, size_t n)
{
	size_t at = 0;

	for (int tries = 0; at < n && tries < 1000; tries++) {
		ssize_t sent = send(fd, p + at, n - at, MSG_NOSIGNAL);

		if (sent > 0)
			at += (size_t)sent;
		else
			settle();
	}
}

/* What came so far; *ret_closed when the other side has ended. */
static inline void hear(int fd, Buf *out, bool *ret_closed)
{
	char chunk[16384];

	*ret_closed = false;
	settle();
	for (;;) {
		ssize_t n = recv(fd, chunk, sizeof chunk, 0);

		if (n > 0) {
			buf_add(out, chunk, (size_t)n);
			settle();
			continue;
		}
		*ret_closed = n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
		return;
	}
}

static Buf heard;
static bool closed;

/* One connection, one exchange; the answer is in `heard` until the next. */
static inline int ask_n(const char *request, size_t n)
{
	int fd = dial();

	Buf_done(&heard);
	if (!EXPECT(fd >= 0))
		return 0;
	settle();
	say(fd, request, n);
	/* Every request gets something: a busy machine only takes longer to bring it. */
	for (int tries = 0; tries < 1000; tries++) {
		hear(fd, &heard, &closed);
		if (heard.n || closed)
			break;
	}
	hear(fd, &heard, &closed);
	(void)close(fd);
	settle();
	return strncmp(buf_str(&heard), "HTTP/1.1 ", 9) == 0
	               ? (int)strtol(buf_str(&heard) + 9, NULL, 10)
	               : 0;
}

static inline int ask(const char *request) { return ask_n(request, strlen(request)); }

static inline int get(const char *path)
{
	AUTO(Buf) b = { 0 };

	buf_printf(&b, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
	return ask(buf_str(&b));
}

static inline int call(const char *method, const char *path, const char *token, const char *body)
{
	AUTO(Buf) b = { 0 };

	buf_printf(&b, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", method, path);
	if (token)
		buf_printf(&b, "Authorization: Bearer %s\r\n", token);
	if (text_eq(method, "POST"))
		buf_printf(&b, "Content-Length: %zu\r\n", strlen(body ? body : ""));
	buf_printf(&b, "\r\n%s", body ? body : "");
	return ask(buf_str(&b));
}

static inline size_t answers(void)
{
	size_t n = 0;

	for (const char *p = buf_str(&heard); (p = strstr(p, "HTTP/1.1 ")); p++)
		n++;
	return n;
}

static inline const char *body(void)
{
	const char *p = strstr(buf_str(&heard), "\r\n\r\n");

	return p ? p + 4 : "";
}
