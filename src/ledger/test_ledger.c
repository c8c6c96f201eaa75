/* Chains of intervals: what is written over, what stays, and what the store sees. */
#include "harness.h"

#include "core/alloc.h"
#include "core/list.h"
#include "core/text.h"
#include "ledger/ledger.h"

#include <stdio.h>
#include <string.h>

static Instant s(int64_t n) { return (Instant){ n * 1000000 }; }

/* A store that does what it is told, to compare with the ledger. */
typedef struct Shelf {
	LIST(IntervalRow) rows;
	size_t saves, drops;
} Shelf;

static void shelf_save(void *ctx, const IntervalRow *i)
{
	Shelf *shelf = ctx;

	shelf->saves++;
	for (size_t k = 0; k < shelf->rows.n; k++) {
		if (text_eq(shelf->rows.at[k].id, i->id)) {
			shelf->rows.at[k] = *i;
			return;
		}
	}
	list_add(&shelf->rows, *i);
}

static void shelf_drop(void *ctx, const char *id)
{
	Shelf *shelf = ctx;

	shelf->drops++;
	for (size_t k = 0; k < shelf->rows.n; k++) {
		if (text_eq(shelf->rows.at[k].id, id)) {
			list_remove(&shelf->rows, k);
			return;
		}
	}
	test_fail(__FILE__, __LINE__, "dropped what is not there: %s", id);
}

static LedgerSink sink_of(Shelf *shelf) { return (LedgerSink){ shelf_save, shelf_drop, shelf }; }

static bool same_row(const IntervalRow *a, const IntervalRow *b)
{
	return text_eq(a->id, b->id) && text_eq(a->entity, b->entity) && a->state == b->state &&
	       a->impact == b->impact && a->from.us == b->from.us && a->to.us == b->to.us &&
	       text_eq(a->cause, b->cause);
}

/* "up 0-60 down 60-90 up 90-" in seconds, impact after * when it is not the usual. */
static const char *chain(const Ledger *l, const char *entity)
{
	static char out[1024];
	size_t n, at = 0;
	const Interval *i = ledger_intervals(l, entity, &n);

	out[0] = '\0';
	for (size_t k = 0; k < n; k++) {
		at += (size_t)snprintf(out + at, sizeof out - at, "%s%s", k ? " " : "",
		                       ledger_state_name(i[k].state));
		if (i[k].impact > 0 && i[k].impact < 1)
			at += (size_t)snprintf(out + at, sizeof out - at, "*%g", i[k].impact);
		at += (size_t)snprintf(out + at, sizeof out - at, " %lld-",
		                       (long long)(i[k].from.us / 1000000));
		if (is_set(i[k].to))
			at += (size_t)snprintf(out + at, sizeof out - at, "%lld",
			                       (long long)(i[k].to.us / 1000000));
	}
	return out;
}

TEST(states_follow_each_other_and_the_same_state_goes_on)
{
	Ledger *l = ledger_new();
	IntervalRow row;

	EXPECT(ledger_set(l, "check:site", LEDGER_UP, -1, s(0), "", NULL));
	EXPECT(!ledger_set(l, "check:site", LEDGER_UP, -1, s(30), "again", NULL));
	EXPECT(ledger_set(l, "check:site", LEDGER_DOWN, -1, s(60), "HTTP 503", NULL));
	EXPECT(ledger_set(l, "check:site", LEDGER_UP, -1, s(90), "", NULL));
	EXPECT_TEXT(chain(l, "check:site"), "up 0-60 down 60-90 up 90-");
	EXPECT_TEXT(ledger_at(l, "check:site", s(60))->cause, "HTTP 503");
	interval_row("check:site", ledger_at(l, "check:site", s(60)), &row);
	EXPECT_TEXT(row.id, "check:site@1970-01-01T00:01:00Z");
	EXPECT(ledger_at(l, "check:site", s(0))->cause == NULL);
	EXPECT_INT(ledger_at(l, "check:site", s(89))->state, LEDGER_DOWN);
	EXPECT_INT(ledger_at(l, "check:site", s(90))->state, LEDGER_UP);
	EXPECT(ledger_at(l, "check:site", s(-1)) == NULL);
	EXPECT_INT(ledger_since(l, "check:site").us, 0);
	EXPECT_INT(ledger_now(l, "check:site")->from.us, s(90).us);
	EXPECT_INT(ledger_since(l, "check:none").us, NEVER.us);
	EXPECT(ledger_now(l, "check:none") == NULL && ledger_at(l, "check:none", s(0)) == NULL);
	ledger_free(l);
}

TEST(a_state_that_began_in_the_past_replaces_what_was_written_since)
{
	static const struct {
		LedgerState state;
		int64_t from;
		const char *chain;
	} rows[] = {
		/* before: up 0-60 down 60-90 up 90- */
		{ LEDGER_DOWN, 95, "up 0-60 down 60-90 up 90-95 down 95-" },
		{ LEDGER_DOWN, 90, "up 0-60 down 60-" },
		{ LEDGER_DOWN, 70, "up 0-60 down 60-" },
		{ LEDGER_DOWN, 60, "up 0-60 down 60-" },
		{ LEDGER_DOWN, 30, "up 0-30 down 30-" },
		{ LEDGER_DOWN, 0, "down 0-" },
		{ LEDGER_DOWN, -10, "down -10-" },
		{ LEDGER_UP, 95, "up 0-60 down 60-90 up 90-" },
		{ LEDGER_UP, 75, "up 0-60 down 60-75 up 75-" },
		{ LEDGER_UP, 60, "up 0-" },
		{ LEDGER_UP, 30, "up 0-" },
		{ LEDGER_UP, -5, "up -5-" },
		{ LEDGER_UNKNOWN, 90, "up 0-60 down 60-90 unknown 90-" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Ledger *l = ledger_new();
		Shelf shelf = { 0 };
		LedgerSink sink = sink_of(&shelf);
		size_t n;
		const Interval *at;

		ledger_set(l, "e", LEDGER_UP, -1, s(0), "", &sink);
		ledger_set(l, "e", LEDGER_DOWN, -1, s(60), "", &sink);
		ledger_set(l, "e", LEDGER_UP, -1, s(90), "", &sink);
		ledger_set(l, "e", rows[i].state, -1, s(rows[i].from), "", &sink);
		EXPECT_TEXT(chain(l, "e"), rows[i].chain);
		/* the store holds the same rows */
		at = ledger_intervals(l, "e", &n);
		EXPECT_INT(shelf.rows.n, n);
		for (size_t k = 0; k < n; k++) {
			bool found = false;
			IntervalRow row;

			interval_row("e", &at[k], &row);
			for (size_t r = 0; r < shelf.rows.n; r++)
				found |= same_row(&shelf.rows.at[r], &row);
			EXPECT(found);
		}
		list_free(&shelf.rows);
		ledger_free(l);
	}
}

TEST(the_same_state_with_another_impact_is_another_interval)
{
	Ledger *l = ledger_new();

	ledger_set(l, "e", LEDGER_DEGRADED, 0.3, s(0), "a", NULL);
	EXPECT(!ledger_set(l, "e", LEDGER_DEGRADED, 0.3, s(10), "b", NULL));
	EXPECT(ledger_set(l, "e", LEDGER_DEGRADED, 0.5, s(20), "c", NULL));
	ledger_set(l, "e", LEDGER_DOWN, 7, s(30), "", NULL);
	ledger_set(l, "e", LEDGER_UP, 0.9, s(40), "", NULL);
	EXPECT_TEXT(chain(l, "e"), "degraded*0.3 0-20 degraded*0.5 20-30 down 30-40 up 40-");
	EXPECT_TEXT(ledger_at(l, "e", s(10))->cause, "a");
	EXPECT_REAL(ledger_at(l, "e", s(30))->impact, 1, 0);
	EXPECT_REAL(ledger_at(l, "e", s(40))->impact, 0, 0);
	ledger_free(l);
}

TEST(time_carene_was_stopped_is_filled_in_and_the_rest_stays)
{
	static const struct {
		int64_t from, to;
		const char *chain;
		bool changed;
	} rows[] = {
		/* before: up 10-60 down 60-90 up 90- */
		{ 100, 120, "up 10-60 down 60-90 up 90-100 unknown 100-120 up 120-", true },
		{ 70, 80, "up 10-60 down 60-70 unknown 70-80 down 80-90 up 90-", true },
		{ 50, 100, "up 10-50 unknown 50-100 up 100-", true },
		{ 60, 90, "up 10-60 unknown 60-90 up 90-", true },
		{ 0, 20, "unknown 10-20 up 20-60 down 60-90 up 90-", true },
		{ 0, 10, "up 10-60 down 60-90 up 90-", false },
		{ 50, 50, "up 10-60 down 60-90 up 90-", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Ledger *l = ledger_new();

		ledger_set(l, "e", LEDGER_UP, -1, s(10), "", NULL);
		ledger_set(l, "e", LEDGER_DOWN, -1, s(60), "503", NULL);
		ledger_set(l, "e", LEDGER_UP, -1, s(90), "", NULL);
		EXPECT_INT(ledger_fill(l, "e", LEDGER_UNKNOWN, -1, s(rows[i].from), s(rows[i].to),
		                       "stopped", NULL),
		           rows[i].changed);
		EXPECT_TEXT(chain(l, "e"), rows[i].chain);
		EXPECT(!ledger_fill(l, "none", LEDGER_UNKNOWN, -1, s(0), s(9), "", NULL));
		ledger_free(l);
	}
}

TEST(a_check_that_leaves_the_plan_is_no_longer_measured)
{
	Ledger *l = ledger_new();
	Shelf shelf = { 0 };
	LedgerSink sink = sink_of(&shelf);

	EXPECT(!ledger_close(l, "e", s(5), &sink));
	ledger_set(l, "e", LEDGER_UP, -1, s(0), "", &sink);
	ledger_set(l, "e", LEDGER_DOWN, -1, s(60), "", &sink);
	EXPECT(ledger_close(l, "e", s(80), &sink));
	EXPECT_TEXT(chain(l, "e"), "up 0-60 down 60-80");
	EXPECT(!ledger_close(l, "e", s(90), &sink));
	EXPECT(ledger_now(l, "e") == NULL && ledger_at(l, "e", s(80)) == NULL);
	/* and comes back: the time between stays unmeasured */
	ledger_set(l, "e", LEDGER_DOWN, -1, s(100), "", &sink);
	EXPECT_TEXT(chain(l, "e"), "up 0-60 down 60-80 down 100-");
	EXPECT(ledger_fill(l, "e", LEDGER_UNKNOWN, -1, s(70), s(110), "", &sink));
	ledger_close(l, "e", s(60), &sink);
	EXPECT_TEXT(chain(l, "e"), "up 0-60");
	EXPECT_INT(shelf.rows.n, 1);
	/* closed chains are filled up to their end only */
	EXPECT(ledger_fill(l, "e", LEDGER_UNKNOWN, -1, s(50), s(500), "", &sink));
	EXPECT_TEXT(chain(l, "e"), "up 0-50 unknown 50-60");
	list_free(&shelf.rows);
	ledger_free(l);
}

TEST(rows_load_in_any_order_and_damaged_ones_do_no_harm)
{
	IntervalRow good[4], bad[5] = { 0 };
	Ledger *l = ledger_new(), *m = ledger_new();
	size_t n, walk = 0;
	const Interval *at;

	ledger_set(l, "e", LEDGER_UP, -1, s(0), "", NULL);
	ledger_set(l, "e", LEDGER_DOWN, -1, s(60), "", NULL);
	ledger_set(l, "e", LEDGER_UP, -1, s(90), "", NULL);
	ledger_set(l, "f", LEDGER_UP, -1, s(5), "", NULL);
	at = ledger_intervals(l, "e", &n);
	ASSERT(n == 3);
	interval_row("e", &at[2], &good[0]);
	interval_row("e", &at[0], &good[1]);
	interval_row("e", &at[1], &good[3]);
	interval_row("f", ledger_intervals(l, "f", &n), &good[2]);
	for (size_t i = 0; i < 4; i++)
		EXPECT_INT(ledger_load(m, &good[i], 1), 0);
	EXPECT_TEXT(chain(m, "e"), "up 0-60 down 60-90 up 90-");
	EXPECT_TEXT(chain(m, "f"), "up 5-");
	EXPECT_TEXT(ledger_next(m, &walk), "e");
	EXPECT_TEXT(ledger_next(m, &walk), "f");
	EXPECT(ledger_next(m, &walk) == NULL);
	EXPECT_INT(ledger_beginning(m).us, 0);

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		bad[i] = good[3];
	bad[0].from = s(30); /* overlaps up 0-60 and the rest */
	bad[0].to = LONG_AGO;
	bad[0].impact = -3;
	bad[1].entity[0] = '\0';
	bad[2].to = bad[2].from;
	bad[3].state = (LedgerState)77;
	/* bad[4]: there already */
	EXPECT_INT(ledger_load(m, bad, COUNT_OF(bad)), COUNT_OF(bad));
	EXPECT_TEXT(chain(m, "e"), "up 0-30 down 30-60 down 60-90 up 90-");
	ledger_free(l);
	ledger_free(m);
	ledger_free(NULL);
}

TEST(what_is_past_its_keeping_is_forgotten_and_the_open_interval_never)
{
	Ledger *l = ledger_new();
	Shelf shelf = { 0 };
	LedgerSink sink = sink_of(&shelf);

	ledger_set(l, "e", LEDGER_UP, -1, s(0), "", &sink);
	ledger_set(l, "e", LEDGER_DOWN, -1, s(60), "", &sink);
	ledger_set(l, "e", LEDGER_UP, -1, s(90), "", &sink);
	ledger_forget(l, s(59), &sink);
	EXPECT_TEXT(chain(l, "e"), "up 0-60 down 60-90 up 90-");
	ledger_forget(l, s(60), &sink);
	EXPECT_TEXT(chain(l, "e"), "down 60-90 up 90-");
	EXPECT_INT(ledger_beginning(l).us, s(60).us);
	ledger_forget(l, s(5000), &sink);
	EXPECT_TEXT(chain(l, "e"), "up 90-");
	EXPECT_INT(shelf.rows.n, 1);
	list_free(&shelf.rows);
	ledger_free(l);
}

TEST(many_random_changes_keep_the_chain_whole_and_the_store_equal)
{
	uint64_t seed = 7;

	for (int round = 0; round < 300; round++) {
		Ledger *l = ledger_new();
		Shelf shelf = { 0 };
		LedgerSink sink = sink_of(&shelf);
		LedgerState truth[200]; /* second by second */
		size_t n;
		const Interval *at;

		memset(truth, 0, sizeof truth);
		ledger_set(l, "e", LEDGER_UNKNOWN, -1, s(0), "", &sink);
		for (int step = 0; step < 12; step++) {
			LedgerState state;
			int64_t from, to;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			state = (LedgerState)(seed >> 40) % 5;
			from = (int64_t)(seed >> 45) % 200;
			to = from + (int64_t)(seed >> 53) % 60;
			if (seed >> 63) {
				ledger_set(l, "e", state, 1, s(from), "", &sink);
				to = 200;
			} else {
				ledger_fill(l, "e", state, 1, s(from), s(to), "", &sink);
			}
			for (int64_t k = from; k < to && k < 200; k++)
				truth[k] = state;
		}
		at = ledger_intervals(l, "e", &n);
		EXPECT_INT(shelf.rows.n, n);
		for (size_t i = 0; i + 1 < n; i++) {
			EXPECT_INT(at[i].to.us, at[i + 1].from.us);
			EXPECT(at[i].state != at[i + 1].state);
		}
		for (int64_t k = 0; k < 200; k++) {
			if (ledger_at(l, "e", s(k))->state != truth[k])
				test_fail(__FILE__, __LINE__, "round %d second %lld", round,
				          (long long)k);
		}
		list_free(&shelf.rows);
		ledger_free(l);
	}
}

/* A random ledger: many entities, causes in common, alone, long and none. */
static void scribble(Ledger *l, uint64_t *seed, const LedgerSink *sink)
{
	static const char *const causes[] = { "", "HTTP 503", "no answer within 10 s" };
	char entity[16], longest[LEDGER_CAUSE * 2];

	memset(longest, 'x', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	for (int step = 0; step < 200; step++) {
		LedgerState state;
		const char *cause;
		Instant from;

		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		state = (LedgerState)(*seed >> 40) % 5;
		from = s((int64_t)(*seed >> 45) % 2000);
		cause = *seed >> 60 == 7 ? longest : causes[(*seed >> 58) % COUNT_OF(causes)];
		(void)snprintf(entity, sizeof entity, "check:%u", (unsigned)(*seed >> 33) % 9);
		if (*seed >> 62 == 0)
			ledger_fill(l, entity, state, -1, from, after(from, seconds(60)), cause,
			            sink);
		else if (*seed >> 62 == 1 && *seed >> 59 & 1)
			ledger_close(l, entity, from, sink);
		else
			ledger_set(l, entity, state, 0.25 * (double)(*seed >> 50 & 3), from, cause,
			           sink);
	}
}

TEST(what_was_saved_loads_to_the_very_same_chains)
{
	uint64_t seed = 11;

	for (int round = 0; round < 60; round++) {
		Ledger *l = ledger_new(), *m = ledger_new();
		Shelf shelf = { 0 };
		LedgerSink sink = sink_of(&shelf);
		const char *entity;
		size_t rows = 0;

		scribble(l, &seed, &sink);
		EXPECT_INT(ledger_load(m, shelf.rows.at, shelf.rows.n), 0);
		for (size_t i = 0; (entity = ledger_next(l, &i));) {
			size_t n, k;
			const Interval *a = ledger_intervals(l, entity, &n);
			const Interval *b = ledger_intervals(m, entity, &k);

			rows += n;
			ASSERT(n == k);
			for (k = 0; k < n; k++) {
				EXPECT(a[k].from.us == b[k].from.us && a[k].to.us == b[k].to.us);
				EXPECT(a[k].state == b[k].state && a[k].impact == b[k].impact);
				EXPECT_TEXT(interval_cause(&a[k]), interval_cause(&b[k]));
			}
		}
		EXPECT_INT(rows, shelf.rows.n);
		EXPECT_INT(ledger_beginning(l).us, ledger_beginning(m).us);
		list_free(&shelf.rows);
		ledger_free(l);
		ledger_free(m);
	}
}

TEST(a_stretch_is_five_words_and_no_text)
{
	EXPECT_INT(sizeof(Interval), 40);
}

TEST(a_service_is_as_bad_as_its_worst_check_weighed_by_impact)
{
	static const struct {
		CheckFact facts[3];
		size_t n;
		bool in_window;
		LedgerState state;
		double impact;
		const char *cause;
	} rows[] = {
		{ { { LEDGER_UP, 1, true, "x" }, { LEDGER_UP, 1, true, "" } },
		  2,
		  false,
		  LEDGER_UP,
		  0,
		  NULL },
		{ { { LEDGER_UP, 1, true, "" }, { LEDGER_DOWN, 1, true, "503" } },
		  2,
		  false,
		  LEDGER_DOWN,
		  1,
		  "503" },
		{ { { LEDGER_DOWN, 0.2, true, "a" }, { LEDGER_DOWN, 0.5, true, "b" } },
		  2,
		  false,
		  LEDGER_DEGRADED,
		  0.5,
		  "b" },
		{ { { LEDGER_DOWN, 0.2, true, "a" }, { LEDGER_DOWN, 1, true, "b" } },
		  2,
		  false,
		  LEDGER_DOWN,
		  1,
		  "b" },
		{ { { LEDGER_DEGRADED, 1, true, "slow" }, { LEDGER_UP, 1, true, "" } },
		  2,
		  false,
		  LEDGER_DEGRADED,
		  0,
		  "slow" },
		{ { { LEDGER_DEGRADED, 1, true, "slow" }, { LEDGER_UNKNOWN, 1, true, "?" } },
		  2,
		  false,
		  LEDGER_DEGRADED,
		  0,
		  "slow" },
		{ { { LEDGER_UNKNOWN, 1, true, "cut off" }, { LEDGER_UP, 1, true, "" } },
		  2,
		  false,
		  LEDGER_UNKNOWN,
		  0,
		  "cut off" },
		{ { { LEDGER_UNKNOWN, 1, true, "?" }, { LEDGER_DOWN, 1, true, "503" } },
		  2,
		  false,
		  LEDGER_DOWN,
		  1,
		  "503" },
		{ { { LEDGER_UNKNOWN, 1, false, "?" }, { LEDGER_UP, 1, true, "" } },
		  2,
		  false,
		  LEDGER_UP,
		  0,
		  NULL },
		{ { { LEDGER_UP, 1, false, "" } }, 1, false, LEDGER_UNKNOWN, 0, NULL },
		{ { { LEDGER_UP, 1, true, "" } }, 0, false, LEDGER_UNKNOWN, 0, NULL },
		{ { { LEDGER_DOWN, 1, true, "503" } }, 1, true, LEDGER_MAINTENANCE, 1, "503" },
		{ { { LEDGER_DEGRADED, 1, true, "slow" } },
		  1,
		  true,
		  LEDGER_MAINTENANCE,
		  0,
		  "slow" },
		{ { { LEDGER_UP, 1, true, "" } }, 1, true, LEDGER_UP, 0, NULL },
		{ { { LEDGER_UNKNOWN, 1, true, "?" } }, 1, true, LEDGER_UNKNOWN, 0, "?" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		double impact = -1;
		const char *cause = "none";

		EXPECT_INT(
		        service_state(rows[i].facts, rows[i].n, rows[i].in_window, &impact, &cause),
		        rows[i].state);
		EXPECT_REAL(impact, rows[i].impact, 0);
		if (!text_eq(cause, rows[i].cause))
			test_fail(__FILE__, __LINE__, "row %zu: cause %s", i,
			          cause ? cause : "NULL");
	}
}

TEST(a_services_chain_is_rebuilt_from_its_checks_without_erasing_an_outage)
{
	static const ServicePart parts[] = { { "check:a", 1 }, { "check:b", 0.4 } };
	static const Excluded window = { { 150 * 1000000 }, { 400 * 1000000 } };
	Ledger *l = ledger_new();
	Shelf shelf = { 0 };
	LedgerSink sink = sink_of(&shelf);

	ledger_set(l, "check:a", LEDGER_UP, -1, s(0), "", NULL);
	EXPECT(ledger_compose(l, "service:x/p", parts, 2, NULL, 0, s(0), s(10), &sink));
	ledger_set(l, "check:b", LEDGER_UP, -1, s(10), "", NULL);
	EXPECT(!ledger_compose(l, "service:x/p", parts, 2, NULL, 0, s(10), s(20), &sink));
	ledger_set(l, "check:b", LEDGER_DOWN, -1, s(100), "b fails", NULL);
	ledger_set(l, "check:b", LEDGER_UP, -1, s(120), "", NULL);
	EXPECT(ledger_compose(l, "service:x/p", parts, 2, NULL, 0, s(100), s(125), &sink));
	EXPECT_TEXT(chain(l, "service:x/p"), "up 0-100 degraded*0.4 100-120 up 120-");
	EXPECT_TEXT(ledger_at(l, "service:x/p", s(110))->cause, "b fails");
	/* a is confirmed down since before b's outage */
	ledger_set(l, "check:a", LEDGER_DOWN, -1, s(90), "a fails", NULL);
	ledger_set(l, "check:a", LEDGER_UP, -1, s(110), "", NULL);
	EXPECT(ledger_compose(l, "service:x/p", parts, 2, NULL, 0, s(90), s(130), &sink));
	EXPECT_TEXT(chain(l, "service:x/p"), "up 0-90 down 90-110 degraded*0.4 110-120 up 120-");
	/* composing again changes nothing */
	shelf.saves = shelf.drops = 0;
	EXPECT(!ledger_compose(l, "service:x/p", parts, 2, NULL, 0, s(0), s(130), &sink));
	EXPECT_INT(shelf.saves + shelf.drops, 0);
	/* inside an open window an outage is maintenance; its end lies ahead */
	ledger_set(l, "check:a", LEDGER_DOWN, -1, s(140), "a fails", NULL);
	EXPECT(ledger_compose(l, "service:x/p", parts, 2, &window, 1, s(140), s(200), &sink));
	EXPECT_TEXT(chain(l, "service:x/p"), "up 0-90 down 90-110 degraded*0.4 110-120 up 120-140 "
	                                     "down 140-150 maintenance 150-");
	EXPECT_INT(shelf.rows.n, 6);
	/* a service whose checks never ran has no chain */
	EXPECT(!ledger_compose(l, "service:y/p", parts, 0, NULL, 0, s(0), s(130), &sink));
	EXPECT_INT(ledger_since(l, "service:y/p").us, NEVER.us);
	list_free(&shelf.rows);
	ledger_free(l);
}
