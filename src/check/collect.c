/* See collect.h. One question per metric, one for the whole host; the answer turned
 * into named numbers by a function of its own. */
#include "check/collect.h"

#include "check/check_private.h"
#include "check/json_path.h"
#include "check/pattern.h"
#include "check/prometheus.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A host with more mounts than this is a container host; bind mounts repeat anyway. */
enum { VALUES_MAX = 256, PAGE_BYTES = 16 << 20 };

struct CollectRun {
	World *world;
	const Plan *plan;
	const Metric *metric; /* NULL: the host */
	CollectFinished *finished;
	void *owner;
	Arena *arena;
	Ask ask;
	AskSpec spec;
	TimerOp later;
	CheckResult why; /* the reason, in the words the checks use */
	CollectValue values[VALUES_MAX];
	size_t n;
	Instant at;
};

/* ---- names ---- */

bool series_name(char out[SERIES_NAME_TEXT], const char *name, const char *scope)
{
	int n = snprintf(out, SERIES_NAME_TEXT, scope && *scope ? "%s{%s}" : "%s%s", name,
	                 scope ? scope : "");

	return n > 0 && n < SERIES_NAME_TEXT;
}

bool series_name_split(const char *series, char name[48], char scope[64])
{
	size_t n = strcspn(series, "{"), all = strlen(series);

	scope[0] = '\0';
	if (n == 0 || n >= 48)
		return false;
	memcpy(name, series, n);
	name[n] = '\0';
	if (n == all)
		return true;
	if (series[all - 1] != '}' || all - n - 2 >= 64)
		return false;
	memcpy(scope, series + n + 1, all - n - 2);
	scope[all - n - 2] = '\0';
	return true;
}

bool series_name_matches(const char *series, const char *subject, const char *scope)
{
	size_t n = strlen(subject), s = scope ? strlen(scope) : 0;

	if (strncmp(series, subject, n) != 0)
		return false;
	if (s == 0)
		return series[n] == '\0' || series[n] == '{';
	return series[n] == '{' && strncmp(series + n + 1, scope, s) == 0 &&
	       strcmp(series + n + 1 + s, "}") == 0;
}

bool series_name_is(const char *series, const char *name, const char *scope)
{
	size_t n = strlen(name), s = strlen(scope);

	return strncmp(series, name, n) == 0 && series[n] == '{' &&
	       strncmp(series + n + 1, scope, s) == 0 && strcmp(series + n + 1 + s, "}") == 0;
}

static void sample(CollectValue *out, size_t *n, const char *name, const char *scope, double value,
                   Unit unit)
{
	CollectValue *v = &out[*n];

	if (!isfinite(value) || !series_name(v->series, name, scope))
		return;
	v->value = value;
	v->unit = unit;
	(*n)++;
}

/* ---- figures of a check ---- */

const char *figure_name(FigureKind kind)
{
	static const char *const names[FIGURE_MEASURE] = {
		[FIGURE_UP] = "up",
		[FIGURE_ERROR_RATE] = "error_rate",
		[FIGURE_LATENCY] = "latency",
		[FIGURE_DNS] = "dns_time",
		[FIGURE_CONNECT] = "connect_time",
		[FIGURE_TLS] = "tls_time",
		[FIGURE_FIRST_BYTE] = "first_byte",
	};

	return names[kind];
}

static double in_seconds(Duration d) { return (double)d.us / 1e6; }

static void figure(CheckFigure *out, size_t *n, FigureKind kind, const char *scope, double value)
{
	out[(*n)++] = (CheckFigure){ kind, figure_name(kind), scope, value };
}

size_t check_figures(const Check *c, const CheckResult *r, CheckFigure out[CHECK_FIGURES])
{
	const char *id = c->item.id;
	size_t n = 0;
	const struct {
		FigureKind kind;
		Duration d;
	} parts[] = { { FIGURE_DNS, r->took.dns },
		      { FIGURE_CONNECT, r->took.connect },
		      { FIGURE_TLS, r->took.tls },
		      { FIGURE_FIRST_BYTE, r->took.first_byte } };

	if (r->state == CHECK_UNKNOWN)
		return 0;
	figure(out, &n, FIGURE_UP, id, r->state == CHECK_DOWN ? 0 : 1);
	/* 0 or 100 a probe, so that its mean over any window is a share in percent. */
	figure(out, &n, FIGURE_ERROR_RATE, id, r->state == CHECK_DOWN ? 100 : 0);
	/* The time of an answer that is not the expected one would flatter: errors are fast. */
	if (r->has_latency && r->state != CHECK_DOWN) {
		figure(out, &n, FIGURE_LATENCY, id, in_seconds(r->latency));
		for (size_t i = 0; i < COUNT_OF(parts); i++) {
			if (parts[i].d.us > 0)
				figure(out, &n, parts[i].kind, id, in_seconds(parts[i].d));
		}
	}
	for (size_t i = 0; i < r->measures_n; i++) {
		const CheckMeasure *m = &r->measures[i];

		if (isfinite(m->value))
			out[n++] = (CheckFigure){ FIGURE_MEASURE, m->name,
				                  m->scope[0] ? m->scope : id, m->value };
	}
	return n;
}

/* ---- which metrics are asked for ---- */

static bool source_is(const Metric *m, const char *word)
{
	size_t n = strlen(word);

	return m->source && strncmp(m->source, word, n) == 0 &&
	       (m->source[n] == '\0' || m->source[n] == ':');
}

bool metric_is_host(const Metric *m) { return source_is(m, "host"); }

bool metric_is_collected(const Metric *m)
{
	return metric_is_host(m) || source_is(m, "sql") || source_is(m, "command") ||
	       source_is(m, "http") || source_is(m, "prometheus");
}

Duration metric_every(const Metric *m)
{
	Duration d = span_estimate(m->every);

	return d.us > 0 ? d : minutes(1);
}

/* ---- the run ---- */

static void value_add(CollectRun *run, const char *name, const char *scope, double value, Unit unit)
{
	if (run->n < VALUES_MAX)
		sample(run->values, &run->n, name, scope, value, unit);
}

static void redact(CollectRun *run)
{
	for (size_t i = 0; run->plan && i < run->plan->secrets_n; i++) {
		secret_redact(run->plan->secrets[i], run->why.reason);
		secret_redact(run->plan->secrets[i], run->why.reason_fr);
	}
}

static void run_free(CollectRun *run)
{
	arena_free(run->arena);
	mem_free(run);
}

static void deliver(CollectRun *run)
{
	CollectResult r = { .fail = run->why.fail, .at = run->at };

	redact(run);
	text_copy(r.reason, sizeof r.reason, run->why.reason);
	text_copy(r.reason_fr, sizeof r.reason_fr, run->why.reason_fr);
	if (r.fail == FAIL_NONE) {
		r.values = run->values;
		r.n = run->n;
	}
	run->finished(run, &r, run->owner);
	run_free(run);
}

static void on_later(TimerOp *op) { deliver(CONTAINER_OF(op, CollectRun, later)); }

void collect_cancel(CollectRun *run)
{
	run->world->ask_cancel(run->world, &run->ask);
	run->world->timer_cancel(run->world, &run->later);
	run_free(run);
}

static CollectRun *run_new(World *w, const Plan *plan, const Metric *metric,
                           CollectFinished *finished, void *owner)
{
	CollectRun *run = NEW(CollectRun);

	run->world = w;
	run->plan = plan;
	run->metric = metric;
	run->finished = finished;
	run->owner = owner;
	run->at = world_now(w);
	run->arena = arena_new("collect", 1 << 20);
	return run;
}

static void ask(CollectRun *run, void (*done)(Ask *ask, const Answer *a))
{
	run->ask.done = done;
	run->world->ask(run->world, &run->ask, &run->spec);
}

/* ---- the host ---- */

static void host_mounts(CollectRun *run, const HostAnswer *h)
{
	double used = -1, inodes = -1, free_share = -1;

	for (size_t i = 0; i < h->mounts_n; i++) {
		const MountUse *m = &h->mounts[i];

		value_add(run, "disk_used", m->path, m->used_percent, UNIT_PERCENT);
		value_add(run, "disk_free", m->path, 100 - m->used_percent, UNIT_PERCENT);
		value_add(run, "disk_free_bytes", m->path, (double)m->free_bytes, UNIT_BYTES);
		if (m->inodes_percent >= 0)
			value_add(run, "inodes_used", m->path, m->inodes_percent, UNIT_PERCENT);
		if (m->used_percent > used) {
			used = m->used_percent;
			free_share = 100 - used;
		}
		if (m->inodes_percent > inodes)
			inodes = m->inodes_percent;
	}
	if (h->mounts_n == 0)
		return;
	value_add(run, "disk_used", NULL, used, UNIT_PERCENT);
	value_add(run, "disk_free", NULL, free_share, UNIT_PERCENT);
	if (inodes >= 0)
		value_add(run, "inodes_used", NULL, inodes, UNIT_PERCENT);
}

/* -1 means "not known yet": the first reading of a counter has no rate. */
static void host_counters(CollectRun *run, const HostAnswer *h)
{
	if (h->cpu_percent >= 0)
		value_add(run, "cpu_used", NULL, h->cpu_percent, UNIT_PERCENT);
	value_add(run, "mem_used", NULL, h->mem_percent, UNIT_PERCENT);
	value_add(run, "swap_used", NULL, h->swap_percent, UNIT_PERCENT);
	value_add(run, "load", NULL, h->load1, UNIT_NONE);
	value_add(run, "load1", NULL, h->load1, UNIT_NONE);
	value_add(run, "load5", NULL, h->load5, UNIT_NONE);
	value_add(run, "load15", NULL, h->load15, UNIT_NONE);
	if (h->net_bytes_per_s >= 0)
		value_add(run, "net_rate", NULL, h->net_bytes_per_s, UNIT_BYTES);
}

static bool value_get(const CollectRun *run, const char *series, CollectValue *ret)
{
	for (size_t i = 0; i < run->n; i++) {
		if (strcmp(run->values[i].series, series) == 0) {
			*ret = run->values[i];
			return true;
		}
	}
	return false;
}

/* Which counter a metric of the host means: what `host:NAME` names, else the metric's id. */
static const char *counter_of(const Metric *m)
{
	const char *colon = strchr(m->source, ':');

	return colon ? colon + 1 : m->item.id;
}

/* A metric of the plan: the share of its link, the counter of one mount, or a second name. */
static void host_metric(CollectRun *run, const Metric *m, const HostAnswer *h)
{
	const char *counter = counter_of(m);
	char series[SERIES_NAME_TEXT];
	CollectValue v;

	if (strcmp(counter, "net_used") == 0) {
		if (h->net_bytes_per_s >= 0 && m->capacity.set && m->capacity.value > 0)
			value_add(run, m->item.id, NULL,
			          100 * h->net_bytes_per_s / m->capacity.value, UNIT_PERCENT);
		return;
	}
	if (!series_name(series, counter, m->mount) || strcmp(series, m->item.id) == 0)
		return;
	if (value_get(run, series, &v) && !value_get(run, m->item.id, &(CollectValue){ 0 }))
		value_add(run, m->item.id, NULL, v.value, v.unit);
}

static void on_host(Ask *op, const Answer *a)
{
	CollectRun *run = CONTAINER_OF(op, CollectRun, ask);

	if (a->fail != FAIL_NONE) {
		result_world_failure(&run->why, a, "localhost", run->spec.timeout);
	} else {
		host_counters(run, &a->host);
		host_mounts(run, &a->host);
		for (size_t i = 0; i < run->plan->metrics_n; i++) {
			if (metric_is_host(&run->plan->metrics[i]))
				host_metric(run, &run->plan->metrics[i], &a->host);
		}
	}
	deliver(run);
}

CollectRun *collect_host_start(World *w, const Plan *plan, CollectFinished *finished, void *owner)
{
	CollectRun *run = run_new(w, plan, NULL, finished, owner);

	run->spec = (AskSpec){ .kind = ASK_HOST, .timeout = seconds(10) };
	ask(run, on_host);
	return run;
}

/* ---- one metric ---- */

static void no_number(CollectRun *run, const char *where)
{
	char shown[64];

	text_copy(shown, sizeof shown, where);
	run->why.fail = FAIL_ASSERT;
	SAY(&run->why, REASON_NO_NUMBER, shown);
}

static void take_text(CollectRun *run, const char *text, const char *where)
{
	double x;

	if (text && first_number(text, &x))
		value_add(run, run->metric->item.id, NULL, metric_value(run->metric, x),
		          run->metric->unit);
	else
		no_number(run, where);
}

static void take_sql(CollectRun *run, const DbAnswer *a)
{
	if (a->rows_n && a->columns_n) {
		take_text(run, a->cells[0], a->cells[0] ? a->cells[0] : "NULL");
		return;
	}
	run->why.fail = FAIL_ASSERT;
	SAY(&run->why, REASON_SQL_EMPTY);
}

static void take_run(CollectRun *run, const RunAnswer *a)
{
	char code[16], t[DURATION_TEXT];

	run->why.fail = a->timed_out || a->exit_code != 0 ? FAIL_ASSERT : FAIL_NONE;
	(void)snprintf(code, sizeof code, "%d", a->exit_code < 0 ? a->signal : a->exit_code);
	if (a->timed_out)
		SAY(&run->why, REASON_RUN_TIMEOUT, duration_print(run->spec.timeout, t));
	else if (a->exit_code < 0)
		SAY(&run->why, REASON_SIGNAL, code, "");
	else if (a->exit_code != 0)
		SAY(&run->why, REASON_EXIT, code, "0", "");
	else
		take_text(run, a->out, "the command's output");
}

static void take_json(CollectRun *run, const HttpAnswer *a)
{
	Err err = { 0 };
	json_t *root = json_read(a->body, a->body_n, &err);
	const char *path = run->metric->path ? run->metric->path : "$";
	const json_t *v = root ? json_path_get(root, path, &err) : NULL;

	if (json_is_number(v)) {
		value_add(run, run->metric->item.id, NULL,
		          metric_value(run->metric, json_number_value(v)), run->metric->unit);
	} else if (json_is_string(v)) {
		take_text(run, json_string_value(v), path);
	} else {
		run->why.fail = FAIL_ASSERT;
		if (!root)
			SAY(&run->why, REASON_NOT_JSON, err.message);
		else if (v)
			SAY(&run->why, REASON_NO_NUMBER, path);
		else
			SAY(&run->why, REASON_JSON_PATH, path, err.message);
	}
	json_decref(root);
}

static void take_sample(CollectRun *run, const HttpAnswer *a)
{
	const char *selector = run->metric->path ? run->metric->path : run->metric->item.id;
	Err err = { 0 };
	double x;

	if (prometheus_value(a->body, a->body_n, selector, &x, &err)) {
		value_add(run, run->metric->item.id, NULL, metric_value(run->metric, x),
		          run->metric->unit);
		return;
	}
	run->why.fail = FAIL_ASSERT;
	SAY(&run->why, REASON_NO_SAMPLE, selector);
}

static void take_page(CollectRun *run, const HttpAnswer *a)
{
	char status[16];

	(void)snprintf(status, sizeof status, "%d", a->status);
	if (a->status < 200 || a->status > 299) {
		run->why.fail = FAIL_ASSERT;
		SAY(&run->why, REASON_STATUS, status, "2xx");
	} else if (source_is(run->metric, "prometheus")) {
		take_sample(run, a);
	} else {
		take_json(run, a);
	}
}

static void on_metric(Ask *op, const Answer *a)
{
	CollectRun *run = CONTAINER_OF(op, CollectRun, ask);

	if (a->fail != FAIL_NONE)
		result_world_failure(&run->why, a, run->metric->item.id, run->spec.timeout);
	else if (run->spec.kind == ASK_DB)
		take_sql(run, &a->db);
	else if (run->spec.kind == ASK_RUN)
		take_run(run, &a->run);
	else
		take_page(run, &a->http);
	deliver(run);
}

/* "sql:db" names the database where the metric has no `db` of its own. */
static const Database *metric_db(const CollectRun *run)
{
	const Metric *m = run->metric;
	const char *colon = strchr(m->source, ':');

	for (size_t i = 0; !m->db && colon && i < run->plan->databases_n; i++) {
		if (strcmp(run->plan->databases[i].item.id, colon + 1) == 0)
			return &run->plan->databases[i];
	}
	return m->db;
}

/* False: the plan leaves out what is needed to ask. */
static bool prepare(CollectRun *run)
{
	const Metric *m = run->metric;
	AskSpec *spec = &run->spec;

	if (source_is(m, "sql")) {
		const Database *db = metric_db(run);

		if (!db || !m->sql)
			return false;
		db_spec(db, m->sql, spec);
	} else if (source_is(m, "command")) {
		if (m->run.n == 0)
			return false;
		spec->kind = ASK_RUN;
		spec->run.argv = m->run.at;
	} else {
		if (!m->url)
			return false;
		spec->kind = ASK_HTTP;
		spec->http.url = m->url;
		spec->http.bearer = m->token;
		spec->http.max_body = PAGE_BYTES;
	}
	spec->timeout = metric_every(m).us < seconds(30).us ? metric_every(m) : seconds(30);
	return true;
}

CollectRun *collect_start(World *w, const Plan *plan, const Metric *metric,
                          CollectFinished *finished, void *owner)
{
	CollectRun *run = run_new(w, plan, metric, finished, owner);

	if (prepare(run)) {
		ask(run, on_metric);
		return run;
	}
	run->why.fail = FAIL_SELF;
	SAY(&run->why, REASON_NO_TARGET);
	run->later.done = on_later;
	w->timer(w, &run->later, duration_us(0));
	return run;
}
