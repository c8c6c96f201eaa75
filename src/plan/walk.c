/* The walk: nodes and tables side by side, filling the plan's structs. It reports
 * every error it meets and goes on. What a name points at, and what several keys
 * mean together, is judged later (resolve.c, verify.c). */
#include "plan/load_private.h"
#include "plan/sections_private.h"
#include "plan/takeover.h"

#include "core/alloc.h"
#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *plan_path_text(Loader *l, const Path *path)
{
	const char *up;

	if (!path)
		return "";
	/* Names are at most 47 long; what is longer is a mistake and may be a megabyte. */
	up = path->up ? plan_path_text(l, path->up) : "";
	return arena_printf(l->scratch, "%s%s%.60s", up, *up && *path->key != '[' ? "." : "",
	                    path->key);
}

static void complain_v(const Field *f, const Node *node, FindingCode code, const char *hint,
                       const char *fmt, va_list ap) PRINTF(5, 0);
static void complain_v(const Field *f, const Node *node, FindingCode code, const char *hint,
                       const char *fmt, va_list ap)
{
	char message[FINDING_TEXT];

	(void)vsnprintf(message, sizeof message, fmt, ap);
	findings_add(&f->l->report, code, node ? node->where : (Extent){ 0 },
	             plan_path_text(f->l, f->path), hint, NULL, "%s", message);
}

void plan_complain(const Field *f, FindingCode code, const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain_v(f, f->node, code, hint, fmt, ap);
	va_end(ap);
}

void plan_complain_at(const Field *f, const Node *node, FindingCode code, const char *hint,
                      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain_v(f, node, code, hint, fmt, ap);
	va_end(ap);
}

const char *plan_keep(Loader *l, Node *scalar)
{
	if (scalar->kept)
		return scalar->kept;
	if (l->arena == l->drafts) /* gone with the entry: nothing for an alias of it */
		return arena_text(l->arena, scalar->text);
	return scalar->kept = arena_text(l->arena, scalar->text);
}

void plan_nearest_try(Nearest *n, const char *name)
{
	unsigned distance = text_distance(n->word, name);
	size_t length = strlen(n->word);

	/* A third of the word may be wrong; a beginning counts as near. */
	if (length >= 3 && strncmp(n->word, name, length) == 0 && distance > 2)
		distance = 2;
	if (distance <= (length < 3 ? 1 : 1 + length / 4) && (!n->best || distance < n->distance)) {
		n->best = name;
		n->distance = distance;
	}
}

const char *plan_nearest_text(Loader *l, const Nearest *n)
{
	return n->best ? arena_printf(l->scratch, " (did you mean '%s'?)", n->best) : "";
}

/* "a check", "an objective", "an update". */
const char *plan_article(const char *name)
{
	return strchr("aeio", *name) || text_starts(name, "up") ? "an" : "a";
}

const Choice *plan_choice_by_name(const Choice *choices, const char *name)
{
	for (; choices && choices->name; choices++) {
		if (text_eq(choices->name, name))
			return choices;
	}
	return NULL;
}

const Row *plan_table_row(const Table *t, const char *key)
{
	for (size_t i = 0; i < t->rows_n; i++) {
		if (text_eq(t->rows[i].key, key))
			return &t->rows[i];
	}
	return t->has_item && t != &schema_item ? plan_table_row(&schema_item, key) : NULL;
}

/* ---- one struct ---- */

static const char *type_names(Loader *l, const Table *t, unsigned only)
{
	AUTO(Buf) b = { 0 };

	for (const Choice *c = t->types; c->name; c++) {
		if (only & 1u << c->value)
			buf_printf(&b, "%s%s", b.n ? ", " : "", c->name);
	}
	return arena_text(l->scratch, buf_str(&b));
}

/* What people write when they mean one of our keys. */
static const char *const synonyms[][2] = {
	{ "interval", "every" },     { "frequency", "every" },  { "period", "every" },
	{ "schedule", "at" },        { "duration", "for" },     { "severity", "level" },
	{ "priority", "rank" },      { "name", "label" },       { "title", "label" },
	{ "description", "note" },   { "comment", "note" },     { "password", "secret" },
	{ "token", "secret" },       { "webhook", "secret" },   { "address", "url" },
	{ "address", "email" },      { "mail", "email" },       { "tel", "phone" },
	{ "telephone", "phone" },    { "mobile", "phone" },     { "status", "expect" },
	{ "code", "expect" },        { "host", "target" },      { "url", "target" },
	{ "command", "run" },        { "condition", "when" },   { "tags", "note" },
	{ "recipients", "to" },      { "sender", "from" },      { "tz", "timezone" },
	{ "zone", "timezone" },      { "lang", "language" },    { "environment", "env" },
	{ "database", "db" },        { "threshold", "target" }, { "response", "respond" },
	{ "resolution", "resolve" }, { "channel", "route" },    { "channels", "via" },
	{ "members", "to" },         { "source", "src" },
};

static void try_synonyms(Nearest *near, const Table *t)
{
	for (size_t i = 0; i < COUNT_OF(synonyms) && !near->best; i++) {
		if (text_distance(near->word, synonyms[i][0]) <= 1 &&
		    plan_table_row(t, synonyms[i][1]))
			near->best = synonyms[i][1];
	}
}

static void unknown_key(const Field *f, const Table *t, const Node *key)
{
	Nearest near = { .word = key->text };

	for (size_t i = 0; i < t->rows_n; i++)
		plan_nearest_try(&near, t->rows[i].key);
	for (size_t i = 0; t->has_item && i < schema_item.rows_n; i++)
		plan_nearest_try(&near, schema_item.rows[i].key);
	try_synonyms(&near, t);
	plan_complain_at(f, key, F_S02, NULL, "unknown key '%.60s' in %s %s%s", key->text,
	                 plan_article(t->name), t->name, plan_nearest_text(f->l, &near));
}

static void walk_struct(Loader *l, const Table *t, Node *map, void *into, const Path *path,
                        bool *bad);
static void walk_entries(const Field *f);
static void walk_list(const Field *f);

static bool is_empty_scalar(const Node *n)
{
	return n->kind == NODE_SCALAR && n->plain && !*n->text;
}

static void walk_value(const Field *f, void *into)
{
	bool bad = false;

	switch ((int)f->row->kind) {
	case ROW_ENTRIES: walk_entries(f); break;
	case ROW_LIST: walk_list(f); break;
	case ROW_GROUP: walk_struct(f->l, f->row->table, f->node, into, f->path, &bad); break;
	default: plan_read_value_of(f); break;
	}
}

static void walk_pair(Loader *l, const Table *t, const NodePair *pair, void *into, const Path *path)
{
	Path here = { path, pair->key->text };
	const Row *row = plan_table_row(t, pair->key->text);
	Field f = { l, row, pair->value, NULL, &here };

	if (!row) {
		unknown_key(&f, t, pair->key);
		return;
	}
	f.at = (char *)into + row->at;
	walk_value(&f, into);
}

static void require_keys(Loader *l, const Table *t, const Node *map, const Path *path,
                         const Node *place)
{
	for (size_t i = 0; i < t->rows_n; i++) {
		const Row *row = &t->rows[i];
		Field f = { l, row, NULL, NULL, path };

		if ((row->flags & REQUIRED) && !node_pair(map, row->key))
			plan_complain_at(&f, place, F_S03, NULL, "%s %s needs the key '%s': %s",
			                 plan_article(t->name), t->name, row->key, row->en);
	}
}

/* Keys that mean nothing for this entry's type. */
static void check_types(Loader *l, const Table *t, const Node *map, const void *into,
                        const Path *path)
{
	int type;

	if (!t->types || !node_pair(map, "type"))
		return;
	memcpy(&type, (const char *)into + t->type_at, sizeof type);
	for (size_t i = 0; i < map->n; i++) {
		const Row *row = plan_table_row(t, map->pairs[i].key->text);
		Field f = { l, row, NULL, NULL, &(Path){ path, map->pairs[i].key->text } };

		if (row && row->only && !(row->only & 1u << type))
			plan_complain_at(&f, map->pairs[i].key, F_S09, NULL,
			                 "the key '%s' is for type %s only", row->key,
			                 type_names(l, t, row->only));
	}
}

static void walk_struct(Loader *l, const Table *t, Node *map, void *into, const Path *path,
                        bool *bad)
{
	size_t errors = l->report.errors;
	Field f = { l, NULL, map, NULL, path };

	if (is_empty_scalar(map)) {
		require_keys(l, t, NULL, path, map);
	} else if (map->kind != NODE_MAP) {
		plan_complain(&f, F_S04, NULL, "%s %s is written as keys and values, one per line",
		              plan_article(t->name), t->name);
	} else {
		for (size_t i = 0; i < map->n; i++)
			walk_pair(l, t, &map->pairs[i], into, path);
		if (l->report.errors == errors)
			check_types(l, t, map, into, path);
		require_keys(l, t, map, path, map);
	}
	*bad = l->report.errors != errors;
}

/* ---- many structs ---- */

static bool room_for(const Field *f, size_t n)
{
	f->l->entries += n;
	if (f->l->entries <= f->l->limits.entries)
		return true;
	plan_complain(f, F_P08, NULL, "the plan has more than %zu entries", f->l->limits.entries);
	return false;
}

/* `unset` and an empty value both mean: no entries yet. */
static bool no_entries(const Node *n)
{
	return is_empty_scalar(n) ||
	       (n->kind == NODE_SCALAR && n->plain && text_eq(n->text, "unset"));
}

/* A bare scalar standing for the one key that matters: "- look at the logs". */
static bool walk_shorthand(Loader *l, const Table *t, Node *node, void *into, const Path *path,
                           bool *bad)
{
	const Row *row = t->shorthand ? plan_table_row(t, t->shorthand) : NULL;
	size_t errors = l->report.errors;

	if (!row || node->kind != NODE_SCALAR || is_empty_scalar(node))
		return false;
	plan_read_value_of(&(Field){ l, row, node, (char *)into + row->at, path });
	*bad = l->report.errors != errors;
	return true;
}

/* Entries whose settings are shared once they are read. */
static const Draft *draft_of(const Table *t)
{
	return t == &schema_check ? &schema_check_draft : NULL;
}

/* Values of a draft's rows go to the plan's share: what is equal is kept once. */
static void share_rows(Share *share, const Row *rows, size_t n, char *base)
{
	for (size_t i = 0; i < n; i++) {
		const Row *row = &rows[i];
		const char **text = (void *)(base + row->at);

		switch ((int)row->kind) {
		case ROW_TEXT:
			*text = row->flags & OWN ? share_own(share, *text)
			                         : share_text(share, *text);
			break;
		case ROW_TEXTS:
		case ROW_NAMES:
		case ROW_ARGV: {
			Texts *t = (void *)text;

			*t = share_texts(share, *t);
			break;
		}
		case ROW_PAIRS:
		case ROW_ACCEPT: {
			Pairs *p = (void *)text;

			*p = share_pairs(share, *p);
			break;
		}
		default: break; /* holds no memory, or that of a list: see walk_list() */
		}
	}
}

static void walk_entry(const Field *f, const NodePair *pair, char *into, EntryNode *remember)
{
	const Table *t = f->row->table;
	Path path = { f->path, pair->key->text };
	Field entry = { f->l, f->row, pair->value, into, &path };
	Item *item = (Item *)(void *)into;

	if (plan_form_problem(FORM_NAME, pair->key->text))
		plan_complain_at(&entry, pair->key, F_S08, plan_finding_infos[F_S08].what[0],
		                 "'%.60s' cannot be the name of %s %s", pair->key->text,
		                 plan_article(t->name), t->name);
	item->id = plan_keep(f->l, pair->key);
	item->at = pair->key->where.at;
	item->at.file = f->l->plan->path;
	remember->bad = false;
	if (t->init)
		t->init(into);
	if (!walk_shorthand(f->l, t, pair->value, into, &path, &remember->bad))
		walk_struct(f->l, t, pair->value, into, &path, &remember->bad);
}

/* Reads into a draft, from memory that the next entry takes again. */
static void walk_draft(const Field *f, const NodePair *pair, void *into, EntryNode *remember)
{
	Loader *l = f->l;
	const Table *t = f->row->table;
	const Draft *d = draft_of(t);
	Arena *arena = l->arena;
	void *draft;

	draft = arena_alloc(l->drafts, d->size);
	l->arena = l->drafts;
	walk_entry(f, pair, draft, remember);
	l->arena = arena;
	((Item *)draft)->id = share_own(l->plan->share, ((Item *)draft)->id);
	share_rows(l->plan->share, t->rows, t->rows_n, draft);
	share_rows(l->plan->share, schema_item.rows, schema_item.rows_n, draft);
	d->pack(l->plan->share, draft, into);
}

static void walk_member(const Field *f, const NodePair *pair, void *into, EntryNode *remember)
{
	*remember = (EntryNode){ .key = pair->key, .node = pair->value };
	if (draft_of(f->row->table))
		walk_draft(f, pair, into, remember);
	else
		walk_entry(f, pair, into, remember);
	arena_clear(f->l->drafts);
}

/* ---- a section that was cut ---- */

/* One of the lines: taken over, or its nodes are made and forgotten again. */
static void walk_line(const Field *f, const LineEntry *e, const Before *was, Check *into,
                      EntryNode *remember, Origin *origin)
{
	Loader *l = f->l;
	size_t findings = l->report.found.n + l->report.dropped;
	NodePair pair;

	*remember = (EntryNode){ .line = e };
	*origin = was->origin;
	if (was->same && takeover(l, e, was, into))
		return;
	pair = line_read(l->drafts, &l->report, e, l->cut.indent);
	walk_draft(f, &pair, into, remember);
	arena_clear(l->drafts);
	*origin = origin_kept(l, origin, into, findings);
}

/* Where the walk over both is: lines, and what libyaml read between them. */
typedef struct CutWalk {
	const Node *map;
	size_t pair, line;
} CutWalk;

/* The next of them in the file's order; witnesses, which are both, count as lines. */
static const LineEntry *next_line(const Cut *c, CutWalk *w)
{
	const LineEntry *e = w->line < c->entries.n ? &c->entries.at[w->line] : NULL;

	if (!e || (w->pair < w->map->n && w->map->pairs[w->pair].key->where.at.line < e->line))
		return NULL;
	w->pair += e->witness;
	w->line++;
	return e;
}

/* The name of an entry that is certain; none is longer. */
enum { LINE_NAME = 128 };
static const char *line_name(const Loader *l, const LineEntry *e, char out[LINE_NAME])
{
	const char *name = l->report.text + e->at + l->cut.indent;
	size_t n = strcspn(name, ": ");

	memcpy(out, name, n);
	out[n] = '\0';
	return out;
}

/* Whether an entry before it has the name; reported where both are not libyaml's. */
static bool is_duplicate(Loader *l, const LineEntry *e, const NodePair *pair, const char *name)
{
	const Item *first = plan_loader_find(l, SECTION_CHECKS, name);
	NodePair read;

	if (!first)
		return false;
	read = e ? line_read(l->scratch, &l->report, e, l->cut.indent) : *pair;
	node_duplicate(&l->report, read.key, first->at.line);
	return true;
}

/* A name of the plan before that is met for the first time is new here: nothing that is
 * not in that plan can have it. */
static bool is_first(Loader *l, const Before *was)
{
	bool first = was->known && !l->met[was->number];

	if (was->known)
		l->met[was->number] = 1;
	return first;
}

static void walk_cut(const Field *f, void *at)
{
	Loader *l = f->l;
	const Cut *c = &l->cut;
	size_t n = f->node->n - c->witnesses + c->entries.n, kept = 0;
	CutWalk w = { .map = f->node };
	EntryIndex *index = &l->plan->index->ids[SECTION_CHECKS];
	EntryNode *nodes;
	Check *all;

	if (!room_for(f, n))
		return;
	all = ARENA_ARRAY(l->arena, Check, n);
	nodes = ARENA_ARRAY(l->scratch, EntryNode, n);
	l->plan->index->checks = ARENA_ARRAY(l->arena, Origin, n);
	if (l->before)
		entry_index_open_as(index, all, sizeof *all,
		                    &l->before->index->ids[SECTION_CHECKS]);
	else
		entry_index_open(index, all, sizeof *all);
	for (size_t i = 0; i < n; i++) {
		const LineEntry *e = next_line(c, &w);
		const NodePair *pair = e ? NULL : &w.map->pairs[w.pair++];
		char own[LINE_NAME];
		const char *name = e ? line_name(l, e, own) : pair->key->text;
		Before was = takeover_look(l, e, name);

		if (!is_first(l, &was) && is_duplicate(l, e, pair, name))
			continue;
		if (e)
			walk_line(f, e, &was, &all[kept], &nodes[kept],
			          &l->plan->index->checks[kept]);
		else
			walk_member(f, pair, &all[kept], &nodes[kept]);
		if (was.known && was.number == kept)
			entry_index_add_as_before(index);
		else
			entry_index_add(index);
		kept++;
	}
	l->nodes[SECTION_CHECKS] = nodes;
	memcpy(at, &all, sizeof all);
	l->plan->checks_n = kept;
}

NodePair plan_entry_pair(Loader *l, SectionId section, size_t i)
{
	EntryNode *n = &l->nodes[section][i];

	if (!n->key && n->line) {
		NodePair pair = line_read(l->scratch, &l->report, n->line, l->cut.indent);

		n->key = pair.key;
		n->node = pair.value;
	}
	return (NodePair){ n->key, n->node, false };
}

/* A map of entries → an array in the plan's arena, in the file's order. */
static void *walk_map(const Field *f, EntryIndex *index, size_t *ret_n, EntryNode **ret_nodes)
{
	const Table *t = f->row->table;
	char *array;

	*ret_n = 0;
	if (no_entries(f->node))
		return NULL;
	if (f->node->kind != NODE_MAP) {
		plan_complain(f, F_S04, NULL, "'%s' is a map: a name for each %s, then its keys",
		              f->path->key, t->name);
		return NULL;
	}
	if (!room_for(f, f->node->n))
		return NULL;
	array = arena_alloc(f->l->arena, t->size * f->node->n);
	*ret_nodes = ARENA_ARRAY(f->l->scratch, EntryNode, f->node->n);
	if (index)
		entry_index_open(index, array, t->size);
	for (size_t i = 0; i < f->node->n; i++) {
		walk_member(f, &f->node->pairs[i], array + i * t->size, &(*ret_nodes)[i]);
		if (index)
			entry_index_add(index);
	}
	*ret_n = f->node->n;
	return array;
}

static void walk_entries(const Field *f)
{
	const Row *row = f->row;
	char *base = (char *)f->at - row->at;
	EntryNode *nodes;
	size_t n;
	void *array = walk_map(f, NULL, &n, &nodes);

	memcpy(f->at, &array, sizeof array);
	memcpy(base + row->count_at, &n, sizeof n);
}

/* An entry of a list has its number for a name, until it says another. */
static void name_by_number(Loader *l, const Node *node, size_t index, void *into)
{
	Item *item = into;

	item->id = arena_printf(l->arena, "%zu", index + 1);
	item->at = node->where.at;
	item->at.file = l->plan->path;
}

static void walk_item(const Field *f, Node *node, size_t index, char *into)
{
	const Table *t = f->row->table;
	char key[24];
	Path path = { f->path, key };
	bool bad;

	(void)snprintf(key, sizeof key, "[%zu]", index);
	if (t->has_item)
		name_by_number(f->l, node, index, into);
	if (t->init)
		t->init(into);
	if (!walk_shorthand(f->l, t, node, into, &path, &bad))
		walk_struct(f->l, t, node, into, &path, &bad);
	if (t == &schema_step && !bad)
		list_add(&f->l->steps, ((StepNode){ (WorkItem *)(void *)into, node,
		                                    plan_path_text(f->l, &path) }));
}

static void walk_list(const Field *f)
{
	const Table *t = f->row->table;
	char *base = (char *)f->at - f->row->at, *array = NULL;
	Arena *arena = f->l->arena;
	size_t n = 0;

	f->l->arena = f->l->plan->arena; /* a draft keeps its lists as they are */

	if (f->node->kind == NODE_LIST && room_for(f, f->node->n)) {
		n = f->node->n;
		array = arena_alloc(f->l->arena, t->size * (n + 1));
		for (size_t i = 0; i < n; i++)
			walk_item(f, f->node->items[i], i, array + i * t->size);
	} else if (f->node->kind != NODE_LIST && !no_entries(f->node)) {
		plan_complain(f, F_S04, NULL,
		              "'%s' is a list: one line beginning with '- ' for each %s",
		              f->path->key, t->name);
	}
	f->l->arena = arena;
	memcpy(f->at, &array, sizeof array);
	memcpy(base + f->row->count_at, &n, sizeof n);
}

/* ---- sections ---- */

static void walk_section(Loader *l, SectionId id, Node *node, Node *key)
{
	const Section *s = &plan_sections[id];
	Path path = { NULL, s->name };
	Row row = { .key = s->name, .kind = ROW_ENTRIES, .table = s->table };
	void *at = (char *)l->plan + s->at, *array;
	Field f = { l, &row, node, at, &path };
	size_t n;

	if (s->single) {
		Item *item = at;

		item->at = key->where.at;
		item->at.file = l->plan->path;
		l->nodes[id] = ARENA_NEW(l->scratch, EntryNode);
		l->nodes[id]->node = node;
		l->nodes[id]->key = key;
		if (s->table->init)
			s->table->init(at);
		walk_struct(l, s->table, node, at, &path, &l->nodes[id]->bad);
		return;
	}
	if (id == SECTION_CHECKS && l->cut.entries.n) {
		walk_cut(&f, at);
	} else {
		array = walk_map(&f, &l->plan->index->ids[id], &n, &l->nodes[id]);
		memcpy(at, &array, sizeof array);
		memcpy((char *)l->plan + s->count_at, &n, sizeof n);
	}
	l->walked |= UINT64_C(1) << id;
}

static void unknown_section(Loader *l, const Node *key)
{
	Field f = { l, NULL, NULL, NULL, &(Path){ NULL, key->text } };
	Nearest near = { .word = key->text };

	for (size_t i = 0; i < SECTIONS; i++)
		plan_nearest_try(&near, plan_sections[i].name);
	plan_complain_at(&f, key, F_S01, plan_finding_infos[F_S01].what[0],
	                 "unknown section '%.60s'%s", key->text, plan_nearest_text(l, &near));
}

/* Of storage, a second home of samples is carried out. */
static size_t carried_out(const NodePair *section)
{
	const Node *type;
	size_t n = 0;

	if (!text_eq(section->key->text, "storage") || section->value->kind != NODE_MAP)
		return 0;
	for (size_t i = 0; i < section->value->n; i++) {
		type = node_get(section->value->pairs[i].value, "type");
		n += type && text_eq(type->text, "victoriametrics");
	}
	return n;
}

/* False: all of it is carried out. */
static bool note_later(Loader *l, const NodePair *pair, LaterSection *into)
{
	Field f = { l, NULL, NULL, NULL, &(Path){ NULL, pair->key->text } };
	size_t n = pair->value->kind == NODE_SCALAR ? 0 : pair->value->n;

	n -= carried_out(pair);
	if (n == 0 && pair->value->n)
		return false;
	*into = (LaterSection){ plan_keep(l, pair->key), n, pair->key->where.at };
	plan_complain_at(
	        &f, pair->key, F_N01, NULL,
	        "'%s' (%zu entr%s) is scheduled and judged, but this version does not carry it out",
	        pair->key->text, n, n == 1 ? "y" : "ies");
	return true;
}

static SectionId section_named(const char *name)
{
	size_t i = 0;

	while (i < SECTIONS && !text_eq(plan_sections[i].name, name))
		i++;
	return (SectionId)i;
}

/* Drafts come last: what they refer to by pointer is there by then, and they move. */
static void walk_sections(Loader *l, bool drafts)
{
	for (size_t i = 0; i < l->root->n; i++) {
		const NodePair *pair = &l->root->pairs[i];
		SectionId id = section_named(pair->key->text);

		if (id != SECTIONS && (draft_of(plan_sections[id].table) != NULL) == drafts)
			walk_section(l, id, pair->value, pair->key);
	}
}

void walk_plan(Loader *l)
{
	Field f = { l, NULL, l->root, NULL, NULL };
	LaterSection *later;

	if (l->root->kind != NODE_MAP) {
		plan_complain(&f, F_S04, NULL,
		              "a plan is a map of sections: 'plan:', 'services:', …");
		return;
	}
	if (!node_pair(l->root, "plan"))
		plan_complain_at(&f, NULL, F_S03, NULL,
		                 "the section 'plan' is missing: it says whose plan "
		                 "this is, its zone and its language");
	walk_sections(l, false);
	walk_sections(l, true);
	later = ARENA_ARRAY(l->arena, LaterSection, l->root->n);
	l->plan->later = later;
	for (size_t i = 0; i < l->root->n; i++) {
		const NodePair *pair = &l->root->pairs[i];

		if (text_starts(pair->key->text, "x-"))
			continue; /* a place for anchors, read by nobody */
		if (section_named(pair->key->text) == SECTIONS)
			unknown_section(l, pair->key);
		else if (plan_section_is_later(pair->key->text))
			l->plan->later_n += note_later(l, pair, &later[l->plan->later_n]);
	}
}
