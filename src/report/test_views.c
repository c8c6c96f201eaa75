#include "harness.h"

#include "report/notice.h"
#include "report/test_facts.h"

#include <jansson.h>

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
	/* 88 days before the first are one gap; then the one with an outage; today was up. */
	EXPECT_INT(json_array_size(json_object_get(json_object_get(part, "days"), "not_up")), 1);
	part = json_object_get(json_object_get(part, "days"), "gaps");
	EXPECT_INT(json_array_size(part), 1);
	part = json_array_get(part, 0);
	EXPECT_TEXT(json_string_value(json_object_get(part, "from")), "2026-08-23");
	EXPECT_TEXT(json_string_value(json_object_get(part, "to")), "2026-11-18");
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
static size_t full_after;

static bool take_name(void *ctx, const char *name, const char *type, const char *p, size_t n,
                      Err *err)
{
	Names *names = ctx;

	EXPECT(type && p && n > 100);
	if (names->n == full_after)
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

	for (full_after = 0; full_after <= 9; full_after++) {
		Names names = { 0 };
		Err err = { 0 };

		EXPECT(status_files(&f, take_name, &names, &err) == (full_after == 9));
		EXPECT_TEXT(err.message, full_after == 9 ? "" : "disk full");
		EXPECT_INT(names.n, full_after);
		forget(&names);
	}
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

TEST(the_terminal_tells_incidents_and_windows)
{
	StatusFacts f = make(2);
	StatusUpdate u = { AGO(60), "Vu, on cherche.", NULL };
	StatusIncident inc = { .id = "2026-0012",
		               .title = "Paiements",
		               .class_label = "critique",
		               .state = "investigating",
		               .opened = AGO(12 * MIN),
		               .ended = LONG_AGO,
		               .updates = &u,
		               .updates_n = 1 };
	StatusWindow w[2] = { { .id = "a",
		                .title = "Mise à jour",
		                .starts = AGO(-DAY),
		                .ends = AGO(-DAY - HOUR),
		                .impact = STATUS_DOWN },
		              { .id = "b", .starts = AGO(-DAY), .ends = AGO(-DAY - HOUR) } };
	const char *text;

	put(1, STATUS_DOWN, 12 * MIN);
	f.incidents = &inc;
	f.windows = w;
	f.incidents_n = 1;
	f.windows_n = 2;
	text = screen(&f, 0, false);
	EXPECT_HAS(text,
	           "Current incident\n  2026-0012  Paiements (critique)\n    Being worked on, "
	           "since 14:05 (12 min)\n    14:16  Vu, on cherche.\n");
	EXPECT_HAS(text, "Planned maintenance\n  Saturday 21 November, 14:17 – 15:17 (1 h)  Mise à "
	                 "jour: service interrupted\n");
	EXPECT_HAS(text, "Maintenance: effect on users not stated\n");
	EXPECT_HAS(text, "Measured 20 November at 14:17 (Europe/Paris).\n");
	EXPECT_HAS(text, "bars: the last 90 days.");
}

TEST(each_state_has_a_sign_a_bar_and_a_colour_on_the_terminal)
{
	static const char *const signs[] = { "○", "●", "▲", "■", "‖" };
	static const char *const colours[] = { "\033[2m", "\033[32m", "\033[33m", "\033[1;31m",
		                               "\033[35m" };
	StatusFacts f = make(5);
	StatusDay d[5] = { { .date = 20777, .length = DAY, .unknown = DAY },
		           { .date = 20778, .length = DAY },
		           { .date = 20779, .length = DAY, .degraded = 1 },
		           { .date = 20780, .length = DAY, .down = 3 * HOUR },
		           { .date = 20781, .length = DAY, .maintenance = 1 } };
	const char *text;

	for (size_t i = 0; i < 5; i++)
		put(i, (StatusState)i, 60);
	parts[0].days = d;
	parts[0].days_n = 5;
	parts[1].days = &d[3];
	parts[1].days_n = 1;
	text = screen(&f, 0, true);
	for (size_t i = 0; i < 5; i++) {
		EXPECT_HAS(text, signs[i]);
		EXPECT_HAS(text, colours[i]);
	}
	EXPECT_HAS(screen(&f, 0, false), "··▂▅█╏\n");
}

TEST(a_terminal_without_measures_or_components_says_so)
{
	StatusFacts f = make(0);

	f.measured_at = LONG_AGO;
	EXPECT_TEXT(screen(&f, 80, false),
	            "No component is watched yet.\n\nNothing measured yet.\n");
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
	EXPECT_HAS(notice(n, "en"), "Nobody is called any more for want of an answer.");
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
