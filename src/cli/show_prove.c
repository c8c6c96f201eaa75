/* Commitments in the terminal: the counts first, then each section with its lines; below
 * a line that is not simply kept, the sentence that says why. */
#include "cli/show_parts.h"
#include "proof/book.h"

static void counts(const json_t *totals, const Screen *sc, Buf *out)
{
	static const Verdict order[] = { VERDICT_BROKEN, VERDICT_DISPUTED, VERDICT_AT_RISK,
		                         VERDICT_KEPT,   VERDICT_UNPROVEN, VERDICT_NOT_DUE,
		                         VERDICT_WAIVED };
	bool first = true;

	for (size_t i = 0; i < COUNT_OF(order); i++) {
		const char *name = verdict_name(order[i]);
		long long n = (long long)json_integer_value(json_object_get(totals, name));
		const char *colour = sc->colour ? colour_of(name) : NULL;

		if (!n)
			continue;
		buf_text(out, first ? "" : " · ");
		if (colour)
			buf_printf(out, "\033[%sm", colour);
		buf_printf(out, "%lld %s", n, verdict_word(sc->lang, order[i]));
		if (colour)
			buf_text(out, "\033[0m");
		first = false;
	}
	buf_text(out, "\n");
}

static void headline(const json_t *a, const json_t *list, const Screen *sc, Buf *out)
{
	const json_t *totals = json_object_get(a, "totals");
	long long broken = (long long)json_integer_value(json_object_get(totals, "broken"));
	size_t n = json_array_size(list);

	if (*text_of(a, "month"))
		buf_printf(out, "%s · ", text_of(a, "month"));
	if (n == 0)
		buf_text(out, tr(sc->lang, "The plan promises nothing with a figure."));
	else if (broken)
		buf_printf(out,
		           tr_n(sc->lang, "%lld commitment of %zu is broken.",
		                "%lld commitments of %zu are broken.", (uint64_t)broken),
		           broken, n);
	else
		buf_printf(out, tr(sc->lang, "None of %zu commitments is broken."), n);
	buf_text(out, "\n");
	counts(totals, sc, out);
}

static void line(const json_t *o, const Screen *sc, size_t width, Buf *out)
{
	const char *verdict = text_of(o, "verdict");
	bool plain = text_eq(verdict, "kept") || text_eq(verdict, "not_due");

	buf_text(out, "  ");
	cell(out, text_of(o, "id"), width);
	state_cell(out, sc, verdict, 10);
	cell(out, text_of(o, "figure"), 26);
	cell(out, or_dash(text_of(o, "value")), 12);
	buf_printf(out, "%s\n", text_of(o, "src"));
	if (!plain)
		buf_printf(out, "      %s\n", text_of(o, "sentence"));
}

static void groups(const json_t *list, const Screen *sc, Buf *out)
{
	size_t width = widest(list, "name", 12), i;
	json_t *o;

	json_array_foreach(list, i, o)
	{
		const char *name = text_of(o, "name");

		buf_text(out, "  ");
		cell(out, *name ? section_word(sc->lang, name) : "–", width);
		counts(json_object_get(o, "totals"), sc, out);
	}
	buf_text(out, "\n");
}

int show_prove(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "commitments"), *by = json_object_get(a, "groups"),
	             *chain = json_object_get(a, "chain");
	size_t width = widest(list, "id", 10), i;
	const char *section = "";
	json_t *o;

	headline(a, list, sc, out);
	buf_char(out, '\n');
	if (by)
		groups(by, sc, out);
	for (i = 0; !by && i < json_array_size(list); i++) {
		o = json_array_get(list, i);
		if (!text_eq(section, text_of(o, "section")))
			buf_printf(out, "%s%s\n", i ? "\n" : "",
			           section_word(sc->lang, text_of(o, "section")));
		section = text_of(o, "section");
		line(o, sc, width, out);
	}
	buf_printf(out, "\n%s %lld · %.16s…\n", tr(sc->lang, "Evidence records:"),
	           (long long)json_integer_value(json_object_get(chain, "records")),
	           text_of(chain, "head"));
	return json_integer_value(json_object_get(json_object_get(a, "totals"), "broken")) > 0;
}

static void changes(const json_t *list, const Screen *sc, Buf *out)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o)
	{
		const char *was = text_of(o, "was"), *now = text_of(o, "now");

		buf_printf(out, "    %s: ", text_of(o, "id"));
		if (!*was)
			buf_printf(out, tr(sc->lang, "new, %s"), now);
		else if (!*now)
			buf_printf(out, tr(sc->lang, "left the plan, was %s"), was);
		else
			buf_printf(out, "%s → %s", was, now);
		buf_char(out, '\n');
	}
}

int show_history(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *epochs = json_object_get(a, "epochs"), *months = json_object_get(a, "months");
	char began[LANG_TEXT];
	size_t i;
	json_t *o;

	if (none(epochs, sc, TR_NOOP("No plan was loaded yet."), out))
		return 0;
	json_array_foreach(epochs, i, o)
	{
		buf_printf(out, "%s  %s  %.12s…  ", text_of(o, "id"), when(o, "began", sc, began),
		           text_of(o, "digest"));
		buf_printf(out, tr(sc->lang, "%lld commitments"),
		           (long long)json_integer_value(json_object_get(o, "commitments")));
		buf_char(out, '\n');
		changes(json_object_get(o, "changed"), sc, out);
	}
	if (json_array_size(months))
		buf_char(out, '\n');
	json_array_foreach(months, i, o)
	{
		buf_printf(out, "%s  ", text_of(o, "month"));
		counts(json_object_get(o, "totals"), sc, out);
	}
	return 0;
}

int show_waive(const json_t *a, const Screen *sc, Buf *out)
{
	buf_printf(out, "%s: %s\n", text_of(a, "id"), tr(sc->lang, text_of(a, "verdict")));
	return 0;
}
