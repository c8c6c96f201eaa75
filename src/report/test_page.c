#include "harness.h"

#include "report/test_facts.h"

/* ---- pages ---- */

static const char *page(const StatusFacts *f, Lang lang)
{
	static Buf out;

	buf_clear(&out);
	status_page_html(f, lang, &out);
	return buf_str(&out);
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

TEST(texts_of_the_plan_keep_their_language_on_a_page_in_another)
{
	StatusFacts f = make(1);

	f.text_language = "fr-FR";
	f.intro = "Bonjour & bienvenue.";
	EXPECT_HAS(page(&f, LANG_EN), "<h3><span lang=\"fr\">Boutique</span></h3>");
	EXPECT_HAS(page(&f, LANG_EN), "<p><span lang=\"fr\">Bonjour &amp; bienvenue.</span></p>");
	EXPECT_HAS(page(&f, LANG_FR), "<h3>Boutique</h3>");
	f.text_language = NULL;
	EXPECT_HAS(page(&f, LANG_EN), "<h3>Boutique</h3>");
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

TEST(a_zone_is_named_with_its_offset_of_the_moment)
{
	static const struct {
		const char *zone, *text;
	} rows[] = { { "Europe/Paris", "(Europe/Paris, UTC+1)" },
		     { "Asia/Kolkata", "(Asia/Kolkata, UTC+5:30)" },
		     { "America/St_Johns", "(America/St_Johns, UTC-3:30)" },
		     { "America/New_York", "(America/New_York, UTC-5)" } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		StatusFacts f = make(1);

		ASSERT(zone_load(rows[i].zone, &f.zone, NULL));
		EXPECT_HAS(page(&f, LANG_EN), rows[i].text);
	}
}

TEST(without_a_zone_times_are_utc)
{
	StatusFacts f = make(1);

	f.zone = NULL;
	put(0, STATUS_DOWN, 60);
	EXPECT_HAS(page(&f, LANG_EN),
	           "Since <time datetime=\"2026-11-20T13:16:20Z\">13:16</time>.");
}

TEST(a_component_without_a_label_shows_its_id_and_its_cause)
{
	StatusFacts f = make(1);

	parts[0].label = NULL;
	parts[0].cause = "Le disque est plein.";
	put(0, STATUS_DOWN, 0);
	EXPECT_HAS(page(&f, LANG_FR), "<h3>shop</h3>");
	EXPECT_HAS(page(&f, LANG_FR), "<p class=\"why\">Le disque est plein.</p>");
}

TEST(each_effect_of_a_window_has_its_words)
{
	static const struct {
		StatusState impact;
		const char *fr;
	} rows[] = { { STATUS_UNKNOWN, "effet sur les utilisateurs non précisé" },
		     { STATUS_UP, "aucune interruption attendue" },
		     { STATUS_DEGRADED, "service ralenti ou partiel" },
		     { STATUS_DOWN, "service interrompu" },
		     { STATUS_MAINTENANCE, "service interrompu" } };

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_TEXT(impact_word(LANG_FR, rows[i].impact), rows[i].fr);
}

TEST(each_state_of_an_incident_has_words_for_the_public)
{
	static const char *const states[] = { "open",          "qualified",  "acknowledged",
		                              "investigating", "mitigated",  "resolved",
		                              "watching",      "postmortem", "closed",
		                              "cancelled" };

	for (size_t i = 0; i < COUNT_OF(states); i++) {
		EXPECT(!text_eq(phase_word(LANG_EN, states[i]), states[i]));
		EXPECT(!text_eq(phase_word(LANG_FR, states[i]), phase_word(LANG_EN, states[i])));
	}
	EXPECT_TEXT(phase_word(LANG_FR, "a_later_state"), "a_later_state");
	EXPECT_TEXT(phase_word(LANG_FR, NULL), "");
}

TEST(a_window_longer_than_planned_says_so)
{
	StatusFacts f = make(1);
	StatusWindow w = { .id = "a", .starts = AGO(HOUR), .ends = AGO(MIN), .state = "overrun" };

	f.windows = &w;
	f.windows_n = 1;
	EXPECT_HAS(page(&f, LANG_EN), "<b>Longer than planned, still going on.</b>");
}

TEST(the_first_of_a_month_and_another_year_are_written_as_people_do)
{
	char out[WHEN_TEXT];
	StatusFacts f = make(0);
	Page p = { .f = &f, .lang = LANG_FR };
	Instant t;

	ASSERT(instant_parse("2026-11-01T08:05:00+01:00", &t));
	EXPECT_TEXT(page_moment(&p, t, out), "le 1er novembre à 08 h 05");
	EXPECT_TEXT(page_stamp(&p, t, out), "1er novembre, 08 h 05");
	ASSERT(instant_parse("2025-12-31T23:59:59+01:00", &t));
	EXPECT_TEXT(page_date(&p, t, out), "31 décembre 2025");
	p.lang = LANG_EN;
	EXPECT_TEXT(page_moment(&p, t, out), "31 December 2025 at 23:59");
	EXPECT_TEXT(page_weekday(&p, t, out), "Wednesday 31 December 2025");
	p.html = true;
	EXPECT_TEXT(page_date(&p, t, out), "<time datetime=\"2025-12-31T23:59:59+01:00\">"
	                                   "31\u00a0December\u00a02025</time>");
}
