/* Ninety days in words: each day on which something happened, its incidents with
 * what was said about them, and its minutes per component. The bars link here. */
#include "core/text.h"
#include "report/status_private.h"

static void timeline(Page *p, const StatusIncident *inc)
{
	char text[WHEN_TEXT];

	if (!inc->updates_n)
		return;
	buf_text(p->out, "<ol class=\"tl\">");
	for (size_t i = 0; i < inc->updates_n; i++) {
		const StatusUpdate *u = &inc->updates[i];

		buf_printf(p->out, "<li>%s<p>", page_stamp(p, u->at, text));
		if (u->state) {
			buf_text(p->out, "<b>");
			buf_html(p->out, phase_word(p->lang, u->state));
			buf_text(p->out, ".</b> ");
		}
		plan_text(p, u->text);
		buf_text(p->out, "</p></li>");
	}
	buf_text(p->out, "</ol>");
}

/* "Being worked on, since 14:05 (12 min), critical. Paiements." */
static void facts_line(Page *p, const StatusIncident *inc)
{
	char when[WHEN_TEXT], length[WHEN_TEXT];

	buf_text(p->out, "<p>");
	buf_html(p->out, phase_word(p->lang, inc->state));
	if (incident_is_over(inc)) {
		page_moment(p, inc->opened, when);
		page_span(p, between(inc->opened, inc->ended), length);
		buf_printf(p->out, tr(p->lang, ", began %s, lasted %s"), when, length);
	} else {
		page_when(p, inc->opened, when);
		page_span(p, between(inc->opened, p->f->now), length);
		buf_printf(p->out, tr(p->lang, ", since %s (%s)"), when, length);
	}
	buf_char(p->out, '.');
	if (inc->parts_n) {
		buf_printf(p->out, " %s ", tr(p->lang, "Affects:"));
		part_names(p, inc->parts, inc->parts_n);
		buf_char(p->out, '.');
	}
	buf_text(p->out, "</p>");
}

static void promises(Page *p, const StatusIncident *inc)
{
	char when[WHEN_TEXT];

	if (incident_is_over(inc) || (!is_set(inc->expected_end) && !is_set(inc->next_update_at)))
		return;
	buf_text(p->out, "<p>");
	if (is_set(inc->expected_end)) {
		buf_printf(p->out, tr(p->lang, "Expected back around %s."),
		           page_when(p, inc->expected_end, when));
		buf_char(p->out, ' ');
	}
	if (is_set(inc->next_update_at))
		buf_printf(p->out, tr(p->lang, "Next news by %s."),
		           page_when(p, inc->next_update_at, when));
	buf_text(p->out, "</p>");
}

void incident_article(Page *p, const StatusIncident *inc, unsigned heading)
{
	StatusState s = incident_state(inc);

	buf_printf(p->out, "<article class=\"card %s\"><h%u>", state_class(s), heading);
	plan_text(p, inc->title);
	buf_printf(p->out, "</h%u><p class=\"note\">", heading);
	buf_html(p->out, inc->id);
	if (inc->class_label) {
		buf_text(p->out, ", ");
		plan_text(p, inc->class_label);
	}
	buf_text(p->out, "</p>");
	facts_line(p, inc);
	promises(p, inc);
	timeline(p, inc);
	buf_text(p->out, "</article>\n");
}

/* ---- days ---- */

static bool opened_on(const StatusFacts *f, const StatusIncident *inc, int64_t date)
{
	Civil c = zone_civil(page_zone(f), inc->opened);

	return days_from_civil(c.year, c.month, c.day) == date;
}

/* Open ones first, then those that are over. */
static const StatusIncident *nth_incident(const StatusFacts *f, size_t i)
{
	return i < f->incidents_n ? &f->incidents[i] : &f->history[i - f->incidents_n];
}

static size_t incidents_on(Page *p, int64_t date, bool write)
{
	size_t n = 0;

	for (size_t i = 0; i < p->f->incidents_n + p->f->history_n; i++) {
		const StatusIncident *inc = nth_incident(p->f, i);

		if (!opened_on(p->f, inc, date))
			continue;
		n++;
		if (write)
			incident_article(p, inc, 3);
	}
	return n;
}

static size_t events_on(Page *p, size_t day, bool write)
{
	size_t n = 0;

	for (size_t i = 0; i < p->f->parts_n; i++) {
		const StatusPart *part = &p->f->parts[i];
		Days days = part_days(p->f, part);
		const StatusDay *d = &days.at[day];
		StatusState s;

		if (day_kind(d) != DAY_EVENT)
			continue;
		n++;
		if (!write)
			continue;
		/* A gap among good hours is told as a gap. */
		s = day_state(d) == STATUS_UP ? STATUS_UNKNOWN : day_state(d);
		buf_printf(p->out, "<li><b class=\"s %s\">", state_class(s));
		shape(p, s, "i");
		plan_text(p, part_label(part));
		buf_text(p->out, "</b> <span>");
		day_story(p, d);
		buf_text(p->out, "</span></li>\n");
	}
	return n;
}

static void one_day(Page *p, size_t day, int64_t date)
{
	Civil noon = { .hour = 12 };
	char iso[WHEN_TEXT], text[WHEN_TEXT];
	Instant t;

	if (!events_on(p, day, false) && !incidents_on(p, date, false))
		return;
	civil_from_days(date, &noon.year, &noon.month, &noon.day);
	t = zone_instant(page_zone(p->f), noon, PICK_FIRST, NULL);
	page_civil_iso(date, iso);
	buf_printf(p->out, "<div class=\"day\" id=\"d%s\"><h2>", iso);
	p->html = false; /* the words of <time> only: the element is the day's, not noon's */
	buf_printf(p->out, "<time datetime=\"%s\">%s</time></h2>\n", iso, page_weekday(p, t, text));
	p->html = true;
	if (events_on(p, day, false)) {
		buf_text(p->out, "<ul>\n");
		(void)events_on(p, day, true);
		buf_text(p->out, "</ul>\n");
	}
	(void)incidents_on(p, date, true);
	buf_text(p->out, "</div>\n");
}

/* "90 days: 3 incidents, the longest 1 h 12." Sums over components would count
 * one trouble several times. */
static void heading(Page *p)
{
	size_t n = p->f->history_n + p->f->incidents_n;
	Duration longest = { 0 };
	char text[WHEN_TEXT];

	for (size_t i = 0; i < n; i++) {
		const StatusIncident *inc = nth_incident(p->f, i);
		Duration d = between(inc->opened, is_set(inc->ended) ? inc->ended : p->f->now);

		longest = d.us > longest.us ? d : longest;
	}
	if (!n) {
		buf_text(p->out, tr(p->lang, "90 days without an incident."));
		return;
	}
	buf_printf(p->out, tr_n(p->lang, "90 days: %zu incident", "90 days: %zu incidents", n), n);
	buf_printf(p->out, n > 1 ? tr(p->lang, ", the longest %s.") : tr(p->lang, ", of %s."),
	           page_span(p, longest, text));
}

void status_history_html(const StatusFacts *f, Lang lang, Buf *out)
{
	Page p = { .f = f, .lang = lang, .html = true, .out = out };
	AUTO(Buf) title = { 0 };
	char name[NAME_TEXT];
	StatusPart none = { 0 };
	Days days = part_days(f, f->parts_n ? &f->parts[0] : &none);

	buf_printf(&title, "%s – %s", tr(lang, "90 days of history"),
	           f->title     ? f->title
	           : f->product ? f->product
	                        : "");
	shell_open(&p, buf_str(&title), "history");
	buf_text(out, "<div class=\"hero\"><div class=\"w x\"><h1>");
	heading(&p);
	buf_printf(out, "</h1><p class=\"note\">%s</p></div></div>\n<div class=\"w\">\n",
	           tr(lang,
	              "A day that is not listed had neither an outage nor a gap in its measures."));
	for (size_t i = STATUS_DAYS; i-- > 0;)
		one_day(&p, i, days.at[i].date);
	buf_printf(out, "<p class=\"more\"><a href=\"%s\">%s</a></p></div>\n",
	           file_name(f, lang, "index", "html", name), tr(lang, "Current state"));
	shell_close(&p);
}
