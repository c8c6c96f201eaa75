/* What the files of this folder share and nobody else needs. */
#pragma once
#include "notify/channel.h"
#include "notify/message.h"
#include "notify/template.h"

#include <stddef.h>

/* Made by tools/po_embed: the French catalogue (GNU MO, little-endian) and the
 * built-in templates. */
extern const unsigned char lang_fr_mo[];
extern const char templates_en[], templates_fr[];

/* The French of msgid with its length (plural forms are separated by NUL), or NULL. */
const char *mo_find(const char *msgid, size_t *ret_n);
double percent_floor(double v, int decimals);

/* ---- facts (fields.c) ---- */

typedef enum FieldKind {
	FIELD_TEXT,
	FIELD_WORD, /* text is a msgid */
	FIELD_INSTANT,
	FIELD_DATE, /* an instant whose first form is its day, or its hour */
	FIELD_TIME,
	FIELD_DURATION,
	FIELD_SPAN,
	FIELD_NUMBER,
	FIELD_PERCENT,
	FIELD_FLAG,
	FIELD_LIST,
} FieldKind;

typedef struct Field {
	const char *name; /* canonical */
	FieldKind kind;
	const char *text;
	Instant instant;
	Duration duration;
	Span span;
	double number;
	int decimals;
	struct Fields *items, *items_last; /* FIELD_LIST: chained by next_item */
	struct Field *next;
} Field;

struct Fields {
	Arena *arena;
	Field *first, *last;
	struct Fields *next_item;
};

/* By canonical name; NULL when absent. */
const Field *fields_find(const Fields *f, const char *canonical);
bool field_is_empty(const Field *f); /* NULL is */
/* Appends the value as text; variant is what follows the dot, or "". */
void field_print(const Field *f, const char *variant, Lang lang, const Zone *zone, Buf *out);

/* Does fields.def give this name (or alias) to messages of that kind letter? */
bool field_fits(const char *name, char kind);
void add_escaped(Buf *out, TemplateOut kind, const char *s);

void fields_instant_as(Fields *f, const char *name, FieldKind kind, Instant t);
Instant fields_instant_of(const Fields *f, const char *name); /* LONG_AGO: none */

/* ---- built-in templates (builtin.c) ---- */

typedef struct Builtin {
	char *subject, *brief, *tone, *needs, *body; /* in the arena; body is Mustache */
} Builtin;
bool builtin_find(const char *name, Lang lang, Arena *a, Builtin *ret);
/* A partial of the built-ins as Mustache, or NULL. */
const char *builtin_partial(const char *name, Lang lang, Arena *a);

/* ---- layout (layout.c): the marks of a rendered body become text and HTML ---- */

enum { MARK = '\001', MARK_SPLIT = '\002', MARK_LINE = '\v' };

/* One line: marks gone, runs of blanks become one, at most max characters. */
void layout_line(const char *rendered, size_t max, Buf *out);
void layout_text(const char *rendered, Lang lang, Buf *out);
/* A whole document; `subject` is its title and gives the word above the headline. */
void layout_html(const char *rendered, const char *subject, const char *tone, Lang lang, Buf *out);
/* The same around a body that is already HTML. */
void layout_page(const char *html_body, const char *subject, const char *tone, Lang lang, Buf *out);
/* Plain text as HTML: paragraphs, line breaks, links. */
void layout_plain_as_html(const char *text, Buf *out);

/* ---- facts every message has (facts.c) ---- */

/* Adds what follows from the plan, the tell and the facts given; nothing that is
 * already there is changed. */
void facts_complete(Fields *f, const Plan *plan, const Tell *tell, Instant now);
/* Day, hours, zone and duration of what has a start and an end. */
void facts_derive(Fields *f, const Zone *zone);

/* ---- mail (mail.c) ---- */

typedef struct Mail {
	const char *from_name; /* NULL: none */
	const char *from;      /* plain addresses */
	const char *const *to;
	const char *subject, *text, *html;
	const char *id, *entity, *kind;
	Lang lang;
	const Zone *zone;
	Instant date;
	bool urgent;
} Mail;

/* RFC 5322 text with CRLF, the same bytes for the same Mail: trying again sends the
 * same message with the same Message-ID. Every line is ASCII and below 77 bytes,
 * except an address or an id that is longer. */
void mail_compose(const Mail *m, Buf *out);
/* One header field, folded; what is not ASCII as RFC 2047 encoded words. */
void mail_header(Buf *out, const char *name, const char *value);
void mail_quoted_printable(Buf *out, const char *text);
/* "Name <a@b>" or "a@b": the address, and the name (NULL-able out). Refuses what could
 * break a header or an SMTP dialogue, and what is not ASCII. */
bool mail_address(const char *s, char *ret_address, size_t cap, char *ret_name, size_t name_cap);

/* ---- text for phones (sms.c): sms_text ---- */

/* Takes the channel's secret and its parts (password, token, webhook path) out. */
void channel_redact(const Channel *c, char *text);
/* The kind of question a channel puts, which also says how its answer reads. */
typedef enum Carrier {
	CARRIER_NONE, /* nothing to ask, or nothing can be */
	CARRIER_MAIL,
	CARRIER_SLACK,     /* incoming webhook */
	CARRIER_SLACK_BOT, /* chat.postMessage with a bot token */
	CARRIER_DISCORD,
	CARRIER_TWILIO,
	CARRIER_WEBHOOK,
	CARRIER_COMMAND,
	CARRIER_APPRISE,
} Carrier;
Carrier channel_carrier(const Channel *c);

/* How long an answer may take. */
Duration channel_timeout(const Channel *c);

/* ---- messages ---- */

/* One piece of evidence about a message. */
Entry *message_entry(Effects *fx, Instant now, const char *kind, const Message *m,
                     const char *verdict, const char *note);
/* Does this kind wake people, so that it must go out whatever the plan's words are? */
bool tell_pages(TellKind kind);
/* "tell/channel/recipient", shortened by digest when it does not fit. */
void message_id(const char *tell, const char *channel, const char *recipient, char out[224]);
/* Where channel c reaches this person, or NULL. */
const char *address_for(const Channel *c, const Recipient *who);
/* The room for a kind among several: the one whose name speaks of it, else the first. */
const char *room_for(const Channel *c, TellKind kind);
/* Carène's own alarm about `channel`, through the others; nothing when there is none. */
void tell_self(const Plan *plan, const char *channel, const char *key, const char *text,
               Effects *fx);
