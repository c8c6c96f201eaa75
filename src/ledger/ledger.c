/* Chains of intervals, one per entity, and how they change. Holds no time of its
 * own and asks no clock. */
#include "ledger/ledger.h"

#include "core/alloc.h"
#include "core/index.h"
#include "core/list.h"
#include "core/text.h"
#include "ledger/ledger_private.h"

#include <stdio.h>
#include <string.h>

/* A chain of one stretch holds it inside: most entities are up since they were first seen. */
typedef struct Chain {
	uint32_t n, cap; /* cap 1: `one` is it */
	union {
		Interval one;
		Interval *many;
	};
	char entity[];
} Chain;

/* A text that intervals have in common, counted. */
typedef struct Cause {
	uint32_t uses;
	char text[];
} Cause;

struct Ledger {
	Index chains; /* of Chain, by entity */
	Index causes; /* of Cause, by text */
	Instant beginning;
	bool beginning_stale; /* a chain lost its first stretch */
};

static const Column columns[] = {
	COLUMN(IntervalRow, id),     COLUMN(IntervalRow, entity), COLUMN(IntervalRow, state),
	COLUMN(IntervalRow, impact), COLUMN(IntervalRow, from),   COLUMN(IntervalRow, to),
	COLUMN(IntervalRow, cause),
};

const RecordType interval_record = { "interval", sizeof(IntervalRow), COUNT_OF(columns), columns };

const char *ledger_state_name(LedgerState s)
{
	static const char *const names[] = { "unknown", "up", "degraded", "maintenance", "down" };

	return (size_t)s < COUNT_OF(names) ? names[s] : "unknown";
}

void interval_row(const char *entity, const Interval *i, IntervalRow *ret)
{
	char at[INSTANT_TEXT];

	*ret = (IntervalRow){
		.state = i->state, .impact = i->impact, .from = i->from, .to = i->to
	};
	text_copy(ret->entity, sizeof ret->entity, entity);
	text_copy(ret->cause, sizeof ret->cause, i->cause);
	(void)snprintf(ret->id, sizeof ret->id, "%s@%s", entity, instant_print(i->from, at));
}

/* ---- causes ---- */

static const char *cause_key(const void *cause) { return ((const Cause *)cause)->text; }

/* Counted once more; to be let go by cause_leave(). Long ones are cut as their rows are. */
static const char *cause_take(Ledger *l, const char *text)
{
	char cut[LEDGER_CAUSE];
	Cause *c;
	size_t n;

	text_copy(cut, sizeof cut, text);
	if (!*cut)
		return NULL;
	c = index_get(&l->causes, cut);
	if (!c) {
		n = strlen(cut);
		c = mem_new(sizeof *c + n + 1);
		memcpy(c->text, cut, n + 1);
		index_put(&l->causes, c);
	}
	c->uses++;
	return c->text;
}

static void cause_leave(Ledger *l, const char *text)
{
	Cause *c;

	if (!text)
		return;
	c = index_get(&l->causes, text);
	if (--c->uses)
		return;
	index_remove(&l->causes, text);
	mem_free(c);
}

/* ---- chains ---- */

static const char *chain_key(const void *chain) { return ((const Chain *)chain)->entity; }

static Interval *all(Chain *c) { return c->cap > 1 ? c->many : &c->one; }
static const Interval *all_of(const Chain *c) { return c->cap > 1 ? c->many : &c->one; }

/* Room for one more, at place i; what is there moves up. */
static Interval *chain_insert(Chain *c, size_t i)
{
	if (c->n && c->n == c->cap) {
		uint32_t cap = c->cap == 1 ? 4 : c->cap + c->cap / 2;
		Interval *many = mem_grow(c->cap > 1 ? c->many : NULL, cap * sizeof *many);

		if (c->cap == 1)
			many[0] = c->one;
		c->many = many;
		c->cap = cap;
	}
	memmove(all(c) + i + 1, all(c) + i, (c->n - i) * sizeof(Interval));
	c->n++;
	all(c)[i] = (Interval){ 0 };
	return all(c) + i;
}

Ledger *ledger_new(void)
{
	Ledger *l = NEW(Ledger);

	l->chains.key = chain_key;
	l->causes.key = cause_key;
	l->beginning = NEVER;
	return l;
}

void ledger_free(Ledger *l)
{
	void *each;

	if (!l)
		return;
	for (size_t i = 0; (each = index_next(&l->chains, &i));) {
		Chain *c = each;

		if (c->cap > 1)
			mem_free(c->many);
		mem_free(c);
	}
	for (size_t i = 0; (each = index_next(&l->causes, &i));)
		mem_free(each);
	Index_done(&l->chains);
	Index_done(&l->causes);
	mem_free(l);
}

void ledger_reserve(Ledger *l, size_t n) { index_reserve(&l->chains, n); }

static Chain *chain_of(const Ledger *l, const char *entity)
{
	return index_get(&l->chains, entity);
}

static Chain *chain_made(Ledger *l, const char *entity)
{
	Chain *c = chain_of(l, entity);
	size_t n = strlen(entity);

	if (c)
		return c;
	c = mem_new(sizeof *c + n + 1);
	c->cap = 1;
	memcpy(c->entity, entity, n + 1);
	index_put(&l->chains, c);
	return c;
}

const char *ledger_next(const Ledger *l, size_t *at)
{
	const Chain *c = index_next(&l->chains, at);

	return c ? c->entity : NULL;
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

/* Cuts row i's end where the next begins. */
static bool cut_end(Chain *c, size_t i)
{
	Interval *at = all(c);

	if (i + 1 >= c->n || (is_set(at[i].to) && !earlier(at[i + 1].from, at[i].to)))
		return false;
	at[i].to = at[i + 1].from;
	return true;
}

static bool good_row(const IntervalRow *row)
{
	return *row->entity && is_set(row->from) && (unsigned)row->state <= LEDGER_DOWN &&
	       (!is_set(row->to) || earlier(row->from, row->to));
}

/* Returns whether the row, or one beside it, had to be cut or left out. */
static bool load_row(Ledger *l, const IntervalRow *row)
{
	Chain *c;
	size_t i;
	bool cut;

	if (!good_row(row))
		return true;
	c = chain_made(l, row->entity);
	for (i = c->n; i && !earlier(all(c)[i - 1].from, row->from); i--) {
		if (all(c)[i - 1].from.us == row->from.us)
			return true;
	}
	*chain_insert(c, i) = (Interval){ .from = row->from,
		                          .to = is_set(row->to) ? row->to : LONG_AGO,
		                          .impact = impact_ok(row->state, row->impact),
		                          .cause = cause_take(l, row->cause),
		                          .state = row->state };
	l->beginning = earliest(l->beginning, row->from);
	cut = cut_end(c, i);
	return (i && cut_end(c, i - 1)) || cut;
}

size_t ledger_load(Ledger *l, const IntervalRow *rows, size_t n)
{
	size_t bad = 0;

	for (size_t i = 0; i < n; i++)
		bad += load_row(l, &rows[i]);
	return bad;
}

/* ---- changing ---- */

static void saved(const Chain *c, const Interval *i, const LedgerSink *sink)
{
	IntervalRow row;

	if (!sink || !sink->save)
		return;
	interval_row(c->entity, i, &row);
	sink->save(sink->ctx, &row);
}

static void dropped(const Chain *c, const Interval *i, const LedgerSink *sink)
{
	IntervalRow row;

	if (!sink || !sink->drop)
		return;
	interval_row(c->entity, i, &row);
	sink->drop(sink->ctx, row.id);
}

/* Takes the last interval away. */
static void drop_last(Ledger *l, Chain *c, const LedgerSink *sink)
{
	Interval *end = all(c) + --c->n;

	l->beginning_stale |= !c->n;
	dropped(c, end, sink);
	cause_leave(l, end->cause);
}

static Interval *last(Chain *c) { return c && c->n ? all(c) + c->n - 1 : NULL; }
static bool is_open(const Interval *i) { return i && !is_set(i->to); }

static void append(Ledger *l, Chain *c, LedgerState state, double impact, Instant from,
                   const char *cause)
{
	*chain_insert(c, c->n) = (Interval){ .from = from,
		                             .to = LONG_AGO,
		                             .impact = impact,
		                             .cause = cause_take(l, cause),
		                             .state = state };
	l->beginning = earliest(l->beginning, from);
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
		drop_last(l, c, sink);
	if (end && interval_same(end, state, impact) && (is_open(end) || !earlier(end->to, from))) {
		end->to = LONG_AGO; /* as before: it goes on, under its first cause */
		saved(c, end, sink);
		return true;
	}
	if (end && (is_open(end) || earlier(from, end->to))) {
		end->to = from;
		saved(c, end, sink);
	}
	append(l, c, state, impact, from, cause);
	saved(c, last(c), sink);
	return true;
}

bool ledger_close(Ledger *l, const char *entity, Instant t, const LedgerSink *sink)
{
	Chain *c = chain_of(l, entity);
	Interval *end;

	if (!is_open(last(c)))
		return false;
	while ((end = last(c)) && !earlier(end->from, t))
		drop_last(l, c, sink);
	if (end && (is_open(end) || earlier(t, end->to))) {
		end->to = t;
		saved(c, end, sink);
	}
	return true;
}

/* What follows `to` in the chain, copied: their causes are held until they are put back. */
typedef LIST(Interval) Tail;

static void tail_of(Ledger *l, const Chain *c, Instant to, Tail *tail)
{
	for (size_t i = interval_from(all_of(c), c->n, to); i < c->n; i++) {
		(void)cause_take(l, all_of(c)[i].cause);
		list_add(tail, all_of(c)[i]);
	}
}

static void put_back(Ledger *l, const char *entity, Tail *tail, Instant to, const LedgerSink *sink)
{
	for (size_t i = 0; i < tail->n; i++) {
		const Interval *t = &tail->at[i];

		(void)ledger_set(l, entity, t->state, t->impact, latest(to, t->from), t->cause,
		                 sink);
		cause_leave(l, t->cause);
	}
	list_free(tail);
}

bool ledger_fill(Ledger *l, const char *entity, LedgerState state, double impact, Instant from,
                 Instant to, const char *cause, const LedgerSink *sink)
{
	Chain *c = chain_of(l, entity);
	Tail tail = { 0 };
	Instant closed;

	if (!last(c))
		return false;
	closed = is_open(last(c)) ? NEVER : last(c)->to;
	from = latest(from, all(c)[0].from);
	to = earliest(to, closed);
	if (!earlier(from, to))
		return false;
	tail_of(l, c, to, &tail);
	(void)ledger_set(l, entity, state, impact, from, cause, sink);
	put_back(l, entity, &tail, to, sink);
	if (is_set(closed))
		(void)ledger_close(l, entity, closed, sink);
	return true;
}

static void forget(Ledger *l, Chain *c, Instant t, const LedgerSink *sink)
{
	Interval *at = all(c);
	uint32_t n = 0;

	while (n < c->n && is_set(at[n].to) && !earlier(t, at[n].to)) {
		dropped(c, &at[n], sink);
		cause_leave(l, at[n].cause);
		n++;
	}
	if (!n)
		return;
	memmove(at, at + n, (c->n - n) * sizeof *at);
	c->n -= n;
	l->beginning_stale = true;
}

void ledger_forget(Ledger *l, Instant t, const LedgerSink *sink)
{
	Chain *c;

	for (size_t i = 0; (c = index_next(&l->chains, &i));)
		forget(l, c, t, sink);
}

/* ---- reading ---- */

const Interval *ledger_intervals(const Ledger *l, const char *entity, size_t *ret_n)
{
	const Chain *c = chain_of(l, entity);

	*ret_n = c ? c->n : 0;
	return *ret_n ? all_of(c) : NULL;
}

const Interval *ledger_at(const Ledger *l, const char *entity, Instant t)
{
	size_t n, i;
	const Interval *at = ledger_intervals(l, entity, &n);

	i = interval_from(at, n, t);
	return i < n && !earlier(t, at[i].from) ? &at[i] : NULL;
}

const Interval *ledger_now(const Ledger *l, const char *entity)
{
	size_t n;
	const Interval *at = ledger_intervals(l, entity, &n);

	return n && is_open(&at[n - 1]) ? &at[n - 1] : NULL;
}

Instant ledger_since(const Ledger *l, const char *entity)
{
	size_t n;
	const Interval *at = ledger_intervals(l, entity, &n);

	return n ? at[0].from : NEVER;
}

Instant ledger_beginning(Ledger *l)
{
	const Chain *c;

	if (!l->beginning_stale)
		return l->beginning;
	l->beginning = NEVER;
	l->beginning_stale = false;
	for (size_t i = 0; (c = index_next(&l->chains, &i));) {
		if (c->n)
			l->beginning = earliest(l->beginning, all_of(c)[0].from);
	}
	return l->beginning;
}
