/* Ten thousand checks of one server fail at once, and come back: one incident, one message,
 * and work that is counted, not timed. */
#include "harness.h"

#include "core/alloc.h"
#include "core/text.h"
#include "plan/load.h"
#include "sim/scenario.h"

#include <stdio.h>
#include <unistd.h>

enum { CHECKS = 10000 };

static const char head[] =
        "{\"plan\":{\"id\":\"storm\",\"title\":\"Storm\",\"product\":\"Storm\",\"version\":\"1\","
        "\"timezone\":\"Europe/Paris\",\"language\":\"en\",\"owner\":\"ops\"},"
        "\"services\":{\"web\":{\"environments\":{\"production\":{\"url\":\"http://s.test\"}}}},"
        "\"roles\":{\"ops\":{\"kind\":\"human\"}},"
        "\"contacts\":{\"ana\":{\"role\":\"ops\",\"name\":\"Ana\",\"email\":\"ana@storm.test\","
        "\"hours\":\"always\"}},"
        "\"channels\":{\"mail\":{\"type\":\"email\",\"secret\":\"${env:SMTP_URL}\","
        "\"from\":\"carene@storm.test\"}},"
        "\"classes\":{\"P1\":{\"rank\":1,\"label\":\"Critical\",\"respond\":\"15m\","
        "\"route\":[\"mail\"],\"escalation\":\"ladder\"}},"
        "\"escalations\":{\"ladder\":{\"steps\":[{\"after\":\"0m\",\"to\":[\"ops\"]}]}},"
        "\"levels\":{\"critical\":{\"rank\":1,\"class\":\"P1\",\"route\":[\"mail\"]}},";

/* ---- a plan that is too long to be written ---- */

typedef struct Storm {
	size_t checks;
	const char *every;
	size_t rows, intervals, statuses, messages; /* put into the batch */
} Storm;

static const char *smtp(void *ctx, Arena *a, const char *name)
{
	(void)ctx, (void)name;
	return arena_text(a, "smtp://mail.test:25");
}

static void write_plan(const Storm *s, Buf *out)
{
	buf_text(out, head);
	buf_text(out, "\"checks\":{");
	for (size_t i = 0; i < s->checks; i++)
		buf_printf(out,
		           "%s\"c%05zu\":{\"type\":\"http\",\"service\":\"web\",\"env\":"
		           "\"production\","
		           "\"every\":\"%s\",\"target\":\"http://s.test/%zu\",\"retries\":0}",
		           i ? "," : "", i, s->every, i);
	buf_text(out, "},\"rules\":{");
	for (size_t i = 0; i < s->checks; i++)
		buf_printf(out,
		           "%s\"r%05zu\":{\"when\":\"check{c%05zu} == "
		           "fail\",\"level\":\"critical\",\"clear\":\"1s\"}",
		           i ? "," : "", i, i);
	buf_text(out, "}}\n");
}

static Plan *load(void *ctx, Err *err)
{
	PlanSource source = { .env = smtp };
	Findings f = { .arena = arena_new("findings", 64 << 20) };
	AUTO(Buf) text = { 0 };
	Plan *p;

	write_plan(ctx, &text);
	p = plan_load("storm.yaml", buf_str(&text), text.n, &source, &f);
	if (!p)
		err_set(err, ERR_CONFIG, "%s", f.n ? f.at[0].message : "not read");
	arena_free(f.arena);
	return p;
}

static void saved(void *ctx, const RecordType *type, const void *record)
{
	Storm *s = ctx;

	(void)record;
	s->rows++;
	s->intervals += text_eq(type->table, "interval");
	s->statuses += text_eq(type->table, "check_status");
	s->messages += text_eq(type->table, "message");
}

/* ---- playing it ---- */

static ScenarioResult played(Storm *s, const char *story)
{
	char path[] = "/tmp/carene-storm-XXXXXX";
	int fd = mkstemp(path);
	ScenarioOptions o = { .plan = load, .saved = saved, .gathers = true, .ctx = s };
	ScenarioResult r = { 0 };
	Err err = { 0 };

	EXPECT(write(fd, story, strlen(story)) == (ssize_t)strlen(story));
	(void)close(fd);
	EXPECT(scenario_run(path, &o, &r, &err));
	EXPECT_TEXT(err.message, "");
	(void)unlink(path);
	return r;
}

#define BEGIN                                   \
	"clock 2026-11-20 10:00 Europe/Paris\n" \
	"pass 9s\n"                             \
	"expect incident.list all=true incidents.count = 0\n"
#define FALL                                                  \
	"answer http://s.test/* connect\n"                    \
	"pass 4s\n"                                           \
	"expect incident.list all=true incidents.count = 1\n" \
	"expect incident.list incidents[0].state = open\n"    \
	"expect mails 1\n"                                    \
	"expect mails 1 to=ana@storm.test subject~\"OPEN\"\n"
#define RISE(time)                                            \
	"answer http://s.test/* ok\n"                         \
	"pass " time "\n"                                     \
	"expect incident.list all=true incidents.count = 1\n" \
	"expect incident.list all=true incidents[0].state = resolved\n"

/* Probes of two seconds start on eight slots of a quarter of a second, so results come 1250
 * at a time: a commit for 256 of them at most, and a few for what is sent. */
TEST(ten_thousand_failures_in_two_seconds_are_one_incident_one_message_and_few_commits)
{
	Storm calm = { CHECKS, "2s", 0, 0, 0, 0 }, fell = calm, rose = calm;
	ScenarioResult a = played(&calm, BEGIN), b = played(&fell, BEGIN FALL),
	               c = played(&rose,
	                          BEGIN FALL RISE(
	                                  "5s") "expect mails 1\nexpect verify holds = true\n");

	EXPECT_INT(a.distinct, 0);
	EXPECT_INT(b.distinct, 1);
	EXPECT_INT(c.repeated, 0);
	EXPECT_INT(c.unsent, 0);
	EXPECT(b.commits - a.commits < CHECKS / 256 + 40);
	EXPECT(c.commits - b.commits < CHECKS / 256 + 40);
	/* Two of its own chain for each check (one ends, one begins), and a few of the service's. */
	EXPECT(fell.intervals - calm.intervals <= 2 * CHECKS + 100);
	EXPECT(rose.intervals - fell.intervals <= 2 * CHECKS + 100);
	EXPECT(fell.messages - calm.messages < 10);
	EXPECT(rose.messages - fell.messages < 10);
	/* Status, two intervals, alert, incident and its line; while it is down, a status each time. */
	EXPECT(fell.rows - calm.rows < 9 * CHECKS);
}

/* The same without sharing: what is decided and told does not depend on it. */
TEST(a_storm_is_told_the_same_whether_turns_are_shared_or_not)
{
	static const char story[] =
	        BEGIN FALL RISE("9s") "pass 11m\n"
	                              "expect incident.list all=true incidents[0].state = closed\n"
	                              "expect alert.list all=true alerts[0].state = closed\n"
	                              "expect alert.list all=true alerts[399].state = closed\n"
	                              "expect verify holds = true\n";
	Storm s = { 400, "4s", 0, 0, 0, 0 };
	char path[] = "/tmp/carene-storm-XXXXXX";
	int fd = mkstemp(path);
	ScenarioResult r[2];

	EXPECT(write(fd, story, strlen(story)) == (ssize_t)strlen(story));
	(void)close(fd);
	for (int shared = 0; shared < 2; shared++) {
		ScenarioOptions o = { .plan = load, .saved = saved, .gathers = shared, .ctx = &s };
		Err err = { 0 };

		EXPECT(scenario_run(path, &o, &r[shared], &err));
		EXPECT_TEXT(err.message, "");
	}
	(void)unlink(path);
	EXPECT_INT(r[0].distinct, r[1].distinct);
	EXPECT(r[1].commits < r[0].commits / 2);
}
