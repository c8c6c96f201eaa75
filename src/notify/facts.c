/* What a message can say without being told: who writes, about what, since when.
 * Words go through the catalogue, so each reader gets them in his language. */
#include "core/text.h"
#include "notify/notify_private.h"

#include <string.h>

static void add_text(Fields *f, const char *name, const char *text)
{
	if (!fields_has(f, name))
		fields_text(f, name, text);
}

static void add_word(Fields *f, const char *name, const char *msgid)
{
	if (!fields_has(f, name))
		fields_word(f, name, msgid);
}

static const char *state_word(TellKind kind)
{
	switch (kind) {
	case TELL_INCIDENT_OPENED: return TR_NOOP("being investigated");
	case TELL_INCIDENT_ESCALATED: return TR_NOOP("waiting for someone to take it");
	case TELL_INCIDENT_RESOLVED: return TR_NOOP("resolved");
	case TELL_INCIDENT_REOPENED: return TR_NOOP("open again");
	case TELL_CLOCK_WARNING: return TR_NOOP("open");
	case TELL_ALERT: return TR_NOOP("alert");
	case TELL_ALERT_RESOLVED: return TR_NOOP("back to normal");
	case TELL_WINDOW_NOTICE: return TR_NOOP("planned");
	case TELL_WINDOW_CANCELLED: return TR_NOOP("cancelled");
	case TELL_WINDOW_DONE: return TR_NOOP("done");
	case TELL_POSTMORTEM: return TR_NOOP("reviewed");
	case TELL_SELF: return TR_NOOP("needs attention");
	case TELL_FOLLOW_UP: return TR_NOOP("overdue");
	case TELL_TASK_DUE: return TR_NOOP("due");
	case TELL_TASK_MISSED: return TR_NOOP("missed");
	case TELL_TASK_FAILED: return TR_NOOP("failed");
	case TELL_TASK_NOTICE:
	case TELL_INCIDENT_UPDATE:
	case TELL_KINDS: break;
	}
	return NULL;
}

/* An update without a state says nothing of it: the words are the person's. */
static bool is_incident(TellKind kind)
{
	return kind == TELL_INCIDENT_OPENED || kind == TELL_INCIDENT_ESCALATED ||
	       kind == TELL_INCIDENT_REOPENED;
}

/* A day or an hour, from the whole instant given here or elsewhere; words are kept. */
static void as_part(Fields *f, const char *name, FieldKind kind, Instant otherwise)
{
	Instant given = fields_instant_of(f, name);

	if (is_set(given) || !fields_has(f, name))
		fields_instant_as(f, name, kind, is_set(given) ? given : otherwise);
}

void facts_derive(Fields *f, const Zone *zone)
{
	Instant start = fields_instant_of(f, "start"), end = fields_instant_of(f, "end");

	/* The zone of the work's own day: the clock may change before it. */
	if (is_set(start))
		fields_text(f, "zone", zone_abbreviation(zone, start));
	as_part(f, "date", FIELD_DATE, start);
	as_part(f, "from", FIELD_TIME, start);
	as_part(f, "to", FIELD_TIME, end);
	if (is_set(start) && is_set(end) && start.us < end.us && !fields_has(f, "duration"))
		fields_duration(f, "duration", between(start, end));
}

/* "In 30 min" is wrong as soon as the message has waited: the hour is what stays true. */
static void fix_eta(Fields *f, Instant now)
{
	const Field *eta = fields_find(f, "eta");
	Instant then;

	if (eta && eta->kind == FIELD_DURATION) {
		then = after(now, eta->duration);
		fields_duration(f, "eta_in", eta->duration);
		fields_instant(f, "eta", then);
	} else if (eta && eta->kind == FIELD_INSTANT && now.us < eta->instant.us &&
	           !fields_has(f, "eta_in")) {
		fields_duration(f, "eta_in", between(now, eta->instant));
	}
}

/* The plan's key of a clock as people call it. */
static const char *clock_word(const char *key)
{
	static const char *const words[][2] = {
		{ "respond", TR_NOOP("response") },        { "inform", TR_NOOP("information") },
		{ "mitigate", TR_NOOP("mitigation") },     { "resolve", TR_NOOP("resolution") },
		{ "next_update", TR_NOOP("next update") }, { "postmortem", TR_NOOP("review") },
	};

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (text_eq(key, words[i][0]))
			return words[i][1];
	}
	return NULL;
}

/* The engine's names of states as people say them. */
static const char *state_as_said(const char *name)
{
	static const char *const words[][2] = {
		{ "qualified", TR_NOOP("being investigated") },
		{ "investigating", TR_NOOP("being investigated") },
		{ "mitigated", TR_NOOP("worked around") },
		{ "watching", TR_NOOP("resolved, kept under watch") },
		{ "postmortem", TR_NOOP("resolved, review under way") },
		{ "closed", TR_NOOP("closed") },
		{ "firing", TR_NOOP("alert") },
		{ "acked", TR_NOOP("acknowledged") },
		{ "pending", TR_NOOP("being confirmed") },
		{ "no_data", TR_NOOP("no data") },
		{ "suppressed", TR_NOOP("held back") },
	};

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (text_eq(name, words[i][0]))
			return words[i][1];
	}
	return NULL;
}

/* Facts may come as the plan and the engine write them: "respond", "15m", 50. */
static void fix_words(Fields *f)
{
	const Field *clock = fields_find(f, "clock"), *limit = fields_find(f, "limit");
	const Field *share = fields_find(f, "share"), *state = fields_find(f, "state");
	Span span;

	if (clock && clock_word(clock->text))
		fields_word(f, "clock", clock_word(clock->text));
	if (limit && limit->kind == FIELD_TEXT && span_parse(limit->text, &span))
		fields_span(f, "limit", span);
	if (share && share->kind == FIELD_NUMBER)
		fields_percent(f, "share", share->number, 0);
	if (state && state_as_said(state->text))
		fields_word(f, "state", state_as_said(state->text));
}

/* "contact:ana" is for the journal; people are called by their names. */
static void fix_person(Fields *f, const char *name, const Plan *plan)
{
	const Field *who = fields_find(f, name);
	const char *colon = who && who->text ? strchr(who->text, ':') : NULL;
	const Contact *c;

	if (!colon)
		return;
	c = text_starts(who->text, "contact:") ? plan_contact(plan, colon + 1) : NULL;
	fields_text(f, name, c ? c->name ? c->name : item_label(&c->item) : colon + 1);
}

static void drop_echo(Fields *f, const char *name, const char *of)
{
	const Field *a = fields_find(f, name), *b = fields_find(f, of);

	if (a && b && a->text && text_eq(a->text, b->text))
		fields_text(f, name, NULL);
}

/* "Disk full – Shop (production)": the service has its own place in a message. */
static void trim_title(Fields *f)
{
	const Field *title = fields_find(f, "title"), *service = fields_find(f, "service");
	const Field *env = fields_find(f, "environment");
	AUTO(Buf) tail = { 0 };

	if (!title || !title->text || !service || !service->text)
		return;
	buf_printf(&tail, " – %s", service->text);
	if (env && env->text && !text_ends(title->text, buf_str(&tail)))
		buf_printf(&tail, " (%s)", env->text);
	if (text_ends(title->text, buf_str(&tail)) && strlen(title->text) > tail.n)
		fields_text(f, "title",
		            arena_text_n(f->arena, title->text, strlen(title->text) - tail.n));
}

/* "resolved after 42 min" is in the headline already. */
static void drop_resolved_after(Fields *f)
{
	const Field *text = fields_find(f, "text");

	for (int lang = 0; text && text->text && lang < LANGS; lang++) {
		const char *sentence = tr((Lang)lang, "resolved after %s");
		size_t n = strcspn(sentence, "%");

		if (strncmp(text->text, sentence, n) == 0 && fields_has(f, "duration")) {
			fields_text(f, "text", NULL);
			return;
		}
	}
}

/* A sentence of its own begins with a capital. */
static void capitalise(Fields *f, const char *name)
{
	const Field *at = fields_find(f, name);
	char *copy = at && at->kind == FIELD_TEXT ? arena_text(f->arena, at->text) : NULL;
	unsigned char *p = (unsigned char *)copy;

	if (!p)
		return;
	if (p[0] >= 'a' && p[0] <= 'z')
		p[0] = (unsigned char)(p[0] - 'a' + 'A');
	else if (p[0] == 0xC3 && p[1] >= 0xA0 && p[1] <= 0xBE && p[1] != 0xB7) /* à to þ */
		p[1] = (unsigned char)(p[1] - 0x20);
	fields_text(f, name, copy);
}

static void drop_echoes(Fields *f)
{
	drop_echo(f, "text", "title");
	drop_echo(f, "cause", "title");
	drop_echo(f, "impact", "title");
}

static void tidy(Fields *f, const Plan *plan)
{
	const Field *lasting = fields_find(f, "lasting");

	fix_words(f);
	fix_person(f, "acked_by", plan);
	drop_echoes(f);
	trim_title(f);
	drop_echoes(f);
	drop_resolved_after(f);
	drop_echo(f, "class_label", "class");
	if (lasting && lasting->kind == FIELD_DURATION && lasting->duration.us < seconds(1).us)
		fields_text(f, "lasting", NULL);
}

void facts_complete(Fields *f, const Plan *plan, const Tell *tell, Instant now)
{
	const PlanHead *head = &plan->head;
	const char *colon = strchr(tell->subject, ':');
	Instant start = fields_instant_of(f, "start");

	add_text(f, "product", head->product ? head->product : head->title);
	add_text(f, "product", head->item.id);
	add_text(f, "product", "Carène");
	add_text(f, "team", head->product);
	add_text(f, "id", colon ? colon + 1 : tell->subject);
	add_text(f, "rule", tell->rule);
	if (tell->kind == TELL_SELF)
		add_text(f, "title", tell->text);
	else
		add_text(f, "text", tell->text);
	add_text(f, "title", colon ? colon + 1 : tell->subject);
	/* What opens now began now, when nobody knows better. */
	if (!is_set(start) && (tell->kind == TELL_INCIDENT_OPENED || tell->kind == TELL_ALERT))
		fields_instant(f, "start", now);
	start = fields_instant_of(f, "start");
	if (is_set(start) && start.us < now.us && !fields_has(f, "lasting") &&
	    !fields_has(f, "end"))
		fields_duration(f, "lasting", between(start, now));
	if (fields_has(f, "acked_by") && is_incident(tell->kind))
		add_word(f, "state", TR_NOOP("acknowledged"));
	add_word(f, "state", state_word(tell->kind));
	fix_eta(f, now);
	tidy(f, plan);
	if (tell->kind != TELL_INCIDENT_ESCALATED) /* there it follows a label */
		capitalise(f, "text");
	if (is_incident(tell->kind)) {
		if (!fields_has(f, "impact"))
			add_text(f, "impact", fields_get(f, "means", LANG_EN, NULL));
		add_word(f, "impact", TR_NOOP("being assessed"));
		add_word(f, "actions", TR_NOOP("the people in charge are being alerted"));
	}
	facts_derive(f, head->timezone ? head->timezone : zone_utc());
}
