/* Questions to a zone, and the cache of those loaded. The only file here that
 * opens files: the system's zone data, read once per name. Knows no "local"
 * zone and never looks at the environment. */
#include "calendar/zone.h"

#include "calendar/zone_private.h"
#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { US = 1000000, DAY = 86400, OFFSET_MAX = 26 * 3600 };
static const int64_t CYCLE = 146097LL * DAY; /* 400 Gregorian years */
static const char folder[] = "/usr/share/zoneinfo";

/* ---- loading ---- */

static Zone *loaded; /* newest first; never freed */
static pthread_mutex_t loaded_lock = PTHREAD_MUTEX_INITIALIZER;

static ZoneType utc_type = { 0, "UTC" };
static ZoneSegment utc_segment = { INT64_MIN, 0 };
static const Zone utc = {
	.name = "UTC", .types = &utc_type, .segments = &utc_segment, .types_n = 1, .segments_n = 1
};

const Zone *zone_utc(void) { return &utc; }
const char *zone_name(const Zone *z) { return z->name; }

/* A name from outside becomes a path: letters, digits, "_+-" and inner slashes. */
static bool name_ok(const char *name)
{
	size_t n = name ? strlen(name) : 0;

	if (!n || n >= ZONE_NAME || name[0] == '/' || name[n - 1] == '/' || strstr(name, "//"))
		return false;
	return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	                    "_+-/") == n;
}

static bool read_bytes(const char *path, size_t max, Buf *out)
{
	FILE *f = fopen(path, "re");
	char chunk[4096];
	size_t n;
	bool good;

	if (!f)
		return false;
	out->max = max;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, chunk, n);
	good = !ferror(f) && !out->over; /* a folder opens, and fails here */
	(void)fclose(f);
	return good;
}

/* The known name that looks most like this one, "" when none is near. tzdata.zi
 * has a line "Z name …" for each zone and "L target name" for each alias. */
static void nearest(const char *name, char out[ZONE_NAME])
{
	AUTO(Buf) text = { 0 };
	char word[ZONE_NAME], candidate[ZONE_NAME], line[256];
	const char *rest;
	unsigned best = 8, distance;

	out[0] = '\0';
	(void)snprintf(line, sizeof line, "%s/tzdata.zi", folder);
	if (!read_bytes(line, 4 << 20, &text))
		return;
	for (const char *s = buf_str(&text); *s; s += strcspn(s, "\n"), s += *s == '\n') {
		if ((s[0] != 'Z' && s[0] != 'L') || s[1] != ' ')
			continue;
		text_copy(line, sizeof line, s + 2);
		line[strcspn(line, "\n")] = '\0';
		rest = line;
		if (!text_part(&rest, " ", candidate, sizeof candidate) ||
		    (s[0] == 'L' && !text_part(&rest, " ", candidate, sizeof candidate)))
			continue;
		text_copy(word, sizeof word, name);
		distance = text_distance(word, candidate);
		if (distance < best && distance <= 1 + strlen(name) / 3) {
			best = distance;
			text_copy(out, ZONE_NAME, candidate);
		}
	}
}

static bool unknown(const char *name, Err *err)
{
	char near[ZONE_NAME] = "";

	err_set(err, ERR_NOT_FOUND, "no time zone is called '%.63s'", name ? name : "");
	if (!text_is_empty(name) && strlen(name) < ZONE_NAME)
		nearest(name, near);
	return *near ? err_hint(err, "did you mean %s?", near)
	             : err_hint(err, "write a name such as Europe/Paris or UTC; the package "
	                             "tzdata holds them");
}

static const Zone *find_loaded(const char *name)
{
	for (const Zone *z = loaded; z; z = z->next) {
		if (text_eq(z->name, name))
			return z;
	}
	return NULL;
}

static bool load_locked(const char *name, const Zone **ret, Err *err)
{
	AUTO(Buf) bytes = { 0 };
	char path[sizeof folder + ZONE_NAME + 1];
	Zone *z;

	*ret = find_loaded(name);
	if (*ret)
		return true;
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	if (!read_bytes(path, 1 << 20, &bytes))
		return unknown(name, err);
	z = zone_read(name, (const uint8_t *)buf_str(&bytes), bytes.n, err);
	if (!z)
		return false;
	z->next = loaded;
	loaded = z;
	*ret = z;
	return true;
}

bool zone_load(const char *name, const Zone **ret, Err *err)
{
	const Zone *z;
	bool good;

	if (text_eq(name, "UTC")) {
		*ret = &utc;
		return true;
	}
	if (!name_ok(name))
		return unknown(name, err);
	(void)pthread_mutex_lock(&loaded_lock);
	good = load_locked(name, &z, err);
	(void)pthread_mutex_unlock(&loaded_lock);
	if (good)
		*ret = z;
	return good;
}

/* ---- from an instant ---- */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* Seconds to take off so that the table covers t (0 nearly always). */
static int64_t fold(const Zone *z, int64_t t)
{
	return z->folds && t >= z->fold_after ? ((t - z->fold_after) / CYCLE + 1) * CYCLE : 0;
}

/* The segment that holds t (folded): the last whose `from` is not after it. */
static size_t segment_at(const Zone *z, int64_t t)
{
	size_t low = 0, high = z->segments_n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (z->segments[middle].from <= t)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static const ZoneType *type_of(const Zone *z, size_t segment)
{
	return &z->types[z->segments[segment].type];
}

static const ZoneType *type_at(const Zone *z, Instant t)
{
	int64_t s = floor_div(t.us, US);

	return type_of(z, segment_at(z, s - fold(z, s)));
}

int32_t zone_offset(const Zone *z, Instant t) { return type_at(z, t)->offset; }
const char *zone_abbreviation(const Zone *z, Instant t) { return type_at(z, t)->abbreviation; }

Civil zone_civil(const Zone *z, Instant t)
{
	int64_t s = floor_div(t.us, US), local = s + zone_offset(z, t);
	int64_t day = floor_div(local, DAY), second = local - day * DAY;
	Civil c = { .hour = (int32_t)(second / 3600),
		    .minute = (int32_t)(second / 60 % 60),
		    .second = (int32_t)(second % 60),
		    .us = (int32_t)(t.us - s * US) };

	civil_from_days(day, &c.year, &c.month, &c.day);
	return c;
}

Instant zone_next_change(const Zone *z, Instant t)
{
	int64_t s, folded;
	size_t i;

	if (!is_set(t) && t.us > 0)
		return NEVER;
	s = floor_div(t.us, US);
	folded = fold(z, s);
	for (i = segment_at(z, s - folded); i + 1 < z->segments_n; i++) {
		if (type_of(z, i)->offset != type_of(z, i + 1)->offset)
			return after((Instant){ 0 }, seconds(z->segments[i + 1].from + folded));
	}
	return NEVER;
}

/* ---- from civil time ---- */

/* Seconds since 1970 of the civil time read as if it were UTC. Any month, day,
 * hour … counts on: month 13 is January, day 0 the day before the 1st. */
static int64_t civil_seconds(Civil c)
{
	int64_t month = (int64_t)c.year * 12 + c.month - 1;
	int64_t day = days_from_civil((int32_t)floor_div(month, 12),
	                              (int32_t)(month - floor_div(month, 12) * 12) + 1, 1) +
	              c.day - 1;

	return day * DAY + (int64_t)c.hour * 3600 + (int64_t)c.minute * 60 + c.second;
}

static Instant instant_of(int64_t s, int32_t us)
{
	Instant t;

	if (__builtin_mul_overflow(s, US, &t.us) || __builtin_add_overflow(t.us, us, &t.us))
		return s > 0 ? NEVER : LONG_AGO;
	return t;
}

/* Walks the few segments around the civil time: it happens once in each segment
 * that contains (civil − the segment's offset). None does in a gap, and then the
 * answer is the change that jumps over it. */
Instant zone_instant(const Zone *z, Civil c, CivilPick pick, CivilKind *ret_kind)
{
	int64_t local = civil_seconds(c), folded = fold(z, local), found[2] = { 0, 0 }, gap = 0;
	size_t n = 0;

	local -= folded;
	for (size_t i = segment_at(z, local - OFFSET_MAX); i < z->segments_n; i++) {
		int64_t from = z->segments[i].from, t = local - type_of(z, i)->offset;
		bool last = i + 1 == z->segments_n;

		if (t >= from && (last || t < z->segments[i + 1].from)) {
			found[n ? 1 : 0] = t;
			n++;
		} else if (t < from && !n && !gap) {
			gap = from; /* the clock has already passed `local` here */
			break;
		}
		if (from > local + OFFSET_MAX)
			break;
	}
	if (ret_kind)
		*ret_kind = !n ? CIVIL_GAP : n == 1 ? CIVIL_ONCE : CIVIL_TWICE;
	if (!n)
		return instant_of(gap + folded, 0);
	return instant_of(found[pick == PICK_LAST && n > 1 ? 1 : 0] + folded, c.us);
}

int civil_month_days(int32_t year, int32_t month)
{
	static const int days_of[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days_of[(month - 1) % 12];
}

int civil_weekday(Civil c)
{
	int64_t day = floor_div(civil_seconds(c), DAY);

	return (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

Instant zone_add(const Zone *z, Instant t, Span s)
{
	Civil c;
	int64_t month;
	int32_t last;

	if (!is_set(t) || (!s.months && !s.days))
		return after(t, duration_us(s.us));
	c = zone_civil(z, t);
	month = (int64_t)c.year * 12 + c.month - 1 + s.months;
	c.year = (int32_t)floor_div(month, 12);
	c.month = (int32_t)(month - (int64_t)c.year * 12) + 1;
	last = civil_month_days(c.year, c.month);
	c.day = (c.day > last ? last : c.day) + s.days;
	return after(zone_instant(z, c, PICK_FIRST, NULL), duration_us(s.us));
}

Instant zone_day_start(const Zone *z, Instant t)
{
	Civil c;

	if (!is_set(t))
		return t;
	c = zone_civil(z, t);
	return zone_instant(z, (Civil){ c.year, c.month, c.day, 0, 0, 0, 0 }, PICK_FIRST, NULL);
}

Instant zone_month_start(const Zone *z, Instant t)
{
	Civil c;

	if (!is_set(t))
		return t;
	c = zone_civil(z, t);
	return zone_instant(z, (Civil){ c.year, c.month, 1, 0, 0, 0, 0 }, PICK_FIRST, NULL);
}
