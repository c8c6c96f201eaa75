/* The public status page and its siblings, rendered from facts: pages without
 * script or outside request, Atom feed, JSON, badge, terminal view. Pure: equal
 * facts give equal bytes. It judges nothing and knows no clock but facts->now.
 *
 * Texts of the plan appear as they are; everything else in `lang`. */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "notify/lang.h"
#include "report/facts.h"

/* The sentence that answers "does it work?", plain text on one line:
 * "Tout fonctionne. Dernière interruption : 4 min le 12 novembre." */
void status_sentence(const StatusFacts *f, Lang lang, Buf *out);

void status_page_html(const StatusFacts *f, Lang lang, Buf *out);
/* 90 days: incidents with their messages, and each day's minutes per component. */
void status_history_html(const StatusFacts *f, Lang lang, Buf *out);
void status_feed_atom(const StatusFacts *f, Lang lang, Buf *out); /* RFC 4287 */
void status_json(const StatusFacts *f, Buf *out);
void status_badge_svg(const StatusFacts *f, Lang lang, Buf *out);

/* For `carene status`: the sentence, then aligned columns at most `width` wide
 * (0: no limit). `colour` adds ANSI colours to words that stay without them. */
void status_text(const StatusFacts *f, Lang lang, unsigned width, bool colour, Buf *out);

/* The Content-Security-Policy under which the pages work, the same as in their
 * <meta>: to be sent as a header too, with frame-ancestors. Valid for ever. */
const char *status_csp(void);

/* One file of the published folder. `name` has no folder part; `type` is its
 * Content-Type. Returning false stops status_files() with that error. */
typedef bool StatusFile(void *ctx, const char *name, const char *type, const char *p, size_t n,
                        Err *err);
/* Renders all of them in turn: index.html (first language), fr.html or en.html for
 * the others, history.html and history-fr/en.html, feed.xml and feed-xx.xml,
 * status.json, badge.svg and badge-xx.svg. Pages link to each other by relative names. */
bool status_files(const StatusFacts *f, StatusFile *each, void *ctx, Err *err) MUST_CHECK;
