/* carene simulate: plays a plan in the simulated world and says what came of it. Asks
 * nothing of the network, looks up no secret, writes no file. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/show_simulate.h"

#include "core/alloc.h"
#include "core/text.h"

#include <time.h>

enum { DAYS_MAX = 3660 };

static int run(int argc, char **argv);

const Command cmd_simulate = {
	.name = "simulate",
	.summary = "play a plan for a year: calls, tasks, windows, promises",
	.usage = "carene simulate PLAN [--from DATE] [--days N] [--scenario FILE] [--json]",
	.options_help =
	        "The same engine as the daemon's, in a simulated world: targets answer well, and\n"
	        "people do what the plan hopes for in their hours, unless the scenario says\n"
	        "otherwise. Two runs are equal to the byte.\n\n"
	        "  --from DATE       the first day, 2027-01-01 (tomorrow, where it is not given)\n"
	        "  --days N          how many, 1 to 3660 (365)\n"
	        "  --scenario FILE   what goes wrong, line by line: docs/simulate.md\n"
	        "  --seed N          another chance (1)\n"
	        "  --lang fr|en      language of the summary (that of the environment)\n"
	        "  --json            the summary as JSON\n",
	.run = run,
};

static Plan *load(void *ctx, Err *err)
{
	Findings f = { 0 };
	Plan *plan = cli_read_plan(ctx, CLI_SECRETS_NONE, &f, err);

	for (size_t i = 0; !plan && i < f.n; i++) {
		if (f.at[i].severity != SEVERITY_ERROR)
			continue;
		err_wrap(err, "%s:%u:%u: %s", f.at[i].at.file, f.at[i].at.line, f.at[i].at.column,
		         f.at[i].message);
		break;
	}
	arena_free(f.arena);
	return plan;
}

/* Midnight of that day in the plan's zone; without one, of tomorrow. */
static bool first_day(const char *text, const Zone *zone, Instant *ret, Err *err)
{
	AUTO_FREE char *full = mem_printf("%sT00:00:00Z", text ? text : "");
	Instant t = { (int64_t)time(NULL) * 1000000 };

	if (!text) {
		*ret = zone_add(zone, zone_day_start(zone, t), (Span){ 0, 1, 0 });
		return true;
	}
	if (!instant_parse(full, &t))
		return err_set(err, ERR_USAGE, "--from %s: a date is written 2027-01-31", text);
	*ret = zone_instant(zone, zone_civil(zone_utc(), t), PICK_FIRST, NULL);
	return true;
}

typedef struct Asked {
	const char *from, *days, *scenario, *seed, *language;
	bool json;
} Asked;

static bool fill(const Asked *a, const Plan *plan, SimulateAsk *ask, Err *err)
{
	const Zone *zone = plan->head.timezone;
	int64_t days = 365, seed = 1;

	if (a->days && (!text_int(a->days, &days) || days < 1 || days > DAYS_MAX))
		return err_set(err, ERR_USAGE, "--days %s: a number from 1 to %d", a->days,
		               DAYS_MAX);
	if (a->seed && (!text_int(a->seed, &seed) || seed < 1))
		return err_set(err, ERR_USAGE, "--seed %s: a number from 1 on", a->seed);
	if (a->language && !lang_known(a->language))
		return err_set(err, ERR_USAGE, "--lang %s: fr or en", a->language);
	ask->seed = (uint64_t)seed;
	ask->scenario = a->scenario;
	if (!first_day(a->from, zone, &ask->from, err))
		return false;
	ask->until = zone_add(zone, ask->from, (Span){ 0, (int32_t)days, 0 });
	return true;
}

static int play(const char *path, const Asked *a)
{
	SimulateAsk ask = { .plan = load, .ctx = (void *)(uintptr_t)path };
	Err err = { 0 };
	Plan *plan = load(ask.ctx, &err);
	AUTO(Buf) out = { .max = 64 << 20 };
	SimSummary s;
	bool ok = plan && fill(a, plan, &ask, &err) && simulate(&ask, &s, &err);

	if (!ok) {
		plan_free(plan);
		return cli_fail(&err);
	}
	if (a->json)
		simulate_json(&s, plan, &ask, &out);
	else
		simulate_show(&s, plan, &ask,
		              lang_parse(a->language ? a->language : cli_language()),
		              cli_colour(stdout), &out);
	cli_print(stdout, &out);
	sim_summary_done(&s);
	plan_free(plan);
	return 0;
}

static int run(int argc, char **argv)
{
	Asked a = { 0 };
	const CliOption options[] = {
		{ "--from", NULL, &a.from },         { "--days", NULL, &a.days },
		{ "--scenario", NULL, &a.scenario }, { "--seed", NULL, &a.seed },
		{ "--lang", NULL, &a.language },     { "--json", &a.json, NULL },
	};

	if (!cli_options(&cmd_simulate, &argc, argv, options, COUNT_OF(options)))
		return err_exit(ERR_USAGE);
	if (argc != 2)
		return cli_usage(&cmd_simulate, argc < 2 ? "which plan?" : "one plan at a time");
	return play(argv[1], &a);
}
