/* All samples of a window in time order: from the keeper, from chunks in memory, from the
 * head. Each once, though a chunk may be in memory and at the keeper. */
#include "series/series_private.h"

typedef struct Gathering {
	const Series *s;
	Samples *out;
	Instant from, to;
	bool bad, unrolled; /* unrolled: no chunk whose hours have their buckets */
} Gathering;

static size_t first_not_before(const Sample *at, size_t n, Instant t)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t mid = (from + to) / 2;

		if (earlier(at[mid].at, t))
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

/* Two sorted rows, one behind the other, become one; equals stay in their order. */
static void join_rows(Sample *at, size_t m, size_t n)
{
	size_t begin, i = 0, j = m, k, left;
	Sample *old;

	if (m == 0 || m == n || at[m - 1].at.us <= at[m].at.us)
		return;
	k = begin = first_not_before(at, m, after(at[m].at, duration_us(1)));
	left = m - begin;
	old = mem_grow(NULL, left * sizeof *old);
	memcpy(old, at + begin, left * sizeof *old);
	while (i < left)
		at[k++] = j < n && at[j].at.us < old[i].at.us ? at[j++] : old[i++];
	mem_free(old);
}

static void sort_row(Sample *at, size_t n)
{
	for (size_t i = 1; i < n; i++)
		join_rows(at, i, i + 1);
}

static void room(Samples *out, size_t more)
{
	size_t need = out->n + more;

	if (need <= out->cap)
		return;
	out->cap = need > out->cap * 2 ? need : out->cap * 2;
	out->at = mem_grow(out->at, out->cap * sizeof *out->at);
}

/* A row of n was put behind the others: what the window wants of it goes to its place. */
static void keep_row(Gathering *g, size_t n)
{
	Sample *row = g->out->at + g->out->n;
	size_t from, to;

	for (size_t i = 1; i < n; i++) {
		if (row[i].at.us < row[i - 1].at.us) {
			sort_row(row, n);
			break;
		}
	}
	from = first_not_before(row, n, g->from);
	to = first_not_before(row, n, g->to);
	if (from)
		memmove(row, row + from, (to - from) * sizeof *row);
	join_rows(g->out->at, g->out->n, g->out->n + (to - from));
	g->out->n += to - from;
}

static void keep_chunk(Gathering *g, const void *p, size_t n)
{
	size_t count = 0;

	room(g->out, CHUNK_MAX);
	if (chunk_read(p, n, g->out->at + g->out->n, &count, NULL))
		keep_row(g, count);
	else
		g->bad = true;
}

static bool from_source(void *arg, const void *p, size_t n)
{
	keep_chunk(arg, p, n);
	return true;
}

/* Number of steps from `first` to the first one not before t. */
static size_t steps_to(const Held *h, Instant t)
{
	int64_t us = between(h->earliest, t).us;
	uint64_t n =
	        us <= 0 ? 0 : ((uint64_t)us + (uint64_t)h->every.us - 1) / (uint64_t)h->every.us;

	return n < h->n ? (size_t)n : h->n;
}

static void keep_run(Gathering *g, const Held *h)
{
	size_t from = steps_to(h, g->from), to = steps_to(h, g->to);

	if (from >= to)
		return;
	room(g->out, to - from);
	for (size_t i = from; i < to; i++)
		g->out->at[g->out->n + i - from] =
		        (Sample){ after(h->earliest, duration_us(h->every.us * (int64_t)i)),
			          h->value };
	keep_row(g, to - from);
}

/* The oldest first, so that equal times stay in the order they came. What is saved is taken
 * from `saved_from` on. */
static void from_held(Gathering *g, const Held *h, Instant saved_from)
{
	const Held *in_order[BLOCK];
	Instant from = g->from;
	size_t n = 0;

	for (; h && n < COUNT_OF(in_order); h = h->next) {
		if (h->earliest.us < g->to.us && h->latest.us >= g->from.us &&
		    !(g->unrolled && h->rolled))
			in_order[n++] = h;
	}
	if (h) /* more than a list has as a rule: those first */
		from_held(g, h, saved_from);
	for (; n; n--) {
		h = in_order[n - 1];
		g->from = h->saved ? latest(from, saved_from) : from;
		if (h->every.us)
			keep_run(g, h);
		else if (h->latest.us >= g->from.us && earlier(g->from, g->to))
			keep_chunk(g, h->p, h->size);
		g->from = from;
	}
}

static void from_head(Gathering *g)
{
	const Head *h = &g->s->head;

	if (h->n == 0 || earlier(h->last_at, g->from) || !earlier(head_first(h), g->to))
		return;
	room(g->out, CHUNK_MAX);
	keep_row(g, head_read(h, g->out->at + g->out->n));
}

void gather_unrolled(const Series *s, Instant from, Instant to, Samples *out)
{
	Gathering g = { s, out, from, to, false, true };

	if (!earlier(from, to))
		return;
	from_held(&g, s->held, LONG_AGO);
	from_head(&g);
}

/* Memory has everything from s->here_from on, the keeper what is older and saved. */
bool gather(const Series *s, const SampleSource *source, Instant from, Instant to, Samples *out)
{
	Gathering g = { s, out, latest(from, series_raw_from(s)), to, false, false };
	bool ok = true, ask = source && earlier(g.from, s->here_from);

	if (!earlier(g.from, g.to))
		return true;
	if (ask) {
		g.to = earliest(to, s->here_from);
		ok = source->chunks(source->ctx, s->number, g.from, g.to, from_source, &g);
		g.to = to;
	}
	from_held(&g, s->held, ask ? s->here_from : LONG_AGO);
	from_head(&g);
	return ok && !g.bad;
}
