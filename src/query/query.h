/* Questions about the past: statistics of series and availability of what the ledger knows,
 * over any period, whole or step by step.
 *
 *   query_read  the words of the question, against a zone and a now
 *   query_add_… what it is about: copies of all that memory knows of it
 *   query_run   the figures, as JSON: on any thread, from a sample source of its own
 *
 * The engine fills a query in the time it takes to copy heads and intervals; the work is done
 * elsewhere, so no question makes a check late. Nothing is decided here, and no verdict is
 * given: what a plan promises is proof/'s business. */
#pragma once
#include "calendar/span.h"
#include "calendar/zone.h"
#include "core/emit.h"
#include "core/err.h"
#include "ledger/ledger.h"
#include "series/keep.h"

#include <jansson.h>

typedef struct Query Query;

enum { QUERY_SERIES_MAX = 10000, QUERY_POINTS_MAX = 200000 };

/* Arguments as people give them: {"series": ["latency{*}", "availability{site}"],
 * "stat": ["p95"], "from", "to", "over": "90d", "step": "1d", "exact": true}. Without "from"
 * and "over": a day; without "to": now. `zone` (of days and steps) must outlive the query.
 * NULL with *err set: what was not understood, and a hint. */
Query *query_read(const json_t *args, const Zone *zone, Instant now, Err *err) MUST_CHECK;
void query_free(Query *q); /* NULL is fine */

/* Whether the question is about this series: its name matches one of the patterns ('*' stands
 * for any text). */
bool query_wants_series(const Query *q, const char *name);
/* Whether it is about the availability of this entity: "availability{site}" means
 * "check:site", "availability{service:web/production}" that service. */
bool query_wants_entity(const Query *q, const char *entity);
/* Whether any pattern can mean an entity at all. */
bool query_wants_entities(const Query *q);

/* Takes the view over. False, and the view is freed: there are QUERY_SERIES_MAX already, and
 * the question is refused. */
bool query_add_series(Query *q, const char *name, SeriesView *view);
/* Copies what touches the period. */
bool query_add_entity(Query *q, const char *entity, const Interval *intervals, size_t n);

/* Nobody waits for the answer any more: query_run() ends soon, on whatever thread it is. May
 * be called from another one. */
void query_stop(Query *q);

/* The samples are elsewhere: `source` instead of the one query_run() is given, and no sample of
 * memory. Before series are added. `why` says why it could not be read; `free` is called with
 * the source's ctx when the query goes. */
void query_elsewhere(Query *q, const SampleSource *source, const char *(*why)(const void *ctx),
                     void (*free)(void *ctx));
/* Asked for with "home": true. */
bool query_is_elsewhere(const Query *q);

/* The answer, as fields of an open object. `source` may be NULL: memory is all there is. May
 * be called on any thread, once at a time for one query. False: nothing matched, more points
 * than QUERY_POINTS_MAX, samples that could not be read, or stopped (ERR_UNAVAILABLE). */
bool query_run(Query *q, const SampleSource *source, Emit *out, Err *err) MUST_CHECK;
