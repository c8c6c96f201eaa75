/* A TCP service: does it accept, speak TLS, and say what it should? With STARTTLS
 * it gets to the handshake through the protocol's own words (starttls.c). */
#include "core/text.h"
#include "loop/starttls.h"
#include "loop/stream.h"

enum { RECEIVED_MAX = 4096 };

typedef struct TcpJob {
	Job job;
	Stream stream;
	Starttls dialogue;
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

/* ---- STARTTLS ---- */

static void on_dialogue(Job *job)
{
	TcpJob *t = tcp_of(job);
	StarttlsTurn turn;

	do {
		turn = starttls_turn(job->spec->tcp.starttls, &t->dialogue, buf_str(&t->stream.in),
		                     t->stream.in.n);
		stream_take(&t->stream, t->dialogue.taken);
		if (t->dialogue.say_n)
			stream_send(&t->stream, t->dialogue.say, t->dialogue.say_n);
	} while (turn == STARTTLS_WAIT && t->dialogue.taken && job->state == JOB_RUNNING);
	if (job->state != JOB_RUNNING)
		return;
	if (turn == STARTTLS_GO)
		secure(job);
	else if (turn == STARTTLS_REFUSED)
		job_fail(job, FAIL_TLS, "the server does not offer STARTTLS");
	else if (t->stream.closed)
		job_fail(job, FAIL_HTTP, "connection closed before STARTTLS");
	else if (t->stream.in.n >= RECEIVED_MAX)
		job_fail(job, FAIL_HTTP, "an endless greeting");
}

static void begin_dialogue(Job *job)
{
	const char *protocol = job->spec->tcp.starttls;

	if (!starttls_known(protocol)) {
		job_fail(job, FAIL_SELF, "STARTTLS for '%s' is not known", protocol);
		return;
	}
	job->step = FAIL_HTTP;
	stream_listen(&tcp_of(job)->stream, RECEIVED_MAX, on_dialogue);
	on_dialogue(job); /* where it is for us to speak first */
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
