#include "harness.h"

#include "brute_samples.h"

/* Ten million of the same: ./dev bench sample-write. */
TEST(a_million_random_samples_give_the_figures_that_a_list_and_a_sort_give)
{
	char path[512];
	Brute b;

	(void)snprintf(path, sizeof path, "%s/brute.db", test_dir());
	if (!brute_run(&b, path, 1000000, 32))
		test_fail(__FILE__, __LINE__, "%s", b.why);
	EXPECT(b.put > 990000 && b.lates > 10000 && b.twice > 5000);
	EXPECT(b.figures > 8000 && b.rolled > 100);
	EXPECT(b.worst > 0 && b.worst <= 0.01 * (1 + 1e-9));
}
