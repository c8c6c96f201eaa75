/* A span: a length of time as the plan writes it, "90s", "15m", "4h", "2w",
 * "30d", "3mo", "1y", or several parts together, "8h45m". Months and years are
 * calendar units, never 30 or 365 days; days and weeks are civil days when added
 * to a local time (so "1d" across a clock change keeps the hour). */
#pragma once
#include "core/instant.h"

#include <stdint.h>

typedef struct Span {
	int32_t months; /* years are 12 */
	int32_t days;   /* weeks are 7 */
	int64_t us;     /* hours and below */
} Span;

/* The whole text must match: units ms s m h d w mo y, number with at most three
 * decimals for s and below-day units, each unit at most once, large to small.
 * Bounded to 200 years. Printing gives the canonical form, which reads back. */
bool span_parse(const char *s, Span *ret);
enum { SPAN_TEXT = 64 };
const char *span_print(Span s, char out[SPAN_TEXT]);

bool span_is_zero(Span s);
/* Elapsed length with days of 24 h; months count 30 days. Only for timers,
 * ordering and estimates, never for a promise in months. */
Duration span_estimate(Span s);
bool span_is_exact(Span s); /* no months: span_estimate is exact but for clock changes */
static inline Span span_of(Duration d) { return (Span){ 0, 0, d.us }; }
