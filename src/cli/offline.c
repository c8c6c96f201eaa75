#include "cli/offline.h"

#include "core/text.h"
#include "engine/engine.h"
#include "plan/load.h"
#include "proof/keep.h"
#include "query/query.h"
#include "world/world.h"

#include <time.h>

/* ---- a world in which one can only look at the clock ---- */

static Instant wall(World *w)
{
	struct timespec t;

	(void)w;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (Instant){ (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 };
}

static Duration mono(World *w)
{
	(void)w;
	return (Duration){ 0 };
}

static void no_timer(World *w, TimerOp *op, Duration delay)
{
	(void)w;
	(void)op;
	(void)delay;
}

static void no_cancel(World *w, TimerOp *op)
{
	(void)w;
	(void)op;
}

static void no_ask(World *w, Ask *ask, const AskSpec *spec)
{
	(void)w;
	(void)ask;
	(void)spec;
}

static void no_ask_cancel(World *w, Ask *ask)
{
	(void)w;
	(void)ask;
}

static bool no_file(World *w, const char *path, const void *p, size_t n, Err *err)
{
	(void)w;
	(void)p;
	(void)n;
	return err_set(err, ERR_FORBIDDEN, "'%s' is not written: nothing runs here", path);
}

static uint64_t no_random(World *w)
{
	(void)w;
	return 0;
}

static World still_world(void)
{
	return (World){ .now = wall,
		        .mono = mono,
		        .timer = no_timer,
		        .timer_cancel = no_cancel,
		        .ask = no_ask,
		        .ask_cancel = no_ask_cancel,
		        .put_file = no_file,
		        .random = no_random };
}

/* ---- plans as they were loaded ---- */

typedef struct LastText {
	char epoch[16];
	char *text;
	bool (*each)(void *ctx, const char *epoch, const char *text);
	void *ctx;
} LastText;

/* In the order of epochs: each text is whole, or made of the one before. */
static bool next_text(void *ctx, void *record)
{
	LastText *last = ctx;
	const PlanText *t = record;
	bool follows = !t->base[0] || text_eq(t->base, last->epoch);
	char *text = follows ? plan_text_join(t, last->text) : NULL;

	mem_free(last->text);
	last->text = text;
	text_copy(last->epoch, sizeof last->epoch, t->id);
	return last->each(last->ctx, last->epoch, text);
}

bool offline_plans(Store *s, bool (*each)(void *ctx, const char *epoch, const char *text),
                   void *ctx, Err *err)
{
	LastText last = { .each = each, .ctx = ctx };
	bool read = store_each(s, &plan_text_record, next_text, &last, err);

	mem_free(last.text);
	return read;
}

static bool keep_last(void *ctx, const char *epoch, const char *text)
{
	char **last = ctx;

	(void)epoch;
	mem_free(*last);
	*last = text ? mem_text(text) : NULL;
	return true;
}

static const char *no_env(void *ctx, Arena *a, const char *name)
{
	(void)ctx;
	(void)a;
	(void)name;
	return NULL;
}

static const char *no_secret_file(void *ctx, Arena *a, const char *path, Err *err)
{
	(void)ctx;
	(void)a;
	err_set(err, ERR_NOT_FOUND, "'%s' is not looked at", path);
	return NULL;
}

static Plan *load_last(Store *s, Err *err)
{
	PlanSource source = { .env = no_env, .file = no_secret_file, .no_secrets = true };
	Findings found = { .arena = arena_new("findings", 64 << 20) };
	AUTO_FREE char *text = NULL;
	Plan *p = NULL;

	if (!offline_plans(s, keep_last, &text, err))
		err_wrap(err, "read the last plan");
	else if (!text)
		err_set(err, ERR_NOT_FOUND, "no plan was ever loaded here");
	else if (!(p = plan_load("(last loaded plan)", text, strlen(text), &source, &found)))
		err_set(err, ERR_CONFIG, "the plan last loaded is not understood any more: %s",
		        found.n ? found.at[0].message : "");
	arena_free(found.arena);
	return p;
}

bool offline_store(const char *data, Store **ret, Err *err)
{
	AUTO_FREE char *path = mem_printf("%s/carene.db", data);

	return store_open(&(StoreOptions){ .path = path, .read_only = true }, ret, err);
}

/* What the daemon does on a thread of its own. */
static bool answer_query(Engine *e, Store *s, const char *args, Buf *out, Err *err)
{
	Query *q = engine_query(e, args, err);
	SampleSource source = store_source(s);
	Emit j = emit_to(out);
	bool ok;

	emit_object(&j, NULL);
	ok = q && query_run(q, &source, &j, err);
	emit_object_end(&j);
	query_free(q);
	return ok;
}

static bool ask(Engine *e, Store *s, const char *command, const json_t *args, json_t **ret,
                Err *err)
{
	AUTO(Buf) out = { .max = 256 << 20 };
	char *text = json_dumps(args, JSON_COMPACT);
	bool ok = text_eq(command, "query")
	                  ? answer_query(e, s, text, &out, err)
	                  : engine_command(e, command, text,
	                                   &(EngineCaller){ "offline", ROLE_VIEWER }, &out, err);

	mem_free(text);
	if (ok)
		*ret = json_loadb(out.p, out.n, 0, NULL);
	return ok && (*ret || err_set(err, ERR_BAD_INPUT, "the answer is not JSON"));
}

bool offline_call(const char *data, const char *command, const json_t *args, json_t **ret, Err *err)
{
	World world = still_world();
	EngineOptions o = { .world = &world, .data = data, .read_only = true };
	Engine *e;
	bool ok;

	if (!offline_store(data, &o.store, err))
		return false;
	o.plan = load_last(o.store, err);
	e = o.plan ? engine_new(&o, err) : NULL;
	ok = e && ask(e, o.store, command, args, ret, err);
	engine_free(e);
	store_close(o.store);
	return ok;
}
