/* Books of verdicts, epochs of the plan, and months that are frozen. Judging is proof/'s;
 * here its inputs and outputs are kept. */
#include "engine/proofs.h"

enum { EVIDENCE_EACH = 12 };

struct Proofs {
	Epoch epoch; /* the one that lasts; id "" before the first start */
	Map lines;   /* commitment id → EpochLine of that epoch */
	LIST(Waiver) waivers;
	Map runs, run_items; /* occurrence id → RunRow; item id → RunItem */
	Map by_duty;         /* duty id → DutyRuns */
	Instant frozen_to;   /* months before it are frozen; LONG_AGO: none yet known */
	Instant freeze_at;   /* when the next one is */
};

static struct Proofs *proofs_of(Engine *e)
{
	if (!e->proofs) {
		e->proofs = NEW(struct Proofs);
		e->proofs->frozen_to = LONG_AGO;
		e->proofs->freeze_at = NEVER;
	}
	return e->proofs;
}

static void drop_lines(struct Proofs *p)
{
	MapEntry *line;

	for (size_t i = 0; map_next(&p->lines, &i, &line);)
		mem_free(line->value);
	Map_done(&p->lines);
	p->lines = (Map){ 0 };
}

static void drop_runs(struct Proofs *p)
{
	MapEntry *at;

	for (size_t i = 0; map_next(&p->by_duty, &i, &at);) {
		DutyRuns *d = at->value;

		list_free(&d->rows);
		list_free(&d->items);
		mem_free(d);
	}
	for (size_t i = 0; map_next(&p->runs, &i, &at);)
		mem_free(at->value);
	for (size_t i = 0; map_next(&p->run_items, &i, &at);)
		mem_free(at->value);
	Map_done(&p->by_duty);
	Map_done(&p->runs);
	Map_done(&p->run_items);
}

void proofs_free(Engine *e)
{
	if (!e->proofs)
		return;
	drop_lines(e->proofs);
	drop_runs(e->proofs);
	list_free(&e->proofs->waivers);
	record_done(&epoch_record, &e->proofs->epoch);
	mem_free(e->proofs);
	e->proofs = NULL;
}

/* ---- runs of duties ---- */

static DutyRuns *runs_of(struct Proofs *p, const char *duty)
{
	DutyRuns *d = map_get(&p->by_duty, duty);

	if (!d) {
		d = NEW(DutyRuns);
		map_put(&p->by_duty, duty, d);
	}
	return d;
}

const DutyRuns *proofs_runs_of(const Engine *e, const char *duty)
{
	return e->proofs ? map_get(&e->proofs->by_duty, duty) : NULL;
}

void proofs_note_task(Engine *e, const TaskOccurrence *o)
{
	struct Proofs *p = proofs_of(e);
	RunRow *r = map_get(&p->runs, o->id);

	if (!r) {
		r = NEW(RunRow);
		map_put(&p->runs, o->id, r);
		list_add(&runs_of(p, o->duty)->rows, r);
		(void)task_subject(o, r->subject);
	}
	r->due = o->due;
	r->started = o->started;
	r->ended = o->ended;
	r->until = o->until;
	r->state = o->state;
	r->unavailable = o->unavailable;
}

void proofs_note_item(Engine *e, const TaskItem *i)
{
	struct Proofs *p = proofs_of(e);
	RunItem *r = map_get(&p->run_items, i->id);
	const RunRow *of = map_get(&p->runs, i->occurrence);

	if (!i->duty[0] || !of)
		return;
	if (!r) {
		r = NEW(RunItem);
		map_put(&p->run_items, i->id, r);
		list_add(&runs_of(p, i->duty)->items, r);
	}
	r->of = of;
	r->state = i->state;
	r->ended = i->ended;
	r->unavailable = i->unavailable;
}

/* ---- back from the store ---- */

bool proofs_keep_epoch(Engine *e, void *record)
{
	struct Proofs *p = proofs_of(e);

	record_done(&epoch_record, &p->epoch);
	record_copy(&epoch_record, &p->epoch, record); /* in order: the last one stays */
	return true;
}

bool proofs_keep_line(Engine *e, void *record)
{
	struct Proofs *p = proofs_of(e);
	const EpochLine *l = record;
	EpochLine *copy;

	if (!text_eq(l->epoch, p->epoch.id))
		return true;
	copy = NEW(EpochLine);
	*copy = *l;
	mem_free(map_put(&p->lines, l->commitment, copy));
	return true;
}

bool proofs_keep_waiver(Engine *e, void *record)
{
	list_add(&proofs_of(e)->waivers, *(const Waiver *)record);
	return true;
}

void proofs_restore(Engine *e)
{
	struct Proofs *p = proofs_of(e);
	AUTO_FREE char *text = store_meta(e->store, "proof_frozen_to");

	if (!text || !instant_parse(text, &p->frozen_to))
		p->frozen_to = LONG_AGO;
}

const Waiver *proofs_waiver(const Engine *e, const char *commitment)
{
	for (size_t i = 0; e->proofs && i < e->proofs->waivers.n; i++) {
		if (text_eq(e->proofs->waivers.at[i].id, commitment))
			return &e->proofs->waivers.at[i];
	}
	return NULL;
}

Instant proofs_since(const Engine *e, const char *commitment)
{
	const EpochLine *l = e->proofs ? map_get(&e->proofs->lines, commitment) : NULL;

	return l ? l->since : LONG_AGO;
}

/* ---- epochs ---- */

typedef struct EpochChange {
	unsigned added, removed, changed;
} EpochChange;

static Map new_lines(Engine *e, const struct Proofs *p, const char *epoch, EpochChange *n)
{
	Map lines = { 0 };

	for (size_t i = 0; i < e->plan->commitments_n; i++) {
		const Commitment *c = &e->plan->commitments[i];
		const EpochLine *before = map_get(&p->lines, c->id);
		EpochLine *l = NEW(EpochLine);

		epoch_line_fill(l, epoch, c, before, e->now);
		n->added += !before;
		n->changed += before && !text_eq(before->figure, l->figure);
		mem_free(map_put(&lines, c->id, l));
		batch_put(e->batch, &epoch_line_record, l);
	}
	n->removed = (unsigned)(p->lines.live + n->added - lines.live);
	return lines;
}

/* The text is kept as what differs from the last epoch's, if that one's is at hand. */
static void keep_text(Engine *e, const char *epoch, const Epoch *last, const Plan *before)
{
	bool at_hand = before && text_eq(before->digest, last->digest);
	PlanText t;

	plan_text_cut(&t, epoch, last->id, at_hand ? before->text : NULL, e->plan->text);
	batch_put(e->batch, &plan_text_record, &t);
	record_done(&plan_text_record, &t);
}

static void begin_epoch(Engine *e, const Plan *before)
{
	struct Proofs *p = proofs_of(e);
	Epoch next = { .began = e->now, .ended = LONG_AGO };
	EpochChange n = { 0 };
	int64_t number = 0;
	Map lines;

	(void)text_int(p->epoch.id[0] ? p->epoch.id : "0", &number);
	(void)snprintf(next.id, sizeof next.id, "%04u", (unsigned)(number + 1) % 1000000U);
	text_copy(next.digest, sizeof next.digest, e->plan->digest);
	text_copy(next.plan, sizeof next.plan, e->plan->head.item.id);
	text_copy(next.title, sizeof next.title, e->plan->head.title);
	text_copy(next.version, sizeof next.version,
	          e->plan->head.version ? e->plan->head.version : "");
	next.commitments = (int)e->plan->commitments_n;
	keep_text(e, next.id, &p->epoch, before);
	if (p->epoch.id[0]) {
		p->epoch.ended = e->now;
		batch_put(e->batch, &epoch_record, &p->epoch);
	}
	lines = new_lines(e, p, next.id, &n);
	drop_lines(p);
	p->lines = lines;
	record_done(&epoch_record, &p->epoch);
	p->epoch = next;
	batch_put(e->batch, &epoch_record, &p->epoch);
	engine_note(
	        e, "plan.epoch", "plan", "carene",
	        mem_printf("{\"epoch\":\"%s\",\"digest\":\"%s\",\"commitments\":%d,\"added\":%u,"
	                   "\"removed\":%u,\"changed\":%u}",
	                   next.id, next.digest, next.commitments, n.added, n.removed, n.changed));
}

static void arm_freeze(Engine *e)
{
	struct Proofs *p = proofs_of(e);

	p->freeze_at = after(proof_month_after(e->plan->head.timezone, p->frozen_to), PROOF_GRACE);
}

static void set_frozen(Engine *e, Instant to)
{
	char text[INSTANT_TEXT];

	proofs_of(e)->frozen_to = to;
	batch_meta(e->batch, "proof_frozen_to", instant_print(to, text));
	arm_freeze(e);
}

/* At the start and after a reload: a plan with another digest begins an epoch. */
void proofs_sync(Engine *e, const Plan *before)
{
	struct Proofs *p = proofs_of(e);

	if (!text_eq(p->epoch.digest, e->plan->digest))
		begin_epoch(e, before);
	if (is_set(p->frozen_to))
		arm_freeze(e);
	else
		set_frozen(e, zone_month_start(e->plan->head.timezone, e->now));
}

/* ---- lines of a book ---- */

static const char *owner_name(const Plan *p, const char *id)
{
	const Role *role = plan_role(p, id);
	const Team *team = plan_team(p, id);
	const Contact *contact = plan_contact(p, id);

	return role      ? item_label(&role->item)
	       : team    ? item_label(&team->item)
	       : contact ? (contact->name ? contact->name : item_label(&contact->item))
	                 : id;
}

static const char *owner_names(Engine *e, const Texts *owner)
{
	AUTO(Buf) text = { 0 };

	for (size_t i = 0; i < owner->n; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", owner_name(e->plan, owner->at[i]));
	return arena_text(e->turn, buf_str(&text));
}

static void add_seqs(Engine *e, const char *subject, const char *kind, Seqs *s)
{
	int64_t found[EVIDENCE_EACH];
	char cut[sizeof(((Entry *)0)->subject)];
	size_t n = 0;
	Err err = { 0 };

	text_copy(cut, sizeof cut, subject);
	if (!store_evidence_of(e->store, cut, kind, found, EVIDENCE_EACH, &n, &err))
		return;
	for (size_t i = 0; i < n && s->n < EVIDENCE_MAX; i++) {
		size_t k = s->n;

		while (k > 0 && s->at[k - 1] > found[i])
			k--;
		if (k > 0 && s->at[k - 1] == found[i])
			continue;
		memmove(&s->at[k + 1], &s->at[k], (s->n - k) * sizeof s->at[0]);
		s->at[k] = found[i];
		s->n++;
	}
}

/* A level is decided by what its checks were seen to be. */
static void level_seqs(Engine *e, const Commitment *c, Seqs *s)
{
	const Objective *o = c->objective;

	if (text_starts(o->metric, "incident_") || text_eq(o->metric, "recovery_time")) {
		for (size_t i = e->cases.n; i-- > 0 && s->n < EVIDENCE_MAX - EVIDENCE_EACH;) {
			char subject[96];

			(void)snprintf(subject, sizeof subject, "incident:%s",
			               e->cases.at[i]->incident.id);
			add_seqs(e, subject, "incident.", s);
		}
		return;
	}
	for (size_t i = 0; i < e->plan->checks_n; i++) {
		const Check *k = &e->plan->checks[i];
		char subject[96];

		if (o->check ? k != o->check : o->service && k->service != o->service)
			continue;
		(void)snprintf(subject, sizeof subject, "check:%s", k->item.id);
		add_seqs(e, subject, "check.", s);
	}
}

static void find_evidence(Engine *e, const Commitment *c, const ProofOutcome *j, ProofLine *l)
{
	Seqs *s = ARENA_NEW(e->turn, Seqs);

	if (c->by == BY_OBJECTIVE || c->by == BY_TIER)
		level_seqs(e, c, s);
	for (size_t i = 0; i < j->subjects_n; i++)
		add_seqs(e, j->subjects[i], NULL, s);
	if (j->verdict == VERDICT_WAIVED) {
		AUTO_FREE char *subject = mem_printf("commitment:%s", c->id);

		add_seqs(e, subject, "commitment.", s);
	}
	l->evidence = s->at;
	l->evidence_n = s->n;
}

static const char *turn_text(Engine *e, const Buf *b)
{
	return b->n ? arena_text(e->turn, buf_str(b)) : NULL;
}

static void words_of(Engine *e, Lang lang, const Commitment *c, const ProofFacts *f,
                     const ProofOutcome *j, const char **ret_value, const char **ret_sentence)
{
	AUTO(Buf) value = { 0 }, sentence = { 0 };

	proof_value(lang, c, f, j, &value);
	proof_sentence(lang, e->plan->head.timezone, c, f, j, &sentence);
	*ret_value = turn_text(e, &value);
	*ret_sentence = arena_text(e->turn, buf_str(&sentence));
}

static void fill_line(Engine *e, Lang lang, const Commitment *c, const ProofFacts *f,
                      const ProofOutcome *j, ProofLine *l)
{
	*l = (ProofLine){ .id = c->id,
		          .section = c->section,
		          .kind = commitment_kind_name(c->kind),
		          .label = item_label(c->item),
		          .src = c->src,
		          .ours = c->ours,
		          .owner = owner_names(e, &c->owner),
		          .figure = c->figure,
		          .period = c->period,
		          .verdict = j->verdict,
		          .measured = j->measured,
		          .has_coverage = j->has_coverage,
		          .coverage = j->coverage,
		          .from = j->from,
		          .to = j->to,
		          .broken_at = j->broken_at,
		          .good = j->good,
		          .bad = j->bad,
		          .open = j->open };
	if (f->has_level) {
		l->why = f->level.why ? verdict_why_name(f->level.why) : NULL;
		l->account = f->level.account[0] ? arena_text(e->turn, f->level.account) : NULL;
	}
	words_of(e, lang, c, f, j, &l->value, &l->sentence);
	find_evidence(e, c, j, l);
}

void proofs_head(Engine *e, Lang lang, ProofBook *b)
{
	const PlanHead *head = &e->plan->head;
	ChainLink last = store_head(e->store);

	*b = (ProofBook){ .lang = lang,
		          .zone = head->timezone,
		          .plan = head->item.id,
		          .title = head->title ? head->title : head->item.id,
		          .product = head->product,
		          .version = head->version,
		          .digest = e->plan->digest,
		          .epoch = e->proofs ? e->proofs->epoch.id : "",
		          .at = e->now,
		          .from = LONG_AGO,
		          .to = LONG_AGO,
		          .head_seq = last.seq,
		          .head_hash = arena_text(e->turn, last.seq ? last.hash : chain_genesis) };
}

void proofs_book(Engine *e, Lang lang, ProofBook *ret)
{
	AUTO(Gather) g = { .e = e, .from = LONG_AGO, .to = NEVER, .now = e->now };
	ProofLine *lines = ARENA_ARRAY(e->turn, ProofLine, e->plan->commitments_n + 1);

	proofs_head(e, lang, ret);
	for (size_t i = 0; i < e->plan->commitments_n; i++) {
		const Commitment *c = &e->plan->commitments[i];
		AUTO(ProofFacts) f = { 0 };
		ProofOutcome j;

		gather_facts(&g, c, &f);
		proof_judge(c, &f, e->now, &j);
		fill_line(e, lang, c, &f, &j, &lines[i]);
	}
	ret->lines = lines;
	ret->n = e->plan->commitments_n;
}

/* ---- months ---- */

static void copy_line(MonthVerdict *m, const ProofLine *l)
{
	text_copy(m->commitment, sizeof m->commitment, l->id);
	text_copy(m->kind, sizeof m->kind, l->kind);
	text_copy(m->section, sizeof m->section, l->section);
	text_copy(m->figure, sizeof m->figure, l->figure);
	text_copy(m->label, sizeof m->label, l->label);
	text_copy(m->src, sizeof m->src, l->src ? l->src : "");
	text_copy(m->ours, sizeof m->ours, l->ours ? l->ours : "");
	text_copy(m->owner, sizeof m->owner, l->owner);
	text_copy(m->period, sizeof m->period, l->period);
	text_copy(m->verdict, sizeof m->verdict, verdict_name(l->verdict));
	text_copy(m->measured, sizeof m->measured, verdict_name(l->measured));
	m->has_coverage = l->has_coverage;
	m->coverage = l->coverage;
	m->broken_at = l->broken_at;
}

static char *seqs_text(const ProofLine *l)
{
	Buf out = { 0 };

	for (size_t i = 0; i < l->evidence_n; i++)
		buf_printf(&out, "%s%lld", i ? "," : "", (long long)l->evidence[i]);
	return buf_take(&out);
}

/* What the month's record says, line by line: its digest is in the chain. */
static void add_to_digest(const MonthVerdict *m, Buf *all)
{
	buf_printf(all, "%s\t%s\t%s\t%s\n", m->commitment, m->figure, m->verdict, m->value_en);
}

static void freeze_line(Gather *g, const char *month, const Commitment *c,
                        unsigned totals[VERDICTS], Buf *all)
{
	Engine *e = g->e;
	AUTO(ProofFacts) f = { 0 };
	MonthVerdict m = { .frozen_at = e->now, .from = g->from, .to = g->to };
	const char *value, *sentence;
	ProofOutcome j;
	ProofLine l;

	gather_facts(g, c, &f);
	proof_judge(c, &f, after(g->to, duration_us(-1)), &j);
	if (is_set(f.from))
		m.from = f.from;
	/* A level that broke did so by the end of the period it is about. */
	if (j.measured == VERDICT_BROKEN && !is_set(j.broken_at))
		j.broken_at = earliest(latest(j.to, f.from), g->to);
	fill_line(e, LANG_EN, c, &f, &j, &l);
	copy_line(&m, &l);
	(void)snprintf(m.id, sizeof m.id, "%s/%s", month, c->id);
	text_copy(m.month, sizeof m.month, month);
	text_copy(m.epoch, sizeof m.epoch, e->proofs->epoch.id);
	text_copy(m.value_en, sizeof m.value_en, l.value ? l.value : "");
	m.sentence_en = mem_text(l.sentence);
	words_of(e, LANG_FR, c, &f, &j, &value, &sentence);
	text_copy(m.value_fr, sizeof m.value_fr, value ? value : "");
	m.sentence_fr = mem_text(sentence);
	m.evidence = seqs_text(&l);
	batch_put(e->batch, &month_verdict_record, &m);
	totals[j.verdict]++;
	add_to_digest(&m, all);
	record_done(&month_verdict_record, &m);
}

static void freeze(Engine *e, Instant from, Instant to)
{
	AUTO(Gather) g = { .e = e, .from = from, .to = to, .now = to };
	AUTO(Buf) all = { 0 }, input = { 0 };
	Emit j = emit_to(&input);
	char month[PROOF_MONTH], digest[DIGEST_TEXT], subject[32];
	unsigned totals[VERDICTS] = { 0 };

	proof_month(e->plan->head.timezone, from, month);
	for (size_t i = 0; i < e->plan->commitments_n; i++) {
		const Commitment *c = &e->plan->commitments[i];

		if (earlier(proofs_since(e, c->id), to))
			freeze_line(&g, month, c, totals, &all);
	}
	emit_object(&j, NULL);
	emit_text(&j, "month", month);
	emit_text(&j, "epoch", e->proofs->epoch.id);
	emit_text(&j, "verdicts", digest_sha256(buf_str(&all), all.n, digest));
	for (int v = 0; v < VERDICTS; v++)
		emit_int(&j, verdict_name((Verdict)v), totals[v]);
	emit_object_end(&j);
	(void)snprintf(subject, sizeof subject, "month:%s", month);
	engine_note(e, "proof.frozen", subject, "carene", buf_take(&input));
}

/* After a long stop several months are due at once; each is judged as of its own end. */
void proofs_step(Engine *e)
{
	struct Proofs *p = e->proofs;

	while (e->started && p && is_due(p->freeze_at, e->now)) {
		Instant from = p->frozen_to, to = proof_month_after(e->plan->head.timezone, from);

		if (earlier(p->epoch.began, to))
			freeze(e, from, to);
		set_frozen(e, to);
	}
}

Instant proofs_next(const Engine *e)
{
	return e->proofs && e->started ? e->proofs->freeze_at : NEVER;
}

/* ---- waivers ---- */

static bool known(const Engine *e, const char *commitment, Err *err)
{
	if (plan_commitment(e->plan, commitment))
		return true;
	err_set(err, ERR_NOT_FOUND, "the plan makes no commitment '%s'", commitment);
	return err_hint(err, "carene prove lists them by their ids");
}

static void note_waiver(Engine *e, const char *kind, const Waiver *w, const char *by)
{
	AUTO(Buf) input = { 0 };
	Emit j = emit_to(&input);
	AUTO_FREE char *subject = mem_printf("commitment:%s", w->id);

	emit_object(&j, NULL);
	emit_text(&j, "commitment", w->id);
	emit_text(&j, "reason", w->reason);
	if (is_set(w->until))
		emit_instant(&j, "until", w->until);
	emit_object_end(&j);
	engine_note(e, kind, subject, by, buf_take(&input));
}

bool proofs_waive(Engine *e, const char *commitment, const char *reason, Instant until,
                  const char *by, Err *err)
{
	struct Proofs *p = proofs_of(e);
	Waiver w = { .at = e->now, .until = until };
	size_t i = 0;

	if (!known(e, commitment, err))
		return false;
	if (!earlier(e->now, until))
		return err_set(err, ERR_BAD_INPUT, "a waiver must end later than now");
	text_copy(w.id, sizeof w.id, commitment);
	text_copy(w.reason, sizeof w.reason, reason);
	text_copy(w.by, sizeof w.by, by);
	while (i < p->waivers.n && !text_eq(p->waivers.at[i].id, commitment))
		i++;
	if (i == p->waivers.n)
		list_add(&p->waivers, w);
	else
		p->waivers.at[i] = w;
	batch_put(e->batch, &waiver_record, &w);
	note_waiver(e, "commitment.waived", &w, by);
	return true;
}

bool proofs_unwaive(Engine *e, const char *commitment, const char *by, Err *err)
{
	struct Proofs *p = proofs_of(e);

	for (size_t i = 0; i < p->waivers.n; i++) {
		Waiver w = p->waivers.at[i];

		if (!text_eq(w.id, commitment))
			continue;
		list_remove(&p->waivers, i);
		batch_delete(e->batch, &waiver_record, w.id);
		note_waiver(e, "commitment.unwaived", &w, by);
		return true;
	}
	return err_set(err, ERR_NOT_FOUND, "'%s' is not waived", commitment);
}
