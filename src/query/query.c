#include "query/query.h"

#include "core/alloc.h"
#include "core/list.h"
#include "core/text.h"
#include "query/query_private.h"

#include <string.h>

/* ---- the question ---- */

static const struct {
	const char *name;
	SeriesStat stat;
} stat_names[] = {
	{ "mean", SERIES_MEAN }, { "p50", SERIES_P50 }, { "p95", SERIES_P95 },
	{ "p99", SERIES_P99 },   { "max", SERIES_MAX }, { "min", SERIES_MIN },
	{ "last", SERIES_LAST }, { "sum", SERIES_SUM }, { "rate", SERIES_RATE },
};

static bool stat_parse(const char *name, SeriesStat *ret)
{
	for (size_t i = 0; i < COUNT_OF(stat_names); i++) {
		if (text_eq(stat_names[i].name, name)) {
			*ret = stat_names[i].stat;
			return true;
		}
	}
	return false;
}

const char *query_stat_name(SeriesStat s)
{
	for (size_t i = 0; i < COUNT_OF(stat_names); i++) {
		if (stat_names[i].stat == s)
			return stat_names[i].name;
	}
	return "count";
}

/* A text, or a list of texts. */
static bool each_text(const json_t *args, const char *key,
                      bool (*take)(Query *q, const char *text, Err *err), Query *q, Err *err)
{
	const json_t *v = json_object_get(args, key);
	size_t n = json_is_array(v) ? json_array_size(v) : v != NULL;

	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_is_array(v) ? json_array_get(v, i) : v);

		if (text_is_empty(text))
			return err_set(err, ERR_BAD_INPUT, "'%s' takes texts", key);
		if (!take(q, text, err))
			return false;
	}
	return true;
}

/* The next word of the list, the caller's to free; NULL: no more. */
static char *next_word(const char **rest, const char *seps)
{
	const char *s = *rest + strspn(*rest, seps);
	size_t n = strcspn(s, seps);

	*rest = s + n;
	return n ? mem_text_n(s, n) : NULL;
}

/* "p95", or several: "p95,mean". */
static bool take_stat(Query *q, const char *text, Err *err)
{
	char *word;

	while ((word = next_word(&text, ", "))) {
		SeriesStat s = SERIES_MEAN;
		bool known = stat_parse(word, &s);

		if (known)
			list_add(&q->stats, s);
		else
			err_set(err, ERR_BAD_INPUT, "there is no statistic '%.40s'", word);
		mem_free(word);
		if (!known)
			return err_hint(err, "mean, p50, p95, p99, max, min, last, sum or rate");
	}
	return q->stats.n <= QUERY_STATS_MAX ||
	       err_set(err, ERR_BAD_INPUT, "more than %d statistics", QUERY_STATS_MAX);
}

static bool take_pattern(Query *q, const char *text, Err *err)
{
	char *word;

	while ((word = next_word(&text, " ")))
		list_add(&q->patterns, word);
	return q->patterns.n <= 1000 || err_set(err, ERR_BAD_INPUT, "more than 1000 series");
}

/* "2027-01-04": the first instant of that day. */
static bool read_instant(const Query *q, const char *text, Instant *ret)
{
	AUTO_FREE char *day = mem_printf("%.10sT00:00:00Z", text);
	Instant t;

	if (instant_parse(text, ret))
		return true;
	if (strlen(text) != 10 || !instant_parse(day, &t))
		return false;
	*ret = zone_instant(q->zone, zone_civil(zone_utc(), t), PICK_FIRST, NULL);
	return true;
}

static bool bad_instant(const char *key, const char *text, Err *err)
{
	err_set(err, ERR_BAD_INPUT, "'%s': '%.40s' is not an instant", key, text);
	return err_hint(err, "write 2027-01-04 or 2027-01-04T09:00:00Z");
}

static bool read_span(const json_t *args, const char *key, Span *ret, Err *err)
{
	const char *text = json_string_value(json_object_get(args, key));

	if (!text)
		return true;
	if (span_parse(text, ret) && span_estimate(*ret).us > 0)
		return true;
	err_set(err, ERR_BAD_INPUT, "'%s': '%.40s' is not a length of time", key, text);
	return err_hint(err, "write 6h, 7d, 3mo or 1y");
}

static Span reversed(Span s)
{
	s.months = -s.months;
	s.days = -s.days;
	s.us = -s.us;
	return s;
}

static bool read_period(Query *q, const json_t *args, Instant now, Err *err)
{
	const char *from = json_string_value(json_object_get(args, "from"));
	const char *to = json_string_value(json_object_get(args, "to"));
	Span over = { .days = 1 };

	q->to = now;
	if (to && !read_instant(q, to, &q->to))
		return bad_instant("to", to, err);
	if (from && json_object_get(args, "over"))
		return err_set(err, ERR_BAD_INPUT, "'from' and 'over' both say where it begins");
	if (from && !read_instant(q, from, &q->from))
		return bad_instant("from", from, err);
	if (!read_span(args, "over", &over, err) || !read_span(args, "step", &q->step, err))
		return false;
	if (!from)
		q->from = zone_add(q->zone, q->to, reversed(over));
	return earlier(q->from, q->to) ||
	       err_set(err, ERR_BAD_INPUT, "the period ends before it begins");
}

Query *query_read(const json_t *args, const Zone *zone, Instant now, Err *err)
{
	Query *q = NEW(Query);

	q->zone = zone;
	q->now = now;
	q->exact = json_is_true(json_object_get(args, "exact"));
	q->home = json_is_true(json_object_get(args, "home"));
	if (each_text(args, "series", take_pattern, q, err) &&
	    each_text(args, "stat", take_stat, q, err) && read_period(q, args, now, err)) {
		if (q->patterns.n)
			return q;
		err_set(err, ERR_BAD_INPUT, "no series is named");
		err_hint(err, "e.g. 'latency{*}' or 'availability{site}'");
	}
	query_free(q);
	return NULL;
}

void query_free(Query *q)
{
	if (!q)
		return;
	for (size_t i = 0; i < q->patterns.n; i++)
		mem_free(q->patterns.at[i]);
	for (size_t i = 0; i < q->subjects.n; i++) {
		series_view_free(q->subjects.at[i].view);
		mem_free(q->subjects.at[i].intervals);
		mem_free(q->subjects.at[i].name);
	}
	if (q->free)
		q->free(q->elsewhere.ctx);
	list_free(&q->patterns);
	list_free(&q->stats);
	list_free(&q->subjects);
	mem_free(q);
}

/* ---- what it is about ---- */

bool query_wants_series(const Query *q, const char *name)
{
	for (size_t i = 0; i < q->patterns.n; i++) {
		if (text_matches(q->patterns.at[i], name))
			return true;
	}
	return false;
}

/* How the entity is written in a question: "availability{site}" for "check:site". */
static char *entity_name(const char *entity)
{
	if (text_starts(entity, "check:"))
		entity += strlen("check:");
	return mem_printf("availability{%s}", entity);
}

bool query_wants_entity(const Query *q, const char *entity)
{
	AUTO_FREE char *name = entity_name(entity);

	return query_wants_series(q, name);
}

bool query_wants_entities(const Query *q)
{
	for (size_t i = 0; i < q->patterns.n; i++) {
		if (text_starts(q->patterns.at[i], "availability{") || *q->patterns.at[i] == '*')
			return true;
	}
	return false;
}

bool query_add_series(Query *q, const char *name, SeriesView *view)
{
	q->cut = q->cut || q->subjects.n >= QUERY_SERIES_MAX;
	if (!view || q->cut) {
		series_view_free(view);
		return false;
	}
	if (q->elsewhere.ctx)
		series_view_bare(view);
	list_add(&q->subjects, ((Subject){ .name = mem_text(name), .view = view }));
	return true;
}

/* Causes belong to the ledger's thread and are not needed for figures. */
bool query_add_entity(Query *q, const char *entity, const Interval *intervals, size_t n)
{
	Subject s = { .is_entity = true };

	q->cut = q->cut || q->subjects.n >= QUERY_SERIES_MAX;
	if (q->cut)
		return false;
	for (size_t i = 0; i < n && earlier(intervals[i].from, q->to); i++) {
		if (is_set(intervals[i].to) && !earlier(q->from, intervals[i].to))
			continue;
		s.intervals = mem_grow(s.intervals, (s.intervals_n + 1) * sizeof *s.intervals);
		s.intervals[s.intervals_n] = intervals[i];
		s.intervals[s.intervals_n++].cause = NULL;
	}
	s.name = entity_name(entity);
	list_add(&q->subjects, s);
	return true;
}

void query_stop(Query *q) { atomic_store(&q->stopped, true); }

bool query_is_elsewhere(const Query *q) { return q->home; }

void query_elsewhere(Query *q, const SampleSource *source, const char *(*why)(const void *ctx),
                     void (*free)(void *ctx))
{
	q->elsewhere = *source;
	q->why = why;
	q->free = free;
}
