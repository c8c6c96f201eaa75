#include "harness.h"

#include "plan/builtin_metrics.h"
#include "plan/testing.h"

#include "core/digest.h"

static const char whole[] =
        "plan: {id: p, title: Plan d'essai, product: Essai, version: 1.0, date: 2025-01-31,\n"
        "  owner: dev, timezone: Europe/Paris, language: fr, base_url: "
        "\"https://ops.example.org\",\n"
        "  alarm_via: [mail], connectivity: [\"1.1.1.1:53\"], min_coverage: 90%,\n"
        "  review: {every: quarterly, next: 2025-04, by: [dev], also: {yearly: rework}}}\n"
        "services:\n"
        "  site:\n"
        "    label: Boutique\n"
        "    environments:\n"
        "      production: {url: \"${env:SITE_URL}\", window: night, permits: [restore]}\n"
        "      staging: {url: \"${env:NOT_SET:-https://staging.example.org}\", host: web2}\n"
        "    units: [\"systemd:nginx\"]\n"
        "    depends: [payment]\n"
        "    hours: mon-fri 09:00-18:00\n"
        "roles: {dev: {kind: human, duty: code, team: core, skills: [C, SQL]}, ci: {kind: "
        "machine}}\n"
        "teams: {core: {domain: all, members: [dev, ana]}}\n"
        "audiences: {users: {members: [core], to: [list@example.org]}}\n"
        "contacts:\n"
        "  ana: {name: Ana, role: dev, email: ana@example.org, phone: +33 1 02 03 04 05,\n"
        "        hours: mon-fri 09:00-18:00, oncall: sat-sun, via: sms}\n"
        "  bob: {role: dev, email: bob@example.org, phone: unset}\n"
        "channels:\n"
        "  mail: {type: email, secret: \"${env:SMTP_URL}\", to: [ops@example.org], per_hour: 20}\n"
        "  sms: {type: sms, secret: \"${file:/run/secrets/token}\", fallback: mail, timeout: 5s}\n"
        "  hook: {type: webhook, url: \"https://example.org/hook\", verify: no}\n"
        "classes:\n"
        "  P1: {rank: 1, label: critique, respond: {production: 15m, staging: 4h}, resolve: 1h,\n"
        "       update_every: 30m, clock_mode: service_hours, watch: 10m, route: [mail, sms],\n"
        "       escalation: up, examples: [site down], closing: [report, {text: review, optional: "
        "yes}],\n"
        "       phases: {first: {to: 15m, items: [{text: take it, stops: respond}, look]}}}\n"
        "levels: {critical: {rank: 1, class: P1, ack: asap, route: mail, escalation: up}}\n"
        "escalations: {up: {steps: [{after: 10m, to: [dev], via: [sms]}, {after: 1h, when: always, "
        "to: core}]}}\n"
        "metrics: {queue: {unit: count, source: \"sql:main\", sql: select 1, every: 5m, direction: "
        "higher}}\n"
        "objectives: {up: {metric: availability, service: site, env: production, check: home, op: "
        "\">=\",\n"
        "             target: 99.9%, period: 1mo, windows: excluded, tier: all, unknown_counts: "
        "down}}\n"
        "tiers: {all: {users: 0-, availability: 99.9%, latency: 2s, price: 29 USD per 1mo}}\n"
        "databases: {main: {engine: mariadb, service: site, env: production, host: db, port: "
        "\"${env:PORT}\",\n"
        "            secret: \"${env:TOKEN}\", user: u, name: shop}}\n"
        "checks:\n"
        "  home: {type: http, service: site, env: production, every: \"${env:FIVE}\", expect: "
        "[200, 3xx],\n"
        "         headers: {Accept: text/html}, json: {\"$.ok\": true}, redirects: 0, slow: "
        "800ms}\n"
        "  cert: {type: tls, target: example.org, port: 443, min_left: [30d, 7d]}\n"
        "  beat: {type: push, schedule: daily 03:00, grace: 1h, secret: \"${env:TOKEN}\"}\n"
        "  trip: {type: journey, service: site, env: production, steps: [{name: in, url: /login, "
        "method: POST,\n"
        "         capture: {t: \"json:$.t\"}}, {url: /out, always: yes}]}\n"
        "  list: {type: command, run: docker ps --all}\n"
        "rules:\n"
        "  down: {when: \"check{home} == fail\", level: critical, depends: [cert], clear: 5m}\n"
        "  two: {at_least: 1, of: [home, cert], level: critical, class: P1, quiet_in_window: no}\n"
        "windows: {night: {at: daily 02:00 UTC, for: 1h, env: production, services: site, impact: "
        "down,\n"
        "          counts: no, notice: 24h}}\n"
        "notices: {n: {via: mail, content: [reason], windows: night, audience: users, template: "
        "t}}\n"
        "templates: {t: {kind: maintenance, language: fr, subject: \"{{title}}\", fields: "
        "[title],\n"
        "            update_every: 30m}}\n"
        "status_page: {title: État, languages: [fr, en], publish: [rsync, \"{folder}/\"],\n"
        "              components: {c: {label: Site, of: [\"service:site\", \"check:home\"]}}}\n"
        "tasks: {daily: {at: daily}}\n"
        "procedures: {back: {steps: [{run: \"true\"}]}}\n"
        "x-anything: [1, 2]\n";

TEST(a_plan_with_every_section_loads_into_structs)
{
	AUTO(Loaded) l = load_text(whole);
	const Plan *p = l.plan;
	char digest[DIGEST_TEXT];

	if (!p)
		(void)test_fail(__FILE__, __LINE__, "%s", buf_str(&l.text));
	ASSERT(p);
	EXPECT_TEXT(p->head.item.id, "p");
	EXPECT_TEXT(p->head.version, "1.0");
	EXPECT_TEXT(p->head.date, "2025-01-31");
	EXPECT_TEXT(zone_name(p->head.timezone), "Europe/Paris");
	EXPECT_TEXT(p->head.review_every, "quarterly");
	EXPECT_TEXT(p->head.review_also.at[0].value, "rework");
	EXPECT_REAL(p->head.min_coverage.value, 90, 0);
	EXPECT_TEXT(p->digest, digest_sha256(whole, strlen(whole), digest));
	EXPECT_INT(p->later_n, 1);
	EXPECT_TEXT(p->later[0].name, "procedures");
	EXPECT_INT(p->secrets_n, 4);
}

TEST(people_and_channels_are_linked)
{
	AUTO(Loaded) l = load_text(whole);
	const Plan *p = l.plan;

	ASSERT(p);
	const Contact *ana = plan_contact(p, "ana");
	const Channel *sms = plan_channel(p, "sms");
	EXPECT(ana->role == plan_role(p, "dev"));
	EXPECT(ana->hours.set && ana->oncall.set && !ana->unfilled);
	EXPECT(plan_contact(p, "bob")->unfilled && !plan_contact(p, "bob")->phone);
	EXPECT_TEXT(ana->via.at[0], "sms");
	EXPECT(sms->fallback == plan_channel(p, "mail"));
	EXPECT_TEXT(secret_reveal(sms->secret), "from-a-file");
	EXPECT_TEXT(secret_reveal(plan_channel(p, "mail")->secret),
	            "smtp://user:hunter2@mail.example.org");
	EXPECT(plan_channel(p, "hook")->no_verify && !sms->no_verify);
	EXPECT_INT(plan_team(p, "core")->members.n, 2);
	EXPECT(plan_audience(p, "users") && !plan_audience(p, "nobody") && !plan_role(p, NULL));
}

TEST(classes_levels_and_ladders_are_linked)
{
	AUTO(Loaded) l = load_text(whole);
	const Plan *p = l.plan;

	ASSERT(p);
	const Class *c = plan_class(p, "P1");
	EXPECT_INT(c->clocks[CLOCK_RESPOND].n, 2);
	EXPECT_TEXT(c->clocks[CLOCK_RESPOND].by_env[1].key, "staging");
	EXPECT_INT(span_estimate(c->clocks[CLOCK_RESPOND].env[1].span).us, hours(4).us);
	EXPECT_INT(c->clocks[CLOCK_RESOLVE].all.kind, DEADLINE_SPAN);
	EXPECT(!c->clocks[CLOCK_POSTMORTEM].all.set);
	EXPECT(c->service_hours && c->escalation == plan_escalation(p, "up"));
	EXPECT_INT(c->phases[0].items[0].stops, CLOCK_RESPOND);
	EXPECT_INT(c->phases[0].items[1].stops, -1);
	EXPECT_TEXT(c->phases[0].items[1].text, "look");
	EXPECT(c->closing[1].optional && !c->closing[0].optional);
	EXPECT(plan_level(p, "critical")->class_ == c);
	EXPECT_INT(plan_level(p, "critical")->ack.kind, DEADLINE_ASAP);
	EXPECT_INT(c->escalation->steps[1].when, STEP_ALWAYS);
	EXPECT_TEXT(c->escalation->steps[0].to.at[0], "dev");
}

TEST(checks_keep_what_is_absent_absent)
{
	AUTO(Loaded) l = load_text(whole);
	const Plan *p = l.plan;

	ASSERT(p);
	const Check *home = plan_check(p, "home"), *cert = plan_check(p, "cert");
	EXPECT(home->service == plan_service(p, "site"));
	EXPECT_INT(span_estimate(home->how->every).us, minutes(5).us);
	EXPECT_INT(home->how->redirects, 0);
	EXPECT_INT(cert->how->redirects, -1);
	EXPECT_INT(home->how->retries, -1);
	EXPECT_INT(home->how->successes, 0);
	EXPECT_TEXT(home->how->expect.at[1], "3xx");
	EXPECT(home->how->expect.at[2] == NULL);
	EXPECT_TEXT(home->how->json.at[0].value, "true");
	EXPECT_REAL(home->how->slow.value, 0.8, 0);
	EXPECT_INT(cert->how->min_left.n, 2);
	EXPECT_TEXT(plan_check(p, "list")->how->run.at[2], "--all");
	EXPECT(plan_check(p, "list")->how->run.at[3] == NULL);
	EXPECT(plan_check(p, "trip")->how->steps[1].always);
	EXPECT_INT(plan_check(p, "beat")->how->schedule.kind, SCHEDULE_DAILY);
	EXPECT(span_is_zero(cert->how->every));
}

TEST(rules_windows_and_promises_are_linked)
{
	AUTO(Loaded) l = load_text(whole);
	const Plan *p = l.plan;

	ASSERT(p);
	EXPECT(plan_rule(p, "down")->level == plan_level(p, "critical"));
	EXPECT_INT(plan_rule(p, "down")->quiet_in_window, 1);
	EXPECT_INT(plan_rule(p, "two")->quiet_in_window, 0);
	EXPECT(plan_rule(p, "two")->class_ == plan_class(p, "P1"));
	const Window *w = plan_window(p, "night");
	EXPECT(w->impact == IMPACT_DOWN && w->counts == 0 && w->quiet == 1);
	EXPECT(plan_service(p, "site")->environments[0].window == w);
	EXPECT_TEXT(zone_name(w->at.zone), "UTC");
	const Objective *o = plan_objective(p, "up");
	EXPECT(o->check == plan_check(p, "home") && o->tier == &p->tiers[0]);
	EXPECT(o->op == OP_GE && o->windows == WINDOWS_EXCLUDED);
	EXPECT(p->notices[0].template_ == plan_template(p, "t"));
	EXPECT_TEXT(plan_database(p, "main")->engine, "mysql");
	EXPECT_INT(plan_database(p, "main")->port, 5433);
	EXPECT(plan_metric(p, "queue") && !plan_metric(p, "queue")->lower_is_better);
	EXPECT(service_environment(plan_service(p, "site"), "staging") &&
	       !service_environment(NULL, "x"));
	EXPECT_INT(plan_commitments(p), 26); /* 9 figures, and the cadence of each duty */
}

TEST(nothing_is_typed_by_yaml)
{
	AUTO(Loaded)
	l = load_text(HEAD "roles:\n"
	                   "  on: {duty: on, note: 0640}\n"
	                   "  no: {duty: no, note: 1.0}\n"
	                   "  23.00: {duty: 23:00, note: 2025-01}\n"
	                   "  nul: {duty: ~, note: null}\n"
	                   "  y: {duty: \"\", note: 1e3}\n");

	ASSERT(l.plan);
	EXPECT_TEXT(plan_role(l.plan, "on")->duty, "on");
	EXPECT_TEXT(plan_role(l.plan, "on")->item.note, "0640");
	EXPECT_TEXT(plan_role(l.plan, "no")->duty, "no");
	EXPECT_TEXT(plan_role(l.plan, "no")->item.note, "1.0");
	EXPECT_TEXT(plan_role(l.plan, "23.00")->duty, "23:00");
	EXPECT_TEXT(plan_role(l.plan, "23.00")->item.note, "2025-01");
	EXPECT_TEXT(plan_role(l.plan, "nul")->duty, "~");
	EXPECT_TEXT(plan_role(l.plan, "nul")->item.note, "null");
	EXPECT_TEXT(plan_role(l.plan, "y")->duty, "");
}

TEST(anchors_and_merge_keys_work_and_own_keys_win)
{
	AUTO(Loaded)
	l = load_text(HEAD "x-a: &a {kind: machine, duty: from a}\n"
	                   "x-b: &b {duty: from b, team: t}\n"
	                   "roles:\n"
	                   "  one: {<<: *a}\n"
	                   "  two: {duty: own, <<: *a}\n"
	                   "  three: {<<: [*b, *a], kind: human}\n"
	                   "  four: *a\n"
	                   "  five: {\"<<\": text}\n");

	EXPECT(!l.plan);
	EXPECT_INT(l.findings.errors, 1); /* a quoted << is a key like any other */
	EXPECT_HAS(buf_str(&l.text), "unknown key '<<'");
	AUTO(Loaded)
	m = load_text(HEAD "x-a: &a {kind: machine, duty: from a}\n"
	                   "x-b: &b {duty: from b, team: t}\n"
	                   "roles:\n"
	                   "  one: {<<: *a}\n"
	                   "  two: {duty: own, <<: *a}\n"
	                   "  three: {<<: [*b, *a], kind: human}\n"
	                   "  four: *a\n");
	ASSERT(m.plan);
	EXPECT_TEXT(plan_role(m.plan, "one")->duty, "from a");
	EXPECT_TEXT(plan_role(m.plan, "two")->duty, "own");
	EXPECT_INT(plan_role(m.plan, "two")->kind, ROLE_MACHINE);
	EXPECT_TEXT(plan_role(m.plan, "three")->duty, "from b");
	EXPECT_INT(plan_role(m.plan, "three")->kind, ROLE_HUMAN);
	EXPECT_TEXT(plan_role(m.plan, "four")->duty, "from a");
}

TEST(places_count_characters_and_not_bytes)
{
	AUTO(Loaded) l = load_text(HEAD "roles: {clé: {é: 1, zzz: 2}}\n");

	ASSERT(l.findings.n >= 3);
	EXPECT_INT(l.findings.at[0].at.column, 9); /* clé is no name */
	EXPECT_INT(l.findings.at[1].at.column, 15);
	EXPECT_INT(l.findings.at[2].at.column, 21);
	EXPECT_INT(l.findings.at[2].end_column, 24);
	EXPECT_TEXT(l.findings.at[2].path, "roles.clé.zzz");
	EXPECT_HAS(buf_str(&l.text), "      |                     ^~~\n");
}

TEST(a_byte_order_mark_and_windows_line_ends_are_no_trouble)
{
	AUTO(Loaded)
	l = load_text("\xEF\xBB\xBFplan: {title: Test, version: 1, timezone: UTC}\r\n"
	              "roles: {dev: {duty: a}}\r\n");

	ASSERT(l.plan);
	EXPECT_INT(plan_role(l.plan, "dev")->item.at.line, 2);
	EXPECT_TEXT(plan_role(l.plan, "dev")->duty, "a");
}

TEST(a_plan_in_json_is_a_plan)
{
	AUTO(Loaded)
	l = load_text("{\"plan\": {\"title\": \"Test\", \"version\": \"1\", \"timezone\": "
	              "\"UTC\"},\n \"roles\": {\"dev\": {\"skills\": [\"a\", \"b\"]}}}\n");

	ASSERT(l.plan);
	EXPECT_INT(plan_role(l.plan, "dev")->skills.n, 2);
}

TEST(the_environment_fills_in_text_and_is_never_shown)
{
	AUTO(Loaded)
	l = load_text(HEAD "roles:\n"
	                   "  a: {duty: \"at ${env:SITE_URL}\"}\n"
	                   "  b: {duty: \"${env:NOT_SET:-by default}\"}\n"
	                   "  c: {duty: \"$${env:SITE_URL} costs $5\"}\n"
	                   "  d: {duty: \"${env:EMPTY:-}\"}\n");

	ASSERT(l.plan);
	EXPECT_TEXT(plan_role(l.plan, "a")->duty, "at https://site.example.org/");
	EXPECT_TEXT(plan_role(l.plan, "b")->duty, "by default");
	EXPECT_TEXT(plan_role(l.plan, "c")->duty, "${env:SITE_URL} costs $5");
	EXPECT_TEXT(plan_role(l.plan, "d")->duty, "");
	AUTO(Loaded) bad = load_text(SITE "contacts: {a: {email: \"${env:NOT_A_URL}\"}}\n");
	EXPECT(!bad.plan);
	EXPECT_HAS(buf_str(&bad.text), "'${env:NOT_A_URL}' is not an e-mail address");
	EXPECT(!strstr(buf_str(&bad.text), "hunter2"));
}

TEST(a_value_from_the_environment_is_starred_out_wherever_it_is_quoted)
{
	static const char *const texts[] = {
		"channels: {m: {type: email, url: \"smtp${env:TOKEN}://h\"}}\n",
		"contacts: {m: {role: \"${env:TOKEN}\"}}\n",
		"rules: {r: {when: \"x ${env:TOKEN}\", level: unset}}\n",
		"rules: {r: {when: \"check{${env:TOKEN}} == fail\", level: unset}}\n",
		"windows: {w: {at: \"daily ${env:TOKEN}\"}}\n",
		"metrics: {m: {unit: count, source: \"${env:TOKEN}\"}}\n",
		"objectives: {m: {metric: \"${env:TOKEN}\", op: \"<\", target: 1}}\n",
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		AUTO_FREE char *text = mem_printf("%s%s", SITE, texts[i]);
		AUTO(Loaded) l = load_text(text);

		EXPECT(!l.plan);
		EXPECT(!strstr(buf_str(&l.text), "s3cret"));
	}
}

TEST(a_literal_secret_is_refused_and_starred_out)
{
	AUTO(Loaded)
	l = load_text(SITE "channels:\n  m: {type: email, secret: \"smtp://u:hunter2@h\"}\n");

	EXPECT(!l.plan);
	EXPECT_INT(count_code(&l, "L16"), 1);
	EXPECT(!strstr(buf_str(&l.text), "hunter2"));
	EXPECT_HAS(buf_str(&l.text), "secret: ********************}");
}

TEST(without_secrets_a_missing_one_is_a_note)
{
	static const char text[] = HEAD
	        "services: {s: {environments: {production: {url: \"${env:NOT_SET}\"}}}}\n"
	        "channels: {m: {type: email, secret: \"${env:NOT_SET}\"}, n: {type: slack, secret: "
	        "\"${file:/nowhere}\"}}\n"
	        "checks: {c: {type: http, service: s, env: production, every: "
	        "\"${env:NOT_SET}\"}}\n";
	Findings f = { .arena = arena_new("test", 1 << 20) };
	PlanSource source = { .env = test_env, .file = test_file, .no_secrets = true };
	Plan *p = plan_load("p.yaml", text, strlen(text), &source, &f);

	EXPECT(p);
	for (size_t i = 0; i < f.n; i++) {
		if (text_starts(f.at[i].code, "R"))
			EXPECT_TEXT(f.at[i].code, "R07");
	}
	if (p)
		EXPECT_TEXT(p->services[0].environments[0].url, "${env:NOT_SET}");
	plan_free(p);
	arena_free(f.arena);
	EXPECT(count_code(&(Loaded){ 0 }, "R07") == 0);
	AUTO(Loaded) l = load_text(text);
	EXPECT(!l.plan);
	EXPECT_INT(count_code(&l, "R05"), 3);
	EXPECT_INT(count_code(&l, "R06"), 1);
}

TEST(a_header_with_a_token_from_the_environment_is_kept_for_redaction)
{
	AUTO(Loaded)
	l = load_text(SITE "checks: {c: {type: http, env: production, headers: {Authorization: "
	                   "\"Bearer ${env:TOKEN}\", Accept: \"${env:FIVE}\"}}}\n");

	ASSERT(l.plan);
	EXPECT_INT(l.plan->secrets_n, 1);
	EXPECT_TEXT(secret_reveal(l.plan->secrets[0]), "Bearer s3cret-token");
}

TEST(all_mistakes_come_in_the_order_of_the_file)
{
	AUTO(Loaded)
	l = load_text(HEAD "rules: {r: {when: \"check{x} == fail\", level: l}}\n"
	                   "checks: {c: {type: htp}}\nfoo: 1\n");

	EXPECT(!l.plan);
	EXPECT_INT(l.findings.n, 4);
	for (size_t i = 1; i < l.findings.n; i++)
		EXPECT(l.findings.at[i - 1].at.line <= l.findings.at[i].at.line);
}

TEST(findings_as_json_have_the_fields_scripts_rely_on)
{
	AUTO(Loaded) l = load_text(HEAD "chekcs: {}\n");
	AUTO(Buf) out = { 0 };
	Emit e = emit_to(&out);

	emit_object(&e, NULL);
	findings_json(&l.findings, &e);
	emit_object_end(&e);
	EXPECT_TEXT(
	        buf_str(&out),
	        "{\"findings\":[{\"code\":\"S01\",\"severity\":\"error\",\"file\":\"plan.yaml\","
	        "\"line\":2,\"column\":1,\"path\":\"chekcs\",\"message\":\"unknown section "
	        "'chekcs' "
	        "(did you mean 'checks'?)\",\"hint\":\"`carene explain` lists the sections.\","
	        "\"related\":null}]}");
}

TEST(ten_thousand_checks_load)
{
	AUTO(Buf) b = { 0 };

	buf_text(&b, SITE "checks:\n");
	for (int i = 0; i < 10000; i++)
		buf_printf(&b,
		           "  c%d: {type: http, service: site, env: production, target: "
		           "\"https://example.org/%d\", every: 1m, timeout: 5s, retries: 2}\n",
		           i, i);
	AUTO(Loaded) l = load_bytes("big.yaml", b.p, b.n);
	ASSERT(l.plan);
	EXPECT_INT(l.plan->checks_n, 10000);
	EXPECT_TEXT(plan_check(l.plan, "c9999")->target, "https://example.org/9999");
}

TEST(the_same_text_gives_the_same_findings)
{
	AUTO(Loaded) a = load_text(whole);
	AUTO(Loaded) b = load_text(whole);

	EXPECT_TEXT(buf_str(&a.text), buf_str(&b.text));
}

TEST(colour_marks_the_severity_only_when_asked)
{
	AUTO(Loaded) l = load_text(HEAD "foo: 1\n");
	AUTO(Buf) out = { 0 };

	findings_print(&l.findings, true, &out);
	EXPECT_HAS(buf_str(&out), "\x1b[1;31merror\x1b[0m S01");
	EXPECT(!strchr(buf_str(&l.text), '\x1b'));
}

TEST(built_in_metrics_are_found_by_name)
{
	EXPECT(builtin_metric("cpu_used") && builtin_metric("cpu_used")->lower_is_better);
	EXPECT(!builtin_metric("cpu") && !builtin_metric(NULL));
	for (size_t i = 0; i < builtin_metrics_n; i++)
		EXPECT(builtin_metric(builtin_metrics[i].name) == &builtin_metrics[i]);
}
