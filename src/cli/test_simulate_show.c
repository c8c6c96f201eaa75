/* The year 2027 of each example, as people read it: goldens, to be read line by line when
 * they change. UPDATE=1 writes them. */
#include "harness.h"

#include "cli/cli.h"
#include "cli/show_simulate.h"
#include "core/text.h"

#include <jansson.h>
#include <stdlib.h>

/* Ten times slower with sanitizers: three weeks are played then, and nothing compared. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { DAYS = 21 };
#else
enum { DAYS = 365 };
#endif

static Plan *load(void *ctx, Err *err)
{
	AUTO_FREE char *path = mem_printf("%s/%s", getenv("CARENE_SOURCE"), (const char *)ctx);
	Findings f = { 0 };
	Plan *p = cli_read_plan(path, CLI_SECRETS_NONE, &f, err);

	arena_free(f.arena);
	return p;
}

typedef struct Played {
	Plan *plan;
	SimulateAsk ask;
	SimSummary s;
	char *scenario;
} Played;

static bool play(Played *p, const char *path, const char *scenario, int days)
{
	Err err = { 0 };
	bool ok;

	*p = (Played){ .ask = { .plan = load, .ctx = (void *)(uintptr_t)path, .seed = 1 } };
	p->plan = load(p->ask.ctx, &err);
	EXPECT_TEXT(err.message, "");
	if (!p->plan)
		return false;
	p->scenario = scenario ? mem_printf("%s/%s", getenv("CARENE_SOURCE"), scenario) : NULL;
	p->ask.scenario = p->scenario;
	p->ask.from = zone_instant(p->plan->head.timezone,
	                           (Civil){ .year = 2027, .month = 1, .day = 1 }, PICK_FIRST, NULL);
	p->ask.until = zone_add(p->plan->head.timezone, p->ask.from, (Span){ 0, days, 0 });
	ok = simulate(&p->ask, &p->s, &err);
	EXPECT_TEXT(err.message, "");
	return ok;
}

static void done(Played *p)
{
	sim_summary_done(&p->s);
	plan_free(p->plan);
	mem_free(p->scenario);
}

static void year(const char *plan, const char *scenario, const char *golden)
{
	AUTO(Buf) out = { 0 };
	Played p;

	if (play(&p, plan, scenario, DAYS)) {
		simulate_show(&p.s, p.plan, &p.ask, lang_parse(p.plan->head.language), false, &out);
		EXPECT(out.n > 500);
		if (DAYS == 365)
			EXPECT_SNAPSHOT(buf_str(&out), golden);
	}
	done(&p);
}

TEST(a_year_of_the_general_procedures)
{
	year("examples/generic.yaml", NULL, "test/golden/simulate/generic.txt");
}

TEST(a_year_of_sitearis)
{
	year("examples/sitearis.yaml", NULL, "test/golden/simulate/sitearis.txt");
}

TEST(a_year_of_mangatheque)
{
	year("examples/mangatheque.yaml", NULL, "test/golden/simulate/mangatheque.txt");
}

TEST(a_year_of_francaisfluide)
{
	year("examples/francaisfluide.yaml", NULL, "test/golden/simulate/francaisfluide.txt");
}

TEST(a_year_of_nationsounds)
{
	year("examples/nationsounds.yaml", NULL, "test/golden/simulate/nationsounds.txt");
}

TEST(a_bad_year_of_mangatheque_with_the_night_the_clocks_change)
{
	year("examples/mangatheque.yaml", "test/golden/simulate/mangatheque_bad_year.scn",
	     "test/golden/simulate/mangatheque_bad_year.txt");
}

TEST(a_bad_year_of_francaisfluide_on_a_sunday_at_ten_past_three)
{
	year("examples/francaisfluide.yaml", "test/golden/simulate/francaisfluide_bad_year.scn",
	     "test/golden/simulate/francaisfluide_bad_year.txt");
}

TEST(a_year_of_a_school_and_of_an_observatory_in_the_south)
{
	year("examples/lycee.yaml", NULL, "test/golden/simulate/lycee.txt");
	year("examples/observatory.yaml", NULL, "test/golden/simulate/observatory.txt");
	year("examples/bookshop.yaml", NULL, "test/golden/simulate/bookshop.txt");
}

TEST(the_json_has_all_that_scripts_rely_on)
{
	static const char *const keys[] = { "plan",    "digest",   "from",  "until",     "days",
		                            "assumed", "totals",   "calls", "incidents", "windows",
		                            "tasks",   "verdicts", "load",  "head" };
	AUTO(Buf) out = { 0 };
	Played p;
	json_t *all;

	ASSERT(play(&p, "examples/lycee.yaml", NULL, 20));
	simulate_json(&p.s, p.plan, &p.ask, &out);
	all = json_loads(buf_str(&out), 0, NULL);
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		EXPECT(json_object_get(all, keys[i]) != NULL);
	EXPECT_TEXT(json_string_value(json_object_get(all, "from")), "2027-01-01T00:00:00+01:00");
	EXPECT_INT(json_integer_value(json_object_get(all, "days")), 20);
	EXPECT_INT(json_array_size(json_object_get(all, "verdicts")), p.s.verdicts.n);
	EXPECT_INT(
	        json_integer_value(json_object_get(json_object_get(all, "totals"), "commitments")),
	        p.s.verdicts.n);
	json_decref(all);
	done(&p);
}

/* Every task that fell due ended somewhere, and every promise has its verdict. */
TEST(the_figures_of_a_year_add_up)
{
	static const char *const plans[] = { "examples/generic.yaml", "examples/bookshop.yaml",
		                             "examples/sitearis.yaml" };

	for (size_t i = 0; i < COUNT_OF(plans); i++) {
		AUTO(Buf) out = { 0 };
		Played p;
		unsigned due = 0, open = 0;

		ASSERT(play(&p, plans[i], NULL, 20));
		for (size_t k = 0; k < p.s.duties.n; k++) {
			const SimDuty *d = &p.s.duties.at[k];

			EXPECT_INT(d->due,
			           d->done + d->late + d->missed + d->failed + d->open + d->waived);
			due += d->due;
			open += d->open;
		}
		EXPECT(due > 20);
		simulate_show(&p.s, p.plan, &p.ask, LANG_FR, false, &out);
		EXPECT_INT(strstr(buf_str(&out), " encore ouverte") != NULL, open > 0);
		EXPECT(strstr(buf_str(&out), "0 faites") == NULL);
		EXPECT(strstr(buf_str(&out), "0 rompus") == NULL);
		EXPECT_HAS(buf_str(&out), "Ce que cette version ne sait pas faire");
		done(&p);
	}
}

TEST(both_languages_say_the_same_figures)
{
	AUTO(Buf) fr = { 0 };
	AUTO(Buf) en = { 0 };
	Played p;

	ASSERT(play(&p, "examples/lycee.yaml", NULL, 20));
	simulate_show(&p.s, p.plan, &p.ask, LANG_FR, false, &fr);
	simulate_show(&p.s, p.plan, &p.ask, LANG_EN, false, &en);
	EXPECT_HAS(buf_str(&fr), "personne n’a été appelé ; 3 fenêtres ouvertes");
	EXPECT_HAS(buf_str(&en), "nobody was called; 3 windows opened");
	EXPECT(strstr(buf_str(&en), "\033") == NULL);
	Buf_done(&en);
	simulate_show(&p.s, p.plan, &p.ask, LANG_EN, true, &en);
	EXPECT_HAS(buf_str(&en), "\033[32mkept");
	done(&p);
}
