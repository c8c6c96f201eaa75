/* The plan file as a tree of nodes, each with its place. YAML types nothing here:
 * every scalar is the text that was written (`on`, `0640`, `23:00`, `1.0`, `no`
 * included), and the table in schema.h alone says what it means.
 *
 * Anchors make the tree a DAG: an aliased node is shared, so a file of a kilobyte
 * can stand for a billion values. That is why each node knows its weight, the
 * number of nodes a walk below it would meet: loading refuses a root heavier than
 * its own values and NODE_BUDGET, and after that every walk is bounded. Private to plan/. */
#pragma once
#include "plan/findings.h"

enum {
	NODE_BUDGET = 1000000, /* what aliases and merge keys may add to the file's own values */
	NODE_DEPTH = 64,
};

typedef enum NodeKind { NODE_SCALAR, NODE_LIST, NODE_MAP } NodeKind;
typedef struct Node Node;

typedef struct NodePair {
	Node *key, *value;
	bool merged; /* came from a << */
} NodePair;

struct Node {
	NodeKind kind;
	bool plain;        /* scalar without quotes */
	bool interpolated; /* interpolate() has been here */
	bool tainted;      /* `text` holds something from the environment: show `written` */
	bool unresolved;   /* … that is not known here (no_secrets) */
	Extent where;
	const char *text;    /* scalar: its value */
	const char *written; /* scalar: as in the file */
	const char *kept;    /* copy of text in the plan's arena, made at the first use */
	Node **items;        /* list */
	NodePair *pairs;     /* map, in the file's order, merged ones last */
	size_t n;            /* items or pairs */
	size_t weight;
	unsigned depth; /* 1 for a scalar */
};

/* The root, or NULL after reporting why. Checks size, encoding, syntax, anchors,
 * duplicates, depth and weight. Nodes live in `arena`; they point into nothing
 * else. At most `max` values. `text` must be without a byte order mark (text_check skips it). */
Node *node_read(Report *r, Arena *arena, const char *text, size_t n, size_t max);
/* The same of what a cut left, with the places of the whole text. */
struct Cut;
Node *node_read_rest(Report *r, Arena *arena, const struct Cut *cut, size_t max);
/* Reports a key that stands twice in a map. */
void node_duplicate(Report *r, const Node *key, unsigned first_line);
/* The value of a key, or NULL. */
Node *node_get(const Node *map, const char *key);
const NodePair *node_pair(const Node *map, const char *key);

/* Reports binary, UTF-16, Latin-1, doubly encoded, empty or oversized text. True:
 * *text and *n are UTF-8 without byte order mark. */
bool plan_text_check(Report *r, const char **text, size_t *n, size_t max);

/* Filling in ${env:NAME} and ${env:NAME:-default}; $${ stands for ${. One for the
 * whole file, since what is filled in is bounded over the whole. */
typedef struct Filling {
	Report *report;
	Arena *arena;
	const PlanSource *source; /* NULL: no environment */
	size_t bytes;             /* filled in so far */
} Filling;
/* Called by the schema when it reads a scalar that is not a secret; works once per
 * node. False: reported (or noted, with no_secrets), and there is no value. */
bool plan_interpolate(Filling *f, Node *node);
/* Whether s is exactly one ${env:NAME} or ${file:/path}, the only forms of a secret. */
bool plan_is_secret_reference(const char *s);
