/* The sections of safekeeping and change: what their keys become in the structs. What
 * is refused is in test/plans/bad, in its own words. */
#include "harness.h"

#include "plan/sections_private.h"
#include "plan/testing.h"

#include "core/digest.h"

#include <stdio.h>

static Loaded load_good(void)
{
	static char text[1 << 16];
	AUTO_FREE char *path = mem_printf("%s/test/plans/good/data_and_change.yaml", test_source());
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	if (f)
		(void)fclose(f);
	text[n] = '\0';
	return load_bytes("data_and_change.yaml", text, n);
}

/* The entry of a section with this id. */
#define ENTRY(p, section, id) entry_of((p)->section, (p)->section##_n, sizeof *(p)->section, (id))
static const void *entry_of(const void *base, size_t n, size_t size, const char *id)
{
	static const char zeros[2048];

	for (size_t i = 0; i < n; i++) {
		const void *entry = (const char *)base + i * size;

		if (text_eq(((const Item *)entry)->id, id))
			return entry;
	}
	(void)test_fail(__FILE__, __LINE__, "there is no '%s'", id);
	return zeros;
}

static int64_t seconds_of(Span s) { return span_estimate(s).us / 1000000; }

TEST(storage_has_its_place_class_and_keeping_time)
{
	AUTO(Loaded) l = load_good();
	const Storage *primary, *cloud, *offline;

	ASSERT(l.plan);
	primary = ENTRY(l.plan, storage, "primary");
	cloud = ENTRY(l.plan, storage, "cloud");
	offline = ENTRY(l.plan, storage, "offline");
	EXPECT_TEXT(primary->type, "ssh");
	EXPECT_TEXT(primary->place, "other site");
	EXPECT_TEXT(primary->url, "sftp:backup@vault.example.org:/srv");
	EXPECT(!primary->encrypted && !primary->keep.set && !primary->secret);
	EXPECT(cloud->encrypted);
	EXPECT_TEXT(cloud->tier, "glacier");
	EXPECT(cloud->secret);
	EXPECT_INT(cloud->keep.kind, KEEP_SPAN);
	EXPECT_INT(cloud->keep.span.months, 12);
	EXPECT_TEXT(offline->by, "human");
	EXPECT_INT(offline->at.kind, SCHEDULE_MONTHLY);
	EXPECT_INT(offline->keep.kind, KEEP_COUNT);
	EXPECT_INT(offline->keep.count, 12);
}

TEST(backups_are_linked_to_their_base_database_and_places)
{
	AUTO(Loaded) l = load_good();
	const Backup *full, *diff, *log, *files, *config, *before;

	ASSERT(l.plan);
	full = ENTRY(l.plan, backups, "db_full");
	diff = ENTRY(l.plan, backups, "db_diff");
	log = ENTRY(l.plan, backups, "db_log");
	files = ENTRY(l.plan, backups, "files");
	config = ENTRY(l.plan, backups, "config");
	before = ENTRY(l.plan, backups, "before");
	EXPECT(full->db == plan_database(l.plan, "main"));
	EXPECT(full->service == plan_service(l.plan, "shop"));
	EXPECT_TEXT(full->env, "production");
	EXPECT_TEXT(full->engine, "pg_dump");
	EXPECT_TEXT(full->latest, "shop_latest.sql.gz");
	EXPECT_INT(full->to.n, 2);
	EXPECT_TEXT(full->to.at[1], "cloud");
	EXPECT_INT(seconds_of(full->tolerance), 1800);
	EXPECT(!full->base);
	EXPECT(diff->base == full && log->base == diff);
	EXPECT_INT(diff->at.interval.us, INT64_C(6) * 3600 * 1000000);
	EXPECT_INT(seconds_of(log->keep.span), 86400);
	EXPECT(!files->db && !files->env);
	EXPECT_TEXT(files->paths.at[0], "/srv/uploads");
	EXPECT_TEXT(files->verify, "sample");
	EXPECT_INT(config->also.kind, SCHEDULE_ON);
	EXPECT_INT(config->keep.kind, KEEP_FOREVER);
	EXPECT_TEXT(config->item.owner.at[0], "dba");
	EXPECT_TEXT(before->before, "deployment");
	EXPECT(before->keep.set);
	EXPECT_INT(before->keep.kind, KEEP_UNSET);
	EXPECT_INT(before->at.kind, SCHEDULE_UNSET);
}

TEST(restore_tests_say_what_is_restored_where_and_what_must_come_back)
{
	AUTO(Loaded) l = load_good();
	const RestoreTest *partial, *full;

	ASSERT(l.plan);
	partial = ENTRY(l.plan, restore_tests, "partial");
	full = ENTRY(l.plan, restore_tests, "full");
	EXPECT_TEXT(partial->of.at[0], "db_full");
	EXPECT_TEXT(partial->scope, "partial");
	EXPECT_TEXT(partial->pick, "age 1d");
	EXPECT_TEXT(partial->expect.at[0], "count(users) > 0");
	EXPECT(span_is_zero(partial->rto));
	EXPECT_INT(full->of.n, 2);
	EXPECT_TEXT(full->target, "staging");
	EXPECT_INT(seconds_of(full->rto), 4 * 3600);
	EXPECT_INT(seconds_of(full->length), 3 * 3600);
	EXPECT_INT(full->measure.n, 2);
}

TEST(logs_keep_every_part_of_a_rotation)
{
	AUTO(Loaded) l = load_good();
	const Log *app, *prod, *containers, *old, *shipping;

	ASSERT(l.plan);
	app = ENTRY(l.plan, logs, "app");
	prod = ENTRY(l.plan, logs, "prod");
	containers = ENTRY(l.plan, logs, "containers");
	old = ENTRY(l.plan, logs, "old");
	shipping = ENTRY(l.plan, logs, "shipping");
	EXPECT_INT(app->levels.n, 5);
	EXPECT_INT(app->keep.kind, KEEP_COUNT);
	EXPECT_INT(app->keep.count, 14);
	EXPECT(app->missing_ok && app->skip_empty && app->post_once);
	EXPECT_TEXT(app->compress, "delayed");
	EXPECT_TEXT(app->create, "0640 www-data www-data");
	EXPECT_TEXT(app->post, "reload php-fpm");
	EXPECT_INT(app->rotate.kind, SCHEDULE_DAILY);
	EXPECT_INT(app->review.kind, SCHEDULE_DAILY);
	EXPECT_INT(seconds_of(prod->delete_after), 7 * 86400);
	EXPECT_INT(prod->clean_at.kind, SCHEDULE_WEEKLY);
	EXPECT_INT(prod->archive_at.kind, SCHEDULE_MONTHLY);
	EXPECT(!prod->missing_ok && !prod->compress);
	EXPECT_INT(containers->run.n, 5);
	EXPECT(old->keep.set && old->keep.kind == KEEP_UNSET);
	EXPECT(shipping->of == app);
	EXPECT_TEXT(shipping->ship_to, "index:9200");
	EXPECT_TEXT(shipping->ship_index, "shop-%Y.%m.%d");
}

TEST(database_work_and_cleanups_find_the_only_database)
{
	AUTO(Loaded) l = load_good();
	const Database *main_db;
	const DbAction *analyze, *slow;

	ASSERT(l.plan);
	main_db = plan_database(l.plan, "main");
	analyze = ENTRY(l.plan, db_actions, "analyze");
	slow = ENTRY(l.plan, db_actions, "slow");
	EXPECT(analyze->db == main_db && slow->db == main_db);
	EXPECT_INT(analyze->tables.n, 2);
	EXPECT_INT(slow->top, 10);
	EXPECT_REAL(slow->threshold.value, 1, 1e-9);
	EXPECT(slow->window == plan_window(l.plan, "night"));
	EXPECT_INT(analyze->top, 0);
}

TEST(cleanups_are_destructive_unless_they_only_clear_or_say_no)
{
	AUTO(Loaded) l = load_good();
	static const struct {
		const char *id;
		int max_rows;
		int64_t days;
		bool destructive, has_db;
	} rows[] = {
		{ "old_orders", 10000, 2 * 360, true, true },
		{ "sessions", -1, 30, true, true },
		{ "batches", 0, 0, true, true },
		{ "tmp", 0, 7, true, false },
		{ "cache", 0, 0, false, false },
		{ "someday", 0, 0, false, true },
	};

	ASSERT(l.plan);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const Cleanup *c = ENTRY(l.plan, cleanup, rows[i].id);

		EXPECT_INT(c->max_rows, rows[i].max_rows);
		EXPECT_INT(seconds_of(c->older_than) / 86400, rows[i].days);
		EXPECT(c->destructive == rows[i].destructive);
		EXPECT((c->db != NULL) == rows[i].has_db);
		EXPECT_TEXT(c->env, rows[i].has_db               ? "production"
		                    : text_eq(rows[i].id, "tmp") ? "staging"
		                                                 : NULL);
	}
}

TEST(capacity_grows_unless_it_runs_out)
{
	AUTO(Loaded) l = load_good();
	const Capacity *cpu, *free_space, *rows;

	ASSERT(l.plan);
	cpu = ENTRY(l.plan, capacity, "cpu");
	free_space = ENTRY(l.plan, capacity, "free");
	rows = ENTRY(l.plan, capacity, "rows");
	EXPECT_INT(cpu->op, OP_GT);
	EXPECT_REAL(cpu->warn.value.value, 70, 1e-9);
	EXPECT_INT(seconds_of(cpu->warn.sustain), 3600);
	EXPECT_INT(seconds_of(cpu->crit.sustain), 900);
	EXPECT_INT(cpu->horizon.months, 6);
	EXPECT_INT(free_space->op, OP_LT);
	EXPECT_REAL(rows->warn.value.value, 1e7, 1e-3);
	EXPECT(!rows->crit.value.set && rows->db);
}

TEST(updates_and_vulnerabilities_keep_their_deadlines)
{
	AUTO(Loaded) l = load_good();
	const Update *critical, *minor, *deps, *major;
	const Vulnerability *v;

	ASSERT(l.plan);
	critical = ENTRY(l.plan, updates, "critical");
	minor = ENTRY(l.plan, updates, "minor");
	deps = ENTRY(l.plan, updates, "deps");
	EXPECT_INT(critical->deadline.kind, DEADLINE_SPAN);
	EXPECT_INT(critical->notice.kind, DEADLINE_ASAP);
	EXPECT_TEXT(critical->audience.at[0], "users");
	EXPECT(minor->window == plan_window(l.plan, "night"));
	EXPECT_INT(seconds_of(minor->notice.span), 48 * 3600);
	EXPECT_INT(minor->run.n, 2);
	EXPECT_INT(deps->audit.n, 2);
	EXPECT(!deps->deadline.set);
	major = ENTRY(l.plan, updates, "major");
	EXPECT_INT(major->steps_n, 2);
	EXPECT_TEXT(major->steps[0].item.id, "impact");
	EXPECT_TEXT(major->steps[1].todo, "backup:before");
	v = ENTRY(l.plan, vulnerabilities, "medium");
	EXPECT_INT(v->deadline.kind, DEADLINE_NEXT_SPRINT);
	EXPECT_INT(v->rank, 3);
	v = ENTRY(l.plan, vulnerabilities, "critical");
	EXPECT_INT(seconds_of(v->mitigate.span), 4 * 3600);
}

TEST(deployments_have_stages_shares_and_a_way_back)
{
	AUTO(Loaded) l = load_good();
	const Deployment *d;

	ASSERT(l.plan);
	d = ENTRY(l.plan, deployments, "release");
	EXPECT_TEXT(d->strategy, "blue_green");
	EXPECT_INT(d->shares.n, 3);
	EXPECT_INT(d->sprint.days, 14);
	EXPECT_INT(d->candidate.days, 7);
	EXPECT_INT(d->watch.days, 2);
	ASSERT(d->stages_n == 2);
	EXPECT_TEXT(d->stages[0].item.id, "prepare");
	EXPECT_INT(seconds_of(d->stages[1].length), 900);
	EXPECT_TEXT(item_label(&d->stages[1].item), "Mise en ligne");
	EXPECT_INT(seconds_of(d->rollback_limit), 300);
	EXPECT_TEXT(d->rollback_approval, "auto_if_measured");
	ASSERT(d->triggers_n == 3);
	EXPECT_INT(d->triggers[0].when.kind, CONDITION_METRIC);
	EXPECT_INT(d->triggers[1].when.kind, CONDITION_CHECK);
	EXPECT_TEXT(d->triggers[1].item.src, "D:237");
	EXPECT_INT(d->stages[0].gates_n, 2);
	EXPECT_TEXT(d->stages[0].gates[1].only_if, "needed");
	EXPECT_INT(d->rollback_steps_n, 2);
	EXPECT_TEXT(d->rollback_steps[1].todo, "check:site");
	EXPECT(d->rollback_data_n == 1 && d->rollback_data[0].destructive);
	EXPECT_TEXT(d->triggers[2].declared, "une faille est découverte");
	EXPECT(d->slot == plan_window(l.plan, "night"));
}

TEST(figures_of_tests_have_their_units)
{
	AUTO(Loaded) l = load_good();
	const Suite *coverage, *reach;
	const LoadTest *home;

	ASSERT(l.plan);
	coverage = ENTRY(l.plan, suites, "coverage");
	reach = ENTRY(l.plan, suites, "reach");
	home = ENTRY(l.plan, load_tests, "home");
	EXPECT_INT(coverage->coverage.unit, UNIT_PERCENT);
	EXPECT_REAL(coverage->coverage.value, 80, 1e-9);
	EXPECT_TEXT(reach->standard, "WCAG 2.1 AA");
	EXPECT_INT(reach->scope.n, 2);
	EXPECT_INT(home->requests, 1000);
	EXPECT_INT(home->concurrency, 10);
	EXPECT_INT(home->p95.unit, UNIT_SECONDS);
	EXPECT_INT(home->rpm.unit, UNIT_PER_MIN);
	EXPECT_REAL(home->errors.value, 0.1, 1e-9);
	EXPECT_INT(home->crit.unit, UNIT_PERCENT);
	EXPECT_INT(home->fail.unit, UNIT_PERCENT);
}

/* One key at a time, so that a limit is shown to be where it is said to be. */
static const struct {
	const char *text;
	const char *code; /* NULL: accepted */
} limits[] = {
	{ "windows: {w: {at: daily 22:00, for: 24h}}", NULL },
	{ "windows: {w: {at: daily 22:00, for: 24h1s}}", "S12" },
	{ "windows: {w: {at: \"weekly mon,thu 22:00\", for: 3d}}", NULL },
	{ "windows: {w: {at: \"weekly sun,mon 22:00\", for: 25h}}", "S12" },
	{ "windows: {w: {at: weekly sun 22:00, for: 7d}}", NULL },
	{ "windows: {w: {at: weekly sun 22:00, for: 8d}}", "S12" },
	{ "windows: {w: {at: monthly, for: 28d}}", NULL },
	{ "windows: {w: {at: monthly, for: 29d}}", "S12" },
	{ "windows: {w: {at: 2027-01-01 22:00, for: 31d}}", NULL },
	{ "windows: {w: {at: daily 22:00, for: 7h}}\n"
	  "updates: {u: {kind: minor, at: daily 04:59, window: w}}",
	  NULL },
	{ "windows: {w: {at: daily 22:00, for: 7h}}\n"
	  "updates: {u: {kind: minor, at: daily 05:00, window: w}}",
	  "S12" },
	{ "windows: {w: {at: daily 22:00, for: 7h}}\n"
	  "updates: {u: {kind: minor, at: daily 21:59, window: w}}",
	  "S12" },
	{ "windows: {w: {at: daily 22:00, for: 7h}}\n"
	  "updates: {u: {kind: minor, at: monthly, window: w}}",
	  NULL },
	{ "windows: {w: {at: always}}\n"
	  "updates: {u: {kind: minor, at: daily 12:00, window: w}}",
	  NULL },
	{ "windows: {w: {at: monthly first sun 04:00, for: 1h}}\n"
	  "updates: {u: {kind: minor, at: weekly sun 04:30, window: w}}",
	  NULL },
	{ "load_tests: {t: {requests: 10, concurrency: 10}}", NULL },
	{ "load_tests: {t: {requests: 10, concurrency: 11}}", "S12" },
	{ "deployments: {d: {shares: [100%]}}", NULL },
	{ "deployments: {d: {shares: [99%]}}", "S12" },
	{ "deployments: {d: {shares: [0%, 100%]}}", "S12" },
	{ "deployments: {d: {shares: unset}}", NULL },
	{ "deployments: {d: {cycle: {sprint: 1w, candidate: 7d}}}", NULL },
	{ "deployments: {d: {cycle: {sprint: 1w, candidate: 8d}}}", "S12" },
	{ "cleanup: {c: {action: delete_files, path: /var/tmp/x}}", NULL },
	{ "cleanup: {c: {action: delete_files, path: /var/}}", "S12" },
	{ "cleanup: {c: {action: delete_files, path: /var//}}", "S12" },
	{ "cleanup: {c: {action: delete_files, path: \"/*\"}}", "S12" },
	{ "cleanup: {c: {action: delete_files, path: a/..}}", "S12" },
	{ "cleanup: {c: {action: delete_files, path: /srv/a..b}}", NULL },
	{ "logs: {l: {path: /a, rotate: daily, create: \"640\"}}", NULL },
	{ "logs: {l: {path: /a, rotate: daily, create: \"64\"}}", "S05" },
	{ "logs: {l: {path: /a, rotate: daily, create: \"00640 a b\"}}", "S05" },
	{ "logs: {l: {path: /a, rotate: daily, create: \"0648 a b\"}}", "S05" },
	{ "logs: {l: {path: /a, rotate: daily, create: \"0640 a\"}}", "S05" },
	{ "logs: {l: {path: /a, rotate: daily, create: \"0640 a b c\"}}", "S05" },
	{ "logs: {l: {path: /a, rotate: daily, post: \"reload \"}}", "S05" },
	{ "logs: {l: {path: /a, rotate: daily, post: reload a b}}", "S05" },
	{ "updates: {u: {kind: minor, deadline: 48h, notice: 2d}}", NULL },
	{ "updates: {u: {kind: minor, deadline: 48h, notice: 49h}}", "S12" },
	{ "backups: {b: {of: files, keep: 30d, name: \"a_%Y%m%d.tar\"}}", NULL },
	{ "backups: {b: {of: files, keep: 30d, name: \"a_%Y%q.tar\"}}", "S05" },
	{ "backups: {b: {of: files, keep: 30d, name: \"a_%\"}}", "S05" },
	{ "backups: {b: {of: files, keep: 30d, name: \"a_100%%.tar\"}}", NULL },
	{ "backups: {b: {of: files, keep: 30d, name: \"a/b_%F.tar\"}}", "S05" },
	{ "backups: {b: {of: files, keep: 30d, name: a.tar}}", "S12" },
	{ "backups: {b: {of: files, keep: 1, name: a.tar}}", NULL },
	{ "backups: {b: {of: files, keep: 2, name: a.tar}}", "S12" },
	{ "backups: {b: {of: files, name: a.tar}}", NULL },
	{ "backups: {b: {of: files, name: \"a_%F\"}, c: {of: code, name: \"a_%F\"}}", "S12" },
	{ "backups: {b: {of: files, name: \"a_%F\"}, c: {of: code, name: \"b_%F\"}}", NULL },
	{ "storage: {x: {type: local}, y: {type: local}}\n"
	  "backups: {b: {of: files, to: x, name: \"a_%F\"}, c: {of: code, to: y, name: "
	  "\"a_%F\"}}",
	  NULL },
	{ "storage: {x: {type: local}, y: {type: local}}\n"
	  "backups: {b: {of: files, to: x, name: \"a_%F\"}, c: {of: code, to: [y, x], "
	  "name: "
	  "\"a_%F\"}}",
	  "S12" },
	{ "logs: {l: {path: /a, parse: \"[{time}] {level}: {message}\"}}", NULL },
	{ "logs: {l: {path: /a, parse: \"{time} {time}\"}}", "S05" },
	{ "logs: {l: {path: /a, parse: \"{time\"}}", "S05" },
	{ "logs: {l: {path: /a, parse: \"time}\"}}", "S05" },
	{ "logs: {l: {path: /a, parse: \"{} {message}\"}}", "S05" },
	{ "logs: {l: {path: /a, parse: \"{Time} {message}\"}}", "S05" },
	{ "logs: {l: {path: /a, parse: all of it}}", "S05" },
	{ "logs: {l: {path: /a}, s: {of: l, ship: {to: \"h:1\", index: \"a-%Y\"}}}", NULL },
	{ "logs: {l: {path: /a}, s: {of: l, ship: {to: \"h:1\", index: \"a-%Q\"}}}", "S05" },
	{ "databases: {a: {engine: mysql}, b: {engine: mysql}}\n"
	  "capacity: {c: {metric: db_connections, warn: 80%}}",
	  "S12" },
	{ "databases: {a: {engine: mysql}, b: {engine: mysql}}\n"
	  "capacity: {c: {metric: db_connections, db: a, warn: 80%}}",
	  NULL },
	{ "databases: {a: {engine: mysql}}\n"
	  "capacity: {c: {metric: db_connections, warn: 80%}}",
	  NULL },
	{ "databases: {a: {engine: mysql}}\nbackups: {b: {of: a, kind: git}}", "S12" },
	{ "versioning: {branches: [main, feature/*]}\n"
	  "deployments: {d: {branch: feature/x}}",
	  NULL },
	{ "versioning: {branches: [main, feature/*]}\n"
	  "deployments: {d: {branch: mian}}",
	  "R01" },
	{ "deployments: {d: {branch: any}}", NULL },
	{ "deployments: {d: {stages: [{name: a}, {name: b}]}}", NULL },
	{ "deployments: {d: {stages: [{name: a}, {name: a}]}}", "S12" },
	{ "databases: {a: {engine: mysql}}\n"
	  "db_actions: {x: {action: slow_list, threshold: 500ms}}",
	  NULL },
	{ "databases: {a: {engine: mysql}}\n"
	  "db_actions: {x: {action: slow_list, threshold: 30%}}",
	  "S05" },
	{ "databases: {a: {engine: mysql}}\n"
	  "db_actions: {x: {action: slow_list, threshold: unset}}",
	  NULL },
	{ "windows: {w: {at: daily 22:00 UTC, for: 7h}}\n"
	  "updates: {u: {kind: minor, at: daily 05:30, window: w}}",
	  NULL }, /* 03:30 or 04:30 UTC */
	{ "windows: {w: {at: daily 22:00, for: 7h}}\n"
	  "updates: {u: {kind: minor, at: daily 12:00 America/New_York, window: w}}",
	  "S12" },
	{ "windows: {w: {at: daily 22:00, for: 7h}}\n"
	  "updates: {u: {kind: minor, at: daily 18:00 America/New_York, window: w}}",
	  NULL },
	{ "windows: {w: {at: daily 22:00, for: 7h}}\n"
	  "updates: {u: {kind: minor, at: 2030-01-01 12:00, window: w}}",
	  NULL }, /* once: said on purpose */
	{ "windows: {w: {at: daily 22:00, for: 7h}}\n"
	  "deployments: {d: {slot: w, at: weekly sun 12:00}}",
	  "S12" },
	{ "capacity: {c: {metric: disk_used, warn: unset, crit: 90%}}", NULL },
	{ "capacity: {c: {metric: disk_free, op: <, warn: 20%, crit: 20%}}", "S12" },
};

TEST(limits_are_where_they_are_said_to_be)
{
	for (size_t i = 0; i < COUNT_OF(limits); i++) {
		AUTO_FREE char *text = mem_printf(SITE "%s\n", limits[i].text);
		AUTO(Loaded) l = load_text(text);

		if (limits[i].code ? l.findings.errors != 1 || count_code(&l, limits[i].code) != 1
		                   : l.plan == NULL)
			(void)test_fail(__FILE__, __LINE__, "%s: wanted %s, got %s", limits[i].text,
			                limits[i].code ? limits[i].code : "no error",
			                buf_str(&l.text));
	}
}

TEST(the_source_of_a_restore_test_is_found_where_the_plan_leaves_it_open)
{
	static const struct {
		const char *environments, *backup, *target;
		bool refused;
	} rows[] = {
		{ "{only: {}}", "{of: files}", "only", true },
		{ "{production: {}, lab: {}}", "{of: files}", "production", true },
		{ "{production: {}, lab: {}}", "{of: files}", "lab", false },
		{ "{production: {}, lab: {}}", "{of: files, env: lab}", "production", false },
		{ "{blue: {}, green: {}}", "{of: files}", "green", false }, /* lint's */
		{ "{blue: {}, green: {}}", "{of: main}", "blue", true },
		{ "{blue: {}, green: {}}", "{of: main, env: green}", "blue", false },
		{ "{blue: {}, green: {}}", "{of: main, env: green}", "green", true },
		{ "{blue: {}, green: {}}", "{of: main}", "scratch", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool blue = strstr(rows[i].environments, "blue") != NULL;
		AUTO_FREE char *text = mem_printf(
		        HEAD "services: {s: {environments: %s}}\n%s"
		             "restore_tests: {t: {of: b, target: %s}}\n"
		             "backups: {b: %s}\n",
		        rows[i].environments,
		        blue ? "databases: {main: {engine: mysql, service: s, env: blue}}\n" : "",
		        rows[i].target, rows[i].backup);
		AUTO(Loaded) l = load_text(text);

		if (rows[i].refused != (l.plan == NULL))
			(void)test_fail(__FILE__, __LINE__, "row %zu: %s", i, buf_str(&l.text));
		EXPECT_INT(count_code(&l, "S12"), rows[i].refused);
	}
}

/* No file with all keys of a section left out of it: what is documented is tested. */
TEST(the_good_plan_has_every_key_of_these_sections)
{
	static const SectionId sections[] = {
		SECTION_STORAGE,  SECTION_BACKUPS,     SECTION_RESTORE_TESTS,
		SECTION_LOGS,     SECTION_CLEANUP,     SECTION_DB_ACTIONS,
		SECTION_CAPACITY, SECTION_UPDATES,     SECTION_VULNERABILITIES,
		SECTION_SUITES,   SECTION_DEPLOYMENTS, SECTION_LOAD_TESTS,
	};
	AUTO_FREE char *path = mem_printf("%s/test/plans/good/data_and_change.yaml", test_source());
	char text[1 << 14];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	if (f)
		(void)fclose(f);
	text[n] = '\0';
	for (size_t i = 0; i < COUNT_OF(sections); i++) {
		const Table *t = plan_sections[sections[i]].table;

		for (size_t k = 0; k < t->rows_n; k++) {
			AUTO_FREE char *key = mem_printf("%s:", t->rows[k].key);

			if (!strstr(text, key))
				(void)test_fail(__FILE__, __LINE__, "%s.%s is not in it",
				                plan_sections[sections[i]].name, key);
		}
	}
}
