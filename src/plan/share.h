/* What plans share: texts and settings of entries that come by the thousand. Equal
 * bytes are kept once, so equal settings are one object and compare by address. A plan
 * that is loaded after another goes on with its share; the share goes with the last
 * plan that holds it. Private to
 * plan/. */
#pragma once
#include "core/arena.h"
#include "plan/item.h"

#include <stdbool.h>

typedef struct Share Share;

Share *share_new(void);
Share *share_hold(Share *s); /* the same, held once more */
void share_drop(Share *s);   /* NULL is fine; frees it with the last hold */

/* A copy of n bytes, the same for the same bytes; aligned for any type. */
const void *share_bytes(Share *s, const void *p, size_t n);
const char *share_text(Share *s, const char *text); /* NULL stays NULL */
Texts share_texts(Share *s, Texts t);
Pairs share_pairs(Share *s, Pairs p);
/* A copy nobody else has: for what differs from entry to entry. NULL stays NULL. */
const char *share_own(Share *s, const char *text);

/* Now it holds what one plan needs. */
void share_settle(Share *s);
/* Most of it is likely to belong to entries that are gone: the next plan better begins
 * with a share of its own. */
bool share_is_worn(const Share *s);
/* Bytes held, those of entries that are gone included. */
size_t share_used(const Share *s);
