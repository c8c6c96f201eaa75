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

/* ---- parts ---- */

typedef struct Copying {
	Parts *parts;
	Instant from, to;
} Copying;

static Part *part_add(Parts *parts, Instant earliest, Instant latest, Instant from, Instant to)
{
	Part *part;

	if (earlier(latest, from) || !earlier(earliest, to) || !earlier(from, to))
		return NULL;
	part = list_push(&parts->list);
	*part = (Part){ .earliest = earliest,
		        .latest = latest,
		        .from = from,
		        .to = to,
		        .order = parts->list.n };
	if (earlier(part->earliest, from))
		part->earliest = from;
	if (!earlier(part->latest, to))
		part->latest = after(to, duration_us(-1));
	return part;
}

static bool copy_chunk(void *arg, const void *p, size_t n)
{
	Copying *c = arg;
	ChunkFacts f;
	Part *part;

	if (!chunk_facts(p, n, &f))
		f.earliest = f.latest = c->from; /* whoever reads it finds it damaged */
	part = part_add(c->parts, f.earliest, f.latest, c->from, c->to);
	if (part) {
		part->at = c->parts->text.n;
		part->size = n;
		buf_add(&c->parts->text, p, n);
	}
	return true;
}

/* The oldest first, as from_held(). */
static void held_parts(Parts *parts, Instant from, Instant to, Instant saved_from)
{
	size_t begin = parts->list.n, n;

	for (const Held *h = parts->s->held; h; h = h->next) {
		Part *part = part_add(parts, h->earliest, h->latest,
		                      h->saved ? latest(from, saved_from) : from, to);

		if (part)
			part->held = h;
	}
	n = parts->list.n - begin;
	for (size_t i = 0; i < n / 2; i++) {
		Part *a = &parts->list.at[begin + i], *b = &parts->list.at[begin + n - 1 - i];
		Part x = *a;

		*a = *b;
		*b = x;
	}
	for (size_t i = begin; i < parts->list.n; i++)
		parts->list.at[i].order = i + 1;
}

static int by_earliest(const void *a, const void *b)
{
	const Part *x = a, *y = b;

	if (x->earliest.us != y->earliest.us)
		return x->earliest.us < y->earliest.us ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void *a, const void *b)
{
	const Part *x = *(const Part *const *)a, *y = *(const Part *const *)b;

	return x->order < y->order ? -1 : x->order > y->order;
}

bool parts_of(const Series *s, const SampleSource *source, Instant from, Instant to, Parts *out)
{
	Instant begin = latest(from, series_raw_from(s));
	bool ok = true, ask = source && earlier(begin, s->here_from);

	*out = (Parts){ .s = s, .text.max = SIZE_MAX / 2 };
	if (!earlier(begin, to))
		return true;
	if (ask) {
		Copying c = { out, begin, earliest(to, s->here_from) };

		ok = source->chunks(source->ctx, s->number, begin, c.to, copy_chunk, &c);
	}
	held_parts(out, begin, to, ask ? s->here_from : LONG_AGO);
	if (s->head.n)
		(void)part_add(out, head_first(&s->head), s->head.last_at, begin, to);
	for (size_t i = 1; i < out->list.n; i++) {
		if (by_earliest(&out->list.at[i - 1], &out->list.at[i]) > 0) {
			list_sort(&out->list, by_earliest);
			break;
		}
	}
	return ok;
}

size_t parts_group(const Parts *parts, size_t i)
{
	Instant end = parts->list.at[i].latest;
	size_t n = 1;

	for (; i + n < parts->list.n && !earlier(end, parts->list.at[i + n].earliest); n++)
		end = latest(end, parts->list.at[i + n].latest);
	return n;
}

const void *part_chunk(const Parts *parts, size_t i, Instant from, Instant to, size_t *ret_n)
{
	const Part *part = &parts->list.at[i];
	const void *p = part->held ? part->held->p : (unsigned char *)parts->text.p + part->at;
	ChunkFacts f;

	*ret_n = part->held ? part->held->size : part->size;
	if ((part->held && part->held->every.us) || *ret_n == 0 || !chunk_facts(p, *ret_n, &f) ||
	    earlier(f.earliest, latest(from, part->from)) ||
	    !earlier(f.latest, earliest(to, part->to)))
		return NULL;
	return p;
}

bool parts_samples(const Parts *parts, size_t i, size_t n, Samples *out)
{
	Gathering g = { .s = parts->s, .out = out };
	LIST(const Part *) group = { 0 };

	for (size_t k = i; k < i + n; k++)
		list_add(&group, &parts->list.at[k]);
	if (n > 1)
		list_sort(&group, by_order);
	for (size_t k = 0; k < n; k++) {
		const Part *part = group.at[k];

		g.from = part->from;
		g.to = part->to;
		if (part->held && part->held->every.us)
			keep_run(&g, part->held);
		else if (part->held)
			keep_chunk(&g, part->held->p, part->held->size);
		else if (part->size)
			keep_chunk(&g, parts->text.p + part->at, part->size);
		else
			from_head(&g);
	}
	list_free(&group);
	return !g.bad;
}

void parts_free(Parts *parts)
{
	list_free(&parts->list);
	Buf_done(&parts->text);
}
