#include "core/text.h"
#include "notify/notify_private.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- names ---- */

typedef struct FieldName {
	const char *name, *aliases, *kinds;
} FieldName;

static const FieldName names[] = {
#define FIELD(name, aliases, kinds, meaning) { #name, aliases, kinds },
#include "notify/fields.def"
#undef FIELD
};

/* U+00C0 to U+00FF without their accents; '_' where no letter is left. */
static const char latin[] = "aaaaaaaceeeeiiii_nooooo_ouuuuy_s"
                            "aaaaaaaceeeeiiii_nooooo_ouuuuy_y";

static char plain_letter(const unsigned char *p, size_t n)
{
	if (n == 1 && p[0] >= 'A' && p[0] <= 'Z')
		return (char)(p[0] - 'A' + 'a');
	if (n == 1 && ((p[0] >= 'a' && p[0] <= 'z') || (p[0] >= '0' && p[0] <= '9') || p[0] == '.'))
		return (char)p[0];
	if (n == 2 && p[0] == 0xC3 && p[1] >= 0x80)
		return latin[p[1] - 0x80];
	return '_';
}

static void normalise(const char *s, char out[FIELD_NAME])
{
	size_t left = strlen(s), at = 0;

	while (left > 0 && at + 1 < FIELD_NAME) {
		size_t step = utf8_step(s, left);
		char c = plain_letter((const unsigned char *)s, step ? step : 1);

		if (c != '_' || (at > 0 && out[at - 1] != '_'))
			out[at++] = c;
		s += step ? step : 1;
		left -= step ? step : 1;
	}
	while (at > 1 && out[at - 1] == '_')
		at--;
	out[at] = '\0';
}

static bool has_word(const char *words, const char *word)
{
	char part[FIELD_NAME];

	while (text_part(&words, " ", part, sizeof part)) {
		if (strcmp(part, word) == 0)
			return true;
	}
	return false;
}

static const FieldName *find_name(const char *normal)
{
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (strcmp(names[i].name, normal) == 0)
			return &names[i];
	}
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (has_word(names[i].aliases, normal))
			return &names[i];
	}
	return NULL;
}

const char *field_canonical(const char *name, char out[FIELD_NAME])
{
	const FieldName *found;

	normalise(name, out);
	if ((found = find_name(out)))
		text_copy(out, FIELD_NAME, found->name);
	return out;
}

bool field_known(const char *name)
{
	char normal[FIELD_NAME];

	normalise(name, normal);
	return find_name(normal) != NULL;
}

bool field_fits(const char *name, char kind)
{
	char normal[FIELD_NAME];
	const FieldName *found;

	normalise(name, normal);
	found = find_name(normal);
	return found && (strchr(found->kinds, '*') || strchr(found->kinds, kind));
}

/* ---- the list ---- */

Fields *fields_new(Arena *a)
{
	Fields *f = ARENA_NEW(a, Fields);

	f->arena = a;
	return f;
}

const Field *fields_find(const Fields *f, const char *canonical)
{
	for (const Field *at = f->first; at; at = at->next) {
		if (strcmp(at->name, canonical) == 0)
			return at;
	}
	return NULL;
}

static void unset(Fields *f, const char *canonical)
{
	Field *before = NULL;

	for (Field *at = f->first; at; before = at, at = at->next) {
		if (strcmp(at->name, canonical) != 0)
			continue;
		if (before)
			before->next = at->next;
		else
			f->first = at->next;
		if (f->last == at)
			f->last = before;
		return;
	}
}

/* The field to fill; one of that name keeps its place in the order. */
static Field *set(Fields *f, const char *name, FieldKind kind)
{
	char canonical[FIELD_NAME];
	Field *at;

	field_canonical(name, canonical);
	for (at = f->first; at && strcmp(at->name, canonical) != 0; at = at->next)
		;
	if (!at) {
		at = ARENA_NEW(f->arena, Field);
		at->name = arena_text(f->arena, canonical);
		*(f->last ? &f->last->next : &f->first) = at;
		f->last = at;
	}
	at->kind = kind;
	return at;
}

static void forget(Fields *f, const char *name)
{
	char canonical[FIELD_NAME];

	unset(f, field_canonical(name, canonical));
}

void fields_text(Fields *f, const char *name, const char *text)
{
	if (text_is_empty(text))
		forget(f, name);
	else
		set(f, name, FIELD_TEXT)->text = arena_text(f->arena, text);
}

void fields_printf(Fields *f, const char *name, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	fields_text(f, name, text);
}

void fields_word(Fields *f, const char *name, const char *msgid)
{
	if (text_is_empty(msgid))
		forget(f, name);
	else
		set(f, name, FIELD_WORD)->text = arena_text(f->arena, msgid);
}

void fields_instant(Fields *f, const char *name, Instant t)
{
	if (!is_set(t))
		forget(f, name);
	else
		set(f, name, FIELD_INSTANT)->instant = t;
}

void fields_instant_as(Fields *f, const char *name, FieldKind kind, Instant t)
{
	if (is_set(t))
		set(f, name, kind)->instant = t;
}

Instant fields_instant_of(const Fields *f, const char *name)
{
	const Field *at = fields_find(f, name);

	return at && at->kind == FIELD_INSTANT ? at->instant : LONG_AGO;
}

void fields_duration(Fields *f, const char *name, Duration d)
{
	set(f, name, FIELD_DURATION)->duration = d;
}

void fields_span(Fields *f, const char *name, Span s)
{
	if (span_is_zero(s))
		forget(f, name);
	else
		set(f, name, FIELD_SPAN)->span = s;
}

void fields_number(Fields *f, const char *name, double v, int decimals)
{
	Field *at = set(f, name, FIELD_NUMBER);

	at->number = v;
	at->decimals = decimals;
}

void fields_percent(Fields *f, const char *name, double v, int decimals)
{
	Field *at = set(f, name, FIELD_PERCENT);

	at->number = v;
	at->decimals = decimals;
}

void fields_flag(Fields *f, const char *name, bool on)
{
	if (on)
		(void)set(f, name, FIELD_FLAG);
	else
		forget(f, name);
}

Fields *fields_item(Fields *f, const char *name)
{
	Fields *item = fields_new(f->arena);
	char canonical[FIELD_NAME];
	const Field *was = fields_find(f, field_canonical(name, canonical));
	bool is_list = was && was->kind == FIELD_LIST;
	Field *list = set(f, name, FIELD_LIST);

	if (!is_list)
		list->items = list->items_last = NULL;
	*(list->items_last ? &list->items_last->next_item : &list->items) = item;
	list->items_last = item;
	return item;
}

void fields_none(Fields *f, const char *name)
{
	Field *list = set(f, name, FIELD_LIST);

	list->items = list->items_last = NULL;
}

bool field_is_empty(const Field *f) { return !f || (f->kind == FIELD_LIST && !f->items); }

bool fields_has(const Fields *f, const char *name)
{
	char canonical[FIELD_NAME];

	return !field_is_empty(fields_find(f, field_canonical(name, canonical)));
}

Fields *fields_copy(const Fields *f, Arena *a)
{
	Fields *copy = fields_new(a);

	for (const Field *at = f->first; at; at = at->next) {
		Field *to = set(copy, at->name, at->kind);
		const char *name = to->name;

		*to = *at;
		to->name = name;
		to->next = NULL;
		to->text = arena_text(a, at->text);
		to->items = to->items_last = NULL;
		for (const Fields *item = at->items; item; item = item->next_item) {
			Fields *twin = fields_copy(item, a);

			*(to->items_last ? &to->items_last->next_item : &to->items) = twin;
			to->items_last = twin;
		}
	}
	return copy;
}

/* ---- as text ---- */

static void print_instant(Instant t, const char *variant, Lang lang, const Zone *zone, Buf *out)
{
	char text[LANG_TEXT], iso[INSTANT_TEXT];

	if (strcmp(variant, "date") == 0)
		buf_text(out, lang_date(lang, zone, t, text));
	else if (strcmp(variant, "time") == 0)
		buf_text(out, lang_time(lang, zone, t, text));
	else if (strcmp(variant, "short") == 0)
		buf_text(out, lang_instant_short(lang, zone, t, text));
	else if (strcmp(variant, "zone") == 0)
		buf_text(out, zone_abbreviation(zone, t));
	else if (strcmp(variant, "iso") == 0)
		buf_text(out, instant_print_at(t, zone_offset(zone, t), iso));
	else
		buf_text(out, lang_instant(lang, zone, t, text));
}

/* A list in the place of a text: "one, two, three" by the items' own text. */
static void print_list(const Field *f, Lang lang, const Zone *zone, Buf *out)
{
	for (const Fields *item = f->items; item; item = item->next_item) {
		if (item != f->items)
			buf_text(out, ", ");
		if (item->first)
			field_print(item->first, "", lang, zone, out);
	}
}

void field_print(const Field *f, const char *variant, Lang lang, const Zone *zone, Buf *out)
{
	char text[LANG_TEXT];

	switch (f->kind) {
	case FIELD_TEXT: buf_text(out, f->text); break;
	case FIELD_WORD: buf_text(out, tr(lang, f->text)); break;
	case FIELD_INSTANT: print_instant(f->instant, variant, lang, zone, out); break;
	case FIELD_DATE: print_instant(f->instant, "date", lang, zone, out); break;
	case FIELD_TIME: print_instant(f->instant, "time", lang, zone, out); break;
	case FIELD_DURATION: buf_text(out, lang_duration(lang, f->duration, text)); break;
	case FIELD_SPAN: buf_text(out, lang_span(lang, f->span, text)); break;
	case FIELD_NUMBER: buf_text(out, lang_number(lang, f->number, f->decimals, text)); break;
	case FIELD_PERCENT: buf_text(out, lang_percent(lang, f->number, f->decimals, text)); break;
	case FIELD_FLAG: break;
	case FIELD_LIST: print_list(f, lang, zone, out); break;
	}
}

const char *fields_get(const Fields *f, const char *name, Lang lang, const Zone *zone)
{
	char canonical[FIELD_NAME];
	const Field *at = fields_find(f, field_canonical(name, canonical));
	AUTO(Buf) text = { 0 };

	if (field_is_empty(at))
		return NULL;
	field_print(at, "", lang, zone ? zone : zone_utc(), &text);
	return arena_text(f->arena, buf_str(&text));
}

/* ---- as JSON ---- */

/* 90, not 9e+01: other programs read this, and so do people. */
static void emit_number(Emit *out, const char *key, double v)
{
	if (v > -1e15 && v < 1e15 && (double)(int64_t)v == v)
		emit_int(out, key, (int64_t)v);
	else
		emit_real(out, key, v);
}

static void emit_field(const Field *f, Lang lang, Emit *out)
{
	char text[SPAN_TEXT];

	switch (f->kind) {
	case FIELD_TEXT: emit_text(out, f->name, f->text); break;
	case FIELD_WORD: emit_text(out, f->name, tr(lang, f->text)); break;
	case FIELD_DATE:
	case FIELD_TIME:
	case FIELD_INSTANT: emit_instant(out, f->name, f->instant); break;
	case FIELD_DURATION: emit_number(out, f->name, (double)f->duration.us / 1e6); break;
	case FIELD_SPAN: emit_text(out, f->name, span_print(f->span, text)); break;
	case FIELD_NUMBER:
	case FIELD_PERCENT: emit_number(out, f->name, f->number); break;
	case FIELD_FLAG: emit_bool(out, f->name, true); break;
	case FIELD_LIST:
		emit_array(out, f->name);
		for (const Fields *item = f->items; item; item = item->next_item)
			fields_json(item, lang, out, NULL);
		emit_array_end(out);
		break;
	}
}

void fields_json(const Fields *f, Lang lang, Emit *out, const char *key)
{
	emit_object(out, key);
	for (const Field *at = f->first; at; at = at->next)
		emit_field(at, lang, out);
	emit_object_end(out);
}
