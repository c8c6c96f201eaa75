/* Schedules as text. Refuses what can never happen (31 February, a fifth Sunday
 * is fine) and what is only guessed at: one grammar, told when it is not met. */
#include "calendar/calendar_private.h"
#include "core/alloc.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum { WORD = 64, WORDS = 6 };

static const char *const weekday_names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
static const char *const nth_names[] = { "first", "second", "third", "fourth", "fifth" };
static const char *const events[] = { "change",   "release",      "deploy",      "incident",
	                              "advisory", "major_change", "new_feature", "build" };

static const struct {
	const char *name;
	ScheduleKind kind;
} kinds[] = {
	{ "unset", SCHEDULE_UNSET },
	{ "daily", SCHEDULE_DAILY },
	{ "weekly", SCHEDULE_WEEKLY },
	{ "monthly", SCHEDULE_MONTHLY },
	{ "quarterly", SCHEDULE_QUARTERLY },
	{ "halfyearly", SCHEDULE_HALFYEARLY },
	{ "yearly", SCHEDULE_YEARLY },
	{ "every", SCHEDULE_EVERY },
	{ "on", SCHEDULE_ON },
	{ "always", SCHEDULE_ALWAYS },
	{ "continuous", SCHEDULE_ALWAYS },
	{ "as_needed", SCHEDULE_AS_NEEDED },
	{ "agreed", SCHEDULE_AGREED },
};

/* ---- words shared with hours ---- */

static int weekday_named(const char *s, size_t n)
{
	for (int i = 0; i < 7; i++) {
		if (n == 3 && !memcmp(s, weekday_names[i], 3))
			return i;
	}
	return -1;
}

bool weekdays_parse(const char *s, unsigned *ret_bits)
{
	unsigned bits = 0;

	for (;;) {
		size_t n = strcspn(s, ",-");
		int from = weekday_named(s, n), to = from;

		if (from < 0)
			return false;
		s += n;
		if (*s == '-') {
			n = strcspn(++s, ",");
			to = weekday_named(s, n);
			if (to < 0)
				return false;
			s += n;
		}
		for (int d = from;; d = (d + 1) % 7) {
			bits |= 1U << d;
			if (d == to)
				break;
		}
		if (!*s)
			break;
		s++;
	}
	*ret_bits = bits;
	return true;
}

void weekdays_print(unsigned bits, Buf *out)
{
	const char *comma = "";

	for (int d = 0; d < 7; d++) {
		int end = d;

		if (!(bits & 1U << d))
			continue;
		while (end < 6 && bits & 1U << (end + 1))
			end++;
		buf_printf(out, "%s%s", comma, weekday_names[d]);
		if (end > d + 1) {
			buf_printf(out, "-%s", weekday_names[end]);
			d = end;
		}
		comma = ",";
	}
}

bool time_of_day_parse(const char *s, bool end, int *ret_minutes)
{
	int h = 0, m = 0;
	size_t n = strspn(s, "0123456789");

	if (n < 1 || n > 2 || s[n] != ':' || strspn(s + n + 1, "0123456789") != 2 || s[n + 3])
		return false;
	for (size_t i = 0; i < n; i++)
		h = h * 10 + (s[i] - '0');
	m = (s[n + 1] - '0') * 10 + (s[n + 2] - '0');
	if (m > 59 || h > 24 || (h == 24 && (m || !end)))
		return false;
	*ret_minutes = h * 60 + m;
	return true;
}

/* ---- parts of a schedule ---- */

static bool read_time(const char *word, Schedule *s)
{
	int minutes;

	if (s->has_hour || !time_of_day_parse(word, false, &minutes))
		return false;
	s->has_hour = true;
	s->hour = minutes / 60;
	s->minute = minutes % 60;
	return true;
}

static int nth_named(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(nth_names); i++) {
		if (text_eq(word, nth_names[i]))
			return (int)i + 1;
	}
	return text_eq(word, "last") ? -1 : 0;
}

static bool digits(const char *s, size_t n) { return strspn(s, "0123456789") == n; }

static bool read_date(const char *word, Schedule *s)
{
	int32_t y = 0, m, d;

	if (strlen(word) != 10 || !digits(word, 4) || word[4] != '-' || !digits(word + 5, 2) ||
	    word[7] != '-' || !digits(word + 8, 2))
		return false;
	for (size_t i = 0; i < 4; i++)
		y = y * 10 + (word[i] - '0');
	m = (word[5] - '0') * 10 + (word[6] - '0');
	d = (word[8] - '0') * 10 + (word[9] - '0');
	if (y < 1970 || m < 1 || m > 12 || d < 1 || d > civil_month_days(y, m))
		return false;
	s->kind = SCHEDULE_ONCE;
	s->once = (Civil){ y, m, d, 0, 0, 0, 0 };
	return true;
}

/* Days of the longest of the period's months number m. */
static int longest_month(const Schedule *s, int m)
{
	int most = 0;

	for (int k = m; k <= 12; k += schedule_months(s)) {
		int n = civil_month_days(2024, k);

		most = n > most ? n : most;
	}
	return most;
}

/* "03-15", a day that some period has: of the year, or of the quarter or half. */
static bool read_month_day(const char *word, Schedule *s)
{
	int m, d;

	if (strlen(word) != 5 || !digits(word, 2) || word[2] != '-' || !digits(word + 3, 2))
		return false;
	m = (word[0] - '0') * 10 + (word[1] - '0');
	d = (word[3] - '0') * 10 + (word[4] - '0');
	if (m < 1 || m > schedule_months(s) || d < 1 || d > longest_month(s, m))
		return false;
	s->month = m;
	s->day = d;
	return true;
}

/* "03" after yearly: some day of March. */
static bool read_month(const char *word, Schedule *s)
{
	int m;

	if (s->kind != SCHEDULE_YEARLY || strlen(word) != 2 || !digits(word, 2))
		return false;
	m = (word[0] - '0') * 10 + (word[1] - '0');
	if (m < 1 || m > 12)
		return false;
	s->month = m;
	return true;
}

/* The "2" of "quarterly 2 first mon", read as a day, is a month of the period. */
static bool day_is_month(Schedule *s)
{
	if (s->nth || s->weekdays || s->month || s->day < 1 || s->day > schedule_months(s) ||
	    s->kind == SCHEDULE_MONTHLY)
		return false;
	s->month = s->day;
	s->day = 0;
	return true;
}

static bool read_day(const char *word, Schedule *s)
{
	int64_t day;

	if (!text_int(word, &day) || !day || day < -31 || day > 31)
		return false;
	s->day = (int)day;
	return true;
}

/* One word after "monthly", "quarterly", "halfyearly" or "yearly". */
static bool read_month_word(const char *word, Schedule *s)
{
	bool has_day = s->day || s->nth || s->weekdays;
	int nth = nth_named(word);

	if (nth && (!has_day || day_is_month(s))) {
		s->nth = nth;
		return true;
	}
	if (s->nth && !s->weekdays && weekdays_parse(word, &s->weekdays))
		return (s->weekdays & (s->weekdays - 1)) == 0;
	if (has_day || s->month)
		return false;
	if (s->kind != SCHEDULE_MONTHLY && (read_month_day(word, s) || read_month(word, s)))
		return true;
	return read_day(word, s) && (s->kind != SCHEDULE_YEARLY || s->day < 0);
}

static bool read_event(const char *word, Schedule *s)
{
	for (size_t i = 0; i < COUNT_OF(events); i++) {
		if (text_eq(word, events[i])) {
			text_copy(s->event, sizeof s->event, word);
			return true;
		}
	}
	return false;
}

static bool read_interval(const char *word, Schedule *s)
{
	Span span;

	if (s->interval.us || !span_parse(word, &span) || !span_is_exact(span))
		return false;
	s->interval = span_estimate(span);
	return s->interval.us >= 1000000;
}

/* One word after the first; false: it has no place here. */
static bool read_word(const char *word, Schedule *s)
{
	switch (s->kind) {
	case SCHEDULE_DAILY:
	case SCHEDULE_ONCE: return read_time(word, s);
	case SCHEDULE_WEEKLY:
		return read_time(word, s) || (!s->weekdays && weekdays_parse(word, &s->weekdays));
	case SCHEDULE_MONTHLY:
	case SCHEDULE_QUARTERLY:
	case SCHEDULE_HALFYEARLY:
	case SCHEDULE_YEARLY: return read_time(word, s) || read_month_word(word, s);
	case SCHEDULE_EVERY: return read_interval(word, s);
	case SCHEDULE_ON: return !*s->event && read_event(word, s);
	case SCHEDULE_AGREED:
		if (*s->event || !text_eq(word, "weekend"))
			return false;
		text_copy(s->event, sizeof s->event, word);
		return true;
	case SCHEDULE_UNSET:
	case SCHEDULE_ALWAYS:
	case SCHEDULE_AS_NEEDED: return false;
	}
	return false;
}

static bool read_kind(const char *word, Schedule *s)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (text_eq(word, kinds[i].name)) {
			s->kind = kinds[i].kind;
			return true;
		}
	}
	return read_date(word, s);
}

/* ---- errors ---- */

static bool refuse_kind(const char *text, const char *word, Err *err)
{
	const char *near = NULL;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (!near && text_distance(word, kinds[i].name) <= strlen(kinds[i].name) / 3)
			near = kinds[i].name;
	}
	err_set(err, ERR_BAD_INPUT, "'%.63s' is not a schedule", text);
	if (near)
		return err_hint(err, "did you mean '%s'?", near);
	return err_hint(err, "write daily 09:00, weekly sun 03:00, monthly first sun 04:00, "
	                     "yearly 03-15 10:00, every 6h, on deploy, 2026-12-24 22:00 …");
}

static bool refuse_word(const Schedule *s, const char *word, Err *err)
{
	static const char *const hints[] = {
		[SCHEDULE_UNSET] = "unset stands alone",
		[SCHEDULE_DAILY] = "write daily 09:00",
		[SCHEDULE_WEEKLY] = "write weekly sun 03:00 or weekly mon,thu 08:30",
		[SCHEDULE_MONTHLY] = "write monthly 15 14:00, monthly -1 (the last day), "
		                     "monthly first sun 04:00 or monthly last fri",
		[SCHEDULE_QUARTERLY] =
		        "write quarterly first sun 02:00, quarterly 15, quarterly 02-15 "
		        "(in its second month) or quarterly",
		[SCHEDULE_HALFYEARLY] = "write halfyearly, halfyearly 15 09:00 or halfyearly "
		                        "first mon",
		[SCHEDULE_YEARLY] = "write yearly 03-15 10:00 (month-day, one that exists), "
		                    "yearly 03 (in March), yearly -1, yearly first mon or yearly",
		[SCHEDULE_EVERY] = "write every 6h; for months write monthly or quarterly",
		[SCHEDULE_ONCE] = "write 2026-12-24 22:00",
		[SCHEDULE_ON] = "events are change, release, deploy, incident, advisory, "
		                "major_change, new_feature, build",
		[SCHEDULE_ALWAYS] = "always stands alone",
		[SCHEDULE_AS_NEEDED] = "as_needed stands alone",
		[SCHEDULE_AGREED] = "write agreed or agreed weekend",
	};

	if (*word)
		err_set(err, ERR_BAD_INPUT, "'%.63s' has no place in this schedule", word);
	else
		err_set(err, ERR_BAD_INPUT, "this schedule stops too early");
	return err_hint(err, "%s", hints[s->kind]);
}

/* ---- the whole ---- */

/* What must follow has followed, and a day exists in some period. */
static bool complete(const Schedule *s)
{
	if (s->kind == SCHEDULE_EVERY)
		return s->interval.us > 0;
	if (s->kind == SCHEDULE_ON)
		return *s->event;
	if (s->nth && !s->weekdays)
		return false;
	return !schedule_months(s) || schedule_day(s, 0, 1) != INT64_MAX;
}

static bool looks_like_zone(const char *word)
{
	return strchr(word, '/') || (*word >= 'A' && *word <= 'Z');
}

bool schedule_parse(const char *text, Schedule *ret, Err *err)
{
	Schedule s = { 0 };
	const char *rest = text ? text : "";
	char word[WORD] = "";
	bool good = text_part(&rest, " ", word, sizeof word);

	if (!good || strlen(text) >= sizeof s.text)
		return err_set(err, ERR_BAD_INPUT, "a schedule is 1 to %d characters",
		               (int)sizeof s.text - 1);
	if (!read_kind(word, &s))
		return refuse_kind(text, word, err);
	while (text_part(&rest, " ", word, sizeof word)) {
		if (!s.zone && looks_like_zone(word)) {
			if (!zone_load(word, &s.zone, err))
				return err_wrap(err, "schedule '%.63s'", text);
			continue;
		}
		if (s.zone || !read_word(word, &s))
			return refuse_word(&s, word, err);
	}
	if (s.nth == -1 && !s.weekdays && !s.month) { /* "monthly last": its last day */
		s.nth = 0;
		s.day = -1;
	}
	if (!complete(&s))
		return refuse_word(&s, "", err);
	if (s.kind == SCHEDULE_ONCE) {
		s.once.hour = s.hour;
		s.once.minute = s.minute;
	}
	text_copy(s.text, sizeof s.text, text);
	*ret = s;
	return true;
}

static void print_day(const Schedule *s, Buf *b)
{
	if (s->month && !s->day)
		buf_printf(b, s->kind == SCHEDULE_YEARLY ? " %02d" : " %d", s->month);
	if (s->nth) {
		buf_printf(b, " %s ", s->nth < 0 ? "last" : nth_names[s->nth - 1]);
		weekdays_print(s->weekdays, b);
	} else if (s->weekdays) {
		buf_char(b, ' ');
		weekdays_print(s->weekdays, b);
	} else if (s->month && s->day) {
		buf_printf(b, " %02d-%02d", s->month, s->day);
	} else if (s->day) {
		buf_printf(b, " %d", s->day);
	}
}

const char *schedule_print(const Schedule *s, char out[SCHEDULE_TEXT])
{
	AUTO(Buf) b = { 0 };
	char interval[SPAN_TEXT];

	if (s->kind == SCHEDULE_ONCE) {
		buf_printf(&b, "%04d-%02d-%02d", s->once.year, s->once.month, s->once.day);
	} else {
		for (size_t i = 0; i < COUNT_OF(kinds) && !b.n; i++) {
			if (kinds[i].kind == s->kind)
				buf_text(&b, kinds[i].name);
		}
	}
	if (s->kind == SCHEDULE_EVERY)
		buf_printf(&b, " %s", span_print(span_of(s->interval), interval));
	if (*s->event)
		buf_printf(&b, " %s", s->event);
	print_day(s, &b);
	if (s->has_hour)
		buf_printf(&b, " %02d:%02d", s->hour, s->minute);
	if (s->zone)
		buf_printf(&b, " %s", zone_name(s->zone));
	text_copy(out, SCHEDULE_TEXT, buf_str(&b));
	return out;
}
