/* Questions to a data folder in which no daemon runs: the same engine, read-only, on the
 * plan as it was last loaded. Nothing is written, sent or stepped. */
#pragma once
#include "core/err.h"
#include "store/store.h"

#include <jansson.h>

/* Like client_call(). ERR_FORBIDDEN for what would change something, ERR_NOT_FOUND when
 * the folder holds no state or no plan. */
bool offline_call(const char *data, const char *command, const json_t *args, json_t **ret,
                  Err *err) MUST_CHECK;
bool offline_store(const char *data, Store **ret, Err *err) MUST_CHECK; /* read-only */
/* The plan's file as each epoch had it, in their order; NULL where what it was kept as the
 * difference from is lost. `each` may keep nothing of it; false: enough. */
bool offline_plans(Store *s, bool (*each)(void *ctx, const char *epoch, const char *text),
                   void *ctx, Err *err) MUST_CHECK;
