#include "report/prove.h"

#include "core/text.h"

static void worse(DeadlineProof *p, Verdict v)
{
	/* broken > at_risk > kept > not_due */
	static const int order[] = {
		[VERDICT_NOT_DUE] = 0, [VERDICT_KEPT] = 1,     [VERDICT_AT_RISK] = 2,
		[VERDICT_BROKEN] = 3,  [VERDICT_UNPROVEN] = 0, [VERDICT_WAIVED] = 0,
		[VERDICT_DISPUTED] = 0
	};

	if (order[v] > order[p->verdict])
		p->verdict = v;
}

static void take_worst(DeadlineProof *p, Duration elapsed, const char *id)
{
	if (p->has_worst && elapsed.us <= p->worst.us)
		return;
	p->has_worst = true;
	p->worst = elapsed;
	text_copy(p->worst_id, sizeof p->worst_id, id);
}

void deadline_add(DeadlineProof *p, const Clock *clock, Instant now)
{
	p->started++;
	switch (clock->state) {
	case CLOCK_MET:
		p->met++;
		worse(p, VERDICT_KEPT);
		take_worst(p, clock->elapsed, clock->id);
		return;
	case CLOCK_STOPPED_LATE:
		p->late++;
		worse(p, VERDICT_BROKEN);
		take_worst(p, clock->elapsed, clock->id);
		return;
	case CLOCK_BREACHED:
		p->late++;
		p->running++;
		worse(p, VERDICT_BROKEN);
		take_worst(p, between(clock->started, now), clock->id);
		return;
	case CLOCK_RUNNING:
	case CLOCK_PAUSED:
		p->running++;
		if (clock->most_at.us != LONG_AGO.us && is_due(clock->most_at, now))
			worse(p, VERDICT_AT_RISK);
		return;
	case CLOCK_NOT_SET:
	case CLOCK_STATES: return;
	}
}

void notice_add(DeadlineProof *p, const WindowOccurrence *w, Instant now)
{
	if (!is_set(w->announce_by) || w->state == WINDOW_CANCELLED)
		return;
	if (is_set(w->announced_at) && !w->notice_late) {
		p->started++;
		p->met++;
		worse(p, VERDICT_KEPT);
	} else if (earlier(w->announce_by, now)) {
		p->started++;
		p->late++;
		worse(p, VERDICT_BROKEN);
		take_worst(p,
		           is_set(w->announced_at) ? between(w->announce_by, w->announced_at)
		                                   : between(w->announce_by, now),
		           w->id);
	}
}
