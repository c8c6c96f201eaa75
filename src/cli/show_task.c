/* Tasks as a person reads them: what awaits whom, what each consists of, who said what. */
#include "cli/show_parts.h"

/* Words of the machine, named here for the translators. */
__attribute__((unused)) static const char *const words[] = {
	TR_NOOP("scheduled"), TR_NOOP("due"),       TR_NOOP("waiting"), TR_NOOP("running"),
	TR_NOOP("done"),      TR_NOOP("failed"),    TR_NOOP("missed"),  TR_NOOP("waived"),
	TR_NOOP("withdrawn"), TR_NOOP("late"),      TR_NOOP("asked"),   TR_NOOP("pass"),
	TR_NOOP("fail"),      TR_NOOP("confirmed"), TR_NOOP("needed"),  TR_NOOP("note"),
	TR_NOOP("file"),      TR_NOOP("started"),   TR_NOOP("refused"),
};

/* The words of the machine that are not words. */
static const char *plain(const char *state)
{
	static const char *const rows[][2] = {
		{ "awaiting_human", TR_NOOP("to confirm") },
		{ "done_late", TR_NOOP("done late") },
		{ "not_applicable", TR_NOOP("not applicable") },
		{ "todo", TR_NOOP("not begun") },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (text_eq(rows[i][0], state))
			return rows[i][1];
	}
	return state;
}

static int64_t number_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

void show_task_counts(const json_t *counts, const Screen *sc, Buf *out)
{
	int64_t open = number_of(counts, "open"), late = number_of(counts, "late");

	if (!open)
		return;
	buf_printf(out, "\n");
	buf_printf(out, tr_n(sc->lang, "%lld open task", "%lld open tasks", (uint64_t)open),
	           (long long)open);
	if (late)
		buf_printf(out, tr_n(sc->lang, ", %lld late", ", %lld late", (uint64_t)late),
		           (long long)late);
	buf_printf(out, " (carene task list)\n");
}

static void owners(const json_t *o, Buf *out)
{
	const json_t *list = json_object_get(o, "owners");
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	        buf_printf(out, "%s%s", i ? ", " : "", json_string_value(one));
}

/* The sentence that answers "is there something to do?". */
static void sentence(const json_t *a, const Screen *sc, Buf *out)
{
	int64_t awaiting = number_of(a, "awaiting"), late = number_of(a, "late");

	if (!awaiting)
		buf_text(out, tr(sc->lang, "No task awaits anybody."));
	else
		buf_printf(out,
		           tr_n(sc->lang, "%lld task awaits somebody.",
		                "%lld tasks await somebody.", (uint64_t)awaiting),
		           (long long)awaiting);
	if (late) {
		buf_char(out, ' ');
		buf_printf(out, tr_n(sc->lang, "%lld is late.", "%lld are late.", (uint64_t)late),
		           (long long)late);
	}
	buf_text(out, "\n\n");
}

static const char *state_of(const json_t *o)
{
	return json_is_true(json_object_get(o, "late")) ? "late" : plain(text_of(o, "state"));
}

static void line(const json_t *o, const Screen *sc, size_t brief, size_t title, Buf *out)
{
	AUTO(Buf) who = { 0 };
	AUTO_FREE char *n = mem_printf("%5lld", (long long)number_of(o, "number"));
	char at[LANG_TEXT];

	owners(o, &who);
	cell(out, n, 5);
	state_cell(out, sc, state_of(o), 10);
	cell(out, when(o, "due", sc, at), 24);
	cell(out, text_of(o, "short"), brief);
	cell(out, text_of(o, "title"), title);
	buf_printf(out, "%lld/%lld  %s\n", (long long)number_of(o, "settled_n"),
	           (long long)number_of(o, "items_n"), buf_str(&who));
}

/* What is open or over, or (`coming`) what is not: one block each. */
static void block(const json_t *list, const Screen *sc, bool coming, Buf *out)
{
	size_t brief = widest(list, "short", 8), title = widest(list, "title", 8), i;
	bool any = false;
	json_t *o;

	json_array_foreach(list, i, o)
	{
		if (text_eq(text_of(o, "state"), "scheduled") != coming)
			continue;
		if (!any && coming)
			buf_printf(out, "\n%s\n", tr(sc->lang, "To come"));
		any = true;
		line(o, sc, brief, title, out);
	}
}

int show_tasks(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "tasks");

	sentence(a, sc, out);
	block(list, sc, false, out);
	block(list, sc, true, out);
	return number_of(a, "late") > 0;
}

static void show_item(const json_t *i, const Screen *sc, Buf *out)
{
	const char *todo = text_of(i, "do"), *text = text_of(i, "text");

	buf_text(out, "  ");
	cell(out, text_of(i, "item"), 5);
	state_cell(out, sc, plain(text_of(i, "state")), 16);
	buf_printf(out, "%s%s%s", todo, *todo && *text ? " – " : "", text);
	if (*text_of(i, "if"))
		buf_printf(out, " (%s %s)", tr(sc->lang, "if"), tr(sc->lang, text_of(i, "if")));
	buf_char(out, '\n');
	if (*text_of(i, "found") || *text_of(i, "by"))
		buf_printf(out, "         %s%s%s\n", text_of(i, "found"),
		           *text_of(i, "found") && *text_of(i, "by") ? " · " : "",
		           text_of(i, "by"));
}

static void show_word(const json_t *w, const Screen *sc, Buf *out)
{
	char at[LANG_TEXT];

	buf_text(out, "  ");
	cell(out, when(w, "at", sc, at), 24);
	cell(out, tr(sc->lang, plain(text_of(w, "said"))), 14);
	buf_text(out, text_of(w, "who"));
	if (*text_of(w, "item"))
		buf_printf(out, " · %s", text_of(w, "item"));
	if (*text_of(w, "for"))
		buf_printf(out, " · %s", text_of(w, "for"));
	if (*text_of(w, "file"))
		buf_printf(out, " · %s · sha256 %s", text_of(w, "file"), text_of(w, "sha256"));
	if (*text_of(w, "note"))
		buf_printf(out, "\n    %s", text_of(w, "note"));
	buf_char(out, '\n');
}

static void row(Buf *out, const Screen *sc, const char *label, const char *value)
{
	if (!*value)
		return;
	buf_text(out, "  ");
	cell(out, tr(sc->lang, label), 16);
	buf_printf(out, "%s\n", value);
}

static void times(const json_t *t, const Screen *sc, Buf *out)
{
	static const char *const rows[][2] = {
		{ "due", TR_NOOP("Due") },           { "expected_end", TR_NOOP("Expected end") },
		{ "started", TR_NOOP("Begun") },     { "ended", TR_NOOP("Ended") },
		{ "until", TR_NOOP("Missed from") },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char at[LANG_TEXT];

		if (*text_of(t, rows[i][0]))
			row(out, sc, rows[i][1], when(t, rows[i][0], sc, at));
	}
}

int show_task(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *t = json_object_get(a, "task"), *items = json_object_get(t, "items"),
	             *said = json_object_get(t, "words");
	const char *state = state_of(t);
	AUTO(Buf) who = { 0 };
	size_t i;
	json_t *o;

	owners(t, &who);
	buf_printf(out, tr(sc->lang, "%s: %s (%s, %lld)\n\n"), text_of(t, "title"),
	           tr(sc->lang, state), text_of(t, "short"), (long long)number_of(t, "number"));
	row(out, sc, TR_NOOP("Answered for by"), buf_str(&who));
	times(t, sc, out);
	row(out, sc, TR_NOOP("Waits for"), text_of(t, "waits_for"));
	row(out, sc, TR_NOOP("Reason"), text_of(t, "reason"));
	buf_char(out, '\n');
	json_array_foreach(items, i, o) show_item(o, sc, out);
	if (json_array_size(said))
		buf_char(out, '\n');
	json_array_foreach(said, i, o) show_word(o, sc, out);
	return 0;
}
