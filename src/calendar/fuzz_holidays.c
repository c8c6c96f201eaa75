/* Any text: what is read prints and reads back, and a yearly day comes every year. */
#include "calendar/holidays.h"
#include "core/instant.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[64], out[HOLIDAY_TEXT];
	Holiday a, b;
	size_t seen = 0;

	if (size >= sizeof text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	if (!holiday_parse(text, &a, NULL))
		return 0;
	assert(holiday_parse(holiday_print(&a, out), &b, NULL));
	assert(a.kind == b.kind && a.from == b.from && a.to == b.to);
	for (int64_t day = days_from_civil(2024, 1, 1); day < days_from_civil(2028, 1, 1); day++)
		seen += holiday_is_on(&a, day);
	assert(a.kind == HOLIDAY_DATES || seen >= 1);
	if (a.kind == HOLIDAY_DATES)
		assert(holiday_is_on(&a, a.from) && holiday_is_on(&a, a.to) &&
		       !holiday_is_on(&a, a.to + 1) && !holiday_is_on(&a, a.from - 1));
	return 0;
}
