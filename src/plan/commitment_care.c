/* What is promised about data: where copies stand, how long they are kept, what is
 * verified, what capacity is watched. Their rhythms are duties. */
#include "plan/commitment_private.h"

#include "core/text.h"

static const char *keep_figure(Derive *d, const Keep *k)
{
	char text[SPAN_TEXT];

	return derive_text(d, "keep %s", keep_print(k, text));
}

static void kept(Derive *d, const char *section, const char *what, const Item *item, const Keep *k,
                 CommitmentLack lack)
{
	Commitment *c;

	if (!k->set || k->kind == KEEP_UNSET)
		return;
	c = derive_lacking(d, COMMITMENT_RETENTION, lack, section, item, "retention:%s:%s", what,
	                   item->id);
	c->keep = *k;
	c->figure = keep_figure(d, k);
}

static void storage(Derive *d, const Storage *s)
{
	Commitment *c;

	kept(d, "storage", "storage", &s->item, &s->keep, LACK_BACKUPS);
	if (s->place && !text_eq(s->place, "same")) {
		c = derive_lacking(d, COMMITMENT_EXISTENCE, LACK_BACKUPS, "storage", &s->item,
		                   "existence:storage:%s", s->item.id);
		c->figure = derive_text(d, "%s", s->place);
	}
	if (s->encrypted) {
		c = derive_lacking(d, COMMITMENT_EXISTENCE, LACK_BACKUPS, "storage", &s->item,
		                   "existence:storage:%s:encrypted", s->item.id);
		c->figure = "encrypted";
	}
}

static void backup(Derive *d, const Backup *b)
{
	Commitment *c;

	kept(d, "backups", "backup", &b->item, &b->keep, LACK_BACKUPS);
	if (b->verify && !text_eq(b->verify, "none")) {
		c = derive_lacking(d, COMMITMENT_SEQUENCE, LACK_BACKUPS, "backups", &b->item,
		                   "verify:backup:%s", b->item.id);
		c->figure = derive_text(d, "verify %s", b->verify);
	}
	if (b->before) {
		c = derive_lacking(d, COMMITMENT_SEQUENCE, LACK_BACKUPS, "backups", &b->item,
		                   "before:backup:%s", b->item.id);
		c->figure = derive_text(d, "before each %s", b->before);
	}
	if (!span_is_zero(b->tolerance)) {
		c = derive_lacking(d, COMMITMENT_DEADLINE, LACK_BACKUPS, "backups", &b->item,
		                   "deadline:backup:%s", b->item.id);
		c->limit = (Deadline){ DEADLINE_SPAN, b->tolerance, true };
		c->figure = derive_span(d, "<= ", b->tolerance);
	}
	if (b->to.n > 1) {
		c = derive_lacking(d, COMMITMENT_EXISTENCE, LACK_BACKUPS, "backups", &b->item,
		                   "existence:backup:%s:places", b->item.id);
		c->figure = derive_text(d, "%zu places", b->to.n);
	}
}

/* What its occurrences show as soon as they are carried out. */
static void by_runs(Derive *d, Commitment *c, const char *duty)
{
	c->duty = derive_duty(d, "%s", duty);
	if (c->duty)
		c->by = BY_RUN;
}

static void restore_test(Derive *d, const RestoreTest *t)
{
	const char *duty = derive_text(d, "restore_test:%s", t->item.id);
	Commitment *c;

	if (!span_is_zero(t->rto)) {
		c = derive_lacking(d, COMMITMENT_DEADLINE, LACK_BACKUPS, "restore_tests", &t->item,
		                   "deadline:restore_test:%s:rto", t->item.id);
		c->limit = (Deadline){ DEADLINE_SPAN, t->rto, true };
		c->figure = derive_span(d, "<= ", t->rto);
		by_runs(d, c, duty);
	}
	for (size_t i = 0; i < t->expect.n; i++) {
		c = derive_lacking(d, COMMITMENT_SEQUENCE, LACK_BACKUPS, "restore_tests", &t->item,
		                   "expect:restore_test:%s:%zu", t->item.id, i + 1);
		c->figure = t->expect.at[i];
		by_runs(d, c, duty);
	}
}

static void log_(Derive *d, const Log *l)
{
	Commitment *c;

	kept(d, "logs", "log", &l->item, &l->keep, LACK_LOGS);
	if (!span_is_zero(l->delete_after)) {
		c = derive_lacking(d, COMMITMENT_RETENTION, LACK_LOGS, "logs", &l->item,
		                   "retention:log:%s:delete", l->item.id);
		c->keep = (Keep){ KEEP_SPAN, l->delete_after, 0, true };
		c->figure = derive_span(d, "delete after ", l->delete_after);
	}
	if (l->create) {
		c = derive_lacking(d, COMMITMENT_EXISTENCE, LACK_LOGS, "logs", &l->item,
		                   "existence:log:%s:mode", l->item.id);
		c->figure = l->create;
	}
	if (l->compress && !text_eq(l->compress, "no")) {
		c = derive_lacking(d, COMMITMENT_EXISTENCE, LACK_LOGS, "logs", &l->item,
		                   "existence:log:%s:compress", l->item.id);
		c->figure = derive_text(d, "compress %s", l->compress);
	}
}

static void db_action(Derive *d, const DbAction *a)
{
	char text[48];
	Commitment *c;

	if (!a->threshold.set || a->threshold.unset)
		return;
	c = derive_lacking(d, COMMITMENT_CAPABILITY, LACK_MEASURE, "db_actions", &a->item,
	                   "threshold:db:%s", a->item.id);
	c->target = a->threshold;
	c->figure = derive_text(d, "threshold %s", quantity_print(&a->threshold, text));
	by_runs(d, c, derive_text(d, "db:%s", a->item.id));
}

static void cleanup(Derive *d, const Cleanup *k)
{
	Commitment *c;

	if (!span_is_zero(k->older_than)) {
		c = derive_lacking(d, COMMITMENT_RETENTION, LACK_CLEANUPS, "cleanup", &k->item,
		                   "retention:cleanup:%s", k->item.id);
		c->keep = (Keep){ KEEP_SPAN, k->older_than, 0, true };
		c->figure = derive_span(d, "nothing older than ", k->older_than);
	}
	if (k->max_rows > 0) {
		c = derive_lacking(d, COMMITMENT_SEQUENCE, LACK_CLEANUPS, "cleanup", &k->item,
		                   "ask:cleanup:%s", k->item.id);
		c->figure = derive_text(d, "ask over %d rows", k->max_rows);
	}
}

/* A threshold is proved by an alarm of the plan over the same metric that went off. */
static const Rule *alarm_on(const Derive *d, const char *metric)
{
	for (size_t i = 0; metric && i < d->p->rules_n; i++) {
		const Condition *when = &d->p->rules[i].when;

		if (when->kind == CONDITION_METRIC && text_eq(when->subject, metric))
			return &d->p->rules[i];
	}
	return NULL;
}

static void threshold(Derive *d, const Capacity *k, const char *name, const Threshold *t)
{
	char text[THRESHOLD_TEXT];
	Commitment *c;

	if (!t->value.set || t->value.unset)
		return;
	c = derive_lacking(d, COMMITMENT_CAPABILITY, LACK_MEASURE, "capacity", &k->item,
	                   "capacity:%s:%s", k->item.id, name);
	c->target = t->value;
	c->op = k->op;
	c->figure = derive_text(d, "%s %s %s", k->metric ? k->metric : k->item.id, op_print(k->op),
	                        threshold_print(t, text));
	c->rule = alarm_on(d, k->metric);
	if (c->rule) {
		c->by = BY_RULE;
		c->lack = LACK_NOTHING;
	}
}

void derive_care(Derive *d)
{
	const Plan *p = d->p;

	for (size_t i = 0; i < p->storage_n; i++)
		storage(d, &p->storage[i]);
	for (size_t i = 0; i < p->backups_n; i++)
		backup(d, &p->backups[i]);
	for (size_t i = 0; i < p->restore_tests_n; i++)
		restore_test(d, &p->restore_tests[i]);
	for (size_t i = 0; i < p->logs_n; i++)
		log_(d, &p->logs[i]);
	for (size_t i = 0; i < p->db_actions_n; i++)
		db_action(d, &p->db_actions[i]);
	for (size_t i = 0; i < p->cleanup_n; i++)
		cleanup(d, &p->cleanup[i]);
	for (size_t i = 0; i < p->capacity_n; i++) {
		threshold(d, &p->capacity[i], "warn", &p->capacity[i].warn);
		threshold(d, &p->capacity[i], "crit", &p->capacity[i].crit);
	}
}
