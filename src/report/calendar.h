/* The agenda in words: what `carene next`, the month page and the exported calendar
 * say about it, in French and English, and its facts as JSON. Titles and reasons are
 * the plan's and stay in its language. */
#pragma once
#include "agenda/month.h"
#include "core/emit.h"
#include "notify/lang.h"

/* "Maintenance window: night", "Notice to be sent: night", "End of sprint", or the
 * duty's title; as plain text. */
void calendar_title(Lang lang, const AgendaEntry *e, Buf *out);
/* "Ana, Équipe web": names of roles, teams and contacts, ids where they have none. */
void calendar_owners(const Plan *p, Texts owner, Buf *out);
/* "4 windows, 1 notice to send, 96 duties; 2 collisions". */
void calendar_count(Lang lang, const Agenda *a, Buf *out);
/* "“A” and “B” both ask for Ana on Monday 4 January 2027 at 10:00". */
void calendar_collision(Lang lang, const Plan *p, const Agenda *a, const AgendaCollision *c,
                        Buf *out);
/* "until 05:00 on …, 2 windows, worst effect: down" */
void calendar_merge(Lang lang, const Plan *p, const AgendaMerge *m, Buf *out);

void calendar_json(const Plan *p, const Agenda *a, Emit *out);
/* As iCalendar; `stamp` is written as DTSTAMP. */
void calendar_ics(const Plan *p, const Agenda *a, Lang lang, Instant stamp, Buf *out);

/* The month as a page of HTML that needs no script. Links go to `path`?month=YYYY-MM and
 * `path`.ics. `a` is read over the whole sheet. */
typedef struct CalendarPage {
	const Plan *plan;
	const Month *month;
	const Agenda *agenda;
	Instant now;
	Lang lang;
	const char *path; /* "/calendar" */
} CalendarPage;
void calendar_page(const CalendarPage *page, Buf *out);
const char *calendar_csp(void); /* its Content-Security-Policy */
