/* Commands over HTTP: the request's body, its path and its query become the JSON
 * arguments of one command of the engine, which judges them. */
#include "core/text.h"
#include "web/web_private.h"

#include <jansson.h>

static bool add_text(json_t *args, const char *key, const char *value)
{
	json_t *v = text_eq(value, "true")    ? json_true()
	            : text_eq(value, "false") ? json_false()
	                                      : json_string(value);

	return json_object_set_new(args, key, v) == 0;
}

/* Names between the braces of the pattern, in the order of the path's parts. The
 * path is the last word: a body cannot speak of another incident than its address. */
static void add_path(json_t *args, const Request *r)
{
	const char *p = r->route->pattern;

	for (size_t i = 0; *p && i < r->target.parts_n; i++) {
		char name[32];
		size_t n;

		p++;
		n = strcspn(p, "/");
		if (*p == '{' && n - 1 < sizeof name) {
			memcpy(name, p + 1, n - 2);
			name[n - 2] = '\0';
			(void)json_object_set_new(args, name, json_string(r->target.parts[i]));
		}
		p += n;
	}
}

static json_t *arguments(const Request *r, Err *err)
{
	json_error_t why;
	json_t *args;

	if (!r->body.n)
		args = json_object();
	else
		args = json_loadb(buf_str(&r->body), r->body.n, JSON_REJECT_DUPLICATES, &why);
	if (!args) {
		err_set(err, ERR_BAD_INPUT, "the body is not JSON: %s (line %d, column %d)",
		        why.text, why.line, why.column);
		return NULL;
	}
	if (!json_is_object(args)) {
		json_decref(args);
		err_set(err, ERR_BAD_INPUT, "the body must be a JSON object");
		return NULL;
	}
	for (size_t i = 0; i < r->target.pairs_n; i++)
		(void)add_text(args, r->target.pairs[i].key, r->target.pairs[i].value);
	add_path(args, r);
	return args;
}

void api_command(Request *r)
{
	Err err = { 0 };
	json_t *args = arguments(r, &err);
	char *text = args ? json_dumps(args, JSON_COMPACT) : NULL;
	bool ok = text && r->web->api.command(r->web->api.ctx, r->route->command, text, r->role,
	                                      &r->reply.body, &err);

	if (text) {
		json_free_t release;
		json_malloc_t unused;

		json_get_alloc_funcs(&unused, &release);
		release(text);
	}
	json_decref(args);
	if (!ok) {
		reply_err(r, &err);
		return;
	}
	buf_char(&r->reply.body, '\n');
	r->reply.status = 200;
	r->reply.type = "application/json";
}
