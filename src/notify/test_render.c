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

/* ---- one story, told in every kind, in both languages ---- */

typedef struct Words { /* what the engine takes from the plan, or a person wrote */
	const char *name, *en, *fr;
} Words;

static const Words incident[] = {
	{ "product", "MangaThèque", "MangaThèque" },
	{ "team", "MangaThèque", "MangaThèque" },
	{ "service", "Shop", "Boutique" },
	{ "environment", "production", "production" },
	{ "title", "payments fail", "les paiements échouent" },
	{ "class", "N1", "N1" },
	{ "class_label", "critical", "critique" },
	{ "id", "2026-0012", "2026-0012" },
	{ "contact", "support@mangatheque.example", "support@mangatheque.example" },
};
static const Words opened[] = {
	{ "impact", "Nobody can pay.", "Personne ne peut payer." },
	{ "cause", "POST /pay: 502 instead of 200, three times in a row",
	  "POST /pay : 502 au lieu de 200, trois fois de suite" },
	{ "check", "payment", "paiement" },
	{ "url", "https://mangatheque.example/pay", "https://mangatheque.example/pay" },
	{ "told", "Ana (mail, SMS)", "Ana (courriel, SMS)" },
	{ "next_step", "Karim, at 17:19", "Karim, à 17 h 19" },
	{ "ack_link", "https://watch.example/a/6f2c", "https://watch.example/a/6f2c" },
	{ "runbook", "https://wiki.example/payments", "https://wiki.example/paiements" },
	{ "link", "https://watch.example/incidents/2026-0012",
	  "https://watch.example/incidents/2026-0012" },
};
static const Words escalated[] = {
	{ "told", "Ana (mail, SMS) at 17:04", "Ana (courriel, SMS) à 17 h 04" },
	{ "next_step", "the whole team, at 17:34", "toute l’équipe, à 17 h 34" },
	{ "step", "2", "2" },
	{ "ack_link", "https://watch.example/a/91bd", "https://watch.example/a/91bd" },
};
static const Words update[] = {
	{ "text",
	  "The payment provider answers again; we are replaying what waited.\n"
	  "Orders placed meanwhile are kept.",
	  "Le prestataire de paiement répond de nouveau ; nous rejouons ce qui attendait.\n"
	  "Les commandes passées entre-temps sont conservées." },
	{ "impact", "Payments may take some minutes.",
	  "Les paiements peuvent prendre quelques minutes." },
	{ "data_statement", "No data was lost: last backup checked at 16:00.",
	  "Aucune donnée n’est perdue : dernière sauvegarde vérifiée à 16 h." },
	{ "acked_by", "Ana", "Ana" },
	{ "state", "worked around", "contourné" },
	{ "apology", "We are sorry for the trouble.", "Nous vous prions de nous excuser." },
	{ "status_link", "https://status.mangatheque.example",
	  "https://status.mangatheque.example" },
};
static const Words resolved[] = {
	{ "text", "The provider's certificate had expired; it was renewed.",
	  "Le certificat du prestataire avait expiré ; il a été renouvelé." },
	{ "acked_by", "Ana", "Ana" },
	{ "objective", "99.9% a month: 1 min 10 s left until 30 November",
	  "99,9 % par mois : il reste 1 min 10 s jusqu’au 30 novembre" },
	{ "status_link", "https://status.mangatheque.example",
	  "https://status.mangatheque.example" },
};
static const Words limit[] = {
	{ "clock", "response", "prise en charge" },
	{ "ack_link", "https://watch.example/a/6f2c", "https://watch.example/a/6f2c" },
	{ "next_step", "Karim, at 17:34", "Karim, à 17 h 34" },
};
static const Words alert[] = {
	{ "title", "disk /srv at 91%", "disque /srv à 91 %" },
	{ "level", "warning", "avertissement" },
	{ "rule", "disk_srv", "disk_srv" },
	{ "cause", "91.2% used, limit 90%", "91,2 % occupés, seuil 90 %" },
	{ "check", "host", "host" },
};
static const Words window[] = {
	{ "title", "database upgrade", "mise à niveau de la base" },
	{ "impact", "The shop will be closed; reading goes on.",
	  "La boutique sera fermée ; la lecture continue." },
	{ "work", "PostgreSQL 15 to 16", "PostgreSQL 15 vers 16" },
	{ "reason", "security support of version 15 ends",
	  "fin des correctifs de sécurité de la version 15" },
	{ "alternatives", "baskets are kept until Monday",
	  "les paniers sont conservés jusqu’à lundi" },
	{ "apology", "Thank you for your patience.", "Merci de votre patience." },
	{ "status_link", "https://status.mangatheque.example",
	  "https://status.mangatheque.example" },
};
static const Words cancelled[] = {
	{ "reason", "the supplier postponed the new version",
	  "le fournisseur a repoussé la nouvelle version" },
};
static const Words done[] = {
	{ "latency_before", "420 ms", "420 ms" },
	{ "latency_after", "310 ms", "310 ms" },
	{ "usage_before", "71%", "71 %" },
	{ "usage_after", "64%", "64 %" },
};
static const Words postmortem[] = {
	{ "root_cause", "nobody watched the provider's certificate",
	  "personne ne surveillait le certificat du prestataire" },
	{ "link", "https://watch.example/incidents/2026-0012",
	  "https://watch.example/incidents/2026-0012" },
};
static const Words self[] = {
	{ "title", "channel “sms” does not deliver", "le canal « sms » ne délivre plus" },
	{ "cause", "HTTP 401 from api.twilio.com", "HTTP 401 de api.twilio.com" },
};

#define ADD(f, words, lang) add_words((f), (words), COUNT_OF(words), (lang))

static void add_words(Fields *f, const Words *words, size_t n, Lang lang)
{
	for (size_t i = 0; i < n; i++)
		fields_text(f, words[i].name, lang == LANG_FR ? words[i].fr : words[i].en);
}

static void add_item(Fields *f, const char *list, const char *en, const char *fr, Lang lang)
{
	fields_text(fields_item(f, list), ".", lang == LANG_FR ? fr : en);
}

static void add_event(Fields *f, const char *list, const char *when, const char *name,
                      const char *en, const char *fr, Lang lang)
{
	Fields *item = fields_item(f, list);

	fields_instant(item, "at", at(when));
	fields_text(item, name, lang == LANG_FR ? fr : en);
}

static void story_incident(Fields *f, Lang lang)
{
	ADD(f, incident, lang);
	fields_instant(f, "start", at("2026-11-20T16:04:00Z"));
}

static void story_opened(Fields *f, Lang lang)
{
	story_incident(f, lang);
	ADD(f, opened, lang);
	fields_word(f, "actions", "the people in charge are being alerted");
}

static void story_escalated(Fields *f, Lang lang)
{
	story_opened(f, lang);
	ADD(f, escalated, lang);
	fields_duration(f, "lasting", minutes(15));
}

static void story_update(Fields *f, Lang lang)
{
	story_incident(f, lang);
	ADD(f, update, lang);
	fields_instant(f, "eta", at("2026-11-20T17:30:00Z"));
	fields_instant(f, "next_update", at("2026-11-20T17:00:00Z"));
	add_event(f, "updates", "2026-11-20T16:10:00Z", "text", "Ana is looking at it.",
	          "Ana s’en occupe.", lang);
}

static void story_resolved(Fields *f, Lang lang)
{
	story_incident(f, lang);
	ADD(f, resolved, lang);
	fields_instant(f, "end", at("2026-11-20T16:46:20Z"));
	fields_duration(f, "downtime", minutes(42));
	fields_duration(f, "response", minutes(6));
}

static void story_clock(Fields *f, Lang lang)
{
	story_incident(f, lang);
	ADD(f, limit, lang);
	fields_percent(f, "share", 80, 0);
	fields_span(f, "limit", (Span){ .us = 1800000000 });
	fields_instant(f, "due", at("2026-11-20T16:34:00Z"));
	fields_duration(f, "lasting", minutes(24));
}

static void story_breached(Fields *f, Lang lang)
{
	story_clock(f, lang);
	fields_flag(f, "breached", true);
}

static void story_alert(Fields *f, Lang lang)
{
	story_incident(f, lang);
	ADD(f, alert, lang);
}

static void story_alert_resolved(Fields *f, Lang lang)
{
	story_alert(f, lang);
	fields_instant(f, "end", at("2026-11-20T19:14:00Z"));
}

static void story_window(Fields *f, Lang lang)
{
	ADD(f, incident, lang);
	ADD(f, window, lang);
	fields_instant(f, "start", at("2026-11-22T03:00:00Z"));
	fields_instant(f, "end", at("2026-11-22T07:00:00Z"));
}

static void story_cancelled(Fields *f, Lang lang)
{
	story_window(f, lang);
	ADD(f, cancelled, lang);
}

static void story_done(Fields *f, Lang lang)
{
	story_window(f, lang);
	ADD(f, done, lang);
	fields_instant(f, "end", at("2026-11-22T07:25:00Z"));
	fields_duration(f, "planned_duration", hours(4));
	fields_duration(f, "overrun", minutes(25));
	add_item(f, "operations", "PostgreSQL 15 to 16", "PostgreSQL 15 vers 16", lang);
	add_item(f, "operations", "indexes rebuilt", "index reconstruits", lang);
	add_item(f, "problems", "an index took twice its time",
	         "un index a pris deux fois son temps", lang);
	add_item(f, "fixes", "memory of the rebuild raised", "mémoire de la reconstruction relevée",
	         lang);
	add_item(f, "next", "watch slow queries for a week",
	         "surveiller les requêtes lentes une semaine", lang);
}

static void story_postmortem(Fields *f, Lang lang)
{
	story_resolved(f, lang);
	ADD(f, postmortem, lang);
	add_event(f, "timeline", "2026-11-20T16:04:00Z", "text", "first failed payment",
	          "premier paiement refusé", lang);
	add_event(f, "timeline", "2026-11-20T16:10:00Z", "text", "Ana takes it",
	          "Ana prend en charge", lang);
	add_item(f, "lessons", "a supplier's certificate is ours to watch",
	         "le certificat d’un prestataire se surveille aussi", lang);
	add_item(f, "next", "a TLS check on the provider", "une sonde TLS sur le prestataire",
	         lang);
}

static void story_self(Fields *f, Lang lang)
{
	ADD(f, incident, lang);
	ADD(f, self, lang);
	fields_instant(f, "start", at("2026-11-20T16:04:00Z"));
}

static void story_follow_up(Fields *f, Lang lang)
{
	static const Words words[] = {
		{ "product", "MangaThèque", "MangaThèque" },
		{ "title", "old jQuery on the checkout", "vieux jQuery sur le paiement" },
		{ "level", "critical", "critique" },
		{ "state", "triaged", "qualifié" },
		{ "id", "V-0012", "V-0012" },
		{ "recipient", "Karim", "Karim" },
	};

	ADD(f, words, lang);
	fields_span(f, "limit", (Span){ .us = 86400000000 });
	fields_instant(f, "start", at("2026-11-19T16:04:00Z"));
	fields_instant(f, "due", at("2026-11-20T16:04:00Z"));
}

static void story_grouped(Fields *f, Lang lang)
{
	story_incident(f, lang);
	fields_number(f, "count", 3, 0);
	add_event(f, "events", "2026-11-20T16:04:05Z", "headline",
	          "[OPEN] Shop · N1 · payments fail",
	          "[OUVERT] Boutique · N1 · les paiements échouent", lang);
	add_event(f, "events", "2026-11-20T16:04:09Z", "headline", "[OPEN] Forum · N2 · slow",
	          "[OUVERT] Forum · N2 · lenteur", lang);
	add_event(f, "events", "2026-11-20T16:04:20Z", "headline", "[RESOLVED] Forum · N2 · slow",
	          "[RÉTABLI] Forum · N2 · lenteur", lang);
	fields_text(f, "ack_link", NULL);
}

static void add_task(Fields *f, const char *when, const char *en, const char *fr, Lang lang)
{
	add_event(f, "tasks", when, "headline", en, fr, lang);
}

static void story_tasks(Fields *f, Lang lang)
{
	story_incident(f, lang);
	fields_text(f, "title", lang == LANG_FR ? "Vérification du lundi" : "Monday's check");
	fields_instant(f, "start", at("2026-11-23T08:00:00Z"));
	fields_number(f, "more", 1, 0);
	fields_text(f, "ack_link", NULL);
	add_task(f, "2026-11-23T08:00:00Z", "Monday's check", "Vérification du lundi", lang);
	add_task(f, "2026-11-23T13:00:00Z", "Review of accesses", "Revue des accès", lang);
}

static void story_task_notice(Fields *f, Lang lang)
{
	story_incident(f, lang);
	fields_text(f, "title", lang == LANG_FR ? "Vérification du lundi" : "Monday's check");
	fields_text(f, "text",
	            lang == LANG_FR ? "Les sauvegardes sont là." : "The backups are there.");
	fields_text(f, "id", "task:monday@2026-11-23T08:00:00Z");
	fields_text(f, "ack_link", NULL);
}

typedef struct Story {
	const char *file, *builtin;
	char kind; /* letter of fields.def */
	void (*tell)(Fields *f, Lang lang);
} Story;

static const Story stories[] = {
	{ "incident_opened", "incident_opened", 'i', story_opened },
	{ "incident_escalated", "incident_escalated", 'i', story_escalated },
	{ "incident_update", "incident_update", 'i', story_update },
	{ "incident_resolved", "incident_resolved", 'i', story_resolved },
	{ "incident_reopened", "incident_reopened", 'i', story_opened },
	{ "clock_warning", "clock_warning", 'c', story_clock },
	{ "clock_breached", "clock_warning", 'c', story_breached },
	{ "alert", "alert", 'a', story_alert },
	{ "alert_resolved", "alert_resolved", 'a', story_alert_resolved },
	{ "window_notice", "window_notice", 'w', story_window },
	{ "window_cancelled", "window_cancelled", 'w', story_cancelled },
	{ "window_done", "window_done", 'd', story_done },
	{ "postmortem", "postmortem", 'p', story_postmortem },
	{ "self", "self", 's', story_self },
	{ "task_due", "task_due", 't', story_tasks },
	{ "task_missed", "task_missed", 't', story_tasks },
	{ "task_failed", "task_failed", 't', story_tasks },
	{ "task_notice", "task_notice", 't', story_task_notice },
	{ "follow_up", "follow_up", 'f', story_follow_up },
	{ "grouped", "grouped", 'i', story_grouped },
	{ "status", "status", 'i', story_update },
};

static bool tell(const Story *s, Lang lang, Rendered *ret)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	Err err = { 0 };
	bool ok;

	s->tell(f, lang);
	ok = message_render_builtin(s->builtin, f, lang, paris(), ret, &err);
	if (!ok)
		(void)test_fail(__FILE__, __LINE__, "%s: %s", s->file, err.message);
	arena_free(a);
	return ok;
}

TEST(every_message_reads_well_in_both_languages)
{
	for (size_t i = 0; i < 2 * COUNT_OF(stories); i++) {
		const Story *s = &stories[i / 2];
		Lang lang = i % 2 ? LANG_FR : LANG_EN;
		AUTO(Rendered) r = { 0 };
		AUTO(Buf) all = { 0 };
		AUTO_FREE char *path =
		        mem_printf("test/golden/messages/%s.%s.txt", s->file, lang_code(lang));

		if (!tell(s, lang, &r))
			continue;
		buf_printf(&all, "%s\n%s\n\n%s", r.subject, r.brief, r.text);
		EXPECT_SNAPSHOT(buf_str(&all), path);
	}
}

TEST(the_html_of_a_message_is_one_light_document)
{
	AUTO(Rendered) r = { 0 };

	ASSERT(tell(&stories[0], LANG_FR, &r));
	EXPECT_SNAPSHOT(r.html, "test/golden/messages/incident_opened.fr.html");
	Rendered_done(&r);
	ASSERT(tell(&stories[11], LANG_EN, &r));
	EXPECT_SNAPSHOT(r.html, "test/golden/messages/window_done.en.html");
	EXPECT(strlen(r.html) < 8192);
}

/* Whatever the text says, the HTML says, and the other way round. */
TEST(text_and_html_say_the_same_words)
{
	for (size_t i = 0; i < 2 * COUNT_OF(stories); i++) {
		AUTO(Rendered) r = { 0 };
		const char *rest;
		char word[256];

		if (!tell(&stories[i / 2], i % 2 ? LANG_FR : LANG_EN, &r))
			continue;
		rest = r.text;
		while (text_part(&rest, " \n\u00a0\u202f", word, sizeof word)) {
			AUTO(Buf) escaped = { 0 };

			if (strcmp(word, ":") == 0 || strcmp(word, "-") == 0)
				continue;
			if (text_ends(word, ":"))
				word[strlen(word) - 1] = '\0';
			buf_html(&escaped, word);
			EXPECT_HAS(r.html, buf_str(&escaped));
		}
	}
}

TEST(the_acknowledge_link_is_the_first_link)
{
	static const char *const paging[] = { "incident_opened", "incident_escalated",
		                              "incident_reopened", "clock_warning" };

	for (size_t i = 0; i < COUNT_OF(stories); i++) {
		for (size_t p = 0; p < COUNT_OF(paging); p++) {
			AUTO(Rendered) r = { 0 };

			if (strcmp(stories[i].file, paging[p]) != 0)
				continue;
			ASSERT(tell(&stories[i], LANG_EN, &r));
			EXPECT(text_starts(strstr(r.text, "https://"), "https://watch.example/a/"));
			EXPECT(text_starts(strstr(r.html, "href=\""),
			                   "href=\"https://watch.example/a/"));
			EXPECT_HAS(r.brief, "https://watch.example/a/");
		}
	}
}

TEST(a_subject_carries_state_service_class_and_since_when)
{
	AUTO(Rendered) r = { 0 };

	ASSERT(tell(&stories[0], LANG_FR, &r));
	EXPECT_TEXT(r.subject,
	            "[OUVERT] Boutique · N1 · les paiements échouent · depuis 17 h 04 CET");
	Rendered_done(&r);
	ASSERT(tell(&stories[0], LANG_EN, &r));
	EXPECT_TEXT(r.subject, "[OPEN] Shop · N1 · payments fail · since 17:04 CET");
}

TEST(an_hour_is_not_broken_over_two_lines)
{
	static const struct {
		const char *text, *html;
	} rows[] = {
		{ "à 17 h 04 (CET)", "à 17&nbsp;h&nbsp;04 (CET)" },
		{ "4 min 05 s, puis 3 h.", "4&nbsp;min 05&nbsp;s, puis 3&nbsp;h." },
		{ "3 jours 4 h", "3&nbsp;jours 4&nbsp;h" },
		{ "12 heures", "12 heures" },
		{ "h 04", "h 04" },
		{ " 5", " 5" },
		{ "the h 4", "the h 4" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Buf) html = { 0 };
		AUTO_FREE char *want =
		        mem_printf("<p style=\"margin:0 0 16px\">%s</p>\n", rows[i].html);

		layout_plain_as_html(rows[i].text, &html);
		EXPECT_TEXT(buf_str(&html), want);
	}
}

/* ---- the least that is known ---- */

TEST(with_only_what_it_needs_a_message_has_no_empty_place)
{
	static const char *const stray[] = { "  ",   " .", " ,", "..",     "()", "· ·",
		                             ": \n", "{{", "}}", "\n\n\n", " \n" };

	for (size_t i = 0; i < 2 * COUNT_OF(stories); i++) {
		Lang lang = i % 2 ? LANG_FR : LANG_EN;
		Arena *a = arena_new("test", 1 << 20);
		Fields *f = fields_new(a);
		AUTO(Rendered) r = { 0 };
		AUTO(Buf) all = { 0 };
		Err err = { 0 };

		fields_text(f, "product", "Site");
		fields_text(f, "title", "checkout is down");
		fields_text(f, "clock", "response");
		fields_instant(f, "start", at("2026-11-20T16:04:00Z"));
		fields_instant(f, "end", at("2026-11-20T17:04:00Z"));
		fields_number(f, "count", 2, 0);
		fields_text(fields_item(f, "events"), "headline", "one");
		add_task(f, "2026-11-20T16:04:00Z", "one", "une", lang);
		if (!EXPECT(message_render_builtin(stories[i / 2].builtin, f, lang, NULL, &r,
		                                   &err)))
			(void)test_text(__FILE__, __LINE__, stories[i / 2].file, err.message, "");
		buf_printf(&all, "%s\n%s\n%s", r.subject, r.brief, r.text);
		for (size_t s = 0; s < COUNT_OF(stray); s++)
			EXPECT(!strstr(buf_str(&all), stray[s]) ||
			       test_fail(__FILE__, __LINE__, "%s has \"%s\": %s",
			                 stories[i / 2].file, stray[s], buf_str(&all)));
		arena_free(a);
	}
}

TEST(a_built_in_without_what_it_needs_is_refused)
{
	static const struct {
		TellKind kind;
		const char *set, *error;
	} rows[] = {
		{ TELL_INCIDENT_OPENED, "start", "field 'title' is empty" },
		{ TELL_INCIDENT_OPENED, "title", "field 'start' is empty" },
		{ TELL_CLOCK_WARNING, "title", "field 'clock' is empty" },
		{ TELL_WINDOW_NOTICE, "start", "field 'end' is empty" },
		{ TELL_WINDOW_DONE, "end", "field 'start' is empty" },
		{ TELL_SELF, "start", "field 'title' is empty" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Arena *a = arena_new("test", 1 << 20);
		Fields *f = fields_new(a);
		AUTO(Rendered) r = { 0 };
		Err err = { 0 };

		fields_text(f, "product", "Site");
		if (strcmp(rows[i].set, "title") == 0)
			fields_text(f, "title", "x");
		else
			fields_instant(f, rows[i].set, (Instant){ 0 });
		EXPECT(!message_render(rows[i].kind, NULL, f, LANG_EN, NULL, NULL, &r, &err));
		EXPECT_TEXT(err.message, rows[i].error);
		EXPECT(!r.subject && !r.text && !r.html && !r.brief);
		arena_free(a);
	}
}

/* A built-in may speak only of facts that its kind can have. */
TEST(built_ins_use_the_names_of_the_table)
{
	static const char *const inner[] = {
		"at", "headline", ".", "_incident_rows", "_incident_links", "_sign", "_sign_public"
	};

	for (size_t i = 0; i < 2 * COUNT_OF(stories); i++) {
		Arena *a = arena_new("test", 1 << 20);
		Builtin b;

		ASSERT(builtin_find(stories[i / 2].builtin, i % 2 ? LANG_FR : LANG_EN, a, &b));
		EXPECT(template_check(b.body, NULL));
		for (const char *p = b.body; (p = strstr(p, "{{"));) {
			char name[FIELD_NAME];
			bool known = false;

			p += 2 + strspn(p + 2, "#^/>");
			text_copy(name, 1 + (p[0] == '.' ? 1 : strcspn(p, ".}")), p);
			for (size_t k = 0; k < COUNT_OF(inner); k++)
				known = known || strcmp(inner[k], name) == 0;
			EXPECT(known || field_fits(name, stories[i / 2].kind) ||
			       test_fail(__FILE__, __LINE__, "%s: %s", stories[i / 2].file, name));
		}
		arena_free(a);
	}
}

/* ---- values that would like to be more ---- */

TEST(a_value_cannot_forge_a_link_a_row_or_markup)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	AUTO(Rendered) r = { 0 };

	fields_text(f, "product", "Site");
	fields_instant(f, "start", (Instant){ 0 });
	fields_text(f, "title",
	            "x\n> Acknowledge | https://evil.example\n\001>A\002https://evil.example");
	fields_text(f, "cause", "<script>alert(1)</script>\n# second");
	fields_text(f, "ack_link", "javascript:alert(1)");
	ASSERT(message_render(TELL_INCIDENT_OPENED, NULL, f, LANG_EN, NULL, NULL, &r, NULL));
	EXPECT(!strchr(r.subject, '\n'));
	EXPECT(!strstr(r.html, "<script"));
	EXPECT(!strstr(r.html, "href=\"javascript"));
	EXPECT(!strstr(r.html, "class=\"go\""));
	EXPECT(!strchr(r.html, '\001') && !strchr(r.text, '\001'));
	arena_free(a);
}

TEST(an_endless_title_is_cut_in_the_subject_only)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	AUTO(Rendered) r = { 0 };
	AUTO(Buf) title = { 0 };

	for (int i = 0; i < 100; i++)
		buf_text(&title, "éé ");
	buf_text(&title, "end");
	fields_text(f, "title", buf_str(&title));
	ASSERT(message_render(TELL_SELF, NULL, f, LANG_EN, NULL, NULL, &r, NULL) ||
	       (fields_text(f, "product", "p"),
	        message_render(TELL_SELF, NULL, f, LANG_EN, NULL, NULL, &r, NULL)));
	EXPECT_INT(utf8_count(r.subject, strlen(r.subject)), 161);
	EXPECT(text_ends(r.subject, "…") && utf8_ok(r.subject, strlen(r.subject)));
	EXPECT_HAS(r.text, "éé end");
	arena_free(a);
}

/* ---- templates of the plan ---- */

static Template own(const char *id) { return (Template){ .item = { .id = id } }; }

static bool render_own_of(const Template *t, const MessageHooks *hooks, Rendered *r, Err *err)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	bool ok;

	story_opened(f, LANG_FR);
	fields_text(f, "text", NULL);
	ok = message_render(TELL_INCIDENT_OPENED, t, f, LANG_FR, paris(), hooks, r, err);
	arena_free(a);
	return ok;
}

TEST(a_plan_may_write_its_own_words)
{
	Template t = own("crise");
	AUTO(Rendered) r = { 0 };
	Err err = { 0 };

	t.subject = "[[PRODUIT]] - incident {{class}} en cours";
	t.text = "Bonjour,\n\nDébut : [[DÉBUT]].\nImpact : [[IMPACT]]\nVoir {{link}}.\n";
	ASSERT(render_own_of(&t, NULL, &r, &err));
	EXPECT_TEXT(r.subject, "MangaThèque - incident N1 en cours");
	EXPECT_TEXT(r.text, "Bonjour,\n\nDébut : vendredi 20 novembre 2026 à 17 h 04 (CET).\n"
	                    "Impact : Personne ne peut payer.\n"
	                    "Voir https://watch.example/incidents/2026-0012.\n\n"
	                    "Prendre en charge\u00a0: https://watch.example/a/6f2c\n");
	EXPECT_HAS(r.html, "<p style=\"margin:0 0 16px\">Bonjour,</p>");
	EXPECT_HAS(r.html, "04 (CET).<br>\nImpact : Personne");
	EXPECT_HAS(r.html, "incidents/2026-0012</a>.</p>");
	EXPECT_HAS(r.brief, "Prendre en charge");
}

TEST(a_plan_may_write_its_own_html)
{
	Template t = own("crise");
	AUTO(Rendered) r = { 0 };

	t.html = "<h2>{{title}} & co</h2>";
	ASSERT(render_own_of(&t, NULL, &r, NULL));
	EXPECT_HAS(r.html, "<h2>les paiements échouent & co</h2>");
	EXPECT_HAS(r.html, "<!doctype html>");
	EXPECT_HAS(r.text, "Prendre en charge");
	Rendered_done(&r);
	t.html = "<html><body>{{title}}</body></html>";
	ASSERT(render_own_of(&t, NULL, &r, NULL));
	EXPECT_TEXT(r.html, "<html><body>les paiements échouent</body></html>");
}

TEST(a_link_the_plan_placed_is_not_added_twice)
{
	Template t = own("page");
	AUTO(Rendered) r = { 0 };

	t.text = "{{#ack_link}}Ici : {{ack_link}}{{/ack_link}}";
	ASSERT(render_own_of(&t, NULL, &r, NULL));
	EXPECT_TEXT(r.text, "Ici : https://watch.example/a/6f2c");
}

TEST(a_required_field_that_is_empty_refuses_the_message)
{
	static const char *const required[] = { "class", "title", "prochaine mise à jour", NULL };
	Template t = own("incident");
	AUTO(Rendered) r = { 0 };
	Err err = { 0 };

	t.fields = (Texts){ required, 3 };
	EXPECT(!render_own_of(&t, NULL, &r, &err));
	EXPECT_TEXT(err.message, "template 'incident': field 'prochaine mise à jour' is empty");
	t.fields.n = 2;
	EXPECT(render_own_of(&t, NULL, &r, &err));
}

TEST(a_hole_in_the_plan_s_own_words_refuses_the_message)
{
	Template t = own("crise");
	AUTO(Rendered) r = { 0 };
	Err err = { 0 };

	t.text = "Reprise dans [[XX]] heures.";
	EXPECT(!render_own_of(&t, NULL, &r, &err));
	EXPECT_TEXT(err.message, "template 'crise': text: field 'XX' is empty");
	EXPECT(!r.text);
	t.text = NULL;
	t.subject = "{{eta}}";
	EXPECT(!render_own_of(&t, NULL, &r, &err));
	EXPECT_TEXT(err.message, "template 'crise': subject: field 'eta' is empty");
	t.subject = NULL;
	t.html = "{{#x}}";
	EXPECT(!render_own_of(&t, NULL, &r, &err));
	EXPECT_HAS(err.message, "template 'crise': html: line 1");
}

static ClaimVerdict verdict_of(void *ctx, const char *claim)
{
	return strcmp(claim, "commitment:data_safe") == 0 ? *(ClaimVerdict *)ctx : CLAIM_HOLDS;
}

TEST(a_claim_that_evidence_contradicts_refuses_the_message)
{
	static const char *const claims[] = { "commitment:other", "commitment:data_safe", NULL };
	ClaimVerdict verdict = CLAIM_CONTRADICTED;
	MessageHooks hooks = { .claim = verdict_of, .ctx = &verdict };
	Template t = own("crise");
	AUTO(Rendered) r = { 0 };
	Err err = { 0 };

	t.claims = (Texts){ claims, 2 };
	EXPECT(!render_own_of(&t, &hooks, &r, &err));
	EXPECT_TEXT(err.message, "template 'crise': claim 'commitment:data_safe' is contradicted "
	                         "by the evidence");
	verdict = CLAIM_UNKNOWN;
	EXPECT(render_own_of(&t, &hooks, &r, &err));
	Rendered_done(&r);
	EXPECT(render_own_of(&t, NULL, &r, &err));
}

/* ---- which template a tell takes ---- */

TEST(a_template_is_chosen_by_kind_language_channel_and_audience)
{
	static const char *const users[] = { "all_users", NULL }, *const mail[] = { "mail", NULL };
	Template list[] = { own("incident"), own("window_en"), own("maintenance"), own("report") };
	Plan plan = { .templates = list, .templates_n = COUNT_OF(list) };
	Channel channel = { .item = { .id = "mail" } };
	Tell t = { .kind = TELL_WINDOW_NOTICE };

	plan.head.language = "fr";
	list[1].kind = "maintenance";
	list[1].language = "en";
	list[1].text = "Hello";
	list[2].audience = (Texts){ users, 1 };
	list[2].channels = (Texts){ mail, 1 };
	list[2].text = "Bonjour";
	EXPECT(message_template(&plan, &t, &channel, LANG_EN) == &list[1]);
	EXPECT(message_template(&plan, &t, &channel, LANG_FR) == &list[2]);
	tell_to(&t, "tech");
	EXPECT(!message_template(&plan, &t, &channel, LANG_FR));
	tell_to(&t, "all_users");
	EXPECT(message_template(&plan, &t, &channel, LANG_FR) == &list[2]);
	channel.item.id = "slack";
	EXPECT(!message_template(&plan, &t, &channel, LANG_FR));
	t.kind = TELL_INCIDENT_ESCALATED;
	EXPECT(message_template(&plan, &t, &channel, LANG_FR) == &list[0]);
	EXPECT(message_template(&plan, &t, &channel, LANG_EN) == &list[0]);
	t.kind = TELL_WINDOW_DONE;
	EXPECT(message_template(&plan, &t, &channel, LANG_FR) == &list[3]);
	t.kind = TELL_ALERT;
	EXPECT(!message_template(&plan, &t, &channel, LANG_FR));
}

TEST(every_kind_has_a_built_in_in_both_languages)
{
	for (int k = 0; k < TELL_KINDS; k++) {
		Arena *a = arena_new("test", 1 << 20);

		for (int lang = 0; lang < LANGS; lang++)
			EXPECT(builtin_find(tell_kind_name((TellKind)k), (Lang)lang, a,
			                    &(Builtin){ 0 }));
		arena_free(a);
	}
	EXPECT_TEXT(tell_kind_name(TELL_KINDS), "grouped");
}
