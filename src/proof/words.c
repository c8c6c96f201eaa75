/* Verdicts in words: what was measured, and one sentence that says why. Every sentence
 * stands by itself in a report, with its figures, in the reader's language. */
#include "proof/proof.h"

#include "core/text.h"

#include <math.h>

/* ---- what was measured ---- */

static const char *in_unit(Lang lang, double v, const Quantity *target, char out[LANG_TEXT])
{
	char number[LANG_TEXT];

	switch (target->unit) {
	case UNIT_PERCENT: return lang_percent(lang, v, 2, out);
	case UNIT_SECONDS: return lang_duration(lang, (Duration){ (int64_t)llround(v * 1e6) }, out);
	case UNIT_BYTES: return lang_bytes(lang, v, out);
	case UNIT_PER_MIN:
		(void)snprintf(out, LANG_TEXT, "%s /min", lang_number(lang, v, 1, number));
		return out;
	case UNIT_SCORE:
		(void)snprintf(out, LANG_TEXT, "%s/%g", lang_number(lang, v, 2, number),
		               target->scale);
		return out;
	case UNIT_NONE: break;
	}
	return lang_number(lang, v, 2, out);
}

static void level_value(Lang lang, const Commitment *c, const ObjectiveResult *r, Buf *out)
{
	char value[LANG_TEXT], used[LANG_TEXT], allowed[LANG_TEXT];

	if (!r->has_value)
		return;
	if (!r->is_availability) {
		buf_text(out, in_unit(lang, r->value, &c->target, value));
		return;
	}
	/* The figure so far, and what decides while the period runs: the downtime it allows. */
	buf_printf(out, tr(lang, "%s, %s of %s used"), lang_percent(lang, r->value, 4, value),
	           lang_duration(lang, r->used, used), lang_duration(lang, r->allowed, allowed));
}

static void events_value(Lang lang, const ProofOutcome *j, Buf *out)
{
	char took[LANG_TEXT];

	if (j->good + j->bad == 0)
		return;
	buf_printf(out, tr(lang, "%u of %u"), j->good, j->good + j->bad);
	if (j->has_worst && j->worst.has_took && j->worst.took.us > 0)
		buf_printf(out, " · %s", lang_duration(lang, j->worst.took, took));
}

void proof_value(Lang lang, const Commitment *c, const ProofFacts *f, const ProofOutcome *j,
                 Buf *out)
{
	char text[LANG_TEXT];

	switch (c->by) {
	case BY_OBJECTIVE:
	case BY_TIER:
		if (f->has_level)
			level_value(lang, c, &f->level, out);
		return;
	case BY_TICKETS:
		if (f->has_value)
			buf_text(out, in_unit(lang, f->value, &c->target, text));
		return;
	case BY_PROBES:
		if (f->has_coverage)
			buf_text(out, lang_percent(lang, f->coverage, 2, text));
		return;
	case BY_NOTHING:
	case BY_PLAN: return;
	case BY_PAGE:
	case BY_CLOCK:
	case BY_ACK:
	case BY_PHASE:
	case BY_WATCH:
	case BY_CLOSING:
	case BY_LADDER:
	case BY_RULE:
	case BY_NOTICE:
	case BY_OVERRUN:
	case BY_DUTY:
	case BY_FLAW:
	case BY_RUN: events_value(lang, j, out); return;
	}
}

/* ---- why ---- */

static const char *const lacks[LACKS] = {
	[LACK_NOTHING] = "",
	[LACK_MEASURE] = TR_NOOP("Nothing measures it yet."),
	[LACK_BACKUPS] = TR_NOOP("This version makes no backups and looks at none."),
	[LACK_LOGS] = TR_NOOP("This version does not keep logs."),
	[LACK_CLEANUPS] = TR_NOOP("This version deletes and archives nothing."),
	[LACK_UPDATES] = TR_NOOP("This version neither finds nor applies updates."),
	[LACK_DEPLOYMENTS] = TR_NOOP("This version makes no deployments."),
	[LACK_SUITES] = TR_NOOP("This version runs no tests."),
	[LACK_MONEY] = TR_NOOP("What was spent is not recorded in this version."),
	[LACK_FILES] = TR_NOOP("This version does not look into repositories and files."),
};

static const char *nothing_used(const Commitment *c)
{
	switch (c->kind) {
	case COMMITMENT_CAPABILITY:
		return TR_NOOP("Never exercised: so far it is a promise on paper.");
	case COMMITMENT_EXISTENCE: return TR_NOOP("Nobody has looked at it yet.");
	case COMMITMENT_LEVEL:
	case COMMITMENT_RATIO: return TR_NOOP("Nothing was counted yet.");
	case COMMITMENT_DEADLINE:
	case COMMITMENT_CADENCE:
	case COMMITMENT_RETENTION:
	case COMMITMENT_SEQUENCE:
	case COMMITMENT_KINDS: break;
	}
	return TR_NOOP("Nothing is on record yet.");
}

static void bad_events(Lang lang, const Zone *zone, const ProofOutcome *j, Buf *out)
{
	char on[LANG_TEXT], took[LANG_TEXT];
	unsigned all = j->good + j->bad;

	(void)lang_instant(lang, zone, j->worst.at, on);
	switch (j->worst.why) {
	case FACT_UNAVAILABLE:
		buf_printf(out, tr(lang, "%u of %u failed: not available in this version."), j->bad,
		           all);
		return;
	case FACT_FAILED:
		buf_printf(out, tr(lang, "%u of %u failed, the worst on %s."), j->bad, all, on);
		return;
	case FACT_MISSED:
		buf_printf(out, tr(lang, "%u of %u missed, one of them on %s."), j->bad, all, on);
		return;
	case FACT_UNTOLD:
		buf_printf(out, tr(lang, "%u of %u not announced in time, one of them due on %s."),
		           j->bad, all, on);
		return;
	case FACT_ABSENT: buf_printf(out, tr(lang, "Looked for on %s, and not there."), on); return;
	case FACT_LATE:
	case FACT_AS_IT_SHOULD: break;
	}
	if (j->worst.has_took)
		buf_printf(out, tr(lang, "%u of %u late; the worst, on %s, took %s."), j->bad, all,
		           on, lang_duration(lang, j->worst.took, took));
	else
		buf_printf(out, tr(lang, "%u of %u late; the worst on %s."), j->bad, all, on);
}

static void events(Lang lang, const Zone *zone, const ProofOutcome *j, Buf *out)
{
	char took[LANG_TEXT];

	if (j->bad) {
		bad_events(lang, zone, j, out);
	} else if (j->measured == VERDICT_AT_RISK) {
		buf_text(out,
		         tr(lang, "One that is under way has used over four fifths of its time."));
	} else if (j->good == 0) {
		buf_printf(out,
		           tr_n(lang, "%u under way, with time left.",
		                "%u under way, with time left.", j->open),
		           j->open);
	} else if (j->has_worst && j->worst.has_took && j->worst.took.us > 0) {
		buf_printf(out,
		           tr_n(lang, "%u time as promised; it took %s.",
		                "%u times as promised; the longest took %s.", j->good),
		           j->good, lang_duration(lang, j->worst.took, took));
	} else {
		buf_printf(out,
		           tr_n(lang, "%u time as promised.", "%u times as promised.", j->good),
		           j->good);
	}
}

static const char *level_why(VerdictWhy why)
{
	switch (why) {
	case WHY_NONE: break;
	case WHY_NO_PERIOD: return TR_NOOP("The plan does not say over which period it counts.");
	case WHY_NO_TARGET: return TR_NOOP("The plan gives no figure to compare with.");
	case WHY_NO_DATA: return TR_NOOP("Nothing was measured in the period.");
	case WHY_COVERAGE: return TR_NOOP("Too little of the period was measured.");
	case WHY_COARSE_PROBE:
		return TR_NOOP("The interval between probes is longer than the downtime allowed.");
	case WHY_NO_MECHANISM:
		return TR_NOOP("Nothing is declared that could ensure or measure it.");
	case WHY_NO_INCIDENT: return TR_NOOP("No incident yet.");
	case WHY_TOO_SHORT: return TR_NOOP("It has been watched for less than the figure itself.");
	case WHY_STATISTIC: return TR_NOOP("The plan names no statistic; the mean was used.");
	case WHY_WINDOWS:
		return TR_NOOP("With announced maintenance left out it is kept, with it counted it "
		               "is not.");
	}
	return NULL;
}

static void level(Lang lang, const Commitment *c, const ProofFacts *f, const ProofOutcome *j,
                  Buf *out)
{
	const char *why = level_why(f->level.why);
	char covered[LANG_TEXT], promised[LANG_TEXT];
	AUTO(Buf) value = { 0 };

	proof_value(lang, c, f, j, &value);
	if (value.n)
		buf_printf(out, tr(lang, "%s measured, %s %s promised."), buf_str(&value),
		           op_print(c->op), in_unit(lang, c->target.value, &c->target, promised));
	if (why)
		buf_printf(out, "%s%s", value.n ? " " : "", tr(lang, why));
	else if (!value.n)
		buf_text(out, tr(lang, "Nothing was measured in the period."));
	if (value.n && j->has_coverage && j->coverage < 100)
		buf_printf(out, tr(lang, " %s of the period was measured."),
		           lang_percent(lang, j->coverage, 1, covered));
}

static void waived(Lang lang, const Zone *zone, const ProofFacts *f, Buf *out)
{
	char until[LANG_TEXT];

	if (is_set(f->waived_until))
		buf_printf(out, tr(lang, "Waived by %s until %s: %s"), f->waived_by,
		           lang_date(lang, zone, f->waived_until, until), f->waived_reason);
	else
		buf_printf(out, tr(lang, "Waived by %s: %s"), f->waived_by, f->waived_reason);
}

static void disputed(Lang lang, const Commitment *c, const ProofFacts *f, Buf *out)
{
	char exact[LANG_TEXT], stated[LANG_TEXT];

	if (c->against)
		buf_printf(out, tr(lang, "The plan says two things: %s, and %s (%s)."), c->figure,
		           c->against->figure, c->against->id);
	else if (c->against_text)
		buf_printf(out, tr(lang, "The plan says two things: %s, and %s."), c->figure,
		           c->against_text);
	else
		buf_printf(out,
		           tr(lang, "The plan says two things: %s, which allows %s, and an "
		                    "allowance of %s."),
		           c->figure, lang_duration(lang, f->level.allowed, exact),
		           lang_span(lang, c->objective->stated_allowance, stated));
}

static void by_reason(Lang lang, const Zone *zone, const Commitment *c, const ProofFacts *f,
                      const ProofOutcome *j, ProofReason reason, Buf *out)
{
	char one[LANG_TEXT], two[LANG_TEXT];

	switch (reason) {
	case REASON_NONE: return;
	case REASON_LACK: buf_text(out, tr(lang, lacks[c->lack])); return;
	case REASON_NOTHING_YET:
		buf_text(out, tr(lang, "Nothing happened yet that could be judged."));
		return;
	case REASON_FIRST_DUE:
		if (is_set(f->first_due))
			buf_printf(out, tr(lang, "Due on %s."),
			           lang_instant(lang, zone, f->first_due, one));
		else
			buf_text(out, tr(lang, "Nothing falls due."));
		return;
	case REASON_ON_REQUEST:
		buf_text(out, c->duty && c->duty->stated.kind == SCHEDULE_AGREED
		                      ? tr(lang, "Its date must first be agreed.")
		                      : tr(lang, "It falls due on request or after an event; "
		                                 "none is on record."));
		return;
	case REASON_NEVER_DONE:
		buf_text(out, tr(lang, "It has not taken place yet, so nothing shows it."));
		return;
	case REASON_NEVER_USED: buf_text(out, tr(lang, nothing_used(c))); return;
	case REASON_NO_LIMIT:
		buf_printf(out,
		           tr(lang, "It took %s; the plan gives no figure to hold that against."),
		           lang_duration(lang, j->worst.took, one));
		return;
	case REASON_EVENTS: events(lang, zone, j, out); return;
	case REASON_LEVEL: level(lang, c, f, j, out); return;
	case REASON_FEW:
		buf_printf(out, tr(lang, "Only %llu counted; fewer than %u prove nothing."),
		           (unsigned long long)f->total, c->minimum);
		return;
	case REASON_RATIO:
		buf_printf(out, tr(lang, "%s over %llu counted, %s promised."),
		           in_unit(lang, f->value, &c->target, one), (unsigned long long)f->total,
		           c->figure);
		return;
	case REASON_PROBES:
		buf_printf(out, tr(lang, "Measured for %s of the time; the least is %s."),
		           lang_percent(lang, f->coverage, 2, one),
		           lang_percent(lang, f->min_coverage > 0 ? f->min_coverage : 95, 2, two));
		return;
	case REASON_THERE: buf_text(out, tr(lang, "The plan names an address.")); return;
	case REASON_ABSENT: buf_text(out, tr(lang, "The plan names no address.")); return;
	case REASON_WAIVED: waived(lang, zone, f, out); return;
	case REASON_DISPUTED: disputed(lang, c, f, out); return;
	}
}

void proof_sentence(Lang lang, const Zone *zone, const Commitment *c, const ProofFacts *f,
                    const ProofOutcome *j, Buf *out)
{
	by_reason(lang, zone, c, f, j, j->reason, out);
	if (j->reason != REASON_WAIVED && j->reason != REASON_DISPUTED)
		return;
	buf_char(out, ' ');
	by_reason(lang, zone, c, f, j, j->measured_reason, out);
}
