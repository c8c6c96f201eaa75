/* Addresses of mail servers: smtp://user:password@host:port?starttls=no */
#include "core/text.h"
#include "notify/notify_private.h"

#include <string.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decoded; false when it does not fit, is badly encoded or holds a control
 * character, which could end a line of the SMTP dialogue. */
static bool decode(const char *from, const char *to, char *out, size_t cap)
{
	size_t n = 0;

	while (from < to) {
		int c = (unsigned char)*from++;

		if (c == '%') {
			if (to - from < 2 || hex(from[0]) < 0 || hex(from[1]) < 0)
				return false;
			c = hex(from[0]) * 16 + hex(from[1]);
			from += 2;
		}
		if (c < 0x20 || c == 0x7f || n + 1 >= cap)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

static bool read_scheme(const char **s, SmtpUrl *u, bool *force_starttls)
{
	static const struct {
		const char *prefix;
		bool tls, starttls;
	} schemes[] = { { "smtp://", false, false },
		        { "smtps://", true, false },
		        { "smtp+starttls://", false, true } };

	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		if (text_starts(*s, schemes[i].prefix)) {
			*s += strlen(schemes[i].prefix);
			u->tls = schemes[i].tls;
			*force_starttls = schemes[i].starttls;
			return true;
		}
	}
	return false;
}

static bool read_user(const char **s, const char *end, SmtpUrl *u)
{
	const char *at = NULL, *colon;

	for (const char *p = *s; p < end; p++) {
		if (*p == '@')
			at = p; /* the last one: a password may hold an "@" as it is */
	}
	if (!at)
		return true;
	colon = memchr(*s, ':', (size_t)(at - *s));
	if (!decode(*s, colon ? colon : at, u->user, sizeof u->user) || !u->user[0])
		return false;
	if (colon && !decode(colon + 1, at, u->password, sizeof u->password))
		return false;
	*s = at + 1;
	return true;
}

static bool host_ok(const char *host)
{
	for (const char *p = host; *p; p++) {
		bool plain = (*p >= '0' && *p <= '9') || ((*p | 32) >= 'a' && (*p | 32) <= 'z');

		if (!plain && !strchr("-._:", *p))
			return false;
	}
	return host[0] != '\0';
}

static bool read_host(const char *s, const char *end, SmtpUrl *u)
{
	bool six = s < end && *s == '[';
	const char *stop = six ? memchr(s, ']', (size_t)(end - s)) : NULL;
	const char *colon;
	char port[8] = { 0 };
	int64_t n;

	if (six && !stop)
		return false;
	colon = memchr(six ? stop : s, ':', (size_t)(end - (six ? stop : s)));
	if (!decode(six ? s + 1 : s,
	            six     ? stop
	            : colon ? colon
	                    : end,
	            u->host, sizeof u->host) ||
	    !host_ok(u->host) || (!six && strchr(u->host, ':')))
		return false;
	if (six && stop + 1 != (colon ? colon : end))
		return false;
	if (!colon)
		return true;
	if (!decode(colon + 1, end, port, sizeof port) || !text_int(port, &n) || n < 1 || n > 65535)
		return false;
	u->port = (uint16_t)n;
	return true;
}

static bool is_this_machine(const char *host)
{
	return text_eq(host, "localhost") || text_starts(host, "127.") || text_eq(host, "::1");
}

static bool read_query(const char *query, SmtpUrl *u)
{
	if (!query[0])
		return true;
	if (text_eq(query, "starttls=no"))
		u->starttls = false;
	else if (text_eq(query, "starttls=required") || text_eq(query, "starttls=yes"))
		u->starttls = true;
	else
		return false;
	return !(u->tls && u->starttls);
}

static bool refuse(SmtpUrl *u, Err *err, const char *what)
{
	smtp_url_done(u);
	err_set(err, ERR_CONFIG, "the address of the mail server %s", what);
	return err_hint(err, "smtp://user:password@host:587 or smtps://user:password@host; write "
	                     "%%40 for @ in a name");
}

bool smtp_url_parse(const char *s, SmtpUrl *ret, Err *err)
{
	SmtpUrl u = { 0 };
	bool starttls = false;
	const char *end;

	if (!s || !read_scheme(&s, &u, &starttls))
		return refuse(&u, err, "does not start with smtp:// or smtps://");
	end = s + strcspn(s, "/?#");
	/* A password may hold "/" or "?" unencoded: then the last "@" is behind them. */
	if (strrchr(end, '@'))
		end = strrchr(end, '@') + strcspn(strrchr(end, '@'), "/?#");
	if (!read_user(&s, end, &u))
		return refuse(&u, err, "has a user or password that cannot be read");
	if (!read_host(s, end, &u))
		return refuse(&u, err, "has no usable host and port");
	u.starttls = !u.tls && (starttls || (u.password[0] && !is_this_machine(u.host)));
	end += *end == '/';
	if ((*end && *end != '?') || !read_query(end + (*end == '?'), &u))
		return refuse(&u, err, "ends with something that is not ?starttls=required or no");
	if (u.port == 0)
		u.port = u.tls ? 465 : u.user[0] ? 587 : 25;
	*ret = u;
	return true;
}

void smtp_url_done(SmtpUrl *u) { explicit_bzero(u, sizeof *u); }
