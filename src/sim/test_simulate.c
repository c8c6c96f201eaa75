/* A simulated year: who is called and when, what people do and do not do, and that
 * nothing of it is chance. */
#include "harness.h"

#include "core/testing.h"
#include "core/text.h"
#include "plan/load.h"
#include "sim/scenario.h"
#include "sim/simulate.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *plan_name = "test/plans/simulated/simulate.yaml";

static char *read_whole(const char *path)
{
	AUTO(Buf) b = { 0 };
	char chunk[4096];
	size_t n;
	FILE *f = fopen(path, "re");

	while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&b, chunk, n);
	if (f)
		(void)fclose(f);
	return buf_take(&b);
}

static const char *nothing(void *ctx, Arena *a, const char *name)
{
	(void)ctx, (void)a, (void)name;
	return NULL;
}

static Plan *load(void *ctx, Err *err)
{
	AUTO_FREE char *path = mem_printf("%s/%s", getenv("CARENE_SOURCE"), plan_name);
	AUTO_FREE char *text = read_whole(path);
	PlanSource source = { .env = nothing, .no_secrets = true };
	Findings f = { .arena = arena_new("findings", 64 << 20) };
	Plan *p = text ? plan_load(path, text, strlen(text), &source, &f) : NULL;

	(void)ctx;
	if (!p)
		err_set(err, ERR_CONFIG, "%s: %s", path, f.n ? f.at[0].message : "not read");
	arena_free(f.arena);
	return p;
}

/* Plays `story` from `from` to `until`; the caller's to free. */
static SimSummary played(const char *from, const char *until, const char *story)
{
	char path[] = "/tmp/carene-story-XXXXXX";
	int fd = story ? mkstemp(path) : -1;
	SimulateAsk ask = { .plan = load, .from = at(from), .until = at(until) };
	SimSummary s = { 0 };
	Err err = { 0 };

	if (story) {
		EXPECT(write(fd, story, strlen(story)) == (ssize_t)strlen(story));
		(void)close(fd);
		ask.scenario = path;
	}
	EXPECT(simulate(&ask, &s, &err));
	EXPECT_TEXT(err.message, "");
	if (story)
		(void)unlink(path);
	return s;
}

static const SimDuty *duty(const SimSummary *s, const char *id)
{
	static const SimDuty none = { .first_bad = LONG_AGO };

	for (size_t i = 0; i < s->duties.n; i++) {
		if (text_eq(s->duties.at[i].duty, id))
			return &s->duties.at[i];
	}
	return &none;
}

static const SimVerdict *verdict(const SimSummary *s, const char *id)
{
	static const SimVerdict none = { .id = "", .verdict = "", .broken = LONG_AGO };

	for (size_t i = 0; i < s->verdicts.n; i++) {
		if (text_eq(s->verdicts.at[i].id, id))
			return &s->verdicts.at[i];
	}
	return &none;
}

/* "ana 2027-03-28T01:12:50Z; karim …" */
static const char *calls(const SimSummary *s, Buf *out)
{
	char text[INSTANT_TEXT];

	for (size_t i = 0; i < s->pages.n; i++) {
		Instant t = s->pages.at[i].at;

		t.us -= t.us % 60000000;
		buf_printf(out, "%s%s %s", i ? "; " : "", s->pages.at[i].contact,
		           instant_print(t, text));
	}
	return buf_str(out);
}

TEST(a_quiet_quarter_calls_nobody_and_does_what_the_plan_hopes)
{
	SimSummary s = played("2027-01-01T00:00:00+01:00", "2027-04-01T00:00:00+02:00", NULL);

	EXPECT_INT(s.pages.n, 0);
	EXPECT_INT(s.incidents.n, 0);
	/* Every 1 min for 90 days less the hour that spring takes. */
	EXPECT(s.probes > 129500 && s.probes < 129700);
	EXPECT_INT(s.windows.n, 1);
	EXPECT_INT(s.windows.at[0].opened, 13);
	EXPECT_INT(s.windows.at[0].in_time, 13);
	EXPECT_INT(duty(&s, "task:round")->due, 64);
	EXPECT_INT(duty(&s, "task:round")->done, 64);
	EXPECT_INT(duty(&s, "task:review")->done, 3);
	EXPECT_TEXT(verdict(&s, "objective:uptime")->verdict, "kept");
	EXPECT_TEXT(verdict(&s, "objective:quick")->verdict, "kept");
	sim_summary_done(&s);
}

TEST(what_nobody_owns_is_missed_and_the_day_it_broke_is_known)
{
	SimSummary s = played("2027-01-01T00:00:00+01:00", "2027-02-01T00:00:00+01:00", NULL);
	const SimDuty *d = duty(&s, "task:wish");

	EXPECT_INT(d->due, 4);
	EXPECT_INT(d->done, 0);
	EXPECT_INT(d->missed, 3);
	EXPECT_INT(d->open, 1); /* the last one still may be done */
	EXPECT_INT(d->first_bad.us, at("2027-01-06T09:00:00+01:00").us);
	EXPECT_TEXT(verdict(&s, "cadence:task:wish")->verdict, "broken");
	EXPECT_INT(verdict(&s, "cadence:task:wish")->broken.us, at("2027-01-13T09:00:00+01:00").us);
	sim_summary_done(&s);
}

TEST(two_runs_are_equal_to_the_last_hash_and_another_night_is_not)
{
	static const char story[] = "at 2027-01-05 03:10 answer check:site 503 for 40m\n";
	SimSummary a = played("2027-01-01T00:00:00+01:00", "2027-01-15T00:00:00+01:00", story);
	SimSummary b = played("2027-01-01T00:00:00+01:00", "2027-01-15T00:00:00+01:00", story);
	SimSummary c = played("2027-01-01T00:00:00+01:00", "2027-01-15T00:00:00+01:00",
	                      "at 2027-01-05 03:11 answer check:site 503 for 40m\n");

	EXPECT_TEXT(a.head, b.head);
	EXPECT_INT(strlen(a.head), 64);
	EXPECT(!text_eq(a.head, c.head));
	sim_summary_done(&a);
	sim_summary_done(&b);
	sim_summary_done(&c);
}

/* Sunday 28 March 2027: 02:00 is followed by 03:00, so 02:30 is 03:30 of the new time.
 * The window of 03:00 is open then and holds calls back until 04:00. */
TEST(an_outage_in_the_night_the_clocks_change_is_answered_by_who_is_on_call)
{
	AUTO(Buf) who = { 0 };
	SimSummary s = played("2027-03-20T00:00:00+01:00", "2027-04-01T00:00:00+02:00",
	                      "at 2027-03-28 04:10 answer check:site 500 for 40m\n");

	EXPECT_INT(s.incidents.n, 1);
	/* The call, and half of the time to resolve it. */
	EXPECT_TEXT(calls(&s, &who), "ana 2027-03-28T02:10:00Z; ana 2027-03-28T02:40:00Z");
	EXPECT(s.pages.at[0].night);
	EXPECT_TEXT(s.incidents.at[0].taken_by, "contact:ana");
	EXPECT_INT(between(s.pages.at[0].at, s.incidents.at[0].taken).us, minutes(5).us);
	EXPECT_INT(between(s.incidents.at[0].started, s.incidents.at[0].over).us / 60000000, 41);
	EXPECT_INT(s.loads.at[0].night_pages, 2);
	EXPECT_TEXT(verdict(&s, "clock:P1:respond")->verdict, "kept");
	sim_summary_done(&s);
}

TEST(an_outage_inside_an_announced_window_calls_nobody)
{
	SimSummary s = played("2027-03-20T00:00:00+01:00", "2027-04-01T00:00:00+02:00",
	                      "at 2027-03-28 03:10 answer check:site 500 for 40m\n");

	EXPECT_INT(s.pages.n, 0);
	EXPECT_TEXT(verdict(&s, "objective:uptime")->verdict, "kept");
	sim_summary_done(&s);
}

TEST(while_the_one_on_call_is_away_the_ladder_climbs_and_nobody_answers_at_night)
{
	AUTO(Buf) who = { 0 };
	SimSummary s = played("2027-08-01T00:00:00+02:00", "2027-08-20T00:00:00+02:00",
	                      "people absent ana 2027-08-01..2027-08-15\n"
	                      "at 2027-08-10 23:00 answer check:site connect for 2h\n");

	/* Ana is called at once and again with step 2; Karim is not reachable at night. */
	EXPECT_HAS(calls(&s, &who), "ana 2027-08-10T21:00:00Z; ana 2027-08-10T21:08:00Z");
	EXPECT_HAS(buf_str(&who), "ana 2027-08-10T21:30:00Z; ana 2027-08-10T21:31:00Z");
	EXPECT(strstr(buf_str(&who), "karim") == NULL);
	EXPECT_INT(s.incidents.n, 1);
	EXPECT_INT(s.incidents.at[0].taken.us, LONG_AGO.us);
	EXPECT_TEXT(verdict(&s, "clock:P1:respond")->verdict, "broken");
	EXPECT_INT(verdict(&s, "clock:P1:respond")->broken.us / 60000000,
	           at("2027-08-10T23:15:00+02:00").us / 60000000);
	/* Two weeks of rounds without her: each missed when the next one begins. */
	EXPECT_INT(duty(&s, "task:round")->missed, 9);
	sim_summary_done(&s);
}

TEST(people_may_never_answer_never_confirm_or_take_their_time)
{
	static const struct {
		const char *story;
		int64_t taken_min; /* after the call; -1: never */
		unsigned missed;
	} rows[] = {
		{ "people never answer\n", -1, 0 },      { "people never answer ana\n", -1, 0 },
		{ "people never answer karim\n", 5, 0 }, { "people answer after 12m\n", 12, 0 },
		{ "people never confirm\n", 5, 4 },      { "people never confirm karim\n", 5, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *story = mem_printf(
		        "%sat 2027-01-06 23:00 answer check:site 500 for 1h\n", rows[i].story);
		SimSummary s =
		        played("2027-01-04T00:00:00+01:00", "2027-01-09T00:00:00+01:00", story);

		ASSERT(s.incidents.n == 1 && s.pages.n > 0);
		if (rows[i].taken_min < 0)
			EXPECT_INT(s.incidents.at[0].taken.us, LONG_AGO.us);
		else
			EXPECT_INT(between(s.pages.at[0].at, s.incidents.at[0].taken).us / 60000000,
			           rows[i].taken_min);
		EXPECT_INT(duty(&s, "task:round")->missed, rows[i].missed);
		sim_summary_done(&s);
	}
}

TEST(the_load_is_counted_by_person_and_month)
{
	SimSummary s = played("2027-01-01T00:00:00+01:00", "2027-03-01T00:00:00+01:00", NULL);

	ASSERT(s.loads.n == 4); /* Ana and Karim, January and February */
	EXPECT_TEXT(s.loads.at[0].contact, "ana");
	EXPECT_INT(s.loads.at[0].month, 1);
	EXPECT_INT(s.loads.at[0].tasks, 22);                           /* 21 rounds, one review */
	EXPECT_INT(s.loads.at[0].hours.us, minutes(21 * 30 + 120).us); /* as planned */
	EXPECT_TEXT(s.loads.at[2].contact, "karim");
	EXPECT_INT(s.loads.at[2].tasks, 1);
	sim_summary_done(&s);
}

TEST(a_job_that_stops_reporting_in_is_missed_and_one_that_reports_is_not)
{
	SimSummary s = played("2027-01-04T00:00:00+01:00", "2027-01-18T00:00:00+01:00",
	                      "at 2027-01-10 12:00 do push check=nightly signal=fail\n");

	ASSERT(s.incidents.n == 1);
	EXPECT_HAS(s.incidents.at[0].title, "silent");
	/* It reports success again the next night. */
	EXPECT_INT(s.incidents.at[0].over.us / 3600000000LL,
	           at("2027-01-11T03:00:00+01:00").us / 3600000000LL);
	sim_summary_done(&s);
}

TEST(what_queries_count_in_a_quiet_week_sets_no_rule_off)
{
	SimSummary s;

	plan_name = "test/plans/simulated/queries.yaml";
	s = played("2027-01-04T00:00:00+01:00", "2027-01-11T00:00:00+01:00", NULL);
	EXPECT_INT(s.pages.n, 0);
	sim_summary_done(&s);
	/* Back from an outage the database says what it said before. */
	s = played("2027-01-04T00:00:00+01:00", "2027-01-11T00:00:00+01:00",
	           "at 2027-01-05 10:00 answer check:books connect for 20m\n");
	EXPECT_INT(s.pages.n, 0);
	sim_summary_done(&s);
	plan_name = "test/plans/simulated/simulate.yaml";
}

TEST(what_a_story_cannot_mean_is_refused_with_its_line)
{
	static const struct {
		const char *story, *why;
	} rows[] = {
		{ "at 2027-01-05 03:10\n", "at DATE TIME STATEMENT" },
		{ "at 2026-01-05 03:10 answer check:site ok\n", "is over already" },
		{ "\nat 2027-01-05 03:10 pass 1h\n", "time passes by itself" },
		{ "at 2027-01-05 03:10 answer check:nobody 500\n", "no check 'nobody'" },
		{ "at 2027-01-05 03:10 answer check:site 500 for ever\n", "not a length of time" },
		{ "people absent zoe 2027-01-05..2027-01-06\n", "no contact 'zoe'" },
		{ "people absent ana 2027-01-06..2027-01-05\n", "two dates" },
		{ "people absent ana soon\n", "two dates" },
		{ "people never sleep\n", "never answer, or confirm" },
		{ "people sing\n", "people absent" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char path[] = "/tmp/carene-story-XXXXXX";
		int fd = mkstemp(path);
		SimulateAsk ask = { .plan = load,
			            .from = at("2027-01-04T00:00:00+01:00"),
			            .until = at("2027-01-08T00:00:00+01:00"),
			            .scenario = path };
		SimSummary s;
		Err err = { 0 };

		EXPECT(write(fd, rows[i].story, strlen(rows[i].story)) > 0);
		(void)close(fd);
		EXPECT(!simulate(&ask, &s, &err));
		EXPECT_HAS(err.message, rows[i].why);
		(void)unlink(path);
	}
}

/* ---- counted or played: the same ---- */

typedef struct Verdicts {
	Buf text;
} Verdicts;

static bool keep_verdicts(void *ctx, Engine *e, Err *err)
{
	static const EngineCaller who = { "test", ROLE_ADMIN };
	Verdicts *v = ctx;

	return engine_command(e, "prove", NULL, &who, &v->text, err);
}

static Plan *load_for(void *ctx, Err *err) { return load(ctx, err); }

TEST(a_rehearsal_has_the_verdicts_and_the_evidence_of_a_run_that_plays_each_probe)
{
	Verdicts v[2] = { 0 };
	ScenarioResult r[2];

	for (int rehearsal = 0; rehearsal < 2; rehearsal++) {
		AUTO_FREE char *path =
		        mem_printf("%s/test/plans/simulated/simulate.scn", getenv("CARENE_SOURCE"));
		ScenarioOptions o = { .rehearsal = rehearsal,
			              .plan = load_for,
			              .start = at("2027-03-10T00:00:00+01:00"),
			              .until = at("2027-04-03T00:00:00+02:00"),
			              .people = true,
			              .end = keep_verdicts,
			              .ctx = &v[rehearsal] };
		Err err = { 0 };

		EXPECT(scenario_run(path, &o, &r[rehearsal], &err));
		EXPECT_TEXT(err.message, "");
	}
	EXPECT_TEXT(r[1].head, r[0].head);
	EXPECT_TEXT(buf_str(&v[1].text), buf_str(&v[0].text));
	EXPECT_INT(r[1].probes, r[0].probes);
	EXPECT_INT(r[0].skipped, 0);
	EXPECT(r[1].skipped > r[0].probes); /* readings of the host are skipped, too */
	EXPECT(r[1].events * 5 < r[0].events);
	Buf_done(&v[0].text);
	Buf_done(&v[1].text);
}
