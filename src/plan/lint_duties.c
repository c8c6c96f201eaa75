/* Everything that recurs, taken together. L17 hours that may not exist · L18 what
 * meets in time · L19, L20 no cadence, no hour · L32 nobody answers for it · L33 does
 * not fit · L34 its owner is away · L36 one lock, two holders. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DUTIES_PLAYED = 300,
	TIMES_MAX = 60000,
	OCCURRENCES = 400,
	MEETINGS_TOLD = 4,
	OWNERS_PLAYED = 64
};

static bool has_times(const Schedule *s) { return schedule_recurs(s) && s->has_hour; }

static bool asks_people(const Duty *d)
{
	bool any = d->human;

	for (size_t i = 0; i < d->items_n; i++)
		any = any || d->items[i].ask;
	return any;
}

/* ---- L20 ---- */

/* What takes a day or a period rather than an hour: a document, an audit, a training,
 * a person's reading. */
static bool wants_hour(const Duty *d)
{
	switch ((int)d->kind) {
	case REF_TASK:
	case REF_BACKUP:
	case REF_RESTORE_TEST:
	case REF_DB_ACTION:
	case REF_CLEANUP:
	case REF_UPDATE:
	case REF_SUITE:
	case REF_LOAD_TEST:
	case REF_STORAGE: return true;
	default: return false;
	}
}

static void hourless(Loader *l, const Duty *d)
{
	LintSpot spot = lint_duty_spot(l, d);
	char out[SCHEDULE_TEXT];

	if (d->by || d->stated.has_hour || !wants_hour(d) || d->stated.kind == SCHEDULE_EVERY)
		return;
	if (d->stated.kind == SCHEDULE_AGREED || d->stated.kind == SCHEDULE_AS_NEEDED) {
		if (d->kind == REF_TASK || d->kind == REF_BACKUP)
			lint_say(l, &spot, F_L20,
			         "'%s' takes place when people agree: it is never late",
			         d->item->id);
		return;
	}
	if (!schedule_recurs(&d->stated))
		return;
	if (d->slot_ours)
		lint_say(l, &spot, F_L20,
		         "'%s' has no hour: Carène proposes %s, and only '%s' is promised",
		         d->item->id, schedule_print(&d->at, out), d->stated.text);
	else
		lint_say(l, &spot, F_L20, "'%s' has no hour", d->item->id);
}

static bool is_symbolic(const Deadline *d)
{
	return d->kind == DEADLINE_ASAP || d->kind == DEADLINE_NEXT_SPRINT ||
	       d->kind == DEADLINE_PLANNED;
}

static void symbolic(Loader *l, SectionId section, const Item *item, const Deadline *d)
{
	bool sprints = l->plan->head.sprint_start && !span_is_zero(l->plan->head.sprint);

	if (is_symbolic(d) && !(d->kind == DEADLINE_NEXT_SPRINT && sprints))
		lint_add(l, section, item, "deadline", F_L20,
		         d->kind == DEADLINE_NEXT_SPRINT
		                 ? "'%s' is due in the next sprint, and the plan does not say when "
		                   "sprints begin (plan.sprint): no verdict is given"
		                 : "the deadline of '%s' is a word: the time is recorded, and no "
		                   "verdict is given",
		         item->id);
}

/* ---- L19: no cadence at all ---- */

static void note_refs(Loader *l, const WorkList *w, void *ctx)
{
	Map *used = ctx;

	(void)l;
	for (size_t i = 0; i < w->n; i++) {
		if (w->at[i].todo)
			(void)map_put(used, w->at[i].todo, used);
	}
}

static void never_due(Loader *l, const Map *used, SectionId section, RefKind kind, const Item *item,
                      const Schedule *at)
{
	const char *ref = arena_printf(l->scratch, "%s:%s", ref_kind_name(kind), item->id);

	if (at->kind != SCHEDULE_UNSET || map_get(used, ref))
		return;
	lint_add(l, section, item, "at", F_L19,
	         "'%s' has no cadence, and nothing sets it off: it is never due", item->id);
}

#define NEVER_DUE(list, SECTION, KIND, spare)                                 \
	for (size_t i = 0; i < l->plan->list##_n; i++) {                      \
		const __typeof__(*l->plan->list) *e = &l->plan->list[i];      \
                                                                              \
		if (!(spare))                                                 \
			never_due(l, &used, SECTION, KIND, &e->item, &e->at); \
	}

static bool is_dated(const Update *u) { return u->deadline.set; }

static void cadences_missing(Loader *l)
{
	Map used = { 0 };

	lint_work_lists(l, note_refs, &used);
	NEVER_DUE(tasks, SECTION_TASKS, REF_TASK, e->same_as != NULL)
	NEVER_DUE(backups, SECTION_BACKUPS, REF_BACKUP,
	          e->before != NULL || e->also.kind != SCHEDULE_UNSET)
	NEVER_DUE(restore_tests, SECTION_RESTORE_TESTS, REF_RESTORE_TEST, false)
	NEVER_DUE(exercises, SECTION_EXERCISES, REF_EXERCISE, false)
	NEVER_DUE(audits, SECTION_AUDITS, REF_AUDIT, false)
	NEVER_DUE(db_actions, SECTION_DB_ACTIONS, REF_DB_ACTION, false)
	NEVER_DUE(cleanup, SECTION_CLEANUP, REF_CLEANUP, false)
	NEVER_DUE(updates, SECTION_UPDATES, REF_UPDATE, is_dated(e))
	Map_done(&used);
}

/* ---- L32 ---- */

/* Somebody stands behind the name: a person with an address, or people the plan does
 * not list (a supplier, a machine, an audience's source). */
static bool stands(const Plan *p, const char *name)
{
	Crowd c = { .plan = p };
	const Role *role = plan_role(p, name);
	bool found = role && (role->kind == ROLE_SUPPLIER || role->kind == ROLE_MACHINE);

	lint_crowd_add(&c, name);
	for (size_t i = 0; i < c.people.n; i++)
		found = found || lint_has_address(c.people.at[i]);
	found = found || c.others;
	list_free(&c.people);
	return found;
}

/* Each thing that is asked names who is asked. */
static bool items_owned(const Duty *d)
{
	bool any = false;

	for (size_t i = 0; i < d->items_n; i++) {
		if (d->items[i].ask && !d->items[i].item.owner.n)
			return false;
		any = any || d->items[i].ask;
	}
	return any;
}

typedef struct Ownerless {
	const Duty *first;
	size_t n;
} Ownerless;

static void owners(Loader *l, const Duty *d, Ownerless *none, Map *said)
{
	if (d->by || d->supplier || !asks_people(d))
		return;
	if (d->owner.n == 0 && !items_owned(d)) {
		none->first = none->first ? none->first : d;
		none->n++;
	}
	for (size_t i = 0; i < d->owner.n; i++) {
		const char *name = d->owner.at[i];
		LintSpot spot = lint_duty_spot(l, d);

		if (map_get(said, name) || stands(l->plan, name))
			continue;
		(void)map_put(said, name, said);
		spot.key = "owner";
		lint_say(l, &spot, F_L32,
		         "'%s' answers for '%s', and no contact with an address stands behind it: "
		         "nobody is told that it is due",
		         name, d->id);
	}
}

static void ownerless(Loader *l, const Ownerless *none)
{
	LintSpot spot;

	if (!none->n || l->plan->head.owner || l->plan->head.item.owner.n)
		return;
	spot = lint_duty_spot(l, none->first);
	spot.key = NULL;
	if (none->n == 1)
		lint_say(l, &spot, F_L32, "'%s' asks a person, and has no owner", none->first->id);
	else
		lint_say(l, &spot, F_L32,
		         "'%s' and %zu more ask a person and have no owner, nor has the plan: who "
		         "is to be told that they are due?",
		         none->first->id, none->n - 1);
}

/* ---- L33 ---- */

static bool inside(Loader *l, const Duty *d, Instant t)
{
	const Window *w = d->window;
	const Zone *z = lint_zone(l, &w->at);
	Instant open = schedule_last(&w->at, z, t);

	return is_set(open) && !earlier(zone_add(z, open, w->length), zone_add(z, t, d->length));
}

static void against_window(Loader *l, const Duty *d)
{
	const Window *w = d->window;
	LintSpot spot = lint_duty_spot(l, d);
	Instant t;

	if (!w || d->by || !schedule_recurs(&w->at) || span_is_zero(w->length))
		return;
	spot.related = lint_see(l, SECTION_WINDOWS, &w->item, "at");
	if (span_estimate(d->length).us > span_estimate(w->length).us) {
		lint_say(l, &spot, F_L33, "'%s' takes %s, and its window '%s' lasts %s",
		         d->item->id, lint_words(l, span_estimate(d->length)), w->item.id,
		         lint_words(l, span_estimate(w->length)));
		return;
	}
	if (!has_times(&d->stated))
		return;
	t = schedule_next(&d->stated, lint_zone(l, &d->stated), lint_start(l));
	for (size_t n = 0; n < OCCURRENCES && is_set(t) && earlier(t, lint_end(l)); n++) {
		if (!inside(l, d, t)) {
			lint_say(l, &spot, F_L33,
			         "'%s' is to take place in the window '%s', and on %s it does not",
			         d->item->id, w->item.id, lint_when(l, t));
			return;
		}
		t = schedule_next(&d->stated, lint_zone(l, &d->stated), t);
	}
}

/* ---- L34 ---- */

/* The minutes at which somebody behind a name is there. */
typedef struct Presence {
	const char *name;
	YearMap map;
	bool known; /* all of them have hours */
} Presence;

typedef struct Presences {
	Presence of[OWNERS_PLAYED];
	size_t n;
} Presences;

static void play_presence(Loader *l, Presence *p)
{
	Crowd c = { .plan = l->plan };
	bool any = false;

	p->known = true;
	lint_crowd_add(&c, p->name);
	for (size_t i = 0; i < c.people.n; i++) {
		const Contact *who = c.people.at[i];

		if (!lint_has_address(who))
			continue;
		any = true;
		p->known = p->known && (who->hours.set || who->oncall.set);
		if (p->known)
			lint_map_contact(l, &p->map, who);
	}
	list_free(&c.people);
	p->known = p->known && any && !c.others;
}

/* NULL: nothing is known of their hours, or too many names have been asked for. */
static const YearMap *there(Loader *l, Presences *all, const char *name)
{
	Presence *p;

	for (size_t i = 0; i < all->n; i++) {
		if (text_eq(all->of[i].name, name))
			return all->of[i].known ? &all->of[i].map : NULL;
	}
	if (all->n == OWNERS_PLAYED)
		return NULL;
	p = &all->of[all->n++];
	*p = (Presence){ .name = name, .map = lint_map(l) };
	play_presence(l, p);
	return p->known ? &p->map : NULL;
}

static bool met(const YearMap *m, Instant from, Instant to)
{
	int64_t a = between(m->from, from).us / 60000000, b = between(m->from, to).us / 60000000;

	for (int64_t i = a < 0 ? 0 : a; i < b && i < (int64_t)m->n; i++) {
		if (m->at[i])
			return true;
	}
	return a < 0 || b > (int64_t)m->n;
}

/* From the hour that is said till it is planned to be over; where no hour is said, the
 * whole day. */
static bool owner_met(Loader *l, const Duty *d, const YearMap *m, Instant t)
{
	const Zone *z = lint_zone(l, &d->stated);
	Span whole = { .days = 1 };
	Duration length = span_estimate(d->length);

	if (!d->stated.has_hour)
		return met(m, zone_day_start(z, t), zone_add(z, zone_day_start(z, t), whole));
	return met(m, t, after(t, length.us ? length : hours(1)));
}

/* A day is named: weekly sun, monthly first sun, monthly 15 do; monthly does not. */
static bool names_day(const Schedule *s)
{
	return s->kind == SCHEDULE_DAILY || s->weekdays || (s->has_hour && s->day);
}

static void owner_there(Loader *l, const Duty *d, const char *name, const YearMap *m)
{
	const Zone *z = lint_zone(l, &d->stated);
	Instant t = schedule_next(&d->stated, z, lint_start(l)), first = NEVER;
	size_t times = 0, missed = 0;
	LintSpot spot = lint_duty_spot(l, d);

	for (; times < OCCURRENCES && is_set(t) && earlier(t, lint_end(l)); times++) {
		if ((!d->days.set || hours_open(&d->days, z, t)) && !owner_met(l, d, m, t)) {
			first = is_set(first) ? first : t;
			missed++;
		}
		t = schedule_next(&d->stated, z, t);
	}
	/* A holiday now and then is caught up the day after. */
	if (missed * 4 <= times)
		return;
	lint_say(l, &spot, F_L34,
	         "at %zu of the %zu times of '%s' in %d nobody behind '%s', who answers for it, is "
	         "there: first %s",
	         missed, times, d->item->id, lint_year(l), name,
	         d->stated.has_hour ? lint_day(l, first) : lint_date(l, first));
}

static void owner_hours(Loader *l)
{
	const Plan *p = l->plan;
	Presences *all = ARENA_NEW(l->scratch, Presences);

	for (size_t i = 0; i < p->duties_n && i < DUTIES_PLAYED; i++) {
		const Duty *d = &p->duties[i];

		if (d->by || d->supplier || !asks_people(d) || !names_day(&d->stated) ||
		    !schedule_recurs(&d->stated))
			continue;
		for (size_t j = 0; j < d->owner.n && j < 4; j++) {
			const YearMap *m = there(l, all, d->owner.at[j]);

			if (m)
				owner_there(l, d, d->owner.at[j], m);
		}
	}
}

/* ---- L18, L36: what meets ---- */

typedef struct Actor { /* a duty or a window */
	const Duty *duty;
	const Window *window;
	const Schedule *at;
	const Zone *zone;
	Span length;
	double every;
} Actor;

typedef struct Time {
	Instant from, to;
	size_t actor;
} Time;

typedef struct Meeting {
	size_t a, b; /* a: told of, the rarer, else the later in the file */
	Instant first;
	bool lock;
} Meeting;

typedef struct Play {
	Loader *l;
	LIST(Actor) actors;
	LIST(Time) times;
	LIST(Meeting) meetings;
	Map seen; /* "a b" */
	Map only; /* owner → the only contact behind it, or one of the two below */
} Play;

static const Contact several, nobody;

static const Database *database_of(const Duty *d)
{
	switch ((int)d->kind) {
	case REF_BACKUP: return ((const Backup *)(const void *)d->item)->db;
	case REF_DB_ACTION: return ((const DbAction *)(const void *)d->item)->db;
	case REF_CLEANUP: return ((const Cleanup *)(const void *)d->item)->db;
	default: return NULL;
	}
}

static const char *env_of(const Duty *d)
{
	const Database *db = database_of(d);

	if (d->kind == REF_TASK)
		return ((const Task *)(const void *)d->item)->env;
	return db                      ? db->env
	       : d->kind == REF_BACKUP ? ((const Backup *)(const void *)d->item)->env
	                               : NULL;
}

/* Copies of one database at one hour are one copy; a copy during work on the tables, or
 * two kinds of such work, are not. */
static bool share_database(const Duty *a, const Duty *b)
{
	return database_of(a) && database_of(a) == database_of(b) &&
	       !(a->kind == REF_BACKUP && b->kind == REF_BACKUP);
}

/* The one person behind a name; NULL: nobody yet, or several, who can share the work. */
static const Contact *only_one(Play *p, const char *name, bool *ret_several)
{
	const Contact *known = map_get(&p->only, name);
	Crowd c = { .plan = p->l->plan };

	*ret_several = false;
	if (!known) {
		lint_crowd_add(&c, name);
		known = c.people.n == 1          ? c.people.at[0]
		        : c.people.n || c.others ? &several
		                                 : &nobody;
		list_free(&c.people);
		(void)map_put(&p->only, name, (void *)(uintptr_t)known);
	}
	*ret_several = known == &several;
	return known == &several || known == &nobody ? NULL : known;
}

static bool same_hands(Play *p, const char *a, const char *b)
{
	bool many_a, many_b;
	const Contact *one_a = only_one(p, a, &many_a), *one_b = only_one(p, b, &many_b);

	return one_a ? one_a == one_b : text_eq(a, b) && !many_a;
}

/* The same hands: one person who owns both, or nobody said for either. */
static bool share_people(Play *p, const Duty *a, const Duty *b)
{
	if (!asks_people(a) || !asks_people(b))
		return false;
	for (size_t i = 0; i < a->owner.n; i++) {
		for (size_t j = 0; j < b->owner.n; j++) {
			if (same_hands(p, a->owner.at[i], b->owner.at[j]))
				return true;
		}
	}
	return !a->owner.n && !b->owner.n;
}

static bool machine_writes(const Duty *d)
{
	return d->kind == REF_BACKUP || d->kind == REF_DB_ACTION || d->kind == REF_CLEANUP ||
	       d->kind == REF_TASK;
}

/* A window that is not its own, in the same place, in which the service is touched. */
static bool falls_into(const Duty *d, const Window *w)
{
	const char *env = env_of(d);

	return d->window != w && w->impact != IMPACT_NONE && machine_writes(d) &&
	       !(env && w->env && !text_eq(env, w->env)) && !text_eq(d->stated.text, w->at.text);
}

static bool conflict(Play *p, const Actor *a, const Actor *b, bool *lock)
{
	*lock = false;
	if (a->window && b->window)
		return false; /* lint_time.c */
	if (a->window || b->window)
		return a->window ? falls_into(b->duty, a->window) : falls_into(a->duty, b->window);
	*lock = lint_share(a->duty->locks, b->duty->locks);
	return *lock || share_database(a->duty, b->duty) || share_people(p, a->duty, b->duty);
}

static void add_actor(Play *p, Actor a)
{
	a.every = lint_every(a.at);
	/* What comes several times a day meets everything, and is built for it. */
	if (has_times(a.at) && a.every >= 1.0 / 7)
		list_add(&p->actors, a);
}

static void cast(Play *p)
{
	const Plan *plan = p->l->plan;

	for (size_t i = 0; i < plan->windows_n && i < DUTIES_PLAYED; i++) {
		const Window *w = &plan->windows[i];

		add_actor(p, (Actor){ .window = w,
		                      .at = &w->at,
		                      .zone = lint_zone(p->l, &w->at),
		                      .length = w->length });
	}
	for (size_t i = 0; i < plan->duties_n && p->actors.n < DUTIES_PLAYED; i++) {
		const Duty *d = &plan->duties[i];

		if (!d->by)
			add_actor(p, (Actor){ .duty = d,
			                      .at = &d->stated,
			                      .zone = lint_zone(p->l, &d->stated),
			                      .length = d->length });
	}
}

static void add_times(Play *p, size_t actor)
{
	const Actor *a = &p->actors.at[actor];
	Instant end = lint_end(p->l), t = schedule_last(a->at, a->zone, lint_start(p->l));

	for (t = is_set(t) ? t : schedule_next(a->at, a->zone, lint_start(p->l));
	     is_set(t) && earlier(t, end) && p->times.n < TIMES_MAX;
	     t = schedule_next(a->at, a->zone, t)) {
		Instant to = zone_add(a->zone, t, a->length);

		if (a->duty && a->duty->days.set && !hours_open(&a->duty->days, a->zone, t))
			continue;
		if (!earlier(t, to))
			to = after(t, minutes(1)); /* its length is not said */
		if (earlier(lint_start(p->l), to))
			list_add(&p->times, ((Time){ t, to, actor }));
	}
}

static int by_from(const void *a, const void *b)
{
	const Time *x = a, *y = b;

	if (x->from.us != y->from.us)
		return x->from.us < y->from.us ? -1 : 1;
	return x->actor < y->actor ? -1 : x->actor > y->actor;
}

static void note_meeting(Play *p, size_t x, size_t y, Instant t)
{
	const Actor *a = &p->actors.at[x], *b = &p->actors.at[y];
	char key[64];
	bool lock, told_of_x;

	if (x == y || !conflict(p, a, b, &lock))
		return;
	told_of_x = b->window              ? true
	            : a->window            ? false
	            : a->every != b->every ? a->every > b->every
	                                   : x > y;
	(void)snprintf(key, sizeof key, "%zu %zu", x < y ? x : y, x < y ? y : x);
	if (map_put(&p->seen, key, p))
		return;
	list_add(&p->meetings, ((Meeting){ told_of_x ? x : y, told_of_x ? y : x, t, lock }));
}

static void sweep(Play *p)
{
	for (size_t i = 0; i < p->times.n; i++) {
		const Time *one = &p->times.at[i];

		for (size_t j = i + 1; j < p->times.n && earlier(p->times.at[j].from, one->to); j++)
			note_meeting(p, one->actor, p->times.at[j].actor, p->times.at[j].from);
	}
}

static const char *actor_id(const Actor *a) { return a->duty ? a->duty->id : a->window->item.id; }

static const char *actor_see(Loader *l, const Actor *a)
{
	LintSpot s;

	if (a->window)
		return lint_see(l, SECTION_WINDOWS, &a->window->item, "at");
	s = lint_duty_spot(l, a->duty);
	return lint_see(l, s.section, s.item, s.key);
}

static void tell(Play *p, size_t actor, bool lock)
{
	const Duty *d = p->actors.at[actor].duty;
	AUTO(Buf) names = { 0 };
	LintSpot spot = lint_duty_spot(p->l, d);
	Instant first = NEVER;
	size_t n = 0;

	for (size_t i = 0; i < p->meetings.n; i++) {
		const Meeting *m = &p->meetings.at[i];

		if (m->a != actor || m->lock != lock)
			continue;
		if (++n <= MEETINGS_TOLD)
			buf_printf(&names, n == 1 ? "'%s'" : ", '%s'",
			           actor_id(&p->actors.at[m->b]));
		if (earlier(m->first, first)) {
			first = m->first;
			spot.related = actor_see(p->l, &p->actors.at[m->b]);
		}
	}
	if (n > MEETINGS_TOLD)
		buf_printf(&names, " and %zu more", n - MEETINGS_TOLD);
	if (n && lock)
		lint_say(p->l, &spot, F_L36,
		         "'%s' needs a lock that %s holds at the same time: one waits for the "
		         "other, first %s",
		         d->id, buf_str(&names), lint_when(p->l, first));
	else if (n)
		lint_say(p->l, &spot, F_L18, "'%s' meets %s, first %s", d->id, buf_str(&names),
		         lint_when(p->l, first));
}

static void meetings(Loader *l)
{
	Play p = { .l = l };

	cast(&p);
	for (size_t i = 0; i < p.actors.n; i++)
		add_times(&p, i);
	if (p.times.n)
		qsort(p.times.at, p.times.n, sizeof *p.times.at, by_from);
	sweep(&p);
	for (size_t i = 0; i < p.actors.n; i++) {
		if (!p.actors.at[i].duty)
			continue;
		tell(&p, i, true);
		tell(&p, i, false);
	}
	list_free(&p.actors);
	list_free(&p.times);
	list_free(&p.meetings);
	Map_done(&p.seen);
	Map_done(&p.only);
}

void lint_duties(Loader *l)
{
	const Plan *p = l->plan;
	Ownerless none = { 0 };
	Map said = { 0 };

	for (size_t i = 0; i < p->duties_n; i++) {
		hourless(l, &p->duties[i]);
		owners(l, &p->duties[i], &none, &said);
		against_window(l, &p->duties[i]);
	}
	ownerless(l, &none);
	Map_done(&said);
	if (p->duties_n && p->contacts_n)
		owner_hours(l);
	cadences_missing(l);
	for (size_t i = 0; i < p->vulnerabilities_n; i++)
		symbolic(l, SECTION_VULNERABILITIES, &p->vulnerabilities[i].item,
		         &p->vulnerabilities[i].deadline);
	for (size_t i = 0; i < p->updates_n; i++)
		symbolic(l, SECTION_UPDATES, &p->updates[i].item, &p->updates[i].deadline);
	meetings(l);
}
