/* What a message may say: the facts of an incident, an alert, a window or of Carène
 * itself, by the names of notify/fields.def. */
#include "engine/engine_private.h"

#include "incident/ack_token.h"

/* States of actions and vulnerabilities; said here for the translators. */
__attribute__((unused)) static const char *const action_words[] = {
	TR_NOOP("proposed"), TR_NOOP("approved"), TR_NOOP("found"),
	TR_NOOP("triaged"),  TR_NOOP("planned"),  TR_NOOP("accepted"),
};

/* Clocks as a message names them; said here for the translators. */
__attribute__((unused)) static const char *const clock_words[] = {
	TR_NOOP("respond"), TR_NOOP("inform"),      TR_NOOP("mitigate"),
	TR_NOOP("resolve"), TR_NOOP("next_update"), TR_NOOP("postmortem"),
};

static const char *base_url(const Engine *e)
{
	return e->plan->head.base_url ? e->plan->head.base_url : e->base_url;
}

const char *ack_link_for(void *engine, const Tell *tell, const char *contact, Arena *a)
{
	Engine *e = engine;
	AUTO(Buf) link = { 0 };
	AckToken token = { .expires = after(e->now, days(7)) };
	const char *id = strchr(tell->subject, ':');

	if (!base_url(e) || !id || !text_starts(tell->subject, "incident:"))
		return NULL;
	text_copy(token.incident, sizeof token.incident, id + 1);
	text_copy(token.contact, sizeof token.contact, contact);
	token.expires.us -= token.expires.us % 1000000;
	buf_printf(&link, "%s/ack/", base_url(e));
	ack_token_make(e->secret_key, strlen(e->secret_key), &token, &link);
	return arena_text(a, buf_str(&link));
}

static void service_fields(const Engine *e, Fields *f, const char *service, const char *env)
{
	const Service *s = service ? plan_service(e->plan, service) : NULL;

	fields_text(f, "service", s ? item_label(&s->item) : service);
	fields_text(f, "environment", env);
}

static void rule_fields(const Engine *e, Fields *f, const char *rule_id)
{
	const Rule *rule = rule_id && *rule_id ? plan_rule(e->plan, rule_id) : NULL;
	char service[64], env[32], check[64];
	const Watch *w;
	const Check *c;

	if (!rule)
		return;
	fields_text(f, "rule", item_label(&rule->item));
	fields_text(f, "runbook", rule->runbook);
	alert_owner(e->plan, rule, service, env, check);
	c = check[0] ? plan_check(e->plan, check) : NULL;
	w = c ? watch_of(e, check) : NULL;
	fields_text(f, "check", c ? item_label(&c->item) : rule->when.subject);
	fields_text(f, "url", c ? check_target(c) : NULL);
	if (w && *check_last_reason(&w->status, false))
		fields_text(f, "cause",
		            check_last_reason(&w->status,
		                              lang_parse(e->plan->head.language) == LANG_FR));
}

/* "Ana, Karim": whom this incident has called so far. */
static void told_fields(const Engine *e, Fields *f, const Incident *inc)
{
	Ladder ladder;
	AUTO(Buf) names = { .max = 400 };
	int next;

	if (!inc->ladder || !ladder_read(inc->ladder, &ladder))
		return;
	for (size_t i = 0; i < ladder.n; i++) {
		const LadderStep *step = &ladder.steps[i];

		for (size_t k = 0; step->state == LADDER_TOLD && k < step->told_to_n; k++) {
			const Contact *c = plan_contact(e->plan, step->told_to[k]);
			const char *name = c && c->name ? c->name : step->told_to[k];

			if (!strstr(buf_str(&names), name))
				buf_printf(&names, "%s%s", names.n ? ", " : "", name);
		}
	}
	fields_text(f, "told", buf_str(&names));
	fields_printf(f, "step", "%d", ladder_last_told(&ladder));
	next = ladder_next_step(&ladder);
	if (next >= 0) {
		AUTO(Buf) who = { .max = 200 };
		char at[LANG_TEXT];
		Lang lang = lang_parse(e->plan->head.language);

		for (size_t k = 0; k < ladder.steps[next].to_n; k++)
			buf_printf(&who, "%s%s", k ? ", " : "", ladder.steps[next].to[k]);
		buf_printf(&who, "%s%s", who.n ? ", " : "",
		           lang_instant_short(lang, e->plan->head.timezone, ladder.steps[next].due,
		                              at));
		fields_text(f, "next_step", buf_str(&who));
	}
}

static void clock_fields(Fields *f, const Case *c, const Tell *tell)
{
	/* The key says which clock: "inc:2026-0012:clock:respond:80". */
	for (size_t i = 0; i < c->parts.clocks.n; i++) {
		const Clock *clock = &c->parts.clocks.at[i];
		const char *name = clock_kind_name((ClockKind)clock->kind);
		AUTO_FREE char *part = mem_printf(":%s", name);

		if (!strstr(tell->key, part))
			continue;
		fields_word(f, "clock", name);
		fields_text(f, "limit", clock->limit);
		fields_instant(f, "due", clock->due);
		fields_number(f, "share", clock->warned, 0);
		fields_flag(f, "breached", clock->state == CLOCK_BREACHED);
	}
}

/* A message tells the beginning and the end of a long story: of a storm's ten thousand
 * "joined" nobody reads the middle. What users were told is always in it. */
enum { STORY_BEGIN = 50, STORY_END = 150 };

static void update_fields(Fields *f, const Case *c, Instant now)
{
	size_t n = c->parts.timeline.n;

	for (size_t i = 0; i < n; i++) {
		const TimelineEntry *t = &c->parts.timeline.at[i];
		bool left_out = i >= STORY_BEGIN && i + STORY_END < n;
		Fields *line = !left_out || i == STORY_BEGIN ? fields_item(f, "timeline") : NULL;

		if (line) {
			fields_instant(line, "at", t->at);
			fields_text(line, "text", left_out ? "…" : t->text);
		}
		if (t->is_public) {
			Fields *item = fields_item(f, "updates");

			fields_instant(item, "at", t->at);
			fields_text(item, "text", t->text);
			fields_text(item, "by", t->author);
		}
	}
	(void)now;
}

static void impact_field(const Engine *e, Fields *f, const Incident *inc, const Class *class_)
{
	const char *means = class_ ? class_->means : NULL;

	fields_text(f, "means", means);
	if (inc->impact > 0 && inc->impact < 100)
		fields_printf(f, "impact", "%s%s%d %%", means ? means : "", means ? ", " : "",
		              inc->impact);
	else
		fields_text(f, "impact", means ? means : inc->title);
	(void)e;
}

static void incident_fields(Engine *e, Fields *f, const Tell *tell, const Case *c)
{
	const Incident *inc = &c->incident;
	const Class *class_ = inc->class_[0] ? plan_class(e->plan, inc->class_) : NULL;
	Instant end = is_set(inc->resolved_at) ? inc->resolved_at : inc->restored_at;
	const Clock *resolve;

	service_fields(e, f, inc->service, inc->env);
	rule_fields(e, f, inc->rule);
	fields_text(f, "id", inc->id);
	fields_text(f, "title", inc->title);
	fields_text(f, "class", inc->class_);
	fields_text(f, "class_label", class_ ? item_label(&class_->item) : inc->class_);
	fields_text(f, "level", inc->level);
	fields_word(f, "state", incident_state_name(inc->state));
	fields_instant(f, "start", inc->started_at);
	fields_instant(f, "end", end);
	fields_duration(f, "lasting", between(inc->started_at, is_set(end) ? end : e->now));
	if (is_set(end)) {
		fields_duration(f, "duration", between(inc->started_at, end));
		fields_duration(f, "downtime", between(inc->started_at, end));
	}
	if (is_set(inc->acknowledged_at))
		fields_duration(f, "response", between(inc->detected_at, inc->acknowledged_at));
	/* Until a person estimates, the time the plan itself promises for the resolution. */
	if (incident_is_active(inc) && (resolve = incident_clock(&c->parts, CLOCK_RESOLVE)) &&
	    clock_is_running(resolve) && earlier(e->now, resolve->due))
		fields_instant(f, "eta", resolve->due);
	fields_instant(f, "next_update", inc->next_update_at);
	fields_text(f, "acked_by", inc->acknowledged_by);
	fields_instant(f, "acked_at", inc->acknowledged_at);
	impact_field(e, f, inc, class_);
	told_fields(e, f, inc);
	clock_fields(f, c, tell);
	update_fields(f, c, e->now);
}

static void alert_fields(Engine *e, Fields *f, const char *id)
{
	MapEntry *entry;

	for (size_t i = 0; map_next(&e->alerts, &i, &entry);) {
		const Alert *a = &((AlertBox *)entry->value)->alert;
		const Level *level;
		const Rule *rule;

		if (!text_eq(a->id, id))
			continue;
		level = plan_level(e->plan, a->level);
		rule = plan_rule(e->plan, a->rule);
		service_fields(e, f, a->service, a->env);
		rule_fields(e, f, a->rule);
		fields_text(f, "id", a->id);
		fields_text(f, "title", rule ? item_label(&rule->item) : a->rule);
		fields_text(f, "level", level ? item_label(&level->item) : a->level);
		fields_word(f, "state", alert_state_name(a->state));
		if (a->state == ALERT_NO_DATA)
			fields_word(f, "no_data", TR_NOOP("no data"));
		fields_instant(f, "start", a->opened);
		fields_instant(f, "end", a->resolved_at);
		fields_duration(f, "lasting", between(a->opened, e->now));
		if (!fields_has(f, "cause"))
			fields_printf(f, "cause", "%s (%s)", rule ? rule->when.text : a->rule,
			              a->value_text);
		return;
	}
}

/* A check on its own: a certificate that nears its end. */
static void check_fields(Engine *e, Fields *f, const char *id)
{
	const Watch *w = watch_of(e, id);
	const Check *c = w ? w->check : NULL;

	if (!c)
		return;
	service_fields(e, f, c->service ? c->service->item.id : NULL, c->env);
	fields_text(f, "check", item_label(&c->item));
	fields_text(f, "title", item_label(&c->item));
	fields_text(f, "url", check_target(c));
	fields_word(f, "state", check_state_name((CheckState)w->status.state));
	fields_instant(f, "start", e->now);
	fields_instant(f, "end", check_more(&w->status)->cert_not_after);
	fields_text(f, "cause",
	            check_last_reason(&w->status, lang_parse(e->plan->head.language) == LANG_FR));
}

static void window_fields(Engine *e, Fields *f, const char *id)
{
	const WindowOccurrence *w = window_find(e, id);
	const Window *plan = w ? plan_window(e->plan, w->window) : NULL;
	static const char *const impacts[] = { [IMPACT_UNSTATED] = NULL,
		                               [IMPACT_NONE] = TR_NOOP("none"),
		                               [IMPACT_DEGRADED] = TR_NOOP("possible slowness"),
		                               [IMPACT_DOWN] = TR_NOOP("service interrupted") };

	if (!w)
		return;
	service_fields(e, f, plan && plan->services.n ? plan->services.at[0] : NULL, w->env);
	fields_text(f, "id", w->id);
	fields_text(f, "title", w->label);
	fields_instant(f, "start", w->starts);
	fields_instant(f, "end", w->ends);
	fields_instant(f, "date", w->starts);
	fields_instant(f, "from", w->starts);
	fields_instant(f, "to", w->ends);
	fields_duration(f, "duration", between(w->starts, w->ends));
	fields_duration(f, "planned_duration", between(w->starts, w->ends));
	fields_text(f, "reason", w->reason);
	fields_text(f, "work", w->reason);
	fields_text(f, "alternatives", w->alternatives);
	if (impacts[w->impact])
		fields_word(f, "impact", impacts[w->impact]);
}

/* "Weekly review – review@11-23": one line of a digest. */
static void task_line(Engine *e, Fields *f, const TaskWork *w)
{
	Fields *line = fields_item(f, "tasks");
	char brief[TASK_ID];

	fields_instant(line, "at", w->o.due);
	fields_printf(line, "headline", "%s – %s", w->o.title,
	              task_short(&w->o, e->plan->head.timezone, e->now, brief));
	fields_text(line, "text", task_is_over(&w->o) ? w->o.reason : NULL);
}

static void digest_fields(Engine *e, Fields *f, const Tell *tell)
{
	for (size_t i = 0; e->telling && i < e->telling->n; i++) {
		const TaskDigest *d = &e->telling->at[i];

		if (d->kind != tell->kind || !text_eq(d->who->item.id, tell->subject + 6))
			continue;
		fields_text(f, "title", d->at[0]->o.title);
		fields_instant(f, "start", d->at[0]->o.due);
		if (d->n > 1)
			fields_number(f, "more", (double)(d->n - 1), 0);
		for (size_t k = 0; k < d->n; k++)
			task_line(e, f, d->at[k]);
	}
}

static void task_fields(Engine *e, Fields *f, const Tell *tell)
{
	const TaskWork *w = tasks_find(&e->tasks, tell->subject);

	fields_text(f, "title", w ? w->o.title : tell->subject);
	fields_text(f, "id", w ? w->o.id : tell->subject);
	fields_instant(f, "start", w ? w->o.due : e->now);
}

static void action_fields(Engine *e, Fields *f, const char *id)
{
	const Action *a = action_find(e, id);
	const Vulnerability *v = a ? action_severity(e->plan, a->severity) : NULL;

	if (!a)
		return;
	fields_text(f, "title", a->what);
	fields_text(f, "level", v ? item_label(&v->item) : a->severity);
	if (v && v->deadline.kind == DEADLINE_SPAN)
		fields_span(f, "limit", v->deadline.span);
	else if (v && v->deadline.kind == DEADLINE_NEXT_SPRINT)
		fields_word(f, "limit", TR_NOOP("next sprint"));
	fields_word(f, "state", action_state_name(a));
	fields_instant(f, "start", a->made_at);
	fields_instant(f, "due", is_set(a->due) ? a->due : a->mitigate_due);
}

static void ticket_fields(Engine *e, Fields *f, const Tell *tell, const char *id)
{
	const Ticket *t = ticket_find(e, id);
	const Class *class_ = t ? ticket_class(e->plan, t->priority) : NULL;
	const Clock *c = t && strstr(tell->key, ":resolve:") ? &t->resolve : t ? &t->respond : NULL;
	const Contact *agent = t && *t->agent ? plan_contact(e->plan, t->agent) : NULL;
	Deadline limit;

	if (!t)
		return;
	fields_printf(f, "title", "%s – %s", t->id, t->title);
	fields_text(f, "class", class_ ? class_->item.id : NULL);
	fields_text(f, "class_label", class_ ? item_label(&class_->item) : NULL);
	fields_text(f, "acked_by",
	            agent && agent->name ? agent->name
	            : *t->agent          ? t->agent
	                                 : NULL);
	fields_word(f, "clock", clock_kind_name((ClockKind)c->kind));
	if (deadline_parse(c->limit, &limit, NULL) && limit.kind == DEADLINE_SPAN)
		fields_span(f, "limit", limit.span);
	fields_instant(f, "start", t->opened);
	fields_instant(f, "due", c->due);
	fields_percent(f, "share", c->warned, 0);
	fields_flag(f, "breached", c->state == CLOCK_BREACHED);
}

static void common_fields(Engine *e, Fields *f, const Tell *tell)
{
	const PlanHead *head = &e->plan->head;
	const char *url = base_url(e);
	const Role *owner = head->owner ? plan_role(e->plan, head->owner) : NULL;
	const char *colon = strchr(tell->subject, ':');

	fields_text(f, "product", head->product ? head->product : head->title);
	fields_text(f, "team", owner ? item_label(&owner->item) : head->owner);
	fields_text(f, "zone", zone_abbreviation(head->timezone, e->now));
	fields_text(f, "text", tell->text);
	fields_text(f, "id", colon ? colon + 1 : tell->subject);
	fields_text(f, "contact", e->plan->status_page.contact);
	fields_text(f, "status_link", e->plan->status_page.url ? e->plan->status_page.url : url);
	fields_text(f, "link", url);
}

void fields_fill(Engine *e, const Tell *tell, Fields *f)
{
	const char *colon = strchr(tell->subject, ':');
	const char *id = colon ? colon + 1 : "";
	const Case *c;

	common_fields(e, f, tell);
	if (text_starts(tell->subject, "incident:") && (c = case_find(e, id))) {
		incident_fields(e, f, tell, c);
	} else if (text_starts(tell->subject, "alert:")) {
		alert_fields(e, f, id);
	} else if (text_starts(tell->subject, "check:")) {
		check_fields(e, f, id);
	} else if (text_starts(tell->subject, "window:")) {
		window_fields(e, f, id);
	} else if (text_starts(tell->subject, "tasks:")) {
		digest_fields(e, f, tell);
	} else if (tell->kind == TELL_TASK_NOTICE) {
		task_fields(e, f, tell);
	} else if (text_starts(tell->subject, "ticket:")) {
		ticket_fields(e, f, tell, id);
	} else if (text_starts(tell->subject, "action:")) {
		action_fields(e, f, id);
	} else {
		fields_text(f, "title", tell->text);
		fields_text(f, "cause", tell->text);
		fields_instant(f, "start", e->now);
	}
}
