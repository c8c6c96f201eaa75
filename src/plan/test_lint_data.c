/* The findings about copies, steps, changes and cadences: each on a plan that deserves
 * it, on its clean variant, and accepted. */
#include "plan/testing_lint.h"

#define DATED                                                                                \
	"plan: {title: Test, version: 1, timezone: Europe/Paris, date: 2028-03}\nservices: " \
	"{site: "                                                                            \
	"{environments: {production: {}}}}\n"
#define DB    "databases: {main: {engine: postgresql, service: site, env: production}}\n"
#define STORE "storage: {far: {type: ssh, place: other site}, near: {type: disk, place: same}}\n"
/* A copy with nothing to say about it. */
#define COPY  "backups: {b: {of: main, kind: full, at: daily 01:00, keep: 30d, to: [far]}}\n"
#define TRIED "restore_tests: {t: {of: b, at: monthly 2 10:00, target: scratch}}\n"
#define MAIL  "channels: {mail: {type: email, url: \"smtp://h\", to: [a@example.org]}}\n"
#define P1    "P1: {rank: 1, respond: 30m, resolve: 2h, route: mail, escalation: e}"
#define E     "escalations: {e: {steps: [{after: 5m, via: mail}]}}\n"
#define VERSIONING \
	"versioning: {production_branch: main, branches: [main, develop, \"feature/*\"]}\n"
#define BACK "rollback: {steps: [{run: back}], triggers: [{when: \"cpu_used > 90%\"}]}"

static const Case promises[] = {
	{ "L01", 1,
	  SITE DB STORE COPY "objectives: {o: {metric: data_loss_window, op: \"==\", target: 0s, "
	                     "period: incident}}\n",
	  "'== 0s' of data loss is promised, and the most frequent copy of 'main', 'b', is made "
	  "daily: all that came since is lost with the machine; no loss at all needs a "
	  "continuous" },
	{ "L01", 0,
	  SITE DB STORE
	  "backups: {b: {of: main, kind: snapshot, at: continuous, keep: 30d, to: "
	  "[far]}}\nobjectives: "
	  "{o: {metric: data_loss_window, op: \"==\", target: 0s, period: incident}}\n",
	  NULL },
	{ "L01", 0,
	  SITE DB STORE COPY "objectives: {o: {metric: data_loss_window, op: \"<=\", target: 24h, "
	                     "period: incident}}\n",
	  NULL },
	{ "L01", 1,
	  SITE DB STORE COPY "objectives: {o: {metric: data_loss_window, op: \"<=\", target: 23h, "
	                     "period: incident}}\n",
	  "see: backups.b.at, line 6" },
	{ "L01", 1, DATED DB STORE COPY "roadmap: {soon: {within: 3mo, items: [backup script]}}\n",
	  "'b' is promised now, and what would make it is on the roadmap: 'backup script'" },
	{ "L01", 0, DATED DB STORE COPY "roadmap: {soon: {within: 3mo, items: [new home page]}}\n",
	  NULL },
	{ "L01", 1, SITE MAIL E "classes: {P1: {rank: 1, respond: 1h}}\n",
	  "no class and no level uses 'e'" },
	{ "L02", 0,
	  SITE "objectives: {o: {metric: cpu_used, op: \"<\", target: 80%, period: 5m}}\ncapacity: "
	       "{c: {metric: cpu_used, warn: 70%, crit: 85%}}\n",
	  NULL },
	{ "L02", 1,
	  SITE "objectives: {o: {metric: cpu_used, op: \"<\", target: 80%, period: 5m}}\ncapacity: "
	       "{c: {metric: cpu_used, warn: 82%, crit: 85%}}\n",
	  "the alarm 'c' (82%) comes later than the promise" },
	{ "L03", 1, SITE "vulnerabilities: {high: {rank: 1}}\n", "no time to be fixed in" },
	{ "L03", 0, SITE "vulnerabilities: {high: {rank: 1, deadline: none}}\n", NULL },
	{ "L03", 1, SITE "updates: {s: {kind: security, deadline: unset}}\n",
	  "neither a time to be made in nor a cadence" },
	{ "L03", 0, SITE "updates: {s: {kind: security, at: weekly tue 10:00}}\n", NULL },
	{ "L04", 1, SITE MAIL E "classes: {" P1 "}\nlevels: {c: {rank: 1, class: P1, ack: 2h}}\n",
	  "may stay unacknowledged for 2 h, while its incident of class 'P1' must be answered "
	  "within 30 min" },
	{ "L04", 0, SITE MAIL E "classes: {" P1 "}\nlevels: {c: {rank: 1, class: P1, ack: 10m}}\n",
	  NULL },
	{ "L04", 1,
	  SITE MAIL E "classes: {P1: {rank: 1, respond: 15m, route: mail, escalation: e, phases: "
	              "{late: {from: 30m, items: [{text: answer, stops: respond}]}}}}\n",
	  "belongs to the phase 'late', which begins after 30 min" },
	{ "L04", 0,
	  SITE MAIL E "classes: {P1: {rank: 1, respond: 15m, route: mail, escalation: e, phases: "
	              "{now: {to: 10m, items: [{text: answer, stops: respond}]}}}}\n",
	  NULL },
	{ "L05", 1,
	  SITE DB STORE COPY MAIL E "restore_tests: {t: {of: b, at: monthly 2 10:00, target: "
	                            "scratch, rto: 4h}}\nclasses: {" P1 "}\nobjectives: {o: "
	                            "{metric: recovery_time, op: \"<=\", target: 4h, period: "
	                            "incident}}\n",
	  "service is promised back within 4h; 30 min for 'P1' to be answered + 4 h for 't' to "
	  "restore = 4 h 30, each part being in time" },
	{ "L05", 1,
	  SITE MAIL E
	  "checks: {home: {type: http, service: site, env: production, every: 5m, "
	  "retries: 2}}\nrules: {r: {when: \"check{home} == fail\", level: c}}\nlevels: "
	  "{c: {rank: 1, class: P1}}\nclasses: {" P1
	  "}\nobjectives: {o: {metric: recovery_time, op: \"<=\", target: 35m, period: "
	  "incident}}\n",
	  "6 min 10 s until 'home' is seen to fail + 30 min for 'P1' to be answered = 36 min 10 "
	  "s" },
	{ "L05", 0,
	  SITE MAIL E
	  "checks: {home: {type: http, service: site, env: production, every: 1m, "
	  "retries: 2}}\nrules: {r: {when: \"check{home} == fail\", level: c}}\nlevels: "
	  "{c: {rank: 1, class: P1}}\nclasses: {" P1
	  "}\nobjectives: {o: {metric: recovery_time, op: \"<=\", target: 35m, period: "
	  "incident}}\n",
	  NULL },
	{ "L05", 1,
	  SITE DB STORE COPY
	  "restore_tests: {t: {of: b, at: monthly 2 10:00, target: scratch, rto: 6h}}\nobjectives: "
	  "{o: {metric: recovery_time, op: \"<=\", target: 4h, period: incident}}\n",
	  "the test passes with a restore of 6 h, and 'o' promises the service back within 4h" },
	{ "L09", 1,
	  SITE
	  "costs: {recurring: {a: 5 EUR per 1mo, b: 10-20 EUR per 1mo}, stated_total: 25 EUR per "
	  "1mo}\n",
	  "the lines add up to 15-25 EUR, not to 25-25" },
	{ "L09", 0,
	  SITE
	  "costs: {recurring: {a: 5 EUR per 1mo, b: 10-20 EUR per 1mo}, stated_total: 15-25 EUR "
	  "per 1mo}\n",
	  NULL },
	{ "L09", 1,
	  SITE
	  "costs: {effort: {keep: {hours: 20, per: 1mo}, bugs: {hours: 10, per: incident}, new: "
	  "{hours: 40, per: quarter}}, stated_hours: 70}\n",
	  "70 h are written; by their own basis the lines make 33.33 h a month, and 10 h each time "
	  "it happens: they were added as if all were monthly" },
	{ "L09", 0,
	  SITE "costs: {effort: {keep: {hours: 20, per: 1mo}, new: {hours: 30, per: quarter}}, "
	       "stated_hours: 30}\n",
	  NULL },
};

TEST(promises_that_the_new_sections_make_are_weighed)
{
	run_cases(promises, COUNT_OF(promises));
}

static const Case copies[] = {
	{ "L11", 1, SITE DB STORE "backups: {b: {of: main, at: daily 01:00, keep: unset}}\n",
	  "how long 'b' is kept is not said" },
	{ "L11", 0, SITE DB STORE COPY, NULL },
	{ "L11", 0, SITE "backups: {b: {of: config, kind: git, at: on change}}\n", NULL },
	{ "L11", 1, SITE "logs: {app: {path: /var/log/app.log, kind: application}}\n",
	  "how long 'app' is kept is not said" },
	{ "L11", 1,
	  SITE "logs: {app: {path: /var/log/app.log, delete_after: 7d, review: monthly}}\n",
	  "'app' is kept 7 d, and is to be read by a person at the cadence of 'app', which looks "
	  "back 31 d" },
	{ "L11", 0,
	  SITE "logs: {app: {path: /var/log/app.log, delete_after: 7d, review: weekly}}\n", NULL },
	{ "L11", 1,
	  SITE
	  "logs: {app: {path: /var/log/app.log, rotate: daily, keep: 14}}\naudits: {sec: {depth: "
	  "audit, at: monthly}}\n",
	  "is looked through by the audit 'sec'" },
	{ "L11", 0,
	  SITE
	  "logs: {app: {path: /var/log/app.log, rotate: weekly, keep: 8}}\naudits: {sec: {depth: "
	  "audit, at: monthly}}\n",
	  NULL },
	{ "L11", 1,
	  SITE
	  "logs: {app: {path: /var/log/app.log, delete_after: 3d}}\ntasks: {w: {at: weekly mon "
	  "09:00, items: [{do: \"log:app\"}]}}\n",
	  "is read through by the task 'w', which looks back 7 d" },
	{ "L11", 1,
	  SITE "logs: {app: {path: /var/log/app.log, delete_after: 1d}}\nclasses: {P3: {rank: 3, "
	       "resolve: 72h}}\n",
	  "as long as an incident may be open, of class 'P3', which looks back 3 d" },
	{ "L25", 1,
	  SITE DB "cleanup: {c: {action: empty_table, db: main, table: jobs, at: daily 01:00}}\n",
	  "'c' empties the whole of 'jobs'" },
	{ "L25", 1, SITE "cleanup: {c: {action: delete_files, path: /tmp/x, at: daily 01:00}}\n",
	  "without saying how old a thing must be" },
	{ "L25", 1,
	  SITE DB "cleanup: {c: {action: delete_rows, db: main, table: jobs, column: created_at, "
	          "older_than: 7d, at: daily 01:00}}\n",
	  "whether it holds dates or Unix seconds" },
	{ "L25", 0,
	  SITE DB "cleanup: {c: {action: delete_rows, db: main, table: jobs, column: created_at, "
	          "column_type: unix, older_than: 7d, at: daily 01:00}}\n",
	  NULL },
	{ "L25", 1, SITE "procedures: {p: {steps: [{sql: DELETE FROM jobs}]}}\n",
	  "this deletes every row: it has no WHERE" },
	{ "L25", 0,
	  SITE "procedures: {p: {steps: [{sql: \"delete from jobs where at < '2020-01-01'\"}]}}\n",
	  NULL },
	{ "L26", 1,
	  SITE DB STORE
	  "backups: {b: {of: main, kind: full, at: daily 01:00, keep: 30d, to: [far]}, l: "
	  "{of: main, kind: log, base: b, at: every 1h, keep: 24h, to: [far]}}\n",
	  "'l' is kept 24 h, and up to 25 h pass between two of its base 'b'" },
	{ "L26", 0,
	  SITE DB STORE
	  "backups: {b: {of: main, kind: full, at: daily 01:00, keep: 30d, to: [far]}, l: "
	  "{of: main, kind: log, base: b, at: every 1h, keep: 48h, to: [far]}}\n",
	  NULL },
	{ "L26", 1,
	  SITE STORE
	  "backups: {b: {of: files, kind: full, at: daily 03:00, keep: 90d, to: [far]}, i: "
	  "{of: files, kind: incr, base: b, at: daily 15:00, keep: 90d, to: [far]}}\n",
	  "the oldest sets outlive what they are relative to; the base needs 91 d" },
	{ "L26", 0,
	  SITE STORE
	  "backups: {b: {of: files, kind: full, at: daily 03:00, keep: 91d, to: [far]}, i: "
	  "{of: files, kind: incr, base: b, at: daily 15:00, keep: 90d, to: [far]}}\n",
	  NULL },
	{ "L27", 1, SITE DB STORE COPY, "no restore test tries the copies of 'main'" },
	{ "L27", 0, SITE DB STORE COPY TRIED, NULL },
	{ "L27", 1,
	  SITE DB STORE COPY "restore_tests: {t: {of: b, at: halfyearly, target: scratch}}\n",
	  "less than once a quarter" },
	{ "L27", 1, SITE DB STORE COPY "exercises: {dr: {kind: recovery, at: yearly}}\n",
	  "by 'dr': less than once a quarter" },
	{ "L27", 1,
	  SITE DB STORE
	  "backups: {a: {of: main, at: daily 01:00, keep: 3d, to: [far]}, b: {of: main, "
	  "at: weekly sun 02:00, keep: 90d, to: [far]}}\n",
	  "no restore test" },
	{ "L28", 1, SITE "backups: {b: {of: files, at: daily 01:00, keep: 3d}}\n",
	  "where 'b' is kept is not said" },
	{ "L28", 1, SITE STORE "backups: {b: {of: files, at: daily 01:00, keep: 3d, to: [near]}}\n",
	  "'b' is kept in 'near' only, which stands with the data" },
	{ "L28", 0,
	  SITE STORE "backups: {b: {of: files, at: daily 01:00, keep: 3d, to: [near, far]}}\n",
	  NULL },
	{ "L28", 1,
	  SITE "storage: {x: {type: ssh}}\nbackups: {b: {of: files, at: daily 01:00, keep: 3d, to: "
	       "[x]}}\n",
	  "does not say that it stands elsewhere (storage.x.place)" },
	{ "L29", 1, SITE DB, "no backup is taken of the database 'main'" },
	{ "L29", 0, SITE DB STORE COPY, NULL },
	{ "L29", 0, SITE "databases: {main: {engine: mysql, service: site, env: staging}}\n",
	  NULL },
};

TEST(copies_are_weighed_by_their_keeping_their_chain_their_place_and_their_trial)
{
	run_cases(copies, COUNT_OF(copies));
}

static const Case steps[] = {
	{ "L13", 1, SITE "procedures: {p: {steps: [{run: [dropdb, main]}]}}\n",
	  "'dropdb main' destroys what is there, and nothing says in which environment" },
	{ "L13", 1,
	  SITE "procedures: {p: {envs: [production], steps: [{run: \"php bin/console "
	       "doctrine:database:drop --force\"}]}}\n",
	  "which the plan does not permit (environments.production.permits)" },
	{ "L13", 0, SITE "procedures: {p: {envs: [staging], steps: [{run: [dropdb, main]}]}}\n",
	  NULL },
	{ "L13", 1,
	  HEAD
	  "services: {site: {environments: {production: {permits: [destructive]}}}}\nprocedures: "
	  "{p: {envs: [production], steps: [{run: load, destructive: true}]}}\n",
	  "no person is asked before it" },
	{ "L13", 0,
	  HEAD
	  "services: {site: {environments: {production: {permits: [destructive]}}}}\nprocedures: "
	  "{p: {envs: [production], steps: [{ask: sure}, {run: load, destructive: true}]}}\n",
	  NULL },
	{ "L13", 1, SITE DB STORE COPY "restore_tests: {t: {of: b, at: monthly 2 10:00}}\n",
	  "where 't' restores to is not said" },
	{ "L13", 0, SITE DB STORE COPY TRIED, NULL },
	{ "L14", 1,
	  SITE "procedures: {p: {steps: [{unit: stop mysql}, {run: [/usr/bin/mysql, main]}, {unit: "
	       "start mysql}]}}\n",
	  "step 2 needs a server that step 1 has stopped ('stop mysql')" },
	{ "L14", 0,
	  SITE "procedures: {p: {steps: [{unit: stop mysql}, {unit: start mysql}, {run: [mysql, "
	       "main]}]}}\n",
	  NULL },
	{ "L14", 1,
	  SITE "procedures: {p: {steps: [{run: systemctl stop postgresql}, {run: load, needs: "
	       "postgresql up}]}}\n",
	  "step 2 needs a server that step 1 has stopped ('systemctl stop postgresql')" },
	{ "L14", 1,
	  SITE "deployments: {d: {env: staging, stages: [{name: a, gates: [{run: composer install "
	       "--no-dev}]}, {name: b, gates: [{run: php bin/phpunit}]}]}}\n",
	  "'composer install --no-dev' has left out the development tools" },
	{ "L14", 1,
	  SITE
	  "suites: {u: {kind: unit, run: [vendor/bin/phpstan]}}\ndeployments: {d: {env: staging, "
	  "stages: [{name: a, gates: [{run: composer install --no-dev}, {do: \"suite:u\"}]}]}}\n",
	  "this runs one of them" },
	{ "L14", 0,
	  SITE "deployments: {d: {env: staging, stages: [{name: a, gates: [{run: php bin/phpunit}, "
	       "{run: composer install --no-dev}]}]}}\n",
	  NULL },
	{ "L14", 0,
	  SITE
	  "deployments: {d: {env: staging, stages: [{name: a, gates: [{run: npm ci --omit=dev}, "
	  "{run: npm ci}, {run: npx jest}]}]}}\n",
	  NULL },
	{ "L15", 1, SITE "procedures: {p: {steps: [{run: tail -f var/log/prod.log}]}}\n",
	  "'tail -f var/log/prod.log' follows the file and never ends" },
	{ "L15", 0, SITE "procedures: {p: {steps: [{run: tail -n 100 var/log/prod.log}]}}\n",
	  NULL },
	{ "L15", 0,
	  SITE "procedures: {p: {steps: [{run: tail -f var/log/prod.log, timeout: 10s}]}}\n",
	  NULL },
	{ "L15", 0, SITE "procedures: {p: {steps: [{run: timeout 10 tail -f var/log/prod.log}]}}\n",
	  NULL },
	{ "L15", 1, SITE "logs: {c: {run: docker-compose logs -f, kind: container}}\n",
	  "follows the log and never ends" },
	{ "L15", 0, SITE "logs: {c: {run: docker-compose logs --tail=100, kind: container}}\n",
	  NULL },
	{ "L15", 1, SITE "tasks: {t: {at: daily 09:00, items: [{run: top}, {run: top -b -n 1}]}}\n",
	  "waits for keys" },
	{ "L15", 1, SITE "tasks: {t: {at: daily 09:00, items: [{run: watch -n 5 df}]}}\n",
	  "for a person at a terminal" },
	{ "L15", 1, SITE "suites: {s: {kind: unit, run: php artisan serve}}\n", "starts a server" },
	{ "L15", 1, SITE "suites: {s: {kind: unit, run: npm run dev}}\n",
	  "starts a development server" },
	{ "L15", 0, SITE "suites: {s: {kind: unit, run: npm run build}}\n", NULL },
};

TEST(steps_are_read_as_a_machine_would_carry_them_out)
{
	run_cases(steps, COUNT_OF(steps));
}

static const Case changes[] = {
	{ "L12", 1,
	  SITE DB STORE COPY TRIED "deployments: {d: {env: production, stages: [{name: go, gates: "
	                           "[{run: up}]}], " BACK "}}\n",
	  "no stage of 'd' takes a backup" },
	{ "L12", 0,
	  SITE DB STORE COPY TRIED "deployments: {d: {env: production, stages: [{name: go, gates: "
	                           "[{do: \"backup:b\"}, {run: php bin/console migrate}]}], " BACK
	                           "}}\n",
	  NULL },
	{ "L12", 1,
	  SITE DB STORE COPY TRIED "deployments: {d: {env: production, stages: [{name: go, gates: "
	                           "[{run: php bin/console migrate}, {do: \"backup:b\"}]}], " BACK
	                           "}}\n",
	  "'d' changes the data in step 1 and takes its backup in step 2" },
	{ "L12", 0,
	  SITE DB STORE "backups: {b: {of: main, kind: full, at: daily 01:00, keep: 30d, to: "
	                "[far]}, p: {of: main, "
	                "kind: full, before: deployment, keep: 30d, to: [far]}}\ndeployments: {d: "
	                "{env: production, stages: [{name: go, "
	                "gates: [{run: up}]}], " BACK "}}\n",
	  NULL },
	{ "L12", 0,
	  SITE DB STORE COPY TRIED
	  "deployments: {d: {env: staging, stages: [{name: go, gates: [{run: up}]}]}}\n",
	  NULL },
	{ "L12", 1,
	  SITE DB STORE COPY TRIED "procedures: {p: {kind: update, steps: [{run: up}]}}\n",
	  "'p' updates and no step of it takes a backup" },
	{ "L21", 1,
	  SITE VERSIONING "deployments: {d: {env: production, branch: develop, " BACK "}}\n",
	  "from the branch 'develop', and production's branch is 'main'" },
	{ "L21", 0, SITE VERSIONING "deployments: {d: {env: production, branch: main, " BACK "}}\n",
	  NULL },
	{ "L21", 1,
	  SITE VERSIONING
	  "deployments: {d: {env: production, stages: [{name: prepare, gates: [{run: "
	  "git checkout develop}]}], " BACK "}}\n",
	  "what goes to production is taken from 'develop'" },
	{ "L21", 0,
	  SITE VERSIONING
	  "deployments: {d: {env: production, stages: [{name: prepare, gates: [{run: "
	  "git checkout v1.2}]}], " BACK "}}\n",
	  NULL },
	{ "L22", 1,
	  SITE "deployments: {d: {env: production, rollback: {steps: [{run: back}], triggers: "
	       "[{declared: it is broken}]}}}\n",
	  "nothing measures 'it is broken'" },
	{ "L22", 1, SITE "deployments: {d: {env: production, rollback: {steps: [{run: back}]}}}\n",
	  "nothing says when: no trigger is given" },
	{ "L22", 1,
	  SITE "deployments: {d: {env: production, cycle: {watch: 10m}, rollback: {steps: [{run: "
	       "back}], triggers: [{when: \"cpu_used > 90% for 30m\"}]}}}\n",
	  "needs 30 min to be seen, and a release is watched for 10 min" },
	{ "L22", 0, SITE "deployments: {d: {env: production, " BACK "}}\n", NULL },
	{ "L19", 1,
	  SITE
	  "deployments: {d: {env: production, rollback: {steps: [{run: back}], triggers: [{when: "
	  "\"error_rate > 5%\"}]}}}\n",
	  "over what time is 'error_rate' taken?" },
	{ "L23", 1,
	  SITE MAIL "templates: {crisis: {channels: [mail], text: \"Rest assured: ALL YOUR DATA is "
	            "safe.\"}}\n",
	  "'crisis' asserts something that is sent whether it is true or not" },
	{ "L23", 1,
	  SITE MAIL "templates: {crisis: {channels: [mail], text: \"Toutes vos données sont "
	            "sauvegardées\"}}\n",
	  "asserts something" },
	{ "L23", 0,
	  SITE MAIL "templates: {crisis: {channels: [mail], text: \"We are looking into it.\"}}\n",
	  NULL },
	{ "L23", 1,
	  SITE MAIL DB STORE COPY "templates: {crisis: {channels: [mail], text: \"All your data is "
	                          "safe\", claims: [\"commitment:nonsense\"]}}\n",
	  "'nonsense', which is no commitment of the plan" },
	{ "L37", 1,
	  SITE
	  "vulnerabilities: {critical: {rank: 1, deadline: 24h}}\naudits: {scan: {depth: scan, at: "
	  "weekly}}\n",
	  "'scan', which looks most often, comes weekly" },
	{ "L37", 0,
	  SITE
	  "vulnerabilities: {critical: {rank: 1, deadline: 24h}}\naudits: {scan: {depth: scan, at: "
	  "daily 04:00}}\n",
	  NULL },
	{ "L37", 1, SITE "vulnerabilities: {critical: {rank: 1, deadline: 24h}}\n",
	  "nothing in the plan looks for it" },
	{ "L38", 1, SITE "deployments: {d: {env: production}}\n", "'d' has no steps back" },
	{ "L38", 0, SITE "deployments: {d: {env: production, " BACK "}}\n", NULL },
	{ "L38", 0, SITE "deployments: {d: {env: staging}}\n", NULL },
	{ "L38", 1,
	  SITE "deployments: {d: {env: production, rollback: {limit: 5m, steps: [{run: a, timeout: "
	       "4m}, {run: b, timeout: 4m}], triggers: [{when: \"cpu_used > 90%\"}]}}}\n",
	  "may take 8 min by their own time-outs, and the rollback is promised within 5 min" },
	{ "L38", 0,
	  SITE
	  "deployments: {d: {env: production, rollback: {limit: 5m, steps: [{run: a, timeout: "
	  "4m, timed: true}, {run: b, timeout: 4m}], triggers: [{when: \"cpu_used > 90%\"}]}}}\n",
	  NULL },
};

TEST(a_change_needs_a_copy_a_branch_and_a_way_back)
{
	run_cases(changes, COUNT_OF(changes));
}

static const Case cadences[] = {
	{ "L08", 1,
	  SITE
	  "updates: {npm: {kind: dependencies, at: weekly mon 10:00}}\ntasks: {m: {at: monthly 15 "
	  "14:00, items: [{do: \"update:npm\"}]}}\n",
	  "'update:npm' is promised weekly, and what sets it off, the task 'm', comes monthly" },
	{ "L08", 0,
	  SITE
	  "updates: {npm: {kind: dependencies, at: weekly mon 10:00}}\ntasks: {m: {at: monthly 15 "
	  "14:00, items: [{do: \"update:npm\"}]}, w: {at: weekly tue 14:00, items: [{do: "
	  "\"update:npm\"}]}}\n",
	  NULL },
	{ "L08", 1,
	  SITE
	  "updates: {next: {kind: major, at: quarterly}}\ncalendar: {jan: [\"update:next\"], oct: "
	  "[\"update:next\", free words]}\n",
	  "'update:next' is promised quarterly, and the calendar has it in jan, oct only" },
	{ "L08", 0,
	  SITE
	  "updates: {next: {kind: major, at: halfyearly}}\ncalendar: {jan: [\"update:next\"], jul: "
	  "[\"update:next\"]}\n",
	  NULL },
	{ "L08", 1,
	  SITE "audits: {a: {depth: audit, at: monthly}, b: {depth: audit, at: quarterly}}\n",
	  "two audits of depth 'audit': 'b' says quarterly, and 'a' monthly" },
	{ "L08", 0, SITE "audits: {a: {depth: audit, at: monthly}, b: {depth: scan, at: weekly}}\n",
	  NULL },
	{ "L08", 1,
	  SITE DB STORE COPY "restore_tests: {t: {of: b, at: monthly 2 10:00, scope: full, target: "
	                     "scratch}, u: {of: b, at: quarterly, scope: full, target: scratch}}\n",
	  "two full restore tests of one copy" },
	{ "L08", 1,
	  SITE DB "db_actions: {x: {action: vacuum, db: main, at: weekly sun 04:00}, y: {action: "
	          "vacuum, db: main, at: monthly 1 04:00}}\n",
	  "'vacuum' twice on one database" },
	{ "L08", 0,
	  SITE DB
	  "db_actions: {x: {action: vacuum, db: main, at: weekly sun 04:00, tables: [a]}, y: "
	  "{action: vacuum, db: main, at: monthly 1 04:00, tables: [b]}}\n",
	  NULL },
	{ "L30", 1,
	  SITE
	  "windows: {w: {at: weekly sun 03:00, for: 1h, notice: 2w, reason: r, impact: down}}\n",
	  "announced 14 d ahead: each notice goes out before the window before it has opened, so "
	  "that 2 are announced at any time" },
	{ "L30", 0, SITE "windows: {w: {at: weekly sun 03:00, for: 1h, notice: 24h}}\n", NULL },
	{ "L30", 1, SITE "windows: {w: {at: agreed, kind: emergency, notice: 24h}}\n",
	  "which nobody knows 24 h ahead" },
	{ "L30", 1,
	  SITE
	  "windows: {w: {at: weekly sun 03:00, for: 1h, notice: 48h}}\nupdates: {u: {kind: minor, "
	  "at: monthly 1 03:00, window: w, notice: 24h}}\n",
	  "its window 'w' 2 d: the longer holds" },
	{ "L30", 1,
	  SITE "windows: {w: {at: weekly sun 23:00, for: 1h, notice: 5d}}\ndeployments: {d: {env: "
	       "production, slot: w, cycle: {sprint: 2w, candidate: 2d}, " BACK "}}\n",
	  "a release is known 2 d before it goes out, and its window 'w' is announced 5 d ahead" },
	{ "L35", 1,
	  SITE
	  "tasks: {h: {at: daily 09:00, for: 15m, items: [{ask: look}]}}\nreports: {r: {at: daily "
	  "09:00, after: [h], sections: [system]}}\n",
	  "'r' begins before 'h', which it follows, is over: it is due Fri 1 Jan 2027 09:00" },
	{ "L35", 0,
	  SITE
	  "tasks: {h: {at: daily 09:00, for: 15m, items: [{ask: look}]}}\nreports: {r: {at: daily "
	  "09:15, after: [h], sections: [system]}}\n",
	  NULL },
	{ "L35", 1,
	  SITE
	  "tasks: {a: {at: daily 10:00, items: [{ask: x}]}, b: {at: weekly mon 09:00, after: [a], "
	  "items: [{ask: y}]}}\n",
	  "it is due Mon 4 Jan 2027 09:00" },
	{ "L35", 1,
	  SITE DB STORE COPY "restore_tests: {t: {of: b, at: monthly 2 01:00, target: scratch}}\n",
	  "in the minute in which 'b', which it restores, begins to be written" },
	{ "L35", 0, SITE DB STORE COPY TRIED, NULL },
};

TEST(one_thing_has_one_cadence_and_comes_after_what_it_needs)
{
	run_cases(cadences, COUNT_OF(cadences));
}
