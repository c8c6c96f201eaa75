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
		result_slow(r, &run->check->slow);
	}
	result_cert(r, &run->check->min_left, world_now(run->world));
	run_finish(run);
}

static void take_headers(Talk *t, const Check *c)
{
	HeaderField *h = ARENA_ARRAY(t->run->arena, HeaderField, c->headers.n + 1);

	for (size_t i = 0; i < c->headers.n; i++)
		h[i] = (HeaderField){ c->headers.at[i].key, c->headers.at[i].value };
	t->headers = h;
	t->headers_n = c->headers.n;
}

static void begin(CheckRun *run)
{
	HttpRun *h = CONTAINER_OF(run, HttpRun, run);
	const Check *c = run->check;
	Talk *t = &h->talk;
	bool head = c->type == CHECK_HTTP_HEAD;

	h->expect = (HttpExpect){ &c->expect,
		                  &c->expect_headers,
		                  head ? NULL : &c->json,
		                  head ? NULL : c->contains,
		                  head ? NULL : c->absent,
		                  head ? NULL : c->matches };
	*t = (Talk){ .run = run, .expect = &c->expect, .redirects = c->redirects, .done = on_page };
	t->url = check_url(run->arena, c);
	t->method = head ? "HEAD" : c->method;
	t->body = c->body;
	t->user = c->user;
	t->password = c->user ? c->secret : NULL;
	t->bearer = c->user ? NULL : c->secret;
	/* Without assertions on the text its beginning is enough; the rest of a 10 GB body
	 * is nobody's business. */
	t->keep_first = http_may_cut(&h->expect);
	t->max_body = t->keep_first && !c->contains ? 256 << 10 : HTTP_BODY;
	take_headers(t, c);
	run->talk = t;
	if (t->url)
		talk_start(t);
	else
		run_bad_target(run, check_target(c));
}

const CheckKind http_kind = { sizeof(HttpRun), begin };
