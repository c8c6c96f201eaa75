/* Rows of samples in a database file that anything may have happened to: pages of the log,
 * chunks, buckets, settled or as they came. Checksums of pages, entries and buckets are made
 * right, so that what is behind them is asked. Whatever they hold, each way of reading ends
 * without an error, and upkeep changes none of what can be read.
 *
 * The bytes are rows: kind, hour, length (two bytes), data. */
#include "series/crc.h"
#include "store/samples_private.h"
#include "store/store_private.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HOUR_0 = 448663, ROWS = 40 }; /* 2021-03-08T07:00:00Z */

static Store *opened;

static Store *store(void)
{
	if (!opened) {
		assert(store_open(&(StoreOptions){ .path = ":memory:" }, &opened, NULL));
		assert(store_run(opened, "INSERT INTO series (number, name) VALUES (1, 'a')",
		                 NULL));
	}
	return opened;
}

static void empty(Store *s)
{
	assert(store_run(s,
	                 "DELETE FROM sample_log; DELETE FROM piece; DELETE FROM chunk;"
	                 "DELETE FROM bucket_open; DELETE FROM bucket;"
	                 "DELETE FROM meta WHERE key = 'samples_kept';"
	                 "UPDATE series SET span = 0, bump = 0",
	                 NULL));
	log_forget(s);
	s->samples->kept_known = false;
	s->samples->tend_next = 0;
}

static Instant hour(unsigned n) { return (Instant){ ((int64_t)HOUR_0 + (int8_t)n) * hours(1).us }; }

static void put_le(unsigned char *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static void insert(Store *s, const char *sql, RowId id, const void *p, size_t n)
{
	sqlite3_stmt *st = store_prepare(s, sql, NULL);

	assert(st);
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_blob(st, 2, n ? p : "", (int)n, SQLITE_STATIC);
	(void)sqlite3_step(st); /* two rows of one id: the first one stays */
	sqlite3_finalize(st);
}

/* number, needed: one byte each; then the page from its "first entry" on. Entries that are
 * whole in it get their checksum. */
static void put_page(Store *s, RowId slot, const uint8_t *p, size_t n)
{
	unsigned char page[LOG_PAGE] = { 'C', 'L', 'O', 'G' };
	size_t at;

	if (n < 6)
		return;
	page[8] = p[0];
	page[16] = p[1];
	memcpy(page + 24, p + 2, 4);
	memcpy(page + LOG_HEAD, p + 6, n - 6 < LOG_PAGE - LOG_HEAD ? n - 6 : LOG_PAGE - LOG_HEAD);
	put_le(page + 4, sample_check(page + 8, LOG_HEAD - 8, 0), 4);
	for (at = (size_t)page[24] | (size_t)page[25] << 8; at + LOG_ENTRY_HEAD <= LOG_PAGE;) {
		size_t length = (size_t)page[at] | (size_t)page[at + 1] << 8;
		uint64_t seq = 0;

		if (length > LOG_PAGE - LOG_ENTRY_HEAD - at || page[at + 2] || page[at + 3])
			break;
		memcpy(&seq, page + at + 8, 8);
		put_le(page + at + 4,
		       sample_check(page + at + LOG_ENTRY_HEAD, length, seq ^ length), 4);
		at += LOG_ENTRY_HEAD + length;
	}
	insert(s, "INSERT OR IGNORE INTO sample_log (slot, data) VALUES (?, ?)", slot, page,
	       LOG_PAGE);
}

/* A bucket's blob and a chunk carry a CRC-32C as their last four bytes. */
static void sealed(Buf *out, const uint8_t *p, size_t n)
{
	uint32_t crc = crc32c(p, n);

	buf_clear(out);
	buf_add(out, p, n);
	buf_add(out, &crc, 4);
}

/* Parts: hour, length (one byte), data. */
static void put_buckets(Store *s, const char *sql, RowId id, const uint8_t *p, size_t n)
{
	AUTO(Buf) row = { 0 };
	AUTO(Buf) one = { 0 };

	while (n >= 2) {
		size_t length = p[1] < n - 2 ? p[1] : n - 2;

		sealed(&one, p + 2, length);
		bucket_row_add(&row, hour(p[0]), one.p, one.n);
		p += 2 + length;
		n -= 2 + length;
	}
	buf_add(&row, p, n); /* and a rest */
	insert(s, sql, id, row.p, row.n);
}

static void put_chunks(Store *s, const uint8_t *p, size_t n, RowId id)
{
	AUTO(Buf) row = { 0 };
	AUTO(Buf) one = { 0 };

	while (n >= 2) {
		size_t length = p[0] < n - 1 ? p[0] : n - 1;

		sealed(&one, p + 1, length);
		chunk_row_add(&row, one.p, one.n);
		p += 1 + length;
		n -= 1 + length;
	}
	buf_add(&row, p, n);
	insert(s, "INSERT OR IGNORE INTO chunk (id, data) VALUES (?, ?)", id, row.p, row.n);
}

static void put_row(Store *s, unsigned k, unsigned kind, unsigned at, const uint8_t *p, size_t n)
{
	static const char open_sql[] = "INSERT OR IGNORE INTO bucket_open (id, data) VALUES (?, ?)";
	static const char row_sql[] = "INSERT OR IGNORE INTO bucket (id, data) VALUES (?, ?)";
	AUTO(Buf) one = { 0 };
	Res res = (Res)(RES_HOUR + at % 3);

	switch (kind % 6) {
	case 0: put_page(s, k + 1, p, n); break;
	case 1:
		sealed(&one, p, n);
		insert(s, "INSERT OR IGNORE INTO piece (id, data) VALUES (?, ?)",
		       piece_id(hour(at), 1) + k, one.p, one.n);
		break;
	case 2: put_chunks(s, p, n, chunk_id(1, hour(at))); break;
	case 3: put_buckets(s, open_sql, open_id(res, res_start(res, hour(at)), 1), p, n); break;
	case 4: put_buckets(s, row_sql, bucket_id(1, res, hour(at)), p, n); break;
	default: insert(s, row_sql, bucket_id(1, res, hour(at)), p, n); break; /* as it is */
	}
}

static void put_rows(Store *s, const uint8_t *p, size_t n)
{
	for (unsigned k = 0; n >= 4 && k < ROWS; k++) {
		size_t length = (size_t)p[2] | (size_t)p[3] << 8;

		length = length < n - 4 ? length : n - 4;
		put_row(s, k, p[0], p[1], p + 4, length);
		p += 4 + length;
		n -= 4 + length;
	}
}

static bool see_entry(void *ctx, uint64_t seq, const void *p, size_t n)
{
	uint64_t *sum = ctx;

	*sum += seq + crc32c(p, n);
	return true;
}

static bool see_chunk(void *ctx, const void *p, size_t n)
{
	Sample at[CHUNK_MAX];
	size_t got = 0;

	if (chunk_read(p, n, at, &got, NULL))
		*(uint64_t *)ctx += got;
	return true;
}

static bool see_bucket(void *ctx, Instant start, const void *p, size_t n)
{
	*(uint64_t *)ctx += crc32c(p, n) ^ (uint64_t)start.us;
	return true;
}

static bool see_open(void *ctx, uint32_t series, Instant start, const void *p, size_t n)
{
	assert(series == 1);
	return see_bucket(ctx, start, p, n);
}

static uint64_t samples_there(Store *s)
{
	uint64_t n = 0;

	assert(store_chunks(s, 1, LONG_AGO, NEVER, see_chunk, &n, NULL));
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const StoreKeep for_good;
	Store *s = store();
	uint64_t sum = 0, before;
	size_t bad = 0;
	SampleHealth health;

	assert(store_run(s, "BEGIN", NULL));
	put_rows(s, data, size);
	assert(store_run(s, "COMMIT", NULL));
	assert(store_log(s, see_entry, &sum, &bad, NULL));
	for (Res r = RES_HOUR; r < RES_KINDS; r++) {
		assert(store_buckets(s, 1, r, hour(0), hour(100), see_bucket, &sum, NULL));
		assert(store_open_buckets(s, r, hour(128), see_open, &sum, NULL));
		(void)store_newest(s, 1, r);
	}
	before = samples_there(s);
	assert(store_check_samples(s, &health, NULL));
	for (int i = 0; i < 3; i++)
		assert(store_tend(s, after(hour(127), days(10)), &for_good, 1, NULL));
	assert(samples_there(s) == before);
	assert(store_check_samples(s, &health, NULL));
	empty(s);
	return 0;
}
