/* Questions about occurrences that need no plan. */
#include "harness.h"

#include "core/alloc.h"
#include "core/testing.h"
#include "core/text.h"
#include "window/window.h"

#include <string.h>

/* An hour of 22 November from HH:MM. */
static WindowOccurrence occurrence(const char *id, const char *from, const char *to)
{
	WindowOccurrence o = { .counts = 0,
		               .quiet = true,
		               .announce_by = LONG_AGO,
		               .notice_due = LONG_AGO,
		               .told_at = LONG_AGO,
		               .announced_at = LONG_AGO,
		               .real_start = LONG_AGO,
		               .real_end = LONG_AGO };
	AUTO_FREE char *a = mem_printf("2026-11-22T%s:00Z", from);
	AUTO_FREE char *b = mem_printf("2026-11-22T%s:00Z", to);

	text_copy(o.id, sizeof o.id, id);
	text_copy(o.window, sizeof o.window, id);
	o.starts = at(a);
	o.ends = o.until = at(b);
	return o;
}

TEST(a_window_concerns_its_services_in_its_environment)
{
	static char list[] = "[\"site\",\"shop\"]";
	static const struct {
		bool listed;
		const char *env, *service, *asked_env;
		bool concerns;
	} rows[] = {
		{ false, "", "site", "production", true },
		{ false, "", NULL, NULL, true },
		{ false, "production", "site", "production", true },
		{ false, "production", "site", "staging", false },
		{ false, "production", "site", NULL, true },
		{ false, "production", NULL, "", true },
		{ true, "", "site", "production", true },
		{ true, "", "shop", "", true },
		{ true, "", "sho", "", false },
		{ true, "", "shop\",\"x", "", false },
		{ true, "", "", "", false },
		{ true, "", NULL, NULL, false },
		{ true, "staging", "site", "production", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		WindowOccurrence o = occurrence("w", "03:00", "04:00");

		text_copy(o.env, sizeof o.env, rows[i].env);
		o.services = rows[i].listed ? list : NULL;
		if (window_concerns(&o, rows[i].service, rows[i].asked_env) != rows[i].concerns)
			test_fail(__FILE__, __LINE__, "row %zu", i);
	}
}

TEST(overlapping_and_touching_windows_are_joined)
{
	/* D: on the first Sunday of a quarter three windows join into 02:00–08:00 */
	WindowOccurrence all[] = {
		occurrence("weekly", "03:00", "04:00"),    occurrence("monthly", "04:00", "08:00"),
		occurrence("quarterly", "02:00", "06:00"), occurrence("evening", "20:00", "21:00"),
		occurrence("cancelled", "07:30", "20:00"), occurrence("late", "20:30", "20:45"),
	};
	WindowSpan out[4];
	size_t n;

	all[1].impact = IMPACT_DOWN;
	all[0].impact = IMPACT_DEGRADED;
	all[4].state = WINDOW_CANCELLED;
	n = windows_merge(all, COUNT_OF(all), NULL, NULL, at("2026-11-22T00:00:00Z"),
	                  at("2026-11-23T00:00:00Z"), out, COUNT_OF(out));
	ASSERT(EXPECT_INT(n, 2));
	EXPECT_INT(out[0].from.us, at("2026-11-22T02:00:00Z").us);
	EXPECT_INT(out[0].to.us, at("2026-11-22T08:00:00Z").us);
	EXPECT_INT(out[0].of_n, 3);
	EXPECT_TEXT(out[0].of[0]->id, "quarterly");
	EXPECT_TEXT(out[0].of[1]->id, "weekly");
	EXPECT_TEXT(out[0].of[2]->id, "monthly");
	EXPECT_INT(out[0].impact, IMPACT_DOWN);
	EXPECT_INT(out[1].to.us, at("2026-11-22T21:00:00Z").us);
	EXPECT_INT(out[1].of_n, 2);
	/* only those in the asked stretch, and not more than fit */
	EXPECT_INT(windows_merge(all, COUNT_OF(all), NULL, NULL, at("2026-11-22T08:00:00Z"),
	                         at("2026-11-22T20:00:00Z"), out, 4),
	           0);
	EXPECT_INT(windows_merge(all, COUNT_OF(all), NULL, NULL, at("2026-11-22T00:00:00Z"),
	                         at("2026-11-23T00:00:00Z"), out, 1),
	           1);
}

TEST(twins_and_many_members_are_counted)
{
	WindowOccurrence all[WINDOW_JOINED + 3];
	WindowSpan out[2];

	for (size_t i = 0; i < COUNT_OF(all); i++)
		all[i] = occurrence("w", "03:00", "04:00");
	EXPECT_INT(windows_merge(all, COUNT_OF(all), NULL, NULL, at("2026-11-22T00:00:00Z"),
	                         at("2026-11-23T00:00:00Z"), out, 2),
	           1);
	EXPECT_INT(out[0].of_n, WINDOW_JOINED);
	EXPECT_INT(out[0].more, 3);
	EXPECT_INT(windows_merge(NULL, 0, NULL, NULL, LONG_AGO, NEVER, out, 2), 0);
}

TEST(merging_asks_whom_it_concerns)
{
	static char shop[] = "[\"shop\"]";
	WindowOccurrence all[] = { occurrence("all", "03:00", "04:00"),
		                   occurrence("shop", "03:30", "05:00") };
	WindowSpan out[2];

	all[1].services = shop;
	EXPECT_INT(windows_merge(all, 2, "site", NULL, at("2026-11-22T00:00:00Z"),
	                         at("2026-11-23T00:00:00Z"), out, 2),
	           1);
	EXPECT_INT(out[0].to.us, at("2026-11-22T04:00:00Z").us);
	EXPECT_INT(windows_merge(all, 2, "shop", NULL, at("2026-11-22T00:00:00Z"),
	                         at("2026-11-23T00:00:00Z"), out, 2),
	           1);
	EXPECT_INT(out[0].to.us, at("2026-11-22T05:00:00Z").us);
}

TEST(only_downtime_of_announced_windows_that_do_not_count_is_left_out)
{
	static const struct {
		int counts;
		WindowOrigin origin;
		WindowState state;
		const char *announce_by, *announced;
		bool excluded;
	} rows[] = {
		{ 0, WINDOW_OF_PLAN, WINDOW_CLOSED, "", "", true },
		{ 1, WINDOW_OF_PLAN, WINDOW_CLOSED, "", "", false },
		{ -1, WINDOW_OF_PLAN, WINDOW_CLOSED, "", "", false },
		{ 0, WINDOW_OF_PLAN, WINDOW_CANCELLED, "", "", false },
		{ 0, WINDOW_EMERGENCY, WINDOW_CLOSED, "", "", false },
		{ 0, WINDOW_ONE_OFF, WINDOW_OPEN, "", "", true },
		{ 0, WINDOW_OF_PLAN, WINDOW_OPEN, "2026-11-21T03:00:00Z", "", false },
		{ 0, WINDOW_OF_PLAN, WINDOW_OPEN, "2026-11-21T03:00:00Z", "2026-11-21T03:00:00Z",
		  true },
		{ 0, WINDOW_OF_PLAN, WINDOW_OPEN, "2026-11-21T03:00:00Z", "2026-11-21T03:00:01Z",
		  false },
		{ 0, WINDOW_OF_PLAN, WINDOW_REPORTED, "2026-11-21T03:00:00Z",
		  "2026-11-20T03:00:00Z", true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		WindowOccurrence o = occurrence("w", "03:00", "04:00");
		Instant from, to;

		o.counts = rows[i].counts;
		o.origin = rows[i].origin;
		o.state = rows[i].state;
		if (*rows[i].announce_by)
			o.announce_by = at(rows[i].announce_by);
		if (*rows[i].announced)
			o.announced_at = at(rows[i].announced);
		if (window_excluded(&o, &from, &to) != rows[i].excluded)
			test_fail(__FILE__, __LINE__, "row %zu", i);
	}
}

TEST(the_record_holds_every_fact_and_copies_its_list)
{
	WindowOccurrence o = occurrence("w", "03:00", "04:00"), copy;
	size_t kinds = 0;

	o.services = mem_text("[\"site\"]");
	record_copy(&window_occurrence_record, &copy, &o);
	EXPECT_TEXT(copy.services, "[\"site\"]");
	EXPECT(copy.services != o.services);
	EXPECT_TEXT(record_id(&o), "w");
	for (size_t i = 0; i < window_occurrence_record.columns_n; i++) {
		const Column *c = &window_occurrence_record.columns[i];

		EXPECT(c->offset + (c->kind == COL_STRING ? sizeof(char *) : c->size) <= sizeof o);
		kinds += c->kind == COL_INT;
	}
	EXPECT_INT(kinds, 5); /* the enums are kept as numbers */
	record_done(&window_occurrence_record, &o);
	record_done(&window_occurrence_record, &copy);
}

TEST(the_json_of_a_window_says_what_is_known)
{
	WindowOccurrence o = occurrence("weekly@2026-11-22T03:00:00Z", "03:00", "04:00");
	AUTO(Buf) b = { 0 };
	Emit e = emit_to(&b);

	o.announce_by = at("2026-11-21T03:00:00Z");
	o.notice = days(1);
	o.state = WINDOW_REPORTED;
	o.downtime = minutes(4);
	o.real_start = at("2026-11-22T03:01:00Z");
	o.real_end = at("2026-11-22T04:10:00Z");
	o.impact = IMPACT_DOWN;
	text_copy(o.reason, sizeof o.reason, "mises à jour");
	o.until = at("2026-11-22T04:30:00Z");
	window_json(&o, &e);
	EXPECT_HAS(buf_str(&b), "\"state\":\"reported\"");
	EXPECT_HAS(buf_str(&b), "\"duration\":3600");
	EXPECT_HAS(buf_str(&b), "\"overrun\":600");
	EXPECT_HAS(buf_str(&b), "\"downtime\":240");
	EXPECT_HAS(buf_str(&b), "\"announced\":false");
	EXPECT_HAS(buf_str(&b), "\"impact\":\"down\"");
	EXPECT_HAS(buf_str(&b), "\"reason\":\"mises à jour\"");
	EXPECT_HAS(buf_str(&b), "\"until\":\"2026-11-22T04:30:00Z\"");
	EXPECT(strstr(buf_str(&b), "services") == NULL);
	o.services = mem_text("[\"site\"]");
	buf_clear(&b);
	e = emit_to(&b);
	window_json(&o, &e);
	EXPECT_HAS(buf_str(&b), "\"services\":[\"site\"]");
	record_done(&window_occurrence_record, &o);
}
