/* The ratios of support, counted ticket by ticket. */
#include "ticket/quality.h"

#include "core/text.h"

/* ---- names ---- */

static const char *const names[QUALITY_KINDS] = {
	[QUALITY_RESOLUTION_RATE] = "resolution_rate", [QUALITY_SATISFACTION] = "satisfaction",
	[QUALITY_RESOLUTION_MEAN] = "resolution_mean", [QUALITY_RESPONSE_MEAN] = "response_mean",
	[QUALITY_ESCALATION] = "escalation",           [QUALITY_REOPENED] = "reopened",
	[QUALITY_FIRST_CONTACT] = "first_contact",     [QUALITY_RESPONSE_KEPT] = "response_kept",
};

const char *quality_kind_name(QualityKind k) { return names[k]; }

bool quality_kind_parse(const char *s, QualityKind *ret)
{
	for (int k = 0; k < QUALITY_KINDS; k++) {
		if (text_eq(s, names[k])) {
			*ret = (QualityKind)k;
			return true;
		}
	}
	return false;
}

const char *quality_verdict_name(QualityVerdict v)
{
	static const char *const words[] = { "no_target", "unproven", "kept", "broken" };

	return words[v];
}

/* ---- targets ---- */

QualityTarget quality_target(const Plan *plan, QualityKind kind)
{
	QualityTarget none = { 0 }, t = { 0 };
	QualityKind k;

	for (size_t i = 0; i < plan->support.quality.n; i++) {
		const Pair *p = &plan->support.quality.at[i];

		if (!quality_kind_parse(p->key, &k) || k != kind)
			continue;
		t.text = p->value;
		return comparison_parse(p->value, &t.op, &t.value, NULL) ? t : none;
	}
	return none;
}

static Unit unit_of(QualityKind k)
{
	switch (k) {
	case QUALITY_SATISFACTION: return UNIT_SCORE;
	case QUALITY_RESOLUTION_MEAN:
	case QUALITY_RESPONSE_MEAN: return UNIT_SECONDS;
	case QUALITY_RESOLUTION_RATE:
	case QUALITY_ESCALATION:
	case QUALITY_REOPENED:
	case QUALITY_FIRST_CONTACT:
	case QUALITY_RESPONSE_KEPT:
	case QUALITY_KINDS: break;
	}
	return UNIT_PERCENT;
}

/* A score may be written without its scale: "> 4.5" is of five. */
static bool target_fits(const Quality *q)
{
	Unit unit = q->target.value.unit;

	return unit == unit_of(q->kind) || (q->kind == QUALITY_SATISFACTION && unit == UNIT_NONE);
}

/* ---- counting ---- */

typedef struct Span2 {
	Instant from, to;
} Span2;

static bool in(Instant t, const Span2 *s)
{
	return is_set(t) && !earlier(t, s->from) && earlier(t, s->to);
}

static double seconds_of(Duration d) { return (double)d.us / 1e6; }

static void count(Quality *q, double good)
{
	q->good += good;
	q->total++;
}

/* When its response limit was decided: answered, or over. NEVER: not yet. */
static Instant decided(const Clock *c, Instant by)
{
	if (c->state == CLOCK_MET)
		return c->stopped;
	return c->deadline == DEADLINE_SPAN && earlier(c->due, by) ? c->due : NEVER;
}

static void count_ticket(Quality *q, const Ticket *t, const Span2 *s)
{
	Instant resolved = t->resolved_at;

	switch (q->kind) {
	case QUALITY_RESOLUTION_RATE:
		if (in(t->opened, s))
			count(q, is_set(resolved) && earlier(resolved, s->to));
		break;
	case QUALITY_SATISFACTION:
		if (t->scored && in(t->scored_at, s))
			count(q, t->score / t->scale * q->scale);
		break;
	case QUALITY_RESOLUTION_MEAN:
		if (in(resolved, s))
			count(q, seconds_of(t->resolve.elapsed));
		break;
	case QUALITY_RESPONSE_MEAN:
		if (in(t->respond.stopped, s))
			count(q, seconds_of(t->respond.elapsed));
		break;
	case QUALITY_ESCALATION:
		if (in(t->opened, s))
			count(q, t->escalations > 0);
		break;
	case QUALITY_REOPENED:
		if (in(t->first_resolved_at, s))
			count(q, t->reopens > 0);
		break;
	case QUALITY_FIRST_CONTACT:
		if (in(t->first_resolved_at, s))
			count(q, t->replies <= 1 && !t->escalations && !t->reopens);
		break;
	case QUALITY_RESPONSE_KEPT:
		if (in(decided(&t->respond, s->to), s))
			count(q, t->respond.state == CLOCK_MET);
		break;
	case QUALITY_KINDS: break;
	}
}

static void judge(Quality *q)
{
	bool percent = unit_of(q->kind) == UNIT_PERCENT;

	if (q->total)
		q->value = q->good / (double)q->total * (percent ? 100 : 1);
	if (q->target.op == OP_NONE)
		q->verdict = QUALITY_NO_TARGET;
	else if (q->total < q->minimum || !q->total || !target_fits(q))
		q->verdict = QUALITY_UNPROVEN;
	else
		q->verdict = op_holds(q->value, q->target.op, q->target.value.value)
		                     ? QUALITY_KEPT
		                     : QUALITY_BROKEN;
}

void quality_of(const Plan *plan, QualityKind kind, const Ticket *const *at, size_t n,
                const QualityOf *of, Instant from, Instant to, Quality *ret)
{
	Span2 s = { from, to };
	int minimum = plan->support.quality_minimum;

	*ret = (Quality){ .kind = kind,
		          .target = quality_target(plan, kind),
		          .minimum = minimum > 0 ? (size_t)minimum : QUALITY_MINIMUM };
	ret->scale = ret->target.value.unit == UNIT_SCORE ? ret->target.value.scale : 5;
	for (size_t i = 0; i < n; i++) {
		if (of && of->agent && !text_eq(of->agent, at[i]->agent))
			continue;
		if (of && of->level && of->level != at[i]->level)
			continue;
		count_ticket(ret, at[i], &s);
	}
	judge(ret);
}

void quality_emit(Emit *e, const char *key, const Quality *q)
{
	static const char *const units[] = {
		[UNIT_PERCENT] = "percent", [UNIT_SECONDS] = "seconds", [UNIT_SCORE] = "score"
	};

	emit_object(e, key);
	emit_text(e, "kind", quality_kind_name(q->kind));
	if (q->total)
		emit_real(e, "value", q->value);
	else
		emit_null(e, "value");
	emit_text(e, "unit", units[unit_of(q->kind)]);
	if (q->kind == QUALITY_SATISFACTION)
		emit_real(e, "scale", q->scale);
	emit_real(e, "good", q->good);
	emit_int(e, "total", (int64_t)q->total);
	emit_int(e, "minimum", (int64_t)q->minimum);
	emit_text(e, "target", q->target.text);
	emit_text(e, "verdict", quality_verdict_name(q->verdict));
	emit_object_end(e);
}
