/* See prometheus.h. The page is walked line by line and nothing of it is kept, so a
 * page of any length costs its reading. */
#include "check/prometheus.h"

#include "check/pattern.h"
#include "core/alloc.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LABELS_MAX = 32, NAME_MAX_BYTES = 200, VALUE_MAX_BYTES = 512, LINE_MAX_BYTES = 16384 };

typedef enum Match { MATCH_EQ, MATCH_NE, MATCH_RE, MATCH_NOT_RE } Match;

typedef struct Label {
	char name[NAME_MAX_BYTES];
	char value[VALUE_MAX_BYTES];
	Match match;
} Label;

typedef struct Labels {
	size_t n;
	Label at[LABELS_MAX];
} Labels;

/* A position in a text with a known end; lines of the page are not NUL-terminated. */
typedef struct Scan {
	const char *p, *end;
} Scan;

static char peek(const Scan *s) { return s->p < s->end ? *s->p : '\0'; }

static void skip_blanks(Scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
		s->p++;
}

static bool take_char(Scan *s, char c)
{
	skip_blanks(s);
	if (peek(s) != c || s->p == s->end)
		return false;
	s->p++;
	return true;
}

static bool is_name_char(char c, bool first)
{
	return isalpha((unsigned char)c) || c == '_' || c == ':' ||
	       (!first && isdigit((unsigned char)c));
}

static bool take_name(Scan *s, char out[NAME_MAX_BYTES])
{
	size_t n = 0;

	skip_blanks(s);
	while (s->p < s->end && is_name_char(*s->p, n == 0) && n + 1 < NAME_MAX_BYTES)
		out[n++] = *s->p++;
	out[n] = '\0';
	return n > 0 && (s->p == s->end || !is_name_char(*s->p, false));
}

/* A quoted value with the escapes \\ \" and \n. */
static bool take_quoted(Scan *s, char out[VALUE_MAX_BYTES])
{
	size_t n = 0;

	if (!take_char(s, '"'))
		return false;
	for (; s->p < s->end && *s->p != '"'; s->p++) {
		char c = *s->p;

		if (c == '\\' && s->p + 1 < s->end)
			c = *++s->p == 'n' ? '\n' : *s->p;
		if (n + 1 == VALUE_MAX_BYTES)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return take_char(s, '"');
}

static bool take_match(Scan *s, Match *ret)
{
	if (take_char(s, '!')) {
		*ret = peek(s) == '~' ? MATCH_NOT_RE : MATCH_NE;
		return take_char(s, *ret == MATCH_NE ? '=' : '~');
	}
	if (!take_char(s, '='))
		return false;
	*ret = MATCH_EQ;
	if (peek(s) == '~') {
		s->p++;
		*ret = MATCH_RE;
	}
	return true;
}

/* "{a="x",b="y"}" or nothing; on a page only '=' is used. */
static bool take_labels(Scan *s, Labels *l)
{
	l->n = 0;
	if (!take_char(s, '{'))
		return true;
	while (!take_char(s, '}')) {
		Label *at = &l->at[l->n];

		if (l->n == LABELS_MAX || !take_name(s, at->name) || !take_match(s, &at->match) ||
		    !take_quoted(s, at->value))
			return false;
		l->n++;
		if (!take_char(s, ',')) {
			if (!take_char(s, '}'))
				return false;
			break;
		}
	}
	return true;
}

/* The number that follows; "+Inf" and "NaN" are numbers of the format. */
static bool take_value(Scan *s, double *ret)
{
	char text[64];
	char *end;
	size_t n = 0;

	skip_blanks(s);
	while (s->p < s->end && !isspace((unsigned char)*s->p) && n + 1 < sizeof text)
		text[n++] = *s->p++;
	text[n] = '\0';
	*ret = strtod(text, &end);
	return n > 0 && *end == '\0';
}

typedef struct Selector {
	char name[NAME_MAX_BYTES];
	Labels labels;
} Selector;

static const char *label_value(const Labels *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->at[i].name, name) == 0)
			return l->at[i].value;
	}
	return ""; /* a label that is not there is an empty one */
}

static bool whole_match(const char *pattern, const char *value)
{
	char *anchored = mem_printf("\\A(?:%s)\\z", pattern);
	bool yes = pattern_find(anchored, value, strlen(value), NULL, NULL, NULL) == PATTERN_YES;

	mem_free(anchored);
	return yes;
}

static bool matches(const Selector *sel, const char *name, const Labels *l)
{
	if (strcmp(sel->name, name) != 0)
		return false;
	for (size_t i = 0; i < sel->labels.n; i++) {
		const Label *want = &sel->labels.at[i];
		const char *got = label_value(l, want->name);
		bool ok = false;

		switch (want->match) {
		case MATCH_EQ: ok = strcmp(got, want->value) == 0; break;
		case MATCH_NE: ok = strcmp(got, want->value) != 0; break;
		case MATCH_RE: ok = whole_match(want->value, got); break;
		case MATCH_NOT_RE: ok = !whole_match(want->value, got); break;
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool read_selector(const char *text, Selector *sel, Err *err)
{
	Scan s = { text, text + strlen(text) };

	if (!take_name(&s, sel->name) || !take_labels(&s, &sel->labels))
		return err_set(err, ERR_BAD_INPUT, "not a sample name with labels: '%s'", text);
	skip_blanks(&s);
	if (s.p != s.end)
		return err_set(err, ERR_BAD_INPUT, "unexpected text after '%s'", text);
	return true;
}

/* The value of one line when it is a sample that the selector names. */
static bool read_line(const char *p, size_t n, const Selector *sel, Labels *labels, double *ret)
{
	Scan s = { p, p + n };
	char name[NAME_MAX_BYTES];

	if (n > LINE_MAX_BYTES || !take_name(&s, name) || strcmp(name, sel->name) != 0)
		return false;
	return take_labels(&s, labels) && take_value(&s, ret) && matches(sel, name, labels);
}

bool prometheus_value(const char *text, size_t n, const char *selector, double *ret, Err *err)
{
	const char *p = text, *end = text + n;
	Selector *sel = NEW(Selector);
	Labels *labels = NEW(Labels);
	double sum = 0, x;
	bool ok = read_selector(selector, sel, err);
	bool any = false;

	while (ok && p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t line = (size_t)((eol ? eol : end) - p);

		if (line && *p != '#' && read_line(p, line, sel, labels, &x) && !isnan(x)) {
			sum += x;
			any = true;
		}
		p += line + 1;
	}
	if (ok && (!any || !isfinite(sum)))
		ok = err_set(err, ERR_NOT_FOUND, "no sample %s", selector);
	if (ok)
		*ret = sum;
	mem_free(labels);
	mem_free(sel);
	return ok;
}
