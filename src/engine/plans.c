/* Maintenance windows and silences: keeping their occurrences, letting time and
 * people step them, and saying what holds deliveries back now. */
#include "engine/engine_private.h"

static void save_window(void *ctx, const WindowOccurrence *o)
{
	Engine *e = ctx;

	windows_save(e, o);
}

static void drop_window(void *ctx, const WindowOccurrence *o)
{
	Engine *e = ctx;

	batch_delete(e->batch, &window_occurrence_record, o->id);
	windows_touch(e);
	turn_urgent(e);
	view_touch(e); /* the page's facts point into the list that shrinks */
}

void windows_save(Engine *e, const WindowOccurrence *w)
{
	batch_put(e->batch, &window_occurrence_record, w);
	windows_touch(e);
	turn_urgent(e);
	view_touch(e);
}

WindowOccurrence *window_find(Engine *e, const char *id)
{
	for (size_t i = 0; i < e->windows.n; i++) {
		if (text_eq(e->windows.at[i].id, id))
			return &e->windows.at[i];
	}
	return NULL;
}

void windows_sync(Engine *e)
{
	WindowSink sink = { save_window, drop_window, e };
	Effects fx = { 0 };

	windows_touch(e);
	windows_plan(&e->windows, e->plan, e->now, &sink, &fx);
	e->windows_plan_at = windows_plan_due(e->now);
	engine_apply(e, &fx);
}

/* The ledger's word on a window that is over: how long users were really cut off. */
static Duration real_downtime(const Engine *e, const WindowOccurrence *w)
{
	Duration worst = { 0 };
	const char *entity;

	for (size_t i = 0; (entity = ledger_next(e->ledger, &i));) {
		AvailabilityAsk ask = { .from = w->starts, .to = w->until, .now = e->now };
		Availability a;

		if (!text_starts(entity, "service:"))
			continue;
		ask.intervals = ledger_intervals(e->ledger, entity, &ask.intervals_n);
		availability(&ask, &a);
		if (a.down.us > worst.us)
			worst = a.down;
	}
	return worst;
}

/* A person's event; refused with ERR_CONFLICT. */
bool window_event(Engine *e, WindowOccurrence *w, const WindowEvent *ev, Err *err)
{
	Effects fx = { 0 };
	bool ok = window_step(w, e->plan, ev, e->now, &fx, err);

	if (ok) {
		windows_save(e, w);
		rules_touch_all(e);
		view_services(e);
	}
	engine_apply(e, &fx);
	return ok;
}

static void tick_window(Engine *e, WindowOccurrence *w)
{
	WindowState was = w->state;

	(void)window_event(e, w, &(WindowEvent){ .kind = WINDOW_TICK }, NULL);
	if (was != WINDOW_CLOSED && w->state == WINDOW_CLOSED)
		(void)window_event(
		        e, w,
		        &(WindowEvent){ .kind = WINDOW_REPORT, .downtime = real_downtime(e, w) },
		        NULL);
}

static void tick_silences(Engine *e)
{
	for (size_t i = 0; i < e->silences.n; i++) {
		Effects fx = { 0 };

		if (silence_tick(&e->silences.at[i], e->now, &fx)) {
			batch_put(e->batch, &silence_record, &e->silences.at[i]);
			rules_touch_all(e);
		}
		engine_apply(e, &fx);
	}
}

void windows_touch(Engine *e) { e->windows_at = LONG_AGO; }

static Instant find_next(const Engine *e)
{
	Instant due = e->windows_plan_at;

	for (size_t i = 0; i < e->windows.n; i++) {
		Instant d = window_due(&e->windows.at[i]);

		due = earliest(due, is_due(d, e->now) ? after(e->now, seconds(1)) : d);
	}
	for (size_t i = 0; i < e->silences.n; i++)
		due = earliest(due, silence_due(&e->silences.at[i], e->now));
	return due;
}

void windows_step(Engine *e)
{
	if (!is_due(e->windows_at, e->now)) {
		e->silences_at = e->now;
		return;
	}
	if (is_due(e->windows_plan_at, e->now) && e->started)
		windows_sync(e);
	for (size_t i = 0; i < e->windows.n; i++) {
		if (is_due(window_due(&e->windows.at[i]), e->now))
			tick_window(e, &e->windows.at[i]);
	}
	for (size_t i = 0; i < e->silences.n; i++) {
		if (is_due(silence_due(&e->silences.at[i], e->silences_at), e->now)) {
			tick_silences(e);
			break;
		}
	}
	e->silences_at = e->now;
	e->windows_at = find_next(e);
}

Instant windows_next(const Engine *e)
{
	return e->windows_at.us == LONG_AGO.us ? find_next(e) : e->windows_at;
}

const WindowOccurrence *windows_holding(const Engine *e, const char *service, const char *env)
{
	return windows_quiet(e->windows.at, e->windows.n, service && *service ? service : NULL,
	                     env && *env ? env : NULL, e->now);
}

const Silence *silence_holding(const Engine *e, const SilenceTarget *t)
{
	for (size_t i = 0; i < e->silences.n; i++) {
		if (silence_holds(&e->silences.at[i], t, e->now))
			return &e->silences.at[i];
	}
	return NULL;
}
