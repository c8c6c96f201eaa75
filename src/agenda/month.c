/* The days of a month's sheet. */
#include "agenda/month.h"

#include "core/text.h"

#include <string.h>

static Instant midnight(const Zone *z, int64_t day, Civil *ret)
{
	Civil c = { 0 };

	civil_from_days(day, &c.year, &c.month, &c.day);
	*ret = c;
	return zone_instant(z, c, PICK_FIRST, NULL);
}

Month month_of(const Zone *z, int32_t year, int32_t month)
{
	int32_t months = year * 12 + month - 1;
	Month m = { .year = months / 12, .month = months % 12 + 1 };
	int64_t first = days_from_civil(m.year, m.month, 1);
	int64_t last = first + civil_month_days(m.year, m.month) - 1;
	int64_t start = first - ((first + 3) % 7 + 7) % 7;
	Civil ignored;

	m.weeks = (size_t)((last - start) / 7 + 1);
	for (size_t i = 0; i < m.weeks * 7; i++) {
		MonthDay *d = &m.days[i];
		int64_t day = start + (int64_t)i;

		d->from = midnight(z, day, &d->date);
		d->to = midnight(z, day + 1, &ignored);
		d->inside = first <= day && day <= last;
	}
	m.from = m.days[0].from;
	m.to = m.days[m.weeks * 7 - 1].to;
	return m;
}

bool month_parse(const char *s, int32_t *ret_year, int32_t *ret_month)
{
	int32_t year, month;

	if (!s || strlen(s) != 7 || strspn(s, "0123456789") != 4 || s[4] != '-' ||
	    strspn(s + 5, "0123456789") != 2)
		return false;
	year = (s[0] - '0') * 1000 + (s[1] - '0') * 100 + (s[2] - '0') * 10 + (s[3] - '0');
	month = (s[5] - '0') * 10 + (s[6] - '0');
	if (year < 1970 || month < 1 || month > 12)
		return false;
	*ret_year = year;
	*ret_month = month;
	return true;
}

const AgendaEntry *month_next(const Agenda *a, const MonthDay *day, size_t *at)
{
	while (*at < a->entries.n && earlier(a->entries.at[*at].from, day->to)) {
		const AgendaEntry *e = &a->entries.at[(*at)++];

		if (agenda_touches(e, day->from, day->to))
			return e;
	}
	return NULL;
}

bool agenda_is_daily(const AgendaEntry *e)
{
	Duration cadence;

	if (e->kind == AGENDA_WINDOW)
		cadence = duty_cadence(&e->window->at);
	else if (e->kind == AGENDA_DUTY)
		cadence = duty_cadence(e->duty->by ? &e->duty->by->at : &e->duty->at);
	else
		return false;
	return cadence.us > 0 && cadence.us <= days(1).us;
}
