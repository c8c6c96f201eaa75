/* What all blobs of samples are made of: varints (LEB128), signed ones by zigzag, and numbers
 * as exact decimals. Only for this folder. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { VARINT_MAX = 10 };

static inline uint64_t zigzag(int64_t x) { return ((uint64_t)x << 1) ^ (uint64_t)(x >> 63); }
static inline int64_t unzigzag(uint64_t x) { return (int64_t)(x >> 1) ^ -(int64_t)(x & 1); }

/* Room for VARINT_MAX must be there; returns what is behind. */
static inline unsigned char *varint_put(unsigned char *p, uint64_t x)
{
	for (; x >= 0x80; x >>= 7)
		*p++ = (unsigned char)(0x80 | (x & 0x7f));
	*p++ = (unsigned char)x;
	return p;
}

/* What is left of a blob that is being read; `bad` once something was not there. */
typedef struct Bytes {
	const unsigned char *p, *end;
	bool bad;
} Bytes;

static inline uint64_t bytes_varint(Bytes *b)
{
	uint64_t x = 0;

	for (unsigned shift = 0; b->p < b->end && shift < 64; shift += 7) {
		unsigned char c = *b->p++;

		x |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80)) {
			b->bad = b->bad || (shift == 63 && c > 1);
			return x;
		}
	}
	b->bad = true;
	return 0;
}

static inline int64_t bytes_signed(Bytes *b) { return unzigzag(bytes_varint(b)); }

static inline unsigned bytes_byte(Bytes *b)
{
	if (b->p >= b->end) {
		b->bad = true;
		return 0;
	}
	return *b->p++;
}

/* The next n bytes; NULL: fewer are left. */
static inline const unsigned char *bytes_take(Bytes *b, size_t n)
{
	const unsigned char *p = b->p;

	if (b->bad || (size_t)(b->end - b->p) < n) {
		b->bad = true;
		return NULL;
	}
	b->p += n;
	return p;
}

static inline uint64_t double_bits(double v)
{
	uint64_t x;

	memcpy(&x, &v, sizeof x);
	return x;
}

static inline double bits_double(uint64_t x)
{
	double v;

	memcpy(&v, &x, sizeof v);
	return v;
}

/* ---- numbers as m / 10^k ---- */

enum { DECIMAL_MAX = 15 };

static const double decimal_power[DECIMAL_MAX + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
};

/* Both the power and m are exact doubles and a quotient is rounded correctly, so m / 10^k is
 * the double nearest to that decimal: the one a program gets that reads or divides it. */
static inline double decimal_value(int64_t m, unsigned k) { return (double)m / decimal_power[k]; }

/* The integer that gives `v` back bit for bit at 10^k; false: there is none (also for -0, NaN
 * and what has more than 51 bits). */
static inline bool decimal_of(double v, unsigned k, int64_t *ret)
{
	static const double limit = 2251799813685248.0, /* 2^51 */
	        rounder = 6755399441055744.0;           /* 3·2^51: adding it rounds to integers */
	double x = v * decimal_power[k];

	if (!(x > -limit && x < limit))
		return false;
	*ret = (int64_t)((x + rounder) - rounder);
	return double_bits(decimal_value(*ret, k)) == double_bits(v);
}
