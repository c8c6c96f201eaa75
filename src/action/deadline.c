/* Deadlines of vulnerabilities: spans and sprints, as instants in the plan's zone. */
#include "action/action.h"

#include "core/text.h"
#include "plan/sprint.h"

const Vulnerability *action_severity(const Plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->vulnerabilities_n; i++) {
		if (text_eq(plan->vulnerabilities[i].item.id, id))
			return &plan->vulnerabilities[i];
	}
	return NULL;
}

/* The last instant of the next sprint; its end is the first of the one after. */
static bool end_of_next_sprint(const Plan *plan, Instant from, Instant *ret)
{
	Instant end = sprint_end_after(plan, from);

	*ret = after(end, duration_us(-1));
	return is_set(end);
}

bool action_deadline(const Plan *plan, const Deadline *d, Instant from, Instant *ret)
{
	switch (d->set ? d->kind : DEADLINE_UNSET) {
	case DEADLINE_SPAN: *ret = zone_add(plan->head.timezone, from, d->span); return true;
	case DEADLINE_NEXT_SPRINT: return end_of_next_sprint(plan, from, ret);
	case DEADLINE_UNSET:
	case DEADLINE_ASAP:
	case DEADLINE_PLANNED:
	case DEADLINE_NONE: break;
	}
	return false;
}
