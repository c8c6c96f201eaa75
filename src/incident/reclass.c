/* Judging an incident anew: its class fixes the limits, the checklists and, unless
 * the alert's level has one of its own, the ladder. */
#include "incident/incident_private.h"

#include "core/text.h"

static void add_history(Turn *t, const char *from, const char *reason)
{
	AUTO(Buf) json = { 0 };
	const char *old = t->inc->history;
	Emit e = emit_to(&json);

	if (old && strlen(old) > 2)
		buf_printf(&json, "%.*s,", (int)strlen(old) - 1, old);
	else
		buf_char(&json, '[');
	emit_object(&e, NULL);
	emit_instant(&e, "at", t->now);
	emit_text(&e, "from", from);
	emit_text(&e, "to", t->inc->class_);
	emit_text(&e, "by", t->by);
	emit_text(&e, "reason", reason);
	emit_object_end(&e);
	buf_char(&json, ']');
	mem_free(t->inc->history);
	t->inc->history = buf_take(&json);
}

/* Lower ranks are worse; 0 is not ranked, and gives way to any. */
static bool is_worse(int rank, int than) { return rank && (!than || rank < than); }

static void set_class(Turn *t, const Class *to, const char *reason)
{
	const Level *level = *t->inc->level ? plan_level(t->plan, t->inc->level) : NULL;
	bool worse = is_worse(to->rank, t->inc->rank);
	char from[64];

	text_copy(from, sizeof from, t->inc->class_);
	text_copy(t->inc->class_, sizeof t->inc->class_, to->item.id);
	text_copy(t->inc->reason, sizeof t->inc->reason, reason);
	t->inc->rank = to->rank;
	t->class_ = to;
	add_history(t, from, reason);
	hands_relimit(t);
	checklist_reclass(t);
	/* A ladder of the level stays: it beats any class's. */
	if (!(level && level->escalation))
		ladder_replace(&t->ladder, t->plan, level, to,
		               to->restart_on_reclass ? t->now : t->inc->detected_at, worse,
		               t->now);
}

bool class_reclassify(Turn *t)
{
	const Class *to = t->ev->class_ ? plan_class(t->plan, t->ev->class_) : NULL;
	AUTO(Buf) text = { 0 };

	if (!to || text_eq(to->item.id, t->inc->class_) || text_is_empty(t->ev->text))
		return false;
	buf_printf(&text, "%s → %s: %s", *t->inc->class_ ? t->inc->class_ : "–", to->item.id,
	           t->ev->text);
	set_class(t, to, t->ev->text);
	story(t, "reclassified", buf_str(&text));
	hands_climb(t, TELL_INCIDENT_ESCALATED);
	return true;
}

bool class_qualify(Turn *t)
{
	const IncidentEvent *ev = t->ev;
	const Class *to = ev->class_ ? plan_class(t->plan, ev->class_) : NULL;
	AUTO(Buf) text = { 0 };

	if (ev->class_ && !to)
		return false;
	if (to && !text_eq(to->item.id, t->inc->class_))
		set_class(t, to, text_is_empty(ev->text) ? "qualified" : ev->text);
	if (ev->has_impact)
		t->inc->impact = ev->impact;
	if (!text_is_empty(ev->assignee))
		text_copy(t->inc->assignee, sizeof t->inc->assignee, ev->assignee);
	if (t->inc->state == INCIDENT_OPEN)
		t->inc->state = INCIDENT_QUALIFIED;
	buf_printf(&text, "%s", *t->inc->class_ ? t->inc->class_ : "–");
	if (t->inc->impact >= 0)
		buf_printf(&text, ", %d%%", t->inc->impact);
	if (*t->inc->assignee)
		buf_printf(&text, ", %s", t->inc->assignee);
	story(t, "qualified", buf_str(&text));
	hands_climb(t, TELL_INCIDENT_ESCALATED);
	return true;
}
