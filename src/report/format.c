/* Times and durations as the pages write them: lang.h's forms, shortened where
 * the page itself says the year, and wrapped in <time> for machines. It never
 * says "today" or "ago": a published page may be read long after it was written. */
#include "core/text.h"
#include "report/status_private.h"

#include <stdio.h>

const Zone *page_zone(const StatusFacts *f) { return f->zone ? f->zone : zone_utc(); }

void page_text(Page *p, const char *raw)
{
	if (p->html)
		buf_html(p->out, raw);
	else
		buf_text(p->out, raw);
}

void plan_text(Page *p, const char *raw)
{
	const char *language = p->f->text_language;
	bool other = language && lang_parse(language) != p->lang;

	if (text_is_empty(raw))
		return;
	if (other)
		buf_printf(p->out, "<span lang=\"%s\">", lang_code(lang_parse(language)));
	buf_html(p->out, raw);
	if (other)
		buf_text(p->out, "</span>");
}

bool same_day(const StatusFacts *f, Instant a, Instant b)
{
	Civil x = zone_civil(page_zone(f), a), y = zone_civil(page_zone(f), b);

	return x.year == y.year && x.month == y.month && x.day == y.day;
}

/* Copies with spaces that do not break lines, in HTML; as it is elsewhere. */
static void unbroken(const Page *p, const char *s, char *out, size_t cap)
{
	AUTO(Buf) b = { .max = cap - 1 };

	for (; *s; s++) {
		if (p->html && *s == ' ')
			buf_text(&b, "\u00a0");
		else
			buf_char(&b, *s);
	}
	text_copy(out, cap, buf_str(&b));
}

const char *page_span(const Page *p, Duration d, char out[WHEN_TEXT])
{
	char text[LANG_TEXT];

	/* Tenths of a second say nothing to a reader of pages. */
	if (d.us >= 1000000)
		d.us -= d.us % 1000000;
	unbroken(p, lang_duration(p->lang, d, text), out, WHEN_TEXT);
	return out;
}

const char *page_seconds(const Page *p, int64_t s, char out[WHEN_TEXT])
{
	return page_span(p, seconds(s), out);
}

/* Wraps words that stand for t in its element; plain text stays itself. */
static const char *timed(const Page *p, Instant t, const char *words, char out[WHEN_TEXT])
{
	char iso[INSTANT_TEXT], text[WHEN_TEXT];
	Instant whole = { t.us - ((t.us % 1000000) + 1000000) % 1000000 };

	if (!p->html) {
		text_copy(out, WHEN_TEXT, words);
		return out;
	}
	unbroken(p, words, text, sizeof text);
	(void)snprintf(out, WHEN_TEXT, "<time datetime=\"%s\">%.140s</time>",
	               instant_print_at(whole, zone_offset(page_zone(p->f), t), iso), text);
	return out;
}

/* lang_date() is "Friday 20 November 2026": without the weekday, and without the
 * year when that is the page's own. */
static void day_words(const Page *p, Instant t, bool weekday, char *out, size_t cap)
{
	const Zone *z = page_zone(p->f);
	char text[LANG_TEXT], *day = text, *year;

	lang_date(p->lang, z, t, text);
	if (!weekday && strchr(text, ' '))
		day = strchr(text, ' ') + 1;
	year = strrchr(day, ' ');
	if (year && zone_civil(z, t).year == zone_civil(z, p->f->now).year)
		*year = '\0';
	text_copy(out, cap, day);
}

const char *page_clock(const Page *p, Instant t, char out[WHEN_TEXT])
{
	char text[LANG_TEXT];

	return timed(p, t, lang_time(p->lang, page_zone(p->f), t, text), out);
}

const char *page_date(const Page *p, Instant t, char out[WHEN_TEXT])
{
	char text[LANG_TEXT];

	day_words(p, t, false, text, sizeof text);
	return timed(p, t, text, out);
}

const char *page_weekday(const Page *p, Instant t, char out[WHEN_TEXT])
{
	char text[LANG_TEXT];

	day_words(p, t, true, text, sizeof text);
	return timed(p, t, text, out);
}

const char *page_moment(const Page *p, Instant t, char out[WHEN_TEXT])
{
	char day[LANG_TEXT], clock[LANG_TEXT], text[3 * LANG_TEXT];

	day_words(p, t, false, day, sizeof day);
	lang_time(p->lang, page_zone(p->f), t, clock);
	(void)snprintf(text, sizeof text, tr(p->lang, "%s at %s"), day, clock);
	return timed(p, t, text, out);
}

const char *page_stamp(const Page *p, Instant t, char out[WHEN_TEXT])
{
	char day[LANG_TEXT], clock[LANG_TEXT], text[3 * LANG_TEXT];

	if (same_day(p->f, t, p->f->now))
		return page_clock(p, t, out);
	day_words(p, t, false, day, sizeof day);
	lang_time(p->lang, page_zone(p->f), t, clock);
	(void)snprintf(text, sizeof text, "%s, %s", day, clock);
	return timed(p, t, text, out);
}

const char *page_when(const Page *p, Instant t, char out[WHEN_TEXT])
{
	return same_day(p->f, t, p->f->now) ? page_clock(p, t, out) : page_moment(p, t, out);
}

const char *page_civil(const Page *p, int64_t date, char out[WHEN_TEXT])
{
	Civil noon = { .hour = 12 };
	char text[LANG_TEXT];

	civil_from_days(date, &noon.year, &noon.month, &noon.day);
	day_words(p, zone_instant(page_zone(p->f), noon, PICK_FIRST, NULL), false, text,
	          sizeof text);
	unbroken(p, text, out, WHEN_TEXT);
	return out;
}

const char *page_civil_iso(int64_t date, char out[WHEN_TEXT])
{
	int32_t y, m, d;

	civil_from_days(date, &y, &m, &d);
	(void)snprintf(out, WHEN_TEXT, "%04d-%02d-%02d", y, m, d);
	return out;
}

const char *page_range(const Page *p, Instant from, Instant to, char out[2 * WHEN_TEXT + 32])
{
	char first[WHEN_TEXT], last[WHEN_TEXT], length[WHEN_TEXT], day[LANG_TEXT];
	char clock[LANG_TEXT], text[3 * LANG_TEXT];

	day_words(p, from, true, day, sizeof day);
	lang_time(p->lang, page_zone(p->f), from, clock);
	(void)snprintf(text, sizeof text, "%s, %s", day, clock);
	timed(p, from, text, first);
	if (same_day(p->f, from, (Instant){ to.us - 1 })) {
		page_clock(p, to, last);
	} else {
		day_words(p, to, true, day, sizeof day);
		lang_time(p->lang, page_zone(p->f), to, clock);
		(void)snprintf(text, sizeof text, "%s, %s", day, clock);
		timed(p, to, text, last);
	}
	(void)snprintf(out, 2 * WHEN_TEXT + 32, "%s – %s (%.20s)", first, last,
	               page_span(p, between(from, to), length));
	return out;
}

const char *page_share(const Page *p, double share, char out[WHEN_TEXT])
{
	char text[LANG_TEXT];

	/* One second of 90 days is 0.000013 %: two decimals say 13 min, and the
	 * minutes themselves are always printed beside it. */
	lang_percent(p->lang, share * 100, share >= 1 ? 0 : 2, text);
	unbroken(p, text, out, WHEN_TEXT);
	return out;
}
