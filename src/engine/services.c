/* Services under watch: which checks each is made of, which of them changed in this turn,
 * and their chains in the ledger, composed once a turn from what changed. How a service
 * follows from its checks is the ledger's (ledger/tally.h); nothing is judged here. */
#include "engine/engine_private.h"

#include "ledger/tally.h"

enum { STRETCHES = 64 };

/* One service in one environment. Its plan is the engine's, or it is made anew. */
typedef struct ServiceBox {
	const Service *service;
	const char *env;
	LIST(const Check *) parts; /* in the plan's order, so sorted by address too */
	Tally *tally;
	struct ServiceBox *next; /* the same service's other environments */
	bool dirty;              /* in e->services.dirty */
} ServiceBox;

/* ---- which checks make up which service ---- */

const char *services_env(const Service *s)
{
	return s->environments_n ? s->environments[s->environments_n - 1].item.id : "production";
}

static const char *part_entity(void *ctx, size_t part, char out[LEDGER_ENTITY])
{
	const ServiceBox *box = ctx;

	(void)snprintf(out, LEDGER_ENTITY, "check:%s", box->parts.at[part]->item.id);
	return out;
}

/* Share of users hit when this check fails, 0-1. */
static double part_impact(void *ctx, size_t part)
{
	const Check *c = ((const ServiceBox *)ctx)->parts.at[part];

	return c->how->impact.set && !c->how->impact.unset ? c->how->impact.value / 100 : 1;
}

static bool is_of(const Check *c, const ServiceBox *box)
{
	return !c->env || text_eq(c->env, box->env);
}

static ServiceBox **first_box(const Engine *e, const Service *s)
{
	return &e->services.of[s - e->plan->services];
}

static void need_box(Engine *e, const Service *s, const char *env)
{
	ServiceBox **at = first_box(e, s);

	while (*at && !text_eq((*at)->env, env))
		at = &(*at)->next;
	if (*at)
		return;
	*at = NEW(ServiceBox);
	(*at)->service = s;
	(*at)->env = env;
}

static void need_boxes(Engine *e, const Check *c)
{
	const Service *s = c->service;

	if (c->env || !s->environments_n) {
		need_box(e, s, c->env ? c->env : services_env(s));
		return;
	}
	for (size_t i = 0; i < s->environments_n; i++)
		need_box(e, s, s->environments[i].item.id);
}

static void box_free(ServiceBox *box)
{
	tally_free(box->tally);
	list_free(&box->parts);
	mem_free(box);
}

void services_free(Engine *e)
{
	for (size_t i = 0; i < e->services.n; i++) {
		for (ServiceBox *box = e->services.of[i], *next; box; box = next) {
			next = box->next;
			box_free(box);
		}
	}
	mem_free(e->services.of);
	list_free(&e->services.dirty);
	memset(&e->services, 0, sizeof e->services);
}

/* Of the current plan; after a reload made anew when first asked for. */
static void make_boxes(Engine *e)
{
	const Plan *p = e->plan;

	if (e->services.plan == p)
		return;
	services_free(e);
	e->services.plan = p;
	e->services.n = p->services_n;
	e->services.of = mem_new((p->services_n + 1) * sizeof(ServiceBox *));
	for (size_t i = 0; i < p->checks_n; i++) {
		if (p->checks[i].service)
			need_boxes(e, &p->checks[i]);
	}
	for (size_t i = 0; i < p->checks_n; i++) {
		const Check *c = &p->checks[i];

		for (ServiceBox *box = c->service ? *first_box(e, c->service) : NULL; box;
		     box = box->next) {
			if (is_of(c, box))
				list_add(&box->parts, c);
		}
	}
}

/* ---- what changed ---- */

static Tally *tally_of(ServiceBox *box)
{
	TallyParts parts = { box, box->parts.n, part_entity, part_impact };

	if (!box->tally)
		box->tally = tally_new(&parts);
	return box->tally;
}

static void make_dirty(Engine *e, ServiceBox *box)
{
	if (!box->dirty)
		list_add(&e->services.dirty, box);
	box->dirty = true;
}

static size_t part_of(const ServiceBox *box, const Check *c)
{
	size_t low = 0, high = box->parts.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (box->parts.at[middle] < c)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void services_touch(Engine *e, const Check *c, Instant from)
{
	if (!c || !c->service)
		return;
	make_boxes(e);
	for (ServiceBox *box = *first_box(e, c->service); box; box = box->next) {
		if (!is_of(c, box))
			continue;
		tally_touch(tally_of(box), part_of(box, c), from);
		make_dirty(e, box);
	}
}

void services_touch_all(Engine *e)
{
	make_boxes(e);
	for (size_t i = 0; i < e->services.n; i++) {
		for (ServiceBox *box = e->services.of[i]; box; box = box->next) {
			tally_touch_window(tally_of(box), e->now);
			make_dirty(e, box);
		}
	}
}

/* ---- composing ---- */

/* Stretches in which a window that holds deliveries back is or was open there: what
 * fails in them reads as maintenance. */
static size_t open_stretches(const Engine *e, const char *service, const char *env, Excluded *out)
{
	size_t n = 0;

	for (size_t i = 0; i < e->windows.n && n < STRETCHES; i++) {
		const WindowOccurrence *w = &e->windows.at[i];
		Instant end = is_set(w->real_end) ? earliest(w->real_end, w->until) : w->until;

		if (w->state == WINDOW_PLANNED || w->state == WINDOW_ANNOUNCED ||
		    w->state == WINDOW_CANCELLED ||
		    (!window_is_announced(w) && w->origin != WINDOW_EMERGENCY) ||
		    !window_concerns(w, service, env))
			continue;
		out[n++] = (Excluded){ w->starts, end };
	}
	return n;
}

static void compose(Engine *e, ServiceBox *box)
{
	AUTO_FREE char *entity = mem_printf("service:%s/%s", box->service->item.id, box->env);
	LedgerSink sink = view_sink(e);
	Excluded open[STRETCHES];
	size_t n = open_stretches(e, box->service->item.id, box->env, open);

	box->dirty = false;
	if (tally_compose(box->tally, e->ledger, entity, open, n, e->now, &sink))
		view_touch(e);
}

void services_compose(Engine *e)
{
	for (size_t i = 0; i < e->services.dirty.n; i++)
		compose(e, e->services.dirty.at[i]);
	e->services.dirty.n = 0;
}
