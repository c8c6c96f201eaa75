#include "core/text.h"
#include "web/web_private.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes one piece in place of `*to`; what it may not hold is refused, since the
 * same text goes on into look-ups, answers and the journal. */
static bool decode(const char *p, size_t n, bool plus, char **to)
{
	char *start = *to;

	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		if (c == '%') {
			if (i + 2 >= n || hex(p[i + 1]) < 0 || hex(p[i + 2]) < 0)
				return false;
			c = (char)(hex(p[i + 1]) * 16 + hex(p[i + 2]));
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if ((unsigned char)c < 0x20 || c == 0x7f)
			return false;
		*(*to)++ = c;
	}
	if (!utf8_ok(start, (size_t)(*to - start)))
		return false;
	*(*to)++ = '\0';
	return true;
}

static int parse_path(const char *p, size_t n, Target *t, char **to)
{
	size_t i = 1;

	while (i < n) {
		const char *end = memchr(p + i, '/', n - i);
		size_t length = end ? (size_t)(end - p) - i : n - i;
		char *part = *to;

		if (t->parts_n == TARGET_PARTS)
			return 414;
		if (!length || !decode(p + i, length, false, to))
			return 400;
		if (text_eq(part, ".") || text_eq(part, "..") || strchr(part, '/') ||
		    strchr(part, '\\'))
			return 400;
		t->parts[t->parts_n++] = part;
		i += length + 1;
	}
	t->slash = p[n - 1] == '/';
	return 0;
}

static int parse_query(const char *p, size_t n, Target *t, char **to)
{
	size_t i = 0;

	while (i < n) {
		const char *end = memchr(p + i, '&', n - i);
		size_t length = end ? (size_t)(end - p) - i : n - i;
		const char *is = memchr(p + i, '=', length);
		size_t key = is ? (size_t)(is - p) - i : length;
		QueryPair pair;

		if (length) {
			if (t->pairs_n == TARGET_PAIRS)
				return 414;
			pair.key = *to;
			if (!key || !decode(p + i, key, true, to))
				return 400;
			pair.value = *to;
			if (!decode(p + i + key + (is != NULL), length - key - (is != NULL), true,
			            to))
				return 400;
			t->pairs[t->pairs_n++] = pair;
		}
		i += length + 1;
	}
	return 0;
}

int target_parse(const char *raw, size_t n, Target *ret)
{
	const char *query;
	size_t path_n;
	char *to = ret->text;
	int refusal;

	ret->parts_n = ret->pairs_n = 0;
	ret->slash = false;
	/* Each piece gains a NUL and loses a separator, except a key without "=", which
	 * gains one more: so text is room enough. */
	if (n + 2 + TARGET_PAIRS > TARGET_MAX)
		return 414;
	if (!n || raw[0] != '/' || memchr(raw, '\0', n) || memchr(raw, '#', n))
		return 400;
	query = memchr(raw, '?', n);
	path_n = query ? (size_t)(query - raw) : n;
	refusal = parse_path(raw, path_n, ret, &to);
	if (!refusal && query)
		refusal = parse_query(query + 1, n - path_n - 1, ret, &to);
	return refusal;
}

const char *target_query(const Target *t, const char *key)
{
	for (size_t i = 0; i < t->pairs_n; i++) {
		if (text_eq(t->pairs[i].key, key))
			return t->pairs[i].value;
	}
	return NULL;
}
