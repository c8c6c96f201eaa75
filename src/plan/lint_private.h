/* What the lint files share. A finding is attached to a key of an entry, and is not
 * raised when the entry accepts its code with a reason. */
#pragma once
#include "plan/load_private.h"

/* `item` belongs to an entry of the section; `key` NULL: the entry itself. */
void lint_add(Loader *l, SectionId section, const Item *item, const char *key, FindingCode code,
              const char *fmt, ...) PRINTF(6, 7);

/* ---- shared judgements ---- */

/* The limit of a clock: the shortest of its environments; false: no figure. */
bool lint_limit(const PerEnvDeadline *d, Duration *ret);
/* A fixed Monday, 00:00 in the zone: lint reads no clock. */
Instant lint_monday(const Zone *zone);
/* "7 h 12": a stretch as people say it. */
const char *lint_words(Loader *l, Duration d);

void lint_people(Loader *l);
void lint_promises(Loader *l);
void lint_words_missing(Loader *l);
void lint_time(Loader *l);
