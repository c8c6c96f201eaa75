/* See json_path.h. The path is walked as it is read: nothing is compiled. */
#include "check/json_path.h"

#include "core/alloc.h"
#include "core/text.h"
#include "plan/types.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 256 };

json_t *json_read(const char *p, size_t n, Err *err)
{
	json_error_t e;
	json_t *root = json_loadb(p ? p : "", n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &e);

	if (!root)
		(void)err_set(err, ERR_BAD_INPUT, "line %d: %s", e.line, e.text);
	return root;
}

typedef struct Step {
	bool is_index;
	int64_t index;
	char name[NAME_MAX_BYTES];
} Step;

static bool bad(Err *err, const char *path, const char *at)
{
	return err_set(err, ERR_BAD_INPUT, "not understood at '%.40s' (offset %zu)", at,
	               (size_t)(at - path));
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || (unsigned char)c >= 0x80;
}

/* `.name`; the strict grammar has no '-' and no leading digit, but "$.db-main" and
 * "$.2xx" have only one meaning, so they are taken. */
static const char *read_dotted(const char *s, Step *step)
{
	size_t n = 0;

	while (is_name_byte(s[n]))
		n++;
	if (n == 0 || n >= NAME_MAX_BYTES)
		return NULL;
	memcpy(step->name, s, n);
	step->name[n] = '\0';
	step->is_index = false;
	return s + n;
}

static const char *read_quoted(const char *s, Step *step)
{
	char quote = *s++;
	size_t n = 0;

	for (; *s && *s != quote; s++) {
		if (*s == '\\' && s[1])
			s++;
		if (n + 1 >= NAME_MAX_BYTES)
			return NULL;
		step->name[n++] = *s;
	}
	if (*s != quote)
		return NULL;
	step->name[n] = '\0';
	step->is_index = false;
	return s + 1;
}

static const char *read_index(const char *s, Step *step)
{
	char digits[16];
	size_t n = strspn(s, "-0123456789");

	if (n == 0 || n >= sizeof digits)
		return NULL;
	memcpy(digits, s, n);
	digits[n] = '\0';
	step->is_index = true;
	return text_int(digits, &step->index) ? s + n : NULL;
}

/* The next step of the path; the position after it, or NULL when it is none. */
static const char *read_step(const char *s, Step *step)
{
	if (*s == '.')
		return read_dotted(s + 1, step);
	if (*s != '[')
		return NULL;
	s = s[1] == '\'' || s[1] == '"' ? read_quoted(s + 1, step) : read_index(s + 1, step);
	return s && *s == ']' ? s + 1 : NULL;
}

static const json_t *follow(const json_t *v, const Step *step)
{
	size_t n = json_array_size(v);

	if (!step->is_index)
		return json_object_get(v, step->name);
	if (step->index >= 0)
		return json_array_get(v, (size_t)step->index);
	return (uint64_t)-step->index <= n ? json_array_get(v, n - (size_t)-step->index) : NULL;
}

/* Walks; with root NULL only the grammar is checked. */
static bool walk(const json_t *root, const char *path, const json_t **ret, Err *err)
{
	const char *s = path, *next;
	Step step;

	if (*s != '$')
		return err_set(err, ERR_BAD_INPUT, "a path starts with '$'");
	for (s++; *s; s = next) {
		next = read_step(s, &step);
		if (!next)
			return bad(err, path, s);
		root = root ? follow(root, &step) : NULL;
	}
	*ret = root;
	return true;
}

const json_t *json_path_get(const json_t *root, const char *path, Err *err)
{
	const json_t *v = NULL;

	if (!walk(root, path, &v, err))
		return NULL;
	if (!v)
		(void)err_set(err, ERR_NOT_FOUND, "nothing at %s", path);
	return v;
}

bool json_path_ok(const char *path, Err *err)
{
	const json_t *v;

	return walk(NULL, path, &v, err);
}

void json_show(const json_t *value, char *out, size_t cap)
{
	char *all;

	if (json_is_string(value)) {
		text_copy(out, cap, json_string_value(value));
		return;
	}
	all = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
	text_copy(out, cap, all ? all : "");
	mem_free(all);
}

static bool equal(const json_t *value, const char *want)
{
	double x;
	char shown[512];

	if (json_is_number(value) && text_real(want, &x))
		return json_number_value(value) == x;
	json_show(value, shown, sizeof shown);
	return strcmp(shown, want) == 0;
}

/* ">= 3" → OP_GE and the rest; OP_NONE when it is plain text. */
static Op leading_op(const char *s, const char **rest)
{
	static const char *const ops[] = { "<=", ">=", "==", "!=", "<", ">" };
	Op op = OP_NONE;

	for (size_t i = 0; i < COUNT_OF(ops); i++) {
		if (!text_starts(s, ops[i]))
			continue;
		*rest = s + strlen(ops[i]);
		*rest += strspn(*rest, " ");
		return op_parse(ops[i], &op) ? op : OP_NONE;
	}
	return OP_NONE;
}

bool json_expected(const json_t *value, const char *expected)
{
	const char *want = expected;
	Op op = leading_op(expected, &want);
	double right;

	if (strcmp(expected, "*") == 0)
		return true;
	if (op == OP_NONE)
		return equal(value, expected);
	if (op == OP_EQ || op == OP_NE)
		return equal(value, want) == (op == OP_EQ);
	return json_is_number(value) && text_real(want, &right) &&
	       op_holds(json_number_value(value), op, right);
}
