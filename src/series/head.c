/* Heads: the newest samples of a series as bytes.
 *
 *   first sample: time in µs (signed varint), value
 *   then tokens, varints whose two low bits say what they are:
 *     0  the step changed by the rest (zigzag), the value by a signed varint that follows
 *     1  the step changed by the rest, the value did not
 *     2  as many samples as the rest says, at the same step, with the same value
 *     3  as 0, with the change of the step in a varint of its own (it is huge)
 *
 * Steps are in s, ms or µs, values in whole 10^-power; when a sample does not fit, the head
 * is written again, finer. Values that are no decimals are eight bytes. A minute's check
 * takes one byte for its time and nothing or three for its value. */
#include "series/series_private.h"

#include <assert.h>

static const int64_t units[3] = { 1, 1000, 1000000 };

enum { TOKEN_BOTH, TOKEN_TIME, TOKEN_RUN, TOKEN_FAR, TOKEN_BYTES = 3 * VARINT_MAX };

static unsigned char *value_put(unsigned char *p, unsigned power, double value, double before)
{
	int64_t m = 0, m0 = 0;
	uint64_t bits = double_bits(value);

	if (power == HEAD_BITS) {
		memcpy(p, &bits, 8);
		return p + 8;
	}
	(void)decimal_of(value, power, &m);
	(void)decimal_of(before, power, &m0);
	return varint_put(p, zigzag(m - m0));
}

static double value_get(Bytes *in, unsigned power, int64_t *m)
{
	const unsigned char *p;
	uint64_t bits = 0;

	if (power != HEAD_BITS) {
		*m += bytes_signed(in);
		return decimal_value(*m, power);
	}
	p = bytes_take(in, 8);
	if (p)
		memcpy(&bits, p, 8);
	return bits_double(bits);
}

/* In sizes that malloc has without a rest: 24, 40, 56, … */
static void room(Head *h, size_t more)
{
	size_t need = (size_t)h->len + more, cap = h->cap;

	if (need <= cap)
		return;
	while (cap < need)
		cap += cap < 16 ? 24 - cap : (cap / 4 + 15) / 16 * 16;
	h->bytes = mem_grow(h->bytes, cap);
	h->cap = (uint16_t)cap;
}

static void append(Head *h, const unsigned char *p, const unsigned char *end)
{
	room(h, (size_t)(end - p));
	memcpy(h->bytes + h->len, p, (size_t)(end - p));
	h->len = (uint16_t)(h->len + (end - p));
}

static unsigned power_for(double value, unsigned from)
{
	int64_t m;

	for (unsigned k = from; k < HEAD_BITS; k++) {
		if (decimal_of(value, k, &m))
			return k;
	}
	return HEAD_BITS;
}

static unsigned unit_for(int64_t us, unsigned from)
{
	while (from && us % units[from] != 0)
		from--;
	return from;
}

static void push_first(Head *h, Instant at, double value)
{
	unsigned char token[TOKEN_BYTES], *p = varint_put(token, zigzag(at.us));

	h->power = (uint8_t)power_for(value, h->power);
	h->step = 0;
	h->run_at = HEAD_NO_RUN;
	append(h, token, value_put(p, h->power, value, 0));
}

/* One more of the run that the head ends with, or the first of one. */
static void push_run(Head *h)
{
	unsigned char token[TOKEN_BYTES];
	uint64_t count = 1;

	if (h->run_at != HEAD_NO_RUN) {
		Bytes in = { h->bytes + h->run_at, h->bytes + h->len, false };

		count = (bytes_varint(&in) >> 2) + 1;
		h->len = h->run_at;
	}
	h->run_at = h->len;
	append(h, token, varint_put(token, count << 2 | TOKEN_RUN));
}

static void push_token(Head *h, int64_t bend, double value, bool same)
{
	unsigned char token[TOKEN_BYTES], *p = token;
	uint64_t z = zigzag(bend);

	h->run_at = HEAD_NO_RUN;
	if (z >> 62) {
		p = varint_put(p, TOKEN_FAR);
		p = varint_put(p, z);
	} else {
		p = varint_put(p, z << 2 | (same ? TOKEN_TIME : TOKEN_BOTH));
	}
	if (!same || z >> 62)
		p = value_put(p, h->power, value, h->last);
	append(h, token, p);
}

/* Writes the head again in a unit and a power that the new sample fits, too. */
static void refine(Head *h, unsigned unit, unsigned power)
{
	Sample all[CHUNK_MAX];
	size_t n = head_read(h, all);

	h->unit = (uint8_t)unit;
	h->power = (uint8_t)power;
	h->n = h->len = 0;
	for (size_t i = 0; i < n; i++)
		(void)head_push(h, all[i].at, all[i].value);
}

bool head_push(Head *h, Instant at, double value)
{
	int64_t us = (int64_t)((uint64_t)at.us - (uint64_t)h->last_at.us), step;
	unsigned unit, power;

	if (h->n == CHUNK_MAX || (h->n && at.us < h->last_at.us))
		return false;
	if (h->n == 0) {
		push_first(h, at, value);
	} else {
		bool same = double_bits(value) == double_bits(h->last);

		unit = unit_for(us, h->unit);
		power = same ? h->power : power_for(value, h->power);
		if (unit != h->unit || power != h->power)
			refine(h, unit, power);
		step = us / units[h->unit];
		if (step == h->step && same)
			push_run(h);
		else
			push_token(h, (int64_t)((uint64_t)step - (uint64_t)h->step), value, same);
		h->step = step;
	}
	h->n++;
	h->last_at = at;
	h->last = value;
	h->used = true;
	return true;
}

Instant head_first(const Head *h)
{
	Bytes in = { h->bytes, h->bytes + h->len, false };

	return (Instant){ bytes_signed(&in) };
}

size_t head_read(const Head *h, Sample *out)
{
	Bytes in = { h->bytes, h->bytes + h->len, false };
	uint64_t t, step = 0, unit = (uint64_t)units[h->unit];
	int64_t m = 0;
	size_t n = 1;

	if (h->n == 0)
		return 0;
	t = (uint64_t)bytes_signed(&in);
	out[0] = (Sample){ { (int64_t)t }, value_get(&in, h->power, &m) };
	while (in.p < in.end && !in.bad) {
		uint64_t token = bytes_varint(&in), rest = token >> 2;
		double value = out[n - 1].value;

		if ((token & 3) == TOKEN_RUN) {
			for (; rest && n < CHUNK_MAX; rest--) {
				t += step * unit;
				out[n++] = (Sample){ { (int64_t)t }, value };
			}
			continue;
		}
		if ((token & 3) == TOKEN_FAR)
			rest = bytes_varint(&in);
		step += (uint64_t)unzigzag(rest);
		t += step * unit;
		if ((token & 3) != TOKEN_TIME)
			value = value_get(&in, h->power, &m);
		assert(n < CHUNK_MAX);
		out[n++] = (Sample){ { (int64_t)t }, value };
	}
	assert(n == h->n && !in.bad);
	return n;
}

void head_clear(Head *h)
{
	mem_free(h->bytes);
	h->bytes = NULL;
	h->n = h->len = h->cap = 0;
	h->power = h->power == HEAD_BITS ? 0 : h->power;
}

void head_free(Head *h) { head_clear(h); }

void head_build(Head *h, const Sample *at, size_t n)
{
	Instant last_at = h->last_at;
	double last = h->last;
	unsigned unit = 2, power = 0;

	for (size_t i = 0; i < n; i++) {
		power = power == HEAD_BITS ? power : power_for(at[i].value, power);
		unit = i ? unit_for(at[i].at.us - at[i - 1].at.us, unit) : unit;
	}
	head_clear(h);
	h->unit = n > 1 ? (uint8_t)unit : h->unit;
	h->power = n ? (uint8_t)power : h->power;
	for (size_t i = 0; i < n; i++)
		(void)head_push(h, at[i].at, at[i].value);
	if (n == 0) {
		h->last_at = last_at;
		h->last = last;
	}
}

bool head_insert(Head *h, Instant at, double value)
{
	Sample all[CHUNK_MAX + 1];
	size_t n, i;

	if (h->n == CHUNK_MAX)
		return false;
	n = i = head_read(h, all);
	for (; i > 0 && all[i - 1].at.us > at.us; i--)
		all[i] = all[i - 1];
	all[i] = (Sample){ at, value };
	head_build(h, all, n + 1);
	return true;
}
