/* Buckets and sketches: what a series is made of. Only for this folder. */
#pragma once
#include "core/buf.h"
#include "core/list.h"
#include "core/map.h"
#include "series/keep.h"
#include "series/series.h"

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
char *sketch_write(const Sketch *s); /* base64; the caller frees it */
bool sketch_read(const char *text, Sketch *ret);

/* ---- bucket ---- */

typedef struct Bucket {
	Instant start, last_at;
	uint64_t count;
	double sum, min, max, first, last, increase;
	Duration covered;
	Sketch sketch; /* empty while all values are equal, or packed */
	char *packed;  /* the sketch of a bucket that is over, as text; a quarter of its size */
	bool dirty;
} Bucket;

/* `n` equal values, the last of them at `at`. */
void bucket_add(Bucket *b, Instant at, double value, uint64_t n, Duration covered);
/* All of the bucket's values into a sketch. */
void bucket_sketch(const Bucket *b, Sketch *to);
void bucket_pack(Bucket *b);
void bucket_free(Bucket *b); /* what it holds */

typedef struct Level {
	LIST(Bucket) buckets; /* by start */
	Instant kept_from;    /* earlier ones were dropped; LONG_AGO: none was */
	size_t dirty_n;
} Level;

/* The bucket that holds `at`, made when it is not there; NULL before kept_from. */
Bucket *level_bucket(Level *l, Res r, Instant at);
void level_drop_before(Level *l, Instant t);
size_t level_find(const Level *l, Instant t); /* first bucket that starts at or after t */
void level_free(Level *l);

/* ---- series ---- */

typedef struct Raw {
	Instant at;
	double value;
} Raw;

struct Series {
	char name[SERIES_NAME];
	LIST(Raw) raw;     /* by time */
	size_t raw_from;   /* first one still valid; the rest is cut off now and then */
	Instant fine_from; /* raw and minutes hold everything from here; LONG_AGO: all there is */
	Level levels[RES_KINDS];
	Duration every; /* expected gap; 0: not known yet */
	bool every_set;
};

typedef struct Fresh {
	Series *series;
	Instant at;
	double value;
} Fresh;

struct SeriesSet {
	Map by_name;
	LIST(Series *) all;
	LIST(Fresh) fresh; /* waiting for a flush */
	uint64_t lost;
	bool memory_only;
	void (*before_read)(void *ctx);
	void *read_ctx;
};

static inline size_t raw_n(const Series *s) { return s->raw.n - s->raw_from; }
static inline const Raw *raw_at(const Series *s, size_t i) { return &s->raw.at[s->raw_from + i]; }
size_t raw_find(const Series *s, Instant t); /* first sample at or after t */
Series *series_get(SeriesSet *set,
                   const char *name); /* made when it is not there; NULL: bad name */
const Series *series_find(const SeriesSet *set, const char *name);
/* Time that a sample stands for, `gap` after the one before (negative: it is the first). */
Duration series_covers(const Series *s, Duration gap);
