/* One plain HTTP exchange: a GET or HEAD in HTTP/1.1 on a fresh connection, closed
 * after it. What most checks are, at a fraction of what a general client costs.
 *
 * Whatever is not plain (a body, another method, credentials by libcurl, a local
 * socket, an address that needs interpreting, a coding the plan asks for) is left to
 * ask_curl.c; http_is_plain() tells them apart. Both give the same verdict on the same
 * server, which a test holds against a collection of bad ones. */
#include "loop/http_reply.h"
#include "loop/http_url.h"
#include "loop/stream.h"

#include "core/text.h"

#include <string.h>
#include <strings.h>

enum { BODY_MAX = 1 << 20, READ_MAX = 256 * 1024 };

typedef struct HttpJob {
	Job job;
	Stream stream;
	HttpReply reply;
	PlainUrl url;
	const char *host; /* in the job's arena */
	bool secret;      /* the request has one */
	Buf request;      /* kept from one question to the next, as the reply's buffers are */
} HttpJob;

static HttpJob *http_of(Job *job) { return CONTAINER_OF(job, HttpJob, job); }

static const char *url_of(const HttpAsk *ask)
{
	return ask->secret_url ? secret_reveal(ask->secret_url) : ask->url;
}

static bool is_plain_field(const HeaderField *f)
{
	static const char *const others[] = { "Accept-Encoding", "Connection",
		                              "Expect",          "TE",
		                              "Upgrade",         "Transfer-Encoding",
		                              "Content-Length" };

	for (size_t i = 0; i < COUNT_OF(others); i++) {
		if (strcasecmp(f->name, others[i]) == 0)
			return false;
	}
	return true;
}

bool http_is_plain(const HttpAsk *ask, PlainUrl *ret_url)
{
	if (ask->body || ask->user || ask->unix_socket ||
	    (ask->method && !text_eq(ask->method, "GET") && !text_eq(ask->method, "HEAD")))
		return false;
	for (size_t i = 0; i < ask->headers_n; i++) {
		if (!is_plain_field(&ask->headers[i]))
			return false;
	}
	return http_url_plain(url_of(ask), ret_url);
}

void ask_http_url(Job *job, const PlainUrl *url) { http_of(job)->url = *url; }

/* ---- the request ---- */

static bool has_field(const HttpAsk *ask, const char *name)
{
	for (size_t i = 0; i < ask->headers_n; i++) {
		if (strcasecmp(ask->headers[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool add_field(Buf *b, const char *name, const char *value)
{
	if (strpbrk(name, "\r\n") || strpbrk(value, "\r\n"))
		return false;
	buf_text(b, name);
	buf_text(b, *value ? ": " : ":");
	buf_text(b, value);
	buf_text(b, "\r\n");
	return true;
}

static void add_target(Buf *b, const HttpJob *h)
{
	const PlainUrl *u = &h->url;

	buf_text(b, h->reply.head ? "HEAD " : "GET ");
	if (u->path_n == 0 || u->path[0] == '?')
		buf_char(b, '/');
	buf_add(b, u->path, u->path_n);
	buf_text(b, " HTTP/1.1\r\n");
	if (has_field(&h->job.spec->http, "Host"))
		return;
	buf_text(b, u->literal6 ? "Host: [" : "Host: ");
	buf_add(b, u->host, u->host_n);
	buf_text(b, u->literal6 ? "]" : "");
	if (u->has_port && u->port != (u->https ? 443 : 80))
		buf_add(b, u->port_text, u->port_n);
	buf_text(b, "\r\n");
}

static bool add_request(Buf *b, const HttpJob *h)
{
	const HttpAsk *ask = &h->job.spec->http;
	const char *bearer = secret_reveal(ask->bearer);
	bool good = true;

	add_target(b, h);
	if (!ask->headers_n)
		buf_text(b, "User-Agent: carene\r\nAccept: */*\r\n");
	if (ask->headers_n && !has_field(ask, "User-Agent"))
		buf_text(b, "User-Agent: carene\r\n");
	if (ask->headers_n && !has_field(ask, "Accept"))
		buf_text(b, "Accept: */*\r\n");
	for (size_t i = 0; i < ask->headers_n; i++)
		good = good && add_field(b, ask->headers[i].name, ask->headers[i].value);
	if (bearer) {
		buf_text(b, "Authorization: Bearer ");
		good = good && !strpbrk(bearer, "\r\n");
		buf_text(b, bearer);
		buf_text(b, "\r\n");
	}
	buf_text(b, "Connection: close\r\n\r\n");
	return good && !b->over;
}

/* ---- the answer ---- */

static void take_answer(HttpJob *h)
{
	h->job.answer.http = (HttpAnswer){ .status = h->reply.status,
		                           .version = h->reply.version,
		                           .headers = h->reply.headers.at,
		                           .headers_n = h->reply.headers.n,
		                           .body = buf_str(&h->reply.body),
		                           .body_n = h->reply.body.n,
		                           .cut = h->reply.cut };
}

static void end_with(HttpJob *h, ReplyState state)
{
	take_answer(h);
	if (state == REPLY_DONE)
		job_done(&h->job);
	else
		job_fail(&h->job, FAIL_HTTP, "%s", h->reply.error);
}

/* A connection that broke is told from one that ended where bytes were still owed. */
static void on_closed(HttpJob *h)
{
	ReplyState state = http_reply_end(&h->reply);

	if (h->stream.last_errno && (state == REPLY_BAD || !h->reply.has_length)) {
		take_answer(h);
		job_fail(&h->job, FAIL_HTTP, "connection lost while reading");
		return;
	}
	end_with(h, state);
}

static void on_bytes(Job *job, const char *p, size_t n)
{
	HttpJob *h = http_of(job);
	ReplyState state;

	if (job->answer.took.first_byte.us == 0 && n > 0)
		job->answer.took.first_byte = job_lap(job);
	state = http_reply_feed(&h->reply, p, n);
	if (state != REPLY_MORE)
		end_with(h, state);
}

/* Over TLS the bytes are in `in`; plain ones came by themselves. */
static void on_data(Job *job)
{
	HttpJob *h = http_of(job);

	if (h->stream.in.n > 0) {
		on_bytes(job, buf_str(&h->stream.in), h->stream.in.n);
		stream_take(&h->stream, h->stream.in.n);
	}
	if (h->stream.closed && job->state == JOB_RUNNING)
		on_closed(h);
}

/* ---- the exchange ---- */

static void request(Job *job)
{
	HttpJob *h = http_of(job);
	Buf *b = &h->request;

	job->step = FAIL_HTTP;
	b->max = job->spec->http.bearer ? 64 * 1024 : 0;
	if (!add_request(b, h)) {
		job_fail(job, FAIL_SELF, "a line break in a header field");
		return;
	}
	job_acts(job);
	job_irrevocable(job);
	/* Listening first: a peer that closes while we send may have said why. */
	stream_listen(&h->stream, READ_MAX, on_data);
	stream_send(&h->stream, b->p, b->n);
}

static void on_connected(Job *job)
{
	HttpJob *h = http_of(job);
	const HttpAsk *ask = &job->spec->http;
	StreamTls tls = { .host = h->host,
		          .ca_file = ask->ca_file,
		          .no_verify = ask->no_verify,
		          .resume = ask->resume };

	if (h->url.https)
		stream_secure(&h->stream, &tls, request);
	else
		request(job);
}

static void on_resolved(Job *job)
{
	HttpJob *h = http_of(job);

	h->stream.one_shot = !h->url.https;
	h->stream.on_bytes = h->url.https ? NULL : on_bytes;
	stream_connect(&h->stream, job, h->url.port, on_connected);
}

static void http_start(Job *job)
{
	HttpJob *h = http_of(job);
	const HttpAsk *ask = &job->spec->http;

	h->secret = ask->bearer || ask->secret_url;
	h->reply.arena = job->arena;
	h->reply.head = ask->method && text_eq(ask->method, "HEAD");
	h->reply.keep_first = ask->keep_first;
	h->reply.max_body = ask->max_body ? ask->max_body : BODY_MAX;
	h->host = arena_text_n(job->arena, h->url.host, h->url.host_n);
	for (size_t i = 0; i < ask->headers_n; i++) {
		if (strpbrk(ask->headers[i].name, "\r\n") ||
		    strpbrk(ask->headers[i].value, "\r\n")) {
			job_fail(job, FAIL_SELF, "a line break in a header field");
			return;
		}
	}
	job_resolve(job, h->host, ask->resolve_to, ask->family, ask->public_only, on_resolved);
}

static void http_late(Job *job)
{
	if (job->step == FAIL_HTTP)
		take_answer(http_of(job));
	job_fail_late(job);
}

static void http_stop(Job *job) { stream_close(&http_of(job)->stream); }

static void http_free(Job *job)
{
	HttpJob *h = http_of(job);

	http_reply_free(&h->reply);
	stream_free(&h->stream);
	if (h->request.p) /* it may have held a password */
		explicit_bzero(h->request.p, h->request.cap);
	Buf_done(&h->request);
}

/* What the last one left in them is not for the next: texts end where they begin. */
static Buf emptied(Buf *b, size_t keep, bool wipe)
{
	if (wipe && b->p)
		explicit_bzero(b->p, b->cap);
	if (b->cap > keep)
		Buf_done(b);
	buf_clear(b);
	return (Buf){ .p = b->p, .cap = b->cap };
}

void ask_http_recycle(Job *job)
{
	enum { KEEP = 4096, KEEP_FIELDS = 64 };
	HttpJob *h = http_of(job);
	Loop *loop = job->loop;
	Buf request = emptied(&h->request, KEEP, h->secret),
	    body = emptied(&h->reply.body, KEEP, false);
	HttpReply reply = { .headers = { h->reply.headers.at, 0, h->reply.headers.cap } };

	if (reply.headers.cap > KEEP_FIELDS)
		list_free(&reply.headers);
	h->reply.headers.at = NULL;
	h->reply.body = (Buf){ 0 };
	http_reply_free(&h->reply);
	stream_free(&h->stream);
	memset(h, 0, sizeof *h);
	job->loop = loop;
	job->kind = &ask_http_kind;
	h->request = request;
	h->reply = reply;
	h->reply.body = body;
}

const JobKind ask_http_kind = { .size = sizeof(HttpJob),
	                        .start = http_start,
	                        .late = http_late,
	                        .stop = http_stop,
	                        .free = http_free };
