#include "ticket/test_plan.h"

#include <stdlib.h>

typedef struct Story {
	Plan *plan;
	Ticket t;
	Effects fx;
	Instant start, now;
	Err err;
} Story;

static void Story_done(Story *s)
{
	effects_done(&s->fx);
	Ticket_done(&s->t);
	plan_free(s->plan);
}

static Story begin(const char *priority, const char *when)
{
	Story s = { .plan = load() };
	TicketOpening o = {
		.id = "T-0001", .title = "Cannot pay", .priority = priority, .by = "contact:bob"
	};

	s.start = s.now = at(when);
	if (s.plan)
		(void)EXPECT(ticket_open(&s.t, s.plan, &o, s.now, &s.fx, NULL));
	return s;
}

/* Monday 1 June 2026, 10:00 in Paris. */
#define MONDAY "2026-06-01T10:00:00+02:00"
#define STORY(priority, when)                  \
	AUTO(Story) s = begin(priority, when); \
	ASSERT(s.plan != NULL)

static bool happens(Story *s, TicketEvent ev)
{
	if (!ev.by)
		ev.by = "contact:bob";
	return ticket_step(&s->t, s->plan, &ev, s->now, &s->fx, &s->err);
}

#define HAPPENS(ev, ...) happens(&s, (TicketEvent){ .event = TICKET_EV_##ev, __VA_ARGS__ })

static void set(Story *s, const char *when) { s->now = at(when); }
static void later(Story *s, Duration d) { s->now = after(s->now, d); }

/* Lets time pass, ticking whenever it asks for it. */
static void pass(Story *s, Duration d)
{
	Instant until = after(s->now, d);

	for (int i = 0; i < 500 && is_due(s->t.due, until); i++) {
		s->now = latest(s->now, s->t.due);
		(void)happens(s, (TicketEvent){ .event = TICKET_EV_TICK });
	}
	s->now = until;
}

static size_t recorded(const Story *s, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->fx.entries.n; i++)
		n += text_eq(s->fx.entries.at[i].kind, kind);
	return n;
}

static const char *last_verdict(const Story *s)
{
	return s->fx.entries.n ? s->fx.entries.at[s->fx.entries.n - 1].verdict : "?";
}

/* ---- the matrix ---- */

static Story story_in(TicketState state)
{
	Story s = begin("normal", MONDAY);

	if (!s.plan || state == TICKET_NEW)
		return s;
	(void)HAPPENS(ASSIGN, .agent = "bob");
	if (state >= TICKET_ANSWERED)
		(void)HAPPENS(ANSWER);
	if (state >= TICKET_WORKING)
		(void)HAPPENS(RESUME);
	if (state == TICKET_WAITING)
		(void)HAPPENS(WAIT);
	if (state >= TICKET_RESOLVED)
		(void)HAPPENS(RESOLVE);
	if (state >= TICKET_CLOSED)
		(void)HAPPENS(CLOSE);
	return s;
}

static void write_row(TicketState state, TicketEventKind kind, Buf *out)
{
	AUTO(Story) s = story_in(state);
	AUTO_FREE char *history = NULL;
	size_t entries, tells;
	bool meant;

	ASSERT(s.plan != NULL);
	if (!EXPECT_INT(s.t.state, state))
		return;
	history = mem_text(s.t.history);
	entries = s.fx.entries.n;
	tells = s.fx.tells.n;
	later(&s, hours(1));
	meant = happens(&s, (TicketEvent){ .event = kind,
	                                   .agent = "ana",
	                                   .text = "words",
	                                   .score = 4,
	                                   .scale = 5,
	                                   .incident = "2026-0001" });
	buf_printf(out, "%-12s %-8s ", ticket_state_name(state), ticket_event_name(kind));
	if (!meant) {
		buf_text(out, "refused\n");
		EXPECT_INT(s.fx.entries.n, entries);
		EXPECT_INT(s.t.state, state);
		EXPECT_TEXT(s.t.history, history);
		EXPECT(s.err.message[0] != '\0');
		return;
	}
	if (s.t.state == state)
		buf_text(out, "stays");
	else
		buf_printf(out, "→ %s", ticket_state_name(s.t.state));
	for (size_t i = entries; i < s.fx.entries.n; i++)
		buf_printf(out, "%s %s", i == entries ? ":" : "", s.fx.entries.at[i].kind);
	EXPECT_INT(s.fx.tells.n, tells);
	buf_char(out, '\n');
}

TEST(each_event_in_each_state_does_what_the_matrix_says)
{
	AUTO(Buf) out = { 0 };

	for (int state = 0; state < TICKET_STATES; state++) {
		for (int kind = 0; kind < TICKET_EVENTS; kind++)
			write_row((TicketState)state, (TicketEventKind)kind, &out);
		buf_char(&out, '\n');
	}
	EXPECT_SNAPSHOT(buf_str(&out), "test/golden/ticket_matrix.txt");
}

/* ---- clocks ---- */

TEST(a_priority_gives_the_limits_of_its_class)
{
	static const struct {
		const char *priority, *class_, *respond, *resolve; /* due, from Monday 10:00 */
	} rows[] = {
		{ "urgent", "P0", "2026-06-01T10:05:00+02:00", "2026-06-01T11:00:00+02:00" },
		{ "high", "P1", "2026-06-01T11:00:00+02:00", "2026-06-01T18:00:00+02:00" },
		{ "HIGH", "P1", "2026-06-01T11:00:00+02:00", "2026-06-01T18:00:00+02:00" },
		{ "normal", "P2", "2026-06-01T14:00:00+02:00", "2026-06-02T10:00:00+02:00" },
		{ "P2", "P2", "2026-06-01T14:00:00+02:00", "2026-06-02T10:00:00+02:00" },
		{ "low", "P3", NULL, NULL },
		{ "whenever", NULL, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		STORY(rows[i].priority, MONDAY);
		const Class *c = ticket_class(s.plan, rows[i].priority);

		EXPECT_TEXT(c ? c->item.id : NULL, rows[i].class_);
		EXPECT_INT(s.t.respond.due.us, rows[i].respond ? at(rows[i].respond).us : NEVER.us);
		EXPECT_INT(s.t.resolve.due.us, rows[i].resolve ? at(rows[i].resolve).us : NEVER.us);
	}
}

TEST(service_hours_are_those_of_support_but_for_what_it_always_serves)
{
	/* Friday 17:30: one hour of P1 is up on Monday at 09:30, five minutes of P0 at 17:35 */
	static const struct {
		const char *priority, *opened, *due;
	} rows[] = {
		{ "high", "2026-06-05T17:30:00+02:00", "2026-06-08T09:30:00+02:00" },
		{ "urgent", "2026-06-05T17:30:00+02:00", "2026-06-05T17:35:00+02:00" },
		{ "urgent", "2026-06-07T03:00:00+02:00", "2026-06-07T03:05:00+02:00" },
		/* the weekend in which the clocks change, both ways */
		{ "high", "2026-03-27T17:30:00+01:00", "2026-03-30T09:30:00+02:00" },
		{ "high", "2026-10-23T17:30:00+02:00", "2026-10-26T09:30:00+01:00" },
		/* and in calendar time, the night itself */
		{ "normal", "2026-03-29T00:00:00+01:00", "2026-03-29T05:00:00+02:00" },
		{ "normal", "2026-10-25T00:00:00+02:00", "2026-10-25T03:00:00+01:00" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		STORY(rows[i].priority, rows[i].opened);
		if (!EXPECT_INT(s.t.respond.due.us, at(rows[i].due).us))
			test_fail(__FILE__, __LINE__, "row %zu", i);
	}
}

TEST(the_first_answer_stops_the_response_clock_and_only_it)
{
	STORY("high", MONDAY);
	later(&s, minutes(60));
	EXPECT(HAPPENS(ANSWER, .text = "We look into it"));
	EXPECT_TEXT(last_verdict(&s), "met");
	EXPECT_INT(s.t.respond.state, CLOCK_MET);
	EXPECT_INT(s.t.respond.elapsed.us, hours(1).us);
	EXPECT(clock_is_running(&s.t.resolve));
	later(&s, minutes(60));
	EXPECT(HAPPENS(ANSWER));
	EXPECT_TEXT(last_verdict(&s), "");
	EXPECT_INT(s.t.replies, 2);
	EXPECT_INT(s.t.respond.elapsed.us, hours(1).us);
}

TEST(an_answer_a_microsecond_late_is_late)
{
	STORY("high", MONDAY);
	s.now = after(s.t.respond.due, duration_us(1));
	EXPECT(HAPPENS(ANSWER));
	EXPECT_TEXT(last_verdict(&s), "late");
}

TEST(waiting_for_the_user_holds_the_resolution_clock_in_service_hours)
{
	STORY("high", MONDAY);
	later(&s, hours(1));
	EXPECT(HAPPENS(ANSWER));
	EXPECT(HAPPENS(WAIT, .text = "Which card?"));
	EXPECT_INT(s.t.resolve.state, CLOCK_PAUSED);
	EXPECT_INT(s.t.due.us, NEVER.us);
	pass(&s, days(3));
	EXPECT_INT(s.fx.tells.n, 0);
	set(&s, "2026-06-05T10:00:00+02:00"); /* Friday: 7 h are left */
	EXPECT(HAPPENS(RESUME));
	EXPECT_INT(s.t.resolve.due.us, at("2026-06-05T17:00:00+02:00").us);
	set(&s, "2026-06-05T12:00:00+02:00");
	EXPECT(HAPPENS(RESOLVE));
	EXPECT_TEXT(last_verdict(&s), "met");
	EXPECT_INT(s.t.resolve.elapsed.us, hours(3).us);
}

TEST(calendar_time_runs_on_while_the_user_is_waited_for)
{
	STORY("normal", MONDAY);
	EXPECT(HAPPENS(ANSWER));
	EXPECT(HAPPENS(WAIT));
	EXPECT_INT(s.t.resolve.state, CLOCK_RUNNING);
	pass(&s, days(2));
	EXPECT_INT(s.t.resolve.state, CLOCK_BREACHED);
}

TEST(who_resolves_has_answered)
{
	STORY("high", MONDAY);
	later(&s, minutes(30));
	EXPECT(HAPPENS(RESOLVE));
	EXPECT_INT(s.t.respond.state, CLOCK_MET);
	EXPECT_INT(s.t.replies, 1);
	EXPECT(HAPPENS(CLOSE));
	EXPECT(!HAPPENS(CLOSE));
}

TEST(a_reopened_ticket_was_not_resolved)
{
	STORY("normal", MONDAY);
	later(&s, hours(2));
	EXPECT(HAPPENS(RESOLVE));
	EXPECT_INT(s.t.resolve.state, CLOCK_MET);
	later(&s, days(3));
	EXPECT(HAPPENS(REOPEN, .text = "still broken"));
	EXPECT_INT(s.t.state, TICKET_WORKING);
	EXPECT(!is_set(s.t.resolved_at));
	EXPECT(is_set(s.t.first_resolved_at));
	pass(&s, minutes(1));
	EXPECT_INT(s.t.resolve.state, CLOCK_BREACHED);
	EXPECT_INT(s.t.reopens, 1);
	EXPECT(HAPPENS(RESOLVE));
	EXPECT_TEXT(last_verdict(&s), "late");
}

TEST(another_priority_changes_the_limits_that_still_run)
{
	STORY("normal", MONDAY);
	later(&s, minutes(30));
	EXPECT(HAPPENS(ASSIGN, .priority = "high"));
	EXPECT_INT(s.t.respond.due.us, at("2026-06-01T11:00:00+02:00").us);
	EXPECT_INT(s.t.state, TICKET_NEW);
	EXPECT(HAPPENS(ANSWER));
	EXPECT(HAPPENS(ASSIGN, .priority = "urgent", .agent = "ana"));
	EXPECT_INT(s.t.respond.state, CLOCK_MET); /* what was answered in time stays so */
	EXPECT_INT(s.t.resolve.due.us, at("2026-06-01T11:00:00+02:00").us);
}

/* ---- told ---- */

TEST(a_limit_that_nears_and_passes_is_told_to_whoever_has_it)
{
	STORY("high", MONDAY);
	pass(&s, minutes(47));
	EXPECT_INT(s.fx.tells.n, 0);
	pass(&s, minutes(2)); /* 80 % */
	EXPECT_INT(s.fx.tells.n, 1);
	EXPECT_TEXT(s.fx.tells.at[0].key, "tick:T-0001:respond:r0:80");
	EXPECT_TEXT(s.fx.tells.at[0].to[0], "desk"); /* nobody has it: its level's people */
	EXPECT_TEXT(s.fx.tells.at[0].via[0], "mail");
	EXPECT(HAPPENS(ASSIGN, .agent = "ana"));
	pass(&s, minutes(20));
	EXPECT_INT(s.fx.tells.n, 2);
	EXPECT_TEXT(s.fx.tells.at[1].key, "tick:T-0001:respond:r0:100");
	EXPECT_TEXT(s.fx.tells.at[1].to[0], "ana");
	EXPECT_INT(recorded(&s, "ticket.limit_over"), 1);
	EXPECT_TEXT(s.fx.entries.at[s.fx.entries.n - 1].verdict, "breached");
}

TEST(each_level_has_its_people_and_the_last_has_none_above)
{
	STORY("high", MONDAY);
	EXPECT(HAPPENS(ANSWER));
	EXPECT(HAPPENS(ESCALATE, .text = "needs the logs"));
	EXPECT_INT(s.t.level, 2);
	EXPECT_INT(s.t.state, TICKET_WORKING);
	EXPECT(HAPPENS(ESCALATE, .agent = "ana"));
	EXPECT_TEXT(s.t.agent, "ana");
	EXPECT(!HAPPENS(ESCALATE));
	EXPECT_HAS(s.err.message, "no level 4");
	EXPECT_INT(s.t.escalations, 2);
	EXPECT(!HAPPENS(ASSIGN, .level = 9));
}

TEST(an_import_tells_nothing_of_what_was_missed_before)
{
	STORY("normal", MONDAY);
	size_t entries = s.fx.entries.n;

	later(&s, days(9));
	EXPECT(HAPPENS(TICK, .quiet = true));
	EXPECT_INT(s.t.respond.state, CLOCK_BREACHED);
	EXPECT_INT(s.t.resolve.state, CLOCK_BREACHED);
	EXPECT_INT(s.fx.tells.n, 0);
	EXPECT_INT(s.fx.entries.n, entries);
	EXPECT_HAS(s.t.history, "\"what\":\"resolve_breached\"");
	EXPECT_INT(s.t.due.us, NEVER.us);
}

TEST(a_score_is_a_figure_of_its_scale)
{
	STORY("normal", MONDAY);
	EXPECT(!HAPPENS(SCORE, .score = 6, .scale = 5));
	EXPECT(!HAPPENS(SCORE, .score = -1, .scale = 5));
	EXPECT(!HAPPENS(SCORE, .score = 1, .scale = 0));
	EXPECT(HAPPENS(SCORE, .score = 4.5, .scale = 5));
	EXPECT_HAS(s.t.history, "\"text\":\"4.5/5\"");
}

TEST(a_ticket_needs_words)
{
	Ticket t = { 0 };
	Effects fx = { 0 };
	Err err;
	PLAN;

	EXPECT(!ticket_open(&t, plan, &(TicketOpening){ .id = "T-1", .title = "" }, at(MONDAY), &fx,
	                    &err));
	EXPECT_INT(fx.entries.n, 0);
}

/* ---- whatever happens ---- */

static void check_invariants(const Story *s)
{
	const Ticket *t = &s->t;

	EXPECT(t->state < TICKET_STATES);
	EXPECT_INT(is_set(t->resolved_at), !ticket_is_open(t));
	EXPECT_INT(is_set(t->closed_at), t->state == TICKET_CLOSED);
	EXPECT_INT(clock_is_running(&t->resolve), ticket_is_open(t));
	EXPECT(!t->resolve.held || t->state == TICKET_WAITING);
	EXPECT(t->level >= 1 && t->level <= 3);
	EXPECT(t->state < TICKET_ANSWERED || !clock_is_running(&t->respond));
	EXPECT(!is_set(t->first_resolved_at) || !earlier(t->first_resolved_at, t->opened));
	EXPECT(t->resolve.elapsed.us >= 0 && t->resolve.away.us >= 0);
	EXPECT(t->history && t->history[0] == '[');
}

TEST(whatever_happens_it_stays_consistent_and_no_key_is_used_twice)
{
	static const char *const priorities[] = { "urgent", "high", "normal", "low", NULL };
	unsigned seed = 20261121;

	for (int run = 0; run < 60; run++) {
		STORY(priorities[run % 5], MONDAY);
		for (int i = 0; i < 60; i++) {
			TicketEvent ev = {
				.event = (TicketEventKind)(rand_r(&seed) % TICKET_EVENTS),
				.priority =
				        rand_r(&seed) % 4 ? NULL : priorities[rand_r(&seed) % 5],
				.agent = rand_r(&seed) % 2 ? "bob" : NULL,
				.score = rand_r(&seed) % 7,
				.scale = 5,
				.incident = "2026-0001",
			};

			pass(&s, minutes(rand_r(&seed) % 900));
			(void)happens(&s, ev);
			check_invariants(&s);
		}
		for (size_t i = 0; i < s.fx.tells.n; i++) {
			for (size_t k = 0; k < i; k++)
				EXPECT(!text_eq(s.fx.tells.at[i].key, s.fx.tells.at[k].key));
		}
	}
}

/* ---- as a row and as JSON ---- */

TEST(a_row_comes_back_as_it_was)
{
	Ticket copy;
	STORY("high", MONDAY);
	EXPECT(HAPPENS(ANSWER));
	EXPECT(HAPPENS(WAIT));
	record_copy(&ticket_record, &copy, &s.t);
	ticket_restored(&copy);
	EXPECT_TEXT(copy.history, s.t.history);
	EXPECT(copy.resolve.held);
	EXPECT_INT(copy.resolve.held_at.us, s.t.resolve.held_at.us);
	EXPECT_TEXT(copy.resolve.id, "T-0001/resolve");
	EXPECT_INT(copy.resolve.kind, CLOCK_RESOLVE);
	EXPECT_INT(copy.resolve.due.us, s.t.resolve.due.us);
	Ticket_done(&copy);
}

TEST(json_has_both_clocks_and_the_full_view_the_history)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	STORY("high", MONDAY);
	ticket_emit(&e, NULL, &s.t, s.plan, TICKET_FULL, s.now);
	EXPECT_HAS(buf_str(&json), "{\"id\":\"T-0001\",\"external\":null,\"source\":\"person\"");
	EXPECT_HAS(buf_str(&json), "\"state\":\"new\",\"priority\":\"high\",\"class\":\"P1\"");
	EXPECT_HAS(buf_str(&json), "{\"kind\":\"respond\",\"state\":\"running\",\"limit\":\"1h\"");
	EXPECT_HAS(buf_str(&json), "{\"kind\":\"resolve\"");
	EXPECT_HAS(buf_str(&json),
	           "\"history\":[{\"at\":\"2026-06-01T08:00:00Z\",\"what\":\"open\"");
}

TEST(events_read_back_from_their_names)
{
	TicketEventKind k;

	for (int i = 0; i < TICKET_EV_TICK; i++) {
		ASSERT(ticket_event_parse(ticket_event_name((TicketEventKind)i), &k));
		EXPECT_INT(k, i);
	}
	EXPECT(!ticket_event_parse("tick", &k) && !ticket_event_parse("dance", &k));
}
