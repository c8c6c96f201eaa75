#include "test_plan.h"

#include "notify/notify_private.h"

static const char *const sections =
        "channels:\n"
        "  mail: {type: email, secret: '${env:SMTP}', to: [a@x.example]}\n"
        "  few: {type: email, secret: '${env:SMTP}', per_hour: 3}\n"
        "  one: {type: email, secret: '${env:SMTP}', per_hour: 1}\n";

static Plan *plan;

static Instant at(int64_t s)
{
	Instant t = LONG_AGO;

	(void)EXPECT(instant_parse("2026-11-20T16:04:00Z", &t));
	return after(t, seconds(s));
}

/* A desk: one recipient on one channel, with what came and what was held. */
typedef struct Desk {
	Throttle t;
	LIST(Message *) all;
	Effects fx;
	const char *channel;
	unsigned made;
} Desk;

static void Desk_done(Desk *d)
{
	for (size_t i = 0; i < d->all.n; i++) {
		Message_done(d->all.at[i]);
		mem_free(d->all.at[i]);
	}
	list_free(&d->all);
	effects_done(&d->fx);
	plan_free(plan);
	plan = NULL;
}

static Desk desk(const char *channel)
{
	Message first = { 0 };
	Desk d = { .channel = channel };

	plan = test_plan(sections);
	text_copy(first.channel, sizeof first.channel, channel);
	text_copy(first.recipient, sizeof first.recipient, "a@x.example");
	d.t = throttle_new(&first);
	return d;
}

static Message *arrive(Desk *d, TellKind kind, int rank, int64_t s)
{
	Message *m = NEW(Message);

	m->kind = kind;
	m->rank = rank;
	m->recovery = kind == TELL_INCIDENT_RESOLVED || kind == TELL_ALERT_RESOLVED;
	m->state = MESSAGE_READY;
	m->created = m->next_try = at(s);
	m->sent_at = LONG_AGO;
	(void)snprintf(m->id, sizeof m->id, "t%u/%s/a@x.example", ++d->made, d->channel);
	(void)snprintf(m->subject, sizeof m->subject, "incident:%u", d->made);
	text_copy(m->channel, sizeof m->channel, d->channel);
	text_copy(m->recipient, sizeof m->recipient, "a@x.example");
	text_copy(m->language, sizeof m->language, "fr");
	m->title = mem_printf("[OUVERT] Service %u", d->made);
	m->text = mem_printf("Texte %u\n", d->made);
	m->fields = mem_printf("{\"title\":\"panne %u\",\"product\":\"MangaThèque\","
	                       "\"ack_link\":\"https://w.example/a/%u\"}",
	                       d->made, d->made);
	list_add(&d->all, m);
	if (plan)
		throttle_admit(&d->t, plan, m, at(s), &d->fx);
	return m;
}

static size_t held_of(const Desk *d, Message **held)
{
	size_t n = 0;

	for (size_t i = 0; i < d->all.n; i++) {
		if (d->all.at[i]->state == MESSAGE_HELD)
			held[n++] = d->all.at[i];
	}
	return n;
}

static MessageChange flush(Desk *d, int64_t s)
{
	Message *held[1024];
	MessageChange change = { 0 };

	throttle_flush(&d->t, plan, held, held_of(d, held), at(s), &d->fx, &change);
	return change;
}

/* Seconds until the held ones go; -1: none is held. */
static int64_t flush_in(const Desk *d, int64_t s)
{
	return is_set(d->t.flush_at) ? between(at(s), d->t.flush_at).us / 1000000 : -1;
}

/* ---- storms ---- */

TEST(the_first_goes_at_once_and_what_follows_goes_as_one)
{
	AUTO(Desk) d = desk("mail");
	Message *first = arrive(&d, TELL_INCIDENT_OPENED, 2, 0);
	Message *second = arrive(&d, TELL_INCIDENT_OPENED, 2, 3);
	Message *third = arrive(&d, TELL_ALERT, 3, 20);
	MessageChange c;

	EXPECT_INT(first->state, MESSAGE_READY);
	EXPECT_INT(second->state, MESSAGE_HELD);
	EXPECT_INT(third->state, MESSAGE_HELD);
	EXPECT_INT(second->next_try.us, at(30).us);
	EXPECT_INT(flush_in(&d, 0), 30);
	c = flush(&d, 30);
	ASSERT(c.made);
	EXPECT_INT(second->state, MESSAGE_GROUPED);
	EXPECT_INT(third->state, MESSAGE_GROUPED);
	EXPECT_TEXT(second->grouped_in, c.fresh.id);
	EXPECT_INT(c.fresh.kind, TELL_KINDS);
	EXPECT_INT(c.fresh.state, MESSAGE_READY);
	EXPECT_INT(c.fresh.rank, 2);
	EXPECT_TEXT(c.fresh.title, "[2 ÉVÉNEMENTS] MangaThèque · panne 2, et 1 autre");
	EXPECT_HAS(c.fresh.text, "[OUVERT] Service 2\n");
	EXPECT_HAS(c.fresh.text, "https://w.example/a/3");
	EXPECT_HAS(c.fresh.html, "[OUVERT] Service 3");
	EXPECT_HAS(c.fresh.fields, "\"count\":2");
	EXPECT_INT(flush_in(&d, 30), -1);
	Message_done(&c.fresh);
}

TEST(one_held_message_goes_as_it_is)
{
	AUTO(Desk) d = desk("mail");
	Message *m;

	(void)arrive(&d, TELL_INCIDENT_OPENED, 2, 0);
	m = arrive(&d, TELL_INCIDENT_OPENED, 2, 3);
	EXPECT(!flush(&d, 30).made);
	EXPECT_INT(m->state, MESSAGE_READY);
	EXPECT_INT(m->next_try.us, at(30).us);
}

TEST(a_storm_is_not_prolonged_by_more_of_it)
{
	AUTO(Desk) d = desk("mail");

	(void)arrive(&d, TELL_INCIDENT_OPENED, 2, 0);
	for (int64_t s = 1; s < 30; s++)
		EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 2, s)->next_try.us, at(30).us);
}

TEST(the_same_group_has_the_same_id)
{
	AUTO(Desk) d = desk("mail");
	Message *held[8];
	MessageChange one = { 0 }, two = { 0 };
	Throttle t;
	size_t n;

	for (int i = 0; i < 4; i++)
		(void)arrive(&d, TELL_INCIDENT_OPENED, 2, i);
	n = held_of(&d, held);
	t = d.t;
	throttle_flush(&t, plan, held, n, at(30), &d.fx, &one);
	throttle_flush(&d.t, plan, held, n, at(31), &d.fx, &two);
	EXPECT_TEXT(one.fresh.id, two.fresh.id);
	EXPECT(text_starts(one.fresh.id, "group:"));
	Message_done(&one.fresh);
	Message_done(&two.fresh);
}

TEST(what_is_more_urgent_than_the_storm_goes_at_once)
{
	AUTO(Desk) d = desk("mail");

	(void)arrive(&d, TELL_ALERT, 3, 0);
	EXPECT_INT(arrive(&d, TELL_ALERT, 3, 1)->state, MESSAGE_HELD);
	EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 1, 2)->state, MESSAGE_READY);
	EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 1, 3)->state, MESSAGE_HELD);
	EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 2, 4)->state, MESSAGE_HELD);
	EXPECT_INT(arrive(&d, TELL_ALERT, 0, 5)->state, MESSAGE_HELD);
}

TEST(anything_ranked_is_more_urgent_than_what_is_not)
{
	AUTO(Desk) d = desk("mail");

	(void)arrive(&d, TELL_ALERT, 0, 0);
	EXPECT_INT(arrive(&d, TELL_ALERT, 0, 1)->state, MESSAGE_HELD);
	EXPECT_INT(arrive(&d, TELL_ALERT, 4, 2)->state, MESSAGE_READY);
}

/* The news of a recovery must not overtake the news of what it recovers from. */
TEST(a_recovery_waits_behind_its_trouble_and_no_longer)
{
	AUTO(Desk) d = desk("mail");
	Message *trouble, *over;
	MessageChange c;

	(void)arrive(&d, TELL_INCIDENT_OPENED, 2, 0);
	trouble = arrive(&d, TELL_INCIDENT_OPENED, 2, 5);
	over = arrive(&d, TELL_INCIDENT_RESOLVED, 1, 25);
	EXPECT_INT(over->state, MESSAGE_HELD);
	EXPECT_INT(over->next_try.us, at(30).us);
	c = flush(&d, 30);
	ASSERT(c.made);
	EXPECT_INT(trouble->state, MESSAGE_GROUPED);
	EXPECT_INT(over->state, MESSAGE_GROUPED);
	EXPECT(!c.fresh.recovery);
	EXPECT(strstr(c.fresh.text, "Service 2") < strstr(c.fresh.text, "Service 3"));
	Message_done(&c.fresh);
}

TEST(a_group_of_recoveries_is_a_recovery)
{
	AUTO(Desk) d = desk("mail");
	MessageChange c;

	for (int i = 0; i < 3; i++)
		(void)arrive(&d, TELL_INCIDENT_RESOLVED, 2, i);
	c = flush(&d, 30);
	ASSERT(c.made);
	EXPECT(c.fresh.recovery);
	EXPECT_INT(c.fresh.rank, 2);
	Message_done(&c.fresh);
}

TEST(notices_are_no_storm)
{
	static const TellKind kinds[] = { TELL_WINDOW_NOTICE, TELL_WINDOW_CANCELLED,
		                          TELL_WINDOW_DONE, TELL_POSTMORTEM, TELL_INCIDENT_UPDATE };
	AUTO(Desk) d = desk("mail");

	(void)arrive(&d, TELL_INCIDENT_OPENED, 2, 0);
	for (size_t i = 0; i < 4; i++)
		EXPECT_INT(arrive(&d, kinds[i], 0, 1)->state, MESSAGE_READY);
}

TEST(after_the_storm_the_next_goes_at_once_again)
{
	AUTO(Desk) d = desk("mail");

	(void)arrive(&d, TELL_INCIDENT_OPENED, 2, 0);
	EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 2, 30)->state, MESSAGE_READY);
	EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 2, 59)->state, MESSAGE_HELD);
	EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 2, 59)->next_try.us, at(60).us);
}

/* ---- the ladder ---- */

TEST(the_first_five_go_at_once_and_the_rest_at_the_pace_of_the_hour)
{
	AUTO(Desk) d = desk("mail");
	Message *m = NULL;

	for (int i = 0; i < 5; i++)
		EXPECT_INT(arrive(&d, TELL_WINDOW_NOTICE, 0, i)->state, MESSAGE_READY);
	m = arrive(&d, TELL_WINDOW_NOTICE, 0, 5);
	EXPECT_INT(m->state, MESSAGE_HELD);
	/* 3600 s / (60 - 5 + 1) = 64.28… s after the first */
	EXPECT_INT(flush_in(&d, 0), 64);
	m = arrive(&d, TELL_WINDOW_NOTICE, 0, 6);
	EXPECT_INT(m->state, MESSAGE_HELD);
}

typedef struct Pace {
	const char *channel;
	size_t most;
} Pace;

/* Whatever comes, in no hour does one recipient get more than the plan allows. */
TEST(no_hour_has_more_than_the_plan_allows)
{
	static const Pace rows[] = { { "mail", 60 }, { "few", 3 }, { "one", 1 } };

	for (size_t r = 0; r < COUNT_OF(rows); r++) {
		AUTO(Desk) d = desk(rows[r].channel);
		int64_t sent[4000];
		size_t n = 0, most = 0;

		for (int64_t s = 0; s < 3 * 3600; s += 7) {
			Message *m;

			if (is_set(d.t.flush_at) && is_due(d.t.flush_at, at(s))) {
				MessageChange c = flush(&d, s);

				if (c.made)
					Message_done(&c.fresh);
				sent[n++] = s;
			}
			m = arrive(&d, TELL_WINDOW_NOTICE, 0, s);
			if (m->state == MESSAGE_READY)
				sent[n++] = s;
		}
		for (size_t i = 0; i < n; i++) {
			size_t within = 0;

			for (size_t k = i; k < n && sent[k] < sent[i] + 3600; k++)
				within++;
			most = within > most ? within : most;
		}
		EXPECT(most <= rows[r].most ||
		       test_fail(__FILE__, __LINE__, "%zu in an hour", most));
		EXPECT(n >= 2 * rows[r].most);
	}
}

TEST(a_recovery_is_never_held_by_the_ladder)
{
	AUTO(Desk) d = desk("one");

	EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 2, 0)->state, MESSAGE_READY);
	EXPECT_INT(arrive(&d, TELL_INCIDENT_RESOLVED, 2, 60)->state, MESSAGE_READY);
	/* More trouble waits for the hour; its recovery takes it along within 30 s. */
	EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 2, 120)->state, MESSAGE_HELD);
	EXPECT(flush_in(&d, 120) > 3000);
	EXPECT_INT(arrive(&d, TELL_INCIDENT_RESOLVED, 2, 200)->state, MESSAGE_HELD);
	EXPECT_INT(flush_in(&d, 200), 30);
}

TEST(the_worst_waits_for_the_storm_at_most)
{
	AUTO(Desk) d = desk("one");

	EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 1, 0)->state, MESSAGE_READY);
	EXPECT_INT(arrive(&d, TELL_INCIDENT_OPENED, 1, 100)->state, MESSAGE_HELD);
	EXPECT_INT(flush_in(&d, 100), 30);
}

/* ---- the rest ---- */

TEST(a_flush_with_nothing_held_does_nothing)
{
	AUTO(Desk) d = desk("mail");

	(void)arrive(&d, TELL_INCIDENT_OPENED, 2, 0);
	EXPECT(!flush(&d, 30).made);
	EXPECT_INT(d.fx.entries.n, 0);
}

TEST(a_storm_of_five_hundred_is_told_whole)
{
	AUTO(Desk) d = desk("mail");
	MessageChange c;
	size_t told = 1;

	for (int i = 0; i < 500; i++)
		(void)arrive(&d, TELL_INCIDENT_OPENED, 2, i / 25);
	c = flush(&d, 30);
	ASSERT(c.made);
	EXPECT_HAS(c.fresh.fields, "\"count\":300");
	EXPECT_INT(flush_in(&d, 30), 30);
	Message_done(&c.fresh);
	c = flush(&d, 60);
	ASSERT(c.made);
	EXPECT_HAS(c.fresh.fields, "\"count\":199");
	EXPECT_INT(flush_in(&d, 60), -1);
	Message_done(&c.fresh);
	for (size_t i = 0; i < d.all.n; i++)
		told += d.all.at[i]->state == MESSAGE_GROUPED;
	EXPECT_INT(told, 500);
}

TEST(a_notice_in_a_group_keeps_its_words)
{
	AUTO(Desk) d = desk("one");
	MessageChange c;

	(void)arrive(&d, TELL_WINDOW_NOTICE, 0, 0);
	(void)arrive(&d, TELL_WINDOW_NOTICE, 0, 1);
	(void)arrive(&d, TELL_INCIDENT_OPENED, 0, 2);
	c = flush(&d, 3600);
	ASSERT(c.made);
	EXPECT_HAS(c.fresh.text, "Texte 2");
	EXPECT(!strstr(c.fresh.text, "Texte 3"));
	Message_done(&c.fresh);
}

TEST(what_is_not_ready_is_left_alone)
{
	AUTO(Desk) d = desk("mail");
	Throttle before = d.t;
	Message m = { .state = MESSAGE_REFUSED, .channel = "mail" };

	throttle_admit(&d.t, plan, &m, at(0), &d.fx);
	EXPECT_INT(m.state, MESSAGE_REFUSED);
	EXPECT_INT(d.t.next_slot.us, before.next_slot.us);
}

TEST(each_holding_and_grouping_is_recorded)
{
	AUTO(Desk) d = desk("mail");
	MessageChange c;
	size_t held = 0, grouped = 0, queued = 0;

	for (int i = 0; i < 3; i++)
		(void)arrive(&d, TELL_INCIDENT_OPENED, 2, i);
	c = flush(&d, 30);
	Message_done(&c.fresh);
	for (size_t i = 0; i < d.fx.entries.n; i++) {
		held += text_eq(d.fx.entries.at[i].kind, "message.held");
		grouped += text_eq(d.fx.entries.at[i].kind, "message.grouped");
		queued += text_eq(d.fx.entries.at[i].kind, "message.queued");
	}
	EXPECT_INT(held, 2);
	EXPECT_INT(grouped, 2);
	EXPECT_INT(queued, 1);
}

TEST(an_id_names_channel_and_recipient)
{
	char id[224];

	EXPECT_TEXT(throttle_id("mail", "a@x.example", id), "mail/a@x.example");
	EXPECT_TEXT(throttle_record.columns[0].name, "id");
}
