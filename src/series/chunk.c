/* The codec of chunks. Times and values each become 512 integers near each other, which
 * pfor.c packs: times as their distance from a straight line or from the step before, values
 * as decimals (as they are, or as differences) or as the bits that differ from the double
 * before. Which it is, is whatever costs least in this chunk. */
#include "series/chunk.h"
#include "series/crc.h"
#include "series/pfor.h"

#include <assert.h>

/* Little-endian machines only, as the packed bits and checksums are written as they lie. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "blobs are little-endian");

enum {
	VERSION = 1,
	TIME_LINE = 0,
	TIME_STEPS = 4,
	VALUE_XOR = 0,
	VALUE_PLAIN = 16,
	VALUE_STEPS = 32
};

static const int64_t units[3] = { 1, 1000, 1000000 };

/* ---- writing ---- */

/* Index of the coarsest of µs, ms, s in which all times are whole steps from the first. Far
 * times stay in µs, where differences may wrap. */
static unsigned unit_of(const Sample *at, size_t n)
{
	static const int64_t far = INT64_MAX / 4;
	unsigned unit = 2;

	for (size_t i = 0; i < n && unit; i++) {
		if (at[i].at.us > far || at[i].at.us < -far)
			return 0;
		while (unit && (at[i].at.us - at[0].at.us) % units[unit] != 0)
			unit--;
	}
	return unit;
}

static void differences(const uint64_t *v, size_t n, uint64_t *out)
{
	out[0] = 0;
	for (size_t i = 1; i < n; i++)
		out[i] = v[i] - v[i - 1];
	if (n > 1)
		out[0] = out[1]; /* no outlier: what it is does not matter */
}

/* The usual step; on a line, what the ends say, unless there are holes between them. */
static uint64_t line_step(const uint64_t *v, size_t n, uint64_t usual)
{
	int64_t ends = n > 1 ? (int64_t)(v[n - 1] + n / 2) / (int64_t)(n - 1) : 0;
	int64_t off = (int64_t)((uint64_t)ends - usual);

	return off >= -2 && off <= 2 ? (uint64_t)ends : usual;
}

static unsigned char *write_times(const Sample *at, size_t n, unsigned char *out)
{
	uint64_t k[CHUNK_MAX], line[CHUNK_MAX], steps[CHUNK_MAX], usual, slope;
	unsigned unit = unit_of(at, n);
	PforPlan by_line, by_steps;
	bool is_line;

	for (size_t i = 0; i < n; i++) {
		uint64_t d = (uint64_t)at[i].at.us - (uint64_t)at[0].at.us;

		k[i] = unit ? (uint64_t)((int64_t)d / units[unit]) : d;
	}
	differences(k, n, steps);
	usual = pfor_middle(steps, n);
	slope = line_step(k, n, usual);
	for (size_t i = 0; i < n; i++)
		line[i] = k[i] - slope * i;
	by_line = pfor_plan(line, n);
	by_steps = pfor_plan(steps, n);
	is_line = by_line.cost <= by_steps.cost;
	*out++ = (unsigned char)(unit | (is_line ? TIME_LINE : TIME_STEPS));
	if (!is_line)
		return pfor_write(steps, n, by_steps, out);
	out = varint_put(out, zigzag((int64_t)slope));
	return pfor_write(line, n, by_line, out);
}

/* The smallest power of ten at which all come back, and what they are there; false: none. */
static bool decimals(const Sample *at, size_t n, unsigned *ret_power, uint64_t *m)
{
	unsigned power = 0;
	int64_t x;

	for (size_t i = 0; i < n; i++) {
		while (!decimal_of(at[i].value, power, &x)) {
			if (++power > DECIMAL_MAX)
				return false;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!decimal_of(at[i].value, power, &x))
			return false;
		m[i] = (uint64_t)x;
	}
	*ret_power = power;
	return true;
}

/* Bits that differ from the double before, without the low ones that differ nowhere. */
static unsigned char *write_xor(const Sample *at, size_t n, unsigned char *out)
{
	uint64_t x[CHUNK_MAX], all = 0, before = double_bits(at[0].value);
	unsigned low;

	for (size_t i = 0; i < n; i++) {
		uint64_t bits = double_bits(at[i].value);

		x[i] = bits ^ before;
		all |= x[i];
		before = bits;
	}
	low = all ? (unsigned)__builtin_ctzll(all) : 0;
	for (size_t i = 0; i < n; i++)
		x[i] >>= low;
	*out++ = VALUE_XOR;
	*out++ = (unsigned char)low;
	before = double_bits(at[0].value);
	memcpy(out, &before, 8);
	return pfor_write(x, n, pfor_plan(x, n), out + 8);
}

static unsigned char *write_values(const Sample *at, size_t n, unsigned char *out)
{
	uint64_t m[CHUNK_MAX], steps[CHUNK_MAX];
	PforPlan plain, by_steps;
	unsigned power;

	if (!decimals(at, n, &power, m))
		return write_xor(at, n, out);
	differences(m, n, steps);
	plain = pfor_plan(m, n);
	by_steps = pfor_plan(steps, n);
	if (plain.cost <= by_steps.cost + VARINT_MAX) {
		*out++ = (unsigned char)(VALUE_PLAIN | power);
		return pfor_write(m, n, plain, out);
	}
	*out++ = (unsigned char)(VALUE_STEPS | power);
	out = varint_put(out, zigzag((int64_t)m[0]));
	return pfor_write(steps, n, by_steps, out);
}

void chunk_write(const Sample *at, size_t n, Buf *out)
{
	unsigned char bytes[2 * PFOR_BYTES + 8 * VARINT_MAX], *p = bytes;
	Instant lo = at[0].at, hi = at[0].at;
	uint32_t crc;

	assert(n >= 1 && n <= CHUNK_MAX);
	for (size_t i = 1; i < n; i++) {
		lo = earliest(lo, at[i].at);
		hi = latest(hi, at[i].at);
	}
	*p++ = VERSION;
	p = varint_put(p, n);
	p = varint_put(p, zigzag(lo.us));
	p = varint_put(p, (uint64_t)hi.us - (uint64_t)lo.us);
	p = varint_put(p, (uint64_t)at[0].at.us - (uint64_t)lo.us);
	p = write_times(at, n, p);
	p = write_values(at, n, p);
	crc = crc32c(bytes, (size_t)(p - bytes));
	memcpy(p, &crc, 4);
	buf_add(out, bytes, (size_t)(p + 4 - bytes));
}

/* ---- reading ---- */

static bool read_facts(Bytes *in, ChunkFacts *ret)
{
	unsigned version = bytes_byte(in);

	ret->n = bytes_varint(in);
	ret->earliest.us = bytes_signed(in);
	ret->latest.us = (int64_t)((uint64_t)ret->earliest.us + bytes_varint(in));
	return !in->bad && version == VERSION && ret->n >= 1 && ret->n <= CHUNK_MAX &&
	       ret->latest.us >= ret->earliest.us;
}

static Bytes bytes_of(const void *p, size_t n)
{
	return (Bytes){ p, (const unsigned char *)p + n, false };
}

bool chunk_facts(const void *p, size_t n, ChunkFacts *ret)
{
	Bytes in = bytes_of(p, n);

	return read_facts(&in, ret);
}

/* ---- as columns ---- */

/* No step is far from the slope: time only goes on, and no gap is longer than the slope and
 * what the bits allow. Nothing needs to be unpacked then. */
static bool is_steady(const PforRow *row, uint64_t slope, size_t n, uint64_t unit,
                      ChunkColumns *out)
{
	static const uint64_t far = UINT64_C(1) << 40;
	uint64_t spread = row->width < 40 ? (UINT64_C(1) << row->width) - 1 : far;

	if (row->misses || spread >= far || slope >= far || slope < spread)
		return false;
	out->first.us = (int64_t)((uint64_t)out->first.us + pfor_one(row, 0) * unit);
	out->last.us =
	        (int64_t)((uint64_t)out->last.us + (pfor_one(row, n - 1) + slope * (n - 1)) * unit);
	out->longest.us = n > 1 ? (int64_t)((slope + spread) * unit) : 0;
	return out->first.us == out->facts.earliest.us && out->last.us == out->facts.latest.us;
}

static void check_order(ChunkColumns *out)
{
	size_t n = out->facts.n;

	out->first.us = (int64_t)out->at[0];
	out->last.us = (int64_t)out->at[n - 1];
	out->longest.us = 0;
	out->ordered =
	        out->first.us == out->facts.earliest.us && out->last.us == out->facts.latest.us;
	for (size_t i = 1; i < n; i++) {
		int64_t gap = (int64_t)(out->at[i] - out->at[i - 1]);

		out->ordered = out->ordered && gap >= 0;
		out->longest.us = gap > out->longest.us ? gap : out->longest.us;
	}
}

static bool times_in(Bytes *in, uint64_t first, bool want, ChunkColumns *out)
{
	unsigned mode = bytes_byte(in), unit = mode & 3;
	bool steps = mode & TIME_STEPS;
	uint64_t slope = 0, *v = out->at, each, t = first;
	size_t n = out->facts.n;
	PforRow row;

	if (unit > 2 || mode > (2 | TIME_STEPS))
		return false;
	each = (uint64_t)units[unit];
	if (!steps)
		slope = (uint64_t)bytes_signed(in);
	if (!pfor_open(in, n, &row))
		return false;
	out->first = out->last = (Instant){ (int64_t)first };
	out->has_times = want || steps || !is_steady(&row, slope, n, each, out);
	out->ordered = true;
	if (!out->has_times)
		return true;
	if (!pfor_all(in, &row, v, n))
		return false;
	if (steps) {
		v[0] = t;
		for (size_t i = 1; i < n; i++)
			v[i] = t += v[i] * each;
	} else {
		for (size_t i = 0; i < n; i++)
			v[i] = first + (v[i] + slope * i) * each;
	}
	return true;
}

static bool xor_in(Bytes *in, ChunkColumns *out)
{
	uint64_t bits = 0, *x = (uint64_t *)out->m;
	unsigned low = bytes_byte(in);
	const unsigned char *first = bytes_take(in, 8);

	if (!first || low > 63 || !pfor_read(in, x, out->facts.n))
		return false;
	memcpy(&bits, first, 8);
	for (size_t i = 0; i < out->facts.n; i++)
		x[i] = bits ^= x[i] << low;
	return true;
}

static bool values_in(Bytes *in, ChunkColumns *out)
{
	uint64_t first = 0, *m = (uint64_t *)out->m;
	unsigned mode = bytes_byte(in);
	bool steps = mode & VALUE_STEPS;
	PforRow row;

	out->even = out->is_bits = false;
	out->power = mode & 15;
	if (mode == VALUE_XOR) {
		out->is_bits = true;
		return xor_in(in, out);
	}
	if ((mode & ~15u) != VALUE_PLAIN && (mode & ~15u) != VALUE_STEPS)
		return false;
	if (steps)
		first = (uint64_t)bytes_signed(in);
	if (!pfor_open(in, out->facts.n, &row))
		return false;
	if (row.width == 0 && row.misses == 0 && (!steps || row.base == 0)) {
		m[0] = steps ? first : row.base;
		out->even = true;
		return true;
	}
	if (!pfor_all(in, &row, m, out->facts.n))
		return false;
	if (steps) {
		m[0] = first;
		for (size_t i = 1; i < out->facts.n; i++)
			m[i] += m[i - 1];
	}
	return true;
}

static bool columns_in(const void *p, size_t n, bool want_times, ChunkColumns *out, Err *err)
{
	Bytes in = bytes_of(p, n < 4 ? 0 : n - 4);
	uint64_t first;
	uint32_t crc = 0;

	if (n >= 4)
		memcpy(&crc, in.end, 4);
	if (n < 4 || crc != crc32c(p, n - 4))
		return err_set(err, ERR_BAD_INPUT, "a chunk of samples fails its checksum");
	if (!read_facts(&in, &out->facts))
		return err_set(err, ERR_BAD_INPUT, "not a chunk of samples");
	first = (uint64_t)out->facts.earliest.us + bytes_varint(&in);
	if (in.bad || !times_in(&in, first, want_times, out) || !values_in(&in, out) ||
	    in.p != in.end)
		return err_set(err, ERR_BAD_INPUT, "a chunk of samples is not well formed");
	return true;
}

bool chunk_columns(const void *p, size_t n, ChunkColumns *ret, Err *err)
{
	if (!columns_in(p, n, false, ret, err))
		return false;
	if (ret->has_times)
		check_order(ret);
	return true;
}

bool chunk_read(const void *p, size_t n, Sample out[CHUNK_MAX], size_t *ret_n, Err *err)
{
	ChunkColumns c;

	if (!columns_in(p, n, true, &c, err))
		return false;
	*ret_n = c.facts.n;
	for (size_t i = 0; i < c.facts.n; i++)
		out[i].at.us = (int64_t)c.at[i];
	if (c.even) {
		double value = decimal_value(c.m[0], c.power);

		for (size_t i = 0; i < c.facts.n; i++)
			out[i].value = value;
	} else if (c.is_bits) {
		for (size_t i = 0; i < c.facts.n; i++)
			out[i].value = bits_double((uint64_t)c.m[i]);
	} else {
		for (size_t i = 0; i < c.facts.n; i++)
			out[i].value = decimal_value(c.m[i], c.power);
	}
	return true;
}
