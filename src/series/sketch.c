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
	size_t i = s->n == 0 || s->at[s->n - 1].key < key ? s->n : find(s, key);

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

/* The smallest bins become one until there are few enough. */
static void fold(Sketch *s)
{
	size_t over = s->n > SKETCH_BINS ? s->n - SKETCH_BINS : 0;

	for (size_t i = 0; i < over; i++)
		add_n(&s->at[over].n, s->at[i].n);
	if (over == 0)
		return;
	s->n -= over;
	memmove(s->at, s->at + over, s->n * sizeof *s->at);
}

/* Both are by key: from the end, in the room behind. */
void sketch_merge(Sketch *to, const Sketch *from)
{
	size_t new_keys = 0, i = 0, j, k;

	for (j = 0; j < from->n; j++) {
		while (i < to->n && to->at[i].key < from->at[j].key)
			i++;
		new_keys += i == to->n || to->at[i].key != from->at[j].key;
	}
	if (to->n + new_keys > to->cap) {
		to->cap = to->n + new_keys;
		to->at = mem_grow(to->at, to->cap * sizeof *to->at);
	}
	i = to->n;
	k = to->n + new_keys;
	for (j = from->n; j > 0; j--) {
		while (i > 0 && to->at[i - 1].key > from->at[j - 1].key)
			to->at[--k] = to->at[--i];
		if (i > 0 && to->at[i - 1].key == from->at[j - 1].key) {
			to->at[--k] = to->at[--i];
			add_n(&to->at[k].n, from->at[j - 1].n);
		} else {
			to->at[--k] = from->at[j - 1];
		}
	}
	to->n += new_keys;
	fold(to);
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

/* ---- as bytes: bins, then per bin the distance of its key and its count ---- */

void sketch_put(const Sketch *s, Buf *out)
{
	unsigned char *bytes = mem_grow(NULL, (2 * s->n + 1) * VARINT_MAX);
	unsigned char *p = varint_put(bytes, s->n);
	int32_t before = -2 * KEY_MIDDLE;

	for (size_t i = 0; i < s->n; i++) {
		p = varint_put(p, (uint64_t)(s->at[i].key - before));
		p = varint_put(p, s->at[i].n);
		before = s->at[i].key;
	}
	buf_add(out, bytes, (size_t)(p - bytes));
	mem_free(bytes);
}

/* Refuses what sketch_put never writes: a bin of none, keys out of order. */
bool sketch_get(Bytes *in, Sketch *to)
{
	uint64_t n = bytes_varint(in);
	int64_t key = -2 * KEY_MIDDLE;

	if (in->bad || n > SKETCH_BINS)
		return false;
	for (; n; n--) {
		uint64_t step = bytes_varint(in), times = bytes_varint(in);

		if (in->bad || step == 0 || step > 4 * KEY_MIDDLE || times == 0 ||
		    times > UINT32_MAX)
			return false;
		key += (int64_t)step;
		if (key > KEY_MIDDLE + INDEX_MAX)
			return false;
		add_key(to, (int32_t)key, (uint32_t)times);
	}
	return true;
}

/* ---- as text, as rows of the first stores have it: a version, then the same ---- */

enum { SKETCH_VERSION = 1 };

bool sketch_read(const char *text, Sketch *ret)
{
	size_t n = strlen(text), got = 0;
	unsigned char *raw = mem_new(n + 1);
	const char *rest = NULL;
	Bytes in;
	bool ok;

	*ret = (Sketch){ 0 };
	ok = sodium_base642bin(raw, n + 1, text, n, NULL, &got, &rest,
	                       sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
	     *rest == '\0';
	in = (Bytes){ raw, raw + got, false };
	ok = ok && bytes_byte(&in) == SKETCH_VERSION && sketch_get(&in, ret) && in.p == in.end &&
	     ret->n > 0;
	mem_free(raw);
	if (!ok)
		sketch_free(ret);
	return ok;
}
