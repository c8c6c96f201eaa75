#include "report/notice.h"

#include "report/status_private.h"

static const char *heading(Lang lang, const StatusNotice *n)
{
	switch (n->kind) {
	case NOTICE_ACK_ASK: return tr(lang, "Do you take this incident?");
	case NOTICE_ACK_DONE: return tr(lang, "It is yours.");
	case NOTICE_ACK_ALREADY: return tr(lang, "Somebody has it already.");
	case NOTICE_ACK_OVER: return tr(lang, "This incident is over.");
	case NOTICE_ACK_UNKNOWN: return tr(lang, "This link is not valid, or no longer.");
	case NOTICE_NOT_FOUND: return tr(lang, "There is no such page.");
	case NOTICE_NOT_READY: return tr(lang, "Not ready yet.");
	case NOTICE_REFUSED:
	case NOTICE_KINDS: break;
	}
	return tr(lang, "This request was refused.");
}

static StatusState mood(StatusNoticeKind kind)
{
	switch (kind) {
	case NOTICE_ACK_ASK: return STATUS_DOWN;
	case NOTICE_ACK_DONE:
	case NOTICE_ACK_OVER: return STATUS_UP;
	case NOTICE_ACK_ALREADY: return STATUS_MAINTENANCE;
	case NOTICE_ACK_UNKNOWN:
	case NOTICE_NOT_FOUND:
	case NOTICE_NOT_READY:
	case NOTICE_REFUSED:
	case NOTICE_KINDS: break;
	}
	return STATUS_UNKNOWN;
}

static void taken(Page *p, const StatusNotice *n)
{
	char when[WHEN_TEXT], length[WHEN_TEXT];
	AUTO(Buf) by = { 0 };

	if (n->kind == NOTICE_ACK_DONE && is_set(n->at)) {
		if (is_set(n->opened))
			buf_printf(p->out, tr(p->lang, "Taken %s, %s after it began. "),
			           page_moment(p, n->at, when),
			           page_span(p, between(n->opened, n->at), length));
		buf_text(p->out, tr(p->lang, "Nobody is called any more for want of an answer."));
	} else if (n->kind == NOTICE_ACK_ALREADY) {
		buf_html(&by, n->by ? n->by : "?");
		if (is_set(n->at))
			buf_printf(p->out, tr(p->lang, "%s took it %s."), buf_str(&by),
			           page_moment(p, n->at, when));
		else
			buf_printf(p->out, tr(p->lang, "%s took it."), buf_str(&by));
	} else if (n->kind == NOTICE_ACK_OVER && is_set(n->at)) {
		buf_printf(p->out, tr(p->lang, "Restored %s. There is nothing to take."),
		           page_moment(p, n->at, when));
	}
}

static void lead(Page *p, const StatusNotice *n)
{
	switch (n->kind) {
	case NOTICE_ACK_ASK:
		buf_text(p->out, tr(p->lang, "Its response clock stops; nobody is called any more "
		                             "for want of an answer."));
		break;
	case NOTICE_ACK_DONE:
	case NOTICE_ACK_ALREADY:
	case NOTICE_ACK_OVER: taken(p, n); break;
	case NOTICE_ACK_UNKNOWN:
		buf_text(p->out,
		         tr(p->lang, "Open the link of the latest message, whole; or answer on "
		                     "the machine with carene incident ack."));
		break;
	case NOTICE_NOT_FOUND:
		buf_printf(p->out, "<a href=\"/status/\">%s</a>", tr(p->lang, "Status page"));
		break;
	case NOTICE_NOT_READY:
		buf_text(p->out, tr(p->lang, "It has just started. Try again in a moment."));
		break;
	case NOTICE_REFUSED:
	case NOTICE_KINDS: buf_html(p->out, n->why); break;
	}
}

static void what(Page *p, const StatusNotice *n)
{
	char when[WHEN_TEXT], length[WHEN_TEXT];

	if (!n->incident || n->kind == NOTICE_ACK_UNKNOWN)
		return;
	buf_printf(p->out, "<section><article class=\"card %s\"><h2>", state_class(mood(n->kind)));
	buf_html(p->out, n->title ? n->title : n->incident);
	buf_text(p->out, "</h2><p class=\"note\">");
	buf_html(p->out, n->incident);
	if (is_set(n->opened)) {
		page_span(p, between(n->opened, n->now), length);
		buf_printf(p->out, tr(p->lang, ", since %s (%s)"), page_when(p, n->opened, when),
		           length);
	}
	buf_text(p->out, "</p></article>\n");
	if (n->kind == NOTICE_ACK_ASK) {
		buf_text(p->out, "<form method=\"post\"><button type=\"submit\">");
		if (n->who) {
			AUTO(Buf) who = { 0 };

			buf_html(&who, n->who);
			buf_printf(p->out, tr(p->lang, "I take it (%s)"), buf_str(&who));
		} else {
			buf_text(p->out, tr(p->lang, "I take it"));
		}
		buf_text(p->out, "</button></form>\n");
	}
	buf_text(p->out, "</section>\n");
}

void notice_html(const StatusNotice *n, const char *language, Buf *out)
{
	StatusFacts f = { .product = n->product, .zone = n->zone, .now = n->now };
	Page p = { .f = &f, .lang = lang_parse(language), .html = true, .out = out };

	buf_printf(out,
	           "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	           "<meta name=\"color-scheme\" content=\"light dark\">\n"
	           "<meta name=\"robots\" content=\"noindex\">\n"
	           "<link rel=\"icon\" href=\"data:,\">\n<title>%s</title>\n<style>",
	           lang_code(p.lang), heading(p.lang, n));
	style(out);
	buf_text(out, "</style>\n</head>\n<body>\n");
	buf_text(out, shapes);
	buf_text(out, "<header class=\"w top\"><span class=\"n\">");
	buf_html(out, n->product ? n->product : "Carène");
	buf_printf(out, "</span></header>\n<main>\n<div class=\"hero %s\"><div class=\"w\">",
	           state_class(mood(n->kind)));
	shape(&p, mood(n->kind), "i");
	buf_printf(out, "<h1>%s</h1>\n<p class=\"lead\">", heading(p.lang, n));
	lead(&p, n);
	buf_text(out, "</p></div></div>\n<div class=\"w\">");
	what(&p, n);
	buf_text(out, "</div>\n</main>\n</body>\n</html>\n");
}
