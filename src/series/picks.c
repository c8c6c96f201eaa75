/* Values that a rank is asked of. As long as all are whole at one power of ten they are kept
 * as 32-bit integers, which is half the memory, and needs no division; otherwise as doubles. */
#include "series/series_private.h"

#include <math.h>

enum { BRACKET_MIN = 8192, PROBES = 2048, BLOCK_VALUES = 512 };

void picks_free(Picks *p)
{
	list_free(&p->ints);
	list_free(&p->values);
}

static void widen(Picks *p)
{
	double *to = picks_room(p, p->ints.n);

	for (size_t i = 0; i < p->ints.n; i++)
		to[i] = decimal_value(p->ints.at[i], p->power);
	p->values.n += p->ints.n;
	list_free(&p->ints);
	p->wide = true;
}

double *picks_room(Picks *p, size_t more)
{
	size_t need = p->values.n + more;

	if (need > p->values.cap) {
		p->values.cap = need > p->values.cap * 2 ? need : p->values.cap * 2;
		p->values.at = mem_grow(p->values.at, p->values.cap * sizeof *p->values.at);
	}
	return p->values.at + p->values.n;
}

static bool fits(int64_t x) { return x >= INT32_MIN && x <= INT32_MAX; }

/* What is there to a finer power. False: it does not fit. */
static bool refine(Picks *p, unsigned power)
{
	int64_t by = power - p->power < 10 ? (int64_t)decimal_power[power - p->power] : INT32_MAX;
	bool ok = true;

	for (size_t i = 0; i < p->ints.n; i++)
		ok &= fits(p->ints.at[i] * by);
	for (size_t i = 0; ok && i < p->ints.n; i++)
		p->ints.at[i] = (int32_t)(p->ints.at[i] * by);
	p->power = ok ? power : p->power;
	return ok;
}

void picks_whole(Picks *p, const int64_t *m, size_t n, bool even, unsigned power)
{
	int64_t by = power < p->power && p->power - power < 10
	                     ? (int64_t)decimal_power[p->power - power]
	                     : 1;
	uint64_t off = 0;
	int32_t *to;

	if (p->ints.n == 0)
		p->power = power;
	/* m · by stays within 64 bits, since m has 32 wherever it is used. */
	for (size_t i = 0; i < (even ? 1 : n); i++)
		off |= (uint64_t)(m[i] + INT32_MAX / by) > 2 * (uint64_t)(INT32_MAX / by);
	if (!p->wide && (off || (p->power > power && p->power - power > 9) ||
	                 (power > p->power && !refine(p, power))))
		widen(p);
	if (p->wide) {
		double *v = picks_room(p, n);

		for (size_t i = 0; i < n; i++)
			v[i] = decimal_value(m[even ? 0 : i], power);
		p->values.n += n;
		return;
	}
	if (p->ints.n + n > p->ints.cap) {
		p->ints.cap = 2 * p->ints.cap + 2 * CHUNK_MAX;
		p->ints.at = mem_grow(p->ints.at, p->ints.cap * sizeof *p->ints.at);
	}
	to = p->ints.at + p->ints.n;
	for (size_t i = 0; i < n; i++)
		to[i] = (int32_t)(m[even ? 0 : i] * by);
	p->ints.n += n;
}

static void swap(double *v, int64_t i, int64_t j)
{
	double x = v[i];

	v[i] = v[j];
	v[j] = x;
}

/* Puts the value of rank k (from 0) at v[k]; Floyd and Rivest, "Algorithm 489: SELECT", CACM
 * 18 (3), 1975: about n + min(k, n-k) comparisons, against the sort's n log n. */
static void select_rank(double *v, int64_t left, int64_t right, int64_t k)
{
	while (right > left) {
		int64_t i = left, j = right;
		double t;

		if (right - left > 600) {
			double n = (double)(right - left + 1), at = (double)(k - left + 1);
			double z = log(n), s = 0.5 * exp(2 * z / 3);
			double sd = 0.5 * sqrt(z * s * (n - s) / n) * (at < n / 2 ? -1 : 1);
			int64_t lo = k - (int64_t)(at * s / n - sd),
			        hi = k + (int64_t)((n - at) * s / n + sd);

			select_rank(v, lo > left ? lo : left, hi < right ? hi : right, k);
		}
		t = v[k];
		swap(v, left, k);
		if (v[right] > t)
			swap(v, right, left);
		while (i < j) {
			swap(v, i++, j--);
			while (v[i] < t)
				i++;
			while (v[j] > t)
				j--;
		}
		if (v[left] == t)
			swap(v, left, j);
		else
			swap(v, ++j, right);
		left = j <= k ? j + 1 : left;
		right = k <= j ? j - 1 : right;
	}
}

/* Values of a sample that the rank lies between, most probably: its standard deviation there
 * is √(PROBES q (1-q)). */
static void bracket(const Picks *p, uint64_t k, int32_t *ret_lo, int32_t *ret_hi)
{
	double q = (double)k / (double)p->ints.n, probe[PROBES];
	int64_t at = (int64_t)(q * PROBES), off = 4 + (int64_t)(3 * sqrt(PROBES * q * (1 - q)));

	*ret_lo = INT32_MIN;
	*ret_hi = INT32_MAX;
	for (size_t i = 0; i < PROBES; i++)
		probe[i] = p->ints.at[i * p->ints.n / PROBES];
	if (at >= off) {
		select_rank(probe, 0, PROBES - 1, at - off);
		*ret_lo = (int32_t)probe[at - off];
	}
	if (at + off < PROBES) {
		select_rank(probe, at >= off ? at - off : 0, PROBES - 1, at + off);
		*ret_hi = (int32_t)probe[at + off];
	}
}

/* One pass without a branch that noise could take either way counts what is below and keeps
 * what is between. False: the rank is not there, or most are equal. */
static bool by_bracket(const Picks *p, uint64_t k, double *ret)
{
	const int32_t *v = p->ints.at;
	size_t n = p->ints.n, cap = n / 4, below = 0, kept = 0;
	double *between;
	int32_t lo, hi;
	bool found;

	bracket(p, k, &lo, &hi);
	between = mem_grow(NULL, cap * sizeof *between);
	for (size_t i = 0; i < n && kept + BLOCK_VALUES < cap;) {
		size_t end = i + BLOCK_VALUES < n ? i + BLOCK_VALUES : n;

		for (; i < end; i++) {
			between[kept] = v[i];
			below += v[i] < lo;
			kept += (v[i] >= lo) & (v[i] <= hi);
		}
	}
	found = kept + BLOCK_VALUES < cap && k >= below && k - below < kept;
	if (found) {
		select_rank(between, 0, (int64_t)kept - 1, (int64_t)(k - below));
		*ret = decimal_value((int64_t)between[k - below], p->power);
	}
	mem_free(between);
	return found;
}

/* The few doubles among many integers. False: not all are whole at a power that fits. */
static bool narrow(Picks *p)
{
	int64_t x;

	for (size_t i = 0; i < p->values.n; i++) {
		unsigned power = p->power;

		while (!decimal_of(p->values.at[i], power, &x)) {
			if (++power > 9)
				return false;
		}
		if (!fits(x) || (power > p->power && !refine(p, power)))
			return false;
	}
	for (size_t i = 0; i < p->values.n; i++) {
		if (!decimal_of(p->values.at[i], p->power, &x) || !fits(x))
			return false;
	}
	for (size_t i = 0; i < p->values.n; i++) {
		(void)decimal_of(p->values.at[i], p->power, &x);
		list_add(&p->ints, (int32_t)x);
	}
	p->values.n = 0;
	return true;
}

double picks_rank(Picks *p, uint64_t k)
{
	double value;

	if (!p->wide && p->values.n < p->ints.n && p->values.n && !narrow(p))
		widen(p);
	if (p->values.n == 0 && p->ints.n >= BRACKET_MIN && by_bracket(p, k, &value))
		return value;
	if (!p->wide)
		widen(p);
	select_rank(p->values.at, 0, (int64_t)p->values.n - 1, (int64_t)k);
	return p->values.at[k];
}

void picks_sketch(Picks *p, Sketch *to)
{
	if (!p->wide)
		widen(p);
	for (size_t i = 0; i < p->values.n; i++)
		sketch_add(to, p->values.at[i], 1);
	p->values.n = 0;
}
