/* Hours: what is read prints in a form that reads back to the same; open time adds
 * up; every edge is a change. */
#include "calendar/hours.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const Hours *h, const Zone *z, Instant t)
{
	Instant end = after(t, days(9)), start = t;
	int64_t open = 0;

	for (int i = 0; i < 20 && earlier(t, end); i++) {
		Instant edge = earliest(hours_next_edge(h, z, t), end);

		assert(earlier(t, edge));
		if (hours_open(h, z, t))
			open += edge.us - t.us;
		if (earlier(edge, end))
			assert(hours_open(h, z, edge) != hours_open(h, z, t));
		t = edge;
	}
	assert(hours_within(h, z, start, t).us == open);
}

/* With holidays bound: what was open on another day still is, and nothing is on these. */
static void walk_holidays(Hours h, const Zone *z)
{
	Holiday days_off[] = { { HOLIDAY_DATES, 20538, 20540 }, { HOLIDAY_EASTER, 1, 1 } };
	Holidays closed = { days_off, 2 };
	Hours all = h;

	all.except_holidays = false;
	h.closed = &closed;
	walk(&h, z, (Instant){ 20536LL * 86400 * 1000000 }); /* 2026-03-24 */
	for (int64_t hour = 0; hour < 9 * 24; hour++) {
		Instant t = { (20536LL * 24 + hour) * 3600 * 1000000 };
		Civil c = zone_civil(z, t);
		bool off = holidays_on(&closed, days_from_civil(c.year, c.month, c.day));

		assert(hours_open(&h, z, t) == (hours_open(&all, z, t) && !off));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[HOURS_TEXT], out[HOURS_TEXT], again[HOURS_TEXT];
	const Zone *z;
	Hours a, b;

	if (size >= sizeof text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	if (!hours_parse(text, &a, NULL))
		return 0;
	assert(hours_parse(hours_print(&a, out), &b, NULL));
	assert(!strcmp(hours_print(&b, again), out));
	assert(a.except_holidays == b.except_holidays);
	assert(a.always == b.always && a.ranges_n == b.ranges_n);
	assert(!memcmp(a.ranges, b.ranges, a.ranges_n * sizeof *a.ranges));
	walk(&a, zone_utc(), (Instant){ 0 });
	if (zone_load("Europe/Paris", &z, NULL))
		walk(&a, z, (Instant){ 1774569600000000 }); /* 2026-03-27 */
	if (a.except_holidays)
		walk_holidays(a, z);
	return 0;
}
