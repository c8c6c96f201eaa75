/* Between samples in memory and whatever keeps them: what is written, how it comes back,
 * and how what is not in memory is asked for.
 *
 *   series_put ─▶ head ──full, or its hour is over──▶ chunk ──▶ rollup 1h ▶ 1d ▶ 1mo
 *        └─▶ log: one blob a save
 *
 * One series_save() is one transaction of the keeper: either all of what it hands out is
 * kept, or none. Nothing here opens a file. Blobs carry their own checksum; the keeper looks
 * at none of them. */
#pragma once
#include "core/record.h"
#include "series/chunk.h"
#include "series/series.h"

typedef enum Res { RES_MINUTE, RES_HOUR, RES_DAY, RES_MONTH, RES_KINDS } Res;
const char *res_name(Res r); /* "1m" "1h" "1d" "1mo" */
bool res_parse(const char *s, Res *ret);
Instant res_start(Res r, Instant t); /* of the bucket that holds t, in UTC */
Instant res_end(Res r, Instant t);   /* and where the next one starts */

/* No chunk reaches further than this from its earliest to its latest sample: all that
 * overlap [from, to) start after from - CHUNK_SPAN_HOURS. Two chunks of a series may overlap
 * and may even start at the same instant (late samples): both stay. */
enum { CHUNK_SPAN_HOURS = 24 };

/* What a save hands to the keeper. Pointers are good for the call only. */
typedef struct SampleSink {
	/* Once for each new series, before anything else of it. Numbers count from 1. */
	void (*name)(void *ctx, uint32_t number, const char *name);
	/* Every sample since the last save, and which heads became chunks; `seq` grows by one. */
	void (*log)(void *ctx, uint64_t seq, const void *p, size_t n);
	void (*chunk)(void *ctx, uint32_t number, const ChunkFacts *facts, const void *p, size_t n);
	/* Replaces the bucket of the same series, resolution and start. */
	void (*rollup)(void *ctx, uint32_t number, Res res, Instant start, const void *p, size_t n);
	/* All samples of the log before `seq` are in chunks: those rows may go. */
	void (*log_until)(void *ctx, uint64_t seq);
	void *ctx;
} SampleSink;

/* Hands over what is new at `now`. Needs a source to roll up: it reads what saves of an hour
 * ago handed out, so these must be committed; while they cannot be, do not save. */
void series_save(SeriesSet *set, const SampleSink *sink, Instant now);

/* Instead, while the keeper refuses everything, `since` when: memory stays bounded. Past
 * WAITING_MAX samples that wait, the oldest hour of all series goes, a part of them with each
 * call, then the next one; the hour under way and the one before always stay. What went is
 * counted (series_lost()) and is in no figure: it is time that was not measured. The log takes
 * 200 000 samples meanwhile; those after them are safe once their hour is a chunk. */
enum { WAITING_MAX = 16000000 };
void series_wait(SeriesSet *set, Instant since, Instant now);
/* Another bound than WAITING_MAX. */
void series_wait_max(SeriesSet *set, size_t samples);
/* Samples that are in no chunk that was handed out: a healthy set has an hour of them. */
size_t series_waiting(const SeriesSet *set);

/* ---- back from the keeper, in this order: names by number, then the log by seq ---- */

/* False: a bad name, or a number that is not the next one. */
bool series_load_name(SeriesSet *set, uint32_t number, const char *name);
/* Heads as they were. A sample that went into a chunk of the same transaction as a later log
 * row is not taken twice: the log says which. False: a damaged row (the rest of it is left
 * out), or one of a series without a name. */
bool series_load_log(SeriesSet *set, uint64_t seq, const void *p, size_t n);

/* Log `seq` is still at the keeper, but all its samples are in chunks: instead of loading it. */
void series_load_over(SeriesSet *set, uint64_t seq);

/* Samples of one log, for those who pass them on: in the order they came. False: damaged (those
 * before the damage were given). */
typedef void SampleEach(void *arg, uint32_t number, Instant at, double value);
bool series_log_each(const void *p, size_t n, SampleEach *each, void *arg);

/* ---- what is not in memory ---- */

typedef bool ChunkEach(void *arg, const void *p, size_t n);                 /* false: stop */
typedef bool BucketEach(void *arg, Instant start, const void *p, size_t n); /* false: stop */

/* Answers from what is committed. All of it may be called on another thread with another
 * ctx (a read-only connection of its own). */
typedef struct SampleSource {
	/* Chunks that overlap [from, to), by start. False: could not be read. */
	bool (*chunks)(void *ctx, uint32_t number, Instant from, Instant to, ChunkEach *each,
	               void *arg);
	/* Buckets that start in [from, to), by start. */
	bool (*rollups)(void *ctx, uint32_t number, Res res, Instant from, Instant to,
	                BucketEach *each, void *arg);
	/* Retention: buckets of `res` (RES_KINDS: chunks) are complete from here on. */
	Instant (*kept_from)(void *ctx, Res res);
	/* Start of the newest bucket; LONG_AGO: there is none. */
	Instant (*newest)(void *ctx, uint32_t number, Res res);
	/* Before several of these: they see one state and cost less. True: release() must follow,
	 * before anything is committed. Both may be NULL. */
	bool (*hold)(void *ctx);
	void (*release)(void *ctx);
	void *ctx;
} SampleSource;

/* NULL (as at first): memory is all there is, and keeps 26 h of samples, 9 days of hours, 100
 * days of days and 20 years of months. With a source it keeps heads and what series_keep()
 * asks for. `source` must outlive the set. */
void series_source(SeriesSet *set, const SampleSource *source);
/* With a source: how long chunks stay in memory (what rules look back over). */
void series_keep(SeriesSet *set, Duration keep);

/* ---- figures away from the set ---- */

/* What a figure needs of one series, copied: may be read on another thread while the set goes
 * on. A few hundred bytes. */
typedef struct SeriesView SeriesView;
SeriesView *series_view(const SeriesSet *set, const char *name); /* NULL: no such series */
/* Without samples and without what memory knows of the keeper: another source has them all. */
void series_view_bare(SeriesView *view);
void series_view_free(SeriesView *view);

/* As series_stat() and series_quantile() (q below 0: `stat` counts), from the view and
 * `source` (may be NULL). `exact`: from samples wherever they are kept, however long the
 * window; otherwise windows that reach back over a day and more use roll-ups. False also when
 * the source failed: then figure->count is 0 and *ret_failed (may be NULL) is true. */
bool series_view_stat(const SeriesView *view, const SampleSource *source, SeriesStat stat, double q,
                      Instant from, Instant to, bool exact, SeriesFigure *figure, bool *ret_failed);
/* Several statistics of one window for the price of one reading: figure[i] and ret_enough[i]
 * (there is such a value) for stats[i]. False: the source failed. */
bool series_view_stats(const SeriesView *view, const SampleSource *source, const SeriesStat *stats,
                       size_t n, Instant from, Instant to, bool exact, SeriesFigure *figure,
                       bool *ret_enough) MUST_CHECK;

/* ---- stores of before ---- */

/* One bucket as a row of table `rollup` of the first stores. */
typedef struct Rollup {
	char id[SERIES_NAME + 32]; /* "latency{site}|1h|2026-11-20T16:00:00Z" */
	char series[SERIES_NAME];
	char res[4]; /* "1m" "1h" "1d" "1mo" */
	Instant start;
	int64_t count;
	double sum, min, max, first, last;
	double increase; /* of a counter, between its samples */
	Instant last_at;
	Duration covered; /* measured time inside the bucket */
	char *sketch;     /* base64; NULL when count is 1 or all values are equal */
} Rollup;
extern const RecordType rollup_record;
/* Such a row as a bucket's blob. False: a damaged one. */
bool rollup_bucket(const Rollup *row, Res *ret_res, Buf *out);
