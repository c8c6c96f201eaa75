/* A TCP service: does it accept, speak TLS, and say what it should? With STARTTLS
 * it speaks just enough of SMTP, IMAP, PostgreSQL or MySQL to get to the handshake. */
#include "loop/stream.h"

#include "core/text.h"

enum { RECEIVED_MAX = 4096 };

typedef struct TcpJob {
	Job job;
	Stream stream;
	unsigned step; /* of the STARTTLS dialogue */
} TcpJob;

static TcpJob *tcp_of(Job *job) { return CONTAINER_OF(job, TcpJob, job); }

/* ---- talking, once connected (and secured) ---- */

static void take_answer(TcpJob *t)
{
	Answer *a = &t->job.answer;
	const char *expect = t->job.spec->tcp.expect;
	Buf *in = &t->stream.in;

	a->tcp.received = buf_str(in);
	a->tcp.received_n = in->n;
	a->tcp.matched = expect && in->n > 0 && memmem(in->p, in->n, expect, strlen(expect));
}

static void on_answer(Job *job)
{
	TcpJob *t = tcp_of(job);

	if (job->answer.took.first_byte.us == 0 && t->stream.in.n > 0)
		job->answer.took.first_byte = job_lap(job);
	take_answer(t);
	if (job->answer.tcp.matched || t->stream.closed || t->stream.in.n >= RECEIVED_MAX)
		job_done(job);
}

static void talk(Job *job)
{
	TcpJob *t = tcp_of(job);
	const TcpAsk *ask = &job->spec->tcp;

	job->step = FAIL_HTTP;
	(void)job_lap(job);
	if (ask->send)
		stream_send(&t->stream, ask->send, strlen(ask->send));
	if (job->state != JOB_RUNNING)
		return;
	if (ask->expect)
		stream_listen(&t->stream, RECEIVED_MAX, on_answer);
	else
		job_done(job);
}

static void secure(Job *job)
{
	TcpJob *t = tcp_of(job);
	const TcpAsk *ask = &job->spec->tcp;
	StreamTls tls = { .host = ask->host,
		          .sni = ask->sni,
		          .ca_file = ask->ca_file,
		          .no_verify = ask->no_verify };

	/* What comes in the clear after the go-ahead was put there by somebody else. */
	if (t->stream.in.n > 0)
		job_fail(job, FAIL_TLS, "data in the clear after STARTTLS");
	else
		stream_secure(&t->stream, &tls, talk);
}

/* ---- STARTTLS dialogues: each is called when something came, and returns what to do ---- */

typedef enum Turn { WAIT, GO, REFUSED } Turn;

/* The first line that ends the reply in `in`: SMTP's "250 text"; NULL: not all there. */
static const char *reply_end(const Stream *s, size_t *ret_n)
{
	const char *at = buf_str(&s->in), *end;

	for (; (end = strstr(at, "\r\n")); at = end + 2) {
		if (end - at < 4 || at[3] != '-') {
			*ret_n = (size_t)(end + 2 - buf_str(&s->in));
			return at;
		}
	}
	return NULL;
}

static Turn smtp_turn(TcpJob *t)
{
	static const char *const want[] = { "220", "250", "220" };
	static const char *const say[] = { "EHLO carene.invalid\r\n", "STARTTLS\r\n", NULL };
	size_t n;
	const char *line = reply_end(&t->stream, &n);

	if (!line)
		return WAIT;
	if (!text_starts(line, want[t->step]) ||
	    (t->step == 1 && !strcasestr(buf_str(&t->stream.in), "STARTTLS")))
		return REFUSED;
	stream_take(&t->stream, n);
	if (!say[t->step])
		return GO;
	stream_send(&t->stream, say[t->step], strlen(say[t->step]));
	t->step++;
	return WAIT;
}

static Turn imap_turn(TcpJob *t)
{
	const char *in = buf_str(&t->stream.in), *end = strstr(in, "\r\n");
	const char *want = t->step == 0 ? "* OK" : "a1 OK";

	if (!end)
		return WAIT;
	if (t->step == 1 && in[0] == '*') { /* untagged chatter */
		stream_take(&t->stream, (size_t)(end + 2 - in));
		return imap_turn(t);
	}
	if (!text_starts(in, want))
		return REFUSED;
	stream_take(&t->stream, (size_t)(end + 2 - in));
	if (t->step++ == 1)
		return GO;
	stream_send(&t->stream, "a1 STARTTLS\r\n", 13);
	return WAIT;
}

/* SSLRequest: length 8, code 80877103 (PostgreSQL protocol, message formats). */
static Turn postgres_turn(TcpJob *t)
{
	if (t->stream.in.n == 0)
		return WAIT;
	if (t->stream.in.p[0] != 'S')
		return REFUSED;
	stream_take(&t->stream, 1);
	return GO;
}

/* The server speaks first: protocol version 10, then a text, and its capabilities after 13
 * more bytes; 0x0800 is CLIENT_SSL. We answer with the SSLRequest packet (MySQL client/server
 * protocol, connection phase). */
static Turn mysql_turn(TcpJob *t)
{
	static const unsigned char request[36] = { 32, 0, 0,    1,    0x05, 0xae, 0x0f,
		                                   0,  0, 0x00, 0x00, 1,    33 };
	const unsigned char *p = (const unsigned char *)buf_str(&t->stream.in);
	size_t n = t->stream.in.n, length, version;

	if (n < 4)
		return WAIT;
	length = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16;
	if (length < 20 || length > RECEIVED_MAX - 4)
		return REFUSED;
	if (n < length + 4)
		return WAIT;
	version = strnlen((const char *)p + 5, length - 1);
	if (p[4] != 10 || version + 1 + 13 + 2 + 1 > length ||
	    !(p[5 + version + 1 + 13 + 1] & 0x08))
		return REFUSED;
	stream_take(&t->stream, length + 4);
	stream_send(&t->stream, request, sizeof request);
	return GO;
}

typedef struct Dialogue {
	const char *name;
	Turn (*turn)(TcpJob *t);
	const char *first; /* what we say before the server does; may hold NULs */
	size_t first_n;
} Dialogue;

static const Dialogue dialogues[] = {
	{ "smtp", smtp_turn, NULL, 0 },
	{ "imap", imap_turn, NULL, 0 },
	{ "postgres", postgres_turn, "\0\0\0\10\4\322\26\57", 8 },
	{ "mysql", mysql_turn, NULL, 0 },
};

static const Dialogue *dialogue_of(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(dialogues); i++) {
		if (text_eq(dialogues[i].name, name))
			return &dialogues[i];
	}
	return NULL;
}

static void on_dialogue(Job *job)
{
	TcpJob *t = tcp_of(job);
	Turn turn = dialogue_of(job->spec->tcp.starttls)->turn(t);

	if (job->state != JOB_RUNNING)
		return;
	if (turn == GO)
		secure(job);
	else if (turn == REFUSED)
		job_fail(job, FAIL_TLS, "the server does not offer STARTTLS");
	else if (t->stream.closed)
		job_fail(job, FAIL_HTTP, "connection closed before STARTTLS");
	else if (t->stream.in.n >= RECEIVED_MAX)
		job_fail(job, FAIL_HTTP, "an endless greeting");
}

static void begin_dialogue(Job *job)
{
	TcpJob *t = tcp_of(job);
	const Dialogue *d = dialogue_of(job->spec->tcp.starttls);

	if (!d) {
		job_fail(job, FAIL_SELF, "STARTTLS for '%s' is not known", job->spec->tcp.starttls);
		return;
	}
	job->step = FAIL_HTTP;
	if (d->first)
		stream_send(&t->stream, d->first, d->first_n);
	if (job->state == JOB_RUNNING)
		stream_listen(&t->stream, RECEIVED_MAX, on_dialogue);
}

/* ---- the question ---- */

static void on_connected(Job *job)
{
	const TcpAsk *ask = &job->spec->tcp;

	if (!text_is_empty(ask->starttls))
		begin_dialogue(job);
	else if (ask->tls)
		secure(job);
	else
		talk(job);
}

static void on_resolved(Job *job)
{
	stream_connect(&tcp_of(job)->stream, job, job->spec->tcp.port, on_connected);
}

static void tcp_start(Job *job)
{
	const TcpAsk *ask = &job->spec->tcp;

	job_resolve(job, ask->host, ask->resolve_to, ask->family, ask->public_only, on_resolved);
}

static void tcp_late(Job *job)
{
	if (job->step == FAIL_HTTP)
		take_answer(tcp_of(job));
	job_fail_late(job);
}

static void tcp_stop(Job *job) { stream_close(&tcp_of(job)->stream); }
static void tcp_free(Job *job) { stream_free(&tcp_of(job)->stream); }

const JobKind ask_tcp_kind = { .size = sizeof(TcpJob),
	                       .start = tcp_start,
	                       .late = tcp_late,
	                       .stop = tcp_stop,
	                       .free = tcp_free };
