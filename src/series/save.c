/* What is new for the keeper, and back from it.
 *
 * Once an hour, at a second of its own within the first half, a series has its hour rolled
 * up and its head's samples before that hour made a chunk; days follow from hours and months
 * from days, each an hour or more after the finer ones were handed out, so that they are
 * committed by then. A save does a bounded number of them and goes on with the next. */
#include "series/crc.h"
#include "series/series_private.h"

#include <math.h>

enum { SPREAD_S = 1800, GROUP = 64, CLOSINGS = 2000 };

/* ---- buckets out of samples ---- */

static void give_bucket(const SampleSink *sink, uint32_t number, Res r, Bucket *b)
{
	AUTO(Buf) out = { 0 };

	if (b->count) {
		bucket_write(b, &out);
		sink->rollup(sink->ctx, number, r, b->start, out.p, out.n);
	}
	bucket_free(b);
}

/* The hour from all samples that there are of it. */
static Bucket hour_bucket(const Series *s, const SampleSource *source, Instant start)
{
	Instant end = res_end(RES_HOUR, start), margin = after(start, hours(-3));
	Bucket b = { .start = start };
	Samples all = { 0 };
	Instant before = earlier(s->rolled_last, start) ? s->rolled_last : LONG_AGO;

	if (source && !is_set(before))
		(void)gather(s, source, margin, end, &all);
	else
		(void)gather(s, source, start, end, &all);
	for (size_t i = 0; i < all.n; i++) {
		Instant t = all.at[i].at;
		Duration gap = is_set(before) ? between(before, t) : duration_us(-1);

		if (!earlier(t, start))
			bucket_add(&b, t, all.at[i].value, 1, series_covers(s, gap));
		before = t;
	}
	list_free(&all);
	return b;
}

typedef struct Coarser {
	const SampleSink *sink;
	uint32_t number;
	Res res;
	Bucket b; /* the one being made; count 0: none */
	bool failed;
} Coarser;

static bool into_coarser(void *arg, Instant start, const void *p, size_t n)
{
	Coarser *c = arg;
	Instant at = res_start(c->res, start);
	Bucket fine;

	if (!bucket_read(start, p, n, &fine)) {
		c->failed = true;
		return true; /* one hour less is better than no day */
	}
	if (c->b.count && c->b.start.us != at.us) {
		give_bucket(c->sink, c->number, c->res, &c->b);
		c->b = (Bucket){ 0 };
	}
	c->b.start = at;
	bucket_merge(&c->b, &fine);
	bucket_free(&fine);
	return true;
}

/* All buckets of r whose time is in [from, to), from the finer ones at the keeper. */
static void make_coarser(SeriesSet *set, const SampleSink *sink, uint32_t number, Res r,
                         Instant from, Instant to)
{
	Coarser c = { .sink = sink, .number = number, .res = r };
	const SampleSource *src = set->source;

	if (src->rollups(src->ctx, number, (Res)(r - 1), from, to, into_coarser, &c) && c.b.count)
		give_bucket(sink, number, r, &c.b);
	else
		bucket_free(&c.b);
}

static Instant newest_end(SeriesSet *set, uint32_t number, Res r)
{
	Instant start = set->source->newest(set->source->ctx, number, r);

	return is_set(start) ? res_end(r, start) : LONG_AGO;
}

/* ---- late samples ---- */

/* Buckets of one visit that replace those at the keeper, which are not to be read there
 * before this save is committed. */
typedef struct Made {
	Level at[RES_KINDS];
	Instant today; /* days from here on are not made yet in this visit */
} Made;

static void made_put(Made *made, Res r, const Bucket *b)
{
	Bucket *place = level_bucket(&made->at[r], r, b->start);

	bucket_free(place);
	bucket_copy(place, b);
}

static void made_free(Made *made)
{
	for (size_t r = 0; r < RES_KINDS; r++)
		level_free(&made->at[r]);
}

typedef struct Shelf {
	Level *level;
	Res res;
} Shelf;

static bool onto_shelf(void *arg, Instant start, const void *p, size_t n)
{
	Shelf *shelf = arg;
	Bucket b;

	if (bucket_read(start, p, n, &b))
		*level_bucket(shelf->level, shelf->res, start) = b;
	return true;
}

/* A day from its hours, a month from its days: those made in this visit before those of the
 * keeper. Where the finer ones are no longer kept, from the samples; false: nor are these. */
static bool remake(SeriesSet *set, const Series *s, const Made *made, Res r, Bucket *ret)
{
	const SampleSource *src = set->source;
	Res finer = (Res)(r - 1);
	Level all = { .from = LONG_AGO };
	Shelf shelf = { &all, finer };
	Instant end = res_end(r, ret->start);
	const Level *ours = &made->at[finer];

	if (!earlier(ret->start, src->kept_from(src->ctx, finer))) {
		(void)src->rollups(src->ctx, s->number, finer, ret->start, end, onto_shelf, &shelf);
		for (size_t i = level_find(ours, ret->start);
		     i < ours->buckets.n && earlier(ours->buckets.at[i].start, end); i++) {
			Bucket *place = level_bucket(&all, finer, ours->buckets.at[i].start);

			bucket_free(place);
			bucket_copy(place, &ours->buckets.at[i]);
		}
	} else if (!earlier(ret->start, src->kept_from(src->ctx, RES_KINDS))) {
		for (Instant t = ret->start; earlier(t, end); t = after(t, hours(1))) {
			Bucket hour = hour_bucket(s, src, t);

			bucket_merge(ret, &hour);
			bucket_free(&hour);
		}
	}
	for (size_t i = 0; i < all.buckets.n; i++)
		bucket_merge(ret, &all.buckets.at[i]);
	level_free(&all);
	return ret->count > 0;
}

/* What was made of finer buckets that have been made anew. */
static void remake_coarser(SeriesSet *set, const SampleSink *sink, const Series *s, Made *made)
{
	for (Res r = RES_DAY; r <= RES_MONTH; r++) {
		const Level *finer = &made->at[r - 1];
		Instant end = newest_end(set, s->number, r), done = LONG_AGO;

		for (size_t i = 0; i < finer->buckets.n; i++) {
			Bucket b = { .start = res_start(r, finer->buckets.at[i].start) };

			if (b.start.us == done.us || !earlier(b.start, end))
				continue;
			done = b.start;
			if (!remake(set, s, made, r, &b))
				continue;
			made_put(made, r, &b);
			give_bucket(sink, s->number, r, &b);
		}
	}
}

/* Samples of the hour are no longer kept: the late ones go into the buckets there are. */
static bool into_old(void *arg, Instant start, const void *p, size_t n)
{
	Bucket *b = arg;

	if (!bucket_read(start, p, n, b))
		*b = (Bucket){ .start = start };
	return false;
}

static void add_to_old(SeriesSet *set, const SampleSink *sink, const Series *s, const Sample *at,
                       size_t n)
{
	const SampleSource *src = set->source;

	for (Res r = RES_HOUR; r < RES_KINDS; r++) {
		Bucket b = { .start = res_start(r, at[0].at) };

		if (earlier(b.start, src->kept_from(src->ctx, r)))
			continue;
		(void)src->rollups(src->ctx, s->number, r, b.start, res_end(r, b.start), into_old,
		                   &b);
		if (b.count == 0 && r != RES_HOUR)
			continue;
		for (size_t i = 0; i < n; i++)
			bucket_add(&b, at[i].at, at[i].value, 1, duration_us(0));
		give_bucket(sink, s->number, r, &b);
	}
}

/* ---- the hour of one series ---- */

static void roll_hour(SeriesSet *set, const SampleSink *sink, Series *s, const Sample *at, size_t n,
                      Made *made)
{
	const SampleSource *src = set->source;
	Instant start = hour_of(at[0].at);
	bool is_new = s->hour_until && start.us >= (int64_t)s->hour_until * hours(1).us;
	Bucket b;

	if (!is_new && earlier(start, src->kept_from(src->ctx, RES_KINDS))) {
		add_to_old(set, sink, s, at, n);
		return;
	}
	b = hour_bucket(s, src, start);
	s->rolled_last = latest(s->rolled_last, at[n - 1].at);
	if ((!is_new || earlier(start, made->today)) && b.count)
		made_put(made, RES_HOUR, &b);
	give_bucket(sink, s->number, RES_HOUR, &b);
}

static bool has_unrolled(const Series *s, Instant until)
{
	if (s->head.n && earlier(head_first(&s->head), until))
		return true;
	for (const Held *h = s->held; h; h = h->next) {
		if (!h->rolled && earlier(h->earliest, until))
			return true;
	}
	return false;
}

static void give_chunks(SeriesSet *set, const SampleSink *sink, Series *s)
{
	for (Held *h = s->held; h && s->unsaved; h = h->next) {
		ChunkFacts f = { h->n, h->earliest, h->latest };

		if (h->saved)
			continue;
		sink->chunk(sink->ctx, s->number, &f, h->p, h->size);
		set->waiting -= h->n;
		h->saved = true;
	}
	s->unsaved = false;
}

/* After a restart: chunks whose hour was not over yet are at the keeper only. */
static void unrolled_anywhere(SeriesSet *set, const Series *s, Instant until, Samples *out)
{
	Instant from = newest_end(set, s->number, RES_HOUR);

	if (!is_set(from))
		from = after(until, days(-2));
	if (s->head.n)
		from = earliest(from, hour_of(head_first(&s->head)));
	(void)gather(s, set->source, from, until, out);
}

/* Hours that are over are rolled up, and the head's samples of them become chunks. A head
 * that has some of the future is closed as a whole: it must not hold the log for ever. */
static void close_hours(SeriesSet *set, const SampleSink *sink, Series *s, Instant now, Made *made)
{
	Instant until = hour_of(now);
	Samples all = { 0 };

	if (s->whole)
		gather_unrolled(s, LONG_AGO, until, &all);
	else
		unrolled_anywhere(set, s, until, &all);
	for (size_t i = 0, n; i < all.n; i += n) {
		Instant end = res_end(RES_HOUR, all.at[i].at);

		for (n = 1; i + n < all.n && earlier(all.at[i + n].at, end);)
			n++;
		roll_hour(set, sink, s, all.at + i, n, made);
	}
	list_free(&all);
	if (made->at[RES_HOUR].buckets.n)
		remake_coarser(set, sink, s, made);
	if (s->head.n)
		series_close(set, s,
		             earlier(s->head.last_at, after(until, hours(1))) ? until : NEVER);
	for (Held *h = s->held; h; h = h->next)
		h->rolled = h->rolled || earlier(h->latest, until);
	s->hour_until = (uint32_t)(until.us / hours(1).us);
	s->whole = !earlier(until, s->here_from);
}

/* The keeper has the finer ones as they were before this visit. */
static void with_made(SeriesSet *set, const SampleSink *sink, const Series *s, Res r, Instant from,
                      Instant to, Made *made)
{
	const Level *finer = &made->at[r - 1];
	Instant done = LONG_AGO;

	for (size_t i = level_find(finer, from); i < finer->buckets.n; i++) {
		Bucket b = { .start = res_start(r, finer->buckets.at[i].start) };

		if (!earlier(b.start, to))
			return;
		if (b.start.us == done.us)
			continue;
		done = b.start;
		if (remake(set, s, made, r, &b)) {
			made_put(made, r, &b);
			give_bucket(sink, s->number, r, &b);
		}
	}
}

/* Days from one in the morning on, months from ten: spread over eight hours. */
static void make_days_and_months(SeriesSet *set, const SampleSink *sink, const Series *s,
                                 Instant now, Made *made)
{
	int64_t hour = between(res_start(RES_DAY, now), now).us / hours(1).us;

	for (Res r = RES_DAY; r <= RES_MONTH; r++) {
		Instant from, to = res_start(r, now);

		if (hour != (r == RES_DAY ? 1 : 10) + s->number % 8)
			continue;
		from = newest_end(set, s->number, r);
		if (!earlier(from, to))
			continue;
		make_coarser(set, sink, s->number, r, from, to);
		with_made(set, sink, s, r, from, to, made);
	}
}

static bool visit(SeriesSet *set, const SampleSink *sink, Series *s, Instant now)
{
	Made made = { .today = res_start(RES_DAY, now) };
	bool due = !s->whole || has_unrolled(s, hour_of(now));
	Duration keep = set->keep.us < minutes(5).us ? minutes(5) : set->keep;

	if (due)
		close_hours(set, sink, s, now, &made);
	give_chunks(set, sink, s);
	held_drop(s, after(now, duration_us(-keep.us)), true);
	make_days_and_months(set, sink, s, now, &made);
	made_free(&made);
	return due;
}

/* Sixty-four neighbours at a time: their rows lie together at the keeper, and share pages.
 * 769 and 529 are each other's inverse modulo 1800: group g has second 769 g of its own. */
static size_t visit_second(SeriesSet *set, const SampleSink *sink, size_t second, Instant now)
{
	size_t done = 0, g = second * 529 % SPREAD_S;
	bool held = g * GROUP < set->all.n && source_hold(set->source);

	for (; g * GROUP < set->all.n; g += SPREAD_S) {
		for (size_t i = g * GROUP; i < (g + 1) * GROUP && i < set->all.n; i++)
			done += visit(set, sink, set->all.at[i], now);
	}
	source_release(set->source, held);
	return done;
}

/* The series of each second since the last save, in the first half of the hour. */
static void visit_slots(SeriesSet *set, const SampleSink *sink, Instant now)
{
	Instant from = after(now, duration_us(-hours(1).us + seconds(1).us)), t;
	size_t done = 0, most = CLOSINGS > set->all.n / 900 ? CLOSINGS : set->all.n / 900;

	/* Up to a second ahead is the rest of this one; further, the clock went back. */
	t = earlier(after(now, seconds(1)), set->slot_at) ? from : latest(set->slot_at, from);
	for (; !earlier(now, t) && done < most; t = after(t, seconds(1))) {
		int64_t second = between(hour_of(t), t).us / seconds(1).us;

		if (second < SPREAD_S)
			done += visit_second(set, sink, (size_t)second, now);
	}
	set->slot_at = t;
}

/* ---- not saving ---- */

/* What is in no chunk that was handed out, before t. */
static void drop_before(SeriesSet *set, Series *s, Instant t)
{
	Sample all[CHUNK_MAX];
	size_t n = 0, m = 0, gone = 0;

	if (s->head.n && earlier(head_first(&s->head), t))
		n = head_read(&s->head, all);
	while (m < n && earlier(all[m].at, t))
		m++;
	if (m) {
		log_close(set, s, m == n ? NEVER : t);
		head_build(&s->head, all + m, n - m);
	}
	for (Held **at = &s->held; *at;) {
		Held *h = *at;

		if (h->saved || !earlier(h->latest, t)) {
			at = &h->next;
			continue;
		}
		*at = h->next;
		gone += h->n;
		mem_free(h);
	}
	s->held_n -= (uint32_t)gone;
	set->waiting -= gone + m;
	set->lost += gone + m;
}

void series_wait(SeriesSet *set, Instant since, Instant now)
{
	Instant newest = after(hour_of(now), hours(-1));
	size_t most = CLOSINGS > set->all.n / 240 ? CLOSINGS : set->all.n / 240;

	if (!set->source || set->memory_only)
		return;
	/* What waited when it began is of the hour before or of that one. */
	if (earlier(set->dropping, hour_of(since))) {
		set->dropping = hour_of(since);
		set->drop_at = 0;
	}
	for (; set->waiting > set->waiting_max && !earlier(newest, set->dropping) && most; most--) {
		if (set->drop_at >= set->all.n) {
			Instant next = after(set->dropping, hours(1));

			if (earlier(newest, next))
				return;
			set->dropping = next;
			set->drop_at = 0;
		}
		drop_before(set, set->all.at[set->drop_at++], set->dropping);
	}
}

void series_wait_max(SeriesSet *set, size_t samples) { set->waiting_max = samples; }
size_t series_waiting(const SeriesSet *set) { return set->waiting; }

/* ---- saving ---- */

static void give_log(SeriesSet *set, const SampleSink *sink)
{
	uint32_t crc;

	if (set->log.n == 0)
		return;
	crc = crc32c(set->log.p, set->log.n);
	buf_add(&set->log, &crc, 4);
	sink->log(sink->ctx, set->log_seq, set->log.p, set->log.n);
	if (set->log.cap > 1 << 20)
		Buf_done(&set->log);
	buf_clear(&set->log);
	set->log_n = 0;
	set->log_seq++;
}

static void give_log_until(SeriesSet *set, const SampleSink *sink)
{
	size_t n = 0;

	while (n < set->heads.n && set->heads.at[n] == 0)
		n++;
	if (n == 0)
		return;
	set->heads.n -= n;
	memmove(set->heads.at, set->heads.at + n, set->heads.n * sizeof *set->heads.at);
	set->log_base += n;
	sink->log_until(sink->ctx, set->log_base);
}

void series_save(SeriesSet *set, const SampleSink *sink, Instant now)
{
	for (; set->named < set->all.n; set->named++)
		sink->name(sink->ctx, (uint32_t)set->named + 1, set->all.at[set->named]->name);
	if (set->source && is_set(now))
		visit_slots(set, sink, now);
	for (size_t i = 0; i < set->full.n; i++)
		give_chunks(set, sink, set->all.at[set->full.at[i] - 1]);
	set->full.n = 0;
	give_log(set, sink);
	give_log_until(set, sink);
}

/* ---- back ---- */

bool series_load_name(SeriesSet *set, uint32_t number, const char *name)
{
	Series *s;

	if (number != set->all.n + 1 || (series_lookup(set, name)))
		return false;
	s = series_make(set, name);
	if (!s)
		return false;
	set->named = number;
	s->whole = false;
	s->here_from = NEVER;
	return true;
}

typedef struct Loading {
	SeriesSet *set;
	uint64_t seq;
	bool bad;
} Loading;

static void load_record(void *arg, uint32_t number, bool close, Instant at, double value)
{
	Loading *l = arg;
	Series *s = number - 1 < l->set->all.n ? l->set->all.at[number - 1] : NULL;
	Sample all[CHUNK_MAX];
	size_t n, m = 0;

	if (!s || (!close && !is_set(at)) || !isfinite(value)) {
		l->bad = true;
		return;
	}
	if (!close) {
		log_pin(l->set, s, l->seq, at);
		series_learn(s, at);
		series_take(l->set, s, at, value);
		return;
	}
	n = head_read(&s->head, all);
	while (m < n && earlier(all[m].at, at))
		m++;
	head_build(&s->head, all + m, n - m);
	l->set->waiting -= m;
	log_unpin(l->set, s, m == n ? NEVER : at);
}

bool series_load_log(SeriesSet *set, uint64_t seq, const void *p, size_t n)
{
	Loading l = { set, seq, false };
	bool ok;

	if (seq < set->log_seq && set->log_seq > 1)
		return false;
	if (set->heads.n == 0)
		set->log_base = seq;
	ok = log_walk(p, n, load_record, &l) && !l.bad;
	set->log_seq = seq + 1;
	return ok;
}

void series_load_over(SeriesSet *set, uint64_t seq)
{
	if (set->heads.n == 0)
		set->log_base = seq + 1;
	set->log_seq = seq + 1;
}
