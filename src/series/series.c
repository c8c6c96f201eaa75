/* Names, adding, closing heads. Figures are in figure.c, the keeper's side in save.c. */
#include "series/series_private.h"

#include <math.h>

SeriesSet *series_new(void)
{
	SeriesSet *set = NEW(SeriesSet);

	set->log_seq = 1;
	set->log_base = set->log_told = 1;
	set->log.max = 64 << 20;
	set->waiting_max = WAITING_MAX;
	set->slot_at = set->dropping = LONG_AGO;
	set->keep = hours(RAW_HOURS);
	return set;
}

void series_free_one(Series *s)
{
	for (size_t r = 0; s->levels && r < RES_KINDS; r++)
		level_free(&s->levels->at[r]);
	mem_free(s->levels);
	held_drop(s, NEVER, false);
	head_free(&s->head);
	mem_free(s);
}

void series_free(SeriesSet *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->all.n; i++)
		series_free_one(set->all.at[i]);
	list_free(&set->all);
	list_free(&set->heads);
	list_free(&set->full);
	Buf_done(&set->log);
	mem_free(set->slots);
	mem_free(set);
}

/* ---- names: a table of numbers, as each series has its name itself ---- */

/* FNV-1a, 64 bits, folded. */
static size_t hash_of(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

/* The slot that has the name, or the free one where it belongs. */
static uint32_t *slot_of(const SeriesSet *set, const char *name)
{
	size_t i = hash_of(name) & (set->slots_n - 1);

	while (set->slots[i] && strcmp(set->all.at[set->slots[i] - 1]->name, name) != 0)
		i = (i + 1) & (set->slots_n - 1);
	return &set->slots[i];
}

static void grow_slots(SeriesSet *set)
{
	if (set->all.n * 4 < set->slots_n * 3)
		return;
	set->slots_n = set->slots_n ? set->slots_n * 2 : 64;
	mem_free(set->slots);
	set->slots = mem_new(set->slots_n * sizeof *set->slots);
	for (size_t i = 0; i < set->all.n; i++)
		*slot_of(set, set->all.at[i]->name) = (uint32_t)(i + 1);
}

Series *series_lookup(const SeriesSet *set, const char *name)
{
	uint32_t *slot = set->slots_n ? slot_of(set, name) : NULL;

	return slot && *slot ? set->all.at[*slot - 1] : NULL;
}

const Series *series_find(const SeriesSet *set, const char *name)
{
	if (set->before_read)
		set->before_read(set->read_ctx);
	return series_lookup(set, name);
}

Series *series_make(SeriesSet *set, const char *name)
{
	size_t n = strlen(name);
	Series *s;

	if (n == 0 || n >= SERIES_NAME)
		return NULL;
	grow_slots(set);
	s = mem_new(sizeof *s + n + 1);
	memcpy(s->name, name, n + 1);
	s->head.unit = 2;
	s->head.run_at = HEAD_NO_RUN;
	s->here_from = s->rolled_last = LONG_AGO;
	s->whole = true;
	*slot_of(set, name) = s->number = (uint32_t)(set->all.n + 1);
	if (set->all.n == set->all.cap) {
		set->all.cap += set->all.cap / 8 + 64;
		set->all.at = mem_grow(set->all.at, set->all.cap * sizeof *set->all.at);
	}
	set->all.at[set->all.n++] = s;
	return s;
}

const char *series_called(const Series *s) { return s->name; }

Series *series_named(SeriesSet *set, const char *name)
{
	Series *s = series_lookup(set, name);

	return s ? s : series_make(set, name);
}

const char *series_at(const SeriesSet *set, size_t i)
{
	return i < set->all.n ? set->all.at[i]->name : NULL;
}

size_t series_count(const SeriesSet *set) { return set->all.n; }

void series_put_every(Series *s, Duration every)
{
	if (every.us <= 0)
		return;
	s->every = every;
	s->every_set = true;
}

void series_expect(SeriesSet *set, const char *name, Duration every)
{
	Series *s = series_named(set, name);

	if (s)
		series_put_every(s, every);
}

void series_before_read(SeriesSet *set, void (*read)(void *ctx), void *ctx)
{
	set->before_read = read;
	set->read_ctx = ctx;
}

void series_memory_only(SeriesSet *set) { set->memory_only = true; }
void series_source(SeriesSet *set, const SampleSource *source) { set->source = source; }
void series_keep(SeriesSet *set, Duration keep) { set->keep = keep; }

uint64_t series_lost(const SeriesSet *set) { return set->lost; }

/* ---- gaps ---- */

Duration series_covers(const Series *s, Duration gap)
{
	if (gap.us >= 0 && (s->every.us == 0 || gap.us <= COVER_GAPS * s->every.us))
		return gap;
	return s->every;
}

/* A series that is not told its interval learns it: an average of the gaps that are no
 * outage, so that a gap that is one stands out. */
void series_learn(Series *s, Instant at)
{
	Duration gap = s->head.used ? between(s->head.last_at, at) : duration_us(0);

	if (s->every_set || gap.us <= 0)
		return;
	if (s->every.us == 0)
		s->every = gap;
	else if (gap.us <= COVER_GAPS * s->every.us)
		s->every = duration_us((s->every.us * 7 + gap.us) / 8);
}

/* ---- chunks in memory ---- */

Held *held_add(Series *s, const void *p, size_t n, const ChunkFacts *f)
{
	Held *h = mem_new(sizeof *h + n);

	*h = (Held){ .next = s->held,
		     .earliest = f->earliest,
		     .latest = f->latest,
		     .size = (uint32_t)n,
		     .n = (uint32_t)f->n };
	memcpy(h->p, p, n);
	s->held = h;
	s->held_n += h->n;
	return h;
}

void held_add_run(SeriesSet *set, Series *s, Instant first, Duration every, uint32_t n,
                  double value)
{
	Instant last = after(first, duration_us(every.us * (int64_t)(n - 1)));
	ChunkFacts f = { n, first, last };
	Held *h = s->held;

	if (s->head.n)
		series_close(set, s, NEVER);
	if (h == s->held && h && h->every.us == every.us &&
	    double_bits(h->value) == double_bits(value) && after(h->latest, every).us == first.us &&
	    h->n < UINT32_MAX - n) {
		h->n += n;
		h->latest = last;
		s->held_n += n;
	} else {
		h = held_add(s, "", 0, &f);
		h->every = every;
		h->value = value;
	}
	s->head.last_at = last;
	s->head.last = value;
	s->head.used = true;
}

/* A run loses what lies before t. */
static void cut_run(Series *s, Held *h, Instant t)
{
	int64_t us = between(h->earliest, t).us;
	uint32_t gone = us <= 0 ? 0 : (uint32_t)((us + h->every.us - 1) / h->every.us);

	h->earliest = after(h->earliest, duration_us(h->every.us * (int64_t)gone));
	h->n -= gone;
	s->held_n -= gone;
}

void held_drop(Series *s, Instant t, bool safe)
{
	for (Held **at = &s->held; *at;) {
		Held *h = *at;

		if (!earlier(h->latest, t) || (safe && (!h->saved || !h->rolled))) {
			if (h->every.us)
				cut_run(s, h, t);
			at = &h->next;
			continue;
		}
		*at = h->next;
		s->held_n -= h->n;
		if (safe)
			s->here_from = latest(s->here_from, after(h->latest, duration_us(1)));
		mem_free(h);
	}
}

static void hold(SeriesSet *set, Series *s, const Sample *at, size_t n)
{
	AUTO(Buf) blob = { 0 };
	ChunkFacts f;

	chunk_write(at, n, &blob);
	(void)!chunk_facts(blob.p, blob.n, &f);
	(void)held_add(s, blob.p, blob.n, &f);
	if (set->memory_only || s->unsaved)
		return;
	s->unsaved = true;
	list_add(&set->full, s->number);
}

/* A chunk is of one hour where hours become buckets: its samples are in one, or none is. */
static bool parted(const SeriesSet *set, Instant first, Instant t)
{
	return set->source ? hour_of(first).us != hour_of(t).us
	                   : between(first, t).us >= hours(CHUNK_SPAN_HOURS).us;
}

void series_close(SeriesSet *set, Series *s, Instant until)
{
	Sample all[CHUNK_MAX];
	size_t n = head_read(&s->head, all), m = n, begin = 0;

	while (m > 0 && !earlier(all[m - 1].at, until))
		m--;
	for (size_t i = 1; i <= m; i++) {
		if (i == m || parted(set, all[begin].at, all[i].at)) {
			hold(set, s, all + begin, i - begin);
			begin = i;
		}
	}
	if (m == 0)
		return;
	log_close(set, s, m == n ? NEVER : until);
	head_build(&s->head, all + m, n - m);
}

/* ---- adding ---- */

Instant hour_of(Instant t) { return res_start(RES_HOUR, t); }

Instant series_newest(const Series *s)
{
	Instant t = s->head.used ? s->head.last_at : LONG_AGO;

	for (const Held *h = s->held; h; h = h->next)
		t = latest(t, h->latest);
	return t;
}

/* With the hour older samples may have to leave. A slow series' head is closed once a day, or
 * it would hold them; with a source each hour closes it. */
static void new_hour(SeriesSet *set, Series *s, Instant at)
{
	if (set->source)
		return;
	if (s->head.n && !earlier(at, after(head_first(&s->head), hours(CHUNK_SPAN_HOURS))))
		series_close(set, s, NEVER);
	levels_age(s, at);
}

static void make_room(SeriesSet *set, Series *s)
{
	if (s->head.n < CHUNK_MAX)
		return;
	series_close(set, s, NEVER);
	if (!set->source && s->held_n > SERIES_RAW_MAX)
		levels_age(s, s->head.last_at);
}

void series_take(SeriesSet *set, Series *s, Instant at, double value)
{
	make_room(set, s);
	set->waiting++;
	if (!head_push(&s->head, at, value))
		(void)head_insert(&s->head, at, value);
}

/* Heads are closed before the sample is logged, so that the log has it behind them. */
bool series_put(SeriesSet *set, Series *s, Instant at, double value)
{
	if (!isfinite(value) || !is_set(at))
		return false;
	if (s->head.used && s->head.last_at.us <= at.us) {
		if (hour_of(s->head.last_at).us != hour_of(at).us)
			new_hour(set, s, at);
		series_learn(s, at);
	}
	if (s->here_from.us == NEVER.us)
		s->here_from = at;
	make_room(set, s);
	log_sample(set, s, at, value);
	if (earlier(at, series_raw_from(s)))
		levels_late(s, at, value);
	else
		series_take(set, s, at, value);
	return true;
}

bool series_add(SeriesSet *set, const char *name, Instant at, double value)
{
	Series *s = isfinite(value) && is_set(at) ? series_named(set, name) : NULL;

	return s && series_put(set, s, at, value);
}

void series_trim(SeriesSet *set, Instant now)
{
	for (size_t i = 0; !set->source && i < set->all.n; i++)
		levels_age(set->all.at[i], now);
}

/* ---- runs ---- */

/* Whether the next sample at that distance is like those before: nothing is learnt from it,
 * and none leaves the samples by count. */
static bool goes_on(const Series *s, Instant next, Duration every)
{
	Instant newest = series_newest(s);

	return every.us * SERIES_RAW_MAX > hours(RAW_HOURS + RAW_STEP_HOURS + 1).us &&
	       is_set(newest) && between(newest, next).us == every.us &&
	       (s->every_set || s->every.us == every.us || every.us > COVER_GAPS * s->every.us);
}

bool series_add_run(SeriesSet *set, const char *name, Instant first, Duration every, uint64_t n,
                    double value)
{
	Series *s = series_named(set, name);
	bool ok = true;
	uint64_t taken;

	if (!s || !isfinite(value) || every.us <= 0)
		return false;
	while (ok && n && (!set->memory_only || set->source || !goes_on(s, first, every))) {
		ok = series_put(set, s, first, value);
		first = after(first, every);
		n--;
	}
	if (!ok || n == 0)
		return ok;
	taken = levels_run(s, first, every, n, value);
	if (taken < n)
		held_add_run(set, s, after(first, duration_us(every.us * (int64_t)taken)), every,
		             (uint32_t)(n - taken), value);
	return true;
}

bool series_last(const SeriesSet *set, const char *name, Instant *ret_at, double *ret_value)
{
	const Series *s = series_find(set, name);
	Samples all = { 0 };

	if (!s)
		return false;
	*ret_at = series_newest(s);
	*ret_value = s->head.last;
	if (s->head.used && s->head.last_at.us == ret_at->us)
		return true;
	if (!is_set(*ret_at) || !gather(s, NULL, *ret_at, after(*ret_at, duration_us(1)), &all) ||
	    all.n == 0)
		return false;
	*ret_value = all.at[all.n - 1].value;
	list_free(&all);
	return true;
}
