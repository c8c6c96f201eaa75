/* What waits in a lane: what comes out next, as small tables. */
#include "core/alloc.h"
#include "harness.h"
#include "lane/queue.h"

#include <stdio.h>
#include <string.h>

typedef struct Waiter {
	QueueItem item;
	char name[16];
} Waiter;

static Instant at(int s) { return (Instant){ INT64_C(1700000000000000) + s * INT64_C(1000000) }; }

static Waiter *put(Queue *q, const char *host, const char *name, int due)
{
	Waiter *w = NEW(Waiter);

	(void)snprintf(w->name, sizeof w->name, "%s", name);
	queue_put(q, &w->item, host, at(due));
	return w;
}

/* Names of all that may start now, in order; they are left running in `out`. */
static const char *take(Queue *q, Waiter *out[], size_t *n)
{
	static char names[512];
	QueueItem *item;

	names[0] = '\0';
	while ((item = queue_take(q))) {
		Waiter *w = CONTAINER_OF(item, Waiter, item);

		(void)snprintf(names + strlen(names), sizeof names - strlen(names), "%s ", w->name);
		out[(*n)++] = w;
	}
	return names;
}

static void ran(Queue *q, Waiter *w, QueueEnd end)
{
	queue_ran(q, &w->item, end);
	mem_free(w);
}

TEST(what_was_due_first_starts_first_whichever_host_it_is_for)
{
	Queue q;
	Waiter *w[8];
	size_t n = 0;

	queue_init(&q, 100, 10, 2);
	(void)put(&q, "b", "b3", 3);
	(void)put(&q, "a", "a5", 5);
	(void)put(&q, "a", "a2", 2); /* it came later and was due sooner */
	(void)put(&q, "a", "a9", 9);
	(void)put(&q, "b", "b1", 1);
	(void)put(&q, "c", "c4", 4);
	EXPECT_INT(q.waiting, 6);
	EXPECT_TEXT(take(&q, w, &n), "b1 a2 b3 c4 a5 a9 ");
	EXPECT_INT(q.running, 6);
	while (n)
		ran(&q, w[--n], QUEUE_ANSWERED);
	EXPECT_INT(q.hosts.live, 0);
	queue_done(&q);
}

TEST(one_host_gets_its_bound_and_the_others_are_not_kept_waiting_by_it)
{
	Queue q;
	Waiter *w[16];
	size_t n = 0;
	char name[8];

	queue_init(&q, 100, 3, 2);
	for (int i = 0; i < 6; i++) {
		(void)snprintf(name, sizeof name, "a%d", i);
		(void)put(&q, "a", name, i);
	}
	(void)put(&q, "b", "b7", 7);
	EXPECT_TEXT(take(&q, w, &n), "a0 a1 a2 b7 ");
	EXPECT(!queue_may_start(&q));
	EXPECT_INT(q.waiting, 3);
	ran(&q, w[1], QUEUE_ANSWERED);
	w[1] = w[--n];
	EXPECT_TEXT(take(&q, w, &n), "a3 ");
	while (n)
		ran(&q, w[--n], QUEUE_ANSWERED);
	EXPECT_TEXT(take(&q, w, &n), "a4 a5 ");
	while (n)
		ran(&q, w[--n], QUEUE_ANSWERED);
	queue_done(&q);
}

TEST(a_host_that_ran_out_of_time_gets_few_places_until_it_answers)
{
	Queue q;
	Waiter *w[16];
	size_t n = 0;
	char name[8];

	queue_init(&q, 100, 4, 1);
	for (int i = 0; i < 9; i++) {
		(void)snprintf(name, sizeof name, "a%d", i);
		(void)put(&q, "a", name, i);
	}
	EXPECT_TEXT(take(&q, w, &n), "a0 a1 a2 a3 ");
	while (n)
		ran(&q, w[--n], QUEUE_STALLED);
	EXPECT_TEXT(take(&q, w, &n), "a4 ");
	ran(&q, w[--n], QUEUE_CANCELLED); /* says nothing of the host */
	EXPECT_TEXT(take(&q, w, &n), "a5 ");
	ran(&q, w[--n], QUEUE_ANSWERED);
	EXPECT_TEXT(take(&q, w, &n), "a6 a7 a8 ");
	while (n)
		ran(&q, w[--n], QUEUE_ANSWERED);
	queue_done(&q);
}

TEST(the_lane_s_own_bound_holds_and_places_go_to_what_is_most_overdue)
{
	Queue q;
	Waiter *w[16];
	size_t n = 0;

	queue_init(&q, 2, 10, 10);
	(void)put(&q, "a", "a1", 1);
	(void)put(&q, "b", "b2", 2);
	EXPECT_TEXT(take(&q, w, &n), "a1 b2 ");
	(void)put(&q, "c", "c9", 9);
	(void)put(&q, "d", "d5", 5);
	(void)put(&q, "a", "a7", 7);
	EXPECT(!queue_may_start(&q));
	EXPECT_TEXT(take(&q, w, &n), "");
	ran(&q, w[--n], QUEUE_ANSWERED);
	EXPECT(queue_may_start(&q));
	EXPECT_TEXT(take(&q, w, &n), "d5 ");
	while (n)
		ran(&q, w[--n], QUEUE_ANSWERED);
	EXPECT_TEXT(take(&q, w, &n), "a7 c9 ");
	while (n)
		ran(&q, w[--n], QUEUE_ANSWERED);
	queue_done(&q);
}

TEST(what_is_dropped_leaves_no_trace_wherever_it_stood)
{
	static const struct {
		int drop;
		const char *left;
	} rows[] = { { 0, "b c " }, { 1, "a c " }, { 2, "a b " } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Queue q;
		Waiter *w[8], *all[3];
		size_t n = 0;

		queue_init(&q, 9, 9, 9);
		all[0] = put(&q, "h", "a", 1);
		all[1] = put(&q, "h", "b", 2);
		all[2] = put(&q, "h", "c", 3);
		queue_drop(&q, &all[rows[i].drop]->item);
		mem_free(all[rows[i].drop]);
		EXPECT_INT(q.waiting, 2);
		(void)put(&q, "h", "z", 4); /* the end of the row is still where it should be */
		EXPECT_HAS(take(&q, w, &n), rows[i].left);
		EXPECT_INT(n, 3);
		while (n)
			ran(&q, w[--n], QUEUE_ANSWERED);
		EXPECT_INT(q.hosts.live, 0);
		queue_done(&q);
	}
}

/* Against a plain array: the same items, put, dropped, run and cancelled at random. */
TEST(it_behaves_as_a_list_that_is_searched_each_time)
{
	enum { STEPS = 20000, HOSTS = 7, MAX = 5, PER_HOST = 3, STALLED = 1 };
	Queue q;
	Waiter *waiting[STEPS], *running[MAX];
	size_t waits = 0, runs = 0, wrong = 0;
	unsigned seed = 42, at_host[HOSTS] = { 0 };
	bool stalled[HOSTS] = { 0 };

	queue_init(&q, MAX, PER_HOST, STALLED);
	for (int step = 0; step < STEPS; step++) {
		unsigned dice = (seed = seed * 1103515245u + 12345u) >> 16;

		if (dice % 5 < 2) {
			char host[2] = { (char)('a' + dice / 5 % HOSTS), 0 };

			waiting[waits++] = put(&q, host, host, (int)(dice / 64 % 400));
		} else if (dice % 5 == 2 && waits && dice % 3 == 0) {
			size_t k = dice / 15 % waits;

			queue_drop(&q, &waiting[k]->item);
			mem_free(waiting[k]);
			memmove(&waiting[k], &waiting[k + 1], (--waits - k) * sizeof *waiting);
		} else if (dice % 5 == 3 && runs) {
			Waiter *w = running[--runs];
			size_t h = (size_t)(w->name[0] - 'a');
			QueueEnd end = (QueueEnd)(dice / 5 % 3);

			at_host[h]--;
			stalled[h] = end == QUEUE_CANCELLED ? stalled[h] : end == QUEUE_STALLED;
			ran(&q, w, end);
			for (size_t i = 0; i < HOSTS; i++) { /* one nobody asks is forgotten */
				bool any = at_host[i] > 0;

				for (size_t k = 0; k < waits; k++)
					any = any || waiting[k]->name[0] == (char)('a' + i);
				stalled[i] = stalled[i] && any;
			}
		} else if (runs < MAX) {
			QueueItem *item = queue_take(&q);
			Instant best = NEVER;

			for (size_t k = 0; k < waits; k++) {
				size_t h = (size_t)(waiting[k]->name[0] - 'a');

				if (at_host[h] < (stalled[h] ? STALLED : PER_HOST))
					best = earliest(best, waiting[k]->item.due);
			}
			wrong += item ? item->due.us != best.us : best.us != NEVER.us;
			for (size_t k = 0; item && k < waits; k++) {
				if (&waiting[k]->item != item)
					continue;
				running[runs++] = waiting[k];
				at_host[waiting[k]->name[0] - 'a']++;
				memmove(&waiting[k], &waiting[k + 1],
				        (--waits - k) * sizeof *waiting);
				break;
			}
		}
		wrong += q.waiting != waits || q.running != runs;
	}
	EXPECT_INT(wrong, 0);
	while (waits) {
		queue_drop(&q, &waiting[--waits]->item);
		mem_free(waiting[waits]);
	}
	while (runs)
		ran(&q, running[--runs], QUEUE_CANCELLED);
	EXPECT_INT(q.hosts.live, 0);
	queue_done(&q);
}
