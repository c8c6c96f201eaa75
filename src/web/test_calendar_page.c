/* The month's page and its iCalendar over HTTP: who may read them, what they refuse. */
#include "test_lab.h"

#include "agenda/month.h"
#include "plan/testing.h"
#include "report/calendar.h"

static const char plan_text[] =
        "plan: {id: p, title: Essai, version: 1, timezone: Europe/Paris, language: fr}\n"
        "roles: {ana: {kind: human, label: Ana}}\n"
        "windows: {nuit: {at: weekly sun 03:00, for: 2h, label: Nuit}}\n"
        "tasks: {tri: {at: weekly mon 09:00, owner: ana, label: \"Tri <script>\"}}\n";

static Loaded loaded;

static void open_with_plan(void)
{
	open_lab(NULL);
	loaded = load_text(plan_text);
	lab.plan = loaded.plan;
	if (!loaded.plan)
		test_fail(__FILE__, __LINE__, "%s", buf_str(&loaded.text));
}

static void close_with_plan(void)
{
	close_lab();
	Loaded_done(&loaded);
}

TEST(the_calendar_is_not_for_everybody)
{
	static const char *const paths[] = { "/calendar", "/calendar.ics",
		                             "/calendar?month=2027-01" };

	open_with_plan();
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		EXPECT_INT(get(paths[i]), 401);
		EXPECT_INT(call("GET", paths[i], "wrong", NULL), 403);
		EXPECT(!strstr(buf_str(&heard), "Nuit") && !strstr(buf_str(&heard), "Ana"));
		EXPECT_INT(call("GET", paths[i], "viewer", NULL), 200);
		EXPECT_INT(call("POST", paths[i], "operator", NULL), 405);
	}
	close_with_plan();
}

TEST(the_page_is_todays_month_in_the_readers_language)
{
	open_with_plan();
	EXPECT_INT(call("GET", "/calendar", "viewer", NULL), 200);
	EXPECT_HAS(buf_str(&heard), "Content-Type: text/html; charset=utf-8");
	EXPECT_HAS(body(), "<h1>novembre 2026</h1>"); /* the lab's now, the plan's language */
	EXPECT_HAS(body(), "Tri &lt;script&gt;");
	EXPECT_HAS(body(), "vendredi 20 novembre 2026, aujourd’hui");
	EXPECT_INT(ask("GET /calendar HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer viewer\r\n"
	               "Accept-Language: en-GB,fr;q=0.5\r\n\r\n"),
	           200);
	EXPECT_HAS(body(), "<h1>November 2026</h1>");
	close_with_plan();
}

TEST(its_policy_names_the_very_sheets_it_has)
{
	open_with_plan();
	EXPECT_INT(call("GET", "/calendar", "viewer", NULL), 200);
	EXPECT_HAS(buf_str(&heard), calendar_csp());
	EXPECT_HAS(buf_str(&heard), "frame-ancestors 'none'");
	EXPECT_HAS(buf_str(&heard), "Cache-Control: no-store");
	EXPECT(!strstr(body(), "<script"));
	close_with_plan();
}

TEST(months_are_turned_by_links)
{
	static const struct {
		const char *path, *title, *before, *behind;
	} table[] = {
		{ "/calendar?month=2027-01", "janvier 2027", "month=2026-12", "month=2027-02" },
		{ "/calendar?month=2026-12", "décembre 2026", "month=2026-11", "month=2027-01" },
	};

	open_with_plan();
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		EXPECT_INT(call("GET", table[i].path, "viewer", NULL), 200);
		EXPECT_HAS(body(), table[i].title);
		EXPECT_HAS(body(), table[i].before);
		EXPECT_HAS(body(), table[i].behind);
	}
	close_with_plan();
}

TEST(what_is_no_month_is_refused)
{
	static const char *const bad[] = { "2027",    "2027-13", "2027-1",  "",
		                           "%3Cb%3E", "1969-12", "99999-01" };

	open_with_plan();
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		AUTO_FREE char *page = mem_printf("/calendar?month=%s", bad[i]);
		AUTO_FREE char *ics = mem_printf("/calendar.ics?month=%s", bad[i]);

		EXPECT_INT(call("GET", page, "viewer", NULL), 400);
		EXPECT_INT(call("GET", ics, "viewer", NULL), 400);
	}
	EXPECT_INT(call("GET", "/calendar?month=9999-12", "viewer", NULL), 200);
	EXPECT_INT(call("GET", "/calendar?month=1970-01", "viewer", NULL), 200);
	close_with_plan();
}

TEST(the_calendar_file_is_one)
{
	open_with_plan();
	EXPECT_INT(call("GET", "/calendar.ics?month=2027-01", "viewer", NULL), 200);
	EXPECT_HAS(buf_str(&heard), "Content-Type: text/calendar; charset=utf-8");
	EXPECT(text_starts(body(), "BEGIN:VCALENDAR\r\n"));
	EXPECT_HAS(body(), "UID:window:nuit/2027-01-03T02:00:00Z@p.carene");
	EXPECT_HAS(body(), "DTSTAMP:20261120T131720Z"); /* the lab's now */
	EXPECT_INT(call("GET", "/calendar.ics", "viewer", NULL), 200);
	EXPECT_HAS(body(), "DTSTART:20261122T020000Z");
	EXPECT_HAS(body(), "DTSTART:20270214T020000Z"); /* ninety days */
	EXPECT(!strstr(body(), "DTSTART:202703"));
	close_with_plan();
}

TEST(before_there_is_a_plan_it_says_so)
{
	open_lab(NULL);
	lab.plan = NULL;
	EXPECT_INT(call("GET", "/calendar", "viewer", NULL), 503);
	EXPECT_HAS(buf_str(&heard), "Retry-After: 5");
	close_lab();
}
