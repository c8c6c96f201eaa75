/* Writing JSON as a stream into a Buf: no tree, so a list of any length costs
 * what it prints. Reading is jansson's. Commas and nesting are kept for you;
 * writing a value without a key inside an object is a programming error. */
#pragma once
#include "core/buf.h"
#include "core/instant.h"

#include <stdint.h>

enum { EMIT_DEPTH = 32 };

typedef struct Emit {
	Buf *out;
	unsigned depth;
	bool has_item[EMIT_DEPTH + 1];
	bool has_key;
} Emit;

static inline Emit emit_to(Buf *out) { return (Emit){ .out = out }; }

/* `key` is NULL inside an array and at the top. */
void emit_object(Emit *e, const char *key);
void emit_object_end(Emit *e);
void emit_array(Emit *e, const char *key);
void emit_array_end(Emit *e);
void emit_text(Emit *e, const char *key, const char *value); /* NULL writes null */
void emit_int(Emit *e, const char *key, int64_t value);
void emit_real(Emit *e, const char *key,
               double value); /* shortest that reads back; not finite: null */
void emit_bool(Emit *e, const char *key, bool value);
void emit_null(Emit *e, const char *key);
void emit_instant(Emit *e, const char *key, Instant t);    /* RFC 3339 UTC, or null when not set */
void emit_seconds(Emit *e, const char *key, Duration d);   /* a number of seconds */
void emit_raw(Emit *e, const char *key, const char *json); /* already JSON */
