/* What the files of this folder share and nobody else needs. */
#pragma once
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
