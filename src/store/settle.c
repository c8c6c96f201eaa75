/* Upkeep of samples: series by series, once a day each. Pieces become full chunks beside the
 * series' others, closed buckets go beside each other, what is past its keeping time goes.
 * Each step is one small transaction, so no turn of the engine waits for it long.
 *
 * A row is as full as its page: chunks are cut so that the last one fills it. A row that is
 * not full is taken up again the next day. A damaged piece stays where it is: it is counted
 * and named (health.c), and goes with its retention. */
#include "store/samples_private.h"

#include "core/alloc.h"
#include "core/text.h"
#include "store/store_private.h"

#include <stdio.h>
#include <string.h>

/* What a pass takes of one busy series: about a day at one sample a second. */
enum { TAKEN_MAX = 100000, ROW_OPEN = ROW_FULL * 3 / 4, ROW_DAYS = 31, DROP_MAX = 64 };

typedef struct Taken {
	Store *s;
	Samples samples;
	RowIds pieces;
	bool sorted;
} Taken;

/* ---- samples in ---- */

static bool take(Taken *t, const void *p, size_t n)
{
	Sample *to;
	size_t got;

	if (t->samples.cap < t->samples.n + CHUNK_MAX) {
		t->samples.cap = t->samples.cap * 2 + CHUNK_MAX;
		t->samples.at = mem_grow(t->samples.at, t->samples.cap * sizeof *t->samples.at);
	}
	to = t->samples.at + t->samples.n;
	if (!chunk_read(p, n, to, &got, NULL)) {
		t->s->samples->damaged++;
		return false;
	}
	for (size_t i = t->samples.n ? 0 : 1; t->sorted && i < got; i++)
		t->sorted = !earlier(to[i].at, to[(ptrdiff_t)i - 1].at);
	t->samples.n += got;
	return true;
}

static bool take_piece(void *ctx, RowId id, const void *p, size_t n)
{
	Taken *t = ctx;

	if (take(t, p, n))
		list_add(&t->pieces, id);
	return t->samples.n < TAKEN_MAX;
}

/* Merge sort: equal instants stay in the order they came in. */
static void sort(Sample *at, Sample *spare, size_t n)
{
	size_t half = n / 2, i = 0, j = half, k = 0;

	if (n < 2)
		return;
	sort(at, spare, half);
	sort(at + half, spare, n - half);
	memcpy(spare, at, n * sizeof *at);
	while (i < half && j < n)
		at[k++] = earlier(spare[j].at, spare[i].at) ? spare[j++] : spare[i++];
	while (i < half)
		at[k++] = spare[i++];
	while (j < n)
		at[k++] = spare[j++];
}

static void sort_taken(Taken *t)
{
	Sample *spare;

	if (t->sorted)
		return;
	spare = mem_new(t->samples.n * sizeof *spare);
	sort(t->samples.at, spare, t->samples.n);
	mem_free(spare);
}

/* ---- rows out ---- */

static bool put_row(Store *s, uint32_t series, Instant earliest, Instant newest, const Buf *row,
                    Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_CHUNK_PUT, err),
	             *span = sample_sql(s, SQL_SPAN_PUT, err);
	RowId id = chunk_id(series, earliest);
	int64_t bump = 0;
	int rc = SQLITE_CONSTRAINT;

	if (!st || !span)
		return false;
	sqlite3_bind_blob(st, 2, row->p, (int)row->n, SQLITE_STATIC);
	for (; rc == SQLITE_CONSTRAINT; bump++) {
		sqlite3_bind_int64(st, 1, id + bump);
		rc = sqlite3_step(st);
		sqlite3_reset(st);
	}
	sqlite3_clear_bindings(st);
	if (rc != SQLITE_DONE)
		return store_fail(s, err, "chunk");
	sqlite3_bind_int64(span, 1, series);
	sqlite3_bind_int64(span, 2, between(earliest, newest).us);
	sqlite3_bind_int64(span, 3, bump - 1);
	return sample_do(s, span, "series", err);
}

/* How many of the next samples make one chunk: a full one, no longer than the readers allow. */
static size_t chunk_length(const Sample *at, size_t n)
{
	Instant end = after(at[0].at, hours(CHUNK_SPAN_HOURS));
	size_t k = 1;

	n = n < CHUNK_MAX ? n : CHUNK_MAX;
	while (k < n && !earlier(end, at[k].at))
		k++;
	return k;
}

/* Adds what fits: a chunk that does not is cut to the room that is left, if that is worth a
 * chunk of its own. 0: the row is full. */
static size_t fill(Buf *row, Buf *one, const Sample *at, size_t n, size_t *last)
{
	size_t k = chunk_length(at, n), room = ROW_FULL - row->n;

	if (row->n && (row->n >= ROW_FULL || room < ROW_FULL / 12))
		return 0;
	/* As the chunk before it took: mostly right the first time. */
	if (row->n && one->n && k > *last * room / one->n)
		k = *last * room / one->n * 31 / 32;
	k = k ? k : 1;
	for (int tries = 0; tries < 4; tries++) {
		buf_clear(one);
		chunk_write(at, k, one);
		if (one->n + 2 <= room || (row->n == 0 && (k == 1 || tries == 3))) {
			chunk_row_add(row, one->p, one->n);
			*last = k;
			return k;
		}
		k = k * room / (one->n + 2) * 15 / 16;
		k = k ? k : 1;
	}
	return 0;
}

/* What does not fill a row waits among the young ones, put where it will be found as long
 * as it is taken up again within two days. */
static bool put_rest(Store *s, uint32_t series, Instant now, const Buf *row, Err *err)
{
	const unsigned char *p = (unsigned char *)row->p, *part;
	size_t n = row->n, part_n;
	bool ok = true;

	while (ok && chunk_row_next(&p, &n, &part, &part_n))
		ok = piece_put(s, series, now, part, part_n, err);
	return ok;
}

static bool put_rows(Store *s, uint32_t series, const Samples *samples, Instant now, bool all,
                     Err *err)
{
	AUTO(Buf) row = { 0 };
	AUTO(Buf) one = { 0 };
	size_t from = 0, at = 0, last = 0;
	bool ok = true;

	while (ok && at < samples->n) {
		Instant end = after(samples->at[from].at, days(ROW_DAYS));
		bool cut = row.n && earlier(end, samples->at[at].at);
		size_t k = cut ? 0 : fill(&row, &one, samples->at + at, samples->n - at, &last);

		at += k;
		if (k && at < samples->n && row.n < ROW_FULL)
			continue;
		if (k && !all && row.n < ROW_OPEN)
			ok = put_rest(s, series, now, &row, err);
		else
			ok = put_row(s, series, samples->at[from].at, samples->at[at - 1].at, &row,
			             err);
		buf_clear(&row);
		from = at;
	}
	return ok;
}

static bool drop_taken(Taken *t, Err *err)
{
	sqlite3_stmt *piece = sample_sql(t->s, SQL_PIECE_DROP, err);

	for (size_t i = 0; piece && i < t->pieces.n; i++) {
		sqlite3_bind_int64(piece, 1, t->pieces.at[i]);
		if (!sample_do(t->s, piece, "piece", err))
			return false;
	}
	return piece != NULL;
}

/* A series that gave nothing for two days has no rest: all of it is settled. */
static bool settle_taken(Taken *t, uint32_t series, Instant now, Err *err)
{
	const Sample *newest;

	sort_taken(t);
	newest = &t->samples.at[t->samples.n - 1];
	return drop_taken(t, err) && put_rows(t->s, series, &t->samples, now,
	                                      earlier(newest->at, after(now, days(-2))), err);
}

bool settle_samples(Store *s, uint32_t series, const Samples *samples, Err *err)
{
	return put_rows(s, series, samples, LONG_AGO, true, err);
}

bool settle_chunks(Store *s, uint32_t series, Instant now, bool *ret_more, Err *err)
{
	const RowIds *hours = &s->samples->hours;
	Taken t = { .s = s, .sorted = true };
	bool ok = true;

	for (size_t i = 0; ok && i < hours->n && t.samples.n < TAKEN_MAX; i++)
		ok = pieces_of(s, hours->at[i], series, take_piece, &t, err);
	if (ok && t.pieces.n)
		ok = settle_taken(&t, series, now, err);
	*ret_more = t.samples.n >= TAKEN_MAX;
	list_free(&t.samples);
	list_free(&t.pieces);
	return ok;
}

/* ---- buckets ---- */

/* The row with the part put into its place, in order of start. */
static void with_part(Store *s, const Buf *row, const BucketPart *part, Buf *ret)
{
	const unsigned char *p = (unsigned char *)row->p;
	size_t n = row->n;
	bool put = false;
	BucketPart old;

	while (bucket_row_next(&p, &n, &old)) {
		if (!put && !earlier(old.start, part->start)) {
			bucket_row_add(ret, part->start, part->p, part->n);
			put = true;
		}
		if (old.start.us != part->start.us)
			bucket_row_add(ret, old.start, old.p, old.n);
	}
	s->samples->damaged += n != 0;
	if (!put)
		bucket_row_add(ret, part->start, part->p, part->n);
}

static bool put_bucket_row(Store *s, RowId id, const Buf *row, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_BUCKET_PUT, err);
	bool ok;

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_blob(st, 2, row->p, (int)row->n, SQLITE_STATIC);
	ok = sample_do(s, st, "bucket", err);
	sqlite3_clear_bindings(st);
	return ok;
}

/* Over a full row: its parts up to there stay, the later ones begin a row of their own. */
static bool put_split(Store *s, uint32_t series, Res res, const Buf *row, Err *err)
{
	RowId id = 0;
	const unsigned char *p = (unsigned char *)row->p;
	AUTO(Buf) one = { 0 };
	size_t n = row->n;
	BucketPart part;
	bool ok = true;

	while (ok && bucket_row_next(&p, &n, &part)) {
		if (one.n && one.n + part.n + 16 > ROW_FULL) {
			ok = put_bucket_row(s, id, &one, err);
			buf_clear(&one);
		}
		if (one.n == 0)
			id = bucket_id(series, res, part.start);
		bucket_row_add(&one, part.start, part.p, part.n);
	}
	return ok && (one.n == 0 || put_bucket_row(s, id, &one, err));
}

bool settle_bucket_row(Store *s, uint32_t series, Res res, const Buf *row, Err *err)
{
	return put_split(s, series, res, row, err);
}

static bool settle_part(Store *s, uint32_t series, Res res, const BucketPart *part, Err *err)
{
	AUTO(Buf) row = { 0 };
	AUTO(Buf) next = { 0 };
	RowId id = bucket_row_before(s, series, res, part->start, &row, err);

	if (id == -2)
		return false;
	with_part(s, &row, part, &next);
	return put_split(s, series, res, &next, err);
}

/* Whether it can still change: a late sample may come for an hour after its end. */
static bool is_over(RowId period, Instant now)
{
	Instant end = res_end(open_res(period), open_start(period));

	return earlier(after(end, hours(1)), now);
}

/* How many of a resolution wait among the open ones before they are settled: rows of two or
 * three would leave most of their pages empty. */
static const size_t waits[RES_KINDS] = { 60, 24, 7, 1 };

static bool many_are_over(const RowIds *periods, Res res, Instant now)
{
	size_t n = 0;

	for (size_t i = 0; i < periods->n; i++)
		n += open_res(periods->at[i]) == res && is_over(periods->at[i], now);
	return n >= waits[res];
}

static bool settle_bucket(Store *s, RowId period, uint32_t series, Err *err)
{
	sqlite3_stmt *drop = sample_sql(s, SQL_OPEN_DROP, err);
	AUTO(Buf) row = { 0 };
	const unsigned char *p;
	BucketPart part;
	size_t n;

	if (!drop || !open_one(s, period, series, &row, err))
		return false;
	p = (unsigned char *)row.p;
	n = row.n;
	if (n == 0 || !bucket_row_next(&p, &n, &part))
		return true;
	sqlite3_bind_int64(drop, 1, period << SERIES_BITS | series);
	return settle_part(s, series, open_res(period), &part, err) &&
	       sample_do(s, drop, "bucket_open", err);
}

bool settle_buckets(Store *s, uint32_t series, Instant now, Err *err)
{
	const RowIds *periods = &s->samples->periods;
	bool many[RES_KINDS], ok = true;

	for (Res r = RES_MINUTE; r < RES_KINDS; r++)
		many[r] = many_are_over(periods, r, now);
	for (size_t i = 0; ok && i < periods->n; i++) {
		if (many[open_res(periods->at[i])] && is_over(periods->at[i], now))
			ok = settle_bucket(s, periods->at[i], series, err);
	}
	return ok;
}

/* ---- retention ---- */

const StoreKeep store_keep_ours = { .keep = {
	                                    [RES_MINUTE] = { INT64_C(2) * 86400 * 1000000 },
	                                    [RES_HOUR] = { INT64_C(10) * 86400 * 1000000 },
	                                    [RES_DAY] = { INT64_C(1860) * 86400 * 1000000 },
	                                    [RES_MONTH] = { INT64_C(7320) * 86400 * 1000000 },
	                                    [RES_KINDS] = { INT64_C(100) * 86400 * 1000000 },
	                            } };

static bool drop_range(Store *s, SampleSql which, RowId from, RowId to, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, which, err);

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, from);
	sqlite3_bind_int64(st, 2, to);
	sqlite3_bind_int64(st, 3, DROP_MAX);
	return sample_do(s, st, "drop", err);
}

/* Rows whose every sample is too old: those that begin earlier than a row reaches. */
static bool drop_chunks(Store *s, uint32_t series, Instant before, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_SPAN, err);
	int64_t span = 0;
	int got;

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, series);
	got = sample_row(s, st, "series", err);
	if (got == 1) {
		span = sqlite3_column_int64(st, 0) + sqlite3_column_int64(st, 1) * 1000000;
		sqlite3_reset(st);
	}
	return got >= 0 &&
	       drop_range(s, SQL_CHUNKS_DROP, chunk_id(series, LONG_AGO),
	                  chunk_id(series, after(before, duration_us(-span - 1000000))), err);
}

/* Rows before the one that `before` falls into. */
static bool drop_buckets(Store *s, uint32_t series, Res res, Instant before, Err *err)
{
	RowId row = bucket_row_before(s, series, res, before, NULL, err);

	return row != -2 && (row < 0 || drop_range(s, SQL_BUCKETS_DROP,
	                                           bucket_id(series, res, LONG_AGO), row, err));
}

static bool drop_old(Store *s, uint32_t series, Err *err)
{
	const Instant *from = s->samples->kept_from;
	bool ok = drop_chunks(s, series, from[RES_KINDS], err);

	for (Res r = RES_MINUTE; ok && r < RES_KINDS; r++)
		ok = !is_set(from[r]) || drop_buckets(s, series, r, from[r], err);
	return ok;
}

/* Young rows that no round took: damaged ones. */
static bool drop_young(Store *s, Err *err)
{
	Instant raw = s->samples->kept_from[RES_KINDS];

	return !is_set(raw) || drop_range(s, SQL_PIECES_DROP, 0, piece_id(raw, 0), err);
}

/* ---- the round ---- */

/* Where the round stands and from when on all is there, in one line of the notebook. */
static void read_state(Store *s)
{
	struct StoreSamples *x = s->samples;
	AUTO_FREE char *text = NULL;
	const char *rest;
	char one[32];

	if (x->kept_known)
		return;
	for (size_t r = 0; r <= RES_KINDS; r++)
		x->kept_from[r] = LONG_AGO;
	text = store_meta(s, "samples_kept");
	rest = text ? text : "";
	for (size_t i = 0; text_part(&rest, " ", one, sizeof one); i++) {
		int64_t n;

		if (!text_int(one, &n))
			break;
		if (i == 0)
			x->tend_next = (uint32_t)n;
		else if (i <= RES_KINDS + 1)
			x->kept_from[i - 1] = n ? (Instant){ n } : LONG_AGO;
	}
	x->kept_known = !s->read_only;
}

static bool write_state(Store *s, Err *err)
{
	const struct StoreSamples *x = s->samples;
	AUTO(Buf) line = { 0 };

	buf_printf(&line, "%u", x->tend_next);
	for (size_t r = 0; r <= RES_KINDS; r++)
		buf_printf(&line, " %lld",
		           is_set(x->kept_from[r]) ? (long long)x->kept_from[r].us : 0);
	return store_put_meta(s, "samples_kept", buf_str(&line), err);
}

Instant store_kept_from(Store *s, Res res)
{
	read_state(s);
	return s->samples->kept_from[res];
}

bool settle_kept(Store *s, Res res, Instant from, Err *err)
{
	read_state(s);
	s->samples->kept_from[res] = from;
	return write_state(s, err);
}

/* Only forward: what was dropped does not come back when the plan keeps longer. */
static void set_limits(Store *s, Instant now, const StoreKeep *keep)
{
	for (size_t r = 0; r <= RES_KINDS; r++) {
		Instant *at = &s->samples->kept_from[r];

		if (keep->keep[r].us > 0)
			*at = latest(*at, after(now, duration_us(-keep->keep[r].us)));
	}
}

static bool tend(Store *s, Instant now, uint32_t n, Err *err)
{
	struct StoreSamples *x = s->samples;
	bool ok = piece_hours(s, 0, &x->hours, err) &&
	          open_periods(s, 0, INT64_MAX, &x->periods, err);

	for (uint32_t i = 0; ok && i < n; i++) {
		uint32_t series = x->tend_next >= x->series_n ? 1 : x->tend_next + 1;
		bool more = false;

		ok = settle_chunks(s, series, now, &more, err) &&
		     settle_buckets(s, series, now, err) && drop_old(s, series, err);
		if (more) /* a busy one: the rest of it is the next turn's */
			break;
		x->tend_next = series;
	}
	return ok && drop_young(s, err) && write_state(s, err);
}

bool store_tend(Store *s, Instant now, const StoreKeep *keep, uint32_t n, Err *err)
{
	struct StoreSamples *x = s->samples;
	uint32_t was;
	bool ok;

	read_state(s);
	n = n < x->series_n ? n : x->series_n;
	if (n == 0)
		return true;
	was = x->tend_next;
	if (!begin_writing(s, err))
		return false;
	set_limits(s, now, keep);
	ok = tend(s, now, n, err) && end_writing(s, err);
	if (ok)
		return true;
	(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	x->tend_next = was;
	return err_wrap(err, "upkeep of samples");
}
