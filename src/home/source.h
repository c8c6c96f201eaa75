/* Questions put to the second home: a SampleSource over /api/v1/export.
 *
 * It blocks, for SOURCE_SECONDS at most for each series, so it is asked on a thread of its own
 * and never on the loop. It has samples only, no buckets: every figure from it is exact. A
 * certificate is verified against the system's trust; no proxy, no redirect. The token is in
 * no argument, log or message. */
#pragma once
#include "core/secret.h"
#include "series/keep.h"

enum { SOURCE_SECONDS = 30, SOURCE_BYTES = 256 << 20 };

typedef struct HomeSource HomeSource;

/* Copies both; `token` may be NULL. */
HomeSource *home_source_new(const char *url, const Secret *token);
void home_source_free(HomeSource *h); /* NULL is fine */
/* What the figures' numbers mean; before it is asked. */
void home_source_name(HomeSource *h, uint32_t number, const char *series);
SampleSource home_source(HomeSource *h); /* must not outlive it */
/* Why it could not be asked, when that failed; "" before. */
const char *home_source_why(const HomeSource *h);

/* "{__name__=\"latency\",check=\"site\"}", as the query language writes it. Appends. */
void home_selector(const char *series, Buf *out);
