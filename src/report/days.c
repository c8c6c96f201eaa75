/* A day of a component as one bar: what it shows and what it says. */
#include "report/status_private.h"

/* Gaps shorter than this in a day are counted but not drawn: a restart of Carène
 * leaves one, and ninety of them would hide what users met. */
enum { GAP_DRAWN_S = 15 * 60 };

StatusState day_state(const StatusDay *d)
{
	if (d->down > 0)
		return STATUS_DOWN;
	if (d->degraded > 0)
		return STATUS_DEGRADED;
	if (d->maintenance > 0)
		return STATUS_MAINTENANCE;
	return d->unknown * 2 >= d->length ? STATUS_UNKNOWN : STATUS_UP;
}

DayKind day_kind(const StatusDay *d)
{
	if (d->down > 0 || d->degraded > 0 || d->maintenance > 0)
		return DAY_EVENT;
	if (d->unknown >= d->length)
		return DAY_GAP;
	return d->unknown >= GAP_DRAWN_S ? DAY_EVENT : DAY_CLEAN;
}

Days part_days(const StatusFacts *f, const StatusPart *part)
{
	Days days = { 0 };
	size_t n = part->days_n < STATUS_DAYS ? part->days_n : STATUS_DAYS;
	Civil c = zone_civil(page_zone(f), f->now);
	int64_t today =
	        n ? part->days[part->days_n - 1].date : days_from_civil(c.year, c.month, c.day);

	for (size_t i = 0; i < STATUS_DAYS; i++)
		days.at[i] = (StatusDay){ .date = today - (int64_t)(STATUS_DAYS - 1 - i),
			                  .length = 86400,
			                  .unknown = 86400 };
	for (size_t i = 0; i < n; i++)
		days.at[STATUS_DAYS - n + i] = part->days[part->days_n - n + i];
	return days;
}

int64_t days_down(const StatusPart *part, size_t *ret_days)
{
	int64_t total = 0;
	size_t from = part->days_n > STATUS_DAYS ? part->days_n - STATUS_DAYS : 0;

	*ret_days = 0;
	for (size_t i = from; i < part->days_n; i++) {
		total += part->days[i].down;
		*ret_days += part->days[i].down > 0;
	}
	return total;
}

static void one_story(Page *p, bool *first, const char *words, int32_t s)
{
	char text[WHEN_TEXT];

	if (s <= 0)
		return;
	buf_text(p->out, *first ? "" : ", ");
	buf_printf(p->out, "%s %s", words, page_seconds(p, s, text));
	*first = false;
}

void day_story(Page *p, const StatusDay *d)
{
	bool first = true;

	one_story(p, &first, tr(p->lang, "down"), d->down);
	one_story(p, &first, tr(p->lang, "degraded"), d->degraded);
	one_story(p, &first, tr(p->lang, "under maintenance"), d->maintenance);
	one_story(p, &first, tr(p->lang, "not measured"), d->unknown);
	if (first)
		buf_text(p->out, tr(p->lang, "no interruption"));
}
