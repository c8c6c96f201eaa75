/* A badge for other people's pages: a word, a shape and a colour. Its text is
 * drawn at a fixed length, so that it looks the same whatever font is there. */
#include "core/text.h"
#include "report/status_private.h"

/* Grounds dark enough for white text at 4.5:1 or more. */
static const char *ground(StatusState s)
{
	switch (s) {
	case STATUS_UP: return "#2b7552";
	case STATUS_DEGRADED: return "#935400";
	case STATUS_DOWN: return "#b3261e";
	case STATUS_MAINTENANCE: return "#5a4aa0";
	case STATUS_UNKNOWN:
	case STATUS_STATES: break;
	}
	return "#5f6a74";
}

static const char *mark(StatusState s)
{
	switch (s) {
	case STATUS_UP: return "<circle cx=\"%zu\" cy=\"10\" r=\"4\" fill=\"#fff\"/>";
	case STATUS_DEGRADED: return "<path d=\"m%zu 6 4.5 8h-9z\" fill=\"#fff\"/>";
	case STATUS_DOWN: return "<path d=\"M%zu 6h4v8h-8V6z\" fill=\"#fff\"/>";
	case STATUS_MAINTENANCE: return "<path d=\"M%zu 6h-3v8h3zm1 0h3v8h-3z\" fill=\"#fff\"/>";
	case STATUS_UNKNOWN:
	case STATUS_STATES: break;
	}
	return "<circle cx=\"%zu\" cy=\"10\" r=\"3.5\" fill=\"none\" stroke=\"#fff\" "
	       "stroke-width=\"1.5\" stroke-dasharray=\"2.2 1\"/>";
}

/* The mark's x is the only thing that varies: put in by hand, since a format must
 * be literal. */
static void put_mark(Buf *out, StatusState s, size_t x)
{
	const char *text = mark(s), *at = strstr(text, "%zu");

	buf_add(out, text, (size_t)(at - text));
	buf_printf(out, "%zu", x);
	buf_text(out, at + 3);
}

static size_t width(const char *s) { return utf8_count(s, strlen(s)) * 13 / 2 + 2; }

void status_badge_svg(const StatusFacts *f, Lang lang, Buf *out)
{
	StatusState s = status_overall(f);
	const char *name = f->product ? f->product : tr(lang, "Status");
	const char *word = state_word(lang, s);
	char product[64];
	size_t left, right;

	text_copy(product, sizeof product, name);
	left = width(product) + 16;
	right = width(word) + 30;
	buf_printf(out,
	           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"20\" "
	           "role=\"img\" aria-label=\"",
	           left + right);
	buf_html(out, product);
	buf_text(out, tr(lang, ": "));
	buf_html(out, word);
	buf_printf(out,
	           "\">\n<rect width=\"%zu\" height=\"20\" rx=\"3\" fill=\"#2b3640\"/>"
	           "<path fill=\"%s\" d=\"M%zu 0h%zua3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H%zuz\"/>\n",
	           left + right, ground(s), left, right - 3, left);
	put_mark(out, s, left + 13);
	buf_printf(out,
	           "<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" "
	           "font-size=\"11\"><text x=\"8\" y=\"14\" textLength=\"%zu\" "
	           "lengthAdjust=\"spacingAndGlyphs\">",
	           left - 16);
	buf_html(out, product);
	buf_printf(out,
	           "</text><text x=\"%zu\" y=\"14\" textLength=\"%zu\" "
	           "lengthAdjust=\"spacingAndGlyphs\">",
	           left + 22, right - 30);
	buf_html(out, word);
	buf_text(out, "</text></g></svg>\n");
}
