#include "contract/world_contract.h"

#include "core/alloc.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* What happened, as letters in the order it happened. */
typedef struct Story {
	World *w;
	const WorldMaker *m;
	char text[256];
	unsigned n;
} Story;

static Story story_of(const WorldMaker *m) { return (Story){ .w = m->make(), .m = m }; }

static void story_end(Story *s) { s->m->free(s->w); }

static void tell(Story *s, char c)
{
	if (s->n + 1 < sizeof s->text)
		s->text[s->n++] = c;
}

static void spin(Story *s, unsigned want)
{
	EXPECT(s->m->spin(s->w, &s->n, want));
	EXPECT_INT(s->n, want);
}

/* ---- timers ---- */

typedef struct Timer {
	TimerOp op;
	Story *story;
	char letter;
	unsigned again;       /* times still to re-arm itself */
	struct Timer *victim; /* cancelled in done */
	bool on_heap;
} Timer;

static void timer_done(TimerOp *op)
{
	Timer *t = CONTAINER_OF(op, Timer, op);
	World *w = t->story->w;

	tell(t->story, t->letter);
	EXPECT(op->state == NULL);
	if (t->victim)
		w->timer_cancel(w, &t->victim->op);
	if (t->again && t->again--)
		w->timer(w, op, milliseconds(1));
	if (t->on_heap)
		mem_free(t);
}

static Timer timer_of(Story *s, char letter)
{
	return (Timer){ .op.done = timer_done, .story = s, .letter = letter };
}

static void arm(Timer *t, int64_t ms)
{
	World *w = t->story->w;

	w->timer(w, &t->op, milliseconds(ms));
}

void contract_timers_fire_in_order(const WorldMaker *m)
{
	Story s = story_of(m);
	Timer a = timer_of(&s, 'a'), b = timer_of(&s, 'b'), c = timer_of(&s, 'c');

	arm(&c, 30);
	arm(&a, 10);
	arm(&b, 20);
	EXPECT_INT(s.n, 0);
	spin(&s, 3);
	EXPECT_TEXT(s.text, "abc");
	story_end(&s);
}

void contract_equal_timers_fire_as_armed(const WorldMaker *m)
{
	Story s = story_of(m);
	Timer t[20];
	char want[21] = { 0 };

	/* One that arms the others, so that all are armed at the same instant. */
	for (int i = 0; i < 20; i++) {
		t[i] = timer_of(&s, (char)('a' + i));
		want[i] = (char)('a' + i);
		arm(&t[i], i % 2 ? 0 : -5); /* all due at once: the next turn */
	}
	spin(&s, 20);
	EXPECT_TEXT(s.text, want);
	story_end(&s);
}

void contract_timer_rearms_inside_done(const WorldMaker *m)
{
	Story s = story_of(m);
	Timer t = timer_of(&s, 't');

	t.again = 3;
	arm(&t, 1);
	spin(&s, 4);
	m->pass(s.w, milliseconds(20));
	EXPECT_TEXT(s.text, "tttt");
	story_end(&s);
}

typedef struct Chain {
	TimerOp op;
	Story *story;
	bool inside;
} Chain;

static void chain_done(TimerOp *op)
{
	Chain *c = CONTAINER_OF(op, Chain, op);

	EXPECT(!c->inside);
	c->inside = true;
	tell(c->story, 'x');
	if (c->story->n < 50)
		c->story->w->timer(c->story->w, op, milliseconds(0));
	c->inside = false;
}

void contract_zero_timer_waits_for_next_turn(const WorldMaker *m)
{
	Story s = story_of(m);
	Chain c = { .op.done = chain_done, .story = &s };
	Timer other = timer_of(&s, 'o');

	s.w->timer(s.w, &c.op, milliseconds(0));
	arm(&other, 0);
	EXPECT_INT(s.n, 0);
	spin(&s, 50);
	/* A chain of zero timers does not hold the others up: it is the second to fire. */
	EXPECT_INT(s.text[1], 'o');
	story_end(&s);
}

void contract_armed_timer_is_rearmed(const WorldMaker *m)
{
	Story s = story_of(m);
	Timer a = timer_of(&s, 'a'), b = timer_of(&s, 'b');

	arm(&a, 5);
	arm(&b, 20);
	arm(&a, 40);
	spin(&s, 2);
	m->pass(s.w, milliseconds(50));
	EXPECT_TEXT(s.text, "ba");
	story_end(&s);
}

void contract_cancelled_timer_is_silent(const WorldMaker *m)
{
	Story s = story_of(m);
	Timer a = timer_of(&s, 'a'), b = timer_of(&s, 'b');

	arm(&a, 5);
	arm(&b, 10);
	s.w->timer_cancel(s.w, &a.op);
	EXPECT(a.op.state == NULL);
	s.w->timer_cancel(s.w, &a.op);
	spin(&s, 1);
	m->pass(s.w, milliseconds(20));
	EXPECT_TEXT(s.text, "b");
	story_end(&s);
}

void contract_timer_cancelled_by_another(const WorldMaker *m)
{
	Story s = story_of(m);
	Timer a = timer_of(&s, 'a'), b = timer_of(&s, 'b'), c = timer_of(&s, 'c');

	/* Both due at the same instant: the first still silences the second. */
	a.victim = &b;
	arm(&a, 0);
	arm(&b, 0);
	arm(&c, 10);
	spin(&s, 2);
	EXPECT_TEXT(s.text, "ac");
	story_end(&s);
}

void contract_timer_freed_inside_done(const WorldMaker *m)
{
	Story s = story_of(m);
	Timer *t = NEW(Timer);

	*t = timer_of(&s, 'f');
	t->on_heap = true;
	arm(t, 1);
	spin(&s, 1);
	m->pass(s.w, milliseconds(5));
	EXPECT_TEXT(s.text, "f");
	story_end(&s);
}

void contract_clocks_go_on(const WorldMaker *m)
{
	Story s = story_of(m);
	Duration from = s.w->mono(s.w);
	Instant wall = s.w->now(s.w);

	m->pass(s.w, milliseconds(30));
	EXPECT(s.w->mono(s.w).us - from.us >= 30000);
	EXPECT(between(wall, s.w->now(s.w)).us >= 25000);
	story_end(&s);
}

/* ---- questions ---- */

typedef struct Question {
	Ask ask;
	Story *story;
	const AskSpec *spec;
	char letter;
	unsigned again;
	struct Question *victim;
	bool on_heap, starting, cancel_self;
	FailClass fail;
	bool timed_out, has_error;
} Question;

static void question_start(Question *q)
{
	q->starting = true;
	q->story->w->ask(q->story->w, &q->ask, q->spec);
	q->starting = false;
}

static void question_done(Ask *ask, const Answer *answer)
{
	Question *q = CONTAINER_OF(ask, Question, ask);
	World *w = q->story->w;

	EXPECT(!q->starting);
	EXPECT(ask->state == NULL);
	tell(q->story, q->letter);
	q->fail = answer->fail;
	q->timed_out = answer->timed_out;
	q->has_error = answer->error != NULL;
	EXPECT(answer->took.total.us >= 0);
	if (q->victim)
		w->ask_cancel(w, &q->victim->ask);
	if (q->cancel_self)
		w->ask_cancel(w, ask);
	if (q->again && q->again--)
		question_start(q);
	if (q->on_heap)
		mem_free(q);
}

static Question question_of(Story *s, char letter, const AskSpec *spec)
{
	return (Question){ .ask.done = question_done, .story = s, .spec = spec, .letter = letter };
}

void contract_ask_is_done_once(const WorldMaker *m)
{
	Story s = story_of(m);
	Question q = question_of(&s, 'q', m->good);

	question_start(&q);
	spin(&s, 1);
	m->pass(s.w, milliseconds(100));
	EXPECT_TEXT(s.text, "q");
	EXPECT_INT(q.fail, FAIL_NONE);
	EXPECT(!q.has_error);
	story_end(&s);
}

void contract_ask_never_done_inside_start(const WorldMaker *m)
{
	Story s = story_of(m);
	Question q = question_of(&s, 'q', m->refused);

	/* Even what fails at once. */
	question_start(&q);
	EXPECT_INT(s.n, 0);
	EXPECT(q.ask.state != NULL);
	spin(&s, 1);
	EXPECT(q.fail != FAIL_NONE);
	story_end(&s);
}

void contract_ask_fails_once(const WorldMaker *m)
{
	Story s = story_of(m);
	Question q = question_of(&s, 'q', m->refused);

	question_start(&q);
	spin(&s, 1);
	m->pass(s.w, milliseconds(100));
	EXPECT_TEXT(s.text, "q");
	EXPECT_INT(q.fail, FAIL_CONNECT);
	EXPECT(q.has_error);
	EXPECT(!q.timed_out);
	story_end(&s);
}

void contract_ask_ends_at_its_timeout(const WorldMaker *m)
{
	Story s = story_of(m);
	Question q = question_of(&s, 'q', m->silent);
	Duration from = s.w->mono(s.w);

	question_start(&q);
	spin(&s, 1);
	EXPECT(s.w->mono(s.w).us - from.us >= m->silent->timeout.us);
	EXPECT(q.fail != FAIL_NONE && q.fail != FAIL_SELF);
	EXPECT(q.timed_out);
	EXPECT(q.has_error);
	story_end(&s);
}

void contract_cancelled_ask_is_silent(const WorldMaker *m)
{
	Story s = story_of(m);
	Question a = question_of(&s, 'a', m->good), b = question_of(&s, 'b', m->silent);
	Question c = question_of(&s, 'c', m->good);

	question_start(&a);
	question_start(&b);
	question_start(&c);
	s.w->ask_cancel(s.w, &a.ask);
	s.w->ask_cancel(s.w, &b.ask);
	EXPECT(a.ask.state == NULL && b.ask.state == NULL);
	spin(&s, 1);
	m->pass(s.w, milliseconds(200));
	EXPECT_TEXT(s.text, "c");
	story_end(&s);
}

void contract_idle_cancel_is_harmless(const WorldMaker *m)
{
	Story s = story_of(m);
	Question q = question_of(&s, 'q', m->good);

	s.w->ask_cancel(s.w, &q.ask);
	question_start(&q);
	spin(&s, 1);
	s.w->ask_cancel(s.w, &q.ask);
	m->pass(s.w, milliseconds(20));
	EXPECT_TEXT(s.text, "q");
	story_end(&s);
}

void contract_ask_cancelled_inside_another(const WorldMaker *m)
{
	Story s = story_of(m);
	Question a = question_of(&s, 'a', m->refused), b = question_of(&s, 'b', m->refused);

	/* Whichever comes first silences the other, answered or not. */
	a.victim = &b;
	b.victim = &a;
	question_start(&a);
	question_start(&b);
	spin(&s, 1);
	m->pass(s.w, milliseconds(100));
	EXPECT_INT(s.n, 1);
	story_end(&s);
}

void contract_ask_again_inside_done(const WorldMaker *m)
{
	Story s = story_of(m);
	Question q = question_of(&s, 'q', m->good);

	q.again = 4;
	question_start(&q);
	spin(&s, 5);
	m->pass(s.w, milliseconds(100));
	EXPECT_TEXT(s.text, "qqqqq");
	story_end(&s);
}

void contract_ask_freed_inside_done(const WorldMaker *m)
{
	Story s = story_of(m);
	const AskSpec *specs[] = { m->good, m->refused, m->silent };

	for (size_t i = 0; i < COUNT_OF(specs); i++) {
		Question *q = NEW(Question);

		*q = question_of(&s, 'f', specs[i]);
		q->on_heap = true;
		question_start(q);
	}
	spin(&s, 3);
	m->pass(s.w, milliseconds(20));
	EXPECT_TEXT(s.text, "fff");
	story_end(&s);
}

void contract_cancel_inside_own_done(const WorldMaker *m)
{
	Story s = story_of(m);
	Question q = question_of(&s, 'q', m->good);

	q.cancel_self = true;
	question_start(&q);
	spin(&s, 1);
	m->pass(s.w, milliseconds(20));
	EXPECT_TEXT(s.text, "q");
	story_end(&s);
}

void contract_many_asks_all_end(const WorldMaker *m)
{
	enum { MANY = 100 };
	static Question q[MANY];
	Story s = story_of(m);
	unsigned good = 0, refused = 0;

	for (int i = 0; i < MANY; i++) {
		q[i] = question_of(&s, 'q', i % 2 ? m->good : m->refused);
		question_start(&q[i]);
	}
	spin(&s, MANY);
	for (int i = 0; i < MANY; i++) {
		good += q[i].fail == FAIL_NONE;
		refused += q[i].fail == FAIL_CONNECT;
		EXPECT(q[i].ask.state == NULL);
	}
	EXPECT_INT(good, MANY / 2);
	EXPECT_INT(refused, MANY / 2);
	story_end(&s);
}

/* ---- files and chance ---- */

static bool put(Story *s, const char *path, const char *text)
{
	Err err = { 0 };

	return s->w->put_file(s->w, path, text, strlen(text), &err) ||
	       test_fail(__FILE__, __LINE__, "%s", err.message);
}

static void expect_file(Story *s, const char *path, const char *want)
{
	AUTO_FREE char *text = s->m->read_file(s->w, path);

	EXPECT_TEXT(text, want);
}

void contract_file_is_replaced(const WorldMaker *m)
{
	Story s = story_of(m);
	AUTO_FREE char *path = m->folder ? mem_printf("%s/page.html", m->folder()) : NULL;

	if (path) {
		EXPECT(put(&s, path, "a first and longer text"));
		expect_file(&s, path, "a first and longer text");
		EXPECT(put(&s, path, "second"));
		expect_file(&s, path, "second");
		EXPECT(put(&s, path, ""));
		expect_file(&s, path, "");
	}
	story_end(&s);
}

void contract_file_makes_folders(const WorldMaker *m)
{
	Story s = story_of(m);
	AUTO_FREE char *path = m->folder ? mem_printf("%s/a/b/c.txt", m->folder()) : NULL;

	if (path) {
		EXPECT(put(&s, path, "deep"));
		expect_file(&s, path, "deep");
	}
	story_end(&s);
}

void contract_file_that_cannot_be_written(const WorldMaker *m)
{
	Story s = story_of(m);
	AUTO_FREE char *file = m->folder ? mem_printf("%s/file", m->folder()) : NULL;
	AUTO_FREE char *under = file ? mem_printf("%s/x", file) : NULL;
	Err err = { 0 };

	if (file) {
		EXPECT(put(&s, file, "kept"));
		EXPECT(!s.w->put_file(s.w, under, "no", 2, &err));
		EXPECT(err.code != ERR_NONE && err.message[0]);
		expect_file(&s, file, "kept");
	}
	story_end(&s);
}

void contract_random_is_not_constant(const WorldMaker *m)
{
	Story s = story_of(m);
	uint64_t first = s.w->random(s.w);
	bool differs = false;

	for (int i = 0; i < 8; i++)
		differs |= s.w->random(s.w) != first;
	EXPECT(differs);
	story_end(&s);
}
