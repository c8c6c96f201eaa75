/* How Carène itself is: health for those who only ask whether, OpenMetrics for those who draw
 * curves. Facts of this process; nothing is judged. */
#include "engine/engine_private.h"

bool engine_health(Engine *e, Emit *out)
{
	bool stored = !is_set(e->storage_bad_since), probed = !is_set(e->stuck_since);

	emit_text(out, "plan", e->plan->head.item.id);
	emit_text(out, "storage", stored ? "ok" : e->storage_error);
	emit_text(out, "probes", probed ? "ok" : "a probe lane does not answer");
	emit_instant(out, "started", e->started_at);
	emit_instant(out, "now", world_now(e->world));
	emit_int(out, "checks", (int64_t)e->plan->checks_n);
	emit_seconds(out, "worst_lateness_s", e->worst_late);
	emit_seconds(out, "worst_turn_s",
	             e->loop_worst.us > e->turn_times.worst.us ? e->loop_worst
	                                                       : e->turn_times.worst);
	emit_int(out, "slow_turns", (int64_t)e->slow_turns);
	return stored && probed;
}

static void metric_head(Buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

static void label(Buf *out, const char *value)
{
	while (*value) {
		size_t plain = strcspn(value, "\\\"\n");

		buf_add(out, value, plain);
		value += plain;
		if (!*value)
			return;
		buf_char(out, '\\');
		buf_char(out, *value == '\n' ? 'n' : *value);
		value++;
	}
}

/* Three lines for each check, ten thousand times: written without a format where they can. */
static void check_metrics(Engine *e, Buf *out, const char *name, double (*value)(const Watch *w))
{
	const Watch *w;

	for (size_t i = 0; (w = watch_next_of(e, &i));) {
		double v;
		char text[32];

		if (!is_set(w->status.last_at))
			continue;
		v = value(w);
		if (v <= 0)
			text_copy(text, sizeof text, "0");
		else if (v >= 1 && v <= 1)
			text_copy(text, sizeof text, "1");
		else
			(void)snprintf(text, sizeof text, "%g", v);
		buf_text(out, name);
		buf_text(out, "{check=\"");
		label(out, w->id);
		buf_text(out, "\"} ");
		buf_text(out, text);
		buf_char(out, '\n');
	}
}

static double up_value(const Watch *w)
{
	return w->status.state == CHECK_UP || w->status.state == CHECK_DEGRADED;
}
static double known_value(const Watch *w) { return w->status.state != CHECK_UNKNOWN; }
static double latency_value(const Watch *w) { return (double)w->status.last_latency.us / 1e6; }

static void of_checks(Engine *e, Buf *out)
{
	metric_head(out, "carene_check_up", "gauge",
	            "1 when the check is confirmed up or degraded.");
	check_metrics(e, out, "carene_check_up", up_value);
	metric_head(out, "carene_check_known", "gauge", "0 while the check's state is unknown.");
	check_metrics(e, out, "carene_check_known", known_value);
	metric_head(out, "carene_check_latency_seconds", "gauge", "Latency of the last probe.");
	check_metrics(e, out, "carene_check_latency_seconds", latency_value);
}

void engine_openmetrics(Engine *e, bool checks, Buf *out)
{
	size_t open = 0;

	for (size_t i = 0; i < e->cases.n; i++)
		open += incident_is_active(&e->cases.at[i]->incident);
	if (checks)
		of_checks(e, out);
	metric_head(out, "carene_incidents_open", "gauge", "Incidents not resolved yet.");
	buf_printf(out, "carene_incidents_open %zu\n", open);
	metric_head(out, "carene_messages_waiting", "gauge", "Messages not yet sent.");
	buf_printf(out, "carene_messages_waiting %zu\n", e->outbox.live);
	metric_head(out, "carene_probes", "counter", "Probes started since the daemon did.");
	buf_printf(out, "carene_probes_total %llu\n", (unsigned long long)e->probes);
	metric_head(out, "carene_commits", "counter", "Transactions committed.");
	buf_printf(out, "carene_commits_total %llu\n", (unsigned long long)e->commits);
	metric_head(out, "carene_slow_turns", "counter", "Turns of the loop over 50 ms.");
	buf_printf(out, "carene_slow_turns_total %llu\n", (unsigned long long)e->slow_turns);
	metric_head(out, "carene_turn_seconds", "histogram",
	            "Time of the engine's turns: taking, deciding, committing, starting.");
	turn_histogram(&e->turn_times, "carene_turn_seconds", out);
	metric_head(out, "carene_lateness_seconds", "gauge",
	            "Worst lateness of a probe since the start.");
	buf_printf(out, "carene_lateness_seconds %g\n", (double)e->worst_late.us / 1e6);
	late_openmetrics(e, out);
	metric_head(out, "carene_storage_ok", "gauge", "0 while the store refuses writes.");
	buf_printf(out, "carene_storage_ok %d\n", !is_set(e->storage_bad_since));
	metric_head(out, "carene_samples_waiting", "gauge",
	            "Samples in memory that the store has in no chunk yet.");
	buf_printf(out, "carene_samples_waiting %zu\n", series_waiting(e->series));
	metric_head(out, "carene_samples_lost", "counter",
	            "Samples dropped because the store refused writes for too long.");
	buf_printf(out, "carene_samples_lost_total %llu\n",
	           (unsigned long long)series_lost(e->series));
}
