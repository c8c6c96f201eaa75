/* Answers about actions and vulnerabilities. */
#include "cli/show_parts.h"

/* Words of their machine, named here for the translators. */
__attribute__((unused)) static const char *const action_words[] = {
	TR_NOOP("proposed"),  TR_NOOP("approved"), TR_NOOP("done"),        TR_NOOP("verified"),
	TR_NOOP("found"),     TR_NOOP("triaged"),  TR_NOOP("planned"),     TR_NOOP("fixed"),
	TR_NOOP("accepted"),  TR_NOOP("dropped"),  TR_NOOP("corrective"),  TR_NOOP("preventive"),
	TR_NOOP("procedure"), TR_NOOP("training"), TR_NOOP("improvement"), TR_NOOP("vulnerability"),
};

static void action_line(const json_t *o, const Screen *sc, Buf *out)
{
	bool overdue = json_is_true(json_object_get(o, "overdue"));
	const char *severity = text_of(o, "severity");
	char at[LANG_TEXT];

	buf_text(out, "  ");
	cell(out, text_of(o, "id"), 13);
	state_cell(out, sc, text_of(o, "state"), 10);
	cell(out, *severity ? severity : tr(sc->lang, text_of(o, "kind")), 12);
	cell(out, or_dash(text_of(o, "owner")), 10);
	cell(out, when(o, "due", sc, at), 24);
	if (overdue)
		buf_printf(out, "%s%s%s  ", sc->colour ? "\033[31m" : "", tr(sc->lang, "overdue"),
		           sc->colour ? "\033[0m" : "");
	buf_printf(out, "%s\n", text_of(o, "what"));
}

/* Exit status 1 when something is overdue. */
static int action_lines(const json_t *list, const Screen *sc, Buf *out)
{
	int overdue = 0;
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o)
	{
		overdue += json_is_true(json_object_get(o, "overdue"));
		action_line(o, sc, out);
	}
	return overdue > 0;
}

int show_actions(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "actions");

	return none(list, sc, TR_NOOP("No action is open."), out) ? 0 : action_lines(list, sc, out);
}

int show_vulnerabilities(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *list = json_object_get(a, "vulnerabilities");

	return none(list, sc, TR_NOOP("No vulnerability is open."), out)
	               ? 0
	               : action_lines(list, sc, out);
}

static void fact(const json_t *o, const char *key, const char *label, const Screen *sc, Buf *out)
{
	if (!*text_of(o, key))
		return;
	buf_text(out, "  ");
	cell(out, tr(sc->lang, label), 14);
	buf_printf(out, "%s\n", text_of(o, key));
}

static void moment(const json_t *o, const char *key, const char *by, const char *label,
                   const Screen *sc, Buf *out)
{
	char at[LANG_TEXT];

	if (!*text_of(o, key))
		return;
	buf_text(out, "  ");
	cell(out, tr(sc->lang, label), 14);
	cell(out, when(o, key, sc, at), 24);
	buf_printf(out, "%s\n", by ? text_of(o, by) : "");
}

int show_action(const json_t *a, const Screen *sc, Buf *out)
{
	const json_t *o = json_object_get(a, "action");

	(void)action_line(o, sc, out);
	fact(o, "component", TR_NOOP("component"), sc, out);
	fact(o, "origin_ref", TR_NOOP("from"), sc, out);
	fact(o, "limit", TR_NOOP("limit"), sc, out);
	moment(o, "made", "made_by", TR_NOOP("known since"), sc, out);
	moment(o, "triaged", NULL, TR_NOOP("triaged"), sc, out);
	moment(o, "approved", NULL, TR_NOOP("approved"), sc, out);
	moment(o, "planned", NULL, TR_NOOP("planned"), sc, out);
	moment(o, "planned_for", NULL, TR_NOOP("planned for"), sc, out);
	moment(o, "mitigated", NULL, TR_NOOP("mitigated"), sc, out);
	moment(o, "done", "done_by", TR_NOOP("done"), sc, out);
	moment(o, "verified", "verified_by", TR_NOOP("verified"), sc, out);
	moment(o, "accepted_until", "accepted_by", TR_NOOP("accepted until"), sc, out);
	fact(o, "reason", TR_NOOP("reason"), sc, out);
	return 0;
}
