/* All that a set without a keeper remembers as one blob, and back: a rehearsal that is stopped
 * and started again goes on with the memory it had, as a daemon does with its store. Nothing
 * is rolled up or rounded for it.
 *
 *   version · varint series · each: varint length, name · flags · signed expected gap
 *     if it had a sample: signed last µs, its value in eight bytes
 *     varint samples in head, as a chunk with its varint length before it
 *     varint chunks, oldest first: signed gap (0: a chunk with its length before it), else
 *       signed first µs, varint n, the value in eight bytes
 *     if it has levels: signed µs from which on samples are in no bucket; of each level: signed
 *       µs from which on it has them, varint buckets, each signed start, varint length, blob
 *   CRC-32C */
#include "series/crc.h"
#include "series/series_private.h"

#include <math.h>

enum { VERSION = 1, USED = 1, EVERY_SET = 2, LEVELS = 4 };

#define FAR_US (INT64_MAX >> 2) /* no instant of ours is so far away */

static void put_varint(Buf *out, uint64_t x)
{
	unsigned char bytes[VARINT_MAX];

	buf_add(out, bytes, (size_t)(varint_put(bytes, x) - bytes));
}

static void put_signed(Buf *out, int64_t x) { put_varint(out, zigzag(x)); }

static void put_value(Buf *out, double value)
{
	uint64_t bits = double_bits(value);

	buf_add(out, &bits, sizeof bits);
}

static void put_blob(Buf *out, const void *p, size_t n)
{
	put_varint(out, n);
	buf_add(out, p, n);
}

static void put_head(Buf *out, const Head *h)
{
	AUTO(Buf) chunk = { 0 };
	Sample all[CHUNK_MAX];
	size_t n = head_read(h, all);

	if (h->used) {
		put_signed(out, h->last_at.us);
		put_value(out, h->last);
	}
	put_varint(out, n);
	if (n == 0)
		return;
	chunk_write(all, n, &chunk);
	put_blob(out, chunk.p, chunk.n);
}

static void put_held(Buf *out, const Held *h)
{
	put_signed(out, h->every.us);
	if (h->every.us == 0) {
		put_blob(out, h->p, h->size);
		return;
	}
	put_signed(out, h->earliest.us);
	put_varint(out, h->n);
	put_value(out, h->value);
}

/* In memory the newest is in front. */
static void put_chunks(Buf *out, const Held *newest)
{
	LIST(const Held *) all = { 0 };

	for (const Held *h = newest; h; h = h->next)
		list_add(&all, h);
	put_varint(out, all.n);
	for (size_t i = all.n; i-- > 0;)
		put_held(out, all.at[i]);
	list_free(&all);
}

static void put_levels(Buf *out, const Levels *levels)
{
	put_signed(out, levels->raw_from.us);
	for (Res r = RES_MINUTE; r < RES_KINDS; r++) {
		const Level *l = &levels->at[r];

		put_signed(out, l->from.us);
		put_varint(out, l->buckets.n);
		for (size_t i = 0; i < l->buckets.n; i++) {
			AUTO(Buf) blob = { 0 };

			bucket_write(&l->buckets.at[i], &blob);
			put_signed(out, l->buckets.at[i].start.us);
			put_blob(out, blob.p, blob.n);
		}
	}
}

void series_write(const SeriesSet *set, Buf *out)
{
	size_t begin = out->n;
	uint32_t crc;

	if (set->before_read)
		set->before_read(set->read_ctx);
	buf_char(out, VERSION);
	put_varint(out, set->all.n);
	for (size_t i = 0; i < set->all.n; i++) {
		const Series *s = set->all.at[i];

		put_blob(out, s->name, strlen(s->name));
		buf_char(out, (char)((s->head.used ? USED : 0) | (s->every_set ? EVERY_SET : 0) |
		                     (s->levels ? LEVELS : 0)));
		put_signed(out, s->every.us);
		put_head(out, &s->head);
		put_chunks(out, s->held);
		if (s->levels)
			put_levels(out, s->levels);
	}
	crc = crc32c(out->p + begin, out->n - begin);
	buf_add(out, &crc, sizeof crc);
}

/* ---- back: each of these sets in->bad where something is not as it was written ---- */

static double get_value(Bytes *in)
{
	const unsigned char *p = bytes_take(in, 8);
	uint64_t bits = 0;

	if (p)
		memcpy(&bits, p, sizeof bits);
	in->bad = in->bad || !isfinite(bits_double(bits));
	return bits_double(bits);
}

static Instant get_instant(Bytes *in) { return (Instant){ bytes_signed(in) }; }

static const unsigned char *get_blob(Bytes *in, size_t *ret_n)
{
	uint64_t n = bytes_varint(in);

	in->bad = in->bad || n > (size_t)(in->end - in->p);
	*ret_n = (size_t)n;
	return bytes_take(in, in->bad ? 0 : *ret_n);
}

static void get_head(Bytes *in, Head *h, bool used)
{
	Sample all[CHUNK_MAX];
	const unsigned char *p;
	size_t n, got = 0;
	uint64_t want;

	if (used) {
		h->last_at = get_instant(in);
		h->last = get_value(in);
		h->used = true;
	}
	want = bytes_varint(in);
	if (want == 0 || in->bad)
		return;
	p = get_blob(in, &n);
	in->bad = in->bad || !p || !chunk_read(p, n, all, &got, NULL) || got != want;
	for (size_t i = 0; i < got && !in->bad; i++)
		in->bad = !isfinite(all[i].value) || (i && earlier(all[i].at, all[i - 1].at));
	if (!in->bad)
		head_build(h, all, got);
}

static void get_run(Bytes *in, Series *s, Duration every)
{
	ChunkFacts f = { 0 };
	uint64_t n;
	double value;
	Held *h;

	f.earliest = get_instant(in);
	n = bytes_varint(in);
	value = get_value(in);
	/* No run that memory keeps is longer, see goes_on() in series.c. */
	if (in->bad || every.us < 0 || n == 0 || s->held_n + n > 2 * SERIES_RAW_MAX ||
	    every.us > FAR_US / (int64_t)n || llabs(f.earliest.us) > FAR_US) {
		in->bad = true;
		return;
	}
	f.n = (size_t)n;
	f.latest = after(f.earliest, duration_us(every.us * (int64_t)(n - 1)));
	h = held_add(s, "", 0, &f);
	h->every = every;
	h->value = value;
}

static void get_held(Bytes *in, Series *s)
{
	Duration every = duration_us(bytes_signed(in));
	Sample all[CHUNK_MAX];
	const unsigned char *p;
	size_t n, got;
	ChunkFacts f;

	if (every.us) {
		get_run(in, s, every);
		return;
	}
	p = get_blob(in, &n);
	in->bad = in->bad || !p || !chunk_facts(p, n, &f) || !chunk_read(p, n, all, &got, NULL);
	if (!in->bad)
		(void)held_add(s, p, n, &f);
}

static void get_level(Bytes *in, Res r, Level *l)
{
	Instant from = get_instant(in), before = LONG_AGO;

	for (uint64_t n = bytes_varint(in); n && !in->bad; n--) {
		Instant start = get_instant(in);
		const unsigned char *p;
		size_t size;
		Bucket b;

		p = get_blob(in, &size);
		in->bad = in->bad || !p || !earlier(before, start) || start.us > FAR_US ||
		          start.us < -FAR_US || res_start(r, start).us != start.us ||
		          !bucket_read(start, p, size, &b);
		if (in->bad)
			return;
		*level_bucket(l, r, start) = b;
		before = start;
	}
	l->from = from;
}

static void get_series(Bytes *in, SeriesSet *set)
{
	char name[SERIES_NAME];
	size_t n;
	const unsigned char *p = get_blob(in, &n);
	unsigned flags = bytes_byte(in);
	Duration every = duration_us(bytes_signed(in));
	Series *s;

	if (in->bad || n == 0 || n >= sizeof name || memchr(p, '\0', n) || every.us < 0 ||
	    every.us > FAR_US / 8) {
		in->bad = true;
		return;
	}
	memcpy(name, p, n);
	name[n] = '\0';
	in->bad = series_lookup(set, name) != NULL;
	if (in->bad)
		return;
	s = series_make(set, name);
	s->every = every;
	s->every_set = flags & EVERY_SET;
	get_head(in, &s->head, flags & USED);
	for (uint64_t k = bytes_varint(in); k && !in->bad; k--)
		get_held(in, s);
	if (!(flags & LEVELS) || in->bad)
		return;
	levels_of(s)->raw_from = get_instant(in);
	for (Res r = RES_MINUTE; r < RES_KINDS && !in->bad; r++)
		get_level(in, r, &s->levels->at[r]);
}

SeriesSet *series_read(const void *p, size_t n)
{
	Bytes in = { p, (const unsigned char *)p + (n < 5 ? 0 : n - 4), false };
	SeriesSet *set;
	uint32_t crc = 0;

	if (n >= 5)
		memcpy(&crc, in.end, sizeof crc);
	if (n < 5 || crc != crc32c(p, n - 4) || bytes_byte(&in) != VERSION)
		return NULL;
	set = series_new();
	for (uint64_t k = bytes_varint(&in); k && !in.bad; k--)
		get_series(&in, set);
	if (!in.bad && in.p == in.end)
		return set;
	series_free(set);
	return NULL;
}
