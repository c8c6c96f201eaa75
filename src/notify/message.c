/* What becomes of one message once it exists. */
#include "notify/message.h"

#include "core/digest.h"
#include "core/emit.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <stdio.h>

enum {
	RETRY_FIRST_S = 15,
	RETRY_MOST_S = 15 * 60,
	STUCK_AT = 6, /* tries: some eight minutes of our own back-off */
	HOPS_MAX = 4,
};

static const Column columns[] = {
	COLUMN(Message, id),          COLUMN(Message, tell),       COLUMN(Message, kind),
	COLUMN(Message, subject),     COLUMN(Message, rule),       COLUMN(Message, channel),
	COLUMN(Message, recipient),   COLUMN(Message, contact),    COLUMN(Message, language),
	COLUMN(Message, template_id), COLUMN(Message, state),      COLUMN(Message, attempts),
	COLUMN(Message, hops),        COLUMN(Message, rank),       COLUMN(Message, recovery),
	COLUMN(Message, gone),        COLUMN(Message, created),    COLUMN(Message, next_try),
	COLUMN(Message, sent_at),     COLUMN(Message, last_error), COLUMN(Message, provider_id),
	COLUMN(Message, fallback_of), COLUMN(Message, origin),     COLUMN(Message, grouped_in),
	COLUMN(Message, title),       COLUMN(Message, brief),      COLUMN(Message, text),
	COLUMN(Message, html),        COLUMN(Message, fields),
};

const RecordType message_record = { "message", sizeof(Message), COUNT_OF(columns), columns };

void Message_done(Message *m) { record_done(&message_record, m); }

void MessageList_done(MessageList *l)
{
	for (size_t i = 0; i < l->n; i++)
		Message_done(&l->at[i]);
	list_free(l);
}

const char *message_state_name(MessageState s)
{
	static const char *const names[] = {
		[MESSAGE_DRAFT] = "draft",         [MESSAGE_READY] = "ready",
		[MESSAGE_HELD] = "held",           [MESSAGE_SENDING] = "sending",
		[MESSAGE_RETRY] = "retry",         [MESSAGE_SENT] = "sent",
		[MESSAGE_DELIVERED] = "delivered", [MESSAGE_GROUPED] = "grouped",
		[MESSAGE_FALLBACK] = "fallback",   [MESSAGE_UNDELIVERABLE] = "undeliverable",
		[MESSAGE_REFUSED] = "refused",
	};

	return names[s];
}

bool message_is_over(const Message *m)
{
	switch ((MessageState)m->state) {
	case MESSAGE_DRAFT:
	case MESSAGE_READY:
	case MESSAGE_HELD:
	case MESSAGE_SENDING:
	case MESSAGE_RETRY: return false;
	case MESSAGE_SENT:
	case MESSAGE_DELIVERED:
	case MESSAGE_GROUPED:
	case MESSAGE_FALLBACK:
	case MESSAGE_UNDELIVERABLE:
	case MESSAGE_REFUSED: break;
	}
	return true;
}

Instant message_due(const Message *m) { return message_is_over(m) ? NEVER : m->next_try; }

void message_id(const char *tell, const char *channel, const char *recipient, char out[224])
{
	AUTO_FREE char *whole = mem_printf("%s/%s/%s", tell, channel, recipient);
	char hash[DIGEST_TEXT];

	if (strlen(whole) < 224) {
		text_copy(out, 224, whole);
		return;
	}
	text_copy(out, 160, whole);
	(void)snprintf(out + strlen(out), 64, "~%.40s", digest_sha256(whole, strlen(whole), hash));
}

/* ---- evidence ---- */

Entry *message_entry(Effects *fx, Instant now, const char *kind, const Message *m,
                     const char *verdict, const char *note)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	Entry *entry;

	emit_object(&e, NULL);
	emit_text(&e, "message", m->id);
	emit_text(&e, "kind", tell_kind_name((TellKind)m->kind));
	emit_text(&e, "channel", m->channel);
	emit_text(&e, "to", m->recipient);
	if (m->contact[0])
		emit_text(&e, "contact", m->contact);
	if (m->attempts)
		emit_int(&e, "attempt", m->attempts);
	if (m->last_error[0])
		emit_text(&e, "error", m->last_error);
	if (m->provider_id[0])
		emit_text(&e, "provider_id", m->provider_id);
	if (!message_is_over(m) && is_set(m->next_try))
		emit_instant(&e, "next", m->next_try);
	emit_object_end(&e);
	entry = effects_entry(fx, now, kind, m->subject, "carene", buf_take(&json));
	text_copy(entry->verdict, sizeof entry->verdict, verdict);
	text_copy(entry->note, sizeof entry->note, note ? note : "");
	return entry;
}

bool tell_pages(TellKind kind)
{
	switch (kind) {
	case TELL_ALERT:
	case TELL_ALERT_RESOLVED:
	case TELL_INCIDENT_OPENED:
	case TELL_INCIDENT_ESCALATED:
	case TELL_INCIDENT_RESOLVED:
	case TELL_INCIDENT_REOPENED:
	case TELL_CLOCK_WARNING:
	case TELL_SELF:
	case TELL_KINDS: return true;
	case TELL_INCIDENT_UPDATE:
	case TELL_WINDOW_NOTICE:
	case TELL_WINDOW_CANCELLED:
	case TELL_WINDOW_DONE:
	case TELL_POSTMORTEM:
	case TELL_FOLLOW_UP:
	case TELL_TASK_DUE:
	case TELL_TASK_MISSED:
	case TELL_TASK_FAILED:
	case TELL_TASK_NOTICE: break;
	}
	return false;
}

/* A broken channel cannot tell of itself, and an alarm about an alarm ends nowhere. */
void tell_self(const Plan *plan, const char *channel, const char *key, const char *text,
               Effects *fx)
{
	Arena *a = arena_new("alarm", 1 << 20);
	Texts route = message_default_route(plan, a);
	char subject[96];
	Tell *t;

	(void)snprintf(subject, sizeof subject, "%s%s", channel[0] ? "channel:" : "self:messages",
	               channel);
	t = effects_tell(fx, TELL_SELF, subject, key);
	for (size_t i = 0; i < route.n; i++) {
		if (!text_eq(route.at[i], channel))
			tell_via(t, route.at[i]);
	}
	text_copy(t->text, sizeof t->text, text);
	if (t->via_n == 0)
		fx->tells.n--;
	arena_free(a);
}

/* Once an hour per channel: its trouble is one, however many messages meet it. */
static void alarm_of(const Plan *plan, const Message *m, Instant now, const char *what, Effects *fx)
{
	Lang lang = lang_parse(plan->head.language);
	AUTO_FREE char *text = NULL;
	char key[96], hour[INSTANT_TEXT];

	if (m->kind == TELL_SELF)
		return;
	(void)instant_print(now, hour);
	(void)snprintf(key, sizeof key, "self:%s:%.48s:%.13s", what, m->channel, hour);
	text = mem_printf(tr(lang, "channel “%s” does not deliver: %s"), m->channel, m->last_error);
	tell_self(plan, m->channel, key, text, fx);
}

/* ---- trying ---- */

void message_start(Message *m, const Plan *plan, Instant now)
{
	const Channel *c = plan_channel(plan, m->channel);
	Duration timeout = c ? channel_timeout(c) : seconds(30);

	m->state = MESSAGE_SENDING;
	m->attempts++;
	m->gone = false;
	/* The world answers within the timeout; what takes longer was lost. */
	m->next_try = after(now, duration_us(timeout.us + seconds(30).us));
}

bool message_ask(const Message *m, const Plan *plan, Posting *ret, Err *err)
{
	const Channel *c = plan_channel(plan, m->channel);
	Outgoing out = { .id = m->id,
		         .kind = tell_kind_name((TellKind)m->kind),
		         .entity = m->subject,
		         .recipient = m->recipient,
		         .contact = m->contact,
		         .subject = m->title ? m->title : "",
		         .brief = m->brief ? m->brief : "",
		         .text = m->text ? m->text : "",
		         .html = m->html ? m->html : "",
		         .fields = m->fields,
		         .lang = lang_parse(m->language),
		         .rank = m->rank,
		         .recovery = m->recovery,
		         .created = m->created };

	*ret = (Posting){ 0 };
	if (!c)
		return err_set(err, ERR_NOT_FOUND, "the plan has no channel '%s'", m->channel);
	return channel_ask(c, plan, &out, ret, err);
}

/* 15 s, 30 s, 1 min … 15 min, moved by up to a tenth by the id, so that a thousand
 * messages do not knock at once. */
static Duration back_off(const Message *m)
{
	int64_t wait = RETRY_FIRST_S;
	unsigned spread = 0;

	for (int i = 1; i < m->attempts && wait < RETRY_MOST_S; i++)
		wait *= 2;
	wait = wait > RETRY_MOST_S ? RETRY_MOST_S : wait;
	for (const char *p = m->id; *p; p++)
		spread = spread * 31 + (unsigned char)*p;
	return duration_us(seconds(wait).us + seconds(wait).us / 1000 * (int64_t)(spread % 100));
}

static Duration patience(const Message *m, bool has_fallback)
{
	bool pages = tell_pages((TellKind)m->kind);

	if (has_fallback)
		return pages ? minutes(2) : minutes(15);
	return pages ? hours(6) : hours(24);
}

/* ---- giving up ---- */

static Recipient person_of(const Plan *plan, const Message *m)
{
	const Contact *c = m->contact[0] ? plan_contact(plan, m->contact) : NULL;

	return c ? (Recipient){ .contact = m->contact, .email = c->email, .phone = c->phone }
	         : (Recipient){ 0 };
}

/* "a@x, b@y" for mail; a phone is one number, so the first. */
static void own_recipients(const Channel *c, char out[160])
{
	size_t n = c->type == CHANNEL_EMAIL ? c->to.n : c->to.n > 0;
	AUTO(Buf) all = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (all.n + strlen(c->to.at[i]) + 2 < 160)
			buf_printf(&all, "%s%s", i ? "," : "", c->to.at[i]);
	}
	text_copy(out, 160, buf_str(&all));
}

/* The address on channel c for whoever this message was for; false: none. */
static bool recipient_on(const Plan *plan, const Channel *c, const Message *m, char out[160])
{
	Recipient who = person_of(plan, m);
	const char *address = who.contact ? address_for(c, &who) : NULL;

	if (!channel_is_personal(c)) {
		text_copy(out, 160, room_for(c, (TellKind)m->kind));
		return true;
	}
	if (address)
		text_copy(out, 160, address);
	else
		own_recipients(c, out);
	return out[0] || c->type == CHANNEL_COMMAND;
}

static bool was_tried(const Plan *plan, const Message *m, const Channel *candidate)
{
	const Channel *c = plan_channel(plan, m->origin);

	for (int i = 0; c && i <= m->hops; i++, c = c->fallback) {
		if (c == candidate)
			return true;
	}
	return text_eq(m->channel, candidate->item.id);
}

static const Channel *next_channel(const Plan *plan, const Message *m, char recipient[160])
{
	const Channel *here = plan_channel(plan, m->channel);
	const Channel *c = here ? here->fallback : NULL;

	for (int i = m->hops; c && i < HOPS_MAX; i++, c = c->fallback) {
		if (was_tried(plan, m, c))
			return NULL;
		if (c->type != CHANNEL_IMPORT && recipient_on(plan, c, m, recipient))
			return c;
	}
	return NULL;
}

static void make_fallback(Message *m, const Channel *c, const char *recipient, Instant now,
                          MessageChange *ret)
{
	Message *f = &ret->fresh;

	record_copy(&message_record, f, m);
	ret->made = true;
	message_id(m->tell, c->item.id, recipient, f->id);
	text_copy(f->channel, sizeof f->channel, c->item.id);
	text_copy(f->recipient, sizeof f->recipient, recipient);
	text_copy(f->fallback_of, sizeof f->fallback_of, m->id);
	f->state = MESSAGE_READY;
	f->attempts = 0;
	f->hops = m->hops + 1;
	f->gone = false;
	f->created = f->next_try = now;
	f->last_error[0] = f->provider_id[0] = '\0';
}

static void give_up(Message *m, const Plan *plan, Instant now, Effects *fx, MessageChange *ret)
{
	char recipient[160] = "";
	const Channel *c = next_channel(plan, m, recipient);

	m->next_try = LONG_AGO;
	if (c) {
		m->state = MESSAGE_FALLBACK;
		make_fallback(m, c, recipient, now, ret);
		message_entry(fx, now, "message.fallback", m, "failed", c->item.id);
	} else {
		m->state = MESSAGE_UNDELIVERABLE;
		message_entry(fx, now, "message.undeliverable", m, "failed", NULL);
	}
	alarm_of(plan, m, now, "undelivered", fx);
}

static void wait_and_retry(Message *m, const Plan *plan, const Outcome *o, Instant now, Effects *fx,
                           MessageChange *ret)
{
	Duration wait = o->wait.us > 0 ? o->wait : back_off(m);
	char recipient[160];
	Instant end = after(m->created, patience(m, next_channel(plan, m, recipient) != NULL));

	if (end.us <= after(now, wait).us && (m->attempts > 1 || o->wait.us > 0)) {
		give_up(m, plan, now, fx, ret);
		return;
	}
	m->state = MESSAGE_RETRY;
	m->next_try = after(now, wait);
	message_entry(fx, now, "message.retry", m, "failed", NULL);
	if (m->attempts == STUCK_AT)
		alarm_of(plan, m, now, "stuck", fx);
}

void message_step(Message *m, const Plan *plan, const Answer *answer, Instant now, Effects *fx,
                  MessageChange *ret)
{
	const Channel *c = plan_channel(plan, m->channel);
	Outcome o = { .kind = OUTCOME_PERMANENT, .error = "the plan no longer has this channel" };

	*ret = (MessageChange){ 0 };
	if (m->state != MESSAGE_SENDING)
		return;
	if (c && c->type == CHANNEL_STATUS)
		o = (Outcome){ .kind = OUTCOME_DELIVERED };
	else if (c)
		o = channel_judge(c, answer, now);
	m->gone = false;
	text_copy(m->last_error, sizeof m->last_error, o.error);
	text_copy(m->provider_id, sizeof m->provider_id, o.provider_id);
	switch (o.kind) {
	case OUTCOME_SENT:
	case OUTCOME_DELIVERED:
		m->state = o.kind == OUTCOME_SENT ? MESSAGE_SENT : MESSAGE_DELIVERED;
		m->sent_at = now;
		m->next_try = LONG_AGO;
		message_entry(fx, now, "message.sent", m,
		              message_state_name((MessageState)m->state), NULL);
		break;
	case OUTCOME_RETRY: wait_and_retry(m, plan, &o, now, fx, ret); break;
	case OUTCOME_PERMANENT: give_up(m, plan, now, fx, ret); break;
	}
}

void message_failed(Message *m, const Plan *plan, const Err *why, Instant now, Effects *fx,
                    MessageChange *ret)
{
	*ret = (MessageChange){ 0 };
	text_copy(m->last_error, sizeof m->last_error, why->message);
	m->gone = false;
	give_up(m, plan, now, fx, ret);
}

void message_believed(Message *m, Instant now, Effects *fx)
{
	if (m->state != MESSAGE_SENDING)
		return;
	m->state = MESSAGE_SENT;
	m->sent_at = now;
	m->next_try = LONG_AGO;
	message_entry(fx, now, "message.believed", m, "sent",
	              "the answer was lost after the message had left; it is not sent twice");
}

void message_lost(Message *m, Instant now, Effects *fx)
{
	if (m->state != MESSAGE_SENDING)
		return;
	m->state = MESSAGE_RETRY;
	m->gone = false;
	m->next_try = now;
	message_entry(fx, now, "message.lost", m, "unknown",
	              "the answer was lost; it is sent again with the same id");
}
