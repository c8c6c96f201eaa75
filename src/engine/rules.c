/* Alerts: what a rule may know, which rules a new fact concerns, and stepping
 * those that are concerned or due. A rule whose facts did not change costs nothing. */
#include "engine/engine_private.h"

#include <math.h>

typedef LIST(AlertBox *) Interest;

AlertBox *rules_box(const Engine *e, const char *rule) { return map_get(&e->alerts, rule); }

/* ---- facts ---- */

SeriesStat rules_stat(Stat stat, SeriesStat unspecified)
{
	switch (stat) {
	case STAT_MEAN: return SERIES_MEAN;
	case STAT_P50: return SERIES_P50;
	case STAT_P95: return SERIES_P95;
	case STAT_P99: return SERIES_P99;
	case STAT_MAX: return SERIES_MAX;
	case STAT_MIN: return SERIES_MIN;
	case STAT_SUM: return SERIES_SUM;
	case STAT_RATE: return SERIES_RATE;
	case STAT_COUNT: return SERIES_COUNT;
	case STAT_LAST: return SERIES_LAST;
	case STAT_UNSPECIFIED: return unspecified;
	}
	return unspecified;
}

/* How old a last value may be and still speak: three of its intervals, at least 5 min. */
static Duration fresh_for(const Engine *e, const char *series)
{
	char name[48], scope[64];
	Duration limit = minutes(5);
	const Check *c = NULL;
	const Metric *m;

	if (series_name_split(series, name, scope) && scope[0])
		c = plan_check(e->plan, scope);
	m = plan_metric(e->plan, name);
	if (c && check_every(c).us * 3 > limit.us)
		limit = (Duration){ check_every(c).us * 3 };
	if (m && metric_every(m).us * 3 > limit.us)
		limit = (Duration){ metric_every(m).us * 3 };
	return limit;
}

static bool is_fresh(const Engine *e, const char *series, Instant at)
{
	return between(at, e->now).us <= fresh_for(e, series).us;
}

static bool figure_of(const Engine *e, const char *series, const Condition *c, double *ret)
{
	SeriesFigure figure;
	Instant at;

	if (span_is_zero(c->over) && (c->stat == STAT_UNSPECIFIED || c->stat == STAT_LAST))
		return series_last(e->series, series, &at, ret) && is_fresh(e, series, at);
	/* A statistic without a window: five minutes are ours, and lint asks (L19). */
	if (!series_stat(e->series, series, rules_stat(c->stat, SERIES_LAST),
	                 after(e->now, (Duration){ -(span_is_zero(c->over) ? minutes(5)
	                                                                   : span_estimate(c->over))
	                                                    .us }),
	                 after(e->now, duration_us(1)), &figure))
		return false;
	*ret = figure.value;
	return true;
}

/* ---- which series a condition means ---- */

typedef LIST(uint32_t) Numbers; /* of series */

static void names_free(SeriesNames *names)
{
	MapEntry *entry;

	for (size_t i = 0; names && map_next(&names->by_name, &i, &entry);) {
		list_free((Numbers *)entry->value);
		mem_free(entry->value);
	}
	if (names)
		Map_done(&names->by_name);
	mem_free(names);
}

static const Numbers *numbers_of(const Engine *e, const char *subject)
{
	SeriesNames *names = e->series_names;

	for (size_t n = series_count(e->series); names->known < n; names->known++) {
		char name[48], scope[64];
		Numbers *list;

		if (!series_name_split(series_at(e->series, names->known), name, scope))
			continue;
		list = map_get(&names->by_name, name);
		if (!list) {
			list = NEW(Numbers);
			map_put(&names->by_name, name, list);
		}
		list_add(list, (uint32_t)names->known);
	}
	return map_get(&names->by_name, subject);
}

/* Those that a condition means besides the one of exactly its name, which is all that one with
 * a scope can mean; NULL past the end. */
static const char *series_meant(const Engine *e, const Condition *c, size_t *at)
{
	const Numbers *list = text_is_empty(c->scope) ? numbers_of(e, c->subject) : NULL;

	return list && *at < list->n ? series_at(e->series, list->at[(*at)++]) : NULL;
}

static bool is_worse(Op op, double a, double b)
{
	return op == OP_LT || op == OP_LE ? a < b : a > b;
}

/* The condition's statistic: of the series of exactly that name, else the worst of
 * all series name{…} it means. */
static bool metric(void *ctx, const Condition *c, Instant now, double *ret_value)
{
	const Engine *e = ctx;
	char exact[SERIES_NAME_TEXT];
	const char *name;
	bool found = false;
	double value;

	(void)now;
	if (text_eq(c->subject, "availability"))
		return view_availability(e, c->scope, c->over, ret_value);
	if (series_name(exact, c->subject, c->scope) && figure_of(e, exact, c, ret_value))
		return true;
	for (size_t i = 0; (name = series_meant(e, c, &i));) {
		if (!figure_of(e, name, c, &value))
			continue;
		if (!found || is_worse(c->op, value, *ret_value))
			*ret_value = value;
		found = true;
	}
	return found;
}

static AlertCheckState check_state(void *ctx, const char *check_id)
{
	const Watch *w = watch_of(ctx, check_id);

	if (!w)
		return ALERT_CHECK_UNKNOWN;
	switch ((CheckState)w->status.state) {
	case CHECK_UNKNOWN: return ALERT_CHECK_UNKNOWN;
	case CHECK_UP: return ALERT_CHECK_UP;
	case CHECK_DEGRADED: return ALERT_CHECK_DEGRADED;
	case CHECK_DOWN: return ALERT_CHECK_DOWN;
	}
	return ALERT_CHECK_UNKNOWN;
}

static bool declared(void *ctx, const char *text)
{
	const Engine *e = ctx;

	return map_get(&e->declared, text) != NULL;
}

Judgement rules_judge(Engine *e, const Condition *c, double *ret_value)
{
	AlertFacts facts = { e, metric, check_state, NULL, declared };

	return alert_judge_condition(c, &facts, e->now, ret_value);
}

/* ---- what holds an alert back ---- */

static bool is_failing(const Engine *e, const char *id)
{
	const Watch *w = watch_of(e, id);
	const AlertBox *box = rules_box(e, id);

	return (w && w->status.state == CHECK_DOWN) || (box && alert_is_active(&box->alert));
}

/* The first failing dependency of the rule or of its check: "check:router". */
static const char *held_by(const Engine *e, const AlertBox *box, const char *check, char out[96])
{
	const Check *c = check[0] ? plan_check(e->plan, check) : NULL;
	const Texts *lists[] = { &box->rule->depends, c ? &c->how->depends : NULL };

	for (size_t l = 0; l < COUNT_OF(lists); l++) {
		for (size_t i = 0; lists[l] && i < lists[l]->n; i++) {
			if (is_failing(e, lists[l]->at[i])) {
				(void)snprintf(out, 96, "check:%s", lists[l]->at[i]);
				return out;
			}
		}
	}
	return "";
}

/* Not answered for since Carène is there: we are late, which is no news of the target. */
static bool is_awaited(const Engine *e, const char *check)
{
	const Watch *w = watch_of(e, check);

	return w && w->check && check_is_probed(w->check) && w->status.state == CHECK_UNKNOWN &&
	       earlier(w->status.last_at, e->listens_from);
}

/* Nothing is known, for a reason that is: the figure's check is down, or its turn has not
 * come yet. */
static bool is_explained(const Engine *e, const Rule *r)
{
	const Watch *w = r->when.kind == CONDITION_METRIC ? watch_of(e, r->when.scope) : NULL;
	bool awaited = r->when.kind == CONDITION_CHECK && is_awaited(e, r->when.scope);

	for (size_t i = 0; i < r->of.n && !awaited; i++)
		awaited = is_awaited(e, r->of.at[i]);
	return awaited || (w && w->status.state == CHECK_DOWN);
}

/* The newest figure of all that a condition means; false: none in the hours that are kept
 * one by one. */
static bool newest_figure(const Engine *e, const Condition *c, Instant *ret_at)
{
	char exact[SERIES_NAME_TEXT];
	const char *name;
	Instant at;
	double value;
	bool found = series_name(exact, c->subject, c->scope) &&
	             series_last(e->series, exact, ret_at, &value);

	for (size_t i = 0; (name = series_meant(e, c, &i));) {
		if (!series_last(e->series, name, &at, &value))
			continue;
		*ret_at = found ? latest(*ret_at, at) : at;
		found = true;
	}
	return found;
}

/* The newest figure of a metric that somebody sends or that is collected: nothing else
 * steps its rules when it stops coming. */
static void note_age(const Engine *e, AlertBox *box, AlertInput *in)
{
	const Condition *c = &box->rule->when;
	bool last = span_is_zero(c->over) && (c->stat == STAT_UNSPECIFIED || c->stat == STAT_LAST);
	Duration speaks = last                    ? fresh_for(e, c->subject)
	                  : span_is_zero(c->over) ? minutes(5)
	                                          : span_estimate(c->over);
	Instant heard = LONG_AGO;

	box->stale_at = NEVER;
	if (box->rule->of.n || c->kind != CONDITION_METRIC || !plan_metric(e->plan, c->subject))
		return;
	if (!newest_figure(e, c, &heard) || !is_set(heard))
		return;
	box->stale_at = after(heard, duration_us(speaks.us + 1));
	if (!earlier(e->now, box->stale_at))
		box->stale_at = NEVER; /* it is: said once */
	/* While Carène was not there nobody could be heard. */
	in->heard_at = earlier(heard, e->listens_from) ? e->listens_from : heard;
}

bool rules_watched(const Engine *e, const Rule *r)
{
	const Metric *m;
	Instant at;

	if (r->of.n)
		return true;
	if (r->when.kind == CONDITION_STATE)
		return false;
	m = r->when.kind == CONDITION_METRIC ? plan_metric(e->plan, r->when.subject) : NULL;
	/* Whatever the plan says of its source: once figures came, their absence is news. */
	return !m || (m->source && !metric_source_is_later(m)) || newest_figure(e, &r->when, &at);
}

static void finish_step(Engine *e, AlertBox *box, const AlertInput *in)
{
	AlertChange change = { 0 };
	Effects fx = { 0 };

	alert_step(&box->alert, box->rule, in, e->now, &fx, &change);
	case_alert(e, box, &change);
	if (change.saved)
		batch_put(e->batch, &alert_record, &box->alert);
	if (change.kind != ALERT_NOTHING)
		view_touch(e);
	engine_apply(e, &fx);
}

static void step_box(Engine *e, AlertBox *box)
{
	AlertFacts facts = { e, metric, check_state, NULL, declared };
	AlertInput in = { .plan = e->plan, .reach = roster_names, .reach_ctx = e->plan };
	char service[64], env[32], check[64], window[96], silence[64], held[96];
	const WindowOccurrence *w;
	const Silence *s;
	const Class *class_ = alert_class(box->rule);

	in.judged = alert_judge(box->rule, &facts, e->now, &in.value);
	in.explained = is_explained(e, box->rule);
	note_age(e, box, &in);
	if (in.judged != JUDGED_TRUE && box->alert.state == ALERT_NONE) {
		/* Nothing was and nothing is: what would hold it back does not matter. */
		finish_step(e, box, &in);
		return;
	}
	alert_owner(e->plan, box->rule, service, env, check);
	w = windows_holding(e, service, env);
	(void)snprintf(window, sizeof window, "window:%.80s", w ? w->id : "");
	in.quiet_by = w ? window : "";
	s = silence_holding(e, &(SilenceTarget){ box->rule->item.id, service,
	                                         box->rule->level ? box->rule->level->item.id : "",
	                                         check, env, class_ ? class_->item.id : "" });
	(void)snprintf(silence, sizeof silence, "silence:%s", s ? s->id : "");
	in.silenced_by = s ? silence : "";
	in.held_by = held_by(e, box, check, held);
	finish_step(e, box, &in);
}

void rules_schedule(Engine *e, AlertBox *box)
{
	case_count(e, box);
	due_set(&e->rule_heap, &box->node,
	        box->rule ? earliest(alert_due(&box->alert), box->stale_at) : NEVER);
}

static void mark(Engine *e, AlertBox *box)
{
	if (!box->dirty)
		list_add(&e->dirty_rules, box);
	box->dirty = true;
}

/* The order of the plan, so that what two rules do at once is told in that order. */
static int by_rank(const void *a, const void *b)
{
	uint32_t x = due_rank(&(*(AlertBox *const *)a)->node);
	uint32_t y = due_rank(&(*(AlertBox *const *)b)->node);

	return (x > y) - (x < y);
}

static void step_one(Engine *e, AlertBox *box)
{
	box->dirty = false;
	if (!box->rule || !rules_watched(e, box->rule))
		return;
	step_box(e, box);
	if (is_due(alert_due(&box->alert), e->now)) /* its due time cannot be served again now */
		box->alert.due = after(e->now, seconds(1));
	rules_schedule(e, box);
}

void rules_step(Engine *e)
{
	LIST(AlertBox *) now = { 0 };
	DueNode *node;
	size_t done = 0;

	while ((node = due_take(&e->rule_heap, e->now)))
		mark(e, CONTAINER_OF(node, AlertBox, node));
	if (!e->dirty_rules.n)
		return;
	/* What a step touches in its turn comes with the next one, at once. */
	now.at = e->dirty_rules.at;
	now.n = e->dirty_rules.n;
	memset(&e->dirty_rules, 0, sizeof e->dirty_rules);
	list_sort(&now, by_rank);
	while (done < now.n && (done % 16 || !turn_is_long(e)))
		step_one(e, now.at[done++]);
	if (done == now.n && !e->dirty_rules.n) {
		e->dirty_rules.at = now.at; /* its room serves again */
		e->dirty_rules.cap = now.n;
		return;
	}
	for (; done < now.n; done++) /* marked still */
		list_add(&e->dirty_rules, now.at[done]);
	list_free(&now);
}

Instant rules_next(const Engine *e) { return e->dirty_rules.n ? e->now : due_next(&e->rule_heap); }

/* ---- interests ---- */

static void interest(Engine *e, const char *key, AlertBox *box)
{
	Interest *list = map_get(&e->rules_of, key);

	if (!list) {
		list = NEW(Interest);
		map_put(&e->rules_of, key, list);
	}
	/* Rule after rule is looked at: if it is there, it came last. */
	if (!list->n || list->at[list->n - 1] != box)
		list_add(list, box);
}

static void interest_check(Engine *e, const char *check, AlertBox *box)
{
	AUTO_FREE char *key = mem_printf("check:%s", check);

	interest(e, key, box);
}

static void touch(Engine *e, const char *key)
{
	Interest *list = map_get(&e->rules_of, key);

	for (size_t i = 0; list && i < list->n; i++)
		mark(e, list->at[i]);
}

void rules_touch_check(Engine *e, const char *check)
{
	char key[96];

	(void)snprintf(key, sizeof key, "check:%.80s", check);
	touch(e, key);
}

/* Only the rules that mean this very series, by its whole name, or all of its kind: one about
 * another check's latency must not notice at these hours that its own is missing (a rehearsal
 * does not play them), and is not even looked at. */
void rules_touch_series(Engine *e, const char *series)
{
	char name[48], scope[64];

	touch(e, series);
	if (series_name_split(series, name, scope) && scope[0])
		touch(e, name);
}

bool rules_hear_check(const Engine *e, const char *check)
{
	char key[96];

	(void)snprintf(key, sizeof key, "check:%.80s", check);
	return map_get(&e->rules_of, key) != NULL;
}

/* Whether rules_touch_series() would find anybody. */
bool rules_hear_series(const Engine *e, const char *series)
{
	char name[48], scope[64];

	if (map_get(&e->rules_of, series))
		return true;
	return series_name_split(series, name, scope) && scope[0] && map_get(&e->rules_of, name);
}

void rules_touch_all(Engine *e)
{
	MapEntry *entry;

	windows_touch(e);
	for (size_t i = 0; map_next(&e->alerts, &i, &entry);)
		mark(e, entry->value);
}

static void find_interests(Engine *e, AlertBox *box)
{
	const Rule *r = box->rule;
	char service[64], env[32], check[64], series[SERIES_NAME_TEXT];
	const Check *c;

	alert_owner(e->plan, r, service, env, check);
	if (r->when.kind == CONDITION_CHECK)
		interest_check(e, r->when.scope, box);
	if (r->when.kind == CONDITION_METRIC && series_name(series, r->when.subject, r->when.scope))
		interest(e, series, box);
	if (r->when.kind == CONDITION_METRIC && plan_check(e->plan, r->when.scope))
		interest_check(e, r->when.scope, box); /* an answer without the figure, too */
	for (size_t i = 0; i < r->of.n; i++)
		interest_check(e, r->of.at[i], box);
	for (size_t i = 0; i < r->depends.n; i++)
		interest_check(e, r->depends.at[i], box);
	c = check[0] ? plan_check(e->plan, check) : NULL;
	for (size_t i = 0; c && i < c->how->depends.n; i++)
		interest_check(e, c->how->depends.at[i], box);
	if (text_eq(r->when.subject, "availability")) {
		for (size_t i = 0; i < e->plan->checks_n; i++)
			interest_check(e, e->plan->checks[i].item.id, box);
	}
}

static void free_interests(Engine *e)
{
	MapEntry *entry;

	for (size_t i = 0; map_next(&e->rules_of, &i, &entry);) {
		Interest *list = entry->value;

		list_free(list);
		mem_free(list);
	}
	Map_done(&e->rules_of);
}

static void retire(Engine *e, AlertBox *box)
{
	AlertChange change = { .kind = ALERT_WENT_RESOLVED, .saved = true };
	Effects fx = { 0 };

	if (alert_retire(&box->alert, e->now, &fx)) {
		case_alert(e, box, &change);
		batch_put(e->batch, &alert_record, &box->alert);
	}
	rules_schedule(e, box);
	engine_apply(e, &fx);
}

/* The longest stretch of the past that any rule's condition is about. */
static void look_back(Engine *e, const Rule *r)
{
	Duration d = span_estimate(r->when.over);

	if (span_is_zero(r->when.over)) /* ours where the plan is silent: see metric() */
		d = minutes(5);
	if (r->when.kind == CONDITION_METRIC && d.us > e->looks_back.us)
		e->looks_back = d;
}

void rules_sync(Engine *e)
{
	MapEntry *entry;

	free_interests(e);
	e->rules_made++;
	e->looks_back = minutes(5);
	for (size_t i = 0; map_next(&e->alerts, &i, &entry);)
		case_count(e, entry->value); /* from the store: all, before the first is stepped */
	for (size_t i = 0; map_next(&e->alerts, &i, &entry);) {
		AlertBox *box = entry->value;

		box->rule = plan_rule(e->plan, entry->key);
		if (!box->rule)
			retire(e, box);
	}
	for (size_t i = 0; i < e->plan->rules_n; i++) {
		const Rule *r = &e->plan->rules[i];
		AlertBox *box = rules_box(e, r->item.id);

		if (!box) {
			box = NEW(AlertBox);
			box->stale_at = NEVER;
			box->order = e->alerts.n;
			alert_begin(&box->alert, r->item.id);
			map_put(&e->alerts, r->item.id, box);
		}
		box->rule = r;
		due_set(&e->rule_heap, &box->node, NEVER); /* its rank is its place in the plan */
		if (!rules_watched(e, r))
			retire(e, box); /* what an older version said of it is over */
		mark(e, box);
		look_back(e, r);
		find_interests(e, box);
	}
	if (!e->rehearsal) /* the rest is at the store */
		series_keep(e->series, e->looks_back);
}

void rules_free(Engine *e)
{
	MapEntry *entry;

	free_interests(e);
	for (size_t i = 0; map_next(&e->alerts, &i, &entry);) {
		AlertBox *box = entry->value;

		record_done(&alert_record, &box->alert);
		mem_free(box);
	}
	Map_done(&e->alerts);
	names_free(e->series_names);
	due_free(&e->rule_heap);
	list_free(&e->dirty_rules);
}
