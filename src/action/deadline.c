/* Deadlines of vulnerabilities: spans and sprints, as instants in the plan's zone. */
#include "action/action.h"

#include "core/text.h"

const Vulnerability *action_severity(const Plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->vulnerabilities_n; i++) {
		if (text_eq(plan->vulnerabilities[i].item.id, id))
			return &plan->vulnerabilities[i];
	}
	return NULL;
}

/* The n-th sprint's first instant; n may be negative. */
static Instant sprint_begins(const Plan *plan, Instant start, int64_t n)
{
	Span s = plan->head.sprint;

	s.months = (int32_t)(s.months * n);
	s.days = (int32_t)(s.days * n);
	s.us *= n;
	return zone_add(plan->head.timezone, start, s);
}

static bool first_sprint(const Plan *plan, Instant *ret)
{
	const char *date = plan->head.sprint_start;
	char text[INSTANT_TEXT];
	Instant utc;

	if (text_is_empty(date) || span_is_zero(plan->head.sprint) || strlen(date) != 10)
		return false;
	(void)snprintf(text, sizeof text, "%.10sT00:00:00Z", date);
	if (!instant_parse(text, &utc))
		return false;
	*ret = zone_instant(plan->head.timezone, zone_civil(zone_utc(), utc), PICK_FIRST, NULL);
	return true;
}

static bool end_of_next_sprint(const Plan *plan, Instant from, Instant *ret)
{
	Duration length = span_estimate(plan->head.sprint);
	Instant start;
	int64_t n;

	if (!first_sprint(plan, &start))
		return false;
	/* The estimate is off by days at most; the calendar decides. */
	n = between(start, from).us / length.us;
	while (earlier(from, sprint_begins(plan, start, n)))
		n--;
	while (!earlier(from, sprint_begins(plan, start, n + 1)))
		n++;
	*ret = after(sprint_begins(plan, start, n + 2), duration_us(-1));
	return true;
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
