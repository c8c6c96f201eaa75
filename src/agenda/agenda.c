/* Collecting what is due, then sorting, then comparing neighbours. Everything is
 * bounded: by the span asked for, by AGENDA_ENTRIES, and by counting what comes many
 * times a day once a day. */
#include "agenda/agenda.h"

#include "core/text.h"
#include "plan/sprint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN_WINDOWS_MAX = 64, OFTEN_HOURS = 3 };

typedef struct Reading {
	const Plan *plan;
	const AgendaWish *wish;
	Agenda *out;
} Reading;

static const Zone *zone_of(const Plan *p)
{
	return p->head.timezone ? p->head.timezone : zone_utc();
}

void Agenda_done(Agenda *a)
{
	list_free(&a->entries);
	list_free(&a->merges);
	list_free(&a->collisions);
}

/* ---- what is wanted ---- */

static const char *const own_kinds[AGENDA_KINDS] = {
	[AGENDA_NOTICE] = "notice",
	[AGENDA_WINDOW] = "window",
	[AGENDA_DUTY] = NULL,
	[AGENDA_SPRINT] = "sprint",
};

const char *agenda_kind_of(const AgendaEntry *e, char out[32])
{
	const char *id = e->duty ? e->duty->id : "";

	if (own_kinds[e->kind])
		return own_kinds[e->kind];
	text_copy(out, 32, id);
	out[strcspn(out, ":")] = '\0';
	return out;
}

bool agenda_kind_known(const char *kind)
{
	for (size_t i = 0; i < AGENDA_KINDS; i++) {
		if (own_kinds[i] && text_eq(kind, own_kinds[i]))
			return true;
	}
	for (size_t k = REF_NONE + 1; k < REF_KINDS; k++) {
		if (text_eq(kind, ref_kind_name((RefKind)k)))
			return true;
	}
	return text_eq(kind, "plan") || text_eq(kind, "calendar");
}

const char *agenda_id(const AgendaEntry *e, char out[DUTY_ID + 16])
{
	const char *of = e->duty ? e->duty->id : e->window ? e->window->item.id : "";

	if (e->kind == AGENDA_DUTY)
		text_copy(out, DUTY_ID + 16, of);
	else
		(void)snprintf(out, DUTY_ID + 16, "%s%s%.120s", own_kinds[e->kind], *of ? ":" : "",
		               of);
	return out;
}

static bool is_owned_by(Texts owner, const char *who)
{
	for (size_t i = 0; i < owner.n; i++) {
		if (text_eq(owner.at[i], who))
			return true;
	}
	return false;
}

static bool wanted(const Reading *r, const AgendaEntry *e)
{
	char kind[32];

	if (r->wish && r->wish->kind && !text_eq(agenda_kind_of(e, kind), r->wish->kind))
		return false;
	return !r->wish || !r->wish->owner || is_owned_by(e->owner, r->wish->owner);
}

static bool add(Reading *r, const AgendaEntry *e)
{
	if (!wanted(r, e))
		return true;
	if (r->out->entries.n == AGENDA_ENTRIES) {
		r->out->cut = true;
		return false;
	}
	list_add(&r->out->entries, *e);
	return true;
}

static bool in_span(const Agenda *a, Instant t)
{
	return !earlier(t, a->from) && earlier(t, a->to);
}

/* ---- windows and their notices ---- */

static Span backwards(Span s) { return (Span){ -s.months, -s.days, -s.us }; }

static void add_notice(Reading *r, Instant start, Span notice, const AgendaEntry *of)
{
	AgendaEntry e = *of;

	e.kind = AGENDA_NOTICE;
	e.from = e.to = zone_add(zone_of(r->plan), start, backwards(notice));
	e.late = start;
	e.times = 1;
	if (!span_is_zero(notice) && in_span(r->out, e.from))
		(void)add(r, &e);
}

/* Until when an occurrence's notice may be due before `to`. Months are not all of one
 * length: going back from the 30th may land where going forth did not start. */
static Instant look_until(const Plan *p, Instant to, Span notice)
{
	if (span_is_zero(notice))
		return to;
	notice.days += notice.months ? 4 : 1;
	return zone_add(zone_of(p), to, notice);
}

static void read_window(Reading *r, const Window *w)
{
	const Zone *z = w->at.zone ? w->at.zone : zone_of(r->plan);
	Instant until = look_until(r->plan, r->out->to, w->notice);
	Instant t = zone_add(z, r->out->from, backwards(w->length));

	if (!schedule_recurs(&w->at))
		return;
	for (t = schedule_next(&w->at, z, after(t, duration_us(-1))); earlier(t, until);
	     t = schedule_next(&w->at, z, t)) {
		AgendaEntry e = { .kind = AGENDA_WINDOW,
			          .from = t,
			          .to = zone_add(z, t, w->length),
			          .late = NEVER,
			          .window = w,
			          .title = item_label(&w->item),
			          .owner = w->item.owner,
			          .times = 1 };

		if (earlier(t, r->out->to) && (earlier(r->out->from, e.to) || in_span(r->out, t)) &&
		    !add(r, &e))
			return;
		add_notice(r, t, w->notice, &e);
	}
}

/* ---- duties ---- */

static Span notice_of(const Plan *p, const Duty *d)
{
	for (size_t i = 0; d->kind == REF_UPDATE && i < p->updates_n; i++) {
		const Deadline *n = &p->updates[i].notice;

		if (&p->updates[i].item == d->item && n->kind == DEADLINE_SPAN)
			return n->span;
	}
	return (Span){ 0 };
}

static AgendaEntry entry_of(const Plan *p, const Duty *d, Instant t)
{
	const Duty *by = d->by ? d->by : d;

	return (AgendaEntry){ .kind = AGENDA_DUTY,
		              .from = t,
		              .to = span_is_zero(d->length) ? t
		                                            : zone_add(zone_of(p), t, d->length),
		              .late = duty_late_after(p, d, t),
		              .duty = d,
		              .window = d->window,
		              .title = d->title,
		              .owner = d->owner,
		              .ours = by->slot_ours,
		              .reason = by->slot_reason,
		              .times = 1 };
}

/* One entry for all occurrences of a civil day. */
static Instant take_day(const Reading *r, const Duty *d, AgendaEntry *e)
{
	Instant day = zone_add(zone_of(r->plan), zone_day_start(zone_of(r->plan), e->from),
	                       (Span){ .days = 1 });
	Instant end = earliest(day, r->out->to), t = e->from;
	Duration every = d->at.interval;

	if (d->at.kind == SCHEDULE_EVERY && every.us > 0 && !d->days.set) {
		e->times = (unsigned)((between(t, end).us - 1) / every.us + 1);
		return after(t, duration_us(every.us * e->times));
	}
	for (e->times = 0; earlier(t, end); t = duty_next(r->plan, d, t))
		e->times++;
	return t;
}

static void read_duty(Reading *r, const Duty *d)
{
	const Duty *by = d->by ? d->by : d;
	Duration cadence = duty_cadence(&by->at);
	bool often = cadence.us > 0 && cadence.us < hours(OFTEN_HOURS).us;
	Span notice = notice_of(r->plan, d);
	Instant until = look_until(r->plan, r->out->to, notice);
	Instant t = duty_next(r->plan, d, after(r->out->from, duration_us(-1)));

	while (earlier(t, until)) {
		AgendaEntry e = entry_of(r->plan, d, t);

		if (earlier(t, r->out->to)) {
			Instant next = often ? take_day(r, by, &e) : duty_next(r->plan, d, t);

			if (!add(r, &e))
				return;
			add_notice(r, t, notice, &e);
			t = next;
		} else {
			add_notice(r, t, notice, &e);
			t = duty_next(r->plan, d, t);
		}
	}
}

static void read_duties(Reading *r)
{
	const Plan *p = r->plan;

	for (size_t i = 0; i < p->duties_n && !r->out->cut; i++) {
		const Duty *d = &p->duties[i];
		AgendaEntry e = { .kind = AGENDA_DUTY, .duty = d, .owner = d->owner };

		if (!d->by && !schedule_recurs(&d->at))
			r->out->undated += wanted(r, &e);
		else
			read_duty(r, d);
	}
}

static void read_sprints(Reading *r)
{
	Instant from, to, t = r->out->from;

	if (!plan_has_sprints(r->plan))
		return;
	if (!sprint_of(r->plan, t, &from, &to)) /* before the first: one length before its end */
		return;
	for (t = to; earlier(t, r->out->to) && sprint_of(r->plan, t, &from, &to); t = to) {
		AgendaEntry e = {
			.kind = AGENDA_SPRINT, .from = t, .to = t, .late = NEVER, .times = 1
		};

		if (!add(r, &e))
			return;
	}
}

/* ---- order ---- */

static int by_begin(const void *x, const void *y)
{
	const AgendaEntry *a = x, *b = y;

	if (a->from.us != b->from.us)
		return a->from.us < b->from.us ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->window != b->window && a->kind != AGENDA_DUTY)
		return a->window < b->window ? -1 : 1;
	return a->duty == b->duty ? 0 : a->duty < b->duty ? -1 : 1;
}

/* ---- merges ---- */

static bool share_services(const Window *a, const Window *b)
{
	if (a->env && b->env && !text_eq(a->env, b->env))
		return false;
	if (!a->services.n || !b->services.n)
		return true;
	for (size_t i = 0; i < a->services.n; i++) {
		if (is_owned_by(b->services, a->services.at[i]))
			return true;
	}
	return false;
}

static void join(Agenda *a, AgendaEntry *first, AgendaEntry *second, Instant notify)
{
	AgendaMerge *m;

	if (!first->merge) {
		list_add(&a->merges, ((AgendaMerge){ first->from, first->to, first->window->impact,
		                                     1, NEVER }));
		first->merge = (unsigned)a->merges.n;
	}
	m = &a->merges.at[first->merge - 1];
	if (second->merge != first->merge) {
		second->merge = first->merge;
		m->n++;
	}
	m->to = latest(m->to, second->to);
	m->impact = second->window->impact > m->impact ? second->window->impact : m->impact;
	m->notify = earliest(m->notify, notify);
}

static Instant notify_of(const Plan *p, const AgendaEntry *e, Instant start)
{
	if (span_is_zero(e->window->notice))
		return NEVER;
	return zone_add(zone_of(p), start, backwards(e->window->notice));
}

/* Joined windows are told of together, by the longest of their notices before the
 * first opens (WIN-08). */
static void merge_windows(const Plan *p, Agenda *a)
{
	size_t open[OPEN_WINDOWS_MAX], n = 0;

	for (size_t i = 0; i < a->entries.n; i++) {
		AgendaEntry *e = &a->entries.at[i];
		size_t kept = 0;

		if (e->kind != AGENDA_WINDOW)
			continue;
		for (size_t k = 0; k < n; k++) {
			AgendaEntry *before = &a->entries.at[open[k]];
			Instant end =
			        before->merge ? a->merges.at[before->merge - 1].to : before->to;
			Instant start =
			        before->merge ? a->merges.at[before->merge - 1].from : before->from;

			if (earlier(end, e->from))
				continue;
			open[kept++] = open[k];
			if (share_services(before->window, e->window))
				join(a, before, e,
				     earliest(notify_of(p, before, start), notify_of(p, e, start)));
		}
		n = kept;
		if (n < OPEN_WINDOWS_MAX)
			open[n++] = i;
	}
}

/* ---- collisions ---- */

static bool is_asked(const Duty *d)
{
	for (size_t i = 0; i < d->items_n; i++) {
		if (d->items[i].ask)
			return true;
	}
	return d->human;
}

static const char *common(Texts a, Texts b)
{
	for (size_t i = 0; i < a.n; i++) {
		if (is_owned_by(b, a.at[i]))
			return a.at[i];
	}
	return NULL;
}

/* Two duties at once: one is set off by the other, or waits for it, by design. */
static bool belong_together(const Duty *a, const Duty *b)
{
	return a->by == b || b->by == a || (a->by && a->by == b->by) ||
	       is_owned_by(a->after, b->id) || is_owned_by(b->after, a->id);
}

static bool duties_clash(const AgendaEntry *a, const AgendaEntry *b, AgendaCollision *ret)
{
	if (belong_together(a->duty, b->duty))
		return false;
	ret->why = CLASH_LOCK;
	ret->what = common(a->duty->locks, b->duty->locks);
	if (ret->what)
		return true;
	ret->why = CLASH_OWNER;
	if (is_asked(a->duty) && is_asked(b->duty))
		ret->what = common(a->owner, b->owner);
	return ret->what != NULL;
}

static bool window_clashes(const AgendaEntry *window, const AgendaEntry *duty, AgendaCollision *ret)
{
	if (window->window->impact != IMPACT_DOWN || duty->duty->window == window->window ||
	    is_asked(duty->duty) || duty->times > 1)
		return false;
	ret->why = CLASH_WINDOW;
	ret->what = window->window->item.id;
	return true;
}

static bool clash(const AgendaEntry *a, const AgendaEntry *b, AgendaCollision *ret)
{
	if (a->kind == AGENDA_DUTY && b->kind == AGENDA_DUTY)
		return a->times == 1 && b->times == 1 && duties_clash(a, b, ret);
	if (a->kind == AGENDA_WINDOW && b->kind == AGENDA_DUTY)
		return window_clashes(a, b, ret);
	return a->kind == AGENDA_DUTY && b->kind == AGENDA_WINDOW && window_clashes(b, a, ret);
}

/* What has no length takes a minute: beginning together is a collision. What is due by
 * the end of a month takes no time of its own. */
static Instant busy_until(const AgendaEntry *e)
{
	if (e->kind == AGENDA_DUTY && e->duty->by_period_end)
		return e->from;
	return earlier(e->from, e->to) ? e->to : after(e->from, minutes(1));
}

static void find_collisions(Agenda *a)
{
	for (size_t i = 0; i < a->entries.n; i++) {
		Instant end = busy_until(&a->entries.at[i]);

		for (size_t k = i + 1; k < a->entries.n && earlier(a->entries.at[k].from, end);
		     k++) {
			AgendaEntry *x = &a->entries.at[i], *y = &a->entries.at[k];
			AgendaCollision c = { .a = i, .b = k };

			if (!earlier(y->from, busy_until(y)) || !clash(x, y, &c))
				continue;
			if (a->collisions.n == AGENDA_COLLISIONS)
				return;
			x->collides = y->collides = true;
			list_add(&a->collisions, c);
		}
	}
}

static bool same_collision(const Agenda *a, const AgendaCollision *x, const AgendaCollision *y)
{
	const AgendaEntry *at = a->entries.at;

	return agenda_same_thing(&at[x->a], &at[y->a]) && agenda_same_thing(&at[x->b], &at[y->b]);
}

unsigned agenda_collision_times(const Agenda *a, size_t i)
{
	unsigned times = 0;

	for (size_t k = 0; k < a->collisions.n; k++) {
		if (!same_collision(a, &a->collisions.at[k], &a->collisions.at[i]))
			continue;
		if (k < i)
			return 0;
		times++;
	}
	return times;
}

bool agenda_same_thing(const AgendaEntry *a, const AgendaEntry *b)
{
	return a->kind == b->kind && a->duty == b->duty && (a->duty || a->window == b->window);
}

bool agenda_is_first(const Agenda *a, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (agenda_same_thing(&a->entries.at[k], &a->entries.at[i]))
			return false;
	}
	return true;
}

/* ---- the whole ---- */

void agenda_read(const Plan *p, Instant from, Instant to, const AgendaWish *wish, Agenda *ret)
{
	Reading r = { .plan = p, .wish = wish, .out = ret };

	*ret = (Agenda){ .from = from, .to = to };
	if (!is_set(from) || !is_set(to) || !earlier(from, to))
		return;
	for (size_t i = 0; i < p->windows_n && !ret->cut; i++)
		read_window(&r, &p->windows[i]);
	read_duties(&r);
	read_sprints(&r);
	if (ret->entries.n)
		qsort(ret->entries.at, ret->entries.n, sizeof *ret->entries.at, by_begin);
	merge_windows(p, ret);
	find_collisions(ret);
}

bool agenda_touches(const AgendaEntry *e, Instant day, Instant next_day)
{
	return earlier(e->from, next_day) && (earlier(day, e->to) || !earlier(e->from, day));
}
