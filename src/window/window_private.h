/* What this folder's files share. */
#pragma once
#include "window/window.h"

/* How much earlier than promised a notice leaves, so that a slow channel does not
 * break the promise; how long an overrun stays open when nobody says that it ended. */
#define NOTICE_MARGIN hours(1)
#define OVERRUN_MAX   days(1)
/* Windows are known this far ahead at least. */
#define HORIZON days(35)

enum { SUBJECT = 104, KEY = 128 };

/* "window:ID" for journal and tells. */
const char *window_subject(const WindowOccurrence *o, char out[SUBJECT]);
/* An entry about o with its times as input. */
Entry *window_note(Effects *fx, const WindowOccurrence *o, Instant at, const char *kind,
                   const char *actor);
/* A tell to the audience of o's notice; suffix completes the key. */
Tell *window_tell(Effects *fx, const WindowOccurrence *o, const Plan *plan, TellKind kind,
                  const char *suffix);
/* What the notice must say and does not, comma-separated; "" when complete. */
const char *window_missing(const WindowOccurrence *o, const Plan *plan, char out[KEY]);

/* Fills window, label, env, services, impact, counts, quiet, notice, texts from the plan's
 * window (NULL: a window of its own) and promises the notice counted from starts. */
void window_describe(WindowOccurrence *o, const Plan *plan, const Window *w);
/* End of a window that starts then: its length in civil time, never cut short. */
Instant window_end_of(const Window *w, const Zone *zone, Instant starts);
bool windows_share(const WindowOccurrence *a, const WindowOccurrence *b);
/* Where it ends as far as is known: really, else as extended or announced. */
Instant window_end_known(const WindowOccurrence *o);
