#include "core/digest.h"

#include <sodium.h>
#include <string.h>

const char *digest_sha256(const void *p, size_t n, char out[DIGEST_TEXT])
{
	unsigned char raw[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(raw, p, n);
	return sodium_bin2hex(out, DIGEST_TEXT, raw, sizeof raw);
}

const char *digest_hmac(const char *key, size_t key_n, const void *p, size_t n,
                        char out[DIGEST_TEXT])
{
	unsigned char raw[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, key_n);
	crypto_auth_hmacsha256_update(&state, p, n);
	crypto_auth_hmacsha256_final(&state, raw);
	return sodium_bin2hex(out, DIGEST_TEXT, raw, sizeof raw);
}

bool digest_equal(const char *a, const char *b)
{
	size_t n = strlen(a);

	return n == strlen(b) && sodium_memcmp(a, b, n) == 0;
}
