/* Stand-ins for the people of a plan, so that a simulated year has somebody in it. They
 * do what the plan hopes for, in the hours it gives them, and no more:
 *
 *   a page        its person takes it 5 min after it came, or after the hours begin
 *   an incident   who took it tells users, ticks its lists, and closes it in the first
 *                 hours after it is over
 *   a heartbeat   comes at its time, or as often as it is expected
 *   a task        one of each owner's people confirms it after its planned duration:
 *                 at its time if somebody is there, else when somebody's hours begin
 *                 (people without hours: 08:00-20:00 for tasks, any time for pages)
 *
 * All of this is ours, no promise of the plan, and `people` lines change it. They act as
 * people do, by commands; what they are refused stays undone. A name that no contact
 * stands behind is nobody: nothing is done in its name. */
#include "sim/scenario_private.h"

#include "check/status.h"
#include "core/text.h"
#include "incident/incident.h"
#include "incident/roster.h"
#include "notify/message.h"
#include "sim/simulate.h"
#include "task/task.h"

#include <string.h>

enum { ANSWER_MIN = 5, ITEMS_MIN = 10, TRIES = 200, ASKED_AGAIN = 5, EDGES = 1000 };

typedef enum DeedKind {
	DEED_ACK,
	DEED_ALERT,
	DEED_UPDATE,
	DEED_ITEM,
	DEED_CLOSE,
	DEED_TASK,
	DEED_PUSH
} DeedKind;

/* What somebody is about to do. */
typedef struct Deed {
	DeedKind kind;
	char who[64]; /* contact; DEED_ITEM, …: "" whoever took the incident */
	char subject[TASK_ID], part[96];
	int tries;
} Deed;

typedef struct Absence {
	char who[64]; /* "": everybody */
	Instant from, to;
} Absence;

typedef struct Refusal {
	char who[64]; /* "": everybody */
	bool pages;   /* does not answer them; false: does not confirm tasks */
} Refusal;

struct People {
	Duration answer_after, confirm_after;
	LIST(Absence) absences;
	LIST(Refusal) refusals;
	Map armed; /* what somebody is already going to do → how often */
	Map taken; /* incident → contact who took it (char *) */
};

People *people_new(void)
{
	People *p = NEW(People);

	p->answer_after = minutes(ANSWER_MIN);
	return p;
}

void people_free(People *p)
{
	MapEntry *e;

	for (size_t i = 0; map_next(&p->taken, &i, &e);)
		mem_free(e->value);
	Map_done(&p->taken);
	Map_done(&p->armed);
	list_free(&p->absences);
	list_free(&p->refusals);
	mem_free(p);
}

void deed_free(Deed *d) { mem_free(d); }

/* ---- who is there ---- */

static bool means(const char *who, const char *contact) { return !*who || text_eq(who, contact); }

static bool is_absent(const People *p, const char *contact, Instant t)
{
	for (size_t i = 0; i < p->absences.n; i++) {
		const Absence *a = &p->absences.at[i];

		if (means(a->who, contact) && !earlier(t, a->from) && earlier(t, a->to))
			return true;
	}
	return false;
}

static bool refuses(const People *p, const char *contact, bool pages)
{
	for (size_t i = 0; i < p->refusals.n; i++) {
		if (p->refusals.at[i].pages == pages && means(p->refusals.at[i].who, contact))
			return true;
	}
	return false;
}

/* Contacts without hours are there for pages at any time, for tasks by day. */
static const Hours *hours_of(const Contact *c, bool pages)
{
	static const Hours day = { .set = true,
		                   .ranges = { { 0x7f, 8 * 60, 20 * 60 } },
		                   .ranges_n = 1 };
	static const Hours always = { .set = true, .always = true };

	return c->hours.set ? &c->hours : pages ? &always : &day;
}

static bool is_there(const Scene *s, const Contact *c, bool pages, Instant t)
{
	const Zone *z = engine_plan(s->engine)->head.timezone;

	return !is_absent(s->people, c->item.id, t) &&
	       (hours_open(hours_of(c, pages), z, t) ||
	        (pages && c->oncall.set && hours_open(&c->oncall, z, t)));
}

static Instant next_edge(const Scene *s, const Contact *c, bool pages, Instant t)
{
	const Zone *z = engine_plan(s->engine)->head.timezone;
	Instant edge = hours_next_edge(hours_of(c, pages), z, t);

	if (c->oncall.set)
		edge = earliest(edge, hours_next_edge(&c->oncall, z, t));
	for (size_t i = 0; i < s->people->absences.n; i++) {
		if (earlier(t, s->people->absences.at[i].to))
			edge = earliest(edge, s->people->absences.at[i].to);
	}
	return edge;
}

/* The first instant at or after t when the person is there; NEVER. */
static Instant there_at(const Scene *s, const Contact *c, bool pages, Instant t)
{
	for (int i = 0; i < EDGES && is_set(t); i++) {
		if (is_there(s, c, pages, t))
			return t;
		t = next_edge(s, c, pages, t);
	}
	return NEVER;
}

/* ---- arranging ---- */

static intptr_t arm(People *p, const char *key, intptr_t most)
{
	intptr_t n = (intptr_t)map_get(&p->armed, key);

	if (n >= most)
		return 0;
	map_put(&p->armed, key, (void *)(n + 1));
	return n + 1;
}

static void arrange(Scene *s, Instant at, DeedKind kind, const char *who, const char *subject,
                    const char *part)
{
	Deed *d;

	if (!is_set(at))
		return;
	d = NEW(Deed);
	d->kind = kind;
	text_copy(d->who, sizeof d->who, who);
	text_copy(d->subject, sizeof d->subject, subject);
	text_copy(d->part, sizeof d->part, part);
	scenario_later(s, at, NULL, d);
}

static bool is_page(const Message *m)
{
	return m->kind == TELL_ALERT || m->kind == TELL_INCIDENT_OPENED ||
	       m->kind == TELL_INCIDENT_ESCALATED || m->kind == TELL_INCIDENT_REOPENED ||
	       m->kind == TELL_CLOCK_WARNING;
}

static void saw_page(Scene *s, const Message *m, const Contact *c)
{
	bool incident = text_starts(m->subject, "incident:");
	AUTO_FREE char *key = mem_printf("page %s %s", m->id, c->item.id);
	Instant at;

	if (refuses(s->people, c->item.id, true) || !arm(s->people, key, 1))
		return;
	at = after(there_at(s, c, true, m->sent_at), s->people->answer_after);
	arrange(s, at, incident ? DEED_ACK : DEED_ALERT, c->item.id,
	        incident ? m->subject + strlen("incident:") : m->rule, "");
}

static void saw_message(Scene *s, const Message *m)
{
	const Plan *p = engine_plan(s->engine);

	if (m->recovery || (m->state != MESSAGE_SENT && m->state != MESSAGE_DELIVERED) ||
	    !is_page(m))
		return;
	for (size_t i = 0; i < p->contacts_n; i++) {
		if (sim_reaches(m, &p->contacts[i]))
			saw_page(s, m, &p->contacts[i]);
	}
}

static void saw_incident(Scene *s, const Incident *inc)
{
	char *who = map_get(&s->people->taken, inc->id);
	const Contact *c = who ? plan_contact(engine_plan(s->engine), who) : NULL;
	AUTO_FREE char *update =
	        mem_printf("update %s %lld", inc->id, (long long)inc->next_update_at.us);
	AUTO_FREE char *over = mem_printf("over %s %d", inc->id, (int)inc->state);
	Instant now = world_now(sim_world(s->sim));

	if (!c)
		return;
	if (is_set(inc->next_update_at) && incident_is_active(inc) && arm(s->people, update, 1))
		arrange(s, latest(now, after(inc->next_update_at, minutes(-1))), DEED_UPDATE, who,
		        inc->id, "");
	if (!incident_is_active(inc) && incident_is_open(inc) && arm(s->people, over, 1))
		arrange(s, after(there_at(s, c, false, now), hours(1)), DEED_CLOSE, who, inc->id,
		        "");
}

static void saw_item(Scene *s, const ChecklistItem *item)
{
	Instant now = world_now(sim_world(s->sim)), at;

	if (item->state != ITEM_OPEN || item->closing || !arm(s->people, item->id, 1))
		return;
	at = after(latest(now, item->opens), minutes(ITEMS_MIN));
	if (is_set(item->due) && earlier(item->due, at) && earlier(now, item->due))
		at = after(item->due, minutes(-1));
	arrange(s, at, DEED_ITEM, "", item->incident, item->id);
}

/* The one of an owner's people who is there first; NULL: nobody ever is. */
static const Contact *first_there(const Scene *s, const char *owner, Instant from, Instant *ret)
{
	const Contact *people[REACH_MAX], *best = NULL;
	size_t n = roster_people(engine_plan(s->engine), owner, people, COUNT_OF(people));

	*ret = NEVER;
	for (size_t i = 0; i < n && i < COUNT_OF(people); i++) {
		Instant at = there_at(s, people[i], false, from);

		if (!refuses(s->people, people[i]->item.id, false) && earlier(at, *ret)) {
			best = people[i];
			*ret = at;
		}
	}
	return best;
}

static void saw_task(Scene *s, const TaskOccurrence *o)
{
	const Duty *duty = plan_duty(engine_plan(s->engine), o->duty);
	Duration takes = duty ? span_estimate(duty->length) : (Duration){ 0 };
	Instant now = world_now(sim_world(s->sim));
	char owner[64];

	if (o->state != TASK_AWAITING_HUMAN)
		return;
	for (size_t i = 0; task_owner(o, i, owner); i++) {
		AUTO_FREE char *key = mem_printf("task %s %s", o->id, owner);
		Instant at;
		const Contact *c = first_there(s, owner, latest(now, o->due), &at);

		if (c && arm(s->people, key, 1))
			arrange(s, after(at, duration_us(takes.us + s->people->confirm_after.us)),
			        DEED_TASK, c->item.id, o->id, owner);
	}
}

void people_saw(Scene *s, const RecordType *type, const void *record)
{
	if (!s->engine)
		return;
	if (type == &message_record)
		saw_message(s, record);
	else if (type == &incident_record)
		saw_incident(s, record);
	else if (type == &phase_item_record)
		saw_item(s, record);
	else if (type == &task_occurrence_record)
		saw_task(s, record);
}

/* ---- doing ---- */

static bool order(Scene *s, const char *name, const char *who, const char *args)
{
	AUTO_FREE char *actor = mem_printf("contact:%s", who);
	EngineCaller caller = { actor, ROLE_RESPONDER };
	AUTO(Buf) out = { 0 };
	Err err = { 0 };

	return engine_command(s->engine, name, args, &caller, &out, &err);
}

static void take(Scene *s, const Deed *d)
{
	AUTO_FREE char *args = mem_printf("{\"id\":\"%s\"}", d->subject);
	AUTO_FREE char *update =
	        mem_printf("{\"id\":\"%s\",\"text\":\"simulated: work has begun\"}", d->subject);

	if (map_get(&s->people->taken, d->subject) || !order(s, "incident.ack", d->who, args))
		return;
	map_put(&s->people->taken, d->subject, mem_text(d->who));
	(void)order(s, "incident.update", d->who, update);
}

static bool tick(Scene *s, const Deed *d, const char *who)
{
	const char *item = strrchr(d->part, '/');
	AUTO_FREE char *args = mem_printf("{\"id\":\"%s\",\"item\":\"%s\",\"state\":\"done\"}",
	                                  d->subject, item ? item + 1 : d->part);

	return order(s, "incident.item", who, args);
}

/* What is left of its lists is ticked, the post-mortem written, and it is closed. */
static void finish(Scene *s, const Deed *d)
{
	static const char *const words[] = { "incident.postmortem", "incident.close" };
	AUTO_FREE char *args = mem_printf("{\"id\":\"%s\",\"text\":\"simulated\"}", d->subject);
	Deed item = *d;

	for (int i = 1; i < 100; i++) {
		(void)snprintf(item.part, sizeof item.part, "p%02d", i);
		if (!tick(s, &item, d->who) && i > 40)
			break;
	}
	for (size_t i = 0; i < COUNT_OF(words); i++)
		(void)order(s, words[i], d->who, args);
}

static void again(Scene *s, const Deed *d)
{
	Deed *copy;

	if (d->tries >= TRIES)
		return;
	copy = NEW(Deed);
	*copy = *d;
	copy->tries++;
	scenario_later(s, after(world_now(sim_world(s->sim)), minutes(ITEMS_MIN)), NULL, copy);
}

static void update(Scene *s, const Deed *d)
{
	AUTO_FREE char *args =
	        mem_printf("{\"id\":\"%s\",\"text\":\"simulated: work goes on\"}", d->subject);

	(void)order(s, "incident.update", d->who, args);
}

static void confirm(Scene *s, const Deed *d)
{
	AUTO_FREE char *args = mem_printf("{\"id\":\"%s\",\"note\":\"simulated\"}", d->subject);
	AUTO_FREE char *key = mem_printf("task %s %s", d->subject, d->part);
	AUTO_FREE char *often = mem_printf("asked %s", key);

	/* Another question may follow the answer; the answer counts once all the same. */
	if (arm(s->people, often, ASKED_AGAIN))
		map_remove(&s->people->armed, key);
	(void)order(s, "task.confirm", d->who, args);
}

/* A job that reports in, and does so again. */
static void expect_push(Scene *s, const Check *c)
{
	const Zone *zone = engine_plan(s->engine)->head.timezone;
	Instant now = world_now(sim_world(s->sim));
	Instant at = c->how->schedule.kind != SCHEDULE_UNSET
	                     ? schedule_next(&c->how->schedule, zone, now)
	                     : after(now, check_every(c));

	arrange(s, at, DEED_PUSH, "", c->item.id, "");
}

static void push(Scene *s, const Deed *d)
{
	const Check *c = plan_check(engine_plan(s->engine), d->subject);
	AUTO_FREE char *args = mem_printf("{\"check\":\"%s\"}", d->subject);

	if (!c || c->type != CHECK_PUSH)
		return;
	(void)order(s, "push", "job", args);
	expect_push(s, c);
}

void people_begin(Scene *s)
{
	const Plan *p = engine_plan(s->engine);

	for (size_t i = 0; i < p->checks_n; i++) {
		if (p->checks[i].type == CHECK_PUSH)
			expect_push(s, &p->checks[i]);
	}
}

void people_do(Scene *s, Deed *d)
{
	const char *taken = map_get(&s->people->taken, d->subject);
	AUTO_FREE char *rule = mem_printf("{\"rule\":\"%s\"}", d->subject);

	switch (d->kind) {
	case DEED_ACK: take(s, d); break;
	case DEED_ALERT: (void)order(s, "alert.ack", d->who, rule); break;
	case DEED_UPDATE: update(s, d); break;
	case DEED_ITEM:
		if (!taken)
			again(s, d);
		else
			(void)tick(s, d, taken);
		break;
	case DEED_CLOSE: finish(s, d); break;
	case DEED_TASK: confirm(s, d); break;
	case DEED_PUSH: push(s, d); break;
	}
	deed_free(d);
}

/* ---- `people` lines ---- */

static bool read_date(const Scene *s, const char *text, int days_later, Instant *ret)
{
	AUTO_FREE char *full = mem_printf("%sT00:00:00Z", text);
	Instant t;

	if (!instant_parse(full, &t))
		return false;
	*ret = zone_add(engine_plan(s->engine)->head.timezone,
	                zone_instant(engine_plan(s->engine)->head.timezone,
	                             zone_civil(zone_utc(), t), PICK_FIRST, NULL),
	                (Span){ 0, days_later, 0 });
	return true;
}

static bool known(Scene *s, const char *word, char who[64])
{
	text_copy(who, 64, text_eq(word, "all") ? "" : word);
	return !*who || plan_contact(engine_plan(s->engine), who) ||
	       err_set(s->err, ERR_NOT_FOUND, "the plan has no contact '%s'", who);
}

static bool say_absent(Scene *s, const Words *w)
{
	AUTO_FREE char *from = mem_text(scenario_word(w, 3));
	char *dots = strstr(from, "..");
	Absence a;

	if (!known(s, scenario_word(w, 2), a.who))
		return false;
	if (dots)
		*dots = '\0';
	if (!read_date(s, from, 0, &a.from) || !read_date(s, dots ? dots + 2 : from, 1, &a.to) ||
	    !earlier(a.from, a.to))
		return err_set(s->err, ERR_BAD_INPUT, "people absent WHO FROM..TO, two dates");
	list_add(&s->people->absences, a);
	return true;
}

static bool say_never(Scene *s, const Words *w)
{
	Refusal r = { .pages = text_eq(scenario_word(w, 2), "answer") };

	if (!r.pages && !text_eq(scenario_word(w, 2), "confirm"))
		return err_set(s->err, ERR_BAD_INPUT, "people never answer, or confirm");
	if (!known(s, w->n > 3 ? scenario_word(w, 3) : "all", r.who))
		return false;
	list_add(&s->people->refusals, r);
	return true;
}

bool people_say(Scene *s, const Words *w)
{
	const char *what = scenario_word(w, 1);
	bool pages = text_eq(what, "answer");

	if (!scenario_begin(s))
		return false;
	if (text_eq(what, "absent"))
		return say_absent(s, w);
	if (text_eq(what, "never"))
		return say_never(s, w);
	if ((pages || text_eq(what, "confirm")) && text_eq(scenario_word(w, 2), "after"))
		return scenario_span(scenario_word(w, 3),
		                     pages ? &s->people->answer_after : &s->people->confirm_after,
		                     s->err);
	return err_set(s->err, ERR_BAD_INPUT,
	               "people absent | never | answer after | confirm after");
}
