/* Nanoseconds to fire and re-arm one of COUNT timers: of the engine's heap (`due`), or of
 * libuv's (`libuv`), which is what an event loop would offer. Periods of
 * 30 s to 300 s, on a virtual clock. */
#include "core/alloc.h"
#include "core/due.h"
#include "core/text.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <uv.h>

enum { FIRES = 1000000 };

static uint64_t period_ms(unsigned long i) { return 30000 + i * 2654435761UL % 270000; }

static double cpu_ns(void)
{
	struct rusage r;

	(void)getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e9 +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e3;
}

/* Of the heap, over all that it holds; its nodes, and what it keeps besides. */
static double due_bytes;

static size_t allocated(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static double of_due(unsigned long count)
{
	size_t before = allocated();
	DueHeap heap = { 0 };
	DueNode *nodes = mem_new(count * sizeof *nodes);
	unsigned long fired = 0;
	Instant now;
	double from;

	for (unsigned long i = 0; i < count; i++)
		due_set(&heap, &nodes[i], (Instant){ (int64_t)period_ms(i) * 1000 });
	from = cpu_ns();
	while (fired < FIRES) {
		DueNode *node;

		now = due_next(&heap);
		while (fired < FIRES && (node = due_take(&heap, now))) {
			unsigned long i = (unsigned long)(node - nodes);

			due_set(&heap, node, after(now, milliseconds((int64_t)period_ms(i))));
			fired++;
		}
	}
	from = cpu_ns() - from;
	due_bytes = (double)(allocated() - before) / (double)count;
	due_free(&heap);
	mem_free(nodes);
	return from / FIRES;
}

static uint64_t virtual_ns;

/* libuv's clock, ours to move: the program's own function comes before the C library's. */
int clock_gettime(clockid_t id, struct timespec *ret)
{
	(void)id;
	*ret = (struct timespec){ (time_t)(virtual_ns / 1000000000),
		                  (long)(virtual_ns % 1000000000) };
	return 0;
}

static unsigned long fired_n;

static void on_fire(uv_timer_t *t)
{
	(void)t; /* its own repeat takes it out of the heap and puts it back */
	fired_n++;
}

static double of_libuv(unsigned long count)
{
	uv_loop_t loop;
	uv_timer_t *timers = mem_new(count * sizeof *timers);
	double from;

	virtual_ns = 1000000000;
	(void)uv_loop_init(&loop);
	for (unsigned long i = 0; i < count; i++) {
		(void)uv_timer_init(&loop, &timers[i]);
		(void)uv_timer_start(&timers[i], on_fire, period_ms(i), period_ms(i));
	}
	from = cpu_ns();
	while (fired_n < FIRES) {
		virtual_ns += 10000000;
		(void)uv_run(&loop, UV_RUN_NOWAIT);
	}
	from = cpu_ns() - from;
	return from / (double)fired_n;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000000;

	if (argc < 2 || count == 0)
		return 2;
	if (text_eq(argv[1], "due")) {
		double ns = of_due(count);

		(void)printf("%.1f ns, %.1f bytes\n", ns, due_bytes);
	} else {
		(void)printf("%.1f ns, %zu bytes\n", of_libuv(count), sizeof(uv_timer_t));
	}
	return 0;
}
