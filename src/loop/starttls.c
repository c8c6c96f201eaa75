#include "loop/starttls.h"

#include "core/alloc.h"
#include "core/text.h"
#include "loop/smtp_reply.h"

#include <string.h>

static void say(Starttls *s, const char *bytes, size_t n)
{
	s->say = bytes;
	s->say_n = n;
}

static StarttlsTurn smtp_turn(Starttls *s, const char *in, size_t n)
{
	static const int want[] = { 220, 250, 220 };
	static const char *const next[] = { "EHLO carene.invalid\r\n", "STARTTLS\r\n" };
	SmtpReply reply = { .text.max = 16384 };
	int got = smtp_reply_read(in, n, &reply, &s->taken);
	bool offered = reply.tls;

	SmtpReply_done(&reply);
	if (got == 0) {
		s->taken = 0;
		return STARTTLS_WAIT;
	}
	if (got < 0 || reply.code != want[s->step] || (s->step == 1 && !offered))
		return STARTTLS_REFUSED;
	if (s->step == 2)
		return STARTTLS_GO;
	say(s, next[s->step], strlen(next[s->step]));
	s->step++;
	return STARTTLS_WAIT;
}

/* Untagged lines may come before the tagged answer (RFC 3501 §2.2.2). */
static StarttlsTurn imap_turn(Starttls *s, const char *in, size_t n)
{
	static const char hello[] = "* OK", done[] = "a1 OK", ask[] = "a1 STARTTLS\r\n";
	const char *at = in, *stop = in + n, *end;

	for (; at < stop && (end = memchr(at, '\n', (size_t)(stop - at))); at = end + 1) {
		const char *want = s->step == 0 ? hello : done;
		size_t want_n = strlen(want);

		s->taken = (size_t)(end + 1 - in);
		if (s->step == 1 && *at == '*')
			continue;
		if ((size_t)(end - at) < want_n || memcmp(at, want, want_n) != 0)
			return STARTTLS_REFUSED;
		if (s->step == 1)
			return STARTTLS_GO;
		s->step = 1;
		say(s, ask, sizeof ask - 1);
		return STARTTLS_WAIT;
	}
	return STARTTLS_WAIT;
}

/* SSLRequest: length 8, code 80877103; the answer is one byte (PostgreSQL manual, message
 * formats). */
static StarttlsTurn postgres_turn(Starttls *s, const char *in, size_t n)
{
	static const char request[8] = { 0, 0, 0, 8, 4, (char)210, 22, 47 };

	if (s->step == 0) {
		s->step = 1;
		say(s, request, sizeof request);
		return STARTTLS_WAIT;
	}
	if (n == 0)
		return STARTTLS_WAIT;
	s->taken = 1;
	return in[0] == 'S' ? STARTTLS_GO : STARTTLS_REFUSED;
}

/* The server speaks first: protocol version 10, a text, and its capabilities 13 bytes after;
 * 0x0800 is CLIENT_SSL. The answer is the SSLRequest packet (MySQL client/server protocol,
 * connection phase). */
static StarttlsTurn mysql_turn(Starttls *s, const char *in, size_t n)
{
	static const char request[36] = { 32, 0, 0,    1,    0x05, (char)0xae, 0x0f,
		                          0,  0, 0x00, 0x00, 1,    33 };
	const unsigned char *p = (const unsigned char *)in;
	size_t length, version;

	if (n < 4)
		return STARTTLS_WAIT;
	length = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16;
	if (length < 20 || length > 4000)
		return STARTTLS_REFUSED;
	if (n < length + 4)
		return STARTTLS_WAIT;
	version = strnlen(in + 5, length - 1);
	if (p[4] != 10 || version + 17 > length || !(p[version + 20] & 0x08))
		return STARTTLS_REFUSED;
	s->taken = length + 4;
	say(s, request, sizeof request);
	return STARTTLS_GO;
}

typedef struct Dialogue {
	const char *protocol;
	StarttlsTurn (*turn)(Starttls *s, const char *in, size_t n);
} Dialogue;

static const Dialogue dialogues[] = {
	{ "smtp", smtp_turn },
	{ "imap", imap_turn },
	{ "postgres", postgres_turn },
	{ "mysql", mysql_turn },
};

static const Dialogue *find(const char *protocol)
{
	for (size_t i = 0; i < COUNT_OF(dialogues); i++) {
		if (text_eq(dialogues[i].protocol, protocol))
			return &dialogues[i];
	}
	return NULL;
}

bool starttls_known(const char *protocol) { return find(protocol) != NULL; }

StarttlsTurn starttls_turn(const char *protocol, Starttls *s, const char *in, size_t n)
{
	s->taken = s->say_n = 0;
	return find(protocol)->turn(s, in, n);
}
