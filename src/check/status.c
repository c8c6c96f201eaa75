/* See status.h: rows of results in, confirmed states out. */
#include "check/status.h"

#include "check/push.h"
#include "core/buf.h"
#include "core/emit.h"
#include "core/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A check that is down is looked at this often at least, or a daily one would stay
 * "down" for a day after its repair. */
enum { DOWN_EVERY_MIN = 5 };

static const Column columns[] = {
	COLUMN(CheckStatus, id),
	COLUMN(CheckStatus, state),
	COLUMN(CheckStatus, known),
	COLUMN(CheckStatus, since),
	COLUMN(CheckStatus, known_since),
	COLUMN(CheckStatus, first_bad),
	COLUMN(CheckStatus, first_down),
	COLUMN(CheckStatus, first_good),
	COLUMN(CheckStatus, first_alive),
	COLUMN(CheckStatus, bad_in_a_row),
	COLUMN(CheckStatus, down_in_a_row),
	COLUMN(CheckStatus, alive_in_a_row),
	COLUMN(CheckStatus, good_in_a_row),
	COLUMN(CheckStatus, last_state),
	COLUMN(CheckStatus, last_fail),
	COLUMN(CheckStatus, last_timed_out),
	COLUMN(CheckStatus, last_at),
	COLUMN(CheckStatus, last_known_at),
	COLUMN(CheckStatus, last_latency),
	COLUMN(CheckStatus, last_http),
	COLUMN(CheckStatus, last_reason),
	COLUMN(CheckStatus, last_reason_fr),
	COLUMN(CheckStatus, last_address),
	COLUMN(CheckStatus, next_due),
	COLUMN(CheckStatus, cert_not_after),
	COLUMN(CheckStatus, chain_not_after),
	COLUMN(CheckStatus, told_not_after),
	COLUMN(CheckStatus, told_left),
	COLUMN(CheckStatus, push_since),
	COLUMN(CheckStatus, push_start),
	COLUMN(CheckStatus, push_success),
	COLUMN(CheckStatus, push_fail),
	COLUMN(CheckStatus, push_took),
	COLUMN(CheckStatus, push_note),
};
const RecordType check_status_record = { "check_status", sizeof(CheckStatus), COUNT_OF(columns),
	                                 columns };

/* What must hold between two steps, whatever happened. */
static void check_invariants(const CheckStatus *st)
{
	assert(st->state <= CHECK_DOWN && st->known <= CHECK_DOWN);
	assert(st->state == CHECK_UNKNOWN || st->state == st->known);
	assert((st->bad_in_a_row > 0) == is_set(st->first_bad));
	assert((st->down_in_a_row > 0) == is_set(st->first_down));
	assert(st->down_in_a_row <= st->bad_in_a_row);
	assert(st->good_in_a_row == 0 || st->bad_in_a_row == 0);
	(void)st;
}

void check_status_begin(CheckStatus *st, const Check *c, const Zone *zone, Instant now)
{
	*st = (CheckStatus){ .since = now, .known_since = now };
	text_copy(st->id, sizeof st->id, c->item.id);
	st->first_bad = st->first_down = st->first_good = st->first_alive = LONG_AGO;
	st->last_at = st->last_known_at = LONG_AGO;
	st->cert_not_after = st->chain_not_after = st->told_not_after = LONG_AGO;
	st->push_since = now;
	st->push_start = st->push_success = st->push_fail = LONG_AGO;
	st->next_due = c->type == CHECK_PUSH     ? push_due(c, zone, st, now)
	               : c->type == CHECK_IMPORT ? NEVER
	                                         : check_first_due(c, now);
}

/* One more of a row that began at *first, or the end of the row. */
static void row(bool goes_on, unsigned *n, Instant *first, Instant at)
{
	if (!goes_on) {
		*n = 0;
		*first = LONG_AGO;
		return;
	}
	if ((*n)++ == 0)
		*first = at;
}

static void count(CheckStatus *st, CheckState s, Instant at)
{
	row(s != CHECK_UP, &st->bad_in_a_row, &st->first_bad, at);
	row(s == CHECK_DOWN, &st->down_in_a_row, &st->first_down, at);
	row(s != CHECK_DOWN, &st->alive_in_a_row, &st->first_alive, at);
	row(s == CHECK_UP, &st->good_in_a_row, &st->first_good, at);
}

/* The confirmed state that the rows now allow, and when it began.
 *
 *   towards worse: retries + 1 in a row    towards better: `successes` in a row
 *
 * A first good result of a check that was never known needs no confirmation. */
static CheckState decide(const CheckStatus *st, const Check *c, Instant *ret_from)
{
	unsigned worse = (unsigned)check_retries(c) + 1, better = (unsigned)check_successes(c);
	CheckState known = (CheckState)st->known;

	if (known != CHECK_DOWN && st->down_in_a_row >= worse)
		return *ret_from = st->first_down, CHECK_DOWN;
	if ((known == CHECK_UP || known == CHECK_UNKNOWN) && st->bad_in_a_row >= worse)
		return *ret_from = st->first_bad, CHECK_DEGRADED;
	if (known == CHECK_UNKNOWN && st->good_in_a_row)
		return *ret_from = st->first_good, CHECK_UP;
	if ((known == CHECK_DOWN || known == CHECK_DEGRADED) && st->good_in_a_row >= better)
		return *ret_from = st->first_good, CHECK_UP;
	if (known == CHECK_DOWN && st->alive_in_a_row >= better)
		return *ret_from = st->first_alive, CHECK_DEGRADED;
	return *ret_from = st->known_since, known;
}

/* A row of failures may have begun before the state it ends: "up since 10:00" can turn out
 * to have been "down since 9:59" after a gap. Never earlier than the state before. */
static void take_known(CheckStatus *st, const Check *c)
{
	Instant from;
	CheckState s = decide(st, c, &from);

	if (s == st->known)
		return;
	st->known_since = latest(from, st->known == CHECK_UNKNOWN ? LONG_AGO : st->known_since);
	st->known = s;
}

static void remember(CheckStatus *st, const CheckResult *r)
{
	st->last_state = r->state;
	st->last_fail = r->fail;
	st->last_timed_out = r->timed_out;
	st->last_at = r->at;
	st->last_latency = r->has_latency ? r->latency : (Duration){ 0 };
	st->last_http = r->status;
	text_copy(st->last_reason, sizeof st->last_reason, r->reason);
	text_copy(st->last_reason_fr, sizeof st->last_reason_fr, r->reason_fr);
	text_copy(st->last_address, sizeof st->last_address, r->address);
	if (r->cert.present) {
		st->cert_not_after = r->cert.leaf_not_after;
		st->chain_not_after = r->cert.chain_not_after;
	}
}

static bool is_confirmed(const CheckStatus *st)
{
	CheckState last = (CheckState)st->last_state;

	return last == CHECK_UNKNOWN || last == (CheckState)st->known;
}

static Instant when_next(const CheckStatus *st, const Check *c, const Zone *zone, Instant now)
{
	Instant due, soon;

	if (c->type == CHECK_PUSH)
		return push_due(c, zone, st, now);
	if (c->type == CHECK_IMPORT)
		return NEVER;
	due = check_due_after(c, now);
	soon = after(now, check_retry_every(c));
	if (!is_confirmed(st))
		return earliest(due, soon);
	if (st->state == CHECK_DOWN || st->state == CHECK_UNKNOWN)
		return earliest(due, after(now, minutes(DOWN_EVERY_MIN)));
	return due;
}

/* ---- evidence ---- */

static char *facts(const CheckStatus *st, const CheckResult *r, const CheckChange *ch)
{
	AUTO(Buf) b = { .max = 8192 };
	Emit j = emit_to(&b);

	emit_object(&j, NULL);
	emit_text(&j, "was", check_state_name(ch->was));
	emit_text(&j, "state", check_state_name(ch->state));
	emit_instant(&j, "from", ch->from);
	emit_instant(&j, "probe", r->at);
	if (r->fail != FAIL_NONE)
		emit_text(&j, "class", fail_class_name(r->fail));
	if (r->timed_out)
		emit_bool(&j, "timed_out", true);
	if (r->reason[0])
		emit_text(&j, "reason", r->reason);
	if (r->address[0])
		emit_text(&j, "address", r->address);
	if (r->status)
		emit_int(&j, "status", r->status);
	if (r->has_latency)
		emit_seconds(&j, "latency", r->latency);
	emit_int(&j, "in_a_row", ch->state == CHECK_UP ? st->good_in_a_row : st->bad_in_a_row);
	emit_object_end(&j);
	return buf_take(&b);
}

static const char *verdict_of(CheckState s)
{
	return s == CHECK_UP ? "pass" : s == CHECK_UNKNOWN ? "unknown" : "fail";
}

static void subject_of(const Check *c, char out[96])
{
	(void)snprintf(out, 96, "check:%s", c->item.id);
}

static void record_change(const CheckStatus *st, const Check *c, const CheckResult *r, Instant now,
                          Effects *fx, const CheckChange *ch)
{
	char subject[96];
	Entry *e;

	subject_of(c, subject);
	e = effects_entry(fx, now, "check.changed", subject, "carene", facts(st, r, ch));
	text_copy(e->verdict, sizeof e->verdict, verdict_of(ch->state));
}

/* ---- certificate thresholds ---- */

static char *cert_input(const CheckResult *r)
{
	AUTO(Buf) b = { .max = 2048 };
	Emit j = emit_to(&b);

	emit_object(&j, NULL);
	emit_instant(&j, "leaf_not_after", r->cert.leaf_not_after);
	emit_instant(&j, "chain_not_after", r->cert.chain_not_after);
	emit_seconds(&j, "threshold", r->cert.threshold);
	emit_text(&j, "subject", r->cert.subject);
	emit_text(&j, "issuer", r->cert.issuer);
	emit_object_end(&j);
	return buf_take(&b);
}

/* One alert per threshold crossed: told once for this certificate's end, again only for a
 * smaller threshold, afresh for a renewed certificate. */
static void step_cert(CheckStatus *st, const Check *c, const CheckResult *r, Instant now,
                      Effects *fx, CheckChange *out)
{
	Instant end = earliest(r->cert.leaf_not_after, r->cert.chain_not_after);
	char subject[96];
	Entry *e;

	if (!r->cert.present || !is_set(end))
		return;
	if (end.us != st->told_not_after.us) {
		st->told_not_after = end;
		st->told_left = (Duration){ 0 };
	}
	if (r->cert.threshold.us == 0 ||
	    (st->told_left.us != 0 && r->cert.threshold.us >= st->told_left.us))
		return;
	st->told_left = out->threshold = r->cert.threshold;
	subject_of(c, subject);
	e = effects_entry(fx, now, "check.certificate", subject, "carene", cert_input(r));
	text_copy(e->verdict, sizeof e->verdict, "fail");
	text_copy(e->note, sizeof e->note, r->reason);
}

/* ---- the step ---- */

static void step_state(CheckStatus *st, const Check *c, const CheckResult *r)
{
	if (r->state == CHECK_UNKNOWN) {
		if (st->state != CHECK_UNKNOWN) {
			st->state = CHECK_UNKNOWN;
			st->since = r->at;
		}
		return;
	}
	count(st, r->state, r->at);
	st->last_known_at = r->at;
	take_known(st, c);
	if (st->known == CHECK_UNKNOWN || st->state == st->known)
		return;
	/* A change decided by a row began with the row. Out of a gap, what is known goes on from
	 * here, and no row reaches back over the gap: that time stays unknown. A row that began
	 * with the gap's very instant (a check's first probe) does not reach back. */
	if (st->state == CHECK_UNKNOWN && earlier(st->known_since, st->since))
		st->since = r->at;
	else
		st->since = latest(st->known_since, st->since);
	st->state = st->known;
}

void check_status_step(CheckStatus *st, const Check *c, const Zone *zone, const CheckResult *result,
                       Instant now, Effects *fx, CheckChange *out)
{
	CheckState was = (CheckState)st->state;
	unsigned known = st->known;

	check_invariants(st);
	*out = (CheckChange){ .was = was, .fail = result->fail };
	remember(st, result);
	step_state(st, c, result);
	out->state = (CheckState)st->state;
	out->from = st->since;
	out->began = st->known_since;
	out->changed = out->state != was;
	out->confirmed = known != st->known;
	text_copy(out->cause, sizeof out->cause, result->reason);
	text_copy(out->cause_fr, sizeof out->cause_fr, result->reason_fr);
	step_cert(st, c, result, now, fx, out);
	if (out->changed)
		record_change(st, c, result, now, fx, out);
	st->next_due = out->next_due = when_next(st, c, zone, now);
	check_invariants(st);
}
