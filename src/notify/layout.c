/* A rendered body is lines, each a block: MARK and its kind, or a paragraph. The
 * values inside hold no control characters (OUT_MARKUP), so a value can't pass for
 * a mark. Plain text and HTML come from the same blocks and say the same things. */
#include "core/list.h"
#include "core/text.h"
#include "notify/notify_private.h"

/* ---- blocks ---- */

typedef struct Block {
	char kind; /* # headline, = row, > link, - item, ~ small print, p paragraph */
	char *label, *text;
} Block;

typedef struct Blocks {
	LIST(Block) list;
} Blocks;

static void Blocks_done(Blocks *b)
{
	for (size_t i = 0; i < b->list.n; i++) {
		mem_free(b->list.at[i].label);
		mem_free(b->list.at[i].text);
	}
	list_free(&b->list);
}

/* Sections leave runs of blanks behind, and blanks before a comma or a dot's place. */
static char *squeezed(const char *s, size_t n)
{
	AUTO(Buf) out = { 0 };

	for (size_t i = 0; i < n; i++) {
		bool blank = s[i] == ' ' || s[i] == '\t';

		if (!blank)
			buf_char(&out, s[i]);
		else if (out.n > 0 && out.p[out.n - 1] != ' ' && out.p[out.n - 1] != MARK_LINE)
			buf_char(&out, ' ');
	}
	while (out.n > 0 && (out.p[out.n - 1] == ' ' || out.p[out.n - 1] == MARK_LINE))
		out.p[--out.n] = '\0';
	return out.p ? buf_take(&out) : mem_text("");
}

static void read_block(Blocks *blocks, const char *line, size_t n)
{
	char kind = n >= 2 && line[0] == MARK ? line[1] : 'p';
	const char *from = kind == 'p' ? line : line + 2, *end = line + n;
	const char *split = memchr(from, MARK_SPLIT, (size_t)(end - from));
	char *text = squeezed(split ? split + 1 : from, (size_t)(end - (split ? split + 1 : from)));
	Block *b;

	if (!text[0]) {
		mem_free(text);
		return;
	}
	b = list_push(&blocks->list);
	b->kind = kind;
	b->text = text;
	b->label = split ? squeezed(from, (size_t)(split - from)) : NULL;
}

static void read_blocks(const char *rendered, Blocks *out)
{
	while (*rendered) {
		size_t n = strcspn(rendered, "\n");

		read_block(out, rendered, n);
		rendered += n + (rendered[n] == '\n');
	}
}

void layout_line(const char *rendered, size_t max, Buf *out)
{
	AUTO_FREE char *text = squeezed(rendered, strlen(rendered));
	size_t n = strlen(text), at = 0, count = 0;

	for (char *p = text; *p; p++)
		*p = (unsigned char)*p < ' ' ? ' ' : *p;
	while (at < n) {
		size_t step = utf8_step(text + at, n - at);

		if (++count > max) {
			buf_text(out, "…");
			return;
		}
		buf_add(out, text + at, step ? step : 1);
		at += step ? step : 1;
	}
}

/* ---- plain text ---- */

/* Line breaks inside a value; what follows one is indented under its row. */
static void add_lines(const char *s, const char *indent, Buf *out)
{
	for (; *s; s++) {
		if (*s == MARK_LINE)
			buf_printf(out, "\n%s", indent);
		else
			buf_char(out, *s);
	}
}

static const char *colon(Lang lang) { return lang == LANG_FR ? "\u00a0: " : ": "; }

static void block_text(const Block *b, Lang lang, Buf *out)
{
	if (b->label)
		buf_printf(out, "%s%s", b->label, b->label[0] ? colon(lang) : "");
	if (b->kind == '-')
		buf_text(out, "- ");
	add_lines(b->text, b->kind == '=' || b->kind == '-' ? "  " : "", out);
	buf_char(out, '\n');
}

void layout_text(const char *rendered, Lang lang, Buf *out)
{
	AUTO(Blocks) blocks = { 0 };

	read_blocks(rendered, &blocks);
	for (size_t i = 0; i < blocks.list.n; i++) {
		const Block *b = &blocks.list.at[i];
		char before = i > 0 ? b[-1].kind : b->kind;

		if (i > 0 && (before != b->kind || b->kind == 'p'))
			buf_char(out, '\n');
		block_text(b, lang, out);
	}
}

/* ---- HTML ---- */

static const char *tone_colour(const char *tone)
{
	static const char *const tones[][2] = {
		{ "down", "#b3261e" },        { "degraded", "#8a5a00" }, { "up", "#1a6e33" },
		{ "maintenance", "#1f4e79" }, { "neutral", "#4d5966" },
	};

	for (size_t i = 0; i < COUNT_OF(tones); i++) {
		if (text_eq(tone, tones[i][0]))
			return tones[i][1];
	}
	return tones[4][1];
}

static bool is_web_address(const char *s)
{
	return text_starts(s, "https://") || text_starts(s, "http://") || text_starts(s, "mailto:");
}

static void html_lines(const char *s, Buf *out)
{
	char one[2] = { 0 };

	for (; *s; s++) {
		one[0] = *s;
		if (*s == MARK_LINE || *s == '\n')
			buf_text(out, "<br>\n");
		else
			buf_html(out, one);
	}
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_unit(const char *s)
{
	static const char *const units[] = {
		"h", "min", "s", "ms", "day", "days", "jour", "jours"
	};
	size_t n = strcspn(s, " ,.;:)\n\v");

	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (strlen(units[i]) == n && memcmp(units[i], s, n) == 0)
			return true;
	}
	return false;
}

/* The blank at p must not end a line: "17 h 04", "4 min 05 s". */
static bool sticks(const char *start, const char *p)
{
	if (p == start)
		return false;
	if (is_digit(p[-1]) && is_unit(p + 1))
		return true;
	return p - start >= 3 && memcmp(p - 2, " h", 2) == 0 && is_digit(p[-3]) && is_digit(p[1]);
}

/* Words that are web addresses become links; punctuation after one stays outside. */
static void html_linked(const char *s, Buf *out)
{
	const char *start = s;

	while (*s) {
		size_t n = strcspn(s, " \n\v");
		AUTO_FREE char *word = NULL;
		size_t keep = n;

		if (n == 0) {
			if (*s == ' ' && sticks(start, s))
				buf_text(out, "&nbsp;");
			else
				html_lines((char[2]){ *s, '\0' }, out);
			s++;
			continue;
		}
		while (keep > 0 && strchr(".,;:!?)>\"", s[keep - 1]))
			keep--;
		word = mem_text_n(s, keep);
		if (is_web_address(word)) {
			buf_text(out, "<a href=\"");
			buf_html(out, word);
			buf_text(out, "\" style=\"color:#1f4e79\">");
		}
		buf_html(out, word);
		if (is_web_address(word))
			buf_text(out, "</a>");
		for (size_t i = keep; i < n; i++)
			buf_html(out, (char[2]){ s[i], '\0' });
		s += n;
	}
}

static void html_row(const Block *b, Buf *out)
{
	buf_text(out, "<tr><th scope=\"row\" class=\"quiet\" style=\"text-align:left;"
	              "vertical-align:top;font-weight:400;color:#4d5966;"
	              "padding:2px 16px 2px 0\">");
	html_lines(b->label ? b->label : "", out);
	buf_text(out, "</th><td style=\"vertical-align:top;padding:2px 0\">");
	html_linked(b->text, out);
	buf_text(out, "</td></tr>\n");
}

/* Before the facts a link is what to do next: a button of 44 px. After them it is
 * where to read more. */
static void html_link(const Block *b, bool button, Buf *out)
{
	if (!is_web_address(b->text)) {
		buf_text(out, "<p>");
		html_lines(b->label ? b->label : "", out);
		buf_text(out, " ");
		html_lines(b->text, out);
		buf_text(out, "</p>\n");
		return;
	}
	buf_text(out, "<p style=\"margin:0 0 16px\"><a href=\"");
	buf_html(out, b->text);
	buf_text(out, button ? "\" class=\"go\" style=\"display:inline-block;min-height:44px;"
	                       "line-height:44px;padding:0 20px;border-radius:4px;"
	                       "background:#1f4e79;color:#ffffff;text-decoration:none;"
	                       "font-weight:600\">"
	                     : "\" style=\"color:#1f4e79\">");
	html_lines(b->label ? b->label : b->text, out);
	buf_text(out, "</a></p>\n");
}

/* Rows and items come in runs that share one element. */
static void html_run(char from, char to, Buf *out)
{
	if (from == to)
		return;
	if (from == '=')
		buf_text(out, "</table>\n");
	else if (from == '-')
		buf_text(out, "</ul>\n");
	if (to == '=')
		buf_text(out, "<table style=\"border-collapse:collapse;margin:0 0 16px\">\n");
	else if (to == '-')
		buf_text(out, "<ul style=\"margin:0 0 16px;padding-left:20px\">\n");
}

static void html_block(const Block *b, bool button, Buf *out)
{
	static const char *const opening[] = {
		"<h1 style=\"font-size:20px;line-height:1.3;margin:0 0 16px\">",
		"<li>",
		"<p class=\"quiet\" style=\"margin:16px 0 0;font-size:14px;color:#4d5966\">",
		"<p style=\"margin:0 0 16px\">",
	};
	static const char *const closing[] = { "</h1>\n", "</li>\n", "</p>\n", "</p>\n" };
	size_t which = b->kind == '#' ? 0 : b->kind == '-' ? 1 : b->kind == '~' ? 2 : 3;

	if (b->kind == '=') {
		html_row(b, out);
	} else if (b->kind == '>') {
		html_link(b, button, out);
	} else {
		buf_text(out, opening[which]);
		html_linked(b->text, out);
		buf_text(out, closing[which]);
	}
}

static void html_blocks(const Blocks *blocks, Buf *out)
{
	bool facts_seen = false;
	char last = 'p';

	for (size_t i = 0; i < blocks->list.n; i++) {
		const Block *b = &blocks->list.at[i];

		html_run(last, b->kind, out);
		facts_seen = facts_seen || b->kind == '=';
		html_block(b, !facts_seen, out);
		last = b->kind;
	}
	html_run(last, 'p', out);
}

/* "[OPEN] …" gives the state a word above the headline: colour never says it alone. */
static void html_state_word(const char *subject, const char *tone, Buf *out)
{
	const char *end = subject[0] == '[' ? strchr(subject, ']') : NULL;
	AUTO_FREE char *word = end ? mem_text_n(subject + 1, (size_t)(end - subject - 1)) : NULL;

	if (!word)
		return;
	buf_printf(out,
	           "<p class=\"state\" style=\"margin:0 0 4px;font-size:14px;font-weight:600;"
	           "color:%s\">",
	           tone_colour(tone));
	buf_html(out, word);
	buf_text(out, "</p>\n");
}

void layout_page(const char *html_body, const char *subject, const char *tone, Lang lang, Buf *out)
{
	buf_printf(out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
	           lang_code(lang));
	buf_text(out, "<meta name=\"viewport\" content=\"width=device-width\">\n"
	              "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	buf_html(out, subject);
	buf_text(out, "</title>\n<style>\n:root{color-scheme:light dark}\n"
	              "@media (prefers-color-scheme:dark){\n"
	              "body,.page{background:#14181d!important;color:#e8e6e1!important}\n"
	              ".quiet{color:#a9b0b8!important}\n.state{color:#e8e6e1!important}\n"
	              "a{color:#9cc3e6!important}\n"
	              ".go{background:#9cc3e6!important;color:#10151a!important}\n}\n"
	              "</style>\n</head>\n");
	buf_text(out, "<body style=\"margin:0;padding:16px;background:#fbfaf7;color:#1c2430;"
	              "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif\">\n");
	buf_printf(out,
	           "<div class=\"page\" style=\"max-width:600px;margin:0 auto;"
	           "border-left:4px solid %s;padding:0 0 0 16px\">\n",
	           tone_colour(tone));
	html_state_word(subject, tone, out);
	buf_text(out, html_body);
	buf_text(out, "</div>\n</body>\n</html>\n");
}

void layout_html(const char *rendered, const char *subject, const char *tone, Lang lang, Buf *out)
{
	AUTO(Blocks) blocks = { 0 };
	AUTO(Buf) body = { 0 };

	read_blocks(rendered, &blocks);
	html_blocks(&blocks, &body);
	layout_page(buf_str(&body), subject, tone, lang, out);
}

void layout_plain_as_html(const char *text, Buf *out)
{
	while (*text) {
		const char *end = strstr(text, "\n\n");
		size_t n = end ? (size_t)(end - text) : strlen(text);
		AUTO_FREE char *paragraph = mem_text_n(text, n);
		size_t left = n;

		while (left > 0 && paragraph[left - 1] == '\n')
			paragraph[--left] = '\0';
		if (left > 0) {
			buf_text(out, "<p style=\"margin:0 0 16px\">");
			html_linked(paragraph, out);
			buf_text(out, "</p>\n");
		}
		text += n + strspn(text + n, "\n");
	}
}
