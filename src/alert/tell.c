/* The words and evidence of alerts. Who is told: the channels of the level's route;
 * for later steps the people of the level's ladder, as far as they can be reached. */
#include "alert/alert_private.h"

#include "core/text.h"

Entry *alert_entry(const Alert *a, Instant now, const char *kind, const char *actor, Effects *fx)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	char subject[96];

	emit_object(&e, NULL);
	emit_text(&e, "rule", a->rule);
	emit_text(&e, "level", *a->level ? a->level : NULL);
	emit_text(&e, "class", *a->class_ ? a->class_ : NULL);
	emit_text(&e, "service", *a->service ? a->service : NULL);
	emit_text(&e, "environment", *a->env ? a->env : NULL);
	emit_text(&e, "state", alert_state_name(a->state));
	emit_instant(&e, "opened", a->opened);
	if (*a->value_text)
		emit_text(&e, "value", a->value_text);
	if (*a->suppressed_by)
		emit_text(&e, "held_by", a->suppressed_by);
	if (*a->incident)
		emit_text(&e, "incident", a->incident);
	if (a->flaps)
		emit_int(&e, "flaps", a->flaps);
	emit_object_end(&e);
	(void)snprintf(subject, sizeof subject, "alert:%s", a->id);
	return effects_entry(fx, now, kind, subject, actor, buf_take(&json));
}

static Tell *begin_tell(Step *s, TellKind kind, const char *what)
{
	const Level *level = s->rule->level;
	char subject[96], key[96];
	Tell *t;

	(void)snprintf(subject, sizeof subject, "alert:%s", s->a->id);
	(void)snprintf(key, sizeof key, "alert:%.76s:%d:%s", s->a->id, s->a->tells++, what);
	t = effects_tell(s->fx, kind, subject, key);
	text_copy(t->rule, sizeof t->rule, s->a->rule);
	t->rank = s->a->rank;
	for (size_t i = 0; level && i < level->route.n; i++)
		tell_via(t, level->route.at[i]);
	return t;
}

/* "Full disk: disk_used{/} > 90% (93.2%)" */
static void headline(const Step *s, Buf *out)
{
	const char *label = item_label(&s->rule->item);

	buf_text(out, label);
	if (s->rule->when.text[0] && !text_eq(label, s->rule->when.text))
		buf_printf(out, ": %s", s->rule->when.text);
	if (*s->a->value_text && !text_eq(s->a->value_text, s->rule->when.word))
		buf_printf(out, " (%s)", s->a->value_text);
}

void alert_tell_fired(Step *s, bool again)
{
	AUTO(Buf) text = { 0 };
	Tell *t = begin_tell(s, TELL_ALERT, again ? "again" : "fired");

	headline(s, &text);
	if (again)
		buf_printf(&text, " – %s", tr(s->lang, "again"));
	text_copy(t->text, sizeof t->text, buf_str(&text));
}

void alert_tell_reminder(Step *s, const char *why)
{
	Tell *t = begin_tell(s, TELL_ALERT, "reminder");

	(void)snprintf(t->text, sizeof t->text, "%s: %s", item_label(&s->rule->item), why);
}

/* Everybody told so far; people who left since then keep their message: better one
 * recovery too many than somebody who still believes that it burns. */
static void to_all_told(Step *s, Tell *t)
{
	const Escalation *ladder = s->rule->level ? s->rule->level->escalation : NULL;

	for (int i = 0; ladder && i < s->a->step && (size_t)i < ladder->steps_n; i++) {
		const EscalationStep *step = &ladder->steps[i];
		char names[TELL_NAMES][64];
		bool unstaffed = false;
		size_t n = 0;

		if (s->in->reach)
			n = s->in->reach(s->in->reach_ctx, step->to.at, step->to.n, s->now, names,
			                 &unstaffed);
		for (size_t k = 0; k < n; k++)
			tell_to(t, names[k]);
		for (size_t k = 0; n == 0 && !unstaffed && k < step->to.n; k++)
			tell_to(t, step->to.at[k]);
		for (size_t k = 0; k < step->via.n; k++)
			tell_via(t, step->via.at[k]);
	}
}

void alert_tell_resolved(Step *s)
{
	AUTO(Buf) text = { 0 };
	char took[LANG_TEXT];
	Tell *t = begin_tell(s, TELL_ALERT_RESOLVED, "resolved");

	t->recovery = true;
	to_all_told(s, t);
	headline(s, &text);
	buf_printf(&text, " – ");
	buf_printf(&text, tr(s->lang, "over after %s"),
	           lang_duration(s->lang, between(s->a->opened, s->now), took));
	text_copy(t->text, sizeof t->text, buf_str(&text));
}

void alert_tell_no_data(Step *s)
{
	char since[LANG_TEXT];
	Tell *t = begin_tell(s, TELL_ALERT, "no-data");

	(void)snprintf(t->text, sizeof t->text,
	               tr(s->lang, "%s: no data for %s, the state is unknown"),
	               item_label(&s->rule->item),
	               lang_duration(s->lang, between(s->a->lost_at, s->now), since));
}

void alert_tell_data_back(Step *s)
{
	Tell *t = begin_tell(s, TELL_ALERT_RESOLVED, "data-back");

	t->recovery = true;
	(void)snprintf(t->text, sizeof t->text, tr(s->lang, "%s: data is back"),
	               item_label(&s->rule->item));
}

bool alert_tell_step(Step *s, size_t n, const char *why)
{
	const EscalationStep *step = &s->rule->level->escalation->steps[n - 1];
	char names[TELL_NAMES][64], what[32];
	bool unstaffed = step->to.n == 0;
	size_t found = 0;
	Tell *t;

	if (s->in->reach && step->to.n)
		found = s->in->reach(s->in->reach_ctx, step->to.at, step->to.n, s->now, names,
		                     &unstaffed);
	if (s->in->reach && !found && !unstaffed)
		return false;
	(void)snprintf(what, sizeof what, "step:%zu", n);
	t = begin_tell(s, TELL_ALERT, what);
	for (size_t i = 0; i < found; i++)
		tell_to(t, names[i]);
	for (size_t i = 0; !s->in->reach && i < step->to.n; i++)
		tell_to(t, step->to.at[i]);
	if (step->via.n)
		t->via_n = 0;
	for (size_t i = 0; i < step->via.n; i++)
		tell_via(t, step->via.at[i]);
	(void)snprintf(t->text, sizeof t->text, "%s: %s", item_label(&s->rule->item), why);
	return true;
}
