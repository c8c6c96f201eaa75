/* What the readers of exports share. */
#pragma once
#include "ticket/import.h"

/* Adds a problem; past IMPORT_PROBLEMS it is only counted. `hint` may be NULL. */
void import_problem(Import *im, unsigned line, unsigned column, const char *hint, const char *fmt,
                    ...) __attribute__((format(printf, 5, 6)));
/* False, and a problem: there are too many. */
bool import_room(const Import *im, Err *err) MUST_CHECK;
/* A moment, put where it belongs in time; ignored when at is not set. */
void facts_moment(TicketFacts *f, Instant at, TicketEventKind event, const char *text);
/* "solved", "en attente" …; false: no such word. */
bool status_parse(const char *s, TicketStatus *ret);
const char *status_name(TicketStatus s);
/* Lower case, without accents, blanks and dashes as "_": "Date de création" →
 * "date_de_creation". Cut to cap. */
void plain_word(const char *s, char *out, size_t cap);
/* RFC 3339; "2026-11-20 17:04[:05]" in `zone`, with " UTC" or an offset in its own;
 * "2026-11-20" the day's begin; with day_first also "20/11/2026 17:04". */
bool import_time(const char *s, const Zone *zone, bool day_first, Instant *ret);
/* "4", "4/5", "4,5", "good", "bad": the last two are all and one of five (ours). */
bool import_score(const char *s, double *ret_score, double *ret_scale);
bool import_csv(const char *text, size_t n, const Zone *zone, Import *im, Err *err) MUST_CHECK;
bool import_json(ImportFormat format, const char *text, size_t n, const Zone *zone, Import *im,
                 Err *err) MUST_CHECK;
