/* What the files that enumerate commitments share. */
#pragma once
#include "core/list.h"
#include "plan/commitment.h"

typedef struct Derive {
	Plan *p;
	LIST(Commitment) list;
} Derive;

/* A new commitment of that entry. `id` in full; kept short and unique. */
Commitment *derive_add(Derive *d, CommitmentKind kind, CommitmentBy by, const char *section,
                       const Item *item, const char *id, ...) __attribute__((format(printf, 6, 7)));
/* A line inside the entry has a source or a reason of its own. */
void derive_part(Commitment *c, const Item *part);
/* Text of the plan's arena. */
#define derive_text(d, ...) arena_printf((d)->p->arena, __VA_ARGS__)
/* A new one that nothing in this version decides. */
#define derive_lacking(d, kind, lacks, ...) \
	derive_lack(derive_add(d, kind, BY_NOTHING, __VA_ARGS__), lacks)
Commitment *derive_lack(Commitment *c, CommitmentLack lack);
/* Deadline with a figure or a symbol (asap …): the figure; false: none promised. */
bool derive_limit(Derive *d, const Deadline *limit, const char **ret);
const char *derive_span(Derive *d, const char *before, Span s);
/* The duty of that id, or NULL. */
const Duty *derive_duty(Derive *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void derive_promises(Derive *d); /* objectives, tiers, classes, levels, ladders, rules, checks */
void derive_checks(Derive *d);   /* how often they measure, and their alarms */
/* What a check raises by itself: time left, slow answers. */
void derive_check_alarms(Derive *d, const Check *k);
void derive_people(Derive *d);    /* status page, contacts, templates, windows */
void derive_care(Derive *d);      /* storage … capacity */
void derive_change(Derive *d);    /* updates … load tests */
void derive_knowledge(Derive *d); /* procedures, documents, support, costs, versioning, roadmap */
void derive_cadences(Derive *d);
