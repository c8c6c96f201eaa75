/* TZif files: whatever the bytes, a zone or a refusal, and a zone answers each
 * question about any time without harm. */
#include "calendar/zone_private.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t years[] = { -200000, -5000, 1,    1900, 1970,
		                         2026,    2040,  2500, 9999, 200000 };
	Zone *z = size <= 1 << 16 ? zone_read("fuzzed", data, size, NULL) : NULL;

	if (!z)
		return 0;
	for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
		Instant t = { days_from_civil((int32_t)years[i], 3, 29) * 86400000000 };
		Civil c = zone_civil(z, t);

		assert(strlen(zone_abbreviation(z, t)) < ZONE_ABBREVIATION);
		assert(zone_offset(z, t) >= -26 * 3600 && zone_offset(z, t) <= 26 * 3600);
		assert(zone_instant(z, c, PICK_FIRST, NULL).us <=
		       zone_instant(z, c, PICK_LAST, NULL).us);
		assert(earlier(t, zone_next_change(z, t)));
		(void)zone_day_start(z, t);
		(void)zone_add(z, t, (Span){ 13, 400, 5 });
	}
	zone_free(z);
	return 0;
}
