/* What the answers of the daemon are printed with: reading their JSON, columns, words
 * of state in colour. For the show*.c of this folder. */
#pragma once
#include "cli/show.h"
#include "core/text.h"

#include <string.h>

/* A line about open tasks below the status; nothing when there is none. */
void show_task_counts(const json_t *counts, const Screen *sc, Buf *out);

/* ---- reading JSON ---- */

static inline const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static inline const char *or_dash(const char *s) { return *s ? s : "–"; }

static inline const char *when(const json_t *o, const char *key, const Screen *sc,
                               char out[LANG_TEXT])
{
	Instant t;

	if (!instant_parse(text_of(o, key), &t))
		return "–";
	return lang_instant_short(sc->lang, sc->zone, t, out);
}

static inline const char *length(const json_t *o, const char *key, const Screen *sc,
                                 char out[LANG_TEXT])
{
	const json_t *n = json_object_get(o, key);

	if (!json_is_number(n))
		return "–";
	return lang_duration(sc->lang, (Duration){ (int64_t)(json_number_value(n) * 1e6) }, out);
}

/* ---- columns ---- */

/* Pads to `width` characters (not bytes); longer text is left whole. */
static inline void cell(Buf *out, const char *text, size_t width)
{
	size_t n = utf8_count(text, strlen(text));

	buf_text(out, text);
	for (; n < width; n++)
		buf_char(out, ' ');
	buf_text(out, "  ");
}

static inline size_t widest(const json_t *list, const char *key, size_t least)
{
	size_t i, max = least;
	json_t *o;

	json_array_foreach(list, i, o)
	{
		size_t n = utf8_count(text_of(o, key), strlen(text_of(o, key)));

		max = n > max ? n : max;
	}
	return max > 40 ? 40 : max;
}

static inline const char *colour_of(const char *word)
{
	static const struct {
		const char *word, *colour;
	} table[] = { { "up", "32" },          { "kept", "32" },    { "met", "32" },
		      { "down", "31" },        { "broken", "31" },  { "breached", "31" },
		      { "firing", "31" },      { "open", "31" },    { "degraded", "33" },
		      { "at_risk", "33" },     { "pending", "33" }, { "maintenance", "34" },
		      { "stopped_late", "31" } };

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (text_eq(table[i].word, word))
			return table[i].colour;
	}
	return NULL;
}

static inline void state_cell(Buf *out, const Screen *sc, const char *word, size_t width)
{
	const char *colour = sc->colour ? colour_of(word) : NULL;

	if (colour)
		buf_printf(out, "\033[%sm", colour);
	cell(out, tr(sc->lang, word), width);
	if (colour)
		buf_text(out, "\033[0m");
}

static inline bool none(const json_t *list, const Screen *sc, const char *msgid, Buf *out)
{
	if (json_array_size(list))
		return false;
	buf_printf(out, "%s\n", tr(sc->lang, msgid));
	return true;
}
