/* A sketch comes back from a database file that anything may have happened to. */
#include "series/series_private.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_text_n((const char *)data, size);
	Sketch s, back = { 0 };

	if (sketch_read(text, &s)) {
		AUTO(Buf) out = { 0 };
		Bytes in;

		sketch_put(&s, &out);
		in = (Bytes){ (unsigned char *)out.p, (unsigned char *)out.p + out.n, false };
		assert(sketch_get(&in, &back) && in.p == in.end);
		assert(back.n == s.n && sketch_count(&back) == sketch_count(&s));
		(void)sketch_at(&s, sketch_count(&s));
		sketch_free(&back);
		sketch_free(&s);
	}
	mem_free(text);
	return 0;
}
