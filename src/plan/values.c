/* The small value types: comparators, statistics, deadlines, periods, ranges,
 * money. Each reads the whole text or refuses it. */
#include "plan/types_private.h"

#include "core/alloc.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool plan_next_word(const char **rest, char out[WORD])
{
	const char *s = *rest + strspn(*rest, " \t\n");
	size_t n = strcspn(s, " \t\n");

	if (n == 0) {
		*rest = s;
		return false;
	}
	if (n >= WORD)
		return false;
	memcpy(out, s, n);
	out[n] = '\0';
	*rest = s + n;
	return true;
}

bool plan_leading_number(const char **s, double *ret)
{
	const char *start = *s + (**s == '-'), *end = start, *dot = NULL;
	char digits[40];
	size_t significant = 0, n;

	for (; (*end >= '0' && *end <= '9') || *end == '.'; end++) {
		if (*end == '.')
			dot = end;
		else
			significant += significant > 0 || *end != '0';
	}
	n = (size_t)(end - *s);
	if (end == start || significant > 15 || n >= sizeof digits || (dot && end - dot > 16))
		return false;
	memcpy(digits, *s, n);
	digits[n] = '\0';
	if (!text_real(digits, ret))
		return false;
	*s = end;
	return true;
}

const char *plan_number_print(double value, char out[48])
{
	for (int decimals = 0; decimals <= 15; decimals++) {
		double again;

		(void)snprintf(out, 48, "%.*f", decimals, value);
		if (text_real(out, &again) && again == value)
			break;
	}
	return strcmp(out, "-0") == 0 ? "0" : out;
}

/* ---- comparators ---- */

static const char *const op_names[] = {
	[OP_NONE] = "", [OP_LT] = "<",  [OP_LE] = "<=", [OP_GT] = ">",
	[OP_GE] = ">=", [OP_EQ] = "==", [OP_NE] = "!=",
};

bool op_parse(const char *s, Op *ret)
{
	for (size_t i = OP_LT; i < COUNT_OF(op_names); i++) {
		if (text_eq(s, op_names[i])) {
			*ret = (Op)i;
			return true;
		}
	}
	return false;
}

const char *op_print(Op op) { return op_names[op]; }

bool comparison_parse(const char *s, Op *ret_op, Quantity *ret, Err *err)
{
	char op[3] = "";
	size_t n = strspn(s, "<>=!");

	*ret = (Quantity){ 0 };
	if (n > 0 && n < sizeof op)
		memcpy(op, s, n);
	if (!op_parse(op, ret_op)) {
		err_set(err, ERR_BAD_INPUT, "'%.60s' does not begin with a comparison", s);
		return err_hint(err, "for example \"> 80%%\" or \"< 4h\"");
	}
	s += n + strspn(s + n, " ");
	if (!quantity_parse(s, ret, err))
		return false;
	return !ret->unset ||
	       err_set(err, ERR_BAD_INPUT, "a comparison needs a figure, not 'unset'");
}

bool op_holds(double left, Op op, double right)
{
	switch (op) {
	case OP_NONE: return false;
	case OP_LT: return left < right;
	case OP_LE: return left <= right;
	case OP_GT: return left > right;
	case OP_GE: return left >= right;
	/* Equality of what was typed in the plan and what a counter says: both are
	 * decimal texts, so exact comparison is what the writer means. */
	case OP_EQ: return !(left < right) && !(left > right);
	case OP_NE: return left < right || left > right;
	}
	return false;
}

/* ---- statistics ---- */

static const char *const stat_names[] = {
	[STAT_UNSPECIFIED] = "unspecified",
	[STAT_MEAN] = "mean",
	[STAT_P95] = "p95",
	[STAT_P50] = "p50",
	[STAT_P99] = "p99",
	[STAT_MAX] = "max",
	[STAT_MIN] = "min",
	[STAT_LAST] = "last",
	[STAT_SUM] = "sum",
	[STAT_RATE] = "rate",
	[STAT_COUNT] = "count",
};

bool stat_parse(const char *s, Stat *ret)
{
	for (size_t i = 0; i < COUNT_OF(stat_names); i++) {
		if (text_eq(s, stat_names[i])) {
			*ret = (Stat)i;
			return true;
		}
	}
	return false;
}

const char *stat_print(Stat stat) { return stat_names[stat]; }

/* ---- deadlines and periods ---- */

static const char *const deadline_names[] = {
	[DEADLINE_UNSET] = "unset",     [DEADLINE_SPAN] = "",
	[DEADLINE_ASAP] = "asap",       [DEADLINE_NEXT_SPRINT] = "next_sprint",
	[DEADLINE_PLANNED] = "planned", [DEADLINE_NONE] = "none",
};

bool deadline_parse(const char *s, Deadline *ret, Err *err)
{
	*ret = (Deadline){ .kind = DEADLINE_SPAN, .set = true };
	if (span_parse(s, &ret->span))
		return true;
	for (size_t i = 0; i < COUNT_OF(deadline_names); i++) {
		if (*deadline_names[i] && text_eq(s, deadline_names[i])) {
			ret->kind = (DeadlineKind)i;
			return true;
		}
	}
	*ret = (Deadline){ 0 };
	return err_set(err, ERR_BAD_INPUT, "'%.60s' is not a deadline", s);
}

const char *deadline_print(const Deadline *d, char out[SPAN_TEXT])
{
	if (d->kind == DEADLINE_SPAN)
		return span_print(d->span, out);
	text_copy(out, SPAN_TEXT, deadline_names[d->kind]);
	return out;
}

/* ---- keeping times ---- */

static bool count_parse(const char *s, int *ret)
{
	size_t digits = strspn(s, "0123456789");

	*ret = 0;
	if (digits == 0 || digits > 6 || s[digits] != '\0')
		return false;
	for (; *s; s++)
		*ret = *ret * 10 + (*s - '0');
	return *ret > 0;
}

bool keep_parse(const char *s, Keep *ret, Err *err)
{
	*ret = (Keep){ .kind = KEEP_SPAN, .set = true };
	if (span_parse(s, &ret->span) && !span_is_zero(ret->span))
		return true;
	ret->span = (Span){ 0 };
	ret->kind = text_eq(s, "forever") ? KEEP_FOREVER : KEEP_UNSET;
	if (ret->kind == KEEP_FOREVER || text_eq(s, "unset"))
		return true;
	ret->kind = KEEP_COUNT;
	if (count_parse(s, &ret->count))
		return true;
	*ret = (Keep){ 0 };
	return err_set(err, ERR_BAD_INPUT, "'%.60s' is not a keeping time", s);
}

const char *keep_print(const Keep *k, char out[SPAN_TEXT])
{
	switch (k->kind) {
	case KEEP_SPAN: return span_print(k->span, out);
	case KEEP_COUNT: snprintf(out, SPAN_TEXT, "%d", k->count); return out;
	case KEEP_FOREVER: text_copy(out, SPAN_TEXT, "forever"); return out;
	case KEEP_UNSET: break;
	}
	text_copy(out, SPAN_TEXT, "unset");
	return out;
}

/* ---- thresholds ---- */

bool threshold_parse(const char *s, Threshold *ret, Err *err)
{
	const char *end = strstr(s, " for ");
	char value[WORD];

	*ret = (Threshold){ 0 };
	if (!end)
		return quantity_parse(s, &ret->value, err);
	if ((size_t)(end - s) >= sizeof value || !span_parse(end + 5, &ret->sustain) ||
	    span_is_zero(ret->sustain))
		return err_set(err, ERR_BAD_INPUT, "'%.60s' is not a threshold", s);
	memcpy(value, s, (size_t)(end - s));
	value[end - s] = '\0';
	return quantity_parse(value, &ret->value, err);
}

const char *threshold_print(const Threshold *t, char out[THRESHOLD_TEXT])
{
	char value[48], sustain[SPAN_TEXT];

	if (span_is_zero(t->sustain))
		snprintf(out, THRESHOLD_TEXT, "%s", quantity_print(&t->value, value));
	else
		snprintf(out, THRESHOLD_TEXT, "%s for %s", quantity_print(&t->value, value),
		         span_print(t->sustain, sustain));
	return out;
}

static const char *const period_names[] = {
	[PERIOD_UNSET] = "unset",   [PERIOD_SPAN] = "",       [PERIOD_INCIDENT] = "incident",
	[PERIOD_DEPLOY] = "deploy", [PERIOD_BUILD] = "build",
};

bool period_parse(const char *s, Period *ret, Err *err)
{
	*ret = (Period){ .kind = PERIOD_SPAN };
	if (span_parse(s, &ret->span) && !span_is_zero(ret->span))
		return true;
	for (size_t i = 0; i < COUNT_OF(period_names); i++) {
		if (*period_names[i] && text_eq(s, period_names[i])) {
			*ret = (Period){ .kind = (PeriodKind)i };
			return true;
		}
	}
	*ret = (Period){ 0 };
	return err_set(err, ERR_BAD_INPUT, "'%.60s' is not a period", s);
}

const char *period_print(const Period *p, char out[SPAN_TEXT])
{
	if (p->kind == PERIOD_SPAN)
		return span_print(p->span, out);
	text_copy(out, SPAN_TEXT, period_names[p->kind]);
	return out;
}

/* ---- ranges and money ---- */

bool range_parse(const char *s, Range *ret, Err *err)
{
	const char *at = s;

	*ret = (Range){ 0 };
	if (*at == '-' || !plan_leading_number(&at, &ret->from) || *at != '-')
		return err_set(err, ERR_BAD_INPUT, "'%.60s' is not a range", s);
	at++;
	if (!*at)
		return true;
	if (*at == '-' || !plan_leading_number(&at, &ret->to) || *at)
		return err_set(err, ERR_BAD_INPUT, "'%.60s' is not a range", s);
	ret->has_to = true;
	if (ret->to <= ret->from)
		return err_set(err, ERR_BAD_INPUT,
		               "the range '%.60s' is empty: its end is not "
		               "above its start",
		               s);
	return true;
}

const char *range_print(const Range *r, char out[RANGE_TEXT])
{
	char from[48], to[48];

	(void)snprintf(out, RANGE_TEXT, "%s-%s", plan_number_print(r->from, from),
	               r->has_to ? plan_number_print(r->to, to) : "");
	return out;
}

/* ---- from-to ---- */

bool span_range_parse(const char *s, Span *from, Span *to, Err *err)
{
	const char *dash = strchr(s, '-');
	char first[WORD];

	*from = *to = (Span){ 0 };
	if (!dash && span_parse(s, from)) {
		*to = *from;
		return true;
	}
	if (dash && (size_t)(dash - s) < sizeof first) {
		memcpy(first, s, (size_t)(dash - s));
		first[dash - s] = '\0';
		if (span_parse(first, from) && span_parse(dash + 1, to) &&
		    span_estimate(*from).us < span_estimate(*to).us)
			return true;
	}
	*from = *to = (Span){ 0 };
	return err_set(err, ERR_BAD_INPUT, "'%.60s' is not a duration or two of them", s);
}

static bool same_span(Span a, Span b)
{
	return a.months == b.months && a.days == b.days && a.us == b.us;
}

const char *span_range_print(Span from, Span to, char out[SPAN_RANGE_TEXT])
{
	char a[SPAN_TEXT], b[SPAN_TEXT];
	bool one = same_span(from, to);

	(void)snprintf(out, SPAN_RANGE_TEXT, "%s%s%s", span_print(from, a), one ? "" : "-",
	               one ? "" : span_print(to, b));
	return out;
}

bool real_range_parse(const char *s, double *from, double *to, Err *err)
{
	const char *at = s;

	*from = *to = 0;
	if (*at != '-' && plan_leading_number(&at, from)) {
		*to = *from;
		if (!*at)
			return true;
		if (*at++ == '-' && *at != '-' && plan_leading_number(&at, to) && !*at &&
		    *from < *to)
			return true;
	}
	*from = *to = 0;
	return err_set(err, ERR_BAD_INPUT, "'%.60s' is not a number or two of them", s);
}

const char *real_range_print(double from, double to, char out[RANGE_TEXT])
{
	char a[48], b[48];
	bool one = !(from < to);

	(void)snprintf(out, RANGE_TEXT, "%s%s%s", plan_number_print(from, a), one ? "" : "-",
	               one ? "" : plan_number_print(to, b));
	return out;
}

static bool is_currency(const char *s)
{
	return strlen(s) == 3 && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static bool money_amount(const char *word, Money *ret)
{
	if (*word == '-' || !plan_leading_number(&word, &ret->from))
		return false;
	ret->to = ret->from;
	if (!*word)
		return true;
	return *word++ == '-' && *word != '-' && plan_leading_number(&word, &ret->to) && !*word &&
	       ret->to >= ret->from;
}

bool money_parse(const char *s, Money *ret, Err *err)
{
	const char *rest = s;
	char word[WORD];

	*ret = (Money){ .set = true };
	if (!plan_next_word(&rest, word) || !money_amount(word, ret) ||
	    !plan_next_word(&rest, word) || !is_currency(word)) {
		*ret = (Money){ 0 };
		return err_set(err, ERR_BAD_INPUT, "'%.60s' is not an amount of money", s);
	}
	text_copy(ret->currency, sizeof ret->currency, word);
	if (!plan_next_word(&rest, word) && !*rest)
		return true;
	if (text_eq(word, "per") && plan_next_word(&rest, word) && span_parse(word, &ret->per) &&
	    !span_is_zero(ret->per) && !plan_next_word(&rest, word) && !*rest)
		return true;
	*ret = (Money){ 0 };
	return err_set(err, ERR_BAD_INPUT,
	               "what follows the currency in '%.60s' is not "
	               "'per' and a duration",
	               s);
}

const char *money_print(const Money *m, char out[MONEY_TEXT])
{
	char from[48], to[48], per[SPAN_TEXT];
	bool range = m->to > m->from;

	(void)snprintf(out, MONEY_TEXT, "%s%s%s %s%s%s", plan_number_print(m->from, from),
	               range ? "-" : "", range ? plan_number_print(m->to, to) : "", m->currency,
	               span_is_zero(m->per) ? "" : " per ",
	               span_is_zero(m->per) ? "" : span_print(m->per, per));
	return out;
}
