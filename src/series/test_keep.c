/* Saving and loading against a keeper of lists: what comes back, what a crash loses (nothing
 * that was saved), what roll-ups say of it. */
#include "harness.h"
#include "series/series_private.h"

#include <math.h>
#include <stdio.h>

static uint64_t seed = 88172645463325252u;
static uint64_t next_u64(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}
static double uniform(void) { return (double)(next_u64() >> 11) / 9007199254740992.0; }
static double latency(void) { return (double)(int64_t)(80000 * exp(uniform() * 2 - 1)) / 1e6; }

static Instant at(int64_t s)
{
	Instant t;

	(void)instant_parse("2026-03-02T00:00:00Z", &t);
	return after(t, seconds(s));
}

/* ---- a keeper ---- */

typedef struct Row {
	uint32_t number;
	Res res;
	Instant start, end;
	uint64_t seq;
	Buf blob;
} Row;

typedef LIST(Row) Rows;

typedef struct Keeper {
	LIST(char *) names;
	Rows log, chunks, buckets;
	Instant kept[RES_KINDS + 1];
	uint64_t until;
	unsigned asked;
	SampleSource source;
	SampleSink sink;
} Keeper;

static void row_add(Rows *rows, Row row, const void *p, size_t n)
{
	buf_add(&row.blob, p, n);
	list_add(rows, row);
}

static void keep_name(void *ctx, uint32_t number, const char *name)
{
	Keeper *k = ctx;

	EXPECT_INT(number, k->names.n + 1);
	list_add(&k->names, mem_text(name));
}

static void keep_log(void *ctx, uint64_t seq, const void *p, size_t n)
{
	Keeper *k = ctx;

	EXPECT(k->log.n == 0 || k->log.at[k->log.n - 1].seq < seq);
	row_add(&k->log, (Row){ .seq = seq }, p, n);
}

static void keep_chunk(void *ctx, uint32_t number, const ChunkFacts *f, const void *p, size_t n)
{
	Keeper *k = ctx;

	EXPECT(between(f->earliest, f->latest).us < hours(CHUNK_SPAN_HOURS).us);
	row_add(&k->chunks, (Row){ .number = number, .start = f->earliest, .end = f->latest }, p,
	        n);
}

static void keep_bucket(void *ctx, uint32_t number, Res res, Instant start, const void *p, size_t n)
{
	Keeper *k = ctx;

	for (size_t i = 0; i < k->buckets.n; i++) {
		Row *r = &k->buckets.at[i];

		if (r->number == number && r->res == res && r->start.us == start.us) {
			buf_clear(&r->blob);
			buf_add(&r->blob, p, n);
			return;
		}
	}
	row_add(&k->buckets, (Row){ .number = number, .res = res, .start = start }, p, n);
}

static void keep_until(void *ctx, uint64_t seq)
{
	Keeper *k = ctx;
	size_t n = 0;

	EXPECT(seq > k->until);
	k->until = seq;
	while (n < k->log.n && k->log.at[n].seq < seq)
		Buf_done(&k->log.at[n++].blob);
	k->log.n -= n;
	memmove(k->log.at, k->log.at + n, k->log.n * sizeof *k->log.at);
}

static int by_start(const void *a, const void *b)
{
	int64_t x = ((const Row *)a)->start.us, y = ((const Row *)b)->start.us;

	return (x > y) - (x < y);
}

static bool give_chunks(void *ctx, uint32_t number, Instant from, Instant to, ChunkEach *each,
                        void *arg)
{
	Keeper *k = ctx;

	k->asked++;
	list_sort(&k->chunks, by_start);
	for (size_t i = 0; i < k->chunks.n; i++) {
		const Row *r = &k->chunks.at[i];

		if (r->number == number && earlier(r->start, to) && !earlier(r->end, from) &&
		    !each(arg, r->blob.p, r->blob.n))
			break;
	}
	return true;
}

static bool give_buckets(void *ctx, uint32_t number, Res res, Instant from, Instant to,
                         BucketEach *each, void *arg)
{
	Keeper *k = ctx;

	list_sort(&k->buckets, by_start);
	for (size_t i = 0; i < k->buckets.n; i++) {
		const Row *r = &k->buckets.at[i];

		if (r->number == number && r->res == res && !earlier(r->start, from) &&
		    earlier(r->start, to) && !each(arg, r->start, r->blob.p, r->blob.n))
			break;
	}
	return true;
}

static Instant kept_from(void *ctx, Res res) { return ((Keeper *)ctx)->kept[res]; }

static Instant newest(void *ctx, uint32_t number, Res res)
{
	const Keeper *k = ctx;
	Instant t = LONG_AGO;

	for (size_t i = 0; i < k->buckets.n; i++) {
		if (k->buckets.at[i].number == number && k->buckets.at[i].res == res)
			t = latest(t, k->buckets.at[i].start);
	}
	return t;
}

static void keeper_begin(Keeper *k)
{
	*k = (Keeper){ .source = { give_chunks, give_buckets, kept_from, newest, NULL, NULL, k },
		       .sink = { keep_name, keep_log, keep_chunk, keep_bucket, keep_until, k } };
	for (size_t i = 0; i <= RES_KINDS; i++)
		k->kept[i] = LONG_AGO;
}

static void rows_free(Rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		Buf_done(&rows->at[i].blob);
	list_free(rows);
}

static void keeper_end(Keeper *k)
{
	for (size_t i = 0; i < k->names.n; i++)
		mem_free(k->names.at[i]);
	list_free(&k->names);
	rows_free(&k->log);
	rows_free(&k->chunks);
	rows_free(&k->buckets);
}

static SeriesSet *load(Keeper *k)
{
	SeriesSet *set = series_new();

	series_source(set, &k->source);
	for (size_t i = 0; i < k->names.n; i++)
		EXPECT(series_load_name(set, (uint32_t)i + 1, k->names.at[i]));
	for (size_t i = 0; i < k->log.n; i++)
		EXPECT(series_load_log(set, k->log.at[i].seq, k->log.at[i].blob.p,
		                       k->log.at[i].blob.n));
	return set;
}

/* ---- what there should be ---- */

typedef LIST(Sample) All;

static bool same_window(SeriesSet *set, const char *name, const All *all, Instant from, Instant to,
                        bool want_exact)
{
	double sum = 0, max = 0;
	size_t n = 0;
	SeriesFigure f;

	for (size_t i = 0; i < all->n; i++) {
		if (earlier(all->at[i].at, from) || !earlier(all->at[i].at, to))
			continue;
		max = n++ == 0 || all->at[i].value > max ? all->at[i].value : max;
		sum += all->at[i].value;
	}
	(void)series_stat(set, name, SERIES_COUNT, from, to, &f);
	if (!EXPECT_INT(f.count, n))
		return false;
	if (n == 0)
		return true;
	EXPECT(!want_exact || f.exact);
	(void)series_stat(set, name, SERIES_SUM, from, to, &f);
	EXPECT_REAL(f.value, sum, fabs(sum) * 1e-12);
	(void)series_stat(set, name, SERIES_MAX, from, to, &f);
	return EXPECT_REAL(f.value, max, 0);
}

/* Whole hours that are rolled up, then any window of a day. */
static void same_figures(SeriesSet *set, const char *name, const All *all, int64_t now_s)
{
	for (int i = 0; i < 30; i++) {
		int64_t from = (int64_t)(next_u64() % (uint64_t)now_s);
		int64_t len = (int64_t)(next_u64() % 90000) + 1;

		if (!same_window(set, name, all, at(from), at(from + len), true))
			return;
		from = from / 3600 * 3600;
		if (!same_window(set, name, all, at(from), at(now_s + 3600), false))
			return;
	}
	(void)same_window(set, name, all, at(-1000000), at(now_s + 100000), false);
}

/* One a minute for `hours_`, saved every 20 s, with a restart at any moment and samples that
 * come late; nothing that was saved may be missing or there twice. */
static void live(int64_t hours_, uint64_t crash_in, uint64_t late_in, int64_t every_s)
{
	Keeper k;
	SeriesSet *set;
	All all = { 0 };
	size_t saved = 0;

	keeper_begin(&k);
	set = load(&k);
	series_keep(set, minutes(10));
	for (int64_t s = 0; s < hours_ * 3600; s += every_s < 20 ? every_s : 20) {
		if (s % every_s == 0) {
			int64_t t = late_in && next_u64() % late_in == 0
			                    ? s - (int64_t)(next_u64() % 200000)
			                    : s;
			Sample one = { after(at(t), milliseconds((int64_t)(next_u64() % 4))),
				       latency() };

			series_put_every(series_named(set, "x"), seconds(every_s));
			EXPECT(series_add(set, "x", one.at, one.value));
			EXPECT(series_add(set, "up", one.at, 1));
			list_add(&all, one);
		}
		if (s % 20 == 0) {
			series_save(set, &k.sink, at(s));
			saved = all.n;
		}
		if (crash_in && next_u64() % crash_in == 0) {
			series_free(set);
			set = load(&k);
			series_keep(set, minutes(10));
			all.n = saved;
		}
	}
	same_figures(set, "x", &all, hours_ * 3600);
	EXPECT(k.log.n < 2 * 3600 / 20); /* the log does not grow for ever */
	series_free(set);
	set = load(&k);
	all.n = saved;
	same_figures(set, "x", &all, hours_ * 3600);
	series_free(set);
	keeper_end(&k);
	list_free(&all);
}

TEST(what_was_saved_is_there_after_any_crash)
{
	live(60, 300, 0, 60);
}
TEST(nothing_is_lost_or_twice_without_a_crash)
{
	live(80, 0, 0, 60);
}
TEST(late_samples_reach_their_chunks_and_buckets)
{
	live(70, 0, 40, 60);
}
TEST(late_samples_and_crashes_together)
{
	live(60, 400, 25, 60);
}
TEST(a_dense_series_closes_its_heads_within_the_hour)
{
	live(8, 200, 0, 4);
}
TEST(a_slow_series_is_kept_too)
{
	live(24 * 40, 2000, 0, 7200);
}

TEST(memory_asks_the_keeper_only_for_what_it_let_go)
{
	Keeper k;
	SeriesSet *set;

	keeper_begin(&k);
	set = load(&k);
	series_keep(set, hours(3));
	for (int64_t s = 0; s < 30 * 3600; s += 60) {
		SeriesFigure f;

		EXPECT(series_add(set, "x", at(s), latency()));
		series_save(set, &k.sink, at(s));
		k.asked = 0;
		EXPECT(series_stat(set, "x", SERIES_P95, at(s - 3600), at(s + 1), &f));
		EXPECT_INT(k.asked, 0);
	}
	k.asked = 0;
	(void)series_stat(set, "x", SERIES_P95, at(3600), at(9 * 3600), &(SeriesFigure){ 0 });
	EXPECT_INT(k.asked, 1);
	series_free(set);
	keeper_end(&k);
}

TEST(days_and_months_follow_from_hours_and_long_windows_use_them)
{
	Keeper k;
	SeriesSet *set;
	All all = { 0 };
	unsigned kinds[RES_KINDS] = { 0 };
	SeriesFigure f;

	keeper_begin(&k);
	set = load(&k);
	for (int64_t s = 0; s < 70 * 86400; s += 900) {
		Sample one = { at(s), floor(uniform() * 20) == 0 ? 0 : latency() };

		EXPECT(series_add(set, "x", one.at, one.value));
		list_add(&all, one);
		series_save(set, &k.sink, at(s));
	}
	for (size_t i = 0; i < k.buckets.n; i++)
		kinds[k.buckets.at[i].res]++;
	EXPECT(kinds[RES_MINUTE] == 0 && kinds[RES_HOUR] >= 70 * 24 - 2 && kinds[RES_DAY] == 69 &&
	       kinds[RES_MONTH] == 2);
	(void)same_window(set, "x", &all, at(0), at(70 * 86400), false);
	for (int i = 0; i < 20; i++) {
		int64_t from = (int64_t)(next_u64() % 1000) * 3600;

		(void)same_window(set, "x", &all, at(from), at(from + 600 * 3600), false);
	}
	/* Hours and samples are gone: whole days still add up. */
	k.kept[RES_KINDS] = k.kept[RES_HOUR] = at(60 * 86400);
	(void)same_window(set, "x", &all, at(3 * 86400), at(50 * 86400), false);
	EXPECT(series_stat(set, "x", SERIES_DOWN, at(0), at(60 * 86400), &f));
	EXPECT_REAL(f.value, 60 * 86400 / 20.0, 60 * 86400 / 20.0 * 0.2);
	series_free(set);
	keeper_end(&k);
	list_free(&all);
}

TEST(a_view_answers_without_its_set)
{
	Keeper k;
	SeriesSet *set;
	SeriesView *view;
	SeriesFigure f, g;
	bool failed;

	keeper_begin(&k);
	set = load(&k);
	for (int64_t s = 0; s < 100 * 3600; s += 60) {
		EXPECT(series_add(set, "x", at(s), latency()));
		series_save(set, &k.sink, at(s));
	}
	EXPECT(series_view(set, "y") == NULL);
	view = series_view(set, "x");
	ASSERT(view);
	EXPECT(series_stat(set, "x", SERIES_P95, at(0), at(100 * 3600), &f));
	series_free(set);
	EXPECT(series_view_stat(view, &k.source, SERIES_P95, -1, at(0), at(100 * 3600), false, &g,
	                        &failed));
	EXPECT(!failed && !g.exact && g.value == f.value);
	EXPECT(series_view_stat(view, &k.source, SERIES_P95, -1, at(0), at(100 * 3600), true, &g,
	                        &failed));
	EXPECT(!failed && g.exact && g.count == 6000);
	EXPECT_REAL(f.value, g.value, g.value * 0.0101);
	k.chunks.at[2].blob.p[20] ^= 1; /* damaged */
	EXPECT(!series_view_stat(view, &k.source, SERIES_P95, -1, at(0), at(100 * 3600), true, &g,
	                         &failed));
	EXPECT(failed);
	series_view_free(view);
	keeper_end(&k);
}

TEST(a_damaged_log_is_refused_whole)
{
	Keeper k;
	SeriesSet *set, *back;
	Buf *blob;

	keeper_begin(&k);
	set = load(&k);
	for (int i = 0; i < 20; i++)
		EXPECT(series_add(set, i % 2 ? "a" : "b", at(i), latency()));
	series_save(set, &k.sink, at(20));
	ASSERT(k.log.n == 1);
	blob = &k.log.at[0].blob;
	for (size_t bit = 0; bit < blob->n * 8; bit++) {
		back = series_new();
		EXPECT(series_load_name(back, 1, "b") && series_load_name(back, 2, "a"));
		EXPECT(!series_load_name(back, 3, "a") && !series_load_name(back, 5, "z"));
		blob->p[bit / 8] = (char)(blob->p[bit / 8] ^ (1 << bit % 8));
		EXPECT(!series_load_log(back, 1, blob->p, blob->n));
		EXPECT(!series_load_log(back, 2, blob->p, bit / 8));
		blob->p[bit / 8] = (char)(blob->p[bit / 8] ^ (1 << bit % 8));
		series_free(back);
	}
	series_free(set);
	keeper_end(&k);
}

/* ---- heads ---- */

TEST(a_head_gives_back_what_it_took)
{
	for (int round = 0; round < 3000; round++) {
		Head h = { .unit = 2, .run_at = HEAD_NO_RUN };
		Sample want[CHUNK_MAX], got[CHUNK_MAX];
		size_t n = 1 + next_u64() % CHUNK_MAX;
		int64_t t = at(0).us;
		int kind = round % 6;
		double v = 1;

		for (size_t i = 0; i < n; i++) {
			static const int64_t steps[] = { 60000000, 1000000, 1, 0, 3600000000 };

			t += next_u64() % 50 ? steps[kind % 5] : (int64_t)(next_u64() % 1000000007);
			if (kind == 1 || (kind == 2 && next_u64() % 40 == 0))
				v = latency();
			if (kind == 3 && next_u64() % 30 == 0)
				v = uniform() - 0.5;
			if (kind == 5)
				v = next_u64() % 9 ? -0.0 : 1e300 * uniform();
			want[i] = (Sample){ { t }, v };
		}
		for (size_t i = 0; i < n; i++)
			EXPECT(head_push(&h, want[i].at, want[i].value));
		ASSERT(head_read(&h, got) == n);
		ASSERT(memcmp(want, got, n * sizeof *want) == 0);
		EXPECT(head_first(&h).us == want[0].at.us);
		EXPECT(n < CHUNK_MAX || !head_push(&h, want[n - 1].at, 1));
		head_free(&h);
	}
}

TEST(a_head_of_a_minute_check_is_small)
{
	Head up = { .unit = 2, .run_at = HEAD_NO_RUN }, lat = up, even = up;

	for (int i = 0; i < 60; i++) {
		Instant t = after(at(i * 60), milliseconds((int64_t)(next_u64() % 4)));

		EXPECT(head_push(&up, t, 1) && head_push(&lat, t, latency()));
		EXPECT(head_push(&even, at(i * 60), 1));
	}
	EXPECT(up.len <= 60 + 20);
	EXPECT(lat.len <= 60 * 5);
	EXPECT(even.len <= 24);
	EXPECT_INT(sizeof(Series), 112);
	head_free(&up);
	head_free(&lat);
	head_free(&even);
}

TEST(late_samples_of_a_head_go_to_their_place)
{
	Head h = { .unit = 2, .run_at = HEAD_NO_RUN };
	Sample got[CHUNK_MAX];
	size_t n;

	for (int i = 0; i < CHUNK_MAX; i++) {
		Instant t = at((int64_t)(next_u64() % 1000));

		EXPECT(head_push(&h, t, i) || head_insert(&h, t, i));
	}
	n = head_read(&h, got);
	EXPECT_INT(n, CHUNK_MAX);
	for (size_t i = 1; i < n; i++)
		EXPECT(got[i - 1].at.us < got[i].at.us ||
		       (got[i - 1].at.us == got[i].at.us && got[i - 1].value < got[i].value));
	head_free(&h);
}

/* ---- buckets ---- */

TEST(a_bucket_comes_back_and_a_damaged_one_does_not)
{
	for (int round = 0; round < 200; round++) {
		Bucket b = { .start = at(0) }, back;
		AUTO(Buf) out = { 0 }, again = { 0 };
		int kind = round % 3;

		for (int i = 0; i < 1 + round; i++)
			bucket_add(&b, at(i),
			           kind == 0   ? 0.25
			           : kind == 1 ? latency()
			                       : uniform() - 0.5,
			           1, seconds(1));
		bucket_write(&b, &out);
		ASSERT(bucket_read(at(0), out.p, out.n, &back));
		bucket_write(&back, &again);
		EXPECT(out.n == again.n && memcmp(out.p, again.p, out.n) == 0);
		bucket_free(&back);
		for (size_t i = 0; round < 20 && i < out.n * 8; i++) {
			out.p[i / 8] = (char)(out.p[i / 8] ^ (1 << i % 8));
			EXPECT(!bucket_read(at(0), out.p, out.n, &back));
			out.p[i / 8] = (char)(out.p[i / 8] ^ (1 << i % 8));
		}
		for (size_t n = 0; n < out.n; n++)
			EXPECT(!bucket_read(at(0), out.p, n, &back));
		bucket_free(&b);
	}
}

/* Whatever is merged with whatever first: the same sketch, sums to the last bit but one. */
TEST(merging_buckets_in_any_order_gives_the_same_figures)
{
	for (int round = 0; round < 100; round++) {
		Bucket parts[8] = { 0 }, left = { .start = at(0) }, right = { .start = at(0) },
		       half;
		AUTO(Buf) a = { 0 }, c = { 0 };

		for (int i = 0; i < 8; i++) {
			parts[i].start = at(i * 100);
			for (uint64_t n = 1 + next_u64() % 40; n; n--)
				bucket_add(&parts[i], at(i * 100 + 50 - (int64_t)n),
				           round % 4 ? latency() : 7, 1, seconds(1));
		}
		for (int i = 0; i < 8; i++)
			bucket_merge(&left, &parts[i]);
		for (int i = 0; i < 8; i += 4) {
			half = (Bucket){ .start = at(0) };
			for (int j = i; j < i + 4; j++)
				bucket_merge(&half, &parts[j]);
			bucket_merge(&right, &half);
			bucket_free(&half);
		}
		EXPECT_REAL(left.sum.hi, right.sum.hi, fabs(left.sum.hi) * 1e-15);
		EXPECT(left.count == right.count && left.min == right.min &&
		       left.max == right.max && left.first == right.first &&
		       left.last == right.last && left.covered.us == right.covered.us);
		sketch_put(&left.sketch, &a);
		sketch_put(&right.sketch, &c);
		EXPECT(a.n == c.n && memcmp(a.p, c.p, a.n) == 0);
		for (int i = 0; i < 8; i++)
			bucket_free(&parts[i]);
		bucket_free(&left);
		bucket_free(&right);
	}
}

TEST(equal_values_add_up_to_the_same_sum_one_by_one_or_at_once)
{
	for (int round = 0; round < 500; round++) {
		Exact one = { 0 }, many = { 0 };
		uint64_t n = 1 + next_u64() % 5000;
		double v = uniform() * 10, w = latency();

		exact_add(&one, w, 1);
		exact_add(&many, w, 1);
		for (uint64_t i = 0; i < n; i++)
			exact_add(&one, v, 1);
		exact_add(&many, v, n);
		EXPECT(one.hi == many.hi);
	}
}

/* A head that is full soon after an hour has samples of both; the earlier ones are in the
 * hour's bucket then, and count there only. */
TEST(a_head_that_was_full_over_the_end_of_an_hour_counts_once)
{
	Keeper k;
	SeriesSet *set;

	keeper_begin(&k);
	set = load(&k);
	for (int i = 0; i < 64; i++) { /* the 65th has its hour closed 769 s late */
		char name[16];

		(void)snprintf(name, sizeof name, "other%d", i);
		(void)series_named(set, name);
	}
	for (int64_t s = 0; s < 30 * 3600; s += 2) {
		SeriesFigure f;

		EXPECT(series_add(set, "x", at(s), latency()));
		series_save(set, &k.sink, at(s));
		if (s % 300 || s < 26 * 3600)
			continue;
		(void)series_stat(set, "x", SERIES_COUNT, at(0), at(s + 1), &f);
		if (!EXPECT_INT(f.count, s / 2 + 1))
			break;
	}
	series_free(set);
	keeper_end(&k);
}

/* ---- a keeper that refuses ---- */

static size_t held_bytes(const SeriesSet *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->all.n; i++) {
		n += set->all.at[i]->head.cap;
		for (const Held *h = set->all.at[i]->held; h; h = h->next)
			n += sizeof *h + h->size;
	}
	return n + set->log.cap;
}

enum { MANY = 300, REFUSED_FROM = 2 * 3600, WAIT = 200000 };

/* Each series every ten seconds, saved or refused every five; the most that memory took. */
static size_t refused_until(SeriesSet *set, Keeper *k, int64_t from, int64_t works, int64_t to)
{
	size_t most = 0;
	char name[16];

	for (int64_t s = from; s < to; s += 5) {
		for (int i = s % 10 ? MANY : 0; i < MANY; i++) {
			(void)snprintf(name, sizeof name, "s%d", i);
			EXPECT(series_add(set, name, at(s), 1 + (double)(i % 7)));
		}
		if (s >= REFUSED_FROM && s < works)
			series_wait(set, at(REFUSED_FROM), at(s));
		else
			series_save(set, &k->sink, at(s));
		if (s % 600 == 0 && held_bytes(set) > most)
			most = held_bytes(set);
	}
	return most;
}

static uint64_t counted(SeriesSet *set, const char *name, int64_t from, int64_t to)
{
	SeriesFigure f;

	(void)series_stat(set, name, SERIES_COUNT, at(from), at(to), &f);
	return f.count;
}

/* 300 samples every 10 s, and 200 000 of them may wait: under two hours. */
TEST(a_day_of_refusal_costs_bounded_memory_and_is_counted_to_the_sample)
{
	enum { DAY = 86400, WORKS = REFUSED_FROM + DAY, END = WORKS + 2 * 3600 };
	const uint64_t put = (uint64_t)END / 10 * MANY;
	uint64_t there = 0, lost;
	size_t most[2];
	SeriesSet *set;
	char name[16];
	Keeper k;

	keeper_begin(&k);
	set = load(&k);
	series_wait_max(set, WAIT);
	series_keep(set, minutes(10));
	most[0] = refused_until(set, &k, 0, WORKS, REFUSED_FROM + 4 * 3600);
	EXPECT(series_waiting(set) <= WAIT + 2 * 3600 / 10 * MANY);
	most[1] = refused_until(set, &k, REFUSED_FROM + 4 * 3600, WORKS, END);
	EXPECT(most[1] <= most[0] + most[0] / 4); /* a day takes what four hours take */
	lost = series_lost(set);
	EXPECT(lost > put / 2 && series_waiting(set) < 3600 / 10 * 2 * MANY);
	/* Counted once, and there when the process is not any more. */
	for (int twice = 0; twice < 2; twice++) {
		there = 0;
		for (int i = 0; i < MANY; i++) {
			(void)snprintf(name, sizeof name, "s%d", i);
			there += counted(set, name, 0, END);
			/* before, and the hour before it was over: nothing is missing */
			EXPECT_INT(counted(set, name, 0, REFUSED_FROM - 3600),
			           (REFUSED_FROM - 3600) / 10);
			EXPECT_INT(counted(set, name, WORKS - 3600, END),
			           (END - WORKS + 3600) / 10);
		}
		EXPECT_INT(there + lost, put);
		series_free(set);
		set = load(&k);
	}
	series_free(set);
	keeper_end(&k);
}

/* Where little comes in, a day of refusal fits: nothing goes. */
TEST(a_refusal_that_fits_loses_nothing)
{
	Keeper k;
	SeriesSet *set;

	keeper_begin(&k);
	set = load(&k);
	for (int64_t s = 0; s < 30 * 3600; s += 20) {
		EXPECT(series_add(set, "x", at(s), latency()));
		if (s >= REFUSED_FROM && s < 26 * 3600)
			series_wait(set, at(REFUSED_FROM), at(s));
		else
			series_save(set, &k.sink, at(s));
	}
	EXPECT_INT(series_lost(set), 0);
	for (int twice = 0; twice < 2; twice++) {
		EXPECT_INT(counted(set, "x", 0, 30 * 3600), 30 * 3600 / 20);
		series_free(set);
		set = load(&k);
	}
	series_free(set);
	keeper_end(&k);
}
