#include "home/source.h"

#include "core/alloc.h"
#include "core/lib_curl.h"
#include "core/list.h"
#include "core/text.h"
#include "home/home.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 128, CONNECT_SECONDS = 5 };

typedef struct Named {
	uint32_t number;
	char *name;
} Named;

struct HomeSource {
	char *url;
	Secret *token;
	LIST(Named) names;
	char why[200];
};

HomeSource *home_source_new(const char *url, const Secret *token)
{
	HomeSource *h = NEW(HomeSource);

	h->url = mem_text(url);
	h->token = token ? secret_new(secret_reveal(token)) : NULL;
	return h;
}

void home_source_free(HomeSource *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->names.n; i++)
		mem_free(h->names.at[i].name);
	list_free(&h->names);
	secret_free(h->token);
	mem_free(h->url);
	mem_free(h);
}

void home_source_name(HomeSource *h, uint32_t number, const char *series)
{
	list_add(&h->names, ((Named){ number, mem_text(series) }));
}

const char *home_source_why(const HomeSource *h) { return h->why; }

/* ---- the question ---- */

static void quoted(const char *s, Buf *out)
{
	buf_char(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_char(out, '\\');
		buf_char(out, *s);
	}
	buf_char(out, '"');
}

void home_selector(const char *series, Buf *out)
{
	const char *brace = strchr(series, '{');
	char name[NAME], scope[NAME] = "";

	text_copy(name, sizeof name, series);
	if (brace && (size_t)(brace - series) < sizeof name)
		name[brace - series] = '\0';
	buf_text(out, "{__name__=");
	quoted(name, out);
	if (brace) {
		text_copy(scope, sizeof scope, brace + 1);
		if (text_ends(scope, "}"))
			scope[strlen(scope) - 1] = '\0';
		buf_printf(out, ",%s=", home_label(name, scope));
		quoted(scope, out);
	}
	buf_char(out, '}');
}

/* Seconds with milliseconds; what is before 1970 or far away is asked for in vain. */
static void put_time(int64_t us, Buf *out)
{
	const int64_t most = 253402300799000000; /* the year 9999 */

	us = us < 0 ? 0 : us > most ? most : us;
	buf_printf(out, "%lld.%03lld", (long long)(us / 1000000), (long long)(us / 1000 % 1000));
}

static void put_address(const HomeSource *h, const char *series, Instant from, Instant to, Buf *out)
{
	AUTO(Buf) selector = { 0 };

	home_selector(series, &selector);
	home_address(h->url, "/api/v1/export?match%5B%5D=", out);
	buf_url(out, buf_str(&selector));
	buf_text(out, "&start=");
	put_time(from.us, out);
	buf_text(out, "&end=");
	put_time(to.us, out);
}

/* ---- the exchange ---- */

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	Buf *body = ctx;

	buf_add(body, p, size * n);
	return body->over ? 0 : size * n;
}

#define SET(option, value) good = good && libcurl.easy_setopt(c, option, value) == CURLE_OK

static bool perform(HomeSource *h, CURL *c, const char *url, struct curl_slist *fields, Buf *body)
{
	bool good = true;
	long status = 0;
	CURLcode code;

	SET(CURLOPT_URL, url);
	SET(CURLOPT_HTTPHEADER, fields);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	SET(CURLOPT_TIMEOUT, (long)SOURCE_SECONDS);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, body);
	code = good ? libcurl.easy_perform(c) : CURLE_FAILED_INIT;
	(void)libcurl.easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	if (body->over)
		text_copy(h->why, sizeof h->why, "its answer is too long");
	else if (code != CURLE_OK)
		text_copy(h->why, sizeof h->why, libcurl.easy_strerror(code));
	else if (status != 200)
		(void)snprintf(h->why, sizeof h->why, "HTTP status %ld", status);
	return !h->why[0];
}

static struct curl_slist *fields_of(const HomeSource *h)
{
	struct curl_slist *fields;
	char *line;

	if (!h->token)
		return NULL;
	line = mem_printf("Authorization: Bearer %s", secret_reveal(h->token));
	fields = libcurl.slist_append(NULL, line);
	explicit_bzero(line, strlen(line));
	mem_free(line);
	return fields;
}

static bool get(HomeSource *h, const char *url, Buf *body)
{
	struct curl_slist *fields;
	Err err = { 0 };
	CURL *c;
	bool ok;

	h->why[0] = '\0';
	if (!libcurl_open(&err)) {
		text_copy(h->why, sizeof h->why, err.message);
		return false;
	}
	c = libcurl.easy_init();
	if (!c) {
		text_copy(h->why, sizeof h->why, "no memory");
		return false;
	}
	fields = fields_of(h);
	ok = perform(h, c, url, fields, body);
	libcurl.easy_cleanup(c);
	for (struct curl_slist *f = fields; f; f = f->next)
		explicit_bzero(f->data, strlen(f->data));
	libcurl.slist_free_all(fields);
	return ok;
}

/* ---- the answer ---- */

typedef struct Taking {
	const char *series;
	LIST(Sample) samples;
} Taking;

static void take(void *arg, const char *series, Instant at, double value)
{
	Taking *t = arg;

	if (text_eq(series, t->series)) /* others have labels more */
		list_add(&t->samples, ((Sample){ at, value }));
}

static int by_time(const void *a, const void *b)
{
	const Sample *x = a, *y = b;

	if (x->at.us != y->at.us)
		return (x->at.us > y->at.us) - (x->at.us < y->at.us);
	return (x->value > y->value) - (x->value < y->value);
}

/* What a crash sent twice is one sample. */
static void give(Taking *t, ChunkEach *each, void *arg)
{
	Sample *at = t->samples.at;
	size_t n = 0;
	bool go = true;

	if (t->samples.n)
		list_sort(&t->samples, by_time);
	for (size_t i = 0; i < t->samples.n; i++) {
		if (n == 0 || by_time(&at[i], &at[n - 1]) != 0)
			at[n++] = at[i];
	}
	for (size_t i = 0; go && i < n; i += CHUNK_MAX) {
		AUTO(Buf) chunk = { 0 };

		chunk_write(at + i, n - i < CHUNK_MAX ? n - i : CHUNK_MAX, &chunk);
		go = each(arg, chunk.p, chunk.n);
	}
}

static bool chunks(void *ctx, uint32_t number, Instant from, Instant to, ChunkEach *each, void *arg)
{
	HomeSource *h = ctx;
	AUTO(Buf) url = { 0 };
	AUTO(Buf) body = { .max = SOURCE_BYTES };
	Taking t = { 0 };
	Err err = { 0 };
	bool ok;

	for (size_t i = 0; i < h->names.n && !t.series; i++) {
		if (h->names.at[i].number == number)
			t.series = h->names.at[i].name;
	}
	if (!t.series)
		return true;
	put_address(h, t.series, from, to, &url);
	if (!get(h, buf_str(&url), &body))
		return false;
	ok = home_read(buf_str(&body), body.n, take, &t, &err);
	if (ok)
		give(&t, each, arg);
	else
		text_copy(h->why, sizeof h->why, err.message);
	list_free(&t.samples);
	return ok;
}

static bool no_rollups(void *ctx, uint32_t number, Res res, Instant from, Instant to,
                       BucketEach *each, void *arg)
{
	(void)ctx, (void)number, (void)res, (void)from, (void)to, (void)each, (void)arg;
	return true;
}

static Instant from_ever(void *ctx, Res res)
{
	(void)ctx, (void)res;
	return LONG_AGO;
}

static Instant no_newest(void *ctx, uint32_t number, Res res)
{
	(void)ctx, (void)number, (void)res;
	return LONG_AGO;
}

SampleSource home_source(HomeSource *h)
{
	return (SampleSource){ .chunks = chunks,
		               .rollups = no_rollups,
		               .kept_from = from_ever,
		               .newest = no_newest,
		               .ctx = h };
}
