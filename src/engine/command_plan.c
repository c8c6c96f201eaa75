/* The plan's people and times: windows, on-call, messages. */
#include "engine/command_private.h"

/* ---- windows ---- */

static bool window_list(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	bool all = arg_true(args, "all");

	(void)who;
	(void)err;
	emit_array(out, "windows");
	for (size_t i = 0; i < e->windows.n; i++) {
		if (all || !window_is_over(&e->windows.at[i]))
			window_json(&e->windows.at[i], out);
	}
	emit_array_end(out);
	return true;
}

static bool impact_parse(const char *s, Impact *ret, Err *err)
{
	static const char *const names[] = { [IMPACT_UNSTATED] = "unstated",
		                             [IMPACT_NONE] = "none",
		                             [IMPACT_DEGRADED] = "degraded",
		                             [IMPACT_DOWN] = "down" };

	for (size_t i = 0; s && i < COUNT_OF(names); i++) {
		if (text_eq(s, names[i])) {
			*ret = (Impact)i;
			return true;
		}
	}
	return !s || err_set(err, ERR_BAD_INPUT, "'%s' is not none, degraded or down", s);
}

static bool read_order(Engine *e, const json_t *args, const EngineCaller *who, bool emergency,
                       WindowOrder *o, Err *err)
{
	const char *length = arg_text(args, "for");
	const json_t *services = json_object_get(args, "services");
	size_t n = json_array_size(services);
	const char **ids = ARENA_ARRAY(e->turn, const char *, n + 1);
	Span span;

	*o = (WindowOrder){ .window = arg_text(args, "window"),
		            .env = arg_text(args, "env"),
		            .reason = arg_text(args, "reason"),
		            .alternatives = arg_text(args, "alternatives"),
		            .who = who->actor,
		            .starts = e->now };
	for (size_t i = 0; i < n; i++)
		ids[i] = json_string_value(json_array_get(services, i));
	o->services = n ? ids : NULL;
	if (!emergency && !arg_instant(e, args, "from", &o->starts, err))
		return false;
	if (!length || !span_parse(length, &span))
		return err_set(err, ERR_BAD_INPUT, "argument 'for' must be a length of time");
	o->ends = zone_add(e->plan->head.timezone, o->starts, span);
	return impact_parse(arg_text(args, "impact"), &o->impact, err);
}

static bool make_window(Engine *e, const json_t *args, const EngineCaller *who, bool emergency,
                        Emit *out, Err *err)
{
	WindowOrder order;
	WindowOccurrence made = { 0 };
	Effects fx = { 0 };
	bool ok;

	if (!read_order(e, args, who, emergency, &order, err))
		return false;
	ok = (emergency ? window_emergency : window_one_off)(e->plan, e->windows.at, e->windows.n,
	                                                     &order, e->now, &made, &fx, err);
	if (ok) {
		list_add(&e->windows, made);
		windows_save(e, &made);
		rules_touch_all(e);
		view_services(e);
		emit_array(out, "windows");
		window_json(&made, out);
		emit_array_end(out);
	}
	engine_apply(e, &fx);
	return ok;
}

static bool window_add(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	return make_window(e, args, who, false, out, err);
}

static bool window_urgent(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	return make_window(e, args, who, true, out, err);
}

static bool person_event(Engine *e, const json_t *args, WindowEvent ev, const EngineCaller *who,
                         Emit *out, Err *err)
{
	const char *id;
	WindowOccurrence *w;

	if (!arg_need(args, "id", &id, err))
		return false;
	w = window_find(e, id);
	if (!w)
		return err_set(err, ERR_NOT_FOUND, "no window '%s'", id);
	ev.who = who->actor;
	ev.text = arg_text(args, "text");
	ev.alternatives = arg_text(args, "alternatives");
	if (!window_event(e, w, &ev, err))
		return false;
	emit_array(out, "windows");
	window_json(window_find(e, id), out);
	emit_array_end(out);
	return true;
}

static bool window_start(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	return person_event(e, args, (WindowEvent){ .kind = WINDOW_START }, who, out, err);
}

static bool window_end(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	return person_event(e, args, (WindowEvent){ .kind = WINDOW_END }, who, out, err);
}

static bool window_cancel(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	return person_event(e, args, (WindowEvent){ .kind = WINDOW_CANCEL }, who, out, err);
}

static bool window_extend(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	WindowEvent ev = { .kind = WINDOW_EXTEND };

	return arg_instant(e, args, "until", &ev.at, err) &&
	       person_event(e, args, ev, who, out, err);
}

static bool window_describe(Engine *e, const void *args, const EngineCaller *who, Emit *out,
                            Err *err)
{
	WindowEvent ev = { .kind = WINDOW_DESCRIBE };

	return impact_parse(arg_text(args, "impact"), &ev.impact, err) &&
	       person_event(e, args, ev, who, out, err);
}

/* ---- on call ---- */

static void emit_reach(const Engine *e, const ReachList *list, const char *key, Emit *out)
{
	emit_array(out, key);
	for (size_t i = 0; i < list->n; i++) {
		const Contact *c = plan_contact(e->plan, list->at[i].id);

		emit_object(out, NULL);
		emit_text(out, "id", list->at[i].id);
		emit_text(out, "name", c && c->name ? c->name : list->at[i].id);
		emit_text(out, "email", c ? c->email : NULL);
		emit_text(out, "phone", c ? c->phone : NULL);
		emit_bool(out, "oncall", list->at[i].oncall);
		emit_object_end(out);
	}
	emit_array_end(out);
}

static void emit_roster(Engine *e, const char *kind, const Item *item, Instant at, Emit *out)
{
	RosterView view;

	roster_view(e->plan, item->id, at, days(14), &view);
	emit_object(out, NULL);
	emit_text(out, "id", item->id);
	emit_text(out, "kind", kind);
	emit_text(out, "label", item_label(item));
	emit_reach(e, &view.now, "now", out);
	emit_instant(out, "change", view.change);
	emit_reach(e, &view.next, "next", out);
	emit_int(out, "away", view.now.away);
	emit_int(out, "unfilled", view.now.unfilled);
	emit_instant(out, "gap_from", view.gap_from);
	emit_instant(out, "gap_to", view.gap_to);
	emit_object_end(out);
}

static bool oncall(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *only = arg_text(args, "name");
	Instant at = e->now;

	(void)who;
	if (arg_text(args, "at") && !arg_instant(e, args, "at", &at, err))
		return false;
	emit_instant(out, "at", at);
	emit_array(out, "oncall");
	for (size_t i = 0; i < e->plan->roles_n; i++) {
		if (!only || text_eq(only, e->plan->roles[i].item.id))
			emit_roster(e, "role", &e->plan->roles[i].item, at, out);
	}
	for (size_t i = 0; i < e->plan->teams_n; i++) {
		if (!only || text_eq(only, e->plan->teams[i].item.id))
			emit_roster(e, "team", &e->plan->teams[i].item, at, out);
	}
	for (size_t i = 0; only && i < e->plan->contacts_n; i++) {
		if (text_eq(only, e->plan->contacts[i].item.id))
			emit_roster(e, "contact", &e->plan->contacts[i].item, at, out);
	}
	emit_array_end(out);
	return true;
}

/* ---- messages ---- */

typedef struct MessageOut {
	Emit *out;
	const char *subject;
	bool texts;
	int64_t left;
} MessageOut;

static bool emit_message(void *ctx, void *record)
{
	MessageOut *o = ctx;
	const Message *m = record;

	if (o->subject && !text_starts(m->subject, o->subject))
		return true;
	emit_object(o->out, NULL);
	emit_text(o->out, "id", m->id);
	emit_text(o->out, "kind", tell_kind_name((TellKind)m->kind));
	emit_text(o->out, "subject", m->subject);
	emit_text(o->out, "channel", m->channel);
	emit_text(o->out, "recipient", m->recipient);
	emit_text(o->out, "state", message_state_name((MessageState)m->state));
	emit_int(o->out, "attempts", m->attempts);
	emit_instant(o->out, "created", m->created);
	emit_instant(o->out, "next_try", message_is_over(m) ? LONG_AGO : m->next_try);
	emit_instant(o->out, "sent", m->sent_at);
	emit_text(o->out, "error", m->last_error[0] ? m->last_error : NULL);
	emit_text(o->out, "title", m->title);
	if (o->texts)
		emit_text(o->out, "text", m->text);
	emit_object_end(o->out);
	return --o->left > 0;
}

static bool message_list(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	MessageOut o = { out, arg_text(args, "subject"), arg_true(args, "texts"), 1000 };
	bool ok;

	(void)who;
	emit_array(out, "messages");
	ok = store_each(e->store, &message_record, emit_message, &o, err);
	emit_array_end(out);
	return ok;
}

const CommandRow commands_plan[] = {
	{ { "window.list", ROLE_VIEWER, "all?" }, window_list },
	{ { "window.add", ROLE_OPERATOR,
	    "from for reason? window? services? env? impact? alternatives?" },
	  window_add },
	{ { "window.emergency", ROLE_RESPONDER, "for reason window? services? env? impact?" },
	  window_urgent },
	{ { "window.start", ROLE_RESPONDER, "id text?" }, window_start },
	{ { "window.end", ROLE_RESPONDER, "id text?" }, window_end },
	{ { "window.extend", ROLE_RESPONDER, "id until text?" }, window_extend },
	{ { "window.cancel", ROLE_OPERATOR, "id text" }, window_cancel },
	{ { "window.describe", ROLE_OPERATOR, "id text? alternatives? impact?" }, window_describe },
	{ { "oncall", ROLE_VIEWER, "name? at?" }, oncall },
	{ { "message.list", ROLE_VIEWER, "subject? texts?" }, message_list },
	{ { NULL, ROLE_ADMIN, NULL }, NULL },
};
