/* Record, names and JSON of actions. */
#include "action/action.h"

#include "core/text.h"

static const Column columns[] = {
	COLUMN(Action, id),
	COLUMN(Action, vulnerability),
	COLUMN(Action, origin),
	COLUMN(Action, origin_ref),
	COLUMN(Action, what),
	COLUMN(Action, kind),
	COLUMN(Action, severity),
	COLUMN(Action, component),
	COLUMN(Action, owner),
	COLUMN(Action, state),
	{ "max", COL_TEXT, offsetof(Action, limit), sizeof(((Action *)0)->limit) },
	COLUMN(Action, due),
	COLUMN(Action, mitigate_due),
	COLUMN(Action, mitigated_at),
	COLUMN(Action, made_at),
	COLUMN(Action, made_by),
	COLUMN(Action, triaged_at),
	COLUMN(Action, planned_at),
	COLUMN(Action, planned_for),
	COLUMN(Action, planned_by),
	COLUMN(Action, done_at),
	COLUMN(Action, verified_at),
	COLUMN(Action, done_by),
	COLUMN(Action, verified_by),
	COLUMN(Action, accepted_by),
	COLUMN(Action, accepted_until),
	COLUMN(Action, reason),
	COLUMN(Action, reopens),
	COLUMN(Action, late_at),
	COLUMN(Action, reminders),
	COLUMN(Action, next),
};
const RecordType action_record = { "action", sizeof(Action), COUNT_OF(columns), columns };

/* ---- names ---- */

static const char *const origins[ACTION_ORIGINS] = {
	[ACTION_OF_PERSON] = "person",     [ACTION_OF_INCIDENT] = "incident",
	[ACTION_OF_AUDIT] = "audit",       [ACTION_OF_VULNERABILITY] = "vulnerability",
	[ACTION_OF_REPORT] = "report",     [ACTION_OF_RESTORE_TEST] = "restore_test",
	[ACTION_OF_CAPACITY] = "capacity",
};

const char *action_origin_name(ActionOrigin o) { return origins[o]; }

bool action_origin_parse(const char *s, ActionOrigin *ret)
{
	for (int i = 0; i < ACTION_ORIGINS; i++) {
		if (text_eq(s, origins[i])) {
			*ret = (ActionOrigin)i;
			return true;
		}
	}
	return false;
}

bool action_kind_known(const char *s)
{
	static const char *const kinds[] = { "preventive", "corrective", "procedure", "training",
		                             "improvement" };

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (text_eq(s, kinds[i]))
			return true;
	}
	return false;
}

const char *action_state_name(const Action *a)
{
	static const char *const ordinary[ACTION_STATES] = {
		"proposed", "triaged", "approved", "done", "verified", "accepted", "dropped",
	};
	static const char *const vulnerability[ACTION_STATES] = {
		"found", "triaged", "planned", "fixed", "verified", "accepted", "dropped",
	};

	return (a->vulnerability ? vulnerability : ordinary)[a->state];
}

const char *action_event_name(ActionEventKind e)
{
	static const char *const names[ACTION_EVENTS] = {
		[ACTION_EV_TRIAGE] = "triage",     [ACTION_EV_PLAN] = "plan",
		[ACTION_EV_MITIGATE] = "mitigate", [ACTION_EV_DONE] = "done",
		[ACTION_EV_VERIFY] = "verify",     [ACTION_EV_ACCEPT] = "accept",
		[ACTION_EV_DROP] = "drop",         [ACTION_EV_REOPEN] = "reopen",
		[ACTION_EV_CHANGE] = "change",     [ACTION_EV_TICK] = "tick",
	};

	return names[e];
}

/* ---- questions ---- */

bool action_is_open(const Action *a)
{
	return a->state == ACTION_OPEN || a->state == ACTION_TRIAGED || a->state == ACTION_PLANNED;
}

bool action_is_overdue(const Action *a, Instant now)
{
	if (!action_is_open(a))
		return false;
	return (is_set(a->due) && earlier(a->due, now)) ||
	       (is_set(a->mitigate_due) && !is_set(a->mitigated_at) &&
	        earlier(a->mitigate_due, now));
}

int action_kept(const Action *a, Instant now)
{
	if (!is_set(a->due) || a->state == ACTION_ACCEPTED || a->state == ACTION_DROPPED)
		return -1;
	if (a->vulnerability && a->due.us == a->planned_for.us) /* nobody's promise */
		return -1;
	if (action_is_open(a))
		return earlier(a->due, now) ? 0 : -1;
	return earlier(a->due, a->done_at) ? 0 : 1;
}

/* ---- JSON ---- */

static const char *or_null(const char *s) { return *s ? s : NULL; }

static void emit_vulnerability(Emit *e, const Action *a)
{
	emit_text(e, "severity", or_null(a->severity));
	emit_text(e, "component", or_null(a->component));
	emit_instant(e, "triaged", a->triaged_at);
	emit_instant(e, "mitigate_due", a->mitigate_due);
	emit_instant(e, "mitigated", a->mitigated_at);
	if (a->state == ACTION_ACCEPTED) {
		emit_text(e, "accepted_by", or_null(a->accepted_by));
		emit_instant(e, "accepted_until", a->accepted_until);
	}
}

void action_emit(Emit *e, const char *key, const Action *a, Instant now)
{
	emit_object(e, key);
	emit_text(e, "id", a->id);
	emit_text(e, "what", a->what);
	emit_text(e, "kind", a->vulnerability ? "vulnerability" : a->kind);
	emit_text(e, "owner", or_null(a->owner));
	emit_text(e, "state", action_state_name(a));
	emit_instant(e, "due", a->due);
	emit_bool(e, "overdue", action_is_overdue(a, now));
	emit_text(e, "limit", or_null(a->limit));
	emit_text(e, "origin", origins[a->origin]);
	emit_text(e, "origin_ref", or_null(a->origin_ref));
	if (a->vulnerability)
		emit_vulnerability(e, a);
	emit_instant(e, "made", a->made_at);
	emit_text(e, "made_by", or_null(a->made_by));
	emit_instant(e, a->vulnerability ? "planned" : "approved", a->planned_at);
	emit_instant(e, "planned_for", a->planned_for);
	emit_instant(e, "done", a->done_at);
	emit_text(e, "done_by", or_null(a->done_by));
	emit_instant(e, "verified", a->verified_at);
	emit_text(e, "verified_by", or_null(a->verified_by));
	emit_text(e, "reason", or_null(a->reason));
	emit_int(e, "reopens", a->reopens);
	emit_int(e, "reminders", a->reminders);
	emit_object_end(e);
}
