/* Who is told what, and when: one message a day for each person, at a sensible hour. */
#include <stdio.h>
#include <stdlib.h>

#include "task/task_private.h"

enum { PEOPLE_MAX = 32, EDGES_MAX = 64 };

/* ---- sensible hours ---- */

/* A contact without hours is told by day: ours. Being on call is for alarms. */
static const Hours *hours_of(const Contact *c)
{
	static const Hours by_day = { .set = true,
		                      .ranges = { { 0x7f, 8 * 60, 20 * 60 } },
		                      .ranges_n = 1 };

	return c->hours.set && !c->hours.always && c->hours.ranges_n ? &c->hours : &by_day;
}

/* When the hours begin in which `t` lies, or the last that begin before it. */
static Instant opening_for(const Hours *h, const Zone *zone, Instant t)
{
	static const int back[] = { 2, 8, 32 };

	for (size_t i = 0; i < COUNT_OF(back); i++) {
		Instant edge = after(t, days(-back[i])), begin = LONG_AGO;

		for (int n = 0; n < EDGES_MAX * 4; n++) {
			edge = hours_next_edge(h, zone, edge);
			if (!is_set(edge) || earlier(t, edge))
				break;
			if (hours_open(h, zone, edge))
				begin = edge;
		}
		if (is_set(begin))
			return begin;
	}
	return t;
}

static Instant open_from(const Hours *h, const Zone *zone, Instant t)
{
	for (int n = 0; n < EDGES_MAX && !hours_open(h, zone, t); n++) {
		Instant edge = hours_next_edge(h, zone, t);

		if (!is_set(edge))
			break;
		t = edge;
	}
	return t;
}

/* ---- what is to be told ---- */

static bool awaits_people(const TaskWork *w)
{
	for (size_t k = 0; w->o.human && !task_is_over(&w->o) && k < w->items.n; k++) {
		const TaskItem *i = &w->items.at[k];

		if (!item_is_settled(i) &&
		    (i->kind == TASK_ITEM_ASK || i->needed || i->kind == TASK_ITEM_DO_ASK))
			return true;
	}
	return false;
}

static bool ended_badly(const TaskWork *w)
{
	return !w->o.quiet_end && (w->o.state == TASK_MISSED || w->o.state == TASK_FAILED);
}

/* Failures of what this version cannot do at all: said once, not every night. */
static bool is_old_news(const Tasks *all, const TaskWork *w)
{
	for (size_t i = 0; w->o.state == TASK_FAILED && w->o.unavailable && i < all->n; i++) {
		const TaskOccurrence *x = &all->at[i]->o;

		if (x != &w->o && x->unavailable && *x->told_end && text_eq(x->duty, w->o.duty))
			return true;
	}
	return false;
}

/* Everybody behind its owners; without any, behind the plan's owner. */
static size_t people_of(const TaskWork *w, const Plan *plan, TaskPeople *people,
                        const Contact *ret[PEOPLE_MAX])
{
	size_t n = 0;
	char owner[64];

	for (size_t i = 0; task_owner(&w->o, i, owner); i++) {
		const Contact *found[PEOPLE_MAX];
		size_t m = people(plan, owner, found, PEOPLE_MAX);

		for (size_t k = 0; k < m && k < PEOPLE_MAX && n < PEOPLE_MAX; k++) {
			bool known = false;

			for (size_t j = 0; j < n; j++)
				known = known || ret[j] == found[k];
			if (!known)
				ret[n++] = found[k];
		}
	}
	if (!n && plan->head.owner)
		n = people(plan, plan->head.owner, ret, PEOPLE_MAX);
	return n < PEOPLE_MAX ? n : PEOPLE_MAX;
}

/* Since when there is something to tell: the same before and after a restart. */
static Instant known_since(const TaskWork *w, Instant now)
{
	return task_is_over(&w->o) ? w->o.ended : is_set(w->o.started) ? w->o.started : now;
}

/* When that person is told of it. What is known before its day comes with the first
 * message of that day; what comes up later waits a little, for others. */
static Instant tell_at(const TaskWork *w, const Plan *plan, const Contact *c, Instant known)
{
	const Hours *h = hours_of(c);
	const Zone *zone = plan->head.timezone;
	Instant day = awaits_people(w) ? opening_for(h, zone, w->o.due) : LONG_AGO;

	if (earlier(known, day))
		return day;
	return open_from(h, zone, after(known, TASK_TELL_PAUSE));
}

static bool is_told(const TaskWork *w, const Contact *c)
{
	return lines_have(awaits_people(w) ? w->o.told_due : w->o.told_end, c->item.id);
}

/* The earliest instant at which somebody is to be told of it. */
static Instant work_tell_due(const Tasks *all, const TaskWork *w, const Plan *plan,
                             TaskPeople *people, Instant now)
{
	const Contact *who[PEOPLE_MAX];
	Instant due = NEVER;
	size_t n;

	if ((!awaits_people(w) && !ended_badly(w)) || is_old_news(all, w))
		return NEVER;
	n = people_of(w, plan, people, who);
	for (size_t i = 0; i < n; i++) {
		if (!is_told(w, who[i]))
			due = earliest(due, tell_at(w, plan, who[i], known_since(w, now)));
	}
	return due;
}

void tasks_digest_plan(Tasks *all, const Plan *plan, TaskPeople *people, Instant now)
{
	for (size_t i = 0; i < all->n; i++) {
		TaskWork *w = all->at[i];
		Instant due;

		if (w->tell_known == (int)w->o.state + 1)
			continue;
		due = work_tell_due(all, w, plan, people, now);
		/* What waits already waits no longer for being looked at again. */
		if (!w->tell_known || !awaits_people(w) || !is_set(w->tell_at))
			w->tell_at = due;
		w->tell_known = (int)w->o.state + 1;
	}
}

Instant tasks_digest_due(const Tasks *all)
{
	Instant due = NEVER;

	for (size_t i = 0; i < all->n; i++) {
		if (is_set(all->at[i]->tell_at))
			due = earliest(due, all->at[i]->tell_at);
	}
	return due;
}

/* ---- the messages ---- */

static TellKind kind_of(const TaskWork *w)
{
	return awaits_people(w)            ? TELL_TASK_DUE
	       : w->o.state == TASK_MISSED ? TELL_TASK_MISSED
	                                   : TELL_TASK_FAILED;
}

/* A task is no alarm: the person's own channels, else mail, else wherever alarms go. */
static void route(Tell *t, const Plan *plan, const Contact *c)
{
	for (size_t i = 0; i < c->via.n; i++)
		tell_via(t, c->via.at[i]);
	for (size_t i = 0; !t->via_n && c->email && i < plan->channels_n; i++) {
		if (plan->channels[i].type == CHANNEL_EMAIL)
			tell_via(t, plan->channels[i].item.id);
	}
}

static TaskDigest *digest_for(TaskDigests *all, const Contact *c, TellKind kind)
{
	TaskDigest *d;

	for (size_t i = 0; i < all->n; i++) {
		if (all->at[i].who == c && all->at[i].kind == kind)
			return &all->at[i];
	}
	d = list_push(all);
	d->who = c;
	d->kind = kind;
	return d;
}

static void add_to(TaskDigest *d, const TaskWork *w)
{
	size_t at = d->n;

	d->at = mem_grow(d->at, (d->n + 1) * sizeof *d->at);
	for (; at > 0 && earlier(w->o.due, d->at[at - 1]->o.due); at--)
		d->at[at] = d->at[at - 1];
	d->at[at] = w;
	d->n++;
}

/* Adds the work to the digest of everybody who is to know now; when the others are. */
static void collect(const Tasks *all, TaskWork *w, const Plan *plan, TaskPeople *people,
                    Instant now, TaskDigests *ret)
{
	const Contact *who[PEOPLE_MAX];
	Instant later = NEVER, reach = after(now, TASK_TELL_REACH);
	size_t n = people_of(w, plan, people, who);

	if (!awaits_people(w) && (!ended_badly(w) || is_old_news(all, w))) {
		w->tell_at = NEVER;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		bool waits = awaits_people(w);
		Instant known = known_since(w, after(now, (Duration){ -TASK_TELL_PAUSE.us }));
		Instant at = tell_at(w, plan, who[i], known);

		if (is_told(w, who[i]))
			continue;
		if (earlier(reach, at)) {
			later = earliest(later, at);
			continue;
		}
		add_to(digest_for(ret, who[i], kind_of(w)), w);
		(void)lines_add(waits ? w->o.told_due : w->o.told_end, TASK_NAMES, who[i]->item.id);
		w->changed = true;
	}
	w->tell_at = later;
}

static void tell(const TaskDigest *d, const Plan *plan, Effects *fx)
{
	char subject[96], key[96], digest[DIGEST_TEXT];
	const char *first = d->at[0]->o.id;
	Tell *t;

	/* The same task is announced to a person once, whatever the clock says meanwhile. */
	(void)snprintf(subject, sizeof subject, "tasks:%.80s", d->who->item.id);
	(void)snprintf(key, sizeof key, "task:%s:%.50s:%.16s",
	               d->kind == TELL_TASK_DUE      ? "due"
	               : d->kind == TELL_TASK_MISSED ? "missed"
	                                             : "failed",
	               d->who->item.id, digest_sha256(first, strlen(first), digest));
	t = effects_tell(fx, d->kind, subject, key);
	tell_to(t, d->who->item.id);
	route(t, plan, d->who);
}

void tasks_digest(Tasks *all, const Plan *plan, TaskPeople *people, Instant now, TaskDigests *ret,
                  Effects *fx)
{
	tasks_digest_plan(all, plan, people, now);
	if (!is_due(tasks_digest_due(all), now))
		return;
	for (size_t i = 0; i < all->n; i++) {
		if (is_due(all->at[i]->tell_at, after(now, TASK_TELL_REACH)))
			collect(all, all->at[i], plan, people, now, ret);
	}
	for (size_t i = 0; i < ret->n; i++)
		tell(&ret->at[i], plan, fx);
}

void TaskDigests_done(TaskDigests *d)
{
	for (size_t i = 0; i < d->n; i++)
		mem_free(d->at[i].at);
	list_free(d);
}
