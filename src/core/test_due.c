/* The heap of due times, against the plainest thing that could stand in for it. */
#include "harness.h"

#include "core/alloc.h"
#include "core/due.h"

typedef struct Thing {
	DueNode node;
	Instant due;   /* what a plain walk would look at; NEVER: not waiting */
	unsigned rank; /* when it was first added; 0: not yet */
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

/* ---- against a plain walk ---- */

enum { THINGS = 1500 };

typedef struct Story {
	Thing all[THINGS];
	DueHeap heap;
	Instant now;
	unsigned ranks, taken;
	uint64_t random;
} Story;

static uint64_t any(Story *s, uint64_t below)
{
	s->random = s->random * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (s->random >> 33) % below;
}

static Thing *plain_first(Story *s)
{
	Thing *first = NULL;

	for (Thing *at = s->all; at < s->all + THINGS; at++) {
		if (at->due.us != NEVER.us &&
		    (!first || at->due.us < first->due.us ||
		     (at->due.us == first->due.us && at->rank < first->rank)))
			first = at;
	}
	return first;
}

/* Near and far, on the grid of a quarter of a second and off it, together and alone, overdue,
 * and as far off as instants go. */
static Instant some_due(Story *s)
{
	static const int64_t spans_us[] = { 1,          250000,      60000000,      300000000,
		                            3600000000, 86400000000, 86400000000000 };
	int64_t span = spans_us[any(s, COUNT_OF(spans_us))];

	switch (any(s, 16)) {
	case 0: return NEVER;
	case 1: return (Instant){ s->now.us - (int64_t)any(s, (uint64_t)span) };
	case 2: return any(s, 50) ? s->now : LONG_AGO;
	case 3: return (Instant){ s->now.us + 250000 };
	case 4:
	case 5: return (Instant){ s->now.us / 250000 * 250000 + (int64_t)any(s, 20) * 250000 };
	default: return (Instant){ s->now.us + (int64_t)any(s, (uint64_t)span) };
	}
}

static void move_one(Story *s)
{
	Thing *one = &s->all[any(s, THINGS)];

	one->due = some_due(s);
	if (!one->rank)
		one->rank = ++s->ranks;
	due_set(&s->heap, &one->node, one->due);
	ASSERT(due_waits(&one->node) == (one->due.us != NEVER.us));
}

static void remove_one(Story *s)
{
	Thing *one = &s->all[any(s, THINGS)];

	one->due = NEVER;
	due_remove(&s->heap, &one->node);
}

static void take_due(Story *s)
{
	for (;;) {
		Thing *first = plain_first(s);
		DueNode *got = due_take(&s->heap, s->now);

		if (!first || first->due.us > s->now.us) {
			ASSERT(!got);
			return;
		}
		ASSERT(got == &first->node);
		first->due = NEVER;
		s->taken++;
		/* Most are armed again at once, as checks are. */
		if (any(s, 4) && s->taken % 7) {
			first->due = (Instant){ s->now.us + 1 + (int64_t)any(s, 60000000) };
			due_set(&s->heap, got, first->due);
		}
	}
}

static void tell(Story *s, Instant from, uint64_t seed, unsigned steps)
{
	memset(s, 0, sizeof *s);
	s->now = from;
	s->random = seed;
	for (Thing *at = s->all; at < s->all + THINGS; at++)
		at->due = NEVER;
	for (unsigned i = 0; i < steps; i++) {
		const Thing *first;

		for (uint64_t n = any(s, 40); n > 0; n--)
			move_one(s);
		if (any(s, 3) == 0)
			remove_one(s);
		first = plain_first(s);
		ASSERT(due_next(&s->heap).us == (first ? first->due.us : NEVER.us));
		/* A quarter of a second, some minutes, a day; now and then all that is left. */
		s->now.us += (int64_t)any(s, any(s, 3)   ? 250000
		                             : any(s, 9) ? 600000000
		                                         : 86400000000);
		if (any(s, 60) == 0)
			s->now = first && first->due.us > s->now.us ? first->due : s->now;
		take_due(s);
	}
	due_free(&s->heap);
}

TEST(it_agrees_with_a_plain_walk_whatever_moves)
{
	static Story s;

	for (uint64_t seed = 1; seed <= 6; seed++)
		tell(&s, t(1800000000), seed, 120);
	EXPECT(s.taken > 1000);
	tell(&s, t(0), 7, 120);
	tell(&s, t(-5000000000), 8, 120); /* a clock that was never set */
}

/* As a daemon that starts: each is due at once or in its turn, and each in turn is armed again. */
TEST(ten_thousand_on_a_grid_come_out_by_rank_at_each_instant)
{
	enum { MANY = 10000 };
	Thing *all = mem_new(MANY * sizeof *all);
	DueHeap h = { 0 };
	int64_t from = 1800000000;

	for (size_t i = 0; i < MANY; i++)
		due_set(&h, &all[i].node, t(from + (int64_t)(i * 7919 % 60)));
	for (int64_t s = from; s < from + 180; s++) {
		uint32_t last = 0;
		DueNode *node;

		EXPECT_INT(due_next(&h).us, t(s).us);
		while ((node = due_take(&h, t(s)))) {
			ASSERT(due_rank(node) > last);
			last = due_rank(node);
			due_set(&h, node, t(s + 60));
		}
		ASSERT(last > 0);
	}
	EXPECT_INT(h.n, MANY);
	for (size_t i = 0; i < MANY; i += 2)
		due_remove(&h, &all[i].node);
	EXPECT_INT(h.n, MANY / 2);
	due_free(&h);
	mem_free(all);
}

TEST(instants_beyond_what_a_node_holds_are_the_first_and_the_last)
{
	DueHeap h = { 0 };
	DueNode early = { 0 }, late = { 0 }, now = { 0 };

	due_set(&h, &late, (Instant){ INT64_MAX - 1 });
	due_set(&h, &now, t(1800000000));
	due_set(&h, &early, LONG_AGO);
	EXPECT_INT(due_next(&h).us, LONG_AGO.us);
	EXPECT(due_take(&h, t(0)) == &early);
	EXPECT(due_take(&h, t(1800000000)) == &now);
	EXPECT(due_take(&h, t(1800000000)) == NULL);
	EXPECT(due_take(&h, NEVER) == &late);
	due_free(&h);
}

TEST(a_node_is_sixteen_bytes)
{
	DueHeap h = { 0 };
	DueNode n = { 0 };

	EXPECT_INT(sizeof n, 16);
	EXPECT_INT(due_rank(&n), 0);
	h.ranks = (1u << 29) - 2;
	due_set(&h, &n, t(1));
	EXPECT_INT(due_rank(&n), (1u << 29) - 1);
	due_set(&h, &n, t(1800000000));
	EXPECT_INT(due_rank(&n), (1u << 29) - 1);
	EXPECT_INT(due_next(&h).us, t(1800000000).us);
	due_free(&h);
}
