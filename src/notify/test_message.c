#include "test_plan.h"

#include "core/secret.h"
#include "notify/notify_private.h"

static const char *const sections =
        "channels:\n"
        "  mail: {type: email, secret: '${env:SMTP}', to: [team@x.example, admin@x.example],"
        " fallback: sms}\n"
        "  sms: {type: sms, secret: '${env:TWILIO}', from: '+33100000000', to: ['+3311'],"
        " fallback: pager}\n"
        "  pager: {type: command, run: [pager]}\n"
        "  slack: {type: slack, secret: '${env:SLACK}', rooms: ['#alerts', '#incidents',"
        " '#maintenance']}\n"
        "  page: {type: status}\n"
        "  social: {type: social, run: [toot]}\n"
        "  tickets: {type: import, tool: zendesk}\n"
        "  lonely: {type: email, secret: '${env:SMTP}'}\n"
        "roles:\n"
        "  dev: {kind: human}\n"
        "contacts:\n"
        "  ana: {name: Ana, role: dev, email: ana@x.example, phone: '+3301'}\n"
        "  karim: {name: Karim, role: dev, phone: '+3302'}\n"
        "  zoe: {name: Zoé, role: dev, email: zoe@x.example, via: [sms, mail], phone: '+3303'}\n"
        "  ghost: {name: Ghost, role: dev, note: no address}\n"
        "classes:\n"
        "  P1: {rank: 1, route: [sms, mail]}\n"
        "  P2: {rank: 2, route: [slack]}\n";

static Plan *plan;

static Instant at(int64_t s)
{
	Instant t = LONG_AGO;

	(void)EXPECT(instant_parse("2026-11-20T16:04:00Z", &t));
	return after(t, seconds(s));
}

static const Recipient ana = { "ana", "Ana", "ana@x.example", "+3301", NULL };
static const Recipient karim = { "karim", "Karim", NULL, "+3302", NULL };
static const Recipient ghost = { "ghost", "Ghost", NULL, NULL, NULL };

typedef struct Told {
	MessageList list;
	Effects fx;
	Arena *arena;
	Fields *facts;
} Told;

static void Told_done(Told *t)
{
	MessageList_done(&t->list);
	effects_done(&t->fx);
	arena_free(t->arena);
	plan_free(plan);
	plan = NULL;
}

static Tell opened(void)
{
	Tell t = { .kind = TELL_INCIDENT_OPENED,
		   .key = "inc:2026-0012:step:1",
		   .subject = "incident:2026-0012",
		   .rank = 1 };

	return t;
}

static const char *link_for(void *ctx, const Tell *tell, const char *contact, Arena *a)
{
	(void)ctx, (void)tell;
	return arena_printf(a, "https://w.example/a/%s", contact[0] ? contact : "anyone");
}

static const MessageHooks hooks = { .ack_link = link_for };

/* `more` is added to the plan. */
static Told told(const Tell *tell, const Recipient *people, size_t n, const char *more)
{
	Told t = { .arena = arena_new("test", 1 << 20) };
	AUTO_FREE char *text = mem_printf("%s%s", sections, more ? more : "");

	plan = test_plan(text);
	t.facts = fields_new(t.arena);
	fields_text(t.facts, "title", "les paiements échouent");
	fields_text(t.facts, "service", "Boutique");
	fields_instant(t.facts, "start", at(0));
	if (plan)
		messages_from_tell(plan, tell, t.facts, people, n, &hooks, at(0), &t.list, &t.fx);
	return t;
}

static const Message *find(const Told *t, const char *channel, const char *recipient)
{
	for (size_t i = 0; i < t->list.n; i++) {
		const Message *m = &t->list.at[i];

		if (text_eq(m->channel, channel) && text_eq(m->recipient, recipient))
			return m;
	}
	return NULL;
}

static size_t entries_of(const Effects *fx, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < fx->entries.n; i++)
		n += text_eq(fx->entries.at[i].kind, kind);
	return n;
}

static const Entry *entry_of(const Effects *fx, const char *kind)
{
	for (size_t i = 0; i < fx->entries.n; i++) {
		if (text_eq(fx->entries.at[i].kind, kind))
			return &fx->entries.at[i];
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

/* ---- one message's life ---- */

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
