/* The index: what is in it is found, what left is not, and the order stays. */
#include "harness.h"

#include "core/alloc.h"
#include "core/index.h"

#include <stdio.h>
#include <string.h>

typedef struct Thing {
	char name[16];
	size_t number;
} Thing;

static const char *name_of(const void *thing) { return ((const Thing *)thing)->name; }

static Thing *things(size_t n)
{
	Thing *at = mem_new(n * sizeof *at);

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(at[i].name, sizeof at[i].name, "c%zu", i * 7919);
		at[i].number = i;
	}
	return at;
}

TEST(things_are_found_by_their_own_names_and_walked_in_their_order)
{
	enum { N = 5000 };
	Index x = { .key = name_of };
	Thing *at = things(N);
	const Thing *t;
	size_t k = 0;

	EXPECT(index_get(&x, "c0") == NULL && index_remove(&x, "c0") == NULL);
	for (size_t i = 0; i < N; i++)
		EXPECT(index_put(&x, &at[i]) == NULL);
	for (size_t i = 0; i < N; i++)
		EXPECT(index_get(&x, at[i].name) == &at[i]);
	EXPECT(index_get(&x, "c1") == NULL && index_get(&x, "") == NULL);
	for (size_t i = 0; (t = index_next(&x, &i));)
		EXPECT_INT(t->number, k++);
	EXPECT_INT(k, N);
	EXPECT_INT(x.live, N);
	Index_done(&x);
	EXPECT(index_get(&x, "c0") == NULL && x.key == name_of);
	mem_free(at);
}

TEST(one_of_the_same_name_takes_the_place_of_the_first)
{
	Index x = { .key = name_of };
	Thing a = { "a", 1 }, b = { "b", 2 }, other = { "a", 3 };
	size_t i = 0;

	index_put(&x, &a);
	index_put(&x, &b);
	EXPECT(index_put(&x, &other) == &a);
	EXPECT(index_next(&x, &i) == &other && index_next(&x, &i) == &b && !index_next(&x, &i));
	Index_done(&x);
}

/* Beside a plain list of what should be in it: additions, departures and returns. */
TEST(comings_and_goings_leave_exactly_what_should_be_there)
{
	enum { N = 300 };
	Index x = { .key = name_of };
	Thing *at = things(N);
	bool in[N] = { false };
	uint64_t seed = 3;
	size_t live = 0;

	for (int step = 0; step < 40000; step++) {
		size_t i;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		i = (size_t)(seed >> 40) % N;
		if (seed >> 63) {
			EXPECT(index_put(&x, &at[i]) == (in[i] ? &at[i] : NULL));
			live += !in[i];
			in[i] = true;
		} else {
			EXPECT(index_remove(&x, at[i].name) == (in[i] ? &at[i] : NULL));
			live -= in[i];
			in[i] = false;
		}
		i = (size_t)(seed >> 20) % N;
		EXPECT(index_get(&x, at[i].name) == (in[i] ? &at[i] : NULL));
	}
	EXPECT_INT(x.live, live);
	EXPECT(x.cap < 8 * N); /* places of those that left are used again */
	Index_done(&x);
	mem_free(at);
}

TEST(a_hundred_thousand_cost_a_pointer_and_their_slots)
{
	enum { N = 100000 };
	Index x = { .key = name_of };
	Thing *at = things(N);

	index_reserve(&x, N);
	for (size_t i = 0; i < N; i++)
		index_put(&x, &at[i]);
	EXPECT_INT(x.cap, N);
	EXPECT(x.cap * sizeof *x.at + x.slots_n * sizeof *x.slots < 19 * N);
	EXPECT(index_get(&x, at[N - 1].name) == &at[N - 1]);
	Index_done(&x);
	mem_free(at);
}
