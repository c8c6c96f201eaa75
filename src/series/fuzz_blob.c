/* Buckets, logs and whole sets come back from a database file that anything may have happened to. The
 * checksum is made right, so that what is behind it is asked. */
#include "series/crc.h"
#include "series/series_private.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask_bucket(const void *p, size_t n)
{
	AUTO(Buf) once = { 0 }, again = { 0 };
	Bucket b, back;

	if (!bucket_read((Instant){ 0 }, p, n, &b))
		return;
	bucket_write(&b, &once);
	assert(bucket_read((Instant){ 0 }, once.p, once.n, &back));
	bucket_write(&back, &again);
	assert(once.n == again.n && memcmp(once.p, again.p, once.n) == 0);
	bucket_merge(&b, &back);
	assert(b.count == back.count * 2);
	bucket_free(&b);
	bucket_free(&back);
}

/* A set that was read goes on: figures, later samples, and written again. */
static void ask_set(const void *p, size_t n)
{
	SeriesSet *set = series_read(p, n);
	AUTO(Buf) out = { .max = SIZE_MAX / 2 };

	for (size_t i = 0; set && i < series_count(set); i++) {
		const char *name = series_at(set, i);
		SeriesFigure f;
		Instant at;
		double value;

		(void)series_stat(set, name, SERIES_P95, (Instant){ 0 }, NEVER, &f);
		(void)series_last(set, name, &at, &value);
		(void)series_add(set, name, (Instant){ 0 }, 1);
	}
	if (set)
		series_write(set, &out);
	series_free(set);
	set = set ? series_read(out.p, out.n) : NULL;
	assert(out.n == 0 || set);
	series_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(Buf) blob = { 0 };
	uint32_t crc = crc32c(data, size);
	SeriesSet *set = series_new();

	buf_add(&blob, data, size);
	buf_add(&blob, &crc, 4);
	ask_bucket(blob.p, blob.n);
	ask_set(blob.p, blob.n);
	(void)series_load_name(set, 1, "a");
	(void)series_load_name(set, 2, "b");
	(void)!series_load_log(set, 1, blob.p, blob.n);
	for (size_t i = 0; i < 2; i++) {
		SeriesFigure f;

		(void)series_stat(set, i ? "b" : "a", SERIES_P95, LONG_AGO, NEVER, &f);
	}
	series_free(set);
	return 0;
}
