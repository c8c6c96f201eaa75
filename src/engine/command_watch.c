/* What is watched and how it is: status, checks, metrics, alerts, silences. */
#include "engine/command_private.h"

#include "report/status.h"

static void emit_check(const Watch *w, Emit *out)
{
	const CheckStatus *st = &w->status;

	emit_object(out, NULL);
	emit_text(out, "id", w->check->item.id);
	emit_text(out, "label", item_label(&w->check->item));
	emit_text(out, "service", w->check->service ? w->check->service->item.id : NULL);
	emit_text(out, "env", w->check->env);
	emit_text(out, "state", check_state_name((CheckState)st->state));
	emit_instant(out, "since", st->since);
	emit_instant(out, "last", st->last_at);
	emit_instant(out, "next", st->next_due);
	emit_seconds(out, "latency_s", st->last_latency);
	emit_text(out, "reason", check_more(st)->reason);
	emit_text(out, "reason_fr", check_more(st)->reason_fr);
	emit_text(out, "fail", st->last_fail ? fail_class_name((FailClass)st->last_fail) : NULL);
	emit_int(out, "bad_in_a_row", check_bad_in_a_row(st));
	emit_instant(out, "certificate_ends", check_more(st)->cert_not_after);
	emit_seconds(out, "lateness_s", w->late);
	emit_object_end(out);
}

static void emit_checks(Engine *e, Emit *out)
{
	emit_array(out, "checks");
	for (size_t i = 0; i < e->plan->checks_n; i++) {
		const Watch *w = watch_of(e, e->plan->checks[i].item.id);

		if (w)
			emit_check(w, out);
	}
	emit_array_end(out);
}

static void emit_alerts(Engine *e, bool all, Emit *out)
{
	MapEntry *entry;

	emit_array(out, "alerts");
	for (size_t i = 0; map_next(&e->alerts, &i, &entry);) {
		const Alert *a = &((AlertBox *)entry->value)->alert;

		if ((all && a->episode) || alert_is_active(a) || a->state == ALERT_PENDING ||
		    a->state == ALERT_NO_DATA)
			alert_emit(out, a, e->now);
	}
	emit_array_end(out);
}

static void emit_windows(Engine *e, Emit *out)
{
	emit_array(out, "windows");
	for (size_t i = 0; i < e->windows.n; i++) {
		if (!window_is_over(&e->windows.at[i]))
			window_json(&e->windows.at[i], out);
	}
	emit_array_end(out);
}

/* How much awaits people, and what of it is late. */
static void emit_tasks(Engine *e, Emit *out)
{
	size_t open, late, awaiting;

	tasks_count(e, &open, &late, &awaiting);
	emit_object(out, "tasks");
	emit_int(out, "open", (int64_t)open);
	emit_int(out, "awaiting", (int64_t)awaiting);
	emit_int(out, "late", (int64_t)late);
	emit_object_end(out);
}

static bool status(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	AUTO(Buf) facts = { 0 }, sentence = { 0 };
	const StatusFacts *f = engine_status(e);
	const char *lang = arg_text(args, "language");

	(void)who;
	(void)err;
	if (!lang)
		lang = e->plan->head.language ? e->plan->head.language : "en";
	status_sentence(f, lang_parse(lang), &sentence);
	status_json(f, &facts);
	emit_text(out, "plan", e->plan->head.item.id);
	emit_text(out, "title", e->plan->head.title);
	emit_instant(out, "now", e->now);
	emit_text(out, "sentence", buf_str(&sentence));
	emit_text(out, "state", status_state_name(status_overall(f)));
	emit_raw(out, "page", buf_str(&facts));
	emit_checks(e, out);
	emit_alerts(e, false, out);
	emit_array(out, "incidents");
	for (size_t i = e->cases.n; i-- > 0;) {
		const Case *c = e->cases.at[i];

		if (incident_is_open(&c->incident))
			incident_emit(out, NULL, &c->incident, &c->parts, e->plan, INCIDENT_BRIEF,
			              e->now);
	}
	emit_array_end(out);
	emit_windows(e, out);
	emit_tasks(e, out);
	emit_object(out, "carene");
	(void)engine_health(e, out);
	emit_object_end(out);
	return true;
}

/* The terminal's form, already laid out for that width. */
static bool status_screen(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	AUTO(Buf) text = { 0 };
	const json_t *width = json_object_get(args, "width");
	const char *lang = arg_text(args, "language");

	(void)who;
	(void)err;
	status_text(engine_status(e), lang_parse(lang ? lang : e->plan->head.language),
	            (unsigned)json_integer_value(width), arg_true(args, "colour"), &text);
	emit_text(out, "text", buf_str(&text));
	emit_text(out, "state", status_state_name(status_overall(engine_status(e))));
	return true;
}

static bool checks(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	(void)args;
	(void)who;
	(void)err;
	steady_catch_up(e);
	emit_checks(e, out);
	return true;
}

/* Rules of the plan that will never be an alert here: quiet, and said to be. */
static void emit_not_watched(Engine *e, Emit *out)
{
	emit_array(out, "not_watched");
	for (size_t i = 0; i < e->plan->rules_n; i++) {
		const Rule *r = &e->plan->rules[i];

		if (rules_watched(e, r))
			continue;
		emit_object(out, NULL);
		emit_text(out, "id", r->item.id);
		emit_text(out, "state", "not_watched");
		emit_text(out, "when", r->when.text);
		emit_text(out, "level", r->level ? r->level->item.id : NULL);
		emit_object_end(out);
	}
	emit_array_end(out);
}

static bool alerts(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	(void)who;
	(void)err;
	emit_alerts(e, arg_true(args, "all"), out);
	emit_not_watched(e, out);
	return true;
}

static bool alert_take(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *rule;
	AlertBox *box;
	Effects fx = { 0 };
	bool taken;

	if (!arg_need(args, "rule", &rule, err))
		return false;
	box = rules_box(e, rule);
	if (!box)
		return err_set(err, ERR_NOT_FOUND, "no rule '%s' in the plan", rule);
	taken = alert_ack(&box->alert, who->actor, "command", e->now, &fx);
	rules_schedule(e, box);
	if (taken)
		batch_put(e->batch, &alert_record, &box->alert);
	engine_apply(e, &fx);
	emit_array(out, "alerts");
	alert_emit(out, &box->alert, e->now);
	emit_array_end(out);
	return taken || err_set(err, ERR_CONFLICT, "'%s' is %s: there is nothing to acknowledge",
	                        rule, alert_state_name(box->alert.state));
}

/* ---- silences ---- */

static bool silence_list(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	bool all = arg_true(args, "all");

	(void)who;
	(void)err;
	emit_array(out, "silences");
	for (size_t i = 0; i < e->silences.n; i++) {
		const Silence *s = &e->silences.at[i];

		if (all || (!is_set(s->ended) && earlier(e->now, s->to)))
			silence_emit(out, s, e->now);
	}
	emit_array_end(out);
	return true;
}

static bool silence_add(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *match, *reason;
	char id[32], number[24];
	Silence s = { 0 };
	Instant from = e->now, to;
	Effects fx = { 0 };

	if (!arg_need(args, "match", &match, err) || !arg_need(args, "reason", &reason, err) ||
	    !arg_instant(e, args, "until", &to, err) ||
	    (arg_text(args, "from") && !arg_instant(e, args, "from", &from, err)))
		return false;
	(void)snprintf(id, sizeof id, "sil-%04lld", (long long)e->silence_n + 1);
	if (!silence_make(&s, id, who->actor, match, reason, from, to, e->now, &fx, err)) {
		effects_done(&fx);
		return false;
	}
	e->silence_n++;
	(void)snprintf(number, sizeof number, "%lld", (long long)e->silence_n);
	batch_meta(e->batch, "silence_n", number);
	list_add(&e->silences, s);
	batch_put(e->batch, &silence_record, &s);
	engine_apply(e, &fx);
	rules_touch_all(e);
	emit_array(out, "silences");
	silence_emit(out, &s, e->now);
	emit_array_end(out);
	return true;
}

static bool silence_stop(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *id;

	if (!arg_need(args, "id", &id, err))
		return false;
	for (size_t i = 0; i < e->silences.n; i++) {
		Silence *s = &e->silences.at[i];
		Effects fx = { 0 };
		bool ended;

		if (!text_eq(s->id, id))
			continue;
		ended = silence_end(s, who->actor, e->now, &fx);
		if (ended)
			batch_put(e->batch, &silence_record, s);
		engine_apply(e, &fx);
		rules_touch_all(e);
		emit_array(out, "silences");
		silence_emit(out, s, e->now);
		emit_array_end(out);
		return ended || err_set(err, ERR_CONFLICT, "silence '%s' is over already", id);
	}
	return err_set(err, ERR_NOT_FOUND, "no silence '%s'", id);
}

/* ---- what people declare ---- */

static void save_declared(Engine *e)
{
	AUTO(Buf) all = { 0 };
	MapEntry *entry;

	for (size_t i = 0; map_next(&e->declared, &i, &entry);)
		buf_printf(&all, "%s\n", entry->key);
	batch_meta(e->batch, "declared", buf_str(&all));
	turn_urgent(e);
	rules_touch_all(e);
}

static bool declare(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *text;

	if (!arg_need(args, "text", &text, err))
		return false;
	if (strchr(text, '\n') || strlen(text) > 250)
		return err_set(err, ERR_BAD_INPUT,
		               "what is declared is one line of at most 250 bytes");
	if (arg_true(args, "over"))
		map_remove(&e->declared, text);
	else
		map_put(&e->declared, text, e);
	engine_note(e, arg_true(args, "over") ? "declared.over" : "declared", text, who->actor,
	            NULL);
	save_declared(e);
	emit_bool(out, "declared", !arg_true(args, "over"));
	return true;
}

/* ---- heartbeats and values ---- */

static bool push(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *check, *signal = arg_text(args, "signal");
	Watch *w;

	(void)who;
	if (!arg_need(args, "check", &check, err))
		return false;
	w = watch_of(e, check);
	if (!w || !watch_signal(w, signal ? signal : "success", arg_text(args, "note"), err))
		return w ? false : err_set(err, ERR_NOT_FOUND, "no check '%s' in the plan", check);
	emit_text(out, "state", check_state_name((CheckState)w->status.state));
	return true;
}

/* How many samples of the last day there are, wherever they are kept. */
static void emit_day(Engine *e, const char *name, Emit *out)
{
	SeriesFigure f = { 0 };

	(void)series_stat(e->series, name, SERIES_COUNT, after(e->now, hours(-24)),
	                  after(e->now, seconds(1)), &f);
	emit_int(out, "samples_of_a_day", (int64_t)f.count);
}

static bool series(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *prefix = arg_text(args, "name");

	(void)who;
	(void)err;
	emit_array(out, "series");
	for (size_t i = 0; i < series_count(e->series); i++) {
		const char *name = series_at(e->series, i);
		Instant at;
		double value;

		if ((prefix && !text_starts(name, prefix)) ||
		    !series_last(e->series, name, &at, &value))
			continue;
		emit_object(out, NULL);
		emit_text(out, "name", name);
		emit_real(out, "value", value);
		emit_instant(out, "at", at);
		if (prefix && text_eq(name, prefix))
			emit_day(e, name, out);
		emit_object_end(out);
	}
	emit_array_end(out);
	return true;
}

const CommandRow commands_watch[] = {
	{ { "status", ROLE_VIEWER, "language?" }, status },
	{ { "status.screen", ROLE_VIEWER, "width? colour? language?" }, status_screen },
	{ { "check.list", ROLE_VIEWER, "" }, checks },
	{ { "alert.list", ROLE_VIEWER, "all?" }, alerts },
	{ { "alert.ack", ROLE_RESPONDER, "rule" }, alert_take },
	{ { "silence.list", ROLE_VIEWER, "all?" }, silence_list },
	{ { "silence.add", ROLE_RESPONDER, "match reason until from?" }, silence_add },
	{ { "silence.end", ROLE_RESPONDER, "id" }, silence_stop },
	{ { "declare", ROLE_RESPONDER, "text over?" }, declare },
	{ { "push", ROLE_RESPONDER, "check signal? note?" }, push },
	{ { "series.list", ROLE_VIEWER, "name?" }, series },
	{ { NULL, ROLE_ADMIN, NULL }, NULL },
};
