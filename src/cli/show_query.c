/* Figures of series over a period: one line a series, or one line a step. */
#include "cli/show_parts.h"

#include <math.h>

/* Words of the columns, for the translators. */
__attribute__((unused)) static const char *const query_words[] = {
	TR_NOOP("mean"),  TR_NOOP("last"),     TR_NOOP("sum"),          TR_NOOP("rate"),
	TR_NOOP("count"), TR_NOOP("coverage"), TR_NOOP("availability"), TR_NOOP("outages"),
	TR_NOOP("down"),  TR_NOOP("unknown"),
};

enum { COLUMN = 12 };

static bool is_percent(const char *key)
{
	return text_eq(key, "coverage") || text_eq(key, "availability");
}

static void put_value(const char *key, const json_t *v, const Screen *sc, Buf *out)
{
	char text[LANG_TEXT];
	double d = json_number_value(v);

	if (!json_is_number(v))
		text_copy(text, sizeof text, "–");
	else if (is_percent(key))
		(void)snprintf(text, sizeof text, "%.5g %%", floor(d * 1000) / 1000);
	else if (text_ends(key, "_s"))
		(void)lang_duration(sc->lang, (Duration){ (int64_t)(d * 1e6) }, text);
	else
		(void)snprintf(text, sizeof text, "%.6g", d);
	cell(out, text, COLUMN);
}

/* What is no figure: the step's time, the series' name, and whether it is exact (a mark). */
static bool is_figure(const char *key)
{
	return !text_eq(key, "series") && !text_eq(key, "steps") && !text_eq(key, "from") &&
	       !text_eq(key, "exact");
}

static void put_heads(const json_t *o, const Screen *sc, Buf *out)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		AUTO_FREE char *word = mem_text(key);

		if (!is_figure(key))
			continue;
		if (text_ends(word, "_s"))
			word[strlen(word) - 2] = '\0';
		cell(out, tr(sc->lang, word), COLUMN);
	}
	buf_char(out, '\n');
}

static void put_figures(const json_t *o, const Screen *sc, Buf *out)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		if (is_figure(key))
			put_value(key, v, sc, out);
	}
	if (json_is_false(json_object_get(o, "exact")) &&
	    json_integer_value(json_object_get(o, "count")) > 0)
		buf_text(out, "≈");
	buf_char(out, '\n');
}

static void put_steps(const json_t *answer, const Screen *sc, Buf *out)
{
	const json_t *steps = json_object_get(answer, "steps");
	char at[LANG_TEXT];
	size_t i;
	json_t *o;

	buf_printf(out, "%s\n", text_of(answer, "series"));
	json_array_foreach(steps, i, o)
	{
		if (i == 0) {
			cell(out, "", 22);
			put_heads(o, sc, out);
		}
		cell(out, when(o, "from", sc, at), 22);
		put_figures(o, sc, out);
	}
}

/* A column's names are written again where they differ from the line above: availabilities
 * have others than samples. */
static bool same_heads(const json_t *a, const json_t *b)
{
	return a && !json_object_get(a, "availability") == !json_object_get(b, "availability");
}

int show_query(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "answers"), *above = NULL;
	size_t i, width = widest(list, "series", 10);
	json_t *o;

	json_array_foreach(list, i, o)
	{
		if (json_object_get(o, "steps")) {
			put_steps(o, sc, out);
			continue;
		}
		if (!same_heads(above, o)) {
			cell(out, "", width);
			put_heads(o, sc, out);
		}
		cell(out, text_of(o, "series"), width);
		put_figures(o, sc, out);
		above = o;
	}
	return 0;
}
