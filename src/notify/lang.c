#include "notify/lang.h"

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#define NARROW "\u202F" /* narrow no-break space */

static const char *const codes[LANGS] = { "en", "fr" };

static const char *const weekdays[LANGS][7] = {
	{ "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" },
	{ "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche" },
};
static const char *const months[LANGS][12] = {
	{ "January", "February", "March", "April", "May", "June", "July", "August", "September",
	  "October", "November", "December" },
	{ "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
	  "octobre", "novembre", "décembre" },
};
static const char *const short_months[LANGS][12] = {
	{ "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" },
	{ "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
	  "déc." },
};

/* ---- languages and the catalogue ---- */

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

Lang lang_parse(const char *tag)
{
	bool french = tag && lower(tag[0]) == 'f' && lower(tag[1]) == 'r' &&
	              (tag[2] == '\0' || tag[2] == '-' || tag[2] == '_');

	return french ? LANG_FR : LANG_EN;
}

const char *lang_code(Lang lang) { return codes[lang]; }

bool lang_known(const char *code)
{
	return code && (text_eq(code, codes[LANG_EN]) || text_eq(code, codes[LANG_FR]));
}

static uint32_t mo_word(size_t at)
{
	const unsigned char *p = lang_fr_mo + at;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* GNU MO format: at 8 the number of texts, at 12 and 16 the tables of originals and
 * translations, each row being length and offset; originals are sorted by bytes. */
const char *mo_find(const char *msgid, size_t *ret_n)
{
	size_t low = 0, high = mo_word(8);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const char *got = (const char *)lang_fr_mo + mo_word(mo_word(12) + 8 * mid + 4);
		int order = strcmp(msgid, got);

		if (order == 0) {
			*ret_n = mo_word(mo_word(16) + 8 * mid);
			return (const char *)lang_fr_mo + mo_word(mo_word(16) + 8 * mid + 4);
		}
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

const char *tr(Lang lang, const char *msgid)
{
	size_t n;
	const char *got = lang == LANG_FR && msgid[0] ? mo_find(msgid, &n) : NULL;

	return got && got[0] ? got : msgid;
}

const char *tr_n(Lang lang, const char *one, const char *many, uint64_t n)
{
	const char *english = n == 1 ? one : many;
	size_t length, singular;
	const char *got = lang == LANG_FR ? mo_find(one, &length) : NULL;

	if (!got || !got[0])
		return english;
	singular = strlen(got);
	return n > 1 && singular + 1 < length ? got + singular + 1 : got;
}

/* ---- numbers ---- */

/* `digits` is what printf made in the C locale: sign, figures, maybe a point. */
static const char *in_groups(Lang lang, const char *digits, char out[LANG_TEXT])
{
	const char *point = strchr(digits, '.');
	const char *p = digits[0] == '-' ? digits + 1 : digits;
	size_t whole = point ? (size_t)(point - p) : strlen(p);
	AUTO(Buf) b = { 0 };

	if (p != digits)
		buf_text(&b, "\u2212");
	for (size_t i = 0; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			buf_text(&b, lang == LANG_FR ? NARROW : ",");
		buf_char(&b, p[i]);
	}
	if (point) {
		buf_char(&b, lang == LANG_FR ? ',' : '.');
		buf_text(&b, point + 1);
	}
	text_copy(out, LANG_TEXT, buf_str(&b));
	return out;
}

static int clamp_decimals(int decimals) { return decimals < 0 ? 0 : decimals > 6 ? 6 : decimals; }

const char *lang_number(Lang lang, double v, int decimals, char out[LANG_TEXT])
{
	char digits[64];

	/* Beyond 2^53 a double has no units left: such a figure is not one to show in full. */
	if (!isfinite(v) || fabs(v) >= 9e15) {
		text_copy(out, LANG_TEXT, "–");
		return out;
	}
	(void)snprintf(digits, sizeof digits, "%.*f", clamp_decimals(decimals), v);
	if (strspn(digits, "-0.") == strlen(digits)) /* no "−0" */
		(void)snprintf(digits, sizeof digits, "%.*f", clamp_decimals(decimals), 0.0);
	return in_groups(lang, digits, out);
}

/* Floored, but 99.95 must not become 99.94 because the product is 9994.999…: what is
 * within a few units in the last place of a figure is that figure. Never up to 100. */
double percent_floor(double v, int decimals)
{
	double scale = pow(10, decimals);
	double x = v * scale, nearest = nearbyint(x);
	bool same = fabs(x - nearest) <= 4 * DBL_EPSILON * fabs(x);

	if (same && !(v < 100 && nearest / scale >= 100))
		return nearest / scale;
	return floor(x) / scale;
}

const char *lang_percent(Lang lang, double v, int decimals, char out[LANG_TEXT])
{
	char number[LANG_TEXT];
	int d = clamp_decimals(decimals);

	if (!isfinite(v) || v < 0) {
		text_copy(out, LANG_TEXT, "–");
		return out;
	}
	(void)snprintf(out, LANG_TEXT, "%.64s%s", lang_number(lang, percent_floor(v, d), d, number),
	               lang == LANG_FR ? NARROW "%" : "%");
	return out;
}

const char *lang_bytes(Lang lang, double bytes, char out[LANG_TEXT])
{
	static const char *const units[LANGS][6] = { { "B", "KiB", "MiB", "GiB", "TiB", "PiB" },
		                                     { "o", "Kio", "Mio", "Gio", "Tio", "Pio" } };
	char number[LANG_TEXT];
	size_t unit = 0;

	for (; fabs(bytes) >= 1024 && unit < 5; unit++)
		bytes /= 1024;
	(void)snprintf(out, LANG_TEXT, "%.64s %s",
	               lang_number(lang, bytes, unit > 0 && fabs(bytes) < 10 ? 1 : 0, number),
	               units[lang][unit]);
	return out;
}

/* ---- durations ---- */

static const char *day_word(Lang lang, int64_t n)
{
	if (lang == LANG_FR)
		return n > 1 ? "jours" : "jour";
	return n == 1 ? "day" : "days";
}

static void print_under_ten_minutes(Lang lang, int64_t us, Buf *out)
{
	int64_t s = us / 1000000, tenths = us / 100000 % 10;

	if (us == 0)
		buf_text(out, "0 s");
	else if (s == 0)
		buf_printf(out, "%lld ms", (long long)(us / 1000));
	else if (s < 10 && tenths != 0)
		buf_printf(out, "%lld%c%lld s", (long long)s, lang == LANG_FR ? ',' : '.',
		           (long long)tenths);
	else if (s < 60)
		buf_printf(out, "%lld s", (long long)s);
	else if (s % 60 == 0)
		buf_printf(out, "%lld min", (long long)(s / 60));
	else
		buf_printf(out, "%lld min %02lld s", (long long)(s / 60), (long long)(s % 60));
}

static void print_hours(int64_t minutes_n, Buf *out)
{
	if (minutes_n % 60 == 0)
		buf_printf(out, "%lld h", (long long)(minutes_n / 60));
	else
		buf_printf(out, "%lld h %02lld", (long long)(minutes_n / 60),
		           (long long)(minutes_n % 60));
}

static void print_days(Lang lang, int64_t hours_n, Buf *out)
{
	int64_t n = hours_n / 24;

	buf_printf(out, "%lld %s", (long long)n, day_word(lang, n));
	if (n < 7 && hours_n % 24 != 0)
		buf_printf(out, " %lld h", (long long)(hours_n % 24));
}

const char *lang_duration(Lang lang, Duration d, char out[LANG_TEXT])
{
	int64_t us = d.us == INT64_MIN ? INT64_MAX : d.us < 0 ? -d.us : d.us;
	AUTO(Buf) b = { 0 };

	if (d.us < 0)
		buf_text(&b, "\u2212");
	if (us < minutes(10).us)
		print_under_ten_minutes(lang, us, &b);
	else if (us < hours(1).us)
		buf_printf(&b, "%lld min", (long long)(us / minutes(1).us));
	else if (us < days(1).us)
		print_hours(us / minutes(1).us, &b);
	else
		print_days(lang, us / hours(1).us, &b);
	text_copy(out, LANG_TEXT, buf_str(&b));
	return out;
}

typedef struct UnitWord {
	const char *one, *many;
} UnitWord;

static void print_part(Buf *b, int32_t n, const UnitWord *word, Lang lang)
{
	bool plural = lang == LANG_FR ? n > 1 : n != 1;

	if (n == 0)
		return;
	buf_printf(b, "%s%d %s", b->n ? " " : "", n, plural ? word->many : word->one);
}

const char *lang_span(Lang lang, Span s, char out[LANG_TEXT])
{
	static const UnitWord years[LANGS] = { { "year", "years" }, { "an", "ans" } };
	static const UnitWord months_[LANGS] = { { "month", "months" }, { "mois", "mois" } };
	static const UnitWord weeks[LANGS] = { { "week", "weeks" }, { "semaine", "semaines" } };
	static const UnitWord days_[LANGS] = { { "day", "days" }, { "jour", "jours" } };
	bool whole_weeks = s.days % 7 == 0 && s.days <= 8 * 7;
	AUTO(Buf) b = { 0 };
	char rest[LANG_TEXT];

	print_part(&b, s.months / 12, &years[lang], lang);
	print_part(&b, s.months % 12, &months_[lang], lang);
	if (whole_weeks)
		print_part(&b, s.days / 7, &weeks[lang], lang);
	else
		print_part(&b, s.days, &days_[lang], lang);
	if (s.us != 0 || b.n == 0)
		buf_printf(&b, "%s%s", b.n ? " " : "",
		           lang_duration(lang, duration_us(s.us), rest));
	text_copy(out, LANG_TEXT, buf_str(&b));
	return out;
}

/* ---- dates ---- */

const char *lang_time(Lang lang, const Zone *zone, Instant t, char out[LANG_TEXT])
{
	Civil c;

	out[0] = '\0';
	if (!is_set(t))
		return out;
	c = zone_civil(zone, t);
	(void)snprintf(out, LANG_TEXT, lang == LANG_FR ? "%02d h %02d" : "%02d:%02d", c.hour,
	               c.minute);
	return out;
}

const char *lang_date(Lang lang, const Zone *zone, Instant t, char out[LANG_TEXT])
{
	Civil c;

	out[0] = '\0';
	if (!is_set(t))
		return out;
	c = zone_civil(zone, t);
	(void)snprintf(out, LANG_TEXT, "%s %d%s %s %d", weekdays[lang][civil_weekday(c)], c.day,
	               lang == LANG_FR && c.day == 1 ? "er" : "", months[lang][c.month - 1],
	               c.year);
	return out;
}

const char *lang_month(Lang lang, const Zone *zone, Instant t, char out[LANG_TEXT])
{
	Civil c;

	out[0] = '\0';
	if (!is_set(t))
		return out;
	c = zone_civil(zone, t);
	(void)snprintf(out, LANG_TEXT, "%s %d", months[lang][c.month - 1], c.year);
	return out;
}

const char *lang_instant(Lang lang, const Zone *zone, Instant t, char out[LANG_TEXT])
{
	char date[LANG_TEXT], time[LANG_TEXT];

	out[0] = '\0';
	if (!is_set(t))
		return out;
	(void)snprintf(out, LANG_TEXT, "%.48s %s %.12s (%.10s)", lang_date(lang, zone, t, date),
	               lang == LANG_FR ? "à" : "at", lang_time(lang, zone, t, time),
	               zone_abbreviation(zone, t));
	return out;
}

const char *lang_instant_short(Lang lang, const Zone *zone, Instant t, char out[LANG_TEXT])
{
	Civil c;

	out[0] = '\0';
	if (!is_set(t))
		return out;
	c = zone_civil(zone, t);
	(void)snprintf(out, LANG_TEXT, "%d%s %s %d%s %02d:%02d %.10s", c.day,
	               lang == LANG_FR && c.day == 1 ? "er" : "", short_months[lang][c.month - 1],
	               c.year, lang == LANG_FR ? " à" : ",", c.hour, c.minute,
	               zone_abbreviation(zone, t));
	return out;
}
