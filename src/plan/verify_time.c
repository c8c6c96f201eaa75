/* What times of an entry mean together: lengths against the gap between two
 * occurrences, schedules against their window. Uses the calendar's arithmetic from a
 * fixed day on, so that the answer does not depend on when the plan is read. */
#include "plan/load_private.h"

#include "core/text.h"

/* The smallest gap of a weekly schedule: "mon,thu" leaves 3 days. */
static int weekly_gap(unsigned weekdays)
{
	int gap = 7, last = -1, first = -1;

	for (int day = 0; day < 7; day++) {
		if (!(weekdays & 1u << day))
			continue;
		if (last >= 0 && day - last < gap)
			gap = day - last;
		if (first < 0)
			first = day;
		last = day;
	}
	if (first >= 0 && first != last && first + 7 - last < gap)
		gap = first + 7 - last;
	return gap;
}

/* The shortest time between two occurrences; zero: it does not recur. */
static Duration shortest_gap(const Schedule *at)
{
	static const int days[] = {
		[SCHEDULE_DAILY] = 1,        [SCHEDULE_MONTHLY] = 28, [SCHEDULE_QUARTERLY] = 90,
		[SCHEDULE_HALFYEARLY] = 181, [SCHEDULE_YEARLY] = 365,
	};

	if (at->kind == SCHEDULE_EVERY)
		return at->interval;
	if (!schedule_recurs(at) || at->kind == SCHEDULE_ONCE)
		return (Duration){ 0 };
	return span_estimate((Span){ .days = at->kind == SCHEDULE_WEEKLY ? weekly_gap(at->weekdays)
	                                                                 : days[at->kind] });
}

void plan_need_room(const Verify *v, const char *key, Span length, const Schedule *at)
{
	Duration gap = shortest_gap(at);
	char text[SCHEDULE_TEXT], span[SPAN_TEXT];

	if (gap.us > 0 && span_estimate(length).us > gap.us)
		plan_wrong(v, key, F_S12, NULL,
		           "%s is longer than the time between two occurrences of '%s'",
		           span_print(length, span), schedule_print(at, text));
}

static bool comes_inside(const Schedule *at, const Window *w, const Zone *zone)
{
	/* Four years hold every weekday on every date but those of leap days. */
	Instant t = { INT64_C(1735689600) * 1000000 };
	enum { MOST = 1500 };

	for (int i = 0; i < MOST; i++) {
		Instant open;

		t = schedule_next(at, zone, t);
		if (t.us == NEVER.us)
			return false;
		open = schedule_last(&w->at, zone, t);
		if (open.us != LONG_AGO.us && t.us < open.us + span_estimate(w->length).us)
			return true;
	}
	return false;
}

void plan_need_in_window(const Verify *v, const char *key, const Schedule *at, const Window *w)
{
	/* Local times of one zone are compared as if clocks never changed: an hour that
	 * is inside on one night a year is not meant to be. */
	const Zone *zone = at->zone || (w && w->at.zone) ? v->l->plan->head.timezone : zone_utc();

	/* Without an hour it is placed inside the window; what is agreed, always or on
	 * an event has no hours to compare. */
	if (!w || !zone || !at->has_hour || !schedule_recurs(at) || !schedule_recurs(&w->at) ||
	    !w->at.has_hour || at->kind == SCHEDULE_ONCE || span_is_zero(w->length) ||
	    comes_inside(at, w, zone))
		return;
	plan_wrong(v, key, F_S12, NULL, "'%s' never falls into the window '%s' (%s)", at->text,
	           w->item.id, w->at.text);
}

static void need_length(const Verify *v, const Row *row, const Node *node)
{
	Span span;

	if (node && node->kind == NODE_SCALAR && node->text && span_parse(node->text, &span) &&
	    span_is_zero(span))
		plan_wrong(v, row->key, F_S06, "Write how long, or remove the key.",
		           "'%s' of no length means nothing", row->key);
}

void plan_need_lengths(const Verify *v, const Table *t)
{
	for (size_t i = 0; i < t->rows_n; i++) {
		const Row *row = &t->rows[i];
		Node *node = node_get(v->node, row->key);

		if (row->kind == ROW_SPAN)
			need_length(v, row, node);
		else if (row->kind == ROW_GROUP && node && node->kind == NODE_MAP)
			plan_need_lengths(
			        &(Verify){ v->l, v->entry, node,
			                   arena_printf(v->l->scratch, "%s.%s", v->path, row->key),
			                   v->section, v->nth },
			        row->table);
	}
}
