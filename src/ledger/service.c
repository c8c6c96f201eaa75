/* A service's state from those of its checks, at one instant and over time, in the plainest
 * way: all checks are looked at, at each change. tally.c gives the same from what changed. */
#include "core/list.h"
#include "ledger/ledger_private.h"

#include <stdlib.h>

LedgerState service_state(const CheckFact *checks, size_t n, bool in_window, double *ret_impact,
                          const char **ret_cause)
{
	LedgerState state = LEDGER_UNKNOWN;
	const CheckFact *worst = NULL, *unknown = NULL, *slow = NULL;
	bool measured = false;

	for (size_t i = 0; i < n; i++) {
		const CheckFact *c = &checks[i];

		if (!c->measured)
			continue;
		measured = true;
		if (c->state == LEDGER_DOWN && (!worst || c->impact > worst->impact))
			worst = c;
		else if (c->state == LEDGER_UNKNOWN && !unknown)
			unknown = c;
		else if (c->state == LEDGER_DEGRADED && !slow)
			slow = c;
	}
	if (worst)
		state = worst->impact >= 1 ? LEDGER_DOWN : LEDGER_DEGRADED;
	else if (slow)
		state = LEDGER_DEGRADED;
	else if (measured && !unknown)
		state = LEDGER_UP;
	if (in_window && (state == LEDGER_DOWN || state == LEDGER_DEGRADED))
		state = LEDGER_MAINTENANCE;
	*ret_impact = worst ? impact_ok(LEDGER_DOWN, worst->impact) : 0;
	*ret_cause = worst ? worst->cause : slow ? slow->cause : unknown ? unknown->cause : NULL;
	if (state == LEDGER_UP)
		*ret_cause = NULL;
	return state;
}

typedef struct Instants {
	Instant *at;
	size_t n, cap;
} Instants;

static void add_edge(Instants *edges, Instant t, Instant from, Instant now)
{
	if (is_set(t) && earlier(from, t) && !earlier(now, t))
		list_add(edges, t);
}

static int by_time(const void *a, const void *b)
{
	int64_t x = ((const Instant *)a)->us, y = ((const Instant *)b)->us;

	return (x > y) - (x < y);
}

/* Every instant after `from` at which something it is made of changes. */
static void edges_of(const Ledger *l, const ServicePart *parts, size_t n, const Excluded *open,
                     size_t open_n, Instant from, Instant now, Instants *edges)
{
	for (size_t i = 0; i < n; i++) {
		size_t count;
		const Interval *at = ledger_intervals(l, parts[i].entity, &count);

		for (size_t k = interval_from(at, count, from); k < count; k++) {
			add_edge(edges, at[k].from, from, now);
			add_edge(edges, at[k].to, from, now);
		}
	}
	for (size_t i = 0; i < open_n; i++) {
		add_edge(edges, open[i].from, from, now);
		add_edge(edges, open[i].to, from, now);
	}
	if (edges->n)
		qsort(edges->at, edges->n, sizeof *edges->at, by_time);
}

void steps_add(Steps *steps, const CheckFact *facts, size_t n, bool in_window, Instant t)
{
	Step step = { .from = t }, *prior = steps->n ? &steps->at[steps->n - 1] : NULL;

	if (!n && !prior)
		return;
	step.state = service_state(facts, n, in_window, &step.impact, &step.cause);
	if (!prior || prior->state != step.state || prior->impact != step.impact)
		list_add(steps, step);
}

static void add_step(const Ledger *l, const ServicePart *parts, size_t n, const Excluded *open,
                     size_t open_n, Instant t, Steps *steps)
{
	LIST(CheckFact) facts = { 0 };
	bool in_window = false;

	for (size_t i = 0; i < n; i++) {
		const Interval *part = ledger_at(l, parts[i].entity, t);

		if (part)
			list_add(&facts,
			         ((CheckFact){ part->state, parts[i].impact, true, part->cause }));
	}
	for (size_t i = 0; i < open_n; i++)
		in_window |= !earlier(t, open[i].from) && earlier(t, open[i].to);
	steps_add(steps, facts.at, facts.n, in_window, t);
	list_free(&facts);
}

/* Whether the chain says the same from this step to the next. */
static bool agrees(const Ledger *l, const char *entity, const Steps *steps, size_t i)
{
	const Interval *known = ledger_at(l, entity, steps->at[i].from);

	if (!known || !interval_same(known, steps->at[i].state, steps->at[i].impact))
		return false;
	if (i + 1 == steps->n)
		return !is_set(known->to);
	return known->to.us == steps->at[i + 1].from.us;
}

bool steps_keep(const Steps *steps, Ledger *l, const char *entity, const LedgerSink *sink)
{
	size_t same = 0;

	while (same < steps->n && agrees(l, entity, steps, same))
		same++;
	for (size_t i = same; i < steps->n; i++)
		(void)ledger_set(l, entity, steps->at[i].state, steps->at[i].impact,
		                 steps->at[i].from, steps->at[i].cause ? steps->at[i].cause : "",
		                 sink);
	return steps->n > same;
}

bool ledger_compose(Ledger *l, const char *entity, const ServicePart *parts, size_t n,
                    const Excluded *open, size_t open_n, Instant from, Instant now,
                    const LedgerSink *sink)
{
	Instants edges = { 0 };
	Steps steps = { 0 };
	bool changed;

	edges_of(l, parts, n, open, open_n, from, now, &edges);
	add_step(l, parts, n, open, open_n, from, &steps);
	for (size_t i = 0; i < edges.n; i++)
		add_step(l, parts, n, open, open_n, edges.at[i], &steps);
	changed = steps_keep(&steps, l, entity, sink);
	list_free(&edges);
	list_free(&steps);
	return changed;
}
