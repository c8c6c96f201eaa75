/* Whose time it is: what arrives while the loop is busy bears the time when it was seen,
 * and what is told once by the kernel is read to its end. */
#include "hostile/asking.h"
#include "hostile/server.h"
#include "loop/loop_private.h"

static const char page[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

static void nap_us(long us)
{
	struct timespec t = { 0, us * 1000 };

	(void)nanosleep(&t, NULL);
}

static void tell_url(char url[64], const Server *s)
{
	(void)snprintf(url, 64, "http://127.0.0.1:%u/", s->port);
}

/* ---- a server of one thread that answers at once ---- */

typedef struct Quick {
	int fd;
	uint16_t port;
	pthread_t thread;
} Quick;

static void *quick_run(void *arg)
{
	Quick *q = arg;

	for (int fd; (fd = accept(q->fd, NULL, NULL)) >= 0; (void)close(fd)) {
		hear_request(fd);
		(void)say_text(fd, page);
	}
	return NULL;
}

static void quick_start(Quick *q)
{
	q->fd = server_socket(SOCK_STREAM, &q->port);
	(void)listen(q->fd, 4096);
	(void)pthread_create(&q->thread, NULL, quick_run, q);
}

static void quick_stop(Quick *q)
{
	(void)shutdown(q->fd, SHUT_RDWR);
	(void)pthread_join(q->thread, NULL);
	(void)close(q->fd);
}

/* ---- many that start together ---- */

enum { MANY = 2000, WORK_US = 600 };

typedef struct Crowd {
	unsigned done, failed;
	int64_t total_us, parts_us, queued_us;
} Crowd;

static Crowd crowd;

/* Each answer costs us as much as a slow judgement: the others wait for it. */
static void work(Ask *ask, const Answer *a)
{
	const Timings *t = &a->took;

	(void)ask;
	nap_us(WORK_US);
	crowd.failed += a->fail != FAIL_NONE;
	crowd.total_us += t->total.us;
	crowd.parts_us += t->dns.us + t->connect.us + t->first_byte.us;
	crowd.queued_us += t->queued.us;
	crowd.done++;
}

/* They wait for us nine tenths of the time; the server takes next to none. Were our work in
 * the figures, their sum would be that of the waiting: one for each in flight. */
TEST(of_two_thousand_that_start_together_none_bears_our_work_for_the_others)
{
	LoopOptions options = { .max_asks = 256, .max_per_host = 256 };
	Loop *loop = loop_new(&options, NULL);
	World *w = loop_world(loop);
	Ask *asks = mem_new(MANY * sizeof *asks);
	Quick q;
	char url[64];
	AskSpec spec = { .kind = ASK_HTTP, .timeout = seconds(50), .http.url = url };
	int64_t from_us = w->mono(w).us, wall_us;
	LoopStats stats;

	crowd = (Crowd){ 0 };
	quick_start(&q);
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", q.port);
	for (int i = 0; i < MANY; i++) {
		asks[i].done = work;
		w->ask(w, &asks[i], &spec);
	}
	(void)turn_until(loop, &crowd.done, MANY);
	wall_us = w->mono(w).us - from_us;
	stats = loop_stats(loop);
	EXPECT_INT(crowd.failed, 0);
	EXPECT(wall_us >= (int64_t)MANY * WORK_US);
	/* What a naive clock says: 256 in flight, each as long as all of them take. */
	EXPECT(crowd.total_us < wall_us * 256 / 8);
	EXPECT(crowd.queued_us > crowd.total_us);
	EXPECT_INT(crowd.parts_us, crowd.total_us);
	/* It looked between any two of them while others ran, and says how long it did not. */
	EXPECT(stats.looks >= MANY / 256);
	EXPECT(stats.slowest_look.us < wall_us / 4);
	loop_free(loop);
	quick_stop(&q);
	mem_free(asks);
}

/* ---- told once, read to the end ---- */

typedef struct Stage {
	atomic_bool said;
	const char *text;
	bool first; /* before it has heard anything */
} Stage;

static void say_and_go(int fd, Server *s)
{
	Stage *stage = s->data;

	if (!stage->first)
		hear_request(fd);
	(void)say_text(fd, stage->text);
	(void)shutdown(fd, SHUT_WR);
	stage->said = true;
	hold(fd);
}

static void get_staged(Stage *stage, Got *g)
{
	Loop *loop = test_loop();
	Server *s = server_start(say_and_go, stage);
	char url[64];
	AskSpec spec = { .kind = ASK_HTTP, .timeout = seconds(20), .http.url = url };

	tell_url(url, s);
	start_asking(loop, g, &spec);
	if (stage->first) {
		while (!stage->said)
			nap_us(100);
	} else {
		while (!stage->said)
			loop_turn(loop, milliseconds(1));
	}
	nap_us(2000);
	(void)turn_until(loop, &g->times, 1);
	loop_free(loop);
	server_stop(s);
}

TEST(an_answer_and_its_end_are_one_event_and_both_are_read)
{
	static Got g;
	Stage stage = { .text = "HTTP/1.1 200 OK\r\n\r\nuntil the end" };

	get_staged(&stage, &g);
	EXPECT_INT(g.a.fail, FAIL_NONE);
	EXPECT_TEXT(g.text, "until the end");
	EXPECT(!g.a.timed_out);
}

TEST(a_server_that_speaks_before_it_is_asked_is_heard)
{
	static Got g;
	Stage stage = { .text = page, .first = true };

	get_staged(&stage, &g);
	EXPECT_INT(g.a.fail, FAIL_NONE);
	EXPECT_TEXT(g.text, "ok");
	EXPECT(g.a.took.connect.us > 0);
}

/* Many times what is read at once and in one turn, all of it there before we look. */
static void say_much(int fd, Server *s)
{
	AUTO(Buf) b = { 0 };

	hear_request(fd);
	buf_text(&b, "HTTP/1.1 200 OK\r\n\r\n");
	while (b.n < 3 << 20)
		buf_text(&b, "all of it is read, whatever the kernel told only once; ");
	buf_text(&b, "the end");
	(void)say_n(fd, b.p, b.n);
	*(size_t *)s->data = b.n - 19;
}

static size_t tail_n;
static char tail[8];

static void keep_tail(Ask *ask, const Answer *a)
{
	Got *g = CONTAINER_OF(ask, Got, ask);

	got_done(ask, a);
	tail_n = a->http.body_n;
	(void)snprintf(tail, sizeof tail, "%s", tail_n > 7 ? a->http.body + tail_n - 7 : "");
	g->text_n = tail_n;
}

TEST(a_body_of_many_reads_loses_nothing)
{
	static Got g;
	Loop *loop = test_loop();
	size_t said = 0;
	Server *s = server_start(say_much, &said);
	char url[64];
	AskSpec spec = { .kind = ASK_HTTP, .timeout = seconds(50), .http.url = url };

	tell_url(url, s);
	spec.http.max_body = 8 << 20;
	g.ask.done = keep_tail;
	loop_world(loop)->ask(loop_world(loop), &g.ask, &spec);
	(void)turn_until(loop, &g.times, 1);
	EXPECT_INT(g.a.fail, FAIL_NONE);
	server_stop(s);
	EXPECT_INT(tail_n, said);
	EXPECT_TEXT(tail, "the end");
	loop_free(loop);
}

/* ---- a look tells nobody twice ---- */

typedef struct Reader {
	LoopFd watch;
	Loop *loop;
	int fd;
	unsigned n, empty;
} Reader;

/* Looks while its own byte is still there: what that look sees is dealt with right after. */
static void read_late(LoopFd *watch, int events)
{
	Reader *r = CONTAINER_OF(watch, Reader, watch);
	char c;

	(void)events;
	nap_us(1000);
	loop_look(r->loop);
	r->empty += read(r->fd, &c, 1) != 1;
	r->n++;
}

static void hold_open(int fd, Server *s)
{
	(void)s;
	hold(fd);
}

TEST(what_was_seen_before_it_was_dealt_with_is_not_told_again)
{
	static Got g;
	Loop *loop = test_loop();
	Server *s = server_start(hold_open, NULL);
	char url[64];
	AskSpec spec = { .kind = ASK_HTTP, .timeout = seconds(50), .http.url = url };
	Reader r = { .watch.ready = read_late, .loop = loop };
	Err err = { 0 };
	int ends[2];

	tell_url(url, s);
	start_asking(loop, &g, &spec); /* without a question nobody looks */
	EXPECT_INT(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	r.fd = ends[0];
	EXPECT(loop_poll_fd(loop, &r.watch, ends[0], LOOP_READ, &err));
	EXPECT_INT(write(ends[1], "abc", 3), 3);
	(void)turn_until(loop, &r.n, 3);
	for (int i = 0; i < 3; i++)
		loop_turn(loop, milliseconds(2));
	EXPECT_INT(r.n, 3);
	EXPECT_INT(r.empty, 0);
	EXPECT(loop_stats(loop).looks >= 3);
	loop_poll_stop(&r.watch);
	loop_free(loop);
	server_stop(s);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* ---- what is kept for the next question is bounded, and as new ---- */

TEST(hosts_that_nobody_asks_any_more_are_forgotten)
{
	static Got g;
	Loop *loop = test_loop();
	char url[64];
	AskSpec spec = { .kind = ASK_HTTP,
		         .timeout = seconds(20),
		         .http = { .url = url, .resolve_to = "127.0.0.1" } };
	uint16_t port = free_port();

	for (int i = 0; i < 1500; i++) {
		(void)snprintf(url, sizeof url, "http://h%d.test:%u/", i, port);
		start_asking(loop, &g, &spec);
		(void)turn_until(loop, &g.times, 1);
		if (g.a.fail != FAIL_CONNECT)
			break;
	}
	EXPECT_INT(g.a.fail, FAIL_CONNECT);
	EXPECT_TEXT(g.error, "connection refused");
	EXPECT(loop->hosts.live <= 1025);
	EXPECT(loop->spare_jobs.n <= 64);
	loop_free(loop);
}

static void say_all(int fd, Server *s)
{
	hear_request(fd);
	(void)say_text(fd, *(const char **)s->data);
}

TEST(a_question_finds_nothing_of_the_one_before)
{
	static Got g;
	const char *answer = "HTTP/1.1 503 No\r\nX-A: 1\r\nX-B: 2\r\nContent-Length: 4\r\n\r\nlong";
	Loop *loop = test_loop();
	Server *s = server_start(say_all, &answer);
	char url[64];
	AskSpec spec = { .kind = ASK_HTTP, .timeout = seconds(20), .http.url = url };

	tell_url(url, s);
	g = *ask_wait(loop, &spec);
	EXPECT_TEXT(g.fields, "X-A=1\nX-B=2\nContent-Length=4\n");
	EXPECT_INT(loop->spare_jobs.n, 1);
	answer = "HTTP/1.0 200 OK\r\n\r\n";
	g = *ask_wait(loop, &spec);
	EXPECT_INT(g.a.http.status, 200);
	EXPECT_TEXT(g.fields, "");
	EXPECT_TEXT(g.text, "");
	EXPECT_INT(g.a.http.headers_n, 0);
	EXPECT_TEXT(g.detail, "1.0");
	spec.http.url = "http://127.0.0.1:1/";
	g = *ask_wait(loop, &spec);
	EXPECT_INT(g.a.fail, FAIL_CONNECT);
	EXPECT_INT(g.a.http.status, 0);
	EXPECT_INT(g.a.took.first_byte.us, 0);
	EXPECT_INT(loop->spare_jobs.n, 1);
	loop_free(loop);
	server_stop(s);
}
