#include "proof/tar.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum {
	BLOCK = 512,
	AT_MODE = 100,
	AT_UID = 108,
	AT_GID = 116,
	AT_SIZE = 124,
	AT_TIME = 136,
	AT_SUM = 148,
	AT_TYPE = 156,
	AT_LINK = 157,
	AT_MAGIC = 257,
	AT_USER = 265
};

static bool name_ok(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n >= TAR_NAME || s[0] == '/' || s[0] == '.' || s[n - 1] == '/')
		return false;
	for (size_t i = 0; i < n; i++) {
		bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') ||
		              (s[i] >= '0' && s[i] <= '9');

		if (!letter && !strchr("._-/", s[i]))
			return false;
		if (s[i] == '/' && (s[i + 1] == '.' || s[i + 1] == '/'))
			return false;
	}
	return true;
}

static unsigned sum_of(const unsigned char *h)
{
	unsigned sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= AT_SUM && i < AT_SUM + 8 ? ' ' : h[i];
	return sum;
}

/* All of the header but its sum; one way to write it, so reading may compare. */
static void header(unsigned char h[BLOCK], const char *name, uint64_t size, uint64_t seconds)
{
	char number[16];
	size_t n = strlen(name);

	memset(h, 0, BLOCK);
	memcpy(h, name, n < TAR_NAME - 1 ? n : TAR_NAME - 1);
	memcpy(h + AT_MODE, "0000644", 8);
	memcpy(h + AT_UID, "0000000", 8);
	memcpy(h + AT_GID, "0000000", 8);
	(void)snprintf(number, sizeof number, "%011llo",
	               (unsigned long long)size & 077777777777ULL);
	memcpy(h + AT_SIZE, number, 12);
	(void)snprintf(number, sizeof number, "%011llo",
	               (unsigned long long)seconds & 077777777777ULL);
	memcpy(h + AT_TIME, number, 12);
	h[AT_TYPE] = '0';
	memcpy(h + AT_MAGIC, "ustar", 6);
	memcpy(h + AT_MAGIC + 6, "00", 2);
	memcpy(h + AT_USER, "carene", 6);
	memcpy(h + AT_USER + 32, "carene", 6);
	(void)snprintf(number, sizeof number, "%06o", sum_of(h));
	memcpy(h + AT_SUM, number, 7);
	h[AT_SUM + 7] = ' ';
}

bool tar_add(Buf *out, const char *name, const void *p, size_t n, Instant at)
{
	static const char zeros[BLOCK];
	unsigned char h[BLOCK];

	if (!name_ok(name))
		return false;
	header(h, name, n, at.us > 0 && is_set(at) ? (uint64_t)(at.us / 1000000) : 0);
	buf_add(out, h, BLOCK);
	buf_add(out, p, n);
	if (n % BLOCK)
		buf_add(out, zeros, BLOCK - n % BLOCK);
	return true;
}

void tar_end(Buf *out)
{
	static const char zeros[2 * BLOCK];

	buf_add(out, zeros, sizeof zeros);
}

/* ---- reading ---- */

static bool octal(const unsigned char *s, size_t n, uint64_t *ret)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '7')
			return false;
		v = v * 8 + (uint64_t)(s[i] - '0');
	}
	*ret = v;
	return s[n] == 0;
}

static bool empty(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i])
			return false;
	}
	return true;
}

/* A header is one that writing would have made of its name, size and time. */
static bool read_header(const unsigned char *h, TarFile *f, uint64_t *ret_size)
{
	unsigned char again[BLOCK];
	uint64_t seconds;

	if (!memchr(h, 0, TAR_NAME))
		return false;
	text_copy(f->name, sizeof f->name, (const char *)h);
	if (!name_ok(f->name) || !octal(h + AT_SIZE, 11, ret_size) ||
	    !octal(h + AT_TIME, 11, &seconds))
		return false;
	header(again, f->name, *ret_size, seconds);
	return memcmp(h, again, BLOCK) == 0;
}

static bool name_is_new(const TarFile *at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text_eq(at[i].name, at[n].name))
			return false;
	}
	return true;
}

bool tar_read(const void *p, size_t n, TarFile *out, size_t cap, size_t *ret_n, Err *err)
{
	const unsigned char *at = p;
	size_t left = n;

	*ret_n = 0;
	while (left >= BLOCK && !empty(at, BLOCK)) {
		uint64_t size, padded;

		if (*ret_n == cap)
			return err_set(err, ERR_LIMIT, "more than %zu files", cap);
		if (!read_header(at, &out[*ret_n], &size))
			return err_set(err, ERR_BAD_INPUT,
			               "byte %zu: not a header that Carène writes", n - left);
		if (!name_is_new(out, *ret_n))
			return err_set(err, ERR_BAD_INPUT, "'%s' is there twice", out[*ret_n].name);
		at += BLOCK;
		left -= BLOCK;
		padded = (size + BLOCK - 1) / BLOCK * BLOCK;
		if (padded < size || padded > left)
			return err_set(err, ERR_BAD_INPUT, "'%s' is cut off", out[*ret_n].name);
		if (!empty(at + size, (size_t)(padded - size)))
			return err_set(err, ERR_BAD_INPUT, "bytes hidden after '%s'",
			               out[*ret_n].name);
		out[*ret_n].p = at;
		out[*ret_n].n = (size_t)size;
		(*ret_n)++;
		at += padded;
		left -= (size_t)padded;
	}
	if (left != (size_t)2 * BLOCK || !empty(at, left))
		return err_set(err, ERR_BAD_INPUT, "the archive does not end as it should");
	return true;
}
