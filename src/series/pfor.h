/* Patched frame of reference: up to 512 integers as a base, a width, the low bits of each in
 * that width, and a list of what did not fit (Zukowski, Héman, Nes, Boncz: "Super-Scalar
 * RAM-CPU Cache Compression", ICDE 2006, §3). Any 64-bit pattern comes back; near ones cost
 * their spread in bits and an outlier about three bytes. Only for this folder. */
#pragma once
#include "series/bytes.h"

enum {
	PFOR_MAX = 512,
	PFOR_BYTES = 1 + 2 * VARINT_MAX + PFOR_MAX * (8 + 2 + VARINT_MAX), /* never more */
};

typedef struct PforPlan {
	uint64_t base;
	unsigned width;
	size_t cost; /* bytes, about */
} PforPlan;

/* The cheapest base and width found for n integers (1 … PFOR_MAX). */
PforPlan pfor_plan(const uint64_t *v, size_t n);
/* Writes n integers by that plan; returns what is behind. */
unsigned char *pfor_write(const uint64_t *v, size_t n, PforPlan plan, unsigned char *out);
/* A row that is there, before it is unpacked. */
typedef struct PforRow {
	uint64_t base;
	unsigned width;
	size_t misses, size;
	const unsigned char *packed;
} PforRow;

/* What is behind are its misses, if there are any. False: damaged. */
bool pfor_open(Bytes *in, size_t n, PforRow *ret);
/* One of them, in a row without misses. */
uint64_t pfor_one(const PforRow *row, size_t i);
/* All of a row just opened. False: damaged. */
bool pfor_all(Bytes *in, const PforRow *row, uint64_t *v, size_t n);
/* Both at once. */
bool pfor_read(Bytes *in, uint64_t *v, size_t n);
/* The middle one of up to 32 of them: close to the median, never off by an outlier. */
uint64_t pfor_middle(const uint64_t *v, size_t n);
