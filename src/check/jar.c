/* See jar.h. Domain= is not widened: a cookie goes back to the host that set it and
 * to hosts under a Domain that this host may set (a suffix with at least one dot). */
#include "check/jar.h"

#include "check/check_private.h"
#include "core/buf.h"
#include "core/text.h"

#include <string.h>

/* The budget is what a hostile site may make us remember in one journey. */
enum { JAR_MAX = 64, COOKIE_MAX = 4096, JAR_BUDGET = 1 << 20 };

typedef struct Cookie {
	const char *name, *value, *host, *path;
	bool secure, below; /* below: hosts under `host` too */
	bool gone;
} Cookie;

struct Jar {
	Arena *arena;
	Cookie at[JAR_MAX];
	size_t n, taken;
};

Jar *jar_new(Arena *a)
{
	Jar *jar = ARENA_NEW(a, Jar);

	jar->arena = a;
	return jar;
}

typedef struct Cut {
	const char *p;
	size_t n;
} Cut;

static Cut trim(const char *p, size_t n)
{
	while (n && (*p == ' ' || *p == '\t'))
		p++, n--;
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return (Cut){ p, n };
}

static bool cut_is(Cut c, const char *word)
{
	return c.n == strlen(word) && strncasecmp(c.p, word, c.n) == 0;
}

/* "name=value" at the front of a Set-Cookie or of an attribute. */
static void split(const char *p, size_t n, Cut *name, Cut *value)
{
	const char *eq = memchr(p, '=', n);

	*name = eq ? trim(p, (size_t)(eq - p)) : trim(p, n);
	*value = eq ? trim(eq + 1, n - (size_t)(eq + 1 - p)) : (Cut){ p + n, 0 };
}

static bool host_is_under(const char *host, const char *domain)
{
	size_t h = strlen(host), d = strlen(domain);

	if (h == d)
		return strcasecmp(host, domain) == 0;
	return h > d && strchr(domain, '.') && host[h - d - 1] == '.' &&
	       strcasecmp(host + h - d, domain) == 0;
}

static void take_attribute(Jar *jar, Cookie *c, Cut name, Cut value)
{
	if (cut_is(name, "secure")) {
		c->secure = true;
	} else if (cut_is(name, "path") && value.n && value.p[0] == '/') {
		c->path = arena_text_n(jar->arena, value.p, value.n);
	} else if (cut_is(name, "max-age") && value.n) {
		c->gone = value.p[0] == '-' || (value.n == 1 && value.p[0] == '0');
	} else if (cut_is(name, "domain") && value.n) {
		const char *d = arena_text_n(jar->arena, value.p, value.n);

		d += *d == '.';
		if (host_is_under(c->host, d)) {
			c->host = d;
			c->below = true;
		}
	}
}

static bool parse(Jar *jar, const char *line, const char *host, Cookie *c)
{
	size_t n = strcspn(line, ";");
	Cut name, value;

	split(line, n, &name, &value);
	if (name.n == 0 || name.n + value.n > COOKIE_MAX)
		return false;
	*c = (Cookie){ .name = arena_text_n(jar->arena, name.p, name.n),
		       .value = arena_text_n(jar->arena, value.p, value.n),
		       .host = arena_text(jar->arena, host),
		       .path = "/" };
	for (line += n; *line == ';'; line += n) {
		line++;
		n = strcspn(line, ";");
		split(line, n, &name, &value);
		take_attribute(jar, c, name, value);
	}
	return true;
}

static void put(Jar *jar, const Cookie *c)
{
	for (size_t i = 0; i < jar->n; i++) {
		Cookie *had = &jar->at[i];

		if (strcmp(had->name, c->name) == 0 && strcasecmp(had->host, c->host) == 0 &&
		    strcmp(had->path, c->path) == 0) {
			*had = *c;
			return;
		}
	}
	if (jar->n < JAR_MAX)
		jar->at[jar->n++] = *c;
}

void jar_take(Jar *jar, const char *url, const HttpAnswer *answer)
{
	char host[128];
	Cookie c;

	if (!url_host(url, host))
		return;
	for (size_t i = 0; i < answer->headers_n; i++) {
		const char *line = answer->headers[i].value;

		if (strcasecmp(answer->headers[i].name, "set-cookie") != 0)
			continue;
		jar->taken += strlen(line) + sizeof host;
		if (jar->taken <= JAR_BUDGET && parse(jar, line, host, &c))
			put(jar, &c);
	}
}

static const char *path_of(const char *url)
{
	const char *s = strstr(url, "://");

	s = s ? strchr(s + 3, '/') : NULL;
	return s ? s : "/";
}

static bool goes_to(const Cookie *c, const char *url, const char *host)
{
	const char *path = path_of(url);
	size_t n = strlen(c->path);

	if (c->gone || (c->secure && !text_starts(url, "https://")))
		return false;
	if (c->below ? !host_is_under(host, c->host) : strcasecmp(host, c->host) != 0)
		return false;
	/* RFC 6265 §5.1.4: a prefix that ends at a slash. */
	return strncmp(path, c->path, n) == 0 &&
	       (n == 0 || c->path[n - 1] == '/' || path[n] == '/' || path[n] == '\0' ||
	        path[n] == '?');
}

void jar_send(const Jar *jar, Arena *a, const char *url, const HeaderField **headers, size_t *n)
{
	AUTO(Buf) line = { .max = 16384 };
	HeaderField *all;
	char host[128];

	if (!url_host(url, host))
		return;
	for (size_t i = 0; i < jar->n; i++) {
		if (!goes_to(&jar->at[i], url, host))
			continue;
		buf_printf(&line, "%s%s=%s", line.n ? "; " : "", jar->at[i].name, jar->at[i].value);
	}
	if (line.n == 0)
		return;
	all = ARENA_ARRAY(a, HeaderField, *n + 1);
	if (*n)
		memcpy(all, *headers, *n * sizeof *all);
	all[*n] = (HeaderField){ "Cookie", arena_text(a, buf_str(&line)) };
	*headers = all;
	(*n)++;
}

const char *cookie_of(Arena *a, const HttpAnswer *answer, const char *name)
{
	Cut got, value;

	for (size_t i = 0; i < answer->headers_n; i++) {
		const char *line = answer->headers[i].value;

		if (strcasecmp(answer->headers[i].name, "set-cookie") != 0)
			continue;
		split(line, strcspn(line, ";"), &got, &value);
		if (got.n == strlen(name) && memcmp(got.p, name, got.n) == 0)
			return arena_text_n(a, value.p,
			                    value.n > COOKIE_MAX ? COOKIE_MAX : value.n);
	}
	return NULL;
}
