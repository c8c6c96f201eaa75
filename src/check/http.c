/* Kinds http and http_head: one page, redirects followed, judged at the end. */
#include "check/http.h"
#include "check/talk.h"
#include "core/text.h"

#include <string.h>

typedef struct HttpRun {
	CheckRun run;
	Talk talk;
	HttpExpect expect;
} HttpRun;

static void on_page(Talk *talk, const Answer *a, bool over)
{
	HttpRun *h = CONTAINER_OF(talk, HttpRun, talk);
	CheckRun *run = &h->run;
	CheckResult *r = &run->res;

	if (!over) {
		(void)http_judge(&h->expect, &a->http, r);
		check_measure(r, "body_size", "", (double)a->http.body_n, UNIT_BYTES);
		result_slow(r, &run->check->how->slow);
	}
	if (run->check->how->resume && r->cert.present)
		check_measure(r, "tls_resumed", "", r->cert.resumed, UNIT_NONE);
	result_cert(r, &run->check->how->min_left, world_now(run->world));
	run_finish(run);
}

static void take_headers(Talk *t, const Check *c)
{
	HeaderField *h;

	if (c->how->headers.n == 0)
		return;
	h = ARENA_ARRAY(t->run->arena, HeaderField, c->how->headers.n);
	for (size_t i = 0; i < c->how->headers.n; i++)
		h[i] = (HeaderField){ c->how->headers.at[i].key, c->how->headers.at[i].value };
	t->headers = h;
	t->headers_n = c->how->headers.n;
}

static void begin(CheckRun *run)
{
	HttpRun *h = CONTAINER_OF(run, HttpRun, run);
	const Check *c = run->check;
	Talk *t = &h->talk;
	bool head = c->type == CHECK_HTTP_HEAD;

	h->expect = (HttpExpect){ &c->how->expect,
		                  &c->how->expect_headers,
		                  head ? NULL : &c->how->json,
		                  head ? NULL : c->how->contains,
		                  head ? NULL : c->how->absent,
		                  head ? NULL : c->how->matches };
	*t = (Talk){ .run = run,
		     .expect = &c->how->expect,
		     .redirects = c->how->redirects,
		     .done = on_page };
	t->url = check_url(run->arena, c);
	t->method = head ? "HEAD" : c->how->method;
	t->body = c->how->body;
	t->user = c->how->user;
	t->password = c->how->user ? c->how->secret : NULL;
	t->bearer = c->how->user ? NULL : c->how->secret;
	/* Without assertions on the text its beginning is enough; the rest of a 10 GB body
	 * is nobody's business. */
	t->keep_first = http_may_cut(&h->expect);
	t->max_body = t->keep_first && !c->how->contains ? 256 << 10 : HTTP_BODY;
	take_headers(t, c);
	run->talk = t;
	if (t->url)
		talk_start(t);
	else
		run_bad_target(run, check_target(c));
}

const CheckKind http_kind = { sizeof(HttpRun), begin };
