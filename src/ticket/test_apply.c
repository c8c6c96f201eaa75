#include "ticket/import_private.h"
#include "ticket/test_plan.h"

typedef struct Desk {
	Plan *plan;
	Ticket t;
	Effects fx;
	Instant now;
} Desk;

static void Desk_done(Desk *d)
{
	effects_done(&d->fx);
	Ticket_done(&d->t);
	plan_free(d->plan);
}

#define DESK                                                                       \
	AUTO(Desk) d = { .plan = load(), .now = at("2026-06-10T10:00:00+02:00") }; \
	ASSERT(d.plan != NULL)

static ImportResult bring(Desk *d, const char *json)
{
	Import im;
	Err err = { 0 };
	ImportResult r = IMPORT_SAME;

	if (!import_read(IMPORT_JSON, json, strlen(json), zone_utc(), &im, &err) ||
	    im.tickets.n != 1)
		test_fail(__FILE__, __LINE__, "%s %s", err.message,
		          im.problems.n ? im.problems.at[0].what : "");
	else
		r = import_apply(&d->t, "T-0001", d->plan, &im.tickets.at[0], "cli:ana", d->now,
		                 &d->fx);
	Import_done(&im);
	return r;
}

#define SEVEN                                                                                    \
	"{\"id\":\"7\",\"source\":\"zendesk\",\"title\":\"Cannot pay\",\"priority\":\"normal\"," \
	"\"created_at\":\"2026-06-01T08:00:00Z\","
#define ANSWERED "{\"at\":\"2026-06-01T09:00:00Z\",\"what\":\"answer\"}"
#define RESOLVED "{\"at\":\"2026-06-01T10:00:00Z\",\"what\":\"resolve\"}"

TEST(a_new_ticket_is_played_through_its_history)
{
	DESK;
	EXPECT_INT(bring(&d,
	                 SEVEN "\"status\":\"closed\",\"agent\":\"ana\",\"score\":4,\"updated_at\":"
	                       "\"2026-06-02T08:00:00Z\",\"events\":[" ANSWERED "," RESOLVED "]}"),
	           IMPORT_NEW);
	EXPECT_INT(d.t.state, TICKET_CLOSED);
	EXPECT_TEXT(d.t.id, "T-0001");
	EXPECT_INT(d.t.respond.state, CLOCK_MET);
	EXPECT_INT(d.t.respond.elapsed.us, hours(1).us);
	EXPECT_INT(d.t.resolve.state, CLOCK_MET);
	EXPECT_INT(d.t.closed_at.us, at("2026-06-02T08:00:00Z").us);
	EXPECT(d.t.scored);
	EXPECT_INT(d.fx.entries.n, 1);
	EXPECT_TEXT(d.fx.entries.at[0].kind, "ticket.imported");
	EXPECT_INT(d.fx.tells.n, 0);
}

TEST(the_same_again_changes_nothing)
{
	static const char text[] = SEVEN "\"status\":\"solved\",\"agent\":\"ana\",\"score\":4,"
	                                 "\"replies\":3,\"updated_at\":\"2026-06-02T08:00:00Z\","
	                                 "\"events\":[" ANSWERED "," RESOLVED "]}";
	DESK;
	EXPECT_INT(bring(&d, text), IMPORT_NEW);
	for (int i = 0; i < 3; i++) {
		AUTO_FREE char *history = mem_text(d.t.history);

		EXPECT_INT(bring(&d, text), IMPORT_SAME);
		EXPECT_TEXT(d.t.history, history);
	}
	EXPECT_INT(d.fx.entries.n, 1);
}

TEST(news_are_added_and_what_was_noted_here_stays)
{
	DESK;
	EXPECT_INT(bring(&d, SEVEN "\"status\":\"open\",\"updated_at\":\"2026-06-01T09:00:00Z\","
	                           "\"events\":[" ANSWERED "]}"),
	           IMPORT_NEW);
	EXPECT(ticket_step(&d.t, d.plan,
	                   &(TicketEvent){ .event = TICKET_EV_LINK, .incident = "2026-0001" },
	                   at("2026-06-01T09:30:00Z"), &d.fx, NULL));
	EXPECT_INT(bring(&d, SEVEN "\"status\":\"solved\",\"updated_at\":\"2026-06-01T10:00:00Z\","
	                           "\"events\":[" ANSWERED "," RESOLVED "]}"),
	           IMPORT_CHANGED);
	EXPECT_INT(d.t.state, TICKET_RESOLVED);
	EXPECT_TEXT(d.t.incident, "2026-0001");
	EXPECT_INT(d.t.replies, 1);
	EXPECT_TEXT(d.fx.entries.at[d.fx.entries.n - 1].kind, "ticket.updated");
	/* an older file does not turn it back */
	EXPECT_INT(bring(&d, SEVEN "\"status\":\"open\",\"updated_at\":\"2026-06-01T09:00:00Z\","
	                           "\"events\":[" ANSWERED "]}"),
	           IMPORT_SAME);
	EXPECT_INT(d.t.state, TICKET_RESOLVED);
}

TEST(something_earlier_than_what_is_known_is_put_in_its_place)
{
	DESK;
	EXPECT_INT(bring(&d, SEVEN "\"status\":\"solved\",\"updated_at\":\"2026-06-01T10:00:00Z\","
	                           "\"events\":[" RESOLVED "]}"),
	           IMPORT_NEW);
	EXPECT_INT(d.t.respond.elapsed.us, hours(2).us); /* who resolves has answered */
	EXPECT(ticket_step(&d.t, d.plan,
	                   &(TicketEvent){ .event = TICKET_EV_LINK, .incident = "2026-0001" },
	                   at("2026-06-01T10:30:00Z"), &d.fx, NULL));
	EXPECT_INT(bring(&d, SEVEN "\"status\":\"solved\",\"updated_at\":\"2026-06-01T11:00:00Z\","
	                           "\"events\":[" ANSWERED "," RESOLVED "]}"),
	           IMPORT_CHANGED);
	EXPECT_INT(d.t.respond.elapsed.us, hours(1).us);
	EXPECT_INT(d.t.resolved_at.us, at("2026-06-01T10:00:00Z").us);
	EXPECT_TEXT(d.t.incident, "2026-0001");
	EXPECT_INT(d.t.reopens, 0);
}

TEST(the_status_is_reached_whatever_the_events_say)
{
	static const struct {
		const char *status;
		TicketState state;
	} rows[] = {
		{ "new", TICKET_NEW },         { "open", TICKET_NEW },
		{ "pending", TICKET_WAITING }, { "solved", TICKET_RESOLVED },
		{ "closed", TICKET_CLOSED },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *text = mem_printf(SEVEN "\"status\":\"%s\",\"updated_at\":"
		                                        "\"2026-06-01T09:00:00Z\"}",
		                                  rows[i].status);
		AUTO_FREE char *back = mem_printf(SEVEN "\"status\":\"open\",\"updated_at\":"
		                                        "\"2026-06-03T09:00:00Z\"}");
		DESK;
		EXPECT_INT(bring(&d, text), IMPORT_NEW);
		EXPECT_INT(d.t.state, rows[i].state);
		EXPECT_INT(bring(&d, back), IMPORT_CHANGED);
		EXPECT(ticket_is_open(&d.t) && d.t.state != TICKET_WAITING);
		EXPECT_INT(d.t.reopens, rows[i].state >= TICKET_RESOLVED);
	}
}

TEST(what_was_missed_before_is_known_and_told_to_nobody_and_what_comes_is_told)
{
	DESK;
	d.now = at("2026-06-01T13:00:00Z"); /* the response was due at 12:00 */
	EXPECT_INT(bring(&d, SEVEN "\"status\":\"open\"}"), IMPORT_NEW);
	EXPECT_INT(d.t.respond.state, CLOCK_BREACHED);
	EXPECT_INT(d.fx.tells.n, 0);
	for (int i = 0; i < 9; i++)
		(void)ticket_step(&d.t, d.plan, &(TicketEvent){ .event = TICKET_EV_TICK },
		                  at("2026-06-02T09:00:00Z"), &d.fx, NULL);
	EXPECT_INT(d.t.resolve.state, CLOCK_BREACHED);
	EXPECT_INT(d.fx.tells.n, 1);
	EXPECT_HAS(d.fx.tells.at[0].key, ":resolve:");
}

TEST(a_priority_that_the_plan_does_not_name_has_no_limits)
{
	DESK;
	EXPECT_INT(bring(&d,
	                 "{\"id\":\"8\",\"title\":\"x\",\"priority\":\"whenever\",\"created_at\":"
	                 "\"2026-06-01T08:00:00Z\"}"),
	           IMPORT_NEW);
	EXPECT_INT(d.t.respond.state, CLOCK_NOT_SET);
	EXPECT_INT(d.t.due.us, NEVER.us);
	EXPECT_TEXT(d.t.external, "json:8");
}
