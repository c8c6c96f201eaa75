/* The glue to libmicrohttpd: one request from its first line to its answer, and
 * the watch over connections that are too slow. The library runs in the caller's
 * thread (external epoll): nothing here blocks. */
#include "core/alloc.h"
#include "core/text.h"
#include "report/notice.h"
#include "web/web_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECTIONS = 256,
	PER_IP = 64,
	MAX_BODY = 256 << 10,
	HEADER_S = 10,
	BODY_S = 30,
	BODY_RATE = 512,
	IDLE_S = 30,
	MEMORY = 24 << 10, /* per connection: request line and headers */
	BACKLOG = 128,
	TICK_MS = 1000,
};

Duration web_mono(const Web *web)
{
	return web->api.mono ? web->api.mono(web->api.ctx)
	                     : (Duration){ web->api.now(web->api.ctx).us };
}

/* ---- replies ---- */

void reply_text(Request *r, int status, const char *text)
{
	buf_clear(&r->reply.body);
	buf_text(&r->reply.body, text);
	buf_char(&r->reply.body, '\n');
	r->reply.status = status;
}

static void error_json(Request *r, const char *code, const char *message, const char *hint)
{
	Emit e = emit_to(&r->reply.body);

	buf_clear(&r->reply.body);
	emit_object(&e, NULL);
	emit_object(&e, "error");
	emit_text(&e, "code", code);
	emit_text(&e, "message", message);
	if (!text_is_empty(hint))
		emit_text(&e, "hint", hint);
	emit_object_end(&e);
	emit_object_end(&e);
	buf_char(&r->reply.body, '\n');
	r->reply.type = "application/json";
}

void reply_err(Request *r, const Err *err)
{
	ErrCode code = err->code == ERR_NONE ? ERR_UNAVAILABLE : err->code;

	error_json(r, err_name(code), err->message, err->hint);
	r->reply.status = err_http(code);
	/* Without any token it is not that the caller may not: it has not said who it is. */
	if (r->reply.status == 403 && !r->has_bearer && r->route && r->route->role > WEB_TOKEN)
		r->reply.status = 401;
	if (err_can_retry(code))
		r->reply.retry_s = 5;
}

void reply_error(Request *r, int status, const char *text)
{
	static const struct {
		int status;
		ErrCode code;
	} codes[] = { { 401, ERR_FORBIDDEN },   { 403, ERR_FORBIDDEN }, { 404, ERR_NOT_FOUND },
		      { 413, ERR_LIMIT },       { 414, ERR_LIMIT },     { 431, ERR_LIMIT },
		      { 503, ERR_UNAVAILABLE }, { 405, ERR_USAGE },     { 421, ERR_NOT_FOUND } };
	ErrCode code = ERR_BAD_INPUT;

	for (size_t i = 0; i < COUNT_OF(codes); i++) {
		if (codes[i].status == status)
			code = codes[i].code;
	}
	error_json(r, err_name(code), text, NULL);
	r->reply.status = status;
}

static void header(struct MHD_Response *m, const char *name, const char *value)
{
	if (value)
		(void)libmhd.add_response_header(m, name, value);
}

static void safety_headers(struct MHD_Response *m, const Reply *reply)
{
	AUTO(Buf) csp = { .max = 600 };

	buf_printf(&csp, "%s; frame-ancestors 'none'",
	           reply->csp ? reply->csp : "default-src 'none'");
	header(m, "Content-Security-Policy", buf_str(&csp));
	header(m, "X-Content-Type-Options", "nosniff");
	header(m, "X-Frame-Options", "DENY");
	header(m, "Referrer-Policy", "no-referrer");
	header(m, "Cross-Origin-Opener-Policy", "same-origin");
	header(m, "Cross-Origin-Resource-Policy", reply->anyone ? "cross-origin" : "same-origin");
	if (reply->anyone)
		header(m, "Access-Control-Allow-Origin", "*");
}

static struct MHD_Response *make_response(Reply *reply)
{
	size_t n = reply->body.n;
	char *p = buf_take(&reply->body);
	struct MHD_Response *m =
	        libmhd.create_response_from_buffer_with_free_callback(n, p, mem_free);
	char retry[16];

	if (!m) {
		mem_free(p);
		return NULL;
	}
	header(m, "Content-Type", reply->type ? reply->type : "text/plain; charset=utf-8");
	header(m, "Cache-Control", reply->cache ? reply->cache : "no-store");
	header(m, "ETag", reply->etag);
	header(m, "Allow", reply->allow);
	header(m, "Location", reply->location);
	header(m, "WWW-Authenticate", reply->status == 401 ? "Bearer" : NULL);
	(void)snprintf(retry, sizeof retry, "%u", reply->retry_s);
	header(m, "Retry-After", reply->retry_s ? retry : NULL);
	header(m, "Connection", reply->close ? "close" : NULL);
	safety_headers(m, reply);
	return m;
}

static enum MHD_Result answer(Request *r, struct MHD_Connection *c, Conn *conn)
{
	struct MHD_Response *m;
	enum MHD_Result ok;

	if (r->reply.body.over)
		reply_error(r, 500, "the answer is over its limit");
	m = make_response(&r->reply);
	if (!m)
		return MHD_NO;
	ok = libmhd.queue_response(c, (unsigned)r->reply.status, m);
	libmhd.destroy_response(m);
	if (conn) {
		conn->phase = CONN_ANSWER;
		conn->since = web_mono(r->web);
	}
	return ok;
}

/* ---- one request ---- */

static const char *value_of(struct MHD_Connection *c, const char *name)
{
	return libmhd.lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
	(void)kind;
	tally_header(cls, name, value);
	return MHD_YES;
}

static void read_bearer(Request *r, struct MHD_Connection *c)
{
	const char *value = value_of(c, "Authorization");

	if (!value || strncasecmp(value, "Bearer ", 7) != 0)
		return;
	value += 7 + strspn(value + 7, " ");
	if (strlen(value) >= sizeof r->bearer)
		return;
	r->has_bearer = true;
	text_copy(r->bearer, sizeof r->bearer, value);
	if (r->web->api.role)
		r->role = r->web->api.role(r->web->api.ctx, r->bearer);
}

static bool is_allowed(Request *r)
{
	if (r->route->role <= WEB_TOKEN || r->role >= r->route->role)
		return true;
	reply_error(r, r->has_bearer ? 403 : 401,
	            r->has_bearer ? "this token may not do that" : "a token is needed");
	return false;
}

static bool find_route(Request *r, const char *method)
{
	bool known = text_eq(method, "GET") || text_eq(method, "HEAD") || text_eq(method, "POST");
	const char *allow = NULL;

	r->route = route_find(method, &r->target, &allow);
	if (r->route)
		return true;
	if (allow)
		reply_refusal(r, 405, "this address does not take that method");
	else
		reply_refusal(r, 404, "there is nothing at this address");
	r->reply.allow = allow;
	if (!known)
		r->reply.close = true;
	return false;
}

/* Everything that can be refused before the body is read; false: refused. */
static bool admit(Request *r, struct MHD_Connection *c, const char *method, const char *version)
{
	HeaderTally tally = { .http_1_0 = text_eq(version, "HTTP/1.0") };
	const char *why;
	int refusal;

	(void)libmhd.get_connection_values(c, MHD_HEADER_KIND, count_header, &tally);
	refusal = tally_judge(&tally, r->web->options.server_name, &why);
	if (refusal) {
		r->refusal = refusal;
		r->reply.close = true;
		reply_error(r, refusal, why);
		return false;
	}
	if (r->refusal) {
		reply_error(r, r->refusal,
		            r->refusal == 414 ? "the address is too long"
		                              : "the address is not well formed");
		r->reply.close = true;
		return false;
	}
	r->is_post = text_eq(method, "POST");
	r->has_body = tally.length || tally.encodings;
	r->if_none_match = value_of(c, "If-None-Match");
	r->accept_language = value_of(c, "Accept-Language");
	if (tally.length > r->web->options.max_body || (!r->is_post && r->has_body)) {
		reply_refusal(r, 413,
		              r->is_post ? "the body is too long" : "no body is taken here");
		r->reply.close = true;
		return false;
	}
	read_bearer(r, c);
	return find_route(r, method) && is_allowed(r);
}

static Conn *conn_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
	        libmhd.get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static enum MHD_Result begin(Request *r, struct MHD_Connection *c, Conn *conn, const char *method,
                             const char *version)
{
	r->started = true;
	r->body.max = r->web->options.max_body;
	r->refused = !admit(r, c, method, version);
	/* A refusal before the body closes the connection, as the library has it; without a
	 * body there is no reason to, so it waits for the next call. */
	if (r->refused && (r->reply.close || r->has_body))
		return answer(r, c, conn);
	if (conn) {
		conn->phase = CONN_BODY;
		conn->since = web_mono(r->web);
		conn->body_n = 0;
	}
	return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_n, void **state)
{
	Request *r = *state;
	Conn *conn = conn_of(c);

	(void)cls;
	(void)url;
	if (!r)
		return MHD_NO;
	if (!r->started)
		return begin(r, c, conn, method, version);
	if (*data_n) {
		buf_add(&r->body, data, *data_n);
		if (conn)
			conn->body_n += *data_n;
		*data_n = 0;
		return MHD_YES; /* over its limit: answered at the end, what comes is dropped */
	}
	if (r->refused) {
		/* its reply is made */
	} else if (r->body.over) {
		reply_refusal(r, 413, "the body is too long");
		r->reply.close = true;
	} else {
		r->if_none_match = value_of(c, "If-None-Match");
		r->accept_language = value_of(c, "Accept-Language");
		r->route->handler(r);
	}
	return answer(r, c, conn);
}

/* Called with the request line as it came, before the library decodes it. */
static void *on_target(void *cls, const char *uri, struct MHD_Connection *c)
{
	Request *r = NEW(Request);

	(void)c;
	r->web = cls;
	r->refusal = target_parse(uri, strlen(uri), &r->target);
	return r;
}

static void on_completed(void *cls, struct MHD_Connection *c, void **state,
                         enum MHD_RequestTerminationCode why)
{
	Request *r = *state;
	Conn *conn = conn_of(c);
	Web *web = cls;

	(void)why;
	if (conn) {
		conn->phase = CONN_IDLE;
		conn->since = web_mono(web);
	}
	if (!r)
		return;
	Buf_done(&r->body);
	Buf_done(&r->reply.body);
	mem_free(r);
	*state = NULL;
}

/* ---- connections ---- */

bool conn_is_late(const Conn *c, const WebOptions *o, Duration now)
{
	int64_t us = now.us - c->since.us;
	/* The first seconds are free, so that a large first packet on a slow line is no crime. */
	int64_t rated = us - seconds(5).us;

	switch (c->phase) {
	case CONN_FIRST: return us > o->header_time.us;
	case CONN_BODY:
		return us > o->body_time.us ||
		       (rated > 0 &&
		        (double)c->body_n < (double)rated / 1e6 * (double)o->body_rate);
	case CONN_ANSWER:
	case CONN_IDLE: break;
	}
	return us > o->idle_time.us;
}

static void on_connection(void *cls, struct MHD_Connection *c, void **state,
                          enum MHD_ConnectionNotificationCode what)
{
	Web *web = cls;
	Conn *conn = *state;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
		        libmhd.get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);

		conn = NEW(Conn);
		conn->fd = info ? info->connect_fd : -1;
		conn->since = web_mono(web);
		conn->next = web->conns;
		if (web->conns)
			web->conns->previous = conn;
		web->conns = conn;
		web->conns_n++;
		*state = conn;
		return;
	}
	if (!conn)
		return;
	if (conn->previous)
		conn->previous->next = conn->next;
	else
		web->conns = conn->next;
	if (conn->next)
		conn->next->previous = conn->previous;
	web->conns_n--;
	mem_free(conn);
	*state = NULL;
}

/* The library's own time-out is idle time only, which one byte now and then defeats:
 * here each phase has its end. Shutting the socket down makes the library close it. */
static void cut_late(Web *web)
{
	Duration now = web_mono(web);

	for (Conn *c = web->conns; c; c = c->next) {
		if (c->cut || c->fd < 0 || !conn_is_late(c, &web->options, now))
			continue;
		c->cut = true;
		(void)shutdown(c->fd, SHUT_RDWR);
	}
}

/* ---- the listener ---- */

static bool read_address(const WebOptions *o, struct sockaddr_storage *ret, socklen_t *ret_n)
{
	struct sockaddr_in *four = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret;

	memset(ret, 0, sizeof *ret);
	if (inet_pton(AF_INET, o->address, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(o->port);
		*ret_n = sizeof *four;
		return true;
	}
	if (inet_pton(AF_INET6, o->address, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(o->port);
		*ret_n = sizeof *six;
		return true;
	}
	return false;
}

static bool open_socket(Web *web, int *ret_fd, Err *err)
{
	struct sockaddr_storage at;
	socklen_t n;
	int fd, on = 1;

	if (!read_address(&web->options, &at, &n))
		return err_set(err, ERR_USAGE, "listen on '%s': not an IP address",
		               web->options.address);
	fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(err, ERR_IO, "listen: %s", strerror(errno));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&at, n) != 0 || listen(fd, BACKLOG) != 0) {
		err_set(err, ERR_IO, "listen on %s port %u: %s", web->options.address,
		        web->options.port, strerror(errno));
		if (errno == EADDRINUSE)
			err_hint(err, "another program has that port: choose one with --listen");
		(void)close(fd);
		return false;
	}
	n = sizeof at;
	if (getsockname(fd, (struct sockaddr *)&at, &n) == 0)
		web->port = ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
		                                           : ((struct sockaddr_in *)&at)->sin_port);
	*ret_fd = fd;
	return true;
}

static void set_options(Web *web, const WebOptions *o)
{
	WebOptions *to = &web->options;

	*to = *o;
	text_copy(web->address, sizeof web->address, o->address ? o->address : "127.0.0.1");
	to->address = web->address;
	text_copy(web->server_name, sizeof web->server_name, o->server_name ? o->server_name : "");
	to->server_name = web->server_name;
	to->connections = o->connections ? o->connections : CONNECTIONS;
	to->per_ip = o->per_ip ? o->per_ip : PER_IP;
	to->max_body = o->max_body ? o->max_body : MAX_BODY;
	to->header_time = o->header_time.us ? o->header_time : seconds(HEADER_S);
	to->body_time = o->body_time.us ? o->body_time : seconds(BODY_S);
	to->body_rate = o->body_rate ? o->body_rate : BODY_RATE;
	to->idle_time = o->idle_time.us ? o->idle_time : seconds(IDLE_S);
}

static struct MHD_Daemon *start(Web *web, int fd)
{
	unsigned flags = MHD_USE_EPOLL | (strchr(web->address, ':') ? MHD_USE_IPv6 : 0u);

	return libmhd.start_daemon(
	        flags, 0, NULL, NULL, on_request, web, MHD_OPTION_LISTEN_SOCKET, fd,
	        MHD_OPTION_CONNECTION_LIMIT, web->options.connections,
	        MHD_OPTION_PER_IP_CONNECTION_LIMIT, web->options.per_ip,
	        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
	        (unsigned)(web->options.idle_time.us / 1000000) + 5, MHD_OPTION_STRICT_FOR_CLIENT,
	        0, MHD_OPTION_URI_LOG_CALLBACK, on_target, web, MHD_OPTION_NOTIFY_COMPLETED,
	        on_completed, web, MHD_OPTION_NOTIFY_CONNECTION, on_connection, web,
	        MHD_OPTION_END);
}

Web *web_new(const WebOptions *options, const WebApi *api, Err *err)
{
	Web *web = NEW(Web);
	int fd = -1;

	if (!libmhd_open(err)) {
		mem_free(web);
		return NULL;
	}
	web->api = *api;
	set_options(web, options);
	if (!open_socket(web, &fd, err)) {
		web_free(web);
		return NULL;
	}
	web->daemon = start(web, fd);
	if (!web->daemon) {
		(void)close(fd);
		web_free(web);
		err_set(err, ERR_IO, "the HTTP library refused to start");
		return NULL;
	}
	return web;
}

void web_free(Web *web)
{
	if (!web)
		return;
	if (web->daemon)
		libmhd.stop_daemon(web->daemon);
	web_drop_files(web);
	mem_free(web);
}

uint16_t web_port(const Web *web) { return web->port; }

int web_fd(const Web *web)
{
	const union MHD_DaemonInfo *info =
	        libmhd.get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	return info ? info->epoll_fd : -1;
}

int web_timeout_ms(const Web *web)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (libmhd.get_timeout(web->daemon, &ms) == MHD_YES && ms < TICK_MS)
		return (int)ms;
	return web->conns ? TICK_MS : -1;
}

void web_run(Web *web)
{
	cut_late(web);
	(void)libmhd.run(web->daemon);
}
