/* The verdict on a page: status, headers, text, pattern, JSON, in this order; the
 * first that fails is the reason, as later ones often only follow from it. */
#include "check/http.h"
#include "check/json_path.h"
#include "check/pattern.h"
#include "check/talk.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

static void list_texts(const Texts *t, const char *none, char *out, size_t cap)
{
	size_t n = 0;

	text_copy(out, cap, t && t->n ? t->at[0] : none);
	for (size_t i = 1; t && i < t->n; i++) {
		n = strlen(out);
		(void)snprintf(out + n, cap - n, ", %s", t->at[i]);
	}
}

static bool judge_status(const HttpExpect *e, const HttpAnswer *a, CheckResult *r)
{
	char got[16], want[96];

	if (status_expected(e->status, a->status))
		return true;
	(void)snprintf(got, sizeof got, "%d", a->status);
	list_texts(e->status, "2xx", want, sizeof want);
	SAY(r, REASON_STATUS, got, want);
	return false;
}

/* ASCII case folded search; header values are short. */
static bool has_text(const char *hay, const char *needle)
{
	size_t n = strlen(needle);

	for (; *hay; hay++) {
		if (strncasecmp(hay, needle, n) == 0)
			return true;
	}
	return n == 0;
}

/* A header holds when any of its lines contains the expected text; "*" is enough that it is
 * there. Set-Cookie and the like come several times. */
static bool judge_header(const Pair *want, const HttpAnswer *a, CheckResult *r)
{
	const char *value = want->value ? want->value : "*", *got = NULL;
	char shown[96];

	for (size_t i = 0; i < a->headers_n; i++) {
		if (strcasecmp(a->headers[i].name, want->key) != 0)
			continue;
		got = a->headers[i].value;
		if (strcmp(value, "*") == 0 || has_text(got, value))
			return true;
	}
	text_copy(shown, sizeof shown, got);
	if (got)
		SAY(r, REASON_HEADER_VALUE, want->key, shown, value);
	else
		SAY(r, REASON_HEADER_MISSING, want->key, value);
	return false;
}

static bool body_has(const HttpAnswer *a, const char *text)
{
	return a->body_n && memmem(a->body, a->body_n, text, strlen(text));
}

static bool judge_text(const HttpExpect *e, const HttpAnswer *a, CheckResult *r)
{
	Err err = { 0 };

	if (e->contains && !body_has(a, e->contains)) {
		reason_say_both(r, REASON_NOT_CONTAINED,
		                ARGS(e->contains, a->cut ? " (its beginning)" : ""),
		                ARGS(e->contains, a->cut ? " (au début)" : ""));
		return false;
	}
	if (e->absent && body_has(a, e->absent)) {
		SAY(r, REASON_CONTAINED, e->absent);
		return false;
	}
	if (!e->matches)
		return true;
	switch (pattern_find(e->matches, a->body, a->body_n, NULL, NULL, &err)) {
	case PATTERN_YES: return true;
	case PATTERN_NO: SAY(r, REASON_NOT_MATCHED, e->matches); break;
	case PATTERN_BAD: SAY(r, REASON_BAD_PATTERN, e->matches, err.message); break;
	}
	return false;
}

static bool judge_path(const Pair *want, const json_t *root, CheckResult *r)
{
	const char *expected = want->value ? want->value : "*";
	Err err = { 0 };
	const json_t *v = json_path_get(root, want->key, &err);
	char got[120];

	if (!v && err.code == ERR_BAD_INPUT) {
		SAY(r, REASON_JSON_PATH, want->key, err.message);
		return false;
	}
	if (!v) {
		SAY(r, REASON_JSON_MISSING, want->key, expected);
		return false;
	}
	if (json_expected(v, expected))
		return true;
	json_show(v, got, sizeof got);
	SAY(r, REASON_JSON_VALUE, want->key, got, expected);
	return false;
}

static bool judge_json(const Pairs *wants, const HttpAnswer *a, CheckResult *r)
{
	Err err = { 0 };
	json_t *root = json_read(a->body, a->body_n, &err);
	bool ok = root != NULL;

	if (!root)
		SAY(r, REASON_NOT_JSON, err.message);
	for (size_t i = 0; ok && i < wants->n; i++)
		ok = judge_path(&wants->at[i], root, r);
	json_decref(root);
	return ok;
}

bool http_judge(const HttpExpect *e, const HttpAnswer *a, CheckResult *r)
{
	bool ok = judge_status(e, a, r);

	for (size_t i = 0; ok && e->headers && i < e->headers->n; i++)
		ok = judge_header(&e->headers->at[i], a, r);
	ok = ok && judge_text(e, a, r);
	if (ok && e->json && e->json->n)
		ok = judge_json(e->json, a, r);
	if (ok)
		result_up(r);
	else
		result_not(r, CHECK_DOWN);
	return ok;
}

bool http_may_cut(const HttpExpect *e)
{
	return !e->absent && !e->matches && !(e->json && e->json->n);
}
