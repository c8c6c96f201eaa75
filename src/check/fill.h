/* Captured values put into later texts: {{name}}, escaped for where it lands. A
 * value that came from a server never becomes syntax of the request it goes into. */
#pragma once
#include "core/arena.h"
#include "core/buf.h"

#include <stdbool.h>

typedef enum FillPlace {
	FILL_URL,    /* percent-encoded; a whole http(s) URL at the very start stays as it is */
	FILL_HEADER, /* control characters are dropped */
	FILL_JSON,   /* escaped for the inside of a JSON string */
	FILL_FORM,   /* percent-encoded */
	FILL_RAW,    /* as it is */
} FillPlace;

typedef struct FillValue {
	const char *name, *value;
} FillValue;

/* The text with its values, in `out`. False: a value is missing, named in missing[48];
 * or the text grew over the buffer's limit (missing is ""). */
bool fill_text(const char *text, FillPlace place, const FillValue *values, size_t n, Buf *out,
               char missing[48]);
/* What a body is written in: by its content type where given, else by its first sign. */
FillPlace fill_place_of_body(const char *content_type, const char *body);
