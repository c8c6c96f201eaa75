/* The feed (RFC 4287): one entry for each thing told to the public, so that a
 * reader notifies of an update and not only of the incident's beginning. */
#include "core/list.h"
#include "core/text.h"
#include "report/status_private.h"

#include <stdio.h>
#include <stdlib.h>

enum { ENTRIES = 50 };

typedef struct FeedItem {
	Instant at;
	const StatusIncident *incident; /* or NULL … */
	const StatusUpdate *update;     /* NULL: the beginning, or the end */
	bool end;
	const StatusWindow *window; /* … and this one */
} FeedItem;

typedef LIST(FeedItem) FeedItems;

static int newest_first(const void *a, const void *b)
{
	const FeedItem *x = a, *y = b;

	return (x->at.us < y->at.us) - (x->at.us > y->at.us);
}

static void add_incident(FeedItems *items, const StatusIncident *i)
{
	list_add(items, ((FeedItem){ .at = i->opened, .incident = i }));
	for (size_t k = 0; k < i->updates_n; k++)
		list_add(items, ((FeedItem){ .at = i->updates[k].at,
		                             .incident = i,
		                             .update = &i->updates[k] }));
	if (is_set(i->ended))
		list_add(items, ((FeedItem){ .at = i->ended, .incident = i, .end = true }));
}

/* Where entries point and what their ids start with. Without a published address
 * ids are still stable and the feed is still valid. */
static void base(const StatusFacts *f, Buf *out)
{
	if (text_is_empty(f->url)) {
		buf_text(out, "urn:carene:");
		buf_url(out, f->product ? f->product : "status");
		buf_text(out, "/");
		return;
	}
	if (!strstr(f->url, "://"))
		buf_text(out, "https://");
	buf_html(out, f->url);
	if (!text_ends(f->url, "/"))
		buf_char(out, '/');
}

static void stamp(Buf *out, const char *element, Instant t)
{
	char iso[INSTANT_TEXT];

	buf_printf(out, "<%s>%s</%s>", element,
	           instant_print((Instant){ t.us - t.us % 1000000 }, iso), element);
}

static void incident_title(Page *p, const FeedItem *item)
{
	const char *phase = item->end ? tr(p->lang, "Restored")
	                    : item->update && item->update->state
	                            ? phase_word(p->lang, item->update->state)
	                    : item->update ? tr(p->lang, "Update")
	                                   : state_word(p->lang, item->incident->impact);

	buf_html(p->out, phase);
	buf_text(p->out, tr(p->lang, ": "));
	buf_html(p->out, item->incident->title);
}

static void incident_body(Page *p, const FeedItem *item)
{
	const StatusIncident *inc = item->incident;
	char text[WHEN_TEXT];

	if (item->update) {
		buf_html(p->out, item->update->text);
		return;
	}
	if (item->end)
		buf_printf(p->out, tr(p->lang, "It lasted %s."),
		           page_span(p, between(inc->opened, inc->ended), text));
	else
		buf_printf(p->out, tr(p->lang, "Since %s."), page_moment(p, inc->opened, text));
	if (inc->parts_n) {
		AUTO(Buf) names = { 0 };
		Page plain = *p;

		plain.out = &names;
		part_names(&plain, inc->parts, inc->parts_n);
		buf_printf(p->out, " %s ", tr(p->lang, "Affects:"));
		buf_html(p->out, buf_str(&names));
		buf_char(p->out, '.');
	}
}

static void window_body(Page *p, const StatusWindow *w)
{
	char range[2 * WHEN_TEXT + 32];

	buf_printf(p->out, "%s. %s %s.", page_range(p, w->starts, w->ends, range),
	           tr(p->lang, "Effect:"), impact_word(p->lang, w->impact));
	if (w->reason) {
		buf_printf(p->out, " %s ", tr(p->lang, "Reason:"));
		buf_html(p->out, w->reason);
	}
	if (w->alternatives) {
		buf_printf(p->out, " %s ", tr(p->lang, "Meanwhile:"));
		buf_html(p->out, w->alternatives);
	}
}

static void entry(Page *p, const FeedItem *item)
{
	buf_text(p->out, "<entry><id>");
	base(p->f, p->out);
	if (item->window) {
		buf_text(p->out, "window/");
		buf_url(p->out, item->window->id);
	} else {
		buf_text(p->out, "incident/");
		buf_url(p->out, item->incident->id);
		if (item->update)
			buf_printf(p->out, "/%lld", (long long)(item->at.us / 1000));
		else
			buf_text(p->out, item->end ? "/end" : "/begin");
	}
	buf_text(p->out, "</id><title>");
	if (item->window)
		buf_html(p->out,
		         item->window->title ? item->window->title : tr(p->lang, "Maintenance"));
	else
		incident_title(p, item);
	buf_text(p->out, "</title>");
	stamp(p->out, "updated", item->at);
	if (!text_is_empty(p->f->url)) {
		buf_text(p->out, "<link href=\"");
		base(p->f, p->out);
		buf_text(p->out, "\"/>");
	}
	buf_text(p->out, "<content type=\"text\">");
	if (item->window)
		window_body(p, item->window);
	else
		incident_body(p, item);
	buf_text(p->out, "</content></entry>\n");
}

void status_feed_atom(const StatusFacts *f, Lang lang, Buf *out)
{
	Page p = { .f = f, .lang = lang, .out = out };
	FeedItems items = { 0 };
	char name[NAME_TEXT];

	for (size_t i = 0; i < f->incidents_n; i++)
		add_incident(&items, &f->incidents[i]);
	for (size_t i = 0; i < f->history_n; i++)
		add_incident(&items, &f->history[i]);
	for (size_t i = 0; i < f->windows_n; i++)
		list_add(&items, ((FeedItem){ .at = earliest(f->windows[i].starts, f->now),
		                              .window = &f->windows[i] }));
	if (items.n)
		qsort(items.at, items.n, sizeof *items.at, newest_first);
	buf_printf(out,
	           "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	           "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n<id>",
	           lang_code(lang));
	base(f, out);
	buf_printf(out, "%s</id><title>", file_name(f, lang, "feed", "xml", name));
	buf_html(out, f->title ? f->title : f->product ? f->product : "Carène");
	buf_text(out, "</title>");
	stamp(out, "updated", items.n ? items.at[0].at : f->now);
	buf_text(out, "<author><name>");
	buf_html(out, f->product ? f->product : "Carène");
	buf_text(out, "</name></author>");
	if (!text_is_empty(f->url)) {
		buf_text(out, "<link rel=\"self\" href=\"");
		base(f, out);
		buf_printf(out, "%s\"/><link href=\"", name);
		base(f, out);
		buf_text(out, "\"/>");
	}
	buf_char(out, '\n');
	for (size_t i = 0; i < items.n && i < ENTRIES; i++)
		entry(&p, &items.at[i]);
	buf_text(out, "</feed>\n");
	list_free(&items);
}
