/* A plan of a million checks is a short plan with a million lines in one section. This
 * file takes those lines out: libyaml reads what is left, and what it says is put back to
 * the lines of the whole.
 *
 * Why that is the same: an entry that stands whole on its lines leaves YAML's reader as it
 * found it, between two entries of a block map. So of each run of such entries the first
 * stays, as a witness. If libyaml finds it at that very place as an entry of that section,
 * it was between two entries there, and is after each that follows in the run, whatever
 * was before (an open quote, brackets, a block of text: then the witness is not found, and
 * the whole file is libyaml's). Private to plan/. */
#pragma once
#include "plan/line.h"

/* From line `from` (0-based) of what is left on, `out` lines were taken out before. */
typedef struct Cut Cut;
typedef struct CutJump {
	size_t from, out;
} CutJump;

struct Cut {
	LIST(LineEntry) entries; /* of the section, in the file's order */
	LIST(CutJump) jumps;
	Buf rest; /* what is left for libyaml */
	unsigned section_line, indent;
	size_t witnesses;
};

/* Cuts the section out of the text; false: too few of its entries are certain. */
bool cut_plan(Cut *c, const char *text, size_t n, const char *section);
/* The line of the whole text for a line of what is left, both 0-based. */
size_t cut_line(const Cut *c, size_t line);
/* Whether libyaml found the section and each witness where they were believed to be. */
bool cut_holds(const Cut *c, const Node *root, const char *section);
void cut_done(Cut *c);
