/* What people read, in their language: the catalogue, and numbers, dates and
 * durations written the way that language writes them.
 *
 * A message is its English text; French comes from po/fr/<room>.po, compiled by
 * msgfmt at build time and embedded. There is no locale, no environment and no
 * state, so every function may be called from any thread.
 *
 *     buf_printf(out, tr(lang, "Down for %s"), lang_duration(lang, d, text));
 *     buf_printf(out, tr_n(lang, "%zu open incident", "%zu open incidents", n), n);
 *
 * To add a sentence: write tr() or tr_n() with literal texts (xgettext must see
 * them), then `tools/po_update`, which adds the new msgids to the room's file, and
 * fill in the French. `tools/po_check` runs in the suite and fails on a msgid
 * without French. For a table of msgids read later through tr(), mark each with
 * TR_NOOP("…"). Where one English word needs two French ones, make the English
 * different: there are no contexts.
 *
 * Nothing here escapes: text goes through buf_html() and the like afterwards. */
#pragma once
#include "calendar/zone.h"

typedef enum Lang { LANG_EN, LANG_FR, LANGS } Lang;

#define TR_NOOP(msgid) msgid

Lang lang_parse(const char *tag);  /* "fr", "fr-CA", "FR_fr" → LANG_FR; anything else English */
const char *lang_code(Lang lang);  /* "en", "fr" */
bool lang_known(const char *code); /* exactly "en" or "fr" */

/* The translation, or msgid itself. The result lives as long as the program. */
const char *tr(Lang lang, const char *msgid) __attribute__((format_arg(2)));
/* Plural rules: English 1 | others; French 0, 1 | others. */
const char *tr_n(Lang lang, const char *one, const char *many, uint64_t n)
        __attribute__((format_arg(2))) __attribute__((format_arg(3)));

/* All below write into out[LANG_TEXT] and return it. Spaces inside durations and
 * dates are plain ones; French numbers group and take their % with U+202F. */
enum { LANG_TEXT = 96 };

/* "450 ms", "12 s", "4 min 05 s", "12 min", "2 h 05", "1 day 4 h", "3 days";
 * French days: "1 jour 4 h", "3 jours". Cut, never rounded up; negative has "-".
 * From seven days on, whole days only. */
const char *lang_duration(Lang lang, Duration d, char out[LANG_TEXT]);
/* A span of the plan as it is promised: "30 days", "3 mois", "8 h 45". */
const char *lang_span(Lang lang, Span s, char out[LANG_TEXT]);
/* "Friday 20 November 2026 at 17:04 (CET)", "vendredi 20 novembre 2026 à 17 h 04 (CET)".
 * Not set: "". */
const char *lang_instant(Lang lang, const Zone *zone, Instant t, char out[LANG_TEXT]);
/* "20 Nov 2026, 17:04 CET", "20 nov. 2026 à 17:04 CET": for subjects and tables. */
const char *lang_instant_short(Lang lang, const Zone *zone, Instant t, char out[LANG_TEXT]);
/* "Friday 20 November 2026", "vendredi 20 novembre 2026", first of month "1er" in French. */
const char *lang_date(Lang lang, const Zone *zone, Instant t, char out[LANG_TEXT]);
/* "17:04", "17 h 04", without zone. */
const char *lang_time(Lang lang, const Zone *zone, Instant t, char out[LANG_TEXT]);
/* "November 2026", "novembre 2026" */
const char *lang_month(Lang lang, const Zone *zone, Instant t, char out[LANG_TEXT]);
/* Rounded half away from zero to `decimals` (0-6): "12,345.6" / "12 345,6". Not finite: "–". */
const char *lang_number(Lang lang, double v, int decimals, char out[LANG_TEXT]);
/* 0-100. Floored, never rounded up: 99.9996 is "99.999%" with 3 decimals. Negative: "–". */
const char *lang_percent(Lang lang, double v, int decimals, char out[LANG_TEXT]);
/* "1.5 MiB", "1,5 Mio" */
const char *lang_bytes(Lang lang, double bytes, char out[LANG_TEXT]);
