/* Sprints: what a deadline `next_sprint` counts from. They begin on
 * plan.sprint_start and follow each other, each plan.sprint long, at midnight of
 * the plan's zone. A plan without both has none, and its `next_sprint` deadlines
 * have no instant: time passed is recorded, and no verdict given. */
#pragma once
#include "plan/plan.h"

bool plan_has_sprints(const Plan *p);
/* The sprint t lies in, half-open [*ret_from, *ret_to); false when there are none or t is
 * before the first. */
bool sprint_of(const Plan *p, Instant t, Instant *ret_from, Instant *ret_to);
/* End of the sprint that follows the one t lies in: what is found in one sprint is to be
 * done by the end of the next. Before the first sprint, the first is the next. NEVER: no
 * sprints. */
Instant sprint_end_after(const Plan *p, Instant t);
