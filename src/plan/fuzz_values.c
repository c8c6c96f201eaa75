/* Value parsers: what one prints, it reads back as the same value. The first byte
 * chooses the parser. */
#include "plan/types.h"

#include "core/alloc.h"
#include "core/text.h"

#include <assert.h>
#include <stdint.h>
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
	assert(text_eq(condition_print(&again, twice), out));
}

static void deadline(const char *s)
{
	Deadline d, again;
	char out[SPAN_TEXT];

	if (deadline_parse(s, &d, NULL)) {
		assert(deadline_parse(deadline_print(&d, out), &again, NULL));
		assert(again.kind == d.kind && again.span.us == d.span.us);
	}
}

static void period(const char *s)
{
	Period p, again;
	char out[SPAN_TEXT];

	if (period_parse(s, &p, NULL)) {
		assert(period_parse(period_print(&p, out), &again, NULL));
		assert(again.kind == p.kind && again.span.months == p.span.months);
	}
}

static void range(const char *s)
{
	Range r, again;
	char out[RANGE_TEXT], twice[RANGE_TEXT];

	if (range_parse(s, &r, NULL)) {
		assert(range_parse(range_print(&r, out), &again, NULL));
		assert(text_eq(range_print(&again, twice), out));
	}
}

static void money(const char *s)
{
	Money m, again;
	char out[MONEY_TEXT], twice[MONEY_TEXT];

	if (money_parse(s, &m, NULL)) {
		assert(money_parse(money_print(&m, out), &again, NULL));
		assert(text_eq(money_print(&again, twice), out));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(const char *) = { quantity, condition, deadline,
		                                         period,   range,     money };
	char *s;

	if (size == 0 || size > 400)
		return 0;
	s = mem_text_n((const char *)data + 1, size - 1);
	parsers[data[0] % COUNT_OF(parsers)](s);
	mem_free(s);
	return 0;
}
