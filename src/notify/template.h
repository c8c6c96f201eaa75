/* Templates: facts in, words out. Fields are the facts of one message; a template
 * is Mustache (spec 1.1: variables, sections, inverted, comments, partials, set
 * delimiters) without lambdas, so a person may edit it and nothing can run.
 *
 * [[NAME]] is the same as {{name}}, for those who write that way. Rendering is
 * strict unless told otherwise: a variable that is missing or empty is a hole, and
 * a text with a hole is refused, never sent; {{#name}}…{{/name}} is how a text
 * does without a fact. Nothing is read but the arguments. */
#pragma once
#include "core/arena.h"
#include "core/buf.h"
#include "core/emit.h"
#include "notify/effects.h"
#include "notify/lang.h"
#include "plan/plan.h"

/* ---- facts ---- */

/* An ordered list of names and typed values, in an arena. Instants, durations and
 * words are kept as such and written in the reader's language when rendered:
 * {{start}} is the long form; {{start.date}} {{start.time}} {{start.short}}
 * {{start.iso}} are others. Setting a name again replaces its value; setting an
 * empty text, an unset instant or NULL removes it. */
typedef struct Fields Fields;

Fields *fields_new(Arena *a);
void fields_text(Fields *f, const char *name, const char *text); /* copied */
void fields_printf(Fields *f, const char *name, const char *fmt, ...) PRINTF(3, 4);
void fields_word(Fields *f, const char *name, const char *msgid); /* goes through tr() */
void fields_instant(Fields *f, const char *name, Instant t);
void fields_duration(Fields *f, const char *name, Duration d);
void fields_span(Fields *f, const char *name, Span s);
void fields_number(Fields *f, const char *name, double v, int decimals);
void fields_percent(Fields *f, const char *name, double v, int decimals); /* floored */
void fields_flag(Fields *f, const char *name, bool on); /* for sections; prints nothing */
/* Appends an item to the list `name` (made when absent) and returns it to fill.
 * {{.}} inside the section is the item's field named "." */
Fields *fields_item(Fields *f, const char *name);
/* Known to be nothing: an empty list, which hides a fact of that name further out. */
void fields_none(Fields *f, const char *name);
bool fields_has(const Fields *f, const char *name); /* present and not empty; aliases work */
/* As rendered in the language, or NULL; valid as long as the arena. */
const char *fields_get(const Fields *f, const char *name, Lang lang, const Zone *zone);
Fields *fields_copy(const Fields *f, Arena *a);
/* Everything as JSON: instants in RFC 3339, durations in seconds, words in `lang`. */
void fields_json(const Fields *f, Lang lang, Emit *out, const char *key);

/* The canonical name of fields.def for a name or alias in any spelling; a name that
 * is in no row comes back normalised (lower case, no accents, "_"). */
enum { FIELD_NAME = 64 };
const char *field_canonical(const char *name, char out[FIELD_NAME]);
bool field_known(const char *name);

/* ---- Mustache ---- */

typedef enum TemplateOut {
	OUT_PLAIN,
	OUT_HTML,
	OUT_SLACK,  /* mrkdwn: & < > */
	OUT_JSON,   /* inside a JSON string */
	OUT_MARKUP, /* for the built-ins, which are laid out after rendering: one line */
} TemplateOut;

typedef struct TemplateRender {
	TemplateOut out; /* how variables are escaped; {{{x}}} and {{&x}} never are */
	Lang lang;
	const Zone *zone; /* of dates; NULL: UTC */
	bool lenient;     /* a hole renders as nothing, as Mustache does */
	/* Text of partial `name`, or NULL: a missing partial is empty. */
	const char *(*partial)(void *ctx, const char *name);
	void *ctx;
	size_t max; /* bytes of output; 0: 256 KiB */
} TemplateRender;

enum { TEMPLATE_DEPTH = 32 };

/* Appends to out. ERR_BAD_INPUT with line and column for a text that is not
 * well-formed; ERR_CONFIG "field 'impact' is empty" for a hole; ERR_LIMIT over
 * `max` bytes or TEMPLATE_DEPTH nested sections and partials. */
bool template_render(const char *text, const Fields *f, const TemplateRender *how, Buf *out,
                     Err *err) MUST_CHECK;
/* Only reads the text: what a plan's author wants to know at once. */
bool template_check(const char *text, Err *err) MUST_CHECK;

/* ---- messages ---- */

/* The four forms of one message; a channel takes what it can show. */
typedef struct Rendered {
	char *subject; /* one line */
	char *brief;   /* one to three lines: SMS, notifications */
	char *text;    /* plain text */
	char *html;    /* whole HTML document for mail */
} Rendered;
void Rendered_done(Rendered *r);

typedef enum ClaimVerdict { CLAIM_HOLDS, CLAIM_UNKNOWN, CLAIM_CONTRADICTED } ClaimVerdict;

/* What rendering asks of its caller; zeroed: nothing can be asked. */
typedef struct MessageHooks {
	/* Is `claim` ("commitment:…") contradicted by the evidence? NULL: CLAIM_UNKNOWN. */
	ClaimVerdict (*claim)(void *ctx, const char *claim);
	/* The signed address that acknowledges in the name of `contact` ("" when it is
	 * an address without a person), in arena a; NULL: no link. */
	const char *(*ack_link)(void *ctx, const Tell *tell, const char *contact, Arena *a);
	void *ctx;
} MessageHooks;

const char *tell_kind_name(TellKind kind); /* "incident_opened", as in built-in templates */

/* Renders by the plan's template `t`, or by the built-in of `kind` when t is NULL.
 * What t leaves out is taken from the built-in. ERR_CONFIG when a required field is
 * empty or a claim is contradicted; the message names it. */
bool message_render(TellKind kind, const Template *t, const Fields *f, Lang lang, const Zone *zone,
                    const MessageHooks *hooks, Rendered *ret, Err *err) MUST_CHECK;
/* A built-in by name: those of the kinds, "grouped" and "status". */
bool message_render_builtin(const char *name, const Fields *f, Lang lang, const Zone *zone,
                            Rendered *ret, Err *err) MUST_CHECK;
/* The plan's template for a tell: by id, else by kind, language and channel; NULL: none. */
const Template *message_template(const Plan *plan, const Tell *tell, const Channel *channel,
                                 Lang lang);
