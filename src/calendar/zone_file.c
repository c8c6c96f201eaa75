/* Reading TZif, RFC 8536: the version 2+ block (64-bit times) and the POSIX rule
 * in the footer that governs all time after the last transition. Bytes come in,
 * a Zone comes out; files are zone.c's. Leap-second files ("right/…") are
 * refused: our instants don't count leap seconds. */
#include "calendar/zone_private.h"
#include "core/alloc.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 44, OFFSET_MAX = 26 * 3600, DAY = 86400, UNROLLED_YEARS = 404 };

/* ---- bytes ---- */

typedef struct Counts {
	size_t isut, isstd, leap, time, type, chars;
} Counts;

static int64_t read_be(const uint8_t *p, size_t n)
{
	uint64_t v = n && p[0] & 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

static size_t read_count(const uint8_t *p) { return (size_t)(uint32_t)read_be(p, 4); }

/* false: not a TZif header, or a count past any real zone's. */
static bool read_header(const uint8_t *p, size_t n, Counts *ret)
{
	if (n < HEADER || memcmp(p, "TZif", 4) != 0)
		return false;
	*ret = (Counts){ read_count(p + 20), read_count(p + 24), read_count(p + 28),
		         read_count(p + 32), read_count(p + 36), read_count(p + 40) };
	return ret->isut <= ZONE_TYPES && ret->isstd <= ZONE_TYPES && ret->leap <= 1000 &&
	       ret->time <= 4000 && ret->type <= ZONE_TYPES && ret->chars <= 2000;
}

static size_t block_size(const Counts *c, size_t time_size)
{
	return c->time * (time_size + 1) + c->type * 6 + c->chars + c->leap * (time_size + 4) +
	       c->isstd + c->isut;
}

/* ---- the POSIX rule of the footer ---- */

typedef struct RuleDay {
	char kind; /* 'J' 1-365 without 29 Feb, 'N' 0-365, 'M' month week weekday */
	int month, week, day;
	int32_t time; /* seconds after midnight, may be negative or over a day */
} RuleDay;

typedef struct Footer {
	ZoneType standard, summer;
	bool has_summer;
	RuleDay start, end;
} Footer;

static bool read_number(const char **s, int max, int *ret)
{
	int n = 0, digits = 0;

	for (; **s >= '0' && **s <= '9' && digits < 4; (*s)++, digits++)
		n = n * 10 + (**s - '0');
	*ret = n;
	return digits && n <= max;
}

static bool read_hms(const char **s, int max_hours, int32_t *ret)
{
	int sign = 1, h, m = 0, sec = 0;

	if (**s == '+' || **s == '-')
		sign = *(*s)++ == '-' ? -1 : 1;
	if (!read_number(s, max_hours, &h))
		return false;
	if (**s == ':') {
		(*s)++;
		if (!read_number(s, 59, &m))
			return false;
		if (**s == ':') {
			(*s)++;
			if (!read_number(s, 59, &sec))
				return false;
		}
	}
	*ret = sign * (h * 3600 + m * 60 + sec);
	return true;
}

static bool read_abbreviation(const char **s, char out[ZONE_ABBREVIATION])
{
	bool quoted = **s == '<';
	size_t n = 0;

	*s += quoted;
	while (**s &&
	       (quoted ? **s != '>' : (**s >= 'A' && **s <= 'Z') || (**s >= 'a' && **s <= 'z'))) {
		if (n + 1 >= ZONE_ABBREVIATION)
			return false;
		out[n++] = *(*s)++;
	}
	out[n] = '\0';
	if (quoted && *(*s)++ != '>')
		return false;
	return n >= 3;
}

static bool read_rule_day(const char **s, RuleDay *ret)
{
	*ret = (RuleDay){ .kind = 'N', .time = 2 * 3600 };
	if (*(*s)++ != ',')
		return false;
	if (**s == 'J') {
		(*s)++;
		ret->kind = 'J';
		if (!read_number(s, 365, &ret->day) || !ret->day)
			return false;
	} else if (**s == 'M') {
		(*s)++;
		ret->kind = 'M';
		if (!read_number(s, 12, &ret->month) || !ret->month || *(*s)++ != '.' ||
		    !read_number(s, 5, &ret->week) || !ret->week || *(*s)++ != '.' ||
		    !read_number(s, 6, &ret->day))
			return false;
	} else if (!read_number(s, 365, &ret->day)) {
		return false;
	}
	if (**s != '/')
		return true;
	(*s)++;
	return read_hms(s, 167, &ret->time);
}

/* "CET-1CEST,M3.5.0,M10.5.0/3"; POSIX counts offsets west of Greenwich. */
static bool read_footer(const char *s, Footer *ret)
{
	if (!read_abbreviation(&s, ret->standard.abbreviation) ||
	    !read_hms(&s, 24, &ret->standard.offset))
		return false;
	ret->standard.offset = -ret->standard.offset;
	if (!*s)
		return true;
	ret->has_summer = true;
	if (!read_abbreviation(&s, ret->summer.abbreviation))
		return false;
	ret->summer.offset = ret->standard.offset + 3600;
	if (*s != ',') {
		if (!read_hms(&s, 24, &ret->summer.offset))
			return false;
		ret->summer.offset = -ret->summer.offset;
	}
	return read_rule_day(&s, &ret->start) && read_rule_day(&s, &ret->end) && !*s;
}

/* Local seconds since 1970 at which the rule's day and time fall in a year. */
static int64_t rule_local(const RuleDay *r, int32_t year)
{
	bool leap = civil_month_days(year, 2) == 29;
	int64_t day = days_from_civil(year, 1, 1);

	switch (r->kind) {
	case 'J': day += r->day - 1 + (leap && r->day >= 60); break;
	case 'M': {
		int64_t first = days_from_civil(year, r->month, 1);
		int32_t last = civil_month_days(year, r->month);
		int weekday = (int)(((first + 4) % 7 + 7) % 7); /* 0 Sunday; 1970-01-01: Thursday */
		int32_t date = (r->day - weekday + 7) % 7 + (r->week - 1) * 7;

		while (date >= last)
			date -= 7;
		day = first + date;
		break;
	}
	default: day += r->day;
	}
	return day * DAY + r->time;
}

/* ---- building ---- */

static uint16_t add_type(Zone *z, const ZoneType *type)
{
	z->types[z->types_n] = *type;
	return (uint16_t)z->types_n++;
}

static bool same_type(const ZoneType *a, const ZoneType *b)
{
	return a->offset == b->offset && !strcmp(a->abbreviation, b->abbreviation);
}

/* Appends a segment; it takes the place of one that starts with it, and one that
 * changes nothing is left out. */
static void add_segment(Zone *z, int64_t from, uint16_t type)
{
	while (z->segments_n && z->segments[z->segments_n - 1].from >= from)
		z->segments_n--;
	if (z->segments_n &&
	    same_type(&z->types[z->segments[z->segments_n - 1].type], &z->types[type]))
		return;
	z->segments[z->segments_n++] = (ZoneSegment){ from, type };
}

static int32_t year_of(int64_t t)
{
	int32_t y, m, d;

	civil_from_days(t / DAY - (t % DAY < 0), &y, &m, &d);
	return y;
}

/* Unrolls the footer from `last` (the table's last transition) on. */
static void unroll(Zone *z, const Footer *f, int64_t last)
{
	uint16_t standard = add_type(z, &f->standard), summer = standard;
	int32_t year;

	if (!f->has_summer) {
		add_segment(z, last, standard);
		return;
	}
	summer = add_type(z, &f->summer);
	year = last == INT64_MIN ? 1900 : year_of(last);
	for (int32_t y = year - 1; y < year + UNROLLED_YEARS; y++) {
		int64_t at[2] = { rule_local(&f->start, y) - f->standard.offset,
			          rule_local(&f->end, y) - f->summer.offset };
		bool end_first = at[1] <= at[0]; /* south of the equator; a tie: summer goes on */
		uint16_t to[2] = { end_first ? standard : summer, end_first ? summer : standard };

		for (size_t i = 0; i < 2; i++) {
			int64_t t = at[end_first ? 1 - i : i];

			if (t > last)
				add_segment(z, t, to[i]);
			else /* what holds at `last` already */
				add_segment(z, last, to[i]);
		}
	}
	z->folds = true;
	z->fold_after = days_from_civil(year + UNROLLED_YEARS - 1, 1, 1) * DAY;
}

static bool read_types(Zone *z, const uint8_t *p, const Counts *c)
{
	const uint8_t *chars = p + c->type * 6;

	for (size_t i = 0; i < c->type; i++) {
		ZoneType *type = &z->types[z->types_n++];
		size_t at = p[i * 6 + 5], n = 0;
		int64_t offset = read_be(p + i * 6, 4);

		if (offset < -OFFSET_MAX || offset > OFFSET_MAX || at >= c->chars)
			return false;
		for (; at < c->chars && chars[at] && n + 1 < ZONE_ABBREVIATION; n++)
			type->abbreviation[n] = (char)chars[at++];
		type->offset = (int32_t)offset;
	}
	return true;
}

static bool read_block(Zone *z, const uint8_t *p, const Counts *c, int64_t *ret_last)
{
	const uint8_t *type = p + c->time * 8;

	if (!c->type || !read_types(z, type + c->time, c))
		return false;
	add_segment(z, INT64_MIN, 0);
	*ret_last = INT64_MIN;
	for (size_t i = 0; i < c->time; i++) {
		int64_t t = read_be(p + i * 8, 8);

		/* A first transition at the Big Bang only says what holds before all. */
		if (type[i] >= c->type || t <= *ret_last || t > INT64_C(1) << 40)
			return false;
		add_segment(z, t, type[i]);
		*ret_last = t;
	}
	return true;
}

static bool read_all(Zone *z, const uint8_t *p, size_t n)
{
	char text[96];
	Counts c;
	Footer footer = { 0 };
	int64_t last;
	size_t at, size;

	if (!read_header(p, n, &c) || p[4] < '2')
		return false;
	at = HEADER + block_size(&c, 4);
	if (at > n || !read_header(p + at, n - at, &c) || c.leap)
		return false;
	at += HEADER;
	size = block_size(&c, 8);
	if (size > n - at || !read_block(z, p + at, &c, &last))
		return false;
	at += size;
	if (n - at < 2 || p[at] != '\n' || p[n - 1] != '\n' || n - at - 2 >= sizeof text ||
	    memchr(p + at, 0, n - at))
		return false;
	memcpy(text, p + at + 1, n - at - 2);
	text[n - at - 2] = '\0';
	if (!*text) /* no rule: the last offset holds for ever */
		return true;
	if (!read_footer(text, &footer))
		return false;
	unroll(z, &footer, last);
	return true;
}

Zone *zone_read(const char *name, const uint8_t *p, size_t n, Err *err)
{
	Zone *z = NEW(Zone);

	text_copy(z->name, sizeof z->name, name);
	z->types = mem_new(sizeof *z->types * (ZONE_TYPES + 2));
	z->segments = mem_new(sizeof *z->segments * ZONE_SEGMENTS);
	if (!read_all(z, p, n)) {
		zone_free(z);
		err_set(err, ERR_BAD_INPUT, "time zone '%s': not a time zone file that can be used",
		        name);
		return NULL;
	}
	z->types = mem_grow(z->types, sizeof *z->types * z->types_n);
	z->segments = mem_grow(z->segments, sizeof *z->segments * z->segments_n);
	return z;
}

void zone_free(Zone *z)
{
	if (!z)
		return;
	mem_free(z->types);
	mem_free(z->segments);
	mem_free(z);
}
