/* Chains of intervals, one per entity, and how they change. Holds no time of its
 * own and asks no clock. */
#include "ledger/ledger.h"

#include "core/list.h"
#include "core/map.h"
#include "core/text.h"
#include "ledger/ledger_private.h"

#include <stdio.h>

typedef struct Chain {
	Interval *at;
	size_t n, cap;
	char entity[LEDGER_ENTITY];
} Chain;

struct Ledger {
	Map chains; /* entity → Chain */
};

static const Column columns[] = {
	COLUMN(Interval, id),     COLUMN(Interval, entity), COLUMN(Interval, state),
	COLUMN(Interval, impact), COLUMN(Interval, from),   COLUMN(Interval, to),
	COLUMN(Interval, cause),
};

const RecordType interval_record = { "interval", sizeof(Interval), COUNT_OF(columns), columns };

const char *ledger_state_name(LedgerState s)
{
	static const char *const names[] = { "unknown", "up", "degraded", "maintenance", "down" };

	return (size_t)s < COUNT_OF(names) ? names[s] : "unknown";
}

/* ---- life ---- */

Ledger *ledger_new(void) { return NEW(Ledger); }

void ledger_free(Ledger *l)
{
	MapEntry *entry;

	if (!l)
		return;
	for (size_t i = 0; map_next(&l->chains, &i, &entry);) {
		Chain *c = entry->value;

		list_free(c);
		mem_free(c);
	}
	Map_done(&l->chains);
	mem_free(l);
}

static Chain *chain_of(const Ledger *l, const char *entity) { return map_get(&l->chains, entity); }

static Chain *chain_made(Ledger *l, const char *entity)
{
	Chain *c = chain_of(l, entity);

	if (!c) {
		c = NEW(Chain);
		text_copy(c->entity, sizeof c->entity, entity);
		map_put(&l->chains, entity, c);
	}
	return c;
}

const char *ledger_entity(const Ledger *l, size_t i)
{
	MapEntry *entry = NULL;
	size_t at = 0;

	do {
		if (!map_next(&l->chains, &at, &entry))
			return NULL;
	} while (i--);
	return ((const Chain *)entry->value)->entity;
}

/* ---- small truths ---- */

double impact_ok(LedgerState state, double impact)
{
	if (state == LEDGER_UP || state == LEDGER_UNKNOWN)
		return 0;
	if (!(impact >= 0)) /* negative or no number */
		return state == LEDGER_DOWN;
	return impact > 1 ? 1 : impact;
}

bool interval_same(const Interval *a, LedgerState state, double impact)
{
	double gap = a->impact - impact;

	return a->state == state && gap < 1e-9 && gap > -1e-9;
}

Instant interval_end(const Interval *i, Instant now) { return is_set(i->to) ? i->to : now; }

size_t interval_from(const Interval *at, size_t n, Instant t)
{
	size_t low = 0, high = n;

	while (low < high) { /* the first that starts after t */
		size_t middle = low + (high - low) / 2;

		if (earlier(t, at[middle].from))
			high = middle;
		else
			low = middle + 1;
	}
	if (low && (!is_set(at[low - 1].to) || earlier(t, at[low - 1].to)))
		return low - 1;
	return low;
}

/* ---- loading ---- */

/* Cuts row i's end, and the one before it, where the next begins. */
static bool cut_end(Chain *c, size_t i)
{
	Interval *row = &c->at[i];

	if (i + 1 >= c->n || (is_set(row->to) && !earlier(c->at[i + 1].from, row->to)))
		return false;
	row->to = c->at[i + 1].from;
	return true;
}

static bool good_row(const Interval *row)
{
	return *row->entity && is_set(row->from) && (unsigned)row->state <= LEDGER_DOWN &&
	       (!is_set(row->to) || earlier(row->from, row->to));
}

/* Returns whether the row, or one beside it, had to be cut or left out. */
static bool load_row(Ledger *l, const Interval *row)
{
	Chain *c;
	size_t i;
	bool cut;

	if (!good_row(row))
		return true;
	c = chain_made(l, row->entity);
	for (i = c->n; i && !earlier(c->at[i - 1].from, row->from); i--) {
		if (c->at[i - 1].from.us == row->from.us)
			return true;
	}
	(void)list_push(c);
	memmove(&c->at[i + 1], &c->at[i], (c->n - 1 - i) * sizeof *c->at);
	c->at[i] = *row;
	c->at[i].impact = impact_ok(row->state, row->impact);
	c->at[i].to = is_set(row->to) ? row->to : LONG_AGO;
	cut = cut_end(c, i);
	return (i && cut_end(c, i - 1)) || cut;
}

size_t ledger_load(Ledger *l, const Interval *rows, size_t n)
{
	size_t bad = 0;

	for (size_t i = 0; i < n; i++)
		bad += load_row(l, &rows[i]);
	return bad;
}

/* ---- changing ---- */

static void saved(const LedgerSink *sink, const Interval *i)
{
	if (sink && sink->save)
		sink->save(sink->ctx, i);
}

/* Takes the last interval away. */
static void drop_last(Chain *c, const LedgerSink *sink)
{
	c->n--;
	if (sink && sink->drop)
		sink->drop(sink->ctx, c->at[c->n].id);
}

static Interval *last(const Chain *c) { return c && c->n ? &c->at[c->n - 1] : NULL; }
static bool is_open(const Interval *i) { return i && !is_set(i->to); }

static void append(Chain *c, LedgerState state, double impact, Instant from, const char *cause)
{
	Interval *i = list_push(c);
	char at[INSTANT_TEXT];

	(void)snprintf(i->id, sizeof i->id, "%s@%s", c->entity, instant_print(from, at));
	text_copy(i->entity, sizeof i->entity, c->entity);
	text_copy(i->cause, sizeof i->cause, cause);
	i->state = state;
	i->impact = impact;
	i->from = from;
	i->to = LONG_AGO;
}

bool ledger_set(Ledger *l, const char *entity, LedgerState state, double impact, Instant from,
                const char *cause, const LedgerSink *sink)
{
	Chain *c = chain_made(l, entity);
	Interval *end = last(c);

	impact = impact_ok(state, impact);
	if (is_open(end) && !earlier(from, end->from) && interval_same(end, state, impact))
		return false;
	while ((end = last(c)) && !earlier(end->from, from))
		drop_last(c, sink);
	if (end && interval_same(end, state, impact) && (is_open(end) || !earlier(end->to, from))) {
		end->to = LONG_AGO; /* as before: it goes on, under its first cause */
		saved(sink, end);
		return true;
	}
	if (end && (is_open(end) || earlier(from, end->to))) {
		end->to = from;
		saved(sink, end);
	}
	append(c, state, impact, from, cause);
	saved(sink, last(c));
	return true;
}

bool ledger_close(Ledger *l, const char *entity, Instant t, const LedgerSink *sink)
{
	Chain *c = chain_of(l, entity);
	Interval *end;

	if (!is_open(last(c)))
		return false;
	while ((end = last(c)) && !earlier(end->from, t))
		drop_last(c, sink);
	if (end && (is_open(end) || earlier(t, end->to))) {
		end->to = t;
		saved(sink, end);
	}
	return true;
}

bool ledger_fill(Ledger *l, const char *entity, LedgerState state, double impact, Instant from,
                 Instant to, const char *cause, const LedgerSink *sink)
{
	Chain *c = chain_of(l, entity);
	LIST(Interval) tail = { 0 };
	Instant closed;

	if (!last(c))
		return false;
	closed = is_open(last(c)) ? NEVER : last(c)->to;
	from = latest(from, c->at[0].from);
	to = earliest(to, closed);
	if (!earlier(from, to))
		return false;
	for (size_t i = interval_from(c->at, c->n, to); i < c->n; i++)
		list_add(&tail, c->at[i]);
	(void)ledger_set(l, entity, state, impact, from, cause, sink);
	for (size_t i = 0; i < tail.n; i++)
		(void)ledger_set(l, entity, tail.at[i].state, tail.at[i].impact,
		                 latest(to, tail.at[i].from), tail.at[i].cause, sink);
	if (is_set(closed))
		(void)ledger_close(l, entity, closed, sink);
	list_free(&tail);
	return true;
}

static void forget(Chain *c, Instant t, const LedgerSink *sink)
{
	size_t n = 0;

	while (n < c->n && is_set(c->at[n].to) && !earlier(t, c->at[n].to)) {
		if (sink && sink->drop)
			sink->drop(sink->ctx, c->at[n].id);
		n++;
	}
	if (n)
		memmove(c->at, c->at + n, (c->n - n) * sizeof *c->at);
	c->n -= n;
}

void ledger_forget(Ledger *l, Instant t, const LedgerSink *sink)
{
	MapEntry *entry;

	for (size_t i = 0; map_next(&l->chains, &i, &entry);)
		forget(entry->value, t, sink);
}

/* ---- reading ---- */

const Interval *ledger_intervals(const Ledger *l, const char *entity, size_t *ret_n)
{
	const Chain *c = chain_of(l, entity);

	*ret_n = c ? c->n : 0;
	return *ret_n ? c->at : NULL;
}

const Interval *ledger_at(const Ledger *l, const char *entity, Instant t)
{
	const Chain *c = chain_of(l, entity);
	size_t i = c ? interval_from(c->at, c->n, t) : 0;

	return c && i < c->n && !earlier(t, c->at[i].from) ? &c->at[i] : NULL;
}

const Interval *ledger_now(const Ledger *l, const char *entity)
{
	const Chain *c = chain_of(l, entity);

	return is_open(last(c)) ? last(c) : NULL;
}

Instant ledger_since(const Ledger *l, const char *entity)
{
	const Chain *c = chain_of(l, entity);

	return c && c->n ? c->at[0].from : NEVER;
}
