/* The codec of chunks. */
#include "series/chunk.h"
#include "series/crc.h"

#include <assert.h>
#include <string.h>

static void put(Buf *out, uint64_t x, size_t n) { buf_add(out, &x, n); }

void chunk_write(const Sample *at, size_t n, Buf *out)
{
	size_t begin = out->n;
	Instant lo = at[0].at, hi = at[0].at;

	assert(n >= 1 && n <= CHUNK_MAX);
	for (size_t i = 1; i < n; i++) {
		lo = earliest(lo, at[i].at);
		hi = latest(hi, at[i].at);
	}
	put(out, 0, 1);
	put(out, n, 2);
	put(out, (uint64_t)lo.us, 8);
	put(out, (uint64_t)hi.us, 8);
	for (size_t i = 0; i < n; i++)
		buf_add(out, &at[i], sizeof at[i]);
	put(out, crc32c(out->p + begin, out->n - begin), 4);
}

static uint64_t get(const unsigned char *p, size_t n)
{
	uint64_t x = 0;

	memcpy(&x, p, n);
	return x;
}

bool chunk_facts(const void *p, size_t n, ChunkFacts *ret)
{
	const unsigned char *c = p;

	if (n < 23 || c[0] != 0)
		return false;
	*ret = (ChunkFacts){ (size_t)get(c + 1, 2),
		             { (int64_t)get(c + 3, 8) },
		             { (int64_t)get(c + 11, 8) } };
	return ret->n >= 1 && ret->n <= CHUNK_MAX;
}

bool chunk_read(const void *p, size_t n, Sample out[CHUNK_MAX], size_t *ret_n, Err *err)
{
	const unsigned char *c = p;
	ChunkFacts f;

	if (!chunk_facts(p, n, &f) || n != 23 + f.n * sizeof *out ||
	    get(c + n - 4, 4) != crc32c(p, n - 4))
		return err_set(err, ERR_BAD_INPUT, "a chunk of samples is damaged");
	memcpy(out, c + 19, f.n * sizeof *out);
	*ret_n = f.n;
	return true;
}
