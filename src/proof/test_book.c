/* Books: counted, rolled up, written for people; and what is kept between them. */
#include "harness.h"

#include "core/text.h"
#include "plan/testing.h"
#include "proof/book.h"
#include "proof/keep.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static const int64_t seqs[] = { 3, 4, 5, 9, 12, 13 };

static const ProofLine lines[] = {
	{ .id = "objective:up",
	  .section = "objectives",
	  .kind = "level",
	  .label = "Disponibilité <script>alert(1)</script>",
	  .src = "B:13",
	  .owner = "Lead & Co",
	  .figure = "availability >= 99.9% per 1mo",
	  .period = "1mo",
	  .value = "99.9512%, 12 min of 43 min used",
	  .sentence = "99.9512% measured, >= 99.9% promised.",
	  .verdict = VERDICT_KEPT,
	  .measured = VERDICT_KEPT,
	  .evidence = seqs,
	  .evidence_n = 6 },
	{ .id = "clock:P1:respond",
	  .section = "classes",
	  .kind = "deadline",
	  .label = "P1 | urgent",
	  .owner = "",
	  .figure = "<= 15m",
	  .period = "incident",
	  .value = "1 of 2 · 22 min",
	  .sentence = "1 of 2 late; the worst, on 3 May, took 22 min.",
	  .verdict = VERDICT_BROKEN,
	  .measured = VERDICT_BROKEN,
	  .evidence = seqs,
	  .evidence_n = 2 },
	{ .id = "clock:P1:resolve",
	  .section = "classes",
	  .kind = "deadline",
	  .label = "P1 | urgent",
	  .ours = "the plan names \"none\"",
	  .owner = "",
	  .figure = "<= 4h",
	  .period = "incident",
	  .sentence = "Nothing happened yet that could be judged.",
	  .verdict = VERDICT_NOT_DUE,
	  .measured = VERDICT_NOT_DUE },
	{ .id = "retention:backup:daily",
	  .section = "backups",
	  .kind = "retention",
	  .label = "Daily",
	  .owner = "Lead & Co",
	  .figure = "keep 30d",
	  .period = "",
	  .sentence = "This version makes no backups and looks at none.",
	  .verdict = VERDICT_UNPROVEN,
	  .measured = VERDICT_UNPROVEN },
};

static ProofBook book(Lang lang)
{
	return (ProofBook){ .lang = lang,
		            .zone = zone_utc(),
		            .plan = "shop",
		            .title = "Plan of the \"shop\" <b>",
		            .digest = "d1ce",
		            .epoch = "0001",
		            .at = { 1798761600000000 },
		            .from = LONG_AGO,
		            .to = LONG_AGO,
		            .lines = lines,
		            .n = COUNT_OF(lines),
		            .head_seq = 42,
		            .head_hash = "feed" };
}

/* A small text stands for itself; a large one that changed a little is what changed. */
TEST(a_plans_text_comes_back_from_what_differs)
{
	enum { SIZE = 200000 };
	AUTO_FREE char *one = mem_new(SIZE + 100), *two = mem_new(SIZE + 100);
	static const struct {
		size_t at, drop;
		const char *put;
		bool differs;
	} rows[] = {
		{ 100000, 1, "b", true },     { 0, 1, "", true },      { SIZE, 0, "end", true },
		{ 5000, 0, "aaaa", true },    { 5000, 300, "", true }, { 0, 150000, "x", false },
		{ 0, SIZE - 10, "y", false }, { 10, 0, "", true },
	};

	memset(one, 'a', SIZE);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		PlanText t;
		char *back;

		memcpy(two, one, rows[i].at);
		(void)snprintf(two + rows[i].at, SIZE + 100 - rows[i].at, "%s%s", rows[i].put,
		               one + rows[i].at + rows[i].drop);
		plan_text_cut(&t, "0002", "0001", one, two);
		EXPECT_INT(t.base[0] != 0, rows[i].differs);
		back = plan_text_join(&t, one);
		EXPECT(text_eq(back, two));
		mem_free(back);
		if (rows[i].differs)
			EXPECT(!plan_text_join(&t, "short"));
		record_done(&plan_text_record, &t);
	}
}

TEST(verdicts_are_counted_and_rolled_up)
{
	ProofBook b = book(LANG_EN);
	unsigned totals[VERDICTS];
	ProofGroup groups[8];
	AUTO(Buf) head = { 0 };

	proof_totals(&b, totals);
	EXPECT_INT(totals[VERDICT_KEPT], 1);
	EXPECT_INT(totals[VERDICT_BROKEN], 1);
	proof_headline(LANG_EN, totals, &head);
	EXPECT_TEXT(buf_str(&head), "1 broken · 1 kept · 1 unproven · 1 not due");
	EXPECT_INT(proof_groups(&b, GROUP_SECTION, groups, 8), 3);
	EXPECT_TEXT(groups[1].name, "classes");
	EXPECT_INT(groups[1].n, 2);
	EXPECT_INT(groups[1].totals[VERDICT_BROKEN], 1);
	EXPECT_INT(proof_groups(&b, GROUP_OWNER, groups, 8), 2);
	EXPECT_TEXT(groups[1].name, "");
	EXPECT_INT(proof_groups(&b, GROUP_KIND, groups, 8), 3);
	EXPECT_INT(proof_groups(&b, GROUP_PERIOD, groups, 8), 3);
	/* What has no room is counted with the last one, not lost. */
	EXPECT_INT(proof_groups(&b, GROUP_SECTION, groups, 2), 2);
	EXPECT_INT(groups[0].n + groups[1].n, 4);
}

TEST(json_has_the_fields_that_scripts_rely_on)
{
	ProofBook b = book(LANG_EN);
	AUTO(Buf) out = { 0 };
	Emit e = emit_to(&out);
	json_t *o, *first;

	emit_object(&e, NULL);
	proof_json(&b, &e);
	proof_groups_json(&b, GROUP_OWNER, &e);
	emit_object_end(&e);
	o = json_loads(buf_str(&out), JSON_REJECT_DUPLICATES, NULL);
	ASSERT(o);
	first = json_array_get(json_object_get(o, "commitments"), 0);
	for (size_t i = 0; i < 6; i++) {
		static const char *const keys[] = { "id",     "src",   "kind",
			                            "figure", "value", "verdict" };

		EXPECT(json_is_string(json_object_get(first, keys[i])));
	}
	EXPECT_INT(json_array_size(json_object_get(first, "evidence")), 6);
	EXPECT_INT(json_integer_value(json_object_get(json_object_get(o, "totals"), "unproven")),
	           1);
	EXPECT_INT(json_array_size(json_object_get(o, "groups")), 2);
	json_decref(o);
}

TEST(a_page_stands_by_itself_and_lets_nothing_through)
{
	ProofBook b = book(LANG_EN);
	AUTO(Buf) en = { 0 }, fr = { 0 }, md = { 0 };

	proof_html(&b, &en);
	EXPECT(!strstr(buf_str(&en), "<script"));
	EXPECT(!strstr(buf_str(&en), "http://") && !strstr(buf_str(&en), "https://"));
	EXPECT_HAS(buf_str(&en), "&lt;script&gt;");
	EXPECT_HAS(buf_str(&en), "Plan of the &quot;shop&quot; &lt;b&gt;");
	EXPECT_HAS(buf_str(&en), "3–5, 9, 12, 13");
	EXPECT_HAS(buf_str(&en), "<p class=\"lead\">1 commitment of 4 is broken.</p>");
	EXPECT_SNAPSHOT(buf_str(&en), "test/golden/proof/page.en.html");
	b = book(LANG_FR);
	b.month = "2027-01";
	b.from = (Instant){ 1798761600000000 };
	proof_html(&b, &fr);
	EXPECT_HAS(buf_str(&fr), "<html lang=\"fr\">");
	EXPECT_HAS(buf_str(&fr), "janvier 2027");
	EXPECT_SNAPSHOT(buf_str(&fr), "test/golden/proof/page.fr.html");
	proof_markdown(&b, &md);
	EXPECT_HAS(buf_str(&md), "P1 \\| urgent");
	EXPECT_HAS(buf_str(&md), "\\<script\\>");
	EXPECT_SNAPSHOT(buf_str(&md), "test/golden/proof/page.fr.md");
}

TEST(a_plan_without_figures_says_so)
{
	ProofBook b = book(LANG_EN);
	AUTO(Buf) out = { 0 };

	b.n = 0;
	proof_html(&b, &out);
	EXPECT_HAS(buf_str(&out), "The plan promises nothing with a figure.");
	EXPECT(!strstr(buf_str(&out), "<table>"));
}

TEST(months_are_civil_months_of_the_plans_zone)
{
	const Zone *paris;
	Instant from, to;
	char month[PROOF_MONTH], text[INSTANT_TEXT];
	Err err = { 0 };

	ASSERT(zone_load("Europe/Paris", &paris, &err));
	EXPECT(proof_month_parse("2027-03", paris, &from, &to));
	EXPECT_TEXT(instant_print(from, text), "2027-02-28T23:00:00Z");
	EXPECT_TEXT(instant_print(to, text), "2027-03-31T22:00:00Z"); /* an hour less long */
	EXPECT_TEXT(proof_month(paris, from, month), "2027-03");
	EXPECT_TEXT(proof_month(paris, to, month), "2027-04");
	EXPECT(proof_month_parse("2027-12", paris, &from, &to));
	EXPECT_TEXT(proof_month(paris, to, month), "2028-01");
	EXPECT(proof_month_after(paris, from).us == to.us);
	EXPECT(!proof_month_parse("2027-13", paris, &from, &to));
	EXPECT(!proof_month_parse("2027-3", paris, &from, &to));
	EXPECT(!proof_month_parse("march 27", paris, &from, &to));
	EXPECT(!proof_month_parse(NULL, paris, &from, &to));
}

TEST(a_figure_that_stays_is_promised_since_it_began)
{
	static const Item item = { .id = "up", .label = "Up" };
	const char *owners[] = { "lead", "ops", NULL };
	Commitment c = { .id = "objective:up",
		         .section = "objectives",
		         .item = &item,
		         .figure = ">= 99.9%",
		         .owner = { owners, 2 } };
	const Instant t1 = { 1000000 }, t2 = { 2000000 }, t3 = { 3000000 };
	EpochLine one, two, three;

	epoch_line_fill(&one, "0001", &c, NULL, t1);
	EXPECT_TEXT(one.id, "0001/objective:up");
	EXPECT_TEXT(one.owner, "lead, ops");
	EXPECT(one.since.us == t1.us);
	epoch_line_fill(&two, "0002", &c, &one, t2);
	EXPECT(two.since.us == t1.us);
	c.figure = ">= 99.5%";
	epoch_line_fill(&three, "0003", &c, &two, t3);
	EXPECT(three.since.us == t3.us);
}
