#include "proof/keep.h"

#include "core/buf.h"
#include "core/text.h"
#include "plan/plan.h"

#include <stdio.h>
#include <string.h>

#define C(T, m) COLUMN(T, m)

static const Column waiver_columns[] = { C(Waiver, id), C(Waiver, reason), C(Waiver, by),
	                                 C(Waiver, at), C(Waiver, until) };
const RecordType waiver_record = { "waiver", sizeof(Waiver), COUNT_OF(waiver_columns),
	                           waiver_columns };

static const Column epoch_columns[] = {
	C(Epoch, id),    C(Epoch, digest),      C(Epoch, plan),
	C(Epoch, title), C(Epoch, version),     C(Epoch, began),
	C(Epoch, ended), C(Epoch, commitments), C(Epoch, text),
};
const RecordType epoch_record = { "epoch", sizeof(Epoch), COUNT_OF(epoch_columns), epoch_columns };

static const Column plan_text_columns[] = { C(PlanText, id), C(PlanText, base), C(PlanText, head),
	                                    C(PlanText, tail), C(PlanText, text) };
const RecordType plan_text_record = { "plan_text", sizeof(PlanText), COUNT_OF(plan_text_columns),
	                              plan_text_columns };

static const Column epoch_line_columns[] = {
	C(EpochLine, id),      C(EpochLine, epoch),  C(EpochLine, commitment), C(EpochLine, kind),
	C(EpochLine, section), C(EpochLine, figure), C(EpochLine, label),      C(EpochLine, src),
	C(EpochLine, ours),    C(EpochLine, owner),  C(EpochLine, since),
};
const RecordType epoch_line_record = { "epoch_line", sizeof(EpochLine),
	                               COUNT_OF(epoch_line_columns), epoch_line_columns };

static const Column month_columns[] = {
	C(MonthVerdict, id),        C(MonthVerdict, month),        C(MonthVerdict, commitment),
	C(MonthVerdict, epoch),     C(MonthVerdict, kind),         C(MonthVerdict, section),
	C(MonthVerdict, figure),    C(MonthVerdict, label),        C(MonthVerdict, src),
	C(MonthVerdict, ours),      C(MonthVerdict, owner),        C(MonthVerdict, period),
	C(MonthVerdict, verdict),   C(MonthVerdict, measured),     C(MonthVerdict, value_en),
	C(MonthVerdict, value_fr),  C(MonthVerdict, sentence_en),  C(MonthVerdict, sentence_fr),
	C(MonthVerdict, evidence),  C(MonthVerdict, has_coverage), C(MonthVerdict, coverage),
	C(MonthVerdict, from),      C(MonthVerdict, to),           C(MonthVerdict, broken_at),
	C(MonthVerdict, frozen_at),
};
const RecordType month_verdict_record = { "month_verdict", sizeof(MonthVerdict),
	                                  COUNT_OF(month_columns), month_columns };

/* Below this a text is kept whole: it costs nothing and stands for itself. */
enum { TEXT_WHOLE = 64 << 10 };

void plan_text_cut(PlanText *t, const char *epoch, const char *base, const char *before,
                   const char *now)
{
	size_t n = strlen(now), was = before ? strlen(before) : 0, least = n < was ? n : was;
	size_t head = 0, tail = 0;

	*t = (PlanText){ 0 };
	text_copy(t->id, sizeof t->id, epoch);
	while (head < least && before[head] == now[head])
		head++;
	while (tail < least - head && before[was - 1 - tail] == now[n - 1 - tail])
		tail++;
	if (n < TEXT_WHOLE || n - head - tail > n / 8) {
		t->text = mem_text(now);
		return;
	}
	text_copy(t->base, sizeof t->base, base);
	t->head = (int64_t)head;
	t->tail = (int64_t)tail;
	t->text = mem_text_n(now + head, n - head - tail);
}

char *plan_text_join(const PlanText *t, const char *before)
{
	size_t was = before ? strlen(before) : 0, middle = strlen(t->text ? t->text : "");
	char *all;

	if (!t->base[0])
		return mem_text(t->text);
	if (t->head < 0 || t->tail < 0 || (uint64_t)t->head > was ||
	    (uint64_t)t->tail > was - (size_t)t->head)
		return NULL;
	all = mem_new((size_t)t->head + middle + (size_t)t->tail + 1);
	memcpy(all, before, (size_t)t->head);
	memcpy(all + t->head, t->text, middle);
	memcpy(all + (size_t)t->head + middle, before + was - t->tail, (size_t)t->tail);
	return all;
}

const char *proof_month(const Zone *zone, Instant t, char out[PROOF_MONTH])
{
	Civil c = zone_civil(zone, t);

	(void)snprintf(out, PROOF_MONTH, "%04u-%02u", (unsigned)c.year % 10000U,
	               (unsigned)c.month % 100U);
	return out;
}

Instant proof_month_after(const Zone *zone, Instant t)
{
	Civil c = zone_civil(zone, t);
	Civil next = { .year = c.month == 12 ? c.year + 1 : c.year,
		       .month = c.month == 12 ? 1 : c.month + 1,
		       .day = 1 };

	return zone_instant(zone, next, PICK_FIRST, NULL);
}

bool proof_month_parse(const char *s, const Zone *zone, Instant *ret_from, Instant *ret_to)
{
	char day[24];
	Civil c;

	if (!s || strlen(s) != 7)
		return false;
	(void)snprintf(day, sizeof day, "%.7s-01T00:00:00Z", s);
	if (!instant_parse(day, ret_from))
		return false;
	c = zone_civil(zone_utc(), *ret_from);
	*ret_from = zone_instant(zone, c, PICK_FIRST, NULL);
	*ret_to = proof_month_after(zone, *ret_from);
	return true;
}

static void join(const Texts *all, char *out, size_t cap)
{
	AUTO(Buf) text = { 0 };

	for (size_t i = 0; i < all->n; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", all->at[i]);
	text_copy(out, cap, buf_str(&text));
}

void epoch_line_fill(EpochLine *l, const char *epoch, const Commitment *c, const EpochLine *before,
                     Instant now)
{
	*l = (EpochLine){ 0 };
	(void)snprintf(l->id, sizeof l->id, "%s/%s", epoch, c->id);
	text_copy(l->epoch, sizeof l->epoch, epoch);
	text_copy(l->commitment, sizeof l->commitment, c->id);
	text_copy(l->kind, sizeof l->kind, commitment_kind_name(c->kind));
	text_copy(l->section, sizeof l->section, c->section);
	text_copy(l->figure, sizeof l->figure, c->figure);
	text_copy(l->label, sizeof l->label, item_label(c->item));
	text_copy(l->src, sizeof l->src, c->src ? c->src : "");
	text_copy(l->ours, sizeof l->ours, c->ours ? c->ours : "");
	join(&c->owner, l->owner, sizeof l->owner);
	l->since = before && text_eq(before->figure, l->figure) ? before->since : now;
}
