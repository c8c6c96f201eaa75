/* Questions about the past: what is asked, what is matched, what is answered. */
#include "harness.h"

#include "core/alloc.h"
#include "core/testing.h"
#include "query/query.h"

#include <jansson.h>

static const Zone *paris(void)
{
	const Zone *z = zone_utc();

	EXPECT(zone_load("Europe/Paris", &z, NULL));
	return z;
}

#define NOW "2026-11-20T12:00:00Z"

static Query *ask(const char *text, Err *err)
{
	json_t *args = json_loads(text, 0, NULL);
	Query *q = query_read(args, paris(), at(NOW), err);

	EXPECT(args);
	json_decref(args);
	return q;
}

static Query *asked(const char *text)
{
	Err err = { 0 };
	Query *q = ask(text, &err);

	if (!q)
		EXPECT_TEXT(err.message, "");
	return q;
}

/* The answer as JSON; the query is over. NULL: refused, as *err says. */
static json_t *run(Query *q, Err *err)
{
	AUTO(Buf) out = { 0 };
	Emit j = emit_to(&out);
	json_t *answer;
	bool ok;

	emit_object(&j, NULL);
	ok = query_run(q, NULL, &j, err);
	emit_object_end(&j);
	query_free(q);
	if (!ok)
		return NULL;
	answer = json_loadb(out.p, out.n, 0, NULL);
	EXPECT(answer);
	return answer;
}

static json_t *answer_at(json_t *answer, size_t i)
{
	return json_array_get(json_object_get(answer, "answers"), i);
}

static double number(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

/* ---- the question ---- */

TEST(what_cannot_be_meant_is_refused_with_a_hint)
{
	static const struct {
		const char *args, *message;
	} cases[] = {
		{ "{}", "no series is named" },
		{ "{\"series\": []}", "no series is named" },
		{ "{\"series\": 3}", "'series' takes texts" },
		{ "{\"series\": [\"a\", \"\"]}", "'series' takes texts" },
		{ "{\"series\": \"a\", \"stat\": \"p94\"}", "there is no statistic 'p94'" },
		{ "{\"series\": \"a\", \"stat\": \"mean,p101\"}", "there is no statistic 'p101'" },
		{ "{\"series\": \"a\", \"from\": \"noon\"}", "'from': 'noon' is not an instant" },
		{ "{\"series\": \"a\", \"to\": \"2026-13-01\"}",
		  "'to': '2026-13-01' is not an instant" },
		{ "{\"series\": \"a\", \"over\": \"a while\"}",
		  "'over': 'a while' is not a length of time" },
		{ "{\"series\": \"a\", \"step\": \"0s\"}", "'step': '0s' is not a length of time" },
		{ "{\"series\": \"a\", \"from\": \"2026-11-01\", \"over\": \"1d\"}",
		  "'from' and 'over' both say where it begins" },
		{ "{\"series\": \"a\", \"from\": \"2026-11-21\"}",
		  "the period ends before it begins" },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		Err err = { 0 };

		EXPECT(!ask(cases[i].args, &err));
		EXPECT_TEXT(err.message, cases[i].message);
	}
}

TEST(a_star_stands_for_any_text)
{
	static const struct {
		const char *pattern, *name;
		bool wanted;
	} cases[] = {
		{ "latency{site}", "latency{site}", true },
		{ "latency{site}", "latency{site2}", false },
		{ "latency{*}", "latency{site}", true },
		{ "latency{*}", "latency{}", true },
		{ "latency{*}", "up{site}", false },
		{ "*{site}", "up{site}", true },
		{ "*", "cpu", true },
		{ "*a*a*", "banana", true },
		{ "*a*a*a*a*", "banana", false },
		{ "**", "", true },
		{ "a", "", false },
		{ "*aaaaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		AUTO_FREE char *args = mem_printf("{\"series\": \"%s\"}", cases[i].pattern);
		Query *q = asked(args);

		if (query_wants_series(q, cases[i].name) != cases[i].wanted)
			EXPECT_TEXT(cases[i].name, cases[i].pattern);
		query_free(q);
	}
}

TEST(availability_is_asked_of_checks_and_services)
{
	Query *q = asked("{\"series\": \"availability{site} availability{service:web/*}\"}");

	EXPECT(query_wants_entities(q));
	EXPECT(query_wants_entity(q, "check:site"));
	EXPECT(!query_wants_entity(q, "check:site2"));
	EXPECT(query_wants_entity(q, "service:web/production"));
	EXPECT(!query_wants_entity(q, "service:api/production"));
	query_free(q);
	q = asked("{\"series\": \"latency{*}\"}");
	EXPECT(!query_wants_entities(q));
	query_free(q);
}

/* ---- availability ---- */

static Interval stretch(LedgerState state, const char *from, const char *to)
{
	return (Interval){ .state = state,
		           .impact = state == LEDGER_DOWN,
		           .from = at(from),
		           .to = *to ? at(to) : LONG_AGO,
		           .cause = "a cause of the ledger's" };
}

static Query *with_site(Query *q)
{
	const Interval rows[] = {
		stretch(LEDGER_UP, "2026-11-01T00:00:00Z", "2026-11-19T11:00:00Z"),
		stretch(LEDGER_DOWN, "2026-11-19T11:00:00Z", "2026-11-19T12:12:00Z"),
		stretch(LEDGER_UP, "2026-11-19T12:12:00Z", ""),
	};

	EXPECT(query_add_entity(q, "check:site", rows, COUNT_OF(rows)));
	return q;
}

TEST(availability_over_the_last_day_counts_what_lies_in_it)
{
	Err err = { 0 };
	json_t *answer = run(with_site(asked("{\"series\": \"availability{site}\"}")), &err);
	json_t *o = answer_at(answer, 0);

	EXPECT_TEXT(json_string_value(json_object_get(answer, "from")), "2026-11-19T12:00:00Z");
	EXPECT_TEXT(json_string_value(json_object_get(o, "series")), "availability{site}");
	EXPECT_REAL(number(o, "down_s"), 720, 1e-9);
	EXPECT_REAL(number(o, "availability"), 100 * (1 - 720.0 / 86400), 1e-4);
	EXPECT_INT(number(o, "outages"), 1);
	EXPECT_REAL(number(o, "coverage"), 100, 0);
	json_decref(answer);
}

TEST(days_are_civil_days_and_the_last_step_ends_now)
{
	Err err = { 0 };
	json_t *answer = run(with_site(asked("{\"series\": \"availability{site}\", "
	                                     "\"from\": \"2026-11-18\", \"step\": \"1d\"}")),
	                     &err);
	json_t *steps = json_object_get(answer_at(answer, 0), "steps");

	EXPECT_INT(json_array_size(steps), 3);
	EXPECT_TEXT(json_string_value(json_object_get(json_array_get(steps, 1), "from")),
	            "2026-11-18T23:00:00Z");
	EXPECT_REAL(number(json_array_get(steps, 0), "availability"), 100, 0);
	EXPECT_REAL(number(json_array_get(steps, 1), "down_s"), 72 * 60, 1e-9);
	EXPECT_REAL(number(json_array_get(steps, 2), "down_s"), 0, 0);
	json_decref(answer);
}

TEST(steps_of_months_do_not_drift)
{
	Err err = { 0 };
	json_t *answer = run(with_site(asked("{\"series\": \"availability{site}\", "
	                                     "\"from\": \"2026-01-31\", \"step\": \"1mo\"}")),
	                     &err);
	json_t *steps = json_object_get(answer_at(answer, 0), "steps");

	EXPECT_INT(json_array_size(steps), 10);
	EXPECT_TEXT(json_string_value(json_object_get(json_array_get(steps, 1), "from")),
	            "2026-02-27T23:00:00Z");
	EXPECT_TEXT(json_string_value(json_object_get(json_array_get(steps, 2), "from")),
	            "2026-03-30T22:00:00Z");
	EXPECT(json_is_null(json_object_get(json_array_get(steps, 0), "availability")));
	json_decref(answer);
}

/* ---- series ---- */

static Query *with_series(Query *q, const SeriesSet *set)
{
	const char *name;

	for (size_t i = 0; (name = series_at(set, i)); i++) {
		if (query_wants_series(q, name))
			EXPECT(query_add_series(q, name, series_view(set, name)));
	}
	return q;
}

TEST(figures_are_those_of_the_series)
{
	SeriesSet *set = series_new();
	Err err = { 0 };
	json_t *answer, *o;

	for (int i = 0; i < 100; i++)
		(void)series_add(set, "latency{site}",
		                 after(at("2026-11-20T10:00:00Z"), minutes(i)), (i + 1) / 1000.0);
	(void)series_add(set, "up{site}", at("2026-11-20T10:00:00Z"), 1);
	answer = run(
	        with_series(asked("{\"series\": \"latency{*}\", \"stat\": \"p95,max,min\"}"), set),
	        &err);
	o = answer_at(answer, 0);
	EXPECT_INT(json_array_size(json_object_get(answer, "answers")), 1);
	EXPECT_REAL(number(o, "p95"), 0.095, 0);
	EXPECT_REAL(number(o, "max"), 0.1, 0);
	EXPECT_REAL(number(o, "min"), 0.001, 0);
	EXPECT_INT(number(o, "count"), 100);
	EXPECT(json_is_true(json_object_get(o, "exact")));
	json_decref(answer);
	series_free(set);
}

TEST(a_step_without_a_sample_has_no_figure_and_is_not_zero)
{
	SeriesSet *set = series_new();
	Err err = { 0 };
	json_t *answer, *steps;

	(void)series_add(set, "cpu", at("2026-11-20T10:30:00Z"), 40);
	answer = run(with_series(asked("{\"series\": \"cpu\", \"from\": \"2026-11-20T10:00:00Z\", "
	                               "\"step\": \"1h\", \"stat\": \"mean\"}"),
	                         set),
	             &err);
	steps = json_object_get(answer_at(answer, 0), "steps");
	EXPECT_INT(json_array_size(steps), 2);
	EXPECT_REAL(number(json_array_get(steps, 0), "mean"), 40, 0);
	EXPECT(json_is_null(json_object_get(json_array_get(steps, 1), "mean")));
	EXPECT_INT(number(json_array_get(steps, 1), "count"), 0);
	json_decref(answer);
	series_free(set);
}

/* ---- bounds ---- */

TEST(a_name_that_nothing_has_is_said)
{
	Err err = { 0 };

	EXPECT(!run(asked("{\"series\": \"latnecy{site}\"}"), &err));
	EXPECT_TEXT(err.message, "no series is called 'latnecy{site}'");
	EXPECT_INT(err.code, ERR_NOT_FOUND);
}

TEST(a_question_of_too_many_figures_is_refused_before_it_is_begun)
{
	Err err = { 0 };

	EXPECT(!run(with_site(asked("{\"series\": \"availability{*}\", \"over\": \"5y\", "
	                            "\"step\": \"1m\"}")),
	            &err));
	EXPECT_HAS(err.message, "are more than 200000 figures");
}

TEST(ten_thousand_series_are_enough)
{
	Err err = { 0 };
	Query *q = asked("{\"series\": \"*\"}");
	Interval up = stretch(LEDGER_UP, "2026-11-01T00:00:00Z", "");

	for (int i = 0; i < QUERY_SERIES_MAX; i++)
		EXPECT(query_add_entity(q, "check:site", &up, 1));
	EXPECT(!query_add_entity(q, "check:site", &up, 1));
	EXPECT(!run(q, &err));
	EXPECT_TEXT(err.message, "more than 10000 series are meant");
}

TEST(answers_are_in_the_order_of_names_with_numbers_as_numbers)
{
	static const char *const as_they_came[] = { "check:c10", "check:b", "check:c2",
		                                    "check:c1" };
	static const char *const as_read[] = { "availability{b}", "availability{c1}",
		                               "availability{c2}", "availability{c10}" };
	Query *q = asked("{\"series\": \"availability{*}\"}");
	Interval up = stretch(LEDGER_UP, "2026-11-01T00:00:00Z", "");
	json_t *answer;

	for (size_t i = 0; i < COUNT_OF(as_they_came); i++)
		EXPECT(query_add_entity(q, as_they_came[i], &up, 1));
	answer = run(q, NULL);
	for (size_t i = 0; i < COUNT_OF(as_read); i++)
		EXPECT_TEXT(json_string_value(json_object_get(answer_at(answer, i), "series")),
		            as_read[i]);
	json_decref(answer);
}

/* ---- samples that are elsewhere ---- */

typedef struct Elsewhere {
	size_t asked, freed;
	bool fails;
} Elsewhere;

static bool other_chunks(void *ctx, uint32_t number, Instant from, Instant to, ChunkEach *each,
                         void *arg)
{
	Elsewhere *x = ctx;
	Sample all[] = { { after(at(NOW), seconds(-7200)), 4 },
		         { after(at(NOW), seconds(-60)), 8 } };
	AUTO(Buf) chunk = { 0 };

	(void)from, (void)to;
	EXPECT_INT(number, 1);
	x->asked++;
	chunk_write(all, 2, &chunk);
	return !x->fails && each(arg, chunk.p, chunk.n);
}

static bool other_rollups(void *ctx, uint32_t number, Res res, Instant from, Instant to,
                          BucketEach *each, void *arg)
{
	(void)ctx, (void)number, (void)res, (void)from, (void)to, (void)each, (void)arg;
	return true;
}

static Instant ever(void *ctx, Res res)
{
	(void)ctx, (void)res;
	return LONG_AGO;
}

static Instant none(void *ctx, uint32_t number, Res res)
{
	(void)ctx, (void)number, (void)res;
	return LONG_AGO;
}

static const char *why(const void *ctx)
{
	(void)ctx;
	return "no route";
}

static void gone(void *ctx) { ((Elsewhere *)ctx)->freed++; }

/* Memory has other samples, so that one of them in the figures would show. */
TEST(what_is_asked_elsewhere_is_answered_from_there_alone)
{
	static const char *const questions[] = {
		"{\"series\": \"a\", \"home\": true, \"stat\": \"sum\"}",
		"{\"series\": \"a\", \"home\": true, \"stat\": \"sum\", \"over\": \"90d\"}",
	};

	for (int fails = 0; fails < 2; fails++) {
		for (size_t i = 0; i < 2; i++) {
			SeriesSet *set = series_new();
			Elsewhere x = { .fails = fails };
			SampleSource source = { .chunks = other_chunks,
				                .rollups = other_rollups,
				                .kept_from = ever,
				                .newest = none,
				                .ctx = &x };
			Query *q = asked(questions[i]);
			Err err = { 0 };
			json_t *answer;

			for (int k = 0; k < 100; k++)
				(void)series_add(set, "a", after(at(NOW), seconds(k - 100)), 1000);
			EXPECT(query_is_elsewhere(q));
			query_elsewhere(q, &source, why, gone);
			EXPECT(query_add_series(q, "a", series_view(set, "a")));
			answer = run(q, &err);
			EXPECT_INT(answer != NULL, !fails);
			if (answer) {
				EXPECT_INT(number(answer_at(answer, 0), "count"), 2);
				EXPECT_REAL(number(answer_at(answer, 0), "sum"), 12, 0);
				EXPECT(json_is_true(
				        json_object_get(answer_at(answer, 0), "exact")));
			} else {
				EXPECT_TEXT(err.message, "the second home of samples did not "
				                         "answer for a: no route");
			}
			EXPECT(x.asked >= 1);
			EXPECT_INT(x.freed, 1);
			json_decref(answer);
			series_free(set);
		}
	}
}
