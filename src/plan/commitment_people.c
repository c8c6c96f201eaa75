/* What is promised to people: windows and their notices, the public page, contacts that
 * answer, news while something is broken. */
#include "plan/commitment_private.h"

#include "core/text.h"

static void window(Derive *d, const Window *w)
{
	char text[SCHEDULE_TEXT];
	Commitment *c;

	if (!span_is_zero(w->notice)) {
		c = derive_add(d, COMMITMENT_DEADLINE, BY_NOTICE, "windows", &w->item, "notice:%s",
		               w->item.id);
		c->window = w;
		c->limit = (Deadline){ DEADLINE_SPAN, w->notice, true };
		c->figure = derive_span(d, ">= ", w->notice);
		c->period = "window";
	}
	if (!span_is_zero(w->length)) {
		c = derive_add(d, COMMITMENT_DEADLINE, BY_OVERRUN, "windows", &w->item, "window:%s",
		               w->item.id);
		c->window = w;
		c->limit = (Deadline){ DEADLINE_SPAN, w->length, true };
		c->figure = derive_text(
		        d, "%s%s", derive_span(d, "<= ", w->length),
		        w->at.kind == SCHEDULE_UNSET
		                ? ""
		                : derive_text(d, " at %s", schedule_print(&w->at, text)));
		c->period = "window";
	}
}

/* Whoever is named must be reachable: an address left open is a promise on paper. */
static void contact(Derive *d, const Contact *k)
{
	Commitment *c = derive_add(d, COMMITMENT_EXISTENCE, BY_PLAN, "contacts", &k->item,
	                           "contact:%s", k->item.id);

	c->there = !k->unfilled && (k->email || k->phone);
	c->figure = "address filled";
}

/* News every so often: kept by the clocks of the incidents it is used in. */
static void template_(Derive *d, const Template *t)
{
	Commitment *c;

	if (span_is_zero(t->update_every))
		return;
	c = derive_add(d, COMMITMENT_DEADLINE, BY_CLOCK, "templates", &t->item, "updates:%s",
	               t->item.id);
	c->clock = CLOCK_NEXT_UPDATE;
	c->limit = (Deadline){ DEADLINE_SPAN, t->update_every, true };
	c->figure = derive_span(d, "<= ", t->update_every);
	c->period = "incident";
}

void derive_people(Derive *d)
{
	const Plan *p = d->p;

	for (size_t i = 0; i < p->windows_n; i++)
		window(d, &p->windows[i]);
	if (p->status_page.set) {
		Commitment *c = derive_add(d, COMMITMENT_EXISTENCE, BY_PAGE, "status_page",
		                           &p->status_page.item, "existence:status_page");

		c->figure = p->status_page.url ? p->status_page.url : "published";
	}
	for (size_t i = 0; i < p->contacts_n; i++)
		contact(d, &p->contacts[i]);
	for (size_t i = 0; i < p->templates_n; i++)
		template_(d, &p->templates[i]);
}
