/* Checklists, closing list, follow-ups. Lines are copied from the class when the
 * incident opens, so that a reload of the plan takes nothing off a list in use. */
#include "incident/incident_private.h"

#include "core/text.h"

static ChecklistItem *add_item(Turn *t, const PhaseItem *from, const char *phase)
{
	ChecklistItem *i = list_push(&t->parts->items);

	(void)snprintf(i->id, sizeof i->id, "%s/p%02zu", t->inc->id, t->parts->items.n);
	text_copy(i->incident, sizeof i->incident, t->inc->id);
	text_copy(i->class_, sizeof i->class_, t->inc->class_);
	text_copy(i->phase, sizeof i->phase, phase);
	text_copy(i->text, sizeof i->text, from->text);
	i->stops = from->stops;
	i->optional = from->optional;
	i->opens = i->due = i->at = LONG_AGO;
	i->changed = true;
	return i;
}

/* Done under the former class: not asked again. */
static bool has_text(const Turn *t, const char *text, bool closing)
{
	for (size_t i = 0; i < t->parts->items.n; i++) {
		const ChecklistItem *item = &t->parts->items.at[i];

		if (item->closing == closing && text_eq(item->text, text) &&
		    item->state != ITEM_OPEN)
			return true;
	}
	return false;
}

void checklist_open(Turn *t)
{
	const Class *c = t->class_;

	for (size_t p = 0; c && p < c->phases_n; p++) {
		const Phase *phase = &c->phases[p];

		for (size_t i = 0; i < phase->items_n; i++) {
			ChecklistItem *item;

			if (has_text(t, phase->items[i].text, false))
				continue;
			item = add_item(t, &phase->items[i], phase->item.id);
			item->opens = zone_add(t->zone, t->inc->detected_at, phase->from);
			if (!span_is_zero(phase->to))
				item->due = zone_add(t->zone, t->inc->detected_at, phase->to);
		}
	}
	for (size_t i = 0; c && i < c->closing_n; i++) {
		if (!has_text(t, c->closing[i].text, true))
			add_item(t, &c->closing[i], "closing")->closing = true;
	}
}

/* What is still open of the former class is waived by the act; the new class's lines
 * are added. Nothing is removed: who saw a line must find what became of it. */
void checklist_reclass(Turn *t)
{
	for (size_t i = 0; i < t->parts->items.n; i++) {
		ChecklistItem *item = &t->parts->items.at[i];

		if (item->state != ITEM_OPEN || text_eq(item->class_, t->inc->class_))
			continue;
		item->state = ITEM_WAIVED;
		item->at = t->now;
		text_copy(item->by, sizeof item->by, t->by);
		text_copy(item->reason, sizeof item->reason, tr(t->lang, "the class was changed"));
		item->closing = false;
		item->changed = true;
	}
	checklist_open(t);
}

static void item_words(Turn *t, const ChecklistItem *item, Buf *out)
{
	switch (item->state) {
	case ITEM_OPEN: buf_printf(out, tr(t->lang, "open again: %s"), item->text); break;
	case ITEM_DONE: buf_printf(out, tr(t->lang, "done: %s"), item->text); break;
	case ITEM_WAIVED: buf_printf(out, tr(t->lang, "left out: %s"), item->text); break;
	}
}

static void finish(Turn *t, ChecklistItem *item, ItemState state, const char *reason)
{
	AUTO(Buf) text = { 0 };

	item->state = state;
	item->at = state == ITEM_OPEN ? LONG_AGO : t->now;
	text_copy(item->by, sizeof item->by, state == ITEM_OPEN ? "" : t->by);
	text_copy(item->reason, sizeof item->reason, reason);
	item->changed = true;
	item_words(t, item, &text);
	if (!text_is_empty(reason))
		buf_printf(&text, " (%s)", reason);
	story(t, "item", buf_str(&text));
}

void checklist_done_by_act(Turn *t, ClockKind stopped)
{
	for (size_t i = 0; i < t->parts->items.n; i++) {
		ChecklistItem *item = &t->parts->items.at[i];

		if (item->stops == (int)stopped && item->state == ITEM_OPEN)
			finish(t, item, ITEM_DONE, "");
	}
}

/* By its whole id, or by what follows the slash ("p03"). */
static ChecklistItem *find(Turn *t, const char *id)
{
	for (size_t i = 0; !text_is_empty(id) && i < t->parts->items.n; i++) {
		ChecklistItem *item = &t->parts->items.at[i];
		const char *tail = strrchr(item->id, '/');

		if (text_eq(item->id, id) || (tail && text_eq(tail + 1, id)))
			return item;
	}
	return NULL;
}

bool checklist_item(Turn *t, ChecklistItem **ret)
{
	const IncidentEvent *ev = t->ev;
	ChecklistItem *item = find(t, ev->item);

	*ret = item;
	if (!item || item->state == ev->item_state)
		return false;
	if (ev->item_state == ITEM_WAIVED && text_is_empty(ev->text))
		return false;
	finish(t, item, ev->item_state, ev->text);
	return true;
}

static bool is_late(const ChecklistItem *i, Instant now)
{
	return i->state == ITEM_OPEN && !i->optional && !i->late_said && is_set(i->due) &&
	       earlier(i->due, now);
}

/* One record for a phase, however many of its lines are open. */
static void say_late(Turn *t, const char *phase)
{
	AUTO(Buf) text = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < t->parts->items.n; i++) {
		ChecklistItem *item = &t->parts->items.at[i];

		if (!text_eq(item->phase, phase) || !is_late(item, t->now))
			continue;
		item->late_said = item->changed = true;
		n++;
	}
	buf_printf(&text,
	           tr_n(t->lang, "phase %s: its time is over, %zu item is open",
	                "phase %s: its time is over, %zu items are open", n),
	           phase, n);
	story(t, "phase_late", buf_str(&text));
}

void checklist_tick(Turn *t)
{
	for (size_t i = 0; incident_is_open(t->inc) && i < t->parts->items.n; i++) {
		if (is_late(&t->parts->items.at[i], t->now)) {
			char phase[64];

			text_copy(phase, sizeof phase, t->parts->items.at[i].phase);
			say_late(t, phase);
		}
	}
}

Instant checklist_due(const Turn *t)
{
	Instant due = NEVER;

	for (size_t i = 0; incident_is_open(t->inc) && i < t->parts->items.n; i++) {
		const ChecklistItem *item = &t->parts->items.at[i];

		if (item->state == ITEM_OPEN && !item->optional && !item->late_said &&
		    is_set(item->due))
			due = earliest(due, after(item->due, duration_us(1)));
	}
	return due;
}

bool checklist_is_closed(const IncidentParts *parts)
{
	for (size_t i = 0; i < parts->items.n; i++) {
		const ChecklistItem *item = &parts->items.at[i];

		if (item->closing && !item->optional && item->state == ITEM_OPEN)
			return false;
	}
	return true;
}

/* ---- follow-ups ---- */

/* False: nothing that belongs to the story. */
static bool follow_up_words(const Turn *t, int event, const char *what, Buf *out)
{
	switch (event) {
	case ACTION_EV_PLAN:
		buf_printf(out, tr(t->lang, "follow-up approved: %s"), what);
		return true;
	case ACTION_EV_DONE: buf_printf(out, tr(t->lang, "follow-up done: %s"), what); return true;
	case ACTION_EV_VERIFY:
		buf_printf(out, tr(t->lang, "follow-up verified: %s"), what);
		return true;
	case ACTION_EV_DROP:
		buf_printf(out, tr(t->lang, "follow-up dropped: %s"), what);
		return true;
	case ACTION_EV_REOPEN:
		buf_printf(out, tr(t->lang, "follow-up open again: %s"), what);
		return true;
	case -1: buf_text(out, what); return true;
	default: return false;
	}
}

bool follow_up_event(Turn *t)
{
	const Action *a = t->ev->follow_up;
	AUTO(Buf) text = { 0 };

	if (!a || !follow_up_words(t, t->ev->follow_event, a->what, &text))
		return false;
	story(t, "follow_up", buf_str(&text));
	return true;
}
