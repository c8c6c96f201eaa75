/* One HTTP exchange that is not plain (ask_http.c), by libcurl on the loop: one hop, a
 * fresh connection, no proxy, no redirect, no cookie jar, nothing kept for the next one.
 *
 * curl never looks a name up: its resolver is a thread that the loop would wait for.
 * It verifies no certificate by itself either: tls.c does, for every kind alike. */
#include "loop/loop_private.h"

#include "core/lib_curl.h"
#include "core/text.h"

#include <errno.h>

enum {
	HEADERS_MAX = 64 * 1024, /* bytes of status lines and header lines, all together */
	BODY_MAX = 1 << 20,
	POOL = 32, /* easy handles kept: a new one costs a third of a small request */
};

struct Multi {
	Loop *loop;
	CURLM *curl;
	Tick tick;
	CURL *pool[POOL];
	size_t pool_n;
};

typedef struct HttpJob {
	Job job;
	CURL *easy;
	bool added;
	struct curl_slist *fields, *resolve;
	char *url, *host, *port;
	bool https;
	TlsPeer peer;
	char detail[CURL_ERROR_SIZE];
	const char *why; /* we stopped the transfer: why */
	bool cut, headers_ended, tls_begun;
	size_t header_bytes;
	LIST(HeaderField) headers;
	Buf body;
	Err tls_err;
	int open_errno; /* why there was no socket, or no watch on it */
} HttpJob;

static HttpJob *http_of(Job *job) { return CONTAINER_OF(job, HttpJob, job); }

/* ---- curl on the loop ---- */

static void finished(HttpJob *h, CURLcode code);

static void collect(Multi *m)
{
	CURLMsg *msg;
	int left;

	while ((msg = libcurl.multi_info_read(m->curl, &left))) {
		HttpJob *h = NULL;
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		(void)libcurl.easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &h);
		finished(h, code);
	}
}

static void act(Multi *m, curl_socket_t fd, int events)
{
	int running;

	(void)libcurl.multi_socket_action(m->curl, fd, events, &running);
	collect(m);
}

typedef struct CurlFd {
	Multi *multi;
	curl_socket_t fd;
	Watch *watch;
} CurlFd;

static void curl_fd_ready(void *context, int events)
{
	CurlFd *f = context;

	act(f->multi, f->fd,
	    (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
	            (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0));
}

/* To refuse would end every transfer: this one ends when its time is over. */
static void cannot_watch(CURL *easy, int e)
{
	HttpJob *h = NULL;

	(void)libcurl.easy_getinfo(easy, CURLINFO_PRIVATE, &h);
	if (h)
		h->open_errno = e;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data)
{
	Multi *m = data;
	CurlFd *f = socket_data;
	int events =
	        (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);

	if (what == CURL_POLL_REMOVE) {
		if (f) {
			watch_free(f->watch);
			mem_free(f);
		}
		(void)libcurl.multi_assign(m->curl, fd, NULL);
		return 0;
	}
	if (f) {
		watch_set(f->watch, events);
		return 0;
	}
	f = NEW(CurlFd);
	*f = (CurlFd){ .multi = m, .fd = fd };
	f->watch = watch_new(m->loop, fd, events, curl_fd_ready, f);
	if (!f->watch) {
		mem_free(f);
		cannot_watch(easy, errno);
		return 0;
	}
	(void)libcurl.multi_assign(m->curl, fd, f);
	return 0;
}

static void on_tick(Tick *tick) { act(CONTAINER_OF(tick, Multi, tick), CURL_SOCKET_TIMEOUT, 0); }

static int on_timer(CURLM *curl, long ms, void *data)
{
	Multi *m = data;

	(void)curl;
	if (ms < 0)
		tick_stop(m->loop, &m->tick);
	else
		tick_set(m->loop, &m->tick, milliseconds(ms), on_tick);
	return 0;
}

static Multi *multi_of(Loop *loop)
{
	Multi *m = loop->multi;

	if (m)
		return m;
	m = loop->multi = NEW(Multi);
	m->loop = loop;
	m->curl = libcurl.multi_init();
	(void)libcurl.multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)libcurl.multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
	(void)libcurl.multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, on_timer);
	(void)libcurl.multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
	(void)libcurl.multi_setopt(m->curl, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	return m;
}

static CURL *easy_take(Multi *m) { return m->pool_n ? m->pool[--m->pool_n] : libcurl.easy_init(); }

static void easy_give(Multi *m, CURL *easy)
{
	libcurl.easy_reset(easy);
	if (m->pool_n < POOL)
		m->pool[m->pool_n++] = easy;
	else
		libcurl.easy_cleanup(easy);
}

void http_loop_done(Loop *loop)
{
	Multi *m = loop->multi;

	if (!m)
		return;
	while (m->pool_n)
		libcurl.easy_cleanup(m->pool[--m->pool_n]);
	(void)libcurl.multi_cleanup(m->curl);
	tick_stop(loop, &m->tick);
	mem_free(m);
	loop->multi = NULL;
}

/* ---- what comes in ---- */

static size_t stop_transfer(HttpJob *h, const char *why)
{
	h->why = why;
	return 0; /* fewer bytes than given: curl gives up with CURLE_WRITE_ERROR */
}

static void keep_field(HttpJob *h, const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n);
	const char *value = colon ? colon + 1 : NULL, *end = line + n;

	if (!colon || colon == line || line[0] == ' ' || line[0] == '\t')
		return;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	list_add(&h->headers,
	         ((HeaderField){ arena_text_n(h->job.arena, line, (size_t)(colon - line)),
	                         arena_text_n(h->job.arena, value, (size_t)(end - value)) }));
}

/* Each status line (after a "100 Continue", say) begins the headers anew; the bound is on
 * all of them together. */
static size_t on_header(char *p, size_t size, size_t n, void *data)
{
	HttpJob *h = data;
	size_t len = size * n, bare = len;

	h->header_bytes += len;
	if (h->header_bytes > HEADERS_MAX)
		return stop_transfer(h, "headers over 65536 bytes");
	while (bare > 0 && (p[bare - 1] == '\n' || p[bare - 1] == '\r'))
		bare--;
	if (bare >= 5 && memcmp(p, "HTTP/", 5) == 0)
		h->headers.n = 0;
	else if (bare > 0)
		keep_field(h, p, bare);
	/* A trailer after the body comes here too, and does not begin the headers anew. */
	h->headers_ended = bare == 0 || (h->headers_ended && h->headers.n > 0);
	return len;
}

static size_t on_body(char *p, size_t size, size_t n, void *data)
{
	HttpJob *h = data;
	const HttpAsk *ask = &h->job.spec->http;
	size_t len = size * n, room = h->body.max - h->body.n;

	if (len <= room) {
		buf_add(&h->body, p, len);
		return len;
	}
	if (!ask->keep_first)
		return stop_transfer(
		        h, arena_printf(h->job.arena, "body over %zu bytes", h->body.max));
	buf_add(&h->body, p, room);
	h->cut = true;
	return 0;
}

static CURLcode on_tls(CURL *easy, void *ctx, void *data)
{
	HttpJob *h = data;

	(void)easy;
	h->tls_begun = true;
	if (tls_prepare(h->job.loop, ctx, h->job.spec->http.ca_file, &h->peer, &h->tls_err))
		return CURLE_OK;
	return CURLE_ABORTED_BY_CALLBACK;
}

/* curl does not say why it could not have a socket. */
static curl_socket_t on_open(void *data, curlsocktype purpose, struct curl_sockaddr *a)
{
	HttpJob *h = data;
	int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);

	(void)purpose;
	if (fd < 0)
		h->open_errno = errno;
	return fd;
}

/* ---- the verdict on a transfer ---- */

static Duration info_us(HttpJob *h, CURLINFO what)
{
	curl_off_t us = 0;

	(void)libcurl.easy_getinfo(h->easy, what, &us);
	return (Duration){ us };
}

static Duration step_us(Duration from, Duration to)
{
	return (Duration){ to.us > from.us ? to.us - from.us : 0 };
}

static void take_timings(HttpJob *h)
{
	Timings *t = &h->job.answer.took;
	Duration looked = info_us(h, CURLINFO_NAMELOOKUP_TIME_T);
	Duration connected = info_us(h, CURLINFO_CONNECT_TIME_T);
	Duration secured = info_us(h, CURLINFO_APPCONNECT_TIME_T);
	Duration asked = info_us(h, CURLINFO_PRETRANSFER_TIME_T);

	t->connect = step_us(looked, connected);
	t->tls = step_us(connected, secured);
	t->first_byte = step_us(asked, info_us(h, CURLINFO_STARTTRANSFER_TIME_T));
}

static const char *version_of(HttpJob *h)
{
	long v = 0;

	(void)libcurl.easy_getinfo(h->easy, CURLINFO_HTTP_VERSION, &v);
	switch (v) {
	case CURL_HTTP_VERSION_1_0: return "1.0";
	case CURL_HTTP_VERSION_1_1: return "1.1";
	case CURL_HTTP_VERSION_2_0: return "2";
	default: return NULL;
	}
}

static void take_answer(HttpJob *h)
{
	Answer *a = &h->job.answer;
	const char *ip = NULL;
	long status = 0;

	take_timings(h);
	(void)libcurl.easy_getinfo(h->easy, CURLINFO_PRIMARY_IP, &ip);
	if (!text_is_empty(ip))
		a->address = arena_text(h->job.arena, ip);
	(void)libcurl.easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	a->http = (HttpAnswer){ .status = (int)status,
		                .version = version_of(h),
		                .headers = h->headers.at,
		                .headers_n = h->headers.n,
		                .body = buf_str(&h->body),
		                .body_n = h->body.n,
		                .cut = h->cut };
}

/* Which step was under way: what has not ended has no time. */
static FailClass step_of(HttpJob *h)
{
	if (info_us(h, CURLINFO_CONNECT_TIME_T).us == 0 && !h->tls_begun)
		return FAIL_CONNECT;
	if (h->https && info_us(h, CURLINFO_APPCONNECT_TIME_T).us == 0)
		return FAIL_TLS;
	return FAIL_HTTP;
}

static void fail_connect(HttpJob *h)
{
	Job *job = &h->job;
	long e = 0;

	(void)libcurl.easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &e);
	if (h->open_errno)
		e = h->open_errno;
	if (job->addresses_n && !address_has_route(&job->addresses[0]))
		job_fail(job, FAIL_SELF, "no route from this machine");
	else if (e)
		job_fail_errno(job, FAIL_CONNECT, NULL, (int)e);
	else
		job_fail(job, FAIL_CONNECT, "cannot connect");
}

/* curl's "OpenSSL/3.0: error:0A00010B:SSL routines::wrong version number": only its end; the
 * rest may name the host. */
static const char *tls_reason(const HttpJob *h)
{
	const char *at = strrchr(h->detail, ':');

	if (strstr(h->detail, "error:") && at)
		return at + 1;
	return strstr(h->detail, "SSL_ERROR_SYSCALL") ? "connection closed by peer" : "failed";
}

static void fail_tls(HttpJob *h)
{
	Job *job = &h->job;

	if (h->tls_err.code)
		job_fail(job, FAIL_SELF, "%s", h->tls_err.message);
	else if (h->peer.seen && !job->answer.cert.verified && !h->peer.no_verify)
		job_fail(job, FAIL_TLS, "certificate: %s", job->answer.cert.error);
	else
		job_fail(job, FAIL_TLS, "TLS handshake: %s", tls_reason(h));
}

typedef struct CodeClass {
	CURLcode code;
	FailClass fail;
	const char *text;
} CodeClass;

static const CodeClass classes[] = {
	{ CURLE_UNSUPPORTED_PROTOCOL, FAIL_HTTP, "not HTTP (or HTTP/0.9)" },
	{ CURLE_WEIRD_SERVER_REPLY, FAIL_HTTP, "not a valid HTTP answer" },
	{ CURLE_GOT_NOTHING, FAIL_HTTP, "connection closed without an answer" },
	{ CURLE_PARTIAL_FILE, FAIL_HTTP, "connection closed before the end of the body" },
	{ CURLE_RECV_ERROR, FAIL_HTTP, "connection lost while reading" },
	{ CURLE_SEND_ERROR, FAIL_HTTP, "connection lost while sending" },
	{ CURLE_BAD_CONTENT_ENCODING, FAIL_HTTP, "bad chunk or compression" },
	{ CURLE_HTTP2, FAIL_HTTP, "HTTP/2 framing error" },
	{ CURLE_HTTP2_STREAM, FAIL_HTTP, "HTTP/2 stream reset by the server" },
	{ CURLE_WRITE_ERROR, FAIL_HTTP, "not a valid HTTP answer" },
	{ CURLE_OPERATION_TIMEDOUT, FAIL_HTTP, "too slow" },
	{ CURLE_SSL_CONNECT_ERROR, FAIL_TLS, NULL },
	{ CURLE_PEER_FAILED_VERIFICATION, FAIL_TLS, NULL },
	{ CURLE_SSL_ISSUER_ERROR, FAIL_TLS, NULL },
	{ CURLE_SSL_INVALIDCERTSTATUS, FAIL_TLS, NULL },
	{ CURLE_ABORTED_BY_CALLBACK, FAIL_TLS, NULL },
	{ CURLE_COULDNT_CONNECT, FAIL_CONNECT, NULL },
};

static CodeClass class_of(CURLcode code)
{
	for (size_t i = 0; i < COUNT_OF(classes); i++) {
		if (classes[i].code == code)
			return classes[i];
	}
	return (CodeClass){ code, FAIL_SELF, libcurl.easy_strerror(code) };
}

static void finished(HttpJob *h, CURLcode code)
{
	CodeClass c = class_of(code);
	Job *job = &h->job;

	take_answer(h);
	if (h->https && code == CURLE_OK && !h->peer.seen)
		job_fail(job, FAIL_SELF, "the certificate was not verified");
	else if (h->cut || (code == CURLE_OK && h->headers_ended))
		job_done(job);
	else if (code == CURLE_OK)
		job_fail(job, FAIL_HTTP, "connection closed before the end of the headers");
	else if (h->why)
		job_fail(job, FAIL_HTTP, "%s", h->why);
	else if (c.fail == FAIL_CONNECT)
		fail_connect(h);
	else if (c.fail == FAIL_TLS)
		fail_tls(h);
	else
		job_fail(job, c.fail, "%s", c.text);
}

/* ---- the request ---- */

static bool has_field(const HttpAsk *ask, const char *name)
{
	for (size_t i = 0; i < ask->headers_n; i++) {
		if (strcasecmp(ask->headers[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool add_field(HttpJob *h, const char *name, const char *value)
{
	/* "Name;" is curl's way to send a field without a value. */
	AUTO_FREE char *line =
	        value[0] ? mem_printf("%s: %s", name, value) : mem_printf("%s;", name);

	if (strpbrk(line, "\r\n"))
		return false;
	h->fields = libcurl.slist_append(h->fields, line);
	explicit_bzero(line, strlen(line));
	return true;
}

static bool add_fields(HttpJob *h)
{
	const HttpAsk *ask = &h->job.spec->http;
	const char *bearer = secret_reveal(ask->bearer);
	bool good = true;

	for (size_t i = 0; i < ask->headers_n; i++)
		good = good && add_field(h, ask->headers[i].name, ask->headers[i].value);
	if (bearer) {
		AUTO_FREE char *value = mem_printf("Bearer %s", bearer);

		good = good && add_field(h, "Authorization", value);
		explicit_bzero(value, strlen(value));
	}
	/* Neither a wait for "100 Continue" nor a type we did not choose. */
	h->fields = libcurl.slist_append(h->fields, "Expect:");
	if (ask->body && !has_field(ask, "Content-Type"))
		h->fields = libcurl.slist_append(h->fields, "Content-Type:");
	return good;
}

#define SET(option, value) good = good && libcurl.easy_setopt(h->easy, option, value) == CURLE_OK

static bool set_request(HttpJob *h)
{
	const HttpAsk *ask = &h->job.spec->http;
	const char *method = ask->method ? ask->method : "GET";
	bool good = true;

	SET(CURLOPT_URL, h->url);
	if (ask->body) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body_n);
		SET(CURLOPT_POSTFIELDS, ask->body);
	}
	if (strcmp(method, "HEAD") == 0)
		SET(CURLOPT_NOBODY, 1L);
	else if (ask->body || strcmp(method, "GET") != 0)
		SET(CURLOPT_CUSTOMREQUEST, method);
	if (ask->user) {
		SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		SET(CURLOPT_USERNAME, ask->user);
		SET(CURLOPT_PASSWORD, ask->password ? secret_reveal(ask->password) : "");
	}
	SET(CURLOPT_HTTPHEADER, h->fields);
	if (!has_field(ask, "User-Agent"))
		SET(CURLOPT_USERAGENT, "carene");
	if (!has_field(ask, "Accept-Encoding"))
		SET(CURLOPT_ACCEPT_ENCODING, "");
	return good;
}

/* The probe sees a fresh connection, by the address we chose, and nothing of our environment. */
static bool set_connection(HttpJob *h)
{
	const HttpAsk *ask = &h->job.spec->http;
	bool good = true;

	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(h->job.spec->timeout.us / 1000 + 1000));
	if (ask->unix_socket)
		SET(CURLOPT_UNIX_SOCKET_PATH, ask->unix_socket);
	if (h->resolve)
		SET(CURLOPT_RESOLVE, h->resolve);
	SET(CURLOPT_CAINFO, NULL);
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(CURLOPT_SSL_VERIFYPEER, ask->no_verify ? 0L : 1L);
	SET(CURLOPT_SSL_VERIFYHOST, ask->no_verify ? 0L : 2L);
	SET(CURLOPT_SSL_CTX_FUNCTION, on_tls);
	SET(CURLOPT_SSL_CTX_DATA, h);
	return good;
}

/* The connection stands and the request is about to be written. */
static int on_request(void *ctx, char *peer, char *own, int peer_port, int own_port)
{
	(void)peer, (void)own, (void)peer_port, (void)own_port;
	job_irrevocable(&((HttpJob *)ctx)->job);
	return CURL_PREREQFUNC_OK;
}

static bool set_callbacks(HttpJob *h)
{
	bool good = true;

	SET(CURLOPT_PRIVATE, h);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, h);
	SET(CURLOPT_ERRORBUFFER, h->detail);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, h);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, h);
	SET(CURLOPT_PREREQFUNCTION, on_request);
	SET(CURLOPT_PREREQDATA, h);
	return good;
}

/* "+host:port:ip,ip": the + lets the entry expire from curl's own cache. */
static void set_addresses(HttpJob *h)
{
	AUTO(Buf) line = { 0 };
	char ip[ADDRESS_TEXT];
	Address literal;

	if (h->job.spec->http.unix_socket ||
	    (address_parse(h->host, &literal) && !h->job.spec->http.resolve_to))
		return;
	buf_printf(&line, "+%s:%s:", h->host, h->port);
	for (size_t i = 0; i < h->job.addresses_n; i++) {
		bool v6 = h->job.addresses[i].sa.sa_family == AF_INET6;

		buf_printf(&line, "%s%s%s%s", i ? "," : "", v6 ? "[" : "",
		           address_print(&h->job.addresses[i], ip), v6 ? "]" : "");
	}
	h->resolve = libcurl.slist_append(NULL, buf_str(&line));
}

static void perform(Job *job)
{
	HttpJob *h = http_of(job);
	Multi *m = multi_of(job->loop);

	job->step = FAIL_CONNECT;
	h->easy = easy_take(m);
	set_addresses(h);
	h->peer = (TlsPeer){ .cert = &job->answer.cert,
		             .arena = job->arena,
		             .host = h->host,
		             .no_verify = job->spec->http.no_verify };
	if (!add_fields(h)) {
		job_fail(job, FAIL_SELF, "a line break in a header field");
		return;
	}
	if (!set_callbacks(h) || !set_request(h) || !set_connection(h)) {
		job_fail(job, FAIL_SELF, "the request cannot be made");
		return;
	}
	h->added = libcurl.multi_add_handle(m->curl, h->easy) == CURLM_OK;
	if (!h->added)
		job_fail(job, FAIL_SELF, "the request cannot be started");
}

static bool url_part(CURLU *u, CURLUPart part, unsigned flags, char **ret)
{
	char *p = NULL;

	if (libcurl.url_get(u, part, &p, flags) != CURLUE_OK)
		return false;
	*ret = mem_text(p);
	libcurl.release(p);
	return true;
}

/* A host name of other alphabets is looked up as curl will spell it (IDNA). */
static bool split_url(HttpJob *h)
{
	const HttpAsk *ask = &h->job.spec->http;
	const char *url = ask->secret_url ? secret_reveal(ask->secret_url) : ask->url;
	CURLU *u = libcurl.url();
	AUTO_FREE char *scheme = NULL;
	bool good;

	good = url && libcurl.url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	       url_part(u, CURLUPART_SCHEME, 0, &scheme) &&
	       url_part(u, CURLUPART_HOST, CURLU_PUNYCODE, &h->host) &&
	       url_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, &h->port);
	h->https = text_eq(scheme, "https");
	good = good && (h->https || text_eq(scheme, "http"));
	h->url = mem_text(url);
	libcurl.url_cleanup(u);
	return good;
}

static void http_start(Job *job)
{
	HttpJob *h = http_of(job);
	const HttpAsk *ask = &job->spec->http;

	h->body.max = ask->max_body ? ask->max_body : BODY_MAX;
	if (!libcurl_open(&h->tls_err)) {
		job_fail(job, FAIL_SELF, "%s", h->tls_err.message);
		return;
	}
	if (!split_url(h)) {
		/* A secret address is not repeated. */
		job_fail(job, FAIL_SELF, "not an http or https address%s%s",
		         ask->secret_url || !ask->url ? "" : ": ",
		         ask->secret_url || !ask->url ? "" : ask->url);
		return;
	}
	if (ask->unix_socket)
		perform(job);
	else
		job_resolve(job, h->host, ask->resolve_to, ask->family, ask->public_only, perform);
}

static void http_late(Job *job)
{
	HttpJob *h = http_of(job);

	if (h->added) {
		take_answer(h);
		job->step = h->open_errno ? FAIL_SELF : step_of(h);
	}
	job_fail_late(job);
}

/* Not from inside a callback of curl: those only note what to do (stop_transfer). */
static void http_stop(Job *job)
{
	HttpJob *h = http_of(job);
	Multi *m = job->loop->multi;

	if (h->added)
		(void)libcurl.multi_remove_handle(m->curl, h->easy);
	if (h->easy)
		easy_give(m, h->easy);
	h->easy = NULL;
	for (struct curl_slist *s = h->fields; s; s = s->next)
		explicit_bzero(s->data, strlen(s->data));
	if (h->fields)
		libcurl.slist_free_all(h->fields);
	if (h->resolve)
		libcurl.slist_free_all(h->resolve);
	h->fields = h->resolve = NULL;
}

static void http_free(Job *job)
{
	HttpJob *h = http_of(job);

	if (h->url)
		explicit_bzero(h->url, strlen(h->url));
	mem_free(h->url);
	mem_free(h->host);
	mem_free(h->port);
	list_free(&h->headers);
	Buf_done(&h->body);
}

const JobKind ask_curl_kind = { .size = sizeof(HttpJob),
	                        .start = http_start,
	                        .late = http_late,
	                        .stop = http_stop,
	                        .free = http_free };
