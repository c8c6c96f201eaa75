/* Records, names and JSON of incidents. */
#include "incident/incident_private.h"

#include "core/text.h"

/* ---- records ---- */

static const Column incident_columns[] = {
	COLUMN(Incident, id),
	COLUMN(Incident, state),
	{ "alert_key", COL_TEXT, offsetof(Incident, key), sizeof(((Incident *)0)->key) },
	{ "class", COL_TEXT, offsetof(Incident, class_), sizeof(((Incident *)0)->class_) },
	COLUMN(Incident, level),
	COLUMN(Incident, rank),
	COLUMN(Incident, title),
	COLUMN(Incident, service),
	COLUMN(Incident, env),
	COLUMN(Incident, rule),
	COLUMN(Incident, source),
	COLUMN(Incident, source_ref),
	COLUMN(Incident, assignee),
	COLUMN(Incident, impact),
	COLUMN(Incident, drill),
	COLUMN(Incident, failing),
	COLUMN(Incident, held_by),
	COLUMN(Incident, alerts),
	COLUMN(Incident, relapses),
	COLUMN(Incident, started_at),
	COLUMN(Incident, detected_at),
	COLUMN(Incident, acknowledged_at),
	COLUMN(Incident, first_message_at),
	COLUMN(Incident, mitigated_at),
	COLUMN(Incident, restored_at),
	COLUMN(Incident, resolved_at),
	COLUMN(Incident, closed_at),
	COLUMN(Incident, next_update_at),
	COLUMN(Incident, fix_at),
	COLUMN(Incident, settled_at),
	COLUMN(Incident, acknowledged_by),
	COLUMN(Incident, acked),
	COLUMN(Incident, postmortem_done),
	COLUMN(Incident, resolution_told),
	COLUMN(Incident, reason),
	COLUMN(Incident, ladder),
	COLUMN(Incident, history),
	COLUMN(Incident, sequence),
	COLUMN(Incident, due),
};
const RecordType incident_record = { "incident", sizeof(Incident), COUNT_OF(incident_columns),
	                             incident_columns };

static const Column timeline_columns[] = {
	COLUMN(TimelineEntry, id),        COLUMN(TimelineEntry, incident),
	COLUMN(TimelineEntry, at),        COLUMN(TimelineEntry, author),
	COLUMN(TimelineEntry, kind),      COLUMN(TimelineEntry, text),
	COLUMN(TimelineEntry, is_public), COLUMN(TimelineEntry, state),
};
const RecordType timeline_record = { "timeline", sizeof(TimelineEntry), COUNT_OF(timeline_columns),
	                             timeline_columns };

static const Column item_columns[] = {
	COLUMN(ChecklistItem, id),
	COLUMN(ChecklistItem, incident),
	{ "class", COL_TEXT, offsetof(ChecklistItem, class_),
	  sizeof(((ChecklistItem *)0)->class_) },
	COLUMN(ChecklistItem, phase),
	COLUMN(ChecklistItem, text),
	COLUMN(ChecklistItem, stops),
	COLUMN(ChecklistItem, optional),
	COLUMN(ChecklistItem, closing),
	COLUMN(ChecklistItem, state),
	COLUMN(ChecklistItem, opens),
	COLUMN(ChecklistItem, due),
	COLUMN(ChecklistItem, at),
	{ "author", COL_TEXT, offsetof(ChecklistItem, by), sizeof(((ChecklistItem *)0)->by) },
	COLUMN(ChecklistItem, reason),
	COLUMN(ChecklistItem, late_said),
};
const RecordType phase_item_record = { "phase_item", sizeof(ChecklistItem), COUNT_OF(item_columns),
	                               item_columns };

void Incident_done(Incident *inc) { record_done(&incident_record, inc); }

void IncidentParts_done(IncidentParts *parts)
{
	list_free(&parts->clocks);
	list_free(&parts->timeline);
	list_free(&parts->items);
	list_free(&parts->follow_ups);
}

/* ---- names ---- */

const char *incident_state_name(IncidentState s)
{
	static const char *const names[INCIDENT_STATES] = {
		"open",     "qualified", "acknowledged", "investigating", "mitigated",
		"resolved", "watching",  "postmortem",   "closed",        "cancelled",
	};

	return names[s];
}

const char *incident_event_name(IncidentEventKind e)
{
	static const char *const names[INCIDENT_EVENTS] = {
		[INCIDENT_EV_JOIN] = "join",
		[INCIDENT_EV_ACK] = "ack",
		[INCIDENT_EV_QUALIFY] = "qualify",
		[INCIDENT_EV_RECLASSIFY] = "reclassify",
		[INCIDENT_EV_NOTE] = "note",
		[INCIDENT_EV_UPDATE] = "update",
		[INCIDENT_EV_INVESTIGATE] = "investigate",
		[INCIDENT_EV_MITIGATE] = "mitigate",
		[INCIDENT_EV_RECOVER] = "recover",
		[INCIDENT_EV_RELAPSE] = "relapse",
		[INCIDENT_EV_HOLD] = "hold",
		[INCIDENT_EV_RESOLVE] = "resolve",
		[INCIDENT_EV_ITEM] = "item",
		[INCIDENT_EV_FALSE_ALARM] = "false_alarm",
		[INCIDENT_EV_POSTMORTEM] = "postmortem",
		[INCIDENT_EV_CLOSE] = "close",
		[INCIDENT_EV_REOPEN] = "reopen",
		[INCIDENT_EV_FOLLOW_UP] = "follow_up",
		[INCIDENT_EV_ASSIGN] = "assign",
		[INCIDENT_EV_ESCALATE] = "escalate",
		[INCIDENT_EV_TICK] = "tick",
	};

	return names[e];
}

const char *incident_source_name(IncidentSource s)
{
	static const char *const names[] = { "alert", "ticket", "person" };

	return names[s];
}

static const char *const item_states[] = { "open", "done", "waived" };

const char *item_state_name(ItemState s) { return item_states[s]; }

static bool word_parse(const char *s, const char *const *words, size_t n, unsigned *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (text_eq(s, words[i])) {
			*ret = (unsigned)i;
			return true;
		}
	}
	return false;
}

bool item_state_parse(const char *s, ItemState *ret)
{
	unsigned i;

	if (!word_parse(s, item_states, COUNT_OF(item_states), &i))
		return false;
	*ret = (ItemState)i;
	return true;
}

const Clock *incident_clock(const IncidentParts *parts, ClockKind kind)
{
	for (size_t i = 0; i < parts->clocks.n; i++) {
		if (parts->clocks.at[i].kind == (int)kind)
			return &parts->clocks.at[i];
	}
	return NULL;
}

/* ---- JSON ---- */

static void emit_word(Emit *e, const char *key, const char *s)
{
	emit_text(e, key, text_is_empty(s) ? NULL : s);
}

static void emit_clocks(Emit *e, const Incident *inc, const IncidentParts *parts, const Plan *plan,
                        Instant now)
{
	const Class *class_ = plan ? plan_class(plan, inc->class_) : NULL;
	const Service *service = plan ? plan_service(plan, inc->service) : NULL;
	const ClockRule rule = {
		.class_ = class_,
		.hours = service ? &service->hours : NULL,
		.zone = plan ? plan->head.timezone : NULL,
	};

	emit_array(e, "clocks");
	for (size_t i = 0; i < parts->clocks.n; i++)
		clock_emit(e, &parts->clocks.at[i], &rule, now);
	emit_array_end(e);
}

static void emit_timeline(Emit *e, const IncidentParts *parts)
{
	emit_array(e, "timeline");
	for (size_t i = 0; i < parts->timeline.n; i++) {
		const TimelineEntry *row = &parts->timeline.at[i];

		emit_object(e, NULL);
		emit_instant(e, "at", row->at);
		emit_text(e, "author", row->author);
		emit_text(e, "kind", row->kind);
		emit_text(e, "text", row->text);
		emit_bool(e, "public", row->is_public);
		emit_text(e, "state", row->state);
		emit_object_end(e);
	}
	emit_array_end(e);
}

static void emit_items(Emit *e, const IncidentParts *parts)
{
	emit_array(e, "items");
	for (size_t i = 0; i < parts->items.n; i++) {
		const ChecklistItem *item = &parts->items.at[i];

		emit_object(e, NULL);
		emit_text(e, "id", item->id);
		emit_text(e, "phase", item->phase);
		emit_text(e, "text", item->text);
		emit_text(e, "state", item_state_name(item->state));
		emit_bool(e, "optional", item->optional);
		emit_bool(e, "closing", item->closing);
		emit_text(e, "stops",
		          item->stops >= 0 ? clock_kind_name((ClockKind)item->stops) : NULL);
		emit_instant(e, "due", item->due);
		emit_instant(e, "at", item->at);
		emit_word(e, "by", item->by);
		emit_word(e, "reason", item->reason);
		emit_object_end(e);
	}
	emit_array_end(e);
}

static void emit_follow_ups(Emit *e, const IncidentParts *parts, Instant now)
{
	emit_array(e, "follow_ups");
	for (size_t i = 0; i < parts->follow_ups.n; i++)
		action_emit(e, NULL, parts->follow_ups.at[i], now);
	emit_array_end(e);
}

static void emit_blockers(Emit *e, const Incident *inc, const IncidentParts *parts,
                          const Plan *plan)
{
	AUTO(Buf) why = { 0 };
	char item[256];
	const char *rest;

	emit_array(e, "blocks_closure");
	if (plan && incident_is_open(inc))
		(void)incident_can_close(inc, parts, plan, &why);
	for (rest = buf_str(&why); text_part(&rest, "\n", item, sizeof item);)
		emit_text(e, NULL, item);
	emit_array_end(e);
}

static void emit_full(Emit *e, const Incident *inc, const IncidentParts *parts, const Plan *plan,
                      Instant now)
{
	emit_timeline(e, parts);
	emit_items(e, parts);
	emit_follow_ups(e, parts, now);
	emit_blockers(e, inc, parts, plan);
	if (inc->ladder)
		emit_raw(e, "ladder", inc->ladder);
	if (inc->history)
		emit_raw(e, "class_history", inc->history);
}

static void emit_times(Emit *e, const Incident *inc)
{
	emit_instant(e, "opened", inc->detected_at);
	emit_instant(e, "started", inc->started_at);
	emit_instant(e, "acknowledged", inc->acknowledged_at);
	emit_word(e, "acknowledged_by", inc->acknowledged_by);
	emit_instant(e, "first_message", inc->first_message_at);
	emit_instant(e, "next_update", inc->next_update_at);
	emit_instant(e, "mitigated", inc->mitigated_at);
	emit_instant(e, "restored", inc->restored_at);
	emit_instant(e, "resolved", inc->resolved_at);
	emit_instant(e, "closed", inc->closed_at);
}

void incident_emit(Emit *e, const char *key, const Incident *inc, const IncidentParts *parts,
                   const Plan *plan, IncidentView view, Instant now)
{
	const Class *class_ = plan ? plan_class(plan, inc->class_) : NULL;

	emit_object(e, key);
	emit_text(e, "id", inc->id);
	emit_word(e, "class", inc->class_);
	emit_word(e, "class_label", class_ ? item_label(&class_->item) : inc->class_);
	emit_int(e, "rank", inc->rank);
	emit_text(e, "state", incident_state_name(inc->state));
	emit_text(e, "title", inc->title);
	emit_word(e, "service", inc->service);
	emit_word(e, "environment", inc->env);
	emit_text(e, "source", incident_source_name(inc->source));
	emit_word(e, "source_ref", inc->source_ref);
	emit_word(e, "rule", inc->rule);
	emit_word(e, "level", inc->level);
	if (inc->impact >= 0)
		emit_int(e, "impact", inc->impact);
	else
		emit_null(e, "impact");
	emit_bool(e, "drill", inc->drill);
	emit_bool(e, "failing", inc->failing);
	emit_int(e, "alerts", inc->alerts);
	emit_int(e, "relapses", inc->relapses);
	emit_word(e, "assignee", inc->assignee);
	emit_word(e, "held_by", inc->held_by);
	emit_word(e, "reason", inc->reason);
	emit_times(e, inc);
	emit_clocks(e, inc, parts, plan, now);
	if (view == INCIDENT_FULL)
		emit_full(e, inc, parts, plan, now);
	emit_object_end(e);
}
