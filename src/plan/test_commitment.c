/* Every line with a figure is a commitment, once, under a name that stays. */
#include "harness.h"

#include "plan/commitment.h"
#include "plan/testing.h"

#include <stdio.h>

static const char whole[] =
        SITE "objectives:\n"
             "  up: {metric: availability, op: \">=\", target: 99.9%, period: 1mo, src: \"B:13\"}\n"
             "  open: {metric: latency, stat: p95, op: \"<\", target: unset}\n"
             "  loss: {metric: data_loss_window, op: \"<=\", target: 0s}\n"
             "classes:\n"
             "  P1: {rank: 1, respond: {production: 15m, staging: 1h}, resolve: 4h, inform: asap,\n"
             "       mitigate: none, update_every: 30m, watch: 10m}\n"
             "levels:\n"
             "  critical: {rank: 1, ack: 5m}\n"
             "  info: {rank: 2, ack: unset}\n"
             "windows:\n"
             "  weekly: {at: weekly sun 03:00, for: 2h, notice: 1w}\n"
             "contacts:\n"
             "  ana: {email: ana@example.org}\n"
             "  bo: {phone: unset}\n";

static const char *figure(const Loaded *l, const char *id)
{
	const Commitment *c = plan_commitment(l->plan, id);

	return c ? c->figure : "(none)";
}

TEST(lines_with_a_figure_are_commitments_and_silences_are_none)
{
	static const struct {
		const char *id, *figure;
		CommitmentKind kind;
	} want[] = {
		{ "objective:up", "availability >= 99.9% per 1mo", COMMITMENT_LEVEL },
		{ "objective:loss", "data_loss_window <= 0s", COMMITMENT_CAPABILITY },
		{ "clock:P1:respond:production", "<= 15m", COMMITMENT_DEADLINE },
		{ "clock:P1:respond:staging", "<= 1h", COMMITMENT_DEADLINE },
		{ "clock:P1:inform", "asap", COMMITMENT_DEADLINE },
		{ "clock:P1:resolve", "<= 4h", COMMITMENT_DEADLINE },
		{ "clock:P1:next_update", "<= 30m", COMMITMENT_DEADLINE },
		{ "watch:P1", ">= 10m", COMMITMENT_SEQUENCE },
		{ "ack:critical", "<= 5m", COMMITMENT_DEADLINE },
		{ "notice:weekly", ">= 1w", COMMITMENT_DEADLINE },
		{ "window:weekly", "<= 2h at weekly sun 03:00", COMMITMENT_DEADLINE },
		{ "contact:ana", "address filled", COMMITMENT_EXISTENCE },
	};
	AUTO(Loaded) l = load_text(whole);

	if (!l.plan)
		test_fail(__FILE__, __LINE__, "%s", buf_str(&l.text));
	if (!l.plan)
		test_fail(__FILE__, __LINE__, "%s", buf_str(&l.text));
	ASSERT(l.plan);
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		const Commitment *c = plan_commitment(l.plan, want[i].id);

		EXPECT_TEXT(figure(&l, want[i].id), want[i].figure);
		EXPECT(c && c->kind == want[i].kind);
	}
	EXPECT(!plan_commitment(l.plan, "objective:open"));
	EXPECT(!plan_commitment(l.plan, "clock:P1:mitigate"));
	EXPECT(!plan_commitment(l.plan, "ack:info"));
	EXPECT(plan_commitment(l.plan, "contact:ana")->there);
	EXPECT(!plan_commitment(l.plan, "contact:bo")->there);
	EXPECT_TEXT(plan_commitment(l.plan, "objective:up")->src, "B:13");
	EXPECT_TEXT(plan_commitment(l.plan, "objective:up")->section, "objectives");
	EXPECT_TEXT(plan_commitment(l.plan, "objective:up")->period, "1mo");
	EXPECT_INT(plan_commitments(l.plan), l.plan->commitments_n);
}

TEST(names_are_unique_and_the_same_at_each_load)
{
	static const char *const files[] = { "mangatheque", "francaisfluide", "generic", "sitearis",
		                             "nationsounds" };

	for (size_t f = 0; f < COUNT_OF(files); f++) {
		AUTO(Buf) text = { 0 };
		char path[512], chunk[8192];
		size_t n;
		FILE *in;

		(void)snprintf(path, sizeof path, "%s/examples/%s.yaml", getenv("CARENE_SOURCE"),
		               files[f]);
		in = fopen(path, "re");
		if (!in)
			continue; /* not every seed is a plan yet */
		while ((n = fread(chunk, 1, sizeof chunk, in)) > 0)
			buf_add(&text, chunk, n);
		(void)fclose(in);
		AUTO(Loaded) one = load_bytes(path, buf_str(&text), text.n);
		AUTO(Loaded) two = load_bytes(path, buf_str(&text), text.n);

		EXPECT(one.plan && two.plan);
		if (!one.plan || !two.plan)
			continue;
		EXPECT(one.plan->commitments_n > 20);
		EXPECT_INT(one.plan->commitments_n, two.plan->commitments_n);
		for (size_t i = 0; i < one.plan->commitments_n; i++) {
			const Commitment *c = &one.plan->commitments[i];

			EXPECT_TEXT(c->id, two.plan->commitments[i].id);
			if (plan_commitment(one.plan, c->id) != c)
				test_fail(__FILE__, __LINE__, "%s: twice '%s'", files[f], c->id);
			EXPECT(c->figure && *c->figure && c->section && c->item && c->period);
			EXPECT(c->by != BY_NOTHING || c->lack != LACK_NOTHING);
			EXPECT(c->by != BY_DUTY || c->duty);
		}
	}
}

TEST(two_lines_that_disagree_point_at_each_other)
{
	AUTO(Loaded)
	l = load_text(
	        SITE
	        "objectives:\n"
	        "  a: {metric: availability, op: \">=\", target: 99.9%, period: 1mo}\n"
	        "  b: {metric: availability, op: \">=\", target: 99.5%, period: 1mo}\n"
	        "  c: {metric: availability, op: \">=\", target: 99%, period: 1y}\n"
	        "  d: {metric: availability, op: \"<=\", target: 100%, period: 1mo}\n"
	        "  e: {metric: availability, op: \">=\", target: 99%, period: 1mo, env: staging,"
	        " service: site}\n");
	const Commitment *a = plan_commitment(l.plan, "objective:a"),
	                 *b = plan_commitment(l.plan, "objective:b");

	ASSERT(a && b);
	EXPECT(a->against == b && b->against == a);
	EXPECT(!plan_commitment(l.plan, "objective:c")->against);
	EXPECT(!plan_commitment(l.plan, "objective:d")->against);
	EXPECT(!plan_commitment(l.plan, "objective:e")->against);
}

TEST(kinds_have_names_that_read_back)
{
	for (int k = 0; k < COMMITMENT_KINDS; k++) {
		CommitmentKind back = COMMITMENT_KINDS;

		EXPECT(commitment_kind_parse(commitment_kind_name((CommitmentKind)k), &back));
		EXPECT_INT(back, k);
	}
	EXPECT(!commitment_kind_parse("promise", &(CommitmentKind){ 0 }));
}
