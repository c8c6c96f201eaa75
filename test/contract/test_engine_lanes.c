/* The engine on lanes: what it decides from results that come from other threads, through
 * changes of mind of the plan and of the server, and a stop with probes in flight. The same
 * with the direct prober, so that a difference would be the lanes'. */
#include "core/text.h"
#include "engine/engine.h"
#include "harness.h"
#include "hostile/crowd.h"
#include "lane/lane.h"
#include "plan/load.h"

enum { CHECKS = 120, HOSTS = 30, WAYS = 3 };
static const unsigned lanes_of_way[WAYS] = { 0, 1, 3 };

static const char up[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
static const char bad[] = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

typedef struct House {
	Loop *loop;
	Lanes *lanes;
	Store *store;
	Engine *engine;
	Crowd *crowd;
} House;

/* `first` and on: CHECKS of them, so that two plans share some and differ in others. */
static Plan *make_plan(unsigned first, uint16_t port)
{
	AUTO(Buf) text = { 0 };
	Findings found = { .arena = arena_new("findings", 4 << 20) };
	PlanSource source = { 0 };
	Plan *plan;

	buf_text(&text, "plan: {id: p, title: P, product: P, version: 1, owner: ops, timezone: "
	                "Europe/Paris, language: en}\n"
	                "roles: {ops: {kind: human, label: Ops}}\n"
	                "services: {web: {label: Web, environments: {production: {url: "
	                "\"http://127.0.0.1\"}}}}\n"
	                "checks:\n");
	for (unsigned i = first; i < first + CHECKS; i++)
		buf_printf(&text,
		           "  c%u: {type: http, service: web, env: production, every: 1s, timeout: "
		           "60s, retries: 0, target: \"http://127.0.0.%u:%u/%u\"}\n",
		           i, i % HOSTS + 1, port, i);
	plan = plan_load("p.yaml", buf_str(&text), text.n, &source, &found);
	for (size_t i = 0; i < found.n && !plan; i++)
		test_fail(__FILE__, __LINE__, "%s: %s", found.at[i].code, found.at[i].message);
	arena_free(found.arena);
	return plan;
}

static House *house_new(unsigned way)
{
	House *h = NEW(House);
	Err err = { 0 };
	AUTO_FREE char *dir = mem_text(test_dir());
	AUTO_FREE char *file = mem_printf("%s/carene.db", dir);
	Plan *plan;

	h->crowd = crowd_start(up);
	plan = make_plan(0, h->crowd->port);
	h->loop = loop_new(NULL, &err);
	if (lanes_of_way[way]) {
		LanesOptions o = { .loop = h->loop, .lanes = lanes_of_way[way] };

		h->lanes = lanes_new(&o, plan, &err);
	}
	EXPECT(store_open(&(StoreOptions){ .path = file }, &h->store, &err));
	h->engine = engine_new(&(EngineOptions){ .world = loop_world(h->loop),
	                                         .prober = h->lanes ? lanes_prober(h->lanes) : NULL,
	                                         .store = h->store,
	                                         .plan = plan,
	                                         .data = dir },
	                       &err);
	EXPECT_TEXT(err.message, "");
	engine_start(h->engine);
	return h;
}

static void house_free(House *h)
{
	engine_stop(h->engine);
	engine_free(h->engine);
	lanes_free(h->lanes);
	loop_free(h->loop);
	store_close(h->store);
	crowd_stop(h->crowd);
	mem_free(h);
}

/* How many of the plan's checks have this value. */
static unsigned count(House *h, const char *metric, int value)
{
	AUTO(Buf) text = { 0 };
	AUTO_FREE char *begin = mem_printf("\n%s{", metric);
	AUTO_FREE char *end = mem_printf("} %d", value);
	unsigned n = 0;

	engine_openmetrics(h->engine, true, &text);
	for (const char *at = buf_str(&text); (at = strstr(at, begin)); at++)
		n += strncmp(strchr(at + 1, '}'), end, strlen(end)) == 0;
	return n;
}

/* Turns the loop until all checks are so; a lost result would be waited for for ever, which
 * the test's timeout ends. */
static void until(House *h, const char *metric, int value)
{
	while (count(h, metric, value) < CHECKS)
		loop_turn(h->loop, milliseconds(200));
}

static double figure(House *h, const char *metric)
{
	AUTO(Buf) text = { 0 };
	AUTO_FREE char *begin = mem_printf("\n%s ", metric);
	const char *at;

	engine_openmetrics(h->engine, true, &text);
	at = strstr(buf_str(&text), begin);
	return at ? strtod(at + strlen(begin), NULL) : -1;
}

TEST(the_engine_sees_the_same_wherever_probes_run)
{
	for (unsigned way = 0; way < WAYS; way++) {
		House *h = house_new(way);

		until(h, "carene_check_up", 1);
		EXPECT_INT(count(h, "carene_check_known", 1), CHECKS);
		EXPECT_REAL(figure(h, "carene_probe_lanes"), lanes_of_way[way], 0);
		h->crowd->answer = bad;
		until(h, "carene_check_up", 0);
		h->crowd->answer = up;
		until(h, "carene_check_up", 1);
		EXPECT(figure(h, "carene_probe_lateness_seconds_count") >= 3 * CHECKS);
		EXPECT(figure(h, "carene_lateness_seconds") >= 0);
		house_free(h);
	}
}

/* Reloaded while everything is in flight, several times before anything is answered: the old
 * plans are let go of, what left is gone, what stayed is measured on. */
TEST(plans_change_while_probes_are_in_flight)
{
	for (unsigned way = 0; way < WAYS; way++) {
		House *h = house_new(way);

		until(h, "carene_check_known", 1);
		h->crowd->hold = true;
		while (figure(h, "carene_probes_in_flight") < CHECKS)
			loop_turn(h->loop, milliseconds(200));
		for (unsigned i = 1; i <= 5; i++) {
			engine_reload(h->engine, make_plan(10 * i, h->crowd->port), "test");
			loop_turn(h->loop, milliseconds(i % 2 ? 0 : 20));
		}
		crowd_release(h->crowd);
		until(h, "carene_check_up", 1);
		EXPECT_TEXT(engine_plan(h->engine)->checks[0].item.id, "c50");
		house_free(h);
	}
}

TEST(it_stops_with_everything_in_flight)
{
	for (unsigned way = 0; way < WAYS; way++) {
		House *h = house_new(way);

		h->crowd->hold = true;
		while (figure(h, "carene_probes_in_flight") < 20)
			loop_turn(h->loop, milliseconds(200));
		engine_reload(h->engine, make_plan(60, h->crowd->port), "test");
		house_free(h);
	}
}

static bool answers;
static bool say_alive(Prober *p)
{
	(void)p;
	return answers;
}

static bool health(House *h, Buf *text)
{
	Emit j = emit_to(text);
	bool good;

	buf_clear(text);
	emit_object(&j, NULL);
	good = engine_health(h->engine, &j);
	emit_object_end(&j);
	return good;
}

TEST(a_lane_that_falls_silent_makes_the_daemon_unhealthy_until_it_answers)
{
	House *h = house_new(1);
	AUTO(Buf) text = { 0 };

	EXPECT(health(h, &text));
	EXPECT_HAS(buf_str(&text), "\"probes\":\"ok\"");
	lanes_prober(h->lanes)->alive = say_alive;
	answers = false;
	engine_beat(h->engine);
	engine_beat(h->engine);
	EXPECT(!health(h, &text));
	EXPECT_HAS(buf_str(&text), "\"probes\":\"a probe lane does not answer\"");
	EXPECT_HAS(buf_str(&text), "\"storage\":\"ok\"");
	answers = true;
	engine_beat(h->engine);
	EXPECT(health(h, &text));
	house_free(h);
}
