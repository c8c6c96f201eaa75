/* Metrics: names, and numbers from every source. */
#include "check/collect.h"
#include "check/test_world.h"

#include <math.h>

TEST(a_series_has_a_name_and_perhaps_a_scope)
{
	static const struct {
		const char *name, *scope, *want;
	} rows[] = { { "latency", "site", "latency{site}" },
		     { "cpu_used", NULL, "cpu_used" },
		     { "cpu_used", "", "cpu_used" },
		     { "disk_used", "/", "disk_used{/}" },
		     { "disk_used", "/var/lib/docker", "disk_used{/var/lib/docker}" } };
	char out[SERIES_NAME_TEXT], name[48], scope[64], huge[200];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		EXPECT(series_name(out, rows[i].name, rows[i].scope));
		EXPECT_TEXT(out, rows[i].want);
		EXPECT(series_name_split(out, name, scope));
		EXPECT_TEXT(name, rows[i].name);
		EXPECT_TEXT(scope, rows[i].scope ? rows[i].scope : "");
	}
	memset(huge, 'x', sizeof huge - 1);
	huge[sizeof huge - 1] = '\0';
	EXPECT(!series_name(out, "disk_used", huge));
	EXPECT(!series_name_split("", name, scope) && !series_name_split("{x}", name, scope));
	EXPECT(!series_name_split("a{x", name, scope) && !series_name_split(huge, name, scope));
}

TEST(a_condition_means_certain_series)
{
	static const struct {
		const char *series, *subject, *scope;
		bool want;
	} rows[] = {
		{ "latency{site}", "latency", "site", true },
		{ "latency{site}", "latency", "", true },
		{ "latency{site}", "latency", "api", false },
		{ "latency{site2}", "latency", "site", false },
		{ "latency", "latency", "", true },
		{ "latency", "latency", "site", false },
		{ "latency_p", "latency", "", false },
		{ "lat", "latency", "", false },
		{ "disk_used{/}", "disk_used", "/", true },
		{ "disk_used{/var}", "disk_used", "/", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (series_name_matches(rows[i].series, rows[i].subject, rows[i].scope) !=
		    rows[i].want)
			test_fail(__FILE__, __LINE__, "%s of %s{%s}", rows[i].series,
			          rows[i].subject, rows[i].scope);
	}
}

/* ---- samples of a check ---- */

static double figure_of(const CheckFigure *v, size_t n, const char *series)
{
	for (size_t i = 0; i < n; i++) {
		if (series_name_is(series, v[i].name, v[i].scope))
			return v[i].value;
	}
	return NAN;
}

static double value_of(const CollectValue *v, size_t n, const char *series)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].series, series) == 0)
			return v[i].value;
	}
	return NAN;
}

TEST(a_series_is_known_by_the_parts_of_its_name)
{
	EXPECT(series_name_is("latency{site}", "latency", "site"));
	EXPECT(!series_name_is("latency{site}", "latency", "sit"));
	EXPECT(!series_name_is("latency{site}", "latency", "site2"));
	EXPECT(!series_name_is("latency{site}", "latenc", "site"));
	EXPECT(!series_name_is("latency", "latency", ""));
	EXPECT(series_name_is("disk_used{/}", "disk_used", "/"));
}

TEST(a_result_becomes_samples)
{
	Check c = { .item.id = "site", .how = &(CheckHow){ 0 } };
	CheckResult r = { .state = CHECK_UP, .has_latency = true, .latency = milliseconds(250) };
	CheckFigure v[CHECK_FIGURES];
	size_t n;

	r.took.dns = milliseconds(10);
	r.took.first_byte = milliseconds(200);
	check_measure(&r, "cert_days_left", "", 42, UNIT_NONE);
	check_measure(&r, "db_connections", "main", 12, UNIT_PERCENT);
	check_measure(&r, "nothing", "", NAN, UNIT_NONE);
	n = check_figures(&c, &r, v);
	EXPECT_INT(n, 7);
	EXPECT_REAL(figure_of(v, n, "error_rate{site}"), 0, 0);
	EXPECT_REAL(figure_of(v, n, "up{site}"), 1, 0);
	EXPECT_REAL(figure_of(v, n, "latency{site}"), 0.25, 0);
	EXPECT_REAL(figure_of(v, n, "dns_time{site}"), 0.01, 0);
	EXPECT_REAL(figure_of(v, n, "first_byte{site}"), 0.2, 0);
	EXPECT_REAL(figure_of(v, n, "cert_days_left{site}"), 42, 0);
	EXPECT_REAL(figure_of(v, n, "db_connections{main}"), 12, 0);
	r.state = CHECK_DOWN;
	n = check_figures(&c, &r, v);
	EXPECT_REAL(figure_of(v, n, "up{site}"), 0, 0);
	EXPECT_REAL(figure_of(v, n, "error_rate{site}"), 100, 0);
	EXPECT(isnan(figure_of(v, n, "latency{site}"))); /* a fast error is no good news */
	r.state = CHECK_DEGRADED;
	n = check_figures(&c, &r, v);
	EXPECT_REAL(figure_of(v, n, "up{site}"), 1, 0);
	EXPECT_REAL(figure_of(v, n, "latency{site}"), 0.25, 0);
	r.state = CHECK_UNKNOWN;
	EXPECT_INT(check_figures(&c, &r, v), 0); /* no data is not zero */
}

TEST(measures_past_their_number_are_left_out)
{
	Check c = { .item.id = "site", .how = &(CheckHow){ 0 } };
	CheckResult r = { .state = CHECK_UP, .has_latency = true };
	CheckFigure v[CHECK_FIGURES];
	char name[16];

	r.took = (Timings){ .dns = seconds(1),
		            .connect = seconds(1),
		            .tls = seconds(1),
		            .first_byte = seconds(1) };
	for (int i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof name, "m%d", i);
		check_measure(&r, name, "", i, UNIT_NONE);
	}
	EXPECT_INT(r.measures_n, CHECK_MEASURES);
	EXPECT_INT(check_figures(&c, &r, v), CHECK_MEASURES + 7);
}

/* ---- collecting ---- */

typedef struct Gather {
	Fake *fake;
	Plan plan;
	CollectResult result;
	CollectValue values[300];
	int finished;
} Gather;

static void gathered(CollectRun *run, const CollectResult *r, void *owner)
{
	Gather *g = owner;

	(void)run;
	g->result = *r;
	for (size_t i = 0; i < r->n; i++)
		g->values[i] = r->values[i];
	g->finished++;
}

static Gather *gather_new(void)
{
	Gather *g = NEW(Gather);

	g->fake = fake_new();
	return g;
}

static void gather(Gather *g, const Metric *m)
{
	g->finished = 0;
	if (m)
		(void)collect_start(&g->fake->world, &g->plan, m, gathered, g);
	else
		(void)collect_host_start(&g->fake->world, &g->plan, gathered, g);
	EXPECT_INT(g->finished, 0);
	fake_run(g->fake);
	EXPECT_INT(g->finished, 1);
}

static void gather_free(Gather *g)
{
	fake_free(g->fake);
	mem_free(g);
}

TEST(the_host_is_asked_once_for_everything)
{
	static const MountUse mounts[] = {
		{ "/", 40, 10, 60ull << 30, 100ull << 30 },
		{ "/var", 91, -1, 9ull << 30, 100ull << 30 },
	};
	const Metric metrics[] = {
		{ .item.id = "link",
		  .source = "host:net_used",
		  .capacity = { .value = 125000000, .unit = UNIT_BYTES, .set = true } },
		{ .item.id = "data_disk", .source = "host:disk_used", .mount = "/var" },
		{ .item.id = "cpu_used", .source = "host" },
		{ .item.id = "memory", .source = "host:mem_used" },
		{ .item.id = "no_such", .source = "host" },
		{ .item.id = "other", .source = "push" },
	};
	Gather *g = gather_new();
	FakeAnswer *a = fake_answer(g->fake, "host");
	size_t cpu = 0;

	g->plan.metrics = metrics;
	g->plan.metrics_n = COUNT_OF(metrics);
	a->answer.host = (HostAnswer){ .cpu_percent = 12,
		                       .mem_percent = 55,
		                       .swap_percent = 1,
		                       .load1 = 0.5,
		                       .load5 = 0.4,
		                       .load15 = 0.3,
		                       .net_bytes_per_s = 25000000,
		                       .mounts = mounts,
		                       .mounts_n = 2 };
	gather(g, NULL);
	EXPECT_INT(g->result.fail, FAIL_NONE);
	EXPECT_REAL(value_of(g->values, g->result.n, "cpu_used"), 12, 0);
	EXPECT_REAL(value_of(g->values, g->result.n, "mem_used"), 55, 0);
	EXPECT_REAL(value_of(g->values, g->result.n, "memory"), 55, 0);
	EXPECT_REAL(value_of(g->values, g->result.n, "load15"), 0.3, 0);
	EXPECT_REAL(value_of(g->values, g->result.n, "disk_used{/}"), 40, 0);
	EXPECT_REAL(value_of(g->values, g->result.n, "disk_used{/var}"), 91, 0);
	EXPECT_REAL(value_of(g->values, g->result.n, "disk_used"), 91, 0); /* the worst */
	EXPECT_REAL(value_of(g->values, g->result.n, "data_disk"), 91, 0);
	EXPECT_REAL(value_of(g->values, g->result.n, "disk_free_bytes{/var}"), 9.0 * (1 << 30), 0);
	EXPECT_REAL(value_of(g->values, g->result.n, "disk_free"), 9, 0);
	EXPECT_REAL(value_of(g->values, g->result.n, "inodes_used{/}"), 10, 0);
	EXPECT(isnan(value_of(g->values, g->result.n, "inodes_used{/var}")));
	EXPECT_REAL(value_of(g->values, g->result.n, "link"), 20, 1e-9);
	EXPECT(isnan(value_of(g->values, g->result.n, "no_such")));
	for (size_t i = 0; i < g->result.n; i++)
		cpu += strcmp(g->values[i].series, "cpu_used") == 0;
	EXPECT_INT(cpu, 1);
	EXPECT_TEXT(buf_str(&g->fake->log), "host\n");
	gather_free(g);
}

TEST(the_first_reading_of_a_counter_has_no_rate)
{
	Gather *g = gather_new();
	FakeAnswer *a = fake_answer(g->fake, "host");

	a->answer.host = (HostAnswer){ .cpu_percent = -1, .net_bytes_per_s = -1, .mem_percent = 5 };
	gather(g, NULL);
	EXPECT(isnan(value_of(g->values, g->result.n, "cpu_used")));
	EXPECT(isnan(value_of(g->values, g->result.n, "net_rate")));
	EXPECT(isnan(value_of(g->values, g->result.n, "disk_used")));
	EXPECT_REAL(value_of(g->values, g->result.n, "mem_used"), 5, 0);
	gather_free(g);
}

TEST(a_page_gives_the_number_that_is_named)
{
	static const struct {
		const char *what, *source, *path, *body;
		int status;
		double want; /* NAN: fails */
		const char *reason;
	} rows[] = {
		{ "json", "http", "$.queue.size", "{\"queue\":{\"size\":17}}", 200, 17, "" },
		{ "json text", "http", "$.v", "{\"v\":\"3.5 s\"}", 200, 3.5, "" },
		{ "bare json", "http", NULL, "12", 200, 12, "" },
		{ "json missing", "http", "$.x", "{}", 200, NAN, "nothing at $.x" },
		{ "json no number", "http", "$.x", "{\"x\":true}", 200, NAN, "no number in $.x" },
		{ "json text no number", "http", "$.x", "{\"x\":\"many\"}", 200, NAN,
		  "no number in $.x" },
		{ "html", "http", "$.x", "<html>", 200, NAN, "not JSON" },
		{ "error page", "http", "$.x", "{\"x\":1}", 500, NAN, "status 500" },
		{ "exporter", "prometheus", "jobs{q=\"a\"}", "jobs{q=\"a\"} 4\njobs{q=\"b\"} 5\n",
		  200, 4, "" },
		{ "exporter by id", "prometheus", NULL, "queue 9\n", 200, 9, "" },
		{ "exporter without", "prometheus", "nope", "queue 9\n", 200, NAN,
		  "no sample nope" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Gather *g = gather_new();
		Metric m = { .item.id = "queue",
			     .source = rows[i].source,
			     .url = "http://h/m",
			     .path = rows[i].path };

		(void)fake_page(g->fake, "GET http://h/m", rows[i].status, rows[i].body);
		gather(g, &m);
		if (!isnan(rows[i].want)) {
			if (g->result.n != 1 || g->values[0].value != rows[i].want)
				test_fail(__FILE__, __LINE__, "%s: %s", rows[i].what,
				          g->result.reason);
		} else if (g->result.fail != FAIL_ASSERT || g->result.n ||
		           !strstr(g->result.reason, rows[i].reason)) {
			test_fail(__FILE__, __LINE__, "%s: '%s'", rows[i].what, g->result.reason);
		}
		gather_free(g);
	}
}

TEST(a_query_gives_its_first_cell)
{
	const Database db = { .item.id = "main", .engine = "postgresql", .host = "db" };
	Metric m = { .item.id = "active_users", .source = "sql:main", .sql = "select count(*)" };
	const char *cells[] = { "1234" }, *none[] = { NULL };
	Gather *g = gather_new();
	FakeAnswer *a;

	g->plan.databases = &db;
	g->plan.databases_n = 1;
	m.db = &db;
	a = fake_answer(g->fake, "db postgresql db select count(*)");
	a->answer.db = (DbAnswer){ .cells = cells, .rows_n = 1, .columns_n = 1 };
	gather(g, &m);
	EXPECT_TEXT(g->values[0].series, "active_users");
	EXPECT_REAL(g->values[0].value, 1234, 0);
	a = fake_answer(g->fake, NULL);
	a->answer.db = (DbAnswer){ .cells = none, .rows_n = 1, .columns_n = 1 };
	gather(g, &m);
	EXPECT_TEXT(g->result.reason, "no number in NULL");
	a = fake_answer(g->fake, NULL);
	a->answer.db = (DbAnswer){ .columns_n = 1 };
	gather(g, &m);
	EXPECT_HAS(g->result.reason, "no row");
	EXPECT_HAS(g->result.reason_fr, "aucune ligne");
	(void)fake_failure(g->fake, NULL, FAIL_CONNECT, "connection refused");
	gather(g, &m);
	EXPECT_INT(g->result.fail, FAIL_CONNECT);
	EXPECT_INT(g->result.n, 0);
	gather_free(g);
}

TEST(a_command_gives_its_first_number)
{
	static const char *const argv[] = { "queue-size", NULL };
	static const struct {
		int code, signal;
		bool timed_out;
		const char *out;
		double want;
		const char *reason;
	} rows[] = {
		{ 0, 0, false, "size: 42 jobs\n", 42, "" },
		{ 0, 0, false, "none\n", NAN, "no number" },
		{ 1, 0, false, "42\n", NAN, "exit code 1" },
		{ -1, 9, false, "42\n", NAN, "signal 9" },
		{ -1, 15, true, "42\n", NAN, "still running" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Gather *g = gather_new();
		Metric m = { .item.id = "queue", .source = "command", .run = { argv, 1 } };
		FakeAnswer *a = fake_answer(g->fake, "run queue-size");

		a->answer.run = (RunAnswer){ .exit_code = rows[i].code,
			                     .signal = rows[i].signal,
			                     .timed_out = rows[i].timed_out,
			                     .out = rows[i].out,
			                     .err = "" };
		gather(g, &m);
		EXPECT_INT(g->result.n, !isnan(rows[i].want));
		EXPECT_HAS(g->result.reason, rows[i].reason);
		if (g->result.n)
			EXPECT_REAL(g->values[0].value, rows[i].want, 0);
		gather_free(g);
	}
}

TEST(only_some_metrics_are_asked_for)
{
	static const struct {
		const char *source;
		bool collected, host;
	} rows[] = {
		{ "host", true, true },         { "host:net_used", true, true },
		{ "hostile", false, false },    { "sql:main", true, false },
		{ "command", true, false },     { "http", true, false },
		{ "prometheus", true, false },  { "check:site", false, false },
		{ "push", false, false },       { "import", false, false },
		{ "log:access", false, false }, { NULL, false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Metric m = { .item.id = "x", .source = rows[i].source };

		EXPECT(metric_is_collected(&m) == rows[i].collected);
		EXPECT(metric_is_host(&m) == rows[i].host);
		EXPECT_INT(metric_every(&m).us, minutes(1).us);
	}
}

TEST(a_metric_without_a_place_to_ask_is_our_own_trouble)
{
	static const char *const sources[] = { "sql:gone", "command", "http", "prometheus" };

	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		Gather *g = gather_new();
		Metric m = { .item.id = "x", .source = sources[i] };

		gather(g, &m);
		EXPECT_INT(g->result.fail, FAIL_SELF);
		EXPECT_INT(g->result.n, 0);
		gather_free(g);
	}
}

TEST(a_cancelled_collection_is_never_heard_of_again)
{
	Gather *g = gather_new();

	(void)fake_answer(g->fake, "host");
	collect_cancel(collect_host_start(&g->fake->world, &g->plan, gathered, g));
	fake_run(g->fake);
	EXPECT_INT(g->finished, 0);
	gather_free(g);
}
