/* A question and what it is about. Only for this folder. */
#pragma once
#include "core/list.h"
#include "query/query.h"

#include <stdatomic.h>

enum { QUERY_STATS_MAX = 16 };

/* One line of the answer: a series, or an entity of the ledger. */
typedef struct Subject {
	char *name;
	SeriesView *view; /* NULL for an entity */
	bool is_entity;
	Interval *intervals;
	size_t intervals_n;
} Subject;

struct Query {
	const Zone *zone;
	Instant now, from, to;
	Span step; /* zero: the whole period at once */
	bool exact, home;
	bool cut;               /* it is about more than QUERY_SERIES_MAX */
	SampleSource elsewhere; /* ctx NULL: none */
	const char *(*why)(const void *ctx);
	void (*free)(void *ctx);
	atomic_bool stopped;
	LIST(char *) patterns;
	LIST(SeriesStat) stats; /* empty: those of default_stats[] */
	LIST(Subject) subjects;
};

const char *query_stat_name(SeriesStat s);
