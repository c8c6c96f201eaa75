/* What is due, when, how it is ordered, what merges and what collides. */
#include "core/testing.h"
#include "harness.h"

#include "agenda/month.h"
#include "plan/testing.h"

typedef struct Lab {
	Loaded loaded;
	Agenda agenda;
} Lab;

static void Lab_done(Lab *l)
{
	Agenda_done(&l->agenda);
	Loaded_done(&l->loaded);
}

static const char *wish_kind, *wish_owner;

static Lab agenda_of(const char *plan, const char *from, const char *to)
{
	Lab l = { .loaded = load_text(plan) };
	AgendaWish wish = { wish_kind, wish_owner };

	if (l.loaded.plan)
		agenda_read(l.loaded.plan, at(from), at(to), &wish, &l.agenda);
	else
		test_fail(__FILE__, __LINE__, "%s", buf_str(&l.loaded.text));
	wish_kind = wish_owner = NULL;
	return l;
}

static bool expect_entry(int line, const Lab *l, size_t i, const char *id, const char *from)
{
	char text[DUTY_ID + 16], when[INSTANT_TEXT];

	if (i >= l->agenda.entries.n)
		return test_fail(__FILE__, line, "there is no entry %zu", i);
	(void)test_text(__FILE__, line, "from", instant_print(l->agenda.entries.at[i].from, when),
	                from);
	return test_text(__FILE__, line, "id", agenda_id(&l->agenda.entries.at[i], text), id);
}
#define EXPECT_ENTRY(i, id, from) expect_entry(__LINE__, &l, (i), (id), (from))

#define UTC "plan: {title: T, version: 1, timezone: UTC}\n"

/* ---- windows and notices ---- */

TEST(a_window_comes_with_the_notice_it_promises)
{
	AUTO(Lab)
	l = agenda_of(HEAD "windows: {night: {at: weekly sun 03:00, for: 2h, notice: 24h}}\n",
	              "2026-11-20T00:00:00Z", "2026-11-24T00:00:00Z");

	EXPECT_INT(l.agenda.entries.n, 2);
	EXPECT_ENTRY(0, "notice:night", "2026-11-21T02:00:00Z");
	EXPECT_ENTRY(1, "window:night", "2026-11-22T02:00:00Z");
	EXPECT_AT(l.agenda.entries.at[0].late, "2026-11-22T02:00:00Z");
	EXPECT_AT(l.agenda.entries.at[1].to, "2026-11-22T04:00:00Z");
}

TEST(a_notice_of_days_keeps_the_hour_over_a_change_of_clocks)
{
	/* Paris goes forward on Sunday 28 March 2027 */
	AUTO(Lab)
	l = agenda_of(HEAD "windows: {w: {at: weekly mon 09:00, for: 1h, notice: 3d}}\n",
	              "2027-03-25T00:00:00Z", "2027-03-30T00:00:00Z");

	EXPECT_ENTRY(0, "notice:w", "2027-03-26T08:00:00Z");
	EXPECT_ENTRY(1, "window:w", "2027-03-29T07:00:00Z");
}

TEST(a_notice_is_due_before_its_window_is_in_sight)
{
	AUTO(Lab)
	l = agenda_of(UTC "windows: {w: {at: 2027-06-30 10:00, for: 1h, notice: 1mo}}\n",
	              "2027-05-30T00:00:00Z", "2027-05-31T00:00:00Z");

	EXPECT_INT(l.agenda.entries.n, 1);
	EXPECT_ENTRY(0, "notice:w", "2027-05-30T10:00:00Z");
}

TEST(a_window_still_open_when_the_span_begins_is_there)
{
	AUTO(Lab)
	l = agenda_of(UTC "windows: {w: {at: daily 22:00, for: 4h}}\n", "2026-11-20T01:00:00Z",
	              "2026-11-20T12:00:00Z");

	EXPECT_INT(l.agenda.entries.n, 1);
	EXPECT_ENTRY(0, "window:w", "2026-11-19T22:00:00Z");
}

TEST(a_window_that_has_just_closed_is_not)
{
	AUTO(Lab)
	l = agenda_of(UTC "windows: {w: {at: daily 22:00, for: 2h}}\n", "2026-11-20T00:00:00Z",
	              "2026-11-20T22:00:00Z");

	EXPECT_INT(l.agenda.entries.n, 0);
}

TEST(an_update_is_announced_too)
{
	AUTO(Lab)
	l = agenda_of(UTC "updates: {u: {kind: minor, at: monthly 15 10:00, notice: 48h}}\n",
	              "2027-01-13T00:00:00Z", "2027-01-16T00:00:00Z");

	EXPECT_ENTRY(0, "notice:update:u", "2027-01-13T10:00:00Z");
	EXPECT_ENTRY(1, "update:u", "2027-01-15T10:00:00Z");
}

/* ---- duties ---- */

TEST(what_a_task_sets_off_stands_beside_it)
{
	AUTO(Lab)
	l = agenda_of(UTC "tasks: {t: {at: daily 09:00, for: 15m, items: [{do: \"backup:b\"}]}}\n"
	                  "backups: {b: {of: files, kind: full, paths: [/srv], at: daily}}\n",
	              "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");

	EXPECT_INT(l.agenda.entries.n, 2);
	EXPECT_ENTRY(0, "task:t", "2026-11-20T09:00:00Z");
	EXPECT_ENTRY(1, "backup:b", "2026-11-20T09:00:00Z");
	EXPECT_AT(l.agenda.entries.at[0].late, "2026-11-20T09:15:00Z");
	EXPECT_INT(l.agenda.collisions.n, 0);
}

TEST(what_comes_often_is_counted_by_day)
{
	AUTO(Lab)
	l = agenda_of(HEAD "backups: {b: {of: files, kind: full, paths: [/srv], at: every 5m}}\n",
	              "2027-03-26T23:00:00Z", "2027-03-29T22:00:00Z");

	ASSERT(l.agenda.entries.n == 3);
	EXPECT_INT(l.agenda.entries.at[0].times, 288);
	EXPECT_INT(l.agenda.entries.at[1].times, 276); /* a day of 23 hours */
	EXPECT_INT(l.agenda.entries.at[2].times, 288);
}

TEST(a_day_cut_by_the_span_counts_what_is_inside)
{
	AUTO(Lab)
	l = agenda_of(UTC "tasks: {t: {at: every 10m, days: fri}}\n", "2026-11-20T12:05:00Z",
	              "2026-11-20T13:05:00Z");

	EXPECT_INT(l.agenda.entries.n, 1);
	EXPECT_ENTRY(0, "task:t", "2026-11-20T12:10:00Z");
	EXPECT_INT(l.agenda.entries.at[0].times, 6);
}

TEST(a_slot_of_ours_is_marked_with_its_reason)
{
	AUTO(Lab)
	l = agenda_of(UTC "tasks: {t: {at: daily}, s: {at: daily 09:30}}\n", "2026-11-20T00:00:00Z",
	              "2026-11-21T00:00:00Z");

	ASSERT(l.agenda.entries.n == 2);
	EXPECT(l.agenda.entries.at[1].ours && l.agenda.entries.at[1].reason);
	EXPECT(!l.agenda.entries.at[0].ours && !l.agenda.entries.at[0].reason);
}

TEST(duties_without_a_date_are_counted)
{
	AUTO(Lab)
	l = agenda_of(UTC "suites: {u: {kind: unit, run: [make], at: on deploy}}\n"
	                  "updates: {c: {kind: config, at: as_needed}}\n",
	              "2026-11-20T00:00:00Z", "2027-11-21T00:00:00Z");

	EXPECT_INT(l.agenda.entries.n, 0);
	EXPECT_INT(l.agenda.undated, 2);
}

TEST(sprints_end_at_midnight)
{
	AUTO(Lab)
	l = agenda_of("plan: {title: T, version: 1, timezone: Europe/Paris, sprint: 2w, "
	              "sprint_start: 2027-01-04}\n",
	              "2027-01-05T00:00:00Z", "2027-02-05T00:00:00Z");

	EXPECT_INT(l.agenda.entries.n, 2);
	EXPECT_ENTRY(0, "sprint", "2027-01-17T23:00:00Z");
	EXPECT_ENTRY(1, "sprint", "2027-01-31T23:00:00Z");
}

/* ---- wishes ---- */

#define MIXED                                                                                      \
	UTC "roles: {ana: {kind: human}, bob: {kind: human}}\n"                                    \
	    "windows: {w: {at: daily 02:00, for: 1h, notice: 1h}}\n"                               \
	    "tasks: {a: {at: daily 09:00, owner: ana}, b: {at: daily 09:00, owner: [ana, bob]}}\n" \
	    "storage: {d: {type: disk, at: daily 10:00, owner: bob}}\n"

TEST(one_kind_or_one_owner_may_be_asked_for)
{
	static const struct {
		const char *kind, *owner;
		size_t n;
	} table[] = { { NULL, NULL, 5 },   { "window", NULL, 1 },  { "notice", NULL, 1 },
		      { "task", NULL, 2 }, { "storage", NULL, 1 }, { "sprint", NULL, 0 },
		      { NULL, "ana", 2 },  { NULL, "bob", 2 },     { "task", "bob", 1 },
		      { NULL, "eve", 0 } };

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		wish_kind = table[i].kind;
		wish_owner = table[i].owner;
		AUTO(Lab) l = agenda_of(MIXED, "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");

		EXPECT_INT(l.agenda.entries.n, table[i].n);
	}
	EXPECT(agenda_kind_known("task") && agenda_kind_known("window") &&
	       agenda_kind_known("plan"));
	EXPECT(!agenda_kind_known("tasks") && !agenda_kind_known(""));
}

/* ---- merges ---- */

static size_t merged(const char *windows, AgendaMerge *ret)
{
	AUTO_FREE char *text = mem_printf(
	        UTC
	        "services: {a: {environments: {production: {}, staging: {}}}, b: {environments: "
	        "{production: {}}}}\nwindows: {%s}\n",
	        windows);
	AUTO(Lab) l = agenda_of(text, "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");

	*ret = (AgendaMerge){ 0 };
	if (l.agenda.merges.n)
		*ret = l.agenda.merges.at[0];
	return l.agenda.merges.n;
}

TEST(windows_that_overlap_or_touch_are_one)
{
	AgendaMerge m;

	EXPECT_INT(merged("x: {at: daily 02:00, for: 2h, impact: degraded, notice: 1h}, "
	                  "y: {at: daily 03:00, for: 2h, impact: down, notice: 4h}",
	                  &m),
	           1);
	EXPECT_INT(m.n, 2);
	EXPECT_AT(m.from, "2026-11-20T02:00:00Z");
	EXPECT_AT(m.to, "2026-11-20T05:00:00Z");
	EXPECT_INT(m.impact, IMPACT_DOWN);
	/* the longest notice, before the first of them opens */
	EXPECT_AT(m.notify, "2026-11-19T22:00:00Z");
	EXPECT_INT(merged("x: {at: daily 02:00, for: 1h}, y: {at: daily 03:00, for: 1h}", &m), 1);
	EXPECT(!is_set(m.notify));
	EXPECT_INT(merged("x: {at: daily 02:00, for: 1h}, y: {at: daily 03:01, for: 1h}", &m), 0);
}

TEST(three_in_a_row_are_one)
{
	AgendaMerge m;

	EXPECT_INT(merged("x: {at: daily 02:00, for: 4h}, y: {at: daily 03:00, for: 1h}, "
	                  "z: {at: daily 05:30, for: 2h}",
	                  &m),
	           1);
	EXPECT_INT(m.n, 3);
	EXPECT_AT(m.to, "2026-11-20T07:30:00Z");
}

TEST(windows_of_other_services_or_environments_stay_apart)
{
	AgendaMerge m;

	EXPECT_INT(merged("x: {at: daily 02:00, for: 2h, services: [a]}, "
	                  "y: {at: daily 03:00, for: 2h, services: [b]}",
	                  &m),
	           0);
	EXPECT_INT(merged("x: {at: daily 02:00, for: 2h, services: [a], env: staging}, "
	                  "y: {at: daily 03:00, for: 2h, services: [a], env: production}",
	                  &m),
	           0);
	EXPECT_INT(merged("x: {at: daily 02:00, for: 2h, services: [a]}, y: {at: daily 03:00, for: "
	                  "2h}",
	                  &m),
	           1);
}

/* ---- collisions ---- */

static size_t collisions(const char *tasks, AgendaCollision *ret)
{
	AUTO_FREE char *text =
	        mem_printf(UTC "roles: {ana: {kind: human}, bob: {kind: human}}\n%s\n", tasks);
	AUTO(Lab) l = agenda_of(text, "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");
	size_t marked = 0;

	static char what[64]; /* the plan is gone when the caller looks */

	*ret = (AgendaCollision){ 0 };
	if (l.agenda.collisions.n) {
		*ret = l.agenda.collisions.at[0];
		text_copy(what, sizeof what, ret->what);
		ret->what = what;
	}
	for (size_t i = 0; i < l.agenda.entries.n; i++)
		marked += l.agenda.entries.at[i].collides;
	EXPECT((marked > 0) == (l.agenda.collisions.n > 0));
	return l.agenda.collisions.n;
}

TEST(one_person_asked_twice_at_once_is_a_collision)
{
	static const struct {
		const char *tasks;
		size_t n;
	} table[] = {
		{ "tasks: {x: {at: daily 09:00, for: 1h, owner: ana}, y: {at: daily 09:30, owner: "
		  "ana}}",
		  1 },
		{ "tasks: {x: {at: daily 09:00, for: 1h, owner: ana}, y: {at: daily 10:00, owner: "
		  "ana}}",
		  0 },
		{ "tasks: {x: {at: daily 09:00, for: 1h, owner: ana}, y: {at: daily 09:30, owner: "
		  "bob}}",
		  0 },
		{ "tasks: {x: {at: daily 09:00, owner: ana}, y: {at: daily 09:00, owner: [bob, "
		  "ana]}}",
		  1 },
		/* nobody is asked by a machine's task */
		{ "tasks: {x: {at: daily 09:00, owner: ana, for: 1h}, y: {at: daily 09:30, owner: "
		  "ana, "
		  "items: [{do: \"task:x\"}]}}",
		  0 },
		/* one waits for the other */
		{ "tasks: {x: {at: daily 09:00, for: 1h, owner: ana}, y: {at: daily 09:30, owner: "
		  "ana, "
		  "after: [x]}}",
		  0 },
		/* without a length, beginning together */
		{ "tasks: {x: {at: daily 09:00, owner: ana}, y: {at: daily 09:01, owner: ana}}",
		  0 },
	};
	AgendaCollision c;

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		size_t n = collisions(table[i].tasks, &c);

		if (n != table[i].n)
			test_fail(__FILE__, __LINE__, "%s: %zu", table[i].tasks, n);
		if (n) {
			EXPECT_INT(c.why, CLASH_OWNER);
			EXPECT_TEXT(c.what, "ana");
		}
	}
}

TEST(a_name_locked_twice_is_a_collision_whoever_does_it)
{
	AgendaCollision c;

	EXPECT_INT(collisions("tasks: {x: {at: daily 09:00, for: 1h, locks: [disk], owner: ana}, "
	                      "y: {at: daily 09:30, locks: [cpu, disk], owner: bob}}",
	                      &c),
	           1);
	EXPECT_INT(c.why, CLASH_LOCK);
	EXPECT_TEXT(c.what, "disk");
}

TEST(machine_work_while_another_window_takes_things_down_is_a_collision)
{
	AgendaCollision c;

	EXPECT_INT(
	        collisions("windows: {w: {at: daily 02:00, for: 2h, impact: down}}\n"
	                   "backups: {b: {of: files, kind: full, paths: [/srv], at: daily 03:00}}",
	                   &c),
	        1);
	EXPECT_INT(c.why, CLASH_WINDOW);
	EXPECT_TEXT(c.what, "w");
	EXPECT_INT(
	        collisions("windows: {w: {at: daily 02:00, for: 2h, impact: degraded}}\n"
	                   "backups: {b: {of: files, kind: full, paths: [/srv], at: daily 03:00}}",
	                   &c),
	        0);
	/* its own window is where it belongs */
	EXPECT_INT(collisions("windows: {w: {at: daily 02:00, for: 2h, impact: down}}\n"
	                      "updates: {u: {kind: minor, at: daily 03:00, window: w, run: [up]}}",
	                      &c),
	           0);
}

/* ---- the whole ---- */

#define MANY                                                                                    \
	HEAD "roles: {ana: {kind: human}}\n"                                                    \
	     "windows: {n: {at: weekly sun 03:00, for: 2h, notice: 3d}, m: {at: monthly first " \
	     "sat "                                                                             \
	     "22:00, for: 6h}}\n"                                                               \
	     "tasks: {a: {at: daily 09:00, days: mon-fri, owner: ana}, b: {at: weekly, owner: " \
	     "ana}, c: {at: every 6h}, d: {at: quarterly}}\n"                                   \
	     "backups: {x: {of: files, kind: full, paths: [/srv], at: daily}}\n"                \
	     "calendar: {mar: [spring clean], nov: [audit]}\n"

TEST(the_agenda_of_a_year_is_every_occurrence_once_and_in_order)
{
	AUTO(Lab) l = agenda_of(MANY, "2026-12-31T23:00:00Z", "2027-12-31T23:00:00Z");
	const Plan *p = l.loaded.plan;

	ASSERT(p != NULL);
	for (size_t i = 1; i < l.agenda.entries.n; i++)
		EXPECT(!earlier(l.agenda.entries.at[i].from, l.agenda.entries.at[i - 1].from));
	for (size_t k = 0; k < p->duties_n; k++) {
		Instant t = l.agenda.from;
		size_t n = 0, found = 0;

		t = duty_next(p, &p->duties[k], after(t, duration_us(-1)));
		for (; earlier(t, l.agenda.to); t = duty_next(p, &p->duties[k], t))
			n++;
		for (size_t i = 0; i < l.agenda.entries.n; i++)
			found += l.agenda.entries.at[i].duty == &p->duties[k];
		EXPECT_INT(found, n);
	}
	EXPECT(!l.agenda.cut);
}

TEST(two_spans_that_meet_hold_what_the_whole_holds)
{
	AUTO(Lab) whole = agenda_of(MANY, "2027-01-01T00:00:00Z", "2027-07-01T00:00:00Z");
	AUTO(Lab) first = agenda_of(MANY, "2027-01-01T00:00:00Z", "2027-03-28T02:30:00Z");
	AUTO(Lab) second = agenda_of(MANY, "2027-03-28T02:30:00Z", "2027-07-01T00:00:00Z");
	size_t open = 0; /* at the seam: in both */

	for (size_t i = 0; i < second.agenda.entries.n; i++)
		open += earlier(second.agenda.entries.at[i].from, second.agenda.from);
	EXPECT_INT(open, 1); /* the night of the change: 03:00-05:00 in Paris is 01:00-03:00 UTC */
	EXPECT_INT(first.agenda.entries.n + second.agenda.entries.n - open, whole.agenda.entries.n);
}

TEST(an_agenda_has_an_end)
{
	AUTO(Lab)
	l = agenda_of(UTC "tasks: {a: {at: every 3h}, b: {at: daily 09:00}}\n",
	              "2027-01-01T00:00:00Z", "2047-01-01T00:00:00Z");

	EXPECT(l.agenda.cut);
	EXPECT_INT(l.agenda.entries.n, AGENDA_ENTRIES);
	AUTO(Lab) none = agenda_of(UTC, "2027-01-02T00:00:00Z", "2027-01-01T00:00:00Z");
	EXPECT_INT(none.agenda.entries.n, 0);
}

/* ---- months ---- */

TEST(a_sheet_is_whole_weeks_from_monday)
{
	static const struct {
		int32_t year, month;
		size_t weeks;
		int32_t first_day, first_month;
	} table[] = { { 2027, 2, 4, 1, 2 },    { 2026, 11, 6, 26, 10 }, { 2027, 1, 5, 28, 12 },
		      { 2026, 13, 5, 28, 12 }, { 2027, 0, 5, 30, 11 },  { 2024, 2, 5, 29, 1 } };

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		Month m = month_of(zone_utc(), table[i].year, table[i].month);

		EXPECT_INT(m.weeks, table[i].weeks);
		EXPECT_INT(m.days[0].date.day, table[i].first_day);
		EXPECT_INT(m.days[0].date.month, table[i].first_month);
		EXPECT_INT(civil_weekday(m.days[0].date), 0);
		EXPECT(m.month >= 1 && m.month <= 12);
		EXPECT_INT(between(m.from, m.to).us, days(7).us * (int64_t)m.weeks);
	}
	EXPECT_INT(month_of(zone_utc(), 2027, 0).year, 2026);
}

TEST(a_sheet_knows_the_length_of_its_days)
{
	const Zone *z = NULL;
	size_t short_days = 0, inside = 0;

	ASSERT(zone_load("Europe/Paris", &z, NULL));
	Month m = month_of(z, 2027, 3);
	for (size_t i = 0; i < m.weeks * 7; i++) {
		short_days += between(m.days[i].from, m.days[i].to).us == hours(23).us;
		inside += m.days[i].inside;
		if (i)
			EXPECT_INT(m.days[i].from.us, m.days[i - 1].to.us);
	}
	EXPECT_INT(short_days, 1);
	EXPECT_INT(inside, 31);
}

TEST(a_window_over_midnight_is_on_both_days)
{
	AUTO(Lab)
	l = agenda_of(UTC "windows: {w: {at: weekly sat 23:00, for: 2h}}\n"
	                  "tasks: {t: {at: weekly sun 00:00}}\n",
	              "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z");
	Month m = month_of(zone_utc(), 2027, 1);
	size_t on[7] = { 0 }, at_entry = 0;

	for (size_t i = 0; i < 7; i++) {
		at_entry = 0;
		while (month_next(&l.agenda, &m.days[7 + i], &at_entry))
			on[i]++;
	}
	EXPECT_INT(on[4], 0);
	EXPECT_INT(on[5], 1);
	EXPECT_INT(on[6], 2);
}

TEST(months_are_read_strictly)
{
	static const char *const bad[] = {
		"",        "2027",       "2027-1", "2027-13", "2027-00",
		"1969-12", "2027-01-01", "27-01",  "2027/01", "a027-01"
	};
	int32_t y, m;

	EXPECT(month_parse("2027-01", &y, &m));
	EXPECT_INT(y * 100 + m, 202701);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		EXPECT(!month_parse(bad[i], &y, &m));
	EXPECT(!month_parse(NULL, &y, &m));
}

TEST(what_comes_every_day_is_known)
{
	AUTO(Lab)
	l = agenda_of(UTC "tasks: {a: {at: daily 09:00}, b: {at: weekly fri 09:00}, c: {at: every "
	                  "6h}}\nwindows: {w: {at: daily 02:00, for: 1h}, x: {at: monthly 20 "
	                  "02:00, for: 1h}}\n",
	              "2026-11-20T00:00:00Z", "2026-11-20T09:30:00Z");
	size_t daily = 0;

	for (size_t i = 0; i < l.agenda.entries.n; i++)
		daily += agenda_is_daily(&l.agenda.entries.at[i]);
	EXPECT_INT(l.agenda.entries.n, 6);
	EXPECT_INT(daily, 4);
}
