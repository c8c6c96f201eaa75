/* Value parsers: what one prints, it reads back as the same value. The first byte
 * chooses the parser. */
#include "plan/ref_private.h"

#include "core/alloc.h"
#include "core/text.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void quantity(const char *s)
{
	Quantity q, again;
	char out[48], twice[48];

	if (!quantity_parse(s, &q, NULL))
		return;
	assert(quantity_parse(quantity_print(&q, out), &again, NULL));
	assert(again.unit == q.unit && again.unset == q.unset);
	assert(!(again.value < q.value) && !(again.value > q.value));
	assert(text_eq(quantity_print(&again, twice), out));
}

static bool same_span(Span a, Span b)
{
	return a.months == b.months && a.days == b.days && a.us == b.us;
}

static bool same(double a, double b) { return !(a < b) && !(a > b); }

static void condition(const char *s)
{
	Condition c, again;
	char out[256], twice[256];

	if (!condition_parse(s, &c, NULL))
		return;
	if (strlen(condition_print(&c, out)) >= sizeof c.text)
		return; /* the canonical form may be longer than what a plan may write */
	assert(condition_parse(out, &again, NULL));
	assert(again.kind == c.kind && again.op == c.op && again.stat == c.stat);
	assert(text_eq(again.subject, c.subject) && text_eq(again.scope, c.scope));
	assert(text_eq(again.word, c.word) && same(again.value.value, c.value.value));
	assert(again.value.unit == c.value.unit && again.value.unset == c.value.unset);
	assert(same_span(again.over, c.over) && same_span(again.sustain, c.sustain));
	assert(text_eq(condition_print(&again, twice), out));
}

static void deadline(const char *s)
{
	Deadline d, again;
	char out[SPAN_TEXT];

	if (deadline_parse(s, &d, NULL)) {
		assert(deadline_parse(deadline_print(&d, out), &again, NULL));
		assert(again.kind == d.kind && same_span(again.span, d.span));
	}
}

static void period(const char *s)
{
	Period p, again;
	char out[SPAN_TEXT];

	if (period_parse(s, &p, NULL)) {
		assert(period_parse(period_print(&p, out), &again, NULL));
		assert(again.kind == p.kind && same_span(again.span, p.span));
	}
}

static void range(const char *s)
{
	Range r, again;
	char out[RANGE_TEXT], twice[RANGE_TEXT];

	if (range_parse(s, &r, NULL)) {
		assert(range_parse(range_print(&r, out), &again, NULL));
		assert(same(again.from, r.from) && same(again.to, r.to));
		assert(again.has_to == r.has_to && (!r.has_to || r.from < r.to));
		assert(text_eq(range_print(&again, twice), out));
	}
}

static void money(const char *s)
{
	Money m, again;
	char out[MONEY_TEXT], twice[MONEY_TEXT];

	if (money_parse(s, &m, NULL)) {
		assert(money_parse(money_print(&m, out), &again, NULL));
		assert(same(again.from, m.from) && same(again.to, m.to) && m.from <= m.to);
		assert(text_eq(again.currency, m.currency) && same_span(again.per, m.per));
		assert(text_eq(money_print(&again, twice), out));
	}
}

static void keep(const char *s)
{
	Keep k, again;
	char out[SPAN_TEXT], twice[SPAN_TEXT];

	if (!keep_parse(s, &k, NULL))
		return;
	assert(k.set && keep_parse(keep_print(&k, out), &again, NULL));
	assert(again.kind == k.kind && again.count == k.count);
	assert(again.span.months == k.span.months && again.span.days == k.span.days &&
	       again.span.us == k.span.us);
	assert(text_eq(keep_print(&again, twice), out));
}

static void threshold(const char *s)
{
	Threshold t, again;
	char out[THRESHOLD_TEXT], twice[THRESHOLD_TEXT];

	if (!threshold_parse(s, &t, NULL))
		return;
	assert(threshold_parse(threshold_print(&t, out), &again, NULL));
	assert(again.value.unit == t.value.unit && again.value.unset == t.value.unset);
	assert(!(again.value.value < t.value.value) && !(again.value.value > t.value.value));
	assert(again.sustain.months == t.sustain.months && again.sustain.days == t.sustain.days &&
	       again.sustain.us == t.sustain.us);
	assert(text_eq(threshold_print(&again, twice), out));
}

static void span_range(const char *s)
{
	Span from, to, a, b;
	char out[SPAN_RANGE_TEXT];

	if (!span_range_parse(s, &from, &to, NULL))
		return;
	assert(span_estimate(from).us <= span_estimate(to).us);
	assert(span_range_parse(span_range_print(from, to, out), &a, &b, NULL));
	assert(a.months == from.months && a.days == from.days && a.us == from.us);
	assert(b.months == to.months && b.days == to.days && b.us == to.us);
}

static void real_range(const char *s)
{
	double from, to, a, b;
	char out[RANGE_TEXT];

	if (!real_range_parse(s, &from, &to, NULL))
		return;
	assert(from >= 0 && from <= to);
	assert(real_range_parse(real_range_print(from, to, out), &a, &b, NULL));
	assert(!(a < from) && !(a > from) && !(b < to) && !(b > to));
}

static void comparison(const char *s)
{
	Quantity q, again;
	Op op, op_again;
	char out[64], figure[48];

	if (!comparison_parse(s, &op, &q, NULL))
		return;
	assert(op != OP_NONE && q.set && !q.unset);
	(void)snprintf(out, sizeof out, "%s %s", op_print(op), quantity_print(&q, figure));
	assert(comparison_parse(out, &op_again, &again, NULL));
	assert(op_again == op && again.unit == q.unit);
	assert(!(again.value < q.value) && !(again.value > q.value));
}

/* What is cut apart, put together again, is what was written. */
static void reference(const char *s)
{
	RefText t;
	char again[600];

	if (ref_cut(s, &t)) {
		assert(t.word_n > 0 && *t.id && !strchr(t.id, ':'));
		(void)snprintf(again, sizeof again, "%.*s:%s%s%s", (int)t.word_n, s, t.id,
		               t.part ? ":" : "", t.part ? t.part : "");
		assert(text_eq(again, s));
		assert(t.kind == ref_kind_named(s, t.word_n) && !(t.db && t.kind != REF_NONE));
	}
	for (int form = FORM_ANY; form <= FORM_CADENCE; form++) {
		const char *problem = plan_form_problem((TextForm)form, s);

		assert(!problem || *problem);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(const char *) = { quantity,   condition,  deadline,
		                                         period,     range,      money,
		                                         keep,       threshold,  span_range,
		                                         real_range, comparison, reference };
	char *s;

	if (size == 0 || size > 400)
		return 0;
	s = mem_text_n((const char *)data + 1, size - 1);
	parsers[data[0] % COUNT_OF(parsers)](s);
	mem_free(s);
	return 0;
}
