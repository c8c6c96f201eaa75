#include "core/emit.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void begin(Emit *e, const char *key)
{
	if (e->has_item[e->depth])
		buf_char(e->out, ',');
	e->has_item[e->depth] = true;
	if (key) {
		buf_json(e->out, key);
		buf_char(e->out, ':');
	}
}

static void nest(Emit *e, const char *key, char c)
{
	begin(e, key);
	buf_char(e->out, c);
	assert(e->depth < EMIT_DEPTH);
	e->has_item[++e->depth] = false;
}

static void shut(Emit *e, char c)
{
	assert(e->depth > 0);
	e->depth--;
	buf_char(e->out, c);
}

void emit_object(Emit *e, const char *key) { nest(e, key, '{'); }
void emit_object_end(Emit *e) { shut(e, '}'); }
void emit_array(Emit *e, const char *key) { nest(e, key, '['); }
void emit_array_end(Emit *e) { shut(e, ']'); }

void emit_text(Emit *e, const char *key, const char *value)
{
	if (!value) {
		emit_null(e, key);
		return;
	}
	begin(e, key);
	buf_json(e->out, value);
}

void emit_int(Emit *e, const char *key, int64_t value)
{
	begin(e, key);
	buf_printf(e->out, "%lld", (long long)value);
}

void emit_real(Emit *e, const char *key, double value)
{
	char text[40];

	if (!isfinite(value)) {
		emit_null(e, key);
		return;
	}
	begin(e, key);
	/* 180, not 1.8e+02: people read this too. */
	for (int precision = value == rint(value) && fabs(value) < 1e15 ? 15 : 1; precision <= 17;
	     precision++) {
		(void)snprintf(text, sizeof text, "%.*g", precision, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_text(e->out, text);
}

void emit_bool(Emit *e, const char *key, bool value)
{
	begin(e, key);
	buf_text(e->out, value ? "true" : "false");
}

void emit_null(Emit *e, const char *key)
{
	begin(e, key);
	buf_text(e->out, "null");
}

void emit_instant(Emit *e, const char *key, Instant t)
{
	char text[INSTANT_TEXT];

	emit_text(e, key, is_set(t) ? instant_print(t, text) : NULL);
}

void emit_seconds(Emit *e, const char *key, Duration d) { emit_real(e, key, (double)d.us / 1e6); }

void emit_raw(Emit *e, const char *key, const char *json)
{
	begin(e, key);
	buf_text(e->out, json);
}
