/* The findings that are played over a year: people against clocks, windows against
 * targets, work against hours, and what meets in time. */
#include "plan/testing_lint.h"

#define DB   "databases: {main: {engine: postgresql, service: site, env: production}}\n"
#define MAIL "channels: {mail: {type: email, url: \"smtp://h\", to: [x@example.org]}}\n"
#define ANA                                                                                      \
	"roles: {dev: {}}\ncontacts: {ana: {role: dev, email: a@example.org, phone: \"+33 1 02 " \
	"03 04 05\", hours: mon-fri 09:00-18:00}}\n"
/* Work that somebody owns, so that nothing is said about owners. */
#define TASK(id, at, more) id ": {at: " at ", owner: dev, items: [{ask: look}]" more "}"

static const Case clocks[] = {
	/* 261 working days of 15 h without anyone, 365 days: 24 × 365 − 9 × 261, less the
	 * quarter of an hour before each morning, which somebody meets in time. */
	{ "L06", 1,
	  SITE MAIL ANA
	  "escalations: {e: {steps: [{after: 5m, to: ana}]}}\nclasses: {P1: {rank: 1, "
	  "respond: 15m, route: mail, escalation: e}}\n",
	  "'respond' 15 min: nobody is there in time for what begins in 6 346 h of 2027, first Fri "
	  "1 "
	  "Jan 00:00 to Fri 1 Jan 08:45, longest Fri 29 Oct 18:00 to Mon 1 Nov 08:45" },
	/* Each environment has its own clock. */
	{ "L06", 1,
	  SITE MAIL ANA
	  "escalations: {e: {steps: [{after: 5m, to: dev}]}}\nclasses: {P1: {rank: 1, "
	  "respond: {production: 15m, staging: 16h}, route: mail, escalation: e}}\n",
	  "'respond (production)' 15 min: nobody is there in time for what begins in 6 346 h of "
	  "2027, "
	  "first Fri 1 Jan 00:00 to Fri 1 Jan 08:45, longest Fri 29 Oct 18:00 to Mon 1 Nov 08:45; "
	  "'respond (staging)' 16 h:" },
	/* A clock as long as a night and a weekend is always met. */
	{ "L06", 0,
	  SITE MAIL ANA
	  "escalations: {e: {steps: [{after: 5m, to: dev}]}}\nclasses: {P1: {rank: 1, "
	  "respond: 72h, route: mail, escalation: e}}\n",
	  NULL },
	/* In service hours that begin an hour before hers: one hour a day less the margin. */
	{ "L06", 1,
	  HEAD
	  "services: {s: {hours: mon-fri 08:00-17:00}}\n" MAIL ANA
	  "escalations: {e: {steps: [{after: 5m, to: dev}]}}\nclasses: {P1: {rank: 1, respond: "
	  "15m, clock_mode: service_hours, route: mail, escalation: e}}\n",
	  "what begins in 196 h of 2027, first and longest Fri 1 Jan 08:00 to Fri 1 Jan 08:45" },
	{ "L06", 0,
	  HEAD
	  "services: {s: {hours: mon-fri 09:00-17:00}}\n" MAIL ANA
	  "escalations: {e: {steps: [{after: 5m, to: dev}]}}\nclasses: {P1: {rank: 1, respond: "
	  "15m, clock_mode: service_hours, route: mail, escalation: e}}\n",
	  NULL },
	/* By a clock in service hours, Friday's last minutes go on on Monday. */
	{ "L06", 0,
	  HEAD
	  "services: {s: {hours: mon-fri 09:00-20:00}}\n" MAIL ANA
	  "escalations: {e: {steps: [{after: 5m, to: dev}]}}\nclasses: {P1: {rank: 1, respond: 2h, "
	  "clock_mode: service_hours, route: mail, escalation: e}}\n",
	  NULL },
	/* The channel's own recipients: nothing is known of their hours. */
	{ "L06", 0, SITE MAIL ANA "classes: {P1: {rank: 1, respond: 15m, route: mail}}\n", NULL },
	/* No names and no recipients: everybody the plan gives hours to. */
	{ "L06", 1, SITE ANA "classes: {P1: {rank: 1, respond: 15m}}\n", "6 346 h of 2027" },
	/* Somebody is always there, and at night it is only an e-mail. */
	{ "L06", 1,
	  SITE
	  "contacts: {ana: {phone: \"+33 1 02 03 04 05\", hours: mon-fri 09:00-18:00}, n3: {email: "
	  "n3@example.org, hours: always}}\nescalations: {e: {steps: [{after: 5m, to: [ana, "
	  "n3]}]}}\nclasses: {P1: {rank: 1, respond: 15m, escalation: e}}\n",
	  "'respond' 15 min rests on e-mail alone ('n3'), which nobody sees away from a desk, for "
	  "what "
	  "begins in 6 346 h of 2027" },
	{ "L06", 0,
	  SITE
	  "contacts: {ana: {phone: \"+33 1 02 03 04 05\", hours: mon-fri 09:00-18:00}, n3: {email: "
	  "n3@example.org, phone: \"+33 1 02 03 04 06\", hours: always}}\nescalations: {e: {steps: "
	  "[{after: 5m, to: [ana, n3]}]}}\nclasses: {P1: {rank: 1, respond: 15m, escalation: "
	  "e}}\n",
	  NULL },
	/* Holidays close hours that say so: Thursday 6 May 2027 and the night before it. */
	{ "L06", 1,
	  "plan: {title: a, version: 1, timezone: Europe/Paris, holidays: [05-06]}\nservices: {s: "
	  "{hours: mon-fri "
	  "09:00-18:00}}\ncontacts: {ana: {phone: \"+33 1 02 03 04 05\", hours: mon-fri "
	  "09:00-18:00 "
	  "except holidays}}\nescalations: {e: {steps: [{after: 5m, to: ana}]}}\nclasses: {P1: "
	  "{rank: 1, "
	  "respond: 15m, clock_mode: service_hours, escalation: e}}\n",
	  "what begins in 9 h of 2027, first and longest Thu 6 May 09:00 to Thu 6 May 17:45" },
	/* The year after the plan's date is played. */
	{ "L06", 1,
	  "plan: {title: a, version: 1, timezone: Europe/Paris, date: 2030-05-06}\n" MAIL ANA
	  "escalations: {e: {steps: [{after: 5m, to: ana}]}}\nclasses: {P1: {rank: 1, respond: "
	  "15m, "
	  "route: mail, escalation: e}}\n",
	  "h of 2031, first Wed 1 Jan 00:00" },
};

TEST(each_clock_is_held_against_the_hours_of_the_people_on_its_ladder)
{
	run_cases(clocks, COUNT_OF(clocks));
}

#define UP "checks: {home: {type: http, service: site, env: production, every: 1m}}\n"
#define YEAR(target, more)                                                                       \
	"objectives: {o: {metric: availability, op: \">=\", target: " target ", period: 1y" more \
	"}}\n"

static const Case windows[] = {
	/* Five first Sundays of a quarter … four of 4 h: 16 h of 8 h 45 min 36 s. */
	{ "L10", 1,
	  SITE UP "windows: {w: {at: quarterly first sun 02:00 UTC, for: 4h, impact: down}}\n" YEAR(
	          "99.9%", ""),
	  "99.9% allows 8 h 45 of downtime, and what is planned alone takes 16 h in 2027: at most "
	  "99.817% can be kept" },
	{ "L10", 0,
	  SITE UP "windows: {w: {at: quarterly first sun 02:00 UTC, for: 2h, impact: down}}\n" YEAR(
	          "99.9%", ""),
	  NULL },
	/* Two windows at one time take their time once. */
	{ "L10", 0,
	  SITE UP
	  "windows: {w: {at: quarterly first sun 02:00 UTC, for: 2h, impact: down}, v: {at: "
	  "quarterly first sun 02:00 UTC, for: 2h, impact: down}}\n" YEAR("99.9%", ""),
	  NULL },
	{ "L10", 0,
	  SITE UP
	  "windows: {w: {at: weekly sun 02:00 UTC, for: 4h, impact: degraded}}\n" YEAR("99.9%", ""),
	  NULL },
	{ "L10", 0,
	  SITE UP
	  "windows: {w: {at: weekly sun 02:00 UTC, for: 4h, impact: down, env: staging}}\n" YEAR(
	          "99.9%", ", service: site, env: production"),
	  NULL },
	/* Work that stops a unit outside of any window, whatever windows count. */
	{ "L10", 1,
	  SITE UP ANA
	  "tasks: {t: {at: weekly mon 10:00, for: 1h, owner: dev, items: [{unit: stop "
	  "nginx}, {ask: look}, {unit: start nginx}]}}\n" YEAR("99.9%", ", windows: excluded"),
	  "what is planned alone takes 2 d 4 h in 2027" },
	{ "L10", 0,
	  SITE UP ANA
	  "windows: {w: {at: weekly mon 10:00, for: 1h, counts: no}}\ntasks: {t: {at: "
	  "weekly mon 10:00, for: 1h, owner: dev, window: w, items: [{unit: stop nginx}, "
	  "{ask: look}, {unit: start nginx}]}}\n" YEAR("99.9%", ", windows: excluded"),
	  NULL },
	/* A rolling period: its share of the year. */
	{ "L10", 1,
	  SITE UP
	  "windows: {w: {at: daily 02:30 UTC, for: 15m, impact: down}}\nobjectives: {o: {metric: "
	  "availability, op: \">=\", target: 99%, period: 7d}}\n",
	  "99% allows 1 h 40 of downtime, and what is planned alone takes 1 h 45 of each 7 d of "
	  "2027: at "
	  "most 98.958% can be kept" },
};

TEST(windows_are_played_over_the_year_against_the_target)
{
	run_cases(windows, COUNT_OF(windows));
}

static const Case duties[] = {
	{ "L17", 1, SITE "backups: {b: {of: files, at: weekly sun 02:00}}\n",
	  "02:00 does not exist on 2027-03-28 in Europe/Paris" },
	{ "L17", 0, SITE "backups: {b: {of: files, at: weekly sun 01:00}}\n", NULL },
	{ "L18", 1,
	  SITE ANA "tasks: {" TASK("d", "daily 14:00", ", for: 30m") ", " TASK(
	          "m", "monthly 15 14:00", ", for: 3h") ", " TASK("e", "daily 16:00",
	                                                          ", for: 1h") "}\n",
	  "'task:m' meets 'task:d', 'task:e', first Fri 15 Jan 2027 14:00" },
	{ "L18", 0,
	  SITE ANA "tasks: {" TASK("d", "daily 14:00", ", for: 30m") ", " TASK(
	          "m", "monthly 15 14:30", ", for: 1h") "}\n",
	  NULL },
	/* Owned by her role and by herself: the same hands. Two people can share. */
	{ "L18", 1,
	  SITE ANA
	  "tasks: {" TASK("d", "daily 14:00", ", for: 30m") ", m: {at: daily 14:00, owner: "
	                                                    "ana, for: 3h, items: [{ask: x}]}}\n",
	  "'task:m' meets 'task:d', first Fri 1 Jan 2027 14:00" },
	{ "L18", 0,
	  SITE
	  "roles: {dev: {}}\ncontacts: {ana: {role: dev, email: a@example.org}, bob: {role: dev, "
	  "email: b@example.org}}\ntasks: {" TASK("d", "daily 14:00", ", for: 30m") ", " TASK(
	          "m", "monthly 15 14:00", ", for: 3h") "}\n",
	  NULL },
	/* Machines do both. */
	{ "L18", 0,
	  SITE UP
	  "tasks: {d: {at: daily 14:00, for: 30m, items: [{do: \"check:home\"}]}, m: {at: daily "
	  "14:00, for: 3h, items: [{do: \"check:home\"}]}}\n",
	  NULL },
	{ "L18", 1,
	  SITE "windows: {night: {at: daily 22:00, for: 7h}}\nbackups: {b: {of: files, at: daily "
	       "01:00}}\n",
	  "'backup:b' meets 'night', first Fri 1 Jan 2027 01:00" },
	{ "L18", 0,
	  SITE
	  "windows: {night: {at: daily 22:00, for: 7h, impact: none}}\nbackups: {b: {of: files, "
	  "at: daily 01:00}}\n",
	  NULL },
	{ "L18", 1,
	  SITE DB
	  "db_actions: {v: {action: vacuum, db: main, at: weekly sun 01:00, for: 2h}}\nbackups: "
	  "{b: {of: main, at: daily 02:15}}\n",
	  "'db_action:v' meets 'backup:b', first Sun 3 Jan 2027 02:15" },
	{ "L18", 0,
	  SITE DB
	  "backups: {a: {of: main, at: daily 02:15}, b: {of: main, at: weekly sun 02:15}}\n",
	  NULL },
	{ "L19", 1, SITE "cleanup: {c: {action: clear_cache, run: x}}\n",
	  "'c' has no cadence, and nothing sets it off: it is never due" },
	{ "L19", 0,
	  SITE
	  "cleanup: {c: {action: clear_cache, run: x}}\ntasks: {t: {at: daily 09:00, items: [{do: "
	  "\"cleanup:c\"}]}}\n",
	  NULL },
	{ "L20", 1, SITE "backups: {b: {of: files, at: weekly}}\n",
	  "'b' has no hour: Carène proposes weekly mon 02:00, and only 'weekly' is promised" },
	{ "L20", 0, SITE "backups: {b: {of: files, at: weekly sun 04:00}}\n", NULL },
	{ "L20", 1, SITE "vulnerabilities: {medium: {rank: 3, deadline: next_sprint}}\n",
	  "the plan does not say when sprints begin" },
	{ "L20", 0,
	  "plan: {title: a, version: 1, timezone: UTC, sprint_start: 2027-01-04, sprint: "
	  "2w}\nvulnerabilities: {medium: {rank: 3, deadline: next_sprint}}\n",
	  NULL },
	{ "L32", 1, SITE "tasks: {a: {at: daily 09:00, items: [{ask: x}]}}\n",
	  "'task:a' asks a person, and has no owner" },
	{ "L32", 1,
	  SITE
	  "tasks: {a: {at: daily 09:00, items: [{ask: x}]}, b: {at: daily 10:00, items: [{ask: "
	  "x}]}}\n",
	  "'task:a' and 1 more ask a person and have no owner" },
	{ "L32", 1, SITE "roles: {dev: {}}\ntasks: {" TASK("a", "daily 09:00", "") "}\n",
	  "'dev' answers for 'task:a', and no contact with an address stands behind it" },
	{ "L32", 0, SITE ANA "tasks: {a: {at: weekly mon 09:00, items: [{ask: x, owner: dev}]}}\n",
	  NULL },
	{ "L32", 0, SITE ANA "tasks: {" TASK("a", "weekly mon 09:00", "") "}\n", NULL },
	{ "L32", 0, SITE UP "tasks: {a: {at: daily 09:00, items: [{do: \"check:home\"}]}}\n",
	  NULL },
	{ "L33", 1,
	  SITE ANA "windows: {w: {at: weekly mon 10:00, for: 1h}}\ntasks: {" TASK(
	          "a", "weekly mon 10:00", ", for: 2h, window: w") "}\n",
	  "'a' takes 2 h, and its window 'w' lasts 1 h" },
	{ "L33", 1,
	  SITE ANA "windows: {w: {at: weekly mon 10:00, for: 2h}}\ntasks: {" TASK(
	          "a", "weekly mon 11:30", ", for: 1h, window: w") "}\n",
	  "'a' is to take place in the window 'w', and on Mon 4 Jan 2027 11:30 it does not" },
	{ "L33", 0,
	  SITE ANA "windows: {w: {at: weekly mon 10:00, for: 2h}}\ntasks: {" TASK(
	          "a", "weekly mon 11:00", ", for: 1h, window: w") "}\n",
	  NULL },
	{ "L34", 1, SITE ANA "tasks: {" TASK("a", "weekly sun 10:00", "") "}\n",
	  "at 52 of the 52 times of 'a' in 2027 nobody behind 'dev', who answers for it, is there: "
	  "first Sun 3 Jan 10:00" },
	{ "L34", 0, SITE ANA "tasks: {" TASK("a", "weekly mon 10:00", "") "}\n", NULL },
	/* Two days in seven are more than a quarter; `days` says that they do not count. */
	{ "L34", 1, SITE ANA "tasks: {" TASK("a", "daily 10:00", "") "}\n",
	  "at 104 of the 365 times" },
	{ "L34", 0, SITE ANA "tasks: {" TASK("a", "daily 10:00", ", days: mon-fri") "}\n", NULL },
	/* A day without an hour: some time of that day is enough. */
	{ "L34", 1, SITE ANA "tasks: {" TASK("a", "weekly sun", "") "}\n",
	  "is there: first Sun 3 Jan\n" },
	{ "L34", 0, SITE ANA "tasks: {" TASK("a", "weekly", "") "}\n", NULL },
	{ "L36", 1,
	  SITE UP
	  "tasks: {a: {at: daily 02:30, for: 1h, locks: [db], items: [{do: \"check:home\"}]}, b: "
	  "{at: weekly sun 03:00, for: 1h, locks: [db], items: [{do: \"check:home\"}]}}\n",
	  "'task:b' needs a lock that 'task:a' holds at the same time: one waits for the other, "
	  "first "
	  "Sun 3 Jan 2027 03:00" },
	{ "L36", 0,
	  SITE UP
	  "tasks: {a: {at: daily 04:30, for: 30m, locks: [db], items: [{do: \"check:home\"}]}, b: "
	  "{at: weekly sun 05:00, for: 1h, locks: [db], items: [{do: \"check:home\"}]}}\n",
	  NULL },
};

TEST(what_recurs_is_weighed_together)
{
	run_cases(duties, COUNT_OF(duties));
}

#define SMS                                                                               \
	"channels: {sms: {type: sms, provider: twilio, secret: \"${env:TWILIO}\", from: " \
	"\"${env:TWILIO_FROM}\"}}\n"
#define BOTH                                                                              \
	"channels: {sms: {type: sms, provider: twilio, secret: \"${env:TWILIO}\", from: " \
	"\"${env:TWILIO_FROM}\", fallback: mail}, mail: {type: email, url: \"smtp://h\"}}\n"
#define WORST(route) \
	"classes: {P1: {rank: 1, respond: 15m, resolve: 1h, route: " route ", escalation: e}}\n"

static const Case reach[] = {
	{ "L39", 1,
	  SITE SMS ANA "escalations: {e: {steps: [{after: 5m, to: ana, via: sms}]}}\n" WORST("sms"),
	  "'P1', the worst class, is told by 'sms' alone, which falls back on nothing" },
	{ "L39", 0,
	  SITE BOTH ANA
	  "escalations: {e: {steps: [{after: 5m, to: ana, via: sms}]}}\n" WORST("sms"),
	  NULL },
	{ "L39", 0,
	  SITE BOTH ANA
	  "escalations: {e: {steps: [{after: 5m, to: ana, via: sms}]}}\n" WORST("mail"),
	  NULL },
	{ "L40", 1, SITE UP, "no rule and no task looks at 'home'" },
	{ "L40", 0, SITE UP "rules: {r: {when: \"check{home} == fail\", level: unset}}\n", NULL },
	{ "L40", 0, SITE UP "rules: {r: {when: \"availability < 99% over 1d\", level: unset}}\n",
	  NULL },
	{ "L40", 0, SITE UP "tasks: {t: {at: daily 09:00, items: [{do: \"check:home\"}]}}\n",
	  NULL },
	{ "L41", 1,
	  SITE SMS
	  "contacts: {bob: {email: b@example.org}}\nescalations: {e: {steps: [{after: 0m, to: "
	  "bob, via: sms}]}}\n" WORST("sms"),
	  "step 1 tells 'bob' by 'sms', and the plan gives them no telephone" },
	{ "L41", 0,
	  SITE BOTH
	  "contacts: {bob: {email: b@example.org}}\nescalations: {e: {steps: [{after: 0m, to: "
	  "bob, via: sms}]}}\n" WORST("sms"),
	  NULL },
	{ "L03", 1,
	  SITE UP "rules: {r: {when: \"check{home} == fail\", level: low}}\nlevels: {low: {rank: "
	          "1}}\nclasses: {P1: {rank: 1, accept: {L03: x}}}\n",
	  "rules fire with the level 'low', which has neither a route nor a class" },
	{ "L22", 1,
	  SITE
	  "checks: {home: {type: http, service: site, env: production, every: 5m}}\nrules: {r: "
	  "{when: \"latency{home} p95 > 2s over 1m\", level: unset}}\n",
	  "looks at 1 min at a time, and 'home' is probed every 5 min" },
	{ "L22", 0,
	  SITE
	  "checks: {home: {type: http, service: site, env: production, every: 1m}}\nrules: {r: "
	  "{when: \"latency{home} p95 > 2s over 5m\", level: unset}}\n",
	  NULL },
};

TEST(what_fires_is_heard)
{
	run_cases(reach, COUNT_OF(reach));
}

static const Case load[] = {
	/* 23 working days of 5 h in March 2027, and hours for 4 h a day. */
	{ "L31", 1,
	  SITE "roles: {dev: {}}\ncontacts: {ana: {role: dev, email: a@example.org, hours: mon-fri "
	       "09:00-13:00}}\ntasks: {" TASK("a", "daily 09:00", ", days: mon-fri, for: 5h") "}\n",
	  "the plan asks 115 h of 'ana' in March 2027, who has 92 h (12 months of the year are too "
	  "full); most goes to 'task:a', 1305 h a year" },
	{ "L31", 0,
	  SITE "roles: {dev: {}}\ncontacts: {ana: {role: dev, email: a@example.org, hours: mon-fri "
	       "09:00-13:00}}\ntasks: {" TASK("a", "daily 09:00", ", days: mon-fri, for: 4h") "}\n",
	  NULL },
	/* Two people of the role share it. */
	{ "L31", 0,
	  SITE "roles: {dev: {}}\ncontacts: {ana: {role: dev, email: a@example.org, hours: mon-fri "
	       "09:00-13:00}, bob: {role: dev, email: b@example.org, hours: mon-fri "
	       "09:00-13:00}}\ntasks: {" TASK("a", "daily 09:00", ", days: mon-fri, for: 5h") "}\n",
	  NULL },
	{ "L31", 1,
	  SITE ANA
	  "tasks: {" TASK("a", "weekly mon 10:00", ", for: 3h") "}\ncosts: {effort: {keep: "
	                                                        "{hours: 10, per: 1mo}}}\n",
	  "takes 13 h a month by its own durations, and the effort foreseen is 10 h" },
	{ "L31", 0,
	  SITE ANA
	  "tasks: {" TASK("a", "weekly mon 10:00",
	                  ", for: 3h") "}\ncosts: {effort: {keep: "
	                               "{hours: 10, per: 1mo}, more: {hours: 10, per: quarter}}}\n",
	  NULL },
};

TEST(the_work_of_each_month_is_held_against_the_hours_people_have)
{
	run_cases(load, COUNT_OF(load));
}

/* ---- the same hours, counted the slow way ---- */

/* Minutes of 2027 at which an incident may begin and nobody of `people` is there in any
 * minute up to the limit; stretches under a quarter of an hour are left out. */
static size_t count_late(const Hours *people, size_t n, const Zone *z, size_t limit)
{
	enum { MINUTES = 365 * 24 * 60 };
	Instant from =
	        zone_instant(z, (Civil){ .year = 2027, .month = 1, .day = 1 }, PICK_FIRST, NULL);
	char *open = mem_new(MINUTES + 1);
	size_t total = 0, run = 0;

	for (size_t t = 0; t < MINUTES; t++) {
		for (size_t i = 0; i < n && !open[t]; i++)
			open[t] = hours_open(&people[i], z, after(from, minutes((int64_t)t)));
	}
	for (size_t t = 0; t <= MINUTES; t++) {
		bool late = t + limit < MINUTES;

		for (size_t m = t; late && m <= t + limit; m++)
			late = !open[m];
		if (late) {
			run++;
			continue;
		}
		total += run >= 15 ? run : 0;
		run = 0;
	}
	mem_free(open);
	return total;
}

typedef struct Shift {
	const char *zone, *hours[3];
	int limit;
} Shift;

TEST(hours_without_anyone_are_those_that_one_counts_minute_by_minute)
{
	static const Shift shifts[] = {
		{ "Europe/Paris", { "mon-fri 08:30-18:00", "sat 09:00-12:00", "never" }, 20 },
		{ "America/New_York", { "22:00-06:00", "mon-wed 12:00-13:15", "sun" }, 45 },
		{ "Australia/Lord_Howe",
		  { "mon-fri 09:00-12:00 14:00-18:00", "tue 01:30-02:30", "never" },
		  15 },
		{ "Africa/Casablanca",
		  { "sat,sun 02:15-02:45", "mon-thu 20:00-04:00", "never" },
		  240 },
	};

	for (size_t i = 0; i < COUNT_OF(shifts); i++) {
		const Shift *s = &shifts[i];
		AUTO_FREE char *text = mem_printf(
		        "plan: {title: a, version: 1, timezone: %s}\ncontacts: {a: {phone: \"+33 1 "
		        "02 03 04 "
		        "05\", hours: \"%s\"}, b: {phone: \"+33 1 02 03 04 06\", hours: \"%s\"}, "
		        "c: {phone: "
		        "\"+33 1 02 03 04 07\", hours: \"%s\"}}\nescalations: {e: {steps: [{after: "
		        "0m, to: "
		        "[a, b, c]}]}}\nclasses: {P1: {rank: 1, respond: %dm, escalation: e}}\n",
		        s->zone, s->hours[0], s->hours[1], s->hours[2], s->limit);
		AUTO(Loaded) l = load_text(text);
		Hours people[3];
		const Zone *z;
		size_t h;
		char words[64];

		ASSERT(zone_load(s->zone, &z, NULL));
		for (size_t j = 0; j < 3; j++)
			ASSERT(hours_parse(s->hours[j], &people[j], NULL));
		h = (count_late(people, 3, z, (size_t)s->limit) + 30) / 60;
		(void)snprintf(words, sizeof words, "begins in %zu %03zu h of 2027", h / 1000,
		               h % 1000);
		EXPECT(h >= 1000);
		EXPECT_HAS(buf_str(&l.text), words);
	}
}
