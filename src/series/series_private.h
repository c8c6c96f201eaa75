/* What a series is made of. Only for this folder.
 *
 *   head (bytes, newest) · held chunks · levels of buckets
 *
 * The levels share out time: what left the samples is in one bucket of the finest level that
 * still reaches so far back, and in no other. Without a source they are all there is; with
 * one they stay empty. */
#pragma once
#include "core/buf.h"
#include "core/list.h"
#include "series/bytes.h"
#include "series/keep.h"
#include "series/series.h"

/* ---- sums that do not depend on how they were made ---- */

/* An unevaluated sum of two doubles (Dekker 1971; Knuth, TAOCP 2, 4.2.2): n equal values added
 * one by one or at once give the same double. */
typedef struct Exact {
	double hi, lo;
} Exact;
void exact_add(Exact *s, double value, uint64_t times);
void exact_join(Exact *s, Exact more);

/* ---- sketch ---- */

/* A mergeable quantile sketch with relative error ALPHA: values in logarithmic bins
 * (Masson, Rim, Lee: "DDSketch", VLDB 2019, §2). Keys order as the values do:
 * negative, zero, positive. */
typedef struct Bin {
	int32_t key;
	uint32_t n;
} Bin;
typedef struct Sketch {
	Bin *at;
	size_t n, cap;
} Sketch;

enum { SKETCH_BINS = 1024 }; /* nine decades at 1 %; past that the smallest are merged */

void sketch_add(Sketch *s, double value, uint32_t times);
void sketch_merge(Sketch *to, const Sketch *from);
uint64_t sketch_count(const Sketch *s);
/* The value at rank k of 1 … count; 0 for an empty sketch. */
double sketch_at(const Sketch *s, uint64_t k);
void sketch_free(Sketch *s);
void sketch_put(const Sketch *s, Buf *out);
/* Adds what was put to `to`. False: damaged (`to` may have some of it). */
bool sketch_get(Bytes *in, Sketch *to);
bool sketch_read(const char *text, Sketch *ret); /* base64, of the first stores */

/* ---- bucket ---- */

typedef struct Bucket {
	Instant start, last_at;
	uint64_t count;
	Exact sum;
	double min, max, first, last, increase;
	Duration covered, down; /* measured time, and that of it with the value 0 */
	Sketch sketch;          /* empty while all values are equal, or packed */
	char *packed;           /* the sketch of a bucket that is over; a quarter of its size */
	uint32_t packed_n;
} Bucket;

/* `n` equal values, the last of them at `at`. */
void bucket_add(Bucket *b, Instant at, double value, uint64_t n, Duration covered);
/* All of a later bucket into an earlier one, or of a finer one into its coarser. */
void bucket_merge(Bucket *to, const Bucket *later);
/* All of the bucket's values into a sketch. */
void bucket_sketch(const Bucket *b, Sketch *to);
void bucket_pack(Bucket *b);
void bucket_free(Bucket *b); /* what it holds */
void bucket_copy(Bucket *to, const Bucket *b);
/* The blob of a bucket, without its start, with a checksum. */
void bucket_write(const Bucket *b, Buf *out);
/* A number as its power of ten and an integer, whatever else as eight bytes; `power` is tried
 * first. At most NUMBER_BYTES. */
enum { NUMBER_BYTES = 1 + VARINT_MAX };
unsigned char *number_put(unsigned char *p, double v, unsigned power);
double number_get(Bytes *in);
/* False: damaged. The bucket is packed; free it with bucket_free(). */
bool bucket_read(Instant start, const void *p, size_t n, Bucket *ret);
/* The same without the sketch, whose bins go to `bins` (emptied before; NULL: not wanted); an
 * even one has none. *ret holds nothing. */
bool bucket_facts(Instant start, const void *p, size_t n, Bucket *ret, Sketch *bins);
/* What a counter gained; a fall is a restart from zero. */
static inline double counter_step(double before, double now)
{
	return now >= before ? now - before : now;
}

typedef struct Level {
	LIST(Bucket) buckets; /* by start */
	Instant from;         /* earlier ones are in the coarser level; LONG_AGO: none is */
} Level;

/* The bucket that holds `at`, made when it is not there. */
Bucket *level_bucket(Level *l, Res r, Instant at);
void level_drop_before(Level *l, Instant t);
size_t level_find(const Level *l, Instant t); /* first bucket that starts at or after t */
void level_free(Level *l);

/* ---- head ---- */

/* The newest samples of a series as bytes, by time; head.c says how. After it is emptied the
 * last sample is still there. */
typedef struct Head {
	unsigned char *bytes;
	Instant last_at;
	double last;
	int64_t step;                 /* between the last two, in units */
	uint16_t n, len, cap, run_at; /* run_at: the last token, if that is a run */
	uint8_t unit, power;
	bool used; /* there was a sample */
} Head;

enum { HEAD_BITS = DECIMAL_MAX + 1, HEAD_NO_RUN = UINT16_MAX };

/* False: it is full, or `at` lies before its last one (head_insert() then). */
bool head_push(Head *h, Instant at, double value);
/* Behind all that are not later. False: full. */
bool head_insert(Head *h, Instant at, double value);
/* All of it, by time; room for CHUNK_MAX. */
size_t head_read(const Head *h, Sample *out);
/* Only these, by time. */
void head_build(Head *h, const Sample *at, size_t n);
void head_clear(Head *h);
void head_free(Head *h);

/* ---- series ---- */

/* A chunk in memory, newest first. */
typedef struct Held {
	struct Held *next;
	Instant earliest, latest;
	uint32_t size, n;
	bool saved;     /* handed to the keeper */
	bool rolled;    /* its hours have their buckets */
	Duration every; /* not 0: no blob but n equal samples, so far apart */
	double value;
	unsigned char p[];
} Held;

typedef struct Levels {
	Level at[RES_KINDS];
	Instant raw_from; /* samples from here on are not in a bucket */
} Levels;

struct Series {
	Head head;
	Held *held;
	Levels *levels;      /* NULL: nothing left the samples */
	Duration every;      /* expected gap; 0: not known yet */
	Instant rolled_last; /* the newest sample that an hour's bucket has */
	Instant here_from;   /* all samples from here on are in memory; NEVER: not known yet */
	uint32_t number;
	uint32_t hour_until; /* hours since 1970 that are rolled up; 0: not known */
	uint32_t log_seq;    /* of the first sample in head; 0: it is not in the log */
	uint32_t log_hour;   /* of the first sample of the newest hour */
	uint32_t held_n;     /* samples in held */
	bool every_set;
	bool whole;   /* with a source: what is not rolled up is in memory */
	bool unsaved; /* some held chunk is */
	char name[];
};

struct SeriesSet {
	uint32_t *slots; /* numbers by hash of name; 0: free */
	size_t slots_n;
	LIST(Series *) all; /* number - 1 */
	size_t named;       /* how many names were handed out */
	Buf log;            /* records since the last save */
	uint64_t log_seq;   /* of the next save; from 1 */
	size_t log_n;       /* samples in it */
	uint32_t log_number;
	int64_t log_at;
	LIST(uint32_t) heads; /* how many heads begin in log log_base + i */
	uint64_t log_base, log_told;
	LIST(uint32_t) full; /* series with unsaved chunks */
	Instant slot_at;     /* slots are done up to here */
	size_t waiting;      /* samples that are in no chunk that was handed out */
	size_t waiting_max;
	Instant dropping; /* while nothing can be saved: samples before this go; LONG_AGO: none */
	size_t drop_at;   /* from this series on */
	uint64_t lost;
	bool memory_only;
	Duration keep;
	const SampleSource *source;
	void (*before_read)(void *ctx);
	void *read_ctx;
};

/* BLOCK: chunks of a series that are looked at together. */
enum { COVER_GAPS = 3, RAW_HOURS = 26, RAW_STEP_HOURS = 6, BLOCK = 128 };

const Series *series_find(const SeriesSet *set, const char *name); /* before a figure is read */
Series *series_lookup(const SeriesSet *set, const char *name);
/* The usual gap, when nobody told it, from a sample that follows the head's last one. */
void series_learn(Series *s, Instant at);
/* Time that a sample stands for, `gap` after the one before (negative: it is the first). */
Duration series_covers(const Series *s, Duration gap);
/* The newest sample's time; LONG_AGO: none. */
Instant series_newest(const Series *s);
/* Takes a sample into the head; closes it first when it is full. */
void series_take(SeriesSet *set, Series *s, Instant at, double value);
/* The head's samples before `until` into chunks. */
void series_close(SeriesSet *set, Series *s, Instant until);
Series *series_make(SeriesSet *set, const char *name);
void series_free_one(Series *s);
/* A chunk in front of the others. */
Held *held_add(Series *s, const void *p, size_t n, const ChunkFacts *f);
/* n equal samples, the first later than anything there; only where memory is all. */
void held_add_run(SeriesSet *set, Series *s, Instant first, Duration every, uint32_t n,
                  double value);
/* Forgets chunks that end before t; `safe`: only what is saved and rolled up. */
void held_drop(Series *s, Instant t, bool safe);
/* When the head begins; only while it has samples. */
Instant head_first(const Head *h);
Instant hour_of(Instant t);

/* ---- samples of a window ---- */

typedef LIST(Sample) Samples;
/* Samples of [from, to) in time order, from memory and `source` (may be NULL), by sample
 * counted once. False: the source failed. */
bool gather(const Series *s, const SampleSource *source, Instant from, Instant to, Samples *out);
/* The same as the blobs it lies in, by their start, so that one that stands alone need not be
 * unpacked as a whole. */
typedef struct Part {
	Instant earliest, latest; /* what counts of it is within */
	Instant from, to;         /* and in [from, to) */
	const Held *held;         /* in memory; NULL: a copy, or the head */
	size_t at, size;          /* of the copy in text; 0: none */
	size_t order;             /* equal times of several parts stay in this order */
} Part;
typedef struct Parts {
	LIST(Part) list;
	Buf text;
	const Series *s;
} Parts;
/* False: the source failed. Free with parts_free(). */
bool parts_of(const Series *s, const SampleSource *source, Instant from, Instant to, Parts *out);
/* How many parts from i on overlap one another: at least one. */
size_t parts_group(const Parts *parts, size_t i);
/* The chunk of a part that lies wholly in [from, to); NULL: it does not, or is none. */
const void *part_chunk(const Parts *parts, size_t i, Instant from, Instant to, size_t *ret_n);
/* The samples of n parts from i on, by time. False: a damaged one. */
bool parts_samples(const Parts *parts, size_t i, size_t n, Samples *out);
void parts_free(Parts *parts);
/* Of memory only, what is in no bucket of the keeper yet. */
void gather_unrolled(const Series *s, Instant from, Instant to, Samples *out);

static inline bool source_hold(const SampleSource *s) { return s && s->hold && s->hold(s->ctx); }

static inline void source_release(const SampleSource *s, bool held)
{
	if (held)
		s->release(s->ctx);
}

/* ---- values that a rank is asked of (picks.c) ---- */

typedef struct Picks {
	LIST(int32_t) ints; /* · 10^-power; empty once wide */
	LIST(double) values;
	unsigned power;
	bool wide;
} Picks;
/* n of m[i] / 10^power; `even`: all are m[0]. */
void picks_whole(Picks *p, const int64_t *m, size_t n, bool even, unsigned power);
/* Where that many values may be put; the caller adds to values.n. */
double *picks_room(Picks *p, size_t more);
/* The value of rank k from 0; there are more than k. */
double picks_rank(Picks *p, uint64_t k);
/* All of them into a sketch, and none left. */
void picks_sketch(Picks *p, Sketch *to);
void picks_free(Picks *p);

/* ---- levels (levels.c) ---- */

Levels *levels_of(Series *s);
Instant series_raw_from(const Series *s);
/* Moves to coarser levels what is past its time at `newest`. */
void levels_age(Series *s, Instant newest);
/* `before`: the sample before the first one, LONG_AGO: none. */
void level_add_samples(Level *l, Res r, const Series *s, const Sample *at, size_t count,
                       Instant before);
/* A sample before raw_from. */
void levels_late(Series *s, Instant at, double value);
/* n equal samples, all later than anything there: takes those that are in buckets at the end
 * of it, and says how many that was. */
uint64_t levels_run(Series *s, Instant first, Duration every, uint64_t n, double value);

/* ---- the log (log.c) ---- */

/* Before it is in the head. */
void log_sample(SeriesSet *set, Series *s, Instant at, double value);
/* Everything of the series before `until` is in chunks. */
void log_close(SeriesSet *set, Series *s, Instant until);
/* The head needs log `seq` from now on, or no longer what is before `until`. */
void log_pin(SeriesSet *set, Series *s, uint64_t seq, Instant at);
void log_unpin(SeriesSet *set, Series *s, Instant until);
/* Calls for each record; `close`: value is meaningless. False: damaged. */
typedef void LogEach(void *arg, uint32_t number, bool close, Instant at, double value);
bool log_walk(const void *p, size_t n, LogEach *each, void *arg);
