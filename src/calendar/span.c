/* Spans as text, and their estimate. Refuses to know what a month is: that
 * takes a date and a zone, and is zone_add's. */
#include "calendar/span.h"

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"

#include <stdio.h>

enum { MONTHS_MAX = 2400, DAYS_MAX = 73200 };
static const int64_t US_MAX = 73200LL * 86400 * 1000000;

typedef struct SpanUnit {
	const char *name;
	int32_t months, days; /* of one */
	int64_t us;
} SpanUnit;

/* Large to small, the order in which parts must come. */
static const SpanUnit units[] = {
	{ "y", 12, 0, 0 },
	{ "mo", 1, 0, 0 },
	{ "w", 0, 7, 0 },
	{ "d", 0, 1, 0 },
	{ "h", 0, 0, 3600LL * 1000000 },
	{ "m", 0, 0, 60LL * 1000000 },
	{ "s", 0, 0, 1000000 },
	{ "ms", 0, 0, 1000 },
};

/* One "12.5h": the number in thousandths and the unit's place in `units`. */
static bool read_part(const char **at, int64_t *ret_thousandths, size_t *ret_unit)
{
	const char *s = *at;
	int64_t n = 0;
	unsigned digits = 0, decimals = 0;
	size_t letters = 0;

	for (; *s >= '0' && *s <= '9'; s++, digits++) {
		if (digits >= 12)
			return false;
		n = n * 10 + (*s - '0');
	}
	if (digits && *s == '.') {
		for (s++; *s >= '0' && *s <= '9'; s++, decimals++) {
			if (decimals >= 3)
				return false;
			n = n * 10 + (*s - '0');
		}
		if (!decimals)
			return false;
	}
	if (!digits)
		return false;
	for (unsigned i = decimals; i < 3; i++)
		n *= 10;
	while (s[letters] >= 'a' && s[letters] <= 'z')
		letters++;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (letters == strlen(units[i].name) && !memcmp(s, units[i].name, letters)) {
			*at = s + letters;
			*ret_thousandths = n;
			*ret_unit = i;
			return !(decimals && !units[i].us);
		}
	}
	return false;
}

bool span_parse(const char *s, Span *ret)
{
	Span sum = { 0, 0, 0 };
	size_t next = 0, unit;
	int64_t n, us;

	if (text_is_empty(s))
		return false;
	while (*s) {
		if (!read_part(&s, &n, &unit) || unit < next)
			return false;
		if (units[unit].us) {
			if (__builtin_mul_overflow(n, units[unit].us / 1000, &us) || us > US_MAX)
				return false;
			sum.us += us;
		} else {
			if (n / 1000 > DAYS_MAX)
				return false;
			sum.months += (int32_t)(n / 1000) * units[unit].months;
			sum.days += (int32_t)(n / 1000) * units[unit].days;
		}
		next = unit + 1;
	}
	if (sum.months > MONTHS_MAX || sum.days > DAYS_MAX || sum.us > US_MAX ||
	    span_estimate(sum).us > US_MAX)
		return false;
	*ret = sum;
	return true;
}

static void print_part(Buf *b, int64_t n, const char *unit)
{
	if (n)
		buf_printf(b, "%lld%s", (long long)n, unit);
}

/* The part below a second, in ms with the decimals it needs. */
static void print_ms(Buf *b, int64_t us)
{
	int decimals = 3;
	int64_t rest = us % 1000;

	if (!rest) {
		print_part(b, us / 1000, "ms");
		return;
	}
	for (; rest % 10 == 0; rest /= 10)
		decimals--;
	buf_printf(b, "%lld.%0*lldms", (long long)(us / 1000), decimals, (long long)rest);
}

const char *span_print(Span s, char out[SPAN_TEXT])
{
	AUTO(Buf) b = { 0 };
	int64_t us = s.us;

	if (s.months < 0 || s.days < 0 || us < 0) { /* for messages; no span is read negative */
		buf_char(&b, '-');
		s.months = -s.months;
		s.days = -s.days;
		us = us == INT64_MIN ? INT64_MAX : -us;
	}
	print_part(&b, s.months / 12, "y");
	print_part(&b, s.months % 12, "mo");
	if (s.days % 7 == 0)
		print_part(&b, s.days / 7, "w");
	else
		print_part(&b, s.days, "d");
	print_part(&b, us / 3600000000, "h");
	print_part(&b, us / 60000000 % 60, "m");
	print_part(&b, us / 1000000 % 60, "s");
	print_ms(&b, us % 1000000);
	if (!b.n)
		buf_text(&b, "0s");
	text_copy(out, SPAN_TEXT, buf_str(&b));
	return out;
}

bool span_is_zero(Span s) { return !s.months && !s.days && !s.us; }

Duration span_estimate(Span s)
{
	return duration_us(((int64_t)s.months * 30 + s.days) * 86400 * 1000000 + s.us);
}

bool span_is_exact(Span s) { return !s.months; }
