/* The outbox: tells become messages, are committed with what caused them, and only
 * then given to the world. Each attempt is committed before and after; what a crash
 * left in between is sent again only when it cannot have arrived. */
#include "engine/engine_private.h"

enum { SENDING_MAX = 16, PEOPLE_MAX = 64 };

/* ---- who ---- */

typedef struct People {
	Recipient at[PEOPLE_MAX];
	size_t n;
} People;

static void add_person(People *p, const Contact *c)
{
	for (size_t i = 0; i < p->n; i++) {
		if (text_eq(p->at[i].contact, c->item.id))
			return;
	}
	if (p->n < PEOPLE_MAX)
		p->at[p->n++] = (Recipient){ c->item.id, c->name ? c->name : item_label(&c->item),
			                     c->email, c->phone, NULL };
}

static void add_name(const Engine *e, People *p, const char *name)
{
	const Contact *found[PEOPLE_MAX];
	const Contact *c = plan_contact(e->plan, name);
	const Audience *a = plan_audience(e->plan, name);
	size_t n;

	if (c) {
		add_person(p, c);
		return;
	}
	for (size_t i = 0; a && i < a->to.n && p->n < PEOPLE_MAX; i++)
		p->at[p->n++] = (Recipient){ NULL, NULL, a->to.at[i], NULL, NULL };
	n = roster_people(e->plan, name, found, COUNT_OF(found));
	for (size_t i = 0; i < n && i < COUNT_OF(found); i++)
		add_person(p, found[i]);
}

/* ---- keeping ---- */

/* A message under way, and when it is next looked at. */
typedef struct Letter {
	Message message; /* first: e->outbox holds pointers to it */
	DueNode node;    /* in e->post; its rank is its age */
	bool is_due;     /* in e->post_due instead */
} Letter;

static Letter *letter_of(Message *m) { return CONTAINER_OF(m, Letter, message); }

static void unschedule(Engine *e, Letter *l)
{
	due_remove(&e->post, &l->node);
	for (size_t i = 0; l->is_due && i < e->post_due.n; i++) {
		if (e->post_due.at[i] == l) {
			list_remove(&e->post_due, i);
			break;
		}
	}
	l->is_due = false;
}

/* After any change of its state: so that a turn looks at those that are due, and at no other
 * of the thousands that a storm holds. */
static void reschedule(Engine *e, Message *m)
{
	Letter *l = letter_of(m);
	bool waits = m->state == MESSAGE_READY || m->state == MESSAGE_RETRY;

	unschedule(e, l);
	due_set(&e->post, &l->node, waits ? message_due(m) : NEVER);
}

void outbox_keep(Engine *e, const Message *m)
{
	Message *copy;

	map_put(&e->told, m->id, e);
	if (message_is_over(m) || map_get(&e->outbox, m->id))
		return;
	copy = &NEW(Letter)->message;
	record_copy(&message_record, copy, m);
	map_put(&e->outbox, m->id, copy);
	reschedule(e, copy);
}

static void forget(Engine *e, Message *m)
{
	AUTO_FREE char *id = mem_text(m->id);

	map_remove(&e->outbox, id);
	unschedule(e, letter_of(m));
	Message_done(m);
	mem_free(letter_of(m));
}

static void save(Engine *e, Message *m)
{
	batch_put(e->batch, &message_record, m);
	turn_urgent(e);
	if (message_is_over(m))
		forget(e, m);
	else
		reschedule(e, m);
}

/* The earliest end of any storm; where it is too early, looking finds nothing. */
static void note_flush(Engine *e, const Throttle *t)
{
	if (is_set(t->flush_at))
		e->held_until = earliest(e->held_until, t->flush_at);
}

void outbox_keep_throttle(Engine *e, Throttle *t)
{
	map_put(&e->throttles, t->id, t);
	note_flush(e, t);
}

static Throttle *throttle_of(Engine *e, const Message *m)
{
	char id[sizeof m->id];
	Throttle *t = map_get(&e->throttles, throttle_id(m->channel, m->recipient, id));

	if (!t) {
		t = NEW(Throttle);
		*t = throttle_new(m);
		map_put(&e->throttles, id, t);
	}
	return t;
}

static void admit(Engine *e, Message *m, Effects *fx)
{
	if (map_get(&e->told, m->id)) {
		Message_done(m);
		return;
	}
	if (m->state == MESSAGE_READY) {
		Throttle *t = throttle_of(e, m);

		throttle_admit(t, e->plan, m, e->now, fx);
		note_flush(e, t);
		batch_put(e->batch, &throttle_record, t);
	}
	batch_put(e->batch, &message_record, m);
	outbox_keep(e, m);
	turn_urgent(e);
	Message_done(m);
}

static void route(Engine *e, Tell *tell, Arena *a)
{
	Texts names;

	if (tell->via_n)
		return;
	names = message_default_route(e->plan, a);
	for (size_t i = 0; i < names.n; i++)
		tell_via(tell, names.at[i]);
}

/* Whether the tell reaches anybody by its channels alone. */
static bool has_place(const Engine *e, const Tell *tell)
{
	for (size_t i = 0; i < tell->via_n; i++) {
		const Channel *c = plan_channel(e->plan, tell->via[i]);

		if (c && (c->to.n || c->rooms.n || !channel_is_personal(c)))
			return true;
	}
	return false;
}

/* Nobody was named and no channel has recipients of its own: the plan's owner is told,
 * else everybody the plan knows. An alarm that reaches nobody is the worst of all. */
static void somebody(const Engine *e, const Tell *tell, People *people)
{
	if (tell->to_n || has_place(e, tell))
		return;
	if (e->plan->head.owner)
		add_name(e, people, e->plan->head.owner);
	for (size_t i = people->n ? e->plan->contacts_n : 0; i < e->plan->contacts_n; i++)
		add_person(people, &e->plan->contacts[i]);
}

void outbox_tell(Engine *e, const Tell *asked, Effects *fx)
{
	Arena *a = arena_new("tell", 16 << 20);
	Fields *facts = fields_new(a);
	MessageHooks hooks = { .claim = proof_claim, .ack_link = ack_link_for, .ctx = e };
	MessageList made = { 0 };
	People people = { 0 };
	Tell tell = *asked;

	route(e, &tell, a);
	for (size_t i = 0; i < tell.to_n; i++)
		add_name(e, &people, tell.to[i]);
	somebody(e, &tell, &people);
	fields_fill(e, &tell, facts);
	messages_from_tell(e->plan, &tell, facts, people.at, people.n, &hooks, e->now, &made, fx);
	for (size_t i = 0; i < made.n; i++)
		admit(e, &made.at[i], fx);
	list_free(&made);
	arena_free(a);
}

/* ---- storms ---- */

static int by_age(const void *a, const void *b)
{
	const Message *x = *(Message *const *)a, *y = *(Message *const *)b;

	return x->created.us != y->created.us
	               ? (x->created.us > y->created.us) - (x->created.us < y->created.us)
	               : strcmp(x->id, y->id);
}

static void flush_one(Engine *e, Throttle *t)
{
	LIST(Message *) held = { 0 };
	MessageChange change = { 0 };
	Effects fx = { 0 };
	MapEntry *entry;
	char id[sizeof t->id];

	for (size_t i = 0; map_next(&e->outbox, &i, &entry);) {
		Message *m = entry->value;

		if (m->state == MESSAGE_HELD &&
		    text_eq(throttle_id(m->channel, m->recipient, id), t->id))
			list_add(&held, m);
	}
	if (held.n)
		qsort(held.at, held.n, sizeof(Message *), by_age);
	throttle_flush(t, e->plan, held.at, held.n, e->now, &fx, &change);
	batch_put(e->batch, &throttle_record, t);
	for (size_t i = 0; i < held.n; i++)
		save(e, held.at[i]);
	if (change.made) {
		batch_put(e->batch, &message_record, &change.fresh);
		outbox_keep(e, &change.fresh);
		Message_done(&change.fresh);
	}
	list_free(&held);
	turn_urgent(e);
	engine_apply(e, &fx);
}

void outbox_flush_held(Engine *e)
{
	MapEntry *entry;

	if (!is_due(e->held_until, e->now))
		return;
	e->held_until = NEVER;
	for (size_t i = 0; map_next(&e->throttles, &i, &entry);) {
		Throttle *t = entry->value;

		if (is_set(t->flush_at) && is_due(t->flush_at, e->now))
			flush_one(e, t);
		note_flush(e, t);
	}
}

/* ---- sending ---- */

static void sending_done(Engine *e, Sending *s)
{
	for (size_t i = 0; i < e->sending.n; i++) {
		if (e->sending.at[i] == s) {
			list_remove(&e->sending, i);
			break;
		}
	}
	Posting_done(&s->posting);
	mem_free(s);
	plans_release(e);
}

/* A window counts as announced once a channel has accepted its notice. */
static void notice_sent(Engine *e, const Message *m)
{
	WindowOccurrence *w;

	if (m->kind != TELL_WINDOW_NOTICE ||
	    (m->state != MESSAGE_SENT && m->state != MESSAGE_DELIVERED) ||
	    !text_starts(m->subject, "window:"))
		return;
	w = window_find(e, m->subject + strlen("window:"));
	if (w && window_is_notice(w, m->tell))
		(void)window_event(e, w, &(WindowEvent){ .kind = WINDOW_NOTICE_SENT, .at = e->now },
		                   NULL);
}

static void after_step(Engine *e, Message *m, MessageChange *change, Effects *fx)
{
	if (change->made) {
		batch_put(e->batch, &message_record, &change->fresh);
		outbox_keep(e, &change->fresh);
		Message_done(&change->fresh);
	}
	notice_sent(e, m);
	save(e, m);
	engine_apply(e, fx);
}

static void on_answer(Ask *ask, const Answer *answer)
{
	Sending *s = CONTAINER_OF(ask, Sending, ask);
	Engine *e = s->e;
	Message *m = map_get(&e->outbox, s->id);
	MessageChange change = { 0 };
	Effects fx = { 0 };

	if (e->dead)
		return;
	turn_join(e);
	if (m) {
		message_step(m, e->plan, answer, e->now, &fx, &change);
		after_step(e, m, &change, &fx);
	}
	sending_done(e, s);
	turn_leave(e);
}

/* The page is about to leave for good. Noted first: after a crash it is not sent a
 * second time, because it must be believed to have arrived. */
static void on_irrevocable(Ask *ask)
{
	Sending *s = CONTAINER_OF(ask, Sending, ask);
	Message *m = map_get(&s->e->outbox, s->id);

	if (!m || s->e->dead || m->gone)
		return;
	m->gone = true;
	batch_put(s->e->batch, &message_record, m);
	batch_durable(s->e->batch);
	(void)engine_commit(s->e);
}

static void send(Engine *e, Message *m)
{
	Sending *s = NEW(Sending);
	MessageChange change = { 0 };
	Effects fx = { 0 };
	Err err = { 0 };

	s->e = e;
	s->ask.done = on_answer;
	s->ask.irrevocable = on_irrevocable;
	text_copy(s->id, sizeof s->id, m->id);
	if (!message_ask(m, e->plan, &s->posting, &err)) {
		message_failed(m, e->plan, &err, e->now, &fx, &change);
		after_step(e, m, &change, &fx);
		Posting_done(&s->posting);
		mem_free(s);
		return;
	}
	if (s->posting.nothing_to_ask) {
		Answer published = { 0 };

		message_step(m, e->plan, &published, e->now, &fx, &change);
		after_step(e, m, &change, &fx);
		Posting_done(&s->posting);
		mem_free(s);
		return;
	}
	list_add(&e->sending, s);
	e->world->ask(e->world, &s->ask, &s->posting.ask);
}

static bool may_send(const Engine *e, const Message *m)
{
	if (m->state != MESSAGE_READY && m->state != MESSAGE_RETRY)
		return false;
	/* Without a store nothing leaves, except the news that the store is broken. */
	return is_due(message_due(m), e->now) &&
	       (!is_set(e->storage_bad_since) || m->kind == TELL_SELF);
}

/* The attempt could not be recorded, so it is not made: a crash would repeat it. */
static void take_back(Engine *e, Message *m)
{
	Effects fx = { 0 };

	message_lost(m, e->now, &fx);
	save(e, m);
	engine_apply(e, &fx);
}

static int by_rank(const void *a, const void *b)
{
	uint32_t x = due_rank(&(*(Letter *const *)a)->node);
	uint32_t y = due_rank(&(*(Letter *const *)b)->node);

	return (x > y) - (x < y);
}

/* Those that are due and have room, oldest first. */
static size_t take_due(Engine *e, Message *out[SENDING_MAX])
{
	size_t n = 0, had = e->post_due.n;
	DueNode *node;

	while ((node = due_take(&e->post, e->now))) {
		list_add(&e->post_due, CONTAINER_OF(node, Letter, node));
		e->post_due.at[e->post_due.n - 1]->is_due = true;
	}
	if (e->post_due.n > had)
		list_sort(&e->post_due, by_rank);
	while (n + e->sending.n < SENDING_MAX && n < e->post_due.n) {
		e->post_due.at[n]->is_due = false;
		out[n] = &e->post_due.at[n]->message;
		n++;
	}
	if (n)
		memmove(e->post_due.at, e->post_due.at + n,
		        (e->post_due.n - n) * sizeof *e->post_due.at);
	e->post_due.n -= n;
	return n;
}

/* Without a store all are looked at: what may leave is hardly one of them. */
static size_t take_news_of_ours(Engine *e, Message *out[SENDING_MAX])
{
	size_t n = 0;
	MapEntry *entry;

	for (size_t i = 0; map_next(&e->outbox, &i, &entry);) {
		Message *m = entry->value;

		if (n + e->sending.n < SENDING_MAX && may_send(e, m))
			out[n++] = m;
	}
	return n;
}

void outbox_perform(Engine *e)
{
	Message *start[SENDING_MAX];
	bool recorded;
	size_t n = is_set(e->storage_bad_since) ? take_news_of_ours(e, start) : take_due(e, start);

	for (size_t i = 0; i < n; i++) {
		message_start(start[i], e->plan, e->now);
		batch_put(e->batch, &message_record, start[i]);
		reschedule(e, start[i]);
	}
	if (!n)
		return;
	batch_durable(e->batch);
	recorded = engine_commit(e);
	for (size_t i = 0; i < n && !e->dead; i++) {
		if (recorded || start[i]->kind == TELL_SELF)
			send(e, start[i]);
		else
			take_back(e, start[i]);
	}
	if (!e->dead && !is_set(e->storage_bad_since))
		(void)engine_commit(e);
}

static Instant news_next(const Engine *e)
{
	MapEntry *entry;
	Instant due = NEVER;

	for (size_t i = 0; map_next(&e->outbox, &i, &entry);) {
		const Message *m = entry->value;

		if ((m->state == MESSAGE_READY || m->state == MESSAGE_RETRY) &&
		    m->kind == TELL_SELF)
			due = earliest(due, message_due(m));
	}
	return due;
}

Instant outbox_next(const Engine *e)
{
	if (e->sending.n >= SENDING_MAX)
		return e->held_until;
	if (is_set(e->storage_bad_since))
		return earliest(e->held_until, news_next(e));
	return e->post_due.n ? e->now : earliest(e->held_until, due_next(&e->post));
}

/* ---- after a start ---- */

/* What was on its way when Carène stopped: sent again, unless it may have arrived. */
void outbox_lost(Engine *e)
{
	LIST(Message *) lost = { 0 };
	MapEntry *entry;

	for (size_t i = 0; map_next(&e->outbox, &i, &entry);) {
		Message *m = entry->value;

		if (m->state == MESSAGE_SENDING)
			list_add(&lost, m);
	}
	for (size_t i = 0; i < lost.n; i++) {
		Message *m = lost.at[i];
		Effects fx = { 0 };

		if (m->gone)
			message_believed(m, e->now, &fx);
		else
			message_lost(m, e->now, &fx);
		save(e, m);
		engine_apply(e, &fx);
	}
	list_free(&lost);
}

void outbox_free(Engine *e)
{
	MapEntry *entry;

	while (e->sending.n) {
		Sending *s = e->sending.at[0];

		e->world->ask_cancel(e->world, &s->ask);
		sending_done(e, s);
	}
	list_free(&e->sending);
	for (size_t i = 0; map_next(&e->outbox, &i, &entry);) {
		Message_done(entry->value);
		mem_free(letter_of(entry->value));
	}
	Map_done(&e->outbox);
	due_free(&e->post);
	list_free(&e->post_due);
	Map_done(&e->told);
	for (size_t i = 0; map_next(&e->throttles, &i, &entry);)
		mem_free(entry->value);
	Map_done(&e->throttles);
}
