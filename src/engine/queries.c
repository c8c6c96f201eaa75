/* Questions about the past: what memory knows of their subjects is copied here; the figures
 * are made elsewhere (query/query.h). */
#include "engine/command_private.h"
#include "home/source.h"
#include "query/query.h"

static const char *why(const void *ctx) { return home_source_why(ctx); }
static void free_home(void *ctx) { home_source_free(ctx); }

/* NULL with *err set: the plan has no second home. */
static HomeSource *ask_home(Engine *e, Query *q, Err *err)
{
	const Storage *s = home_storage(e->plan);
	SampleSource source;
	HomeSource *h;

	if (!s) {
		err_set(err, ERR_BAD_INPUT, "the plan has no second home of samples");
		err_hint(err, "a storage of type victoriametrics is one");
		return NULL;
	}
	h = home_source_new(s->url, s->secret);
	source = home_source(h);
	query_elsewhere(q, &source, why, free_home);
	return h;
}

static void add_series(Engine *e, Query *q, HomeSource *home)
{
	for (size_t i = 0; i < series_count(e->series); i++) {
		const char *name = series_at(e->series, i);

		if (!query_wants_series(q, name))
			continue;
		if (!query_add_series(q, name, series_view(e->series, name)))
			return;
		if (home)
			home_source_name(home, (uint32_t)i + 1, name);
	}
}

static void add_entities(Engine *e, Query *q)
{
	const char *entity;

	for (size_t i = 0; query_wants_entities(q) && (entity = ledger_next(e->ledger, &i));) {
		size_t n;
		const Interval *at;

		if (!query_wants_entity(q, entity))
			continue;
		at = ledger_intervals(e->ledger, entity, &n);
		if (!query_add_entity(q, entity, at, n))
			return;
	}
}

Query *engine_query(Engine *e, const char *text, Err *err)
{
	json_error_t why;
	json_t *args = json_loads(text ? text : "{}", JSON_REJECT_DUPLICATES, &why);
	HomeSource *home = NULL;
	Query *q = NULL;

	e->now = world_now(e->world);
	if (json_is_object(args))
		q = query_read(args, e->plan->head.timezone, e->now, err);
	else
		err_set(err, ERR_BAD_INPUT, "arguments are not a JSON object: %s", why.text);
	json_decref(args);
	if (q && query_is_elsewhere(q) && !(home = ask_home(e, q, err))) {
		query_free(q);
		q = NULL;
	}
	if (!q)
		return NULL;
	steady_catch_up(e);
	add_series(e, q, home);
	add_entities(e, q);
	return q;
}
