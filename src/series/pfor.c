/* Integers near each other in few bits. */
#include "series/pfor.h"

#include <stdlib.h>

enum { PROBE = 32, PROBE_SHORT = 16, SHORT = 128 };

static unsigned bits_of(uint64_t x) { return x ? 64 - (unsigned)__builtin_clzll(x) : 0; }

/* Some of them at even distances, sorted as signed: fewer of a short row, since that is what
 * planning one costs. */
static size_t probe(const uint64_t *v, size_t n, int64_t out[PROBE])
{
	size_t most = n < SHORT ? PROBE_SHORT : PROBE, count = n < most ? n : most;

	for (size_t i = 0; i < count; i++) {
		int64_t x = (int64_t)v[i * n / count];
		size_t k = i;

		for (; k > 0 && out[k - 1] > x; k--)
			out[k] = out[k - 1];
		out[k] = x;
	}
	return count;
}

uint64_t pfor_middle(const uint64_t *v, size_t n)
{
	int64_t sorted[PROBE];
	size_t count = probe(v, n, sorted);

	return (uint64_t)sorted[count / 2];
}

/* The best width for one base, from how many values need how many bits above it; what lies
 * below the base never fits. */
static PforPlan plan_for(const uint64_t *v, size_t n, uint64_t base)
{
	PforPlan best = { base, 64, n * 8 };
	uint32_t above[65] = { 0 };
	size_t below = 0, below_bits = 0, out = 0, out_bits = 0;
	uint64_t any = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t x = v[i] - base;

		if ((int64_t)x >= 0) {
			above[bits_of(x)]++;
			any |= x;
		} else {
			below++;
			below_bits += bits_of(~x);
		}
	}
	/* More bits than the largest needs are no better. */
	for (unsigned w = bits_of(any); w < 64; w--) {
		size_t misses, bits;

		out += above[w + 1];
		out_bits += above[w + 1] * (w + 1);
		misses = out + below;
		/* One byte says where, one or more hold what is above the width and a sign. */
		bits = (out_bits - out * w) + (below_bits > below * w ? below_bits - below * w : 0);
		if ((n * w + 7) / 8 + misses * 2 + bits / 7 < best.cost)
			best = (PforPlan){ base, w, (n * w + 7) / 8 + misses * 2 + bits / 7 };
	}
	return best;
}

/* The base is chosen on the sample, and only what looks better there than the least value is
 * tried on all of them. */
PforPlan pfor_plan(const uint64_t *v, size_t n)
{
	int64_t sorted[PROBE], least = (int64_t)v[0], most = least;
	size_t count = probe(v, n, sorted);
	const uint64_t *few = (uint64_t *)sorted;
	PforPlan best, other, guess;

	for (size_t i = 1; i < n; i++) {
		least = (int64_t)v[i] < least ? (int64_t)v[i] : least;
		most = (int64_t)v[i] > most ? (int64_t)v[i] : most;
	}
	if (least == most)
		return (PforPlan){ (uint64_t)least, 0, 0 };
	best = plan_for(v, n, (uint64_t)least);
	guess = plan_for(few, count, (uint64_t)least);
	for (size_t i = 0; i < 3; i++) {
		uint64_t base = few[count * (i == 0 ? 1 : i == 1 ? 3 : 16) / 32];
		PforPlan g = plan_for(few, count, base);

		guess = g.cost < guess.cost ? g : guess;
	}
	if (guess.base == best.base)
		return best;
	other = plan_for(v, n, guess.base);
	return other.cost < best.cost ? other : best;
}

static bool fits(uint64_t x, unsigned width) { return width == 64 || x >> width == 0; }

static uint64_t mask_of(unsigned width) { return width == 64 ? UINT64_MAX : (1ull << width) - 1; }

static unsigned char *pack(const uint64_t *v, size_t n, PforPlan plan, unsigned char *out)
{
	unsigned __int128 window = 0;
	unsigned held = 0;

	for (size_t i = 0; i < n; i++) {
		window |= (unsigned __int128)((v[i] - plan.base) & mask_of(plan.width)) << held;
		held += plan.width;
		if (held >= 64) {
			uint64_t low = (uint64_t)window;

			memcpy(out, &low, 8);
			out += 8;
			window >>= 64;
			held -= 64;
		}
	}
	for (; held > 0; held = held > 8 ? held - 8 : 0) {
		*out++ = (unsigned char)window;
		window >>= 8;
	}
	return out;
}

unsigned char *pfor_write(const uint64_t *v, size_t n, PforPlan plan, unsigned char *out)
{
	uint16_t missed[PFOR_MAX];
	size_t misses = 0, before = 0;

	for (size_t i = 0; i < n; i++) {
		missed[misses] = (uint16_t)i;
		misses += !fits(v[i] - plan.base, plan.width);
	}
	*out++ = (unsigned char)plan.width;
	out = varint_put(out, zigzag((int64_t)plan.base));
	out = varint_put(out, misses);
	out = pack(v, n, plan, out);
	for (size_t i = 0; i < misses; i++) {
		int64_t x = (int64_t)(v[missed[i]] - plan.base);

		out = varint_put(out, missed[i] - before);
		out = varint_put(out, zigzag(x >> plan.width));
		before = missed[i];
	}
	return out;
}

/* `packed` has eight bytes behind it that may be read. */
static void unpack(const unsigned char *packed, uint64_t *v, size_t n, uint64_t base,
                   unsigned width)
{
	uint64_t mask = mask_of(width);
	size_t bit = 0;

	if (width <= 56) {
		for (size_t i = 0; i < n; i++, bit += width) {
			uint64_t x;

			memcpy(&x, packed + bit / 8, 8);
			v[i] = base + (x >> (bit & 7) & mask);
		}
		return;
	}
	for (size_t i = 0; i < n; i++, bit += width) {
		uint64_t x;
		unsigned shift = bit & 7;

		memcpy(&x, packed + bit / 8, 8);
		x >>= shift;
		if (shift)
			x |= (uint64_t)packed[bit / 8 + 8] << (64 - shift);
		v[i] = base + (x & mask);
	}
}

static bool patch(Bytes *in, uint64_t *v, size_t n, unsigned width, size_t misses)
{
	size_t i = 0;

	for (size_t k = 0; k < misses; k++) {
		uint64_t step = bytes_varint(in), high = (uint64_t)bytes_signed(in);

		if (in->bad || step >= n || (i += step) >= n || width >= 64)
			return false;
		v[i] += high << width;
	}
	return true;
}

bool pfor_open(Bytes *in, size_t n, PforRow *ret)
{
	ret->width = bytes_byte(in);
	ret->base = (uint64_t)bytes_signed(in);
	ret->misses = bytes_varint(in);
	ret->size = (n * (size_t)ret->width + 7) / 8;
	if (in->bad || ret->width > 64 || ret->misses > n)
		return false;
	ret->packed = bytes_take(in, ret->size);
	return ret->packed != NULL;
}

uint64_t pfor_one(const PforRow *row, size_t i)
{
	size_t bit = i * row->width;
	uint64_t x = 0;

	for (unsigned got = 0; got < row->width; got++, bit++)
		x |= (uint64_t)(row->packed[bit / 8] >> (bit & 7) & 1) << got;
	return row->base + x;
}

bool pfor_all(Bytes *in, const PforRow *row, uint64_t *v, size_t n)
{
	unsigned char padded[PFOR_MAX * 8 + 9];

	memcpy(padded, row->packed, row->size);
	memset(padded + row->size, 0, 9);
	unpack(padded, v, n, row->base, row->width);
	return patch(in, v, n, row->width, row->misses);
}

bool pfor_read(Bytes *in, uint64_t *v, size_t n)
{
	PforRow row;

	return pfor_open(in, n, &row) && pfor_all(in, &row, v, n);
}
