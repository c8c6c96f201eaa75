/* People's part in incidents: list, show, acknowledge, qualify … close. */
#include "engine/command_private.h"

static bool need_case(Engine *e, const json_t *args, Case **ret, Err *err)
{
	const char *id;

	if (!arg_need(args, "id", &id, err))
		return false;
	*ret = case_find(e, id);
	if (*ret)
		return true;
	/* "12" stands for the incident of that number. */
	for (size_t i = e->cases.n; i-- > 0;) {
		const char *dash = strchr(e->cases.at[i]->incident.id, '-');
		int64_t number, want;

		if (dash && text_int(id, &want) && text_int(dash + 1, &number) && number == want) {
			*ret = e->cases.at[i];
			return true;
		}
	}
	return err_set(err, ERR_NOT_FOUND, "no incident '%s'", id);
}

static bool list(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	bool all = arg_true(args, "all");

	(void)who;
	(void)err;
	emit_array(out, "incidents");
	for (size_t i = e->cases.n; i-- > 0;) {
		const Case *c = e->cases.at[i];

		if (all || incident_is_open(&c->incident))
			incident_emit(out, NULL, &c->incident, &c->parts, e->plan, INCIDENT_BRIEF,
			              e->now);
	}
	emit_array_end(out);
	return true;
}

static bool show(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	Case *c;

	(void)who;
	if (!need_case(e, args, &c, err))
		return false;
	incident_emit(out, "incident", &c->incident, &c->parts, e->plan, INCIDENT_FULL, e->now);
	return true;
}

/* Sends the event and answers with the incident; one that means nothing now is a conflict. */
static bool send(Engine *e, Case *c, IncidentEvent ev, const EngineCaller *who, Emit *out, Err *err)
{
	int sequence = c->incident.sequence;
	IncidentState was = c->incident.state;
	const char *doing = incident_event_name(ev.kind);

	ev.by = who->actor;
	ev.how = ev.how ? ev.how : "command";
	case_event(e, c, &ev);
	if (c->incident.sequence == sequence && c->incident.state == was)
		return err_set(err, ERR_CONFLICT, "'%s' changes nothing: the incident is %s", doing,
		               incident_state_name(was));
	incident_emit(out, "incident", &c->incident, &c->parts, e->plan, INCIDENT_BRIEF, e->now);
	return true;
}

static bool simple(Engine *e, const json_t *args, IncidentEventKind kind, bool need_text,
                   const EngineCaller *who, Emit *out, Err *err)
{
	IncidentEvent ev = { .kind = kind, .text = arg_text(args, "text") };
	Case *c;

	if (!need_case(e, args, &c, err))
		return false;
	if (need_text && !ev.text)
		return err_set(err, ERR_BAD_INPUT, "'%s' needs words", incident_event_name(kind));
	return send(e, c, ev, who, out, err);
}

#define SIMPLE(name, kind, need_text)                                                     \
	static bool name(Engine *e, const void *args, const EngineCaller *who, Emit *out, \
	                 Err *err)                                                        \
	{                                                                                 \
		return simple(e, args, kind, need_text, who, out, err);                   \
	}

SIMPLE(investigate, INCIDENT_EV_INVESTIGATE, false)
SIMPLE(mitigate, INCIDENT_EV_MITIGATE, false)
SIMPLE(resolve, INCIDENT_EV_RESOLVE, false)
SIMPLE(note, INCIDENT_EV_NOTE, true)
SIMPLE(false_alarm, INCIDENT_EV_FALSE_ALARM, true)
SIMPLE(postmortem, INCIDENT_EV_POSTMORTEM, false)
SIMPLE(reopen, INCIDENT_EV_REOPEN, true)
SIMPLE(escalate, INCIDENT_EV_ESCALATE, false)

static bool ack(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	Case *c;

	if (!need_case(e, args, &c, err))
		return false;
	if (c->incident.acked) { /* twice is harmless, and both people are told the truth */
		incident_emit(out, "incident", &c->incident, &c->parts, e->plan, INCIDENT_BRIEF,
		              e->now);
		return true;
	}
	return send(e, c, (IncidentEvent){ .kind = INCIDENT_EV_ACK }, who, out, err);
}

static bool close_case(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	AUTO(Buf) why = { .max = 400 };
	Case *c;

	if (!need_case(e, args, &c, err))
		return false;
	if (!incident_can_close(&c->incident, &c->parts, e->plan, &why)) {
		err_set(err, ERR_CONFLICT, "incident %s cannot be closed yet: %s", c->incident.id,
		        buf_str(&why));
		return err_hint(err, "do each item, or waive it with a reason");
	}
	return send(e, c, (IncidentEvent){ .kind = INCIDENT_EV_CLOSE }, who, out, err);
}

static bool update(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	IncidentEvent ev = { .kind = INCIDENT_EV_UPDATE, .text = arg_text(args, "text") };
	const char *next = arg_text(args, "next");
	Case *c;

	if (!need_case(e, args, &c, err))
		return false;
	if (!ev.text)
		return err_set(err, ERR_BAD_INPUT, "an update needs words");
	if (next && !span_parse(next, &ev.next))
		return err_set(err, ERR_BAD_INPUT, "'%s' is not a length of time", next);
	return send(e, c, ev, who, out, err);
}

static bool class_event(Engine *e, const json_t *args, IncidentEventKind kind,
                        const EngineCaller *who, Emit *out, Err *err)
{
	const json_t *impact = json_object_get(args, "impact");
	IncidentEvent ev = { .kind = kind,
		             .class_ = arg_text(args, "class"),
		             .text = arg_text(args, "text"),
		             .assignee = arg_text(args, "assignee"),
		             .has_impact = json_is_integer(impact),
		             .impact = (int)json_integer_value(impact) };
	Case *c;

	if (!need_case(e, args, &c, err))
		return false;
	if (ev.class_ && !plan_class(e->plan, ev.class_))
		return err_set(err, ERR_NOT_FOUND, "no class '%s' in the plan", ev.class_);
	if (ev.has_impact && (ev.impact < 0 || ev.impact > 100))
		return err_set(err, ERR_BAD_INPUT, "impact is a share of users, 0 to 100");
	if (kind == INCIDENT_EV_RECLASSIFY && (!ev.class_ || !ev.text))
		return err_set(err, ERR_BAD_INPUT,
		               "a new class needs 'class' and a reason in 'text'");
	return send(e, c, ev, who, out, err);
}

static bool qualify(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	return class_event(e, args, INCIDENT_EV_QUALIFY, who, out, err);
}

static bool reclassify(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	return class_event(e, args, INCIDENT_EV_RECLASSIFY, who, out, err);
}

static bool assign(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	IncidentEvent ev = { .kind = INCIDENT_EV_ASSIGN };
	Case *c;

	if (!need_case(e, args, &c, err) || !arg_need(args, "assignee", &ev.assignee, err))
		return false;
	return send(e, c, ev, who, out, err);
}

static bool item(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	IncidentEvent ev = { .kind = INCIDENT_EV_ITEM,
		             .text = arg_text(args, "text"),
		             .item_state = ITEM_DONE };
	const char *state = arg_text(args, "state");
	char id[96];
	Case *c;

	if (!need_case(e, args, &c, err) || !arg_need(args, "item", &ev.item, err))
		return false;
	if (state && !item_state_parse(state, &ev.item_state))
		return err_set(err, ERR_BAD_INPUT, "'%s' is not open, done or waived", state);
	if (ev.item_state == ITEM_WAIVED && !ev.text)
		return err_set(err, ERR_BAD_INPUT, "waiving an item needs a reason");
	if (!strchr(ev.item, '/')) { /* "p03" stands for "2026-0012/p03" */
		(void)snprintf(id, sizeof id, "%s/%s", c->incident.id, ev.item);
		ev.item = id;
	}
	return send(e, c, ev, who, out, err);
}

/* The states of follow-ups by the names this command has always had. */
static const struct {
	const char *name;
	ActionState state;
} follow_up_states[] = { { "open", ACTION_OPEN },         { "proposed", ACTION_OPEN },
	                 { "approved", ACTION_PLANNED },  { "done", ACTION_DONE },
	                 { "verified", ACTION_VERIFIED }, { "dropped", ACTION_DROPPED } };

static bool follow_up_state(const char *name, ActionState *ret, Err *err)
{
	for (size_t i = 0; i < COUNT_OF(follow_up_states); i++) {
		if (text_eq(name ? name : "done", follow_up_states[i].name)) {
			*ret = follow_up_states[i].state;
			return true;
		}
	}
	return err_set(err, ERR_BAD_INPUT, "'%.40s' is not a state of a follow-up", name);
}

/* Here one word brings it where it is said to be: who says that it is done has approved
 * it, and who says that it holds says that it is done. */
static bool follow_up_to(Engine *e, Action *a, ActionState to, const char *text,
                         const EngineCaller *who, Err *err)
{
	static const ActionEventKind way[] = { ACTION_EV_PLAN, ACTION_EV_DONE, ACTION_EV_VERIFY };
	static const ActionState reaches[] = { ACTION_PLANNED, ACTION_DONE, ACTION_VERIFIED };
	ActionEvent ev = { .by = who->actor, .text = text };
	bool moved = false;

	if (to == ACTION_DROPPED || to == ACTION_OPEN) {
		ev.event = to == ACTION_DROPPED ? ACTION_EV_DROP : ACTION_EV_REOPEN;
		ev.text = text ? text : "–";
		return action_event(e, a, &ev, err);
	}
	if (a->state == ACTION_DROPPED)
		return err_set(err, ERR_CONFLICT, "%s was dropped", a->id) ||
		       err_hint(err, "--state open takes it up again");
	for (size_t i = 0; i < COUNT_OF(way); i++) {
		if (a->state >= reaches[i] || to < reaches[i])
			continue;
		ev.event = way[i];
		if (!action_event(e, a, &ev, err))
			return false;
		moved = true;
	}
	return moved || err_set(err, ERR_CONFLICT, "%s is %s already", a->id, action_state_name(a));
}

static bool follow_up(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *item = arg_text(args, "item"), *text = arg_text(args, "text");
	char id[sizeof(((Action *)0)->id)], ref[96];
	ActionState to = ACTION_DONE;
	ActionOpening o = { .origin = ACTION_OF_INCIDENT,
		            .origin_ref = ref,
		            .what = text,
		            .owner = arg_text(args, "owner"),
		            .kind = arg_text(args, "kind"),
		            .by = who->actor,
		            .due = LONG_AGO };
	Action *a;
	Case *c;

	if (!need_case(e, args, &c, err) || !follow_up_state(arg_text(args, "state"), &to, err))
		return false;
	(void)snprintf(ref, sizeof ref, "incident:%s", c->incident.id);
	if (arg_text(args, "due") && !arg_instant(e, args, "due", &o.due, err))
		return false;
	if (!item) {
		if (!action_make(e, &o, err))
			return false;
	} else {
		(void)snprintf(id, sizeof id, "%s%s%s", strchr(item, '/') ? "" : c->incident.id,
		               strchr(item, '/') ? "" : "/", item);
		if (!(a = action_find(e, id)))
			return err_set(err, ERR_NOT_FOUND, "no follow-up '%.60s'", id);
		if (!follow_up_to(e, a, to, text, who, err))
			return false;
	}
	incident_emit(out, "incident", &c->incident, &c->parts, e->plan, INCIDENT_BRIEF, e->now);
	return true;
}

static bool declare(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const json_t *impact = json_object_get(args, "impact");
	IncidentOpening o = { .source = INCIDENT_BY_PERSON,
		              .by = who->actor,
		              .source_ref = who->actor,
		              .started_at = LONG_AGO,
		              .key = "",
		              .class_ = arg_text(args, "class"),
		              .service = arg_text(args, "service"),
		              .env = arg_text(args, "env"),
		              .drill = arg_true(args, "drill"),
		              .has_impact = json_is_integer(impact),
		              .impact = (int)json_integer_value(impact),
		              .rule = "" };
	Case *c;

	if (!arg_need(args, "title", &o.title, err))
		return false;
	if (o.class_ && !plan_class(e->plan, o.class_))
		return err_set(err, ERR_NOT_FOUND, "no class '%s' in the plan", o.class_);
	if (o.service && !plan_service(e->plan, o.service))
		return err_set(err, ERR_NOT_FOUND, "no service '%s' in the plan", o.service);
	if (arg_text(args, "started") && !arg_instant(e, args, "started", &o.started_at, err))
		return false;
	c = case_open(e, &o);
	incident_emit(out, "incident", &c->incident, &c->parts, e->plan, INCIDENT_BRIEF, e->now);
	return true;
}

const CommandRow commands_incident[] = {
	{ { "incident.list", ROLE_VIEWER, "all?" }, list },
	{ { "incident.show", ROLE_VIEWER, "id" }, show },
	{ { "incident.open", ROLE_RESPONDER, "title class? service? env? impact? started? drill?" },
	  declare },
	{ { "incident.ack", ROLE_RESPONDER, "id" }, ack },
	{ { "incident.qualify", ROLE_RESPONDER, "id class? impact? assignee?" }, qualify },
	{ { "incident.reclassify", ROLE_RESPONDER, "id class text" }, reclassify },
	{ { "incident.assign", ROLE_RESPONDER, "id assignee" }, assign },
	{ { "incident.investigate", ROLE_RESPONDER, "id" }, investigate },
	{ { "incident.note", ROLE_RESPONDER, "id text" }, note },
	{ { "incident.update", ROLE_RESPONDER, "id text next?" }, update },
	{ { "incident.mitigate", ROLE_RESPONDER, "id text?" }, mitigate },
	{ { "incident.resolve", ROLE_RESPONDER, "id text?" }, resolve },
	{ { "incident.item", ROLE_RESPONDER, "id item state? text?" }, item },
	{ { "incident.false_alarm", ROLE_RESPONDER, "id text" }, false_alarm },
	{ { "incident.postmortem", ROLE_RESPONDER, "id text?" }, postmortem },
	{ { "incident.follow_up", ROLE_RESPONDER, "id text | item state; owner? due? kind?" },
	  follow_up },
	{ { "incident.close", ROLE_RESPONDER, "id" }, close_case },
	{ { "incident.reopen", ROLE_RESPONDER, "id text" }, reopen },
	{ { "incident.escalate", ROLE_RESPONDER, "id text?" }, escalate },
	{ { NULL, ROLE_ADMIN, NULL }, NULL },
};
