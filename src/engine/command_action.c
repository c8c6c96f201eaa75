/* What people ask of actions (the improvement register) and of vulnerabilities. */
#include "engine/command_private.h"

static bool need_action(Engine *e, const json_t *args, Action **ret, Err *err)
{
	const char *id;

	if (!arg_need(args, "id", &id, err))
		return false;
	*ret = action_find(e, id);
	if (*ret)
		return true;
	err_set(err, ERR_NOT_FOUND, "no action or vulnerability '%.60s'", id);
	return err_hint(err, "carene action list --all, carene vuln list --all");
}

static bool wanted(const Engine *e, const Action *a, const json_t *args)
{
	const char *owner = arg_text(args, "owner"), *state = arg_text(args, "state");
	const char *origin = arg_text(args, "origin");

	if (state ? !text_eq(state, action_state_name(a))
	          : !arg_true(args, "all") && !action_is_open(a))
		return false;
	return (!owner || text_eq(owner, a->owner)) &&
	       (!origin || text_eq(origin, action_origin_name(a->origin))) &&
	       (!arg_true(args, "overdue") || action_is_overdue(a, e->now));
}

static bool list_of(Engine *e, const json_t *args, bool vulnerability, Emit *out, Err *err)
{
	const char *origin = arg_text(args, "origin");
	ActionOrigin known;

	if (origin && !action_origin_parse(origin, &known))
		return err_set(err, ERR_BAD_INPUT, "'%.40s' is no origin of actions", origin) ||
		       err_hint(err, "person, incident, audit, vulnerability, report, "
		                     "restore_test, capacity");
	emit_array(out, vulnerability ? "vulnerabilities" : "actions");
	for (size_t i = 0; i < e->actions.n; i++) {
		if (e->actions.at[i]->vulnerability == vulnerability &&
		    wanted(e, e->actions.at[i], args))
			action_emit(out, NULL, e->actions.at[i], e->now);
	}
	emit_array_end(out);
	return true;
}

static bool list_actions(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	(void)who;
	return list_of(e, args, false, out, err);
}

static bool list_vulnerabilities(Engine *e, const void *args, const EngineCaller *who, Emit *out,
                                 Err *err)
{
	(void)who;
	return list_of(e, args, true, out, err);
}

static bool show(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	Action *a;

	(void)who;
	if (!need_action(e, args, &a, err))
		return false;
	action_emit(out, "action", a, e->now);
	return true;
}

/* Somebody of the plan: else a reminder would go nowhere. */
static bool owner_known(const Engine *e, const char *owner, Err *err)
{
	const Plan *p = e->plan;

	if (!owner || plan_contact(p, owner) || plan_role(p, owner) || plan_team(p, owner) ||
	    plan_audience(p, owner))
		return true;
	err_set(err, ERR_NOT_FOUND, "the plan has nobody called '%.60s'", owner);
	return err_hint(err, "a contact, role, team or audience of the plan");
}

static bool read_origin(const json_t *args, ActionOpening *o, Err *err)
{
	const char *from = arg_text(args, "from");
	AUTO_FREE char *kind = from ? mem_text_n(from, strcspn(from, ":")) : NULL;

	o->origin = o->vulnerability ? ACTION_OF_AUDIT : ACTION_OF_PERSON;
	o->origin_ref = from;
	if (!from || action_origin_parse(kind, &o->origin) || o->vulnerability)
		return true;
	err_set(err, ERR_BAD_INPUT, "'%.60s' does not say where the action comes from", from);
	return err_hint(err, "incident:2026-0001, audit:NAME, report:NAME, restore_test:NAME, "
	                     "capacity:NAME, vulnerability:V-0001");
}

static bool make(Engine *e, const json_t *args, bool vulnerability, const EngineCaller *who,
                 Emit *out, Err *err)
{
	ActionOpening o = { .vulnerability = vulnerability,
		            .what = arg_text(args, "text"),
		            .kind = vulnerability ? NULL : arg_text(args, "kind"),
		            .component = arg_text(args, "component"),
		            .owner = arg_text(args, "owner"),
		            .by = who->actor,
		            .due = LONG_AGO };
	const char *severity = vulnerability ? arg_text(args, "severity") : NULL;
	Action *a;

	if (!read_origin(args, &o, err) || !owner_known(e, o.owner, err))
		return false;
	if (!vulnerability && arg_text(args, "due") && !arg_instant(e, args, "due", &o.due, err))
		return false;
	if (severity && !action_severity(e->plan, severity))
		return err_set(err, ERR_NOT_FOUND, "the plan has no severity '%.60s'", severity);
	if (!(a = action_make(e, &o, err)))
		return false;
	if (severity && !action_event(e, a,
	                              &(ActionEvent){ .event = ACTION_EV_TRIAGE,
	                                              .by = who->actor,
	                                              .severity = severity },
	                              err))
		return false;
	action_emit(out, "action", a, e->now);
	return true;
}

static bool propose(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	return make(e, args, false, who, out, err);
}

static bool add(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	return make(e, args, true, who, out, err);
}

static bool send(Engine *e, const json_t *args, ActionEventKind kind, const EngineCaller *who,
                 Emit *out, Err *err)
{
	const char *date = kind == ACTION_EV_ACCEPT   ? "until"
	                   : kind == ACTION_EV_CHANGE ? "due"
	                                              : "for";
	ActionEvent ev = { .event = kind,
		           .by = who->actor,
		           .text = arg_text(args, "text"),
		           .severity = arg_text(args, "severity"),
		           .owner = arg_text(args, "owner"),
		           .kind = arg_text(args, "kind") };
	Action *a;

	if (!need_action(e, args, &a, err) || !owner_known(e, ev.owner, err))
		return false;
	ev.has_at = arg_text(args, date) != NULL;
	if (ev.has_at && !arg_instant(e, args, date, &ev.at, err))
		return false;
	if (!action_event(e, a, &ev, err))
		return false;
	action_emit(out, "action", a, e->now);
	return true;
}

#define SEND(name, kind)                                                                  \
	static bool name(Engine *e, const void *args, const EngineCaller *who, Emit *out, \
	                 Err *err)                                                        \
	{                                                                                 \
		return send(e, args, kind, who, out, err);                                \
	}

SEND(triage, ACTION_EV_TRIAGE)
SEND(plan_it, ACTION_EV_PLAN)
SEND(mitigate, ACTION_EV_MITIGATE)
SEND(done, ACTION_EV_DONE)
SEND(verify, ACTION_EV_VERIFY)
SEND(accept_risk, ACTION_EV_ACCEPT)
SEND(drop, ACTION_EV_DROP)
SEND(reopen, ACTION_EV_REOPEN)
SEND(change, ACTION_EV_CHANGE)

/* A risk is taken for the plan by those who operate it; the rest is everyday work. */
const CommandRow commands_action[] = {
	{ { "action.list", ROLE_VIEWER, "all? overdue? owner? state? origin?" }, list_actions },
	{ { "action.show", ROLE_VIEWER, "id" }, show },
	{ { "action.propose", ROLE_RESPONDER, "text owner? due? kind? from?" }, propose },
	{ { "action.approve", ROLE_OPERATOR, "id owner? for?" }, plan_it },
	{ { "action.done", ROLE_RESPONDER, "id text?" }, done },
	{ { "action.verify", ROLE_RESPONDER, "id text?" }, verify },
	{ { "action.drop", ROLE_OPERATOR, "id text" }, drop },
	{ { "action.reopen", ROLE_RESPONDER, "id text" }, reopen },
	{ { "action.change", ROLE_RESPONDER, "id owner? due? kind? text?" }, change },
	{ { "vuln.list", ROLE_VIEWER, "all? overdue? owner? state? origin?" },
	  list_vulnerabilities },
	{ { "vuln.show", ROLE_VIEWER, "id" }, show },
	{ { "vuln.add", ROLE_RESPONDER, "text severity? component? owner? from?" }, add },
	{ { "vuln.triage", ROLE_RESPONDER, "id severity owner? text?" }, triage },
	{ { "vuln.plan", ROLE_RESPONDER, "id for? owner?" }, plan_it },
	{ { "vuln.mitigate", ROLE_RESPONDER, "id text?" }, mitigate },
	{ { "vuln.fix", ROLE_RESPONDER, "id text?" }, done },
	{ { "vuln.verify", ROLE_RESPONDER, "id text?" }, verify },
	{ { "vuln.accept", ROLE_OPERATOR, "id text until" }, accept_risk },
	{ { "vuln.drop", ROLE_OPERATOR, "id text" }, drop },
	{ { "vuln.reopen", ROLE_RESPONDER, "id text" }, reopen },
	{ { NULL, ROLE_ADMIN, NULL }, NULL },
};
