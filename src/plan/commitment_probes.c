/* How often the checks of a plan measure. A few are a line each. A plan of very many has
 * one for all that a service's environment measures at one rhythm: nobody reads a million
 * lines, and each would be judged, frozen each month and kept with each epoch. */
#include "plan/commitment_private.h"

#include "core/alloc.h"
#include "core/text.h"

/* Checks of a plan up to which each is a line of its own. */
enum { PROBES_APART = 1000 };

typedef struct ProbeGroup {
	const Service *service;
	const char *env;
	Span every;
	size_t n;
	size_t next; /* of the same service: number + 1; 0: none */
	const Check **checks;
} ProbeGroup;

typedef struct Grouping {
	LIST(ProbeGroup) groups;
	size_t *first; /* by the service's number, the last for checks without: group + 1 */
	size_t *of;    /* by the check's number: group + 1; 0: a line of its own, or none */
} Grouping;

static const Service *service_of(const Plan *p, const Check *k)
{
	return k->service || p->services_n != 1 ? k->service : p->services;
}

static size_t group_of(const Plan *p, Grouping *g, const Check *k)
{
	const Service *s = service_of(p, k);
	size_t *at = &g->first[s ? (size_t)(s - p->services) : p->services_n];
	size_t i;
	ProbeGroup *group;

	for (i = *at; i; i = group->next) {
		const Span *every;

		group = &g->groups.at[i - 1];
		every = &group->every;
		if (every->months == k->how->every.months && every->days == k->how->every.days &&
		    every->us == k->how->every.us && text_eq(group->env, k->env))
			return i;
	}
	list_add(&g->groups, ((ProbeGroup){ s, k->env, k->how->every, 0, *at, NULL }));
	return *at = g->groups.n;
}

/* Who answers for this check alone, or says where it is written, is asked about it alone. */
static bool stands_apart(const Check *k) { return k->item.owner.n || k->item.src || k->item.ours; }

static void one(Derive *d, const Check *k)
{
	Commitment *c = derive_add(d, COMMITMENT_CADENCE, BY_PROBES, "checks", &k->item,
	                           "cadence:check:%s", k->item.id);

	c->check = k;
	c->env = k->env;
	c->figure = derive_span(d, "every ", k->how->every);
	c->period = "continuous";
}

static void many(Derive *d, ProbeGroup *g)
{
	char every[SPAN_TEXT];
	const Item *item = g->service ? &g->service->item : &d->p->head.item;
	Commitment *c = derive_add(d, COMMITMENT_CADENCE, BY_PROBES, "checks", item,
	                           "cadence:checks:%s:%s:%s", g->service ? item->id : "-",
	                           g->env ? g->env : "-", span_print(g->every, every));

	c->env = g->env;
	c->figure = derive_span(d, "every ", g->every);
	c->period = "continuous";
	c->checks = g->checks;
	c->checks_n = g->n;
}

static void gather(Derive *d, Grouping *g)
{
	Plan *p = d->p;

	for (size_t i = 0; i < p->checks_n; i++) {
		const Check *k = &p->checks[i];

		if (span_is_zero(k->how->every) || stands_apart(k))
			continue;
		g->of[i] = group_of(p, g, k);
		g->groups.at[g->of[i] - 1].n++;
	}
	for (size_t i = 0; i < g->groups.n; i++) {
		ProbeGroup *group = &g->groups.at[i];

		group->checks = ARENA_ARRAY(p->arena, const Check *, group->n);
		group->n = 0;
	}
	for (size_t i = 0; i < p->checks_n; i++) {
		ProbeGroup *group = g->of[i] ? &g->groups.at[g->of[i] - 1] : NULL;

		if (group)
			group->checks[group->n++] = &p->checks[i];
	}
}

void derive_checks(Derive *d)
{
	const Plan *p = d->p;
	Grouping g = { .first = mem_new((p->services_n + 1) * sizeof *g.first),
		       .of = mem_new((p->checks_n + 1) * sizeof *g.of) };

	if (p->checks_n > PROBES_APART)
		gather(d, &g);
	for (size_t i = 0; i < p->checks_n; i++) {
		if (!g.of[i] && !span_is_zero(p->checks[i].how->every))
			one(d, &p->checks[i]);
		derive_check_alarms(d, &p->checks[i]);
	}
	for (size_t i = 0; i < g.groups.n; i++)
		many(d, &g.groups.at[i]);
	list_free(&g.groups);
	mem_free(g.first);
	mem_free(g.of);
}
