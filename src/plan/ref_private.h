/* Taking references apart, for the loader's messages. Private to plan/. */
#pragma once
#include "plan/load_private.h"
#include "plan/ref.h"

typedef struct RefText {
	size_t word_n; /* length of the kind's word */
	RefKind kind;  /* REF_NONE: the word is none, or it is `db` */
	bool db;
	char id[48];
	const char *part; /* inside the text; NULL */
} RefText;

/* "backup:daily", "log:app:rotate". False: not of that shape. */
bool ref_cut(const char *text, RefText *ret);
RefKind ref_kind_named(const char *s, size_t n);
SectionId ref_kind_section(RefKind k); /* SECTIONS: none */
/* The words a reference may begin with, by number; NULL past the last. */
const char *ref_kind_word(size_t i);
bool ref_part_known(RefKind k, const char *part);
const char *ref_kind_part(RefKind k, size_t i); /* NULL past the last */
