/* From a tell to messages: who is called, through what, in which words. */
#include "test_told.h"

static const Recipient karim = { "karim", "Karim", NULL, "+3302", NULL };
static const Recipient ghost = { "ghost", "Ghost", NULL, NULL, NULL };

static const Message *find(const Told *t, const char *channel, const char *recipient)
{
	for (size_t i = 0; i < t->list.n; i++) {
		const Message *m = &t->list.at[i];

		if (text_eq(m->channel, channel) && text_eq(m->recipient, recipient))
			return m;
	}
	return NULL;
}

/* ---- from a tell to messages ---- */

TEST(one_message_for_each_channel_and_person)
{
	Tell tell = opened();
	const Recipient people[] = { ana, karim };
	const Message *m;

	tell_via(&tell, "sms");
	tell_via(&tell, "mail");
	tell_via(&tell, "slack");
	AUTO(Told) t = told(&tell, people, 2, NULL);
	ASSERT(t.list.n == 4);
	m = find(&t, "mail", "ana@x.example");
	ASSERT(m);
	EXPECT_TEXT(m->id, "inc:2026-0012:step:1/mail/ana@x.example");
	EXPECT_INT(m->state, MESSAGE_READY);
	EXPECT_TEXT(m->contact, "ana");
	EXPECT_TEXT(m->language, "fr");
	EXPECT_TEXT(m->subject, "incident:2026-0012");
	EXPECT_TEXT(m->title, "[OUVERT] Boutique · les paiements échouent · depuis 17 h 04 CET");
	EXPECT_HAS(m->text, "https://w.example/a/ana");
	EXPECT_HAS(m->html, "https://w.example/a/ana");
	EXPECT_HAS(m->fields, "\"recipient\":\"Ana\"");
	EXPECT_INT(message_due(m).us, at(0).us);
	EXPECT(find(&t, "sms", "+3301") && find(&t, "sms", "+3302"));
	m = find(&t, "slack", "#incidents");
	ASSERT(m);
	EXPECT_TEXT(m->contact, "");
	EXPECT_HAS(m->text, "https://w.example/a/anyone");
	EXPECT_INT(entries_of(&t.fx, "message.queued"), 4);
	EXPECT_HAS(entry_of(&t.fx, "message.queued")->input, "\"message\":\"inc:2026-0012:step:1/");
}

TEST(the_same_tell_gives_the_same_messages)
{
	Tell tell = opened();

	tell_via(&tell, "mail");
	tell_via(&tell, "sms");
	AUTO(Told) t = told(&tell, &ana, 1, NULL);
	MessageList again = { 0 };

	messages_from_tell(plan, &tell, t.facts, &ana, 1, &hooks, at(0), &again, &t.fx);
	ASSERT(again.n == t.list.n);
	for (size_t i = 0; i < again.n; i++) {
		EXPECT_TEXT(again.at[i].id, t.list.at[i].id);
		EXPECT_TEXT(again.at[i].text, t.list.at[i].text);
	}
	MessageList_done(&again);
}

/* Karim has no mail address: the channel's fallback finds his telephone. */
TEST(who_lacks_an_address_is_reached_through_the_fallback)
{
	Tell tell = opened();

	tell_via(&tell, "mail");
	AUTO(Told) t = told(&tell, &karim, 1, NULL);
	EXPECT_INT(t.list.n, 1);
	EXPECT(find(&t, "sms", "+3302"));
	EXPECT_INT(entries_of(&t.fx, "message.no_address"), 1);
	EXPECT_HAS(entry_of(&t.fx, "message.no_address")->input, "\"contact\":\"karim\"");
}

TEST(who_has_no_address_at_all_is_called_by_a_program_that_knows_the_plan)
{
	Tell tell = opened();

	tell_via(&tell, "mail");
	AUTO(Told) t = told(&tell, &ghost, 1, NULL);
	EXPECT_INT(t.list.n, 1);
	EXPECT(find(&t, "pager", "ghost"));
	EXPECT_INT(entries_of(&t.fx, "message.no_address"), 2);
}

TEST(when_no_person_has_an_address_the_channel_s_own_list_is_told)
{
	Recipient nobody = { "ghost", "Ghost", NULL, NULL, NULL };
	Tell tell = opened();

	tell_via(&tell, "lonely");
	tell_via(&tell, "mail");
	AUTO(Told) t = told(&tell, &nobody, 0, NULL);
	EXPECT_INT(t.list.n, 2);
	EXPECT(find(&t, "mail", "team@x.example") && find(&t, "mail", "admin@x.example"));
}

TEST(nobody_at_all_is_carene_s_own_trouble)
{
	Tell tell = opened();

	tell_via(&tell, "lonely");
	tell_via(&tell, "tickets");
	tell_via(&tell, "gone");
	AUTO(Told) t = told(&tell, &karim, 1, NULL);
	EXPECT_INT(t.list.n, 0);
	EXPECT_INT(entries_of(&t.fx, "message.nobody"), 1);
	EXPECT_INT(entries_of(&t.fx, "message.no_channel"), 2);
	ASSERT(t.fx.tells.n == 1);
	EXPECT_INT(t.fx.tells.at[0].kind, TELL_SELF);
	EXPECT_TEXT(t.fx.tells.at[0].via[0], "sms");
	EXPECT_HAS(t.fx.tells.at[0].text, "incident:2026-0012");
	EXPECT_HAS(t.fx.tells.at[0].text, "personne n’a pu être prévenu");
}

TEST(an_alarm_of_carene_s_own_that_nobody_gets_raises_no_other)
{
	Tell tell = { .kind = TELL_SELF, .key = "self:x", .subject = "self:x", .text = "x" };

	tell_via(&tell, "lonely");
	AUTO(Told) t = told(&tell, NULL, 0, NULL);
	EXPECT_INT(t.list.n, 0);
	EXPECT_INT(t.fx.tells.n, 0);
	EXPECT_INT(entries_of(&t.fx, "message.nobody"), 1);
}

TEST(a_person_s_own_channels_replace_the_default_route_only)
{
	static const Recipient zoe = { "zoe", "Zoé", "zoe@x.example", "+3303", NULL };
	Tell tell = opened();

	{
		AUTO(Told)
		t = told(&tell, &zoe, 1, "levels:\n  high: {rank: 1, class: P1, route: [slack]}\n");

		EXPECT_INT(t.list.n, 3);
		EXPECT(find(&t, "slack", "#incidents") && find(&t, "sms", "+3303") &&
		       find(&t, "mail", "zoe@x.example"));
	}
	tell_via(&tell, "mail");
	AUTO(Told) t = told(&tell, &zoe, 1, NULL);
	EXPECT_INT(t.list.n, 1);
}

TEST(a_room_is_chosen_by_what_is_told)
{
	static const struct {
		TellKind kind;
		const char *room;
	} rows[] = {
		{ TELL_ALERT, "#alerts" },
		{ TELL_ALERT_RESOLVED, "#alerts" },
		{ TELL_INCIDENT_OPENED, "#incidents" },
		{ TELL_INCIDENT_UPDATE, "#incidents" },
		{ TELL_CLOCK_WARNING, "#incidents" },
		{ TELL_WINDOW_NOTICE, "#maintenance" },
		{ TELL_WINDOW_DONE, "#maintenance" },
		{ TELL_POSTMORTEM, "#incidents" },
		{ TELL_SELF, "#alerts" },
	};
	static const char *const one[] = { "#ops", NULL }, *const two[] = { "#all", "#alerts",
		                                                            NULL };
	const Channel *c;

	plan = test_plan(sections);
	ASSERT(plan);
	c = plan_channel(plan, "slack");
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_TEXT(room_for(c, rows[i].kind), rows[i].room);
	EXPECT_TEXT(room_for(&(Channel){ .rooms = { one, 1 } }, TELL_ALERT), "#ops");
	EXPECT_TEXT(room_for(&(Channel){ .rooms = { two, 2 } }, TELL_INCIDENT_OPENED), "#alerts");
	EXPECT_TEXT(room_for(&(Channel){ .rooms = { two, 2 } }, TELL_WINDOW_NOTICE), "#all");
	EXPECT_TEXT(room_for(&(Channel){ 0 }, TELL_ALERT), "");
	plan_free(plan);
}

TEST(only_those_in_charge_get_the_link_that_acknowledges)
{
	static const Recipient user = { NULL, NULL, "user@y.example", NULL, NULL };
	Tell tell = opened();
	Recipient people[] = { ana, user };

	tell_via(&tell, "mail");
	tell_via(&tell, "social");
	{
		AUTO(Told) t = told(&tell, people, 2, NULL);

		EXPECT_HAS(find(&t, "mail", "ana@x.example")->text, "/a/ana");
		EXPECT(!strstr(find(&t, "mail", "user@y.example")->text, "/a/"));
		EXPECT(!strstr(find(&t, "social", "")->text, "/a/"));
	}
	tell.kind = TELL_INCIDENT_UPDATE;
	AUTO(Told) t = told(&tell, people, 2, NULL);
	EXPECT(!strstr(find(&t, "mail", "ana@x.example")->text, "/a/"));
}

TEST(each_reader_gets_his_language)
{
	static const Recipient john = { NULL, "John", "john@x.example", NULL, "en" };
	Tell tell = opened();
	Recipient people[] = { ana, john };

	tell_via(&tell, "mail");
	AUTO(Told) t = told(&tell, people, 2, NULL);
	EXPECT(text_starts(find(&t, "mail", "ana@x.example")->title, "[OUVERT]"));
	EXPECT(text_starts(find(&t, "mail", "john@x.example")->title, "[OPEN]"));
	EXPECT_TEXT(find(&t, "mail", "john@x.example")->language, "en");
}

TEST(the_default_route_is_the_worst_level_s)
{
	static const struct {
		const char *more, *first;
		size_t n;
	} rows[] = {
		{ "", "sms", 2 }, /* the worst class */
		{ "levels:\n  low: {rank: 2, route: [slack]}\n  high: {rank: 1, route: [mail]}\n",
		  "mail", 1 },
		{ "levels:\n  low: {rank: 2, route: [slack]}\n  high: {rank: 1}\n", "slack", 1 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Arena *a = arena_new("test", 1 << 20);
		AUTO_FREE char *text = mem_printf("%s%s", sections, rows[i].more);
		Texts route;

		plan = test_plan(text);
		ASSERT(plan);
		route = message_default_route(plan, a);
		EXPECT_INT(route.n, rows[i].n);
		EXPECT_TEXT(route.at[0], rows[i].first);
		plan_free(plan);
		arena_free(a);
	}
}

TEST(without_any_route_every_channel_that_sends_is_used)
{
	Arena *a = arena_new("test", 1 << 20);
	Texts route;

	plan = test_plan("channels:\n  in: {type: import}\n  page: {type: status}\n"
	                 "  run: {type: command, run: [x]}\n");
	ASSERT(plan);
	route = message_default_route(plan, a);
	EXPECT_INT(route.n, 1);
	EXPECT_TEXT(route.at[0], "run");
	plan_free(plan);
	arena_free(a);
}

/* The second step of a ladder at "0m" is no sign that nobody answered. */
TEST(a_step_called_with_the_first_tells_of_the_opening)
{
	Tell tell = opened();

	tell.kind = TELL_INCIDENT_ESCALATED;
	text_copy(tell.text, sizeof tell.text, "open for 0 s");
	tell_via(&tell, "mail");
	AUTO(Told) t = told(&tell, &ana, 1, NULL);
	MessageList later = { 0 };

	EXPECT(text_starts(t.list.at[0].title, "[OUVERT]"));
	EXPECT(!strstr(t.list.at[0].text, "0 s"));
	fields_text(t.facts, "text", "open for 0 s");
	messages_from_tell(plan, &tell, t.facts, &ana, 1, &hooks, at(0), &later, &t.fx);
	EXPECT(!strstr(later.at[0].text, "0 s"));
	MessageList_done(&later);
	fields_duration(t.facts, "lasting", minutes(15));
	messages_from_tell(plan, &tell, t.facts, &ana, 1, &hooks, at(900), &later, &t.fx);
	EXPECT(text_starts(later.at[0].title, "[SANS RÉPONSE]"));
	EXPECT_HAS(later.at[0].text, "Pourquoi maintenant\u00a0: open for 0 s");
	MessageList_done(&later);
}

/* ---- words that are refused ---- */

static const char *const holed =
        "templates:\n"
        "  incident: {subject: 'Panne {{class}}', text: 'Reprise dans [[XX]] h.'}\n"
        "  maintenance: {fields: [date, from, to, impact, reason]}\n";

TEST(a_page_whose_words_have_a_hole_goes_out_in_plain_words)
{
	Tell tell = opened();
	const Message *refused, *sent;

	tell_via(&tell, "mail");
	AUTO(Told) t = told(&tell, &ana, 1, holed);
	ASSERT(t.list.n == 2);
	refused = &t.list.at[0];
	sent = &t.list.at[1];
	EXPECT_INT(refused->state, MESSAGE_REFUSED);
	EXPECT_TEXT(refused->id, "inc:2026-0012:step:1/mail/ana@x.example!");
	EXPECT_TEXT(refused->last_error, "template 'incident': subject: field 'class' is empty");
	EXPECT(!refused->text && message_is_over(refused));
	EXPECT_INT(sent->state, MESSAGE_READY);
	EXPECT_TEXT(sent->id, "inc:2026-0012:step:1/mail/ana@x.example");
	EXPECT(text_starts(sent->title, "[OUVERT]"));
	EXPECT_TEXT(sent->template_id, "");
	EXPECT_TEXT(entry_of(&t.fx, "message.refused")->note,
	            "template 'incident': subject: field 'class' is empty");
	ASSERT(t.fx.tells.n == 1);
	EXPECT_HAS(t.fx.tells.at[0].text, "field 'class' is empty");
	EXPECT_TEXT(t.fx.tells.at[0].subject, "self:messages");
	EXPECT_TEXT(t.fx.tells.at[0].key, "self:words:incident:2026-11-20");
}

TEST(a_notice_to_the_public_with_a_hole_is_not_sent_at_all)
{
	Tell tell = opened();

	tell.kind = TELL_WINDOW_NOTICE;
	tell_via(&tell, "mail");
	AUTO(Told) t = told(&tell, &ana, 1, holed);
	ASSERT(t.list.n == 1);
	EXPECT_INT(t.list.at[0].state, MESSAGE_REFUSED);
	EXPECT_TEXT(t.list.at[0].last_error, "template 'maintenance': field 'to' is empty");
	EXPECT_INT(entries_of(&t.fx, "message.nobody"), 0);
	EXPECT_INT(t.fx.tells.n, 1);
}

static ClaimVerdict contradicted(void *ctx, const char *claim)
{
	(void)ctx, (void)claim;
	return CLAIM_CONTRADICTED;
}

TEST(a_false_claim_is_not_sent)
{
	static const MessageHooks no = { .claim = contradicted };
	Tell tell = opened();
	MessageList list = { 0 };

	tell.kind = TELL_INCIDENT_UPDATE;
	tell_via(&tell, "mail");
	AUTO(Told)
	t = told(&tell, &ana, 1,
	         "templates:\n  update: {text: 'Vos données sont en sûreté.', "
	         "claims: ['commitment:backups']}\n");
	EXPECT_INT(t.list.at[0].state, MESSAGE_READY);
	messages_from_tell(plan, &tell, t.facts, &ana, 1, &no, at(0), &list, &t.fx);
	ASSERT(list.n == 1);
	EXPECT_INT(list.at[0].state, MESSAGE_REFUSED);
	EXPECT_HAS(list.at[0].last_error, "claim 'commitment:backups' is contradicted");
	MessageList_done(&list);
}

/* ---- ids ---- */

TEST(an_id_that_is_too_long_is_shortened_and_still_its_own)
{
	char one[224], two[224], key[200];

	memset(key, 'k', sizeof key - 1);
	key[sizeof key - 1] = '\0';
	message_id(key, "mail", "ana@x.example", one);
	message_id(key, "mail", "zoe@x.example", two);
	EXPECT_INT(strlen(one), 218);
	message_id(key, "mail", "a-very-long-address-of-someone@a-long-domain.example", one);
	message_id(key, "mail", "a-very-long-address-of-someone@a-long-domain.example2", two);
	EXPECT(strlen(one) < 224 && !text_eq(one, two));
	EXPECT_INT(strlen(one), 200);
}
