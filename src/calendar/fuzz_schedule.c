/* Schedules: what is read prints in a form that reads back to the same, and its
 * occurrences come in order, each found again from behind. */
#include "calendar/schedule.h"
#include "core/text.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const Schedule *s, const Zone *z, Instant t)
{
	for (int i = 0; i < 4; i++) {
		Instant next = schedule_next(s, z, t);

		assert(earlier(t, next));
		if (!is_set(next)) {
			assert(!schedule_recurs(s) || s->kind == SCHEDULE_ONCE);
			return;
		}
		assert(schedule_last(s, z, next).us == next.us);
		assert(!earlier(t, schedule_last(s, z, (Instant){ next.us - 1 })));
		t = next;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[128], out[SCHEDULE_TEXT], again[SCHEDULE_TEXT];
	const Zone *z = zone_utc();
	Schedule a, b;

	if (size >= sizeof text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	if (!schedule_parse(text, &a, NULL))
		return 0;
	assert(schedule_parse(schedule_print(&a, out), &b, NULL));
	assert(!strcmp(schedule_print(&b, again), out));
	memset(a.text, 0, sizeof a.text);
	memset(b.text, 0, sizeof b.text);
	assert(a.kind == b.kind && a.weekdays == b.weekdays && a.day == b.day && a.nth == b.nth);
	assert(a.month == b.month && a.has_hour == b.has_hour && a.hour == b.hour);
	assert(a.minute == b.minute && a.interval.us == b.interval.us && a.zone == b.zone);
	assert(text_eq(a.event, b.event) && !memcmp(&a.once, &b.once, sizeof a.once));
	walk(&a, z, (Instant){ 0 });
	if (zone_load("Europe/Paris", &z, NULL))
		walk(&a, z, (Instant){ 1774569600000000 }); /* 2026-03-27 */
	return 0;
}
