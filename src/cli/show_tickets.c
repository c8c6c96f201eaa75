/* Answers about support tickets. */
#include "cli/show_parts.h"

/* Words of their machine and of their ratios, named here for the translators. */
__attribute__((unused)) static const char *const ticket_words[] = {
	TR_NOOP("new"),           TR_NOOP("assigned"),        TR_NOOP("answered"),
	TR_NOOP("working"),       TR_NOOP("waiting_user"),    TR_NOOP("resolution_rate"),
	TR_NOOP("satisfaction"),  TR_NOOP("resolution_mean"), TR_NOOP("response_mean"),
	TR_NOOP("escalation"),    TR_NOOP("reopened"),        TR_NOOP("first_contact"),
	TR_NOOP("response_kept"), TR_NOOP("no_target"),
};

static void clock_words(const json_t *t, const Screen *sc, Buf *out)
{
	char left[LANG_TEXT];
	size_t i;
	json_t *c;

	json_array_foreach(json_object_get(t, "clocks"), i, c)
	{
		const char *state = text_of(c, "state");

		if (!*text_of(c, "limit") ||
		    (!text_eq(state, "running") && !text_eq(state, "paused") &&
		     !text_eq(state, "breached")))
			continue;
		buf_printf(out, "      %s %s: ", tr(sc->lang, text_of(c, "kind")),
		           text_of(c, "limit"));
		state_cell(out, sc, state, 0);
		if (json_number_value(json_object_get(c, "left_s")) > 0)
			buf_printf(out, tr(sc->lang, "%s left"), length(c, "left_s", sc, left));
		buf_char(out, '\n');
	}
}

static void ticket_line(const json_t *t, const Screen *sc, Buf *out)
{
	char at[LANG_TEXT], level[16];

	(void)snprintf(level, sizeof level, "N%d",
	               (int)json_integer_value(json_object_get(t, "level")));
	buf_text(out, "  ");
	cell(out, text_of(t, "id"), 7);
	cell(out, or_dash(text_of(t, "priority")), 8);
	cell(out, level, 3);
	state_cell(out, sc, text_of(t, "state"), 16);
	cell(out, or_dash(text_of(t, "agent")), 12);
	cell(out, when(t, "opened", sc, at), 24);
	buf_printf(out, "%s\n", text_of(t, "title"));
	clock_words(t, sc, out);
}

int show_tickets(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "tickets");
	size_t i;
	json_t *t;

	if (none(list, sc, TR_NOOP("No open ticket."), out))
		return 0;
	json_array_foreach(list, i, t) ticket_line(t, sc, out);
	return 0;
}

int show_ticket(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *t = json_object_get(a, "ticket");
	char at[LANG_TEXT];
	size_t i;
	json_t *h;

	ticket_line(t, sc, out);
	if (*text_of(t, "external") || *text_of(t, "incident"))
		buf_printf(out, "      %s %s\n", text_of(t, "external"), text_of(t, "incident"));
	json_array_foreach(json_object_get(t, "history"), i, h)
	{
		buf_text(out, "  ");
		cell(out, when(h, "at", sc, at), 24);
		cell(out, text_of(h, "by"), 16);
		cell(out, text_of(h, "what"), 10);
		buf_printf(out, "%s\n", text_of(h, "text"));
	}
	return 0;
}

static const char *figure(const json_t *q, const Screen *sc, char out[LANG_TEXT])
{
	const json_t *value = json_object_get(q, "value");
	double v = json_number_value(value);
	const char *unit = text_of(q, "unit");
	char number[LANG_TEXT];

	if (!json_is_number(value))
		return "–";
	if (text_eq(unit, "percent"))
		return lang_percent(sc->lang, v, 1, out);
	if (text_eq(unit, "seconds"))
		return lang_duration(sc->lang, (Duration){ (int64_t)(v * 1e6) }, out);
	(void)snprintf(out, LANG_TEXT, "%s/%g", lang_number(sc->lang, v, 2, number),
	               json_number_value(json_object_get(q, "scale")));
	return out;
}

int show_quality(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *q = json_object_get(a, "quality");
	char text[LANG_TEXT], to[LANG_TEXT];
	int broken = 0;
	size_t i;
	json_t *r;

	buf_printf(out, "%s – %s\n", when(q, "from", sc, text), when(q, "to", sc, to));
	buf_printf(out, tr(sc->lang, "%lld opened, %lld resolved, %lld open now"),
	           (long long)json_integer_value(json_object_get(q, "opened")),
	           (long long)json_integer_value(json_object_get(q, "resolved")),
	           (long long)json_integer_value(json_object_get(q, "open")));
	buf_text(out, "\n\n");
	json_array_foreach(json_object_get(q, "ratios"), i, r)
	{
		const char *verdict = text_of(r, "verdict");

		broken += text_eq(verdict, "broken");
		buf_text(out, "  ");
		cell(out, tr(sc->lang, text_of(r, "kind")), 26);
		cell(out, figure(r, sc, text), 12);
		cell(out, or_dash(text_of(r, "target")), 9);
		state_cell(out, sc, verdict, 12);
		buf_printf(out, tr(sc->lang, "of %lld (at least %lld prove it)"),
		           (long long)json_integer_value(json_object_get(r, "total")),
		           (long long)json_integer_value(json_object_get(r, "minimum")));
		buf_char(out, '\n');
	}
	return broken > 0;
}

int show_import(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *o = json_object_get(a, "import");
	long long fresh = (long long)json_integer_value(json_object_get(o, "new"));
	long long changed = (long long)json_integer_value(json_object_get(o, "changed"));
	long long unclassed = (long long)json_integer_value(json_object_get(o, "without_class"));

	if (json_is_true(json_object_get(o, "dry_run")))
		buf_printf(out,
		           tr(sc->lang, "Nothing was changed: %lld would be new, %lld are known."),
		           fresh, (long long)json_integer_value(json_object_get(o, "known")));
	else
		buf_printf(out, tr(sc->lang, "%lld new, %lld changed, %lld as they were."), fresh,
		           changed, (long long)json_integer_value(json_object_get(o, "same")));
	buf_char(out, '\n');
	if (unclassed)
		buf_printf(out,
		           tr(sc->lang,
		              "%lld have a priority that support.priorities does not name: "
		              "no limit is measured for them."),
		           unclassed);
	if (unclassed)
		buf_char(out, '\n');
	return 0;
}
