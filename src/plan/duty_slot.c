/* An hour, and a day, for duties that the plan gives none. Each is tried at every
 * quarter of an hour of the band it belongs in (its window, plan.slots, the night or
 * working hours) on every day its cadence leaves open, over one civil year; the place
 * with the fewest occurrences outside the band, the fewest collisions and the lightest
 * days wins, the first of equals. So the same plan always gets the same slots. What
 * the plan states is never moved. */
#include "plan/duty_private.h"

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum {
	YEAR = 2028, /* the year duties are tried in: a leap year, so that every day exists */
	YEAR_DAYS = 366,
	QUARTERS = 96, /* of an hour, in a day */
	CELLS = YEAR_DAYS * QUARTERS,
	PATTERNS_MAX = 40,
	LANES_MAX = 64,
	CAREFUL_MAX = 3000, /* duties beyond that take the first place in their band */
};
static const int64_t quarter_us = (int64_t)15 * 60 * 1000000;

/* What is taken: the machine, and each person or team. Windows are counted apart,
 * because a duty may lie in its own. */
typedef struct Lane {
	const char *owner;
	uint8_t busy[CELLS];
} Lane;

typedef struct Slots {
	const Plan *plan;
	Lane *lanes[LANES_MAX];
	size_t lanes_n;
	uint8_t *windows;       /* how many are open */
	uint8_t *band;          /* where the duty at hand should be */
	unsigned short *months; /* per duty: bits of the months the calendar names it in */
	Instant start;          /* of the year, civil time taken for UTC */
} Slots;

/* One way to place a duty: its schedule with a day, and the days of the year it is on. */
typedef struct Pattern {
	Schedule at;
	short days[YEAR_DAYS];
	size_t n;
} Pattern;

typedef struct Slot {
	Schedule at;
	int64_t cost;
	bool found, outside, collides;
	bool after; /* outside, because of what it comes after */
} Slot;

/* ---- the year ---- */

/* The schedule as if its civil times were UTC. */
static Schedule civil_only(const Slots *s, const Schedule *at)
{
	Schedule copy = *at;

	if (copy.zone == s->plan->head.timezone)
		copy.zone = NULL;
	return copy;
}

/* Quarter of the year at which the occurrence stands on the plan's clock. */
static int64_t cell_of(const Slots *s, const Schedule *at, Instant t)
{
	Instant civil = t;

	if (at->zone && s->plan->head.timezone)
		civil = after(t, seconds(zone_offset(s->plan->head.timezone, t)));
	return between(s->start, civil).us / quarter_us;
}

static void mark(const Slots *s, uint8_t *cells, const Schedule *stated, int quarters)
{
	Schedule at = civil_only(s, stated);
	Instant t = after(s->start, duration_us(-1)), end = after(s->start, days(YEAR_DAYS));

	if (!schedule_recurs(&at) || (at.kind == SCHEDULE_EVERY && at.interval.us < days(1).us))
		return;
	for (;;) {
		int64_t from;

		t = schedule_next(&at, zone_utc(), t);
		if (!earlier(t, end))
			return;
		from = cell_of(s, &at, t);
		for (int64_t i = from; i < from + quarters; i++) {
			if (i >= 0 && i < CELLS && cells[i] < UINT8_MAX)
				cells[i]++;
		}
	}
}

static bool asks_people(const Duty *d)
{
	for (size_t i = 0; i < d->items_n; i++) {
		if (d->items[i].ask)
			return true;
	}
	return d->human;
}

/* The duty that an item of this one sets off and that people do; NULL. */
static const Duty *set_off_by(const Plan *p, const Duty *d, const WorkItem *item)
{
	const Duty *target = item->todo ? plan_duty_of(p, item->todo) : NULL;

	return target && target->by == d && asks_people(target) ? target : NULL;
}

/* Whether somebody gives time to it, or to what it sets off. */
static bool is_people(const Plan *p, const Duty *d)
{
	for (size_t i = 0; i < d->items_n; i++) {
		if (set_off_by(p, d, &d->items[i]))
			return true;
	}
	return asks_people(d);
}

static int quarters_of(Span length, bool people)
{
	int64_t assumed = people ? hours(1).us : quarter_us;
	int64_t us = span_is_zero(length) ? assumed : span_estimate(length).us;
	int64_t n = (us + quarter_us - 1) / quarter_us;

	if (n > 8 * 4) /* a training of two weeks is not two weeks without a break */
		return 8 * 4;
	return n < 1 ? 1 : (int)n;
}

/* Whether one of n cells is taken, or free when `zero`. */
static bool any_in(const uint8_t *cells, int64_t from, int n, bool zero)
{
	for (int64_t i = from; i < from + n && i < CELLS; i++) {
		if (zero ? !cells[i] : cells[i])
			return true;
	}
	return false;
}

/* ---- who is busy ---- */

static Lane *lane_of(Slots *s, const char *owner)
{
	for (size_t i = 0; i < s->lanes_n; i++) {
		if (text_eq(s->lanes[i]->owner, owner))
			return s->lanes[i];
	}
	if (s->lanes_n == LANES_MAX)
		return s->lanes[LANES_MAX - 1];
	s->lanes[s->lanes_n] = NEW(Lane);
	s->lanes[s->lanes_n]->owner = owner;
	return s->lanes[s->lanes_n++];
}

enum { OWNERS_MAX = 8 };
static void add_lanes(Slots *s, Texts owner, Lane *out[OWNERS_MAX], size_t *n)
{
	for (size_t i = 0; i < owner.n && *n < OWNERS_MAX; i++) {
		Lane *lane = lane_of(s, owner.at[i]);
		bool known = false;

		for (size_t k = 0; k < *n; k++)
			known = known || out[k] == lane;
		if (!known)
			out[(*n)++] = lane;
	}
}

/* Those it asks, and those asked by what it sets off. */
static size_t lanes_of(Slots *s, const Duty *d, Lane *out[OWNERS_MAX])
{
	size_t n = 0;

	if (!is_people(s->plan, d)) {
		out[0] = lane_of(s, "");
		return 1;
	}
	add_lanes(s, d->owner, out, &n);
	for (size_t i = 0; i < d->items_n; i++) {
		const Duty *target = set_off_by(s->plan, d, &d->items[i]);

		if (target)
			add_lanes(s, target->owner, out, &n);
	}
	if (!n)
		out[n++] = lane_of(s, "?"); /* nobody: they take turns all the same */
	return n;
}

static void occupy(Slots *s, const Duty *d)
{
	Lane *lanes[OWNERS_MAX];
	size_t n = lanes_of(s, d, lanes);

	for (size_t i = 0; i < n; i++)
		mark(s, lanes[i]->busy, &d->at, quarters_of(d->length, is_people(s->plan, d)));
}

/* ---- the band ---- */

/* People's hours: theirs, and those of what they read. */
static bool by_day(const Plan *p, const Duty *d)
{
	return is_people(p, d) || d->kind == REF_REPORT;
}

static void band_of_hours(const Slots *s, const char *text, const Hours *h)
{
	Hours parsed = { 0 };

	if (!h && hours_parse(text, &parsed, NULL))
		h = &parsed;
	for (int i = 0; h && i < 7 * QUARTERS; i++) {
		bool open = hours_open(h, zone_utc(), after(s->start, duration_us(i * quarter_us)));

		for (int k = i; k < CELLS; k += 7 * QUARTERS)
			s->band[k] = open;
	}
}

/* False: the window never opens. */
static bool band_of_window(const Slots *s, const Window *w)
{
	memset(s->band, 0, CELLS);
	mark(s, s->band, &w->at, quarters_of(w->length, true));
	return any_in(s->band, 0, CELLS, false);
}

static void keep_days(const Slots *s, const Hours *allowed)
{
	if (!allowed->set || allowed->always)
		return;
	for (int i = 0; i < CELLS; i++) {
		if (s->band[i] &&
		    !hours_open(allowed, zone_utc(), after(s->start, duration_us(i * quarter_us))))
			s->band[i] = 0;
	}
}

/* ---- days a cadence leaves open ---- */

static void add_pattern(Pattern *list, size_t *n, const Schedule *at, int nth, int weekday, int day)
{
	Schedule new = *at;

	if (*n == PATTERNS_MAX)
		return;
	if (weekday >= 0)
		new.weekdays = 1U << weekday;
	if (nth)
		new.nth = nth;
	if (day)
		new.day = day;
	list[(*n)++].at = new;
}

static bool lacks_day(const Duty *d)
{
	const Schedule *s = &d->at;

	if (d->by_period_end || s->day || s->nth)
		return false;
	return s->kind == SCHEDULE_MONTHLY || s->kind == SCHEDULE_QUARTERLY ||
	       s->kind == SCHEDULE_HALFYEARLY || s->kind == SCHEDULE_YEARLY;
}

static bool lacks_weekday(const Duty *d)
{
	return d->at.kind == SCHEDULE_WEEKLY && !d->at.weekdays;
}

static bool lacks_hour(const Duty *d) { return !d->at.has_hour && d->at.kind != SCHEDULE_EVERY; }

/* People and weekly windows live by weekdays, machines by dates. */
static size_t list_patterns(const Duty *d, bool by_weekday, Pattern *out)
{
	size_t n = 0;

	if (lacks_weekday(d)) {
		for (int w = 0; w < 7; w++)
			add_pattern(out, &n, &d->at, 0, w, 0);
	} else if (lacks_day(d) && by_weekday) {
		for (int nth = 1; nth <= 4; nth++) {
			for (int w = 0; w < 7; w++)
				add_pattern(out, &n, &d->at, nth, w, 0);
		}
	} else if (lacks_day(d)) {
		for (int day = 1; day <= 28; day++)
			add_pattern(out, &n, &d->at, 0, -1, day);
	} else {
		add_pattern(out, &n, &d->at, 0, -1, 0);
	}
	return n;
}

/* A window by the month fixes the day of a longer cadence. */
static void pattern_of_window(const Duty *d, Pattern *out, size_t *n)
{
	const Schedule *w = &d->window->at;
	Schedule at = d->at;

	if (!lacks_day(d) || (!w->day && !w->nth))
		return;
	at.nth = w->nth;
	at.weekdays = w->weekdays;
	at.day = w->day;
	if (w->kind == at.kind)
		at.month = w->month;
	add_pattern(out, n, &at, 0, -1, 0);
}

/* Midnight of each day of the year it is on. */
static void list_days(const Slots *s, Pattern *p)
{
	Schedule at = civil_only(s, &p->at);
	Instant t = after(s->start, duration_us(-1)), end = after(s->start, days(YEAR_DAYS));

	at.zone = NULL;
	at.hour = at.minute = 0;
	for (p->n = 0; p->n < YEAR_DAYS;) {
		t = schedule_next(&at, zone_utc(), t);
		if (!earlier(t, end))
			return;
		p->days[p->n++] = (short)(between(s->start, t).us / days(1).us);
	}
}

/* ---- weighing ---- */

typedef struct Weighing {
	Slots *slots;
	const Duty *duty;
	Lane *lanes[OWNERS_MAX];
	size_t lanes_n;
	int quarters;
	bool in_window, people;
	Slot best;
} Weighing;

static int busy_on(const uint8_t *cells, int day)
{
	int n = 0;

	for (int i = day * QUARTERS; i < (day + 1) * QUARTERS; i++)
		n += cells[i] != 0;
	return n;
}

static bool collides(const Weighing *w, int64_t cell)
{
	for (size_t i = 0; i < w->lanes_n; i++) {
		if (any_in(w->lanes[i]->busy, cell, w->quarters, false))
			return true;
	}
	return false;
}

/* A window that is not its own: better avoided, but some are open every night. */
static bool meets_window(const Weighing *w, int64_t cell)
{
	return !w->people && !w->in_window && any_in(w->slots->windows, cell, w->quarters, false);
}

static int64_t mean_load(const Weighing *w, const Pattern *p)
{
	int64_t sum = 0;

	for (size_t i = 0; i < p->n; i++) {
		for (size_t k = 0; k < w->lanes_n; k++)
			sum += busy_on(w->lanes[k]->busy, p->days[i]);
	}
	return p->n ? sum * 10 / (int64_t)p->n : 0;
}

static void weigh(Weighing *w, const Pattern *p, int quarter, int64_t load)
{
	int64_t outside = 0, hits = 0, windows = 0, n = p->n ? (int64_t)p->n : 1, cost;

	for (size_t i = 0; i < p->n; i++) {
		int64_t cell = (int64_t)p->days[i] * QUARTERS + quarter;

		outside += any_in(w->slots->band, cell, w->quarters, true);
		hits += collides(w, cell);
		windows += meets_window(w, cell);
	}
	if (p->n == 0) /* not in that year: only the hour matters */
		outside = !w->slots->band[2 * QUARTERS + quarter];
	cost = (outside * 1000 + hits * 10 + windows) * 100000 / n + load;
	if (w->best.found && cost >= w->best.cost)
		return;
	w->best = (Slot){ p->at, cost, true, outside > 0, hits > 0, false };
	w->best.at.has_hour = true;
	if (lacks_hour(w->duty)) {
		w->best.at.hour = quarter / 4;
		w->best.at.minute = quarter % 4 * 15;
	}
}

/* A quarter that is in the band on some day. */
static bool worth_trying(const Slots *s, int quarter, int earliest)
{
	if (quarter < earliest)
		return false;
	for (int day = 0; day < 35; day++) {
		if (s->band[day * QUARTERS + quarter])
			return true;
	}
	return false;
}

/* Whether what comes first comes on the days of the other, as far as words tell. */
static bool same_day(const Schedule *first, const Schedule *s)
{
	if (!first->has_hour)
		return false;
	if (first->kind == SCHEDULE_DAILY)
		return true;
	return first->kind == s->kind && first->weekdays == s->weekdays && first->day == s->day &&
	       first->nth == s->nth;
}

/* The quarter before which what it comes after is not over. */
static int earliest_quarter(const Plan *p, const Duty *d)
{
	int earliest = 0;

	for (size_t i = 0; i < d->after.n; i++) {
		const Duty *first = plan_duty(p, d->after.at[i]);
		int end;

		if (!first || !same_day(&first->at, &d->at))
			continue;
		end = (first->at.hour * 60 + first->at.minute + 14) / 15 +
		      quarters_of(first->length, is_people(p, first));
		earliest = end > earliest && end < QUARTERS ? end : earliest;
	}
	return earliest;
}

static void try_pattern(Weighing *w, Pattern *p, int earliest)
{
	const Schedule *at = &w->duty->at;
	int64_t load;

	list_days(w->slots, p);
	load = mean_load(w, p);
	if (!lacks_hour(w->duty)) {
		weigh(w, p, (at->hour * 60 + at->minute) / 15, load);
		return;
	}
	for (int q = 0; q < QUARTERS; q++) {
		if (worth_trying(w->slots, q, earliest))
			weigh(w, p, q, load);
	}
}

static Slot place_in_band(Slots *s, const Duty *d, bool in_window, bool careful)
{
	Weighing w = { .slots = s, .duty = d, .in_window = in_window };
	int earliest = earliest_quarter(s->plan, d);
	bool by_weekday = by_day(s->plan, d) || in_window;
	Pattern *patterns = mem_new(sizeof *patterns * PATTERNS_MAX);
	size_t n = list_patterns(d, by_weekday, patterns);

	if (in_window)
		pattern_of_window(d, patterns, &n);
	w.people = is_people(s->plan, d);
	w.quarters = quarters_of(d->length, is_people(s->plan, d));
	w.lanes_n = lanes_of(s, d, w.lanes);
	for (size_t i = 0; i < n && (careful || !w.best.found); i++)
		try_pattern(&w, &patterns[i], earliest);
	if (!w.best.found && n) /* the band is over before it may begin */
		weigh(&w, &patterns[0], earliest, 0);
	w.best.after = w.best.outside && earliest > 0;
	mem_free(patterns);
	return w.best;
}

/* ---- words ---- */

static const char *lacking(const Plan *p, const Duty *d)
{
	if (lacks_weekday(d) && lacks_hour(d))
		return duty_word(p, "the plan gives no weekday and no hour",
		                 "le plan ne donne ni jour de semaine ni heure");
	if (lacks_weekday(d))
		return duty_word(p, "the plan gives no weekday",
		                 "le plan ne donne pas de jour de semaine");
	if (lacks_day(d) && lacks_hour(d))
		return duty_word(p, "the plan gives no day and no hour",
		                 "le plan ne donne ni jour ni heure");
	if (lacks_day(d))
		return duty_word(p, "the plan gives no day", "le plan ne donne pas de jour");
	return duty_word(p, "the plan gives no hour", "le plan ne donne pas d'heure");
}

static const char *where(const Plan *p, const Duty *d, const Slot *slot, bool in_window)
{
	if (slot->after)
		return duty_word(p, "placed after what it waits for",
		                 "placé après ce qu'il attend");
	if (in_window)
		return arena_printf(p->arena,
		                    duty_word(p, "placed in window %s", "placé dans la fenêtre %s"),
		                    d->window->item.id);
	if (p->head.slots.set)
		return duty_word(p, "placed in the plan's slots",
		                 "placé dans les créneaux du plan");
	if (by_day(p, d))
		return duty_word(p, "placed in working hours", "placé aux heures de bureau");
	return duty_word(p, "placed at night", "placé la nuit");
}

static const char *reason(const Plan *p, const Duty *d, const Slot *place, bool in_window,
                          bool month)
{
	const char *semicolon = duty_word(p, "; ", " ; ");
	AUTO(Buf) b = { 0 };

	buf_printf(&b, "%s%s%s", lacking(p, d), semicolon, where(p, d, place, in_window));
	if (month)
		buf_printf(
		        &b, "%s%s", semicolon,
		        duty_word(p, "the month is the calendar's", "le mois vient du calendrier"));
	if (d->window && !in_window)
		buf_printf(&b, "%s%s %s %s", semicolon, duty_word(p, "window", "la fenêtre"),
		           d->window->item.id,
		           schedule_recurs(&d->window->at)
		                   ? duty_word(p, "is not open at such a cadence",
		                               "ne s'ouvre pas à ce rythme")
		                   : duty_word(p, "has no dates", "n'a pas de dates"));
	if (place->collides)
		buf_printf(&b, "%s%s", semicolon,
		           duty_word(p, "no slot was free of everything else",
		                     "aucun créneau n'était entièrement libre"));
	return arena_text(p->arena, buf_str(&b));
}

/* ---- the whole ---- */

/* Months of the calendar in which each duty is named. */
static void read_calendar(Slots *s, const Duty *duties)
{
	for (int m = 0; m < 12; m++) {
		const Texts *month = &s->plan->calendar.months[m];

		for (size_t i = 0; i < month->n; i++) {
			const Duty *d = plan_duty_of(s->plan, month->at[i]);

			if (d)
				s->months[d - duties] |= (unsigned short)(1U << m);
		}
	}
}

/* The first month named, as a month of the cadence's period; 0: none. */
static int month_named(const Duty *d, unsigned months)
{
	int length = d->at.kind == SCHEDULE_YEARLY       ? 12
	             : d->at.kind == SCHEDULE_HALFYEARLY ? 6
	             : d->at.kind == SCHEDULE_QUARTERLY  ? 3
	                                                 : 0;

	if (!length || !months || d->at.month || !lacks_day(d))
		return 0;
	return __builtin_ctz(months) % length + 1;
}

static void propose(Slots *s, Duty *d, unsigned months, bool careful)
{
	const Plan *p = s->plan;
	int month = month_named(d, months);
	bool in_window = d->window && band_of_window(s, d->window);
	char printed[SCHEDULE_TEXT];
	Slot place = { 0 };

	if (month)
		d->at.month = month;
	if (in_window) {
		keep_days(s, &d->days);
		place = place_in_band(s, d, true, careful);
		in_window = place.found && !place.outside;
	}
	if (!in_window) {
		band_of_hours(s, by_day(p, d) ? "mon-fri 09:00-17:00" : "02:00-05:00",
		              p->head.slots.set ? &p->head.slots : NULL);
		keep_days(s, &d->days);
		place = place_in_band(s, d, false, careful);
	}
	d->slot_reason = reason(p, d, &place, in_window, month != 0);
	d->slot_ours = true;
	d->at = place.at;
	if (d->at.kind == SCHEDULE_ONCE) {
		d->at.once.hour = d->at.hour;
		d->at.once.minute = d->at.minute;
	}
	text_copy(d->at.text, sizeof d->at.text, schedule_print(&d->at, printed));
}

static bool needs_slot(const Duty *d)
{
	return !d->by && schedule_recurs(&d->at) && d->at.kind != SCHEDULE_EVERY &&
	       (lacks_hour(d) || lacks_weekday(d) || lacks_day(d));
}

/* Who has the least choice chooses first: what has a window, then by cadence. */
enum { RANKS = 4 };
static int rank_of(const Duty *d)
{
	if (d->window)
		return 0;
	if (d->at.kind == SCHEDULE_DAILY)
		return 1;
	return d->at.kind == SCHEDULE_WEEKLY ? 2 : 3;
}

void duty_slots_propose(const Plan *p, Duty *duties, size_t n)
{
	Slots s = { .plan = p };

	s.start = (Instant){ days_from_civil(YEAR, 1, 1) * days(1).us };
	s.windows = mem_new(CELLS);
	s.band = mem_new(CELLS);
	s.months = mem_new(sizeof *s.months * (n + 1));
	for (size_t i = 0; i < p->windows_n; i++)
		mark(&s, s.windows, &p->windows[i].at, quarters_of(p->windows[i].length, true));
	for (size_t i = 0; i < n; i++) {
		if (!duties[i].by && !needs_slot(&duties[i]))
			occupy(&s, &duties[i]);
	}
	read_calendar(&s, duties);
	for (int rank = 0; rank < RANKS; rank++) {
		for (size_t i = 0; i < n; i++) {
			if (!needs_slot(&duties[i]) || duties[i].slot_ours ||
			    rank_of(&duties[i]) != rank)
				continue;
			propose(&s, &duties[i], s.months[i], i < CAREFUL_MAX);
			occupy(&s, &duties[i]);
		}
	}
	for (size_t i = 0; i < s.lanes_n; i++)
		mem_free(s.lanes[i]);
	mem_free(s.windows);
	mem_free(s.band);
	mem_free(s.months);
}
