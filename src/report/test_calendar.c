/* The agenda's words, its facts as JSON, and the month as a page. */
#include "harness.h"

#include "plan/testing.h"
#include "report/calendar.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char plan_text[] =
        "plan: {id: p, title: \"Plan <d'essai>\", version: 1, timezone: Europe/Paris, language: "
        "fr}\n"
        "roles: {ana: {kind: human, label: \"Ana & Cie\"}, bob: {kind: human}}\n"
        "contacts: {eve: {name: Ève, email: eve@example.org}}\n"
        "teams: {web: {label: Équipe web, members: [ana]}}\n"
        "windows: {nuit: {at: weekly sun 03:00, for: 2h, impact: down, notice: 24h, label: Nuit},\n"
        "  aube: {at: weekly sun 04:30, for: 1h}}\n"
        "tasks: {tri: {at: daily 09:00, for: 15m, owner: ana, label: Tri},\n"
        "  revue: {at: weekly mon 09:00, for: 1h, owner: [ana, eve, web], label: "
        "\"<b>Revue</b>\"},\n"
        "  libre: {at: monthly, owner: bob}}\n"
        "suites: {u: {kind: unit, run: [make], at: on deploy}}\n";

typedef struct Lab {
	Loaded loaded;
	Month month;
	Agenda agenda;
} Lab;

static void Lab_done(Lab *l)
{
	Agenda_done(&l->agenda);
	Loaded_done(&l->loaded);
}

/* The sheet of January 2027. */
static Lab january(void)
{
	Lab l = { .loaded = load_text(plan_text) };

	if (!l.loaded.plan) {
		test_fail(__FILE__, __LINE__, "%s", buf_str(&l.loaded.text));
		return l;
	}
	l.month = month_of(l.loaded.plan->head.timezone, 2027, 1);
	agenda_read(l.loaded.plan, l.month.from, l.month.to, NULL, &l.agenda);
	return l;
}

static const AgendaEntry *first(const Lab *l, const char *id)
{
	char text[DUTY_ID + 16];

	for (size_t i = 0; i < l->agenda.entries.n; i++) {
		if (text_eq(agenda_id(&l->agenda.entries.at[i], text), id))
			return &l->agenda.entries.at[i];
	}
	test_fail(__FILE__, __LINE__, "no %s", id);
	return &l->agenda.entries.at[0];
}

TEST(titles_say_what_kind_of_thing_it_is)
{
	static const struct {
		const char *id, *en, *fr;
	} table[] = {
		{ "window:nuit", "Maintenance window: Nuit", "Fenêtre de maintenance : Nuit" },
		{ "notice:nuit", "Notice to be sent: Nuit", "Annonce à envoyer : Nuit" },
		{ "task:tri", "Tri", "Tri" },
		{ "task:libre", "task:libre", "task:libre" }, /* no label: the whole id */
	};
	AUTO(Lab) l = january();

	ASSERT(l.loaded.plan != NULL);
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		AUTO(Buf) en = { 0 };
		AUTO(Buf) fr = { 0 };

		calendar_title(LANG_EN, first(&l, table[i].id), &en);
		calendar_title(LANG_FR, first(&l, table[i].id), &fr);
		EXPECT_TEXT(buf_str(&en), table[i].en);
		EXPECT_TEXT(buf_str(&fr), table[i].fr);
	}
}

TEST(owners_have_the_names_people_know)
{
	AUTO(Lab) l = january();
	AUTO(Buf) out = { 0 };

	ASSERT(l.loaded.plan != NULL);
	calendar_owners(l.loaded.plan, first(&l, "task:revue")->owner, &out);
	EXPECT_TEXT(buf_str(&out), "Ana & Cie, Ève, Équipe web");
}

TEST(the_count_is_the_first_sentence)
{
	AUTO(Lab) l = january();
	AUTO(Buf) out = { 0 };
	AUTO(Buf) none = { 0 };

	calendar_count(LANG_FR, &l.agenda, &out);
	/* five weeks: 35 mornings, 5 Mondays, the month's Tuesdays; 5 nights and 5 dawns; the
	 * sheet begins on Monday 28 December */
	EXPECT_HAS(buf_str(&out), "10 fenêtres, 5 annonces à envoyer ; 5 télescopages");
	calendar_count(LANG_EN, &(Agenda){ 0 }, &none);
	EXPECT_TEXT(buf_str(&none), "nothing is due");
}

TEST(a_collision_names_both_and_why)
{
	AUTO(Lab) l = january();
	AUTO(Buf) out = { 0 };

	ASSERT(l.agenda.collisions.n > 0);
	calendar_collision(LANG_EN, l.loaded.plan, &l.agenda, &l.agenda.collisions.at[0], &out);
	EXPECT_TEXT(buf_str(&out),
	            "28 Dec 2026, 09:00 CET: “Tri” and “<b>Revue</b>” both need Ana & "
	            "Cie");
}

TEST(a_merge_says_until_when_and_by_when_it_is_to_be_told)
{
	AUTO(Lab) l = january();
	AUTO(Buf) out = { 0 };

	ASSERT(l.agenda.merges.n > 0);
	calendar_merge(LANG_EN, l.loaded.plan, &l.agenda.merges.at[0], &out);
	EXPECT_TEXT(
	        buf_str(&out),
	        "2 windows are one from 3 Jan 2027, 03:00 CET to 3 Jan 2027, 05:30 CET, effect: "
	        "out of service; to be announced by 2 Jan 2027, 03:00 CET");
}

TEST(the_facts_are_json)
{
	AUTO(Lab) l = january();
	AUTO(Buf) out = { .max = 4 << 20 };
	Emit emit = emit_to(&out);
	json_t *root, *e, *list;
	size_t i, ours = 0;

	calendar_json(l.loaded.plan, &l.agenda, &emit);
	root = json_loads(buf_str(&out), 0, NULL);
	ASSERT(root != NULL);
	list = json_object_get(root, "entries");
	EXPECT_INT(json_array_size(list), l.agenda.entries.n);
	json_array_foreach(list, i, e)
	{
		bool mine = json_is_true(json_object_get(e, "ours"));

		ours += mine;
		if (mine)
			EXPECT(json_is_string(json_object_get(e, "reason")));
		EXPECT(json_is_string(json_object_get(e, "from")));
	}
	EXPECT(ours >= 1);
	EXPECT_INT(json_array_size(json_object_get(root, "collisions")), l.agenda.collisions.n);
	EXPECT_INT(json_array_size(json_object_get(root, "merges")), l.agenda.merges.n);
	EXPECT_INT(json_integer_value(json_object_get(root, "undated")), 1);
	EXPECT_TEXT(json_string_value(json_object_get(root, "zone")), "Europe/Paris");
	json_decref(root);
}

/* ---- iCalendar ---- */

TEST(each_entry_is_an_event_and_keeps_its_name_over_exports)
{
	AUTO(Lab) l = january();
	AUTO(Buf) a = { .max = 4 << 20 };
	AUTO(Buf) b = { .max = 4 << 20 };
	size_t n = 0;

	calendar_ics(l.loaded.plan, &l.agenda, LANG_FR, l.month.from, &a);
	calendar_ics(l.loaded.plan, &l.agenda, LANG_FR, l.month.from, &b);
	EXPECT_TEXT(buf_str(&a), buf_str(&b));
	for (const char *p = buf_str(&a); (p = strstr(p, "BEGIN:VEVENT\r\n")); p++)
		n++;
	EXPECT_INT(n, l.agenda.entries.n);
	EXPECT_HAS(buf_str(&a), "UID:window:nuit/2027-01-03T02:00:00Z@p.carene\r\n");
	EXPECT_HAS(buf_str(&a), "SUMMARY:Fenêtre de maintenance : Nuit\r\n");
	EXPECT_HAS(buf_str(&a), "Placé par Carène");
}

/* ---- the page ---- */

static void render(const Lab *l, Lang lang, Buf *out)
{
	CalendarPage page = { .plan = l->loaded.plan,
		              .month = &l->month,
		              .agenda = &l->agenda,
		              .lang = lang,
		              .path = "/calendar" };

	out->max = 4 << 20;
	if (!instant_parse("2027-01-12T10:00:00Z", &page.now))
		test_fail(__FILE__, __LINE__, "instant");
	calendar_page(&page, out);
}

static size_t count_of(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
		n++;
	return n;
}

TEST(the_page_is_a_table_with_its_headings)
{
	AUTO(Lab) l = january();
	AUTO(Buf) out = { 0 };

	render(&l, LANG_FR, &out);
	EXPECT_HAS(buf_str(&out), "<html lang=\"fr\">");
	EXPECT_HAS(buf_str(&out), "<h1>janvier 2027</h1>");
	EXPECT_HAS(buf_str(&out), "<caption>janvier 2027, Europe/Paris</caption>");
	EXPECT_INT(count_of(buf_str(&out), "<th scope=\"col\">"), 7);
	EXPECT_INT(count_of(buf_str(&out), "<tr>"), 1 + l.month.weeks);
	EXPECT_INT(count_of(buf_str(&out), "<td"), 7 * l.month.weeks);
	EXPECT_HAS(buf_str(&out), "href=\"/calendar?month=2026-12\"");
	EXPECT_HAS(buf_str(&out), "href=\"/calendar?month=2027-02\"");
	EXPECT_HAS(buf_str(&out), "href=\"/calendar.ics?month=2027-01\"");
	EXPECT_HAS(buf_str(&out), "mardi 12 janvier 2027, aujourd’hui");
	EXPECT_INT(count_of(buf_str(&out), "aujourd’hui"), 1);
}

TEST(nothing_of_the_plan_becomes_markup)
{
	AUTO(Lab) l = january();
	AUTO(Buf) out = { 0 };

	render(&l, LANG_EN, &out);
	EXPECT_HAS(buf_str(&out), "&lt;b&gt;Revue&lt;/b&gt;");
	EXPECT_HAS(buf_str(&out), "Ana &amp; Cie");
	EXPECT(!strstr(buf_str(&out), "<b>Revue"));
	EXPECT(!strstr(buf_str(&out), "<script") && !strstr(buf_str(&out), "style=\""));
	/* French texts in an English page say so */
	EXPECT_HAS(buf_str(&out), "<span lang=\"fr\">Tri</span>");
}

TEST(what_comes_every_day_stands_once)
{
	AUTO(Lab) l = january();
	AUTO(Buf) out = { 0 };

	render(&l, LANG_FR, &out);
	EXPECT_HAS(buf_str(&out), "<h2>Chaque jour</h2>");
	/* once in its list; in collisions by its quoted name */
	EXPECT_INT(count_of(buf_str(&out), "Tri <span"), 1);
	EXPECT_INT(count_of(buf_str(&out), "« Tri »"), 1);
	EXPECT_HAS(buf_str(&out), "Ana &amp; Cie ; 5 fois en tout");
	EXPECT_HAS(buf_str(&out), "<h2>* Placés par Carène, pas par le plan</h2>");
}

TEST(the_page_may_load_nothing_but_its_own_sheets)
{
	AUTO(Lab) l = january();
	AUTO(Buf) out = { 0 };

	render(&l, LANG_EN, &out);
	EXPECT_HAS(buf_str(&out), calendar_csp());
	EXPECT_INT(count_of(calendar_csp(), "'sha256-"), 2);
	EXPECT_HAS(calendar_csp(), "default-src 'none'");
	EXPECT_INT(count_of(buf_str(&out), "<style>"), 2);
	EXPECT(!strstr(buf_str(&out), "http://") && !strstr(buf_str(&out), "https://"));
	EXPECT(out.n < 30 * 1024);
}

/* With CARENE_SAMPLES set to a folder, the pages that test/web/calendar.mjs looks at. */
static void write_page(const char *name, const Buf *text)
{
	const char *root = getenv("CARENE_SAMPLES");
	AUTO_FREE char *folder = root ? mem_printf("%s/calendar", root) : NULL;
	AUTO_FREE char *path = root ? mem_printf("%s/%s.html", folder, name) : NULL;
	FILE *f;

	if (!root)
		return;
	(void)mkdir(root, 0755);
	(void)mkdir(folder, 0755);
	f = fopen(path, "we");
	if (!EXPECT(f != NULL))
		return;
	(void)fwrite(buf_str(text), 1, text->n, f);
	(void)fclose(f);
}

static Loaded load_example(const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/examples/%s.yaml", test_source(), name);
	AUTO_FREE char *text = mem_new(1 << 20);
	FILE *f = fopen(path, "re");
	Loaded l = { 0 };

	if (f) {
		l = load_bytes(path, text, fread(text, 1, (1 << 20) - 1, f));
		(void)fclose(f);
	}
	return l;
}

TEST(the_months_of_the_examples_are_light_pages)
{
	static const char *const names[] = { "nationsounds", "sitearis", "lycee" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		AUTO(Lab) l = { .loaded = load_example(names[i]) };

		if (!EXPECT(l.loaded.plan != NULL)) {
			(void)printf("# %s: %s\n", names[i], buf_str(&l.loaded.text));
			continue;
		}
		l.month = month_of(l.loaded.plan->head.timezone, 2027, 1);
		agenda_read(l.loaded.plan, l.month.from, l.month.to, NULL, &l.agenda);
		for (Lang lang = LANG_EN; lang < LANGS; lang++) {
			AUTO(Buf) out = { 0 };
			AUTO_FREE char *name = mem_printf("%s-%s", names[i], lang_code(lang));

			render(&l, lang, &out);
			write_page(name, &out);
			EXPECT(out.n < 64 * 1024);
		}
	}
}
