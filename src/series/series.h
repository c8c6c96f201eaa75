/* Samples in memory: named series of (instant, number), recent ones as they came,
 * older ones rolled up by hour, day and month.
 *
 *   add ─▶ raw (26 h, at most 20 000) ─falls out by count─▶ 1 min buckets (26 h)
 *      └─▶ 1 h (9 d) · 1 d (100 d) · 1 mo (20 y) buckets, count sum min max sketch
 *
 * A statistic is exact while raw covers its window; past that, quantiles come from
 * mergeable sketches with a relative error of at most 1 %. No data is not zero: a
 * window without a sample has no value, and coverage says how much was measured.
 * A bucket on the edge of an old window counts where its middle is: past nine days an
 * edge is right to half a day, past a hundred to half a month.
 *
 * Knows nothing of files or SQL: keep.h is what a keeper of samples is given and asked.
 * Buckets are of UTC. Not thread-safe. */
#pragma once
#include "core/buf.h"
#include "core/instant.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct SeriesSet SeriesSet;
typedef struct Series Series; /* one of a set; never moves, lives as long as its set */

typedef enum SeriesStat {
	SERIES_MEAN,
	SERIES_P50,
	SERIES_P95,
	SERIES_P99,
	SERIES_MAX,
	SERIES_MIN,
	SERIES_LAST,
	SERIES_SUM,
	SERIES_RATE, /* increase per second of a counter; a fall is a restart from zero */
	SERIES_COUNT,
	SERIES_DOWN, /* seconds of the measured time at which the value was 0 */
} SeriesStat;

typedef struct SeriesFigure {
	double value;        /* meaningless when count is 0 (SERIES_COUNT: 0) */
	uint64_t count;      /* samples behind it */
	double coverage;     /* share of the window that was measured, 0-1, never rounded up */
	bool exact;          /* from raw samples only */
	Instant first, last; /* of the samples used; bucket starts where rolled up */
} SeriesFigure;

enum { SERIES_NAME = 128, SERIES_RAW_MAX = 20000 };

SeriesSet *series_new(void);
void series_free(SeriesSet *set);

/* Non-finite values are ignored; late samples (older than the newest) are put in
 * their place. Names longer than SERIES_NAME - 1 are refused. */
bool series_add(SeriesSet *set, const char *name, Instant at, double value);
/* The series of that name, made when it is not there; NULL: a bad name. Keep it and add by
 * it: a name costs a look-up each time. */
Series *series_named(SeriesSet *set, const char *name);
const char *series_called(const Series *series);
/* As series_add(). */
bool series_put(SeriesSet *set, Series *series, Instant at, double value);
/* The same as n series_add() of equal values at first, first + every, …, in the time of a
 * few: one per hour that they cross. */
bool series_add_run(SeriesSet *set, const char *name, Instant first, Duration every, uint64_t n,
                    double value);
/* Called before a figure is read: whoever owes samples adds them now. It may add, not read. */
void series_before_read(SeriesSet *set, void (*read)(void *ctx), void *ctx);
/* Nothing waits for a series_save() from now on: memory is all there is. */
void series_memory_only(SeriesSet *set);
/* How often samples are expected: a sample covers the time since the one before if
 * that is at most three intervals. Without it: the series' own usual gap. */
void series_expect(SeriesSet *set, const char *name, Duration every);

/* As series_expect(), and remembered. */
void series_put_every(Series *series, Duration every);

/* Figure over [from, to). False: no sample in it (figure->coverage is 0 then). */
bool series_stat(const SeriesSet *set, const char *name, SeriesStat stat, Instant from, Instant to,
                 SeriesFigure *figure);
/* The newest sample; false: none. */
bool series_last(const SeriesSet *set, const char *name, Instant *ret_at, double *ret_value);
/* Any quantile, q in 0-1 (nearest rank: the smallest value with at least q·n not above it). */
bool series_quantile(const SeriesSet *set, const char *name, double q, Instant from, Instant to,
                     SeriesFigure *figure);

/* Names in the order of their first sample: i from 0; NULL past the end. */
const char *series_at(const SeriesSet *set, size_t i);
size_t series_count(const SeriesSet *set);

/* Points for a chart: one figure per `step` of [from, to), at most `cap`; those
 * without a sample have count 0. Returns how many. */
size_t series_points(const SeriesSet *set, const char *name, SeriesStat stat, Instant from,
                     Instant to, Duration step, SeriesFigure *out, size_t cap);

/* ---- without a keeper ---- */

/* Drops what is past its keeping time. */
void series_trim(SeriesSet *set, Instant now);
/* All that the set remembers, as one blob, appended; out->max is the caller's to raise. */
void series_write(const SeriesSet *set, Buf *out);
/* The set again, memory only if series_memory_only() is said; NULL: damaged. Whoever owes
 * samples (series_before_read()) is not in it. */
SeriesSet *series_read(const void *p, size_t n);

/* Samples that were dropped because nothing could be saved for too long: see series_wait().
 * Without a source: that could not wait for a save any longer (200 000 wait at most). */
uint64_t series_lost(const SeriesSet *set);
