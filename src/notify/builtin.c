/* The built-in messages: finds one in the embedded file and turns its body into
 * Mustache whose lines carry layout marks. How the file is written is told at the
 * top of templates_en.txt. */
#include "core/text.h"
#include "notify/notify_private.h"

/* The text between "== name" and the next "==", or NULL. */
static const char *find_part(const char *file, const char *name, size_t *ret_n)
{
	size_t n = strlen(name);

	for (const char *p = file; (p = strstr(p, "== ")); p += 3) {
		const char *from, *to;

		if ((p > file && p[-1] != '\n') || strncmp(p + 3, name, n) != 0 || p[3 + n] != '\n')
			continue;
		from = p + 3 + n + 1;
		to = strstr(from, "\n== ");
		*ret_n = to ? (size_t)(to - from) + 1 : strlen(from);
		return from;
	}
	return NULL;
}

/* "key: value" at the start of a line, up to the body. */
static char *header(Arena *a, const char *part, size_t n, const char *key)
{
	size_t key_n = strlen(key);

	for (const char *p = part; p < part + n; p = strchr(p, '\n') + 1) {
		if (strncmp(p, "body:", 5) == 0)
			break;
		if (strncmp(p, key, key_n) == 0 && p[key_n] == ':') {
			const char *value = p + key_n + 1 + strspn(p + key_n + 1, " ");

			return arena_text_n(a, value, strcspn(value, "\n"));
		}
	}
	return arena_text(a, "");
}

/* The name in the first tag of `value`, without what follows a dot. */
static void first_fact(const char *value, Buf *out)
{
	const char *tag = strstr(value, "{{");

	if (!tag)
		return;
	tag += 2 + strspn(tag + 2, "#^& ");
	buf_add(out, tag, strcspn(tag, ".} "));
}

/* A row stands only when its first fact does. */
static void add_row(char mark, const char *label, const char *value, Buf *out)
{
	AUTO(Buf) fact = { 0 };

	first_fact(value, &fact);
	if (fact.n)
		buf_printf(out, "{{#%s}}\n", buf_str(&fact));
	buf_printf(out, "%c%c%s%c%s\n", MARK, mark, label, MARK_SPLIT, value);
	if (fact.n)
		buf_printf(out, "{{/%s}}\n", buf_str(&fact));
}

static void add_line(const char *line, Buf *out)
{
	bool marked = line[0] && strchr("#=>-~", line[0]) && line[1] == ' ';
	const char *bar = marked && strchr("=>", line[0]) ? strstr(line, " | ") : NULL;

	if (bar) {
		AUTO(Buf) label = { 0 };

		buf_add(&label, line + 2, (size_t)(bar - line - 2));
		add_row(line[0], buf_str(&label), bar + 3, out);
	} else if (marked) {
		buf_printf(out, "%c%c%s\n", MARK, line[0], line + 2);
	} else {
		buf_printf(out, "%s\n", line);
	}
}

static char *body_as_mustache(Arena *a, const char *body, size_t n)
{
	AUTO(Buf) out = { 0 };

	while (n > 0) {
		size_t length = strcspn(body, "\n");
		AUTO_FREE char *line = mem_text_n(body, length);

		if (line[0])
			add_line(line, &out);
		body += length + 1;
		n -= length + 1;
	}
	return arena_text(a, buf_str(&out));
}

static const char *file_of(Lang lang) { return lang == LANG_FR ? templates_fr : templates_en; }

bool builtin_find(const char *name, Lang lang, Arena *a, Builtin *ret)
{
	size_t n;
	const char *part = find_part(file_of(lang), name, &n);
	const char *body = part ? strstr(part, "body:\n") : NULL;

	if (!body || body >= part + n)
		return false;
	body += strlen("body:\n");
	ret->subject = header(a, part, n, "subject");
	ret->brief = header(a, part, n, "brief");
	ret->tone = header(a, part, n, "tone");
	ret->needs = header(a, part, n, "needs");
	ret->body = body_as_mustache(a, body, (size_t)(part + n - body));
	return true;
}

const char *builtin_partial(const char *name, Lang lang, Arena *a)
{
	size_t n;
	const char *part = name[0] == '_' ? find_part(file_of(lang), name, &n) : NULL;

	return part ? body_as_mustache(a, part, n) : NULL;
}
