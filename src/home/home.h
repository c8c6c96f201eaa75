/* A second home of samples: VictoriaMetrics, in the words of its JSON line format
 * (https://docs.victoriametrics.com/url-examples/, /api/v1/import and /api/v1/export).
 *
 *   latency{site}  ⇄  {"metric":{"__name__":"latency","check":"site"},"values":[…],"timestamps":[…]}
 *
 * Texts in, texts out: it asks nobody, keeps nothing and knows no plan. Time is whole
 * milliseconds there: what is finer is cut off. */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "core/instant.h"

#include <stdint.h>

/* Which label holds what is in the braces: a check's id, a database's, a mount point. From the
 * name alone, so that a series has the same labels whatever the plan says later. */
const char *home_label(const char *name, const char *scope);

/* Samples of many series, on their way there. */
typedef struct HomeBatch HomeBatch;
HomeBatch *home_batch_new(void);
void home_batch_free(HomeBatch *b); /* NULL is fine */
void home_batch_add(HomeBatch *b, uint32_t series, Instant at, double value);
size_t home_batch_n(const HomeBatch *b);
/* One line a series, its samples in the order they came; those of a series without a name are
 * left out. Empties the batch. */
void home_batch_write(HomeBatch *b, const char *(*name)(void *ctx, uint32_t series), void *ctx,
                      Buf *out);

/* Lines of /api/v1/export: `series` is our name again. Whole lines only; what is not finite is
 * left out. False (BAD_INPUT): not such lines; those before it were given. */
typedef void HomeEach(void *arg, const char *series, Instant at, double value);
MUST_CHECK bool home_read(const char *p, size_t n, HomeEach *each, void *arg, Err *err);

/* url + path; one slash between them. Appends. */
void home_address(const char *url, const char *path, Buf *out);
