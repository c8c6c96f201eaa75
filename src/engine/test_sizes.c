/* What one check costs in memory, held: a million of them are watched at once. A member
 * added here is megabytes; put what few checks have behind a pointer. */
#include "engine/engine_private.h"
#include "harness.h"

typedef struct Bound {
	const char *what;
	size_t size, most;
} Bound;

TEST(what_a_check_costs_is_stated_and_does_not_grow_unnoticed)
{
	const Bound bounds[] = {
		{ "Watch", sizeof(Watch), 192 },      { "CheckStatus", sizeof(CheckStatus), 96 },
		{ "Interval", sizeof(Interval), 40 }, { "DueNode", sizeof(DueNode), 24 },
		{ "ProbeOp", sizeof(ProbeOp), 8 },    { "Taken", sizeof(Taken), 16 },
	};

	for (size_t i = 0; i < COUNT_OF(bounds); i++) {
		if (bounds[i].size > bounds[i].most)
			test_fail(__FILE__, __LINE__, "%s: %zu bytes, %zu allowed", bounds[i].what,
			          bounds[i].size, bounds[i].most);
	}
}
