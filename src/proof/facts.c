/* From what the machines keep to facts that can be judged. Each record is decided at
 * one instant, so that it counts in exactly one month. */
#include "proof/proof.h"

#include "core/text.h"

void ProofFacts_done(ProofFacts *f) { list_free(&f->events); }

/* Undecided ones belong to every stretch they reach into. */
static void add(ProofFacts *f, FactState state, FactWhy why, Instant at, const char *subject,
                const Duration *took)
{
	bool open = state == FACT_OPEN || state == FACT_NEAR;
	ProofFact *fact;

	if (!earlier(at, f->to) || (!open && earlier(at, f->from)))
		return;
	fact = list_push(&f->events);
	fact->state = state;
	fact->why = why;
	fact->at = at;
	fact->has_took = took != NULL;
	fact->took = took ? *took : (Duration){ 0 };
	text_copy(fact->subject, sizeof fact->subject, subject);
}

/* What is decided after the last instant that counts is still open at it. */
static Instant last_of(const ProofFacts *f, Instant now) { return earliest(f->to, now); }

static void open_clock(ProofFacts *f, const Clock *c, const char *subject, Instant last)
{
	bool near = is_set(c->most_at) && is_due(c->most_at, last);

	add(f, near ? FACT_NEAR : FACT_OPEN, FACT_AS_IT_SHOULD, c->started, subject, NULL);
}

static void over_clock(ProofFacts *f, const Clock *c, const char *subject, Instant last)
{
	bool stopped = is_set(c->stopped) && is_due(c->stopped, last);
	Duration took =
	        stopped && c->state != CLOCK_BREACHED ? c->elapsed : between(c->started, last);

	add(f, FACT_BAD, FACT_LATE, c->due, subject, &took);
}

void proof_clock(ProofFacts *f, const Clock *c, const char *of, Instant now)
{
	char subject[PROOF_SUBJECT];
	Instant last = last_of(f, now);
	bool stopped = is_set(c->stopped) && is_due(c->stopped, last);

	if (!is_set(c->started) || !is_due(c->started, last))
		return;
	(void)snprintf(subject, sizeof subject, "%s:%s", of, c->of);
	if (c->deadline != DEADLINE_SPAN) {
		if (stopped)
			add(f, FACT_SEEN, FACT_AS_IT_SHOULD, c->stopped, subject, &c->elapsed);
		else
			add(f, FACT_OPEN, FACT_AS_IT_SHOULD, c->started, subject, NULL);
		return;
	}
	/* The record may not have been looked at since its limit passed: its instants decide,
	 * not its state. A paused clock's limit moves, so it is never over by itself. */
	if (c->state == CLOCK_MET && stopped)
		add(f, FACT_GOOD, FACT_AS_IT_SHOULD, c->stopped, subject, &c->elapsed);
	else if (c->state != CLOCK_PAUSED && is_set(c->due) && earlier(c->due, last) &&
	         (c->state != CLOCK_MET || earlier(c->due, c->stopped)))
		over_clock(f, c, subject, last);
	else
		open_clock(f, c, subject, last);
}

void proof_notice(ProofFacts *f, const WindowOccurrence *w, Instant now)
{
	char subject[PROOF_SUBJECT];
	Instant last = last_of(f, now);
	bool told = is_set(w->announced_at) && is_due(w->announced_at, last);
	Duration late;

	if (!is_set(w->announce_by) || w->state == WINDOW_CANCELLED)
		return;
	(void)snprintf(subject, sizeof subject, "window:%s", w->id);
	if (told && !w->notice_late && is_due(w->announced_at, w->announce_by)) {
		late = between(w->announced_at, w->starts); /* how far ahead it was told */
		add(f, FACT_GOOD, FACT_AS_IT_SHOULD, w->announced_at, subject, &late);
	} else if (earlier(w->announce_by, last)) {
		late = between(w->announce_by, told ? w->announced_at : last);
		add(f, FACT_BAD, FACT_UNTOLD, w->announce_by, subject, &late);
	}
}

void proof_overrun(ProofFacts *f, const WindowOccurrence *w, Instant now)
{
	char subject[PROOF_SUBJECT];
	Instant last = last_of(f, now), end = is_set(w->real_end) ? w->real_end : w->ends;
	Duration took = between(is_set(w->real_start) ? w->real_start : w->starts, end);
	bool over = window_is_over(w) && is_due(end, last);

	/* One-offs and emergencies have a length of their own. */
	if (w->origin != WINDOW_OF_PLAN || w->state == WINDOW_CANCELLED || earlier(last, w->starts))
		return;
	(void)snprintf(subject, sizeof subject, "window:%s", w->id);
	if (over && is_due(end, w->ends))
		add(f, FACT_GOOD, FACT_AS_IT_SHOULD, end, subject, &took);
	else if (earlier(w->ends, last) && (over || w->state == WINDOW_OVERRUN || w->extensions)) {
		took = between(w->ends, over ? end : last);
		add(f, FACT_BAD, FACT_LATE, w->ends, subject, &took);
	} else {
		add(f, FACT_OPEN, FACT_AS_IT_SHOULD, w->starts, subject, NULL);
	}
}

void proof_phase_item(ProofFacts *f, const ChecklistItem *item, const char *incident, Instant now)
{
	char subject[PROOF_SUBJECT];
	Instant last = last_of(f, now);
	bool done = item->state != ITEM_OPEN && is_set(item->at) && is_due(item->at, last);
	Duration took = between(item->due, done ? item->at : last);

	if (!is_set(item->due) || item->optional)
		return;
	(void)snprintf(subject, sizeof subject, "incident:%s", incident);
	if (done && item->state == ITEM_WAIVED)
		add(f, FACT_EXCUSED, FACT_AS_IT_SHOULD, item->at, subject, NULL);
	else if (done && is_due(item->at, item->due))
		add(f, FACT_GOOD, FACT_AS_IT_SHOULD, item->at, subject, NULL);
	else if (earlier(item->due, last))
		add(f, FACT_BAD, FACT_LATE, item->due, subject, &took);
	else
		add(f, FACT_OPEN, FACT_AS_IT_SHOULD, item->opens, subject, NULL);
}

void proof_watch(ProofFacts *f, const Incident *inc, Span watch, const Zone *zone)
{
	char subject[PROOF_SUBJECT];
	Duration took = between(inc->resolved_at, inc->closed_at);

	if (!is_set(inc->closed_at) || !is_set(inc->resolved_at))
		return;
	(void)snprintf(subject, sizeof subject, "incident:%s", inc->id);
	if (earlier(inc->closed_at, zone_add(zone, inc->resolved_at, watch)))
		add(f, FACT_BAD, FACT_FAILED, inc->closed_at, subject, &took);
	else
		add(f, FACT_GOOD, FACT_AS_IT_SHOULD, inc->closed_at, subject, &took);
}

void proof_closing(ProofFacts *f, const Incident *inc, const ChecklistItem *at, size_t n)
{
	char subject[PROOF_SUBJECT];
	bool open = false;

	if (!is_set(inc->closed_at))
		return;
	for (size_t i = 0; i < n; i++)
		open = open || (at[i].closing && !at[i].optional &&
		                (at[i].state == ITEM_OPEN || earlier(inc->closed_at, at[i].at)));
	(void)snprintf(subject, sizeof subject, "incident:%s", inc->id);
	add(f, open ? FACT_BAD : FACT_GOOD, open ? FACT_FAILED : FACT_AS_IT_SHOULD, inc->closed_at,
	    subject, NULL);
}

/* Nobody has to take what is over by itself before its limit: that is no evidence. */
void proof_ack(ProofFacts *f, const AckFact *a, Instant now)
{
	Instant last = last_of(f, now);
	bool acked = is_set(a->acked) && is_due(a->acked, last);
	bool over = is_set(a->resolved) && is_due(a->resolved, last);
	Duration took = between(a->fired, acked ? a->acked : last);

	if (!is_set(a->due) || !is_set(a->fired))
		return;
	if (acked && is_due(a->acked, a->due))
		add(f, FACT_GOOD, FACT_AS_IT_SHOULD, a->acked, a->subject, &took);
	else if (over && is_due(a->resolved, a->due))
		return;
	else if (earlier(a->due, last))
		add(f, FACT_BAD, FACT_LATE, a->due, a->subject, &took);
	else
		add(f, FACT_OPEN, FACT_AS_IT_SHOULD, a->fired, a->subject, NULL);
}

void proof_due(ProofFacts *f, const DueFact *d, Instant now)
{
	Instant last = last_of(f, now);
	bool done = is_set(d->done) && is_due(d->done, last);
	Duration took = between(d->began, done ? d->done : last);

	if (!is_due(d->began, last))
		return;
	if (d->excused && (!is_set(d->due) || is_due(d->excused_at, d->due)))
		add(f, FACT_EXCUSED, FACT_AS_IT_SHOULD, d->excused_at, d->subject, NULL);
	else if (!is_set(d->due))
		add(f, done ? FACT_SEEN : FACT_OPEN, FACT_AS_IT_SHOULD, done ? d->done : d->began,
		    d->subject, done ? &took : NULL);
	else if (done && is_due(d->done, d->due))
		add(f, FACT_GOOD, FACT_AS_IT_SHOULD, d->done, d->subject, &took);
	else if (earlier(d->due, last))
		add(f, FACT_BAD, FACT_LATE, d->due, d->subject, &took);
	else if (between(d->began, last).us > between(d->began, d->due).us / 5 * 4)
		add(f, FACT_NEAR, FACT_AS_IT_SHOULD, d->began, d->subject, NULL);
	else
		add(f, FACT_OPEN, FACT_AS_IT_SHOULD, d->began, d->subject, NULL);
}

void proof_used(ProofFacts *f, const char *subject, Instant at, Instant now)
{
	if (is_set(at) && is_due(at, last_of(f, now)))
		add(f, FACT_GOOD, FACT_AS_IT_SHOULD, at, subject, NULL);
}

void proof_absent(ProofFacts *f, const char *subject, Instant now)
{
	add(f, FACT_BAD, FACT_ABSENT, after(last_of(f, now), duration_us(-1)), subject, NULL);
}

/* ---- runs of duties ---- */

static void run_fact(ProofFacts *f, const ProofRun *r, Instant now)
{
	Instant last = last_of(f, now), end = earliest(r->over, last);
	bool over = r->state != RUN_OPEN && is_set(r->over) && is_due(r->over, last);
	FactWhy why = r->unavailable           ? FACT_UNAVAILABLE
	              : r->state == RUN_FAILED ? FACT_FAILED
	                                       : FACT_MISSED;

	if (!over) {
		bool near = is_set(r->late_after) && earlier(r->late_after, last);

		if (is_due(r->due, last))
			add(f, near ? FACT_NEAR : FACT_OPEN, FACT_AS_IT_SHOULD, r->due, r->subject,
			    NULL);
		return;
	}
	switch (r->state) {
	case RUN_DONE:
	case RUN_LATE:
		add(f, FACT_GOOD, r->state == RUN_LATE ? FACT_LATE : FACT_AS_IT_SHOULD, end,
		    r->subject, &r->took);
		return;
	case RUN_FAILED:
	case RUN_MISSED: add(f, FACT_BAD, why, end, r->subject, NULL); return;
	case RUN_WAIVED: add(f, FACT_EXCUSED, FACT_AS_IT_SHOULD, end, r->subject, NULL); return;
	case RUN_OPEN: return;
	}
}

void proof_run_events(ProofFacts *f, const ProofRun *at, size_t n, const Deadline *limit,
                      Instant now)
{
	for (size_t i = 0; i < n; i++) {
		ProofRun r = at[i];

		if (r.unavailable)
			continue; /* what was not carried out shows nothing */
		if (limit && limit->kind == DEADLINE_SPAN && r.took.us > 0 &&
		    (r.state == RUN_DONE || r.state == RUN_LATE)) {
			bool late = r.took.us > span_estimate(limit->span).us;

			add(f, late ? FACT_BAD : FACT_GOOD, late ? FACT_LATE : FACT_AS_IT_SHOULD,
			    r.over, r.subject, &r.took);
		} else {
			run_fact(f, &r, now);
		}
	}
}

static bool has_run(const ProofRun *at, size_t n, Instant from, Instant to)
{
	for (size_t i = 0; i < n; i++) {
		if (!earlier(at[i].due, from) && earlier(at[i].due, to))
			return true;
	}
	return false;
}

/* Periods promised and over in which nothing is on record at all. */
static void missing(ProofFacts *f, const Plan *plan, const Duty *duty, const ProofRun *at, size_t n,
                    Instant now)
{
	enum { PERIODS_MAX = 4000 };
	Instant last = last_of(f, now),
	        due = duty_next(plan, duty, after(f->from, duration_us(-1)));
	char subject[PROOF_SUBJECT], when[INSTANT_TEXT];

	f->first_due = due;
	for (unsigned i = 0; i < PERIODS_MAX && is_set(due) && earlier(due, last); i++) {
		Instant end = duty_period_end(plan, duty, due), next = duty_next(plan, duty, due);

		if (!earlier(due, end))
			return;
		if (is_due(end, last) && !has_run(at, n, due, latest(end, next))) {
			(void)snprintf(subject, sizeof subject, "task:%.90s@%s", duty->id,
			               instant_print(due, when));
			add(f, FACT_BAD, FACT_MISSED, end, subject, NULL);
		}
		due = next;
	}
}

void proof_runs(ProofFacts *f, const Plan *plan, const Duty *duty, const ProofRun *at, size_t n,
                Instant now)
{
	f->on_request = !schedule_recurs(&duty->at);
	for (size_t i = 0; i < n; i++)
		run_fact(f, &at[i], now);
	if (!f->on_request)
		missing(f, plan, duty, at, n, now);
}
