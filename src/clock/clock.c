/* Clocks. All instants are worked out when a clock starts or gets a new limit, so
 * that looking at one later asks the plan for nothing but the service's hours. */
#include "clock/clock.h"

#include "core/text.h"

#include <assert.h>
#include <stdio.h>

static const Column columns[] = {
	COLUMN(Clock, id),
	{ "incident", COL_TEXT, offsetof(Clock, of), sizeof(((Clock *)0)->of) },
	COLUMN(Clock, kind),
	COLUMN(Clock, state),
	COLUMN(Clock, deadline),
	{ "max", COL_TEXT, offsetof(Clock, limit), sizeof(((Clock *)0)->limit) },
	{ "class", COL_TEXT, offsetof(Clock, class_), sizeof(((Clock *)0)->class_) },
	COLUMN(Clock, service_hours),
	COLUMN(Clock, started),
	COLUMN(Clock, stopped),
	COLUMN(Clock, due),
	COLUMN(Clock, half_at),
	COLUMN(Clock, most_at),
	COLUMN(Clock, breached_at),
	COLUMN(Clock, warned),
	COLUMN(Clock, elapsed),
	COLUMN(Clock, stopped_by),
	COLUMN(Clock, edge),
};
/* What a hold needs is not here: no incident's clock is ever held, and a ticket keeps its
 * clocks in its own row. */
const RecordType clock_record = { "clock", sizeof(Clock), COUNT_OF(columns), columns };

static const char *const kind_names[CLOCK_KINDS] = { "respond", "inform",      "mitigate",
	                                             "resolve", "next_update", "postmortem" };
static const char *const state_names[CLOCK_STATES] = { "not_set", "running",  "paused",
	                                               "met",     "breached", "stopped_late" };

const char *clock_kind_name(ClockKind k) { return kind_names[k]; }
const char *clock_state_name(ClockState s) { return state_names[s]; }

bool clock_kind_parse(const char *s, ClockKind *ret)
{
	for (int k = 0; k < CLOCK_KINDS; k++) {
		if (text_eq(s, kind_names[k])) {
			*ret = (ClockKind)k;
			return true;
		}
	}
	return false;
}

const Deadline *clock_limit(const Class *class_, ClockKind kind, const char *env)
{
	const PerEnvDeadline *limit;

	if (!class_)
		return NULL;
	limit = &class_->clocks[kind];
	for (size_t i = 0; i < limit->n; i++) {
		if (text_eq(limit->by_env[i].key, env))
			return limit->env[i].set ? &limit->env[i] : NULL;
	}
	return limit->all.set ? &limit->all : NULL;
}

static const Zone *zone_of(const ClockRule *rule) { return rule->zone ? rule->zone : zone_utc(); }

/* NULL: every hour counts. */
static const Hours *hours_of(const Clock *c, const ClockRule *rule)
{
	return c->service_hours && rule->hours && rule->hours->set && !rule->hours->always
	               ? rule->hours
	               : NULL;
}

static Instant add_limit(const Clock *c, const ClockRule *rule, Span limit, Duration part)
{
	const Hours *h = hours_of(c, rule);

	if (h)
		return hours_after(h, zone_of(rule), c->started, part);
	/* Civil only for the whole: half a month has no date of its own. */
	return zone_add(zone_of(rule), c->started, limit);
}

/* The share of the way from the start to the limit. */
static Instant part_of(const Clock *c, const ClockRule *rule, Duration whole, int percent)
{
	const Hours *h = hours_of(c, rule);
	Duration part = duration_us(whole.us / 100 * percent + whole.us % 100 * percent / 100);
	Duration way;

	if (h)
		return hours_after(h, zone_of(rule), c->started, part);
	way = between(c->started, c->due);
	return after(c->started,
	             duration_us(way.us / 100 * percent + way.us % 100 * percent / 100));
}

static Duration open_between(const Clock *c, const ClockRule *rule, Instant from, Instant to)
{
	const Hours *h = hours_of(c, rule);

	if (!earlier(from, to))
		return duration_us(0);
	return h ? hours_within(h, zone_of(rule), from, to) : between(from, to);
}

static Duration used(const Clock *c, const ClockRule *rule, Instant at)
{
	Duration all = open_between(c, rule, c->started, at);

	all.us -= c->away.us;
	if (c->held)
		all.us -= open_between(c, rule, c->held_at, at).us;
	return all.us > 0 ? all : duration_us(0);
}

static Instant later_by(const Clock *c, const ClockRule *rule, Instant t, Duration open)
{
	const Hours *h = hours_of(c, rule);

	if (!is_set(t) || open.us <= 0)
		return t;
	return h ? hours_after(h, zone_of(rule), t, open) : after(t, open);
}

/* What was held is not counted: the limit and its warnings come later by as much. */
static void shift(Clock *c, const ClockRule *rule, Duration open)
{
	c->due = later_by(c, rule, c->due, open);
	c->half_at = later_by(c, rule, c->half_at, open);
	c->most_at = later_by(c, rule, c->most_at, open);
}

/* Only in service-hours mode has the time of day a say. */
static void look_at_hours(Clock *c, const ClockRule *rule, Instant now)
{
	const Hours *h = hours_of(c, rule);
	ClockState was = c->state;

	c->edge = NEVER;
	if (c->held && c->state == CLOCK_RUNNING)
		c->state = CLOCK_PAUSED;
	if (c->held) {
		c->changed |= c->state != was;
		return;
	}
	if (!h && c->state == CLOCK_PAUSED) /* released, and every hour counts */
		c->state = CLOCK_RUNNING;
	if (!h || (c->state != CLOCK_RUNNING && c->state != CLOCK_PAUSED))
		return;
	c->state = hours_open(h, zone_of(rule), now) ? CLOCK_RUNNING : CLOCK_PAUSED;
	c->edge = hours_next_edge(h, zone_of(rule), now);
	c->changed |= c->state != was;
}

static void set_limit(Clock *c, const ClockRule *rule)
{
	const Deadline *d = rule->limit;
	char text[SPAN_TEXT];
	Duration whole;

	c->deadline = d ? (int)d->kind : DEADLINE_UNSET;
	c->service_hours = rule->class_ && rule->class_->service_hours;
	text_copy(c->class_, sizeof c->class_, rule->class_ ? rule->class_->item.id : "");
	c->due = c->half_at = c->most_at = NEVER;
	c->state = CLOCK_NOT_SET;
	c->limit[0] = '\0';
	if (d)
		text_copy(c->limit, sizeof c->limit, deadline_print(d, text));
	if (!d || d->kind != DEADLINE_SPAN)
		return;
	c->state = CLOCK_RUNNING;
	whole = span_estimate(d->span);
	c->due = add_limit(c, rule, d->span, whole);
	c->half_at = part_of(c, rule, whole, 50);
	c->most_at = part_of(c, rule, whole, 80);
	shift(c, rule, c->away);
}

void clock_start(Clock *c, const char *of, ClockKind kind, const ClockRule *rule, Instant from)
{
	*c = (Clock){ .kind = (int)kind, .started = from, .changed = true };
	text_copy(c->of, sizeof c->of, of);
	(void)snprintf(c->id, sizeof c->id, "%s/%s", c->of, kind_names[kind]);
	c->stopped = c->breached_at = LONG_AGO;
	c->held_at = LONG_AGO;
	c->edge = NEVER;
	set_limit(c, rule);
	look_at_hours(c, rule, from);
}

bool clock_is_running(const Clock *c)
{
	switch (c->state) {
	case CLOCK_RUNNING:
	case CLOCK_PAUSED:
	case CLOCK_BREACHED: return true;
	case CLOCK_NOT_SET: return is_set(c->started) && !is_set(c->stopped);
	case CLOCK_MET:
	case CLOCK_STOPPED_LATE:
	case CLOCK_STATES: break;
	}
	return false;
}

void clock_relimit(Clock *c, const ClockRule *rule, bool restart, Instant now)
{
	if (!clock_is_running(c))
		return;
	if (restart) {
		c->started = now;
		c->away = duration_us(0);
		c->held_at = c->held ? now : LONG_AGO;
	}
	c->warned = 0;
	c->breached_at = LONG_AGO;
	set_limit(c, rule);
	look_at_hours(c, rule, now);
	c->changed = true;
}

ClockChange clock_tick(Clock *c, const ClockRule *rule, Instant now)
{
	look_at_hours(c, rule, now);
	if (c->held || (c->state != CLOCK_RUNNING && c->state != CLOCK_PAUSED))
		return CLOCK_UNCHANGED;
	if (earlier(c->due, now)) {
		c->state = CLOCK_BREACHED;
		c->breached_at = c->due;
		c->warned = 100;
		c->edge = NEVER;
		c->changed = true;
		return CLOCK_WENT_OVER;
	}
	if (c->warned < 80 && is_due(c->most_at, now)) {
		c->warned = 80;
		c->changed = true;
		return CLOCK_WARN_MOST;
	}
	if (c->warned < 50 && is_due(c->half_at, now)) {
		c->warned = 50;
		c->changed = true;
		return CLOCK_WARN_HALF;
	}
	return CLOCK_UNCHANGED;
}

bool clock_stop(Clock *c, const ClockRule *rule, const char *by, Instant at)
{
	if (!clock_is_running(c))
		return false;
	(void)clock_release(c, rule, at);
	c->stopped = latest(at, c->started);
	c->elapsed = used(c, rule, c->stopped);
	c->edge = NEVER;
	c->changed = true;
	text_copy(c->stopped_by, sizeof c->stopped_by, by);
	if (c->state == CLOCK_NOT_SET)
		return true;
	c->state = earlier(c->due, c->stopped) ? CLOCK_STOPPED_LATE : CLOCK_MET;
	c->breached_at = c->state == CLOCK_STOPPED_LATE ? c->due : LONG_AGO;
	return true;
}

bool clock_hold(Clock *c, Instant at)
{
	if (!clock_is_running(c) || c->held || !c->service_hours || earlier(at, c->started))
		return false;
	if (c->state != CLOCK_BREACHED && earlier(c->due, at))
		return false;
	c->held = c->changed = true;
	c->held_at = at;
	c->edge = NEVER;
	if (c->state == CLOCK_RUNNING)
		c->state = CLOCK_PAUSED;
	return true;
}

bool clock_release(Clock *c, const ClockRule *rule, Instant at)
{
	Duration open;

	if (!c->held)
		return false;
	open = open_between(c, rule, c->held_at, at);
	c->away.us += open.us;
	c->held = false;
	c->held_at = LONG_AGO;
	c->changed = true;
	if (c->state == CLOCK_PAUSED)
		shift(c, rule, open);
	look_at_hours(c, rule, at);
	return true;
}

void clock_resume(Clock *c, const ClockRule *rule, Instant now)
{
	if (clock_is_running(c) || !is_set(c->stopped))
		return;
	c->stopped = LONG_AGO;
	c->stopped_by[0] = '\0';
	c->elapsed = duration_us(0);
	c->changed = true;
	if (c->state == CLOCK_STOPPED_LATE)
		c->state = CLOCK_BREACHED;
	else if (c->state == CLOCK_MET)
		c->state = CLOCK_RUNNING;
	look_at_hours(c, rule, now);
}

Instant clock_due(const Clock *c)
{
	Instant due = c->edge;

	if (c->held || (c->state != CLOCK_RUNNING && c->state != CLOCK_PAUSED))
		return NEVER;
	if (c->warned < 50)
		due = earliest(due, c->half_at);
	if (c->warned < 80)
		due = earliest(due, c->most_at);
	/* The limit itself is still in time. */
	return earliest(due, after(c->due, duration_us(1)));
}

Duration clock_elapsed(const Clock *c, const ClockRule *rule, Instant now)
{
	return is_set(c->stopped) ? c->elapsed : used(c, rule, now);
}

void clock_emit(Emit *e, const Clock *c, const ClockRule *rule, Instant now)
{
	static const ClockRule none = { 0 };

	emit_object(e, NULL);
	emit_text(e, "kind", kind_names[c->kind]);
	emit_text(e, "state", state_names[c->state]);
	emit_text(e, "limit", *c->limit ? c->limit : NULL);
	emit_text(e, "mode", c->service_hours ? "service_hours" : "calendar");
	emit_instant(e, "started", c->started);
	emit_instant(e, "due", c->due);
	emit_instant(e, "stopped", c->stopped);
	emit_instant(e, "breached", c->breached_at);
	emit_seconds(e, "elapsed_s", clock_elapsed(c, rule ? rule : &none, now));
	if (clock_is_running(c) && is_set(c->due))
		emit_seconds(e, "left_s", between(now, c->due));
	emit_text(e, "stopped_by", *c->stopped_by ? c->stopped_by : NULL);
	emit_object_end(e);
}
