/* What is promised about knowledge and means: procedures, documents, support, money,
 * versions, the roadmap; and the rhythm of every duty. */
#include "plan/commitment_private.h"

#include "core/text.h"

#include <string.h>

static void procedure(Derive *d, const Procedure *r)
{
	Commitment *c;

	if (span_is_zero(r->limit))
		return;
	c = derive_lacking(d, COMMITMENT_DEADLINE, LACK_MEASURE, "procedures", &r->item,
	                   "deadline:procedure:%s", r->item.id);
	c->limit = (Deadline){ DEADLINE_SPAN, r->limit, true };
	c->figure = derive_span(d, "<= ", r->limit);
}

static void document(Derive *d, const Document *x)
{
	Commitment *c;

	if (!x->paths.n && !x->url && x->count <= 0)
		return;
	c = derive_lacking(d, COMMITMENT_EXISTENCE, LACK_FILES, "documents", &x->item,
	                   "existence:document:%s", x->item.id);
	c->figure = x->count > 0 ? derive_text(d, "%d documents", x->count)
	            : x->paths.n
	                    ? derive_text(d, "%s%s", x->paths.at[0], x->paths.n > 1 ? " …" : "")
	                    : x->url;
	/* Whoever reviews it has it before them: its own duties are the evidence. */
	c->duty = derive_duty(d, "document:%s:review", x->item.id);
	if (!c->duty)
		c->duty = derive_duty(d, "document:%s:update", x->item.id);
	if (c->duty)
		c->by = BY_RUN;
}

static void roadmap(Derive *d, const RoadmapItem *r)
{
	Commitment *c;

	if (span_is_zero(r->within) && !r->due)
		return;
	c = derive_lacking(d, COMMITMENT_DEADLINE, LACK_MEASURE, "roadmap", &r->item,
	                   "deadline:roadmap:%s", r->item.id);
	c->limit = (Deadline){ DEADLINE_SPAN, r->within, true };
	c->figure = r->due ? derive_text(d, "by %s", r->due) : derive_span(d, "<= ", r->within);
	c->duty = derive_duty(d, "roadmap:%s", r->item.id);
	if (c->duty)
		c->by = BY_RUN;
}

/* "> 80%", "<= 4h", ">= 4.5/5": refused when the plan was loaded where it is none. */
static void read_comparison(Commitment *c, const char *text)
{
	char op[4] = "";
	size_t n = strspn(text, "<>=! ");
	size_t k = 0;

	for (size_t i = 0; i < n && k + 1 < sizeof op; i++) {
		if (text[i] != ' ')
			op[k++] = text[i];
	}
	if (!op_parse(op, &c->op) || !quantity_parse(text + n, &c->target, NULL))
		c->op = OP_NONE;
}

static void support(Derive *d, const Support *s)
{
	unsigned minimum = s->quality_minimum > 0 ? (unsigned)s->quality_minimum : 20;
	Commitment *c;

	for (size_t i = 0; i < s->quality.n; i++) {
		c = derive_add(d, COMMITMENT_RATIO, BY_TICKETS, "support", &s->item,
		               "ratio:support:%s", s->quality.at[i].key);
		c->part = s->quality.at[i].key;
		c->minimum = minimum;
		c->figure = derive_text(d, "%s", s->quality.at[i].value);
		c->period = "1mo";
		read_comparison(c, s->quality.at[i].value);
	}
	if (s->hours.set) {
		c = derive_lacking(d, COMMITMENT_CAPABILITY, LACK_MEASURE, "support", &s->item,
		                   "support:hours");
		c->figure = s->hours.text;
	}
}

static void costs(Derive *d, const Costs *k)
{
	char text[MONEY_TEXT];
	Commitment *c;

	for (size_t i = 0; i < k->recurring_n; i++) {
		c = derive_lacking(d, COMMITMENT_LEVEL, LACK_MONEY, "costs", &k->recurring[i].item,
		                   "cost:%s", k->recurring[i].item.id);
		c->figure = derive_text(d, "%s", money_print(&k->recurring[i].amount, text));
	}
	for (size_t i = 0; i < k->effort_n; i++) {
		const EffortLine *e = &k->effort[i];

		c = derive_lacking(d, COMMITMENT_LEVEL, LACK_MONEY, "costs", &e->item, "effort:%s",
		                   e->item.id);
		c->figure = e->hours_max > e->hours
		                    ? derive_text(d, "%g-%g h%s%s", e->hours, e->hours_max,
		                                  e->per ? " per " : "", e->per ? e->per : "")
		                    : derive_text(d, "%g h%s%s", e->hours, e->per ? " per " : "",
		                                  e->per ? e->per : "");
		c->period = e->per ? e->per : "";
	}
	if (k->stated_total.set) {
		c = derive_lacking(d, COMMITMENT_LEVEL, LACK_MONEY, "costs", &k->item,
		                   "cost:total");
		c->figure = derive_text(d, "total %s", money_print(&k->stated_total, text));
	}
	if (k->stated_hours > 0) {
		c = derive_lacking(d, COMMITMENT_LEVEL, LACK_MONEY, "costs", &k->item,
		                   "effort:total");
		c->figure = derive_text(d, "total %g h", k->stated_hours);
	}
}

static void versioning(Derive *d, const Versioning *v)
{
	Commitment *c;

	for (size_t i = 0; i < v->branches.n; i++) {
		c = derive_lacking(d, COMMITMENT_EXISTENCE, LACK_FILES, "versioning", &v->item,
		                   "existence:branch:%s", v->branches.at[i]);
		c->figure = derive_text(d, "branch %s", v->branches.at[i]);
	}
	if (v->changelog) {
		c = derive_lacking(d, COMMITMENT_EXISTENCE, LACK_FILES, "versioning", &v->item,
		                   "existence:changelog");
		c->figure = v->changelog;
	}
	if (v->scheme && !text_eq(v->scheme, "none")) {
		c = derive_lacking(d, COMMITMENT_SEQUENCE, LACK_DEPLOYMENTS, "versioning", &v->item,
		                   "version:scheme");
		c->figure = v->scheme;
		c->period = "deploy";
	}
}

void derive_knowledge(Derive *d)
{
	const Plan *p = d->p;

	for (size_t i = 0; i < p->procedures_n; i++)
		procedure(d, &p->procedures[i]);
	for (size_t i = 0; i < p->documents_n; i++)
		document(d, &p->documents[i]);
	support(d, &p->support);
	costs(d, &p->costs);
	versioning(d, &p->versioning);
	for (size_t i = 0; i < p->roadmap_n; i++)
		roadmap(d, &p->roadmap[i]);
}

/* ---- rhythms ---- */

static const char *section_of(RefKind kind)
{
	static const char *const sections[REF_KINDS] = {
		[REF_NONE] = "plan",
		[REF_TASK] = "tasks",
		[REF_EXERCISE] = "exercises",
		[REF_AUDIT] = "audits",
		[REF_REPORT] = "reports",
		[REF_DOCUMENT] = "documents",
		[REF_TRAINING] = "training",
		[REF_ROADMAP] = "roadmap",
		[REF_STORAGE] = "storage",
		[REF_BACKUP] = "backups",
		[REF_RESTORE_TEST] = "restore_tests",
		[REF_LOG] = "logs",
		[REF_DB_ACTION] = "db_actions",
		[REF_CLEANUP] = "cleanup",
		[REF_CAPACITY] = "capacity",
		[REF_UPDATE] = "updates",
		[REF_VULNERABILITY] = "vulnerabilities",
		[REF_DEPLOYMENT] = "deployments",
		[REF_SUITE] = "suites",
		[REF_LOAD_TEST] = "load_tests",
		[REF_PROCEDURE] = "procedures",
		[REF_WINDOW] = "windows",
	};

	return (size_t)kind < REF_KINDS && sections[kind] ? sections[kind] : "plan";
}

/* daily, weekly … as a period for roll-ups. */
static const char *rhythm(const Schedule *s)
{
	static const char *const words[] = {
		[SCHEDULE_DAILY] = "daily",           [SCHEDULE_WEEKLY] = "weekly",
		[SCHEDULE_MONTHLY] = "monthly",       [SCHEDULE_QUARTERLY] = "quarterly",
		[SCHEDULE_HALFYEARLY] = "halfyearly", [SCHEDULE_YEARLY] = "yearly",
		[SCHEDULE_EVERY] = "every",           [SCHEDULE_ONCE] = "once",
		[SCHEDULE_ON] = "on event",           [SCHEDULE_ALWAYS] = "continuous",
	};

	return (size_t)s->kind < COUNT_OF(words) && words[s->kind] ? words[s->kind] : "";
}

void derive_cadences(Derive *d)
{
	for (size_t i = 0; i < d->p->duties_n; i++) {
		const Duty *x = &d->p->duties[i];
		char text[SCHEDULE_TEXT];
		Commitment *c;

		if (x->stated.kind == SCHEDULE_UNSET)
			continue;
		c = derive_add(d, COMMITMENT_CADENCE, BY_DUTY,
		               text_starts(x->id, "calendar:") ? "calendar" : section_of(x->kind),
		               x->item ? x->item : &d->p->head.item, "cadence:%s", x->id);
		c->duty = x;
		if (x->owner.n)
			c->owner = x->owner;
		c->figure = derive_text(d, "%s", schedule_print(&x->stated, text));
		c->period = rhythm(&x->stated);
	}
}
