#include "hostile/asking.h"
#include "hostile/server.h"
#include "loop/loop_private.h"

#include <dirent.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* ---- turns, posts, signals, descriptors ---- */

static void stop_it(void *context) { loop_stop(context); }

TEST(run_goes_on_until_stopped_and_can_be_run_again)
{
	Loop *loop = test_loop();

	for (int i = 0; i < 3; i++) {
		loop_post(loop, stop_it, loop);
		loop_run(loop);
	}
	EXPECT(loop_stats(loop).turns >= 3);
	loop_free(loop);
}

TEST(a_stop_before_the_run_is_not_lost)
{
	Loop *loop = test_loop();

	loop_stop(loop);
	loop_run(loop);
	loop_free(loop);
}

typedef struct Poster {
	Loop *loop;
	unsigned seen, in_order;
	unsigned *next;
} Poster;

static void posted(void *context)
{
	Poster *p = context;

	p->in_order += *p->next == p->seen;
	p->next++;
	p->seen++;
}

static void *post_hundred(void *context)
{
	Poster *p = context;

	for (int i = 0; i < 100; i++)
		loop_post(p->loop, posted, p);
	return NULL;
}

TEST(posts_of_another_thread_arrive_in_order)
{
	unsigned expected[100];
	Loop *loop = test_loop();
	Poster p = { .loop = loop, .next = expected };
	pthread_t thread;

	for (unsigned i = 0; i < 100; i++)
		expected[i] = i;
	(void)pthread_create(&thread, NULL, post_hundred, &p);
	(void)turn_until(loop, &p.seen, 100);
	(void)pthread_join(thread, NULL);
	EXPECT_INT(p.in_order, 100);
	loop_free(loop);
}

TEST(posts_nobody_waited_for_are_dropped_with_the_loop)
{
	Loop *loop = test_loop();
	Poster p = { .loop = loop };

	loop_post(loop, posted, &p);
	loop_free(loop);
	EXPECT_INT(p.seen, 0);
}

typedef struct Counter {
	unsigned n;
	int last;
} Counter;

static void count_signal(void *context, int signo)
{
	Counter *c = context;

	c->n++;
	c->last = signo;
}

TEST(a_signal_calls_back_from_the_loop)
{
	Loop *loop = test_loop();
	Counter c = { 0 };
	Err err = { 0 };

	EXPECT(loop_signal(loop, SIGUSR1, count_signal, &c, &err));
	EXPECT(!loop_signal(loop, SIGKILL, count_signal, &c, &err));
	EXPECT_HAS(err.message, "watch signal 9");
	(void)raise(SIGUSR1);
	EXPECT_INT(c.n, 0);
	(void)turn_until(loop, &c.n, 1);
	EXPECT_INT(c.last, SIGUSR1);
	loop_free(loop);
}

typedef struct Eventfd {
	LoopFd watch;
	int fd;
	unsigned n;
	bool stop;
} Eventfd;

static void eventfd_ready(LoopFd *watch, int events)
{
	Eventfd *e = CONTAINER_OF(watch, Eventfd, watch);

	e->n++;
	EXPECT_INT(events, LOOP_READ);
	if (e->stop)
		loop_poll_stop(watch);
}

TEST(a_watched_descriptor_is_reported_while_it_is_ready)
{
	Loop *loop = test_loop();
	Eventfd e = { .watch.ready = eventfd_ready, .fd = eventfd(1, EFD_NONBLOCK) };
	Err err = { 0 };

	EXPECT(loop_poll_fd(loop, &e.watch, e.fd, LOOP_READ, &err));
	(void)turn_until(loop, &e.n, 3); /* level-triggered: nobody reads it */
	e.stop = true;
	(void)turn_until(loop, &e.n, 4);
	EXPECT(e.watch.state == NULL);
	loop_turn(loop, milliseconds(5));
	EXPECT_INT(e.n, 4);
	loop_poll_stop(&e.watch);
	EXPECT(!loop_poll_fd(loop, &e.watch, 9999, LOOP_READ, &err));
	(void)close(e.fd);
	loop_free(loop);
}

static void hang_up(LoopFd *watch, int events)
{
	Eventfd *e = CONTAINER_OF(watch, Eventfd, watch);

	(void)events;
	e->n++;
}

TEST(a_hung_up_descriptor_is_reported_and_goes_on_being)
{
	Loop *loop = test_loop();
	Eventfd e = { .watch.ready = hang_up };
	Err err = { 0 };
	int ends[2];

	EXPECT_INT(pipe(ends), 0);
	(void)close(ends[0]);
	EXPECT(loop_poll_fd(loop, &e.watch, ends[1], LOOP_READ, &err));
	(void)turn_until(loop, &e.n, 2);
	loop_poll_stop(&e.watch);
	(void)close(ends[1]);
	loop_free(loop);
}

/* ---- clocks ---- */

static int64_t shifted_us;

static Instant shifted_wall(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (Instant){ ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000 + shifted_us };
}

typedef struct Jumps {
	unsigned n;
	Duration last;
} Jumps;

static void note_jump(void *context, Duration delta)
{
	Jumps *j = context;

	j->n++;
	j->last = delta;
}

TEST(a_set_wall_clock_is_told_once_by_how_much)
{
	Jumps j = { 0 };
	LoopOptions options = { .on_clock_jump = note_jump, .context = &j };
	Loop *loop = loop_new(&options, NULL);

	shifted_us = 0;
	loop->read_wall = shifted_wall;
	loop_turn(loop, milliseconds(1));
	EXPECT_INT(j.n, 0);
	shifted_us = 3600 * INT64_C(1000000);
	(void)turn_until(loop, &j.n, 1);
	EXPECT_REAL((double)j.last.us, 3.6e9, 2e5);
	shifted_us = 0;
	(void)turn_until(loop, &j.n, 2);
	EXPECT_REAL((double)j.last.us, -3.6e9, 2e5);
	loop_turn(loop, milliseconds(1));
	EXPECT_INT(j.n, 2);
	loop_free(loop);
}

static void spend(void *context)
{
	int64_t until_us = loop_mono_us() + 60000;

	(void)context;
	while (loop_mono_us() < until_us)
		;
}

TEST(a_turn_that_takes_too_long_is_reported)
{
	Jumps slow = { 0 };
	LoopOptions options = { .on_slow_turn = note_jump, .context = &slow };
	Loop *loop = loop_new(&options, NULL);

	loop_post(loop, spend, NULL);
	(void)turn_until(loop, &slow.n, 1);
	EXPECT(slow.last.us >= 60000);
	EXPECT(loop_stats(loop).slowest_turn.us >= 60000);
	loop_free(loop);
}

typedef struct TwoReads {
	TimerOp op;
	Loop *loop;
	unsigned n;
	bool equal;
} TwoReads;

static void read_twice(TimerOp *op)
{
	TwoReads *t = CONTAINER_OF(op, TwoReads, op);
	World *w = loop_world(t->loop);
	Instant first = w->now(w);

	spend(NULL);
	t->equal = w->now(w).us == first.us;
	t->n++;
}

TEST(the_wall_clock_stands_still_within_a_turn)
{
	Loop *loop = test_loop();
	TwoReads t = { .op.done = read_twice, .loop = loop };

	loop_world(loop)->timer(loop_world(loop), &t.op, milliseconds(0));
	(void)turn_until(loop, &t.n, 1);
	EXPECT(t.equal);
	loop_free(loop);
}

/* ---- the heap of ticks ---- */

typedef struct Numbered {
	Tick tick;
	int64_t due;
	int64_t *last;
	unsigned *fired, *wrong;
} Numbered;

static void numbered_fire(Tick *tick)
{
	Numbered *n = CONTAINER_OF(tick, Numbered, tick);

	*n->wrong += n->due < *n->last;
	*n->last = n->due;
	++*n->fired;
}

TEST(two_thousand_ticks_set_moved_and_stopped_fire_in_order)
{
	enum { MANY = 2000 };
	static Numbered t[MANY];
	Loop *loop = test_loop();
	int64_t last = 0;
	unsigned fired = 0, wrong = 0, stopped = 0;
	uint64_t seed = 1;

	for (int i = 0; i < MANY * 3; i++) {
		Numbered *n = &t[(seed >> 33) % MANY];

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		*n = (Numbered){ n->tick, (int64_t)(seed >> 40) % 20000, &last, &fired, &wrong };
		if (seed % 7 == 0)
			tick_stop(loop, &n->tick);
		else
			tick_set(loop, &n->tick, (Duration){ 100000 + n->due }, numbered_fire);
	}
	for (int i = 0; i < MANY; i++)
		stopped += t[i].tick.place == 0;
	EXPECT_INT(loop->heap.n, MANY - stopped + 0u);
	(void)turn_until(loop, &fired, MANY - stopped);
	EXPECT_INT(fired, MANY - stopped);
	loop_free(loop);
}

/* ---- the queue ---- */

static void say_slowly(int fd, Server *s)
{
	hear_request(fd);
	/* Answered when the test says so. */
	while (!*(atomic_bool *)s->data)
		(void)sched_yield();
	(void)say_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(one_host_gets_no_more_than_its_share_and_the_rest_is_queued)
{
	enum { MANY = 30 };
	static Got got[MANY];
	LoopOptions options = { .max_per_host = 3 };
	Loop *loop = loop_new(&options, NULL);
	atomic_bool go = false;
	Server *s = server_start(say_slowly, &go);
	char url[64];
	AskSpec spec = { .kind = ASK_HTTP, .timeout = seconds(30), .http.url = url };
	unsigned ended = 0, queued = 0;

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", s->port);
	for (int i = 0; i < MANY; i++)
		start_asking(loop, &got[i], &spec);
	EXPECT_INT(loop_stats(loop).in_flight, 3);
	EXPECT_INT(loop_stats(loop).queued, MANY - 3);
	for (int i = 0; i < 10; i++)
		loop_turn(loop, milliseconds(2));
	go = true;
	for (int i = 0; i < MANY; i++) {
		(void)turn_until(loop, &got[i].times, 1);
		ended += got[i].a.fail == FAIL_NONE;
		/* The first ones may have been held up too, by this machine. */
		queued += i >= 3 && got[i].a.took.queued.us > 1000;
		EXPECT(got[i].a.took.total.us > 0);
	}
	EXPECT_INT(ended, MANY);
	EXPECT_INT(queued, MANY - 3);
	EXPECT_INT(loop_stats(loop).in_flight, 0);
	EXPECT_INT(loop_stats(loop).answered, MANY);
	loop_free(loop);
	server_stop(s);
}

static void hold_it(int fd, Server *s)
{
	(void)s;
	hold(fd);
}

TEST(what_waits_too_long_in_the_queue_is_our_own_trouble)
{
	LoopOptions options = { .max_asks = 1 };
	Loop *loop = loop_new(&options, NULL);
	Server *s = server_start(hold_it, NULL);
	AskSpec first = { .kind = ASK_TCP,
		          .timeout = seconds(30),
		          .tcp = { .host = "127.0.0.1", .port = s->port, .expect = "x" } };
	AskSpec second = first;
	static Got a, b;

	second.timeout = milliseconds(30);
	start_asking(loop, &a, &first);
	start_asking(loop, &b, &second);
	(void)turn_until(loop, &b.times, 1);
	EXPECT_INT(b.a.fail, FAIL_SELF);
	EXPECT(b.a.timed_out);
	EXPECT_TEXT(b.error, "waited 30 ms in our own queue");
	EXPECT(b.a.took.queued.us >= 30000);
	EXPECT_INT(b.a.took.total.us, 0);
	EXPECT_INT(a.times, 0);
	loop_world(loop)->ask_cancel(loop_world(loop), &a.ask);
	EXPECT_INT(loop_stats(loop).in_flight, 0);
	loop_free(loop);
	server_stop(s);
}

TEST(a_slow_host_does_not_hold_up_another)
{
	LoopOptions options = { .max_per_host = 1 };
	Loop *loop = loop_new(&options, NULL);
	Server *slow = server_start(hold_it, NULL), *other = server_start(hold_it, NULL);
	AskSpec stuck = { .kind = ASK_TCP,
		          .timeout = seconds(30),
		          .tcp = { .host = "127.0.0.1", .port = slow->port, .expect = "x" } };
	AskSpec quick = { .kind = ASK_TCP,
		          .timeout = seconds(30),
		          .tcp = { .host = "127.0.0.2", .port = free_port() } };
	static Got a, b, c;

	start_asking(loop, &a, &stuck);
	start_asking(loop, &b, &stuck);
	start_asking(loop, &c, &quick);
	(void)turn_until(loop, &c.times, 1);
	EXPECT_INT(c.a.fail, FAIL_CONNECT);
	EXPECT_INT(a.times + b.times, 0);
	loop_free(loop); /* with one running and one queued: neither is ever told */
	EXPECT_INT(a.times + b.times, 0);
	server_stop(slow);
	server_stop(other);
}

/* ---- descriptors run out ---- */

TEST(running_out_of_descriptors_is_never_the_targets_fault)
{
	Loop *loop = test_loop();
	Server *s = server_start(hold_it, NULL);
	char url[64];
	AskSpec http = { .kind = ASK_HTTP, .timeout = seconds(5), .http.url = url };
	AskSpec tcp = { .kind = ASK_TCP,
		        .timeout = seconds(5),
		        .tcp = { .host = "127.0.0.1", .port = s->port } };
	static const char *const argv[] = { "true", NULL };
	AskSpec run = { .kind = ASK_RUN, .timeout = seconds(5), .run.argv = argv };
	const AskSpec *specs[] = { &tcp, &run, &http };
	int fds[4096], n = 0;
	struct rlimit was, few;

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", s->port);
	(void)getrlimit(RLIMIT_NOFILE, &was);
	few = was;
	few.rlim_cur = 200;
	(void)setrlimit(RLIMIT_NOFILE, &few);
	while (n < 4096 && (fds[n] = dup(0)) >= 0)
		n++;
	for (size_t i = 0; i < COUNT_OF(specs); i++) {
		Got *g = ask_wait(loop, specs[i]);

		EXPECT_INT(g->a.fail, FAIL_SELF);
	}
	while (n > 0)
		(void)close(fds[--n]);
	(void)setrlimit(RLIMIT_NOFILE, &was);
	loop_free(loop);
	server_stop(s);
}

/* ---- files ---- */

static unsigned entries(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		(void)closedir(dir);
	return n - 2;
}

TEST(a_replaced_file_leaves_nothing_beside_it)
{
	Loop *loop = test_loop();
	World *w = loop_world(loop);
	const char *folder = test_dir();
	AUTO_FREE char *path = mem_printf("%s/page", folder);
	struct stat before, after;
	Err err = { 0 };

	EXPECT(w->put_file(w, path, "one", 3, &err));
	(void)stat(path, &before);
	EXPECT(w->put_file(w, path, "two", 3, &err));
	(void)stat(path, &after);
	/* A reader that holds the old one keeps the old one: the new one is another file. */
	EXPECT(before.st_ino != after.st_ino);
	EXPECT_INT(entries(folder), 1);
	loop_free(loop);
}

TEST(a_file_that_cannot_be_renamed_into_place_is_taken_away)
{
	Loop *loop = test_loop();
	World *w = loop_world(loop);
	const char *folder = test_dir();
	AUTO_FREE char *path = mem_printf("%s/is-a-folder", folder);
	Err err = { 0 };

	(void)mkdir(path, 0700);
	EXPECT(!w->put_file(w, path, "x", 1, &err));
	EXPECT_HAS(err.message, "is a directory");
	EXPECT_INT(err.code, ERR_IO);
	EXPECT_INT(entries(folder), 1);
	loop_free(loop);
}

/* ---- addresses ---- */

TEST(only_addresses_of_the_internet_are_public)
{
	static const struct {
		const char *text;
		bool public;
	} rows[] = {
		{ "8.8.8.8", true },
		{ "127.0.0.1", false },
		{ "10.1.2.3", false },
		{ "172.16.0.1", false },
		{ "172.32.0.1", true },
		{ "192.168.1.1", false },
		{ "169.254.169.254", false },
		{ "100.64.0.1", false },
		{ "100.128.0.1", true },
		{ "0.0.0.0", false },
		{ "224.0.0.1", false },
		{ "255.255.255.255", false },
		{ "198.18.0.1", false },
		{ "203.0.113.9", false },
		{ "2606:4700::1111", true },
		{ "::1", false },
		{ "::", false },
		{ "fe80::1", false },
		{ "fc00::1", false },
		{ "fd12::1", false },
		{ "ff02::1", false },
		{ "2001:db8::1", false },
		{ "2001::1", false },
		{ "::ffff:127.0.0.1", false },
		{ "::ffff:8.8.8.8", true },
		{ "64:ff9b::7f00:1", false },
		{ "64:ff9b::808:808", true },
		{ "2002:7f00:1::", false },
		{ "[::1]", false },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Address a;

		ASSERT(address_parse(rows[i].text, &a));
		if (address_is_public(&a) != rows[i].public)
			(void)test_fail(__FILE__, __LINE__, "%s", rows[i].text);
	}
}

TEST(what_is_not_an_address_is_not_read_as_one)
{
	static const char *const bad[] = { "",          "localhost",  "1.2.3",
		                           "1.2.3.4.5", "256.1.1.1",  "::g",
		                           "[::1",      "1.2.3.4:80", "%eth0" };
	Address a;

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		EXPECT(!address_parse(bad[i], &a) ||
		       test_fail(__FILE__, __LINE__, "accepted %s", bad[i]));
}

TEST(every_errno_has_a_text_and_our_own_troubles_are_ours)
{
	EXPECT_TEXT(errno_text(ECONNREFUSED), "connection refused");
	EXPECT_TEXT(errno_text(ELOOP), strerrordesc_np(ELOOP));
	EXPECT_TEXT(errno_text(12345), "unknown error");
	EXPECT(errno_is_ours(EMFILE) && errno_is_ours(ENOMEM) && errno_is_ours(ENETDOWN));
	EXPECT(!errno_is_ours(ECONNREFUSED) && !errno_is_ours(EHOSTUNREACH));
}
