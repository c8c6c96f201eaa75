/* From a tell to its messages: through which channels, to whom, in which words. */
#include "core/emit.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <stdio.h>
#include <strings.h>

typedef struct Composer {
	const Plan *plan;
	const Tell *tell;
	bool first_call; /* an escalation that is told as an opening */
	const Fields *facts;
	const MessageHooks *hooks;
	Instant now;
	MessageList *out;
	Effects *fx;
	Arena *arena;
	size_t people_n;
	size_t tried; /* recipients found, whatever became of their message */
} Composer;

/* ---- routes ---- */

static bool sends(const Channel *c)
{
	return c->type != CHANNEL_IMPORT && c->type != CHANNEL_STATUS;
}

static Texts every_channel(const Plan *plan, Arena *a)
{
	const char **at = ARENA_ARRAY(a, const char *, plan->channels_n + 1);
	size_t n = 0;

	for (size_t i = 0; i < plan->channels_n; i++) {
		if (sends(&plan->channels[i]))
			at[n++] = plan->channels[i].item.id;
	}
	return (Texts){ at, n };
}

Texts message_default_route(const Plan *plan, Arena *a)
{
	const Level *level = NULL;
	const Class *class_ = NULL;

	if (plan->head.alarm_via.n > 0)
		return plan->head.alarm_via;
	for (size_t i = 0; i < plan->levels_n; i++) {
		if (plan->levels[i].route.n > 0 && (!level || plan->levels[i].rank < level->rank))
			level = &plan->levels[i];
	}
	for (size_t i = 0; i < plan->classes_n; i++) {
		if (plan->classes[i].route.n > 0 &&
		    (!class_ || plan->classes[i].rank < class_->rank))
			class_ = &plan->classes[i];
	}
	return level ? level->route : class_ ? class_->route : every_channel(plan, a);
}

static Texts route_of(const Composer *c)
{
	const char **at;

	if (c->tell->via_n == 0)
		return message_default_route(c->plan, c->arena);
	at = ARENA_ARRAY(c->arena, const char *, c->tell->via_n + 1);
	for (size_t i = 0; i < c->tell->via_n; i++)
		at[i] = c->tell->via[i];
	return (Texts){ at, c->tell->via_n };
}

/* ---- places and addresses ---- */

const char *address_for(const Channel *c, const Recipient *who)
{
	const char *address = NULL;

	if (c->type == CHANNEL_EMAIL)
		address = who->email;
	else if (c->type == CHANNEL_SMS)
		address = who->phone;
	else if (c->type == CHANNEL_COMMAND) /* the program knows people by the plan's ids */
		address = !text_is_empty(who->contact) ? who->contact
		          : !text_is_empty(who->email) ? who->email
		                                       : who->phone;
	return text_is_empty(address) ? NULL : address;
}

static const char *const *room_words(TellKind kind)
{
	static const char *const incident[] = { "incident", "alert", NULL };
	static const char *const alert[] = { "alert", "incident", NULL };
	static const char *const window[] = { "maint", NULL };
	static const char *const task[] = { "task", "tâche", NULL };

	switch (kind) {
	case TELL_WINDOW_NOTICE:
	case TELL_WINDOW_CANCELLED:
	case TELL_WINDOW_DONE: return window;
	case TELL_ALERT:
	case TELL_ALERT_RESOLVED:
	case TELL_SELF: return alert;
	case TELL_TASK_DUE:
	case TELL_TASK_MISSED:
	case TELL_TASK_FAILED:
	case TELL_TASK_NOTICE: return task;
	case TELL_INCIDENT_OPENED:
	case TELL_INCIDENT_ESCALATED:
	case TELL_INCIDENT_UPDATE:
	case TELL_INCIDENT_RESOLVED:
	case TELL_INCIDENT_REOPENED:
	case TELL_CLOCK_WARNING:
	case TELL_POSTMORTEM:
	case TELL_FOLLOW_UP:
	case TELL_KINDS: break;
	}
	return incident;
}

const char *room_for(const Channel *c, TellKind kind)
{
	if (c->rooms.n == 0)
		return "";
	for (const char *const *word = room_words(kind); *word; word++) {
		for (size_t i = 0; i < c->rooms.n; i++) {
			if (strcasestr(c->rooms.at[i], *word))
				return c->rooms.at[i];
		}
	}
	return c->rooms.at[0];
}

/* ---- one message ---- */

static bool has_ack_link(TellKind kind)
{
	return kind == TELL_ALERT || kind == TELL_INCIDENT_OPENED ||
	       kind == TELL_INCIDENT_ESCALATED || kind == TELL_INCIDENT_REOPENED ||
	       kind == TELL_CLOCK_WARNING;
}

/* Whoever holds the link may acknowledge: people of the plan and its own rooms and
 * lists may, the public and an audience's plain addresses may not. */
static bool may_acknowledge(const Composer *c, const Channel *channel, const Recipient *who)
{
	bool is_public = channel->type == CHANNEL_STATUS || channel->type == CHANNEL_SOCIAL ||
	                 channel->type == CHANNEL_IN_APP;

	return has_ack_link(c->tell->kind) && !is_public && (!who || !text_is_empty(who->contact));
}

/* A ladder may call its second step in the same minute as its first: those people learn
 * of the incident, nobody has failed to answer yet. */
static TellKind words_of(const Composer *c)
{
	const Field *lasting = fields_find(c->facts, "lasting");
	bool fresh = !lasting || lasting->duration.us < minutes(1).us;

	if (c->tell->kind == TELL_INCIDENT_ESCALATED && fresh && !fields_has(c->facts, "acked_by"))
		return TELL_INCIDENT_OPENED;
	return c->tell->kind;
}

static Fields *facts_for(const Composer *c, const Channel *channel, const Recipient *who)
{
	Fields *f = fields_copy(c->facts, c->arena);
	const char *link = NULL;

	if (c->hooks && c->hooks->ack_link && may_acknowledge(c, channel, who))
		link = c->hooks->ack_link(c->hooks->ctx, c->tell,
		                          who && who->contact ? who->contact : "", c->arena);
	/* Why the ladder went on is no news to those it calls first. */
	if (c->first_call)
		fields_text(f, "text", NULL);
	fields_text(f, "ack_link", link);
	if (who)
		fields_text(f, "recipient", who->name);
	facts_complete(f, c->plan, c->tell, c->now);
	return f;
}

static Message new_message(const Composer *c, const Channel *channel, const char *recipient,
                           const Recipient *who, Lang lang)
{
	const Tell *tell = c->tell;
	Message m = { .kind = tell->kind,
		      .rank = tell->rank,
		      .recovery = tell->recovery,
		      .created = c->now,
		      .next_try = c->now,
		      .sent_at = LONG_AGO,
		      .state = MESSAGE_DRAFT };

	message_id(tell->key, channel->item.id, recipient, m.id);
	text_copy(m.tell, sizeof m.tell, tell->key);
	text_copy(m.subject, sizeof m.subject, tell->subject);
	text_copy(m.rule, sizeof m.rule, tell->rule);
	text_copy(m.channel, sizeof m.channel, channel->item.id);
	text_copy(m.origin, sizeof m.origin, channel->item.id);
	text_copy(m.recipient, sizeof m.recipient, recipient);
	text_copy(m.contact, sizeof m.contact, who && who->contact ? who->contact : "");
	text_copy(m.language, sizeof m.language, lang_code(lang));
	return m;
}

static void keep_words(Message *m, Rendered *r, const Fields *f)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);

	fields_json(f, lang_parse(m->language), &e, NULL);
	m->title = r->subject;
	m->brief = r->brief;
	m->text = r->text;
	m->html = r->html;
	m->fields = buf_take(&json);
	*r = (Rendered){ 0 };
}

/* The words were refused: kept as evidence, told to whoever looks after Carène. */
static void refuse(Composer *c, Message m, const Template *t, const char *why)
{
	Lang lang = lang_parse(c->plan->head.language);
	AUTO_FREE char *text = NULL;
	char key[96], day[INSTANT_TEXT];
	size_t n = strlen(m.id);

	m.state = MESSAGE_REFUSED;
	m.next_try = LONG_AGO;
	/* Its place may be taken by the built-in words. */
	text_copy(n + 1 < sizeof m.id ? m.id + n : m.id + n - 1, 2, "!");
	text_copy(m.last_error, sizeof m.last_error, why);
	message_entry(c->fx, c->now, "message.refused", &m, "refused", why);
	list_add(c->out, m);
	if (c->tell->kind == TELL_SELF)
		return;
	(void)snprintf(key, sizeof key, "self:words:%.40s:%.10s", t ? t->item.id : "built-in",
	               instant_print(c->now, day));
	text = mem_printf(tr(lang, "a message was refused and not sent as written: %s"), why);
	tell_self(c->plan, "", key, text, c->fx);
}

static bool is_known(const Composer *c, const char *id)
{
	for (size_t i = 0; i < c->out->n; i++) {
		if (strcmp(c->out->at[i].id, id) == 0)
			return true;
	}
	return false;
}

static void queue(Composer *c, Message m, Rendered *r, const Fields *f, const Template *t)
{
	m.state = MESSAGE_READY;
	text_copy(m.template_id, sizeof m.template_id, t ? t->item.id : "");
	keep_words(&m, r, f);
	message_entry(c->fx, c->now, "message.queued", &m, "", m.title);
	list_add(c->out, m);
}

static void add_message(Composer *c, const Channel *channel, const char *recipient,
                        const Recipient *who)
{
	Lang lang = lang_parse(who && who->language ? who->language : c->plan->head.language);
	const Template *t = message_template(c->plan, c->tell, channel, lang);
	Message m = new_message(c, channel, recipient, who, lang);
	Rendered r;
	Fields *f;
	Err err = { 0 };

	c->tried++;
	if (is_known(c, m.id))
		return;
	f = facts_for(c, channel, who);
	if (message_render(c->tell->kind, t, f, lang, c->plan->head.timezone, c->hooks, &r, &err)) {
		queue(c, m, &r, f, t);
		return;
	}
	refuse(c, m, t, err.message);
	if (t && tell_pages(c->tell->kind) &&
	    message_render(c->tell->kind, NULL, f, lang, c->plan->head.timezone, NULL, &r, &err))
		queue(c, m, &r, f, NULL);
}

/* ---- who gets one ---- */

static void note(Composer *c, const char *kind, const char *channel, const char *contact,
                 const char *words)
{
	Message m = { .kind = (int)c->tell->kind, .state = MESSAGE_DRAFT, .next_try = LONG_AGO };

	text_copy(m.subject, sizeof m.subject, c->tell->subject);
	text_copy(m.id, sizeof m.id, c->tell->key);
	text_copy(m.channel, sizeof m.channel, channel);
	text_copy(m.contact, sizeof m.contact, contact ? contact : "");
	message_entry(c->fx, c->now, kind, &m, "failed", words);
}

static void to_place(Composer *c, const Channel *channel)
{
	if (!channel_is_personal(channel)) {
		add_message(c, channel, room_for(channel, c->tell->kind), NULL);
		return;
	}
	for (size_t i = 0; i < channel->to.n; i++)
		add_message(c, channel, channel->to.at[i], NULL);
	if (channel->to.n == 0 && channel->type == CHANNEL_COMMAND)
		add_message(c, channel, "", NULL);
	else if (channel->to.n == 0)
		note(c, "message.no_address", channel->item.id, NULL,
		     "the channel has no recipients of its own");
}

/* Through this channel, or the first of its fallbacks on which the person has an address. */
static void to_person(Composer *c, const Channel *channel, const Recipient *who)
{
	const Channel *at = channel;

	for (int i = 0; at && i < 4; i++, at = at->fallback) {
		const char *address = channel_is_personal(at) ? address_for(at, who) : "";

		if (address && sends(at)) {
			add_message(c, at,
			            channel_is_personal(at) ? address : room_for(at, c->tell->kind),
			            channel_is_personal(at) ? who : NULL);
			return;
		}
		note(c, "message.no_address", at->item.id,
		     !text_is_empty(who->contact) ? who->contact : who->name,
		     "no address on this channel");
	}
}

static const Channel *find_channel(Composer *c, const char *id)
{
	const Channel *channel = plan_channel(c->plan, id);

	if (!channel)
		note(c, "message.no_channel", id, NULL, "the plan has no such channel");
	return channel && channel->type != CHANNEL_IMPORT ? channel : NULL;
}

static Texts route_for(const Composer *c, const Recipient *who, Texts route)
{
	const Contact *contact =
	        !text_is_empty(who->contact) ? plan_contact(c->plan, who->contact) : NULL;

	return c->tell->via_n == 0 && contact && contact->via.n > 0 ? contact->via : route;
}

static void to_people(Composer *c, Texts route, const Recipient *people)
{
	for (size_t i = 0; i < route.n; i++) {
		const Channel *channel = find_channel(c, route.at[i]);

		if (channel && !channel_is_personal(channel))
			to_place(c, channel);
	}
	for (size_t p = 0; p < c->people_n; p++) {
		Texts own = route_for(c, &people[p], route);

		for (size_t i = 0; i < own.n; i++) {
			const Channel *channel = plan_channel(c->plan, own.at[i]);

			if (channel && channel_is_personal(channel))
				to_person(c, channel, &people[p]);
			else if (channel && own.at != route.at)
				to_place(c, channel);
		}
	}
}

static void to_channels(Composer *c, Texts route)
{
	for (size_t i = 0; i < route.n; i++) {
		const Channel *channel = find_channel(c, route.at[i]);

		if (channel)
			to_place(c, channel);
	}
}

static void nobody(Composer *c)
{
	Lang lang = lang_parse(c->plan->head.language);
	AUTO_FREE char *text = NULL;
	char key[96];

	note(c, "message.nobody", "", NULL, "nobody could be written to");
	if (c->tell->kind == TELL_SELF)
		return;
	(void)snprintf(key, sizeof key, "self:nobody:%.80s", c->tell->key);
	text = mem_printf(tr(lang, "nobody could be told of %s: no usable address or channel"),
	                  c->tell->subject);
	tell_self(c->plan, "", key, text, c->fx);
}

void messages_from_tell(const Plan *plan, const Tell *tell, const Fields *facts,
                        const Recipient *people, size_t people_n, const MessageHooks *hooks,
                        Instant now, MessageList *out, Effects *fx)
{
	Tell said = *tell;
	Composer c = { .plan = plan,
		       .tell = &said,
		       .facts = facts,
		       .hooks = hooks,
		       .now = now,
		       .out = out,
		       .fx = fx,
		       .arena = arena_new("messages", 64 << 20),
		       .people_n = people_n };
	Texts route = route_of(&c);

	said.kind = words_of(&c);
	c.first_call = said.kind != tell->kind;
	if (c.first_call)
		said.text[0] = '\0';
	if (people_n > 0)
		to_people(&c, route, people);
	/* Better the channels' own lists than nobody at all. */
	if (people_n == 0 || c.tried == 0)
		to_channels(&c, route);
	if (c.tried == 0)
		nobody(&c);
	arena_free(c.arena);
}
