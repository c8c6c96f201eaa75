/* The month as a page: a table with its caption and headings, whose days become a
 * list on a narrow screen. What comes every day stands once, under the table. Needs no
 * script and loads nothing. */
#include "report/calendar.h"

#include "core/alloc.h"
#include "core/text.h"
#include "report/status_private.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char sheet[] =
        ".w{max-width:75rem}.cal{width:100%;border-collapse:collapse;table-layout:fixed;"
        "margin-top:1.5rem}\n"
        ".cal caption{text-align:left;font-weight:650;padding-bottom:.5rem}\n"
        ".cal th{text-align:left;font-size:.875rem;color:var(--soft);font-weight:600;"
        "padding:.25rem .5rem}\n"
        ".cal td{border:1px solid var(--line);vertical-align:top;padding:.25rem "
        ".5rem;height:5.5rem}\n"
        ".cal .o{background:var(--uk-bg)}.cal .n{font-weight:650}\n"
        ".cal .now .n{text-decoration:underline;text-decoration-thickness:3px;"
        "text-decoration-color:var(--blue)}\n"
        ".cal li{font-size:.875rem;line-height:1.35;margin-top:.25rem}\n"
        ".cal .v{border-left:3px solid var(--mt);padding-left:.375rem;font-weight:600}\n"
        ".cal .x,.col li{border-left:3px solid var(--dn);padding-left:.375rem}\n"
        ".cal .t,.evd .t{color:var(--soft)}\n"
        ".evd li,.col li,.why li{padding:.375rem 0 .375rem .375rem;max-width:72ch}\n"
        ".nav{display:flex;flex-wrap:wrap;gap:0 1.5rem;margin-top:1rem}\n"
        ".nav a{display:inline-flex;align-items:center;min-height:2.75rem}\n"
        "@media(max-width:37.5em){.cal "
        "thead{display:block;position:absolute;width:1px;height:1px;overflow:hidden;clip-path:"
        "inset(50%)}"
        ".cal,.cal tbody,.cal tr,.cal td{display:block;width:100%}"
        ".cal td{height:auto;border-width:0 0 1px;padding:.5rem 0}.cal td .n{display:none}"
        ".cal td .skip{position:static;clip-path:none;width:auto;height:auto;min-height:0;"
        "font-weight:650}.cal .e,.cal .o{display:none}}\n"
        "@media print{.nav{display:none}}";

/* ---- the page's own policy: two sheets, both named by their hash ---- */

static void add_hash(Buf *out, const char *text, size_t n)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char base64[64];

	crypto_hash_sha256(hash, (const unsigned char *)text, n);
	sodium_bin2base64(base64, sizeof base64, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
	buf_printf(out, " 'sha256-%s'", base64);
}

const char *calendar_csp(void)
{
	static char policy[320];
	AUTO(Buf) common = { 0 };
	AUTO(Buf) b = { 0 };

	if (!policy[0]) {
		style(&common);
		buf_text(&b, "default-src 'none'; style-src");
		add_hash(&b, buf_str(&common), common.n);
		add_hash(&b, sheet, sizeof sheet - 1);
		buf_text(&b, "; img-src data:; base-uri 'none'; form-action 'none'");
		text_copy(policy, sizeof policy, buf_str(&b));
	}
	return policy;
}

/* ---- pieces ---- */

typedef struct Writing {
	const CalendarPage *page;
	const Zone *zone;
	Buf *out;
} Writing;

static Lang lang_of(const Writing *w) { return w->page->lang; }

/* Texts of the plan, marked when its language is another than the page's. */
static void plan_words(const Writing *w, const char *text)
{
	const char *language = w->page->plan->head.language;
	bool other = language && lang_parse(language) != lang_of(w);

	if (other)
		buf_printf(w->out, "<span lang=\"%s\">", lang_code(lang_parse(language)));
	buf_html(w->out, text);
	if (other)
		buf_text(w->out, "</span>");
}

static void month_name(const Writing *w, int by, char out[LANG_TEXT])
{
	const Month *m = w->page->month;
	Month shown = month_of(w->zone, m->year, m->month + by);
	char *name = out;

	(void)lang_month(lang_of(w), w->zone, after(shown.days[10].from, hours(12)), name);
}

static void link_month(const Writing *w, int by, const char *before, const char *behind)
{
	char name[LANG_TEXT];
	Month shown = month_of(w->zone, w->page->month->year, w->page->month->month + by);

	month_name(w, by, name);
	buf_printf(w->out, "<li><a href=\"%s?month=%04d-%02d\">%s%s%s</a></li>", w->page->path,
	           shown.year, shown.month, before, name, behind);
}

static void open_page(const Writing *w, const char *month)
{
	const Plan *p = w->page->plan;
	AUTO(Buf) count = { 0 };

	buf_printf(w->out,
	           "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	           "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n"
	           "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s – ",
	           lang_code(lang_of(w)), calendar_csp(), month);
	buf_html(w->out, p->head.title ? p->head.title : p->head.item.id);
	buf_text(w->out, "</title>\n<style>");
	style(w->out);
	buf_printf(w->out,
	           "</style><style>%s</style>\n</head>\n<body>\n<header class=\"w top\">"
	           "<span class=\"n\">",
	           sheet);
	plan_words(w, p->head.title ? p->head.title : p->head.item.id);
	calendar_count(lang_of(w), w->page->agenda, &count);
	buf_printf(w->out, "</span></header>\n<main class=\"w\">\n<h1>%s</h1>\n<p class=\"lead\">",
	           month);
	buf_printf(w->out, tr(lang_of(w), "Due on this sheet: %s."), buf_str(&count));
	buf_text(w->out, "</p>\n");
}

static void navigation(const Writing *w)
{
	buf_printf(w->out, "<nav aria-label=\"%s\"><ul class=\"nav\">", tr(lang_of(w), "Months"));
	link_month(w, -1, "← ", "");
	link_month(w, 1, "", " →");
	buf_printf(w->out, "<li><a href=\"%s.ics?month=%04d-%02d\">%s</a></li></ul></nav>\n",
	           w->page->path, w->page->month->year, w->page->month->month,
	           tr(lang_of(w), "As iCalendar"));
}

/* ---- the table ---- */

static void head_row(const Writing *w)
{
	static const char *const names[LANGS][7] = {
		[LANG_EN] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
		              "Sunday" },
		[LANG_FR] = { "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
		              "dimanche" },
	};

	buf_text(w->out, "<thead><tr>");
	for (size_t i = 0; i < 7; i++)
		buf_printf(w->out, "<th scope=\"col\">%s</th>", names[lang_of(w)][i]);
	buf_text(w->out, "</tr></thead>\n<tbody>\n");
}

static void item(const Writing *w, const AgendaEntry *e, bool begins)
{
	AUTO(Buf) title = { 0 };
	AUTO(Buf) owners = { 0 };
	char at[LANG_TEXT], iso[INSTANT_TEXT];

	buf_printf(w->out, "<li%s>",
	           e->collides                ? " class=\"x\""
	           : e->kind == AGENDA_WINDOW ? " class=\"v\""
	                                      : "");
	if (begins)
		buf_printf(w->out, "<time class=\"t\" datetime=\"%s\">%s</time>%s ",
		           instant_print_at(e->from, zone_offset(w->zone, e->from), iso),
		           lang_time(lang_of(w), w->zone, e->from, at), e->ours ? "*" : "");
	else
		buf_printf(w->out, "<span class=\"t\">%s</span> ", tr(lang_of(w), "goes on:"));
	calendar_title(lang_of(w), e, &title);
	plan_words(w, buf_str(&title));
	calendar_owners(w->page->plan, e->owner, &owners);
	if (owners.n) {
		buf_text(w->out, " <span class=\"t\">– ");
		buf_html(w->out, buf_str(&owners));
		buf_text(w->out, "</span>");
	}
	if (e->collides)
		buf_printf(w->out, " <span class=\"t\">(%s)</span>", tr(lang_of(w), "collides"));
	buf_text(w->out, "</li>");
}

static void cell(const Writing *w, const MonthDay *d)
{
	const Agenda *a = w->page->agenda;
	bool today = !earlier(w->page->now, d->from) && earlier(w->page->now, d->to);
	const AgendaEntry *e;
	size_t at = 0, n = 0;
	char date[LANG_TEXT];
	AUTO(Buf) items = { 0 };
	Writing inside = { w->page, w->zone, &items };

	while ((e = month_next(a, d, &at))) {
		if (agenda_is_daily(e))
			continue;
		item(&inside, e, !earlier(e->from, d->from));
		n++;
	}
	buf_printf(w->out, "<td class=\"%s%s%s\">", d->inside ? "" : "o ", n ? "" : "e ",
	           today ? "now" : "");
	buf_printf(w->out, "<time class=\"n\" datetime=\"%04d-%02d-%02d\">%d</time>", d->date.year,
	           d->date.month, d->date.day, d->date.day);
	buf_printf(w->out, "<span class=\"skip\">%s%s</span>",
	           lang_date(lang_of(w), w->zone, after(d->from, hours(12)), date),
	           today ? tr(lang_of(w), ", today") : "");
	if (n)
		buf_printf(w->out, "<ul>%s</ul>", buf_str(&items));
	buf_text(w->out, "</td>");
}

static void table(const Writing *w, const char *month)
{
	const Month *m = w->page->month;

	buf_printf(w->out, "<table class=\"cal\"><caption>%s, %s</caption>\n", month,
	           zone_name(w->zone));
	head_row(w);
	for (size_t i = 0; i < m->weeks * 7; i++) {
		buf_text(w->out, i % 7 ? "" : "<tr>");
		cell(w, &m->days[i]);
		buf_text(w->out, i % 7 == 6 ? "</tr>\n" : "");
	}
	buf_text(w->out, "</tbody></table>\n");
}

/* ---- under the table ---- */

static void every_day(const Writing *w)
{
	const Agenda *a = w->page->agenda;
	bool any = false;

	for (size_t i = 0; i < a->entries.n; i++) {
		const AgendaEntry *e = &a->entries.at[i];

		if (!agenda_is_daily(e) || !agenda_is_first(a, i))
			continue;
		if (!any)
			buf_printf(w->out, "<section><h2>%s</h2>\n<ul class=\"evd\">",
			           tr(lang_of(w), "Every day"));
		any = true;
		item(w, e, true);
	}
	buf_text(w->out, any ? "</ul></section>\n" : "");
}

static void collisions(const Writing *w)
{
	const Agenda *a = w->page->agenda;

	if (!a->collisions.n)
		return;
	buf_printf(w->out, "<section><h2>%s</h2>\n<ul class=\"col\">",
	           tr(lang_of(w), "Collisions"));
	for (size_t i = 0; i < a->collisions.n; i++) {
		unsigned times = agenda_collision_times(a, i);
		AUTO(Buf) b = { 0 };

		if (!times)
			continue;
		calendar_collision(lang_of(w), w->page->plan, a, &a->collisions.at[i], &b);
		if (times > 1)
			buf_printf(&b, tr(lang_of(w), "; %u times in all"), times);
		buf_text(w->out, "<li>");
		buf_html(w->out, buf_str(&b));
		buf_text(w->out, "</li>");
	}
	buf_text(w->out, "</ul></section>\n");
}

static void placed_by_us(const Writing *w)
{
	const Agenda *a = w->page->agenda;
	bool any = false;

	for (size_t i = 0; i < a->entries.n; i++) {
		const AgendaEntry *e = &a->entries.at[i];
		AUTO(Buf) title = { 0 };

		if (e->kind != AGENDA_DUTY || !e->ours || !agenda_is_first(a, i))
			continue;
		if (!any)
			buf_printf(w->out, "<section><h2>* %s</h2>\n<ul class=\"why\">",
			           tr(lang_of(w), "Placed by Carène, not by the plan"));
		any = true;
		calendar_title(lang_of(w), e, &title);
		buf_text(w->out, "<li>");
		plan_words(w, buf_str(&title));
		buf_text(w->out, " – ");
		plan_words(w, e->reason);
		buf_text(w->out, "</li>");
	}
	buf_text(w->out, any ? "</ul></section>\n" : "");
}

static void notes(const Writing *w)
{
	const Agenda *a = w->page->agenda;

	buf_text(w->out, "<section>");
	if (a->undated) {
		buf_text(w->out, "<p class=\"note\">");
		buf_printf(w->out,
		           tr_n(lang_of(w), "%zu duty follows events or requests and has no date.",
		                "%zu duties follow events or requests and have no date.",
		                a->undated),
		           a->undated);
		buf_text(w->out, "</p>\n");
	}
	buf_printf(w->out, "<p class=\"note\">%s</p></section>\n",
	           tr(lang_of(w), "This is what the plan says. One-off windows, delays and what "
	                          "was done are on the status page and in the task list."));
}

void calendar_page(const CalendarPage *page, Buf *out)
{
	const Plan *p = page->plan;
	Writing w = { page, p->head.timezone ? p->head.timezone : zone_utc(), out };
	char month[LANG_TEXT];

	month_name(&w, 0, month);
	open_page(&w, month);
	navigation(&w);
	table(&w, month);
	every_day(&w);
	collisions(&w);
	placed_by_us(&w);
	notes(&w);
	buf_text(out, "</main>\n<footer><div class=\"w\"></div></footer>\n</body>\n</html>\n");
}
