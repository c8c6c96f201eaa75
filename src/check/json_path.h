/* Paths into JSON: the part of RFC 9535 that names one value.
 *
 *   $ · $.name · $['any name'] · $["any name"] · $.list[0] · $.list[-1]
 *
 * No wildcards, slices, filters or descendants: an assertion is about one value. */
#pragma once
#include "core/err.h"

#include <jansson.h>
#include <stddef.h>

/* A parsed document, freed with json_decref(); NULL with *err ("line 3: …"). Bounded
 * in depth by jansson; duplicate keys are refused, as which one counts is a guess. */
json_t *json_read(const char *p, size_t n, Err *err);

/* The value (borrowed from root). NULL: absent (ERR_NOT_FOUND) or not a path
 * (ERR_BAD_INPUT). */
const json_t *json_path_get(const json_t *root, const char *path, Err *err);
/* Whether the path is well formed. */
bool json_path_ok(const char *path, Err *err);

/* The value as one line of text: strings bare, objects and arrays as compact JSON,
 * cut to fit. */
void json_show(const json_t *value, char *out, size_t cap);
/* Whether the value is what the plan expects: "ok", "3", "true", "null", "*" (any),
 * or a comparison ">= 3", "!= error". Numbers compare as numbers. */
bool json_expected(const json_t *value, const char *expected);
