#include "harness.h"

#include "report/test_facts.h"

static const char *sentence(const StatusFacts *f, Lang lang)
{
	static Buf out;

	buf_clear(&out);
	status_sentence(f, lang, &out);
	return buf_str(&out);
}

/* ---- the state of the whole ---- */

TEST(nothing_watched_is_unknown_and_never_up)
{
	StatusFacts f = { 0 };
	StatusPart zeroed = { .id = "a" };

	EXPECT_INT(status_overall(&f), STATUS_UNKNOWN);
	f.parts = &zeroed;
	f.parts_n = 1;
	EXPECT_INT(status_overall(&f), STATUS_UNKNOWN);
	EXPECT_TEXT(status_state_name(STATUS_UNKNOWN), "unknown");
	EXPECT_TEXT(status_state_name((StatusState)99), "unknown");
}

TEST(the_worst_component_gives_the_state_and_not_knowing_is_worse_than_maintenance)
{
	static const struct {
		StatusState a, b, worst;
	} rows[] = {
		{ STATUS_UP, STATUS_UP, STATUS_UP },
		{ STATUS_UP, STATUS_MAINTENANCE, STATUS_MAINTENANCE },
		{ STATUS_MAINTENANCE, STATUS_UNKNOWN, STATUS_UNKNOWN },
		{ STATUS_UNKNOWN, STATUS_DEGRADED, STATUS_DEGRADED },
		{ STATUS_DEGRADED, STATUS_DOWN, STATUS_DOWN },
		{ STATUS_DOWN, STATUS_UNKNOWN, STATUS_DOWN },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		StatusFacts f = make(2);

		put(0, rows[i].a, 60);
		put(1, rows[i].b, 60);
		EXPECT_INT(status_overall(&f), rows[i].worst);
	}
}

TEST(a_component_is_found_by_its_id)
{
	StatusFacts f = make(3);

	EXPECT_TEXT(status_part(&f, "pay")->label, "Paiements");
	EXPECT(!status_part(&f, "nobody"));
	EXPECT(!status_part(&f, NULL));
}

/* ---- sentences ---- */

TEST(a_good_day_is_one_sentence_and_the_last_outage)
{
	StatusFacts f = make(3);

	EXPECT_TEXT(sentence(&f, LANG_EN),
	            "Everything works. No outage since measuring began on 25 March.");
	EXPECT_TEXT(sentence(&f, LANG_FR),
	            "Tout fonctionne. Aucune interruption depuis le début des "
	            "mesures, le 25 mars.");
	f.last_outage = AGO(8 * DAY);
	f.last_outage_length = seconds(4 * MIN);
	EXPECT_TEXT(sentence(&f, LANG_EN), "Everything works. Last outage: 4 min on 12 November.");
	EXPECT_TEXT(sentence(&f, LANG_FR),
	            "Tout fonctionne. Dernière interruption\u00a0: 4 min le 12 novembre.");
	f.last_outage_part = "Paiements";
	EXPECT_TEXT(sentence(&f, LANG_EN),
	            "Everything works. Last outage: 4 min on 12 November (Paiements).");
	f.last_outage = AGO(330 * DAY);
	EXPECT_HAS(sentence(&f, LANG_EN), "on 25 December 2025");
	EXPECT_HAS(sentence(&f, LANG_FR), "le 25 décembre 2025");
	f.last_outage = f.measured_from = LONG_AGO;
	EXPECT_TEXT(sentence(&f, LANG_EN), "Everything works.");
}

TEST(an_incident_that_outlives_its_outage_is_mentioned)
{
	StatusFacts f = make(1);
	StatusIncident inc = { .id = "1", .title = "x", .ended = LONG_AGO };

	f.incidents = &inc;
	f.incidents_n = 1;
	EXPECT_HAS(sentence(&f, LANG_EN), "Everything works. 1 incident is still being followed.");
	EXPECT_HAS(sentence(&f, LANG_FR), "1 incident est encore suivi.");
}

TEST(an_outage_is_named_counted_and_timed)
{
	StatusFacts f = make(6);

	put(1, STATUS_DOWN, 12 * MIN);
	EXPECT_TEXT(sentence(&f, LANG_EN),
	            "Paiements down for 12 min. Since 14:05. Everything else works.");
	EXPECT_TEXT(sentence(&f, LANG_FR),
	            "Paiements en panne depuis 12 min. Depuis 14 h 05. Tout le reste fonctionne.");
	put(2, STATUS_DOWN, 2 * HOUR + 5 * MIN);
	EXPECT_HAS(sentence(&f, LANG_EN), "Paiements and Recherche down for 2 h 05.");
	EXPECT_HAS(sentence(&f, LANG_FR), "Paiements et Recherche en panne depuis 2 h 05.");
	put(3, STATUS_DOWN, 3 * DAY);
	EXPECT_HAS(sentence(&f, LANG_EN), "3 components out of 6 down for 3 days.");
	EXPECT_HAS(sentence(&f, LANG_FR), "3 composants sur 6 en panne depuis 3 jours.");
	EXPECT_HAS(sentence(&f, LANG_FR), "Depuis le 17 novembre à 14 h 17.");
	put(4, STATUS_DEGRADED, MIN);
	EXPECT(!strstr(sentence(&f, LANG_EN), "Everything else"));
}

TEST(an_outage_without_a_beginning_is_still_said)
{
	StatusFacts f = make(1);

	put(0, STATUS_DOWN, 0);
	EXPECT_TEXT(sentence(&f, LANG_EN), "Boutique down.");
	put(0, STATUS_DEGRADED, 0);
	EXPECT_TEXT(sentence(&f, LANG_FR), "Boutique en service dégradé.");
	put(0, STATUS_DEGRADED, 20 * MIN);
	EXPECT_TEXT(sentence(&f, LANG_EN), "Boutique degraded for 20 min. Since 13:57.");
}

TEST(a_moment_is_told_in_whole_seconds)
{
	StatusFacts f = make(1);

	put(0, STATUS_DOWN, 7);
	f.now.us += 837548;
	EXPECT_HAS(sentence(&f, LANG_FR), "Boutique en panne depuis 7 s.");
}

TEST(a_promised_return_wins_over_promised_news)
{
	StatusFacts f = make(1);
	StatusIncident inc[2] = { { .id = "1", .title = "x", .ended = LONG_AGO },
		                  { .id = "2", .title = "y", .ended = LONG_AGO } };

	inc[0].expected_end = inc[1].expected_end = inc[1].next_update_at = LONG_AGO;
	inc[0].next_update_at = AGO(-30 * MIN);
	f.incidents = inc;
	f.incidents_n = 2;
	put(0, STATUS_DOWN, 60);
	EXPECT_HAS(sentence(&f, LANG_EN), "Next news by 14:47.");
	EXPECT_HAS(sentence(&f, LANG_FR), "Prochaines nouvelles avant 14 h 47.");
	inc[1].expected_end = AGO(-2 * HOUR);
	EXPECT_HAS(sentence(&f, LANG_FR), "Retour estimé vers 16 h 17.");
	EXPECT(!strstr(sentence(&f, LANG_FR), "nouvelles"));
	inc[1].expected_end = AGO(-DAY);
	EXPECT_HAS(sentence(&f, LANG_FR), "Retour estimé vers le 21 novembre à 14 h 17.");
}

TEST(maintenance_says_when_it_ends_and_not_knowing_says_why)
{
	StatusFacts f = make(2);
	StatusWindow w = { .id = "w", .starts = AGO(HOUR), .ends = AGO(-HOUR) };

	put(0, STATUS_MAINTENANCE, HOUR);
	EXPECT_TEXT(sentence(&f, LANG_EN), "Boutique under maintenance. Everything else works.");
	f.windows = &w;
	f.windows_n = 1;
	EXPECT_HAS(sentence(&f, LANG_EN), "Boutique under maintenance. Planned end: 15:17.");
	EXPECT_HAS(sentence(&f, LANG_FR), "Boutique en maintenance. Fin prévue\u00a0: 15 h 17.");
	put(0, STATUS_UNKNOWN, MIN);
	EXPECT_HAS(sentence(&f, LANG_EN), "State not known: Boutique. Since 14:16.");
	put(1, STATUS_UNKNOWN, MIN);
	EXPECT_HAS(sentence(&f, LANG_EN), "State not known: measuring has stopped.");
	f.measured_at = LONG_AGO;
	EXPECT_HAS(sentence(&f, LANG_EN), "the first measures are on their way");
	f.parts_n = 0;
	EXPECT_HAS(sentence(&f, LANG_FR), "Aucun composant n’est encore suivi.");
}

/* ---- days ---- */

TEST(a_day_is_drawn_by_the_worst_of_it)
{
	static const struct {
		StatusDay day;
		StatusState state;
		DayKind kind;
	} rows[] = {
		{ { .length = DAY }, STATUS_UP, DAY_CLEAN },
		{ { .length = DAY, .down = 1 }, STATUS_DOWN, DAY_EVENT },
		{ { .length = DAY, .down = 1, .degraded = 999, .unknown = 5 },
		  STATUS_DOWN,
		  DAY_EVENT },
		{ { .length = DAY, .degraded = 1, .maintenance = 5 }, STATUS_DEGRADED, DAY_EVENT },
		{ { .length = DAY, .maintenance = 1 }, STATUS_MAINTENANCE, DAY_EVENT },
		{ { .length = DAY, .unknown = DAY }, STATUS_UNKNOWN, DAY_GAP },
		{ { .length = DAY, .unknown = DAY - 1 }, STATUS_UNKNOWN, DAY_EVENT },
		{ { .length = DAY, .unknown = 15 * MIN }, STATUS_UP, DAY_EVENT },
		{ { .length = DAY, .unknown = 15 * MIN - 1 }, STATUS_UP, DAY_CLEAN },
		{ { .length = 0 }, STATUS_UNKNOWN, DAY_GAP },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		EXPECT_INT(day_state(&rows[i].day), rows[i].state);
		EXPECT_INT(day_kind(&rows[i].day), rows[i].kind);
	}
}

TEST(days_that_nobody_measured_fill_the_quarter_as_gaps)
{
	StatusFacts f = make(1);
	StatusDay two[2] = { { .date = days_from_civil(2026, 11, 19), .length = DAY },
		             { .date = days_from_civil(2026, 11, 20), .length = HOUR } };
	Days days = part_days(&f, &parts[0]);

	EXPECT_INT(days.at[STATUS_DAYS - 1].date, days_from_civil(2026, 11, 20));
	EXPECT_INT(day_kind(&days.at[0]), DAY_GAP);
	EXPECT_INT(day_kind(&days.at[STATUS_DAYS - 1]), DAY_GAP);
	parts[0].days = two;
	parts[0].days_n = 2;
	days = part_days(&f, &parts[0]);
	EXPECT_INT(days.at[0].date, days_from_civil(2026, 8, 23));
	EXPECT_INT(day_kind(&days.at[STATUS_DAYS - 3]), DAY_GAP);
	EXPECT_INT(day_kind(&days.at[STATUS_DAYS - 2]), DAY_CLEAN);
	EXPECT_INT(days.at[STATUS_DAYS - 1].length, HOUR);
}

TEST(more_than_ninety_days_keep_the_newest)
{
	StatusFacts f = make(1);
	StatusDay many[100] = { 0 };
	size_t on;

	for (int i = 0; i < 100; i++)
		many[i] = (StatusDay){ .date = 20000 + i, .length = DAY, .down = i < 10 ? 60 : 1 };
	parts[0].days = many;
	parts[0].days_n = 100;
	EXPECT_INT(part_days(&f, &parts[0]).at[0].date, 20010);
	EXPECT_INT(days_down(&parts[0], &on), 90);
	EXPECT_INT(on, 90);
}

TEST(the_story_of_a_day_has_its_figures_and_nothing_else)
{
	AUTO(Buf) out = { 0 };
	StatusFacts f = make(0);
	Page p = { .f = &f, .lang = LANG_FR, .out = &out };

	day_story(&p, &(StatusDay){
	                      .length = DAY, .down = 240, .degraded = HOUR, .unknown = 20 * MIN });
	EXPECT_TEXT(buf_str(&out), "en panne 4 min, service dégradé 1 h, non mesuré 20 min");
	buf_clear(&out);
	p.lang = LANG_EN;
	day_story(&p, &(StatusDay){ .length = DAY });
	EXPECT_TEXT(buf_str(&out), "no interruption");
}
