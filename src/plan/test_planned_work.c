/* The sections of planned work and of knowledge: what they load into, and what they
 * refuse. */
#include "harness.h"

#include "plan/ref.h"
#include "plan/testing.h"

#include <stdio.h>

static const char work[] =
        "plan: {title: Work, timezone: Europe/Paris, date: 2027-01-04, owner: the crew,\n"
        "  slots: mon-fri 10:00-12:00, holidays: [12-25, 2027-05-17, 2027-12-20..2028-01-03],\n"
        "  sprint_start: 2027-01-04, sprint: 2w}\n"
        "services: {site: {environments: {production: {url: \"https://example.org/\"}, "
        "staging: {}}}}\n"
        "roles: {dev: {}, dba: {}}\n"
        "teams: {ops: {members: [dev, dba]}}\n"
        "audiences: {users: {to: [list@example.org]}}\n"
        "channels: {mail: {type: email, url: \"smtp://localhost\"}}\n"
        "classes: {P0: {rank: 1, respond: 5m}, P1: {rank: 2, respond: 15m}}\n"
        "checks: {site: {type: http, service: site, env: production}}\n"
        "windows: {night: {at: weekly sun 02:00, for: 3h, env: production}}\n"
        "tasks:\n"
        "  morning:\n"
        "    label: Ronde du matin\n"
        "    at: daily 09:00\n"
        "    for: 15m\n"
        "    type: preventive\n"
        "    owner: [dev, dba]\n"
        "    days: mon-fri\n"
        "    catch_up: all:3\n"
        "    max_late: 4h\n"
        "    overlap: queue\n"
        "    locks: [db]\n"
        "    env: production\n"
        "    depends: [site, a thing outside]\n"
        "    src: \"A:38-47\"\n"
        "    items:\n"
        "      - do: check:site\n"
        "        ask: Is it fast?\n"
        "      - look at the board\n"
        "      - {id: told, notify: users, if: needed, owner: dba}\n"
        "      - {run: [/bin/echo, a b], expect: ok, timeout: 30s, timed: yes}\n"
        "      - {sql: select 1, expect: \"> 0\", needs: mysql up}\n"
        "      - {http: GET https://example.org/health, env: staging}\n"
        "      - {unit: restart nginx, always: yes, on_fail: call:back}\n"
        "      - {wait: 5m}\n"
        "      - {call: back, if: \"check{site} == fail\", destructive: yes}\n"
        "  evening: {at: daily 18:00, same_as: morning, after: [morning], for: 30m, window: "
        "night}\n"
        "procedures:\n"
        "  back: {kind: restore, params: [DB], limit: 1h, envs: [staging], on_fail: stop,\n"
        "         steps: [{run: load dump, wait: completed, on_fail: continue}, check it]}\n"
        "exercises:\n"
        "  fire: {kind: recovery, at: yearly, for: 4h, scenario: the site is gone, target: "
        "staging}\n"
        "audits: {access: {depth: access, at: quarterly, external: yes, scope: [ssh], run: npm "
        "audit, for: 2h}}\n"
        "reports: {weekly: {at: weekly fri 17:00, after: morning, sections: [tasks], audience: "
        "users, via: mail, items: [{ask: words}]}}\n"
        "documents: {guide: {kind: user, paths: [a, b], count: 2, update: weekly, review: "
        "monthly, url: \"https://example.org/doc\", versioned: yes}}\n"
        "training: {new: {audience: users, at: as_needed, for: 2h-4h, modules: [one], "
        "follow_up: monthly}, plain: {at: monthly, for: 2h}}\n"
        "roadmap: {redis: {within: 6mo, items: [a cache, \"task:morning\"], review: quarterly}, "
        "later: {due: unset}}\n"
        "support: {hours: mon-fri 09:00-18:00, always_for: [P0], priorities: {urgent: P0}, "
        "quality: {resolution_rate: \"> 80%\", satisfaction: \">= 4.5/5\", resolution_mean: \"< "
        "4h\"}, quality_minimum: 50, channels: mail, imports: {zendesk: /tmp/t.json},\n"
        "  levels: {1: {title: First, duties: [answer], skills: [patience], tools: [chat], "
        "access: [logs]}}}\n"
        "costs: {recurring: {host: 0-25 EUR per 1mo, cdn: {amount: 0 EUR}}, effort: {upkeep: "
        "{hours: 15-20, per: 1mo}, bugs: {hours: 10, per: incident}, once: 7}, stated_total: "
        "25 EUR, stated_hours: 70}\n"
        "versioning: {scheme: semver, production_branch: hotfix/x, branches: [main, hotfix/*], "
        "messages: [feat], changelog: CHANGES, repository: unset, tag: v1.2.3}\n"
        "calendar: {jan: [\"task:morning\", a talk], dec: \"audit:access\"}\n";

TEST(steps_say_what_is_done_and_by_whom)
{
	AUTO(Loaded) l = load_text(work);

	if (!l.plan)
		(void)test_fail(__FILE__, __LINE__, "%s", buf_str(&l.text));
	ASSERT(l.plan);
	const Task *t = plan_task(l.plan, "morning");
	ASSERT(t && t->items_n == 9);
	EXPECT_TEXT(t->items[0].todo, "check:site");
	EXPECT_TEXT(t->items[0].ask, "Is it fast?");
	EXPECT_TEXT(t->items[0].item.id, "1");
	EXPECT_TEXT(t->items[1].ask, "look at the board");
	EXPECT_TEXT(t->items[1].item.id, "2");
	EXPECT_INT(t->items[1].item.at.line, 30);
	EXPECT_TEXT(t->items[2].item.id, "told");
	EXPECT_TEXT(t->items[2].notify, "users");
	EXPECT_TEXT(t->items[2].only_if, "needed");
	EXPECT_TEXT(t->items[2].item.owner.at[0], "dba");
	EXPECT_TEXT(t->items[3].run.at[1], "a b");
	EXPECT(t->items[3].timed && !t->items[3].always);
	EXPECT_INT(span_estimate(t->items[3].timeout).us, 30000000);
	EXPECT_TEXT(t->items[4].expect, "> 0");
	EXPECT_TEXT(t->items[5].env, "staging");
	EXPECT_TEXT(t->items[6].on_fail, "call:back");
	EXPECT_TEXT(t->items[7].wait, "5m");
	EXPECT(t->items[8].destructive && t->items[8].call);
}

TEST(tasks_keep_when_how_long_and_what_comes_first)
{
	AUTO(Loaded) l = load_text(work);

	ASSERT(l.plan);
	const Task *t = plan_task(l.plan, "morning"), *e = plan_task(l.plan, "evening");
	EXPECT_INT(t->at.hour, 9);
	EXPECT_INT(span_estimate(t->length).us, minutes(15).us);
	EXPECT_INT(t->item.owner.n, 2);
	EXPECT(t->days.set && t->days.ranges[0].weekdays == 0x1f);
	EXPECT_TEXT(t->catch_up, "all:3");
	EXPECT_TEXT(t->overlap, "queue");
	EXPECT_TEXT(t->locks.at[0], "db");
	EXPECT_TEXT(t->depends.at[1], "a thing outside");
	/* same_as hands over what is missing, and nothing else */
	EXPECT(e->same_as == t && e->items == t->items && e->items_n == 9);
	EXPECT_TEXT(e->type, "preventive");
	EXPECT_INT(e->item.owner.n, 2);
	EXPECT_INT(span_estimate(e->length).us, minutes(30).us);
	EXPECT(!e->days.set && !e->catch_up);
	EXPECT_TEXT(e->after.at[0], "morning");
	EXPECT(e->window == plan_window(l.plan, "night"));
}

TEST(procedures_exercises_audits_and_reports_load)
{
	AUTO(Loaded) l = load_text(work);

	ASSERT(l.plan);
	const Procedure *p = plan_procedure(l.plan, "back");
	EXPECT_TEXT(p->kind, "restore");
	EXPECT_TEXT(p->params.at[0], "DB");
	EXPECT_TEXT(p->steps[0].wait, "completed");
	EXPECT_TEXT(p->steps[1].ask, "check it");
	EXPECT_INT(span_estimate(p->limit).us, hours(1).us);
	const Exercise *x = &l.plan->exercises[0];
	EXPECT_TEXT(x->scenario, "the site is gone");
	EXPECT_TEXT(x->target, "staging");
	const Audit *a = &l.plan->audits[0];
	EXPECT(a->external && a->run.n == 2);
	EXPECT_TEXT(a->depth, "access");
	const ReportPlan *r = &l.plan->reports[0];
	EXPECT_TEXT(r->audience.at[0], "users");
	EXPECT_TEXT(r->after.at[0], "morning");
	EXPECT_TEXT(r->items[0].ask, "words");
}

TEST(knowledge_loads)
{
	AUTO(Loaded) l = load_text(work);

	ASSERT(l.plan);
	const Plan *p = l.plan;
	EXPECT(p->documents[0].count == 2 && p->documents[0].versioned);
	EXPECT_INT(p->documents[0].review.kind, SCHEDULE_MONTHLY);
	EXPECT_INT(span_estimate(p->training[0].length).us, hours(2).us);
	EXPECT_INT(span_estimate(p->training[0].length_max).us, hours(4).us);
	EXPECT_INT(span_estimate(p->training[1].length_max).us, hours(2).us);
	EXPECT_INT(p->roadmap[0].within.months, 6);
	EXPECT(!p->roadmap[1].due);
	EXPECT(p->support.set && p->support.quality.n == 3 && p->support.quality_minimum == 50);
	EXPECT_TEXT(p->support.levels[0].item.id, "1");
	EXPECT_TEXT(p->support.levels[0].access.at[0], "logs");
	EXPECT_REAL(p->costs.recurring[0].amount.to, 25, 0);
	EXPECT_REAL(p->costs.recurring[1].amount.to, 0, 0);
	EXPECT_REAL(p->costs.effort[0].hours_max, 20, 0);
	EXPECT_REAL(p->costs.effort[1].hours_max, 10, 0);
	EXPECT_REAL(p->costs.effort[2].hours, 7, 0);
	EXPECT_TEXT(p->costs.effort[1].per, "incident");
	EXPECT_REAL(p->costs.stated_hours, 70, 0);
	EXPECT(p->versioning.set && !p->versioning.repository);
	EXPECT(p->calendar.set && p->calendar.months[0].n == 2 && p->calendar.months[11].n == 1);
	EXPECT_TEXT(p->calendar.months[11].at[0], "audit:access");
}

TEST(the_head_has_slots_holidays_and_sprints_and_its_own_owner)
{
	AUTO(Loaded) l = load_text(work);

	ASSERT(l.plan);
	EXPECT(l.plan->head.slots.set);
	EXPECT_INT(l.plan->head.holidays.n, 3);
	EXPECT_TEXT(l.plan->head.sprint_start, "2027-01-04");
	EXPECT_INT(l.plan->head.sprint.days, 14);
	EXPECT_TEXT(l.plan->head.owner, "the crew");
	EXPECT_INT(l.plan->head.item.owner.n, 0);
}

/* ---- references ---- */

TEST(a_reference_finds_its_entry)
{
	AUTO(Loaded)
	l = load_text(SITE "databases: {main: {engine: postgresql}}\n"
	                   "db_actions: {slow: {action: slow_list, db: main, at: weekly}, main: "
	                   "{action: stats, db: main, at: weekly}}\n"
	                   "logs: {app: {path: /var/log/app.log, rotate: daily, keep: 7}}\n"
	                   "checks: {site: {type: http, env: production}}\n"
	                   "load_tests: {home: {target: /, env: staging}}\n"
	                   "deployments: {std: {stages: [{name: go}]}}\n");
	static const struct {
		const char *text, *id, *part;
		RefKind kind;
	} rows[] = {
		{ "check:site", "site", NULL, REF_CHECK },
		{ "service:site", "site", NULL, REF_SERVICE },
		{ "metric:disk_free", "disk_free", NULL, REF_METRIC },
		{ "metric:disk_free:/var", "disk_free", "/var", REF_METRIC },
		{ "log:app:rotate", "app", "rotate", REF_LOG },
		{ "db:main", "main", NULL, REF_DATABASE },
		{ "db:slow", "slow", NULL, REF_DB_ACTION },
		{ "db_action:main", "main", NULL, REF_DB_ACTION },
		{ "database:main", "main", NULL, REF_DATABASE },
		{ "load:home", "home", NULL, REF_LOAD_TEST },
		{ "load_test:home", "home", NULL, REF_LOAD_TEST },
		{ "deploy:std", "std", NULL, REF_DEPLOYMENT },
		{ "deployment:std:rollback", "std", "rollback", REF_DEPLOYMENT },
	};

	if (!l.plan)
		(void)test_fail(__FILE__, __LINE__, "%s", buf_str(&l.text));
	ASSERT(l.plan);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Ref r;

		if (!EXPECT(plan_ref(l.plan, rows[i].text, &r)))
			continue;
		EXPECT_INT(r.kind, rows[i].kind);
		EXPECT_TEXT(r.id, rows[i].id);
		EXPECT((r.part == NULL) == (rows[i].part == NULL));
		if (rows[i].part)
			EXPECT_TEXT(r.part, rows[i].part);
		EXPECT((r.item == NULL) == (r.kind == REF_METRIC));
	}
}

TEST(what_is_no_reference_finds_nothing)
{
	static const char *const bad[] = { "",           "site",        "check:",    ":site",
		                           "check:nope", "chek:site",   "check",     "check:site:x",
		                           "metric:no",  "check:site:", "db:",       "db:nope",
		                           "log:app",    "none:site",   "Check:site" };
	AUTO(Loaded) l = load_text(SITE "checks: {site: {type: http, env: production}}\n");

	ASSERT(l.plan);
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		Ref r;

		if (plan_ref(l.plan, bad[i], &r))
			(void)test_fail(__FILE__, __LINE__, "found '%s'", bad[i]);
		EXPECT_INT(r.kind, REF_NONE);
	}
	Ref r;
	EXPECT(!plan_ref(l.plan, NULL, &r));
}

TEST(kinds_of_references_have_names_and_only_some_run)
{
	static const RefKind run[] = { REF_CHECK, REF_METRIC, REF_OBJECTIVE, REF_RULE };
	size_t n = 0;

	for (int k = REF_NONE + 1; k < REF_KINDS; k++) {
		EXPECT(*ref_kind_name((RefKind)k));
		n += ref_kind_runs((RefKind)k);
	}
	for (size_t i = 0; i < COUNT_OF(run); i++)
		EXPECT(ref_kind_runs(run[i]));
	EXPECT(n >= COUNT_OF(run));
	EXPECT(!ref_kind_runs(REF_BACKUP) && !ref_kind_runs(REF_NONE));
}

/* ---- what is refused, key by key ---- */

typedef struct Refused {
	const char *text, *code, *message;
} Refused;

#define BASE                                                                \
	SITE "classes: {P0: {rank: 1, respond: 5m}}\n"                      \
	     "checks: {site: {type: http, env: production}}\n"              \
	     "roles: {dba: {}}\nbackups: {daily: {of: files, at: daily}}\n" \
	     "logs: {app: {path: /var/log/a.log}}\n"

static const Refused refused[] = {
	/* steps */
	{ "tasks: {t: {at: daily, items: [{do: check:site, run: ls}]}}", "S12", "'do' and 'run'" },
	{ "tasks: {t: {at: daily, items: [{ask: a, run: ls}]}}", "S12", "'ask' and 'run'" },
	{ "tasks: {t: {at: daily, items: [{env: staging}]}}", "S12", "does nothing" },
	{ "tasks: {t: {at: daily, items: [{wait: done}]}}", "S05", "is not a duration" },
	{ "tasks: {t: {at: daily, items: [{do: chek:site}]}}", "R01", "did you mean 'check'" },
	{ "tasks: {t: {at: daily, items: [{do: check:sit}]}}", "R01", "did you mean 'site'" },
	{ "tasks: {t: {at: daily, items: [{do: daily}]}}", "S05", "is not a kind and a name" },
	{ "tasks: {t: {at: daily, items: [{do: log:app:rotat}]}}", "R01", "did you mean 'rotate'" },
	{ "tasks: {t: {at: daily, items: [{do: check:daily}]}}", "R01", "no check 'daily'" },
	{ "tasks: {t: {at: daily, items: [{do: db:x}]}}", "R01", "no database or database action" },
	{ "tasks: {t: {at: daily, items: [{do: metric:cpu_usd}]}}", "R01", "no metric 'cpu_usd'" },
	{ "tasks: {t: {at: daily, items: [{notify: nobody}]}}", "R01", "'nobody'" },
	{ "tasks: {t: {at: daily, items: [{call: back}]}}", "R01", "no procedure 'back'" },
	{ "tasks: {t: {at: daily, items: [{ask: a, on_fail: call:back}]}}", "R01",
	  "no procedure 'back'" },
	{ "tasks: {t: {at: daily, items: [{ask: a, on_fail: retry}]}}", "S05", "not one of stop" },
	{ "tasks: {t: {at: daily, items: [{ask: a, if: maybe}]}}", "S05", "is not a condition" },
	{ "tasks: {t: {at: daily, items: [{ask: a, if: \"check{x} == fail\"}]}}", "R01",
	  "no check 'x'" },
	{ "tasks: {t: {at: daily, items: [{ask: a, env: prod}]}}", "R02", "no service has" },
	{ "tasks: {t: {at: daily, items: [{unit: reboot all}]}}", "S05", "start, stop, restart" },
	{ "tasks: {t: {at: daily, items: [{http: example.org}]}}", "S05", "is not a request" },
	{ "tasks: {t: {at: daily, items: [{run: ls, stops: respond}]}}", "S12",
	  "can stop a clock" },
	{ "tasks: {t: {at: daily, items: [{ask: a, stops: reply}]}}", "S07", "not a choice" },
	{ "tasks: {t: {at: daily, items: [{id: a, ask: a}, {id: a, ask: b}]}}", "S12",
	  "two of its steps are called 'a'" },
	{ "tasks: {t: {at: daily, items: [{id: \"2\", ask: a}, b]}}", "S12", "called '2'" },
	{ "tasks: {t: {at: daily, items: [{id: a b, ask: a}]}}", "S05", "cannot be a name" },
	{ "tasks: {t: {at: daily, items: [{ask: a, owner: nobody}]}}", "R01", "'nobody'" },
	{ "tasks: {t: {at: daily, items: [{ask: a, timeout: -5m}]}}", "S05", "not a duration" },
	/* tasks */
	{ "tasks: {t: {for: 1h}}", "S03", "needs the key 'at'" },
	{ "tasks: {t: {at: daily, for: 2d}}", "S12", "longer than the time between" },
	{ "tasks: {t: {at: every 6h, for: 7h}}", "S12", "longer than the time between" },
	{ "tasks: {t: {at: weekly sun 09:00, days: mon-fri}}", "S12", "it never comes" },
	{ "tasks: {t: {at: weekly sun, days: mon-fri}}", "S12", "it never comes" },
	{ "tasks: {t: {at: daily 20:00, days: mon-fri 09:00-18:00}}", "S12", "it never comes" },
	{ "tasks: {t: {at: daily, days: never}}", "S12", "it never comes" },
	{ "tasks: {t: {at: 2027-01-02, days: mon-fri}}", "S12", "it never comes" },
	{ "tasks: {t: {at: daily, after: u}}", "R01", "no task 'u'" },
	{ "tasks: {t: {at: daily, after: t}}", "R03", "leads back to itself" },
	{ "tasks: {t: {at: daily, after: u}, u: {at: daily, after: t}}", "R03", "in a circle" },
	{ "tasks: {t: {at: daily, same_as: u}, u: {at: daily, same_as: t}}", "R03", "in a circle" },
	{ "tasks: {t: {at: daily, items: [{do: task:u}]}, u: {at: daily, items: [{do: task:t}]}}",
	  "R03", "in a circle" },
	{ "tasks: {t: {at: daily, catch_up: twice}}", "S05", "not one of skip" },
	{ "tasks: {t: {at: daily, catch_up: \"all:0\"}}", "S05", "not one of skip" },
	{ "tasks: {t: {at: daily, catch_up: skip, max_late: 1h}}", "S12", "means nothing" },
	{ "tasks: {t: {at: daily, overlap: merge}}", "S07", "not a choice" },
	{ "tasks: {t: {at: daily, owner: db}}", "R01", "did you mean 'dba'" },
	{ "windows: {w: {at: weekly sun 02:00, for: 1h, env: staging}}\ntasks: {t: {at: weekly sun "
	  "02:00, env: production, window: w}}",
	  "S12", "is one of environment 'staging'" },
	/* procedures */
	{ "procedures: {p: {kind: restore}}", "S03", "needs the key 'steps'" },
	{ "procedures: {p: {steps: []}}", "S12", "without steps" },
	{ "procedures: {p: {steps: [{call: p}]}}", "R03", "leads back to itself" },
	{ "procedures: {p: {steps: [{call: q}]}, q: {steps: [{ask: a, on_fail: call:p}]}}", "R03",
	  "in a circle" },
	{ "procedures: {p: {steps: [a], envs: [prod]}}", "R02", "no service has" },
	{ "procedures: {p: {steps: [a], on_fail: call:q}}", "R01", "no procedure 'q'" },
	/* exercises, audits, reports */
	{ "exercises: {e: {at: daily, for: 3d}}", "S12", "longer than" },
	{ "exercises: {e: {at: yearly, target: prod}}", "R02", "no service has" },
	{ "exercises: {e: {at: yearly, kind: fire}}", "S07", "not a choice" },
	{ "audits: {a: {at: weekly}}", "S03", "needs the key 'depth'" },
	{ "audits: {a: {at: weekly, depth: deep}}", "S07", "not a choice" },
	{ "audits: {a: {at: weekly, depth: scan, run: \"npm audit | mail\"}}", "S11", "a shell" },
	{ "reports: {r: {sections: [a]}}", "S03", "needs the key 'at'" },
	{ "reports: {r: {at: daily, template: no}}", "R01", "no template 'no'" },
	{ "reports: {r: {at: daily, audience: dbas}}", "R01", "did you mean 'dba'" },
	/* knowledge */
	{ "support: {quality: {resolved: \"> 80%\"}}", "S07", "'resolved' is no ratio" },
	{ "support: {quality: {escalation: 10%}}", "S05", "not a comparison" },
	{ "support: {quality: {escalation: \"< 4h\"}}", "S05", "is not measured in" },
	{ "support: {quality: {escalation: \"< unset\"}}", "S05", "not a comparison" },
	{ "support: {priorities: {urgent: P9}}", "R01", "no class 'P9'" },
	{ "support: {always_for: [P00]}", "R01", "did you mean 'P0'" },
	{ "support: {quality_minimum: 0}", "S06", "between 1" },
	{ "support: {levels: [a]}", "S04", "is a map" },
	{ "documents: {d: {count: 3, paths: [a]}}", "S12", "'count' says 3" },
	{ "documents: {d: {count: 0}}", "S06", "between 1" },
	{ "documents: {d: {url: docs}}", "S05", "not an http" },
	{ "training: {t: {for: 2h}}", "S03", "needs the key 'at'" },
	{ "training: {t: {at: monthly, for: 4h-2h}}", "S05", "not a duration" },
	{ "training: {t: {at: monthly, for: 2h-}}", "S05", "not a duration" },
	{ "training: {t: {at: weekly, for: 1d-8d}}", "S12", "longer than" },
	{ "training: {t: {at: monthly, audience: newcomers}}", "R01", "'newcomers'" },
	{ "costs: {recurring: {host: cheap}}", "S05", "amount of money" },
	{ "costs: {recurring: {host: -5 EUR}}", "S05", "amount of money" },
	{ "costs: {effort: {bugs: {hours: -5}}}", "S05", "not a number" },
	{ "costs: {effort: {bugs: {hours: 20-10}}}", "S05", "not a number" },
	{ "costs: {effort: {bugs: {hours: 200000}}}", "S06", "between 0" },
	{ "costs: {effort: {bugs: {hours: 2, per: moon}}}", "S05", "not a duration nor" },
	{ "costs: {effort: {bugs: {per: 1mo}}}", "S03", "needs the key 'hours'" },
	{ "versioning: {production_branch: master, branches: [main]}", "S12", "not among" },
	{ "versioning: {scheme: dates}", "S07", "not a choice" },
	{ "roadmap: {r: {items: [a]}}", "S12", "says by when" },
	{ "roadmap: {r: {within: 1y, due: 2027}}", "S12", "exclude each other" },
	{ "roadmap: {r: {within: 0d}}", "S06", "at once" },
	{ "roadmap: {r: {within: 6mo}}", "S12", "the plan's 'date'" },
	{ "roadmap: {r: {due: 2027-02-31}}", "S05", "not a date" },
	{ "roadmap: {r: {due: 2027, items: [\"tsk:a\"]}}", "R01", "did you mean 'task'" },
	{ "calendar: {january: [a]}", "S02", "unknown key 'january'" },
	{ "calendar: {jan: [\"backup:dayly\"]}", "R01", "did you mean 'daily'" },
};

TEST(each_mistake_is_named)
{
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		const Refused *r = &refused[i];
		AUTO_FREE char *text = mem_printf("%s%s\n", BASE, r->text);
		AUTO(Loaded) l = load_text(text);

		if (l.plan || !count_code(&l, r->code) || !strstr(buf_str(&l.text), r->message))
			(void)test_fail(__FILE__, __LINE__, "%s: wanted %s \"%s\"\n%s", r->text,
			                r->code, r->message, buf_str(&l.text));
		EXPECT_INT(l.findings.errors, 1);
	}
}

TEST(the_base_of_those_mistakes_is_right)
{
	AUTO(Loaded) l = load_text(BASE);

	EXPECT(l.plan);
}

static const Refused heads[] = {
	{ "sprint: 2w", "S12", "come together" },
	{ "sprint_start: 2027-01-04", "S12", "come together" },
	{ "sprint_start: 2027-01, sprint: 2w", "S05", "begins on a day" },
	{ "sprint_start: 2027-01-04, sprint: 2h", "S06", "at least a day" },
	{ "holidays: [2027-02-30]", "S05", "is not a date" },
	{ "holidays: [13-01]", "S05", "is not a date" },
	{ "holidays: [2027-05-10..2027-05-01]", "S05", "is not a date" },
	{ "holidays: [12-20..2027-01-03]", "S05", "is not a date" },
	{ "holidays: [noel]", "S05", "is not a date" },
	{ "slots: at night", "S05", "opening hours" },
	{ "review: {every: sometimes}", "S05", "is not a cadence" },
	{ "review: {also: {now and then: a}}", "S05", "is not a cadence" },
};

TEST(each_mistake_of_the_head_is_named)
{
	for (size_t i = 0; i < COUNT_OF(heads); i++) {
		AUTO_FREE char *text =
		        mem_printf("plan: {title: T, timezone: UTC, %s}\n", heads[i].text);
		AUTO(Loaded) l = load_text(text);

		if (l.plan || !count_code(&l, heads[i].code) ||
		    !strstr(buf_str(&l.text), heads[i].message))
			(void)test_fail(__FILE__, __LINE__, "%s: wanted %s \"%s\"\n%s",
			                heads[i].text, heads[i].code, heads[i].message,
			                buf_str(&l.text));
	}
}

/* What looks odd and is right. */
TEST(what_is_unusual_but_means_something_is_accepted)
{
	static const char *const right[] = {
		"tasks: {t: {at: daily, for: 1d}}",
		"tasks: {t: {at: \"weekly mon,thu\", for: 3d}}",
		"tasks: {t: {at: monthly fifth sun, days: sun}}",
		"tasks: {t: {at: unset}}",
		"tasks: {t: {at: as_needed, for: 3mo, days: mon}}",
		"tasks: {t: {at: daily 12:00, items: [{do: check:site, ask: confirmed}]}}",
		"tasks: {t: {at: on release, items: [{run: ls, wait: completed, if: needed}]}}",
		"tasks: {t: {at: daily, items: []}}",
		"exercises: {e: {at: agreed, target: scratch}}",
		"calendar: {jan: [\"note: nothing\", \"http://example.org\", plain words]}",
		"roadmap: {r: {due: 2027-06}}",
		"costs: {effort: {bugs: 0}}",
		"support: {quality: {satisfaction: \"> 4.5\"}}",
		"training: {t: {at: on new_feature, for: 2w}}",
		"tasks: unset",
	};

	for (size_t i = 0; i < COUNT_OF(right); i++) {
		AUTO_FREE char *text = mem_printf("%s%s\n", BASE, right[i]);
		AUTO(Loaded) l = load_text(text);

		if (!l.plan)
			(void)test_fail(__FILE__, __LINE__, "%s", buf_str(&l.text));
	}
}

/* The yaml blocks of the guide, one after the other, without the editor's line. */
static char *guide(void)
{
	AUTO_FREE char *path = mem_printf("%s/docs/plan.md", test_source());
	AUTO(Buf) out = { 0 };
	char line[512];
	bool inside = false;
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof line, f)) {
		if (text_starts(line, "```"))
			inside = text_starts(line, "```yaml");
		else if (inside && !text_starts(line, "#"))
			buf_text(&out, line);
	}
	if (f)
		(void)fclose(f);
	return buf_take(&out);
}

TEST(what_the_guide_shows_is_a_plan)
{
	AUTO_FREE char *text = guide();
	AUTO(Loaded) l = load_text(text);

	if (!l.plan)
		(void)test_fail(__FILE__, __LINE__, "%s", buf_str(&l.text));
	ASSERT(l.plan);
	EXPECT_INT(l.plan->tasks_n, 2);
	EXPECT_INT(l.plan->backups_n, 1);
	EXPECT(l.plan->support.set && l.plan->costs.set && l.plan->calendar.set);
}

TEST(same_as_reaches_over_several_tasks)
{
	AUTO(Loaded)
	l = load_text(BASE "tasks:\n  a: {at: daily 09:00, same_as: b}\n  b: {at: daily 10:00, "
	                   "same_as: c}\n  c: {at: daily 11:00, items: [one, two], for: 5m}\n");

	ASSERT(l.plan);
	EXPECT_INT(plan_task(l.plan, "a")->items_n, 2);
	EXPECT_INT(plan_task(l.plan, "b")->items_n, 2);
	EXPECT_INT(span_estimate(plan_task(l.plan, "a")->length).us, minutes(5).us);
}

TEST(thousands_of_tasks_in_a_chain_load)
{
	AUTO(Buf) b = { 0 };

	buf_text(&b, BASE "tasks:\n  t0: {at: daily}\n");
	for (int i = 1; i < 3000; i++)
		buf_printf(&b,
		           "  t%d: {at: daily 10:00, after: t%d, days: mon-fri, items: [{do: "
		           "check:site}]}\n",
		           i, i - 1);
	AUTO(Loaded) l = load_bytes("big.yaml", b.p, b.n);
	ASSERT(l.plan);
	EXPECT_INT(l.plan->tasks_n, 3000);
}
