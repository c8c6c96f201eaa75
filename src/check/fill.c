/* See fill.h. */
#include "check/fill.h"

#include "core/text.h"

#include <string.h>

static const char *value_of(const char *name, const FillValue *values, size_t n)
{
	/* A later capture of the same name wins. */
	for (size_t i = n; i > 0; i--) {
		if (strcmp(values[i - 1].name, name) == 0)
			return values[i - 1].value;
	}
	return NULL;
}

static void add_header(Buf *out, const char *v)
{
	for (; *v; v++) {
		if ((unsigned char)*v >= 0x20 && *v != 0x7f)
			buf_char(out, *v);
	}
}

/* buf_json writes the quotes too; here the author wrote them around {{…}}. */
static void add_json(Buf *out, const char *v)
{
	AUTO(Buf) quoted = { .max = out->max };

	buf_json(&quoted, v);
	if (quoted.over)
		out->over = true;
	else
		buf_add(out, buf_str(&quoted) + 1, quoted.n - 2);
}

static void add(Buf *out, FillPlace place, const char *v)
{
	switch (place) {
	case FILL_URL:
		if (out->n == 0 && (text_starts(v, "http://") || text_starts(v, "https://")))
			add_header(out, v);
		else
			buf_url(out, v);
		break;
	case FILL_FORM: buf_url(out, v); break;
	case FILL_HEADER: add_header(out, v); break;
	case FILL_JSON: add_json(out, v); break;
	case FILL_RAW: buf_text(out, v); break;
	}
}

/* "{{ name }}" at s: its name, and the position after it; NULL when it is none. */
static const char *read_name(const char *s, char name[48])
{
	const char *end;
	size_t n;

	s += 2;
	end = strstr(s, "}}");
	if (!end)
		return NULL;
	s += strspn(s, " ");
	n = (size_t)(end - s);
	while (n && s[n - 1] == ' ')
		n--;
	if (end < s || n == 0 || n >= 48 || strcspn(s, "{}\n") < n)
		return NULL;
	memcpy(name, s, n);
	name[n] = '\0';
	return end + 2;
}

bool fill_text(const char *text, FillPlace place, const FillValue *values, size_t n, Buf *out,
               char missing[48])
{
	char name[48];

	missing[0] = '\0';
	while (*text) {
		const char *next = text[0] == '{' && text[1] == '{' ? read_name(text, name) : NULL;
		const char *value = next ? value_of(name, values, n) : NULL;

		if (next && !value) {
			text_copy(missing, 48, name);
			return false;
		}
		if (next)
			add(out, place, value);
		else
			buf_char(out, *text);
		text = next ? next : text + 1;
	}
	return !out->over;
}

FillPlace fill_place_of_body(const char *content_type, const char *body)
{
	if (content_type && strcasestr(content_type, "json"))
		return FILL_JSON;
	if (content_type && strcasestr(content_type, "x-www-form-urlencoded"))
		return FILL_FORM;
	if (content_type)
		return FILL_RAW;
	body += strspn(body, " \t\r\n");
	/* "{{x}}=1" is a form that begins with a value, not an object. */
	if ((*body == '{' && body[1] != '{') || *body == '[')
		return FILL_JSON;
	return strchr(body, '=') ? FILL_FORM : FILL_RAW;
}
