/* A tiny scripted world for the tests of this folder: answers in the order they
 * were written, a clock that moves only by what answers take, a log of what was
 * asked. Anything asked without a scripted answer fails the test. */
#pragma once
#include "check/check_private.h"
#include "core/buf.h"
#include "core/list.h"
#include "harness.h"

#include <assert.h>
#include <stdio.h>

enum { FAKE_HEADERS = 8 };

typedef struct FakeAnswer {
	const char *target; /* must be how the question's target begins; NULL: any */
	Answer answer;
	HeaderField headers[FAKE_HEADERS];
	Duration takes;   /* moves the clock */
	bool used, again; /* again: serves any number of questions */
} FakeAnswer;

typedef struct FakePending {
	Ask *ask;
	TimerOp *timer;
	const FakeAnswer *answer;
	Duration due;
	uint64_t order;
} FakePending;

typedef struct Fake {
	World world;
	Instant now;
	Duration mono;
	LIST(FakeAnswer *) script;
	LIST(FakePending) pending;
	uint64_t orders;
	Buf log; /* one line per question */
	size_t cancelled;
} Fake;

static Fake *fake_of(World *w) { return CONTAINER_OF(w, Fake, world); }
static Instant fake_now(World *w) { return fake_of(w)->now; }
static Duration fake_mono(World *w) { return fake_of(w)->mono; }
static uint64_t fake_random(World *w)
{
	(void)w;
	return 0x0123456789abcdefu;
}

static void fake_timer_cancel(World *w, TimerOp *op)
{
	Fake *f = fake_of(w);

	for (size_t i = 0; i < f->pending.n; i++) {
		if (f->pending.at[i].timer == op) {
			list_remove(&f->pending, i);
			f->cancelled++;
			break;
		}
	}
	op->state = NULL;
}

static void fake_timer(World *w, TimerOp *op, Duration delay)
{
	Fake *f = fake_of(w);

	fake_timer_cancel(w, op);
	list_add(&f->pending,
	         ((FakePending){
	                 .timer = op, .due = { f->mono.us + delay.us }, .order = f->orders++ }));
}

/* What is asked, as one line: kind, target, and what the tests look at. */
static void fake_describe(const AskSpec *s, Buf *out)
{
	switch (s->kind) {
	case ASK_HTTP:
		buf_printf(out, "%s %s", s->http.method ? s->http.method : "GET", s->http.url);
		for (size_t i = 0; i < s->http.headers_n; i++)
			buf_printf(out, " %s=%s", s->http.headers[i].name,
			           s->http.headers[i].value);
		if (s->http.body)
			buf_printf(out, " body=%.*s", (int)s->http.body_n, s->http.body);
		if (s->http.user)
			buf_printf(out, " user=%s", s->http.user);
		if (s->http.bearer)
			buf_text(out, " bearer");
		if (s->http.public_only)
			buf_text(out, " public-only");
		if (s->http.unix_socket)
			buf_printf(out, " socket=%s", s->http.unix_socket);
		break;
	case ASK_TCP:
		buf_printf(out, "tcp %s:%u%s%s%s", s->tcp.host, s->tcp.port,
		           s->tcp.tls ? " tls" : "", s->tcp.starttls ? " starttls=" : "",
		           s->tcp.starttls ? s->tcp.starttls : "");
		break;
	case ASK_DNS:
		buf_printf(out, "dns %s %s", s->dns.name, s->dns.type ? s->dns.type : "A");
		break;
	case ASK_ICMP: buf_printf(out, "icmp %s x%u", s->icmp.host, s->icmp.count); break;
	case ASK_DB:
		buf_printf(out, "db %s %s %.24s", s->db.engine, s->db.host ? s->db.host : "-",
		           s->db.sql ? s->db.sql : "");
		break;
	case ASK_UNIT: buf_printf(out, "unit %d %s", s->unit.kind, s->unit.name); break;
	case ASK_RUN: buf_printf(out, "run %s", s->run.argv[0]); break;
	case ASK_HOST: buf_text(out, "host"); break;
	case ASK_MAIL: buf_text(out, "mail"); break;
	}
}

static void fake_ask(World *w, Ask *ask, const AskSpec *spec)
{
	Fake *f = fake_of(w);
	AUTO(Buf) line = { 0 };

	EXPECT(spec->timeout.us > 0);
	EXPECT(ask->state == NULL);
	fake_describe(spec, &line);
	buf_printf(&f->log, "%s\n", buf_str(&line));
	for (size_t i = 0; i < f->script.n; i++) {
		FakeAnswer *a = f->script.at[i];
		Duration takes = a->takes.us < spec->timeout.us ? a->takes : spec->timeout;

		if ((a->used && !a->again) ||
		    (a->target && strncmp(buf_str(&line), a->target, strlen(a->target)) != 0))
			continue;
		a->used = true;
		ask->state = f;
		list_add(&f->pending, ((FakePending){ .ask = ask,
		                                      .answer = a,
		                                      .due = { f->mono.us + takes.us },
		                                      .order = f->orders++ }));
		return;
	}
	test_fail(__FILE__, __LINE__, "nobody scripted an answer to '%s'", buf_str(&line));
}

static void fake_ask_cancel(World *w, Ask *ask)
{
	Fake *f = fake_of(w);

	for (size_t i = 0; i < f->pending.n; i++) {
		if (f->pending.at[i].ask == ask) {
			list_remove(&f->pending, i);
			f->cancelled++;
			break;
		}
	}
	ask->state = NULL;
}

static Fake *fake_new(void)
{
	Fake *f = NEW(Fake);

	f->world = (World){ .now = fake_now,
		            .mono = fake_mono,
		            .timer = fake_timer,
		            .timer_cancel = fake_timer_cancel,
		            .ask = fake_ask,
		            .ask_cancel = fake_ask_cancel,
		            .random = fake_random };
	(void)instant_parse("2026-03-02T10:00:00Z", &f->now);
	f->mono = seconds(1000);
	return f;
}

static void fake_free(Fake *f)
{
	EXPECT_INT(f->pending.n, 0);
	for (size_t i = 0; i < f->script.n; i++)
		mem_free(f->script.at[i]);
	list_free(&f->script);
	list_free(&f->pending);
	Buf_done(&f->log);
	mem_free(f);
}

/* The next answer; fill it in. Fails nothing and takes 50 ms unless told otherwise. */
static FakeAnswer *fake_answer(Fake *f, const char *target)
{
	FakeAnswer *a = NEW(FakeAnswer);

	a->target = target;
	a->takes = a->answer.took.total = milliseconds(50);
	a->answer.address = "192.0.2.10";
	list_add(&f->script, a);
	return a;
}

static __attribute__((unused)) FakeAnswer *fake_page(Fake *f, const char *target, int status,
                                                     const char *body)
{
	FakeAnswer *a = fake_answer(f, target);

	a->answer.http = (HttpAnswer){ .status = status, .headers = a->headers };
	a->answer.http.body = body;
	a->answer.http.body_n = body ? strlen(body) : 0;
	return a;
}

static __attribute__((unused)) void fake_header(FakeAnswer *a, const char *name, const char *value)
{
	assert(a->answer.http.headers_n < FAKE_HEADERS);
	a->headers[a->answer.http.headers_n++] = (HeaderField){ name, value };
}

static __attribute__((unused)) FakeAnswer *fake_failure(Fake *f, const char *target, FailClass fail,
                                                        const char *error)
{
	FakeAnswer *a = fake_answer(f, target);

	a->answer.fail = fail;
	a->answer.error = error;
	a->answer.address = NULL;
	return a;
}

/* Runs what is due next; false when nothing waits. */
static bool fake_step(Fake *f)
{
	FakePending p;
	size_t best = 0;

	if (f->pending.n == 0)
		return false;
	for (size_t i = 1; i < f->pending.n; i++) {
		const FakePending *a = &f->pending.at[i], *b = &f->pending.at[best];

		if (a->due.us < b->due.us || (a->due.us == b->due.us && a->order < b->order))
			best = i;
	}
	p = f->pending.at[best];
	list_remove(&f->pending, best);
	if (p.due.us > f->mono.us) {
		f->now = after(f->now, duration_us(p.due.us - f->mono.us));
		f->mono = p.due;
	}
	if (p.timer) {
		p.timer->done(p.timer);
	} else {
		p.ask->state = NULL;
		p.ask->done(p.ask, &p.answer->answer);
	}
	return true;
}

static void fake_run(Fake *f)
{
	while (fake_step(f))
		;
}

/* ---- a check and its result ---- */

typedef struct Probe {
	Fake *fake;
	Check check;
	CheckHow how; /* the check's */
	Plan plan;
	Guard *guard;
	Service service;
	Environment env;
	CheckResult result;
	int finished;
} Probe;

static __attribute__((unused)) void probe_finished(CheckRun *run, const CheckResult *r, void *owner)
{
	Probe *p = owner;

	EXPECT(check_run_check(run) == &p->check);
	p->result = *r;
	p->finished++;
}

static __attribute__((unused)) Probe *probe_new(CheckType type, const char *target)
{
	Probe *p = NEW(Probe);

	p->fake = fake_new();
	p->check = (Check){ .item.id = "site", .type = type, .target = target, .how = &p->how };
	p->how = check_how_plain;
	return p;
}

/* Runs the probe to its end. */
static __attribute__((unused)) const CheckResult *probe(Probe *p)
{
	CheckContext ctx = { .guard = p->guard };

	p->finished = 0;
	(void)check_run_start(&p->fake->world, &p->plan, &p->check, &ctx, probe_finished, p);
	EXPECT_INT(p->finished, 0); /* never inside the call */
	fake_run(p->fake);
	EXPECT_INT(p->finished, 1);
	return &p->result;
}

static __attribute__((unused)) void probe_free(Probe *p)
{
	guard_free(p->guard);
	fake_free(p->fake);
	mem_free(p);
}

#define TEXTS(...)                                            \
	((Texts){ (const char *const[]){ __VA_ARGS__, NULL }, \
	          COUNT_OF(((const char *const[]){ __VA_ARGS__ })) })
#define PAIRS(...) \
	((Pairs){ (const Pair[]){ __VA_ARGS__ }, COUNT_OF(((const Pair[]){ __VA_ARGS__ })) })

static __attribute__((unused)) bool expect_result(const char *file, int line, const CheckResult *r,
                                                  CheckState state, FailClass fail,
                                                  const char *reason)
{
	bool ok = r->state == state && r->fail == fail && strstr(r->reason, reason) &&
	          (r->reason[0] == '\0') == (reason[0] == '\0') &&
	          (r->reason[0] == '\0') == (r->reason_fr[0] == '\0');

	return ok ||
	       test_fail(file, line, "got %s/%s '%s' | '%s', expected %s/%s '%s'",
	                 check_state_name(r->state), fail_class_name(r->fail), r->reason,
	                 r->reason_fr, check_state_name(state), fail_class_name(fail), reason);
}
#define EXPECT_RESULT(r, state, fail, reason) \
	expect_result(__FILE__, __LINE__, (r), (state), (fail), (reason))
