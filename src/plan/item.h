/* What every entry of the plan has, and the small shapes its values come in. */
#pragma once
#include <stddef.h>

typedef struct Place { /* for messages: "file:line:column" */
	const char *file;
	unsigned line, column;
} Place;

typedef struct Texts {
	const char *const *at; /* also NULL-terminated, so it serves as argv */
	size_t n;
} Texts;

/* A map of text to text, in the file's order. */
typedef struct Pair {
	const char *key, *value;
} Pair;
typedef struct Pairs {
	const Pair *at;
	size_t n;
} Pairs;

/* What every entry has. `id` is its key in the section, unique there. */
typedef struct Item {
	const char *id;
	const char *label; /* in the plan's language; NULL: use id */
	const char *src;   /* "C:44,294" or NULL */
	const char *ours;  /* reason when the plan's writer added it beyond the seed, or NULL */
	const char *note;
	Texts owner;  /* role, team or contact ids that answer for it; several: jointly */
	Pairs accept; /* lint code → reason: the finding is not raised for this entry */
	Place at;
} Item;
