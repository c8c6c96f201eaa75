/* See push.h. */
#include "check/push.h"

#include "check/check_private.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

bool push_signal_parse(const char *s, PushSignal *ret)
{
	static const struct {
		const char *word;
		PushSignal signal;
	} words[] = { { "", PUSH_SUCCESS },
		      { "success", PUSH_SUCCESS },
		      { "start", PUSH_START },
		      { "fail", PUSH_FAIL } };

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strcmp(words[i].word, s) == 0) {
			*ret = words[i].signal;
			return true;
		}
	}
	return false;
}

/* A run is open when its start has no end yet. */
static bool is_open(const CheckStatus *st)
{
	const CheckMore *m = check_more(st);

	return is_set(m->push_start) && earlier(m->push_success, m->push_start) &&
	       earlier(m->push_fail, m->push_start);
}

void push_signal(CheckStatus *st, PushSignal signal, const char *note, Instant now)
{
	bool open = is_open(st);
	CheckMore *m = more_made(st);

	switch (signal) {
	case PUSH_START: m->push_start = now; break;
	case PUSH_SUCCESS: m->push_success = now; break;
	case PUSH_FAIL: m->push_fail = now; break;
	}
	if (signal != PUSH_START)
		m->push_took = open ? between(m->push_start, now) : (Duration){ 0 };
	if (signal != PUSH_START || note)
		keep_note(st, note);
}

Duration push_grace(const Check *c)
{
	Duration d = span_estimate(c->how->grace);

	return d.us > 0 ? d : minutes(1);
}

static bool has_schedule(const Check *c) { return schedule_recurs(&c->how->schedule); }

/* By when the next success is due, counted from the last one (or from when signals began to
 * be expected). A run that began before its slot and ended after it serves that slot. */
static Instant deadline(const Check *c, const Zone *zone, const CheckStatus *st)
{
	const CheckMore *m = check_more(st);
	Instant from = is_set(m->push_success) ? m->push_success : m->push_since;

	if (has_schedule(c))
		return after(schedule_next(&c->how->schedule, zone, from), push_grace(c));
	return after(from, duration_us(check_every(c).us + push_grace(c).us));
}

/* How long a run may stay open: the grace after its start, as the schedule says when it
 * begins and the grace how long it may take. */
static Instant end_due(const Check *c, const CheckStatus *st)
{
	return after(check_more(st)->push_start, push_grace(c));
}

static void say_late(CheckResult *r, const CheckStatus *st, Instant due, const Zone *zone)
{
	const CheckMore *m = check_more(st);
	char last[INSTANT_TEXT], by[INSTANT_TEXT];

	instant_print_at(due, zone_offset(zone, due), by);
	if (is_set(m->push_success))
		SAY(r, REASON_PUSH_LATE,
		    instant_print_at(m->push_success, zone_offset(zone, m->push_success), last),
		    by);
	else
		SAY(r, REASON_PUSH_NEVER, by);
}

static void say_failed(CheckResult *r, const CheckStatus *st)
{
	const char *said = check_more(st)->push_note;
	char note[CHECK_PUSH_NOTE + 2];

	(void)snprintf(note, sizeof note, "%s%s", said ? ": " : "", said ? said : "");
	SAY(r, REASON_PUSH_FAILED, note);
}

void push_judge(const Check *c, const Zone *zone, const CheckStatus *st, Instant now,
                CheckResult *out)
{
	const CheckMore *m = check_more(st);
	Instant due = deadline(c, zone, st);
	char at[INSTANT_TEXT], grace[DURATION_TEXT];

	*out = (CheckResult){ .at = now };
	out->cert.leaf_not_after = out->cert.chain_not_after = LONG_AGO;
	result_not(out, CHECK_DOWN);
	if (is_set(m->push_fail) && earlier(m->push_success, m->push_fail)) {
		say_failed(out, st);
	} else if (is_open(st) && is_due(end_due(c, st), now)) {
		instant_print_at(m->push_start, zone_offset(zone, m->push_start), at);
		SAY(out, REASON_PUSH_HANGS, at, duration_print(push_grace(c), grace));
	} else if (is_due(due, now)) {
		say_late(out, st, due, zone);
	} else if (!is_set(m->push_success)) {
		/* Nothing came and nothing is due: not known, and nobody's fault. */
		out->state = CHECK_UNKNOWN;
		out->fail = FAIL_NONE;
	} else {
		result_up(out);
	}
	if (out->state == CHECK_UP && m->push_took.us > 0)
		check_measure(out, "duration", "", (double)m->push_took.us / 1e6, UNIT_SECONDS);
}

Instant push_due(const Check *c, const Zone *zone, const CheckStatus *st, Instant now)
{
	Instant due = deadline(c, zone, st), end = is_open(st) ? end_due(c, st) : NEVER;
	Instant next = NEVER;

	if (earlier(now, due))
		next = due;
	if (earlier(now, end))
		next = earliest(next, end);
	return next;
}
