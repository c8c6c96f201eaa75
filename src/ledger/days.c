/* Bars and last outages: the ledger by civil day. */
#include "ledger/ledger_private.h"

bool interval_is_outage(const Interval *i)
{
	return i->state == LEDGER_DOWN || (i->state == LEDGER_MAINTENANCE && i->impact >= 1);
}

static Duration less(Duration a, Duration b) { return duration_us(a.us - b.us); }

/* One interval's part in a day. */
static void add_part(LedgerDay *day, const Interval *i, Instant from, Instant to,
                     const Stretches *excluded)
{
	ServiceHours always = { 0 };
	Duration time = between(from, to), inside = open_time_in(&always, excluded, from, to);

	switch (i->state) {
	case LEDGER_UP: return;
	case LEDGER_UNKNOWN: day->unknown.us += time.us; return;
	case LEDGER_DOWN:
	case LEDGER_DEGRADED:
	case LEDGER_MAINTENANCE: break;
	}
	day->maintenance.us += inside.us;
	if (interval_is_outage(i))
		day->down.us += less(time, inside).us;
	else
		day->degraded.us += less(time, inside).us;
}

static void fill_day(LedgerDay *day, const Interval *at, size_t n, const Stretches *excluded,
                     Instant now)
{
	Duration seen = { 0 };

	for (size_t i = interval_from(at, n, day->from); i < n && earlier(at[i].from, day->to);
	     i++) {
		Instant from = latest(at[i].from, day->from);
		Instant to = earliest(interval_end(&at[i], now), day->to);

		if (!earlier(from, to))
			continue;
		add_part(day, &at[i], from, to, excluded);
		seen.us += between(from, to).us;
	}
	day->unmeasured = less(between(day->from, day->to), seen);
	day->unknown.us += day->unmeasured.us;
}

static Instant day_start(const Zone *zone, int64_t date)
{
	Civil c = { 0 };

	civil_from_days(date, &c.year, &c.month, &c.day);
	return zone_instant(zone, c, PICK_FIRST, NULL);
}

void ledger_days(const Interval *intervals, size_t intervals_n, const Excluded *excluded,
                 size_t excluded_n, const Zone *zone, Instant now, LedgerDay *out, size_t n)
{
	AUTO(Stretches) s = stretches_of(excluded, excluded_n);
	Civil today = zone_civil(zone, now);
	int64_t date = days_from_civil(today.year, today.month, today.day) - (int64_t)n + 1;

	for (size_t i = 0; i < n; i++, date++) {
		out[i] = (LedgerDay){ .from = day_start(zone, date),
			              .to = earliest(day_start(zone, date + 1), now),
			              .date = date };
		out[i].to = latest(out[i].from, out[i].to);
		fill_day(&out[i], intervals, intervals_n, &s, now);
	}
}

/* The first instant of [from, to) outside the stretches. */
static Instant first_outside(const Stretches *s, Instant from)
{
	for (size_t i = 0; i < s->n && !earlier(from, s->at[i].from); i++) {
		if (earlier(from, s->at[i].to))
			return s->at[i].to;
	}
	return from;
}

bool ledger_last_outage(const Interval *intervals, size_t n, const Excluded *excluded,
                        size_t excluded_n, Instant now, Instant *ret_from, Duration *ret_length)
{
	AUTO(Stretches) s = stretches_of(excluded, excluded_n);
	ServiceHours always = { 0 };

	for (size_t end = n; end-- > 0;) {
		size_t first = end;
		Instant from, to = earliest(interval_end(&intervals[end], now), now);
		Duration length;

		if (!interval_is_outage(&intervals[end]))
			continue;
		while (first && interval_is_outage(&intervals[first - 1]) &&
		       intervals[first - 1].to.us == intervals[first].from.us)
			first--;
		from = intervals[first].from;
		if (earlier(from, to)) {
			length = less(between(from, to), open_time_in(&always, &s, from, to));
			if (length.us > 0) {
				*ret_from = first_outside(&s, from);
				*ret_length = length;
				return true;
			}
		}
		end = first;
	}
	return false;
}
