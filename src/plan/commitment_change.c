/* What is promised about change: updates and flaws in time and announced, gates before
 * stages, ways back, tests. */
#include "plan/commitment_private.h"

#include "core/text.h"

static Commitment *limit(Derive *d, const char *section, const Item *item, const Deadline *l,
                         const char *before, CommitmentLack lack, const char *id)
{
	const char *figure;
	Commitment *c;

	if (!derive_limit(d, l, &figure))
		return NULL;
	c = derive_lacking(d, COMMITMENT_DEADLINE, lack, section, item, "%s", id);
	c->limit = *l;
	c->figure = l->kind == DEADLINE_SPAN ? derive_span(d, before, l->span) : figure;
	return c;
}

static void update(Derive *d, const Update *u)
{
	limit(d, "updates", &u->item, &u->deadline, "<= ", LACK_UPDATES,
	      derive_text(d, "deadline:update:%s", u->item.id));
	limit(d, "updates", &u->item, &u->notice, ">= ", LACK_UPDATES,
	      derive_text(d, "notice:update:%s", u->item.id));
}

static void vulnerability(Derive *d, const Vulnerability *v)
{
	for (int mitigate = 0; mitigate < 2; mitigate++) {
		Commitment *c = limit(d, "vulnerabilities", &v->item,
		                      mitigate ? &v->mitigate : &v->deadline, "<= ", LACK_NOTHING,
		                      derive_text(d, "deadline:vulnerability:%s%s", v->item.id,
		                                  mitigate ? ":mitigate" : ""));

		if (!c)
			continue;
		c->by = BY_FLAW;
		c->part = v->item.id;
		c->mitigate = mitigate;
		c->period = "vulnerability";
	}
}

static void spanned(Derive *d, CommitmentKind kind, const Deployment *x, const char *what,
                    const char *before, Span s)
{
	Commitment *c;

	if (span_is_zero(s))
		return;
	c = derive_lacking(d, kind, LACK_DEPLOYMENTS, "deployments", &x->item, "%s:deployment:%s",
	                   what, x->item.id);
	c->limit = (Deadline){ DEADLINE_SPAN, s, true };
	c->figure = derive_span(d, before, s);
	c->period = "deploy";
}

static void stage(Derive *d, const Deployment *x, const Stage *s)
{
	Commitment *c;

	if (s->gates_n) {
		c = derive_lacking(d, COMMITMENT_SEQUENCE, LACK_DEPLOYMENTS, "deployments",
		                   &x->item, "gates:deployment:%s:%s", x->item.id, s->item.id);
		derive_part(c, &s->item);
		c->figure = derive_text(d, s->gates_n == 1 ? "%zu gate" : "%zu gates", s->gates_n);
		c->period = "deploy";
	}
	if (!span_is_zero(s->length)) {
		c = derive_lacking(d, COMMITMENT_DEADLINE, LACK_DEPLOYMENTS, "deployments",
		                   &x->item, "stage:deployment:%s:%s", x->item.id, s->item.id);
		derive_part(c, &s->item);
		c->limit = (Deadline){ DEADLINE_SPAN, s->length, true };
		c->figure = derive_span(d, "<= ", s->length);
		c->period = "deploy";
	}
}

static void trigger(Derive *d, const Deployment *x, const RollbackTrigger *t)
{
	char text[256];
	Commitment *c =
	        derive_lacking(d, COMMITMENT_CAPABILITY, LACK_DEPLOYMENTS, "deployments", &x->item,
	                       "rollback:deployment:%s:%s", x->item.id, t->item.id);

	derive_part(c, &t->item);
	c->figure =
	        t->declared ? t->declared : derive_text(d, "%s", condition_print(&t->when, text));
	c->period = "deploy";
}

static void deployment(Derive *d, const Deployment *x)
{
	Commitment *c;

	for (size_t i = 0; i < x->stages_n; i++)
		stage(d, x, &x->stages[i]);
	for (size_t i = 0; i < x->shares.n; i++) {
		c = derive_lacking(d, COMMITMENT_SEQUENCE, LACK_DEPLOYMENTS, "deployments",
		                   &x->item, "share:deployment:%s:%zu", x->item.id, i + 1);
		c->figure = x->shares.at[i];
		c->period = "deploy";
	}
	for (size_t i = 0; i < x->triggers_n; i++)
		trigger(d, x, &x->triggers[i]);
	spanned(d, COMMITMENT_DEADLINE, x, "rollback", "<= ", x->rollback_limit);
	spanned(d, COMMITMENT_SEQUENCE, x, "watch", ">= ", x->watch);
	spanned(d, COMMITMENT_CADENCE, x, "sprint", "every ", x->sprint);
	spanned(d, COMMITMENT_SEQUENCE, x, "candidate", ">= ", x->candidate);
	if (x->branch) {
		c = derive_lacking(d, COMMITMENT_EXISTENCE, LACK_FILES, "deployments", &x->item,
		                   "existence:deployment:%s:branch", x->item.id);
		c->figure = derive_text(d, "branch %s", x->branch);
	}
}

static void suite(Derive *d, const Suite *s)
{
	char text[48];
	Commitment *c;

	if (s->coverage.set && !s->coverage.unset) {
		c = derive_lacking(d, COMMITMENT_RATIO, LACK_SUITES, "suites", &s->item,
		                   "coverage:suite:%s", s->item.id);
		c->op = OP_GE;
		c->target = s->coverage;
		c->figure = derive_text(d, ">= %s", quantity_print(&s->coverage, text));
		c->period = "build";
	}
	if (text_eq(s->gate, "all_pass")) {
		c = derive_lacking(d, COMMITMENT_SEQUENCE, LACK_SUITES, "suites", &s->item,
		                   "gate:suite:%s", s->item.id);
		c->figure = "all pass";
		c->period = "build";
	}
	if (s->standard) {
		c = derive_lacking(d, COMMITMENT_EXISTENCE, LACK_SUITES, "suites", &s->item,
		                   "standard:suite:%s", s->item.id);
		c->figure = s->standard;
	}
}

static void expectation(Derive *d, const LoadTest *t, CommitmentKind kind, const char *what, Op op,
                        const Quantity *q)
{
	char text[48];
	Commitment *c;

	if (!q->set || q->unset)
		return;
	c = derive_lacking(d, kind, LACK_SUITES, "load_tests", &t->item, "load_test:%s:%s",
	                   t->item.id, what);
	c->op = op;
	c->target = *q;
	c->figure = derive_text(d, "%s %s %s", what, op_print(op), quantity_print(q, text));
}

static void load_test(Derive *d, const LoadTest *t)
{
	expectation(d, t, COMMITMENT_LEVEL, "p95", OP_LE, &t->p95);
	expectation(d, t, COMMITMENT_LEVEL, "rpm", OP_GE, &t->rpm);
	expectation(d, t, COMMITMENT_LEVEL, "errors", OP_LE, &t->errors);
	expectation(d, t, COMMITMENT_LEVEL, "availability", OP_GE, &t->availability);
	expectation(d, t, COMMITMENT_CAPABILITY, "warn", OP_GT, &t->warn);
	expectation(d, t, COMMITMENT_CAPABILITY, "crit", OP_GT, &t->crit);
	expectation(d, t, COMMITMENT_CAPABILITY, "fail", OP_GT, &t->fail);
}

void derive_change(Derive *d)
{
	const Plan *p = d->p;

	for (size_t i = 0; i < p->updates_n; i++)
		update(d, &p->updates[i]);
	for (size_t i = 0; i < p->vulnerabilities_n; i++)
		vulnerability(d, &p->vulnerabilities[i]);
	for (size_t i = 0; i < p->deployments_n; i++)
		deployment(d, &p->deployments[i]);
	for (size_t i = 0; i < p->suites_n; i++)
		suite(d, &p->suites[i]);
	for (size_t i = 0; i < p->load_tests_n; i++)
		load_test(d, &p->load_tests[i]);
}
