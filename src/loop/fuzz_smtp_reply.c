/* Replies and STARTTLS dialogues. The first byte chooses; the rest is what the server says,
 * given whole and then one byte at a time: both must come to the same end. */
#include "loop/smtp_reply.h"
#include "loop/starttls.h"

#include "core/alloc.h"
#include "core/text.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void read_reply(const char *in, size_t n)
{
	SmtpReply r = { .text.max = 16384 };
	size_t taken = 0;
	int got = smtp_reply_read(in, n, &r, &taken);

	assert(got >= -1 && got <= 1);
	if (got == 1) {
		size_t again;

		assert(taken > 0 && taken <= n && r.code >= 200 && r.code < 600);
		/* What was taken is a whole reply, and nothing shorter is. */
		assert(smtp_reply_read(in, taken, &r, &again) == 1 && again == taken);
		assert(smtp_reply_read(in, taken - 1, &r, &again) != 1);
	}
	SmtpReply_done(&r);
}

/* The whole conversation, `more` bytes at a time. */
static StarttlsTurn converse(const char *protocol, const char *in, size_t n, size_t more)
{
	Starttls s = { 0 };
	size_t from = 0, until = 0;
	StarttlsTurn turn;

	for (;;) {
		turn = starttls_turn(protocol, &s, in + from, until - from);
		assert(s.taken <= until - from);
		from += s.taken;
		if (turn != STARTTLS_WAIT)
			return turn;
		if (!s.taken && until == n)
			return turn;
		if (!s.taken)
			until = n - until < more ? n : until + more;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const protocols[] = { "smtp", "imap", "postgres", "mysql" };
	AUTO_FREE char *in = NULL;
	const char *protocol;

	if (n == 0 || n > 4000)
		return 0;
	/* Bytes of their own, NUL-terminated as a Buf is. */
	in = mem_text_n("", 0);
	in = mem_grow(in, n);
	if (n > 1)
		memcpy(in, p + 1, n - 1);
	in[n - 1] = '\0';
	read_reply(in, n - 1);
	protocol = protocols[p[0] % COUNT_OF(protocols)];
	assert(converse(protocol, in, n - 1, n) == converse(protocol, in, n - 1, 1));
	return 0;
}
