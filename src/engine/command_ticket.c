/* What people ask of support tickets. */
#include "engine/command_private.h"

#include "ticket/quality.h"

static bool need_ticket(Engine *e, const json_t *args, Ticket **ret, Err *err)
{
	const char *id;

	if (!arg_need(args, "id", &id, err))
		return false;
	*ret = ticket_find(e, id);
	if (*ret)
		return true;
	err_set(err, ERR_NOT_FOUND, "no ticket '%.60s'", id);
	return err_hint(err, "carene ticket list --all");
}

static int arg_int(const json_t *args, const char *key)
{
	const json_t *n = json_object_get(args, key);

	return json_is_integer(n) ? (int)json_integer_value(n) : 0;
}

static bool list(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *agent = arg_text(args, "agent"), *state = arg_text(args, "state");
	int level = arg_int(args, "level");
	bool all = arg_true(args, "all") || state;

	(void)who;
	(void)err;
	emit_array(out, "tickets");
	for (size_t i = 0; i < e->tickets.n; i++) {
		const Ticket *t = e->tickets.at[i];

		if ((!all && !ticket_is_open(t)) || (agent && !text_eq(agent, t->agent)) ||
		    (state && !text_eq(state, ticket_state_name(t->state))) ||
		    (level && level != t->level))
			continue;
		ticket_emit(out, NULL, t, e->plan, TICKET_BRIEF, e->now);
	}
	emit_array_end(out);
	return true;
}

static bool show(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	Ticket *t;

	(void)who;
	if (!need_ticket(e, args, &t, err))
		return false;
	ticket_emit(out, "ticket", t, e->plan, TICKET_FULL, e->now);
	return true;
}

static bool priority_known(const Engine *e, const char *priority, Err *err)
{
	const Pairs *map = &e->plan->support.priorities;
	AUTO(Buf) names = { .max = 200 };

	if (!priority || !map->n || ticket_class(e->plan, priority))
		return true;
	for (size_t i = 0; i < map->n; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", map->at[i].key);
	err_set(err, ERR_NOT_FOUND, "the plan has no priority '%.40s'", priority);
	return err_hint(err, "those of `support.priorities`: %s", buf_str(&names));
}

static bool open_it(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	TicketOpening o = { .title = arg_text(args, "title"),
		            .priority = arg_text(args, "priority"),
		            .agent = arg_text(args, "agent"),
		            .incident = arg_text(args, "incident"),
		            .level = arg_int(args, "level"),
		            .by = who->actor };
	Ticket *t;

	if (!priority_known(e, o.priority, err))
		return false;
	if (o.incident && !case_find(e, o.incident))
		return err_set(err, ERR_NOT_FOUND, "no incident '%.60s'", o.incident);
	if (!(t = ticket_make(e, &o, err)))
		return false;
	ticket_emit(out, "ticket", t, e->plan, TICKET_BRIEF, e->now);
	return true;
}

static bool step(Engine *e, Ticket *t, const TicketEvent *ev, Emit *out, Err *err)
{
	if (!ticket_event(e, t, ev, err))
		return false;
	ticket_emit(out, "ticket", t, e->plan, TICKET_BRIEF, e->now);
	return true;
}

static bool send(Engine *e, const json_t *args, TicketEventKind kind, const EngineCaller *who,
                 Emit *out, Err *err)
{
	TicketEvent ev = { .event = kind,
		           .by = who->actor,
		           .text = arg_text(args, "text"),
		           .agent = arg_text(args, "agent"),
		           .priority = arg_text(args, "priority"),
		           .level = arg_int(args, "level") };
	Ticket *t;

	return need_ticket(e, args, &t, err) && priority_known(e, ev.priority, err) &&
	       step(e, t, &ev, out, err);
}

#define SEND(name, kind)                                                                  \
	static bool name(Engine *e, const void *args, const EngineCaller *who, Emit *out, \
	                 Err *err)                                                        \
	{                                                                                 \
		return send(e, args, kind, who, out, err);                                \
	}

SEND(assign, TICKET_EV_ASSIGN)
SEND(answer, TICKET_EV_ANSWER)
SEND(wait_user, TICKET_EV_WAIT)
SEND(resume, TICKET_EV_RESUME)
SEND(escalate, TICKET_EV_ESCALATE)
SEND(resolve, TICKET_EV_RESOLVE)
SEND(close_it, TICKET_EV_CLOSE)
SEND(reopen, TICKET_EV_REOPEN)

/* "4/5", "4" (of five). */
static bool score(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	TicketEvent ev = { .event = TICKET_EV_SCORE, .by = who->actor, .scale = 5 };
	const char *text;
	Quantity q;
	Ticket *t;

	if (!need_ticket(e, args, &t, err) || !arg_need(args, "score", &text, err))
		return false;
	if (!quantity_parse(text, &q, NULL) || q.unset ||
	    (q.unit != UNIT_NONE && q.unit != UNIT_SCORE))
		return err_set(err, ERR_BAD_INPUT, "'%.40s' is no score", text) ||
		       err_hint(err, "4/5, or 9/10");
	ev.score = q.value;
	if (q.unit == UNIT_SCORE)
		ev.scale = q.scale;
	return step(e, t, &ev, out, err);
}

/* Without an incident one is opened: the ticket is how it became known. */
static bool link_it(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	TicketEvent ev = { .event = TICKET_EV_LINK,
		           .by = who->actor,
		           .incident = arg_text(args, "incident") };
	char ref[96];
	const Class *class_;
	Ticket *t;

	if (!need_ticket(e, args, &t, err))
		return false;
	if (ev.incident && !case_find(e, ev.incident))
		return err_set(err, ERR_NOT_FOUND, "no incident '%.60s'", ev.incident);
	if (!ev.incident && *t->incident)
		return err_set(err, ERR_CONFLICT, "%s is about %s already", t->id, t->incident);
	class_ = ticket_class(e->plan, t->priority);
	(void)snprintf(ref, sizeof ref, "ticket:%s", t->id);
	if (!ev.incident)
		ev.incident = case_open(e,
		                        &(IncidentOpening){
		                                .source = INCIDENT_BY_TICKET,
		                                .source_ref = ref,
		                                .by = who->actor,
		                                .title = t->title,
		                                .key = "",
		                                .rule = "",
		                                .class_ = class_ ? class_->item.id : NULL,
		                                .started_at = LONG_AGO,
		                        })
		                      ->incident.id;
	return step(e, t, &ev, out, err);
}

/* ---- import ---- */

static bool read_batch(Engine *e, const json_t *args, Import *im, Err *err)
{
	json_t *list = json_object_get(args, "tickets");
	char *text;
	bool ok;

	if (!json_is_array(list))
		return err_set(err, ERR_BAD_INPUT, "argument 'tickets' must be a list");
	if (!json_array_size(list))
		return true;
	text = json_dumps(list, JSON_COMPACT);
	ok = import_read(IMPORT_JSON, text, strlen(text), e->plan->head.timezone, im, err);
	mem_free(text);
	if (ok && im->problems.n)
		ok = err_set(err, ERR_BAD_INPUT, "ticket %u: %s", im->problems.at[0].column,
		             im->problems.at[0].what) ||
		     err_hint(err, "%s", im->problems.at[0].hint);
	return ok;
}

/* All of a batch in one transaction, or nothing. The client has read the file; what it
 * sends is our own form of it. */
static bool import(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	Import im = { 0 };
	int64_t counts[3] = { 0 }, unclassed = 0;
	bool dry = arg_true(args, "dry_run");
	bool ok = read_batch(e, args, &im, err);

	for (size_t i = 0; ok && i < im.tickets.n; i++) {
		const TicketFacts *f = &im.tickets.at[i];

		unclassed += !ticket_class(e->plan, f->priority);
		if (dry)
			counts[map_get(&e->tickets_by_name, f->external) ? IMPORT_CHANGED
			                                                 : IMPORT_NEW]++;
		else
			counts[ticket_bring(e, f, who->actor)]++;
	}
	Import_done(&im);
	if (!ok)
		return false;
	emit_object(out, "import");
	emit_bool(out, "dry_run", dry);
	emit_int(out, "new", counts[IMPORT_NEW]);
	emit_int(out, dry ? "known" : "changed", counts[IMPORT_CHANGED]);
	emit_int(out, "same", counts[IMPORT_SAME]);
	emit_int(out, "without_class", unclassed);
	emit_object_end(out);
	return true;
}

/* ---- quality ---- */

static void emit_volume(Engine *e, const QualityOf *of, Instant from, Instant to, Emit *out)
{
	size_t opened = 0, resolved = 0, open = 0;

	for (size_t i = 0; i < e->tickets.n; i++) {
		const Ticket *t = e->tickets.at[i];

		if ((of->agent && !text_eq(of->agent, t->agent)) ||
		    (of->level && of->level != t->level))
			continue;
		opened += !earlier(t->opened, from) && earlier(t->opened, to);
		resolved += is_set(t->resolved_at) && !earlier(t->resolved_at, from) &&
		            earlier(t->resolved_at, to);
		open += ticket_is_open(t);
	}
	emit_int(out, "opened", (int64_t)opened);
	emit_int(out, "resolved", (int64_t)resolved);
	emit_int(out, "open", (int64_t)open);
}

static bool quality(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	QualityOf of = { arg_text(args, "agent"), arg_int(args, "level") };
	Instant from = zone_month_start(e->plan->head.timezone, e->now);
	Instant to = after(e->now, duration_us(1)); /* what happened right now counts */

	(void)who;
	if (arg_text(args, "from") && !arg_instant(e, args, "from", &from, err))
		return false;
	if (arg_text(args, "to") && !arg_instant(e, args, "to", &to, err))
		return false;
	if (!earlier(from, to) && arg_text(args, "to"))
		return err_set(err, ERR_BAD_INPUT, "the period ends before it begins");
	emit_object(out, "quality");
	emit_instant(out, "from", from);
	emit_instant(out, "to", to);
	emit_text(out, "agent", of.agent);
	if (of.level)
		emit_int(out, "level", of.level);
	emit_volume(e, &of, from, to, out);
	emit_array(out, "ratios");
	for (int k = 0; k < QUALITY_KINDS; k++) {
		Quality q;

		quality_of(e->plan, (QualityKind)k, (const Ticket *const *)e->tickets.at,
		           e->tickets.n, &of, from, to, &q);
		quality_emit(out, NULL, &q);
	}
	emit_array_end(out);
	emit_object_end(out);
	return true;
}

const CommandRow commands_ticket[] = {
	{ { "ticket.list", ROLE_VIEWER, "all? agent? state? level?" }, list },
	{ { "ticket.show", ROLE_VIEWER, "id" }, show },
	{ { "ticket.quality", ROLE_VIEWER, "from? to? agent? level?" }, quality },
	{ { "ticket.open", ROLE_RESPONDER, "title priority? agent? level? incident?" }, open_it },
	{ { "ticket.assign", ROLE_RESPONDER, "id agent? priority? level?" }, assign },
	{ { "ticket.answer", ROLE_RESPONDER, "id text?" }, answer },
	{ { "ticket.wait", ROLE_RESPONDER, "id text?" }, wait_user },
	{ { "ticket.resume", ROLE_RESPONDER, "id text?" }, resume },
	{ { "ticket.escalate", ROLE_RESPONDER, "id agent? text?" }, escalate },
	{ { "ticket.resolve", ROLE_RESPONDER, "id text?" }, resolve },
	{ { "ticket.close", ROLE_RESPONDER, "id text?" }, close_it },
	{ { "ticket.reopen", ROLE_RESPONDER, "id text?" }, reopen },
	{ { "ticket.score", ROLE_RESPONDER, "id score" }, score },
	{ { "ticket.link", ROLE_RESPONDER, "id incident?" }, link_it },
	{ { "ticket.import", ROLE_OPERATOR, "tickets dry_run?" }, import },
	{ { NULL, ROLE_ADMIN, NULL }, NULL },
};
