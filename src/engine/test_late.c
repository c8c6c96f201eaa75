/* Lateness as it is shown: each probe in one bucket, the bounds as OpenMetrics wants them. */
#include "core/list.h"
#include "engine/engine_private.h"
#include "harness.h"

static ProberStats three_lanes(Prober *p)
{
	(void)p;
	return (ProberStats){ .lanes = 3, .in_flight = 17, .waiting = 4 };
}

static const char *shown(const int64_t *late_us, size_t n, Buf *out)
{
	Prober prober = { .stats = three_lanes };
	Engine *e = NEW(Engine);

	e->prober = &prober;
	for (size_t i = 0; i < n; i++)
		late_note(e, duration_us(late_us[i]));
	late_openmetrics(e, out);
	buf_printf(out, "worst %lld\n", (long long)e->worst_late.us);
	mem_free(e);
	return buf_str(out);
}

TEST(a_probe_counts_in_its_bucket_and_in_all_above)
{
	static const int64_t late[] = { 0, 10000, 10001, 1000000, 1000001, 60000000, 60000001 };
	AUTO(Buf) out = { 0 };
	const char *text = shown(late, COUNT_OF(late), &out);

	EXPECT_HAS(text, "_bucket{le=\"0.01\"} 2\n"); /* a bound is in its own bucket */
	EXPECT_HAS(text, "_bucket{le=\"0.025\"} 3\n");
	EXPECT_HAS(text, "_bucket{le=\"0.5\"} 3\n");
	EXPECT_HAS(text, "_bucket{le=\"1\"} 4\n");
	EXPECT_HAS(text, "_bucket{le=\"2.5\"} 5\n");
	EXPECT_HAS(text, "_bucket{le=\"60\"} 6\n");
	EXPECT_HAS(text, "_bucket{le=\"+Inf\"} 7\n");
	EXPECT_HAS(text, "_seconds_count 7\n");
	EXPECT_HAS(text, "_seconds_sum 122.02\n");
	EXPECT_HAS(text, "worst 60000001\n");
}

TEST(nothing_probed_yet_is_a_histogram_of_nothing)
{
	AUTO(Buf) out = { 0 };
	const char *text = shown(NULL, 0, &out);

	EXPECT_HAS(text, "_bucket{le=\"0.01\"} 0\n");
	EXPECT_HAS(text, "_bucket{le=\"+Inf\"} 0\n");
	EXPECT_HAS(text, "_seconds_sum 0\n");
	EXPECT_HAS(text, "carene_probe_lanes 3\n");
	EXPECT_HAS(text, "carene_probes_in_flight 17\n");
	EXPECT_HAS(text, "carene_probes_waiting 4\n");
}
