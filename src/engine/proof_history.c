/* Reading back what was kept: months that are frozen, epochs and what each changed. */
#include "engine/proofs.h"

/* ---- reading months back ---- */

typedef struct MonthRead {
	Engine *e;
	const char *month;
	Lang lang;
	LIST(ProofLine) lines;
	ProofBook *book;
} MonthRead;

static Verdict verdict_of(const char *name)
{
	for (int v = 0; v < VERDICTS; v++) {
		if (text_eq(verdict_name((Verdict)v), name))
			return (Verdict)v;
	}
	return VERDICT_UNPROVEN;
}

static void read_seqs(Engine *e, const char *text, ProofLine *l)
{
	Seqs *s = ARENA_NEW(e->turn, Seqs);
	char one[24];

	for (const char *rest = text ? text : ""; text_part(&rest, ",", one, sizeof one);) {
		if (s->n < EVIDENCE_MAX && text_int(one, &s->at[s->n]))
			s->n++;
	}
	l->evidence = s->at;
	l->evidence_n = s->n;
}

static bool read_month(void *ctx, void *record)
{
	MonthRead *r = ctx;
	const MonthVerdict *m = record;
	Arena *a = r->e->turn;
	bool fr = r->lang == LANG_FR;
	const char *value = fr ? m->value_fr : m->value_en;
	ProofLine *l;

	if (!text_eq(m->month, r->month))
		return true;
	l = list_push(&r->lines);
	*l = (ProofLine){ .id = arena_text(a, m->commitment),
		          .section = arena_text(a, m->section),
		          .kind = arena_text(a, m->kind),
		          .label = arena_text(a, m->label),
		          .src = m->src[0] ? arena_text(a, m->src) : NULL,
		          .ours = m->ours[0] ? arena_text(a, m->ours) : NULL,
		          .owner = arena_text(a, m->owner),
		          .figure = arena_text(a, m->figure),
		          .period = arena_text(a, m->period),
		          .value = value[0] ? arena_text(a, value) : NULL,
		          .sentence = arena_text(a, fr ? m->sentence_fr : m->sentence_en),
		          .verdict = verdict_of(m->verdict),
		          .measured = verdict_of(m->measured),
		          .has_coverage = m->has_coverage,
		          .coverage = m->coverage,
		          .from = m->from,
		          .to = m->to,
		          .broken_at = m->broken_at };
	read_seqs(r->e, m->evidence, l);
	r->book->at = m->frozen_at;
	r->book->epoch = arena_text(a, m->epoch);
	return true;
}

bool proofs_month(Engine *e, const char *month, Lang lang, ProofBook *ret, Err *err)
{
	MonthRead r = { .e = e, .month = month, .lang = lang, .book = ret };
	bool ok;

	proofs_head(e, lang, ret);
	if (!proof_month_parse(month, ret->zone, &ret->from, &ret->to)) {
		err_set(err, ERR_BAD_INPUT, "'%s' is not a month", month);
		return err_hint(err, "2027-03");
	}
	ok = store_each(e->store, &month_verdict_record, read_month, &r, err);
	if (ok && r.lines.n == 0) {
		ok = err_set(err, ERR_NOT_FOUND, "the month %s is not closed", month);
		(void)err_hint(err, "a month is closed six hours after its end, while Carène runs");
	}
	if (r.lines.n) {
		ProofLine *lines = ARENA_ARRAY(e->turn, ProofLine, r.lines.n);

		memcpy(lines, r.lines.at, sizeof *lines * r.lines.n);
		ret->lines = lines;
	}
	ret->month = arena_text(e->turn, month);
	ret->n = r.lines.n;
	list_free(&r.lines);
	return ok;
}

/* ---- history ---- */

typedef LIST(EpochLine) Lines;
typedef LIST(Epoch) Epochs;

static bool add_line(void *ctx, void *record)
{
	list_add((Lines *)ctx, *(const EpochLine *)record);
	return true;
}

static bool add_epoch(void *ctx, void *record)
{
	Epoch *e = list_push((Epochs *)ctx);

	*e = *(const Epoch *)record;
	e->text = NULL; /* the record's */
	return true;
}

static const EpochLine *line_in(const Lines *all, const char *epoch, const char *commitment)
{
	for (size_t i = 0; i < all->n; i++) {
		if (text_eq(all->at[i].epoch, epoch) && text_eq(all->at[i].commitment, commitment))
			return &all->at[i];
	}
	return NULL;
}

static void emit_change(Emit *out, const EpochLine *l, const char *was, const char *now)
{
	emit_object(out, NULL);
	emit_text(out, "id", l->commitment);
	emit_text(out, "label", l->label);
	emit_text(out, "src", l->src[0] ? l->src : NULL);
	emit_text(out, "was", was);
	emit_text(out, "now", now);
	emit_object_end(out);
}

static void emit_changes(const Lines *all, const char *before, const char *epoch, Emit *out)
{
	emit_array(out, "changed");
	for (size_t i = 0; i < all->n; i++) {
		const EpochLine *l = &all->at[i];
		const EpochLine *old;

		if (!before || !text_eq(l->epoch, epoch))
			continue;
		old = line_in(all, before, l->commitment);
		if (!old)
			emit_change(out, l, NULL, l->figure);
		else if (!text_eq(old->figure, l->figure))
			emit_change(out, l, old->figure, l->figure);
	}
	for (size_t i = 0; before && i < all->n; i++) {
		const EpochLine *l = &all->at[i];

		if (text_eq(l->epoch, before) && !line_in(all, epoch, l->commitment))
			emit_change(out, l, l->figure, NULL);
	}
	emit_array_end(out);
}

static bool add_month(void *ctx, void *record)
{
	Map *months = ctx;
	const MonthVerdict *m = record;
	unsigned *totals = map_get(months, m->month);

	if (!totals) {
		totals = mem_new(sizeof(unsigned) * VERDICTS);
		map_put(months, m->month, totals);
	}
	totals[verdict_of(m->verdict)]++;
	return true;
}

static void emit_months(Map *months, Emit *out)
{
	MapEntry *month;

	emit_array(out, "months");
	for (size_t i = 0; map_next(months, &i, &month);) {
		const unsigned *totals = month->value;

		emit_object(out, NULL);
		emit_text(out, "month", month->key);
		emit_object(out, "totals");
		for (int v = 0; v < VERDICTS; v++)
			emit_int(out, verdict_name((Verdict)v), totals[v]);
		emit_object_end(out);
		emit_object_end(out);
		mem_free(month->value);
	}
	emit_array_end(out);
}

bool proofs_history(Engine *e, Emit *out, Err *err)
{
	Lines lines = { 0 };
	Epochs epochs = { 0 };
	Map months = { 0 };
	bool ok = store_each(e->store, &epoch_record, add_epoch, &epochs, err) &&
	          store_each(e->store, &epoch_line_record, add_line, &lines, err) &&
	          store_each(e->store, &month_verdict_record, add_month, &months, err);

	emit_array(out, "epochs");
	for (size_t i = 0; i < epochs.n; i++) {
		const Epoch *at = &epochs.at[i];

		emit_object(out, NULL);
		emit_text(out, "id", at->id);
		emit_text(out, "digest", at->digest);
		emit_text(out, "version", at->version[0] ? at->version : NULL);
		emit_instant(out, "began", at->began);
		emit_instant(out, "ended", at->ended);
		emit_int(out, "commitments", at->commitments);
		emit_changes(&lines, i ? epochs.at[i - 1].id : NULL, at->id, out);
		emit_object_end(out);
	}
	emit_array_end(out);
	emit_months(&months, out);
	list_free(&lines);
	list_free(&epochs);
	Map_done(&months);
	return ok;
}
