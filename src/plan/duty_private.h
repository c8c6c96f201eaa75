/* What the three parts of duties share: duty.c lists them, duty_slot.c gives an hour to
 * those that have none, duty_time.c says when they come. */
#pragma once
#include "plan/duty.h"

/* Fills `at` of every duty that recurs, has occurrences of its own and lacks an hour or
 * a day. `duties` is the whole list, `stated` still as the plan says it. */
void duty_slots_propose(const Plan *p, Duty *duties, size_t n);

/* The word in the plan's language. */
__attribute__((format_arg(2), format_arg(3))) static inline const char *duty_word(const Plan *p,
                                                                                  const char *en,
                                                                                  const char *fr)
{
	return p->head.language && p->head.language[0] == 'f' && p->head.language[1] == 'r' ? fr
	                                                                                    : en;
}
