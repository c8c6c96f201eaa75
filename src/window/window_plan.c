/* Where occurrences come from: the plan's recurring windows, kept in step with it,
 * and the windows that people make. */
#include "core/alloc.h"
#include "core/text.h"
#include "window/window.h"
#include "window/window_private.h"

#include <stdio.h>

enum { OCCURRENCES_MAX = 2000 }; /* of one window inside the horizon */

/* ---- times ---- */

/* Both edges are wall-clock times: "sun 23:00 for 3h" ends at 02:00 on the clock,
 * and on its last pass when there are two (reference: libraries, §6). `every`
 * follows real time, and so does its length. */
Instant window_end_of(const Window *w, const Zone *zone, Instant starts)
{
	const Zone *z = w->at.zone ? w->at.zone : zone;
	Civil c;
	int32_t last;

	if (w->at.kind == SCHEDULE_EVERY && span_is_exact(w->length))
		return after(starts, span_estimate(w->length));
	c = zone_civil(z, starts);
	c.month += w->length.months;
	last = civil_month_days(c.year + (c.month - 1) / 12, (c.month - 1) % 12 + 1);
	c.day = (c.day > last ? last : c.day) + w->length.days;
	c.hour += (int32_t)(w->length.us / hours(1).us);
	c.minute += (int32_t)(w->length.us / minutes(1).us % 60);
	c.second += (int32_t)(w->length.us / seconds(1).us % 60);
	return latest(zone_instant(z, c, PICK_LAST, NULL), starts);
}

static Span backwards(Span s) { return (Span){ -s.months, -s.days, -s.us }; }

/* Far enough for the earliest notice to be due inside it. */
static Instant horizon(const Window *w, Instant now)
{
	Duration notice = span_estimate(w->notice);

	return latest(after(now, HORIZON),
	              after(now, duration_us(notice.us + days(1).us + 2 * NOTICE_MARGIN.us)));
}

/* ---- from the plan ---- */

static char *list_of(const Texts *services)
{
	AUTO(Buf) b = { 0 };
	Emit e = emit_to(&b);

	if (!services->n)
		return NULL;
	emit_array(&e, NULL);
	for (size_t i = 0; i < services->n; i++)
		emit_text(&e, NULL, services->at[i]);
	emit_array_end(&e);
	return buf_take(&b);
}

/* The promise, and when to act on it. A civil week before, not 168 hours. */
static void promise(WindowOccurrence *o, const Plan *plan, Span notice)
{
	o->notice = span_estimate(notice);
	o->announce_by = LONG_AGO;
	o->notice_due = LONG_AGO;
	if (span_is_zero(notice))
		return;
	o->announce_by = zone_add(plan->head.timezone, o->starts, backwards(notice));
	o->notice_due = after(o->announce_by, duration_us(-NOTICE_MARGIN.us));
}

void window_describe(WindowOccurrence *o, const Plan *plan, const Window *w)
{
	static const Window none = { .counts = -1, .quiet = 1 };

	if (!w)
		w = &none;
	else
		text_copy(o->label, sizeof o->label, item_label(&w->item));
	text_copy(o->window, sizeof o->window, w->item.id);
	text_copy(o->env, sizeof o->env, w->env);
	text_copy(o->reason, sizeof o->reason, w->reason);
	text_copy(o->alternatives, sizeof o->alternatives, w->alternatives);
	mem_free(o->services);
	o->services = list_of(&w->services);
	o->impact = w->impact;
	o->counts = w->counts;
	o->quiet = w->quiet != 0;
	promise(o, plan, w->notice);
}

static void blank(WindowOccurrence *o, WindowOrigin origin, Instant starts, Instant ends)
{
	*o = (WindowOccurrence){ .origin = origin,
		                 .starts = starts,
		                 .ends = ends,
		                 .until = ends,
		                 .announce_by = LONG_AGO,
		                 .notice_due = LONG_AGO,
		                 .told_at = LONG_AGO,
		                 .announced_at = LONG_AGO,
		                 .real_start = LONG_AGO,
		                 .real_end = LONG_AGO };
}

/* Long window names are cut here, so that keys made from the id always fit. */
static void name(WindowOccurrence *o, const char *window)
{
	char at[INSTANT_TEXT];

	(void)snprintf(o->id, sizeof o->id, "%.48s@%s", window, instant_print(o->starts, at));
}

static WindowOccurrence *find(const Windows *all, const char *id)
{
	for (size_t i = 0; i < all->n; i++) {
		if (text_eq(all->at[i].id, id))
			return &all->at[i];
	}
	return NULL;
}

static bool recurs(const Window *w) { return schedule_recurs(&w->at) && !span_is_zero(w->length); }

/* Follows the plan until people have been told, or one has taken it in hand. */
static bool follows_plan(const WindowOccurrence *o)
{
	return o->origin == WINDOW_OF_PLAN && o->state == WINDOW_PLANNED && !is_set(o->told_at) &&
	       !*o->who;
}

static bool same_promise(const WindowOccurrence *a, const WindowOccurrence *b)
{
	return a->ends.us == b->ends.us && a->announce_by.us == b->announce_by.us &&
	       a->impact == b->impact && a->counts == b->counts && a->quiet == b->quiet &&
	       text_eq(a->services, b->services) && text_eq(a->env, b->env) &&
	       text_eq(a->reason, b->reason) && text_eq(a->alternatives, b->alternatives) &&
	       text_eq(a->label, b->label);
}

static void save(const WindowSink *sink, const WindowOccurrence *o)
{
	if (sink && sink->save)
		sink->save(sink->ctx, o);
}

/* One occurrence of w: added, brought up to date, or left alone. */
static void keep_one(Windows *all, const Plan *plan, const Window *w, Instant starts,
                     const WindowSink *sink)
{
	WindowOccurrence fresh, *known;

	blank(&fresh, WINDOW_OF_PLAN, starts, window_end_of(w, plan->head.timezone, starts));
	name(&fresh, w->item.id);
	window_describe(&fresh, plan, w);
	known = find(all, fresh.id);
	if (!known) {
		*list_push(all) = fresh;
		save(sink, &fresh);
	} else if (follows_plan(known) && !same_promise(known, &fresh)) {
		record_done(&window_occurrence_record, known);
		*known = fresh; /* a notice refused for its content is judged again */
		save(sink, known);
	} else {
		record_done(&window_occurrence_record, &fresh);
	}
}

static void keep_window(Windows *all, const Plan *plan, const Window *w, Instant now,
                        const WindowSink *sink)
{
	Instant end = horizon(w, now), t;

	if (!recurs(w))
		return;
	t = after(now, duration_us(-span_estimate(w->length).us - days(3).us));
	for (int i = 0; i < OCCURRENCES_MAX; i++) {
		t = schedule_next(&w->at, plan->head.timezone, t);
		if (!earlier(t, end))
			break;
		if (earlier(now, window_end_of(w, plan->head.timezone, t)))
			keep_one(all, plan, w, t, sink);
	}
}

/* Whether the plan still has that occurrence. */
static bool still_planned(const Plan *plan, const WindowOccurrence *o)
{
	const Window *w = plan_window(plan, o->window);

	return w && recurs(w) &&
	       schedule_next(&w->at, plan->head.timezone, after(o->starts, duration_us(-1))).us ==
	               o->starts.us;
}

static void drop_gone(Windows *all, const Plan *plan, Instant now, const WindowSink *sink,
                      Effects *fx)
{
	WindowEvent gone = { .kind = WINDOW_CANCEL, .text = "the plan no longer has it" };

	for (size_t i = all->n; i-- > 0;) {
		WindowOccurrence *o = &all->at[i];

		if (o->origin != WINDOW_OF_PLAN || !earlier(now, o->starts) || window_is_over(o) ||
		    still_planned(plan, o))
			continue;
		if (is_set(o->told_at)) {
			if (window_step(o, plan, &gone, now, fx, NULL))
				save(sink, o);
			continue;
		}
		if (sink && sink->drop)
			sink->drop(sink->ctx, o);
		record_done(&window_occurrence_record, o);
		list_remove(all, i);
	}
}

/* ---- windows that join ---- */

/* Grows [from, to) to all that joins with all->at[first]; marks the members. */
static void join(const Windows *all, size_t first, bool *member, Instant *ret_from)
{
	Instant from = all->at[first].starts, to = window_end_known(&all->at[first]);
	bool grew = true;

	member[first] = true;
	while (grew) {
		grew = false;
		for (size_t i = 0; i < all->n; i++) {
			const WindowOccurrence *o = &all->at[i];

			if (member[i] || window_is_over(o) || earlier(to, o->starts) ||
			    earlier(window_end_known(o), from) ||
			    !windows_share(o, &all->at[first]))
				continue;
			member[i] = grew = true;
			from = earliest(from, o->starts);
			to = latest(to, window_end_known(o));
		}
	}
	*ret_from = from;
}

/* Says with which windows o joins and sends its notice with the longest of the
 * group's, counted from the group's start: what people see is one interruption. */
static void join_one(Windows *all, size_t i, const Plan *plan, const WindowSink *sink)
{
	WindowOccurrence *o = &all->at[i];
	AUTO(Buf) b = { .max = sizeof o->overlap - 1 };
	AUTO_FREE bool *member = mem_new(all->n);
	Instant from, due;

	join(all, i, member, &from);
	due = o->announce_by;
	for (size_t k = 0; k < all->n; k++) {
		const Window *w = plan_window(plan, all->at[k].window);

		if (!member[k])
			continue;
		if (k != i)
			buf_printf(&b, "%s%s", b.n ? ", " : "",
			           *all->at[k].window ? all->at[k].window : all->at[k].id);
		if (w && !span_is_zero(w->notice))
			due = earliest(due,
			               zone_add(plan->head.timezone, from, backwards(w->notice)));
	}
	due = is_set(o->announce_by) ? after(due, duration_us(-NOTICE_MARGIN.us)) : LONG_AGO;
	if (is_set(o->told_at))
		due = o->notice_due;
	if (text_eq(o->overlap, buf_str(&b)) && o->notice_due.us == due.us)
		return;
	text_copy(o->overlap, sizeof o->overlap, buf_str(&b));
	o->notice_due = due;
	save(sink, o);
}

void windows_plan(Windows *all, const Plan *plan, Instant now, const WindowSink *sink, Effects *fx)
{
	drop_gone(all, plan, now, sink, fx);
	for (size_t i = 0; i < plan->windows_n; i++)
		keep_window(all, plan, &plan->windows[i], now, sink);
	for (size_t i = 0; i < all->n; i++) {
		if (!window_is_over(&all->at[i]) && earlier(now, all->at[i].starts))
			join_one(all, i, plan, sink);
	}
}

Instant windows_plan_due(Instant now) { return after(now, hours(1)); }

/* ---- from people ---- */

static bool known_service(const Plan *plan, const WindowOrder *order, Err *err)
{
	for (size_t i = 0; order->services && order->services[i]; i++) {
		if (!plan_service(plan, order->services[i]))
			return err_set(err, ERR_NOT_FOUND, "no service '%s' in the plan",
			               order->services[i]);
	}
	return true;
}

static bool known_env(const Plan *plan, const char *env, Err *err)
{
	if (text_is_empty(env))
		return true;
	for (size_t i = 0; i < plan->services_n; i++) {
		if (service_environment(&plan->services[i], env))
			return true;
	}
	return err_set(err, ERR_NOT_FOUND, "no environment '%s' in the plan", env);
}

static bool good_times(const WindowOccurrence *o, Instant now, Err *err)
{
	if (!is_set(o->starts) || !is_set(o->ends) || !earlier(o->starts, o->ends) ||
	    earlier(after(o->starts, days(31)), o->ends))
		return err_set(err, ERR_BAD_INPUT,
		               "a window ends after its start and within 31 days of it");
	if (earlier(o->starts, now)) {
		err_set(err, ERR_CONFLICT, "a window cannot be announced for the past");
		return err_hint(err, "for work under way open an emergency window");
	}
	return true;
}

/* What the order says wins over what the plan's window says. */
static void apply_order(WindowOccurrence *o, const Plan *plan, const WindowOrder *order)
{
	Texts services = { order->services, 0 };

	window_describe(o, plan, order->window ? plan_window(plan, order->window) : NULL);
	while (order->services && order->services[services.n])
		services.n++;
	if (services.n) {
		mem_free(o->services);
		o->services = list_of(&services);
	}
	if (!text_is_empty(order->env))
		text_copy(o->env, sizeof o->env, order->env);
	if (!text_is_empty(order->reason))
		text_copy(o->reason, sizeof o->reason, order->reason);
	if (!text_is_empty(order->alternatives))
		text_copy(o->alternatives, sizeof o->alternatives, order->alternatives);
	if (order->impact != IMPACT_UNSTATED)
		o->impact = order->impact;
	text_copy(o->who, sizeof o->who, order->who ? order->who : "carene");
}

static bool make(const Plan *plan, const WindowOccurrence *all, size_t n, const WindowOrder *order,
                 WindowOrigin origin, Instant now, WindowOccurrence *ret, Err *err)
{
	const Window *w = order->window ? plan_window(plan, order->window) : NULL;
	Instant starts = origin == WINDOW_EMERGENCY ? now : order->starts, ends = order->ends;

	if (order->window && !w)
		return err_set(err, ERR_NOT_FOUND, "no window '%s' in the plan", order->window);
	if (!known_service(plan, order, err) || !known_env(plan, order->env, err))
		return false;
	if ((!is_set(ends) || !ends.us) && w && !span_is_zero(w->length) && is_set(starts))
		ends = window_end_of(w, plan->head.timezone, starts);
	blank(ret, origin, starts, ends);
	if (!good_times(ret, now, err))
		return false;
	name(ret, w ? w->item.id : origin == WINDOW_EMERGENCY ? "emergency" : "one-off");
	for (size_t i = 0; i < n; i++) {
		if (text_eq(all[i].id, ret->id))
			return err_set(err, ERR_CONFLICT, "there is a window '%s' already",
			               ret->id);
	}
	apply_order(ret, plan, order);
	return true;
}

bool window_one_off(const Plan *plan, const WindowOccurrence *all, size_t n,
                    const WindowOrder *order, Instant now, WindowOccurrence *ret, Effects *fx,
                    Err *err)
{
	WindowOccurrence o;
	Entry *e;

	if (!make(plan, all, n, order, WINDOW_ONE_OFF, now, &o, err))
		return false;
	e = window_note(fx, &o, now, "window.created", order->who);
	text_copy(e->note, sizeof e->note, o.reason);
	if (is_set(o.announce_by) && earlier(o.announce_by, now))
		text_copy(e->verdict, sizeof e->verdict, "late");
	*ret = o;
	return true;
}

bool window_emergency(const Plan *plan, const WindowOccurrence *all, size_t n,
                      const WindowOrder *order, Instant now, WindowOccurrence *ret, Effects *fx,
                      Err *err)
{
	WindowOccurrence o;
	Tell *t;

	if (text_is_empty(order->reason))
		return err_set(err, ERR_BAD_INPUT, "an emergency window needs a reason");
	if (!make(plan, all, n, order, WINDOW_EMERGENCY, now, &o, err))
		return false;
	o.state = WINDOW_OPEN;
	o.announce_by = o.notice_due = LONG_AGO; /* no notice can be early enough */
	o.notice = duration_us(0);
	o.real_start = now;
	o.confirmed = true;
	o.told_at = now;
	text_copy(window_note(fx, &o, now, "window.emergency", order->who)->note,
	          sizeof(((Entry *)0)->note), o.reason);
	t = window_tell(fx, &o, plan, TELL_WINDOW_NOTICE, "notice");
	text_copy(t->text, sizeof t->text, o.reason);
	*ret = o;
	return true;
}
