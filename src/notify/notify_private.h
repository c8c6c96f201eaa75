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
