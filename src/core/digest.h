/* SHA-256 and HMAC-SHA-256 as lower-case hexadecimal text. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_TEXT = 65 };

const char *digest_sha256(const void *p, size_t n, char out[DIGEST_TEXT]);
const char *digest_hmac(const char *key, size_t key_n, const void *p, size_t n,
                        char out[DIGEST_TEXT]);
/* Compares in constant time; texts of different length are different. */
bool digest_equal(const char *a, const char *b);
