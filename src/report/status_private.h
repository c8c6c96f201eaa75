/* What the renderers of the status page share: the page being written, times and
 * durations in its language, and the pieces that appear in more than one file. */
#pragma once
#include "report/status.h"

typedef struct Page {
	const StatusFacts *f;
	Lang lang;
	bool html; /* texts are escaped, times are <time> elements, units do not break */
	Buf *out;
} Page;

/* ---- format.c ---- */

const Zone *page_zone(const StatusFacts *f);
void page_text(Page *p, const char *raw); /* of the plan: escaped in HTML */
/* The same inside an element of a page, marked when its language is another. */
void plan_text(Page *p, const char *raw);

/* All below write into `out` and return it, ready for page's kind of output.
 * A date is "12 November", with the year when it is not the year of the page;
 * French has its article where a sentence needs it: "le 12 novembre à 14 h 05". */
enum { WHEN_TEXT = 224 };
const char *page_span(const Page *p, Duration d, char out[WHEN_TEXT]); /* "2 h 05" */
const char *page_seconds(const Page *p, int64_t s, char out[WHEN_TEXT]);
const char *page_clock(const Page *p, Instant t, char out[WHEN_TEXT]);   /* "14:05" */
const char *page_date(const Page *p, Instant t, char out[WHEN_TEXT]);    /* "12 November" */
const char *page_weekday(const Page *p, Instant t, char out[WHEN_TEXT]); /* "Sunday 12 November" */
const char *page_moment(const Page *p, Instant t, char out[WHEN_TEXT]);  /* date and time */
const char *page_stamp(const Page *p, Instant t,
                       char out[WHEN_TEXT]); /* without article, for lists */
const char *page_when(const Page *p, Instant t, char out[WHEN_TEXT]); /* date only if not today */
const char *page_civil(const Page *p, int64_t date,
                       char out[WHEN_TEXT]);                   /* a civil day: no <time> */
const char *page_civil_iso(int64_t date, char out[WHEN_TEXT]); /* "2026-11-12" */
/* A whole window or incident: "Sunday 22 November, 03:00 – 05:00 (2 h)". */
const char *page_range(const Page *p, Instant from, Instant to, char out[2 * WHEN_TEXT + 32]);
/* 0-1 floored to hundredths of a percent: "99.98%"; 100 % only when it is exact. */
const char *page_share(const Page *p, double share, char out[WHEN_TEXT]);

bool same_day(const StatusFacts *f, Instant a, Instant b);

/* ---- words.c ---- */

const char *state_word(Lang lang, StatusState s);       /* "Operational", "En service" */
const char *impact_word(Lang lang, StatusState impact); /* of a window */
const char *phase_word(Lang lang, const char *state);   /* of an incident, for the public */
const char *part_label(const StatusPart *part);
/* "Paiements, Recherche et Boutique"; ids the page does not know are left out. */
void part_names(Page *p, const char *const *ids, size_t n);
bool incident_is_over(const StatusIncident *i);
StatusState incident_state(const StatusIncident *i); /* how it is drawn */

/* ---- days.c ---- */

typedef enum DayKind {
	DAY_GAP,   /* nothing measured */
	DAY_CLEAN, /* up, but for gaps too short to draw */
	DAY_EVENT, /* something to tell: it has its own entry in the history */
} DayKind;

/* The worst thing of the day decides how its bar is drawn. */
StatusState day_state(const StatusDay *d);
DayKind day_kind(const StatusDay *d);
/* The last STATUS_DAYS days of a part; days before its first are gaps. */
typedef struct Days {
	StatusDay at[STATUS_DAYS];
} Days;
Days part_days(const StatusFacts *f, const StatusPart *part);
int64_t days_down(const StatusPart *part, size_t *ret_days); /* seconds; on how many days */
/* "down 4 min, degraded 1 h, not measured 20 min"; what is zero is left out. */
void day_story(Page *p, const StatusDay *d);

/* ---- bars.c ---- */

void bars(Page *p, const StatusPart *part);

/* ---- sentence.c ---- */

/* The first sentence and what follows it, apart: heading and lead of the page. */
void sentence_head(Page *p);
void sentence_lead(Page *p);

/* ---- style.c, shell.c ---- */

void style(Buf *out); /* the style sheet, with the page's own shapes left to shell */
void shape(Page *p, StatusState s, const char *class_name);
const char *state_class(StatusState s); /* "up" "dg" "dn" "mt" "uk" */

/* Names of the published files in a language: "" for the first of the page. */
enum { NAME_TEXT = 32 };
const char *file_name(const StatusFacts *f, Lang lang, const char *stem, const char *suffix,
                      char out[NAME_TEXT]);
size_t page_languages(const StatusFacts *f, Lang out[4]);

/* Everything around the content: head, header with the other languages, footer. */
extern const char shapes[]; /* the symbols that shape() refers to */
void shell_open(Page *p, const char *title, const char *stem);
void shell_close(Page *p);
void incident_article(Page *p, const StatusIncident *i, unsigned heading);
