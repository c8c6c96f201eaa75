/* The heap of due times, against the plainest thing that could stand in for it. */
#include "harness.h"

#include "core/due.h"

typedef struct Thing {
	DueNode node;
	Instant due; /* what a plain walk would look at; NEVER: not waiting */
} Thing;

static Instant t(int64_t s) { return (Instant){ s * 1000000 }; }

TEST(nobody_waits_in_an_empty_heap)
{
	DueHeap h = { 0 };

	EXPECT_INT(due_next(&h).us, NEVER.us);
	EXPECT(due_take(&h, t(1)) == NULL);
	due_free(&h);
}

TEST(who_is_due_comes_out_soonest_first_and_nobody_before)
{
	DueHeap h = { 0 };
	DueNode a = { 0 }, b = { 0 }, c = { 0 };

	due_set(&h, &a, t(30));
	due_set(&h, &b, t(10));
	due_set(&h, &c, t(20));
	EXPECT_INT(due_next(&h).us, t(10).us);
	EXPECT(due_take(&h, t(9)) == NULL);
	EXPECT(due_take(&h, t(25)) == &b);
	EXPECT(due_take(&h, t(25)) == &c);
	EXPECT(due_take(&h, t(25)) == NULL);
	EXPECT_INT(due_next(&h).us, t(30).us);
	due_free(&h);
}

TEST(those_due_together_come_out_in_the_order_they_were_first_added)
{
	DueHeap h = { 0 };
	DueNode n[20] = { 0 };

	for (size_t i = 0; i < COUNT_OF(n); i++)
		due_set(&h, &n[i], t(100 - (int64_t)i));
	for (size_t i = COUNT_OF(n); i-- > 0;)
		due_set(&h, &n[i], t(5));
	for (size_t i = 0; i < COUNT_OF(n); i++)
		EXPECT(due_take(&h, t(5)) == &n[i]);
	due_free(&h);
}

TEST(never_takes_a_thing_out_and_removing_it_twice_is_harmless)
{
	DueHeap h = { 0 };
	DueNode a = { 0 }, b = { 0 };

	due_set(&h, &a, t(1));
	due_set(&h, &b, t(2));
	due_set(&h, &a, NEVER);
	EXPECT_INT(due_next(&h).us, t(2).us);
	due_remove(&h, &a);
	due_remove(&h, &b);
	due_remove(&h, &b);
	EXPECT_INT(due_next(&h).us, NEVER.us);
	due_free(&h);
}

static Instant plain_next(const Thing *all, size_t n)
{
	Instant due = NEVER;

	for (size_t i = 0; i < n; i++)
		due = earliest(due, all[i].due);
	return due;
}

TEST(it_agrees_with_a_plain_walk_over_thousands_of_moves)
{
	static Thing all[97];
	DueHeap h = { 0 };
	uint32_t random = 7;

	memset(all, 0, sizeof all);
	for (size_t i = 0; i < COUNT_OF(all); i++)
		all[i].due = NEVER;
	for (int move = 0; move < 20000; move++) {
		Thing *one;

		random = random * 1664525u + 1013904223u;
		one = &all[(random >> 8) % COUNT_OF(all)];
		one->due = random >> 28 == 0 ? NEVER : t((int64_t)(random >> 20));
		due_set(&h, &one->node, one->due);
		ASSERT(due_next(&h).us == plain_next(all, COUNT_OF(all)).us);
		if (move % 3 == 0 && h.nodes.n) {
			DueNode *first = due_take(&h, NEVER);

			ASSERT(first->due.us == plain_next(all, COUNT_OF(all)).us);
			((Thing *)first)->due = NEVER;
		}
	}
	due_free(&h);
}
