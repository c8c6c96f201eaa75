/* The few words of SMTP, IMAP, PostgreSQL and MySQL that lead to a TLS handshake, as a
 * function of what the server has said so far. It sends nothing itself. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef enum StarttlsTurn {
	STARTTLS_WAIT,    /* for more of the server's words */
	STARTTLS_GO,      /* after saying what is to be said: handshake */
	STARTTLS_REFUSED, /* the server does not offer it, or is something else */
} StarttlsTurn;

typedef struct Starttls {
	unsigned step; /* 0 at first */
	size_t taken;  /* bytes of `in` that were used up; the caller drops them */
	const char *say;
	size_t say_n; /* to be sent now; 0: nothing */
} Starttls;

bool starttls_known(const char *protocol);
/* Called at the start with nothing, then each time something came. */
StarttlsTurn starttls_turn(const char *protocol, Starttls *s, const char *in, size_t n);
