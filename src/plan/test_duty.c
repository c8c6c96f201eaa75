/* Which entries become duties, what sets them off, and where those without an hour
 * are placed. When duties come is test_duty_time.c's. */
#include "harness.h"

#include "plan/duty.h"
#include "plan/testing.h"

static const char all[] =
        "plan: {title: Test, version: 1, timezone: Europe/Paris, language: en, date: 2027-01-01,\n"
        "  review: {every: quarterly, next: 2027-02, by: [dev], also: {yearly: rework}}}\n"
        "roles: {dev: {kind: human}, ops: {kind: human}}\n"
        "services: {site: {environments: {production: {url: \"https://example.org/\"}}}}\n"
        "databases: {main: {engine: postgresql, service: site, env: production}}\n"
        "windows:\n"
        "  night: {at: weekly sun 03:00, for: 2h, services: [site]}\n"
        "  first: {at: monthly first sat 22:00, for: 4h, services: [site]}\n"
        "tasks:\n"
        "  health: {at: daily 09:00, for: 15m, owner: dev,\n"
        "    items: [{do: \"backup:nightly\"}, {do: \"log:app\"}]}\n"
        "  weekly: {at: weekly mon 10:00, for: 1h, owner: dev, days: mon-fri, after: [health],\n"
        "    items: [{ask: look}, {do: \"document:user\"}, {do: \"backup:loose\"},\n"
        "      {do: \"cleanup:tmp\"}, {do: \"cleanup:maybe\", if: needed}]}\n"
        "  clean: {at: daily 04:00, catch_up: \"all:5\", overlap: queue, locks: [disk],\n"
        "    items: [{do: \"cleanup:tmp\"}, {do: \"log:app:rotate\"}]}\n"
        "  twice: {at: weekly, same_as: weekly}\n"
        "  phone: {at: unset, items: [{ask: call}]}\n"
        "  shop: {at: monthly, owner: dev, catch_up: skip}\n"
        "storage: {disk: {type: disk, at: weekly, by: human}, s3: {type: s3}}\n"
        "backups:\n"
        "  nightly: {of: main, kind: full, at: daily 02:00, also: on deploy, to: s3}\n"
        "  hosted: {of: main, kind: full, by: supplier, at: weekly}\n"
        "  loose: {of: files, kind: full, paths: [/srv], at: unset}\n"
        "  idle: {of: files, kind: full, paths: [/srv], at: unset}\n"
        "restore_tests: {monthly: {of: nightly, scope: full, at: monthly, target: scratch, for: "
        "2h}}\n"
        "exercises: {fire: {kind: recovery, at: halfyearly, owner: [dev, ops], for: 4h}}\n"
        "logs:\n"
        "  app: {kind: application, path: /var/log/app.log, review: weekly, rotate: daily, keep: "
        "14,\n"
        "    clean_at: monthly, archive_at: quarterly}\n"
        "db_actions:\n"
        "  vacuum: {action: vacuum_analyze, db: main, at: weekly, window: night}\n"
        "  tuning: {action: tuning, db: main, at: quarterly}\n"
        "cleanup:\n"
        "  tmp: {action: delete_files, path: /tmp/x, at: weekly, older_than: 7d}\n"
        "  maybe: {action: delete_files, path: /tmp/y, at: unset, older_than: 7d}\n"
        "updates:\n"
        "  minor: {kind: minor, at: monthly, window: night, run: [apt-get, upgrade]}\n"
        "  major: {kind: major, at: yearly, window: first}\n"
        "  config: {kind: config, at: as_needed}\n"
        "audits: {scan: {depth: scan, at: weekly, run: [scan]}, pentest: {depth: pentest, at: "
        "yearly, external: true}}\n"
        "suites: {unit: {kind: unit, run: [make, test], at: on deploy},\n"
        "  hand: {kind: manual, at: monthly, for: 3h, items: [{ask: buy something}]}}\n"
        "load_tests: {home: {tool: ab, requests: 10, concurrency: 2, target: \"/\", env: "
        "production, at: quarterly}}\n"
        "reports: {weekly: {at: weekly fri, after: [weekly], sections: [week]}}\n"
        "documents: {user: {kind: user, paths: [guide], update: weekly, review: monthly}}\n"
        "training: {all: {at: monthly, for: 2h, audience: [dev], modules: [x], follow_up: "
        "quarterly}}\n"
        "roadmap: {redis: {within: 6mo, items: [cache, sessions], review: quarterly}, mobile: "
        "{due: 2027-09}}\n"
        "calendar: {mar: [\"update:config\", year plan], nov: [\"audit:pentest\", "
        "\"update:minor\"], feb: [spring clean]}\n";

static Loaded load_all(void)
{
	Loaded l = load_text(all);

	if (!l.plan)
		test_fail(__FILE__, __LINE__, "%s", buf_str(&l.text));
	return l;
}

static const Duty *duty(const Loaded *l, const char *id)
{
	static const Duty none;
	const Duty *d = l->plan ? plan_duty(l->plan, id) : NULL;

	if (!d)
		test_fail(__FILE__, __LINE__, "no duty %s", id);
	return d ? d : &none;
}

TEST(every_section_gives_its_duties_in_the_order_of_the_language)
{
	static const char *const want[] = {
		"plan:review",
		"plan:review:yearly",
		"task:health",
		"task:weekly",
		"task:clean",
		"task:twice",
		"task:shop",
		"storage:disk",
		"backup:nightly",
		"backup:nightly:also",
		"backup:hosted",
		"backup:loose",
		"restore_test:monthly",
		"exercise:fire",
		"log:app:review",
		"log:app:rotate",
		"log:app:clean",
		"log:app:archive",
		"db_action:vacuum",
		"db_action:tuning",
		"cleanup:tmp",
		"update:minor",
		"update:major",
		"update:config",
		"audit:scan",
		"audit:pentest",
		"suite:unit",
		"suite:hand",
		"load_test:home",
		"report:weekly",
		"document:user:update",
		"document:user:review",
		"training:all",
		"training:all:follow_up",
		"roadmap:redis",
		"roadmap:redis:review",
		"roadmap:mobile",
		"calendar:02:1",
		"calendar:03:1",
		"calendar:03:2",
	};
	AUTO(Loaded) l = load_all();

	ASSERT(l.plan != NULL);
	EXPECT_INT(l.plan->duties_n, COUNT_OF(want));
	for (size_t i = 0; i < COUNT_OF(want) && i < l.plan->duties_n; i++) {
		EXPECT_TEXT(l.plan->duties[i].id, want[i]);
		EXPECT(plan_duty(l.plan, want[i]) == &l.plan->duties[i]);
	}
	EXPECT(!plan_duty(l.plan, "task:phone") && !plan_duty(l.plan, "backup:idle"));
	EXPECT(!plan_duty(l.plan, "") && !plan_duty(l.plan, NULL));
}

TEST(a_task_sets_off_what_it_does_as_often_as_promised)
{
	static const struct {
		const char *id, *by;
	} table[] = {
		{ "backup:nightly", NULL },          /* it has its own hour: the round only looks */
		{ "log:app:review", "task:health" }, /* more often than weekly */
		{ "log:app:rotate", "task:clean" },
		{ "log:app:clean", NULL },
		{ "cleanup:tmp", "task:weekly" },  /* the task of the same cadence wins */
		{ "backup:loose", "task:weekly" }, /* no cadence of its own */
		{ "document:user:update", "task:weekly" },
		{ "document:user:review", NULL },
		{ "task:twice", "task:weekly" },
		{ "suite:unit", NULL },
	};
	AUTO(Loaded) l = load_all();

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const Duty *d = duty(&l, table[i].id);

		EXPECT_TEXT(d->by ? d->by->id : NULL, table[i].by);
	}
	EXPECT(!plan_duty(l.plan, "cleanup:maybe")); /* `if: needed` sets nothing off */
	EXPECT(plan_duty_of(l.plan, "log:app") == duty(&l, "log:app:review"));
	EXPECT(plan_duty_of(l.plan, "document:user") == duty(&l, "document:user:update"));
	EXPECT(!plan_duty_of(l.plan, "service:site") && !plan_duty_of(l.plan, "nonsense"));
}

static Loaded task_and_backup(const char *task, const char *backup)
{
	AUTO_FREE char *text =
	        mem_printf(HEAD "tasks: {t: {at: %s, items: [{do: \"backup:b\"}]}}\n"
	                        "backups: {b: {of: files, kind: full, paths: [/srv], at: %s}}\n",
	                   task, backup);

	return load_text(text);
}

TEST(a_task_at_another_time_or_less_often_only_looks)
{
	static const struct {
		const char *task, *backup;
		bool sets_off;
	} table[] = {
		{ "daily 09:00", "daily", true },
		{ "daily 09:00", "daily 09:00", true },
		{ "daily 09:00", "daily 02:00", false },
		{ "weekly mon 09:00", "daily", false },
		{ "daily 09:00", "monthly", true },
		{ "weekly mon 09:00", "weekly sun", false },
		{ "weekly sun 09:00", "weekly sun", true },
		{ "daily", "weekly sun", false }, /* it names its day itself */
		{ "monthly 1 03:00", "monthly 15", false },
		{ "monthly first sun 03:00", "monthly first sun", true },
		{ "quarterly 03:00", "monthly", false },
		{ "every 6h", "daily", true },
		{ "daily", "every 6h", false },
		{ "on deploy", "daily", false },
		{ "as_needed", "unset", false },
		{ "daily", "on deploy", false },
		{ "daily", "as_needed", true },
		{ "yearly", "unset", true },
	};

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		AUTO(Loaded) l = task_and_backup(table[i].task, table[i].backup);
		const Duty *d = l.plan ? plan_duty(l.plan, "backup:b") : NULL;

		if (!l.plan || (d && d->by != NULL) != table[i].sets_off)
			test_fail(__FILE__, __LINE__, "%s does %s: %s", table[i].task,
			          table[i].backup, buf_str(&l.text));
	}
}

TEST(a_task_of_some_days_does_not_keep_a_daily_promise)
{
	AUTO(Loaded)
	l = load_text(HEAD "tasks: {t: {at: daily 09:00, days: mon-fri, items: [{do: "
	                   "\"backup:b\"}, {do: \"backup:w\"}]}}\n"
	                   "backups: {b: {of: files, kind: full, paths: [/srv], at: daily},\n"
	                   "  w: {of: files, kind: full, paths: [/srv], at: weekly}}\n");

	ASSERT(l.plan != NULL);
	EXPECT(duty(&l, "backup:b")->by == NULL);
	EXPECT(duty(&l, "backup:w")->by == duty(&l, "task:t"));
}

TEST(tasks_that_do_each_other_do_not_go_round)
{
	AUTO(Loaded)
	l = load_text(HEAD "tasks:\n"
	                   "  a: {at: daily, items: [{do: \"task:b\"}]}\n"
	                   "  b: {at: daily, items: [{do: \"task:a\"}]}\n"
	                   "  c: {at: daily, same_as: d}\n"
	                   "  d: {at: daily, same_as: c}\n");
	size_t alone = 0;

	if (!l.plan) /* refused when loading: as good */
		return;
	for (size_t i = 0; i < l.plan->duties_n; i++)
		alone += l.plan->duties[i].by == NULL;
	EXPECT_INT(alone, 2);
}

TEST(who_does_it_is_read_from_the_entry)
{
	static const struct {
		const char *id;
		bool human, supplier, items;
	} table[] = {
		{ "task:health", false, false, true },
		{ "task:shop", true, false, false },
		{ "task:twice", false, false, true },
		{ "storage:disk", true, false, false },
		{ "backup:hosted", false, true, false },
		{ "backup:nightly", false, false, false },
		{ "exercise:fire", true, false, false },
		{ "log:app:review", true, false, false },
		{ "log:app:rotate", false, false, false },
		{ "db_action:vacuum", false, false, false },
		{ "db_action:tuning", true, false, false },
		{ "update:minor", false, false, false },
		{ "update:major", true, false, false },
		{ "audit:scan", false, false, false },
		{ "audit:pentest", true, true, false },
		{ "suite:unit", false, false, false },
		{ "suite:hand", false, false, true },
		{ "report:weekly", false, false, false },
		{ "training:all", true, false, false },
		{ "roadmap:redis", false, false, true },
		{ "roadmap:mobile", true, false, false },
		{ "calendar:03:2", true, false, false },
		{ "calendar:03:1", false, false, true },
		{ "plan:review", true, false, false },
	};
	AUTO(Loaded) l = load_all();

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const Duty *d = duty(&l, table[i].id);

		if (d->human != table[i].human || d->supplier != table[i].supplier ||
		    (d->items_n > 0) != table[i].items)
			test_fail(__FILE__, __LINE__, "%s: human %d supplier %d items %zu", d->id,
			          d->human, d->supplier, d->items_n);
	}
}

TEST(a_tasks_own_wishes_are_kept)
{
	AUTO(Loaded) l = load_all();
	const Duty *clean = duty(&l, "task:clean"), *weekly = duty(&l, "task:weekly");

	EXPECT_INT(clean->catch_up, DUTY_ALL);
	EXPECT_INT(clean->catch_up_n, 5);
	EXPECT_INT(clean->overlap, OVERLAP_QUEUE);
	EXPECT_TEXT(clean->locks.at[0], "disk");
	EXPECT_INT(weekly->catch_up, DUTY_ONCE);
	EXPECT_INT(duty(&l, "task:shop")->catch_up, DUTY_SKIP);
	EXPECT_TEXT(weekly->after.at[0], "task:health");
	EXPECT_TEXT(weekly->owner.at[0], "dev");
	EXPECT(weekly->days.set);
	EXPECT_INT(duty(&l, "exercise:fire")->owner.n, 2);
	/* same_as: the work is that of the other */
	EXPECT(duty(&l, "task:twice")->items == weekly->items);
}

TEST(parts_have_titles_and_revisions_have_reviewers)
{
	AUTO(Loaded) l = load_all();

	EXPECT_TEXT(duty(&l, "log:app:rotate")->title, "Rotation: app");
	EXPECT_TEXT(duty(&l, "plan:review:yearly")->title, "Revision of the plan: rework");
	EXPECT_TEXT(duty(&l, "plan:review")->owner.at[0], "dev");
	EXPECT_TEXT(duty(&l, "calendar:03:2")->title, "year plan");
	EXPECT_TEXT(duty(&l, "calendar:03:1")->items[0].todo, "update:config");
}

TEST(dates_of_the_plan_become_occurrences)
{
	AUTO(Loaded) l = load_all();
	Instant t;
	char out[INSTANT_TEXT];

	ASSERT(l.plan != NULL && instant_parse("2026-06-01T00:00:00Z", &t));
	/* six months after the plan's date, at the hour placed for people */
	EXPECT_TEXT(instant_print(duty_next(l.plan, duty(&l, "roadmap:redis"), t), out),
	            "2027-07-01T07:00:00Z");
	/* a month is due by its last day */
	EXPECT_TEXT(instant_print(duty_next(l.plan, duty(&l, "roadmap:mobile"), t), out),
	            "2027-09-30T07:00:00Z");
	/* the first revision is the one announced, then each quarter's second month */
	EXPECT_TEXT(instant_print(duty_next(l.plan, duty(&l, "plan:review"), t), out),
	            "2027-02-01T10:00:00Z");
	EXPECT(instant_parse("2027-02-02T00:00:00Z", &t));
	EXPECT_TEXT(instant_print(duty_next(l.plan, duty(&l, "plan:review"), t), out),
	            "2027-05-01T09:00:00Z");
	EXPECT_TEXT(duty(&l, "roadmap:redis")->items[1].ask, "sessions");
}

TEST(a_named_duty_with_its_own_cadence_is_no_second_one_in_the_calendar)
{
	AUTO(Loaded) l = load_all();

	ASSERT(l.plan != NULL);
	EXPECT(!plan_duty(l.plan, "calendar:11:1") && !plan_duty(l.plan, "calendar:11:2"));
	/* and the month is taken from there, where the cadence leaves it open */
	EXPECT_INT(duty(&l, "audit:pentest")->at.month, 11);
	EXPECT_HAS(duty(&l, "audit:pentest")->slot_reason, "the month is the calendar's");
	EXPECT_INT(duty(&l, "update:minor")->at.month, 0);
}

/* ---- slots ---- */

TEST(what_the_plan_states_is_never_moved)
{
	AUTO(Loaded) l = load_all();
	char a[SCHEDULE_TEXT], b[SCHEDULE_TEXT];

	for (size_t i = 0; l.plan && i < l.plan->duties_n; i++) {
		const Duty *d = &l.plan->duties[i];
		const Schedule *s = &d->stated;

		if (!d->slot_ours && !text_eq(d->id, "plan:review"))
			EXPECT_TEXT(schedule_print(&d->at, a), schedule_print(s, b));
		EXPECT(d->slot_ours == (d->slot_reason != NULL));
		EXPECT(d->at.kind == s->kind);
		if (s->has_hour)
			EXPECT_INT(d->at.hour * 60 + d->at.minute, s->hour * 60 + s->minute);
		if (s->weekdays || s->day)
			EXPECT(d->at.weekdays == s->weekdays && d->at.day == s->day);
	}
}

TEST(everything_that_recurs_has_an_hour_and_a_day)
{
	AUTO(Loaded) l = load_all();

	for (size_t i = 0; l.plan && i < l.plan->duties_n; i++) {
		const Duty *d = &l.plan->duties[i];
		bool months = d->at.kind >= SCHEDULE_MONTHLY && d->at.kind <= SCHEDULE_YEARLY;

		if (d->by || !schedule_recurs(&d->at) || d->at.kind == SCHEDULE_EVERY)
			continue;
		EXPECT(d->at.has_hour);
		if (d->at.kind == SCHEDULE_WEEKLY)
			EXPECT(d->at.weekdays != 0);
		if (months && !d->by_period_end)
			EXPECT(d->at.day || d->at.nth);
		if (months && d->human && !d->by_period_end && !d->stated.day &&
		    !text_eq(d->id, "plan:review") && !d->window)
			EXPECT(d->at.weekdays && !(d->at.weekdays & 0x60)); /* no weekend */
	}
}

TEST(a_slot_lies_in_the_window_of_the_duty)
{
	AUTO(Loaded) l = load_all();
	static const char *const ids[] = { "db_action:vacuum", "update:minor", "update:major" };
	Instant t;

	ASSERT(l.plan && instant_parse("2027-01-01T00:00:00Z", &t));
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		const Duty *d = duty(&l, ids[i]);
		Instant at = duty_next(l.plan, d, t);

		for (int k = 0; k < 20 && is_set(at); k++, at = duty_next(l.plan, d, at)) {
			Instant open = schedule_last(&d->window->at, l.plan->head.timezone, at);

			EXPECT(is_set(open) && earlier(at, zone_add(l.plan->head.timezone, open,
			                                            d->window->length)));
		}
		EXPECT_HAS(d->slot_reason, "placed in window");
	}
	/* and two that share it follow each other */
	EXPECT(duty(&l, "db_action:vacuum")->at.minute != duty(&l, "update:minor")->at.minute);
}

TEST(a_window_that_does_not_open_so_often_is_said)
{
	AUTO(Loaded)
	l = load_text(SITE "databases: {m: {engine: postgresql, service: site, env: production}}\n"
	                   "windows: {night: {at: weekly sun 03:00, for: 2h}}\n"
	                   "db_actions: {v: {action: vacuum, db: m, at: daily, window: night}}\n");
	const Duty *d = duty(&l, "db_action:v");

	EXPECT_HAS(d->slot_reason, "window night is not open at such a cadence");
	EXPECT(d->at.has_hour && d->at.hour >= 2 && d->at.hour < 5);
}

TEST(slots_of_the_plan_come_before_ours)
{
	AUTO(Loaded)
	l = load_text("plan: {title: T, timezone: Europe/Paris, language: fr, slots: \"tue,thu "
	              "13:00-14:00\"}\n"
	              "tasks: {a: {at: weekly, for: 30m}, b: {at: weekly, for: 30m}, c: {at: "
	              "weekly, for: 30m},\n"
	              "  d: {at: weekly, for: 30m}, e: {at: weekly, for: 30m}}\n");
	unsigned seen = 0;

	ASSERT(l.plan != NULL);
	for (size_t i = 0; i < 5; i++) {
		const Duty *d = &l.plan->duties[i];

		EXPECT_INT(d->at.hour, 13);
		EXPECT(d->at.weekdays == 2 || d->at.weekdays == 8);
		EXPECT_HAS(d->slot_reason, "placé dans les créneaux du plan");
		if (i < 4) {
			unsigned slot = 1U << ((d->at.weekdays == 8) * 2 + d->at.minute / 30);

			EXPECT(!(seen & slot)); /* four places for the first four */
			seen |= slot;
		} else {
			EXPECT_HAS(d->slot_reason, "aucun créneau n'était entièrement libre");
		}
	}
}

TEST(people_of_one_owner_are_not_asked_twice_at_once_and_others_may_be)
{
	AUTO(Loaded)
	l = load_text(HEAD "roles: {ana: {kind: human}, bob: {kind: human}}\n"
	                   "tasks: {a: {at: daily, owner: ana}, b: {at: daily, owner: ana}, c: "
	                   "{at: daily, owner: bob},\n"
	                   "  d: {at: daily, owner: [ana, bob]}}\n");

	ASSERT(l.plan != NULL);
	EXPECT_INT(duty(&l, "task:a")->at.hour, 9);
	EXPECT_INT(duty(&l, "task:b")->at.hour, 10);
	EXPECT_INT(duty(&l, "task:c")->at.hour, 9);
	EXPECT_INT(duty(&l, "task:d")->at.hour, 11);
}

TEST(a_task_that_sets_off_work_of_people_is_placed_in_their_day)
{
	AUTO(Loaded)
	l = load_text(HEAD
	              "roles: {ana: {kind: human}}\n"
	              "tasks: {night: {at: weekly, items: [{do: \"backup:b\"}]},\n"
	              "  day: {at: daily, for: 1h, items: [{do: \"log:l\"}]}, own: {at: daily, "
	              "owner: ana}}\n"
	              "backups: {b: {of: files, kind: full, paths: [/srv], at: weekly}}\n"
	              "logs: {l: {kind: system, path: /var/log/x, review: daily, owner: ana}}\n");

	ASSERT(l.plan != NULL);
	EXPECT(duty(&l, "task:night")->at.hour < 5);
	EXPECT_INT(duty(&l, "task:day")->at.hour, 9);
	/* and Ana, who reads the log then, is not asked for something else */
	EXPECT_INT(duty(&l, "task:own")->at.hour, 10);
}

TEST(weekly_duties_are_spread_over_the_days)
{
	AUTO(Loaded)
	l = load_text(HEAD "tasks: {a: {at: weekly}, b: {at: weekly}, c: {at: weekly}, d: {at: "
	                   "weekly}, e: {at: weekly}}\n");
	unsigned days = 0;

	ASSERT(l.plan != NULL);
	for (size_t i = 0; i < 5; i++)
		days |= l.plan->duties[i].at.weekdays;
	EXPECT_INT(days, 0x1f);
}

TEST(a_window_without_dates_is_said_as_such)
{
	AUTO(Loaded)
	l = load_text(SITE "windows: {w: {at: agreed weekend, for: 2h}}\n"
	                   "updates: {u: {kind: minor, at: monthly, window: w, run: [up]}}\n");

	EXPECT_HAS(duty(&l, "update:u")->slot_reason, "window w has no dates");
}

TEST(what_comes_after_another_is_placed_after_it)
{
	AUTO(Loaded)
	l = load_text(HEAD "tasks: {a: {at: daily 09:00, for: 45m}, b: {at: daily, after: [a]},\n"
	                   "  late: {at: daily 20:00, for: 1h}}\n"
	                   "reports: {r: {at: daily, after: [late], sections: [day]}}\n");

	EXPECT_INT(duty(&l, "task:b")->at.hour * 60 + duty(&l, "task:b")->at.minute, 9 * 60 + 45);
	EXPECT_INT(duty(&l, "report:r")->at.hour, 21);
	EXPECT_HAS(duty(&l, "report:r")->slot_reason, "placed after what it waits for");
}

TEST(days_of_a_task_bound_its_slot)
{
	AUTO(Loaded) l = load_text(HEAD "tasks: {a: {at: weekly, days: wed}}\n");

	EXPECT_INT(duty(&l, "task:a")->at.weekdays, 4);
}

TEST(holidays_of_the_plan_close_the_hours_that_say_so)
{
	AUTO(Loaded)
	l = load_text("tasks: {a: {at: daily 09:00, days: mon-fri except holidays}}\n"
	              "contacts: {b: {email: b@example.org, hours: mon-fri 08:00-18:00 except "
	              "holidays}}\n"
	              "plan: {title: T, timezone: Europe/Paris, holidays: [easter+1, "
	              "2027-12-18..2028-01-02]}\n");
	Instant t;
	char out[INSTANT_TEXT];

	ASSERT(l.plan && instant_parse("2027-03-26T12:00:00Z", &t));
	EXPECT_INT(l.plan->holidays.n, 2);
	/* Good Friday at noon; Easter Monday is closed */
	EXPECT_TEXT(instant_print(duty_next(l.plan, duty(&l, "task:a"), t), out),
	            "2027-03-30T07:00:00Z");
	EXPECT(instant_parse("2027-12-17T12:00:00Z", &t));
	EXPECT_TEXT(instant_print(duty_next(l.plan, duty(&l, "task:a"), t), out),
	            "2028-01-03T08:00:00Z");
	EXPECT(instant_parse("2027-12-20T12:00:00Z", &t));
	EXPECT(!hours_open(&l.plan->contacts[0].hours, l.plan->head.timezone, t));
}

TEST(hours_closed_on_holidays_that_nobody_lists_are_refused)
{
	AUTO(Loaded)
	l = load_text(HEAD "contacts: {b: {email: b@example.org, hours: mon-fri except "
	                   "holidays}}\n");

	EXPECT(l.plan == NULL);
	EXPECT_INT(count_code(&l, "R01"), 1);
	EXPECT_HAS(buf_str(&l.text), "the plan lists no holidays");
}

TEST(the_same_plan_always_gets_the_same_slots)
{
	AUTO(Loaded) a = load_all();
	AUTO(Loaded) b = load_all();
	char x[SCHEDULE_TEXT], y[SCHEDULE_TEXT];

	for (size_t i = 0; a.plan && b.plan && i < a.plan->duties_n; i++)
		EXPECT_TEXT(schedule_print(&a.plan->duties[i].at, x),
		            schedule_print(&b.plan->duties[i].at, y));
}

TEST(a_slot_prints_and_reads_back)
{
	AUTO(Loaded) l = load_all();
	char out[SCHEDULE_TEXT], again[SCHEDULE_TEXT];

	for (size_t i = 0; l.plan && i < l.plan->duties_n; i++) {
		const Schedule *s = &l.plan->duties[i].at;
		Schedule read;

		EXPECT(schedule_parse(schedule_print(s, out), &read, NULL));
		EXPECT_TEXT(schedule_print(&read, again), out);
		EXPECT(read.month == s->month && read.day == s->day && read.nth == s->nth);
	}
}

TEST(many_duties_are_placed_in_bounded_time)
{
	AUTO(Buf) text = { 0 };
	AUTO(Loaded) l = { 0 };

	buf_text(&text, HEAD "tasks:\n");
	for (int i = 0; i < 400; i++)
		buf_printf(&text, "  t%d: {at: %s}\n", i,
		           i % 3 ? i % 2 ? "weekly" : "monthly" : "daily");
	l = load_text(buf_str(&text));
	ASSERT(l.plan != NULL);
	EXPECT_INT(l.plan->duties_n, 400);
}

/* ---- dates and cadences of the head, the roadmap and the calendar ---- */

static const Duty *only(Loaded *l, const char *text, const char *id)
{
	static const Duty none;
	const Duty *d;

	*l = load_text(text);
	d = l->plan ? plan_duty(l->plan, id) : NULL;
	if (!d)
		test_fail(__FILE__, __LINE__, "%s: no %s\n%s", text, id, buf_str(&l->text));
	return d ? d : &none;
}

TEST(the_plans_revision_follows_its_words_and_its_next_date)
{
	static const struct {
		const char *review, *at, *first;
	} table[] = {
		{ "{every: monthly}", "monthly first mon 09:00", "2027-02-01T09:00:00Z" },
		{ "{every: 6mo}", "halfyearly first mon 09:00", "2027-07-05T09:00:00Z" },
		{ "{every: 1y, next: 2027-03-15}", "yearly 03-15 09:00", "2027-03-15T09:00:00Z" },
		{ "{every: quarterly, next: 2027-06-10}", "quarterly 03-10 09:00",
		  "2027-06-10T09:00:00Z" },
		{ "{every: halfyearly, next: 2028-02}", "halfyearly 02-01 09:00",
		  "2028-02-01T09:00:00Z" },
		{ "{next: 2027-05-20}", "2027-05-20 09:00", "2027-05-20T09:00:00Z" },
		{ "{next: 2027}", "2027-01-01 09:00", "" }, /* gone by */
		{ "{every: 2w}", "every 336h", NULL },
	};
	Instant t;
	char printed[SCHEDULE_TEXT], out[INSTANT_TEXT];

	ASSERT(instant_parse("2027-01-10T00:00:00Z", &t));
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		AUTO_FREE char *text =
		        mem_printf("plan: {title: T, version: 1, timezone: UTC, review: "
		                   "%s}\n",
		                   table[i].review);
		AUTO(Loaded) l = { 0 };
		const Duty *d = only(&l, text, "plan:review");

		EXPECT_TEXT(schedule_print(&d->at, printed), table[i].at);
		if (table[i].first && l.plan)
			EXPECT_TEXT(instant_print(duty_next(l.plan, d, t), out), table[i].first);
		EXPECT(d->human);
	}
}

TEST(a_roadmap_step_is_due_on_its_date_or_so_long_after_the_plans)
{
	static const struct {
		const char *date, *step, *at;
	} table[] = {
		{ "2027-01-31", "{within: 1mo, items: [x]}", "2027-02-28 09:00" },
		{ "2027-01", "{within: 3mo, items: [x]}", "2027-04-01 09:00" },
		{ "2027", "{within: 2w, items: [x]}", "2027-01-15 09:00" },
		{ "2027", "{due: 2027-09, items: [x]}", "2027-09-30 09:00" },
		{ "2027", "{due: 2028, items: [x]}", "2028-12-31 09:00" },
		{ "2027", "{due: 2027-02-03, items: [x]}", "2027-02-03 09:00" },
	};
	char printed[SCHEDULE_TEXT];

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		AUTO_FREE char *text =
		        mem_printf("plan: {title: T, version: 1, date: %s, timezone: "
		                   "UTC}\nroadmap: {a: %s}\n",
		                   table[i].date, table[i].step);
		AUTO(Loaded) l = { 0 };
		const Duty *d = only(&l, text, "roadmap:a");

		EXPECT_TEXT(schedule_print(&d->at, printed), table[i].at);
		EXPECT(d->by_period_end && d->items_n == 1);
	}
}

TEST(titles_and_reasons_are_in_the_plans_language)
{
	AUTO(Loaded)
	l = load_text(
	        "plan: {title: T, version: 1, timezone: UTC, language: fr, review: {every: "
	        "monthly}}\n"
	        "documents: {g: {kind: user, paths: [x], label: Guide, update: weekly, review: "
	        "yearly}}\n");

	EXPECT_TEXT(duty(&l, "plan:review")->title, "Révision du plan");
	EXPECT_TEXT(duty(&l, "document:g:update")->title, "Mise à jour : Guide");
	EXPECT_TEXT(duty(&l, "document:g:update")->slot_reason,
	            "le plan ne donne ni jour de semaine ni heure ; placé aux heures de bureau");
	EXPECT_HAS(duty(&l, "document:g:review")->slot_reason, "ni jour ni heure");
}

TEST(a_month_of_the_calendar_asks_a_person_until_it_ends)
{
	AUTO(Loaded)
	l = load_text(
	        "plan: {title: T, version: 1, timezone: UTC}\n"
	        "roles: {ana: {kind: human}}\n"
	        "training: {t: {at: as_needed, audience: [ana], owner: ana, label: Premiers pas}}\n"
	        "calendar: {feb: [nettoyage, \"training:t\"]}\n");
	Instant t;
	char out[INSTANT_TEXT];

	ASSERT(l.plan && instant_parse("2028-01-10T00:00:00Z", &t));
	t = duty_next(l.plan, duty(&l, "calendar:02:1"), t);
	EXPECT_TEXT(instant_print(t, out), "2028-02-01T09:00:00Z");
	EXPECT_TEXT(instant_print(duty_late_after(l.plan, duty(&l, "calendar:02:1"), t), out),
	            "2028-03-01T00:00:00Z");
	/* what is named without a cadence of its own: its title, its owner, the work by it */
	EXPECT_TEXT(duty(&l, "calendar:02:2")->title, "Premiers pas");
	EXPECT_TEXT(duty(&l, "calendar:02:2")->owner.at[0], "ana");
	EXPECT_TEXT(duty(&l, "calendar:02:2")->items[0].todo, "training:t");
	EXPECT_TEXT(duty(&l, "calendar:02:2")->items[0].ask, "Premiers pas");
}

TEST(machines_prefer_a_time_without_windows_but_not_at_the_price_of_a_clash)
{
	AUTO(Loaded)
	l = load_text(SITE "windows: {w: {at: daily 02:00, for: 2h, services: [site]}}\n"
	                   "backups: {a: {of: files, kind: full, paths: [/srv], at: daily}}\n");

	EXPECT_INT(duty(&l, "backup:a")->at.hour, 4);
	Loaded_done(&l);
	l = load_text(SITE "windows: {w: {at: daily 22:00, for: 10h, services: [site]}}\n"
	                   "backups: {a: {of: files, kind: full, paths: [/srv], at: daily}}\n");
	EXPECT(duty(&l, "backup:a")->at.hour < 5);
	EXPECT(!strstr(duty(&l, "backup:a")->slot_reason, "no slot was free"));
}
