/* The guard: asks the connectivity places once for everybody who wants to know. */
#include "check/guard.h"

#include "check/check_private.h"
#include "core/list.h"
#include "core/text.h"

#include <string.h>

enum {
	GUARD_PLACES = 8,          /* more would only make the answer later */
	GUARD_FRESH_MS = 1000,     /* "reachable" may be stale the next second */
	GUARD_CUT_FRESH_MS = 5000, /* "cut off" errs on the safe side */
	GUARD_TIMEOUT_S = 3,
};

typedef struct GuardPlace {
	Guard *guard;
	Ask ask;
	AskSpec spec;
	char host[128];
	bool busy;
} GuardPlace;

struct Guard {
	World *world;
	GuardPlace places[GUARD_PLACES];
	size_t places_n;
	size_t waiting_n; /* places not answered yet */
	unsigned reached;
	bool have_answer;
	Duration answered_at; /* monotonic */
	GuardAnswer answer;
	GuardOp *ops; /* waiting for the answer */
	TimerOp tell;
	const Plan *next_plan; /* to change to when the question under way is answered */
};

bool guard_judge(unsigned asked, unsigned reached) { return asked > 0 && reached == 0; }

bool guard_applies(FailClass fail, const char *address, const char *host)
{
	if (fail != FAIL_DNS && fail != FAIL_CONNECT)
		return false;
	return !address_is_local(address) && !address_is_local(host) &&
	       strcasecmp(host, "localhost") != 0 && host[0] != '/' && host[0] != '\0';
}

static void take_places(Guard *g, const Plan *plan)
{
	const Texts *t = &plan->head.connectivity;

	g->places_n = 0;
	g->have_answer = false;
	for (size_t i = 0; i < t->n && g->places_n < GUARD_PLACES; i++) {
		GuardPlace *p = &g->places[g->places_n];
		uint16_t port;

		if (!address_split(t->at[i], 443, p->host, &port))
			continue;
		p->guard = g;
		p->spec = (AskSpec){ .kind = ASK_TCP, .timeout = seconds(GUARD_TIMEOUT_S) };
		p->spec.tcp.host = p->host;
		p->spec.tcp.port = port;
		g->places_n++;
	}
}

Guard *guard_new(World *w, const Plan *plan)
{
	Guard *g = NEW(Guard);

	g->world = w;
	take_places(g, plan);
	return g;
}

void guard_plan(Guard *g, const Plan *plan)
{
	if (g->waiting_n)
		g->next_plan = plan;
	else
		take_places(g, plan);
}

void guard_free(Guard *g)
{
	if (!g)
		return;
	g->world->timer_cancel(g->world, &g->tell);
	for (size_t i = 0; i < g->places_n; i++)
		g->world->ask_cancel(g->world, &g->places[i].ask);
	mem_free(g);
}

/* Everyone waiting is told; one of them may ask anew or cancel another. */
static void tell_all(Guard *g)
{
	GuardAnswer answer = g->answer;
	GuardOp *op;

	if (g->next_plan) {
		take_places(g, g->next_plan);
		g->next_plan = NULL;
	}
	while ((op = g->ops)) {
		g->ops = op->next;
		op->waiting = false;
		op->done(op, &answer);
	}
}

static void on_tell(TimerOp *op) { tell_all(CONTAINER_OF(op, Guard, tell)); }

static void on_place(Ask *ask, const Answer *a)
{
	GuardPlace *p = CONTAINER_OF(ask, GuardPlace, ask);
	Guard *g = p->guard;

	p->busy = false;
	g->waiting_n--;
	if (a->fail == FAIL_NONE)
		g->reached++;
	/* One that answers settles it; the others need not be waited for. */
	if (g->waiting_n && !g->reached)
		return;
	for (size_t i = 0; i < g->places_n; i++) {
		if (g->places[i].busy)
			g->world->ask_cancel(g->world, &g->places[i].ask);
		g->places[i].busy = false;
	}
	g->waiting_n = 0;
	g->answer = (GuardAnswer){ (unsigned)g->places_n, g->reached,
		                   guard_judge((unsigned)g->places_n, g->reached),
		                   world_now(g->world) };
	g->have_answer = true;
	g->answered_at = g->world->mono(g->world);
	tell_all(g);
}

static void ask_places(Guard *g)
{
	g->reached = 0;
	g->waiting_n = g->places_n;
	for (size_t i = 0; i < g->places_n; i++) {
		g->places[i].busy = true;
		g->places[i].ask.done = on_place;
		g->world->ask(g->world, &g->places[i].ask, &g->places[i].spec);
	}
}

static bool is_fresh(const Guard *g)
{
	Duration keep = milliseconds(g->answer.cut_off ? GUARD_CUT_FRESH_MS : GUARD_FRESH_MS);

	return g->have_answer && g->world->mono(g->world).us - g->answered_at.us < keep.us;
}

void guard_ask(Guard *g, GuardOp *op)
{
	op->next = g->ops;
	op->waiting = true;
	g->ops = op;
	if (g->waiting_n)
		return;
	if (g->places_n == 0)
		g->answer = (GuardAnswer){ .at = world_now(g->world) };
	if (g->places_n == 0 || is_fresh(g)) {
		g->tell.done = on_tell;
		g->world->timer(g->world, &g->tell, duration_us(0));
	} else {
		ask_places(g);
	}
}

void guard_cancel(Guard *g, GuardOp *op)
{
	if (!op->waiting)
		return;
	for (GuardOp **at = &g->ops; *at; at = &(*at)->next) {
		if (*at == op) {
			*at = op->next;
			break;
		}
	}
	op->waiting = false;
}
