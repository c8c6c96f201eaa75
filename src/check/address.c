/* Addresses: what a target means, what may be shown of it, and which addresses are
 * not of the public Internet. References between pages are curl's URL parser's
 * business, the same one that will fetch them. */
#include "check/check_private.h"
#include "core/buf.h"
#include "core/lib_curl.h"
#include "core/text.h"

#include <arpa/inet.h>
#include <string.h>

typedef CURLU *Curlu;
static void Curlu_done(Curlu *u)
{
	if (*u)
		libcurl.url_cleanup(*u);
}

typedef char *CurlText;
static void CurlText_done(CurlText *s)
{
	if (*s)
		libcurl.release(*s);
}

/* ---- addresses that need no interpreting ---- */

/* Most checks ask an address that curl would write back letter for letter. Seeing that
 * costs a walk along it; curl's parser three handles and a dozen allocations a probe. */
typedef struct Plain {
	const char *host;
	size_t host_n, shown_n; /* without query */
	uint16_t port;
} Plain;

static bool is_one_of(char c, const char *also)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr(also, c));
}

static bool has_double(const char *host, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (host[i] == host[i - 1] && (host[i] == '.' || host[i] == '-'))
			return true;
	}
	return false;
}

/* Four numbers up to 255, none with a leading zero: as inet_pton() reads, and curl writes. */
static bool is_quad(const char *p, size_t n)
{
	unsigned value = 0, digits = 0, dots = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '.' && digits > 0 && dots < 3) {
			dots++;
			value = digits = 0;
			continue;
		}
		if (p[i] < '0' || p[i] > '9' || (digits > 0 && value == 0))
			return false;
		value = value * 10 + (unsigned)(p[i] - '0');
		digits++;
		if (value > 255)
			return false;
	}
	return dots == 3 && digits > 0;
}

/* A dotted quad, or a name whose last label begins with a letter: what begins with a digit
 * is an address in one of many spellings. */
static bool is_plain_host(const char *host, size_t n)
{
	size_t last = n;

	if (n == 0 || n > 63 || host[0] == '.' || host[0] == '-')
		return false;
	while (last > 0 && host[last - 1] != '.')
		last--;
	if (last < n && host[last] >= 'a' && host[last] <= 'z')
		return !has_double(host, n);
	return is_quad(host, n);
}

static bool take_plain_port(const char **at, uint16_t *port)
{
	unsigned n = 0;

	if (**at != ':')
		return true;
	++*at;
	if (**at == '0')
		return false;
	for (; **at >= '0' && **at <= '9' && n < 65536; ++*at)
		n = n * 10 + (unsigned)(**at - '0');
	*port = (uint16_t)n;
	return n > 0 && n < 65536;
}

static bool is_plain(const char *url, Plain *ret)
{
	bool https = strncmp(url, "https://", 8) == 0;
	const char *p = url + (https ? 8 : 7);

	if (!https && strncmp(url, "http://", 7) != 0)
		return false;
	*ret = (Plain){ .host = p, .port = https ? 443 : 80 };
	while (is_one_of(*p, ".-"))
		p++;
	ret->host_n = (size_t)(p - ret->host);
	if (!is_plain_host(ret->host, ret->host_n) || !take_plain_port(&p, &ret->port) || *p != '/')
		return false;
	for (; is_one_of(*p, "/-_.~ABCDEFGHIJKLMNOPQRSTUVWXYZ"); p++) {
		if (p[0] == '/' && p[1] == '.')
			return false; /* dot segments, perhaps */
	}
	ret->shown_n = (size_t)(p - url);
	if (*p == '?' && p[1])
		for (p++; is_one_of(*p, "/-_.~=&,:ABCDEFGHIJKLMNOPQRSTUVWXYZ");)
			p++;
	return *p == '\0';
}

/* ---- those that do ---- */

static bool is_web(CURLU *u)
{
	AUTO(CurlText) scheme = NULL;

	return libcurl.url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	       (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
}

static bool url_open(const char *url, Curlu *ret)
{
	*ret = libcurl_open(NULL) ? libcurl.url() : NULL;
	return *ret && libcurl.url_set(*ret, CURLUPART_URL, url, 0) == CURLUE_OK && is_web(*ret);
}

bool url_reader(Err *err) { return libcurl_open(err); }

const char *url_resolve(Arena *a, const char *base, const char *ref)
{
	AUTO(Curlu) u = NULL;
	AUTO(CurlText) all = NULL;

	if (!url_open(base, &u) ||
	    libcurl.url_set(u, CURLUPART_URL, ref, CURLU_URLENCODE) != CURLUE_OK || !is_web(u))
		return NULL;
	if (libcurl.url_set(u, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK ||
	    libcurl.url_get(u, CURLUPART_URL, &all, 0) != CURLUE_OK)
		return NULL;
	return arena_text(a, all);
}

static bool same_part(CURLU *a, CURLU *b, CURLUPart part, unsigned flags)
{
	AUTO(CurlText) x = NULL;
	AUTO(CurlText) y = NULL;

	return libcurl.url_get(a, part, &x, flags) == CURLUE_OK &&
	       libcurl.url_get(b, part, &y, flags) == CURLUE_OK && strcasecmp(x, y) == 0;
}

bool url_same_origin(const char *a, const char *b)
{
	AUTO(Curlu) x = NULL;
	AUTO(Curlu) y = NULL;

	return url_open(a, &x) && url_open(b, &y) && same_part(x, y, CURLUPART_SCHEME, 0) &&
	       same_part(x, y, CURLUPART_HOST, 0) &&
	       same_part(x, y, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

void url_show(const char *url, char *out, size_t cap)
{
	AUTO(Curlu) u = NULL;
	AUTO(CurlText) all = NULL;
	Plain plain;

	if (is_plain(url, &plain)) {
		text_copy(out, plain.shown_n < cap ? plain.shown_n + 1 : cap, url);
		return;
	}
	out[0] = '\0';
	if (!url_open(url, &u))
		return;
	libcurl.url_set(u, CURLUPART_USER, NULL, 0);
	libcurl.url_set(u, CURLUPART_PASSWORD, NULL, 0);
	libcurl.url_set(u, CURLUPART_QUERY, NULL, 0);
	libcurl.url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	if (libcurl.url_get(u, CURLUPART_URL, &all, 0) == CURLUE_OK)
		text_copy(out, cap, all);
}

/* Copies the host without the brackets of an IPv6 address. */
static bool copy_host(const char *host, size_t n, char out[128])
{
	if (n >= 2 && host[0] == '[' && host[n - 1] == ']') {
		host++;
		n -= 2;
	}
	if (n == 0 || n >= 128)
		return false;
	memcpy(out, host, n);
	out[n] = '\0';
	return strpbrk(out, "/?#@ \t\r\n") == NULL;
}

static bool url_host_port(const char *url, char host[128], uint16_t *ret_port)
{
	AUTO(Curlu) u = NULL;
	AUTO(CurlText) h = NULL;
	AUTO(CurlText) p = NULL;
	int64_t n = 0;
	Plain plain;

	if (is_plain(url, &plain)) {
		*ret_port = plain.port;
		return copy_host(plain.host, plain.host_n, host);
	}
	if (!url_open(url, &u) || libcurl.url_get(u, CURLUPART_HOST, &h, 0) != CURLUE_OK ||
	    libcurl.url_get(u, CURLUPART_PORT, &p, CURLU_DEFAULT_PORT) != CURLUE_OK ||
	    !text_int(p, &n) || n < 1 || n > 65535)
		return false;
	*ret_port = (uint16_t)n;
	return copy_host(h, strlen(h), host);
}

bool url_host(const char *url, char host[128])
{
	uint16_t port;

	return url_host_port(url, host, &port);
}

bool address_split(const char *target, uint16_t port, char host[128], uint16_t *ret_port)
{
	const char *colon = strrchr(target, ':');
	int64_t n = port;
	size_t host_n = strlen(target);

	if (strstr(target, "://"))
		return url_host_port(target, host, ret_port);
	/* "::1" is all address; "[::1]:25" and "h:25" have a port. */
	if (colon && (target[0] == '[' ? colon[-1] == ']' : strchr(target, ':') == colon)) {
		if (!text_int(colon + 1, &n) || n < 1 || n > 65535)
			return false;
		host_n = (size_t)(colon - target);
	}
	*ret_port = (uint16_t)n;
	return copy_host(target, host_n, host);
}

const char *check_target(const Check *c)
{
	const Environment *env;

	if (c->target)
		return c->target;
	env = c->service && c->env ? service_environment(c->service, c->env) : NULL;
	if (!env && c->service && c->service->environments_n == 1)
		env = &c->service->environments[0];
	if (!env)
		return NULL;
	return env->url ? env->url : env->host;
}

const char *check_host(const Check *c, char out[128])
{
	Check without = { .service = c->service, .env = c->env };
	const char *from = c->how->socket                     ? c->how->socket
	                   : c->target && c->target[0] == '/' ? check_target(&without)
	                                                      : check_target(c);
	const char *scheme = from ? strstr(from, "://") : NULL, *at;
	size_t n;

	out[0] = '\0';
	if (!from || c->how->socket) {
		text_copy(out, 128, from);
		return out;
	}
	from = scheme ? scheme + 3 : from;
	n = strcspn(from, "/?#");
	at = memrchr(from, '@', n);
	if (at) {
		n -= (size_t)(at + 1 - from);
		from = at + 1;
	}
	if (from[0] == '[')
		n = strcspn(++from, "]");
	else if (memchr(from, ':', n) == memrchr(from, ':', n)) /* else "::1" */
		n = strcspn(from, ":/?#");
	if (n < 128) {
		memcpy(out, from, n);
		out[n] = '\0';
	}
	return out;
}

static const char *with_scheme(Arena *a, const char *s)
{
	return strstr(s, "://") ? s : arena_printf(a, "https://%s", s);
}

static const char *with_port(Arena *a, const char *url, int port)
{
	AUTO(Curlu) u = NULL;
	AUTO(CurlText) had = NULL;
	AUTO(CurlText) all = NULL;
	char text[16];

	if (port <= 0 || !url_open(url, &u) ||
	    libcurl.url_get(u, CURLUPART_PORT, &had, 0) == CURLUE_OK)
		return url;
	(void)snprintf(text, sizeof text, "%d", port);
	if (libcurl.url_set(u, CURLUPART_PORT, text, 0) != CURLUE_OK ||
	    libcurl.url_get(u, CURLUPART_URL, &all, 0) != CURLUE_OK)
		return url;
	return arena_text(a, all);
}

const char *check_url(Arena *a, const Check *c)
{
	Check without = *c;
	const char *target = check_target(c), *base;
	Plain plain;

	if (!target)
		return NULL;
	if (c->how->port <= 0 && is_plain(target, &plain))
		return target; /* the plan stays as long as the run */
	if (c->target && c->target[0] == '/') {
		without.target = NULL;
		base = check_target(&without);
		if (!base)
			return NULL;
		return url_resolve(a, with_port(a, with_scheme(a, base), c->how->port), c->target);
	}
	target = with_port(a, with_scheme(a, target), c->how->port);
	return url_resolve(a, target, target);
}

bool address_is_local(const char *address)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, address, &four) == 1)
		return (ntohl(four.s_addr) >> 24) == 127;
	if (inet_pton(AF_INET6, address, &six) != 1)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
}

/* The ranges of RFC 6890 that do not lead to the public Internet: 0/8, 10/8, 100.64/10,
 * 127/8, 169.254/16, 172.16/12, 192.168/16; of IPv6 ::1, fc00::/7, fe80::/10. */
static bool private_four(uint32_t ip)
{
	static const struct {
		uint32_t net;
		int bits;
	} ranges[] = { { 0x00000000, 8 }, { 0x0A000000, 8 },  { 0x64400000, 10 },
		       { 0x7F000000, 8 }, { 0xA9FE0000, 16 }, { 0xAC100000, 12 },
		       { 0xC0A80000, 16 } };

	for (size_t i = 0; i < COUNT_OF(ranges); i++) {
		if (ip >> (32 - ranges[i].bits) == ranges[i].net >> (32 - ranges[i].bits))
			return true;
	}
	return false;
}

bool address_is_private(const char *address)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, address, &four) == 1)
		return private_four(ntohl(four.s_addr));
	if (inet_pton(AF_INET6, address, &six) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&six))
		return private_four((uint32_t)six.s6_addr[12] << 24 |
		                    (uint32_t)six.s6_addr[13] << 16 |
		                    (uint32_t)six.s6_addr[14] << 8 | six.s6_addr[15]);
	return IN6_IS_ADDR_LOOPBACK(&six) || IN6_IS_ADDR_UNSPECIFIED(&six) ||
	       (six.s6_addr[0] & 0xFE) == 0xFC ||
	       (six.s6_addr[0] == 0xFE && (six.s6_addr[1] & 0xC0) == 0x80);
}
