/* A plan loaded line by line or by libyaml alone, and all that it holds as text: for tests that
 * compare the two. */
#pragma once
#include "plan/load_private.h"
#include "plan/sections_private.h"
#include "plan/testing.h"

/* As in sections_watch.c: a check with its settings beside it. */
typedef struct Whole {
	Check check;
	CheckHow how;
} Whole;

/* ---- a plan as text, through the tables ---- */

static inline void show_value(const Row *row, const char *base, Buf *out)
{
	const void *at = base + row->at;
	char text[SCHEDULE_TEXT], span[SPAN_TEXT];

	switch ((int)row->kind) {
	case ROW_TEXT:
		buf_printf(out, "%s", *(const char *const *)at ? *(const char *const *)at : "-");
		break;
	case ROW_TEXTS:
	case ROW_NAMES:
	case ROW_ARGV:
		for (size_t i = 0; i < ((const Texts *)at)->n; i++)
			buf_printf(out, "[%s]", ((const Texts *)at)->at[i]);
		break;
	case ROW_PAIRS:
	case ROW_ACCEPT:
		for (size_t i = 0; i < ((const Pairs *)at)->n; i++)
			buf_printf(out, "[%s|%s]", ((const Pairs *)at)->at[i].key,
			           ((const Pairs *)at)->at[i].value);
		break;
	case ROW_BOOL: buf_printf(out, "%d", *(const bool *)at); break;
	case ROW_YES:
	case ROW_INT:
	case ROW_ENUM: buf_printf(out, "%d", *(const int *)at); break;
	case ROW_SPAN: buf_text(out, span_print(*(const Span *)at, span)); break;
	case ROW_QUANTITY: buf_text(out, ((const Quantity *)at)->text); break;
	case ROW_SCHEDULE: buf_text(out, schedule_print(at, text)); break;
	case ROW_REF: {
		const Item *const *item = at;

		buf_text(out, *item ? (*item)->id : "-");
		break;
	}
	case ROW_SECRET: buf_text(out, *(const Secret *const *)at ? "secret" : "-"); break;
	default: break;
	}
}

static inline void show_check(const Check *c, Buf *out)
{
	Whole w = { *c, *c->how };

	buf_printf(out, "%s %s:%u:%u steps %zu", c->item.id, c->item.at.file, c->item.at.line,
	           c->item.at.column, c->how->steps_n);
	for (size_t i = 0; i < schema_check.rows_n; i++) {
		buf_printf(out, " %s=", schema_check.rows[i].key);
		show_value(&schema_check.rows[i], (const char *)&w, out);
	}
	for (size_t i = 0; i < schema_item.rows_n; i++) {
		buf_printf(out, " %s=", schema_item.rows[i].key);
		show_value(&schema_item.rows[i], (const char *)&w, out);
	}
	buf_char(out, '\n');
}

static inline void show_plan(const Loaded *l, Buf *out)
{
	Emit j = emit_to(out);

	buf_text(out, buf_str(&l->text));
	emit_object(&j, NULL);
	findings_json(&l->findings, &j);
	emit_object_end(&j);
	if (!l->plan)
		return;
	buf_printf(out, "\n%s %zu checks %zu rules %zu commitments\n", l->plan->digest,
	           l->plan->checks_n, l->plan->rules_n, l->plan->commitments_n);
	for (size_t i = 0; i < l->plan->checks_n; i++) {
		const Check *c = &l->plan->checks[i];

		show_check(c, out);
		if (plan_check(l->plan, c->item.id) != c)
			buf_text(out, "is not found by its name\n");
	}
}

/* ---- loading it each way ---- */

typedef enum Way { BY_LINES, BY_YAML } Way;

static inline Loaded load_way_n(const Plan *before, const char *text, size_t n, Way way)
{
	Loaded l = { .findings.arena = arena_new("test findings", 64 << 20) };
	PlanSource source = { .env = test_env, .file = test_file, .whole = way == BY_YAML };

	l.plan = plan_load_after(before, "plan.yaml", text, n, &source, &l.findings);
	findings_print(&l.findings, false, &l.text);
	return l;
}

static inline Loaded load_way(const Plan *before, const char *text, Way way)
{
	return load_way_n(before, text, strlen(text), way);
}
