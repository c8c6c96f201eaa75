/* A rehearsal's probes whose answers cannot differ: counted, not played.
 *
 * A simulated year is a million probes of which a few hundred say something new. When
 * a check has been up with the very same figures for longer than any rule looks back,
 * and the world promises that nothing will answer otherwise for a while
 * (World.same_for), playing the slots in between would change no state, fire no rule
 * and write no evidence: all of them already saw this. So the check sleeps until that
 * promise ends. Its samples are added before anybody reads a figure, so that
 * every figure is what it would have been. test/scenarios are played both ways and must
 * give the same journal, to the byte.
 *
 * It never sleeps over anything but plain success, and never outside a rehearsal. */
#include "engine/engine_private.h"

/* Fewer slots than this are not worth the trouble. */
enum { WORTH_IT = 4 };

static bool same_values(const Steady *s, const Taken *values, size_t n)
{
	if (s->n != n || !is_set(s->since))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->values[i].value != values[i].value ||
		    s->values[i].series != values[i].series)
			return false;
	}
	return true;
}

static void begin_row(Steady *s, const Taken *values, size_t n, Instant at)
{
	s->values = mem_grow(s->values, (n ? n : 1) * sizeof *values);
	if (n)
		memcpy(s->values, values, n * sizeof *values);
	s->n = n;
	s->since = at;
}

static Instant sleep_until_change(Engine *e, Steady *s, Instant at, Instant due, Duration every,
                                  Duration left)
{
	int64_t slots;

	s->asleep = true;
	e->asleep_n++;
	s->next = due;
	s->until = after(e->now, left);
	s->takes = between(at, e->now);
	s->mono = e->world->mono(e->world);
	s->wall = e->now;
	slots = (between(due, s->until).us + every.us - 1) / every.us;
	return after(due, duration_us(slots * every.us));
}

Instant steady_saw(Engine *e, Steady *s, const Taken *values, size_t n, Instant at, bool calm,
                   Instant due, Duration every)
{
	Duration left;

	if (!s || !e->rehearsal || !e->world->same_for || every.us <= 0)
		return due;
	if (!calm) {
		s->since = LONG_AGO;
		return due;
	}
	if (!same_values(s, values, n))
		begin_row(s, values, n, at);
	left = e->world->same_for(e->world);
	if (between(s->since, at).us < e->looks_back.us + every.us || !is_set(due) ||
	    between(due, after(e->now, left)).us < every.us * WORTH_IT)
		return due;
	return sleep_until_change(e, s, at, due, every, left);
}

/* Counts the slots whose results would be there by now, by the monotonic clock: the wall
 * clock may have jumped since. Returns how many; the last one's time in *ret_last. */
static uint64_t count(Engine *e, Steady *s, Duration every, Instant *ret_last)
{
	Duration slept = duration_us(e->world->mono(e->world).us - s->mono.us);
	Instant seen = after(s->wall, duration_us(slept.us - s->takes.us));
	uint64_t n;

	seen = earliest(seen, after(s->until, duration_us(-1)));
	if (earlier(seen, s->next))
		return 0;
	n = (uint64_t)(between(s->next, seen).us / every.us) + 1;
	for (size_t i = 0; i < s->n; i++)
		series_add_run(e->series, series_called(s->values[i].series), s->next, every, n,
		               s->values[i].value);
	*ret_last = after(s->next, duration_us((int64_t)(n - 1) * every.us));
	s->next = after(*ret_last, every);
	e->skipped += n;
	return n;
}

static void settle(Engine *e, Steady *s)
{
	if (s->asleep && !earlier(s->next, s->until)) {
		s->asleep = false;
		e->asleep_n--;
	}
}

static void count_watch(Engine *e, Watch *w)
{
	CheckStatus *st = &w->status;
	Instant last;
	uint64_t n = count(e, w->steady, check_every(w->check), &last);

	if (n) {
		st->last_at = st->last_known_at = last;
		st->row_n += (unsigned)n; /* up as before: both rows are good ones */
		st->pulse_n += (unsigned)n;
		e->measured_at = latest(e->measured_at, last);
		w->unsaved = true;
		e->probes += n;
	}
	settle(e, w->steady);
}

static void count_gauge(Engine *e, Gauge *g)
{
	Instant last;

	if (count(e, &g->steady, gauge_every(g), &last))
		g->last_at = last;
	settle(e, &g->steady);
}

void steady_catch_up(Engine *e)
{
	Watch *w;

	for (size_t i = 0; e->asleep_n && (w = watch_next_of(e, &i));) {
		if (w->steady && w->steady->asleep)
			count_watch(e, w);
	}
	for (size_t i = 0; e->asleep_n && i < e->gauges.n; i++) {
		if (e->gauges.at[i]->steady.asleep)
			count_gauge(e, e->gauges.at[i]);
	}
}

uint64_t engine_probes(Engine *e)
{
	steady_catch_up(e);
	return e->probes;
}

Instant engine_now(const Engine *e) { return world_now(e->world); }

uint64_t engine_skipped(const Engine *e) { return e->skipped; }

void steady_before_read(void *engine)
{
	Engine *e = engine;

	if (e->asleep_n)
		steady_catch_up(e);
}

static bool wake(Engine *e, Steady *s)
{
	bool slept = s->asleep;

	s->since = LONG_AGO;
	s->asleep = false;
	e->asleep_n -= slept;
	return slept;
}

void steady_wake(Engine *e)
{
	Watch *w;

	steady_catch_up(e);
	for (size_t i = 0; e->rehearsal && (w = watch_next_of(e, &i));) {
		if (wake(e, w->steady)) {
			w->status.next_due = w->steady->next;
			watch_schedule(w);
		}
	}
	for (size_t i = 0; i < e->gauges.n; i++) {
		Gauge *g = e->gauges.at[i];

		if (wake(e, &g->steady))
			gauge_schedule(g, g->steady.next);
	}
}

void steady_done(Engine *e, Steady *s)
{
	e->asleep_n -= s->asleep;
	mem_free(s->values);
	*s = (Steady){ .since = LONG_AGO };
}
