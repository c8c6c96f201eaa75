/* The first page: the sentence, what is wrong now, each component's ninety days,
 * what is planned, what happened lately. */
#include "core/text.h"
#include "report/status_private.h"

#include <stdio.h>

enum { RECENT = 5 }; /* past incidents on the first page; all are in the history */

static void measured(Page *p)
{
	char when[WHEN_TEXT], every[WHEN_TEXT];
	int32_t offset = zone_offset(page_zone(p->f), p->f->now);
	char zone[96];

	(void)snprintf(zone, sizeof zone, "%.60s, UTC%c%d", zone_name(page_zone(p->f)),
	               offset < 0 ? '-' : '+', (offset < 0 ? -offset : offset) / 3600);
	if (offset % 3600)
		(void)snprintf(zone + strlen(zone), sizeof zone - strlen(zone), ":%02d",
		               (offset < 0 ? -offset : offset) / 60 % 60);
	buf_text(p->out, "<p class=\"note\">");
	if (!is_set(p->f->measured_at)) {
		buf_printf(p->out, tr(p->lang, "Written %s (%s), before any measure."),
		           page_moment(p, p->f->now, when), zone);
	} else {
		buf_printf(p->out, tr(p->lang, "Measured %s (%s)"),
		           page_moment(p, p->f->measured_at, when), zone);
		if (p->f->every.us > 0)
			buf_printf(p->out, tr(p->lang, ", at intervals of %s or less"),
			           page_span(p, p->f->every, every));
		buf_char(p->out, '.');
	}
	if (p->f->rewritten.us > 0) {
		buf_char(p->out, ' ');
		buf_printf(p->out,
		           tr(p->lang,
		              "If that was more than %s ago, this page is stale and the state "
		              "is not known."),
		           page_span(p, p->f->rewritten, every));
	}
	buf_text(p->out, "</p>\n");
}

static void hero(Page *p)
{
	StatusState s = status_overall(p->f);
	size_t before;

	buf_printf(p->out, "<div class=\"hero %s\"><div class=\"w\">", state_class(s));
	shape(p, s, "i");
	buf_text(p->out, "<h1>");
	sentence_head(p);
	buf_text(p->out, "</h1>\n<p class=\"lead\">");
	before = p->out->n;
	sentence_lead(p);
	if (p->out->n == before)
		buf_text(p->out, state_word(p->lang, s));
	buf_text(p->out, "</p>\n");
	measured(p);
	buf_text(p->out, "</div></div>\n<div class=\"w\">\n");
	if (!text_is_empty(p->f->intro)) {
		buf_text(p->out, "<section><p>");
		plan_text(p, p->f->intro);
		buf_text(p->out, "</p></section>\n");
	}
}

static void incidents(Page *p)
{
	if (!p->f->incidents_n)
		return;
	buf_printf(p->out, "<section><h2>%s</h2>\n",
	           tr_n(p->lang, "Current incident", "Current incidents", p->f->incidents_n));
	for (size_t i = 0; i < p->f->incidents_n; i++)
		incident_article(p, &p->f->incidents[i], 3);
	buf_text(p->out, "</section>\n");
}

/* ---- components ---- */

static void figures(Page *p, const StatusPart *part)
{
	char text[WHEN_TEXT], measured_text[WHEN_TEXT];
	size_t on_days;
	int64_t down = days_down(part, &on_days);

	buf_text(p->out, "<p class=\"c\"><span>");
	if (part->availability < 0 || part->measured_s <= 0) {
		buf_printf(p->out, "%s</span></p>", tr(p->lang, "Nothing measured yet"));
		return;
	}
	if (down)
		buf_printf(p->out,
		           tr_n(p->lang, "%s of outage on %zu day", "%s of outage on %zu days",
		                on_days),
		           page_seconds(p, down, text), on_days);
	else
		buf_text(p->out, tr(p->lang, "No outage"));
	/* A percentage says what it is a share of. */
	page_share(p, part->availability, text);
	page_seconds(p, part->measured_s, measured_text);
	buf_text(p->out, "</span><span>");
	buf_printf(p->out, tr(p->lang, "%s of %s measured"), text, measured_text);
	buf_text(p->out, "</span></p>");
}

static void component(Page *p, const StatusPart *part, unsigned heading)
{
	char text[WHEN_TEXT];
	bool up = part->state == STATUS_UP;

	buf_printf(p->out, "<div class=\"p\"><div class=\"h\"><h%u>", heading);
	plan_text(p, part_label(part));
	buf_printf(p->out, "</h%u><p class=\"s %s\">", heading, state_class(part->state));
	shape(p, part->state, "i");
	buf_printf(p->out, "%s</p></div>", state_word(p->lang, part->state));
	if (!up && (is_set(part->since) || part->cause)) {
		buf_text(p->out, "<p class=\"why\">");
		if (is_set(part->since)) {
			buf_printf(p->out, tr(p->lang, "Since %s."),
			           page_when(p, part->since, text));
			buf_char(p->out, ' ');
		}
		plan_text(p, part->cause);
		buf_text(p->out, "</p>");
	}
	bars(p, part);
	figures(p, part);
	buf_text(p->out, "</div>\n");
}

static bool group_seen(const StatusFacts *f, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (text_eq(f->parts[i].group, f->parts[at].group))
			return true;
	}
	return false;
}

/* Parts without a group come first, under the section's own title. */
static void components(Page *p)
{
	char first[WHEN_TEXT], last[WHEN_TEXT];
	Days days;

	if (!p->f->parts_n)
		return;
	days = part_days(p->f, &p->f->parts[0]);
	/* Each day with something to tell stops the keyboard: here is the way past them. */
	buf_printf(p->out, "<a class=\"skip\" href=\"#next\">%s</a>\n",
	           tr(p->lang, "Skip the components"));
	buf_printf(p->out, "<section><h2>%s</h2>\n<p class=\"note\">", tr(p->lang, "Components"));
	page_civil(p, days.at[0].date, first);
	page_civil(p, days.at[STATUS_DAYS - 1].date, last);
	buf_printf(p->out, tr(p->lang, "Each over 90 days, from %s to %s."), first, last);
	buf_text(p->out, "</p>\n");
	for (size_t i = 0; i < p->f->parts_n; i++) {
		if (!p->f->parts[i].group)
			component(p, &p->f->parts[i], 3);
	}
	for (size_t i = 0; i < p->f->parts_n; i++) {
		const char *group = p->f->parts[i].group;

		if (!group || group_seen(p->f, i))
			continue;
		buf_text(p->out, "<h3 class=\"gr\">");
		plan_text(p, group);
		buf_text(p->out, "</h3>\n");
		for (size_t k = i; k < p->f->parts_n; k++) {
			if (text_eq(p->f->parts[k].group, group))
				component(p, &p->f->parts[k], 4);
		}
	}
	buf_text(p->out, "</section>\n");
}

/* ---- planned maintenance ---- */

static void paragraph(Page *p, const char *name, const char *text)
{
	if (text_is_empty(text))
		return;
	buf_printf(p->out, "<p>%s ", name);
	plan_text(p, text);
	buf_text(p->out, "</p>");
}

static void window(Page *p, const StatusWindow *w)
{
	char range[2 * WHEN_TEXT + 32];
	bool cancelled = text_eq(w->state, "cancelled");

	buf_text(p->out, "<article class=\"card mt\"><h3>");
	if (w->title)
		plan_text(p, w->title);
	else
		buf_text(p->out, tr(p->lang, "Maintenance"));
	buf_printf(p->out, "</h3><p>%s", page_range(p, w->starts, w->ends, range));
	if (cancelled)
		buf_printf(p->out, " <b>%s</b>", tr(p->lang, "Cancelled."));
	else if (text_eq(w->state, "overrun"))
		buf_printf(p->out, " <b>%s</b>",
		           tr(p->lang, "Longer than planned, still going on."));
	else if (text_eq(w->state, "open"))
		buf_printf(p->out, " <b>%s</b>", tr(p->lang, "Going on."));
	buf_printf(p->out, "</p><p>%s ", tr(p->lang, "Effect:"));
	buf_text(p->out, impact_word(p->lang, w->impact));
	if (w->parts_n) {
		buf_text(p->out, " (");
		part_names(p, w->parts, w->parts_n);
		buf_text(p->out, ")");
	}
	buf_text(p->out, ".</p>");
	paragraph(p, tr(p->lang, "Reason:"), w->reason);
	paragraph(p, tr(p->lang, "Meanwhile:"), w->alternatives);
	buf_text(p->out, "</article>\n");
}

static void windows(Page *p)
{
	if (!p->f->windows_n)
		return;
	buf_printf(p->out, "<section><h2>%s</h2>\n", tr(p->lang, "Planned maintenance"));
	for (size_t i = 0; i < p->f->windows_n; i++)
		window(p, &p->f->windows[i]);
	buf_text(p->out, "</section>\n");
}

/* ---- the past ---- */

static void recent(Page *p)
{
	char text[WHEN_TEXT], length[WHEN_TEXT], iso[WHEN_TEXT], name[NAME_TEXT];
	size_t n = p->f->history_n < RECENT ? p->f->history_n : RECENT;

	file_name(p->f, p->lang, "history", "html", name);
	buf_printf(p->out, "<section><h2>%s</h2>\n", tr(p->lang, "Past incidents"));
	if (!n)
		buf_printf(p->out, "<p>%s</p>\n", tr(p->lang, "None in 90 days."));
	else
		buf_text(p->out, "<ul class=\"hl\">\n");
	for (size_t i = 0; i < n; i++) {
		const StatusIncident *inc = &p->f->history[i];
		Civil c = zone_civil(page_zone(p->f), inc->opened);

		buf_printf(p->out, "<li><a href=\"%s#d%s\">", name,
		           page_civil_iso(days_from_civil(c.year, c.month, c.day), iso));
		plan_text(p, inc->title);
		page_date(p, inc->opened, text);
		page_span(p, between(inc->opened, inc->ended), length);
		buf_printf(p->out, "</a><span class=\"note\">%s, %s</span></li>\n", text, length);
	}
	if (n)
		buf_text(p->out, "</ul>\n");
	buf_printf(p->out, "<p class=\"more\"><a href=\"%s\">%s</a></p></section>\n", name,
	           tr(p->lang, "All of the last 90 days"));
}

void status_page_html(const StatusFacts *f, Lang lang, Buf *out)
{
	Page p = { .f = f, .lang = lang, .html = true, .out = out };
	AUTO(Buf) title = { 0 };
	Page t = { .f = f, .lang = lang, .out = &title };

	sentence_head(&t);
	if (f->title || f->product)
		buf_printf(&title, " – %s", f->title ? f->title : f->product);
	shell_open(&p, buf_str(&title), "index");
	hero(&p);
	incidents(&p);
	components(&p);
	buf_text(out, "<div id=\"next\"></div>\n");
	windows(&p);
	recent(&p);
	buf_text(out, "</div>\n");
	shell_close(&p);
}
