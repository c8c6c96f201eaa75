/* Mustache: a text is cut into tokens once, then rendered by walking them. */
#include "notify/template.h"

#include "core/list.h"
#include "core/text.h"
#include "notify/notify_private.h"

enum {
	MAX_TEXT = 256 * 1024, /* of a template, and of what it renders to by default */
	MAX_STEPS = 200000,    /* tokens walked: nested loops over long lists end here */
	MAX_NAME = 63,
};

typedef enum TokenKind {
	TOKEN_TEXT,
	TOKEN_VARIABLE,
	TOKEN_RAW,
	TOKEN_SECTION,
	TOKEN_INVERTED,
	TOKEN_CLOSE,
	TOKEN_PARTIAL,
} TokenKind;

typedef struct Token {
	TokenKind kind;
	const char *at; /* TEXT: n bytes; PARTIAL: the n bytes to indent by */
	size_t n;
	char name[MAX_NAME + 1]; /* as written */
	size_t close;            /* SECTION, INVERTED: index of its CLOSE */
} Token;

typedef struct Tokens {
	LIST(Token) list;
} Tokens;

static void Tokens_done(Tokens *t) { list_free(&t->list); }

/* ---- cutting ---- */

typedef struct Reader {
	const char *text, *end, *at;
	const char *pending; /* text not yet in a token */
	char open[8], close[8];
	Tokens *out;
	size_t stack[TEMPLATE_DEPTH];
	size_t depth;
} Reader;

static bool fail_at(const Reader *r, const char *where, ErrCode code, const char *what, Err *err)
{
	size_t line = 1, column = 1;

	for (const char *p = r->text; p < where; p++) {
		column = *p == '\n' ? 1 : column + 1;
		line += *p == '\n';
	}
	return err_set(err, code, "line %zu, column %zu: %s", line, column, what);
}

static Token *push(Reader *r, TokenKind kind)
{
	Token *t = list_push(&r->out->list);

	t->kind = kind;
	return t;
}

static void push_text(Reader *r, const char *until)
{
	if (until > r->pending) {
		Token *t = push(r, TOKEN_TEXT);

		t->at = r->pending;
		t->n = (size_t)(until - r->pending);
	}
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* A tag that has its line for itself takes the whole line with it (Mustache calls it
 * standalone). Moves *from back to the line's start and *to past its end. */
static bool stands_alone(const Reader *r, const char **from, const char **to)
{
	const char *left = *from, *right = *to;

	while (left > r->text && is_blank(left[-1]))
		left--;
	if (left > r->text && left[-1] != '\n')
		return false;
	while (right < r->end && is_blank(*right))
		right++;
	if (right < r->end && *right == '\r' && right + 1 < r->end && right[1] == '\n')
		right++;
	if (right < r->end && *right != '\n')
		return false;
	*from = left;
	*to = right < r->end ? right + 1 : right;
	return true;
}

static bool copy_name(const char *from, const char *to, char out[MAX_NAME + 1])
{
	while (from < to && (is_blank(*from) || *from == '\n' || *from == '\r'))
		from++;
	while (to > from && (is_blank(to[-1]) || to[-1] == '\n' || to[-1] == '\r'))
		to--;
	if (from == to || to - from > MAX_NAME)
		return false;
	memcpy(out, from, (size_t)(to - from));
	out[to - from] = '\0';
	return memchr(out, '\n', (size_t)(to - from)) == NULL;
}

/* "=<% %>=" without its equal signs. */
static bool set_delimiters(Reader *r, const char *from, const char *to)
{
	char text[32], open[8], close[8];
	const char *rest = text;

	if (to - from >= (ptrdiff_t)sizeof text)
		return false;
	memcpy(text, from, (size_t)(to - from));
	text[to - from] = '\0';
	if (!text_part(&rest, " \t\r\n", open, sizeof open) ||
	    !text_part(&rest, " \t\r\n", close, sizeof close) || strchr(open, '=') ||
	    strchr(close, '=') || rest[strspn(rest, " \t\r\n")])
		return false;
	text_copy(r->open, sizeof r->open, open);
	text_copy(r->close, sizeof r->close, close);
	return true;
}

static bool close_section(Reader *r, const char *where, const char *name, Err *err)
{
	Token *t;
	size_t opened;

	if (r->depth == 0)
		return fail_at(r, where, ERR_BAD_INPUT, "closes a section that is not open", err);
	opened = r->stack[--r->depth];
	if (strcmp(r->out->list.at[opened].name, name) != 0)
		return fail_at(r, where, ERR_BAD_INPUT,
		               "closes another section than the last opened", err);
	r->out->list.at[opened].close = r->out->list.n;
	t = push(r, TOKEN_CLOSE);
	text_copy(t->name, sizeof t->name, name);
	return true;
}

static bool open_section(Reader *r, const char *where, TokenKind kind, const char *name, Err *err)
{
	Token *t;

	if (r->depth == TEMPLATE_DEPTH)
		return fail_at(r, where, ERR_LIMIT, "sections are nested too deep", err);
	r->stack[r->depth++] = r->out->list.n;
	t = push(r, kind);
	text_copy(t->name, sizeof t->name, name);
	return true;
}

/* What follows the opening: the tag's kind sign, or 0 for a variable. */
static char sign_of(const char *p, const char *end)
{
	return p < end && strchr("#^/>!=&{", *p) ? *p : '\0';
}

static bool add_tag(Reader *r, char sign, const char *where, const char *indent, size_t indent_n,
                    const char *name, Err *err)
{
	Token *t;

	switch (sign) {
	case '#': return open_section(r, where, TOKEN_SECTION, name, err);
	case '^': return open_section(r, where, TOKEN_INVERTED, name, err);
	case '/': return close_section(r, where, name, err);
	case '>':
		t = push(r, TOKEN_PARTIAL);
		t->at = indent;
		t->n = indent_n;
		break;
	default: t = push(r, sign ? TOKEN_RAW : TOKEN_VARIABLE);
	}
	text_copy(t->name, sizeof t->name, name);
	return true;
}

/* One tag; `where` is its first byte, r->at is past its opening. */
static bool read_tag(Reader *r, const char *where, Err *err)
{
	char closing[10] = { 0 }, name[MAX_NAME + 1];
	char sign = sign_of(r->at, r->end);
	const char *inner = r->at + (sign != '\0'), *stop, *from = where, *to;
	bool alone;

	(void)snprintf(closing, sizeof closing, "%s%s",
	               sign == '{'   ? "}"
	               : sign == '=' ? "="
	                             : "",
	               r->close);
	stop = memmem(inner, (size_t)(r->end - inner), closing, strlen(closing));
	if (!stop)
		return fail_at(r, where, ERR_BAD_INPUT, "this tag is not closed", err);
	to = stop + strlen(closing);
	alone = sign && !strchr("&{", sign) && stands_alone(r, &from, &to);
	push_text(r, alone ? from : where);
	r->pending = r->at = to;
	if (sign == '!')
		return true;
	if (sign == '=')
		return set_delimiters(r, inner, stop) ||
		       fail_at(r, where, ERR_BAD_INPUT, "these delimiters are not usable", err);
	if (!copy_name(inner, stop, name))
		return fail_at(r, where, ERR_BAD_INPUT, "this tag has no usable name", err);
	return add_tag(r, sign, where, from, alone ? (size_t)(where - from) : 0, name, err);
}

/* [[NAME]]: letters, digits, blanks and "_.-'" only; anything else is text. */
static const char *marker_end(const char *p, const char *end)
{
	const char *start = p;

	for (; p < end && p - start <= MAX_NAME; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == ']')
			return p > start && p + 1 < end && p[1] == ']' ? p : NULL;
		if (c < 0x80 && !(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z') &&
		    !strchr(" _.-'", c))
			return NULL;
	}
	return NULL;
}

static bool read_marker(Reader *r)
{
	const char *stop = marker_end(r->at + 2, r->end);
	char name[MAX_NAME + 1];
	Token *t;

	if (!stop || !copy_name(r->at + 2, stop, name))
		return false;
	push_text(r, r->at);
	t = push(r, TOKEN_VARIABLE);
	text_copy(t->name, sizeof t->name, name);
	r->pending = r->at = stop + 2;
	return true;
}

static bool starts_at(const Reader *r, const char *what)
{
	size_t n = strlen(what);

	return (size_t)(r->end - r->at) >= n && memcmp(r->at, what, n) == 0;
}

static bool cut(const char *text, Tokens *out, Err *err)
{
	size_t n = strlen(text);
	Reader r = { .text = text,
		     .end = text + n,
		     .at = text,
		     .pending = text,
		     .open = "{{",
		     .close = "}}",
		     .out = out };

	if (n > MAX_TEXT)
		return err_set(err, ERR_LIMIT, "the template is over %d bytes", MAX_TEXT);
	while (r.at < r.end) {
		const char *where = r.at;

		if (starts_at(&r, r.open)) {
			r.at += strlen(r.open);
			if (!read_tag(&r, where, err))
				return false;
		} else if (!starts_at(&r, "[[") || !read_marker(&r)) {
			r.at++;
		}
	}
	push_text(&r, r.end);
	if (r.depth > 0) {
		char what[96];

		(void)snprintf(what, sizeof what, "section '%.60s' is not closed",
		               out->list.at[r.stack[r.depth - 1]].name);
		return fail_at(&r, r.end, ERR_BAD_INPUT, what, err);
	}
	return true;
}

bool template_check(const char *text, Err *err)
{
	AUTO(Tokens) tokens = { 0 };

	return cut(text, &tokens, err);
}

/* ---- rendering ---- */

/* What a name is looked up in: the innermost section first. */
typedef struct Scope {
	const Fields *fields; /* NULL: a section over a plain value */
	const Field *self;    /* {{.}} */
	const struct Scope *outer;
} Scope;

typedef struct Renderer {
	const TemplateRender *how;
	const Zone *zone;
	Buf *out;
	size_t start, max;
	unsigned depth;
	unsigned steps;
} Renderer;

static const Field *find_in(const Scope *scope, const char *name)
{
	char canonical[FIELD_NAME];

	if (strcmp(name, ".") == 0)
		return scope->self     ? scope->self
		       : scope->fields ? fields_find(scope->fields, ".")
		                       : NULL;
	field_canonical(name, canonical);
	for (; scope; scope = scope->outer) {
		const Field *f = scope->fields ? fields_find(scope->fields, canonical) : NULL;

		if (f)
			return f;
	}
	return NULL;
}

/* "a.b": only `a` is looked up through the scopes. What follows a list is looked up in
 * its first item; what follows a value is a variant of how it is written. */
static const Field *find(const Scope *scope, const char *name, const char **ret_variant)
{
	const char *dot = name[0] == '.' ? NULL : strchr(name, '.');
	char first[MAX_NAME + 1];
	const Field *f;

	*ret_variant = "";
	text_copy(first, dot ? (size_t)(dot - name) + 1 : sizeof first, name);
	f = find_in(scope, first);
	while (f && dot) {
		const char *rest = dot + 1;
		char canonical[FIELD_NAME];

		if (f->kind != FIELD_LIST) {
			*ret_variant = rest;
			return f->kind == FIELD_INSTANT ? f : NULL;
		}
		dot = strchr(rest, '.');
		text_copy(first, dot ? (size_t)(dot - rest) + 1 : sizeof first, rest);
		f = f->items ? fields_find(f->items, field_canonical(first, canonical)) : NULL;
	}
	return f;
}

static bool in_limits(Renderer *r, Err *err)
{
	if (++r->steps > MAX_STEPS)
		return err_set(err, ERR_LIMIT, "the template takes over %d steps", MAX_STEPS);
	if (r->out->over || r->out->n - r->start > r->max)
		return err_set(err, ERR_LIMIT, "the text is over %zu bytes", r->max);
	return true;
}

static void add_slack(Buf *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '&': buf_text(out, "&amp;"); break;
		case '<': buf_text(out, "&lt;"); break;
		case '>': buf_text(out, "&gt;"); break;
		default: buf_char(out, *s);
		}
	}
}

static void add_json(Buf *out, const char *s)
{
	AUTO(Buf) quoted = { 0 };

	buf_json(&quoted, s);
	buf_add(out, buf_str(&quoted) + 1, quoted.n - 2);
}

/* A value is one line of the layout: its own line breaks become \v, and no other
 * control character can pass for a mark of the layout. */
static void add_markup(Buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			buf_char(out, '\v');
		else if ((unsigned char)*s >= 0x20 && *s != 0x7f)
			buf_char(out, *s);
		else if (*s == '\t')
			buf_char(out, ' ');
	}
}

void add_escaped(Buf *out, TemplateOut kind, const char *s)
{
	switch (kind) {
	case OUT_PLAIN: buf_text(out, s); break;
	case OUT_HTML: buf_html(out, s); break;
	case OUT_SLACK: add_slack(out, s); break;
	case OUT_JSON: add_json(out, s); break;
	case OUT_MARKUP: add_markup(out, s); break;
	}
}

static bool print_variable(Renderer *r, const Token *t, const Scope *scope, Err *err)
{
	const char *variant;
	const Field *f = find(scope, t->name, &variant);
	AUTO(Buf) text = { .max = r->max + 1 };

	if (f)
		field_print(f, variant, r->how->lang, r->zone, &text);
	if (text.n == 0 && !r->how->lenient)
		return err_set(err, ERR_CONFIG, "field '%s' is empty", t->name);
	add_escaped(r->out, t->kind == TOKEN_RAW ? OUT_PLAIN : r->how->out, buf_str(&text));
	return true;
}

static bool render_tokens(Renderer *r, const Tokens *all, size_t from, size_t to,
                          const Scope *scope, Err *err);

static bool render_section(Renderer *r, const Tokens *all, size_t at, const Scope *scope, Err *err)
{
	const char *variant;
	const Field *f = find(scope, all->list.at[at].name, &variant);
	size_t end = all->list.at[at].close;

	if (field_is_empty(f))
		return true;
	if (f->kind != FIELD_LIST)
		return render_tokens(r, all, at + 1, end, &(Scope){ NULL, f, scope }, err);
	for (const Fields *item = f->items; item; item = item->next_item) {
		if (!render_tokens(r, all, at + 1, end, &(Scope){ item, NULL, scope }, err))
			return false;
	}
	return true;
}

/* Each line of the partial gets the blanks that stood before its tag; lines that
 * come out of its variables do not. */
static void indent_text(const char *text, const char *indent, size_t n, Buf *out)
{
	while (*text) {
		size_t line = strcspn(text, "\n");

		line += text[line] == '\n';
		buf_add(out, indent, n);
		buf_add(out, text, line);
		text += line;
	}
}

static bool render_text(Renderer *r, const char *text, const Scope *scope, Err *err);

static bool render_partial(Renderer *r, const Token *t, const Scope *scope, Err *err)
{
	const char *text = r->how->partial ? r->how->partial(r->how->ctx, t->name) : NULL;
	AUTO(Buf) indented = { .max = MAX_TEXT };
	bool ok;

	if (!text)
		return true;
	if (r->depth == TEMPLATE_DEPTH)
		return err_set(err, ERR_LIMIT, "partial '%s' is nested too deep", t->name);
	indent_text(text, t->at, t->n, &indented);
	if (indented.over)
		return err_set(err, ERR_LIMIT, "partial '%s' is too long", t->name);
	r->depth++;
	ok = render_text(r, buf_str(&indented), scope, err);
	r->depth--;
	return ok || (r->depth == 0 && err_wrap(err, "partial '%s'", t->name));
}

static bool render_tokens(Renderer *r, const Tokens *all, size_t from, size_t to,
                          const Scope *scope, Err *err)
{
	const char *variant;

	for (size_t i = from; i < to; i++) {
		const Token *t = &all->list.at[i];
		bool ok = in_limits(r, err);

		switch (t->kind) {
		case TOKEN_TEXT: buf_add(r->out, t->at, t->n); break;
		case TOKEN_VARIABLE:
		case TOKEN_RAW: ok = ok && print_variable(r, t, scope, err); break;
		case TOKEN_SECTION:
			ok = ok && render_section(r, all, i, scope, err);
			i = t->close;
			break;
		case TOKEN_INVERTED:
			ok = ok && (!field_is_empty(find(scope, t->name, &variant)) ||
			            render_tokens(r, all, i + 1, t->close, scope, err));
			i = t->close;
			break;
		case TOKEN_PARTIAL: ok = ok && render_partial(r, t, scope, err); break;
		case TOKEN_CLOSE: break;
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool render_text(Renderer *r, const char *text, const Scope *scope, Err *err)
{
	AUTO(Tokens) tokens = { 0 };

	return cut(text, &tokens, err) && render_tokens(r, &tokens, 0, tokens.list.n, scope, err) &&
	       in_limits(r, err);
}

bool template_render(const char *text, const Fields *f, const TemplateRender *how, Buf *out,
                     Err *err)
{
	Renderer r = { .how = how,
		       .zone = how->zone ? how->zone : zone_utc(),
		       .out = out,
		       .start = out->n,
		       .max = how->max ? how->max : MAX_TEXT };

	return render_text(&r, text, &(Scope){ f, NULL, NULL }, err);
}
