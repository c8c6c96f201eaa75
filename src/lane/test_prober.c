/* The contract of check/prober.h, held against both ways to keep it: on the loop itself
 * and on lanes. Every case runs on both; real sockets, no sleeping. */
#include "check/run.h"
#include "core/list.h"
#include "core/text.h"
#include "harness.h"
#include "hostile/certs.h"
#include "hostile/crowd.h"
#include "hostile/dns.h"
#include "lane/lane_private.h"

#include <dirent.h>

enum { WAYS = 3 }; /* direct, one lane, three lanes */
static const unsigned lanes_of_way[WAYS] = { 0, 1, 3 };

typedef struct Bed {
	Loop *loop;
	Lanes *lanes;
	Prober *prober;
	Plan plan;
	unsigned batches, in_batch, results, outside; /* outside: given outside of a batch */
} Bed;

typedef struct Shot {
	ProbeOp op;
	Bed *bed;
	Check check;
	CheckHow how;
	char target[160];
	CheckResult result;
	unsigned times, again; /* done was called; start again so often */
} Shot;

static void on_batch(void *user, bool begins)
{
	Bed *bed = user;

	bed->in_batch += begins ? 1u : -1u;
	bed->batches += begins;
}

static void fire(Shot *s)
{
	Prober *p = s->bed->prober;

	p->start(p, &s->op, &s->bed->plan, &s->check, (Instant){ 0 });
}

static void on_done(void *user, ProbeOp *op, const CheckResult *result)
{
	Bed *bed = user;
	Shot *s = CONTAINER_OF(op, Shot, op);

	bed->outside += bed->in_batch != 1;
	EXPECT(!probe_is_running(op));
	bed->results++;
	s->times++;
	s->result = *result;
	if (s->again) {
		s->again--;
		fire(s);
	}
}

static Bed *bed_new(unsigned way, const LanesOptions *bounds)
{
	Bed *b = NEW(Bed);
	Err err = { 0 };
	LanesOptions o = bounds ? *bounds : (LanesOptions){ 0 };

	b->loop = loop_new(NULL, &err);
	o.loop = b->loop;
	o.lanes = lanes_of_way[way];
	if (o.lanes) {
		b->lanes = lanes_new(&o, &b->plan, &err);
		b->prober = lanes_prober(b->lanes);
	} else {
		b->prober = prober_direct(loop_world(b->loop), &b->plan);
	}
	b->prober->batch = on_batch;
	b->prober->done = on_done;
	b->prober->user = b;
	return b;
}

static void bed_free(Bed *b)
{
	EXPECT_INT(b->outside, 0);
	EXPECT_INT(b->in_batch, 0);
	if (b->lanes)
		lanes_free(b->lanes);
	else
		prober_direct_free(b->prober);
	loop_free(b->loop);
	mem_free(b);
}

/* Until so many results came; a test that would wait for ever is ended by its timeout. */
static void until(Bed *b, unsigned results)
{
	while (b->results < results)
		loop_turn(b->loop, seconds(1));
}

static Shot *shot_new(Bed *b, CheckType type, const char *target)
{
	Shot *s = NEW(Shot);

	s->bed = b;
	text_copy(s->target, sizeof s->target, target);
	s->check = (Check){ .item.id = "c", .type = type, .target = s->target, .how = &s->how };
	s->how = check_how_plain;
	(void)span_parse("20s", &s->how.timeout);
	return s;
}

static Shot *page(Bed *b, int host, uint16_t port)
{
	char url[64];

	(void)snprintf(url, sizeof url, "http://127.0.%d.%d:%u/", host / 250, host % 250 + 1, port);
	return shot_new(b, CHECK_HTTP, url);
}

static const char good[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

/* Descriptors and threads of this process. */
static size_t count(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		(void)closedir(dir);
	return n;
}

/* ---- the contract ---- */

TEST(a_result_comes_once_from_the_loop_and_inside_a_batch)
{
	for (unsigned way = 0; way < WAYS; way++) {
		Crowd *c = crowd_start(good);
		Bed *b = bed_new(way, NULL);
		Shot *s = page(b, 0, c->port);

		fire(s);
		EXPECT(probe_is_running(&s->op));
		EXPECT_INT(s->times, 0);
		until(b, 1);
		loop_turn(b->loop, milliseconds(0));
		EXPECT_INT(s->times, 1);
		EXPECT_INT(s->result.state, CHECK_UP);
		EXPECT_INT(s->result.status, 200);
		EXPECT_TEXT(s->result.address, "127.0.0.1");
		EXPECT(s->result.has_latency && s->result.latency.us > 0);
		EXPECT_INT(s->result.took.queued.us / 1000000, 0);
		EXPECT(b->batches >= 1);
		EXPECT_INT(b->prober->stats(b->prober).finished, 1);
		bed_free(b);
		crowd_stop(c);
		mem_free(s);
	}
}

TEST(done_may_start_the_same_operation_again)
{
	for (unsigned way = 0; way < WAYS; way++) {
		Crowd *c = crowd_start(good);
		Bed *b = bed_new(way, NULL);
		Shot *s = page(b, 0, c->port);

		s->again = 9;
		fire(s);
		until(b, 10);
		EXPECT_INT(s->times, 10);
		EXPECT_INT(c->asked, 10);
		bed_free(b);
		crowd_stop(c);
		mem_free(s);
	}
}

/* Cancelled at once, after so many turns, after it answered: never a result from then on, and
 * the next probe of the same operation is not mixed up with it. */
TEST(after_cancel_nothing_comes_whenever_it_is_said)
{
	for (unsigned way = 0; way < WAYS; way++) {
		Crowd *c = crowd_start(good);
		Bed *b = bed_new(way, NULL);
		Shot *s = page(b, 0, c->port);
		Check head;
		unsigned given = 0;

		for (int turns = 0; turns < 12; turns++) {
			unsigned before;

			fire(s);
			for (int i = 0; i < turns; i++)
				loop_turn(b->loop, milliseconds(0));
			before = s->times;
			given += before;
			b->prober->cancel(b->prober, &s->op);
			b->prober->cancel(b->prober, &s->op); /* idle: harmless */
			EXPECT(!probe_is_running(&s->op));
			for (int i = 0; i < 20; i++)
				loop_turn(b->loop, milliseconds(0));
			EXPECT_INT(s->times, before);
			s->times = 0;
		}
		/* A check of its own: a lane may still look at the cancelled one's. */
		head = s->check;
		head.type = CHECK_HTTP_HEAD;
		b->prober->start(b->prober, &s->op, &b->plan, &head, (Instant){ 0 });
		until(b, given + 1);
		EXPECT_INT(s->times, 1);
		bed_free(b);
		crowd_stop(c);
		mem_free(s);
	}
}

/* The same verdicts, in the same words, whoever runs them. */
TEST(all_ways_give_one_verdict_on_the_same_servers)
{
	static const struct {
		CheckType type;
		const char *answer, *target; /* %u: the port */
		const char *contains, *matches;
	} rows[] = {
		{ CHECK_HTTP, good, "http://127.0.0.1:%u/", "hello", NULL },
		{ CHECK_HTTP, good, "http://127.0.0.1:%u/", "no such word", NULL },
		{ CHECK_HTTP, good, "http://127.0.0.1:%u/", NULL, "h(e+)llo$" },
		{ CHECK_HTTP, "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
		  "http://127.0.0.1:%u/", NULL, NULL },
		{ CHECK_HTTP, "HTTP/1.1 302 Go\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
		  "http://127.0.0.1:%u/", NULL, NULL },
		{ CHECK_HTTP, "what is this", "http://127.0.0.1:%u/", NULL, NULL },
		{ CHECK_HTTP, good, "https://127.0.0.1:%u/", NULL, NULL },
		{ CHECK_HTTP_HEAD, good, "http://127.0.0.1:%u/", NULL, NULL },
		{ CHECK_HTTP, good, "http://127.0.0.1:1/", NULL, NULL },
		{ CHECK_HTTP, good, "http://", NULL, NULL },
		{ CHECK_TCP, good, "127.0.0.1:%u", NULL, NULL },
		{ CHECK_TCP, good, "127.0.0.1:1", NULL, NULL },
		{ CHECK_TLS, good, "127.0.0.1:%u", NULL, NULL },
		{ CHECK_HTTP, good, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Crowd *c = crowd_start(rows[i].answer);
		CheckResult first = { 0 };

		for (unsigned way = 0; way < WAYS; way++) {
			Bed *b = bed_new(way, NULL);
			Shot *s = shot_new(b, rows[i].type, "");

			s->check.target = rows[i].target ? s->target : NULL;
			if (rows[i].target) {
				const char *hole = strstr(rows[i].target, "%u");

				(void)snprintf(s->target, sizeof s->target,
				               hole ? "%.*s%u%s" : "%.*s",
				               hole ? (int)(hole - rows[i].target) : 99,
				               rows[i].target, c->port, hole ? hole + 2 : "");
			}
			s->how.contains = rows[i].contains;
			s->how.matches = rows[i].matches;
			fire(s);
			until(b, 1);
			if (way == 0)
				first = s->result;
			EXPECT_INT(s->result.state, first.state);
			EXPECT_INT(s->result.fail, first.fail);
			EXPECT_INT(s->result.status, first.status);
			EXPECT_TEXT(s->result.reason, first.reason);
			EXPECT_TEXT(s->result.reason_fr, first.reason_fr);
			EXPECT_TEXT(s->result.address, first.address);
			EXPECT_INT(s->result.parts_n, first.parts_n);
			EXPECT_INT(s->result.measures_n, first.measures_n);
			bed_free(b);
			mem_free(s);
		}
		crowd_stop(c);
	}
}

/* What lanes refuse is carried out all the same. */
TEST(programs_run_through_the_same_door)
{
	static const char *const argv[] = { "sh", "-c", "echo out; exit 3", NULL };

	EXPECT(!lanes_carry(CHECK_COMMAND) && !lanes_carry(CHECK_UNIT));
	EXPECT(!lanes_carry(CHECK_DB_PING) && lanes_carry(CHECK_JOURNEY));
	for (unsigned way = 0; way < WAYS; way++) {
		Bed *b = bed_new(way, NULL);
		Shot *s = shot_new(b, CHECK_COMMAND, "");

		s->check.target = NULL;
		s->how.run = (Texts){ argv, 3 };
		fire(s);
		until(b, 1);
		EXPECT_INT(s->result.state, CHECK_DOWN);
		s->times = 0;
		fire(s);
		loop_turn(b->loop, milliseconds(0));
		b->prober->cancel(b->prober, &s->op);
		EXPECT(!probe_is_running(&s->op));
		loop_turn(b->loop, milliseconds(0));
		EXPECT_INT(s->times, 0);
		fire(s); /* stopped with one under way */
		bed_free(b);
		EXPECT(!probe_is_running(&s->op));
		mem_free(s);
	}
}

/* ---- libraries that several threads use at once ---- */

static void serve_https(int fd, Server *s)
{
	SSL *ssl = tls_accept(s->data, fd);
	char text[4096];

	if (!ssl)
		return;
	if (tls_hear_until(ssl, "\r\n\r\n", text, sizeof text)[0])
		tls_say(ssl, good);
	(void)SSL_shutdown(ssl);
	SSL_free(ssl);
}

/* Names looked up, certificates verified, patterns matched and addresses that only libcurl
 * understands parsed, by all lanes at the same time. */
TEST(names_certificates_patterns_and_curl_work_in_all_lanes_at_once)
{
	enum { SITES = 12, SHOTS = 96 };
	Cert root = cert_make(
	        &(CertWish){ .name = "Root", .ca = true, .from_s = -86400, .until_s = 90 * 86400 });
	Cert site = cert_make(&(CertWish){ .name = "site",
	                                   .names = "DNS:*.site.test",
	                                   .issuer = &root,
	                                   .from_s = -86400,
	                                   .until_s = 60 * 86400 });
	const Cert *roots = &root;
	SSL_CTX *ctx = tls_server(&site, NULL, 0);
	Server *https = server_start(serve_https, ctx);
	AUTO_FREE char *ca = mem_printf("%s/root.pem", test_dir());
	char names[SITES][16], servers[32];
	DnsRow zone[SITES];
	DnsServer *dns;
	LanesOptions o = { .ca_file = ca, .dns_servers = servers };
	Bed *b;
	Shot *s[SHOTS];

	cert_save(ca, &roots, 1);
	for (int i = 0; i < SITES; i++) {
		(void)snprintf(names[i], sizeof names[i], "s%d.site.test", i);
		zone[i] = (DnsRow){ names[i], 1, DNS_DATA("\177\000\000\001") };
	}
	dns = dns_start(DNS_TRUE, zone, SITES);
	(void)snprintf(servers, sizeof servers, "127.0.0.1:%u", dns->port);
	b = bed_new(2, &o);
	for (int i = 0; i < SHOTS; i++) {
		char url[128];

		/* The capital letter is what only libcurl's parser takes. */
		(void)snprintf(url, sizeof url, i % 3 ? "https://%s:%u/" : "https://S%s:%u/a/../b",
		               names[i % SITES] + (i % 3 ? 0 : 1), https->port);
		s[i] = shot_new(b, i % 7 ? CHECK_HTTP : CHECK_TLS, url);
		s[i]->how.matches = "^h(e|x)l+o$";
		fire(s[i]);
	}
	until(b, SHOTS);
	for (int i = 0; i < SHOTS; i++) {
		EXPECT_TEXT(s[i]->result.reason, "");
		EXPECT_INT(s[i]->result.state, CHECK_UP);
		EXPECT(s[i]->result.cert.verified);
		mem_free(s[i]);
	}
	EXPECT(dns->asked >= SITES);
	bed_free(b);
	dns_stop(dns);
	server_stop(https);
	SSL_CTX_free(ctx);
	cert_free(&site);
	cert_free(&root);
}

/* ---- plans ---- */

TEST(an_old_plan_is_held_until_all_that_points_into_it_was_given_back)
{
	for (unsigned way = 0; way < WAYS; way++) {
		Crowd *c = crowd_start(good);
		Bed *b = bed_new(way, NULL);
		Plan *new = NEW(Plan);
		Shot *s[8];

		c->hold = true;
		for (int i = 0; i < 8; i++)
			fire(s[i] = page(b, i, c->port));
		while (c->asked < 8)
			loop_turn(b->loop, milliseconds(1));
		EXPECT(!b->prober->holds(b->prober)); /* it is the newest plan they are of */
		b->prober->plan(b->prober, new);
		for (int i = 0; i < 50; i++)
			loop_turn(b->loop, milliseconds(0));
		if (lanes_of_way[way])
			EXPECT(b->prober->holds(b->prober));
		for (int i = 0; i < 4; i++)
			b->prober->cancel(b->prober, &s[i]->op);
		if (lanes_of_way[way])
			EXPECT(b->prober->holds(b->prober));
		crowd_release(c);
		until(b, 4);
		while (b->prober->holds(b->prober))
			loop_turn(b->loop, milliseconds(100));
		for (int i = 0; i < 8; i++)
			EXPECT_INT(s[i]->times, i < 4 ? 0 : 1);
		bed_free(b);
		crowd_stop(c);
		for (int i = 0; i < 8; i++)
			mem_free(s[i]);
		mem_free(new);
	}
}

TEST(a_plan_that_nothing_runs_for_is_let_go_of_soon)
{
	for (unsigned way = 0; way < WAYS; way++) {
		Bed *b = bed_new(way, NULL);
		Plan *new[3] = { NEW(Plan), NEW(Plan), NEW(Plan) };

		for (int i = 0; i < 3; i++)
			b->prober->plan(b->prober, new[i]);
		while (b->prober->holds(b->prober))
			loop_turn(b->loop, milliseconds(100));
		if (lanes_of_way[way])
			EXPECT(b->batches >= 1); /* who waits for it is called */
		for (int i = 0; i < 2; i++)
			mem_free(new[i]);
		bed_free(b);
		mem_free(new[2]);
	}
}

/* ---- crowds ---- */

enum { MANY = 3000, MANY_HOSTS = 60 };

/* A crowd that nobody answers: connections are made by the kernel and wait there. */
typedef struct Deaf {
	int fd;
	uint16_t port;
} Deaf;

static Deaf deaf_start(void)
{
	Deaf d;

	d.fd = server_socket_at(SOCK_STREAM, "0.0.0.0", 0, &d.port);
	(void)listen(d.fd, 4096);
	return d;
}

static void fire_many(Bed *b, Shot **s, unsigned n, uint16_t port)
{
	for (unsigned i = 0; i < n; i++)
		fire(s[i] = page(b, (int)(i % MANY_HOSTS), port));
}

static void free_many(Shot **s, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		mem_free(s[i]);
	mem_free(s);
}

TEST(thousands_are_carried_out_and_each_gives_one_result)
{
	for (unsigned way = 0; way < WAYS; way++) {
		Crowd *c = crowd_start(good);
		Bed *b = bed_new(way, NULL);
		Shot **s = mem_new(MANY * sizeof *s);
		unsigned up = 0;

		fire_many(b, s, MANY, c->port);
		until(b, MANY);
		for (unsigned i = 0; i < MANY; i++)
			up += s[i]->times == 1 && s[i]->result.state == CHECK_UP;
		EXPECT_INT(up, MANY);
		if (lanes_of_way[way]) /* results come in company */
			EXPECT(b->batches < MANY / 2);
		bed_free(b);
		crowd_stop(c);
		free_many(s, MANY);
	}
}

TEST(thousands_in_flight_are_cancelled_at_once_and_none_comes_back)
{
	for (unsigned way = 1; way < WAYS; way++) {
		Deaf deaf = deaf_start();
		Bed *b = bed_new(way, NULL);
		Shot **s = mem_new(MANY * sizeof *s);

		(void)lanes_raise_limit();
		fire_many(b, s, MANY, deaf.port);
		while (b->prober->stats(b->prober).in_flight < 100)
			loop_turn(b->loop, milliseconds(1));
		b->prober->plan(b->prober, &b->plan);
		for (unsigned i = 0; i < MANY; i++)
			b->prober->cancel(b->prober, &s[i]->op);
		while (b->prober->holds(b->prober))
			loop_turn(b->loop, milliseconds(100));
		EXPECT_INT(b->results, 0);
		EXPECT_INT(b->prober->stats(b->prober).waiting, 0);
		bed_free(b);
		(void)close(deaf.fd);
		free_many(s, MANY);
	}
}

TEST(stopping_with_thousands_in_flight_leaves_no_descriptor_and_no_thread)
{
	Err err = { 0 };
	Loop *warm = loop_new(NULL, &err); /* what a process opens once */
	size_t fds, threads;

	loop_free(warm);
	fds = count("/proc/self/fd");
	threads = count("/proc/self/task");
	for (unsigned way = 0; way < WAYS; way++) {
		Deaf deaf = deaf_start();
		Bed *b = bed_new(way, NULL);
		Shot **s = mem_new(MANY * sizeof *s);
		unsigned busy = 0;

		(void)lanes_raise_limit();
		fire_many(b, s, MANY, deaf.port);
		while (b->prober->stats(b->prober).in_flight < 100)
			loop_turn(b->loop, milliseconds(1));
		b->prober->stop(b->prober);
		EXPECT(!b->prober->holds(b->prober));
		for (unsigned i = 0; i < MANY; i++)
			busy += probe_is_running(&s[i]->op);
		EXPECT_INT(busy, 0);
		b->prober->cancel(b->prober, &s[0]->op);
		bed_free(b);
		(void)close(deaf.fd);
		EXPECT_INT(count("/proc/self/fd"), fds);
		EXPECT_INT(count("/proc/self/task"), threads);
		free_many(s, MANY);
	}
}

/* ---- fairness ---- */

/* One host is deaf and has more checks than there are places, all due first; the others are
 * carried out all the same, because one host never gets all places. */
TEST(a_stalled_host_does_not_keep_the_others_waiting)
{
	const LanesOptions bounds = { .max_runs = 8, .max_per_host = 4, .max_stalled = 1 };
	Deaf deaf = deaf_start();
	Crowd *c = crowd_start(good);

	for (unsigned way = 1; way < WAYS; way++) {
		Bed *b = bed_new(way, &bounds);
		Shot *bad[40], *well[200];

		for (int i = 0; i < 40; i++)
			fire(bad[i] = page(b, 0, deaf.port));
		for (int i = 0; i < 200; i++)
			fire(well[i] = page(b, 1 + i % 20, c->port));
		until(b, 200);
		for (int i = 0; i < 200; i++)
			EXPECT(well[i]->times == 1 && well[i]->result.state == CHECK_UP);
		for (int i = 0; i < 40; i++)
			EXPECT_INT(bad[i]->times, 0);
		EXPECT_INT(b->prober->stats(b->prober).in_flight, 4);
		EXPECT_INT(b->prober->stats(b->prober).waiting, 36);
		bed_free(b);
		for (int i = 0; i < 40; i++)
			mem_free(bad[i]);
		for (int i = 0; i < 200; i++)
			mem_free(well[i]);
	}
	crowd_stop(c);
	(void)close(deaf.fd);
}

/* What waited for its turn began later, and its target was not slower for it. */
TEST(waiting_for_a_place_is_lateness_and_no_latency)
{
	const LanesOptions bounds = { .max_runs = 1 };
	Crowd *c = crowd_start(good);
	Bed *b = bed_new(1, &bounds);
	Shot *first = page(b, 0, c->port), *second = page(b, 1, c->port);
	int64_t held_us;

	c->hold = true;
	fire(first);
	fire(second);
	while (b->prober->stats(b->prober).waiting < 1 || c->asked < 1)
		loop_turn(b->loop, milliseconds(1));
	for (int i = 0; i < 20; i++)
		loop_turn(b->loop, milliseconds(5));
	EXPECT_INT(c->asked, 1);
	crowd_release(c);
	until(b, 2);
	held_us = first->result.took.total.us;
	EXPECT(held_us > 0);
	EXPECT(second->result.took.queued.us < held_us / 2);
	EXPECT(second->result.at.us > first->result.at.us + held_us / 2); /* it began after */
	EXPECT(second->result.took.total.us < held_us);
	bed_free(b);
	crowd_stop(c);
	mem_free(first);
	mem_free(second);
}

/* ---- liveness ---- */

static void hang(void *lock)
{
	pthread_mutex_lock(lock);
	pthread_mutex_unlock(lock);
}

/* A lane that hangs is noticed by its silence, and only after PROBER_SILENT_S of it. */
TEST(a_lane_that_hangs_is_noticed_and_so_is_its_return)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	Bed *b = bed_new(2, NULL);
	Prober *p = b->prober;
	Lane *lane = &b->lanes->lanes[1];

	EXPECT(p->alive(p));
	while (atomic_load(&lane->pongs) != lane->pings)
		loop_turn(b->loop, milliseconds(1));
	EXPECT_INT(lane->pings, 1);
	pthread_mutex_lock(&lock);
	loop_post(lane->loop, hang, &lock);
	EXPECT(p->alive(p)); /* asked: the answer has its time */
	loop_turn(b->loop, milliseconds(0));
	EXPECT(p->alive(p));
	lane->pinged_us -= (PROBER_SILENT_S - 1) * 1000000LL;
	EXPECT(p->alive(p));
	lane->pinged_us -= 1000000;
	EXPECT(!p->alive(p));
	EXPECT_INT(lane->pings, 2); /* one question at a time */
	pthread_mutex_unlock(&lock);
	while (atomic_load(&lane->pongs) != lane->pings)
		loop_turn(b->loop, milliseconds(1));
	EXPECT(p->alive(p));
	bed_free(b);
}

/* ---- what the machine gives ---- */

TEST(places_follow_from_the_files_that_may_be_open)
{
	static const struct {
		unsigned files, lanes, room;
	} rows[] = { { 1024, 1, 512 },   { 1024, 4, 128 },  { 4096, 1, 3072 }, { 524288, 4, 4096 },
		     { 65536, 2, 4096 }, { 2048, 1, 1024 }, { 10, 4, 8 } };

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_INT(lanes_room(rows[i].files, rows[i].lanes), rows[i].room);
	EXPECT(lanes_default() >= 1 && lanes_default() <= LANES_DEFAULT_MAX);
	EXPECT(lanes_raise_limit() >= 1);
}
