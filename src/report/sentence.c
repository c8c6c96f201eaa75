/* The first sentence: does it work, and if not, what, since when, until when. */
#include "core/list.h"
#include "report/status_private.h"

enum { NAMED = 2 }; /* more names than this are a number */

/* Names of the parts in a state ("A et B", or "4 composants sur 9") and the
 * moment the first of them entered it. */
static size_t who(Page *p, StatusState s, Buf *names, Instant *since)
{
	Page inner = *p;
	LIST(const char *) ids = { 0 };
	size_t n;

	inner.out = names;
	*since = NEVER;
	for (size_t i = 0; i < p->f->parts_n; i++) {
		if (p->f->parts[i].state != s)
			continue;
		list_add(&ids, p->f->parts[i].id);
		if (is_set(p->f->parts[i].since))
			*since = earliest(*since, p->f->parts[i].since);
	}
	n = ids.n;
	if (n > NAMED)
		buf_printf(names, tr(p->lang, "%zu components out of %zu"), n, p->f->parts_n);
	else
		part_names(&inner, ids.at, ids.n);
	list_free(&ids);
	return n;
}

static void head_up(Page *p)
{
	buf_text(p->out, tr(p->lang, "Everything works."));
	if (p->f->incidents_n) {
		buf_char(p->out, ' ');
		buf_printf(p->out,
		           tr_n(p->lang, "%zu incident is still being followed.",
		                "%zu incidents are still being followed.", p->f->incidents_n),
		           p->f->incidents_n);
	}
}

static void head_maintenance(Page *p, const char *names)
{
	char text[WHEN_TEXT];
	Instant until = LONG_AGO;

	for (size_t i = 0; i < p->f->windows_n; i++) {
		const StatusWindow *w = &p->f->windows[i];

		if (is_due(w->starts, p->f->now) && !is_due(w->ends, p->f->now))
			until = latest(until, w->ends);
	}
	if (is_set(until))
		buf_printf(p->out, tr(p->lang, "%s under maintenance. Planned end: %s."), names,
		           page_when(p, until, text));
	else
		buf_printf(p->out, tr(p->lang, "%s under maintenance."), names);
}

static void head_unknown(Page *p, const char *names, size_t n)
{
	if (!p->f->parts_n)
		buf_text(p->out, tr(p->lang, "No component is watched yet."));
	else if (n == p->f->parts_n && !is_set(p->f->measured_at))
		buf_text(p->out,
		         tr(p->lang, "State not known yet: the first measures are on their way."));
	else if (n == p->f->parts_n)
		buf_text(p->out, tr(p->lang, "State not known: measuring has stopped."));
	else
		buf_printf(p->out, tr(p->lang, "State not known: %s."), names);
}

void sentence_head(Page *p)
{
	StatusState worst = status_overall(p->f);
	AUTO(Buf) names = { 0 };
	char length[WHEN_TEXT];
	Instant since;
	size_t n = who(p, worst, &names, &since);

	page_span(p, is_set(since) ? between(since, p->f->now) : seconds(0), length);
	switch (worst) {
	case STATUS_DOWN:
		if (is_set(since))
			buf_printf(p->out, tr(p->lang, "%s down for %s."), buf_str(&names), length);
		else
			buf_printf(p->out, tr(p->lang, "%s down."), buf_str(&names));
		break;
	case STATUS_DEGRADED:
		if (is_set(since))
			buf_printf(p->out, tr(p->lang, "%s degraded for %s."), buf_str(&names),
			           length);
		else
			buf_printf(p->out, tr(p->lang, "%s degraded."), buf_str(&names));
		break;
	case STATUS_MAINTENANCE: head_maintenance(p, buf_str(&names)); break;
	case STATUS_UP: head_up(p); break;
	case STATUS_UNKNOWN:
	case STATUS_STATES: head_unknown(p, buf_str(&names), n); break;
	}
}

static void last_outage(Page *p)
{
	char length[WHEN_TEXT], day[WHEN_TEXT];

	if (is_set(p->f->last_outage)) {
		page_span(p, p->f->last_outage_length, length);
		page_date(p, p->f->last_outage, day);
		buf_printf(p->out, tr(p->lang, "Last outage: %s on %s"), length, day);
		if (p->f->last_outage_part) {
			buf_text(p->out, " (");
			page_text(p, p->f->last_outage_part);
			buf_char(p->out, ')');
		}
		buf_char(p->out, '.');
	} else if (is_set(p->f->measured_from)) {
		buf_printf(p->out, tr(p->lang, "No outage since measuring began on %s."),
		           page_date(p, p->f->measured_from, day));
	}
}

/* Everything else works, or how much does not. */
static void the_rest(Page *p)
{
	StatusState worst = status_overall(p->f);
	size_t others = 0;

	for (size_t i = 0; i < p->f->parts_n; i++) {
		if (p->f->parts[i].state == worst)
			continue;
		if (p->f->parts[i].state != STATUS_UP)
			return; /* the list below says it better */
		others++;
	}
	if (others)
		buf_printf(p->out, " %s", tr(p->lang, "Everything else works."));
}

/* The first promise about time among the open incidents. */
static void promise(Page *p)
{
	Instant back = LONG_AGO, news = LONG_AGO;
	char text[WHEN_TEXT];

	for (size_t i = 0; i < p->f->incidents_n; i++) {
		const StatusIncident *inc = &p->f->incidents[i];

		if (is_set(inc->expected_end))
			back = latest(back, inc->expected_end);
		if (is_set(inc->next_update_at) && !is_set(news))
			news = inc->next_update_at;
	}
	if (is_set(back)) {
		buf_char(p->out, ' ');
		buf_printf(p->out, tr(p->lang, "Expected back around %s."),
		           page_when(p, back, text));
	} else if (is_set(news)) {
		buf_char(p->out, ' ');
		buf_printf(p->out, tr(p->lang, "Next news by %s."), page_when(p, news, text));
	}
}

void sentence_lead(Page *p)
{
	StatusState worst = status_overall(p->f);
	AUTO(Buf) names = { 0 };
	char text[WHEN_TEXT];
	Instant since;

	if (worst == STATUS_UP) {
		last_outage(p);
		return;
	}
	(void)who(p, worst, &names, &since);
	if (is_set(since) && worst != STATUS_MAINTENANCE)
		buf_printf(p->out, tr(p->lang, "Since %s."), page_when(p, since, text));
	promise(p);
	the_rest(p);
}

void status_sentence(const StatusFacts *f, Lang lang, Buf *out)
{
	AUTO(Buf) lead = { 0 };
	Page p = { .f = f, .lang = lang, .out = out };
	Page q = { .f = f, .lang = lang, .out = &lead };

	sentence_head(&p);
	sentence_lead(&q);
	if (lead.n) {
		const char *text = buf_str(&lead);

		buf_text(out, *text == ' ' ? "" : " ");
		buf_text(out, text);
	}
}
