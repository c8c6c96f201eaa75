#include "sim/simulate.h"

#include "core/text.h"
#include "incident/incident.h"
#include "incident/roster.h"
#include "notify/message.h"
#include "proof/keep.h"
#include "sim/scenario.h"
#include "task/task.h"
#include "window/window.h"

#include <jansson.h>
#include <stdlib.h>

typedef struct Tally {
	const SimulateAsk *ask;
	SimSummary *s;
	Map sent;    /* message id */
	Map pages;   /* tell + contact → index + 1 in s->pages */
	Map windows; /* occurrence id → WindowOccurrence */
	Map overrun; /* occurrence id: went on past its end */
	Map cases;   /* incident id → index + 1 in s->incidents */
	Map tasks;   /* occurrence id → TaskOccurrence */
	Map words;   /* occurrence + who: counted */
	Map broken;  /* commitment id → its day (Instant *) */
	Plan *plan;  /* one of our own, for zone and order */
	Err *err;
} Tally;

/* ---- messages ---- */

static bool is_page(int kind)
{
	return kind == TELL_ALERT || kind == TELL_INCIDENT_OPENED ||
	       kind == TELL_INCIDENT_ESCALATED || kind == TELL_INCIDENT_REOPENED ||
	       kind == TELL_CLOCK_WARNING || kind == TELL_SELF;
}

static bool is_night(const Zone *z, Instant t)
{
	int hour = zone_civil(z, t).hour;

	return hour >= 22 || hour < 7;
}

static SimLoad *load_of(Tally *t, const char *contact, Instant at)
{
	Civil c = zone_civil(t->s->zone, at);
	SimLoad *l;

	for (size_t i = 0; i < t->s->loads.n; i++) {
		l = &t->s->loads.at[i];
		if (l->year == c.year && l->month == c.month && text_eq(l->contact, contact))
			return l;
	}
	l = list_push(&t->s->loads);
	text_copy(l->contact, sizeof l->contact, contact);
	l->year = c.year;
	l->month = c.month;
	return l;
}

static void add_channel(SimPage *p, const char *channel)
{
	size_t n = strlen(p->channels);

	if (!strstr(p->channels, channel))
		(void)snprintf(p->channels + n, sizeof p->channels - n, "%s%s", n ? ", " : "",
		               channel);
}

static void count_page(Tally *t, const Message *m, const char *who, bool person)
{
	AUTO_FREE char *key = mem_printf("%s %s", m->tell, who);
	size_t at = (size_t)(intptr_t)map_get(&t->pages, key);
	SimLoad *l;
	SimPage *p;

	if (at) {
		add_channel(&t->s->pages.at[at - 1], m->channel);
		return;
	}
	p = list_push(&t->s->pages);
	map_put(&t->pages, key, (void *)(intptr_t)t->s->pages.n);
	p->at = m->sent_at;
	p->night = is_night(t->s->zone, m->sent_at);
	text_copy(p->contact, sizeof p->contact, who);
	text_copy(p->tell, sizeof p->tell, m->tell);
	text_copy(p->what, sizeof p->what, m->title);
	text_copy(p->subject, sizeof p->subject, m->subject);
	add_channel(p, m->channel);
	if (!person)
		return;
	l = load_of(t, who, m->sent_at);
	l->pages++;
	l->night_pages += p->night;
}

bool sim_reaches(const Message *m, const Contact *c)
{
	if (m->contact[0])
		return text_eq(m->contact, c->item.id);
	return (c->email && strstr(m->recipient, c->email)) ||
	       (c->phone && strstr(m->recipient, c->phone));
}

static void count_pages(Tally *t, const Message *m)
{
	bool anybody = false;

	for (size_t i = 0; i < t->plan->contacts_n; i++) {
		if (!sim_reaches(m, &t->plan->contacts[i]))
			continue;
		count_page(t, m, t->plan->contacts[i].item.id, true);
		anybody = true;
	}
	if (!anybody)
		count_page(t, m, m->recipient[0] ? m->recipient : m->channel, false);
}

static void saw_message(Tally *t, const Message *m)
{
	if ((m->state != MESSAGE_SENT && m->state != MESSAGE_DELIVERED) || map_get(&t->sent, m->id))
		return;
	map_put(&t->sent, m->id, t);
	t->s->messages++;
	if (is_page(m->kind) && !m->recovery)
		count_pages(t, m);
}

/* ---- incidents, windows, tasks: the last of each is what became of it ---- */

static void saw_incident(Tally *t, const Incident *inc)
{
	size_t at = (size_t)(intptr_t)map_get(&t->cases, inc->id);
	SimIncident *out = at ? &t->s->incidents.at[at - 1] : list_push(&t->s->incidents);

	if (!at)
		map_put(&t->cases, inc->id, (void *)(intptr_t)t->s->incidents.n);
	text_copy(out->id, sizeof out->id, inc->id);
	text_copy(out->title, sizeof out->title, inc->title);
	text_copy(out->class_, sizeof out->class_, inc->class_);
	text_copy(out->taken_by, sizeof out->taken_by, inc->acknowledged_by);
	out->started = inc->started_at;
	out->taken = inc->acknowledged_at;
	out->over = is_set(inc->restored_at) ? inc->restored_at : inc->resolved_at;
}

static void keep(Map *map, const RecordType *type, const void *record)
{
	void *copy = map_get(map, record_id(record));

	if (copy) {
		record_done(type, copy);
	} else {
		copy = mem_new(type->size);
		map_put(map, record_id(record), copy);
	}
	record_copy(type, copy, record);
}

static void saw_word(Tally *t, const TaskWord *w)
{
	const TaskOccurrence *o = map_get(&t->tasks, w->occurrence);
	const char *who = text_starts(w->who, "contact:") ? w->who + strlen("contact:") : NULL;
	AUTO_FREE char *key = mem_printf("%s %s", w->occurrence, w->who);
	const Duty *duty = o ? plan_duty(t->plan, o->duty) : NULL;
	SimLoad *l;

	if (!o || !who || w->kind != TASK_WORD_CONFIRMED || map_get(&t->words, key))
		return;
	map_put(&t->words, key, t);
	l = load_of(t, who, w->at);
	l->tasks++;
	if (duty && !span_is_zero(duty->length))
		l->hours.us += span_estimate(duty->length).us;
	else
		l->untimed++;
}

/* The first day on which it broke, of all that was ever found. */
static void note_broken(Tally *t, const char *id, Instant at)
{
	Instant *first = map_get(&t->broken, id);

	if (!first) {
		first = NEW(Instant);
		*first = NEVER;
		map_put(&t->broken, id, first);
	}
	*first = earliest(*first, at);
}

/* A month that was frozen: broken in it, and mended in the next, is broken once. */
static void saw_month(Tally *t, const MonthVerdict *m)
{
	/* What is not there was not there from the first; a level broke by the month's end. */
	Instant least = text_eq(m->kind, "existence") ? m->from : after(m->to, seconds(-1));
	bool known = is_set(m->broken_at) && earlier(m->broken_at, m->to);

	Instant at = known ? m->broken_at : least;

	/* A level of a day is known to be broken when the day is over: that day is meant. */
	if (known && text_eq(m->kind, "level"))
		at = after(at, seconds(-1));
	if (text_eq(m->verdict, "broken"))
		note_broken(t, m->commitment, at);
}

static void saw(void *ctx, const RecordType *type, const void *record)
{
	Tally *t = ctx;

	if (type == &message_record) {
		saw_message(t, record);
	} else if (type == &incident_record) {
		saw_incident(t, record);
	} else if (type == &window_occurrence_record) {
		keep(&t->windows, type, record);
		if (((const WindowOccurrence *)record)->state == WINDOW_OVERRUN)
			map_put(&t->overrun, record_id(record), t);
	} else if (type == &task_occurrence_record) {
		keep(&t->tasks, type, record);
	} else if (type == &month_verdict_record) {
		saw_month(t, record);
	} else if (type == &task_word_record) {
		saw_word(t, record);
	}
}

/* ---- windows, tasks: added up ---- */

static SimWindow *window_of(Tally *t, const WindowOccurrence *o)
{
	SimWindow *w;

	for (size_t i = 0; i < t->s->windows.n; i++) {
		if (text_eq(t->s->windows.at[i].window, o->window))
			return &t->s->windows.at[i];
	}
	w = list_push(&t->s->windows);
	text_copy(w->window, sizeof w->window, o->window);
	text_copy(w->label, sizeof w->label, o->label);
	w->first = NEVER;
	w->last = LONG_AGO;
	return w;
}

static void add_window(Tally *t, const WindowOccurrence *o)
{
	SimWindow *w;

	if (!earlier(o->starts, t->s->until))
		return;
	w = window_of(t, o);
	if (o->state == WINDOW_CANCELLED) {
		w->cancelled++;
		return;
	}
	w->opened++;
	w->open.us += between(o->starts, o->until).us;
	w->first = earliest(w->first, o->starts);
	w->last = latest(w->last, o->starts);
	if (!is_set(o->announce_by))
		w->unpromised++;
	else if (is_set(o->announced_at) && !o->notice_late)
		w->in_time++;
	else if (earlier(o->announce_by, t->s->from))
		w->too_soon++;
	else
		w->late++;
	w->overrun += map_get(&t->overrun, o->id) != NULL;
}

static SimDuty *duty_of(Tally *t, const TaskOccurrence *o)
{
	SimDuty *d;

	for (size_t i = 0; i < t->s->duties.n; i++) {
		if (text_eq(t->s->duties.at[i].duty, o->duty))
			return &t->s->duties.at[i];
	}
	d = list_push(&t->s->duties);
	text_copy(d->duty, sizeof d->duty, o->duty);
	text_copy(d->title, sizeof d->title, o->title);
	d->first_bad = LONG_AGO;
	return d;
}

static void find_nobody(const Tally *t, const TaskOccurrence *o, SimDuty *d)
{
	const Contact *people[REACH_MAX];
	char owner[64];

	d->nobody = d->nobody || !o->owners[0];
	for (size_t i = 0; task_owner(o, i, owner); i++) {
		if (roster_people(t->plan, owner, people, COUNT_OF(people)))
			continue;
		d->nobody = true;
		text_copy(d->owner, sizeof d->owner, owner);
	}
}

static void add_task(Tally *t, const TaskOccurrence *o)
{
	bool bad = o->state == TASK_FAILED || o->state == TASK_MISSED;
	SimDuty *d;

	if (o->state == TASK_SCHEDULED || o->state == TASK_WITHDRAWN)
		return;
	d = duty_of(t, o);
	d->human = d->human || o->human;
	if (o->human)
		find_nobody(t, o, d);
	d->unavailable = d->unavailable || o->unavailable;
	d->due++;
	d->done += o->state == TASK_DONE;
	d->late += o->state == TASK_DONE_LATE;
	d->failed += o->state == TASK_FAILED;
	d->missed += o->state == TASK_MISSED;
	d->waived += o->state == TASK_WAIVED;
	d->open += !task_is_over(o);
	if (bad && (!is_set(d->first_bad) || earlier(o->due, d->first_bad))) {
		d->first_bad = o->due;
		text_copy(d->why, sizeof d->why, o->reason);
	}
}

static int duty_place(const Plan *p, const char *id)
{
	const Duty *d = plan_duty(p, id);

	return d ? (int)(d - p->duties) : (int)p->duties_n;
}

static const Plan *sorting; /* qsort has no argument for it; set right before */

static int by_duty(const void *a, const void *b)
{
	const SimDuty *x = a, *y = b;
	int order = duty_place(sorting, x->duty) - duty_place(sorting, y->duty);

	return order ? order : strcmp(x->duty, y->duty);
}

static int contact_place(const Plan *p, const char *id)
{
	const Contact *c = plan_contact(p, id);

	return c ? (int)(c - p->contacts) : (int)p->contacts_n;
}

static int by_person(const void *a, const void *b)
{
	const SimLoad *x = a, *y = b;
	int order = contact_place(sorting, x->contact) - contact_place(sorting, y->contact);

	if (!order)
		order = strcmp(x->contact, y->contact);
	return order ? order : (x->year - y->year) * 12 + x->month - y->month;
}

static int by_window(const void *a, const void *b)
{
	const SimWindow *x = a, *y = b;
	const Window *v = plan_window(sorting, x->window), *w = plan_window(sorting, y->window);

	if (v && w)
		return (v > w) - (v < w);
	return v ? -1 : w ? 1 : strcmp(x->window, y->window);
}

static void add_up(Tally *t)
{
	SimSummary *s = t->s;
	MapEntry *e;

	for (size_t i = 0; map_next(&t->windows, &i, &e);)
		add_window(t, e->value);
	for (size_t i = 0; map_next(&t->tasks, &i, &e);)
		add_task(t, e->value);
	sorting = t->plan;
	if (s->windows.n)
		qsort(s->windows.at, s->windows.n, sizeof *s->windows.at, by_window);
	if (s->duties.n)
		qsort(s->duties.at, s->duties.n, sizeof *s->duties.at, by_duty);
	if (s->loads.n)
		qsort(s->loads.at, s->loads.n, sizeof *s->loads.at, by_person);
}

/* ---- verdicts ---- */

static json_t *ask_engine(Engine *e, const char *command, Err *err)
{
	static const EngineCaller nobody = { "simulate", ROLE_ADMIN };
	AUTO(Buf) out = { 0 };
	json_t *all;

	if (!engine_command(e, command, NULL, &nobody, &out, err))
		return NULL;
	all = json_loads(buf_str(&out), 0, NULL);
	if (!all)
		err_set(err, ERR_CONFLICT, "'%s' answered no JSON", command);
	return all;
}

static char *text_in(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return mem_text(text ? text : "");
}

static bool last_verdicts(void *ctx, Engine *e, Err *err)
{
	Tally *t = ctx;
	json_t *all = ask_engine(e, "prove", err);
	const json_t *one, *chain;
	size_t i;

	if (!all)
		return false;
	json_array_foreach(json_object_get(all, "commitments"), i, one)
	{
		SimVerdict *v = list_push(&t->s->verdicts);
		const Instant *broken;
		char *when;
		Instant at;

		v->id = text_in(one, "id");
		v->figure = text_in(one, "figure");
		v->kind = text_in(one, "kind");
		v->label = text_in(one, "label");
		v->src = text_in(one, "src");
		v->verdict = text_in(one, "verdict");
		when = text_in(one, "broken_at");
		if (text_eq(v->verdict, "broken") && instant_parse(when, &at))
			note_broken(t, v->id, at);
		mem_free(when);
		broken = map_get(&t->broken, v->id);
		v->broken = broken ? *broken : LONG_AGO;
	}
	chain = json_object_get(all, "chain");
	t->s->records = json_integer_value(json_object_get(chain, "records"));
	json_decref(all);
	return true;
}

/* ---- the whole ---- */

static void free_records(Map *m, const RecordType *type)
{
	MapEntry *e;

	for (size_t i = 0; map_next(m, &i, &e);) {
		record_done(type, e->value);
		mem_free(e->value);
	}
	Map_done(m);
}

static void tally_done(Tally *t)
{
	MapEntry *e;

	free_records(&t->windows, &window_occurrence_record);
	free_records(&t->tasks, &task_occurrence_record);
	for (size_t i = 0; map_next(&t->broken, &i, &e);)
		mem_free(e->value);
	Map_done(&t->broken);
	Map_done(&t->sent);
	Map_done(&t->pages);
	Map_done(&t->overrun);
	Map_done(&t->cases);
	Map_done(&t->words);
	plan_free(t->plan);
}

/* Nobody's secrets are needed to play: a channel without an address gets one that takes
 * whatever it is given. */
static void stand_in(Channel *c)
{
	if (c->secret || c->url || c->run.n)
		return;
	switch (c->type) {
	case CHANNEL_EMAIL: c->url = "smtp://mail.simulated:25"; return;
	case CHANNEL_SMS:
		c->provider = NULL;
		c->url = "https://sms.simulated/";
		return;
	case CHANNEL_SLACK:
	case CHANNEL_DISCORD:
	case CHANNEL_WEBHOOK:
	case CHANNEL_COMMAND:
	case CHANNEL_APPRISE:
	case CHANNEL_IN_APP:
	case CHANNEL_SOCIAL: c->url = "https://channel.simulated/"; return;
	case CHANNEL_STATUS:
	case CHANNEL_IMPORT: return;
	}
}

static Plan *load(void *ctx, Err *err)
{
	const Tally *t = ctx;
	Plan *plan = t->ask->plan(t->ask->ctx, err);

	for (size_t i = 0; plan && i < plan->channels_n; i++)
		stand_in((Channel *)&plan->channels[i]);
	return plan;
}

bool simulate(const SimulateAsk *ask, SimSummary *ret, Err *err)
{
	Tally t = { .ask = ask, .s = ret, .err = err };
	ScenarioResult r = { 0 };
	ScenarioOptions o = { .rehearsal = true,
		              .plan = load,
		              .start = ask->from,
		              .until = after(ask->until, seconds(-1)),
		              .seed = ask->seed,
		              .people = true,
		              .saved = saw,
		              .end = last_verdicts,
		              .ctx = &t };
	bool ok;

	*ret = (SimSummary){ .from = ask->from, .until = ask->until };
	t.plan = ask->plan(ask->ctx, err);
	if (!t.plan)
		return false;
	ret->zone = t.plan->head.timezone;
	text_copy(ret->plan, sizeof ret->plan, t.plan->head.item.id);
	text_copy(ret->product, sizeof ret->product,
	          t.plan->head.product ? t.plan->head.product : t.plan->head.title);
	ok = scenario_run(ask->scenario, &o, &r, err);
	add_up(&t);
	ret->probes = r.probes;
	text_copy(ret->head, sizeof ret->head, r.head);
	tally_done(&t);
	if (!ok)
		sim_summary_done(ret);
	return ok;
}

void sim_summary_done(SimSummary *s)
{
	for (size_t i = 0; i < s->verdicts.n; i++) {
		SimVerdict *v = &s->verdicts.at[i];
		char *texts[] = { v->id, v->figure, v->kind, v->label, v->src, v->verdict };

		for (size_t k = 0; k < COUNT_OF(texts); k++)
			mem_free(texts[k]);
	}
	list_free(&s->verdicts);
	list_free(&s->pages);
	list_free(&s->incidents);
	list_free(&s->windows);
	list_free(&s->duties);
	list_free(&s->loads);
	*s = (SimSummary){ 0 };
}
