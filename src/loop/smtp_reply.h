/* One reply of an SMTP server (RFC 5321 §4.2), read from bytes that may come from
 * anybody and may not all be there yet. */
#pragma once
#include "core/buf.h"

typedef struct SmtpReply {
	int code; /* 200-599 */
	Buf text; /* the lines without their codes, joined by "\n" */
	/* Extensions named in it, for the reply to EHLO. */
	bool tls, plain, login, eight_bit;
} SmtpReply;

void SmtpReply_done(SmtpReply *r);

/* 1: read, of *ret_taken bytes; 0: the rest is still to come; -1: this is not SMTP. */
int smtp_reply_read(const char *in, size_t n, SmtpReply *reply, size_t *ret_taken);
