/* Questions about the past, answered beside the loop: one thread with a read-only connection
 * of its own to the store, one question after the other. A question of minutes makes no check
 * late, and at most ASKER_WAITING wait. It knows no question's meaning (query/query.h). */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "loop/loop.h"
#include "query/query.h"

typedef struct Asker Asker;

enum { ASKER_WAITING = 64 };

/* Called on the loop's thread, once for each question. `answer` is a JSON object when ok. */
typedef void AskerDone(void *ctx, bool ok, const Buf *answer, const Err *err);

/* `path` of the store's file; copied. It is opened with the first question. */
Asker *asker_open(Loop *loop, const char *path);
/* Takes the query over. False (and the query is freed): too many wait. */
bool asker_ask(Asker *a, Query *q, AskerDone *done, void *ctx, Err *err) MUST_CHECK;
/* Nobody waits for the answer to `ctx`'s question any more: it ends early, and is answered. */
void asker_forget(Asker *a, const void *ctx);
/* Ends the question under way; all that are left are answered that nobody is there any more.
 * NULL is fine. Before the loop is freed. */
void asker_close(Asker *a);
