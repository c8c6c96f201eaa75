/* References written `kind:id` or `kind:id:part`, as in `do: backup:daily`,
 * `do: log:app:rotate`, `calendar: [update:nextjs]`. */
#pragma once
#include "plan/plan.h"

typedef enum RefKind {
	REF_NONE,
	REF_CHECK,
	REF_METRIC, /* item is NULL for a built-in metric */
	REF_OBJECTIVE,
	REF_RULE,
	REF_SERVICE,
	REF_WINDOW,
	REF_TASK,
	REF_PROCEDURE,
	REF_EXERCISE,
	REF_AUDIT,
	REF_REPORT,
	REF_DOCUMENT,
	REF_TRAINING,
	REF_ROADMAP,
	REF_STORAGE,
	REF_BACKUP,
	REF_RESTORE_TEST,
	REF_LOG,
	REF_DB_ACTION, /* `db:` when no database is meant, or `db_action:` */
	REF_DATABASE,
	REF_CLEANUP,
	REF_CAPACITY,
	REF_UPDATE,
	REF_VULNERABILITY,
	REF_DEPLOYMENT,
	REF_SUITE,
	REF_LOAD_TEST, /* `load:` or `load_test:` */
	REF_KINDS
} RefKind;

typedef struct Ref {
	RefKind kind;
	const char *id;   /* in the entry */
	const Item *item; /* the entry itself begins with its Item */
	const char *part; /* after the second colon, inside the text given; NULL */
} Ref;

/* False: no such kind or no such entry; the text is then no reference. The ref
 * points into the plan and into `text`. */
bool plan_ref(const Plan *p, const char *text, Ref *ret);
const char *ref_kind_name(RefKind k); /* as written before the colon: "backup" */
/* Whether this version carries such a thing out when it is due; where not, its
 * occurrence ends `failed: not available in this version`. */
bool ref_kind_runs(RefKind k);
