/* A plan read line by line is the plan that libyaml reads, and one that takes over what did
 * not change is the one read anew: whatever the bytes are. A zero byte parts the plan before
 * from the plan; without one it follows itself. */
#include "plan/testing_show.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(const Loaded *a, const Loaded *b)
{
	AUTO(Buf) x = { 0 };
	AUTO(Buf) y = { 0 };

	show_plan(a, &x);
	show_plan(b, &y);
	if (text_eq(buf_str(&x), buf_str(&y)))
		return;
	(void)fprintf(stderr, "by lines\n%s\nby YAML\n%s\n", buf_str(&x), buf_str(&y));
	assert(false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *old = (const char *)data, *text = old;
	size_t old_n = strnlen(old, size), n = size;
	Loaded before, lines, yaml;

	if (old_n < size) {
		text = old + old_n + 1;
		n = size - old_n - 1;
	}
	before = load_way_n(NULL, old, old_n, BY_LINES);
	lines = load_way_n(before.plan, text, n, BY_LINES);
	yaml = load_way_n(NULL, text, n, BY_YAML);
	same(&lines, &yaml);
	Loaded_done(&before);
	same(&lines, &yaml); /* nothing of it is read any more */
	Loaded_done(&lines);
	Loaded_done(&yaml);
	return 0;
}
