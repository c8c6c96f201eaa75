/* Pushed metrics as lines of Prometheus text: `name{labels} value [time]`. The
 * time is read and left out: a value counts from when it arrived, since two clocks
 * that disagree would rewrite the past. */
#include "core/text.h"
#include "web/web_private.h"

#include <math.h>

static bool is_name(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
	       (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
}

static SampleLine bad(const char **ret_why, const char *why)
{
	*ret_why = why;
	return SAMPLE_BAD;
}

/* Past the labels' closing brace, quotes minded; 0 when it does not come. */
static size_t past_labels(const char *p, size_t n)
{
	bool quoted = false;

	for (size_t i = 1; i < n; i++) {
		if (quoted && p[i] == '\\')
			i++;
		else if (p[i] == '"')
			quoted = !quoted;
		else if (p[i] == '}' && !quoted)
			return i + 1;
	}
	return 0;
}

static bool read_number(const char *p, size_t n, double *ret)
{
	char text[64], *end;

	if (!n || n >= sizeof text)
		return false;
	memcpy(text, p, n);
	text[n] = '\0';
	/* strtod also takes "inf", "nan" and hexadecimal: none is a measure. */
	if (strspn(text, "0123456789+-.eE") != n)
		return false;
	*ret = strtod(text, &end);
	return !*end && isfinite(*ret);
}

static size_t blanks(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && (p[i] == ' ' || p[i] == '\t'))
		i++;
	return i;
}

static size_t word(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] != ' ' && p[i] != '\t')
		i++;
	return i;
}

static bool has_control(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			return true;
	}
	return false;
}

SampleLine sample_line(const char *line, size_t n, MetricSample *ret, const char **ret_why)
{
	size_t at, length;
	double time;

	if (n && line[n - 1] == '\r')
		n--;
	at = blanks(line, n);
	line += at;
	n -= at;
	if (!n || line[0] == '#')
		return SAMPLE_NONE;
	if (!is_name(line[0], true))
		return bad(ret_why, "a line begins with a metric's name");
	for (length = 1; length < n && is_name(line[length], false);)
		length++;
	if (length < n && line[length] == '{') {
		size_t labels = past_labels(line + length, n - length);

		if (!labels)
			return bad(ret_why, "the labels do not end");
		length += labels;
	}
	if (length >= SAMPLE_NAME || !utf8_ok(line, length) || has_control(line, length))
		return bad(ret_why, "the name is too long or not plain text");
	memcpy(ret->name, line, length);
	ret->name[length] = '\0';
	at = length + blanks(line + length, n - length);
	length = word(line + at, n - at);
	if (at == strlen(ret->name) || !read_number(line + at, length, &ret->value))
		return bad(ret_why, "the value is not a finite number");
	at += length;
	at += blanks(line + at, n - at);
	length = word(line + at, n - at);
	if (length && !read_number(line + at, length, &time))
		return bad(ret_why, "the time after the value is not a number");
	at += length;
	if (at + blanks(line + at, n - at) != n)
		return bad(ret_why, "there is something after the time");
	return SAMPLE_READ;
}
