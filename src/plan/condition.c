/* Conditions of rules:
 *
 *   METRIC[{SCOPE}] [STAT] OP QUANTITY [over SPAN] [for SPAN]
 *   check{ID} OP WORD [for SPAN]
 *   backup{ID} OP WORD · log{ID} level OP WORD [over SPAN] [for SPAN]
 *   declared: TEXT
 *
 * `over` is the window a statistic is taken over, `for` how long it must hold.
 * Reading a condition judges nothing: whether its names exist is the loader's
 * business. */
#include "plan/types_private.h"

#include "core/alloc.h"
#include "core/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool is_state_subject(const char *s)
{
	static const char *const subjects[] = { "backup",       "log",    "task",  "window",
		                                "restore_test", "update", "deploy" };

	for (size_t i = 0; i < COUNT_OF(subjects); i++) {
		if (text_eq(s, subjects[i]))
			return true;
	}
	return false;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '-';
}

/* "latency{site}" → subject and scope. */
static bool read_subject(const char **rest, Condition *c, Err *err)
{
	const char *s = *rest;
	size_t n = 0;

	while (is_name_char(s[n]))
		n++;
	if (n == 0 || n >= sizeof c->subject)
		return err_set(err, ERR_BAD_INPUT,
		               "a condition begins with the name of a metric, "
		               "'check{…}' or 'declared:'");
	memcpy(c->subject, s, n);
	s += n;
	if (*s == '{') {
		n = strcspn(s, "}");
		if (s[n] != '}')
			return err_set(err, ERR_BAD_INPUT, "the brace after '%s' is not closed",
			               c->subject);
		if (n < 2 || n > sizeof c->scope)
			return err_set(err, ERR_BAD_INPUT,
			               "the braces after '%s' hold nothing, or "
			               "too much",
			               c->subject);
		memcpy(c->scope, s + 1, n - 1);
		s += n + 1;
	}
	if (*s && *s != ' ' && *s != '\t' && *s != '\n')
		return err_set(err, ERR_BAD_INPUT, "'%.20s' after '%s' is not understood", s,
		               c->subject);
	*rest = s;
	return true;
}

static bool read_spans(const char **rest, Condition *c, Err *err)
{
	char word[WORD];

	while (plan_next_word(rest, word)) {
		Span *into = text_eq(word, "over")  ? &c->over
		             : text_eq(word, "for") ? &c->sustain
		                                    : NULL;

		if (!into)
			return err_set(err, ERR_BAD_INPUT,
			               "'%.40s' stands where 'over' or 'for' "
			               "is expected",
			               word);
		if (!span_is_zero(*into))
			return err_set(err, ERR_BAD_INPUT, "'%s' is there twice", word);
		if (!plan_next_word(rest, word) || !span_parse(word, into) || span_is_zero(*into))
			return err_set(err, ERR_BAD_INPUT, "a duration is missing after '%s'",
			               into == &c->over ? "over" : "for");
	}
	if (**rest)
		return err_set(err, ERR_BAD_INPUT, "'%.40s…' is not understood", *rest);
	return true;
}

/* The figure may be two words ("1000 req/min"): words are joined until `over`,
 * `for` or the end. */
static bool read_value(const char **rest, Condition *c, Err *err)
{
	char figure[WORD] = "", word[WORD];
	const char *before = *rest;

	while (plan_next_word(rest, word)) {
		size_t n = strlen(figure);

		if (text_eq(word, "over") || text_eq(word, "for")) {
			*rest = before;
			break;
		}
		if (n + strlen(word) + 2 > sizeof figure)
			return err_set(err, ERR_BAD_INPUT, "'%.40s…' is not a figure", figure);
		(void)snprintf(figure + n, sizeof figure - n, "%s%s", n ? " " : "", word);
		before = *rest;
	}
	if (!*figure)
		return err_set(err, ERR_BAD_INPUT, "a figure is missing after '%s'",
		               op_print(c->op));
	return quantity_parse(figure, &c->value, err);
}

static bool read_word(const char **rest, Condition *c, Err *err)
{
	char word[WORD];

	if (c->op != OP_EQ && c->op != OP_NE)
		return err_set(err, ERR_BAD_INPUT, "a state is compared with == or !=, not %s",
		               op_print(c->op));
	if (!plan_next_word(rest, word) || strlen(word) >= sizeof c->word)
		return err_set(err, ERR_BAD_INPUT, "a state is missing after '%s'",
		               op_print(c->op));
	text_copy(c->word, sizeof c->word, word);
	return true;
}

static bool read_op(const char **rest, Condition *c, Err *err)
{
	char word[WORD];

	if (!plan_next_word(rest, word))
		return err_set(err, ERR_BAD_INPUT,
		               "a comparison (< <= > >= == !=) is missing "
		               "after '%s'",
		               c->subject);
	if (c->kind == CONDITION_METRIC && stat_parse(word, &c->stat) &&
	    !plan_next_word(rest, word))
		return err_set(err, ERR_BAD_INPUT,
		               "a comparison (< <= > >= == !=) is missing "
		               "after '%s'",
		               stat_print(c->stat));
	if (text_eq(c->subject, "log") && text_eq(word, "level") && !plan_next_word(rest, word))
		word[0] = '\0';
	if (op_parse(word, &c->op))
		return true;
	return err_set(err, ERR_BAD_INPUT, "'%.40s' is not a comparison (< <= > >= == !=)", word);
}

static bool read_all(const char *s, Condition *c, Err *err)
{
	const char *rest = s + strspn(s, " \t\n");

	if (!read_subject(&rest, c, err))
		return false;
	c->kind = text_eq(c->subject, "check")   ? CONDITION_CHECK
	          : is_state_subject(c->subject) ? CONDITION_STATE
	                                         : CONDITION_METRIC;
	if (c->kind != CONDITION_METRIC && !*c->scope)
		return err_set(err, ERR_BAD_INPUT, "'%s' needs a name in braces, as in %s{name}",
		               c->subject, c->subject);
	if (!read_op(&rest, c, err))
		return false;
	if (!(c->kind == CONDITION_METRIC ? read_value(&rest, c, err) : read_word(&rest, c, err)))
		return false;
	return read_spans(&rest, c, err);
}

bool condition_parse(const char *s, Condition *ret, Err *err)
{
	Condition c = { 0 };

	*ret = c;
	if (strlen(s) >= sizeof c.text)
		return err_set(err, ERR_LIMIT, "a condition has at most %zu bytes",
		               sizeof c.text - 1);
	text_copy(c.text, sizeof c.text, s);
	if (text_starts(s, "declared:")) {
		const char *what = s + strlen("declared:");

		if (!what[strspn(what, " \t\n")])
			return err_set(err, ERR_BAD_INPUT,
			               "'declared:' needs the words of what a "
			               "person declares");
		c.kind = CONDITION_DECLARED;
		text_copy(c.subject, sizeof c.subject, "declared");
	} else if (!read_all(s, &c, err)) {
		return false;
	}
	*ret = c;
	return true;
}

static size_t minimum(size_t a, size_t b) { return a < b ? a : b; }

const char *condition_print(const Condition *c, char out[256])
{
	char value[48], span[SPAN_TEXT];
	size_t n = 0;

	*out = '\0';
	if (c->kind == CONDITION_NONE)
		return out;
	if (c->kind == CONDITION_DECLARED) {
		text_copy(out, 256, c->text);
		return out;
	}
#define ADD(...) n = minimum(n + (size_t)snprintf(out + n, 256 - n, __VA_ARGS__), 255)
	ADD("%s", c->subject);
	if (*c->scope)
		ADD("{%s}", c->scope);
	if (c->stat != STAT_UNSPECIFIED)
		ADD(" %s", stat_print(c->stat));
	if (text_eq(c->subject, "log"))
		ADD(" level");
	ADD(" %s %s", op_print(c->op),
	    c->kind == CONDITION_METRIC ? quantity_print(&c->value, value) : c->word);
	if (!span_is_zero(c->over))
		ADD(" over %s", span_print(c->over, span));
	if (!span_is_zero(c->sustain))
		ADD(" for %s", span_print(c->sustain, span));
#undef ADD
	return out;
}
