/* The first plan: whatever was seen, it loads without an error in both languages. */
#include "cli/init.h"
#include "core/alloc.h"
#include "core/text.h"
#include "harness.h"
#include "plan/load.h"

#include <stdio.h>
#include <string.h>

static const char *no_env(void *ctx, Arena *a, const char *name)
{
	(void)ctx, (void)a, (void)name;
	return NULL;
}

static const char *no_file(void *ctx, Arena *a, const char *path, Err *err)
{
	(void)ctx, (void)a;
	err_set(err, ERR_NOT_FOUND, "no %s", path);
	return NULL;
}

/* The plan of this text; errors are test failures. */
static Plan *load_plan(const Buf *text)
{
	Findings found = { .arena = arena_new("findings", 64 << 20) };
	PlanSource source = { .env = no_env, .file = no_file, .no_secrets = true };
	Plan *plan;

	plan = plan_load("first.yaml", buf_str(text), text->n, &source, &found);
	for (size_t i = 0; i < found.n; i++) {
		if (found.at[i].severity == SEVERITY_ERROR)
			test_fail(__FILE__, __LINE__, "line %u: %s", found.at[i].at.line,
			          found.at[i].message);
	}
	arena_free(found.arena);
	return plan;
}

/* The plan of these facts, loaded. */
static Plan *load(const InitFacts *f, const char *lang, Buf *text)
{
	buf_clear(text);
	init_plan(f, lang, text);
	return load_plan(text);
}

static InitFacts facts(const char *url)
{
	InitFacts f = { .file = "first.yaml" };

	(void)instant_parse("2026-03-02T10:00:00Z", &f.at);
	if (!init_site_parse(url, &f.site, NULL))
		test_fail(__FILE__, __LINE__, "refused %s", url);
	text_copy(f.host.name, sizeof f.host.name, "web1");
	text_copy(f.host.timezone, sizeof f.host.timezone, "Europe/Paris");
	return f;
}

/* A machine with everything on it. */
static InitFacts rich(void)
{
	InitFacts f = facts("https://shop.example/");
	static const char *const units[] = { "systemd:nginx", "process:postgres", "compose:web" };

	f.site.answered = true;
	f.site.status = 200;
	f.site.latency = milliseconds(180);
	f.site.redirects = 1;
	text_copy(f.site.final_url, sizeof f.site.final_url, "https://shop.example/fr/");
	text_copy(f.site.server, sizeof f.site.server, "nginx");
	text_copy(f.site.issuer, sizeof f.site.issuer, "R11");
	f.site.cert_valid = true;
	f.site.cert_end = after(f.at, days(60));
	text_copy(f.site.addresses[0], INIT_NAME, "192.0.2.10");
	f.site.addresses_n = 1;
	f.site.is_here = true;
	for (size_t i = 0; i < COUNT_OF(units); i++)
		text_copy(f.host.units[f.host.units_n++], INIT_NAME, units[i]);
	f.host.ports[f.host.ports_n++] = (InitPort){ "postgresql", 5432 };
	f.host.ports[f.host.ports_n++] = (InitPort){ "mysql", 3306 };
	f.host.ports[f.host.ports_n++] = (InitPort){ "redis", 6379 };
	text_copy(f.host.mounts[0].path, INIT_NAME, "/");
	f.host.mounts[0].used = 41.7;
	f.host.mounts_n = 1;
	f.host.mail = true;
	return f;
}

TEST(an_address_is_read_as_people_write_it)
{
	static const struct {
		const char *text, *url, *host; /* NULL: refused */
	} rows[] = {
		{ "shop.example", "https://shop.example/", "shop.example" },
		{ "https://shop.example", "https://shop.example/", "shop.example" },
		{ "http://127.0.0.1:8080/x?y=1#z", "http://127.0.0.1:8080/x?y=1", "127.0.0.1" },
		{ "https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/", "2001:db8::1" },
		{ "localhost:3000", "https://localhost:3000/", "localhost" },
		{ "", NULL, NULL },
		{ "ftp://shop.example", NULL, NULL },
		{ "https://user:pw@shop.example", NULL, NULL },
		{ "https://", NULL, NULL },
		{ "two words", NULL, NULL },
		{ "a\nb", NULL, NULL },
		{ "\"x\"", NULL, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		InitSite s;
		Err err = { 0 };
		bool ok = init_site_parse(rows[i].text, &s, &err);

		if (ok != (rows[i].url != NULL)) {
			test_fail(__FILE__, __LINE__, "'%s'", rows[i].text);
		} else if (ok) {
			EXPECT_TEXT(s.url, rows[i].url);
			EXPECT_TEXT(s.host, rows[i].host);
		} else {
			EXPECT(err.hint[0]);
		}
	}
}

TEST(a_rich_machine_gives_a_plan_that_loads)
{
	static const char *const langs[] = { "fr", "en" };
	InitFacts f = rich();

	for (size_t i = 0; i < COUNT_OF(langs); i++) {
		AUTO(Buf) text = { 0 };
		Plan *p = load(&f, langs[i], &text);

		ASSERT(p);
		EXPECT_TEXT(p->head.language, langs[i]);
		EXPECT_TEXT(p->head.item.id, "shop-example");
		EXPECT_INT(p->services_n, 1);
		EXPECT_INT(p->services[0].units.n, 3);
		EXPECT_INT(p->checks_n, 6); /* site, tls, units, three ports */
		EXPECT(plan_check(p, "site")->how->expect.n == 0);
		EXPECT_INT(plan_check(p, "tls")->how->min_left.n, 2);
		EXPECT(plan_rule(p, "down") && plan_rule(p, "disk") && plan_rule(p, "certificate"));
		/* No promise in anybody's name. */
		EXPECT_INT(p->objectives_n + p->windows_n, 0);
		for (int k = 0; k < CLOCK_KINDS; k++)
			EXPECT(plan_class(p, "P1")->clocks[k].all.kind == DEADLINE_UNSET);
		plan_free(p);
	}
}

TEST(the_first_plan_reads_well)
{
	AUTO(Buf) text = { 0 };
	InitFacts f = rich();

	plan_free(load(&f, "fr", &text));
	EXPECT_SNAPSHOT(buf_str(&text), "test/golden/init/first_plan.fr.yaml");
	plan_free(load(&f, "en", &text));
	EXPECT_SNAPSHOT(buf_str(&text), "test/golden/init/first_plan.en.yaml");
}

TEST(a_site_that_does_not_answer_on_an_empty_machine)
{
	AUTO(Buf) text = { 0 };
	InitFacts f = facts("http://10.0.0.1:8080");
	Plan *p;

	text_copy(f.host.timezone, sizeof f.host.timezone, "UTC");
	text_copy(f.site.reason, sizeof f.site.reason,
	          "cannot connect to http://10.0.0.1:8080/: connection refused");
	p = load(&f, "en", &text);
	ASSERT(p);
	EXPECT_HAS(buf_str(&text), "DID NOT ANSWER: cannot connect");
	EXPECT_HAS(buf_str(&text), "Nothing takes mail");
	EXPECT_INT(p->checks_n, 1);
	EXPECT_TEXT(p->head.item.id, "site-10-0-0-1");
	EXPECT(!plan_rule(p, "certificate"));
	plan_free(p);
}

TEST(what_it_answers_today_is_what_is_expected)
{
	static const struct {
		int status;
		const char *expect; /* NULL: the plan says nothing */
	} rows[] = { { 200, NULL },  { 204, NULL }, { 401, "401" },
		     { 404, "404" }, { 500, NULL }, { 503, NULL } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Buf) text = { 0 };
		InitFacts f = rich();
		Plan *p;

		f.site.status = rows[i].status;
		p = load(&f, "en", &text);
		ASSERT(p);
		EXPECT_INT(plan_check(p, "site")->how->expect.n, rows[i].expect != NULL);
		if (rows[i].expect)
			EXPECT_TEXT(plan_check(p, "site")->how->expect.at[0], rows[i].expect);
		plan_free(p);
	}
}

TEST(a_full_disk_does_not_alarm_from_the_first_minute)
{
	static const struct {
		double used;
		const char *when;
	} rows[] = { { 41, "disk_used > 90%" },
		     { 89.2, "disk_used > 92%" },
		     { 96, "disk_used > 98%" },
		     { 99.9, "disk_used > 99%" } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Buf) text = { 0 };
		InitFacts f = rich();

		f.host.mounts[0].used = rows[i].used;
		plan_free(load(&f, "en", &text));
		EXPECT_HAS(buf_str(&text), rows[i].when);
	}
}

/* Without its "# ", every section the plan proposes at its end is one. */
TEST(what_stands_in_comments_is_a_plan_too)
{
	static const char *const langs[] = { "en", "fr" };

	for (size_t i = 0; i < COUNT_OF(langs); i++) {
		AUTO(Buf) text = { 0 }, open = { 0 };
		InitFacts f = rich();
		const char *rest;
		Plan *p;
		char line[256];

		plan_free(load(&f, langs[i], &text));
		rest = strstr(buf_str(&text), "# objectives:");
		ASSERT(rest != NULL);
		buf_add(&open, buf_str(&text), (size_t)(rest - buf_str(&text)));
		while (text_part(&rest, "\n", line, sizeof line)) {
			bool prose =
			        line[1] == ' ' && line[2] != ' ' && line[strlen(line) - 1] != ':';

			buf_printf(&open, "%s\n", prose || strlen(line) < 3 ? "" : line + 2);
		}
		p = load_plan(&open);
		ASSERT(p != NULL);
		EXPECT_INT(p->objectives_n, 1);
		EXPECT_INT(p->windows_n, 1);
		EXPECT_INT(p->tasks_n, 2);
		EXPECT_INT(p->tasks[0].items_n, 2);
		plan_free(p);
	}
}

/* Server headers, issuers and mount points are other people's texts. */
TEST(hostile_texts_stay_texts)
{
	static const char *const hostile[] = {
		"x\nchecks: {}",
		"\"quote",
		"'",
		"${env:HOME}",
		"${file:/etc/passwd}",
		"# comment",
		"&a *a <<",
		"\x01\x7f",
		"é\xff\xfe",
		"- [",
		"}",
		": ",
		"!!int 1",
		"%YAML 1.1",
		"---",
	};

	for (size_t i = 0; i < COUNT_OF(hostile); i++) {
		AUTO(Buf) text = { 0 };
		InitFacts f = rich();
		Plan *p;

		text_copy(f.site.server, sizeof f.site.server, hostile[i]);
		text_copy(f.site.issuer, sizeof f.site.issuer, hostile[i]);
		text_copy(f.site.final_url, sizeof f.site.final_url, hostile[i]);
		text_copy(f.host.name, sizeof f.host.name, hostile[i]);
		text_copy(f.host.mounts[0].path, INIT_NAME, hostile[i]);
		(void)snprintf(f.host.units[2], INIT_NAME, "compose:%s", hostile[i]);
		p = load(&f, "fr", &text);
		if (!p)
			test_fail(__FILE__, __LINE__, "'%s' breaks the plan", hostile[i]);
		else
			EXPECT_INT(p->checks_n, 6);
		plan_free(p);
	}
}

/* The real machine, whatever it is: nothing that cannot be seen is an error. */
TEST(looking_at_a_dead_port_and_this_machine_gives_a_plan)
{
	InitFacts f = facts("http://127.0.0.1:1/");
	AUTO(Buf) text = { 0 };
	Err err = { 0 };
	Plan *p;

	f.host = (InitHost){ 0 };
	ASSERT(init_look(&f, &err));
	EXPECT(!f.site.answered && f.site.is_here);
	EXPECT_HAS(f.site.reason, "cannot connect to http://127.0.0.1:1/");
	EXPECT(f.host.timezone[0] && f.host.name[0]);
	p = load(&f, "fr", &text);
	EXPECT(p != NULL);
	plan_free(p);
}
