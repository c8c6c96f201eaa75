/* ${env:NAME} inside scalars, after parsing: what comes from the environment can
 * then be no YAML, and its place is still the file's. */
#include "plan/node.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

enum { INTERPOLATED_MAX = 32 << 20 };

static bool is_env_name(const char *s, size_t n)
{
	if (n == 0 || n > 120 || (s[0] >= '0' && s[0] <= '9'))
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = s[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '_'))
			return false;
	}
	return true;
}

bool plan_is_secret_reference(const char *s)
{
	size_t n = strlen(s);

	if (n < 8 || s[n - 1] != '}' || strcspn(s, "}") != n - 1)
		return false;
	if (text_starts(s, "${env:"))
		return is_env_name(s + 6, n - 7);
	return text_starts(s, "${file:/") && n > 9;
}

/* `name` is n bytes inside a message: "%s '%s'%s". */
static void plan_complain(Filling *f, Node *node, FindingCode code, const char *before,
                          const char *name, size_t n, const char *behind)
{
	char shown[100];

	text_copy(shown, n + 1 < sizeof shown ? n + 1 : sizeof shown, name);
	findings_add(f->report, code, node->where, NULL, plan_finding_infos[code].what[0], NULL,
	             "%s '%s'%s", before, shown, behind);
	node->unresolved = true;
}

static void no_value(Filling *f, Node *node, const char *name, size_t n)
{
	if (f->source && f->source->no_secrets)
		plan_complain(f, node, F_R07, "the environment variable", name, n,
		              " was not looked up");
	else
		plan_complain(f, node, F_R05, "the environment variable", name, n, " is not set");
}

/* One reference whose text between ${ and } is s, n bytes: "env:NAME:-default". */
static void fill_one(Filling *f, Node *node, const char *s, size_t n, Buf *out)
{
	const char *name = s + 4, *fallback, *value = NULL;
	size_t name_n;

	if (n >= 5 && memcmp(s, "file:", 5) == 0) {
		plan_complain(f, node, F_P09, "only a secret may be read from a file, not", s, n,
		              "");
		return;
	}
	if (n < 5 || memcmp(s, "env:", 4) != 0) {
		plan_complain(f, node, F_P09, "there is no such reference as", s, n, "");
		return;
	}
	name_n = n - 4;
	fallback = memmem(name, name_n, ":-", 2);
	if (fallback)
		name_n = (size_t)(fallback - name);
	if (!is_env_name(name, name_n)) {
		plan_complain(f, node, F_P09, "no environment variable can be called", name, name_n,
		              "");
		return;
	}
	if (f->source && f->source->env)
		value = f->source->env(f->source->ctx, f->arena,
		                       arena_text_n(f->arena, name, name_n));
	if (!text_is_empty(value) && utf8_ok(value, strlen(value))) {
		buf_text(out, value);
		findings_hide(f->report, value);
		node->tainted = true;
	} else if (fallback) {
		buf_add(out, fallback + 2, (size_t)(s + n - fallback) - 2);
	} else {
		no_value(f, node, name, name_n);
	}
}

bool plan_interpolate(Filling *f, Node *node)
{
	AUTO(Buf) out = { .max = 1 << 20 };
	const char *s = node->text, *at;

	if (node->interpolated || !strstr(s, "${"))
		return !node->unresolved;
	node->interpolated = true;
	while ((at = strstr(s, "${"))) {
		size_t n = strcspn(at, "}");

		buf_add(&out, s, (size_t)(at - s));
		if (at > s && at[-1] == '$') { /* $${ → ${ */
			buf_char(&out, '{');
			s = at + 2;
			continue;
		}
		if (at[n] != '}') {
			plan_complain(f, node, F_P09, "the brace is not closed in", at, strlen(at),
			              "");
			return false;
		}
		fill_one(f, node, at + 2, n - 2, &out);
		s = at + n + 1;
	}
	buf_text(&out, s);
	f->bytes += out.n;
	if (out.over || f->bytes > INTERPOLATED_MAX)
		plan_complain(f, node, F_P08, "the environment fills in too much text at",
		              node->text, strlen(node->text), "");
	if (!node->unresolved)
		node->text = arena_text(f->arena, buf_str(&out));
	return !node->unresolved;
}
