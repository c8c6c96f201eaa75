/* Instants and durations: microseconds in types of their own, so that a wall
 * clock reading never meets an elapsed time by accident. What depends on a time
 * zone is in calendar/. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct Instant {
	int64_t us; /* since 1970-01-01T00:00:00Z, leap seconds not counted */
} Instant;

typedef struct Duration {
	int64_t us; /* elapsed; may be negative */
} Duration;

#define NEVER    ((Instant){ INT64_MAX }) /* later than every instant */
#define LONG_AGO ((Instant){ INT64_MIN }) /* earlier than every instant; also "not set" */

static inline Duration duration_us(int64_t n) { return (Duration){ n }; }
static inline Duration milliseconds(int64_t n) { return (Duration){ n * 1000 }; }
static inline Duration seconds(int64_t n) { return (Duration){ n * 1000000 }; }
static inline Duration minutes(int64_t n) { return seconds(n * 60); }
static inline Duration hours(int64_t n) { return seconds(n * 3600); }
static inline Duration days(int64_t n) { return seconds(n * 86400); } /* of 24 h */

/* Saturates at NEVER and LONG_AGO, which absorb every duration. */
Instant after(Instant t, Duration d);
Duration between(Instant from, Instant to); /* to - from, saturated */

static inline bool is_set(Instant t) { return t.us != INT64_MIN && t.us != INT64_MAX; }
static inline bool is_due(Instant due, Instant now) { return due.us <= now.us; }
static inline bool earlier(Instant a, Instant b) { return a.us < b.us; }
static inline Instant earliest(Instant a, Instant b) { return a.us < b.us ? a : b; }
static inline Instant latest(Instant a, Instant b) { return a.us > b.us ? a : b; }

/* RFC 3339. Print: "2026-11-20T16:00:00Z", with offset "…+01:00", fraction only
 * when it is not zero (up to µs). out must hold INSTANT_TEXT bytes. Not-set prints "". */
enum { INSTANT_TEXT = 40 };
const char *instant_print(Instant t, char out[INSTANT_TEXT]);
const char *instant_print_at(Instant t, int32_t offset_s, char out[INSTANT_TEXT]);
/* Accepts Z or ±hh:mm and up to 6 decimals; the whole text must match. */
bool instant_parse(const char *s, Instant *ret);

/* People's form, exact unless long: "450 ms", "12 s", "4 min 05 s", "2 h 05", "3 d 4 h".
 * Language-neutral except "d" for days: pages use notify's translated form. */
enum { DURATION_TEXT = 40 };
const char *duration_print(Duration d, char out[DURATION_TEXT]);

/* Proleptic Gregorian calendar, days since 1970-01-01 (Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", days_from_civil / civil_from_days). month 1-12, day 1-31. */
int64_t days_from_civil(int32_t year, int32_t month, int32_t day);
void civil_from_days(int64_t days, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day);
