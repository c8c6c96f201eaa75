/* Samples on their way to a second home, through crashes, trouble and days of silence: what was
 * committed arrives, once where nothing broke. */
#include "harness.h"

#include "core/alloc.h"
#include "core/map.h"
#include "core/text.h"
#include "engine/engine.h"
#include "home/home.h"
#include "plan/load.h"
#include "sim/sim.h"

#include <stdio.h>
#include <string.h>

static const char plan_text[] =
        "{\"plan\":{\"id\":\"h\",\"title\":\"H\",\"product\":\"H\",\"version\":\"1\","
        "\"timezone\":\"Europe/Paris\",\"language\":\"en\",\"owner\":\"ops\"},"
        "\"services\":{\"web\":{\"environments\":{\"production\":{\"url\":\"http://s.test\"}}}},"
        "\"roles\":{\"ops\":{\"kind\":\"human\"}},"
        "\"contacts\":{\"ana\":{\"role\":\"ops\",\"name\":\"Ana\",\"email\":\"ana@h.test\","
        "\"hours\":\"always\"}},"
        "\"channels\":{\"mail\":{\"type\":\"email\",\"secret\":\"${env:SMTP_URL}\","
        "\"from\":\"carene@h.test\"}},"
        "\"storage\":{\"vm\":{\"type\":\"victoriametrics\",\"url\":\"http://vm.test:8428/\"}},"
        "\"checks\":{\"a\":{\"type\":\"http\",\"service\":\"web\",\"env\":\"production\","
        "\"every\":\"10s\",\"target\":\"http://s.test/a\"},"
        "\"b\":{\"type\":\"http\",\"service\":\"web\",\"env\":\"production\","
        "\"every\":\"7s\",\"target\":\"http://s.test/b\"}}}\n";

typedef struct Play {
	Sim *sim;
	Store *store;
	Engine *engine;
	Map arrived; /* "series ms value" → how often, of requests that were answered well */
	Map last;    /* of the newest request */
	size_t n, repeated, strays, requests;
	unsigned commits, crash_at; /* 0: never */
	bool crashed;
	unsigned begun, over;
	char over_text[2000];
} Play;

static const char *smtp(void *ctx, Arena *a, const char *name)
{
	(void)ctx, (void)name;
	return arena_text(a, "smtp://mail.test:25");
}

static void arrive(void *arg, const char *series, Instant at, double value)
{
	Play *p = arg;
	AUTO_FREE char *id = mem_printf("%s %lld %.17g", series, (long long)at.us / 1000, value);

	p->n++;
	if (map_get(&p->arrived, id)) {
		p->repeated++;
		p->strays += map_get(&p->last, id) == NULL;
	}
	map_put(&p->arrived, id, p);
}

static void remember(void *arg, const char *series, Instant at, double value)
{
	Play *p = arg;
	AUTO_FREE char *id = mem_printf("%s %lld %.17g", series, (long long)at.us / 1000, value);

	map_put(&p->last, id, p);
}

static void on_mail(Play *p, const MailAsk *m)
{
	AUTO_FREE char *text = mem_text(m->message);

	p->begun += strstr(text, "does not take them") != NULL;
	if (strstr(text, "takes them again")) {
		p->over++;
		text_copy(p->over_text, sizeof p->over_text, text);
	}
}

static void on_call(void *ctx, const SimCall *c)
{
	Play *p = ctx;
	Err err = { 0 };

	if (c->spec->kind == ASK_MAIL)
		on_mail(p, &c->spec->mail);
	if (c->spec->kind != ASK_HTTP || !text_starts(c->target, "http://vm.test"))
		return;
	EXPECT_TEXT(c->target, "http://vm.test:8428/api/v1/import");
	EXPECT_TEXT(c->spec->http.method, "POST");
	p->requests++;
	if (c->answer->fail != FAIL_NONE || (c->answer->status && c->answer->status / 100 != 2))
		return;
	EXPECT(home_read(c->spec->http.body, c->spec->http.body_n, arrive, p, &err));
	Map_done(&p->last);
	EXPECT(home_read(c->spec->http.body, c->spec->http.body_n, remember, p, &err));
}

static bool committed(void *ctx)
{
	Play *p = ctx;

	p->commits++;
	p->crashed = p->crash_at && p->commits == p->crash_at;
	return !p->crashed;
}

static void start(Play *p)
{
	PlanSource source = { .env = smtp };
	Findings f = { .arena = arena_new("findings", 1 << 20) };
	Plan *plan = plan_load("h.yaml", plan_text, strlen(plan_text), &source, &f);
	Err err = { 0 };

	EXPECT_TEXT(plan ? "" : f.n ? f.at[0].message : "not read", "");
	arena_free(f.arena);
	p->engine = engine_new(&(EngineOptions){ .world = sim_world(p->sim),
	                                         .store = p->store,
	                                         .plan = plan,
	                                         .data = "/data",
	                                         .committed = committed,
	                                         .gathers = true,
	                                         .ctx = p },
	                       &err);
	EXPECT_TEXT(err.message, "");
	engine_start(p->engine);
}

static void begin(Play *p)
{
	Err err = { 0 };

	*p = (Play){ .sim = sim_new((Instant){ 1763632800000000 }, 7) };
	sim_watch(p->sim, on_call, p);
	EXPECT(store_open(&(StoreOptions){ .path = ":memory:" }, &p->store, &err));
	start(p);
}

/* Passes the time; an engine that "crashed" is followed by a new one. */
static void pass(Play *p, Duration d)
{
	Instant end = after(world_now(sim_world(p->sim)), d);

	while (earlier(world_now(sim_world(p->sim)), end)) {
		if (!sim_step(p->sim, between(world_now(sim_world(p->sim)), end)))
			sim_pass(p->sim, between(world_now(sim_world(p->sim)), end));
		if (!p->crashed)
			continue;
		p->crashed = false;
		p->crash_at = 0;
		engine_free(p->engine);
		sim_pass(p->sim, milliseconds(1500));
		start(p);
	}
}

static void end(Play *p)
{
	engine_free(p->engine);
	store_close(p->store);
	Map_done(&p->arrived);
	Map_done(&p->last);
	sim_free(p->sim);
}

/* ---- what the store has ---- */

typedef struct Truth {
	Play *p;
	Map ids, names; /* names: number → name */
	const char *series;
	size_t n, missing;
} Truth;

static void compare(Truth *t, const char *series, Instant at, double value)
{
	AUTO_FREE char *id = mem_printf("%s %lld %.17g", series, (long long)at.us / 1000, value);

	if (map_get(&t->ids, id))
		return;
	map_put(&t->ids, id, t);
	t->n++;
	t->missing += map_get(&t->p->arrived, id) == NULL;
}

static bool each_chunk(void *ctx, const void *p, size_t n)
{
	Truth *t = ctx;
	Sample all[CHUNK_MAX];
	size_t count = 0;
	Err err = { 0 };

	EXPECT(chunk_read(p, n, all, &count, &err));
	for (size_t i = 0; i < count; i++)
		compare(t, t->series, all[i].at, all[i].value);
	return true;
}

static bool each_name(void *ctx, uint32_t number, const char *name)
{
	Truth *t = ctx;
	char key[16];

	(void)snprintf(key, sizeof key, "%u", number);
	map_put(&t->names, key, mem_text(name));
	return true;
}

static void each_logged(void *arg, uint32_t number, Instant at, double value)
{
	Truth *t = arg;
	char key[16];

	(void)snprintf(key, sizeof key, "%u", number);
	compare(t, map_get(&t->names, key), at, value);
}

static bool each_entry(void *ctx, uint64_t seq, const void *p, size_t n)
{
	(void)seq;
	EXPECT(series_log_each(p, n, each_logged, ctx));
	return true;
}

/* How many samples the store has; `missing` of them did not arrive. */
static size_t truth(Play *p, size_t *ret_missing)
{
	Truth t = { .p = p };
	Err err = { 0 };
	MapEntry *e;
	size_t bad = 0;

	EXPECT(store_names(p->store, each_name, &t, &err));
	for (uint32_t i = 1; i <= store_series_count(p->store); i++) {
		char key[16];

		(void)snprintf(key, sizeof key, "%u", i);
		t.series = map_get(&t.names, key);
		EXPECT(store_chunks(p->store, i, (Instant){ 0 }, NEVER, each_chunk, &t, &err));
	}
	EXPECT(store_log(p->store, each_entry, &t, &bad, &err));
	EXPECT_INT(bad, 0);
	for (size_t i = 0; map_next(&t.names, &i, &e);)
		mem_free(e->value);
	Map_done(&t.names);
	Map_done(&t.ids);
	*ret_missing = t.missing;
	return t.n;
}

static size_t entries_n;

static bool count_entry(void *ctx, uint64_t seq, const void *p, size_t n)
{
	(void)ctx, (void)seq, (void)p, (void)n;
	entries_n++;
	return true;
}

static size_t logged(Play *p)
{
	size_t bad = 0;
	Err err = { 0 };

	entries_n = 0;
	EXPECT(store_log(p->store, count_entry, NULL, &bad, &err));
	return entries_n;
}

TEST(every_committed_sample_arrives_once_and_the_log_is_not_kept_longer_for_it)
{
	Play p;
	size_t missing = 0, n;

	begin(&p);
	pass(&p, hours(3));
	engine_beat(p.engine);
	pass(&p, seconds(8));
	n = truth(&p, &missing);
	EXPECT(n > 3 * 3600 / 10 * 4);
	EXPECT_INT(p.repeated, 0);
	EXPECT(missing < 30); /* those of the last seconds */
	EXPECT(p.n + 30 > n && p.n <= n + 30);
	EXPECT(logged(&p) < 2 * 3600); /* an hour and a half, and the rest of a page */
	EXPECT_INT(p.begun + p.over, 0);
	end(&p);
}

/* Killed after one commit or another: what was committed arrives, and nothing is repeated but
 * the request whose taking was not noted yet. */
TEST(a_crash_loses_no_committed_sample_and_repeats_one_request_at_most)
{
	for (unsigned at = 2; at < 90; at += 3) {
		Play p;
		size_t missing = 0;

		begin(&p);
		p.crash_at = at;
		pass(&p, minutes(5));
		engine_stop(p.engine); /* commits what there is … */
		engine_free(p.engine);
		start(&p); /* … and the next start sends it */
		pass(&p, milliseconds(900));
		(void)truth(&p, &missing);
		EXPECT(p.crash_at == 0);
		EXPECT(missing <= 12); /* of that last second */
		EXPECT_INT(p.strays, 0);
		end(&p);
	}
}

/* Across a restart the log that is kept for the home only does not come back into memory: the
 * figures are as before, and no chunk is written twice. */
TEST(hours_of_trouble_are_made_up_for_and_told_once)
{
	Play p;
	size_t missing = 0, n;
	SampleHealth before, now;
	Err err = { 0 };

	begin(&p);
	pass(&p, minutes(10));
	sim_answer(p.sim, "http://vm.test*", &(SimAnswer){ .status = 503 });
	pass(&p, hours(5));
	EXPECT_INT(p.begun, 1);
	EXPECT(p.requests < 200 + 5 * 3600 / 300 + 20);
	EXPECT(logged(&p) > 4 * 1000);
	engine_stop(p.engine);
	EXPECT(store_check_samples(p.store, &before, &err));
	engine_free(p.engine);
	start(&p);
	engine_beat(p.engine);
	EXPECT(store_check_samples(p.store, &now, &err));
	EXPECT(now.samples <= before.samples + 30);
	sim_answer(p.sim, "http://vm.test*", &(SimAnswer){ .status = 204 });
	pass(&p, minutes(20));
	EXPECT_INT(p.begun, 1);
	EXPECT_INT(p.over, 1); /* also when a restart came between */
	n = truth(&p, &missing);
	EXPECT(n > 5 * 3600 / 10 * 4);
	EXPECT(missing < 30);
	EXPECT_INT(p.repeated, 0);
	EXPECT(logged(&p) < 2 * 3600);
	end(&p);
}

TEST(what_waited_for_more_than_a_day_is_given_up_and_said)
{
	Play p;
	size_t missing = 0, n;

	begin(&p);
	pass(&p, minutes(10));
	sim_answer(p.sim, "http://vm.test*", &(SimAnswer){ .fail = FAIL_CONNECT });
	pass(&p, hours(30));
	sim_answer(p.sim, "http://vm.test*", &(SimAnswer){ .status = 204 });
	pass(&p, hours(1));
	n = truth(&p, &missing);
	EXPECT_INT(p.begun, 1);
	EXPECT_INT(p.over, 1);
	EXPECT_HAS(p.over_text, "were not sent there");
	EXPECT_HAS(p.over_text, "2025-11-20T10:");
	EXPECT_INT(p.repeated, 0);
	EXPECT(missing > n / 10 && missing < n / 3); /* six hours of 31 */
	end(&p);
}
