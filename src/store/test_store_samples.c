#include "harness.h"

#include "core/alloc.h"
#include "core/text.h"
#include "store/samples_private.h"
#include "store/store_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Everything here is compared with plain lists kept beside the store. */

enum { T0 = 1795190400 }; /* 2026-11-20T16:00:00Z, in seconds */

static uint64_t dice;

static uint64_t roll(uint64_t below)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice % below;
}

static char path[512];

static Store *open_again(bool read_only)
{
	Store *s = NULL;
	Err err = { 0 };

	if (!store_open(&(StoreOptions){ .path = path, .busy_ms = 50, .read_only = read_only }, &s,
	                &err))
		test_fail(__FILE__, __LINE__, "%s", err.message);
	return s;
}

static Store *fresh(void)
{
	(void)snprintf(path, sizeof path, "%s/t.db", test_dir());
	return open_again(false);
}

static bool run(Store *s, const char *sql)
{
	Err err = { 0 };

	if (store_run(s, sql, &err))
		return true;
	test_fail(__FILE__, __LINE__, "%s", err.message);
	return false;
}

static int64_t number(Store *s, const char *sql)
{
	sqlite3_stmt *st = store_prepare(s, sql, NULL);
	int64_t n = -1;

	if (st && sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static Instant at_s(int64_t s) { return (Instant){ (T0 + s) * 1000000 }; }

/* ---- the log ---- */

enum { ENTRIES = 400 };

static size_t entry_size(uint64_t seq)
{
	return (size_t)(seq * seq * 37 % 9000) % (seq % 5 ? 300 : 9000);
}

static void entry_fill(uint64_t seq, unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(seq * 31 + i * 7 + (i >> 8));
}

static void add_entry(Batch *b, uint64_t seq)
{
	unsigned char p[9000];
	size_t n = entry_size(seq);

	entry_fill(seq, p, n);
	batch_log(b, seq, p, n);
}

typedef struct Came {
	uint64_t first, last, n;
	bool wrong;
} Came;

static bool came(void *ctx, uint64_t seq, const void *p, size_t n)
{
	Came *c = ctx;
	unsigned char want[9000];

	entry_fill(seq, want, entry_size(seq));
	c->wrong |= n != entry_size(seq) || memcmp(p, want, n) != 0 || (c->n && seq <= c->last);
	c->first = c->n ? c->first : seq;
	c->last = seq;
	c->n++;
	return true;
}

TEST(log_entries_of_any_size_come_back_in_order)
{
	Store *s = fresh();
	Batch *b = batch_new();
	Came c = { 0 };
	size_t bad;

	for (uint64_t seq = 1; seq <= ENTRIES; seq++) {
		add_entry(b, seq);
		if (seq % 3)
			EXPECT(store_commit(s, b, NULL));
		if (seq % 50 == 0) { /* killed: what waits in the batch is not committed */
			batch_clear(b);
			store_close(s);
			s = open_again(false);
			if (seq % 3 == 0)
				add_entry(b, seq);
		}
	}
	EXPECT(store_commit(s, b, NULL));
	EXPECT(store_log(s, came, &c, &bad, NULL));
	EXPECT(!c.wrong && bad == 0);
	EXPECT_INT(c.first, 1);
	EXPECT_INT(c.last, ENTRIES);
	/* A kill loses the one that waited, if one did. */
	EXPECT(c.n > ENTRIES - ENTRIES / 50 && c.n <= ENTRIES);
	EXPECT_INT(store_log_last(s), ENTRIES);
	batch_free(b);
	store_close(s);
}

TEST(the_log_takes_the_room_that_it_no_longer_needs)
{
	Store *s = fresh();
	Batch *b = batch_new();
	int64_t pages = 0;

	for (uint64_t seq = 1; seq <= 3000; seq++) {
		Came c = { 0 };
		size_t bad;

		add_entry(b, seq);
		if (seq > 100)
			batch_log_until(b, seq - 100);
		EXPECT(store_commit(s, b, NULL));
		if (seq == 400)
			pages = number(s, "SELECT count(*) FROM sample_log");
		if (seq % 500)
			continue;
		store_close(s);
		s = open_again(false);
		EXPECT(store_log(s, came, &c, &bad, NULL) && !c.wrong && bad == 0);
		EXPECT_INT(c.last, seq);
		/* All that is needed, and no more than shares a page with it. */
		EXPECT(c.first <= seq - 100 && c.n >= 101 && c.n < 140);
	}
	EXPECT(pages > 10 && number(s, "SELECT count(*) FROM sample_log") <= pages * 3 / 2);
	batch_free(b);
	store_close(s);
}

typedef struct Some {
	Came c;
	size_t most;
} Some;

static bool some(void *ctx, uint64_t seq, const void *p, size_t n)
{
	Some *s = ctx;

	return came(&s->c, seq, p, n) && s->c.n < s->most;
}

/* Somebody else reads behind the others, a few entries at a time, while the log goes on; what
 * he needs stays, over a restart as well, and goes when he has it. */
TEST(entries_that_somebody_else_needs_stay_until_he_has_them)
{
	Store *s = fresh();
	Batch *b = batch_new();
	uint64_t taken = 0;
	size_t bad;

	for (uint64_t seq = 1; seq <= 900; seq++) {
		Some got = { .most = 1 + seq % 7 };
		Came c = { 0 };

		add_entry(b, seq);
		if (seq > 20)
			batch_log_until(b, seq - 20);
		batch_hold_log(b, taken + 1);
		EXPECT(store_commit(s, b, NULL));
		if (seq % 60 == 0) {
			store_close(s);
			s = open_again(false);
			EXPECT(store_log(s, came, &c, &bad, NULL) && !c.wrong && bad == 0);
			EXPECT(c.first <= taken + 1 && c.last == seq);
			EXPECT_INT(store_log_over(s), seq - 20);
		}
		if (seq < 300 || seq % 3 == 0)
			continue;
		EXPECT(store_log_from(s, taken + 1, some, &got, NULL) && !got.c.wrong);
		EXPECT_INT(got.c.first, taken < seq ? taken + 1 : 0);
		EXPECT(got.c.n == got.most || got.c.last == seq || taken == seq);
		taken = taken < seq ? got.c.last : taken;
	}
	EXPECT(taken > 800);
	batch_hold_log(b, 0);
	EXPECT(store_commit(s, b, NULL));
	{
		Came c = { 0 };

		EXPECT(store_log(s, came, &c, &bad, NULL) && !c.wrong && c.first > 800);
	}
	batch_free(b);
	store_close(s);
}

TEST(a_storm_of_the_log_is_given_back)
{
	Store *s = fresh();
	Batch *b = batch_new();

	for (uint64_t seq = 1; seq <= 2000; seq++)
		add_entry(b, seq);
	EXPECT(store_commit(s, b, NULL));
	EXPECT(number(s, "SELECT count(*) FROM sample_log") > 400);
	for (uint64_t seq = 2001; seq <= 2100; seq++) {
		add_entry(b, seq);
		batch_log_until(b, seq);
		EXPECT(store_commit(s, b, NULL));
	}
	EXPECT(number(s, "SELECT count(*) FROM sample_log") < 300);
	batch_free(b);
	store_close(s);
}

/* One byte of one page, any: what still comes is what went in, and what begins in later
 * pages is all there. */
TEST(a_damaged_page_costs_what_lay_in_it_and_is_counted)
{
	dice = 7;
	for (int round = 0; round < 60; round++) {
		Store *s = fresh();
		Batch *b = batch_new();
		Came c = { 0 };
		size_t bad;
		AUTO_FREE char *sql = NULL;
		int at = round < 32 ? round : (int)roll(LOG_PAGE - 1);

		EXPECT(run(s, "DELETE FROM sample_log"));
		for (uint64_t seq = 1; seq <= 200; seq++) {
			add_entry(b, seq);
			EXPECT(store_commit(s, b, NULL));
		}
		sql = mem_printf(
		        "UPDATE sample_log SET data = substr(data, 1, %d) || x'%02x' ||"
		        " substr(data, %d) WHERE slot = %d",
		        at, (int)roll(256), at + 2,
		        (int)roll((uint64_t)number(s, "SELECT count(*) FROM sample_log") - 1) + 1);
		EXPECT(run(s, sql));
		store_close(s);
		s = open_again(false);
		EXPECT(store_log(s, came, &c, &bad, NULL));
		EXPECT(!c.wrong);
		EXPECT(c.last >= 194); /* 195 and 200 are the long ones */
		if (c.n < 200)
			EXPECT(bad > 0 && store_damaged(s) == bad);
		EXPECT(c.n > 140);
		/* And it goes on being written. */
		add_entry(b, 201);
		EXPECT(store_commit(s, b, NULL));
		c = (Came){ 0 };
		EXPECT(store_log(s, came, &c, &bad, NULL) && !c.wrong && c.last == 201);
		batch_free(b);
		store_close(s);
	}
}

TEST(a_commit_that_fails_leaves_the_log_as_it_was)
{
	Store *s = fresh();
	Batch *b = batch_new();
	Came c = { 0 };
	size_t bad;

	for (uint64_t seq = 1; seq <= 20; seq++)
		add_entry(b, seq);
	EXPECT(store_commit(s, b, NULL));
	EXPECT(run(s, "PRAGMA max_page_count = 1"));
	for (uint64_t seq = 21; seq <= 300; seq++)
		add_entry(b, seq);
	batch_log_until(b, 10);
	EXPECT(!store_commit(s, b, NULL) && !store_commit(s, b, NULL));
	EXPECT(batch_bytes(b) > 0);
	EXPECT(run(s, "PRAGMA max_page_count = 1073741823"));
	EXPECT(store_commit(s, b, NULL) && batch_bytes(b) == 0);
	EXPECT(store_log(s, came, &c, &bad, NULL) && !c.wrong && bad == 0);
	EXPECT(c.first <= 10 && c.last == 300 && c.n == 301 - c.first);
	batch_free(b);
	store_close(s);
}

/* ---- chunks ---- */

enum { KINDS = 6, MOST = 60000 };

typedef struct Kept {
	Sample at[MOST];
	size_t n;
} Kept;
static Kept kept[KINDS + 1];

static int by_time_and_bits(const void *a, const void *b)
{
	const Sample *x = a, *y = b;

	if (x->at.us != y->at.us)
		return x->at.us < y->at.us ? -1 : 1;
	return memcmp(&x->value, &y->value, sizeof x->value);
}

typedef struct Got {
	Sample at[MOST];
	size_t n;
	Instant from, to;
	bool bad;
} Got;
static Got got;

static bool take_chunk(void *ctx, const void *p, size_t n)
{
	Sample out[CHUNK_MAX];
	size_t k;
	Got *g = ctx;

	g->bad |= !chunk_read(p, n, out, &k, NULL);
	for (size_t i = 0; !g->bad && i < k && g->n < MOST; i++) {
		if (out[i].at.us >= g->from.us && out[i].at.us < g->to.us)
			g->at[g->n++] = out[i];
	}
	return true;
}

static bool same(Store *s, uint32_t series, Instant from, Instant to)
{
	static Sample want[MOST];
	size_t n = 0;

	got = (Got){ .from = from, .to = to };
	if (!EXPECT(store_chunks(s, series, from, to, take_chunk, &got, NULL)))
		return false;
	for (size_t i = 0; i < kept[series].n; i++) {
		const Sample *k = &kept[series].at[i];

		if (k->at.us >= from.us && k->at.us < to.us)
			want[n++] = *k;
	}
	qsort(want, n, sizeof *want, by_time_and_bits);
	qsort(got.at, got.n, sizeof *want, by_time_and_bits);
	return EXPECT(!got.bad) && EXPECT_INT(got.n, n) &&
	       EXPECT(memcmp(want, got.at, n * sizeof *want) == 0);
}

static void add_chunk(Batch *b, uint32_t series, const Sample *at, size_t n)
{
	AUTO(Buf) p = { 0 };

	chunk_write(at, n, &p);
	batch_chunk(b, series, p.p, p.n);
	memcpy(kept[series].at + kept[series].n, at, n * sizeof *at);
	kept[series].n += n;
}

/* An hour of a series: of its own density, with samples that come late, twice or with a
 * strange value. */
static void add_hour(Batch *b, uint32_t series, int hour)
{
	static const int every_s[KINDS + 1] = { 1, 60, 60, 10, 900, 7200, 3 };
	Sample at[CHUNK_MAX];
	size_t n = 0;

	for (int s = (int)roll((uint64_t)every_s[series]); s < 3600; s += every_s[series]) {
		Sample x = { at_s((int64_t)hour * 3600 + s), (double)(1000 + roll(500)) / 1000 };

		x.at.us += (int64_t)roll(5000);
		if (roll(50) == 0)
			x.at.us -= (int64_t)roll(3600) * 1000000;
		if (roll(200) == 0)
			x.value = roll(2) ? (double)NAN : -0.0;
		at[n++] = x;
		if (roll(100) == 0 && n < CHUNK_MAX)
			at[n++] = x;
		if (n >= CHUNK_MAX - 1) {
			add_chunk(b, series, at, n);
			n = 0;
		}
	}
	if (n)
		add_chunk(b, series, at, n);
}

static void forget_kept(void)
{
	for (size_t i = 0; i <= KINDS; i++)
		kept[i].n = 0;
}

static void same_in_windows(Store *s, int hours_n)
{
	for (uint32_t series = 1; series <= KINDS; series++) {
		same(s, series, LONG_AGO, NEVER);
		for (int i = 0; i < 4; i++) {
			int64_t from = (int64_t)roll((uint64_t)hours_n * 3600);

			same(s, series, at_s(from), at_s(from + (int64_t)roll(90000)));
		}
	}
}

TEST(chunks_answer_the_same_before_and_after_they_are_settled)
{
	Store *s = fresh();
	Batch *b = batch_new();
	Err err = { 0 };

	dice = 11;
	forget_kept();
	for (uint32_t series = 1; series <= KINDS; series++)
		batch_name(b, series, (char[]){ 's', (char)('0' + series), 0 });
	for (int hour = 0; hour < 40; hour++) {
		for (uint32_t series = 1; series <= KINDS; series++)
			add_hour(b, series, hour);
		EXPECT(store_commit(s, b, NULL));
		if (hour % 7 == 3)
			EXPECT(store_tend(s, at_s((int64_t)hour * 3600), &store_keep_ours,
			                  2 + (uint32_t)roll(7), &err));
		if (hour % 9 == 5)
			same_in_windows(s, hour);
		if (hour == 20) {
			store_close(s);
			s = open_again(false);
		}
	}
	EXPECT(number(s, "SELECT count(*) FROM chunk") > 0 &&
	       number(s, "SELECT count(*) FROM piece") > 0);
	same_in_windows(s, 40);
	for (int i = 0; i < 20 && number(s, "SELECT count(*) FROM piece"); i++)
		EXPECT(store_tend(s, at_s(96 * 3600), &store_keep_ours, KINDS, &err));
	EXPECT_INT(number(s, "SELECT count(*) FROM piece"), 0);
	same_in_windows(s, 40);
	/* Rows are as full as their pages; the last of each series may not be. */
	EXPECT(number(s, "SELECT count(*) FROM chunk WHERE length(data) < 2900") <= KINDS);
	EXPECT(number(s, "SELECT max(length(data)) FROM chunk") <= ROW_FULL + 2);
	batch_free(b);
	store_close(s);
}

TEST(another_connection_reads_beside_the_writer)
{
	Store *s = fresh(), *reader;
	Batch *b = batch_new();

	dice = 3;
	forget_kept();
	batch_name(b, 1, "s1");
	add_hour(b, 1, 0);
	EXPECT(store_commit(s, b, NULL));
	reader = open_again(true);
	EXPECT_INT(store_number(reader, "s1"), 1);
	EXPECT_INT(store_number(reader, "s2"), 0);
	same(reader, 1, LONG_AGO, NEVER);
	EXPECT(store_tend(s, at_s(90000), &store_keep_ours, 1, NULL));
	same(reader, 1, LONG_AGO, NEVER);
	add_hour(b, 1, 2);
	EXPECT(store_commit(s, b, NULL));
	same(reader, 1, LONG_AGO, NEVER);
	batch_free(b);
	store_close(reader);
	store_close(s);
}

/* Hundreds of chunks within one hour, and all from before an id can say. */
TEST(more_chunks_than_an_hour_has_places_for)
{
	Store *s = fresh();
	Batch *b = batch_new();

	forget_kept();
	batch_name(b, 1, "s1");
	batch_name(b, 2, "s2");
	for (int i = 0; i < 700; i++) {
		Sample x[2] = { { at_s(i), i }, { at_s(i + 1), 0.1 } };
		Sample old = { { i * 1000 }, i };

		add_chunk(b, 1, x, 2);
		add_chunk(b, 2, &old, 1);
	}
	EXPECT(store_commit(s, b, NULL));
	same(s, 1, LONG_AGO, NEVER);
	same(s, 2, LONG_AGO, NEVER);
	same(s, 1, at_s(100), at_s(200));
	same(s, 2, (Instant){ 0 }, (Instant){ 70000 });
	EXPECT(store_tend(s, at_s(3 * 86400), &(StoreKeep){ 0 }, 2, NULL));
	EXPECT_INT(number(s, "SELECT count(*) FROM piece"), 0);
	same(s, 1, at_s(100), at_s(200));
	same(s, 2, (Instant){ 0 }, (Instant){ 70000 });
	batch_free(b);
	store_close(s);
}

TEST(raw_samples_go_when_their_time_is_over_and_not_before)
{
	Store *s = fresh();
	Batch *b = batch_new();
	StoreKeep keep = { .keep = { [RES_KINDS] = days(3) } };
	Instant now = at_s(0);

	dice = 5;
	forget_kept();
	batch_name(b, 1, "s1");
	batch_name(b, 2, "s2");
	EXPECT_INT(store_kept_from(s, RES_KINDS).us, LONG_AGO.us);
	for (int day = 0; day < 12; day++) {
		for (int hour = 0; hour < 24; hour++) {
			add_hour(b, 1, day * 24 + hour);
			add_hour(b, 2, day * 24 + hour);
		}
		EXPECT(store_commit(s, b, NULL));
		now = at_s((int64_t)(day + 1) * 86400);
		EXPECT(store_tend(s, now, &keep, 2, NULL));
		same(s, 1, after(now, days(-3)), NEVER);
		same(s, 2, after(now, days(-3)), NEVER);
	}
	EXPECT_INT(store_kept_from(s, RES_KINDS).us, after(now, days(-3)).us);
	got = (Got){ .from = LONG_AGO, .to = NEVER };
	EXPECT(store_chunks(s, 1, LONG_AGO, NEVER, take_chunk, &got, NULL));
	EXPECT(got.n < 7 * 1440);
	store_close(s);
	s = open_again(false);
	EXPECT_INT(store_kept_from(s, RES_KINDS).us, after(now, days(-3)).us);
	EXPECT_INT(store_kept_from(s, RES_DAY).us, LONG_AGO.us);
	batch_free(b);
	store_close(s);
}

/* ---- buckets ---- */

typedef struct Line {
	int64_t us[3000];
	char text[3000][24];
	size_t n;
} Line;

static bool take_bucket(void *ctx, Instant start, const void *p, size_t n)
{
	Line *l = ctx;

	if (l->n == 3000 || n >= 24)
		return false;
	l->us[l->n] = start.us;
	memcpy(l->text[l->n], p, n);
	l->text[l->n++][n] = '\0';
	return true;
}

static void add_bucket(Batch *b, uint32_t series, Res res, Instant start, int version)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%u:%d:%d", series, res, version);

	batch_bucket(b, series, res, start, text, (size_t)n);
}

/* Each hour's bucket is written, written again, and here and there once more days later. */
TEST(buckets_are_the_newest_of_their_start_wherever_they_lie)
{
	Store *s = fresh();
	Batch *b = batch_new();
	static int version[1000];
	static Line l;

	dice = 17;
	batch_name(b, 1, "s1");
	batch_name(b, 2, "s2");
	for (int hour = 0; hour < 1000; hour++) {
		int again = hour > 50 && roll(10) == 0 ? hour - (int)roll(50) : hour;

		for (uint32_t series = 1; series <= 2; series++) {
			add_bucket(b, series, RES_HOUR, at_s((int64_t)hour * 3600), 1);
			add_bucket(b, series, RES_HOUR, at_s((int64_t)again * 3600),
			           again == hour ? 2 : 9);
			add_bucket(b, series, RES_DAY,
			           res_start(RES_DAY, at_s((int64_t)hour * 3600)), hour);
			add_bucket(b, series, RES_MONTH,
			           res_start(RES_MONTH, at_s((int64_t)hour * 3600)), hour);
		}
		version[again] = again == hour ? 2 : 9;
		version[hour] = again == hour ? 2 : 1;
		if (hour % 24 == 23) {
			EXPECT(store_commit(s, b, NULL));
			EXPECT(store_tend(s, at_s((int64_t)hour * 3600), &(StoreKeep){ 0 },
			                  1 + (uint32_t)hour % 2, NULL));
		}
	}
	EXPECT(store_commit(s, b, NULL));
	EXPECT(number(s, "SELECT count(*) FROM bucket") > 4);
	l.n = 0;
	EXPECT(store_buckets(s, 2, RES_HOUR, at_s(100 * 3600), at_s(900 * 3600), take_bucket, &l,
	                     NULL));
	EXPECT_INT(l.n, 800);
	for (size_t i = 0; i < l.n; i++) {
		char want[24];

		(void)snprintf(want, sizeof want, "2:%d:%d", RES_HOUR, version[100 + i]);
		EXPECT_INT(l.us[i], at_s((int64_t)(100 + i) * 3600).us);
		EXPECT_TEXT(l.text[i], want);
	}
	l.n = 0;
	EXPECT(store_buckets(s, 1, RES_DAY, LONG_AGO, NEVER, take_bucket, &l, NULL));
	EXPECT_INT(l.n, 43);
	EXPECT_TEXT(l.text[l.n - 1], "1:2:999");
	EXPECT_INT(store_newest(s, 1, RES_DAY).us, l.us[l.n - 1]);
	EXPECT_INT(store_newest(s, 1, RES_HOUR).us, at_s(999 * 3600).us);
	EXPECT_INT(store_newest(s, 1, RES_MONTH).us, res_start(RES_MONTH, at_s(999 * 3600)).us);
	EXPECT_INT(store_newest(s, 1, RES_MINUTE).us, LONG_AGO.us);
	EXPECT_INT(store_newest(s, 3, RES_HOUR).us, LONG_AGO.us);
	batch_free(b);
	store_close(s);
}

TEST(old_buckets_go_by_their_own_time)
{
	Store *s = fresh();
	Batch *b = batch_new();
	StoreKeep keep = { .keep = { [RES_HOUR] = days(10) } };
	static Line l;

	batch_name(b, 1, "s1");
	for (int hour = 0; hour < 3000; hour++) {
		add_bucket(b, 1, RES_HOUR, at_s((int64_t)hour * 3600), hour);
		add_bucket(b, 1, RES_DAY, res_start(RES_DAY, at_s((int64_t)hour * 3600)), hour);
	}
	EXPECT(store_commit(s, b, NULL));
	for (int i = 0; i < 3; i++)
		EXPECT(store_tend(s, at_s(3000 * 3600), &keep, 1, NULL));
	l.n = 0;
	EXPECT(store_buckets(s, 1, RES_HOUR, at_s((3000 - 240) * 3600), NEVER, take_bucket, &l,
	                     NULL));
	EXPECT_INT(l.n, 240);
	l.n = 0;
	EXPECT(store_buckets(s, 1, RES_HOUR, LONG_AGO, NEVER, take_bucket, &l, NULL));
	EXPECT(l.n >= 240 && l.n < 240 + 300);
	l.n = 0;
	EXPECT(store_buckets(s, 1, RES_DAY, LONG_AGO, NEVER, take_bucket, &l, NULL));
	EXPECT_INT(l.n, 126);
	batch_free(b);
	store_close(s);
}

typedef struct Seen {
	uint32_t series[8];
	size_t n;
} Seen;

static bool see(void *ctx, uint32_t series, Instant start, const void *p, size_t n)
{
	Seen *x = ctx;

	(void)start;
	(void)p;
	(void)n;
	x->series[x->n++] = series;
	return x->n < 8;
}

TEST(open_buckets_are_walked_by_start_then_series)
{
	Store *s = fresh();
	Batch *b = batch_new();
	Seen x = { 0 };

	for (uint32_t series = 3; series >= 1; series--) {
		add_bucket(b, series, RES_HOUR, at_s(3600), 1);
		add_bucket(b, series, RES_DAY, res_start(RES_DAY, at_s(3600)), 1);
	}
	add_bucket(b, 9, RES_HOUR, at_s(0), 1);
	EXPECT(store_commit(s, b, NULL));
	EXPECT(store_open_buckets(s, RES_HOUR, LONG_AGO, see, &x, NULL));
	EXPECT_INT(x.n, 4);
	EXPECT(x.series[0] == 9 && x.series[1] == 1 && x.series[2] == 2 && x.series[3] == 3);
	x.n = 0;
	EXPECT(store_open_buckets(s, RES_HOUR, at_s(3600), see, &x, NULL));
	EXPECT_INT(x.n, 3);
	batch_free(b);
	store_close(s);
}

/* ---- health ---- */

static const struct {
	const char *sql, *named;
	int samples_lost;
} wounds[] = {
	{ "UPDATE piece SET data = substr(data, 1, length(data) - 1) || x'a5' WHERE id ="
	  " (SELECT max(id) FROM piece WHERE id >> 8 & 255 = 2)",
	  "chunk of s2", 60 },
	{ "UPDATE piece SET data = x'' WHERE id = (SELECT max(id) FROM piece WHERE id >> 8 & 255 = "
	  "2)",
	  "chunk of s2", 60 },
	{ "UPDATE chunk SET data = substr(data, 1, 30) || x'a5a5' || substr(data, 33)", "of s1",
	  1 },
	{ "UPDATE chunk SET data = substr(data, 1, length(data) - 1)", "of s1", 1 },
	{ "UPDATE bucket SET data = substr(data, 1, 20)", "roll-up of s1", 0 },
	{ "UPDATE bucket_open SET data = substr(data, 2)", "roll-up of s", 0 },
	{ "UPDATE sample_log SET data = x'00'", "an entry of the log", 0 },
};

static void wounded_store(Store **ret)
{
	Store *s = fresh();
	Batch *b = batch_new();

	dice = 23;
	forget_kept();
	batch_name(b, 1, "s1");
	batch_name(b, 2, "s2");
	for (int hour = 0; hour < 26; hour++) {
		add_hour(b, 1, hour);
		add_bucket(b, 1, RES_HOUR, at_s((int64_t)hour * 3600), 1);
	}
	add_bucket(b, 1, RES_DAY, res_start(RES_DAY, at_s(0)), 1);
	add_entry(b, 1);
	EXPECT(store_commit(s, b, NULL) &&
	       store_tend(s, at_s(30 * 3600), &(StoreKeep){ 0 }, 1, NULL));
	for (int hour = 0; hour < 3; hour++)
		add_hour(b, 2, hour);
	EXPECT(store_commit(s, b, NULL));
	batch_free(b);
	*ret = s;
}

TEST(damage_is_counted_named_and_left_out_and_nothing_else_is_lost)
{
	for (size_t i = 0; i < COUNT_OF(wounds); i++) {
		Store *s;
		SampleHealth h;
		size_t whole;

		wounded_store(&s);
		EXPECT(store_check_samples(s, &h, NULL));
		EXPECT_INT(h.bad, 0);
		whole = h.samples;
		EXPECT_INT(whole, kept[1].n + kept[2].n);
		EXPECT_INT(h.buckets, 27);
		EXPECT_INT(h.log_entries, 1);
		EXPECT(run(s, wounds[i].sql));
		EXPECT(store_check_samples(s, &h, NULL));
		EXPECT(h.bad > 0);
		EXPECT_HAS(h.first_bad, wounds[i].named);
		if (wounds[i].samples_lost)
			EXPECT(h.samples < whole);
		else
			EXPECT_INT(h.samples, whole);
		/* Questions and upkeep go on; what is damaged stays to be looked at. */
		got = (Got){ .from = LONG_AGO, .to = NEVER };
		EXPECT(store_chunks(s, 2, LONG_AGO, NEVER, take_chunk, &got, NULL));
		EXPECT(store_tend(s, at_s(31 * 3600), &(StoreKeep){ 0 }, 2, NULL));
		EXPECT(store_check_samples(s, &h, NULL));
		if (wounds[i].samples_lost)
			EXPECT(h.bad > 0);
		store_close(s);
	}
}
