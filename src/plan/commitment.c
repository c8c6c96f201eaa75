/* Enumerating commitments: the list, its ids, and where two lines disagree. What each
 * section promises is in commitment_*.c. */
#include "plan/commitment_private.h"

#include "core/digest.h"
#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const kind_names[COMMITMENT_KINDS] = { "level",     "deadline",  "cadence",
	                                                  "retention", "existence", "sequence",
	                                                  "ratio",     "capability" };

const char *commitment_kind_name(CommitmentKind k)
{
	return (size_t)k < COMMITMENT_KINDS ? kind_names[k] : "level";
}

bool commitment_kind_parse(const char *s, CommitmentKind *ret)
{
	for (size_t i = 0; i < COMMITMENT_KINDS; i++) {
		if (text_eq(s, kind_names[i])) {
			*ret = (CommitmentKind)i;
			return true;
		}
	}
	return false;
}

const Commitment *plan_commitment(const Plan *p, const char *id)
{
	for (size_t i = 0; i < p->commitments_n; i++) {
		if (text_eq(p->commitments[i].id, id))
			return &p->commitments[i];
	}
	return NULL;
}

/* ---- one line ---- */

/* An id over its length keeps its beginning and ends in a digest of the whole, so that
 * it stays unique and the same over plans. */
static void set_id(Commitment *c, const char *fmt, va_list args) PRINTF(2, 0);
static void set_id(Commitment *c, const char *fmt, va_list args)
{
	char text[512], digest[DIGEST_TEXT];
	int n = vsnprintf(text, sizeof text, fmt, args);

	text_copy(c->id, sizeof c->id, text);
	if (n >= (int)sizeof c->id) {
		digest_sha256(text, strlen(text), digest);
		text_copy(c->id, sizeof c->id - 10, text);
		(void)snprintf(c->id + strlen(c->id), 10, "~%.8s", digest);
	}
}

Commitment *derive_add(Derive *d, CommitmentKind kind, CommitmentBy by, const char *section,
                       const Item *item, const char *id, ...)
{
	Commitment *c = list_push(&d->list);
	va_list args;

	va_start(args, id);
	set_id(c, id, args);
	va_end(args);
	c->kind = kind;
	c->by = by;
	c->section = section;
	c->item = item;
	c->src = item->src;
	c->ours = item->ours;
	c->owner = item->owner;
	c->figure = c->period = "";
	return c;
}

void derive_part(Commitment *c, const Item *part)
{
	c->src = part->src ? part->src : c->src;
	c->ours = part->ours ? part->ours : c->ours;
	if (part->owner.n)
		c->owner = part->owner;
}

Commitment *derive_lack(Commitment *c, CommitmentLack lack)
{
	c->lack = lack;
	return c;
}

bool derive_limit(Derive *d, const Deadline *limit, const char **ret)
{
	char text[SPAN_TEXT];

	if (!limit->set || limit->kind == DEADLINE_UNSET || limit->kind == DEADLINE_NONE)
		return false;
	*ret = derive_text(d, "%s%s", limit->kind == DEADLINE_SPAN ? "<= " : "",
	                   deadline_print(limit, text));
	return true;
}

const char *derive_span(Derive *d, const char *before, Span s)
{
	char text[SPAN_TEXT];

	return derive_text(d, "%s%s", before, span_print(s, text));
}

const Duty *derive_duty(Derive *d, const char *fmt, ...)
{
	char id[DUTY_ID];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(id, sizeof id, fmt, args);
	va_end(args);
	for (size_t i = 0; i < d->p->duties_n; i++) {
		if (text_eq(d->p->duties[i].id, id))
			return &d->p->duties[i];
	}
	return NULL;
}

/* ---- lines that disagree ---- */

static bool same_subject(const Objective *a, const Objective *b)
{
	return text_eq(a->metric, b->metric) && a->stat == b->stat && a->service == b->service &&
	       text_eq(a->env, b->env) && a->check == b->check && a->tier == b->tier &&
	       text_eq(a->hours.text, b->hours.text) && a->windows == b->windows;
}

static bool same_period(const Period *a, const Period *b)
{
	char one[SPAN_TEXT], two[SPAN_TEXT];

	return a->kind == b->kind &&
	       (a->kind != PERIOD_SPAN || text_eq(period_print(a, one), period_print(b, two)));
}

/* Targets pointing the same way with two figures; "at least 99 and at most 100" is none. */
static bool opposed(const Objective *a, const Objective *b)
{
	bool up_a = a->op == OP_GE || a->op == OP_GT, up_b = b->op == OP_GE || b->op == OP_GT;

	return up_a == up_b &&
	       (a->target.value < b->target.value || a->target.value > b->target.value);
}

static void oppose(Commitment *a, Commitment *b)
{
	const Objective *x = a->objective, *y = b->objective;

	if (b->by != BY_OBJECTIVE || !same_subject(x, y) || !same_period(&x->period, &y->period) ||
	    !opposed(x, y))
		return;
	a->against = a->against ? a->against : b;
	b->against = b->against ? b->against : a;
}

/* A task that says it is the same as another, at another rhythm (lint L08). */
static void oppose_cadence(Derive *d, Commitment *c)
{
	const Task *task;
	char mine[SCHEDULE_TEXT], other[SCHEDULE_TEXT];

	if (c->by != BY_DUTY || c->duty->kind != REF_TASK)
		return;
	task = plan_task(d->p, c->duty->item->id);
	if (!task || !task->same_as || task->same_as->at.kind == SCHEDULE_UNSET ||
	    task->at.kind == SCHEDULE_UNSET || task->same_as->at.kind == task->at.kind)
		return;
	c->against_text = derive_text(d, "task %s: %s (%s: %s)", task->same_as->item.id,
	                              schedule_print(&task->same_as->at, other), task->item.id,
	                              schedule_print(&task->at, mine));
}

static void derive_disputes(Derive *d, Commitment *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		oppose_cadence(d, &all[i]);
		if (all[i].by != BY_OBJECTIVE)
			continue;
		for (size_t k = i + 1; k < n; k++)
			oppose(&all[i], &all[k]);
	}
}

/* ---- all of them ---- */

void plan_commitments_derive(Plan *p)
{
	Derive d = { .p = p };
	Commitment *all;

	derive_promises(&d);
	derive_people(&d);
	derive_care(&d);
	derive_change(&d);
	derive_knowledge(&d);
	derive_cadences(&d);
	/* The list has stopped moving: now lines may point at each other. */
	all = ARENA_ARRAY(p->arena, Commitment, d.list.n + 1);
	if (d.list.n)
		memcpy(all, d.list.at, sizeof *all * d.list.n);
	p->commitments = all;
	p->commitments_n = d.list.n;
	derive_disputes(&d, all, d.list.n);
	list_free(&d.list);
}
