/* CPU per plain HTTP question of the real loop: COUNT questions to URL, FLIGHT of them
 * at a time. Prints microseconds of user and system time per question. */
#include "core/alloc.h"
#include "loop/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

typedef struct Bench {
	Loop *loop;
	const AskSpec *spec;
	unsigned long left, done, failed;
} Bench;

typedef struct Lane {
	Ask ask;
	Bench *bench;
} Lane;

static void next(Lane *lane)
{
	Bench *b = lane->bench;

	if (b->left == 0)
		return;
	b->left--;
	loop_world(b->loop)->ask(loop_world(b->loop), &lane->ask, b->spec);
}

static void answered(Ask *ask, const Answer *a)
{
	Lane *lane = CONTAINER_OF(ask, Lane, ask);

	lane->bench->done++;
	lane->bench->failed += a->fail != FAIL_NONE || a->http.status != 200;
	next(lane);
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
	AskSpec spec = { .kind = ASK_HTTP, .timeout = seconds(30) };
	Bench b = { .spec = &spec, .left = count };
	Err err = { 0 };
	double from;
	Lane *lanes;

	if (argc < 2)
		return 2;
	spec.http.url = argv[1];
	spec.http.ca_file = argc > 4 ? argv[4] : NULL;
	b.loop = loop_new(&o, &err);
	if (!b.loop)
		return 1;
	lanes = mem_new(flight * sizeof *lanes);
	from = cpu_us();
	for (unsigned long i = 0; i < flight; i++) {
		lanes[i] = (Lane){ .ask.done = answered, .bench = &b };
		next(&lanes[i]);
	}
	while (b.done < count)
		loop_turn(b.loop, seconds(1));
	(void)printf("%.2f us, %lu failed\n", (cpu_us() - from) / (double)count, b.failed);
	loop_free(b.loop);
	mem_free(lanes);
	return b.failed != 0;
}
