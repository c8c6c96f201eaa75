/* Lines from a server that may be any: read, and what was read written and read again. */
#include "home/home.h"

#include "core/alloc.h"

#include <string.h>

typedef struct Seen {
	size_t n;
	char name[128];
	HomeBatch *batch; /* of the first series only */
	size_t kept;
} Seen;

static void see(void *arg, const char *series, Instant at, double value)
{
	Seen *s = arg;

	if (s->n++ == 0)
		memcpy(s->name, series, strlen(series) + 1);
	if (strcmp(series, s->name) == 0 && s->batch) {
		home_batch_add(s->batch, 1, at, value);
		s->kept++;
	}
}

static const char *name(void *ctx, uint32_t series)
{
	(void)series;
	return ((Seen *)ctx)->name;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	Seen s = { .batch = home_batch_new() }, again = { 0 };
	AUTO(Buf) out = { 0 };
	Err err = { 0 };

	if (!home_read((const char *)p, n, see, &s, &err) && err.code == ERR_NONE)
		__builtin_trap();
	home_batch_write(s.batch, name, &s, &out);
	if (!home_read(buf_str(&out), out.n, see, &again, &err) || again.n != s.kept)
		__builtin_trap();
	home_batch_free(s.batch);
	return 0;
}
