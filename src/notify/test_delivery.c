/* One message's life: sent, asked again, handed to the fallback, lost in a crash. */
#include "test_told.h"

typedef struct Life {
	Told told;
	Message m;
	Effects fx;
	MessageChange change;
} Life;

static void Life_done(Life *l)
{
	Message_done(&l->m);
	if (l->change.made)
		Message_done(&l->change.fresh);
	effects_done(&l->fx);
	Told_done(&l->told);
}

static Life life(TellKind kind, const char *channel, const Recipient *who)
{
	Tell tell = opened();
	Life l = { 0 };

	tell.kind = kind;
	tell_via(&tell, channel);
	l.told = told(&tell, who, who ? 1 : 0, NULL);
	if (EXPECT(l.told.list.n > 0))
		record_copy(&message_record, &l.m, &l.told.list.at[0]);
	return l;
}

static void answer(Life *l, const Answer *a, int64_t s)
{
	message_start(&l->m, plan, at(s));
	message_step(&l->m, plan, a, at(s + 1), &l->fx, &l->change);
}

static Answer smtp(int code)
{
	Answer a = { .fail = FAIL_NONE };

	a.mail = (MailAnswer){ code, "said so" };
	return a;
}

TEST(a_message_taken_by_the_provider_is_sent)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);
	Answer ok = smtp(250);

	message_start(&l.m, plan, at(0));
	EXPECT_INT(l.m.state, MESSAGE_SENDING);
	EXPECT_INT(l.m.attempts, 1);
	EXPECT_INT(between(at(0), l.m.next_try).us, seconds(60).us);
	message_step(&l.m, plan, &ok, at(2), &l.fx, &l.change);
	EXPECT_INT(l.m.state, MESSAGE_SENT);
	EXPECT_INT(l.m.sent_at.us, at(2).us);
	EXPECT(message_is_over(&l.m) && message_due(&l.m).us == NEVER.us);
	EXPECT(!l.change.made);
	EXPECT_TEXT(entry_of(&l.fx, "message.sent")->verdict, "sent");
	EXPECT_HAS(entry_of(&l.fx, "message.sent")->input, "\"attempt\":1");
	/* A second answer changes nothing. */
	message_step(&l.m, plan, &ok, at(9), &l.fx, &l.change);
	EXPECT_INT(l.m.sent_at.us, at(2).us);
	EXPECT_INT(l.fx.entries.n, 1);
}

TEST(a_server_that_is_busy_is_asked_again_at_growing_intervals)
{
	static const int64_t waits[] = { 15, 30, 60, 120, 240, 480, 900, 900 };
	AUTO(Life) l = life(TELL_WINDOW_CANCELLED, "lonely", &ana);
	Answer busy = smtp(451);
	int64_t s = 0;

	for (size_t i = 0; i < COUNT_OF(waits); i++) {
		int64_t wait;

		answer(&l, &busy, s);
		ASSERT(l.m.state == MESSAGE_RETRY);
		wait = between(at(s + 1), l.m.next_try).us / 1000000;
		EXPECT(wait >= waits[i] && wait <= waits[i] * 11 / 10);
		s += 1 + wait;
	}
	EXPECT_INT(l.m.attempts, 8);
	EXPECT_TEXT(l.m.last_error, "SMTP 451: said so");
	EXPECT_INT(entries_of(&l.fx, "message.retry"), 8);
	/* After eight minutes somebody is told that the channel is stuck. */
	ASSERT(l.fx.tells.n == 1);
	EXPECT_TEXT(l.fx.tells.at[0].key, "self:stuck:lonely:2026-11-20T16");
	EXPECT_HAS(l.fx.tells.at[0].text, "SMTP 451");
}

TEST(a_provider_s_wish_to_wait_is_kept)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "slack", NULL);
	HeaderField wish = { "Retry-After", "77" };
	Answer a = { .fail = FAIL_NONE };

	a.http = (HttpAnswer){ .status = 429, .headers = &wish, .headers_n = 1 };
	answer(&l, &a, 0);
	EXPECT_INT(l.m.state, MESSAGE_RETRY);
	EXPECT_INT(between(at(1), l.m.next_try).us, seconds(77).us);
}

TEST(a_refused_message_goes_through_the_fallback)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);
	Answer no = smtp(550);
	const Message *f = &l.change.fresh;

	answer(&l, &no, 0);
	EXPECT_INT(l.m.state, MESSAGE_FALLBACK);
	ASSERT(l.change.made);
	EXPECT_TEXT(f->id, "inc:2026-0012:step:1/sms/+3301");
	EXPECT_TEXT(f->channel, "sms");
	EXPECT_TEXT(f->recipient, "+3301");
	EXPECT_TEXT(f->contact, "ana");
	EXPECT_TEXT(f->fallback_of, l.m.id);
	EXPECT_TEXT(f->origin, "mail");
	EXPECT_INT(f->state, MESSAGE_READY);
	EXPECT_INT(f->attempts, 0);
	EXPECT_INT(f->hops, 1);
	EXPECT_TEXT(f->text, l.m.text);
	EXPECT(!f->last_error[0]);
	EXPECT_TEXT(entry_of(&l.fx, "message.fallback")->note, "sms");
	ASSERT(l.fx.tells.n == 1);
	EXPECT_TEXT(l.fx.tells.at[0].key, "self:undelivered:mail:2026-11-20T16");
	EXPECT_TEXT(l.fx.tells.at[0].subject, "channel:mail");
	for (size_t i = 0; i < l.fx.tells.at[0].via_n; i++)
		EXPECT(!text_eq(l.fx.tells.at[0].via[i], "mail"));
}

TEST(a_list_falls_back_on_the_next_channel_s_own_recipients)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", NULL);
	Answer no = smtp(550);

	EXPECT_TEXT(l.m.recipient, "team@x.example");
	answer(&l, &no, 0);
	ASSERT(l.change.made);
	EXPECT_TEXT(l.change.fresh.recipient, "+3311");
}

/* Loading refuses a ring of fallbacks; were there one, it would be walked once. */
TEST(fallbacks_in_a_ring_end)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);
	Err why = { .code = ERR_CONFIG, .message = "broken" };
	Channel *pager = (Channel *)(uintptr_t)plan_channel(plan, "pager");
	int hops = 0;

	pager->fallback = plan_channel(plan, "mail");
	for (; hops < 10 && l.m.state == MESSAGE_READY; hops++) {
		message_failed(&l.m, plan, &why, at(hops), &l.fx, &l.change);
		if (!l.change.made)
			break;
		Message_done(&l.m);
		l.m = l.change.fresh;
		l.change = (MessageChange){ 0 };
	}
	EXPECT_INT(hops, 2);
	EXPECT_TEXT(l.m.channel, "pager");
	EXPECT_TEXT(l.m.recipient, "ana");
	EXPECT_INT(l.m.state, MESSAGE_UNDELIVERABLE);
	EXPECT_TEXT(l.m.last_error, "broken");
	EXPECT_INT(entries_of(&l.fx, "message.undeliverable"), 1);
	EXPECT_INT(l.fx.tells.n, 3);
}

TEST(a_page_does_not_wait_long_for_a_silent_channel)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);
	Answer dead = { .fail = FAIL_CONNECT, .error = "connection refused" };
	int64_t s = 0;

	while (l.m.state != MESSAGE_FALLBACK && s < 600) {
		answer(&l, &dead, s);
		s = between(at(0), l.m.next_try).us / 1000000;
	}
	EXPECT_INT(l.m.state, MESSAGE_FALLBACK);
	EXPECT(is_due(l.fx.entries.at[l.fx.entries.n - 1].at, at(120)));
	EXPECT_INT(l.m.attempts, 4);
}

TEST(a_provider_that_asks_for_too_long_is_left_for_the_fallback)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "sms", &ana);
	HeaderField wish = { "Retry-After", "600" };
	Answer a = { .fail = FAIL_NONE };

	a.http = (HttpAnswer){ .status = 429, .headers = &wish, .headers_n = 1 };
	answer(&l, &a, 0);
	EXPECT_INT(l.m.state, MESSAGE_FALLBACK);
	EXPECT_TEXT(l.change.fresh.channel, "pager");
	EXPECT_TEXT(l.change.fresh.recipient, "ana");
}

TEST(without_a_fallback_a_message_lives_for_hours_and_then_ends_loudly)
{
	static const struct {
		TellKind kind;
		int64_t hours_n;
	} rows[] = { { TELL_INCIDENT_OPENED, 6 }, { TELL_WINDOW_CANCELLED, 24 } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Life) l = life(rows[i].kind, "lonely", &ana);
		Answer dead = { .fail = FAIL_CONNECT, .error = "connection refused" };
		Instant end = after(at(0), hours(rows[i].hours_n));
		Instant now = at(0);

		for (int n = 0; n < 500 && !message_is_over(&l.m); n++) {
			message_start(&l.m, plan, now);
			message_step(&l.m, plan, &dead, now, &l.fx, &l.change);
			now = message_due(&l.m);
		}
		EXPECT_INT(l.m.state, MESSAGE_UNDELIVERABLE);
		EXPECT(!earlier(end, l.fx.entries.at[l.fx.entries.n - 1].at));
		EXPECT(between(l.fx.entries.at[l.fx.entries.n - 1].at, end).us < minutes(17).us);
		EXPECT_INT(l.fx.tells.n, 2);
	}
}

TEST(carene_s_own_alarm_that_fails_raises_no_other)
{
	AUTO(Life) l = life(TELL_SELF, "lonely", &ana);
	Answer no = smtp(550);

	answer(&l, &no, 0);
	EXPECT_INT(l.m.state, MESSAGE_UNDELIVERABLE);
	EXPECT_INT(l.fx.tells.n, 0);
}

TEST(the_status_page_has_its_message_once_published)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "page", NULL);
	Posting p;

	ASSERT(message_ask(&l.m, plan, &p, NULL));
	EXPECT(p.nothing_to_ask);
	Posting_done(&p);
	answer(&l, &(Answer){ 0 }, 0);
	EXPECT_INT(l.m.state, MESSAGE_DELIVERED);
}

TEST(the_question_has_the_message_s_words)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);
	Posting p;
	Err err = { 0 };

	ASSERT(message_ask(&l.m, plan, &p, &err));
	EXPECT_INT(p.ask.kind, ASK_MAIL);
	EXPECT_HAS(p.ask.mail.message, "X-Carene-Id: inc:2026-0012:step:1/mail/ana@x.example\r\n");
	EXPECT_HAS(p.ask.mail.message, "Subject: =?UTF-8?Q?=5BOUVERT=5D_Boutique");
	Posting_done(&p);
	text_copy(l.m.channel, sizeof l.m.channel, "gone");
	EXPECT(!message_ask(&l.m, plan, &p, &err));
	EXPECT_INT(err.code, ERR_NOT_FOUND);
	Posting_done(&p);
}

/* A new plan may have dropped the channel while its answer was on the way. */
TEST(a_channel_that_left_the_plan_ends_its_messages_loudly)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);
	Answer ok = smtp(250);

	message_start(&l.m, plan, at(0));
	text_copy(l.m.channel, sizeof l.m.channel, "gone");
	message_step(&l.m, plan, &ok, at(1), &l.fx, &l.change);
	EXPECT_INT(l.m.state, MESSAGE_UNDELIVERABLE);
	EXPECT_TEXT(l.m.last_error, "the plan no longer has this channel");
}

/* ---- crashes ---- */

TEST(a_message_whose_answer_was_lost_is_sent_again_with_the_same_id)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);
	AUTO_FREE char *id = mem_text(l.m.id);

	message_start(&l.m, plan, at(0));
	message_lost(&l.m, at(100), &l.fx);
	EXPECT_INT(l.m.state, MESSAGE_RETRY);
	EXPECT_INT(message_due(&l.m).us, at(100).us);
	EXPECT_TEXT(l.m.id, id);
	EXPECT_TEXT(entry_of(&l.fx, "message.lost")->verdict, "unknown");
	message_lost(&l.m, at(101), &l.fx);
	message_believed(&l.m, at(101), &l.fx);
	EXPECT_INT(l.m.state, MESSAGE_RETRY);
	EXPECT_INT(l.fx.entries.n, 1);
}

TEST(a_message_past_recall_is_believed_and_not_sent_twice)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);

	message_start(&l.m, plan, at(0));
	l.m.gone = true;
	message_believed(&l.m, at(100), &l.fx);
	EXPECT_INT(l.m.state, MESSAGE_SENT);
	EXPECT(message_is_over(&l.m));
	EXPECT_HAS(entry_of(&l.fx, "message.believed")->note, "not sent twice");
}

TEST(a_refusal_after_the_bytes_left_makes_it_recallable_again)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);
	Answer busy = smtp(451);

	message_start(&l.m, plan, at(0));
	l.m.gone = true;
	message_step(&l.m, plan, &busy, at(1), &l.fx, &l.change);
	EXPECT_INT(l.m.state, MESSAGE_RETRY);
	EXPECT(!l.m.gone);
}

TEST(a_record_copies_whole_and_states_have_names)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);
	Message copy;

	record_copy(&message_record, &copy, &l.m);
	EXPECT(copy.text != l.m.text);
	EXPECT_TEXT(copy.text, l.m.text);
	EXPECT_TEXT(copy.fields, l.m.fields);
	Message_done(&copy);
	EXPECT_TEXT(message_record.columns[0].name, "id");
	for (int s = MESSAGE_DRAFT; s <= MESSAGE_REFUSED; s++)
		EXPECT(message_state_name((MessageState)s)[0] != '\0');
}

TEST(no_secret_reaches_the_record_or_the_journal)
{
	AUTO(Life) l = life(TELL_INCIDENT_OPENED, "mail", &ana);
	Answer no = { .fail = FAIL_NONE };

	no.mail = (MailAnswer){ 535, "user u password s3cret refused" };
	answer(&l, &no, 0);
	EXPECT_TEXT(l.m.last_error, "SMTP 535: user u password *** refused");
	for (size_t i = 0; i < l.fx.entries.n; i++)
		EXPECT(!strstr(l.fx.entries.at[i].input, "s3cret"));
	EXPECT(!strstr(l.fx.tells.at[0].text, "s3cret"));
}
