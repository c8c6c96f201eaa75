/* See talk.h. */
#include "check/talk.h"

#include "check/jar.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum { LOCATION_MAX = 8192 }; /* what a redirect may make us remember */

const char *header_get(const HttpAnswer *a, const char *name)
{
	for (size_t i = 0; i < a->headers_n; i++) {
		if (strcasecmp(a->headers[i].name, name) == 0)
			return a->headers[i].value;
	}
	return NULL;
}

static bool digits_or_x(const char *s, int status)
{
	for (int pos = 0, div = 100; pos < 3; pos++, div /= 10) {
		if (s[pos] == 'x' || s[pos] == 'X')
			continue;
		if (s[pos] != '0' + status / div % 10)
			return false;
	}
	return s[3] == '\0';
}

static bool status_matches(const char *spec, int status)
{
	char low[8];
	const char *dash = strchr(spec, '-');
	int64_t from, to;

	if (!dash)
		return strlen(spec) == 3 && digits_or_x(spec, status);
	if ((size_t)(dash - spec) >= sizeof low)
		return false;
	memcpy(low, spec, (size_t)(dash - spec));
	low[dash - spec] = '\0';
	return text_int(low, &from) && text_int(dash + 1, &to) && status >= from && status <= to;
}

bool status_expected(const Texts *expect, int status)
{
	if (!expect || expect->n == 0)
		return status >= 200 && status <= 299;
	for (size_t i = 0; i < expect->n; i++) {
		if (status_matches(expect->at[i], status))
			return true;
	}
	return false;
}

const char *redirect_to(const HttpAnswer *a)
{
	switch (a->status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308: return header_get(a, "location");
	default: return NULL;
	}
}

static void on_hop(Ask *ask, const Answer *a);

static void ask_hop(Talk *t)
{
	CheckRun *run = t->run;
	const Check *c = run->check;
	HttpAsk *h = &run->spec.http;

	run->spec = (AskSpec){ .kind = ASK_HTTP };
	h->url = t->url;
	h->method = t->method;
	h->headers = t->headers;
	h->headers_n = t->headers_n;
	h->body = t->body;
	h->body_n = t->body ? strlen(t->body) : 0;
	h->user = t->user;
	h->password = t->password;
	h->bearer = t->bearer;
	h->resolve_to = t->hops == 0 ? c->how->resolve_to : NULL;
	h->unix_socket = t->elsewhere ? NULL : c->how->socket;
	h->ca_file = c->how->ca_file;
	h->family = c->how->family;
	h->no_verify = c->how->no_verify;
	h->resume = c->how->resume;
	h->public_only = t->met_public && !h->unix_socket;
	h->max_body = t->max_body;
	h->keep_first = t->keep_first;
	if (t->jar)
		jar_send(t->jar, run->arena, t->url, &h->headers, &h->headers_n);
	t->visited[t->hops] = t->url;
	run_ask(run, on_hop);
}

void talk_start(Talk *t)
{
	t->hops = 0;
	t->met_public = t->elsewhere = false;
	ask_hop(t);
}

static bool is_secret_header(const char *name)
{
	return strcasecmp(name, "authorization") == 0 || strcasecmp(name, "cookie") == 0 ||
	       strcasecmp(name, "proxy-authorization") == 0;
}

/* What was meant for one origin is not shown to another, nor is that one reached by its
 * socket. */
static void drop_credentials(Talk *t)
{
	HeaderField *kept = ARENA_ARRAY(t->run->arena, HeaderField, t->headers_n + 1);
	size_t n = 0;

	for (size_t i = 0; i < t->headers_n; i++) {
		if (!is_secret_header(t->headers[i].name))
			kept[n++] = t->headers[i];
	}
	t->elsewhere = true;
	t->headers = kept;
	t->headers_n = n;
	t->user = NULL;
	t->password = NULL;
	t->bearer = NULL;
}

static bool was_visited(const Talk *t, const char *url)
{
	for (unsigned i = 0; i <= t->hops; i++) {
		if (strcmp(t->visited[i], url) == 0)
			return true;
	}
	return false;
}

/* The verdict on a way that leads nowhere, or true to go on. */
static bool may_follow(Talk *t, const char *location, const char *to)
{
	CheckResult *r = &t->run->res;
	int limit = t->redirects < 0 ? 5 : t->redirects;
	char shown[160], n[16];
	Err err = { 0 };

	if (!to && !url_reader(&err)) {
		result_trouble(r, err.message);
		return false;
	}
	if (limit > TALK_HOPS)
		limit = TALK_HOPS;
	if (!to) {
		text_copy(shown, sizeof shown, location);
		SAY(r, REASON_REDIRECT_BAD, shown);
	} else if ((int)t->hops >= limit) {
		url_show(to, shown, sizeof shown);
		(void)snprintf(n, sizeof n, "%d", limit);
		SAY(r, REASON_REDIRECTS, n, shown);
	} else if (was_visited(t, to) && !t->jar) {
		/* A page that sets a cookie and sends back to itself is no loop; with a jar
		 * only the limit tells. */
		url_show(to, shown, sizeof shown);
		SAY(r, REASON_REDIRECT_LOOP, shown);
	} else {
		return true;
	}
	result_not(r, CHECK_DOWN);
	return false;
}

static void list_hop(Talk *t, const Answer *a)
{
	char shown[96];
	CheckPart *p;

	if (t->unlisted)
		return;
	url_show(t->url, shown, sizeof shown);
	p = result_part(&t->run->res, shown);
	if (!p)
		return;
	p->status = a->http.status;
	p->took = a->took;
	p->state = CHECK_UP;
}

static void follow(Talk *t, const Answer *a, const char *location)
{
	const char *to = strlen(location) > LOCATION_MAX
	                         ? NULL
	                         : url_resolve(t->run->arena, t->url, location);

	if (!may_follow(t, location, to)) {
		t->done(t, a, true);
		return;
	}
	if (!url_same_origin(t->url, to))
		drop_credentials(t);
	/* As browsers do (RFC 9110 §15.4): 307 and 308 repeat the request, the others ask
	 * for the page, HEAD staying HEAD. */
	if (a->http.status != 307 && a->http.status != 308) {
		if (!t->method || strcmp(t->method, "HEAD") != 0)
			t->method = "GET";
		t->body = NULL;
	}
	t->met_public = t->met_public || (a->address && !t->run->spec.http.unix_socket &&
	                                  !address_is_private(a->address));
	t->url = to;
	t->hops++;
	ask_hop(t);
}

/* The world answers "self" for an address it was told not to visit. That is no trouble of
 * ours when a page sent us there. */
static bool is_private_refusal(const Talk *t, const Answer *a)
{
	return t->met_public && a->fail == FAIL_SELF && a->error && strstr(a->error, "private");
}

/* Who was asked, for the guard, which only hears of failures. A socket is this machine: it
 * has no say in it. */
static void tell_host(Talk *t)
{
	CheckRun *run = t->run;

	if (run->spec.http.unix_socket || !url_host(t->url, run->host))
		text_copy(run->host, sizeof run->host, "localhost");
}

static void on_hop(Ask *ask, const Answer *a)
{
	CheckRun *run = CONTAINER_OF(ask, CheckRun, ask);
	Talk *t = run->talk;
	const char *location;
	char shown[160];

	result_took(&run->res, a);
	if (a->fail != FAIL_NONE) {
		url_show(t->url, shown, sizeof shown);
		tell_host(t);
	}
	if (is_private_refusal(t, a)) {
		result_not(&run->res, CHECK_DOWN);
		SAY(&run->res, REASON_REDIRECT_PRIVATE, shown);
		t->done(t, a, true);
		return;
	}
	if (a->fail != FAIL_NONE) {
		result_world_failure(&run->res, a, shown, run->limit);
		t->done(t, a, true);
		return;
	}
	run->res.status = a->http.status;
	if (t->jar)
		jar_take(t->jar, t->url, &a->http);
	location = redirect_to(&a->http);
	if (location && t->redirects != 0 &&
	    !(t->expect && t->expect->n && status_expected(t->expect, a->http.status))) {
		list_hop(t, a);
		follow(t, a, location);
		return;
	}
	if (t->hops)
		list_hop(t, a);
	t->done(t, a, false);
}
