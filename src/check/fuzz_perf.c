/* What a program prints: performance data, first number, last line. */
#include "check/check_private.h"
#include "core/text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_text_n((const char *)data, size);
	RunAnswer a = { .exit_code = (int)(size % 3),
		        .out = text,
		        .err = text,
		        .out_n = strlen(text),
		        .err_n = size % 2 ? strlen(text) : 0 };
	Check c = { .item.id = "fuzz", .how = &(CheckHow){ 0 } };
	CheckResult r = { 0 };
	double x;

	command_judge(&c, &a, seconds(1), &r);
	for (size_t i = 0; i < r.measures_n; i++)
		assert(isfinite(r.measures[i].value) && r.measures[i].name[0]);
	if (first_number(text, &x))
		assert(isfinite(x));
	mem_free(text);
	return 0;
}
