/* The year over which lint plays the plan, as a mark per minute: half a million
 * bytes answer any question about hours that meet or miss each other. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_US = 60 * 1000000 };

int lint_year(const Loader *l)
{
	const char *date = l->plan->head.date;
	char year[5];
	int64_t n;

	if (!date || strlen(date) < 4)
		return 2027;
	text_copy(year, sizeof year, date);
	return text_int(year, &n) && n >= 1990 && n < 2200 ? (int)n + 1 : 2027;
}

static Instant new_year(const Loader *l, int year)
{
	return zone_instant(l->plan->head.timezone, (Civil){ .year = year, .month = 1, .day = 1 },
	                    PICK_FIRST, NULL);
}

Instant lint_start(const Loader *l) { return new_year(l, lint_year(l)); }
Instant lint_end(const Loader *l) { return new_year(l, lint_year(l) + 1); }

static const char *date_words(Loader *l, Instant t, bool year)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	Civil c = zone_civil(l->plan->head.timezone, t);

	return arena_printf(l->scratch, "%s %d %s %s%02d:%02d", days[civil_weekday(c)], c.day,
	                    months[c.month - 1],
	                    year ? arena_printf(l->scratch, "%d ", c.year) : "", c.hour, c.minute);
}

const char *lint_when(Loader *l, Instant t) { return date_words(l, t, true); }
const char *lint_day(Loader *l, Instant t) { return date_words(l, t, false); }

const char *lint_date(Loader *l, Instant t)
{
	const char *day = lint_day(l, t);

	return arena_text_n(l->scratch, day, strlen(day) - strlen(" 00:00"));
}

YearMap lint_map(Loader *l)
{
	YearMap m = { .from = lint_start(l) };

	m.n = (size_t)(between(m.from, lint_end(l)).us / MINUTE_US);
	m.at = arena_alloc(l->scratch, m.n + 1);
	return m;
}

static size_t minute_of(const YearMap *m, Instant t)
{
	int64_t us = between(m->from, t).us;

	if (us <= 0)
		return 0;
	return (size_t)(us / MINUTE_US) < m->n ? (size_t)(us / MINUTE_US) : m->n;
}

void lint_map_fill(YearMap *m, Instant from, Instant to)
{
	size_t a = minute_of(m, from), b = is_set(to) ? minute_of(m, to) : m->n;

	if (b > a)
		memset(m->at + a, 1, b - a);
}

void lint_map_hours(const Loader *l, YearMap *m, const Hours *h)
{
	const Zone *z = l->plan->head.timezone;
	Instant end = lint_map_instant(m, m->n), next;

	for (Instant t = m->from; earlier(t, end); t = next) {
		next = hours_next_edge(h, z, t);
		if (!is_set(next) || earlier(end, next))
			next = end;
		if (hours_open(h, z, t))
			lint_map_fill(m, t, next);
	}
}

void lint_map_add(YearMap *m, const YearMap *other)
{
	for (size_t i = 0; i < m->n; i++)
		m->at[i] |= other->at[i];
}

size_t lint_map_count(const YearMap *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->at[i];
	return n;
}

Instant lint_map_instant(const YearMap *m, size_t minute)
{
	return after(m->from, minutes((int64_t)minute));
}

bool lint_map_run(const YearMap *m, size_t *at, size_t *ret_from, size_t *ret_to)
{
	const unsigned char *first = *at < m->n ? memchr(m->at + *at, 1, m->n - *at) : NULL;
	const unsigned char *end;

	if (!first)
		return false;
	end = memchr(first, 0, (size_t)(m->at + m->n - first));
	*ret_from = (size_t)(first - m->at);
	*ret_to = *at = end ? (size_t)(end - m->at) : m->n;
	return true;
}

const char *lint_map_words(Loader *l, size_t n)
{
	size_t h = (n + 30) / 60;

	if (n < 60)
		return arena_printf(l->scratch, "%zu min", n);
	if (h < 1000)
		return arena_printf(l->scratch, "%zu h", h);
	return arena_printf(l->scratch, "%zu %03zu h", h / 1000, h % 1000);
}
