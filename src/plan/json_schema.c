/* The JSON Schema of the language (draft-07), from the tables. What it accepts
 * contains what the loader accepts: editors complete and warn, the loader decides.
 * Every scalar may also be a number or a boolean there, since editors type YAML and
 * we do not. */
#include "plan/load_private.h"
#include "plan/sections_private.h"

#include "core/text.h"

#include <string.h>

static void scalar_type(Emit *e)
{
	emit_array(e, "type");
	emit_text(e, NULL, "string");
	emit_text(e, NULL, "number");
	emit_text(e, NULL, "boolean");
	emit_array_end(e);
}

/* Both languages: an editor shows the text as it is. */
static void describe(Emit *e, const Row *row)
{
	AUTO(Buf) b = { 0 };
	const char *example = plan_row_example(row);

	buf_printf(&b, "%s\n%s", row->en, row->fr);
	if (row->absent)
		buf_printf(&b, "\nAbsent: %s.", row->absent);
	if (example)
		buf_printf(&b, "\nExample: %s", example);
	emit_text(e, "description", buf_str(&b));
}

/* A word, or something filled in from the environment. */
static void choices(Emit *e, const Row *row, const Choice *list)
{
	emit_array(e, "anyOf");
	emit_object(e, NULL);
	emit_array(e, "enum");
	for (const Choice *c = list; c->name; c++)
		emit_text(e, NULL, c->name);
	if (row->flags & UNSET)
		emit_text(e, NULL, "unset");
	emit_array_end(e);
	emit_object_end(e);
	emit_object(e, NULL);
	scalar_type(e);
	emit_text(e, "pattern", "^\\$\\{");
	emit_object_end(e);
	emit_array_end(e);
}

static void yes_or_no(Emit *e)
{
	static const char *const words[] = { "yes", "no", "true", "false" };

	emit_array(e, "enum");
	emit_bool(e, NULL, true);
	emit_bool(e, NULL, false);
	for (size_t i = 0; i < COUNT_OF(words); i++)
		emit_text(e, NULL, words[i]);
	emit_array_end(e);
}

static void scalar_value(Emit *e, const Row *row)
{
	AUTO(Buf) either = { 0 };
	AUTO(Buf) form = { 0 };
	const char *pattern = plan_kind_infos[row->kind].pattern;

	if (row->choices && row->kind != ROW_INT) {
		choices(e, row, row->choices);
		return;
	}
	scalar_type(e);
	if (row->kind == ROW_TEXT && row->form)
		pattern = plan_form_pattern(row->form, &form);
	if (!pattern)
		return;
	if (row->flags & UNSET && row->kind != ROW_SECRET)
		buf_text(&either, "^unset$|");
	for (const Choice *c = row->choices; c && c->name; c++) /* words among numbers */
		buf_printf(&either, "^%s$|", c->name);
	/* Anything but a secret may come from the environment, whole or in part. */
	if (row->kind != ROW_SECRET)
		buf_printf(&either, "%s|\\$\\{", pattern);
	emit_text(e, "pattern", row->kind == ROW_SECRET ? pattern : buf_str(&either));
}

static void write_row(Emit *e, const Row *row);
static void write_table(Emit *e, const char *key, const Table *t);

static void list_of_scalars(Emit *e, const Row *row)
{
	Row one = *row;

	one.kind = ROW_TEXT;
	one.flags = 0;
	emit_array(e, "anyOf");
	emit_object(e, NULL);
	scalar_value(e, &one);
	emit_object_end(e);
	emit_object(e, NULL);
	emit_text(e, "type", "array");
	emit_object(e, "items");
	scalar_value(e, &one);
	emit_object_end(e);
	emit_object_end(e);
	emit_array_end(e);
}

static void map_of_scalars(Emit *e)
{
	emit_text(e, "type", "object");
	emit_object(e, "additionalProperties");
	scalar_type(e);
	emit_object_end(e);
}

static void per_environment(Emit *e)
{
	emit_array(e, "anyOf");
	emit_object(e, NULL);
	scalar_type(e);
	emit_object_end(e);
	emit_object(e, NULL);
	map_of_scalars(e);
	emit_object_end(e);
	emit_array_end(e);
}

/* The keys of an entry, or one scalar where the table has a shorthand. */
static void entry_or_shorthand(Emit *e, const char *key, const Table *t)
{
	if (!t->shorthand) {
		write_table(e, key, t);
		return;
	}
	emit_object(e, key);
	emit_array(e, "anyOf");
	emit_object(e, NULL);
	scalar_type(e);
	emit_object_end(e);
	write_table(e, NULL, t);
	emit_array_end(e);
	emit_object_end(e);
}

static void map_of_entries(Emit *e, const Table *t)
{
	emit_array(e, "type");
	emit_text(e, NULL, "object");
	emit_text(e, NULL, "null");
	emit_text(e, NULL, "string");
	emit_array_end(e);
	emit_object(e, "propertyNames");
	emit_text(e, "pattern", "^[A-Za-z0-9][A-Za-z0-9_.-]{0,46}$|^<<$");
	emit_object_end(e);
	entry_or_shorthand(e, "additionalProperties", t);
}

static void list_of_entries(Emit *e, const Table *t)
{
	emit_array(e, "type");
	emit_text(e, NULL, "array");
	emit_text(e, NULL, "null");
	emit_text(e, NULL, "string");
	emit_array_end(e);
	entry_or_shorthand(e, "items", t);
}

static void write_value(Emit *e, const Row *row)
{
	switch (row->kind) {
	case ROW_TEXTS:
	case ROW_ARGV:
	case ROW_NAMES: list_of_scalars(e, row); break;
	case ROW_PAIRS:
	case ROW_ACCEPT: map_of_scalars(e); break;
	case ROW_PER_ENV: per_environment(e); break;
	case ROW_BOOL:
	case ROW_YES:
		if (row->choices)
			choices(e, row, row->choices);
		else
			yes_or_no(e);
		break;
	case ROW_ENTRIES: map_of_entries(e, row->table); break;
	case ROW_LIST: list_of_entries(e, row->table); break;
	case ROW_GROUP: break; /* written by write_row */
	case ROW_TEXT:
	case ROW_SECRET:
	case ROW_INT:
	case ROW_ENUM:
	case ROW_SPAN:
	case ROW_QUANTITY:
	case ROW_DEADLINE:
	case ROW_SCHEDULE:
	case ROW_HOURS:
	case ROW_PERIOD:
	case ROW_RANGE:
	case ROW_MONEY:
	case ROW_KEEP:
	case ROW_THRESHOLD:
	case ROW_REAL:
	case ROW_SPAN_RANGE:
	case ROW_REAL_RANGE:
	case ROW_CONDITION:
	case ROW_ZONE:
	case ROW_REF: scalar_value(e, row); break;
	case ROW_KINDS: break;
	}
}

static void write_keys(Emit *e, const Table *t)
{
	for (size_t i = 0; i < t->rows_n; i++)
		write_row(e, &t->rows[i]);
	for (size_t i = 0; t->has_item && i < schema_item.rows_n; i++) {
		const Row *row = &schema_item.rows[i];

		if (plan_table_row(t, row->key) == row) /* not when the table has its own */
			write_row(e, row);
	}
}

static void write_required(Emit *e, const Table *t)
{
	bool any = false;

	for (size_t i = 0; i < t->rows_n; i++)
		any = any || (t->rows[i].flags & REQUIRED);
	if (!any)
		return;
	emit_array(e, "required");
	for (size_t i = 0; i < t->rows_n; i++) {
		if (t->rows[i].flags & REQUIRED)
			emit_text(e, NULL, t->rows[i].key);
	}
	emit_array_end(e);
}

static void table_body(Emit *e, const Table *t)
{
	bool required = false;

	for (size_t i = 0; i < t->rows_n; i++)
		required = required || (t->rows[i].flags & REQUIRED);
	emit_array(e, "type");
	emit_text(e, NULL, "object");
	if (!required) { /* an entry may be its name alone */
		emit_text(e, NULL, "null");
		emit_text(e, NULL, "string");
	}
	emit_array_end(e);
	emit_bool(e, "additionalProperties", false);
	write_required(e, t);
	emit_object(e, "properties");
	write_keys(e, t);
	emit_object_end(e);
}

static void write_table(Emit *e, const char *key, const Table *t)
{
	emit_object(e, key);
	table_body(e, t);
	emit_object_end(e);
}

static void write_row(Emit *e, const Row *row)
{
	emit_object(e, row->key);
	describe(e, row);
	if (row->kind == ROW_GROUP)
		table_body(e, row->table);
	else
		write_value(e, row);
	emit_object_end(e);
}

static void write_section(Emit *e, const Section *s)
{
	AUTO(Buf) text = { 0 };

	buf_printf(&text, "%s\n%s", s->en, s->fr);
	emit_object(e, s->name);
	emit_text(e, "description", buf_str(&text));
	if (s->single)
		table_body(e, s->table);
	else
		map_of_entries(e, s->table);
	emit_object_end(e);
}

void plan_schema(Buf *out)
{
	Emit e = emit_to(out);

	emit_object(&e, NULL);
	emit_text(&e, "$schema", "http://json-schema.org/draft-07/schema#");
	emit_text(&e, "title", "Carène plan");
	emit_text(&e, "type", "object");
	emit_array(&e, "required");
	emit_text(&e, NULL, "plan");
	emit_array_end(&e);
	emit_bool(&e, "additionalProperties", false);
	emit_object(&e, "patternProperties");
	emit_object(&e, "^x-");
	emit_text(&e, "description",
	          "A place for anchors; not read.\nUn endroit pour les ancres ; non lu.");
	emit_object_end(&e);
	emit_object_end(&e);
	emit_object(&e, "properties");
	for (size_t i = 0; i < SECTIONS; i++)
		write_section(&e, &plan_sections[i]);
	emit_object_end(&e);
	emit_object_end(&e);
	buf_char(out, '\n');
}
