/* See status.h: rows of results in, confirmed states out. */
#include "check/status.h"

#include "check/check_private.h"
#include "check/push.h"
#include "core/alloc.h"
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
	COLUMN(CheckStatusRow, id),
	COLUMN(CheckStatusRow, state),
	COLUMN(CheckStatusRow, known),
	COLUMN(CheckStatusRow, since),
	COLUMN(CheckStatusRow, known_since),
	COLUMN(CheckStatusRow, first_bad),
	COLUMN(CheckStatusRow, first_down),
	COLUMN(CheckStatusRow, first_good),
	COLUMN(CheckStatusRow, first_alive),
	COLUMN(CheckStatusRow, bad_in_a_row),
	COLUMN(CheckStatusRow, down_in_a_row),
	COLUMN(CheckStatusRow, alive_in_a_row),
	COLUMN(CheckStatusRow, good_in_a_row),
	COLUMN(CheckStatusRow, last_state),
	COLUMN(CheckStatusRow, last_fail),
	COLUMN(CheckStatusRow, last_timed_out),
	COLUMN(CheckStatusRow, last_at),
	COLUMN(CheckStatusRow, last_known_at),
	COLUMN(CheckStatusRow, last_latency),
	COLUMN(CheckStatusRow, last_http),
	COLUMN(CheckStatusRow, last_reason),
	COLUMN(CheckStatusRow, last_reason_fr),
	COLUMN(CheckStatusRow, last_address),
	COLUMN(CheckStatusRow, next_due),
	COLUMN(CheckStatusRow, cert_not_after),
	COLUMN(CheckStatusRow, chain_not_after),
	COLUMN(CheckStatusRow, told_not_after),
	COLUMN(CheckStatusRow, told_left),
	COLUMN(CheckStatusRow, push_since),
	COLUMN(CheckStatusRow, push_start),
	COLUMN(CheckStatusRow, push_success),
	COLUMN(CheckStatusRow, push_fail),
	COLUMN(CheckStatusRow, push_took),
	COLUMN(CheckStatusRow, push_note),
};
const RecordType check_status_record = { "check_status", sizeof(CheckStatusRow), COUNT_OF(columns),
	                                 columns };

/* ---- what only some have ---- */

const CheckMore *check_more(const CheckStatus *st)
{
	static const CheckMore none = { .cert_not_after = { INT64_MIN },
		                        .chain_not_after = { INT64_MIN },
		                        .told_not_after = { INT64_MIN },
		                        .push_since = { INT64_MIN },
		                        .push_start = { INT64_MIN },
		                        .push_success = { INT64_MIN },
		                        .push_fail = { INT64_MIN } };

	return st->more ? st->more : &none;
}

CheckMore *more_made(CheckStatus *st)
{
	if (!st->more) {
		CheckMore *m = NEW(CheckMore);

		*m = *check_more(st);
		st->more = m;
	}
	return st->more;
}

static void more_done(CheckStatus *st)
{
	if (!st->more)
		return;
	mem_free(st->more->reason);
	mem_free(st->more->reason_fr);
	mem_free(st->more->push_note);
	mem_free(st->more);
	st->more = NULL;
}

/* Lets go of it once it says nothing that is not said without. */
static void more_trim(CheckStatus *st)
{
	const CheckMore *m = st->more;

	if (m && !m->reason && !m->reason_fr && !m->push_note && !is_set(m->cert_not_after) &&
	    !is_set(m->chain_not_after) && !is_set(m->told_not_after) && !is_set(m->push_since) &&
	    !is_set(m->push_start) && !is_set(m->push_success) && !is_set(m->push_fail) &&
	    m->told_left.us == 0 && m->push_took.us == 0)
		more_done(st);
}

/* "" and NULL are no text. Nothing is copied when it says the same. */
static void keep_text(char **at, const char *text, size_t cap)
{
	char *copy;

	if (*at && text && strcmp(*at, text) == 0)
		return;
	mem_free(*at);
	*at = NULL;
	if (!text || !*text)
		return;
	copy = mem_new(strlen(text) + 1);
	text_copy(copy, strlen(text) < cap ? strlen(text) + 1 : cap, text);
	*at = copy;
}

void keep_note(CheckStatus *st, const char *note)
{
	keep_text(&more_made(st)->push_note, note, CHECK_PUSH_NOTE);
}

static void keep_reason(CheckStatus *st, const char *reason, const char *reason_fr)
{
	if (!st->more && !*reason && !*reason_fr)
		return;
	keep_text(&more_made(st)->reason, reason, CHECK_REASON);
	keep_text(&st->more->reason_fr, reason_fr, CHECK_REASON);
}

const char *check_last_reason(const CheckStatus *st, bool french)
{
	const char *reason = french ? check_more(st)->reason_fr : check_more(st)->reason;

	return reason ? reason : "";
}

void check_status_done(CheckStatus *st)
{
	more_done(st);
	mem_free(st->last_address);
	*st = (CheckStatus){ 0 };
}

/* ---- rows ---- */

static void row_of_rows(const CheckStatus *st, CheckStatusRow *r)
{
	r->bad_in_a_row = check_bad_in_a_row(st);
	r->good_in_a_row = check_good_in_a_row(st);
	r->down_in_a_row = check_down_in_a_row(st);
	r->alive_in_a_row = check_alive_in_a_row(st);
	r->first_bad = r->bad_in_a_row ? st->row_from : LONG_AGO;
	r->first_good = r->good_in_a_row ? st->row_from : LONG_AGO;
	r->first_down = r->down_in_a_row ? st->pulse_from : LONG_AGO;
	r->first_alive = r->alive_in_a_row ? st->pulse_from : LONG_AGO;
}

static void row_of_more(const CheckMore *m, CheckStatusRow *r)
{
	text_copy(r->last_reason, sizeof r->last_reason, m->reason);
	text_copy(r->last_reason_fr, sizeof r->last_reason_fr, m->reason_fr);
	r->cert_not_after = m->cert_not_after;
	r->chain_not_after = m->chain_not_after;
	r->told_not_after = m->told_not_after;
	r->told_left = m->told_left;
	r->push_since = m->push_since;
	r->push_start = m->push_start;
	r->push_success = m->push_success;
	r->push_fail = m->push_fail;
	r->push_took = m->push_took;
	text_copy(r->push_note, sizeof r->push_note, m->push_note);
}

void check_status_row(const CheckStatus *st, const char *id, CheckStatusRow *ret)
{
	*ret = (CheckStatusRow){ .state = st->state,
		                 .known = st->known,
		                 .since = st->since,
		                 .known_since = st->known_since,
		                 .last_state = st->last_state,
		                 .last_fail = st->last_fail,
		                 .last_timed_out = st->last_timed_out,
		                 .last_at = st->last_at,
		                 .last_known_at = st->last_known_at,
		                 .last_latency = st->last_latency,
		                 .last_http = st->last_http,
		                 .next_due = st->next_due };
	text_copy(ret->id, sizeof ret->id, id);
	text_copy(ret->last_address, sizeof ret->last_address, st->last_address);
	row_of_rows(st, ret);
	row_of_more(check_more(st), ret);
}

static void load_rows(CheckStatus *st, const CheckStatusRow *r)
{
	st->row_bad = r->bad_in_a_row > 0;
	st->row_n = st->row_bad ? r->bad_in_a_row : r->good_in_a_row;
	st->row_from = !st->row_n ? LONG_AGO : st->row_bad ? r->first_bad : r->first_good;
	st->pulse_down = r->down_in_a_row > 0;
	st->pulse_n = st->pulse_down ? r->down_in_a_row : r->alive_in_a_row;
	st->pulse_from = !st->pulse_n ? LONG_AGO : st->pulse_down ? r->first_down : r->first_alive;
}

static void load_more(CheckStatus *st, const CheckStatusRow *r, bool push)
{
	CheckMore *m = more_made(st);

	m->cert_not_after = r->cert_not_after;
	m->chain_not_after = r->chain_not_after;
	m->told_not_after = r->told_not_after;
	m->told_left = r->told_left;
	m->push_since = push ? r->push_since : LONG_AGO;
	m->push_start = r->push_start;
	m->push_success = r->push_success;
	m->push_fail = r->push_fail;
	m->push_took = r->push_took;
	keep_note(st, r->push_note);
	keep_reason(st, r->last_reason, r->last_reason_fr);
	more_trim(st);
}

void check_status_load(CheckStatus *st, const CheckStatusRow *row, bool push)
{
	*st = (CheckStatus){ .since = row->since,
		             .known_since = row->known_since,
		             .state = row->state & 3,
		             .known = row->known & 3,
		             .last_state = row->last_state & 3,
		             .last_fail = row->last_fail & 127,
		             .last_timed_out = row->last_timed_out,
		             .last_http = (unsigned)row->last_http & 0xffff,
		             .last_at = row->last_at,
		             .last_known_at = row->last_known_at,
		             .last_latency = row->last_latency,
		             .next_due = row->next_due };
	keep_text(&st->last_address, row->last_address, CHECK_ADDRESS);
	load_rows(st, row);
	load_more(st, row, push);
}

void check_status_expect_push(CheckStatus *st, Instant now)
{
	if (!is_set(check_more(st)->push_since))
		more_made(st)->push_since = now;
}

/* ---- life ---- */

/* What must hold between two steps, whatever happened. */
static void check_invariants(const CheckStatus *st)
{
	assert(st->state == CHECK_UNKNOWN || st->state == st->known);
	assert((st->row_n > 0) == is_set(st->row_from));
	assert((st->pulse_n > 0) == is_set(st->pulse_from));
	assert(check_down_in_a_row(st) <= check_bad_in_a_row(st));
	(void)st;
}

void check_status_begin(CheckStatus *st, const Check *c, const Zone *zone, Instant now)
{
	*st = (CheckStatus){ .since = now, .known_since = now };
	st->row_from = st->pulse_from = LONG_AGO;
	st->last_at = st->last_known_at = LONG_AGO;
	if (c->type == CHECK_PUSH)
		check_status_expect_push(st, now);
	st->next_due = c->type == CHECK_PUSH     ? push_due(c, zone, st, now)
	               : c->type == CHECK_IMPORT ? NEVER
	                                         : check_first_due(c, now);
}

static void count(CheckStatus *st, CheckState s, Instant at)
{
	bool bad = s != CHECK_UP, down = s == CHECK_DOWN;

	if (!st->row_n || st->row_bad != bad) {
		st->row_bad = bad;
		st->row_n = 0;
		st->row_from = at;
	}
	if (!st->pulse_n || st->pulse_down != down) {
		st->pulse_down = down;
		st->pulse_n = 0;
		st->pulse_from = at;
	}
	st->row_n++;
	st->pulse_n++;
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

	if (known != CHECK_DOWN && check_down_in_a_row(st) >= worse)
		return *ret_from = st->pulse_from, CHECK_DOWN;
	if ((known == CHECK_UP || known == CHECK_UNKNOWN) && check_bad_in_a_row(st) >= worse)
		return *ret_from = st->row_from, CHECK_DEGRADED;
	if (known == CHECK_UNKNOWN && check_good_in_a_row(st))
		return *ret_from = st->row_from, CHECK_UP;
	if ((known == CHECK_DOWN || known == CHECK_DEGRADED) && check_good_in_a_row(st) >= better)
		return *ret_from = st->row_from, CHECK_UP;
	if (known == CHECK_DOWN && check_alive_in_a_row(st) >= better)
		return *ret_from = st->pulse_from, CHECK_DEGRADED;
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
	st->last_state = r->state & 3;
	st->last_fail = r->fail & 127;
	st->last_timed_out = r->timed_out;
	st->last_at = r->at;
	st->last_latency = r->has_latency ? r->latency : (Duration){ 0 };
	st->last_http = (unsigned)r->status & 0xffff;
	keep_text(&st->last_address, r->address, CHECK_ADDRESS);
	keep_reason(st, r->reason, r->reason_fr);
	if (r->cert.present) {
		more_made(st)->cert_not_after = r->cert.leaf_not_after;
		st->more->chain_not_after = r->cert.chain_not_after;
	}
	more_trim(st);
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
	emit_int(&j, "in_a_row",
	         ch->state == CHECK_UP ? check_good_in_a_row(st) : check_bad_in_a_row(st));
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
	CheckMore *m;
	Entry *e;

	if (!r->cert.present || !is_set(end))
		return;
	m = more_made(st);
	if (end.us != m->told_not_after.us) {
		m->told_not_after = end;
		m->told_left = (Duration){ 0 };
	}
	if (r->cert.threshold.us == 0 ||
	    (m->told_left.us != 0 && r->cert.threshold.us >= m->told_left.us))
		return;
	m->told_left = out->threshold = r->cert.threshold;
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
