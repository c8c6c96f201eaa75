#include "cli/show_parts.h"

/* Words of the machines, as people read them; named here for the translators. */
__attribute__((unused)) static const char *const words[] = {
	TR_NOOP("up"),           TR_NOOP("down"),         TR_NOOP("degraded"),
	TR_NOOP("unknown"),      TR_NOOP("maintenance"),  TR_NOOP("open"),
	TR_NOOP("qualified"),    TR_NOOP("acknowledged"), TR_NOOP("investigating"),
	TR_NOOP("mitigated"),    TR_NOOP("resolved"),     TR_NOOP("watching"),
	TR_NOOP("postmortem"),   TR_NOOP("closed"),       TR_NOOP("cancelled"),
	TR_NOOP("none"),         TR_NOOP("pending"),      TR_NOOP("firing"),
	TR_NOOP("suppressed"),   TR_NOOP("acked"),        TR_NOOP("no_data"),
	TR_NOOP("not_due"),      TR_NOOP("kept"),         TR_NOOP("at_risk"),
	TR_NOOP("broken"),       TR_NOOP("unproven"),     TR_NOOP("waived"),
	TR_NOOP("disputed"),     TR_NOOP("not_set"),      TR_NOOP("running"),
	TR_NOOP("paused"),       TR_NOOP("met"),          TR_NOOP("breached"),
	TR_NOOP("stopped_late"), TR_NOOP("respond"),      TR_NOOP("inform"),
	TR_NOOP("mitigate"),     TR_NOOP("resolve"),      TR_NOOP("next_update"),
	TR_NOOP("planned"),      TR_NOOP("announced"),    TR_NOOP("opened_unannounced"),
	TR_NOOP("overrun"),      TR_NOOP("reported"),     TR_NOOP("draft"),
	TR_NOOP("ready"),        TR_NOOP("held"),         TR_NOOP("sending"),
	TR_NOOP("retry"),        TR_NOOP("sent"),         TR_NOOP("delivered"),
	TR_NOOP("grouped"),      TR_NOOP("fallback"),     TR_NOOP("undeliverable"),
	TR_NOOP("refused"),
};

/* ---- status ---- */

int show_checks(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "checks");
	size_t width = widest(list, "label", 8), i;
	char at[LANG_TEXT], took[LANG_TEXT];
	int bad = 0;
	json_t *o;

	if (none(list, sc, TR_NOOP("The plan has no check."), out))
		return 0;
	json_array_foreach(list, i, o)
	{
		const char *state = text_of(o, "state");

		bad += text_eq(state, "down") || text_eq(state, "degraded");
		buf_text(out, "  ");
		cell(out, text_of(o, "label"), width);
		state_cell(out, sc, state, 12);
		cell(out, length(o, "latency_s", sc, took), 10);
		cell(out, when(o, "last", sc, at), 24);
		buf_printf(out, "%s\n", text_of(o, sc->lang == LANG_FR ? "reason_fr" : "reason"));
	}
	return bad > 0;
}

static void open_clock(const json_t *incident, const Screen *sc, Buf *out)
{
	const json_t *clocks = json_object_get(incident, "clocks");
	char left[LANG_TEXT];
	size_t i;
	json_t *o;

	json_array_foreach(clocks, i, o)
	{
		const char *state = text_of(o, "state");

		if (!text_eq(state, "running") && !text_eq(state, "breached"))
			continue;
		if (!text_of(o, "limit")[0])
			continue;
		buf_printf(out, "      %s %s: ", tr(sc->lang, text_of(o, "kind")),
		           text_of(o, "limit"));
		state_cell(out, sc, state, 0);
		if (json_is_number(json_object_get(o, "left_s")))
			buf_printf(out, tr(sc->lang, "%s left"), length(o, "left_s", sc, left));
		buf_char(out, '\n');
	}
}

int show_incidents(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "incidents");
	char at[LANG_TEXT];
	size_t i;
	json_t *o;

	if (none(list, sc, TR_NOOP("No open incident."), out))
		return 0;
	json_array_foreach(list, i, o)
	{
		buf_text(out, "  ");
		cell(out, text_of(o, "id"), 9);
		cell(out, or_dash(text_of(o, "class")), 4);
		state_cell(out, sc, text_of(o, "state"), 14);
		cell(out, when(o, "opened", sc, at), 24);
		buf_printf(out, "%s\n", text_of(o, "title"));
		open_clock(o, sc, out);
	}
	return 0;
}

int show_status(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *alerts = json_object_get(a, "alerts"), *carene = json_object_get(a, "carene");
	int bad;

	buf_printf(out, "%s\n\n", text_of(a, "sentence"));
	bad = show_checks(a, sc, out);
	if (json_array_size(json_object_get(a, "incidents"))) {
		buf_printf(out, "\n%s\n", tr(sc->lang, "Incidents"));
		(void)show_incidents(a, sc, out);
	}
	if (json_array_size(alerts)) {
		buf_printf(out, "\n%s\n", tr(sc->lang, "Alerts"));
		(void)show_alerts(a, sc, out);
	}
	if (json_array_size(json_object_get(a, "windows"))) {
		buf_printf(out, "\n%s\n", tr(sc->lang, "Maintenance"));
		(void)show_windows(a, sc, out);
	}
	show_task_counts(json_object_get(a, "tasks"), sc, out);
	if (!text_eq(text_of(carene, "storage"), "ok"))
		buf_printf(out, "\n%s: %s\n", tr(sc->lang, "Carène cannot write its data"),
		           text_of(carene, "storage"));
	return bad;
}

static void show_not_watched(const json_t *list, const Screen *sc, Buf *out)
{
	size_t width = widest(list, "id", 8), i;
	json_t *o;

	if (!json_array_size(list))
		return;
	buf_printf(out, "\n%s\n", tr(sc->lang, "Not watched in this version:"));
	json_array_foreach(list, i, o)
	{
		buf_text(out, "  ");
		cell(out, text_of(o, "id"), width);
		buf_printf(out, "%s\n", text_of(o, "when"));
	}
}

static void show_alert_rows(const json_t *list, const Screen *sc, Buf *out)
{
	size_t width = widest(list, "rule", 8), i;
	char at[LANG_TEXT];
	json_t *o;

	if (none(list, sc, TR_NOOP("No alert."), out))
		return;
	json_array_foreach(list, i, o)
	{
		buf_text(out, "  ");
		cell(out, text_of(o, "rule"), width);
		state_cell(out, sc, text_of(o, "state"), 12);
		cell(out, or_dash(text_of(o, "level")), 10);
		cell(out, when(o, "opened", sc, at), 24);
		buf_printf(out, "%s %s\n", text_of(o, "value"), text_of(o, "held_by"));
	}
}

int show_alerts(const json_t *a, const Screen *sc, Buf *out)
{
	show_alert_rows(json_object_get(a, "alerts"), sc, out);
	show_not_watched(json_object_get(a, "not_watched"), sc, out);
	return 0;
}

/* ---- one incident ---- */

static void show_clocks(const json_t *inc, const Screen *sc, Buf *out)
{
	const json_t *clocks = json_object_get(inc, "clocks");
	char took[LANG_TEXT], due[LANG_TEXT];
	size_t i;
	json_t *o;

	json_array_foreach(clocks, i, o)
	{
		buf_text(out, "  ");
		cell(out, tr(sc->lang, text_of(o, "kind")), 14);
		cell(out, or_dash(text_of(o, "limit")), 6);
		state_cell(out, sc, text_of(o, "state"), 14);
		cell(out, length(o, "elapsed_s", sc, took), 12);
		buf_printf(out, "%s\n", when(o, "due", sc, due));
	}
}

static void show_story(const json_t *inc, const Screen *sc, Buf *out)
{
	const json_t *lines = json_object_get(inc, "timeline");
	char at[LANG_TEXT];
	size_t i;
	json_t *o;

	json_array_foreach(lines, i, o)
	{
		buf_text(out, "  ");
		cell(out, when(o, "at", sc, at), 24);
		cell(out, text_of(o, "author"), 16);
		buf_printf(out, "%s\n", text_of(o, "text"));
	}
}

static void show_items(const json_t *inc, Buf *out)
{
	const char *phase = "";
	size_t i;
	json_t *o;

	json_array_foreach(json_object_get(inc, "items"), i, o)
	{
		const char *state = text_of(o, "state"), *slash = strrchr(text_of(o, "id"), '/');

		if (!text_eq(phase, text_of(o, "phase"))) {
			phase = text_of(o, "phase");
			buf_printf(out, "\n%s\n", phase);
		}
		buf_printf(out, "  [%s] ",
		           text_eq(state, "done")     ? "x"
		           : text_eq(state, "waived") ? "-"
		                                      : " ");
		cell(out, slash ? slash + 1 : text_of(o, "id"), 4);
		buf_printf(out, "%s\n", text_of(o, "text"));
	}
}

int show_incident(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *inc = json_object_get(a, "incident");
	char at[LANG_TEXT];

	buf_printf(out, "%s  %s  %s\n", text_of(inc, "id"), text_of(inc, "class"),
	           text_of(inc, "title"));
	state_cell(out, sc, text_of(inc, "state"), 0);
	buf_printf(out, "%s %s\n", tr(sc->lang, "since"), when(inc, "opened", sc, at));
	show_clocks(inc, sc, out);
	show_items(inc, out);
	if (json_array_size(json_object_get(inc, "timeline"))) {
		buf_char(out, '\n');
		show_story(inc, sc, out);
	}
	return 0;
}

/* ---- silences, windows, people ---- */

int show_silences(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "silences");
	char to[LANG_TEXT];
	size_t i;
	json_t *o;

	if (none(list, sc, TR_NOOP("No silence."), out))
		return 0;
	json_array_foreach(list, i, o)
	{
		buf_text(out, "  ");
		cell(out, text_of(o, "id"), 9);
		cell(out, text_of(o, "matchers"), 24);
		cell(out, when(o, "to", sc, to), 24);
		buf_printf(out, "%s: %s\n", text_of(o, "author"), text_of(o, "reason"));
	}
	return 0;
}

int show_windows(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "windows");
	char from[LANG_TEXT], to[LANG_TEXT];
	size_t i;
	json_t *o;

	if (none(list, sc, TR_NOOP("No maintenance planned."), out))
		return 0;
	json_array_foreach(list, i, o)
	{
		buf_text(out, "  ");
		cell(out, when(o, "starts", sc, from), 24);
		cell(out, when(o, "until", sc, to), 24);
		state_cell(out, sc, text_of(o, "state"), 12);
		buf_printf(out, "%s  %s\n", text_of(o, "id"), text_of(o, "reason"));
	}
	return 0;
}

static void show_people(const json_t *list, const Screen *sc, Buf *out)
{
	size_t i;
	json_t *o;

	if (!json_array_size(list))
		buf_text(out, tr(sc->lang, "nobody"));
	json_array_foreach(list, i, o)
	{
		buf_printf(out, "%s%s", i ? ", " : "", text_of(o, "name"));
		if (*text_of(o, "phone") || *text_of(o, "email"))
			buf_printf(out, " (%s)",
			           *text_of(o, "phone") ? text_of(o, "phone")
			                                : text_of(o, "email"));
	}
}

int show_oncall(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "oncall");
	size_t width = widest(list, "label", 8), i;
	char at[LANG_TEXT];
	int gaps = 0;
	json_t *o;

	if (none(list, sc, TR_NOOP("The plan names no role."), out))
		return 0;
	json_array_foreach(list, i, o)
	{
		buf_text(out, "  ");
		cell(out, text_of(o, "label"), width);
		show_people(json_object_get(o, "now"), sc, out);
		if (*text_of(o, "change")) {
			buf_printf(out, " · %s ", when(o, "change", sc, at));
			show_people(json_object_get(o, "next"), sc, out);
		}
		if (*text_of(o, "gap_from")) {
			gaps++;
			buf_printf(out, " · ");
			buf_printf(out, tr(sc->lang, "nobody from %s"),
			           when(o, "gap_from", sc, at));
		}
		buf_char(out, '\n');
	}
	return gaps > 0;
}

/* ---- promises ---- */

int show_objectives(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "objectives");
	int broken = 0;
	size_t i;
	json_t *o;

	if (none(list, sc, TR_NOOP("The plan has no objective."), out))
		return 0;
	json_array_foreach(list, i, o)
	{
		broken += text_eq(text_of(o, "verdict"), "broken");
		buf_text(out, "  ");
		cell(out, *text_of(o, "label") ? text_of(o, "label") : text_of(o, "id"), 28);
		state_cell(out, sc, text_of(o, "verdict"), 10);
		buf_printf(out, "%s\n      %s\n", text_of(o, "value_text"), text_of(o, "account"));
	}
	return broken > 0;
}

int show_journal(const json_t *a, const Screen *sc, Buf *out)
{
	char at[LANG_TEXT];
	size_t i;
	json_t *o;

	json_array_foreach(json_object_get(a, "records"), i, o)
	{
		buf_printf(out, "%6lld  ",
		           (long long)json_integer_value(json_object_get(o, "seq")));
		cell(out, when(o, "t", sc, at), 24);
		cell(out, text_of(o, "kind"), 22);
		cell(out, text_of(o, "subject"), 28);
		buf_printf(out, "%s %s %s\n", text_of(o, "actor"), text_of(o, "verdict"),
		           text_of(o, "note"));
	}
	return 0;
}

int show_messages(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "messages");
	char at[LANG_TEXT];
	size_t i;
	json_t *o;

	if (none(list, sc, TR_NOOP("No message yet."), out))
		return 0;
	json_array_foreach(list, i, o)
	{
		cell(out, when(o, "created", sc, at), 24);
		state_cell(out, sc, text_of(o, "state"), 13);
		cell(out, text_of(o, "channel"), 8);
		cell(out, or_dash(text_of(o, "recipient")), 24);
		buf_printf(out, "%s%s%s\n", text_of(o, "title"), *text_of(o, "error") ? " – " : "",
		           text_of(o, "error"));
	}
	return 0;
}

int show_reload(const json_t *a, const Screen *sc, Buf *out)
{
	buf_printf(out, tr(sc->lang, "The plan is loaded: %.16s…"), text_of(a, "plan"));
	buf_char(out, '\n');
	return 0;
}

int show_nothing(const json_t *a, const Screen *sc, Buf *out)
{
	(void)a;
	(void)sc;
	(void)out;
	return 0;
}
