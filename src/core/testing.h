/* Instants in tests, as text one can read: `at("2026-03-29T01:30:00Z")`. What does not
 * parse fails the running test. For tests only; nothing that ships includes it. */
#pragma once
#include "core/instant.h"
#include "harness.h"

static inline Instant at(const char *text)
{
	Instant t = LONG_AGO;

	if (!instant_parse(text, &t))
		test_fail(__FILE__, __LINE__, "'%s' is not an instant", text);
	return t;
}

static inline bool expect_at(int line, const char *file, Instant got, const char *want)
{
	char text[INSTANT_TEXT];

	return test_text(file, line, "instant", instant_print(got, text), want);
}
#define EXPECT_AT(got, want) expect_at(__LINE__, __FILE__, (got), (want))
