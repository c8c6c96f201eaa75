/* Entries of a section that can be read for certain without YAML's whole grammar:
 *
 *     site: {type: http, every: 1m, target: "https://example.org/"}
 *
 * one line, or a line with the name and one line for each key below it. What is read is
 * what libyaml would read, node for node and place for place; whatever could mean anything
 * else (an anchor, an escape, a tag, a tab, a text over several lines, a key written twice)
 * is not recognised, and is libyaml's. Private to plan/. */
#pragma once
#include "plan/node.h"

typedef struct LineEntry {
	size_t at;     /* the first byte of its first line */
	unsigned n;    /* its bytes, the last line's end left out */
	unsigned line; /* from 1 */
	bool witness;  /* libyaml reads it too, and must have found it there: see cut.h */
	bool settled;  /* nothing is filled in from outside: it means the same at each load */
} LineEntry;

/* Whether an entry that is certain begins at `at`, `indent` blanks before its name. */
bool line_entry(const char *text, size_t n, size_t at, unsigned indent, LineEntry *ret);
/* Its name and its value, in the arena. For what line_entry() recognised. */
NodePair line_read(Arena *a, const Report *r, const LineEntry *e, unsigned indent);
/* Whether the line at `at` holds nothing but blanks, or a comment in plain characters. */
bool line_is_idle(const char *text, size_t n, size_t at);
size_t line_end(const char *text, size_t n, size_t at); /* its '\n', or n */
