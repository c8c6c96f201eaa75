/* What is written down and who is told. Words people read are in the plan's language. */
#include "incident/incident_private.h"

#include "core/text.h"

static char *facts(const Turn *t)
{
	const Incident *inc = t->inc;
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);

	emit_object(&e, NULL);
	emit_text(&e, "state", incident_state_name(inc->state));
	emit_text(&e, "class", *inc->class_ ? inc->class_ : NULL);
	if (inc->rank)
		emit_int(&e, "rank", inc->rank);
	emit_text(&e, "service", *inc->service ? inc->service : NULL);
	emit_text(&e, "environment", *inc->env ? inc->env : NULL);
	emit_text(&e, "title", inc->title);
	emit_instant(&e, "detected", inc->detected_at);
	emit_instant(&e, "started", inc->started_at);
	if (is_set(inc->restored_at))
		emit_instant(&e, "restored", inc->restored_at);
	if (inc->impact >= 0)
		emit_int(&e, "impact", inc->impact);
	if (inc->drill)
		emit_bool(&e, "drill", true);
	if (inc->relapses)
		emit_int(&e, "relapses", inc->relapses);
	if (t->ev && !text_is_empty(t->ev->how))
		emit_text(&e, "how", t->ev->how);
	emit_object_end(&e);
	return buf_take(&json);
}

void story_line(Turn *t, const char *kind, const char *text, bool is_public)
{
	TimelineEntry *row = list_push(&t->parts->timeline);

	(void)snprintf(row->id, sizeof row->id, "%s/t%04d", t->inc->id, ++t->inc->sequence);
	text_copy(row->incident, sizeof row->incident, t->inc->id);
	row->at = t->now;
	text_copy(row->author, sizeof row->author, t->by);
	text_copy(row->kind, sizeof row->kind, kind);
	text_copy(row->text, sizeof row->text, text);
	text_copy(row->state, sizeof row->state, incident_state_name(t->inc->state));
	row->is_public = is_public;
	row->changed = true;
}

static void tell_story(Turn *t, const char *kind, const char *text, bool is_public)
{
	char full[40];
	Entry *e;

	story_line(t, kind, text, is_public);
	(void)snprintf(full, sizeof full, "incident.%s", kind);
	e = effects_entry(t->fx, t->now, full, t->subject, t->by, facts(t));
	text_copy(e->note, sizeof e->note, text);
}

void story(Turn *t, const char *kind, const char *text) { tell_story(t, kind, text, false); }

void story_public(Turn *t, const char *kind, const char *text) { tell_story(t, kind, text, true); }

LadderCase story_case(const Turn *t, TellKind first)
{
	return (LadderCase){
		.plan = t->plan,
		.subject = t->subject,
		.prefix = t->prefix,
		.rule = t->inc->rule,
		.rank = t->inc->rank,
		.acknowledged = t->inc->acked,
		.resolved = !incident_is_active(t->inc),
		.held = t->inc->held_by[0] != '\0',
		.over = !incident_is_open(t->inc),
		.first = first,
	};
}

static const char *next_key(Turn *t, const char *what, char out[96])
{
	(void)snprintf(out, 96, "inc:%s:%.32s:%d", t->inc->id, what, ++t->inc->sequence);
	return out;
}

void story_tell_told(Turn *t, TellKind kind, const char *what, bool recovery, const char *text)
{
	LadderCase c = story_case(t, kind);
	char key[96];

	ladder_tell_told(&t->ladder, &c, kind, next_key(t, what, key), recovery, text, t->now,
	                 t->fx);
}

void story_tell_route(Turn *t, TellKind kind, const char *what, const char *text)
{
	char key[96];
	Tell *tell = effects_tell(t->fx, kind, t->subject, next_key(t, what, key));

	text_copy(tell->rule, sizeof tell->rule, t->inc->rule);
	text_copy(tell->text, sizeof tell->text, text);
	tell->rank = t->inc->rank;
	for (size_t i = 0; t->ladder.n && i < t->ladder.steps[0].via_n; i++)
		tell_via(tell, t->ladder.steps[0].via[i]);
}
