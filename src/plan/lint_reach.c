/* Whether what fires is heard. L39 a single way to tell of the worst · L40 a check that
 * alerts nobody · L41 a channel that cannot reach whom a step names. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <string.h>

enum { CHANNELS_COUNTED = 8, CLASSES_LOOKED_AT = 64 };

/* ---- L39 ---- */

typedef struct Ways { /* different channels, each with what it falls back to */
	const Channel *at[CHANNELS_COUNTED];
	size_t n;
} Ways;

static void add_way(Ways *w, const Channel *c)
{
	for (; c && w->n < CHANNELS_COUNTED; c = c->fallback) {
		for (size_t i = 0; i < w->n; i++) {
			if (w->at[i] == c)
				return;
		}
		w->at[w->n++] = c;
	}
}

static void add_ways(const Plan *p, Ways *w, Texts channels)
{
	for (size_t i = 0; i < channels.n; i++)
		add_way(w, plan_channel(p, channels.at[i]));
}

/* People are told by what they ask for themselves, where they do. */
static void add_people(const Plan *p, Ways *w, Texts names)
{
	Crowd c = { .plan = p };

	lint_crowd_names(&c, names);
	for (size_t i = 0; i < c.people.n; i++)
		add_ways(p, w, c.people.at[i]->via);
	list_free(&c.people);
}

static void add_ladder(const Plan *p, Ways *w, const Escalation *e)
{
	for (size_t i = 0; e && i < e->steps_n; i++) {
		add_ways(p, w, e->steps[i].via);
		add_people(p, w, e->steps[i].to);
	}
}

static void one_way(Loader *l, const Class *c)
{
	const Plan *p = l->plan;
	Ways w = { 0 };

	add_ways(p, &w, c->route);
	add_ladder(p, &w, c->escalation);
	for (size_t i = 0; i < p->levels_n; i++) {
		if (p->levels[i].class_ != c)
			continue;
		add_ways(p, &w, p->levels[i].route);
		add_ladder(p, &w, p->levels[i].escalation);
	}
	if (w.n == 1)
		lint_add(l, SECTION_CLASSES, &c->item, "route", F_L39,
		         "'%s', the worst class, is told by '%s' alone, which falls back on "
		         "nothing: "
		         "when that fails, nobody is told",
		         c->item.id, w.at[0]->item.id);
}

static void worst_class(Loader *l)
{
	int worst = 100;

	for (size_t i = 0; i < l->plan->classes_n; i++)
		worst = l->plan->classes[i].rank < worst ? l->plan->classes[i].rank : worst;
	for (size_t i = 0; i < l->plan->classes_n && i < CLASSES_LOOKED_AT; i++) {
		if (l->plan->classes[i].rank == worst)
			one_way(l, &l->plan->classes[i]);
	}
}

/* ---- L40 ---- */

typedef struct Watched {
	Map checks; /* ids that a rule, a task or a check behind them looks at */
	bool all;   /* some rule looks at every check: availability < 99% */
} Watched;

static void by_rule(Watched *w, const Rule *r)
{
	if (*r->when.scope)
		(void)map_put(&w->checks, r->when.scope, w);
	else if (r->when.kind == CONDITION_CHECK || text_eq(r->when.subject, "availability") ||
	         text_eq(r->when.subject, "error_rate"))
		w->all = true;
	for (size_t i = 0; i < r->of.n; i++)
		(void)map_put(&w->checks, r->of.at[i], w);
}

/* A task that looks at the check each day is somebody who looks. */
static void by_items(Loader *l, const WorkList *list, void *watched)
{
	Watched *w = watched;

	(void)l;
	for (size_t i = 0; i < list->n; i++) {
		if (text_starts(list->at[i].todo ? list->at[i].todo : "", "check:"))
			(void)map_put(&w->checks, list->at[i].todo + strlen("check:"), w);
	}
}

/* A check that others depend on only holds their alerts back. */
static void by_dependence(Watched *w, const Plan *p)
{
	for (size_t i = 0; i < p->checks_n; i++) {
		for (size_t j = 0; j < p->checks[i].how->depends.n; j++)
			(void)map_put(&w->checks, p->checks[i].how->depends.at[j], w);
	}
}

static void unheard(Loader *l)
{
	const Plan *p = l->plan;
	Watched w = { 0 };

	for (size_t i = 0; i < p->rules_n; i++)
		by_rule(&w, &p->rules[i]);
	lint_work_lists(l, by_items, &w);
	by_dependence(&w, p);
	for (size_t i = 0; i < p->checks_n && !w.all; i++) {
		/* A certificate's thresholds are told without a rule. */
		if (!p->checks[i].how->min_left.n && !map_get(&w.checks, p->checks[i].item.id))
			lint_add(l, SECTION_CHECKS, &p->checks[i].item, NULL, F_L40,
			         "no rule and no task looks at '%s': when it fails, nobody is told",
			         p->checks[i].item.id);
	}
	Map_done(&w.checks);
}

/* ---- L41 ---- */

/* Whether a message to this person can leave by the channel or what it falls back on. */
static bool carries(const Channel *c, const Contact *who)
{
	for (size_t deep = 0; c && deep < CHANNELS_COUNTED; c = c->fallback, deep++) {
		if (c->type == CHANNEL_EMAIL ? who->email != NULL
		    : c->type == CHANNEL_SMS ? who->phone != NULL
		                             : c->type != CHANNEL_IMPORT)
			return true;
	}
	return false;
}

static bool carried(const Plan *p, Texts via, const Contact *who)
{
	for (size_t i = 0; i < via.n; i++) {
		if (carries(plan_channel(p, via.at[i]), who))
			return true;
	}
	return who->via.n > 0 || !lint_has_address(who);
}

static void step_reaches(Loader *l, const Escalation *e, size_t step)
{
	const EscalationStep *s = &e->steps[step];
	Crowd c = { .plan = l->plan };
	const Node *steps = node_get(lint_node(l, SECTION_ESCALATIONS, &e->item), "steps");
	LintSpot spot = { .section = SECTION_ESCALATIONS, .item = &e->item };

	if (steps && steps->kind == NODE_LIST && step < steps->n)
		spot.node = steps->items[step];
	lint_crowd_names(&c, s->to);
	for (size_t i = 0; s->via.n && i < c.people.n; i++) {
		const Contact *who = c.people.at[i];

		if (carried(l->plan, s->via, who))
			continue;
		spot.related = lint_see(l, SECTION_CONTACTS, &who->item, NULL);
		lint_say(l, &spot, F_L41,
		         "step %zu tells '%s' by '%s', and the plan gives them no %s", step + 1,
		         who->item.id, s->via.at[0], who->phone ? "e-mail address" : "telephone");
	}
	list_free(&c.people);
}

/* ---- L41: the first message ---- */

/* Recipients are written, though perhaps in variables that are not known here. */
static bool has_recipients(Loader *l, const Channel *c)
{
	const Node *to = node_get(lint_node(l, SECTION_CHANNELS, &c->item), "to");

	return to && (to->kind == NODE_LIST ? to->n > 0 : *to->text && !text_eq(to->text, "unset"));
}

/* Mail and text messages go to somebody; rooms, pages and programs are there. */
static bool goes_nowhere(Loader *l, const char *channel)
{
	const Channel *c = plan_channel(l->plan, channel);

	return c && (c->type == CHANNEL_EMAIL || c->type == CHANNEL_SMS) && !has_recipients(l, c);
}

/* A step that is due at once tells the same people at the same time. */
static bool told_at_once(const Escalation *e)
{
	return e && e->steps_n && e->steps[0].to.n && span_is_zero(e->steps[0].after);
}

static void first_message(Loader *l, SectionId section, const Item *item, Texts route,
                          const Escalation *ladder)
{
	if (route.n == 0 || told_at_once(ladder))
		return;
	for (size_t i = 0; i < route.n; i++) {
		if (!goes_nowhere(l, route.at[i]))
			return;
	}
	lint_say(
	        l,
	        &(LintSpot){ .section = section,
	                     .item = item,
	                     .key = "route",
	                     .related = lint_see(l, SECTION_CHANNELS,
	                                         &plan_channel(l->plan, route.at[0])->item, NULL) },
	        F_L41,
	        "the first message of '%s' goes nowhere: '%s' has no recipients of its own (to), "
	        "and no step names people at once",
	        item->id, route.at[0]);
}

void lint_reach(Loader *l)
{
	const Plan *p = l->plan;

	worst_class(l);
	unheard(l);
	for (size_t i = 0; i < p->classes_n; i++)
		first_message(l, SECTION_CLASSES, &p->classes[i].item, p->classes[i].route,
		              p->classes[i].escalation);
	for (size_t i = 0; i < p->levels_n; i++)
		first_message(l, SECTION_LEVELS, &p->levels[i].item, p->levels[i].route,
		              p->levels[i].escalation ? p->levels[i].escalation
		              : p->levels[i].class_   ? p->levels[i].class_->escalation
		                                      : NULL);
	for (size_t i = 0; i < p->escalations_n && i < CLASSES_LOOKED_AT; i++) {
		for (size_t j = 0; j < p->escalations[i].steps_n; j++)
			step_reaches(l, &p->escalations[i], j);
	}
}
