#include "loop/smtp_reply.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

void SmtpReply_done(SmtpReply *r) { Buf_done(&r->text); }

static void note_extension(SmtpReply *r, const char *text)
{
	if (strcasecmp(text, "STARTTLS") == 0) {
		r->tls = true;
	} else if (strcasecmp(text, "8BITMIME") == 0) {
		r->eight_bit = true;
	} else if (strncasecmp(text, "AUTH ", 5) == 0 || strncasecmp(text, "AUTH=", 5) == 0) {
		r->plain |= strcasestr(text + 4, "PLAIN") != NULL;
		r->login |= strcasestr(text + 4, "LOGIN") != NULL;
	}
}

/* "250", "250 text" or, when more lines follow, "250-text". False: not SMTP. */
static bool read_line(SmtpReply *r, const char *line, bool *ret_last)
{
	char digits[4] = { 0 };
	int64_t code = 0;

	memcpy(digits, line, strnlen(line, 3));
	if (strlen(digits) < 3 || !text_int(digits, &code) || code < 200 || code > 599 ||
	    (line[3] && line[3] != ' ' && line[3] != '-'))
		return false;
	r->code = (int)code;
	if (r->text.n)
		buf_char(&r->text, '\n');
	buf_text(&r->text, line[3] ? line + 4 : "");
	note_extension(r, line[3] ? line + 4 : "");
	*ret_last = line[3] != '-';
	return true;
}

int smtp_reply_read(const char *in, size_t n, SmtpReply *r, size_t *ret_taken)
{
	const char *at = in, *stop = in + n, *end;
	bool last = false;

	if (n > 0 && memchr(in, '\0', n))
		return -1;
	buf_clear(&r->text);
	r->tls = r->plain = r->login = r->eight_bit = false;
	for (; !last && at < stop && (end = memchr(at, '\n', (size_t)(stop - at))); at = end + 1) {
		size_t len = (size_t)(end - at);
		AUTO_FREE char *line = mem_text_n(at, len && at[len - 1] == '\r' ? len - 1 : len);

		if (!read_line(r, line, &last))
			return -1;
	}
	*ret_taken = (size_t)(at - in);
	return last;
}
