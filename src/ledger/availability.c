/* Availability, as shared by every page and verdict. Sums are in whole µs and
 * percentages are floored from them, so that no rounding makes a promise kept. */
#include "ledger/ledger_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

__extension__ typedef __int128 Wide;

/* ---- stretches ---- */

static int by_from(const void *a, const void *b)
{
	int64_t x = ((const Excluded *)a)->from.us, y = ((const Excluded *)b)->from.us;

	return (x > y) - (x < y);
}

Stretches stretches_of(const Excluded *at, size_t n)
{
	Stretches s = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_set(at[i].from) && earlier(at[i].from, at[i].to))
			list_add(&s, at[i]);
	}
	if (s.n)
		qsort(s.at, s.n, sizeof *s.at, by_from);
	for (size_t i = 0; i < s.n; i++) {
		if (kept && !earlier(s.at[kept - 1].to, s.at[i].from))
			s.at[kept - 1].to = latest(s.at[kept - 1].to, s.at[i].to);
		else
			s.at[kept++] = s.at[i];
	}
	s.n = kept;
	return s;
}

void Stretches_done(Stretches *s) { list_free(s); }

ServiceHours service_hours(const Hours *hours, const Zone *zone)
{
	bool some = hours && hours->set && !hours->always && zone;

	return (ServiceHours){ some ? hours : NULL, zone };
}

Duration open_time(const ServiceHours *h, Instant from, Instant to)
{
	if (!earlier(from, to))
		return duration_us(0);
	return h->hours ? hours_within(h->hours, h->zone, from, to) : between(from, to);
}

Duration open_time_in(const ServiceHours *h, const Stretches *s, Instant from, Instant to)
{
	Duration sum = { 0 };
	size_t low = 0, high = s->n;

	while (low < high) { /* the first that ends after `from` */
		size_t middle = low + (high - low) / 2;

		if (earlier(from, s->at[middle].to))
			high = middle;
		else
			low = middle + 1;
	}
	for (; low < s->n && earlier(s->at[low].from, to); low++)
		sum.us +=
		        open_time(h, latest(from, s->at[low].from), earliest(to, s->at[low].to)).us;
	return sum;
}

/* ---- percentages ---- */

/* (base − lost) / base in percent, floored to a hundred-thousandth. */
static double percent_of(Duration lost, Duration base)
{
	if (lost.us >= base.us)
		return 0;
	return (double)(int64_t)((Wide)(base.us - lost.us) * 10000000 / base.us) / 100000;
}

Duration downtime_allowed(double target_percent, Duration length)
{
	/* The target in millionths of a percent: 99.9 is not a binary number. */
	int64_t target = llround(target_percent * 1000000);

	if (length.us <= 0 || target >= 100000000)
		return duration_us(0);
	return duration_us((int64_t)((Wide)length.us * (100000000 - target) / 100000000));
}

const char *percent_print(double percent, unsigned decimals, char out[PERCENT_TEXT])
{
	/* Back to whole hundred-thousandths (what availability() made it from), then cut. */
	int64_t n = (int64_t)floor(fmin(fmax(percent, 0), 100) * 100000 + 0.001);
	char text[8];

	(void)snprintf(text, sizeof text, "%05d", (int)(n % 100000));
	text[decimals < 5 ? decimals : 5] = '\0';
	(void)snprintf(out, PERCENT_TEXT, "%d%s%s %%", (int)(n / 100000), *text ? "." : "", text);
	return out;
}

/* ---- the sums ---- */

static Duration weighed(Duration d, double impact)
{
	if (impact >= 1 || d.us == 0)
		return d;
	return duration_us((int64_t)ceil((double)d.us * impact));
}

typedef struct Sums {
	Duration known, known_excluded;
	Instant outage; /* when the present one began; LONG_AGO: none */
	Instant outage_to;
} Sums;

static void end_outage(Sums *s, Availability *a)
{
	Duration length;

	if (!is_set(s->outage))
		return;
	length = between(s->outage, s->outage_to);
	a->outages++;
	if (length.us > a->longest.us)
		a->longest = length;
	s->outage = LONG_AGO;
}

static void add_interval(const Interval *i, const ServiceHours *h, const Stretches *excluded,
                         const Instant now, Sums *s, Availability *a)
{
	Instant from = latest(i->from, a->from), to = earliest(interval_end(i, now), a->to);
	Duration time, inside;

	if (!earlier(from, to))
		return;
	if (i->impact <= 0 || (is_set(s->outage) && s->outage_to.us != from.us))
		end_outage(s, a);
	if (i->state == LEDGER_UNKNOWN)
		return;
	time = open_time(h, from, to);
	inside = excluded->n ? open_time_in(h, excluded, from, to) : duration_us(0);
	s->known.us += time.us;
	s->known_excluded.us += inside.us;
	if (i->state == LEDGER_DEGRADED)
		a->degraded.us += time.us;
	if (i->impact <= 0)
		return;
	a->down.us += weighed(time, i->impact).us;
	a->down_excluded.us += weighed(inside, i->impact).us;
	if (!is_set(s->outage))
		s->outage = from;
	s->outage_to = to;
}

static double coverage_of(Duration known, Duration all)
{
	return all.us > 0 ? percent_of(duration_us(all.us - known.us), all) : 0;
}

/* From the sums to what is divided, as the ask counts unknown time. */
static void divide(const AvailabilityAsk *ask, const Sums *s, Availability *a)
{
	bool all = ask->unknown != UNKNOWN_EXCLUDED;
	Duration lost = a->down, lost_excluded = a->down_excluded;

	if (ask->unknown == UNKNOWN_DOWN) {
		lost.us += a->unknown.us;
		lost_excluded.us += a->unknown_excluded.us;
	}
	a->base = all ? a->counted : s->known;
	a->base_net.us = a->base.us - (all ? a->excluded : s->known_excluded).us;
	a->lost = lost;
	a->lost_net.us = lost.us - lost_excluded.us;
	a->has_gross = a->base.us > 0 && s->known.us > 0;
	a->has_net = a->base_net.us > 0 && s->known.us > s->known_excluded.us;
	if (a->has_gross)
		a->gross = percent_of(a->lost, a->base);
	if (a->has_net)
		a->net = percent_of(a->lost_net, a->base_net);
	a->coverage = coverage_of(s->known, a->counted);
	a->coverage_net = coverage_of(duration_us(s->known.us - s->known_excluded.us),
	                              duration_us(a->counted.us - a->excluded.us));
}

void availability(const AvailabilityAsk *ask, Availability *ret)
{
	Availability a = { .from = latest(ask->from, LONG_AGO), .to = earliest(ask->to, ask->now) };
	ServiceHours h = service_hours(ask->hours, ask->zone);
	AUTO(Stretches) excluded = stretches_of(ask->excluded, ask->excluded_n);
	Sums s = { .outage = LONG_AGO };

	if (is_set(ask->from))
		a.period = open_time(&h, ask->from, ask->to);
	if (ask->intervals_n)
		a.from = latest(a.from, ask->intervals[0].from);
	if (!ask->intervals_n || !earlier(a.from, a.to)) {
		a.to = a.from;
		*ret = a;
		return;
	}
	a.counted = open_time(&h, a.from, a.to);
	a.excluded = open_time_in(&h, &excluded, a.from, a.to);
	for (size_t i = interval_from(ask->intervals, ask->intervals_n, a.from);
	     i < ask->intervals_n && earlier(ask->intervals[i].from, a.to); i++)
		add_interval(&ask->intervals[i], &h, &excluded, ask->now, &s, &a);
	end_outage(&s, &a);
	a.unknown.us = a.counted.us - s.known.us;
	a.unknown_excluded.us = a.excluded.us - s.known_excluded.us;
	divide(ask, &s, &a);
	*ret = a;
}
