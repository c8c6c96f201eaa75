/* The line under each figure: how it was counted, in English and as JSON. Pages in
 * other languages build theirs from the same fields. */
#include "ledger/objective_private.h"

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"

#include <stdio.h>

const char *verdict_name(Verdict v)
{
	static const char *const names[] = { "not_due",  "kept",   "at_risk", "broken",
		                             "unproven", "waived", "disputed" };

	return (size_t)v < COUNT_OF(names) ? names[v] : "unproven";
}

const char *verdict_why_name(VerdictWhy w)
{
	static const char *const names[] = { "none",         "no_period",   "no_target",
		                             "no_data",      "coverage",    "coarse_probe",
		                             "no_mechanism", "no_incident", "too_short",
		                             "statistic",    "windows" };

	return (size_t)w < COUNT_OF(names) ? names[w] : "none";
}

static const char *why_sentence(VerdictWhy w)
{
	switch (w) {
	case WHY_NO_PERIOD: return "the plan gives no period: one must be chosen";
	case WHY_NO_TARGET: return "the plan gives no figure: one must be chosen";
	case WHY_NO_DATA: return "nothing was measured";
	case WHY_COVERAGE: return "measured for less time than the plan asks";
	case WHY_COARSE_PROBE: return "the check looks less often than the downtime allowed lasts";
	case WHY_NO_MECHANISM: return "nothing in the plan measures or ensures it";
	case WHY_NO_INCIDENT: return "no incident in the period";
	case WHY_TOO_SHORT: return "watched for less time than the target itself";
	case WHY_STATISTIC: return "the plan names no statistic: the mean is used";
	case WHY_WINDOWS: return "kept without the announced windows, not with them";
	case WHY_NONE: break;
	}
	return NULL;
}

static void period_text(const Plan *plan, const ObjectiveResult *r, Buf *b)
{
	const Zone *z = plan->head.timezone ? plan->head.timezone : zone_utc();
	Civil from = zone_civil(z, r->from), to = zone_civil(z, r->to);

	if (!is_set(r->from) || !is_set(r->to))
		return;
	buf_printf(b, "; %04d-%02d-%02d %02d:%02d to %04d-%02d-%02d %02d:%02d %s", from.year,
	           from.month, from.day, from.hour, from.minute, to.year, to.month, to.day, to.hour,
	           to.minute, zone_name(z));
}

static const char *length(Duration d, char out[DURATION_TEXT])
{
	return d.us ? duration_print(d, out) : "0 s";
}

static void availability_text(const Objective *o, const ObjectiveFacts *f, const ObjectiveResult *r,
                              Buf *b)
{
	static const char *const unknown[] = { "left out", "counted as down", "counted as up" };
	const Availability *a = &r->availability;
	char t[4][DURATION_TEXT], p[2][PERCENT_TEXT];

	if (a->has_gross)
		buf_printf(b, "gross %s, ", percent_print(a->gross, 5, p[0]));
	if (a->has_net)
		buf_printf(b, "net %s, ", percent_print(a->net, 5, p[1]));
	buf_printf(b, "%s counts; ", objective_uses_net(o) ? "net" : "gross");
	buf_printf(b, "down %s of %s allowed", length(r->used, t[0]), length(r->allowed, t[1]));
	if (objective_uses_net(o) && a->excluded.us)
		buf_printf(b, ", %s in announced windows left out",
		           duration_print(a->excluded, t[2]));
	if (a->unknown.us)
		buf_printf(b, ", unknown %s %s", duration_print(a->unknown, t[3]),
		           unknown[objective_unknown(o)]);
	buf_printf(b, "; measured %s", percent_print(r->coverage, 1, p[0]));
	if (f->probe.us)
		buf_printf(b, " every %s, from the first failed probe",
		           duration_print(f->probe, t[0]));
	if (o->hours.set && !o->hours.always)
		buf_printf(b, ", in service hours %s", o->hours.text);
}

static void figure_text(const Objective *o, const ObjectiveFacts *f, const ObjectiveResult *r,
                        Buf *b)
{
	char p[PERCENT_TEXT];

	if (objective_is_incident(o->metric)) {
		buf_printf(b, "%s",
		           objective_takes_worst(o)
		                   ? "the longest repair, from the first failed probe"
		           : text_eq(o->metric, "incident_mtta")
		                   ? "mean, from opening to acknowledgement"
		           : text_eq(o->metric, "incident_mtbf")
		                   ? "time without incident divided by incidents"
		                   : "mean, from the first failed probe to recovery");
		return;
	}
	buf_printf(b, "%s of %llu samples, measured %s",
	           o->stat == STAT_UNSPECIFIED ? "mean" : stat_print(o->stat),
	           (unsigned long long)f->samples, percent_print(r->coverage, 1, p));
}

void objective_account(const Plan *plan, const Objective *o, const ObjectiveFacts *f, Instant now,
                       ObjectiveResult *r)
{
	AUTO(Buf) b = { .max = sizeof r->account - 1 };
	const char *why = why_sentence(r->why);

	(void)now;
	if (r->has_value && r->is_availability)
		availability_text(o, f, r, &b);
	else if (r->has_value)
		figure_text(o, f, r, &b);
	if (why)
		buf_printf(&b, "%s%s", b.n ? "; " : "", why);
	if (r->has_value)
		period_text(plan, r, &b);
	text_copy(r->account, sizeof r->account, buf_str(&b));
}

void objective_json(const Objective *o, const ObjectiveResult *r, Emit *out)
{
	const Availability *a = &r->availability;

	emit_object(out, NULL);
	emit_text(out, "id", o->item.id);
	emit_text(out, "metric", o->metric);
	emit_text(out, "op", op_print(o->op));
	emit_real(out, "target", r->target);
	emit_text(out, "verdict", verdict_name(r->verdict));
	if (r->why != WHY_NONE)
		emit_text(out, "why", verdict_why_name(r->why));
	emit_instant(out, "from", r->from);
	emit_instant(out, "to", r->to);
	if (r->has_value)
		emit_real(out, "value", r->value);
	else
		emit_null(out, "value");
	emit_real(out, "coverage", r->coverage);
	if (r->is_availability) {
		if (a->has_gross)
			emit_real(out, "gross", a->gross);
		if (a->has_net)
			emit_real(out, "net", a->net);
		emit_seconds(out, "down", a->down);
		emit_seconds(out, "degraded", a->degraded);
		emit_seconds(out, "unknown", a->unknown);
		emit_seconds(out, "excluded", a->excluded);
		emit_seconds(out, "down_excluded", a->down_excluded);
		emit_int(out, "outages", a->outages);
		emit_seconds(out, "allowed", r->allowed);
		emit_seconds(out, "used", r->used);
		emit_seconds(out, "left", r->left);
	}
	if (r->stated_differs)
		emit_seconds(out, "stated_off", r->stated_off);
	emit_text(out, "account", r->account);
	if (o->item.src)
		emit_text(out, "src", o->item.src);
	emit_object_end(out);
}
