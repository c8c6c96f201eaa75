/* Channels: how one message is put to a provider, and what the provider's answer
 * means. Builds questions and judges answers; asks nothing, keeps nothing.
 *
 * No secret is ever put into an address, argv, an error or a payload: the world
 * takes it as a Secret. */
#pragma once
#include "core/arena.h"
#include "core/buf.h"
#include "notify/lang.h"
#include "plan/plan.h"
#include "world/world.h"

/* ---- addresses ---- */

typedef enum StartTls { STARTTLS_REQUIRED, STARTTLS_NO } StartTls;

/* smtp://user:password@host:port?starttls=required|no · smtps://… · smtp+starttls://…
 * User and password are percent-decoded; [::1] is IPv6. Ports: smtps 465; smtp 587
 * with a user, else 25. STARTTLS is required as soon as there is a password, unless
 * the host is this machine or the address says starttls=no. */
typedef struct SmtpUrl {
	char host[256];
	uint16_t port;
	char user[256];     /* "" none */
	char password[256]; /* "" none; wiped by smtp_url_done */
	bool tls, starttls;
} SmtpUrl;
/* Errors never quote the address. */
bool smtp_url_parse(const char *s, SmtpUrl *ret, Err *err) MUST_CHECK;
void smtp_url_done(SmtpUrl *u);

/* Retry-After (RFC 9110 §10.2.3): seconds or an HTTP date in any of its three
 * forms; the time to wait from `now`, between 1 s and 1 h. */
bool retry_after_parse(const char *s, Instant now, Duration *ret);

/* Text that fits GSM 03.38's default alphabet as far as it can (é stays, ç → c,
 * « → "), at most `max` characters, cut at a word with "...". Appends. */
void sms_text(Buf *out, const char *s, size_t max);

/* ---- asking ---- */

/* What a channel needs to know of one message. Plain pointers, none is kept. */
typedef struct Outgoing {
	const char *id;        /* idempotency key of this message to this recipient */
	const char *kind;      /* "incident_opened" */
	const char *entity;    /* "incident:2026-0012": mails of one entity are one thread */
	const char *recipient; /* address, number, room, or "" */
	const char *contact;   /* contact id or "" */
	const char *subject, *brief, *text, *html;
	const char *fields; /* JSON object */
	Lang lang;
	int rank;
	bool recovery;
	Instant created;
} Outgoing;

/* A question ready to be asked, with all it points to. Must stay put until the
 * answer; then Posting_done(), which also wipes secrets derived from the channel's. */
typedef struct Posting {
	AskSpec ask;
	bool nothing_to_ask; /* the status page: it is delivered by being published */
	Arena *arena;
	Secret *made;
} Posting;
void Posting_done(Posting *p);
/* ERR_CONFIG when the channel lacks something it needs. */
bool channel_ask(const Channel *c, const Plan *plan, const Outgoing *m, Posting *ret,
                 Err *err) MUST_CHECK;

/* One message per person (mail, SMS, command), or one for the place? */
bool channel_is_personal(const Channel *c);
const char *channel_type_name(ChannelType type);

/* ---- judging ---- */

typedef enum OutcomeKind {
	OUTCOME_SENT,      /* the provider took it over */
	OUTCOME_DELIVERED, /* it is where it had to go */
	OUTCOME_RETRY,     /* may work later */
	OUTCOME_PERMANENT, /* will never work so */
} OutcomeKind;

typedef struct Outcome {
	OutcomeKind kind;
	Duration wait;        /* RETRY: what the provider asks for; 0: our own back-off */
	int code;             /* SMTP or HTTP status, exit code; 0 none */
	char error[200];      /* one English fragment, secrets masked */
	char provider_id[96]; /* "" none */
	bool own_trouble;     /* FAIL_SELF: says nothing about the provider */
} Outcome;

Outcome channel_judge(const Channel *c, const Answer *answer, Instant now);
