/* Support tickets: kept, stepped when a clock is due, brought in from elsewhere. The
 * machine itself is ticket/ticket.h. */
#include "engine/engine_private.h"

Ticket *ticket_find(const Engine *e, const char *id)
{
	for (size_t i = 0; i < e->tickets.n; i++) {
		if (text_eq(e->tickets.at[i]->id, id) || text_eq(e->tickets.at[i]->external, id))
			return e->tickets.at[i];
	}
	return NULL;
}

void ticket_keep(Engine *e, Ticket *t)
{
	list_add(&e->tickets, t);
	e->tickets_at = earliest(e->tickets_at, t->due);
	if (*t->external)
		map_put(&e->tickets_by_name, t->external, t);
}

void ticket_save(Engine *e, Ticket *t)
{
	t->changed = false;
	batch_put(e->batch, &ticket_record, t);
	turn_urgent(e);
	e->tickets_at = earliest(e->tickets_at, t->due);
}

/* "T-0012": never used again. */
void ticket_next_id(Engine *e, char out[32])
{
	char number[24];

	e->ticket_n++;
	(void)snprintf(out, 32, "T-%04lld", (long long)e->ticket_n);
	(void)snprintf(number, sizeof number, "%lld", (long long)e->ticket_n);
	batch_meta(e->batch, "ticket_n", number);
}

Ticket *ticket_make(Engine *e, const TicketOpening *asked, Err *err)
{
	Ticket *t = NEW(Ticket);
	TicketOpening o = *asked;
	Effects fx = { 0 };
	char id[32];

	if (text_is_empty(o.title)) {
		mem_free(t);
		err_set(err, ERR_BAD_INPUT, "a ticket needs words: what is asked");
		return NULL;
	}
	ticket_next_id(e, id);
	o.id = id;
	if (!ticket_open(t, e->plan, &o, e->now, &fx, err)) {
		effects_done(&fx);
		Ticket_done(t);
		mem_free(t);
		return NULL;
	}
	ticket_keep(e, t);
	ticket_save(e, t);
	engine_apply(e, &fx);
	return t;
}

bool ticket_event(Engine *e, Ticket *t, const TicketEvent *ev, Err *err)
{
	Effects fx = { 0 };
	bool ok = ticket_step(t, e->plan, ev, e->now, &fx, err);

	if (t->changed)
		ticket_save(e, t);
	engine_apply(e, &fx);
	return ok;
}

ImportResult ticket_bring(Engine *e, const TicketFacts *f, const char *by)
{
	Ticket *t = map_get(&e->tickets_by_name, f->external);
	bool fresh = !t;
	char id[32] = "";
	Effects fx = { 0 };
	ImportResult result;

	if (fresh) {
		t = NEW(Ticket);
		ticket_next_id(e, id);
	}
	result = import_apply(t, id, e->plan, f, by, e->now, &fx);
	if (fresh)
		ticket_keep(e, t);
	if (result != IMPORT_SAME)
		ticket_save(e, t);
	engine_apply(e, &fx);
	return result;
}

void tickets_step(Engine *e)
{
	Instant next = NEVER;

	if (!is_due(e->tickets_at, e->now))
		return;
	for (size_t i = 0; i < e->tickets.n; i++) {
		Ticket *t = e->tickets.at[i];

		/* A clock makes one change a look: both warnings and the limit may be due. */
		for (int turns = 0; turns < 8 && is_due(t->due, e->now); turns++)
			(void)ticket_event(e, t, &(TicketEvent){ .event = TICKET_EV_TICK }, NULL);
		/* One that stays due is looked at a second later, not at once. */
		next = earliest(next, is_due(t->due, e->now) ? after(e->now, seconds(1)) : t->due);
	}
	e->tickets_at = next;
}

Instant tickets_next(const Engine *e) { return e->tickets_at; }

void tickets_free(Engine *e)
{
	for (size_t i = 0; i < e->tickets.n; i++) {
		Ticket_done(e->tickets.at[i]);
		mem_free(e->tickets.at[i]);
	}
	list_free(&e->tickets);
	Map_done(&e->tickets_by_name);
}
