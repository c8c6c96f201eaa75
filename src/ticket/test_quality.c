#include "ticket/quality.h"
#include "ticket/test_plan.h"

/* A month of tickets told as a table, so that each ratio can be counted by hand. */
typedef struct Row {
	const char *priority, *opened;
	int answered_min, resolved_min; /* since opened; 0: not */
	int escalations, reopens;
	double score; /* 0: none */
	const char *agent;
} Row;

static const Row rows[] = {
	/* opened within June, 09:00 in Paris on working days */
	{ "normal", "2026-06-01T09:00:00+02:00", 10, 60, 0, 0, 5, "bob" },
	{ "normal", "2026-06-02T09:00:00+02:00", 20, 120, 0, 0, 4, "bob" },
	{ "normal", "2026-06-03T09:00:00+02:00", 30, 180, 1, 0, 5, "ana" },
	{ "normal", "2026-06-04T09:00:00+02:00", 300, 600, 0, 1, 3, "ana" }, /* answered late */
	{ "normal", "2026-06-05T09:00:00+02:00", 40, 0, 0, 0, 0, "bob" },
	{ "normal", "2026-06-08T09:00:00+02:00", 0, 0, 0, 0, 0, NULL }, /* never answered */
	/* opened before, resolved in it */
	{ "normal", "2026-05-29T09:00:00+02:00", 60, 6000, 0, 0, 4, "bob" },
	/* opened on its last day, resolved after it */
	{ "normal", "2026-06-30T23:00:00+02:00", 10, 120, 0, 0, 5, "ana" },
	/* outside */
	{ "normal", "2026-07-02T09:00:00+02:00", 10, 60, 1, 1, 1, "ana" },
};

enum { TICKETS = COUNT_OF(rows) };

typedef struct Month {
	Plan *plan;
	Ticket t[TICKETS];
	const Ticket *at[TICKETS];
} Month;

static void Month_done(Month *m)
{
	for (size_t i = 0; i < TICKETS; i++)
		Ticket_done(&m->t[i]);
	plan_free(m->plan);
}

static void happens(Month *m, Ticket *t, int minute, TicketEvent ev)
{
	Effects fx = { 0 };

	(void)EXPECT(ticket_step(t, m->plan, &ev, after(t->opened, minutes(minute)), &fx, NULL));
	effects_done(&fx);
}

static void tell_row(Month *m, Ticket *t, const Row *r)
{
	Effects fx = { 0 };

	(void)EXPECT(ticket_open(
	        t, m->plan,
	        &(TicketOpening){
	                .id = "T-1", .title = "x", .priority = r->priority, .agent = r->agent },
	        at(r->opened), &fx, NULL));
	effects_done(&fx);
	if (r->answered_min)
		happens(m, t, r->answered_min, (TicketEvent){ .event = TICKET_EV_ANSWER });
	for (int i = 0; i < r->escalations; i++)
		happens(m, t, r->answered_min + 1,
		        (TicketEvent){ .event = TICKET_EV_ESCALATE, .agent = r->agent });
	for (int i = 0; i < r->reopens; i++) {
		happens(m, t, r->answered_min + 5, (TicketEvent){ .event = TICKET_EV_RESOLVE });
		happens(m, t, r->answered_min + 6, (TicketEvent){ .event = TICKET_EV_REOPEN });
	}
	if (r->resolved_min)
		happens(m, t, r->resolved_min, (TicketEvent){ .event = TICKET_EV_RESOLVE });
	if (r->score > 0)
		happens(m, t, r->resolved_min,
		        (TicketEvent){ .event = TICKET_EV_SCORE, .score = r->score, .scale = 5 });
	if (!r->resolved_min)
		happens(m, t, 60 * 24 * 60, (TicketEvent){ .event = TICKET_EV_TICK });
}

static Month month(void)
{
	Month m = { .plan = load() };

	for (size_t i = 0; m.plan && i < TICKETS; i++)
		tell_row(&m, &m.t[i], &rows[i]);
	return m;
}

#define MONTH                                   \
	AUTO(Month) m = month();                \
	ASSERT(m.plan != NULL);                 \
	for (size_t i_ = 0; i_ < TICKETS; i_++) \
		m.at[i_] = &m.t[i_];

static Quality june(const Month *m, QualityKind kind, const QualityOf *of)
{
	Quality q;

	quality_of(m->plan, kind, m->at, TICKETS, of, at("2026-06-01T00:00:00+02:00"),
	           at("2026-07-01T00:00:00+02:00"), &q);
	return q;
}

TEST(each_ratio_equals_the_count_by_hand)
{
	static const struct {
		QualityKind kind;
		double good;
		size_t total;
		double value;
	} hand[] = {
		/* 7 opened in June; 4 of them resolved by its end */
		{ QUALITY_RESOLUTION_RATE, 4, 7, 400.0 / 7 },
		/* scored in June: 5 4 5 3, and 4 of the one opened in May */
		{ QUALITY_SATISFACTION, 21, 5, 4.2 },
		/* resolved in June: 60 120 180 600 6000 minutes */
		{ QUALITY_RESOLUTION_MEAN, 6960 * 60, 5, 1392 * 60 },
		/* first answered in June: 10 20 30 300 40 10 minutes; that of May was in May */
		{ QUALITY_RESPONSE_MEAN, 410 * 60, 6, 410.0 / 6 * 60 },
		{ QUALITY_ESCALATION, 1, 7, 100.0 / 7 },
		{ QUALITY_REOPENED, 1, 5, 20 },
		/* 60, 120 and 6000 minutes: one answer, no more */
		{ QUALITY_FIRST_CONTACT, 3, 5, 60 },
		/* answered within four hours: five; late: one; never: one */
		{ QUALITY_RESPONSE_KEPT, 5, 7, 500.0 / 7 },
	};
	MONTH

	for (size_t i = 0; i < COUNT_OF(hand); i++) {
		Quality q = june(&m, hand[i].kind, NULL);

		if (!EXPECT_REAL(q.good, hand[i].good, 1e-6) ||
		    !EXPECT_INT(q.total, hand[i].total) ||
		    !EXPECT_REAL(q.value, hand[i].value, 1e-6))
			test_fail(__FILE__, __LINE__, "%s", quality_kind_name(hand[i].kind));
	}
}

TEST(too_few_tickets_prove_nothing)
{
	MONTH
	EXPECT_INT(june(&m, QUALITY_ESCALATION, NULL).verdict, QUALITY_UNPROVEN); /* 7 of 20 */
	m.plan->support.quality_minimum = 8;
	EXPECT_INT(june(&m, QUALITY_ESCALATION, NULL).verdict, QUALITY_UNPROVEN);
	m.plan->support.quality_minimum = 7;
	EXPECT_INT(june(&m, QUALITY_ESCALATION, NULL).verdict, QUALITY_BROKEN); /* 14 % < 10 % */
	EXPECT_INT(june(&m, QUALITY_FIRST_CONTACT, NULL).verdict, QUALITY_NO_TARGET);
}

TEST(targets_are_compared_strictly_as_written)
{
	static const struct {
		const char *target;
		QualityVerdict verdict;
	} tables[] = {
		{ "> 4.2", QUALITY_BROKEN },       { ">= 4.2", QUALITY_KEPT },
		{ "> 4.1/5", QUALITY_KEPT },       { ">= 8.4/10", QUALITY_KEPT },
		{ "> 8.4/10", QUALITY_BROKEN },    { "> 80%", QUALITY_UNPROVEN },
		{ "nonsense", QUALITY_NO_TARGET },
	};
	MONTH

	m.plan->support.quality_minimum = 1;
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		Pair pair = { "satisfaction", tables[i].target };

		m.plan->support.quality = (Pairs){ &pair, 1 };
		if (!EXPECT_INT(june(&m, QUALITY_SATISFACTION, NULL).verdict, tables[i].verdict))
			test_fail(__FILE__, __LINE__, "%s", tables[i].target);
	}
}

TEST(ratios_by_person_and_by_level_add_up)
{
	QualityOf bob = { .agent = "bob" }, ana = { .agent = "ana" }, second = { .level = 2 };
	MONTH

	EXPECT_INT(june(&m, QUALITY_SATISFACTION, &bob).total, 3);
	EXPECT_REAL(june(&m, QUALITY_SATISFACTION, &bob).value, 13.0 / 3, 1e-9);
	EXPECT_INT(june(&m, QUALITY_SATISFACTION, &ana).total, 2);
	EXPECT_INT(june(&m, QUALITY_RESOLUTION_MEAN, &second).total, 1);
	EXPECT_REAL(june(&m, QUALITY_RESOLUTION_MEAN, &second).value, 180 * 60, 1e-6);
}

TEST(no_ticket_has_no_value)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	Quality q;
	PLAN;

	quality_of(plan, QUALITY_SATISFACTION, NULL, 0, NULL, at("2026-06-01T00:00:00+02:00"),
	           at("2026-07-01T00:00:00+02:00"), &q);
	EXPECT_INT(q.verdict, QUALITY_UNPROVEN);
	quality_emit(&e, NULL, &q);
	EXPECT_TEXT(buf_str(&json),
	            "{\"kind\":\"satisfaction\",\"value\":null,\"unit\":\"score\",\"scale\":5,"
	            "\"good\":0,\"total\":0,\"minimum\":20,\"target\":\"> 4.5\",\"verdict\":"
	            "\"unproven\"}");
}

TEST(kinds_read_back_from_their_names)
{
	QualityKind k;

	for (int i = 0; i < QUALITY_KINDS; i++) {
		ASSERT(quality_kind_parse(quality_kind_name((QualityKind)i), &k));
		EXPECT_INT(k, i);
	}
	EXPECT(!quality_kind_parse("mood", &k));
}
