#include "harness.h"

#include "core/alloc.h"
#include "core/digest.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <jansson.h>
#include <string.h>

static const Plan plan = { .head = { .product = "MangaThèque" } };

static Outgoing message(void)
{
	Outgoing m = { .id = "inc:2026-0012:step:1/x/y",
		       .kind = "incident_opened",
		       .entity = "incident:2026-0012",
		       .recipient = "ana@x.example",
		       .contact = "ana",
		       .subject = "[OPEN] Shop · payments fail",
		       .brief = "Shop: payments fail. Acknowledge: https://w.example/a/1",
		       .text = "Shop: payments <fail>\n\nTold: Ana & Karim\n",
		       .html = "<p>Shop</p>",
		       .fields = "{\"title\":\"payments fail\",\"lasting\":90,\"breached\":true,"
		                 "\"updates\":[{\"text\":\"x\"}]}",
		       .lang = LANG_FR,
		       .rank = 1 };

	(void)EXPECT(instant_parse("2026-11-20T16:04:00Z", &m.created));
	return m;
}

static bool ask(const Channel *c, const Outgoing *m, Posting *p)
{
	Err err = { 0 };

	return channel_ask(c, &plan, m, p, &err) ||
	       test_fail(__FILE__, __LINE__, "%s", err.message);
}

static const char *header(const HttpAsk *h, const char *name)
{
	for (size_t i = 0; i < h->headers_n; i++) {
		if (strcmp(h->headers[i].name, name) == 0)
			return h->headers[i].value;
	}
	return NULL;
}

static const char *env_of(const RunAsk *run, const char *name)
{
	for (const char *const *e = run->env; *e; e++) {
		if (text_starts(*e, name) && (*e)[strlen(name)] == '=')
			return *e + strlen(name) + 1;
	}
	return NULL;
}

/* No secret may be seen in what a posting shows to others. */
static void expect_hidden(const Posting *p, const char *secret)
{
	if (p->ask.kind == ASK_RUN) {
		for (const char *const *a = p->ask.run.argv; *a; a++)
			EXPECT(!strstr(*a, secret));
		for (const char *const *e = p->ask.run.env; *e; e++)
			EXPECT(!strstr(*e, secret));
	}
	if (p->ask.kind == ASK_HTTP) {
		EXPECT(!p->ask.http.url || !strstr(p->ask.http.url, secret));
		EXPECT(!strstr(p->ask.http.body, secret));
	}
	if (p->ask.kind == ASK_MAIL)
		EXPECT(!strstr(p->ask.mail.message, secret));
}

/* ---- mail ---- */

TEST(a_mail_goes_to_the_server_of_the_secret)
{
	Secret *s = secret_new("smtp://ana%40x.example:s3cret@mail.example:2525");
	Channel c = { .item = { .id = "mail" }, .type = CHANNEL_EMAIL, .secret = s };
	Outgoing m = message();
	Posting p;

	ASSERT(ask(&c, &m, &p));
	EXPECT_INT(p.ask.kind, ASK_MAIL);
	EXPECT_INT(p.ask.timeout.us, seconds(30).us);
	EXPECT_TEXT(p.ask.mail.host, "mail.example");
	EXPECT_INT(p.ask.mail.port, 2525);
	EXPECT_TEXT(p.ask.mail.user, "ana@x.example");
	EXPECT_TEXT(secret_reveal(p.ask.mail.password), "s3cret");
	EXPECT(p.ask.mail.starttls && !p.ask.mail.tls);
	EXPECT_TEXT(p.ask.mail.from, "ana@x.example");
	EXPECT_TEXT(p.ask.mail.to[0], "ana@x.example");
	EXPECT(!p.ask.mail.to[1]);
	EXPECT_HAS(p.ask.mail.message, "\r\nImportance: high\r\n");
	EXPECT_HAS(p.ask.mail.message, "Date: Fri, 20 Nov 2026 16:04:00 +0000\r\n");
	EXPECT_INT(strlen(p.ask.mail.message), p.ask.mail.message_n);
	expect_hidden(&p, "s3cret");
	Posting_done(&p);
	secret_free(s);
}

TEST(a_mail_says_who_it_is_from)
{
	static const struct {
		const char *url, *from, *address, *name;
	} rows[] = {
		{ "smtp://mail.example", NULL, "carene@mail.example", "Carène – MangaThèque" },
		{ "smtp://127.0.0.1:2525", NULL, "carene@localhost", "Carène – MangaThèque" },
		{ "smtp://[::1]:2525", NULL, "carene@localhost", "Carène – MangaThèque" },
		{ "smtp://mail.example", "w@x.example", "w@x.example", "Carène – MangaThèque" },
		{ "smtp://mail.example", "Guet <w@x.example>", "w@x.example", "Guet" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Channel c = { .item = { .id = "mail" },
			      .type = CHANNEL_EMAIL,
			      .url = rows[i].url,
			      .from = rows[i].from };
		Outgoing m = message();
		AUTO(Buf) want = { 0 };
		Posting p;

		ASSERT(ask(&c, &m, &p));
		EXPECT_TEXT(p.ask.mail.from, rows[i].address);
		EXPECT(!p.ask.mail.user && !p.ask.mail.password && !p.ask.mail.starttls);
		if (strcmp(rows[i].name, "Guet") == 0)
			EXPECT_HAS(p.ask.mail.message, "From: \"Guet\" <w@x.example>\r\n");
		else
			EXPECT_HAS(p.ask.mail.message,
			           "From: =?UTF-8?Q?Car=C3=A8ne_=E2=80=93_MangaTh=C3=A8que?=\r\n");
		Posting_done(&p);
	}
}

TEST(a_mail_may_go_to_a_list)
{
	Channel c = { .item = { .id = "mail" }, .type = CHANNEL_EMAIL, .url = "smtp://m.example" };
	Outgoing m = message();
	Posting p;

	m.recipient = "team@x.example, admin@x.example";
	ASSERT(ask(&c, &m, &p));
	EXPECT_TEXT(p.ask.mail.to[0], "team@x.example");
	EXPECT_TEXT(p.ask.mail.to[1], "admin@x.example");
	EXPECT(!p.ask.mail.to[2]);
	Posting_done(&p);
}

/* ---- chat ---- */

TEST(slack_gets_escaped_text_and_its_room)
{
	Secret *s = secret_new("https://hooks.slack.example/services/T0/B0/s3cretpath");
	Channel c = { .item = { .id = "slack" }, .type = CHANNEL_SLACK, .secret = s };
	Outgoing m = message();
	Posting p;

	m.recipient = "#incidents";
	ASSERT(ask(&c, &m, &p));
	EXPECT_INT(p.ask.kind, ASK_HTTP);
	EXPECT(p.ask.http.secret_url == s && !p.ask.http.url);
	EXPECT_TEXT(p.ask.http.method, "POST");
	EXPECT_TEXT(header(&p.ask.http, "Content-Type"), "application/json; charset=utf-8");
	EXPECT_TEXT(header(&p.ask.http, "Idempotency-Key"), m.id);
	EXPECT_TEXT(p.ask.http.body,
	            "{\"channel\":\"#incidents\",\"text\":\"*Shop: payments &lt;fail&gt;*\\n\\n"
	            "Told: Ana &amp; Karim\\n\",\"unfurl_links\":false}");
	EXPECT_INT(p.ask.timeout.us, seconds(30).us);
	expect_hidden(&p, "s3cretpath");
	Posting_done(&p);
	secret_free(s);
}

TEST(a_slack_bot_posts_with_its_token)
{
	Secret *s = secret_new("xoxb-12345-s3cret");
	Channel c = { .item = { .id = "slack" }, .type = CHANNEL_SLACK, .secret = s };
	Outgoing m = message();
	Posting p;
	Err err = { 0 };

	m.recipient = "#incidents";
	ASSERT(ask(&c, &m, &p));
	EXPECT_TEXT(p.ask.http.url, "https://slack.com/api/chat.postMessage");
	EXPECT(p.ask.http.bearer == s && !p.ask.http.secret_url);
	expect_hidden(&p, "s3cret");
	Posting_done(&p);
	m.recipient = "";
	EXPECT(!channel_ask(&c, &plan, &m, &p, &err));
	EXPECT_TEXT(err.message, "channel 'slack' has a bot token and no room");
	EXPECT(!p.arena && !p.made);
	secret_free(s);
}

TEST(discord_gets_text_that_calls_nobody)
{
	Secret *s = secret_new("https://discord.example/api/webhooks/1/tok");
	Channel c = { .item = { .id = "discord" }, .type = CHANNEL_DISCORD, .secret = s };
	Outgoing m = message();
	Posting p;

	m.text = "@everyone: down\nmore";
	ASSERT(ask(&c, &m, &p));
	EXPECT_TEXT(p.ask.http.body, "{\"content\":\"**@everyone: down**\\nmore\","
	                             "\"allowed_mentions\":{\"parse\":[]}}");
	Posting_done(&p);
	secret_free(s);
}

TEST(a_chat_message_is_cut_before_the_provider_refuses_it)
{
	Channel c = { .item = { .id = "d" }, .type = CHANNEL_DISCORD, .url = "http://x.example/" };
	Outgoing m = message();
	AUTO_FREE char *text = mem_new(9001);
	json_t *body;
	Posting p;
	const char *content;

	for (int i = 0; i < 9000; i += 3)
		memcpy(text + i, "\u20ac", 3);
	m.text = text;
	ASSERT(ask(&c, &m, &p));
	body = json_loadb(p.ask.http.body, p.ask.http.body_n, 0, NULL);
	content = json_string_value(json_object_get(body, "content"));
	EXPECT_INT(utf8_count(content, strlen(content)), 2000);
	EXPECT(text_ends(content, "…"));
	json_decref(body);
	Posting_done(&p);
}

/* ---- SMS ---- */

TEST(twilio_gets_a_form_with_its_account)
{
	Secret *s = secret_new("AC0123:t0ken");
	Channel c = {
		.item = { .id = "sms" }, .type = CHANNEL_SMS, .secret = s, .from = "+33100000000"
	};
	Outgoing m = message();
	Posting p;

	m.recipient = "+1234567890";
	ASSERT(ask(&c, &m, &p));
	EXPECT_TEXT(p.ask.http.url,
	            "https://api.twilio.com/2010-04-01/Accounts/AC0123/Messages.json");
	EXPECT_TEXT(p.ask.http.user, "AC0123");
	EXPECT_TEXT(secret_reveal(p.ask.http.password), "t0ken");
	EXPECT(!p.ask.http.secret_url);
	EXPECT_TEXT(p.ask.http.body,
	            "To=%2B1234567890&From=%2B33100000000&Body=Shop%3A%20payments%20fail.%20"
	            "Acknowledge%3A%20https%3A%2F%2Fw.example%2Fa%2F1");
	EXPECT_TEXT(header(&p.ask.http, "Content-Type"), "application/x-www-form-urlencoded");
	expect_hidden(&p, "t0ken");
	Posting_done(&p);
	c.from = "MG77";
	c.url = "http://127.0.0.1:9";
	ASSERT(ask(&c, &m, &p));
	EXPECT_HAS(p.ask.http.body, "&MessagingServiceSid=MG77&");
	EXPECT(text_starts(p.ask.http.url, "http://127.0.0.1:9/2010-04-01/"));
	Posting_done(&p);
	secret_free(s);
}

/* ---- webhook ---- */

TEST(a_webhook_gets_the_whole_message_and_a_signature)
{
	Secret *s = secret_new("signing key");
	Channel c = { .item = { .id = "hook" },
		      .type = CHANNEL_WEBHOOK,
		      .secret = s,
		      .url = "https://x.example/in" };
	Outgoing m = message();
	char mac[DIGEST_TEXT];
	AUTO_FREE char *want = NULL;
	Posting p;

	ASSERT(ask(&c, &m, &p));
	EXPECT_TEXT(p.ask.http.url, "https://x.example/in");
	want = mem_printf("sha256=%s",
	                  digest_hmac("signing key", 11, p.ask.http.body, p.ask.http.body_n, mac));
	EXPECT_TEXT(header(&p.ask.http, "X-Carene-Signature"), want);
	EXPECT_SNAPSHOT(p.ask.http.body, "test/golden/messages/webhook.json");
	Posting_done(&p);
	c.url = NULL;
	EXPECT(!channel_ask(&c, &plan, &m, &p, NULL));
	secret_free(s);
	c.secret = s = secret_new("https://x.example/in/s3cretpath");
	ASSERT(ask(&c, &m, &p));
	EXPECT(p.ask.http.secret_url == s);
	EXPECT(!header(&p.ask.http, "X-Carene-Signature"));
	Posting_done(&p);
	secret_free(s);
}

/* ---- programs ---- */

TEST(a_command_gets_its_facts_in_the_environment_and_on_standard_input)
{
	static const char *const argv[] = { "/usr/local/bin/pager", "--now", NULL };
	Secret *s = secret_new("s3cret");
	Channel c = {
		.item = { .id = "pager" }, .type = CHANNEL_COMMAND, .run = { argv, 2 }, .secret = s
	};
	Outgoing m = message();
	Posting p;

	c.timeout = (Deadline){ .kind = DEADLINE_SPAN, .span = { .us = 5000000 }, .set = true };
	ASSERT(ask(&c, &m, &p));
	EXPECT_INT(p.ask.kind, ASK_RUN);
	EXPECT_INT(p.ask.timeout.us, seconds(5).us);
	EXPECT(p.ask.run.argv == argv);
	EXPECT_TEXT(env_of(&p.ask.run, "CARENE_MESSAGE_ID"), m.id);
	EXPECT_TEXT(env_of(&p.ask.run, "CARENE_MESSAGE_KIND"), "incident_opened");
	EXPECT_TEXT(env_of(&p.ask.run, "CARENE_MESSAGE_TO"), "ana@x.example");
	EXPECT_TEXT(env_of(&p.ask.run, "CARENE_MESSAGE_LANGUAGE"), "fr");
	EXPECT_TEXT(env_of(&p.ask.run, "CARENE_MESSAGE_RANK"), "1");
	EXPECT_TEXT(env_of(&p.ask.run, "CARENE_TITLE"), "payments fail");
	EXPECT_TEXT(env_of(&p.ask.run, "CARENE_LASTING"), "90");
	EXPECT_TEXT(env_of(&p.ask.run, "CARENE_BREACHED"), "1");
	EXPECT(!env_of(&p.ask.run, "CARENE_UPDATES"));
	EXPECT_TEXT(p.ask.run.secret_env, "CARENE_SECRET");
	EXPECT(p.ask.run.secret == s);
	EXPECT_HAS(p.ask.run.input, "\"fields\":{\"title\":\"payments fail\"");
	EXPECT_INT(strlen(p.ask.run.input), p.ask.run.input_n);
	expect_hidden(&p, "s3cret");
	Posting_done(&p);
	secret_free(s);
}

TEST(a_command_line_from_a_secret_is_words_and_never_a_shell)
{
	static const struct {
		const char *line;
		const char *words[5];
	} rows[] = {
		{ "pager", { "pager" } },
		{ "  /opt/pager  -q ", { "/opt/pager", "-q" } },
		{ "say 'two words' \"and $HOME; rm\"", { "say", "two words", "and $HOME; rm" } },
		{ "say a'b'c ''", { "say", "abc", "" } },
	};
	Outgoing m = message();
	Posting p;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Secret *s = secret_new(rows[i].line);
		Channel c = { .item = { .id = "pager" }, .type = CHANNEL_COMMAND, .secret = s };

		ASSERT(ask(&c, &m, &p));
		for (size_t w = 0; w < COUNT_OF(rows[i].words); w++) {
			EXPECT_TEXT(p.ask.run.argv[w], rows[i].words[w]);
			if (!rows[i].words[w])
				break;
		}
		Posting_done(&p);
		secret_free(s);
	}
}

TEST(apprise_gets_its_addresses_where_no_user_of_the_machine_sees_them)
{
	Secret *s = secret_new("gotify://host/s3cret");
	Channel c = { .item = { .id = "all" }, .type = CHANNEL_APPRISE, .secret = s };
	Outgoing m = message();
	Posting p;

	ASSERT(ask(&c, &m, &p));
	EXPECT_TEXT(p.ask.run.argv[0], "apprise");
	EXPECT_TEXT(p.ask.run.argv[2], m.subject);
	EXPECT_TEXT(p.ask.run.argv[4], "failure");
	EXPECT_TEXT(p.ask.run.secret_env, "APPRISE_URLS");
	EXPECT_TEXT(p.ask.run.input, m.text);
	expect_hidden(&p, "s3cret");
	Posting_done(&p);
	secret_free(s);
}

TEST(the_status_page_is_published_and_not_asked)
{
	Channel c = { .item = { .id = "status" }, .type = CHANNEL_STATUS };
	Outgoing m = message();
	Posting p;

	ASSERT(ask(&c, &m, &p));
	EXPECT(p.nothing_to_ask);
	Posting_done(&p);
}

TEST(a_channel_that_lacks_something_says_what)
{
	static const struct {
		ChannelType type;
		const char *secret, *url, *from, *provider, *to, *error;
	} rows[] = {
		{ CHANNEL_EMAIL, NULL, NULL, NULL, NULL, "ana@x.example",
		  "channel 'c': the address of the mail server does not start with smtp:// or "
		  "smtps://" },
		{ CHANNEL_EMAIL, NULL, "smtp://m", NULL, NULL, "ana",
		  "channel 'c' was given a recipient that is not a mail address" },
		{ CHANNEL_EMAIL, NULL, "smtp://m", NULL, NULL, "",
		  "channel 'c' was given a recipient that is not a mail address" },
		{ CHANNEL_EMAIL, NULL, "smtp://m", "me", NULL, "ana@x.example",
		  "channel 'c' has a 'from' that is not a mail address" },
		{ CHANNEL_SLACK, "nonsense", NULL, NULL, NULL, "",
		  "channel 'c' has no http:// or https:// address" },
		{ CHANNEL_DISCORD, NULL, NULL, NULL, NULL, "",
		  "channel 'c' has no http:// or https:// address" },
		{ CHANNEL_WEBHOOK, NULL, "ftp://x", NULL, NULL, "",
		  "channel 'c' has no http:// or https:// address" },
		{ CHANNEL_SMS, "nonsense", NULL, "+33", "Twilio", "+1",
		  "channel 'c' needs its secret written SID:token" },
		{ CHANNEL_SMS, "AC1:t0ken", NULL, NULL, NULL, "+1",
		  "channel 'c' has no 'from': the number or messaging service to send with" },
		{ CHANNEL_SMS, "AC1:t0ken", NULL, "+33", NULL, "",
		  "channel 'c' was given no number" },
		{ CHANNEL_SMS, NULL, NULL, "+33", NULL, "+1",
		  "channel 'c' has neither a command to run nor an address to post to" },
		{ CHANNEL_COMMAND, NULL, NULL, NULL, NULL, "",
		  "channel 'c' has neither a command to run nor an address to post to" },
		{ CHANNEL_COMMAND, "say 'never closed", NULL, NULL, NULL, "",
		  "channel 'c' has a command line that cannot be read" },
		{ CHANNEL_APPRISE, NULL, NULL, NULL, NULL, "",
		  "channel 'c' has no secret: the Apprise addresses to send to" },
		{ CHANNEL_IMPORT, NULL, NULL, NULL, NULL, "",
		  "channel 'c' only brings things in: nothing is sent to it" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Secret *s = rows[i].secret ? secret_new(rows[i].secret) : NULL;
		Channel c = { .item = { .id = "c" },
			      .type = rows[i].type,
			      .secret = s,
			      .url = rows[i].url,
			      .from = rows[i].from,
			      .provider = rows[i].provider };
		Outgoing m = message();
		Err err = { 0 };
		Posting p;

		m.recipient = rows[i].to;
		EXPECT(!channel_ask(&c, &plan, &m, &p, &err));
		EXPECT_TEXT(err.message, rows[i].error);
		EXPECT_INT(err.code, ERR_CONFIG);
		EXPECT(!p.arena && !p.made);
		secret_free(s);
	}
}

TEST(each_channel_is_carried_by_what_its_settings_say)
{
	static const char *const argv[] = { "x", NULL };
	static const struct {
		ChannelType type;
		const char *secret, *url, *provider;
		bool run;
		Carrier want;
	} rows[] = {
		{ CHANNEL_EMAIL, NULL, NULL, NULL, false, CARRIER_MAIL },
		{ CHANNEL_SLACK, "https://x", NULL, NULL, false, CARRIER_SLACK },
		{ CHANNEL_SLACK, "xoxb-1", NULL, NULL, false, CARRIER_SLACK_BOT },
		{ CHANNEL_SMS, "AC1:x", NULL, NULL, false, CARRIER_TWILIO },
		{ CHANNEL_SMS, "any", NULL, "TWILIO", false, CARRIER_TWILIO },
		{ CHANNEL_SMS, "AC1:x", NULL, NULL, true, CARRIER_COMMAND },
		{ CHANNEL_SMS, "send-sms -q", NULL, NULL, false, CARRIER_COMMAND },
		{ CHANNEL_SMS, NULL, "https://sms.example", "ovh", false, CARRIER_WEBHOOK },
		{ CHANNEL_IN_APP, "https://x", NULL, NULL, false, CARRIER_WEBHOOK },
		{ CHANNEL_IN_APP, "banner", NULL, NULL, false, CARRIER_COMMAND },
		{ CHANNEL_SOCIAL, NULL, NULL, NULL, true, CARRIER_COMMAND },
		{ CHANNEL_SOCIAL, NULL, NULL, NULL, false, CARRIER_NONE },
		{ CHANNEL_APPRISE, "x", NULL, NULL, false, CARRIER_APPRISE },
		{ CHANNEL_STATUS, NULL, NULL, NULL, false, CARRIER_NONE },
		{ CHANNEL_IMPORT, NULL, NULL, NULL, false, CARRIER_NONE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Secret *s = rows[i].secret ? secret_new(rows[i].secret) : NULL;
		Channel c = { .type = rows[i].type,
			      .secret = s,
			      .url = rows[i].url,
			      .provider = rows[i].provider };

		if (rows[i].run)
			c.run = (Texts){ argv, 1 };
		EXPECT_INT(channel_carrier(&c), rows[i].want);
		EXPECT(channel_type_name(rows[i].type)[0] != '\0');
		secret_free(s);
	}
}

/* ---- answers ---- */

typedef struct MailRow {
	FailClass fail;
	int code;
	const char *text;
	OutcomeKind want;
	const char *error;
} MailRow;

TEST(the_answer_of_a_mail_server_decides)
{
	static const MailRow rows[] = {
		{ FAIL_NONE, 250, "2.0.0 queued", OUTCOME_SENT, "" },
		{ FAIL_NONE, 251, "will forward", OUTCOME_SENT, "" },
		{ FAIL_NONE, 421, "closing", OUTCOME_RETRY, "SMTP 421: closing" },
		{ FAIL_NONE, 450, "busy", OUTCOME_RETRY, "SMTP 450: busy" },
		{ FAIL_NONE, 451, "greylisted", OUTCOME_RETRY, "SMTP 451: greylisted" },
		{ FAIL_NONE, 452, "full", OUTCOME_RETRY, "SMTP 452: full" },
		{ FAIL_NONE, 535, "bad login", OUTCOME_PERMANENT, "SMTP 535: bad login" },
		{ FAIL_NONE, 550, "no such\r\nuser", OUTCOME_PERMANENT, "SMTP 550: no such user" },
		{ FAIL_NONE, 552, "too big", OUTCOME_PERMANENT, "SMTP 552: too big" },
		{ FAIL_NONE, 554, NULL, OUTCOME_PERMANENT, "SMTP 554:" },
		{ FAIL_NONE, 0, NULL, OUTCOME_RETRY, "SMTP 0:" },
		{ FAIL_NONE, 354, "go on", OUTCOME_RETRY, "SMTP 354: go on" },
		{ FAIL_HTTP, 550, "no", OUTCOME_PERMANENT, "SMTP 550: no" },
		{ FAIL_HTTP, 451, "later", OUTCOME_RETRY, "SMTP 451: later" },
		{ FAIL_CONNECT, 0, "connection refused", OUTCOME_RETRY,
		  "connection: connection refused" },
		{ FAIL_DNS, 0, "no such host", OUTCOME_RETRY, "name look-up: no such host" },
		{ FAIL_TLS, 0, "certificate expired", OUTCOME_RETRY, "TLS: certificate expired" },
		{ FAIL_SELF, 0, "no descriptor left", OUTCOME_RETRY, "here: no descriptor left" },
		{ FAIL_NONE, 550, "login s3cret-pass wrong", OUTCOME_PERMANENT,
		  "SMTP 550: login *** wrong" },
	};
	Secret *s = secret_new("smtp://u:s3cret-pass@mail.example");
	Channel c = { .type = CHANNEL_EMAIL, .secret = s };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Answer a = { .fail = rows[i].fail, .error = rows[i].text };
		Outcome o;

		a.mail = (MailAnswer){ rows[i].code, rows[i].text };
		o = channel_judge(&c, &a, (Instant){ 0 });
		EXPECT_INT(o.kind, rows[i].want);
		EXPECT_TEXT(o.error, rows[i].error);
		EXPECT_INT(o.own_trouble, rows[i].fail == FAIL_SELF);
	}
	secret_free(s);
}

typedef struct HttpRow {
	ChannelType type;
	const char *secret;
	int status;
	const char *header, *value, *body;
	OutcomeKind want;
	int64_t wait_s;
	const char *error, *provider_id;
} HttpRow;

static const HttpRow http_rows[] = {
	{ CHANNEL_SLACK, NULL, 200, NULL, NULL, "ok", OUTCOME_DELIVERED, 0, "", "" },
	{ CHANNEL_DISCORD, NULL, 204, NULL, NULL, "", OUTCOME_DELIVERED, 0, "", "" },
	{ CHANNEL_WEBHOOK, NULL, 202, NULL, NULL, "", OUTCOME_DELIVERED, 0, "", "" },
	{ CHANNEL_SLACK, NULL, 400, NULL, NULL, "invalid_payload", OUTCOME_PERMANENT, 0,
	  "HTTP 400: invalid_payload", "" },
	{ CHANNEL_SLACK, NULL, 403, NULL, NULL, "action_prohibited", OUTCOME_PERMANENT, 0,
	  "HTTP 403: action_prohibited", "" },
	{ CHANNEL_SLACK, NULL, 404, NULL, NULL, "no_service", OUTCOME_PERMANENT, 0,
	  "HTTP 404: no_service", "" },
	{ CHANNEL_SLACK, NULL, 410, NULL, NULL, "", OUTCOME_PERMANENT, 0, "HTTP 410:", "" },
	{ CHANNEL_SLACK, NULL, 429, "Retry-After", "30", "", OUTCOME_RETRY, 30, "HTTP 429:", "" },
	{ CHANNEL_DISCORD, NULL, 429, "retry-after", "0", "", OUTCOME_RETRY, 1, "HTTP 429:", "" },
	{ CHANNEL_WEBHOOK, NULL, 429, NULL, NULL, "", OUTCOME_RETRY, 0, "HTTP 429:", "" },
	{ CHANNEL_WEBHOOK, NULL, 429, "Retry-After", "soon", "", OUTCOME_RETRY, 0,
	  "HTTP 429:", "" },
	{ CHANNEL_WEBHOOK, NULL, 503, "Retry-After", "Thu, 01 Jan 1970 00:02:00 GMT", "",
	  OUTCOME_RETRY, 120, "HTTP 503:", "" },
	{ CHANNEL_WEBHOOK, NULL, 408, NULL, NULL, "", OUTCOME_RETRY, 0, "HTTP 408:", "" },
	{ CHANNEL_WEBHOOK, NULL, 425, NULL, NULL, "", OUTCOME_RETRY, 0, "HTTP 425:", "" },
	{ CHANNEL_WEBHOOK, NULL, 500, NULL, NULL, "<h1>\nOops</h1>", OUTCOME_RETRY, 0,
	  "HTTP 500: <h1> Oops</h1>", "" },
	{ CHANNEL_WEBHOOK, NULL, 501, NULL, NULL, "", OUTCOME_PERMANENT, 0, "HTTP 501:", "" },
	{ CHANNEL_WEBHOOK, NULL, 502, NULL, NULL, "", OUTCOME_RETRY, 0, "HTTP 502:", "" },
	{ CHANNEL_WEBHOOK, NULL, 505, NULL, NULL, "", OUTCOME_PERMANENT, 0, "HTTP 505:", "" },
	{ CHANNEL_WEBHOOK, NULL, 302, "Location", "https://y.example/", "", OUTCOME_PERMANENT, 0,
	  "HTTP 302: redirects to https://y.example/", "" },
	{ CHANNEL_WEBHOOK, NULL, 307, NULL, NULL, "", OUTCOME_PERMANENT, 0,
	  "HTTP 307: redirects to nowhere", "" },
	{ CHANNEL_WEBHOOK, "https://x.example/in/s3cretpath", 404, NULL, NULL,
	  "no route /in/s3cretpath", OUTCOME_PERMANENT, 0, "HTTP 404: no route /in/***", "" },
	{ CHANNEL_SLACK, "xoxb-1", 200, NULL, NULL, "{\"ok\":true,\"ts\":\"17.1\"}",
	  OUTCOME_DELIVERED, 0, "", "17.1" },
	{ CHANNEL_SLACK, "xoxb-1", 200, NULL, NULL, "{\"ok\":false,\"error\":\"ratelimited\"}",
	  OUTCOME_RETRY, 0, "Slack: ratelimited", "" },
	{ CHANNEL_SLACK, "xoxb-1", 200, NULL, NULL,
	  "{\"ok\":false,\"error\":\"channel_not_found\"}", OUTCOME_PERMANENT, 0,
	  "Slack: channel_not_found", "" },
	{ CHANNEL_SLACK, "xoxb-1", 200, NULL, NULL, "<html>", OUTCOME_RETRY, 0,
	  "Slack: an answer without 'ok'", "" },
	{ CHANNEL_SMS, "AC1:t0ken99", 201, NULL, NULL, "{\"sid\":\"SM1\",\"status\":\"queued\"}",
	  OUTCOME_SENT, 0, "", "SM1" },
	{ CHANNEL_SMS, "AC1:t0ken99", 201, NULL, NULL, "{\"sid\":\"SM1\",\"status\":\"failed\"}",
	  OUTCOME_PERMANENT, 0, "Twilio could not deliver it", "SM1" },
	{ CHANNEL_SMS, "AC1:t0ken99", 201, NULL, NULL, "garbage", OUTCOME_SENT, 0, "", "" },
	{ CHANNEL_SMS, "AC1:t0ken99", 400, NULL, NULL, "{\"code\":21211}", OUTCOME_PERMANENT, 0,
	  "HTTP 400: {\"code\":21211}", "" },
	{ CHANNEL_SMS, "AC1:t0ken99", 401, NULL, NULL, "bad t0ken99", OUTCOME_PERMANENT, 0,
	  "HTTP 401: bad ***", "" },
	{ CHANNEL_SMS, "AC1:t0ken99", 429, "RETRY-AFTER", "7", "", OUTCOME_RETRY, 7,
	  "HTTP 429:", "" },
};

TEST(the_answer_of_a_web_service_decides)
{
	for (size_t i = 0; i < COUNT_OF(http_rows); i++) {
		const HttpRow *row = &http_rows[i];
		Secret *s = row->secret ? secret_new(row->secret) : NULL;
		Channel c = { .type = row->type, .secret = s };
		HeaderField h = { row->header, row->value };
		Answer a = { .fail = FAIL_NONE };
		Outcome o;

		a.http = (HttpAnswer){ .status = row->status,
			               .headers = &h,
			               .headers_n = row->header != NULL,
			               .body = row->body,
			               .body_n = strlen(row->body) };
		o = channel_judge(&c, &a, (Instant){ 0 });
		if (!EXPECT_INT(o.kind, row->want) ||
		    !EXPECT_INT(o.wait.us, seconds(row->wait_s).us) ||
		    !EXPECT_TEXT(o.error, row->error) ||
		    !EXPECT_TEXT(o.provider_id, row->provider_id))
			(void)test_fail(__FILE__, __LINE__, "row %zu: %d", i, row->status);
		secret_free(s);
	}
}

TEST(the_end_of_a_program_decides)
{
	static const struct {
		ChannelType type;
		RunAnswer answer;
		OutcomeKind want;
		const char *error;
	} rows[] = {
		{ CHANNEL_COMMAND, { .exit_code = 0 }, OUTCOME_DELIVERED, "" },
		{ CHANNEL_COMMAND,
		  { .exit_code = 1, .err = "modem busy\n", .err_n = 11 },
		  OUTCOME_RETRY,
		  "the command ended with 1: modem busy" },
		{ CHANNEL_COMMAND,
		  { .exit_code = 1, .out = "said here", .out_n = 9 },
		  OUTCOME_RETRY,
		  "the command ended with 1: said here" },
		{ CHANNEL_COMMAND,
		  { .exit_code = 75 },
		  OUTCOME_RETRY,
		  "the command ended with 75:" },
		{ CHANNEL_COMMAND,
		  { .exit_code = 64 },
		  OUTCOME_PERMANENT,
		  "the command ended with 64:" },
		{ CHANNEL_COMMAND,
		  { .exit_code = 67 },
		  OUTCOME_PERMANENT,
		  "the command ended with 67:" },
		{ CHANNEL_COMMAND,
		  { .exit_code = 127 },
		  OUTCOME_PERMANENT,
		  "the command ended with 127:" },
		{ CHANNEL_COMMAND, { .exit_code = 2 }, OUTCOME_RETRY, "the command ended with 2:" },
		{ CHANNEL_APPRISE,
		  { .exit_code = 2 },
		  OUTCOME_PERMANENT,
		  "the command ended with 2:" },
		{ CHANNEL_APPRISE, { .exit_code = 1 }, OUTCOME_RETRY, "the command ended with 1:" },
		{ CHANNEL_COMMAND,
		  { .exit_code = -1, .signal = 9 },
		  OUTCOME_RETRY,
		  "the command was ended by signal 9" },
		{ CHANNEL_COMMAND,
		  { .exit_code = -1, .signal = 9, .timed_out = true },
		  OUTCOME_RETRY,
		  "the command did not end in time" },
	};
	Secret *s = secret_new("pager --now");

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Channel c = { .type = rows[i].type, .secret = s };
		Answer a = { .fail = FAIL_NONE };
		Outcome o;

		a.run = rows[i].answer;
		o = channel_judge(&c, &a, (Instant){ 0 });
		EXPECT_INT(o.kind, rows[i].want);
		EXPECT_TEXT(o.error, rows[i].error);
	}
	secret_free(s);
}

TEST(no_answer_is_tried_again)
{
	Channel c = { .type = CHANNEL_WEBHOOK, .url = "https://x.example" };
	Answer a = { .fail = FAIL_CONNECT, .timed_out = true };

	EXPECT_INT(channel_judge(&c, &a, (Instant){ 0 }).kind, OUTCOME_RETRY);
	EXPECT_TEXT(channel_judge(&c, &a, (Instant){ 0 }).error, "connection: no answer in time");
	a.timed_out = false;
	EXPECT_TEXT(channel_judge(&c, &a, (Instant){ 0 }).error, "connection: failed");
}

TEST(retry_after_is_read_in_all_its_forms)
{
	static const struct {
		const char *text;
		int64_t wait_s; /* -1: not understood */
	} rows[] = {
		{ "0", 1 },
		{ "1", 1 },
		{ "120", 120 },
		{ " 120 ", 120 },
		{ "3600", 3600 },
		{ "86400", 3600 },
		{ "99999999999999999999", 3600 },
		{ "Sun, 06 Nov 1994 08:50:37 GMT", 60 },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 1 },
		{ "Sun, 06 Nov 1994 08:00:00 GMT", 1 },
		{ "Mon, 07 Nov 1994 08:49:37 GMT", 3600 },
		{ "Sun Nov  6 08:50:37 1994", 60 },
		{ "Sunday, 06-Nov-94 08:50:37 GMT", 3600 }, /* the century is ours: far ahead */
		{ "", -1 },
		{ "-5", -1 },
		{ "1.5", -1 },
		{ "12x", -1 },
		{ "soon", -1 },
		{ "Sun, 06 Nov 1994 08:50:37 CET", -1 },
		{ "Sun, 31 Nov 1994 08:50:37 GMT", -1 },
		{ "Sun, 06 Nvm 1994 08:50:37 GMT", -1 },
		{ "Sun, 06 Nov 1994 24:50:37 GMT", -1 },
		{ "Sun, 06 Nov 1994 08:50:37 GMT tail", -1 },
		{ "Sun, 00 Nov 1994 08:50:37 GMT", -1 },
	};
	Instant now;

	ASSERT(instant_parse("1994-11-06T08:49:37Z", &now));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Duration wait = duration_us(-1000000);

		if (!EXPECT_INT(retry_after_parse(rows[i].text, now, &wait), rows[i].wait_s > 0) ||
		    !EXPECT_INT(wait.us / 1000000, rows[i].wait_s))
			(void)test_fail(__FILE__, __LINE__, "%s", rows[i].text);
	}
}

TEST(no_part_of_a_secret_is_left_in_an_error)
{
	static const struct {
		ChannelType type;
		const char *secret, *text, *want;
	} rows[] = {
		{ CHANNEL_SLACK, "https://hooks.slack.example/services/T0000001/B0000002/abcdefgh",
		  "404 for /services/T0000001/B0000002/abcdefgh at hooks.slack.example",
		  "404 for /***/***/***/*** at hooks.slack.example" },
		{ CHANNEL_SMS, "AC012345:tokentoken", "AC012345 and tokentoken", "*** and ***" },
		{ CHANNEL_EMAIL, "smtp://u:p%40ssword@h", "p@ssword", "***" },
		{ CHANNEL_EMAIL, "not an address", "not an address", "***" },
		{ CHANNEL_WEBHOOK, "https://x.example", "https://x.example/a", "***/a" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Secret *s = secret_new(rows[i].secret);
		Channel c = { .type = rows[i].type, .secret = s };
		AUTO_FREE char *text = mem_text(rows[i].text);

		channel_redact(&c, text);
		EXPECT_TEXT(text, rows[i].want);
		secret_free(s);
	}
}
