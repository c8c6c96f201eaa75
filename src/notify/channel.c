/* One message as a question to the world, for each kind of channel. */
#include "notify/channel.h"

#include "core/digest.h"
#include "core/emit.h"
#include "core/list.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <jansson.h>
#include <strings.h>

enum {
	SMS_MAX = 480,      /* three parts of GSM text */
	SLACK_MAX = 3500,   /* Slack cuts at 4,000 characters and says nothing */
	DISCORD_MAX = 2000, /* Discord refuses more */
	ENV_MAX = 8 * 1024,
	POSTING_MAX = 4 << 20,
	MAIL_TO_MAX = 16,
};

void Posting_done(Posting *p)
{
	secret_free(p->made);
	arena_free(p->arena);
	*p = (Posting){ 0 };
}

const char *channel_type_name(ChannelType type)
{
	static const char *const names[] = {
		[CHANNEL_EMAIL] = "email",     [CHANNEL_SLACK] = "slack",
		[CHANNEL_DISCORD] = "discord", [CHANNEL_SMS] = "sms",
		[CHANNEL_WEBHOOK] = "webhook", [CHANNEL_COMMAND] = "command",
		[CHANNEL_APPRISE] = "apprise", [CHANNEL_STATUS] = "status",
		[CHANNEL_IN_APP] = "in_app",   [CHANNEL_SOCIAL] = "social",
		[CHANNEL_IMPORT] = "import",
	};

	return names[type];
}

bool channel_is_personal(const Channel *c)
{
	return c->type == CHANNEL_EMAIL || c->type == CHANNEL_SMS || c->type == CHANNEL_COMMAND;
}

/* ---- which carrier ---- */

static bool is_web(const char *s)
{
	return s && (text_starts(s, "https://") || text_starts(s, "http://"));
}

static Carrier program_or_web(const Channel *c)
{
	const char *secret = secret_reveal(c->secret);

	if (c->run.n > 0)
		return CARRIER_COMMAND;
	if (is_web(c->url) || is_web(secret))
		return CARRIER_WEBHOOK;
	return secret ? CARRIER_COMMAND : CARRIER_NONE;
}

/* Without a provider, a secret "AC…:token" can only be Twilio's; other providers are
 * reached by a program. */
static Carrier sms_carrier(const Channel *c)
{
	const char *secret = secret_reveal(c->secret);

	if (c->provider && strcasecmp(c->provider, "twilio") == 0)
		return CARRIER_TWILIO;
	if (c->run.n == 0 && secret && text_starts(secret, "AC") && strchr(secret, ':'))
		return CARRIER_TWILIO;
	return program_or_web(c);
}

Carrier channel_carrier(const Channel *c)
{
	const char *secret = secret_reveal(c->secret);

	switch (c->type) {
	case CHANNEL_EMAIL: return CARRIER_MAIL;
	case CHANNEL_SLACK:
		return secret && text_starts(secret, "xoxb-") ? CARRIER_SLACK_BOT : CARRIER_SLACK;
	case CHANNEL_DISCORD: return CARRIER_DISCORD;
	case CHANNEL_SMS: return sms_carrier(c);
	case CHANNEL_WEBHOOK: return CARRIER_WEBHOOK;
	case CHANNEL_COMMAND:
	case CHANNEL_IN_APP:
	case CHANNEL_SOCIAL: return program_or_web(c);
	case CHANNEL_APPRISE: return CARRIER_APPRISE;
	case CHANNEL_STATUS:
	case CHANNEL_IMPORT: break;
	}
	return CARRIER_NONE;
}

/* ---- building ---- */

typedef struct Builder {
	const Channel *channel;
	const Plan *plan;
	const Outgoing *m;
	Posting *p;
	Arena *a;
} Builder;

static bool lacks(const Builder *b, const char *what, Err *err)
{
	return err_set(err, ERR_CONFIG, "channel '%s' %s", b->channel->item.id, what);
}

Duration channel_timeout(const Channel *c)
{
	Duration d = duration_us(0);

	if (c->timeout.kind == DEADLINE_SPAN)
		d = span_estimate(c->timeout.span);
	return d.us > 0 ? d : seconds(30);
}

static const char *kept(const Builder *b, const Buf *buf)
{
	return arena_text_n(b->a, buf_str(buf), buf->n);
}

/* ---- mail ---- */

static bool mail_from(const Builder *b, const SmtpUrl *u, const char **ret_name,
                      const char **ret_address, Err *err)
{
	const PlanHead *head = &b->plan->head;
	char address[256], name[128], made[300];
	const char *from = b->channel->from;

	if (!from && strchr(u->user, '@'))
		from = u->user;
	if (!from) {
		/* An address literal is no domain to write from. */
		(void)snprintf(made, sizeof made, "carene@%s",
		               u->host[strspn(u->host, "0123456789.:")] && !strchr(u->host, ':')
		                       ? u->host
		                       : "localhost");
		from = made;
	}
	if (!mail_address(from, address, sizeof address, name, sizeof name))
		return lacks(b, "has a 'from' that is not a mail address", err);
	*ret_address = arena_text(b->a, address);
	*ret_name = name[0]         ? arena_text(b->a, name)
	            : head->product ? arena_printf(b->a, "Carène – %s", head->product)
	                            : "Carène";
	return true;
}

/* One address, or several with commas between them; NULL-terminated. */
static bool mail_to(const Builder *b, const char *const **ret)
{
	const char **to = ARENA_ARRAY(b->a, const char *, MAIL_TO_MAX + 1);
	const char *rest = b->m->recipient;
	char one[256], address[256];
	size_t n = 0;

	while (n < MAIL_TO_MAX && text_part(&rest, ",", one, sizeof one)) {
		const char *start = one + strspn(one, " ");

		if (!mail_address(start, address, sizeof address, NULL, 0))
			return false;
		to[n++] = arena_text(b->a, address);
	}
	*ret = to;
	return n > 0;
}

static bool build_mail(Builder *b, Err *err)
{
	const Outgoing *m = b->m;
	const Channel *c = b->channel;
	MailAsk *ask = &b->p->ask.mail;
	AUTO(Buf) text = { 0 };
	SmtpUrl u;
	Mail mail = { .subject = m->subject,
		      .text = m->text,
		      .html = m->html,
		      .id = m->id,
		      .entity = m->entity,
		      .kind = m->kind,
		      .lang = m->lang,
		      .zone = b->plan->head.timezone ? b->plan->head.timezone : zone_utc(),
		      .date = m->created,
		      .urgent = m->rank == 1 && !m->recovery };

	if (!mail_to(b, &mail.to))
		return lacks(b, "was given a recipient that is not a mail address", err);
	if (!smtp_url_parse(c->secret ? secret_reveal(c->secret) : c->url, &u, err))
		return err_wrap(err, "channel '%s'", c->item.id);
	*ask = (MailAsk){ .host = arena_text(b->a, u.host),
		          .port = u.port,
		          .tls = u.tls,
		          .starttls = u.starttls,
		          .no_verify = c->no_verify,
		          .ca_file = c->ca_file,
		          .to = mail.to,
		          .user = u.user[0] ? arena_text(b->a, u.user) : NULL };
	if (u.password[0])
		ask->password = b->p->made = secret_new(u.password);
	if (!mail_from(b, &u, &mail.from_name, &mail.from, err)) {
		smtp_url_done(&u);
		return false;
	}
	smtp_url_done(&u);
	mail_compose(&mail, &text);
	ask->from = mail.from;
	ask->message = kept(b, &text);
	ask->message_n = text.n;
	b->p->ask.kind = ASK_MAIL;
	b->p->ask.timeout = channel_timeout(c);
	return true;
}

/* ---- HTTP ---- */

static bool post(Builder *b, const Buf *body, const char *type, Err *err)
{
	const Channel *c = b->channel;
	HeaderField *headers = ARENA_ARRAY(b->a, HeaderField, 4);
	HttpAsk *ask = &b->p->ask.http;

	headers[0] = (HeaderField){ "Content-Type", type };
	headers[1] = (HeaderField){ "Idempotency-Key", arena_text(b->a, b->m->id) };
	headers[2] = (HeaderField){ "User-Agent", "Carene" };
	*ask = (HttpAsk){ .method = "POST",
		          .headers = headers,
		          .headers_n = 3,
		          .body = kept(b, body),
		          .body_n = body->n,
		          .ca_file = c->ca_file,
		          .no_verify = c->no_verify,
		          .max_body = 16 * 1024,
		          .keep_first = true };
	if (c->url)
		ask->url = c->url;
	else
		ask->secret_url = c->secret;
	b->p->ask.kind = ASK_HTTP;
	b->p->ask.timeout = channel_timeout(c);
	if (!is_web(c->url) && !is_web(secret_reveal(c->secret)))
		return lacks(b, "has no http:// or https:// address", err);
	return true;
}

/* Cut at `max` characters, on a whole one. */
static void add_cut(Buf *out, const char *s, size_t max)
{
	size_t left = strlen(s), n = 0;

	while (n < left && max-- > 0) {
		size_t step = utf8_step(s + n, left - n);

		n += step ? step : 1;
	}
	buf_add(out, s, n);
	if (n < left)
		buf_text(out, "…");
}

/* The first line is what people see in a list: it is bold. */
static void chat_text(const Outgoing *m, TemplateOut escape, const char *bold, size_t max, Buf *out)
{
	size_t line = strcspn(m->text, "\n");
	AUTO_FREE char *first = mem_text_n(m->text, line);
	AUTO(Buf) whole = { 0 };

	buf_text(&whole, bold);
	add_escaped(&whole, escape, first);
	buf_text(&whole, bold);
	add_escaped(&whole, escape, m->text + line);
	add_cut(out, buf_str(&whole), max);
}

static bool build_slack(Builder *b, bool bot, Err *err)
{
	AUTO(Buf) text = { 0 };
	AUTO(Buf) body = { 0 };
	Emit e = emit_to(&body);

	chat_text(b->m, OUT_SLACK, "*", SLACK_MAX, &text);
	emit_object(&e, NULL);
	if (b->m->recipient[0])
		emit_text(&e, "channel", b->m->recipient);
	emit_text(&e, "text", buf_str(&text));
	emit_bool(&e, "unfurl_links", false);
	emit_object_end(&e);
	if (!bot)
		return post(b, &body, "application/json; charset=utf-8", err);
	if (!b->m->recipient[0])
		return lacks(b, "has a bot token and no room", err);
	(void)post(b, &body, "application/json; charset=utf-8", NULL);
	b->p->ask.http.secret_url = NULL;
	b->p->ask.http.url =
	        b->channel->url ? b->channel->url : "https://slack.com/api/chat.postMessage";
	b->p->ask.http.bearer = b->channel->secret;
	return true;
}

static bool build_discord(Builder *b, Err *err)
{
	AUTO(Buf) text = { 0 };
	AUTO(Buf) body = { 0 };
	Emit e = emit_to(&body);

	chat_text(b->m, OUT_PLAIN, "**", DISCORD_MAX - 1, &text);
	emit_object(&e, NULL);
	emit_text(&e, "content", buf_str(&text));
	/* No value of a message may call @everyone. */
	emit_object(&e, "allowed_mentions");
	emit_array(&e, "parse");
	emit_array_end(&e);
	emit_object_end(&e);
	emit_object_end(&e);
	return post(b, &body, "application/json; charset=utf-8", err);
}

static bool build_twilio(Builder *b, Err *err)
{
	const Channel *c = b->channel;
	const char *secret = secret_reveal(c->secret), *colon = secret ? strchr(secret, ':') : NULL;
	const char *base = c->url ? c->url : "https://api.twilio.com";
	AUTO(Buf) form = { 0 };
	AUTO(Buf) text = { 0 };
	const char *sid;

	if (!colon || colon == secret || !colon[1])
		return lacks(b, "needs its secret written SID:token", err);
	if (text_is_empty(c->from))
		return lacks(b, "has no 'from': the number or messaging service to send with", err);
	if (text_is_empty(b->m->recipient))
		return lacks(b, "was given no number", err);
	sid = arena_text_n(b->a, secret, (size_t)(colon - secret));
	sms_text(&text, b->m->brief, SMS_MAX);
	buf_text(&form, "To=");
	buf_url(&form, b->m->recipient);
	buf_text(&form, text_starts(c->from, "MG") ? "&MessagingServiceSid=" : "&From=");
	buf_url(&form, c->from);
	buf_text(&form, "&Body=");
	buf_url(&form, buf_str(&text));
	(void)post(b, &form, "application/x-www-form-urlencoded", NULL);
	b->p->ask.http.secret_url = NULL;
	b->p->ask.http.url =
	        arena_printf(b->a, "%s/2010-04-01/Accounts/%s/Messages.json", base, sid);
	b->p->ask.http.user = sid;
	b->p->ask.http.password = b->p->made = secret_new(colon + 1);
	return true;
}

/* ---- webhook and programs: the message as JSON (docs/messages.md) ---- */

static void emit_message(const Outgoing *m, Buf *out)
{
	Emit e = emit_to(out);

	emit_object(&e, NULL);
	emit_text(&e, "id", m->id);
	emit_text(&e, "kind", m->kind);
	emit_text(&e, "about", m->entity);
	emit_text(&e, "to", m->recipient);
	emit_text(&e, "contact", m->contact);
	emit_text(&e, "language", lang_code(m->lang));
	emit_int(&e, "rank", m->rank);
	emit_bool(&e, "recovery", m->recovery);
	emit_instant(&e, "created", m->created);
	emit_text(&e, "subject", m->subject);
	emit_text(&e, "brief", m->brief);
	emit_text(&e, "text", m->text);
	emit_text(&e, "html", m->html);
	emit_raw(&e, "fields", m->fields && m->fields[0] ? m->fields : "{}");
	emit_object_end(&e);
}

static bool build_webhook(Builder *b, Err *err)
{
	AUTO(Buf) body = { 0 };
	HttpAsk *ask = &b->p->ask.http;
	HeaderField *headers;
	char mac[DIGEST_TEXT];
	const char *key = secret_reveal(b->channel->secret);

	emit_message(b->m, &body);
	if (!post(b, &body, "application/json; charset=utf-8", err))
		return false;
	/* With an address of its own the secret is the key of the signature. */
	if (ask->url && key) {
		headers = (HeaderField *)(uintptr_t)ask->headers;
		headers[ask->headers_n++] = (HeaderField){
			"X-Carene-Signature",
			arena_printf(b->a, "sha256=%s",
			             digest_hmac(key, strlen(key), ask->body, ask->body_n, mac))
		};
	}
	return true;
}

typedef struct Words {
	LIST(const char *) list;
} Words;

static void Words_done(Words *w) { list_free(&w->list); }

static void add_env(const Builder *b, Words *env, const char *name, const char *value)
{
	size_t n = value ? strlen(value) : 0;

	if (n > ENV_MAX)
		n = ENV_MAX;
	list_add(&env->list,
	         arena_printf(b->a, "CARENE_%s=%.*s", name, (int)n, value ? value : ""));
}

/* Each plain fact as CARENE_<NAME>; lists are in the JSON on standard input only. */
static void add_facts(const Builder *b, Words *env)
{
	json_t *facts = b->m->fields ? json_loads(b->m->fields, 0, NULL) : NULL, *value;
	const char *key;

	json_object_foreach(facts, key, value)
	{
		char name[FIELD_NAME];
		char number[40];

		text_copy(name, sizeof name, key);
		for (char *p = name; *p; p++)
			*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p == '.' ? '_' : *p;
		(void)snprintf(number, sizeof number, "%.15g", json_number_value(value));
		if (json_is_string(value))
			add_env(b, env, name, json_string_value(value));
		else if (json_is_number(value))
			add_env(b, env, name, number);
		else if (json_is_boolean(value))
			add_env(b, env, name, json_is_true(value) ? "1" : "0");
	}
	json_decref(facts);
}

static const char *const *message_env(const Builder *b)
{
	AUTO(Words) env = { 0 };
	const Outgoing *m = b->m;
	char rank[16];
	const char **out;

	(void)snprintf(rank, sizeof rank, "%d", m->rank);
	add_env(b, &env, "MESSAGE_ID", m->id);
	add_env(b, &env, "MESSAGE_KIND", m->kind);
	add_env(b, &env, "MESSAGE_ABOUT", m->entity);
	add_env(b, &env, "MESSAGE_TO", m->recipient);
	add_env(b, &env, "MESSAGE_CONTACT", m->contact);
	add_env(b, &env, "MESSAGE_LANGUAGE", lang_code(m->lang));
	add_env(b, &env, "MESSAGE_RANK", rank);
	add_env(b, &env, "MESSAGE_RECOVERY", m->recovery ? "1" : "0");
	add_env(b, &env, "MESSAGE_SUBJECT", m->subject);
	add_env(b, &env, "MESSAGE_BRIEF", m->brief);
	add_env(b, &env, "MESSAGE_TEXT", m->text);
	add_facts(b, &env);
	out = ARENA_ARRAY(b->a, const char *, env.list.n + 1);
	memcpy(out, env.list.at, env.list.n * sizeof *out);
	return out;
}

/* A command line kept as a secret: words, with '…' and "…" holding blanks together.
 * Never a shell: nothing in it is expanded. */
static bool split_words(Arena *a, const char *s, Words *out)
{
	while (*(s += strspn(s, " \t\n"))) {
		AUTO(Buf) word = { 0 };
		char quote = '\0';

		for (; *s && (quote || !strchr(" \t\n", *s)); s++) {
			if (quote ? *s == quote : *s == '\'' || *s == '"')
				quote = quote ? '\0' : *s;
			else
				buf_char(&word, *s);
		}
		if (quote)
			return false;
		list_add(&out->list, arena_text(a, buf_str(&word)));
	}
	return out->list.n > 0;
}

static bool build_command(Builder *b, Err *err)
{
	const Channel *c = b->channel;
	RunAsk *ask = &b->p->ask.run;
	AUTO(Buf) input = { 0 };
	AUTO(Words) words = { 0 };

	emit_message(b->m, &input);
	*ask = (RunAsk){ .argv = c->run.at,
		         .env = message_env(b),
		         .input = kept(b, &input),
		         .input_n = input.n };
	if (c->run.n > 0 && c->secret) {
		ask->secret_env = "CARENE_SECRET";
		ask->secret = c->secret;
	} else if (c->run.n == 0) {
		const char **argv;

		if (!split_words(b->a, secret_reveal(c->secret), &words))
			return lacks(b, "has a command line that cannot be read", err);
		argv = ARENA_ARRAY(b->a, const char *, words.list.n + 1);
		memcpy(argv, words.list.at, words.list.n * sizeof *argv);
		ask->argv = argv;
	}
	b->p->ask.kind = ASK_RUN;
	b->p->ask.timeout = channel_timeout(c);
	return true;
}

/* The address goes through APPRISE_URLS, never argv, where any user could read it. */
static bool build_apprise(Builder *b, Err *err)
{
	const Channel *c = b->channel;
	RunAsk *ask = &b->p->ask.run;
	const char **argv = ARENA_ARRAY(b->a, const char *, 8);
	size_t n = 0;

	if (!c->secret)
		return lacks(b, "has no secret: the Apprise addresses to send to", err);
	argv[n++] = c->tool ? c->tool : "apprise";
	argv[n++] = "--title";
	argv[n++] = arena_text(b->a, b->m->subject);
	argv[n++] = "--notification-type";
	argv[n++] = b->m->recovery ? "success" : b->m->rank == 1 ? "failure" : "warning";
	argv[n++] = "--input-format=text";
	*ask = (RunAsk){ .argv = argv,
		         .env = message_env(b),
		         .secret_env = "APPRISE_URLS",
		         .secret = c->secret,
		         .input = arena_text(b->a, b->m->text),
		         .input_n = strlen(b->m->text) };
	b->p->ask.kind = ASK_RUN;
	b->p->ask.timeout = channel_timeout(c);
	return true;
}

static bool build(Builder *b, Err *err)
{
	switch (channel_carrier(b->channel)) {
	case CARRIER_MAIL: return build_mail(b, err);
	case CARRIER_SLACK: return build_slack(b, false, err);
	case CARRIER_SLACK_BOT: return build_slack(b, true, err);
	case CARRIER_DISCORD: return build_discord(b, err);
	case CARRIER_TWILIO: return build_twilio(b, err);
	case CARRIER_WEBHOOK: return build_webhook(b, err);
	case CARRIER_COMMAND: return build_command(b, err);
	case CARRIER_APPRISE: return build_apprise(b, err);
	case CARRIER_NONE: break;
	}
	if (b->channel->type == CHANNEL_STATUS)
		return b->p->nothing_to_ask = true;
	if (b->channel->type == CHANNEL_IMPORT)
		return lacks(b, "only brings things in: nothing is sent to it", err);
	return lacks(b, "has neither a command to run nor an address to post to", err);
}

bool channel_ask(const Channel *c, const Plan *plan, const Outgoing *m, Posting *ret, Err *err)
{
	Builder b = { .channel = c, .plan = plan, .m = m, .p = ret };

	*ret = (Posting){ 0 };
	b.a = ret->arena = arena_new("posting", POSTING_MAX);
	if (build(&b, err))
		return true;
	Posting_done(ret);
	return false;
}
