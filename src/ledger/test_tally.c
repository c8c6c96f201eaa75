/* A service composed from what changed is the service composed from everything. */
#include "harness.h"

#include "core/alloc.h"
#include "core/list.h"
#include "core/text.h"
#include "ledger/tally.h"

#include <stdio.h>

enum { PARTS = 70, ROUNDS = 1500 };

static Instant s(int64_t n) { return (Instant){ n * 1000000 }; }

/* ---- chance: the same in every run ---- */

static uint64_t seed;

static unsigned below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

/* ---- the parts ---- */

typedef struct Shop {
	size_t n;
	bool even; /* all of them hit everybody */
	size_t reads;
} Shop;

static const char *entity(void *ctx, size_t part, char out[LEDGER_ENTITY])
{
	((Shop *)ctx)->reads++;
	(void)snprintf(out, LEDGER_ENTITY, "check:c%zu", part);
	return out;
}

static double impact(void *ctx, size_t part)
{
	static const double some[] = { 1, 0.5, 0.25, 0.5, 1, 0.1 };

	return ((Shop *)ctx)->even ? 1 : some[part % COUNT_OF(some)];
}

static void compose_all(Ledger *l, Shop *shop, const Excluded *open, size_t open_n, Instant from,
                        Instant now)
{
	LIST(ServicePart) parts = { 0 };
	LIST(char *) names = { 0 };

	for (size_t i = 0; i < shop->n; i++) {
		list_add(&names, mem_printf("check:c%zu", i));
		list_add(&parts, ((ServicePart){ names.at[i], impact(shop, i) }));
	}
	(void)ledger_compose(l, "service:s", parts.at, parts.n, open, open_n, from, now, NULL);
	for (size_t i = 0; i < names.n; i++)
		mem_free(names.at[i]);
	list_free(&names);
	list_free(&parts);
}

static bool same_chain(const Ledger *a, const Ledger *b, const char *name, char why[300])
{
	size_t n, m;
	const Interval *x = ledger_intervals(a, name, &n), *y = ledger_intervals(b, name, &m);

	for (size_t i = 0; i < n && i < m; i++) {
		if (x[i].state != y[i].state || x[i].from.us != y[i].from.us ||
		    x[i].to.us != y[i].to.us || x[i].impact < y[i].impact ||
		    x[i].impact > y[i].impact || !text_eq(x[i].cause, y[i].cause)) {
			(void)snprintf(
			        why, 300, "at %zu: %s %g %lld \"%.60s\" and %s %g %lld \"%.60s\"",
			        i, ledger_state_name(x[i].state), x[i].impact,
			        (long long)x[i].from.us, x[i].cause, ledger_state_name(y[i].state),
			        y[i].impact, (long long)y[i].from.us, y[i].cause);
			return false;
		}
	}
	(void)snprintf(why, 300, "%zu intervals and %zu", n, m);
	return n == m;
}

/* ---- one story, told to both ---- */

typedef struct Story {
	Ledger *whole, *part;
	Tally *tally;
	Shop shop;
	Excluded open[3];
	size_t open_n;
	int64_t now;
	Instant from; /* the earliest change of this turn */
} Story;

static void change(Story *st, size_t part, LedgerState state, Instant from, const char *cause)
{
	char name[LEDGER_ENTITY];

	(void)entity(&st->shop, part, name);
	if (below(30) == 0) {
		(void)ledger_close(st->whole, name, from, NULL);
		(void)ledger_close(st->part, name, from, NULL);
	} else {
		(void)ledger_set(st->whole, name, state, -1, from, cause, NULL);
		(void)ledger_set(st->part, name, state, -1, from, cause, NULL);
	}
	tally_touch(st->tally, part, from);
	st->from = earliest(st->from, from);
}

/* A few checks change, most of them a while ago, as the first of several failed probes. */
static void tell_turn(Story *st)
{
	unsigned many = below(4) == 0 ? below(40) : 1 + below(3);
	char cause[32];

	st->from = NEVER;
	st->now += below(3) ? below(20) : 0;
	for (unsigned i = 0; i < many; i++) {
		static const LedgerState states[] = { LEDGER_UP, LEDGER_UP, LEDGER_DOWN,
			                              LEDGER_DEGRADED, LEDGER_UNKNOWN };
		int64_t ago = below(3) ? below(4) : below(200) == 0 ? below(5000) : below(60);

		(void)snprintf(cause, sizeof cause, "cause %u", below(50));
		change(st, below((unsigned)st->shop.n), states[below(COUNT_OF(states))],
		       s(st->now > ago ? st->now - ago : 0), cause);
	}
	if (below(60) == 0) {
		st->open_n = 1 + below(COUNT_OF(st->open));
		for (size_t i = 0; i < st->open_n; i++)
			st->open[i] = (Excluded){ s(st->now - below(10)), s(st->now + below(40)) };
		tally_touch_window(st->tally, s(st->now));
		st->from = earliest(st->from, s(st->now));
	}
}

static void run(uint64_t start, size_t n, bool even)
{
	Story st = { .whole = ledger_new(), .part = ledger_new(), .now = 1000 };
	TallyParts parts = { &st.shop, n, entity, impact };

	seed = start;
	st.shop = (Shop){ .n = n, .even = even };
	st.tally = tally_new(&parts);
	for (unsigned round = 0; round < ROUNDS; round++) {
		char why[300];

		tell_turn(&st);
		if (!tally_is_touched(st.tally))
			continue;
		compose_all(st.whole, &st.shop, st.open, st.open_n, st.from, s(st.now));
		(void)tally_compose(st.tally, st.part, "service:s", st.open, st.open_n, s(st.now),
		                    NULL);
		if (!same_chain(st.part, st.whole, "service:s", why)) {
			test_fail(__FILE__, __LINE__, "seed %llu, %zu parts, round %u: %s",
			          (unsigned long long)start, n, round, why);
			break;
		}
	}
	tally_free(st.tally);
	ledger_free(st.whole);
	ledger_free(st.part);
}

TEST(composing_what_changed_gives_what_composing_everything_gives)
{
	static const size_t sizes[] = { 1, 2, 15, 16, 17, PARTS };

	for (uint64_t i = 1; i <= 12; i++)
		run(i, sizes[i % COUNT_OF(sizes)], i & 1);
}

/* ---- what it costs ---- */

typedef struct Bench {
	Shop shop;
	Ledger *l;
	Tally *tally;
} Bench;

static void down(Bench *b, size_t part, Instant at)
{
	char name[LEDGER_ENTITY];

	(void)ledger_set(b->l, entity(&b->shop, part, name), LEDGER_DOWN, -1, at, "refused", NULL);
	tally_touch(b->tally, part, at);
}

TEST(one_change_of_ten_thousand_checks_looks_at_a_few)
{
	Bench b = { .shop = { .n = 10000, .even = true }, .l = ledger_new() };
	TallyParts parts = { &b.shop, b.shop.n, entity, impact };
	char name[LEDGER_ENTITY];

	b.tally = tally_new(&parts);
	for (size_t i = 0; i < b.shop.n; i++) {
		(void)ledger_set(b.l, entity(&b.shop, i, name), LEDGER_UP, -1, s(10), "", NULL);
		tally_touch(b.tally, i, s(10));
	}
	EXPECT(tally_compose(b.tally, b.l, "service:s", NULL, 0, s(10), NULL));
	b.shop.reads = 0;
	down(&b, 7777, s(20));
	EXPECT(tally_compose(b.tally, b.l, "service:s", NULL, 0, s(20), NULL));
	EXPECT(b.shop.reads < 10);
	EXPECT_INT(ledger_now(b.l, "service:s")->state, LEDGER_DOWN);
	EXPECT_TEXT(ledger_now(b.l, "service:s")->cause, "refused");
	EXPECT(!tally_is_touched(b.tally));
	EXPECT(!tally_compose(b.tally, b.l, "service:s", NULL, 0, s(30), NULL));
	tally_free(b.tally);
	ledger_free(b.l);
}

/* Each a microsecond after the one before, in turns of 250, all noticed a second later. */
TEST(a_storm_of_ten_thousand_looks_at_each_a_few_dozen_times)
{
	Bench b = { .shop = { .n = 10000, .even = true }, .l = ledger_new() };
	TallyParts parts = { &b.shop, b.shop.n, entity, impact };
	char name[LEDGER_ENTITY];

	b.tally = tally_new(&parts);
	for (size_t i = 0; i < b.shop.n; i++) {
		(void)ledger_set(b.l, entity(&b.shop, i, name), LEDGER_UP, -1, s(10), "", NULL);
		tally_touch(b.tally, i, s(10));
	}
	(void)tally_compose(b.tally, b.l, "service:s", NULL, 0, s(10), NULL);
	b.shop.reads = 0;
	for (size_t i = 0; i < b.shop.n; i++) {
		down(&b, i, after(s(20), duration_us((int64_t)i)));
		if (i % 250 == 249)
			(void)tally_compose(b.tally, b.l, "service:s", NULL, 0, s(21), NULL);
	}
	EXPECT(b.shop.reads < 5 * b.shop.n);
	EXPECT_INT(ledger_now(b.l, "service:s")->state, LEDGER_DOWN);
	EXPECT_INT(ledger_now(b.l, "service:s")->from.us, s(20).us);
	tally_free(b.tally);
	ledger_free(b.l);
}
