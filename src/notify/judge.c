/* What a provider's answer means: taken, later, or never. */
#include "core/text.h"
#include "notify/notify_private.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <strings.h>

/* ---- Retry-After ---- */

static const char *const month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";

static int month_of(const char *s)
{
	const char *at = s[0] ? strstr(month_names, s) : NULL;

	return at && strlen(s) == 3 ? (int)((at - month_names) / 3) + 1 : 0;
}

/* IMF-fixdate, RFC 850's and asctime's (RFC 9110 §5.6.7); the day's name is not checked
 * and two-digit years are of this century. */
static bool read_date(const char *s, Civil *c)
{
	const char *comma = strchr(s, ',');
	char month[4] = "", end[8] = "";
	int year, n = 0;

	if (comma && sscanf(comma + 1, " %2d %3s %4d %2d:%2d:%2d %4s%n", &c->day, month, &year,
	                    &c->hour, &c->minute, &c->second, end, &n) == 7)
		s = comma + 1 + n;
	else if (comma && sscanf(comma + 1, " %2d-%3s-%2d %2d:%2d:%2d %4s%n", &c->day, month, &year,
	                         &c->hour, &c->minute, &c->second, end, &n) == 7) {
		s = comma + 1 + n;
		year += 2000;
	} else if (sscanf(s, "%*3s %3s %2d %2d:%2d:%2d %4d%n", month, &c->day, &c->hour, &c->minute,
	                  &c->second, &year, &n) == 6) {
		s += n;
		text_copy(end, sizeof end, "GMT");
	} else {
		return false;
	}
	c->year = year;
	c->month = month_of(month);
	return *s == '\0' && strcmp(end, "GMT") == 0 && c->month && year >= 1970 && year < 2200 &&
	       c->day >= 1 && c->day <= civil_month_days(c->year, c->month) && c->hour >= 0 &&
	       c->hour < 24 && c->minute >= 0 && c->minute < 60 && c->second >= 0 && c->second < 60;
}

static Duration clamp_wait(Duration d)
{
	return d.us < seconds(1).us ? seconds(1) : d.us > hours(1).us ? hours(1) : d;
}

bool retry_after_parse(const char *s, Instant now, Duration *ret)
{
	size_t n = strspn(s, " \t");
	Civil c = { 0 };

	s += n;
	n = strspn(s, "0123456789");
	if (n > 0 && s[n + strspn(s + n, " \t")] == '\0') {
		*ret = n > 6 ? hours(1) : clamp_wait(seconds(strtol(s, NULL, 10)));
		return true;
	}
	if (!read_date(s, &c))
		return false;
	*ret = clamp_wait(between(now, zone_instant(zone_utc(), c, PICK_FIRST, NULL)));
	return true;
}

/* ---- secrets ---- */

static void mask(char *text, const char *part)
{
	Secret *s;

	if (strlen(part) < 4)
		return;
	s = secret_new(part);
	secret_redact(s, text);
	secret_free(s);
}

void channel_redact(const Channel *c, char *text)
{
	const char *whole = secret_reveal(c->secret), *scheme = whole ? strstr(whole, "://") : NULL;
	const char *path = scheme ? strchr(scheme + 3, '/') : whole;
	char part[256];
	SmtpUrl u;

	if (!whole)
		return;
	secret_redact(c->secret, text);
	if (c->type == CHANNEL_EMAIL) {
		if (smtp_url_parse(whole, &u, NULL)) {
			mask(text, u.password);
			smtp_url_done(&u);
		}
		return;
	}
	/* An error may quote a part: a token, the path of a webhook. */
	while (path && text_part(&path, scheme ? "/?&=" : ":", part, sizeof part)) {
		if (strlen(part) >= 6)
			mask(text, part);
	}
	explicit_bzero(part, sizeof part);
}

/* ---- outcomes ---- */

static Outcome outcome(const Channel *c, OutcomeKind kind, int code, const char *error)
{
	Outcome o = { .kind = kind, .code = code };
	AUTO(Buf) line = { 0 };
	AUTO_FREE char *text = mem_text(error ? error : "");

	channel_redact(c, text);
	for (char *p = text; *p; p++)
		*p = (unsigned char)*p < 0x20 || *p == 0x7f ? ' ' : *p;
	layout_line(text, 150, &line);
	text_copy(o.error, sizeof o.error, buf_str(&line));
	return o;
}

static Outcome judge_mail(const Channel *c, const MailAnswer *a)
{
	char text[256];

	(void)snprintf(text, sizeof text, "SMTP %d: %.200s", a->code, a->text ? a->text : "");
	if (a->code >= 200 && a->code < 300)
		return outcome(c, OUTCOME_SENT, a->code, NULL);
	return outcome(c, a->code >= 500 ? OUTCOME_PERMANENT : OUTCOME_RETRY, a->code, text);
}

static const char *header_value(const HttpAnswer *a, const char *name)
{
	for (size_t i = 0; i < a->headers_n; i++) {
		if (strcasecmp(a->headers[i].name, name) == 0)
			return a->headers[i].value;
	}
	return NULL;
}

/* 408, 425, 429 and 5xx say "later" (RFC 9110, RFC 8470, RFC 6585); 501 and 505 don't
 * change by waiting. A redirect is not followed: a POST must go where the plan says. */
static OutcomeKind judge_status(int status)
{
	if (status >= 200 && status < 300)
		return OUTCOME_DELIVERED;
	if (status == 408 || status == 425 || status == 429)
		return OUTCOME_RETRY;
	if (status >= 500 && status != 501 && status != 505)
		return OUTCOME_RETRY;
	return OUTCOME_PERMANENT;
}

static void copy_id(const json_t *body, const char *key, Outcome *o)
{
	const char *id = json_string_value(json_object_get(body, key));

	text_copy(o->provider_id, sizeof o->provider_id, id ? id : "");
}

/* chat.postMessage answers 200 to everything and says in the body what it thinks. */
static Outcome judge_slack_bot(const Channel *c, int status, const json_t *body)
{
	const char *error = json_string_value(json_object_get(body, "error"));
	char text[128];
	Outcome o;

	if (json_is_true(json_object_get(body, "ok"))) {
		o = outcome(c, OUTCOME_DELIVERED, status, NULL);
		copy_id(body, "ts", &o);
		return o;
	}
	(void)snprintf(text, sizeof text, "Slack: %.100s",
	               error ? error : "an answer without 'ok'");
	if (!error || text_eq(error, "ratelimited") || text_eq(error, "internal_error") ||
	    text_eq(error, "fatal_error") || text_eq(error, "service_unavailable") ||
	    text_eq(error, "request_timeout"))
		return outcome(c, OUTCOME_RETRY, status, text);
	return outcome(c, OUTCOME_PERMANENT, status, text);
}

static Outcome judge_twilio(const Channel *c, int status, const json_t *body)
{
	const char *state = json_string_value(json_object_get(body, "status"));
	bool lost = text_eq(state, "failed") || text_eq(state, "undelivered");
	Outcome o = outcome(c, lost ? OUTCOME_PERMANENT : OUTCOME_SENT, status,
	                    lost ? "Twilio could not deliver it" : NULL);

	copy_id(body, "sid", &o);
	return o;
}

static Outcome judge_refusal(const Channel *c, const HttpAnswer *a, Instant now)
{
	const char *after = header_value(a, "Retry-After");
	const char *where = header_value(a, "Location");
	char text[256];
	Outcome o;

	if (a->status >= 300 && a->status < 400)
		(void)snprintf(text, sizeof text, "HTTP %d: redirects to %.150s", a->status,
		               where ? where : "nowhere");
	else
		(void)snprintf(text, sizeof text, "HTTP %d: %.*s", a->status,
		               (int)(a->body_n < 150 ? a->body_n : 150), a->body ? a->body : "");
	o = outcome(c, judge_status(a->status), a->status, text);
	if (o.kind == OUTCOME_RETRY && after)
		(void)retry_after_parse(after, now, &o.wait);
	return o;
}

static Outcome judge_http(const Channel *c, const HttpAnswer *a, Instant now)
{
	Carrier carrier = channel_carrier(c);
	json_t *body;
	Outcome o;

	if (judge_status(a->status) != OUTCOME_DELIVERED)
		return judge_refusal(c, a, now);
	body = a->body_n ? json_loadb(a->body, a->body_n, 0, NULL) : NULL;
	if (carrier == CARRIER_SLACK_BOT)
		o = judge_slack_bot(c, a->status, body);
	else if (carrier == CARRIER_TWILIO)
		o = judge_twilio(c, a->status, body);
	else
		o = outcome(c, OUTCOME_DELIVERED, a->status, NULL);
	json_decref(body);
	return o;
}

/* Exit codes as in <sysexits.h>: 75 says "later"; what says that the call itself is
 * wrong, or that the program is not there, will not change by waiting. */
static bool exit_is_final(int code)
{
	return code == 64 || code == 65 || code == 67 || code == 68 || code == 77 || code == 78 ||
	       code == 126 || code == 127;
}

static Outcome judge_run(const Channel *c, const RunAnswer *a)
{
	const char *words = a->err_n ? a->err : a->out_n ? a->out : "";
	bool apprise_usage = c->type == CHANNEL_APPRISE && a->exit_code == 2;
	char text[256];

	if (a->exit_code == 0 && !a->timed_out && !a->signal)
		return outcome(c, OUTCOME_DELIVERED, 0, NULL);
	if (a->timed_out)
		return outcome(c, OUTCOME_RETRY, 0, "the command did not end in time");
	if (a->signal)
		(void)snprintf(text, sizeof text, "the command was ended by signal %d", a->signal);
	else
		(void)snprintf(text, sizeof text, "the command ended with %d: %.180s", a->exit_code,
		               words ? words : "");
	return outcome(
	        c, exit_is_final(a->exit_code) || apprise_usage ? OUTCOME_PERMANENT : OUTCOME_RETRY,
	        a->exit_code, text);
}

static Outcome judge_failure(const Channel *c, const Answer *a)
{
	static const char *const where[] = {
		[FAIL_NONE] = "",
		[FAIL_DNS] = "name look-up: ",
		[FAIL_CONNECT] = "connection: ",
		[FAIL_TLS] = "TLS: ",
		[FAIL_HTTP] = "",
		[FAIL_ASSERT] = "",
		[FAIL_SELF] = "here: ",
	};
	char text[256];
	Outcome o;

	(void)snprintf(text, sizeof text, "%s%.180s", where[a->fail],
	               a->error       ? a->error
	               : a->timed_out ? "no answer in time"
	                              : "failed");
	o = outcome(c, OUTCOME_RETRY, 0, text);
	o.own_trouble = a->fail == FAIL_SELF;
	return o;
}

Outcome channel_judge(const Channel *c, const Answer *answer, Instant now)
{
	switch (channel_carrier(c)) {
	case CARRIER_MAIL:
		/* A refusal may come with a failure class too: the server's code says more. */
		if (answer->mail.code >= 400 || answer->fail == FAIL_NONE)
			return judge_mail(c, &answer->mail);
		break;
	case CARRIER_SLACK:
	case CARRIER_SLACK_BOT:
	case CARRIER_DISCORD:
	case CARRIER_TWILIO:
	case CARRIER_WEBHOOK:
		if (answer->fail == FAIL_NONE)
			return judge_http(c, &answer->http, now);
		break;
	case CARRIER_COMMAND:
	case CARRIER_APPRISE:
		if (answer->fail == FAIL_NONE)
			return judge_run(c, &answer->run);
		break;
	case CARRIER_NONE: break;
	}
	return judge_failure(c, answer);
}
