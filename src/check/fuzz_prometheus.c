/* Selector on the first line, an exporter's page after it. */
#include "check/prometheus.h"
#include "core/alloc.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *eol = size ? memchr(text, '\n', size) : NULL;
	size_t n = eol ? (size_t)(eol - text) : size;
	char *selector = mem_text_n(text, n);
	/* An exact copy: one byte read past the page is seen. */
	char *page = mem_new(size - n + 1);
	Err err = { 0 };
	double x;

	if (eol)
		memcpy(page, eol + 1, size - n - 1);
	if (prometheus_value(page, eol ? size - n - 1 : 0, selector, &x, &err))
		assert(isfinite(x));
	else
		assert(err.code != ERR_NONE);
	mem_free(page);
	mem_free(selector);
	return 0;
}
