/* How late probes begin. Nothing else here shows that more is asked of Carène than it
 * can do: a probe that waits for its turn is late, and its target is not slower for it. */
#include "engine/engine_private.h"

/* Seconds; what is later than the last counts in the sum only. */
static const double limits[LATE_LIMITS] = {
	0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
};

void late_note(Engine *e, Duration late)
{
	size_t i = 0;

	while (i < LATE_LIMITS && (double)late.us > limits[i] * 1e6)
		i++;
	e->late.counts[i]++;
	e->late.sum.us += late.us;
	if (late.us > e->worst_late.us)
		e->worst_late = late;
}

static void head(Buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

static void lateness(const Engine *e, Buf *out)
{
	const char *name = "carene_probe_lateness_seconds";
	uint64_t n = 0;

	head(out, name, "histogram", "From when a probe was due to when it began.");
	for (size_t i = 0; i < LATE_LIMITS; i++) {
		n += e->late.counts[i];
		buf_printf(out, "%s_bucket{le=\"%g\"} %llu\n", name, limits[i],
		           (unsigned long long)n);
	}
	n += e->late.counts[LATE_LIMITS];
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n%s_count %llu\n%s_sum %g\n", name,
	           (unsigned long long)n, name, (unsigned long long)n, name,
	           (double)e->late.sum.us / 1e6);
}

void late_openmetrics(Engine *e, Buf *out)
{
	ProberStats s = e->prober->stats(e->prober);

	lateness(e, out);
	head(out, "carene_probe_lanes", "gauge", "Threads that probe; 0: the main one does.");
	buf_printf(out, "carene_probe_lanes %u\n", s.lanes);
	head(out, "carene_probes_in_flight", "gauge", "Probes under way.");
	buf_printf(out, "carene_probes_in_flight %u\n", s.in_flight);
	head(out, "carene_probes_waiting", "gauge", "Probes due that found no place yet.");
	buf_printf(out, "carene_probes_waiting %u\n", s.waiting);
}
