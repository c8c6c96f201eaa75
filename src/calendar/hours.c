/* Opening hours. Ranges are turned, day by day, into instants; overlapping ones
 * count once, and holidays are cut out of them. Which days are holidays is not
 * known here: the list is bound by whoever reads the plan. */
#include "calendar/hours.h"

#include "calendar/calendar_private.h"
#include "core/alloc.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum {
	US = 1000000,
	DAY = 86400,
	DAY_MINUTES = 1440,
	WEEK_MINUTES = 10080,
	WALK_MAX = 200000,
	CLOSED_DAYS_MAX = 1500, /* a closure of more than four years has no end we look for */
};
static const char except[] = "except holidays";

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* ---- text ---- */

static int compare(const HoursRange *a, const HoursRange *b)
{
	if (a->from != b->from)
		return a->from - b->from;
	return a->to != b->to ? a->to - b->to : (int)a->weekdays - (int)b->weekdays;
}

/* Keeps them sorted, so that equal hours are equal structs. */
static bool add_range(Hours *h, unsigned weekdays, int from, int to)
{
	HoursRange new = { weekdays, from, to };
	size_t i = h->ranges_n;

	for (; i && compare(&h->ranges[i - 1], &new) > 0; i--)
		;
	if (i && compare(&h->ranges[i - 1], &new) == 0)
		return true;
	if (h->ranges_n == HOURS_RANGES)
		return false;
	memmove(&h->ranges[i + 1], &h->ranges[i], (h->ranges_n - i) * sizeof *h->ranges);
	h->ranges[i] = new;
	h->ranges_n++;
	return true;
}

/* "09:00-18:00", or several joined by commas. */
static bool read_times(const char *word, Hours *h, unsigned weekdays)
{
	char range[HOURS_TEXT], *dash;
	int from, to;

	while (text_part(&word, ",", range, sizeof range)) {
		dash = strchr(range, '-');
		if (!dash)
			return false;
		*dash = '\0';
		if (!time_of_day_parse(range, false, &from) ||
		    !time_of_day_parse(dash + 1, true, &to) || from == to ||
		    !add_range(h, weekdays, from, to))
			return false;
	}
	return true;
}

/* One part between semicolons: days, then times; either may be absent. */
static bool read_group(const char *group, Hours *h)
{
	char word[HOURS_TEXT];
	unsigned weekdays = 0x7f;
	bool first = true, has_times = false, has_days = false;

	while (text_part(&group, " ", word, sizeof word)) {
		if (first && weekdays_parse(word, &weekdays))
			has_days = true;
		else if (!read_times(word, h, weekdays))
			return false;
		else
			has_times = true;
		first = false;
	}
	return has_times || (has_days && add_range(h, weekdays, 0, DAY_MINUTES));
}

/* Whether the ranges leave no minute of the week out. */
static bool covers_week(const Hours *h)
{
	bool open[WEEK_MINUTES] = { false };

	for (size_t i = 0; i < h->ranges_n; i++) {
		const HoursRange *r = &h->ranges[i];
		int to = r->to > r->from ? r->to : r->to + DAY_MINUTES;

		for (int d = 0; d < 7; d++) {
			for (int m = r->from; r->weekdays & 1U << d && m < to; m++)
				open[(d * DAY_MINUTES + m) % WEEK_MINUTES] = true;
		}
	}
	return !memchr(open, false, sizeof open);
}

/* Takes "except holidays" off the end. */
static bool cut_exception(char *s)
{
	size_t n = strlen(s), cut = sizeof except - 1;

	if (!text_ends(s, except) || (n > cut && s[n - cut - 1] != ' '))
		return false;
	n -= cut;
	while (n && s[n - 1] == ' ')
		n--;
	s[n] = '\0';
	return true;
}

static bool read_groups(const char *rest, Hours *h)
{
	char group[HOURS_TEXT];
	bool good = text_part(&rest, ";", group, sizeof group);

	while (good && (good = read_group(group, h)) && text_part(&rest, ";", group, sizeof group))
		;
	return good;
}

/* What is open at every minute of the week has one form. */
static void settle(Hours *h)
{
	if (h->ranges_n)
		h->always = covers_week(h);
	if (h->always)
		h->ranges_n = 0;
	if (h->always && h->except_holidays) {
		h->always = false;
		(void)add_range(h, 0x7f, 0, DAY_MINUTES);
	}
}

bool hours_parse(const char *s, Hours *ret, Err *err)
{
	Hours h = { .set = true };
	char text[HOURS_TEXT] = "";
	bool good = s && strlen(s) < sizeof text;

	if (good) {
		text_copy(text, sizeof text, s);
		h.except_holidays = cut_exception(text);
	}
	if (text_eq(text, "always") || text_eq(text, "24/7"))
		h.always = true;
	else if (!text_eq(text, "never") || h.except_holidays)
		good = good && read_groups(text, &h);
	if (!good) {
		err_set(err, ERR_BAD_INPUT, "'%.63s' is not hours", s ? s : "");
		return err_hint(err, "write mon-fri 09:00-18:00, sat,sun, "
		                     "mon-fri 09:00-12:00 14:00-18:00; sat 10:00-12:00, always or "
		                     "never; except holidays may follow");
	}
	settle(&h);
	text_copy(h.text, sizeof h.text, s);
	*ret = h;
	return true;
}

static void print_group(const Hours *h, unsigned weekdays, size_t first, Buf *b)
{
	const char *space = "";
	size_t n = 0;

	for (size_t i = first; i < h->ranges_n; i++)
		n += h->ranges[i].weekdays == weekdays;
	if (weekdays != 0x7f) {
		weekdays_print(weekdays, b);
		space = " ";
	}
	if (n == 1 && *space && !h->ranges[first].from && h->ranges[first].to == DAY_MINUTES)
		return;
	for (size_t i = first; i < h->ranges_n; i++) {
		const HoursRange *r = &h->ranges[i];

		if (r->weekdays != weekdays)
			continue;
		buf_printf(b, "%s%02d:%02d-%02d:%02d", space, r->from / 60, r->from % 60,
		           r->to / 60, r->to % 60);
		space = " ";
	}
}

const char *hours_print(const Hours *h, char out[HOURS_TEXT])
{
	AUTO(Buf) b = { 0 };

	if (h->always || !h->ranges_n)
		buf_text(&b, h->always ? "always" : "never");
	if (h->except_holidays && covers_week(h)) {
		(void)snprintf(out, HOURS_TEXT, "always %s", except);
		return out;
	}
	for (size_t i = 0; i < h->ranges_n; i++) {
		bool printed = false;

		for (size_t k = 0; k < i; k++)
			printed = printed || h->ranges[k].weekdays == h->ranges[i].weekdays;
		if (printed)
			continue;
		if (i)
			buf_text(&b, "; ");
		print_group(h, h->ranges[i].weekdays, i, &b);
	}
	if (h->except_holidays)
		buf_printf(&b, " %s", except);
	text_copy(out, HOURS_TEXT, buf_str(&b));
	return out;
}

/* ---- as instants ---- */

typedef struct Open {
	Instant from, to;
} Open;

/* The instances of all ranges, one after the other by their start. */
typedef struct Walk {
	const Hours *h;
	const Zone *z;
	int64_t day;
	size_t range;
	Open ahead; /* read and not yet given */
} Walk;

static Instant at_minute(const Walk *w, int minute, CivilPick pick)
{
	Civil c = { .minute = minute };

	civil_from_days(w->day, &c.year, &c.month, &c.day);
	return zone_instant(w->z, c, pick, NULL);
}

static bool is_holiday(const Walk *w, int64_t day)
{
	return w->h->except_holidays && holidays_on(w->h->closed, day);
}

/* Cuts the holidays, the day itself and the next, out of what begins on the day. */
static void cut_holidays(const Walk *w, Open *open)
{
	Instant midnight = at_minute(w, DAY_MINUTES, PICK_FIRST);

	if (is_holiday(w, w->day))
		open->from = latest(open->from, midnight);
	if (earlier(midnight, open->to) && is_holiday(w, w->day + 1))
		open->to = earliest(open->to, midnight);
}

static Open next_instance(Walk *w)
{
	size_t most = (size_t)(w->h->except_holidays ? CLOSED_DAYS_MAX : 16) * w->h->ranges_n;

	for (size_t i = 0; i < most; i++) { /* two weeks at least */
		const HoursRange *r;
		Open open;

		if (w->range == w->h->ranges_n) {
			w->range = 0;
			w->day++;
		}
		r = &w->h->ranges[w->range++];
		if (!(r->weekdays & 1U << ((w->day + 3) % 7 + 7) % 7))
			continue;
		open.from = at_minute(w, r->from, PICK_FIRST);
		open.to = at_minute(w, r->to > r->from ? r->to : r->to + DAY_MINUTES, PICK_LAST);
		if (w->h->except_holidays)
			cut_holidays(w, &open);
		if (earlier(open.from, open.to))
			return open;
	}
	return (Open){ NEVER, NEVER }; /* past the end of time */
}

/* An instance lasts at most a day and a change of offset, and starts on its own
 * day: none that started three days before can still be open. */
static Walk walk_from(const Hours *h, const Zone *z, Instant t)
{
	int64_t local = floor_div(t.us, US) + zone_offset(z, t);
	Walk w = { .h = h, .z = z, .day = floor_div(local, DAY) - 2 };

	w.ahead = next_instance(&w);
	return w;
}

/* The next stretch of open time, instances that touch or overlap joined. */
static Open next_open(Walk *w)
{
	Open open = w->ahead;

	for (int i = 0; i < WALK_MAX && is_set(open.from); i++) {
		w->ahead = next_instance(w);
		if (earlier(open.to, w->ahead.from))
			break;
		open.to = latest(open.to, w->ahead.to);
	}
	return open;
}

/* The first stretch that ends after t. */
static Open open_after(Walk *w, Instant t)
{
	Open open = next_open(w);

	while (is_set(open.from) && !earlier(t, open.to))
		open = next_open(w);
	return open;
}

static bool never(const Hours *h) { return !h->always && !h->ranges_n; }

bool hours_open(const Hours *h, const Zone *z, Instant t)
{
	Walk w;

	if (h->always || never(h) || !is_set(t))
		return h->always;
	w = walk_from(h, z, t);
	return !earlier(t, open_after(&w, t).from);
}

Instant hours_next_edge(const Hours *h, const Zone *z, Instant t)
{
	Walk w;
	Open open;

	if (h->always || never(h) || !is_set(t))
		return NEVER;
	w = walk_from(h, z, t);
	open = open_after(&w, t);
	return earlier(t, open.from) ? open.from : open.to;
}

Duration hours_within(const Hours *h, const Zone *z, Instant from, Instant to)
{
	Duration sum = { 0 };
	Walk w;
	Open open;

	if (!earlier(from, to) || never(h))
		return sum;
	if (h->always || !is_set(from) || !is_set(to))
		return between(from, to);
	w = walk_from(h, z, from);
	for (open = open_after(&w, from); earlier(open.from, to); open = next_open(&w))
		sum.us += between(latest(open.from, from), earliest(open.to, to)).us;
	return sum;
}

Instant hours_after(const Hours *h, const Zone *z, Instant from, Duration open)
{
	Walk w;

	if (h->always || open.us <= 0 || !is_set(from))
		return after(from, open.us > 0 ? open : (Duration){ 0 });
	if (never(h))
		return NEVER;
	w = walk_from(h, z, from);
	for (int i = 0; i < WALK_MAX; i++) {
		Open next = open_after(&w, from);
		Instant start = latest(next.from, from);
		Duration there = between(start, next.to);

		if (!is_set(next.from))
			break;
		if (there.us >= open.us)
			return after(start, open);
		open.us -= there.us;
		from = next.to;
	}
	return NEVER;
}
