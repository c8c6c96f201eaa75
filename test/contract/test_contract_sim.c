/* The contract of world/world.h, in the simulated world. */
#include "contract/world_contract.h"

#include "sim/sim.h"

static const AskSpec good = { .kind = ASK_HTTP,
	                      .timeout = { 1000000 },
	                      .http.url = "http://good.test/" };
static const AskSpec refused = { .kind = ASK_HTTP,
	                         .timeout = { 1000000 },
	                         .http.url = "http://refused.test/" };
static const AskSpec silent = { .kind = ASK_HTTP,
	                        .timeout = { 50000 },
	                        .http.url = "http://silent.test/" };
static Sim *sim;

static World *make(void)
{
	sim = sim_new((Instant){ 1795190400000000 }, 1);
	sim_answer(sim, "http://refused.test/*", &(SimAnswer){ .fail = FAIL_CONNECT });
	sim_answer(sim, "http://silent.test/*",
	           &(SimAnswer){ .fail = FAIL_HTTP, .timed_out = true });
	return sim_world(sim);
}

static void unmake(World *w)
{
	(void)w;
	sim_free(sim);
}

static bool spin(World *w, const unsigned *count, unsigned want)
{
	(void)w;
	while (*count < want) {
		if (!sim_step(sim, days(1)))
			return false;
	}
	return true;
}

static void pass(World *w, Duration d)
{
	(void)w;
	sim_pass(sim, d);
}

static const char *folder(void) { return "/files"; }

static char *read_file(World *w, const char *path)
{
	const char *text;
	size_t n;

	(void)w;
	text = sim_file(sim, path, &n);
	return text ? mem_text_n(text, n) : NULL;
}

static const WorldMaker maker = { .make = make,
	                          .free = unmake,
	                          .spin = spin,
	                          .pass = pass,
	                          .good = &good,
	                          .refused = &refused,
	                          .silent = &silent,
	                          .folder = folder,
	                          .read_file = read_file };

WORLD_CONTRACT(maker)
