/* Pages for people: the status folder, rendered once and kept for a moment, and
 * what an acknowledgement link shows. GET never takes an incident: mail scanners
 * and message previews follow links, only a person presses a button. */
#include "core/alloc.h"
#include "core/digest.h"
#include "core/text.h"
#include "report/notice.h"
#include "report/status.h"
#include "web/web_private.h"

/* How long rendered files are served before the facts are asked for again, so that
 * a crowd of readers during an outage costs one rendering a second. */
static Duration kept(void) { return seconds(1); }

bool is_for_people(const Target *t)
{
	return !t->parts_n || text_eq(t->parts[0], "status") || text_eq(t->parts[0], "ack") ||
	       text_eq(t->parts[0], "calendar");
}

const char *page_language(const Request *r, const char *other)
{
	const char *asked = r->accept_language ? r->accept_language : "";
	const char *fr = strstr(asked, "fr"), *en = strstr(asked, "en");

	if (fr && (!en || fr < en))
		return "fr";
	if (en)
		return "en";
	return other ? other : "en";
}

static void send_notice(Request *r, int status, StatusNotice *n, const char *language)
{
	const StatusFacts *f = r->web->api.status ? r->web->api.status(r->web->api.ctx) : NULL;
	const char *first = f && f->languages_n ? f->languages[0] : NULL;

	n->now = r->web->api.now(r->web->api.ctx);
	n->zone = f ? f->zone : NULL;
	n->product = f ? f->product : NULL;
	buf_clear(&r->reply.body);
	notice_html(n, language ? language : page_language(r, first), &r->reply.body);
	r->reply.status = status;
	r->reply.type = "text/html; charset=utf-8";
	r->reply.csp = notice_csp();
}

void page_notice(Request *r, int status, int kind)
{
	StatusNotice n = { .kind = (StatusNoticeKind)kind, .at = LONG_AGO, .opened = LONG_AGO };

	send_notice(r, status, &n, NULL);
}

void reply_refusal(Request *r, int status, const char *why)
{
	StatusNotice n = {
		.kind = status == 404 ? NOTICE_NOT_FOUND : NOTICE_REFUSED,
		.at = LONG_AGO,
		.opened = LONG_AGO,
		.why = why,
	};

	if (r->refusal || !is_for_people(&r->target))
		reply_error(r, status, why);
	else
		send_notice(r, status, &n, NULL);
}

/* ---- the status folder ---- */

static void drop_files(Web *web)
{
	for (size_t i = 0; i < web->files.n; i++)
		mem_free(web->files.at[i].text);
	list_free(&web->files);
}

static bool keep_file(void *ctx, const char *name, const char *type, const char *p, size_t n,
                      Err *err)
{
	Web *web = ctx;
	CachedFile *file = list_push(&web->files);
	char digest[DIGEST_TEXT];

	(void)err;
	text_copy(file->name, sizeof file->name, name);
	file->type = type;
	file->text = mem_text_n(p, n);
	file->n = n;
	digest_sha256(p, n, digest);
	(void)snprintf(file->etag, sizeof file->etag, "\"%.24s\"", digest);
	return true;
}

void web_drop_files(Web *web) { drop_files(web); }

/* False: nothing to show yet. */
static bool fresh_files(Web *web)
{
	const StatusFacts *f;
	Duration now = web_mono(web);

	if (web->files.n && now.us - web->files_at.us < kept().us)
		return true;
	f = web->api.status ? web->api.status(web->api.ctx) : NULL;
	if (!f)
		return false;
	web->files_at = now;
	if (web->files.n && f->now.us == web->files_of.us)
		return true;
	drop_files(web);
	web->files_of = f->now;
	return status_files(f, keep_file, web, NULL);
}

static const CachedFile *find_file(const Web *web, const char *name)
{
	for (size_t i = 0; i < web->files.n; i++) {
		if (text_eq(web->files.at[i].name, name))
			return &web->files.at[i];
	}
	return NULL;
}

/* RFC 9110 §13.1.2: a list of tags, weak ones compare equal. */
static bool same_etag(const char *asked, const char *etag)
{
	return asked && (text_eq(asked, "*") || strstr(asked, etag));
}

void page_root(Request *r)
{
	r->reply.status = 308;
	r->reply.location = "/status/";
}

void page_status(Request *r)
{
	const char *name = r->target.slash ? "index.html" : route_part(r, "file");
	const CachedFile *file;

	if (!fresh_files(r->web)) {
		r->reply.retry_s = 5;
		page_notice(r, 503, NOTICE_NOT_READY);
		return;
	}
	file = find_file(r->web, name);
	if (!file) {
		page_notice(r, 404, NOTICE_NOT_FOUND);
		return;
	}
	r->reply.status = same_etag(r->if_none_match, file->etag) ? 304 : 200;
	if (r->reply.status == 200)
		buf_add(&r->reply.body, file->text, file->n);
	r->reply.type = file->type;
	r->reply.csp = status_csp();
	r->reply.cache = "no-cache";
	r->reply.anyone = !text_ends(name, ".html");
	text_copy(r->reply.etag_text, sizeof r->reply.etag_text, file->etag);
	r->reply.etag = r->reply.etag_text;
}

/* ---- acknowledgement ---- */

static void show_ack(Request *r, const WebAck *a)
{
	static const StatusNoticeKind kinds[] = {
		[WEB_ACK_UNKNOWN] = NOTICE_ACK_UNKNOWN, [WEB_ACK_OPEN] = NOTICE_ACK_ASK,
		[WEB_ACK_DONE] = NOTICE_ACK_DONE,       [WEB_ACK_ALREADY] = NOTICE_ACK_ALREADY,
		[WEB_ACK_OVER] = NOTICE_ACK_OVER,
	};
	StatusNotice n = {
		.kind = kinds[a->state],
		.incident = a->incident,
		.title = a->title,
		.who = a->who,
		.by = a->by,
		.at = a->at,
		.opened = a->opened,
	};

	send_notice(r, a->state == WEB_ACK_UNKNOWN ? 404 : 200, &n, a->language);
}

void page_ack_look(Request *r)
{
	WebAck a = { .at = LONG_AGO, .opened = LONG_AGO };

	r->web->api.ack_look(r->web->api.ctx, route_part(r, "token"), &a);
	show_ack(r, &a);
}

void page_ack(Request *r)
{
	WebAck a = { .at = LONG_AGO, .opened = LONG_AGO };

	r->web->api.ack(r->web->api.ctx, route_part(r, "token"), &a);
	show_ack(r, &a);
}
