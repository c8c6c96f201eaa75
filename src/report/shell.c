/* What every page of the folder has around its content: head, shapes, the way to
 * the other language, and at the foot how things were measured and counted. */
#include "core/text.h"
#include "report/status_private.h"

#include <stdio.h>

/* Drawn once and used by reference; each state has its own outline, so that it is
 * told apart without colour: disc with a tick, triangle, square with a cross,
 * two bars, broken ring. */
const char shapes[] =
        "<svg width=\"0\" height=\"0\" aria-hidden=\"true\"><symbol id=\"up\" viewBox=\"0 0 16 "
        "16\">"
        "<circle cx=\"8\" cy=\"8\" r=\"7.5\"/><path class=\"k\" d=\"M4.5 8.25 7 10.75 11.5 "
        "5.75\"/></symbol><symbol id=\"dg\" viewBox=\"0 0 16 16\"><path d=\"M8 .75 15.75 "
        "15H.25z\"/>"
        "<path class=\"k\" d=\"M8 5.5v4.75M8 11.5v1.75\"/></symbol><symbol id=\"dn\" "
        "viewBox=\"0 0 16 16\"><path d=\"M.75.75h14.5v14.5H.75z\"/><path class=\"k\" "
        "d=\"m4.75 4.75 6.5 6.5m0-6.5-6.5 6.5\"/></symbol><symbol id=\"mt\" "
        "viewBox=\"0 0 16 16\"><path d=\"M2 1h4.5v14H2zM9.5 1H14v14H9.5z\"/></symbol>"
        "<symbol id=\"uk\" viewBox=\"0 0 16 16\"><circle class=\"r\" cx=\"8\" cy=\"8\" r=\"6.5\" "
        "stroke-dasharray=\"2.6 1.5\"/></symbol></svg>\n";

void shape(Page *p, StatusState s, const char *class_name)
{
	buf_printf(p->out, "<svg class=\"%s\" aria-hidden=\"true\"><use href=\"#%s\"/></svg>",
	           class_name, state_class(s));
}

size_t page_languages(const StatusFacts *f, Lang out[4])
{
	size_t n = 0;

	for (size_t i = 0; i < f->languages_n && i < 4; i++) {
		Lang lang = lang_parse(f->languages[i]);
		bool seen = false;

		for (size_t k = 0; k < n; k++)
			seen = seen || out[k] == lang;
		if (!seen)
			out[n++] = lang;
	}
	if (!n)
		out[n++] = LANG_EN;
	return n;
}

const char *file_name(const StatusFacts *f, Lang lang, const char *stem, const char *suffix,
                      char out[NAME_TEXT])
{
	Lang languages[4];

	(void)page_languages(f, languages);
	if (lang == languages[0])
		(void)snprintf(out, NAME_TEXT, "%s.%s", stem, suffix);
	else if (text_eq(stem, "index"))
		(void)snprintf(out, NAME_TEXT, "%s.%s", lang_code(lang), suffix);
	else
		(void)snprintf(out, NAME_TEXT, "%s-%s.%s", stem, lang_code(lang), suffix);
	return out;
}

static const char *page_title(const StatusFacts *f)
{
	return f->title ? f->title : f->product ? f->product : "";
}

/* The state in the browser's tab: a data: address, since a file would be one more
 * request. Colours read on light and dark tabs alike. */
static void icon(Page *p)
{
	static const char *const colours[STATUS_STATES] = {
		[STATUS_UNKNOWN] = "7b8894",     [STATUS_UP] = "2e8b63",
		[STATUS_DEGRADED] = "c77700",    [STATUS_DOWN] = "d0342c",
		[STATUS_MAINTENANCE] = "7564c4",
	};
	static const char *const forms[STATUS_STATES] = {
		[STATUS_UNKNOWN] = "M8 1a7 7 0 1 0 .01 0zM8 4a4 4 0 1 1-.01 0z",
		[STATUS_UP] = "M8 1a7 7 0 1 0 .01 0z",
		[STATUS_DEGRADED] = "M8 1 15.5 15H.5z",
		[STATUS_DOWN] = "M1 1h14v14H1z",
		[STATUS_MAINTENANCE] = "M2 1h4.5v14H2zM9.5 1H14v14H9.5z",
	};
	StatusState s = status_overall(p->f);

	buf_printf(p->out,
	           "<link rel=\"icon\" href=\"data:image/svg+xml,%%3Csvg xmlns='http://www.w3.org"
	           "/2000/svg' viewBox='0 0 16 16'%%3E%%3Cpath fill='%%23%s' d='%s'/%%3E"
	           "%%3C/svg%%3E\">\n",
	           colours[s], forms[s]);
}

static void head(Page *p, const char *title, const char *stem)
{
	Lang languages[4];
	size_t n = page_languages(p->f, languages);
	AUTO(Buf) sentence = { 0 };
	char name[NAME_TEXT];

	buf_printf(p->out,
	           "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	           "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n"
	           "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
	           lang_code(p->lang), status_csp());
	buf_html(p->out, title);
	status_sentence(p->f, p->lang, &sentence);
	buf_text(p->out, "</title>\n<meta name=\"description\" content=\"");
	buf_html(p->out, buf_str(&sentence));
	buf_text(p->out, "\">\n");
	icon(p);
	buf_printf(p->out, "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"%s\">\n",
	           file_name(p->f, p->lang, "feed", "xml", name));
	for (size_t i = 0; n > 1 && i < n; i++)
		buf_printf(p->out, "<link rel=\"alternate\" hreflang=\"%s\" href=\"%s\">\n",
		           lang_code(languages[i]),
		           file_name(p->f, languages[i], stem, "html", name));
	buf_text(p->out, "<style>");
	style(p->out);
	buf_text(p->out, "</style>\n</head>\n");
}

static void top(Page *p, const char *stem)
{
	static const char *const names[LANGS] = { [LANG_EN] = "English", [LANG_FR] = "Français" };
	Lang languages[4];
	size_t n = page_languages(p->f, languages);
	char name[NAME_TEXT];

	buf_printf(p->out, "<header class=\"w top\"><a class=\"n\" href=\"%s\">",
	           file_name(p->f, p->lang, "index", "html", name));
	buf_html(p->out, page_title(p->f));
	buf_text(p->out, "</a>");
	if (n > 1) {
		buf_printf(p->out, "<nav aria-label=\"%s\"><ul>", tr(p->lang, "Language"));
		for (size_t i = 0; i < n; i++) {
			Lang other = languages[i];

			if (other != p->lang)
				buf_printf(p->out,
				           "<li><a lang=\"%s\" hreflang=\"%s\" "
				           "href=\"%s\">%s</a></li>",
				           lang_code(other), lang_code(other),
				           file_name(p->f, other, stem, "html", name),
				           names[other]);
		}
		buf_text(p->out, "</ul></nav>");
	}
	buf_text(p->out, "</header>\n");
}

void shell_open(Page *p, const char *title, const char *stem)
{
	head(p, title, stem);
	buf_text(p->out, "<body>\n");
	buf_text(p->out, shapes);
	top(p, stem);
	buf_text(p->out, "<main>\n");
}

static const char *counted(const Page *p)
{
	for (size_t i = 0; i < p->f->languages_n && i < 4; i++) {
		if (p->f->counted[i] && lang_parse(p->f->languages[i]) == p->lang)
			return p->f->counted[i];
	}
	return tr(p->lang,
	          "An outage counts from the first failed probe, once a second one confirms it. "
	          "Percentages are shares of the measured time, rounded down; time that was not "
	          "measured is shown as a gap and is never counted as working.");
}

static void contact(Page *p)
{
	const char *c = p->f->contact;
	bool web = text_starts(c ? c : "", "https://") || text_starts(c ? c : "", "http://");
	bool mail = c && !web && strchr(c, '@') && !strpbrk(c, " <>,\"");

	if (text_is_empty(c))
		return;
	buf_printf(p->out, "<p>%s ", tr(p->lang, "Contact:"));
	if (web || mail) {
		buf_printf(p->out, "<a href=\"%s", mail ? "mailto:" : "");
		buf_html(p->out, c);
		buf_text(p->out, "\">");
	}
	buf_html(p->out, c);
	buf_text(p->out, web || mail ? "</a></p>\n" : "</p>\n");
}

void shell_close(Page *p)
{
	char feed[NAME_TEXT], badge[NAME_TEXT];

	buf_text(p->out, "</main>\n<footer><div class=\"w\">\n");
	contact(p);
	buf_printf(p->out,
	           "<ul><li><a href=\"%s\">%s</a></li><li><a href=\"status.json\">%s</a></li>"
	           "<li><a href=\"%s\">%s</a></li></ul>\n",
	           file_name(p->f, p->lang, "feed", "xml", feed),
	           tr(p->lang, "Follow by Atom feed"), tr(p->lang, "Data as JSON"),
	           file_name(p->f, p->lang, "badge", "svg", badge), tr(p->lang, "Badge"));
	buf_printf(p->out, "<p class=\"note\">%s ", tr(p->lang, "How it is counted:"));
	buf_html(p->out, counted(p));
	buf_printf(p->out, " %s</p>\n</div></footer>\n</body>\n</html>\n",
	           tr(p->lang, "One bar per day: the higher it is, the worse the day; a dot on the "
	                       "ground was not measured."));
}
