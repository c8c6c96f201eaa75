/* Lines of pushed metrics: what is read is finite, named, and reads back. */
#include "web/web_private.h"

#include <assert.h>
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	MetricSample first, again;
	const char *why = NULL;
	char line[SAMPLE_NAME + 64];
	int n;

	switch (sample_line((const char *)data, size, &first, &why)) {
	case SAMPLE_READ:
		assert(isfinite(first.value) && first.name[0]);
		n = snprintf(line, sizeof line, "%s %.17g", first.name, first.value);
		assert(n > 0 && (size_t)n < sizeof line);
		assert(sample_line(line, (size_t)n, &again, &why) == SAMPLE_READ);
		assert(again.value == first.value);
		break;
	case SAMPLE_BAD: assert(why); break;
	case SAMPLE_NONE: break;
	}
	return 0;
}
