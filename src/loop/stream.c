#include "loop/stream.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <unistd.h>

static void ready(void *context, int events);

enum { READ_TURN = 256 * 1024 };

/* ---- connecting ---- */

static void attempt_next(Stream *s);
static void update_events(Stream *s);

static void attempt_drop(Stream *s)
{
	tick_stop(s->job->loop, &s->attempt);
	if (s->fd >= 0) {
		watch_forget(s->watch);
		(void)close(s->fd);
	}
	s->watch = NULL;
	s->fd = -1;
}

static void attempt_failed(Stream *s, int e)
{
	/* Our own trouble with one address hides nothing that was learnt from another. */
	if (s->last_errno == 0 || !errno_is_ours(e))
		s->last_errno = e;
	attempt_drop(s);
	s->address++;
	attempt_next(s);
}

/* Also of a connection that failed: who was tried last. */
static void note_address(Stream *s, size_t i)
{
	Job *job = s->job;
	char text[ADDRESS_TEXT];

	if (i == 0 && job->answer.address)
		return; /* it was noted when it was found */
	if (i < job->addresses_n)
		job->answer.address =
		        arena_text(job->arena, address_print(&job->addresses[i], text));
}

static void attempt_late(Tick *tick)
{
	attempt_failed(CONTAINER_OF(tick, Stream, attempt), ETIMEDOUT);
}

/* Each address gets an equal share of what is left, the last one all of it. */
static Duration share(const Stream *s)
{
	const Job *job = s->job;
	int64_t left_us = job->spec->timeout.us - job_elapsed(job).us;

	return (Duration){ left_us / (int64_t)(job->addresses_n - s->address) };
}

/* Failing at once with ENETUNREACH is our routing table speaking, not the network beyond. */
static void attempt_refused_here(Stream *s, int e)
{
	attempt_failed(s, e == ENETUNREACH ? ENETDOWN : e);
}

/* Before connecting. Without quick acknowledgements the third packet of the handshake is the
 * one that carries the request (tcp(7); the kernel sends it by itself if we take long). */
static void set_options(const Stream *s)
{
	int one = 1, zero = 0;

	if (s->one_shot)
		(void)setsockopt(s->fd, IPPROTO_TCP, TCP_QUICKACK, &zero, sizeof zero);
	else
		(void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static Watch *watch_attempt(Stream *s)
{
	Loop *loop = s->job->loop;

	return s->on_bytes ? watch_new_edge(loop, s->fd, ready, s)
	                   : watch_new(loop, s->fd, UV_WRITABLE, ready, s);
}

static void attempt_next(Stream *s)
{
	Job *job = s->job;
	Address to;

	if (s->address >= job->addresses_n) {
		note_address(s, job->addresses_n - 1);
		job_fail_errno(job, FAIL_CONNECT, NULL, s->last_errno);
		return;
	}
	to = job->addresses[s->address];
	address_set_port(&to, s->port);
	s->fd = socket(to.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0) {
		attempt_refused_here(s, errno);
		return;
	}
	set_options(s);
	if (connect(s->fd, &to.sa, to.len) != 0 && errno != EINPROGRESS) {
		attempt_refused_here(s, errno);
		return;
	}
	s->watch = watch_attempt(s);
	if (!s->watch)
		attempt_refused_here(s, errno);
	else if (s->address + 1 < job->addresses_n)
		tick_set(job->loop, &s->attempt, share(s), attempt_late);
}

void stream_connect(Stream *s, Job *job, uint16_t port, void (*next)(Job *job))
{
	s->job = job;
	s->port = port;
	s->fd = -1;
	s->state = STREAM_CONNECTING;
	s->next = next;
	job->step = FAIL_CONNECT;
	job_acts(job);
	attempt_next(s);
}

static void connected(Stream *s, bool broken)
{
	Job *job = s->job;
	int e = 0;
	socklen_t n = sizeof e;

	if (broken && getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &e, &n) != 0)
		e = errno;
	if (e) {
		attempt_failed(s, e);
		return;
	}
	tick_stop(job->loop, &s->attempt);
	job->answer.took.connect = job_lap(job);
	note_address(s, s->address);
	job->step = FAIL_HTTP;
	s->state = STREAM_OPEN;
	update_events(s);
	s->next(job);
}

/* ---- TLS ---- */

static void handshake(Stream *s)
{
	Job *job = s->job;
	int r;

	ERR_clear_error();
	r = SSL_do_handshake(s->ssl);
	if (r == 1) {
		tls_done(s->ssl, &s->peer);
		job->answer.took.tls = job_lap(job);
		job->step = FAIL_HTTP;
		s->state = STREAM_OPEN;
		watch_set(s->watch, 0);
		s->next(job);
		return;
	}
	switch (SSL_get_error(s->ssl, r)) {
	case SSL_ERROR_WANT_READ: watch_set(s->watch, UV_READABLE); break;
	case SSL_ERROR_WANT_WRITE: watch_set(s->watch, UV_WRITABLE); break;
	default: job_fail(job, FAIL_TLS, "%s", tls_error(&s->peer, job->arena)); break;
	}
	ERR_clear_error();
}

void stream_secure(Stream *s, const StreamTls *tls, void (*next)(Job *job))
{
	Job *job = s->job;
	const char *name = tls->sni ? tls->sni : tls->host;

	s->peer = (TlsPeer){ .cert = &job->answer.cert,
		             .arena = job->arena,
		             .host = name,
		             .no_verify = tls->no_verify,
		             .resume = tls->resume };
	s->next = next;
	s->on_data = NULL;
	s->state = STREAM_SECURING;
	job->step = FAIL_TLS;
	job_acts(job);
	s->ssl = tls_client(job->loop, tls->ca_file, name, &s->peer, &s->tls_err);
	if (!s->ssl) {
		job_fail(job, FAIL_SELF, "%s", s->tls_err.message);
		return;
	}
	(void)SSL_set_mode(s->ssl,
	                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	(void)SSL_set_fd(s->ssl, s->fd);
	handshake(s);
}

/* ---- moving bytes ---- */

static void update_events(Stream *s)
{
	bool read = s->on_data && !s->closed && s->in.n < s->in_max;
	bool write = s->out.n > 0 || s->want_write;

	/* One that is handed bytes is told of every change as it is. */
	if (s->watch && !s->on_bytes)
		watch_set(s->watch, (read ? UV_READABLE : 0) | (write ? UV_WRITABLE : 0));
}

/* A peer that closes while we send may have said why: whoever listens reads that first, then
 * finds the connection closed. */
static ssize_t send_failed(Stream *s, int e)
{
	if (s->on_data) {
		buf_clear(&s->out);
		return 0;
	}
	job_fail_errno(s->job, FAIL_HTTP, "send", e);
	return -1;
}

/* Bytes written, 0 to wait, -1 when the job was failed. */
static ssize_t write_some(Stream *s, const char *p, size_t n)
{
	ssize_t k;

	if (!s->ssl) {
		k = send(s->fd, p, n, MSG_NOSIGNAL);
		if (k >= 0)
			return k;
		return errno == EAGAIN || errno == EINTR ? 0 : send_failed(s, errno);
	}
	ERR_clear_error();
	k = SSL_write(s->ssl, p, n > 16384 ? 16384 : (int)n);
	if (k > 0)
		return k;
	switch (SSL_get_error(s->ssl, (int)k)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE: return 0;
	default: return send_failed(s, EPIPE);
	}
}

static bool flush(Stream *s)
{
	size_t at = 0;
	ssize_t k;

	while (at < s->out.n) {
		k = write_some(s, s->out.p + at, s->out.n - at);
		if (k < 0)
			return false;
		if (k == 0)
			break;
		at += (size_t)k;
	}
	if (at > 0 && s->out.n >= at) {
		memmove(s->out.p, s->out.p + at, s->out.n - at);
		s->out.n -= at;
	}
	return true;
}

/* Bytes read, 0 to wait; a close sets s->closed. */
static ssize_t read_some(Stream *s, char *p, size_t n)
{
	ssize_t k;

	if (!s->ssl) {
		k = recv(s->fd, p, n, 0);
		if (k < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		s->closed = k <= 0;
		s->last_errno = k < 0 ? errno : 0;
		return k < 0 ? 0 : k;
	}
	ERR_clear_error();
	k = SSL_read(s->ssl, p, (int)n);
	if (k > 0)
		return k;
	switch (SSL_get_error(s->ssl, (int)k)) {
	case SSL_ERROR_WANT_READ: return 0;
	case SSL_ERROR_WANT_WRITE: s->want_write = true; return 0;
	default: s->closed = true; return 0;
	}
}

/* The kernel tells of each change once, so all there is must be read: less than there was
 * room for, unless the end was announced behind it. A server that sends faster than we read
 * gets its next turn after the others. */
static void receive_bytes(Stream *s)
{
	char chunk[16384];
	ssize_t k = 1;

	for (size_t got = 0; s->state == STREAM_OPEN && got < READ_TURN; got += (size_t)k) {
		k = recv(s->fd, chunk, sizeof chunk, 0);
		if (k < 0 && errno == EINTR)
			k = 0;
		else if (k < 0 && errno == EAGAIN)
			return;
		else if (k > 0)
			s->on_bytes(s->job, chunk, (size_t)k);
		else {
			s->closed = true;
			s->last_errno = k < 0 ? errno : 0;
			s->on_data(s->job);
			return;
		}
		if (k > 0 && k < (ssize_t)sizeof chunk && !s->ended)
			return;
	}
	if (s->state == STREAM_OPEN)
		watch_again(s->watch);
}

static void receive(Stream *s)
{
	char chunk[4096];
	size_t before = s->in.n;
	ssize_t k = 1;

	s->want_write = false;
	while (k > 0 && s->in.n < s->in_max) {
		size_t room = s->in_max - s->in.n;

		k = read_some(s, chunk, room < sizeof chunk ? room : sizeof chunk);
		if (k > 0)
			buf_add(&s->in, chunk, (size_t)k);
		/* Less than there was room for: there is no more, and asking costs a call. */
		if (!s->ssl && k < (ssize_t)sizeof chunk)
			break;
	}
	if (s->in.n > before || s->closed)
		s->on_data(s->job);
}

/* A server may have answered, or gone, before we came to see that it is there. */
static void ready_edge(Stream *s, int events)
{
	if (s->state == STREAM_CONNECTING)
		connected(s, events & WATCH_BROKEN);
	else if (s->state == STREAM_OPEN && !flush(s))
		return;
	s->ended = s->state == STREAM_OPEN && (s->ended || (events & (WATCH_ENDED | WATCH_BROKEN)));
	if (s->state == STREAM_OPEN && (s->ended || (events & UV_READABLE)))
		receive_bytes(s);
}

static void ready(void *context, int events)
{
	Stream *s = context;

	if (s->on_bytes) {
		ready_edge(s, events);
		return;
	}
	switch (s->state) {
	case STREAM_CONNECTING: connected(s, events & WATCH_BROKEN); return;
	case STREAM_SECURING: handshake(s); return;
	case STREAM_OPEN:
		if (!flush(s))
			return;
		if (s->on_data)
			receive(s);
		if (s->state == STREAM_OPEN)
			update_events(s);
		return;
	case STREAM_IDLE: return;
	}
}

void stream_listen(Stream *s, size_t in_max, void (*on_data)(Job *job))
{
	s->in_max = in_max;
	s->on_data = on_data;
	/* TLS may hold bytes that the descriptor no longer announces. */
	if (s->ssl && SSL_pending(s->ssl) > 0)
		s->want_write = true;
	update_events(s);
}

void stream_send(Stream *s, const void *p, size_t n)
{
	ssize_t k = 0;

	if (s->fd < 0)
		return;
	/* What the kernel takes at once is not copied; what is wrong, flush() finds out. */
	if (s->on_bytes && s->out.n == 0)
		k = send(s->fd, p, n, MSG_NOSIGNAL);
	if (k == (ssize_t)n)
		return;
	k = k < 0 ? 0 : k;
	buf_add(&s->out, (const char *)p + k, n - (size_t)k);
	if (flush(s))
		update_events(s);
}

void stream_take(Stream *s, size_t n)
{
	if (n == 0)
		return;
	memmove(s->in.p, s->in.p + n, s->in.n - n + 1); /* with its NUL */
	s->in.n -= n;
}

void stream_close(Stream *s)
{
	if (!s->job || s->state == STREAM_IDLE)
		return;
	s->state = STREAM_IDLE;
	s->on_data = NULL;
	if (s->ssl)
		tls_leave(s->ssl, &s->peer);
	SSL_free(s->ssl);
	s->ssl = NULL;
	attempt_drop(s);
}

void stream_free(Stream *s)
{
	Buf_done(&s->in);
	if (s->out.p) /* it may have held a password */
		explicit_bzero(s->out.p, s->out.cap);
	Buf_done(&s->out);
}
