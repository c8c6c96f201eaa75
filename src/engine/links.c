/* What comes in without a person at a terminal: acknowledgement links, heartbeats,
 * pushed values. */
#include "engine/engine_private.h"

#include "incident/ack_token.h"

/* ---- acknowledgement links ---- */

static void describe(Engine *e, const Case *c, const AckToken *token, AckAnswer *ret)
{
	const Incident *inc = &c->incident;
	const Contact *who = plan_contact(e->plan, token->contact);
	const char *by = text_starts(inc->acknowledged_by, "contact:") ? inc->acknowledged_by + 8
	                                                               : inc->acknowledged_by;
	const Contact *taker = plan_contact(e->plan, by);

	text_copy(ret->incident, sizeof ret->incident, inc->id);
	text_copy(ret->title, sizeof ret->title, inc->title);
	text_copy(ret->who, sizeof ret->who, who && who->name ? who->name : token->contact);
	text_copy(ret->by, sizeof ret->by, taker && taker->name ? taker->name : by);
	ret->opened = inc->started_at;
	if (!incident_is_active(inc)) {
		ret->look = ACK_OVER;
		ret->at = inc->resolved_at;
	} else if (inc->acked) {
		ret->look = ACK_ALREADY;
		ret->at = inc->acknowledged_at;
	} else {
		ret->look = ACK_OPEN;
	}
}

void engine_ack_link(Engine *e, const char *text, bool act, AckAnswer *ret)
{
	AckToken token;
	Case *c;
	bool durable;

	*ret = (AckAnswer){ .at = LONG_AGO,
		            .opened = LONG_AGO,
		            .language = e->plan->head.language };
	turn_begin(e);
	if (ack_token_read(e->secret_key, strlen(e->secret_key), text, e->now, &token, NULL) &&
	    (c = case_find(e, token.incident))) {
		describe(e, c, &token, ret);
		if (act && ret->look == ACK_OPEN) {
			AUTO_FREE char *by = mem_printf(token.contact[0] ? "contact:%s" : "link%s",
			                                token.contact);

			case_event(e, c,
			           &(IncidentEvent){
			                   .kind = INCIDENT_EV_ACK, .by = by, .how = "link" });
			ret->look = ACK_DONE;
			ret->at = e->now;
		}
	}
	durable = turn_end(e);
	if (ret->look == ACK_DONE && !durable)
		ret->look = ACK_OPEN; /* not recorded: it must be said again */
}

/* ---- heartbeats and values ---- */

bool watch_signal(Watch *w, const char *signal, const char *note, Err *err)
{
	PushSignal kind;

	if (w->check->type != CHECK_PUSH)
		return err_set(err, ERR_CONFLICT, "check '%s' is not a heartbeat (type: push)",
		               w->check->item.id);
	if (!push_signal_parse(signal, &kind))
		return err_set(err, ERR_BAD_INPUT, "'%s' is not start, success or fail", signal);
	push_signal(&w->status, kind, note, w->e->now);
	watch_judge_push(w);
	turn_urgent(w->e);
	return true;
}

static bool holds(const Secret *secret, const char *token)
{
	return !secret || (token && digest_equal(secret_reveal(secret), token));
}

bool engine_push(Engine *e, const char *check, const char *signal, const char *token,
                 const char *note, Err *err)
{
	Watch *w = watch_of(e, check);
	bool ok;

	if (!w || !w->check || w->check->type != CHECK_PUSH)
		return err_set(err, ERR_NOT_FOUND, "no heartbeat '%s'", check);
	if (!holds(w->check->how->secret, token))
		return err_set(err, ERR_FORBIDDEN, "wrong token");
	turn_begin(e);
	ok = watch_signal(w, signal, note, err);
	return (turn_end(e) && ok) ||
	       (ok && err_set(err, ERR_STORE, "not recorded: %s", e->storage_error));
}

bool engine_metric(Engine *e, const char *name, double value, const char *token, Err *err)
{
	const Metric *m = plan_metric(e->plan, name);

	if (!m || !m->source || (!text_eq(m->source, "push") && !text_eq(m->source, "import")))
		return err_set(err, ERR_NOT_FOUND, "no pushed metric '%s'", name);
	if (!holds(m->token, token))
		return err_set(err, ERR_FORBIDDEN, "wrong token");
	turn_begin(e);
	if (!series_add(e->series, name, e->now, metric_value(m, value))) {
		(void)turn_end(e);
		return err_set(err, ERR_BAD_INPUT, "not a finite number");
	}
	rules_touch_series(e, name);
	turn_urgent(e);
	return turn_end(e) || err_set(err, ERR_STORE, "not recorded: %s", e->storage_error);
}
