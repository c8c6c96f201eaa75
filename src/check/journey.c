/* Kind journey: pages in order, as a user walks through them. A value captured from
 * one page goes into the next; the first step that fails ends the walk, but the
 * steps marked `always` clean up whatever happened. A clean-up that fails leaves
 * things behind: degraded, not down. Captured values may be tokens, so they are
 * taken out of every reason. */
#include "check/fill.h"
#include "check/http.h"
#include "check/jar.h"
#include "check/json_path.h"
#include "check/pattern.h"
#include "check/talk.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum { VALUES_MAX = 64, VALUE_BYTES = 4096, FILLED_BYTES = 256 << 10 };

typedef struct JourneyRun {
	CheckRun run;
	Talk talk;
	size_t at;   /* the step under way */
	bool failed; /* a step has failed: only clean-up steps from here on */
	FillValue values[VALUES_MAX];
	size_t values_n;
	CheckResult step;     /* the verdict on the step under way */
	CheckResult verdict;  /* the first failure of a step; up until then */
	Timings took, before; /* of the steps a user waits for; of all before this step */
} JourneyRun;

static const JourneyStep *step_of(const JourneyRun *j) { return &j->run.check->how->steps[j->at]; }

static const char *step_name(const JourneyRun *j, char out[64])
{
	const JourneyStep *s = step_of(j);

	if (s->name)
		text_copy(out, 64, s->name);
	else
		(void)snprintf(out, 64, "%zu", j->at + 1);
	return out;
}

static void redact(const JourneyRun *j, CheckResult *r)
{
	for (size_t i = 0; i < j->values_n; i++) {
		const char *v = j->values[i].value;
		size_t n = strlen(v);

		/* A captured "1" is no secret, and would eat every digit. */
		for (char *at = r->reason; n >= 6 && (at = strstr(at, v)); at += 3) {
			memcpy(at, "***", 3);
			memmove(at + 3, at + n, strlen(at + n) + 1);
		}
		for (char *at = r->reason_fr; n >= 6 && (at = strstr(at, v)); at += 3) {
			memcpy(at, "***", 3);
			memmove(at + 3, at + n, strlen(at + n) + 1);
		}
	}
}

static void next_step(JourneyRun *j);

/* The step's verdict is in j->step. */
static void step_over(JourneyRun *j)
{
	CheckResult *s = &j->step;
	bool cleanup = step_of(j)->always;
	char name[64];
	CheckPart *part;

	redact(j, s);
	part = result_part(&j->run.res, step_name(j, name));
	if (part) {
		part->state = s->state;
		part->status = s->status;
		part->took = s->took;
		text_copy(part->reason, sizeof part->reason, s->reason);
	}
	if (!cleanup)
		timings_add(&j->took, &s->took);
	if (s->state != CHECK_UP && j->verdict.state == CHECK_UP) {
		j->verdict.state = cleanup ? CHECK_DEGRADED : s->state;
		j->verdict.fail = cleanup ? FAIL_ASSERT : s->fail;
		j->verdict.timed_out = s->timed_out;
		reason_say_both(&j->verdict, cleanup ? REASON_CLEANUP : REASON_STEP,
		                ARGS(name, s->reason), ARGS(name, s->reason_fr));
	}
	j->failed = j->failed || (s->state != CHECK_UP && !cleanup);
	j->at++;
	next_step(j);
}

static void finish(JourneyRun *j)
{
	CheckResult *r = &j->run.res;

	r->state = j->verdict.state;
	r->fail = j->verdict.fail;
	r->timed_out = j->verdict.timed_out;
	text_copy(r->reason, sizeof r->reason, j->verdict.reason);
	text_copy(r->reason_fr, sizeof r->reason_fr, j->verdict.reason_fr);
	r->took = j->took;
	r->latency = j->took.total;
	result_slow(r, &j->run.check->how->slow);
	result_cert(r, &j->run.check->how->min_left, world_now(j->run.world));
	run_finish(&j->run);
}

/* ---- capturing ---- */

static const char *bounded(JourneyRun *j, const char *p, size_t n)
{
	return p ? arena_text_n(j->run.arena, p, n > VALUE_BYTES ? VALUE_BYTES : n) : NULL;
}

static const char *capture_json(JourneyRun *j, const char *path, const HttpAnswer *a)
{
	json_t *root = json_read(a->body, a->body_n, NULL);
	const json_t *v = root ? json_path_get(root, path, NULL) : NULL;
	char text[VALUE_BYTES];
	const char *value = NULL;

	if (v) {
		json_show(v, text, sizeof text);
		value = arena_text(j->run.arena, text);
	}
	json_decref(root);
	return value;
}

static const char *capture_one(JourneyRun *j, const char *from, const HttpAnswer *a)
{
	const char *at = NULL;
	size_t n = 0;

	if (text_starts(from, "header:")) {
		at = header_get(a, from + 7);
		return bounded(j, at, at ? strlen(at) : 0);
	}
	if (text_starts(from, "cookie:"))
		return cookie_of(j->run.arena, a, from + 7);
	if (text_starts(from, "json:"))
		return capture_json(j, from + 5, a);
	if (text_starts(from, "regex:") &&
	    pattern_find(from + 6, a->body, a->body_n, &at, &n, NULL) == PATTERN_YES)
		return bounded(j, at, n);
	return NULL;
}

static void capture(JourneyRun *j, const HttpAnswer *a)
{
	const Pairs *wants = &step_of(j)->capture;

	for (size_t i = 0; i < wants->n; i++) {
		const char *value = capture_one(j, wants->at[i].value, a);

		if (!value) {
			result_not(&j->step, CHECK_DOWN);
			SAY(&j->step, REASON_CAPTURE, wants->at[i].key, wants->at[i].value);
			return;
		}
		if (j->values_n < VALUES_MAX)
			j->values[j->values_n++] = (FillValue){ wants->at[i].key, value };
	}
}

/* ---- one step ---- */

static void on_page(Talk *talk, const Answer *a, bool over)
{
	JourneyRun *j = CONTAINER_OF(talk, JourneyRun, talk);
	const JourneyStep *s = step_of(j);
	CheckResult *r = &j->run.res;
	HttpExpect e = { .status = &s->expect,
		         .json = &s->json,
		         .contains = s->contains,
		         .matches = s->matches };

	/* The talk filled the run's result; what it found belongs to this step. */
	j->step = (CheckResult){ .state = r->state,
		                 .fail = r->fail,
		                 .timed_out = r->timed_out,
		                 .status = r->status,
		                 .took = r->took };
	text_copy(j->step.reason, CHECK_REASON, r->reason);
	text_copy(j->step.reason_fr, CHECK_REASON, r->reason_fr);
	if (!over && http_judge(&e, &a->http, &j->step))
		capture(j, &a->http);
	step_over(j);
}

/* Fills one text of the step; NULL with the step's verdict when a value is missing. */
static const char *filled(JourneyRun *j, const char *text, FillPlace place)
{
	AUTO(Buf) b = { .max = FILLED_BYTES };
	char missing[48];

	if (fill_text(text, place, j->values, j->values_n, &b, missing))
		return arena_text(j->run.arena, buf_str(&b));
	result_not(&j->step, CHECK_DOWN);
	SAY(&j->step, REASON_NO_VALUE, missing[0] ? missing : "text");
	return NULL;
}

static const char *content_type(const JourneyStep *s)
{
	for (size_t i = 0; i < s->headers.n; i++) {
		if (strcasecmp(s->headers.at[i].key, "content-type") == 0)
			return s->headers.at[i].value;
	}
	return NULL;
}

/* A body without a declared type gets the one it is filled in as. */
static const char *type_of(FillPlace place)
{
	return place == FILL_JSON   ? "application/json"
	       : place == FILL_FORM ? "application/x-www-form-urlencoded"
	                            : NULL;
}

static bool prepare_headers(JourneyRun *j, FillPlace body_place)
{
	const JourneyStep *s = step_of(j);
	HeaderField *h = ARENA_ARRAY(j->run.arena, HeaderField, s->headers.n + 1);
	const char *type = s->body && !content_type(s) ? type_of(body_place) : NULL;
	size_t n = 0;

	for (; n < s->headers.n; n++) {
		const char *value = filled(j, s->headers.at[n].value, FILL_HEADER);

		if (!value)
			return false;
		h[n] = (HeaderField){ s->headers.at[n].key, value };
	}
	if (type)
		h[n++] = (HeaderField){ "Content-Type", type };
	j->talk.headers = h;
	j->talk.headers_n = n;
	return true;
}

static const char *step_url(JourneyRun *j)
{
	const JourneyStep *s = step_of(j);
	const char *text = s->url ? filled(j, s->url, FILL_URL) : NULL, *base;

	if (s->url && !text)
		return NULL;
	base = check_url(j->run.arena, j->run.check);
	if (!text)
		return base;
	if (strstr(text, "://"))
		return url_resolve(j->run.arena, text, text);
	return base ? url_resolve(j->run.arena, base, text) : NULL;
}

/* The check's credentials are for its own site; a step elsewhere goes without. */
static void lend_credentials(JourneyRun *j)
{
	const Check *c = j->run.check;
	const char *base = check_url(j->run.arena, c);
	bool own = !base || url_same_origin(base, j->talk.url);

	j->talk.user = own ? c->how->user : NULL;
	j->talk.password = own && c->how->user ? c->how->secret : NULL;
	j->talk.bearer = own && !c->how->user ? c->how->secret : NULL;
}

/* False: the step cannot be asked, and j->step says why. */
static bool prepare(JourneyRun *j)
{
	const JourneyStep *s = step_of(j);
	FillPlace place = s->body ? fill_place_of_body(content_type(s), s->body) : FILL_RAW;
	Talk *t = &j->talk;

	j->step = (CheckResult){ .state = CHECK_UP };
	t->method = s->method ? s->method : s->body ? "POST" : "GET";
	t->expect = &s->expect;
	t->url = step_url(j);
	if (!t->url) {
		if (j->step.state == CHECK_UP) {
			Err err = { 0 };

			result_self(&j->step);
			if (url_reader(&err))
				SAY(&j->step, REASON_BAD_TARGET, s->url ? s->url : "");
			else
				result_trouble(&j->step, err.message);
		}
		return false;
	}
	lend_credentials(j);
	t->body = s->body ? filled(j, s->body, place) : NULL;
	return (!s->body || t->body) && prepare_headers(j, place);
}

/* The run's result is lent to the talk for one step. */
static void clear_for_step(CheckResult *r)
{
	r->took = (Timings){ 0 };
	r->status = 0;
	r->state = CHECK_UNKNOWN;
	r->fail = FAIL_NONE;
	r->timed_out = false;
	r->reason[0] = r->reason_fr[0] = '\0';
}

static void on_next(TimerOp *op);

static void next_step(JourneyRun *j)
{
	CheckRun *run = &j->run;

	while (j->at < run->check->how->steps_n && j->failed && !step_of(j)->always)
		j->at++;
	if (j->at == run->check->how->steps_n) {
		finish(j);
		return;
	}
	/* From the loop, so that a hundred steps that cannot be asked are no recursion. */
	run->later.done = on_next;
	run->world->timer(run->world, &run->later, duration_us(0));
}

static void on_next(TimerOp *op)
{
	JourneyRun *j = CONTAINER_OF(op, JourneyRun, run.later);
	CheckRun *run = &j->run;

	/* What was begun is cleaned up even when the walk used up its time: a clean-up step
	 * has the check's timeout for itself. */
	if (step_of(j)->always) {
		run->began = run->world->mono(run->world);
		run->limit = check_timeout(run->check);
	}
	clear_for_step(&run->res);
	if (prepare(j))
		talk_start(&j->talk);
	else
		step_over(j);
}

static void begin(CheckRun *run)
{
	JourneyRun *j = CONTAINER_OF(run, JourneyRun, run);
	const Check *c = run->check;

	j->verdict.state = CHECK_UP;
	j->talk = (Talk){ .run = run,
		          .redirects = c->how->redirects,
		          .max_body = HTTP_BODY,
		          .unlisted = true,
		          .done = on_page };
	j->talk.jar = jar_new(run->arena);
	run->talk = &j->talk;
	if (c->how->steps_n == 0) {
		run_bad_target(run, NULL);
		return;
	}
	/* Unique in every run, so that what a step creates can be told apart and removed. */
	j->values[j->values_n++] =
	        (FillValue){ "unique",
		             arena_printf(run->arena, "%016llx",
		                          (unsigned long long)run->world->random(run->world)) };
	next_step(j);
}

const CheckKind journey_kind = { sizeof(JourneyRun), begin };
