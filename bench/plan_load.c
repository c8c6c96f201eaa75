/* What loading a plan costs: CPU seconds and bytes held, read anew and read after itself
 * with the other file's changes. `plan_load OLD NEW [ROUNDS]` prints one line for each. */
#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "plan/load.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static double cpu_s(void)
{
	struct rusage r;

	(void)getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static size_t held(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static bool read_file(const char *path, Buf *out)
{
	FILE *f = fopen(path, "re");
	char chunk[65536];
	size_t n;

	while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, chunk, n);
	if (f)
		(void)fclose(f);
	return f && !out->over && out->n;
}

static Plan *load(const Plan *before, const char *path, const Buf *text, const char *what)
{
	Findings findings = { .arena = arena_new("findings", 64 << 20) };
	PlanSource source = { .no_secrets = true };
	size_t was = held();
	double from = cpu_s();
	Plan *p = plan_load_after(before, path, buf_str(text), text->n, &source, &findings);
	double took = cpu_s() - from;

	arena_free(findings.arena);
	if (p)
		printf("%s %.3f s %.0f bytes a check\n", what, took,
		       (double)(held() - was) / (double)(p->checks_n ? p->checks_n : 1));
	return p;
}

int main(int argc, char **argv)
{
	AUTO(Buf) old = { .max = PLAN_BYTES }, new = { .max = PLAN_BYTES };
	int64_t rounds = 1;

	if (argc < 3 || !read_file(argv[1], &old) || !read_file(argv[2], &new)) {
		(void)fprintf(stderr, "usage: plan_load OLD NEW [ROUNDS]\n");
		return 2;
	}
	if (argc > 3 && !text_int(argv[3], &rounds))
		return 2;
	for (int64_t i = 0; i < rounds; i++) {
		Plan *first = load(NULL, argv[1], &old, "load");
		Plan *next = first ? load(first, argv[2], &new, "reload") : NULL;

		plan_free(first);
		plan_free(next);
		if (!next)
			return 1;
	}
	return 0;
}
