/* The contract of world/world.h, on the real machine. */
#include "contract/world_contract.h"
#include "hostile/asking.h"
#include "hostile/server.h"

#include <sys/stat.h>

static Loop *loop;
static Server *answering, *holding;
static char good_url[64], refused_url[64], silent_url[64];
static AskSpec good = { .kind = ASK_HTTP, .timeout = { 20000000 }, .http.url = good_url };
static AskSpec refused = { .kind = ASK_HTTP, .timeout = { 20000000 }, .http.url = refused_url };
static AskSpec silent = { .kind = ASK_HTTP, .timeout = { 50000 }, .http.url = silent_url };

static void say_hello(int fd, Server *s)
{
	(void)s;
	hear_request(fd);
	(void)say_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

static void never_answer(int fd, Server *s)
{
	(void)s;
	hold(fd);
}

static World *make(void)
{
	answering = server_start(say_hello, NULL);
	holding = server_start(never_answer, NULL);
	(void)snprintf(good_url, sizeof good_url, "http://127.0.0.1:%u/", answering->port);
	(void)snprintf(silent_url, sizeof silent_url, "http://127.0.0.1:%u/", holding->port);
	(void)snprintf(refused_url, sizeof refused_url, "http://127.0.0.1:%u/", free_port());
	loop = test_loop();
	return loop_world(loop);
}

static void unmake(World *w)
{
	(void)w;
	loop_free(loop);
	server_stop(answering);
	server_stop(holding);
}

static bool spin(World *w, const unsigned *count, unsigned want)
{
	(void)w;
	return turn_until(loop, count, want);
}

static void pass(World *w, Duration d)
{
	int64_t until_us = w->mono(w).us + d.us;

	while (w->mono(w).us < until_us)
		loop_turn(loop, (Duration){ until_us - w->mono(w).us });
}

static char *read_file(World *w, const char *path)
{
	AUTO(Buf) text = { 0 };
	char chunk[256];
	FILE *f = fopen(path, "re");
	size_t n;

	(void)w;
	if (!f)
		return NULL;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&text, chunk, n);
	(void)fclose(f);
	return buf_take(&text);
}

static const WorldMaker maker = { .make = make,
	                          .free = unmake,
	                          .spin = spin,
	                          .pass = pass,
	                          .good = &good,
	                          .refused = &refused,
	                          .silent = &silent,
	                          .folder = test_dir,
	                          .read_file = read_file };

WORLD_CONTRACT(maker)
