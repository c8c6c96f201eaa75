/* Metrics: asking the world for numbers and naming them.
 *
 * THE NAMING RULE, shared with conditions (`metric{scope}` in a rule):
 *
 *   A series is `name` or `name{scope}`.
 *
 *   of a check       scope is the check's id:
 *     latency{site} s · up{site} 1 or 0 · error_rate{site} 100 or 0 a probe, so
 *     that its mean is a share · dns_time connect_time tls_time first_byte s ·
 *     body_size bytes · tls_resumed 1 or 0 (where the check says resume) · cert_days s left on the chain (compare with "30d") ·
 *     cert_days_left chain_days_left in days · packet_loss % · answers ·
 *     units_running · duration s (push) · and what a command prints as
 *     performance data
 *   of a database    scope is the database's id: db_connections{manga_db} %,
 *     db_connections_count{manga_db}
 *   of this host     cpu_used mem_used swap_used % · load (= load1) load1 load5
 *     load15 · net_used % (needs a metric with `capacity`) · net_rate bytes/s
 *     scope is the mount point: disk_used{/} disk_free{/} inodes_used{/} %,
 *     disk_free_bytes{/}; disk_used disk_free inodes_used without scope: the worst
 *     of all mounts
 *   of a plan metric `<metric id>`
 *
 *   A condition that names a scope means that series. One without means the series
 *   of exactly that name when there is one, else every series `name{…}`, each
 *   judged on its own (series_name_matches).
 *
 * Times are in seconds, sizes in bytes, shares in percent (0-100). An unknown
 * result adds no sample at all: no data is not zero. */
#pragma once
#include "check/result.h"
#include "plan/plan.h"

enum { SERIES_NAME_TEXT = 128 };

typedef struct CollectValue {
	char series[SERIES_NAME_TEXT];
	double value;
	Unit unit;
} CollectValue;

/* "name" or "name{scope}"; false when it does not fit. */
bool series_name(char out[SERIES_NAME_TEXT], const char *name, const char *scope);
/* The scope inside the braces is copied into scope[64] ("" none), the name into name[48]. */
bool series_name_split(const char *series, char name[48], char scope[64]);
/* Whether `series` is one that a condition on subject{scope} means, apart from the
 * exact-name preference. */
bool series_name_matches(const char *series, const char *subject, const char *scope);

/* What one check result says in numbers. The kinds every check may have are numbered, so
 * that who keeps them needs no names; of a measure the name says which it is. */
typedef enum FigureKind {
	FIGURE_UP,
	FIGURE_ERROR_RATE,
	FIGURE_LATENCY,
	FIGURE_DNS,
	FIGURE_CONNECT,
	FIGURE_TLS,
	FIGURE_FIRST_BYTE,
	FIGURE_MEASURE, /* and how many kinds have a number */
} FigureKind;
typedef struct CheckFigure {
	FigureKind kind;
	const char *name, *scope; /* the result's or the check's: see THE NAMING RULE */
	double value;
} CheckFigure;
enum { CHECK_FIGURES = CHECK_MEASURES + FIGURE_MEASURE };
size_t check_figures(const Check *c, const CheckResult *r, CheckFigure out[CHECK_FIGURES]);
const char *figure_name(FigureKind kind); /* not of FIGURE_MEASURE */
/* Whether `series` is name{scope}, without writing that name down. */
bool series_name_is(const char *series, const char *name, const char *scope);

typedef struct CollectResult {
	FailClass fail; /* FAIL_NONE: values are there */
	char reason[CHECK_REASON], reason_fr[CHECK_REASON];
	Instant at;
	const CollectValue *values;
	size_t n;
} CollectResult;

typedef struct CollectRun CollectRun;
typedef void CollectFinished(CollectRun *run, const CollectResult *result, void *owner);

/* True when collect_start has something to ask: sources "host", "host:NAME",
 * "sql" / "sql:db", "command", "http", "prometheus". False for check:, push,
 * import, log: and others, whose values come by another road. */
bool metric_is_collected(const Metric *m);
bool metric_is_host(const Metric *m);
Duration metric_every(const Metric *m); /* 60 s where the plan is silent */

/* Everything this host counts, in one question. Host metrics of the plan share it:
 * their aliases and `net_used` are among the values. Call conventions as for
 * check_run_start: `finished` once, from the loop; the run is freed after it. */
CollectRun *collect_host_start(World *w, const Plan *plan, CollectFinished *finished, void *owner);
CollectRun *collect_start(World *w, const Plan *plan, const Metric *metric,
                          CollectFinished *finished, void *owner);
void collect_cancel(CollectRun *run);
