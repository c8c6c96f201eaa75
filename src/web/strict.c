/* The library below is lenient: it takes two lengths, a length beside chunks, no
 * Host at all. Behind a proxy that reads them the other way round, one request
 * becomes two. So what can be read in two ways is refused and the connection
 * closed (RFC 9112 §3.2, §6.1, §6.3). */
#include "core/text.h"
#include "web/web_private.h"

#include <arpa/inet.h>
#include <strings.h>

static bool is_token(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++) {
		bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
		             (*s >= '0' && *s <= '9') || strchr("!#$%&'*+-.^_`|~", *s);

		if (!plain)
			return false;
	}
	return true;
}

void tally_header(HeaderTally *t, const char *name, const char *value)
{
	if (!is_token(name))
		t->odd_name = true;
	if (strcasecmp(name, "Content-Length") == 0) {
		int64_t n;

		t->lengths++;
		t->length_ok = value && value[0] >= '0' && value[0] <= '9' && text_int(value, &n);
		t->length = t->length_ok ? (uint64_t)n : 0;
	} else if (strcasecmp(name, "Transfer-Encoding") == 0) {
		t->encodings++;
		t->chunked = value && strcasecmp(value, "chunked") == 0;
	} else if (strcasecmp(name, "Host") == 0) {
		t->hosts++;
		t->host = value;
	}
}

/* Without its port: "[::1]:80" → "::1", "a.example:80" → "a.example". */
static void host_name(const char *host, char *out, size_t cap)
{
	const char *end;

	if (host[0] == '[') {
		text_copy(out, cap, host + 1);
		out[strcspn(out, "]")] = '\0';
		return;
	}
	text_copy(out, cap, host);
	end = strrchr(out, ':');
	if (end)
		out[end - out] = '\0';
}

/* Asking an address by itself is no rebinding trick: only names can be. */
static bool host_is_ours(const char *host, const char *server_name)
{
	char name[256];
	struct in6_addr six;
	struct in_addr four;

	host_name(host, name, sizeof name);
	return strcasecmp(name, server_name) == 0 || strcasecmp(name, "localhost") == 0 ||
	       inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1;
}

int tally_judge(const HeaderTally *t, const char *server_name, const char **ret_why)
{
	static const char none[] = "";

	*ret_why = none;
	if (t->odd_name)
		*ret_why = "a header name is not a token";
	else if (t->lengths > 1)
		*ret_why = "more than one Content-Length";
	else if (t->lengths && t->encodings)
		*ret_why = "both Content-Length and Transfer-Encoding";
	else if (t->encodings > 1 || (t->encodings && !t->chunked))
		*ret_why = "a Transfer-Encoding other than chunked";
	else if (t->lengths && !t->length_ok)
		*ret_why = "the Content-Length is not a number";
	else if (t->hosts > 1 || (!t->hosts && !t->http_1_0))
		*ret_why = "there must be one Host";
	else if (t->hosts && (!t->host || strpbrk(t->host, " \t,/@")))
		*ret_why = "the Host is not a host";
	if (*ret_why != none)
		return 400;
	if (t->hosts && !text_is_empty(server_name) && !host_is_ours(t->host, server_name)) {
		*ret_why = "this host is not served here";
		return 421;
	}
	return 0;
}
