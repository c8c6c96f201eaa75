/* Reading text: numbers, prefixes, UTF-8. Strict: the whole text must match, and
 * nothing depends on the locale. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_eq(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);
bool text_is_empty(const char *s); /* NULL or "" */

/* The whole of s must be the number; false leaves *ret untouched. */
bool text_int(const char *s, int64_t *ret);
bool text_real(const char *s, double *ret); /* decimal point, finite, no exponent needed */

/* Cuts the next part off *rest at any of `seps` (empty parts skipped), copied
 * NUL-terminated into out[cap]; false at the end or when it does not fit. */
bool text_part(const char **rest, const char *seps, char *out, size_t cap);

/* Copies at most cap-1 bytes without cutting a UTF-8 character; always terminated. */
void text_copy(char *out, size_t cap, const char *s);

/* Length of the UTF-8 character at s (1-4), or 0 when it is not one (RFC 3629). */
size_t utf8_step(const char *s, size_t n);
bool utf8_ok(const char *s, size_t n);
size_t utf8_count(const char *s, size_t n); /* code points; bad bytes count one each */

/* Edit distance for "did you mean" (Levenshtein, texts up to 63 bytes, else 99). */
unsigned text_distance(const char *a, const char *b);

/* The whole text; '*' in the pattern stands for any text. At most the product of both lengths
 * in steps. */
bool text_matches(const char *pattern, const char *text);
