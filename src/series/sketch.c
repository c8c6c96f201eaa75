/* The quantile sketch. */
#include "series/series_private.h"

#include <math.h>
#include <sodium.h>

/* Bin i of positive values holds (γ^(i-1), γ^i], γ = (1+α)/(1-α); its value
 * 2γ^i/(γ+1) is within α of all of them. */
#define ALPHA 0.01
enum { KEY_MIDDLE = 4096, INDEX_MAX = 4095 };

static double gamma_of(void) { return (1 + ALPHA) / (1 - ALPHA); }

static int32_t key_of(double value)
{
	double size = fabs(value), index;

	if (size < 1e-35)
		return 0;
	index = ceil(log(size) / log(gamma_of()));
	if (index > INDEX_MAX)
		index = INDEX_MAX;
	if (index < -INDEX_MAX)
		index = -INDEX_MAX;
	return value > 0 ? (int32_t)index + KEY_MIDDLE : -((int32_t)index + KEY_MIDDLE);
}

static double value_of(int32_t key)
{
	double size;

	if (key == 0)
		return 0;
	size = 2 * pow(gamma_of(), (key > 0 ? key : -key) - KEY_MIDDLE) / (gamma_of() + 1);
	return key > 0 ? size : -size;
}

static size_t find(const Sketch *s, int32_t key)
{
	size_t from = 0, to = s->n;

	while (from < to) {
		size_t mid = (from + to) / 2;

		if (s->at[mid].key < key)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static void add_n(uint32_t *n, uint32_t more)
{
	*n = more > UINT32_MAX - *n ? UINT32_MAX : *n + more;
}

/* The two smallest bins become one: high quantiles stay exact to α, low ones do not. */
static void collapse(Sketch *s)
{
	add_n(&s->at[1].n, s->at[0].n);
	memmove(s->at, s->at + 1, (s->n - 1) * sizeof *s->at);
	s->n--;
}

static void add_key(Sketch *s, int32_t key, uint32_t times)
{
	size_t i = find(s, key);

	if (i < s->n && s->at[i].key == key) {
		add_n(&s->at[i].n, times);
		return;
	}
	if (s->n == SKETCH_BINS) {
		collapse(s);
		i = find(s, key);
	}
	s->at = list_room(s->at, &s->cap, s->n, sizeof *s->at);
	memmove(s->at + i + 1, s->at + i, (s->n - i) * sizeof *s->at);
	s->at[i] = (Bin){ key, times };
	s->n++;
}

void sketch_add(Sketch *s, double value, uint32_t times)
{
	if (times)
		add_key(s, key_of(value), times);
}

void sketch_merge(Sketch *to, const Sketch *from)
{
	for (size_t i = 0; i < from->n; i++)
		add_key(to, from->at[i].key, from->at[i].n);
}

uint64_t sketch_count(const Sketch *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->at[i].n;
	return n;
}

double sketch_at(const Sketch *s, uint64_t k)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < s->n; i++) {
		seen += s->at[i].n;
		if (seen >= k)
			return value_of(s->at[i].key);
	}
	return s->n ? value_of(s->at[s->n - 1].key) : 0;
}

void sketch_free(Sketch *s)
{
	mem_free(s->at);
	*s = (Sketch){ 0 };
}

/* ---- as text: version, bins, then per bin the distance of its key and its count ---- */

enum { SKETCH_VERSION = 1 };

static void put_varint(Buf *b, uint64_t x)
{
	for (; x >= 0x80; x >>= 7)
		buf_char(b, (char)(0x80 | (x & 0x7f)));
	buf_char(b, (char)x);
}

static bool get_varint(const unsigned char **p, const unsigned char *end, uint64_t *ret)
{
	uint64_t x = 0;

	for (unsigned shift = 0; *p < end && shift < 35; shift += 7) {
		unsigned char c = *(*p)++;

		x |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80)) {
			*ret = x;
			return true;
		}
	}
	return false;
}

char *sketch_write(const Sketch *s)
{
	AUTO(Buf) raw = { 0 };
	int32_t before = -2 * KEY_MIDDLE;
	size_t cap;
	char *text;

	put_varint(&raw, SKETCH_VERSION);
	put_varint(&raw, s->n);
	for (size_t i = 0; i < s->n; i++) {
		put_varint(&raw, (uint64_t)(s->at[i].key - before));
		put_varint(&raw, s->at[i].n);
		before = s->at[i].key;
	}
	cap = sodium_base64_ENCODED_LEN(raw.n, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	text = mem_new(cap);
	return sodium_bin2base64(text, cap, (const unsigned char *)buf_str(&raw), raw.n,
	                         sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

/* Refuses what sketch_write never writes: no bin, a bin of none, keys out of order. */
static bool read_bins(const unsigned char *p, const unsigned char *end, Sketch *ret)
{
	uint64_t version, n, step, times;
	int64_t key = -2 * KEY_MIDDLE;

	if (!get_varint(&p, end, &version) || version != SKETCH_VERSION ||
	    !get_varint(&p, end, &n) || n == 0 || n > SKETCH_BINS)
		return false;
	for (; n; n--) {
		if (!get_varint(&p, end, &step) || !get_varint(&p, end, &times) || step == 0 ||
		    times == 0 || times > UINT32_MAX)
			return false;
		key += (int64_t)step;
		if (key > KEY_MIDDLE + INDEX_MAX)
			return false;
		add_key(ret, (int32_t)key, (uint32_t)times);
	}
	return p == end;
}

bool sketch_read(const char *text, Sketch *ret)
{
	size_t n = strlen(text), got = 0;
	unsigned char *raw = mem_new(n + 1);
	const char *rest = NULL;
	bool ok;

	*ret = (Sketch){ 0 };
	ok = sodium_base642bin(raw, n + 1, text, n, NULL, &got, &rest,
	                       sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
	     *rest == '\0' && read_bins(raw, raw + got, ret);
	mem_free(raw);
	if (!ok)
		sketch_free(ret);
	return ok;
}
