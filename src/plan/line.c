/* A reader of simple entries that knows when it does not understand. One grammar serves
 * both passes: looking (no arena) and making nodes. */
#include "plan/line.h"

#include <string.h>

enum { NESTED = 6, KEYS = 48, KEY = 100 };

typedef struct Reading {
	const char *text;
	size_t at, end;   /* end: of the line */
	size_t n;         /* of the text */
	size_t begun;     /* of the line */
	unsigned line;    /* 0-based, as libyaml counts */
	Arena *arena;     /* NULL: only looking */
	const char *path; /* the file's, for places */
	bool flow;        /* inside brackets */
	bool filled;      /* a ${ was met */
	size_t counted;   /* columns are counted up to here: */
	unsigned column;  /* from 1 */
} Reading;

size_t line_end(const char *text, size_t n, size_t at)
{
	const char *end = at < n ? memchr(text + at, '\n', n - at) : NULL;

	return end ? (size_t)(end - text) : n;
}

/* ---- characters ---- */

enum { WORD = 1, FIRST = 2, KEYED = 4 };

/* What may stand in a text without quotes, begin one, or stand in a key. Fewer than YAML
 * allows: what is missing has a meaning somewhere. */
static const unsigned char classes[256] = {
#define ALL WORD | FIRST | KEYED
	['0'] = ALL,          ['1'] = ALL,
	['2'] = ALL,          ['3'] = ALL,
	['4'] = ALL,          ['5'] = ALL,
	['6'] = ALL,          ['7'] = ALL,
	['8'] = ALL,          ['9'] = ALL,
	['a'] = ALL,          ['b'] = ALL,
	['c'] = ALL,          ['d'] = ALL,
	['e'] = ALL,          ['f'] = ALL,
	['g'] = ALL,          ['h'] = ALL,
	['i'] = ALL,          ['j'] = ALL,
	['k'] = ALL,          ['l'] = ALL,
	['m'] = ALL,          ['n'] = ALL,
	['o'] = ALL,          ['p'] = ALL,
	['q'] = ALL,          ['r'] = ALL,
	['s'] = ALL,          ['t'] = ALL,
	['u'] = ALL,          ['v'] = ALL,
	['w'] = ALL,          ['x'] = ALL,
	['y'] = ALL,          ['z'] = ALL,
	['A'] = ALL,          ['B'] = ALL,
	['C'] = ALL,          ['D'] = ALL,
	['E'] = ALL,          ['F'] = ALL,
	['G'] = ALL,          ['H'] = ALL,
	['I'] = ALL,          ['J'] = ALL,
	['K'] = ALL,          ['L'] = ALL,
	['M'] = ALL,          ['N'] = ALL,
	['O'] = ALL,          ['P'] = ALL,
	['Q'] = ALL,          ['R'] = ALL,
	['S'] = ALL,          ['T'] = ALL,
	['U'] = ALL,          ['V'] = ALL,
	['W'] = ALL,          ['X'] = ALL,
	['Y'] = ALL,          ['Z'] = ALL,
	['_'] = ALL,
#undef ALL
	['/'] = WORD | FIRST, ['.'] = WORD | FIRST | KEYED,
	['-'] = WORD | KEYED, ['+'] = WORD,
	['%'] = WORD,         ['~'] = WORD,
	['='] = WORD,         ['*'] = WORD,
	['('] = WORD,         [')'] = WORD,
	[';'] = WORD,         ['^'] = WORD,
	['<'] = WORD,         ['>'] = WORD,
	['@'] = WORD,
};

static unsigned char here(const Reading *r)
{
	return r->at < r->end ? (unsigned char)r->text[r->at] : '\n';
}

static bool is(const Reading *r, unsigned char class) { return classes[here(r)] & class; }

/* A character of two bytes from U+00C0 on: a letter, never a line break or a blank. */
static bool is_letter_of_two(const Reading *r)
{
	return here(r) >= 0xC3 && here(r) <= 0xDF && r->at + 1 < r->end &&
	       ((unsigned char)r->text[r->at + 1] & 0xC0) == 0x80;
}

static void skip_blanks(Reading *r)
{
	while (here(r) == ' ')
		r->at++;
}

/* ---- nodes ---- */

/* Places are asked for from left to right: counting goes on where it stopped. */
static Place place_at(Reading *r, size_t at)
{
	if (r->counted < r->begun || r->counted > at) {
		r->counted = r->begun;
		r->column = 1;
	}
	for (; r->counted < at; r->counted++)
		r->column += ((unsigned char)r->text[r->counted] & 0xC0) != 0x80;
	return (Place){ r->path, r->line + 1, r->column };
}

static Node *node_at(Reading *r, NodeKind kind, size_t from, size_t to)
{
	Node *node = ARENA_NEW(r->arena, Node);
	Place start = place_at(r, from), end = place_at(r, to);

	node->kind = kind;
	node->where = (Extent){ start, end.line, end.column };
	node->weight = 1;
	node->depth = 1;
	return node;
}

static bool scalar(Reading *r, size_t from, size_t to, bool plain, Node **ret)
{
	size_t quote = plain ? 0 : 1;

	if (!r->arena)
		return true;
	*ret = node_at(r, NODE_SCALAR, from, to);
	(*ret)->plain = plain;
	(*ret)->text = arena_text_n(r->arena, r->text + from + quote, to - from - 2 * quote);
	(*ret)->written = (*ret)->text;
	(*ret)->weight += (to - from - 2 * quote) / 64;
	return true;
}

static void count(Node *parent, const Node *child)
{
	parent->weight += child->weight;
	if (child->depth >= parent->depth)
		parent->depth = child->depth + 1;
}

/* ---- the grammar ---- */

static bool read_quoted(Reading *r, Node **ret)
{
	unsigned char quote = here(r);
	size_t from = r->at++;

	while (here(r) != quote) {
		unsigned char c = here(r);

		if (is_letter_of_two(r))
			r->at++;
		else if (c < ' ' || c > '~' || (c == '\\' && quote == '"'))
			return false;
		r->filled = r->filled || c == '$';
		r->at++;
	}
	r->at++;
	/* '' in single quotes is one quote: not read here. */
	return here(r) != quote && scalar(r, from, r->at, false, ret);
}

/* ':' inside a word: only before what cannot end the word. */
static bool is_inner_colon(const Reading *r)
{
	return here(r) == ':' && r->at + 1 < r->end &&
	       (classes[(unsigned char)r->text[r->at + 1]] & FIRST);
}

static bool read_plain(Reading *r, unsigned char first, unsigned char class, Node **ret)
{
	size_t from = r->at, to = from;

	if (!is(r, first) && !is_letter_of_two(r))
		return false;
	for (;;) {
		if (is_letter_of_two(r))
			r->at += 2;
		else if (is(r, class) || (class == WORD && is_inner_colon(r)))
			r->at++;
		else if (class == WORD && here(r) == ' ') {
			r->at++;
			continue; /* part of the text only if more of it follows */
		} else
			break;
		to = r->at;
	}
	r->at = to;
	return scalar(r, from, to, true, ret);
}

static bool read_value(Reading *r, unsigned depth, Node **ret);

/* A name that YAML cannot take for anything else, and the ": " behind it. */
static bool read_key(Reading *r, Node **ret)
{
	size_t from = r->at;
	bool ok = here(r) == '"' ? read_quoted(r, ret) : read_plain(r, FIRST, KEYED, ret);

	return ok && r->at - from < KEY && here(r) == ':' && ++r->at;
}

typedef struct Keys {
	size_t n, from[KEYS], to[KEYS];
} Keys;

static bool is_new_key(const Reading *r, Keys *k, size_t from, size_t to)
{
	for (size_t i = 0; i < k->n; i++) {
		if (k->to[i] - k->from[i] == to - from &&
		    memcmp(r->text + k->from[i], r->text + from, to - from) == 0)
			return false;
	}
	if (k->n == KEYS)
		return false;
	k->from[k->n] = from;
	k->to[k->n++] = to;
	return true;
}

/* `"a"` and `a` are one key: compared without quotes. */
static bool note_key(const Reading *r, Keys *k, size_t from)
{
	size_t quote = r->text[from] == '"', to = r->at - 1;

	return is_new_key(r, k, from + quote, to - quote);
}

static void keep_pairs(const Reading *r, Node *map, const NodePair *pairs, size_t n)
{
	if (!r->arena)
		return;
	map->n = n;
	map->pairs = ARENA_ARRAY(r->arena, NodePair, n + 1);
	if (n)
		memcpy(map->pairs, pairs, n * sizeof *pairs);
	for (size_t i = 0; i < n; i++)
		count(map, pairs[i].value);
}

static bool read_pair(Reading *r, unsigned depth, Keys *keys, NodePair *pair)
{
	size_t from = r->at;

	if (!read_key(r, &pair->key) || !note_key(r, keys, from) || here(r) != ' ')
		return false;
	skip_blanks(r);
	return read_value(r, depth + 1, &pair->value);
}

/* What stands between two members: true with *more, or at the bracket that closes. */
static bool read_comma(Reading *r, unsigned char close, bool *more)
{
	skip_blanks(r);
	*more = here(r) == ',';
	if (!*more)
		return here(r) == close;
	r->at++;
	skip_blanks(r);
	return here(r) != close;
}

static bool read_flow_map(Reading *r, unsigned depth, Node **ret)
{
	NodePair pairs[KEYS] = { 0 };
	Keys keys = { 0 };
	bool more = true, outer = r->flow;

	if (r->arena)
		*ret = node_at(r, NODE_MAP, r->at, r->at + 1);
	r->flow = true;
	r->at++;
	skip_blanks(r);
	if (here(r) == '}')
		more = false;
	while (more) {
		if (keys.n == KEYS || !read_pair(r, depth, &keys, &pairs[keys.n]) ||
		    !read_comma(r, '}', &more))
			return false;
	}
	r->at++;
	r->flow = outer;
	keep_pairs(r, r->arena ? *ret : NULL, pairs, keys.n);
	return true;
}

static bool read_flow_list(Reading *r, unsigned depth, Node **ret)
{
	Node *items[KEYS] = { 0 };
	bool more = true, outer = r->flow;
	size_t n = 0;

	if (r->arena)
		*ret = node_at(r, NODE_LIST, r->at, r->at + 1);
	r->flow = true;
	r->at++;
	skip_blanks(r);
	if (here(r) == ']')
		more = false;
	while (more) {
		if (n == KEYS || !read_value(r, depth + 1, &items[n++]) ||
		    !read_comma(r, ']', &more))
			return false;
	}
	r->at++;
	r->flow = outer;
	if (!r->arena)
		return true;
	(*ret)->n = n;
	(*ret)->items = ARENA_ARRAY(r->arena, Node *, n + 1);
	for (size_t i = 0; i < n; i++) {
		(*ret)->items[i] = items[i];
		count(*ret, items[i]);
	}
	return true;
}

/* In brackets a value may be a key as well ("[a: b]"): refused by what must follow it. */
static bool read_value(Reading *r, unsigned depth, Node **ret)
{
	if (depth > NESTED)
		return false;
	switch (here(r)) {
	case '{': return read_flow_map(r, depth, ret);
	case '[': return read_flow_list(r, depth, ret);
	case '"':
	case '\'': return read_quoted(r, ret);
	default: return read_plain(r, FIRST, WORD, ret);
	}
}

/* The rest of a line: blanks, perhaps a comment in plain characters. */
static bool read_rest(Reading *r)
{
	bool apart = here(r) == ' ';

	skip_blanks(r);
	if (here(r) == '#' && apart) {
		while (r->at < r->end && here(r) >= ' ' && here(r) <= '~')
			r->at++;
	}
	return r->at == r->end;
}

bool line_is_idle(const char *text, size_t n, size_t at)
{
	Reading r = { .text = text, .n = n, .at = at, .end = line_end(text, n, at) };

	skip_blanks(&r);
	if (here(&r) == '#') {
		while (r.at < r.end && here(&r) >= ' ' && here(&r) <= '~')
			r.at++;
	}
	return r.at == r.end;
}

static size_t indent_at(const Reading *r, size_t at)
{
	size_t n = 0;

	while (at + n < r->n && r->text[at + n] == ' ')
		n++;
	return n;
}

static void next_line(Reading *r)
{
	r->begun = r->at = r->end + 1;
	r->end = line_end(r->text, r->n, r->at);
	r->line++;
}

/* The indent of the next line that holds something; 0 at the end, SIZE_MAX with a tab. A line that is deeper
 * than the entry would go on with its last value. */
static size_t next_indent(const Reading *r)
{
	size_t at = r->end < r->n ? r->end + 1 : r->n, indent;

	while (at < r->n && line_is_idle(r->text, r->n, at))
		at = line_end(r->text, r->n, at) + 1;
	if (at >= r->n)
		return 0;
	indent = indent_at(r, at);
	return at + indent < r->n && (unsigned char)r->text[at + indent] < ' ' ? SIZE_MAX : indent;
}

/* The keys of an entry, one per line below its name. */
static bool read_block(Reading *r, unsigned indent, Node **ret)
{
	NodePair pairs[KEYS] = { 0 };
	Keys keys = { 0 };
	size_t inner;

	if (r->end >= r->n || (inner = indent_at(r, r->end + 1)) <= indent)
		return false;
	do {
		next_line(r);
		r->at += inner;
		if (keys.n == 0 && r->arena)
			*ret = node_at(r, NODE_MAP, r->at, r->at);
		if (keys.n == KEYS || !read_pair(r, 1, &keys, &pairs[keys.n]) || !read_rest(r))
			return false;
	} while (r->end < r->n && indent_at(r, r->end + 1) == inner &&
	         !line_is_idle(r->text, r->n, r->end + 1));
	keep_pairs(r, r->arena ? *ret : NULL, pairs, keys.n);
	return true;
}

static bool read_entry(Reading *r, unsigned indent, NodePair *pair)
{
	r->at = r->begun + indent;
	if (!is(r, FIRST) || !read_key(r, &pair->key))
		return false;
	if (here(r) == ' ') {
		skip_blanks(r);
		return here(r) == '{' && read_flow_map(r, 1, &pair->value) && read_rest(r);
	}
	return r->at == r->end && read_block(r, indent, &pair->value);
}

bool line_entry(const char *text, size_t n, size_t at, unsigned indent, LineEntry *ret)
{
	Reading r = { .text = text, .n = n, .at = at, .begun = at, .end = line_end(text, n, at) };
	NodePair pair;

	if (!read_entry(&r, indent, &pair) || next_indent(&r) > indent || r.end - at > 1 << 20)
		return false;
	*ret = (LineEntry){ .at = at, .n = (unsigned)(r.end - at), .settled = !r.filled };
	return true;
}

NodePair line_read(Arena *a, const Report *report, const LineEntry *e, unsigned indent)
{
	Reading r = { .text = report->text,
		      .n = report->n,
		      .at = e->at,
		      .begun = e->at,
		      .end = line_end(report->text, report->n, e->at),
		      .line = e->line - 1,
		      .arena = a,
		      .path = report->path };
	NodePair pair = { 0 };

	(void)read_entry(&r, indent, &pair);
	return pair;
}
