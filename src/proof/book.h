/* A book of verdicts: the lines of one moment or of one month that is over, counted and
 * rolled up, and written for people and programs. Nothing is owned here: texts belong to
 * whoever filled the lines. Headlines are counts, never one percentage: a plan in which
 * 99 of 100 promises are kept and the backups are not is not "99 %". */
#pragma once
#include "core/emit.h"
#include "proof/proof.h"

enum { VERDICTS = VERDICT_DISPUTED + 1 };

typedef struct ProofLine {
	const char *id, *section, *kind, *label;
	const char *src, *ours; /* NULL: none */
	const char *owner;      /* names joined by ", "; "" nobody */
	const char *figure, *period;
	const char *value;         /* in the book's language; NULL: nothing was measured */
	const char *sentence;      /* … */
	const char *account;       /* how an objective was counted; NULL */
	const char *why;           /* its reason as a word ("coverage"); NULL */
	Verdict verdict, measured; /* measured: without waiver and dispute */
	bool has_coverage;
	double coverage; /* percent */
	Instant from, to, broken_at;
	unsigned good, bad, open;
	const int64_t *evidence; /* ascending record numbers */
	size_t evidence_n;
} ProofLine;

typedef struct ProofBook {
	Lang lang;
	const Zone *zone; /* the plan's */
	const char *plan, *title, *product, *version, *digest, *epoch;
	const char *month; /* "2027-03" when it is frozen; NULL: as of `at` */
	Instant at;        /* live: now; a month: when it was frozen */
	Instant from, to;  /* a month's ends */
	const ProofLine *lines;
	size_t n;
	int64_t head_seq; /* last record of the chain then */
	const char *head_hash;
} ProofBook;

typedef enum ProofGroupBy { GROUP_SECTION, GROUP_OWNER, GROUP_KIND, GROUP_PERIOD } ProofGroupBy;
bool proof_group_parse(const char *s, ProofGroupBy *ret); /* "section" … */
const char *proof_group_of(const ProofLine *l, ProofGroupBy by);

typedef struct ProofGroup {
	const char *name; /* "" where there is none (nobody's, no period) */
	unsigned totals[VERDICTS];
	unsigned n;
} ProofGroup;
/* Groups in the order of their first line; at most cap, the last one takes the rest. */
size_t proof_groups(const ProofBook *b, ProofGroupBy by, ProofGroup *out, size_t cap);
void proof_totals(const ProofBook *b, unsigned out[VERDICTS]);

/* Fields of an open object: plan, digest, at, commitments [], totals {}. */
void proof_json(const ProofBook *b, Emit *out);
void proof_line_json(const ProofLine *l, Emit *out);
void proof_groups_json(const ProofBook *b, ProofGroupBy by, Emit *out);
/* A page that stands by itself: no script, nothing fetched, fit for paper. */
void proof_html(const ProofBook *b, Buf *out);
void proof_markdown(const ProofBook *b, Buf *out);

/* For people: the verdict, the section, the kind, in that language. */
const char *verdict_word(Lang lang, Verdict v);
const char *section_word(Lang lang, const char *section);
const char *kind_word(Lang lang, const char *kind);
/* "12 kept · 1 broken · 30 unproven" */
void proof_headline(Lang lang, const unsigned totals[VERDICTS], Buf *out);
