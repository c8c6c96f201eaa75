/* One message to one SMTP server (RFC 5321): greeting, EHLO, STARTTLS, AUTH, the
 * envelope, the text. The server's last reply is the answer; whether to try again
 * is for the caller to judge from its code.
 *
 * curl could, but it waits for the reply to QUIT with the whole loop standing
 * still. Here QUIT is said and not waited for. It does not pipeline, and it
 * sends nothing to anybody when one recipient is refused. */
#include "core/text.h"
#include "loop/smtp_reply.h"
#include "loop/stream.h"

#include <sodium.h>
#include <sys/utsname.h>

enum {
	REPLY_MAX = 16 * 1024, /* bytes of one reply, all its lines */
	MESSAGE_MAX = 64 << 20,
};

typedef enum MailStep {
	MAIL_GREETING,
	MAIL_EHLO,
	MAIL_STARTTLS,
	MAIL_AUTH_PLAIN,
	MAIL_AUTH_LOGIN,
	MAIL_AUTH_USER,
	MAIL_AUTH_PASSWORD,
	MAIL_FROM,
	MAIL_RCPT,
	MAIL_DATA,
	MAIL_TEXT,
} MailStep;

typedef struct MailJob {
	Job job;
	Stream stream;
	MailStep step;
	size_t recipient; /* next to name */
	SmtpReply reply;  /* the last one */
	SmtpReply offers; /* its flags: what the reply to EHLO offered */
	bool secured;
} MailJob;

static MailJob *mail_of(Job *job) { return CONTAINER_OF(job, MailJob, job); }

static void say(MailJob *m, MailStep next, const char *line)
{
	m->step = next;
	buf_text(&m->stream.out, line);
	stream_send(&m->stream, "\r\n", 2);
}

/* ---- ending ---- */

static void take_reply(MailJob *m)
{
	m->job.answer.mail =
	        (MailAnswer){ .code = m->reply.code,
		              .text = arena_text(m->job.arena, buf_str(&m->reply.text)) };
}

static void answered(MailJob *m)
{
	take_reply(m);
	if (!m->stream.closed)
		stream_send(&m->stream, "QUIT\r\n", 6);
	job_done(&m->job);
}

/* ---- our side of the dialogue ---- */

static const char *our_name(char out[256])
{
	struct utsname u;

	if (uname(&u) != 0 || !u.nodename[0] ||
	    u.nodename[strspn(u.nodename, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                                  "0123456789-.")])
		return "localhost";
	text_copy(out, 256, u.nodename);
	return out;
}

static void say_ehlo(MailJob *m)
{
	char name[256], line[300];

	(void)snprintf(line, sizeof line, "EHLO %s", our_name(name));
	say(m, MAIL_EHLO, line);
}

static void say_base64(MailJob *m, MailStep next, const char *before, const char *p, size_t n)
{
	size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
	AUTO_FREE char *coded = mem_new(room);
	AUTO_FREE char *line = NULL;

	(void)sodium_bin2base64(coded, room, (const unsigned char *)p, n,
	                        sodium_base64_VARIANT_ORIGINAL);
	line = mem_printf("%s%s", before, coded);
	say(m, next, line);
	sodium_memzero(coded, room);
	sodium_memzero(line, strlen(line));
}

static const char *password_of(const MailJob *m)
{
	const char *p = secret_reveal(m->job.spec->mail.password);

	return p ? p : "";
}

/* RFC 4616: NUL user NUL password. */
static void say_plain(MailJob *m)
{
	const char *user = m->job.spec->mail.user, *password = password_of(m);
	size_t user_n = strlen(user), n = user_n + strlen(password) + 2;
	AUTO_FREE char *both = mem_new(n + 1);

	memcpy(both + 1, user, user_n);
	memcpy(both + 2 + user_n, password, strlen(password));
	say_base64(m, MAIL_AUTH_PLAIN, "AUTH PLAIN ", both, n);
	sodium_memzero(both, n);
}

static void say_from(MailJob *m)
{
	const MailAsk *ask = &m->job.spec->mail;
	bool eight = false;
	AUTO_FREE char *line = NULL;

	for (size_t i = 0; i < ask->message_n && !eight; i++)
		eight = (unsigned char)ask->message[i] >= 0x80;
	line = mem_printf("MAIL FROM:<%s>%s", ask->from,
	                  eight && m->offers.eight_bit ? " BODY=8BITMIME" : "");
	say(m, MAIL_FROM, line);
}

static void say_recipient(MailJob *m)
{
	const char *to = m->job.spec->mail.to[m->recipient];
	AUTO_FREE char *line = NULL;

	if (!to) {
		say(m, MAIL_DATA, "DATA");
		return;
	}
	m->recipient++;
	line = mem_printf("RCPT TO:<%s>", to);
	say(m, MAIL_RCPT, line);
}

/* Lines end in CRLF whatever they ended in, and a dot that begins one is doubled (RFC 5321
 * §4.5.2): so no text can end the message early, nor smuggle a command in. */
static void say_message(MailJob *m)
{
	const MailAsk *ask = &m->job.spec->mail;
	const char *p = ask->message, *end = p + ask->message_n;
	Buf *out = &m->stream.out;

	out->max = ask->message_n * 2 + 64;
	while (p < end) {
		const char *stop = p;

		while (stop < end && *stop != '\r' && *stop != '\n')
			stop++;
		if (*p == '.')
			buf_char(out, '.');
		buf_add(out, p, (size_t)(stop - p));
		buf_text(out, "\r\n");
		p = stop + (stop + 1 < end && stop[0] == '\r' && stop[1] == '\n' ? 2 : 1);
	}
	m->step = MAIL_TEXT;
	job_irrevocable(&m->job);
	stream_send(&m->stream, ".\r\n", 3);
}

static void on_secured(Job *job);

static void begin_tls(MailJob *m)
{
	const MailAsk *ask = &m->job.spec->mail;
	StreamTls tls = { .host = ask->host, .ca_file = ask->ca_file, .no_verify = ask->no_verify };

	if (m->stream.in.n > 0)
		job_fail(&m->job, FAIL_TLS, "data in the clear after STARTTLS");
	else
		stream_secure(&m->stream, &tls, on_secured);
}

static void after_ehlo(MailJob *m)
{
	const MailAsk *ask = &m->job.spec->mail;

	m->offers = m->reply;
	m->offers.text = (Buf){ 0 };
	if (ask->starttls && !m->secured) {
		if (m->offers.tls)
			say(m, MAIL_STARTTLS, "STARTTLS");
		else
			job_fail(&m->job, FAIL_TLS, "the server does not offer STARTTLS");
	} else if (text_is_empty(ask->user)) {
		say_from(m);
	} else if (m->offers.plain) {
		say_plain(m);
	} else if (m->offers.login) {
		say(m, MAIL_AUTH_LOGIN, "AUTH LOGIN");
	} else {
		job_fail(&m->job, FAIL_HTTP, "the server offers neither AUTH PLAIN nor AUTH LOGIN");
	}
}

/* ---- the server's side ---- */

static int wanted(MailStep step)
{
	switch (step) {
	case MAIL_GREETING:
	case MAIL_STARTTLS: return 220;
	case MAIL_AUTH_PLAIN:
	case MAIL_AUTH_PASSWORD: return 235;
	case MAIL_AUTH_LOGIN:
	case MAIL_AUTH_USER: return 334;
	case MAIL_DATA: return 354;
	case MAIL_EHLO:
	case MAIL_FROM:
	case MAIL_RCPT:
	case MAIL_TEXT: return 250;
	}
	return 250;
}

static void proceed(MailJob *m)
{
	const MailAsk *ask = &m->job.spec->mail;

	switch (m->step) {
	case MAIL_GREETING: say_ehlo(m); break;
	case MAIL_EHLO: after_ehlo(m); break;
	case MAIL_STARTTLS: begin_tls(m); break;
	case MAIL_AUTH_LOGIN:
		say_base64(m, MAIL_AUTH_USER, "", ask->user, strlen(ask->user));
		break;
	case MAIL_AUTH_USER:
		say_base64(m, MAIL_AUTH_PASSWORD, "", password_of(m), strlen(password_of(m)));
		break;
	case MAIL_AUTH_PLAIN:
	case MAIL_AUTH_PASSWORD: say_from(m); break;
	case MAIL_FROM:
	case MAIL_RCPT: say_recipient(m); break;
	case MAIL_DATA: say_message(m); break;
	case MAIL_TEXT: answered(m); break;
	}
}

/* A code is judged by its first digit (RFC 5321 §4.2: a client must), so 251 is as good as
 * 250. A 4xx or 5xx is the server's answer; any other surprise is not SMTP. */
static void on_reply(MailJob *m)
{
	if (m->reply.code / 100 == wanted(m->step) / 100) {
		proceed(m);
	} else if (m->reply.code >= 400 && m->reply.code < 600) {
		answered(m);
	} else {
		take_reply(m);
		job_fail(&m->job, FAIL_HTTP, "unexpected SMTP reply %d", m->reply.code);
	}
}

static void on_data(Job *job)
{
	MailJob *m = mail_of(job);
	size_t taken;
	int got = 1;

	/* One reply per step; STARTTLS leaves the rest, if any, for begin_tls() to refuse. */
	while (got == 1 && job->state == JOB_RUNNING && m->stream.state == STREAM_OPEN) {
		got = smtp_reply_read(buf_str(&m->stream.in), m->stream.in.n, &m->reply, &taken);
		if (got == 1) {
			stream_take(&m->stream, taken);
			if (job->answer.took.first_byte.us == 0)
				job->answer.took.first_byte = job_lap(job);
			on_reply(m);
		}
	}
	if (job->state != JOB_RUNNING || m->stream.state != STREAM_OPEN)
		return;
	if (got < 0)
		job_fail(job, FAIL_HTTP, "not SMTP");
	else if (m->stream.closed)
		job_fail(job, FAIL_HTTP, "connection closed by the server");
	else if (m->stream.in.n >= REPLY_MAX)
		job_fail(job, FAIL_HTTP, "an endless reply");
}

/* ---- the question ---- */

/* TLS from the first byte: the greeting is still to come. After STARTTLS: EHLO anew. */
static void on_secured(Job *job)
{
	MailJob *m = mail_of(job);

	m->secured = true;
	stream_listen(&m->stream, REPLY_MAX, on_data);
	if (m->step == MAIL_STARTTLS)
		say_ehlo(m);
}

static void on_connected(Job *job)
{
	MailJob *m = mail_of(job);

	if (job->spec->mail.tls)
		begin_tls(m);
	else
		stream_listen(&m->stream, REPLY_MAX, on_data);
}

static void on_resolved(Job *job)
{
	stream_connect(&mail_of(job)->stream, job, job->spec->mail.port, on_connected);
}

static bool address_ok(const char *a)
{
	if (text_is_empty(a) || strlen(a) > 254)
		return false;
	for (; *a; a++) {
		if ((unsigned char)*a <= ' ' || *a == 0x7f || *a == '<' || *a == '>')
			return false;
	}
	return true;
}

static bool envelope_ok(const MailAsk *ask)
{
	/* The empty sender is the null reverse-path, for messages that want no bounce. */
	if (!ask->from || (ask->from[0] && !address_ok(ask->from)) || !ask->to || !ask->to[0])
		return false;
	for (size_t i = 0; ask->to[i]; i++) {
		if (!address_ok(ask->to[i]))
			return false;
	}
	return true;
}

static void mail_start(Job *job)
{
	const MailAsk *ask = &job->spec->mail;
	MailJob *m = mail_of(job);

	m->reply.text.max = REPLY_MAX;
	if (!envelope_ok(ask))
		job_fail(job, FAIL_SELF, "the sender or a recipient is not a mail address");
	else if (ask->message_n > MESSAGE_MAX)
		job_fail(job, FAIL_SELF, "message over %d bytes", MESSAGE_MAX);
	else
		job_resolve(job, ask->host, NULL, 0, false, on_resolved);
}

static void mail_late(Job *job)
{
	take_reply(mail_of(job));
	job_fail_late(job);
}

static void mail_stop(Job *job) { stream_close(&mail_of(job)->stream); }

static void mail_free(Job *job)
{
	stream_free(&mail_of(job)->stream);
	SmtpReply_done(&mail_of(job)->reply);
}

const JobKind ask_mail_kind = { .size = sizeof(MailJob),
	                        .start = mail_start,
	                        .late = mail_late,
	                        .stop = mail_stop,
	                        .free = mail_free };
