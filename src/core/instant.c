#include "core/instant.h"

#include <stdio.h>
#include <string.h>

enum { US = 1000000 };

Instant after(Instant t, Duration d)
{
	Instant sum;

	if (!is_set(t))
		return t;
	if (__builtin_add_overflow(t.us, d.us, &sum.us))
		return d.us > 0 ? NEVER : LONG_AGO;
	return sum;
}

Duration between(Instant from, Instant to)
{
	Duration d;

	if (__builtin_sub_overflow(to.us, from.us, &d.us))
		d.us = to.us > from.us ? INT64_MAX : INT64_MIN;
	return d;
}

int64_t days_from_civil(int32_t year, int32_t month, int32_t day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void civil_from_days(int64_t days, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;

	*ret_day = (int32_t)(doy - (153 * mp + 2) / 5 + 1);
	*ret_month = (int32_t)month;
	*ret_year = (int32_t)(yoe + era * 400 + (month <= 2));
}

const char *instant_print(Instant t, char out[INSTANT_TEXT]) { return instant_print_at(t, 0, out); }

const char *instant_print_at(Instant t, int32_t offset_s, char out[INSTANT_TEXT])
{
	int64_t local, day, rest, us;
	int32_t y, m, d, off = offset_s < 0 ? -offset_s : offset_s;
	int n;

	out[0] = '\0';
	if (!is_set(t))
		return out;
	local = t.us + (int64_t)offset_s * US;
	day = local / (86400LL * US);
	rest = local % (86400LL * US);
	if (rest < 0) {
		rest += 86400LL * US;
		day--;
	}
	us = rest % US;
	rest /= US;
	civil_from_days(day, &y, &m, &d);
	n = snprintf(out, INSTANT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", y, m, d,
	             (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
	if (us)
		n += snprintf(out + n, (size_t)(INSTANT_TEXT - n), ".%06d", (int)us);
	if (offset_s == 0)
		(void)snprintf(out + n, (size_t)(INSTANT_TEXT - n), "Z");
	else
		(void)snprintf(out + n, (size_t)(INSTANT_TEXT - n), "%c%02d:%02d",
		               offset_s < 0 ? '-' : '+', off / 3600, off / 60 % 60);
	return out;
}

/* Reads exactly n digits and what follows them (`end`, 0 for nothing). */
static bool digits(const char **s, int n, char end, int *ret)
{
	int value = 0;

	for (int i = 0; i < n; i++, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		value = value * 10 + (**s - '0');
	}
	if (end && *(*s)++ != end)
		return false;
	*ret = value;
	return true;
}

static bool parse_offset(const char *s, int *ret_offset_s)
{
	int sign, h, m;

	if (strcmp(s, "Z") == 0 || strcmp(s, "z") == 0) {
		*ret_offset_s = 0;
		return true;
	}
	if (*s != '+' && *s != '-')
		return false;
	sign = *s++ == '-' ? -1 : 1;
	if (!digits(&s, 2, ':', &h) || !digits(&s, 2, 0, &m) || *s || h > 23 || m > 59)
		return false;
	*ret_offset_s = sign * (h * 3600 + m * 60);
	return true;
}

bool instant_parse(const char *s, Instant *ret)
{
	static const int month_days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int y, mo, d, h, mi, sec, offset, us = 0, unit = 100000;

	if (!digits(&s, 4, '-', &y) || !digits(&s, 2, '-', &mo) || !digits(&s, 2, 0, &d) ||
	    (*s != 'T' && *s != 't' && *s != ' '))
		return false;
	s++;
	if (!digits(&s, 2, ':', &h) || !digits(&s, 2, ':', &mi) || !digits(&s, 2, 0, &sec))
		return false;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9' && unit; s++, unit /= 10)
			us += (*s - '0') * unit;
	}
	if (mo < 1 || mo > 12 || d < 1 || d > month_days[mo - 1] ||
	    (mo == 2 && d == 29 && (y % 4 || (y % 100 == 0 && y % 400))) || h > 23 || mi > 59 ||
	    sec > 59 || !parse_offset(s, &offset))
		return false;
	ret->us = (days_from_civil(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec - offset) * US + us;
	return true;
}

const char *duration_print(Duration d, char out[DURATION_TEXT])
{
	const char *sign = d.us < 0 ? "-" : "";
	uint64_t us = d.us < 0 ? 0 - (uint64_t)d.us : (uint64_t)d.us;
	uint64_t s = us / US, m = s / 60, h = m / 60;
	size_t cap = DURATION_TEXT;

	if (us < US)
		(void)snprintf(out, cap, "%s%d ms", sign, (int)(us / 1000));
	else if (m == 0)
		(void)snprintf(out, cap, "%s%d s", sign, (int)s);
	else if (h == 0 && s % 60)
		(void)snprintf(out, cap, "%s%d min %02d s", sign, (int)m, (int)(s % 60));
	else if (h == 0)
		(void)snprintf(out, cap, "%s%d min", sign, (int)m);
	else if (h < 48)
		(void)snprintf(out, cap, m % 60 ? "%s%d h %02d" : "%s%d h", sign, (int)h,
		               (int)(m % 60));
	else
		(void)snprintf(out, cap, h % 24 ? "%s%lld d %d h" : "%s%lld d", sign,
		               (long long)(h / 24), (int)(h % 24));
	return out;
}
