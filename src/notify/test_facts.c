#include "harness.h"

#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <string.h>

static const Zone *paris(void)
{
	const Zone *z = zone_utc();

	(void)EXPECT(zone_load("Europe/Paris", &z, NULL));
	return z;
}

TEST(a_message_can_speak_with_only_the_plan_and_the_tell)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	Plan plan = { 0 };
	Tell t = { .kind = TELL_INCIDENT_OPENED, .subject = "incident:2026-0012" };

	plan.head.title = "Plan de maintenance";
	facts_complete(f, &plan, &t, at("2026-11-20T16:04:00Z"));
	EXPECT_TEXT(fields_get(f, "product", LANG_FR, NULL), "Plan de maintenance");
	EXPECT_TEXT(fields_get(f, "id", LANG_FR, NULL), "2026-0012");
	EXPECT_TEXT(fields_get(f, "title", LANG_FR, NULL), "2026-0012");
	EXPECT_TEXT(fields_get(f, "state", LANG_FR, NULL), "en cours d’analyse");
	EXPECT_TEXT(fields_get(f, "impact", LANG_FR, NULL), "en cours d’évaluation");
	EXPECT_TEXT(fields_get(f, "from", LANG_FR, NULL), "16 h 04");
	EXPECT_TEXT(fields_get(f, "date", LANG_EN, NULL), "Friday 20 November 2026");
	EXPECT(!fields_has(f, "lasting"));
	arena_free(a);
}

TEST(facts_that_are_given_are_kept)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	Plan plan = { 0 };
	Tell t = { .kind = TELL_INCIDENT_REOPENED, .subject = "incident:7", .text = "words" };

	fields_text(f, "title", "T");
	fields_text(f, "means", "site down");
	fields_text(f, "from", "dawn");
	fields_instant(f, "start", at("2026-11-20T15:00:00Z"));
	facts_complete(f, &plan, &t, at("2026-11-20T16:04:00Z"));
	EXPECT_TEXT(fields_get(f, "title", LANG_EN, NULL), "T");
	EXPECT_TEXT(fields_get(f, "from", LANG_EN, NULL), "dawn");
	EXPECT_TEXT(fields_get(f, "impact", LANG_EN, NULL), "site down");
	EXPECT_TEXT(fields_get(f, "text", LANG_EN, NULL), "Words");
	EXPECT_TEXT(fields_get(f, "lasting", LANG_EN, NULL), "1 h 04");
	EXPECT_TEXT(fields_get(f, "state", LANG_EN, NULL), "open again");
	EXPECT_TEXT(fields_get(f, "product", LANG_EN, NULL), "Carène");
	arena_free(a);
}

TEST(an_estimate_becomes_the_hour_that_stays_true)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a), *g = fields_new(a);
	Plan plan = { 0 };
	Tell t = { .kind = TELL_INCIDENT_UPDATE, .subject = "incident:7" };

	fields_duration(f, "eta", hours(2));
	facts_complete(f, &plan, &t, at("2026-11-20T16:04:00Z"));
	EXPECT_TEXT(fields_get(f, "eta", LANG_EN, NULL), "Friday 20 November 2026 at 18:04 (UTC)");
	EXPECT_TEXT(fields_get(f, "eta_in", LANG_EN, NULL), "2 h");
	fields_instant(g, "eta", at("2026-11-20T17:04:00Z"));
	facts_complete(g, &plan, &t, at("2026-11-20T16:04:00Z"));
	EXPECT_TEXT(fields_get(g, "eta_in", LANG_EN, NULL), "1 h");
	EXPECT(!fields_has(g, "state"));
	arena_free(a);
}

TEST(facts_of_the_engine_are_said_as_people_say_them)
{
	static const struct {
		const char *field, *given, *en, *fr;
	} rows[] = {
		{ "state", "mitigated", "worked around", "contourné" },
		{ "state", "firing", "alert", "alerte" },
		{ "state", "something else", "something else", "something else" },
		{ "clock", "respond", "response", "prise en charge" },
		{ "clock", "next_update", "next update", "prochaines nouvelles" },
		{ "clock", "lunch", "lunch", "lunch" },
		{ "limit", "1h30m", "1 h 30", "1 h 30" },
		{ "limit", "next sprint", "next sprint", "next sprint" },
		{ "acked_by", "cli:root@host", "root@host", "root@host" },
		{ "acked_by", "Ana", "Ana", "Ana" },
	};
	Plan plan = { 0 };
	Tell t = { .kind = TELL_CLOCK_WARNING, .subject = "incident:7" };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Arena *a = arena_new("test", 1 << 20);
		Fields *f = fields_new(a);

		fields_text(f, rows[i].field, rows[i].given);
		facts_complete(f, &plan, &t, at("2026-11-20T16:04:00Z"));
		EXPECT_TEXT(fields_get(f, rows[i].field, LANG_EN, NULL), rows[i].en);
		EXPECT_TEXT(fields_get(f, rows[i].field, LANG_FR, NULL), rows[i].fr);
		arena_free(a);
	}
}

TEST(what_says_the_same_twice_is_said_once)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	Plan plan = { 0 };
	Tell t = { .kind = TELL_INCIDENT_OPENED, .subject = "incident:7", .text = "site down" };

	fields_text(f, "title", "site down");
	fields_text(f, "cause", "site down");
	fields_text(f, "impact", "site down");
	fields_text(f, "class", "P1");
	fields_text(f, "class_label", "P1");
	fields_number(f, "share", 50, 0);
	fields_duration(f, "lasting", duration_us(0));
	facts_complete(f, &plan, &t, at("2026-11-20T16:04:00Z"));
	EXPECT(!fields_has(f, "text") && !fields_has(f, "cause") && !fields_has(f, "class_label"));
	EXPECT(!fields_has(f, "lasting"));
	EXPECT_TEXT(fields_get(f, "impact", LANG_EN, NULL), "being assessed");
	EXPECT_TEXT(fields_get(f, "share", LANG_EN, NULL), "50%");
	arena_free(a);
}

/* The night the clock goes back, 02:30 comes twice: the notice must name the right one. */
TEST(the_hours_of_a_window_are_those_of_its_own_day)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	Plan plan = { 0 };
	Tell t = { .kind = TELL_WINDOW_NOTICE, .subject = "window:w" };

	plan.head.timezone = paris();
	fields_text(f, "zone", "CEST");
	fields_instant(f, "start", at("2026-10-25T01:30:00Z"));
	fields_instant(f, "end", at("2026-10-25T03:00:00Z"));
	fields_instant(f, "date", at("2026-10-25T01:30:00Z"));
	fields_instant(f, "from", at("2026-10-25T01:30:00Z"));
	facts_complete(f, &plan, &t, at("2026-10-20T16:04:00Z"));
	EXPECT_TEXT(fields_get(f, "zone", LANG_FR, paris()), "CET");
	EXPECT_TEXT(fields_get(f, "date", LANG_FR, paris()), "dimanche 25 octobre 2026");
	EXPECT_TEXT(fields_get(f, "from", LANG_FR, paris()), "02 h 30");
	EXPECT_TEXT(fields_get(f, "to", LANG_FR, paris()), "04 h 00");
	EXPECT_TEXT(fields_get(f, "duration", LANG_FR, paris()), "1 h 30");
	arena_free(a);
}

TEST(a_title_does_not_name_its_service_twice)
{
	static const struct {
		const char *title, *service, *env, *want;
	} rows[] = {
		{ "disk full – Shop (production)", "Shop", "production", "disk full" },
		{ "disk full – Shop", "Shop", "production", "disk full" },
		{ "disk full – Shop", "Shop", NULL, "disk full" },
		{ "disk full – Forum (production)", "Shop", "production",
		  "disk full – Forum (production)" },
		{ "disk full", "Shop", "production", "disk full" },
		{ " – Shop", "Shop", NULL, " – Shop" },
		{ "disk full – Shop", NULL, NULL, "disk full – Shop" },
	};
	Plan plan = { 0 };
	Tell t = { .kind = TELL_ALERT, .subject = "alert:7" };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Arena *a = arena_new("test", 1 << 20);
		Fields *f = fields_new(a);

		fields_text(f, "title", rows[i].title);
		fields_text(f, "service", rows[i].service);
		fields_text(f, "environment", rows[i].env);
		fields_text(f, "impact", rows[i].title);
		facts_complete(f, &plan, &t, at("2026-11-20T16:04:00Z"));
		EXPECT_TEXT(fields_get(f, "title", LANG_EN, NULL), rows[i].want);
		EXPECT(!fields_has(f, "impact"));
		arena_free(a);
	}
}

TEST(words_of_a_tell_begin_a_sentence_and_do_not_repeat_the_headline)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "false alarm: drill", "False alarm: drill" },
		{ "état inconnu", "État inconnu" },
		{ "Ana is on it", "Ana is on it" },
		{ "12 % lost", "12 % lost" },
		{ "÷", "÷" },
		{ "resolved after 42 min", NULL },
		{ "résolu après 42 min", NULL },
	};
	Plan plan = { 0 };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Arena *a = arena_new("test", 1 << 20);
		Fields *f = fields_new(a);
		Tell t = { .kind = TELL_INCIDENT_RESOLVED, .subject = "incident:7" };

		text_copy(t.text, sizeof t.text, rows[i].text);
		fields_duration(f, "duration", minutes(42));
		facts_complete(f, &plan, &t, at("2026-11-20T16:04:00Z"));
		EXPECT_TEXT(fields_get(f, "text", LANG_EN, NULL), rows[i].want);
		arena_free(a);
	}
}
