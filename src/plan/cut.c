/* Cutting the certain lines out of a plan, and knowing afterwards that it was right. */
#include "plan/cut.h"

#include "core/text.h"

/* Fewer are not worth a second look at the file. */
enum { WORTH = 4 };

/* "checks:" and nothing more, at the beginning of a line. SIZE_MAX: not so. */
static size_t find_section(const char *text, size_t n, const char *section, unsigned *ret_line)
{
	size_t length = strlen(section), at = 0;

	for (*ret_line = 1; at < n; at = line_end(text, n, at) + 1, ++*ret_line) {
		if (n - at > length && text[at + length] == ':' &&
		    memcmp(text + at, section, length) == 0 &&
		    line_is_idle(text, n, at + length + 1))
			return at;
	}
	return SIZE_MAX;
}

static unsigned blanks(const char *text, size_t n, size_t at)
{
	size_t i = at;

	while (i < n && text[i] == ' ')
		i++;
	return (unsigned)(i - at);
}

/* The work of cutting: what is left is copied in one piece up to what goes. */
typedef struct Cutting {
	Cut *cut;
	const char *text;
	size_t n, at;
	unsigned line; /* of `at` */
	size_t copied; /* the text up to here is dealt with */
	size_t out;    /* lines taken out so far */
	bool run;      /* in a run: its witness stays, what follows goes */
} Cutting;

static unsigned lines_of(const char *text, size_t from, size_t to)
{
	unsigned n = 0;

	for (; from < to; from = line_end(text, to, from) + 1)
		n++;
	return n;
}

/* Takes out what lies from `at` to `end`, the beginning of the next line. */
static void take_out(Cutting *k, size_t end, unsigned lines)
{
	size_t left;

	buf_add(&k->cut->rest, k->text + k->copied, k->at - k->copied);
	left = k->line - 1 - k->out;
	k->out += lines;
	if (k->cut->jumps.n && k->cut->jumps.at[k->cut->jumps.n - 1].from == left)
		k->cut->jumps.at[k->cut->jumps.n - 1].out = k->out;
	else
		list_add(&k->cut->jumps, ((CutJump){ left, k->out }));
	k->copied = end;
}

static size_t after_line(const Cutting *k, size_t at)
{
	size_t end = line_end(k->text, k->n, at);

	return end < k->n ? end + 1 : k->n;
}

static void step(Cutting *k)
{
	LineEntry e;
	size_t end = after_line(k, k->at);
	unsigned lines = 1;

	if (line_is_idle(k->text, k->n, k->at)) {
		if (k->run)
			take_out(k, end, 1);
	} else if (line_entry(k->text, k->n, k->at, k->cut->indent, &e)) {
		end = after_line(k, k->at + e.n);
		lines = lines_of(k->text, k->at, end);
		e.line = k->line;
		e.witness = !k->run;
		k->cut->witnesses += e.witness;
		if (k->run)
			take_out(k, end, lines);
		k->run = true;
		list_add(&k->cut->entries, e);
	} else {
		k->run = false;
	}
	k->at = end;
	k->line += lines;
}

static bool first_entry(Cutting *k)
{
	while (k->at < k->n && line_is_idle(k->text, k->n, k->at)) {
		k->at = after_line(k, k->at);
		k->line++;
	}
	k->cut->indent = blanks(k->text, k->n, k->at);
	return k->at < k->n && k->cut->indent > 0;
}

bool cut_plan(Cut *c, const char *text, size_t n, const char *section)
{
	Cutting k = { .cut = c, .text = text, .n = n };

	*c = (Cut){ .rest.max = n + 1 };
	k.at = find_section(text, n, section, &c->section_line);
	if (k.at == SIZE_MAX)
		return false;
	k.at = after_line(&k, k.at);
	k.line = c->section_line + 1;
	if (!first_entry(&k))
		return false;
	while (k.at < n && (line_is_idle(text, n, k.at) || blanks(text, n, k.at) >= c->indent))
		step(&k);
	buf_add(&c->rest, text + k.copied, n - k.copied);
	if (c->entries.n >= WORTH && c->witnesses * 2 <= c->entries.n)
		return true;
	cut_done(c);
	return false;
}

size_t cut_line(const Cut *c, size_t line)
{
	size_t low = 0, high = c->jumps.n; /* jumps before `low` begin at or before the line */

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (c->jumps.at[middle].from <= line)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? line + c->jumps.at[low - 1].out : line;
}

static bool is_witness(const Cut *c, const LineEntry *e, const NodePair *pair)
{
	const Extent *at = &pair->key->where;

	return !pair->merged && pair->value->kind == NODE_MAP && at->at.line == e->line &&
	       at->at.column == c->indent + 1;
}

/* One without braces begins where its first key does; two entries between braces need a
 * comma, and taking one of them out would hide that it is missing. */
static bool is_block_map(const Node *map)
{
	const Place *at = &map->where.at, *first = map->n ? &map->pairs[0].key->where.at : NULL;

	return first && at->line == first->line && at->column == first->column;
}

bool cut_holds(const Cut *c, const Node *root, const char *section)
{
	const NodePair *pair = node_pair(root, section);
	size_t found = 0, at = 0;

	if (!pair || pair->merged || pair->key->where.at.line != c->section_line ||
	    pair->key->where.at.column != 1 || pair->value->kind != NODE_MAP ||
	    !is_block_map(pair->value))
		return false;
	for (size_t i = 0; i < pair->value->n; i++) {
		const NodePair *entry = &pair->value->pairs[i];

		if (entry->merged)
			return false;
		while (at < c->entries.n && c->entries.at[at].line < entry->key->where.at.line)
			at++;
		found += at < c->entries.n && c->entries.at[at].witness &&
		         is_witness(c, &c->entries.at[at], entry);
	}
	return found == c->witnesses;
}

void cut_done(Cut *c)
{
	list_free(&c->entries);
	list_free(&c->jumps);
	Buf_done(&c->rest);
	*c = (Cut){ 0 };
}
