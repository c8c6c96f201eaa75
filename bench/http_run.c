/* CPU per plain HTTP check of the real loop without engine and store: COUNT runs of checks
 * of URL whose page must contain KEYWORD, FLIGHT of them at a time, each judged. Prints
 * microseconds of user and system time per check. */
#include "check/run.h"
#include "core/alloc.h"
#include "loop/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

typedef struct Bench {
	Loop *loop;
	Plan plan;
	CheckHow how;
	Check check;
	unsigned long left, done, failed;
} Bench;

static void next(Bench *b);

static void judged(CheckRun *run, const CheckResult *r, void *owner)
{
	Bench *b = owner;

	(void)run;
	b->done++;
	b->failed += r->state != CHECK_UP;
	next(b);
}

static void next(Bench *b)
{
	if (b->left == 0)
		return;
	b->left--;
	(void)check_run_start(loop_world(b->loop), &b->plan, &b->check, NULL, judged, b);
}

static double cpu_us(void)
{
	struct rusage r;

	(void)getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e6 +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
	LoopOptions o = { .max_asks = 20000, .max_per_host = 20000 };
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 20000;
	unsigned long flight = argc > 3 ? strtoul(argv[3], NULL, 10) : 64;
	Bench b = { .left = count };
	Err err = { 0 };
	double from;

	if (argc < 2)
		return 2;
	b.how = check_how_plain;
	b.check = (Check){ .type = CHECK_HTTP, .item.id = "bench", .how = &b.how };
	b.check.target = argv[1];
	b.how.contains = argc > 4 ? argv[4] : NULL;
	b.loop = loop_new(&o, &err);
	if (!b.loop)
		return 1;
	from = cpu_us();
	for (unsigned long i = 0; i < flight; i++)
		next(&b);
	while (b.done < count)
		loop_turn(b.loop, seconds(1));
	(void)printf("%.2f us, %lu failed\n", (cpu_us() - from) / (double)count, b.failed);
	loop_free(b.loop);
	return b.failed != 0;
}
