/* The signed link that acknowledges: what it says, and that nobody else wrote it.
 *
 *   2026-0012.ana.t4x2k0.3f0c…   incident . contact . expiry . signature
 *
 * Bytes outside A-Z a-z 0-9 _ - are written ~XX, so that it is safe in a path, a
 * query and an SMS. Expiry is in seconds since 1970, base 36. The signature is
 * HMAC-SHA-256 over the three parts and a label of their purpose, cut to its first
 * 128 bits (RFC 2104 §5: not less than half), as hexadecimal. Pure: the key and the
 * time come from the caller; whether the link was used before is not its matter
 * (acknowledging twice is harmless). */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "core/instant.h"

enum { ACK_TOKEN_MAX = 512 };

typedef struct AckToken {
	char incident[96]; /* id, as given to ack_token_make() */
	char contact[64];  /* "" : whoever holds the link */
	Instant expires;   /* whole seconds; valid strictly before it */
} AckToken;

void ack_token_make(const char *key, size_t key_n, const AckToken *t, Buf *out);
/* ERR_BAD_INPUT: not one; ERR_FORBIDDEN: wrong signature or expired. *ret is filled
 * only on success. */
bool ack_token_read(const char *key, size_t key_n, const char *token, Instant now, AckToken *ret,
                    Err *err) MUST_CHECK;
