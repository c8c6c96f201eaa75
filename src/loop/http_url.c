#include "loop/http_url.h"

#include <string.h>
#include <strings.h>

static bool scheme(const char **url, bool *https)
{
	static const char *const names[] = { "http://", "https://" };

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(names[i]);

		if (strncasecmp(*url, names[i], n) == 0) {
			*url += n;
			*https = i == 1;
			return true;
		}
	}
	return false;
}

static bool is_host_char(char c, bool literal6)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == (literal6 ? ':' : '-');
}

/* A name whose last label is digits is an address in one of many spellings: only dotted
 * quads of four are plain ("127.1" and "0x7f.1" are libcurl's business). */
static bool is_plain_name(const char *p, size_t n)
{
	size_t dots = 0, label = 0;
	bool digits = true;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '.') {
			if (label == 0 || label > 63 || (digits && label > 3))
				return false;
			dots++;
			label = 0;
			continue;
		}
		digits = digits && p[i] >= '0' && p[i] <= '9';
		label++;
	}
	if (label == 0 || label > 63 || n > 253)
		return false;
	if (digits)
		return dots == 3 && label <= 3;
	return !(p[n - 1] >= '0' && p[n - 1] <= '9' && p[0] >= '0' && p[0] <= '9');
}

static bool take_host(const char **at, PlainUrl *u)
{
	const char *p = *at;

	u->literal6 = *p == '[';
	if (u->literal6)
		p++;
	u->host = p;
	while (is_host_char(*p, u->literal6))
		p++;
	u->host_n = (size_t)(p - u->host);
	if (u->literal6 && *p++ != ']')
		return false;
	*at = p;
	return u->host_n > 0 && (u->literal6 || is_plain_name(u->host, u->host_n));
}

static bool take_port(const char **at, PlainUrl *u)
{
	unsigned port = 0;
	size_t n = 0;
	const char *p = *at;

	u->port = u->https ? 443 : 80;
	if (*p != ':')
		return true;
	for (p++; *p >= '0' && *p <= '9' && n < 6; p++, n++)
		port = port * 10 + (unsigned)(*p - '0');
	u->port_text = *at;
	u->port_n = (size_t)(p - *at);
	*at = p;
	if (n == 0 || u->port_text[1] == '0' || port > 65535)
		return false;
	u->has_port = true;
	u->port = (uint16_t)port;
	return true;
}

static bool take_path(const char *p, PlainUrl *u)
{
	bool query = false;

	u->path = p;
	if (*p != '\0' && *p != '/' && *p != '?' && *p != '#')
		return false;
	for (; *p && *p != '#'; p++) {
		if (*p < 0x21 || *p == 0x7f || *p == '\\' || *p == '"' || *p == '<' || *p == '>')
			return false;
		query = query || *p == '?';
		if (!query && p[0] == '/' && p[1] == '.')
			return false; /* dot segments, or a hidden file: not worth telling apart */
		if (!query && p[0] == '%' && p[1] == '2' && (p[2] == 'e' || p[2] == 'E'))
			return false;
	}
	u->path_n = (size_t)(p - u->path);
	return true;
}

bool http_url_plain(const char *url, PlainUrl *ret)
{
	*ret = (PlainUrl){ 0 };
	return url && scheme(&url, &ret->https) && take_host(&url, ret) && take_port(&url, ret) &&
	       take_path(url, ret);
}
