/* What this folder's files share. */
#pragma once
#include "ticket/ticket.h"

#include <strings.h>

/* One step's context. */
typedef struct TicketTurn {
	Ticket *t;
	const Plan *plan;
	const TicketEvent *ev;
	Instant at;
	Effects *fx;
	Err *err;
	const char *by;
	const Class *class_; /* of its priority; NULL: none */
} TicketTurn;

/* A line of its history. */
void ticket_remember(Ticket *t, const char *what, const char *by, const char *text, Instant at);
/* An entry "ticket.WHAT" with the ticket as input. */
Entry *ticket_note(const Ticket *t, const Plan *plan, const char *what, const char *by,
                   const char *text, Instant at, Effects *fx);
/* What a clock of a ticket of that class runs by. */
ClockRule ticket_rule(const Plan *p, const Class *class_, ClockKind kind);
