/* The figures of a question, as JSON. */
#include "core/text.h"
#include "query/query_private.h"

#include <stdlib.h>
#include <string.h>

static const SeriesStat default_stats[] = { SERIES_MEAN, SERIES_P95, SERIES_MAX };

/* ---- steps ---- */

/* The kth step's start: k steps from the beginning of the first, so that months do not
 * drift. */
static Instant step_start(const Query *q, size_t k)
{
	Span s = q->step;

	s.months *= (int32_t)k;
	s.days *= (int32_t)k;
	s.us *= (int64_t)k;
	return zone_add(q->zone, q->from, s);
}

static size_t steps_n(const Query *q)
{
	Duration all = between(q->from, q->to), one = span_estimate(q->step);

	if (span_is_zero(q->step))
		return 1;
	/* An estimate; months differ by a tenth at most. The last one is found by its start. */
	return (size_t)(all.us / one.us) + 2;
}

/* The kth step inside the period; false: there is no such step. */
static bool step_at(const Query *q, size_t k, Instant *ret_from, Instant *ret_to)
{
	*ret_from = q->from;
	*ret_to = q->to;
	if (span_is_zero(q->step))
		return k == 0;
	*ret_from = step_start(q, k);
	*ret_to = earliest(step_start(q, k + 1), q->to);
	return earlier(*ret_from, q->to);
}

/* ---- one step ---- */

static bool put_figures(const Query *q, const Subject *s, const SampleSource *source, Instant from,
                        Instant to, Emit *out, Err *err)
{
	const SeriesStat *stats = q->stats.n ? q->stats.at : default_stats;
	size_t n = q->stats.n ? q->stats.n : COUNT_OF(default_stats);
	SeriesFigure f[QUERY_STATS_MAX] = { 0 };
	bool there[QUERY_STATS_MAX] = { 0 };

	if (!series_view_stats(s->view, source, stats, n, from, to, q->exact, f, there))
		return q->why ? err_set(err, ERR_UNAVAILABLE,
		                        "the second home of samples did not answer for %s: %s",
		                        s->name, q->why(q->elsewhere.ctx))
		              : err_set(err, ERR_STORE, "samples of %s could not be read", s->name);
	for (size_t i = 0; i < n; i++) {
		if (there[i])
			emit_real(out, query_stat_name(stats[i]), f[i].value);
		else
			emit_null(out, query_stat_name(stats[i]));
	}
	emit_int(out, "count", (int64_t)f[0].count);
	emit_real(out, "coverage", 100 * f[0].coverage);
	emit_bool(out, "exact", f[0].count && f[0].exact);
	return true;
}

static void put_availability(const Query *q, const Subject *s, Instant from, Instant to, Emit *out)
{
	AvailabilityAsk ask = { .from = from,
		                .to = to,
		                .now = q->now,
		                .intervals = s->intervals,
		                .intervals_n = s->intervals_n,
		                .zone = q->zone };
	Availability a;

	availability(&ask, &a);
	if (a.has_gross)
		emit_real(out, "availability", a.gross);
	else
		emit_null(out, "availability");
	emit_seconds(out, "down_s", a.down);
	emit_seconds(out, "unknown_s", a.unknown);
	emit_int(out, "outages", a.outages);
	emit_real(out, "coverage", a.coverage);
}

static bool put_step(const Query *q, const Subject *s, const SampleSource *source, Instant from,
                     Instant to, Emit *out, Err *err)
{
	if (!s->is_entity)
		return put_figures(q, s, source, from, to, out, err);
	put_availability(q, s, from, to, out);
	return true;
}

static bool put_subject(const Query *q, const Subject *s, const SampleSource *source, Emit *out,
                        Err *err)
{
	bool ok = true, stepped = !span_is_zero(q->step);
	Instant from, to;

	emit_object(out, NULL);
	emit_text(out, "series", s->name);
	if (!stepped)
		ok = put_step(q, s, source, q->from, q->to, out, err);
	else
		emit_array(out, "steps");
	if (atomic_load(&q->stopped))
		ok = err_set(err, ERR_UNAVAILABLE, "nobody waits for the answer any more");
	for (size_t k = 0; ok && stepped && step_at(q, k, &from, &to); k++) {
		emit_object(out, NULL);
		emit_instant(out, "from", from);
		ok = put_step(q, s, source, from, to, out, err);
		emit_object_end(out);
	}
	if (stepped)
		emit_array_end(out);
	emit_object_end(out);
	return ok;
}

/* "c2" before "c10". */
static int by_name(const void *a, const void *b)
{
	return strverscmp(((const Subject *)a)->name, ((const Subject *)b)->name);
}

/* By name: the order in which memory came to know them is another after a restart. */
static void sort(Query *q)
{
	if (q->subjects.n)
		qsort(q->subjects.at, q->subjects.n, sizeof *q->subjects.at, by_name);
}

bool query_run(Query *q, const SampleSource *source, Emit *out, Err *err)
{
	bool ok = true;

	if (q->elsewhere.ctx)
		source = &q->elsewhere;
	if (!q->subjects.n) {
		err_set(err, ERR_NOT_FOUND, "no series is called '%.80s'", q->patterns.at[0]);
		return err_hint(err, "names are like 'latency{CHECK}'; '*' stands for any text");
	}
	if (q->cut) {
		/* Some of them would be taken for all. */
		err_set(err, ERR_BAD_INPUT, "more than %d series are meant", QUERY_SERIES_MAX);
		return err_hint(err, "ask for some of them: 'latency{shop-*}'");
	}
	if (steps_n(q) * q->subjects.n > QUERY_POINTS_MAX) {
		err_set(err, ERR_BAD_INPUT, "%zu series in %zu steps are more than %d figures",
		        q->subjects.n, steps_n(q), QUERY_POINTS_MAX);
		return err_hint(err, "ask for fewer series, a shorter period or a longer step");
	}
	sort(q);
	emit_instant(out, "from", q->from);
	emit_instant(out, "to", q->to);
	emit_array(out, "answers");
	for (size_t i = 0; ok && i < q->subjects.n; i++)
		ok = put_subject(q, &q->subjects.at[i], source, out, err);
	emit_array_end(out);
	return ok;
}
