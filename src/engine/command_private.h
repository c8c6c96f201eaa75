/* What the files of commands share. */
#pragma once
#include "engine/engine_private.h"

#include <jansson.h>

const char *arg_text(const json_t *args, const char *key); /* NULL: absent or empty */
bool arg_need(const json_t *args, const char *key, const char **ret, Err *err);
bool arg_true(const json_t *args, const char *key);
bool arg_instant(const Engine *e, const json_t *args, const char *key, Instant *ret, Err *err);
