/* What `carene next` prints for people: the agenda by day, or a month's sheet. Pure:
 * everything is given, so that tests read what people read. */
#pragma once
#include "agenda/month.h"
#include "cli/client.h"

typedef struct NextView {
	const Plan *plan;
	const Agenda *agenda;
	Screen screen; /* its zone is not read: times are the plan's */
	Instant now;
} NextView;

void next_list(const NextView *v, Buf *out);
/* `agenda` is read over the whole sheet. */
void next_month(const NextView *v, const Month *month, Buf *out);
