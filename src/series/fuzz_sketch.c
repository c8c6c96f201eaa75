/* A sketch comes back from a database file that anything may have happened to. */
#include "series/series_private.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_text_n((const char *)data, size), *again;
	Sketch s, back;

	if (sketch_read(text, &s)) {
		again = sketch_write(&s);
		assert(sketch_read(again, &back));
		assert(back.n == s.n && sketch_count(&back) == sketch_count(&s));
		(void)sketch_at(&s, sketch_count(&s));
		sketch_free(&back);
		mem_free(again);
		sketch_free(&s);
	}
	mem_free(text);
	return 0;
}
