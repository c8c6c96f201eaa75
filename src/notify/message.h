/* A message: one thing told to one recipient through one channel, kept for ever
 * with its filled text as evidence.
 *
 *   DRAFT ─render─▶ READY ─start─▶ SENDING ─taken─▶ SENT ─▶ DELIVERED
 *     │               │               │ ▲
 *     │ hole, false   │ throttled,    │ └─wait──── RETRY
 *     ▼ claim         ▼ storm         ▼ refused, or too long
 *   REFUSED         HELD ─▶ GROUPED  FALLBACK (another channel has it) or UNDELIVERABLE
 *
 * SENDING is committed before the world is asked, and `gone` right before the bytes
 * that cannot be taken back. After a crash, one that was not gone is tried again
 * with the same id, which every provider gets as Message-ID or Idempotency-Key; one
 * that was gone is believed to have arrived: nobody is paged twice for one step, and
 * the escalation ladder goes on if it was lost after all. A message is never dropped in silence: each end is an
 * entry, and UNDELIVERABLE raises Carène's own alarm.
 *
 * This decides and never sends. */
#pragma once
#include "core/record.h"
#include "notify/channel.h"
#include "notify/effects.h"
#include "notify/template.h"

typedef enum MessageState {
	MESSAGE_DRAFT,
	MESSAGE_READY, /* rendered, to be sent at next_try */
	MESSAGE_HELD,  /* waits for its group until next_try */
	MESSAGE_SENDING,
	MESSAGE_RETRY,
	MESSAGE_SENT,
	MESSAGE_DELIVERED,
	MESSAGE_GROUPED,  /* told as part of message `grouped_in` */
	MESSAGE_FALLBACK, /* given up here, another message carries it */
	MESSAGE_UNDELIVERABLE,
	MESSAGE_REFUSED, /* a hole or a false claim: nothing was sent */
} MessageState;

typedef struct Message {
	char id[224]; /* tell key + "/" + channel + "/" + recipient (shortened by digest) */
	char tell[96];
	int kind;         /* TellKind; TELL_KINDS: a grouped message */
	char subject[96]; /* entity: "incident:2026-0012" */
	char rule[64];
	char channel[64];
	char recipient[160]; /* address (or several, by commas), number, room; "" when the channel
	                      * is its own place */
	char contact[64];    /* contact id; "" none */
	char language[8];
	char template_id[64];
	int state; /* MessageState */
	int attempts;
	int hops; /* fallbacks before this message */
	int rank; /* 1 worst; 0 not ranked */
	bool recovery;
	bool gone; /* SENDING: past recall, so it is believed to have arrived if no answer comes
	            * (the world said so, Ask.irrevocable): a crash must not page twice */
	Instant created, next_try, sent_at;
	char last_error[200];
	char provider_id[96];
	char fallback_of[224]; /* id of the message this one replaces; "" */
	char origin[64];       /* channel it was first meant for */
	char grouped_in[224];
	char *title, *brief, *text, *html; /* rendered; title is the mail's subject */
	char *fields;                      /* JSON of the facts */
} Message;

extern const RecordType message_record;
void Message_done(Message *m);
const char *message_state_name(MessageState s);
bool message_is_over(const Message *m); /* nothing will happen any more */
/* When something is to be done with it: next_try, or NEVER when it is over. */
Instant message_due(const Message *m);

/* A person or address, resolved by the engine from roles, teams and rotas. */
typedef struct Recipient {
	const char *contact;                         /* contact id; NULL or "": only an address */
	const char *name, *email, *phone, *language; /* NULL: none; language: the plan's */
} Recipient;

typedef LIST(Message) MessageList;
void MessageList_done(MessageList *l);

/* The messages of a tell, one per channel and recipient, READY at `now` (the
 * throttle comes after: throttle.h). `people_n` 0: the channels' own recipients.
 * A person without an address for a channel is recorded and reached through the
 * channel's fallback. When the plan's template refuses (hole, false claim), the
 * refusal is recorded as a REFUSED message; kinds that page are then sent by the
 * built-in template, since nobody must sleep through an outage for a missing word.
 * Entries go to fx, and a self alarm when nobody at all could be written to.
 * The same tell gives the same ids: the engine keeps those it already has. */
void messages_from_tell(const Plan *plan, const Tell *tell, const Fields *facts,
                        const Recipient *people, size_t people_n, const MessageHooks *hooks,
                        Instant now, MessageList *out, Effects *fx);
/* Channel ids a tell without `via` goes through: the plan's alarm_via, else the
 * route of the worst level, else of the worst class, else every channel that sends. */
Texts message_default_route(const Plan *plan, Arena *a);

/* READY or RETRY and due → SENDING, one more attempt. Commit, then ask. */
void message_start(Message *m, const Plan *plan, Instant now);
/* The question for the world; ERR_NOT_FOUND when the plan no longer has the
 * channel, ERR_CONFIG when the channel is not usable: give either to message_failed. */
bool message_ask(const Message *m, const Plan *plan, Posting *ret, Err *err) MUST_CHECK;

typedef struct MessageChange {
	bool made;     /* `fresh` is a new message to keep: the fallback */
	Message fresh; /* the caller's: Message_done when made */
} MessageChange;

/* What the provider's answer does to it. Late or repeated answers are ignored; so is the
 * answer for a channel that asks nothing (the status page): that message is delivered.
 * Retries back off from 15 s to 15 min, or as the provider asks; with a fallback a page
 * gives up after 2 min and the rest after 15, without one after 6 and 24 h. */
void message_step(Message *m, const Plan *plan, const Answer *answer, Instant now, Effects *fx,
                  MessageChange *ret);
/* message_ask() failed: permanent, so fallback or undeliverable. */
void message_failed(Message *m, const Plan *plan, const Err *why, Instant now, Effects *fx,
                    MessageChange *ret);
/* A SENDING message that is `gone` and whose answer was lost (a crash): → SENT, with an
 * entry "message.believed" that says so. */
void message_believed(Message *m, Instant now, Effects *fx);
/* A SENDING message, not gone, whose answer was lost: → RETRY at once. */
void message_lost(Message *m, Instant now, Effects *fx);
