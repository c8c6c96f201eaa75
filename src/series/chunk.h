/* A chunk: up to 512 samples of one series as one blob, for a row of the store.
 *
 * What goes in comes back bit for bit and in the same order: NaN payloads, -0, duplicates,
 * clocks that go back, gaps, any instant. Each blob carries its own checksum and says from
 * when to when it reaches. It knows no series and no file. Layout: docs/internals/samples.md. */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "core/instant.h"

#include <stdint.h>

enum { CHUNK_MAX = 512 };

typedef struct Sample {
	Instant at;
	double value;
} Sample;

typedef struct ChunkFacts {
	size_t n;
	Instant earliest, latest; /* both are of samples */
} ChunkFacts;

/* Appends the blob of n samples (1 … CHUNK_MAX), about 3 bytes each. */
void chunk_write(const Sample *at, size_t n, Buf *out);
/* Never reads past n, never writes past CHUNK_MAX. False: not a chunk, or a damaged one
 * (BAD_INPUT); out and *ret_n are undefined then. */
MUST_CHECK bool chunk_read(const void *p, size_t n, Sample out[CHUNK_MAX], size_t *ret_n, Err *err);
/* From the first bytes, checksum not looked at. False: not a chunk. */
MUST_CHECK bool chunk_facts(const void *p, size_t n, ChunkFacts *ret);

/* The same as columns, for sums over many: what need not be unpacked is not. */
typedef struct ChunkColumns {
	ChunkFacts facts;
	Instant first, last; /* of the first and the last one in their order */
	Duration longest;    /* no gap between two neighbours is longer; only if ordered */
	bool ordered;        /* they are by time */
	bool has_times;      /* at[] is filled; otherwise they are ordered */
	bool even;           /* only m[0] is filled: they are all that */
	bool is_bits;        /* m[i] is a double's bits; otherwise m[i] / 10^power */
	unsigned power;
	uint64_t at[CHUNK_MAX]; /* µs */
	int64_t m[CHUNK_MAX];
} ChunkColumns;
/* As chunk_read(). */
MUST_CHECK bool chunk_columns(const void *p, size_t n, ChunkColumns *ret, Err *err);
