/* Which files the published folder holds, in which language. */
#include "report/status_private.h"

typedef struct Folder {
	StatusFile *each;
	void *ctx;
	Err *err;
} Folder;

static bool file(const Folder *to, const char *name, const char *type, Buf *text)
{
	bool ok;

	if (text->over)
		return err_set(to->err, ERR_LIMIT, "status page: %s is over 16 MiB", name);
	ok = to->each(to->ctx, name, type, buf_str(text), text->n, to->err);
	buf_clear(text);
	return ok;
}

static bool language(const Folder *to, const StatusFacts *f, Lang lang)
{
	AUTO(Buf) text = { 0 };
	char name[NAME_TEXT];

	status_page_html(f, lang, &text);
	if (!file(to, file_name(f, lang, "index", "html", name), "text/html; charset=utf-8", &text))
		return false;
	status_history_html(f, lang, &text);
	if (!file(to, file_name(f, lang, "history", "html", name), "text/html; charset=utf-8",
	          &text))
		return false;
	status_feed_atom(f, lang, &text);
	if (!file(to, file_name(f, lang, "feed", "xml", name),
	          "application/atom+xml; charset=utf-8", &text))
		return false;
	status_badge_svg(f, lang, &text);
	return file(to, file_name(f, lang, "badge", "svg", name), "image/svg+xml", &text);
}

bool status_files(const StatusFacts *f, StatusFile *each, void *ctx, Err *err)
{
	Folder to = { each, ctx, err };
	AUTO(Buf) text = { 0 };
	Lang languages[4];
	size_t n = page_languages(f, languages);

	for (size_t i = 0; i < n; i++) {
		if (!language(&to, f, languages[i]))
			return false;
	}
	status_json(f, &text);
	return file(&to, "status.json", "application/json", &text);
}
