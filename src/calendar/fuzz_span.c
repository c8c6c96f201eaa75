/* Spans: what is read prints in a form that reads back to the same. */
#include "calendar/span.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[256], out[SPAN_TEXT], again[SPAN_TEXT];
	Span a, b;

	if (size >= sizeof text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	if (!span_parse(text, &a))
		return 0;
	assert(a.months >= 0 && a.days >= 0 && a.us >= 0);
	assert(span_parse(span_print(a, out), &b));
	assert(a.months == b.months && a.days == b.days && a.us == b.us);
	assert(!strcmp(span_print(b, again), out));
	return 0;
}
