/* The book as a page for a client and as Markdown. One sentence first, then the counts,
 * then each section with its lines. What comes from the plan or the evidence enters the
 * page through buf_html() only, and Markdown through cell(). */
#include "proof/book.h"

#include "core/text.h"

#include <stdio.h>

/* ---- words ---- */

static const char *const verdict_words[VERDICTS] = {
	[VERDICT_NOT_DUE] = TR_NOOP("not due"),   [VERDICT_KEPT] = TR_NOOP("kept"),
	[VERDICT_AT_RISK] = TR_NOOP("at risk"),   [VERDICT_BROKEN] = TR_NOOP("broken"),
	[VERDICT_UNPROVEN] = TR_NOOP("unproven"), [VERDICT_WAIVED] = TR_NOOP("waived"),
	[VERDICT_DISPUTED] = TR_NOOP("disputed"),
};
/* The shape beside the word: colour never carries meaning alone, nor on paper. */
static const char *const verdict_marks[VERDICTS] = {
	[VERDICT_NOT_DUE] = "○",  [VERDICT_KEPT] = "✓",     [VERDICT_AT_RISK] = "!",
	[VERDICT_BROKEN] = "✗",   [VERDICT_UNPROVEN] = "?", [VERDICT_WAIVED] = "–",
	[VERDICT_DISPUTED] = "≠",
};
static const Verdict headline_order[VERDICTS] = { VERDICT_BROKEN, VERDICT_DISPUTED, VERDICT_AT_RISK,
	                                          VERDICT_KEPT,   VERDICT_UNPROVEN, VERDICT_NOT_DUE,
	                                          VERDICT_WAIVED };

const char *verdict_word(Lang lang, Verdict v) { return tr(lang, verdict_words[v]); }

typedef struct Word {
	const char *id, *text;
} Word;

static const Word sections[] = {
	{ "plan", TR_NOOP("The plan itself") },
	{ "objectives", TR_NOOP("Objectives") },
	{ "tiers", TR_NOOP("Service tiers") },
	{ "classes", TR_NOOP("Incidents, by class") },
	{ "levels", TR_NOOP("Alert levels") },
	{ "escalations", TR_NOOP("Escalation") },
	{ "rules", TR_NOOP("Alarms") },
	{ "checks", TR_NOOP("Checks") },
	{ "windows", TR_NOOP("Maintenance windows") },
	{ "status_page", TR_NOOP("Status page") },
	{ "contacts", TR_NOOP("Contacts") },
	{ "templates", TR_NOOP("Messages") },
	{ "tasks", TR_NOOP("Tasks") },
	{ "procedures", TR_NOOP("Procedures") },
	{ "storage", TR_NOOP("Storage") },
	{ "backups", TR_NOOP("Backups") },
	{ "restore_tests", TR_NOOP("Restore tests") },
	{ "exercises", TR_NOOP("Exercises") },
	{ "logs", TR_NOOP("Logs") },
	{ "db_actions", TR_NOOP("Database maintenance") },
	{ "cleanup", TR_NOOP("Cleaning up") },
	{ "capacity", TR_NOOP("Capacity") },
	{ "updates", TR_NOOP("Updates") },
	{ "vulnerabilities", TR_NOOP("Vulnerabilities") },
	{ "audits", TR_NOOP("Audits") },
	{ "deployments", TR_NOOP("Deployments") },
	{ "suites", TR_NOOP("Tests") },
	{ "load_tests", TR_NOOP("Load tests") },
	{ "reports", TR_NOOP("Reports") },
	{ "support", TR_NOOP("Support") },
	{ "documents", TR_NOOP("Documents") },
	{ "training", TR_NOOP("Training") },
	{ "costs", TR_NOOP("Costs") },
	{ "versioning", TR_NOOP("Versions") },
	{ "roadmap", TR_NOOP("Roadmap") },
	{ "calendar", TR_NOOP("Calendar of the year") },
};
static const Word kinds[] = {
	{ "level", TR_NOOP("level") },         { "deadline", TR_NOOP("deadline") },
	{ "cadence", TR_NOOP("cadence") },     { "retention", TR_NOOP("retention") },
	{ "existence", TR_NOOP("existence") }, { "sequence", TR_NOOP("sequence") },
	{ "ratio", TR_NOOP("ratio") },         { "capability", TR_NOOP("capability") },
};

static const char *word(Lang lang, const Word *at, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++) {
		if (text_eq(at[i].id, id))
			return tr(lang, at[i].text);
	}
	return id;
}

const char *section_word(Lang lang, const char *section)
{
	return word(lang, sections, COUNT_OF(sections), section);
}

const char *kind_word(Lang lang, const char *kind)
{
	return word(lang, kinds, COUNT_OF(kinds), kind);
}

void proof_headline(Lang lang, const unsigned totals[VERDICTS], Buf *out)
{
	bool first = true;

	for (size_t i = 0; i < VERDICTS; i++) {
		Verdict v = headline_order[i];

		if (!totals[v])
			continue;
		buf_printf(out, "%s%u %s", first ? "" : " · ", totals[v], verdict_word(lang, v));
		first = false;
	}
}

/* The sentence that answers the page's question. */
static void first_sentence(const ProofBook *b, const unsigned totals[VERDICTS], Buf *out)
{
	if (b->n == 0)
		buf_text(out, tr(b->lang, "The plan promises nothing with a figure."));
	else if (totals[VERDICT_BROKEN])
		buf_printf(out,
		           tr_n(b->lang, "%u commitment of %zu is broken.",
		                "%u commitments of %zu are broken.", totals[VERDICT_BROKEN]),
		           totals[VERDICT_BROKEN], b->n);
	else if (totals[VERDICT_KEPT] + totals[VERDICT_AT_RISK] == 0)
		buf_printf(
		        out,
		        tr(b->lang, "None of %zu commitments is broken, and none is proved yet."),
		        b->n);
	else
		buf_printf(out, tr(b->lang, "None of %zu commitments is broken."), b->n);
}

static void period_text(const ProofBook *b, Buf *out)
{
	char one[LANG_TEXT], two[LANG_TEXT];

	if (b->month)
		buf_printf(out, tr(b->lang, "%s, closed on %s"),
		           lang_month(b->lang, b->zone, b->from, one),
		           lang_instant(b->lang, b->zone, b->at, two));
	else
		buf_printf(out, tr(b->lang, "As of %s"),
		           lang_instant(b->lang, b->zone, b->at, one));
}

static void evidence_text(const ProofLine *l, Buf *out)
{
	for (size_t i = 0; i < l->evidence_n; i++) {
		/* Runs of numbers as 12–18, so that a line stays a line. */
		size_t k = i;

		while (k + 1 < l->evidence_n && l->evidence[k + 1] == l->evidence[k] + 1)
			k++;
		buf_printf(out, "%s%lld", i ? ", " : "", (long long)l->evidence[i]);
		if (k > i + 1) {
			buf_printf(out, "–%lld", (long long)l->evidence[k]);
			i = k;
		}
	}
}

/* ---- the page ---- */

static const char style[] =
        ":root{color-scheme:light dark;--ink:#1b2530;--soft:#54616e;--line:#d3dae1;--paper:#fff;"
        "--bad:#a3201a;--warn:#7a4d00;--good:#1d6338;--calm:#37506b}\n"
        "@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--soft:#a9b5c1;--line:#38444f;"
        "--paper:#12181e;--bad:#ff9a90;--warn:#f0c070;--good:#8fd6a8;--calm:#a9c4e0}}\n"
        "*{box-sizing:border-box}body{margin:0 auto;max-width:76rem;padding:1.5rem;"
        "font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}\n"
        "h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.15rem;"
        "margin:2rem 0 .5rem}p{max-width:72ch}.soft{color:var(--soft)}.lead{font-size:1.15rem}\n"
        "ul.counts{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;padding:0}"
        "ul.counts b{font-size:1.4rem;font-variant-numeric:tabular-nums}\n"
        "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
        "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem .4rem 0;"
        "border-top:1px solid var(--line)}thead th{border-top:0;color:var(--soft);"
        "font-weight:600}tbody th{font-weight:600}small{color:var(--soft);font-weight:400}\n"
        ".v{white-space:nowrap;font-weight:600;color:var(--calm)}.broken,.disputed{color:var(--bad)"
        "}"
        ".at_risk{color:var(--warn)}.kept{color:var(--good)}\n"
        "code{font-size:.85em;overflow-wrap:anywhere}\n"
        "@media(max-width:600px){thead{display:none}tr,th,td{display:block;border:0;padding:.1rem "
        "0}"
        "tr{border-top:1px solid var(--line);padding:.5rem 0}}\n"
        "@media print{:root{--ink:#000;--soft:#333;--line:#999;--paper:#fff;--bad:#000;--warn:#000;"
        "--good:#000;--calm:#000}body{max-width:none;padding:0;font-size:10pt}"
        "tr{break-inside:avoid}h2{break-after:avoid}thead{display:table-header-group}}\n";

static void html_head(const ProofBook *b, Buf *out)
{
	buf_printf(out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
	           lang_code(b->lang));
	buf_text(out, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	              "style-src 'unsafe-inline'\">\n<title>");
	buf_html(out, b->title);
	buf_text(out, " – ");
	buf_html(out, tr(b->lang, "Commitments"));
	buf_text(out, "</title>\n<style>\n");
	buf_text(out, style);
	buf_text(out, "</style>\n</head>\n<body>\n");
}

static void html_counts(const ProofBook *b, const unsigned totals[VERDICTS], Buf *out)
{
	buf_text(out, "<ul class=\"counts\">\n");
	for (size_t i = 0; i < VERDICTS; i++) {
		Verdict v = headline_order[i];

		if (!totals[v])
			continue;
		buf_printf(
		        out,
		        "<li><span class=\"v %s\"><b>%u</b> <span aria-hidden=\"true\">%s</span> ",
		        verdict_name(v), totals[v], verdict_marks[v]);
		buf_html(out, verdict_word(b->lang, v));
		buf_text(out, "</span></li>\n");
	}
	buf_text(out, "</ul>\n");
}

static void html_top(const ProofBook *b, Buf *out)
{
	AUTO(Buf) text = { 0 }, when = { 0 };
	unsigned totals[VERDICTS];

	proof_totals(b, totals);
	buf_text(out, "<header>\n<h1>");
	buf_html(out, b->title);
	buf_text(out, "</h1>\n<p class=\"soft\">");
	period_text(b, &when);
	buf_html(out, buf_str(&when));
	buf_text(out, " · ");
	buf_html(out, zone_name(b->zone));
	buf_text(out, "</p>\n</header>\n<main>\n<p class=\"lead\">");
	first_sentence(b, totals, &text);
	buf_html(out, buf_str(&text));
	buf_text(out, "</p>\n");
	html_counts(b, totals, out);
}

static void td(Buf *out, const char *text)
{
	buf_text(out, "<td>");
	buf_html(out, text);
	buf_text(out, "</td>");
}

static void html_line(const ProofBook *b, const ProofLine *l, Buf *out)
{
	AUTO(Buf) evidence = { 0 };

	buf_text(out, "<tr id=\"");
	buf_html(out, l->id);
	buf_text(out, "\"><th scope=\"row\">");
	buf_html(out, l->label);
	buf_text(out, "<br><small>");
	buf_html(out, l->id);
	if (l->src) {
		buf_text(out, " · ");
		buf_html(out, l->src);
	}
	if (l->ours) {
		buf_printf(out, " · %s: ", tr(b->lang, "ours"));
		buf_html(out, l->ours);
	}
	buf_text(out, "</small></th>");
	td(out, l->figure);
	td(out, l->value ? l->value : "–");
	buf_printf(out, "<td class=\"v %s\"><span aria-hidden=\"true\">%s</span> ",
	           verdict_name(l->verdict), verdict_marks[l->verdict]);
	buf_html(out, verdict_word(b->lang, l->verdict));
	buf_text(out, "</td>");
	td(out, l->sentence);
	evidence_text(l, &evidence);
	td(out, evidence.n ? buf_str(&evidence) : "–");
	buf_text(out, "</tr>\n");
}

static void html_table_head(const ProofBook *b, const char *section, Buf *out)
{
	const char *const heads[] = { tr(b->lang, "Commitment"), tr(b->lang, "Promised"),
		                      tr(b->lang, "Measured"),   tr(b->lang, "Verdict"),
		                      tr(b->lang, "Why"),        tr(b->lang, "Evidence") };

	buf_text(out, "<section>\n<h2>");
	buf_html(out, section_word(b->lang, section));
	buf_text(out, "</h2>\n<table>\n<thead><tr>");
	for (size_t i = 0; i < COUNT_OF(heads); i++) {
		buf_text(out, "<th scope=\"col\">");
		buf_html(out, heads[i]);
		buf_text(out, "</th>");
	}
	buf_text(out, "</tr></thead>\n<tbody>\n");
}

static void html_foot(const ProofBook *b, Buf *out)
{
	AUTO(Buf) text = { 0 };

	buf_text(out, "</main>\n<footer class=\"soft\">\n<p>");
	buf_html(out, tr(b->lang, "Unproven means that nothing shows it, neither kept nor broken. "
	                          "Shares are cut off, never rounded up. Evidence numbers are "
	                          "records of the journal, tied to each other by SHA-256."));
	buf_text(out, "</p>\n<p>");
	buf_printf(&text, tr(b->lang, "%lld records, the last one is"), (long long)b->head_seq);
	buf_html(out, buf_str(&text));
	buf_text(out, " <code>");
	buf_html(out, b->head_hash);
	buf_text(out, "</code><br>");
	buf_html(out, tr(b->lang, "Plan"));
	buf_text(out, " <code>");
	buf_html(out, b->digest);
	buf_text(out, "</code></p>\n</footer>\n</body>\n</html>\n");
}

enum { GROUPS_MAX = 64 };

void proof_html(const ProofBook *b, Buf *out)
{
	ProofGroup groups[GROUPS_MAX];
	size_t n = proof_groups(b, GROUP_SECTION, groups, GROUPS_MAX);

	html_head(b, out);
	html_top(b, out);
	for (size_t g = 0; g < n; g++) {
		html_table_head(b, groups[g].name, out);
		for (size_t i = 0; i < b->n; i++) {
			if (text_eq(b->lines[i].section, groups[g].name))
				html_line(b, &b->lines[i], out);
		}
		buf_text(out, "</tbody>\n</table>\n</section>\n");
	}
	html_foot(b, out);
}

/* ---- Markdown ---- */

/* Text of a table's cell: what Markdown or HTML would read as its own is escaped. */
static void cell(Buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\n' || *s == '\r')
			buf_char(out, ' ');
		else if (strchr("\\`*_[]<>|#&~$", *s))
			buf_printf(out, "\\%c", *s);
		else
			buf_char(out, *s);
	}
}

static void md_line(const ProofBook *b, const ProofLine *l, Buf *out)
{
	AUTO(Buf) evidence = { 0 };

	evidence_text(l, &evidence);
	buf_text(out, "| ");
	cell(out, l->label);
	buf_text(out, " (");
	cell(out, l->id);
	if (l->src) {
		buf_text(out, ", ");
		cell(out, l->src);
	}
	buf_text(out, ") | ");
	cell(out, l->figure);
	buf_text(out, " | ");
	cell(out, l->value ? l->value : "–");
	buf_printf(out, " | %s ", verdict_marks[l->verdict]);
	cell(out, verdict_word(b->lang, l->verdict));
	buf_text(out, " | ");
	cell(out, l->sentence);
	buf_printf(out, " | %s |\n", evidence.n ? buf_str(&evidence) : "–");
}

void proof_markdown(const ProofBook *b, Buf *out)
{
	ProofGroup groups[GROUPS_MAX];
	size_t n = proof_groups(b, GROUP_SECTION, groups, GROUPS_MAX);
	unsigned totals[VERDICTS];

	proof_totals(b, totals);
	buf_text(out, "# ");
	cell(out, b->title);
	buf_text(out, "\n\n");
	period_text(b, out);
	buf_printf(out, " · %s\n\n**", zone_name(b->zone));
	first_sentence(b, totals, out);
	buf_text(out, "** ");
	proof_headline(b->lang, totals, out);
	buf_text(out, "\n");
	for (size_t g = 0; g < n; g++) {
		buf_printf(
		        out,
		        "\n## %s\n\n| %s | %s | %s | %s | %s | %s |\n|---|---|---|---|---|---|\n",
		        section_word(b->lang, groups[g].name), tr(b->lang, "Commitment"),
		        tr(b->lang, "Promised"), tr(b->lang, "Measured"), tr(b->lang, "Verdict"),
		        tr(b->lang, "Why"), tr(b->lang, "Evidence"));
		for (size_t i = 0; i < b->n; i++) {
			if (text_eq(b->lines[i].section, groups[g].name))
				md_line(b, &b->lines[i], out);
		}
	}
	buf_printf(out, "\n%s `%s` · %lld · `%s`\n", tr(b->lang, "Plan"), b->digest,
	           (long long)b->head_seq, b->head_hash ? b->head_hash : "");
}
