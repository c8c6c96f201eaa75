/* A chunk comes back from a database file that anything may have happened to. */
#include "series/chunk.h"
#include "series/crc.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const Sample *at, size_t n)
{
	AUTO(Buf) out = { 0 };
	Sample back[CHUNK_MAX];
	ChunkFacts f;
	size_t got;

	chunk_write(at, n, &out);
	assert(chunk_facts(out.p, out.n, &f) && f.n == n);
	assert(chunk_read(out.p, out.n, back, &got, NULL) && got == n);
	assert(memcmp(back, at, n * sizeof *at) == 0);
}

/* The bytes as a chunk with the right checksum, and as samples. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(Buf) blob = { 0 };
	Sample at[CHUNK_MAX];
	ChunkFacts f;
	size_t n;
	uint32_t crc = crc32c(data, size);

	assert(crc == crc32c_portable(data, size));
	buf_add(&blob, data, size);
	buf_add(&blob, &crc, 4);
	if (chunk_facts(blob.p, blob.n, &f) && chunk_read(blob.p, blob.n, at, &n, NULL))
		round_trip(at, n);
	if (chunk_read(data, size, at, &n, NULL))
		round_trip(at, n);
	n = size / sizeof *at < CHUNK_MAX ? size / sizeof *at : CHUNK_MAX;
	if (n) {
		memcpy(at, data, n * sizeof *at);
		round_trip(at, n);
	}
	return 0;
}
