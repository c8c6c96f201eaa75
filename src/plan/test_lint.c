/* Each finding of lint: a plan that deserves it, one that does not, and one that
 * accepts it. */
#include "plan/testing_lint.h"

#define MAIL   "channels: {mail: {type: email, url: \"smtp://h\", to: [a@example.org]}}\n"
#define HOME   "checks: {home: {type: http, service: site, env: production, every: 1m}}\n"
#define P1     "P1: {rank: 1, respond: 15m, resolve: 1h, route: mail, escalation: e}"
#define LADDER "escalations: {e: {steps: [{after: 5m, via: mail}]}}\n"

static const Case cases[] = {
	{ "L01", 1,
	  SITE
	  "objectives: {o: {metric: data_loss_window, op: \"<\", target: 1h, period: incident}}\n",
	  "'backups', which the plan does not have" },
	{ "L01", 1,
	  SITE "backups: {}\nobjectives: {o: {metric: data_loss_window, op: \"<\", target: 1h, "
	       "period: incident}}\n",
	  "no copy is made at known times" },
	{ "L01", 0,
	  SITE "objectives: {o: {metric: incident_mttr, op: \"<\", target: 1h, period: 1mo}}\n",
	  NULL },
	{ "L02", 1,
	  SITE "objectives: {o: {metric: cpu_used, op: \"<\", target: 80%, period: 5m}}\n",
	  "no rule watches 'cpu_used'" },
	{ "L02", 0,
	  SITE "objectives: {o: {metric: cpu_used, op: \"<\", target: 80%, period: 5m}}\nrules: "
	       "{r: {when: \"cpu_used > 80%\", level: unset}}\n",
	  NULL },
	{ "L02", 1,
	  SITE "objectives: {o: {metric: cpu_used, op: \"<\", target: 80%, period: 5m}}\nrules: "
	       "{r: {when: \"cpu_used > 90%\", level: unset}}\n",
	  "comes later than the promise '< 80%'" },
	{ "L02", 1,
	  SITE "objectives: {o: {metric: cpu_used, op: \"<\", target: 80%, period: 5m}}\nrules: "
	       "{r: {when: \"cpu_used < 10%\", level: unset}}\n",
	  "no rule watches" },
	{ "L02", 0,
	  SITE HOME "objectives: {o: {metric: availability, op: \">=\", target: 99%, period: "
	            "1mo}}\nrules: {r: {when: \"check{home} == fail\", level: unset}}\n",
	  NULL },
	{ "L02", 1,
	  SITE HOME
	  "objectives: {o: {metric: availability, op: \">=\", target: 99.9%, period: 1mo}}\nrules: "
	  "{r: {when: \"availability{home} < 99% over 1d\", level: unset}}\n",
	  "comes later" },
	{ "L02", 0,
	  SITE HOME
	  "objectives: {o: {metric: availability, op: \">=\", target: 99.9%, period: 1mo}}\nrules: "
	  "{r: {when: \"availability{home} < 99.95% over 1d\", level: unset}}\n",
	  NULL },
	{ "L02", 0,
	  SITE "objectives: {o: {metric: cpu_used, op: \"<\", target: unset, period: 5m}}\n",
	  NULL },
	{ "L03", 1, SITE "classes: {P1: {rank: 1}}\n",
	  "no response time, no resolution time, no route, no escalation" },
	{ "L03", 0, SITE MAIL LADDER "classes: {" P1 "}\n", NULL },
	{ "L03", 0,
	  SITE MAIL LADDER
	  "classes: {P1: {rank: 1, respond: {production: 5m}, resolve: none}}\nlevels: {c: {rank: "
	  "1, class: P1, route: mail, escalation: e}}\n",
	  NULL },
	{ "L03", 1,
	  SITE MAIL "classes: {P1: {rank: 1, respond: unset, resolve: 1h, route: mail}}\n",
	  "no response time, no escalation" },
	{ "L03", 0, SITE "classes: {P1: {rank: 1, accept: {L03: not ours}}}\n", NULL },
	{ "L04", 1,
	  SITE MAIL "escalations: {e: {steps: [{after: 2h, via: mail}]}}\nclasses: {" P1 "}\n",
	  "within 15 min, but its first escalation step comes after 2 h" },
	{ "L04", 0, SITE MAIL LADDER "classes: {" P1 "}\n", NULL },
	{ "L04", 1,
	  SITE MAIL
	  "escalations: {e: {steps: [{after: 5m}]}, f: {steps: [{after: 1h}]}}\nclasses: {" P1
	  "}\nlevels: {c: {rank: 1, class: P1, route: mail, escalation: f}}\n",
	  "level 'c'" },
	{ "L05", 1,
	  SITE MAIL LADDER
	  "classes: {" P1
	  "}\nobjectives: {o: {metric: recovery_time, op: \"<\", target: 15m, period: incident}}\n",
	  "'P1' leaves 15 min" },
	{ "L05", 0,
	  SITE MAIL LADDER
	  "classes: {" P1
	  "}\nobjectives: {o: {metric: recovery_time, op: \"<\", target: 4h, period: incident}}\n",
	  NULL },
	{ "L05", 0,
	  SITE MAIL LADDER
	  "classes: {P2: {rank: 2, respond: 4h}, " P1
	  "}\nobjectives: {o: {metric: recovery_time, op: \"<\", target: 1h, period: incident}}\n",
	  NULL },
	{ "L06", 1,
	  SITE MAIL "contacts: {ana: {email: a@example.org, hours: mon-fri 09:00-18:00, oncall: "
	            "sat-sun}}\nescalations: {e: {steps: [{after: 5m, to: ana}]}}\nclasses: {" P1
	            "}\n",
	  "3 837 h of 2027, first Fri 1 Jan 00:00 to Fri 1 Jan 08:45, longest Mon 4 Jan 18:00 to "
	  "Tue 5 Jan 08:45; 'resolve' 1 h" },
	{ "L06", 0,
	  SITE MAIL "roles: {dev: {}}\nteams: {t: {members: dev}}\naudiences: {all: {members: "
	            "t}}\ncontacts: {ana: {role: dev, email: a@example.org}}\nescalations: {e: "
	            "{steps: [{after: 5m, to: all}]}}\nclasses: {" P1 "}\n",
	  NULL },
	{ "L06", 1,
	  SITE MAIL "contacts: {ana: {email: unset}}\nescalations: {e: {steps: [{after: 5m, to: "
	            "ana}]}}\nclasses: {" P1 "}\n",
	  "begins in all of 2027" },
	{ "L06", 0,
	  HEAD "services: {s: {hours: mon-fri 10:00-17:00}}\n" MAIL
	       "contacts: {ana: {email: a@example.org, hours: mon-fri 09:00-18:00}}\nescalations: "
	       "{e: {steps: [{after: 5m, to: ana}]}}\nclasses: {P1: {rank: 1, respond: 15m, "
	       "clock_mode: service_hours, escalation: e}}\n",
	  NULL },
	{ "L07", 1, HEAD "contacts: {ana: {email: unset}}\n",
	  "neither e-mail address nor telephone number" },
	{ "L07", 1, HEAD "contacts: {ana: {email: a@example.org, phone: unset}}\n",
	  "the telephone number of 'ana'" },
	{ "L07", 0,
	  HEAD "contacts: {ana: {email: a@example.org}, bob: {phone: \"+33 1 02 03 04 05\"}}\n",
	  NULL },
	{ "L07", 0,
	  HEAD "contacts: {ana: {email: unset, accept: {L07: reached through the site}}}\n", NULL },
	{ "L09", 1,
	  SITE "objectives: {o: {metric: availability, op: \">=\", target: 99%, period: 1mo, "
	       "stated_allowance: 7h}}\n",
	  "99% allows 7 h 12 over 30 days, not the 7 h written beside it (7 h 26 over 31)" },
	{ "L09", 1,
	  SITE "objectives: {o: {metric: availability, op: \">=\", target: 99.9%, period: 1mo, "
	       "stated_allowance: 43m}}\n",
	  "note L09: 99.9% allows 43m12s over 30 days; the 43m beside it is that, rounded" },
	{ "L09", 0,
	  SITE "objectives: {o: {metric: availability, op: \">=\", target: 99.9%, period: 1mo, "
	       "stated_allowance: 43m12s}}\n",
	  NULL },
	{ "L09", 1,
	  SITE "objectives: {o: {metric: availability, op: \">=\", target: 99.9%, period: 1y, "
	       "stated_allowance: 8h45m}}\n",
	  "note L09: 99.9% allows 8h45m36s" },
	{ "L09", 1,
	  SITE "objectives: {o: {metric: availability, op: \">=\", target: 99.9%, period: 1y, "
	       "stated_allowance: 9h}}\n",
	  "99.9% allows 8 h 45, not the 9 h written beside it" },
	{ "L10", 1,
	  SITE
	  "checks: {home: {type: http, service: site, env: production, every: 5m}}\nobjectives: "
	  "{o: {metric: availability, op: \">=\", target: 99.99%, period: 1mo}}\n",
	  "one interval of the check 'home' is 5 min" },
	{ "L10", 0,
	  SITE HOME
	  "objectives: {o: {metric: availability, op: \">=\", target: 99.99%, period: 1mo}}\n",
	  NULL },
	{ "L10", 1,
	  SITE HOME
	  "windows: {w: {at: monthly first sun 04:00, for: 4h, impact: down}}\nobjectives: {o: "
	  "{metric: availability, op: \">=\", target: 99.9%, period: 1mo}}\n",
	  "what is planned alone takes 4 h in January 2027: at most 99.462% can be kept" },
	{ "L10", 0,
	  SITE HOME
	  "windows: {w: {at: monthly first sun 04:00, for: 4h, impact: down, counts: "
	  "no}}\nobjectives: {o: {metric: availability, op: \">=\", target: 99.9%, period: 1mo}}\n",
	  NULL },
	{ "L10", 0,
	  SITE HOME
	  "windows: {w: {at: monthly first sun 04:00, for: 4h, impact: down}}\nobjectives: {o: "
	  "{metric: availability, op: \">=\", target: 99.9%, period: 1mo, windows: excluded}}\n",
	  NULL },
	{ "L10", 1,
	  SITE "windows: {w: {at: weekly sun 04:00, for: 1h, impact: down, counts: no}}\ntiers: "
	       "{t: {users: 0-, availability: 99.99%}}\n",
	  "net of them" },
	{ "L17", 1, SITE "windows: {w: {at: weekly sun 02:00, for: 1h}}\n",
	  "02:00 does not exist on 2027-03-28 in Europe/Paris" },
	{ "L17", 0, SITE "windows: {w: {at: weekly sat 02:00, for: 1h}}\n", NULL },
	{ "L17", 0, SITE "windows: {w: {at: weekly sun 02:00 UTC, for: 1h}}\n", NULL },
	{ "L17", 1, SITE "windows: {w: {at: daily 02:30, for: 1h}}\n", "02:30" },
	{ "L18", 1,
	  SITE "windows: {a: {at: weekly sun 03:00, for: 1h}, b: {at: monthly first sun 04:00, "
	       "for: 4h}}\n",
	  "'b' meets 'a', for instance on 2027-01-03 at 04:00" },
	{ "L18", 0,
	  SITE "windows: {a: {at: weekly sun 03:00, for: 30m}, b: {at: monthly first sun 04:00, "
	       "for: 4h}}\n",
	  NULL },
	{ "L18", 0,
	  SITE "windows: {a: {at: weekly sun 03:00, for: 1h, env: production}, b: {at: weekly sun "
	       "03:00, for: 1h, env: staging}}\n",
	  NULL },
	{ "L18", 0,
	  HEAD "services: {a: {}, b: {}}\nwindows: {a: {at: weekly sun 05:00, for: 1h, services: "
	       "a}, b: {at: weekly sun 05:00, for: 1h, services: b}}\n",
	  NULL },
	{ "L19", 1,
	  SITE HOME
	  "rules: {r: {when: \"latency{home} > 2s\", level: l}}\nlevels: {l: {rank: 1}}\n",
	  "which 'latency' is meant" },
	{ "L19", 1,
	  SITE HOME
	  "rules: {r: {when: \"availability{home} < 99%\", level: l}}\nlevels: {l: {rank: 1}}\n",
	  "over what time is 'availability' taken?" },
	{ "L19", 0,
	  SITE HOME "rules: {r: {when: \"latency{home} p95 > 2s over 5m\", level: l}}\nlevels: {l: "
	            "{rank: 1}}\n",
	  NULL },
	{ "L19", 1,
	  SITE "rules: {r: {when: \"cpu_used > unset\", level: l}}\nlevels: {l: {rank: 1}}\n",
	  "has no figure" },
	{ "L19", 1, SITE "rules: {r: {when: \"cpu_used > 1%\", level: unset}}\n", "has no level" },
	{ "L19", 2, SITE "objectives: {o: {metric: latency, op: \"<\", target: 2s}}\n",
	  "over which period" },
	{ "L19", 1, "plan: {title: a, timezone: UTC}\n", "no version" },
	{ "L19", 1,
	  SITE MAIL "windows: {w: {at: weekly sun 03:00, for: 1h, notice: 1d, reason: "
	            "r}}\nnotices: {n: {via: mail, content: [reason, alternatives]}}\n",
	  "must say 'alternatives'" },
	{ "L20", 1, SITE "windows: {w: {at: weekly sun, for: 1h}}\n", "no hour" },
	{ "L20", 1, SITE "windows: {w: {at: agreed}}\n", "when people agree" },
	{ "L20", 0, SITE "windows: {w: {at: weekly sun 03:00, for: 1h}}\n", NULL },
	{ "L20", 1, SITE "classes: {P1: {rank: 1, respond: asap}}\n",
	  "'respond' of 'P1' is a word" },
	{ "L22", 1,
	  SITE "metrics: {m: {unit: count, source: unset}}\nrules: {r: {when: \"m > 5\", level: "
	       "unset}}\n",
	  "nothing measures 'm'" },
	{ "L22", 0, SITE "metrics: {m: {unit: count, source: unset}}\n", NULL },
	{ "L22", 1,
	  SITE "metrics: {m: {unit: count, source: \"log:app\"}}\nrules: {r: {when: \"m > 5\", "
	       "level: unset}}\n",
	  "does not read 'log:app'" },
	{ "L22", 1, SITE "rules: {r: {when: \"declared: a flaw is public\", level: unset}}\n",
	  "only a person can declare" },
	{ "L22", 1,
	  SITE "rules: {r: {when: \"backup{daily} == failed\", level: unset}}\n"
	       "backups: {daily: {of: files, at: daily}}\n",
	  "this version does not watch 'backup{daily} == failed'" },
	{ "L24", 1, HEAD "tiers: {a: {users: 0-1000}, b: {users: 500-2000}}\n",
	  "both claim 500 users" },
	{ "L24", 1, HEAD "tiers: {a: {users: 0-}, b: {users: 500-2000}}\n",
	  "both claim 500 users" },
	{ "L24", 1, HEAD "tiers: {b: {users: 1500-}, a: {users: 0-1000}}\n",
	  "1000 to 1500 users belong to no tier" },
	{ "L24", 0, HEAD "tiers: {a: {users: 0-1000}, b: {users: 1000-2000}, c: {users: 2000-}}\n",
	  NULL },
};

TEST(each_finding_comes_when_deserved_and_only_then)
{
	run_cases(cases, COUNT_OF(cases));
}

TEST(lint_waits_until_there_are_no_errors)
{
	AUTO(Loaded) l = load_text(HEAD "contacts: {ana: {email: unset}}\nfoo: 1\n");

	EXPECT(!l.plan);
	EXPECT_INT(count_code(&l, "L07"), 0);
}

TEST(a_finding_points_at_the_key_that_deserves_it)
{
	AUTO(Loaded)
	l = load_text(SITE "objectives:\n  o:\n    metric: availability\n    op: \">=\"\n    "
	                   "target: 99%\n    period: 1mo\n    stated_allowance: 7h\n");

	for (size_t i = 0; i < l.findings.n; i++) {
		if (!text_eq(l.findings.at[i].code, "L09"))
			continue;
		EXPECT_INT(l.findings.at[i].at.line, 10);
		EXPECT_INT(l.findings.at[i].at.column, 23);
		EXPECT_TEXT(l.findings.at[i].path, "objectives.o.stated_allowance");
	}
	EXPECT_INT(count_code(&l, "L09"), 1);
}

static const char *no_env(void *ctx, Arena *a, const char *name)
{
	(void)ctx;
	(void)a;
	(void)name;
	return NULL;
}

/* On a desk without the site's environment nothing is said of what is not known there. */
TEST(what_is_not_known_here_is_not_missing)
{
	const char *text = HEAD
	        "contacts: {ana: {email: \"${env:A}\", phone: \"${env:B}\"}}\nchannels: {mail: "
	        "{type: email, url: \"smtp://h\", to: [\"${env:C}\"]}}\nclasses: {P1: {rank: 1, "
	        "respond: 15m, resolve: 1h, route: mail, escalation: e}}\nescalations: {e: "
	        "{steps: [{after: 5m, to: ana, via: mail}]}}\n";
	PlanSource source = { .env = no_env, .file = test_file, .no_secrets = true };
	Loaded l = { .findings.arena = arena_new("test findings", 64 << 20) };

	l.plan = plan_load("plan.yaml", text, strlen(text), &source, &l.findings);
	EXPECT(l.plan != NULL);
	EXPECT_INT(count_code(&l, "R07"), 3);
	EXPECT_INT(count_code(&l, "L07"), 0);
	EXPECT_INT(count_code(&l, "L41"), 0);
	EXPECT_INT(count_code(&l, "L06"), 0);
	Loaded_done(&l);
}

TEST(each_doubt_is_explained_in_both_languages_with_what_to_do_and_how_to_accept_it)
{
	size_t doubts = 0;

	for (int i = 1; i <= 43; i++) {
		AUTO(Buf) en = { 0 };
		AUTO(Buf) fr = { 0 };
		char code[8], accept[24];

		(void)snprintf(code, sizeof code, "L%02d", i);
		(void)snprintf(accept, sizeof accept, "accept: {%s:", code);
		EXPECT(plan_explain(code, "en", &en));
		EXPECT(plan_explain(code, "fr", &fr));
		EXPECT(!text_eq(buf_str(&en), buf_str(&fr)));
		/* A secret written out is an error: nothing to accept. */
		EXPECT(i == 16 || strstr(buf_str(&en), accept));
		EXPECT(i == 16 || strstr(buf_str(&fr), accept));
		doubts += en.n > 120 && fr.n > 120;
	}
	EXPECT_INT(doubts, 43);
}
