/* See tally.h. The chains are read through the ledger's own questions; what is kept here
 * is the present state of each part (a byte), the tree above them, and the edges of late,
 * in time order, by which a part that changed since some instant is found. */
#include "ledger/tally.h"

#include "core/list.h"
#include "ledger/ledger_private.h"

#include <stdlib.h>

enum { FAN = 16, LEVELS = 8, UNMEASURED = 0, EDGES_KEPT = 1024 };
#define WINDOW UINT32_MAX

/* Parts by number + 1; 0: none. */
typedef struct Best {
	uint32_t worst, unknown, slow;
} Best;

/* At that instant the part began to be in `state`, a LedgerState + 1. */
typedef struct TallyEdge {
	Instant at;
	uint32_t part;
	uint8_t state;
} TallyEdge;

struct Tally {
	TallyParts parts;
	uint8_t *state; /* of each part, a LedgerState + 1 */
	bool *marked;   /* in `touched` */
	double *impact; /* NULL: all of them are `same_impact` */
	double same_impact;
	Best *level[LEVELS]; /* level[0]: one for FAN parts, and so on up to the root */
	size_t level_n[LEVELS], levels;
	size_t measured;
	LIST(uint32_t) touched;
	LIST(TallyEdge) edges; /* by time */
	Instant known_from;    /* no edge from then on is missing in `edges`; NEVER: nothing read */
	Instant from;          /* the earliest touch; NEVER: none */
};

/* ---- life ---- */

static void read_impacts(Tally *t)
{
	for (size_t i = 0; i < t->parts.n; i++) {
		double d = t->parts.impact(t->parts.ctx, i);

		if (i == 0)
			t->same_impact = d;
		if (!t->impact && (d < t->same_impact || d > t->same_impact)) {
			t->impact = mem_new(t->parts.n * sizeof *t->impact);
			for (size_t k = 0; k < i; k++)
				t->impact[k] = t->same_impact;
		}
		if (t->impact)
			t->impact[i] = d;
	}
}

Tally *tally_new(const TallyParts *parts)
{
	Tally *t = NEW(Tally);
	size_t n = parts->n;

	t->parts = *parts;
	t->state = mem_new(n + 1);
	t->marked = mem_new(n + 1);
	t->known_from = t->from = NEVER;
	read_impacts(t);
	do {
		n = (n + FAN - 1) / FAN;
		n = n ? n : 1;
		t->level[t->levels] = mem_new(n * sizeof(Best));
		t->level_n[t->levels++] = n;
	} while (n > 1 && t->levels < LEVELS);
	return t;
}

void tally_free(Tally *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->levels; i++)
		mem_free(t->level[i]);
	mem_free(t->state);
	mem_free(t->marked);
	mem_free(t->impact);
	list_free(&t->touched);
	list_free(&t->edges);
	mem_free(t);
}

/* ---- the tree ---- */

static double impact_of(const Tally *t, uint32_t part)
{
	return t->impact ? t->impact[part] : t->same_impact;
}

/* Candidates come in the order of the parts: of equals the first one stays. */
static void consider(const Tally *t, Best *best, const Best *other)
{
	if (other->worst &&
	    (!best->worst || impact_of(t, other->worst - 1) > impact_of(t, best->worst - 1)))
		best->worst = other->worst;
	if (!best->unknown)
		best->unknown = other->unknown;
	if (!best->slow)
		best->slow = other->slow;
}

static Best best_of_part(const Tally *t, size_t part)
{
	uint32_t number = (uint32_t)part + 1;

	return (Best){ t->state[part] == LEDGER_DOWN + 1 ? number : 0,
		       t->state[part] == LEDGER_UNKNOWN + 1 ? number : 0,
		       t->state[part] == LEDGER_DEGRADED + 1 ? number : 0 };
}

static bool same_best(const Best *a, const Best *b)
{
	return a->worst == b->worst && a->unknown == b->unknown && a->slow == b->slow;
}

/* Node `at` of a level anew from those below it; false: it stays as it was. */
static bool refresh(Tally *t, size_t level, size_t at)
{
	size_t below = level ? t->level_n[level - 1] : t->parts.n;
	Best best = { 0 };

	for (size_t i = at * FAN; i < below && i < (at + 1) * FAN; i++) {
		Best part = level ? (Best){ 0 } : best_of_part(t, i);

		consider(t, &best, level ? &t->level[level - 1][i] : &part);
	}
	if (same_best(&best, &t->level[level][at]))
		return false;
	t->level[level][at] = best;
	return true;
}

static void set_state(Tally *t, size_t part, uint8_t state)
{
	if (t->state[part] == state)
		return;
	t->measured += (state != UNMEASURED);
	t->measured -= (t->state[part] != UNMEASURED);
	t->state[part] = state;
	for (size_t level = 0; level < t->levels; level++) {
		part /= FAN;
		if (!refresh(t, level, part))
			return;
	}
}

/* ---- touching ---- */

static void mark(Tally *t, uint32_t part)
{
	if (!t->marked[part])
		list_add(&t->touched, part);
	t->marked[part] = true;
}

void tally_touch(Tally *t, size_t part, Instant from)
{
	mark(t, (uint32_t)part);
	t->from = earliest(t->from, from);
}

void tally_touch_window(Tally *t, Instant from) { t->from = earliest(t->from, from); }

bool tally_is_touched(const Tally *t) { return t->from.us != NEVER.us; }

/* ---- reading the chains ---- */

static void add_edge(Tally *t, uint32_t part, LedgerState state, bool measured, Instant at,
                     Instant now)
{
	if (is_set(at) && !earlier(at, t->from) && !earlier(now, at))
		list_add(&t->edges,
		         ((TallyEdge){ at, part,
		                       measured ? (uint8_t)(state + 1) : (uint8_t)UNMEASURED }));
}

/* Its state at the beginning, and every change since. */
static void read_part(Tally *t, const Ledger *l, uint32_t part, Instant now)
{
	char entity[LEDGER_ENTITY];
	size_t n, i;
	const Interval *at = ledger_intervals(l, t->parts.entity(t->parts.ctx, part, entity), &n);
	bool measured;

	i = interval_from(at, n, t->from);
	measured = i < n && !earlier(t->from, at[i].from);
	set_state(t, part, measured ? (uint8_t)(at[i].state + 1) : (uint8_t)UNMEASURED);
	for (size_t k = i ? i - 1 : 0; k < n; k++) {
		add_edge(t, part, at[k].state, true, at[k].from, now);
		add_edge(t, part, at[k].state, false, at[k].to, now);
	}
}

/* By time; of one part's at one instant, the end of the former state comes first. */
static int by_time(const void *a, const void *b)
{
	const TallyEdge *x = a, *y = b;

	if (x->at.us != y->at.us)
		return (x->at.us > y->at.us) - (x->at.us < y->at.us);
	if (x->part != y->part)
		return (x->part > y->part) - (x->part < y->part);
	return (x->state > y->state) - (x->state < y->state);
}

/* Back to the earliest touch: what changed since then is read anew. Returns where the
 * edges to be played begin. */
static size_t rewind_to_touch(Tally *t, const Ledger *l, const Excluded *open, size_t open_n,
                              Instant now)
{
	size_t first = t->edges.n;
	bool all = earlier(t->from, t->known_from);

	for (uint32_t i = 0; all && i < t->parts.n; i++)
		mark(t, i);
	if (all)
		t->known_from = t->from;
	while (first && !earlier(t->edges.at[first - 1].at, t->from))
		mark(t, t->edges.at[--first].part);
	t->edges.n = first;
	for (size_t i = 0; i < t->touched.n; i++) {
		read_part(t, l, t->touched.at[i], now);
		t->marked[t->touched.at[i]] = false;
	}
	t->touched.n = 0;
	for (size_t i = 0; i < open_n; i++) {
		add_edge(t, WINDOW, LEDGER_UNKNOWN, false, open[i].from, now);
		add_edge(t, WINDOW, LEDGER_UNKNOWN, false, open[i].to, now);
	}
	if (t->edges.n > first)
		qsort(t->edges.at + first, t->edges.n - first, sizeof *t->edges.at, by_time);
	return first;
}

/* ---- playing them ---- */

static CheckFact fact_of(const Tally *t, const Ledger *l, uint32_t number, Instant at)
{
	char entity[LEDGER_ENTITY];
	const Interval *i = ledger_at(l, t->parts.entity(t->parts.ctx, number - 1, entity), at);

	return (CheckFact){ (LedgerState)(t->state[number - 1] - 1), impact_of(t, number - 1), true,
		            i ? i->cause : NULL };
}

/* Those few that decide, and one that is up for all the others. */
static void add_step(const Tally *t, const Ledger *l, const Excluded *open, size_t open_n,
                     Instant at, Steps *steps)
{
	const Best *root = &t->level[t->levels - 1][0];
	CheckFact facts[4];
	size_t n = 0;
	bool in_window = false;

	if (root->worst)
		facts[n++] = fact_of(t, l, root->worst, at);
	if (root->unknown)
		facts[n++] = fact_of(t, l, root->unknown, at);
	if (root->slow)
		facts[n++] = fact_of(t, l, root->slow, at);
	if (t->measured)
		facts[n++] = (CheckFact){ .state = LEDGER_UP, .measured = true };
	for (size_t i = 0; i < open_n; i++)
		in_window |= !earlier(at, open[i].from) && earlier(at, open[i].to);
	steps_add(steps, facts, n, in_window, at);
}

static void play(Tally *t, const Ledger *l, const Excluded *open, size_t open_n, size_t first,
                 Steps *steps)
{
	add_step(t, l, open, open_n, t->from, steps);
	for (size_t i = first; i < t->edges.n;) {
		Instant at = t->edges.at[i].at;

		for (; i < t->edges.n && t->edges.at[i].at.us == at.us; i++) {
			if (t->edges.at[i].part != WINDOW)
				set_state(t, t->edges.at[i].part, t->edges.at[i].state);
		}
		if (earlier(t->from, at))
			add_step(t, l, open, open_n, at, steps);
	}
}

/* Windows are asked for each time; of the checks' edges the last ones are kept. */
static void forget_edges(Tally *t, size_t first)
{
	size_t n = first, most = EDGES_KEPT + 2 * t->parts.n;

	for (size_t i = first; i < t->edges.n; i++) {
		if (t->edges.at[i].part != WINDOW)
			t->edges.at[n++] = t->edges.at[i];
	}
	t->edges.n = n;
	if (n <= most)
		return;
	/* Nothing of the instant at which it is cut is known for certain. */
	t->known_from = after(t->edges.at[n - most / 2 - 1].at, duration_us(1));
	memmove(t->edges.at, t->edges.at + n - most / 2, most / 2 * sizeof *t->edges.at);
	t->edges.n = most / 2;
}

bool tally_compose(Tally *t, Ledger *l, const char *entity, const Excluded *open, size_t open_n,
                   Instant now, const LedgerSink *sink)
{
	Steps steps = { 0 };
	size_t first;
	bool changed;

	if (!tally_is_touched(t))
		return false;
	first = rewind_to_touch(t, l, open, open_n, now);
	play(t, l, open, open_n, first, &steps);
	forget_edges(t, first);
	changed = steps_keep(&steps, l, entity, sink);
	list_free(&steps);
	t->from = NEVER;
	return changed;
}
