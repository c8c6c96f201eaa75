/* libyaml's events → nodes. libyaml checks the syntax and gives places in code
 * points; anchors, merge keys, duplicates and all limits are ours. */
#include "plan/cut.h"

#include "core/alloc.h"
#include "core/map.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

static const size_t WEIGHT_MAX = SIZE_MAX / 4;

typedef struct Reading {
	Report *report;
	Arena *arena;
	yaml_parser_t parser;
	Map anchors;
	const Cut *cut; /* what the text is the rest of; NULL: it is the whole */
	size_t nodes, max;
	size_t merged;     /* pairs brought in by << */
	size_t long_texts; /* weight of the file's own texts beyond one each */
	bool failed;       /* reported: unwind without another word */
} Reading;

static Extent extent_of(const Reading *r, yaml_mark_t from, yaml_mark_t to)
{
	size_t first = r->cut ? cut_line(r->cut, from.line) : from.line;
	size_t last = from.line == to.line ? first : r->cut ? cut_line(r->cut, to.line) : to.line;

	return (Extent){ { r->report->path, (unsigned)first + 1, (unsigned)from.column + 1 },
		         (unsigned)last + 1,
		         (unsigned)to.column + 1 };
}

static Node *fail(Reading *r, FindingCode code, Extent where, const char *related, const char *what,
                  const char *name)
{
	if (!r->failed)
		findings_add(r->report, code, where, NULL, plan_finding_infos[code].what[0],
		             related, name ? "%s '%.60s'" : "%s", what, name);
	r->failed = true;
	return NULL;
}

/* What to do about the mistakes people really make. */
static const char *hint_for(const char *problem)
{
	static const char *const hints[][2] = {
		{ "found a tab", "Indent with spaces: YAML forbids tabs there." },
		{ "mapping values are not allowed",
		  "Line the key up with its neighbours; a value that holds ': ' needs quotes." },
		{ "unexpected end of stream", "Close the quote that was opened." },
		{ "expected ','", "Close the brace, or put a comma between the two." },
		{ "found character that cannot start any token",
		  "Put the value in quotes: it begins with a sign that YAML keeps for itself." },
		{ "did not find expected key", "Line the key up with its neighbours." },
	};

	for (size_t i = 0; i < COUNT_OF(hints); i++) {
		if (problem && strstr(problem, hints[i][0]))
			return hints[i][1];
	}
	return plan_finding_infos[F_P04].what[0];
}

/* libyaml says where the problem is and, often, where the construct began. */
static void syntax_error(Reading *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *where = p->context ? p->context : "";
	char related[120] = "", message[200];
	Extent at = extent_of(r, p->problem_mark, p->problem_mark);
	FindingCode code = F_P04;

	if (p->problem && strstr(p->problem, "exceeded maximum depth"))
		code = F_P07;
	if (p->context && p->context_mark.line != p->problem_mark.line)
		(void)snprintf(related, sizeof related, "begun at line %zu, column %zu",
		               p->context_mark.line + 1, p->context_mark.column + 1);
	(void)snprintf(message, sizeof message, "%s%s%s",
	               p->problem ? p->problem : "the text ends too early", *where ? ", " : "",
	               where);
	at.end_column++;
	if (!r->failed)
		findings_add(r->report, code, at, NULL,
		             code == F_P04 ? hint_for(p->problem)
		                           : plan_finding_infos[code].what[0],
		             *related ? related : NULL, "%s", message);
	r->failed = true;
}

static bool next_event(Reading *r, yaml_event_t *ev)
{
	if (r->failed)
		return false;
	if (yaml_parser_parse(&r->parser, ev))
		return true;
	syntax_error(r);
	return false;
}

static Node *new_node(Reading *r, NodeKind kind, const yaml_event_t *ev)
{
	Extent where = extent_of(r, ev->start_mark, ev->end_mark);
	Node *node;

	if (++r->nodes > r->max)
		return fail(r, F_P08, where, NULL,
		            r->max == PLAN_VALUES ? "the file holds more than 16 million values"
		                                  : "the file holds more values than allowed here",
		            NULL);
	node = ARENA_NEW(r->arena, Node);
	node->kind = kind;
	node->where = where;
	node->weight = 1;
	node->depth = 1;
	return node;
}

static void add_weight(Node *node, const Node *child)
{
	node->weight += child->weight;
	if (node->weight > WEIGHT_MAX)
		node->weight = WEIGHT_MAX; /* no overflow however it multiplies */
	if (child->depth >= node->depth)
		node->depth = child->depth + 1;
}

static void remember(Reading *r, const yaml_char_t *anchor, Node *node)
{
	if (anchor && node)
		(void)map_put(&r->anchors, (const char *)anchor, node);
}

static Node *read_node(Reading *r, const yaml_event_t *ev, unsigned depth);

static Node *read_scalar(Reading *r, const yaml_event_t *ev)
{
	const yaml_char_t *tag = ev->data.scalar.tag;
	Node *node = new_node(r, NODE_SCALAR, ev);

	if (!node)
		return NULL;
	if (tag)
		return fail(r, F_P11, node->where, NULL,
		            "a tag is not part of the plan language:", (const char *)tag);
	if (memchr(ev->data.scalar.value, 0, ev->data.scalar.length))
		return fail(r, F_P11, node->where, NULL, "a text holds a NUL character", NULL);
	node->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	node->text =
	        arena_text_n(r->arena, (const char *)ev->data.scalar.value, ev->data.scalar.length);
	node->written = node->text;
	node->weight += ev->data.scalar.length / 64; /* an aliased novel is not one value */
	r->long_texts += ev->data.scalar.length / 64;
	remember(r, ev->data.scalar.anchor, node);
	return node;
}

static Node *read_alias(Reading *r, const yaml_event_t *ev)
{
	const char *name = (const char *)ev->data.alias.anchor;
	Node *node = map_get(&r->anchors, name);

	/* An anchor is known once its node is complete, so that none contains itself. */
	if (!node)
		return fail(r, F_P06, extent_of(r, ev->start_mark, ev->end_mark), NULL,
		            "there is no anchor before the alias", name);
	return node;
}

static bool fits(Reading *r, const Node *node)
{
	if (node->weight > NODE_BUDGET + r->nodes + r->long_texts)
		fail(r, F_P08, node->where, NULL,
		     "the aliases below multiply into more than a million values", NULL);
	else if (node->depth > NODE_DEPTH)
		fail(r, F_P07, node->where, NULL, "more than 64 levels are nested here", NULL);
	return !r->failed;
}

static Node *read_list(Reading *r, const yaml_event_t *start, unsigned depth)
{
	Node *node = new_node(r, NODE_LIST, start);
	LIST(Node *) items = { 0 };
	yaml_event_t ev;

	if (node && start->data.sequence_start.tag)
		node = fail(r, F_P11, node->where, NULL, "a tag is not part of the plan language:",
		            (const char *)start->data.sequence_start.tag);
	while (node && next_event(r, &ev)) {
		bool end = ev.type == YAML_SEQUENCE_END_EVENT;
		Node *item = end ? NULL : read_node(r, &ev, depth + 1);

		if (item) {
			list_add(&items, item);
			add_weight(node, item);
		}
		yaml_event_delete(&ev);
		if (end)
			break;
	}
	if (node && !r->failed) {
		node->n = items.n;
		node->items = ARENA_ARRAY(r->arena, Node *, items.n + 1);
		if (items.n)
			memcpy(node->items, items.at, items.n * sizeof *items.at);
	}
	list_free(&items);
	return r->failed ? NULL : node;
}

/* ---- maps ---- */

typedef struct MapReading {
	LIST(NodePair) pairs;
	LIST(Node *) merges; /* the values of << */
	Map seen;
} MapReading;

void node_duplicate(Report *r, const Node *key, unsigned first_line)
{
	char related[64];

	(void)snprintf(related, sizeof related, "first at line %u", first_line);
	findings_add(r, F_P05, key->where, NULL, plan_finding_infos[F_P05].what[0], related,
	             "duplicate key '%.60s'", key->text);
}

static void add_pair(Reading *r, MapReading *m, Node *map, Node *key, Node *value)
{
	const Node *first = map_put(&m->seen, key->text, key);

	if (first) {
		node_duplicate(r->report, key, first->where.at.line);
		(void)map_put(&m->seen, key->text, (void *)(uintptr_t)first);
		return;
	}
	list_add(&m->pairs, ((NodePair){ key, value, false }));
	add_weight(map, value);
}

static void read_pairs(Reading *r, MapReading *m, Node *map, unsigned depth)
{
	yaml_event_t ev;

	while (next_event(r, &ev)) {
		bool end = ev.type == YAML_MAPPING_END_EVENT;
		Node *key = end ? NULL : read_node(r, &ev, depth + 1), *value = NULL;

		yaml_event_delete(&ev);
		if (end)
			return;
		if (key && key->kind != NODE_SCALAR)
			key = fail(r, F_P11, key->where, NULL, "a key must be text", NULL);
		if (key && next_event(r, &ev)) {
			value = read_node(r, &ev, depth + 1);
			yaml_event_delete(&ev);
		}
		if (!value)
			return;
		if (key->plain && text_eq(key->text, "<<"))
			list_add(&m->merges, value);
		else
			add_pair(r, m, map, key, value);
	}
}

/* Keys already there win; among merged maps, the first. */
static void merge_map(Reading *r, MapReading *m, Node *map, const Node *from)
{
	if (from->kind != NODE_MAP) {
		fail(r, F_P10, from->where, NULL, "the merge key << takes a map, not this", NULL);
		return;
	}
	for (size_t i = 0; i < from->n && !r->failed; i++) {
		const NodePair *pair = &from->pairs[i];

		if (map_get(&m->seen, pair->key->text))
			continue;
		if (++r->merged > NODE_BUDGET) {
			fail(r, F_P08, map->where, NULL,
			     "the merge keys multiply into more than a "
			     "million values",
			     NULL);
			return;
		}
		(void)map_put(&m->seen, pair->key->text, pair->key);
		list_add(&m->pairs, ((NodePair){ pair->key, pair->value, true }));
		add_weight(map, pair->value);
	}
}

static void merge_all(Reading *r, MapReading *m, Node *map)
{
	for (size_t i = 0; i < m->merges.n && !r->failed; i++) {
		const Node *from = m->merges.at[i];

		if (from->kind != NODE_LIST) {
			merge_map(r, m, map, from);
			continue;
		}
		for (size_t j = 0; j < from->n && !r->failed; j++)
			merge_map(r, m, map, from->items[j]);
	}
}

static Node *read_map(Reading *r, const yaml_event_t *start, unsigned depth)
{
	Node *node = new_node(r, NODE_MAP, start);
	MapReading m = { 0 };

	if (node && start->data.mapping_start.tag)
		node = fail(r, F_P11, node->where, NULL, "a tag is not part of the plan language:",
		            (const char *)start->data.mapping_start.tag);
	if (node) {
		read_pairs(r, &m, node, depth);
		merge_all(r, &m, node);
	}
	if (node && !r->failed) {
		node->n = m.pairs.n;
		node->pairs = ARENA_ARRAY(r->arena, NodePair, m.pairs.n + 1);
		if (m.pairs.n)
			memcpy(node->pairs, m.pairs.at, m.pairs.n * sizeof *m.pairs.at);
	}
	list_free(&m.pairs);
	list_free(&m.merges);
	Map_done(&m.seen);
	return r->failed ? NULL : node;
}

static Node *read_node(Reading *r, const yaml_event_t *ev, unsigned depth)
{
	const yaml_char_t *anchor = NULL;
	Node *node = NULL;

	if (depth > NODE_DEPTH)
		return fail(r, F_P07, extent_of(r, ev->start_mark, ev->end_mark), NULL,
		            "more than 64 levels are nested here", NULL);
	if (ev->type == YAML_ALIAS_EVENT)
		return read_alias(r, ev);
	if (ev->type == YAML_SCALAR_EVENT)
		return read_scalar(r, ev);
	if (ev->type == YAML_SEQUENCE_START_EVENT) {
		anchor = ev->data.sequence_start.anchor;
		node = read_list(r, ev, depth);
	} else if (ev->type == YAML_MAPPING_START_EVENT) {
		anchor = ev->data.mapping_start.anchor;
		node = read_map(r, ev, depth);
	}
	if (!node || !fits(r, node))
		return NULL;
	remember(r, anchor, node);
	return node;
}

/* Stream and document events around one root node. */
static Node *read_stream(Reading *r)
{
	Node *root = NULL;
	yaml_event_t ev;
	bool end = false;

	while (!end && next_event(r, &ev)) {
		if (ev.type == YAML_DOCUMENT_START_EVENT && root)
			fail(r, F_P11, extent_of(r, ev.start_mark, ev.end_mark), NULL,
			     "a second document begins here; a plan is one", NULL);
		else if (ev.type != YAML_STREAM_START_EVENT && ev.type != YAML_STREAM_END_EVENT &&
		         ev.type != YAML_DOCUMENT_START_EVENT && ev.type != YAML_DOCUMENT_END_EVENT)
			root = read_node(r, &ev, 1);
		end = ev.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&ev);
	}
	if (!root && !r->failed)
		fail(r, F_P01, (Extent){ { r->report->path, 0, 0 }, 0, 0 }, NULL,
		     "the file holds comments only", NULL);
	return r->failed ? NULL : root;
}

static Node *read_text(Report *report, Arena *arena, const char *text, size_t n, size_t max,
                       const Cut *cut)
{
	Reading r = { .report = report, .arena = arena, .max = max, .cut = cut };
	Node *root = NULL;

	if (!yaml_parser_initialize(&r.parser)) {
		fail(&r, F_P01, (Extent){ 0 }, NULL, "the YAML reader cannot start", NULL);
		return NULL;
	}
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, n);
	root = read_stream(&r);
	yaml_parser_delete(&r.parser);
	Map_done(&r.anchors);
	return root;
}

Node *node_read(Report *report, Arena *arena, const char *text, size_t n, size_t max)
{
	return read_text(report, arena, text, n, max, NULL);
}

Node *node_read_rest(Report *report, Arena *arena, const Cut *cut, size_t max)
{
	return read_text(report, arena, buf_str(&cut->rest), cut->rest.n, max, cut);
}

const NodePair *node_pair(const Node *map, const char *key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++) {
		if (text_eq(map->pairs[i].key->text, key))
			return &map->pairs[i];
	}
	return NULL;
}

Node *node_get(const Node *map, const char *key)
{
	const NodePair *pair = node_pair(map, key);

	return pair ? pair->value : NULL;
}
