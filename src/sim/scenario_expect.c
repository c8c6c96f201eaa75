/* Expectations of a scenario: mails, calls, pages, and anything a command answers. */
#include "sim/scenario_private.h"

#include "core/text.h"

#include <jansson.h>
#include <string.h>

static bool glob(const char *pattern, const char *text)
{
	const char *star = strchr(pattern, '*');

	if (!star)
		return text_eq(pattern, text);
	for (; strncmp(pattern, text, (size_t)(star - pattern)) == 0;) {
		const char *rest = text + (star - pattern);

		for (;; rest++) {
			if (glob(star + 1, rest))
				return true;
			if (!*rest)
				return false;
		}
	}
	return false;
}

static bool expect_mails(Scene *s, const Words *w)
{
	int64_t want, n = 0;
	AUTO(Buf) seen = { .max = 300 };

	if (!text_int(scenario_word(w, 2), &want))
		return err_set(s->err, ERR_BAD_INPUT, "how many mails?");
	for (size_t i = 0; i < s->mails.n; i++) {
		const Mail *m = &s->mails.at[i];
		bool fits = true;

		for (size_t k = 3; k < w->n; k++) {
			const char *a = w->at[k];

			fits = fits && (!text_starts(a, "to=") || text_eq(a + 3, m->to)) &&
			       (!text_starts(a, "subject~") || strstr(m->subject, a + 8)) &&
			       (!text_starts(a, "text~") || strstr(m->message, a + 5));
		}
		n += fits;
		buf_printf(&seen, "\n    to %s: %.80s", m->to, m->subject);
	}
	return n == want || err_set(s->err, ERR_CONFLICT, "%lld mails, expected %lld%s",
	                            (long long)n, (long long)want, buf_str(&seen));
}

static bool expect_calls(Scene *s, const Words *w)
{
	int64_t want, n = 0;

	if (!text_int(scenario_word(w, 3), &want))
		return err_set(s->err, ERR_BAD_INPUT, "how many calls?");
	for (size_t i = 0; i < s->calls.n; i++)
		n += glob(scenario_word(w, 2), s->calls.at[i]);
	return n == want || err_set(s->err, ERR_CONFLICT, "%lld calls, expected %lld", (long long)n,
	                            (long long)want);
}

static bool expect_page(Scene *s, const Words *w)
{
	AUTO_FREE char *path = mem_printf("/data/status/%s", scenario_word(w, 2));
	size_t n;
	const char *text = sim_file(s->sim, path, &n);
	bool negated = text_eq(scenario_word(w, 3), "!~");

	if (!text)
		return err_set(s->err, ERR_NOT_FOUND, "'%s' was not published",
		               scenario_word(w, 2));
	return (strstr(text, scenario_word(w, 4)) != NULL) != negated ||
	       err_set(s->err, ERR_CONFLICT, "'%s' %s \"%s\"", scenario_word(w, 2),
	               negated ? "has" : "lacks", scenario_word(w, 4));
}

static json_t *by_id(json_t *list, const char *id)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		if (text_eq(json_string_value(json_object_get(o, "id")), id) ||
		    text_eq(json_string_value(json_object_get(o, "rule")), id))
			return o;
	}
	return NULL;
}

/* "incidents[0].state" into a JSON value; `count` of a list is its length, and what has
 * ids is found by them: "commitments[clock:P1:respond].verdict"; an alert by its rule. */
static json_t *walk(json_t *at, const char *path)
{
	char name[64];
	int64_t index;

	while (at && text_part(&path, ".[]", name, sizeof name)) {
		if (json_is_array(at) && text_eq(name, "count"))
			return json_integer((json_int_t)json_array_size(at));
		at = text_int(name, &index) && json_is_array(at)
		             ? json_array_get(at, index < 0 ? json_array_size(at) + (size_t)index
		                                            : (size_t)index)
		     : json_is_array(at) ? by_id(at, name)
		                         : json_object_get(at, name);
	}
	return json_incref(at);
}

static void print_value(const json_t *v, char *out, size_t cap)
{
	if (json_is_string(v))
		text_copy(out, cap, json_string_value(v));
	else if (json_is_number(v))
		(void)snprintf(out, cap, "%.15g", json_number_value(v));
	else
		text_copy(out, cap, json_is_true(v) ? "true" : json_is_false(v) ? "false" : "null");
}

static bool compare(const char *got, const char *op, const char *want)
{
	double a, b;

	if (text_eq(op, "="))
		return text_eq(got, want);
	if (text_eq(op, "!="))
		return !text_eq(got, want);
	if (text_eq(op, "has"))
		return strstr(got, want) != NULL;
	if (!text_real(got, &a) || !text_real(want, &b))
		return false;
	return text_eq(op, "<") ? a < b : text_eq(op, ">") ? a > b : false;
}

static bool expect_json(Scene *s, const Words *w)
{
	AUTO(Buf) out = { 0 };
	char got[512];
	json_t *all, *value;
	const char *path = scenario_word(w, w->n - 3), *op = scenario_word(w, w->n - 2),
	           *want = scenario_word(w, w->n - 1);

	if (w->n < 5)
		return err_set(s->err, ERR_BAD_INPUT, "expect COMMAND [key=value…] PATH OP VALUE");
	if (!scenario_command(s, w, 1, w->n - 3, &out))
		return false;
	all = json_loads(buf_str(&out), 0, NULL);
	value = walk(all, path);
	print_value(value, got, sizeof got);
	json_decref(value);
	json_decref(all);
	return compare(got, op, want) ||
	       err_set(s->err, ERR_CONFLICT, "%s %s is '%s', expected %s '%s'", scenario_word(w, 1),
	               path, got, op, want);
}

bool scenario_expect(Scene *s, const Words *w)
{
	if (s->o->only_invariants)
		return true;
	s->r->expectations++;
	if (!scenario_begin(s))
		return false;
	if (text_eq(scenario_word(w, 1), "mails"))
		return expect_mails(s, w);
	if (text_eq(scenario_word(w, 1), "calls"))
		return expect_calls(s, w);
	if (text_eq(scenario_word(w, 1), "page"))
		return s->o->rehearsal || expect_page(s, w);
	return expect_json(s, w);
}
