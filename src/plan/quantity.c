/* Quantities: a number with a unit, brought to the unit's base. */
#include "plan/types_private.h"

#include "core/alloc.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct UnitName {
	const char *name;
	Unit unit;
	double factor;
} UnitName;

/* Sizes are powers of 1024, whichever way they are spelled: "10M" on a plan's
 * disk means what `df -h` prints. Times are read by span_parse. */
static const UnitName unit_names[] = {
	{ "%", UNIT_PERCENT, 1 },
	{ "B", UNIT_BYTES, 1 },
	{ "bytes", UNIT_BYTES, 1 },
	{ "K", UNIT_BYTES, 1024.0 },
	{ "KB", UNIT_BYTES, 1024.0 },
	{ "KiB", UNIT_BYTES, 1024.0 },
	{ "M", UNIT_BYTES, 1024.0 * 1024 },
	{ "MB", UNIT_BYTES, 1024.0 * 1024 },
	{ "MiB", UNIT_BYTES, 1024.0 * 1024 },
	{ "G", UNIT_BYTES, 1024.0 * 1024 * 1024 },
	{ "GB", UNIT_BYTES, 1024.0 * 1024 * 1024 },
	{ "GiB", UNIT_BYTES, 1024.0 * 1024 * 1024 },
	{ "T", UNIT_BYTES, 1024.0 * 1024 * 1024 * 1024 },
	{ "TB", UNIT_BYTES, 1024.0 * 1024 * 1024 * 1024 },
	{ "TiB", UNIT_BYTES, 1024.0 * 1024 * 1024 * 1024 },
	{ "req/min", UNIT_PER_MIN, 1 },
	{ "/min", UNIT_PER_MIN, 1 },
	{ "rows", UNIT_NONE, 1 },
	{ "count", UNIT_NONE, 1 },
};

static bool named_unit(const char *name, Quantity *q)
{
	for (size_t i = 0; i < COUNT_OF(unit_names); i++) {
		const UnitName *u = &unit_names[i];

		if (text_eq(name, u->name)) {
			q->unit = u->unit;
			q->value *= u->factor;
			if (u->unit == UNIT_BYTES)
				q->value = round(q->value);
			return true;
		}
	}
	return false;
}

/* "200ms", "8h45m"; "1.5 s" arrives as number and rest without the blank. */
static bool as_time(const char *number, size_t number_n, const char *rest, Quantity *q)
{
	char tight[64];
	Span span;

	(void)snprintf(tight, sizeof tight, "%.*s%s", (int)number_n, number, rest);
	if (!span_parse(tight, &span) || span.months)
		return false;
	q->unit = UNIT_SECONDS;
	q->value = (double)span_estimate(span).us / 1e6;
	return q->value <= 1e9; /* 31 years: microseconds still fit a double with room */
}

static bool as_score(const char *rest, Quantity *q)
{
	double scale;

	if (*rest++ != '/' || !plan_leading_number(&rest, &scale) || *rest || scale <= 0 ||
	    q->value > scale)
		return false;
	q->unit = UNIT_SCORE;
	q->scale = scale;
	return true;
}

bool quantity_parse(const char *s, Quantity *ret, Err *err)
{
	Quantity q = { .set = true };
	const char *rest = s;
	size_t number_n;

	*ret = (Quantity){ 0 };
	text_copy(q.text, sizeof q.text, s);
	if (text_eq(s, "unset")) {
		q.unset = true;
		*ret = q;
		return true;
	}
	if (!plan_leading_number(&rest, &q.value) || fabs(q.value) > 1e15)
		return err_set(err, ERR_BAD_INPUT, "'%.60s' is not a figure", s);
	number_n = (size_t)(rest - s);
	if (*rest == ' ' && rest[1] && rest[1] != ' ')
		rest++;
	/* Above 1e15 a double no longer holds each whole number, so none is printed back. */
	if (!*rest || as_score(rest, &q) || (named_unit(rest, &q) && fabs(q.value) <= 1e15) ||
	    as_time(s, number_n, rest, &q)) {
		*ret = q;
		return true;
	}
	return err_set(err, ERR_BAD_INPUT, "'%.60s' has a unit that is not known", s);
}

static const char *print_time(double value, char out[48])
{
	long long us = llround(value * 1e6), minutes = us / 60000000;
	bool whole = us >= 120000000 && us % 60000000 == 0;
	char number[48];

	/* "900s" is what nobody says. */
	if (whole && minutes % 60 == 0)
		(void)snprintf(out, 48, "%lldh", minutes / 60);
	else if (whole && minutes > 120)
		(void)snprintf(out, 48, "%lldh%lldm", minutes / 60, minutes % 60);
	else if (whole)
		(void)snprintf(out, 48, "%lldm", minutes);
	else if (us % 1000000 == 0)
		(void)snprintf(out, 48, "%llds", us / 1000000);
	else if (us % 1000 == 0 && us > 1000000)
		(void)snprintf(out, 48, "%ss",
		               plan_number_print((double)(us / 1000) / 1000, number));
	else
		(void)snprintf(out, 48, "%sms", plan_number_print((double)us / 1000, number));
	return out;
}

static const char *print_bytes(double value, char out[48])
{
	static const char *const sizes[] = { "B", "K", "M", "G", "T" };
	char number[48];
	size_t i = 0;

	while (i + 1 < COUNT_OF(sizes) && value != 0 && fmod(value, 1024) == 0) {
		value /= 1024;
		i++;
	}
	(void)snprintf(out, 48, "%s%s", plan_number_print(value, number), sizes[i]);
	return out;
}

const char *quantity_print(const Quantity *q, char out[48])
{
	char number[48], scale[48];

	if (!q->set || q->unset) {
		text_copy(out, 48, "unset");
		return out;
	}
	switch (q->unit) {
	case UNIT_SECONDS: return print_time(q->value, out);
	case UNIT_BYTES: return print_bytes(q->value, out);
	case UNIT_PERCENT:
		(void)snprintf(out, 48, "%s%%", plan_number_print(q->value, number));
		break;
	case UNIT_PER_MIN:
		(void)snprintf(out, 48, "%s req/min", plan_number_print(q->value, number));
		break;
	case UNIT_SCORE:
		(void)snprintf(out, 48, "%s/%s", plan_number_print(q->value, number),
		               plan_number_print(q->scale, scale));
		break;
	case UNIT_NONE: (void)snprintf(out, 48, "%s", plan_number_print(q->value, number)); break;
	}
	return out;
}
