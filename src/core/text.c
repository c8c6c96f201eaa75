#include "core/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool text_eq(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

bool text_starts(const char *s, const char *prefix)
{
	return s && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
	size_t n = s ? strlen(s) : 0, m = strlen(suffix);

	return s && n >= m && memcmp(s + n - m, suffix, m) == 0;
}

bool text_is_empty(const char *s) { return !s || !*s; }

bool text_int(const char *s, int64_t *ret)
{
	int64_t value = 0;
	bool negative;

	if (text_is_empty(s))
		return false;
	negative = *s == '-';
	if (negative && !*++s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *s - '0', &value))
			return false;
	}
	*ret = negative ? -value : value;
	return true;
}

bool text_real(const char *s, double *ret)
{
	double whole = 0, unit = 1, sign = 1;
	unsigned digits = 0;

	if (text_is_empty(s))
		return false;
	if (*s == '-') {
		sign = -1;
		s++;
	}
	for (; *s >= '0' && *s <= '9'; s++, digits++)
		whole = whole * 10 + (*s - '0');
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9'; s++, digits++) {
			whole = whole * 10 + (*s - '0');
			unit *= 10;
		}
	}
	if (*s || !digits || digits > 300 || !isfinite(whole / unit))
		return false;
	*ret = sign * (whole / unit);
	return true;
}

bool text_part(const char **rest, const char *seps, char *out, size_t cap)
{
	const char *s = *rest + strspn(*rest, seps);
	size_t n = strcspn(s, seps);

	*rest = s + n;
	if (n == 0 || n >= cap)
		return false;
	memcpy(out, s, n);
	out[n] = '\0';
	return true;
}

void text_copy(char *out, size_t cap, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	if (n >= cap) {
		n = cap - 1;
		while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
			n--;
	}
	if (n)
		memcpy(out, s, n);
	out[n] = '\0';
}

size_t utf8_step(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t code;
	size_t want;

	if (n == 0)
		return 0;
	if (u[0] < 0x80)
		return 1;
	want = u[0] >= 0xF0 ? 4 : u[0] >= 0xE0 ? 3 : 2;
	if (u[0] < 0xC2 || u[0] > 0xF4 || n < want)
		return 0;
	code = u[0] & (0xFFu >> (want + 1));
	for (size_t i = 1; i < want; i++) {
		if ((u[i] & 0xC0) != 0x80)
			return 0;
		code = code << 6 | (u[i] & 0x3Fu);
	}
	if ((want == 3 && code < 0x800) || (want == 4 && code < 0x10000) || code > 0x10FFFF ||
	    (code >= 0xD800 && code <= 0xDFFF))
		return 0;
	return want;
}

bool utf8_ok(const char *s, size_t n)
{
	while (n) {
		size_t step = utf8_step(s, n);

		if (!step)
			return false;
		s += step;
		n -= step;
	}
	return true;
}

size_t utf8_count(const char *s, size_t n)
{
	size_t count = 0;

	for (; n; count++) {
		size_t step = utf8_step(s, n);

		if (!step)
			step = 1;
		s += step;
		n -= step;
	}
	return count;
}

unsigned text_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned char row[64];

	if (n > 63 || m > 63)
		return 99;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned char)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned char diagonal = row[0];

		row[0] = (unsigned char)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned char up = row[j];
			unsigned best = diagonal + (a[i - 1] != b[j - 1] ? 1u : 0u);

			if (best > up + 1u)
				best = up + 1u;
			if (best > row[j - 1] + 1u)
				best = row[j - 1] + 1u;
			row[j] = (unsigned char)best;
			diagonal = up;
		}
	}
	return row[m];
}

bool text_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *back = NULL; /* one point to come back to: the last star */

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			back = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
