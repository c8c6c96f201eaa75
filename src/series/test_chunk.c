#include "harness.h"
#include "series/chunk.h"
#include "series/crc.h"
#include "series/pfor.h"

#include <math.h>

static uint64_t seed = 88172645463325252u;
static uint64_t next_u64(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}
static double uniform(void) { return (double)(next_u64() >> 11) / 9007199254740992.0; }
static double normal(void)
{
	return sqrt(-2 * log(uniform() + 1e-300)) * cos(6.283185307179586 * uniform());
}

enum { T0 = 1772409600 }; /* 2026-03-02, s */

static Sample sample(int64_t us, double value) { return (Sample){ { us }, value }; }

/* Written, looked at, read: the same bits in the same order. Returns the blob's size. */
static size_t round_trip(const Sample *at, size_t n)
{
	AUTO(Buf) out = { 0 };
	Sample back[CHUNK_MAX];
	ChunkFacts f;
	Instant lo = NEVER, hi = LONG_AGO;
	size_t got = 0;
	Err err = { 0 };

	for (size_t i = 0; i < n; i++) {
		lo = earliest(lo, at[i].at);
		hi = latest(hi, at[i].at);
	}
	chunk_write(at, n, &out);
	EXPECT(chunk_facts(out.p, out.n, &f));
	EXPECT(f.n == n && f.earliest.us == lo.us && f.latest.us == hi.us);
	if (!chunk_read(out.p, out.n, back, &got, &err))
		test_fail(__FILE__, __LINE__, "%s", err.message);
	EXPECT_INT(got, n);
	EXPECT(memcmp(back, at, n * sizeof *at) == 0);
	return out.n;
}

/* A check every 60 s as it is: milliseconds of jitter, latencies in µs, log-normal with a
 * spike in a hundred. */
static void fill_latency(Sample *at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double us = 80000 * exp(0.25 * normal()) * (next_u64() % 100 ? 1 : 8);

		at[i] = sample((int64_t)(T0 + 60 * i) * 1000000 + (int64_t)(next_u64() % 4) * 1000,
		               (double)(int64_t)us / 1e6);
	}
}

TEST(a_chunk_of_latencies_takes_less_than_three_bytes_a_sample)
{
	Sample at[CHUNK_MAX];
	size_t bytes = 0;

	for (int i = 0; i < 50; i++) {
		fill_latency(at, CHUNK_MAX);
		bytes += round_trip(at, CHUNK_MAX);
	}
	EXPECT((double)bytes / (50 * CHUNK_MAX) < 2.9);
}

TEST(a_value_that_stays_takes_next_to_nothing)
{
	Sample at[CHUNK_MAX];
	size_t jitter, n = CHUNK_MAX;

	for (size_t i = 0; i < n; i++)
		at[i] = sample((int64_t)(T0 + 60 * i) * 1000000, 1);
	EXPECT(round_trip(at, n) < n / 10);
	for (size_t i = 0; i < n; i++) /* and a few that differ little more */
		at[i].value = i % 100 == 7 ? 0 : 1;
	EXPECT(round_trip(at, n) < n / 8);
	for (size_t i = 0; i < n; i++) {
		at[i].value = 1;
		at[i].at.us += (int64_t)(next_u64() % 4) * 1000;
	}
	jitter = round_trip(at, n);
	EXPECT(jitter < n * 2 / 8 + n / 10); /* two bits of jitter, and nothing for the value */
}

static double odd_double(void)
{
	static const uint64_t bits[] = {
		0x7ff0000000000000, 0xfff0000000000000, 0x8000000000000000, 0x7ff8000000000000,
		0x7ff8000000000001, 0xfff7ffffffffffff, 0x7ff0000000000001, 0x0000000000000001,
		0x000fffffffffffff, 0x7fefffffffffffff, 0x0010000000000000, 0,
	};
	size_t i = next_u64() % (COUNT_OF(bits) + 3);

	return i < COUNT_OF(bits)    ? bits_double(bits[i])
	       : i == COUNT_OF(bits) ? bits_double(next_u64())
	                             : (double)(int64_t)next_u64() / 1000;
}

static double value_like(int shape, size_t i, double before)
{
	switch (shape) {
	case 0: return odd_double();
	case 1: return next_u64() % 20 ? 0.25 : odd_double();
	case 2: return floor(uniform() * 1000) / 100;
	case 3: return before + floor(uniform() * 1e6); /* a counter */
	case 4: return uniform();                       /* no decimal */
	case 5: return (double)(float)normal();
	case 6: return (double)i * 4096;
	case 7: return -1e15 + uniform() * 1e10;
	default: return 36.6;
	}
}

static int64_t time_like(int shape, int64_t before)
{
	static const int64_t extremes[] = { INT64_MIN, INT64_MAX,     0,
		                            -1,        INT64_MIN + 1, INT64_MAX - 1 };

	switch (shape) {
	case 0: return extremes[next_u64() % COUNT_OF(extremes)];
	case 1: return (int64_t)next_u64();
	case 2: return before;                                             /* duplicates */
	case 3: return before + 60000000 * (next_u64() % 30 ? 1 : 50);     /* gaps */
	case 4: return before + (int64_t)(next_u64() % 7) * 1000 - 2000;   /* back and forth */
	case 5: return before + (next_u64() % 50 ? 1000000 : -3600000000); /* the clock was set */
	case 6: return before + (int64_t)(next_u64() % 61000017);
	default: return before + 30000000;
	}
}

TEST(whatever_goes_in_comes_back_bit_for_bit)
{
	static const size_t counts[] = { 1, 2, 3, 63, 64, 65, 511, CHUNK_MAX };
	Sample at[CHUNK_MAX];

	for (int round = 0; round < 40; round++) {
		for (int times = 0; times < 8; times++) {
			for (int values = 0; values < 9; values++) {
				size_t n = round < (int)COUNT_OF(counts)
				                   ? counts[round]
				                   : 1 + next_u64() % CHUNK_MAX;
				int64_t t = (int64_t)T0 * 1000000;
				double v = 5;

				for (size_t i = 0; i < n; i++) {
					t = times < 2           ? time_like(times, t)
					    : t > INT64_MAX / 2 ? t
					                        : time_like(times, t);
					v = value_like(values, i, v);
					at[i] = sample(t, v);
				}
				(void)round_trip(at, n);
			}
		}
	}
}

TEST(shapes_pick_a_form_that_is_small)
{
	static const struct {
		const char *what;
		int times, values;
		double most; /* bytes a sample */
	} rows[] = {
		{ "two decimals", 7, 2, 1.4 },
		{ "a counter", 7, 3, 2.7 },
		{ "multiples of 4096", 7, 6, .2 },
		{ "no decimals", 7, 4, 7.5 },
		{ "floats", 7, 5, 4.8 },
		{ "one value", 7, 8, .1 },
		{ "duplicates", 2, 8, .1 },
		{ "gaps", 3, 8, .35 },
		{ "noise", 1, 0, 17 },
	};
	Sample at[CHUNK_MAX];

	for (size_t r = 0; r < COUNT_OF(rows); r++) {
		int64_t t = (int64_t)T0 * 1000000;
		double v = 0, got;

		for (size_t i = 0; i < CHUNK_MAX; i++) {
			t = time_like(rows[r].times, t);
			v = value_like(rows[r].values, i, v);
			at[i] = sample(t, v);
		}
		got = (double)round_trip(at, CHUNK_MAX) / CHUNK_MAX;
		if (!EXPECT(got <= rows[r].most))
			test_fail(__FILE__, __LINE__, "%s: %.2f", rows[r].what, got);
	}
}

TEST(a_chunk_cut_short_or_with_one_bit_turned_is_refused)
{
	AUTO(Buf) out = { 0 };
	Sample at[CHUNK_MAX];
	size_t got;

	fill_latency(at, 200);
	chunk_write(at, 200, &out);
	for (size_t n = 0; n < out.n; n++) {
		char *exact = mem_text_n(out.p, n); /* so that a sanitizer sees the end */
		ChunkFacts f;
		Sample back[CHUNK_MAX];

		EXPECT(!chunk_read(exact, n, back, &got, NULL));
		(void)!chunk_facts(exact, n, &f);
		mem_free(exact);
	}
	for (size_t bit = 0; bit < out.n * 8; bit++) {
		Sample back[CHUNK_MAX];

		out.p[bit / 8] = (char)(out.p[bit / 8] ^ (1 << bit % 8));
		EXPECT(!chunk_read(out.p, out.n, back, &got, NULL));
		out.p[bit / 8] = (char)(out.p[bit / 8] ^ (1 << bit % 8));
	}
}

/* With the checksum made right again, so that the forms themselves are asked. */
TEST(a_damaged_chunk_with_the_right_checksum_reads_nothing_beyond_it)
{
	Sample at[CHUNK_MAX], back[CHUNK_MAX];
	unsigned refused = 0;

	fill_latency(at, 100);
	for (int i = 0; i < 20000; i++) {
		AUTO(Buf) out = { 0 };
		char *exact;
		size_t got, n;
		uint32_t crc;

		chunk_write(at, 1 + next_u64() % 100, &out);
		n = next_u64() % 3 ? out.n : 4 + next_u64() % (out.n - 4);
		for (uint64_t k = next_u64() % 3; k < 3; k++)
			out.p[next_u64() % (n - 3)] = (char)next_u64();
		crc = crc32c(out.p, n - 4);
		memcpy(out.p + n - 4, &crc, 4);
		exact = mem_text_n("", 0);
		exact = mem_grow(exact, n);
		memcpy(exact, out.p, n);
		if (!chunk_read(exact, n, back, &got, NULL))
			refused++;
		else
			EXPECT(got >= 1 && got <= CHUNK_MAX);
		mem_free(exact);
	}
	EXPECT(refused > 1000);
}

TEST(the_checksum_is_the_known_one_on_every_machine)
{
	unsigned char zeros[32] = { 0 }, up[32];
	char text[300];

	/* RFC 3720 §B.4 */
	EXPECT_INT(crc32c(zeros, 32), 0x8a9136aa);
	for (unsigned i = 0; i < 32; i++)
		up[i] = (unsigned char)i;
	EXPECT_INT(crc32c(up, 32), 0x46dd794e);
	EXPECT_INT(crc32c("123456789", 9), 0xe3069283);
	for (size_t n = 0; n < sizeof text; n++) {
		text[n] = (char)next_u64();
		EXPECT_INT(crc32c(text, n), crc32c_portable(text, n));
	}
}

TEST(decimals_are_taken_only_where_they_come_back)
{
	int64_t m;

	EXPECT(decimal_of(0.080123, 6, &m) && m == 80123);
	EXPECT(!decimal_of(0.080123, 5, &m));
	EXPECT(decimal_of(0, 0, &m) && m == 0);
	EXPECT(!decimal_of(-0.0, 0, &m) && !decimal_of(NAN, 3, &m) && !decimal_of(INFINITY, 0, &m));
	EXPECT(!decimal_of(1e16, 0, &m) && !decimal_of(1.0 / 3, DECIMAL_MAX, &m));
	for (int i = 0; i < 100000; i++) {
		unsigned k = (unsigned)(next_u64() % (DECIMAL_MAX + 1));
		int64_t want = (int64_t)(next_u64() % 2251799813685247);
		double v = (double)want / decimal_power[k];

		ASSERT(decimal_of(v, k, &m) && m == want);
	}
}
