/* The month of the plan as a page, and as iCalendar for calendar programs. Both are of
 * the plan alone and change nothing; they need a viewer's token, because names of people
 * and of what is vulnerable when are in them. */
#include "report/calendar.h"
#include "core/alloc.h"
#include "core/text.h"
#include "web/web_private.h"

enum { ICS_DAYS = 90 };

static const Zone *zone_of(const Plan *p)
{
	return p->head.timezone ? p->head.timezone : zone_utc();
}

/* The sheet asked for by ?month=YYYY-MM, else that of today. False: answered. */
static bool asked_month(Request *r, const Plan **ret_plan, Month *ret, bool *ret_given)
{
	const WebApi *api = &r->web->api;
	const Plan *p = api->plan ? api->plan(api->ctx) : NULL;
	const char *month = target_query(&r->target, "month");
	Civil today;

	*ret_given = month != NULL;
	if (!p) {
		r->reply.retry_s = 5;
		reply_refusal(r, 503, "there is no plan yet");
		return false;
	}
	today = zone_civil(zone_of(p), api->now(api->ctx));
	if (month && !month_parse(month, &today.year, &today.month)) {
		reply_refusal(r, 400, "month is written YYYY-MM");
		return false;
	}
	*ret = month_of(zone_of(p), today.year, today.month);
	*ret_plan = p;
	return true;
}

static Lang language_of(const Request *r, const Plan *p)
{
	return lang_parse(page_language(r, p->head.language));
}

void page_calendar(Request *r)
{
	Month month;
	bool given;
	const Plan *p;
	AUTO(Agenda) agenda = { 0 };

	if (!asked_month(r, &p, &month, &given))
		return;
	agenda_read(p, month.from, month.to, NULL, &agenda);
	calendar_page(&(CalendarPage){ .plan = p,
	                               .month = &month,
	                               .agenda = &agenda,
	                               .now = r->web->api.now(r->web->api.ctx),
	                               .lang = language_of(r, p),
	                               .path = "/calendar" },
	              &r->reply.body);
	r->reply.status = 200;
	r->reply.type = "text/html; charset=utf-8";
	r->reply.csp = calendar_csp();
}

void page_calendar_ics(Request *r)
{
	Month month;
	bool given;
	const Plan *p;
	Instant now, from, to;
	AUTO(Agenda) agenda = { 0 };

	if (!asked_month(r, &p, &month, &given))
		return;
	now = r->web->api.now(r->web->api.ctx);
	from = given ? month.from : zone_day_start(zone_of(p), now);
	to = given ? month.to : zone_add(zone_of(p), from, (Span){ .days = ICS_DAYS });
	agenda_read(p, from, to, NULL, &agenda);
	calendar_ics(p, &agenda, language_of(r, p), now, &r->reply.body);
	r->reply.status = 200;
	r->reply.type = "text/calendar; charset=utf-8";
}
