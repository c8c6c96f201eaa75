#include "harness.h"

#include "core/list.h"
#include "core/text.h"
#include "report/notice.h"
#include "report/status_private.h"

#include <jansson.h>

/* Friday 20 November 2026, 14:17:20 in Paris. */
#define NOW_US 1795180640000000LL
#define AGO(s) ((Instant){ NOW_US - (s)*1000000LL })

enum { MIN = 60, HOUR = 3600, DAY = 86400 };

static const Zone *paris(void)
{
	const Zone *z = NULL;

	return zone_load("Europe/Paris", &z, NULL) ? z : zone_utc();
}

/* A site of n components, all up, measured for 240 days. */
static StatusPart parts[6];
static StatusFacts make(size_t n)
{
	static const char *const labels[] = { "Boutique",  "Paiements", "Recherche",
		                              "Courriels", "Images",    "Export" };
	static const char *const ids[] = { "shop", "pay", "search", "mail", "images", "export" };

	for (size_t i = 0; i < n; i++)
		parts[i] = (StatusPart){ .id = ids[i],
			                 .label = labels[i],
			                 .state = STATUS_UP,
			                 .since = AGO(8 * DAY),
			                 .availability = 1,
			                 .measured_s = 90 * DAY };
	return (StatusFacts){ .product = "Essai",
		              .languages = { "fr", "en" },
		              .languages_n = 2,
		              .zone = paris(),
		              .now = AGO(0),
		              .measured_at = AGO(14),
		              .measured_from = AGO(240 * DAY),
		              .last_outage = LONG_AGO,
		              .parts = parts,
		              .parts_n = n };
}

static void put(size_t i, StatusState s, int64_t since)
{
	parts[i].state = s;
	parts[i].since = since ? AGO(since) : LONG_AGO;
}

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

/* ---- pages ---- */

static const char *page(const StatusFacts *f, Lang lang)
{
	static Buf out;

	buf_clear(&out);
	status_page_html(f, lang, &out);
	return buf_str(&out);
}

static size_t count(const char *in, const char *what)
{
	size_t n = 0;

	for (const char *p = in; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

TEST(texts_of_the_plan_cannot_become_markup)
{
	static const char evil[] = "</p><script>alert('x')</script>\"&<b>";
	StatusFacts f = make(1);
	StatusUpdate u = { AGO(60), evil, "investigating" };
	const char *const hit[] = { "shop" };
	StatusIncident inc = { .id = evil,
		               .title = evil,
		               .class_label = evil,
		               .state = evil,
		               .opened = AGO(DAY),
		               .ended = LONG_AGO,
		               .expected_end = LONG_AGO,
		               .next_update_at = LONG_AGO,
		               .parts = hit,
		               .parts_n = 1,
		               .updates = &u,
		               .updates_n = 1,
		               .impact = STATUS_DOWN };
	StatusIncident past = inc;
	StatusWindow w = { .id = evil,
		           .title = evil,
		           .reason = evil,
		           .alternatives = evil,
		           .starts = AGO(-60),
		           .ends = AGO(-120),
		           .state = "planned" };
	AUTO(Buf) out = { 0 };

	past.ended = AGO(60);
	f.product = f.title = f.intro = f.contact = f.url = f.last_outage_part = evil;
	f.counted[0] = f.counted[1] = evil;
	f.last_outage = AGO(DAY);
	parts[0].label = parts[0].group = parts[0].cause = evil;
	put(0, STATUS_DOWN, 60);
	f.incidents = &inc;
	f.history = &past;
	f.windows = &w;
	f.incidents_n = f.history_n = f.windows_n = 1;
	for (int lang = 0; lang < LANGS; lang++) {
		for (int up = 0; up < 2; up++) {
			put(0, up ? STATUS_UP : STATUS_DOWN, 60);
			buf_clear(&out);
			status_page_html(&f, (Lang)lang, &out);
			status_history_html(&f, (Lang)lang, &out);
			status_feed_atom(&f, (Lang)lang, &out);
			status_badge_svg(&f, (Lang)lang, &out);
			EXPECT(!strstr(buf_str(&out), "<script"));
			EXPECT(!strstr(buf_str(&out), "<b>\""));
			EXPECT_HAS(buf_str(&out), "&lt;script&gt;");
		}
	}
}

TEST(a_page_loads_nothing_and_allows_nothing_else)
{
	StatusFacts f = make(3);
	const char *html = page(&f, LANG_FR);

	EXPECT_HAS(html, "default-src 'none'; style-src 'sha256-");
	EXPECT_HAS(html, status_csp());
	EXPECT_INT(count(html, " src="), 0);
	EXPECT_INT(count(html, "<script"), 0);
	EXPECT_INT(count(html, " style="), 0);
	EXPECT_INT(count(html, "url("), 0);
	EXPECT_INT(count(html, "https://"), 0);
}

TEST(a_page_speaks_its_language_and_links_to_the_other)
{
	StatusFacts f = make(1);

	EXPECT_HAS(page(&f, LANG_FR), "<html lang=\"fr\">");
	EXPECT_HAS(page(&f, LANG_FR), "hreflang=\"en\" href=\"en.html\">English</a>");
	EXPECT_HAS(page(&f, LANG_EN), "hreflang=\"fr\" href=\"index.html\">Français</a>");
	EXPECT_HAS(page(&f, LANG_EN), "<h1>Everything works.</h1>");
	f.languages_n = 1;
	EXPECT(!strstr(page(&f, LANG_FR), "English"));
}

TEST(each_state_is_a_word_a_shape_and_a_class)
{
	StatusFacts f = make(5);
	const char *html;

	for (size_t i = 0; i < 5; i++)
		put(i, (StatusState)i, 60);
	html = page(&f, LANG_FR);
	EXPECT_HAS(html,
	           "<p class=\"s up\"><svg class=\"i\" aria-hidden=\"true\"><use href=\"#up\"/>"
	           "</svg>En service</p>");
	EXPECT_HAS(html, "<use href=\"#dg\"/></svg>Service dégradé</p>");
	EXPECT_HAS(html, "<use href=\"#dn\"/></svg>En panne</p>");
	EXPECT_HAS(html, "<use href=\"#mt\"/></svg>En maintenance</p>");
	EXPECT_HAS(html, "<use href=\"#uk\"/></svg>Non mesuré</p>");
}

TEST(a_share_is_floored_and_says_of_what)
{
	StatusFacts f = make(1);

	parts[0].availability = 0.99999;
	EXPECT_HAS(page(&f, LANG_FR), "<span>99,99\u202f% de 90\u00a0jours mesurés</span>");
	EXPECT_HAS(page(&f, LANG_EN), "<span>99.99% of 90\u00a0days measured</span>");
	parts[0].availability = 1;
	EXPECT_HAS(page(&f, LANG_EN), "<span>100% of 90\u00a0days measured</span>");
	parts[0].measured_s = 41 * DAY + 5;
	EXPECT_HAS(page(&f, LANG_EN), "100% of 41\u00a0days measured");
	parts[0].availability = -1;
	EXPECT_HAS(page(&f, LANG_EN), "Nothing measured yet");
	EXPECT(!strstr(page(&f, LANG_EN), "100% of"));
	parts[0].availability = 1;
	parts[0].measured_s = 0;
	EXPECT(!strstr(page(&f, LANG_EN), "100% of"));
}

TEST(ninety_days_are_told_in_full_and_calm_ones_together)
{
	StatusFacts f = make(1);
	StatusDay d[STATUS_DAYS];
	const char *html;

	for (int i = 0; i < STATUS_DAYS; i++)
		d[i] = (StatusDay){ .date = days_from_civil(2026, 8, 23) + i, .length = DAY };
	d[0].unknown = d[1].unknown = DAY;
	d[40].down = 240;
	d[41].unknown = 2 * HOUR;
	parts[0].days = d;
	parts[0].days_n = STATUS_DAYS;
	html = page(&f, LANG_EN);
	EXPECT_HAS(html,
	           "<li class=\"o2\"><span>23\u00a0August – 24\u00a0August: not measured</span>");
	EXPECT_HAS(html,
	           "<li class=\"t3 o8\"><span>25\u00a0August – 1\u00a0October: no interruption");
	EXPECT_HAS(html, "<li tabindex=\"0\"><span>2\u00a0October: down 4\u00a0min</span>");
	EXPECT_HAS(html, "<li tabindex=\"0\"><span>3\u00a0October: not measured 2\u00a0h</span>");
	EXPECT_HAS(html, "<li class=\"t4 o8\"><span>4\u00a0October – 20\u00a0November: no");
	EXPECT_INT(count(html, "<li tabindex"), 2);
	/* The drawing: two dots, two runs of low bars, a high one, a bar without its foot. */
	EXPECT_HAS(html, "<path class=\"uk\" d=\"M0 30.5H2\"/>");
	EXPECT_HAS(html, "<path class=\"up\" d=\"M2 24.5H40M42 24.5H90\"/>");
	EXPECT_HAS(html, "<path class=\"dn\" d=\"M40.37 32V7\"/>");
	EXPECT_HAS(html,
	           "<path class=\"pt\" d=\"M41.37 24V17\"/><path class=\"uk\" d=\"M41 30.5h1\"/>");
}

TEST(groups_gather_their_components_in_order_of_first_mention)
{
	StatusFacts f = make(4);
	const char *html, *a, *b;

	parts[0].group = "Site";
	parts[1].group = "Interne";
	parts[3].group = "Site";
	html = page(&f, LANG_FR);
	a = strstr(html, ">Site</h3>");
	b = strstr(html, ">Interne</h3>");
	EXPECT(a && b && a < b);
	EXPECT(a && strstr(a, "<h4>Courriels</h4>") && strstr(a, "<h4>Courriels</h4>") < b);
	EXPECT_HAS(html, "<h3>Recherche</h3>");
	EXPECT_INT(count(html, ">Site</h3>"), 1);
}

TEST(an_incident_shows_its_promises_and_its_messages)
{
	StatusFacts f = make(2);
	StatusUpdate u[2] = { { AGO(60), "Le fournisseur <répond>.", "investigating" },
		              { AGO(DAY), "Vu.", NULL } };
	const char *const hit[] = { "pay", "gone", "shop" };
	StatusIncident inc = { .id = "2026-0012",
		               .title = "Paiements",
		               .class_label = "critique",
		               .state = "investigating",
		               .impact = STATUS_DOWN,
		               .opened = AGO(25 * HOUR),
		               .ended = LONG_AGO,
		               .expected_end = AGO(-HOUR),
		               .next_update_at = AGO(-30 * MIN),
		               .parts = hit,
		               .parts_n = 3,
		               .updates = u,
		               .updates_n = 2 };
	const char *html;

	f.incidents = &inc;
	f.incidents_n = 1;
	html = page(&f, LANG_FR);
	EXPECT_HAS(html, "<h2>Incident en cours</h2>");
	EXPECT_HAS(html, "2026-0012, critique");
	EXPECT_HAS(html,
	           "En cours de traitement, depuis <time datetime=\"2026-11-19T13:17:20+01:00\">"
	           "le\u00a019\u00a0novembre\u00a0à\u00a013\u00a0h\u00a017</time> "
	           "(1\u00a0jour\u00a01\u00a0h).");
	EXPECT_HAS(html, "Concerne\u00a0: Paiements et Boutique.");
	EXPECT_HAS(html, "Retour estimé vers <time datetime=\"2026-11-20T15:17:20+01:00\">15");
	EXPECT_HAS(html, "<b>En cours de traitement.</b> Le fournisseur &lt;répond&gt;.");
	EXPECT_HAS(html, ">19\u00a0novembre,\u00a014\u00a0h\u00a017</time><p>Vu.");
}

TEST(planned_maintenance_says_when_what_why_and_meanwhile)
{
	StatusFacts f = make(2);
	const char *const hit[] = { "shop" };
	StatusWindow w[3] = {
		{ .id = "a",
		  .title = "Mise à jour",
		  .starts = AGO(-37 * HOUR),
		  .ends = AGO(-39 * HOUR),
		  .impact = STATUS_DOWN,
		  .reason = "sécurité",
		  .alternatives = "le catalogue papier",
		  .state = "announced",
		  .parts = hit,
		  .parts_n = 1 },
		{ .id = "b", .starts = AGO(HOUR), .ends = AGO(-11 * HOUR), .state = "open" },
		{ .id = "c",
		  .starts = AGO(-DAY),
		  .ends = AGO(-DAY - HOUR),
		  .state = "cancelled",
		  .impact = STATUS_UP },
	};
	const char *html;

	f.windows = w;
	f.windows_n = 3;
	html = page(&f, LANG_EN);
	EXPECT_HAS(html, "Sunday\u00a022\u00a0November,\u00a003:17</time> – <time "
	                 "datetime=\"2026-11-22T05:17:20+01:00\">05:17</time> (2\u00a0h)");
	EXPECT_HAS(html, "Effect: service interrupted (Boutique).");
	EXPECT_HAS(html, "Reason: sécurité");
	EXPECT_HAS(html, "Meanwhile: le catalogue papier");
	EXPECT_HAS(
	        html,
	        "Saturday\u00a021\u00a0November,\u00a001:17</time> (12\u00a0h) <b>Going on.</b>");
	EXPECT_HAS(html, "effect on users not stated");
	EXPECT_HAS(html, "<b>Cancelled.</b>");
	EXPECT_HAS(html, "no interruption expected");
}

TEST(a_window_that_ends_at_midnight_ends_on_its_own_day)
{
	char out[2 * WHEN_TEXT + 32];
	StatusFacts f = make(0);
	Page p = { .f = &f, .lang = LANG_EN };
	Instant from, to;

	ASSERT(instant_parse("2026-11-22T22:00:00+01:00", &from));
	ASSERT(instant_parse("2026-11-23T00:00:00+01:00", &to));
	EXPECT_TEXT(page_range(&p, from, to, out), "Sunday 22 November, 22:00 – 00:00 (2 h)");
	ASSERT(instant_parse("2026-11-23T00:01:00+01:00", &to));
	EXPECT_TEXT(page_range(&p, from, to, out),
	            "Sunday 22 November, 22:00 – Monday 23 November, 00:01 (2 h 01)");
}

TEST(the_age_at_which_a_page_is_stale_is_on_it)
{
	StatusFacts f = make(1);

	f.every = seconds(30);
	f.rewritten = seconds(5 * MIN);
	EXPECT_HAS(page(&f, LANG_EN), "(Europe/Paris, UTC+1), at intervals of 30\u00a0s or less.");
	EXPECT_HAS(page(&f, LANG_EN), "If that was more than 5\u00a0min ago, this page is stale");
	EXPECT_HAS(page(&f, LANG_FR),
	           "Si c’était il y a plus de 5\u00a0min, cette page est périmée");
	f.measured_at = LONG_AGO;
	EXPECT_HAS(page(&f, LANG_EN), "before any measure.");
}

TEST(a_contact_is_a_link_only_when_it_is_an_address)
{
	StatusFacts f = make(0);

	f.contact = "aide@essai.example";
	EXPECT_HAS(page(&f, LANG_FR), "<a href=\"mailto:aide@essai.example\">");
	f.contact = "https://essai.example/aide?a=1&b=2";
	EXPECT_HAS(page(&f, LANG_FR), "<a href=\"https://essai.example/aide?a=1&amp;b=2\">");
	f.contact = "javascript:alert(1)@x";
	EXPECT(!strstr(page(&f, LANG_FR), "href=\"javascript"));
	f.contact = "au 01 02 03 04 05, ou accueil @ essai";
	EXPECT(!strstr(page(&f, LANG_FR), "mailto"));
}

/* ---- history ---- */

TEST(the_history_has_each_day_that_had_something)
{
	AUTO(Buf) out = { 0 };
	StatusFacts f = make(2);
	StatusDay d[2] = { { .date = days_from_civil(2026, 11, 19), .length = DAY, .down = 240 },
		           { .date = days_from_civil(2026, 11, 20), .length = DAY } };
	StatusIncident past[2] = {
		{ .id = "2",
		  .title = "Deux",
		  .state = "closed",
		  .opened = AGO(DAY),
		  .ended = AGO(DAY - 240),
		  .expected_end = LONG_AGO,
		  .next_update_at = LONG_AGO },
		{ .id = "1",
		  .title = "Un",
		  .state = "closed",
		  .opened = AGO(30 * DAY),
		  .ended = AGO(30 * DAY - 2 * HOUR),
		  .expected_end = LONG_AGO,
		  .next_update_at = LONG_AGO },
	};

	parts[1].days = d;
	parts[1].days_n = 2;
	f.history = past;
	f.history_n = 2;
	status_history_html(&f, LANG_EN, &out);
	EXPECT_HAS(buf_str(&out), "<h1>90 days: 2 incidents, the longest 2\u00a0h.</h1>");
	EXPECT_HAS(buf_str(&out),
	           "id=\"d2026-11-19\"><h2><time datetime=\"2026-11-19\">Thursday 19 "
	           "November</time>");
	EXPECT_HAS(buf_str(&out), "Paiements</b> <span>down 4\u00a0min</span>");
	EXPECT_HAS(buf_str(&out), "id=\"d2026-10-21\"");
	EXPECT_INT(count(buf_str(&out), "class=\"day\""), 2);
	buf_clear(&out);
	f.history_n = 0;
	parts[1].days_n = 0;
	status_history_html(&f, LANG_FR, &out);
	EXPECT_HAS(buf_str(&out), "<h1>90 jours sans incident.</h1>");
	EXPECT_INT(count(buf_str(&out), "class=\"day\""), 0);
}

TEST(a_gap_among_good_hours_is_never_shown_as_working)
{
	AUTO(Buf) out = { 0 };
	StatusFacts f = make(1);
	StatusDay d = { .date = days_from_civil(2026, 11, 20), .length = DAY, .unknown = 3 * HOUR };

	parts[0].days = &d;
	parts[0].days_n = 1;
	status_history_html(&f, LANG_EN, &out);
	EXPECT_HAS(buf_str(&out), "<b class=\"s uk\">");
	EXPECT_HAS(buf_str(&out), "not measured 3\u00a0h");
	EXPECT(!strstr(buf_str(&out), "<b class=\"s up\">"));
}

/* ---- feed, JSON, badge ---- */

TEST(the_feed_tells_each_message_once_newest_first)
{
	AUTO(Buf) out = { 0 };
	StatusFacts f = make(1);
	StatusUpdate u = { AGO(100), "Vu & compris.", "investigating" };
	StatusIncident past = { .id = "2026-0012",
		                .title = "Panne",
		                .state = "closed",
		                .impact = STATUS_DOWN,
		                .opened = AGO(200),
		                .ended = AGO(50),
		                .expected_end = LONG_AGO,
		                .next_update_at = LONG_AGO,
		                .updates = &u,
		                .updates_n = 1 };
	StatusWindow w = { .id = "w@1",
		           .title = "Mise à jour",
		           .starts = AGO(-60),
		           .ends = AGO(-120),
		           .state = "planned",
		           .impact = STATUS_DOWN };
	const char *end, *news, *begin;

	f.url = "status.essai.example";
	f.history = &past;
	f.windows = &w;
	f.history_n = f.windows_n = 1;
	status_feed_atom(&f, LANG_FR, &out);
	end = strstr(buf_str(&out), "<id>https://status.essai.example/incident/2026-0012/end</id>");
	news = strstr(buf_str(&out), "incident/2026-0012/1795180540000</id>");
	begin = strstr(buf_str(&out), "incident/2026-0012/begin</id>");
	EXPECT(end && news && begin && end < news && news < begin);
	EXPECT_INT(count(buf_str(&out), "<entry>"), 4);
	EXPECT_HAS(buf_str(&out), "<title>Rétabli\u00a0: Panne</title>");
	EXPECT_HAS(buf_str(&out), "Vu &amp; compris.");
	EXPECT_HAS(buf_str(&out), "window/w%401</id>");
	EXPECT_HAS(buf_str(&out), "<updated>2026-11-20T13:16:30Z</updated>");
}

TEST(a_feed_without_an_address_is_still_one)
{
	AUTO(Buf) out = { 0 };
	StatusFacts f = make(0);

	f.product = "Mon site";
	status_feed_atom(&f, LANG_EN, &out);
	EXPECT_HAS(buf_str(&out), "<id>urn:carene:Mon%20site/feed-en.xml</id>");
	EXPECT_HAS(buf_str(&out), "<updated>2026-11-20T13:17:20Z</updated>");
	EXPECT_HAS(buf_str(&out), "</feed>\n");
	EXPECT_INT(count(buf_str(&out), "<link"), 0);
}

TEST(the_json_reads_back_and_says_null_where_nothing_is_known)
{
	AUTO(Buf) out = { 0 };
	StatusFacts f = make(2);
	StatusDay d[2] = { { .date = days_from_civil(2026, 11, 19), .length = DAY, .down = 240 },
		           { .date = days_from_civil(2026, 11, 20), .length = HOUR } };
	json_t *j, *part;

	parts[0].days = d;
	parts[0].days_n = 2;
	parts[1].availability = -1;
	put(1, STATUS_UNKNOWN, 0);
	status_json(&f, &out);
	j = json_loads(buf_str(&out), JSON_REJECT_DUPLICATES, NULL);
	ASSERT(j);
	EXPECT_TEXT(json_string_value(json_object_get(j, "state")), "unknown");
	EXPECT_TEXT(json_string_value(json_object_get(j, "made_at")), "2026-11-20T13:17:20Z");
	EXPECT_TEXT(json_string_value(json_object_get(j, "zone")), "Europe/Paris");
	EXPECT_HAS(json_string_value(json_object_get(json_object_get(j, "sentence"), "fr")),
	           "connu");
	EXPECT(json_is_null(json_object_get(j, "last_outage")));
	part = json_array_get(json_object_get(j, "components"), 0);
	EXPECT_TEXT(json_string_value(json_object_get(part, "state")), "up");
	/* 88 days before the first, and the one with an outage; today was up. */
	EXPECT_INT(json_array_size(json_object_get(json_object_get(part, "days"), "not_up")), 89);
	part = json_array_get(json_object_get(j, "components"), 1);
	EXPECT(json_is_null(json_object_get(part, "availability")));
	EXPECT(json_is_null(json_object_get(part, "since")));
	json_decref(j);
}

TEST(a_badge_has_a_word_and_a_shape_for_each_state)
{
	static const char *const words[] = { "Not measured", "Operational", "Degraded", "Down",
		                             "Under maintenance" };

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		AUTO(Buf) out = { 0 };
		StatusFacts f = make(1);

		put(0, (StatusState)i, 60);
		status_badge_svg(&f, LANG_EN, &out);
		EXPECT_HAS(buf_str(&out), words[i]);
		EXPECT_HAS(buf_str(&out), "aria-label=\"Essai: ");
		EXPECT(!strstr(buf_str(&out), "%zu"));
		EXPECT(buf_str(&out)[out.n - 1] == '\n' && out.n < 1200);
	}
}

/* ---- files ---- */

typedef LIST(char *) Names;

static bool take_name(void *ctx, const char *name, const char *type, const char *p, size_t n,
                      Err *err)
{
	Names *names = ctx;

	EXPECT(type && p && n > 100);
	if (names->n == 3 && text_eq(name, "badge.svg"))
		return err_set(err, ERR_IO, "disk full");
	list_add(names, mem_text(name));
	return true;
}

static void forget(Names *names)
{
	for (size_t i = 0; i < names->n; i++)
		mem_free(names->at[i]);
	list_free(names);
}

TEST(the_first_language_has_the_plain_names)
{
	StatusFacts f = make(1);
	char name[NAME_TEXT];
	Lang languages[4];

	EXPECT_TEXT(file_name(&f, LANG_FR, "index", "html", name), "index.html");
	EXPECT_TEXT(file_name(&f, LANG_EN, "index", "html", name), "en.html");
	EXPECT_TEXT(file_name(&f, LANG_EN, "history", "html", name), "history-en.html");
	f.languages[0] = "en";
	f.languages[1] = "fr";
	EXPECT_TEXT(file_name(&f, LANG_FR, "index", "html", name), "fr.html");
	EXPECT_TEXT(file_name(&f, LANG_EN, "feed", "xml", name), "feed.xml");
	f.languages[1] = "de"; /* written in English: not a second time */
	EXPECT_INT(page_languages(&f, languages), 1);
	f.languages_n = 0;
	EXPECT_INT(page_languages(&f, languages), 1);
	EXPECT_INT(languages[0], LANG_EN);
}

TEST(a_file_that_cannot_be_written_stops_the_folder_with_its_reason)
{
	StatusFacts f = make(1);
	Names names = { 0 };
	Err err = { 0 };

	EXPECT(!status_files(&f, take_name, &names, &err));
	EXPECT_TEXT(err.message, "disk full");
	EXPECT_INT(names.n, 3);
	forget(&names);
}

/* ---- terminal ---- */

static const char *screen(const StatusFacts *f, unsigned width, bool colour)
{
	static Buf out;

	buf_clear(&out);
	status_text(f, LANG_EN, width, colour, &out);
	return buf_str(&out);
}

TEST(the_terminal_has_the_sentence_first_and_fits_its_width)
{
	StatusFacts f = make(3);

	put(1, STATUS_DOWN, 12 * MIN);
	EXPECT(text_starts(screen(&f, 80, false), "Paiements down for 12 min. Since 14:05."));
	for (unsigned width = 40; width <= 200; width += 20) {
		const char *p = strstr(screen(&f, width, false), "\n\n");

		for (int i = 0; i < 3 && p; i++) {
			const char *line = p + (i == 0 ? 2 : 1);
			const char *end = strchr(line, '\n');

			EXPECT(utf8_count(line, (size_t)(end - line)) <= width);
			p = end;
		}
	}
}

TEST(colour_only_repeats_what_words_say)
{
	AUTO(Buf) stripped = { 0 };
	AUTO(Buf) plain = { 0 };
	StatusFacts f = make(3);
	const char *p;

	put(0, STATUS_DEGRADED, 60);
	put(1, STATUS_MAINTENANCE, 60);
	buf_text(&plain, screen(&f, 100, false));
	EXPECT(!strchr(buf_str(&plain), '\033'));
	for (p = screen(&f, 100, true); *p; p++) {
		if (*p == '\033')
			p += strcspn(p, "m");
		else
			buf_char(&stripped, *p);
	}
	EXPECT_TEXT(buf_str(&stripped), buf_str(&plain));
	EXPECT_HAS(buf_str(&plain), "▲ Boutique");
	EXPECT_HAS(buf_str(&plain), "‖ Paiements");
	EXPECT_HAS(buf_str(&plain), "● Recherche");
}

TEST(a_long_name_is_cut_between_characters)
{
	StatusFacts f = make(1);

	parts[0].label = "éééééééééééééééééééééééééééééééééééééééééééé";
	EXPECT_HAS(screen(&f, 80, false), "ééé…");
	EXPECT(utf8_ok(screen(&f, 30, false), strlen(screen(&f, 30, false))));
}

/* ---- notices ---- */

static const char *notice(StatusNotice n, const char *language)
{
	static Buf out;

	n.now = AGO(0);
	n.zone = paris();
	buf_clear(&out);
	notice_html(&n, language, &out);
	return buf_str(&out);
}

TEST(only_the_question_has_a_button)
{
	for (int kind = 0; kind < NOTICE_KINDS; kind++) {
		StatusNotice n = { .kind = (StatusNoticeKind)kind,
			           .incident = "2026-0012",
			           .title = "Panne <b>",
			           .who = "Ana",
			           .by = "Karim",
			           .at = AGO(60),
			           .opened = AGO(12 * MIN) };
		const char *html = notice(n, "fr-FR,fr");

		EXPECT((strstr(html, "<form method=\"post\">") != NULL) ==
		       (kind == NOTICE_ACK_ASK));
		EXPECT_HAS(html, "<html lang=\"fr\">");
		EXPECT(!strstr(html, "<b>"));
		EXPECT_INT(count(html, "<h1>"), 1);
	}
}

TEST(a_notice_says_what_happened_to_whom_and_when)
{
	StatusNotice n = { .kind = NOTICE_ACK_DONE,
		           .incident = "2026-0012",
		           .title = "Panne",
		           .at = AGO(0),
		           .opened = AGO(12 * MIN) };

	EXPECT_HAS(notice(n, "en"), "12\u00a0min after it began.");
	EXPECT_HAS(notice(n, "en"), "Nobody else will be called for it now.");
	n.kind = NOTICE_ACK_ALREADY;
	n.by = "Karim";
	EXPECT_HAS(notice(n, "fr"), "Karim l’a pris en charge <time");
	n.kind = NOTICE_ACK_UNKNOWN;
	EXPECT(!strstr(notice(n, "en"), "2026-0012"));
	n.kind = NOTICE_REFUSED;
	n.why = "the body is <too long>";
	EXPECT_HAS(notice(n, "en"), "the body is &lt;too long&gt;");
	EXPECT_HAS(notice_csp(), "form-action 'self'");
	EXPECT_HAS(status_csp(), "form-action 'none'");
}
